// A file that is brought into a space: sent as one request, or in pieces where it is too large for that.  Then the
// server keeps it for some days, and it is restored from like a backup.  No document.

import { sha256 } from "@noble/hashes/sha2";
import { bytesToHex } from "@noble/hashes/utils";
import { piecesOf } from "../backup/bytes.js";

const MOST = 16 << 20; // bytes of a request
const PIECE = 4 << 20;
const TRIES = 5; // of a piece
const PAUSE = 500; // milliseconds before the second try, and each time as much more
const BLOCK = 512; // of an archive: its first header

async function hashOf(file) {
	const hash = sha256.create();
	for (let at = 0; at < file.size; at += PIECE)
		hash.update(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()));
	return bytesToHex(hash.digest());
}

const wait = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

async function sendPiece(request, { sha256: name, bytes: size }, piece, at) {
	const options = {
		raw: piece,
		headers: {
			"Content-Type": "application/octet-stream",
			"Content-Range": `bytes ${at}-${at + piece.size - 1}/${size}`,
		},
	};
	for (let tries = 1; ; tries++) {
		try {
			return (await request("PUT", `/backups/${name}`, options)).data.backup;
		} catch (error) {
			if (!error.isPassing || tries === TRIES)
				throw error;
			await wait(Math.max(PAUSE * tries, 1000 * (error.retryAfter ?? 0)));
		}
	}
}

// The same bytes in Blobs of PIECE bytes, the last one smaller.
async function* inPieces(source) {
	let parts = [], size = 0;
	for await (let bytes of source)
		while (bytes.length > 0) {
			const some = bytes.subarray(0, PIECE - size);
			bytes = bytes.subarray(some.length);
			parts.push(some);
			size += some.length;
			if (size === PIECE) {
				yield new Blob(parts);
				[parts, size] = [[], 0];
			}
		}
	if (size > 0)
		yield new Blob(parts);
}

/** Whether a file is sent in pieces. */
export const isLarge = (file) => file.size > MOST;

/**
 * Sends bytes in pieces as they come, and resolves to the id under which they can be restored from.  What the server
 * has of them already is not sent again.  onProgress hears what part is done.
 */
export async function sendPieces(request, file, source, onProgress = () => {}) {
	let at = 0, received = 0;
	for await (const piece of inPieces(source)) {
		const end = at + piece.size;
		if (end > received) {
			const answer = await sendPiece(request, file, piece, at);
			if (answer.id)
				return answer.id;
			received = answer.received;
			onProgress(received / file.bytes);
		}
		at = end;
	}
	throw new Error("The file ended before the server had all of it.");
}

/** The same of a large file. */
export async function sendFile(request, file, onProgress) {
	const named = { sha256: await hashOf(file), bytes: file.size };
	return sendPieces(request, named, piecesOf(file), onProgress);
}

// --- what a file is ---

const FORMAT = 1; // of archives

const textOf = async (blob) => new TextDecoder("latin1").decode(await blob.arrayBuffer());

// The first member of an archive of Daybook says its format.
async function archiveKind(file, header) {
	const size = parseInt(header.slice(124, 135), 8);
	try {
		const { format } = JSON.parse(await file.slice(BLOCK, BLOCK + size).text());
		return format > FORMAT ? "newer" : "archive";
	} catch {
		return "archive";
	}
}

/**
 * What a chosen file seems to be, by its first bytes: "archive", "newer" (an archive of a later Daybook), "sealed",
 * "json", "empty" or "other".
 */
export async function kindOfFile(file) {
	const head = await textOf(file.slice(0, BLOCK));
	if (head === "")
		return "empty";
	if (head.startsWith("DAYBOOK-SEALED-1\n"))
		return "sealed";
	if (head.startsWith("daybook.json\0"))
		return archiveKind(file, head);
	return /^(?:\xef\xbb\xbf)?\s*[[{]/.test(head) ? "json" : "other";
}
