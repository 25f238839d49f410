// The rules of work in their form: a record and its draft are the same thing, what is as the team has it stays empty,
// what a day comes to, and what correcting the past changes.
import assert from "node:assert/strict";
import test from "node:test";
import { planFrom, sessionOf } from "../../www/time/hours.js";
import {
	TEAM, changed, correctionsOf, draftOf, effectOf, exampleOf, fieldsOf, holdingOn, hoursWords, pastOf, problemOf,
	wordsOf,
} from "../../www/time/rules.js";

const HOW = { money: (cents) => `€${(cents / 100).toFixed(2)}`, number: String };
const given = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
const BREAKS = {
	hourlyRate: 2100, lunchRule: "day", lunchAfterHours: 6, lunchMinutes: 30, longLunchAfterHours: 9,
	longLunchMinutes: 45, recordedLunchCounts: true, overtimeAfterHours: 40, overtimeMultiplier: 1.5,
	dailyOvertimeAfterHours: 8, dailyOvertimeMultiplier: 1.25, maxHours: 10, rounding: "up", roundingMinutes: 15,
	weekStart: "monday",
};

test("FC7: without any rules no lunch is taken off, nothing is paid, and nothing is limited", () => {
	const draft = draftOf(null);
	assert.deepEqual(wordsOf(draft, HOW), {
		rate: "Nothing is paid", lunch: "No lunch is taken off", week: "None", day: "None", most: "No maximum",
		rounding: "None",
	});
	assert.deepEqual(given(fieldsOf(draft)), { weekStart: "monday" });
	assert.deepEqual(exampleOf(null, null, 33_000), { paid: 33_000, overtime: 0, gross: null });
});

test("FC6: a record fills the form with what holds, and an unchanged form changes nothing", () => {
	const draft = draftOf(BREAKS);
	assert.deepEqual(given(fieldsOf(draft)), BREAKS);
	assert.deepEqual(changed(BREAKS, fieldsOf(draft)), {});
	assert.deepEqual(changed(BREAKS, fieldsOf({ ...draft, lunchMinutes: 20, day: "none" })),
		{ lunchMinutes: 20, dailyOvertimeAfterHours: null, dailyOvertimeMultiplier: null });
	assert.deepEqual(wordsOf(draft, HOW), {
		rate: "€21.00 an hour", lunch: "30\u00a0min over 6\u00a0h, 45\u00a0min over 9\u00a0h, once a day",
		week: "After 40\u00a0h a week, × 1.5", day: "After 8\u00a0h a day, × 1.25", most: "10\u00a0h",
		rounding: "Up to 15\u00a0min",
	});
	assert.equal(hoursWords(6.5), "6\u00a0h 30\u00a0min");
	assert.equal(hoursWords(0.75), "45\u00a0min");
});

test("FC6: what is empty in a record is shown as it counts, and saving another field fills nothing in", () => {
	const sparse = {
		lunchRule: "day", lunchAfterHours: 6, lunchMinutes: 30, overtimeAfterHours: 40,
		dailyOvertimeAfterHours: 8, weekStart: "monday",
	};
	const draft = draftOf(sparse), { week, day } = wordsOf(draft, HOW);
	assert.deepEqual([week, day], ["After 40\u00a0h a week, × 1", "After 8\u00a0h a day, × 1"]);
	assert.equal(draft.recorded, false);
	const { paid, overtime, gross } = exampleOf({ ...sparse, hourlyRate: 2100 }, null, 36_000);
	assert.deepEqual(exampleOf({ ...sparse, ...fieldsOf(draft), hourlyRate: 2100 }, null, 36_000),
		{ paid, overtime, gross });
	assert.deepEqual([draftOf(null).recorded, draftOf(null).weekTimes, draftOf(null).dayTimes], [true, 1.5, 1.5]);
});

test("FC6: terms are as the team has it where they are empty; none is said by a limit that is never passed", () => {
	const isTerms = { isTerms: true }, empty = draftOf({ from: "2026-01-01" }, isTerms);
	for (const mode of ["rateMode", "lunch", "week", "day", "most", "rounding"])
		assert.equal(empty[mode], TEAM, mode);
	assert.deepEqual(given(fieldsOf(empty, isTerms)), { status: "employed" });
	assert.ok(Object.values(wordsOf(empty, HOW)).every((words) => words === null));
	const none = { ...empty, lunch: "none", week: "none", day: "none", most: "none", rounding: "none", left: true };
	const fields = given(fieldsOf(none, isTerms));
	assert.deepEqual(fields, {
		lunchMinutes: 0, longLunchMinutes: 0, overtimeAfterHours: 168, dailyOvertimeAfterHours: 24,
		maxHours: 24, rounding: "none", status: "left",
	});
	const back = draftOf(fields, isTerms);
	assert.deepEqual([back.lunch, back.week, back.day, back.most, back.rounding, back.left],
		["none", "none", "none", "none", "none", true]);
	assert.deepEqual(exampleOf(BREAKS, { ...fields, status: "employed" }, 33_000),
		{ paid: 33_000, overtime: 0, gross: 19_250 });
});

