// The rows of routines where time passes and several people or devices write: former schedules, points of a completion
// that comes late, an order that survives moves, books that follow their logs, and what cannot be deleted.
import { test } from "node:test";
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { start } from "../harness.mjs";
import { CSV, crew } from "../lib/crew.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";
import { key } from "../lib/sql.mjs";

const stack = await start();
const { sql } = stack;
const LONG_AGO = "2026-01-01 12:00:00.000";

async function alone() {
	const all = await crew(stack, { anna: "owner" });
	await sql(`UPDATE space SET created_at = '2025-01-01 00:00:00.000' WHERE id = '${all.anna.space}'`);
	return all.anna;
}

// A record and its history are as if they had been written then.
async function age({ space }, collection, id, at = LONG_AGO) {
	const where = `space_id = '${space}' AND collection = '${collection}'`;
	await sql(`UPDATE record SET created_at = LEAST(created_at, '${at}'), updated_at = '${at}'
		WHERE ${where} AND id = ${key(id)}`);
	await sql(`UPDATE audit SET at = '${at}' WHERE ${where} AND record_id = ${key(id)}`);
}

const read = async (who, collection, singular, id) =>
	answered(await who.get(`/api/${collection}/${id}`))[singular];
const task = (who, id) => read(who, "tasks", "task", id);

async function change(who, collection, id, set, at) {
	const { body } = await who.get(`/api/${collection}/${id}`);
	const [record] = Object.values(body).filter((value) => value?.id === id);
	const [result] = outcomes(await who.push([{
		op: randomUUID(), collection, id, base: record?.version ?? 0, set, ...(at && { at }),
	}]), "applied");
	return result.record;
}

async function made(who, record) {
	const { task: one } = answered(await who.post("/api/tasks", record), 201);
	await age(who, "tasks", one.id);
	return one;
}

// A person whose day begins at four, in New York.
async function late() {
	const anna = await alone();
	answered(await anna.post("/api/workSettings", { zone: "America/New_York" }), 201);
	answered(await anna.post("/api/routineSettings", { dayBegins: 4 }), 201);
	return anna;
}

test("a former schedule holds up to the day before the change, by the person's clock", async () => {
	const anna = await late();
	await made(anna, { id: "run", title: "Run", points: 3, days: ["mon"] });
	const at = "2026-04-10T07:59:00Z"; // 3:59 in New York: the 9th
	const first = await change(anna, "tasks", "run", { recurrence: "weekdays" }, at);
	const daily = { active: true, days: ["mon"], recurrence: "daily", targetKind: "atLeast" };
	assert.deepEqual(first.schedules, [{ ...daily, until: "2026-04-08" }]);
	await age(anna, "tasks", "run", "2026-04-10 07:59:00.000");
	// The same day: what was said for a few hours never was a schedule.
	const second = await change(anna, "tasks", "run", { recurrence: "custom" }, "2026-04-10T07:59:30Z");
	assert.deepEqual([second.recurrence, second.schedules], ["custom", first.schedules]);
	await age(anna, "tasks", "run", "2026-04-10 08:00:00.000");
	const third = await change(anna, "tasks", "run", { recurrence: "weekends" }, "2026-04-10T08:00:00Z");
	assert.deepEqual(third.schedules,
		[...first.schedules, { ...daily, recurrence: "custom", until: "2026-04-09" }]);
});

test("the nights of the clocks: four o'clock is four o'clock", async () => {
	const anna = await late();
	for (const [id, at, until] of [
		["a", "2026-03-08T07:59:00Z", "2026-03-06"], // 3:59, an hour was skipped
		["b", "2026-03-08T08:00:00Z", "2026-03-07"], // 4:00
		["c", "2025-11-02T08:59:00Z", "2025-10-31"], // 3:59, an hour came twice
		["d", "2025-11-02T09:00:00Z", "2025-11-01"], // 4:00
		["e", "2026-01-01T05:30:00Z", "2025-12-30"], // 0:30 on New Year's Day: still the year before
	]) {
		await made(anna, { id, title: id });
		await age(anna, "tasks", id, "2025-06-01 12:00:00.000");
		const { schedules } = await change(anna, "tasks", id, { recurrence: "weekdays" }, at);
		assert.deepEqual(schedules.map((one) => one.until), [until], at);
	}
});

