// The outbox (schema/PROTOCOL.md 3, "The engine's side"): what waits, how it goes together, when it leaves,
// and what the answers make of it.
import { test } from "node:test";
import assert from "node:assert/strict";
import { begin, reopen, finish, definitions } from "./engine-aid.mjs";
import { catchUp, follow, ground, letGo, meet, park } from "../../www/engine/following.js";
import { add, isActive } from "../../www/engine/outbox.js";

const pushes = (world) => world.server.calls("POST /spaces/s1/sync/push");
const sentOps = (world) => pushes(world).flatMap((call) => call.body.ops);
const offline = async (world) => { world.server.down = true; };
const online = async (world) => { world.server.down = false; await world.sync(); };
const states = (space) => space.ops.map((op) => `${op.state} ${op.kind} ${op.collection}/${op.record}`);

async function withCar(fields = { notes: "a" }) {
	const world = await begin({ prepare: (server) => server.write("s1", "cars", "7", fields) });
	assert.equal(world.space.get("cars", "7").version, 1);
	return world;
}

test("a write is shown before its promise settles, and is durable when it does", async () => {
	const world = await withCar();
	world.server.down = true;
	const promise = world.space.set("cars", "7", { notes: "b" }, { label: "Car 7" });
	assert.equal(world.space.get("cars", "7").notes, "b");
	assert.deepEqual(world.space.all("cars").map((row) => row.notes), ["b"]);
	const op = await world.finish(promise);
	assert.deepEqual({ kind: op.kind, set: op.set, was: op.was, base: op.base, state: op.state, label: op.label },
		{ kind: "set", set: { notes: "b" }, was: { notes: "a" }, base: 1, state: "waiting", label: "Car 7" });
	const again = await reopen(world);
	assert.equal(again.space.get("cars", "7").notes, "b");
	assert.equal(again.space.ops[0].id, op.id);
});

test("an op is waiting once it is on this device; a query for unsent work waits for that", async () => {
	const world = await withCar();
	world.server.down = true;
	const told = [], counts = () => [world.space.status.storing, world.space.status.waiting];
	world.space.subscribe(() => told.push(counts().join()));
	const promises = [world.space.set("cars", "7", { notes: "b" }), world.space.create("trips", { note: "t" })];
	const unsent = world.engine.unsent();
	assert.deepEqual(counts(), [2, 0]);
	assert.deepEqual(world.space.ops, []);
	assert.equal(await world.finish(unsent), 2);
	await world.finish(Promise.all(promises));
	assert.deepEqual(counts(), [0, 2]);
	assert.deepEqual(told.slice(0, 4), ["1,0", "2,0", "1,1", "0,2"]);
});

test("rows and ops are frozen; all() is the same array until something in it changes", async () => {
	const { space, finish: wait } = await withCar();
	const list = space.all("cars");
	assert.throws(() => { space.get("cars", "7").notes = "x"; }, TypeError);
	assert.throws(() => { list.push(1); }, TypeError);
	await wait(space.create("trips", { note: "t" }));
	assert.equal(space.all("cars"), list);
	await wait(space.set("cars", "7", { notes: "c" }));
	assert.notEqual(space.all("cars"), list);
});

test("each record has its own ops", async () => {
	const world = await withCar();
	await offline(world);
	const op = await world.finish(world.space.set("cars", "7", { notes: "b" }));
	await world.finish(world.space.create("cars", { notes: "c" }, { id: "8" }));
	assert.deepEqual([
		world.space.opsOf("cars", "7").map(({ id }) => id), world.space.opsOf("cars", "8").length,
		world.space.opsOf("trips", "7"),
	], [[op.id], 1, []]);
});

test("joined edits have the label of the last one that has a label", async () => {
	const world = await withCar();
	await offline(world);
	await world.finish(world.space.set("cars", "7", { notes: "b" }, { label: "Note" }));
	await world.finish(world.space.set("cars", "7", { late: true }));
	assert.deepEqual(world.space.ops.map(({ label }) => label), ["Note"]);
	await world.finish(world.space.set("cars", "7", { location: "200" }, { label: "Moved" }));
	assert.deepEqual(world.space.ops.map(({ label }) => label), ["Moved"]);
});

test("unsent ops on one record join under the first one's id and base", async () => {
	const world = await withCar();
	await offline(world);
	const first = await world.finish(world.space.set("cars", "7", { notes: "b" }));
	await world.finish(world.space.set("cars", "7", { notes: "c", late: true }));
	assert.equal(world.space.ops.length, 1);
	assert.deepEqual(world.space.ops[0].set, { notes: "c", late: true });
	assert.deepEqual(world.space.ops[0].was, { notes: "a", late: false });
	assert.equal(world.space.ops[0].id, first.id);
	assert.equal(world.space.ops[0].base, 1);
});

test("an unsent create and its delete vanish together", async () => {
	const world = await begin();
	await offline(world);
	const op = await world.finish(world.space.create("trips", { note: "x" }));
	await world.finish(world.space.remove("trips", op.record));
	assert.deepEqual(states(world.space), []);
	assert.equal(world.space.get("trips", op.record), undefined);
	await online(world);
	assert.equal(sentOps(world).length, 0);
});

