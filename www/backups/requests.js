// What the screens ask the server about backups of the space on the screen.  Each resolves to the data of the answer.

import { newId } from "../engine/engine.js";
import { toast } from "../ui/index.js";
import { fetchFile } from "../base/save-file.js";
import { space } from "../base/state.js";
import { follow, jobOf, wait } from "./jobs.js";
import { failureWords } from "./words.js";

const PAGE = 50; // backups asked for at a time

async function send(method, path, options) {
	return (await space.value.request(method, path, options)).data;
}

const addressOf = (id) => `/backups/${encodeURIComponent(id)}`;

/** {backups, next, late, quota}, the newest first.  after: the `next` of the page before. */
export function listBackups(after = null) {
	return send("GET", `/backups?${new URLSearchParams({ limit: PAGE, ...(after ? { after } : {}) })}`);
}

/** A new backup: {id, job}. */
export function makeBackup() {
	return send("POST", "/backup");
}

/** Whether a backup is as it was written: {ok, detail, checked}, or the job that finds out. */
export function verifyBackup(id) {
	return send("POST", `${addressOf(id)}/verify`);
}

export function deleteBackup(id) {
	return send("DELETE", addressOf(id));
}

/** The bytes of a backup's file, piece by piece as they are taken. */
export function streamBackup(id) {
	return send("GET", addressOf(id), { stream: true, headers: { Accept: "*/*" } });
}

/** "Depot Nord 2026-12-01 1402.tar" */
export function fileNameOf({ at, sealed, kind }) {
	const stamp = at.slice(0, 16).replace("T", " ").replace(":", "");
	return `${space.value.info.name} ${stamp}.${kind === "client" ? "json" : sealed ? "sealed" : "tar"}`;
}

const placeOf = () => `/spaces/${encodeURIComponent(space.value.id)}`;

/** Gives a backup to the person as a file.  What keeps it from being fetched is said before. */
export async function downloadBackup(backup) {
	await send("HEAD", addressOf(backup.id), { blob: true });
	await fetchFile(placeOf() + addressOf(backup.id), fileNameOf(backup));
}

/**
 * The same of all of the space.  format: "archive" or "json"; at: an instant of the past, or null for the present.  Why
 * a past cannot be had is found out before.
 */
export async function downloadSpace(format, at, name) {
	const query = `?${new URLSearchParams({ format, ...(at ? { at } : {}) })}`;
	if (at)
		await send("HEAD", `/export${query}`, { blob: true });
	await fetchFile(`${placeOf()}/export`, name, query);
}

/** Asks how far a job of a space is. */
export const askIn = (here) => async (id) =>
	(await here.request("GET", `/jobs/${encodeURIComponent(id)}`)).data.job;

/** A restore: its job, or what came of it.  options: {mode, changed, collections}. */
export function restoreBackup(id, options) {
	return send("POST", `${addressOf(id)}/restore`, { body: options, key: newId() });
}

/** What a restore would change.  In a large file the server finds that out by a job. */
export async function lookAtRestore(id, options) {
	const ask = askIn(space.value);
	const data = await send("POST", `${addressOf(id)}/restore`, { body: { ...options, dryRun: true } });
	const job = await follow(jobOf(data), { ask, wait, see() {} });
	if (job.state === "failed")
		throw Object.assign(new Error(job.error.detail), job.error);
	return job.result;
}

const ROWS = 1_000, PAGES = 3; // rows of the audit that are looked through for devices

/**
 * Rows of the audit of the space that a person wrote in a span, the newest first, and whether there are more:
 * {rows, isCut}.
 */
export async function auditOf(user, { from, to }) {
	const rows = [], span = [["from", from], ["to", to]].filter(([, instant]) => instant);
	let before = null, pages = 0;
	do {
		const page = before ? [["limit", ROWS], ["before", before]] : [["limit", ROWS]];
		const query = new URLSearchParams([["user", user], ...span, ...page]);
		const { auditLogs, next } = await send("GET", `/audit?${query}`);
		rows.push(...auditLogs);
		[before, pages] = [next ?? null, pages + 1];
	} while (before && pages < PAGES);
	return { rows, isCut: before !== null };
}

/** Undoes what was done in a span, as {by, token, device, cause, from, to, collections, dryRun} say. */
export function undoSpan(body) {
	return send("POST", "/undo", { body });
}

/**
 * The same until nothing is left of it, because the server does a part in one request: {undone, left, cause, …}.  Each
 * answer counts what was done by those before it, too.
 */
export async function undoAll(body) {
	let answer;
	do
		answer = await undoSpan(body);
	while (answer.more);
	return { ...answer.undo, cause: answer.cause };
}

/** Undoes what had one cause, such as a restore, and tells of it.  good, bad: what is said then. */
export async function undoCause(cause, good, bad) {
	const here = space.value;
	try {
		await undoAll({ cause });
		here.sync();
		toast(good, { kind: "good" });
	} catch (error) {
		toast(`${bad} ${failureWords(error)}`, { kind: "bad" });
	}
}
