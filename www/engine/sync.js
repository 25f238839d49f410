// @ts-check
// When rounds take place: a round, then a pause (rhythm.js).  A round comes at once when the page becomes visible, when
// the network is back, and when something was written.  The leading tab does the rounds.  A round that a person asks
// for is done by the tab they ask in.
import { ApiError } from "./api.js";
import { createRhythm } from "./rhythm.js";
import { createRound } from "./round.js";

const SILENCE = 100_000; // milliseconds without news from the leading tab, after which a visible one does rounds itself

/**
 * @param {Omit<Parameters<typeof createRound>[0], "news" | "isStopped"> & Parameters<typeof createRhythm>[0] & {looks:
 *   () => Promise<void>, hears: boolean}} parts looks: what a tab does that does not lead; hears: whether it is told by
 *   the one that does
 */
export function createSync({ account, push, pull, files, clock, poll, chance, page, network, looks, hears }) {
	/** @type {unknown} */
	let timer = null;
	let timerAt = Infinity; // when it is due
	/** @type {Promise<void> | null} */
	let running = null;
	let again = false, stopped = false, leads = false, heardAt = clock.now();

	const rhythm = createRhythm({ clock, poll, chance, page, network }), { news } = rhythm;
	const { round, forgetHeads } = createRound({
		account, push, pull, files, clock, news, isStopped: () => stopped,
	});

	/** @param {boolean} asked by a person */
	async function turn(asked) {
		/** @type {any} */
		let failed = null;
		clock.forget(timer);
		try {
			if (rhythm.isAway(asked))
				throw new ApiError(0);
			failed = await round();
			account.succeeded();
		} catch (error) {
			failed = error;
			if (!stopped)
				account.failed(error, network.online());
		}
		rhythm.ended(failed);
		const isWaiting = failed && !stopped && await account.isWaiting();
		const ms = again && !failed ? 0 : rhythm.pauseAfter(failed, isWaiting || again);
		again = false;
		plan(ms);
	}

	/** @param {number} ms */
	function plan(ms) {
		clock.forget(timer);
		if (stopped)
			return;
		timerAt = clock.now() + ms;
		timer = clock.wait(tick, ms);
	}

	function tick() {
		// The leader looks too: two may lead if tabs cannot tell each other or have different clocks.
		looks().catch(() => {}).then(() => (leads || isForsaken() ? now() : plan(rhythm.pauseAside())));
	}

	/** Whether the browser may have frozen the leading tab, which then holds its lock and does nothing. */
	function isForsaken() {
		return hears && page.visible() && clock.now() - heardAt > SILENCE;
	}

	/** A round now.  If one is under way, this is that one, and another follows for what was written meanwhile. */
	function now(asked = false) {
		if (stopped)
			return Promise.resolve();
		if (running) {
			again = true;
			return running;
		}
		running = turn(asked).finally(() => { running = null; });
		return running;
	}

	return {
		now, forgetHeads,
		/** A round that includes everything that has been written before. */
		async whole() {
			if (running)
				await running;
			await now(true);
		},
		lead() {
			leads = true;
			plan(0);
		},
		follow() {
			leads = false;
			heardAt = clock.now();
			plan(rhythm.pauseAside());
			return running ?? Promise.resolve();
		},
		/** The leader has told how its round went. */
		heard() { heardAt = clock.now(); },
		/**
		 * Something was written, or a space was opened: a round at once.  If the server is failing, it is asked
		 * soon, however often something is written.
		 */
		nudge() {
			news();
			if (!leads || stopped)
				return;
			if (running)
				again = true;
			else
				plan(Math.min(rhythm.untilEarly(), Math.max(0, timerAt - clock.now())));
		},
		/** The page is visible again, or the network is back. */
		wake() {
			news();
			if (leads && !running)
				plan(rhythm.untilAllowed());
			else if (!leads)
				plan(0);
		},
		stop() {
			stopped = true;
			clock.forget(timer);
			return running ?? Promise.resolve();
		},
	};
}