test("a set and a delete before it was sent are one delete, of the version that was seen", async () => {
	const world = await withCar();
	await offline(world);
	await world.finish(world.space.set("cars", "7", { notes: "b" }));
	await world.finish(world.space.remove("cars", "7"));
	await online(world);
	assert.deepEqual(sentOps(world).map(({ base, delete: gone, set }) => ({ base, gone, set })),
		[{ base: 1, gone: true, set: undefined }]);
	assert.equal(world.server.spaces.get("s1").records.get("cars/7").deleted, true);
});

test("an unsent edit that is reverted sends nothing", async () => {
	const world = await withCar();
	await offline(world);
	await world.finish(world.space.set("cars", "7", { late: true }));
	await world.finish(world.space.set("cars", "7", { late: false }));
	assert.deepEqual(states(world.space), []);
});

test("an edit that refers to a new record comes after its create", async () => {
	const world = await begin({ prepare: (server) => server.write("s1", "trips", "t", { note: "a" }) });
	await offline(world);
	await world.finish(world.space.set("trips", "t", { note: "b" }));
	const car = await world.finish(world.space.create("cars", { notes: "new" }, { id: "9" }));
	await world.finish(world.space.set("trips", "t", { car: car.record }));
	await online(world);
	assert.deepEqual(sentOps(world).map((op) => op.id), ["t", "9", "t"]);
	assert.equal(world.server.spaces.get("s1").records.get("trips/t").fields.car, "9");
});

test("an op of a collection in order keeps its place: nothing joins across it, nor it across others", () => {
	const op = (n, collection, record, more = {}) => ({
		n, id: `op${n}`, collection, record, kind: "set", base: 1, state: "waiting",
		set: { notes: String(n) }, was: { notes: null },
		parts: [{ id: `op${n}`, kind: "set", set: { notes: String(n) }, was: {}, label: null }],
		...more,
	});
	const inOrder = { inOrder: true };
	const joins = (ops, next, others) => add(ops, next, others, undefined).op.id !== next.id;
	const before = op(1, "sessions", "a"), closes = op(2, "periods", "p", inOrder), after = op(3, "sessions", "a");
	assert.equal(joins([before], after, []), true);
	assert.equal(joins([before], after, [closes]), false, "an edit after the closing stays after it");
	assert.equal(joins([before], after, [{ ...closes, state: "rejected" }]), true, "refused, it closes nothing");
	const opens = op(4, "periods", "p", inOrder);
	assert.equal(joins([closes], opens, []), true);
	assert.equal(joins([closes], opens, [op(3, "sessions", "b")]), false, "it stays after the edits before it");
	assert.equal(joins([closes], opens, [op(1, "sessions", "b")]), true);
});

test("a rename keeps its order: the create names the old id, then the old record is deleted", async () => {
	const world = await withCar();
	await offline(world);
	await world.finish(world.space.set("cars", "7", { notes: "b" }));
	await world.finish(world.space.create("cars", { notes: "b" }, { id: "8", renamedFrom: "7" }));
	await world.finish(world.space.remove("cars", "7"));
	await online(world);
	assert.deepEqual(sentOps(world).map((op) => [op.id, op.renamedFrom, op.delete]),
		[["7", undefined, undefined], ["8", "7", undefined], ["7", undefined, true]]);
});

test("sent is durable before the request, and after a crash the very same op is sent again", async () => {
	const world = await withCar();
	let states = null;
	world.server.answer = async (call) => {
		if (!call.path.endsWith("/push"))
			return undefined;
		const other = await new Promise((resolve, reject) => {
			const request = world.factory.open(`daybook.${world.engine.session.user.id}`);
			request.onsuccess = () => resolve(request.result);
			request.onerror = () => reject(request.error);
		});
		states ??= await new Promise((resolve) => {
			const request = other.transaction("ops").objectStore("ops").getAll();
			request.onsuccess = () => resolve(request.result.map((op) => op.state));
		});
		other.close();
		return undefined;
	};
	world.server.after = (call, answer) => (call.path.endsWith("/push") ? null : answer);
	const op = await world.finish(world.space.set("cars", "7", { notes: "b" }));
	await world.sync();
	assert.deepEqual(states, ["sent"]);
	assert.deepEqual(world.space.ops.map((one) => one.state), ["sent"]);
	world.server.after = (call, answer) => answer;
	const again = await reopen(world);
	await again.sync();
	assert.deepEqual([...new Set(sentOps(again).map((one) => one.op))], [op.id]);
	assert.equal(again.space.ops.length, 0);
	assert.equal(again.server.spaces.get("s1").records.get("cars/7").version, 2);
});

