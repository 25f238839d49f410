// A short list of rows, drawn as a whole.  Whatever takes a row away, such as its own button, the focus is not lost
// with it.

import { useLayoutEffect, useRef } from "preact/hooks";
import { focusBack } from "./beside.js";

const CONTROL = "button:not(:disabled), a[href]";

// What lies around an element and can have the focus, from inside.
function around(element) {
	const found = [];
	for (let one = element; (one = one.parentElement?.closest("[tabindex]"));)
		found.push(one);
	return found;
}

// To the row after the one that was at this place, else to the one before it, if they have a control; else to the list.
function focusNext(list, keys, was, at) {
	const rows = [...list.children], after = keys.filter((key) => was.indexOf(key) > at).length;
	const nearest = after > 0 ? [...rows.slice(-after), ...rows.slice(0, -after).reverse()] : rows.reverse();
	const next = nearest.map((row) => row.querySelector(CONTROL)).find(Boolean);
	(next ?? list).focus();
}

// The ref of the list.  Which row has the focus is read before the list is drawn anew.
function useKeptFocus(ref, keys) {
	const own = useRef(null), drawn = useRef([]), list = ref ?? own, was = drawn.current;
	const at = [...list.current?.children ?? []].findIndex((row) => row.contains(document.activeElement));

	useLayoutEffect(() => {
		drawn.current = keys;
		if (at >= 0 && !keys.includes(was[at]))
			focusNext(list.current, keys, was, at);
	});
	useLayoutEffect(() => () => {
		if (!list.current?.contains(document.activeElement))
			return;
		const outside = around(list.current);
		setTimeout(() => {
			if (document.activeElement === document.body)
				focusBack(outside.find((one) => one.isConnected));
		});
	}, []);
	return list;
}

/**
 * row(item): what is drawn of it.  empty: said if there are none.  listRef: for whoever moves the focus to a row, which
 * can then have it.
 */
export function Rows({ items, keyOf = ({ id }) => id, row, empty, listRef }) {
	const list = useKeptFocus(listRef, items.map(keyOf));
	if (items.length === 0 && empty)
		return <p ref={list} key="empty" class="hint" tabIndex={-1}>{empty}</p>;
	return (
		<ul ref={list} key="rows" class="rows" role="list" tabIndex={-1}>
			{items.map((item) => (
				<li key={keyOf(item)} tabIndex={listRef ? -1 : undefined}>{row(item)}</li>
			))}
		</ul>
	);
}
