// What only the server knows, asked for when a screen opens.

import { useEffect, useState } from "preact/hooks";

/** {data, error, ask}.  load(): resolves to the data; it is called again by ask() and when one of `about` changes. */
export function useAsked(load, ...about) {
	const [state, setState] = useState({ data: null, error: null });
	const ask = async () => {
		try {
			setState({ data: await load(), error: null });
		} catch (error) {
			setState((was) => ({ data: was.data, error }));
		}
	};
	useEffect(() => {
		ask();
	}, about);
	return { ...state, ask };
}
