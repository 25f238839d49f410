// The plan of a week as managers make it: the grid on a desk, a day at a time on a phone; a week planned in one go,
// repeated and taken back; people with overtime, and overlapping shifts.
import assert from "node:assert/strict";
import test from "node:test";
import { weekDates } from "../../www/time/sessions.js";
import { addDays, clockIn, dayIn, instantIn, instantText } from "../../www/ui/zone.js";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { until } from "../lib/wait.mjs";
import { ZONE } from "../lib/zone.mjs";
import {
	DESKTOP, PHONE, assertFits, becomes, chipSays, closed, cut, deviceFor, field, findingsInBoth, isInStep,
	launch, mend, toastSays,
} from "./browser.mjs";

const HOUR = 3600;
const stack = await start();
const browser = await launch();
const week = weekDates(addDays(dayIn(ZONE, Date.now()), 14), false); // nobody's today
const after = week.map((date) => addDays(date, 7));

// The rules of each crew.
const RULES = { from: "2020-01-01", lunchAfterHours: 5, lunchMinutes: 30, overtimeAfterHours: 40 };

let crews = 0;

// A crew of its own: anna owns it, mia manages, ben and cleo work, vera looks on; each name with a number.
async function crewOf() {
	crews += 1;
	const names = Object.fromEntries(["anna", "mia", "ben", "cleo", "vera"].map((one) => [one, `${one}${crews}`]));
	const title = `Crew ${crews}`;
	const { space } = answered(await stack.as(names.anna).post("/api/spaces", { name: title }), 201);
	const folk = Object.fromEntries(Object.entries(names).map(([key, name]) => [key, stack.as(name).in(space)]));
	for (const [key, role] of [["mia", "manager"], ["ben", "member"], ["cleo", "member"], ["vera", "viewer"]]) {
		const { token } = answered(await folk.anna.post("/api/invitations", { role }), 201);
		answered(await stack.as(names[key]).post("/api/invitations/accept", { token }));
	}
	answered(await folk.anna.post("/api/jobSites", { name: "Harbour" }), 201);
	answered(await folk.anna.post("/api/workRules", RULES), 201);
	return { ...folk, names, title };
}

function deviceOf(crew, who, options = DESKTOP, path = `/time/plan?day=${week[0]}`) {
	return deviceFor(browser, stack, crew.names[who], { options: { ...options }, space: crew.title, path });
}

const sheet = (page) => page.getByRole("dialog");
const line = (page, name) => page.locator(".plan-grid tbody tr", { has: page.locator(".plan-who", { hasText: name }) });
const cell = (page, name, day) => line(page, name).locator("td").nth(day);
const hours = (page, name) => line(page, name).locator(".plan-hours");

function planned(date, from, to, more = {}) {
	return {
		start: instantText(instantIn(ZONE, date, from * HOUR)),
		end: instantText(instantIn(ZONE, date, to * HOUR)), zone: ZONE, ...more,
	};
}

// What the server has, as [who, date, start and end on the clock], in order.
async function shiftsOf(crew) {
	const clock = (instant) => {
		const { date, hour, minute } = clockIn(ZONE, Date.parse(instant));
		return [date, `${hour}:${String(minute).padStart(2, "0")}`];
	};
	const nameOf = Object.fromEntries(Object.entries(crew.names).map(([key, name]) => [stack.as(name).id, key]));
	const { schedules } = answered(await crew.anna.get("/api/schedules?limit=500"));
	return schedules.map(({ start: from, end: to, owner, who }) => [
		who ?? nameOf[owner], ...clock(from), clock(to)[1],
	]).sort();
}

function hasShifts(crew, expected) {
	return until(`the server has ${JSON.stringify(expected)}`,
		async () => JSON.stringify(await shiftsOf(crew)) === JSON.stringify([...expected].sort()));
}

async function pick(page, date) {
	await sheet(page).getByRole("checkbox", { name: new RegExp(` ${Number(date.slice(8))} `) })
		.setChecked(true, { force: true });
}