test("while an op is under way, edits of its record join into one, which then follows its result", async () => {
	const world = await withCar();
	world.server.after = (call, answer) => (call.path.endsWith("/push") ? null : answer);
	const first = await world.finish(world.space.set("cars", "7", { notes: "b" }));
	await world.sync();
	await world.finish(world.space.set("cars", "7", { notes: "c" }));
	const second = await world.finish(world.space.set("cars", "7", { late: true }));
	assert.notEqual(second.id, first.id);
	assert.deepEqual(world.space.ops.map((op) => op.state), ["sent", "waiting"]);
	world.server.after = (call, answer) => answer;
	await world.sync();
	for (const call of pushes(world))
		assert.equal(new Set(call.body.ops.map((op) => op.collection + op.id)).size, call.body.ops.length);
	assert.deepEqual(sentOps(world).at(-1), {
		op: second.id, collection: "cars", id: "7", base: 2, set: { notes: "c", late: true }, at: second.at,
	});
	assert.equal(world.space.ops.length, 0);
	assert.equal(world.space.get("cars", "7").version, 3);
});

test("an edit made while the result of the one before is being stored follows it", async () => {
	for (let turns = 0; turns < 30; turns += 1) {
		const world = await begin();
		let edit = null;
		world.server.after = (call, answer) => {
			if (call.path.endsWith("/push"))
				edit ??= (async () => {
					for (let i = 0; i < turns; i += 1)
						await new Promise((resolve) => { setImmediate(resolve); });
					return world.space.set("cars", "9", { notes: "m" });
				})();
			return answer;
		};
		await world.finish(world.space.create("cars", { notes: "n" }, { id: "9" }));
		await world.sync();
		await world.finish(edit);
		await world.sync();
		assert.deepEqual(states(world.space), [], `an edit ${turns} turns after the answer`);
		assert.deepEqual([world.space.get("cars", "9").notes, world.space.get("cars", "9").version], ["m", 2]);
	}
});

test("a form opened while an op was under way follows its result, not later edits made here", async () => {
	const world = await begin();
	world.server.after = (call, answer) => (call.path.endsWith("/push") ? null : answer);
	await world.finish(world.space.create("cars", { notes: "n" }, { id: "9" }));
	await world.sync();
	const seen = { version: world.space.get("cars", "9").version, fields: { notes: "n" } };
	assert.equal(seen.version, 0);
	world.server.after = (call, answer) => answer;
	await world.sync();
	await world.finish(world.space.set("cars", "9", { notes: "m" }, { seen }));
	await world.sync();
	assert.deepEqual(states(world.space), []);
	assert.equal(world.space.get("cars", "9").notes, "m");
	await world.finish(world.space.set("cars", "9", { notes: "unseen" }, { seen }));
	await world.sync();
	assert.deepEqual(states(world.space), ["conflict set cars/9"]);
	assert.equal(world.space.get("cars", "9").notes, "m");
});

test("an edit that follows a result of its own device is based on no more than its author saw", () => {
	const op = {
		id: "x", collection: "cars", record: "7", kind: "set", set: { notes: "c" }, was: { notes: "b" },
		base: 1, state: "waiting", parts: [],
	};
	const own = (version, set) =>
		({ id: `o${version}`, version, own: true, parts: [{ kind: "set", set, was: {} }] });
	const now = (version, notes) => ({ version, notes, location: "Yard" });
	const after = (done, record, change = {}, queued = []) => catchUp({ ...op, ...change }, done, queued,
		record, definitions[0]);
	const base = (...given) => after(...given).base;
	assert.equal(base([own(2, { notes: "b" })], now(2, "b")), 2);
	assert.equal(base([own(2, { notes: "b" })], now(4, "theirs")), 2, "the server finds what came in 3 and 4");
	assert.equal(base([own(2, { notes: "b" }), own(3, { late: true })], now(4, "b")), 3);
	assert.equal(base([own(3, { notes: "b" })], now(4, "b")), 4,
		"2 and 4 were somebody else's, and what the author saw is still there");
	assert.deepEqual(after([own(3, { notes: "b" })], now(4, "theirs")).conflict?.fields, ["notes"]);
	assert.equal(base([own(1, { notes: "b" })], now(2, "theirs")), 1);
	assert.deepEqual(after([own(2, { notes: "other" })], now(2, "other")).conflict?.fields, ["notes"],
		"what was written here and not seen");
	const remove = { kind: "delete", set: null, was: { notes: "b", location: "elsewhere" } };
	assert.equal(base([own(2, { notes: "b" })], now(2, "b"), remove), 2);
	assert.equal(after([{ ...own(2, { notes: "b" }), own: false }], now(2, "b"), remove).state, "conflict",
		"2 was somebody else's, with the same wish");
	assert.equal(base([{ ...own(2, { notes: "b" }), own: false }], { ...now(3, "b"), location: "theirs" }, {
		set: { location: "m" }, was: { location: "Yard" },
	}), 1);
	assert.equal(base([own(2, { notes: "a" })], now(2, "a"), {}, [{ kind: "set", set: { notes: "b" } }]), 2,
		"what still waits is below it");
	assert.equal(after([own(2, { notes: "a" })], now(2, "a"), {}, [{ kind: "set", set: { notes: "other" } }]).state,
		"waiting", "its answer decides");
});

