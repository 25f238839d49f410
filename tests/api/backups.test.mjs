// Backups of a space: made, listed, sent, checked, deleted; thinned out, bounded, and nobody else's.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { createHash } from "node:crypto";
import { isAlive, mode, programs, run, start } from "../harness.mjs";
import { contentOf, jsonOf, membersOf, recordsOf, replay } from "../lib/backups.mjs";
import { crew } from "../lib/crew.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";
import { jpeg, send, sha256 } from "../lib/files.mjs";
import { send as request } from "../lib/http.mjs";
import { until } from "../lib/wait.mjs";
import { makeKeys, openSealed } from "../../www/backup/seal.js";

const stack = await start();
const { as, sql } = stack;

const fresh = (roles = { anna: "owner", max: "manager", ben: "member" }) => crew(stack, roles);
const hash = (bytes) => createHash("sha256").update(bytes).digest("hex");
const listed = async (person) => answered(await person.get("/api/backups")).backups;
const number = async (question) => Number(Object.values((await sql(question))[0])[0]);
const chunks = (space) => number(`SELECT COUNT(*) FROM backup_chunk WHERE space_id = '${space.id}'`);

async function made(person) {
	const { success, id, job } = answered(await person.post("/api/backup"));

	assert.equal(success, true);
	if (job !== undefined)
		await ended(person, job);
	return id;
}

// The job has ended well.
async function ended(person, id) {
	const job = await until("the job has ended", async () => {
		const { job } = answered(await person.get(`/api/jobs/${id}`));
		return ["done", "failed"].includes(job.state) ? job : undefined;
	}, 60);
	assert.equal(job.state, "done", JSON.stringify(job));
	return job;
}

async function fileOf(person, id) {
	const file = await person.get(`/api/backups/${id}`);

	assert.equal(file.status, 200, file.text.slice(0, 300));
	return file.bytes;
}

// The hash of a backup that is read in three ranges, as by downloads that break off.
async function rangesOf(person, id, bytes) {
	const cuts = [0, Math.floor(bytes / 3) + 1, Math.floor(bytes / 2) + 7, bytes], pieces = [];
	for (let i = 0; i < 3; i++) {
		const range = `bytes=${cuts[i]}-${i === 2 ? "" : cuts[i + 1] - 1}`;
		const piece = await person.get(`/api/backups/${id}`, { Range: range });
		assert.equal(piece.status, 206, range);
		assert.equal(piece.headers["content-range"], `bytes ${cuts[i]}-${cuts[i + 1] - 1}/${bytes}`);
		pieces.push(piece.bytes);
	}
	return hash(Buffer.concat(pieces));
}

const verified = async (person, id) => answered(await person.post(`/api/backups/${id}/verify`));

async function addCars(person, count, prefix = "car") {
	for (let from = 0; from < count; from += 200) {
		const ops = Array.from({ length: Math.min(200, count - from) }, (_, i) => ({
			op: `${prefix}-${from + i}`, collection: "cars", id: `${prefix}-${from + i}`, base: 0,
			set: { location: "100", notes: `A note of some length about car ${from + i}` },
		}));
		const answer = await person.push(ops);
		outcomes(answer, ...ops.map(() => "applied"));
	}
}

// daybookctl with the schedule on, which is off for the processes of this stack.
async function ctlWithSchedule(...args) {
	const config = path.join(path.dirname(stack.config), "schedule.conf");
	const text = await readFile(stack.config, "utf8");

	await writeFile(config, text.replace(/^backup_minutes.*$/m, "backup_minutes = 5"));
	return run(path.join(programs, "daybookctl"), ["--config", config, ...args]);
}

