// A form on its way: what is wrong is said once somebody has tried, it is written once, and what was written leaves the form.

import { useState } from "preact/hooks";

/** problem: of what is typed, or nothing.  write(): answers whether it was kept.  done(): afterwards.  {tried, setTried, busy, submit}. */
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
