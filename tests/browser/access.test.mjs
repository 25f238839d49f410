// Every screen for everybody: nothing that axe-core finds against WCAG AA, nothing wider than the window, at the size
// of a phone and of a desk, in light and in dark.
import assert from "node:assert/strict";
import test from "node:test";
import { start } from "../harness.mjs";
import { ZONE } from "../lib/zone.mjs";
import {
	DESKTOP, PHONE, assertFits, assertSilent, at, fillDoor, findingsInBoth, isIn, isInStep, launch,
	openDevice, openSpace,
} from "./browser.mjs";

const stack = await start();
const browser = await launch();
const anna = await stack.as("anna").ready();
const team = await stack.team({ anna: "owner", ben: "manager", cleo: "member", dora: "viewer" },
	{ name: "Depot Nord" });
const here = anna.in(team);

for (let i = 0; i < 12; i++)
	await here.post("/api/weights", {
		date: `2026-11-${String(i + 1).padStart(2, "0")}`, kg: 79.4 + i / 10,
		note: i % 3 ? undefined : "after the run",
	});
await stack.as("ben").in(team).post("/api/mileage", { date: "2026-11-20", from: "Yard", to: "Shop", miles: 12.5 });
await here.patch("/api/spaceSettings/settings", { industry: "transportation", zone: ZONE, currency: "EUR" });

const SIZES = { phone: PHONE, desk: DESKTOP };

const [{ id: weight }] = (await here.get("/api/weights?limit=1")).body.weights;
await here.post("/api/cars", { id: "128489", location: "100" });
await here.post("/api/roster", { id: "128489", defaultLocation: "100" });
const { id: site } = (await here.post("/api/jobSites", {
	name: "Site Nord, Haus C, 3. Obergeschoss, Landsberger Allee", place: { lat: 52.5, lng: 13.4 },
})).body.jobSite;
const soon = (hours) => new Date(Date.now() + hours * 3_600_000).toISOString();
await here.post("/api/schedules", { start: soon(0), end: soon(8), zone: ZONE, jobSite: site, status: "in-progress" });
await here.post("/api/schedules", { start: soon(2), end: soon(9), zone: ZONE, jobSite: site });
await here.post("/api/assignments", {
	title: "Clear the stairwell before the inspection on Thursday", due: soon(0).slice(0, 10),
	priority: "high", jobSite: site,
});
await here.post("/api/messages", { text: "Concrete comes at 06:30." });
await here.post("/api/workSessions",
	{ start: "2026-11-20T07:02:00Z", end: "2026-11-20T15:40:00Z", zone: "Europe/Berlin", note: "Site Nord" });

const PATHS = [
	"/", "/time", "/time?look=week", "/time?look=month", "/time/people", "/time/plan",
	"/time/plan?part=schedules", "/time/plan?part=assignments", "/time/sites", "/time/messages", "/time/pay",
	"/time/settings", "/fleet", "/fleet?as=list", "/fleet/cars/128489", "/fleet/alerts", "/fleet/shifts",
	"/fleet/roster", "/fleet/figures", "/c/weights", `/c/weights/${weight}`, `/c/weights/${weight}/edit`,
	`/c/weights/${weight}/history`, "/c/weights/+", "/c/weights?at=2026-11-01T12:00:00Z", "/c/cars",
	"/c/workSessions", "/c/tasks", "/c/spaceSettings", "/more", "/team", "/team/members", "/team/invite",
	"/team/profile", "/team/storage", "/team/backups", "/team/move", "/team/undo", "/team/end", "/settings",
	"/settings/account", "/settings/look", "/settings/device", "/settings/sessions", "/settings/pin",
	"/settings/handhelds", "/settings/data", "/settings/tokens", "/no/such/place",
];

async function look(page, name, found) {
	await page.locator(".late").first().waitFor({ state: "detached" });
	await assertFits(page);
	found.push(...await wider(page, name));
	for (const finding of await findingsInBoth(page))
		found.push(`${name}: ${finding}`);
}

// What scrolls up and down does not scroll sideways too: nothing in it is wider than it is.
async function wider(page, name) {
	const bodies = await page.evaluate(() => [".page-body", ".pane-body", ".sheet-body"].flatMap((one) =>
		[...document.querySelectorAll(one)].map((body) => [one, body.clientWidth, body.scrollWidth])));
	return bodies.filter(([, has, wants]) => wants > has)
		.map(([one, has, wants]) => `${name}: ${one} is ${has} wide and has ${wants}`);
}

