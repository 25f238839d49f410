// @ts-check
// Loading a space anew, when the server says so (410): everything is gathered in a separate store and swapped in by one
// transaction.  After a restore of the server, what was acknowledged and lost goes back into the outbox first
// (schema/PROTOCOL.md 4 and 5).
import { ApiError } from "./api.js";
import { beginAnew, changeOver, gather, isOtherPast, isPastLost } from "./gathering.js";
import { readState } from "./userdata.js";

/**
 * @param {Pick<import("./pull.js").Parts, "database" | "now" | "definition" | "publish" | "loading" | "lookBack"> &
 *   {askPage: (space: string, cursor: string | null, past: string | null) => Promise<any>}} parts
 */
export function createResync({ database, now, definition, publish, loading, lookBack, askPage }) {
	/** @param {string} space */
	const stateOf = (space) => database.read(["meta"], (work) => readState(work, space));

	/**
	 * When all is gathered, asks once more with the cursor from before the resync, because a load without a cursor
	 * does not learn of a restore that happens while it runs.  A restore that is known already is ignored.
	 * @param {string} space
	 */
	async function askFromBefore(space) {
		const { cursor, past, epoch, resync: under } = await stateOf(space);
		if (!under || cursor === null)
			return;
		try {
			await askPage(space, cursor, past);
		} catch (error) {
			if (!(error instanceof ApiError) || (error.status !== 410 && error.status !== 400))
				throw error;
			const { reason, restored } = /** @type {any} */ (error.problem);
			if (restored ? restored.epoch !== epoch : isPastLost(reason) && !under.rebase)
				throw error;
		}
	}

	return {
		/** @param {string} space @param {any} why a Reason (gathering.js), as the server says it */
		async begin(space, why) {
			const judged = isOtherPast(why) ? await lookBack.judge(space, why) : null;
			publish(space, await beginAnew(database, space, why, judged, now()));
		},
		/**
		 * Goes on where it broke off; answers whether it came to the end itself.
		 * @param {string} space
		 */
		async resync(space) {
			for (;;) {
				const { resync: under } = await stateOf(space);
				if (!under)
					return false;
				const page = await askPage(space, under.cursor, null);
				const count = await gather(database, space, under.cursor, page);
				if (count === null)
					return false;
				loading(space, count);
				if (page.more)
					continue;
				await askFromBefore(space);
				const outcome = await changeOver({ database, definition }, space, page.cursor);
				loading(space, null);
				if (outcome)
					publish(space, outcome);
				return outcome !== null;
			}
		},
	};
}
