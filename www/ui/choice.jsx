// Inputs for one of several values: a drop-down list, segments side by side, a switch.  options are [value, label].

import { useId } from "preact/hooks";
import { useControl, useGroup } from "./field.jsx";
import { Icon } from "./icon.jsx";

/** empty: the words for no choice; without them, one option has to be chosen. */
export function Select({ value, onInput, options, name, id, label, disabled, empty }) {
	const known = options.some(([one]) => one === value);
	const choose = (event) => onInput(event.currentTarget.value === "" ? null : event.currentTarget.value);
	return (
		<div class="select anchor stack">
			<select
				class="input" {...useControl({ id, name, disabled, label })} value={value ?? ""}
				onChange={choose}
			>
				{(empty !== undefined || value === null || value === undefined) && (
					<option value="">{empty ?? "Choose…"}</option>
				)}
				{value && !known && <option value={value}>{value}</option>}
				{options.map(([one, words]) => <option key={one} value={one}>{words}</option>)}
			</select>
			<Icon name="down" size={16} />
		</div>
	);
}

/** emptiable: a press on the chosen option takes the choice back.  fit: only as wide as its words. */
export function Segments({ value, onInput, options, name, label, disabled, emptiable = false, fit = false }) {
	const own = useId();
	const drop = (one) => (event) => {
		if (!emptiable || one !== value)
			return;
		event.preventDefault();
		onInput(null);
	};
	return (
		<div class={fit ? "segments fit" : "segments"} role="radiogroup" {...useGroup({ label })}>
			{options.map(([one, words]) => (
				<label
					key={one} class="segment covered tight amid centre small medium soft"
					data-on={one === value ? "true" : undefined}
				>
					<input
						class="cover" type="radio" name={name ?? own} value={one}
						checked={one === value} disabled={disabled}
						onChange={() => onInput(one)} onClick={drop(one)}
					/>
					<span>{words}</span>
				</label>
			))}
		</div>
	);
}

export function Toggle({ value, onInput, name, id, label, disabled }) {
	return (
		<span class="toggle touch anchor">
			<input
				class="cover" type="checkbox" role="switch"
				{...useControl({ id, name, disabled, label })}
				checked={value === true} onChange={(event) => onInput(event.currentTarget.checked)}
			/>
			<span class="toggle-track" aria-hidden="true" />
		</span>
	);
}

/** A box to tick, with its words beside it; covered: what is drawn in its place is pressed. */
export function Check({ value, onInput, name, disabled, covered = false, children }) {
	return (
		<label class={covered ? "covered centre amid" : "check line gap-3 touch"}>
			<input
				class={covered ? "cover" : undefined} type="checkbox" name={name}
				checked={value === true} disabled={disabled}
				onChange={(event) => onInput(event.currentTarget.checked)}
			/>
			<span>{children}</span>
		</label>
	);
}
