// Ways in which an earlier tracker of package cars lost people's work, as far as a server can cause or prevent them.
// Writes at the same time and stale edits are in failures.test.mjs.  What a client does about late edits and caches is
// in the tests of the web app's engine.
import { test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { CSV, crew } from "../lib/crew.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";

const stack = await start();
const { sql } = stack;

const yard = (...cars) => crew(stack, { anna: "owner", ben: "member" }, cars);

test("three offline edits of one car, each on the version of the response before, are all applied", async () => {
	const { ben } = await yard("1");
	let base = 1;
	for (const [op, set] of [["a", { arrived: true }], ["b", { empty: true }], ["c", { location: "200" }]]) {
		const [result] = outcomes(await ben.push([{ op, collection: "cars", id: "1", base, set }]), "applied");
		base = result.version;
	}
	answered(await ben.get("/api/cars/1"), 200,
		{ car: { arrived: true, empty: true, location: "200", version: 4 } });
});

test("the same three on one old base: other fields merge, nothing vanishes silently", async () => {
	const { ben } = await yard("1");
	for (const [op, set, status] of [
		["a", { arrived: true }, "applied"],
		["b", { location: "200" }, "merged"],
		["c", { arrived: false }, "conflict"],
	])
		outcomes(await ben.push([{ op, collection: "cars", id: "1", base: 1, set }]), status);
	answered(await ben.get("/api/cars/1"), 200, { car: { arrived: true, location: "200" } });
});

test("an edit that is sent long after it was made is applied, with its own instant", async () => {
	const { ben } = await yard("1");
	await sql("UPDATE record SET updated_at = updated_at - INTERVAL 2 HOUR WHERE collection = 'cars'");
	const at = new Date(Date.now() - 3_600_000).toISOString();
	outcomes(await ben.push([{ op: "old", collection: "cars", id: "1", base: 1, set: { arrived: true }, at }]),
		"applied");
	answered(await ben.get("/api/cars/1"), 200, { car: { arrivedAt: at } });
});

test("two tabs that send the same queue at the same time write once", async () => {
	const { ben, space } = await yard("1");
	const op = [{ op: "queued", collection: "cars", id: "1", base: 1, set: { arrived: true } }];
	const answers = await Promise.all([1, 2, 3, 4].map(() => ben.push(op)));
	assert.deepEqual(answers.map((answer) => answer.body.results[0].status).sort(),
		["applied", "duplicate", "duplicate", "duplicate"]);
	assert.equal(await stack.head(space), 2);
});

test("a body that changes no car is refused, not accepted silently", async () => {
	const { ben } = await yard("1");
	refused(await ben.put("/api/cars/1", { id: "1", updates: { arrived: true }, version: 1 }), 400);
	answered(await ben.get("/api/cars/1"), 200, { car: { version: 1 } });
});

test("an import of new cars keeps flags, reads quotes, reports every bad row, is all or nothing", async () => {
	const { anna } = await yard();
	const send = (text, query = "") => anna.post(`/api/cars/import${query}`, text, CSV);
	answered(await send("id,location,arrived,late,notes\n1,100,true,false,\"a, \"\"b\"\"\"\n2,200,no,yes,\n"));
	answered(await anna.get("/api/cars/1"), 200, { car: { arrived: true, notes: "a, \"b\"" } });
	answered(await anna.get("/api/cars/2"), 200, { car: { late: true } });
	const before = answered(await anna.get("/api/cars")).cars.length;
	refused(await send("id,location\n3,100\n4,On Site\n5,Moon\n"), 400);
	assert.equal(answered(await anna.get("/api/cars")).cars.length, before);
});

test("after a reset the next toggle is applied, and one from before is a conflict that says why", async () => {
	const { anna, ben } = await yard("1");
	answered(await anna.post("/api/cars/reset"));
	const refusal = refused(await ben.put("/api/cars/1", { arrived: true, expectedVersion: 1 }), 409,
		{ currentVersion: 2, current: { arrived: false } });
	assert.match(refusal.detail, /reset/);
	answered(await ben.put("/api/cars/1", { location: "100", expectedVersion: 1 }), 200, { merged: true });
	answered(await ben.put("/api/cars/1", { arrived: true, expectedVersion: refusal.currentVersion + 1 }));
});

test("no toggle is lost between the snapshot of an end and its reset", async () => {
	const { anna, ben } = await yard(...Array.from({ length: 10 }, (_, i) => `c${i}`));
	for (let round = 0; round < 10; round++) {
		const { shift } = answered(await anna.post("/api/shifts/start"), 201);
		const [end, ...toggles] = await Promise.all([
			anna.post(`/api/shifts/${shift.id}/end`),
			...Array.from({ length: 10 }, (_, i) => ben.patch(`/api/cars/c${i}`, { arrived: true })),
		]);
		const arrived = new Set(answered(end).shift.snapshot.filter((car) => car.arrived).map((car) => car.id));
		for (const toggle of toggles)
			answered(toggle);
		for (const car of answered(await anna.get("/api/cars"), 200, { cars: { $length: 10 } }).cars)
			assert.notEqual(car.arrived, arrived.has(car.id),
				`${car.id} of round ${round} is in one of the two, and only in one`);
		answered(await anna.post("/api/cars/reset"));
	}
});

test("twenty devices at one address may poll every second", async () => {
	const { anna } = await yard("1");
	const answers = await Promise.all(Array.from({ length: 300 }, () => anna.get("/api/sync/changes")));
	assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [200]);
});

test("a client that keeps reporting stays in the count, in one row", async () => {
	const { ben, anna, space } = await yard();
	for (let i = 0; i < 5; i++) {
		answered(await ben.post("/api/presence"));
		await sql(`UPDATE presence SET last_at = last_at - INTERVAL 4 MINUTE,
			started_at = started_at - INTERVAL 4 MINUTE WHERE space_id = '${space.id}'`);
	}
	answered(await anna.get("/api/presence"), 200, { activeUsers: 1 });
	assert.equal((await sql(`SELECT COUNT(*) AS n FROM presence WHERE space_id = '${space.id}'`))[0].n, "1");
});

test("no response of the API may be cached", async () => {
	const { anna } = await yard("1");
	for (const path of ["/api/cars", "/api/cars/1", "/api/shifts", "/api/sync/changes", "/api/presence"])
		assert.equal((await anna.get(path)).headers["cache-control"], "no-store");
});
