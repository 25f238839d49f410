// The checker finds nothing in a good history, and in each history that breaks one invariant it finds that one.
import { test } from "node:test";
import assert from "node:assert/strict";
import { check } from "../lib/checker.mjs";
import { canonical } from "../lib/hashes.mjs";

const record = (id, version, seq, fields) => ({ id, version, seq, owner: "u1", ...fields });

// Two writes of car 1, one of car 2, which is then deleted; one answer was lost and its op sent again.
function good() {
	const one = record("1", 2, 3, { late: true, location: "100" });
	const text = `cars/1 ${canonical(one)}\n`;
	const car = { collection: "cars", user: "u1", owner: "u1" };

	return {
		sent: [
			{ user: "u1", op: "a" }, { user: "u1", op: "b" }, { user: "u1", op: "c" },
			{ user: "u1", op: "d" }, { user: "u1", op: "never" },
		],
		answers: [
			{ user: "u1", op: "a", collection: "cars", id: "1", status: "applied", version: 1, seq: 1 },
			{ user: "u1", op: "b", collection: "cars", id: "2", status: "duplicate", version: 1, seq: 2 },
			{ user: "u1", op: "c", collection: "cars", id: "1", status: "merged", version: 2, seq: 3 },
			{ user: "u1", op: "c", collection: "cars", id: "1", status: "duplicate", version: 2, seq: 3 },
			{ user: "u1", op: "d", collection: "cars", id: "2", status: "applied", version: 2, seq: 4 },
			{ user: "u1", op: "never", collection: "cars", id: "2", status: "conflict" },
		],
		pages: {
			phone: [
				{ since: "", until: "c2", head: 2, changes: [{
					collection: "cars", id: "1", seq: 1,
					record: record("1", 1, 1, { location: "100" }),
				}, { collection: "cars", id: "2", seq: 2, record: record("2", 1, 2, {}) }] },
				{ since: "c2", until: "c4", head: 4, changes: [{
					collection: "cars", id: "1", seq: 3, record: one,
				}, { collection: "cars", id: "2", seq: 4, deleted: true }] },
			],
			fresh: [{ since: "", until: "c4", head: 4, changes: [{
				collection: "cars", id: "1", seq: 3, record: one,
			}] }],
		},
		reads: [
			{ device: "phone", user: "u1", key: "cars/1", version: 2, seq: 3, held: 2, head: 4 },
			{ device: "phone", user: "u1", key: "cars/2", version: 1, seq: 2, held: 0, head: 4 },
		],
		devices: { phone: text, fresh: text },
		views: { phone: "fresh" },
		server: { fresh: text },
		audit: [
			{
				...car, seq: 1, tx_seq: 1, id: "1", version: 1, op: "a", action: "created",
				changes: { location: [null, "100"], late: [null, false] },
			},
			{
				...car, seq: 2, tx_seq: 1, id: "2", version: 1, op: "b", action: "created",
				changes: { location: [null, "200"] },
			},
			{
				...car, seq: 3, tx_seq: 3, id: "1", version: 2, op: "c", action: "updated",
				changes: { late: [false, true] },
			},
			{
				...car, seq: 4, tx_seq: 4, id: "2", version: 2, op: "d", action: "deleted",
				changes: { location: ["200", null] },
			},
		],
		records: [
			{
				collection: "cars", id: "1", version: 2, seq: 3, deleted: false, owner: "u1",
				fields: { late: true, location: "100" },
			},
			{ collection: "cars", id: "2", version: 2, seq: 4, deleted: true, owner: "u1", fields: {} },
		],
		head: 4,
	};
}

test("a good history has no violations", () => {
	assert.deepEqual(check(good()), []);
});

for (const [invariant, what, spoil] of [
	["I1", "an acknowledged write is lost", (h) => { h.audit.pop(); h.head = 3; h.records.pop(); }],
	["I1", "an acknowledged write has another seq", (h) => { h.answers[0].seq = 2; }],
	["I1", "an acknowledged write has another version", (h) => { h.answers[2].version = 3; }],
	["I1", "an acknowledged write went to another record", (h) => { h.answers[0].id = "2"; }],
	["I1", "an acknowledged write is there twice", (h) => { h.audit[3].op = "c"; }],
	[
		"I2", "an op whose answer was lost is applied twice",
		(h) => { h.audit.push({ ...h.audit[1], seq: 5, tx_seq: 5, version: 3 }); h.head = 5; },
	],
	["I2", "an op comes from nowhere", (h) => { h.audit[1].op = "ghost"; }],
	["I2", "a repeat is told of another application", (h) => { h.answers[3].seq = 4; }],
	["I2", "a repeat is answered as applied again", (h) => { h.answers[3].status = "applied"; }],
	["I3", "a seq is missing", (h) => { h.audit.splice(1, 1); }],
	["I3", "a seq is there twice", (h) => { h.audit[3].seq = 3; }],
	["I3", "the head is ahead of the audit", (h) => { h.head = 5; }],
	["I3", "a transaction is torn", (h) => { h.audit[3].tx_seq = 2; }],
	["I4", "a version is missing", (h) => { h.audit[2].version = 3; }],
	["I4", "a version is there twice", (h) => { h.audit[2].version = 1; }],
	[
		"I4", "a change does not begin where the one before ended",
		(h) => { h.audit[2].changes.late = [true, true]; },
	],
	["I6", "a cursor skipped a change", (h) => { h.pages.phone[1].changes.shift(); }],
	["I6", "a change came out of order", (h) => { h.pages.phone[0].changes.reverse(); }],
	["I6", "a change came twice", (h) => { h.pages.phone[1].changes.unshift(h.pages.phone[0].changes[1]); }],
	["I6", "a device went on from another cursor", (h) => { h.pages.phone[1].since = "c1"; }],
	["I7", "a device holds something else", (h) => { h.devices.phone = h.devices.phone.replace("true", "false"); }],
	["I7", "a device holds a record that is deleted", (h) => { h.devices.phone += "cars/2 {}\n"; }],
	["I7", "the server's lists say something else", (h) => { h.server.fresh = ""; }],
	["I8", "a device does not see its own write", (h) => { h.reads[0].held = 1; }],
	["I8", "a device's next pull ends before its own write", (h) => { h.reads[0].head = 2; }],
	["I8", "a device's own write is gone, and nobody deleted it", (h) => { h.reads[0].held = 0; }],
	["I9", "a record has another value than the audit gives it", (h) => { h.records[0].fields.location = "300"; }],
	["I9", "a record has another version", (h) => { h.records[0].version = 3; }],
	["I9", "a record has another owner", (h) => { h.records[0].owner = "u2"; }],
	["I9", "a record is missing", (h) => { h.records.shift(); }],
	["I9", "a record came from nowhere", (h) => { h.records.push({ ...h.records[0], id: "3" }); }],
	["I9", "a deletion is undone", (h) => { h.records[1].deleted = false; }],
])
	test(`the checker finds ${invariant}: ${what}`, () => {
		const history = good();
		spoil(history);
		const found = check(history);
		assert.ok(found.some((line) => line.startsWith(`${invariant}: `)),
			found.join("\n") || "nothing was found");
	});
