// The plan of a week as managers see it: hours by person, overtime and overlaps.
import assert from "node:assert/strict";
import test from "node:test";
import { planFrom } from "../../www/time/hours.js";
import { dayOfShift, planOf, repeatedIn, shiftOn, usualHours } from "../../www/time/planner.js";
import { weekDates } from "../../www/time/sessions.js";
import { usual } from "../lib/usual.mjs";
import { addDays, instantIn, instantText } from "../../www/ui/zone.js";

const BERLIN = "Europe/Berlin", HOUR = 3600;
const dates = weekDates("2026-11-21", false); // Monday 16 to Sunday 22
const people = [{ id: "ann", name: "Ann" }, { id: "bob", name: "Bob" }];

let made = 0;

function at(date, hour) {
	return instantText(instantIn(BERLIN, date, hour * HOUR));
}

function shift(owner, date, from, to, more = {}) {
	made += 1;
	return {
		id: `s${made}`, owner, start: at(date, from), end: at(date, to), zone: BERLIN,
		status: "scheduled", ...more,
	};
}

function plan(shifts, { tasks = [], settings, over = {} } = {}) {
	return planOf({
		people, shifts, tasks, dates,
		bindingFor: () => ({ plan: planFrom([{ ...usual, ...settings }]), zone: BERLIN }),
		nameOf: (id) => `was ${id}`, ...over,
	});
}

const lineOf = ({ lines }, id) => lines.find((line) => line.id === id);
const shape = ({ cells }) => cells.map(({ seconds }) => seconds / HOUR);

test("a week of eight hours a day is counted as it will be worked: minus lunch, without overtime", () => {
	const { lines, days } = plan(dates.slice(0, 5).map((date) => shift("ann", date, 8, 16)));
	assert.deepEqual(lines.map(({ id, shifts }) => [id, shifts]), [["ann", 5], ["bob", 0]]);
	assert.deepEqual(shape(lines[0]), [7.5, 7.5, 7.5, 7.5, 7.5, 0, 0]);
	assert.deepEqual([lines[0].seconds, lines[0].limit, lines[0].over], [37.5 * HOUR, 40 * HOUR, 0]);
	assert.deepEqual(days.map((day) => day.people), [1, 1, 1, 1, 1, 0, 0]);
	assert.equal(days[0].seconds, 7.5 * HOUR);
});

test("planned hours above the week's count as overtime exactly; a day longer than the maximum is flagged", () => {
	const whole = plan(dates.slice(0, 5).map((date) => shift("ann", date, 8, 16.5)));
	assert.equal(lineOf(whole, "ann").over, 0);
	const minute = plan([
		...dates.slice(0, 4).map((date) => shift("ann", date, 8, 16.5)),
		shift("ann", dates[4], 8, 16.5 + 1 / 60),
	]);
	assert.equal(lineOf(minute, "ann").over, 60);
	assert.deepEqual(plan([shift("ann", dates[0], 6, 16.5), shift("bob", dates[0], 6, 16.75)]).lines.map(
		({ cells }) => cells[0].isLong), [false, true]);
	assert.equal(lineOf(plan([shift("ann", dates[0], 6, 12)], { settings: { overtimeAfterHours: 5 } }), "ann").over,
		HOUR / 2);
});

test("overlapping shifts clash, adjacent ones do not, and cancelled ones do not count", () => {
	assert.equal(
		plan([shift("ann", dates[1], 8, 12), shift("ann", dates[1], 12, 16)]).lines[0].cells[1].clashes, false);
	const { lines, days } = plan([
		shift("ann", dates[1], 8, 12), shift("ann", dates[1], 11, 16), shift("bob", dates[1], 8, 12),
		shift("bob", dates[1], 9, 10, { status: "cancelled" }),
	]);
	assert.equal(lines[0].cells[1].clashes, true);
	assert.equal(lines[1].cells[1].clashes, false);
	assert.equal(lines[1].cells[1].shifts.length, 2);
	assert.equal(lines[1].seconds, 4 * HOUR);
	assert.equal(days[1].people, 2);
	const long = plan([
		shift("ann", dates[1], 6, 20), shift("ann", dates[1], 7, 8), shift("ann", dates[1], 12, 13),
	]);
	assert.equal(long.lines[0].cells[1].clashes, true);
});

