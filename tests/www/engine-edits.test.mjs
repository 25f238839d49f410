// What an action of a person becomes: the ops of writing, of taking back, of trying again and of deciding.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import test from "node:test";
import { definitions } from "./definitions.mjs";
import {
	canTakeBack, findEdit, latest, opOf, partOf, toCreate, toDelete, toResolve, toSet, toTakeBack, toTryAgain,
	wayBack,
} from "../../www/engine/edits.js";
import { isAllowed } from "../../www/engine/roles.js";

const cars = {
	name: "cars",
	fields: [
		{ name: "late", type: "boolean" },
		{ name: "notes", type: "text" },
		{ name: "at", type: "instant", derived: true },
	],
};
// The texts of all files of lib.
async function ruleSources() {
	const lib = new URL("../../lib/", import.meta.url);
	const names = (await readdir(lib, { recursive: true })).filter((name) => name.endsWith(".c"));
	return Promise.all(names.map((name) => readFile(new URL(name, lib), "utf8")));
}

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

const today = "2026-11-20";

// [collection, what the record was made with, what a rule or Daybook made of it, role, the way back]
const creations = [
	["taskLogs", { task: "t", date: today, status: "completed" }, { points: 5 }, "member", { status: "pending" }],
	["taskLogs", { task: "t", date: today, status: "skipped" }, {}, "member", { status: "pending" }],
	["taskLogs", { task: "t", date: today, value: 5 }, { status: "completed" }, "member", { status: "pending" }],
	["taskLogs", { task: "t", date: today, value: 1 }, {}, "member", "delete"],
	["taskLogs", { task: "t", date: today }, { status: "pending" }, "member", "delete"],
	["periods", { from: "2026-10-01", to: "2026-10-31", state: "submitted" }, {}, "member", null],
	["periods", { from: "2026-10-01", to: "2026-10-31" }, { state: "open" }, "member", "delete"],
	["expenseReports", { from: "2026-10-01", state: "submitted" }, { state: "supervisor" }, "member", null],
	["expenseReports", { from: "2026-10-01" }, { state: "draft" }, "member", "delete"],
	...["workRules", "workTerms", "perDiemRules", "mileageRates"].flatMap((name) => [
		[name, { from: "2026-11-19" }, {}, "manager", null],
		[name, { from: today }, {}, "manager", null],
		[name, { from: "2026-11-21" }, {}, "manager", "delete"],
	]),
	["workSettings", { targetHours: 8, zone: "Europe/Berlin" }, {}, "member", { targetHours: 0, zone: null }],
	["workSettings", { targetHours: 8 }, {}, "manager", "delete"],
	["spaceSettings", { zone: "Europe/Berlin" }, {}, "owner", { zone: null }],
	["receipts", { date: today, amount: 1 }, {}, "member", "delete"],
	["messages", { text: "Hello" }, {}, "member", "delete"],
];

test("the way back from a creation is one that the rules and the role allow, or there is none", () => {
	for (const [name, set, more, role, expected] of creations) {
		const form = definitions[name], row = { id: "1", version: 1, ...set, ...more };
		const rights = { mayDelete: isAllowed(form, "delete", role), today };
		const op = opOf(maker, toCreate(name, "1", set)), words = JSON.stringify([name, set, role]);
		assert.deepEqual(wayBack(form, row, set, rights), expected, words);
		assert.equal(canTakeBack(op, row, form, rights), expected !== null, words);
		const back = toTakeBack({ ...op, state: "done", version: 1 }, op.parts[0], row, form, rights);
		assert.equal(back.kind, expected === null || expected === "delete" ? "delete" : "set", words);
		if (back.kind === "set")
			assert.deepEqual(back.set, expected, words);
	}
});

test("who may make a record but not delete it empties what they made it with, unless that is required", () => {
	const makers = Object.values(definitions).filter(({ may }) => may.create);
	const stuck = makers.filter((form) => !isAllowed(form, "delete", form.may.create));
	assert.deepEqual(stuck.map(({ name }) => name), ["spaceSettings", "workSettings"]);
	assert.ok(stuck.every(({ fields }) => fields.every(({ required }) => !required)));
	assert.equal(wayBack(definitions.receipts, {}, { date: today }, { mayDelete: false }), null);
});

// Rules that refuse to delete what they would have refused to make, or what somebody else made.
const SAME = ["expenses-lock", "hours-lock", "message"];

test("a collection with a rule that refuses deletions says so in its definition", async () => {
	const sources = await ruleSources();
	const rules = sources.flatMap((text) => [...text.matchAll(/^const struct rule \w+ = \{.*?^\};/gms)]);
	const refusing = rules.map(([text]) => text).filter((text) => text.includes(".check_delete"))
		.map((text) => text.match(/\.name = "([^"]+)"/)[1]).filter((name) => !SAME.includes(name));
	assert.deepEqual(refusing.sort(), ["expense-report", "mileage-rates", "per-diem-rules", "period", "task-log",
		"work-rules", "work-terms"]);
	for (const { name, rules: own = [], lasts } of Object.values(definitions))
		assert.equal(Boolean(lasts), own.some((one) => refusing.includes(one)), name);
});

test("an undone creation leaves alone what somebody has changed since", () => {
	const form = definitions.taskLogs, set = { task: "t", date: today, status: "completed" };
	const made = done(toCreate("taskLogs", "1", set)), row = { id: "1", version: 4, ...set };
	const back = toSet("taskLogs", "1", { status: "pending" }, row, 3);
	assert.deepEqual(toTakeBack(made, made.parts[0], row, form), back);
	assert.equal(toTakeBack(made, made.parts[0], { ...row, status: "skipped" }, form), null);
});

test("a change of days that have come needs a reason, so its undo is not offered", () => {
	const form = definitions.workRules, row = { id: "1", version: 2, from: today, lunchMinutes: 30 };
	const change = (record, was) => {
		const op = opOf(maker, { ...toSet("workRules", "1", {}, {}, 1), was });
		return canTakeBack(op, record, form, { today });
	};
	assert.equal(change(row, { lunchMinutes: null }), true);
	assert.equal(change({ ...row, from: "2026-11-19" }, { lunchMinutes: null }), false);
	assert.equal(change(row, { from: "2026-11-19" }), false);
	assert.equal(canTakeBack(opOf(maker, toDelete("workRules", "1", row, 1)), undefined, form, { today }), true);
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
