// What one account or one address can take from others is bounded.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import net from "node:net";
import { test } from "node:test";
import { start } from "../harness.mjs";
import { answered, refused } from "../lib/expect.mjs";
import { send, until } from "../lib/http.mjs";

const stack = await start({ limits: true, settings: { sign_ups: 50 } });
const { as, sql } = stack;

test("accounts from one network are counted, the first fifty need no wait", async () => {
	const one = async () => (await send({
		url: `${stack.url}/api/auth/register`, method: "POST", from: "127.0.0.9",
		body: {
			email: `${randomUUID()}@example.org`, password: "a long password", name: "Sam",
			deviceName: "Test",
		},
	}));
	await sql("DELETE FROM throttle");
	answered(await one(), 201);
	const [{ n }] = await sql("SELECT COUNT(*) AS n FROM throttle");
	assert.equal(Number(n), 1);
	await sql("UPDATE throttle SET failures = 60, last_at = UTC_TIMESTAMP(3)");
	const later = refused(await one(), 429, { type: "/problems/throttled" });
	assert.ok(later.detail);
	await sql("UPDATE throttle SET last_at = UTC_TIMESTAMP(3) - INTERVAL 1 HOUR");
	answered(await one(), 201);
});

test("nginx answers what is too much of one address as a problem, and other addresses are served", async () => {
	const login = (from) => send({
		url: `${stack.url}/api/auth/login`, method: "POST", from,
		body: { email: "nobody", password: "x", deviceName: "" },
	});
	const answers = await Promise.all(Array.from({ length: 90 }, () => login("127.0.0.4")));
	const refusals = answers.filter(({ status }) => status === 429);

	assert.ok(refusals.length > 0);
	for (const answer of refusals) {
		refused(answer, 429, { type: "/problems/too-many" });
		assert.match(answer.headers["retry-after"], /^[1-9]\d*$/);
	}
	assert.notEqual((await login("127.0.0.5")).status, 429);
});

// So many requests at once of an address, none of which comes to its end: all beyond the first `most` are 429.
async function tooMany(count, most, from, line, length) {
	const answers = [];
	const sockets = Array.from({ length: count }, () => {
		const socket = net.connect({ host: "127.0.0.1", port: stack.port, localAddress: from });
		socket.write(`${line} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n`);
		return socket.on("error", () => {}).once("data", (bytes) => answers.push(bytes.toString()));
	});
	try {
		await until(`those beyond the first ${most} are answered`, () => answers.length === count - most);
	} finally {
		for (const socket of sockets)
			socket.destroy();
	}
	for (const answer of answers)
		assert.match(answer, /^HTTP\/1.1 429 (?:.*\r\n)+Retry-After: [1-9]/);
}

test("one request too many of an address is 429, however large the body that it announces", async () => {
	await tooMany(140, 100, "127.0.0.7", `PUT /api/files/${"a".repeat(64)}`, 2_000_000);
});

test("an address has eight exports under way, of whichever space", async () => {
	await tooMany(10, 8, "127.0.0.8", "GET /api/mileage/export?format=json", 1000);
	await tooMany(10, 8, "127.0.0.10", "GET /api/spaces/01a22599-e67b-77fd-bddc-a6c2467e0c71/cars/export", 1000);
	await tooMany(10, 8, "127.0.0.11", "GET /api/export", 1000);
	await tooMany(10, 8, "127.0.0.12", "GET /api/backups/01a22599-e67b-77fd-bddc-a6c2467e0c71", 1000);
});

test("a person keeps a hundred sign-ins and a hundred devices", async () => {
	const anna = await as("anna").ready();
	await sql(`
		INSERT INTO session (id, user_id, kind, hash, seed, name, scope, created_at, last_used_at, expires_at)
		SELECT UNHEX(MD5(CONCAT('s', n.seq))), user_id, kind, UNHEX(SHA2(CONCAT('s', n.seq), 256)), seed, name,
		       scope, created_at, last_used_at - INTERVAL n.seq HOUR, expires_at
		  FROM session JOIN seq_1_to_150 n
		 WHERE user_id = (SELECT id FROM user WHERE email = '${anna.email}') AND kind = 'sign-in'`);
	await sql(`INSERT INTO device (user_id, id, name, created_at, last_seen)
		SELECT id, CONCAT('old-', seq), 'Old', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) - INTERVAL seq HOUR
		  FROM user JOIN seq_1_to_150 WHERE email = '${anna.email}'`);
	answered(await send({
		url: `${stack.url}/api/auth/login`, method: "POST", from: "127.0.0.6",
		body: { email: anna.email, password: anna.password, deviceName: "New" },
	}), 200);
	assert.equal(answered(await anna.get("/api/auth/sessions")).sessions.length, 100);
	answered(await anna.with({ "X-Device-Id": "new" }).get("/api/sync/changes"), 200);
	const [{ n }] = await sql(`SELECT COUNT(*) AS n FROM device
		WHERE user_id = (SELECT id FROM user WHERE email = '${anna.email}')`);
	assert.equal(Number(n), 100);
});
