// What only the server knows, asked for when a screen opens.

import { useEffect, useRef, useState } from "preact/hooks";

/**
 * {data, error, ask}.  load(): resolves to the data; it is called again by ask() and when one of `about` changes.  The
 * answer to the latest call holds, whenever those before it come.
 */
export function useAsked(load, ...about) {
	const [state, setState] = useState({ data: null, error: null });
	const calls = useRef(0);
	const ask = async () => {
		const call = ++calls.current;
		const put = (change) => call === calls.current && setState(change);
		try {
			const data = await load();
			put({ data, error: null });
		} catch (error) {
			put((was) => ({ data: was.data, error }));
		}
	};
	useEffect(() => {
		ask();
	}, about);
	return { ...state, ask };
}
