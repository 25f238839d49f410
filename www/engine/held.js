// @ts-check
// The ops of an opened space in memory, by record: those that the database holds, and edits that are just being stored.
import { groupOps, isActive, keyOf, shownOp } from "./outbox.js";
import { isShown } from "./shown.js";

/** @typedef {import("./outbox.js").StoredOp} StoredOp */
/** @typedef {import("./engine.d.ts").Op} Op */

/** @param {StoredOp[]} ops @param {StoredOp[]} storing @returns {import("./status.js").Counts} */
function count(ops, storing) {
	return {
		storing: storing.length,
		waiting: ops.filter(isActive).length,
		conflicts: ops.filter((op) => op.state === "conflict").length,
		failed: ops.filter((op) => op.state === "rejected").length,
	};
}

export function createHeldOps() {
	/** @type {Map<string, StoredOp[]>} by collection/record, oldest first */
	let ops = new Map();
	/** @type {Map<string, StoredOp[]>} edits on their way into the database, oldest first */
	const storing = new Map();
	/** @type {readonly Op[] | null} made when asked for */
	let listed = null;
	/** @type {import("./status.js").Counts | null} made when asked for */
	let counted = null;

	function forgetSums() {
		listed = null;
		counted = null;
	}

	/** @param {Map<string, StoredOp[]>} map @param {string} key @param {StoredOp[]} some */
	function put(map, key, some) {
		if (some.length > 0)
			map.set(key, some);
		else
			map.delete(key);
		forgetSums();
	}

	/** @param {string} key */
	const stored = (key) => ops.get(key) ?? [];
	/** @param {string} key */
	const beingStored = (key) => storing.get(key) ?? [];

	return {
		stored,
		/** What is shown on top of a record. @param {string} key @param {any} record */
		shownOn: (key, record) => [...stored(key).filter((op) => isShown(op, record)), ...beingStored(key)],
		/** What is not acknowledged and not refused. @param {string} key */
		waitingOn: (key) => [...stored(key).filter(isActive), ...beingStored(key)],
		/** The records that have ops. */
		keys: () => [...new Set([...ops.keys(), ...storing.keys()])],
		/** All that the database holds, oldest first. */
		get list() {
			return (listed ??= Object.freeze(
				[...ops.values()].flat().sort((a, b) => Number(a.n) - Number(b.n)).map(shownOp)
			));
		},
		counts: () => (counted ??= count([...ops.values()].flat(), [...storing.values()].flat())),
		/** @param {StoredOp[]} all these and no others */
		fill(all) {
			ops = groupOps(all);
			forgetSums();
		},
		/** The ops of a record, as they are stored now. @param {string} key @param {StoredOp[]} some */
		take(key, some) { put(ops, key, some); },
		/** An edit is being stored. @param {StoredOp} op */
		hold(op) { put(storing, keyOf(op), [...beingStored(keyOf(op)), op]); },
		/** It is stored, or could not be. @param {StoredOp} op */
		release(op) { put(storing, keyOf(op), beingStored(keyOf(op)).filter((one) => one !== op)); },
	};
}