// What opens over a screen: how, and how one sees that it is open.
const LAYERS = {
	"the chip's sheet": (page) => page.locator(".chip:visible").click(),
	"the list of spaces": (page) => page.locator(".space-button:visible").click(),
	"the palette": (page) => page.keyboard.press("Control+k"),
	"the help": (page) => page.keyboard.press("?"),
};

for (const [size, options] of Object.entries(SIZES)) {
	test(`the door, ${size}, in light and dark`, async () => {
		const page = await openDevice(browser, { ...options, colorScheme: "light", reducedMotion: "reduce" });
		const found = [];
		for (const [name, steps] of Object.entries({
			"sign in": [], "sign up": ["Create an account", "Create account"],
			forgotten: ["Forgot password?"],
		})) {
			await page.goto(stack.url + "/");
			for (const step of steps)
				await page.getByRole("button", { name: step }).click();
			await look(page, name, found);
		}
		for (const hash of ["#reset=dbr_nothing", "#invitation=dbi_nothing"]) {
			await page.goto("about:blank");
			await page.goto(stack.url + "/" + hash);
			await page.getByRole("heading").first().waitFor();
			await look(page, hash, found);
		}
		assert.deepEqual(found, []);
		assertSilent(page);
		await page.context().close();
	});

	test(`inside, ${size}, in light and dark`, async () => {
		const page = await openDevice(browser, { ...options, colorScheme: "light", reducedMotion: "reduce" });
		const found = [];
		await page.goto(stack.url + "/");
		await fillDoor(page, anna);
		await isIn(page);
		await isInStep(page);
		await openSpace(page, "Depot Nord");
		await isInStep(page);
		for (const path of PATHS) {
			await at(page, path);
			await look(page, path, found);
		}
		await at(page, "/");
		for (const [name, open] of Object.entries(LAYERS)) {
			await open(page);
			await page.getByRole("dialog").waitFor();
			await look(page, name, found);
			await page.keyboard.press("Escape");
			await page.getByRole("dialog").waitFor({ state: "detached" });
		}
		assert.deepEqual(found, []);
		assertSilent(page);
		await page.context().close();
	});
}

// Colours of the person's own take every background away: what is chosen must still look chosen.
test("in forced-colors mode selected and unselected items look different", async () => {
	const page = await openDevice(browser, { ...DESKTOP, forcedColors: "active", reducedMotion: "reduce" });
	await page.goto(stack.url + "/");
	await fillDoor(page, anna);
	await isIn(page);
	await openSpace(page, "Depot Nord");
	const paper = (selector) => page.locator(selector).first()
		.evaluate((one) => getComputedStyle(one).backgroundColor);
	for (const [path, chosen, other] of [
		["/time", ".segment[data-on]", ".segment:not([data-on])"],
		["/time", ".rail .place[aria-current]", ".rail .place:not([aria-current])"],
		["/time", ".day[aria-pressed=true]", ".day[aria-pressed=false]"],
		["/fleet?f=pending", ".count[aria-pressed=true]", ".count[aria-pressed=false]"],
	]) {
		await at(page, path);
		await page.locator(chosen).first().waitFor();
		assert.notEqual(await paper(chosen), await paper(other), `${path}: ${chosen}`);
	}
	assertSilent(page);
	await page.context().close();
});

test("at 200% text size nothing overlaps on a phone: titles, the timer, the plan, the counts, the bar", async () => {
	const page = await openDevice(browser, { ...PHONE, reducedMotion: "reduce" });
	await page.goto(stack.url + "/");
	await fillDoor(page, anna);
	await isIn(page);
	await openSpace(page, "Depot Nord");
	await isInStep(page);
	await page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
	const cut = (selector) => page.locator(selector).evaluateAll((all) =>
		all.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent));
	const box = async (selector) => (await page.locator(selector).first().boundingBox());
	const apart = (one, other) => one.x + one.width <= other.x + 1 || other.x + other.width <= one.x + 1 ||
		one.y + one.height <= other.y + 1 || other.y + other.height <= one.y + 1;
	assert.deepEqual([await cut("h1"), await cut(".bar .place-word")], [[], []]);
	assert.ok(apart(await box(".timer-next"), await box(".timer-button")), "what is next and its button");
	await at(page, "/time/plan?part=schedules");
	await page.locator(".plan-time").first().waitFor();
	assert.ok(apart(await box(".plan-time b"), await box(".plan-open .row-title")), "when and who");
	await at(page, "/fleet");
	await page.locator(".count").first().waitFor();
	assert.deepEqual([await cut(".count"), await cut(".mark-space")], [[], []]);
	await assertFits(page);
	assertSilent(page);
	await page.context().close();
});
