// Inputs for text and figures.  The input of a figure shows what is typed as long as that means its value.  After the
// person has left it, it shows the value in the locale's form.  A text that cannot be read is
// onInput(undefined, text, problem); the property `text` shows it again after a reload.

import { useId, useState } from "preact/hooks";
import { useControl } from "./field.jsx";
import { readDuration, readMoney, readNumber, writeDuration, writeMoney, writeNumber } from "./numbers.js";
import { IconButton } from "./button.jsx";

/**
 * lines: for several lines.  type: email, password, search, tel, url.  suggestions: texts to choose from, or to type
 * another.  Values are texts, "" when empty.
 */
export function TextInput({
	value, onInput, name, id, label, disabled, readOnly, lines = false, type = "text", maxLength, placeholder,
	autocomplete = "off", autofocus, spellcheck, inputMode, enterKeyHint, onKeyDown, onBlur, suggestions = [],
}) {
	const own = useId();
	const shared = {
		...useControl({ id, name, disabled, label }), value: value ?? "", readOnly, maxLength, placeholder,
		autocomplete, autofocus, spellcheck, dir: type === "text" ? "auto" : undefined,
		onInput: (event) => onInput(event.currentTarget.value), onKeyDown, onBlur,
	};
	if (lines)
		return <textarea class="input lines" rows={3} {...shared} />;
	const list = suggestions.length > 0 ? own : undefined;
	return (
		<>
			<input
				class="input" type={type} inputmode={inputMode} enterkeyhint={enterKeyHint} list={list}
				{...shared}
			/>
			{list && (
				<datalist id={own}>
					{suggestions.map((text) => <option key={text} value={text} />)}
				</datalist>
			)}
		</>
	);
}

// What the input shows: the typed text while it means the value, else the value in the locale's form.
function useTyped(value, text, read, write) {
	const [typed, setTyped] = useState(null);
	const isTyped = typed !== null && (value === undefined || (read(typed).value ?? null) === (value ?? null));
	const kept = value === undefined && text !== undefined ? text : write(value);
	return [isTyped ? typed : kept, setTyped];
}

function FigureInput({
	value, text, onInput, read, write, name, id, label, disabled, mode, placeholder, align, autofocus,
}) {
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
	function leave() {
		if (!read(shown).problem)
			setTyped(null);
	}
	return (
		<input
			class={align === "start" ? "input" : "input figure"} type="text" inputmode={mode}
			autocomplete="off" spellcheck={false} placeholder={placeholder} autofocus={autofocus}
			{...control} value={shown} onInput={type} onBlur={leave}
		/>
	);
}

/** scale: digits after the point.  steps: how much the buttons − and + beside it add; without it, no buttons. */
export function NumberInput({ value, onInput, scale = 0, min, max, steps, ...rest }) {
	const positive = scale > 0 ? "decimal" : "numeric", mode = min >= 0 ? positive : "text";
	const input = (
		<FigureInput
			value={value} onInput={onInput} read={(text) => readNumber(text, scale)}
			write={(number) => writeNumber(number, scale)} mode={mode} {...rest}
		/>
	);
	if (!steps)
		return input;
	const move = (by) => {
		const next = Math.round(((value ?? 0) + by) * 10 ** scale) / 10 ** scale;
		onInput(Math.min(max ?? Infinity, Math.max(min ?? -Infinity, next)));
	};
	return (
		<div class="stepped">
			<IconButton
				kind="plain" icon="minus" label="Less"
				disabled={rest.disabled || (min !== undefined && value <= min)}
				onClick={() => move(-steps)}
			/>
			{input}
			<IconButton
				kind="plain" icon="plus" label="More"
				disabled={rest.disabled || (max !== undefined && value >= max)}
				onClick={() => move(steps)}
			/>
		</div>
	);
}

/** Values are cents. */
export function MoneyInput({ value, onInput, min, ...rest }) {
	return (
		<FigureInput
			value={value} onInput={onInput} read={(text) => readMoney(text)}
			write={(cents) => writeMoney(cents)} mode={min >= 0 ? "decimal" : "text"} {...rest}
		/>
	);
}

/** Values are seconds; it is typed as 7:30, 7.5 h, 45 min. */
export function DurationInput({ value, onInput, ...rest }) {
	return (
		<FigureInput
			value={value} onInput={onInput} read={(text) => readDuration(text)} write={writeDuration}
			mode="text" placeholder="h:mm" {...rest}
		/>
	);
}