test("a change of what says nothing of the schedule keeps none", async () => {
	const anna = await alone();
	await made(anna, { id: "run", title: "Run" });
	const changed = await change(anna, "tasks", "run",
		{ title: "Run fast", points: 9, domain: "career", startTime: "07:00", mustDo: true });
	assert.equal(changed.schedules ?? null, null);
});

test("a task that had ended was inactive until it was taken up again", async () => {
	const anna = await alone();
	await made(anna, { id: "run", title: "Run", from: "2026-01-01", until: "2026-02-01" });
	const { schedules } = await change(anna, "tasks", "run", { until: null }, "2026-03-10T12:00:00Z");
	assert.deepEqual(schedules.map(({ active, from, until }) => [active, from, until]),
		[[true, "2026-01-01", "2026-02-01"], [false, undefined, "2026-03-09"]]);
});

test("a restored version brings its schedule back from today, and no former one is forgotten", async () => {
	const anna = await alone();
	await made(anna, { id: "run", title: "Run" });
	const weekdays = await change(anna, "tasks", "run", { recurrence: "weekdays" }, "2026-03-10T12:00:00Z");
	await age(anna, "tasks", "run", "2026-03-10 12:00:00.000");
	const { task: back } = answered(await anna.post("/api/tasks/run/restore", { version: 1 }));
	assert.equal(back.recurrence, "daily");
	assert.deepEqual(back.schedules.slice(0, 1), weekdays.schedules);
	assert.deepEqual(back.schedules.map((one) => one.recurrence), ["daily", "weekdays"]);
});

test("200 former schedules are kept, and the oldest goes", async () => {
	const anna = await alone();
	await made(anna, { id: "run", title: "Run" });
	const day = (n) => new Date(Date.UTC(2025, 0, 1 + n)).toISOString().slice(0, 10);
	const many = Array.from({ length: 200 }, (_, n) => ({ recurrence: "daily", until: day(n) }));
	const list = `JSON_QUERY('${JSON.stringify(many)}', '$')`;
	await sql(`UPDATE record SET doc = JSON_COMPACT(JSON_INSERT(doc, '$.schedules', ${list}))
		WHERE space_id = '${anna.space}' AND collection = 'tasks' AND id = ${key("run")}`);
	const { schedules } = await change(anna, "tasks", "run", { recurrence: "weekends" }, "2026-03-10T12:00:00Z");
	assert.deepEqual([schedules.length, schedules[0].until, schedules.at(-1).until], [200, day(1), "2026-03-09"]);
});

test("former schedules are nobody's to write", async () => {
	const anna = await alone();
	refused(await anna.post("/api/tasks", { title: "Run", schedules: [] }), 400, { field: "schedules" });
});

test("every so many days is counted from the day on which somebody says so", async () => {
	const anna = await late();
	await made(anna, { id: "plants", title: "Plants" });
	const changed = await change(anna, "tasks", "plants",
		{ recurrence: "interval", everyDays: 3 }, "2026-04-10T07:59:00Z");
	assert.equal(changed.from, "2026-04-09");
});

test("two devices change different parts of a schedule: both changes stay, and what was before", async () => {
	const anna = await alone();
	const { version: base } = await made(anna, { id: "water", title: "Water", target: 8 });
	const op = (set, at) => ({ op: randomUUID(), collection: "tasks", id: "water", base, set, at });
	outcomes(await anna.push([op({ recurrence: "weekdays" }, "2026-03-10T12:00:00Z")]), "applied");
	await age(anna, "tasks", "water", "2026-03-10 12:00:00.000");
	const [{ record }] = outcomes(await anna.push([op({ target: 10 }, "2026-03-20T12:00:00Z")]), "merged");
	assert.deepEqual([record.recurrence, record.target], ["weekdays", 10]);
	assert.deepEqual(record.schedules.map((one) => [one.recurrence, one.target, one.until]),
		[["daily", 8, "2026-03-09"], ["weekdays", 8, "2026-03-19"]]);
});

