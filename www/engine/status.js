// @ts-check
// What the app shows of a space: its status, and its content as a file.  Pure functions.
import { ApiError } from "./api.js";
import { arrivingOf } from "./arriving.js";
import { freshState } from "./userdata.js";

/** @typedef {import("./engine.d.ts").Status} Status */
/** @typedef {import("./engine.d.ts").SpaceInfo} SpaceInfo */

/**
 * What is known of a space while the page is open.  loading: how many changes a load has brought so far.  problem,
 * failedAt: why the last round failed in this space, and since when rounds fail in it.
 * @typedef {{state: import("./userdata.js").SpaceState, loading: number | null, problem: string | null, failedAt:
 *   number | null}} Live
 *
 * How the conversation with the server goes, for all spaces.
 * @typedef {Pick<Status, "lastAt" | "failedAt" | "trouble" | "problem">} Talk
 *
 * How many edits are being stored, wait to be sent, are in conflict, were refused.
 * @typedef {{storing: number, waiting: number, conflicts: number, failed: number}} Counts
 */

/** @returns {Live} */
export function freshLive() {
	return { state: freshState(), loading: null, problem: null, failedAt: null };
}

/** @returns {Talk} */
export function freshTalk() {
	return { lastAt: null, failedAt: null, trouble: null, problem: null };
}

/**
 * @param {any} error of a round @param {boolean} online @param {boolean} isIn somebody is signed in
 * @returns {Status["trouble"]}
 */
export function troubleOf(error, online, isIn) {
	if (!(error instanceof ApiError))
		return "storage";
	if (error.status === 401)
		return isIn ? "server" : "signed-out";
	if (error.status === 0)
		return online ? "server" : "offline";
	return error.status === 503 && error.retryAfter >= 30 ? "restoring" : "server";
}

/** @param {import("./chain.js").Alarm} alarm @returns {NonNullable<Status["past"]>} */
const pastOf = ({ found, at, since, kept }) =>
	({ found, at, since: since?.at ? Date.parse(since.at) : null, kept });

/**
 * @param {{live: Live, talk: Talk, counts: Counts, isIn: boolean, leads: boolean, persisted: boolean | null}} known
 * @returns {Status}
 */
export function statusOf({ live: { state, loading, problem, failedAt }, talk, counts, isIn, leads, persisted }) {
	const unsent = counts.storing + counts.waiting + counts.conflicts + counts.failed;
	const trouble = talk.trouble ?? (state.resync?.restored ? "restoring" : problem ? "server" : null);
	const { deletes = 0, of = 0, kept = false } = state.asked ?? {}, question = state.asked && { deletes, of };
	return {
		loaded: state.loaded, loading: loading ?? (state.resync ?? arrivingOf(state))?.count ?? null, ...counts,
		lastAt: talk.lastAt, failedAt: talk.failedAt ?? failedAt,
		trouble: isIn ? trouble : "signed-out", problem: talk.problem ?? problem,
		question: kept ? null : question, kept: kept ? question : null,
		past: state.alarm && pastOf(state.alarm),
		gone: state.gone && { reason: state.gone.reason, unsent },
		leads, persisted,
	};
}

/** @param {any[]} rows */
function byCollection(rows) {
	/** @type {Record<string, any[]>} */
	const records = {};
	for (const row of rows)
		(records[row.collection] ??= []).push(row.record);
	return records;
}

/**
 * Everything of a space on this device, as a JSON file.
 * @param {{info: SpaceInfo, at: number, rows: any[], kept: any[], ops: import("./outbox.js").StoredOp[],
 *   files: any[]}} content kept: records of before the past of the server became another one
 */
export function fileOf({ info, at, rows, kept, ops, files }) {
	const all = {
		space: info, exportedAt: new Date(at).toISOString(), records: byCollection(rows),
		...(kept.length > 0 ? { before: byCollection(kept) } : {}),
		unsent: ops.map(({ n, parts, ...op }) => op),
		files: files.map(({ sha256, type, size, sent }) => ({ sha256, type, size, sent })),
	};
	return new Blob([JSON.stringify(all, null, "\t")], { type: "application/json" });
}
