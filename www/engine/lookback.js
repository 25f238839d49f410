// @ts-check
// Remembers heads of spaces, and asks the server whether its chain still goes through them: when it says that its past
// is another one, and once a day in any case.
import { ApiError, path } from "./api.js";
import { judge, remember } from "./chain.js";
import { amend, readState } from "./userdata.js";

const DAY = 86_400_000; // milliseconds between two questions while nothing is new
const SOON = 60_000; // after news
const LATER = 600_000; // after the head could not be had

/** @typedef {import("./chain.js").Head} Head */
/** @typedef {import("./chain.js").Judged} Judged */
/** @typedef {import("./gathering.js").Reason} Reason */

/** What a device remembers of a space. @param {string} space */
export const chainKey = (space) => "chain:" + space;

/** The request may get another answer later. @param {unknown} error */
const mayPass = (error) =>
	!(error instanceof ApiError) || [0, 401, 408, 425, 429, 503].includes(error.status);

/**
 * @param {{database: import("./database.js").Database, now: () => number,
 *   request: (method: string, path: string, options?: any) => Promise<any>}} parts
 */
export function createLookBack({ database, now, request }) {
	/** @param {string} space @returns {Promise<{heads: Head[], askedAt: number}>} */
	async function known(space) {
		const held = await database.read(["meta"], (work) => work.get("meta", chainKey(space)));
		return held ?? { heads: [], askedAt: 0 };
	}

	/** Until when not to ask, because the head of a space was not told. @type {Map<string, number>} */
	const waits = new Map();
	/** Spaces with news since the head was last asked for. @type {Set<string>} */
	const moved = new Set();

	/** Also after the clock was set back. @param {number} at @param {number} span */
	const isRecent = (at, span) => now() >= at && now() - at < span;

	/** The head, or null where the server does not tell. @param {string} space @param {Head[]} heads */
	async function ask(space, heads) {
		const names = heads.map(({ seq, chain }) => `${seq}-${chain}`).join(",");
		try {
			const where = path("spaces", space, "sync", "head") + (names && "?past=" + names);
			const { data } = await request("GET", where);
			return Number.isInteger(data?.seq) && typeof data.chain === "string" ? data : null;
		} catch (error) {
			if (mayPass(error))
				throw error;
			return null;
		}
	}

	/** @param {string} space @param {Head[]} heads @param {any} answer */
	function store(space, heads, { seq, chain, at, seal }) {
		const next = { heads: remember(heads, { seq, chain, at, seal }), askedAt: now() };
		return database.write(["meta"], (work) => work.put("meta", next, chainKey(space)));
	}

	/** Tells the server what it should have in its chain. @param {string} space @param {Head} claim */
	async function tell(space, { seq, chain, seal }) {
		try {
			await request("POST", path("spaces", space, "sync", "alarm"), { body: { seq, chain, seal } });
		} catch (error) {
			if (mayPass(error))
				throw error;
		}
		await database.write(["meta"], async (work) => {
			const state = await readState(work, space);
			if (state.alarm?.claim?.chain === chain)
				await amend(work, space, { alarm: { ...state.alarm, claim: null } });
		});
	}

	return {
		tell,
		/**
		 * What the heads of this device say when the server has another past; null where it does not tell.
		 * @param {string} space @param {Reason} why @returns {Promise<Judged | null>}
		 */
		async judge(space, why) {
			const { heads } = await known(space), answer = await ask(space, heads);
			return answer && judge(heads, answer, why.restored);
		},
		/**
		 * Asks if it is time to.  Resolves to whether the past is another one; then nothing is stored.
		 * @param {string} space @param {boolean} isNews something was fetched or sent
		 */
		async look(space, isNews) {
			const { heads, askedAt } = await known(space);
			if (isNews)
				moved.add(space);
			if (isRecent(askedAt, moved.has(space) ? SOON : DAY) || now() < (waits.get(space) ?? 0))
				return false;
			waits.set(space, now() + LATER);
			const answer = await ask(space, heads);
			waits.set(space, answer ? 0 : now() + DAY);
			moved.delete(space);
			if (!answer)
				return false;
			const { broken, heads: left } = judge(heads, answer, undefined);
			if (broken)
				return true;
			await store(space, left, answer);
			return false;
		},
	};
}
