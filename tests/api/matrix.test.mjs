// Every route × every kind of token × every kind of space: the status follows from the row of the route table by a few
// rules.  matrix.json has one harmless request for each route, and the few exceptions from the rules.
import { after, test } from "node:test";
import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { start, root } from "../harness.mjs";
import { pinOn } from "../lib/crew.mjs";
import { answered } from "../lib/expect.mjs";
import { send } from "../lib/http.mjs";

const issuers = mkdtempSync(path.join(tmpdir(), "daybook-issuer."));
after(() => rmSync(issuers, { recursive: true }));
const issuerKeys = generateKeyPairSync("rsa", { modulusLength: 2048 });
writeFileSync(path.join(issuers, "there.pem"), issuerKeys.publicKey.export({ type: "spki", format: "pem" }));
writeFileSync(path.join(issuers, "there.json"), JSON.stringify({
	issuer: "https://there.example.org", audience: "daybook", keys: [{ kid: "k", alg: "RS256", pem: "there.pem" }],
}));

const stack = await start({ settings: { issuers } });
const { as, team, sql } = stack;
const table = JSON.parse((await stack.ctl("routes", "--json")).stdout);
const { routes, exceptions } = JSON.parse(readFileSync(path.join(root, "tests", "api", "matrix.json"), "utf8"));

// --- spaces: where a request goes ---

const anna = await as("anna").ready();
const ben = await as("ben").ready();
const dora = await as("dora").ready();
const rita = await as("rita").ready();
const xenia = await as("xenia").ready();
const folk = Object.fromEntries([anna, dora, rita, xenia].map((person) => [person.name, "owner"]));
const own = await team(folk), bound = await team(folk);
const [seen, worked, managed, left] = await Promise.all(["viewer", "member", "manager", "member"].map((role) =>
	team({ ...Object.fromEntries(Object.keys(folk).map((name) => [name, role])), ben: "owner" })));
const gone = await team({ anna: "owner", xenia: "member" });
const strange = await team({ ben: "owner" });
const places = {
	bare: undefined, own: own.id, managed: managed.id, worked: worked.id, seen: seen.id, left: left.id,
	gone: gone.id, strange: strange.id, nowhere: "01939d2a-0000-7000-8000-000000000000",
};

const spaces = [own, bound, managed, worked, seen, left, gone, strange];

for (const person of [
	anna.in(own), anna.in(bound), anna.in(gone),
	...[managed, worked, seen, left, strange].map((space) => ben.in(space)), anna, dora, rita, xenia,
])
	answered(await person.post("/api/cars", { id: "7", location: "100" }), 201);

// --- tokens: who asks ---

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

// A token as the server signs its own, but an hour old.
function expire(token) {
	const [header, payload] = token.split(".").slice(0, 2)
		.map((text) => JSON.parse(Buffer.from(text, "base64url")));
	const keys = path.join(stack.dir, "keys");
	const key = readFileSync(path.join(keys, readdirSync(keys).sort().at(-1)));
	const text = `${part(header)}.${part({ ...payload, iat: payload.iat - 3600, exp: payload.exp - 3600 })}`;
	return `${text}.${createHmac("sha256", key).update(text).digest("base64url")}`;
}

function external(subject) {
	const now = Math.floor(Date.now() / 1000);
	const claims = { iss: "https://there.example.org", aud: "daybook", sub: subject, iat: now, exp: now + 3600 };
	const text = `${part({ alg: "RS256", kid: "k", typ: "JWT" })}.${part(claims)}`;
	return `${text}.${sign("sha256", Buffer.from(text), issuerKeys.privateKey).toString("base64url")}`;
}

// anna signs in by PIN on a handheld of her own team.
const byPin = await pinOn("matrix", stack, anna.in(own));

