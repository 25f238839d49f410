// The calendar week: what a mouse, the keyboard and a finger make, move and stretch, on this device and on the server,
// with and without a network; and what axe-core says of it.
import assert from "node:assert/strict";
import test from "node:test";
import { addDays, instantText, weekOf } from "../../www/ui/zone.js";
import { start } from "../harness.mjs";
import { until } from "../lib/wait.mjs";
import { ZONE } from "../lib/zone.mjs";
import {
	DESKTOP, PHONE, assertFits, at, chipSays, closed, field, findingsInBoth, isInStep, isReadyForOffline,
	isShown, launch, toastSays, undo,
} from "./browser.mjs";
import { hoursOn, on, sheet, today } from "./hours.mjs";

const stack = await start();
const browser = await launch();
const { deviceOf, sessionsOf } = hoursOn(stack, browser);

const week = addDays(weekOf(today()), -7); // all of it is past
const [MONDAY, TUESDAY, WEDNESDAY] = [0, 1, 2].map((days) => addDays(week, days));

async function worked(name, ...sessions) {
	const person = stack.as(name);
	await person.ready();
	for (const [day, from, to, note, more] of sessions)
		await person.post("/api/workSessions",
			{ start: on(day, from), end: on(day, to), zone: ZONE, note, ...more });
}

async function calendarOf(name, options, day = TUESDAY) {
	const page = await deviceOf(name, options);
	await at(page, `/time?look=week&day=${day}`);
	await page.locator(".cal-grid").waitFor();
	return page;
}

const block = (page, words) => page.locator(".cal-block", { hasText: words });
const times = async (name, note) => {
	const one = (await sessionsOf(name)).find((session) => session.note === note);
	return one ? [one.start, one.end] : null;
};

function becameOf(name, note, day, from, to) {
	const expected = JSON.stringify([on(day, from), on(day, to)]);
	return until(`${note} is from ${from} to ${to}`, async () =>
		JSON.stringify((await times(name, note))?.map((one) => instantText(Date.parse(one)))) === expected);
}

// The point of the window at a time of a day of the calendar.
async function pointOf(page, day, clock) {
	return page.evaluate(([date, hours]) => {
		const box = document.querySelector(`.cal-day[data-date="${date}"]`).getBoundingClientRect();
		const marks = [...document.querySelectorAll(".cal-hours span")];
		const noon = marks.find((mark) => mark.innerText === "12:00");
		const below = Number.parseFloat(noon.style.insetBlockStart);
		return { x: box.left + box.width / 2, y: box.top + below + (hours - 12) * 48 };
	}, [day, Number(clock.slice(0, 2)) + Number(clock.slice(3)) / 60]);
}

async function drag(page, from, to, { keys = [], before = async () => {} } = {}) {
	await page.mouse.move(from.x, from.y);
	await page.mouse.down();
	for (const key of keys)
		await page.keyboard.down(key);
	await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 3 });
	await page.mouse.move(to.x, to.y, { steps: 3 });
	await before();
	await page.mouse.up();
	for (const key of keys)
		await page.keyboard.up(key);
}

test("FC18: a drag in empty time makes an entry, of a block moves it to another day, " +
	"of an edge stretches it", async () => {
	await worked("ann", [MONDAY, "09:00", "11:00", "Roof"], [MONDAY, "10:00", "12:00", "Call"]);
	const page = await calendarOf("ann");
	const [roof, call] = await Promise.all(["Roof", "Call"].map((note) => block(page, note).boundingBox()));
	assert.ok(roof.x + roof.width <= call.x + 1, "overlaps are side by side");
	assert.equal(Math.round(roof.height / call.height), 1);

	await drag(page, await pointOf(page, TUESDAY, "13:02"), await pointOf(page, TUESDAY, "14:28"));
	await sheet(page).getByRole("heading", { name: "Add time" }).waitFor();
	assert.deepEqual([await field(page, "Day").inputValue(), await field(page, "From").inputValue(),
		await field(page, "To").inputValue()], [TUESDAY, "13:00", "14:30"]);
	await field(page, "Note").fill("Made by hand");
	await page.keyboard.press("Enter");
	await becameOf("ann", "Made by hand", TUESDAY, "13:00", "14:30");

	await drag(page, await pointOf(page, TUESDAY, "13:30"), await pointOf(page, WEDNESDAY, "08:32"));
	await becameOf("ann", "Made by hand", WEDNESDAY, "08:00", "09:30");
	await undo(page, "Saved");
	await becameOf("ann", "Made by hand", TUESDAY, "13:00", "14:30");

	const end = await block(page, "Made by hand").boundingBox();
	const middle = end.x + end.width / 2, bottom = end.y + end.height - 3;
	await drag(page, { x: middle, y: bottom }, { x: middle, y: (await pointOf(page, TUESDAY, "15:15")).y - 3 });
	await becameOf("ann", "Made by hand", TUESDAY, "13:00", "15:15");
	await drag(page, { x: middle, y: end.y + 3 }, { x: middle, y: (await pointOf(page, TUESDAY, "12:43")).y + 3 },
		{ keys: ["Alt"] });
	await becameOf("ann", "Made by hand", TUESDAY, "12:43", "15:15");
	await closed(page);
});

