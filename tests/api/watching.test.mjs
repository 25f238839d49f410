// What somebody has to look at: alarms of the housekeeper and of what runs beside Daybook; health, the doctor, metrics
// and mail tell of them, and of nobody's data.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";
import { programs, run, start } from "../harness.mjs";
import { answered, refused } from "../lib/expect.mjs";
import { send } from "../lib/http.mjs";
import { mailbox } from "../lib/mailbox.mjs";
import { readMetrics } from "../lib/prometheus.mjs";

const folder = mkdtempSync(path.join(tmpdir(), "daybook-watching."));
after(() => rmSync(folder, { recursive: true }));
const tokenFile = path.join(folder, "metrics-token"), TOKEN = "a-token-of-forty-two-characters-0123456789";
writeFileSync(tokenFile, `${TOKEN}\n`, { mode: 0o600 });

const box = mailbox();
const stack = await start({ settings: {
	...box.settings, operator: "olga@example.org", metrics: "yes", metrics_token_file: tokenFile, disk_percent: 0,
} });
const { as, ctl, sql, url } = stack;

const ask = (what, headers = {}) => send({ url: url + what, headers });
const health = async () => answered(await ask("/api/health"), 200);

async function watch() {
	const answer = await run(path.join(programs, "daybookctl"), ["--config", stack.config, "watch"]);
	assert.equal(answer.status, 0, answer.stderr);
}

function answeredWell({ status, stderr }) {
	assert.equal(status, 0, stderr);
}

async function jobsProcess() {
	const { daybook } = await stack.pids();
	for (const pid of readFileSync(`/proc/${daybook}/task/${daybook}/children`, "utf8").trim().split(/\s+/))
		if (readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes("--jobs"))
			return Number(pid);
	throw new Error("nobody works at jobs");
}

const alarms = () => sql("SELECT kind, subject, count FROM alarm WHERE over_at IS NULL ORDER BY kind, subject");

describe("an alarm", { concurrency: false }, () => {
	test("of what runs beside Daybook is told of by health, doctor and list until it is cleared", async () => {
		assert.equal((await ctl("alarm", "list")).status, 0);
		for (let i = 0; i < 2; i++)
			answeredWell(await ctl("alarm", "raise", "backup-failed", "nas", "The target is full."));
		const { body } = await ask("/api/health");
		const doctor = await ctl("doctor"), list = await ctl("alarm", "list");
		assert.deepEqual([body.status, body.backup, body.disk, body.alarms],
			["ok", "failed", "good", { "backup-failed": 1 }]);
		assert.match(doctor.stdout,
			/BAD +backup-failed +The target is full\. \(nas\) since .* 2 times\n +-> .*deploy\/backup/);
		assert.equal(doctor.status, 1);
		assert.equal(list.status, 1);
		assert.match(list.stdout, /^backup-failed {2}nas {2}The target is full\./);

		assert.equal((await ctl("alarm", "clear", "backup-failed", "nas")).status, 0);
		assert.deepEqual((await health()).alarms, {});
		assert.equal((await ctl("alarm", "list")).stdout, "There is no alarm.\n");
		assert.match((await ctl("doctor")).stdout, /ok +alarms +none\n/);
	});

	test("has a kind, a subject and a detail that fit", async () => {
		for (const words of [
			[], ["raise", "disk"], ["raise", "", "x", "y"], ["raise", "k".repeat(33), "", "y"], ["tell"],
			["raise", "disk", "s".repeat(65), "y"], ["raise", "disk", "Zürich", "y"], ["clear", "disk"],
		])
			assert.equal((await ctl("alarm", ...words)).status, 2, words.join(" "));
	});

	test("is mailed once, again after a day, and once when it is over", async () => {
		await ctl("alarm", "raise", "backup-failed", "nas", "The target is full.");
		await watch();
		const first = await box.next();
		assert.match(first.head, /^To: olga@example\.org$/m);
		assert.match(first.head, /^Subject: Daybook: 1 alarm$/m);
		assert.match(first.text, /backup-failed nas\n {2}The target is full\.\n/);
		assert.match(first.text, /deploy\/backup/);

		await ctl("alarm", "raise", "backup-failed", "nas", "The target is still full.");
		await watch();
		await sql("UPDATE alarm SET mailed_at = mailed_at - INTERVAL 25 HOUR");
		await watch();
		assert.match((await box.next()).text, /still full\.\n {2}Since .*, 2 times\./);

		await ctl("alarm", "clear", "backup-failed", "nas");
		await watch();
		await watch();
		const last = await box.next();
		assert.match(last.head, /^Subject: Daybook: alarms are over$/m);
		assert.match(last.text, /Over: backup-failed nas\n/);

		await ctl("alarm", "raise", "backup-failed", "nas", "And again.");
		await ctl("alarm", "clear", "backup-failed", "nas");
		await watch();
		await sql(`UPDATE alarm SET over_at = over_at - INTERVAL 2 DAY,
			mailed_at = mailed_at - INTERVAL 2 DAY`);
		await watch();
		assert.deepEqual(await sql("SELECT * FROM alarm"), [], "what is over is forgotten");
		assert.equal(box.messages().filter((text) => /^Subject: Daybook/m.test(text)).length, 3);
		assert.deepEqual(await sql("SELECT * FROM job WHERE state = 'waiting' AND payload LIKE '%alarm%'"), []);
	});
});

