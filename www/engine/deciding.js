// @ts-check
// What a person does with ops that exist: takes an edit back, tries a refused op again, decides a conflict, lets an op
// go.
import { latest, toResolve, toTryAgain } from "./edits.js";
import { isParked } from "./outbox.js";
import { addOp, dropOp, opWith, takeBack } from "./queue.js";
import { isAllowed } from "./roles.js";
import { opById } from "./userdata.js";
import { EngineError } from "./words.js";

/** @typedef {import("./outbox.js").StoredOp} StoredOp */
/** @typedef {import("./userdata.js").Transaction} Transaction */

/**
 * @param {{id: string, account: import("./account.js").Account, memory: import("./memory.js").Memory,
 *   writing: import("./writing.js").Writing}} parts
 * @returns {Pick<import("./engine.d.ts").Space, "undo" | "retry" | "resolve" | "discard">}
 */
export function createDeciding({ id, account, memory, writing }) {
	const { shelf, definition } = memory, { change, makeOp } = writing;

	/** @param {string} wanted @param {(work: Transaction, op: StoredOp) => Promise<void>} doing */
	function decide(wanted, doing) {
		return change(async (work) => {
			const op = await opById(work, wanted);
			if (!op || op.space !== id)
				throw new EngineError("This change is no longer waiting.");
			await doing(work, op);
			return { touched: [[op.collection, op.record]], result: undefined };
		});
	}

	/**
	 * Puts an op of its own in the place of a refused one.
	 * @param {Transaction} work @param {StoredOp} op @param {import("./edits.js").Wish | null} wish null: none
	 */
	async function replace(work, op, wish) {
		await work.delete("ops", op.n);
		if (wish)
			await addOp(work, makeOp(wish), definition(op.collection), { apart: true });
	}

	return {
		async undo(wanted) {
			account.mayWrite(id);
			await change(async (work) => {
				const op = await opWith(work, id, wanted);
				if (!op)
					return { touched: [], result: null };
				const { collection, record } = op, user = account.user().id;
				const form = definition(collection), { role } = account.infoOf(id);
				const mayDelete = isAllowed(form, "delete", role);
				const parts = { user, definition: form, mayDelete, opOf: makeOp };
				await takeBack(work, op, wanted, parts);
				return { touched: [[collection, record]], result: null };
			});
		},
		/** Writes the same again, on the record as it is now. */
		retry(wanted) {
			account.mayWrite(id);
			return decide(wanted, async (work, op) => {
				if (!isParked(op))
					return;
				const pulled = shelf.record(op.collection, op.record), now = latest(op, pulled);
				const shown = (now === pulled ? shelf.get(op.collection, op.record) : undefined) ?? now;
				const form = definition(op.collection);
				await replace(work, op, toTryAgain(op, op.set ?? {}, { now, shown, pulled }, form));
			});
		},
		/** The decision is based on what the conflict showed, so later changes are not overwritten unseen. */
		resolve(wanted, fields) {
			account.mayWrite(id);
			return decide(wanted, async (work, op) => {
				if (!isParked(op))
					throw new EngineError("This change waits for no decision.");
				const pulled = shelf.record(op.collection, op.record);
				await replace(work, op, toResolve(op, fields, pulled, definition(op.collection)));
			});
		},
		async discard(wanted) {
			await decide(wanted, async (work, op) => {
				if (op.state === "sent")
					throw new EngineError("This change is on its way to the server already.");
				await dropOp(work, op, definition(op.collection));
			});
			if (account.isGone(id))
				await account.letGo(id);
		},
	};
}
