// @ts-check
// What becomes of ops that wait when something happens to their record or to the op before them: they go on from
// another base, or they are in conflict (schema/PROTOCOL.md 3, "The engine's side").  Pure functions over the ops of
// one record, oldest first.
import { NO_VERSION, isActive, isParked, nextAfter, pick, seeing, sum, withParts } from "./outbox.js";
import { differing, fieldOf, isSame } from "./values.js";
import { EngineError } from "./words.js";

/** @typedef {import("./outbox.js").StoredOp} StoredOp */
/** @typedef {import("./engine.d.ts").Definition} Definition */
/** @typedef {import("./engine.d.ts").Fields} Fields */

const STALE = { type: "/problems/stale-version", title: "Someone else changed this first", status: 409 };

/**
 * The op as a conflict that is found here, before it is sent.
 * @param {StoredOp} op @param {any} now the record as it is, null when there is none @param {number} version
 * @param {string[]} fields @returns {StoredOp}
 */
export function clash(op, now, version, fields) {
	const detail = now ? "Somebody else changed this first." : "Somebody else deleted this.";
	return {
		...op, state: "conflict", problem: { ...STALE, detail },
		conflict: {
			fields,
			base: pick(op.was, fields),
			mine: op.set ? pick(op.set, fields) : {},
			current: now,
			currentVersion: version,
			...(now?.lastUpdatedBy ? { by: now.lastUpdatedBy, at: now.lastUpdatedAt } : {}),
		},
	};
}

/**
 * The fields that have changed since the person saw them, except to what the person wants.
 * @param {StoredOp} op @param {any} now @param {Definition | undefined} definition
 */
export function disputed(op, now, definition) {
	return differing(definition, op.was, now).filter((name) =>
		!(op.set && name in op.set && isSame(fieldOf(definition, name), op.set[name], now?.[name])));
}

/**
 * The op, after the op before it was taken.  Its base moves only if the record still has the values the person saw;
 * otherwise it is a conflict.  What the server made of this device's own edits does not keep a person from deleting the
 * record.  Null: it has nothing left to do.
 * @param {StoredOp} op @param {any} now the record as answered, null when it is deleted or hidden
 * @param {number} version @param {boolean} alone nothing but ops of this device happened to the record since
 *   they saw it
 * @param {Definition | undefined} definition @returns {StoredOp | null}
 */
export function follow(op, now, version, alone, definition) {
	if (!now && op.kind === "delete")
		return null;
	if (op.kind === "create")
		return now ? clash(op, now, now.version, Object.keys(op.set ?? {})) : { ...op, base: version };
	if (!now)
		return clash(op, null, version, Object.keys(op.set ?? {}));
	const fields = disputed(op, now, definition);
	if (op.kind === "delete" && alone)
		return { ...seeing(op, pick(now, fields)), base: now.version };
	return fields.length > 0 ? clash(op, now, now.version, fields) : { ...op, base: now.version };
}

/**
 * Whether the author of an op saw what these ops wanted, as far as the op says what they saw.
 * @param {StoredOp} op @param {StoredOp[]} below @param {Definition | undefined} definition
 */
function sawAll(op, below, definition) {
	const { set } = sum(below.flatMap((one) => one.parts));
	return Object.keys(op.was).every(
		(name) => !set || !(name in set) || isSame(fieldOf(definition, name), op.was[name], set[name])
	);
}

/**
 * Whether these ops made all versions of the record between two.  Nothing is left of what was before they made the
 * record itself.
 * @param {StoredOp[]} ops acknowledged ones @param {number} from @param {number} to
 */
export function madeAll(ops, from, to) {
	const own = ops.filter((one) => one.own && Number(one.version) <= to);
	const begin = Math.max(from, ...own.filter((one) => one.kind === "create").map((one) => one.base));
	const made = own.map((one) => Number(one.version)).filter((version) => version > begin);
	return new Set(made).size === to - begin;
}

/** The record with what these ops want. @param {any} record @param {StoredOp[]} ops */
function withOps(record, ops) {
	return ops.reduce((row, op) => (op.kind === "delete" ? null : { ...row, ...op.set }), record);
}

/**
 * The op as if its author had not seen edits that were refused, discarded or taken back since.  They saw the record
 * with edits of this device on top.  Where such an edit no longer counts, the value below it takes its place in what
 * they saw.
 * @param {StoredOp} op @param {Record<string, any[]>} under by field: what was below the edits that they saw
 * @param {Pick<StoredOp, "set" | "was">[]} gone edits that no longer count
 * @param {StoredOp[]} queued what is sent before it
 * @param {any} now the record as it is held @param {Definition | undefined} definition @returns {StoredOp}
 */
