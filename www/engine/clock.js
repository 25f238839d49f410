// @ts-check
// Two clocks: the device's, for how long to wait, and the server's, by which people's hours are written.  Nothing is
// ever ordered by either.

const NOTICEABLE = 2000; // milliseconds by which a clock must go back to count as set back

/** @typedef {{now(): number, wait(callback: () => void, ms: number): unknown, forget(handle: unknown): void}} Clock */

/**
 * The device's own clock.  It never goes back: when somebody sets it back, the difference is added again.  It may jump
 * forward, as it does after a device has slept.
 * @returns {Clock}
 */
export function deviceClock() {
	let added = 0, wall = Date.now(), steady = performance.now();

	return {
		now() {
			const wallNow = Date.now(), steadyNow = performance.now();
			const lost = (steadyNow - steady) - (wallNow - wall);
			if (lost > NOTICEABLE)
				added += lost;
			wall = wallNow;
			steady = steadyNow;
			return wallNow + added;
		},
		wait: (callback, ms) => setTimeout(callback, Math.min(ms, 2 ** 31 - 1)),
		forget: (handle) => clearTimeout(/** @type {any} */ (handle)),
	};
}

/**
 * The server's time, from what its answers say.  An answer was written at some moment between request and arrival.  The
 * offset moves only when it does not fit into that time.
 * @param {Clock} clock @param {(offset: number) => void} [moved]
 */
export function serverClock(clock, moved = () => {}) {
	let offset = 0, known = false;

	/**
	 * The server's clock showed a time between these two when it answered.
	 * @param {number} from @param {number} to @param {number} sentAt
	 */
	function take(from, to, sentAt) {
		const low = from - clock.now(), high = to - sentAt;
		if (known && offset >= low && offset <= high)
			return;
		offset = !known ? (low + high) / 2 : offset < low ? low : high;
		known = true;
		moved(offset);
	}

	return {
		now: () => Math.round(clock.now() + offset),
		/** The offset as it was last stored. @param {unknown} saved */
		restore(saved) {
			if (typeof saved === "number" && !known)
				offset = saved;
		},
		/** A Date header has whole seconds. @param {Headers} headers @param {number} sentAt */
		heard(headers, sentAt) {
			const time = Date.parse(headers.get("Date") ?? "");
			if (!Number.isNaN(time))
				take(time, time + 999, sentAt);
		},
		/** @param {string | undefined} serverTime @param {number} sentAt */
		told(serverTime, sentAt) {
			const time = Date.parse(serverTime ?? "");
			if (!Number.isNaN(time))
				take(time, time, sentAt);
		},
	};
}
