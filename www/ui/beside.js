// What opens beside the page, such as a record beside its list: who works by keyboard goes on there, and is back where they were when it
// closes.  Nobody's focus falls to nowhere with a part that goes away.

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

/** Gives the focus back to an element, or to the page where that has gone. */
export function focusBack(before) {
	const to = before?.isConnected && before !== document.body ? before : document.querySelector("main");
	to?.focus({ preventScroll: true });
}

/** Properties of the element that is beside the page. */
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
	// What had the focus in it may have been put in place of by something else.
	useEffect(() => {
		if (isInside.current && document.activeElement === document.body)
			element.current.focus({ preventScroll: true });
	});
	return {
		ref: element, tabIndex: -1, onFocusIn: () => { isInside.current = true; },
		onFocusOut: ({ relatedTarget }) => { isInside.current = relatedTarget === null || element.current.contains(relatedTarget); },
	};
}
