// @ts-check
// What this device held before the past of the server became another one: the records that the server has otherwise
// now, or no longer.  They stay until a person has decided, beside what is shown.
import { advance, readState } from "./userdata.js";

/** @typedef {import("./userdata.js").Transaction} Transaction */
/** @typedef {import("./userdata.js").StoredRow} StoredRow */

const MARKS = new Set(["version", "seq", "createdAt", "createdBy", "lastUpdatedAt", "lastUpdatedBy"]);

/** A record without what each write sets. @param {any} record */
const contentOf = (record) => JSON.stringify(Object.entries(record).filter(([name]) => !MARKS.has(name))
	.sort(([a], [b]) => (a < b ? -1 : 1)));

/** Whether two records hold the same. @param {any} one @param {any} other */
export const isSame = (one, other) => contentOf(one) === contentOf(other);

/** @param {any} row */
const keyOf = ({ space, collection, id }) => [space, collection, id];

/**
 * Keeps the rows that a resync takes away or changes.  What was kept before is older, and stays.  Resolves to how many
 * are kept.
 * @param {Transaction} work @param {string} space @param {any[]} old @param {any[]} fresh
 */
export async function keepOld(work, space, old, fresh) {
	const next = new Map(fresh.map((row) => [row.collection + "/" + row.id, row]));
	for (const row of old) {
		const now = next.get(row.collection + "/" + row.id);
		if ((!now || !isSame(now.record, row.record)) && !await work.get("kept", keyOf(row)))
			await work.put("kept", { ...row, marked: undefined });
	}
	return work.count("kept", "space", space);
}

/** @param {Transaction} work @param {string} space @returns {Promise<any[]>} with the record as it is now, or null */
async function keptAndNow(work, space) {
	const kept = await work.all("kept", "space", space);
	return Promise.all(kept.map(async (row) =>
		({ ...row, now: (await work.get("rows", keyOf(row)))?.record ?? null })));
}

/**
 * Lets go of what the server has again.  Null when nothing has changed.
 * @param {import("./database.js").Database} database @param {string} space
 */
export function settleKept(database, space) {
	return database.write(["meta", "rows", "kept"], async (work) => {
		const { alarm, resync } = await readState(work, space);
		if (!alarm || resync)
			return null;
		const all = await keptAndNow(work, space);
		const again = all.filter(({ now, record }) => now && isSame(now, record));
		for (const row of again)
			await work.delete("kept", keyOf(row));
		const kept = all.length - again.length, isOver = kept === 0 && alarm.found === "restored";
		if (!isOver && kept === alarm.kept)
			return null;
		const state = await advance(work, space, { alarm: isOver ? null : { ...alarm, kept } });
		return { state, rows: [], ops: [], changes: [] };
	});
}

/**
 * The records of before that the server has otherwise now, each with what it is now.
 * @param {import("./database.js").Database} database @param {string} space
 */
export function readKept(database, space) {
	return database.read(["rows", "kept"], async (work) =>
		(await keptAndNow(work, space)).map(({ collection, id, record, now }) =>
			({ collection, id, record, now })));
}

/** A person has decided. @param {import("./database.js").Database} database @param {string} space */
export function forgetKept(database, space) {
	return database.write(["meta", "kept"], async (work) => {
		await work.deleteAll("kept", "space", space);
		const { alarm } = await readState(work, space);
		if (!alarm)
			return null;
		return { state: await advance(work, space, { alarm: null }), rows: [], ops: [], changes: [] };
	});
}
