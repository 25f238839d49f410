// @ts-check
// How many ops of a person are in the outbox, noted outside of IndexedDB as well.  A browser that loses the database,
// or deletes it to make room, leaves the note: then the person can be told that something is lost.

/**
 * @param {{store: import("./environment.js").Outside | null, key: string, count: () => Promise<number>}} parts store:
 *   where small texts are kept; count: the ops in the database
 */
export function createTally({ store, key, count }) {
	/** @type {Promise<void> | null} */
	let counting = null;
	let again = false;

	async function note() {
		try {
			do {
				again = false;
				store?.put(key, String(await count()));
			} while (again);
		} catch {
			// What was noted before stays.
		}
	}

	return {
		/** How many there were when they were last counted, if that is noted. @returns {number | null} */
		noted() {
			const noted = store?.get(key) ?? null;
			return noted === null ? null : Number(noted) || 0;
		},
		/** The outbox may have changed. */
		note() {
			again = true;
			counting ??= store ? note().finally(() => { counting = null; }) : null;
		},
		/** The person has left this device. */
		forget: () => store?.put(key, null),
	};
}

const UNSENT = ".unsent."; // in the key of each note, before the person

/** @param {string} name of the app's databases @param {string} owner */
export const tallyKey = (name, owner) => name + UNSENT + owner;

/**
 * What is noted of all persons on this device, or null if nothing is.
 * @param {import("./environment.js").Outside | null} store @param {string} name of the app's databases
 */
export function notedOfAll(store, name) {
	const keys = store?.keys().filter((key) => key.startsWith(name + UNSENT)) ?? [];
	return keys.length === 0 ? null : keys.reduce((sum, key) => sum + (Number(store?.get(key)) || 0), 0);
}
