// @ts-check
// What the server says of records, into the database: the rows, what becomes of ops on them, and what memory
// must be told.  Pages and resyncs use it alike; what an op is based on after that, writing and sending.
import { NO_VERSION, catchUp, follow, keyOf } from "./outbox.js";
import { doneOfRecord, opsOfRecord, readState, rowOf } from "./userdata.js";

/** @typedef {import("./outbox.js").StoredOp} StoredOp */
/** @typedef {import("./database.js").Transaction} Transaction */
/** @typedef {import("./engine.d.ts").Definition} Definition */

/**
 * The op after what was answered since it was written.
 * @param {Transaction} work @param {StoredOp} op @param {StoredOp[]} queued what goes out before it on its record
 * @param {Definition | undefined} definition @returns {Promise<StoredOp>}
 */
export async function upToDate(work, op, queued, definition) {
	const row = await work.get("rows", [op.space, op.collection, op.record]);
	if (!row || (row.version <= op.base && op.base !== NO_VERSION))
		return op;
	const { epoch } = await readState(work, op.space);
	const done = (await doneOfRecord(work, op.space, op.collection, op.record)).filter(
		(one) => one.epoch === epoch
	);
	return catchUp(op, done, queued, row.record, definition);
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
	/** Waited for at the end, so that a thousand rows are not a thousand pauses. @type {Promise<any>[]} */
	const writes = [];

	/** @param {string} collection @param {string} id */
	const opsOf = (collection, id) => ops.get(collection + "/" + id) ?? [];

	/** @param {StoredOp} op */
	function keepOp(op) {
		writes.push(work.put("ops", op));
		touched.set(keyOf(op), [op.collection, op.record]);
	}

	/**
	 * After a restore, an op came before the one that makes its record, which another device had to send again: now
	 * it can be sent, as it was.
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
		 * The record is gone; ops on it remember what it was, should a person want it back.
		 * @param {{collection: string, id: string, record: any}} row as it was held
		 */
		drop({ collection, id, record }) {
			writes.push(work.delete("rows", [space, collection, id]));
			rows.push({ collection, id, record: null });
			for (const op of opsOf(collection, id))
				if (op.kind !== "create")
					keepOp(Object.assign(op, { last: record }));
		},
		/** What was done, when all of it is stored. @param {boolean} isFirst a first load */
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
