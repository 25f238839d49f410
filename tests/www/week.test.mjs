// The geometry of the calendar week: rows of hours over both clock changes, sessions over midnight and side by side,
// what dragging, stretching and the arrows make of a session.
import assert from "node:assert/strict";
import test from "node:test";
import { instantIn, instantText, secondsOf } from "../../www/ui/zone.js";
import { sessionsOf } from "../../www/time/sessions.js";
import {
	FINE, LEAST, STEP, changesOf, daysOf, hourMarks, instantAt, movedBy, neighbour, nudgedBy, outcomeOf, ownMarks,
	rowOf, rowsOf, spanBetween, spanDates, stretchedTo, swipeOf,
} from "../../www/time/week.js";

const BERLIN = "Europe/Berlin", HOUR = 3_600_000, LATER = Date.parse("2027-06-01T00:00:00Z");

const at = (day, clock, zone = BERLIN) => instantIn(zone, day, secondsOf(clock));
const clock = (instant) => (instant === null ? null : instantText(instant).slice(0, 19) + "Z");

function session(id, start, end, more = {}) {
	const row = {
		id, start, ...(end ? { end } : {}), zone: BERLIN, kind: "work", owner: "ann", day: start.slice(0, 10),
		...more,
	};
	return sessionsOf([row], "ann", BERLIN)[0];
}

function calendar(dates, sessions, more = {}) {
	return daysOf({ zone: BERLIN, dates, sessions, now: LATER, ...more });
}

const ROUNDED = ({ first, last, lane, lanes }) => [Number(first.toFixed(3)), Number(last.toFixed(3)), lane, lanes];

test("the days around a date: a week by its rule, three, or one", () => {
	assert.deepEqual(spanDates("2026-11-21", 7, false).slice(0, 2), ["2026-11-16", "2026-11-17"]);
	assert.equal(spanDates("2026-11-21", 7, true)[0], "2026-11-15");
	assert.deepEqual(spanDates("2026-11-01", 3, true), ["2026-10-31", "2026-11-01", "2026-11-02"]);
	assert.deepEqual(spanDates("2026-11-21", 1, false), ["2026-11-21"]);
});

test("an afternoon is at one height in every day, and each hour is as high as any other", () => {
	const days = calendar(["2026-03-28", "2026-03-29", "2026-10-25", "2026-10-26"], []);
	for (const day of days) {
		assert.equal(rowOf(day, at(day.date, "14:30")), 14.5, day.date);
		assert.equal(instantAt(day, 14.5), at(day.date, "14:30"), day.date);
	}
	assert.deepEqual(days.map((day) => rowOf(day, day.from)), [0, 1, -1, 0]);
});

test("a day of 23 hours begins at row 1 and lacks an hour; one of 25 begins above, and its hour comes twice", () => {
	const [spring, autumn, plain] = calendar(["2026-03-29", "2026-10-25", "2026-11-21"], []);
	assert.deepEqual(ownMarks(spring, BERLIN).map(({ row, hour }) => [row, hour]), [[1, 0], [2, 1]]);
	assert.deepEqual(ownMarks(autumn, BERLIN).map(({ row, hour }) => [row, hour]), [[-1, 0], [0, 1], [1, 2]]);
	assert.deepEqual(ownMarks(plain, BERLIN), []);
	const [lord] = daysOf({ zone: "Australia/Lord_Howe", dates: ["2026-10-04"], sessions: [], now: LATER });
	assert.equal(rowOf(lord, lord.from), 0.5);
	assert.deepEqual(ownMarks(lord, "Australia/Lord_Howe").slice(0, 2).map(({ row, hour }) => [row, hour]),
		[[0.5, 0], [1.5, 1]]);
	assert.deepEqual(rowsOf([autumn], { whole: true }), { first: -1, last: 24, isWhole: true });
	assert.deepEqual(hourMarks({ first: -1, last: 2 }), [{ row: 0, hour: 0 }, { row: 1, hour: 1 }]);
});

