// What the sync chip says: the one thing about the truth of the page that is most worth saying.  No document.

import { formatClock, formatSince } from "./format.js";

const FRESH = 45_000; // milliseconds for which the last answer counts as now

// { tone: "good" | "busy" | "warn" | "bad", text } from the state of sync.js and the counts of edit.js.
export function chipOf({ sync, counts, now }) {
	const unsaved = counts.waiting + counts.refused;
	const { failedAt, lastAt, offline, loaded } = sync;
	const and = unsaved > 0 ? ` · ${unsaved} unsaved` : "";

	if (failedAt !== null)
		return { tone: "bad", text: `${offline ? "Offline" : "Server away"} since ${formatClock(failedAt)}${and}` };
	if (counts.clashing > 0)
		return { tone: "warn", text: counts.clashing === 1 ? "1 conflict" : `${counts.clashing} conflicts` };
	if (counts.saving > 0)
		return { tone: "busy", text: "Saving…" };
	if (counts.refused > 0)
		return { tone: "warn", text: `${counts.refused} not saved` };
	if (counts.all > 0)
		return { tone: "warn", text: `${counts.all} unsaved` };
	if (!loaded || lastAt === null)
		return { tone: "busy", text: "Loading…" };
	return { tone: "good", text: now - lastAt < FRESH ? "Up to date" : formatSince(lastAt, now) };
}
