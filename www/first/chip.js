// What the sync chip says: the one thing about the truth of the page that is most worth saying.  No document.

import { formatClock, formatSince } from "./format.js";

const FRESH = 45_000; // milliseconds for which the last answer counts as now

// { tone: "good" | "busy" | "warn" | "bad", text, more } from the state of sync.js and the counts of edit.js.
export function chipOf({ sync, counts, now }) {
	const { failedAt, lastAt, offline, loaded } = sync;
	const unsaved = counts.all > 0 ? `${counts.all} unsaved` : "";

	if (failedAt !== null)
		return { tone: "bad", text: `${offline ? "Offline" : "No server"} since ${formatClock(failedAt)}`, more: unsaved };
	if (counts.clashing > 0)
		return { tone: "warn", text: counts.clashing === 1 ? "1 conflict" : `${counts.clashing} conflicts`, more: "" };
	if (counts.saving > 0)
		return { tone: "busy", text: "Saving…", more: "" };
	if (counts.refused > 0)
		return { tone: "warn", text: `${counts.refused} not saved`, more: "" };
	if (unsaved)
		return { tone: counts.waiting > 0 ? "warn" : "busy", text: unsaved, more: "" };
	if (!loaded || lastAt === null)
		return { tone: "busy", text: "Loading…", more: "" };
	return { tone: "good", text: now - lastAt < FRESH ? "Up to date" : formatSince(lastAt, now), more: "" };
}
