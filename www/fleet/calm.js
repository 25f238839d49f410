// The board keeps still while somebody works on it: a tile never moves away from under a finger.  A change shows at
// once in the place the car has; the order follows when nobody has touched the board for some seconds.  A press right
// after that is ignored, because it was meant for the tile that was there before.

import { useEffect, useLayoutEffect, useReducer, useRef } from "preact/hooks";
import { row } from "../base/state.js";
import { createPresses } from "../ui/index.js";
import { heldColumns, isInOrder } from "./board.js";

const PAUSE = 4_000; // milliseconds without a touch or a change before the order follows

const presses = createPresses();

/**
 * Whether a press came so soon after tiles moved that it was meant for another one.  Never for the keyboard, which acts
 * on the focused element.
 */
export function isBlind(event) {
	return event.detail > 0 && presses.isBlind(event);
}

function idsOf(columns) {
	return columns.map(({ location, cars }) => ({ location, ids: cars.map((car) => car.id) }));
}

const TOUCHES = ["pointerdown", "pointermove", "wheel", "keydown", "dragover"];

/**
 * wanted: the columns in their order.  about: a text that changes with the filters and the space; then the order
 * follows at once.  Returns {columns, ref}: what to draw (slim: the column was empty when the order was made), and a
 * ref for the element whose touches count.
 */
export function useCalm(wanted, about) {
	const live = useRef({ about: null, shown: [], touchedAt: -PAUSE, timer: null }).current;
	const [, settle] = useReducer((count) => count + 1, 0);
	const element = useRef(null);

	if (live.about !== about || live.isDue) {
		live.isDue = false;
		live.about = about;
		live.shown = idsOf(wanted);
		live.slim = new Set(wanted.filter(({ cars }) => cars.length === 0).map(({ location }) => location));
	}
	const columns = heldColumns(live.shown, wanted, (id) => row("cars", id))
		.map((column) => ({ ...column, slim: live.slim.has(column.location) }));
	const inOrder = isInOrder(columns, wanted);
	live.shown = columns.map(({ location, entries }) => ({ location, ids: entries.map(({ id }) => id) }));

	useLayoutEffect(() => {
		clearTimeout(live.timer);
		if (inOrder)
			return;
		const look = () => {
			const rest = live.touchedAt + PAUSE - performance.now();
			if (rest > 0) {
				live.timer = setTimeout(look, rest);
				return;
			}
			live.isDue = true;
			presses.moved();
			settle();
		};
		live.timer = setTimeout(look, PAUSE);
	});
	useEffect(() => {
		const touch = () => { live.touchedAt = performance.now(); };
		const board = element.current;
		for (const name of TOUCHES)
			board?.addEventListener(name, touch, { passive: true });
		return () => {
			clearTimeout(live.timer);
			for (const name of TOUCHES)
				board?.removeEventListener(name, touch);
		};
	}, []);
	return { columns, ref: element };
}