test("a press on a day plans a shift for the person, on one day or several; the grid counts it, " +
	"and Undo removes it", async () => {
	const crew = await crewOf(), page = await deviceOf(crew, "mia");
	await page.getByRole("button", { name: new RegExp(`^Plan ${crew.names.ben}, `) }).first().click();
	await field(page, "From").fill("07:00");
	await field(page, "To").fill("15:30");
	for (const date of week.slice(1, 5))
		await pick(page, date);
	await field(page, "Job site").selectOption({ label: "Harbour" });
	await sheet(page).getByRole("button", { name: "Add 5 shifts" }).click();
	await toastSays(page, "5 shifts planned.");
	await sheet(page).waitFor({ state: "detached" });
	await becomes(() => hours(page, crew.names.ben).innerText(), "40:00 of 40:00");
	await becomes(() => line(page, crew.names.ben).locator(".planned").count(), 5);
	assert.match(await cell(page, crew.names.ben, 0).innerText(), /07:00 – 15:30\s+Harbour/);
	const five = week.slice(0, 5).map((date) => ["ben", date, "7:00", "15:30"]);
	await hasShifts(crew, five);

	// One more is proposed as the last one was, and is too much.
	await cell(page, crew.names.ben, 5).getByRole("button").click();
	assert.equal(await field(page, "From").inputValue(), "07:00");
	await field(page, "To").fill("13:30");
	await sheet(page).getByRole("button", { name: "Add shift" }).click();
	await hours(page, crew.names.ben).getByText("6:00 over").waitFor();
	await page.getByText("1 person comes to overtime").waitFor();
	await page.locator(".toast", { hasText: "Shift planned." }).getByRole("button", { name: "Undo" }).click();
	await hours(page, crew.names.ben).getByText("of 40:00").waitFor();
	await hasShifts(crew, five);
	assert.equal(await line(page, crew.names.vera).count(), 0);
	await closed(page);
});

test("a shift is opened, changed and reported as overlapping; a task is on its day; " +
	"its assignee sees the plan", async () => {
	const crew = await crewOf();
	await crew.mia.post("/api/schedules",
		planned(week[0], 8, 16, { owner: crew.cleo.id, note: "Bring the ladder" }));
	await crew.mia.post("/api/schedules", planned(week[0], 22, 30, { owner: crew.ben.id }));
	await crew.mia.post("/api/assignments",
		{ title: "Order primer", owner: crew.cleo.id, due: week[2], priority: "high" });
	const page = await deviceOf(crew, "mia");
	await cell(page, crew.names.cleo, 0).getByRole("button", { name: /Bring the ladder/ }).waitFor();
	await cell(page, crew.names.cleo, 2).getByRole("button", { name: /Order primer/ }).waitFor();
	await crew.anna.post("/api/schedules", planned(week[0], 15, 18, { owner: crew.cleo.id }));
	await cell(page, crew.names.cleo, 0).getByText("two at once").first().waitFor();
	await cell(page, crew.names.cleo, 0).getByRole("button", { name: /15:00/ }).click();
	await sheet(page).getByLabel("Status").selectOption({ label: "Cancelled" });
	await sheet(page).getByRole("button", { name: "Save" }).click();
	await cell(page, crew.names.cleo, 0).getByText("two at once").waitFor({ state: "detached" });
	await cell(page, crew.names.cleo, 0).getByText("cancelled").waitFor();
	await becomes(() => hours(page, crew.names.cleo).innerText(), "7:30 of 40:00");
	assert.equal(await cell(page, crew.names.ben, 1).locator(".planned").count(), 0,
		"the night belongs to the day it begins on");

	const phone = await deviceOf(crew, "cleo", PHONE, "/time/plan");
	assert.equal(await phone.locator(".planner").count(), 0);
	await phone.getByText("Bring the ladder").waitFor();
	await closed(page, phone);
});

