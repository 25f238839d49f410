// @ts-check
// The records of an opened space in memory, as the server last said them and with the defaults of their definitions.
// What is shown, with the ops of this device on top, is shelf.js.
import { defaultsOf } from "./values.js";

/** @typedef {import("./engine.d.ts").Definition} Definition */
/** @typedef {import("./engine.d.ts").Fields} Fields */

/**
 * A map with two keys: collection and id.
 * @template V
 */
export class Table {
	constructor() {
		/** @type {Map<string, Map<string, V>>} */
		this.collections = new Map();
	}

	/** @param {string} collection @param {string} id */
	get(collection, id) {
		return this.collections.get(collection)?.get(id);
	}

	/** @param {string} collection @returns {V[]} */
	all(collection) {
		return [...this.collections.get(collection)?.values() ?? []];
	}

	/** @returns {[string, string, V][]} collection, id and value of each */
	entries() {
		return [...this.collections].flatMap(([collection, some]) =>
			[...some].map(([id, value]) => /** @type {[string, string, V]} */ ([collection, id, value])));
	}

	/** @param {string} collection @param {string} id @param {V | null | undefined} value deleted if it is none */
	put(collection, id, value) {
		const some = this.collections.get(collection);
		if (!value)
			some?.delete(id);
		else if (some)
			some.set(id, value);
		else
			this.collections.set(collection, new Map([[id, value]]));
	}

	clear() {
		this.collections.clear();
	}
}

export function createRecords() {
	/** @type {Table<any>} */
	const records = new Table();
	/** @type {Map<string, Definition>} */
	let definitions = new Map();
	/** @type {Map<string, Fields>} */
	const defaults = new Map();

	/** @param {string} collection @returns {Fields} */
	function defaultsFor(collection) {
		let some = defaults.get(collection);
		if (!some)
			defaults.set(collection, some = defaultsOf(definitions.get(collection)));
		return some;
	}

	/** @param {string} collection @param {string} id @param {any} record null for one that is gone */
	function put(collection, id, record) {
		const whole = record && Object.freeze({ ...defaultsFor(collection), ...record });
		records.put(collection, id, whole);
	}

	return {
		defaultsFor, put,
		/** @param {string} collection @param {string} id */
		get: (collection, id) => records.get(collection, id),
		entries: () => records.entries(),
		/** All records get the defaults of these definitions. @param {Definition[]} list */
		define(list) {
			definitions = new Map(list.map((one) => [one.name, one]));
			defaults.clear();
			for (const [collection, id, record] of records.entries())
				put(collection, id, record);
		},
		/** @param {{collection: string, id: string, record: any}[]} rows these and no others */
		fill(rows) {
			records.clear();
			for (const { collection, id, record } of rows)
				put(collection, id, record);
		},
	};
}
