// A plain dump loaded over the database in use, with nobody told: the machine itself finds out, and says so.
import assert from "node:assert/strict";
import { chown, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { dumpOf, loadDump } from "../lib/past.mjs";
import { until } from "../lib/wait.mjs";

const stack = await start();
const { as, sql, ctl } = stack;
const file = path.join(stack.dir, "state", "witness-daybook");

// What the housekeeper does each minute.
async function watch() {
	const { status, stderr } = await ctl("watch");
	assert.equal(status, 0, stderr);
	return stderr;
}

const liveLine = async () => /^ *(?:good|warn|BAD|ok).*\blive\b.*$/mi.exec((await ctl("doctor")).stdout)?.[0];
const alarms = async () => (await sql("SELECT kind, detail FROM alarm WHERE over_at IS NULL AND kind = 'set-back'"));

async function mustBeKnown() {
	assert.equal(await watch(), "");
	assert.deepEqual(await alarms(), []);
	assert.match(await liveLine(), /last wrote to, at 20/);
}

async function mustBeOther() {
	assert.match(await watch(), /not the one that this machine last wrote to, at 20/);
	const [alarm] = await alarms();
	assert.match(alarm.detail, /a dump was loaded/);
	assert.match(await liveLine(), /BAD.*not the one/);
}

test("a dump that was loaded and nobody told is found out, until restore --again accepts it", async () => {
	await until("the housekeeper has written its mark", () => stat(file).then(() => true, () => undefined));
	await mustBeKnown();
	const dump = await dumpOf(stack);
	await mustBeKnown();
	answered(await as("anna").post("/api/cars", { id: "1" }), 201);
	await loadDump(stack, dump);
	await mustBeOther();
	await mustBeOther();
	assert.equal((await ctl("restore", "--again")).status, 0);
	const atOnce = await dumpOf(stack, "at-once.sql");
	await mustBeKnown();
	await mustBeKnown();
	await loadDump(stack, atOnce);
	await mustBeOther();
	assert.equal((await ctl("restore", "--again")).status, 0);
	await mustBeKnown();
});

test("a database that knows no mark of this machine is another one", async () => {
	await sql("DELETE FROM meta WHERE name LIKE 'witness:%'");
	await mustBeOther();
	assert.equal((await ctl("restore", "--again")).status, 0);
	await mustBeKnown();
});

test("without its file, or with one that says nothing, it begins anew and claims nothing", async () => {
	await rm(file);
	assert.match(await liveLine(), /nothing in state_dir tells/);
	await mustBeKnown();
	await writeFile(file, "id 7\n");
	await mustBeKnown();
});

test("its file belongs to the owner of its folder, also when root was first", async () => {
	const isRoot = process.getuid() === 0, owner = isRoot ? 65534 : process.getuid();
	await rm(file);
	if (isRoot)
		await chown(path.dirname(file), owner, owner);
	await watch();
	assert.equal((await stat(file)).uid, owner);
	if (isRoot)
		await chown(path.dirname(file), 0, 0);
});
