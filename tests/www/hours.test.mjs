// The golden cases of working time in the app: the same rows as in tests/unit/test_hours.c must come to the same
// figures.  Pay is counted by the server alone, so its cases are not played here.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";
import { count, rulesOf, sessionOf } from "../../www/time/hours.js";

const folder = new URL("../fixtures/hours/", import.meta.url);
const files = readdirSync(folder).filter((file) => file !== "pay.json");

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
	assert.ok(files.length >= 12);
});

for (const file of files) {
	const { about, cases } = JSON.parse(readFileSync(new URL(file, folder), "utf8"));
	test(`${file}: ${about}`, () => {
		assert.ok(cases.length > 0);
		for (const one of cases) {
			assert.ok(one.expected, `${one.name} says what it comes to`);
			const rules = rulesOf(one.settings);
			// The last first: the order of rows must not matter.
			const sessions = one.sessions.map((row) => sessionOf(row, one.zone)).reverse();
			const at = one.at ? Date.parse(one.at) : 0;
			const found = count(sessions, rules, at);
			mustFit(one.expected, found, one.name);
			for (const name of one.lacks ?? [])
				assert.ok(!JSON.stringify(found).includes(`"${name}"`), `${one.name}: ${name}`);
		}
	});
}

test("the rules of a space, overridden by a person's own", () => {
	const rules = rulesOf({ lunchMinutes: 45, lunchRule: "day", weekStart: "sunday" },
		{ lunchMinutes: 0, lunchRule: null });
	assert.equal(rules.lunch, 0);
	assert.equal(rules.lunchPerDay, true);
	assert.equal(rules.sunday, true);
	assert.equal(rulesOf(null, undefined).lunchAfter, 18_000);
	assert.equal(rulesOf({ overtimeMultiplier: 1.15 }).overtimeTimes, 115);
});
