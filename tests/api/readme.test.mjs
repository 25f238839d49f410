// The README's examples of the API, run as they are written: each command of a ```sh block by bash and curl, in order,
// in one account.  The comment under a command is what it must print, where … stands for anything, and a date or an id
// for one like it.  And the program in the README of the sync engine.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { run, start } from "../harness.mjs";
import { jpeg } from "../lib/files.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const stack = await start();
const demo = await stack.as("Demo").ready();
const receipt = jpeg("a receipt", 3000);

const folder = await mkdtemp(path.join(tmpdir(), "daybook-readme."));
await writeFile(path.join(folder, "receipt.jpg"), receipt);
await symlink(path.join(root, "tests"), path.join(folder, "tests"));
after(() => rm(folder, { recursive: true, force: true }));

// --- reading it ---

// The blocks from the heading on, each with the line it begins at: [{line, text}].
function blocksOf(text, from, to) {
	const begin = text.indexOf(from), part = text.slice(begin, text.indexOf(to, begin));

	assert.ok(begin > 0 && part.length > 0, `the README has a part "${from}"`);
	return [...part.matchAll(/^```sh\n(.*?)^```$/gms)].map((found) => ({
		line: text.slice(0, begin + found.index).split("\n").length + 1, text: found[1],
	}));
}

// A command goes on where a line ends in a backslash or within quotes.
function isWhole(command) {
	return !/\\$/.test(command) &&
		command.replace(/\\\n/g, "").replace(/"(?:\\.|[^"\\])*"/gs, "").split("'").length % 2 === 1;
}

function stepsOf({ line, text }) {
	const steps = [];
	let command = "", begins = 0;

	for (const [n, words] of text.trimEnd().split("\n").entries()) {
		if (command === "" && words.startsWith("#")) {
			steps.at(-1).expected += words.replace(/^# ?\s*/, "");
			continue;
		}
		begins = command === "" ? line + n : begins;
		command += (command === "" ? "" : "\n") + words;
		if (isWhole(command)) {
			steps.push({ line: begins, command, expected: "" });
			command = "";
		}
	}
	return steps;
}

// --- what stands for something else ---

const known = { password: demo.password, email: demo.email, space: demo.home };

const VARIABLES = { ACCESS: "access", T: "token", TEAM: "team", HANDHELD: "handheld" };

// What readers put in: their own password, token, cursor.
function asTyped(command) {
	return command
		.replace(/^U=.*$/m, `U=${stack.url}`)
		.replace(/^(ACCESS|T|TEAM|HANDHELD)=.*…$/m, (all, name) => `${name}=${known[VARIABLES[name]]}`)
		.replaceAll("demo@example.org", known.email)
			.replace(/"password":"[^"]*"/, `"password":"${known.password}"`)
		.replace(/"user":"[^"]*…"/, `"user":"${demo.id}"`)
		.replace(/\w+….\d\.[\w….]+\.all\.\d+-[\w…]+/g, known.cursor);
}

const INSTANT = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;

// "201 {…}", "304" or "{…}", and a remark far behind it.
function expectation(text) {
	const [, status, body] = /^(\d{3}(?= |$))?\s*(.*?)(?:\s{4,}.*)?$/s.exec(text);
	const escaped = body.replaceAll("demo@example.org", known.email)
		.replace(/"size":\d+/, `"size":${receipt.length}`)
		.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
	const pattern = escaped.replace(/\d{4}-\d\d-\d\dT[\d:]+\\\.\d{3}Z/g, () => INSTANT).replace(/[\w-]*…/g, ".*?");

	return { status: status ? Number(status) : undefined, body: new RegExp(`^${pattern}$`, "s") };
}

// What later commands need of an answer.
function remember(body) {
	const answer = body.startsWith("{") ? JSON.parse(body) : {};

	known.access = answer.accessToken ?? known.access;
	known.cursor = answer.cursor ?? known.cursor;
	if (answer.token?.startsWith("dbk_"))
		known.token = answer.token;
	if (answer.token?.startsWith("dbh_"))
		known.handheld = answer.token;
}

// --- running it ---

const variables = [];

async function runStep({ line, command, expected }) {
	const typed = asTyped(command), where = `README.md:${line}: ${command}`;

	if (/^[A-Z]+=/.test(typed)) {
		variables.push(typed);
		return;
	}
	assert.ok(!typed.includes("…"), `${where}: nothing is known for the … in ${typed}`);
	const { stdout, stderr, status } = await run("bash",
		["-euc", `curl() { command curl -w '\\n%{http_code}' "$@"; }\n${variables.join("\n")}\n${typed}`],
		{ cwd: folder });
	assert.equal(status, 0, `${where}: ${stderr}`);
	const lines = stdout.split("\n"), code = Number(lines.pop()), body = lines.join("\n");
	remember(body);
	const wanted = expectation(expected);
	assert.ok(code < 500 && (wanted.status === undefined || code === wanted.status),
		`${where}: answered ${code} ${body}`);
	if (expected !== "")
		assert.match(body, wanted.body, where);
}

test("every command of the README's examples prints what the comment below it says", async () => {
	const text = await readFile(path.join(root, "README.md"), "utf8");
	const steps = blocksOf(text, "## The API by example", "## What ships with it").flatMap(stepsOf);

	known.team = (await demo.post("/api/spaces", { name: "Depot" })).body.space.id;
	assert.ok(steps.filter(({ command }) => command.startsWith("curl")).length > 15);
	for (const step of steps)
		await runStep(step);
});

test("the program in the engine's README runs and its writes are on the server", async () => {
	const text = await readFile(path.join(root, "www", "engine", "README.md"), "utf8");
	const [, program] = /^```js\n(\/\/ example\.mjs:.*?)^```$/ms.exec(text);
	const example = path.join(folder, "example.mjs");
	const eve = await stack.as("eve").ready();

	await symlink(path.join(root, "www"), path.join(folder, "www"));
	await symlink(path.join(root, "tests", "node_modules"), path.join(folder, "node_modules"));
	await writeFile(example, program);
	const { status, stdout, stderr } = await run(process.execPath,
		["--preserve-symlinks-main", example, stack.url, eve.email, eve.password]);
	assert.equal(status, 0, stderr);
	assert.match(stdout, /^cars 128489 here Left mirror$/m);
	assert.match(stdout, /^1 \{/m);
	const { late, notes } = (await eve.get("/api/cars/128489")).body.car;
	assert.deepEqual({ late, notes }, { late: true, notes: "Left mirror" });
});
