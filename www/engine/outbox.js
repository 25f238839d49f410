// @ts-check
// The ops that wait to be sent: what they are, and how a new one joins them (schema/PROTOCOL.md 3, "The engine's
// side").  What becomes of them when something happens to their record is following.js.  Pure functions over the ops of
// one record, oldest first.  Later ops are shown on top of earlier ones.
import { EngineError } from "./words.js";
import { differing } from "./values.js";

/** A base that no record has.  An op with this base asks the server what became of it and changes nothing. */
export const NO_VERSION = 2 ** 52;
const PARTS = 50; // edits kept apart in one op, so that each can be taken back by itself

/**
 * One edit of a person.  An op is the sum of the edits of a record that are made before it is sent.
 * @typedef {{id: string, kind: "create" | "set" | "delete", set: Fields | null, was: Fields, at: string, label: string
 *   | null}} Part
 * @typedef {import("./engine.d.ts").Fields} Fields
 *
 * @typedef {import("./engine.d.ts").Definition} Definition
 *
 * An op as it is stored.  n: its place in the outbox.  again: it was acknowledged by a server that was restored since.
 * last: the record as it was when it was deleted elsewhere.  removed: a create that was refused, and whose record has
 * been deleted here since.  Of acknowledged ops: epoch, version, seq, doneAt, and own: it made its version alone,
 * straight on its base.  inOrder: no edit is moved to its other side, as the definition wants it.
 * @typedef {{n?: number, id: string, space: string, collection: string, record: string, kind: "create" | "set" |
 *   "delete", set: Fields | null, was: Fields, base: number, state: "waiting" | "sent" | "conflict" | "rejected" |
 *   "done", at: string, label: string | null, problem: any, conflict: any, parts: Part[], renamedFrom?: string, again?:
 *   boolean, last?: any, removed?: boolean, epoch?: string, version?: number, seq?: number, doneAt?: number, own?:
 *   boolean, inOrder?: boolean}} StoredOp
 *
 * @typedef {{drop: StoredOp[], put: StoredOp[], op: StoredOp}} Step what to store; op: the one that the edit is part of
 */

/** @param {StoredOp} op */
export const isActive = (op) => op.state === "waiting" || op.state === "sent";
/** @param {StoredOp} op */
export const isParked = (op) => op.state === "conflict" || op.state === "rejected";

/** @param {StoredOp} op */
export function keyOf(op) {
	return op.collection + "/" + op.record;
}

/** @param {StoredOp[]} ops @returns {Map<string, StoredOp[]>} by record, oldest first */
export function groupOps(ops) {
	const map = new Map();
	for (const op of ops) {
		const some = map.get(keyOf(op));
		if (some)
			some.push(op);
		else
			map.set(keyOf(op), [op]);
	}
	return map;
}

/** The op that is sent after this one. @param {StoredOp} op @param {StoredOp[]} ops of its record */
export function nextAfter(op, ops) {
	return ops.find((one) => isActive(one) && Number(one.n) > Number(op.n));
}

// --- sums ---

/**
 * The sum of several edits.
 * @param {Part[]} parts
 * @returns {{kind: "create" | "set" | "delete", set: Fields | null, was: Fields, label: string | null}}
 */
export function sum(parts) {
	let kind = parts[0].kind;
	/** @type {Fields | null} */
	let set = null;
	/** @type {Fields} */
	let was = {};
	for (const part of parts) {
		if (part.kind === "delete")
			kind = "delete";
		set = part.kind === "delete" ? null : { .../** @type {Fields | null} */ (set), ...part.set };
		was = { ...part.was, ...was };
	}
	const label = parts.findLast((part) => part.label !== null)?.label ?? null;
	return { kind, set, was: kind === "create" ? {} : was, label };
}

/** @param {Part[]} parts @returns {Part[]} */
function shorten(parts) {
	if (parts.length <= PARTS)
		return parts;
	const [first, second, ...rest] = parts;
	return [{ ...first, ...sum([first, second]) }, ...rest];
}

/** The op, made of these edits. @param {StoredOp} op @param {Part[]} parts @returns {StoredOp} */
export function withParts(op, parts) {
	const kept = shorten(parts);
	return { ...op, ...sum(kept), parts: kept };
}

/** @param {Fields | null | undefined} from @param {string[]} names @returns {Fields} */
export function pick(from, names) {
	return Object.fromEntries(names.map((name) => [name, from?.[name] ?? null]));
}

/** Edits as if their author had seen these values. @param {Part[]} parts @param {Fields} seen @returns {Part[]} */
function partsSeeing(parts, seen) {
	const left = { ...seen };
	return parts.map((part) => {
		const names = Object.keys(part.was).filter((name) => name in left);
		const was = { ...part.was, ...pick(left, names) };
		for (const name of names)
			delete left[name];
		return { ...part, was };
	});
}

/** The op as if its author had seen these values. @param {StoredOp} op @param {Fields} seen @returns {StoredOp} */
export function seeing(op, seen) {
	return { ...op, was: { ...op.was, ...seen }, parts: partsSeeing(op.parts, seen) };
}

/** A change that changes nothing. @param {StoredOp} op @param {Definition | undefined} definition */
function isNothing(op, definition) {
	return op.kind === "set" && differing(definition, op.set ?? {}, op.was).length === 0;
}

// --- a new op ---

/** @param {any} value @param {(text: string) => boolean} is @returns {boolean} */
function mentions(value, is) {
	if (typeof value === "string")
		return is(value);
	if (Array.isArray(value))
		return value.some((one) => mentions(one, is));
	return value !== null && typeof value === "object" && Object.values(value).some((one) => mentions(one, is));
}

