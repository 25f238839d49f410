// What an operator does and sees: doctor, keys, the table of routes, the log, a dump that is put back into use.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { start } from "../harness.mjs";
import { refused } from "../lib/expect.mjs";
import { send } from "../lib/http.mjs";

const stack = await start();
const { as, ctl, sql, url } = stack;

function ask(path, options = {}) {
	return send({ url: url + path, ...options });
}

// The lines of the workers about the request with this id.
async function linesAbout(answer) {
	const id = answer.headers["x-request-id"];
	return (await stack.logLines()).filter((line) => line.includes("event=") && line.includes(`id=${id}`));
}

test("the doctor finds no fault in a fresh installation", async () => {
	const answer = await ctl("doctor", "--url", url);

	assert.equal(answer.status, 0, answer.stdout + answer.stderr);
	assert.match(answer.stdout, /\n0 bad, /);
	assert.match(answer.stdout, / live +in use(?:, and the one that this machine last wrote to, |; nothing ).*\n/);
});

test("the doctor says what is wrong and how to fix it", async () => {
	await sql("ALTER TABLE throttle ENGINE = MyISAM; UPDATE meta SET value = '0' WHERE name = 'live'");
	const answer = await ctl("doctor");
	await sql("ALTER TABLE throttle ENGINE = InnoDB; UPDATE meta SET value = '1' WHERE name = 'live'");

	assert.equal(answer.status, 1);
	assert.match(answer.stdout, /BAD +tables +throttle .*\n +-> ALTER TABLE throttle ENGINE = InnoDB/);
	assert.match(answer.stdout, /BAD +live .*\n +-> .*daybookctl restore/);
});

// What deploy/README.md lets every backup end with.
async function endOfDump() {
	const page = await readFile(new URL("../../deploy/README.md", import.meta.url), "utf8");
	return /mariadb-dump .*&&\n +echo "(UPDATE meta [^"]+;)"/.exec(page)[1];
}

test("a loaded dump is not served until restore has given the spaces new epochs", async () => {
	const olga = as("olga");
	await olga.post("/api/tasks", { title: "Write it down" });
	const { body: { cursor } } = await olga.get("/api/sync/changes");

	await sql(await endOfDump());
	const health = await ask("/api/health"), poll = await olga.get("/api/sync/heads");
	assert.equal(health.status, 503);
	assert.equal(poll.status, 503, "nobody is signed out while the dump waits");
	assert.ok(Number(health.headers["retry-after"]) > 0);

	const restored = await ctl("restore");
	assert.equal(restored.status, 0, restored.stderr);
	assert.equal((await ask("/api/health")).status, 200);
	assert.equal((await olga.get("/api/tasks")).status, 401, "everybody signs in again");

	const { body: { accessToken } } = await ask("/api/auth/login",
		{ method: "POST", body: { email: olga.email, password: olga.password } });
	const resync = await ask(`/api/sync/changes?since=${encodeURIComponent(cursor)}`,
		{ headers: { Authorization: `Bearer ${accessToken}` } });
	assert.equal(resync.status, 410);
	assert.equal(resync.problem.restored.seq, 1);
	assert.notEqual(resync.problem.restored.epoch, cursor.slice(0, 32));
});

test("restore refuses to touch a database in use", async () => {
	const answer = await ctl("restore");

	assert.equal(answer.status, 1);
	assert.match(answer.stderr, /in use/);
});

test("every route responds, and only public ones without a token", async () => {
	const { stdout } = await ctl("routes", "--json");

	for (const { method, pattern, access } of JSON.parse(stdout)) {
		const path = pattern.replace(":collection", "tasks").replace(/:\w+/g, "x1");
		const { status } = await ask(path, { method });

		if (access === "public")
			assert.ok([200, 204, 400, 401, 403, 415].includes(status), `${method} ${pattern}: ${status}`);
		else
			assert.equal(status, 401, `${method} ${pattern}`);
	}
});

test("daybookctl prints its usage", async () => {
	assert.equal((await ctl("help")).status, 0);
	assert.match((await ctl("version")).stdout, /^daybook \S+, schema \d+ to \d+\n$/);
	for (const words of [
		[], ["bogus"], ["tidy", "--shift-days"], ["key"], ["routes", "--xml"], ["doctor", "--url", "https://x"],
		["space"], ["verify", "--all"], ["grants", "--all"], ["restore", "x"], ["user"],
	]) {
		const answer = await ctl(...words);
		assert.equal(answer.status, 2, words.join(" "));
		assert.match(answer.stderr, /^usage: daybookctl (?!daybookctl)/m);
	}
});

test("a new key signs after a reload, and the old one is valid until it is removed", async () => {
	const rosa = as("rosa");
	await rosa.get("/api/tasks");
	const before = (await ctl("key", "list")).stdout.trim().split("\n").length;

	assert.equal((await ctl("key", "create")).status, 0);
	assert.equal((await ctl("key", "list")).stdout.trim().split("\n").length, before + 1);
	await stack.renewWorkers();
	assert.equal((await rosa.get("/api/tasks")).status, 200);
	const { body: { accessToken } } = await ask("/api/auth/login",
		{ method: "POST", body: { email: rosa.email, password: rosa.password } });
	const kid = (token) => JSON.parse(Buffer.from(token.split(".")[0], "base64url")).kid;
	assert.notEqual(kid(accessToken), kid(rosa.token));
});

