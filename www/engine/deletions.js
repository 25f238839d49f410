// @ts-check
// Deletions that nobody expects: when a pull or a resync would delete much, the rows stay and are marked, and a person
// is asked.  Everything else of the pull is stored, and the outbox goes on.  Yes deletes the marked rows.  No keeps
// them, and the status goes on saying so.
import { groupOps } from "./outbox.js";
import { createRows } from "./rows.js";
import { advance, opsOfSpace, readState } from "./userdata.js";

// More than 50, or at least ten that are more than a fifth of what is held.
const MANY = 50, MUCH = 0.2, FEW = 10;

/**
 * A question that is open, or was answered with no (kept).
 * @typedef {{deletes: number, of: number, kept: boolean}} Asked
 */

/** @param {number} deletes @param {number} of */
export const isMuch = (deletes, of) => deletes > MANY || (deletes >= FEW && deletes > of * MUCH);

/**
 * What is asked when more rows are marked.
 * @param {Asked | null} before @param {number} more @param {number} of
 */
export function askedAfter(before, more, of) {
	return more === 0 ? before : { deletes: (before?.deletes ?? 0) + more, of, kept: false };
}

/**
 * Stores a person's answer.  Null when nothing is asked.
 * @param {Pick<import("./pull.js").Parts, "database" | "definition">} parts @param {string} space
 * @param {boolean} yes @returns {Promise<import("./userdata.js").Outcome | null>}
 */
export function answer({ database, definition }, space, yes) {
	return database.write(["meta", "rows", "ops"], async (work) => {
		const { asked } = await readState(work, space);
		if (!asked)
			return null;
		const rows = createRows({
			work, space, ops: groupOps(await opsOfSpace(work, space)),
			definition: (collection) => definition(space, collection),
		});
		for (const row of yes ? await work.all("rows", "space", space) : [])
			if (row.marked)
				rows.drop(row);
		const outcome = await rows.done(false);
		const left = yes ? null : { ...asked, kept: true };
		return { ...outcome, state: await advance(work, space, { asked: left }) };
	});
}

/**
 * A person asks for a sync: what they said no to is asked again.
 * @param {import("./database.js").Database} database @param {string} space
 */
export function askAgain(database, space) {
	return database.write(["meta"], async (work) => {
		const { asked } = await readState(work, space);
		if (!asked?.kept)
			return null;
		const state = await advance(work, space, { asked: { ...asked, kept: false } });
		return { state, rows: [], ops: [], changes: [] };
	});
}