test("late sync: a completion has the points and the target of its moment", async () => {
	const anna = await alone();
	await made(anna, { id: "read", title: "Read", points: 5 });
	await made(anna, { id: "water", title: "Water", points: 4, target: 8 });
	for (const [id, set] of [["read", { points: 50 }], ["water", { points: 40, target: 10 }]])
		await change(anna, "tasks", id, set);
	const log = (id, set, at) => change(anna, "taskLogs", undefined, { task: id, date: "2026-03-01", ...set }, at);
	const before = "2026-03-01T20:00:00Z";
	assert.equal((await log("read", { status: "completed" }, before)).points, 5);
	const eight = await log("water", { value: 8 }, before);
	assert.deepEqual([eight.status, eight.points], ["completed", 4]);
	const [{ record: now }] = outcomes(await anna.push([{
		op: randomUUID(), collection: "taskLogs", base: 0,
		set: { task: "read", date: "2026-03-02", status: "completed" },
	}]), "applied");
	assert.equal(now.points, 50);
});

test("a day that is filled in later has the target of that day", async () => {
	const anna = await alone();
	await made(anna, { id: "water", title: "Water", points: 4, target: 8 });
	await change(anna, "tasks", "water", { target: 10 }, "2026-03-10T12:00:00Z");
	const status = async (date) =>
		answered(await anna.post("/api/taskLogs", { task: "water", date, value: 8 }), 201).taskLog.status;
	assert.deepEqual([await status("2026-03-09"), await status("2026-03-10")], ["completed", "pending"]);
});

test("points that were earned stay when the task gets others, and go and come back with the completion", async () => {
	const anna = await alone();
	await made(anna, { id: "read", title: "Read", points: 5 });
	const { taskLog } = answered(await anna.post("/api/taskLogs",
		{ task: "read", date: "2026-03-01", status: "completed" }), 201);
	await change(anna, "tasks", "read", { points: 8 });
	const points = async (set) =>
		answered(await anna.patch(`/api/taskLogs/${taskLog.id}`, set)).taskLog.points;
	assert.equal(await points({ note: "a" }), 5);
	assert.equal(await points({ status: "pending" }), 0);
	assert.equal(await points({ status: "completed" }), 8);
	assert.equal(await points({ status: "skipped" }), 0);
	// A version from before brings its points back.
	const { taskLog: back } = answered(await anna.post(`/api/taskLogs/${taskLog.id}/restore`, { version: 1 }));
	assert.deepEqual([back.status, back.points], ["completed", 5]);
});

test("C4.7: two devices that complete the same task offline make one log, and both say completed", async () => {
	const anna = await alone();
	await made(anna, { id: "read", title: "Read" });
	const op = () => ({
		op: randomUUID(), collection: "taskLogs", base: 0,
		set: { task: "read", date: "2026-03-01", status: "completed" },
	});
	const [{ record: one }] = outcomes(await anna.push([op()]), "applied");
	const [{ record: other }] = outcomes(await anna.push([op()]), "unchanged");
	assert.deepEqual([other.id, other.points], [one.id, one.points]);
});

test("a log that says something is taken back, not deleted; an import of logs goes back as a whole", async () => {
	const anna = await alone();
	await made(anna, { id: "read", title: "Read" });
	const { taskLog } = answered(await anna.post("/api/taskLogs",
		{ task: "read", date: "2026-03-01", status: "completed" }), 201);
	refused(await anna.delete(`/api/taskLogs/${taskLog.id}`), 403, { field: "status" });
	const [{ problem }] = outcomes(await anna.push([{
		op: randomUUID(), collection: "taskLogs", id: taskLog.id, base: taskLog.version, delete: true,
	}]), "rejected");
	assert.equal(problem.status, 403);
	answered(await anna.patch(`/api/taskLogs/${taskLog.id}`, { status: "pending" }));
	answered(await anna.delete(`/api/taskLogs/${taskLog.id}`));
	const file = "task,date,status\nread,2026-03-02,completed\nread,2026-03-03,skipped\n";
	const report = answered(await anna.post("/api/taskLogs/import", file, CSV), 200, { created: 2 });
	answered(await anna.post(`/api/imports/${report.import}/take-back?dryRun=1`), 200, { deleted: 2, refused: 0 });
	answered(await anna.post(`/api/imports/${report.import}/take-back`), 200, { deleted: 2, refused: 0 });
});

