// @ts-check
// The definitions of each space: asked of the server, kept on the device, checked again every day.
import { ApiError, path } from "./api.js";

const DAY = 86_400_000; // milliseconds after which definitions are checked again

/** @typedef {import("./engine.d.ts").Definition} Definition */

/**
 * @param {{database: import("./database.js").Database, clock: import("./clock.js").Clock,
 *   request: (method: string, path: string) => Promise<any>, tell: (message: any) => void,
 *   defined: (space: string, list: Definition[]) => void}} parts tell: to the other tabs; defined hears of definitions
 *   that have changed
 */
export function createDefinitions({ database, clock, request, tell, defined }) {
	/** @type {Map<string, Definition[]>} by space */
	const known = new Map();
	let refreshedAt = 0;

	/** @param {string} space @param {Definition[]} list */
	function take(space, list) {
		known.set(space, list);
		defined(space, list);
	}

	/** @param {string} space */
	async function ask(space) {
		const { data } = await request("GET", path("spaces", space, "collections"));
		if (!Array.isArray(data?.collections))
			throw new ApiError(0);
		if (JSON.stringify(known.get(space)) === JSON.stringify(data.collections))
			return;
		await database.write(["meta"], (work) => work.put("meta", data.collections, "definitions:" + space));
		take(space, data.collections);
		tell({ defined: space });
	}

	return {
		take,
		/** @param {string} space */
		has: (space) => known.has(space),
		/** @param {string} space @param {string} collection */
		find: (space, collection) => known.get(space)?.find((one) => one.name === collection),
		/**
		 * A space is shown with its definitions, but without a network it is shown as it is.
		 * @param {string} space
		 */
		async need(space) {
			if (!known.has(space))
				await ask(space).catch(() => {});
		},
		/**
		 * Asks for all again.  If the server refuses those of a space, they stay as they are.
		 * @param {string[]} spaces
		 */
		async refresh(spaces) {
			for (const space of spaces)
				await ask(space).catch((error) => {
					if (!(error instanceof ApiError) || error.isPassing || error.status === 401)
						throw error;
				});
			refreshedAt = clock.now();
		},
		areOld: () => refreshedAt === 0 || clock.now() - refreshedAt > DAY,
	};
}