test("an example is counted by the rules: 9:10 h over both lunches, rounded, with overtime", () => {
	const plain = { ...BREAKS, rounding: "none", roundingMinutes: null };
	assert.deepEqual(exampleOf(plain, null, 33_000), { paid: 30_300, overtime: 1500, gross: 17_894 });
	assert.equal(exampleOf(BREAKS, null, 33_000).paid, 33_300 - 2700);
	assert.equal(exampleOf(plain, { lunchMinutes: 0, longLunchMinutes: 0 }, 33_000).paid, 33_000);
	assert.equal(exampleOf(plain, { status: "left" }, 33_000).gross, null);
});

test("what is missing is named; changing the past needs a reason", () => {
	const draft = { ...draftOf(BREAKS), from: "2026-01-01" }, need = (changes, needsReason = false) =>
		problemOf({ ...draft, ...changes }, { needsReason })?.field ?? null;
	assert.equal(need({}), null);
	assert.equal(need({ from: null }), "from");
	assert.equal(need({ rate: undefined }), "rate");
	assert.equal(need({ longAfter: null }), "longAfter");
	assert.equal(need({ longAfter: null, hasLong: false }), null);
	assert.equal(need({ weekTimes: null, week: "none" }), null);
	assert.equal(need({ reason: " " }, true), "reason");
	assert.equal(need({ reason: "Agreed in May" }, true), null);
});

test("a record decides about the days until the next one, or until yesterday", () => {
	const others = [{ from: "2026-03-01" }, { from: "2026-01-01" }], today = "2026-05-10";
	assert.deepEqual(pastOf({ from: "2026-02-01" }, others, today), { from: "2026-02-01", to: "2026-02-28" });
	assert.deepEqual(pastOf({ from: "2026-04-01" }, others, today), { from: "2026-04-01", to: "2026-05-09" });
	assert.equal(pastOf({ from: today }, others, today), null);
	assert.deepEqual(pastOf({ from: today, before: "2026-05-01" }, others, today),
		{ from: "2026-05-01", to: "2026-05-09" });
	assert.equal(holdingOn(others, "2026-02-28").from, "2026-01-01");
	assert.equal(holdingOn(others, "2025-12-31"), null);
});

test("FH5: what a correction makes of the past is said: the paid time and the pay before and after", () => {
	const session = sessionOf({ id: "a", start: "2026-02-02T08:00:00Z", end: "2026-02-02T16:00:00Z", zone: "UTC" });
	const rules = { from: "2026-01-01", hourlyRate: 2000 };
	const other = { ...rules, hourlyRate: 3000, lunchAfterHours: 6, lunchMinutes: 30 };
	const people = [
		{ sessions: [session], plan: planFrom([rules]), next: planFrom([other]) },
		{ sessions: [], plan: planFrom([rules]), next: planFrom([]) },
	];
	const at = Date.parse("2026-03-01T00:00:00Z");
	assert.deepEqual(effectOf(people, { from: "2026-02-01", to: "2026-02-28" }, at), {
		people: 1, entries: 1, before: { paid: 28_800, gross: 16_000 }, after: { paid: 27_000, gross: 22_500 },
	});
});

test("corrections of a range are what was written after days for which it holds", () => {
	const one = (from, lastUpdatedAt, lastUpdatedBy = "ann") => ({ from, lastUpdatedAt, lastUpdatedBy });
	const daybook = "00000000-0000-0000-0000-000000000000";
	const all = [one("1970-01-01", "2026-05-01T00:00:00Z", daybook), one("2026-01-01", "2026-01-01T09:00:00Z"),
		one("2026-02-01", "2026-03-05T09:00:00Z"), one("2026-04-01", "2026-03-20T09:00:00Z")];
	const found = (from, to, zone = "UTC") => correctionsOf(all, { from, to }, zone).map((record) => record.from);
	assert.deepEqual(found("2026-02-01", "2026-02-28"), ["2026-02-01"]);
	assert.deepEqual(found("2026-03-06", "2026-03-31"), [], "these days came after it");
	assert.deepEqual(found("2026-01-01", "2026-01-31"), []);
	assert.deepEqual(found("2025-01-01", "2026-12-31"), ["2026-02-01"]);
	all.push(one("2026-06-01", "2026-06-01T20:00:00Z"));
	assert.deepEqual([found("2026-06-01", "2026-06-01"), found("2026-06-01", "2026-06-01", "Asia/Tokyo")],
		[[], ["2026-06-01"]], "in Tokyo it was the next day");
	all[0] = one("1970-01-01", "2026-05-01T00:00:00Z");
	assert.deepEqual(found("2025-01-01", "2025-12-31"), ["1970-01-01"], "what somebody changed since");
});