test("an edit after a refused one is based on the result before both", async () => {
	const world = await withCar();
	world.server.after = (call, answer) => (call.path.endsWith("/push") ? null : answer);
	await world.finish(world.space.set("cars", "7", { late: true }));
	await world.sync();
	await world.finish(world.space.set("cars", "7", { notes: "bad" }));
	await world.finish(world.space.create("trips", { note: "t" }, { id: "t1" }));
	await world.finish(world.space.set("cars", "7", { late: false, location: "t1" }));
	world.server.after = (call, answer) => answer;
	await world.sync();
	assert.deepEqual(states(world.space), ["rejected set cars/7"]);
	assert.deepEqual([world.space.get("cars", "7").late, world.space.get("cars", "7").location], [false, "t1"]);
});

test("a delete after an unchanged op does not delete what nobody here has seen", async () => {
	const world = await withCar();
	await offline(world);
	await world.finish(world.space.set("cars", "7", { notes: "same" }));
	world.server.write("s1", "cars", "7", { notes: "same", location: "unseen" });
	world.server.down = false;
	world.server.answer = (call) => (call.path.endsWith("/push") && call.body.ops[0].set
		? { status: 200, body: { results: call.body.ops.map(({ op }) => ({
			op,
			status: "unchanged",
			version: 2,
			seq: 2,
			record: world.server.json(world.server.spaces.get("s1").records.get("cars/7")),
		})), epoch: "e1", head: 2 } } : undefined);
	let removed = null;
	world.server.after = (call, answer) => {
		if (call.path.endsWith("/push"))
			removed ??= world.space.remove("cars", "7");
		return answer;
	};
	await world.sync();
	await world.finish(removed);
	await world.sync();
	assert.deepEqual(states(world.space), ["conflict delete cars/7"]);
	assert.deepEqual(world.space.ops[0].conflict.fields, ["location"]);
});

test("somebody's change below an own edit is not overwritten by the next, though it saw that version", async () => {
	const world = await withCar();
	world.server.answer = (call) => (call.path.endsWith("/push") ? world.server.refusal(500) : undefined);
	await world.finish(world.space.set("cars", "7", { notes: "mine" }));
	world.server.write("s1", "cars", "7", { notes: "theirs" });
	await world.sync();
	const row = world.space.get("cars", "7"), seen = { version: row.version, fields: { ...row } };
	assert.deepEqual([row.version, row.notes], [2, "mine"]);
	world.server.answer = () => undefined;
	await world.sync();
	assert.deepEqual(states(world.space), ["conflict set cars/7"]);
	await world.finish(world.space.set("cars", "7", { notes: "next" }, { seen }));
	await world.sync();
	assert.deepEqual(states(world.space), ["conflict set cars/7", "conflict set cars/7"]);
	assert.deepEqual(world.space.ops[1].conflict.fields, ["notes"]);
	assert.equal(world.server.spaces.get("s1").records.get("cars/7").fields.notes, "theirs");
	await world.finish(world.space.set("cars", "7", { late: true }, { seen }));
	await world.sync();
	assert.equal(world.space.ops.length, 2);
});

test("an edit on top of a dropped edit counts as made on what was below that one", () => {
	const part = (set, was) => ({ id: "p", kind: "set", set, was, at: "", label: null });
	const edit = (set, was, more = {}) => ({
		id: "x", collection: "cars", record: "7", kind: "set", set, was, base: 2, state: "waiting",
		parts: [part(set, was)], ...more,
	});
	const second = edit({ notes: "c" }, { notes: "b" });
	const [cars] = definitions;
	const now = (notes) => ({ version: 2, notes, location: "Yard" });
	const stands = (under, parked, notes) => meet(ground(second, under, parked, [], now(notes), cars),
		now(notes), cars);
	assert.deepEqual([stands({ notes: ["a"] }, [], "a").state, stands({ notes: ["a"] }, [], "a").was.notes],
		["waiting", "a"]);
	assert.deepEqual(stands({ notes: ["a"] }, [], "a").parts[0].was, { notes: "a" });
	assert.equal(stands({ notes: ["a"] }, [], "theirs").state, "conflict");
	assert.equal(stands({}, [edit({ notes: "b" }, { notes: "a" }, { state: "rejected" })], "a").state, "waiting");
	assert.equal(
		stands({}, [edit({ notes: "b" }, { notes: "a" }, { state: "conflict" })], "theirs").state, "conflict");
	assert.equal(stands({}, [], "b").state, "waiting");
	assert.equal(stands({}, [], "a").state, "conflict");
});

