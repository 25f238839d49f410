// Buttons.  busy: the button keeps its width and ignores presses.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { Icon } from "./icon.jsx";

/** The id of what a button is about, such as the title of its row: a screen reader says it after the button's words. */
export const Described = createContext(undefined);

const MARKS = { primary: "button primary", plain: "button", quiet: "button quiet", danger: "button danger" };

function namesOf(...names) {
	return names.filter(Boolean).join(" ");
}

function pressOf({ busy, onClick }) {
	return busy ? (event) => event.preventDefault() : onClick;
}

export function Button({
	kind = "plain", icon, busy = false, disabled = false, type = "button", onClick, wide = false, small = false,
	class: more, children, ...rest
}) {
	return (
		<button
			type={type} disabled={disabled} aria-describedby={useContext(Described)}
			class={namesOf(MARKS[kind], wide && "full", small && "small", busy && "busy", more)}
			aria-busy={busy ? "true" : undefined} onClick={pressOf({ busy, onClick })} {...rest}
		>
			{icon && <Icon name={icon} size={small ? 16 : 20} />}
			{children !== undefined && <span class="button-words">{children}</span>}
			{busy && <span class="spinner" aria-hidden="true" />}
		</button>
	);
}

/** A button with only an icon; the label is its accessible name and its tooltip. */
export function IconButton({
	icon, label, kind = "quiet", busy = false, disabled = false, type = "button", onClick, size = 20, class: more,
	...rest
}) {
	return (
		<button
			type={type} class={namesOf(MARKS[kind], "round fixed", busy && "busy", more)}
			disabled={disabled}
			aria-label={label} title={label} aria-busy={busy ? "true" : undefined}
			onClick={pressOf({ busy, onClick })} {...rest}
		>
			<Icon name={icon} size={size} />
			{busy && <span class="spinner" aria-hidden="true" />}
		</button>
	);
}
