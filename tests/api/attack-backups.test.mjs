// Files that somebody sends to be restored from, made to do harm: bombs, lies about sizes, endless pieces, and what one
// person can make others wait for.  Each is refused by name and changes nothing, in the memory of an ordinary request.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { mode, start } from "../harness.mjs";
import { archiveOf } from "../lib/archive.mjs";
import { answered, refused } from "../lib/expect.mjs";
import { until } from "../lib/wait.mjs";

const stack = await start();
const { as, sql, team } = stack;

const K = 1 << 10, M = 1 << 20, PIECE = 64 * K;
const MOST = 160; // MiB that a worker may ever have had: one of a text of 16 MiB has less
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const NOBODY = "00000000-0000-0000-0000-000000000000";
const AT = "2026-01-02T03:04:05.006Z";

// What a request could have changed.
const TABLES = ["record", "audit", "attachment", "attachment_ref", "attachment_upload", "member"];
const dump = async () => Object.fromEntries(await Promise.all(TABLES.map(async (name) =>
	[name, JSON.stringify(await sql(`SELECT * FROM ${name}`))])));

async function mostMemory() {
	const peaks = await Promise.all((await stack.workers()).map(async (pid) =>
		Number(/VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, "utf8"))[1])));
	return Math.max(...peaks) / K;
}

const zstd = (program, args, input) => execFileSync(program, args, { input, maxBuffer: 1 << 28 });
const pack = (content) => zstd("zstd", ["-cq", `--stream-size=${content.length}`], content);
const zeros = "head -c 200M /dev/zero | zstd -cq --stream-size=209715200";

// A line of an archive, by the text of include/backup/archive.h.
const line = ({ collection = "cars", id = "1", doc = { location: "100" } } = {}) => `${JSON.stringify({
	collection, id, version: 1, seq: 1, owner: NOBODY, createdAt: AT, createdBy: NOBODY, updatedAt: AT,
	updatedBy: NOBODY, doc,
})}\n`;

function archive(packed, counts) {
	const none = "0".repeat(64);
	return archiveOf({
		head: {
			space: { id: randomUUID(), name: "Elsewhere" }, at: AT, epoch: "0".repeat(32), chain: none,
			definitions: none, maker: "somebody 1", seal: none,
		},
		parts: [["records/00001.ndjson.zst", packed]], counts,
		seconds: Math.floor(Date.parse(AT) / 1000),
	});
}

const importing = (person, body, query = "") => person.request("POST", `/api/import${query}`,
	{ body, headers: { "Content-Type": "application/octet-stream" } });

const text = (open, item, bytes, close) =>
	Buffer.from(open + item.repeat(Math.floor(bytes / item.length)).slice(0, -1) + close);

describe("a file that is all harm", () => {
	const files = {
		"millions of objects, of another program": [text('{"timeEntries":[', "{},", 3 * M, "]}"), 413],
		"millions of objects with a member each": [text('{"timeEntries":[', '{"a":1},', 3 * M, "]}"), 413],
		"millions of lists": [text('{"daybook":1,"records":[', "[],", 3 * M, "]}"), 413],
		"a list a hundred thousand deep": [text('{"daybook":1,"records":', "[", 1e5, ""), 400],
		"a line of a record that holds a million objects": [
			archive(pack(line({ doc: { a: Array(500_000).fill({}) } })), { cars: 1 }), 400],
		"two packed texts in one part": [
			archive(Buffer.concat([pack(line()), pack(line({ id: "2" }))]), { cars: 2 }), 400],
		"a part that says it has two hundred megabytes": [archive(zstd("sh", ["-c", zeros]), {}), 400],
		"counts that no file has": [archive(pack(line()), { cars: 9007199254740991 }), 400],
	};

	for (const [name, [body, status]] of Object.entries(files))
		test(`${name} is refused, and nothing is kept`, async () => {
			const anna = await as("anna").ready();
			const before = await dump();
			const looked = await importing(anna, body, "?dryRun=1"), brought = await importing(anna, body);
			for (const answer of [looked, brought])
				refused(answer, status);
			assert.deepEqual(await dump(), before);
			answered(await anna.get("/api/backups"), 200, { backups: [] });
			if (mode === "release") // sanitizers take memory of their own
				assert.ok(await mostMemory() < MOST, `${await mostMemory()} MiB`);
		});

	test("a good one by the text of the format alone is taken", async () => {
		const file = archive(pack(line({ id: "7" })), { cars: 1 });
		const { job } = answered(await importing(as("anna"), file), 200);
		assert.equal(job.result.difference.cars.new, 1);
		answered(await as("anna").get("/api/cars/7"), 200, { car: { location: "100" } });
	});

	test("one with a key of its own leaves the space with backups that are sealed to none", async () => {
		const kim = as("kim");
		for (const backupKey of ["none", randomBytes(32).toString("base64url")]) {
			const key = { collection: "spaceSettings", id: "settings", doc: { backupKey } };
			answered(await importing(kim, archive(pack(line(key)), { spaceSettings: 1 })), 200);
			answered(await kim.post("/api/clients", { name: backupKey }), 201);
			const { id } = answered(await kim.post("/api/backup"), 200);
			const { backups } = answered(await kim.get("/api/backups"), 200);
			assert.equal(backups.find((backup) => backup.id === id).sealed, false);
		}
	});
});

