// deploy/disaster.md, step by step: each disaster happens, and each command of its section runs as it is written, by
// bash, in order.  The comment under a command is what it must say, where … stands for anything.
import assert from "node:assert/strict";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { programs, root, run, start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { send } from "../lib/http.mjs";
import { until } from "../lib/wait.mjs";

const page = await readFile(path.join(root, "deploy", "disaster.md"), "utf8");
const old = await start({ binlog: true });
const folder = await mkdtemp(path.join(old.dir, "guide."));

// What a shell of the machine has: its mariadb knows the server, and systemctl the service.
let machine = old;
let variables = "";
const known = {};

async function prepare(stack, backups) {
	machine = stack;
	variables = `ETC=${stack.dir}\nBACKUPS=${backups}\nexport DAYBOOK_CONFIG=$ETC/daybook.conf\n`;
	await mkdir(path.join(folder, "bin"), { recursive: true });
	await writeFile(path.join(folder, ".my.cnf"),
		`[client]\nsocket = ${stack.settings.db_socket}\nuser = ${userInfo().username}\n`);
	await writeFile(path.join(folder, "bin", "systemctl"),
		`#!/bin/sh\n[ "$*" = "reload daybook" ] && kill -HUP "$(cat ${stack.dir}/run/daybook.pid)"\n`);
	await chmod(path.join(folder, "bin", "systemctl"), 0o755);
}

// A command goes on where a line ends in a backslash, within quotes, or in an open bracket.
function isWhole(command) {
	const { length } = command.replace(/\\./gs, "").replace(/"[^"]*"/g, "").split("'");
	return !/\\$/.test(command) && length % 2 === 1 && command.split("{").length === command.split("}").length;
}

function stepsOf(section) {
	const steps = [];
	let command = "";

	for (const [, text] of section.matchAll(/^```sh\n(.*?)^```$/gms))
		for (const line of text.trimEnd().split("\n")) {
			if (command === "" && line.startsWith("# ")) {
				steps.at(-1).expected = line.slice(2);
				continue;
			}
			command += (command === "" ? "" : "\n") + line;
			if (isWhole(command)) {
				steps.push({ command });
				command = "";
			}
		}
	assert.equal(command, "", "the last command of a block is whole");
	return steps;
}

const sections = new Map(page.split(/^## /m).slice(1).map((text) => [text.slice(0, text.indexOf("\n")), text]));
const walked = new Set();

// What later commands need is kept as lines before them.
const isKept = (command) => /^(?:[A-Z]+=|\w+\(\) \{)/.test(command);

async function runStep({ command, expected }) {
	const typed = command.replace(/^UNTIL=\S+/, () => `UNTIL=${known.until}`);
	const env = {
		HOME: folder, TMPDIR: machine.dir, DAYBOOK_BUILD: programs,
		PATH: `${path.join(folder, "bin")}:${programs}:${process.env.PATH}`,
	};
	const shell = (text) => run("bash", ["-euo", "pipefail", "-c", variables + text], { env });
	const { status, stdout, stderr } = await shell(typed);
	assert.equal(status, 0, `${command}: ${stdout}${stderr}`);
	if (isKept(typed)) {
		const [, name] = /^([A-Z]+)=\$\(/.exec(typed) ?? [];
		const value = name && (await shell(`${typed}\necho "$${name}"`)).stdout.trim();
		variables += name === undefined ? `${typed}\n` : `${name}=${value}\n`;
	}
	if (expected !== undefined) {
		const pattern = expected.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/ ?…/g, ".*");
		assert.match(stdout.replace(/\n/g, " "), new RegExp(pattern, "s"), command);
	}
}

async function walk(heading) {
	assert.ok(sections.has(heading), `the guide has a section "${heading}"`);
	walked.add(heading);
	for (const step of stepsOf(sections.get(heading)))
		await runStep(step);
}

const olga = await old.as("olga").ready();
const add = async (person, id) => answered(await person.post("/api/tasks", { id, title: id }), 201);
const idsOn = async (stack) => (await stack.sql("SELECT id FROM record WHERE collection = 'tasks' ORDER BY id"))
	.map(({ id }) => id);

async function signIn(stack, person) {
	await until("people are let in", async () => (await send({ url: `${stack.url}/api/health` })).status === 200);
	const { accessToken } = answered(await send({
		url: `${stack.url}/api/auth/login`, method: "POST",
		body: { email: person.email, password: person.password },
	}));
	person.account.token = accessToken;
}

test("before it happens: a backup is made and proven", async () => {
	await prepare(old, path.join(old.dir, "backups"));
	await add(olga, "first");
	await walk("Before it happens");
});

test("something was destroyed: all up to a second comes back", async () => {
	await add(olga, "second");
	[{ known: known.until }] = await old.sql(
		"SELECT DATE_FORMAT(UTC_TIMESTAMP() + INTERVAL 1 SECOND, '%Y-%m-%dT%TZ') AS known");
	await until("that second is over", async () => (await old.sql(
		`SELECT UTC_TIMESTAMP() > '${known.until.slice(0, 19)}' AS isOver`))[0].isOver === "1");
	await old.sql("DROP TABLE record; DELETE FROM audit LIMIT 1");
	await walk("Something was destroyed, and the machine is well");
	assert.deepEqual(await idsOn(old), ["first", "second"]);
	assert.deepEqual(await old.sql("SHOW DATABASES LIKE 'daybook\\_%'"), []);
});

test("it was the wrong backup: what was in use comes back", async () => {
	await signIn(old, olga);
	await add(olga, "third");
	await walk("It was the wrong backup");
	assert.deepEqual(await idsOn(old), ["first", "second", "third"]);
});

test("a dump was loaded: the server is told", async () => {
	await walk("A dump was loaded, or the machine was set back to a snapshot");
	assert.equal((await olga.get("/api/tasks")).status, 401, "everybody signs in again");
});

test("a backup is damaged: another one is found, or made", async () => {
	await walk("A backup is damaged");
});

test("the machine is gone: a new one goes on with the same keys", async () => {
	await signIn(old, olga);
	await add(olga, "fourth");
	const { status, stderr } = await run("bash", ["-c", `${variables}daybookctl backup --log`],
		{ env: { PATH: `${programs}:${process.env.PATH}`, TMPDIR: old.dir } });
	assert.equal(status, 0, stderr);
	const fresh = await start({ binlog: true, own: true });
	after(() => fresh.stop());
	const brought = path.join(fresh.dir, "brought");
	await cp(path.join(old.dir, "backups"), brought, { recursive: true });

	await prepare(fresh, brought);
	await walk("The machine is gone");
	assert.deepEqual(await idsOn(fresh), ["first", "fourth", "second", "third"]);
	await until("its workers are new ones", async () => {
		const answer = await send({
			url: `${fresh.url}/api/auth/login`, method: "POST",
			body: { email: olga.email, password: olga.password },
		});
		return answer.status === 200;
	});
	await rm(brought, { recursive: true });
	await prepare(old, path.join(old.dir, "backups"));
});

test("a key was stolen: nobody is signed in any more", async () => {
	await walk("A key or a password was stolen");
	assert.equal((await olga.get("/api/tasks")).status, 401);
	await signIn(old, olga);
	await add(olga, "fifth");
});

test("the disk is full: what there is, is shown", async () => {
	await walk("The disk is full");
});

test("every step of the guide was run", () => {
	const left = [...sections].filter(([name, text]) => text.includes("```sh") && !walked.has(name));
	assert.deepEqual(left.map(([name]) => name), []);
	assert.match(page, /^ETC=.*\nBACKUPS=.*\nexport DAYBOOK_CONFIG=\$ETC\/daybook\.conf$/m);
});
