// @ts-check
// What an answer of the server means for the op that it answers (schema/PROTOCOL.md 3).  Pure functions: an op and its
// result in, ops out.  taking.js stores the outcome.
import { clash, follow, madeAll } from "./following.js";
import { differing } from "./values.js";

/** @typedef {import("./outbox.js").StoredOp} StoredOp */
/** @typedef {import("./engine.d.ts").Definition} Definition */

const TAKEN = new Set(["applied", "merged", "unchanged", "duplicate"]);
const NO_REASON = { type: "", status: 500, detail: "The server refused this." };

/** Whether the server has taken the op. @param {any} result */
export const isTaken = (result) => TAKEN.has(result.status);

/** @param {any} result of an op that was not taken */
export const problemOf = (result) => result.problem ?? NO_REASON;

/**
 * Whether sending the same op again can help: the server, or its disk (507), may be in trouble for a while.  A space
 * that is full (413) does not pass by itself; the op waits for the person.  @param {any} problem
 */
export const isPassing = (problem) => problem.status >= 500 || problem.status === 429;

// --- taken: applied, merged, unchanged or a duplicate ---

/** The record as it is after the op; null when it is deleted or not to be seen. @param {any} result */
export function recordOf(result) {
	return result.record && !result.record.deleted ? result.record : null;
}

/** The latest version in the result. @param {any} result @returns {number} */
export function versionOf(result) {
	return Math.max(result.version ?? 0, result.record?.version ?? 0);
}

/**
 * Whether the op made the version in the answer by itself, straight on its base.  An op that equalled somebody else's
 * change made none.
 * @param {StoredOp} op @param {any} result @param {string} user
 */
export function isOwn(op, result, user) {
	const isByUser = result.status === "duplicate" && result.record?.lastUpdatedBy === user;
	return result.version === op.base + 1 && !result.merged && (result.status === "applied" || isByUser);
}

/**
 * A taken op, as it is kept for 30 days.
 * @param {StoredOp} op @param {any} result @param {{user: string, epoch: string, doneAt: number}} told
 */
export function acknowledged(op, result, { user, epoch, doneAt }) {
	const { again, last, ...rest } = op;
	return {
		...rest, state: "done", version: result.version ?? versionOf(result), seq: result.seq ?? 0, epoch,
		doneAt, problem: null, conflict: null, own: isOwn(op, result, user),
	};
}

/**
 * The next op of the record after one that was taken; null if it has nothing left to do.
 * @param {StoredOp} next @param {any} result the answer of the one before
 * @param {StoredOp[]} done the acknowledged ops of the record, also that one
 * @param {Definition | undefined} definition @returns {StoredOp | null}
 */
export function afterTaken(next, result, done, definition) {
	const record = recordOf(result), version = versionOf(result);
	if (next.again)
		return { ...next, base: record?.version ?? version };
	const alone = version === result.version && madeAll(done, next.base, version);
	return follow(next, record, version, alone, definition);
}

// --- refused ---

/** The record was to be deleted and is not there. @param {StoredOp} op @param {any} problem */
export function isGoneAlready(op, problem) {
	return op.kind === "delete" && problem.status === 404;
}

/**
 * A new record has the id of one that was deleted.  The op is sent again, based on that tombstone.
 * @param {StoredOp} op @param {any} problem
 */
export function isTombstoneOfKey(op, problem) {
	return (
		op.kind === "create" &&
		op.base === 0 &&
		problem?.status === 409 &&
		problem.current?.deleted === true &&
		problem.currentVersion > 0
	);
}

/** @param {any} problem @returns {any} the record with which the op is in conflict, if the person may see it */
export function currentOf(problem) {
	const current = problem?.current;
	return current && current.id !== undefined && !current.deleted ? current : null;
}

/** @param {StoredOp} op @param {any} problem @param {Definition | undefined} definition @returns {StoredOp} */
function inConflict(op, problem, definition) {
	const current = currentOf(problem), version = problem.currentVersion ?? 0;
	const fields = problem.fields ?? differing(definition, op.set ?? {}, current);
	const parked = clash(op, current, version, fields);
	const base = { ...parked.conflict.base, ...problem.base };
	return { ...parked, problem, conflict: { ...parked.conflict, base } };
}

/**
 * A refused op, as it waits for the person.
 * @param {StoredOp} op @param {any} result @param {Definition | undefined} definition @returns {StoredOp}
 */
export function refused(op, result, definition) {
	const problem = problemOf(result);
	return result.status === "conflict"
		? inConflict(op, problem, definition)
		: { ...op, state: "rejected", problem, conflict: null };
}