test("an edit after a conflicting or dropped one is in conflict where it builds on it", () => {
	const part = (set, was) => ({ id: "p", kind: "set", set, was, at: "", label: null });
	const edit = (n, set, was, base) => ({
		n, id: `x${n}`, collection: "cars", record: "7", kind: "set", set, was, base, state: "waiting",
		parts: [part(set, was)],
	});
	const first = edit(1, { notes: "b", location: "B" }, { notes: "a", location: "A" }, 1), [cars] = definitions;
	const clashed = { ...first, state: "conflict", conflict: {
		fields: ["notes"], current: { version: 2, notes: "theirs", location: "A" }, currentVersion: 2,
	} };
	const both = park(clashed,
		[edit(2, { notes: "c", location: "C" }, { notes: "b", location: "B" }, 2)], cars).put[1];
	assert.deepEqual([both.state, both.conflict.fields], ["conflict", ["notes"]]);
	const other = park(clashed, [edit(2, { location: "C" }, { location: "B" }, 2)], cars).put[1];
	assert.deepEqual([other.state, other.base, other.was], ["waiting", 2, { location: "A" }]);
	const chain = park(clashed, [["c", "b"], ["d", "c"], ["e", "d"]].map(([notes, was], i) =>
		edit(i + 2, { notes }, { notes: was }, 2)), cars);
	assert.deepEqual([chain.drop, chain.put.map(({ n, state }) => [n, state])],
		[[], [[1, "conflict"], [2, "conflict"], [3, "conflict"], [4, "conflict"]]]);
	const remove = { ...edit(2, null, { notes: "b", location: "B" }, 2), kind: "delete" };
	assert.deepEqual(park(clashed, [remove], cars).put[1].conflict.fields, ["notes"]);
	const step = letGo(first, [first, edit(2, { notes: "c" }, { notes: "b" }, 2)], cars);
	assert.deepEqual([step.drop.map(({ n }) => n), step.put.map(({ n, was, base }) => [n, was, base])],
		[[1], [[2, { notes: "a" }, 2]]]);
	assert.throws(() => letGo({ ...first, kind: "create" }, [remove], cars), { name: "EngineError" });
	assert.deepEqual(letGo(clashed, [clashed], cars), { drop: [clashed], put: [] });
});

test("editing a record whose create was undone does not create a partial record", async () => {
	const world = await begin();
	await offline(world);
	const made = await world.finish(world.space.create("cars", { notes: "n" }, { id: "9" }));
	const seen = { version: 0, fields: { ...world.space.get("cars", "9") } };
	await world.finish(world.space.undo(made.id));
	await assert.rejects(world.finish(world.space.set("cars", "9", { late: true }, { seen })),
		{ name: "EngineError" });
	await online(world);
	assert.equal(world.server.spaces.get("s1").records.size, 0);
});

test("a retry while an edit of the same field is under way follows that edit", async () => {
	const world = await withCar();
	const bad = await world.finish(world.space.set("cars", "7", { notes: "bad" }));
	await world.sync();
	world.server.after = (call, answer) => (call.path.endsWith("/push") ? null : answer);
	await world.finish(world.space.set("cars", "7", { notes: "b" }));
	await world.sync();
	await world.finish(world.space.retry(bad.id));
	assert.deepEqual(world.space.ops.at(-1).was, { notes: "b" });
	world.server.after = (call, answer) => answer;
	await world.sync();
	assert.deepEqual(states(world.space), ["rejected set cars/7"]);
	assert.equal(world.space.ops[0].problem.status, 400);
});

test("after a create was sent, edits and a delete join into one op that waits for its result", async () => {
	const world = await begin();
	world.server.after = (call, answer) => (call.path.endsWith("/push") ? null : answer);
	await world.finish(world.space.create("cars", { notes: "n" }, { id: "9" }));
	await world.sync();
	await world.finish(world.space.set("cars", "9", { notes: "m" }));
	await world.finish(world.space.remove("cars", "9"));
	assert.deepEqual(states(world.space), ["sent create cars/9", "waiting delete cars/9"]);
	world.server.after = (call, answer) => answer;
	await world.sync();
	assert.equal(world.space.ops.length, 0);
	assert.equal(world.server.spaces.get("s1").records.get("cars/9").deleted, true);
});

test("the next op's base moves only if the record still has what the person saw; else it is a conflict", async () => {
	const world = await withCar({ notes: "a", location: "100" });
	world.server.after = (call, answer) => (call.path.endsWith("/push") ? null : answer);
	await world.finish(world.space.set("cars", "7", { late: true }));
	await world.sync();
	await world.finish(world.space.set("cars", "7", { notes: "mine" }));
	world.server.write("s1", "cars", "7", { notes: "theirs" });
	world.server.after = (call, answer) => answer;
	await world.sync();
	assert.deepEqual(states(world.space), ["conflict set cars/7"]);
	const [op] = world.space.ops;
	assert.deepEqual({ fields: op.conflict.fields, base: op.conflict.base, mine: op.conflict.mine },
		{ fields: ["notes"], base: { notes: "a" }, mine: { notes: "mine" } });
	assert.equal(op.conflict.current.notes, "theirs");
	assert.equal(sentOps(world).filter((one) => one.set.notes !== undefined).length, 0);
	assert.equal(world.space.get("cars", "7").notes, "theirs");
});

test("a pull moves no base: the server decides later", async () => {
	const world = await withCar();
	await offline(world);
	await world.finish(world.space.set("cars", "7", { notes: "mine" }));
	world.server.down = false;
	world.server.answer = (call) => (call.path.endsWith("/push") ? { status: 503, body: {} } : undefined);
	world.server.write("s1", "cars", "7", { notes: "theirs" });
	await world.sync();
	world.server.answer = () => undefined;
	assert.equal(world.space.ops[0].base, 1);
	await world.sync();
	assert.deepEqual(states(world.space), ["conflict set cars/7"]);
	assert.equal(world.space.ops[0].conflict.currentVersion, 2);
});

