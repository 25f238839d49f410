// The figures of routines by way of the API: today, the report, and who sees whose.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { crew } from "../lib/crew.mjs";
import { answered, refused } from "../lib/expect.mjs";
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

const report = async (who, query) => answered(await who.get(`/api/reports/routine?${query}`));

// The rows of a CSV, which begins with a byte order mark.
const lines = (text) =>
	text.replace(/^\uFEFF/, "").split("\r\n").filter((line) => line !== "").map((line) => line.split(","));

describe("the report", () => {
	// Three days: all five tasks and exercise, all five without it, three and one skipped.
	async function threeDays(who) {
		const { tasks, exercise } = await begin(who);
		const date = today(), [first, second] = [shift(date, -2), shift(date, -1)];
		for (const { id } of tasks) {
			await log(who, id, first);
			await log(who, id, second);
		}
		for (const [at, status] of ["completed", "completed", "completed", "skipped"].entries())
			await log(who, tasks[at].id, date, status);
		await make(who, "exerciseLogs", { date: first, exercise: exercise.id, reps: 10 });
		await make(who, "moods", { date: second, mood: "good" });
		const book = await make(who, "books", { title: "Walden", pages: 300 });
		await make(who, "bookLogs", { book: book.id, date: second, page: 40 });
		await make(who, "weights", { date: shift(date, -10), kg: 82 });
		await make(who, "weights", { date: second, kg: 81.25 });
		return { tasks, date, first, second };
	}

	test("days, tasks, what was gained, and the figures on the last day", async () => {
		const { ben } = await crew(stack, everybody);
		const { date, first, second } = await threeDays(ben);
		const found = await report(ben, `from=${first}&to=${date}`);
		match(found, { person: ben.id, from: first, to: date, until: date, zone: "UTC" });
		// The tasks were made today, but are done since `first`: so they were due from then on.
		assert.deepEqual(found.days.map((day) => [
			day.date, day.due, day.completed, day.skipped, day.rate, day.points,
			day.valid, day.exercise, day.rest,
		]), [
			[first, 5, 5, 0, 100, 50, true, true, false],
			[second, 5, 5, 0, 100, 45, true, false, true],
			[date, 4, 3, 1, 75, 15, false, false, false],
		]);
		match(found.days[1], { mood: "good", books: 1, pages: 40, kg: 81.25, paused: false });
		match(found.days[0], { mood: null, books: 0, pages: 0, kg: null, trend: null });
		match(found.sum, {
			due: 14, completed: 13, skipped: 1, rate: 93, points: 110, milestones: 5, gained: 115,
			streakDays: 2, exerciseDays: 1, books: 1, pages: 40, weightChange: -0.75,
		});
		match(found.streak, { current: 2, longest: 2, valid: false, next: { days: 3 } });
		assert.deepEqual(found.runs, [{ first, last: second, days: 2 }]);
		match(found.points, { tasks: 65, milestones: 5, exercise: 25, books: 20, total: 115, better: 0 });
		match(found.weight, { date: second, kg: 81.25, delta: -0.75, deltaDays: 9 });
		assert.deepEqual(found.tasks.map(({ title }) => title), TITLES);
		match(found.tasks[0], { due: 3, completed: 3, done: 3, rate: 100, points: 15, strength: 14.8 });
		match(found.tasks[3], { due: 2, completed: 2, skipped: 1, strength: 10.1 });
		match(found.tasks[4], { due: 3, completed: 2, rate: 67, points: 10 });
	});

	test("of a past day it says the same today, until somebody changes that past", async () => {
		const { ben } = await crew(stack, everybody);
		const { tasks, date, first, second } = await threeDays(ben);
		const asked = `from=${first}&to=${second}`, before = await report(ben, asked);
		match(before, {
			until: second, points: { total: 100 }, streak: { current: 2, valid: true },
			sum: { gained: 100 },
		});
		await log(ben, tasks[4].id, date); // of today: no matter
		assert.deepEqual(await report(ben, asked), before);
		const other = await make(ben, "tasks", { title: "Sing", points: 7, from: first });
		await log(ben, other.id, first, "completed", 7);
		match(await report(ben, asked), {
			points: { total: 107 },
			days: [{ date: first, due: 6, completed: 6, points: 57 }, { due: 6, completed: 5 }],
		});
	});

	test("days that have not come are not in it, nor are any where none has come", async () => {
		const { ben } = await crew(stack, everybody);
		const { date } = await threeDays(ben);
		const found = await report(ben, `from=${date}&to=${shift(date, 30)}`);
		assert.deepEqual(found.days.map((day) => day.date), [date]);
		match(found, { until: date, sum: { gained: 15, due: 4 } });
		match(await report(ben, `from=${shift(date, 3)}&to=${shift(date, 30)}`), {
			until: date, days: [], tasks: [], sum: { due: 0, rate: 0, gained: 0 }, points: { total: 115 },
		});
		match(await report(ben, "from=1000-01-01&to=1000-01-02"), {
			until: "1000-01-02", sum: { due: 0, gained: 0 }, points: { total: 0 }, weight: null,
		});
		match(await report(ben, "from=9999-12-30&to=9999-12-31"), { until: date, days: [] });
	});

	test("as CSV and as a page to print, in which nothing that people write is code", async () => {
		const { ben } = await crew(stack, everybody);
		const { tasks, date, first } = await threeDays(ben);
		const named = { title: "<script>1</script>&=1+1", expectedVersion: 1 };
		answered(await ben.patch(`/api/tasks/${tasks[0].id}`, named));
		const csv = await ben.get(`/api/reports/routine?from=${first}&to=${date}&format=csv`);
		answered(csv);
		assert.match(csv.headers["content-type"], /^text\/csv; charset=utf-8/);
		assert.equal(csv.headers["content-disposition"], `attachment; filename="routine-${first}-${date}.csv"`);
		const [head, ...rows] = lines(csv.text);
		assert.deepEqual(head.slice(2, 8), ["day", "due", "completed", "skipped", "rate", "points"]);
		assert.deepEqual(rows.map((row) => row.slice(2, 10)), [
			[first, "5", "5", "0", "100", "50", "1", "1"],
			[shift(first, 1), "5", "5", "0", "100", "45", "1", "0"],
			[date, "4", "3", "1", "75", "15", "0", "0"],
		]);
		assert.deepEqual(rows[1].slice(12), ["1", "40", "good", "81.25", "81.71"]);
		const page = await ben.get(`/api/reports/routine?from=${first}&to=${date}&format=html`);
		answered(page);
		assert.match(page.headers["content-type"], /^text\/html/);
		assert.match(page.headers["content-security-policy"], /default-src 'none'/);
		assert.ok(!page.text.includes("<script>"));
		const escaped = "&lt;script&gt;1&lt;/script&gt;&amp;=1+1";
		for (const text of [escaped, "13 of 14 that were due, 93 %", "2 days; the longest 2"])
			assert.ok(page.text.includes(text), text);
	});

	test("bounds, and values that are none", async () => {
		const { ben } = await crew(stack, everybody);
		const ask = (query) => ben.get(`/api/reports/routine?${query}`);
		answered(await ask("from=2026-01-01&to=2027-01-01"));
		refused(await ask("from=2026-01-01&to=2027-01-02"), 400, { field: "to" });
		refused(await ask("from=2026-01-02&to=2026-01-01"), 400, { field: "to" });
		refused(await ask("to=2026-01-01"), 400, { field: "from" });
		refused(await ask("from=2026-01-01"), 400, { field: "to" });
		refused(await ask("from=2026-02-30&to=2026-03-01"), 400, { field: "from" });
		refused(await ask("from=2026-01-01&to=2026-01-02&format=pdf"), 400, { field: "format" });
		refused(await ask("from=2026-01-01&to=2026-01-02&peson=x"), 400);
		for (const person of ["x", "", "00000000-0000-0000-0000-000000000000", "'", "%00"]) {
			const { status } = await ask(`from=2026-01-01&to=2026-01-02&person=${person}`);
			assert.ok([400, 404].includes(status), person);
		}
	});
});