test("a night over a change of the clocks is as high as it was long", () => {
	// 22:00 to 06:00 is 7 hours in spring and 9 in autumn.
	for (const [first, second, hours] of [["2026-03-28", "2026-03-29", 7], ["2026-10-24", "2026-10-25", 9]]) {
		const night = session("n", instantText(at(first, "22:00")), instantText(at(second, "06:00")));
		const days = calendar([first, second], [night]), [[before], [after]] = days.map(({ blocks }) => blocks);
		assert.equal(before.last - before.first + after.last - after.first, hours);
		assert.deepEqual([before.first, before.last, before.goesOn, before.comesIn], [22, 24, true, false]);
		assert.deepEqual([after.first, after.last, after.goesOn, after.comesIn], [8 - hours, 6, false, true]);
	}
});

test("what overlaps is side by side, also where only the least height of a block overlaps", () => {
	const day = "2026-11-20";
	const [{ blocks }] = calendar([day], [
		session("a", `${day}T07:00:00Z`, `${day}T11:00:00Z`),
		session("b", `${day}T09:00:00Z`, `${day}T13:00:00Z`),
		session("c", `${day}T13:00:00Z`, `${day}T14:00:00Z`),
		session("d", `${day}T16:00:00Z`, `${day}T16:05:00Z`),
		session("e", `${day}T16:10:00Z`, `${day}T16:40:00Z`),
	]);
	assert.deepEqual(blocks.map(ROUNDED), [
		[8, 12, 0, 2], [10, 14, 1, 2], [14, 15, 0, 1], [17, 17.083, 0, 2], [17.167, 17.667, 1, 2],
	]);
	assert.ok(LEAST > 0.25);
});

test("a timer that runs ends now and grows", () => {
	const day = "2026-11-20", timer = session("t", `${day}T07:00:00Z`);
	const last = (now) => calendar([day], [timer], { now: Date.parse(now) })[0].blocks[0].last;
	assert.equal(last(`${day}T08:00:00Z`), 9);
	assert.equal(last(`${day}T09:30:00Z`), 10.5);
});

test("empty hours at both ends are left out, but not what was worked or planned, nor now", () => {
	const day = "2026-11-20", early = session("a", `${day}T03:40:00Z`, `${day}T05:00:00Z`);
	assert.deepEqual(rowsOf(calendar([day], [])), { first: 7, last: 19, isWhole: false });
	assert.deepEqual(rowsOf(calendar([day], [early])), { first: 4, last: 19, isWhole: false });
	const plan = { id: "p", start: at(day, "20:00"), end: at(day, "22:00") };
	assert.deepEqual(rowsOf(calendar([day], [], { plans: [plan] })), { first: 7, last: 23, isWhole: false });
	assert.equal(rowsOf(calendar([day], []), { at: at(day, "23:40") }).last, 24);
	assert.equal(rowsOf(calendar([day], []), { at: at("2026-11-23", "23:40") }).last, 19);
});

test("a span is made in steps of five minutes, or one; a press makes half an hour; nothing is made ahead", () => {
	const [day] = calendar(["2026-11-20"], []), step = STEP, until = at("2026-11-20", "15:07");
	const make = (from, to, more) => {
		const span = spanBetween(day, at(day.date, from), at(day.date, to), { step, until, ...more });
		return span && [clock(span.start), clock(span.end)];
	};
	assert.deepEqual(make("08:02", "09:58"), ["2026-11-20T07:00:00Z", "2026-11-20T09:00:00Z"]);
	assert.deepEqual(make("09:58", "08:02"), ["2026-11-20T07:00:00Z", "2026-11-20T09:00:00Z"]);
	assert.deepEqual(make("08:02", "09:58", { step: FINE }), ["2026-11-20T07:02:00Z", "2026-11-20T08:58:00Z"]);
	assert.deepEqual(make("08:02", "08:02"), ["2026-11-20T07:00:00Z", "2026-11-20T07:30:00Z"]);
	assert.deepEqual(make("15:00", "17:00"), ["2026-11-20T14:00:00Z", "2026-11-20T14:07:00Z"]);
	assert.equal(make("16:00", "17:00"), null);
	assert.deepEqual(make("23:50", "23:59", { until: LATER }), ["2026-11-20T22:50:00Z", "2026-11-20T23:00:00Z"]);
});

