// A list of any length, of which only the rows in view are in the document.  It scrolls with the element around it that
// scrolls, keeps its place when rows above it come and go, and keeps the row with the focus when it scrolls out of
// view.

import { useLayoutEffect, useMemo, useReducer, useRef } from "preact/hooks";
import { anchorOf, inSight, layOut, placeOf } from "./window.js";

const OVER = 400; // pixels that are drawn above and below the view
const HEAD = 44; // pixels of the head of a group

/** Heights are for a font size of 16 px; people with larger type get higher rows. */
function typeScale() {
	return Math.max(1, (parseFloat(getComputedStyle(document.documentElement).fontSize) || 16) / 16);
}

export function scrollerOf(element) {
	for (let one = element?.parentElement; one; one = one.parentElement)
		if (/auto|scroll/.test(getComputedStyle(one).overflowY))
			return one;
	return document.scrollingElement;
}

// How many pixels the upper edge of the scroller is below that of the list.
function topIn(scroller, element) {
	const edge = scroller === document.scrollingElement ? 0 : scroller.getBoundingClientRect().top;
	return edge - element.getBoundingClientRect().top;
}

/** The entries of a layout in view, [first, end]; draws again only when they change.  Table uses it too. */
export function useSight(layout, ref) {
	const [, draw] = useReducer((count) => count + 1, 0);
	const live = useRef({ layout, sight: [0, 30], scroller: null, before: null }).current;

	const look = () => {
		const { scroller } = live;
		if (!scroller || !ref.current)
			return;
		const top = topIn(scroller, ref.current);
		const sight = inSight(live.layout, top - OVER, top + (scroller.clientHeight || innerHeight) + OVER);
		live.anchor = anchorOf(live.layout, top);
		live.before = live.layout;
		if (sight[0] !== live.sight[0] || sight[1] !== live.sight[1]) {
			live.sight = sight;
			draw();
		}
	};

	if (live.layout !== layout) {
		live.layout = layout;
		live.moved = true;
	}

	useLayoutEffect(() => {
		live.scroller = scrollerOf(ref.current);
		const source = live.scroller === document.scrollingElement ? window : live.scroller;
		source.addEventListener("scroll", look, { passive: true });
		const observer = new ResizeObserver(look);
		observer.observe(live.scroller);
		look();
		return () => {
			source.removeEventListener("scroll", look);
			observer.disconnect();
		};
	}, []);

	useLayoutEffect(() => {
		if (!live.moved || !live.scroller)
			return;
		live.moved = false;
		const wanted = live.anchor && live.before && placeOf(layout, live.anchor, live.before);
		if (typeof wanted === "number")
			live.scroller.scrollTop += wanted - topIn(live.scroller, ref.current);
		look();
	});
	return live.sight.map((at) => Math.min(at, layout.entries.length));
}

/** Scrolls an entry into view. */
function reveal(element, entry) {
	const scroller = scrollerOf(element);
	const top = topIn(scroller, element), high = scroller.clientHeight;
	if (entry.top < top)
		scroller.scrollTop += entry.top - top - HEAD;
	else if (entry.top + entry.height > top + high)
		scroller.scrollTop += entry.top + entry.height - top - high + HEAD;
}

/** height: pixels of a row.  groupOf(item): a text, or {key, title, end}.  current: the key of the row to scroll to. */
export function List({ items, keyOf, row, groupOf, height = 64, label, current = null, id }) {
	const ref = useRef(null);
	const held = useRef(null); // the key of the row with the focus
	const scale = useMemo(typeScale, []);
	const layout = useMemo(() => layOut(items, {
		keyOf, groupOf, height: Math.round(height * scale), headHeight: Math.round(HEAD * scale),
	}), [items, groupOf, height]);
	const [first, end] = useSight(layout, ref);

	useLayoutEffect(() => {
		const place = current === null ? undefined : layout.places.get(current);
		if (place !== undefined)
			reveal(ref.current, layout.entries[place]);
	}, [current]);

	const shown = layout.entries.slice(first, end);
	const kept = held.current === null ? undefined : layout.places.get(held.current);
	if (kept !== undefined && (kept < first || kept >= end))
		shown.push(layout.entries[kept]);

	const hold = (event) => { held.current = event.target.closest("[data-key]")?.dataset.key ?? null; };
	return (
		<ul
			ref={ref} id={id} class="list anchor" role="list" aria-label={label}
			style={{ height: layout.total + "px" }} onFocusIn={hold}
			onFocusOut={() => { held.current = null; }}
		>
			{shown.map((entry) => (
				<li
					key={entry.key} data-key={entry.key}
					class={entry.item === null ? "list-group" : "list-item"}
					aria-setsize={entry.item === null ? undefined : items.length}
					aria-posinset={entry.item === null ? undefined : entry.at + 1}
					style={{ top: entry.top + "px", height: entry.height + "px" }}
				>
					{entry.item === null ? <GroupHead group={entry.group} /> : row(entry.item)}
				</li>
			))}
		</ul>
	);
}

function GroupHead({ group }) {
	return (
		<div class="group-head line gap-3 ends on-foot ruled">
			<h2 class="small soft cut">{group.title ?? group}</h2>
			{group.end && <span class="group-end small medium soft fixed">{group.end}</span>}
		</div>
	);
}
