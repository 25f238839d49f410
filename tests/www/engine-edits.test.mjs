// What an action of a person becomes: the ops of writing, of taking back, of trying again and of deciding.
import assert from "node:assert/strict";
import test from "node:test";
import {
	findEdit, latest, opOf, partOf, toCreate, toDelete, toResolve, toSet, toTakeBack, toTryAgain,
} from "../../www/engine/edits.js";

const cars = {
	name: "cars",
	fields: [
		{ name: "late", type: "boolean" },
		{ name: "notes", type: "text" },
		{ name: "at", type: "instant", derived: true },
	],
};
const maker = { id: "op", space: "s", at: "2026-11-20T08:00:00.000Z" };
const done = (wish, more) => ({ ...opOf(maker, wish), state: "done", version: 3, ...more });

test("an op has what its author saw of the fields it sets, as a copy", () => {
	const fields = { late: true, notes: "x" };
	const op = opOf(maker, toSet("cars", "1", fields, { late: false, other: 1 }, 2, { label: "Late" }));
	fields.late = false;
	assert.deepEqual(op.set, { late: true, notes: "x" });
	assert.deepEqual(op.was, { late: false, notes: null });
	assert.deepEqual(op.parts, [{ id: "op", kind: "set", set: op.set, was: op.was, at: maker.at, label: "Late" }]);
	assert.ok(!("renamedFrom" in op));
	assert.equal(opOf(maker, toCreate("cars", "2", {}, 0, { renamedFrom: "1" })).renamedFrom, "1");
});

test("an edit is found by its op's id or its own; the op's id means its last edit", () => {
	const op = {
		...opOf(maker, toSet("cars", "1", { late: true }, {}, 1)),
		parts: [{ id: "op" }, { id: "second" }],
	};
	assert.equal(findEdit([op], "second"), op);
	assert.equal(findEdit([op], "other"), undefined);
	assert.equal(partOf(op, "second").id, "second");
	assert.equal(partOf(op, "op").id, "second");
});

test("undo deletes a created record, makes a deleted one, and restores values nobody has changed since", () => {
	const row = { id: "1", version: 3, late: true, notes: "x", at: "2026-11-20T08:00:00.000Z" };
	const made = done(toCreate("cars", "1", { late: true }));
	assert.deepEqual(
		toTakeBack(made, made.parts[0], row, cars),
		toDelete("cars", "1", { late: true, notes: "x" }, 3)
	);
	assert.equal(toTakeBack(made, made.parts[0], undefined, cars), null);

	const deleted = done(toDelete("cars", "1", { late: true }, 2));
	assert.deepEqual(
		toTakeBack(deleted, deleted.parts[0], undefined, cars),
		toCreate("cars", "1", { late: true }, 3)
	);
	assert.equal(toTakeBack(deleted, deleted.parts[0], row, cars), null);

	const set = done(toSet("cars", "1", { late: true, notes: "mine" }, { late: false, notes: "old" }, 2));
	assert.deepEqual(toTakeBack(set, set.parts[0], row, cars), toSet("cars", "1", { late: false }, row, 3));
	assert.equal(toTakeBack(set, set.parts[0], { ...row, late: false }, cars), null);
});

test("a retry sets the same values on the record as it is now", () => {
	const refused = opOf(maker, toSet("cars", "1", { late: true }, { late: false }, 2));
	const now = { id: "1", version: 5, late: false, notes: "theirs" };
	assert.deepEqual(toTryAgain(refused, refused.set, { now, pulled: now }, cars),
		toSet("cars", "1", { late: true }, now, 5));
	assert.deepEqual(toTryAgain(refused, refused.set, { now }, cars).last, now, "it is shown before it is pulled");
	assert.deepEqual(toTryAgain(refused, refused.set, { now, shown: { ...now, late: true } }, cars).was, {
		late: true,
	});

	const removal = opOf(maker, toDelete("cars", "1", { late: false }, 2));
	assert.deepEqual(
		toTryAgain(removal, {}, { now }, cars),
		toDelete("cars", "1", { late: false, notes: "theirs" }, 5)
	);
});

test("a retry on a deleted record makes the whole record, never a part of one", () => {
	const refused = opOf(maker, toSet("cars", "1", { late: true }, { late: false }, 2));
	const conflict = { current: null, currentVersion: 4 };
	const last = { id: "1", version: 3, late: false, notes: "kept" };
	assert.deepEqual(toTryAgain({ ...refused, conflict, last }, refused.set, { now: undefined }, cars),
		toCreate("cars", "1", { late: true, notes: "kept" }, 4));
	assert.deepEqual(toTryAgain(refused, refused.set, { now: undefined }, cars).was, { late: false });
	assert.equal(toTryAgain(refused, refused.set, { now: undefined }, cars).kind, "set");
});

test("a refusal may be about a later version than has been pulled", () => {
	const op = { conflict: { current: { version: 4 }, currentVersion: 4 } };
	assert.equal(latest(op, { version: 3 }).version, 4);
	assert.equal(latest(op, { version: 5 }).version, 5);
	assert.equal(latest({ conflict: { current: null, currentVersion: 4 } }, { version: 3 }), undefined);
	assert.equal(latest({}, { version: 3 }).version, 3);
});

test("a decision writes what differs from the shown record, or nothing", () => {
	const current = { id: "1", version: 4, late: false, notes: "theirs" };
	const op = {
		...opOf(maker, toSet("cars", "1", { late: true }, {}, 2)),
		conflict: { current, currentVersion: 4 },
	};
	assert.equal(toResolve(op, { late: false, notes: "theirs" }, undefined, cars), null);
	const wish = toResolve(op, { late: true, notes: "theirs" }, { version: 9, late: true }, cars);
	assert.deepEqual([wish.set, wish.was, wish.base], [{ late: true }, { late: false }, 4]);
	const removal = { ...opOf(maker, toDelete("cars", "1", {}, 2)), conflict: { current, currentVersion: 4 } };
	assert.equal(toResolve(removal, { notes: "both" }, undefined, cars).kind, "set");
});

test("a decision about one field keeps the edits that nobody disputes", () => {
	const current = { id: "1", version: 4, late: false, notes: "theirs" };
	const op = {
		...opOf(maker, toSet("cars", "1", { notes: "mine", late: true }, { notes: "a", late: false }, 2)),
		conflict: { fields: ["notes"], current, currentVersion: 4 },
	};
	const decided = (fields, conflict = op.conflict) =>
		toResolve({ ...op, conflict }, fields, current, cars)?.set ?? null;
	assert.deepEqual(decided({ notes: "both" }), { late: true, notes: "both" });
	assert.deepEqual(decided({ notes: "mine" }), { late: true, notes: "mine" }, "mine");
	assert.deepEqual(decided({ notes: "theirs" }), { late: true }, "theirs");
	assert.deepEqual(decided({}), { late: true });
	assert.deepEqual(decided({ late: false, notes: "theirs" }), null, "the record as it is");
	assert.deepEqual(decided({}, { ...op.conflict, fields: [] }), null, "all fields are disputed");
	assert.deepEqual(toTryAgain(op, op.set, { now: current, pulled: current }, cars).set,
		{ notes: "mine", late: true }, "a retry");
	const make = {
		...opOf(maker, toCreate("cars", "1", { notes: "mine", late: true })),
		conflict: { fields: ["notes"], current: null, currentVersion: 0 },
	};
	assert.deepEqual(toResolve(make, { notes: "both" }, undefined, cars).set, { late: true, notes: "both" });
});
