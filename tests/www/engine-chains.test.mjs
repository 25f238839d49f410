// Several edits of one record that wait one after the other: what becomes of the later ones when one of them is refused
// or in conflict.  Nothing of somebody else's is overwritten unseen, and nobody is in conflict with their own edits.
import { test } from "node:test";
import assert from "node:assert/strict";
import { begin, definitions } from "./engine-aid.mjs";
import { afterTaken } from "../../www/engine/answers.js";
import { madeAll, park } from "../../www/engine/following.js";
import { without } from "../../www/engine/outbox.js";

const [cars] = definitions;

// A car, and pushes that fail until free() is called, while changes are fetched.  refuse(op): the server takes this op
// for a mistake.
async function held(fields = { notes: "a", location: "A" }) {
	const world = await begin({ prepare: (server) => server.write("s1", "cars", "7", fields) });
	const { server, space, finish } = world, refused = new Set();
	let isHeld = true;
	server.answer = (call) => {
		if (!call.path.endsWith("/push"))
			return undefined;
		if (isHeld)
			return server.refusal(500);
		const [{ op }] = call.body.ops, problem = server.refusal(400).body;
		return refused.has(op) ? { status: 200, body: {
			results: [{ op, status: "rejected", problem }], epoch: "e1", head: server.spaces.get("s1").seq,
		} } : undefined;
	};
	let news = 0;
	return {
		...world,
		set: (set, options) => finish(space.set("cars", "7", set, options)),
		remove: () => finish(space.remove("cars", "7")),
		theirs: (set) => server.write("s1", "cars", "7", set),
		// Somebody changes what is of no interest here, so that the next edit is an op of its own.
		async part() {
			server.write("s1", "cars", "7", { photo: `p${news += 1}` });
			await world.sync();
		},
		refuse: (op) => refused.add(op.id),
		async free() {
			isHeld = false;
			await world.clock.run(60_000);
			await world.sync();
		},
		there: () => server.spaces.get("s1").records.get("cars/7"),
		left: () => space.ops.map((op) => [op.state, op.kind, ...op.conflict?.fields ?? []].join(" ")),
	};
}

// The same after an edit of the car that waits.
async function edited() {
	const world = await held();
	await world.set({ late: true });
	await world.sync();
	return world;
}

// The first of these edits is in conflict with what somebody else wrote; so is the last one, which was made on top of
// it.  Those between share no field with either.
const between = {
	"one that is refused": async (world) => {
		world.refuse(await world.set({ notes: "mine" }));
		return ["rejected set"];
	},
	"one that is in conflict": async (world) => {
		await world.set({ notes: "mine" });
		world.theirs({ notes: "theirs too" });
		return ["conflict set notes"];
	},
	"one that is taken": async (world) => {
		await world.set({ notes: "mine" });
		return [];
	},
	"one that is undone": async (world) => {
		const op = await world.set({ notes: "mine" });
		await world.part();
		await world.finish(world.space.undo(op.id));
		return [];
	},
	"one that is refused, and one that is taken": async (world) => {
		world.refuse(await world.set({ notes: "mine" }));
		await world.part();
		await world.set({ late: true });
		return ["rejected set"];
	},
	"two that are refused": async (world) => {
		world.refuse(await world.set({ notes: "mine" }));
		await world.part();
		world.refuse(await world.set({ late: true }));
		return ["rejected set", "rejected set"];
	},
};

for (const [name, make] of Object.entries(between))
	test(`an edit on top of one in conflict overwrites nothing unseen, after ${name}`, async () => {
		const world = await held();
		await world.set({ location: "mine" });
		await world.sync();
		world.theirs({ location: "theirs" });
		await world.sync();
		const more = await make(world);
		await world.part();
		await world.set({ location: "more" });
		await world.part();
		await world.set({ location: "most" });
		await world.free();
		assert.equal(world.there().fields.location, "theirs");
		assert.deepEqual(world.left().sort(),
			["conflict set location", "conflict set location", "conflict set location", ...more].sort());
		assert.deepEqual(world.space.ops.filter(({ set }) => set.location).map(({ set }) => set.location),
			["mine", "more", "most"]);
	});

for (const [name, make] of Object.entries(between))
	test(`an edit on top of a refused one is taken, after ${name}`, async () => {
		const world = await held();
		world.refuse(await world.set({ location: "nonsense" }));
		await world.sync();
		await world.part();
		const more = await make(world);
		await world.part();
		await world.set({ location: "more" });
		await world.part();
		await world.set({ location: "most" });
		await world.free();
		assert.deepEqual(world.left().sort(), ["rejected set", ...more].sort());
		assert.equal(world.there().fields.location, "most");
	});

