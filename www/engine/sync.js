// @ts-check The rhythm: what waits is sent, what changed is fetched, then a pause.  Quick while somebody looks, slow in
// the background, slower when nothing happens for long or the server fails; at once when the page is looked at again,
// the network is back, or something was written.  One tab does it; a round that a person asks for, any tab may do.
import { ApiError, path } from "./api.js";
import { Question } from "./pull.js";

const HIDDEN = 30_000, LONGEST = 60_000; // milliseconds
const IDLE = 10 * 60_000, IDLE_TIMES = 3, HIDDEN_IDLE_TIMES = 4; // after so long without news, polls are so much rarer
const ROUNDS = 20; // batches and pulls in one round, should answers always make new work
const RESYNCS = 3;
// Milliseconds without a word from the tab that leads, after which one that is looked at asks by itself.
const SILENCE = 100_000;

/**
 * @param {{account: import("./account.js").Account, push: ReturnType<typeof import("./push.js").createPush>, pull:
 *   ReturnType<typeof import("./pull.js").createPull>, files: ReturnType<typeof import("./files.js").createFiles>,
 *   clock: import("./clock.js").Clock, poll: number, chance: () => number, page: {visible(): boolean}, network:
 *   {online(): boolean}, looks: () => Promise<void>, hears: boolean}} parts looks: what a tab does that does not lead;
 *   hears: whether it is told by the one that does
 */