describe("whose", () => {
	test("one's own, and those of everybody for managers and owners", async () => {
		const { olga, mia, ben, mo, vera } = await crew(stack, everybody);
		const date = today(), span = `from=${date}&to=${date}`;
		await begin(ben);
		for (const who of [olga, mia, ben]) {
			match(await look(who, `?person=${ben.id}`), { person: ben.id, completion: { due: 5 } });
			match(await report(who, `${span}&person=${ben.id}`), { person: ben.id, sum: { due: 5 } });
		}
		for (const who of [mo, vera]) {
			refused(await who.get(`/api/reports/routine/today?person=${ben.id}`), 404);
			refused(await who.get(`/api/reports/routine?${span}&person=${ben.id}`), 404);
			match(await look(who), { person: who.id, completion: { due: 0 }, tasks: [] });
			match(await report(who, span), { person: who.id, days: [{ due: 0 }] });
		}
	});

	test("nothing of another space, and nobody of it", async () => {
		const one = await crew(stack, everybody), other = await crew(stack, { olga: "owner", zoe: "member" });
		await begin(one.ben);
		refused(await other.zoe.get(`/api/reports/routine/today?person=${one.ben.id}`), 404);
		refused(await other.olga.get(`/api/reports/routine/today?person=${one.ben.id}`), 404);
		const span = `from=${today()}&to=${today()}`;
		refused(await other.olga.get(`/api/reports/routine?${span}&person=${one.ben.id}`), 404);
		match(await look(other.olga), { tasks: [], points: { total: 0 } });
	});
});

describe("days", () => {
	test("a day that begins at 4, and the zone of the person", async () => {
		const { ben } = await crew(stack, everybody);
		// Somewhere it is between midnight and six now.
		const hour = new Date().getUTCHours();
		const ahead = (26 - hour) % 24, zone = ahead === 0 ? "UTC" : `Etc/GMT${ahead <= 14 ? "-" : "+"}${
			ahead <= 14 ? ahead : 24 - ahead}`; // it is two something there
		await make(ben, "workSettings", { zone });
		match(await look(ben), { zone, date: today(zone) });
		await make(ben, "routineSettings", { dayBegins: 4 });
		match(await look(ben), { zone, date: shift(today(zone), -1) });
		await make(ben, "tasks", { title: "Sleep" });
		match(await look(ben), { date: shift(today(zone), -1), completion: { due: 1 } });
	});
});
