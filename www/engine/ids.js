// @ts-check
// Ids that a client makes: random ones, in the order of time, and those that follow from the fields of a record
// (schema/PROTOCOL.md 1).  This uses neither crypto.subtle nor randomUUID, which a plain http page does not have.
import { sha256 } from "@noble/hashes/sha2";
import { bytesToHex, randomBytes as chance, utf8ToBytes } from "@noble/hashes/utils";
import { plainText } from "./values.js";

/**
 * Fills bytes by chance.  Node 18 has no global crypto.
 * @param {Uint8Array} bytes @returns {Uint8Array}
 */
export function randomBytes(bytes) {
	bytes.set(chance(bytes.length));
	return bytes;
}

/**
 * A UUIDv7: the time in milliseconds, then chance.
 * @param {number} [at] @param {(bytes: Uint8Array) => Uint8Array} [random] @returns {string}
 */
export function newId(at = Date.now(), random = randomBytes) {
	const bytes = random(new Uint8Array(16));
	let time = Math.floor(at);

	for (let i = 5; i >= 0; i -= 1) {
		bytes[i] = time % 256;
		time = Math.floor(time / 256);
	}
	bytes[6] = 0x70 | (bytes[6] & 0x0f);
	bytes[8] = 0x80 | (bytes[8] & 0x3f);
	const text = bytesToHex(bytes);
	return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
}

/** The name of a file: its SHA-256. @param {Uint8Array} bytes */
export function fileName(bytes) {
	return bytesToHex(sha256(bytes));
}

/** @param {unknown} value */
function shortHash(value) {
	return bytesToHex(sha256(utf8ToBytes(JSON.stringify(value)))).slice(0, 32);
}

/**
 * The id that follows from the fields of a record, or null where the client chooses it.
 * @param {import("./engine.d.ts").Definition} definition @param {string} owner
 * @param {import("./engine.d.ts").Fields} fields
 */
export function idOf(definition, owner, fields) {
	const form = definition.idForm ?? "given";
	/** @param {string} name */
	const text = (name) => plainText(definition.fields.find((field) => field.name === name), fields[name]);

	if (form === "given")
		return null;
	if (form !== "hash")
		return form.replace(/\{([^}]*)\}/g, (_, name) => text(name) ?? "");
	const unique = definition.unique ?? [];
	if (unique.length === 0 && !definition.own)
		return "settings";
	return shortHash([definition.name, ...(definition.own ? [owner] : []), ...unique.map(text)]);
}

/**
 * Whether ids of this collection follow from fields.
 * @param {import("./engine.d.ts").Definition | undefined} definition
 */
export function hasNaturalId(definition) {
	return (definition?.idForm ?? "given") !== "given";
}
