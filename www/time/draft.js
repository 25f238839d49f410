// A form whose typed parts are kept on this device until they are entered or dropped.

import { useState } from "preact/hooks";
import { engine } from "../base/state.js";

/**
 * Keeps what is typed under a key until it is entered or dropped: the changed fields, and what the person saw when they
 * began (seen).  given: what the person has just chosen elsewhere; it goes over what was kept.
 */
export function useForm(key, initialOf, seen = null, given = {}) {
	const [kept, setKept] = useState(() => engine.notes.get(key) ?? null);
	const [pointed, setPointed] = useState(given);
	const base = kept?.seen ?? seen, initial = initialOf(base);
	const form = { ...initial, ...kept?.typed, ...pointed };
	const type = (changes) => {
		const next = { typed: { ...kept?.typed, ...pointed, ...changes }, seen: base };
		engine.notes.put(key, next);
		setKept(next);
		setPointed({});
	};
	const drop = () => {
		engine.notes.drop(key);
		setKept(null);
		setPointed({});
	};
	return { form, before: initial, seen: base, type, drop, isKept: kept !== null };
}
