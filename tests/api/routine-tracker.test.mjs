// A day with the routine tracker as its own description tells it: a phone and a desk, what updates by itself within one
// poll, what happens without a network, and that a failed operation leaves everything as it was.  At the root of a
// port, where a client that knows only a host finds it.
import { test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { send } from "../lib/http.mjs";
import { RoutineDevice } from "../lib/routines.mjs";

const stack = await start({ facades: ["routines"] });
const { url } = stack.facades.routines;
const rosa = await stack.as("rosa").ready();
const [phone, desk] = ["device_1764500000000_phone1", "device_1764500000001_desk1"]
	.map((name) => new RoutineDevice(url, name));
const date = answered(await rosa.get("/api/reports/routine/today")).date;
const points = (home) => home.totalPoints;
const titles = (home) => home.incompleteTasks.map((one) => one.title);

test("both devices sign in, and a password is asked for", async () => {
	assert.equal((await phone.ask("GET", "/api/home")).status, 401);
	await phone.signIn(rosa);
	await desk.signIn(rosa);
	assert.notEqual(phone.token, desk.token);
});

test("the tasks of a morning, made on the phone, are on the desk at its next poll", async () => {
	await desk.poll();
	for (const [i, title] of ["Stretch", "Read ten pages", "Water", "Plan the day", "No sugar",
		"Call Mum"].entries())
		phone.put("tasks", { _id: `task-${i}`, title,
			domainId: ["health", "learning", "health", "career", "discipline",
			"social"][i], basePoints: 5, timeOfDay: "morning", order: i, recurrenceType: "daily",
				mustDo: i === 0 });
	assert.equal((await phone.push("tasks")).ok, true);
	await phone.notify();
	assert.equal(await desk.poll(), true);
	assert.deepEqual(titles(desk.seen), ["Stretch", "Read ten pages", "Water", "Plan the day", "No sugar",
		"Call Mum"]);
	assert.equal(desk.seen.incompleteTasks[0].mustDo, true);
});

test("1, a single device: a completed task is done at once", async () => {
	phone.put("daily_logs", { _id: "log-0", taskId: "task-0", date, status: "completed" });
	await phone.push("daily_logs");
	const home = await phone.home;
	assert.deepEqual([titles(home).includes("Stretch"), points(home)], [false, 5]);
});

test("2, phone and desk: the desk has it within one poll, with points, streak and graph", async () => {
	await phone.notify();
	assert.equal(await desk.poll(), true);
	assert.deepEqual([titles(desk.seen).includes("Stretch"), points(desk.seen)], [false, 5]);
	desk.put("weight_logs", { _id: "weight-1", date, weight: 71.4 });
	await desk.push("weight_logs");
	await desk.notify();
	assert.equal(await phone.poll(), true);
	assert.equal(phone.seen.todaysWeight.weight, 71.4);
	assert.equal(await phone.poll(), false, "and nothing is told twice");
});

test("skipping, undoing and completing again are seen by the other device each time", async () => {
	await desk.pull("daily_logs");
	desk.put("daily_logs", { _id: "log-1", taskId: "task-1", date, status: "skipped" });
	await desk.sync("daily_logs");
	await phone.poll();
	assert.equal(phone.seen.incompleteTasks.find((one) => one.title === "Read ten pages").status, "skipped");
	const log = desk.all("daily_logs").find((doc) => doc.taskId === "task-1");
	desk.remove("daily_logs", log._id);
	await desk.push("daily_logs");
	await phone.poll();
	assert.equal(phone.seen.incompleteTasks.find((one) => one.title === "Read ten pages").status, "pending");
	desk.put("daily_logs", { _id: "log-1b", taskId: "task-1", date, status: "completed" });
	await desk.push("daily_logs");
	await phone.poll();
	assert.deepEqual([points(phone.seen), phone.seen.streakData.todayRoutineTasks], [10, 2]);
});

test("3, offline: what was tapped without a network is sent later, once, and the others see it", async () => {
	for (const i of [2, 3])
		phone.put("daily_logs", { _id: `offline-${i}`, taskId: `task-${i}`, date, status: "completed" });
	phone.put("tasks", { _id: "task-5", title: "Call Mum and Dad" });
	desk.put("daily_logs", { _id: "desk-2", taskId: "task-2", date, status: "completed" });
	await desk.sync("daily_logs");
	await phone.push("tasks");
	await phone.push("daily_logs");
	assert.deepEqual(phone.errors, []);
	for (const device of [phone, desk]) {
		await device.pull("tasks");
		await device.pull("daily_logs");
	}
	const seen = (device) => device.all("daily_logs").map((doc) => [doc._id, doc.taskId, doc.status,
		doc.pointsEarned]).sort();
	assert.deepEqual(seen(phone), seen(desk));
	assert.equal(seen(phone).length, 4);
	assert.equal(desk.get("tasks", "task-5").title, "Call Mum and Dad");
	assert.deepEqual(points(await desk.home), 20);
	assert.equal(answered(await rosa.get("/api/taskLogs")).taskLogs.length, 4);
});

test("4, error recovery: a refused operation leaves what was, and says why", async () => {
	await desk.pull("weight_logs");
	const [{ _id }] = desk.all("weight_logs").filter((doc) => doc.createdAt !== undefined);
	desk.put("weight_logs", { _id, weight: 5000 });
	const answer = await desk.push("weight_logs");
	assert.equal(answer.ok, false);
	assert.match(answer.errors[0].error, /700/);
	assert.equal((await desk.home).todaysWeight.weight, 71.4);
	const { status, body } = await desk.ask("POST", "/api/rxdb/push", { collection: "tasks", docs: "all" });
	assert.deepEqual([status, typeof body.error], [400, "string"]);
	assert.deepEqual(titles(await desk.home), ["No sugar", "Call Mum and Dad"]);
});

test("a fifth task and exercise make the day one of the streak; the better per cent follows the points", async () => {
	phone.put("daily_logs", { _id: "log-4", taskId: "task-4", date, status: "completed" });
	phone.put("exercise_definitions", { _id: "squat", pageId: "Legs", title: "Squat", type: "reps" });
	await phone.push("daily_logs");
	await phone.push("exercise_definitions");
	phone.put("exercise_logs", { _id: "sets-1", exerciseId: "squat", date,
		sets: [{ reps: 8, weight: 40 }, { reps: 8, weight: 45 }] });
	await phone.push("exercise_logs");
	await phone.notify();
	assert.equal(await desk.poll(), true);
	const { streakData, specialTasks, totalPoints, betterPercent } = desk.seen;
	assert.deepEqual([streakData.currentStreak, streakData.todayValid, streakData.todayHasExercise],
		[1, true, true]);
	assert.deepEqual(streakData.reachedMilestones, [{ days: 1, points: 5, label: "1 day" }]);
	assert.deepEqual(streakData.nextTarget, { days: 3, points: 15, label: "3 days" });
	assert.deepEqual(specialTasks.map((one) => [one.type, one.completed]), [["health", true], ["books", false]]);
	assert.deepEqual([totalPoints, betterPercent], [25 + 5 + 25, 0]);
});

test("it is the same routine in Daybook itself, with who did what", async () => {
	const { points: native, streak } = answered(await rosa.get("/api/reports/routine/today"));
	assert.deepEqual([native.total, streak.current], [points(await phone.home), 1]);
	const { auditLogs } = answered(await rosa.get("/api/audit?collection=taskLogs"));
	assert.ok(auditLogs.length >= 5);
	assert.deepEqual([...new Set(auditLogs.map((row) => row.changed_by))], ["rosa"]);
});

test("without the setting origins no page elsewhere may read anything, or ask first", async () => {
	const headers = { Origin: "https://elsewhere.example.org", "Access-Control-Request-Method": "POST" };
	for (const base of [url, `${stack.url}/compat/routines`, `${stack.url}/compat/cars`,
		`${stack.url}/compat/expenses`])
		for (const [method, address, body] of [
			["OPTIONS", "/api/home"], ["GET", "/api/home"], ["GET", "/api/nothing"],
			["POST", "/api/login", {}], ["POST", "/api/rxdb/push", Buffer.alloc(2 << 20, 0x20)],
		]) {
			const answer = await send({ url: base + address, method, body, headers });
			assert.deepEqual(Object.keys(answer.headers).filter((name) =>
				/^access-control-allow-(origin|credentials)$/.test(name)), [],
					`${method} ${base}${address}`);
		}
});

test("no response was a 5xx", async () => {
	assert.deepEqual(await stack.faults(), []);
});