const orders = async (who) => answered(await who.get("/api/tasks")).tasks.map((one) => one.id);

test("new tasks come last, whoever makes them, on every path", async () => {
	const anna = await alone();
	answered(await anna.post("/api/tasks", { id: "z", title: "z" }), 201);
	outcomes(await anna.push(["y", "x"].map((id) => ({
		op: randomUUID(), collection: "tasks", id, base: 0, set: { title: id },
	}))), "applied", "applied");
	answered(await anna.post("/api/tasks/import", "id,title\nw,w\nv,v\n", CSV), 200, { created: 2 });
	const eight = ["u", "t", "s", "r", "q", "p", "o", "n"];
	await Promise.all(eight.map(async (id) => answered(await anna.post("/api/tasks", { id, title: id }), 201)));
	const seen = await orders(anna);
	assert.deepEqual(seen.slice(0, 5), ["z", "y", "x", "w", "v"]);
	assert.deepEqual(seen.slice(5).sort(), [...eight].sort());
	const keys = answered(await anna.get("/api/tasks")).tasks.map((one) => one.order);
	assert.equal(new Set(keys).size, keys.length);
	assert.ok(keys.every((one) => /^[a-z]{0,6}[b-z]$/.test(one)), keys.join(" "));
});

test("two who move tasks at once: each moved task is where it was put, and everybody sees one order", async () => {
	const { anna, ben } = await crew(stack, { anna: "owner", ben: "member" });
	const numbered = ["a", "b", "c", "d", "e"].map((id, i) => `${id},${id},${i * 10}\n`).join("");
	answered(await ben.post("/api/tasks/import", `id,title,order\n${numbered}`, CSV), 200, { created: 5 });
	assert.deepEqual(await orders(ben), ["a", "b", "c", "d", "e"]);
	const { order: first } = await task(ben, "a"), { order: second } = await task(ben, "b");
	const between = `${first}n`;
	assert.ok(first < between && between < second);
	// Ben moves e, his manager moves d to the same place, from the same state; another device moves e further.
	const move = (id, order) => ({ op: randomUUID(), collection: "tasks", id, base: 1, set: { order } });
	const [byBen, byAnna] = await Promise.all([
		ben.push([move("e", between)]), anna.push([move("d", between)]),
	]);
	for (const answer of [byBen, byAnna])
		outcomes(answer, "applied");
	const all = await Promise.all([ben, anna].map(async (who) =>
		answered(await who.get(`/api/tasks?owner=${ben.id}`)).tasks.map((one) => one.id)));
	assert.deepEqual(all[0], all[1]);
	assert.deepEqual(all[0], ["a", "d", "e", "b", "c"]); // of two with one key the ids decide
	const byKey = (await ben.pull(undefined, { collections: ["tasks"] })).changes.map(({ record }) => record)
		.sort((one, other) =>
			one.order < other.order || (one.order === other.order && one.id < other.id) ? -1 : 1);
	assert.deepEqual(byKey.map((one) => one.id), all[0]);
	// Nothing but the moved ones was written.
	assert.deepEqual(byKey.map((one) => one.version), [1, 2, 2, 1, 1]);
	outcomes(await anna.push([move("e", "zz")]), "conflict");
});

