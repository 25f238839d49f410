// The hours of a team through the app: clocking in at a site, who is at work, plans, tasks and messages, pay; and
// the layout of all screens of Time.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { addDays, instantText } from "../../www/ui/zone.js";
import { start } from "../harness.mjs";
import { until } from "../lib/wait.mjs";
import { ZONE } from "../lib/zone.mjs";
import { usual } from "../lib/usual.mjs";
import {
	DESKTOP, PHONE, assertFits, at, chipSays, closed, cut, field, findingsInBoth, isInStep,
	isReadyForOffline, launch, mend, openSpace, toastSays,
} from "./browser.mjs";
import { ago, enter, entry, hoursOn, on, running, sheet, startButton, stopButton, today, yesterday } from "./hours.mjs";

const HOUR = 3_600_000;
const PHOTO = new URL("../../www/static/icon-192.png", import.meta.url);
const SITE = { lat: 52.5003, lng: 13.4002 };
const HERE = { geolocation: { latitude: 52.5005, longitude: 13.4002, accuracy: 12 }, permissions: ["geolocation"] };
const stack = await start();
const browser = await launch();
const { deviceOf, sessionsOf } = hoursOn(stack, browser);

// A team as people make it, with its list of members on every device: {mia: "manager"}.
async function found(name, owner, roles) {
	await stack.as(owner).post("/api/spaces", { name });
	const { id } = (await stack.as(owner).get("/api/spaces")).body.spaces.find((space) => space.name === name);
	for (const [person, role] of Object.entries(roles)) {
		const { token } = (await stack.as(owner).in(id).post("/api/invitations", { role })).body;
		assert.equal((await stack.as(person).post("/api/invitations/accept", { token })).status, 200);
	}
	return { id };
}

// A team with sites for the stories below.
const team = await found("Depot Nord", "olga", { mia: "manager", ben: "member", vera: "viewer" });
const olga = stack.as("olga").in(team);
await olga.patch("/api/spaceSettings/settings", { zone: ZONE, currency: "EUR" });
await olga.post("/api/workRules", { ...usual, hourlyRate: 2000 });
const strict = (await olga.post("/api/jobSites", {
	name: "Site Nord", place: SITE, radius: 100, outside: "refuse", requirePhoto: true,
})).body.jobSite;
const mild = (await olga.post("/api/jobSites", {
	name: "Harbour", place: { lat: 52.52, lng: 13.45 }, radius: 100, outside: "flag",
})).body.jobSite;

async function takePhoto(page) {
	await page.locator(".file-pick", { hasText: "Take a photo" }).locator("input")
		.setInputFiles(fileURLToPath(PHOTO));
	await page.locator(".file-photo img").waitFor();
}

test("clocking in at a site offline: distance in words, a photo that waits with its session, " +
	"and where it ended", async () => {
	const page = await deviceOf("ben", { ...PHONE, ...HERE }, "Depot Nord"), context = page.context();
	await isReadyForOffline(page);
	await context.setOffline(true);
	await page.getByRole("button", { name: "Clock in at a site…" }).tap();
	await page.locator(".site-one", { hasText: "Site Nord" }).tap();
	await page.locator('.where[data-inside="true"]', { hasText: /22 m\s*from Site Nord, inside 100 m/ }).waitFor();
	const go = sheet(page).getByRole("button", { name: "Clock in" });
	assert.equal(await go.isDisabled(), true);
	await takePhoto(page);
	await go.tap();
	await running(page).filter({ hasText: "Site Nord" }).waitFor();
	await sheet(page).waitFor({ state: "detached" }); // closes once it is kept here
	await page.reload();
	await running(page).filter({ hasText: "Site Nord" }).waitFor();
	await context.setOffline(false);
	await until("the session is there with its photo", async () => (await sessionsOf("ben", team)).some((one) =>
		one.photoIn && one.fenceIn === "inside" && one.distanceIn === 22));
	const [{ photoIn }] = await sessionsOf("ben", team);
	const photo = await fetch(`${stack.url}/api/spaces/${team.id}/files/${photoIn}`,
		{ headers: { Authorization: `Bearer ${(await stack.as("ben").in(team).apiToken("read")).token}` } });
	assert.deepEqual(Buffer.from(await photo.arrayBuffer()), await readFile(PHOTO));

	await context.setGeolocation({ latitude: 52.5103, longitude: 13.4002, accuracy: 10 });
	await stopButton(page).tap();
	await toastSays(page, "Site Nord stopped");
	await until("it ended outside, and that is marked", async () => (await sessionsOf("ben", team)).some((one) =>
		one.end && one.fenceOut === "outside" && one.distanceOut === 1112));
	assert.deepEqual((await sessionsOf("ben", team)).map((one) => one.manual), [false]);
	await closed(page);
});