// First, while there are few spaces that a round would look at.
describe("the schedule", () => {
	test("a change is backed up, and the next one not before some minutes", async () => {
		const { anna, space } = await fresh();
		answered(await anna.post("/api/cars", { id: "1" }), 201);
		const watch = async () => {
			const { status, stderr } = await ctlWithSchedule("watch");
			assert.equal(status, 0, stderr);
		};
		await watch();
		assert.deepEqual((await listed(anna)).map(({ kind }) => kind), ["daily"]);
		answered(await anna.patch("/api/cars/1", { location: "200" }));
		await watch();
		assert.equal((await listed(anna)).length, 1);
		await sql(`UPDATE space SET backup_due = UTC_TIMESTAMP(3) WHERE id = '${space.id}'`);
		await watch();
		assert.deepEqual((await listed(anna)).map(({ kind }) => kind), ["automatic", "daily"]);
		await sql(`UPDATE space SET backup_due = UTC_TIMESTAMP(3) WHERE id = '${space.id}'`);
		await watch();
		assert.equal((await listed(anna)).length, 2, "nothing has changed");
	});

	test("the newest stay, and one of each day, week and month", async () => {
		const { anna, space } = await fresh();
		answered(await anna.post("/api/spaceSettings",
			{ backupKeep: 2, backupDays: 3, backupWeeks: 2, backupMonths: 2, zone: "UTC" }), 201);
		const ages = [0, 1, 2, 25, 26, 49, 73, 24 * 9, 24 * 10, 24 * 40, 24 * 41, 24 * 80, 24 * 200];
		await sql(ages.map((hours) => `INSERT INTO backup (space_id, id, kind, state, at)
			VALUES ('${space.id}', RANDOM_BYTES(16), 'automatic', 'whole',
			TIMESTAMP(UTC_DATE(), '12:00:00') - INTERVAL 2 DAY - INTERVAL ${hours} HOUR)`).join(";"));
		await ctlWithSchedule("watch");
		const noon = Date.parse(`${new Date().toISOString().slice(0, 10)}T12:00:00Z`) - 2 * 86400e3;
		const kept = (await listed(anna)).filter(({ kind }) => kind === "automatic")
			.map(({ at }) => (noon - Date.parse(at)) / 3600e3);
		// The backup just made counts among the newest and the days, and maybe begins a week or a month.
		assert.ok(kept.includes(0) && kept.includes(25), `${kept}`);
		assert.ok(!kept.includes(1) && !kept.includes(2) && !kept.includes(26), `${kept}`);
		assert.ok(!kept.includes(24 * 200) && !kept.includes(24 * 41), `${kept}`);
	});

	test("what has no room even without those of the schedule is refused, and they stay", async () => {
		const { anna, space } = await fresh();
		await addCars(anna, 200);
		await ctlWithSchedule("watch");
		const [old] = await listed(anna);
		assert.equal(old.kind, "daily");
		const { quota } = answered(await anna.get("/api/backups"));
		assert.ok(quota.bytes > 0 && quota.max === 2 ** 31, JSON.stringify(quota));
		await sql(`UPDATE space SET backup_bytes_max = ${quota.bytes + 200} WHERE id = '${space.id}'`);
		await addCars(anna, 200, "other");
		refused(await anna.post("/api/backup"), 413, { type: "/problems/space-full" });
		await sql(`UPDATE space SET backup_bytes_max = NULL WHERE id = '${space.id}'`);
		assert.deepEqual((await listed(anna)).map(({ id }) => id), [old.id]);
		const id = await made(anna);
		assert.equal((await verified(anna, id)).ok, true);
	});
});

