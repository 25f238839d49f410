// The APIs of other systems at the root of a port, by the server block that deploy/nginx-facade.conf ships: the clients
// of such systems know a host and no path before /api.  Everything that comes from there has that system's format, also
// what nginx says itself.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { send, sendRaw } from "../lib/http.mjs";

const ORIGIN = "https://tracker.example.org", EVIL = "https://evil.example.org";
const stack = await start({
	settings: { origins: `${ORIGIN} http://other.example.org:8443` }, facades: ["cars", "expenses", "routines"],
});
const { as, team, facades } = stack;

// A client that knows an address and a key.
async function client(facade = facades.cars) {
	const space = await team({ anna: "owner" });
	const { token } = await as("anna").in(space).apiToken("write");

	return (method, address, body, headers = {}) => send({
		url: facade.url + address, method, body, headers: { "X-API-Key": token, ...headers },
	});
}

// An error in the format of such a system: an object with `error` and at most `details`, and no problem.
function wrong(answer, status, error) {
	assert.equal(answer.status, status, answer.text);
	assert.match(answer.headers["content-type"], /^application\/json/);
	assert.deepEqual(Object.keys(answer.body).filter((name) => name !== "details"), ["error"]);
	if (error !== undefined)
		assert.equal(answer.body.error, error);
	return answer;
}

const head = (request, ...headers) => [`${request} HTTP/1.1`, ...headers, "Connection: close", "", ""].join("\r\n");

describe("a client of the car tracker at the root of a port", () => {
	test("does what it does under /compat/cars", async () => {
		const ask = await client();
		answered(await ask("GET", "/api/health"), 200, { status: "ok" });
		answered(await ask("POST", "/api/cars", { id: "CAR1", location: "100" }), 201);
		answered(await ask("PUT", "/api/cars/CAR1", { arrived: true, expectedVersion: 1 }));
		assert.equal(answered(await ask("GET", "/api/cars")).cars[0].arrived, true);
		assert.equal(answered(await ask("GET", "/api/audit?carId=CAR1&limit=1")).auditLogs.length, 1);
		answered(await ask("DELETE", "/api/cars/CAR1?userId=x"));
		wrong(await ask("GET", "/api/cars/CAR1"), 404, "Car not found");
		wrong(await ask("GET", "/api/cars", undefined, { "X-API-Key": "" }), 401, "Authentication required");
	});

	test("HEAD has the headers of GET and no body", async () => {
		const ask = await client();
		const get = await ask("GET", "/api/cars"), answer = await ask("HEAD", "/api/cars");
		assert.equal(answer.status, 200);
		assert.equal(answer.text, "");
		assert.equal(answer.headers["content-length"], get.headers["content-length"]);
	});

	test("paths arrive as they were sent", async () => {
		const ask = await client();
		answered(await ask("POST", "/api/cars", { id: "a-1" }), 201);
		answered(await ask("GET", "/api/cars/a%2D1"));
		assert.equal(answered(await ask("GET", "/api/audit?carId=a%2D1&limit=1&x=%26")).auditLogs.length, 1);
		for (const address of ["/api/cars/a%2F1", "/api/cars/%2E%2E", "/api/cars/", "/api//cars"])
			wrong(await ask("GET", address), 404);
		wrong(await ask("GET", "/api/cars/%ff"), 400);
	});

	test("an address with a host in its first line is the same address", async () => {
		const ask = await client();
		answered(await ask("POST", "/api/cars", { id: "CAR1" }), 201);
		const text = await sendRaw(facades.cars.port,
			head("GET http://elsewhere/api/health", "Host: elsewhere"));
		assert.match(text, /^HTTP\/1\.1 401 /);
		assert.match(text, /\{"error":"Authentication required"\}/);
	});
});

