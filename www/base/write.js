// A write of the engine as screens make it.  It fails only where this device cannot store it or what it is about has just gone; then
// nothing has changed, and the person is told.

import { toast, undoable } from "../ui/index.js";
import { space } from "./state.js";

/** The op that work() makes, or null when it could not be kept. */
export async function write(work, what = "the change") {
	try {
		return await work();
	} catch (error) {
		toast(`This device could not keep ${what}: ${error.message}`, { kind: "bad" });
		return null;
	}
}

/** The same for work(space), told in words with a way to take it back. */
export async function writeUndoably(words, work) {
	const here = space.value, op = await write(() => work(here));
	if (op)
		undoable(words, () => here.undo(op.edit));
	return op;
}