// user: whose token it is; scope: of an API token; space: the only one it enters; good: whether it is valid.
const tokens = {
	none: { good: false },
	broken: { good: false, text: anna.token.replace(/.$/, (last) => (last === "A" ? "E" : "A")).replace(/\.(.)/,
		(_, first) => `.${first === "e" ? "f" : "e"}`) },
	unsigned: { good: false, text: `${part({ alg: "none", typ: "JWT" })}.${anna.token.split(".")[1]}.` },
	expired: { good: false, text: expire(anna.token) },
	revoked: { good: false, text: rita.token },
	"revoked API": { good: false, text: (await as("rita").apiToken("admin", own.id)).token },
	"expired API": { good: false, text: (await as("dora").apiToken("admin", own.id)).token },
	disabled: { good: false, text: dora.token },
	"session": { good: true, text: anna.token },
	"API read": { good: true, text: (await anna.apiToken("read", own.id)).token, scope: "read", space: own.id },
	"API write": { good: true, text: (await anna.apiToken("write", own.id)).token, scope: "write", space: own.id },
	"API admin": { good: true, text: (await anna.apiToken("admin", own.id)).token, scope: "admin", space: own.id },
	"API as viewer": {
		good: true, text: (await anna.apiToken("admin", seen.id)).token, scope: "admin", space: seen.id,
	},
	"API elsewhere": {
		good: true, text: (await anna.apiToken("admin", bound.id)).token, scope: "admin", space: bound.id,
	},
	"API as member": {
		good: true, text: (await anna.apiToken("admin", worked.id)).token, scope: "admin", space: worked.id,
	},
	"API of a removed member": { good: false, text: (await anna.apiToken("admin", left.id)).token },
	"API of a deleted team": {
		good: true, text: (await anna.apiToken("admin", gone.id)).token, scope: "admin", space: gone.id,
	},
	PIN: { good: true, text: byPin.token, scope: "write", space: own.id, pin: true },
	handheld: { good: false, text: byPin.handheld, handheld: true },
	external: { good: true, text: external("x-1"), external: true },
	"external stranger": { good: false, text: external("nobody") },
};
await sql(`INSERT INTO identity (issuer, subject, user_id, created_at)
	VALUES ('https://there.example.org', 'x-1', '${xenia.id}', UTC_TIMESTAMP(3));
	UPDATE session SET revoked_at = UTC_TIMESTAMP(3) WHERE user_id = '${rita.id}';
	UPDATE session SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND
	WHERE user_id = '${dora.id}' AND kind = 'token';
	UPDATE user SET disabled = 1 WHERE id = '${dora.id}'`);

for (const person of [anna, xenia])
	answered(await ben.in(left).delete(`/api/members/${person.id}`), 204);
answered(await anna.delete(`/api/spaces/${gone.id}`), 204);

// --- what each must get ---

const scopes = ["none", "read", "write", "admin"], roles = ["none", "viewer", "member", "manager", "owner"];

// The role of the caller in the space meant, or none: for a token bound to a space, in that space alone.
function roleIn(token, place) {
	const space = places[place] ?? token.space ?? "home";

	if (token.space !== undefined && token.space !== space)
		return "none";
	return {
		home: "owner", [own.id]: "owner", [bound.id]: "owner", [managed.id]: "manager", [worked.id]: "member",
		[seen.id]: "viewer",
	}[space] ?? "none";
}

function expected(route, token, place) {
	const inSpace = scopes.includes(route.access);

	if (place !== "bare" && ["public", "handheld", "self", "user"].includes(route.access))
		return 404;
	if (route.access === "public")
		return "passed";
	if (route.access === "handheld")
		return token.handheld ? "passed" : 401;
	if (!token.good)
		return 401;
	if (route.access === "self")
		return token.scope !== undefined && !token.pin ? 403 : "passed";
	if (route.access === "user")
		return token.scope !== undefined ? 403 : "passed";
	if ((inSpace || place !== "bare") && roleIn(token, place) === "none")
		return 404;
	if (inSpace && scopes.indexOf(token.scope ?? "admin") < scopes.indexOf(route.access))
		return 403;
	return roles.indexOf(route.role) > roles.indexOf(roleIn(token, place)) ? 403 : "passed";
}

