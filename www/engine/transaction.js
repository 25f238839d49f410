// @ts-check
// One transaction on IndexedDB: its requests as promises, and how it ends.  A browser that takes a database away does
// not always tell the transactions under way, so they are ended here.
import { StorageError } from "./storage-error.js";

/**
 * The result of a request.  It need not be waited for: a request that fails ends its transaction, and that is waited
 * for.
 * @param {IDBRequest} request @returns {Promise<any>}
 */
function answer(request) {
	/** @type {Promise<any>} */
	const promise = new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error);
	});
	promise.catch(() => {});
	return promise;
}

/** The requests of one transaction. */
export class Work {
	/** @param {IDBTransaction} transaction */
	constructor(transaction) {
		this.transaction = transaction;
	}

	/** @param {string} store @param {any} key @returns {Promise<any>} */
	get(store, key) {
		return answer(this.transaction.objectStore(store).get(key));
	}

	/**
	 * All there is, or all with this key of an index.
	 * @param {string} store @param {string} [index] @param {any} [key] @returns {Promise<any[]>}
	 */
	all(store, index, key) {
		const from = this.transaction.objectStore(store);
		return answer(index ? from.index(index).getAll(key) : from.getAll());
	}

	/**
	 * All whose key begins with these parts.  index: one whose key is the first of them, for an IndexedDB that
	 * comes without IDBKeyRange.
	 * @param {string} store @param {string} index @param {any[]} parts @returns {Promise<any[]>}
	 */
	async beginning(store, index, parts) {
		const range = globalThis.IDBKeyRange?.bound(parts, [...parts, []]);
		if (range)
			return answer(this.transaction.objectStore(store).getAll(range));
		const path = /** @type {string[]} */ (this.transaction.objectStore(store).keyPath);
		const all = await this.all(store, index, parts[0]);
		return all.filter((one) => parts.every((part, at) => one[path[at]] === part));
	}

	/** @param {string} store @param {string} [index] @param {any} [key] @returns {Promise<any[]>} */
	keys(store, index, key) {
		const from = this.transaction.objectStore(store);
		return answer(index ? from.index(index).getAllKeys(key) : from.getAllKeys());
	}

	/** @param {string} store @param {string} index @param {any} key @returns {Promise<number>} */
	count(store, index, key) {
		return answer(this.transaction.objectStore(store).index(index).count(key));
	}

	/** Resolves to the key. @param {string} store @param {any} value @param {any} [key] @returns {Promise<any>} */
	put(store, value, key) {
		const into = this.transaction.objectStore(store);
		return answer(key === undefined ? into.put(value) : into.put(value, key));
	}

	/** @param {string} store @param {any} key */
	delete(store, key) {
		return answer(this.transaction.objectStore(store).delete(key));
	}

	/** Delete all with this key of an index. @param {string} store @param {string} index @param {any} key */
	async deleteAll(store, index, key) {
		for (const one of await this.keys(store, index, key))
			this.delete(store, one);
	}

	/** @param {string} store */
	clear(store) {
		return answer(this.transaction.objectStore(store).clear());
	}

	/** No more requests follow: what they store is kept even if the page is closed before their events. */
	commit() {
		this.transaction.commit?.();
	}
}

/** @param {IDBTransaction} transaction */
export function abort(transaction) {
	try {
		transaction.abort();
	} catch {
		// It had ended by itself.
	}
}

/** The transactions under way. */
export function createUnderWay() {
	/** What ends each of them. @type {Map<(error: Error) => void, IDBDatabase>} */
	const underWay = new Map();
	return {
		/** The browser has taken this database away. @param {IDBDatabase} database */
		cut(database) {
			for (const [end, of] of underWay)
				if (of === database)
					end(new StorageError("broken"));
		},
		/**
		 * done settles with the transaction; cut rejects when its database is taken away.
		 * @param {IDBTransaction} transaction
		 */
		watch(transaction) {
			/** @type {(error: Error) => void} */
			let end = () => {};
			/** @type {Promise<never>} */
			const cut = new Promise((_, reject) => { end = reject; });
			const done = new Promise((resolve, reject) => {
				transaction.oncomplete = () => resolve(null);
				transaction.onabort = () => reject(transaction.error ?? new StorageError("broken"));
				cut.catch(reject);
			});
			underWay.set(end, transaction.db);
			done.catch(() => {}).then(() => underWay.delete(end));
			return { done, cut };
		},
	};
}
