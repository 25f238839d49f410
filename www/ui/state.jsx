// What is shown in place of content: that there is nothing, that something went wrong, or that it is still loading.

import { Button } from "./button.jsx";
import { Icon } from "./icon.jsx";

/** text: one sentence.  action: one button. */
export function Empty({ icon, text, children, action }) {
	return (
		<div class="nothing axis amid stack soft">
			{icon && <span class="nothing-mark disc"><Icon name={icon} size={28} /></span>}
			<p class="nothing-text" dir="auto">{text}</p>
			{children}
			{action}
		</div>
	);
}

/** What went wrong and what can be done.  onRetry: what the button to try again does. */
export function Trouble({ text, children, onRetry, retry = "Try again", action }) {
	return (
		<div class="nothing axis amid trouble stack soft" role="alert">
			<span class="nothing-mark disc"><Icon name="warn" size={28} /></span>
			<p class="nothing-text" dir="auto">{text}</p>
			{children && <div class="hint">{children}</div>}
			{onRetry ? <Button icon="sync" onClick={onRetry}>{retry}</Button> : action}
		</div>
	);
}

/** The outline of what is loading.  It shows only after a moment. */
export function Waiting({ rows = 6, label = "Loading" }) {
	const places = Array.from({ length: rows }, (_, at) => at);
	return (
		<div class="waiting over-2 stack gap-0 late" role="status" aria-busy="true">
			<span class="unseen">{label}</span>
			{places.map((at) => <div key={at} class="waiting-row" aria-hidden="true" />)}
		</div>
	);
}

/** A notice in the page.  kind: "info", "good", "warn" or "bad". */
export function Notice({ kind = "info", icon, children, action }) {
	return (
		<div
			class={`notice plate flow gap-3 on-top small soft ${kind}`}
			role={kind === "bad" ? "alert" : "status"}
		>
			<Icon name={icon ?? { info: "info", good: "good", warn: "warn", bad: "bad" }[kind]} />
			<div class="notice-text">{children}</div>
			{action}
		</div>
	);
}
