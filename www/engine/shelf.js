// @ts-check
// What an opened space shows: its records (records.js) with the ops of this device (held.js) on top.  It is only told
// of what the database holds already, except edits that are just being stored.
import { createHeldOps } from "./held.js";
import { Table, createRecords } from "./records.js";
import { shownRow } from "./shown.js";

/** @typedef {import("./outbox.js").StoredOp} StoredOp */
/** @typedef {import("./engine.d.ts").Row} Row */
/** @typedef {import("./engine.d.ts").Definition} Definition */

/** @param {StoredOp[]} ops of a record */
function valuesBelow(ops) {
	/** @type {Record<string, any[]>} */
	const below = {};
	for (const op of ops)
		for (const name of op.kind === "set" ? Object.keys(op.set ?? {}) : [])
			(below[name] ??= []).push(op.was[name] ?? null);
	return below;
}

/** @param {{user: string}} parts */
export function createShelf({ user }) {
	const records = createRecords(), held = createHeldOps();
	/** @type {Table<Row>} */
	const shown = new Table();
	/** @type {Map<string, readonly Row[]>} made when asked for, by collection */
	const lists = new Map();

	/** @param {string} collection @param {string} id */
	function show(collection, id) {
		const record = records.get(collection, id), ops = held.shownOn(collection + "/" + id, record);
		shown.put(collection, id, shownRow(record, ops, records.defaultsFor(collection), user));
		lists.delete(collection);
	}

	/** @param {string} key */
	function showKey(key) {
		const at = key.indexOf("/");
		show(key.slice(0, at), key.slice(at + 1));
	}

	return {
		/** @param {string} collection @param {string} id @returns {Row | undefined} */
		get: (collection, id) => shown.get(collection, id),
		/** What the server last said. @param {string} collection @param {string} id */
		record: (collection, id) => records.get(collection, id),
		/** @param {string} collection @returns {readonly Row[]} */
		all(collection) {
			let list = lists.get(collection);
			if (!list)
				lists.set(collection, list = Object.freeze(shown.all(collection)));
			return list;
		},
		/** @param {string} collection @param {string} id @returns {readonly StoredOp[]} */
		opsOf: (collection, id) => held.stored(collection + "/" + id),
		/**
		 * By field, the values below each edit of this device that is shown on top.
		 * @param {string} collection @param {string} id
		 */
		under: (collection, id) => valuesBelow(held.waitingOn(collection + "/" + id)),
		get ops() { return held.list; },
		/** Edits that the disk does not hold yet; ops that wait, are in conflict, were refused. */
		counts: held.counts,

		/** @param {Definition[]} list */
		define(list) {
			records.define(list);
			for (const [collection, id] of records.entries())
				show(collection, id);
		},
		/**
		 * Everything anew.
		 * @param {{collection: string, id: string, record: any}[]} rows @param {StoredOp[]} all
		 */
		fill(rows, all) {
			records.fill(rows);
			held.fill(all);
			shown.clear();
			lists.clear();
			for (const [collection, id, record] of records.entries())
				shown.put(collection, id, record);
			for (const key of held.keys())
				showKey(key);
		},
		/**
		 * Records as they are stored now; record is null for one that is gone.
		 * @param {{collection: string, id: string, record: any}[]} rows
		 */
		take(rows) {
			for (const { collection, id, record } of rows) {
				records.put(collection, id, record);
				show(collection, id);
			}
		},
		/**
		 * The ops of some records as they are stored now.
		 * @param {{collection: string, id: string, ops: StoredOp[]}[]} some
		 */
		takeOps(some) {
			for (const { collection, id, ops } of some) {
				held.take(collection + "/" + id, ops);
				show(collection, id);
			}
		},
		/** An edit that is just being stored is shown already. @param {StoredOp} op */
		hold(op) {
			held.hold(op);
			show(op.collection, op.record);
		},
		/** @param {StoredOp} op */
		release(op) {
			held.release(op);
			show(op.collection, op.record);
		},
	};
}

/** @typedef {ReturnType<typeof createShelf>} Shelf */
