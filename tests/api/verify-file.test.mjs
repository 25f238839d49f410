// daybookctl verify --file knows a logbook, a backup and a sealed backup apart by what is in them, and checks each of
// them without settings and database.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { programs, run } from "../harness.mjs";

const fixture = (name) => fileURLToPath(new URL(`../fixtures/backup/${name}`, import.meta.url));
const folder = await mkdtemp(path.join(tmpdir(), "daybook-verify."));
after(() => rm(folder, { recursive: true, force: true }));

async function verify(file, ...more) {
	const { status, stdout, stderr } = await run(path.join(programs, "daybookctl"),
		["--config", path.join(folder, "none.conf"), "verify", "--file", file, ...more]);
	return { status, text: stdout + stderr };
}

// A copy of a fixture in which something is other.
async function spoiled(name, spoil) {
	const file = path.join(folder, "spoiled");
	await writeFile(file, spoil(await readFile(fixture(name))));
	return file;
}

const flipped = (at) => (bytes) => {
	bytes[at] ^= 1;
	return bytes;
};

describe("daybookctl verify --file", () => {
	test("a backup is whole", async () => {
		const { status, text } = await verify(fixture("small.tar"));
		assert.equal(text, 'ok: backup of "Jürgen\'s \\"team\\"" as of 2026-11-21T08:34:00.123Z, ' +
			"seq 100000: 258 records, 2 files\n");
		assert.equal(status, 0);
	});

	test("a changed one is not, and the member is named", async () => {
		for (const [at, name] of [[600, "daybook.json"], [1600, "records/00001.ndjson.zst"]]) {
			const { status, text } = await verify(await spoiled("small.tar", flipped(at)));
			assert.equal(status, 1);
			assert.ok(text.startsWith(name), text);
		}
		const cut = await spoiled("small.tar", (bytes) => bytes.subarray(0, 5000));
		assert.match((await verify(cut)).text, /records\/00003.ndjson.zst ends too early/);
	});

	test("of a sealed one, only the seal is checked without its key", async () => {
		const { status, text } = await verify(fixture("small.sealed"));
		assert.match(text, /^the seal is whole: 11986 bytes/);
		assert.equal(status, 2);
		const opened = await verify(fixture("small.sealed"), "--key", fixture("key.json"));
		assert.match(opened.text, /^ok: backup of .*258 records, 2 files\n$/);
		assert.equal(opened.status, 0);
	});

	test("a changed seal is no seal, with the key and without", async () => {
		const bad = await spoiled("small.sealed", flipped(5000));
		for (const more of [[], ["--key", fixture("key.json")]])
			assert.equal((await verify(bad, ...more)).status, 1);
	});

	test("a key that fits nothing is said", async () => {
		const key = fixture("key.json");
		assert.match((await verify(fixture("small.tar"), "--key", key)).text, /is not sealed/);
		const sealed = fixture("small.sealed"), other = fixture("small.tar");
		assert.match((await verify(sealed, "--key", other)).text, /no key file/);
		assert.match((await verify(fixture("small.sealed"), "--key", "none")).text, /No such file/);
		assert.match((await verify(key)).text, /no logbook/);
		assert.equal((await verify(key, "--key")).status, 2);
	});
});
