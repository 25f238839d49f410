// Package cars: one shift at a time, what its start and its end do to the board, and what
// an older board's toggles become.
import { test } from "node:test";
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { start } from "../harness.mjs";
import { CSV, crew } from "../lib/crew.mjs";
import { Device } from "../lib/device.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";

const stack = await start();
const { as, sql, ctl } = stack;

// A warehouse with cars: {anna (owner), mia (manager), ben (member), vera (viewer), space}.
const yard = (...cars) => crew(stack, { anna: "owner", mia: "manager", ben: "member", vera: "viewer" }, cars);

// The time of day so many minutes from now, in UTC.
const clock = (minutes) => new Date(Date.now() + minutes * 60_000).toISOString().slice(11, 16);

const car = async (person, id) => answered(await person.get(`/api/cars/${id}`)).car;
const begin = async (person, body) => answered(await person.post("/api/shifts/start", body), 201).shift;
const finish = async (person, shift, body) => answered(await person.post(`/api/shifts/${shift.id}/end`, body)).shift;

test("starting a shift puts every car on its board; flags and locations stay", async () => {
	const { anna, ben, space } = await yard({ id: "1", location: "100", late: true }, "2");
	assert.equal((await car(anna, "1")).shift, undefined);
	const answer = await ben.post("/api/shifts/start", { notes: "Two drivers are ill.\nDock 4 is closed." });
	const { shift } = answered(answer, 201,
		{ shift: { startNotes: "Two drivers are ill.\nDock 4 is closed.", startedBy: ben.id, version: 1 } });
	assert.equal(answer.headers.location, `/api/spaces/${space.id}/shifts/${shift.id}`);
	assert.equal(shift.endedAt, undefined);
	const one = await car(anna, "1");
	assert.deepEqual([one.shift, one.late, one.location, one.version], [shift.id, true, "100", 2]);
	assert.equal((await car(anna, "2")).shift, shift.id);
	answered(await anna.post("/api/cars", { id: "3" }), 201, { car: { shift: shift.id } });
	const causes = await sql(
		`SELECT DISTINCT cause, tx_seq FROM audit WHERE space_id = '${space.id}' AND cause IS NOT NULL`);
	assert.deepEqual(causes.map((row) => row.cause), [`start-${shift.id}`]);
});

test("ending a shift takes a snapshot, figures, both notes, and clears all flags, in one transaction", async () => {
	const expected = clock(+60);
	const { anna, ben, space } = await yard({ id: "1", location: "100", notes: "flat tyre" },
		{ id: "2", expected }, "3", "4");
	const shift = await begin(anna, { notes: "begun" });
	const arrival = answered(await ben.patch("/api/cars/1", { arrived: true })).car.arrivedAt;
	const emptied = answered(await ben.patch("/api/cars/2", { empty: true })).car;
	answered(await ben.patch("/api/cars/3", { late: true }));
	const ended = await finish(ben, shift, { notes: "3 never came" });
	assert.deepEqual(ended.stats, { totalCars: 4, arrived: 2, late: 1, empty: 1, notArrived: 2 });
	assert.deepEqual(ended.snapshot, [
		{
			id: "1", location: "100", arrived: true, late: false, empty: false, arrivedAt: arrival,
			notes: "flat tyre",
		},
		{
			id: "2", location: "Yard", arrived: true, late: false, empty: true,
			arrivedAt: emptied.arrivedAt, emptyAt: emptied.emptyAt, expected,
		},
		{ id: "3", location: "Yard", arrived: false, late: true, empty: false },
		{ id: "4", location: "Yard", arrived: false, late: false, empty: false },
	]);
	assert.deepEqual([ended.startNotes, ended.endNotes, ended.startedBy, ended.endedBy],
		["begun", "3 never came", anna.id, ben.id]);
	const { cars } = answered(await anna.get("/api/cars"));
	for (const one of cars)
		assert.deepEqual([one.arrived, one.late, one.empty, one.arrivedAt, one.emptyAt, one.shift],
			[false, false, false, undefined, undefined, undefined]);
	assert.equal(cars[0].location, "100");
	assert.equal(cars[0].notes, "flat tyre");
	assert.equal(cars[1].expected, expected);
	const rows = await sql(`SELECT action, collection, tx_seq FROM audit
		WHERE space_id = '${space.id}' AND cause = 'end-${shift.id}' ORDER BY seq`);
	assert.deepEqual(rows.map((row) => `${row.action} ${row.collection}`),
		["updated shifts", "reset cars", "reset cars", "reset cars", "reset cars"]);
	assert.equal(new Set(rows.map((row) => row.tx_seq)).size, 1);
	answered(await anna.get(`/api/shifts/${shift.id}?fields=stats`), 200, { shift: { stats: { totalCars: 4 } } });
});

