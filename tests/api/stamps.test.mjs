// Stamps of a time-stamping authority (RFC 3161) on the heads of spaces: one of our own on loopback, made with openssl.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { after, test } from "node:test";
import { root, run, start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { rewrite } from "../lib/past.mjs";

const stack = await start();
const file = (name) => path.join(stack.dir, name);
const openssl = async (...args) => {
	const { status, stderr } = await run("openssl", args);
	assert.equal(status, 0, stderr);
};

await writeFile(file("tsa.cnf"), `
[req]
distinguished_name = name
[name]
[tsa]
extendedKeyUsage = critical,timeStamping
[ts]
default_tsa = own
[own]
serial = ${file("serial")}
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
`);
await openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=An authority",
	"-config", file("tsa.cnf"), "-extensions", "tsa", "-keyout", file("tsa.key"), "-out", file("tsa.pem"));

let isDown = false;
const authority = http.createServer((request, response) => {
	const pieces = [];
	request.on("data", (piece) => pieces.push(piece)).on("end", async () => {
		if (isDown)
			return response.writeHead(503).end();
		await writeFile(file("query"), Buffer.concat(pieces));
		await openssl("ts", "-reply", "-config", file("tsa.cnf"), "-section", "own",
			"-queryfile", file("query"), "-signer", file("tsa.pem"),
			"-inkey", file("tsa.key"), "-out", file("reply"));
		response.writeHead(200, { "Content-Type": "application/timestamp-reply" });
		response.end(await readFile(file("reply")));
	});
});
await new Promise((resolve) => { authority.listen(0, "127.0.0.1", resolve); });
after(() => authority.close());

const stamp = (...args) =>
	run(path.join(root, "deploy", "stamp"), ["--config", stack.config, "--ca", file("tsa.pem"), ...args]);
const url = `http://127.0.0.1:${authority.address().port}/`;

test("each head is stamped once, every stamp holds, and none of a past that was rewritten does", async () => {
	const team = await stack.team({ anna: "owner" }), anna = stack.as("anna").in(team);
	answered(await anna.post("/api/cars", { id: "1", notes: "first" }), 201);
	const made = await stamp("--url", url);
	assert.equal(made.status, 0, made.stderr);
	assert.match(made.stdout, /^[1-9]\d* heads were stamped/);
	assert.match((await stamp("--url", url)).stdout, /^0 heads/);
	answered(await anna.post("/api/cars", { id: "2", notes: "second" }), 201);
	assert.match((await stamp("--url", url)).stdout, /^1 heads/);
	const checked = await stamp("--check");
	assert.deepEqual([checked.status, checked.stderr], [0, ""], checked.stdout);
	assert.match(checked.stdout, /^[1-9]\d* stamps hold/);

	await rewrite(stack, team.id, "first", "forged");
	const broken = await stamp("--check");
	assert.equal(broken.status, 2, broken.stdout + broken.stderr);
	assert.match(broken.stdout, /the chain does not go through what was stamped/);
	await stack.sql(`UPDATE stamp s JOIN audit a ON a.space_id = s.space_id AND a.seq = s.seq SET s.hash = a.hash`);
	const forged = await stamp("--check");
	assert.equal(forged.status, 2, "a stamp is of one hash");
	assert.match(forged.stdout, /not one of this hash/);
});

test("an authority that does not answer is an alarm until it does", async () => {
	answered(await stack.as("ben").post("/api/cars", { id: "1" }), 201);
	isDown = true;
	const failed = await stamp("--url", url);
	assert.equal(failed.status, 1);
	assert.match(failed.stderr, /does not answer/);
	const raised = () => stack.sql("SELECT kind FROM alarm WHERE kind = 'stamp-failed' AND over_at IS NULL");
	assert.equal((await raised()).length, 1);
	isDown = false;
	assert.equal((await stamp("--url", url)).status, 0);
	assert.deepEqual(await raised(), []);
});
