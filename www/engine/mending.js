// @ts-check
// Mends a person's damaged database: what only this device has is read from it and written into a new one, and the
// records are loaded from the server again.  Until they are, a space counts as not loaded: nothing is shown as deleted.
import { isDamage, lacksOf, readDamaged, sortOut } from "./salvage.js";
import { LAYOUT, lookThrough } from "./userdata.js";

/** The stores whose keys are not part of their values. */
const KEYED = new Set(["meta", "notes", "bytes"]);

export const TOLD = "mended"; // the note that says what happened, until the person has read it

/**
 * @param {{database: import("./database.js").Database, factory: IDBFactory | undefined, locks: any, now: () => number}}
 *   parts
 */
export function createMending({ database, factory, locks, now }) {
	// One tab mends it; the others find it well.
	const alone = (/** @type {() => Promise<void>} */ work) =>
		(locks ? locks.request(`${database.name}.mend`, work) : work());

	async function looks() {
		await database.connect();
		await lookThrough(database);
	}

	// A version of the app that is really newer has all that this one knows.
	/** @param {any} error */
	async function isMendable(error) {
		return isDamage(error) ||
			(error?.reason === "newer" && factory && await lacksOf(factory, database.name, LAYOUT));
	}

	async function replace() {
		const found = await readDamaged(/** @type {IDBFactory} */ (factory), database.name);
		const { stores, told } = sortOut(found, now());
		await database.replace();
		await database.write(Object.keys({ notes: 0, ...stores }), async (work) => {
			for (const [store, entries] of Object.entries(stores))
				for (const { key, value } of entries)
					work.put(store, value, KEYED.has(store) ? key : undefined);
			await work.put("notes", told, TOLD);
		});
	}

	async function mend() {
		try {
			await looks();
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
				await looks();
			} catch (error) {
				if (!await isMendable(error))
					throw error;
				database.rest();
				await alone(mend);
			}
		},
		/** A space could not be read.  Settles when it can be read again; fails if nothing is damaged. */
		async again(/** @type {any} */ error) {
			if (!isDamage(error))
				throw error;
			await alone(replace);
		},
	};
}

/** @typedef {ReturnType<typeof createMending>} Mending */