test("clashes are found whatever the order of rows, and only those; a day's shifts are in order of start", () => {
	const rows = [
		shift("ann", dates[0], 8, 9), shift("ann", dates[1], 8, 9), shift("ann", dates[0], 8.5, 10),
		shift("bob", dates[2], 12, 16), shift("bob", dates[2], 6, 8), shift("bob", dates[2], 9, 11),
	];
	const { lines } = plan(rows);
	assert.deepEqual(lines[0].cells.map(({ clashes }) => clashes),
		[true, false, false, false, false, false, false]);
	assert.deepEqual(lines[1].cells[2].shifts.map(({ id }) => id), [rows[4], rows[5], rows[3]].map(({ id }) => id));
});

test("a night shift belongs to the day it begins on and clashes with an early shift of the next", () => {
	const { lines } = plan([shift("ann", dates[0], 22, 30), shift("ann", dates[1], 5, 9)]);
	assert.deepEqual(shape(lines[0]), [7.5, 4, 0, 0, 0, 0, 0]);
	assert.deepEqual(lines[0].cells.map(({ clashes }) => clashes), [true, true, false, false, false, false, false]);
	assert.equal(dayOfShift({ start: "2026-11-16T23:30:00Z", zone: "America/New_York" }), "2026-11-16");
	assert.equal(dayOfShift({ start: "2026-11-16T23:30:00Z", zone: "nowhere" }, BERLIN), "2026-11-17");
});

test("on the night the clocks go back a shift has its real length", () => {
	const week = weekDates("2026-10-25", false);
	const night = { ...shift("ann", "2026-10-24", 22, 29), end: at("2026-10-25", 6) };
	const { lines } = planOf({
		people, shifts: [night], tasks: [], dates: week,
		bindingFor: () => ({ plan: planFrom([usual]), zone: BERLIN }),
	});
	assert.equal(lines[0].seconds, 8.5 * HOUR);
});

test("people without an account and former members come after the members; other weeks do not count", () => {
	const { lines } = plan([
		shift("ann", dates[0], 8, 12, { who: "Zoe" }), shift("ann", dates[1], 8, 12, { who: " Zoe " }),
		shift("carl", dates[0], 8, 12), shift("bob", "2026-11-23", 8, 12), shift("bob", "2026-11-15", 8, 12),
	]);
	assert.deepEqual(lines.map(({ id, name, shifts, isGuest = false, isGone = false }) => [
		id, name, shifts, isGuest, isGone,
	]), [
		["ann", "Ann", 0, false, false], ["bob", "Bob", 0, false, false], ["carl", "was carl", 1, false, true],
		["who Zoe", "Zoe", 2, true, false],
	]);
});

test("a week includes its first and last day, for former members' shifts and tasks too", () => {
	const { lines } = plan([
		shift("ann", dates[6], 8, 12, { who: "Zoe" }), shift("ann", dates[0], 8, 12, { who: "Yan" }),
	], { tasks: [
		{ id: "1", owner: "bob", title: "First", due: dates[0] },
		{ id: "2", owner: "bob", title: "Last", due: dates[6] },
		{ id: "3", owner: "carl", title: "After", due: "2026-11-23" },
		{ id: "4", owner: "dora", title: "Before", due: "2026-11-15" },
	] });
	assert.deepEqual(lines.map(({ id, shifts }) => [id, shifts]),
		[["ann", 0], ["bob", 0], ["who Yan", 1], ["who Zoe", 1]]);
	assert.deepEqual(lines[1].cells.map(({ tasks }) => tasks.map(({ id }) => id).join()),
		["1", "", "", "", "", "", "2"]);
});

test("tasks of one day: urgent, then medium (the default), then the others; then by title", () => {
	const tasks = [["a", "Ash", "low"], ["b", "Wax", undefined], ["c", "Oil", "medium"], ["d", "Tar", "high"],
		["e", "Sand", "high"]].map(([id, title, priority]) => ({
			id, owner: "ann", title, due: dates[3], ...(priority ? { priority } : {}),
		}));
	assert.deepEqual(plan([], { tasks }).lines[0].cells[3].tasks.map(({ id }) => id), ["e", "d", "c", "b", "a"]);
});

