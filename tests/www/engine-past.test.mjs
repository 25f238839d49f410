// A server whose past is another one than this device knows: what is remembered of it, when it is asked about, what
// the person is told, and that nothing that this device holds is lost.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { alarmAfter, judge, remember } from "../../www/engine/chain.js";
import { isSame } from "../../www/engine/kept.js";
import { begin, reopen } from "./engine-aid.mjs";

const DAY = 86_400_000;

// ---- what is remembered ----

const headAt = (seq) => ({ seq, chain: `c${seq}`, at: `2026-11-${10 + seq}`, seal: `s${seq}` });

describe("heads that are remembered", () => {
	test("are at most 64, with the first and the last, and denser near the end", () => {
		let heads = [];
		for (let seq = 1; seq <= 5000; seq += 1)
			heads = remember(heads, headAt(seq));
		const seqs = heads.map((head) => head.seq);
		assert.equal(heads.length, 64);
		assert.deepEqual([seqs[0], seqs.at(-1), seqs.at(-2)], [1, 5000, 4999]);
		assert.deepEqual(seqs, [...seqs].sort((a, b) => a - b));
		// However old a change is, a head that is not much older than it stands before it.
		const wide = seqs.slice(1).map((seq, i) => (seq - seqs[i]) / (5000 - seqs[i]));
		assert.ok(Math.max(...wide.slice(0, -8)) < 0.35, `a hole of ${Math.max(...wide.slice(0, -8))}`);
	});

	test("have one of each seq, the last that was given out", () => {
		const once = remember([headAt(1), headAt(2)], { ...headAt(2), chain: "new" });
		assert.deepEqual(once.map((head) => head.chain), ["c1", "new"]);
		assert.deepEqual(remember(once, headAt(1)).map((head) => head.seq), [1]);
	});

	test("say where two pasts part", () => {
		const heads = [1, 4, 6, 9].map(headAt), past = (...said) =>
			said.map((through, i) => ({ seq: heads[i].seq, through }));
		const whole = judge(heads, { seq: 9, past: past(true, true, true, true) });
		assert.deepEqual([whole.common.seq, whole.broken, whole.heads.length], [9, null, 4]);
		const other = judge(heads, { seq: 9, past: past(true, null, false, false) });
		assert.deepEqual([other.common.seq, other.broken.seq, other.isSetBack], [1, 9, false]);
		assert.deepEqual(other.heads.map((head) => head.seq), [1, 4], "what is not denied stays remembered");
		const back = judge(heads, { seq: 5, past: past(true, true, false, false) });
		assert.deepEqual([back.common.seq, back.broken.seq, back.isSetBack], [4, 9, true]);
	});

	test("above the cut of an operator's restore are forgotten, below it they count", () => {
		const heads = [1, 4, 6, 9].map(headAt), restored = { epoch: "e2", seq: 5 };
		const upTo = (end) => ({ seq: 5, past: heads.map(({ seq }) => ({ seq, through: seq <= end })) });
		const good = judge(heads, upTo(4), restored);
		assert.deepEqual([good.broken, good.heads.map((head) => head.seq)], [null, [1, 4]]);
		const bad = judge(heads, upTo(3), restored);
		assert.deepEqual([bad.broken.seq, bad.isSetBack], [4, false]);
	});
});

test("an alarm keeps the earliest parting and the gravest finding", () => {
	const judged = (common, broken) => ({ heads: [], common, broken, isSetBack: false });
	const first = alarmAfter(null, { reason: "past" }, judged(headAt(4), headAt(6)), 100);
	assert.deepEqual(first,
		{ found: "other-past", at: 100, since: { seq: 4, at: headAt(4).at }, claim: headAt(6), kept: 0 });
	const second = alarmAfter({ ...first, kept: 3 }, { reason: "ahead" }, judged(headAt(5), null), 200);
	assert.deepEqual(second, { ...first, kept: 3 });
	const third = alarmAfter(second, { reason: "past" }, judged(headAt(2), headAt(3)), 300);
	assert.deepEqual([third.since.seq, third.claim.seq], [2, 3]);
	const byOperator = { reason: "epoch", restored: { epoch: "e", seq: 3 } };
	const none = alarmAfter(null, byOperator, judged(headAt(2), null), 1);
	assert.deepEqual([none.found, none.claim], ["restored", null]);
	assert.equal(alarmAfter(null, { reason: "ahead" }, null, 1).found, "set-back");
});

test("two records are the same whatever each write sets", () => {
	const one = { id: "1", owner: "a", version: 1, seq: 4, lastUpdatedAt: "x", notes: "n" };
	assert.ok(isSame(one, { notes: "n", id: "1", owner: "a", version: 9, seq: 7, createdBy: "b" }));
	assert.ok(!isSame(one, { ...one, notes: "m" }));
	assert.ok(!isSame(one, { ...one, owner: "b" }));
});

// ---- against a server ----

const fill = (server) => {
	server.tellsHead = true;
	for (let i = 0; i < 4; i += 1)
		server.write("s1", "cars", `c${i}`, { notes: `n${i}` });
};
const asked = (world) => world.server.calls("/sync/head").filter((call) => !call.path.endsWith("heads"));
const snapshotOf = (server) => {
	const { records, ops, seq } = server.spaces.get("s1");
	return structuredClone({ records, ops, seq });
};
const notesOf = (world) => Object.fromEntries(world.space.all("cars").map(({ id, notes }) => [id, notes]));
const restart = async (world) => {
	await world.finish(world.engine.stop());
	return reopen(world);
};