test("a week is repeated in one go, also offline, and nothing is planned twice", async () => {
	const crew = await crewOf();
	for (const date of week.slice(0, 3))
		answered(await crew.mia.post("/api/schedules", planned(date, 8, 16, { owner: crew.ben.id })), 201);
	answered(await crew.mia.post("/api/schedules", planned(week[0], 6, 10, { who: "Kowalski" })), 201);
	const page = await deviceOf(crew, "mia", DESKTOP, `/time/plan?day=${after[0]}`);
	const said = page.locator(".notice", { hasText: "Nobody is planned in this week yet." });
	await said.waitFor();
	await cut(page);
	await chipSays(page, "No server");
	await said.getByRole("button", { name: "Copy previous week" }).click();
	await toastSays(page, "4 shifts copied from the previous week.");
	await becomes(() => hours(page, crew.names.ben).innerText(), "22:30 of 40:00");
	await becomes(() => line(page, "Kowalski").locator(".planned").count(), 1);
	await page.getByRole("button", { name: "More for the week" }).click();
	assert.ok(await page.getByRole("menuitem", { name: "Copy previous week" }).isDisabled());
	await page.keyboard.press("Escape");
	await mend(page);
	await isInStep(page);
	const one = (dates) => [
		...dates.slice(0, 3).map((date) => ["ben", date, "8:00", "16:00"]),
		["Kowalski", dates[0], "6:00", "10:00"],
	];
	await hasShifts(crew, [...one(week), ...one(after)]);
	await page.getByRole("button", { name: "Previous week" }).click();
	await becomes(() => line(page, crew.names.ben).locator(".planned").count(), 3);
	await closed(page);
});

test("on a phone the plan shows one day; half-typed text stays, " +
	"and somebody without an account is planned by name", async () => {
	const crew = await crewOf();
	answered(await crew.mia.post("/api/schedules", planned(week[1], 8, 16, { owner: crew.ben.id })), 201);
	const page = await deviceOf(crew, "mia", PHONE, `/time/plan?day=${week[0]}`);
	await page.getByText("Nobody is planned.").waitFor();
	await page.locator(".strip .day").nth(1).tap();
	await page.getByText("1 person, 7:30").waitFor();
	await page.locator(".planned", { hasText: "08:00 – 16:00" }).waitFor();
	await page.getByRole("button", { name: "New shift" }).tap();
	await field(page, "Who").selectOption({ label: "Somebody without an account" });
	await sheet(page).getByRole("button", { name: "Add shift" }).tap();
	await sheet(page).getByText("Who is it?").waitFor();
	await field(page, "Name").fill("Zoe");
	await page.keyboard.press("Escape");
	await sheet(page).waitFor({ state: "detached" });
	await page.getByRole("button", { name: "New shift" }).tap();
	assert.equal(await field(page, "Name").inputValue(), "Zoe");
	await field(page, "From").fill("22:00");
	await field(page, "To").fill("06:00");
	await sheet(page).getByText("ends the next day").waitFor();
	await assertFits(page);
	await sheet(page).getByRole("button", { name: "Add shift" }).tap();
	await page.locator(".plan-one", { hasText: "Zoe" }).getByText("22:00 – 06:00").waitFor();
	await hasShifts(crew, [["ben", week[1], "8:00", "16:00"], ["Zoe", week[1], "22:00", "6:00"]]);
	await closed(page);
});

test("hostile names and a full week: the planner shows texts, fits, and axe finds nothing", async () => {
	const crew = await crewOf();
	const words = [
		"<img src=x onerror=\"document.title='owned'\">", "x".repeat(100),
		"\u202Egnp.exe \u0645\u0631\u062D\u0628\u0627",
	];
	for (const [at_, who] of words.entries())
		for (const date of week)
			answered(await crew.mia.post("/api/schedules",
				planned(date, 6 + at_, 18 + at_, { who, note: who })), 201);
	const wrong = [];
	const shapes = { phone: PHONE, tablet: { viewport: { width: 820, height: 1100 } }, desk: DESKTOP };
	for (const [size, shape] of Object.entries(shapes)) {
		const page = await deviceOf(crew, "mia", { ...shape, colorScheme: "light", reducedMotion: "reduce" });
		await page.locator(".planned").first().waitFor();
		await assertFits(page);
		wrong.push(...(await findingsInBoth(page)).map((finding) => `${size}: ${finding}`));
		await page.keyboard.press("n");
		await sheet(page).waitFor();
		await assertFits(page);
		wrong.push(...(await findingsInBoth(page)).map((finding) => `${size}, a new shift: ${finding}`));
		assert.doesNotMatch(await page.title(), /owned/);
		await closed(page);
	}
	assert.deepEqual([...new Set(wrong)], []);
});
