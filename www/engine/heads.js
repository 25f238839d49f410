// @ts-check
// The head of each space, which changes with every change of the space on the server.  One small request fetches all
// heads and so shows which spaces have news.
import { ApiError } from "./api.js";
import { firstOf } from "./first.js";

/**
 * @param {Pick<import("./account.js").Account, "request" | "spaceIds" | "isGone" | "lacksDefinitions" |
 *   "refreshSpaces" | "hearStamp" | "meetDefinitions">} account
 * @param {import("./clock.js").Clock} clock
 */
export function createHeads(account, clock) {
	/** @type {string | null} */
	let etag = null;
	/** As the server last sent them. @type {Map<string, string>} */
	let list = new Map();
	return {
		/**
		 * A space has no news while its head is the one up to which it was last fetched.
		 * @param {string} space
		 */
		of: (space) => list.get(space) ?? null,
		async ask() {
			const options = etag ? { headers: { "If-None-Match": etag } } : {};
			const ask = () => account.request("GET", "/sync/heads", options);
			const { status, data, headers } = await firstOf(ask, clock);
			if (status === 304)
				return;
			if (!Array.isArray(data?.heads))
				throw new ApiError(0);
			etag = headers.get("ETag");
			account.hearStamp(data.definitions);
			list = new Map(data.heads.map((/** @type {any} */ one) => [one.space, one.head]));
		},
		/**
		 * Asks for the list of spaces again if the heads name other spaces, or if definitions are missing, and
		 * for definitions that have changed.
		 */
		async meetSpaces() {
			const known = account.spaceIds();
			const isNew = [...list.keys()].some((id) => !known.includes(id) || account.isGone(id));
			const isLost = known.some((id) => !list.has(id) && !account.isGone(id));
			if (isNew || isLost || account.lacksDefinitions())
				await account.refreshSpaces();
			await account.meetDefinitions();
		},
		/** The heads are asked for again even if they have not changed. */
		distrust() { etag = null; },
		forget() {
			etag = null;
			list = new Map();
		},
	};
}
