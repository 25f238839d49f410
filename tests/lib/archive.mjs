// Makes the file of a backup as include/backup/archive.h says, with no code of the product, for tests of its readers.
import { createHash } from "node:crypto";

const BLOCK = 512;
const hex = (bytes) => createHash("sha256").update(bytes).digest("hex");

function header(name, size, seconds) {
	const block = Buffer.alloc(BLOCK);
	const put = (at, text) => block.write(text, at, "latin1");
	const octal = (number, digits) => number.toString(8).padStart(digits, "0");
	put(0, name);
	put(100, octal(0o644, 7));
	put(108, octal(0, 7));
	put(116, octal(0, 7));
	put(124, octal(size, 11));
	put(136, octal(seconds, 11));
	put(148, "        ");
	put(156, "0");
	put(257, "ustar\0" + "00");
	put(329, octal(0, 7));
	put(337, octal(0, 7));
	put(148, octal([...block].reduce((sum, byte) => sum + byte, 0), 6) + "\0");
	return block;
}

function member(name, bytes, seconds) {
	const padding = Buffer.alloc((BLOCK - bytes.length % BLOCK) % BLOCK);
	return [header(name, bytes.length, seconds), bytes, padding];
}

/**
 * An archive as a Buffer.  parts: [[name, bytes]] between daybook.json and the manifest; head: members of daybook.json;
 * manifest(it): may change what the manifest says before it is written.
 */
export function archiveOf({ parts = [], head = {}, counts = {}, manifest = (it) => it, seconds = 1_800_000_000 } = {}) {
	const at = new Date(seconds * 1000).toISOString();
	const about = { format: 1, space: { id: "s", name: "Depot" }, kind: "manual", seq: 9, at, ...head };
	const all = [["daybook.json", Buffer.from(JSON.stringify(about))], ...parts.map(([name, bytes]) =>
		[name, Buffer.from(bytes)])];
	const listed = all.map(([name, bytes]) => ({ name, bytes: bytes.length, sha256: hex(bytes) }));
	const files = parts.filter(([name]) => name.startsWith("files/")).length;
	const said = JSON.stringify(manifest({ parts: listed, counts, files, seal: "0".repeat(64) })).slice(0, -1);
	const text = Buffer.from(`${said},"sha256":"${hex(said)}"}`);
	return Buffer.concat([
		...all.flatMap(([name, bytes]) => member(name, bytes, seconds)),
		...member("manifest.json", text, seconds), Buffer.alloc(2 * BLOCK),
	]);
}

/** The name of an attachment with these bytes. */
export const fileName = (bytes) => `files/${hex(bytes)}`;
