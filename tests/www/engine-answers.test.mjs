// What an answer of the server means for an op and for the one behind it, and what ops are based on after a restore.
import assert from "node:assert/strict";
import test from "node:test";
import {
	acknowledged, afterTaken, isGoneAlready, isOwn, isPassing, isTaken, isTombstoneOfKey, problemOf, recordOf,
	refused, versionOf,
} from "../../www/engine/answers.js";
import { compareRows, stateAtBegin } from "../../www/engine/gathering.js";
import { NO_VERSION } from "../../www/engine/outbox.js";
import { rebase } from "../../www/engine/rebase.js";

const cars = { name: "cars", fields: [{ name: "notes", type: "text" }, { name: "late", type: "boolean" }] };
const op = (more) => ({
	n: 1, id: "o1", space: "s", collection: "cars", record: "7", kind: "set", base: 2, state: "sent",
	set: { notes: "mine" }, was: { notes: "old" }, problem: null, conflict: null, parts: [], ...more,
});
const row = (version, fields) => ({ id: "7", version, ...fields });

// --- answers ---

test("applied, merged, unchanged and duplicate ops are taken; whatever else is refused, for a reason", () => {
	assert.deepEqual(["applied", "merged", "unchanged", "duplicate", "conflict", "rejected", "new word"]
		.filter((status) => isTaken({ status })), ["applied", "merged", "unchanged", "duplicate"]);
	assert.equal(problemOf({ problem: { status: 422 } }).status, 422);
	assert.equal(problemOf({}).status, 500);
	assert.deepEqual([500, 503, 507, 429, 404, 409, 413, 422].filter((status) => isPassing({ status })),
		[500, 503, 507, 429]);
});

test("a deleted record counts as absent; the latest version is the higher of the result's and its record's", () => {
	assert.equal(recordOf({ record: row(3) }).version, 3);
	assert.equal(recordOf({ record: { ...row(3), deleted: true } }), null);
	assert.equal(recordOf({}), null);
	assert.equal(versionOf({ version: 3, record: row(5) }), 5);
	assert.equal(versionOf({}), 0);
});

test("an op made its version alone if it was applied, or repeated by the same person, on its base and unmerged", () => {
	assert.ok(isOwn(op(), { status: "applied", version: 3 }, "anna"));
	assert.ok(!isOwn(op(), { status: "applied", version: 4 }, "anna"));
	assert.ok(!isOwn(op(), { status: "applied", version: 3, merged: true }, "anna"));
	assert.ok(!isOwn(op(), { status: "unchanged", version: 3 }, "anna"));
	assert.ok(isOwn(op(), { status: "duplicate", version: 3, record: row(3, { lastUpdatedBy: "anna" }) }, "anna"));
	assert.ok(!isOwn(op(), { status: "duplicate", version: 3, record: row(3, { lastUpdatedBy: "ben" }) }, "anna"));
});

test("an acknowledged op keeps what it wrote, and forgets what it waited for", () => {
	const waited = op({ again: true, last: row(1), problem: { status: 404 } });
	const told = { user: "anna", epoch: "e", doneAt: 5 };
	const done = acknowledged(waited, { status: "applied", version: 3, seq: 9 }, told);
	const { state, version, seq, epoch, doneAt, own } = done;
	assert.deepEqual({ state, version, seq, epoch, doneAt, own },
		{ state: "done", version: 3, seq: 9, epoch: "e", doneAt: 5, own: true });
	assert.deepEqual([done.set, done.problem], [{ notes: "mine" }, null]);
	assert.ok(!("again" in done) && !("last" in done));
	const bare = acknowledged(op(), { record: row(4) }, told);
	assert.deepEqual([bare.version, bare.seq], [4, 0]);
});

test("the next op after a taken one goes on if its author saw what is there; otherwise it is a conflict", () => {
	const next = op({ n: 2, id: "o2", set: { notes: "more" }, was: { notes: "mine" }, state: "waiting" });
	const own = { status: "applied", version: 3, record: row(3, { notes: "mine" }) };
	assert.equal(afterTaken(next, own, [], cars).base, 3);
	const theirs = { status: "merged", version: 4, record: row(4, { notes: "theirs" }) };
	const clashed = afterTaken(next, theirs, [], cars);
	assert.deepEqual([clashed.state, clashed.conflict.fields], ["conflict", ["notes"]]);
	assert.equal(clashed.conflict.currentVersion, 4);
	assert.equal(afterTaken({ ...next, again: true }, theirs, [], cars).base, 4);
	const removal = op({ n: 2, kind: "delete", set: null });
	assert.equal(afterTaken(removal, { status: "applied", version: 3, record: null }, [], cars), null);
});

test("deleting a missing record has succeeded; a create under the id of a tombstone is known as such", () => {
	assert.ok(isGoneAlready(op({ kind: "delete" }), { status: 404 }));
	assert.ok(!isGoneAlready(op(), { status: 404 }));
	const create = op({ kind: "create", base: 0 });
	const tombstone = { status: 409, current: { deleted: true }, currentVersion: 4 };
	assert.ok(isTombstoneOfKey(create, tombstone));
	assert.ok(!isTombstoneOfKey({ ...create, base: 4 }, tombstone));
	assert.ok(!isTombstoneOfKey(create, { ...tombstone, current: row(4) }));
	assert.ok(!isTombstoneOfKey(op(), tombstone));
});

