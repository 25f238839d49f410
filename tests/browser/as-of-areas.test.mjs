// The screens of Time and of the fleet as they were: one control, one banner, nothing that writes; which days and which
// entries they show then, that the address keeps the moment, and what is said without a connection.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { addDays, dayIn } from "../../www/ui/zone.js";
import { ZONE } from "../lib/zone.mjs";
import {
	DESKTOP, PHONE, assertFits, at, becomes, closed, cut, deviceFor, findingsInBoth, isDrawn, launch, mend,
} from "./browser.mjs";
import { on } from "./hours.mjs";

const stack = await start();
const browser = await launch();

const DAYS_AGO = (n) => new Date(Date.now() - n * 86_400_000).toISOString();
const day = addDays(dayIn(ZONE, Date.now()), -14); // of which the hours are

// What is in the space by now was written so many days ago.
async function longAgo({ id }, days) {
	await stack.sql(`UPDATE audit SET at = TIMESTAMPADD(DAY, -${days}, at) WHERE space_id = '${id}'
		AND at > TIMESTAMPADD(DAY, -1, UTC_TIMESTAMP())`);
}

// Hours, cars and a project of 12 days ago; since 3 days ago some are otherwise, and some are gone.
async function depot(name) {
	const team = await stack.team({ olga: "owner", ben: "member" }, { name });
	const olga = stack.as("olga").in(team), ben = stack.as("ben").in(team);
	answered(await olga.post("/api/spaceSettings", { zone: ZONE, locations: ["100", "200"] }), 201);
	const project = answered(await olga.post("/api/projects", { name: "Old hall" }), 201).project;
	const entry = (note, from, to) => ({ start: on(day, from), end: on(day, to), note, project: project.id });
	const own = answered(await olga.post("/api/workSessions", entry("Desk", "08:00", "10:00")), 201).workSession;
	const his = answered(await ben.post("/api/workSessions", entry("Loading", "08:00", "12:00")), 201).workSession;
	for (const id of ["1001", "1002", "1003"])
		answered(await olga.post("/api/cars", { id, location: "100", notes: `Note of ${id}` }), 201);
	answered(await olga.post("/api/roster", { id: "1001", defaultLocation: "100" }), 201);
	await longAgo(team, 12);
	answered(await olga.patch(`/api/workSessions/${own.id}`, { end: on(day, "11:30") }));
	answered(await olga.delete(`/api/workSessions/${his.id}`));
	answered(await olga.patch(`/api/projects/${project.id}`, { name: "New hall" }));
	answered(await olga.patch("/api/cars/1001", { location: "200", arrived: true }));
	answered(await olga.delete("/api/cars/1003"));
	await longAgo(team, 3);
	return { team, olga, own, his };
}

const banner = (page) => page.locator(".notices .notice", { hasText: "As it was" });
const moment = (page) => new URL(page.url()).searchParams.get("at");
const tiles = (page) => () => page.locator(".tile:visible")
	.evaluateAll((all) => all.map((one) => one.dataset.id).sort());
const isThere = (page) => page.locator('.content[data-past="shown"]').waitFor();

// Requests that write while the past is on the screen, but for those that only say who is there.
function writesOf(page) {
	const writes = [];
	page.on("request", (request) => {
		const { pathname } = new URL(request.url());
		if (request.method() !== "GET" && !/\/(?:usage|presence|auth\/refresh)$/.test(pathname) && moment(page))
			writes.push(`${request.method()} ${pathname}`);
	});
	return writes;
}

async function look(page, name) {
	if (!process.env.SHOTS)
		return;
	for (const colorScheme of ["dark", "light"]) {
		await page.emulateMedia({ colorScheme });
		await page.screenshot({ path: `${process.env.SHOTS}/as-of-${name}-${colorScheme}.png` });
	}
}

const SIZES = { phone: { ...PHONE, viewport: { width: 390, height: 844 } }, desk: DESKTOP };
const calm = { colorScheme: "light", reducedMotion: "reduce" };