describe("a range of a backup", () => {
	test("is the same bytes, wherever it begins and ends; HEAD, If-Range, and behind the end", async () => {
		const { anna } = await fresh();
		const photo = jpeg(7, 200_000);
		answered(await send(anna, photo), 201);
		const entry = { start: "2026-03-02T08:00:00Z", end: "2026-03-02T09:00:00Z", photoIn: hash(photo) };
		answered(await anna.post("/api/workSessions", entry), 201);
		answered(await anna.post("/api/cars", { id: "1", location: "100" }), 201);
		const id = await made(anna), place = `/api/backups/${id}`;
		const whole = await anna.get(place), { etag } = whole.headers, size = whole.bytes.length;
		assert.equal(whole.headers["accept-ranges"], "bytes");
		for (let from = 0; from < size; from += 5003) {
			const to = Math.min(from + 1 + from % 9001, size - 1);
			const piece = await anna.get(place, { Range: `bytes=${from}-${to}`, "If-Range": etag });
			assert.equal(piece.status, 206);
			assert.equal(piece.headers["content-range"], `bytes ${from}-${to}/${size}`);
			assert.equal(piece.headers["content-length"], String(to - from + 1));
			assert.ok(piece.bytes.equals(whole.bytes.subarray(from, to + 1)), `${from} to ${to}`);
		}
		const tail = await anna.get(place, { Range: "bytes=-700" });
		assert.ok(tail.bytes.equals(whole.bytes.subarray(size - 700)));
		const other = await anna.get(place, { Range: "bytes=5-9", "If-Range": '"another"' });
		assert.deepEqual([other.status, other.bytes.length], [200, size]);
		const head = await anna.head(place, { Range: "bytes=5-9" });
		const { "content-length": length, "accept-ranges": accepts, etag: same } = head.headers;
		assert.deepEqual([head.status, length, accepts, same], [200, String(size), "bytes", etag]);
		const behind = await anna.get(place, { Range: `bytes=${size}-` });
		refused(behind, 416, { type: "/problems/range" });
		assert.equal(behind.headers["content-range"], `bytes */${size}`);
		assert.equal((await anna.get(place, { Range: "bytes=0-1,4-5" })).status, 200);
	});

	test("does not read what lies before it", async () => {
		const { anna, space } = await fresh();
		answered(await anna.post("/api/cars", { id: "1", location: "100" }), 201);
		const id = await made(anna), place = `/api/backups/${id}`, whole = await anna.get(place);
		const [{ first }] = await sql(`SELECT HEX(sha256) AS first FROM backup_part
			WHERE space_id = '${space.id}' AND backup_id = '${id}' ORDER BY number LIMIT 1`);
		await sql(`UPDATE backup_chunk SET body = CONCAT('x', body)
			WHERE space_id = '${space.id}' AND sha256 = X'${first}'`);
		const tail = await anna.get(place, { Range: "bytes=-600" });
		assert.ok(tail.bytes.equals(whole.bytes.subarray(-600)));
	});
});

describe("a backup", () => {
	test("is made, listed, sent, checked and deleted", async () => {
		const { anna, space } = await fresh();
		answered(await anna.post("/api/cars", { id: "1", location: "100" }), 201);
		const id = await made(anna);
		const [row] = await listed(anna);
		assert.deepEqual({ ...row, at: 0, checkedAt: 0, bytes: 0, sha256: 0 }, {
			id, at: 0, kind: "manual", seq: await stack.head(space), bytes: 0, sha256: 0,
			counts: { cars: 1 },
			files: 0, sealed: false, checkedAt: 0, by: anna.id,
		});
		const file = await anna.get(`/api/backups/${id}`);
		assert.equal(file.bytes.length, row.bytes);
		assert.equal(hash(file.bytes), row.sha256);
		assert.equal(file.headers["content-length"], String(row.bytes));
		assert.equal(file.headers["repr-digest"],
			`sha-256=:${Buffer.from(row.sha256, "hex").toString("base64")}:`);
		assert.deepEqual(await verified(anna, id),
			{ ok: true, detail: "Everything in it is as it was when it was made.", checked: "content" });
		answered(await anna.delete(`/api/backups/${id}`), 204);
		assert.deepEqual(await listed(anna), []);
		refused(await anna.get(`/api/backups/${id}`), 404);
	});

	test("of what has not changed is the one that is there; of a change another one", async () => {
		const { anna, max } = await fresh();
		answered(await anna.post("/api/cars", { id: "1" }), 201);
		const first = await made(anna);
		assert.equal(await made(max), first);
		answered(await anna.patch("/api/cars/1", { location: "200" }));
		assert.notEqual(await made(max), first);
		assert.equal((await listed(max)).length, 2);
	});

	test("has the photos that live records name", async () => {
		const { anna } = await fresh();
		const kept = jpeg("kept", 700_000), other = jpeg("other", 5000);
		answered(await send(anna, kept), 201);
		answered(await send(anna, other), 201);
		const session = { start: "2026-11-21T08:00:00Z", photoIn: sha256(kept) };
		answered(await anna.post("/api/workSessions", session), 201);
		const id = await made(anna);
		const names = membersOf(await fileOf(anna, id)).map(({ name }) => name);
		assert.deepEqual(names.filter((name) => name.startsWith("files/")), [`files/${sha256(kept)}`]);
		assert.equal((await listed(anna))[0].files, 1);
		assert.equal((await verified(anna, id)).ok, true);
	});

	test("has the records in the order of their ids, whatever these look like", async () => {
		const { anna } = await fresh();
		const ids = ["0", "01a1fd70", "Zed", "a.b", "zz", "01939d2a-0000-7000-8000-000000000001",
			"f1939d2a-0000-7000-8000-000000000001", "a1939d2a-0000-7000-8000-000000000001"];
		for (const id of ids)
			answered(await anna.post("/api/cars", { id }), 201);
		const read = async () => recordsOf(await fileOf(anna, await made(anna))).map(({ id }) => id);
		assert.deepEqual(await read(), [...ids].sort());
		for (const id of ["a1", "a1939d2a-0000-7000-8000-000000000000",
			"01939d2a-0000-7000-8000-0000000000ff"]) {
			answered(await anna.post("/api/cars", { id }), 201);
			ids.push(id);
			assert.deepEqual(await read(), [...ids].sort());
		}
	});
});

