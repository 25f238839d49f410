// An input for a place: latitude and longitude as maps give them, or the position of this device.

import { useState } from "preact/hooks";
import { Button } from "./button.jsx";
import { useControl } from "./field.jsx";
import { formatDistance } from "./format.js";

const WORDS = "Latitude and longitude, such as 52.52001, 13.40495.";
const PATIENCE = 15_000; // milliseconds for the device to find its position

/** Reads "52.52001, 13.40495", with or without an accuracy in metres behind it: {value} or {problem}. */
export function readPlace(text) {
	if (text.trim() === "")
		return { value: null };
	const parts = text.split(/[;,]\s+|[;\s]+|,(?=\s*-?\d+\.)/).map((part) => part.trim()).filter(Boolean);
	const [lat, lng, accuracy] = parts.map(Number);
	const isOnEarth = Math.abs(lat) <= 90 && Math.abs(lng) <= 180; // false for what is no number
	if (parts.length < 2 || parts.length > 3 || !isOnEarth)
		return { problem: WORDS };
	return { value: { lat, lng, ...(accuracy >= 0 ? { accuracy } : {}) } };
}

function write(place) {
	return place ? `${place.lat}, ${place.lng}` : "";
}

const REASONS = {
	1: "This device may not say where it is. Allow it in the settings of the browser, or type the place.",
	2: "This device cannot find out where it is.",
	3: "Finding out where this is took too long. Try again under an open sky.",
};

function find() {
	return new Promise((resolve, reject) => {
		if (!navigator.geolocation)
			return reject(new Error(REASONS[2]));
		// The browser calls neither of them while its own question stays unanswered.
		setTimeout(() => reject(new Error(REASONS[3])), 2 * PATIENCE);
		navigator.geolocation.getCurrentPosition(
			({ coords }) => resolve(coords),
			({ code }) => reject(new Error(REASONS[code] ?? REASONS[2])),
			{ enableHighAccuracy: true, timeout: PATIENCE }
		);
	});
}

/** Values are {lat, lng, accuracy}. */
export function PlaceInput({ value, text, onInput, name, id, label, disabled }) {
	const [typed, setTyped] = useState(null);
	const [state, setState] = useState({ busy: false, problem: null });
	const isTyped = typed !== null && (value === undefined || write(readPlace(typed).value) === write(value));

	function type(event) {
		const next = event.currentTarget.value, parsed = readPlace(next);
		setTyped(next);
		if (parsed.problem)
			onInput(undefined, next, parsed.problem);
		else
			onInput(parsed.value);
	}

	async function here() {
		const rounded = (degrees) => Math.round(degrees * 1e6) / 1e6;
		setState({ busy: true, problem: null });
		try {
			const { latitude, longitude, accuracy } = await find();
			setTyped(null);
			onInput({ lat: rounded(latitude), lng: rounded(longitude), accuracy: Math.round(accuracy) });
			setState({ busy: false, problem: null });
		} catch (error) {
			setState({ busy: false, problem: error.message });
		}
	}

	function leave() {
		if (value !== undefined)
			setTyped(null);
	}

	const kept = value === undefined && text !== undefined ? text : write(value);
	return (
		<div class="place-input flow">
			<input
				class="input" type="text" inputmode="text" autocomplete="off" spellcheck={false}
				placeholder="52.52001, 13.40495" {...useControl({ id, name, disabled, label })}
				value={isTyped ? typed : kept} onInput={type} onBlur={leave}
			/>
			<Button icon="locate" busy={state.busy} disabled={disabled} onClick={here}>
				Use my position
			</Button>
			{state.problem && <p class="field-problem small bad" role="alert">{state.problem}</p>}
			{value?.accuracy !== undefined && (
				<p class="small muted">Known to {formatDistance(value.accuracy)}.</p>
			)}
		</div>
	);
}
