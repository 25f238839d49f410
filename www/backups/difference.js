// What a restore or an import would change, as the server tells it before anything is written.  No document.

const WHAT = ["new", "changed", "deleted"];

/** The lists in which something changes, the most first: [{collection, new, changed, deleted, unchanged, examples}]. */
export function linesOf(difference) {
	const lines = Object.entries(difference ?? {}).map(([collection, one]) => ({
		collection, new: 0, changed: 0, deleted: 0, unchanged: 0, kept: 0, examples: [], ...one,
	}));
	return lines.filter((line) => changesIn(line) > 0).sort((a, b) => changesIn(b) - changesIn(a) ||
		(a.collection < b.collection ? -1 : 1));
}

/** How many records of a line change. */
export function changesIn(line) {
	return WHAT.reduce((sum, what) => sum + line[what], 0);
}

/** The sums over all lists: {new, changed, deleted, unchanged, kept, all}.  all: how many records change. */
export function totalOf(difference) {
	const total = { new: 0, changed: 0, deleted: 0, unchanged: 0, kept: 0, all: 0 };
	for (const one of Object.values(difference ?? {}))
		for (const what of [...WHAT, "unchanged", "kept"])
			total[what] += one[what] ?? 0;
	total.all = total.new + total.changed + total.deleted;
	return total;
}