test("too far away: a strict site refuses in words, a mild one takes it and marks it; nobody knows where: " +
	"the same", async () => {
	const page = await deviceOf("mia", {
		...DESKTOP, geolocation: { latitude: 52.51, longitude: 13.4002, accuracy: 5 },
		permissions: ["geolocation"],
	}, "Depot Nord");
	await at(page, "/time/sites");
	await page.getByRole("button", { name: "Show distances" }).click();
	await page.locator(".around").waitFor();
	await page.getByRole("button", { name: "Clock in at Site Nord" }).click();
	await page.getByText("You are too far away to clock in here.").waitFor();
	assert.equal(await sheet(page).getByRole("button", { name: "Clock in" }).isDisabled(), true);
	await page.keyboard.press("Escape");
	await page.getByRole("button", { name: "Clock in at Harbour" }).click();
	await page.getByText("it will be marked").waitFor();
	await sheet(page).getByRole("button", { name: "Clock in" }).click();
	await until("it is marked", async () => (await sessionsOf("mia", team)).some(({ jobSite, fenceIn }) =>
		jobSite === mild.id && fenceIn === "outside"));
	await page.context().clearPermissions();
	await page.getByRole("button", { name: "Clock in at Site Nord" }).click();
	await page.getByText("have not allowed").waitFor();
	await page.getByText("wants to know where you are").waitFor();
	assert.equal(await sheet(page).getByRole("button", { name: "Clock in" }).isDisabled(), true);
	await closed(page);
});

test("a clock-in that the server refuses later stays visible with its reason, and can be discarded", async () => {
	const gate = (await olga.post("/api/jobSites", { name: "Gate 7", place: SITE, radius: 100 })).body.jobSite;
	const page = await deviceOf("ben", { ...DESKTOP, ...HERE }, "Depot Nord");
	await at(page, "/time/sites");
	await page.getByRole("button", { name: "Clock in at Gate 7" }).waitFor();
	await cut(page);
	await page.getByRole("button", { name: "Clock in at Gate 7" }).click();
	await sheet(page).getByRole("button", { name: "Clock in" }).click();
	await chipSays(page, "1 waiting");
	await olga.patch(`/api/jobSites/${gate.id}`, { place: { lat: 48, lng: 11 } });
	await mend(page);
	await page.locator(".chip:visible").click();
	await page.getByRole("button", { name: "Sync now" }).click();
	await chipSays(page, "1 failed");
	await page.keyboard.press("Escape");
	await at(page, "/time");
	await running(page).getByText("Not accepted: You are too far").waitFor();
	await running(page).getByRole("button", { name: "Discard change" }).click();
	await page.getByRole("alertdialog").getByRole("button", { name: "Discard change" }).click();
	await startButton(page).waitFor();
	await isInStep(page);
	await closed(page);
});

