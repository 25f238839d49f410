// @ts-check
// A large change comes in many pages: such as a restore, which the server makes at one moment, or what others wrote in
// a long absence.  Its pages wait in the store "fresh", beside what is shown, until the last one is there: nobody ever
// sees a mixture of before and after.  The transactions that store pages; asking for them is pull.js.
import { askedAfter, isMuch } from "./deletions.js";
import { groupOps } from "./outbox.js";
import { createRows } from "./rows.js";
import { advance, amend, opsOfSpace, readState } from "./userdata.js";

// While pages come, others write on.  When they have written more than a page again and again, what has come is shown.
const HEADS = 3;

/** @typedef {import("./userdata.js").SpaceState} SpaceState */
/** @typedef {import("./userdata.js").Transaction} Transaction */
/** @typedef {import("./userdata.js").StoredRow} StoredRow */
/** @typedef {import("./userdata.js").Outcome} Outcome */
/** @typedef {Pick<import("./pull.js").Parts, "database" | "definition">} Parts */
/**
 * from: the cursor that the pages follow; cursor: that of the last of them; count: of their changes.  head: the end of
 * the space when they began or, since that was passed, a later one; heads: how many those are.
 * @typedef {{from: string | null, cursor: string, count: number, head: number, heads: number}} Arriving
 *
 * What a page says of a record.  record: null when it is gone.
 * @typedef {{collection: string, id: string, version: number, record: any}} News
 */

/** The pages that wait; none if the cursor has been moved on without them. @param {SpaceState} state */
export const arrivingOf = ({ arriving, cursor }) => (arriving?.from === cursor ? arriving : null);

/** The cursor that the next page is asked for with. @param {SpaceState} state */
export const cursorOf = (state) => arrivingOf(state)?.cursor ?? state.cursor;

/** @param {any} change @returns {News} */
const newsOf = ({ collection, id, version, deleted, removed, record }) =>
	({ collection, id, version, record: deleted || removed || !record ? null : record });

/** @param {News} one @param {any} row as it is held */
function isNews({ version, record }, row) {
	if (!record)
		return row !== undefined && !row.marked && row.version <= version;
	return row === undefined || row.marked || row.version < version;
}

/**
 * Brings the rows of a space up to date.  Much that would be deleted is marked, and asked about.
 * @param {Transaction} work @param {Parts["definition"]} definition @param {string} space @param {SpaceState} state
 * @param {News[]} all
 */
async function bring(work, definition, space, state, all) {
	const held = await Promise.all(all.map(({ collection, id }) => work.get("rows", [space, collection, id])));
	const news = all.map((one, i) => ({ one, row: held[i] })).filter(({ one, row }) => isNews(one, row));
	const removed = news.filter(({ one }) => !one.record).length;
	const of = removed > 0 ? await work.count("rows", "space", space) : 0;
	const asks = state.loaded && isMuch(removed, of);
	const rows = createRows({
		work, space, ops: groupOps(await opsOfSpace(work, space)),
		definition: (collection) => definition(space, collection),
	});
	for (const { one, row } of news)
		if (one.record)
			rows.put(one.collection, one.record);
		else if (asks)
			rows.mark(row);
		else
			rows.drop(row);
	return { outcome: await rows.done(!state.loaded), asked: askedAfter(state.asked, asks ? removed : 0, of) };
}

/**
 * The pages that have waited, with the last one.
 * @param {Transaction} work @param {string} space @param {News[]} last @returns {Promise<News[]>}
 */
async function together(work, space, last) {
	/** @type {News[]} */
	const waited = await work.all("fresh", "space", space);
	const all = new Map(waited.map((one) => [one.collection + "/" + one.id, one]));
	for (const one of last)
		all.set(one.collection + "/" + one.id, one);
	await work.deleteAll("fresh", "space", space);
	return [...all.values()];
}

/**
 * Stores a page so that it is seen, with those that have waited for it.  Null when another tab has already moved the
 * cursor on, or has begun a resync.
 * @param {Parts} parts @param {string} space @param {string | null} since @param {any} page
 * @param {{waited: boolean, past: string | null}} pull waited: whether pages wait; past: sent with the page
 * @returns {Promise<Outcome | null>}
 */
export function showPage({ database, definition }, space, since, page, { waited, past: sent }) {
	const stores = ["meta", "rows", "ops", ...(waited ? ["fresh"] : [])];
	return database.write(stores, async (work) => {
		const state = await readState(work, space);
		if (cursorOf(state) !== since || state.resync)
			return null;
		/** @type {News[]} */
		const last = page.changes.map(newsOf), all = waited ? await together(work, space, last) : last;
		const { outcome, asked } = await bring(work, definition, space, state, all);
		const loaded = state.loaded || !page.more;
		const moved = outcome.rows.length > 0 || state.cursor !== page.cursor || loaded !== state.loaded;
		// The cursor at the end says all of the past that a push had said.
		const past = !page.more && state.past === sent ? null : state.past;
		const next = { cursor: page.cursor, loaded, past, asked, arriving: null };
		return { ...outcome, state: moved || past !== state.past ? await advance(work, space, next) : state };
	});
}

/** Keeps the later one of what waits for a record. @param {Transaction} work @param {string} space @param {News} one */
async function keepLater(work, space, one) {
	const held = await work.get("fresh", [space, one.collection, one.id]);
	if (!held || held.version <= one.version)
		work.put("fresh", { space, ...one });
}

/**
 * Lets a page wait for those after it.  Null as for showPage().
 * @param {import("./database.js").Database} database @param {string} space @param {string | null} since
 * @param {any} page @returns {Promise<{count: number, isEnough: boolean} | null>} count: changes that wait; isEnough:
 *   others write so much that the next page is to be shown, whatever comes after it
 */
export function letWait(database, space, since, page) {
	return database.write(["meta", "fresh"], async (work) => {
		const state = await readState(work, space), before = arrivingOf(state);
		if (cursorOf(state) !== since || state.resync)
			return null;
		if (!before)
			await work.deleteAll("fresh", "space", space);
		await Promise.all(page.changes.map((/** @type {any} */ change) =>
			keepLater(work, space, newsOf(change))));
		const seq = page.changes.at(-1)?.seq ?? 0, passes = before ? seq >= before.head : false;
		const arriving = {
			from: state.cursor, cursor: page.cursor, count: (before?.count ?? 0) + page.changes.length,
			head: passes || !before ? page.head : before.head,
			heads: (before?.heads ?? 1) + (passes ? 1 : 0),
		};
		await amend(work, space, { arriving });
		return { count: arriving.count, isEnough: arriving.heads > HEADS };
	});
}
