// @ts-check
// The database of one person on this device: its stores, and what every transaction on it shares.  Its name holds the
// user's id, so that nothing of one person is ever read or sent as another.
import { createDatabase } from "./database.js";
import { isRow } from "./salvage.js";

/**
 * meta: "spaces" and, per space, its state and definitions.  rows: records as the server last said them.  fresh: what a
 * resync has gathered so far, or the pages of a large change that wait for the last one.  kept: records of before the
 * past of the server became another one.  ops: the outbox, in the order of writing.  done: acknowledged ops, for 30
 * days.  files and bytes: photos and receipts.  notes: half-typed forms and small settings.
 */
const STORES = ["meta", "rows", "fresh", "kept", "ops", "done", "files", "bytes", "notes"];

/**
 * The state of a space.  rev: counts the transactions on it, so that a tab notices what it missed.  resync: everything
 * is being loaded anew; with rebase, versions from before it mean nothing after it; head: the end of the space when its
 * first page was given.  arriving: pages of a large change wait in the store fresh.  past: what the last push was
 * answered about the past of the space, until a pull has come to its end.  gone: the person is no longer a member.
 * asked: much was deleted on the server, and the rows of it are marked.  alarm: the server has another past than this
 * device knows.
 * @typedef {{cursor: string | null, past: string | null, head: string | null, loaded: boolean, epoch: string | null,
 *   rev: number, resync: {cursor: string | null, rebase: boolean, restored: boolean, count: number,
 *   head?: number} | null, gone: {reason: string, kept?: boolean} | null,
 *   asked: import("./deletions.js").Asked | null,
 *   alarm: import("./chain.js").Alarm | null, arriving: import("./arriving.js").Arriving | null}} SpaceState
 * @typedef {import("./outbox.js").StoredOp} StoredOp
 *
 * @typedef {import("./database.js").Transaction} Transaction
 * @typedef {{collection: string, id: string, record: any, marked?: boolean}} StoredRow
 *
 * What a transaction did to a space, for memory and for the other tabs.
 * @typedef {{state: SpaceState, rows: StoredRow[], ops: {collection: string, id: string, ops: StoredOp[]}[], changes:
 *   import("./engine.d.ts").Change[]}} Outcome
 */

/**
 * @param {IDBFactory | undefined} factory @param {string} family @param {string} user
 * @param {(error: Error | null) => void} lost
 */
export function openUserData(factory, family, user, lost) {
	return createDatabase({
		factory, name: `${family}.${user}`, version: 3, lost,
		upgrade(database, from, work) {
			if (from === 0)
				createStores(database);
			if (from < 2)
				work.objectStore("done").createIndex("record", ["space", "collection", "record"]);
			createRowStore(database, "kept");
		},
	});
}

/** @param {IDBDatabase} database @param {string} name */
function createRowStore(database, name) {
	const keyPath = ["space", "collection", "id"];
	database.createObjectStore(name, { keyPath }).createIndex("space", "space");
}

/** @param {IDBDatabase} database */
function createStores(database) {
	database.createObjectStore("meta");
	database.createObjectStore("notes");
	database.createObjectStore("bytes");
	for (const name of ["rows", "fresh"])
		createRowStore(database, name);
	const ops = database.createObjectStore("ops", { keyPath: "n", autoIncrement: true });
	ops.createIndex("space", "space");
	ops.createIndex("record", ["space", "collection", "record"]);
	ops.createIndex("id", "id");
	database.createObjectStore("done", { keyPath: "id" }).createIndex("space", "space");
	database.createObjectStore("files", { keyPath: ["space", "sha256"] }).createIndex("space", "space");
}

/** All stores, with their indexes: without these it is not the database of this app. */
export const LAYOUT = {
	meta: [], notes: [], bytes: [], rows: ["space"], fresh: ["space"], kept: ["space"], files: ["space"],
	ops: ["space", "record", "id"], done: ["space", "record"],
};

/**
 * Reads what has to be whole before anything else is done.  It fails as reading will fail later.
 * @param {import("./database.js").Database} database
 */
export async function lookThrough(database) {
	await database.read(STORES, async (work) => {
		for (const [store, indexes] of Object.entries(LAYOUT))
			for (const index of indexes)
				work.transaction.objectStore(store).index(index);
		await Promise.all(["meta", "ops", "notes"].map((store) => work.all(store)));
	});
}

/** @returns {SpaceState} */
export function freshState() {
	return {
		cursor: null, past: null, head: null, loaded: false, epoch: null, rev: 0, resync: null, gone: null,
		asked: null, alarm: null, arriving: null,
	};
}

/** @param {Transaction} work @param {string} space @returns {Promise<SpaceState>} */
export async function readState(work, space) {
	return { ...freshState(), ...await work.get("meta", "space:" + space) };
}