describe("nothing else is there", () => {
	test("neither Daybook's own API nor another facade", async () => {
		for (const { url } of Object.values(facades)) {
			const anna = await as("anna").ready();
			for (const address of [
				"/api/auth/me", "/api/mileage", "/api/spaces", "/api/sync/heads", "/api/collections",
			]) {
				const answer = await send({
					url: url + address, headers: { Authorization: `Bearer ${anna.token}` },
				});
				assert.equal(answer.status, 404, `${url}${address}`);
			}
			wrong(await send({ url: `${url}/compat/cars/api/health` }), 404, "Not found");
			wrong(await send({ url: `${url}/metrics` }), 404, "Not found");
		}
	});

	test("and no way leads out of it", async () => {
		const anna = await as("anna").ready();
		for (const address of [
			"/api/../../routines/api/home", "/../routines/api/home", "/api/%2e%2e/%2e%2e/routines/api/home",
			"/api/..%2f..%2froutines/api/home", "//routines/api/home", "/api/./cars", "/x/../api/cars",
			"/api/../../../api/auth/me",
		]) {
			const text = await sendRaw(facades.cars.port, head(`GET ${address}`, "Host: x",
				`Authorization: Bearer ${anna.token}`));
			assert.match(text, /^HTTP\/1\.1 (400|404) /, `${address}: ${text.slice(0, 80)}`);
			assert.doesNotMatch(text, /problem\+json|incompleteTasks|"user"/, address);
		}
	});
});

