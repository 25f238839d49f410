// FC17: what was done last, in sentences, on Today.
import assert from "node:assert/strict";
import test from "node:test";
import { sentenceOf } from "../../www/app/sentences.js";

const at = "2026-11-20T03:07:00.000Z", later = "2026-11-20T03:07:01.200Z", before = "2026-11-20T02:00:00.000Z";

function said(collection, row, person = "you", name = "ABC-9") {
	return sentenceOf(collection, { version: 2, lastUpdatedAt: later, ...row }, { person, name });
}

test("FC17: what happened to a car", () => {
	assert.equal(said("cars", { arrived: true, arrivedAt: at }), "You marked ABC-9 arrived");
	const both = { arrived: true, arrivedAt: at, empty: true, emptyAt: at };
	assert.equal(said("cars", both), "You marked ABC-9 empty");
	assert.equal(said("cars", { arrived: true, arrivedAt: before }, "Ann"), "Ann changed ABC-9");
	assert.equal(said("cars", { arrived: false, arrivedAt: at }, "Ann"), "Ann changed ABC-9");
	assert.equal(said("cars", { version: 1 }, "Ann"), "Ann added ABC-9");
});

test("FC17: timers and entries", () => {
	const timer = { start: before, note: "Stairs" };
	assert.equal(said("workSessions", { ...timer, version: 1 }), "You started Stairs");
	assert.equal(said("workSessions", { ...timer, end: at }, "Ann"), "Ann stopped Stairs");
	assert.equal(said("workSessions", { ...timer, end: before }), "You changed Stairs");
	assert.equal(said("workSessions", { ...timer, end: before, version: 1 }), "You added Stairs");
	assert.equal(said("workSessions", { start: before, version: 1 }), "You started a timer");
	assert.equal(said("workSessions", { start: before, end: before, version: 1 }), "You added an entry");
	assert.equal(said("workSessions", { start: before, kind: "lunch", end: at }), "You stopped lunch");
});

test("FC17: shifts, tasks, hours that are handed in, members, and whatever else there is", () => {
	assert.equal(said("shifts", { startedAt: before, endedAt: at }, "Ann", "the shift"), "Ann ended the shift");
	assert.equal(said("shifts", { startedAt: at, version: 1 }, "Ann", "the shift"), "Ann started the shift");
	assert.equal(said("assignments", { status: "completed" }, "Ben", "Sweep"), "Ben completed Sweep");
	assert.equal(said("assignments", { status: "completed", version: 1 }, "Ben", "Sweep"), "Ben added Sweep");
	assert.equal(said("periods", { state: "approved" }, "Mia", "November"), "Mia approved November");
	assert.equal(said("members", { version: 1 }, "Ben", "Ben"), "Ben joined");
	assert.equal(said("weights", {}, "you", "Sat 21 Nov"), "You changed Sat 21 Nov");
});
