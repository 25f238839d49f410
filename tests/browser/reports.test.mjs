// Reports: what is shown is what the server counts and what is exported; filters, groups and days are in the address;
// timesheets to sign; without a network; and what axe-core says of them.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { start } from "../harness.mjs";
import { ZONE } from "../lib/zone.mjs";
import {
	DESKTOP, PHONE, assertFits, at, chipSays, closed, deviceFor, field, findingsInBoth, isReadyForOffline, isShown,
	launch,
} from "./browser.mjs";
import { on } from "./hours.mjs";

const stack = await start();
const browser = await launch();
const NOVEMBER = "from=2025-11-01&to=2025-11-30";

async function must(promise) {
	const answer = await promise;
	assert.ok(answer.status < 300, JSON.stringify(answer.body));
	return answer.body;
}

// A team with two projects and the hours of two people.
const mia = stack.as("mia"), ben = stack.as("ben");
const { space: { id } } = await must(mia.post("/api/spaces", { name: "Studio" }));
const { token } = await must(mia.in({ id }).post("/api/invitations", { role: "member" }));
await must(ben.post("/api/invitations/accept", { token }));
const [boss, worker] = [mia.in({ id }), ben.in({ id })];
await must(boss.patch("/api/spaceSettings/settings", { zone: ZONE, currency: "EUR" }));
await must(boss.post("/api/clients", { id: "north", name: "North" }));
await must(boss.post("/api/projects", { id: "hall", name: "Hall", client: "north", billable: true, rate: 6000 }));
await must(boss.post("/api/projects", { id: "own", name: "Own" }));
for (const [who, day, from, to, more] of [
	[worker, "2025-11-03", "08:00", "12:00", { project: "hall", note: "Walls" }],
	[worker, "2025-11-03", "12:30", "16:00", { project: "own", note: "Mail", tags: ["wet"] }],
	[worker, "2025-11-10", "08:00", "09:30", { project: "hall" }],
	[boss, "2025-11-11", "08:00", "10:00", { project: "hall", billable: false }],
	[boss, "2025-10-31", "08:00", "10:00", { project: "own" }],
])
	await must(who.post("/api/workSessions", { start: on(day, from), end: on(day, to), zone: ZONE, ...more }));

const deviceOf = (name, options) => deviceFor(browser, stack, name, { options, space: "Studio" });

async function shown(page) {
	await page.locator(".report-table tfoot").waitFor();
	await isShown(page);
	return page.locator(".report-table tr").evaluateAll((lines) => lines.slice(1).map((line) =>
		[...line.cells].slice(0, 4).map((cell) => cell.innerText.trim().split("\n")[0]).join("|")));
}

async function exported(page, item) {
	await page.getByRole("button", { name: "Export" }).click();
	const [download] = await Promise.all([
		page.waitForEvent("download"), page.getByRole("menuitem", { name: item, exact: true }).click(),
	]);
	return readFile(await download.path(), "utf8");
}

test("FC5: a report shows names and hours by groups, and exports exactly that, as the server would", async () => {
	const page = await deviceOf("mia", { ...DESKTOP, acceptDownloads: true });
	await at(page, `/time/reports?${NOVEMBER}&by=client,project`);
	assert.deepEqual(await shown(page), [
		"North|7:30|5:30|€330.00", "Hall|7:30|5:30|€330.00", "No client|3:30|–|–", "Own|3:30|–|–",
		"Total|11:00|5:30|€330.00",
	]);
	const address = `/api/reports/time?${NOVEMBER}&group=client,project&format=csv`;
	for (const [item, style] of [["Report (CSV)", "people"], ["Report for programs (CSV)", "programs"]])
		assert.equal(await exported(page, item), (await boss.get(`${address}&style=${style}`)).text, style);
	const entries = (await exported(page, "Entries (CSV)")).split("\r\n");
	assert.equal(entries.length, 4 + 2);
	assert.ok(entries.includes("ben,2025-11-03,08:00,12:00,4:00,North,Hall,,,Walls,,Yes,60.00,EUR"));
	await closed(page);
});

