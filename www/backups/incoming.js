// A file that is brought into a space: sent as one request, or in pieces where it is too large for that.  Then the
// server keeps it for some days, and it is restored from like a backup.  No document.

import { sha256 } from "@noble/hashes/sha2";
import { bytesToHex } from "@noble/hashes/utils";

const MOST = 16 << 20; // bytes of a request
const PIECE = 4 << 20;
const TRIES = 5; // of a piece

async function nameOf(file) {
	const hash = sha256.create();
	for (let at = 0; at < file.size; at += PIECE)
		hash.update(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()));
	return bytesToHex(hash.digest());
}

async function sendPiece(request, path, file, at) {
	const end = Math.min(file.size, at + PIECE);
	const range = `bytes ${at}-${end - 1}/${file.size}`;
	const options = {
		raw: file.slice(at, end),
		headers: { "Content-Type": "application/octet-stream", "Content-Range": range },
	};
	for (let tries = 1; ; tries++) {
		try {
			return (await request("PUT", path, options)).data.backup;
		} catch (error) {
			if (!error.isPassing || tries === TRIES)
				throw error;
		}
	}
}

/** Whether a file is sent in pieces. */
export const isLarge = (file) => file.size > MOST;

/**
 * Sends a large file, and resolves to the id under which it can be restored from.  What the server has of it already is
 * not sent again.  onProgress hears what part is done.
 */
export async function sendFile(request, file, onProgress = () => {}) {
	const path = `/backups/${await nameOf(file)}`;
	let at = 0;
	for (;;) {
		const { id, received } = await sendPiece(request, path, file, at);
		if (id)
			return id;
		at = received;
		onProgress(at / file.size);
	}
}
