// Asks the server for something that only it can do.  One key for one wish: a second press after a lost answer does nothing twice.

import { useRef, useState } from "preact/hooks";
import { status } from "../base/state.js";
import { actionKey, whyNot } from "./data.js";

/**
 * useAction(work, {onDone, explain}): work(key) asks; explain(error) may know better words than the server.  run(wish) begins; wish is
 * what is asked, as a text: another wish gets another key.
 */
export function useAction(work, { onDone, explain = () => null }) {
	const asked = useRef({ wish: null, key: null });
	const [busy, setBusy] = useState(false), [problem, setProblem] = useState(null);
	const run = async (wish = "") => {
		if (asked.current.key === null || asked.current.wish !== wish)
			asked.current = { wish, key: actionKey() };
		setBusy(true);
		setProblem(null);
		try {
			const answer = await work(asked.current.key);
			asked.current.key = null;
			onDone(answer);
		} catch (error) {
			if (!error.isPassing)
				asked.current.key = null;
			setProblem(await explain(error) ?? whyNot(error));
		}
		setBusy(false);
	};
	return { run, busy, problem };
}

/** Whether the server answers, as far as is known. */
export function isReachable() {
	return status.value !== null && status.value.trouble === null;
}
