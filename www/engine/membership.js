// @ts-check
// What happens on this device when a space is lost, and when it comes back.  The person's unsent work is always kept.
// Which spaces there are is spaces.js.
import { isActive, keyOf } from "./outbox.js";
import { advance, amend, opsOfRecords, opsOfSpace, readState, takenBackKey } from "./userdata.js";

const NO_MEMBER = "You are no longer a member of this space.";
const NOT_KNOWN = "The server was restored from a backup that does not know you in this space.";

/** @typedef {import("./userdata.js").StoredRow} StoredRow */
/** @typedef {import("./userdata.js").Transaction} Transaction */
/** @typedef {import("./outbox.js").StoredOp} StoredOp */

/**
 * Why a space is lost, in words.
 * @param {boolean} restored
 */
const reasonOf = (restored) => (restored ? NOT_KNOWN : NO_MEMBER);

/** What the ops of a lost space are refused with. @param {boolean} restored */
export function problemOfLoss(restored) {
	return {
		type: "/problems/not-a-member",
		title: "Not a member",
		status: 404,
		detail: `${reasonOf(restored)} You can save this as a file.`,
	};
}

/** The rows on which this person has no ops. @param {StoredRow[]} rows @param {StoredOp[]} ops */
export function rowsWithoutOps(rows, ops) {
	const own = new Set(ops.map(keyOf));
	return rows.filter((row) => !own.has(row.collection + "/" + row.id));
}

/**
 * Deletes the rows on which this person has no ops, and what was below edits that they took back.
 * @param {Transaction} work @param {string} space @param {StoredOp[]} ops
 */
async function wipe(work, space, ops) {
	const wiped = rowsWithoutOps(await work.all("rows", "space", space), ops);
	for (const row of wiped)
		await work.delete("rows", [space, row.collection, row.id]);
	await work.delete("meta", takenBackKey(space));
	return wiped.map((row) => ({ collection: row.collection, id: row.id, record: null }));
}

/** @param {StoredRow[]} rows */
const changesOf = (rows) => rows.map(({ collection, id }) =>
	({ collection, id, from: /** @type {const} */ ("elsewhere") }));

/**
 * @param {{database: import("./database.js").Database, pull: ReturnType<typeof import("./pull.js").createPull>,
 *   publish: (space: string, outcome: import("./userdata.js").Outcome) => void}} parts
 */
export function createMembership({ database, pull, publish }) {
	/** @param {string} space */
	const stateOf = (space) => database.read(["meta"], (work) => readState(work, space));

	return {
		/**
		 * The person is no longer a member.  After a restore of the server everything is kept; otherwise only
		 * what has their own ops.  Resolves to whether anything is left to show.
		 * @param {string} space @param {boolean} restored
		 */
		async lose(space, restored) {
			const stores = ["meta", "rows", "fresh", "kept", "ops"];
			const { left, ...outcome } = await database.write(stores, async (work) => {
				const ops = await opsOfSpace(work, space), problem = problemOfLoss(restored);
				const rows = restored ? [] : await wipe(work, space, ops);
				for (const op of ops.filter(isActive))
					await work.put("ops", { ...op, state: "rejected", problem });
				await work.deleteAll("fresh", "space", space);
				if (!restored)
					await work.deleteAll("kept", "space", space);
				const gone = { reason: reasonOf(restored), kept: restored };
				const state = await advance(work, space, {
					head: null, resync: null, arriving: null, gone,
					...(restored ? {} : { alarm: null }),
				});
				const records = ops.map((op) => [op.collection, op.record]);
				const touched = await opsOfRecords(work, space, records);
				return { state, rows, ops: touched, changes: changesOf(rows), left: ops.length };
			});
			publish(space, outcome);
			return restored || left > 0;
		},
		/**
		 * An op of a lost space has been discarded: a record is deleted with the last of its ops.
		 * @param {string} space
		 */
		async letGo(space) {
			const outcome = await database.write(["meta", "rows", "ops"], async (work) => {
				const { gone } = await readState(work, space), isWiped = gone && !gone.kept;
				const rows = isWiped ? await wipe(work, space, await opsOfSpace(work, space)) : [];
				return { state: await advance(work, space), rows, ops: [], changes: changesOf(rows) };
			});
			publish(space, outcome);
		},
		/** Whether this device still holds anything of a lost space. @param {string} space */
		async hasLeft(space) {
			const left = await database.read(["ops", "rows"], async (work) =>
				await work.count("ops", "space", space) + await work.count("rows", "space", space));
			return left > 0;
		},
		/**
		 * A member again.  What was kept beside unsent work may be long out of date, so everything is loaded
		 * anew.
		 * @param {string} space
		 */
		async comeBack(space) {
			await pull.beginResync(space, { reason: "view" });
			const state = await database.write(["meta"], (work) =>
				advance(work, space, { gone: null, loaded: false })
			);
			publish(space, { state, rows: [], ops: [], changes: [] });
		},
		/**
		 * Whether the epoch of one of these spaces has changed, because the server was restored.
		 * @param {any[]} listed
		 */
		async wasRestored(listed) {
			for (const one of listed) {
				const { epoch } = await stateOf(one.id);
				if (epoch && one.epoch && epoch !== one.epoch)
					return true;
			}
			return false;
		},
		/**
		 * Stores the epoch where none is known.  A change of it comes with the feed.
		 * @param {string} space @param {string | undefined} epoch
		 */
		async noteEpoch(space, epoch) {
			const state = await stateOf(space);
			if (!epoch || state.epoch || state.resync)
				return;
			await database.write(["meta"], (work) => amend(work, space, { epoch }));
		},
	};
}
