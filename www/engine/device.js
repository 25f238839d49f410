// @ts-check
// What this installation knows whoever is signed in: its own id and name, who is signed in, and the leases that take
// the place of Web Locks on a page that has none (plain http).
import { createDatabase } from "./database.js";

const STORE = "device";

/** @param {{factory: IDBFactory | undefined, name: string, makeId: () => string, deviceName: string}} parts */
export function createDevice({ factory, name, makeId, deviceName }) {
	const database = createDatabase({
		factory, name, version: 1,
		upgrade: (opened) => { opened.createObjectStore(STORE); },
	});
	const self = { id: "", name: deviceName };

	return {
		async open() {
			self.id = await database.write([STORE], async (work) => {
				const known = await work.get(STORE, "id");
				if (known)
					return known;
				const made = makeId();
				await work.put(STORE, made, "id");
				return made;
			});
		},
		self: () => self,
		/** @param {string} key @returns {Promise<any>} */
		get: (key) => database.read([STORE], (work) => work.get(STORE, key)),
		/** @param {string} key @param {any} value @returns {Promise<void>} */
		put: (key, value) => database.write([STORE], (work) => work.put(STORE, value, key)),
		/** @param {string} key @returns {Promise<void>} */
		drop: (key) => database.write([STORE], (work) => work.delete(STORE, key)),
		/**
		 * Takes or renews a lease.  If two ask at once, the database lets one of them have it.
		 * @param {string} key @param {string} holder @param {number} now @param {number} ms
		 * @returns {Promise<boolean>}
		 */
		lease: (key, holder, now, ms) => database.write([STORE], async (work) => {
			const held = await work.get(STORE, "lease:" + key);
			// A lease that ends too far in the future was written before the clock was set back.
			if (held && held.holder !== holder && held.until > now && held.until <= now + 2 * ms)
				return false;
			await work.put(STORE, { holder, until: now + ms }, "lease:" + key);
			return true;
		}),
		/** @param {string} key @param {string} holder */
		release: (key, holder) => database.write([STORE], async (work) => {
			const held = await work.get(STORE, "lease:" + key);
			if (held?.holder === holder)
				await work.delete(STORE, "lease:" + key);
		}),
		close: () => database.close(),
	};
}

/** @typedef {ReturnType<typeof createDevice>} Device */
