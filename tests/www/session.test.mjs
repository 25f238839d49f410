// Signing in, the renewal of tokens, and requests that need one.
import assert from "node:assert/strict";
import test from "node:test";
import { ApiError, createApi } from "../../www/first/api.js";
import { createSession } from "../../www/first/session.js";
import { memory } from "./aid.mjs";

function reply(status, body, headers = {}) {
	return new Response(body === null ? null : JSON.stringify(body), { status, headers: { "Content-Type": status >= 400 ? "application/problem+json" : "application/json", ...headers } });
}

const ANN = { id: "u1", name: "Ann", email: "ann@example.org" };

// A session over a server given as a function of (method, path, headers); time stands until the test moves it.
function rig(server, storage = memory()) {
	const clock = { now: 0 };
	const asked = [];
	const fetch = async (url, { method, headers, body }) => {
		asked.push({ method, url, headers, body: body && JSON.parse(body) });
		const answer = await server({ method, url, headers, count: asked.filter((one) => one.url === url).length });
		if (answer instanceof Error)
			throw answer;
		return answer;
	};
	const api = createApi({ fetch, device: "d1" });
	const session = createSession({ api, storage, device: "d1", now: () => clock.now });
	return { api, session, asked, clock, storage };
}

function entry(token) {
	return reply(200, { user: ANN, space: "s1", accessToken: token, expiresIn: 900 });
}

test("a browser that knows nobody asks nobody", async () => {
	const { session, asked } = rig(() => reply(401, {}));
	await session.start();
	assert.equal(session.state.status, "out");
	assert.equal(asked.length, 0);
});

test("a sign-in asks for the cookie and keeps no token outside memory", async () => {
	const { session, asked, storage } = rig(() => entry("t1"));
	await session.signIn({ email: ANN.email, password: "p" });
	assert.deepEqual(asked[0].body, { email: ANN.email, password: "p", cookie: true, deviceId: "d1" });
	assert.equal(session.state.user.name, "Ann");
	for (let i = 0; i < storage.length; i++)
		assert.doesNotMatch(storage.getItem(storage.key(i)), /t1/);
});

test("a token is renewed before it ends, once for all who ask", async () => {
	const { api, session, asked, clock } = rig(({ url, count }) => (url.includes("/auth/") ? entry("t" + count) : reply(200, {})));
	await session.signIn({});
	clock.now = 880_000;
	await Promise.all([api.request("GET", "/api/a"), api.request("GET", "/api/b"), api.request("GET", "/api/c")]);
	assert.equal(asked.filter(({ url }) => url === "/api/auth/refresh").length, 1);
});

test("401 renews and sends the very same write once more", async () => {
	const { api, session, asked } = rig(({ url, headers }) => {
		if (url.includes("/auth/"))
			return entry(url.endsWith("login") ? "old" : "new");
		return headers.Authorization === "Bearer new" ? reply(201, { car: {} }) : reply(401, {});
	});
	await session.signIn({});
	await api.request("POST", "/api/cars", { body: { id: "1" }, headers: { "Idempotency-Key": "k" } });
	const writes = asked.filter(({ url }) => url === "/api/cars");
	assert.deepEqual(writes.map(({ headers }) => headers["Idempotency-Key"]), ["k", "k"]);
});

test("a sign-in that ended says so; a network that failed does not end it", async () => {
	const storage = memory();
	storage.setItem("daybook.session", "u1");
	const gone = rig(() => new TypeError("network"), storage);
	await gone.session.start();
	assert.equal(gone.session.state.status, "away");
	assert.equal(storage.getItem("daybook.session"), "u1");

	const ended = rig(({ url }) => (url.endsWith("login") ? entry("t") : reply(401, {})));
	await ended.session.signIn({});
	await assert.rejects(ended.api.request("GET", "/api/cars"), { status: 401 });
	assert.equal(ended.session.state.status, "out");
	assert.match(ended.session.state.problem, /signed out/);
});

test("a token is good to its last second when the renewal fails for now", async () => {
	const { api, session, clock } = rig(({ url }) => (url.endsWith("login") ? entry("t") : url.endsWith("refresh") ? reply(503, {}) : reply(200, {})));
	await session.signIn({});
	clock.now = 880_000;
	assert.equal((await api.request("GET", "/api/cars")).status, 200);
	clock.now = 901_000;
	await assert.rejects(api.request("GET", "/api/cars"), { status: 503 });
	assert.equal(session.state.status, "in");
});

test("a write of one person is never sent with the token of another who signed in in this browser", async () => {
	const { api, session, asked } = rig(({ url }) => {
		if (url.endsWith("login"))
			return entry("ann");
		if (url.endsWith("refresh"))
			return reply(200, { user: { ...ANN, id: "u2" }, accessToken: "ben", expiresIn: 900 });
		return reply(401, {});
	});
	await session.signIn({});
	await assert.rejects(api.request("POST", "/api/cars", { body: {} }), { status: 401 });
	assert.deepEqual(asked.filter(({ url }) => url === "/api/cars").map(({ headers }) => headers.Authorization), ["Bearer ann"]);
	assert.equal(session.state.user.id, "u2");
});

test("another tab's sign-out and sign-in are followed", async () => {
	const { session } = rig(({ url }) => (url.endsWith("login") ? entry("t") : reply(200, { user: { ...ANN, id: "u2" }, accessToken: "b", expiresIn: 900 })));
	await session.signIn({});
	session.noticed({ key: "daybook.session", newValue: null });
	assert.equal(session.state.status, "out");
	session.noticed({ key: "daybook.session", newValue: "u2" });
	await new Promise(setImmediate);
	await new Promise(setImmediate);
	assert.equal(session.state.user.id, "u2");
});

test("problems become errors that say what, where, and whether asking again can help", async () => {
	const { api } = rig(({ url }) => {
		if (url === "/cut")
			return new Response("{\"a\":", { status: 200 });
		if (url === "/html")
			return new Response("<h1>Bad gateway</h1>", { status: 502, headers: { "Content-Type": "text/html", "Retry-After": "2" } });
		return reply(400, { type: "/problems/invalid", detail: "kg must be more.", field: "kg" });
	});
	const caught = async (url) => api.open("GET", url, {}).then(() => null, (error) => error);
	const invalid = await caught("/x");
	assert.ok(invalid instanceof ApiError);
	assert.deepEqual([invalid.status, invalid.field, invalid.message, invalid.isPassing], [400, "kg", "kg must be more.", false]);
	const gateway = await caught("/html");
	assert.deepEqual([gateway.status, gateway.retryAfter, gateway.isPassing], [502, 2, true]);
	assert.deepEqual([(await caught("/cut")).status, (await caught("/cut")).isPassing], [0, true]);
});

test("a request that is never answered fails after its patience", async () => {
	const api = createApi({ patience: 20, fetch: (url, { signal }) => new Promise((resolve, reject) => { signal.addEventListener("abort", () => reject(new Error("aborted"))); }) });
	await assert.rejects(api.open("GET", "/x", {}), { status: 0 });
});