test("Escape lets go without a change, and a press on a block opens it", async () => {
	await worked("bea", [MONDAY, "09:00", "11:00", "Roof"]);
	const page = await calendarOf("bea");
	await drag(page, await pointOf(page, MONDAY, "10:00"), await pointOf(page, TUESDAY, "12:00"), {
		before: async () => {
			await page.locator(".cal-ghost").waitFor();
			await page.keyboard.press("Escape");
			await page.locator(".cal-ghost").waitFor({ state: "detached" });
		},
	});
	await block(page, "Roof").click();
	await sheet(page).getByRole("heading", { name: "Entry" }).waitFor();
	assert.equal(await field(page, "From").inputValue(), "09:00");
	assert.equal((await sessionsOf("bea"))[0].version, 1);
	await closed(page);
});

test("the keyboard selects, moves, stretches, opens, deletes and takes back, also without a network", async () => {
	await worked("cleo", [MONDAY, "09:00", "11:00", "Roof"], [TUESDAY, "14:00", "15:00", "Call"]);
	const page = await calendarOf("cleo"), context = page.context();
	await isReadyForOffline(page);
	await context.setOffline(true);
	await chipSays(page, "Offline");
	await block(page, "Roof").focus();
	await page.keyboard.press("ArrowRight");
	assert.match(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), /^Call/);
	await page.keyboard.press("ArrowLeft");
	await page.keyboard.down("Alt");
	for (const key of ["ArrowDown", "ArrowDown", "ArrowRight"])
		await page.keyboard.press(key);
	await page.keyboard.up("Alt");
	await page.locator(`.cal-day[data-date="${TUESDAY}"] .cal-block`, { hasText: "09:10" }).waitFor();
	await block(page, "Roof").focus();
	await page.keyboard.down("Shift");
	await page.keyboard.press("ArrowUp");
	await page.keyboard.up("Shift");
	await block(page, "Roof").filter({ hasText: "11:05" }).waitFor();
	await block(page, "Call").focus();
	await page.keyboard.press("Delete");
	await block(page, "Call").waitFor({ state: "detached" });
	await undo(page, "Call deleted");
	await block(page, "Call").waitFor();
	await block(page, "Roof").focus();
	await page.keyboard.press("Enter");
	await sheet(page).getByRole("heading", { name: "Entry" }).waitFor();
	await page.keyboard.press("Escape");
	await context.setOffline(false);
	await becameOf("cleo", "Roof", TUESDAY, "09:10", "11:05");
	await becameOf("cleo", "Call", TUESDAY, "14:00", "15:00");
	await isInStep(page);
	await closed(page);
});

test("a night is in both of its days, and moves as one", async () => {
	await stack.as("dora").ready();
	await stack.as("dora").post("/api/workSessions",
		{ start: on(MONDAY, "22:00"), end: on(TUESDAY, "02:00"), zone: ZONE, note: "Gate" });
	const page = await calendarOf("dora");
	assert.equal(await block(page, "Gate").count(), 2);
	await block(page, "Gate").nth(1).focus();
	await page.keyboard.press("Alt+ArrowRight");
	await until("it is a day later", async () =>
		(await times("dora", "Gate"))?.[0].startsWith(on(TUESDAY, "22:00").slice(0, 16)));
	await closed(page);
});

