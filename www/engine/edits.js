// @ts-check
// The op that an action of a person becomes: making, changing or deleting a record, taking that back, trying it again.
// Pure functions: rows, ops and definitions in, ops out.
import { allFields, ownFields, differing, fieldOf, isSame } from "./values.js";

/** @typedef {import("./engine.d.ts").Fields} Fields */
/** @typedef {import("./engine.d.ts").Definition} Definition */
/** @typedef {import("./outbox.js").StoredOp} StoredOp */
/** @typedef {import("./outbox.js").Part} Part */

/**
 * What is to happen to a record.  was: the values of the fields as the person saw them.  base: the version they saw.
 * last: the record as they saw it, if this device does not hold it any more.
 * @typedef {{kind: "create" | "set" | "delete", collection: string, record: string, set: Fields | null, was: Fields,
 *   base: number, label?: string, renamedFrom?: string, last?: any}} Wish
 */

/** @param {{id: string, space: string, at: string}} maker @param {Wish} wish @returns {StoredOp} */
export function opOf({ id, space, at }, { kind, collection, record, set, was, base, label: words, renamedFrom, last }) {
	const label = words ?? null;
	return {
		id, space, collection, record, kind, set, was, base, state: "waiting", at, label,
		problem: null, conflict: null,
		parts: [{ id, kind, set, was, at, label }],
		...(renamedFrom ? { renamedFrom } : {}), ...(last ? { last } : {}),
	};
}

/**
 * The values that a person saw of these fields.
 * @param {Fields} fields @param {Fields | undefined} from @returns {Fields}
 */
function seenOf(fields, from) {
	return Object.fromEntries(Object.keys(fields).map((name) => [name, from?.[name] ?? null]));
}

/**
 * @param {string} collection @param {string} record @param {Fields} fields @param {number} [base] of a tombstone
 * @param {{label?: string, renamedFrom?: string}} [options] @returns {Wish}
 */
export function toCreate(collection, record, fields, base = 0, { label, renamedFrom } = {}) {
	return { kind: "create", collection, record, set: { ...fields }, was: {}, base, label, renamedFrom };
}

/**
 * @param {string} collection @param {string} record @param {Fields} fields @param {Fields | undefined} seen the record
 * @param {number} base @param {{label?: string, renamedFrom?: string, last?: any}} [options] @returns {Wish}
 */
export function toSet(collection, record, fields, seen, base, { label, renamedFrom, last } = {}) {
	const set = { ...fields }, was = seenOf(fields, seen);
	return { kind: "set", collection, record, set, was, base, label, renamedFrom, last };
}

/**
 * @param {string} collection @param {string} record @param {Fields} was all fields of the record @param {number} base
 * @param {{label?: string, renamedFrom?: string}} [options] @returns {Wish}
 */
export function toDelete(collection, record, was, base, { label, renamedFrom } = {}) {
	return { kind: "delete", collection, record, set: null, was, base, label, renamedFrom };
}

// --- taking back ---

/** An op by its id, or by the id of one edit in it. @param {StoredOp[]} ops @param {string} wanted */
export function findEdit(ops, wanted) {
	return ops.find((op) => op.id === wanted) ?? ops.find((op) => op.parts.some((part) => part.id === wanted));
}

/**
 * The edit with an id; the last one of the op if the id is that of the op.
 * @param {StoredOp} op @param {string} wanted
 */
export function partOf(op, wanted) {
	return op.parts.find((part) => part.id === wanted && (part.id !== op.id || op.parts.length === 1)) ??
		op.parts[op.parts.length - 1];
}

/**
 * Puts back what an edit changed, as far as nobody has changed it since.  Null if there is nothing to put back.
 * @param {StoredOp} op @param {Part} part @param {any} row as it stands @param {Definition | undefined} definition
 * @returns {Wish | null}
 */
export function toTakeBack(op, part, row, definition) {
	const { collection, record } = op;
	const base = op.state === "done" ? op.version ?? 0 : op.base;
	if (part.kind === "create")
		return row ? toDelete(collection, record, allFields(definition, row), base) : null;
	if (part.kind === "delete") {
		const was = Object.entries(ownFields(definition, { ...op.was, ...part.was }));
		const before = Object.fromEntries(was.filter(([, value]) => value !== null));
		return row ? null : toCreate(collection, record, before, base);
	}
	const stands = (/** @type {string} */ name) =>
		row && isSame(fieldOf(definition, name), row[name], part.set?.[name]);
	const names = Object.keys(part.set ?? {}).filter(stands);
	const back = Object.fromEntries(names.map((name) => [name, part.was[name] ?? null]));
	return names.length > 0 ? toSet(collection, record, back, row, base) : null;
}

// --- deciding ---

/**
 * The record as the server last sent it.  A refusal may have brought a later version than the last pull.
 * @param {StoredOp} op @param {any} pulled @returns {any} undefined if there is none
 */
export function latest(op, pulled) {
	const { current, currentVersion = 0 } = op.conflict ?? {};
	return (pulled?.version ?? 0) < currentVersion ? current ?? undefined : pulled;
}

/**
 * The same wish on the record as it is now.
 * @param {StoredOp} op @param {Fields} set
 * @param {{now: any, shown?: any, pulled?: any}} record now: as the server last sent it, undefined if it is not there;
 *   shown: with the ops that wait on top; pulled: as this device holds it @param {Definition | undefined} definition
 * @returns {Wish}
 */
export function toTryAgain(op, set, { now, shown = now, pulled }, definition) {
	const { collection, record } = op, words = { label: op.label ?? undefined, renamedFrom: op.renamedFrom };
	const version = now?.version ?? op.conflict?.currentVersion ?? 0;
	if (op.kind === "delete") {
		const was = now ? allFields(definition, shown) : op.was;
		return toDelete(collection, record, was, version || op.base, words);
	}
	if (now)
		return toSet(collection, record, set, shown, version, { ...words, last: pulled ? undefined : now });
	// The record is gone, and the fields of a change are not a whole record.  It is made again only if its other
	// fields are known: from when it was deleted here, or because its deletion has not been pulled yet.
	const last = op.last ?? pulled;
	if (op.kind === "set" && !last && version === 0)
		return { ...toSet(collection, record, set, undefined, Math.max(1, op.base), words), was: op.was };
	return toCreate(collection, record, { ...(last ? ownFields(definition, last) : {}), ...set }, version, words);
}

/** The edits of an op that nobody disputes.  @param {StoredOp} op @returns {Fields} */
function undisputed({ set, conflict }) {
	// A conflict that names no field is about all of them.
	const names = Object.keys(conflict?.fields?.length > 0 ? set ?? {} : {});
	const own = names.filter((name) => !conflict.fields.includes(name));
	return Object.fromEntries(own.map((name) => [name, set?.[name] ?? null]));
}

/**
 * What a decision about a conflict writes, and with it the edits that nobody disputes; null if the record has these
 * values already.
 * @param {StoredOp} op @param {Fields} fields @param {any} pulled @param {Definition | undefined} definition
 * @returns {Wish | null}
 */
export function toResolve(op, fields, pulled, definition) {
	const now = op.conflict?.current ?? latest(op, pulled), all = { ...undisputed(op), ...fields };
	const names = differing(definition, all, now);
	if (names.length === 0)
		return null;
	const set = Object.fromEntries(names.map((name) => [name, all[name]]));
	return toTryAgain({ ...op, kind: op.kind === "delete" ? "set" : op.kind }, set, { now, pulled }, definition);
}
