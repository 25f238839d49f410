// A menu: a button that opens a list of actions.  The arrow keys move, Escape closes.

import { createPortal } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button, IconButton } from "./button.jsx";
import { Icon } from "./icon.jsx";
import { useLayer } from "./layer.js";

const MARGIN = 8;

// Places the list below the button, or above it if there is more room, and within the window.
function place(element, anchor) {
	const from = anchor.getBoundingClientRect(), own = element.getBoundingClientRect();
	const isRightToLeft = getComputedStyle(anchor).direction === "rtl";
	const below = innerHeight - from.bottom - MARGIN, isAbove = own.height > below && from.top > below;
	const top = isAbove ? Math.max(MARGIN, from.top - own.height - 4) : from.bottom + 4;
	const wanted = isRightToLeft ? from.left : from.right - own.width;
	element.style.top = `${top}px`;
	element.style.left = `${Math.min(innerWidth - own.width - MARGIN, Math.max(MARGIN, wanted))}px`;
}

function Items({ anchor, items, label, onClose }) {
	const list = useRef(null);
	const host = useLayer({ modal: false, onClose });
	useLayoutEffect(() => {
		place(list.current, anchor);
		list.current.querySelector("[role=menuitem]:not(:disabled)")?.focus({ preventScroll: true });
		const outside = (event) => {
			if (!list.current?.contains(event.target) && !anchor.contains(event.target))
				onClose();
		};
		document.addEventListener("pointerdown", outside, true);
		addEventListener("resize", onClose);
		return () => {
			document.removeEventListener("pointerdown", outside, true);
			removeEventListener("resize", onClose);
		};
	}, []);
	const move = (event) => {
		const all = [...list.current.querySelectorAll("[role=menuitem]:not(:disabled)")];
		const at = all.indexOf(document.activeElement);
		const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
		if (event.key === "Tab")
			onClose();
		if (next === undefined || all.length === 0)
			return;
		event.preventDefault();
		all[(next + all.length) % all.length].focus();
	};
	const select = (item) => {
		onClose();
		item.onSelect();
	};
	return createPortal(
		<div ref={list} class="menu scroll lifted stack gap-0" role="menu" aria-label={label} onKeyDown={move}>
			{items.filter(Boolean).map((item, at) => (
				<button
					key={at} type="button" role="menuitem" disabled={item.disabled}
					class={item.danger ? "menu-item item danger" : "menu-item item"}
					onClick={() => select(item)}
				>
					{item.icon && <Icon name={item.icon} />}
					<span dir="auto">{item.label}</span>
					{item.hint && <span class="tiny muted push">{item.hint}</span>}
				</button>
			))}
		</div>, host);
}

/** items: [{label, icon, onSelect, danger, disabled, hint}]; falsy ones are left out.  words: on the button. */
export function Menu({ label, items, icon = "more", words, kind = "quiet", small = false }) {
	const [open, setOpen] = useState(null);
	const toggle = (event) => {
		const anchor = event.currentTarget;
		setOpen((was) => (was ? null : anchor));
	};
	const shared = {
		kind, icon, onClick: toggle, "aria-haspopup": "menu", "aria-expanded": open ? "true" : "false",
	};
	return [
		words ? (
			<Button key="button" small={small} aria-label={label} {...shared}>{words}</Button>
		) : (
			<IconButton key="button" label={label} {...shared} />
		),
		open && <Items key="items" anchor={open} items={items} label={label} onClose={() => setOpen(null)} />,
	];
}
