// deploy/backup where the machine is not as it should be: targets that lie, hang, are not mounted or say secrets, disks
// without room, a clock that was wrong, a binary log that was begun anew; and what the operator is told of each.
import assert from "node:assert/strict";
import { cp, mkdir, readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { root, start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { Operator, done, failed } from "../lib/operator.mjs";

const stack = await start({ binlog: true });
const { as, ctl, sql } = stack;
const operator = new Operator(stack);
const { store } = operator;

const olga = await as("olga").ready();
const add = async (id) => answered(await olga.post("/api/tasks", { id, title: id }), 201);
const alarms = () => sql("SELECT kind, subject, detail FROM alarm WHERE over_at IS NULL ORDER BY subject");
const subjects = async () => (await alarms()).map(({ subject }) => subject);
const isThere = (name) => stat(name).then(() => true, () => false);
const to = (...targets) => targets.flatMap((target) => ["--to", target]);

test("a target that fails is told of beside another of the same program, until it is none any more", async () => {
	const away = await operator.folder("away"), works = `cp {} ${away}/$(basename {name})`;
	const says = "printf 'password=hunter2 Z\\303\\274rich \\033[31m' >&2; " +
		"head -c 400 /dev/zero | tr '\\0' '\\303' >&2; exit 7";
	const fails = `cp {} ${away}/none/x 2>&- || { ${says}; }`;
	const answer = await operator.backup(to(store, fails, works));
	failed(answer, 3, /the target 'cp \(\w{8}\)' lacks some of it: password=hunter2/);
	const [alarm, ...more] = await alarms();
	assert.deepEqual(more, []);
	assert.equal(alarm.kind, "backup-failed");
	assert.match(alarm.subject, /^cp \(\w{8}\)$/);
	assert.match(alarm.detail, /ended with status 7; what it said is in the log of this run/);
	assert.doesNotMatch(JSON.stringify(await ctl("alarm", "list")), /hunter2/);

	done(await operator.backup(["--send", ...to(store, works)]));
	assert.deepEqual(await alarms(), []);
	const odd = path.join(stack.dir, `Zürich ${"x".repeat(80)}`);
	await writeFile(odd, "a file, and no folder");
	failed(await operator.backup(["--send", ...to(store, odd)]), 3, /lacks some of it/);
	assert.equal((await alarms()).length, 1, "whatever signs its name has");
	await rm(odd);
	done(await operator.backup(["--send", ...to(store, odd)]));
	assert.deepEqual(await alarms(), []);
});

test("a command that hangs is ended, and the log is copied meanwhile", async () => {
	const began = path.join(stack.dir, "began");
	const hangs = `: {}; touch ${began}; sleep 100`;
	const brief = await operator.pathWith("timeout", "shift 3; exec \"$tool\" -k 1 2 \"$@\"");
	const [answer] = await Promise.all([
		operator.backup(to(store, hangs), brief),
		(async () => {
			while (!await isThere(began))
				await new Promise((resolve) => setTimeout(resolve, 20));
			done(await operator.backup(["--log", ...to(store)]));
		})(),
	]);
	failed(answer, 3, /lacks some of it/);
	assert.match((await alarms())[0].detail, /had not sent one file after 60 minutes, and was ended/);
	done(await operator.backup(["--send", ...to(store)]));
});

test("a folder whose disk is not there is not written to, be it the first or another", async () => {
	const disk = path.join(stack.dir, "mnt"), target = path.join(disk, "daybook");
	for (const targets of [to(store, target), to(target)]) {
		done(await operator.backup(targets));
		await rename(disk, `${disk}.away`);
		const expected = targets.length > 2 ? 3 : 1;
		failed(await operator.backup(targets), expected, /is its disk there\?/);
		await mkdir(target, { recursive: true });
		failed(await operator.backup(targets), expected, /is its disk there\?/);
		assert.deepEqual(await readdir(target), []);
		await writeFile(path.join(target, ".daybook-backups"), "");
		done(await operator.backup(targets));
		await rm(disk, { recursive: true });
		await rename(`${disk}.away`, disk);
	}
	done(await operator.backup(["--send", ...to(store, target)]));
	await rm(disk, { recursive: true });
	await rm(path.join(stack.dir, "backup.known"));
});

test("what others keep in the folder stays, and what was sent in part and is gone does not", async () => {
	const target = await operator.folder("target");
	const mine = ["film.part", "list.gone", "20260101T000000Z.part.txt"].map((name) => path.join(store, name));
	await Promise.all(mine.map((name) => writeFile(name, "mine")));
	const half = path.join(target, "20260101T000000Z");
	await mkdir(half);
	await writeFile(path.join(half, "dump.00000.zst"), "half");
	done(await operator.backup(to(store, target)));
	for (const name of mine)
		assert.ok(await isThere(name), name);
	assert.deepEqual((await readdir(target)).sort(), [".daybook-backups", ...await operator.backups(), "log"]);
	await Promise.all([...mine, target].map((name) => rm(name, { recursive: true })));
});

test("a disk without room gets no backup, and one that is full none that looks whole", async () => {
	const before = await readdir(store);
	const full = await operator.pathWith("df", "echo; echo x 1 1 1000 1 x");
	failed(await operator.backup([], full), 1, /there is no room for another backup: .* has 0 MiB left/);
	failed(await operator.restore([store, "--drill"], full), 1, /there is no room to load it/);
	failed(await operator.restore([store], full), 1, /there is no room to load it/);
	const packing = await operator.pathWith("zstd", "head -c 1000; echo No space left on device >&2; exit 1");
	failed(await operator.backup([], packing), 1, /the dump failed/);
	// The folder for temporary files is full when the manifest is put together.
	const sorting = await operator.pathWith("sort", `[ -n "$(ls ${stack.dir}/daybook-work.*/manifest 2>&-)" ] &&
		! [ -s ${stack.dir}/daybook-work.*/kept ] && exit 1; exec "$tool" "$@"`);
	failed(await operator.backup([], sorting), 1, /the manifest could not be written whole/);
	assert.deepEqual((await readdir(store)).filter((name) => !before.includes(name) && !name.startsWith(".")), []);
	assert.deepEqual(await subjects(), ["", ""], "the backup and the drill");
	done(await operator.backup());
	done(await operator.restore([store, "--drill"]));
	assert.deepEqual(await alarms(), []);
});

test("a log that was copied says nothing of the backup that failed before", async () => {
	failed(await operator.backup([], await operator.pathWith("mariadb-dump", "exit 1")), 1, /the dump failed/);
	done(await operator.backup(["--log"]));
	assert.deepEqual(await subjects(), [""]);
	const deaf = await operator.pathWith("mariadb-binlog", "exit 1");
	failed(await operator.backup(["--log"], deaf), 1, /could not be read/);
	assert.deepEqual(await subjects(), ["", "binary-log"]);
	const target = path.join(stack.dir, "sent");
	failed(await operator.backup(to(store, target), deaf), 3, /could not be read/);
	assert.deepEqual(await operator.backups(target), await operator.backups(), "the backup itself is sent");
	assert.deepEqual(await subjects(), ["binary-log"]);
	done(await operator.backup(["--log"]));
	assert.deepEqual(await alarms(), []);
	await rm(target, { recursive: true });
	await rm(path.join(stack.dir, "backup.known"));
});

test("the last backup that was proven is not let go of, nor one that is being read", async () => {
	done(await operator.restore([store, "--drill"]));
	const proven = (await operator.backups()).at(-1), only = ["--keep", "1,0,0,0"];
	for (let i = 0; i < 2; i++)
		done(await operator.backup(only));
	const kept = await operator.backups();
	assert.equal(kept.length, 2);
	assert.equal(kept[0], proven);
	await rm(path.join(store, ".proven"));
	const reading = await operator.pathWith("sha256sum", `[ -e ${stack.dir}/made ] || {
		touch ${stack.dir}/made
		env PATH="\${PATH#*:}" ${path.join(root, "deploy", "backup")} --config ${stack.config} \
			--keep 1,0,0,0 --quiet >&2 7>&- 8>&-; }
		exec "$tool" "$@"`);
	done(await operator.restore([path.join(store, proven), "--check"], reading));
	assert.ok((await operator.backups()).includes(proven));
	done(await operator.backup(only));
	assert.equal((await operator.backups()).length, 1);
});

test("with a backup of the future nothing is let go of, and the newest is not guessed", async () => {
	const future = path.join(store, "20990101T000000Z");
	await cp(await operator.newest(), future, { recursive: true });
	const before = await operator.backups();
	failed(await operator.backup(["--keep", "1,0,0,0"]), 3, /20990101T000000Z is of the future/);
	assert.equal((await operator.backups()).length, before.length + 1);
	assert.deepEqual(await subjects(), ["clock"]);
	failed(await operator.restore([store, "--drill"]), 1, /is of the future: .* name the backup/);
	done(await operator.restore([path.join(store, before[0]), "--drill"]));
	await rm(future, { recursive: true });
	done(await operator.backup());
	assert.deepEqual(await alarms(), []);
});

const logs = async (name) => (await readdir(path.join(store, "log", name))).filter((file) => file.endsWith(".sum"));

test("a log that was begun anew goes on beside the old one, and a gap in it is no way to an instant", async () => {
	const [old] = (await readdir(path.join(store, "log"))).filter((name) => !name.endsWith(".ended"));
	const before = await logs(old);
	await sql("RESET MASTER");
	await add("anew");
	failed(await operator.backup(["--log"]), 3, /has begun its binary log anew/);
	done(await operator.backup(["--log"]));
	assert.deepEqual(await logs(old), before);
	assert.ok((await logs(`${old}.2`)).length > 0);
	done(await operator.backup());
	await add("after");
	done(await operator.backup(["--log"]));
	await add("later");
	done(await operator.backup(["--log"]));
	done(await operator.restore([store, "--until", "latest", "--into", "look"]));
	const found = await sql("SELECT id FROM look.record WHERE id IN ('anew', 'after', 'later')");
	assert.equal(found.length, 3);
	await sql("DROP DATABASE look");

	const manifest = await readFile(path.join(await operator.newest(), "manifest"), "utf8");
	const [, name] = /^log \S+ (\S+) /m.exec(manifest);
	const next = name.replace(/\d+$/, (digits) => String(Number(digits) + 1).padStart(digits.length, "0"));
	await rm(path.join(store, "log", `${old}.2`, `${next}.sum`));
	failed(await operator.restore([store, "--until", "latest", "--drill"]), 1,
		/is missing, and later ones are there/);
	await sql("PURGE BINARY LOGS BEFORE NOW() + INTERVAL 1 DAY");
	done(await operator.backup());
});

test("where the log is somebody else's, a user of one database backs up without it", async () => {
	const conf = path.join(stack.dir, "backup.conf"), options = path.join(stack.dir, "guest.cnf");
	await sql(`CREATE USER guest@localhost IDENTIFIED BY 'it''s "odd\\\\ #1';
		GRANT ALL PRIVILEGES ON daybook.* TO guest@localhost`);
	await writeFile(options, `[client]\nsocket = ${stack.settings.db_socket}\nuser = guest\n` +
		"password = \"it's \\\"odd\\\\ #1\"\n", { mode: 0o600 });
	const guest = ["--defaults", options];
	failed(await operator.backup(guest), 3, /the binary log is not copied/);
	await writeFile(conf, "log = no\n");
	done(await operator.backup(guest));
	assert.doesNotMatch(await readFile(path.join(await operator.newest(), "manifest"), "utf8"), /^log /m);
	done(await operator.restore([store, "--drill"]));
	await rm(conf);
});