test("one shift is under way at a time, even if five people start one at once", async () => {
	const { anna, ben, mia } = await yard("1");
	const answers =
		await Promise.all([anna, ben, mia, anna, ben].map((person) => person.post("/api/shifts/start", {})));
	assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, 409, 409, 409, 409]);
	const { shift } = answers.find((answer) => answer.status === 201).body;
	refused(await anna.post("/api/shifts/start"), 409, { current: { id: shift.id } });
	await finish(anna, shift);
	const next = await begin(ben);
	assert.notEqual(next.id, shift.id);
	assert.equal(answered(await anna.get("/api/shifts")).shifts[0].id, next.id);
});

test("ending a shift that has ended is refused, and names the one under way", async () => {
	const { anna, ben } = await yard("1");
	const shift = await begin(anna);
	await finish(anna, shift, { notes: "first" });
	refused(await ben.post(`/api/shifts/${shift.id}/end`, { notes: "second" }), 409, { current: null });
	const next = await begin(anna);
	refused(await ben.post(`/api/shifts/${shift.id}/end`), 409, { current: { id: next.id } });
	answered(await ben.get(`/api/shifts/${shift.id}`), 200, { shift: { endNotes: "first", endedBy: anna.id } });
	refused(await ben.post("/api/shifts/nothing/end"), 404);
	assert.equal((await car(anna, "1")).shift, next.id);
});

test("of many ends at once one succeeds", async () => {
	const { anna, ben } = await yard("1", "2");
	const shift = await begin(anna);
	const answers = await Promise.all(
		[1, 2, 3, 4].map((n) => (n % 2 ? anna : ben).post(`/api/shifts/${shift.id}/end`, { notes: `${n}` })));
	assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 409, 409, 409]);
	assert.equal((await car(anna, "1")).version, 3);
});

test("start, end and reset can be repeated under their key", async () => {
	const { anna, space } = await yard("1", "2");
	const key = (name) => ({ "Idempotency-Key": name });
	const first = answered(await anna.post("/api/shifts/start", { notes: "n" }, key("s1")), 201).shift;
	const again = answered(await anna.post("/api/shifts/start", { notes: "n" }, key("s1")), 201,
		{ duplicate: true }).shift;
	assert.equal(again.id, first.id);
	refused(await anna.post("/api/shifts/start", { notes: "m" }, key("s1")), 422);
	answered(await anna.post("/api/cars/reset", {}, key("r1")), 200, { cars: 2, hard: false });
	answered(await anna.post("/api/cars", { id: "0" }), 201);
	answered(await anna.post("/api/cars/reset", {}, key("r1")), 200, { duplicate: true });
	refused(await anna.post("/api/cars/reset", { hard: true }, key("r1")), 422);
	answered(await anna.post(`/api/shifts/${first.id}/end`, { notes: "e" }, key("e1")));
	const head = await stack.head(space);
	answered(await anna.post(`/api/shifts/${first.id}/end`, { notes: "e" }, key("e1")), 200,
		{ duplicate: true, shift: { endNotes: "e" } });
	answered(await anna.post("/api/shifts/start", { notes: "n" }, key("s1")), 201, { duplicate: true });
	assert.equal(await stack.head(space), head);
	const hashes = await sql(`SELECT op.op_id FROM op JOIN audit USING (space_id, op_id)
		WHERE space_id = '${space.id}' AND audit.op_hash = op.hash ORDER BY op.op_id`);
	assert.deepEqual(hashes.map(({ op_id: id }) => id), ["e1", "r1", "s1"], "the audit knows what was asked");
});

