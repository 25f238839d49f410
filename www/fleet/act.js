// Asks the server for what only it can do.  A request that is repeated after a lost answer has the same idempotency
// key, so nothing happens twice.

import { useRef, useState } from "preact/hooks";
import { status } from "../base/state.js";
import { actionKey, whyNot } from "./data.js";

/**
 * {run, busy, problem}.  run(request) calls work(key), then onDone(answer); request is a text that identifies what is
 * asked for, and another one gets another key.  explain(error) may return better words than the server's, or null.
 */
export function useAction(work, { onDone, explain = () => null }) {
	const asked = useRef({ request: null, key: null });
	const [busy, setBusy] = useState(false), [problem, setProblem] = useState(null);
	const run = async (request = "") => {
		if (asked.current.key === null || asked.current.request !== request)
			asked.current = { request, key: actionKey() };
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

/** Whether the server answered the last time. */
export function isReachable() {
	return status.value !== null && status.value.trouble === null;
}
