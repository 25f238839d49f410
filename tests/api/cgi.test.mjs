// Shared hosting: Apache starts Daybook for each request, by the shipped htaccess.  The usual workers use the same
// database, so that both ways can be compared.
import { after, describe, test } from "node:test";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmod, chown, cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { freePort, programs, root, run, start } from "../harness.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";
import { jpeg, send as sendFile, sendPiece, sha256 } from "../lib/files.mjs";
import { send, sendRaw, until } from "../lib/http.mjs";
import { inTurn } from "../lib/people.mjs";

const stack = await start();
const dir = await mkdtemp(path.join(tmpdir(), "daybook-apache."));
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const anna = (await stack.as("anna").ready()).over(url);

// Apache refuses to run as root.  So under root its files belong to the user nobody, who needs
// access to the folders above the socket.
const isRoot = process.getuid() === 0;

async function give(folder, user, group) {
	for (const entry of await readdir(folder, { withFileTypes: true })) {
		const name = path.join(folder, entry.name);
		if (entry.isDirectory())
			await give(name, user, group);
		await chown(name, user, group);
	}
	await chown(folder, user, group);
}

async function fillFolder() {
	const web = path.join(dir, "web"), settings = path.join(dir, "daybook.conf");

	await cp(path.join(root, "build", "www"), web, { recursive: true });
	await cp(path.join(programs, "daybook"), path.join(web, "daybook.cgi"));
	const shipped = await readFile(path.join(root, "deploy", "htaccess"), "utf8");
	await writeFile(path.join(web, ".htaccess"), shipped.replaceAll("/home/you/daybook/daybook.conf", settings));
	const template = await readFile(path.join(root, "tests", "api", "apache.conf"), "utf8");
	await writeFile(path.join(dir, "apache.conf"),
		template.replaceAll("@DIR@", dir).replaceAll("@PORT@", String(port)));
	await cp(path.join(stack.dir, "keys"), path.join(dir, "keys"), { recursive: true });
	await cp(stack.settings.db_password_file, path.join(dir, "database-password"));
	await mkdir(path.join(dir, "run"));
	await cp(path.join(root, "schema"), path.join(dir, "schema"), { recursive: true });
	const { db_socket, db_user, db_name } = stack.settings;
	await writeFile(settings, Object.entries({
		db_socket, db_user, db_name, definitions: "schema/collections", schema: "schema",
		db_password_file: "database-password", keys: "keys", run_dir: "run",
	}).map(([key, value]) => `${key} = ${value}\n`).join(""));
	if (isRoot) {
		await chmod(stack.dir, 0o711);
		await chmod(path.join(stack.dir, "run"), 0o711);
		const [user, group] = (await run("getent", ["passwd", "nobody"])).stdout.split(":")
			.slice(2, 4).map(Number);
		await give(dir, user, group);
	}
}

async function startApache() {
	const drop = isRoot ? ["--reuid=nobody", "--regid=nogroup", "--clear-groups"] : [];
	const child = spawn("setpriv", [
		"--pdeathsig", "TERM", ...drop, "--", "apache2", "-d", dir, "-f",
		path.join(dir, "apache.conf"), "-DFOREGROUND",
	], { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } });
	let said = "";
	child.stderr.on("data", (bytes) => { said += bytes; });
	const ended = new Promise((resolve) => child.once("exit", resolve));

	after(async () => {
		child.kill("SIGTERM");
		await ended;
		await rm(dir, { recursive: true, force: true });
	});
	await until("Apache answers", async () => {
		if (child.exitCode !== null)
			throw new Error(`Apache has ended: ${said}`);
		return (await send({ url: `${url}/api/health` })).status === 200;
	}, 30).catch(async (error) => {
		throw new Error(
			`${error.message}\n${await readFile(path.join(dir, "apache.log"), "utf8").catch(() => "")}`);
	});
}

await fillFolder();
await startApache();