describe("the round of the housekeeper", { concurrency: false }, () => {
	test("sees a disk that is nearly full, and a database that is too large, until they are not", async () => {
		await stack.configure({ disk_percent: 100, database_bytes_max: "1K" });
		await watch();
		assert.deepEqual((await alarms()).map(({ kind, subject }) => [kind, subject]),
			[["database-size", ""], ["disk", "database"], ["disk", "run"]]);
		const said = await health();
		assert.deepEqual([said.disk, said.database, said.backup], ["low", "large", "good"]);
		await stack.configure({ disk_percent: 0, database_bytes_max: "0" });
		await watch();
		assert.deepEqual(await alarms(), []);
	});

	test("sees mail that nobody takes", async () => {
		await sql(`INSERT INTO job (id, kind, payload, state, run_after, created_at) VALUES
			(UNHEX('0193000000007000800000000000000a'), 'mail', '{}', 'waiting',
			UTC_TIMESTAMP(3) + INTERVAL 1 HOUR, UTC_TIMESTAMP(3) - INTERVAL 31 MINUTE)`);
		await watch();
		assert.deepEqual((await alarms()).map(({ kind }) => kind), ["mail-stuck"]);
		assert.equal((await health()).mail, "stuck");
		await sql("DELETE FROM job WHERE payload = '{}'");
		await watch();
		assert.deepEqual(await alarms(), []);
	});

	test("keeps no figure of a disk that it cannot look at any more, and no alarm of it", async () => {
		const elsewhere = path.join(stack.dir, "elsewhere.conf");
		const settings = readFileSync(stack.config, "utf8");
		writeFileSync(elsewhere, settings.replace(/^run_dir = .*$/m, "run_dir = /nowhere"));
		await watch();
		answeredWell(await ctl("alarm", "raise", "disk", "run", "It is full."));
		answeredWell(await run(path.join(programs, "daybookctl"), ["--config", elsewhere, "watch"]));
		assert.deepEqual(await sql("SELECT name FROM measure WHERE label = 'run'"), []);
		assert.deepEqual((await alarms()).filter(({ kind }) => kind === "disk"), []);
		await watch();
	});

	test("sees spaces whose changes have long had no backup, until they have one", async () => {
		const anna = as("anna"), { home } = await anna.ready();
		const late = async () => answered(await anna.get("/api/backups")).late;
		const long = async (hours) => {
			await sql(`UPDATE audit SET at = at - INTERVAL ${hours} HOUR WHERE space_id = '${home}'`);
			await sql(`UPDATE space SET backup_due = UTC_TIMESTAMP(3) - INTERVAL ${hours} HOUR
				WHERE id = '${home}'`);
		};
		await stack.configure({ backup_minutes: 5 });
		const jobs = await jobsProcess();
		process.kill(jobs, "SIGSTOP"); // else it makes the backup before anybody has looked
		try {
			answered(await anna.post("/api/clients", { name: "Waits" }), 201);
			await long(25);
			assert.equal(await late(), null);
			await long(27);
			assert.match((await late()).detail, /schedule of this server does not run/);
			await watch();
			const [{ kind, subject }, ...more] = await alarms();
			assert.deepEqual([kind, subject, more], ["backup-late", "spaces", []]);
			assert.equal((await health()).backup, "late");
			await watch();
			assert.deepEqual([await alarms(), await late()], [[], null], "the watch has made it");
			await ctl("alarm", "raise", "backup-failed", home, "There is no room.");
			assert.equal((await late()).detail, "There is no room.");
			await ctl("alarm", "clear", "backup-failed", home);
		} finally {
			process.kill(jobs, "SIGCONT");
		}
		await stack.configure({ backup_minutes: 0 });
	});

	test("sees that the last whole backup is too old, once there was one", async () => {
		await watch();
		assert.deepEqual(await alarms(), [], "who never made one may have others");
		await ctl("alarm", "raise", "backup-failed", "", "It failed.");
		assert.equal((await ctl("alarm", "backed-up")).status, 0);
		assert.deepEqual(await alarms(), []);
		await sql("UPDATE measure SET at = at - INTERVAL 27 HOUR WHERE name = 'operator_backup'");
		await watch();
		assert.deepEqual((await alarms()).map(({ kind }) => kind), ["backup-late"]);
		assert.equal((await health()).backup, "late");
		assert.equal((await ctl("alarm", "backed-up")).status, 0);
		assert.deepEqual(await alarms(), []);
	});
});

