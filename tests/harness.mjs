// A whole Daybook for a test file: the shipped deploy/run with its private MariaDB, nginx and workers in a folder that
// is thrown away afterwards, so that deployment is tested every day.  One stack per file:
//
//	const { as, sql, ctl } = await start();
//	test("a car can be added", async () => {
//		const answer = await as("anna").post("/api/cars", { id: "100" });
//		assert.equal(answer.status, 201);
//	});
//
// It ends by itself after the last test of the file.
import { after } from "node:test";
import { execFile, spawn } from "node:child_process";
import { closeSync, createReadStream, existsSync, openSync, readFileSync } from "node:fs";
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import net from "node:net";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { randomUUID, randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { confinement } from "./lib/confinement.mjs";
import { send } from "./lib/http.mjs";
import { people } from "./lib/people.mjs";
import { Database } from "./lib/sql.mjs";
import { PATIENCE, until, within } from "./lib/wait.mjs";

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const fixtures = path.join(root, "tests", "fixtures");
export const mode = process.env.DAYBOOK_MODE ?? "release";
export const programs = process.env.DAYBOOK_BUILD ?? path.join(root, "build", mode);

// A port nobody listens on.  DAYBOOK_TEST_PORTS="18400-18599" narrows the choice.
export async function freePort() {
	const [first, last] = (process.env.DAYBOOK_TEST_PORTS ?? "").split("-").map(Number);

	for (let tries = 0; tries < 200; tries++) {
		const wanted = last ? first + Math.floor(Math.random() * (last - first + 1)) : 0;
		const port = await new Promise((resolve) => {
			const server = net.createServer();
			server.on("error", () => resolve(undefined));
			server.listen(wanted, "127.0.0.1", () => {
				const { port: taken } = server.address();
				server.close(() => resolve(taken));
			});
		});
		if (port !== undefined)
			return port;
	}
	throw new Error("no free port");
}

const LONGEST = 10 * 60; // seconds of a program

// Run a program to its end: {status, stdout, stderr}; never rejects for its exit status.
export function run(program, args, { input, env, cwd } = {}) {
	const options = { env: { ...process.env, ...env }, cwd, maxBuffer: 64 << 20 };
	let child;
	const ended = new Promise((resolve, reject) => {
		child = execFile(program, args, options, (error, stdout, stderr) => {
			if (error && typeof error.code !== "number" && !error.signal)
				reject(error);
			else
				resolve({ status: error ? error.code ?? error.signal : 0, stdout, stderr });
		});
		child.stdin.on("error", () => {});
		child.stdin.end(input);
	});
	return within(`${program} ${args.join(" ")} has ended`, ended, LONGEST).finally(() => child.kill("SIGKILL"));
}

// "key = value" lines as an object.
async function readSettings(file) {
	const settings = {};

	for (const line of (await readFile(file, "utf8")).split("\n")) {
		const found = /^\s*([a-z_]+)\s*=\s*(.*?)\s*(?:\s#.*)?$/.exec(line);
		if (found)
			settings[found[1]] = found[2];
	}
	return settings;
}

function settingsText(settings) {
	return Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`).join("");
}

// A process that has ended but that nobody waited for counts as gone.
export function isAlive(pid) {
	try {
		return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
	} catch {
		return false;
	}
}

class Stack {
	constructor(dir, port) {
		this.dir = dir;
		this.port = port;
		this.url = `http://127.0.0.1:${port}`;
		this.config = path.join(dir, "daybook.conf");
		this.facades = {};
		const folk = people(this);
		this.as = folk.as;
		this.closePeople = folk.close;
	}

	command(port = this.port) {
		return [
			path.join(root, "deploy", "run"), "--dir", this.dir, "--port", String(port),
			"--no-demo", "--no-install", ...(this.limits ? ["--limits"] : []),
			...(this.binlog ? ["--binlog"] : []),
			...Object.entries(this.facades).flatMap(([name, { port }]) => ["--facade", `${name}:${port}`]),
		];
	}

	// Start deploy/run in this folder and wait until it answers, and until deploy/run has found that out too: what
	// it asks while a test already puts another database in place would be a fault in the log.
	async launch() {
		const said = path.join(this.dir, "harness.log"), log = openSync(said, "a");
		const before = (await readFile(said, "utf8")).length;

		// With this process, however it ends, everything it started ends too.
		this.exit = undefined;
		this.child = spawn("setpriv", ["--pdeathsig", "TERM", "--", ...this.command()], {
			cwd: root,
			stdio: ["ignore", log, log],
			env: { ...process.env, DAYBOOK_MODE: mode, ...this.confined?.env },
		});
		closeSync(log);
		this.ended = new Promise((resolve) => {
			const end = (exit) => resolve(this.exit = exit);
			this.child.once("exit", (code, signal) => end({ code, signal }));
			this.child.once("error", (error) => end({ error }));
		});
		await until("Daybook is ready", async () => (
			this.exit !== undefined || ((await send({ url: `${this.url}/api/health` })).status === 200 &&
				(await readFile(said, "utf8")).slice(before).includes("Daybook is ready at"))
		), 2 * PATIENCE).then(() => {
			if (this.exit !== undefined)
				throw new Error("deploy/run has ended");
		}).catch(async (error) => {
			const lines = await readFile(said, "utf8").catch(() => "");
			await this.stop();
			throw new Error(`${error.message}\n${lines}`);
		});
		this.settings = await readSettings(this.config);
	}

	// Another deploy/run for the same folder, to its end.
	async runBeside() {
		const [program, ...words] = this.command(await freePort());
		return run(program, words);
	}

	// What deploy/run started, by the names of its pid files: {daybook: 123, mariadb: 124, nginx: 125}.
	async pids() {
		const pids = {};

		for (const name of await readdir(path.join(this.dir, "run")).catch(() => [])) {
			if (!name.endsWith(".pid"))
				continue;
			const pid = Number((await readFile(path.join(this.dir, "run", name), "utf8")).trim());
			if (pid > 1 && isAlive(pid))
				pids[name.slice(0, -4)] = pid;
		}
		return pids;
	}

	async signal(name, signal) {
		const pid = (await this.pids())[name];

		if (pid === undefined)
			throw new Error(`there is no process ${name}`);
		process.kill(pid, signal);
		return pid;
	}

	// The parent's children that answer requests.
	async workers() {
		const { daybook } = await this.pids();
		const children = await readFile(`/proc/${daybook}/task/${daybook}/children`, "utf8");
		const found = [];

		for (const pid of children.trim().split(/\s+/).filter(Boolean).map(Number)) {
			const words = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
			if (words.split("\0").includes("--worker"))
				found.push(pid);
		}
		return found;
	}

	// Ask the database as its administrator: rows as objects of text, null for NULL.  Several statements may stand
	// in one text.
	async sql(text) {
		const rows = await this.sqlUnnoticed(text);

		if (!text.startsWith("EXPLAIN ") &&
			/\b(?:UPDATE|DELETE|REPLACE)\b.*\b(?:meta|user|identity|session|member|space)\b/s.test(text))
			await this.noticed();
		return rows;
	}

	// The same, and workers may not have seen yet what it changed.
	sqlUnnoticed(text) {
		const { db_socket: socket, db_name: name } = this.settings;
		this.database ??= new Database([`--socket=${socket}`, `--user=${userInfo().username}`, name]);
		return this.database.rows(text);
	}

	// What another process than a worker changes, workers see within a second at the latest (lib/host/README.md).
	noticed() {
		return new Promise((resolve) => setTimeout(resolve, 1050));
	}

	// daybookctl with this installation's settings: {status, stdout, stderr}.
	async ctl(...args) {
		const before = await this.confined?.become(args) ?? [];
		const [program, ...words] = [...before, path.join(programs, "daybookctl")];
		const answer = await run(program, [...words, "--config", this.config, ...args]);

		if (["user", "tidy", "watch", "restore"].includes(args[0]))
			await this.noticed();
		return answer;
	}

	// Run tidy as if it were so many days later, without ending sessions.
	async tidy(days) {
		await this.sql("UPDATE session SET expires_at = expires_at + INTERVAL 5000 DAY");
		const answer = await this.ctl("tidy", "--shift-days", String(days));

		if (answer.status !== 0)
			throw new Error(`tidy: ${answer.stderr}`);
	}

	// Change settings of the running installation: the parent takes them at SIGHUP.
	async configure(settings) {
		const text = settingsText(settings);
		const kept = (await readFile(this.config, "utf8")).split("\n")
			.filter((line) => !Object.keys(settings).some((key) => line.startsWith(`${key} `)));

		await writeFile(this.config, `${kept.join("\n")}\n${text}`);
		this.settings = await readSettings(this.config);
		return this.renewWorkers();
	}

	// Add text to the settings while work runs, then take it away again.
	async spoilSettings(text, work) {
		const good = await readFile(this.config, "utf8");

		await writeFile(this.config, good + text);
		try {
			await work();
		} finally {
			await writeFile(this.config, good);
		}
	}

	// SIGHUP, and wait until all old workers are gone.
	async renewWorkers() {
		const before = await this.workers();

		await this.signal("daybook", "SIGHUP");
		await until("the workers are new ones", async () => {
			const now = await this.workers();
			return now.length >= before.length && !now.some((pid) => before.includes(pid));
		});
	}

	// A space with members, made by SQL: {anna: "owner", ben: "member"}.  It is dated long ago, so that instants
	// they claim are not clamped to its creation.
	async team(roles, { name = "A team" } = {}) {
		const id = randomUUID(), epoch = randomBytes(16).toString("hex");
		const members = await Promise.all(Object.entries(roles).map(async ([person, role]) => {
			const { id: user } = await this.as(person).ready();
			return `('${id}', '${user}', '${role}', 0, UTC_TIMESTAMP(3))`;
		}));

		await this.sql(`START TRANSACTION;
			INSERT INTO space (id, kind, name, epoch, chain, last_at, created_at) VALUES
			  ('${id}', 'team', '${name}', '${epoch}', REPEAT(CHAR(0), 32), UTC_TIMESTAMP(3), '2020-01-01');
			INSERT INTO space_epoch (space_id, epoch, at) VALUES ('${id}', '${epoch}', UTC_TIMESTAMP(3));
			INSERT INTO member (space_id, user_id, role, view_epoch, joined_at)
			  VALUES ${members.join(", ")};
			COMMIT;`);
		return { id, epoch };
	}

	// The head of a space as the database has it.
	async head(space) {
		const [row] = await this.sql(`SELECT seq FROM space WHERE id = '${space.id ?? space}'`);
		return Number(row.seq);
	}

	// The lines of all logs, oldest file first.
	async logLines() {
		const folder = path.join(this.dir, "log");
		const lines = [];

		for (const name of (await readdir(folder).catch(() => [])).sort())
			if (name.endsWith(".log"))
				for await (const line of createInterface({
					input: createReadStream(path.join(folder, name)),
				}))
					lines.push(line);
		return lines;
	}

	// Requests to which the workers responded with a status of 500 or more, as lines of the log.
	async faults() {
		return (await this.logLines()).filter((line) => / event=request .* status=5\d\d /.test(line));
	}

	// What sanitizers and aborts left in the logs.
	async crashes() {
		return (await this.logLines()).filter((line) =>
			/Sanitizer|runtime error:|signal=(4|6|7|8|11)\b|stack smashing|free\(\)|double free/
			.test(line));
	}

	// End everything; the folder goes too.  Nothing is left behind, and nobody crashed.
	async stop({ keep = false } = {}) {
		if (this.stopped)
			return;
		this.stopped = true;
		const crashes = await this.end(keep);
		if (crashes.length > 0)
			throw new Error(`something crashed:\n${crashes.slice(0, 20).join("\n")}`);
	}

	async end(keep) {
		this.closePeople();
		this.database?.close();
		const pids = Object.values(await this.pids());
		if (this.exit === undefined) {
			this.child.kill("SIGTERM");
			await within("deploy/run has ended", this.ended).catch(() => this.child.kill("SIGKILL"));
		}
		for (const pid of pids.filter(isAlive))
			await until(`process ${pid} is gone`, () => !isAlive(pid), 20)
				.catch(() => process.kill(pid, "SIGKILL"));
		const crashes = await this.crashes();
		if (!keep && process.env.DAYBOOK_TEST_KEEP === undefined)
			await rm(this.dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
		return crashes;
	}
}

// The shipped definitions and those of the tests in one folder.  Rules that are younger than the protocol's vectors
// can be left out.
async function mixDefinitions(dir, without) {
	const folder = path.join(dir, "definitions");

	await cp(path.join(root, "schema", "collections"), folder, { recursive: true });
	await cp(path.join(fixtures, "collections"), folder, { recursive: true });
	for (const name of without.length > 0 ? await readdir(folder) : []) {
		const file = path.join(folder, name), definition = JSON.parse(await readFile(file, "utf8"));
		definition.rules = definition.rules?.filter((rule) => !without.includes(rule));
		if (definition.rules?.length === 0)
			delete definition.rules;
		await writeFile(file, JSON.stringify(definition));
	}
	return folder;
}

// No fsync: a killed process loses nothing that it has written, and no test cuts the power.
const UNSYNCED = "[mariadbd]\ndebug_no_sync\ninnodb_flush_method = fsync\nloose_innodb_log_file_buffering = ON\n";

// A database that was made by deploy/run once for the whole run of the tests; without one each deploy/run makes its
// own.
async function copyDatabase(dir) {
	const made = process.env.DAYBOOK_TEST_DATABASE;

	if (!made || !existsSync(made))
		return;
	const { status, stderr } = await run("cp",
		["-a", "--reflink=auto", "--sparse=always", made, path.join(dir, "db")]);
	if (status !== 0)
		throw new Error(`${made} could not be copied: ${stderr}`);
}

// Start a stack.  options: settings ({key: value} for daybook.conf), definitions (true: those of
// tests/fixtures/collections too), without (names of rules that no definition names then), own (true: the caller stops
// it), shipped (true: MariaDB with the shipped settings alone), limits (true: nginx bounds what one address may ask),
// binlog (true: MariaDB keeps its binary log), facades (names of APIs in compat/, each served at the root of a port:
// stack.facades.NAME has its port, url and folder of pages), hardened (true: Daybook's processes are
// restricted as the systemd unit restricts them, see lib/confinement.mjs; DAYBOOK_TEST_HARDENED=1 does it for every
// stack).
export async function start({
	settings = {}, definitions = false, without = [], own = false, shipped = false, limits = false, binlog = false,
	facades = [],
	hardened = process.env.DAYBOOK_TEST_HARDENED === "1",
} = {}) {
	if (!existsSync(path.join(programs, "daybook")))
		throw new Error(`${programs}/daybook is not built; run make`);
	const dir = await mkdtemp(path.join(tmpdir(), "daybook-api."));
	const stack = new Stack(dir, await freePort());

	stack.limits = limits;
	stack.binlog = binlog;
	for (const name of facades) {
		const port = await freePort();
		stack.facades[name] = { port, url: `http://127.0.0.1:${port}`, pages: path.join(dir, "pages", name) };
	}
	settings = { sign_ups: 100000, requests_at_once: 256, backup_minutes: 0, ...settings };
	if (definitions)
		settings = { ...settings, definitions: await mixDefinitions(dir, without) };
	await writeFile(path.join(dir, "local.conf"), settingsText(settings));
	if (!shipped)
		await writeFile(path.join(dir, "local.cnf"), UNSYNCED);
	await copyDatabase(dir);
	if (hardened)
		stack.confined = await confinement({ dir, programs, root, settings, run });
	if (!own)
		after(() => stack.stop());
	await stack.launch();
	return Object.assign(stack, {
		sql: stack.sql.bind(stack),
		ctl: stack.ctl.bind(stack),
		team: stack.team.bind(stack),
	});
}
