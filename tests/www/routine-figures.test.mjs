// The golden cases of routines in the app: the same rows as in tests/unit/test_routine.c must come to the same figures.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";
import {
	completionOn, dueOn, gather, pointsOn, statusOn, streakDayOn, streakOn, strengthOn, todayIn, weekTo, weightIn,
	weightOn,
} from "../../www/routine/figures.js";

const folder = new URL("../fixtures/routine/", import.meta.url);
const files = readdirSync(folder);
const DAY = 86_400_000;

const mapKeys = (object, of) => Object.fromEntries(Object.keys(object ?? {}).map((key) => [key, of(key)]));

// A row may stand for several days, and for several tasks.
function spread({ date, from = date, to = date, every = 1, tasks, ...row }) {
	const rows = [];
	for (let at = Date.parse(from); at <= Date.parse(to); at += every * DAY)
		for (const task of tasks ?? [row.task])
			rows.push({ ...row, task, date: new Date(at).toISOString().slice(0, 10) });
	return rows;
}

// The rows last first: their order must not matter.
function rowsOf({ tasks = [], taskLogs = [], exerciseLogs = [], bookLogs = [], weights = [], settings }) {
	return gather({
		tasks: tasks.map(({ created = "2020-01-01", order = "m", ...row }) =>
			({ order, ...row, createdAt: `${created}T12:00:00.000Z` })).reverse(),
		taskLogs: taskLogs.flatMap(spread).reverse(), exerciseLogs: exerciseLogs.flatMap(spread).reverse(),
		bookLogs: [...bookLogs].reverse(), weights: [...weights].reverse(), settings: settings ?? null,
	});
}

function figuresOf(one) {
	const rows = rowsOf(one), { expected, day } = one;
	const streak = day && streakOn(rows, day);
	return {
		today: one.now && todayIn(one.settings, one.zone, Date.parse(one.now)),
		due: mapKeys(expected.due, (date) => dueOn(rows, date).map(({ id }) => id)),
		completion: mapKeys(expected.completion, (date) => completionOn(rows, date)),
		days: mapKeys(expected.days, (date) => streakDayOn(rows, date)),
		streak, runs: streak?.runs, points: day && pointsOn(rows, day), weight: day && weightOn(rows, day),
		strength: mapKeys(expected.strength, (id) => strengthOn(rows, id, day)),
	};
}

// What is expected is there: objects may have more, lists may not.
function mustFit(expected, found, where) {
	if (Array.isArray(expected)) {
		assert.deepEqual(found?.length, expected.length, where);
		expected.forEach((one, at) => mustFit(one, found[at], `${where}[${at}]`));
	} else if (expected && typeof expected === "object") {
		for (const [name, value] of Object.entries(expected))
			mustFit(value, found?.[name], `${where}.${name}`);
	} else {
		assert.deepEqual(found, expected, where);
	}
}

test("there are cases of each kind", () => {
	assert.deepEqual(files.sort(), [
		"completion.json", "due.json", "points.json", "streak.json", "strength.json", "today.json",
		"weight.json",
	]);
});

for (const file of files) {
	const { about, cases } = JSON.parse(readFileSync(new URL(file, folder), "utf8"));
	test(`${file}: ${about}`, () => {
		assert.ok(cases.length > 5);
		for (const one of cases)
			mustFit(one.expected, figuresOf(one), one.name);
	});
}

test("the last seven days, and what is logged of a task", () => {
	const rows = rowsOf({
		tasks: [{ id: "a", recurrence: "weekdays" }],
		taskLogs: [{ task: "a", from: "2026-11-23", to: "2026-11-24", status: "completed" }],
	});
	assert.deepEqual(weekTo(rows, "2026-11-27").map(({ due, completed }) => [due, completed]),
		[[0, 0], [0, 0], [1, 1], [1, 1], [1, 0], [1, 0], [1, 0]]);
	assert.equal(statusOn(rows, "a", "2026-11-24"), "completed");
	assert.equal(statusOn(rows, "a", "2026-11-25"), "pending");
	assert.equal(statusOn(rows, "b", "2026-11-25"), "pending");
});

test("weights in units, also as differences", () => {
	assert.deepEqual([weightIn("kg", 80.55), weightIn("lb", 80.55), weightIn("st", 80.55)], [80.55, 177.6, 12.68]);
	assert.deepEqual([weightIn("lb", -1), weightIn("st", -1), weightIn("lb", 0)], [-2.2, -0.16, 0]);
});