test("only their actions write shifts", async () => {
	const { anna } = await yard("1");
	const shift = await begin(anna);
	refused(await anna.post("/api/shifts", {}), 403);
	refused(await anna.post("/api/shifts", { startedAt: "2026-11-21T08:00:00Z" }), 400, { field: "startedAt" });
	refused(await anna.patch(`/api/shifts/${shift.id}`, { startNotes: "other" }), 400, { field: "startNotes" });
	refused(await anna.patch(`/api/shifts/${shift.id}`, {}), 403);
	refused(await anna.delete(`/api/shifts/${shift.id}`), 403);
	refused(await anna.post(`/api/shifts/${shift.id}/restore`, { version: 1 }), 403);
	outcomes(await anna.push([{ op: "own", collection: "shifts", id: "mine", base: 0, set: {} }]), "rejected");
	refused(await anna.patch("/api/cars/1", { shift: "another" }), 400, { field: "shift" });
	refused(await anna.get("/api/shifts/start"), 405);
});

test("viewers only read; only managers delete the whole board", async () => {
	const { anna, ben, mia, vera } = await yard("1", "2");
	refused(await vera.post("/api/shifts/start"), 403);
	const shift = await begin(ben);
	refused(await vera.post(`/api/shifts/${shift.id}/end`), 403);
	refused(await vera.post("/api/cars/reset"), 403);
	refused(await ben.post("/api/cars/reset", { hard: true }), 403);
	answered(await mia.post("/api/cars/reset", { hard: true }), 200, { cars: 2, hard: true });
	assert.deepEqual(answered(await anna.get("/api/cars")).cars, []);
	answered(await anna.get("/api/cars/1/history"), 200);
});

test("strangers get 404", async () => {
	const { anna, space } = await yard("1");
	const shift = await begin(anna);
	const otto = as("otto").in(space);
	for (const path of ["/api/shifts/start", `/api/shifts/${shift.id}/end`, "/api/cars/reset"])
		refused(await otto.post(path, {}), 404);
	refused(await as("otto").post(`/api/shifts/${shift.id}/end`, {}), 404);
});

for (const [name, body] of [
	["a number", { notes: 7 }],
	["too long", { notes: "x".repeat(5001) }],
	["another member", { note: "x" }],
])
	test(`notes that are ${name} are refused by start and end`, async () => {
		const { anna } = await yard();
		refused(await anna.post("/api/shifts/start", body), 400);
		const shift = await begin(anna, { notes: "ä".repeat(5000) });
		refused(await anna.post(`/api/shifts/${shift.id}/end`, body), 400);
		await finish(anna, shift, { notes: "" });
	});

test("a reset clears the flags and keeps shift, locations and notes", async () => {
	const { anna, ben } = await yard({ id: "1", location: "300", notes: "n" });
	const shift = await begin(anna);
	answered(await ben.patch("/api/cars/1", { empty: true, late: true }));
	answered(await ben.post("/api/cars/reset"), 200, { cars: 1, hard: false });
	const one = await car(anna, "1");
	assert.deepEqual([one.arrived, one.late, one.empty, one.arrivedAt, one.emptyAt, one.location, one.notes],
		[false, false, false, undefined, undefined, "300", "n"]);
	assert.notEqual(one.shift, shift.id);
	assert.ok(one.shift.startsWith(`${shift.id}.`));
	answered(await anna.get("/api/cars/1/history?limit=1"), 200, { history: [{ action: "reset" }] });
});

test("a reset that is meant for a shift is refused when another is under way", async () => {
	const { anna } = await yard("1");
	const before = await car(anna, "1");
	refused(await anna.post("/api/cars/reset", { expectedShift: "gone" }), 409, { current: null });
	answered(await anna.post("/api/cars/reset", { expectedShift: null }), 200);
	assert.ok((await car(anna, "1")).shift.startsWith("reset."));
	const shift = await begin(anna);
	refused(await anna.post("/api/cars/reset", { expectedShift: null }), 409, { current: { id: shift.id } });
	refused(await anna.post("/api/cars/reset", { expectedShift: "gone" }), 409, { current: { id: shift.id } });
	answered(await anna.post("/api/cars/reset", { expectedShift: shift.id }), 200);
	assert.equal((await car(anna, "1")).version, before.version + 3);
	refused(await anna.post("/api/cars/reset", { expectedShift: 7 }), 400);
	refused(await anna.post("/api/cars/reset", { hard: "yes" }), 400);
});

