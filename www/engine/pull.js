// @ts-check
// Brings a space up to date: page after page of what changed, each stored with the cursor it leads to.  A row with ops on top is brought up
// to date below them; a pull never moves what an op is based on.  A resync gathers everything beside what is shown and changes over in
// one transaction (PROTOCOL 4 and 5).
import { ApiError, path } from "./api.js";
import { clash, disputed, follow, isActive, isParked, keyOf } from "./outbox.js";
import { advance, amend, opsOfRecord, opsOfSpace, readState, rowOf } from "./userdata.js";

const NO_VERSION = 2 ** 52; // a base that no record has: asks what became of an op and never changes anything
const MANY = 50, MUCH = 0.2, FEW = 10; // deletions that nobody expects: more than 50, or a fifth of a list that is no short one

/** @typedef {import("./outbox.js").StoredOp} StoredOp */
/** @typedef {import("./userdata.js").Transaction} Transaction */
/** @typedef {import("./userdata.js").Outcome} Outcome */

/** A pull waits for a person's word. */
export class Question extends Error {
	/** @param {number} deletes @param {number} of */
	constructor(deletes, of) {
		super("Much would be deleted.");
		this.deletes = deletes;
		this.of = of;
		this.isOurs = true;
	}
}

/** @param {number} deletes @param {number} of */
function isMuch(deletes, of) {
	return deletes > MANY || (deletes >= FEW && deletes > of * MUCH);
}

/**
 * @param {{database: import("./database.js").Database, now: () => number,
 *   request: (method: string, path: string, options?: any) => Promise<any>,
 *   definition: (space: string, collection: string) => import("./engine.d.ts").Definition | undefined,
 *   publish: (space: string, outcome: Outcome) => void, told: (serverTime: string, sentAt: number) => void, clockNow: () => number,
 *   loading: (space: string, count: number | null) => void}} parts
 */
