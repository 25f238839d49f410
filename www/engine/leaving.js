// @ts-check
// Which ops the next push sends: the beginning of the outbox, one op of each record.  They are stored as sent before
// the request is made.  An op that turns out to clash with somebody else's change stays here, as a conflict.
import { park } from "./following.js";
import { fileNamesIn, isActive, isParked, keyOf, wireOp } from "./outbox.js";
import { settled } from "./rows.js";
import { advance, opsOfRecord, opsOfRecords, opsOfSpace, readState, storeStep } from "./userdata.js";

/** How much one push holds if the server does not say how much it may. */
export const USUAL = { ops: 200, bytes: 900_000 };

/** @typedef {import("./definitions.js").Limits} Limits */
/** @typedef {import("./outbox.js").StoredOp} StoredOp */
/** @typedef {import("./userdata.js").Transaction} Transaction */
/** @typedef {import("./engine.d.ts").Definition} Definition */

const utf8 = new TextEncoder();

/** @param {StoredOp} op */
function sizeOf(op) {
	return utf8.encode(JSON.stringify(wireOp(op))).length + 1; // with its comma
}

/** @param {StoredOp[]} ops */
export const bytesOf = (ops) => ops.reduce((sum, op) => sum + sizeOf(op), 0);

/**
 * The first ops of the outbox.  The batch ends before the second op of a record, so that everything arrives in the
 * order in which it was written.
 * @param {StoredOp[]} ops @param {(op: StoredOp) => boolean} isReady @param {Limits} most
 */
export function chooseBatch(ops, isReady, most = USUAL) {
	/** @type {StoredOp[]} */
	const batch = [];
	const records = new Set();
	let bytes = 0;
	for (const op of ops.filter((one) => !isParked(one))) {
		const size = sizeOf(op), isTooMuch = batch.length > 0 && bytes + size > most.bytes;
		if (records.has(keyOf(op)) || batch.length === most.ops || isTooMuch || !isReady(op))
			break;
		records.add(keyOf(op));
		batch.push(op);
		bytes += size;
	}
	return batch;
}

/**
 * Whether an op may leave: the server has the files that it names.
 * @param {import("./files.js").StoredFile[]} files of the space @returns {(op: StoredOp) => boolean}
 */
export function readyWith(files) {
	const unsent = new Set(files.filter((file) => !file.sent).map((file) => file.sha256));
	return (op) => !fileNamesIn(op).some((name) => unsent.has(name));
}

/**
 * Stores an op as sent, or as a conflict if it meets somebody else's change.  Resolves to the op as it is stored.
 * @param {Transaction} work @param {StoredOp} op @param {Definition | undefined} definition
 */
async function toLeave(work, op, definition) {
	if (op.state === "sent")
		return op;
	const ops = await opsOfRecord(work, op.space, op.collection, op.record);
	const ready = await settled(work, op, ops, [], {}, definition);
	if (isParked(ready))
		await storeStep(work, park(ready, ops, definition));
	else
		await work.put("ops", Object.assign(ready, { state: "sent" }));
	return ready;
}

/**
 * What the next push sends.  stay: how many ops were about to be sent and are conflicts now.  outcome: what to
 * update in memory, null if no op has changed.
 * @param {{database: import("./database.js").Database, user: string,
 *   definition: (space: string, collection: string) => Definition | undefined}} parts
 * @param {string} space @param {Limits} most
 */
export function takeBatch({ database, user, definition }, space, most) {
	return database.write(["meta", "rows", "ops", "done", "files"], async (work) => {
		const isReady = readyWith(await work.all("files", "space", space));
		const chosen = chooseBatch(await opsOfSpace(work, space), isReady, most);
		const touched = chosen.filter((op) => op.state !== "sent").map((op) => [op.collection, op.record]);
		const ready = await Promise.all(chosen.map((op) =>
			toLeave(work, op, definition(space, op.collection))));
		const { cursor, past } = await readState(work, space);
		const stay = ready.filter(isParked);
		const changes = stay.map((op) =>
			({ collection: op.collection, id: op.record, from: /** @type {const} */ ("here"), by: user }));
		const outcome = touched.length === 0 ? null : {
			rows: [], changes,
			ops: await opsOfRecords(work, space, touched),
			state: await advance(work, space),
		};
		return { batch: ready.filter(isActive), stay: stay.length, cursor, past, outcome };
	});
}
