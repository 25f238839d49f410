// The file of a backup outside of Daybook: tar, deploy/open-backup and daybookctl read what the server made, and bytes
// that were changed where the server keeps them are found, with the member they belong to.
import { after, describe, test } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { programs, root, run, start } from "../harness.mjs";
import { Chance } from "../lib/chance.mjs";
import { CSV, crew } from "../lib/crew.mjs";
import { answered } from "../lib/expect.mjs";
import { jpeg, send as sendFile, sha256 } from "../lib/files.mjs";
import { keyFile, makeKeys } from "../../www/backup/seal.js";

const CARS = 400;

const stack = await start();
const { sql } = stack;
const folder = await mkdtemp(path.join(tmpdir(), "daybook-file."));
after(() => rm(folder, { recursive: true, force: true }));

const saved = async (name, bytes) => {
	const file = path.join(folder, name);
	await writeFile(file, bytes);
	return file;
};
const open = (...words) => run(path.join(root, "deploy", "open-backup"), ["verify", ...words]);
const verifyFile = (...words) => run(path.join(programs, "daybookctl"), ["verify", "--file", ...words]);

// A space with cars, a receipt and its photo.
async function filled() {
	const { anna, space: { id: space } } = await crew(stack, { anna: "owner" });
	const cars = Array.from({ length: CARS }, (_, i) => `car${String(i).padStart(3, "0")}`);
	answered(await anna.post("/api/cars/import", ["id", ...cars].join("\n"), CSV));
	const photo = jpeg(space, 700_000);
	answered(await sendFile(anna, photo), 201);
	answered(await anna.post("/api/receipts", {
		date: "2026-11-21", vendor: "Inn", amount: 1250, category: "Meals", file: sha256(photo),
	}), 201);
	return { anna, space, photo };
}

async function backedUp(anna) {
	const { id } = answered(await anna.post("/api/backup"));
	const file = await anna.get(`/api/backups/${id}`), [row] = answered(await anna.get("/api/backups")).backups;
	assert.equal(file.status, 200, file.text);
	return { id, bytes: file.bytes, counts: row.counts };
}

describe("a backup that was downloaded", () => {
	test("is read by tar, and found whole by open-backup and daybookctl", async () => {
		const { anna, photo } = await filled(), { bytes, counts } = await backedUp(anna);
		const file = await saved("whole.tar", bytes);
		const records = Object.values(counts).reduce((sum, n) => sum + n);
		const list = (await run("tar", ["-tf", file])).stdout.trim().split("\n");
		assert.equal(list[0], "daybook.json");
		assert.equal(list.at(-2), `files/${sha256(photo)}`);
		assert.equal(list.at(-1), "manifest.json");
		assert.ok(list.filter((name) => /^records\/\d{5}\.ndjson\.zst$/.test(name)).length >= 2, list.join());
		const command = await open(file);
		assert.deepEqual([command.status, command.stderr], [0, ""]);
		assert.ok(command.stdout.includes(`sha256 ${createHash("sha256").update(bytes).digest("hex")}`));
		for (const { stdout } of [command, await verifyFile(file)])
			assert.ok(stdout.includes(`${records} records, 1 files`), stdout);
		assert.deepEqual([counts.cars, counts.receipts], [CARS, 1]);
	});

	test("is refused by both once a byte of it is another", async () => {
		const { anna } = await filled(), { bytes } = await backedUp(anna), chance = new Chance(7);
		for (let i = 0; i < 10; i++) {
			const bad = Buffer.from(bytes), at = chance.below(bad.length);
			bad[at] ^= 1 + chance.below(255);
			const file = await saved("changed.tar", bad);
			for (const { status } of [await open(file), await verifyFile(file)])
				assert.equal(status, 1, `byte ${at}`);
		}
	});
});

// What the database keeps of a backup: {name, change}, change writes other bytes in place of one, and back.
async function keptOf(space, id) {
	const chunks = await sql(`SELECT p.name, HEX(c.sha256) digest, LENGTH(c.body) size
		FROM backup_part p JOIN backup_chunk c ON c.space_id = p.space_id AND c.sha256 = p.sha256
		WHERE p.space_id = '${space}' AND p.backup_id = '${id}' AND p.is_file = 0`);
	const files = await sql(`SELECT HEX(a.sha256) digest, c.at, LENGTH(c.body) size
		FROM attachment a JOIN attachment_chunk c ON c.space_id = a.space_id AND c.upload_id = a.upload_id
		WHERE a.space_id = '${space}'`);
	const flip = (table, where) => (at, by) => sql(`UPDATE ${table} SET body = CONCAT(LEFT(body, ${at}),
		CHAR(ORD(SUBSTRING(body, ${at + 1}, 1)) ^ ${by}), SUBSTRING(body, ${at + 2})) WHERE ${where}`);
	return [
		...chunks.map(({ name, digest, size }) => ({
			name, size: Number(size),
			flip: flip("backup_chunk", `space_id = '${space}' AND sha256 = X'${digest}'`),
		})),
		...files.map(({ digest, at, size }) => ({
			name: `files/${digest.toLowerCase()}`, size: Number(size),
			flip: flip("attachment_chunk", `space_id = '${space}' AND at = ${at}`),
		})),
	];
}

describe("a backup whose bytes were changed in the database", () => {
	test("is found damaged each of a hundred times, and the member is named", async () => {
		const { anna, space } = await filled(), { id, bytes } = await backedUp(anna);
		const kept = await keptOf(space, id), chance = new Chance(11);
		const verify = async () => answered(await anna.post(`/api/backups/${id}/verify`));
		assert.ok(kept.length >= 4 && kept.some(({ name }) => name.startsWith("files/")));
		for (let i = 0; i < 100; i++) {
			const { name, size, flip } = kept[i % kept.length];
			const at = chance.below(size), by = 1 + chance.below(255);
			await flip(at, by);
			const { ok, detail } = await verify();
			assert.equal(ok, false, `${name}, byte ${at}`);
			assert.ok(detail.includes(name.replace(/^files\//, "")), `${name}, byte ${at}: ${detail}`);
			await flip(at, by);
		}
		assert.equal((await verify()).ok, true);
		assert.deepEqual((await anna.get(`/api/backups/${id}`)).bytes, bytes);
	});
});

describe("a sealed backup", () => {
	// The photo alone makes it several pieces.
	test("is whole for who has the key, and of its seal alone for others", async () => {
		const { anna } = await filled(), keys = await makeKeys();
		answered(await anna.post("/api/spaceSettings", { backupKey: keys.publicKey }), 201);
		const { bytes } = await backedUp(anna), file = await saved("whole.sealed", bytes);
		const key = await saved("key.json", keyFile(keys)), opened = path.join(folder, "opened.tar");
		assert.ok(bytes.length > 600_000);
		assert.deepEqual([(await open(file)).status, (await verifyFile(file)).status], [2, 2]);
		const command = await open(file, "--key", key, "--open", opened);
		assert.deepEqual([command.status, command.stderr], [0, ""]);
		assert.equal((await verifyFile(file, "--key", key)).status, 0);
		assert.equal((await verifyFile(opened)).status, 0);
		const other = await saved("other.json", keyFile(await makeKeys()));
		assert.match((await open(file, "--key", other)).stderr, /sealed to another key/);
	});
});
