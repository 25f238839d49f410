// @ts-check
// Mends a person's damaged database: what only this device has is read from it and written into a new one, and the
// records are loaded from the server again.  Until they are, a space counts as not loaded: nothing is shown as deleted.
// One tab mends; the others let go of the database, wait, and read everything anew.  Between reading and writing, what
// was read is kept beside the database as well, in case the page is closed.
import { isDamage, isToMend, readDamaged, sortOut } from "./salvage.js";
import { LAYOUT, lookThrough } from "./userdata.js";

/** The stores whose keys are not part of their values. */
const KEYED = new Set(["meta", "notes", "bytes"]);

export const TOLD = "mended"; // the note that says what happened, until the person has read it
const DONE = "mendedAt"; // in the store meta: what was read then is in this database

/** @typedef {{stores: Record<string, import("./salvage.js").Entry[]>, told: any}} Saved what was read */

/**
 * alone: runs one thing of a name at a time, in all tabs.  expected: how many ops the database should hold, if known.
 * mended: called when a new database has taken the place of the old one.
 * @param {{database: import("./database.js").Database, factory: IDBFactory | undefined, device:
 *   import("./device.js").Device, alone: (what: string, doing: () => Promise<void>) => Promise<void>,
 *   now: () => number, expected: () => number | null, mended: () => void}} parts
 */
export function createMending({ database, factory, device, alone, now, expected, mended }) {
	const key = "mending:" + database.name;
	/** Who waits until no other tab mends it. @type {Set<() => void>} */
	const waiting = new Set();
	let isMine = false;

	/** @param {() => Promise<void>} work */
	function inTurn(work) {
		return alone(key, async () => {
			isMine = true;
			for (const go of waiting)
				go();
			waiting.clear();
			await work().finally(() => { isMine = false; });
		});
	}

	async function looks() {
		await database.connect();
		await lookThrough(database);
	}

	// A version of the app that is really newer has all that this one knows.
	/** @param {any} error */
	async function isMendable(error) {
		return isDamage(error) ||
			(error?.reason === "newer" && factory && await isToMend(factory, database.name, LAYOUT));
	}

	/** @returns {Promise<Saved>} */
	async function read() {
		const wanted = expected();
		const found = await readDamaged(/** @type {IDBFactory} */ (factory), database.name);
		const { stores, told } = sortOut(found, now());
		const lost = wanted === null ? null : Math.max(0, wanted - told.kept - told.left.length);
		const saved = { stores, told: { ...told, lost } };
		await device.put(key, saved).catch(() => {}); // without room for it, there is only one chance
		return saved;
	}

	/** @param {Saved} saved */
	async function write({ stores, told }) {
		await database.replace((work) => {
			for (const [store, entries] of Object.entries(stores))
				for (const { key: at, value } of entries)
					work.put(store, value, KEYED.has(store) ? at : undefined);
			work.put("notes", told, TOLD);
			work.put("meta", told.at, DONE);
		});
		await device.drop(key).catch(() => {});
	}

	/** @param {Saved} [saved] */
	async function replace(saved) {
		await database.without(async () => write(saved ?? await read()));
		mended();
	}

	/** A page was closed while it mended. @param {Saved} saved */
	async function goOn(saved) {
		const done = await database.read(["meta"], (work) => work.get("meta", DONE)).catch(() => null);
		if (done === saved.told.at)
			return device.drop(key);
		return replace(saved);
	}

	/** Mends it if it is damaged still, when this tab has its turn. @param {() => Promise<any>} trial */
	async function mend(trial) {
		const saved = await device.get(key);
		if (saved)
			await goOn(saved);
		try {
			await trial();
		} catch (error) {
			if (!await isMendable(error))
				throw error;
			await replace();
		}
	}

	return {
		/** Looks through the database, and mends it if it is damaged. */
		async begin() {
			try {
				if (!await device.get(key))
					return await looks();
			} catch (error) {
				if (!await isMendable(error))
					throw error;
			}
			await inTurn(() => mend(looks));
		},
		/**
		 * Something could not be read.  Settles when it can be read again; fails if nothing is damaged.
		 * @param {unknown} error @param {() => Promise<any>} trial reads it again
		 */
		async again(error, trial) {
			if (!isDamage(error))
				throw error;
			await inTurn(() => mend(trial));
		},
		/** Settles when no other tab mends the database. */
		async over() {
			if (!isMine)
				await new Promise((/** @type {(_: void) => void} */ resolve) => {
					waiting.add(resolve);
					inTurn(async () => {}).catch(() => resolve());
				});
		},
	};
}

/** @typedef {ReturnType<typeof createMending>} Mending */
