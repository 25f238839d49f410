// Ways in which an earlier routine tracker lost people's work or told its devices nothing, as far as a server can cause
// or prevent them: numbered as its failures were.  What a client alone causes is not here.
import { test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { send } from "../lib/http.mjs";
import { RoutineDevice } from "../lib/routines.mjs";

const stack = await start();
const { as, sql } = stack;
const BASE = `${stack.url}/compat/routines`;
let people = 0;

// Somebody new with two devices, and a task of theirs on both.
async function pair(task = { title: "Run", domainId: "health", basePoints: 4 }) {
	const person = await as(`q${++people}`).ready();
	const [a, b] = await Promise.all(["phone", "desk"].map((name) =>
		new RoutineDevice(BASE, name).signIn(person)));

	a.put("tasks", { _id: "t", ...task });
	await a.sync("tasks");
	await b.sync("tasks");
	return { person, a, b };
}

const todayOf = async (person) => answered(await person.get("/api/reports/routine/today")).date;
const dayAfter = (date, n) => new Date(Date.parse(`${date}T00:00:00Z`) + n * 86_400_000).toISOString().slice(0, 10);
const logs = async (person) => answered(await person.get("/api/taskLogs")).taskLogs;
const task = async (person) => answered(await person.get("/api/tasks/t")).task;

test("C4.1: a device is known from its first question on, and is told of the first change", async () => {
	const { person, a, b } = await pair();
	assert.equal(await b.poll(), true);
	assert.equal(await b.poll(), false);
	a.put("daily_logs", { _id: "l", taskId: "t", date: await todayOf(person), status: "completed" });
	await a.push("daily_logs");
	await a.notify();
	assert.equal(await b.poll(), true);
	assert.deepEqual([b.seen.incompleteTasks, b.seen.totalPoints], [[], 4]);
	assert.equal(await b.poll(), false);
});

test("C4.1: also a device that nobody has ever marked, and without any notify-change", async () => {
	const { a, b } = await pair();
	await b.poll();
	a.put("tasks", { _id: "t2", title: "Read", domainId: "learning" });
	await a.push("tasks");
	assert.equal(await b.poll(), true);
	assert.equal(b.seen.incompleteTasks.length, 2);
	const c = new RoutineDevice(BASE, "new-one", { token: b.token });
	assert.equal(await c.poll(), true);
});

test("C4.2: a change between a device's reading and its mark-synced is told again", async () => {
	const { a, b } = await pair();
	await b.poll();
	a.put("tasks", { _id: "t2", title: "Read", domainId: "learning" });
	await a.push("tasks");
	const { needsUpdate } = await b.must("GET", `/api/sync/check-update?deviceId=${b.name}`);
	assert.equal(needsUpdate, true);
	await b.home;
	a.put("tasks", { _id: "t3", title: "Write", domainId: "career" });
	await a.push("tasks");
	await a.notify();
	await b.must("POST", "/api/sync/mark-synced", { deviceId: b.name });
	assert.equal(await b.poll(), true, "what came in between is not lost");
	assert.equal(b.seen.incompleteTasks.length, 3);
	assert.equal(await b.poll(), false);
});

test("C4.2: nobody marks the devices of somebody else", async () => {
	const one = await pair(), other = await pair();
	await one.b.poll();
	await other.a.must("POST", "/api/sync/mark-update", { deviceId: one.b.name });
	await other.a.must("POST", "/api/sync/notify-change", { sourceDeviceId: "x" });
	assert.equal(await one.b.poll(), false);
	await one.a.must("POST", "/api/sync/mark-update", { deviceId: one.b.name });
	assert.equal(await one.b.poll(), true);
});

test("C4.3: what a device pulls has every member that its database indexes, tombstones too", async () => {
	const { person, a, b } = await pair();
	a.put("daily_logs", { _id: "l", taskId: "t", date: await todayOf(person), status: "completed" });
	await a.push("daily_logs");
	a.remove("tasks", "t");
	await a.push("tasks");
	for (const doc of await b.pull("tasks"))
		for (const [member, type] of [
			["title", "string"], ["domainId", "string"], ["isActive", "boolean"], ["updatedAt", "string"],
		])
			assert.equal(typeof doc[member], type, member);
	for (const doc of await b.pull("daily_logs"))
		for (const member of ["taskId", "date", "status", "updatedAt"])
			assert.equal(typeof doc[member], "string", member);
});

test("C4.4: a delete right after an edit is one, though the server wrote a time of its own", async () => {
	const { person, a, b } = await pair();
	a.put("tasks", { _id: "t", title: "Run far" });
	assert.deepEqual((await a.push("tasks")).conflicts, []);
	a.put("tasks", { _id: "t", title: "Run farther" });
	assert.deepEqual((await a.push("tasks")).conflicts, []);
	a.remove("tasks", "t");
	assert.deepEqual(await a.push("tasks"), { ok: true, conflicts: [], errors: [] });
	assert.equal((await person.get("/api/tasks/t")).status, 404);
	await b.pull("tasks");
	assert.equal(b.get("tasks", "t"), undefined, "the other device is told");
});

test("C4.4: an edit of what another device has deleted brings nothing back, and says so", async () => {
	const { person, a, b } = await pair();
	a.remove("tasks", "t");
	await a.push("tasks");
	b.put("tasks", { _id: "t", title: "Walk" });
	const answer = await b.push("tasks");
	assert.deepEqual([answer.conflicts.length, answer.conflicts[0]._id, answer.conflicts[0]._deleted],
		[1, "t", true]);
	assert.equal(b.get("tasks", "t"), undefined);
	assert.equal((await person.get("/api/tasks/t")).status, 404);
});

test("C4.4: a delete of what another device has changed meanwhile is a conflict, not a loss", async () => {
	const { person, a, b } = await pair();
	a.put("tasks", { _id: "t", title: "Run far" });
	await a.push("tasks");
	b.remove("tasks", "t");
	const answer = await b.push("tasks");
	assert.equal(answer.conflicts[0].title, "Run far");
	assert.equal((await task(person)).title, "Run far");
	b.remove("tasks", "t");
	assert.deepEqual((await b.push("tasks")).conflicts, []);
	assert.equal((await person.get("/api/tasks/t")).status, 404);
});

test("C4.4: two devices that complete the same task offline make one log, and both end with it", async () => {
	const { person, a, b } = await pair();
	const date = await todayOf(person);
	for (const [device, _id] of [[a, "log-of-a"], [b, "log-of-b"]])
		device.put("daily_logs", { _id, taskId: "t", date, status: "completed", pointsEarned: 4 });
	for (const device of [a, b])
		assert.deepEqual((await device.push("daily_logs")).errors, []);
	const [one, ...more] = await logs(person);
	assert.deepEqual([one.status, one.points, more], ["completed", 4, []]);
	for (const device of [a, b]) {
		await device.pull("daily_logs");
		assert.deepEqual(device.all("daily_logs").map((doc) => [doc._id, doc.status, doc.pointsEarned]),
			[[one.id, "completed", 4]]);
	}
	assert.equal((await a.home).totalPoints, 4);
});

test("C4.4: the same at one moment, many times", async () => {
	const { person, a, b } = await pair();
	const date = await todayOf(person);
	for (let round = 0; round < 10; round++) {
		for (const device of [a, b])
			device.put("daily_logs", { _id: `${device.name}-${round}`, taskId: "t", date,
				status: "completed" });
		await Promise.all([a, b].map((device) => device.push("daily_logs")));
		const all = await logs(person);
		assert.deepEqual(all.map((one) => one.status), ["completed"]);
		await Promise.all([a, b].map((device) => device.pull("daily_logs")));
		a.remove("daily_logs", all[0].id);
		await a.push("daily_logs");
		await b.pull("daily_logs");
		assert.deepEqual([await logs(person), b.all("daily_logs")], [[], []]);
	}
});

test("C4.4: a document that is refused is answered, and the device ends with what the server has", async () => {
	const { person, a } = await pair();
	a.put("tasks", { _id: "t", title: "x".repeat(300) });
	a.put("tasks", { _id: "t2", title: "Read", domainId: "nowhere" });
	a.put("tasks", { _id: "t3", title: "Fine", domainId: "social" });
	const answer = await a.push("tasks");
	assert.equal(answer.ok, false);
	assert.deepEqual(answer.errors.map((one) => one._id), ["t", "t2"]);
	assert.deepEqual([a.get("tasks", "t").title, a.get("tasks", "t2")], ["Run", undefined]);
	assert.equal((await task(person)).title, "Run");
	assert.equal(answered(await person.get("/api/tasks/t3")).task.domain, "social");
});

test("C4.4: a second weight of one day is not written over the first unseen", async () => {
	const { person, a, b } = await pair();
	const date = await todayOf(person);
	a.put("weight_logs", { _id: "wa", date, weight: 70 });
	await a.push("weight_logs");
	b.put("weight_logs", { _id: "wb", date, weight: 71 });
	const answer = await b.push("weight_logs");
	assert.deepEqual([answer.ok, answer.errors[0]._id, answer.conflicts[0]._deleted], [false, "wb", true]);
	await b.pull("weight_logs");
	const [seen] = b.all("weight_logs");
	assert.equal(seen.weight, 70);
	b.put("weight_logs", { _id: seen._id, weight: 71 });
	assert.equal((await b.push("weight_logs")).ok, true);
	assert.deepEqual(answered(await person.get("/api/weights")).weights.map((one) => one.kg), [71]);
});

test("C4.5: no clock decides: one that is a year behind is taken, one a year ahead overwrites nothing", async () => {
	const { person, a, b } = await pair();
	a.clock = Date.now() - 365 * 86_400_000;
	b.clock = Date.now() + 365 * 86_400_000;
	a.put("tasks", { _id: "t", title: "From behind" });
	assert.deepEqual((await a.push("tasks")).conflicts, []);
	b.put("tasks", { _id: "t", title: "From ahead" });
	assert.equal((await b.push("tasks")).conflicts[0].title, "From behind");
	assert.equal((await task(person)).title, "From behind");
	b.put("tasks", { _id: "t", title: "From ahead, having seen" });
	assert.deepEqual((await b.push("tasks")).conflicts, []);
	assert.equal((await task(person)).title, "From ahead, having seen");
});

test("C4.5: what two devices change in different members is kept of both", async () => {
	const { person, a, b } = await pair();
	a.put("tasks", { _id: "t", title: "Run far" });
	a.put("tasks", { _id: "t", basePoints: 9 });
	await a.push("tasks");
	b.put("tasks", { _id: "t", timeOfDay: "night" });
	assert.deepEqual((await b.push("tasks")).conflicts, []);
	const { title, points, timeOfDay } = await task(person);
	assert.deepEqual([title, points, timeOfDay], ["Run far", 9, "night"]);
	a.put("tasks", { _id: "t", mustDo: true });
	assert.deepEqual((await a.push("tasks")).conflicts, [], "after its own edit and another's");
	await a.pull("tasks");
	await b.pull("tasks");
	for (const member of ["title", "basePoints", "timeOfDay", "mustDo"])
		assert.deepEqual(a.get("tasks", "t")[member], b.get("tasks", "t")[member], member);
});

test("C4.6: nothing is skipped that was written in one millisecond, or while a device reads", async () => {
	const { person, a, b } = await pair();
	for (let i = 0; i < 30; i++)
		a.put("tasks", { _id: `m${i}`, title: `M${i}`, domainId: "health" });
	await a.push("tasks");
	await sql(`UPDATE record SET updated_at = '2026-01-01' WHERE space_id = '${person.home}'`);
	const seen = new Set((await b.pull("tasks", 7)).map((doc) => doc._id));
	assert.equal(seen.size, 30);
	let writing = true;
	const writers = Promise.all(["x", "y", "z"].map(async (name) => {
		for (let i = 0; i < 15; i++)
			answered(await person.post("/api/tasks", { id: `${name}${i}`, title: name }), 201);
	})).finally(() => (writing = false));
	while (writing)
		await b.pull("tasks", 4);
	await writers;
	await b.pull("tasks", 4);
	assert.equal(b.all("tasks").length, 1 + 30 + 45);
});

test("C4.7: a log says what is, so two who tap the same stale task agree, and nothing flips back", async () => {
	const { person, a, b } = await pair();
	const date = await todayOf(person);
	a.put("daily_logs", { _id: "la", taskId: "t", date, status: "completed" });
	await a.push("daily_logs");
	b.put("daily_logs", { _id: "lb", taskId: "t", date, status: "completed" });
	await b.push("daily_logs");
	assert.deepEqual((await logs(person)).map((one) => one.status), ["completed"]);
	await a.pull("daily_logs");
	const [log] = a.all("daily_logs");
	a.remove("daily_logs", log._id);
	await a.push("daily_logs");
	assert.equal((await a.home).totalPoints, 0);
	a.put("daily_logs", { _id: "again", taskId: "t", date, status: "skipped" });
	assert.equal((await a.push("daily_logs")).ok, true);
	assert.deepEqual((await logs(person)).map((one) => one.status), ["skipped"]);
});

test("C4.7: a log has the day that it names, whenever it comes", async () => {
	const { person, a } = await pair();
	const yesterday = dayAfter(await todayOf(person), -1);
	a.put("daily_logs", { _id: "l", taskId: "t", date: yesterday, status: "completed" });
	await a.push("daily_logs");
	assert.deepEqual((await logs(person)).map((one) => one.date), [yesterday]);
});

test("C4.8: an instant is the day that it is for the person, by their zone and the hour their day begins", async () => {
	const { person, a } = await pair();
	const settings = answered(await person.get("/api/spaceSettings")).spaceSettings[0];
	const set = settings === undefined
		? await person.post("/api/spaceSettings", { zone: "Asia/Kolkata" })
		: await person.patch(`/api/spaceSettings/${settings.id}`, { zone: "Asia/Kolkata" });
	assert.ok([200, 201].includes(set.status), set.text);
	const days = async () => answered(await person.get("/api/weights")).weights.map((one) => one.date).sort();
	// 01:30 in Kolkata on the 22nd is 20:00 UTC on the 21st.
	a.put("weight_logs", { _id: "w1", date: "2026-11-21T20:00:00.000Z", weight: 70 });
	a.put("weight_logs", { _id: "w2", date: "2026-11-20T18:30:00.000Z", weight: 71 }); // midnight of the 21st
	await a.push("weight_logs");
	assert.deepEqual([a.errors, await days()], [[], ["2026-11-21", "2026-11-22"]]);
	await a.pull("weight_logs");
	assert.deepEqual(a.all("weight_logs").map((doc) => doc.date).sort(),
		["2026-11-20T18:30:00.000Z", "2026-11-21T18:30:00.000Z"]);
	answered(await person.post("/api/routineSettings", { dayBegins: 4 }), 201);
	a.put("weight_logs", { _id: "w3", date: "2026-11-24T20:00:00.000Z", weight: 72 });
	await a.push("weight_logs");
	assert.deepEqual([a.errors, await days()], [[], ["2026-11-21", "2026-11-22", "2026-11-24"]]);
});

test("C4.9: what comes late for a past day counts for that day and all after it, and undo takes it back", async () => {
	const { person, a } = await pair();
	const date = await todayOf(person);
	const day = (n) => dayAfter(date, n);
	for (let i = 0; i < 5; i++)
		a.put("tasks", { _id: `s${i}`, title: `S${i}`, domainId: "discipline", basePoints: 1 });
	a.put("exercise_definitions", { _id: "e", title: "Squat", pageId: "Legs" });
	await a.push("tasks");
	await a.push("exercise_definitions");
	const fill = async (n) => {
		for (let i = 0; i < 5; i++)
			a.put("daily_logs", { _id: `l${n}-${i}`, taskId: `s${i}`, date: day(n), status: "completed" });
		a.put("exercise_logs", { _id: `x${n}`, exerciseId: "e", date: day(n), sets: [{ reps: 5 }] });
		await a.push("daily_logs");
		await a.push("exercise_logs");
	};
	await fill(-3);
	await fill(-1);
	assert.equal((await a.home).streakData.currentStreak, 1);
	await fill(-2);
	const home = await a.home;
	assert.deepEqual([home.streakData.currentStreak, home.streakData.longestStreak], [3, 3]);
	assert.equal(home.streakData.totalStreakPoints, 5 + 15, "each milestone once a run");
	assert.equal(home.totalPoints, 15 + 20 + 3 * 25);
	await a.pull("daily_logs");
	const gone = a.all("daily_logs").find((doc) => doc.taskId === "s0" && doc.date.startsWith(day(-2)));
	a.remove("daily_logs", gone._id);
	await a.push("daily_logs");
	const after = await a.home;
	assert.deepEqual([after.streakData.currentStreak, after.streakData.totalStreakPoints], [1, 10]);
	assert.deepEqual(a.errors, []);
});

test("C4.10: a push that is sent again, because its answer was lost, changes nothing", async () => {
	const { person, a } = await pair();
	const date = await todayOf(person);
	const body = { collection: "daily_logs", docs: [{ _id: "l", taskId: "t", date, status: "completed" }] };
	assert.equal((await a.must("POST", "/api/rxdb/push", body)).ok, true);
	const head = await stack.head(person.home);
	assert.equal((await a.must("POST", "/api/rxdb/push", body)).ok, true);
	assert.equal((await logs(person)).length, 1);
	const edit = { collection: "tasks", docs: [{ ...a.get("tasks", "t"), title: "Run far" }] };
	await a.must("POST", "/api/rxdb/push", edit);
	assert.deepEqual(await a.must("POST", "/api/rxdb/push", edit), { ok: true, conflicts: [], errors: [] });
	assert.equal(await stack.head(person.home), head + 1);
});

test("C4.10: a refusal says what is wrong, in words, and with a status that tells whether to try again", async () => {
	const { a } = await pair();
	const answer = await a.ask("POST", "/api/rxdb/push", "{");
	assert.equal(answer.status, 400);
	assert.match(answer.body.error, /\.$/);
	const out = await send({ url: `${BASE}/api/home` });
	assert.deepEqual([out.status, Object.keys(out.body)], [401, ["error"]]);
});

test("no response was a 5xx", async () => {
	assert.deepEqual(await stack.faults(), []);
});
