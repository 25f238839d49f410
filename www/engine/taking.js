// @ts-check
// Stores the answers of a push: the records as the server answered them, the ops that it took, those that it refused
// and the next ops of their records.  What an answer means for an op is answers.js.
import {
	acknowledged, afterTaken, currentOf, isGoneAlready, isPassing, isTaken, isTombstoneOfKey, problemOf, recordOf,
	refused, versionOf,
} from "./answers.js";
import { arrivingOf } from "./arriving.js";
import { isAfterBegin } from "./gathering.js";
import { park } from "./following.js";
import { isParked, nextAfter } from "./outbox.js";
import {
	advance, doneOfRecord, opById, opsOfRecord, opsOfRecords, readState, rowOf, storeStep,
} from "./userdata.js";

/** @typedef {import("./outbox.js").StoredOp} StoredOp */
/** @typedef {import("./userdata.js").Transaction} Transaction */
/** @typedef {import("./userdata.js").Outcome} Outcome */

/**
 * @typedef {{database: import("./database.js").Database, user: string, now: () => number,
 *   definition: (space: string, collection: string) => import("./engine.d.ts").Definition | undefined}} Parts
 *
 * One answer being taken.  head: the end of the space when it was given.  fresh: rows are gathered for later, which
 * must hear of it too.  final: the op stays refused whatever the reason.  rows, changes: what was done to rows, for
 * memory.
 * @typedef {{work: Transaction, space: string, epoch: string, head: number | undefined, fresh: boolean, final: boolean,
 *   rows: any[], changes: any[]} & Pick<Parts, "user" | "now" | "definition">} Taking
 */

/**
 * Stores a record, or deletes it if it is null.  Resolves to whether it was stored: a pull or a resync may have stored
 * a later version already.
 * @param {Transaction} work @param {string} store @param {any[]} key @param {any} record @param {number} version
 * @param {any} [more] members of the row
 */
async function keepIn(work, store, key, record, version, more) {
	const held = await work.get(store, key);
	if (held && held.version > version)
		return false;
	await (record ? work.put(store, { ...rowOf(key[0], key[1], record), ...more }) : work.delete(store, key));
	return true;
}

/** @param {Taking} taking @param {StoredOp} op @param {string} [id] of its record */
function noteChange({ changes, user }, op, id = op.record) {
	changes.push({ collection: op.collection, id, from: "here", by: user });
}

/**
 * Stores the record as the server answered it.
 * @param {Taking} taking @param {StoredOp} op @param {any} record null when it is deleted or not to be seen
 * @param {number} gone the version from which on it is null
 */
async function keepRow(taking, op, record, gone) {
	const { work, space } = taking, id = record?.id ?? op.record, key = [space, op.collection, id];
	const version = record?.version ?? gone;
	if (taking.fresh)
		await keepIn(work, "fresh", key, record, version, { pushed: taking.head });
	if (!await keepIn(work, "rows", key, record, version))
		return;
	taking.rows.push({ collection: op.collection, id, record });
	noteChange(taking, op, id);
}

/**
 * Stores the record that an op is in conflict with, as a pull would: no pull may come for a while.
 * @param {Taking} taking @param {StoredOp} op @param {any} record null if it is not to be seen
 */
async function keepOther(taking, { collection }, record) {
	if (!record?.version)
		return;
	const { work, space } = taking, key = [space, collection, record.id], held = await work.get("rows", key);
	if (taking.fresh)
		await keepIn(work, "fresh", key, record, record.version, { pushed: taking.head });
	if (held && held.version >= record.version)
		return;
	await work.put("rows", rowOf(space, collection, record));
	taking.rows.push({ collection, id: record.id, record });
	taking.changes.push({ collection, id: record.id, from: "elsewhere", by: record.lastUpdatedBy });
}

/**
 * The op is removed from the outbox; the next op of its record gets its base from the answer.
 * @param {Taking} taking @param {StoredOp} op @param {any} result @param {StoredOp[]} ops of the record
 */
async function keepTaken(taking, op, result, ops) {
	const { work, space, epoch, user } = taking, next = nextAfter(op, ops);
	await work.delete("ops", op.n);
	await work.put("done", acknowledged(op, result, { user, epoch, doneAt: taking.now() }));
	await keepRow(taking, op, recordOf(result), Math.max(versionOf(result), op.base));
	if (!next)
		return;
	const form = taking.definition(space, op.collection);
	const done = (await doneOfRecord(work, space, op.collection, op.record)).filter((one) => one.epoch === epoch);
	const moved = afterTaken(next, result, done, form);
	if (moved && isParked(moved))
		await storeStep(work, park(moved, ops, form));
	else
		await storeStep(work, moved ? { drop: [], put: [moved] } : { drop: [next], put: [] });
}

/**
 * The op is parked, or sent again in another way.  Resolves to false if the reason may pass: then it waits as it is.
 * @param {Taking} taking @param {StoredOp} op @param {any} result @param {StoredOp[]} ops of the record
 */
async function keepRefused(taking, op, result, ops) {
	const { work, space } = taking, problem = problemOf(result), form = taking.definition(space, op.collection);
	if (isPassing(problem) && !taking.final)
		return false;
	if (isGoneAlready(op, problem)) {
		await keepTaken(taking, op, { version: 0, seq: 0 }, ops);
	} else if (isTombstoneOfKey(op, problem)) {
		// It stays sent, so that later edits become ops of their own.
		await work.put("ops", { ...op, base: problem.currentVersion });
	} else {
		await storeStep(work, park(refused(op, result, form), ops, form));
		noteChange(taking, op);
		await keepOther(taking, op, currentOf(problem));
	}
	return true;
}

/** Resolves to the op if its state has changed. @param {Taking} taking @param {any} result */
async function takeAnswer(taking, result) {
	const op = await opById(taking.work, result.op);
	// Another tab may have had the answer already.
	if (!op || (op.state !== "sent" && !taking.final))
		return null;
	const ops = await opsOfRecord(taking.work, taking.space, op.collection, op.record);
	if (!isTaken(result))
		return await keepRefused(taking, op, result, ops) ? op : null;
	await keepTaken(taking, op, result, ops);
	return op;
}

/**
 * Takes the answers of a push, in one transaction.  Each is about another record, so they are taken side by side.
 * @param {Parts} parts @param {string} space @param {{epoch: any, past?: any, head?: number, results: any[]}} answer
 * @param {boolean} final given here: the op need not have been sent, and it stays refused whatever the reason
 * @returns {Promise<Outcome>}
 */
export function takeAnswers({ database, ...parts }, space, { epoch, past, head, results }, final) {
	return database.write(["meta", "rows", "fresh", "ops", "done"], async (work) => {
		const state = await readState(work, space);
		const fresh = state.resync ? isAfterBegin(state.resync, head) : arrivingOf(state) !== null;
		/** @type {Taking[]} */
		const takings = results.map(() =>
			({ ...parts, work, space, epoch, head, fresh, final, rows: [], changes: [] }));
		const ops = await Promise.all(takings.map((taking, i) => takeAnswer(taking, results[i])));
		const touched = ops.flatMap((op) => (op ? [[op.collection, op.record]] : []));
		return {
			rows: takings.flatMap((taking) => taking.rows),
			changes: takings.flatMap((taking) => taking.changes),
			ops: await opsOfRecords(work, space, touched),
			state: await advance(work, space, {
				...(state.epoch || !epoch ? {} : { epoch }), ...(past ? { past } : {}),
			}),
		};
	});
}