test("errors of browsers are in the log, shortened and quoted, and limited in number", async () => {
	const report = (body) => ask("/api/client-errors",
		{ method: "POST", body, headers: { "Content-Type": "text/plain" } });
	const answer = await report("TypeError: \"x\"\nevent=request status=500");

	assert.equal(answer.status, 204);
	const [line] = (await linesAbout(answer)).filter((each) => each.includes("event=client-error"));
	assert.match(line, /level=warn .*text="TypeError: \\"x\\"\\x0aevent=request status=500"/);
	assert.equal((await report("x".repeat(8193))).status, 413);
	assert.equal((await report(Buffer.from([0xff, 0xfe]))).status, 400);
	let last;
	for (let i = 0; i < 1000 && last?.status !== 429; i++)
		last = await report("again");
	refused(last, 429, { type: "/problems/too-many" });
	assert.ok(Number(last.headers["retry-after"]) > 0);
});

test("a request is one line of the log with its route, and nothing that was sent", async () => {
	const lena = as("lena");
	const answer = await lena.post("/api/tasks?secretquery=1", { title: "secretbody" });
	const found = await linesAbout(answer);

	assert.equal(answer.status, 400);
	assert.equal(found.length, 1);
	assert.match(found[0], /event=request id=\S+ user=\S+ route="POST \/api\/:collection" status=400 /);
	assert.match(found[0], / status=400 ms=\d+ sql=\d+ type=\/problems\/\S+/);
	assert.doesNotMatch(found[0], /secret|Bearer|lena/);
});

test("data that was changed behind Daybook's back is a fault that the log names, and nothing is written", async () => {
	const quinn = as("quinn");
	assert.equal((await quinn.post("/api/tasks", { id: "1", title: "Sweep" })).status, 201);
	const { body: { cursor } } = await quinn.get("/api/sync/changes");
	assert.equal((await quinn.patch("/api/tasks/1", { title: "Mop" })).status, 200);
	await sql("UPDATE record SET version = 9 WHERE collection = 'tasks' AND id = '1'");

	const write = await quinn.patch("/api/tasks/1", { title: "Scrub" });
	const read = await quinn.get(`/api/sync/changes?since=${encodeURIComponent(cursor)}`);
	for (const answer of [write, read]) {
		assert.equal(answer.status, 500);
		assert.doesNotMatch(JSON.stringify(answer.body), /version/);
		assert.match((await linesAbout(answer)).join(),
			/cause="does not hold: each version of a record took a seq"/);
	}
	const [{ doc }] = await sql("SELECT doc FROM record WHERE collection = 'tasks' AND id = '1'");
	assert.match(doc, /Mop/);
	await sql("UPDATE record SET version = 2 WHERE collection = 'tasks' AND id = '1'");
	assert.equal((await quinn.patch("/api/tasks/1", { title: "Scrub" })).status, 200);
});

test("odd paths and methods are refused", async () => {
	const mia = as("mia");
	const cases = [
		[404, "GET", "/api/nothing"], [404, "GET", "/api/tasks/"], [404, "GET", "/api//tasks"],
		[404, "GET", "/api/tasks%2Fx"],
		[404, "GET", "/api/tasks/-x"], [404, "GET", "/api/spaces/nowhere/tasks"],
		[404, "GET", "/api/spaces/nowhere/auth/me"],
		[400, "GET", "/api/tasks?q=%ff"], [400, "GET", "/api/tasks?q=%00"], [400, "GET", "/api/tasks?q=%"],
		[400, "GET", "/api/tasks?limit=1&limit=1"],
		[400, "GET", "/api/tasks?nosuch=1"], [413, "GET", `/api/${"x".repeat(1100)}`],
		[405, "PUT", "/api/tasks"], [405, "DELETE", "/api/tasks"], [405, "GET", "/api/sync/push"],
		[405, "PROPFIND", "/api/tasks"],
	];

	for (const [status, method, path] of cases) {
		const answer = await mia.request(method, path);
		assert.equal(answer.status, status, `${method} ${path}`);
		assert.equal(answer.problem?.status, status, `${method} ${path}`);
	}
	assert.equal((await mia.request("PUT", "/api/tasks")).headers.allow, "GET, HEAD, POST, OPTIONS");
});

test("odd headers are refused by name", async () => {
	const nora = as("nora");

	for (const [name, value] of [
		["Idempotency-Key", "a b"], ["Idempotency-Key", "x".repeat(65)], ["X-Device-Id", "../x"],
		["If-None-Match", "\x01"],
	]) {
		const answer = await nora.get("/api/tasks", { [name]: value }).catch((error) => error);
		if (answer instanceof Error)
			continue;
		assert.equal(answer.status, 400, `${name}: ${value}`);
		assert.equal(answer.problem.field, name);
	}
});

test("a body must be complete JSON of a known length", async () => {
	const paul = as("paul");
	const post = (body, type) => paul.request("POST", "/api/tasks", { body, headers: { "Content-Type": type } });

	assert.equal((await post("{\"title\":\"one\"}", "text/plain")).status, 415);
	assert.equal((await post("{\"title\":\"one\"}", "application/json; charset=latin1")).status, 415);
	assert.equal((await post("{\"title\":\"one\"}", "application/json; charset=utf-8")).status, 201);
	assert.equal((await post("", "application/json")).status, 400);
	assert.equal((await post("[]", "application/json")).status, 400);
	assert.equal((await post(Buffer.alloc((1 << 20) + 1, " "), "application/json")).status, 413);
});
