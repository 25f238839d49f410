// @ts-check
// Brings a space up to date: fetches page after page of changes and stores each with the cursor it leads to
// (schema/PROTOCOL.md 4).  A row is brought up to date below the ops on top of it.  A pull never moves the base of an
// op.
import { ApiError, path } from "./api.js";
import { groupOps } from "./outbox.js";
import { createResync } from "./resync.js";
import { askedAfter, isMuch } from "./deletions.js";
import { createRows } from "./rows.js";
import { advance, opsOfSpace, readState } from "./userdata.js";

/** @typedef {import("./userdata.js").Outcome} Outcome */
/**
 * @typedef {{database: import("./database.js").Database, now: () => number,
 *   request: (method: string, path: string, options?: any) => Promise<any>,
 *   definition: (space: string, collection: string) => import("./engine.d.ts").Definition | undefined,
 *   publish: (space: string, outcome: Outcome) => void, told: (serverTime: string, sentAt: number) => void,
 *   loading: (space: string, count: number | null) => void,
 *   lookBack: ReturnType<typeof import("./lookback.js").createLookBack>}} Parts
 */

/** Whether a change says that the record is gone. @param {any} change */
const isRemoval = (change) => change.deleted || change.removed || !change.record;

/** @param {any} change @param {any} row as it is held */
function isNews(change, row) {
	if (isRemoval(change))
		return row !== undefined && !row.marked && row.version <= change.version;
	return row === undefined || row.marked || row.version < change.version;
}

/**
 * Stores a page.  Null when another tab has already moved the cursor on, or has begun a resync.
 * @param {Pick<Parts, "database" | "definition">} parts
 * @param {string} space @param {string | null} since @param {any} page
 * @param {{deletes: number, of: number, past: string | null}} pulled by this pull so far; of: the rows before it
 */
function takePage({ database, definition }, space, since, page, pulled) {
	return database.write(["meta", "rows", "ops"], async (work) => {
		const state = await readState(work, space);
		if (state.cursor !== since || state.resync)
			return null;
		const held = await Promise.all(
			page.changes.map((/** @type {any} */ change) =>
				work.get("rows", [space, change.collection, change.id])
			)
		);
		/** @type {{change: any, row: any}[]} */
		const all = page.changes.map((/** @type {any} */ change, /** @type {number} */ i) =>
			({ change, row: held[i] }));
		const news = all.filter(({ change, row }) => isNews(change, row));
		const removed = news.filter(({ change }) => isRemoval(change)).length;
		if (pulled.deletes === 0 && removed > 0)
			pulled.of = await work.count("rows", "space", space);
		pulled.deletes += removed;
		const asks = state.loaded && isMuch(pulled.deletes, pulled.of);
		const rows = createRows({
			work,
			space,
			ops: groupOps(await opsOfSpace(work, space)),
			definition: (collection) => definition(space, collection),
		});
		for (const { change, row } of news)
			if (!isRemoval(change))
				rows.put(change.collection, change.record);
			else if (asks)
				rows.mark(row);
			else
				rows.drop(row);
		const outcome = await rows.done(!state.loaded), loaded = state.loaded || !page.more;
		const moved =
			outcome.rows.length > 0 || state.cursor !== page.cursor || loaded !== state.loaded;
		// The cursor at the end says all of the past that a push had said.
		const past = !page.more && state.past === pulled.past ? null : state.past;
		const asked = askedAfter(state.asked, asks ? removed : 0, pulled.of);
		const next = { cursor: page.cursor, loaded, past, asked };
		return { ...outcome, state: moved || past !== state.past ? await advance(work, space, next) : state };
	});
}

/** @param {Parts} parts */
export function createPull({ database, now, request, definition, publish, told, loading, lookBack }) {
	/** @param {string} space @param {string | null} cursor @param {string | null} past sent with a cursor only */
	async function askPage(space, cursor, past) {
		const sentAt = now();
		const since = cursor ? "?since=" + encodeURIComponent(cursor) : "";
		const query = since && past ? since + "&past=" + encodeURIComponent(past) : since;
		const { data } = await request("GET", path("spaces", space, "sync", "changes") + query);
		if (!Array.isArray(data?.changes) || typeof data.cursor !== "string")
			throw new ApiError(0);
		told(data.serverTime, sentAt);
		return data;
	}

	/**
	 * Resolves to whether this tab came to the end.  If another tab stored pages first, that one may be closed
	 * before the end.
	 * @param {string} space
	 */
	async function pullPages(space) {
		const { cursor: from, past, loaded } = await database.read(["meta"], (work) => readState(work, space));
		const pulled = { deletes: 0, of: 0, past };
		let cursor = from, count = 0;
		for (;;) {
			const page = await askPage(space, cursor, past);
			const outcome = await takePage({ database, definition }, space, cursor, page, pulled);
			if (!outcome)
				return false;
			count += page.changes.length;
			if (!loaded)
				loading(space, page.more ? count : null);
			publish(space, outcome);
			cursor = page.cursor;
			if (!page.more)
				return true;
		}
	}

	const { begin, resync } = createResync({ database, now, definition, publish, loading, lookBack, askPage });

	return {
		beginResync: begin,
		/** Brings the space up to date; answers whether it is. @param {string} space */
		async pull(space) {
			const state = await database.read(["meta"], (work) => readState(work, space));
			return state.resync ? resync(space) : pullPages(space);
		},
	};
}
