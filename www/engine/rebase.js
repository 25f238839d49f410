// @ts-check
// What ops are based on after the server's past has changed.  Versions of before may mean something else now, so each
// op is compared with the record that is held.  Pure functions over the ops of one record, oldest first.
import { clash, disputed } from "./following.js";
import { NO_VERSION, isActive } from "./outbox.js";

/** @typedef {import("./outbox.js").StoredOp} StoredOp */
/** @typedef {import("./userdata.js").StoredRow & {version: number}} Held */
/** @typedef {import("./engine.d.ts").Definition} Definition */

/**
 * The first op of the record that is sent, with its new base.
 * @param {StoredOp} op @param {Held | undefined} held @param {Definition | undefined} definition @returns {StoredOp}
 */
function rebaseFirst(op, held, definition) {
	const record = held?.record ?? null, version = held?.version ?? 0;
	if (op.again)
		return { ...op, base: held || op.kind === "create" ? version : Math.max(1, op.base) };
	if (op.kind === "create" && !held)
		return { ...op, base: 0 };
	if (op.kind === "delete" && !held)
		return op;
	const fields = op.kind === "create" ? Object.keys(op.set ?? {}) : disputed(op, record, definition);
	if (held && fields.length === 0)
		return { ...op, base: version };
	// Its fate is unknown: it is sent again under a base that overwrites nothing.
	if (op.state === "sent")
		return { ...op, base: NO_VERSION };
	return held && op.kind === "create" ? { ...op, base: 0 } : clash(op, record, version, fields);
}

/** A conflict, with the record as it is now. @param {StoredOp} op @param {Held | undefined} held @returns {StoredOp} */
function clashAnew(op, held) {
	const current = held?.record ?? null, currentVersion = held?.version ?? 0;
	const by = current?.lastUpdatedBy, at = current?.lastUpdatedAt;
	return { ...op, conflict: { ...op.conflict, current, currentVersion, by, at } };
}

/**
 * The ops that are stored anew.  The answer to the first one that is sent decides the bases of the later ones.
 * @param {StoredOp[]} ops @param {Held | undefined} held the row of the record
 * @param {Definition | undefined} definition @returns {StoredOp[]}
 */
export function rebase(ops, held, definition) {
	const first = ops.find(isActive);
	return ops.flatMap((op) => {
		if (op.state === "conflict")
			return [clashAnew(op, held)];
		if (!isActive(op))
			return [];
		if (op === first)
			return [rebaseFirst(op, held, definition)];
		return [op.again || op.kind === "create" ? op : { ...op, base: NO_VERSION }];
	});
}