for (const [what, act] of [
	["the start of a shift", (anna) => begin(anna)],
	["a reset", (anna) => anna.post("/api/cars/reset")],
	["the end of a shift", async (anna, shift) => finish(anna, shift)],
])
	test(`a toggle made before ${what} is a conflict that says so; a new location merges`, async () => {
		const { anna, ben } = await yard("1", "2", "3");
		const shift = what.startsWith("the end") ? await begin(anna) : undefined;
		const device = new Device(ben);
		await device.pull();
		const base = device.records.get("cars/1")?.version ?? (await car(anna, "1")).version;
		await act(anna, shift);
		const [flag, same, move, both] = outcomes(await ben.push([
			{
				op: `a-${what}`.replaceAll(" ", "-"), collection: "cars", id: "1", base,
				set: { arrived: true },
			},
			{
				op: `b-${what}`.replaceAll(" ", "-"), collection: "cars", id: "2", base,
				set: { late: false },
			},
			{
				op: `c-${what}`.replaceAll(" ", "-"), collection: "cars", id: "3", base,
				set: { location: "200" },
			},
		]), "conflict", "conflict", "merged");
		assert.equal(both, undefined);
		assert.match(flag.problem.detail, /shift/);
		assert.ok(flag.problem.fields.includes("shift"));
		assert.equal(flag.problem.current.arrived, false);
		assert.equal(same.problem.expectedVersion, base);
		assert.equal(move.record.location, "200");
		refused(await ben.patch("/api/cars/1", { empty: true, expectedVersion: base }), 409);
		answered(await ben.patch("/api/cars/1", { arrived: true }));
	});

test("a toggle and a new location in one shift still merge", async () => {
	const { anna, ben } = await yard("1");
	await begin(anna);
	const { version } = await car(anna, "1");
	answered(await anna.patch("/api/cars/1", { location: "200" }));
	outcomes(await ben.push([{ op: "t1", collection: "cars", id: "1", base: version, set: { arrived: true } }]),
		"merged");
});

test("a car that is restored or revived is on the current board", async () => {
	const { anna } = await yard("1");
	const first = await begin(anna);
	answered(await anna.patch("/api/cars/1", { arrived: true }));
	const { version } = await car(anna, "1");
	await finish(anna, first);
	const second = await begin(anna);
	answered(await anna.post("/api/cars/1/restore", { version }), 200,
		{ car: { arrived: true, shift: second.id } });
	answered(await anna.delete("/api/cars/1"));
	answered(await anna.post("/api/cars", { id: "1" }), 201, { car: { arrived: false, shift: second.id } });
});

test("more cars than one transaction holds are refused whole", async () => {
	const { anna, space } = await yard();
	const shift = await begin(anna);
	const lines = Array.from({ length: 901 }, (_, i) => `c${i},100`);
	answered(await anna.post("/api/cars/import", `id,location\n${lines.join("\n")}\n`, CSV));
	const head = await stack.head(space);
	refused(await anna.post(`/api/shifts/${shift.id}/end`), 413);
	refused(await anna.post("/api/cars/reset"), 413);
	assert.equal(await stack.head(space), head);
	answered(await anna.delete("/api/cars/c900"));
	const ended = await finish(anna, shift);
	assert.equal(ended.stats.totalCars, 900);
	assert.equal(ended.snapshot.length, 900);
});

test("notes that are too long together are refused, and the shift ends when they are shorter", async () => {
	const { anna, ben } = await yard();
	const shift = await begin(anna);
	const write = (set) => [0, 100].map((from) => ben.push(Array.from({ length: 70 }, (_, i) => ({
		op: randomUUID(), collection: "cars", id: `n${from + i}`, ...set,
	}))));
	for (const answer of await Promise.all(write({ base: 0, set: { notes: "\u{1F69A}".repeat(1000) } })))
		answered(answer);
	const refusal = refused(await ben.post(`/api/shifts/${shift.id}/end`, { notes: "tired" }), 413,
		{ field: "notes" });
	assert.match(refusal.detail, /notes of all cars/);
	answered(await anna.get(`/api/shifts/${shift.id}`), 200, { shift: { version: 1 } });
	for (const answer of await Promise.all(write({ base: 1, set: { notes: "short" } })))
		answered(answer);
	assert.equal((await finish(ben, shift)).stats.totalCars, 140);
});

