// @ts-check
// The definitions of each space: asked of the server, kept on the device.  The server tells a stamp of them with the
// heads; when that changes they are asked for again, and otherwise every day (schema/PROTOCOL.md 4).
import { ApiError, path } from "./api.js";

const DAY = 86_400_000; // milliseconds after which definitions are checked again
// All devices meet a new stamp with their next poll.  Those on which nothing waits spread their questions over so many
// milliseconds.
const SPREAD = 5_000;

/** @typedef {import("./engine.d.ts").Definition} Definition */
/** How much one push may hold. @typedef {{ops: number, bytes: number}} Limits */
/**
 * What the server said of the definitions of a space, and with them of a push; limits: null if it said nothing of it.
 * @typedef {{stamp: string | null, etag: string | null, limits?: Limits | null}} Mark
 */

/** @param {any} said @returns {Limits | null} */
function limitsOf(said) {
	const isNumber = (/** @type {unknown} */ value) => Number.isInteger(value) && Number(value) > 0;
	return isNumber(said?.pushOps) && isNumber(said?.pushBytes)
		? { ops: said.pushOps, bytes: said.pushBytes } : null;
}

/** Whether an op was refused because its form did not know the definitions. @param {any} problem */
export function isOfDefinitions(problem) {
	return problem?.type === "/problems/required" || problem?.type === "/problems/unknown-field";
}

/**
 * @param {{database: import("./database.js").Database, clock: import("./clock.js").Clock, chance: () => number,
 *   request: (method: string, path: string, options?: any) => Promise<any>, tell: (message: any) => void,
 *   defined: (space: string, list: Definition[]) => void}} parts tell: to the other tabs; defined hears of definitions
 *   that have changed
 */
export function createDefinitions({ database, clock, chance, request, tell, defined }) {
	/** @type {Map<string, Definition[]>} by space */
	const known = new Map();
	/** @type {Map<string, Mark>} by space */
	const marks = new Map();
	/** @type {string | null} the stamp that the server told last */
	let told = null;
	let refreshedAt = 0, dueAt = 0, isSuspected = false;

	/** @param {string} space @param {Definition[]} list @param {Mark} [mark] */
	function take(space, list, mark) {
		known.set(space, list);
		if (mark)
			marks.set(space, mark);
		defined(space, list);
	}

	/** @param {string} space */
	async function ask(space) {
		const before = known.has(space) ? marks.get(space) : undefined;
		// An older version of this app has kept no limits.
		const isKnown = before?.etag && before.limits !== undefined;
		const options = isKnown ? { headers: { "If-None-Match": before.etag } } : {};
		const { status, data, headers } = await request("GET", path("spaces", space, "collections"), options);
		if (status === 304 && before)
			return void marks.set(space, { ...before, stamp: told ?? before.stamp });
		if (!Array.isArray(data?.collections))
			throw new ApiError(0);
		const limits = limitsOf(data.limits);
		const mark = { stamp: data.definitions ?? null, etag: headers.get("ETag"), limits };
		const isNew = JSON.stringify(known.get(space)) !== JSON.stringify(data.collections);
		if (!isNew && JSON.stringify(mark) === JSON.stringify(before))
			return;
		await database.write(["meta"], async (work) => {
			await work.put("meta", mark, "definitionsMark:" + space);
			await work.put("meta", data.collections, "definitions:" + space);
		});
		marks.set(space, mark);
		if (isNew)
			take(space, data.collections);
		tell({ defined: space });
	}

	/** If the server refuses those of a space, they stay as they are. @param {string[]} spaces */
	async function askAll(spaces) {
		for (const space of spaces)
			await ask(space).catch((error) => {
				if (!(error instanceof ApiError) || error.isPassing || error.status === 401)
					throw error;
			});
	}

	return {
		take,
		/** @param {string} space */
		has: (space) => known.has(space),
		/** @param {string} space @param {string} collection */
		find: (space, collection) => known.get(space)?.find((one) => one.name === collection),
		/** How much a push to a space may hold; null if the server has not said. @param {string} space */
		limits: (space) => marks.get(space)?.limits ?? null,
		/**
		 * A space is shown with its definitions, but without a network it is shown as it is.
		 * @param {string} space
		 */
		async need(space) {
			if (!known.has(space))
				await ask(space).catch(() => {});
		},
		/** Asks for all again. @param {string[]} spaces */
		async refresh(spaces) {
			await askAll(spaces);
			refreshedAt = clock.now();
		},
		areOld: () => refreshedAt === 0 || clock.now() - refreshedAt > DAY,
		/** The server has told a stamp. @param {unknown} stamp */
		hear(stamp) {
			if (typeof stamp !== "string" || stamp === told)
				return;
			told = stamp;
			dueAt = clock.now() + chance() * SPREAD;
		},
		/** An op was refused because its form did not know the definitions. */
		suspect() { isSuspected = true; },
		/**
		 * Asks for those that have changed: before anything that waits is sent, otherwise soon.
		 * @param {string[]} spaces @param {() => Promise<boolean>} isWaiting
		 */
		async meet(spaces, isWaiting) {
			const isOld = (/** @type {string} */ space) =>
				isSuspected || (told !== null && marks.get(space)?.stamp !== told);
			const behind = spaces.filter((space) => known.has(space) && isOld(space));
			if (behind.length === 0 || !(isSuspected || clock.now() >= dueAt || await isWaiting()))
				return;
			await askAll(behind);
			isSuspected = false;
		},
	};
}