test("filters combine, are in the address, and a bar opens its days", async () => {
	const page = await deviceOf("mia");
	await at(page, `/time/reports?${NOVEMBER}&by=person`);
	assert.deepEqual(await shown(page),
		["ben|9:00|5:30|€330.00", "mia|2:00|–|–", "Total|11:00|5:30|€330.00"]);
	await field(page, "Project").selectOption({ label: "Hall" });
	await field(page, "Billable").selectOption({ label: "Billable" });
	await page.waitForFunction(() => location.search.includes("billable=yes"));
	assert.deepEqual(await shown(page), ["ben|5:30|5:30|€330.00", "Total|5:30|5:30|€330.00"]);
	await page.getByRole("button", { name: "Clear" }).click();
	await field(page, "Text").fill("mail");
	await page.locator(".report-table tfoot", { hasText: "3:30" }).waitFor();
	await page.getByRole("button", { name: "Clear" }).click();
	await page.locator(".bars-one").nth(2).focus();
	await page.keyboard.press("ArrowLeft");
	await page.keyboard.press("ArrowRight");
	await page.keyboard.press("Enter");
	await page.waitForFunction(() => location.search.includes("from=2025-11-03&to=2025-11-03"));
	assert.deepEqual(await shown(page), ["ben|7:30|4:00|€240.00", "Total|7:30|4:00|€240.00"]);
	await page.goBack();
	await page.locator(".report-table tfoot", { hasText: "11:00" }).waitFor();
	await closed(page);
});

test("a member sees their own hours alone, also without a network", async () => {
	const page = await deviceOf("ben", PHONE), context = page.context();
	await isReadyForOffline(page);
	await context.setOffline(true);
	await chipSays(page, "Offline");
	await at(page, `/time/reports?${NOVEMBER}&by=project`);
	assert.deepEqual((await shown(page)).map((line) => line.split("|").slice(0, 2).join("|")),
		["Hall|5:30", "Own|3:30", "Total|9:00"]);
	assert.equal(await field(page, "Person").count(), 0);
	await context.setOffline(false);
	await closed(page);
});

test("FC5: a timesheet of a month has every entry, the sum of each day, and lines to sign; " +
	"each person their page", async () => {
	const page = await deviceOf("mia");
	await at(page, `/time/reports?${NOVEMBER}&part=sheet`);
	const sheets = page.locator(".timesheet");
	await sheets.nth(1).waitFor();
	const words = await sheets.filter({ hasText: "ben" }).innerText();
	for (const part of ["November 2025", "Mon 3 Nov", "08:00 – 12:00", "Hall · Walls", "7:30", "2 days", "9:00",
		"Employee: ben", "Manager", "Date"])
		assert.ok(words.includes(part), `${part} in ${words}`);
	await page.emulateMedia({ media: "print" });
	assert.equal(await page.locator(".rail:visible, .tabs:visible, .range-pick:visible").count(), 0);
	assert.deepEqual(await sheets.evaluateAll((all) => all.map((one) => getComputedStyle(one).breakAfter)),
		["page", "auto"]);
	await closed(page);
});

test("no report has serious findings, and none is wider than the window", async () => {
	for (const shape of [DESKTOP, { viewport: { width: 768, height: 900 } }, PHONE]) {
		const page = await deviceOf("mia", { ...shape, colorScheme: "light", reducedMotion: "reduce" });
		for (const query of [`${NOVEMBER}&by=client,project`, `${NOVEMBER}&part=sheet`, "range=before"]) {
			await at(page, `/time/reports?${query}`);
			await isShown(page);
			assert.deepEqual(await findingsInBoth(page), [], query);
			await assertFits(page);
		}
		await closed(page);
	}
});
