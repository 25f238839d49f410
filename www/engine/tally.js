// @ts-check
// How many ops of a person are in the outbox, and which were the last, noted outside of IndexedDB as well.  A browser
// that loses the database or the end of it, or deletes it to make room, leaves the note: then the person can be told
// that something is lost.
const LAST = 50; // ops that are noted by name

/** @param {string | null | undefined} noted @returns {number} */
const countIn = (noted) => Number(noted?.split(" ")[0]) || 0;

/**
 * @param {{store: import("./environment.js").Outside | null, key: string, names: () => Promise<string[]>}} parts store:
 *   where small texts are kept; names: the ops in the database, by id
 */
export function createTally({ store, key, names }) {
	/** @type {Promise<void> | null} */
	let counting = null;
	let again = false;

	async function note() {
		try {
			do {
				again = false;
				const ids = await names();
				store?.put(key, [ids.length, ...ids.slice(-LAST)].join(" "));
			} while (again);
		} catch {
			// What was noted before stays.
		}
	}

	return {
		/** How many there were when they were last counted, if that is noted. @returns {number | null} */
		noted() {
			const noted = store?.get(key) ?? null;
			return noted === null ? null : countIn(noted);
		},
		/** The last of them. */
		names: () => (store?.get(key) ?? "").split(" ").slice(1),
		/** The outbox may have changed. */
		note() {
			again = true;
			counting ??= store ? note().finally(() => { counting = null; }) : null;
		},
		/** The person has left this device. */
		forget: () => store?.put(key, null),
	};
}

/** So many ops, in words, up to their verb. @param {number} count */
export const unsentWords = (count) => (count === 1 ? "1 change that was not sent yet is"
	: `${count} changes that were not sent yet are`);

const UNSENT = ".unsent."; // in the key of each note, before the person

/** @param {string} name of the app's databases @param {string} owner */
export const tallyKey = (name, owner) => name + UNSENT + owner;

/**
 * What is noted of all persons on this device, or null if nothing is.
 * @param {import("./environment.js").Outside | null} store @param {string} name of the app's databases
 */
export function notedOfAll(store, name) {
	const keys = store?.keys().filter((key) => key.startsWith(name + UNSENT)) ?? [];
	return keys.length === 0 ? null : keys.reduce((sum, key) => sum + countIn(store?.get(key)), 0);
}
