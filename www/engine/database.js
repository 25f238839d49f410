// @ts-check
// A database in IndexedDB, as the rest of the engine knows it.  read() and write() run their work inside one
// transaction: all of it is stored, or nothing.  Every failure becomes a StorageError.
import { createConnection } from "./connection.js";
import { StorageError, inWords } from "./storage-error.js";
import { Work, abort, createUnderWay } from "./transaction.js";

const HELD = 10_000; // milliseconds for which a database that is to be replaced may be held open

/** @param {import("./connection.js").Options} options */
export function createDatabase(options) {
	const { cut, watch } = createUnderWay();
	const { connect, begin, close, rest, letGo } = createConnection(options, cut);

	/**
	 * @template T @param {string[]} stores @param {IDBTransactionMode} mode
	 * @param {(work: Work) => Promise<T>} doing @param {any} [more] @returns {Promise<T>}
	 */
	async function run(stores, mode, doing, more) {
		try {
			const transaction = await begin(stores, mode, more);
			const { done, cut: isCut } = watch(transaction);
			let result;
			try {
				result = await Promise.race([doing(new Work(transaction)), isCut]);
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

	/**
	 * Deletes the database, unless may says no; resolves to whether it was deleted.  Its stores are emptied first,
	 * so that nothing stays readable when another tab still holds it open.
	 * @param {(work: Work) => Promise<boolean>} may
	 */
	async function destroy(may) {
		let isEmpty = false;
		try {
			const stores = [...(await connect()).objectStoreNames];
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
				options.factory?.deleteDatabase(options.name);
		}
		return isEmpty;
	}

	/**
	 * Puts a new one in its place.  It is never seen without what it is filled with.
	 * @param {(work: Work) => void} fill
	 */
	function replace(fill) {
		const { name, version, upgrade } = options, factory = /** @type {IDBFactory} */ (options.factory);
		return new Promise((resolve, reject) => {
			const deleting = factory.deleteDatabase(name), opening = factory.open(name, version);
			// Who holds it is told, and lets go when its transactions have ended.
			deleting.onblocked = () => setTimeout(() => reject(new StorageError("blocked")), HELD);
			deleting.onerror = () => reject(inWords(deleting.error));
			opening.onupgradeneeded = ({ oldVersion }) => {
				const work = /** @type {IDBTransaction} */ (opening.transaction);
				upgrade(opening.result, oldVersion, work);
				fill(new Work(work));
			};
			opening.onerror = () => reject(inWords(opening.error));
			opening.onsuccess = () => {
				opening.result.close();
				resolve(null);
			};
		});
	}

	/** Whoever else needs it waits while work is done, which must not use it. @param {() => Promise<void>} work */
	async function without(work) {
		const done = work();
		letGo(done);
		await done;
	}

	return {
		name: options.name,
		replace, without,
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