export function ground(op, under, gone, queued, now, definition) {
	const shown = withOps(now, queued);
	/** @param {string} name */
	function stoodBelow(name) {
		const field = fieldOf(definition, name), layers = [op.was[name] ?? null];
		const isNew = (/** @type {any} */ value) => !layers.some((one) => isSame(field, one, value));
		for (const layer of layers)
			for (const { set, was } of gone)
				if (set && name in set && isSame(field, set[name], layer) && isNew(was[name] ?? null))
					layers.push(was[name] ?? null);
		const below = [...(under[name] ?? []), ...layers.slice(1)];
		return below.some((value) => isSame(field, value, shown?.[name]));
	}
	const seen = Object.fromEntries(
		disputed(op, shown, definition)
			.filter(stoodBelow)
			.map((name) => [name, shown?.[name] ?? null])
	);
	return seeing(op, seen);
}

/**
 * An op that builds on no other op of this device.  It is in conflict if the record has values that its author did not
 * see, even if its base is the current version.
 * @param {StoredOp} op @param {any} now @param {Definition | undefined} definition
 */
export function meet(op, now, definition) {
	const fields = op.kind === "create" || now.version < op.base ? [] : disputed(op, now, definition);
	return fields.length > 0 ? clash(op, now, now.version, fields) : op;
}

/**
 * Discards an unsent op.  The next op of the record becomes what it would have been without it.
 * @param {StoredOp} first @param {StoredOp[]} ops of the record @param {Definition | undefined} definition
 * @returns {{drop: StoredOp[], put: StoredOp[]}}
 */
export function letGo(first, ops, definition) {
	const next = nextAfter(first, ops);
	if (!isActive(first))
		return { drop: [first], put: next && buildsOn(first, next) ? [wholeOf(first, next)] : [] };
	if (next && first.kind === "create")
		throw new EngineError("A later change builds on this one. Discard that one first.");
	const { put } = park({ ...first, state: "rejected" }, ops, definition);
	return { drop: [first], put: put.filter((one) => one.n !== first.n) };
}

/** Whether an op changes a record that only this create makes. @param {StoredOp} first @param {StoredOp} next */
function buildsOn(first, next) {
	return first.kind === "create" && next.kind === "set" && next.base === 0 && !next.again;
}

/**
 * An op that makes the record by itself.
 * @param {StoredOp} first a create @param {StoredOp} next @returns {StoredOp}
 */
function wholeOf(first, next) {
	return { ...withParts(next, [...first.parts, ...next.parts]), base: first.base };
}

/**
 * The op, after ops of this device that it builds on were answered.  They were answered while it was being stored,
 * while its form was open, or while another op was between.  It follows them as if it had come directly after them.
 * If somebody else has changed the record since, its base is only what its author saw.
 * @param {StoredOp} op @param {StoredOp[]} done of this record and epoch
 * @param {StoredOp[]} queued what is sent before it @param {any} now the record as it is held
 * @param {Definition | undefined} definition @returns {StoredOp}
 */
export function catchUp(op, done, queued, now, definition) {
	if (op.base === NO_VERSION && op.kind !== "create" && !op.again && queued.length === 0)
		return follow(op, now, now.version, false, definition) ?? op;
	const below = done
		.filter((one) => Number(one.version) > op.base)
		.sort((a, b) => Number(a.version) - Number(b.version));
	if (op.kind === "create" || op.again || now.version <= op.base || below.length === 0)
		return op;
	// The answers to the ops before it will decide.  Until then it counts as written on the record as it is held,
	// if that is what its author saw.
	if (queued.length > 0)
		return disputed(op, withOps(now, queued), definition).length > 0 ? op : { ...op, base: now.version };
	const version = Number(below[below.length - 1].version), alone = madeAll(below, op.base, version);
	if (alone && now.version > version && sawAll(op, below, definition))
		return { ...op, base: version };
	return follow(op, now, version, alone && now.version === version, definition) ?? op;
}

/** The fields that both set. @param {StoredOp} first @param {StoredOp} next */
function shared(first, next) {
	return Object.keys(next.set ?? {}).filter((name) => first.set && name in first.set);
}

/**
 * Whether both want the same value for each field that both set.
 * @param {StoredOp} first @param {StoredOp} next @param {Definition | undefined} definition
 */
function agree(first, next, definition) {
	return shared(first, next).every((name) =>
		isSame(fieldOf(definition, name), first.set?.[name], next.set?.[name])
	);
}

