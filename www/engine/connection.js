// @ts-check
// The connection to one IndexedDB database: opened when it is first needed, and opened again when the browser has
// closed it.  When another tab needs a newer version of the database, the connection is closed for good.  When another
// tab deletes or mends it, whoever needs it waits.
import { StorageError } from "./storage-error.js";

/** A tab that mends a database raises its version to this or more: then no other tab can hold it open or open it. */
export const MENDING = 1_000_000;

/**
 * lost: told when another tab needs the database in a newer version, or (null) deletes or mends it.  It is opened again
 * only when what lost returned has settled.
 * @typedef {{factory: IDBFactory | undefined, name: string, version: number, upgrade: (database: IDBDatabase, from:
 *   number, work: IDBTransaction) => void, lost?: (error: StorageError | null) => any}} Options
 */

/**
 * @param {Options} options @param {() => boolean} isClosed whether it was closed for good while it was being opened
 * @param {(database: IDBDatabase) => IDBDatabase} opened takes it, at once @returns {Promise<IDBDatabase>}
 */
function open({ factory, name, version, upgrade }, isClosed, opened) {
	return new Promise((resolve, reject) => {
		if (!factory)
			return reject(new StorageError("missing"));
		const request = factory.open(name, version);
		let isBlocked = false;
		request.onupgradeneeded = ({ oldVersion }) =>
			upgrade(request.result, oldVersion, /** @type {IDBTransaction} */ (request.transaction));
		request.onblocked = () => {
			isBlocked = true;
			reject(new StorageError("blocked"));
		};
		request.onerror = () => reject(request.error);
		request.onsuccess = () => {
			if (isBlocked || isClosed())
				request.result.close();
			if (isClosed())
				reject(new StorageError("broken"));
			else if (!isBlocked)
				resolve(opened(request.result));
		};
	});
}

/**
 * @param {Options} options
 * @param {(database: IDBDatabase) => void} cut ends the transactions of a database that the browser has closed
 */
export function createConnection(options, cut) {
	const { lost = () => {} } = options;
	/** @type {IDBDatabase | null} */
	let connection = null;
	/** @type {Promise<IDBDatabase> | null} */
	let connecting = null;
	let closed = false;
	/** Another tab mends it, or this one. @type {Promise<void> | null} */
	let away = null;

	/** @param {IDBDatabase} database */
	function keep(database) {
		connection = database;
		// Storage was cleared, or the disk failed.
		database.onclose = () => {
			forget(database);
			cut(database);
		};
		database.onversionchange = ({ newVersion }) => {
			if (newVersion !== null && newVersion < MENDING) {
				close();
				lost(new StorageError("newer"));
			} else {
				letGo(lost(null));
			}
		};
		return database;
	}

	/** @param {IDBDatabase} database */
	function forget(database) {
		if (connection === database)
			connection = null;
	}

	/** @returns {Promise<IDBDatabase>} */
	async function connect() {
		while (away)
			await away;
		if (connection)
			return connection;
		if (closed)
			throw new StorageError("broken");
		connecting ??= open(options, () => closed, keep).finally(() => { connecting = null; });
		const opened = await connecting;
		if (!away)
			return opened;
		rest();
		return connect();
	}

	/** @param {string[]} stores @param {IDBTransactionMode} mode @param {any} [more] */
	async function begin(stores, mode, more) {
		const database = await connect();
		try {
			return /** @type {any} */ (database).transaction(stores, mode, more);
		} catch (error) {
			if (/** @type {any} */ (error).name !== "InvalidStateError" || closed)
				throw error;
			// The browser has closed it and has not said so yet.
			forget(database);
			return /** @type {any} */ (await connect()).transaction(stores, mode, more);
		}
	}

	function close() {
		closed = true;
		connection?.close();
		connection = null;
	}

	/** Closes it; it is opened again when it is next needed. */
	function rest() {
		connection?.close();
		connection = null;
	}

	/** Closes it, until something has settled. @param {any} until */
	function letGo(until) {
		rest();
		const mine = Promise.resolve(until).then(() => {}, () => {}).then(() => {
			if (away === mine)
				away = null;
		});
		away = mine;
	}

	return { connect, begin, close, rest, letGo };
}
