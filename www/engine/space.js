// @ts-check One opened space: its records and ops in memory, and what a person does with them.  Every edit is shown at
// once, stored in one transaction, and taken back from what is shown when that fails.  Sending it is sync.js's.
import { add, ground, isActive, isParked, keyOf, letGo, meet, shownOp, without } from "./outbox.js";
import { upToDate } from "./rows.js";
import { advance, doneOfRecord, loadSpace, opById, opsOfRecord, opsOfSpace, readState, storeStep } from "./userdata.js";
import { hasNaturalId, idOf } from "./ids.js";
import { differing, isSame, fieldOf, ownFields } from "./values.js";
import { createShelf } from "./shelf.js";
import { EngineError } from "./words.js";

/** @typedef {import("./engine.d.ts").Fields} Fields */
/** @typedef {import("./engine.d.ts").Row} Row */
/** @typedef {import("./outbox.js").StoredOp} StoredOp */
/** @typedef {import("./userdata.js").Outcome} Outcome */

const NO_ROW = "There is no such record.";

/**
 * @param {{id: string, account: import("./account.js").Account}} parts the account is the person whose space this is
 */
export function createSpace({ id, account }) {
	const { database, user } = account;
	const shelf = createShelf({ user: user().id });
	/** @type {Set<(changes: import("./engine.d.ts").Change[]) => void>} */
	const listeners = new Set();
	/** @type {import("./engine.d.ts").Definition[]} */
	let definitions = [];
	let rev = -1;
	/** @type {Promise<void> | null} */
	let loading = null;

	/** @param {string} collection */
	const definition = (collection) => definitions.find((one) => one.name === collection);

	/** @param {import("./engine.d.ts").Change[]} changes */
	function announce(changes) {
		for (const listener of [...listeners])
			account.guard(() => listener(changes));
	}

	// --- memory follows the database ---

	/** @param {import("./engine.d.ts").Definition[]} list */
	function define(list) {
		if (JSON.stringify(list) === JSON.stringify(definitions))
			return;
		definitions = list;
		shelf.define(list);
		announce([]);
	}

	async function reload() {
		const stored = await loadSpace(database, id);
		definitions = stored.definitions;
		shelf.define(definitions);
		shelf.fill(stored.rows, stored.ops);
		rev = stored.state.rev;
		account.learn(id, stored.state);
	}

	/** Everything anew from the database; of several wishes at once one is done. */
	function load() {
		loading ??= reload().finally(() => { loading = null; });
		return loading;
	}

	/** What a transaction of this tab did. @param {Outcome} outcome */
	function take(outcome) {
		const missed = outcome.state.rev > rev + 1;
		shelf.take(outcome.rows);
		shelf.takeOps(outcome.ops);
		rev = Math.max(rev, outcome.state.rev);
		announce(outcome.changes);
		if (missed)
			loadAgain();
	}

	// Another tab wrote what we were not told of.
	function loadAgain() {
		load().then(() => announce([]), () => {});
	}

	/** Another tab wrote. @param {{rev: number, keys: string[][], changes: any[]}} told */
	async function hear({ rev: theirs, keys, changes }) {
		if (theirs <= rev)
			return;
		if (theirs > rev + 1 || keys.length > 200)
			return load().then(() => announce(changes), () => {});
		const read = await database.read(["rows", "ops", "meta"], async (work) => ({
			state: await readState(work, id),
			rows: await Promise.all(
				keys.map(async ([collection, record]) => ({
					collection,
					id: record,
					record: (await work.get("rows", [id, collection, record]))?.record ?? null,
				}))
			),
			ops: await Promise.all(
				keys.map(async ([collection, record]) => ({
					collection,
					id: record,
					ops: await opsOfRecord(work, id, collection, record),
				}))
			),
		}));
		shelf.take(read.rows);
		shelf.takeOps(read.ops);
		rev = Math.max(rev, theirs);
		account.learn(id, read.state);
		announce(changes);
		if (read.state.rev > rev)
			loadAgain();
	}

	/** Looks whether another tab has written. */
	async function look() {
		const state = await database.read(["meta"], (work) => readState(work, id));
		account.learn(id, state);
		if (state.rev !== rev)
			await load().then(() => announce([]));
	}

	// --- writing ---

	/**
	 * @param {"create" | "set" | "delete"} kind @param {string} collection @param {string} record
	 * @param {Fields | null} set @param {Fields} was @param {number} base
	 * @param {{label?: string, renamedFrom?: string}} [options] @returns {StoredOp}
	 */
	function makeOp(kind, collection, record, set, was, base, { label, renamedFrom } = {}) {
		const op = account.makeId(), at = new Date(account.now()).toISOString(), words = label ?? null;
		return {
			id: op, space: id, collection, record, kind, set, was, base, state: "waiting", at, label: words,
			problem: null, conflict: null,
			parts: [{ id: op, kind, set, was, at, label: words }], ...(renamedFrom ? { renamedFrom } : {}),
		};
	}

	/**
	 * Whether it writes on a record that was to be made and never will be.
	 * @param {import("./userdata.js").Transaction} work @param {StoredOp} op @param {StoredOp[]} ops of the record
	 */
	async function hasNothing(work, op, ops) {
		if (
			op.kind !== "set" ||
			op.base > 0 ||
			ops.length > 0 ||
			(await work.get("rows", [id, op.collection, op.record]))
		)
			return false;
		return (await doneOfRecord(work, id, op.collection, op.record)).length === 0;
	}

	/**
	 * The op as what its writer saw makes it on what is held now.
	 * @param {import("./userdata.js").Transaction} work @param {StoredOp} written
	 * @param {StoredOp[]} ops of the record @param {Record<string, any[]>} under
	 */
	async function settled(work, written, ops, under) {
		const row = await work.get("rows", [id, written.collection, written.record]);
		const form = definition(written.collection);
		const queued = ops.filter(isActive);
		if (!row || written.kind === "create")
			return written;
		const grounded = ground(written, under, ops.filter(isParked), queued, row.record, form);
		const op = await upToDate(work, grounded, queued, form);
		// What followed an answer has been compared with it.
		return queued.length > 0 || op !== grounded ? op : meet(op, row.record, form);
	}

	/**
	 * @param {import("./userdata.js").Transaction} work @param {StoredOp} written
	 * @param {{apart?: boolean, under?: Record<string, any[]>}} [how]
	 */
	async function addTo(work, written, { apart = false, under = {} } = {}) {
		const ops = await opsOfRecord(work, id, written.collection, written.record);
		if (await hasNothing(work, written, ops))
			throw new EngineError(NO_ROW);
		const op = await settled(work, written, ops, under);
		const others = ops.some(isActive)
			? (await opsOfSpace(work, id)).filter((one) => keyOf(one) !== keyOf(op))
			: [];
		const step = isParked(op)
			? { drop: [], put: [op], op }
			: add(ops, op, others, definition(op.collection), apart);
		await storeStep(work, step);
		return step.op;
	}

	/**
	 * A transaction on ops of this space; doing answers the records whose ops have changed, stored is called before
	 * they are shown.
	 * @template T
	 * @param {(work: import("./userdata.js").Transaction) => Promise<{touched: string[][], result: T}>} doing
	 * @param {() => void} [stored]
	 */
	async function change(doing, stored = () => {}) {
		const { outcome, result } = await database.write(["meta", "rows", "ops", "done"], async (work) => {
			// A sign-out in another tab, or the browser, empties the database between two transactions.
			if (!await work.get("meta", "spaces")) {
				account.emptied();
				throw new EngineError("Nobody is signed in.");
			}
			const { touched, result: answer } = await doing(work);
			const ops = [];
			for (const [collection, record] of touched)
				ops.push({
					collection,
					id: record,
					ops: await opsOfRecord(work, id, collection, record),
				});
			const changes = touched.map(([collection, record]) => ({
				collection,
				id: record,
				from: /** @type {const} */ ("here"),
				by: user().id,
			}));
			return { outcome: { state: await advance(work, id), rows: [], ops, changes }, result: answer };
		});
		stored();
		account.publish(id, outcome);
		account.nudge();
		return result;
	}

	/**
	 * Shows the op, stores it, and takes it back from what is shown when it cannot be stored.
	 * @param {StoredOp} op
	 */
	async function write(op) {
		account.mayWrite(id);
		const under = shelf.under(op.collection, op.record);
		shelf.hold(op);
		announce([{ collection: op.collection, id: op.record, from: "here", by: user().id }]);
		try {
			const stored = await change(
				async (work) => ({
					result: await addTo(work, op, { under }),
					touched: [[op.collection, op.record]],
				}),
				() => shelf.release(op)
			);
			return shownOp(stored);
		} catch (error) {
			shelf.release(op);
			announce([{ collection: op.collection, id: op.record, from: "here", by: user().id }]);
			throw error;
		}
	}

	/** @param {string} collection @param {string} record the version the person sees, as the server last said */
	function versionOf(collection, record) {
		return shelf.record(collection, record)?.version ?? 0;
	}

	/** @param {Fields} fields @param {Fields | undefined} from @returns {Fields} */
	function seenOf(fields, from) {
		return Object.fromEntries(Object.keys(fields).map((name) => [name, from?.[name] ?? null]));
	}

	/** @param {string} collection */
	function known(collection) {
		if (definitions.length > 0 && !definition(collection))
			throw new EngineError(`There is no collection ${collection}.`);
		return definition(collection);
	}

	/**
	 * @param {string} collection @param {Fields} fields
	 * @param {{id?: string, label?: string, renamedFrom?: string}} [options]
	 */
	async function create(collection, fields, options = {}) {
		const form = known(collection);
		const record =
			options.id ??
			(form && idOf(form, /** @type {string} */ (fields.owner ?? user().id), fields)) ??
			account.makeId();
		return write(makeOp("create", collection, record, { ...fields }, {}, 0, options));
	}

	/**
	 * @param {string} collection @param {string} record @param {Fields} fields
	 * @param {{label?: string, seen?: {version: number, fields: Fields}}} [options]
	 */
	async function set(collection, record, fields, options = {}) {
		const form = known(collection), row = shelf.get(collection, record), { seen } = options;
		if (!row && !seen) {
			if (!hasNaturalId(form))
				throw new EngineError(NO_ROW);
			return write(makeOp("create", collection, record, { ...fields }, {}, 0, options));
		}
		const base = seen ? seen.version : versionOf(collection, record);
		return write(
			makeOp(
				"set",
				collection,
				record,
				{ ...fields },
				seenOf(fields, seen ? seen.fields : row),
				base,
				options
			)
		);
	}

	/** @param {string} collection @param {string} record @param {{label?: string}} [options] */
	async function remove(collection, record, options = {}) {
		const form = known(collection), row = shelf.get(collection, record);
		if (!row)
			throw new EngineError(NO_ROW);
		return write(
			makeOp(
				"delete",
				collection,
				record,
				null,
				ownFields(form, row),
				versionOf(collection, record),
				options
			)
		);
	}

	// --- taking back and deciding ---

	/** An op or one edit in an op. @param {StoredOp[]} ops @param {string} wanted */
	function findEdit(ops, wanted) {
		return (
			ops.find((op) => op.id === wanted) ??
			ops.find((op) => op.parts.some((part) => part.id === wanted))
		);
	}

	/** @param {StoredOp} op @param {string} wanted */
	function partOf(op, wanted) {
		return (
			op.parts.find((part) => part.id === wanted && (part.id !== op.id || op.parts.length === 1)) ??
			op.parts[op.parts.length - 1]
		);
	}

	/**
	 * The op that puts back what an edit changed, as far as nobody has changed it since; null when there is nothing
	 * to put back.
	 * @param {StoredOp} op @param {import("./outbox.js").Part} part
	 */
	function inverse(op, part) {
		const { collection, record } = op, form = definition(collection), row = shelf.get(collection, record);
		const base = op.state === "done" ? op.version ?? 0 : op.base;
		if (part.kind === "create")
			return row ? makeOp("delete", collection, record, null, ownFields(form, row), base) : null;
		if (part.kind === "delete")
			return row
				? null
				: makeOp(
						"create",
						collection,
						record,
						ownFields(form, { ...op.was, ...part.was }),
						{},
						base
					);
		const names = Object.keys(part.set ?? {}).filter(
			(name) => row && isSame(fieldOf(form, name), row[name], part.set?.[name])
		);
		const back = Object.fromEntries(names.map((name) => [name, part.was[name] ?? null]));
		return names.length > 0 ? makeOp("set", collection, record, back, seenOf(back, row), base) : null;
	}

	/**
	 * What this device last made of a record, which may have been back and gone again since.
	 * @param {import("./userdata.js").Transaction} work @param {StoredOp} op
	 */
	async function lastVersion(work, op) {
		const done = await doneOfRecord(work, id, op.collection, op.record);
		return Math.max(0, ...done.filter((one) => one.epoch === op.epoch).map((one) => Number(one.version)));
	}

	/** @param {string} wanted the id of an op, or of one edit in it */
	async function undo(wanted) {
		account.mayWrite(id);
		await change(async (work) => {
			const op =
				findEdit(await opsOfSpace(work, id), wanted) ??
				findEdit(await work.all("done", "space", id), wanted);
			if (!op)
				return { touched: [], result: null };
			const part = partOf(op, wanted), touched = [[op.collection, op.record]];
			const behind = (await opsOfRecord(work, id, op.collection, op.record)).some(
				(one) => isActive(one) && Number(one.n) > Number(op.n)
			);
			if (isParked(op)) {
				await work.delete("ops", op.n);
			} else if (op.state === "waiting" && !op.again && !behind) {
				const rest = without(op, part.id, definition(op.collection));
				await storeStep(work, rest ? { drop: [], put: [rest] } : { drop: [op], put: [] });
			} else {
				const back = inverse(op, part);
				if (back)
					await addTo(
						work,
						back.kind === "create"
							? {
									...back,
									base: Math.max(
										back.base,
										await lastVersion(work, op)
									),
								}
							: back
					);
			}
			return { touched, result: null };
		});
	}

	/**
	 * @param {string} wanted
	 * @param {(work: import("./userdata.js").Transaction, op: StoredOp) => Promise<void>} doing
	 */
	async function decide(wanted, doing) {
		await change(async (work) => {
			const op = await opById(work, wanted);
			if (!op || op.space !== id)
				throw new EngineError("This change is no longer waiting.");
			await doing(work, op);
			return { touched: [[op.collection, op.record]], result: null };
		});
	}

	/**
	 * The same wish on the record as it is; on undefined when it is not there.
	 * @param {StoredOp} op @param {Fields} set @param {any} now @param {any} [shown] with what waits on top
	 */
	function again(op, set, now, shown = now) {
		const { collection, record } = op;
		const form = definition(collection);
		const words = { label: op.label ?? undefined, renamedFrom: op.renamedFrom };
		const version = now?.version ?? op.conflict?.currentVersion ?? 0;
		if (op.kind === "delete")
			return makeOp(
				"delete",
				collection,
				record,
				null,
				now ? ownFields(form, shown) : op.was,
				version || op.base,
				words
			);
		if (now)
			return makeOp("set", collection, record, set, seenOf(set, shown), version, words);
		// A part of a record is no record: it is only made where the rest is known, from when it went or
		// because that has not been pulled.
		const last = op.last ?? shelf.record(collection, record);
		if (op.kind === "set" && !last && version === 0)
			return makeOp("set", collection, record, set, op.was, Math.max(1, op.base), words);
		return makeOp(
			"create",
			collection,
			record,
			{ ...(last ? ownFields(form, last) : {}), ...set },
			{},
			version,
			words
		);
	}

	/**
	 * The record as the server last said it: a refusal may know more of it than has been pulled.
	 * @param {StoredOp} op @returns {any} undefined where it is not there
	 */
	function latest(op) {
		const pulled = shelf.record(op.collection, op.record);
		const { current, currentVersion = 0 } = op.conflict ?? {};
		return (pulled?.version ?? 0) < currentVersion ? current ?? undefined : pulled;
	}

	/** @param {string} wanted */
	function retry(wanted) {
		account.mayWrite(id);
		return decide(wanted, async (work, op) => {
			if (!isParked(op))
				return;
			await work.delete("ops", op.n);
			const now = latest(op), shown = now === shelf.record(op.collection, op.record) ? shelf.get(op.collection, op.record) : undefined;
			await addTo(work, again(op, op.set ?? {}, now, shown ?? now), { apart: true });
		});
	}

	/**
	 * Decided on what the conflict showed: what has changed since is not overwritten unseen.  What equals the
	 * record needs no op.
	 * @param {string} wanted @param {Fields} fields
	 */
	function resolve(wanted, fields) {
		account.mayWrite(id);
		return decide(wanted, async (work, op) => {
			if (!isParked(op))
				throw new EngineError("This change waits for no decision.");
			const now = op.conflict?.current ?? latest(op);
			const names = differing(definition(op.collection), fields, now);
			await work.delete("ops", op.n);
			if (names.length > 0)
				await addTo(
					work,
					again(
						{ ...op, kind: op.kind === "delete" ? "set" : op.kind },
						Object.fromEntries(names.map((name) => [name, fields[name]])),
						now
					),
					{ apart: true }
				);
		});
	}

	/** @param {string} wanted */
	async function discard(wanted) {
		await decide(wanted, async (work, op) => {
			if (op.state === "sent")
				throw new EngineError("This change is on its way to the server already.");
			const next = (await opsOfRecord(work, id, op.collection, op.record)).find(
				(one) => isActive(one) && Number(one.n) > Number(op.n)
			);
			await storeStep(work, letGo(op, isActive(op) ? next : undefined, definition(op.collection)));
		});
		if (account.isGone(id))
			await account.letGo(id);
	}

	return {
		id, load, take, hear, look, define, announce,
		get rev() { return rev; },
		/** What the app holds. @type {import("./engine.d.ts").Space} */
		face: {
			id,
			get info() { return account.infoOf(id); },
			get status() { return account.statusOf(id, shelf.counts()); },
			get definitions() { return definitions; },
			definition,
			get: shelf.get,
			all: shelf.all,
			create, set, remove, undo, retry, resolve, discard,
			get ops() { return shelf.ops; },
			opsOf: (collection, record) => shelf.opsOf(collection, record).map(shownOp),
			addFile: (blob) => account.files.add(id, blob),
			file: (sha256) => account.files.read(id, sha256),
			sync: () => account.syncNow(id),
			allow: () => account.answerQuestion(id, true),
			refuse: () => account.answerQuestion(id, false),
			export: () => account.exportSpace(id),
			request: (method, path, options) =>
				account.request(method, `/spaces/${encodeURIComponent(id)}${path}`, options),
			subscribe(listener) {
				listeners.add(listener);
				return () => { listeners.delete(listener); };
			},
		},
	};
}

/** @typedef {ReturnType<typeof createSpace>} OpenSpace */