/**
 * Whether an edit must not join a waiting op, because it would then be sent too early: before the create of a record
 * that it names, as a deletion of a record that a later op names, or on the other side of an op that decides about it.
 * @param {StoredOp} next @param {StoredOp[]} ops of other records that come after the op that it would join
 */
function needsItsPlace(next, later) {
	if (later.some((op) => next.inOrder || op.inOrder))
		return true;
	const made = new Set(later.filter((op) => op.kind === "create").map((op) => op.record));
	if (next.set && mentions(next.set, (text) => made.has(text)))
		return true;
	return (
		next.kind === "delete" &&
		later.some((op) => op.renamedFrom === next.record || mentions(op.set, (text) => text === next.record))
	);
}

/** Nothing is left to send. @param {StoredOp} op @returns {StoredOp} */
const asDone = (op) => ({ ...op, state: "done" });

/** @param {StoredOp} last @param {StoredOp} next @param {Definition | undefined} definition @returns {Step} */
function join(last, next, definition) {
	if (last.kind === "create" && next.kind === "delete")
		return { drop: [last], put: [], op: asDone(next) };
	const op = withParts(last, [...last.parts, ...next.parts]);
	if (isNothing(op, definition))
		return { drop: [last], put: [], op: asDone(op) };
	return { drop: [], put: [op], op };
}

/**
 * Whether a create that is sent again goes to the end: an op after it decides about it, and none needs its record.
 * @param {StoredOp} refused @param {StoredOp[]} others
 */
function goesLast(refused, others) {
	const later = others.filter((op) => isActive(op) && Number(op.n) > Number(refused.n));
	const isIt = (/** @type {string} */ text) => text === refused.record;
	const isNeeded = later.some((op) => mentions([op.set, op.renamedFrom ?? null], isIt));
	return !isNeeded && later.some((op) => op.inOrder);
}

/**
 * A person edits a record that the server never took: its create is sent again, with that edit in it.
 * @param {StoredOp[]} untaken its creates, refused or in conflict @param {StoredOp} next
 * @param {StoredOp[]} others all ops of other records @returns {Step}
 */
function mend(untaken, next, others) {
	if (next.kind === "delete")
		return { drop: untaken, put: [], op: asDone(next) };
	const refused = untaken[untaken.length - 1];
	/** @type {StoredOp} */
	const op = {
		...withParts(refused, [...refused.parts, ...next.parts]),
		id: next.id,
		state: "waiting",
		problem: null,
		conflict: null,
	};
	if (!goesLast(refused, others))
		return { drop: [], put: [op], op };
	delete op.n;
	return { drop: [refused], put: [op], op };
}

/**
 * How a new op joins the ops of its record.  It becomes part of the last one if that is unsent and was made on the
 * same version, and if no op between them depends on the order.
 * @param {StoredOp[]} ops of the record @param {StoredOp} next @param {StoredOp[]} others all ops of other records
 * @param {Definition | undefined} definition
 * @param {boolean} [apart] it joins no other op, as when a person tries again @returns {Step}
 */
export function add(ops, next, others, definition, apart = false) {
	const last = ops.findLast(isActive);
	const untaken = ops.filter((op) => isParked(op) && op.kind === "create" && !op.removed);

	if (!last && untaken.length > 0 && next.base === 0)
		return mend(untaken, next, others);
	if (last?.kind === "delete" && next.kind === "set")
		throw new EngineError("This record has been deleted.");
	if (last?.kind === "delete" && next.kind === "delete")
		return { drop: [], put: [], op: last };
	const joins =
		!apart &&
		last &&
		last.state === "waiting" &&
		!last.again &&
		last.base === next.base &&
		last.kind !== "delete" &&
		!needsItsPlace(
			next,
			others.filter((op) => isActive(op) && Number(op.n) > Number(last.n))
		);
	return joins ? join(last, next, definition) : { drop: [], put: [next], op: next };
}

/**
 * Takes one edit out of an unsent op.  Those after it were made on what was below it.  Null when nothing is left of it.
 * @param {StoredOp} op @param {string} edit @param {Definition | undefined} definition @returns {StoredOp | null}
 */
export function without(op, edit, definition) {
	const at = op.parts.findIndex((part) => part.id === edit), { set, was } = op.parts[at];
	const later = partsSeeing(op.parts.slice(at + 1), pick(was, Object.keys(set ?? {})));
	const parts = [...op.parts.slice(0, at), ...later];
	if (parts.length === 0 || (op.kind === "create" && parts[0].kind !== "create"))
		return null;
	const rest = withParts(op, parts);
	return isNothing(rest, definition) ? null : rest;
}

/** What in an op may name a file, as files are named. @param {StoredOp} op @returns {string[]} */
export function fileNamesIn(op) {
	return Object.values(op.set ?? {}).flatMap((value) => (typeof value === "string" ? value.toLowerCase() : []));
}

/** What the app is shown of an op. @param {StoredOp} op @returns {import("./engine.d.ts").Op} */
export function shownOp(op) {
	const { id, space, collection, record, kind, set, was, base, state, at, problem, conflict, label } = op;
	return Object.freeze({
		id, space, collection, record, kind, set, was, base, state, at, problem, conflict, label,
		edit: op.parts.at(-1)?.id ?? id,
	});
}

/** The op as it is sent to the server. @param {StoredOp} op */
export function wireOp(op) {
	return {
		op: op.id, collection: op.collection, id: op.record, base: op.base,
		...(op.kind === "delete" ? { delete: true } : { set: op.set ?? {} }),
		at: op.at, ...(op.renamedFrom ? { renamedFrom: op.renamedFrom } : {}),
	};
}
