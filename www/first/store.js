// @ts-check
// The records this page holds, by collection and id.  A record is only ever replaced by a higher version of itself, so a change that
// arrives twice, or once by answer and once by poll, does no harm.  No document, no network.

/**
 * @typedef {{id: string, version: number, owner?: string, lastUpdatedAt?: string, lastUpdatedBy?: string, [field: string]: any}} Item
 * @typedef {{collection: string, id: string, version: number, deleted?: boolean, removed?: boolean, record?: Item}} Change
 * @typedef {{records: Map<string, Map<string, Item>>, gone: Map<string, number>}} Shelf gone: versions of what was deleted, by key
 */

/** @param {string} collection @param {string} id */
export function keyOf(collection, id) {
	return collection + "/" + id;
}

/** @returns {Shelf} */
function emptyShelf() {
	return { records: new Map(), gone: new Map() };
}

/** @param {Shelf} shelf @param {Change} change @returns {boolean} whether anything changed */
function put(shelf, change) {
	const key = keyOf(change.collection, change.id);
	let records = shelf.records.get(change.collection);
	if (!records)
		shelf.records.set(change.collection, records = new Map());
	const known = records.get(change.id)?.version ?? 0;

	if (change.version < Math.max(known, shelf.gone.get(key) ?? 0))
		return false;
	if (change.deleted || change.removed) {
		shelf.gone.set(key, change.version);
		return records.delete(change.id);
	}
	if (change.version === known || !change.record)
		return false;
	shelf.gone.delete(key);
	records.set(change.id, change.record);
	return true;
}

/** @param {{changed?: (keys: Set<string>, from: string) => void}} [options] changed hears the keys of what is different now */
export function createStore({ changed = () => {} } = {}) {
	let shelf = emptyShelf();
	/** @type {Shelf | null} what a resync has gathered so far */
	let fresh = null;
	/** @type {Change[]} our own writes answered during a resync */
	let during = [];
	let revision = 0;
	/** @type {Map<string, {revision: number, list: Item[]}>} */
	const lists = new Map();

	/** @param {Set<string>} keys @param {string} from */
	function announce(keys, from) {
		if (keys.size === 0)
			return;
		revision += 1;
		changed(keys, from);
	}

	/** @param {Change[]} changes @param {"own" | "elsewhere" | "first"} from */
	function apply(changes, from) {
		const keys = new Set();
		for (const change of changes)
			if (put(shelf, change))
				keys.add(keyOf(change.collection, change.id));
		if (fresh && from === "own")
			during.push(...changes);
		announce(keys, from);
		return keys;
	}

	/** From here on, pages of a resync are gathered beside what is shown. */
	function beginResync() {
		fresh = emptyShelf();
		during = [];
	}

	/** @param {Change[]} changes */
	function gather(changes) {
		for (const change of changes)
			put(/** @type {Shelf} */ (fresh), change);
	}

	/** The resync is whole: what it did not bring is gone.  Versions may have started again, so nothing old is compared. */
	function endResync() {
		const next = /** @type {Shelf} */ (fresh);
		for (const change of during)
			put(next, change);
		const keys = new Set();
		for (const [from, to] of [[shelf, next], [next, shelf]])
			for (const [collection, records] of from.records)
				for (const [id, record] of records)
					if (to.records.get(collection)?.get(id)?.version !== record.version)
						keys.add(keyOf(collection, id));
		shelf = next;
		fresh = null;
		during = [];
		revision += 1;
		announce(keys, "first");
	}

	function clear() {
		shelf = emptyShelf();
		fresh = null;
		revision += 1;
		lists.clear();
	}

	return {
		apply, beginResync, gather, endResync, clear,
		get revision() { return revision; },
		/** @param {string} collection @param {string} id */
		get: (collection, id) => shelf.records.get(collection)?.get(id),
		/** Whether we saw it being deleted. @param {string} collection @param {string} id */
		goneVersion: (collection, id) => shelf.gone.get(keyOf(collection, id)) ?? 0,
		/** The same array as long as nothing changed. @param {string} collection @returns {Item[]} */
		all(collection) {
			let list = lists.get(collection);
			if (list?.revision !== revision)
				lists.set(collection, list = { revision, list: [...(shelf.records.get(collection)?.values() ?? [])] });
			return list.list;
		},
		/** @param {string} collection */
		count: (collection) => shelf.records.get(collection)?.size ?? 0,
	};
}