test("tasks are on the day they are due, urgent first; those without a day are not shown", () => {
	const tasks = [
		{ id: "1", owner: "bob", title: "Sweep", due: dates[2], priority: "low" },
		{ id: "2", owner: "bob", title: "Lift", due: dates[2], priority: "high" },
		{ id: "3", owner: "bob", title: "Some day" },
		{ id: "4", owner: "bob", title: "Later", due: "2026-11-23" },
	];
	const { lines } = plan([], { tasks });
	assert.deepEqual(lines[1].cells.map(({ tasks: due }) => due.map(({ id }) => id)),
		[[], [], ["2", "1"], [], [], [], []]);
	assert.equal(lines[1].seconds, 0);
});

test("a night shift before the week clashes with its first morning, and is not counted", () => {
	const { lines } = plan([shift("ann", "2026-11-15", 22, 30), shift("ann", dates[0], 5, 9)]);
	assert.deepEqual([lines[0].cells[0].clashes, lines[0].seconds, lines[0].shifts], [true, 4 * HOUR, 1]);
	assert.equal(plan([shift("zed", "2026-11-15", 8, 9)]).lines.length, 2);
});

test("a new shift is proposed with the times of the person's last one", () => {
	const shifts = [
		shift("ann", dates[0], 8, 16), shift("ann", dates[2], 6, 14.5),
		shift("ann", dates[3], 9, 10, { status: "cancelled" }), shift("bob", dates[3], 22, 30),
		shift("ann", dates[4], 1, 2, { who: "Zoe" }),
	];
	assert.deepEqual(usualHours(shifts, "ann"), { from: 6 * HOUR, to: 14.5 * HOUR });
	assert.deepEqual(usualHours(shifts, "bob"), { from: 22 * HOUR, to: 6 * HOUR });
	assert.deepEqual(usualHours(shifts, "who Zoe"), { from: HOUR, to: 2 * HOUR });
	assert.deepEqual(usualHours(shifts, "carl"), { from: 8 * HOUR, to: 16 * HOUR });
	assert.deepEqual(shiftOn(BERLIN, "2026-11-20", 22 * HOUR, 6 * HOUR),
		{ start: "2026-11-20T21:00:00.000Z", end: "2026-11-21T05:00:00.000Z", zone: BERLIN });
	assert.deepEqual(shiftOn(BERLIN, "2026-11-20", 8 * HOUR, 16 * HOUR).end, "2026-11-20T15:00:00.000Z");
	assert.deepEqual(shiftOn(BERLIN, "2026-11-20", 8 * HOUR, 8 * HOUR).end, "2026-11-21T07:00:00.000Z");
});

test("a repeated week has the same people at the same local times, across clock changes, without doubles", () => {
	const before = weekDates("2026-10-20", false), after = weekDates("2026-10-27", false);
	const night = { ...shift("bob", before[5], 22, 29), end: at(before[6], 6) };
	const shifts = [
		shift("ann", before[0], 8, 16, { jobSite: "north", note: "Ladder" }),
		shift("ann", before[1], 8, 16, { status: "completed" }),
		shift("ann", before[2], 8, 16, { status: "cancelled" }), night,
		shift("bob", before[0], 8, 9, { who: "Zoe" }),
	];
	const copies = repeatedIn(shifts, before, after);
	assert.deepEqual(copies[0], {
		owner: "ann", start: at(after[0], 8), end: at(after[0], 16), zone: BERLIN, status: "scheduled",
		jobSite: "north", note: "Ladder",
	});
	assert.deepEqual(copies.map(({ owner, who, start, end, status }) => [owner, who ?? null, start, end, status]), [
		["ann", null, at(after[0], 8), at(after[0], 16), "scheduled"],
		["ann", null, at(after[1], 8), at(after[1], 16), "scheduled"],
		["bob", null, at(after[5], 22), at(addDays(after[5], 1), 6), "scheduled"],
		["bob", "Zoe", at(after[0], 8), at(after[0], 9), "scheduled"],
	]);
	assert.deepEqual(repeatedIn([...shifts, ...copies], before, after), []);
	assert.equal(repeatedIn([...shifts, copies[0]], before, after).length, 3);
});