test("a session is moved within the day and to another; to another day only, it keeps its time to the second", () => {
	const one = session("a", "2026-11-20T07:00:45Z", "2026-11-20T08:00:45Z");
	const move = (days, hours, more) => {
		const to = movedBy(one, { zone: BERLIN, days, hours, step: STEP, until: LATER, ...more });
		return to && [clock(to.start), clock(to.end)];
	};
	assert.deepEqual(move(0, 0), ["2026-11-20T07:00:45Z", "2026-11-20T08:00:45Z"]);
	assert.deepEqual(move(-3, 0), ["2026-11-17T07:00:45Z", "2026-11-17T08:00:45Z"]);
	assert.deepEqual(move(0, 1.02), ["2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z"]);
	assert.deepEqual(move(0, 1.02, { step: FINE }), ["2026-11-20T08:02:00Z", "2026-11-20T09:02:00Z"]);
	assert.deepEqual(move(-1, 16.5), ["2026-11-19T23:30:00Z", "2026-11-20T00:30:00Z"], "over midnight");
	const until = at("2026-11-20", "12:30");
	assert.deepEqual(move(0, 6, { until }), ["2026-11-20T10:30:00Z", "2026-11-20T11:30:00Z"], "not beyond now");
	assert.equal(move(1, 0, { until }), null, "not into tomorrow");
});

test("a session moved over a change of the clocks is as long as before, at the same time of day", () => {
	const one = session("a", instantText(at("2026-03-27", "22:00")), instantText(at("2026-03-28", "06:00")));
	const to = movedBy(one, { zone: BERLIN, days: 1, hours: 0, step: STEP, until: LATER });
	assert.deepEqual([clock(to.start), to.end - to.start], [clock(at("2026-03-28", "22:00")), 8 * HOUR]);
	assert.equal(to.end, at("2026-03-29", "07:00"));
	const early = session("b", instantText(at("2026-10-24", "01:00")), instantText(at("2026-10-24", "04:00")));
	const moved = movedBy(early, { zone: BERLIN, days: 1, hours: 0, step: STEP, until: LATER });
	assert.deepEqual([moved.start, moved.end], [at("2026-10-25", "01:00"), at("2026-10-25", "03:00")]);
});

test("an edge is stretched in steps; a session has a minute at least and a day at most, and no end ahead", () => {
	const one = session("a", "2026-11-20T07:00:00Z", "2026-11-20T09:00:00Z");
	const to = (edge, instant, more) => {
		const how = { step: STEP, until: LATER, ...more };
		const { start, end } = stretchedTo(one, edge, Date.parse(instant), how);
		return [clock(start), clock(end)];
	};
	assert.deepEqual(to("end", "2026-11-20T10:02:10Z"), ["2026-11-20T07:00:00Z", "2026-11-20T10:00:00Z"]);
	assert.deepEqual(to("end", "2026-11-20T10:02:10Z", { step: FINE }),
		["2026-11-20T07:00:00Z", "2026-11-20T10:02:00Z"]);
	assert.deepEqual(to("end", "2026-11-20T06:00:00Z"), ["2026-11-20T07:00:00Z", "2026-11-20T07:01:00Z"]);
	assert.deepEqual(to("end", "2026-11-22T06:00:00Z"), ["2026-11-20T07:00:00Z", "2026-11-21T07:00:00Z"]);
	assert.deepEqual(to("end", "2026-11-20T12:00:00Z", { until: Date.parse("2026-11-20T10:07:00Z") })[1],
		"2026-11-20T10:07:00Z");
	assert.deepEqual(to("start", "2026-11-20T06:31:00Z"), ["2026-11-20T06:30:00Z", "2026-11-20T09:00:00Z"]);
	assert.deepEqual(to("start", "2026-11-20T11:00:00Z"), ["2026-11-20T08:59:00Z", "2026-11-20T09:00:00Z"]);
	const timer = session("t", "2026-11-20T07:00:00Z");
	const earlier = Date.parse("2026-11-20T06:00:00Z"), until = Date.parse("2026-11-20T08:00:00Z");
	assert.deepEqual(stretchedTo(timer, "start", earlier, { step: STEP, until }), { start: earlier, end: null });
});

