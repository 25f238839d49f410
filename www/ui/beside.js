// What opens beside the page, such as a record beside its list.  For people who work by keyboard the focus goes there,
// and comes back when it closes.  The focus is never lost with an element that goes away.

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

/** Gives the focus back to an element, or to the page if the element has gone. */
export function focusBack(before) {
	const to = before?.isConnected && before !== document.body ? before : document.querySelector("main");
	to?.focus({ preventScroll: true });
}

// What had the focus before a pane that has just closed with the focus in it: {before}, or null.  Another pane may open
// in the same step, as the form of a record does in place of the record: the focus goes on into that one, and back to
// where it was before the first.
let handed = null;

function leave(before, hadFocus) {
	const mine = hadFocus ? { before } : handed;
	handed = mine;
	setTimeout(() => {
		handed = handed === mine ? null : handed;
		if (document.activeElement === document.body)
			focusBack(before);
	});
}

/** The properties of the element beside the page. */
export function useBeside() {
	const element = useRef(null), isInside = useRef(false);

	useLayoutEffect(() => {
		const own = element.current, { activeElement, body } = document;
		const isNext = handed !== null, before = isNext ? handed.before : activeElement;
		handed = null;
		if (isNext ? activeElement === body : before?.matches(":focus-visible") && !own.contains(before))
			own.focus({ preventScroll: true });
		return () => leave(before, own.contains(document.activeElement));
	}, []);
	// The element that had the focus may have been replaced.
	useEffect(() => {
		if (isInside.current && document.activeElement === document.body)
			element.current.focus({ preventScroll: true });
	});
	const onFocusIn = () => { isInside.current = true; };
	const onFocusOut = ({ relatedTarget }) => {
		isInside.current = relatedTarget === null || element.current.contains(relatedTarget);
	};
	return { ref: element, tabIndex: -1, onFocusIn, onFocusOut };
}
