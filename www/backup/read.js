// @ts-check
// Verifies the file of a backup (include/backup/archive.h, format 1): every byte of it, with flat memory.  It runs in a
// browser and under Node, and needs no server.  The records are not unpacked: their parts are compared with the
// SHA-256 that the manifest has of them.

import { sha256 } from "@noble/hashes/sha2";
import { bytesToHex } from "@noble/hashes/utils";
import { DamageError, takerOf } from "./bytes.js";
import { BLOCK, END, headerOf, paddingOf } from "./tar.js";

const HEAD = "daybook.json", MANIFEST = "manifest.json";
const HEAD_MAX = 16 << 10, MANIFEST_MAX = 64 << 20; // bytes
const PART = /^(?:records\/\d{5,}\.ndjson\.zst|copy\.json\.zst|files\/([0-9a-f]{64}))$/;
const TAIL = /,"sha256":"([0-9a-f]{64})"\}$/;
const FORMAT = 1;

/** @typedef {import("./bytes.js").Taker} Taker */

/** @param {Taker} from @param {number} size @param {string} name */
async function takeAll(from, size, name) {
	const bytes = await from.take(size);
	if (bytes.length < size)
		throw new DamageError(`The file ends in the middle of ${name}: it is cut off.`);
	return bytes;
}

/** The SHA-256 of a member, piece by piece. @param {Taker} from @param {number} size @param {string} name */
async function hashMember(from, size, name) {
	const hash = sha256.create();
	for (let left = size; left > 0;) {
		const bytes = await from.some(left);
		if (bytes.length === 0)
			throw new DamageError(`The file ends in the middle of ${name}: it is cut off.`);
		hash.update(bytes);
		left -= bytes.length;
	}
	return bytesToHex(hash.digest());
}

/** @param {Taker} from @param {number} size @param {string} name */
async function takePadding(from, size, name) {
	if ((await takeAll(from, paddingOf(size), name)).some((byte) => byte !== 0))
		throw new DamageError(`What follows ${name} is damaged.`);
}

const NOT_OURS = "This isn’t a backup of Daybook, or its beginning is damaged.";

/** The header of the next member. @param {Taker} from @param {string | null} before the member before it */
async function takeHeader(from, before) {
	const block = await from.take(BLOCK), header = block.length === BLOCK ? headerOf(block) : null;
	if (!header && before === null)
		throw new DamageError(NOT_OURS);
	if (block.length < BLOCK)
		throw new DamageError(`The file ends after ${before}: it is cut off.`);
	if (!header)
		throw new DamageError(`The header after ${before} is damaged.`);
	return header;
}

/** @typedef {(value: unknown) => boolean} Is */
/** @type {Is} */ const isText = (value) => typeof value === "string";
/** @type {Is} */ const isCount = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
/** @type {Is} */ const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
/** @type {Is} */ const isCounts = (value) => isObject(value) && Object.values(Object(value)).every(isCount);
/** @type {Is} */ const isSpace = (value) => isObject(value) && isText(Object(value).name);
/** @type {Is} */ const isParts = (value) => Array.isArray(value) && value.every(isObject);

// What is read of the two members that are JSON: whoever made the file may have written anything.
/** @type {Record<string, Record<string, Is>>} */
const SHAPES = {
	[HEAD]: { space: isSpace, at: isText, seq: isCount },
	[MANIFEST]: { parts: isParts, counts: isCounts, files: isCount },
};

