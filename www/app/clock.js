// The time, for words such as "2 min": a signal that moves every quarter of a minute while somebody looks.

import { signal } from "@preact/signals";

/** Milliseconds since 1970, a little behind. */
export const minute = signal(Date.now());

const move = () => { minute.value = Date.now(); };
setInterval(() => {
	if (document.visibilityState === "visible")
		move();
}, 15_000);
document.addEventListener("visibilitychange", move);
