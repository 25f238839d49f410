// @ts-check
// Keeps the memory of an opened space in step with its database: after the transactions of this tab, and after those of
// other tabs, which tell of them or are found by looking.
import { createShelf } from "./shelf.js";
import { loadSpace, opsOfRecords, readState } from "./userdata.js";

const MANY = 200; // if another tab has changed more records than this, the whole space is read again

/** @typedef {import("./engine.d.ts").Change} Change */
/** @typedef {import("./engine.d.ts").Definition} Definition */

/** The state of a space, and rows and ops of some records. @param {string} space @param {string[][]} keys */
const readKeys = (space, keys) => (/** @type {import("./userdata.js").Transaction} */ work) => {
	const row = async (/** @type {string[]} */ [collection, id]) =>
		({ collection, id, record: (await work.get("rows", [space, collection, id]))?.record ?? null });
	return Promise.all([readState(work, space), Promise.all(keys.map(row)), opsOfRecords(work, space, keys)]);
};

/**
 * @param {{id: string, account: import("./account.js").Account, announce: (changes: Change[]) => void}} parts announce:
 *   tells the listeners of the space
 */
export function createMemory({ id, account, announce }) {
	const { database } = account;
	const shelf = createShelf({ user: account.user().id });
	/** @type {Definition[]} */
	let definitions = [];
	let rev = -1; // of the last transaction that is in memory
	let known = -1; // of the last transaction that this tab made or was told of
	/** @type {Promise<void> | null} */
	let loading = null;

	async function reload() {
		const read = () => loadSpace(database, id);
		let stored = await read().catch(async (error) => {
			await account.mend(id, error, read);
			known = -1;
			return read();
		});
		if (stored.state.rev < known) // written while it was read
			stored = await read();
		definitions = stored.definitions;
		shelf.define(definitions);
		shelf.fill(stored.rows, stored.ops);
		rev = stored.state.rev;
		account.learn(id, stored.state);
	}

	/** Reads everything again.  Calls that come while it reads share the result. */
	function load() {
		loading ??= reload().finally(() => { loading = null; });
		return loading;
	}

	/** Reads what another tab has written without telling. @param {Change[]} [changes] */
	function catchUp(changes = []) {
		return load().then(() => announce(changes), () => {});
	}

	return {
		shelf, load,

		get definitions() { return definitions; },
		/** @param {string} collection */
		definition: (collection) => definitions.find((one) => one.name === collection),
		/** @param {Definition[]} list */
		define(list) {
			if (JSON.stringify(list) === JSON.stringify(definitions))
				return;
			definitions = list;
			shelf.define(list);
			announce([]);
		},
		/** What a transaction of this tab did. @param {import("./userdata.js").Outcome} outcome */
		take(outcome) {
			const missed = outcome.state.rev > rev + 1;
			known = Math.max(known, outcome.state.rev);
			shelf.take(outcome.rows);
			shelf.takeOps(outcome.ops);
			rev = Math.max(rev, outcome.state.rev);
			announce(outcome.changes);
			if (missed)
				catchUp();
		},
		/**
		 * Another tab has told of a transaction.
		 * @param {{rev: number, keys: string[][], changes: any[]}} told
		 */
		async hear({ rev: theirs, keys, changes }) {
			known = Math.max(known, theirs);
			if (theirs <= rev)
				return;
			if (theirs > rev + 1 || keys.length > MANY)
				return catchUp(changes);
			const [state, rows, ops] = await database.read(["rows", "ops", "meta"], readKeys(id, keys));
			shelf.take(rows);
			shelf.takeOps(ops);
			rev = Math.max(rev, theirs);
			account.learn(id, state);
			announce(changes);
			if (state.rev > rev)
				catchUp();
		},
		/** Another database has taken the place of the one that was read. */
		async renew() {
			await loading?.catch(() => {});
			known = -1;
			await load();
			announce([]);
		},
		/** Looks whether another tab has written. */
		async look() {
			const state = await database.read(["meta"], (work) => readState(work, id));
			account.learn(id, state);
			if (state.rev !== rev)
				await load().then(() => announce([]));
		},
	};
}

/** @typedef {ReturnType<typeof createMemory>} Memory */