test("a page never hides waiting ops: the row below them is updated", async () => {
	const world = await withCar({ notes: "a", location: "100" });
	const { server, space } = world;
	server.write("s1", "cars", "7", { location: "200" });
	let writing = null;
	server.after = (call, answer) => {
		if (call.path.endsWith("/changes"))
			writing ??= space.set("cars", "7", { notes: "mine" });
		return answer;
	};
	server.answer = (call) => (call.path.endsWith("/push") ? server.refusal(503) : undefined);
	await world.sync();
	await world.finish(writing);
	assert.deepEqual([
		space.get("cars", "7").notes, space.get("cars", "7").location, space.get("cars", "7").version,
	], ["mine", "200", 2]);
	assert.equal(space.ops[0].base, 1);
	server.answer = () => undefined;
	await world.clock.run(120_000);
	await world.sync();
	assert.deepEqual([
		space.get("cars", "7").notes, space.get("cars", "7").location, space.get("cars", "7").version,
	], ["mine", "200", 3]);
});

test("an edit of a newly pulled version is an op of its own, based on what was seen", () => {
	const op = (n, base, set, state = "waiting") =>
		({ n, id: `o${n}`, collection: "cars", record: "7", kind: "set", set, was: {}, base, state, parts: [{
			id: `o${n}`, kind: "set", set, was: {}, at: "", label: null,
		}] });
	const first = op(1, 3, { notes: "b" });
	assert.equal(add([first], op(2, 3, { late: true }), [], definitions[0]).put[0].id, "o1");
	assert.equal(add([first], op(2, 5, { late: true }), [], definitions[0]).put[0].id, "o2");
	assert.equal(isActive(first), true);
});

test("a delete after an op that was merged does not delete what nobody here has seen", () => {
	const op = {
		id: "d", collection: "cars", record: "7", kind: "delete", set: null,
		was: { notes: "a", location: "100" }, base: 1, state: "waiting", parts: [],
	};
	assert.equal(
		follow(op, { version: 3, notes: "a", location: "200" }, 3, false, definitions[0]).state, "conflict");
	assert.equal(follow(op, { version: 2, notes: "b", location: "100" }, 2, true, definitions[0]).base, 2);
	assert.equal(follow(op, null, 3, false, definitions[0]), null);
});

test("a delete that is 404 is done", async () => {
	const world = await withCar();
	await offline(world);
	await world.finish(world.space.remove("cars", "7"));
	world.server.spaces.get("s1").records.delete("cars/7");
	await online(world);
	assert.equal(world.space.ops.length, 0);
	assert.equal(world.space.get("cars", "7"), undefined);
});

test("a create on a tombstone is sent again with the tombstone's version", async () => {
	const world = await begin({ prepare: (server) => {
		server.write("s1", "cars", "7", { notes: "a" });
		server.write("s1", "cars", "7", null);
	} });
	await world.finish(world.space.create("cars", { notes: "back" }, { id: "7" }));
	await world.sync();
	assert.deepEqual(sentOps(world).map((op) => op.base), [0, 2]);
	assert.equal(new Set(sentOps(world).map((op) => op.op)).size, 1);
	assert.equal(world.space.get("cars", "7").notes, "back");
	assert.equal(world.space.ops.length, 0);
});

test("two live records with one id are a conflict for the person", async () => {
	const world = await begin();
	const op = await world.finish(world.space.create("weights", { date: "2026-11-21", kg: 80 }));
	world.server.write("s1", "weights", op.record, { date: "2026-11-21", kg: 81 });
	await world.sync();
	assert.deepEqual(states(world.space), [`conflict create weights/${op.record}`]);
	assert.equal(world.space.get("weights", op.record).kg, 81);
	await world.finish(world.space.resolve(op.id, { kg: 80 }));
	await world.sync();
	assert.equal(world.server.spaces.get("s1").records.get(`weights/${op.record}`).fields.kg, 80);
	assert.equal(world.space.ops.length, 0);
});

test("refused ops stay, are counted, and do not hold up other records", async () => {
	const world = await withCar();
	const bad = await world.finish(world.space.set("cars", "7", { notes: "bad" }, { label: "Note of car 7" }));
	await world.finish(world.space.create("cars", { notes: "fine" }, { id: "8" }));
	await world.sync();
	assert.deepEqual(states(world.space), ["rejected set cars/7"]);
	assert.equal(world.space.ops[0].label, "Note of car 7");
	assert.equal(world.space.ops[0].problem.field, "notes");
	assert.deepEqual([world.space.status.failed, world.space.status.waiting], [1, 0]);
	assert.equal(world.space.get("cars", "7").notes, "a");
	assert.equal(world.server.spaces.get("s1").records.get("cars/8").version, 1);
	const before = pushes(world).length;
	await world.sync();
	assert.equal(pushes(world).length, before);
	await world.finish(world.space.retry(bad.id));
	await world.sync();
	assert.notEqual(sentOps(world).at(-1).op, bad.id);
	await world.finish(world.space.discard(world.space.ops[0].id));
	assert.deepEqual(states(world.space), []);
});

