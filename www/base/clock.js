// The time, for words such as "2 min": a signal that moves every quarter of a minute while somebody looks.

import { signal } from "@preact/signals";
import { engine } from "./state.js";

/** Milliseconds since 1970, a little behind; by the server's clock, as what records say of times is. */
export const minute = signal(engine.now());

const move = () => { minute.value = engine.now(); };
setInterval(() => {
	if (document.visibilityState === "visible")
		move();
}, 15_000);
document.addEventListener("visibilitychange", move);
