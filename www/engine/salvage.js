// @ts-check
// A person's database that is damaged: what makes it so, and what can still be read of it.  The server has the records,
// so those are loaded again; what is saved is what only this device has: the outbox, files that wait, half-typed forms.

import { MENDING } from "./connection.js";
import { StorageError } from "./storage-error.js";

/** What only this device knows, store by store.  Records and what a resync has gathered are the server's. */
const KEPT = ["meta", "kept", "ops", "done", "files", "bytes", "notes"];
const HELD = 10_000; // milliseconds for which another tab may hold a database that is to be mended
const MOST = 1000; // unreadable entries of which the content is kept for the person

/** Failures that another try does not change, when they come from reading. */
const OF_DAMAGE = new Set(["NotFoundError", "UnknownError", "DataError", "DataCloneError", "EncodingError",
	"NotReadableError", "InvalidStateError", "ConstraintError", "TypeError"]);

/**
 * @typedef {{key: any, value: any}} Entry
 * @typedef {{stores: Record<string, Entry[]>, unreadable: number, opened: boolean}} Found unreadable: entries and
 *   stores that could not be read; opened: whether the database could be opened at all
 */

/** Whether a failure says that what is stored is damaged. @param {any} error a StorageError */
export function isDamage(error) {
	return error?.reason === "broken" && OF_DAMAGE.has(error.cause?.name ?? "");
}

/** @param {IDBRequest} request @returns {Promise<any>} */
const answer = (request) => new Promise((resolve, reject) => {
	request.onsuccess = () => resolve(request.result);
	request.onerror = () => reject(request.error);
});

/** Opens it in whatever version it has; null where there is none. @param {IDBFactory} factory @param {string} name */
function openAny(factory, name) {
	return new Promise((/** @type {(database: IDBDatabase | null) => void} */ resolve, reject) => {
		const request = factory.open(name);
		let isNew = false;
		request.onupgradeneeded = () => {
			isNew = true;
			request.transaction?.abort();
		};
		request.onblocked = () => reject(new Error("blocked"));
		request.onerror = () => (isNew ? resolve(null) : reject(request.error));
		request.onsuccess = () => resolve(request.result);
	});
}

/**
 * Opens it so that no other tab holds it: nobody writes what is not read.  A database that is too damaged for that is
 * opened as it is.
 * @param {IDBFactory} factory @param {string} name
 */
async function openAlone(factory, name) {
	const known = await openAny(factory, name);
	if (!known)
		return null;
	known.close();
	return new Promise((/** @type {(database: IDBDatabase | null) => void} */ resolve, reject) => {
		const request = factory.open(name, Math.max(MENDING, known.version) + 1);
		request.onblocked = () => setTimeout(() => reject(new StorageError("blocked")), HELD);
		request.onerror = () => openAny(factory, name).then(resolve, reject);
		request.onsuccess = () => resolve(request.result);
	});
}

/**
 * In a transaction of its own, so that a failure ends nothing else.
 * @param {IDBDatabase} database @param {string} store
 */
const storeOf = (database, store) => database.transaction([store], "readonly").objectStore(store);

/**
 * All entries of a store at once, or one by one where that fails.
 * @param {IDBDatabase} database @param {string} store @param {Found} found
 */
async function readStore(database, store, found) {
	/** @type {any[]} */
	let keys = [];
	try {
		keys = await answer(storeOf(database, store).getAllKeys());
		const values = await answer(storeOf(database, store).getAll());
		return keys.map((key, i) => ({ key, value: values[i] }));
	} catch {
		if (keys.length === 0)
			found.unreadable += 1;
	}
	/** @type {Entry[]} */
	const entries = [];
	for (const key of keys) {
		try {
			entries.push({ key, value: await answer(storeOf(database, store).get(key)) });
		} catch {
			found.unreadable += 1;
		}
	}
	return entries;
}

/**
 * Whether a database can be opened and is one that was to be mended, or has not all of these stores and indexes.
 * @param {IDBFactory} factory @param {string} name @param {Record<string, string[]>} layout
 */
export async function isToMend(factory, name, layout) {
	const database = await openAny(factory, name).catch(() => null);
	try {
		if (database === null || database.version >= MENDING)
			return database !== null;
		return Object.entries(layout).some(([store, indexes]) =>
			!database.objectStoreNames.contains(store) ||
			!indexes.every((index) => storeOf(database, store).indexNames.contains(index)));
	} finally {
		database?.close();
	}
}

/** Reads what can be read. @param {IDBFactory} factory @param {string} name @returns {Promise<Found>} */
export async function readDamaged(factory, name) {
	/** @type {Found} */
	const found = { stores: {}, unreadable: 0, opened: false };
	const database = await openAlone(factory, name).catch((error) => {
		if (error instanceof StorageError)
			throw error;
	});
	found.opened = database !== undefined;
	if (!database)
		return found;
	try {
		for (const store of KEPT)
			if (database.objectStoreNames.contains(store))
				found.stores[store] = await readStore(database, store, found);
			else
				found.unreadable += 1;
	} finally {
		database.close();
	}
	return found;
}

/** @param {any} value */
const isText = (value) => typeof value === "string" && value !== "";

/** @param {any} op */
function isOp(op) {
	return op !== null && typeof op === "object" && Number.isInteger(op.n) &&
		[op.id, op.space, op.collection, op.record, op.kind].every(isText);
}

/** @param {any} row of the store rows, or null for one that is well */
export function isRow(row) {
	return isText(row?.collection) && isText(row?.id) && row.record !== null && typeof row.record === "object" &&
		row.record.id === row.id;
}

/** Which entries of a store go on. @type {Record<string, (entry: Entry) => boolean>} */
const SOUND = {
	ops: ({ value }) => isOp(value),
	done: ({ value }) => isText(value?.id) && isText(value?.space),
	files: ({ value }) => isText(value?.space) && isText(value?.sha256),
	meta: ({ key, value }) => isText(key) && value !== null && value !== undefined,
	kept: ({ value }) => isText(value?.space) && isRow(value),
	bytes: ({ value }) => value !== null && value !== undefined,
	notes: ({ key }) => isText(key),
};

/** The state of a space says how far it was loaded: it is loaded anew. @param {Entry} entry */
function anew({ key, value }) {
	const isState = isText(key) && key.startsWith("space:");
	return { key, value: isState ? { alarm: value.alarm ?? null, gone: value.gone ?? null } : value };
}

/**
 * What goes into the new database, and what the person is told and may save as a file.
 * @param {Found} found @param {number} now
 */
export function sortOut(found, now) {
	/** @type {Record<string, Entry[]>} */
	const stores = {};
	/** @type {any[]} */
	const left = [];
	for (const [store, entries] of Object.entries(found.stores)) {
		stores[store] = entries.filter(SOUND[store]).map(anew);
		if (store === "ops")
			left.push(...entries.filter((entry) => !SOUND[store](entry)).map(({ value }) => value));
	}
	const told = {
		at: now, kept: stores.ops?.length ?? 0, unreadable: found.unreadable + left.length,
		opened: found.opened, left: left.slice(0, MOST),
	};
	return { stores, told };
}
