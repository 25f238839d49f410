// @ts-check
// Loading a space anew, when the server says so (410): everything is gathered beside what is shown, and
// changed over in one transaction. After an operator's restore, what was acknowledged and lost goes back into the
// outbox first (schema/PROTOCOL.md 4 and 5).
import { ApiError } from "./api.js";
import { NO_VERSION, clash, disputed, isActive } from "./outbox.js";
import { createRows, groupOps } from "./rows.js";
import { advance, amend, opsOfRecord, opsOfSpace, readState, rowOf } from "./userdata.js";

/** @typedef {import("./outbox.js").StoredOp} StoredOp */
/** @typedef {import("./database.js").Transaction} Transaction */

/** @param {any} row */
const keyOfRow = (row) => row.collection + "/" + row.id;

/**
 * Without a word on where it was cut, all are asked again: those that survived are answered as duplicates.
 * @param {Transaction} work @param {string} space @param {{epoch: string, seq: number} | undefined} restored
 * @returns {Promise<StoredOp[]>}
 */
async function requeue(work, space, restored) {
	/** @type {StoredOp[]} */
	const done = await work.all("done", "space", space);
	const lost = done.filter((op) => !restored || (op.epoch !== restored.epoch && Number(op.seq) > restored.seq));
	for (const op of lost) {
		const { epoch, version, seq, doneAt, own, ...rest } = op;
		await work.put("ops", { ...rest, state: "waiting", again: true });
		await work.delete("done", op.id);
	}
	// Files may be lost as well; those still held here are sent again with the ops that name them.
	for (const file of await work.all("files", "space", space))
		await work.put("files", { ...file, sent: false, received: 0 });
	return lost;
}

/**
 * @param {Pick<import("./pull.js").Parts, "database" | "definition" | "publish" | "loading"> & {askPage: (space:
 *   string, cursor: string | null) => Promise<any>, askIfMuch: (deletes: number, of: number) => void}} parts
 */
