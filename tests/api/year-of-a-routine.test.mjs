// A year of the routines of two people, in zones whose clocks change and with days that begin late, is written through
// the API: recurrences that change on the way, pauses, skipped days, what is taken back, what arrives late.  The
// report, the app and lib/routine-reckoning.mjs find the same.
import { before, test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { Chance } from "../lib/chance.mjs";
import { answered, outcomes } from "../lib/expect.mjs";
import { dueOn, pointsOf, runsOf, strengthOn, validOn } from "../lib/routine-reckoning.mjs";
import { key } from "../lib/sql.mjs";
import { localOf, plus } from "../lib/year.mjs";
import { completionOn, gather, pointsOn, streakOn, strengthOn as strengthInApp } from "../../www/routine/figures.js";

const { as, team, sql } = await start();
const FIRST = "2025-01-01", LAST = "2025-12-31";
const days = [];
for (let day = FIRST; day <= LAST; day = plus(day, 1))
	days.push(day);

const people = [
	{ name: "ben", role: "owner", zone: "America/New_York", dayBegins: 4, seed: 11 },
	{ name: "mo", role: "member", zone: "Europe/Berlin", dayBegins: 0, seed: 12 },
];
const PAUSE = { first: "2025-07-01", last: "2025-07-14" };
const SETTINGS = { streakTasks: 3, pauses: [`${PAUSE.first}/${PAUSE.last}`] };

// What each task says at first, and what is changed in it at which instant; some in the night between two days, and in
// the nights in which the clocks change.
const tasks = [
	{ id: "water", points: 5, target: 8, changes: [["2025-09-09T12:30:00Z", { target: 10.5, points: 9 }]] },
	{ id: "read", points: 7, changes: [["2025-03-09T07:30:00Z", { recurrence: "weekdays" }],
		["2025-11-02T08:30:00Z", { recurrence: "custom", days: ["tue", "thu", "sun"] }]] },
	{ id: "walk", points: 3, recurrence: "times", times: 3, inDays: 7,
		changes: [["2025-10-26T00:30:00Z", { times: 2, inDays: 5 }]] },
	{ id: "iron", points: 11, recurrence: "interval", everyDays: 3, from: "2025-01-02",
		changes: [["2025-05-05T23:30:00Z", { everyDays: 4, from: "2025-05-07" }]] },
	{ id: "rest", points: 2, recurrence: "weekends",
		changes: [["2025-04-01T12:00:00Z", { pausedFrom: "2025-04-10", pausedUntil: "2025-05-01" }]] },
	{ id: "plan", points: 4, changes: [["2025-08-01T03:00:00Z", { active: false }],
		["2025-08-20T09:00:00Z", { active: true, points: 6 }]] },
];
let who;

const dayAt = ({ zone, dayBegins }, instant) => {
	const { day, minute } = localOf(zone, Date.parse(instant));
	return minute < dayBegins * 60 ? plus(day, -1) : day;
};
const DAY_AND_A_HALF = 129_600_000; // from the beginning of a day to when it was written down
const idOf = ({ name }, id) => `${name}-${id}`;

// The tasks of a person with their states by day, and a year of logs.
function draw(person) {
	const chance = new Chance(person.seed);
	person.settings = { ...SETTINGS, pauses: [PAUSE] };
	person.tasks = tasks.map(({ changes, id, points, ...first }) => {
		const states = [{ since: null, ...first }], worth = [["", points]];
		for (const [at, { points: other, ...set }] of changes) {
			states.push({ ...states.at(-1), ...set, since: dayAt(person, at) });
			worth.push([at, other ?? worth.at(-1)[1]]);
		}
		return { id: idOf(person, id), points, first, changes, states, worth, logs: new Map() };
	});
	for (const day of days)
		for (const task of person.tasks) {
			if (!chance.of(day < "2025-03-01" ? 0.98 : day < "2025-08-01" ? 0.75 : 0.45))
				continue;
			const at = new Date(Date.parse(day) + DAY_AND_A_HALF).toISOString();
			const [, points] = task.worth.findLast(([since]) => since <= at);
			const target = task.states.findLast(({ since }) => since === null || since <= day).target;
			const counts = target !== undefined, undone = !counts && chance.of(0.04);
			const value = counts ? chance.below(300) / 20 + (chance.of(0.6) ? 10 : 0) : undefined;
			const skipped = !counts && chance.of(0.06);
			const done = value === undefined || value >= target;
			const status = undone ? "pending" : skipped ? "skipped" : done ? "completed" : "pending";
			task.logs.set(day, { status, value, at, undone, points: status === "completed" ? points : 0 });
		}
	person.exercise = new Set(days.filter((day) => chance.of(day < "2025-03-01" ? 0.9 : 0.6)));
	person.books = days.filter(() => chance.of(0.1));
}

// These versions of tasks, and their history, are as if they had been written at their instants.
async function age(written) {
	await sql(written.map(({ id, base, at }) => {
		const when = at.replace("T", " ").replace("Z", "");
		const of = `space_id = '${who.ben.space}' AND collection = 'tasks'`;
		return `UPDATE record SET ${base === 0 ? `created_at = '${when}', ` : ""}updated_at = '${when}'
			WHERE ${of} AND id = ${key(id)};
			UPDATE audit SET at = '${when}'
			WHERE ${of} AND record_id = ${key(id)} AND version = ${base + 1}`;
	}).join(";"));
}

// The tasks of a person as they were made, and then each first change, and each second one.
async function writeTasks(person) {
	const rounds = [person.tasks.map(({ id, points, first }) =>
		({ op: `new-${id}`, id, base: 0, at: "2025-01-01T12:00:00Z", title: id, points, ...first }))];
	for (const { id, changes } of person.tasks)
		for (const [n, [at, set]] of changes.entries())
			(rounds[n + 1] ??= []).push({ op: `change-${id}-${n}`, id, base: n + 1, at, ...set });
	for (const round of rounds) {
		await write(who[person.name], "tasks", round);
		await age(round);
	}
}

async function write(person, collection, list) {
	const ops = list.map(({ op, at, id, base = 0, ...set }, n) =>
		({ op: op ?? `${collection}-${n}`, collection, base, set, ...(id && { id }), ...(at && { at }) }));
	for (; ops.length > 0; ops.splice(0, 200)) {
		const some = ops.slice(0, 200);
		outcomes(await person.push(some), ...some.map(() => "applied"));
	}
}

before(async () => {
	const space = await team(Object.fromEntries(people.map(({ name, role }) => [name, role])));
	who = Object.fromEntries(people.map(({ name }) => [name, as(name).in(space)]));
	await sql(`UPDATE space SET created_at = '2024-12-01 00:00:00.000' WHERE id = '${who.ben.space}'`);
	for (const person of people) {
		const one = who[person.name];
		draw(person);
		answered(await one.post("/api/workSettings", { zone: person.zone }), 201);
		answered(await one.post("/api/routineSettings", { dayBegins: person.dayBegins, ...SETTINGS }), 201);
		await writeTasks(person);
		// What was done arrives at the end of the year, in no order: all of it is late.
		const logs = person.tasks.flatMap(({ id, logs: of }) =>
			[...of].map(([date, log]) => ({ task: id, date, ...log })));
		const written = logs.reverse().map(({ task, date, status, value, at, undone }) => {
			const says = value === undefined ? { status: undone ? "completed" : status } : { value };
			return { task, date, at, ...says };
		});
		await write(one, "taskLogs", written);
		const undone = logs.filter((log) => log.undone);
		await write(one, "taskLogs", undone.map(({ task, date }, n) =>
			({ op: `undo-${n}`, base: 1, task, date, status: "pending" })));
		const exercise = answered(await one.post("/api/exercises", { title: "Squats" }), 201).exercise.id;
		await write(one, "exerciseLogs", [...person.exercise].map((date) =>
			({ id: `${person.name}-${date}`, date, exercise, reps: 9 })));
		const book = answered(await one.post("/api/books", { title: "Walden", pages: 9999 }), 201).book.id;
		await write(one, "bookLogs", person.books.map((date, n) => ({ book, date, page: n + 1 })));
	}
});

const pick = (of, ...names) => Object.fromEntries(names.map((name) => [name, of[name]]));
const DAY_FIGURES = ["date", "due", "completed", "skipped", "rate", "valid", "exercise", "rest", "paused"];

test("the report of the year is what the rows say", async () => {
	for (const person of people) {
		const report = answered(await who[person.name].get(`/api/reports/routine?from=${FIRST}&to=${LAST}`));
		assert.deepEqual(report.days.map((day) => pick(day, ...DAY_FIGURES)),
			days.map((date) => ({ date, ...dueOn(person.tasks, date), ...validOn(person, date) })),
			person.name);
		const runs = runsOf(person, FIRST, LAST);
		assert.deepEqual(report.runs, runs);
		assert.ok(runs.some((run) => run.days >= 10), "a run that has milestones");
		assert.equal(report.streak.longest, Math.max(...runs.map((run) => run.days)));
		assert.deepEqual(report.points, pointsOf(person, FIRST, LAST));
		for (const task of person.tasks) {
			const { strength, done } = report.tasks.find(({ id }) => id === task.id);
			const found = strengthOn(task, person.settings, LAST);
			assert.ok(Math.abs(strength - found) <= 0.0501, `${task.id}: ${strength}, ${found}`);
			const logs = [...task.logs.values()];
			assert.equal(done, logs.filter(({ status }) => status === "completed").length);
		}
	}
});

test("the app finds the same on each day", async () => {
	for (const person of people) {
		const one = who[person.name], rows = { zone: person.zone };
		for (const collection of ["tasks", "exerciseLogs", "bookLogs"])
			rows[collection] = answered(await one.get(
				`/api/${collection}?limit=1000&owner=${one.id}`))[collection];
		rows.taskLogs = [];
		for (const { id } of person.tasks)
			rows.taskLogs.push(...answered(await one.get(`/api/taskLogs?limit=1000&task=${id}`)).taskLogs);
		const gathered = gather({ ...rows, settings: { dayBegins: person.dayBegins, ...SETTINGS } });
		for (const date of days)
			assert.deepEqual(completionOn(gathered, date), { date, ...dueOn(person.tasks, date) });
		for (const date of days.filter((_, at) => at % 30 === 5)) {
			const runs = runsOf(person, FIRST, date), streak = streakOn(gathered, date);
			assert.deepEqual(streak.runs, runs);
			assert.deepEqual(pick(streak, "valid", "exercise", "rest", "paused"), validOn(person, date));
			assert.deepEqual(pointsOn(gathered, date), pointsOf(person, FIRST, date));
			for (const task of person.tasks)
				assert.ok(Math.abs(strengthInApp(gathered, task.id, date) / 10 -
					strengthOn(task, person.settings, date)) <= 0.0501, `${task.id}, ${date}`);
		}
	}
});