describe("metrics", { concurrency: false }, () => {
	test("are in the format of Prometheus, with figures that are true", async () => {
		const anna = await as("anna").ready();
		answered(await anna.post("/api/tasks", { title: "Tea for Grandma" }), 201);
		await ctl("alarm", "raise", "tea", "", "It is cold.");
		await watch();
		const answer = await ask("/metrics");
		assert.equal(answer.status, 200);
		assert.equal(answer.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
		assert.equal(answer.headers["cache-control"], "no-store");
		const families = readMetrics(answer.text);
		const value = (name, labels = {}) => families[name].samples
			.find((sample) => Object.entries(labels)
				.every(([key, wanted]) => sample.labels[key] === wanted)).value;
		const [{ n: records }] = await sql("SELECT SUM(records) AS n FROM space");
		const [{ n: schema }] = await sql("SELECT MAX(file) AS n FROM migration");
		assert.equal(value("daybook_records"), Number(records));
		assert.equal(value("daybook_schema"), Number(schema));
		assert.equal(value("daybook_spaces", { kind: "personal" }), 1);
		assert.equal(value("daybook_alarms", { kind: "tea" }), 1);
		assert.equal(value("daybook_alarms", { kind: "disk" }), 0);
		assert.ok(value("daybook_answers_total", { class: "2xx" }) > 0);
		assert.ok(value("daybook_database_bytes") > 1 << 20);
		assert.ok(value("daybook_disk_free_bytes", { disk: "run" }) > 0);
		assert.ok(Date.now() / 1000 - value("daybook_measured_timestamp_seconds") < 300);
		for (const secret of [anna.id, anna.email, "anna", "Grandma", "It is cold"])
			assert.ok(!answer.text.includes(secret), secret);
	});

	test("promtool finds nothing to say", async (t) => {
		if (spawnSync("promtool", ["--version"]).status !== 0)
			return t.skip("promtool is not installed");
		const { text } = await ask("/metrics");
		const said = spawnSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" });
		assert.equal(said.status, 0, said.stderr + said.stdout);
		assert.equal(said.stderr + said.stdout, "");
	});

	test("cost a scrape three statements, whatever there is", async () => {
		const answer = await ask("/metrics"), id = answer.headers["x-request-id"];
		const line = (await stack.logLines()).find((text) => text.includes(`id=${id}`));
		assert.ok(Number(/ sql=(\d+)/.exec(line)[1]) <= 3, line);
	});

	test("are for this machine and for who has the token", async () => {
		const elsewhere = { "X-Forwarded-For": "203.0.113.9" };
		for (const headers of [
			elsewhere, { Forwarded: "for=203.0.113.9" }, { Via: "1.1 proxy" }, { "X-Real-IP": "127.0.0.1" },
			{ ...elsewhere, Authorization: `Bearer ${TOKEN}x` }, { ...elsewhere, Authorization: "Bearer " },
			{ ...elsewhere, Authorization: `Bearer ${TOKEN.slice(0, -1)}` },
		])
			refused(await ask("/metrics", headers), 403, { type: "/problems/forbidden" });
		assert.equal((await ask("/metrics", { ...elsewhere, Authorization: `Bearer ${TOKEN}` })).status, 200);
		const { token } = answered(await (await as("anna").ready()).post("/api/auth/tokens",
			{ name: "cron", scope: "admin", password: as("anna").password }), 201);
		refused(await ask("/metrics", { ...elsewhere, Authorization: `Bearer ${token}` }), 403);
	});

	test("with them, health tells this machine each alarm and figure, and nobody else", async () => {
		await ctl("alarm", "clear", "tea", "");
		await ctl("alarm", "raise", "tea", "kettle", "It is cold.");
		const { details } = await health();
		assert.deepEqual([details.alarms[0].subject, details.alarms[0].detail], ["kettle", "It is cold."]);
		assert.ok(details.measures.database_bytes > 0);
		const { body, text } = await ask("/api/health", { "X-Forwarded-For": "203.0.113.9" });
		assert.equal(body.details, undefined);
		assert.deepEqual(body.alarms, { tea: 1 });
		assert.ok(!/kettle|cold/.test(text));
	});

	test("are closed unless the settings say so", async () => {
		await stack.configure({ metrics: "no" });
		refused(await ask("/metrics"), 403);
		refused(await ask("/metrics", { Authorization: `Bearer ${TOKEN}` }), 403);
		assert.equal((await health()).details, undefined);
	});
});
