// What is open over the page: sheets, dialogs, menus.  Only the top modal layer can be used.  Escape closes the top
// layer; the element that opened it then gets the focus again.  Elements marked data-always (toasts) can always be
// used.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { focusBack } from "./beside.js";

const layers = []; // {host, modal, placed, close}, from below

function settle() {
	const top = layers.findLastIndex(({ modal }) => modal);
	for (const element of document.body.children) {
		if (element.dataset.always !== undefined || element.tagName === "SCRIPT")
			continue;
		element.inert = top >= 0 && layers.findIndex(({ host }) => host === element) < top;
	}
	document.documentElement.classList.toggle("layered", top >= 0);
}

function onKey(event) {
	if (event.key !== "Escape" || event.defaultPrevented || layers.length === 0)
		return;
	event.preventDefault();
	event.stopPropagation();
	layers.at(-1).close();
}

function open(layer) {
	const before = document.activeElement;
	if (layers.length === 0)
		document.addEventListener("keydown", onKey);
	layers.push(layer);
	document.body.append(layer.host);
	settle();
	return () => {
		const { activeElement, body } = document;
		layers.splice(layers.indexOf(layer), 1);
		const hadFocus = layer.host.contains(activeElement) || activeElement === body;
		layer.host.remove();
		settle();
		if (layers.length === 0)
			document.removeEventListener("keydown", onKey);
		if (hadFocus)
			focusBack(before);
	};
}

/** Whether something modal is open: then the keys of the page underneath do nothing. */
export function isCovered() {
	return layers.some(({ modal }) => modal);
}

/** Closes the top layer, for a step back.  False if there is none, or if the step closes it as part of the address. */
export function closeTop() {
	const top = layers.at(-1);
	if (!top || top.placed)
		return false;
	top.close();
	return true;
}

function focusFirst(host) {
	const first = host.querySelector("[autofocus]") ?? host.querySelector("[data-focus]") ?? host.firstElementChild;
	first?.focus({ preventScroll: true });
}

/**
 * The element of a layer, for createPortal.  It is in the document while the component is.  placed: part of the
 * address.
 */
export function useLayer({ modal = true, placed = false, onClose }) {
	const [host] = useState(() => Object.assign(document.createElement("div"), { className: "layer" }));
	const close = useRef(onClose);
	close.current = onClose;
	useLayoutEffect(() => {
		const shut = open({ host, modal, placed, close: () => close.current() });
		focusFirst(host);
		return shut;
	}, []);
	return host;
}
