// What backups, jobs and differences are called on screens.  No document.

import { capital, formatAgo, formatDate, formatDay, formatNumber, formatTime } from "../ui/format.js";
import { dayIn, ownZone } from "../ui/zone.js";

const KINDS = {
	manual: "By hand", automatic: "After a change", daily: "Daily", "before-restore": "Before a restore",
	client: "App copy", uploaded: "From a file",
};

/** The kind of a backup, or what somebody called it. */
export function kindWords({ kind, name }) {
	return name || (KINDS[kind] ?? capital(kind));
}

export const plural = (number, one, many = one + "s") => `${formatNumber(number)} ${number === 1 ? one : many}`;

/** The lists of a backup with what they have in it, the longest first: [[collection, count]]. */
export function listsIn({ counts }) {
	return Object.entries(counts ?? {}).filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1]);
}

/** What is in a backup: "1,204 records, 12 files". */
export function countWords({ counts, files = 0 }) {
	const records = listsIn({ counts }).reduce((sum, [, count]) => sum + count, 0);
	return [plural(records, "record"), files > 0 && plural(files, "file")].filter(Boolean).join(", ");
}

/** What is known of whether a backup is whole: {kind, icon, words}. */
export function checkOf({ damaged, checkedAt }) {
	if (damaged)
		return { kind: "bad", icon: "bad", words: "Damaged" };
	if (checkedAt)
		return { kind: "good", icon: "good", words: `Verified ${formatAgo(checkedAt)}` };
	return { kind: "plain", icon: null, words: "Not verified yet" };
}

/** The second line of a backup in the list. */
export function metaOf(backup) {
	return [kindWords(backup), countWords(backup)];
}

/** When a backup was made: "Today, 14:03". */
export function whenWords(at, now) {
	const zone = ownZone();
	return `${formatDay(dayIn(zone, Date.parse(at)), dayIn(zone, now))}, ${formatTime(at)}`;
}

const DAY = 86_400_000; // milliseconds

/** What is said of a damaged backup, and what to do. */
export const DAMAGED = "This backup is damaged and can’t be restored. Use another one. Backing up again can repair " +
	"it: do that, then verify it once more.";

/**
 * What a person should know about the backups of a space, or null: {kind, words}.  latest: the newest one; late: what
 * the server says of those that do not come.
 */
export function adviceOn(latest, now, late = null) {
	if (late)
		return { kind: "bad",
			words: `Automatic backups haven’t worked since ${formatDate(late.since)}. ${late.detail}` };
	if (!latest)
		return { kind: "warn", words: "There’s no backup of this space yet." };
	if (latest.damaged)
		return { kind: "bad", words: "The latest backup is damaged. Back up again." };
	const days = Math.floor((now - Date.parse(latest.at)) / DAY);
	return days >= 7 ? { kind: "warn", words: `The latest backup is ${plural(days, "day")} old.` } : null;
}

// --- jobs ---

const STAGES = {
	backup: "Backing up", reading: "Reading records", records: "Reading records", files: "Copying files",
	proving: "Checking the backup", checking: "Checking", comparing: "Comparing", restoring: "Restoring",
	importing: "Importing", writing: "Writing records", waiting: "Waiting for its turn", done: "Finishing",
};

/** What a job is doing: "Writing records, 1,200 of 4,210". */
export function jobWords({ state, kind, stage, progress = 0, total = 0 }) {
	const doing = state === "waiting" ? STAGES.waiting : STAGES[stage] ?? STAGES[kind] ?? "Working";
	const isKnown = state !== "waiting" && total > 0 && progress > 0;
	return isKnown ? `${doing}, ${formatNumber(progress)} of ${formatNumber(total)}` : `${doing}…`;
}

/** How much of a job is done, 0..1; null if that is not known. */
export function partOf({ progress = 0, total = 0 }) {
	return total > 0 ? Math.min(1, progress / total) : null;
}

const LONG = 60_000; // milliseconds in which somebody takes up a job

/** Whether a job waits for longer than it should. */
export function isStuck(job, now) {
	return job?.state === "waiting" && Boolean(job.createdAt) && now - Date.parse(job.createdAt) > LONG;
}

// --- failures ---

const REASONS = {
	"/problems/too-much": "That’s too much to work out at once. Choose fewer lists or a shorter time.",
	"/problems/forbidden": "Your role in this space doesn’t allow this.",
	"/problems/not-found": "It’s no longer there. It may have been deleted or replaced by a newer one.",
	"/problems/space-full": "There’s no room for this. Delete backups or files that aren’t needed, or ask your " +
		"administrator for more room.",
};

const OFFLINE = "You’re offline. This needs a connection.";
const AWAY = "Can’t reach the server. Check your connection and try again.";

/** A sentence for what went wrong, from an error of a request or from the problem of a job. */
export function failureWords(error) {
	const problem = error?.problem ?? error ?? {};
	if (error?.status === 0)
		return globalThis.navigator?.onLine === false ? OFFLINE : AWAY;
	if (error?.status === 401)
		return "You’re signed out. Sign in and try again.";
	if (problem.status === 429)
		return "The server is busy with another backup or restore. Try again in a moment.";
	return (typeof problem === "string" ? problem : REASONS[problem.type] ?? problem.detail ?? error?.message) ??
		"Something went wrong. Try again.";
}

/** Whether it can help to try again. */
export function mayPass(error) {
	return error.isPassing !== false || error.status === 401;
}

const FIELDS = {
	dates: "Dates like 03/04/2026 can be read in two ways. Choose how this file writes them.",
	daybook: "It was made by a newer Daybook. Update Daybook on this server, then import it.",
};

/** The same about a file that is imported. */
export function importWords(error) {
	return FIELDS[error?.field] ?? failureWords(error);
}

/** What is wrong with a file or with its key, in a sentence; null for any other error. */
export function fileWords(error) {
	if (["DamageError", "KeyError"].includes(error.name))
		return error.message;
	return error.name === "NotReadableError" ? "The file can’t be read. Choose it again." : null;
}

// --- the schedule ---

const or = (value, usual) => value ?? usual;

/**
 * How backups are made and kept, in sentences, by the settings of the space.  usual(field): the default of a field.
 */
export function scheduleWords(settings, usual) {
	const of = (field) => or(settings?.[field], usual(field));
	const kept = [["backupDays", "day"], ["backupWeeks", "week"], ["backupMonths", "month"]]
		.filter(([field]) => of(field) > 0).map(([field, one]) => plural(of(field), one));
	const last = `The last ${formatNumber(of("backupKeep"))} are kept.`;
	const each = kept.length > 0 ? ` One is kept for each of the last ${listOf(kept)}.` : "";
	return [
		of("backupAutomatic") ? `After changes, at most every few minutes. ${last}` : "Not after changes.",
		of("backupDaily") ? `On every day with changes.${each}` : "Not daily.",
	];
}

const listOf = (words) => new Intl.ListFormat("en", { type: "conjunction" }).format(words);
