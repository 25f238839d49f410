// @ts-check
// Half-typed forms and small settings of a person on this device.  They are read from memory and written to the
// database at once.  What cannot be written is kept until the page closes, and isStored() says so.

/** @param {{database: import("./database.js").Database, changed: () => void, tell: (message: any) => void}} parts */
export function createNotes({ database, changed, tell }) {
	/** @type {Map<string, any>} */
	const kept = new Map();
	/** Those that are only in memory. @type {Set<string>} */
	const unstored = new Set();

	/** @param {string} key @param {boolean} isStored */
	function say(key, isStored) {
		if (isStored === !unstored.has(key))
			return;
		if (isStored)
			unstored.delete(key);
		else
			unstored.add(key);
		changed();
	}

	/** @param {string} key @param {any} value undefined to drop it */
	function write(key, value) {
		database.write(["notes"], (work) => {
			const done = value === undefined ? work.delete("notes", key) : work.put("notes", value, key);
			work.commit();
			return done;
		})
			.then(() => { say(key, true); tell({ note: key }); }, () => say(key, value === undefined));
		changed();
	}

	return {
		async load() {
			const [keys, values] = await database.read(["notes"], (work) =>
				Promise.all([work.keys("notes"), work.all("notes")])
			);
			keys.forEach((key, i) => { kept.set(String(key), values[i]); });
		},
		/** Another tab wrote it. @param {string} key */
		async hear(key) {
			const value = await database.read(["notes"], (work) => work.get("notes", key));
			if (value === undefined)
				kept.delete(key);
			else
				kept.set(key, value);
			changed();
		},
		face: {
			/** @param {string} key */
			get: (key) => kept.get(key),
			/** @param {string} key @param {any} value */
			put(key, value) {
				// A copy, which does not change when the caller changes their object.
				const copy = structuredClone(value);
				kept.set(key, copy);
				write(key, copy);
			},
			/** @param {string} key */
			drop(key) {
				if (kept.delete(key))
					write(key, undefined);
			},
			/** @param {string} key */
			isStored: (key) => !unstored.has(key),
			/** @param {string} prefix */
			keys: (prefix) => [...kept.keys()].filter((key) => key.startsWith(prefix)),
		},
	};
}