export function createResync({ database, definition, publish, loading, askPage, askIfMuch }) {
	/**
	 * In one transaction, before anything is cleared.
	 * @param {string} space @param {any} problem
	 */
	async function begin(space, { reason, restored }) {
		const outcome = await database.write(["meta", "ops", "done", "fresh", "files"], async (work) => {
			const { resync: before } = await readState(work, space);
			const again = reason === "epoch" || restored ? await requeue(work, space, restored) : [];
			await work.deleteAll("fresh", "space", space);
			const state = await advance(work, space, {
				...(restored ? { epoch: restored.epoch } : reason === "epoch" ? { epoch: null } : {}),
				resync: {
					cursor: null, count: 0,
					restored: Boolean(restored) || (before?.restored ?? false),
					rebase:
						reason === "epoch" ||
						reason === "ahead" ||
						restored !== undefined ||
						(before?.rebase ?? false),
				},
			});
			const ops = await Promise.all(
				again.map(async (op) => ({
					collection: op.collection,
					id: op.record,
					ops: await opsOfRecord(work, space, op.collection, op.record),
				}))
			);
			return { state, rows: [], changes: [], ops };
		});
		publish(space, outcome);
	}

	/**
	 * Answers how much has come so far; null when another tab has it already.
	 * @param {string} space @param {string | null} since @param {any} page
	 */
	function gather(space, since, page) {
		return database.write(["meta", "fresh"], async (work) => {
			const state = await readState(work, space);
			if (!state.resync || state.resync.cursor !== since)
				return null;
			const held = await Promise.all(
				page.changes.map((/** @type {any} */ change) =>
					work.get("fresh", [space, change.collection, change.id])
				)
			);
			await Promise.all(page.changes.map((/** @type {any} */ change, /** @type {number} */ i) => {
				if (held[i] && held[i].version > change.version)
					return null;
				return change.record && !change.deleted && !change.removed
					? work.put("fresh", rowOf(space, change.collection, change.record))
					: work.delete("fresh", [space, change.collection, change.id]);
			}));
			const count = state.resync.count + page.changes.length;
			await amend(work, space, { resync: { ...state.resync, cursor: page.cursor, count } });
			return count;
		});
	}

	/**
	 * What an op is based on after the server's past was changed: the version held now, if it still has what the
	 * person saw.  One whose fate is unknown is asked again in a way that overwrites nothing.
	 * @param {StoredOp} op @param {any} held @returns {StoredOp}
	 */
	function rebase(op, held) {
		const record = held?.record ?? null, version = held?.version ?? 0;
		if (op.again)
			return { ...op, base: held || op.kind === "create" ? version : Math.max(1, op.base) };
		if (op.kind === "create" && !held)
			return { ...op, base: 0 };
		if (op.kind === "delete" && !held)
			return op;
		const fields =
			op.kind === "create"
				? Object.keys(op.set ?? {})
				: disputed(op, record, definition(op.space, op.collection));
		if (held && fields.length === 0)
			return { ...op, base: version };
		if (op.state === "sent")
			return { ...op, base: NO_VERSION };
		return held && op.kind === "create" ? { ...op, base: 0 } : clash(op, record, version, fields);
	}

	/** A conflict is about what is there now. @param {StoredOp} op @param {any} held @returns {StoredOp} */
	function clashAnew(op, held) {
		const record = held?.record ?? null;
		return {
			...op,
			conflict: {
				...op.conflict, current: record, currentVersion: held?.version ?? 0,
				by: record?.lastUpdatedBy, at: record?.lastUpdatedAt,
			},
		};
	}

	/**
	 * All ops of a record: what the first will be answered decides what those behind it are based on.
	 * @param {StoredOp[]} ops @param {any} held @returns {StoredOp[]}
	 */
	function rebaseAll(ops, held) {
		const first = ops.find(isActive);
		return ops.flatMap((op) => {
			if (op.state === "conflict")
				return [clashAnew(op, held)];
			if (!isActive(op))
				return [];
			return [
				op === first
					? rebase(op, held)
					: op.again || op.kind === "create"
						? op
						: { ...op, base: NO_VERSION },
			];
		});
	}

	/** @param {string} space @param {string} cursor @param {boolean} allowed */
	function changeOver(space, cursor, allowed) {
		return database.write(["meta", "rows", "fresh", "ops"], async (work) => {
			const state = await readState(work, space);
			if (!state.resync || state.resync.cursor !== cursor)
				return null;
			const [old, fresh, all] = await Promise.all([
				work.all("rows", "space", space), work.all("fresh", "space", space),
				opsOfSpace(work, space),
			]);
			const next = new Map(fresh.map((row) => [keyOfRow(row), row]));
			const before = new Map(old.map((row) => [keyOfRow(row), row]));
			const gone = old.filter((row) => !next.has(keyOfRow(row)));
			if (state.loaded && !allowed && !state.resync.restored)
				askIfMuch(gone.length, old.length);
			const ops = groupOps(all);
			const rows = createRows({
				work,
				space,
				ops,
				definition: (collection) => definition(space, collection),
			});
			for (const row of gone)
				rows.drop(row);
			for (const row of fresh)
				if (
					before.get(keyOfRow(row))?.version !== row.version ||
					JSON.stringify(before.get(keyOfRow(row))?.record) !== JSON.stringify(row.record)
				)
					rows.put(row.collection, row.record);
			for (const [key, some] of state.resync.rebase ? ops : [])
				for (const op of rebaseAll(some, next.get(key)))
					rows.keepOp(op);
			await work.deleteAll("fresh", "space", space);
			const outcome = await rows.done(!state.loaded);
			return {
				...outcome,
				state: await advance(work, space, { cursor, loaded: true, resync: null }),
			};
		});
	}

	/**
	 * Who loads everything anew from nothing is told of no restore meanwhile; the cursor from before tells, once
	 * all is gathered.  A restore that is known already is no news.
	 * @param {string} space
	 */
	async function askFromBefore(space) {
		const { cursor, epoch, resync: under } = await database.read(["meta"], (work) =>
			readState(work, space)
		);
		if (!under || cursor === null)
			return;
		try {
			await askPage(space, cursor);
		} catch (error) {
			if (!(error instanceof ApiError) || (error.status !== 410 && error.status !== 400))
				throw error;
			const { reason, restored } = /** @type {any} */ (error.problem);
			if (restored ? restored.epoch !== epoch : reason === "epoch" && !under.rebase)
				throw error;
		}
	}

	/**
	 * Goes on where it broke off; answers whether it came to the end itself.
	 * @param {string} space @param {boolean} allowed
	 */
	async function resync(space, allowed) {
		for (;;) {
			const { resync: under } = await database.read(["meta"], (work) => readState(work, space));
			if (!under)
				return false;
			const page = await askPage(space, under.cursor);
			const count = await gather(space, under.cursor, page);
			if (count === null)
				return false;
			loading(space, count);
			if (page.more)
				continue;
			await askFromBefore(space);
			const outcome = await changeOver(space, page.cursor, allowed);
			loading(space, null);
			if (outcome)
				publish(space, outcome);
			return outcome !== null;
		}
	}

	return { begin, resync };
}
