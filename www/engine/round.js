// @ts-check
// One round: asks which spaces have news, then sends what waits in each and fetches what has changed.
import { ApiError } from "./api.js";
import { arrivingOf } from "./arriving.js";
import { createHeads } from "./heads.js";

const BATCHES = 20; // of one space in a round at most, if every answer makes new work
const RESYNCS = 3; // of one space in a round at most

/**
 * The resync that an error of the server asks for, or null.  A cursor that the server cannot read asks for one as well.
 * @param {unknown} error
 */
export function resyncOf(error) {
	if (!(error instanceof ApiError))
		return null;
	if (error.status === 410)
		return error.problem;
	const isCursor = ["since", "cursor", "past"].includes(error.field ?? "");
	return error.status === 400 && isCursor ? { reason: "cursor" } : null;
}

/**
 * Whether the server may well answer other requests: it has an internal error over this one, or no room to write.
 * @param {unknown} error @returns {error is ApiError}
 */
function isFault(error) {
	return error instanceof ApiError && (error.status === 500 || error.status === 507);
}

/** Whether an error concerns only the space in which it came, not the whole conversation. @param {unknown} error */
export function isOfSpace(error) {
	return error instanceof ApiError && error.status !== 401 && (!error.isPassing || isFault(error));
}

/**
 * news: called when something was sent or fetched.
 * @typedef {{account: import("./account.js").Account, push: ReturnType<typeof import("./push.js").createPush>, pull:
 *   ReturnType<typeof import("./pull.js").createPull>, lookBack: ReturnType<typeof
 *   import("./lookback.js").createLookBack>, files: ReturnType<typeof import("./files.js").createFiles>,
 *   clock: import("./clock.js").Clock, news: () => void, isStopped: () => boolean}} Parts
 */

/**
 * Sending and fetching in one space.
 * @param {Parts & {heads: ReturnType<typeof createHeads>}} parts
 */
function createSpaceRound({ account, push, pull, lookBack, files, news, isStopped, heads }) {
	/**
	 * Spaces that ops were sent to since their changes were last fetched.  Others may have written before those
	 * ops.
	 * @type {Set<string>}
	 */
	const sent = new Set();
	let fetching = false;

	/** The ops up to the first one that names a file which is still to be sent. @param {string} space */
	async function sendReady(space) {
		for (let i = 0; i < BATCHES && !isStopped(); i += 1) {
			if (await push.pushBatch(space) === 0)
				return;
			sent.add(space);
			news();
		}
	}

	/** @param {string} space */
	async function sendWaiting(space) {
		await sendReady(space);
		if (await files.sendFor(space))
			await sendReady(space);
	}

	/**
	 * Compares the past of the server with what this device has seen of it.  It is not this that fails a round.
	 * @param {string} space @param {boolean} isNews
	 */
	async function lookBackAt(space, isNews) {
		const { alarm } = await account.stateOf(space);
		if (alarm && isNews)
			await account.settleKept(space);
		if (alarm?.claim)
			await lookBack.tell(space, alarm.claim).catch(() => {});
		if (await lookBack.look(space, isNews).catch(() => false))
			throw new ApiError(410, { reason: "past" });
	}

	/** @param {string} space */
	async function fetchChanges(space) {
		const head = heads.of(space), state = await account.stateOf(space);
		const isWhole = state.loaded && !state.resync && !arrivingOf(state);
		if (isWhole && head !== null && state.head === head && !sent.has(space))
			return lookBackAt(space, false);
		fetching = true;
		const isEnd = await pull.pull(space).finally(() => { fetching = false; });
		if (!isEnd)
			return;
		sent.delete(space);
		await account.caughtUp(space, head);
		news();
		await lookBackAt(space, true);
	}

	/**
	 * Calls doing, or begins a resync if the server asks for one instead.  Resolves to whether a resync has begun.
	 * @param {string} space @param {(space: string) => Promise<void>} doing
	 */
	async function orResync(space, doing) {
		try {
			await doing(space);
			return false;
		} catch (error) {
			const wanted = resyncOf(error);
			if (!wanted)
				throw error;
			await pull.beginResync(space, wanted);
			await account.refreshSpaces().catch(() => {});
			return true;
		}
	}

	/**
	 * If the server has an internal error over what is sent or no room for it, changes are fetched all the same,
	 * and the error is thrown after that.
	 * @param {string} space
	 */
	async function syncSpace(space) {
		/** @type {unknown} */
		let fault = null;
		const holdFault = (/** @type {any} */ error) => {
			if (!isFault(error))
				throw error;
			fault = error;
			return false;
		};
		for (let i = 0; i < RESYNCS; i += 1) {
			const isUnder = (await account.stateOf(space)).resync !== null;
			// During a resync nothing is sent: what ops are based on is known only after it.
			const begun = !isUnder && await orResync(space, sendWaiting).catch(holdFault);
			if (begun || await orResync(space, fetchChanges))
				continue;
			if (!isUnder)
				break;
		}
		if (fault)
			throw fault;
	}

	/** Sends what waits while something large is being fetched.  The next round hears of what goes wrong. */
	async function sendBeside() {
		for (const space of account.spaceIds())
			if (fetching && !account.isGone(space) && !(await account.stateOf(space)).resync)
				await sendReady(space);
	}

	return { syncSpace, sendBeside };
}

/** @param {Parts} parts */
export function createRound(parts) {
	const { account, isStopped } = parts, heads = createHeads(account, parts.clock);
	const { syncSpace, sendBeside } = createSpaceRound({ ...parts, heads });

	return {
		/** Resolves to what went wrong in single spaces; rejects with what concerns all of them. */
		async round() {
			await heads.ask();
			await heads.meetSpaces();
			/** @type {any} */
			let failed = null;
			for (const space of account.spaceIds()) {
				if (isStopped() || account.isGone(space))
					continue;
				try {
					await syncSpace(space);
					account.spaceFailed(space, null);
				} catch (error) {
					account.spaceFailed(space, error);
					if (!isOfSpace(error))
						throw error;
					const { status } = /** @type {ApiError} */ (error);
					if (status === 403 || status === 404)
						heads.distrust();
					failed = error;
				}
			}
			await account.meetDefinitions();
			return failed;
		},
		sendBeside,
		/** The next round looks into every space. */
		forgetHeads: heads.forget,
	};
}
