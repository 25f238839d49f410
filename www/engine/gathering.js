// @ts-check
// The transactions of a resync: it begins, gathers pages in the store "fresh" beside what is shown, and changes over to
// them.  Asking for the pages is resync.js.
import { alarmAfter } from "./chain.js";
import { askedAfter, isMuch } from "./deletions.js";
import { keepOld } from "./kept.js";
import { chainKey } from "./lookback.js";
import { groupOps } from "./outbox.js";
import { rebase } from "./rebase.js";
import { createRows } from "./rows.js";
import { advance, amend, opsOfRecords, opsOfSpace, readState, rowOf } from "./userdata.js";

/** @typedef {import("./outbox.js").StoredOp} StoredOp */
/** @typedef {import("./database.js").Transaction} Transaction */
/** @typedef {import("./userdata.js").SpaceState} SpaceState */
/** @typedef {import("./chain.js").Judged} Judged */
/**
 * Why the server asks for a resync.  restored: the server was restored from a backup, which ends at seq.
 * @typedef {{reason?: string, restored?: {epoch: string, seq: number}}} Reason
 */

/** @param {any} row */
const keyOfRow = (row) => row.collection + "/" + row.id;

// --- beginning ---

/**
 * Whether the database of the server has another past than this device knows, without telling what it has lost.
 * @param {string | undefined} reason
 */
export const isPastLost = (reason) => ["epoch", "past", "ahead"].includes(reason ?? "");

/** Whether versions, and what was acknowledged, may mean something else from now on. @param {Reason} why */
export const isOtherPast = ({ reason, restored }) => isPastLost(reason) || restored !== undefined;

/**
 * Whether the server may have lost an acknowledged op.  Where nobody can tell, all are asked again: those that survived
 * are answered as duplicates.
 * @param {Reason["restored"]} restored @param {Judged | null} judged
 */
const mayBeLost = (restored, judged) => (/** @type {StoredOp} */ op) => {
	if (restored && !judged?.broken)
		return op.epoch !== restored.epoch && Number(op.seq) > restored.seq;
	return !judged?.common || Number(op.seq) > judged.common.seq;
};

/**
 * Puts acknowledged ops that the server may have lost back into the outbox.
 * @param {Transaction} work @param {string} space @param {(op: StoredOp) => boolean} isLost
 * @returns {Promise<StoredOp[]>}
 */
async function requeue(work, space, isLost) {
	/** @type {StoredOp[]} */
	const done = await work.all("done", "space", space), lost = done.filter(isLost);
	for (const op of lost) {
		const { epoch, version, seq, doneAt, own, ...rest } = op;
		await work.put("ops", { ...rest, state: "waiting", again: true });
		await work.delete("done", op.id);
	}
	// Files may be lost as well.  Those still held here are sent again with the ops that name them.
	for (const file of await work.all("files", "space", space))
		await work.put("files", { ...file, sent: false, received: 0 });
	return lost;
}

/**
 * What changes in the state of a space when a resync begins.
 * @param {Reason} why @param {SpaceState["resync"]} before the resync that this one breaks off
 * @returns {Partial<SpaceState>}
 */
export function stateAtBegin(why, before) {
	const { reason, restored } = why, isChanged = isOtherPast(why);
	const epoch = restored ? { epoch: restored.epoch } : reason === "epoch" ? { epoch: null } : {};
	return {
		...epoch,
		...(isChanged ? { past: null } : {}),
		arriving: null,
		resync: {
			cursor: null, count: 0,
			restored: isChanged || (before?.restored ?? false),
			rebase: isChanged || (before?.rebase ?? false),
		},
	};
}

/**
 * Begins a resync.  What goes back into the outbox does so before anything is cleared, in the same transaction.
 * @param {import("./database.js").Database} database @param {string} space @param {Reason} why
 * @param {Judged | null} judged what the heads of this device say about another past @param {number} now
 */
export function beginAnew(database, space, why, judged, now) {
	return database.write(["meta", "ops", "done", "fresh", "files"], async (work) => {
		const { resync: before, alarm } = await readState(work, space), isOther = isOtherPast(why);
		const again = isOther ? await requeue(work, space, mayBeLost(why.restored, judged)) : [];
		await work.deleteAll("fresh", "space", space);
		if (isOther)
			await work.put("meta", { heads: judged?.heads ?? [], askedAt: 0 }, chainKey(space));
		const state = await advance(work, space, {
			...stateAtBegin(why, before),
			...(isOther ? { alarm: alarmAfter(alarm, why, judged, now) } : {}),
		});
		const ops = await opsOfRecords(work, space, again.map((op) => [op.collection, op.record]));
		return { state, rows: [], changes: [], ops };
	});
}