test("managers see who is at work, enter hours for others and correct them; the pay follows, " +
	"on the screen and as CSV", async () => {
	const ben = stack.as("ben").in(team), { id: benId } = await stack.as("ben").ready();
	await ben.post("/api/workSessions", { start: ago(0.5), zone: ZONE, note: "Paint" });
	const page = await deviceOf("mia", DESKTOP, "Depot Nord");
	const { workSession: left } = (await olga.post("/api/workSessions", { start: ago(50), zone: ZONE })).body;
	await at(page, "/time/people");
	await page.locator(".worker", { hasText: "ben" }).filter({ hasText: "at work" }).waitFor();
	await page.locator(".worker", { hasText: "olga" }).filter({ hasText: "Forgot a timer" }).waitFor();
	assert.equal(await page.locator(".worker", { hasText: "olga" }).filter({ hasText: "at work" }).count(), 0);
	await olga.delete(`/api/workSessions/${left.id}`);
	await page.locator(".worker", { hasText: "ben" }).click();
	await page.getByRole("heading", { name: "ben" }).waitFor();
	await enter(page, { day: yesterday(), from: "08:00", to: "12:00", note: "Ben's morning" });
	await until("it is ben's", async () => (await sessionsOf("ben", team)).some(({ note, owner, duration }) =>
		note === "Ben's morning" && owner === benId && duration === 4 * 3600));
	await at(page, `/time?of=${benId}&day=${yesterday()}`);
	await entry(page, "Ben's morning").click();
	await field(page, "To").fill("12:30");
	await sheet(page).getByRole("button", { name: "Save" }).click();
	await until("it is longer", async () => (await sessionsOf("ben", team)).some(({ note, duration }) =>
		note === "Ben's morning" && duration === 4.5 * 3600));

	await at(page, "/time/pay");
	await field(page, "From").fill(yesterday());
	await field(page, "To").fill(today());
	const line = page.locator(".pay-sum", { hasText: "ben" });
	await line.waitFor();
	assert.match(await line.innerText(), /€20\.00 an hour[\s\S]*1 entry not ended[\s\S]*4:3\d[\s\S]*€90\.\d\d/);
	const [file] = await Promise.all([
		page.waitForEvent("download"), page.getByRole("button", { name: "Export pay (CSV)" }).click(),
	]);
	assert.match(await readFile(await file.path(), "utf8"), /ben/);
	await page.context().setOffline(true);
	await page.getByRole("button", { name: "More files" }).click();
	await page.getByRole("menuitem", { name: "Hours (CSV)" }).click();
	await toastSays(page, "You are offline");
	await field(page, "From").fill(addDays(today(), -40));
	await page.waitForFunction((from) => location.search.includes(from), addDays(today(), -40));
	assert.match(await line.innerText(), /€90\.\d\d/, "it is counted without a network");
	await closed(page);
});

test("managers write plans and tasks, and those they are for set their status; a message to one person is shown to " +
	"that person only", async () => {
	const { id: benId } = await stack.as("ben").ready();
	await olga.post("/api/assignments", { title: "Order primer", owner: benId, due: today(), priority: "high" });
	await olga.post("/api/schedules", {
		start: instantText(Date.now() + HOUR / 60), end: instantText(Date.now() + HOUR / 30), zone: ZONE,
		owner: benId, jobSite: strict.id,
	});
	const ben = await deviceOf("ben", PHONE, "Depot Nord"), boss = await deviceOf("mia", DESKTOP, "Depot Nord");
	await at(ben, "/");
	await ben.getByRole("checkbox", { name: "Done: Order primer" }).tap();
	await toastSays(ben, "Done: Order primer");
	await at(boss, "/time/plan?part=assignments");
	await boss.getByRole("checkbox", { name: "Done: Order primer", checked: true }).waitFor();
	await at(ben, "/time/plan");
	await ben.getByRole("button", { name: "Start", exact: true }).tap();
	await at(boss, "/time/plan");
	await boss.getByText("under way").waitFor();
	assert.equal(await ben.getByRole("button", { name: "New shift" }).count(), 0);

	await at(boss, "/time/messages");
	await boss.getByLabel("To whom").selectOption({ label: "Only ben" });
	await boss.getByLabel("Message", { exact: true }).fill("The key is in my car.");
	await boss.getByRole("button", { name: "Send" }).click();
	await at(ben, "/time/messages");
	await ben.locator(".message", { hasText: "The key is in my car." }).filter({ hasText: "only you" }).waitFor();
	const others = (await olga.get("/api/messages")).body.messages;
	assert.deepEqual(others.map(({ text: words }) => words), []);
	await ben.getByLabel("Message", { exact: true }).fill("half a message");
	await ben.reload();
	await ben.waitForFunction(() => document.querySelector("textarea")?.value === "half a message");
	await closed(ben, boss);
});

// Whether no two of these stand on each other, or closer than so many pixels where they share a line.
function areApart(boxes, gap) {
	return boxes.every((one, at) => boxes.slice(at + 1)
		.every((other) => one.y + one.height <= other.y + 1 || other.y + other.height <= one.y + 1 ||
			one.x + one.width + gap <= other.x || other.x + other.width + gap <= one.x));
}