test("a device gets a whole end of shift in one page, or none of it", async () => {
	const { anna, ben } = await yard("1", "2", "3");
	const shift = await begin(anna);
	const { cursor } = await ben.pull();
	await finish(anna, shift);
	const { changes, pages } = await ben.pull(cursor);
	assert.equal(pages, 1);
	assert.deepEqual(changes.map((change) => `${change.collection} ${change.id}`),
		[`shifts ${shift.id}`, "cars 1", "cars 2", "cars 3"]);
});

test("the audit of all this verifies", async () => {
	const answer = await ctl("verify");
	assert.equal(answer.status, 0, answer.stdout + answer.stderr);
});

// --- expected times ---

const watch = async () => assert.equal((await ctl("watch")).status, 0);
const alerts = async (person) => answered(await person.get("/api/notifications")).notifications;

test("a car that has not arrived when it is expected is late, and is announced once", async () => {
	const { anna, ben, vera } = await yard({ id: "1", expected: clock(-5) }, {
		id: "2", expected: clock(+60),
	}, { id: "3" }, { id: "4", expected: clock(-5), arrived: true }, { id: "5", expected: clock(-5), late: true });
	await watch();
	assert.deepEqual(await alerts(anna), [], "no shift is under way");
	const shift = await begin(anna);
	await watch();
	assert.deepEqual(answered(await anna.get("/api/cars")).cars.map((one) => one.late),
		[true, false, false, false, true]);
	const [alert, ...others] = await alerts(vera);
	assert.deepEqual(others, []);
	assert.equal(alert.kind, "late-car");
	assert.equal(alert.about, "cars/1");
	assert.match(alert.body, /^Car 1 was expected at \d\d:\d\d and has not arrived\.$/);
	answered(await anna.get("/api/cars/1/history?limit=1"), 200,
		{ history: [{ by: "00000000-0000-0000-0000-000000000000" }] });
	const { version } = await car(anna, "1");
	await watch();
	assert.equal((await car(anna, "1")).version, version);
	assert.equal((await alerts(anna)).length, 1);
	// Somebody knows better: it stays so.
	answered(await ben.patch("/api/cars/1", { late: false }));
	await watch();
	assert.equal((await car(anna, "1")).late, false);
	// Another expected time, another occasion.
	answered(await ben.patch("/api/cars/1", { expected: clock(-3) }));
	await watch();
	assert.equal((await car(anna, "1")).late, true);
	assert.equal((await alerts(anna)).length, 2);
	// The next shift has alerts of its own.
	await finish(anna, shift);
	await begin(anna);
	await watch();
	assert.equal((await alerts(anna)).filter((one) => one.about === "cars/1").length, 3);
});

test("a car that arrives late is late on every path; what a person says of it has priority", async () => {
	const { anna, ben } = await yard(...["1", "2", "3", "4", "5"].map((id) => ({ id, expected: clock(-5) })),
		{ id: "6", expected: clock(+30) });
	answered(await anna.patch("/api/cars/5", { arrived: true }), 200, { car: { late: false } });
	answered(await anna.patch("/api/cars/5", { arrived: false }));
	await begin(anna);
	answered(await ben.patch("/api/cars/1", { arrived: true }), 200, { car: { late: true } });
	answered(await ben.patch("/api/cars/2", { empty: true }), 200, { car: { late: true, arrived: true } });
	answered(await ben.patch("/api/cars/3", { arrived: true, late: false }), 200, { car: { late: false } });
	const { version } = await car(ben, "4");
	outcomes(await ben.push([
		{ op: "late-push", collection: "cars", id: "4", base: version, set: { arrived: true } },
	]), "applied");
	assert.equal((await car(ben, "4")).late, true);
	answered(await ben.patch("/api/cars/6", { arrived: true }), 200, { car: { late: false } });
	answered(await ben.patch("/api/cars/1", { arrived: false }), 200, { car: { late: true } });
	answered(await anna.post("/api/cars/import", "id,arrived\n5,true\n", CSV));
	assert.equal((await car(ben, "5")).late, true);
});