// --- gathering ---

/**
 * Whether an answer is not older than the first page.  A load without a cursor names no deletions, so what an older one
 * tells of a record may be over: if it is not, a page tells of it as well.
 * @param {NonNullable<SpaceState["resync"]>} resync @param {number | undefined} head of the space when it was given
 */
export const isAfterBegin = (resync, head) => resync.head === undefined || Number(head) > resync.head;

/**
 * Drops what pushes told before the first page.
 * @param {Transaction} work @param {string} space @param {number} head
 */
async function dropOlder(work, space, head) {
	for (const { collection, id, pushed } of await work.all("fresh", "space", space))
		if (pushed <= head)
			await work.delete("fresh", [space, collection, id]);
}

/** @param {Transaction} work @param {string} space @param {any} change @param {any} held */
function gatherOne(work, space, change, held) {
	if (held && held.version > change.version)
		return null;
	return change.record && !change.deleted && !change.removed
		? work.put("fresh", rowOf(space, change.collection, change.record))
		: work.delete("fresh", [space, change.collection, change.id]);
}

/**
 * Stores a page.  Resolves to the number of changes so far; null when another tab has stored it already.
 * @param {import("./database.js").Database} database @param {string} space @param {string | null} since
 * @param {{changes: any[], cursor: string, head: number}} page
 */
export function gather(database, space, since, { changes, cursor, head }) {
	return database.write(["meta", "fresh"], async (work) => {
		const { resync } = await readState(work, space);
		if (!resync || resync.cursor !== since)
			return null;
		if (since === null)
			await dropOlder(work, space, head);
		const held = await Promise.all(changes.map((change) =>
			work.get("fresh", [space, change.collection, change.id])));
		await Promise.all(changes.map((change, i) => gatherOne(work, space, change, held[i])));
		const count = resync.count + changes.length, begun = since === null ? head : resync.head;
		await amend(work, space, { resync: { ...resync, cursor, count, head: begun } });
		return count;
	});
}

// --- changing over ---

/**
 * What the rows of a space have to become.
 * @param {any[]} old @param {any[]} fresh
 */
export function compareRows(old, fresh) {
	const next = new Set(fresh.map(keyOfRow)), before = new Map(old.map((row) => [keyOfRow(row), row]));
	const isSame = (/** @type {any} */ row) => {
		const held = before.get(keyOfRow(row));
		return held && !held.marked && held.version === row.version &&
			JSON.stringify(held.record) === JSON.stringify(row.record);
	};
	return {
		gone: old.filter((row) => !next.has(keyOfRow(row))),
		news: fresh.filter((row) => !isSame(row)),
	};
}

/**
 * The gathered rows take the place of those that were shown.  Null when another tab was quicker.
 * @param {Pick<import("./pull.js").Parts, "database" | "definition">} parts
 * @param {string} space @param {string} cursor
 */
export function changeOver({ database, definition }, space, cursor) {
	return database.write(["meta", "rows", "fresh", "kept", "ops"], async (work) => {
		const { resync, loaded, asked, alarm: before } = await readState(work, space);
		if (!resync || resync.cursor !== cursor)
			return null;
		const [old, fresh, all] = await Promise.all([
			work.all("rows", "space", space), work.all("fresh", "space", space), opsOfSpace(work, space),
		]);
		const { gone, news } = compareRows(old, fresh);
		const mayAsk = loaded && !resync.restored;
		const unasked = mayAsk ? gone.filter((row) => !row.marked) : gone;
		const asks = mayAsk && isMuch(unasked.length, old.length);
		const form = (/** @type {string} */ collection) => definition(space, collection);
		const ops = groupOps(all), rows = createRows({ work, space, ops, definition: form });
		for (const row of unasked)
			if (asks)
				rows.mark(row);
			else
				rows.drop(row);
		for (const row of news)
			rows.put(row.collection, row.record);
		const held = new Map(fresh.map((row) => [keyOfRow(row), row]));
		for (const [key, some] of resync.rebase ? ops : [])
			for (const op of rebase(some, held.get(key), form(some[0].collection)))
				rows.keepOp(op);
		await work.deleteAll("fresh", "space", space);
		const kept = resync.rebase && before ? await keepOld(work, space, old, fresh) : before?.kept ?? 0;
		const isOver = before?.found === "restored" && kept === 0;
		const alarm = before && !isOver ? { ...before, kept } : null;
		const outcome = await rows.done(!loaded);
		const question = mayAsk ? askedAfter(asked, asks ? unasked.length : 0, old.length) : null;
		const state = await advance(work, space, {
			cursor, loaded: true, resync: null, asked: question, alarm,
		});
		return { ...outcome, state };
	});
}
