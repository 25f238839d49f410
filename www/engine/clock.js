// @ts-check
// Time.  Nothing is ever ordered by it; it tells how long to wait, and what instant it is by the server's
// clock, which people's hours are written with.

const NOTICEABLE = 2000; // milliseconds by which a clock must have been set back to count as set

/** @typedef {{now(): number, wait(callback: () => void, ms: number): unknown, forget(handle: unknown): void}} Clock */

/**
 * The device's own clock, which never goes back: what someone sets it back by is added again.  Forward it may jump,
 * because a device that slept does too.
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
 * The server's time, from what its answers say.  An answer was written at some moment between question and arrival;
 * only what lies outside of that moves the offset.
 * @param {Clock} clock @param {(offset: number) => void} [moved]
 */
export function serverClock(clock, moved = () => {}) {
	let offset = 0, known = false;

	/**
	 * @param {number} from the earliest @param {number} to and the latest the server's clock may have shown
	 * @param {number} sentAt
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
		/** What an earlier visit knew. @param {unknown} saved */
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
