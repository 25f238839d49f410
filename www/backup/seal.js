// @ts-check
// Sealed backups (include/backup/seal.h): a key pair is made where the person is, the server knows the public key
// alone, and what it sealed is opened here.  Memory is that of one piece.

import { bytesToHex, randomBytes } from "@noble/hashes/utils";
import { DamageError, takerOf } from "./bytes.js";
import { BOX_EXTRA, EXTRA, HEADER, KEY, Stream, openBox, publicOf } from "./stream.js";

const MAGIC = new TextEncoder().encode("DAYBOOK-SEALED-1\n");
const PIECE = 512 << 10; // bytes, before it is closed
const SHA256 = 32, LENGTH = 4; // bytes
const FORMAT = "daybook-key-1";

/** @param {Uint8Array} bytes */
function toText(bytes) {
	return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The 32 bytes of a key in base64url, or null. @param {unknown} text */
function toKey(text) {
	if (typeof text !== "string" || !/^[\w-]{43}$/.test(text))
		return null;
	const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
	return toText(bytes) === text ? bytes : null;
}

/** @typedef {{publicKey: string, secretKey: string}} Keys in base64url */

/** @returns {Promise<Keys>} */
export async function makeKeys() {
	const secret = randomBytes(KEY);
	return { publicKey: toText(publicOf(secret)), secretKey: toText(secret) };
}

/** The keys are not those that are needed: nothing is known of the file. */
export class KeyError extends Error {
	/** @param {string} message */
	constructor(message) {
		super(message);
		this.name = "KeyError";
	}
}

/** The text of the file that a person keeps. @param {Keys & {space?: string}} keys */
export function keyFile({ publicKey, secretKey, space = "" }) {
	return JSON.stringify({ format: FORMAT, space, publicKey, secretKey }) + "\n";
}

/** @param {string} text */
function parse(text) {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

/** The keys of such a file. @param {string} text @returns {Keys} */
export function readKeyFile(text) {
	const { format, publicKey, secretKey } = parse(text) ?? {};
	if (format !== FORMAT)
		throw new KeyError("This is no key file of Daybook.");
	const secret = toKey(secretKey);
	if (!secret || !toKey(publicKey))
		throw new KeyError("The key file has no good keys: it is damaged.");
	if (toText(publicOf(secret)) !== publicKey)
		throw new KeyError("The two keys of the key file don’t belong together.");
	return { publicKey, secretKey };
}

/** @param {Uint8Array} bytes */
const begins = (bytes) => bytes.length >= MAGIC.length && MAGIC.every((byte, at) => byte === bytes[at]);

/** Whether a file is a sealed backup, by its first bytes. @param {Blob} blob */
export async function isSealed(blob) {
	return begins(new Uint8Array(await blob.slice(0, MAGIC.length).arrayBuffer()));
}

/** @typedef {import("./bytes.js").Taker} Taker */

const nameOf = (/** @type {number} */ number) =>
	number === 0 ? "The beginning of the sealed file" : `Piece ${number} of the sealed file`;

/** @param {Taker} from @param {number} size @param {number} number of the piece before */
async function takeAll(from, size, number) {
	const bytes = await from.take(size);
	if (bytes.length < size)
		throw new DamageError(`${nameOf(number)} is the last of it that is there: the file is cut off.`);
	return bytes;
}

/** @param {Taker} from */
async function takeBeginning(from) {
	if (!begins(await from.take(MAGIC.length)))
		throw new DamageError("This is no sealed backup of Daybook, or its beginning is damaged.");
	const publicKey = await takeAll(from, KEY, 0), box = await takeAll(from, KEY + BOX_EXTRA, 0);
	return { publicKey, box, header: await takeAll(from, HEADER, 0) };
}

/** The end of the file, which has a hash of everything before it. @param {Taker} from @param {number} number */
async function takeEnd(from, number) {
	const found = from.hash.clone().digest(), said = await takeAll(from, SHA256, number);
	if ((await from.take(1)).length > 0)
		throw new DamageError(`${nameOf(number)} is the last one, but the file goes on.`);
	if (bytesToHex(found) !== bytesToHex(said))
		throw new DamageError("The sealed file has other bytes than its checksum says: it is damaged.");
}

/** The pieces, closed as they are; all but the last have the same size. @param {Taker} from */
async function* closedPieces(from) {
	for (let number = 0, wasShort = false; ; number++) {
		const length = new DataView((await takeAll(from, LENGTH, number)).buffer).getUint32(0);
		if (length === 0 && number > 0)
			return takeEnd(from, number);
		if (wasShort || length <= EXTRA || length > PIECE + EXTRA)
			throw new DamageError(`${nameOf(number)} is followed by something that is no piece: ` +
				"the file is damaged there.");
		wasShort = length < PIECE + EXTRA;
		yield await takeAll(from, length, number + 1);
	}
}

/**
 * Checks that a sealed file is as it was written, without its secret key.
 * @param {Blob | import("./bytes.js").Source} file @param {{onProgress?: (part: number) => void}} [options]
 */
export async function checkSealed(file, { onProgress } = {}) {
	const from = takerOf(file, onProgress), { publicKey } = await takeBeginning(from);
	let pieces = 0;
	for await (const _ of closedPieces(from))
		pieces++;
	return { publicKey: toText(publicKey), pieces, bytes: from.bytes, sha256: bytesToHex(from.hash.digest()) };
}

/** @param {Taker} from @param {Keys} keys */
async function streamOf(from, { publicKey, secretKey }) {
	const beginning = await takeBeginning(from), needed = toText(beginning.publicKey);
	if (needed !== publicKey)
		throw new KeyError("The file is sealed to another key: " +
			`it needs the key file with the public key ${needed}.`);
	const key = openBox(beginning.box, beginning.publicKey, /** @type {Uint8Array} */ (toKey(secretKey)));
	if (!key)
		throw new DamageError(`${nameOf(0)} can’t be opened: it is damaged.`);
	return new Stream(key, beginning.header);
}

/**
 * What is in a sealed file, piece by piece.  Only once it has ended is it known that nothing is missing.
 * @param {Blob | import("./bytes.js").Source} file @param {Keys} keys
 * @param {{onProgress?: (part: number) => void}} [options]
 */
export async function* openPieces(file, keys, { onProgress } = {}) {
	const from = takerOf(file, onProgress), stream = await streamOf(from, keys);
	let number = 0, wasLast = false;
	for await (const closed of closedPieces(from)) {
		number++;
		const piece = wasLast ? null : stream.open(closed);
		if (!piece)
			throw new DamageError(`${nameOf(number)} can’t be opened: it is damaged, or not in its place.`);
		wasLast = piece.isLast;
		yield piece.bytes;
	}
	if (!wasLast)
		throw new DamageError(`${nameOf(number)} is not the last one: pieces are missing at the end.`);
}

/**
 * The archive in a sealed file, whole or not at all.
 * @param {Blob} blob @param {Keys} keys @param {{onProgress?: (part: number) => void}} [options]
 */
export async function openSealed(blob, keys, options) {
	const parts = [];
	for await (const bytes of openPieces(blob, keys, options))
		parts.push(new Blob([/** @type {BlobPart} */ (bytes)]));
	return new Blob(parts, { type: "application/x-tar" });
}
