// @ts-check
// Looking into a space without opening it: the rows of one collection, as they would be shown, of which something is
// true.  Nothing of the space stays in memory.
import { isShown, shownRow } from "./shown.js";
import { opsOfSpace } from "./userdata.js";
import { defaultsOf } from "./values.js";

/** @typedef {import("./userdata.js").StoredOp} StoredOp */
/** @typedef {import("./engine.d.ts").Row} Row */

/**
 * The rows of a collection as the server last said them, and the ops on them.
 * @param {import("./database.js").Database} database @param {string} space @param {string} collection
 */
function readCollection(database, space, collection) {
	return database.read(["rows", "ops"], async (work) => {
		const [rows, all] = await Promise.all([
			work.beginning("rows", "space", [space, collection]), opsOfSpace(work, space),
		]);
		return { rows, ops: all.filter((op) => op.collection === collection) };
	});
}

/**
 * @param {{database: import("./database.js").Database, space: string, collection: string, user: string, definition:
 *   import("./engine.d.ts").Definition | undefined}} parts
 * @param {(row: Row) => boolean} test
 * @returns {Promise<Row[]>}
 */
export async function findIn({ database, space, collection, user, definition }, test) {
	const { rows, ops } = await readCollection(database, space, collection);
	const defaults = defaultsOf(definition);
	/** @type {Map<string, any>} */
	const records = new Map(rows.filter(({ record }) => record).map(({ id, record }) => [id, record]));
	const ids = new Set([...records.keys(), ...ops.map((op) => op.record)]);
	const found = [];
	for (const id of ids) {
		const record = records.get(id), below = record && { ...defaults, ...record };
		const on = ops.filter((op) => op.record === id && isShown(op, below));
		const row = shownRow(below, on, defaults, user);
		if (row && test(row))
			found.push(row);
	}
	return found;
}