describe("pieces", () => {
	const put = (person, name, body, at, total) => person.request("PUT", `/api/backups/${name}`, { body, headers: {
		"Content-Type": "application/octet-stream",
		"Content-Range": `bytes ${at}-${at + body.length - 1}/${total}`,
	} });
	const held = async (person) => (await person.get("/api/backups")).body.quota.bytes;

	test("of one file all name the same size, and room for all of it is taken at once", async () => {
		const ben = as("ben"), bytes = randomBytes(3 * PIECE), name = sha256(bytes), total = bytes.length;
		answered(await put(ben, name, bytes.subarray(0, PIECE), 0, total), 202);
		assert.equal(await held(ben), total);
		for (const other of [2 * PIECE, 1e15])
			refused(await put(ben, name, bytes.subarray(PIECE, 2 * PIECE), PIECE, other), 400,
				{ field: "Content-Range" });
		refused(await put(ben, name, bytes.subarray(2 * PIECE), 2 * PIECE, total), 416, { received: PIECE });
		await sql(`UPDATE space SET backup_bytes_max = ${4 * PIECE} WHERE id = '${ben.home}'`);
		refused(await put(ben, "0".repeat(64), bytes.subarray(0, PIECE), 0, 2 * PIECE), 413);
		const last = await Promise.all([1, 2].map(() => put(ben, name, bytes.subarray(PIECE), PIECE, total)));
		for (const answer of last)
			answered(answer, 201, { backup: { received: total } });
		assert.equal(last[0].body.backup.id, last[1].body.backup.id);
		assert.equal(await held(ben), total);
	});

	test("a few files are on their way, and the one that rests goes for a further one", async () => {
		const cleo = as("cleo"), bytes = randomBytes(PIECE);
		const begin = (digit) => put(cleo, String(digit).repeat(64), bytes, 0, 2 * PIECE);
		for (let i = 0; i < 5; i++)
			answered(await begin(i), 202);
		refused(await begin(5), 429);
		await sql(`UPDATE backup SET at = at - INTERVAL 2 MINUTE WHERE name = '${"3".repeat(64)}'`);
		answered(await begin(5), 202);
		assert.equal(await held(cleo), 5 * 2 * PIECE);
	});

	test("the newest files stay, and one that is no backup is none that is damaged", async () => {
		const dora = as("dora");
		for (let i = 0; i < 22; i++) {
			const bytes = Buffer.from(`file ${i}`);
			answered(await put(dora, sha256(bytes), bytes, 0, bytes.length), 201);
		}
		const { backups } = (await dora.get("/api/backups")).body;
		assert.equal(backups.length, 20);
		answered(await dora.post(`/api/backups/${backups[0].id}/verify`), 200, { ok: true });
		refused(await dora.post(`/api/backups/${backups[0].id}/restore`, {}), 400);
		assert.deepEqual(await sql("SELECT kind FROM alarm"), []);
	});
});

describe("room", () => {
	test("for what does not fit costs no other backup, and a copy never does", async () => {
		const jo = as("jo");
		for (const id of ["1", "2", "3"]) {
			answered(await jo.post("/api/cars", { id, location: "100" }), 201);
			answered(await jo.post("/api/backup"), 200);
		}
		const mine = `space_id = '${jo.home}'`;
		await sql(`UPDATE backup SET kind = 'automatic' WHERE ${mine}`);
		await sql(`UPDATE space SET backup_bytes_max = backup_bytes + 200 WHERE id = '${jo.home}'`);
		const kept = async () => (await sql(`SELECT id FROM backup WHERE ${mine} AND state = 'whole'`)).length;
		refused(await jo.post("/api/backup", { key: "k", data: "x" }), 413);
		assert.equal(await kept(), 3);
		await sql(`UPDATE space SET backup_bytes_max = 500 WHERE id = '${jo.home}'`);
		answered(await jo.post("/api/cars", { id: "4", location: "100" }), 201);
		refused(await jo.post("/api/backup"), 413);
		assert.equal(await kept(), 3);
		await sql(`UPDATE space SET backup_bytes_max = backup_bytes WHERE id = '${jo.home}'`);
		const { id } = answered(await jo.post("/api/backup"), 200);
		assert.equal((await jo.get("/api/backups")).body.backups[0].id, id);
		assert.ok(await kept() < 4);
	});

	test("of those before a restore the newest stay", async () => {
		const kit = await as("kit").ready();
		const mine = `space_id = '${kit.home}' AND kind = 'before-restore' AND state = 'whole'`;
		answered(await kit.post("/api/cars", { id: "1", location: "100" }), 201);
		const { id } = answered(await kit.post("/api/backup"), 200);
		const restored = async (location) => {
			answered(await kit.patch("/api/cars/1", { location }), 200);
			answered(await kit.post(`/api/backups/${id}/restore`, { changed: "restore" }), 200);
		};
		await restored("200");
		await sql(`INSERT INTO backup (space_id, id, kind, state, at, seq)
			SELECT space_id, UNHEX(MD5(seq)), 'before-restore', 'whole', '2026-01-01', 1 FROM
			(SELECT b.space_id, n.seq FROM backup b JOIN seq_1_to_60 n WHERE b.${mine}) more`);
		await restored("300");
		assert.equal((await sql(`SELECT id FROM backup WHERE ${mine}`)).length, 50);
	});
});