export function createSync({ account, push, pull, files, clock, poll, chance, page, network, looks, hears }) {
	/** @type {unknown} */
	let timer = null;
	/** @type {Promise<void> | null} */
	let running = null;
	let again = false, stopped = false, leads = false, failures = 0;
	let newsAt = clock.now(), heardAt = clock.now(), notBefore = 0, triedAt = 0;
	/**
	 * Spaces we have written to since we last looked there: what came before our writes is not known yet.
	 * @type {Set<string>}
	 */
	const sent = new Set();
	/** The heads as last answered. @type {{etag: string | null, list: Map<string, string>}} */
	let heads = { etag: null, list: new Map() };

	// --- one space ---

	/** @param {string} space */
	async function sendWaiting(space) {
		for (let i = 0; i < ROUNDS && !stopped; i += 1) {
			await files.sendFor(space);
			if (await push.pushBatch(space) === 0)
				return;
			sent.add(space);
			newsAt = clock.now();
		}
	}

	/** @param {string} space */
	async function fetchChanges(space) {
		const head = heads.list.get(space) ?? null, state = await account.stateOf(space);
		if (state.loaded && !state.resync && head !== null && state.head === head && !sent.has(space))
			return;
		if (account.isPaused(space) && !account.isAllowed(space))
			return;
		try {
			if (!await pull.pull(space, account.isAllowed(space)))
				return;
			sent.delete(space);
			await account.caughtUp(space, head);
			newsAt = clock.now();
		} catch (error) {
			if (!(error instanceof Question))
				throw error;
			account.ask(space, error);
		}
	}

	/**
	 * Runs it; when the server wants everything loaded anew, begins that and says so.
	 * @param {string} space @param {() => Promise<void>} doing
	 */
	async function orResync(space, doing) {
		try {
			await doing();
			return false;
		} catch (error) {
			// A cursor that cannot be read any more is one that is no good.
			if (
				!(error instanceof ApiError) ||
				(error.status !== 410 &&
					!(
						error.status === 400 &&
						(error.field === "since" || error.field === "cursor")
					))
			)
				throw error;
			await pull.beginResync(space, error.status === 410 ? error.problem : { reason: "cursor" });
			await account.refreshSpaces().catch(() => {});
			return true;
		}
	}

	/**
	 * A fault of the server over what is sent does not keep news away: it is thrown after they came.
	 * @param {string} space
	 */
	async function syncSpace(space) {
		/** @type {unknown} */
		let fault = null;
		for (let i = 0; i < RESYNCS; i += 1) {
			const isUnder = (await account.stateOf(space)).resync !== null;
			// After a restore, ops are only sent when it is known what they are based on.
			const sending = isUnder
				? false
				: await orResync(space, () => sendWaiting(space)).catch((error) => {
						if (error.status !== 500)
							throw error;
						fault = error;
						return false;
					});
			if (sending || await orResync(space, () => fetchChanges(space)))
				continue;
			if (!isUnder)
				break;
		}
		if (fault)
			throw fault;
	}

	// --- a round ---

	async function askHeads() {
		const { status, data, headers } = await account.request(
			"GET",
			"/sync/heads",
			heads.etag ? { headers: { "If-None-Match": heads.etag } } : {}
		);
		if (status === 304)
			return;
		if (!Array.isArray(data?.heads))
			throw new ApiError(0);
		heads = {
			etag: headers.get("ETag"),
			list: new Map(data.heads.map((/** @type {any} */ one) => [one.space, one.head])),
		};
	}

	/** The spaces of heads and those we know must be the same. */
	async function meetSpaces() {
		const known = account.spaceIds(), named = [...heads.list.keys()];
		if (
			named.some((id) => !known.includes(id) || account.isGone(id)) ||
			known.some((id) => !heads.list.has(id) && !account.isGone(id)) ||
			account.lacksDefinitions()
		)
			await account.refreshSpaces();
	}

	/** Answers what went wrong in single spaces; what concerns all of them is thrown. */
	async function round() {
		await askHeads();
		await meetSpaces();
		/** @type {unknown} */
		let failed = null;
		for (const space of account.spaceIds()) {
			if (stopped || account.isGone(space))
				continue;
			try {
				await syncSpace(space);
				account.spaceFailed(space, null);
			} catch (error) {
				account.spaceFailed(space, error);
				if (
					!(error instanceof ApiError) ||
					(error.isPassing && error.status !== 500) ||
					error.status === 401
				)
					throw error;
				if (error.status === 403 || error.status === 404)
					heads.etag = null;
				failed = error;
			}
		}
		return failed;
	}

	/** @param {any} error */
	function pauseAfter(error) {
		const visible = page.visible(), usual = visible ? poll : Math.max(poll, HIDDEN);
		if (!error) {
			const idle = clock.now() - newsAt > IDLE;
			return Math.min(
				usual * (idle ? (visible ? IDLE_TIMES : HIDDEN_IDLE_TIMES) : 1),
				Math.max(usual, 2 * LONGEST)
			);
		}
		const longer = Math.min(usual * 2 ** Math.min(failures - 1, 6), Math.max(LONGEST, usual));
		// All clients lost the server at one moment; they should not all come back at one.
		return (
			Math.max(longer, (error.retryAfter ?? 0) * 1000) *
			(1 + (chance() - 0.5) / 2 + (error.retryAfter ? 0.25 : 0))
		);
	}

	/** A device that says it is offline mostly is; it is believed, but not for ever. @param {boolean} asked */
	function isAway(asked) {
		if (!network.online() && !asked && clock.now() - triedAt <= LONGEST)
			return true;
		triedAt = clock.now();
		return false;
	}

	/** @param {boolean} asked by a person */
	async function turn(asked) {
		/** @type {any} */
		let failed = null;
		clock.forget(timer);
		try {
			if (isAway(asked))
				throw new ApiError(0);
			failed = await round();
			failures = failed ? failures + 1 : 0;
			account.succeeded();
		} catch (error) {
			failed = error;
			failures += 1;
			if (!stopped)
				account.failed(error, network.online());
		}
		notBefore = failed?.retryAfter ? clock.now() + failed.retryAfter * 1000 : 0;
		if (stopped)
			return;
		const ms = again && !failed ? 0 : pauseAfter(failed);
		again = false;
		plan(ms);
	}

	/** @param {number} ms */
	function plan(ms) {
		clock.forget(timer);
		if (!stopped)
			timer = clock.wait(tick, ms);
	}

	function tick() {
		// Who leads looks too: where tabs cannot tell each other, or one of them is led by another clock, a
		// second one may lead as well.
		looks().catch(() => {}).then(() => {
			if (leads || isForsaken())
				return now();
			return plan(page.visible() ? poll : HIDDEN);
		});
	}

	/** The tab that leads may be frozen by the browser: it holds its lock, and does nothing. */
	function isForsaken() {
		return hears && page.visible() && clock.now() - heardAt > SILENCE;
	}

	/** A round now.  During one it joins: what was written meanwhile is seen to right after. */
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
		/** Everything that was written before this is asked for is part of it. */
		async whole() {
			if (running)
				await running;
			await now(true);
		},
		lead() {
			leads = true;
			plan(0);
		},
		/** The tab that leads has told how it went. */
		heard() { heardAt = clock.now(); },
		follow() {
			leads = false;
			heardAt = clock.now();
			plan(page.visible() ? poll : HIDDEN);
			return running ?? Promise.resolve();
		},
		/**
		 * Something was written, or another space was opened: soon, but not against a server that is failing.
		 */
		nudge() {
			newsAt = clock.now();
			if (!leads || stopped)
				return;
			if (running)
				again = true;
			else if (failures === 0)
				plan(0);
		},
		/** Somebody looks again, or the network is back. */
		wake() {
			newsAt = clock.now();
			if (leads && !running)
				plan(Math.max(0, notBefore - clock.now()));
			else if (!leads)
				plan(0);
		},
		stop() {
			stopped = true;
			clock.forget(timer);
			return running ?? Promise.resolve();
		},
		forgetHeads() { heads = { etag: null, list: new Map() }; },
		now,
	};
}