function ask(route, token, place) {
	const { path: plain, body, type } = routes[`${route.method} ${route.pattern}`];
	const inPlace = plain.includes(":space") ? plain.replace(":space", places[place] ?? places.nowhere)
		: places[place] === undefined ? plain : plain.replace(/^\/api\//, `/api/spaces/${places[place]}/`);

	return send({
		url: stack.url + inPlace,
		method: route.method,
		body,
		headers: {
			...(token.text === undefined ? {} : { Authorization: `Bearer ${token.text}` }),
			...(type ? { "Content-Type": type } : {}),
		},
	});
}

test("every route is in the matrix, and nothing else", () => {
	assert.deepEqual(Object.keys(routes).sort(), table.map((route) => `${route.method} ${route.pattern}`).sort());
});

for (const route of table) {
	const name = `${route.method} ${route.pattern}`;

	test(name, { skip: routes[name] === undefined && "it is not in matrix.json" }, async () => {
		const heads = await Promise.all(spaces.map((space) => stack.head(space)));
		const wrong = [];
		for (const [kind, token] of Object.entries(tokens))
			for (const place of route.pattern.startsWith("/api/") ? Object.keys(places) : ["bare"]) {
				const exception = exceptions.find((one) => one.route === name && one.token === kind &&
					(one.place ?? place) === place);
				const rule = expected(route, token,
					route.pattern.includes(":space") && place === "bare" ? "nowhere" : place);
				const wanted = exception?.status ?? (rule === "passed" ? routes[name].passed : rule);
				const answer = await ask(route, token, place);
				const { status, problem } = answer;
				if (status !== wanted)
					wrong.push(`${kind}, ${place}: ${status}, not ${wanted} (${problem?.detail})`);
				if (answer.status === 401 && answer.headers["www-authenticate"] === undefined)
					wrong.push(`${kind}, ${place}: 401 without WWW-Authenticate`);
				const said = problem?.detail ?? answer.body?.details ?? answer.body?.error ?? "";
				const scope = /^This token may \S+; this needs (\S+)\.$/.exec(said)?.[1];
				const challenge = answer.headers["www-authenticate"];
				if (status === 403 && challenge !== (scope &&
					`Bearer realm="daybook", error="insufficient_scope", scope="${scope}"`))
					wrong.push(`${kind}, ${place}: 403 with WWW-Authenticate ${challenge}`);
				if (answer.status >= 400 && (answer.problem ?? answer.body)?.error === undefined)
					wrong.push(`${kind}, ${place}: ${answer.status} is no problem of ours`);
			}
		assert.deepEqual(wrong, []);
		assert.deepEqual(await Promise.all(spaces.map((space) => stack.head(space))), heads,
			"something was written");
	});
}

test("X-API-Key opens what the same token opens as a bearer", async () => {
	const headers = { "X-API-Key": tokens["API read"].text };
	assert.equal((await send({ url: `${stack.url}/api/cars/7`, headers })).status, 200);
	const refused = await send({ url: `${stack.url}/api/cars`, headers, method: "POST", body: { id: "8" } });
	assert.equal(refused.status, 403);
	assert.equal(refused.headers["www-authenticate"],
		'Bearer realm="daybook", error="insufficient_scope", scope="write"');
});

test("foreign, left, deleted and unknown spaces get the same response", async () => {
	const plain = ({ instance, ...problem }) => problem;
	const [nowhere, ...others] = await Promise.all(
		["nowhere", "strange", "left", "gone"].map((place) => anna.in(places[place]).get("/api/cars/7")));
	for (const other of others)
		assert.deepEqual(plain(other.problem), plain(nowhere.problem));
});

test("no response was a 5xx", async () => {
	assert.deepEqual(await stack.faults(), []);
});