test("what a hand holds becomes a span, and only what differs is written", () => {
	const one = session("a", "2026-11-20T07:00:00Z", "2026-11-20T09:00:00Z");
	const [day] = calendar(["2026-11-20"], [one]);
	const what = (held) => outcomeOf({ step: STEP, ...held }, { zone: BERLIN, until: LATER });
	assert.deepEqual(what({ kind: "make", day, from: day.from, to: day.from + HOUR }),
		{ start: day.from, end: day.from + HOUR });
	assert.deepEqual(changesOf(one, what({ kind: "move", session: one, days: 0, hours: 1 })),
		{ start: "2026-11-20T08:00:00.000Z", end: "2026-11-20T10:00:00.000Z" });
	assert.deepEqual(changesOf(one, what({ kind: "end", session: one, at: one.end + HOUR })),
		{ end: "2026-11-20T10:00:00.000Z" });
	assert.equal(changesOf(one, what({ kind: "move", session: one, days: 0, hours: 0 })), null);
});

test("the arrows select the block before and after, and the nearest in the next day that has one", () => {
	const days = calendar(["2026-11-18", "2026-11-19", "2026-11-20"], [
		session("a", "2026-11-18T07:00:00Z", "2026-11-18T08:00:00Z"),
		session("b", "2026-11-18T12:00:00Z", "2026-11-18T13:00:00Z"),
		session("c", "2026-11-20T11:00:00Z", "2026-11-20T13:00:00Z"),
		session("n", "2026-11-19T22:00:00Z", "2026-11-20T01:00:00Z"),
	]);
	const from = (id, date, key) => neighbour(days, { id, date }, key);
	assert.deepEqual(from("a", "2026-11-18", "ArrowDown"), { id: "b", date: "2026-11-18" });
	assert.equal(from("a", "2026-11-18", "ArrowUp"), null);
	assert.deepEqual(from("b", "2026-11-18", "ArrowRight"), { id: "n", date: "2026-11-19" });
	assert.deepEqual(from("n", "2026-11-19", "ArrowRight"), { id: "c", date: "2026-11-20" });
	assert.deepEqual(from("c", "2026-11-20", "ArrowUp"), { id: "n", date: "2026-11-20" });
	assert.equal(from("gone", "2026-11-20", "ArrowUp"), null);
});

test("Alt with arrows moves a session step by step, Shift with arrows stretches its end, others hold nothing", () => {
	const one = session("a", "2026-11-20T07:00:00Z", "2026-11-20T09:00:00Z");
	const press = (keys, mods) => keys.reduce((held, key) => nudgedBy(held, one, { key, ...mods }), null);
	const after = (held) => Object.values(outcomeOf(held, { zone: BERLIN, until: LATER })).map(clock);
	assert.deepEqual(after(press(["ArrowDown", "ArrowDown", "ArrowLeft"], { altKey: true })),
		["2026-11-19T07:10:00Z", "2026-11-19T09:10:00Z"]);
	assert.deepEqual(after(press(["ArrowUp", "ArrowUp", "ArrowUp"], { shiftKey: true })),
		["2026-11-20T07:00:00Z", "2026-11-20T08:45:00Z"]);
	assert.equal(press(["ArrowDown"], {}), null);
	assert.equal(press(["a"], { altKey: true }), null);
	assert.equal(nudgedBy(null, session("t", "2026-11-20T07:00:00Z"), { key: "ArrowDown", shiftKey: true }), null);
});

test("a finger turns the page only if it moves fast, far and level", () => {
	assert.equal(swipeOf({ across: -80, down: 10, ms: 200 }), 1);
	assert.equal(swipeOf({ across: 80, down: 10, ms: 200 }), -1);
	assert.equal(swipeOf({ across: 80, down: 60, ms: 200 }), 0);
	assert.equal(swipeOf({ across: 20, down: 0, ms: 200 }), 0);
});
