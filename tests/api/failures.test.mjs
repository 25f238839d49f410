// Ways in which earlier trackers lost people's work, and what happens here: writes at the same time, stale edits,
// records of others, clocks that are wrong, devices without a cursor.  failures-fleet.test.mjs and
// failures-time.test.mjs have those of one area.
import { test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { crew } from "../lib/crew.mjs";
import { Device } from "../lib/device.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";

const stack = await start();
const { as, sql } = stack;

const fresh = (roles = { anna: "owner", ben: "member" }) => crew(stack, roles);

function tally(answers) {
	return answers.map((answer) => answer.status).sort();
}

test("the version check is atomic: of three PUTs with one expectedVersion one gets 200, 60 times", async () => {
	const { anna } = await fresh();
	answered(await anna.post("/api/cars", { id: "CAR1", location: "Yard" }), 201);
	for (let round = 0; round < 60; round++) {
		const answers = await Promise.all(["100", "200", "300"].map((location, i) =>
			anna.put("/api/cars/CAR1", {
				location: round % 2 ? location : ["400", "500", "600"][i], expectedVersion: round + 1,
			})));
		assert.deepEqual(tally(answers), [200, 409, 409], `round ${round}`);
	}
	answered(await anna.get("/api/cars/CAR1"), 200, { car: { version: 61 } });
});

test("three POSTs of one id at once: one 201, two 409, never a 500, forty rounds long", async () => {
	const { anna } = await fresh();
	for (let round = 0; round < 40; round++) {
		const answers = await Promise.all([1, 2, 3].map(() => anna.post("/api/cars", {
			id: `CAR${round}`, location: "Yard",
		})));
		assert.deepEqual(tally(answers), [201, 409, 409], `round ${round}`);
	}
});

test("an incremental client meets changes of one second, deletions and hard resets", async () => {
	const { anna } = await fresh();
	const ids = Array.from({ length: 30 }, (_, i) => `c${i}`);
	answered(await anna.push(ids.map((id) => ({
		op: id, collection: "cars", id, base: 0, set: { location: "100" },
	}))));
	const device = new Device(anna);
	await device.pull();
	assert.equal(device.records.size, 30);
	await Promise.all(ids.slice(0, 10).map((id) => anna.patch(`/api/cars/${id}`, { late: true })));
	await device.pull();
	await Promise.all(ids.map((id) => anna.delete(`/api/cars/${id}`)));
	await device.pull();
	assert.equal(device.records.size, 0);
});

test("a stale edit does not bring back a removed car", async () => {
	const { anna, ben } = await fresh();
	answered(await anna.post("/api/cars", { id: "CAR1", location: "100", notes: "keep" }), 201);
	answered(await anna.delete("/api/cars/CAR1"));
	refused(await ben.put("/api/cars/CAR1", { arrived: true, expectedVersion: 1 }), 404);
	refused(await ben.put("/api/cars/CAR1", { arrived: true }), 404);
	outcomes(await ben.push([{ op: "late", collection: "cars", id: "CAR1", base: 1, set: { arrived: true } }]),
		"conflict");
	refused(await anna.get("/api/cars/CAR1"), 404);
});

test("somebody else's record cannot be taken over by its id", async () => {
	const { ben, carl } = await fresh({ anna: "owner", ben: "member", carl: "member" });
	const trip = { date: "2026-11-20", from: "Depot", to: "Airport", miles: 12.5 };
	answered(await ben.post("/api/mileage", { id: "entry-1", ...trip }), 201);
	const taken = await carl.post("/api/mileage", { id: "entry-1", ...trip, owner: carl.id });
	assert.ok([403, 409].includes(taken.status), taken.text);
	refused(await carl.put("/api/mileage/entry-1", { miles: 99 }), 404);
	refused(await carl.patch("/api/mileage/entry-1", { owner: carl.id }), 404);
	const [result] = outcomes(await carl.push([
		{ op: "steal", collection: "mileage", id: "entry-1", base: 0, set: trip },
	]), "conflict");
	assert.equal(result.record, undefined);
	answered(await ben.get("/api/mileage"), 200, { mileage: [{ id: "entry-1", owner: ben.id, miles: 12.5 }] });
});

test("a list without a filter has only the caller's own records", async () => {
	const { anna, ben, carl } = await fresh({ anna: "owner", ben: "member", carl: "member" });
	for (const person of [ben, carl])
		answered(await person.post("/api/mileage", {
			date: "2026-11-20", from: "Depot", to: person.name, miles: 5,
		}), 201);
	assert.deepEqual(answered(await ben.get("/api/mileage")).mileage.map((trip) => trip.to), ["ben"]);
	assert.deepEqual(answered(await ben.get(`/api/mileage?owner=${carl.id}`)).mileage, []);
	assert.deepEqual((await ben.pull()).changes.map((change) => change.record.to), ["ben"]);
	assert.equal(answered(await anna.get("/api/mileage")).mileage.length, 2);
});

test("an edit made while the one before it is being sent is sent and applied too", async () => {
	const { anna } = await fresh();
	answered(await anna.post("/api/cars", { id: "1", location: "100" }), 201);
	const first = { op: "first", collection: "cars", id: "1", base: 1, set: { notes: "a" } };
	const sending = anna.push([first]);
	// The newer edit has an op of its own; under the old one's id it would be refused aloud, not swallowed.
	outcomes(await sending, "applied");
	const [swallowed] = outcomes(await anna.push([{ ...first, set: { notes: "b" } }]), "rejected");
	assert.equal(swallowed.problem.status, 422);
	outcomes(await anna.push([{ ...first, op: "second", base: 2, set: { notes: "b" } }]), "applied");
	answered(await anna.get("/api/cars/1"), 200, { car: { notes: "b", version: 3 } });
});

test("a repeated delete is no error, and a deletion reaches a phone with a pending edit", async () => {
	const { anna, ben } = await fresh();
	const trip = { date: "2026-11-20", from: "Depot", to: "Airport", miles: 12.5 };
	answered(await ben.post("/api/mileage", { id: "t1", ...trip }), 201);
	const gone = { op: "gone", collection: "mileage", id: "t1", base: 1, delete: true };
	outcomes(await ben.push([gone]), "applied");
	outcomes(await ben.push([gone]), "duplicate");
	outcomes(await ben.push([{ ...gone, op: "again", base: 2 }]), "unchanged");
	const [late] = outcomes(await ben.push([
		{ op: "edit", collection: "mileage", id: "t1", base: 1, set: { miles: 13 } },
	], { device: "other-phone" }), "conflict");
	assert.equal(late.problem.currentVersion, 2);
	assert.equal(late.problem.current.deleted, true);
	assert.deepEqual(answered(await anna.get("/api/mileage")).mileage, []);
});

test("a phone whose clock is ahead accepts others' later edits, and gains no advantage", async () => {
	const { anna, ben } = await fresh();
	const phone = new Device(anna);
	answered(await ben.post("/api/cars", { id: "1", location: "100" }), 201);
	await phone.pull();
	outcomes(await anna.push([{
		op: "future", collection: "cars", id: "1", base: 1, set: { notes: "from 2099", arrived: true },
		at: "2099-01-01T00:00:00.000Z",
	}]), "applied");
	const { car } = answered(await ben.patch("/api/cars/1", { notes: "now" }), 200,
		{ car: { version: 3, notes: "now" } });
	assert.ok(car.arrivedAt <= car.lastUpdatedAt);
	await phone.pull();
	assert.equal(phone.records.get("cars/1").notes, "now");
	outcomes(await anna.push([{
		op: "stale", collection: "cars", id: "1", base: 2, set: { notes: "again" },
		at: "2099-01-02T00:00:00.000Z",
	}]), "conflict");
});

test("instants of a phone whose clock is years behind are not before the space's creation", async () => {
	const { anna, ben, space } = await fresh();
	await sql(`UPDATE space SET created_at = '2024-05-06 07:08:09.123' WHERE id = '${space.id}'`);
	const at = (who, instant, collection, id, set, base = 0) =>
		who.push([{ op: `${who.name}-${id}-${base}`, collection, id, base, set, at: instant }]);
	for (const instant of ["1000-01-01T00:00:00Z", "1970-01-01T00:00:00.001Z", "2024-05-06T07:08:09.122Z"]) {
		const [{ record: message }] = outcomes(
			await at(ben, instant, "messages", `m${instant.slice(0, 4)}`, { text: "hello" }), "applied");
		assert.equal(message.sentAt, "2024-05-06T07:08:09.123Z", instant);
	}
	const [{ record: car }] =
		outcomes(await at(ben, "1999-01-01T00:00:00Z", "cars", "1", { arrived: true }), "applied");
	assert.equal(car.arrivedAt, "2024-05-06T07:08:09.123Z");
	const [{ record: session }] = outcomes(await at(ben, "2001-01-01T09:00:00Z", "workSessions", "s1", {
		start: "2001-01-01T09:00:00Z",
	}), "applied");
	assert.equal(session.manual, true); // no tap of that day
	const [{ record: after }] =
		outcomes(await at(ben, "2024-05-06T07:08:10Z", "cars", "2", { arrived: true }), "applied");
	assert.equal(after.arrivedAt, "2024-05-06T07:08:10.000Z");
	// What the device said stays in the audit.
	const { auditLogs } = answered(await anna.get("/api/audit?collection=cars&id=1"));
	assert.equal(auditLogs[0].claimed_at, "1999-01-01T00:00:00.000Z");
});

test("the first check-update registers the device, so that a change is reported to it", async () => {
	const carl = await as("carl").ready();
	const ask = async (device) => answered(await carl.get(`/api/sync/check-update?deviceId=${device}`)).needsUpdate;
	assert.equal(await ask("device_1_a"), false);
	assert.equal(await ask("device_2_b"), false);
	answered(await carl.post("/api/tasks", { title: "Stretch" }), 201);
	answered(await carl.post("/api/sync/notify-change", { sourceDeviceId: "device_1_a" }));
	assert.equal(await ask("device_2_b"), true);
});

test("a change between a device's read and its mark-synced is not forgotten", async () => {
	const dora = await as("dora").ready();
	const ask = async () => answered(await dora.get("/api/sync/check-update?deviceId=B")).needsUpdate;
	answered(await dora.post("/api/tasks", { title: "One" }), 201);
	assert.equal(await ask(), true);
	answered(await dora.get("/api/tasks"));
	answered(await dora.post("/api/tasks", { title: "Two" }), 201);
	answered(await dora.post("/api/sync/mark-synced", { deviceId: "B" }));
	assert.equal(await ask(), true);
	answered(await dora.get("/api/tasks"), 200, { tasks: { length: 2 } });
	answered(await dora.post("/api/sync/mark-synced", { deviceId: "B" }));
	assert.equal(await ask(), false);
});

test("devices whose clocks differ by a day write in the order in which they arrive", async () => {
	const { anna, ben } = await fresh();
	const day = 86_400_000, at = (shift) => new Date(Date.now() + shift).toISOString();
	outcomes(await anna.push([{ op: "1", collection: "cars", id: "1", base: 0, set: { notes: "a" }, at: at(day) }]),
		"applied");
	outcomes(await ben.push([{ op: "2", collection: "cars", id: "1", base: 1, set: { notes: "b" }, at: at(-day) }]),
		"applied");
	outcomes(await anna.push([{ op: "3", collection: "cars", id: "1", base: 2, set: { notes: "c" }, at: at(0) }]),
		"applied");
	const { history } = answered(await anna.get("/api/cars/1/history"));
	assert.deepEqual(history.map((row) => row.changes.notes[1]), ["c", "b", "a"]);
	const times = history.map((row) => row.at);
	assert.deepEqual(times, [...times].sort().reverse());
	assert.ok(history.every((row) => Math.abs(Date.parse(row.at) - Date.now()) < day / 2));
});

test("a reader that follows many writers gets every write, in order, none twice", async () => {
	const { anna, space } = await fresh({ anna: "owner", ben: "member", carl: "member", dora: "member" });
	const writers = ["anna", "ben", "carl", "dora"], each = 40;
	let writing = writers.length;
	const writes = writers.map(async (name) => {
		for (let i = 0; i < each; i++)
			answered(await as(name).in(space)
				.post("/api/cars", { id: `${name}-${i}`, location: "100" }), 201);
		writing--;
	});
	const seqs = [], cursors = [];
	let cursor, last = false;
	while (!last) {
		last = writing === 0;
		const pulled = await anna.pull(cursor);
		seqs.push(...pulled.changes.map((change) => change.seq));
		cursors.push(cursor = pulled.cursor);
	}
	await Promise.all(writes);
	assert.deepEqual(seqs, Array.from({ length: writers.length * each }, (_, i) => i + 1));
	assert.ok(new Set(cursors).size > 3, "the reader did not read between the writes");
	const [{ n }] = await sql(`SELECT COUNT(DISTINCT at) AS n FROM audit WHERE space_id = '${space.id}'`);
	assert.ok(Number(n) >= 1);
});