// Where the words of these elements are, not their boxes.
function wordsOf(locator) {
	return locator.evaluateAll((all) => all.map((one) => {
		const range = document.createRange();
		range.selectNodeContents(one);
		return range.getBoundingClientRect().toJSON();
	}));
}

test("on a phone no two figures of the pay touch, however long; " +
	"week and month begin right below the timer", async () => {
	const space = await found("Long pay", "nell", { otto: "member" });
	const nell = stack.as("nell").in(space), { id: ottoId } = await stack.as("otto").ready();
	await nell.patch("/api/spaceSettings/settings", { zone: ZONE, currency: "USD" });
	await nell.post("/api/workRules", { ...usual, hourlyRate: 250_000 });
	const monday = addDays(today(), -7 - (new Date(today()).getUTCDay() + 6) % 7);
	for (let day = 0; day < 5; day++)
		await nell.post("/api/workSessions", {
			owner: ottoId, start: on(addDays(monday, day), "06:00"),
			end: on(addDays(monday, day), "17:00"), zone: ZONE,
		});
	const page = await deviceOf("nell", PHONE, "Long pay");
	await at(page, "/time/pay");
	await page.getByLabel("Days").selectOption({ label: "Last week" });
	await page.locator(".pay-table tfoot", { hasText: "146,875.00" }).waitFor();
	for (const line of ["thead tr", ".pay-sum", "tfoot tr"])
		assert.ok(areApart(await wordsOf(page.locator(`.pay-table ${line} > :not(:first-child)`)), 8),
			`the figures of ${line} stand apart`);
	await at(page, "/time");
	await page.locator(".timer .day-figures").waitFor();
	for (const look of ["week", "month"]) {
		await at(page, `/time?look=${look}`);
		await page.locator(look === "week" ? ".calendar" : ".month-grid").waitFor();
		assert.equal(await page.locator(".timer .day-figures").count(), 0,
			`${look}: the figures of today leave the room to it`);
	}
	await closed(page);
});

test("a planned shift can be started up to twelve hours before it begins; " +
	"a manager's rules ask once whose they are", async () => {
	const space = await found("Plans", "pia", { rolf: "member" });
	const pia = stack.as("pia").in(space), { id: rolfId } = await stack.as("rolf").ready();
	for (const [hours, note] of [[-3, "soon"], [-20, "tomorrow"], [-70, "later"]])
		await pia.post("/api/schedules",
			{ owner: rolfId, start: ago(hours), end: ago(hours - 4), zone: ZONE, note });
	const rolf = await deviceOf("rolf", PHONE, "Plans"), boss = await deviceOf("pia", DESKTOP, "Plans");
	await at(rolf, "/time/plan");
	const shift = (note) => rolf.locator(".plan .row", { hasText: note });
	await shift("soon").getByRole("button", { name: "Start", exact: true }).waitFor();
	for (const note of ["tomorrow", "later"]) {
		await shift(note).waitFor();
		assert.equal(await shift(note).getByRole("button", { name: "Start", exact: true }).count(), 0, note);
	}
	await at(boss, "/");
	const latest = boss.locator(".today-beside .row", { hasText: "Schedule" });
	await latest.first().waitFor();
	const said = await latest.allInnerTexts();
	assert.equal(said.filter((words) => /rolf/i.test(words)).length, 3,
		`each says whose it is: ${said.join(" | ")}`);
	assert.equal(new Set(said).size, 3, `no two say the same: ${said.join(" | ")}`);
	await at(boss, "/time/settings");
	await boss.getByLabel("For").selectOption({ label: "rolf" });
	await boss.locator(".rules .form").waitFor();
	assert.equal(await boss.getByText("Whose it is.").count(), 0);
	await boss.getByRole("button", { name: "Set terms" }).click();
	await field(boss, "Most hours a day").selectOption({ label: "A maximum" });
	await field(boss, "Maximum").fill("9");
	await boss.getByRole("dialog").getByRole("button", { name: "Save" }).click();
	await until("they are the other's", async () => (await pia.get("/api/workTerms")).body.workTerms.some(
		(one) => one.owner === rolfId && one.maxHours === 9));
	await closed(rolf, boss);
});

