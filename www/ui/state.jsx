// Instead of content: nothing there, something wrong, not there yet.

import { Button } from "./button.jsx";
import { Icon } from "./icon.jsx";

/** text: one sentence.  action: one button. */
export function Empty({ icon, text, children, action }) {
	return (
		<div class="nothing">
			{icon && <span class="nothing-mark"><Icon name={icon} size={28} /></span>}
			<p class="nothing-text" dir="auto">{text}</p>
			{children}
			{action}
		</div>
	);
}

/** What went wrong and what can be done.  onRetry: a button that tries again. */
export function Trouble({ text, children, onRetry, retry = "Try again", action }) {
	return (
		<div class="nothing trouble" role="alert">
			<span class="nothing-mark"><Icon name="warn" size={28} /></span>
			<p class="nothing-text" dir="auto">{text}</p>
			{children && <div class="nothing-more">{children}</div>}
			{onRetry ? <Button icon="sync" onClick={onRetry}>{retry}</Button> : action}
		</div>
	);
}

/** What will come, in outline; seen only when it takes longer than a glance. */
export function Waiting({ rows = 6, label = "Loading" }) {
	return (
		<div class="waiting late" role="status" aria-busy="true">
			<span class="unseen">{label}</span>
			{Array.from({ length: rows }, (_, at) => <div key={at} class="waiting-row" aria-hidden="true" />)}
		</div>
	);
}

/** A notice that stands in the page.  kind: "info", "good", "warn" or "bad". */
export function Notice({ kind = "info", icon, children, action }) {
	return (
		<div class={`notice ${kind}`} role={kind === "bad" ? "alert" : "status"}>
			<Icon name={icon ?? { info: "info", good: "good", warn: "warn", bad: "bad" }[kind]} />
			<div class="notice-text">{children}</div>
			{action}
		</div>
	);
}
