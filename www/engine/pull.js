// @ts-check
// Brings a space up to date: fetches page after page of changes and stores each with the cursor it leads to
// (schema/PROTOCOL.md 4).  A row is brought up to date below the ops on top of it.  A pull never moves the base of an
// op.  A first load shows each page as it comes; later, all pages of a pull are shown at one moment (arriving.js).
import { ApiError, path } from "./api.js";
import { arrivingOf, cursorOf, letWait, showPage } from "./arriving.js";
import { createResync } from "./resync.js";
import { readState } from "./userdata.js";

/** @typedef {import("./userdata.js").Outcome} Outcome */
/**
 * @typedef {{database: import("./database.js").Database, now: () => number,
 *   request: (method: string, path: string, options?: any) => Promise<any>,
 *   definition: (space: string, collection: string) => import("./engine.d.ts").Definition | undefined,
 *   publish: (space: string, outcome: Outcome) => void, told: (serverTime: string, sentAt: number) => void,
 *   loading: (space: string, count: number | null) => void,
 *   lookBack: ReturnType<typeof import("./lookback.js").createLookBack>}} Parts
 */

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
		const state = await database.read(["meta"], (work) => readState(work, space)), { past, loaded } = state;
		let cursor = cursorOf(state), waited = arrivingOf(state) !== null, count = 0, isEnough = false;
		for (;;) {
			const page = await askPage(space, cursor, past);
			count += page.changes.length;
			if (loaded && page.more && !isEnough) {
				const waits = await letWait(database, space, cursor, page);
				if (!waits)
					return false;
				({ isEnough, count } = waits);
				waited = true;
				loading(space, count);
			} else {
				const pull = { waited, past };
				const outcome = await showPage({ database, definition }, space, cursor, page, pull);
				if (!outcome)
					return false;
				if (!loaded || waited)
					loading(space, page.more ? count : null);
				publish(space, outcome);
				isEnough = waited = false;
			}
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
