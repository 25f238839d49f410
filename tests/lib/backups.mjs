// What tests of backups look at: the members of an archive, its records, and the replay of the audit that they have to
// be equal to.  Nothing of the product is used.
import { execFileSync } from "node:child_process";
import assert from "node:assert/strict";

/** The members of an unsealed archive in their order: [{name, bytes}]. */
export function membersOf(file) {
	const members = [];

	for (let at = 0; at + 1024 < file.length;) {
		const name = file.subarray(at, at + 100).toString("latin1").replace(/\0.*$/s, "");
		const size = parseInt(file.subarray(at + 124, at + 135).toString("latin1"), 8);
		members.push({ name, bytes: file.subarray(at + 512, at + 512 + size) });
		at += 512 + Math.ceil(size / 512) * 512;
	}
	return members;
}

/** The records in an archive, in its order. */
export function recordsOf(file) {
	const parts = membersOf(file).filter(({ name }) => name.startsWith("records/"));
	const unpack = (input) => execFileSync("zstd", ["-dc"], { input, maxBuffer: 1 << 28 });
	const text = parts.map(({ bytes }) => unpack(bytes)).join("");

	return text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

/** The manifest and the head of an archive. */
export const jsonOf = (file, name) => JSON.parse(membersOf(file).find((member) => member.name === name).bytes);

function apply(doc, changes) {
	for (const [name, [, value]] of Object.entries(JSON.parse(changes ?? "{}")))
		if (value === null)
			delete doc[name];
		else if (name !== "renamedFrom")
			doc[name] = value;
}

/** What the rows of the audit make of a space, up to a seq: a Map from "collection/id" to {version, seq, doc}. */
export async function replay(sql, space, seq) {
	const live = new Map();
	const rows = await sql(`SELECT seq, collection, record_id, version, action, changes FROM audit
		WHERE space_id = '${space.id}' AND seq <= ${seq} ORDER BY seq`);

	assert.equal(rows.length, seq);
	for (const row of rows) {
		const key = `${row.collection}/${row.record_id}`;
		if (row.action === "deleted") {
			live.delete(key);
			continue;
		}
		const doc = live.get(key)?.doc ?? {};
		apply(doc, row.changes);
		live.set(key, { version: Number(row.version), seq: Number(row.seq), doc });
	}
	return live;
}

/** The same of the records in an archive. */
export const contentOf = (records) => new Map(records.map(({ collection, id, version, seq, doc }) =>
	[`${collection}/${id}`, { version, seq, doc }]));
