// @ts-check
// How an op gets into the outbox and out of it again, inside a transaction.  outbox.js and following.js decide what
// becomes of ops; this reads what is stored of their record and stores the outcome.
import { findEdit, partOf, toTakeBack } from "./edits.js";
import { letGo, meet } from "./following.js";
import { add, isActive, isParked, keyOf, nextAfter, without } from "./outbox.js";
import { settled } from "./rows.js";
import { isShown, shownRow } from "./shown.js";
import { doneOfRecord, noteTakenBack, opsOfRecord, opsOfSpace, storeStep } from "./userdata.js";
import { defaultsOf } from "./values.js";
import { EngineError, NO_RECORD } from "./words.js";

/** @typedef {import("./outbox.js").StoredOp} StoredOp */
/** @typedef {import("./edits.js").Wish} Wish */
/** @typedef {import("./userdata.js").Transaction} Transaction */
/** @typedef {import("./engine.d.ts").Definition} Definition */

/** @param {Transaction} work @param {StoredOp} op @returns {Promise<StoredOp[]>} the ops of its record, oldest first */
const opsBeside = (work, op) => opsOfRecord(work, op.space, op.collection, op.record);

/** @param {Transaction} work @param {StoredOp} op */
const doneBeside = (work, op) => doneOfRecord(work, op.space, op.collection, op.record);

/**
 * Whether an op changes a record that does not exist, because its create was discarded.
 * @param {Transaction} work @param {StoredOp} op @param {StoredOp[]} ops of the record
 */
async function hasNothing(work, op, ops) {
	if (op.kind !== "set" || op.base > 0 || ops.length > 0)
		return false;
	if (await work.get("rows", [op.space, op.collection, op.record]))
		return false;
	return (await doneBeside(work, op)).length === 0;
}

/**
 * What add() stores, after an edit that joined a waiting op is compared as well: on the version that is held, the
 * server would not notice what its author has not seen.
 * @param {Transaction} work @param {StoredOp} written @param {import("./outbox.js").Step} step
 * @param {StoredOp[]} ops of the record @param {Definition | undefined} definition
 * @returns {Promise<import("./outbox.js").Step>}
 */
async function compared(work, written, step, ops, definition) {
	const { op } = step, isAlone = ops.filter(isActive).every((one) => one.n === op.n);
	if (op.id === written.id || op.state !== "waiting" || !isAlone)
		return step;
	const row = await work.get("rows", [op.space, op.collection, op.record]);
	const met = row && row.version <= op.base ? meet(op, row.record, definition) : op;
	return { drop: step.drop, put: [met], op: met };
}

/**
 * The record as the author of an op saw it, if it is gone.
 * @param {Transaction} work @param {StoredOp} op @param {any} saw @param {StoredOp[]} ops of the record
 */
async function lastIfGone(work, op, saw, ops) {
	if (!saw || await work.get("rows", [op.space, op.collection, op.record]))
		return undefined;
	// Other tabs may have sent what made it, and deleted it since.
	const isStillMade = saw.version === 0 && ops.some(({ kind }) => kind === "create");
	return isStillMade ? undefined : { ...saw, version: Math.max(1, saw.version) };
}

/**
 * Adds an op to those of its record.  Resolves to the op that it went into.
 * @param {Transaction} work @param {StoredOp} written @param {Definition | undefined} definition
 * @param {{apart?: boolean, under?: Record<string, any[]>, saw?: any}} [how] apart: it joins no other op; under: by
 *   field, what was below the edits that its author saw; saw: the record as they saw it
 */
export async function addOp(work, written, definition, { apart = false, under = {}, saw } = {}) {
	const ops = await opsBeside(work, written);
	if (await hasNothing(work, written, ops))
		throw new EngineError(NO_RECORD);
	// Its record was here and is gone, perhaps since its author saw it: with a base, the op cannot make a part of
	// one.
	const last = written.kind === "set" ? written.last ?? await lastIfGone(work, written, saw, ops) : undefined;
	const based = last ? { ...written, last, base: Math.max(1, written.base) } : written;
	const op = await settled(work, based, ops, ops.filter(isActive), under, definition);
	const all = ops.length > 0 ? await opsOfSpace(work, op.space) : [];
	const others = all.filter((one) => keyOf(one) !== keyOf(op));
	const step = isParked(op) ? { drop: [], put: [op], op }
		: await compared(work, op, add(ops, op, others, definition, apart), ops, definition);
	await storeStep(work, step);
	return step.op;
}

/** The first op of the record that is sent after this one. @param {Transaction} work @param {StoredOp} op */
async function nextOf(work, op) {
	return nextAfter(op, await opsBeside(work, op));
}

// --- taking back ---

/**
 * The op or acknowledged op that holds an edit.
 * @param {Transaction} work @param {string} space @param {string} wanted
 */
export async function opWith(work, space, wanted) {
	return (
		findEdit(await opsOfSpace(work, space), wanted) ??
		findEdit(await work.all("done", "space", space), wanted)
	);
}

/**
 * The last version that this device made of a record: it may have been revived and deleted again since.
 * @param {Transaction} work @param {StoredOp} op
 */
async function lastVersion(work, op) {
	const done = (await doneBeside(work, op)).filter((one) => one.epoch === op.epoch);
	return Math.max(0, ...done.map((one) => Number(one.version)));
}

/**
 * The record as it stands with all that is stored: this tab may not have heard yet of what another one wrote.
 * @param {Transaction} work @param {StoredOp} op @param {string} user @param {Definition | undefined} definition
 */
async function standing(work, { space, collection, record }, user, definition) {
	const row = await work.get("rows", [space, collection, record]), defaults = defaultsOf(definition);
	const below = row && { ...defaults, ...row.record };
	const ops = await opsOfRecord(work, space, collection, record);
	return shownRow(below, ops.filter((one) => isShown(one, below)), defaults, user);
}

/**
 * Takes an edit back: it goes from the outbox, or another op puts back what it changed.
 * @param {Transaction} work @param {StoredOp} op @param {string} wanted the id of the op, or of one edit in it
 * @param {{user: string, definition: Definition | undefined, mayDelete: boolean, opOf: (wish: Wish) => StoredOp}} parts
 */
export async function takeBack(work, op, wanted, { user, definition, mayDelete, opOf }) {
	const part = partOf(op, wanted);
	if (isParked(op)) {
		await dropOp(work, op, definition);
	} else if (op.state === "waiting" && !op.again && !await nextOf(work, op)) {
		const rest = without(op, part.id, definition);
		await storeStep(work, rest ? { drop: [], put: [rest] } : { drop: [op], put: [] });
		await noteTakenBack(work, op, rest ? part : op);
	} else {
		const row = await standing(work, op, user, definition);
		const back = toTakeBack(op, part, row, definition, { mayDelete });
		if (back?.kind === "create")
			back.base = Math.max(back.base, await lastVersion(work, op));
		if (back)
			await addOp(work, opOf(back), definition);
	}
}

/**
 * Discards an unsent op.
 * @param {Transaction} work @param {StoredOp} op @param {Definition | undefined} definition
 */
export async function dropOp(work, op, definition) {
	await storeStep(work, letGo(op, await opsBeside(work, op), definition));
	await noteTakenBack(work, op, op);
}
