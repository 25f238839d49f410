// @ts-check
// The only file that touches IndexedDB.  A database is opened when first used, opened again when the browser
// closed it, and every failure becomes a StorageError that says in words what a person can do.  read() and write() run
// their work inside one transaction: all of it is stored, or nothing.

/** Why something could not be kept on this device. */
export class StorageError extends Error {
	/** @param {keyof typeof WORDS} reason @param {unknown} [cause] */
	constructor(reason, cause) {
		super(WORDS[reason], { cause });
		this.name = "StorageError";
		this.reason = reason;
	}
}

const WORDS = {
	full: "This device has no room left, so this could not be kept. Free some space and try again.",
	newer: "The data on this device was written by a newer version of the app. Load the page again.",
	blocked: "The app is open in another tab with an older version. Close that tab and load this page again.",
	missing: "This browser keeps no data for the app (a private window, or storage is switched off), so nothing can be kept here.",
	broken: "The storage of this browser cannot be read at the moment. Close the browser and open it again.",
};

/** @param {any} error @returns {StorageError} */
function inWords(error) {
	if (error instanceof StorageError)
		return error;
	const name = error?.name ?? "";
	if (name === "QuotaExceededError" || error?.inner?.name === "QuotaExceededError")
		return new StorageError("full", error);
	if (name === "VersionError")
		return new StorageError("newer", error);
	return new StorageError(name === "SecurityError" ? "missing" : "broken", error);
}

/**
 * Nobody need wait for it: a request that fails ends its transaction, and that is waited for.
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

/** What work inside a transaction is done with. */
class Work {
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

	/** @param {string} store @param {string} [index] @param {any} [key] @returns {Promise<any[]>} */
	keys(store, index, key) {
		const from = this.transaction.objectStore(store);
		return answer(index ? from.index(index).getAllKeys(key) : from.getAllKeys());
	}

	/** @param {string} store @param {string} index @param {any} key @returns {Promise<number>} */
	count(store, index, key) {
		return answer(this.transaction.objectStore(store).index(index).count(key));
	}

	/** Answers the key. @param {string} store @param {any} value @param {any} [key] @returns {Promise<any>} */
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

	/** Nothing more follows: what was asked for is stored even if the page goes away before it is answered. */
	commit() {
		this.transaction.commit?.();
	}
}

/**
 * @param {{factory: IDBFactory | undefined, name: string, version: number, upgrade: (database: IDBDatabase, from:
 *   number, work: IDBTransaction) => void, lost?: (error: StorageError | null) => void}} options lost is told when
 *   another tab needs the database, or (null) deletes it: it is closed and stays so
 */
export function createDatabase({ factory, name, version, upgrade, lost = () => {} }) {
	/** @type {IDBDatabase | null} */
	let connection = null;
	/** @type {Promise<IDBDatabase> | null} */
	let connecting = null;
	let closed = false;
	/**
	 * What ends the transactions under way: a browser that takes the database away does not always tell them.
	 * @type {Map<(error: Error) => void, IDBDatabase>}
	 */
	const underWay = new Map();

	/** @param {IDBDatabase} database */
	function keep(database) {
		connection = database;
		// The browser closed it by itself (storage was cleared, the disk failed): opened again when next
		// needed.
		database.onclose = () => {
			if (connection === database)
				connection = null;
			for (const [end, of] of underWay)
				if (of === database)
					end(new StorageError("broken"));
		};
		// Another tab deletes it (the person has signed out there), or has a newer version of the app.
		database.onversionchange = (event) => {
			close();
			lost(event.newVersion === null ? null : new StorageError("newer"));
		};
		return database;
	}

	/** @returns {Promise<IDBDatabase>} */
	function open() {
		return new Promise((resolve, reject) => {
			if (!factory)
				return reject(new StorageError("missing"));
			const request = factory.open(name, version);
			let isBlocked = false;
			request.onupgradeneeded = (event) =>
				upgrade(
					request.result,
					event.oldVersion,
					/** @type {IDBTransaction} */ (request.transaction)
				);
			request.onblocked = () => {
				isBlocked = true;
				reject(new StorageError("blocked"));
			};
			request.onerror = () => reject(request.error);
			request.onsuccess = () => {
				if (isBlocked || closed)
					request.result.close();
				if (closed)
					reject(new StorageError("broken"));
				else if (!isBlocked)
					resolve(keep(request.result));
			};
		});
	}

	/** @returns {Promise<IDBDatabase>} */
	async function connect() {
		if (connection)
			return connection;
		if (closed)
			throw new StorageError("broken");
		connecting ??= open().finally(() => { connecting = null; });
		return connecting;
	}

	/** @param {string[]} stores @param {IDBTransactionMode} mode @param {any} [options] */
	async function begin(stores, mode, options) {
		const database = await connect();
		try {
			return /** @type {any} */ (database).transaction(stores, mode, options);
		} catch (error) {
			if (/** @type {any} */ (error).name !== "InvalidStateError" || closed)
				throw error;
			// It was closed under our hands.
			if (connection === database)
				connection = null;
			return /** @type {any} */ (await connect()).transaction(stores, mode, options);
		}
	}

	/**
	 * done settles with the transaction, cut rejects when the browser has taken the database from under it.
	 * @param {IDBTransaction} transaction
	 */
	function watch(transaction) {
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
	}

	/**
	 * @template T @param {string[]} stores @param {IDBTransactionMode} mode
	 * @param {(work: Work) => Promise<T>} doing @param {any} [options] @returns {Promise<T>}
	 */
	async function run(stores, mode, doing, options) {
		try {
			const transaction = await begin(stores, mode, options);
			const { done, cut } = watch(transaction);
			let result;
			try {
				result = await Promise.race([doing(new Work(transaction)), cut]);
			} catch (error) {
				abort(transaction);
				await done.catch(() => {});
				throw transaction.error ?? error;
			}
			await done;
			return result;
		} catch (error) {
			throw /** @type {any} */ (error)?.isOurs ? error : inWords(error);
		}
	}

	/** @param {IDBTransaction} transaction */
	function abort(transaction) {
		try {
			transaction.abort();
		} catch {
			// It had ended by itself.
		}
	}

	function close() {
		closed = true;
		connection?.close();
		connection = null;
	}

	/**
	 * Empties the stores first, so that nothing stays readable when another tab still holds the database open;
	 * unless may says no.
	 * @param {(work: Work) => Promise<boolean>} may
	 */
	async function destroy(may) {
		let isEmpty = false;
		try {
			const database = await connect();
			const stores = [...database.objectStoreNames];
			isEmpty = await run(stores, "readwrite", async (work) => {
				if (!await may(work))
					return false;
				for (const store of stores)
					await work.clear(store);
				return true;
			});
		} finally {
			close();
			if (isEmpty)
				factory?.deleteDatabase(name);
		}
	}

	return {
		name,
		connect: () => connect().then(() => {}, (error) => { throw inWords(error); }),
		close, destroy,
		/** @template T @param {string[]} stores @param {(work: Work) => Promise<T>} doing */
		read: (stores, doing) => run(stores, "readonly", doing),
		/**
		 * On the disk when it settles, as far as the browser can tell.
		 * @template T @param {string[]} stores @param {(work: Work) => Promise<T>} doing
		 */
		write: (stores, doing) => run(stores, "readwrite", doing, { durability: "strict" }),
	};
}

/** @typedef {ReturnType<typeof createDatabase>} Database */
/** @typedef {Work} Transaction */