describe("jobs", () => {
	// Jobs that nobody works at meanwhile: who works at them stands still.
	async function waiting(person, spaces) {
		const answers = [];
		for (const space of spaces) {
			await sql(`UPDATE space SET records = 1000000 WHERE id = '${space.id}'`);
			answers.push(await person.in(space).post(`/api/backups/${space.backup}/restore`,
				{ mode: "replace" }));
		}
		return answers;
	}

	async function worker() {
		const { daybook } = await stack.pids();
		const children = await readFile(`/proc/${daybook}/task/${daybook}/children`, "utf8");
		for (const pid of children.trim().split(/\s+/))
			if ((await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0").includes("--jobs"))
				return Number(pid);
		throw new Error("nobody works at jobs");
	}

	async function standingStill(work) {
		const pid = await worker();
		process.kill(pid, "SIGSTOP");
		try {
			return await work();
		} finally {
			process.kill(pid, "SIGCONT");
		}
	}

	async function withBackup(roles) {
		const space = await team(roles), [person] = Object.keys(roles);
		answered(await as(person).in(space).post("/api/cars", { id: "1", location: "100" }), 201);
		space.backup = answered(await as(person).in(space).post("/api/backup"), 200).id;
		answered(await as(person).in(space).patch("/api/cars/1", { location: "200" }), 200);
		return space;
	}

	test("of one person wait in few, people take turns, and what is read is not deleted", async () => {
		const spaces = [];
		for (let i = 0; i < 3; i++)
			spaces.push(await withBackup({ emil: "owner" }));
		const theirs = await withBackup({ fay: "owner" });
		const job = await standingStill(async () => {
			const order = [0, 0, 0, 0, 1, 1, 1, 2].map((i) => spaces[i]);
			assert.deepEqual((await waiting(as("emil"), order)).map(({ status }) => status),
				[202, 202, 202, 429, 202, 202, 202, 429]);
			refused(await as("emil").in(spaces[0]).delete(`/api/backups/${spaces[0].backup}`), 429);
			return (await waiting(as("fay"), [theirs]))[0].body.job;
		});
		await until("all jobs have ended", async () => (await sql(`SELECT id FROM job
			WHERE state IN ('waiting', 'running') AND kind = 'restore'`)).length === 0);
		const ended = (await sql(`SELECT id FROM job WHERE user_id IN ('${as("emil").id}', '${as("fay").id}')
			AND kind = 'restore' ORDER BY finished_at`)).map(({ id }) => id);
		assert.ok(ended.indexOf(job) <= 1, `it was number ${ended.indexOf(job) + 1}`);
		answered(await as("emil").in(spaces[0]).delete(`/api/backups/${spaces[0].backup}`), 204);
	});

	test("of who is no owner any more do nothing", async () => {
		const space = await withBackup({ gus: "owner", hal: "owner" }), mine = `space_id = '${space.id}'`;
		const before = (await sql(`SELECT id FROM backup WHERE ${mine}`)).length;
		const job = await standingStill(async () => {
			const [answer] = await waiting(as("gus"), [space]);
			await sql(`UPDATE member SET role = 'manager' WHERE ${mine} AND user_id = '${as("gus").id}'`);
			return answer.body.job;
		});
		const failed = await until("the job has ended", async () => {
			const { body } = await as("hal").in(space).get(`/api/jobs/${job}`);
			return body.job.state === "failed" && body.job;
		});
		assert.match(failed.error.detail, /role/);
		assert.equal((await sql(`SELECT id FROM backup WHERE ${mine}`)).length, before);
		answered(await as("hal").in(space).get("/api/cars/1"), 200, { car: { location: "200" } });
	});
});

test("a member as they were then is found, or not, like any record", async () => {
	const ida = as("ida"), space = answered(await ida.post("/api/spaces", { name: "Depot" }), 201).space;
	await ida.in(space).post("/api/cars", { id: "1", location: "100" });
	const seq = await stack.head(space);
	answered(await ida.in(space).get(`/api/members/${ida.id}?at=${seq}`), 200, { member: { id: ida.id } });
	refused(await ida.in(space).get(`/api/members/${randomUUID()}?at=${seq}`), 404);
});

test("none of it was a fault of the server", async () => {
	assert.deepEqual(await stack.faults(), []);
	assert.deepEqual(await stack.crashes(), []);
});
