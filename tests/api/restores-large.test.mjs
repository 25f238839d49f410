// A restore that is too large for a request: readers see the old or the new state and nothing between, writers are told
// to come again and lose nothing, and whoever works at it may die at any stage.
import { after, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { start } from "../harness.mjs";
import { crew } from "../lib/crew.mjs";
import { jpeg, send, sha256 } from "../lib/files.mjs";
import { until } from "../lib/wait.mjs";

const stack = await start();
const { sql } = stack;
const COUNT = 5200;
const { anna, ben, space } = await crew(stack, { anna: "owner", ben: "member" });
let stopped = false;
after(() => stopped = true);

const ids = Array.from({ length: COUNT }, (_, i) => `client-${String(i).padStart(5, "0")}`);

async function push(ops) {
	for (let at = 0; at < ops.length; at += 200) {
		const { body, status, text } = await anna.push(ops.slice(at, at + 200));
		assert.equal(status, 200, text);
		assert.ok(body.results.every(({ status }) => ["applied", "unchanged"].includes(status)),
			text.slice(0, 300));
	}
}

let round = 0;
const set = (id) => ({ op: `set-${id}`, collection: "clients", id, base: 0, set: { name: `Client ${id}` } });
const remove = (id, base) => ({ op: `rm-${round}-${id}`, collection: "clients", id, base, delete: true });

// What anybody sees who reads now, as one number of live records.
const live = async () => Number((await sql(`SELECT COUNT(*) AS n FROM record
	WHERE space_id = '${space.id}' AND collection = 'clients' AND deleted = 0 AND id LIKE 'client-%'`))[0].n);
const docs = async () => (await sql(`SELECT SHA2(GROUP_CONCAT(id, doc, HEX(owner_id) ORDER BY id), 256) AS hash
	FROM record WHERE space_id = '${space.id}' AND collection = 'clients' AND deleted = 0
	AND id LIKE 'client-%'`))[0].hash;

async function ended(id) {
	return until(`job ${id} has ended`, async () => {
		const { job } = (await anna.get(`/api/jobs/${id}`)).body ?? {};
		return ["done", "failed"].includes(job?.state) ? job : undefined;
	}, 90);
}

async function removeSome(which) {
	round++;
	const rows = await sql(`SELECT CONVERT(id USING utf8mb4) AS name, version FROM record
		WHERE space_id = '${space.id}' AND collection = 'clients' AND deleted = 0 AND id LIKE 'client-%'
		ORDER BY id`);
	await push(rows.filter(which).map(({ name, version }) => remove(name, Number(version))));
}

// The process that works at jobs.
async function worker() {
	const { daybook } = await stack.pids();
	const children = await readFile(`/proc/${daybook}/task/${daybook}/children`, "utf8");
	return children.trim().split(/\s+/).filter(Boolean).map(Number).find((pid) => {
		try {
			return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes("--jobs");
		} catch {
			return false;
		}
	});
}

const photos = [1, 2, 3].map((n) => jpeg(`photo ${n}`, 1_600_000));
await sql("SET GLOBAL group_concat_max_len = 100000000");
await push(ids.map(set));
for (const photo of photos) {
	assert.equal((await send(ben, photo)).status, 201);
	assert.equal((await ben.post("/api/receipts", { date: "2026-03-01", amount: 100, category: "Other",
		vendor: "X", description: "d", file: sha256(photo) })).status, 201);
}
const made = (await anna.post("/api/backup")).body;
const backup = made.id;
if (made.job !== undefined)
	assert.equal((await ended(made.job)).state, "done");
const whole = await docs();

// The same as a file that has the photos in it.
const file = (await anna.get("/api/export")).bytes;
const sent = await anna.request("PUT", `/api/backups/${sha256(file)}`, { body: file });
assert.equal(sent.status, 201, sent.text);
const uploaded = sent.body.backup.id;

test("readers see the old or the new state, and writers lose nothing", async () => {
	await removeSome(() => true);
	assert.equal(await live(), 0);
	const answer = await anna.post(`/api/backups/${backup}/restore`, { changed: "restore" });
	assert.equal(answer.status, 202, answer.text);
	const seen = new Set(), listed = new Set(), told = new Set(), written = [];
	let over = false;
	const job = ended(answer.body.job).finally(() => over = true);
	const read = async () => {
		while (!over && !stopped) {
			seen.add(await live());
			const list = await ben.get("/api/clients?limit=200");
			if (list.status === 200)
				listed.add(list.body.clients.length);
		}
	};
	const write = async () => {
		for (let n = 0; (!over || written.length === 0) && !stopped; n++) {
			const key = `writer-${n}`;
			await until(`${key} is written`, async () => {
				const { status, headers, text } = await anna.post("/api/jobSites",
					{ id: key, name: key }, { "Idempotency-Key": key });
				told.add(status);
				assert.ok([201, 429, 503].includes(status), `${status} ${text}`);
				assert.ok(status === 201 || Number(headers["retry-after"]) > 0, "it says when to come");
				return status === 201;
			}, 60);
			written.push(key);
		}
	};
	const [done] = await Promise.all([job, read(), write()]);
	assert.equal(done.state, "done", JSON.stringify(done));
	assert.equal(done.result.difference.clients.new, COUNT);
	assert.equal(await live(), COUNT);
	assert.equal(await docs(), whole);
	for (const n of seen)
		assert.ok([0, COUNT].includes(n), `a reader saw ${n} of ${COUNT}`);
	for (const n of listed)
		assert.ok([0, 200].includes(n), `a list had ${n}`);
	const there = new Set((await sql(`SELECT CONVERT(id USING utf8mb4) AS name FROM record
		WHERE space_id = '${space.id}' AND collection = 'jobSites' AND deleted = 0`)).map(({ name }) => name));
	assert.ok(written.length > 0 && written.every((id) => there.has(id)));
	const [{ n }] = await sql(`SELECT COUNT(*) AS n FROM audit
		WHERE space_id = '${space.id}' AND cause = '${done.result.cause}'`);
	assert.equal(Number(n), COUNT, "one row of the audit for each record");
});

// Delete some and all photos, and begin to restore.  Kill whoever works at it when it is at that stage; false when the
// stage was over too soon to be seen.
async function killedAt(stage) {
	await removeSome((row, i) => i < (stage === "restoring" ? 2000 : 200));
	await sql(`DELETE FROM attachment WHERE space_id = '${space.id}';
		DELETE FROM attachment_chunk WHERE space_id = '${space.id}';
		DELETE FROM attachment_upload WHERE space_id = '${space.id}'`);
	const old = await live(), first = await until("somebody works at jobs", worker);
	const { job: id } = (await anna.post(`/api/backups/${uploaded}/restore`, {})).body;
	const state = async () => (await sql(`SELECT stage, state FROM job WHERE id = '${id}'`))[0];
	let job = await state();
	for (const end = Date.now() + 60e3; !["done", "failed"].includes(job.state) && job.stage !== stage;)
		job = Date.now() < end ? await state() : assert.fail(`it is still ${job.stage}`);
	const caught = job.state === "running";
	if (caught)
		process.kill(first, "SIGKILL");
	const then = await live();
	assert.ok([old, COUNT].includes(then), `${then} of ${COUNT} after the kill`);
	return { id, old, first, caught };
}

test("what a restore would change in a large space is found out by a job, which writes nothing", async () => {
	await removeSome((row, i) => i % 100 === 0);
	const counts = `UPDATE space SET records = records + ? WHERE id = '${space.id}'`, before = await docs();
	const look = { mode: "merge", dryRun: true };
	const small = await anna.post(`/api/backups/${backup}/restore`, look);
	assert.equal(small.status, 200, small.text);
	assert.equal(small.body.difference.clients.new, COUNT / 100);
	await sql(counts.replace("?", "50000"));
	const large = await anna.post(`/api/backups/${backup}/restore`, look);
	assert.equal(large.status, 202, large.text);
	const job = await ended(large.body.job);
	await sql(counts.replace("?", "-50000"));
	assert.deepEqual([job.state, job.result], ["done", small.body]);
	assert.equal(await docs(), before);
});

for (const stage of ["reading", "records", "files", "restoring"])
	test(`who works at it is killed (${stage}): the old or the new state, and it goes on`, async () => {
		let killed, rounds = 0;
		do {
			killed = await killedAt(stage);
			const done = await ended(killed.id);
			assert.equal(done.state, "done", JSON.stringify(done));
			assert.equal(await live(), COUNT);
			assert.equal(await docs(), whole);
		} while (!killed.caught && ++rounds < 5);
		assert.ok(killed.caught, `nobody saw it ${stage}`);
		assert.notEqual(await worker(), killed.first);
		for (const photo of photos)
			assert.ok((await ben.get(`/api/files/${sha256(photo)}`)).bytes.equals(photo));
		const [{ n }] = await sql(`SELECT COUNT(*) AS n FROM audit
			WHERE space_id = '${space.id}' AND cause = 'import:${killed.id}'`);
		assert.equal(Number(n), COUNT - killed.old, "written once");
	});
