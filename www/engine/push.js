// @ts-check
// Sends the outbox of a space: a batch in the order of writing, marked as sent before it leaves, and what
// each answer means.  Who loses an answer asks again under the same op ids; the server tells then what became of them
// (schema/PROTOCOL.md 3).
import { ApiError, path } from "./api.js";
import { clash, follow, isActive, isParked, keyOf, park, wireOp } from "./outbox.js";
import { upToDate } from "./rows.js";
import { advance, opById, opsOfRecord, opsOfSpace, readState, rowOf, storeStep } from "./userdata.js";
import { isSame, fieldOf } from "./values.js";

const OPS = 200, BYTES = 900_000; // of one push; the server takes 1 MiB
// 500s over the same op: from then on the batch is halved, at last the op is given up.
const FAULTS = 2, LAST_FAULT = 12;

/** @typedef {import("./outbox.js").StoredOp} StoredOp */
/** @typedef {import("./userdata.js").Transaction} Transaction */
/** @typedef {import("./userdata.js").Outcome} Outcome */

const utf8 = new TextEncoder();

/**
 * The first ops of the queue, one of each record: where a second one of a record comes, the batch ends, so that
 * everything arrives in the order in which it was written.
 * @param {StoredOp[]} ops @param {(op: StoredOp) => boolean} isReady @param {number} most
 */
export function chooseBatch(ops, isReady, most = OPS) {
	/** @type {StoredOp[]} */
	const batch = [];
	const records = new Set();
	let bytes = 0;
	for (const op of ops) {
		if (isParked(op))
			continue;
		const size = utf8.encode(JSON.stringify(wireOp(op))).length;
		if (
			records.has(keyOf(op)) ||
			batch.length === most ||
			(batch.length > 0 && bytes + size > BYTES) ||
			!isReady(op)
		)
			break;
		records.add(keyOf(op));
		batch.push(op);
		bytes += size;
	}
	return batch;
}

/**
 * @param {{database: import("./database.js").Database, user: string, device: () => string, now: () => number,
 *   request: (method: string, path: string, options?: any) => Promise<any>,
 *   definition: (space: string, collection: string) => import("./engine.d.ts").Definition | undefined,
 *   publish: (space: string, outcome: Outcome) => void, disown: () => Promise<void>}} parts
 */
