// Sending a form.  It says what is wrong only after the person has tried to send it, and writes once however often the
// button is pressed.

import { useState } from "preact/hooks";

/**
 * {tried, setTried, busy, submit}.  problem: what is wrong with what is typed, or nothing.  write(): resolves to
 * whether it was kept; then done() is called.
 */
export function useSubmit(problem, write, done) {
	const [tried, setTried] = useState(false), [busy, setBusy] = useState(false);
	const submit = async (event) => {
		event.preventDefault();
		setTried(true);
		if (problem || busy)
			return;
		setBusy(true);
		const isKept = await write();
		setBusy(false);
		if (isKept)
			done();
	};
	return { tried, setTried, busy, submit };
}