describe("as the seed's client and cron ask for it", () => {
	test("a POST without a body and without a type, with an API token", async () => {
		const { anna, max } = await fresh();
		answered(await anna.post("/api/cars", { id: "1" }), 201);
		const { token } = await max.apiToken("write");
		const answer = await request({
			url: `${stack.url}/api/backup`, method: "POST", headers: { Authorization: `Bearer ${token}` },
		});
		const [row] = await listed(anna);
		assert.deepEqual(answered(answer), { success: true, id: row.id });
		assert.equal(row.kind, "daily");
		const { token: weak } = await max.apiToken("read");
		refused(await request({
			url: `${stack.url}/api/backup`, method: "POST", headers: { Authorization: `Bearer ${weak}` },
		}), 403);
	});

	test("a copy of what a client has is kept as it came, and the answer is that it was", async () => {
		const { anna } = await fresh();
		const body = {
			key: "autoBackup", timestamp: "2026-12-01T02:00:00.000Z", userId: "current-user-id",
			data: { users: {}, companies: {}, timeEntries: [{ id: 1, totalHours: "8h 30m" }] },
		};
		assert.deepEqual(answered(await anna.post("/api/backup", body)), { success: true });
		assert.deepEqual(answered(await anna.post("/api/backup", body)), { success: true });
		const [row, ...others] = await listed(anna);
		assert.deepEqual(others, []);
		assert.deepEqual([row.kind, row.name, row.by], ["client", "autoBackup", anna.id]);
		const packed = membersOf(await fileOf(anna, row.id)).find(({ name }) => name === "copy.json.zst");
		const input = packed.bytes.toString("base64");
		const { stdout } = await run("sh", ["-c", "base64 -d | zstd -dc"], { input });
		assert.deepEqual(JSON.parse(stdout), body);
		assert.equal((await verified(anna, row.id)).ok, true);
	});

	test("of each key the ten newest copies stay", async () => {
		const { anna } = await fresh();
		for (let i = 0; i < 12; i++)
			answered(await anna.post("/api/backup", { key: "a", data: [i] }));
		answered(await anna.post("/api/backup", { key: "b", data: [] }));
		const names = (await listed(anna)).map(({ name }) => name);
		assert.equal(names.filter((name) => name === "a").length, 10);
		assert.equal(names.filter((name) => name === "b").length, 1);
		refused(await anna.post("/api/backup", { data: [] }), 400, { field: "key" });
		refused(await anna.post("/api/backup", { key: "a" }), 400, { field: "data" });
		refused(await anna.post("/api/backup", { key: "a", data: [], other: 1 }), 400, { field: "other" });
	});
});

