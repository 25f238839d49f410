// What the server says of something that is no record, such as a report: asked when it is shown and when the path changes.

import { useEffect, useState } from "preact/hooks";
import { space } from "./state.js";

/** path: within the space.  version: asked anew when it changes.  {data, error, again}; data stays while the same is asked again. */
export function useAnswer(path, version = null) {
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
