// The arithmetic of long lists: what is in sight, and that what was in sight stays where it was.
import assert from "node:assert/strict";
import test from "node:test";
import { anchorOf, inSight, layOut, placeOf } from "../../www/ui/window.js";

const items = (count, from = 0) => Array.from({ length: count },
	(_, at) => ({ id: `r${from + at}`, month: Math.floor((from + at) / 10) }));
const shape = { keyOf: ({ id }) => id, height: 60, headHeight: 40 };
const grouped = { ...shape, groupOf: ({ month }) => `month ${month}` };

test("ten thousand entries follow each other, heads of groups before their first", () => {
	const layout = layOut(items(10_000), grouped);
	assert.equal(layout.entries.length, 11_000);
	assert.equal(layout.total, 10_000 * 60 + 1_000 * 40);
	assert.deepEqual([layout.entries[0].group, layout.entries[1].key, layout.entries[1].top],
		["month 0", "r0", 40]);
	assert.equal(layout.entries[layout.places.get("r9999")].top + 60, layout.total);
});

test("the visible range is bounded by the window, wherever it is", () => {
	const layout = layOut(items(10_000), shape);
	for (const top of [0, 1, 59, 60, 123_456, layout.total - 700, layout.total]) {
		const [first, end] = inSight(layout, top, top + 700);
		assert.ok(end - first <= Math.ceil(700 / 60) + 1, `${top}: ${end - first}`);
		for (const entry of layout.entries.slice(first, end))
			assert.ok(entry.top < top + 700 && entry.top + entry.height > top);
	}
	assert.deepEqual(inSight(layout, -400, 100), [0, 2]);
	assert.deepEqual(inSight(layOut([], shape), 0, 700), [0, 0]);
});

test("entries added above shift the scroll position by their height; at the very top nothing moves", () => {
	const before = layOut(items(100, 10), shape);
	const anchor = anchorOf(before, 610);
	assert.deepEqual([anchor.key, anchor.offset], ["r21", 50]);
	assert.equal(placeOf(layOut(items(110), shape), anchor, before), 610 + 600);
	assert.equal(anchorOf(before, 0), null);
});

test("if the anchor is gone, its neighbour stays in place", () => {
	const all = items(100), before = layOut(all, shape);
	const anchor = anchorOf(before, 600);
	const after = layOut(all.filter(({ id }) => id !== "r10" && id !== "r3"), shape);
	const place = placeOf(after, anchor, before);
	assert.equal(after.entries[after.places.get("r11")].top - place,
		before.entries[before.places.get("r11")].top - 600);
	assert.equal(placeOf(layOut([], shape), anchor, before), null);
});

test("keys of repeated groups are distinct", () => {
	const layout = layOut([{ id: "a", g: "x" }, { id: "b", g: "y" }, { id: "c", g: "x" }],
		{ ...shape, groupOf: ({ g }) => ({ key: g, title: g }) });
	assert.equal(new Set(layout.entries.map(({ key }) => key)).size, 6);
});
