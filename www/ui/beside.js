// What opens beside the page, such as a record beside its list.  For people who work by keyboard the focus goes there,
// and comes back when it closes.  The focus is never lost with an element that goes away.

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

/** Gives the focus back to an element, or to the page if the element has gone. */
export function focusBack(before) {
	const to = before?.isConnected && before !== document.body ? before : document.querySelector("main");
	to?.focus({ preventScroll: true });
}

/** The properties of the element beside the page. */
export function useBeside() {
	const element = useRef(null), isInside = useRef(false);

	useLayoutEffect(() => {
		const own = element.current, before = document.activeElement;
		if (before?.matches(":focus-visible") && !own.contains(before))
			own.focus({ preventScroll: true });
		return () => setTimeout(() => {
			if (document.activeElement === document.body)
				focusBack(before);
		});
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
