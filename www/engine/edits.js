// @ts-check
// The op that an action of a person becomes: making, changing or deleting a record, taking that back, trying it again.
// Pure functions: rows, ops and definitions in, ops out.
import { allFields, canonical, ownFields, differing, fieldOf, isSame } from "./values.js";

/** @typedef {import("./engine.d.ts").Fields} Fields */
/** @typedef {import("./engine.d.ts").Definition} Definition */
/** @typedef {import("./outbox.js").StoredOp} StoredOp */
/** @typedef {import("./outbox.js").Part} Part */
/** What taking back depends on beside the record. @typedef {{mayDelete?: boolean, today?: string}} Rights */

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
 * Whether rules keep a record from being deleted, as `lasts` of its definition says.
 * @param {Definition | undefined} definition @param {any} row @param {string} [today] not said: no day has come
 */
function isLasting(definition, row, today) {
	const field = fieldOf(definition, definition?.lasts ?? "");
	if (field?.type === "date")
		return today !== undefined && row[field.name] <= today;
	return Boolean(field) && !isSame(field, row[field?.name ?? ""], null);
}

/**
 * What takes it back that a record was made: "delete", or the fields to write instead.  Null: there is no way.
 * @param {Definition | undefined} definition @param {any} row as it stands @param {Fields} set with which it was made
 * @param {Rights} [rights] @returns {"delete" | Fields | null}
 */
export function wayBack(definition, row, set, { mayDelete = true, today } = {}) {
	if (isLasting(definition, row, today)) {
		const { lasts = "", undone } = /** @type {Definition} */ (definition);
		return undone ? { [lasts]: canonical(fieldOf(definition, lasts), null) } : null;
	}
	if (mayDelete)
		return "delete";
	const fields = Object.keys(set).flatMap((name) => fieldOf(definition, name) ?? []);
	if (fields.some((field) => field.required && canonical(field, null) === null))
		return null;
	return Object.fromEntries(fields.map((field) => [field.name, canonical(field, null)]));
}

/**
 * Whether an edit that was just made can be taken back.  Where days that have come only change with a reason, values of
 * before do not come back without one.
 * @param {Pick<StoredOp, "kind" | "set" | "was">} op @param {any} row as it stands
 * @param {Definition | undefined} definition @param {Rights} [rights]
 */
export function canTakeBack({ kind, set, was }, row, definition, rights) {
	if (!row || kind === "delete")
		return true;
	if (kind === "create")
		return wayBack(definition, row, set ?? {}, rights) !== null;
	const field = fieldOf(definition, definition?.lasts ?? ""), today = rights?.today;
	const days = field?.type === "date" ? [row[field.name], was[field.name] ?? row[field.name]] : [];
	return today === undefined || days.every((day) => day >= today);
}

/**
 * A record that was made is deleted, or holds no longer what it was made with.  Where there is no way the server says
 * why.
 * @param {Part} part @param {any} row @param {Definition | undefined} definition
 * @param {{collection: string, record: string, base: number, rights: Rights | undefined}} parts @returns {Wish | null}
 */
function toUnmake({ set }, row, definition, { collection, record, base, rights }) {
	const back = wayBack(definition, row, set ?? {}, rights);
	if (back === null || back === "delete")
		return toDelete(collection, record, allFields(definition, row), base);
	const isTheirs = (/** @type {string} */ name) =>
		name in (set ?? {}) && !isSame(fieldOf(definition, name), row[name], set?.[name]);
	const names = differing(definition, back, row).filter((name) => !isTheirs(name));
	const fields = Object.fromEntries(names.map((name) => [name, back[name]]));
	return names.length > 0 ? toSet(collection, record, fields, row, base) : null;
}

/**
 * Puts back what an edit changed, as far as nobody has changed it since.  Null if there is nothing to put back.
 * @param {StoredOp} op @param {Part} part @param {any} row as it stands @param {Definition | undefined} definition
 * @param {Rights} [rights] @returns {Wish | null}
 */
export function toTakeBack(op, part, row, definition, rights) {
	const { collection, record } = op;
	const base = op.state === "done" ? op.version ?? 0 : op.base;
	if (part.kind === "create")
		return row ? toUnmake(part, row, definition, { collection, record, base, rights }) : null;
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