test("an offline arrival counts at its own instant", async () => {
	const { anna, ben } = await yard({ id: "1", expected: clock(-2) });
	await begin(anna);
	await sql("UPDATE record SET updated_at = updated_at - INTERVAL 20 MINUTE WHERE collection = 'cars'");
	const { version } = await car(ben, "1");
	outcomes(await ben.push([{
		op: "early", collection: "cars", id: "1", base: version, set: { arrived: true },
		at: new Date(Date.now() - 600_000).toISOString(),
	}]), "applied");
	assert.equal((await car(ben, "1")).late, false);
});

test("a car that arrives exactly when it is due is not late; a millisecond later it is", async () => {
	const due = Math.floor(Date.now() / 60_000) * 60_000 - 600_000;
	const expected = new Date(due).toISOString().slice(11, 16);
	const { anna, ben, space } = await yard({ id: "1", expected }, { id: "2", expected });
	await begin(anna);
	await sql(`UPDATE record SET updated_at = updated_at - INTERVAL 20 MINUTE
		WHERE space_id = '${space.id}' AND collection = 'cars'`);
	const arrive = async (id, at) => ({
		op: `come-${id}`, collection: "cars", id, base: (await car(ben, id)).version, set: { arrived: true },
		at: new Date(at).toISOString(),
	});
	outcomes(await ben.push([await arrive("1", due), await arrive("2", due + 1)]), "applied", "applied");
	assert.deepEqual([(await car(ben, "1")).late, (await car(ben, "2")).late], [false, true]);
});

test("a restored version has its old flags and instants; it is not a new arrival", async () => {
	const { anna, ben } = await yard({ id: "1", expected: clock(-5) });
	const there = answered(await ben.patch("/api/cars/1", { empty: true })).car;
	answered(await ben.patch("/api/cars/1", { arrived: false }));
	await begin(anna);
	const again = answered(await anna.post("/api/cars/1/restore", { version: there.version })).car;
	assert.deepEqual([again.arrived, again.empty, again.late, again.arrivedAt, again.emptyAt],
		[true, true, false, there.arrivedAt, there.emptyAt]);
});

test("a car that arrived on time is not late, though the timer flagged it while its device was away", async () => {
	const { anna, ben, space } = await yard(...["1", "2", "3", "4"].map((id) => ({ id, expected: clock(-5) })));
	answered(await anna.patch("/api/cars/4", { late: true }));
	await begin(anna);
	for (const [table, column] of [["record", "updated_at"], ["audit", "at"]])
		await sql(`UPDATE ${table} SET ${column} = ${column} - INTERVAL 20 MINUTE
			WHERE space_id = '${space.id}'`);
	const before = answered(await ben.get("/api/cars")).cars;
	await watch();
	const known = answered(await ben.get("/api/cars")).cars;
	assert.deepEqual(known.map((one) => one.late), [true, true, true, true]);
	const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();
	const arrive = (op, car, at) =>
		({ op, collection: "cars", id: car.id, base: car.version, set: { arrived: true }, at });
	const early = ago(10), tardy = ago(2);
	outcomes(await ben.push([
		arrive("away", before[0], early), arrive("after", before[1], tardy), arrive("aware", known[2], early),
		arrive("said", before[3], early),
	]), "merged", "merged", "applied", "applied");
	assert.deepEqual(answered(await anna.get("/api/cars")).cars.map((one) => [one.late, one.arrivedAt]),
		[[false, early], [true, tardy], [false, early], [true, early]]);
	await watch();
	assert.equal((await car(anna, "1")).late, false);
});

test("late cars with long notes are flagged in several rounds", async () => {
	const { anna, ben } = await yard();
	await begin(anna);
	const late = Array.from({ length: 320 }, (_, i) => ({
		op: randomUUID(), collection: "cars", id: `n${i}`, base: 0,
		set: { expected: clock(-5), notes: "\u{1F69A}".repeat(1000) },
	}));
	for (let i = 0; i < late.length; i += 80)
		answered(await ben.push(late.slice(i, i + 80)));
	await watch();
	await watch();
	assert.deepEqual(answered(await anna.get("/api/cars?late=false&fields=expected")).cars, []);
	assert.equal(answered(await anna.get("/api/notifications?limit=1000&fields=about")).notifications.length,
		late.length);
});

