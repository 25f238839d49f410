// @ts-check
// The records of an opened space in memory: what the server last said, the ops of this device on top, and
// what both come to.  Only told of what the database holds already, except edits that are just being stored.
import { isActive, isParked, shownOp } from "./outbox.js";
import { defaultsOf } from "./values.js";

/** @typedef {import("./outbox.js").StoredOp} StoredOp */
/** @typedef {import("./engine.d.ts").Row} Row */
/** @typedef {import("./engine.d.ts").Definition} Definition */

/** @param {any} row @param {Record<string, any>} fields @param {Record<string, any>} defaults */
function put(row, fields, defaults) {
	for (const [name, value] of Object.entries(fields))
		if (value !== null && value !== undefined && value !== "")
			row[name] = value;
		else if (name in defaults)
			row[name] = defaults[name];
		else
			delete row[name];
}

/**
 * A record with an op on top; undefined when it is not there.
 * @param {any} record @param {StoredOp} op @param {Record<string, any>} defaults @param {string} user
 */
function apply(record, op, defaults, user) {
	if (op.kind === "delete")
		return undefined;
	if (op.kind === "set" && !record)
		return undefined;
	const row =
		record && op.kind === "set"
			? { ...record }
			: {
					id: op.record, version: record?.version ?? 0, owner: user, createdAt: op.at,
					createdBy: user, lastUpdatedAt: op.at, lastUpdatedBy: user, ...defaults,
				};
	put(row, op.set ?? {}, defaults);
	return row;
}

/**
 * What stands in conflict is not shown as if it were so; a record the server never took is, or it would seem lost.
 * @param {StoredOp} op @param {any} record
 */
function isShown(op, record) {
	return isActive(op) || (isParked(op) && op.kind === "create" && !op.removed && !record);
}

