// What only the server knows, asked for when a screen is opened: {data, error, ask}.

import { useEffect, useState } from "preact/hooks";

/** load: a function that answers a promise; ask() asks again. */
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
