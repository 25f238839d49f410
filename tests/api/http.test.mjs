// What every answer has in common: headers, compression, methods, other origins, the words of nginx itself; and health.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { start } from "../harness.mjs";
import { answered, refused } from "../lib/expect.mjs";
import { jpeg, send as sendFile } from "../lib/files.mjs";
import { send, sendRaw, until } from "../lib/http.mjs";

const ORIGIN = "https://app.example.org";
const stack = await start({ settings: { origins: `https://other.example.org ${ORIGIN}` } });
const { as, url, port } = stack;

function ask(method, path, headers = {}, body) {
	return send({ url: url + path, method, headers, body });
}

describe("every answer", () => {
	test("has a request id of the server's own, which is in the log too", async () => {
		const anna = await as("anna").ready();
		const answer = await anna.get("/api/cars", { "X-Request-Id": "mine", "Request-Id": "mine" });
		const id = answer.headers["x-request-id"];
		assert.match(id, /^[0-9a-f]{32}$/);
		await until("the line is in the log",
			async () => (await stack.logLines()).some((line) => line.includes(`id=${id}`)));
		const problem = refused(await anna.get("/api/cars/none"), 404);
		assert.match(problem.instance, /^[0-9a-f]{32}$/);
	});

	test("of the API is not to be stored or sniffed, and names its type", async () => {
		const anna = await as("anna").ready();
		for (const path of [
			"/api/health", "/api/cars", "/api/cars/none", "/api/nothing/here/at/all", "/api/sync/changes",
		]) {
			const { headers } = await anna.get(path);
			assert.equal(headers["cache-control"], "no-store", path);
			assert.equal(headers["x-content-type-options"], "nosniff", path);
			assert.match(headers["content-type"], /^application\/(problem\+)?json$/, path);
			assert.equal(headers["x-powered-by"], undefined);
			assert.doesNotMatch(headers.server ?? "", /\d/, path);
		}
	});

	test("of the API is compressed for clients that accept it", async () => {
		const anna = await as("anna").ready();
		const ops = Array.from({ length: 40 }, (_, i) => ({
			op: `g${i}`, collection: "cars", id: `g${i}`, base: 0, set: { location: "100" },
		}));
		answered(await anna.push(ops));
		const plain = await anna.get("/api/cars");
		const packed = await anna.get("/api/cars", { "Accept-Encoding": "gzip" });
		assert.equal(packed.headers["content-encoding"], "gzip");
		assert.match(packed.headers.vary ?? "", /Accept-Encoding/i);
		assert.ok(packed.bytes.length < plain.bytes.length / 4);
		assert.deepEqual(JSON.parse(gunzipSync(packed.bytes)), plain.body);
		const etag = packed.headers.etag;
		assert.equal((await anna.get("/api/cars", { "Accept-Encoding": "gzip", "If-None-Match": etag })).status,
			304);
	});

	test("of the web app has a strict Content-Security-Policy", async () => {
		const { headers, status } = await ask("GET", "/", { Accept: "text/html" });
		assert.equal(status, 200);
		assert.match(headers["content-security-policy"], /default-src 'self'/);
		assert.doesNotMatch(headers["content-security-policy"], /unsafe/);
		assert.match(headers["content-security-policy"], /frame-ancestors 'none'/);
		assert.match(headers["content-security-policy"], /require-trusted-types-for 'script'/);
		assert.equal(headers["x-content-type-options"], "nosniff");
		assert.equal(headers["referrer-policy"], "no-referrer");
	});

	test("of the web app is kept for good if its name has its hash; page and worker are not", async () => {
		const page = await ask("GET", "/", { Accept: "text/html" });
		const [, script] = /<script type="module" src="([^"]+)">/.exec(page.text);
		assert.match((await ask("GET", script)).headers["cache-control"], /immutable/);
		for (const path of ["/", "/sw.js", "/manifest.webmanifest", "/icon-192.png", "/c/weights/7"])
			assert.equal((await ask("GET", path, { Accept: "text/html" })).headers["cache-control"],
				"no-cache", path);
	});

	test("for a path that ends in the id of a record is the app, whatever the id looks like", async () => {
		const page = await ask("GET", "/", { Accept: "text/html" });
		for (const id of [
			"photo.png", "list.json", "page.html", "app.ABCDEFGH.js", "a.php", "notes.txt", "v1.2",
		])
			for (const path of [`/c/cars/${id}`, `/fleet/shift/${id}`]) {
				const answer = await ask("GET", path, { Accept: "text/html,*/*;q=0.8" });
				assert.deepEqual([
					answer.status, answer.text === page.text, answer.headers["cache-control"],
					answer.headers["content-type"],
				], [200, true, "no-cache", "text/html; charset=utf-8"], path);
			}
	});

	test("for a missing file of the web app is 404, not the app, and not cached for ever", async () => {
		for (const path of [
			"/part.ABCDEFGH.js", "/style.ABCDEFGH.css", "/old.js", "/data.json",
			"/favicon.ico", "/robots.txt",
		])
			for (const accept of ["*/*", "text/html"]) {
				const answer = await ask("GET", path, { Accept: accept });
				assert.deepEqual([answer.status, answer.headers["cache-control"]],
					[404, "no-cache"], path);
			}
		for (const path of ["/c/cars/part.ABCDEFGH.js", "/c/cars/photo.png", "/c/cars/7"])
			assert.equal((await ask("GET", path, { Accept: "*/*" })).status, 404, path);
	});
});

