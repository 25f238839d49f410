// deploy/backup: while people write, to several targets, killed at every stage, with tools that are missing.
import assert from "node:assert/strict";
import { appendFile, cp, mkdir, readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { DIE, Operator, done, failed, killed } from "../lib/operator.mjs";
import { until } from "../lib/wait.mjs";

const stack = await start({ binlog: true });
const { as, ctl, sql } = stack;
const operator = new Operator(stack);
const { store } = operator;

const olga = await as("olga").ready();
const add = async (id) => answered(await olga.post("/api/tasks", { id, title: id }), 201);

test("a backup is made while people write, and what was acknowledged before it began is in it", async () => {
	let goesOn = true;
	const people = await Promise.all(["anna", "ben", "mia", "mo"].map((name) => as(name).ready()));
	const writing = people.map(async (person) => {
		for (let i = 0; goesOn; i++)
			answered(await person.post("/api/tasks", { title: `task ${i}` }), 201);
	});
	await until("they write", async () => Number((await sql("SELECT COUNT(*) AS n FROM record"))[0].n) > 40);
	await add("before");
	done(await operator.backup());
	await add("after");
	goesOn = false;
	await Promise.all(writing);
	done(await ctl("verify"));

	const drill = await operator.restore([store, "--drill"]);
	done(drill);
	assert.match(drill.stdout, /^ok: 5 spaces, \d+ writes, \d+ records$/m);
	assert.match(drill.stdout, /^proven: /m);
});

test("no password is among the words of a command, and what is kept is for its owner alone", async () => {
	const secrets = await Promise.all(["database-password", "admin-password"]
		.map((name) => readFile(path.join(stack.dir, name), "utf8")));
	const seen = path.join(stack.dir, "words");
	const spy = await operator.pathWith("mariadb-dump",
		`cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' >${seen}; exec "$tool" "$@"`);
	done(await operator.backup([], spy));
	const words = await readFile(seen, "latin1");
	assert.match(words, /deploy\/backup/);
	for (const secret of secrets)
		assert.ok(secret.length > 20 && !words.includes(secret));
	for (const name of ["", ...await readdir(await operator.newest())])
		assert.equal((await stat(path.join(await operator.newest(), name))).mode & 0o077, 0, name);
	done(await operator.restore([store, "--settings", path.join(stack.dir, "unpacked")]));
	assert.equal(await readFile(path.join(stack.dir, "unpacked", "admin-password"), "utf8"), secrets[1]);
	assert.deepEqual(await readdir(path.join(stack.dir, "unpacked", "keys")), await readdir(stack.settings.keys));

	done(await operator.backup(["--no-keys"]));
	assert.ok(!(await readdir(await operator.newest())).includes("settings.tar.zst"));
});

test("a piece that was changed, cut or taken away is refused by its name, and so is a changed manifest", async () => {
	const good = await operator.newest(), bad = path.join(stack.dir, "bad");
	const spoil = async (name, change) => {
		await rm(bad, { recursive: true, force: true });
		await cp(good, bad, { recursive: true });
		await change(path.join(bad, name));
		for (const way of [["--check"], ["--drill"], ["--into", "look"]])
			failed(await operator.restore([bad, ...way]), 2, new RegExp(`${name} is (damaged|missing)`));
	};
	await spoil("dump.00000.zst", async (file) => {
		const bytes = await readFile(file);
		bytes[bytes.length >> 1] ^= 1;
		await writeFile(file, bytes);
	});
	await spoil("dump.00000.zst", (file) => appendFile(file, "x"));
	await spoil("dump.00000.zst", (file) => rm(file));
	await spoil("manifest", async (file) =>
		writeFile(file, (await readFile(file, "utf8")).replace(/^made 2/m, "made 3")));
	assert.deepEqual(await sql("SHOW DATABASES LIKE 'look'"), []);
	done(await operator.restore([good, "--check"]));
});

test("a second target that fails half way is gone on with, and what it has is not sent again", async () => {
	const away = await operator.folder("away");
	const calls = path.join(away, "calls"), disk = path.join(stack.dir, "disk");
	// It takes two files, and then the line is cut.
	const command = `test -e ${stack.dir}/line || [ "$(cat ${calls} 2>/dev/null | wc -l)" -lt 2 ] || ` +
		`{ echo line is cut >&2; exit 7; }; echo {name} >>${calls}; ` +
		`mkdir -p "$(dirname ${away}/{name})"; cp {} ${away}/{name}`;
	const targets = ["--to", store, "--to", disk, "--to", command];

	failed(await operator.backup(targets), 3, /the target '.*' lacks some of it: line is cut/);
	assert.deepEqual(await operator.backups(disk), await operator.backups(), "the other target has all");
	const { stdout } = await ctl("alarm", "list");
	assert.match(stdout, /backup-failed/);
	await writeFile(path.join(stack.dir, "line"), "");
	done(await operator.backup(["--send", ...targets]));
	const sent = (await readFile(calls, "utf8")).trim().split("\n");
	assert.equal(new Set(sent).size, sent.length, "no file is sent twice");
	assert.doesNotMatch((await ctl("alarm", "list")).stdout, /backup-failed/);

	for (const target of [disk, away])
		for (const id of await operator.backups())
			done(await operator.restore([path.join(target, id), "--check"]));
	// What is half there, as after a cut in the middle of a file, is sent anew.
	const [id] = await operator.backups();
	await rm(path.join(disk, id, "manifest"));
	await writeFile(path.join(disk, id, "dump.00000.zst"), "half");
	done(await operator.backup(["--send", ...targets]));
	done(await operator.restore([path.join(disk, id), "--check"]));
});

test("old backups go by days, weeks and months, in every folder; what is no backup stays", async () => {
	const folder = await operator.folder("rotated"), twin = await operator.folder("twin");
	const made = await operator.newest();
	const names = [
		"20251231T030000Z", "20260214T030000Z", "20260228T030000Z", "20260310T030000Z", "20260316T030000Z",
		"20260322T030000Z", "20260323T030000Z", "20260324T030000Z", "20260324T150000Z",
	];
	for (const name of names)
		for (const one of [folder, twin])
			await cp(made, path.join(one, name), { recursive: true });
	await mkdir(path.join(folder, "20260101T000000Z"));
	await mkdir(path.join(folder, "photos"));
	done(await operator.backup(["--to", folder, "--to", twin, "--keep", "1,3,3,4"]));
	const today = (await operator.backups(folder)).at(-1);
	// Days: today, 24 and 23 March; weeks: this one, that of 24 March, that of 22 March; months: this one, March,
	// February, December.
	assert.deepEqual(await operator.backups(twin), [
		"20251231T030000Z", "20260228T030000Z", "20260322T030000Z", "20260323T030000Z", "20260324T150000Z",
		today,
	]);
	assert.deepEqual((await operator.backups(folder)).filter((name) => name !== "20260101T000000Z"),
		await operator.backups(twin));
	assert.ok((await readdir(folder)).includes("photos"));
	await rm(folder, { recursive: true });
	await rm(twin, { recursive: true });
});

// Where a backup dies: the tool, and what it does then.
const DEATHS = {
	"before the dump": ["mariadb-dump", DIE],
	"in the middle of the dump": ["mariadb-dump", `"$tool" "$@" | head -c 30000; ${DIE}`],
	"in the middle of a piece": ["zstd", `"$tool" "$@" | head -c 2000; ${DIE}`],
	"at the settings": ["tar", DIE],
	"before it is in its place": ["sync", DIE],
	"when it is in its place": ["mv", `"$tool" "$@"; [[ $1 != *.part ]] || ${DIE}`],
	"at the binary log": ["mariadb-binlog", DIE],
	"on the way to a target": ["cp",
		`[[ $2 != */second/* ]] || { head -c 100 "$1" >"$2"; ${DIE}; }; exec "$tool" "$@"`],
	"when the old ones go": ["mv", `[[ $2 != *.gone ]] || { "$tool" "$@"; ${DIE}; }; exec "$tool" "$@"`],
};

test("a backup that is killed anywhere leaves whole ones alone, and the next one is made", async () => {
	const second = path.join(stack.dir, "second"), targets = ["--to", store, "--to", second, "--keep", "1,1,1,1"];

	for (const [where, [tool, script]] of Object.entries(DEATHS)) {
		killed(await operator.backup(targets, await operator.pathWith(tool, script)));
		for (const folder of [store, second])
			for (const id of await operator.backups(folder).then((all) => all.slice(-2))) {
				const whole = await stat(path.join(folder, id, "manifest")).catch(() => undefined);
				if (whole !== undefined)
					done(await operator.restore([path.join(folder, id), "--check"]));
				else
					assert.equal(folder, second, `${where}: ${id}`);
			}
	}
	await rm(path.join(store, ".proven"));
	done(await operator.backup(targets));
	assert.equal((await operator.backups()).length, 1);
	assert.deepEqual(await operator.backups(second), await operator.backups());
	assert.deepEqual((await readdir(store)).filter((name) => /\.(part|gone)$/.test(name)), []);
	assert.deepEqual((await readdir(stack.dir)).filter((name) => name.startsWith("daybook-work.")), []);
	done(await operator.restore([second, "--check"]));
});

test("the settings' own admin may dump, but not read the binary log, which is said", async () => {
	const nobody = await operator.pathWith("id", "echo nobody");
	failed(await operator.backup([], nobody), 3, /the binary log is not copied: .*denied/);
	done(await operator.restore([store, "--drill"]));
	failed(await operator.backup(["--log"], nobody), 1, /the binary log is not copied: .*denied/);
	failed(await operator.restore([store, "--into", "look"], nobody), 1, /look cannot be made: .*denied/);
});

test("without a tool nothing is made, and the words name its package", async () => {
	const before = await operator.backups();
	for (const [tool, name] of [
		["zstd", "zstd"], ["awk", "mawk"], ["mariadb-dump", "mariadb-client"],
		["mariadb-binlog", "mariadb-client"],
	])
		failed(await operator.backup([], await operator.pathWithout(tool)), 1,
			new RegExp(`not installed: ${tool} \\(package ${name}\\)`));
	assert.deepEqual(await operator.backups(), before);
});

test("what is asked wrongly is refused with the usage", async () => {
	for (const words of [["--nosuch"], ["--to"], ["--keep"]])
		failed(await operator.backup(words), 64, /usage: deploy\/backup/);
	for (const words of [[], ["x", "y"], [store, "--until", "yesterday"], [store, "--into", "a b"], ["--nosuch"]])
		failed(await operator.restore(words), 64, /usage: deploy\/restore/);
	failed(await operator.backup(["--to", "nowhere"]), 1, /neither the whole path of a folder nor a command/);
	failed(await operator.backup(["--keep", "many"]), 1, /four numbers/);
	failed(await operator.restore([path.join(stack.dir, "none")]), 1, /there is no folder/);
	for (const program of ["backup", "restore"])
		assert.match((await operator[program](["--help"])).stdout, /^usage: deploy/);
	failed(await operator.backup(["--config", path.join(stack.dir, "none.conf")]), 1, /cannot read the settings/);
	await rename(store, `${store}.away`);
	failed(await operator.restore([stack.dir, "--drill"]), 1, /there is no backup in/);
	await rename(`${store}.away`, store);
});
