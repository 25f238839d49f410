// @ts-check
// Sends the outbox of a space: a batch in the order of writing, marked as sent before it leaves, and what each answer means.  Who loses an
// answer asks again under the same op ids; the server tells then what became of them (PROTOCOL 3).
import { ApiError, path } from "./api.js";
import { clash, follow, isActive, isParked, keyOf, park, wireOp } from "./outbox.js";
import { advance, opById, opsOfRecord, opsOfSpace, readState, rowOf, storeStep } from "./userdata.js";
import { isSame, fieldOf } from "./values.js";

const OPS = 200, BYTES = 900_000; // of one push; the server takes 1 MiB
const FAULTS = 2, LAST_FAULT = 12; // 500s over the same op: from then on the batch is halved, at last the op is given up

/** @typedef {import("./outbox.js").StoredOp} StoredOp */
/** @typedef {import("./userdata.js").Transaction} Transaction */
/** @typedef {import("./userdata.js").Outcome} Outcome */

const utf8 = new TextEncoder();

/**
 * The first ops of the queue, one of each record: where a second one of a record comes, the batch ends, so that everything arrives in
 * the order in which it was written.
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
		if (records.has(keyOf(op)) || batch.length === most || (batch.length > 0 && bytes + size > BYTES) || !isReady(op))
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
	/** How often a push that began with this op met a fault of the server, while the server was well otherwise. @type {Map<string, number>} */
	const faults = new Map();

	// --- before it leaves ---

	/** An op goes out when the files that it names are there. @param {Transaction} work @param {string} space @returns {Promise<(op: StoredOp) => boolean>} */
	async function readiness(work, space) {
		const unsent = new Set((await work.all("files", "space", space)).filter((file) => !file.sent).map((file) => file.sha256));
		return (op) => !Object.values(op.set ?? {}).some((value) => typeof value === "string" && unsent.has(value.toLowerCase()));
	}

	/** @param {string} space @param {number} most */
	function takeBatch(space, most) {
		return database.write(["meta", "ops", "files"], async (work) => {
			const isReady = await readiness(work, space);
			const batch = chooseBatch(await opsOfSpace(work, space), isReady, most);
			const leaving = batch.filter((op) => op.state !== "sent");
			await Promise.all(leaving.map((op) => work.put("ops", Object.assign(op, { state: "sent" }))));
			const { cursor } = await readState(work, space);
			const outcome = leaving.length > 0 ? await outcomeOf(work, space, leaving.map((op) => [op.collection, op.record]), [], []) : null;
			return { batch, cursor, outcome };
		});
	}

	/**
	 * What memory must know after ops of these records have changed.
	 * @param {Transaction} work @param {string} space @param {string[][]} touched @param {any[]} rows @param {any[]} changes @param {any} [state]
	 * @returns {Promise<Outcome>}
	 */
	async function outcomeOf(work, space, touched, rows, changes, state = {}) {
		const ops = await Promise.all(touched.map(async ([collection, id]) => ({ collection, id, ops: await opsOfRecord(work, space, collection, id) })));
		return { state: await advance(work, space, state), rows, ops, changes };
	}

	// --- answers ---

	/** One answer being taken, and what it does to rows. @typedef {{work: Transaction, space: string, epoch: string, rows: any[], changes: any[], fresh: boolean, final: boolean}} Taking */

	/** The record as the server says it is now; null when it is deleted or not to be seen. @param {Taking} taking @param {StoredOp} op @param {any} record */
	async function keepRow(taking, op, record) {
		const { work, space } = taking, key = [space, op.collection, record?.id ?? op.record];
		const held = await work.get("rows", key);
		// A pull has been further already.
		if (record && held && held.version > record.version)
			return;
		if (record)
			await work.put("rows", rowOf(space, op.collection, record));
		else
			await work.delete("rows", key);
		if (taking.fresh)
			await (record ? work.put("fresh", rowOf(space, op.collection, record)) : work.delete("fresh", key));
		taking.rows.push({ collection: op.collection, id: key[2], record });
		taking.changes.push({ collection: op.collection, id: key[2], from: "here", by: user });
	}

	/** @param {StoredOp} op @param {StoredOp[]} ops of the record */
	const nextOf = (op, ops) => ops.find((one) => isActive(one) && Number(one.n) > Number(op.n));

	/** @param {Taking} taking @param {StoredOp} op @param {any} result @param {StoredOp[]} ops */
	async function taken(taking, op, result, ops) {
		const { work, epoch } = taking;
		const record = result.record && !result.record.deleted ? result.record : null;
		const version = Math.max(result.version ?? 0, result.record?.version ?? 0);
		const next = nextOf(op, ops);
		const { again, last, ...rest } = op;

		await work.delete("ops", op.n);
		await work.put("done", { ...rest, state: "done", version: result.version ?? version, seq: result.seq ?? 0, epoch, doneAt: now(), problem: null, conflict: null });
		await keepRow(taking, op, record);
		if (!next)
			return;
		const alone = !result.merged && result.version === op.base + 1 && (!record || record.version === result.version);
		const moved = next.again ? { ...next, base: record?.version ?? version } : follow(next, record, version, alone, definition(taking.space, op.collection));
		await storeStep(work, moved ? { drop: [], put: [moved] } : { drop: [next], put: [] });
	}

	/** @param {any} problem @returns {any} the record that stands against the op, as far as it may be seen */
	function currentOf(problem) {
		const current = problem?.current;
		return current && current.id !== undefined && !current.deleted ? current : null;
	}

	/** @param {StoredOp} op @param {any} problem */
	function isTombstoneOfKey(op, problem) {
		return op.kind === "create" && op.base === 0 && problem?.status === 409 && problem.current?.deleted === true && problem.currentVersion > 0;
	}

	/** @param {StoredOp} op @param {any} problem @returns {StoredOp} */
	function inConflict(op, problem) {
		const current = currentOf(problem), version = problem.currentVersion ?? 0;
		const fields = problem.fields ?? Object.keys(op.set ?? {}).filter((name) => !isSame(fieldOf(definition(op.space, op.collection), name), op.set?.[name], current?.[name]));
		const parked = clash(op, current, version, fields);
		return { ...parked, problem, conflict: { ...parked.conflict, base: { ...parked.conflict.base, ...problem.base } } };
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
			await work.put("ops", { ...op, state: "waiting", base: problem.currentVersion });
			return true;
		}
		/** @type {StoredOp} */
		const parked = result.status === "conflict" ? inConflict(op, problem) : { ...op, state: "rejected", problem, conflict: null };
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
	 * Answers of a push, in one transaction; each is about another record, so they are taken side by side.  Answers how many ops have got on.
	 * @param {string} space @param {any} answer @param {boolean} [final] given here: the op need not have left, and it stays refused whatever the reason
	 */
	async function takeAnswers(space, answer, final = false) {
		const outcome = await database.write(["meta", "rows", "fresh", "ops", "done"], async (work) => {
			const state = await readState(work, space);
			/** @type {Taking[]} */
			const takings = answer.results.map(() => ({ work, space, epoch: answer.epoch, rows: [], changes: [], fresh: state.resync !== null, final }));
			const ops = await Promise.all(takings.map((taking, i) => takeAnswer(taking, answer.results[i])));
			const touched = ops.flatMap((op) => (op ? [[op.collection, op.record]] : []));
			return outcomeOf(work, space, touched, takings.flatMap((taking) => taking.rows), takings.flatMap((taking) => taking.changes),
				state.epoch || !answer.epoch ? {} : { epoch: answer.epoch });
		});
		publish(space, outcome);
		return outcome.ops.length;
	}

	// --- the whole push refused ---

	/** What this one op is, the server cannot take in any push. @param {string} space @param {StoredOp} op @param {ApiError} error */
	async function giveUp(space, op, error) {
		return takeAnswers(space, { epoch: null, results: [{ op: op.id, status: "rejected", problem: error.problem }] }, true);
	}

	/** @param {ApiError} error */
	function isOfTheOps(error) {
		return error.status === 413 || error.status === 400 || error.status === 422 || error.status === 415;
	}

	/** A fault that comes again and again over the same ops will not pass. @param {ApiError} error @param {StoredOp[]} batch */
	function isFault(error, batch) {
		if (error.status !== 500)
			return false;
		const times = (faults.get(batch[0].id) ?? 0) + 1;
		faults.set(batch[0].id, times);
		return times > (batch.length > 1 ? FAULTS : LAST_FAULT);
	}

	/**
	 * Sends one batch; answers how many ops have got on.  A push refused for what is in it is sent again in halves until the op is found.
	 * @param {string} space @param {number} [most]
	 * @returns {Promise<number>}
	 */
	async function pushBatch(space, most = OPS) {
		const { batch, cursor, outcome } = await takeBatch(space, most);
		if (outcome)
			publish(space, outcome);
		if (batch.length === 0)
			return 0;
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
			if (!(error instanceof ApiError) || !(isOfTheOps(error) || isFault(error, batch)) || error.field === "cursor")
				throw error;
			if (batch.length > 1)
				return pushBatch(space, Math.ceil(batch.length / 2));
			return giveUp(space, batch[0], error);
		}
	}

	return { pushBatch, giveUp };
}
