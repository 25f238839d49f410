// Clocks and calendars: a device whose clock is wrong, a place in another zone, the days on which clocks change,
// midnight, a year half typed, a locale with a calendar of its own.
import assert from "node:assert/strict";
import test from "node:test";
import { start } from "../harness.mjs";
import { until } from "../lib/wait.mjs";
import { DESKTOP, assertSilent, at, cut, deviceFor, field, launch, openDevice, row, signIn } from "./browser.mjs";

const HOUR = 3_600_000;
const stack = await start();
const browser = await launch();

const deviceOf = (name, from, options = DESKTOP, prepare) => deviceFor(browser, stack, name,
	{ options, from, prepare });

async function sessionsOf(name) {
	const { body } = await stack.as(name).get("/api/workSessions");
	return body.workSessions.sort((a, b) => (a.start < b.start ? -1 : 1));
}

const wrongBy = (hours) => (page) => page.addInitScript((ms) => {
	const now = Date.now;
	Date.now = () => now() + ms;
}, hours * HOUR);

for (const [name, hours] of [["ada", 3], ["bo", -3]])
	test(`a device whose clock is ${hours} hours off writes correct instants, and shows correct ages`, async () => {
		const page = await deviceOf(name, "/time", DESKTOP, wrongBy(hours));
		const before = Date.now();
		await page.getByRole("button", { name: "Start", exact: true }).click();
		await until("it is written", async () => (await sessionsOf(name)).length === 1);
		const off = Math.abs(Date.parse((await sessionsOf(name))[0].start) - before);
		assert.ok(off < HOUR / 2, `${off} ms off`);
		await stack.as(name).post("/api/weights", { date: "2026-11-01", kg: 70 });
		await at(page, "/c/weights");
		await row(page, "70").first().click();
		await page.locator(".detail-facts", { hasText: /just now|min ago/ }).waitFor();
		await page.locator(".chip:visible", { hasText: "now" }).waitFor();
		assertSilent(page);
		await page.context().close();
	});

test("the night on which the clocks go back, seen from another zone: 25 hours, " +
	"each entry with its own length", async () => {
	await stack.as("cy").post("/api/workSettings", { zone: "Europe/Berlin" });
	await stack.as("cy").post("/api/workSessions", {
		start: "2026-10-24T22:30:00Z", end: "2026-10-25T04:00:00Z", zone: "Europe/Berlin",
		note: "the long night",
	});
	const page = await deviceOf("cy", "/time?day=2026-10-25", { ...DESKTOP, timezoneId: "America/New_York" });
	await page.locator(".entry-row", { hasText: "the long night" }).waitFor();
	assert.match(await page.locator(".entry-row").innerText(), /00:30 – 05:00[^]*5:30/);
	assert.deepEqual((await page.locator(".day-hour").allInnerTexts()).slice(0, 5), ["00", "01", "02", "02", "03"]);
	await page.keyboard.press("n");
	await field(page, "From").fill("06:00");
	await field(page, "To").fill("07:30");
	await page.getByRole("dialog").getByRole("button", { name: "Add time" }).click();
	await until("it is written", async () => (await sessionsOf("cy")).length === 2);
	assert.deepEqual((await sessionsOf("cy")).map(({ start, end, day }) => [start, end, day])[1],
		["2026-10-25T05:00:00.000Z", "2026-10-25T06:30:00.000Z", "2026-10-25"]);
	assertSilent(page);
	await page.context().close();
});

test("a year that is only half typed is asked about, not sent", async () => {
	const page = await deviceOf("dee", "/time");
	await page.keyboard.press("n");
	await field(page, "Day").fill("0002-11-20");
	await field(page, "From").fill("08:00");
	await field(page, "To").fill("09:00");
	await page.getByRole("dialog").getByRole("button", { name: "Add time" }).click();
	await page.getByText("Which day was it?").waitFor();
	await field(page, "Day").fill("2026-11-20");
	await page.getByRole("dialog").getByRole("button", { name: "Add time" }).click();
	await until("it is written",
		async () => (await sessionsOf("dee")).map(({ day }) => day).join() === "2026-11-20");
	assertSilent(page);
	await page.context().close();
});

test("midnight passes while the app is open and the server is away: today is the next day, " +
	"and the night's work stays with its own", async () => {
	const page = await openDevice(browser);
	await stack.as("eli").ready();
	await page.clock.install();
	await signIn(page, stack, stack.as("eli"), "/time");
	await page.getByRole("button", { name: "Start", exact: true }).click();
	await page.getByRole("button", { name: "Stop", exact: true }).waitFor();
	const today = async () =>
		(await page.locator(".strip .day[aria-current=date]").getAttribute("aria-label")).split(",")[0];
	const before = await today();
	await cut(page);
	await page.clock.fastForward(24 * HOUR - 60_000);
	await page.clock.runFor(2_000);
	await until("today is the next day", async () => await today() !== before);
	await page.locator(".timer-run[data-id]").waitFor();
	await page.context().close();
});

test("where a locale has a calendar of its own, " +
	"the names of days and months are of the one the grid counts in", async () => {
	await stack.as("fay").post("/api/weights", { date: "2026-11-20", kg: 70 });
	const page = await deviceOf("fay", "/time?look=month&day=2026-11-20", { ...DESKTOP, locale: "fa-IR" });
	await page.locator(".month-grid").waitFor();
	assert.match(await page.locator(".walk-title").innerText(), /۲۰۲۶/);
	assertSilent(page);
	await page.context().close();
});