test("a finger scrolls and turns the page; it makes and moves once it has held", async () => {
	await worked("emma", [TUESDAY, "09:00", "11:00", "Roof"]);
	const page = await calendarOf("emma", PHONE), client = await page.context().newCDPSession(page);
	const touch = (type, ...points) => client.send("Input.dispatchTouchEvent", { type, touchPoints: points });
	assert.equal(await page.locator(".cal-day").count(), 1);
	await block(page, "Roof").scrollIntoViewIfNeeded();
	const from = await pointOf(page, TUESDAY, "10:00"), to = await pointOf(page, TUESDAY, "11:00");
	await touch("touchStart", from);
	await page.locator(".cal-block[data-held]").waitFor();
	await touch("touchMove", { x: from.x, y: (from.y + to.y) / 2 });
	await touch("touchMove", to);
	await page.locator(".cal-ghost").filter({ hasText: "10:00" }).waitFor();
	await touch("touchEnd");
	await becameOf("emma", "Roof", TUESDAY, "10:00", "12:00");
	const { y } = await block(page, "Roof").boundingBox();
	await touch("touchStart", { x: 280, y: y + 30 });
	await touch("touchMove", { x: 180, y: y + 32 });
	await touch("touchMove", { x: 80, y: y + 34 });
	await touch("touchEnd");
	await page.locator(`.cal-day[data-date="${WEDNESDAY}"]`).waitFor();
	await becameOf("emma", "Roof", TUESDAY, "10:00", "12:00");
	await closed(page);
});

test("a day of 25 hours has each of them, and no part of the calendar has serious findings", async () => {
	const zone = "Europe/Berlin", person = stack.as("fay");
	await person.ready();
	await person.post("/api/workSettings", { zone });
	await person.post("/api/workSessions", {
		start: "2026-10-24T20:00:00Z", end: "2026-10-25T05:00:00Z", zone, note: "Night",
	});
	for (const options of [DESKTOP, PHONE, { viewport: { width: 768, height: 900 } }]) {
		const device = { ...options, timezoneId: zone, reducedMotion: "reduce" };
		const page = await calendarOf("fay", device, "2026-10-25");
		const sunday = page.locator('.cal-day[data-date="2026-10-25"]');
		const night = await sunday.locator(".cal-block").boundingBox();
		assert.equal(Math.round(night.height / 48), 7, "00:00 to 06:00 is seven hours");
		assert.deepEqual(await sunday.locator(".cal-own").allInnerTexts(), ["00:00", "01:00", "02:00"]);
		await isShown(page);
		assert.deepEqual(await findingsInBoth(page), []);
		await assertFits(page);
		await closed(page);
	}
});

test("hours that were handed in are locked: their days say so, and nothing in them moves", async () => {
	await worked("ivy", [MONDAY, "09:00", "11:00", "Roof"]);
	await stack.as("ivy").post("/api/periods", { from: week, to: addDays(week, 6), state: "submitted" });
	const page = await calendarOf("ivy");
	await page.locator(`.cal-day[data-date="${MONDAY}"][data-locked]`).waitFor();
	await drag(page, await pointOf(page, MONDAY, "10:00"), await pointOf(page, TUESDAY, "12:00"));
	await drag(page, await pointOf(page, TUESDAY, "13:00"), await pointOf(page, TUESDAY, "14:00"));
	await block(page, "Roof").focus();
	await page.keyboard.press("Alt+ArrowDown");
	await page.keyboard.press("Delete");
	await isShown(page);
	assert.equal(await sheet(page).count(), 0);
	assert.match(await block(page, "Roof").getAttribute("aria-label"), /locked$/);
	assert.deepEqual((await sessionsOf("ivy")).map(({ version }) => version), [1]);
	await closed(page);
});

test("a manager moves the hours of others", async () => {
	const gina = stack.as("gina"), hugo = stack.as("hugo");
	const { id } = (await gina.post("/api/spaces", { name: "Depot" })).body.space;
	const { token } = (await gina.in({ id }).post("/api/invitations", { role: "member" })).body;
	await hugo.post("/api/invitations/accept", { token });
	const hours = hugo.in({ id });
	await hours.post("/api/workSessions",
		{ start: on(MONDAY, "09:00"), end: on(MONDAY, "10:00"), zone: ZONE, note: "Yard" });
	const page = await deviceOf("gina", DESKTOP, "Depot");
	await at(page, `/time?look=week&day=${MONDAY}&of=${(await hugo.ready()).id}`);
	await block(page, "Yard").waitFor();
	await drag(page, await pointOf(page, MONDAY, "09:30"), await pointOf(page, MONDAY, "12:30"));
	await toastSays(page, "Saved");
	await until("it is later", async () =>
		(await hours.get("/api/workSessions")).body.workSessions[0].start === on(MONDAY, "12:00"));
	await closed(page);
});
