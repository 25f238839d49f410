// @ts-check
// What a record looks like with ops of this device on top of what the server last said.  Pure functions.
import { isActive, isParked } from "./outbox.js";

/** @typedef {import("./outbox.js").StoredOp} StoredOp */
/** @typedef {import("./engine.d.ts").Fields} Fields */

/**
 * Writes fields into a row; one that is emptied falls back to its default.
 * @param {any} row @param {Fields} fields @param {Fields} defaults
 */
function put(row, fields, defaults) {
	for (const [name, value] of Object.entries(fields))
		if (value !== null && value !== undefined && value !== "")
			row[name] = value;
		else if (name in defaults)
			row[name] = defaults[name];
		else
			delete row[name];
}

/**
 * The record that a create makes, as it is shown until the server has answered.
 * @param {StoredOp} op @param {any} record what it takes the place of @param {Fields} defaults @param {string} user
 */
function madeBy(op, record, defaults, user) {
	return {
		id: op.record, version: record?.version ?? 0, owner: user, createdAt: op.at, createdBy: user,
		lastUpdatedAt: op.at, lastUpdatedBy: user, ...defaults,
	};
}

/**
 * A record with an op on top; undefined when it is not there.
 * @param {any} record @param {StoredOp} op @param {Fields} defaults @param {string} user
 */
function apply(record, op, defaults, user) {
	// A record that was deleted elsewhere is shown with the edit until the server has answered.
	const below = op.kind === "set" ? record ?? op.last : record;
	if (op.kind === "delete" || (op.kind === "set" && !below))
		return undefined;
	const row = op.kind === "set" ? { ...below } : madeBy(op, record, defaults, user);
	put(row, op.set ?? {}, defaults);
	return row;
}

/**
 * Whether an op is shown on top of its record.  One in conflict or refused is not, except if it made a record that the
 * server never took: without it, the record would seem lost.
 * @param {StoredOp} op @param {any} record
 */
export function isShown(op, record) {
	return isActive(op) || (isParked(op) && op.kind === "create" && !op.removed && !record);
}

/**
 * The row as it is shown, frozen; undefined when there is none.
 * @param {any} record as the server last sent it @param {StoredOp[]} ops on top, oldest first
 * @param {Fields} defaults of the collection @param {string} user
 */
export function shownRow(record, ops, defaults, user) {
	const row = ops.reduce((below, op) => apply(below, op, defaults, user), record);
	return row && row !== record ? Object.freeze(row) : row;
}