test("a refused create stays visible, and editing the record changes that create", async () => {
	const world = await begin();
	const op = await world.finish(world.space.create("cars", { notes: "bad", location: "100" }, { id: "9" }));
	await world.sync();
	assert.equal(world.space.get("cars", "9").notes, "bad");
	assert.equal(world.space.get("cars", "9").version, 0);
	await world.finish(world.space.set("cars", "9", { notes: "good" }));
	await world.sync();
	assert.notEqual(sentOps(world).at(-1).op, op.id);
	assert.deepEqual(sentOps(world).at(-1).set, { notes: "good", location: "100" });
	assert.equal(world.space.ops.length, 0);
});

test("an edit after a refused one is sent without it", async () => {
	const world = await withCar();
	let hold = true;
	world.server.after = (call, answer) => (hold && call.path.endsWith("/push") ? null : answer);
	await world.finish(world.space.set("cars", "7", { notes: "bad" }));
	await world.sync();
	await world.finish(world.space.set("cars", "7", { notes: "good" }));
	hold = false;
	await world.sync();
	assert.deepEqual(states(world.space), ["rejected set cars/7"]);
	assert.equal(world.space.ops[0].set.notes, "bad");
	assert.equal(world.server.spaces.get("s1").records.get("cars/7").fields.notes, "good");
});

test("retrying an edit of a record that was deleted elsewhere brings all of it back", async () => {
	const world = await withCar({ notes: "a", location: "300" });
	await offline(world);
	const op = await world.finish(world.space.set("cars", "7", { notes: "mine" }));
	world.server.write("s1", "cars", "7", null);
	await online(world);
	assert.deepEqual(states(world.space), ["conflict set cars/7"]);
	assert.equal(world.space.ops[0].conflict.current, null);
	await world.finish(world.space.retry(op.id));
	await world.sync();
	const { fields } = world.server.spaces.get("s1").records.get("cars/7");
	assert.deepEqual([fields.notes, fields.location], ["mine", "300"]);
});

test("a decision applies before the device has pulled the other side's change", async () => {
	for (const [wish, theirs, decided] of [
		["set", null, { notes: "mine", location: "300" }],
		["remove", { notes: "theirs" }, null],
	]) {
		const world = await withCar({ notes: "a", location: "300" });
		await offline(world);
		const op = await world.finish(wish === "set" ? world.space.set("cars", "7", { notes: "mine" })
			: world.space.remove("cars", "7"));
		let written = false, deaf = true;
		world.server.answer = (call) => {
			if (call.path.endsWith("/push") && !written)
				written = world.server.write("s1", "cars", "7", theirs) !== false;
		};
		world.server.after = (call, answer) =>
			(deaf && written && !call.path.endsWith("/push") ? null : answer);
		await online(world);
		assert.equal(world.space.ops[0].state, "conflict");
		assert.equal(world.space.ops[0].conflict.currentVersion, 2);
		await world.finish(world.space.retry(op.id));
		deaf = false;
		await world.sync();
		await world.sync();
		assert.deepEqual(states(world.space), []);
		const { fields, deleted } = world.server.spaces.get("s1").records.get("cars/7");
		assert.deepEqual(deleted ? null : { notes: fields.notes, location: fields.location }, decided);
	}
});

test("undo: unsent edits one by one, sent ones by an op that restores, deletes by a revival", async () => {
	const world = await withCar({ notes: "a", location: "100" });
	const { space } = world;
	await offline(world);
	const first = await world.finish(space.set("cars", "7", { notes: "b" }));
	const second = await world.finish(space.set("cars", "7", { late: true }));
	assert.notEqual(second.edit, first.edit);
	await world.finish(space.undo(second.edit));
	assert.deepEqual([space.get("cars", "7").notes, space.get("cars", "7").late], ["b", false]);
	await world.finish(space.undo(first.id));
	assert.deepEqual(states(space), []);
	await online(world);

	const third = await world.finish(space.set("cars", "7", { notes: "c" }));
	await world.sync();
	await world.finish(space.undo(third.id));
	assert.equal(space.get("cars", "7").notes, "a");
	await world.sync();
	assert.equal(world.server.spaces.get("s1").records.get("cars/7").fields.notes, "a");

	const gone = await world.finish(space.remove("cars", "7"));
	await world.sync();
	assert.equal(space.get("cars", "7"), undefined);
	await world.finish(space.undo(gone.id));
	await world.sync();
	assert.deepEqual([space.get("cars", "7").notes, space.get("cars", "7").location], ["a", "100"]);
	assert.equal(space.ops.length, 0);
});

test("undo of an old delete, after the record was revived and deleted again, causes no conflict", async () => {
	const world = await withCar(), { space, finish } = world;
	const first = await finish(space.remove("cars", "7"));
	await world.sync();
	await finish(space.undo(first.id));
	await world.sync();
	await finish(space.remove("cars", "7"));
	await world.sync();
	await finish(space.undo(first.id));
	await world.sync();
	assert.deepEqual(states(space), []);
	assert.equal(space.get("cars", "7").notes, "a");
});