/** @param {{user: string}} parts */
export function createShelf({ user }) {
	/** @type {Map<string, Map<string, any>>} by collection: what the server last said */
	const records = new Map();
	/** @type {Map<string, Map<string, Row>>} and what is shown where that differs */
	const shown = new Map();
	/** @type {Map<string, readonly Row[]>} */
	const lists = new Map();
	/** @type {Map<string, StoredOp[]>} by collection/record, oldest first */
	let ops = new Map();
	/** @type {Map<string, StoredOp[]>} edits on their way into the database */
	const storing = new Map();
	/** @type {Map<string, Record<string, any>>} */
	const defaults = new Map();
	/** @type {Map<string, Definition>} */
	let definitions = new Map();
	/** @type {readonly import("./engine.d.ts").Op[] | null} */
	let listed = null;
	/** @type {{storing: number, waiting: number, conflicts: number, failed: number} | null} */
	let counted = null;

	function forgetSums() {
		listed = null;
		counted = null;
	}

	function count() {
		const all = [...ops.values()].flat();
		return {
			storing: [...storing.values()].flat().length,
			waiting: all.filter(isActive).length,
			conflicts: all.filter((op) => op.state === "conflict").length,
			failed: all.filter((op) => op.state === "rejected").length,
		};
	}

	/** @template V @param {Map<string, Map<string, V>>} of @param {string} collection @returns {Map<string, V>} */
	function shelfOf(of, collection) {
		let one = of.get(collection);
		if (!one)
			of.set(collection, one = new Map());
		return one;
	}

	/** @param {string} collection */
	function defaultsFor(collection) {
		let some = defaults.get(collection);
		if (!some)
			defaults.set(collection, some = defaultsOf(definitions.get(collection)));
		return some;
	}

	/** Edits that are not acknowledged, oldest first. @param {string} key */
	function onTop(key) {
		return [...(ops.get(key) ?? []).filter(isActive), ...(storing.get(key) ?? [])];
	}

	/** @param {string} collection @param {string} id */
	function show(collection, id) {
		const key = collection + "/" + id, record = records.get(collection)?.get(id);
		let row = record;
		for (const op of [
			...(ops.get(key) ?? []).filter((one) => isShown(one, record)),
			...(storing.get(key) ?? []),
		])
			row = apply(row, op, defaultsFor(collection), user);
		if (row && row !== record)
			Object.freeze(row);
		if (row)
			shelfOf(shown, collection).set(id, row);
		else
			shown.get(collection)?.delete(id);
		lists.delete(collection);
	}

	/** @param {string} collection @param {any} record */
	function complete(collection, record) {
		return Object.freeze({ ...defaultsFor(collection), ...record });
	}

	/** @param {string} collection @param {string} id @param {any} record */
	function keepRecord(collection, id, record) {
		if (record)
			shelfOf(records, collection).set(id, complete(collection, record));
		else
			records.get(collection)?.delete(id);
	}

	/** @param {StoredOp[]} all @returns {Map<string, StoredOp[]>} */
	function byRecord(all) {
		const map = new Map();
		for (const op of all) {
			const key = op.collection + "/" + op.record;
			map.set(key, [...(map.get(key) ?? []), op]);
		}
		return map;
	}

	/** @param {string} key */
	function showKey(key) {
		const at = key.indexOf("/");
		show(key.slice(0, at), key.slice(at + 1));
	}

	return {
		/** @param {string} collection @param {string} id @returns {Row | undefined} */
		get: (collection, id) => shown.get(collection)?.get(id),
		/** What the server last said. @param {string} collection @param {string} id */
		record: (collection, id) => records.get(collection)?.get(id),
		/** @param {string} collection @returns {readonly Row[]} */
		all(collection) {
			let list = lists.get(collection);
			if (!list)
				lists.set(
					collection,
					(list = Object.freeze([...(shown.get(collection)?.values() ?? [])]))
				);
			return list;
		},
		/** @param {string} collection @param {string} id @returns {readonly StoredOp[]} */
		opsOf: (collection, id) => ops.get(collection + "/" + id) ?? [],
		/**
		 * By field, what stood below each edit of this device that is shown on top.
		 * @param {string} collection @param {string} id @returns {Record<string, any[]>}
		 */
		under(collection, id) {
			/** @type {Record<string, any[]>} */
			const below = {};
			for (const op of onTop(collection + "/" + id))
				for (const name of op.kind === "set" ? Object.keys(op.set ?? {}) : [])
					(below[name] ??= []).push(op.was[name] ?? null);
			return below;
		},
		get ops() {
			return (listed ??= Object.freeze(
				[...ops.values()]
					.flat()
					.sort((a, b) => Number(a.n) - Number(b.n))
					.map(shownOp)
			));
		},
		/** Edits that the disk does not hold yet; ops that wait, are in conflict, were refused. */
		counts() {
			return counted ??= count();
		},

		/** @param {Definition[]} list */
		define(list) {
			definitions = new Map(list.map((one) => [one.name, one]));
			defaults.clear();
			for (const [collection, some] of records)
				for (const [id, record] of some) {
					keepRecord(collection, id, record);
					show(collection, id);
				}
		},
		/**
		 * Everything anew.
		 * @param {{collection: string, id: string, record: any}[]} rows @param {StoredOp[]} all
		 */
		fill(rows, all) {
			records.clear();
			shown.clear();
			lists.clear();
			for (const { collection, id, record } of rows)
				keepRecord(collection, id, record);
			ops = byRecord(all);
			forgetSums();
			for (const [collection, some] of records)
				for (const [id, record] of some)
					shelfOf(shown, collection).set(id, record);
			for (const key of new Set([...ops.keys(), ...storing.keys()]))
				showKey(key);
		},
		/**
		 * Records as they are stored now; record is null for one that is gone.
		 * @param {{collection: string, id: string, record: any}[]} rows
		 */
		take(rows) {
			for (const { collection, id, record } of rows) {
				keepRecord(collection, id, record);
				show(collection, id);
			}
		},
		/**
		 * The ops of some records as they are stored now.
		 * @param {{collection: string, id: string, ops: StoredOp[]}[]} some
		 */
		takeOps(some) {
			for (const { collection, id, ops: theirs } of some) {
				if (theirs.length > 0)
					ops.set(collection + "/" + id, theirs);
				else
					ops.delete(collection + "/" + id);
				show(collection, id);
			}
			if (some.length > 0)
				forgetSums();
		},
		/** An edit that is just being stored is shown already. @param {StoredOp} op */
		hold(op) {
			const key = op.collection + "/" + op.record;
			storing.set(key, [...(storing.get(key) ?? []), op]);
			forgetSums();
			showKey(key);
		},
		/** @param {StoredOp} op */
		release(op) {
			const key = op.collection + "/" + op.record;
			const rest = (storing.get(key) ?? []).filter((one) => one !== op);
			forgetSums();
			if (rest.length > 0)
				storing.set(key, rest);
			else
				storing.delete(key);
			showKey(key);
		},
	};
}

/** @typedef {ReturnType<typeof createShelf>} Shelf */
