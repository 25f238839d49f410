// @ts-check
// What the app shows of a space: its status, and its content as a file.  Pure functions.
import { ApiError } from "./api.js";
import { freshState } from "./userdata.js";

/** @typedef {import("./engine.d.ts").Status} Status */
/** @typedef {import("./engine.d.ts").SpaceInfo} SpaceInfo */

/**
 * What is known of a space while the page is open.  loading: how many changes a load has brought so far.  question: a
 * pull that would delete much waits for the person.  allowed, paused: their answer.  problem: the error of the last
 * round.
 * @typedef {{state: import("./userdata.js").SpaceState, loading: number | null, question: {deletes: number, of: number}
 *   | null, paused: boolean, allowed: boolean, problem: any}} Live
 *
 * How the conversation with the server goes, for all spaces.
 * @typedef {Pick<Status, "lastAt" | "failedAt" | "trouble" | "problem">} Talk
 *
 * How many edits are being stored, wait to be sent, are in conflict, were refused.
 * @typedef {{storing: number, waiting: number, conflicts: number, failed: number}} Counts
 */

/** @returns {Live} */
export function freshLive() {
	return { state: freshState(), loading: null, question: null, paused: false, allowed: false, problem: null };
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

/**
 * @param {{live: Live, talk: Talk, counts: Counts, isIn: boolean, leads: boolean, persisted: boolean | null}} known
 * @returns {Status}
 */
export function statusOf({ live: { state, loading, question, problem }, talk, counts, isIn, leads, persisted }) {
	const unsent = counts.storing + counts.waiting + counts.conflicts + counts.failed;
	const trouble = talk.trouble ?? (state.resync?.restored ? "restoring" : null);
	return {
		loaded: state.loaded, loading, ...counts, lastAt: talk.lastAt, failedAt: talk.failedAt,
		trouble: isIn ? trouble : "signed-out", problem: talk.problem ?? problem?.message ?? null, question,
		gone: state.gone && { reason: state.gone.reason, unsent },
		leads, persisted,
	};
}

/**
 * Everything of a space on this device, as a JSON file.
 * @param {{info: SpaceInfo, at: number, rows: any[], ops: import("./outbox.js").StoredOp[], files: any[]}} content
 */
export function fileOf({ info, at, rows, ops, files }) {
	/** @type {Record<string, any[]>} */
	const records = {};
	for (const row of rows)
		(records[row.collection] ??= []).push(row.record);
	const all = {
		space: info, exportedAt: new Date(at).toISOString(), records,
		unsent: ops.map(({ n, parts, ...op }) => op),
		files: files.map(({ sha256, type, size, sent }) => ({ sha256, type, size, sent })),
	};
	return new Blob([JSON.stringify(all, null, "\t")], { type: "application/json" });
}
