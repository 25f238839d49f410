// @ts-check
// One round: asks which spaces have news, then sends what waits in each and fetches what has changed.
import { ApiError } from "./api.js";
import { Question } from "./pull.js";

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
	const isCursor = error.field === "since" || error.field === "cursor";
	return error.status === 400 && isCursor ? { reason: "cursor" } : null;
}

/** Whether an error concerns only the space in which it came, not the whole conversation. @param {unknown} error */
export function isOfSpace(error) {
	return error instanceof ApiError && error.status !== 401 && (!error.isPassing || error.status === 500);
}

/**
 * The heads of all spaces, as the server last told them.  A space has no news while its head is the one up to which it
 * was last fetched.
 * @param {import("./account.js").Account} account
 */
function createHeads(account) {
	/** @type {string | null} */
	let etag = null;
	/** As the server last told them. @type {Map<string, string>} */
	let list = new Map();
	return {
		/** @param {string} space */
		of: (space) => list.get(space) ?? null,
		async ask() {
			const options = etag ? { headers: { "If-None-Match": etag } } : {};
			const { status, data, headers } = await account.request("GET", "/sync/heads", options);
			if (status === 304)
				return;
			if (!Array.isArray(data?.heads))
				throw new ApiError(0);
			etag = headers.get("ETag");
			list = new Map(data.heads.map((/** @type {any} */ one) => [one.space, one.head]));
		},
		/** Asks for the list of spaces again if it is not that of the heads. */
		async meetSpaces() {
			const known = account.spaceIds();
			const isNew = [...list.keys()].some((id) => !known.includes(id) || account.isGone(id));
			const isLost = known.some((id) => !list.has(id) && !account.isGone(id));
			if (isNew || isLost || account.lacksDefinitions())
				await account.refreshSpaces();
		},
		/** The heads are asked for again even if they have not changed. */
		distrust() { etag = null; },
		forget() {
			etag = null;
			list = new Map();
		},
	};
}

/**
 * @param {{account: import("./account.js").Account, push: ReturnType<typeof import("./push.js").createPush>, pull:
 *   ReturnType<typeof import("./pull.js").createPull>, files: ReturnType<typeof import("./files.js").createFiles>,
 *   news: () => void, isStopped: () => boolean}} parts news: called when something was sent or fetched
 */
export function createRound({ account, push, pull, files, news, isStopped }) {
	/**
	 * Spaces that ops were sent to since their changes were last fetched.  Others may have written before those
	 * ops.
	 * @type {Set<string>}
	 */
	const sent = new Set();
	const heads = createHeads(account);

	/** @param {string} space */
	async function sendWaiting(space) {
		for (let i = 0; i < BATCHES && !isStopped(); i += 1) {
			await files.sendFor(space);
			if (await push.pushBatch(space) === 0)
				return;
			sent.add(space);
			news();
		}
	}

	/** @param {string} space */
	async function fetchChanges(space) {
		const head = heads.of(space), state = await account.stateOf(space);
		if (state.loaded && !state.resync && head !== null && state.head === head && !sent.has(space))
			return;
		if (account.isPaused(space) && !account.isAllowed(space))
			return;
		try {
			if (!await pull.pull(space, account.isAllowed(space)))
				return;
			sent.delete(space);
			await account.caughtUp(space, head);
			news();
		} catch (error) {
			if (!(error instanceof Question))
				throw error;
			account.ask(space, error);
		}
	}

	/**
	 * Does it; but if the server wants the space loaded anew, begins that.  Resolves to whether it has begun.
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
	 * Sends and fetches.  If the server has an internal error over what is sent, changes are fetched all the same,
	 * and the error is thrown after that.
	 * @param {string} space
	 */
	async function syncSpace(space) {
		/** @type {unknown} */
		let fault = null;
		const holdFault = (/** @type {any} */ error) => {
			if (error.status !== 500)
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
			return failed;
		},
		/** The next round looks into every space. */
		forgetHeads: heads.forget,
	};
}
