// What an opened space holds in memory: records, the ops on top of them, and what both come to.
import assert from "node:assert/strict";
import test from "node:test";
import { createHeldOps } from "../../www/engine/held.js";
import { Table, createRecords } from "../../www/engine/records.js";
import { createShelf } from "../../www/engine/shelf.js";
import { isShown, shownRow } from "../../www/engine/shown.js";

const cars = {
	name: "cars",
	fields: [{ name: "notes", type: "text" }, { name: "place", type: "text", default: "Yard" }],
};
const op = (n, more) => ({
	n, id: `o${n}`, space: "s", collection: "cars", record: "7", kind: "set", base: 1, state: "waiting",
	set: { notes: "mine" }, was: { notes: "old" }, at: "2026-11-20T08:00:00.000Z", label: null,
	problem: null, conflict: null, parts: [], ...more,
});
const record = Object.freeze({ id: "7", version: 1, notes: "old", place: "Yard" });
const shown = (ops, from) => shownRow(from, ops, { place: "Yard" }, "anna");

test("ops are shown on top of their record; without any, the record itself is", () => {
	assert.equal(shown([], record), record);
	const ops = [op(1), op(2, { set: { notes: "", place: "Gate" } }), op(3, { set: { place: null } })];
	const row = shown(ops, record);
	assert.deepEqual(row, { id: "7", version: 1, place: "Yard" });
	assert.ok(Object.isFrozen(row));
});

test("a new record belongs to its author; a deleted one, and a change of a missing one, are not shown", () => {
	const made = shown([op(1, { kind: "create" })], undefined);
	assert.deepEqual([made.version, made.owner, made.createdBy], [0, "anna", "anna"]);
	assert.deepEqual([made.notes, made.place], ["mine", "Yard"]);
	assert.equal(shown([op(1, { kind: "delete", set: null })], record), undefined);
	assert.equal(shown([op(1)], undefined), undefined);
});

test("an op in conflict or refused is not shown on its record, unless it would have created the record", () => {
	assert.ok(isShown(op(1, { state: "sent" }), record));
	assert.ok(!isShown(op(1, { state: "conflict" }), record));
	const refused = op(1, { kind: "create", state: "rejected" });
	assert.ok(isShown(refused, undefined));
	assert.ok(!isShown(refused, record));
	assert.ok(!isShown({ ...refused, removed: true }, undefined));
});

test("a table stores values by collection and id; putting null or undefined removes one", () => {
	const table = new Table();
	table.put("cars", "1", "a");
	table.put("cars", "2", "b");
	table.put("cars", "1", null);
	table.put("trips", "1", undefined);
	assert.deepEqual([table.get("cars", "1"), table.get("cars", "2"), table.all("trips")], [undefined, "b", []]);
	assert.deepEqual(table.entries(), [["cars", "2", "b"]]);
});

test("records have the defaults of their definitions, also of those that come later", () => {
	const records = createRecords();
	records.fill([{ collection: "cars", id: "7", record: { id: "7", notes: "a" } }]);
	assert.deepEqual(records.get("cars", "7"), { id: "7", notes: "a" });
	records.define([cars]);
	assert.deepEqual(records.get("cars", "7"), { id: "7", notes: "a", place: "Yard" });
	assert.deepEqual(records.defaultsFor("cars"), { place: "Yard" });
	records.put("cars", "7", null);
	assert.deepEqual(records.entries(), []);
});

test("ops are counted and listed in the order of writing, until they change", () => {
	const held = createHeldOps();
	held.fill([op(2, { record: "8" }), op(3, { state: "conflict" }), op(4, { state: "rejected" })]);
	held.take("cars/9", [op(1, { record: "9" })]);
	held.hold(op(undefined));
	assert.deepEqual(held.counts(), { storing: 1, waiting: 2, conflicts: 1, failed: 1 });
	assert.deepEqual(held.list.map(({ id }) => id), ["o1", "o2", "o3", "o4"]);
	assert.equal(held.list, held.list);
	held.take("cars/9", []);
	assert.deepEqual([held.counts().waiting, held.list.length, held.stored("cars/9")], [1, 3, []]);
});

test("an edit is shown while it is being stored, and is the op it went into afterwards", () => {
	const shelf = createShelf({ user: "anna" }), edit = op(undefined, { id: "e" });
	shelf.define([cars]);
	shelf.fill([{ collection: "cars", id: "7", record: { id: "7", version: 1, notes: "old" } }], []);
	const before = shelf.all("cars");
	shelf.hold(edit);
	assert.deepEqual([shelf.get("cars", "7").notes, shelf.record("cars", "7").notes], ["mine", "old"]);
	assert.deepEqual(shelf.under("cars", "7"), { notes: ["old"] });
	assert.notEqual(shelf.all("cars"), before);
	shelf.release(edit);
	assert.equal(shelf.get("cars", "7").notes, "old");
	shelf.takeOps([{ collection: "cars", id: "7", ops: [op(1)] }]);
	assert.deepEqual([shelf.get("cars", "7").notes, shelf.counts().waiting, shelf.ops.length], ["mine", 1, 1]);
	shelf.take([{ collection: "cars", id: "7", record: null }]);
	assert.deepEqual([shelf.get("cars", "7"), shelf.all("cars")], [undefined, []]);
});