export function createPull({ database, request, definition, publish, told, clockNow, loading }) {
	/** @param {string} space @param {string | null} cursor */
	async function askPage(space, cursor) {
		const sentAt = clockNow();
		const { data } = await request("GET", path("spaces", space, "sync", "changes") + (cursor ? "?since=" + encodeURIComponent(cursor) : ""));
		if (!Array.isArray(data?.changes) || typeof data.cursor !== "string")
			throw new ApiError(0);
		told(data.serverTime, sentAt);
		return data;
	}

	/** @param {Transaction} work @param {StoredOp[]} ops @param {any} held */
	async function rememberLast(work, ops, held) {
		for (const op of ops)
			if (held && op.kind !== "create")
				await work.put("ops", Object.assign(op, { last: held.record }));
	}

	/**
	 * After a restore, an op came before the one that makes its record, which another device had to send again: now it can be sent.
	 * @param {Transaction} work @param {StoredOp[]} ops @param {any} record
	 */
	async function wake(work, ops, record) {
		const late = ops.find((op) => op.again && op.state === "rejected" && op.problem?.status === 404);
		if (!late)
			return;
		const { again, ...op } = late;
		await work.put("ops", follow({ ...op, state: "waiting", problem: null }, record, record.version, false, definition(op.space, op.collection)) ?? op);
	}

	// --- pages ---

	/**
	 * Stores a page.  Null when another tab has stored it, or another one, already.
	 * @param {string} space @param {string | null} since @param {any} page @param {{deletes: number, allowed: boolean}} pulled
	 */
	function takePage(space, since, page, pulled) {
		return database.write(["meta", "rows", "ops"], async (work) => {
			const state = await readState(work, space);
			if (state.cursor !== since || state.resync)
				return null;
			const ops = await opsOfSpace(work, space);
			const opsOf = Map.groupBy ? Map.groupBy(ops, keyOf) : groupOps(ops);
			const held = await Promise.all(page.changes.map((/** @type {any} */ change) => work.get("rows", [space, change.collection, change.id])));
			const rows = [], changes = [], touched = [];
			for (const [i, change] of page.changes.entries()) {
				const mine = opsOf.get(change.collection + "/" + change.id) ?? [], row = held[i];
				const isGone = change.deleted || change.removed || !change.record;
				if (isGone ? !row || row.version > change.version : row && row.version >= change.version)
					continue;
				if (isGone) {
					await work.delete("rows", [space, change.collection, change.id]);
					await rememberLast(work, mine, row);
					pulled.deletes += 1;
				} else {
					await work.put("rows", rowOf(space, change.collection, change.record));
					await wake(work, mine, change.record);
				}
				if (mine.length > 0)
					touched.push({ collection: change.collection, id: change.id, ops: await opsOfRecord(work, space, change.collection, change.id) });
				rows.push({ collection: change.collection, id: change.id, record: isGone ? null : change.record });
				changes.push({ collection: change.collection, id: change.id, from: state.loaded ? "elsewhere" : "first", ...(change.record?.lastUpdatedBy ? { by: change.record.lastUpdatedBy } : {}) });
			}
			if (state.loaded && !pulled.allowed && pulled.deletes > 0) {
				const of = await work.count("rows", "space", space) + pulled.deletes;
				if (isMuch(pulled.deletes, of))
					throw new Question(pulled.deletes, of);
			}
			const loaded = state.loaded || !page.more;
			const isNews = rows.length > 0 || state.cursor !== page.cursor || loaded !== state.loaded;
			return { state: isNews ? await advance(work, space, { cursor: page.cursor, loaded }) : state, rows, changes, ops: touched };
		});
	}

	/** @param {StoredOp[]} ops */
	function groupOps(ops) {
		const map = new Map();
		for (const op of ops)
			map.set(keyOf(op), [...(map.get(keyOf(op)) ?? []), op]);
		return map;
	}

	/** @param {string} space @param {boolean} allowed */
	async function pullPages(space, allowed) {
		const pulled = { deletes: 0, allowed };
		const { cursor: from, loaded } = await database.read(["meta"], (work) => readState(work, space));
		let cursor = from, count = 0;
		for (;;) {
			const page = await askPage(space, cursor);
			const outcome = await takePage(space, cursor, page, pulled);
			if (!outcome)
				return;
			count += page.changes.length;
			if (!loaded)
				loading(space, page.more ? count : null);
			publish(space, outcome);
			cursor = page.cursor;
			if (!page.more)
				return;
		}
	}

	// --- resync ---

	/**
	 * The server wants everything loaded anew.  After an operator's restore, what was acknowledged above the cut goes back into the outbox,
	 * in its old order, before anything is cleared.
	 * @param {string} space @param {any} problem
	 */
	async function beginResync(space, problem) {
		const rebase = problem.reason === "epoch" || problem.reason === "ahead" || problem.restored !== undefined;
		const outcome = await database.write(["meta", "ops", "done", "fresh"], async (work) => {
			const state = await readState(work, space);
			const again = problem.reason === "epoch" || problem.restored ? await requeue(work, space, problem.restored) : [];
			await work.deleteAll("fresh", "space", space);
			const now = await advance(work, space, {
				...(problem.restored ? { epoch: problem.restored.epoch } : {}),
				resync: { cursor: null, rebase: rebase || (state.resync?.rebase ?? false), restored: Boolean(problem.restored) || (state.resync?.restored ?? false), count: 0 },
			});
			const ops = [];
			for (const op of again)
				ops.push({ collection: op.collection, id: op.record, ops: await opsOfRecord(work, space, op.collection, op.record) });
			return { state: now, rows: [], changes: [], ops };
		});
		publish(space, outcome);
	}

	/** Without a word on where it was cut, all are asked again: those that survived are answered as duplicates. @param {Transaction} work @param {string} space @param {{epoch: string, seq: number} | undefined} restored */
	async function requeue(work, space, restored) {
		/** @type {StoredOp[]} */
		const done = await work.all("done", "space", space);
		const lost = done.filter((op) => !restored || (op.epoch !== restored.epoch && Number(op.seq) > restored.seq)).sort((a, b) => Number(a.n) - Number(b.n));
		for (const op of lost) {
			const { epoch, version, seq, doneAt, ...rest } = op;
			await work.put("ops", { ...rest, state: "waiting", again: true });
			await work.delete("done", op.id);
		}
		return lost;
	}

	/** @param {string} space @param {string | null} since @param {any} page */
	function gather(space, since, page) {
		return database.write(["meta", "fresh"], async (work) => {
			const state = await readState(work, space);
			if (!state.resync || state.resync.cursor !== since)
				return null;
			for (const change of page.changes) {
				const key = [space, change.collection, change.id], held = await work.get("fresh", key);
				if (held && held.version > change.version)
					continue;
				if (change.record && !change.deleted && !change.removed)
					await work.put("fresh", rowOf(space, change.collection, change.record));
				else
					await work.delete("fresh", key);
			}
			const count = state.resync.count + page.changes.length;
			await amend(work, space, { resync: { ...state.resync, cursor: page.cursor, count } });
			return count;
		});
	}

	/**
	 * What an op is based on after the server's past was changed: the version held now, if it still has what the person saw.  One whose fate
	 * is unknown is asked again in a way that overwrites nothing.
	 * @param {StoredOp} op @param {any} held @returns {StoredOp}
	 */
	function rebase(op, held) {
		const now = held?.record ?? null, version = held?.version ?? 0;
		if (op.again)
			return { ...op, base: held || op.kind === "create" ? version : Math.max(1, op.base) };
		if (op.kind === "create" && !held)
			return { ...op, base: 0 };
		if (op.kind === "delete" && !held)
			return op;
		const fields = op.kind === "create" ? Object.keys(op.set ?? {}) : disputed(op, now, definition(op.space, op.collection));
		if (held && fields.length === 0)
			return { ...op, base: version };
		if (op.state === "sent")
			return { ...op, base: NO_VERSION };
		return held && op.kind === "create" ? { ...op, base: 0 } : clash(op, now, version, fields);
	}

	/** @param {string} space @param {string} cursor @param {boolean} allowed */
	function changeOver(space, cursor, allowed) {
		return database.write(["meta", "rows", "fresh", "ops"], async (work) => {
			const state = await readState(work, space);
			if (!state.resync || state.resync.cursor !== cursor)
				return null;
			const [old, fresh, ops] = await Promise.all([work.all("rows", "space", space), work.all("fresh", "space", space), opsOfSpace(work, space)]);
			const next = new Map(fresh.map((row) => [row.collection + "/" + row.id, row])), before = new Map(old.map((row) => [row.collection + "/" + row.id, row]));
			const gone = old.filter((row) => !next.has(row.collection + "/" + row.id));
			if (state.loaded && !allowed && !state.resync.restored && isMuch(gone.length, old.length))
				throw new Question(gone.length, old.length);
			const rows = [], changes = [], touched = [];
			const opsOf = groupOps(ops);
			for (const row of gone) {
				await work.delete("rows", [space, row.collection, row.id]);
				await rememberLast(work, opsOf.get(row.collection + "/" + row.id) ?? [], row);
				rows.push({ collection: row.collection, id: row.id, record: null });
			}
			for (const row of fresh) {
				const known = before.get(row.collection + "/" + row.id);
				if (known && known.version === row.version && JSON.stringify(known.record) === JSON.stringify(row.record))
					continue;
				await work.put("rows", row);
				rows.push({ collection: row.collection, id: row.id, record: row.record });
			}
			for (const row of rows)
				changes.push({ collection: row.collection, id: row.id, from: state.loaded ? "elsewhere" : "first", ...(row.record?.lastUpdatedBy ? { by: row.record.lastUpdatedBy } : {}) });
			await work.deleteAll("fresh", "space", space);
			for (const [key, some] of opsOf) {
				const first = some.find(isActive);
				if (!state.resync.rebase || !first)
					continue;
				await work.put("ops", rebase(first, next.get(key)));
				touched.push({ collection: first.collection, id: first.record, ops: await opsOfRecord(work, space, first.collection, first.record) });
			}
			const now = await advance(work, space, { cursor, loaded: true, resync: null });
			return { state: now, rows, changes, ops: touched };
		});
	}

	/** @param {string} space @param {boolean} allowed */
	async function resync(space, allowed) {
		for (;;) {
			const { resync: state } = await database.read(["meta"], (work) => readState(work, space));
			if (!state)
				return;
			const page = await askPage(space, state.cursor);
			const count = await gather(space, state.cursor, page);
			if (count === null)
				return;
			loading(space, count);
			if (page.more)
				continue;
			const outcome = await changeOver(space, page.cursor, allowed);
			loading(space, null);
			if (outcome)
				publish(space, outcome);
			return;
		}
	}

	/**
	 * Brings the space up to date.  allowed: a person said that much may be deleted.
	 * @param {string} space @param {boolean} allowed
	 */
	async function pull(space, allowed) {
		const { resync: under } = await database.read(["meta"], (work) => readState(work, space));
		if (under)
			return resync(space, allowed);
		await pullPages(space, allowed);
	}

	return { pull, beginResync };
}