/** @param {Uint8Array} bytes @param {string} name */
function parse(bytes, name) {
	try {
		return Object(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
	} catch {
		throw new DamageError(`${name} is damaged.`);
	}
}

/** @param {any} value @param {string} name */
function shaped(value, name) {
	if (!Object.entries(SHAPES[name]).every(([key, is]) => is(value[key])))
		throw new DamageError(`${name} isn’t as Daybook writes it.`);
	return value;
}

/** @param {Taker} from */
async function takeHead(from) {
	const { name, size, seconds } = await takeHeader(from, null);
	if (name !== HEAD || size === 0 || size > HEAD_MAX)
		throw new DamageError(NOT_OURS);
	const bytes = await takeAll(from, size, HEAD), head = parse(bytes, HEAD);
	if (head.format !== FORMAT)
		throw new DamageError(`The backup has format ${head.format}, which this app can’t read yet.`);
	await takePadding(from, size, HEAD);
	return { head: shaped(head, HEAD), seconds, part: { name, bytes: size, sha256: bytesToHex(sha256(bytes)) } };
}

/** A member that the manifest tells of. @param {Taker} from @param {string} name @param {number} size */
async function takePart(from, name, size) {
	const [isKnown, hex] = PART.exec(name) ?? [];
	if (!isKnown)
		throw new DamageError(`${name} doesn’t belong into a backup.`);
	const sum = await hashMember(from, size, name);
	if (hex && hex !== sum)
		throw new DamageError(`${name} is damaged: its bytes aren’t what its name says.`);
	await takePadding(from, size, name);
	return { name, bytes: size, sha256: sum };
}

/** The manifest, which has a hash of itself at its end. @param {Taker} from @param {number} size */
async function takeManifest(from, size) {
	if (size > MANIFEST_MAX)
		throw new DamageError(`${MANIFEST} is larger than this device can check.`);
	const bytes = await takeAll(from, size, MANIFEST), text = new TextDecoder().decode(bytes);
	const [tail, hex] = TAIL.exec(text) ?? [];
	if (!tail || bytesToHex(sha256(bytes.subarray(0, bytes.length - tail.length))) !== hex)
		throw new DamageError(`${MANIFEST} is damaged.`);
	await takePadding(from, size, MANIFEST);
	return shaped(parse(bytes, MANIFEST), MANIFEST);
}

/** @typedef {{name: string, bytes: number, sha256: string}} Part */

/** @param {Part[]} found @param {Part[]} listed */
function compare(found, listed) {
	for (const [at, part] of found.entries()) {
		const said = listed[at];
		if (said?.name !== part.name || said.bytes !== part.bytes || said.sha256 !== part.sha256)
			throw new DamageError(`${part.name} is damaged: it isn’t what the manifest says.`);
	}
	if (listed.length > found.length)
		throw new DamageError(`${listed[found.length].name} is missing from the file.`);
}

/** @param {Taker} from */
async function takeEnd(from) {
	const bytes = await from.take(END + 1);
	if (bytes.length < END)
		throw new DamageError("The end of the file is missing: it is cut off.");
	if (bytes.length > END || bytes.some((byte) => byte !== 0))
		throw new DamageError("Something follows the end of the backup.");
}

/** @param {Record<string, number>} counts */
const sumOf = (counts) => Object.values(counts).reduce((sum, n) => sum + n, 0);

/**
 * Verifies a backup from its first byte to its last.  Rejects with a DamageError that names the member at which
 * something is wrong.  onProgress hears what part is done, 0 to 1, where the size is known.
 * @param {Blob | import("./bytes.js").Source} file @param {{onProgress?: (part: number) => void}} [options]
 */
export async function verifyArchive(file, { onProgress } = {}) {
	const from = takerOf(file, onProgress);
	const { head, seconds, part } = await takeHead(from);
	const parts = [part];
	for (;;) {
		const before = /** @type {Part} */ (parts.at(-1)).name;
		const { name, size: bytes, seconds: at } = await takeHeader(from, before);
		if (at !== seconds)
			throw new DamageError(`The header of ${name} is damaged.`);
		if (name === MANIFEST) {
			const manifest = await takeManifest(from, bytes);
			compare(parts, manifest.parts);
			await takeEnd(from);
			const { counts, files } = manifest;
			const whole = bytesToHex(from.hash.digest());
			return { head, counts, files, records: sumOf(counts), bytes: from.bytes, sha256: whole };
		}
		parts.push(await takePart(from, name, bytes));
	}
}