for (const [size, options] of Object.entries(SIZES)) {
	test(`the board is shown as it was a week ago, without a toggle, and left in one tap: ${size}`, async () => {
		await depot(`Board ${size}`);
		const page = await deviceFor(browser, stack, "olga",
			{ options: { ...options, ...calm }, space: `Board ${size}`, path: "/fleet" });
		await becomes(tiles(page), size === "phone" ? ["1002"] : ["1001", "1002"]);
		await page.getByRole("button", { name: "More for the fleet" }).click();
		await page.getByRole("menuitem", { name: "As of…" }).click();
		await page.getByRole("button", { name: /^A week ago/ }).click();
		const writes = writesOf(page);
		await banner(page).getByText("Read only").waitFor();
		await becomes(tiles(page), ["1001", "1002", "1003"]);
		assert.equal(await page.locator(".car-toggle:visible").count(), 0, "there is nothing to press");
		assert.equal(await page.getByRole("button", { name: "Start shift" }).count(), 0);
		await assertFits(page);
		assert.deepEqual(await findingsInBoth(page), []);
		await look(page, `board-${size}`);

		await page.getByRole("button", { name: "More for the fleet" }).click();
		const [file] = await Promise.all([
			page.waitForEvent("download"), page.getByRole("menuitem", { name: "Export as CSV" }).click(),
		]);
		assert.match(file.suggestedFilename(), /^cars as of \d{4}-\d\d-\d\d 2359\.csv$/);
		assert.match(await readFile(await file.path(), "utf8"), /^1003,/m);

		await page.locator('.tile[data-id="1003"] .car-link').click();
		await page.getByText("Deleted since then.").waitFor();
		assert.ok(moment(page), "the moment stays in the address");
		assert.deepEqual(await findingsInBoth(page), []);
		await look(page, `car-${size}`);
		await page.keyboard.press("Escape");
		const parts = page.getByRole("navigation", { name: "Parts of Fleet" });
		for (const name of ["Alerts", "Shifts", "Roster", "Figures"]) {
			await parts.getByRole("link", { name }).click();
			await isThere(page);
			await isDrawn(page);
			assert.ok(moment(page), `${name} stays in the past`);
			await assertFits(page);
			assert.deepEqual(await findingsInBoth(page), [], name);
			await look(page, `${name.toLowerCase()}-${size}`);
		}
		assert.deepEqual(writes, []);
		await banner(page).getByRole("button", { name: "Back to now" }).click();
		assert.equal(moment(page), null);
		await at(page, "/fleet");
		await becomes(tiles(page), size === "phone" ? ["1002"] : ["1001", "1002"]);
		await closed(page);
	});

	test(`hours are shown as they were, in each look, report and part, read only: ${size}`, async () => {
		const { own } = await depot(`Hours ${size}`);
		const then = DAYS_AGO(7), name = `Hours ${size}`;
		const page = await deviceFor(browser, stack, "olga",
			{ options: { ...options, ...calm }, space: name, path: `/time?day=${day}` });
		const total = page.locator(".totals dd").first();
		await becomes(() => total.innerText(), "3:30");
		const writes = writesOf(page);
		await at(page, `/time?day=${day}&at=${then}`);
		await isThere(page);
		await becomes(() => total.innerText(), "2:00");
		await page.getByText("Old hall").first().waitFor();
		assert.equal(await page.getByRole("button", { name: "Add time" }).count(), 0);
		assert.equal(await page.locator(".timer").count(), 0, "no timer of then is run or stopped");
		await look(page, `day-${size}`);
		for (const query of ["look=week", "look=month"]) {
			await at(page, `/time?day=${day}&at=${then}&${query}`);
			await isThere(page);
			await page.getByText("2:00").first().waitFor();
			await assertFits(page);
			assert.deepEqual(await findingsInBoth(page), [], query);
			await look(page, `${query.slice(5)}-${size}`);
		}
		await at(page, `/time/reports?from=${day}&to=${day}&by=person&at=${then}`);
		await isThere(page);
		const sum = () => page.locator(".report-table tfoot td").first().innerText();
		await becomes(sum, "6:00");
		await look(page, `report-${size}`);
		await page.reload();
		await isThere(page);
		await becomes(sum, "6:00", "also after a reload");
		for (const part of ["people", "approve", "plan", "sites", "messages", "pay", "projects", "settings"]) {
			await at(page, `/time/${part}?at=${then}`);
			await isThere(page);
			await isDrawn(page);
			await assertFits(page);
			assert.deepEqual(await findingsInBoth(page), [], part);
			await look(page, `${part}-${size}`);
			assert.deepEqual(await page.locator("form button[type=submit]:visible").count(), 0,
				`${part} has a form`);
		}
		await at(page, `/time?day=${day}&entry=${own.id}&at=${then}`);
		await page.getByRole("dialog").getByText("Changed since then", { exact: false }).waitFor();
		assert.deepEqual(await findingsInBoth(page), []);
		await look(page, `entry-${size}`);
		assert.deepEqual(writes, []);
		await closed(page);
	});
}

test("back leaves the past and returns to it; the moment is named in the space's zone; links keep it", async () => {
	const { olga } = await depot("Ways");
	const { spaceSettings: [settings] } = answered(await olga.get("/api/spaceSettings"));
	answered(await olga.patch(`/api/spaceSettings/${settings.id}`, { zone: "Pacific/Auckland" }));
	const page = await deviceFor(browser, stack, "ben", { space: "Ways", path: "/time" });
	await page.keyboard.press("a");
	await page.getByText("Pacific/Auckland").first().waitFor();
	await page.getByLabel("Day and time").fill(`${addDays(day, 6)}T08:34`);
	await page.keyboard.press("Enter");
	await isThere(page);
	assert.equal(moment(page), on(addDays(day, 6), "08:34", "Pacific/Auckland"));
	await banner(page).getByText("08:34", { exact: false }).waitFor();
	const fleet = page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: "Fleet" });
	assert.match(await fleet.getAttribute("href"), /[?&]at=/);
	await fleet.click();
	await becomes(tiles(page), ["1001", "1002", "1003"]);
	await page.keyboard.press("Escape");
	await becomes(tiles(page), ["1001", "1002"]);
	await page.goBack();
	await becomes(tiles(page), ["1001", "1002", "1003"]);
	await page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: "Today" }).click();
	await banner(page).waitFor({ state: "detached" });
	await closed(page);
});

test("without a connection the areas say that the past is on the server, with a way on", async () => {
	await depot("Cut");
	const page = await deviceFor(browser, stack, "ben",
		{ options: { ...DESKTOP, ...calm }, space: "Cut", path: "/fleet" });
	await cut(page);
	await at(page, `/fleet?at=${DAYS_AGO(7)}`);
	await page.getByText("The past is on the server. Connect to see it.").waitFor();
	assert.deepEqual(await tiles(page)(), [], "nothing is shown that may be wrong");
	assert.deepEqual(await findingsInBoth(page), []);
	await look(page, "offline");
	await mend(page);
	await page.getByRole("button", { name: "Try again" }).click();
	await becomes(tiles(page), ["1001", "1002", "1003"]);
	await closed(page);
});
