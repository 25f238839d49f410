// The checklist of a time tracker that kept its data in browsers (its "Data Backup & Persistence Guide"), as one story:
// every line of it is done here, with the shipped programs, and its own command of cron and its own client are served.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { root, run, start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { sha256 } from "../lib/files.mjs";
import { send } from "../lib/http.mjs";
import { Operator, done, failed } from "../lib/operator.mjs";
import { until } from "../lib/wait.mjs";

const stack = await start({ settings: { backup_minutes: 1, metrics: "yes" } });
const { as, ctl, sql } = stack;
const operator = new Operator(stack);
const space = await stack.team({ anna: "owner", ben: "member" });
const anna = (await as("anna").ready()).in(space), ben = (await as("ben").ready()).in(space);

// What the team's records are, exactly as they are stored.
const stored = () => sql(`SELECT collection, HEX(id) AS id, doc FROM record
	WHERE space_id = '${space.id}' AND deleted = 0 AND collection NOT IN ('members', 'notifications')
	ORDER BY collection, id`);
const ask = (what) => send({ url: stack.url + what });
const backups = async () => answered(await anna.get("/api/backups"));

test("before going live: backup and restore are tried, by hand and by the guide's own line of cron", async () => {
	const site = answered(await anna.post("/api/jobSites", { name: "Yard" }), 201).jobSite;
	answered(await ben.post("/api/workSessions", {
		start: "2026-03-02T08:00:00Z", end: "2026-03-02T16:30:00Z", zone: "UTC", jobSite: site.id,
	}), 201);
	const before = await stored();

	const { token } = await anna.apiToken("write");
	const curl = await run("curl", ["-sS", "-X", "POST", "-H", `Authorization: Bearer ${token}`,
		`${stack.url}/api/spaces/${space.id}/backup`]);
	const { success, id } = JSON.parse(curl.stdout);
	assert.equal(success, true, curl.stdout + curl.stderr);

	answered(await anna.patch(`/api/jobSites/${site.id}`, { name: "Spoilt" }));
	for (const session of answered(await ben.get("/api/workSessions")).workSessions)
		await ben.delete(`/api/workSessions/${session.id}`);
	const look = answered(await anna.post(`/api/backups/${id}/restore`, { mode: "replace", dryRun: true }));
	assert.equal(look.difference.jobSites.changed, 1);
	assert.equal(look.difference.workSessions.new, 1);
	answered(await anna.post(`/api/backups/${id}/restore`, { mode: "replace" }));
	assert.deepEqual(await stored(), before);
	assert.equal((await ctl("verify")).status, 0);
});

test("before going live: the guide's own client is served, and its odd arrays are kept as they came", async () => {
	const copy = { key: "timeEntries", data: {}, timestamp: "2026-03-02T08:00:00.000Z", userId: "current-user-id" };
	answered(await anna.post("/api/backup", copy), 200, { success: true });
});

test("before going live: copies lie in several places, and recovery is tried", async () => {
	const cloud = await operator.folder("cloud"), disk = await operator.folder("disk");
	const command = `mkdir -p "$(dirname ${cloud}/{name})" && cp {} ${cloud}/{name}`;
	done(await operator.backup(["--to", operator.store, "--to", disk, "--to", command]));
	const [id] = await operator.backups();
	for (const place of [operator.store, disk, cloud])
		done(await operator.restore([path.join(place, id), "--check"]));
	const drill = await operator.restore([path.join(cloud, id), "--drill"]);
	done(drill);
	assert.match(drill.stdout, /^proven: /m);
});

test("daily: automatic backups run after a change, and by the clock", async () => {
	answered(await anna.post("/api/jobSites", { name: "A change" }), 201);
	await stack.renewWorkers(); // those who look for what is due begin with it
	const automatic = await until("a backup was made by itself", async () =>
		(await backups()).backups.find(({ kind }) => kind === "automatic" || kind === "daily"), 150);
	assert.equal(answered(await anna.post(`/api/backups/${automatic.id}/verify`)).ok, true);
	const folder = path.join(root, "deploy", "systemd");
	for (const name of (await readdir(folder)).filter((name) => /^daybook-.*\.timer$/.test(name)))
		assert.match(await readFile(path.join(folder, name), "utf8"), /^OnCalendar=/m);
});

test("daily: sizes of the files and what is left of the storage are told", async () => {
	const { backups: [newest], quota } = await backups();
	const file = await anna.get(`/api/backups/${newest.id}`);
	assert.equal(file.bytes.length, newest.bytes);
	assert.equal(sha256(file.bytes), newest.sha256);
	assert.ok(quota.bytes > 0 && quota.bytes < quota.max);
	assert.match((await operator.backup(["--list"])).stdout, /\d+K +schema \d+, \d+ spaces/);
});

test("daily: figures for a monitor say when the last backup was made", async () => {
	await until("the housekeeper has counted", async () =>
		/^daybook_operator_backup_timestamp_seconds \d+/m.test((await ask("/metrics")).text), 150);
	assert.match((await ask("/metrics")).text, /^daybook_backups\{state="whole"\} [1-9]/m);
});

test("daily: a backup that fails is told of until one is made again", async () => {
	const broken = await operator.pathWith("mariadb-dump", "echo no >&2; exit 2");
	failed(await operator.backup([], broken), 1, /dump failed: no/);
	assert.match((await ctl("alarm", "list")).stdout, /backup-failed/);
	assert.ok(answered(await ask("/api/health")).alarms["backup-failed"] > 0);
	done(await operator.backup());
	assert.doesNotMatch((await ctl("alarm", "list")).stdout, /backup-failed/);
});

test("in an emergency: the guide for it is there, and each of its steps is tested", async () => {
	const page = await readFile(path.join(root, "deploy", "disaster.md"), "utf8");
	for (const words of ["The machine is gone", "Something was destroyed", "A backup is damaged"])
		assert.match(page, new RegExp(`^## ${words}`, "m"));
	assert.match(await readFile(path.join(root, "tests", "api", "disaster.test.mjs"), "utf8"), /disaster\.md/);
});
