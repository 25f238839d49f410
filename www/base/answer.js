// An answer of the server that is not a record, such as a report.  It is asked for when it is shown and when its path
// changes.

import { useEffect, useState } from "preact/hooks";
import { moment } from "./router.jsx";
import { space } from "./state.js";

/** The path of a report or export, as of the moment that is on the screen. */
export function asShown(path) {
	return moment.value ? `${path}${path.includes("?") ? "&" : "?"}at=${moment.value}` : path;
}

/**
 * {data, error, again}.  about: the path within the space; the answer is as of the moment on the screen.  version: when
 * it changes, the answer is asked for again.  again() asks again; until the answer has come, data stays as it is.
 */
export function useAnswer(about, version = null) {
	const path = asShown(about);
	const [answer, setAnswer] = useState({ path: null, data: null, error: null });
	const [asked, setAsked] = useState(0);
	useEffect(() => {
		let current = true;
		setAnswer((was) => ({ path, data: was.path === path ? was.data : null, error: null }));
		space.value.request("GET", path).then(
			({ data }) => current && setAnswer({ path, data, error: null }),
			(error) => current && setAnswer((was) => ({ path, data: was.data, error })));
		return () => { current = false; };
	}, [path, version, asked]);
	return { data: answer.data, error: answer.error, again: () => setAsked(asked + 1) };
}
