// @ts-check
// A request of a round that stays without an answer is sent again beside the one under way, once the server is known to
// answer.  What was sent during an outage may never be answered, though the network is back.  All that rounds ask may
// be asked twice: a push carries the ids of its ops, and a piece of a file says its place.
import { ApiError } from "./api.js";

const SILENT = 4_000; // milliseconds without an answer, after which it is tried whether the server answers at all
const BYTES_PER_MS = 4; // a large body gets more time: the link may be slow, and the answer as large
const BESIDE = 2; // sendings of one request under way at once, at most

/** Whether an error may be of this sending alone, not of what it asks. @param {unknown} error */
const isPassing = (error) => error instanceof ApiError && error.isPassing;

/**
 * Small requests, one after the other while another one stays without an answer.  They tell a slow link from one that
 * was broken: on a slow link they are answered in their order.
 * @param {() => Promise<any>} reach @param {import("./clock.js").Clock} clock
 * @param {(wasBroken: boolean) => void} answered hears whether the link was broken since the beginning
 */
function createTrials(reach, clock, answered) {
	/** Those without an answer, the oldest first. @type {Set<object>} */
	const open = new Set();
	/** @type {unknown} */
	let timer = null;
	let wasBroken = false;

	/** @param {object} trial @param {any} error or null */
	function over(trial, error) {
		const isFirst = open.values().next().value === trial;
		if (!open.delete(trial))
			return;
		if (isPassing(error)) {
			wasBroken ||= error.status !== 429;
			return;
		}
		wasBroken ||= !isFirst;
		answered(wasBroken);
	}

	function next() {
		const trial = {};
		clock.forget(timer);
		timer = clock.wait(next, SILENT);
		open.add(trial);
		reach().then(() => over(trial, null), (error) => over(trial, error));
	}

	return {
		/** What is known so far is of no interest any more. */
		begin() {
			clock.forget(timer);
			timer = clock.wait(next, SILENT);
			open.clear();
			wasBroken = false;
		},
		/** The browser says that the network is back. */
		returned() {
			wasBroken = true;
			next();
		},
		end() {
			clock.forget(timer);
			open.clear();
		},
	};
}

/** How long a request may stay without an answer while the server answers others. @param {any} options */
function allowanceOf({ body, raw, pace = BYTES_PER_MS }) {
	const bytes = raw?.byteLength ?? (body === undefined ? 0 : JSON.stringify(body).length);
	return Math.max(SILENT, bytes / Math.min(BYTES_PER_MS, pace));
}

/**
 * The sendings of one request, the oldest first.
 * @param {(signal: AbortSignal, arrived: () => void) => Promise<any>} send
 * @param {() => void} arrives hears of each piece of an answer
 * @param {(error: any, result: any) => void} over hears of the first answer, or of the last failure
 */
function createSendings(send, arrives, over) {
	/** @type {Set<AbortController>} */
	const away = new Set();
	let times = 0, hasBegun = false;

	/** @param {number} most that go on */
	function giveUp(most) {
		for (const one of [...away].slice(0, Math.max(0, away.size - most))) {
			away.delete(one);
			one.abort();
		}
	}

	return {
		/** Whether it was sent once, and nothing of an answer has come. */
		get isSilent() { return times === 1 && !hasBegun; },
		get times() { return times; },
		another() {
			const one = new AbortController(), arrived = () => {
				if (!away.has(one))
					return;
				hasBegun = true;
				arrives();
			};
			times += 1;
			giveUp(BESIDE - 1);
			away.add(one);
			send(one.signal, arrived).then((result) => over(null, result), (error) => {
				if (away.delete(one) && (away.size === 0 || !isPassing(error)))
					over(error, null);
			});
		},
		/** Nobody waits for an answer any more. */
		end: () => giveUp(0),
		/** All fail. */
		stop() {
			for (const one of away)
				one.abort();
		},
	};
}

/**
 * send: a request of the person, with their token.  ended: whoever asks is gone.  whenBack: calls a listener when the
 * browser says that the network is back, and returns how to end that.
 * @param {{send: (method: string, path: string, options: any, signal: AbortSignal) => Promise<any>,
 *   clock: import("./clock.js").Clock, ended: AbortSignal, whenBack: (listener: () => void) => () => void}} parts
 */
export function createInsisting({ send, clock, ended, whenBack }) {
	const reach = () => send("GET", "/sync/heads", {}, ended);

	/**
	 * @param {string} method @param {string} path
	 * @param {any} [options] still: whether it is still to be asked; if not, the request fails
	 * @returns {Promise<any>}
	 */
	return (method, path, { still = async () => true, ...options } = {}) => new Promise((resolve, reject) => {
		const allowance = allowanceOf(options);
		let sentAt = 0, isOver = false;
		const begin = () => {
			sentAt = clock.now();
			trials.begin();
		};
		const sendings = createSendings(
			(signal, arrived) => send(method, path, { ...options, arrived }, signal),
			() => !isOver && begin(),
			(error, result) => {
				isOver = true;
				trials.end();
				sendings.end();
				stopHearing();
				ended.removeEventListener("abort", sendings.stop);
				if (error)
					reject(error);
				else
					resolve(result);
			}
		);
		const again = async () => {
			begin();
			if (!await still().catch(() => true))
				sendings.stop();
			else if (!isOver)
				sendings.another();
		};
		const trials = createTrials(reach, clock, (wasBroken) => {
			const isDue = clock.now() - sentAt >= allowance;
			if (wasBroken ? isDue || sendings.times === 1 : isDue && sendings.isSilent)
				again();
		});
		const stopHearing = whenBack(trials.returned);
		ended.addEventListener("abort", sendings.stop);
		begin();
		sendings.another();
		if (ended.aborted)
			sendings.stop();
	});
}
