// How often a person opens each place on this device.  The bar of a phone offers those that are used most.

import { engine } from "../base/state.js";

const HALF = 400; // visits of one place after which all counts are halved, so that habits can change

/** Counts that a place was opened.  The bar changes at the next start, so that nothing moves under a thumb. */
export function countVisit(path) {
	const to = path.startsWith("/c/") ? path.split("/").slice(0, 3).join("/") : "/" + path.split("/")[1];
	const counts = { ...engine.notes.get("visits") };

	counts[to] = (counts[to] ?? 0) + 1;
	if (counts[to] > HALF)
		for (const place of Object.keys(counts))
			counts[place] = Math.floor(counts[place] / 2);
	engine.notes.put("visits", counts);
}