describe("who may", () => {
	test("managers make and list; owners read, check and delete; others nothing", async () => {
		const { anna, max, ben } = await fresh();
		answered(await anna.post("/api/cars", { id: "1" }), 201);
		const id = await made(max);
		answered(await max.get("/api/backups"));
		refused(await max.get(`/api/backups/${id}`), 403);
		refused(await max.post(`/api/backups/${id}/verify`), 403);
		refused(await max.delete(`/api/backups/${id}`), 403);
		for (const answer of [await ben.post("/api/backup"), await ben.get("/api/backups"),
			await ben.get(`/api/backups/${id}`)])
			refused(answer, 403);
	});

	test("a backup of another space is not there", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/api/cars", { id: "1" }), 201);
		const id = await made(anna);
		const { dora } = await crew(stack, { dora: "owner" });
		refused(await dora.get(`/api/backups/${id}`), 404);
		refused(await dora.post(`/api/backups/${id}/verify`), 404);
		refused(await dora.delete(`/api/backups/${id}`), 404);
		assert.deepEqual(await listed(dora), []);
		assert.equal((await listed(anna)).length, 1);
	});

	test("what is kept is for an owner to say, and the key has to be one", async () => {
		const { anna, max } = await fresh();
		answered(await anna.post("/api/spaceSettings", { backupKeep: 3 }), 201);
		const settings = "/api/spaceSettings/settings";
		refused(await max.patch(settings, { backupKeep: 1 }), 403, { field: "backupKeep" });
		answered(await max.patch(settings, { phone: "1" }));
		refused(await anna.patch(settings, { backupKey: "abc" }), 400, { field: "backupKey" });
	});
});

describe("what changes while it is made", () => {
	test("a backup made while eight people write is the replay of the audit up to its seq", async () => {
		const names = ["anna", "bert", "carl", "dana", "emil", "fred", "gina", "hans"];
		const { space, ...folk } = await crew(stack, Object.fromEntries(names.map((name) => [name, "owner"])));
		await addCars(folk.anna, 400);
		let busy = true, wrote = 0;
		const write = async (name, of) => {
			for (let i = 0; busy; i++) {
				const id = `car-${(i * 7 + of * 50) % 400}`;
				const answer = i % 9 === 8 ? await folk[name].delete(`/api/cars/${id}`)
					: i % 9 === 0 ? await folk[name].post("/api/cars", { id: `${name}-${i}` })
						: await folk[name].patch(`/api/cars/${id}`, { notes: `${name} ${i}` });
				assert.ok(answer.status < 500, answer.text);
				wrote++;
			}
		};
		const writers = names.map(write);
		const ids = [];
		try {
			for (let i = 0; i < 4; i++) {
				await until("they write", () => wrote > i * 60);
				ids.push(await made(folk.anna));
			}
		} finally {
			busy = false;
			await Promise.all(writers);
		}
		const rows = await listed(folk.anna);
		assert.equal(new Set(ids).size, 4);
		for (const id of ids) {
			const { seq } = rows.find((row) => row.id === id);
			const content = contentOf(recordsOf(await fileOf(folk.anna, id)));
			assert.deepEqual(content, await replay(sql, space, seq));
			assert.equal((await verified(folk.anna, id)).ok, true);
		}
	});
});