test("a book follows its last log: its page, that it is read, that it is finished, and back", async () => {
	const anna = await alone();
	answered(await anna.post("/api/books", { id: "dune", title: "Dune", pages: 600 }), 201);
	const book = () => read(anna, "books", "book", "dune");
	const state = async () => {
		const { status, page, started, completed } = await book();
		return [status, page ?? null, started ?? null, completed ?? null];
	};
	const log = async (date, page) =>
		answered(await anna.post("/api/bookLogs", { book: "dune", date, page }), 201).bookLog;
	const pages = async () =>
		answered(await anna.get("/api/bookLogs?sort=date")).bookLogs.map((one) => one.pagesRead);
	await log("2026-03-01", 50);
	assert.deepEqual(await state(), ["reading", 50, "2026-03-01", null]);
	const third = await log("2026-03-03", 600);
	assert.deepEqual(await state(), ["completed", 600, "2026-03-01", "2026-03-03"]);
	// A day between, filled in later: the book stays, the next log's pages follow.
	const second = await log("2026-03-02", 250);
	assert.deepEqual(await state(), ["completed", 600, "2026-03-01", "2026-03-03"]);
	assert.deepEqual(await pages(), [50, 200, 350]);
	answered(await anna.patch(`/api/bookLogs/${second.id}`, { page: 300 }));
	assert.deepEqual(await pages(), [50, 250, 300]);
	answered(await anna.patch(`/api/bookLogs/${third.id}`, { page: 590 }));
	assert.deepEqual(await state(), ["reading", 590, "2026-03-01", null]);
	answered(await anna.delete(`/api/bookLogs/${third.id}`));
	assert.deepEqual(await state(), ["reading", 300, "2026-03-01", null]);
	const [first] = answered(await anna.get("/api/bookLogs?sort=date")).bookLogs;
	answered(await anna.delete(`/api/bookLogs/${first.id}`));
	assert.deepEqual(await pages(), [300]);
});

test("a book follows logs that a file brings, in any order, and those that come back from the history", async () => {
	const anna = await alone();
	answered(await anna.post("/api/books", { id: "emma", title: "Emma", pages: 400, status: "paused" }), 201);
	const file = "book,date,page\nemma,2026-03-03,90\nemma,2026-03-01,20\nemma,2026-03-02,50\n";
	answered(await anna.post("/api/bookLogs/import", file, CSV), 200, { created: 3, bad: 0 });
	const logs = async () => answered(await anna.get("/api/bookLogs?sort=date")).bookLogs;
	assert.deepEqual((await logs()).map((one) => one.pagesRead), [20, 30, 40]);
	const book = async () => read(anna, "books", "book", "emma");
	assert.deepEqual([(await book()).status, (await book()).page], ["reading", 90]);
	const last = (await logs()).at(-1);
	answered(await anna.delete(`/api/bookLogs/${last.id}`));
	assert.equal((await book()).page, 50);
	answered(await anna.post(`/api/bookLogs/${last.id}/restore`, { version: last.version }));
	assert.equal((await book()).page, 90);
	assert.equal((await logs()).at(-1).pagesRead, 40);
});

const imported = (who, collection, file, query = "") =>
	who.post(`/api/${collection}/import?${query}`, file, CSV);
const weights = async (who) => answered(await who.get("/api/weights?sort=date")).weights
	.map(({ date, kg, note }) => [date, kg, note ?? null]);

// Three of one day, not in the order of their times; two of another, the mean of which ends in a half.
const SCALE = "Date,Time,Weight,Note\n2026-03-01,12:00,80.6,noon\n2026-03-01,07:00,80.1,morning\n" +
	"2026-03-01,22:00,81,night\n2026-03-02,07:00,79.99,a\n2026-03-02,08:00,80.02,b\n2026-03-03,07:00,79,c\n";

