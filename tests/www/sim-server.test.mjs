// The simulated server means the same as the real one: both play the vectors of tests/fixtures/protocol.
import { test, describe } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { play, readVectors } from "../lib/vectors.mjs";
import { Chance } from "../lib/chance.mjs";
import { Clock } from "./sim/clock.mjs";
import { Server } from "./sim/server.mjs";
import { SimStack } from "./sim/stack.mjs";

// Lists, filters, the log, and what is older than now are questions no device asks.
const asked = /^\/api\/(sync\/(push|changes)|collections|[a-zA-Z]+(\/[^/?]+)?)$/;
const lists = /^\/api\/(?!collections)[a-zA-Z]+$/;

function isPlayed({ given = [], request, then = [] }) {
	return [...given, request, ...then.map((more) => more.request ?? more)].every((step) => {
		const path = step.get ?? step.post ?? step.put ?? step.patch ?? step.delete;
		return path === undefined || (asked.test(path) && !(step.get !== undefined && lists.test(path)));
	});
}

const stack = new SimStack();
const left = [];

for (const name of ["write-table", "push", "pull", "visibility"]) {
	const { about, vectors } = await readVectors(name);
	describe(about, () => {
		for (const vector of vectors)
			if (isPlayed(vector))
				test(vector.name, () => play(stack, vector));
			else
				left.push(vector.name);
	});
}

test("all vectors are played, except those that ask for lists and history", () => {
	assert.deepEqual(left.filter((name) =>
		!/list|history|filter|sort|fields=|search|version|audit|restore|rename|404/.test(name)), []);
	assert.ok(left.length < 40, `${left.length} vectors are left out: ${left.join("; ")}`);
});