/**
 * Counts a transaction on the space and changes its state.  Resolves to the new state.
 * @param {Transaction} work @param {string} space @param {Partial<SpaceState>} [changes] @returns {Promise<SpaceState>}
 */
export async function advance(work, space, changes = {}) {
	const before = await readState(work, space), state = { ...before, ...changes, rev: before.rev + 1 };
	await work.put("meta", state, "space:" + space);
	return state;
}

/**
 * Changes the state of a space in a way that other tabs need not hear of.
 * @param {Transaction} work @param {string} space @param {Partial<SpaceState>} changes @returns {Promise<SpaceState>}
 */
export async function amend(work, space, changes) {
	const state = { ...await readState(work, space), ...changes };
	await work.put("meta", state, "space:" + space);
	return state;
}

/**
 * @param {Transaction} work @param {string} space @param {string} collection @param {string} id
 * @returns {Promise<StoredOp[]>} oldest first
 */
export async function opsOfRecord(work, space, collection, id) {
	const ops = await work.all("ops", "record", [space, collection, id]);
	return ops.sort((a, b) => a.n - b.n);
}

/**
 * The ops of some records, as memory takes them.
 * @param {Transaction} work @param {string} space @param {string[][]} records [collection, id] of each
 */
export function opsOfRecords(work, space, records) {
	return Promise.all(records.map(async ([collection, id]) =>
		({ collection, id, ops: await opsOfRecord(work, space, collection, id) })));
}

/**
 * The acknowledged ops of a record.
 * @param {Transaction} work @param {string} space @param {string} collection @param {string} id
 * @returns {Promise<StoredOp[]>}
 */
export function doneOfRecord(work, space, collection, id) {
	return work.all("done", "record", [space, collection, id]);
}

/** @param {Transaction} work @param {string} space @returns {Promise<StoredOp[]>} oldest first */
export async function opsOfSpace(work, space) {
	const ops = await work.all("ops", "space", space);
	return ops.sort((a, b) => a.n - b.n);
}

/** @param {Transaction} work @param {string} id @returns {Promise<StoredOp | undefined>} */
export async function opById(work, id) {
	return (await work.all("ops", "id", id))[0];
}

/** @param {Transaction} work @param {{drop: StoredOp[], put: StoredOp[]}} step */
export async function storeStep(work, { drop, put }) {
	for (const op of drop)
		await work.delete("ops", op.n);
	for (const op of put)
		op.n = await work.put("ops", op);
}

const TAKEN_BACK = 50; // edits of a space

/**
 * An edit that was never acknowledged and is in the outbox no more.  A form that was opened over it still shows it.
 * until: the version of the record by then.
 * @typedef {{collection: string, record: string, set: any, was: any, until: number}} TakenBack
 */

/** @param {string} space */
export const takenBackKey = (space) => "takenBack:" + space;

/** @param {Transaction} work @param {string} space @returns {Promise<TakenBack[]>} the latest last */
const takenBack = async (work, space) => await work.get("meta", takenBackKey(space)) ?? [];

/**
 * @param {Transaction} work @param {StoredOp} op of which this is taken back
 * @param {Pick<TakenBack, "set" | "was">} edit
 */
export async function noteTakenBack(work, { space, collection, record }, { set, was }) {
	if (!set)
		return;
	const until = (await work.get("rows", [space, collection, record]))?.version ?? 0;
	const all = [...await takenBack(work, space), { collection, record, set, was, until }];
	await work.put("meta", all.slice(-TAKEN_BACK), takenBackKey(space));
}

/**
 * The edits that the author of an op may have seen on its record, and that were taken back since.
 * @param {Transaction} work @param {StoredOp} op @returns {Promise<TakenBack[]>}
 */
export async function takenBackUnder(work, { space, collection, record, base }) {
	return (await takenBack(work, space)).filter((one) =>
		one.collection === collection && one.record === record && base <= one.until);
}

/**
 * The row of a record, as the stores rows and fresh hold it.
 * @param {string} space @param {string} collection @param {any} record
 */
export function rowOf(space, collection, record) {
	return { space, collection, id: record.id, version: record.version, record };
}

/** Reads everything of a space. @param {import("./database.js").Database} database @param {string} space */
export function loadSpace(database, space) {
	return database.read(["meta", "rows", "ops"], async (work) => {
		const [state, rows, ops, definitions] = await Promise.all([
			readState(work, space), work.all("rows", "space", space), opsOfSpace(work, space),
			work.get("meta", "definitions:" + space)]);
		if (!rows.every(isRow))
			throw new DOMException("A record cannot be read.", "DataError");
		return { state, rows, ops, definitions: definitions ?? [] };
	});
}
