// A write of the engine, as screens make it.  It fails only if this device cannot store it or the record has just gone;
// then nothing has changed, and a toast tells the person.

import { toast, undoable } from "../ui/index.js";
import { space } from "./state.js";

/** Resolves to the op that work() makes, or to null if it could not be kept. */
export async function write(work, what = "the change") {
	try {
		return await work();
	} catch (error) {
		toast(`This device could not keep ${what}: ${error.message}`, { kind: "bad" });
		return null;
	}
}

/** The same for work(space), with a toast that can take it back. */
export async function writeUndoably(words, work) {
	const here = space.value, op = await write(() => work(here));
	if (op)
		undoable(words, () => here.undo(op.edit));
	return op;
}
