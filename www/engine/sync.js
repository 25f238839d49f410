// @ts-check
// When rounds take place: a round, then a pause (rhythm.js).  A round comes at once when the page becomes visible, when
// the network is back, and when something was written.  The leading tab does the rounds.  A round that a person asks
// for is done by the tab they ask in.
import { ApiError } from "./api.js";
import { createRhythm } from "./rhythm.js";
import { createRound } from "./round.js";

const SILENCE = 100_000; // milliseconds without news from the leading tab, after which a visible one does rounds itself
const LOOK = 10_000; // milliseconds between two looks of a tab that nobody tells, at most
const LOOK_UNSENT = 5_000; // the same while it shows something that is to be sent: another tab may have sent it

/**
 * @param {Omit<Parameters<typeof createRound>[0], "news" | "isStopped"> & Parameters<typeof createRhythm>[0] & {looks:
 *   () => Promise<void>, tabs: Pick<import("./tabs.js").Tabs, "hears" | "isDeserted">, hasUnsent: () => boolean}} parts
 *   looks: at what other tabs have stored; hasUnsent: whether this tab shows anything that is to be sent
 */
export function createSync(parts) {
	const { account, push, pull, lookBack, files, clock, poll, chance, page, network, looks, tabs, hasUnsent } =
		parts;
	/** @type {unknown} */
	let timer = null;
	let dueAt = Infinity; // when the next round of the leader is due, or the next look of another tab
	/** @type {Promise<void> | null} */
	let running = null;
	/** @type {Promise<void> | null} */
	let beside = null;
	/** Since when this tab shows something that is to be sent, as far as it has looked. @type {number | null} */
	let unsentSince = null;
	let again = false, stopped = false, leads = false, heardAt = clock.now();

	const rhythm = createRhythm({ clock, poll, chance, page, network }), { news } = rhythm;
	const { round, sendBeside, forgetHeads } = createRound({
		account, push, pull, lookBack, files, clock, news, isStopped: () => stopped,
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
		dueAt = clock.now() + ms;
		const look = unsentSince === null ? LOOK : LOOK_UNSENT;
		timer = clock.wait(tick, tabs.hears ? ms : Math.min(ms, look));
	}

	const untilDue = () => Math.max(0, dueAt - clock.now());

	async function tick() {
		// The leader looks too: two may lead if tabs cannot tell each other or have different clocks.
		await looks().catch(() => {});
		unsentSince = hasUnsent() ? unsentSince ?? clock.now() : null;
		if (leads ? untilDue() === 0 : await isForsaken())
			now();
		else if (leads)
			plan(unsentSince === null ? untilDue() : Math.min(rhythm.untilEarly(), untilDue()));
		else
			plan(rhythm.pauseAside(unsentSince));
	}

	/**
	 * Whether the leading tab does not do its rounds: the browser may have frozen it, and then it holds its lock
	 * and does nothing.  What this tab shows as unsent the leader sends within a few seconds, if it is told of it.
	 */
	async function isForsaken() {
		if (tabs.hears && page.visible() && clock.now() - heardAt > SILENCE)
			return true;
		const isLate = rhythm.isLate(unsentSince) && rhythm.untilEarly() === 0;
		return isLate && (!tabs.hears || tabs.isDeserted());
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
			plan(rhythm.pauseAside(unsentSince));
			return running ?? Promise.resolve();
		},
		/** The leader has told how its round went. */
		heard() { heardAt = clock.now(); },
		/**
		 * Something was written, or a space was opened: the leader does a round at once.  If the server is
		 * failing, it is asked soon, however often something is written.  What is written while a round fetches
		 * something is sent meanwhile: that may take long.
		 */
		nudge() {
			news();
			if (!leads && unsentSince === null && !stopped) {
				unsentSince = clock.now();
				plan(Math.min(rhythm.pauseAside(unsentSince), untilDue()));
			}
			if (!leads || stopped)
				return;
			if (running) {
				again = true;
				beside ??= sendBeside().catch(() => {}).finally(() => { beside = null; });
			} else {
				plan(Math.min(rhythm.untilEarly(), untilDue()));
			}
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