test("several weights of a day: the first, the last, or their mean, as the request says", async () => {
	for (const [several, first, second] of [
		["first", ["2026-03-01", 80.1, "morning"], ["2026-03-02", 79.99, "a"]],
		["last", ["2026-03-01", 81, "night"], ["2026-03-02", 80.02, "b"]],
		["mean", ["2026-03-01", 80.57, "morning"], ["2026-03-02", 80.01, "a"]],
	]) {
		const anna = await alone();
		const dry = answered(await imported(anna, "weights", SCALE, `dryRun=1&several=${several}`), 200,
			{ rows: 6, created: 3, bad: 0, several, joined: 3 });
		assert.equal(dry.preview.find((row) => row.date === "2026-03-01").kg, first[1]);
		assert.ok(dry.notes.some((note) => note.startsWith("3 rows are of days that another row is of")));
		const report = answered(await imported(anna, "weights", SCALE, `several=${several}`), 200,
			{ created: 3, bad: 0, several, joined: 3 });
		assert.deepEqual(await weights(anna), [first, second, ["2026-03-03", 79, "c"]]);
		answered(await imported(anna, "weights", SCALE, `several=${several}`), 200,
			{ created: 0, unchanged: 3 });
		answered(await anna.post(`/api/imports/${report.import}/take-back`), 200, { deleted: 3 });
	}
});

test("a later import may take the mean instead, and without a word the format's first counts", async () => {
	const anna = await alone();
	answered(await imported(anna, "weights", SCALE), 200, { created: 3, several: "first", joined: 3 });
	answered(await imported(anna, "weights", SCALE, "several=mean"), 200, { created: 0, updated: 2, unchanged: 1 });
	assert.deepEqual((await weights(anna)).map(([, kg]) => kg), [80.57, 80.01, 79]);
});

test("a file of the collection's own columns: several rows of a day are mistakes, unless somebody says", async () => {
	const anna = await alone();
	const file = "date,kg\n2026-03-01,80\n2026-03-01,81\n";
	refused(await imported(anna, "weights", file), 400, { bad: 1 });
	answered(await imported(anna, "weights", file, "several=mean"), 200, { created: 1, joined: 1 });
	assert.deepEqual(await weights(anna), [["2026-03-01", 80.5, null]]);
	// Pounds, as the header says; stones, as the request says.
	answered(await imported(anna, "weights",
		"date,Weight (lb)\n2026-03-02,180\n2026-03-02,181\n", "several=mean&map=Weight (lb)=kg"), 200,
	{ created: 1 });
	answered(await imported(anna, "weights", "date,kg\n2026-03-03,12.5\n", "units=kg:st"), 200, { created: 1 });
	assert.deepEqual((await weights(anna)).slice(1).map(([, kg]) => kg), [81.88, 79.38]);
});

test("several: what it is not for", async () => {
	const anna = await alone();
	refused(await imported(anna, "weights", SCALE, "several=best"), 400, { field: "several" });
	refused(await imported(anna, "taskLogs", "task,date,status\na,2026-03-01,completed\n", "several=last"), 400,
		{ field: "several" });
	refused(await imported(anna, "tasks", "title\na\n", "several=first"), 400, { field: "several" });
	refused(await imported(anna, "moods", "date,mood\n2026-03-01,good\n", "several=mean"), 400,
		{ field: "several" });
	answered(await imported(anna, "moods", "date,mood\n2026-03-01,good\n2026-03-01,bad\n", "several=last"), 200,
		{ created: 1, joined: 1 });
});

const HABITS = "Position,Name,Question,Description,NumRepetitions,Interval,Color\n" +
	"001,Water,Drunk?,,1,1,#039BE5\n002,Gym,,Legs,3,7,#388E3C\n";
const MARKS = "Date,Water,Gym,\n2026-01-07,2,0,\n2026-01-06,8000,2,\n";
const tasks = async (who) => answered(await who.get("/api/tasks")).tasks
	.map(({ title, recurrence, times, inDays, note }) => [title, recurrence, times, inDays, note]);

