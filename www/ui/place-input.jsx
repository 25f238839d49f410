// An input for a place on earth: latitude and longitude as a map gives them, or where this device is.

import { useState } from "preact/hooks";
import { Button } from "./button.jsx";
import { useControl } from "./field.jsx";
import { formatDistance } from "./format.js";

const WORDS = "Latitude and longitude, such as 52.52001, 13.40495.";
const PATIENCE = 15_000; // milliseconds for the device to find itself

/** {value} or {problem} of "52.52001, 13.40495", with an accuracy in metres behind it if there is one. */
export function readPlace(text) {
	if (text.trim() === "")
		return { value: null };
	const parts = text.split(/[;,]\s+|[;\s]+|,(?=\s*-?\d+\.)/).map((part) => part.trim()).filter(Boolean);
	const [lat, lng, accuracy] = parts.map(Number);
	if (parts.length < 2 || parts.length > 3 || [lat, lng].some(Number.isNaN) || Math.abs(lat) > 90 || Math.abs(lng) > 180)
		return { problem: WORDS };
	return { value: { lat, lng, ...(accuracy >= 0 ? { accuracy } : {}) } };
}

function write(place) {
	return place ? `${place.lat}, ${place.lng}` : "";
}

const REASONS = { 1: "This device may not say where it is. Allow it in the settings of the browser, or type the place.", 2: "This device cannot find out where it is.", 3: "Finding out where this is took too long. Try again under an open sky." };

function find() {
	return new Promise((resolve, reject) => {
		if (!navigator.geolocation)
			return reject(new Error(REASONS[2]));
		setTimeout(() => reject(new Error(REASONS[3])), 2 * PATIENCE); // a browser whose question is left without an answer says nothing
		navigator.geolocation.getCurrentPosition(({ coords }) => resolve(coords), ({ code }) => reject(new Error(REASONS[code] ?? REASONS[2])), { enableHighAccuracy: true, timeout: PATIENCE });
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
		setState({ busy: true, problem: null });
		try {
			const { latitude, longitude, accuracy } = await find();
			setTyped(null);
			onInput({ lat: Math.round(latitude * 1e6) / 1e6, lng: Math.round(longitude * 1e6) / 1e6, accuracy: Math.round(accuracy) });
			setState({ busy: false, problem: null });
		} catch (error) {
			setState({ busy: false, problem: error.message });
		}
	}

	return (
		<div class="place-input">
			<input class="input" type="text" inputmode="text" autocomplete="off" spellcheck={false} placeholder="52.52001, 13.40495" {...useControl({ id, name, disabled, label })}
				value={isTyped ? typed : value === undefined && text !== undefined ? text : write(value)} onInput={type} onBlur={() => { if (value !== undefined) setTyped(null); }} />
			<Button icon="locate" busy={state.busy} disabled={disabled} onClick={here}>Use my position</Button>
			{state.problem && <p class="field-problem" role="alert">{state.problem}</p>}
			{value?.accuracy !== undefined && <p class="field-help">Known to {formatDistance(value.accuracy)}.</p>}
		</div>
	);
}
