// @ts-check
// Sends the outbox of a space, one batch after the other (leaving.js), and takes the answers (taking.js).  When an
// answer is lost, the same ops are sent again under the same ids; the server then tells what became of them
// (schema/PROTOCOL.md 3).
import { ApiError, path } from "./api.js";
import { isOfDefinitions } from "./definitions.js";
import { USUAL, bytesOf, takeBatch } from "./leaving.js";
import { isActive, wireOp } from "./outbox.js";
import { takeAnswers } from "./taking.js";
import { opsOfRecords, readState } from "./userdata.js";

// Internal errors for pushes that begin with the same op: after the first number the batch is halved, after the second
// the op is rejected.
const FAULTS = 2, LAST_FAULT = 12;

const ENVELOPE = 2_000; // bytes of a push besides its ops
const LEAST = 16_000; // bytes of ops in a push, when larger ones do not get through
const SLOWEST = 0.5; // bytes per millisecond at which an op still gets through that is large by itself

/** @typedef {import("./outbox.js").StoredOp} StoredOp */
/** @typedef {import("./definitions.js").Limits} Limits */

/** True when the push was refused because of an op in it, not because of the sender. @param {ApiError} error */
function isOfTheOps(error) {
	return [400, 413, 415, 422].includes(error.status);
}

/** True when the push was refused because of where the device stands. @param {ApiError} error */
function isOfPlace(error) {
	return error.field === "cursor" || error.field === "past";
}

/**
 * Counts the faults of the server over the same ops.  One that comes again and again will not pass.
 * @returns {(error: ApiError, batch: StoredOp[]) => boolean} whether it has come too often
 */
function createFaults() {
	/**
	 * How often a push that began with this op met a fault of the server.
	 * @type {Map<string, number>}
	 */
	const faults = new Map();
	return (error, batch) => {
		if (error.status !== 500)
			return false;
		const times = (faults.get(batch[0].id) ?? 0) + 1;
		faults.set(batch[0].id, times);
		return times > (batch.length > 1 ? FAULTS : LAST_FAULT);
	};
}

/**
 * How many bytes of ops one push holds: what the server allows, and less where less gets through.
 * @param {(space: string) => Limits | null} limits
 */
function createRoom(limits) {
	let taken = Infinity; // by servers on the way, as far as it is known
	let passing = Infinity; // what has got through lately
	return {
		/** @param {string} space @returns {Limits} */
		of(space) {
			const { ops, bytes } = limits(space) ?? USUAL, own = Math.min(bytes - ENVELOPE, taken, passing);
			return { ops, bytes: Math.max(1, own) };
		},
		/** A push has failed or was answered. @param {StoredOp[]} batch @param {ApiError | null} error */
		learn(batch, error) {
			if (error?.status === 413 && batch.length > 1)
				taken = Math.min(taken, bytesOf(batch) / 2);
			else if (error?.status === 0)
				passing = Math.max(LEAST, Math.min(passing, bytesOf(batch)) / 2);
			else if (!error)
				passing *= 2;
		},
	};
}

/**
 * @param {import("./taking.js").Parts & {device: () => string,
 *   request: (method: string, path: string, options?: any) => Promise<any>,
 *   publish: (space: string, outcome: import("./userdata.js").Outcome) => void, disown: () => Promise<void>,
 *   suspect: () => void, limits: (space: string) => Limits | null}} parts suspect: the definitions that this device
 *   holds may be old; limits: of a push, as the server says
 */
export function createPush({ database, user, device, now, request, definition, publish, disown, suspect, limits }) {
	const isFault = createFaults(), room = createRoom(limits);

	/**
	 * Resolves to the number of ops whose state has changed.
	 * @param {string} space @param {{epoch: any, past?: any, results: any[]}} answer @param {boolean} [final]
	 */
	async function take(space, answer, final = false) {
		const outcome = await takeAnswers({ database, user, now, definition }, space, answer, final);
		publish(space, outcome);
		if (answer.results.some(({ problem }) => isOfDefinitions(problem)))
			suspect();
		return outcome.ops.length;
	}

	/**
	 * The server can take this op in no push: it is refused for good.
	 * @param {string} space @param {StoredOp} op @param {ApiError} error
	 */
	async function giveUp(space, op, error) {
		const result = { op: op.id, status: "rejected", problem: error.problem };
		return take(space, { epoch: null, results: [result] }, true);
	}

	/**
	 * Whether these ops are still what is sent first of their records.  Another tab may have had an answer: one
	 * that was refused must not be sent once more, as a person may have discarded it since.  Or it has begun to
	 * load the space anew, during which nothing is sent, and which may have put acknowledged ops before these.
	 * @param {string} space @param {StoredOp[]} batch
	 */
	function areNext(space, batch) {
		return database.read(["meta", "ops"], async (work) => {
			const records = await opsOfRecords(work, space, batch.map((op) => [op.collection, op.record]));
			const next = records.map(({ ops }) => ops.find(isActive));
			const { resync } = await readState(work, space);
			return !resync && next.every((op, i) => op?.id === batch[i].id && op.state === "sent");
		});
	}

	/**
	 * @param {string} space @param {StoredOp[]} batch
	 * @param {string | null} cursor @param {string | null} past
	 */
	async function send(space, batch, cursor, past) {
		const place = { ...(cursor ? { cursor } : {}), ...(past ? { past } : {}) };
		const { data } = await request("POST", path("spaces", space, "sync", "push"), {
			body: { device: device(), ...place, user, ops: batch.map(wireOp) },
			still: () => areNext(space, batch),
			...(batch.length === 1 ? { pace: SLOWEST } : {}),
		});
		if (!Array.isArray(data?.results) || typeof data.epoch !== "string")
			throw new ApiError(0);
		return data;
	}

	/**
	 * Sends one batch; resolves to the number of ops whose state has changed.  A push refused for what is in it is
	 * sent again in halves until the op is found.
	 * @param {string} space @param {number} [most] ops @returns {Promise<number>}
	 */
	async function pushBatch(space, most = Infinity) {
		const { ops, bytes } = room.of(space), limit = { ops: Math.min(ops, most), bytes };
		const taken = await takeBatch({ database, user, definition }, space, limit);
		const { batch, stay, cursor, past, outcome } = taken;
		if (outcome)
			publish(space, outcome);
		if (batch.length === 0)
			return stay;
		try {
			const answer = await send(space, batch, cursor, past);
			room.learn(batch, null);
			return await take(space, answer);
		} catch (error) {
			if (!(error instanceof ApiError))
				throw error;
			room.learn(batch, error);
			if (error.status === 403 && error.field === "user")
				await disown();
			if (!(isOfTheOps(error) || isFault(error, batch)) || isOfPlace(error))
				throw error;
			if (batch.length > 1)
				return pushBatch(space, Math.ceil(batch.length / 2));
			return giveUp(space, batch[0], error);
		}
	}

	return { pushBatch, giveUp };
}
