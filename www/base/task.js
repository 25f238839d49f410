// A request that a person waits for: whether it runs, and what went wrong in words, beside the field that it is about.

import { useState } from "preact/hooks";
import { report } from "./errors.js";
import { sentence } from "./words.js";

/**
 * {busy, error, problem (a sentence or null), problemOf(field), forget(), run(work)}.  run resolves to whether it
 * worked.
 */
export function useTask() {
	const [state, setState] = useState({ busy: false, error: null });

	async function run(work) {
		setState({ busy: true, error: null });
		try {
			await work();
			setState({ busy: false, error: null });
			return true;
		} catch (error) {
			if (typeof error?.status !== "number")
				report(error, "task");
			setState({ busy: false, error });
			return false;
		}
	}

	return {
		busy: state.busy,
		error: state.error,
		problem: state.error && !state.error.field ? sentence(state.error) : null,
		problemOf: (field) => (state.error?.field === field ? sentence(state.error) : undefined),
		forget: () => setState({ busy: false, error: null }),
		run,
	};
}