/**
 * The fields of which the author of an op saw what a parked op wanted: no op between the two sets them.
 * @param {StoredOp} op @param {StoredOp[]} below the ops that it was written on, oldest first
 */
function fieldsOver(op, below) {
	return Object.keys(op.was).filter((name) => {
		const last = below.findLast(({ set }) => set && name in set);
		return last !== undefined && isParked(last);
	});
}

/**
 * A later op as if one that was rejected had never been made: the record never had what that one wanted.
 * @param {StoredOp} first @param {StoredOp} op @param {string[]} fields in which it was written on the first
 * @param {Definition | undefined} definition
 */
function afterRejected(first, op, fields, definition) {
	const seen = fields.filter((name) => isSame(fieldOf(definition, name), op.was[name], first.set?.[name]));
	return seeing(op, pick(first.was, seen));
}

/**
 * A later op after one in conflict.  It is in conflict too if it builds on what that one wanted.
 * @param {StoredOp} first @param {StoredOp} op @param {string[]} fields in which it was written on parked ops
 * @param {StoredOp[]} below the first, and the ops between them @param {Definition | undefined} definition
 */
function afterConflict(first, op, fields, below, definition) {
	const { current, currentVersion } = first.conflict;
	if (!current)
		return op.kind === "delete" ? op : clash(op, current, currentVersion, fields);
	const now = withOps(current, below.filter(isActive));
	const seen = ground(op, {}, below.filter(isParked), [], now, definition);
	const unseen = disputed(seen, now, definition);
	return unseen.length > 0 ? clash(seen, current, currentVersion, unseen) : seen;
}

/**
 * What becomes of the ops after a change that was refused, up to the next create.
 * @param {StoredOp} first parked @param {StoredOp[]} later @param {Definition | undefined} definition
 * @returns {{drop: StoredOp[], put: StoredOp[]}}
 */
function parkChange(first, later, definition) {
	const put = [first], below = [first];
	for (const next of later) {
		if (next.kind === "create")
			break;
		const fields = next.again ? [] : fieldsOver(next, below);
		if (fields.length === 0) {
			below.push(next);
			continue;
		}
		const op = first.state === "rejected" ? afterRejected(first, next, fields, definition)
			: afterConflict(first, next, fields, below, definition);
		put.push(op);
		below.push(op);
	}
	return { drop: [], put };
}

/**
 * What becomes of the next op after a create that was refused.
 * @param {StoredOp} first parked @param {StoredOp} next @param {Definition | undefined} definition
 * @returns {{drop: StoredOp[], put: StoredOp[]}}
 */
function parkCreate(first, next, definition) {
	if (first.state === "conflict" && next.kind === "delete") {
		const { current, currentVersion } = first.conflict;
		return { drop: [], put: [first, clash(next, current, currentVersion, [])] };
	}
	if (first.state === "conflict") {
		const both = withParts(first, [...first.parts, ...next.parts]);
		const names = [...new Set([...first.conflict.fields, ...Object.keys(next.set ?? {})])];
		const conflict = { ...first.conflict, fields: names, mine: pick(both.set, names) };
		return { drop: [next], put: [{ ...both, conflict }] };
	}
	if (next.kind === "delete")
		return { drop: [], put: [{ ...first, removed: true }, { ...next, base: Math.max(1, next.base) }] };
	const whole = wholeOf(first, next);
	return agree(first, next, definition)
		? { drop: [first], put: [whole] }
		: { drop: [], put: [first, whole] };
}

/**
 * What becomes of the ops after one that was refused and stays for a person to see.  An op that was acknowledged before
 * a restore is not changed: the server knows it under its id.
 * @param {StoredOp} first parked @param {StoredOp[]} ops of the record @param {Definition | undefined} definition
 * @returns {{drop: StoredOp[], put: StoredOp[]}}
 */
export function park(first, ops, definition) {
	const later = ops.filter((op) => isActive(op) && Number(op.n) > Number(first.n)), [next] = later;
	if (!next || next.kind === "create" || first.kind === "delete" || first.again)
		return { drop: [], put: [first] };
	if (first.kind === "set")
		return parkChange(first, later, definition);
	if (next.again)
		return { drop: [], put: [first] };
	const step = parkCreate(first, next, definition);
	// A conflict that has taken the next op in comes before the one after that.
	if (!step.drop.includes(next))
		return step;
	const { drop, put } = park(step.put[0], ops.filter((op) => op !== next), definition);
	return { drop: [next, ...drop], put };
}
