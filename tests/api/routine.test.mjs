// The figures of routines by way of the API: today, the report, and who sees whose.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { crew } from "../lib/crew.mjs";
import { answered } from "../lib/expect.mjs";
import { match } from "../lib/match.mjs";

const stack = await start();
const DAY = 86_400_000;
const shift = (date, days) => new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10);
const today = (zone = "UTC") => new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date());

const everybody = { olga: "owner", mia: "manager", ben: "member", mo: "member", vera: "viewer" };

const make = async (who, collection, fields) =>
	Object.values(answered(await who.post(`/api/${collection}`, fields), 201)).find(({ id } = {}) => id);
const look = async (who, query = "") => answered(await who.get(`/api/reports/routine/today${query}`));

const TITLES = ["Water", "Read", "Walk", "Stretch", "Plan"];
const log = (who, task, date, status = "completed", points = 5) =>
	make(who, "taskLogs", { task, date, status, points: status === "completed" ? points : 0 });

// A person with five tasks of five points, and an exercise.
async function begin(who) {
	const tasks = [];
	for (const title of TITLES)
		tasks.push(await make(who, "tasks", { title, points: 5 }));
	return { tasks, exercise: await make(who, "exercises", { title: "Squats" }) };
}

describe("today", () => {
	test("tasks, streak, points and weight of a person, and what an undo takes back", async () => {
		const { ben } = await crew(stack, everybody);
		const date = today(), { tasks, exercise } = await begin(ben);
		match(await look(ben), {
			person: ben.id, date, zone: "UTC", weight: null,
			completion: { date, due: 5, completed: 0, skipped: 0, rate: 0 },
			points: { total: 0, better: 0 }, streak: { current: 0, next: { days: 1, points: 5 } },
		});
		const logs = [];
		for (const { id } of tasks)
			logs.push(await log(ben, id, date));
		await make(ben, "exerciseLogs", { date, exercise: exercise.id });
		await make(ben, "weights", { date, kg: 80.5 });
		const done = await look(ben);
		match(done, {
			completion: { due: 5, completed: 5, rate: 100 },
			points: { tasks: 25, milestones: 5, exercise: 25, books: 0, total: 55, better: 0 },
			streak: {
				current: 1, longest: 1, tasks: 5, valid: true, exercise: true,
				next: { days: 3, points: 15 },
			},
			weight: { date, kg: 80.5, delta: null },
		});
		assert.deepEqual(done.tasks.map(({ title, status, due }) => [title, status, due]).sort(),
			TITLES.map((title) => [title, "completed", true]).sort());
		const week = [-6, -5, -4, -3, -2, -1, 0].map((days) => shift(date, days));
		assert.deepEqual(done.week.map((day) => day.date), week);
		assert.deepEqual(done.week.map(({ due }) => due), [0, 0, 0, 0, 0, 0, 5], "the tasks are of today");
		const undone = { status: "pending", points: 0, expectedVersion: 1 };
		answered(await ben.patch(`/api/taskLogs/${logs[4].id}`, undone));
		match(await look(ben), {
			completion: { due: 5, completed: 4, rate: 80 },
			points: { tasks: 20, milestones: 0, exercise: 25, total: 45 },
			streak: { current: 0, valid: false, tasks: 4 },
		});
	});
});
