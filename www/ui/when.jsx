// Inputs for dates, times and instants: the browser's own.  Values are those of the API: "2026-11-21", "08:34", an RFC
// 3339 instant, or null.  A half-filled input is onInput(undefined, "", problem).

import { useControl } from "./field.jsx";
import { clockIn, instantIn, instantText, ownZone, secondsOf } from "./zone.js";

const two = (n) => String(n).padStart(2, "0");

// The value of a browser's input is "" when it is empty and when it is half filled.  Only its validity differs.
function reader(onInput, problem, read = (text) => text) {
	return (event) => {
		const { value, validity } = event.currentTarget;
		if (validity.badInput)
			return onInput(undefined, "", problem);
		onInput(value === "" ? null : read(value));
	};
}

function WhenInput({ type, value, onInput, problem, read, name, id, label, disabled, ...rest }) {
	return (
		<input
			class="input when" type={type} {...useControl({ id, name, disabled, label })}
			value={value ?? ""} onInput={reader(onInput, problem, read)} {...rest}
		/>
	);
}

export function DateInput({ min, max, ...rest }) {
	return <WhenInput type="date" problem="A date, please." min={min} max={max ?? "9999-12-31"} {...rest} />;
}

export function TimeInput({ value, ...rest }) {
	return (
		<WhenInput
			type="time" problem="A time, please." value={value} step={value?.length > 5 ? 1 : 60} {...rest}
		/>
	);
}

/** An instant in the local time of a zone: "2026-11-21T08:34". */
export function localOf(instant, zone = ownZone()) {
	const at = Date.parse(instant);
	if (Number.isNaN(at))
		return "";
	const { date, hour, minute, second } = clockIn(zone, at);
	return `${date}T${two(hour)}:${two(minute)}${second ? ":" + two(second) : ""}`;
}

/** The instant of a local time; null if there is no such time. */
export function instantOf(local, zone = ownZone()) {
	const [date, time] = local.split("T");
	const at = time === undefined ? NaN : instantIn(zone, date, secondsOf(time));
	return Number.isNaN(at) ? null : instantText(at);
}

/** zone: the zone of the typed time; if there is none, that of this device. */
export function InstantInput({ value, onInput, zone, ...rest }) {
	const local = value ? localOf(value, zone) : "";
	return (
		<WhenInput
			type="datetime-local" problem="A date and a time, please." value={local}
			step={local.length > 16 ? 1 : 60} max="9999-12-31T23:59" read={(text) => instantOf(text, zone)}
			onInput={onInput} {...rest}
		/>
	);
}
