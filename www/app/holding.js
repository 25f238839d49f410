// How much a space holds and may hold, as the server tells its managers.

import { signal } from "@preact/signals";
import { formatNumber, formatSize } from "../ui/format.js";
import { engine } from "../base/state.js";

const NEAR = 0.8; // of what it may hold: from here on its owners are warned

const KINDS = [
	{
		name: "records", title: "Records", of: "records", count: formatNumber,
		help: "Deleted ones do not count.",
		full: "There is no room for another record. Delete some that nobody needs, or ask whoever runs this " +
			"Daybook for more room.",
	},
	{
		name: "bytes", title: "Records and history", of: "records and history", count: formatSize,
		help: "The history is never deleted, so this only grows.",
		full: "There is no room for another record. Deleting does not help here, because the history " +
			"stays: ask whoever runs this Daybook for more room.",
	},
	{
		name: "fileBytes", title: "Photos and files", of: "photos and files", count: formatSize,
		help: "Those that no record names are deleted after 30 days.",
		full: "There is no room for another photo or file. Ask whoever runs this Daybook for more.",
	},
];

/**
 * The parts of what a space holds, by the answer of the server: [{name, title, of, help, full, words, part, level}].
 * part: 0..1 of what it may hold, null without a limit; level: "full", "near" or null.
 */
export function partsOf(space) {
	return KINDS.map(({ count, ...kind }) => {
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
	return `${formatNumber(Math.floor(part * 100))} %`;
}

/** What an owner has read of and put off in this window: "id/name/level". */
export const putOff = signal(new Set());

export async function askHolding(id) {
	const { data } = await engine.request("GET", `/spaces/${encodeURIComponent(id)}`);
	return partsOf(data.space);
}
