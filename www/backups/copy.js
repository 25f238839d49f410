// The opened copy of a sealed backup: this device opens it and sends it to the server, which restores from it.  The
// copy goes as soon as no restore needs it, also when the person left in between: its id is noted on this device.

import { verifyArchive } from "../backup/read.js";
import { engine, space } from "../base/state.js";
import { sendPieces } from "./incoming.js";
import { deleteBackup } from "./requests.js";
import { loadSeal } from "./seal.js";

const NOT_FOUND = 404;

const note = () => `opened:${space.value.id}`;

/**
 * Opens what source() resolves to, a Blob or pieces, and checks all of it; nothing is kept, so that its size does not
 * matter.  Resolves to what verifyArchive tells of it.
 */
export async function checkOpened(source, keys, onProgress) {
	const { openPieces } = await loadSeal();
	return verifyArchive(openPieces(await source(), keys, { onProgress }));
}

/** Opens it again, and sends the pieces as they come.  found: what checkOpened has told.  Resolves to the copy's id. */
export async function sendOpened(source, keys, { sha256, bytes }, onProgress) {
	const { openPieces } = await loadSeal();
	const opened = openPieces(await source(), keys);
	const id = await sendPieces(space.value.request, { sha256, bytes }, opened, onProgress);
	engine.notes.put(note(), id);
	return id;
}

/** Deletes the copy, if there is one: whether there was. */
export async function discardCopy() {
	const id = engine.notes.get(note());
	if (!id)
		return false;
	try {
		await deleteBackup(id);
	} catch (error) {
		if (error.status !== NOT_FOUND)
			return false;
	}
	engine.notes.drop(note());
	return true;
}
