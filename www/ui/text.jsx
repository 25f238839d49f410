// Inputs for words and figures.  A figure's input shows what is typed as long as it means the value it was given; when it is left, it
// shows how the value is written here.  What cannot be read is onInput(undefined, text, problem); `text` puts it back after a reload.

import { useState } from "preact/hooks";
import { useControl } from "./field.jsx";
import { readDuration, readMoney, readNumber, writeDuration, writeMoney, writeNumber } from "./numbers.js";
import { IconButton } from "./button.jsx";

/** lines: several; type: email, password, search, tel, url.  Values are texts, "" when empty. */
export function TextInput({ value, onInput, name, id, label, disabled, lines = false, type = "text", maxLength, placeholder, autocomplete = "off", autofocus, spellcheck, enterKeyHint, onKeyDown, onBlur }) {
	const shared = {
		...useControl({ id, name, disabled, label }), value: value ?? "", placeholder, autocomplete, autofocus, spellcheck, onKeyDown, onBlur, maxLength, dir: type === "text" ? "auto" : undefined,
		onInput: (event) => onInput(event.currentTarget.value),
	};
	if (lines)
		return <textarea class="input lines" rows={3} {...shared} />;
	return <input class="input" type={type} enterkeyhint={enterKeyHint} {...shared} />;
}

// What stands in the input: the typed text while it means the value, else the value as it is written.
function useTyped(value, text, read, write) {
	const [typed, setTyped] = useState(null);
	const isTyped = typed !== null && (value === undefined || (read(typed).value ?? null) === (value ?? null));
	return [isTyped ? typed : value === undefined && text !== undefined ? text : write(value), setTyped];
}

function FigureInput({ value, text, onInput, read, write, name, id, label, disabled, mode, placeholder, align, autofocus }) {
	const [shown, setTyped] = useTyped(value, text, read, write);
	const control = useControl({ id, name, disabled, label });
	function type(event) {
		const next = event.currentTarget.value;
		const parsed = read(next);
		setTyped(next);
		if (parsed.problem)
			onInput(undefined, next, parsed.problem);
		else
			onInput(parsed.value);
	}
	return (
		<input class={align === "start" ? "input" : "input figure"} type="text" inputmode={mode} autocomplete="off" spellcheck={false} placeholder={placeholder} autofocus={autofocus}
			{...control} value={shown} onInput={type} onBlur={() => { if (!read(shown).problem) setTyped(null); }} />
	);
}

/** scale: digits after the point.  steps: − and + beside it, by so much. */
export function NumberInput({ value, onInput, scale = 0, min, max, steps, ...rest }) {
	const mode = min >= 0 ? (scale > 0 ? "decimal" : "numeric") : "text";
	const input = <FigureInput value={value} onInput={onInput} read={(text) => readNumber(text, scale)} write={(number) => writeNumber(number, scale)} mode={mode} {...rest} />;
	if (!steps)
		return input;
	const move = (by) => {
		const next = Math.round(((value ?? 0) + by) * 10 ** scale) / 10 ** scale;
		onInput(Math.min(max ?? Infinity, Math.max(min ?? -Infinity, next)));
	};
	return (
		<div class="stepped">
			<IconButton kind="plain" icon="minus" label="Less" disabled={rest.disabled || (min !== undefined && value <= min)} onClick={() => move(-steps)} />
			{input}
			<IconButton kind="plain" icon="plus" label="More" disabled={rest.disabled || (max !== undefined && value >= max)} onClick={() => move(steps)} />
		</div>
	);
}

/** Values are cents. */
export function MoneyInput({ value, onInput, min, ...rest }) {
	return <FigureInput value={value} onInput={onInput} read={(text) => readMoney(text)} write={(cents) => writeMoney(cents)} mode={min >= 0 ? "decimal" : "text"} {...rest} />;
}

/** Values are seconds; it is typed as 7:30, 7.5 h, 45 min. */
export function DurationInput({ value, onInput, ...rest }) {
	return <FigureInput value={value} onInput={onInput} read={(text) => readDuration(text)} write={writeDuration} mode="text" placeholder="h:mm" {...rest} />;
}
