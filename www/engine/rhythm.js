// @ts-check
// How long the pauses between rounds are.  They are longer while the page is hidden, when nothing has happened for
// long, and when the server fails.

const HIDDEN = 30_000; // milliseconds of a pause while the page is hidden, at least
const LONGEST = 60_000; // milliseconds of a pause after failures, at most
const WAITING = 6_000; // the same while something waits to be sent, so that it leaves soon after the server is back
const LEFT = 6_000; // milliseconds for which a tab leaves what is to be sent to the leading one
const EARLY = 3_000; // milliseconds from a failed round to one that a new write asks for, at least
const LATEST = 300_000; // milliseconds that a server may ask for, at most: a wrong Retry-After must not last for a day
const IDLE = 10 * 60_000; // milliseconds without news after which pauses are longer
const IDLE_TIMES = 3, HIDDEN_IDLE_TIMES = 4; // how many times longer: while the page is visible, and while it is hidden

/** @param {boolean} visible @param {number} poll */
const usualPause = (visible, poll) => (visible ? poll : Math.max(poll, HIDDEN));

/** The pause after a round without errors. @param {{visible: boolean, poll: number, isIdle: boolean}} when */
export function pauseAfterRound({ visible, poll, isIdle }) {
	const usual = usualPause(visible, poll), times = visible ? IDLE_TIMES : HIDDEN_IDLE_TIMES;
	return Math.min(usual * (isIdle ? times : 1), Math.max(usual, 2 * LONGEST));
}

/**
 * The pause after an error.  It is partly random: all clients lose the server at the same moment and must not all come
 * back at the same moment.
 * @param {{visible: boolean, poll: number, failures: number, chance: number, retryAfter: number, isWaiting?:
 *   boolean}} when failures: in a row; chance: 0..1; retryAfter: seconds that the server asks for; isWaiting: whether
 *   something is to be sent
 */
export function pauseAfterError({ visible, poll, failures, chance, retryAfter, isWaiting = false }) {
	const usual = usualPause(visible, poll), longest = isWaiting ? WAITING : Math.max(LONGEST, usual);
	const longer = Math.min(usual * 2 ** Math.min(failures - 1, 6), longest);
	const wished = Math.min(retryAfter * 1000, LATEST);
	return Math.max(longer, wished) * (1 + (chance - 0.5) / 2 + (retryAfter ? 0.25 : 0));
}

/**
 * What has happened so far, and the pause that follows from it.
 * @param {{clock: import("./clock.js").Clock, poll: number, chance: () => number, page: {visible(): boolean},
 *   network: {online(): boolean}}} parts poll: milliseconds of the usual pause while visible
 */
export function createRhythm({ clock, poll, chance, page, network }) {
	let newsAt = clock.now(), triedAt = 0, endedAt = 0, notBefore = 0, failures = 0;
	return {
		news() { newsAt = clock.now(); },
		/**
		 * Whether the device is taken to be offline.  What the browser says of that is believed, but not for
		 * long.
		 * @param {boolean} asked by a person
		 */
		isAway(asked) {
			if (!network.online() && !asked && clock.now() - triedAt <= LONGEST)
				return true;
			triedAt = clock.now();
			return false;
		},
		/** A round is over. @param {any} error that ended it or came in single spaces, or null */
		ended(error) {
			failures = error ? failures + 1 : 0;
			endedAt = clock.now();
			notBefore = endedAt + Math.min((error?.retryAfter ?? 0) * 1000, LATEST);
		},
		/** The pause after a round. @param {any} error as above @param {boolean} isWaiting */
		pauseAfter(error, isWaiting) {
			const visible = page.visible();
			if (!error)
				return pauseAfterRound({ visible, poll, isIdle: clock.now() - newsAt > IDLE });
			const retryAfter = error.retryAfter ?? 0;
			return pauseAfterError({ visible, poll, failures, chance: chance(), retryAfter, isWaiting });
		},
		/**
		 * Until a tab that is not the leader looks again.
		 * @param {number | null} unsentSince when it began to show something that is to be sent
		 */
		pauseAside(unsentSince) {
			if (unsentSince === null)
				return page.visible() ? poll : HIDDEN;
			const left = unsentSince + LEFT - clock.now();
			return left > 0 ? left : Math.min(poll, LEFT);
		},
		/** Whether the leader should have sent it long ago. @param {number | null} unsentSince as above */
		isLate: (unsentSince) => unsentSince !== null && clock.now() - unsentSince >= LEFT,
		/** Until the server is to be asked again, at the earliest. */
		untilAllowed: () => Math.max(0, notBefore - clock.now()),
		/** Until the server is to be asked because something was written. */
		untilEarly: () => Math.max(0, Math.max(notBefore, failures > 0 ? endedAt + EARLY : 0) - clock.now()),
	};
}
