// What the server computes with SHA-256, computed a second time from the text of schema/PROTOCOL.md 1, 3 and 7, with
// nothing of the server's: natural ids, the hash of an op, the digest and the chain of the audit.
import { createHash } from "node:crypto";

export const noHash = Buffer.alloc(32);

export function sha256(...parts) {
	const hash = createHash("sha256");

	for (const part of parts)
		hash.update(part);
	return hash.digest();
}

// JSON with the keys of objects in the order of their bytes and nothing between the tokens.
export function canonical(value) {
	if (Array.isArray(value))
		return `[${value.map(canonical).join(",")}]`;
	if (value !== null && typeof value === "object") {
		const keys = Object.keys(value).filter((key) => value[key] !== undefined)
			.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
		return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
	}
	return JSON.stringify(value);
}

// The first 32 hex digits over [collection, owner if own, value, …]; an empty tuple is "settings".
export function hashId(collection, { own = false, owner, values }) {
	const tuple = [
		...(own ? [owner] : []),
		...values.map((value) => (value === null || value === undefined ? null : plain(value))),
	];

	if (tuple.length === 0)
		return "settings";
	return sha256(JSON.stringify([collection, ...tuple])).toString("hex").slice(0, 32);
}

function plain(value) {
	return typeof value === "string" ? value : canonical(value);
}

// "{depot}:{day}" with the values of fields.
export function templateId(template, values) {
	return template.replace(/\{([^}]*)\}/g, (_, name) => plain(values[name]));
}

// Over the canonical JSON array [collection, id or null, {set} or null]; a delete has null.
export function opHash(collection, id, set) {
	return sha256(canonical([collection, id ?? null, set ?? null])).toString("hex");
}

function u32(n) {
	const bytes = Buffer.alloc(4);

	bytes.writeUInt32BE(n);
	return bytes;
}

// A u32 length and the bytes; NULL is FF FF FF FF alone.
function lengthed(text) {
	if (text === null || text === undefined)
		return u32(0xffffffff);
	const bytes = Buffer.from(String(text));

	return Buffer.concat([u32(bytes.length), bytes]);
}

// Of a row with salt (hex), changes and private_changes as text or null.
export function auditDigest(row) {
	return sha256(Buffer.from(row.salt, "hex"), lengthed(row.changes ?? ""), lengthed(row.private_changes ?? ""));
}

// The columns of the header in their order; integers in decimal, instants in RFC 3339 UTC with milliseconds.
const header = [
	"space_id", "seq", "tx_seq", "collection", "record_id", "version", "owner_id", "prev_owner_id", "action",
	"user_id", "device_id", "op_id", "cause", "at", "claimed_at",
];

export function auditHash(before, row, digest = auditDigest(row)) {
	return sha256(before, ...header.map((name) => lengthed(row[name])), digest);
}

// SQL's "2026-11-21 08:34:00.000" as the header has it.
export function instantOfSql(text) {
	return text === null ? null : `${text.replace(" ", "T")}Z`;
}
