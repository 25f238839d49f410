// @ts-check
// The spaces that the app has opened, and what is known of each space while the page is open.
import { freshLive } from "./status.js";

/** @typedef {import("./space.js").OpenSpace} OpenSpace */
/** @typedef {import("./status.js").Live} Live */

/**
 * The records that a transaction touched, each once, for the other tabs.
 * @param {import("./userdata.js").Outcome} outcome
 */
function keysOf({ rows, ops }) {
	const keys = new Set([...rows, ...ops].map((one) => JSON.stringify([one.collection, one.id])));
	return [...keys].map((text) => JSON.parse(text));
}

/** The collections of some records. @param {string[][]} keys */
export function collectionsOf(keys) {
	return [...new Set(keys.map(([collection]) => collection))];
}

/**
 * @param {{make: (space: string) => Promise<OpenSpace>, opened: () => void, tell: (message: any) => void, wrote:
 *   (space: string, collections: string[]) => void, queued: () => void}} parts make: an OpenSpace that has not been
 *   loaded; opened: called after one has been; tell: to the other tabs; wrote: hears of each transaction; queued: of
 *   each that has changed ops
 */
export function createOpened({ make, opened, tell, wrote, queued }) {
	/** @type {Map<string, Live>} */
	const lives = new Map();
	/** @type {Map<string, OpenSpace>} */
	const open = new Map();
	/** @type {Map<string, Promise<any>>} */
	const opening = new Map();
	let closed = false;

	/** @param {string} space @returns {Live} */
	function live(space) {
		let one = lives.get(space);
		if (!one)
			lives.set(space, one = freshLive());
		return one;
	}

	/** @param {string} space */
	async function load(space) {
		const one = await make(space);
		open.set(space, one);
		try {
			await one.load();
		} catch (error) {
			open.delete(space);
			throw error;
		}
		opened();
		return one.face;
	}

	return {
		live,
		get isClosed() { return closed; },
		/** From now on, nothing of a transaction reaches memory. */
		close() { closed = true; },
		/** @param {string} space */
		get: (space) => open.get(space),
		all: () => [...open.values()],
		/** What other tabs show of every space. */
		told: () =>
			Object.fromEntries(
				[...lives].map(([space, { state, ...told }]) => [space, told])
			),
		/** The status of a space has changed. @param {string} space */
		announce: (space) => open.get(space)?.announce([]),
		/** The status of all opened spaces has changed. */
		announceAll() {
			for (const space of open.values())
				space.announce([]);
		},
		/**
		 * Brings what a transaction did to memory and to the other tabs.
		 * @param {string} space @param {import("./userdata.js").Outcome} outcome
		 */
		publish(space, outcome) {
			if (closed)
				return;
			live(space).state = outcome.state;
			open.get(space)?.take(outcome);
			const keys = keysOf(outcome);
			tell({ space, wrote: { rev: outcome.state.rev, keys, changes: outcome.changes } });
			wrote(space, collectionsOf(keys));
			if (outcome.ops.length > 0)
				queued();
		},
		/** @param {string} space @returns {Promise<import("./engine.d.ts").Space>} */
		open(space) {
			const known = open.get(space);
			if (known && !opening.has(space))
				return Promise.resolve(known.face);
			let promise = opening.get(space);
			if (!promise)
				opening.set(space, promise = load(space).finally(() => opening.delete(space)));
			return promise;
		},
	};
}

/** @typedef {ReturnType<typeof createOpened>} Opened */
