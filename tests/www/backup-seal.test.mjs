// Sealed backups are opened without a server, by what libsodium closed (tests/fixtures/backup/, made by the server's
// code), and whatever was changed in one is refused.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { verifyArchive } from "../../www/backup/read.js";
import { checkSealed, isSealed, keyFile, makeKeys, openSealed, readKeyFile } from "../../www/backup/seal.js";
import { Stream } from "../../www/backup/stream.js";

const fixture = (name) => fileURLToPath(new URL(`../fixtures/backup/${name}`, import.meta.url));
const plain = readFileSync(fixture("small.tar")), sealed = readFileSync(fixture("small.sealed"));
const keys = readKeyFile(readFileSync(fixture("key.json"), "utf8"));
const blobOf = (bytes) => new Blob([bytes]);
const open = (bytes, by = keys) => openSealed(blobOf(bytes), by);

// A small generator of numbers, so that each run changes the same bytes.
function numbers(seed) {
	return (below) => {
		seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
		return Math.floor(seed / 2 ** 32 * below);
	};
}

const changed = (bytes, at, by) => {
	const other = Buffer.from(bytes);
	other[at] ^= by;
	return other;
};

test("an archive of the server is whole", async () => {
	const { head, counts, files, records } = await verifyArchive(blobOf(plain));
	assert.equal(head.space.name, 'Jürgen\'s "team"');
	assert.deepEqual([counts, files, records], [{ tasks: 1, weights: 257 }, 2, 258]);
});

// Where the members of the archive lie.
function members() {
	const found = [];
	for (let at = 0; plain[at] !== 0;) {
		const text = (from, size) =>
			plain.toString("latin1", at + from, at + from + size).replace(/\0.*$/s, "");
		const next = at + 512 + Math.ceil(parseInt(text(124, 11), 8) / 512) * 512;
		found.push({ name: text(0, 100), at, next });
		at = next;
	}
	return found;
}

test("three hundred changes of it are refused, and the member is named", async () => {
	const random = numbers(20261121), all = members();
	assert.equal(all.length, 9);
	for (let n = 0; n < 300; n++) {
		const i = n % all.length, { name, at, next } = all[i];
		const place = at + random(next - at), before = all[i - 1]?.name ?? "beginning";
		await assert.rejects(verifyArchive(blobOf(changed(plain, place, 1 + random(255)))), (error) => {
			assert.equal(error.name, "DamageError");
			const named = place < at + 512 ? [name, before] : [name];
			assert.ok(named.some((one) => error.message.includes(one)),
				`byte ${place} of ${name}: ${error.message}`);
			return true;
		});
	}
});

test("what libsodium closed is opened, piece after piece", () => {
	const { key, header, pieces } = JSON.parse(readFileSync(fixture("stream.json"), "utf8"));
	const bytes = (hex) => new Uint8Array(Buffer.from(hex, "hex"));
	const stream = new Stream(bytes(key), bytes(header));
	const opened = pieces.map(({ closed }) => stream.open(bytes(closed)));
	assert.deepEqual(opened.map((it) => new TextDecoder().decode(it.bytes)), pieces.map(({ text }) => text));
	assert.deepEqual(opened.map(({ isLast }) => isLast), [false, false, false, false, true]);
	const other = new Stream(bytes(key), bytes(header));
	assert.equal(other.open(bytes(pieces[1].closed)), null);
	assert.equal(other.open(changed(bytes(pieces[0].closed), 3, 1)), null);
});

test("a sealed file is opened with its key, and its seal is checked without", async () => {
	const opened = Buffer.from(await (await open(sealed)).arrayBuffer());
	assert.deepEqual(opened, plain);
	assert.deepEqual([await isSealed(blobOf(sealed)), await isSealed(blobOf(plain))], [true, false]);
	const { publicKey, pieces, bytes } = await checkSealed(blobOf(sealed));
	assert.deepEqual([publicKey, pieces, bytes], [keys.publicKey, 1, sealed.length]);
	await assert.rejects(open(sealed, await makeKeys()), { name: "KeyError", message: /needs the key file with/ });
});

test("three hundred changes of it are refused, with the key and without", async () => {
	const random = numbers(20261122);
	for (let n = 0; n < 300; n++) {
		const place = n % 2 ? random(160) : random(sealed.length);
		const bad = changed(sealed, place, 1 + random(255));
		const why = { name: place >= 17 && place < 49 ? "KeyError" : "DamageError" };
		await assert.rejects(open(bad), why, `byte ${place}`);
		await assert.rejects(checkSealed(blobOf(bad)), { name: "DamageError" }, `byte ${place}`);
	}
});

test("a sealed file that is cut off, or goes on, is refused", async () => {
	for (let size = 0; size < sealed.length; size += size < 200 ? 1 : 997) {
		const cut = sealed.subarray(0, size);
		await assert.rejects(open(cut), { name: "DamageError" }, `${size} bytes`);
		await assert.rejects(checkSealed(blobOf(cut)), { name: "DamageError" }, `${size} bytes`);
	}
	await assert.rejects(open(Buffer.concat([sealed, Buffer.alloc(1)])), /the file goes on/);
	await assert.rejects(open(plain), /no sealed backup/);
});

test("keys are made, kept in a file, and read again", async () => {
	const made = await makeKeys(), file = keyFile({ ...made, space: "Home" });
	assert.match(made.publicKey, /^[\w-]{43}$/);
	assert.deepEqual(readKeyFile(file), made);
	assert.notDeepEqual(await makeKeys(), made);
	assert.throws(() => readKeyFile(file.replace(made.secretKey, keys.secretKey)), /don’t belong together/);
	assert.throws(() => readKeyFile(file.replace(made.secretKey, "x")), /no good keys/);
	assert.throws(() => readKeyFile("{}"), /no key file/);
	assert.throws(() => readKeyFile("null"), /no key file/);
	assert.throws(() => readKeyFile("what?"), { name: "KeyError" });
});

const folder = mkdtempSync(path.join(tmpdir(), "daybook-seal."));
after(() => rmSync(folder, { recursive: true }));

test("the command line opens it, and does not call what it could not look into whole", () => {
	const command = fileURLToPath(new URL("../../deploy/open-backup", import.meta.url));
	const run = (...words) => spawnSync(command, words, { encoding: "utf8" });
	const file = path.join(folder, "a.sealed"), to = path.join(folder, "a.tar"), key = fixture("key.json");
	writeFileSync(file, sealed);
	assert.equal(run("verify", file).status, 2);
	assert.match(run("verify", file).stderr, /its seal is whole/);
	assert.match(run("verify", file, "--key", key).stdout, /258 records, 2 files/);
	assert.equal(run("verify", file, "--key", key, "--open", to).status, 0);
	assert.deepEqual(readFileSync(to), plain);
	assert.equal(run("verify", file, "--key", file).status, 2);
	rmSync(to);
	writeFileSync(file, changed(sealed, sealed.length - 100, 1));
	assert.equal(run("verify", file).status, 1);
	assert.equal(run("verify", file, "--key", key, "--open", to).status, 1);
	assert.throws(() => readFileSync(to), { code: "ENOENT" });
	assert.throws(() => readFileSync(`${to}.part`), { code: "ENOENT" });
});
