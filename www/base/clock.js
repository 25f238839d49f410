// The time, for words such as "2 min": a signal that moves every 15 seconds while the page is visible.

import { signal } from "@preact/signals";
import { engine } from "./state.js";

/**
 * Milliseconds since 1970 by the server's clock, with which the times of records are written.  Up to 15 seconds late.
 */
export const minute = signal(engine.now());

const move = () => { minute.value = engine.now(); };
setInterval(() => {
	if (document.visibilityState === "visible")
		move();
}, 15_000);
document.addEventListener("visibilitychange", move);
