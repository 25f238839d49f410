// The golden cases of working time and pay in the app: the same rows as in tests/unit/test_hours.c must come to
// the same figures.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";
import { count, planFrom, rounded, rulesOn, sessionOf, settle, weekOn } from "../../www/time/hours.js";

const folder = new URL("../fixtures/hours/", import.meta.url);
const files = readdirSync(folder);

// What is expected is there: objects may have more, lists may not.
function mustFit(expected, found, where) {
	if (Array.isArray(expected)) {
		assert.equal(found?.length, expected.length, where);
		expected.forEach((one, at) => mustFit(one, found[at], `${where}[${at}]`));
	} else if (expected && typeof expected === "object") {
		for (const [name, value] of Object.entries(expected))
			mustFit(value, found?.[name], `${where}.${name}`);
	} else {
		assert.deepEqual(found, expected, where);
	}
}

test("there are cases of each kind", () => {
	assert.ok(files.length >= 18);
});

for (const file of files) {
	const { about, cases, ...usual } = JSON.parse(readFileSync(new URL(file, folder), "utf8"));
	test(`${file}: ${about}`, () => {
		assert.ok(cases.length > 0);
		for (const one of cases) {
			assert.ok(one.expected || one.payroll, `${one.name} says what it comes to`);
			const { workRules, workTerms, settings } = { ...usual, ...one };
			const plan = planFrom(workRules, workTerms, settings);
			// The last first: the order of rows must not matter.
			const sessions = one.sessions.map((row) => sessionOf(row, one.zone)).reverse();
			const at = one.at ? Date.parse(one.at) : 0;
			const found = count(sessions, plan, at);
			mustFit(one.expected ?? {}, found, one.name);
			if (one.payroll) {
				const { from, to, expected } = one.payroll;
				mustFit(expected, settle(sessions, plan, from, to, at || Date.now()), one.name);
			}
			for (const name of one.lacks ?? [])
				assert.ok(!JSON.stringify(found).includes(`"${name}"`), `${one.name}: ${name}`);
		}
	});
}

test("the latest rules of a space hold whole, and over them a person's latest terms", () => {
	const plan = planFrom(
		[{ from: "2026-03-01", maxHours: 10 }, { from: "2026-01-01", lunchAfterHours: 6, lunchMinutes: 45 }],
		[{ from: "2026-02-01", lunchMinutes: 0, hourlyRate: 2000, lunchRule: null }], { targetHours: 7.5 });
	assert.equal(rulesOn(plan, "2025-12-31").lunchAfter, Infinity);
	assert.equal(rulesOn(plan, "2025-12-31").target, 27_000);
	assert.deepEqual([rulesOn(plan, "2026-01-31")].map(({ lunch, rate }) => [lunch, rate]), [[2700, null]]);
	assert.deepEqual([rulesOn(plan, "2026-02-01")].map(({ lunch, rate }) => [lunch, rate]), [[0, 2000]]);
	const march = rulesOn(plan, "2026-03-01");
	assert.deepEqual([march.most, march.lunchAfter, march.lunch, march.rate], [36_000, Infinity, 0, 2000]);
	const [{ rules }] = planFrom([{ from: "2026-01-01", overtimeMultiplier: 1.15 }]).dated;
	assert.equal(rules.overtimeTimes, 115);
});

test("a week lasts until the next one begins by the rules of that day", () => {
	const plan = planFrom([{ from: "2026-11-01" }, { from: "2026-11-11", weekStart: "sunday" }]);
	assert.equal(weekOn(plan, "2026-11-08"), "2026-11-02");
	assert.equal(weekOn(plan, "2026-11-14"), "2026-11-09");
	assert.equal(weekOn(plan, "2026-11-15"), "2026-11-15");
	const back = planFrom([
		{ from: "2026-11-01", weekStart: "sunday" }, { from: "2026-11-09", weekStart: "monday" },
	]);
	assert.equal(weekOn(back, "2026-11-08"), "2026-11-08");
	assert.equal(weekOn(back, "2026-11-09"), "2026-11-09");
});

test("FH8: rounding twice is as once", () => {
	for (const rounding of ["none", "up", "down", "nearest"])
		for (const roundedTo of [60, 300, 900, 3600])
			for (let seconds = 0; seconds < 8000; seconds += 7) {
				const once = rounded({ rounding, roundedTo }, seconds);
				assert.equal(rounded({ rounding, roundedTo }, once), once);
			}
	assert.equal(rounded({ rounding: "up", roundedTo: 900 }, 5400), 5400);
});