test("a deletion on top of an edit in conflict deletes nothing unseen, though one between was taken", async () => {
	const world = await held();
	await world.set({ location: "mine" });
	await world.sync();
	world.theirs({ location: "theirs" });
	await world.sync();
	await world.set({ notes: "mine" });
	await world.finish(world.space.create("trips", { car: "7" }, { id: "t" }));
	await world.remove();
	await world.free();
	assert.deepEqual([world.there().deleted, world.there().fields.notes], [false, "mine"]);
	assert.deepEqual(world.left(), ["conflict set location", "conflict delete location"]);
});

test("a deletion after two edits that were taken deletes nothing that came before the first", async () => {
	const world = await edited(), { server } = world;
	server.after = (call, answer) => (call.path.endsWith("/changes") ? null : answer);
	world.theirs({ photo: "theirs" });
	await world.set({ notes: "mine" });
	await world.finish(world.space.create("trips", { car: "7" }, { id: "t" }));
	await world.remove();
	await world.free();
	assert.equal(world.there().deleted, false);
	assert.deepEqual(world.left(), ["conflict delete photo"]);
});

test("a deletion does not delete what somebody has put into an empty field", async () => {
	const world = await edited();
	await world.remove();
	world.theirs({ photo: "theirs" });
	await world.free();
	assert.equal(world.there().fields.photo, "theirs");
	assert.deepEqual(world.left(), ["conflict delete photo"]);
});

test("a deletion of a record that somebody has handed on is in conflict; one that is alone is done", async () => {
	const world = await edited();
	await world.remove();
	const { json } = world.server;
	world.server.json = (row) => ({ ...json(row), owner: "somebody" });
	world.theirs({});
	await world.free();
	assert.deepEqual(world.left(), ["conflict delete owner"]);

	const alone = await edited();
	await alone.set({ notes: "mine" });
	await alone.finish(alone.space.create("trips", { car: "7" }, { id: "t" }));
	await alone.remove();
	await alone.free();
	assert.deepEqual([alone.there().deleted, alone.left()], [true, []]);
});

test("a form over an edit that is in conflict by now overwrites nothing unseen, behind a refused one", async () => {
	const world = await held(), { server, space } = world, { answer } = server;
	await world.set({ location: "mine" });
	await world.sync();
	world.theirs({ location: "theirs" });
	await world.sync();
	const { version, ...fields } = space.get("cars", "7");
	assert.deepEqual([version, fields.location], [2, "mine"]);
	const other = await world.set({ notes: "mine" });
	world.refuse(other);
	server.answer = (call) => (call.body?.ops?.[0].op === other.id ? server.refusal(503) : answer(call));
	await world.free();
	assert.deepEqual(world.left(), ["conflict set location", "sent set"]);
	await world.set({ location: "more" }, { seen: { version, fields } });
	server.answer = answer;
	await world.free();
	assert.equal(world.there().fields.location, "theirs");
	assert.deepEqual(world.left(), ["conflict set location", "rejected set", "conflict set location"]);
});

test("a decision stays in its place behind edits that wait, and is about what they made of the record", async () => {
	const world = await held(), { space, finish, server } = world, { answer } = server;
	await world.set({ location: "mine" });
	await world.sync();
	world.theirs({ location: "theirs" });
	await world.sync();
	const other = await world.set({ notes: "mine" });
	server.answer = (call) => (call.body?.ops?.[0].op === other.id ? server.refusal(503) : answer(call));
	await world.free();
	const [conflict] = space.ops;
	await finish(space.resolve(conflict.id, { location: "both" }));
	await world.set({ location: "more" });
	world.refuse(other);
	server.answer = answer;
	await world.free();
	assert.deepEqual(world.left(), ["rejected set"]);
	assert.equal(world.there().fields.location, "more");
});

test("an edit that is undone before it was sent does not come back when the next one is undone", async () => {
	const world = await held();
	await world.set({ notes: "one" });
	const gone = await world.set({ notes: "two" }), last = await world.set({ notes: "three" });
	assert.equal(world.space.ops.length, 1);
	await world.finish(world.space.undo(gone.edit));
	await world.free();
	assert.equal(world.there().fields.notes, "three");
	await world.finish(world.space.undo(last.edit));
	await world.free();
	assert.equal(world.there().fields.notes, "one");
});

// --- the parts ---

const edit = (n, set, was, more = {}) => ({
	n, id: `x${n}`, collection: "cars", record: "7", kind: set ? "set" : "delete", set, was, base: n,
	state: "waiting",
	parts: [{ id: `x${n}`, kind: set ? "set" : "delete", set, was, at: "", label: null }], ...more,
});

