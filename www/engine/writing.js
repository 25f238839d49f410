// @ts-check
// What a person writes in a space.  Every edit is shown at once and stored in one transaction; if that fails, it is no
// longer shown.  Sending it is up to sync.js.
import { opOf, toCreate, toDelete, toSet } from "./edits.js";
import { hasNaturalId, idOf } from "./ids.js";
import { shownOp } from "./outbox.js";
import { addOp } from "./queue.js";
import { advance, opsOfRecords } from "./userdata.js";
import { allFields } from "./values.js";
import { EngineError, NOBODY, NO_RECORD } from "./words.js";

/** @typedef {import("./engine.d.ts").Fields} Fields */
/** @typedef {import("./edits.js").Wish} Wish */
/** @typedef {import("./outbox.js").StoredOp} StoredOp */
/** @typedef {import("./userdata.js").Transaction} Transaction */

/**
 * @param {{id: string, account: import("./account.js").Account, memory: import("./memory.js").Memory,
 *   announce: (changes: import("./engine.d.ts").Change[]) => void}} parts
 */
export function createWriting({ id, account, memory, announce }) {
	const { database } = account, { shelf, definition } = memory;

	/** @param {string} collection @param {string} record */
	const changeHere = (collection, record) =>
		({ collection, id: record, from: /** @type {const} */ ("here"), by: account.user().id });

	/** @param {Wish} wish */
	function makeOp(wish) {
		const op = opOf({ id: account.makeId(), space: id, at: new Date(account.now()).toISOString() }, wish);
		return definition(wish.collection)?.inOrder ? { ...op, inOrder: true } : op;
	}

	/**
	 * Runs a transaction on ops of this space.  doing resolves to the records whose ops have changed.  stored is
	 * called before the outcome is shown.
	 * @template T @param {(work: Transaction) => Promise<{touched: string[][], result: T}>} doing
	 * @param {() => void} [stored]
	 */
	async function change(doing, stored = () => {}) {
		const { outcome, result } = await database.write(["meta", "rows", "ops", "done"], async (work) => {
			// A sign-out in another tab, or the browser, can empty the database between two transactions.
			if (!await work.get("meta", "spaces")) {
				account.emptied();
				throw new EngineError(NOBODY);
			}
			const { touched, result: answer } = await doing(work);
			const ops = await opsOfRecords(work, id, touched);
			const changes = touched.map(([collection, record]) => changeHere(collection, record));
			return { outcome: { state: await advance(work, id), rows: [], ops, changes }, result: answer };
		});
		stored();
		account.publish(id, outcome);
		account.nudge();
		return result;
	}

	/**
	 * Shows an edit, stores it, and no longer shows it if it cannot be stored.
	 * @param {Wish} wish @param {any} [saw] the record that it changes, as the person sees it
	 */
	async function write(wish, saw) {
		const op = makeOp(wish), { collection, record } = op;
		account.mayWrite(id);
		const under = shelf.under(collection, record);
		shelf.hold(op);
		announce([changeHere(collection, record)]);
		try {
			const stored = await change(async (work) => {
				const result = await addOp(work, op, definition(collection), { under, saw });
				return { result, touched: [[collection, record]] };
			}, () => shelf.release(op));
			return shownOp(stored);
		} catch (error) {
			shelf.release(op);
			announce([changeHere(collection, record)]);
			throw error;
		}
	}

	/**
	 * The version that the person sees: that of the record as the server last sent it, or as it was when it was
	 * deleted elsewhere.
	 * @param {string} collection @param {string} record
	 */
	function versionOf(collection, record) {
		return (shelf.record(collection, record) ?? shelf.get(collection, record))?.version ?? 0;
	}

	/**
	 * What the person sees of a record; with version 0 if it is only being made here.
	 * @param {string} collection @param {string} record @param {{version: number, fields: Fields}} seen
	 */
	function sawOf(collection, record, { version, fields }) {
		const isMade = shelf.get(collection, record)?.version === 0;
		return { ...fields, id: record, version: isMade ? 0 : Math.max(1, version) };
	}

	/** @param {string} collection */
	function known(collection) {
		if (memory.definitions.length > 0 && !definition(collection))
			throw new EngineError(`There is no collection ${collection}.`);
		return definition(collection);
	}

	return {
		change, makeOp,
		/** @type {import("./engine.d.ts").Space["create"]} */
		async create(collection, fields, options = {}) {
			const form = known(collection);
			const owner = /** @type {string} */ (fields.owner ?? account.user().id);
			const record = options.id ?? (form && idOf(form, owner, fields)) ?? account.makeId();
			return write(toCreate(collection, record, fields, 0, options));
		},
		/** @type {import("./engine.d.ts").Space["set"]} */
		async set(collection, record, fields, options = {}) {
			const form = known(collection), row = shelf.get(collection, record), { seen } = options;
			if (!row && !seen && !hasNaturalId(form))
				throw new EngineError(NO_RECORD);
			if (!row && !seen)
				return write(toCreate(collection, record, fields, 0, options));
			const version = versionOf(collection, record), from = seen ?? { version, fields: row ?? {} };
			const saw = sawOf(collection, record, from), isHere = shelf.record(collection, record);
			const how = { label: options.label, last: isHere || saw.version === 0 ? undefined : saw };
			return write(toSet(collection, record, fields, from.fields, from.version, how), saw);
		},
		/** @type {import("./engine.d.ts").Space["remove"]} */
		async remove(collection, record, options = {}) {
			const form = known(collection), row = shelf.get(collection, record);
			if (!row)
				throw new EngineError(NO_RECORD);
			const was = allFields(form, row), base = versionOf(collection, record);
			return write(toDelete(collection, record, was, base, options));
		},
	};
}

/** @typedef {ReturnType<typeof createWriting>} Writing */
