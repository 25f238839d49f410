// Stamps of a time-stamping authority (RFC 3161) on the heads of spaces: one of our own on loopback, made with openssl.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { after, describe, test } from "node:test";
import { root, run, start } from "../harness.mjs";
import { answered, refused } from "../lib/expect.mjs";
import { Operator } from "../lib/operator.mjs";
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

const dayLater = () => stack.sql("UPDATE stamp SET at = at - INTERVAL 1 DAY");

test("each head is stamped once, every stamp holds, and none of a past that was rewritten does", async () => {
	const team = await stack.team({ anna: "owner" }), anna = stack.as("anna").in(team);
	answered(await anna.post("/api/cars", { id: "1", notes: "first" }), 201);
	const made = await stamp("--url", url);
	assert.equal(made.status, 0, made.stderr);
	assert.match(made.stdout, /^[1-9]\d* heads were stamped/);
	assert.match((await stamp("--url", url)).stdout, /^0 heads/);
	answered(await anna.post("/api/cars", { id: "2", notes: "second" }), 201);
	assert.match((await stamp("--url", url)).stdout, /^0 heads/, "once a day");
	await dayLater();
	assert.match((await stamp("--url", url)).stdout, /^1 heads/);
	const checked = await stamp("--check");
	assert.deepEqual([checked.status, checked.stderr], [0, ""], checked.stdout);
	assert.match(checked.stdout, /^[1-9]\d* stamps hold/);

	// The authority's certificate has ended since: what it stamped before still holds.
	const later = await new Operator(stack).pathWith("openssl",
		'[[ $* != *-verify* || $* == *-attime* ]] || set -- "$@" -attime 4102444800; exec "$tool" "$@"');
	const late = await run(path.join(root, "deploy", "stamp"),
		["--config", stack.config, "--ca", file("tsa.pem"), "--check"], { env: later });
	assert.equal(late.status, 0, late.stdout + late.stderr);

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
	await dayLater();
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

describe("members", () => {
	// A team with three writes, each stamped on a day of its own.
	async function stamped() {
		const team = await stack.team({ cleo: "owner", vera: "viewer", otto: "manager" });
		const cleo = stack.as("cleo").in(team);
		for (const id of ["1", "2", "3"]) {
			answered(await cleo.post("/api/cars", { id, notes: `first ${id}` }), 201);
			await dayLater();
			assert.equal((await stamp("--url", url)).status, 0);
		}
		return { team, cleo, vera: stack.as("vera").in(team) };
	}

	test("find the stamps of their space, newest first, and check each with openssl alone", async () => {
		const { team, vera } = await stamped();
		const { stamps, next } = answered(await vera.get("/api/sync/stamps"));
		const { chain } = answered(await vera.get("/api/sync/head"));
		assert.deepEqual([stamps.map(({ seq, through }) => [seq, through]), next],
			[[[3, true], [2, true], [1, true]], null]);
		assert.equal(stamps[0].chain, chain);
		assert.match(stamps[0].at, /^20\d\d-.*Z$/);
		for (const one of stamps) {
			const answer = await vera.get(`/api/sync/stamps/${one.seq}`);
			assert.equal(answer.status, 200);
			assert.equal(answer.headers["content-type"], "application/timestamp-reply");
			assert.match(answer.headers["content-disposition"], new RegExp(`-${one.seq}\\.tsr"$`));
			await writeFile(file("one.tsr"), answer.bytes);
			await openssl("ts", "-verify", "-digest", one.chain, "-in", file("one.tsr"),
				"-CAfile", file("tsa.pem"));
		}
		const wrong = await run("openssl", ["ts", "-verify", "-digest", stamps[0].chain, "-in", file("one.tsr"),
			"-CAfile", file("tsa.pem")]);
		assert.notEqual(wrong.status, 0, "a stamp is of one hash");
		await rewrite(stack, team.id, "first 2", "forged");
		assert.deepEqual(answered(await vera.get("/api/sync/stamps")).stamps.map(({ through }) => through),
			[false, false, true]);
	});

	test("read them in pages, and nobody else reads them", async () => {
		const { team, vera } = await stamped();
		const first = answered(await vera.get("/api/sync/stamps?limit=2"));
		assert.deepEqual([first.stamps.map(({ seq }) => seq), first.next], [[3, 2], 2]);
		const second = answered(await vera.get(`/api/sync/stamps?limit=2&after=${first.next}`));
		assert.deepEqual([second.stamps.map(({ seq }) => seq), second.next], [[1], null]);
		refused(await vera.get("/api/sync/stamps?limit=101"), 400, { field: "limit" });
		const zoe = stack.as("zoe").in(team);
		for (const place of ["/api/sync/stamps", "/api/sync/stamps/1"])
			refused(await zoe.get(place), 404);
		for (const seq of ["4", "x", "-1", "1x", "99999999999999999999"])
			refused(await vera.get(`/api/sync/stamps/${seq}`), 404);
	});
});

test("what waits too long for a stamp is said by daybookctl stamps, health and the doctor", async () => {
	const team = await stack.team({ dora: "owner" }), dora = stack.as("dora").in(team);
	const watch = async () => assert.equal((await stack.ctl("watch")).status, 0);
	const late = async () => answered(await stack.as("dora").get("/api/health")).alarms["stamp-late"];
	const remeasure = () => stack.sql("DELETE FROM measure");
	answered(await dora.post("/api/cars", { id: "1" }), 201);
	const listed = await stack.ctl("stamps");
	assert.equal(listed.status, 0, listed.stdout);
	assert.match(listed.stdout, new RegExp(`^${team.id} +waits +head 1 +no stamp +not stamped since `, "m"));
	assert.match(listed.stdout, /No authority is set/);
	await stack.sql(`UPDATE audit SET at = at - INTERVAL 27 HOUR WHERE space_id = '${team.id}'`);
	await watch();
	assert.equal(await late(), undefined, "no authority is set");

	await stack.configure({ stamp_url: url, stamp_ca: file("tsa.pem") });
	await remeasure();
	await watch();
	assert.equal(await late(), 1);
	assert.match((await stack.ctl("doctor")).stdout, /BAD +stamp-late +What was written 27 hours ago has no stamp/);
	const stale = await stack.ctl("stamps");
	assert.equal(stale.status, 1);
	assert.match(stale.stdout, new RegExp(`^${team.id} +stale`, "m"));

	const made = await run(path.join(root, "deploy", "stamp"), ["--config", stack.config]);
	assert.equal(made.status, 0, made.stderr);
	await remeasure();
	await watch();
	assert.equal(await late(), undefined);
	assert.match((await stack.ctl("stamps")).stdout,
		new RegExp(`^${team.id} +stamped +head 1 +stamp 1 of 20`, "m"));
});
