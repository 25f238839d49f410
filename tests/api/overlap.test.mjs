// Hours that lie in the future, and hours of one person that lie over each other: what each path takes and refuses.
// The cases with fixed instants are tests/fixtures/rules/work-session.json and work-overlap.json.
import { test } from "node:test";
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { start } from "../harness.mjs";
import { CSV, crew } from "../lib/crew.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";

const stack = await start();
const MINUTE = 60_000, HOUR = 60 * MINUTE;

const from = (ms) => new Date(Date.now() + ms).toISOString();
const on = (time) => `2026-11-20T${time}:00.000Z`;

async function fresh(overlap) {
	const people = await crew(stack, { olga: "owner", mia: "manager", ben: "member" });
	if (overlap)
		answered(await people.olga.post("/api/spaceSettings", { overlap }), 201);
	return people;
}

const create = (set, id = randomUUID()) => ({ op: randomUUID(), collection: "workSessions", id, base: 0, set });
const change = (id, base, set) => ({ op: randomUUID(), collection: "workSessions", id, base, set });
const resultsOf = async (person, ops) => answered(await person.push(ops)).results;

test("FH4: an end some minutes ahead is a clock that differs, a later one is refused on every path", async () => {
	const { mia, ben } = await fresh();
	const ahead = { start: from(-HOUR), end: from(HOUR) };
	answered(await ben.post("/api/workSessions", { start: from(-HOUR), end: from(4 * MINUTE) }), 201);
	refused(await ben.post("/api/workSessions", ahead), 400, { field: "end" });
	refused(await ben.post("/api/workSessions", { start: ahead.start, duration: 7200 }), 400,
		{ field: "duration" });
	refused(await ben.post("/api/workSessions", { start: from(HOUR) }), 400, { field: "start" });
	answered(await ben.post("/api/workSessions", { start: from(4 * MINUTE) }), 201);
	const [pushed, timer] = await resultsOf(ben, [create(ahead), create({ start: from(-HOUR) })]);
	assert.deepEqual([pushed.status, pushed.problem.field], ["rejected", "end"]);
	assert.equal(timer.status, "applied");
	refused(await ben.patch(`/api/workSessions/${timer.record.id}`, { end: from(23 * HOUR) }), 400,
		{ field: "end" });
	const file = `start,end\n${ahead.start},${ahead.end}\n`;
	assert.equal(refused(await ben.post("/api/workSessions/import", file, CSV), 400).errors[0].field, "end");
	answered(await mia.post("/api/schedules", { start: from(HOUR), end: from(2 * HOUR) }), 201);
});

test("an end that was stored as a future one before does not lock its session", async () => {
	const { ben } = await fresh();
	const { workSession: { id, end } } = answered(await ben.post("/api/workSessions",
		{ start: from(-HOUR), end: from(-MINUTE) }), 201);
	await stack.sql(`UPDATE record SET doc = REPLACE(doc, '${end}', '${from(HOUR)}') WHERE doc LIKE '%${end}%'`);
	const stored = answered(await ben.get(`/api/workSessions/${id}`)).workSession;
	assert.ok(Date.parse(stored.end) > Date.now());
	answered(await ben.patch(`/api/workSessions/${id}`, { note: "roof" }));
	refused(await ben.patch(`/api/workSessions/${id}`, { end: from(2 * HOUR) }), 400, { field: "end" });
});

test("FH6: a refusal says which entry is in the way", async () => {
	const { ben } = await fresh("refuse");
	const { workSession } = answered(await ben.post("/api/workSessions",
		{ start: on("08:00"), end: on("12:00") }), 201);
	refused(await ben.post("/api/workSessions", { start: on("10:00"), end: on("14:00") }), 409, {
		type: "/problems/overlap", field: "start",
		overlaps: { id: workSession.id, start: on("08:00"), end: on("12:00") },
	});
	const [result] = await resultsOf(ben, [create({ start: on("10:00"), end: on("14:00") })]);
	assert.equal(result.status, "rejected");
	assert.equal(result.problem.overlaps.id, workSession.id);
});

test("FH6: between the ops of one push, and the rows of one file, dry or not", async () => {
	const { ben } = await fresh("refuse");
	const results = await resultsOf(ben, [
		create({ start: on("08:00"), end: on("12:00") }), create({ start: on("10:00"), end: on("14:00") }),
		create({ start: on("12:00"), end: on("13:00") }),
	]);
	assert.deepEqual(results.map(({ status }) => status), ["applied", "rejected", "applied"]);
	const file = "start,end,note\n2026-11-18T08:00:00Z,2026-11-18T12:00:00Z,a\n" +
		"2026-11-18T23:00:00Z,2026-11-19T02:00:00Z,b\n2026-11-19T01:00:00Z,2026-11-19T03:00:00Z,c\n" +
		"2026-11-18T12:00:00Z,2026-11-18T13:00:00Z,d\n2026-11-20T11:00:00Z,2026-11-20T11:30:00Z,e\n";
	for (const query of ["?dryRun=1", "?dryRun=1&skipBad=1"]) {
		const dry = answered(await ben.post(`/api/workSessions/import${query}`, file, CSV), 200, { bad: 2 });
		assert.deepEqual(dry.errors.map(({ row, field }) => [row, field]), [[3, "start"], [5, "start"]]);
	}
	answered(await ben.post("/api/workSessions/import?skipBad=1", file, CSV), 200, { bad: 2, created: 3 });
	answered(await ben.post("/api/workSessions/import?skipBad=1", file, CSV), 200, { bad: 2, created: 0 });
});

