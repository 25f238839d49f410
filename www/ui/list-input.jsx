// An input for several short texts: Enter or a comma ends each, and each can be removed.  The text that is still being
// typed counts as one of them, so that saving early loses nothing.

import { useState } from "preact/hooks";
import { useControl } from "./field.jsx";
import { Icon } from "./icon.jsx";

function split(text) {
	return text.split(/[,\n]/).map((one) => one.trim()).filter(Boolean);
}

const isSame = (a, b) => a.length === b.length && a.every((one, at) => one === b[at]);

/** Values are arrays of texts, or null if there are none. */
export function ListInput({ value, onInput, name, id, label, disabled, placeholder = "Add one, then Enter" }) {
	const [typing, setTyping] = useState("");
	const all = value ?? [];
	const rest = split(typing);
	// The last text of the value is the one being typed, unless another value has been set from outside.
	const isOurs = rest.length > 0 && isSame(all.slice(-rest.length), rest);
	const kept = isOurs ? all.slice(0, -rest.length) : all;
	const shown = rest.length > 0 && !isOurs ? "" : typing;
	const give = (items) => onInput(items.length > 0 ? items : null);
	const remove = (at) => give([...kept.slice(0, at), ...kept.slice(at + 1), ...rest]);

	function type(text) {
		const parts = split(text);
		if (/[,\n]\s*$/.test(text))
			setTyping("");
		else
			setTyping(text);
		give([...kept, ...parts]);
	}

	function key(event) {
		if (event.key === "Enter" && shown.trim()) {
			event.preventDefault();
			setTyping("");
		} else if (event.key === "Backspace" && shown === "" && kept.length > 0) {
			give(kept.slice(0, -1));
		}
	}

	return (
		<div class="list-input flow snug" data-disabled={disabled ? "true" : undefined}>
			{kept.map((item, at) => (
				<span class="list-word line hair small" key={at + item}>
					<bdi class="cut">{item}</bdi>
					{!disabled && (
						<button
							type="button" class="bare disc muted"
							aria-label={`Remove ${item}`} onClick={() => remove(at)}
						>
							<Icon name="close" size={14} />
						</button>
					)}
				</span>
			))}
			<input
				class="list-typing bare" type="text" dir="auto" autocomplete="off" enterkeyhint="enter"
				{...useControl({ id, name, disabled, label })} value={shown}
				placeholder={kept.length === 0 ? placeholder : ""}
				onInput={(event) => type(event.currentTarget.value)} onKeyDown={key}
				onBlur={() => setTyping("")}
			/>
		</div>
	);
}
