// Short messages about what just happened, each with at most one action.  One is shown at a time, the newest; what
// those before it can take back, the key Z still can, as long as they would have been there.  A message closes by
// itself, but not while the pointer is over it or the focus is in it.

import { signal } from "@preact/signals";
import { createPortal } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { Icon } from "./icon.jsx";
import { createPresses } from "./press.js";

const STAY = 6_000, GLANCE = 3_500; // milliseconds, with an action and without
const MOST = 4; // toasts that can be taken back
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

/**
 * text: words, or a function of signals that is followed while the toast is there.  kind: "plain", "good" or "bad".
 * action: the word on its button.  Returns how to close it.
 */
export function toast(text, { action = null, onAction = () => {}, kind = "plain" } = {}) {
	last += 1;
	const one = { key: last, text, action, onAction, kind, timer: null, isPast: false };
	for (const old of toasts.value.slice(0, Math.max(0, toasts.value.length + 1 - MOST)))
		close(old.key);
	for (const old of toasts.value)
		old.isPast = true;
	toasts.value = [...toasts.value, one];
	release(one);
	return () => close(one.key);
}

/** Closes all toasts, when the person they were for has gone. */
export function clearToasts() {
	for (const one of toasts.value)
		close(one.key);
}

/** A toast that tells what was done, with a button that takes it back. */
export function undoable(text, undo) {
	return toast(text, { action: UNDO, onAction: undo });
}

/** Takes back what the newest toast with an Undo button is about.  False if there is none. */
export function undoLast() {
	const one = toasts.value.findLast(({ action }) => action === UNDO);
	if (!one)
		return false;
	close(one.key);
	one.onAction();
	return true;
}

const ICONS = { good: "good", bad: "bad" };

// The second half of a double press does nothing: the other toasts have moved up, and it would press another one.
function pressOf(one) {
	return (event) => {
		if (presses.isSecond(event))
			return;
		close(one.key);
		one.onAction();
	};
}

function Toast({ one }) {
	const hold = () => clearTimeout(one.timer), go = () => release(one);
	return (
		<div
			class={`toast line gap-3 ${one.kind}`} onMouseEnter={hold} onMouseLeave={go} onFocusIn={hold}
			onFocusOut={go}
		>
			{ICONS[one.kind] && <Icon name={ICONS[one.kind]} />}
			<span class="toast-text over-1 clamp" dir="auto">
				{typeof one.text === "function" ? one.text() : one.text}
			</span>
			{one.action && (
				<button type="button" class="toast-act bare fixed bold" onClick={pressOf(one)}>
					{one.action}
				</button>
			)}
		</div>
	);
}

/** Where all toasts are shown; the page has it once. */
export function Toasts() {
	const [host] = useState(() => Object.assign(document.createElement("div"), { className: "toasts-host" }));
	useLayoutEffect(() => {
		host.dataset.always = "";
		document.body.append(host);
		return () => host.remove();
	}, []);
	return createPortal(
		<div class="toasts axis stack gap-2" role="status" aria-live="polite">
			{toasts.value.filter(({ isPast }) => !isPast).map((one) => <Toast key={one.key} one={one} />)}
		</div>, host);
}
