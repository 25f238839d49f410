// Presence: who is at work in a space.  Usage: which features they use there.
import { test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { crew } from "../lib/crew.mjs";
import { answered, refused } from "../lib/expect.mjs";

const stack = await start();
const { as, sql } = stack;

const yard = () => crew(stack, { anna: "owner", ben: "member", vera: "viewer" });

const about = async (person) => answered(await person.get("/api/presence"));

test("a device that reports is present for five minutes, in one row however often it reports", async () => {
	const { anna, ben, vera, space } = await yard();
	assert.deepEqual(await about(vera), { activeUsers: 0, people: [] });
	const phone = ben.with({ "X-Device-Id": "phone" }), scanner = ben.with({ "X-Device-Id": "scanner" });
	const first = answered(await phone.post("/api/presence", { deviceInfo: "A phone" }), 200, { active: true });
	for (let i = 0; i < 20; i++)
		assert.equal(answered(await phone.post("/api/presence")).startedAt, first.startedAt);
	answered(await scanner.post("/api/presence"));
	answered(await vera.post("/api/presence"));
	const now = await about(anna);
	assert.equal(now.activeUsers, 2);
	assert.deepEqual(now.people.map((one) => [one.name, one.clients]).sort(), [["ben", 2], ["vera", 1]]);
	const [{ n }] = await sql(`SELECT COUNT(*) AS n FROM presence WHERE space_id = '${space.id}'`);
	assert.equal(n, "3");
	answered(await phone.post("/api/presence", { end: true }), 200, { active: false });
	answered(await phone.post("/api/presence", { end: true }), 200, { active: false });
	assert.equal((await about(anna)).people.find((one) => one.name === "ben").clients, 1);
	await sql(`UPDATE presence SET last_at = last_at - INTERVAL 6 MINUTE WHERE space_id = '${space.id}'`);
	assert.equal((await about(anna)).activeUsers, 0);
	assert.notEqual(answered(await scanner.post("/api/presence")).startedAt, first.startedAt);
});

test("presence refuses other spaces, strangers and malformed reports", async () => {
	const { anna, space } = await yard(), other = await yard();
	answered(await anna.post("/api/presence"));
	assert.equal((await about(other.anna)).activeUsers, 0);
	refused(await as("otto").in(space).get("/api/presence"), 404);
	refused(await as("otto").in(space).post("/api/presence", {}), 404);
	refused(await anna.post("/api/presence", { user: "x" }), 400);
	refused(await anna.post("/api/presence", { deviceInfo: 7 }), 400);
	answered(await anna.post("/api/presence", { deviceInfo: "ü".repeat(300) }));
	const [{ length }] =
		await sql(`SELECT CHAR_LENGTH(device_info) AS length FROM presence WHERE space_id = '${space.id}'`);
	assert.equal(length, "255");
});

test("a removed member is no longer present, at once", async () => {
	const { anna, ben, space } = await yard();
	answered(await ben.post("/api/presence"));
	assert.equal((await about(anna)).activeUsers, 1);
	await sql(`DELETE FROM member WHERE space_id = '${space.id}' AND user_id = '${ben.id}'`);
	assert.deepEqual(await about(anna), { activeUsers: 0, people: [] });
});

test("usage is counted once, even if a report is sent again", async () => {
	const { anna, ben, vera } = await yard();
	const report = { events: [
		{ type: "arrivedToggles", count: 3 },
		{ type: "csvExports", count: 1, metadata: { rows: 43 } },
	] };
	answered(await ben.post("/api/usage", report, { "Idempotency-Key": "u1" }), 201, { eventsRecorded: 2 });
	answered(await ben.post("/api/usage", report, { "Idempotency-Key": "u1" }), 201, { eventsRecorded: 2 });
	answered(await anna.post("/api/usage", { events: [{ type: "arrivedToggles", count: 2 }] }), 201);
	assert.deepEqual(answered(await vera.get("/api/usage/stats")).stats,
		[{ type: "arrivedToggles", total: 5 }, { type: "csvExports", total: 1 }]);
	answered(await ben.post("/api/usage", {
		events: [{ type: "arrivedToggles", count: 3 }, { type: "csvExports", count: 4 }],
	}, { "Idempotency-Key": "u1" }), 201);
	assert.deepEqual(answered(await vera.get("/api/usage/stats")).stats, [
		{ type: "arrivedToggles", total: 5 }, { type: "csvExports", total: 5 },
	], "what is new under an old key is not lost");
	answered(await ben.post("/api/usage", {
		events: [{ type: "arrivedToggles", count: 1 }],
	}, { "Idempotency-Key": "u2" }), 201);
	const day = new Date().toISOString().slice(0, 10);
	assert.deepEqual(answered(await vera.get("/api/usage/stats?groupBy=day&period=30d&limit=1")).stats,
		[{ type: "arrivedToggles", total: 6, date: day }]);
	assert.match(answered(await vera.get("/api/usage/stats?groupBy=hour&period=7d")).stats[0].hour,
		/^\d{4}-\d\d-\d\dT\d\d:00:00\.000Z$/);
});

for (const [what, body] of [
	["no events", {}],
	["an empty list", { events: [] }],
	["too many", { events: Array(101).fill({ type: "a", count: 1 }) }],
	["a bad type", { events: [{ type: "a b", count: 1 }] }],
	["no count", { events: [{ type: "a" }] }],
	["a count of nothing", { events: [{ type: "a", count: 0 }] }],
	["a fraction", { events: [{ type: "a", count: 1.5 }] }],
	["an actor", { userId: "x", events: [{ type: "a", count: 1 }] }],
	["metadata that is no object", { events: [{ type: "a", count: 1, metadata: "x" }] }],
])
	test(`a report of usage with ${what} is refused whole`, async () => {
		const { anna } = await yard();
		refused(await anna.post("/api/usage", body), 400);
		assert.deepEqual(answered(await anna.get("/api/usage/stats")).stats, []);
	});

test("usage with unknown parameters is refused", async () => {
	const { anna } = await yard();
	refused(await anna.get("/api/usage/stats?groupBy=week"), 400);
	refused(await anna.get("/api/usage/stats?period=1y"), 400);
	refused(await anna.get("/api/usage/stats?limit=0"), 400);
});

test("presence and usage are deleted after the days in the space's settings", async () => {
	const { anna, space } = await yard(), other = await yard();
	answered(await anna.post("/api/spaceSettings", { retentionDays: 30 }), 201);
	for (const person of [anna, other.anna]) {
		answered(await person.post("/api/presence"));
		answered(await person.post("/api/usage", { events: [{ type: "a", count: 1 }] }), 201);
	}
	const both = `space_id IN ('${space.id}', '${other.space.id}')`;
	const left = async () => (await sql(`SELECT (SELECT COUNT(*) FROM presence WHERE ${both}) AS p,
		(SELECT COUNT(*) FROM usage_event WHERE ${both}) AS u`))[0];
	await stack.tidy(29);
	assert.deepEqual(await left(), { p: "2", u: "2" });
	await stack.tidy(31);
	assert.deepEqual(await left(), { p: "1", u: "1" });
	await stack.tidy(366);
	assert.deepEqual(await left(), { p: "0", u: "0" });
});
