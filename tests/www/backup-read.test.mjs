// The file of a backup is verified in the browser: whole it passes, and no byte of it can change unseen.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { archiveOf, fileName } from "../lib/archive.mjs";
import { verifyArchive } from "../../www/backup/read.js";

const PHOTO = Buffer.from("not really a photo, but as long as one block and a bit. ".repeat(10));
const PARTS = [["records/00001.ndjson.zst", Buffer.from([40, 181, 47, 253, 1, 2, 3])], [fileName(PHOTO), PHOTO]];
const COUNTS = { cars: 2, weights: 1 };
const good = archiveOf({ parts: PARTS, counts: COUNTS });

const verify = (bytes) => verifyArchive(new Blob([bytes]));
const damaged = (bytes, words) => assert.rejects(verify(bytes), (error) => {
	assert.equal(error.name, "DamageError");
	assert.match(error.message, words);
	return true;
});

test("a whole backup says what it is and holds", async () => {
	const seen = [];
	const { head, counts, files, records, bytes, sha256 } = await verifyArchive(new Blob([good]),
		{ onProgress: (part) => seen.push(part) });
	assert.equal(head.space.name, "Depot");
	assert.deepEqual([counts, files, records, bytes], [COUNTS, 1, 3, good.length]);
	assert.equal(sha256, createHash("sha256").update(good).digest("hex"));
	assert.equal(seen.at(-1), 1);
	await verify(archiveOf());
});

test("it is read in pieces of any size", async () => {
	for (const size of [1, 7, 511, 513, 4096]) {
		const pieces = async function* () {
			for (let at = 0; at < good.length; at += size)
				yield new Uint8Array(good.subarray(at, at + size));
		};
		assert.equal((await verifyArchive(pieces())).records, 3, `pieces of ${size}`);
	}
});

// Every byte that says something, and many of the zeros between.
test("no byte can change unseen", async () => {
	for (let at = 0; at < good.length; at++) {
		if (good[at] === 0 && at % 11 !== 0)
			continue;
		const bytes = Buffer.from(good);
		bytes[at] ^= 1 << at % 8;
		await assert.rejects(verify(bytes), { name: "DamageError" }, `byte ${at}`);
	}
});

test("a file that is cut off anywhere, or goes on, is refused", async () => {
	for (let size = 0; size < good.length; size += 97)
		await assert.rejects(verify(good.subarray(0, size)), { name: "DamageError" }, `${size} bytes`);
	await damaged(good.subarray(0, good.length - 1), /cut off/);
	await damaged(Buffer.concat([good, Buffer.alloc(1)]), /follows the end/);
});

test("the member that is wrong is named", async () => {
	const part = good.indexOf("ndjson.zst") + 512 - "records/00001.".length, photo = good.indexOf("not really");
	const flip = (at) => {
		const bytes = Buffer.from(good);
		bytes[at] ^= 1;
		return bytes;
	};
	await damaged(flip(part), /^records\/00001.ndjson.zst is damaged/);
	await damaged(flip(photo), /^files\/[0-9a-f]{64} is damaged/);
	await damaged(Buffer.from("PK\u0003\u0004".padEnd(600)), /isn’t a backup/);
	await damaged(archiveOf({ head: { format: 2 } }), /format 2/);
	for (const head of [{ space: null }, { space: [] }, { space: {} }, { at: 7 }, { seq: "9" }, { seq: -1 }])
		await damaged(archiveOf({ head }), /daybook.json isn’t as Daybook writes it/);
	for (const wrong of [{ parts: null }, { parts: {} }, { parts: [null] }, { files: 1.5 }, { counts: null },
		{ counts: { cars: "1" } }, { counts: { cars: -1 } }, { counts: [] }])
		await damaged(archiveOf({ manifest: (it) => ({ ...it, ...wrong }) }),
			/manifest.json isn’t as Daybook writes it/);
	await damaged(archiveOf({ parts: [["../evil", "x"]] }), /doesn’t belong/);
	await damaged(archiveOf({ parts: [[`files/${"0".repeat(64)}`, "x"]] }), /its bytes aren’t what its name says/);
});

test("a manifest that tells of other members than there are is refused", async () => {
	const without = (it) => ({ ...it, parts: it.parts.slice(0, -1) });
	const another = { name: "records/00002.ndjson.zst", bytes: 1, sha256: "" };
	const more = (it) => ({ ...it, parts: [...it.parts, another] });
	await damaged(archiveOf({ parts: PARTS, manifest: without }), /isn’t what the manifest says/);
	await damaged(archiveOf({ parts: PARTS, manifest: more }), /records\/00002.ndjson.zst is missing/);
});

const folder = mkdtempSync(path.join(tmpdir(), "daybook-backup."));
after(() => rmSync(folder, { recursive: true }));

test("the command line says the same: whole, damaged, or not to be read", () => {
	const command = fileURLToPath(new URL("../../deploy/open-backup", import.meta.url));
	const file = path.join(folder, "a.tar"), run = (...words) => spawnSync(command, words, { encoding: "utf8" });
	writeFileSync(file, good);
	const { status, stdout } = run("verify", file);
	assert.equal(status, 0);
	assert.match(stdout, /whole, \d+ bytes[^]*3 records, 1 files[^]*cars 2/);
	writeFileSync(file, good.subarray(0, 700));
	assert.equal(run("verify", file).status, 1);
	assert.match(run("verify", file).stderr, /cut off/);
	assert.equal(run("verify", path.join(folder, "none.tar")).status, 2);
	assert.equal(run("open", file).status, 2);
});
