// An edit of what is handed in: the server refuses it by name, the words stay, and they are sent again when the period
// is open.  Handing in waits in the outbox like anything else, in its place among the edits.
import { test } from "node:test";
import assert from "node:assert/strict";
import { begin, definitions, reopen } from "./engine-aid.mjs";

const periods = {
	name: "periods", singular: "period", label: "Periods", revision: 1, idForm: "hash", unique: ["from"], own: true,
	inOrder: true, may: { read: "viewer", create: "member", update: "member", delete: "member" }, conflict: "merge",
	fields: [
		{ name: "from", type: "date", label: "From", required: true },
		{ name: "state", type: "choice", label: "State", choices: ["open", "submitted"], default: "open" },
	],
};

// A server on which cars cannot change while a period is submitted.
async function beginWith() {
	const world = await begin({
		definitions: [...definitions, periods],
		prepare: (server) => server.write("s1", "cars", "7", { notes: "a" }),
	});
	world.server.refuse = ({ collection }, { records }) => {
		const closed = [...records.values()].find((one) =>
			one.collection === "periods" && one.fields.state === "submitted");
		return closed && collection === "cars" ? {
			type: "/problems/period-closed", title: "This period is closed", status: 409, field: "start",
			detail: "These days are handed in.",
			period: { id: closed.id, from: closed.fields.from, to: closed.fields.from, state: "submitted" },
		} : undefined;
	};
	const { space, finish } = world;
	return {
		...world,
		edit: (notes) => finish(space.set("cars", "7", { notes })),
		submit: () => finish(space.create("periods", { from: "2026-10-01", state: "submitted" })),
		sent: () => world.server.calls("/sync/push").flatMap(({ body }) => body.ops)
			.map(({ collection, set }) => `${collection} ${set.notes ?? set.state}`),
		offline: () => { world.server.down = true; },
		online: async () => { world.server.down = false; await world.sync(); },
	};
}

const states = (space) => space.ops.map(({ state, kind, collection }) => `${state} ${kind} ${collection}`);

test("an edit made offline of what was closed meanwhile is a refusal with its words, no conflict", async () => {
	const world = await beginWith();
	world.offline();
	await world.edit("typed in the cellar");
	world.server.write("s1", "periods", "p", { from: "2026-10-01", state: "submitted" });
	world.server.write("s1", "cars", "7", { late: true });
	await world.online();
	assert.deepEqual(states(world.space), ["rejected set cars"]);
	const [op] = world.space.ops;
	assert.deepEqual(op.set, { notes: "typed in the cellar" });
	assert.equal(op.problem.type, "/problems/period-closed");
	assert.deepEqual(op.problem.period, { id: "p", from: "2026-10-01", to: "2026-10-01", state: "submitted" });
	assert.deepEqual([op.conflict, world.space.status.failed, world.space.status.conflicts], [null, 1, 0]);
	assert.equal(world.space.get("cars", "7").notes, "a", "what is shown is what the server has");

	const { space } = await reopen(world);
	assert.deepEqual(states(space), ["rejected set cars"], "it stays on the device");
});

test("while the period is closed a retry is refused again; once it is open the same edit is taken", async () => {
	const world = await beginWith();
	world.offline();
	await world.edit("kept");
	world.server.write("s1", "periods", "p", { from: "2026-10-01", state: "submitted" });
	await world.online();
	await world.finish(world.space.retry(world.space.ops[0].id));
	await world.sync();
	assert.deepEqual(states(world.space), ["rejected set cars"]);
	world.server.write("s1", "periods", "p", { state: "open" });
	await world.sync();
	await world.finish(world.space.retry(world.space.ops[0].id));
	await world.sync();
	assert.deepEqual(states(world.space), []);
	assert.equal(world.server.spaces.get("s1").records.get("cars/7").fields.notes, "kept");
});

test("a new record that was refused stays visible, and is made when the period is open", async () => {
	const world = await beginWith();
	world.offline();
	await world.finish(world.space.create("cars", { notes: "late" }, { id: "9" }));
	world.server.write("s1", "periods", "p", { from: "2026-10-01", state: "submitted" });
	await world.online();
	assert.deepEqual(states(world.space), ["rejected create cars"]);
	assert.equal(world.space.get("cars", "9").notes, "late");
	world.server.write("s1", "periods", "p", { state: "open" });
	await world.finish(world.space.retry(world.space.ops[0].id));
	await world.sync();
	assert.equal(world.server.spaces.get("s1").records.get("cars/9").fields.notes, "late");
});

test("handed in offline, then edited: the order is kept, and the edit is the one that is refused", async () => {
	const world = await beginWith();
	world.offline();
	await world.edit("before");
	await world.submit();
	await world.edit("after");
	assert.equal(world.space.ops.length, 3);
	await world.online();
	await world.sync();
	assert.deepEqual(world.sent(), ["cars before", "periods submitted", "cars after"]);
	assert.equal(world.server.spaces.get("s1").records.get("cars/7").fields.notes, "before");
	assert.deepEqual(world.space.ops.map(({ state, set }) => [state, set.notes]), [["rejected", "after"]]);
});

test("handed in, withdrawn, edited and handed in again offline: all of it is taken, in this order", async () => {
	const world = await beginWith();
	world.offline();
	const { record } = await world.submit();
	await world.finish(world.space.set("periods", record, { state: "open" }));
	await world.edit("between");
	await world.finish(world.space.set("periods", record, { state: "submitted" }));
	await world.online();
	await world.sync();
	assert.deepEqual(world.sent(), ["periods open", "cars between", "periods submitted"]);
	assert.deepEqual(states(world.space), []);
	assert.equal(world.server.spaces.get("s1").records.get("cars/7").fields.notes, "between");
});

test("what was made in a closed period, and is changed after it was opened, is sent after the opening", async () => {
	const world = await beginWith(), { space, finish } = world;
	const { record } = await world.submit();
	await world.sync();
	await finish(space.create("cars", { notes: "late" }, { id: "9" }));
	await world.sync();
	assert.deepEqual(states(space), ["rejected create cars"]);
	world.offline();
	await finish(space.set("periods", record, { state: "open" }));
	await finish(space.set("cars", "9", { notes: "later" }));
	assert.deepEqual(states(space), ["waiting set periods", "waiting create cars"]);
	await world.online();
	await world.sync();
	assert.deepEqual(states(space), []);
	assert.equal(world.server.spaces.get("s1").records.get("cars/9").fields.notes, "later");
});