describe("under Apache, by CGI", () => {
	test("health tells of no shared table, because there is none to miss", async () => {
		const answer = await send({ url: `${url}/api/health` });
		assert.deepEqual(Object.keys(answered(answer)),
			["status", "schema", "time", "backup", "database", "disk", "mail", "alarms"]);
	});

	test("a person signs up, in and out", async () => {
		const email = `cgi-${Date.now()}@example.org`, password = "correct horse battery";
		const ask = (what, body) => send({ url: `${url}/api/auth/${what}`, method: "POST", body });
		answered(await ask("register", { email, password, name: "Cgi" }), 201);
		const { accessToken, refreshToken } = answered(await ask("login", { email, password }));
		answered(await send({ url: `${url}/api/auth/me`, headers: { Authorization: `Bearer ${accessToken}` } }),
			200, { user: { email } });
		const renewed = answered(await ask("refresh", { refreshToken }));
		assert.ok(renewed.accessToken);
		assert.ok((await ask("logout", { refreshToken: renewed.refreshToken })).status < 300);
		refused(await ask("refresh", { refreshToken: renewed.refreshToken }), 401);
	});

	test("a record is created, changed, read and deleted", async () => {
		const created = await anna.post("/api/cars", { id: "7", location: "100", notes: "Tür ✓" });
		answered(created, 201, { car: { id: "7", notes: "Tür ✓" } });
		assert.match(created.headers.location, /^\/api\/cars\/7$/);
		answered(await anna.patch("/api/cars/7", { late: true }, { "If-Match": created.headers.etag }), 200,
			{ car: { version: 2 } });
		refused(await anna.patch("/api/cars/7", { late: false }, { "If-Match": created.headers.etag }), 412);
		answered(await anna.put("/api/cars/7", { location: "200" }), 200, { car: { version: 3 } });
		answered(await anna.delete("/api/cars/7"), 200, { car: { deleted: true } });
		refused(await anna.get("/api/cars/7"), 404);
	});

	test("a device pushes, polls and gets 304", async () => {
		outcomes(await anna.push([{ op: "a", collection: "cars", id: "8", base: 0, set: { location: "100" } }]),
			"applied");
		const { cursor } = await anna.pull();
		const first = await anna.get(`/api/sync/changes?since=${cursor}`);
		const second = await anna.get(`/api/sync/changes?since=${cursor}`,
			{ "If-None-Match": first.headers.etag });
		assert.equal(second.status, 304);
		assert.equal(second.text, "");
	});

	test("304 also for responses that Apache compresses", async () => {
		answered(await anna.push(Array.from({ length: 30 }, (_, i) => ({
			op: `z${i}`, collection: "cars", id: `z${i}`, base: 0, set: {},
		}))));
		const packed = await anna.get("/api/cars", { "Accept-Encoding": "gzip" });
		assert.equal(packed.headers["content-encoding"], "gzip");
		assert.ok(JSON.parse(gunzipSync(packed.bytes)).cars.length >= 30);
		assert.equal((await anna.get("/api/cars", {
			"Accept-Encoding": "gzip", "If-None-Match": packed.headers.etag,
		})).status, 304);
	});

	test("problems are problems, with their headers", async () => {
		const answer = refused(await anna.get("/api/cars?wings=2"), 400, { field: "wings" });
		assert.match(answer.instance, /^[0-9a-f]{32}$/);
		refused(await anna.get("/api/nothing/at/all/here"), 404);
		const none = await send({ url: `${url}/api/cars` });
		refused(none, 401);
		assert.match(none.headers["www-authenticate"], /^Bearer/);
		const method = await anna.request("DELETE", "/api/cars");
		refused(method, 405);
		assert.match(method.headers.allow, /POST/);
		assert.equal(method.headers["cache-control"], "no-store");
	});

	test("a large body arrives whole, and one that is too large is refused", async () => {
		const ops = Array.from({ length: 40 }, (_, i) => ({
			op: `b${i}`,
			collection: "tasks",
			id: `b${i}`,
			base: 0,
			set: { title: "x".repeat(200), days: Array.from({ length: 100 }, () => "mon") },
		}));
		outcomes(await anna.push(ops), ...ops.map(() => "applied"));
		const padded = Buffer.concat([
			Buffer.from(JSON.stringify({ device: "d", ops: [] })), Buffer.alloc(900_000, 0x20),
		]);
		answered(await anna.post("/api/sync/push", padded));
		refused(await anna.post("/api/sync/push", Buffer.alloc(1_100_000, 0x20)), 413);
		refused(await anna.post("/api/sync/push", Buffer.alloc(5_000_000, 0x20)), 413);
	});

	test("a file is sent whole and in pieces, and read whole and in ranges", async () => {
		const whole = jpeg("cgi whole", 3_000_000), pieces = jpeg("cgi pieces", 300_000);
		answered(await sendFile(anna, whole), 201, { file: { type: "image/jpeg", size: whole.length } });
		answered(await sendFile(anna, whole), 200);
		answered(await sendPiece(anna, pieces, 0, 100_000), 202, { file: { received: 100_000 } });
		assert.equal((await anna.head(`/api/files/${sha256(pieces)}`)).headers.range, "bytes=0-99999");
		answered(await sendPiece(anna, pieces, 100_000, 300_000), 201);
		const path = `/api/files/${sha256(whole)}`;
		const read = await anna.get(path);
		assert.ok(read.bytes.equals(whole));
		assert.equal(read.headers["content-type"], "image/jpeg");
		assert.equal(read.headers["content-security-policy"], "sandbox; default-src 'none'");
		assert.equal(read.headers["x-content-type-options"], "nosniff");
		assert.equal(read.headers["cache-control"], "private, max-age=31536000, immutable");
		const part = await anna.get(path, { Range: "bytes=600000-600099" });
		assert.deepEqual([part.status, part.headers["content-range"]], [206, "bytes 600000-600099/3000000"]);
		assert.ok(part.bytes.equals(whole.subarray(600_000, 600_100)));
		refused(await anna.get(path, { Range: "bytes=3000000-" }), 416);
		assert.equal((await anna.get(path, { "If-None-Match": read.headers.etag })).status, 304);
		const head = await anna.head(path);
		// Apache takes the length away.
		assert.deepEqual([head.status, head.text, head.headers.etag], [200, "", `"${sha256(whole)}"`]);
		refused(await sendFile(anna, Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>".padEnd(200))),
			415);
	});

	test("odd paths and encodings are handled as under nginx", async () => {
		for (const odd of [
			"/api/cars/%00", "/api/cars/7%2f8", "/api/cars/%c0%af", "/api/cars/%zz",
			"/api//cars", "/api/cars/",
		]) {
			const head = `GET ${odd} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${anna.token}\r\n`;
			const text = await sendRaw(port, `${head}Connection: close\r\n\r\n`);
			assert.match(text, /^HTTP\/1\.1 40[04] /, `${odd}: ${text.slice(0, 100)}`);
		}
	});

	test("a chunked body, and one that ends early", async () => {
		const head = `POST /api/cars HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${anna.token}\r\n` +
			"Content-Type: application/json\r\nConnection: close\r\n";
		const chunks = '9\r\n{"id":"ch\r\n8\r\nunked"  \r\n1\r\n}\r\n0\r\n\r\n';
		const chunked = await sendRaw(port, `${head}Transfer-Encoding: chunked\r\n\r\n${chunks}`);
		assert.match(chunked, /^HTTP\/1\.1 (201|400|411) /, chunked.slice(0, 300));
		await sendRaw(port, `${head}Content-Length: 200\r\n\r\n{"id":"short","location":"100"}`, { end: true });
		refused(await anna.get("/api/cars/short"), 404);
	});

	test("the settings and other files there are not served", async () => {
		for (const name of ["/.htaccess", "/daybook.conf", "/keys/", "/.git/config", "/x.sql", "/%2ehtaccess"])
			assert.ok([403, 404].includes((await send({ url: url + name })).status), name);
		assert.ok([403, 404, 400].includes((await send({ url: `${url}/daybook.cgi` })).status));
	});

	test("the web app is served with its security headers", async () => {
		const page = await send({ url: `${url}/`, headers: { Accept: "text/html" } });
		assert.equal(page.status, 200);
		assert.match(page.headers["content-security-policy"], /default-src 'self'/);
		assert.equal(page.headers["x-content-type-options"], "nosniff");
	});

	test("a path that ends in the id of a record opens the app; a missing file is 404", async () => {
		const page = await send({ url: `${url}/`, headers: { Accept: "text/html" } });
		const [, script] = /<script type="module" src="([^"]+)">/.exec(page.text);
		assert.match((await send({ url: url + script })).headers["cache-control"], /immutable/);
		for (const path of ["/c/cars/photo.png", "/c/cars/app.ABCDEFGH.js", "/c/cars/notes.md", "/c/cars/7"]) {
			const answer = await send({ url: url + path, headers: { Accept: "text/html" } });
			assert.deepEqual([answer.status, answer.text === page.text, answer.headers["cache-control"]],
				[200, true, "no-cache"], path);
			assert.equal((await send({ url: url + path, headers: { Accept: "*/*" } })).status, 404, path);
		}
		for (const path of ["/part.ABCDEFGH.js", "/data.json"]) {
			const answer = await send({ url: url + path, headers: { Accept: "text/html" } });
			assert.equal(answer.status, 404, path);
			assert.doesNotMatch(answer.headers["cache-control"] ?? "", /immutable/, path);
		}
	});

	test("many requests at once all get responses, and one of twelve creates wins", async () => {
		const answers = await Promise.all(Array.from({ length: 12 },
			() => inTurn("to create it", () => anna.post("/api/cars", { id: "race", location: "100" }))));
		assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, ...Array(11).fill(409)]);
	});

	test("a backup that is a job waits for the watch of cron, and is then downloaded", async () => {
		const { daybook } = await stack.pids();
		const list = await readFile(`/proc/${daybook}/task/${daybook}/children`, "utf8");
		const children = list.trim().split(/\s+/);
		const words = await Promise.all(children.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8")));
		const jobs = Number(children[words.findIndex((text) => text.split("\0").includes("--jobs"))]);
		process.kill(jobs, "SIGSTOP"); // under CGI there is no such process
		try {
			await stack.sql(`UPDATE space SET records = records + 1000000 WHERE id = '${anna.home}'`);
			const { id, job } = answered(await anna.post("/api/backup"));
			const state = async () => answered(await anna.get(`/api/jobs/${job}`)).job.state;
			await stack.sql(`UPDATE space SET records = records - 1000000 WHERE id = '${anna.home}'`);
			assert.equal(await state(), "waiting");
			refused(await anna.get(`/api/backups/${id}`), 404);
			assert.equal((await stack.ctl("watch")).status, 0);
			assert.equal(await state(), "done");
			const [backup] = answered(await anna.get("/api/backups")).backups;
			const file = await anna.get(`/api/backups/${backup.id}`);
			assert.deepEqual([backup.id, file.status, sha256(file.bytes)], [id, 200, backup.sha256]);
		} finally {
			process.kill(jobs, "SIGCONT");
		}
	});

	test("records written by CGI are those that the workers read", async () => {
		const here = await anna.get("/api/cars"), there = await stack.as("anna").get("/api/cars");
		assert.deepEqual(here.body, there.body);
		assert.equal((await stack.ctl("verify")).status, 0);
	});
});
