// The imports of a space as their list shows them, and what taking one back does, in words.  No document.

import { capital, formatNumber } from "../ui/format.js";

/** The latest first. */
export function byLatest(left, right) {
	return left.at < right.at ? 1 : left.at > right.at ? -1 : 0;
}

function counted(count, one, many) {
	return count > 0 ? `${formatNumber(count)} ${count === 1 ? one : many}` : "";
}

function listed(parts) {
	return parts.filter(Boolean).join(", ");
}

/** What an import did, such as "312 new, 4 changed". */
export function wroteWords({ created = 0, updated = 0, bad = 0, made = 0 }) {
	return listed([
		counted(created, "new", "new"), counted(updated, "changed", "changed"),
		counted(made, "new name", "new names"), counted(bad, "left out", "left out"),
	]) || "Nothing new";
}

/** How far an import is: "running", with how many rows, "done" or "taken back", and what that did. */
export function stateWords({ state, rows, takenBackDeleted = 0, takenBackRestored = 0, takenBackKept = 0 }) {
	if (state === "running")
		return `Not finished: choose the file again to go on${rows > 0 ? ` (${formatNumber(rows)} rows)` : ""}`;
	if (state !== "takenBack")
		return "";
	const did = [
		counted(takenBackDeleted, "deleted", "deleted"), counted(takenBackRestored, "restored", "restored"),
		counted(takenBackKept, "kept", "kept"),
	];
	return capital(listed(["taken back", ...did]));
}

/** What taking it back would do: a sentence for the question. */
export function backWords({ deleted = 0, restored = 0, kept = 0 }) {
	const does = listed([
		deleted > 0 && `${counted(deleted, "entry", "entries")} will be deleted`,
		restored > 0 && `${counted(restored, "entry", "entries")} will be as before`,
	]) || "Nothing is left to take back";
	const stays = kept > 0 ? ` ${counted(kept, "entry stays", "entries stay")}, changed since or in use.` : "";
	return `${capital(does)}.${stays}`;
}
