// @ts-check
// Stores what the server says of records: the rows, and what becomes of ops on them; and says what to update in memory.
// Both pulls and resyncs use it.  Writing and sending use settled() to compare an op with the rows.
import { catchUp, follow, ground, meet } from "./following.js";
import { NO_VERSION, isParked, keyOf } from "./outbox.js";
import { doneOfRecord, opsOfRecord, readState, rowOf, takenBackUnder } from "./userdata.js";

/** @typedef {import("./outbox.js").StoredOp} StoredOp */
/** @typedef {import("./database.js").Transaction} Transaction */
/** @typedef {import("./engine.d.ts").Definition} Definition */

/**
 * The op, after what was answered since it was written.  It may be in conflict.
 * @param {Transaction} work @param {StoredOp} op @param {StoredOp[]} queued ops of its record that leave before it
 * @param {any} now the record as it is held @param {Definition | undefined} definition @returns {Promise<StoredOp>}
 */
async function upToDate(work, op, queued, now, definition) {
	if (now.version <= op.base && op.base !== NO_VERSION)
		return op;
	const { epoch } = await readState(work, op.space);
	const done = (await doneOfRecord(work, op.space, op.collection, op.record)).filter(
		(one) => one.epoch === epoch
	);
	return catchUp(op, done, queued, now, definition);
}

/**
 * The op, after what its author saw is compared with what is held now.  It may be in conflict.  An op is compared when
 * it is written, and once more before it leaves: only then is it certain which of the edits below it were taken.
 * @param {Transaction} work @param {StoredOp} written @param {StoredOp[]} ops of its record
 * @param {StoredOp[]} queued those that leave before it
 * @param {Record<string, any[]>} under by field, what was below the edits that its author saw
 * @param {Definition | undefined} definition @returns {Promise<StoredOp>}
 */
export async function settled(work, written, ops, queued, under, definition) {
	const row = await work.get("rows", [written.space, written.collection, written.record]);
	if (!row || written.kind === "create" || written.again)
		return written;
	const gone = [...ops.filter(isParked), ...await takenBackUnder(work, written)];
	const grounded = ground(written, under, gone, queued, row.record, definition);
	const op = await upToDate(work, grounded, queued, row.record, definition);
	return queued.length > 0 || isParked(op) ? op : meet(op, row.record, definition);
}

/**
 * Rows of one space in one transaction.
 * @param {{work: Transaction, space: string, ops: Map<string, StoredOp[]>, definition: (collection: string) =>
 *   Definition | undefined}} parts
 */
export function createRows({ work, space, ops, definition }) {
	/** @type {import("./userdata.js").StoredRow[]} */
	const rows = [];
	/** Records whose ops have changed. @type {Map<string, [string, string]>} */
	const touched = new Map();
	/** Waited for together at the end: waiting for each row would be slow. @type {Promise<any>[]} */
	const writes = [];

	/** @param {string} collection @param {string} id */
	const opsOf = (collection, id) => ops.get(collection + "/" + id) ?? [];

	/** @param {StoredOp} op */
	function keepOp(op) {
		writes.push(work.put("ops", op));
		touched.set(keyOf(op), [op.collection, op.record]);
	}

	/**
	 * Puts an op back among those to be sent.  After a restore it was refused because its record was missing; now
	 * another device has sent the record again.  Its base becomes the version of that record, or it is in conflict.
	 * @param {StoredOp} op @param {any} record
	 */
	function wake(op, record) {
		keepOp(
			follow(
				{ ...op, state: "waiting", problem: null },
				record,
				record.version,
				false,
				definition(op.collection)
			) ?? op
		);
	}

	return {
		keepOp,
		/** @param {string} collection @param {any} record */
		put(collection, record) {
			writes.push(work.put("rows", rowOf(space, collection, record)));
			rows.push({ collection, id: record.id, record });
			const late = opsOf(collection, record.id).find(
				(op) => op.again && op.state === "rejected" && op.problem?.status === 404
			);
			if (late)
				wake(late, record);
		},
		/**
		 * The record is gone, but it is shown until a person has agreed.
		 * @param {{space?: string, collection: string, id: string, record: any}} row as it was held
		 */
		mark(row) {
			writes.push(work.put("rows", { ...row, marked: true }));
		},
		/**
		 * The record is gone.  Ops on it remember what it was, in case a person wants it back.
		 * @param {{collection: string, id: string, record: any}} row as it was held
		 */
		drop({ collection, id, record }) {
			writes.push(work.delete("rows", [space, collection, id]));
			rows.push({ collection, id, record: null });
			for (const op of opsOf(collection, id))
				if (op.kind !== "create")
					keepOp(Object.assign(op, { last: record }));
		},
		/** Resolves to what to update in memory, when all is stored. @param {boolean} isFirst a first load */
		async done(isFirst) {
			await Promise.all(writes);
			const some = await Promise.all(
				[...touched.values()].map(async ([collection, id]) => ({
					collection,
					id,
					ops: await opsOfRecord(work, space, collection, id),
				}))
			);
			/** @type {import("./engine.d.ts").Change[]} */
			const changes = rows.map(({ collection, id, record }) => ({
				collection,
				id,
				from: isFirst ? "first" : "elsewhere",
				...(record?.lastUpdatedBy ? { by: record.lastUpdatedBy } : {}),
			}));
			return { rows, changes, ops: some };
		},
	};
}
