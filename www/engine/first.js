// @ts-check
// Small requests that everything else waits for are asked again while they stay without an answer.

const SILENT = 4_000; // milliseconds without an answer after which another request is sent beside the one under way

/**
 * The first answer or failure of requests that are sent one after the other while there is none.  What was sent while
 * nobody could be reached may never be answered, though the network is back: only a new request notices that.  The old
 * one goes on, because the answer may just be slow.
 * @template T @param {() => Promise<T>} ask @param {import("./clock.js").Clock} clock @returns {Promise<T>}
 */
export function firstOf(ask, clock) {
	/** @type {unknown} */
	let timer = null;
	return new Promise((resolve, reject) => {
		const another = () => {
			timer = clock.wait(another, SILENT);
			ask().then(resolve, reject);
		};
		another();
	}).finally(() => clock.forget(timer));
}