test("expected times are in the space's zone", async () => {
	const { anna } = await yard();
	const local = new Intl.DateTimeFormat("en-GB",
		{ timeZone: "Asia/Kathmandu", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
	answered(await anna.post("/api/spaceSettings", { zone: "Asia/Kathmandu" }), 201);
	answered(await anna.post("/api/cars", { id: "1", expected: local.format(Date.now() - 5 * 60_000) }), 201);
	answered(await anna.post("/api/cars", { id: "2", expected: local.format(Date.now() + 5 * 60_000) }), 201);
	await begin(anna);
	await watch();
	assert.deepEqual(answered(await anna.get("/api/cars")).cars.map((one) => one.late), [true, false]);
});

test("a notification is acknowledged by a person, once, and nothing else of it can be written", async () => {
	const { anna, ben, mia, vera } = await yard({ id: "1", expected: clock(-5) });
	await begin(anna);
	await watch();
	const [alert] = await alerts(ben);
	refused(await vera.patch(`/api/notifications/${alert.id}`, { acknowledged: true }), 403);
	const seen = answered(await ben.patch(`/api/notifications/${alert.id}`, { acknowledged: true })).notification;
	assert.equal(seen.acknowledgedBy, ben.id);
	answered(await mia.patch(`/api/notifications/${alert.id}`, { acknowledged: true }), 200,
		{ notification: { acknowledgedBy: ben.id, acknowledgedAt: seen.acknowledgedAt } });
	answered(await mia.get("/api/notifications?acknowledged=false"), 200, { notifications: { $length: 0 } });
	answered(await mia.patch(`/api/notifications/${alert.id}`, { acknowledged: false }), 200,
		{ notification: { acknowledgedBy: { $absent: true }, acknowledgedAt: { $absent: true } } });
	answered(await mia.patch(`/api/notifications/${alert.id}`, { acknowledged: true }), 200,
		{ notification: { acknowledgedBy: mia.id } });
	refused(await ben.patch(`/api/notifications/${alert.id}`, { title: "x" }), 400, { field: "title" });
	refused(await ben.post("/api/notifications", {}), 403);
	refused(await ben.delete(`/api/notifications/${alert.id}`), 403);
	answered(await mia.delete(`/api/notifications/${alert.id}`));
	await watch();
	assert.deepEqual(await alerts(anna), []);
});

// --- the roster ---

test("the roster's active cars are put on the board; those already on it stay as they are", async () => {
	const { anna, ben, mia, vera } = await yard({ id: "2", location: "500", arrived: true });
	refused(await ben.post("/api/roster", { id: "1" }), 403);
	for (const one of [{ id: "1", defaultLocation: "100", expected: "05:10" },
		{ id: "2", defaultLocation: "200", expected: "05:20" }, { id: "3", active: false }, { id: "4" }])
		answered(await mia.post("/api/roster", one), 201);
	refused(await vera.post("/api/roster/apply"), 403);
	const key = { "Idempotency-Key": "morning" };
	answered(await ben.post("/api/roster/apply", {}, key), 200, { added: 2, updated: 0 });
	answered(await ben.post("/api/roster/apply", {}), 200, { added: 0, updated: 0 });
	assert.deepEqual(answered(await anna.get("/api/cars")).cars.map((one) =>
		`${one.id} ${one.location} ${one.expected}`), ["1 100 05:10", "2 500 undefined", "4 Yard undefined"]);
	answered(await mia.patch("/api/roster/1", { defaultLocation: "300", expected: "05:15" }));
	answered(await ben.post("/api/roster/apply", { update: true }), 200, { added: 0, updated: 1 });
	answered(await anna.get("/api/cars/1"), 200, { car: { location: "300", expected: "05:15" } });
	answered(await anna.get("/api/cars/2"), 200, { car: { location: "500", arrived: true } });
	answered(await anna.delete("/api/cars/4"));
	answered(await ben.post("/api/roster/apply", {}, key), 200, { added: 0, updated: 0 });
	answered(await ben.post("/api/roster/apply"), 200, { added: 1, updated: 0 });
	refused(await ben.post("/api/roster/apply", { update: "yes" }), 400);
});

test("search finds words in notes", async () => {
	const { anna } = await yard({ id: "1", notes: "Flat tyre at the gate" }, { id: "2", notes: "fine" });
	assert.deepEqual(answered(await anna.get("/api/cars?q=TYRE")).cars.map((one) => one.id), ["1"]);
});
