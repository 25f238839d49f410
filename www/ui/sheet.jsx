// A sheet: it comes from below on phones, and beside or in the middle of the page on desktop.  Escape, a press beside
// it and dragging it down close it.  Whoever opens it stores what is typed in it.

import { createPortal } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { IconButton } from "./button.jsx";
import { useLayer } from "./layer.js";
import { createPresses } from "./press.js";

const FAR = 110; // pixels of a drag that closes
const QUICK = 0.6; // pixels a millisecond of a drag that closes
const CONTROLS = "button, a, input, select, textarea";

function useDrag(sheet, onClose) {
	const drag = useRef(null);
	const down = (event) => {
		const isDrag = event.button === 0 && !event.target.closest(CONTROLS);
		if (!isDrag || !matchMedia("(max-width: 719px)").matches)
			return;
		drag.current = { from: event.clientY, at: event.timeStamp, by: 0 };
		event.currentTarget.setPointerCapture(event.pointerId);
	};
	const move = (event) => {
		if (!drag.current)
			return;
		drag.current.by = Math.max(0, event.clientY - drag.current.from);
		sheet.current.style.transform = `translateY(${drag.current.by}px)`;
	};
	const up = (event) => {
		if (!drag.current)
			return;
		const { by, at } = drag.current;
		drag.current = null;
		sheet.current.style.transform = "";
		if (event.type === "pointerup" && (by > FAR || by / Math.max(1, event.timeStamp - at) > QUICK))
			onClose();
	};
	return { onPointerDown: down, onPointerMove: move, onPointerUp: up, onPointerCancel: up };
}

/**
 * side: at the edge of the window on desktop.  wide: wider there.  placed: part of the address, so that a step back
 * closes it.  lead: before the title.  head: behind it.  actions: in the foot, the main one last.
 */
export function Sheet({ title, onClose, actions, lead, head, side = false, wide = false, placed = false, children }) {
	const host = useLayer({ onClose, placed });
	const sheet = useRef(null);
	const id = useId();
	const drag = useDrag(sheet, onClose);
	const { current: presses } = useRef(createPresses());
	useLayoutEffect(presses.moved, []);
	// The second half of the double press that opened the sheet must not close it.
	const beside = (event) => {
		if (event.target === event.currentTarget && !presses.isBlind(event))
			onClose();
	};
	return createPortal(
		<div class={side ? "veil aside" : "veil"} onMouseDown={beside}>
			<section
				ref={sheet} class={wide ? "sheet paper clip wide full" : "sheet paper clip full"}
				role="dialog" aria-modal="true"
				aria-labelledby={id} tabindex={-1} data-focus
			>
				<header class="sheet-head anchor line" {...drag}>
					<span class="sheet-grip" aria-hidden="true" />
					{lead}
					<h2 id={id} class="big grow" dir="auto">{title}</h2>
					{head}
					<IconButton icon="close" label="Close" onClick={onClose} />
				</header>
				<div class="sheet-body scroll">{children}</div>
				{actions && <footer class="sheet-foot paper topped foot flow to-end">{actions}</footer>}
			</section>
		</div>, host);
}