export function createPush({ database, user, device, now, request, definition, publish, disown }) {
	/**
	 * How often a push that began with this op met a fault of the server, while the server was well otherwise.
	 * @type {Map<string, number>}
	 */
	const faults = new Map();

	// --- before it leaves ---

	/**
	 * An op goes out when the files that it names are there.
	 * @param {Transaction} work @param {string} space @returns {Promise<(op: StoredOp) => boolean>}
	 */
	async function readiness(work, space) {
		const unsent = new Set(
			(await work.all("files", "space", space))
				.filter((file) => !file.sent)
				.map((file) => file.sha256)
		);
		return (op) =>
			!Object.values(op.set ?? {}).some(
				(value) => typeof value === "string" && unsent.has(value.toLowerCase())
			);
	}

	/** @param {StoredOp} op @param {StoredOp[]} ops of the record */
	const nextOf = (op, ops) => ops.find((one) => isActive(one) && Number(one.n) > Number(op.n));

	/**
	 * The op as it is to leave; parked when it meets somebody else's change by what was answered since it was
	 * written.
	 * @param {Transaction} work @param {StoredOp} op
	 */
	async function toLeave(work, op) {
		const form = definition(op.space, op.collection), ready = op.state === "sent" ? op : await upToDate(work, op, [], form);
		if (isParked(ready))
			await storeStep(
				work,
				park(
					ready,
					nextOf(op, await opsOfRecord(work, op.space, op.collection, op.record)),
					form
				)
			);
		else if (ready.state !== "sent")
			await work.put("ops", Object.assign(ready, { state: "sent" }));
		return ready;
	}

	/**
	 * What is to be sent; and how many of those that were about to leave have to stay.
	 * @param {string} space @param {number} most
	 */
	function takeBatch(space, most) {
		return database.write(["meta", "rows", "ops", "done", "files"], async (work) => {
			const isReady = await readiness(work, space);
			const chosen = chooseBatch(await opsOfSpace(work, space), isReady, most), touched = chosen.filter((op) => op.state !== "sent").map((op) => [op.collection, op.record]);
			const ready = await Promise.all(chosen.map((op) => toLeave(work, op))), batch = ready.filter(isActive), stay = ready.filter(isParked);
			const { cursor } = await readState(work, space);
			const changes = stay.map((op) => ({ collection: op.collection, id: op.record, from: "here", by: user }));
			const outcome = touched.length > 0 ? await outcomeOf(work, space, touched, [], changes) : null;
			return { batch, stay: stay.length, cursor, outcome };
		});
	}

	/**
	 * What memory must know after ops of these records have changed.
	 * @param {Transaction} work @param {string} space @param {string[][]} touched @param {any[]} rows
	 * @param {any[]} changes @param {any} [state] @returns {Promise<Outcome>}
	 */
	async function outcomeOf(work, space, touched, rows, changes, state = {}) {
		const ops = await Promise.all(
			touched.map(async ([collection, id]) => ({
				collection,
				id,
				ops: await opsOfRecord(work, space, collection, id),
			}))
		);
		return { state: await advance(work, space, state), rows, ops, changes };
	}

	// --- answers ---

	/**
	 * One answer being taken, and what it does to rows.
	 * @typedef {{work: Transaction, space: string, epoch: string, rows: any[], changes: any[], fresh: boolean,
	 *   final: boolean}} Taking
	 */

	/**
	 * Into one store; answers whether it was news there: a pull, or a resync, may have been further already.
	 * @param {Transaction} work @param {string} store @param {any[]} key @param {any} record
	 * @param {number} version
	 */
	async function keepIn(work, store, key, record, version) {
		const held = await work.get(store, key);
		if (held && held.version > version)
			return false;
		await (record ? work.put(store, rowOf(key[0], key[1], record)) : work.delete(store, key));
		return true;
	}

	/**
	 * The record as the server says it is now; null when it is deleted or not to be seen, which it was from this
	 * version on.
	 * @param {Taking} taking @param {StoredOp} op @param {any} record @param {number} version
	 */
	async function keepRow(taking, op, record, version) {
		const { work, space } = taking, key = [space, op.collection, record?.id ?? op.record];
		if (taking.fresh)
			await keepIn(work, "fresh", key, record, record?.version ?? version);
		if (!await keepIn(work, "rows", key, record, record?.version ?? version))
			return;
		taking.rows.push({ collection: op.collection, id: key[2], record });
		taking.changes.push({ collection: op.collection, id: key[2], from: "here", by: user });
	}

	/**
	 * Whether the version answered was made by this op, straight on its base: what equalled somebody's change made
	 * none.
	 * @param {StoredOp} op @param {any} result
	 */
	function isOwn(op, result) {
		return (
			result.version === op.base + 1 &&
			!result.merged &&
			(result.status === "applied" ||
				(result.status === "duplicate" && result.record?.lastUpdatedBy === user))
		);
	}

	/** @param {Taking} taking @param {StoredOp} op @param {any} result @param {StoredOp[]} ops */
	async function taken(taking, op, result, ops) {
		const { work, epoch } = taking;
		const record = result.record && !result.record.deleted ? result.record : null;
		const version = Math.max(result.version ?? 0, result.record?.version ?? 0);
		const next = nextOf(op, ops);
		const { again, last, ...rest } = op;
		const own = isOwn(op, result);

		await work.delete("ops", op.n);
		await work.put("done", {
			...rest, state: "done", version: result.version ?? version, seq: result.seq ?? 0, epoch,
			doneAt: now(), problem: null, conflict: null, own,
		});
		await keepRow(taking, op, record, Math.max(version, op.base));
		if (!next)
			return;
		const alone = (own || result.version === op.base) && (!record || record.version === result.version);
		const moved = next.again
			? { ...next, base: record?.version ?? version }
			: follow(next, record, version, alone, definition(taking.space, op.collection));
		await storeStep(work, moved ? { drop: [], put: [moved] } : { drop: [next], put: [] });
	}

	/** @param {any} problem @returns {any} the record that stands against the op, as far as it may be seen */
	function currentOf(problem) {
		const current = problem?.current;
		return current && current.id !== undefined && !current.deleted ? current : null;
	}

	/** @param {StoredOp} op @param {any} problem */
	function isTombstoneOfKey(op, problem) {
		return (
			op.kind === "create" &&
			op.base === 0 &&
			problem?.status === 409 &&
			problem.current?.deleted === true &&
			problem.currentVersion > 0
		);
	}

	/** @param {StoredOp} op @param {any} problem @returns {StoredOp} */
	function inConflict(op, problem) {
		const current = currentOf(problem), version = problem.currentVersion ?? 0;
		const fields =
			problem.fields ??
			Object.keys(op.set ?? {}).filter(
				(name) =>
					!isSame(
						fieldOf(definition(op.space, op.collection), name),
						op.set?.[name],
						current?.[name]
					)
			);
		const parked = clash(op, current, version, fields);
		return {
			...parked,
			problem,
			conflict: { ...parked.conflict, base: { ...parked.conflict.base, ...problem.base } },
		};
	}

	/** @param {Taking} taking @param {StoredOp} op @param {any} result @param {StoredOp[]} ops */
	async function refused(taking, op, result, ops) {
		const { work } = taking, problem = result.problem ?? { type: "", status: 500, detail: "The server refused this." };

		if ((problem.status >= 500 || problem.status === 429) && !taking.final)
			return false;
		if (op.kind === "delete" && problem.status === 404) {
			await taken(taking, op, { version: 0, seq: 0 }, ops);
			return true;
		}
		if (isTombstoneOfKey(op, problem)) {
			// It has left: what is written from now on stands behind it.
			await work.put("ops", { ...op, base: problem.currentVersion });
			return true;
		}
		/** @type {StoredOp} */
		const parked =
			result.status === "conflict"
				? inConflict(op, problem)
				: { ...op, state: "rejected", problem, conflict: null };
		await storeStep(work, park(parked, nextOf(op, ops), definition(op.space, op.collection)));
		taking.changes.push({ collection: op.collection, id: op.record, from: "here", by: user });
		return true;
	}

	/** Answers the op if it has got on. @param {Taking} taking @param {any} result */
	async function takeAnswer(taking, result) {
		const op = await opById(taking.work, result.op);
		// Another tab may have had the answer already.
		if (!op || (op.state !== "sent" && !taking.final))
			return null;
		const ops = await opsOfRecord(taking.work, taking.space, op.collection, op.record);
		if (["applied", "merged", "unchanged", "duplicate"].includes(result.status))
			await taken(taking, op, result, ops);
		else if (!await refused(taking, op, result, ops))
			return null;
		return op;
	}

	/**
	 * Answers of a push, in one transaction; each is about another record, so they are taken side by side.  Answers
	 * how many ops have got on.
	 * @param {string} space @param {any} answer
	 * @param {boolean} [final] given here: the op need not have left, and it stays refused whatever the reason
	 */
	async function takeAnswers(space, answer, final = false) {
		const outcome = await database.write(["meta", "rows", "fresh", "ops", "done"], async (work) => {
			const state = await readState(work, space);
			/** @type {Taking[]} */
			const takings = answer.results.map(() => ({ work, space, epoch: answer.epoch, rows: [], changes: [], fresh: state.resync !== null, final }));
			const ops = await Promise.all(
				takings.map((taking, i) => takeAnswer(taking, answer.results[i]))
			);
			const touched = ops.flatMap((op) => (op ? [[op.collection, op.record]] : []));
			return outcomeOf(
				work,
				space,
				touched,
				takings.flatMap((taking) => taking.rows),
				takings.flatMap((taking) => taking.changes),
				state.epoch || !answer.epoch ? {} : { epoch: answer.epoch }
			);
		});
		publish(space, outcome);
		return outcome.ops.length;
	}

	// --- the whole push refused ---

	/**
	 * What this one op is, the server cannot take in any push.
	 * @param {string} space @param {StoredOp} op @param {ApiError} error
	 */
	async function giveUp(space, op, error) {
		return takeAnswers(
			space,
			{ epoch: null, results: [{ op: op.id, status: "rejected", problem: error.problem }] },
			true
		);
	}

	/** @param {ApiError} error */
	function isOfTheOps(error) {
		return error.status === 413 || error.status === 400 || error.status === 422 || error.status === 415;
	}

	/**
	 * A fault that comes again and again over the same ops will not pass.
	 * @param {ApiError} error @param {StoredOp[]} batch
	 */
	function isFault(error, batch) {
		if (error.status !== 500)
			return false;
		const times = (faults.get(batch[0].id) ?? 0) + 1;
		faults.set(batch[0].id, times);
		return times > (batch.length > 1 ? FAULTS : LAST_FAULT);
	}

	/**
	 * Sends one batch; answers how many ops have got on.  A push refused for what is in it is sent again in halves
	 * until the op is found.
	 * @param {string} space @param {number} [most] @returns {Promise<number>}
	 */
	async function pushBatch(space, most = OPS) {
		const { batch, stay, cursor, outcome } = await takeBatch(space, most);
		if (outcome)
			publish(space, outcome);
		if (batch.length === 0)
			return stay;
		try {
			const { data } = await request("POST", path("spaces", space, "sync", "push"), {
				body: { device: device(), ...(cursor ? { cursor } : {}), user, ops: batch.map(wireOp) },
			});
			if (!Array.isArray(data?.results) || typeof data.epoch !== "string")
				throw new ApiError(0);
			return await takeAnswers(space, data);
		} catch (error) {
			if (error instanceof ApiError && error.status === 403 && error.field === "user")
				await disown();
			if (
				!(error instanceof ApiError) ||
				!(isOfTheOps(error) || isFault(error, batch)) ||
				error.field === "cursor"
			)
				throw error;
			if (batch.length > 1)
				return pushBatch(space, Math.ceil(batch.length / 2));
			return giveUp(space, batch[0], error);
		}
	}

	return { pushBatch, giveUp };
}
