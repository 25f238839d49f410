// The arithmetic of long lists: where each entry is, which entries are in view, and where to scroll so that the
// view stays when entries above it come and go.  No document.

/**
 * {entries: [{key, item | group, top, height, at}], total, places: key → index}.  groupOf(item): nothing, a text, or an
 * object with a `key`.  The head of a group is an entry before its first item.
 */
export function layOut(items, { keyOf, groupOf, height, headHeight = 0 }) {
	const entries = [], places = new Map();
	let top = 0, last = null;
	const add = (entry, tall) => {
		places.set(entry.key, entries.length);
		entries.push({ ...entry, top, height: tall });
		top += tall;
	};
	for (const [at, item] of items.entries()) {
		const group = groupOf?.(item) ?? null;
		const name = group === null ? null : group.key ?? group;
		if (name !== null && name !== last)
			add({ key: "group:" + name + ":" + at, group, item: null, at: -1 }, headHeight);
		last = name;
		add({ key: keyOf(item), group: null, item, at }, height);
	}
	return { entries, total: top, places };
}

// The first entry that ends below a height.
function firstAfter(entries, top) {
	let low = 0, high = entries.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (entries[middle].top + entries[middle].height > top)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/** The entries between two heights: [first, end]; end is one after the last. */
export function inSight({ entries }, from, to) {
	const first = firstAfter(entries, from);
	let end = first;
	while (end < entries.length && entries[end].top < to)
		end += 1;
	return [first, end];
}

/**
 * The anchor, which is the entry that keeps its place: the first item wholly below the scroll position, and how far
 * below.  Null at the top.
 */
export function anchorOf({ entries }, top) {
	if (top <= 0)
		return null;
	for (let at = firstAfter(entries, top); at < entries.length; at += 1)
		if (entries[at].item !== null && entries[at].top >= top)
			return { key: entries[at].key, offset: entries[at].top - top, place: at };
	return null;
}

/** The scroll position at which the anchor, or its next neighbour if it is gone, is where it was. */
export function placeOf(layout, anchor, before) {
	for (let at = anchor.place; at < before.entries.length; at += 1) {
		const place = layout.places.get(before.entries[at].key);
		const below = before.entries[at].top - before.entries[anchor.place].top;
		if (place !== undefined && before.entries[at].item !== null)
			return layout.entries[place].top - anchor.offset - below;
	}
	return null;
}
