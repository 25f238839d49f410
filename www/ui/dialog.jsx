// A dialog, only for what cannot be undone; and confirm(), which asks one question from anywhere.

import { createPortal, render } from "preact";
import { useId } from "preact/hooks";
import { Button } from "./button.jsx";
import { useLayer } from "./layer.js";

export function Dialog({ title, children, actions, onClose = () => {} }) {
	const host = useLayer({ onClose });
	const id = useId();
	return createPortal(
		<div class="veil middle">
			<section
				class="dialog scroll paper lifted stack gap-3" role="alertdialog" aria-modal="true"
				aria-labelledby={id} aria-describedby={id + "-text"} tabindex={-1} data-focus
			>
				<h2 id={id} class="big" dir="auto">{title}</h2>
				<div id={id + "-text"} class="soft">{children}</div>
				<footer class="dialog-foot apart flow to-end">{actions}</footer>
			</section>
		</div>, host);
}

/** Resolves to whether the person agrees.  action: the verb on the button. */
export function confirm({ title, text, action, cancel = "Cancel", danger = false }) {
	return new Promise((resolve) => {
		const root = document.createElement("div");
		const answer = (value) => {
			render(null, root);
			resolve(value);
		};
		render(
			<Dialog title={title} onClose={() => answer(false)} actions={[
				<Button key="cancel" onClick={() => answer(false)}>{cancel}</Button>,
				<Button key="action" kind={danger ? "danger" : "primary"} onClick={() => answer(true)}>
					{action}
				</Button>,
			]}>
				<p>{text}</p>
			</Dialog>, root);
	});
}