describe("beyond the vectors", () => {
	function world(options) {
		const clock = new Clock();
		const server = new Server({ clock, chance: new Chance(7), ...options });
		const anna = server.addUser({ name: "anna" });
		const ask = (method, url, { token, body, ...headers } = {}) => {
			const answer = server.handle({
				method,
				url,
				headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
				body: body && JSON.stringify(body),
			});
			return { ...answer, body: /json/.test(answer.headers["content-type"]) ? JSON.parse(
				answer.body) : answer.body };
		};
		const signIn = (more = {}) => ask("POST", "/api/auth/login",
			{ body: { email: anna.email, password: anna.password, ...more }, origin: server.origin });
		return { clock, server, anna, ask, signIn };
	}

	test("an access token expires, a refresh gives the next, and can be repeated", async () => {
		const { clock, ask, signIn } = world();
		const first = signIn().body;
		assert.equal(ask("GET", "/api/auth/me", { token: first.accessToken }).status, 200);
		await clock.run(901_000);
		assert.equal(ask("GET", "/api/auth/me", { token: first.accessToken }).status, 401);
		const refresh = (refreshToken) => ask("POST", "/api/auth/refresh", { body: { refreshToken } });
		const second = refresh(first.refreshToken);
		assert.equal(second.status, 200);
		const again = refresh(first.refreshToken); // the answer was lost
		assert.equal(again.body.refreshToken, second.body.refreshToken);
		assert.equal(refresh(again.body.refreshToken).status, 200);
		assert.equal(refresh(first.refreshToken).status, 401); // reused after its successor was: the chain ends
		assert.equal(refresh(again.body.refreshToken).status, 401);
	});

	test("with a cookie the refresh token is in no body, and other origins are refused", () => {
		const { ask, signIn } = world();
		const entry = signIn({ cookie: true });
		assert.equal(entry.body.refreshToken, undefined);
		const cookie = entry.headers["set-cookie"].split(";")[0];
		assert.equal(ask("POST", "/api/auth/refresh", { cookie, origin: "https://evil.test" }).status, 403);
		assert.equal(ask("POST", "/api/auth/refresh", { cookie, origin: "https://daybook.test" }).status, 200);
	});

	test("pages can be made small, never end within a transaction, and may be empty before the last", () => {
		const { server, ask, anna } = world({ page: { rows: 3, window: 4 } });
		const ben = server.addUser({ name: "ben" });
		const space = server.addSpace({ name: "Both", roles: { [anna.id]: "owner", [ben.id]: "member" } });
		const [token, bens] = [anna, ben].map(({ email, password }) => ask("POST", "/api/auth/login", {
			body: { email, password },
		}).body.accessToken);
		const push = (ops) => ask("POST", `/api/spaces/${space.id}/sync/push`,
			{ token, body: { device: "d", ops } }).body;
		const pull = (token) => {
			const sizes = [];
			for (let cursor, more = true; more;) {
				const { body } = ask("GET",
					`/api/spaces/${space.id}/sync/changes${cursor ? `?since=${cursor}` : ""}`, {
						token,
					});
				sizes.push(body.changes.length);
				({ cursor, more } = body);
			}
			return sizes;
		};
		for (let n = 1; n <= 9; n++)
			push([{
				op: `b${n}`, collection: "claims", id: `c${n}`, base: 0,
				set: { date: "2026-11-21", title: "t" },
			}]);
		push([1, 2, 3, 4, 5].map((n) => ({
			op: `a${n}`, collection: "stock", id: `s${n}`, base: 0, set: { name: "x" },
		})));
		push([{ op: "c", collection: "cars", id: "7", base: 0, set: {} }]);
		assert.deepEqual(pull(token), [3, 3, 3, 5, 1]);
		assert.deepEqual(pull(bens), [0, 0, 0, 5, 1]);
	});

	test("restoring a dump removes what was written after it, and ends all sessions", () => {
		const { server, ask, signIn, anna } = world();
		const { accessToken: token } = signIn().body;
		const push = (token, op, id) => ask("POST", "/api/sync/push",
			{ token, body: { device: "d", ops: [{ op, collection: "cars", id, base: 0, set: {} }] } });
		push(token, "o1", "1");
		const dump = server.dump();
		push(token, "o2", "2");
		const { cursor } = ask("GET", "/api/sync/changes", { token }).body;
		server.restore(dump);
		assert.equal(ask("GET", "/api/sync/heads", { token }).status, 401);
		const { accessToken: next } = signIn().body;
		const refused = ask("GET", `/api/sync/changes?since=${cursor}`, { token: next });
		assert.equal(refused.status, 410);
		assert.equal(refused.body.restored.seq, 1);
		assert.equal(push(next, "o2", "2").body.results[0].status, "applied");
		assert.equal(push(next, "o1", "1").body.results[0].status, "duplicate");
		assert.deepEqual([...server.view(anna.home, anna.id).keys()], ["cars/1", "cars/2"]);
	});

	test("heads change with every change of a space, and are 304 otherwise", () => {
		const { server, ask, signIn, anna } = world();
		const token = signIn().body.accessToken;
		const first = ask("GET", "/api/sync/heads", { token });
		assert.equal(ask("GET", "/api/sync/heads", { token, "if-none-match": first.headers.etag }).status, 304);
		server.setRole(anna.home, anna.id, "manager");
		assert.notDeepEqual(ask("GET", "/api/sync/heads", { token }).body, first.body);
	});

	test("a file is readable by its sender until a record names it, then by those who see the record", () => {
		const { server, ask, anna } = world();
		const ben = server.addUser({ name: "ben" });
		const space = server.addSpace({ name: "Both", roles: { [anna.id]: "owner", [ben.id]: "member" } });
		const [token, bens] = [anna, ben].map(({ email, password }) => ask("POST", "/api/auth/login", {
			body: { email, password },
		}).body.accessToken);
		const bytes = Buffer.from("%PDF-1.4 a receipt"), sha = createHash("sha256").update(bytes).digest("hex");
		const at = (name) => `/api/spaces/${space.id}/files/${name}`;
		const put = (name, body, headers = {}) => server.handle({
			method: "PUT", url: at(name), headers: { authorization: `Bearer ${token}`, ...headers }, body,
		}).status;
		const push = (token, op, set) => ask("POST", `/api/spaces/${space.id}/sync/push`, {
			token,
			body: { device: "d", ops: [{ op, collection: "badges", id: op, base: 0, set }] },
		}).body.results[0];
		const look = (token) => ask("HEAD", at(sha), { token }).status;

		assert.equal(put(sha.replace(/^./, (digit) => (digit === "0" ? "1" : "0")), bytes), 400);
		assert.equal(put(sha, bytes.subarray(0, 8), { "content-range": `bytes 0-7/${bytes.length}` }), 202);
		assert.equal(put(sha, bytes.subarray(9), {
			"content-range": `bytes 9-${bytes.length - 1}/${bytes.length}`,
		}), 416);
		assert.equal(put(sha, bytes.subarray(8), {
			"content-range": `bytes 8-${bytes.length - 1}/${bytes.length}`,
		}), 201);
		assert.deepEqual([look(token), look(bens)], [200, 404]);
		assert.equal(push(bens, "b1", { name: "Ben's", picture: sha }).problem.field, "picture");
		assert.equal(push(token, "a1", { name: "Anna's", passport: sha }).status, "applied");
		assert.deepEqual([look(token), look(bens)], [200, 404]);
		assert.equal(push(token, "a2", { name: "Anna's", picture: sha }).status, "applied");
		assert.deepEqual([look(token), look(bens)], [200, 200]);
	});
});
