// How much a space holds and may hold, as the server tells its managers.

import { signal } from "@preact/signals";
import { formatNumber, formatPercent, formatSize } from "../ui/format.js";
import { engine } from "../base/state.js";

const NEAR = 0.8; // of what it may hold: from here on its owners are warned

const KINDS = [
	{
		name: "records", title: "Records", of: "records", count: formatNumber,
		help: "Deleted records don’t count.",
		full: "This space has reached its limit for records. Delete some, or ask your administrator to " +
			"raise it.",
	},
	{
		name: "bytes", title: "Records and history", of: "records and history", count: formatSize,
		help: "History is never deleted, so this only grows.",
		full: "This space has reached its limit for records and history. Deleting records doesn’t help. Ask " +
			"your administrator to raise it.",
	},
	{
		name: "fileBytes", title: "Photos and files", of: "photos and files", count: formatSize,
		help: "Files that no record uses are deleted after 30 days.",
		full: "This space has reached its limit for photos and files. Ask your administrator to raise it.",
	},
];

/**
 * The parts of what a space holds, by the answer of the server: [{name, title, of, help, full, words, part, level}].
 * part: 0..1 of what it may hold, null without a limit; level: "full", "near" or null.  A server of before says
 * nothing of it, and to who has become a member in the meantime it says nothing either.
 */
function partsOf(space) {
	return KINDS.filter(({ name }) => name in space).map(({ count, ...kind }) => {
		const holds = space[kind.name], most = space[kind.name + "Max"];
		const part = most === null ? null : most > 0 ? holds / most : 1;
		const level = part === null || part < NEAR ? null : part < 1 ? "near" : "full";
		const words = most === null ? `${count(holds)}, no limit` : `${count(holds)} of ${count(most)}`;
		return { ...kind, words, part, level };
	});
}

/** The part that is nearest to its limit, or null if none is near. */
export function fullest(parts) {
	const [first] = parts.filter(({ level }) => level).sort((a, b) => b.part - a.part);
	return first ?? null;
}

export function percentOf({ part }) {
	return formatPercent(Math.floor(part * 100) / 100);
}

/** What an owner has read of and put off in this window: "id/name/level". */
export const putOff = signal(new Set());

export async function askHolding(id) {
	const { data } = await engine.request("GET", `/spaces/${encodeURIComponent(id)}`);
	return partsOf(data.space);
}