test("Loop: habits after their marks and before them are the same tasks; the file may be an older one", async () => {
	for (const first of ["habits", "marks"]) {
		const anna = await alone();
		const habits = (counts) => imported(anna, "tasks", HABITS)
			.then((answer) => answered(answer, 200, { format: "loop-habits", bad: 0, ...counts }));
		const marks = async () =>
			answered(await imported(anna, "taskLogs", MARKS), 200, { created: 3, bad: 0 });
		if (first === "marks")
			await marks();
		await habits(first === "marks" ? { created: 0, updated: 2 } : { created: 2 });
		if (first === "habits")
			await marks();
		assert.deepEqual(await tasks(anna), [
			["Water", "daily", undefined, undefined, "Drunk?"], ["Gym", "times", 3, 7, "Legs"],
		]);
		// What is said on the day on which they were made holds for the marks before it.
		assert.ok(answered(await anna.get("/api/tasks")).tasks.every((one) => one.schedules === undefined));
		const { taskLogs } = answered(await anna.get("/api/taskLogs?sort=date"));
		assert.deepEqual(taskLogs.map(({ status, value }) => [status, value]).sort(),
			[["completed", undefined], ["completed", undefined], ["completed", 8]]);
	}
});

test("Loop: what a number completes is decided by the target of the habit", async () => {
	const anna = await alone();
	const habits = "Position,Name,Type,Question,Description,FrequencyNumerator,FrequencyDenominator,Color,Unit," +
		"Target Type,Target Value,Archived?\n001,Water,NUMERICAL,,,1,1,#039BE5,glasses,AT_LEAST,8.0,false\n";
	answered(await imported(anna, "tasks", habits), 200, { created: 1 });
	answered(await imported(anna, "taskLogs", "Date,Water,\n2026-01-07,8000,\n2026-01-06,7500,\n2026-01-05,3,\n"),
		200, { created: 3, bad: 0 });
	const { taskLogs } = answered(await anna.get("/api/taskLogs?sort=date"));
	assert.deepEqual(taskLogs.map(({ status, value, points }) => [status, value, points]),
		[["skipped", undefined, 0], ["pending", 7.5, 0], ["completed", 8, 5]]);
});

test("a list of tasks is exported and imported again: nothing is new, and another person gets the same", async () => {
	const { anna, ben } = await crew(stack, { anna: "owner", ben: "member" });
	answered(await imported(anna, "tasks",
		"title,points,recurrence,order\nRun,7,mon|wed,1\nRead,5,daily,0\nRest,2,sat-sun,2\n"), 200,
	{ format: "task-list", created: 3 });
	const file = (await anna.get("/api/tasks/export")).text;
	answered(await imported(anna, "tasks", file), 200, { created: 0, updated: 0, unchanged: 3, bad: 0 });
	const list = (who) => who.get(`/api/tasks?owner=${who.id}`).then((answer) => answered(answer).tasks
		.map(({ title, points, recurrence, days, order }) => [title, points, recurrence, days, order]));
	answered(await imported(ben, "tasks", file, "map=id=,owner="), 200, { created: 3, bad: 0 });
	assert.deepEqual(await list(ben), await list(anna));
	assert.deepEqual((await list(ben)).map(([title]) => title), ["Read", "Run", "Rest"]);
});

test("a row of a list is of the task with its title; where two have it, the row says so", async () => {
	const anna = await alone();
	answered(await anna.post("/api/tasks", { id: "run", title: "Run", points: 1 }), 201);
	const file = "title,points,recurrence\nrun,9,weekdays\n";
	answered(await imported(anna, "tasks", file), 200, { created: 0, updated: 1 });
	const { points, recurrence, title } = await task(anna, "run");
	assert.deepEqual([title, points, recurrence], ["run", 9, "weekdays"]);
	answered(await anna.post("/api/tasks", { title: "run" }), 201);
	const { errors } = refused(await imported(anna, "tasks", file.replace("9", "8")), 400, { bad: 1 });
	assert.deepEqual([errors[0].field, errors[0].value], ["title", "run"]);
	refused(await imported(anna, "tasks", "title,recurrence\nSwim,daily\nSwim,weekends\n"), 400, { bad: 1 });
	refused(await imported(anna, "tasks", "title,recurrence\nSwim,someday\n"), 400, { bad: 1 });
});