test("a conflict names the fields in dispute: those of the server, or those that differ from the record", () => {
	const current = row(4, { notes: "theirs", late: true }), wish = op({ set: { notes: "mine", late: true } });
	const named = { status: 409, fields: ["notes"], base: { notes: "older" }, current, currentVersion: 4 };
	const told = refused(wish, { status: "conflict", problem: named }, cars);
	assert.deepEqual([told.state, told.problem, told.conflict.fields], ["conflict", named, ["notes"]]);
	assert.deepEqual([told.conflict.base, told.conflict.mine], [{ notes: "older" }, { notes: "mine" }]);
	const unnamed = { status: 409, current, currentVersion: 4 };
	const found = refused(wish, { status: "conflict", problem: unnamed }, cars).conflict;
	assert.deepEqual([found.fields, found.current, found.currentVersion], [["notes"], current, 4]);
	const gone = { status: 409, current: { ...current, deleted: true }, currentVersion: 5 };
	assert.equal(refused(wish, { status: "conflict", problem: gone }, cars).conflict.current, null);
});

test("an op that is refused otherwise is no conflict", () => {
	const problem = { status: 422, detail: "Too long." };
	const { state, problem: told, conflict } = refused(op(), { status: "rejected", problem }, cars);
	assert.deepEqual([state, told, conflict], ["rejected", problem, null]);
});

// --- after a restore ---

const held = (version, fields) => ({ space: "s", collection: "cars", id: "7", version, record: row(version, fields) });

test("after a restore an op goes on if the record still has what its writer saw, and is a conflict if not", () => {
	const waiting = op({ state: "waiting" });
	const [same] = rebase([waiting], held(1, { notes: "old" }), cars);
	assert.deepEqual([same.state, same.base], ["waiting", 1]);
	const [other] = rebase([waiting], held(2, { notes: "theirs" }), cars);
	assert.deepEqual([other.state, other.conflict.fields], ["conflict", ["notes"]]);
	assert.equal(other.conflict.currentVersion, 2);
	assert.equal(rebase([waiting], undefined, cars)[0].state, "conflict");
});

test("after a restore an op whose fate is unknown is asked under a base that overwrites nothing", () => {
	const [unknown] = rebase([op()], held(2, { notes: "theirs" }), cars);
	assert.deepEqual([unknown.state, unknown.base], ["sent", NO_VERSION]);
	assert.equal(rebase([op({ again: true, base: 9 })], held(2, { notes: "theirs" }), cars)[0].base, 2);
	assert.equal(rebase([op({ again: true, base: 0 })], undefined, cars)[0].base, 1);
});

test("after a restore a new record is made anew, and a deletion of what is not there stays as it was", () => {
	const create = op({ kind: "create", state: "waiting", base: 4, was: {} });
	assert.equal(rebase([create], undefined, cars)[0].base, 0);
	const [again] = rebase([create], held(2, { notes: "theirs" }), cars);
	assert.deepEqual([again.state, again.base], ["waiting", 0]);
	const removal = op({ kind: "delete", state: "waiting", set: null });
	assert.equal(rebase([removal], undefined, cars)[0], removal);
});

test("after a restore ops behind the first wait for its answer; conflicts are about what is there", () => {
	const first = op({ state: "waiting" }), second = op({ n: 2, id: "o2", state: "waiting", base: 3 });
	const parked = op({ n: 3, id: "o3", state: "conflict", conflict: { fields: ["notes"], currentVersion: 9 } });
	const rejected = op({ n: 4, id: "o4", state: "rejected" });
	const all = rebase([first, second, parked, rejected], held(1, { notes: "old", lastUpdatedBy: "ben" }), cars);
	assert.deepEqual(all.map(({ id, base }) => [id, base]), [["o1", 1], ["o2", NO_VERSION], ["o3", 2]]);
	const { fields, currentVersion, by } = all[2].conflict;
	assert.deepEqual([fields, currentVersion, by], [["notes"], 1, "ben"]);
});

test("a resync that breaks off another one remembers its restore, and that old versions mean nothing", () => {
	const restored = { epoch: "e2", seq: 5 };
	const one = stateAtBegin({ restored }, null);
	const resync = { cursor: null, count: 0, restored: true, rebase: true };
	assert.deepEqual(one, { epoch: "e2", past: null, arriving: null, resync });
	const two = stateAtBegin({ reason: "view" }, one.resync);
	assert.deepEqual(two, { arriving: null, resync }, "pages that wait are from before it");
	assert.deepEqual(stateAtBegin({ reason: "epoch" }, null).epoch, null);
	for (const reason of ["epoch", "past", "ahead"]) {
		const { past, resync: begun } = stateAtBegin({ reason }, null);
		assert.deepEqual([past, begun.restored, begun.rebase], [null, true, true], reason);
	}
	const view = stateAtBegin({ reason: "view" }, null);
	assert.deepEqual(["past" in view, view.resync.restored, view.resync.rebase], [false, false, false]);
});

test("a resync deletes what it did not load and stores what is new or differs, whatever its version", () => {
	const at = (id, version, notes) => ({ collection: "cars", id, version, record: { id, version, notes } });
	const old = [at("1", 1, "a"), at("2", 1, "a"), at("3", 1, "a")];
	const fresh = [at("1", 1, "a"), at("2", 1, "b"), at("4", 1, "a")];
	const { gone, news } = compareRows(old, fresh);
	assert.deepEqual([gone.map(({ id }) => id), news.map(({ id }) => id)], [["3"], ["2", "4"]]);
});