describe("methods", () => {
	test("OPTIONS tells which methods a path allows, without a token", async () => {
		const answer = await ask("OPTIONS", "/api/cars/7");
		assert.equal(answer.status, 204);
		assert.deepEqual(answer.headers.allow.split(", ").sort(),
			["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "PUT"]);
	});

	test("one that a path does not allow is 405 with Allow", async () => {
		const anna = await as("anna").ready();
		for (const [method, path] of [
			["DELETE", "/api/cars"], ["PUT", "/api/cars"], ["POST", "/api/cars/7"], ["POST", "/api/health"],
			["PATCH", "/api/sync/push"],
		]) {
			const answer = await anna.request(method, path, { body: {} });
			refused(answer, 405);
			assert.match(answer.headers.allow, /OPTIONS/);
		}
	});

	test("an unknown one is 405", async () => {
		for (const method of ["FOO", "PROPFIND", "TRACE", "CONNECT", "get"]) {
			const text = await sendRaw(port,
				`${method} /api/cars HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
			assert.match(text, /^HTTP\/1\.1 40[05] /, `${method}: ${text.slice(0, 60)}`);
		}
	});
});

describe("other origins", () => {
	test("a listed one may call from a browser, without cookies", async () => {
		const answer = await as("anna").get("/api/cars", { Origin: ORIGIN });
		assert.equal(answer.headers["access-control-allow-origin"], ORIGIN);
		assert.equal(answer.headers["access-control-allow-credentials"], undefined);
		assert.match(answer.headers.vary, /Origin/);
		const before = await ask("OPTIONS", "/api/cars/7", {
			Origin: ORIGIN, "Access-Control-Request-Method": "PATCH",
			"Access-Control-Request-Headers": "authorization",
		});
		assert.match(before.headers["access-control-allow-methods"], /PATCH/);
		assert.match(before.headers["access-control-allow-headers"], /Authorization/);
	});

	test("any other gets no CORS headers", async () => {
		for (const origin of [
			"https://evil.example.org", `${ORIGIN}.evil.org`, "https://app.example.or", "null",
			`${ORIGIN} x`, "https://other.example.org https://app.example.org",
		]) {
			const answer = await as("anna").get("/api/cars", { Origin: origin });
			assert.equal(answer.headers["access-control-allow-origin"], undefined, origin);
		}
	});
});

// A request with these lines of its head, up to the empty one.
function head(request, ...headers) {
	return [`${request} HTTP/1.1`, ...headers, "Connection: close", "", ""].join("\r\n");
}

describe("nginx itself", () => {
	const twoBytes = "Content-Length: 2";
	for (const [what, bytes, status] of [
		["no HTTP at all", "hello\r\n\r\n", 400],
		["two lengths", `${head("POST /api/cars", "Host: x", twoBytes, "Content-Length: 3")}{}`, 400],
		[
			"a length and chunks",
			`${head("POST /api/cars", "Host: x", twoBytes, "Transfer-Encoding: chunked")}0\r\n\r\n`, 400,
		],
		["a length below zero", head("POST /api/cars", "Host: x", "Content-Length: -5"), 400],
		[
			"a transfer encoding nobody knows",
			head("POST /api/cars", "Host: x", "Transfer-Encoding: xchunked"), 501,
		],
		["no Host", head("GET /api/cars"), 400],
		["a zero byte in a header", head("GET /api/cars", "Host: x", "X-A: \0"), 400],
		["an address of nine kilobytes", head(`GET /api/${"a".repeat(9000)}`, "Host: x"), 414],
		["a header of nine kilobytes", head("GET /api/cars", "Host: x", `X-A: ${"a".repeat(9000)}`), 431],
	])
		test(`answers ${what} with a problem of its own`, async () => {
			const text = await sendRaw(port, Buffer.from(bytes, "latin1"));
			assert.match(text, new RegExp(`^HTTP/1\\.[01] ${status} `), text.slice(0, 200));
			assert.match(text, /application\/problem\+json/);
			assert.match(text, new RegExp(`"status":${status}`));
		});

	test("a body of ten megabytes gets a problem, and nothing is written", async () => {
		const anna = await as("anna").ready();
		const before = await stack.head(anna.home);
		refused(await anna.post("/api/cars", Buffer.alloc(10 << 20, 0x20)), 413);
		assert.equal(await stack.head(anna.home), before);
	});

	test("a body that ends early writes nothing", async () => {
		const anna = await as("anna").ready();
		const before = await stack.head(anna.home);
		const body = '{"id":"short","location":"100"}';
		const sent = head("POST /api/cars", "Host: x", `Authorization: Bearer ${anna.token}`,
			"Content-Type: application/json", `Content-Length: ${body.length + 10}`);
		await sendRaw(port, sent + body, { end: true });
		assert.equal(await stack.head(anna.home), before);
		refused(await anna.get("/api/cars/short"), 404);
	});

	test("a body in chunks is a body", async () => {
		const anna = await as("anna").ready();
		const sent = head("POST /api/cars", "Host: x", `Authorization: Bearer ${anna.token}`,
			"Content-Type: application/json", "Transfer-Encoding: chunked");
		const text = await sendRaw(port, `${sent}9\r\n{"id":"ch\r\n8\r\nunked"  \r\n1\r\n}\r\n0\r\n\r\n`);
		assert.match(text, /^HTTP\/1\.1 201 /);
	});

	test("a body for which nginx has no room is 503 with Retry-After", async () => {
		const anna = await as("anna").ready(), photo = jpeg("no room", 300_000);
		const folder = path.join(stack.dir, "temp", "body");
		await rename(folder, `${folder}-aside`);
		await writeFile(folder, "");
		try {
			const answer = await sendFile(anna, photo);
			refused(answer, 503, { type: "/problems/unavailable" });
			assert.equal(answer.headers["retry-after"], "5");
		} finally {
			await rm(folder);
			await rename(`${folder}-aside`, folder);
		}
		answered(await sendFile(anna, photo), 201);
	});

	test("request headers cannot pose as FastCGI parameters", async () => {
		const anna = await as("anna").ready(), ben = await as("ben").ready();
		const answer = await anna.get("/api/auth/me", {
			"X-User-Id": ben.id, "X-Space-Id": ben.home, "Request-Id": "1", "Remote-Addr": "10.0.0.1",
			"Proxy": "http://evil", "X-Forwarded-For": "10.0.0.1",
			"X-Original-Url": "/api/auth/sessions", "X-Rewrite-Url": "/api/auth/sessions",
			"X-Http-Method-Override": "DELETE",
		});
		assert.equal(answered(answer).user.id, anna.id);
	});
});

describe("health", () => {
	test("is compact and begins with what monitors look for", async () => {
		const answer = await ask("GET", "/api/health");
		assert.equal(answer.status, 200);
		assert.ok(answer.text.startsWith('{"status":"ok"'), answer.text);
		assert.doesNotMatch(answer.text, /\s"/);
		assert.ok(answer.text.length < 250);
		assert.deepEqual(Object.keys(answer.body),
			["status", "schema", "time", "sharedTable", "backup", "database", "disk", "mail", "alarms"]);
	});

	test("is 503 with Retry-After while the database is not live, and so is everything else", async () => {
		const anna = await as("anna").ready();
		await stack.sql("UPDATE meta SET value = '0' WHERE name = 'live'");
		for (const path of ["/api/health", "/api/cars", "/api/sync/changes", "/api/auth/me"]) {
			const answer = await anna.get(path);
			refused(answer, 503, { type: "/problems/unavailable" });
			assert.match(answer.headers["retry-after"], /^\d+$/);
		}
		refused(await anna.post("/api/auth/login", { email: anna.email, password: anna.password }), 503);
		refused(await anna.push([{ op: "x", collection: "cars", id: "x", base: 0, set: {} }]), 503);
		await stack.sql("UPDATE meta SET value = '1' WHERE name = 'live'");
		answered(await anna.get("/api/cars"));
	});
});

describe("errors of browsers", () => {
	test("go to the log, one line each, whatever they contain", async () => {
		const answer = await ask("POST", "/api/client-errors", { "Content-Type": "text/plain" },
			"boom\nERROR request id=forged status=500");
		assert.equal(answer.status, 204);
		const lines = await until("the line is there", async () => {
			const found = (await stack.logLines()).filter((line) => line.includes(" event=client-error "));
			return found.length > 0 && found;
		});
		assert.equal(lines.length, 1);
		assert.match(lines[0], /boom.*forged/);
		refused(await ask("POST", "/api/client-errors", { "Content-Type": "text/plain" }, "red\u001b[31m"),
			400);
		refused(await ask("POST", "/api/client-errors", { "Content-Type": "text/plain" }, "x".repeat(9000)),
			413);
		refused(await ask("POST", "/api/client-errors"), 400);
	});
});

test("no response was a 5xx", async () => {
	assert.deepEqual((await stack.faults()).filter((line) => !line.includes("status=503")), []);
});