test("FH6: a row that names an entry of before may move within its own time", async () => {
	const { ben } = await fresh("refuse");
	answered(await ben.post("/api/workSessions", { id: "s1", start: on("08:00"), end: on("12:00") }), 201);
	const file = `id,start,end\ns1,${on("09:00")},${on("13:00")}\n`;
	answered(await ben.post("/api/workSessions/import?dryRun=1", file, CSV), 200, { updated: 1, bad: 0 });
	answered(await ben.post("/api/workSessions/import", file, CSV), 200, { updated: 1, bad: 0 });
});

test("FH6: a timer that runs is open-ended; a forgotten one is in nobody's way", async () => {
	const { ben } = await fresh("refuse");
	const { workSession: { id } } = answered(await ben.post("/api/workSessions", { start: from(-2 * HOUR) }), 201);
	refused(await ben.post("/api/workSessions", { start: from(0) }), 409, { overlaps: { id } });
	answered(await ben.post("/api/workSessions", { start: from(0), kind: "lunch" }), 201);
	answered(await ben.post("/api/workSessions", { start: from(-4 * HOUR), end: from(-3 * HOUR) }), 201);
	answered(await ben.patch(`/api/workSessions/${id}`, { end: from(-HOUR) }));
	refused(await ben.post("/api/workSessions", { start: from(-2 * HOUR) }), 409, { overlaps: { id } });
	answered(await ben.post("/api/workSessions", { start: from(-HOUR + MINUTE) }), 201);
	answered(await ben.post("/api/workSessions", { start: from(-90 * HOUR) }), 201);
	answered(await ben.post("/api/workSessions", { start: from(-80 * HOUR), end: from(-79 * HOUR) }), 201);
});

test("FH6: hours that overlapped before the space refused it can be stopped, shortened and kept", async () => {
	const { olga, ben } = await fresh("warn");
	const runs = answered(await ben.post("/api/workSessions", { start: from(-3 * HOUR) }), 201).workSession;
	answered(await ben.post("/api/workSessions", { start: from(-2 * HOUR) }), 201);
	answered(await olga.patch("/api/spaceSettings/settings", { overlap: "refuse" }));
	answered(await ben.patch(`/api/workSessions/${runs.id}`, { end: from(0) }));
	answered(await ben.patch(`/api/workSessions/${runs.id}`, { note: "roof" }));
	answered(await ben.patch(`/api/workSessions/${runs.id}`, { start: from(-2.5 * HOUR) }));
	refused(await ben.patch(`/api/workSessions/${runs.id}`, { start: from(-4 * HOUR) }), 409, { field: "start" });
});

test("FH6: what comes back, and what is handed to another person, is judged too", async () => {
	const { mia, ben } = await fresh("refuse");
	answered(await ben.post("/api/workSessions", { id: "s1", start: on("08:00"), end: on("12:00") }), 201);
	answered(await ben.delete("/api/workSessions/s1"));
	answered(await ben.post("/api/workSessions", { id: "s2", start: on("10:00"), end: on("14:00") }), 201);
	refused(await ben.post("/api/workSessions/s1/restore", { version: 1 }), 409, { type: "/problems/overlap" });
	answered(await mia.post("/api/workSessions", { id: "s3", start: on("13:00"), end: on("15:00") }), 201);
	refused(await mia.patch("/api/workSessions/s3", { owner: ben.id }), 409, { type: "/problems/overlap" });
});

test("FH6: of two that come at once, one is written", async () => {
	const { ben } = await fresh("refuse");
	const answers = await Promise.all([1, 2, 3, 4].map((n) => ben.post("/api/workSessions",
		{ start: on("08:00"), end: on("12:00"), note: String(n) })));
	assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409, 409]);
});

test("FH6: a look-up for each op is the price of the refusal, and nobody else pays it", async () => {
	const counted = async (overlap) => {
		const { ben } = await fresh(overlap);
		const before = await selects();
		outcomes(await ben.push(Array.from({ length: 40 }, (_, n) =>
			create({ start: on(`08:${10 + n}`), duration: 60 }))), ...Array(40).fill("applied"));
		return await selects() - before;
	};
	const selects = async () =>
		Number((await stack.sql("SHOW GLOBAL STATUS LIKE 'Com_select'"))[0].Value);
	const [warn, refuse] = [await counted("warn"), await counted("refuse")];
	assert.ok(warn < 40, String(warn));
	assert.ok(refuse >= 40, String(refuse));
});
