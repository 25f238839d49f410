// Periods as the screens of Time need them: which days one locks, what is offered, what is missing before hours are
// handed in, their figures, and how a refusal is told.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { closedWords, spanWords } from "../../www/base/words.js";
import { planFrom } from "../../www/time/hours.js";
import { figuresIn, isClosed, lockOn, missingIn, periodsAt, spanAt } from "../../www/time/periods.js";
import { setClock, setLocale } from "../../www/ui/format.js";

setLocale("en-GB");
setClock(() => Date.parse("2026-11-30T12:00:00Z"));

const { cases } = JSON.parse(readFileSync(new URL("../fixtures/periods/locks.json", import.meta.url), "utf8"));
const october = { id: "o", from: "2026-10-01", to: "2026-10-31", state: "submitted" };
const week = { id: "w", from: "2026-10-05", to: "2026-10-11", state: "approved" };
const plan = planFrom([{ from: "2026-01-01", overtimeAfterHours: 40 }]);

// An entry of a day, from and to as hours.
const entry = (day, from, to, more = {}) => ({
	id: `${day} ${from}`, day, start: Date.parse(`${day}T00:00:00Z`) + from * 3_600_000,
	end: to === null ? null : Date.parse(`${day}T00:00:00Z`) + to * 3_600_000,
	running: to === null, lunch: false, row: { owner: "ben", lastUpdatedBy: "ben", ...more },
});
const at = Date.parse("2026-11-30T12:00:00Z");

for (const { name, rules, period, locked, free } of cases)
	test(`which days a period locks: ${name}`, () => {
		const plan = planFrom(rules), days = [...locked, ...free];
		assert.deepEqual(days.filter((day) => lockOn([period], day, plan)), locked);
	});

test("submitted and approved are closed, open and returned are not", () => {
	const states = ["open", "submitted", "approved", "returned"];
	assert.deepEqual(states.filter((state) => isClosed({ state })), ["submitted", "approved"]);
	assert.equal(isClosed(null), false);
});

test("the span of a look is the week or the month around the date", () => {
	assert.deepEqual(spanAt("week", "2026-10-14", false), { from: "2026-10-12", to: "2026-10-18" });
	assert.deepEqual(spanAt("week", "2026-10-14", true), { from: "2026-10-11", to: "2026-10-17" });
	assert.deepEqual(spanAt("month", "2026-02-14", false), { from: "2026-02-01", to: "2026-02-28" });
	assert.deepEqual(spanAt("month", "2026-12-31", false), { from: "2026-12-01", to: "2026-12-31" });
});

test("whoever hands in months is offered months, and nothing that shares days with another period", () => {
	const offered = (periods, look, date, today = "2026-11-30") =>
		periodsAt(periods, spanAt(look, date, false), look, today).offered;
	assert.deepEqual(["month", "week"].map((look) => offered([], look, "2026-10-14")), [true, true]);
	assert.deepEqual(["month", "week"].map((look) => offered([october], look, "2026-09-14")), [true, false]);
	assert.deepEqual(["month", "week"].map((look) => offered([week], look, "2026-09-14")), [false, true]);
	assert.equal(offered([week], "month", "2026-10-14"), false);
	assert.equal(offered([], "month", "2026-11-14", "2026-11-29"), false, "its last day has not begun");
	assert.equal(offered([], "month", "2026-11-14", "2026-11-30"), true);
	const { exact, others } = periodsAt([october], spanAt("week", "2026-10-14", false), "week", "2026-11-30");
	assert.deepEqual([exact.id, others], ["o", []], "a week of a month that is handed in belongs to it");
});

test("missing are weekdays without hours, timers that run in it or in its week before it, and overlaps", () => {
	const sessions = [
		entry("2026-09-27", 8, null), entry("2026-09-29", 8, null), entry("2026-10-01", 8, 16),
		entry("2026-10-02", 8, 12), entry("2026-10-02", 11, 13), entry("2026-11-01", 8, null),
	];
	const { empty, running, overlaps } = missingIn(sessions, { from: "2026-10-01", to: "2026-10-06" }, plan, at);
	assert.deepEqual(empty, ["2026-10-05", "2026-10-06"]);
	assert.deepEqual(running.map(({ day }) => day), ["2026-09-29"]);
	assert.deepEqual(overlaps, ["2026-10-02"]);
});

test("the overtime of a period counts the days of its first week that lie before it", () => {
	const days = ["2026-09-28", "2026-09-29", "2026-09-30", "2026-10-01", "2026-10-02"];
	const sessions = days.map((day) => entry(day, 8, 18));
	sessions[3].row = { owner: "ben", lastUpdatedBy: "mia", manual: true };
	const figures = figuresIn(sessions, { from: "2026-10-01", to: "2026-10-31" }, plan, at);
	assert.deepEqual([figures.paid / 3600, figures.overtime / 3600, figures.days.length], [20, 10, 2]);
	assert.deepEqual([figures.typed, figures.corrected, figures.overlap], [1, 1, 0]);
});

test("a span is named as people name it", () => {
	assert.equal(spanWords(october), "October 2026");
	assert.equal(spanWords({ from: "2026-02-01", to: "2026-02-28" }), "February 2026");
	assert.match(spanWords({ from: "2026-10-12", to: "2026-10-18" }), /^the week of .*12 Oct/);
	assert.match(spanWords({ from: "2026-10-12", to: "2026-10-14" }), /12 Oct.* – .*14 Oct/);
	assert.match(spanWords({ from: "2026-10-12", to: "2026-10-12" }), /12 Oct/);
});

test("a refusal says which period it was, when, and what to do once it is open", () => {
	const submitted = { ...october, submittedAt: "2026-11-03T09:00:00Z" };
	assert.match(closedWords(october, submitted),
		/^October 2026 was submitted on .*3 Nov, so its hours are locked\.$/);
	assert.match(closedWords(october, undefined), /^October 2026 was submitted, so/);
	assert.match(closedWords(october, { ...october, state: "approved", decidedAt: "2026-11-05T09:00:00Z" }),
		/^October 2026 was approved on .*5 Nov/);
	for (const state of ["open", "returned"])
		assert.match(closedWords(october, { ...october, state }), /It is open again: try again now\.$/);
});