test("a refused op is as good as never made for all that come after it, as far as nothing lies between", () => {
	const first = edit(1, { notes: "b" }, { notes: "a" }, { state: "rejected", problem: {} });
	const parked = (...later) => park(first, later, cars).put.slice(1)
		.map(({ n, state, was, parts }) => [n, state, was, parts[0].was]);
	const late = edit(2, { late: true }, { late: false });
	const far = edit(3, { notes: "c", late: true }, { notes: "b", late: false });
	const whole = (was) => [[3, "waiting", was, was]];
	assert.deepEqual(parked(late, far), whole({ notes: "a", late: false }));
	assert.deepEqual(parked(late, edit(3, null, { notes: "b", late: true })), whole({ notes: "a", late: true }));
	assert.deepEqual(parked(edit(2, { notes: "x" }, { notes: "b" }), far).map(([n]) => n), [2]);
	assert.deepEqual(parked(edit(2, { notes: "x" }, { notes: "b" }, { again: true }), far), []);
	assert.deepEqual(parked(edit(3, { notes: "c" }, { notes: "other" })), whole({ notes: "other" }),
		"in a form that had not seen it");
	assert.deepEqual(parked(late, edit(3, {}, {}, { kind: "create" }), far), [], "a new record");
});

test("an op is in conflict if what it was made on is, however many are between", () => {
	const current = { id: "7", version: 2, notes: "theirs", location: "A", late: false };
	const first = edit(1, { notes: "b", location: "B" }, { notes: "a", location: "A" }, {
		state: "conflict", conflict: { fields: ["notes"], current, currentVersion: 2 },
	});
	const parked = (some, ...later) => park(some, later, cars).put.slice(1)
		.map(({ n, state, conflict, was }) => [n, state, conflict?.fields ?? was]);
	const late = (n) => edit(n, { late: true }, { late: false });
	assert.deepEqual(parked(first, late(2), edit(3, { notes: "c" }, { notes: "b" }),
		edit(4, { location: "C" }, { location: "B" })),
	[[3, "conflict", ["notes"]], [4, "waiting", { location: "A" }]]);
	const both = edit(2, { notes: "c", location: "C" }, { notes: "b", location: "B" });
	assert.deepEqual(parked(first, both, late(3), edit(4, { location: "D" }, { location: "C" })),
		[[2, "conflict", ["notes"]], [4, "waiting", { location: "A" }]]);
	assert.deepEqual(parked(first, late(2), edit(3, null, { notes: "b", location: "B", late: true })),
		[[3, "conflict", ["notes"]]]);
	const gone = { ...first, conflict: { ...first.conflict, current: null } };
	assert.deepEqual(parked(gone, late(2), edit(3, { notes: "c" }, { notes: "b" })),
		[[3, "conflict", ["notes"]]]);
});

test("a deletion follows ops of its own device only as far as these made all versions since it was seen", () => {
	const own = (version, more) => ({ version, own: true, kind: "set", base: version - 1, ...more });
	assert.equal(madeAll([own(2), own(3)], 1, 3), true);
	assert.equal(madeAll([own(3)], 1, 3), false);
	assert.equal(madeAll([own(3), own(4)], 3, 3), true, "what came later is another matter");
	assert.equal(madeAll([own(5, { kind: "create", base: 4 }), own(6)], 0, 6), true, "it made the record again");
	const remove = edit(1, null, { notes: "a", location: "A", photo: null });
	const record = { version: 3, notes: "a", location: "A", photo: "theirs" };
	const result = { status: "applied", version: 3, record };
	assert.equal(afterTaken(remove, result, [own(3)], cars).state, "conflict");
	const followed = afterTaken(remove, result, [own(2), own(3)], cars);
	assert.deepEqual([followed.state, followed.base, followed.was.photo], ["waiting", 3, "theirs"]);
});

test("what is left of an op without one of its edits was made on what was below that one", () => {
	const part = (id, notes, was) =>
		({ id, kind: "set", set: { notes }, was: { notes: was }, at: "", label: null });
	const of = (...parts) => ({ ...edit(1, { notes: "d" }, { notes: "a" }), parts });
	const left = without(of(part("p", "b", "a"), part("q", "c", "b"), part("r", "d", "c")), "q", cars);
	assert.deepEqual([left.set, left.was, left.parts.map(({ was }) => was.notes)],
		[{ notes: "d" }, { notes: "a" }, ["a", "b"]]);
	assert.equal(without(left, "p", cars).was.notes, "a");
	assert.equal(without(of(part("p", "b", "a"), part("q", "a", "b")), "p", cars), null);
});