test("a viewer is offered no actions; a personal space has its timer, pay and rules, " +
	"and no people screen", async () => {
	const page = await deviceOf("vera", DESKTOP, "Depot Nord");
	for (const path of ["/time", "/time/plan", "/time/sites", "/time/messages", "/"]) {
		await at(page, path);
		await page.locator(".late").first().waitFor({ state: "detached" });
		for (const name of [
			"Start", "Stop", "Add time", "Clock in", "New shift", "New site", "Send",
		])
			assert.equal(await page.locator(".content").getByRole("button", { name }).count(), 0,
				`${path}: ${name}`);
	}
	await at(page, "/time");
	await page.keyboard.press("n");
	assert.equal(await page.getByRole("dialog").count(), 0);
	assert.deepEqual(await page.locator(".tab").allInnerTexts(),
		["Hours", "Reports", "Plan", "Sites", "Messages", "Rules"]);
	await openSpace(page, "vera");
	await at(page, "/time");
	await startButton(page).waitFor();
	assert.deepEqual(await page.locator(".tab").allInnerTexts(), ["Hours", "Reports", "Sites", "Pay", "Rules"]);
	await closed(page);
});

// --- looks ---

const HOSTILE = [
	`<img src=x onerror="document.title='owned'">`, "\u202Egnp.exe \u0645\u0631\u062D\u0628\u0627", "x".repeat(480),
	"👩🏽‍🚒".repeat(40),
];
const PATHS = [
	"/", "/time", "/time?look=week", "/time?look=month", "/time/people", "/time/plan",
	"/time/plan?part=assignments", "/time/sites", "/time/messages", "/time/pay", "/time/settings",
];
const MANY = 5_000;

test("with hostile words everywhere and five thousand sessions every screen of Time shows texts, fits, " +
	"is bounded, and axe finds nothing", async () => {
	const big = await found("Big", "quin", { rob: "member" });
	const quin = stack.as("quin").in(big), { id: robId } = await stack.as("rob").ready();
	await quin.patch("/api/spaceSettings/settings", { zone: ZONE, currency: "EUR" });
	await quin.post("/api/workSettings", { targetHours: 8 });
	for (const words of HOSTILE) {
		await quin.post("/api/jobSites", { name: words.slice(0, 100), place: SITE });
		await quin.post("/api/assignments", { title: words.slice(0, 200), description: words, due: today() });
		await quin.post("/api/schedules", { start: ago(-1), end: ago(-9), zone: ZONE, note: words });
		await quin.post("/api/messages", { text: words.repeat(Math.max(1, Math.floor(1900 / words.length))) });
		await quin.post("/api/workSessions", { start: ago(3), end: ago(2), zone: ZONE, note: words });
	}
	await quin.post("/api/workSessions", { start: ago(1), zone: ZONE, note: HOSTILE[0] });
	const ops = Array.from({ length: MANY }, (_, n) => ({
		op: crypto.randomUUID(), collection: "workSessions", id: crypto.randomUUID(), base: 0,
		set: {
			start: ago(26 + n * 9), end: ago(24 + n * 9), zone: ZONE, note: `Session ${n}`,
			...(n % 2 ? { owner: robId } : {}),
		},
	}));
	for (let from = 0; from < MANY; from += 100)
		assert.ok((await quin.push(ops.slice(from, from + 100))).body.results.every(({ status }) =>
			status === "applied"));
	const wrong = [];
	for (const [size, shape] of Object.entries({ phone: PHONE, desk: DESKTOP })) {
		const page = await deviceOf("quin",
			{ ...shape, ...HERE, colorScheme: "light", reducedMotion: "reduce" }, "Big");
		for (const path of PATHS) {
			await at(page, path);
			await assertFits(page);
			wrong.push(...(await findingsInBoth(page)).map((finding) => `${size} ${path}: ${finding}`));
			assert.equal(await page.locator(".content img[src=x]").count(), 0);
			assert.ok(await page.locator(".content *").count() < 2_500, `${path} is bounded`);
		}
		await at(page, "/time");
		await page.keyboard.press("n");
		await sheet(page).waitFor();
		wrong.push(...(await findingsInBoth(page)).map((finding) => `${size}, the form: ${finding}`));
		await page.keyboard.press("Escape");
		assert.doesNotMatch(await page.title(), /owned/);
		assert.equal((await page.locator(".timer-what bdi").first().innerText()).trim(), HOSTILE[0]);
		await closed(page);
	}
	assert.deepEqual([...new Set(wrong)], []);
});
