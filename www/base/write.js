// A write of the engine, as screens make it.  It fails only if this device cannot store it or the record has just gone;
// then nothing has changed, and a toast tells the person.

import { canTakeBack } from "../engine/engine.js";
import { toast, undoable } from "../ui/index.js";
import { dayIn, zoneAmong } from "../ui/zone.js";
import { definition, engine, mayNow, rowNow, rowsNow, space } from "./state.js";

/** Resolves to the op that work() makes, or to null if it could not be kept. */
export async function write(work, what = "the change") {
	try {
		return await work();
	} catch (error) {
		toast(`This device could not keep ${what}: ${error.message}`, { kind: "bad" });
		return null;
	}
}

// Days come for everybody when they come in the zone of the space, as on the server.
function todayHere() {
	const settings = definition("spaceSettings") ? rowsNow("spaceSettings").value[0] : null;
	return dayIn(zoneAmong(settings?.zone), engine.now());
}

/** Tells what an op did.  The toast can take it back, unless the server would refuse that. */
export function tellUndoably(words, op) {
	const here = space.value, { collection, record } = op;
	const rights = { mayDelete: mayNow("delete", collection), today: todayHere() };
	if (canTakeBack(op, rowNow(collection, record), definition(collection), rights))
		undoable(words, () => here.undo(op.edit ?? op.id));
	else
		toast(words);
}

/** The same for work(space), with a toast that can take it back. */
export async function writeUndoably(words, work) {
	const here = space.value, op = await write(() => work(here));
	if (op)
		tellUndoably(words, op);
	return op;
}