describe("of many records", () => {
	test("one change adds few chunks, and the parts are those of a backup made anew", async () => {
		const { anna, space } = await fresh();
		await addCars(anna, 5000);
		const first = await made(anna), before = await chunks(space);
		assert.ok(before > 20, `${before} chunks`);
		answered(await anna.patch("/api/cars/car-2500", { notes: "changed" }));
		const second = await made(anna);
		assert.ok(await chunks(space) - before <= 4, "few chunks are new");
		answered(await anna.delete("/api/cars/car-100"));
		answered(await anna.post("/api/cars", { id: "car-1000x" }), 201);
		const third = await made(anna);
		for (const id of [first, second, third])
			assert.equal((await verified(anna, id)).ok, true);

		// Without a base everything is read.
		await sql(`UPDATE backup SET state = 'gone' WHERE space_id = '${space.id}'`);
		const anew = await made(anna);
		await sql(`UPDATE backup SET state = 'whole' WHERE space_id = '${space.id}'`);
		const parts = async (id) => jsonOf(await fileOf(anna, id), "manifest.json").parts.slice(1);
		assert.deepEqual(await parts(third), await parts(anew));
		assert.deepEqual(contentOf(recordsOf(await fileOf(anna, third))),
			await replay(sql, space, await stack.head(space)));
	});

	test("it is a job's work, which goes on after kill -9, and its memory stays small", async () => {
		const { anna, max, ben, space } = await fresh();
		await addCars(anna, 5200);
		for (let i = 0; i < 24; i++) {
			const bytes = jpeg(`photo ${i}`, 2 << 20);
			answered(await send(anna, bytes), 201);
			const start = `2026-11-${10 + (i % 20)}T${10 + i % 9}:00:00Z`;
			answered(await anna.post("/api/workSessions", { start, photoIn: sha256(bytes) }), 201);
		}
		const { id, job } = answered(await max.post("/api/backup"));
		assert.match(job, /^[0-9a-f-]{36}$/);
		assert.deepEqual(answered(await anna.post("/api/backup")), { success: true, id, job });
		const killed = [];
		for (const stage of ["records", "writing", "checking"])
			if (await reached(max, job, stage)) {
				const pid = await jobsProcess();
				process.kill(pid, "SIGKILL");
				await until("it is gone", () => !isAlive(pid));
				killed.push(stage);
			}
		assert.ok(killed.length > 0, "it was killed at its work");
		const done = await ended(max, job);
		assert.deepEqual(done.result, { backup: id });
		answered(await anna.get(`/api/jobs/${job}`));
		refused(await ben.get(`/api/jobs/${job}`), 404);
		const [row, ...others] = await listed(anna);
		assert.deepEqual(others, []);
		assert.deepEqual([row.id, row.files, row.counts], [id, 24, { cars: 5200, workSessions: 24 }]);
		assert.equal(hash(await fileOf(anna, id)), row.sha256);
		assert.equal((await verified(anna, id)).ok, true);
		assert.equal(await number(`SELECT COUNT(*) FROM backup WHERE space_id = '${space.id}'
			AND state = 'making'`), 0);
		const ranges = await rangesOf(anna, id, row.bytes);
		assert.equal(ranges, row.sha256);
		if (mode !== "release")
			return; // sanitizers take memory of their own
		assert.ok(await peak(await jobsProcess()) < 40 << 10, "less than 40 MiB");
		for (const pid of await stack.workers())
			assert.ok(await peak(pid) < 60 << 10, "less than 60 MiB");
	});
});

// Whether the job has come to a stage before it ended.
async function reached(person, id, stage) {
	return until(`the job is at ${stage}, or has ended`, async () => {
		const { job } = answered(await person.get(`/api/jobs/${id}`));
		if (job.state === "done" || job.state === "failed")
			return { at: false };
		return job.state === "running" && job.stage === stage ? { at: true } : undefined;
	}, 60).then(({ at }) => at);
}

// The process for jobs, once there is one.
const jobsProcess = () => until("there is a process for jobs", async () => {
	for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
		const words = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
		if (words.split("\0").includes("--jobs") && words.includes(stack.dir))
			return Number(pid);
	}
	return undefined;
});

// The most memory that a process has had, in KiB.
const peak = async (pid) => Number(/VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, "utf8"))[1]);

