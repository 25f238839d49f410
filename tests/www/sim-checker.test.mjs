// The checker finds a broken history: one that is as it should be passes, and each way to break it is
// caught, by the check that is for it.
import { test } from "node:test";
import assert from "node:assert/strict";
import * as checks from "./sim/checker.mjs";
import { Truth } from "./sim/truth.mjs";

// Two devices of anna: the first makes a car and changes it (the first answer is lost, so the op goes out again), the
// second changes it too and is told of a conflict; a removal of a bulletin is done.
function good() {
	const wire = [], log = [];
	const space = { log, ops: new Map(), oldOps: new Map(), epochs: [] };
	const [one, two] = ["device-1", "device-2"].map((name) => ({ name, toString: () => name }));
	let number = 0, at = 0;

	const answer = (status, body) =>
		({ status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
	const push = (device, ops, results, { lost = false, token = "anna" } = {}) => {
		const call = {
			number: ++number,
			device,
			path: "/api/spaces/S/sync/push",
			push: { ops },
			request: { url: "/api/spaces/S/sync/push", headers: { authorization: token } },
		};
		for (const kind of ["sent", "handled", lost ? "failed" : "delivered"])
			wire.push({
				kind,
				at: at += 10,
				call,
				...(kind === "sent" || kind === "failed" ? {} : { answer: answer(200, { results }) }),
			});
	};
	const pull = (device, since, cursor) => {
		const url = `/api/spaces/S/sync/changes${since ? `?since=${since}` : ""}`;
		const call = {
			number: ++number, device, path: "/api/spaces/S/sync/changes",
			request: { url, headers: { authorization: "anna" } },
		};
		wire.push({ kind: "sent", at: at += 10, call },
			{ kind: "delivered", at: at += 10, call, answer: answer(200, { changes: [], cursor }) });
	};
	const apply = (op, collection, id, changes) => {
		const version = log.filter((row) => row.collection === collection && row.id === id).length + 1;
		log.push({
			seq: log.length + 1, version, user: "anna", op, collection, id, changes, action: "updated",
		});
		space.ops.set(`anna ${op}`, {});
	};
	const o1 = { op: "o1", collection: "cars", id: "7", base: 0, set: { notes: "s:anna:1" } };
	const o2 = { op: "o2", collection: "cars", id: "7", base: 1, set: { notes: "s:anna:3" } };
	const o3 = { op: "o3", collection: "cars", id: "7", base: 1, set: { notes: "s:anna:4" } };
	const o4 = { op: "o4", collection: "bulletins", id: "b", base: 2, delete: true };

	pull(one, undefined, "c0");
	apply("o1", "cars", "7", { notes: [null, "s:anna:1"] });
	push(one, [o1], [{ op: "o1", status: "applied", version: 1, seq: 1 }], { lost: true });
	push(one, [o1], [{ op: "o1", status: "duplicate", version: 1, seq: 1 }]);
	apply("o2", "cars", "7", { notes: ["s:anna:1", "s:anna:3"] });
	apply("o4", "bulletins", "b", { text: ["s:anna:0", null] });
	push(one, [o2, o4], [
		{ op: "o2", status: "applied", version: 2, seq: 2 },
		{ op: "o4", status: "applied", version: 3, seq: 3 },
	]);
	pull(one, "c0", "c1");
	push(two, [o3], [{ op: "o3", status: "conflict", problem: { status: 409 } }]);
	const row = { id: "7", version: 2, owner: "anna", notes: "s:anna:3" };
	const view = new Map([["cars/7", { ...row, seq: 2 }]]);
	const intent = (device, op, kind, collection, id, fields) => ({
		device, user: "anna", space: "S", collection, id, kind, fields, op, saw: op === "o1" ? 0 : 1,
		apart: false, ...(kind === "set" ? { seen: { notes: "s:anna:1" } } : {}),
	});
	return {
		wire, spaces: new Map([["S", space]]), users: (token) => token, fill: (key, record) => record, most: 5,
		forgotten: new Set(),
		intents: [
			intent("device-1", "o1", "create", "cars", "7", { notes: "s:anna:1" }),
			// This one is overtaken before it goes out.
			intent("device-1", "o2", "set", "cars", "7", { notes: "s:anna:2" }),
			intent("device-1", "o2", "set", "cars", "7", { notes: "s:anna:3" }),
			intent("device-1", "o4", "remove", "bulletins", "b", null),
			intent("device-2", "o3", "set", "cars", "7", { notes: "s:anna:4" }),
		],
		devices: new Map([
			["device-1", { spaces: new Map([
				["S", { rows: new Map([["cars/7", { ...row }]]), ops: [], view, gone: null }],
			]) }],
			["device-2", { spaces: new Map([[
				"S",
				{ rows: new Map([["cars/7", { ...row, notes: "s:anna:4" }]]), view, gone: null, ops: [{
					id: "o3", collection: "cars", record: "7", state: "conflict", kind: "set",
					set: { notes: "s:anna:4" },
				}] },
			]]) }],
		]),
		clashes: [{
			device: "device-2", space: "S", collection: "cars", id: "7", op: "o3", state: "conflict",
			fields: ["notes"],
		}],
		policy: () => "merge",
		push, pull, apply, one, two, ops: { o1, o2, o3, o4 }, space,
	};
}

const all = [
	"checkPushes", "checkOneInFlight", "checkSameOp", "checkSenders", "checkCursors", "checkRate", "checkOnce",
	"checkAcknowledged", "checkTaken", "checkSeen", "checkConflicts", "checkSame",
];

// The removal o4 never reached the server, whose log of the record is this.
function loseRemoval(h, rows, more = { saw: rows.length }) {
	h.space.ops.delete("anna o4");
	const left = h.wire.filter(({ kind, call }) => kind === "sent" || !call.push?.ops.includes(h.ops.o4));
	h.wire.splice(0, Infinity, ...left);
	h.space.log = h.space.log.filter(({ collection }) => collection !== "bulletins").concat(
		rows.map(([op, action], i) => ({
			op, action, collection: "bulletins", id: "b", user: "ben", version: i + 1, changes: {},
		})));
	Object.assign(h.intents.find(({ op }) => op === "o4"), more);
}

test("a removal that never arrived is done by somebody who removed the record after all its remover knew", () => {
	const h = good();
	loseRemoval(h, [["x1", "created"], ["x2", "updated"], ["x3", "deleted"]], { saw: 1 });
	assert.deepEqual(checks.checkTaken(h), []);
});

test("a removal that found nothing to remove is done, though the device hears of it at the second time", () => {
	const h = good();
	loseRemoval(h, [["x1", "created"], ["x2", "deleted"]]);
	h.push(h.one, [h.ops.o4], [{ op: "o4", status: "unchanged", version: 2 }], { lost: true });
	assert.notDeepEqual(checks.checkTaken(h), []);
	h.push(h.one, [h.ops.o4], [{ op: "o4", status: "duplicate", version: 2 }]);
	assert.deepEqual(checks.checkTaken(h), []);
});

test("a removal is done when an edit below it is answered without the record; not when that was before", () => {
	for (const [record, isAfter, isDone] of [
		[undefined, true, true], [undefined, false, false], [{ id: "b", version: 2 }, true, false],
	]) {
		const h = good(), { intents } = h, i = intents.findIndex(({ op }) => op === "o4");
		loseRemoval(h, [["x1", "created"], ["o8", "updated"]]);
		h.wire.splice(0, Infinity, ...h.wire.filter(({ call }) => !call.push?.ops.includes(h.ops.o4)));
		intents.splice(i, 0, { ...intents[i], op: "o8", kind: "set", fields: {} });
		const edit = { op: "o8", collection: "bulletins", id: "b", base: 1, set: { text: "n" } };
		const before = h.wire.length;
		h.push(h.one, [edit], [{ op: "o8", status: "duplicate", version: 2, ...record && { record } }]);
		intents[i + 1].wire = isAfter ? before : h.wire.length;
		assert.equal(checks.checkTaken(h).length, isDone ? 0 : 1);
	}
});

test("a change of one field may not fit what somebody else has changed in another", () => {
	const h = good();
	Object.assign(h.clashes[0], { isUnfit: true, fields: ["location"] });
	assert.deepEqual(checks.checkConflicts(h), []);
});

// The edit in conflict was made on top of another one, which is refused or in conflict itself.
function overRefused(h, state) {
	h.clashes[0].fields = ["location"];
	h.intents[4].seen = { location: "s:anna:5" };
	h.clashes.unshift({ ...h.clashes[0], op: "o5", state, set: { location: "s:anna:5" } });
}

test("an edit on top of one in conflict may be in conflict itself", () => {
	const h = good();
	overRefused(h, "conflict");
	assert.deepEqual(checks.checkConflicts(h), []);
	assert.deepEqual(checks.checkConflicts({ ...h, policy: () => "reject" }), []);
});

test("a person has seen what was below their own edits, however many of these were refused", () => {
	const h = good(), { intents } = h;
	const refused = [["o6", "s:anna:6", "s:ben:9"], ["o7", "s:anna:7", "s:anna:6"]];
	h.space.log.find((row) => row.op === "o2").changes.notes[0] = "s:ben:9";
	for (const [op, value, below] of refused)
		intents.unshift({
			...intents[0], op, kind: "set", fields: { notes: value }, seen: { notes: below },
		});
	for (const intent of intents.filter(({ op }) => op === "o2"))
		intent.seen = { notes: "s:anna:7" };
	assert.deepEqual(checks.checkSeen(h), []);
});

test("a good history passes", () => {
	const h = { ...good(), most: 8 };
	for (const name of all)
		assert.deepEqual(checks[name](h), [], name);
});

const doctored = [
	["checkPushes", "an op is twice in a push", (h) => h.push(h.one, [h.ops.o1, h.ops.o1], [])],
	["checkPushes", "two ops on one record are sent together", (h) => h.push(h.one, [h.ops.o1, h.ops.o2], [])],
	["checkPushes", "a push is refused whole", (h) => { h.wire.find((event) => event.kind === "handled").answer = {
		status: 400, headers: {}, body: "{}",
	}; }],
	[
		"checkOneInFlight", "after a lost response the next op on the record is sent",
		(h) => { h.push(h.one, [h.ops.o3], [], { lost: true }); h.push(h.one, [h.ops.o2], []); },
	],
	["checkOneInFlight", "after a lost response the op is sent under a new id", (h) => { h.push(h.one,
		[h.ops.o3], [], { lost: true }); h.push(h.one, [{ ...h.ops.o3, op: "o9" }], []); }],
	["checkSameOp", "an op that was sent takes in a later edit", (h) => h.push(h.one, [
		{ ...h.ops.o2, set: { notes: "s:anna:9" } },
	], [])],
	["checkSenders", "anna's op is sent with ben's token", (h) => h.push(h.one, [h.ops.o3],
		[], { token: "ben" })],
	["checkCursors", "a cursor is one that no response gave", (h) => h.pull(h.one, "c7", "c8")],
	["checkCursors", "a cursor is another device's", (h) => h.pull(h.two, "c0", "c8")],
	["checkRate", "a device polls without a pause", (h) => {
		for (let n = 0; n < 9; n++)
			h.pull(h.two, undefined, "c");
	}],
	["checkOnce", "a write is applied again under a new id", (h) => h.apply("o9", "cars", "7", {
		notes: ["s:anna:2", "s:anna:3"],
	})],
	["checkOnce", "an op is applied twice", (h) => h.apply("o4", "bulletins", "b", { kind: [1, 2] })],
	[
		"checkAcknowledged", "an acknowledged op is not there after a restore",
		(h) => { h.space.ops.delete("anna o2"); },
	],
	[
		"checkTaken", "an op vanished on its device",
		(h) => { h.intents.push({ ...h.intents[0], op: "o8", kind: "set", fields: { notes: "s:anna:8" } }); },
	],
	["checkTaken", "a conflict is not shown", (h) => { h.devices.get("device-2").spaces.get("S").ops = []; }],
	["checkTaken", "a sent op whose response was lost is overtaken by a later edit", (h) => {
		h.intents.splice(1, 0, { ...h.intents[0], op: "o7", kind: "set", fields: { notes: "s:anna:7" } });
		h.push(h.one, [
			{ op: "o7", collection: "cars", id: "7", base: 1, set: { notes: "s:anna:7" } },
		], [], { lost: true });
	}],
	["checkTaken", "a removal vanished", (h) => loseRemoval(h, [["o1", "created"]])],
	[
		"checkTaken", "a removal vanished of a record that was made anew",
		(h) => loseRemoval(h, [["x1", "created"], ["x2", "deleted"], ["x3", "created"]]),
	],
	[
		"checkTaken", "a removal vanished of a record that its remover made anew",
		(h) => {
			loseRemoval(h, [["x1", "created"], ["x2", "deleted"], ["o0", "created"]], { saw: 0 });
			h.intents.splice(3, 0, { ...h.intents[0], op: "o0", collection: "bulletins", id: "b" });
		},
	],
	[
		"checkSeen", "somebody's change is overwritten by one who had not seen it",
		(h) => { h.space.log.find((row) => row.op === "o2").changes.notes[0] = "s:ben:9"; },
	],
	[
		"checkSeen", "somebody's change is deleted by one who had not seen it",
		(h) => {
			Object.assign(h.space.log.find((row) => row.op === "o4"), {
				action: "deleted", changes: { text: ["s:ben:9", null] },
			});
			h.intents.find(({ op }) => op === "o4").seen = { text: "s:anna:0" };
		},
	],
	[
		"checkConflicts", "somebody has a conflict over a refused edit of their own",
		(h) => overRefused(h, "rejected"),
	],
	[
		"checkConflicts", "somebody has a conflict with their own edit", (h) => {
			h.clashes[0].device = "device-1";
			h.intents[4].device = "device-1";
			h.push(h.one, [h.ops.o3], []);
		},
	],
	["checkConflicts", "a conflict is about what its author had seen", (h) => { h.intents[4].saw = 2; }],
	["checkConflicts", "what nobody has changed since does not fit", (h) => {
		h.clashes[0].isUnfit = true;
		h.intents[4].saw = 2;
	}],
	[
		"checkConflicts", "a conflict names a field that nobody has changed",
		(h) => { h.clashes[0].fields.push("location"); },
	],
	[
		"checkSame", "a device shows an older record",
		(h) => { h.devices.get("device-1").spaces.get("S").rows.get("cars/7").version = 1; },
	],
	["checkSame", "a device lacks a record", (h) => h.devices.get("device-1").spaces.get("S").rows.clear()],
	[
		"checkSame", "a device shows a record that is gone",
		(h) => h.devices.get("device-1").spaces.get("S").rows.set("cars/8", { id: "8" }),
	],
	[
		"checkSame", "a device that left a space still shows its records",
		(h) => { h.devices.get("device-1").spaces.get("S").gone = { reason: "left" }; },
	],
];

for (const [name, what, break_] of doctored)
	test(`${name}: ${what}`, () => {
		const h = { ...good(), most: 8 };
		break_(h);
		assert.notDeepEqual(checks[name](h), []);
	});

test("heads that are asked for beside any request of a round say nothing of the round", () => {
	for (const path of ["sync/changes", "sync/push", "sync/head", "sync/alarm"]) {
		const wire = [], device = { toString: () => "device-1" }, tab = { device };
		const truth = new Truth({ world: { network: { wire } } });
		const note = (number, name, kind, more) => wire.push({
			kind, at: wire.length * 10, ...more,
			call: { number, device, tab, path: `/api/${name}`, request: { headers: {} } },
		});
		const answer = { status: 200, headers: { "content-type": "application/json" }, body: "{}" };
		note(1, "sync/heads", "sent");
		note(1, "sync/heads", "handled", { answer });
		note(1, "sync/heads", "delivered", { answer });
		note(2, `spaces/S/${path}`, "sent");
		note(3, "sync/heads", "sent");
		note(3, "sync/heads", "failed");
		truth.listen();
		assert.equal(truth.heardBy(device).last.isGood, true, path);
	}
});