test("undo does not overwrite somebody's later change", async () => {
	const world = await withCar();
	const op = await world.finish(world.space.set("cars", "7", { notes: "b" }));
	await world.sync();
	world.server.write("s1", "cars", "7", { notes: "theirs" });
	await world.finish(world.space.undo(op.id));
	await world.sync();
	assert.equal(world.server.spaces.get("s1").records.get("cars/7").fields.notes, "theirs");
	assert.deepEqual(states(world.space), ["conflict set cars/7"]);
});

test("a form that was open for long writes on what its reader saw", async () => {
	const world = await withCar();
	const seen = world.space.get("cars", "7");
	world.server.write("s1", "cars", "7", { notes: "theirs" });
	await world.sync();
	await world.finish(world.space.set("cars", "7", { notes: "mine" }, {
		seen: { version: seen.version, fields: { notes: seen.notes } },
	}));
	await world.sync();
	assert.deepEqual(states(world.space), ["conflict set cars/7"]);
	assert.equal(world.space.ops[0].base, 1);
});

test("a missing record cannot be edited; a record of a single collection is made by its first edit", async () => {
	const world = await begin();
	await assert.rejects(world.space.set("cars", "none", { notes: "x" }), /no such record/);
	await assert.rejects(world.space.remove("cars", "none"), /no such record/);
	await assert.rejects(world.space.create("nonsense", {}), /no collection nonsense/);
	const op = await world.finish(world.space.set("weights", "abc", { date: "2026-11-21", kg: 1 }));
	assert.equal(op.kind, "create");
});

test("acknowledged ops are kept 30 days", async () => {
	const world = await withCar();
	const op = await world.finish(world.space.set("cars", "7", { notes: "b" }));
	await world.sync();
	const count = () => new Promise((resolve, reject) => {
		const request = world.factory.open(`daybook.${world.engine.session.user.id}`);
		request.onerror = () => reject(request.error);
		request.onsuccess = () => {
			const all = request.result.transaction("done").objectStore("done").getAll();
			all.onsuccess = () => {
				request.result.close();
				resolve(all.result);
			};
		};
	});
	const [kept] = await count();
	assert.deepEqual([kept.id, kept.state, kept.epoch, kept.seq], [op.id, "done", "e1", 2]);
	world.clock.at += 29 * 86_400_000;
	const later = await reopen(world);
	await later.clock.run(100);
	assert.equal((await count()).length, 1);
	await finish(world.clock, later.engine.stop());
	world.clock.at += 2 * 86_400_000;
	const last = await reopen(world);
	await last.clock.run(100);
	assert.equal((await count()).length, 0);
});

// What a form shows that is opened now.
function formOver(space, record) {
	const { version, ...fields } = space.get("cars", record);
	return { seen: { version, fields } };
}

for (const [how, takeBack] of [
	["undone", (space, op) => space.undo(op.id)], ["discarded", (space, op) => space.discard(op.id)],
])
	test(`a form over edits that were ${how} before they were sent is in conflict with nobody`, async () => {
		const world = await begin({ prepare: (server) => server.write("s1", "cars", "7", { notes: "old" }) });
		const { space, server, finish, clock } = world;
		server.down = true;
		const first = await finish(space.set("cars", "7", { notes: "one" }));
		if (how === "undone")
			await finish(space.set("cars", "7", { notes: "two" }));
		const form = formOver(space, "7");
		for (let n = 0; space.ops.length > 0 && n < 3; n += 1)
			await finish(takeBack(space, first));
		assert.deepEqual([space.get("cars", "7").notes, space.ops], ["old", []]);
		const next = await reopen(world);
		await finish(next.space.set("cars", "7", { notes: "new" }, form));
		server.down = false;
		await clock.run(20_000);
		assert.deepEqual([next.space.ops, next.space.get("cars", "7").notes], [[], "new"]);
	});

test("a form over an edit that was undone is in conflict with what somebody else has changed", async () => {
	const world = await begin({ prepare: (server) => server.write("s1", "cars", "7", { notes: "old" }) });
	const { space, server, finish, clock } = world;
	server.down = true;
	const op = await finish(space.set("cars", "7", { notes: "mine" }));
	const form = formOver(space, "7");
	await finish(space.undo(op.id));
	server.down = false;
	server.write("s1", "cars", "7", { notes: "theirs" });
	await clock.run(20_000);
	await finish(space.set("cars", "7", { notes: "new" }, form));
	assert.deepEqual(space.ops.map(({ state }) => state), ["conflict"]);
	await finish(space.discard(space.ops[0].id));
	// Somebody writes what stood below the edit: a form that was opened over theirs has not seen that.
	server.write("s1", "cars", "7", { notes: "mine" });
	await clock.run(20_000);
	const late = formOver(space, "7");
	server.write("s1", "cars", "7", { notes: "old" });
	await clock.run(20_000);
	await finish(space.set("cars", "7", { notes: "new" }, late));
	await clock.run(20_000);
	assert.deepEqual(space.ops.map(({ state }) => state), ["conflict"]);
	assert.equal(server.spaces.get("s1").records.get("cars/7").fields.notes, "old");
});