test("the head is asked for once after the first load, and then once a day", async () => {
	const world = await begin({ prepare: fill });
	await world.sync();
	assert.equal(asked(world).length, 1);
	for (let i = 0; i < 3; i += 1)
		await world.sync();
	assert.equal(asked(world).length, 1);
	world.clock.at += DAY;
	await world.sync();
	await world.sync();
	const [, again] = asked(world);
	assert.deepEqual([asked(world).length, again.query.get("past").split("-")[0]], [2, "4"]);
	assert.equal(world.space.status.past, null);
});

test("a server that tells no head is asked no more than now and then", async () => {
	const world = await begin({ prepare: (server) => { fill(server); server.tellsHead = false; } });
	for (let i = 0; i < 5; i += 1)
		await world.sync();
	assert.equal(asked(world).length, 1);
	assert.deepEqual([world.space.status.trouble, world.space.status.past], [null, null]);
});

test("a past that was rewritten is told to the person and to the server; what was held before is kept", async () => {
	const world = await begin({ prepare: fill });
	await world.sync();
	const s = world.server.spaces.get("s1");
	s.forks.push({ from: 2, line: "b" });
	s.records.get("cars/c1").fields.notes = "rewritten";
	s.records.delete("cars/c2");
	await world.sync();
	await world.sync();
	const { past } = world.space.status;
	assert.deepEqual([past.found, past.kept, past.since], ["other-past", 2, null]);
	assert.deepEqual(notesOf(world), { c0: "n0", c1: "rewritten", c3: "n3" });
	assert.deepEqual((await world.space.before()).map(({ id, record, now }) => [id, record.notes, now?.notes]),
		[["c1", "n1", "rewritten"], ["c2", "n2", undefined]]);
	assert.deepEqual(world.server.alarms.map(({ seq, seal }) => [seq, seal]), [[4, "sealed-4"]]);
	const file = JSON.parse(await (await world.space.export()).text());
	assert.deepEqual(file.before.cars.map(({ notes }) => notes), ["n1", "n2"]);
	const again = await restart(world);
	await again.sync();
	assert.equal(again.space.status.past.kept, 2, "it lasts until somebody decides");
	assert.equal(again.server.alarms.length, 1, "the server is told once");
	await again.finish(again.space.forgetBefore());
	assert.deepEqual([again.space.status.past, await again.space.before()], [null, []]);
});

test("acknowledged ops above the last common head are sent again, and those below are not", async () => {
	const world = await begin({ prepare: fill });
	const below = await world.finish(world.space.set("cars", "c0", { notes: "below" }));
	await world.sync();
	world.clock.at += DAY;
	await world.sync(); // a head that has it
	const snapshot = snapshotOf(world.server);
	const above = await world.finish(world.space.set("cars", "c1", { notes: "above" }));
	await world.sync();
	world.server.write("s1", "cars", "c9", { notes: "of somebody" });
	await world.sync();
	const s = Object.assign(world.server.spaces.get("s1"), snapshot);
	const before = world.server.calls("/sync/push").length;
	await world.sync();
	await world.sync();
	const again = world.server.calls("/sync/push").slice(before)
		.flatMap((call) => call.body.ops.map(({ op }) => op));
	assert.deepEqual([again.includes(above.id), again.includes(below.id)], [true, false]);
	assert.deepEqual([s.records.get("cars/c0").fields.notes, s.records.get("cars/c1").fields.notes],
		["below", "above"]);
	const { past } = world.space.status;
	assert.deepEqual([past.found, past.kept], ["set-back", 1]);
	assert.ok(past.since > 0);
	assert.deepEqual((await world.space.before()).map(({ id, now }) => [id, now]), [["c9", null]]);
});

test("what other devices send again is kept no longer", async () => {
	const world = await begin({ prepare: fill });
	await world.sync();
	const snapshot = snapshotOf(world.server);
	world.server.write("s1", "cars", "c9", { notes: "of somebody" });
	await world.sync();
	const s = Object.assign(world.server.spaces.get("s1"), snapshot, { epoch: "e2", cuts: new Map([["e1", 4]]) });
	s.forks.push({ from: 5, line: "b" });
	await world.sync();
	await world.sync();
	assert.deepEqual([world.space.status.past.found, world.space.status.past.kept], ["restored", 1]);
	world.server.write("s1", "cars", "c9", { notes: "of somebody" });
	await world.sync();
	assert.deepEqual([world.space.status.past, world.server.alarms], [null, []]);
});

test("a restore that also rewrote what is below its cut is found out", async () => {
	const world = await begin({ prepare: fill });
	await world.sync();
	const s = world.server.spaces.get("s1");
	Object.assign(s, { epoch: "e2", cuts: new Map([["e1", 4]]) });
	s.forks.push({ from: 3, line: "b" });
	await world.sync();
	await world.sync();
	assert.equal(world.space.status.past.found, "other-past");
	assert.equal(world.server.alarms.length, 1);
});

test("while the head cannot be had, nothing begins, and nothing is lost", async () => {
	const world = await begin({ prepare: fill });
	await world.sync();
	const s = world.server.spaces.get("s1");
	s.forks.push({ from: 2, line: "b" });
	s.records.get("cars/c1").fields.notes = "rewritten";
	world.server.after = (call, answer) => (call.path.endsWith("/sync/head") ? null : answer);
	const op = await world.finish(world.space.set("cars", "c0", { notes: "mine" }));
	await world.sync();
	assert.deepEqual([notesOf(world).c1, world.space.ops.map(({ id }) => id)], ["n1", [op.id]]);
	world.server.after = (call, answer) => answer;
	await world.sync();
	await world.sync();
	assert.deepEqual([notesOf(world).c1, s.records.get("cars/c0").fields.notes], ["rewritten", "mine"]);
	assert.equal(world.space.status.past.kept, 1);
});
