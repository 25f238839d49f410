// What a conflict is about, and what a decision comes to.
import assert from "node:assert/strict";
import test from "node:test";
import { bothOf, decisionOf, isDecided, kindOf, linesOf } from "../../www/generic/conflicts.js";
import { definitions, fieldIn } from "./definitions.mjs";

const cars = definitions.cars;
const op = (more = {}) => ({
	id: "o", kind: "set", collection: "cars", record: "7", set: { location: "200", notes: "Tyre", late: true },
	was: { location: "100", notes: null, late: false }, state: "conflict",
	conflict: {
		fields: ["location", "notes"], base: { location: "100" }, mine: { location: "200", notes: "Tyre" },
		current: { id: "7", version: 5, location: "300", notes: "Door" }, currentVersion: 5,
	}, ...more,
});

test("one line a field: before, mine, theirs", () => {
	assert.deepEqual(linesOf(cars, op()).map(({ field, before, mine, theirs }) => [
		field.name, before, mine, theirs,
	]), [["location", "100", "200", "300"], ["notes", null, "Tyre", "Door"]]);
});

test("a conflict without fields covers all fields of the op; unknown ones by name, derived ones not", () => {
	const bare = op({
		set: { location: "200", colour: "red", arrivedAt: "2026-11-21T05:00:00.000Z" },
		was: { location: "100" },
		conflict: { fields: [], base: {}, mine: {}, current: null },
	});
	assert.deepEqual(linesOf(cars, bare).map(({ field, before, mine, theirs }) => [
		field.name, field.label, before, mine, theirs,
	]), [["location", "Location", "100", "200", undefined], ["colour", "colour", null, "red", undefined]]);
	assert.deepEqual(linesOf(cars, op({
		kind: "delete", set: null, was: {}, conflict: { fields: [], base: {}, mine: {}, current: null },
	})), []);
	assert.deepEqual(linesOf(cars, op({ conflict: { ...op().conflict, fields: ["late"] } }))
		.map(({ field }) => field.name), ["late"]);
	assert.deepEqual(decisionOf(cars, op({ set: { colour: "red", arrivedAt: "2026-11-21T05:00:00.000Z" } }),
		{}), { colour: "red" });
});

test("undisputed fields are written with the decision; fields equal to theirs are not", () => {
	const choices = { location: { value: "300" }, notes: { value: "Door\nTyre" } };
	assert.equal(isDecided(cars, op(), choices), true);
	assert.equal(isDecided(cars, op(), { location: { value: "300" } }), false);
	assert.deepEqual(decisionOf(cars, op(), choices), { late: true, notes: "Door\nTyre" });
	assert.deepEqual(decisionOf(cars, op(), { location: { value: "200" }, notes: { value: null } }),
		{ late: true, location: "200", notes: null });
	assert.deepEqual(decisionOf(cars, op(), {}), { late: true }, "an undecided field stays as they have it");
});

test("both texts can be kept, if they fit", () => {
	assert.equal(bothOf(fieldIn("cars", "notes"), "Tyre", "Door"), "Door\nTyre");
	assert.equal(bothOf(fieldIn("cars", "notes"), "x".repeat(600), "y".repeat(600)), null);
	const text = (maxLength) => ({ name: "f", type: "text", ...(maxLength ? { maxLength } : {}) });
	assert.equal(bothOf(text(80), "x".repeat(40), "y".repeat(39)).length, 80);
	assert.equal(bothOf(text(80), "x".repeat(40), "y".repeat(40)), null);
	assert.equal(bothOf(text(79), "a", "b"), null, "a field of one line");
	assert.equal(bothOf(text(), "a", "b"), "b\na", "without a limit");
	assert.equal(bothOf(fieldIn("cars", "location"), "100", "200"), null);
	assert.equal(bothOf(fieldIn("cars", "notes"), "Tyre", null), null);
});

test("deletions are decided as a whole", () => {
	assert.equal(kindOf(op()), "fields");
	assert.equal(kindOf(op({ kind: "delete", set: null })), "delete");
	assert.equal(kindOf(op({ conflict: { ...op().conflict, current: null } })), "gone");
});