describe("nginx itself", () => {
	for (const [what, bytes, status] of [
		["no HTTP at all", "hello\r\n\r\n", 400],
		["a length below zero", head("POST /api/cars", "Host: x", "Content-Length: -5"), 400],
		["an unknown transfer encoding", head("POST /api/cars", "Host: x", "Transfer-Encoding: xchunked"), 501],
		["an address of nine kilobytes", head(`GET /api/${"a".repeat(9000)}`, "Host: x"), 414],
		["a header of nine kilobytes", head("GET /api/cars", "Host: x", `X-A: ${"a".repeat(9000)}`), 431],
		["a body of two megabytes", head("POST /api/cars", "Host: x", "Content-Length: 2000000"), 413],
		["a page that is not there", head("GET /page.js", "Host: x"), 404],
		["an unknown method", head("TRACE /api/cars", "Host: x"), 405],
	])
		test(`answers ${what} with an error as that system has them`, async () => {
			for (const { port } of Object.values(facades)) {
				const text = await sendRaw(port, Buffer.from(bytes, "latin1"));
				assert.match(text, new RegExp(`^HTTP/1\\.[01] ${status} `), text.slice(0, 200));
				assert.match(text, /Content-Type: application\/json/i);
				assert.match(text, /\{"error":"[^"]+"/);
				assert.doesNotMatch(text, /"type":|<html/);
			}
		});

	test("also under /compat of Daybook's own address", async () => {
		const answer = await send({
			url: `${stack.url}/compat/cars/api/cars`, method: "POST", body: Buffer.alloc(2 << 20, 0x20),
			headers: { Origin: ORIGIN },
		});
		wrong(answer, 413, "Too large");
		assert.equal(answer.headers["access-control-allow-origin"], ORIGIN);
		const native = await send({
			url: `${stack.url}/api/cars`, method: "POST", body: Buffer.alloc(2 << 20, 0x20),
			headers: { Origin: ORIGIN },
		});
		assert.match(native.headers["content-type"], /problem\+json/);
		assert.equal(native.headers["access-control-allow-origin"], ORIGIN);
		assert.equal(native.headers["access-control-allow-credentials"], undefined);
	});
});

describe("pages of other origins", () => {
	const before = (url, origin, address) => send({ url: url + address, method: "OPTIONS", headers: {
		Origin: origin, "Access-Control-Request-Method": "PUT",
		"Access-Control-Request-Headers": "content-type",
	} });

	test("a listed one may ask first, on every path of every facade", async () => {
		for (const [name, { url }] of Object.entries(facades))
			for (const address of ["/api/health", "/api/cars/1", "/api/what/ever"]) {
				const answer = await before(url, ORIGIN, address);
				assert.ok([200, 204].includes(answer.status), `${name} ${address}: ${answer.status}`);
				assert.equal(answer.headers["access-control-allow-origin"], ORIGIN);
				assert.match(answer.headers["access-control-allow-methods"], /PUT/);
				assert.match(answer.headers["access-control-allow-headers"], /Content-Type/i);
			}
	});

	test("a listed one may read answers and errors, those of nginx too; any other nothing", async () => {
		for (const { url } of Object.values(facades))
			for (const [origin, allowed] of [
				[ORIGIN, ORIGIN], ["http://other.example.org:8443", "http://other.example.org:8443"],
				[EVIL, undefined], ["null", undefined], [`${ORIGIN}.evil.org`, undefined],
				[`${ORIGIN} http://other.example.org:8443`, undefined],
			])
				for (const [method, address, body] of [
					["GET", "/api/health"], ["GET", "/api/nothing"], ["POST", "/api/nothing", {}],
					["POST", "/api/nothing", Buffer.alloc(2 << 20, 0x20)], ["GET", "/nothing.js"],
				]) {
					const { headers } = await send({
						url: url + address, method, body, headers: { Origin: origin },
					});
					assert.equal(headers["access-control-allow-origin"], allowed,
						`${method} ${url}${address} from ${origin}`);
					assert.equal(headers["access-control-allow-credentials"], allowed && "true");
				}
	});
});

describe("pages of the client itself", () => {
	test("need not be there", async () => {
		for (const address of ["/", "/index.html", "/cars/7"])
			wrong(await send({ url: facades.cars.url + address, headers: { Accept: "text/html" } }), 404);
	});

	test("lie in a folder; a deep link gets the first page, a file that is not there 404", async () => {
		const { url, pages } = facades.cars;
		await mkdir(path.join(pages, "assets"), { recursive: true });
		await writeFile(path.join(pages, "index.html"), "<p>Cars</p>");
		await writeFile(path.join(pages, "assets", "app.js"), "1;");
		const html = { Accept: "text/html,*/*" };
		for (const address of ["/", "/index.html", "/cars/7"]) {
			const page = await send({ url: url + address, headers: html });
			assert.deepEqual([page.status, page.text], [200, "<p>Cars</p>"], address);
			assert.match(page.headers["content-type"], /^text\/html/);
			assert.equal(page.headers["x-content-type-options"], "nosniff");
		}
		const script = await send({ url: `${url}/assets/app.js` });
		assert.match(script.headers["content-type"], /^text\/javascript/);
		wrong(await send({ url: `${url}/assets/none.js` }), 404, "Not found");
		wrong(await send({ url: `${url}/.git/config`, headers: html }), 404);
		wrong(await send({ url: `${url}/index.html`, method: "POST", body: {} }), 405, "Method not allowed");
	});
});

test("guesses at a facade's sign-in are bounded by address, as at Daybook's own, and told in its format", async () => {
	const bounded = await start({ limits: true, facades: ["routines", "expenses"] });
	for (const [base, address] of [
		[bounded.facades.routines.url, "/api/login"], [bounded.facades.expenses.url, "/api/auth/login"],
		[`${bounded.url}/compat/expenses`, "/api/employee-login"],
	]) {
		const answers = await Promise.all(Array.from({ length: 80 }, () =>
			send({ url: base + address, method: "POST", body: {}, headers: { Origin: base } })));
		const late = answers.filter((answer) => answer.status === 429);
		assert.ok(late.length > 0, `${base}${address}`);
		wrong(late[0], 429, "Rate limit exceeded");
		assert.match(late[0].headers["retry-after"], /^\d+$/);
	}
});

test("no response was a 5xx", async () => {
	assert.deepEqual(await stack.faults(), []);
});