describe("damage", () => {
	test("a chunk that was changed in the table is found, and named", async () => {
		const { anna, space } = await fresh();
		await addCars(anna, 300);
		const id = await made(anna);
		const [part] = await sql(`SELECT name, HEX(sha256) AS hash FROM backup_part
			WHERE space_id = '${space.id}' AND name LIKE 'records/%' ORDER BY number LIMIT 1`);
		await sql(`UPDATE backup_chunk SET body = INSERT(body, 30, 1, CHAR(ORD(SUBSTR(body, 30, 1)) ^ 1))
			WHERE space_id = '${space.id}' AND sha256 = X'${part.hash}'`);
		const verdict = await verified(anna, id);
		assert.equal(verdict.ok, false);
		assert.ok(verdict.detail.includes(part.name), verdict.detail);
		assert.ok((await listed(anna))[0].damaged.includes(part.name));
		const [alarm] = await sql(`SELECT kind, detail FROM alarm WHERE subject = '${space.id}'`)
			.then((rows) => rows.length > 0 ? rows : sql("SELECT kind, detail FROM alarm"));
		assert.equal(alarm.kind, "backup-damaged");
		await sql(`UPDATE backup SET state = 'whole' WHERE space_id = '${space.id}'`);
		await assert.rejects(async () => {
			const file = await anna.get(`/api/backups/${id}`);
			assert.equal(file.status, 200);
			assert.equal(file.bytes.length, Number(file.headers["content-length"]));
		});
		// The next one is made of the records again, and mends the one before.
		answered(await anna.post("/api/spaceSettings", { phone: "1" }), 201);
		assert.equal((await verified(anna, await made(anna))).ok, true);
		assert.equal((await verified(anna, id)).ok, true);
	});
});

describe("sealed to a key", () => {
	test("only its holder reads it, and the server says what it can check", async () => {
		const { anna, space } = await fresh();
		answered(await anna.post("/api/cars", { id: "secret-car", notes: "nobody knows" }), 201);
		const keys = await makeKeys();
		const text = (key) => typeof key === "string" ? key : Buffer.from(key).toString("base64url");
		answered(await anna.post("/api/spaceSettings", { backupKey: text(keys.publicKey) }), 201);
		const id = await made(anna);
		const [row] = await listed(anna);
		assert.equal(row.sealed, true);
		const bytes = await fileOf(anna, id);
		assert.equal(hash(bytes), row.sha256);
		assert.equal(bytes.subarray(0, 17).toString(), "DAYBOOK-SEALED-1\n");
		assert.equal((await verified(anna, id)).checked, "seal");
		const opened = Buffer.from(await (await openSealed(new Blob([bytes]), keys)).arrayBuffer());
		assert.ok(recordsOf(opened).some((record) => record.id === "secret-car"));
		await stack.ctl("watch");
		assert.equal(await number(`SELECT COUNT(*) FROM backup_part
			WHERE space_id = '${space.id}' AND name <> ''`), 0);
		assert.equal((await verified(anna, id)).ok, true);
	});
});

describe("what goes", () => {
	test("a deleted backup leaves no chunk that no other has; an erased space leaves none", async () => {
		const { anna, space } = await fresh();
		await addCars(anna, 300);
		const first = await made(anna);
		answered(await anna.patch("/api/cars/car-1", { notes: "other" }));
		const second = await made(anna);
		answered(await anna.delete(`/api/backups/${first}`), 204);
		await stack.ctl("watch");
		assert.equal(await number(`SELECT COUNT(*) FROM backup WHERE space_id = '${space.id}'`), 1);
		assert.equal(await number(`SELECT COUNT(*) FROM backup_chunk c
			WHERE space_id = '${space.id}' AND NOT EXISTS
			(SELECT 1 FROM backup_part p WHERE p.space_id = c.space_id AND p.sha256 = c.sha256)`), 0);
		assert.equal((await verified(anna, second)).ok, true);
		await sql(`UPDATE space SET deleted_at = UTC_TIMESTAMP(3) - INTERVAL 31 DAY WHERE id = '${space.id}'`);
		assert.equal((await stack.ctl("tidy")).status, 0);
		for (const table of ["backup", "backup_part", "backup_chunk", "job"])
			assert.equal(await number(`SELECT COUNT(*) FROM ${table}
				WHERE space_id = '${space.id}'`), 0, table);
	});

	test("the operator makes and lists backups of a space", async () => {
		const { anna, space } = await fresh();
		answered(await anna.post("/api/cars", { id: "1" }), 201);
		const { status, stdout, stderr } = await stack.ctl("space", "backup", space.id);
		assert.equal(status, 0, stderr);
		const list = await stack.ctl("space", "backups", space.id);
		assert.ok(list.stdout.startsWith(stdout.trim()), list.stdout);
		assert.match(list.stdout, /manual .* whole\n$/);
		assert.equal((await stack.ctl("space", "backup", "nothing")).status, 2);
	});
});
