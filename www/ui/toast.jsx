// Short messages about what just happened, each with at most one way back.  They leave by themselves, but not while somebody points at
// them or has the focus in them.

import { signal } from "@preact/signals";
import { createPortal } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { Icon } from "./icon.jsx";
import { createPresses } from "./press.js";

const STAY = 6_000, GLANCE = 3_500; // milliseconds, with something to do and without
const MOST = 4;
const UNDO = "Undo";

const toasts = signal([]);
const presses = createPresses();
let last = 0;

function close(key) {
	const gone = toasts.value.find((one) => one.key === key);
	clearTimeout(gone?.timer);
	toasts.value = toasts.value.filter((one) => one.key !== key);
}

function release(one) {
	clearTimeout(one.timer);
	one.timer = setTimeout(() => close(one.key), one.action ? STAY : GLANCE);
}

/** text: a function of signals is followed while it stands.  kind: "good", "bad" or nothing.  action: the word on its button.  Answers how to take it away. */
export function toast(text, { action = null, onAction = () => {}, kind = "plain" } = {}) {
	last += 1;
	const one = { key: last, text, action, onAction, kind, timer: null };
	for (const old of toasts.value.slice(0, Math.max(0, toasts.value.length + 1 - MOST)))
		close(old.key);
	toasts.value = [...toasts.value, one];
	release(one);
	return () => close(one.key);
}

/** Nobody's any more: who they were said to has gone. */
export function clearToasts() {
	for (const one of toasts.value)
		close(one.key);
}

/** What was done, and how to take it back. */
export function undoable(text, undo) {
	return toast(text, { action: UNDO, onAction: undo });
}

/** Takes back what the newest message that offers it is about; false when there is none. */
export function undoLast() {
	const one = toasts.value.findLast(({ action }) => action === UNDO);
	if (!one)
		return false;
	close(one.key);
	one.onAction();
	return true;
}

const ICONS = { good: "good", bad: "bad" };

// When one has done its work the others move up, and the second half of a double press would meet another.
function pressOf(one) {
	return (event) => {
		if (presses.isSecond(event))
			return;
		close(one.key);
		one.onAction();
	};
}

function Toast({ one }) {
	return (
		<div class={`toast ${one.kind}`} onMouseEnter={() => clearTimeout(one.timer)} onMouseLeave={() => release(one)}
			onFocusIn={() => clearTimeout(one.timer)} onFocusOut={() => release(one)}>
			{ICONS[one.kind] && <Icon name={ICONS[one.kind]} />}
			<span class="toast-text" dir="auto">{typeof one.text === "function" ? one.text() : one.text}</span>
			{one.action && <button type="button" class="toast-act" onClick={pressOf(one)}>{one.action}</button>}
		</div>
	);
}

/** Stands once in the frame. */
export function Toasts() {
	const [host] = useState(() => Object.assign(document.createElement("div"), { className: "toasts-host" }));
	useLayoutEffect(() => {
		host.dataset.always = "";
		document.body.append(host);
		return () => host.remove();
	}, []);
	return createPortal(
		<div class="toasts" role="status" aria-live="polite">
			{toasts.value.map((one) => <Toast key={one.key} one={one} />)}
		</div>, host);
}
