// Who may come in: signing up, in and out, refresh tokens, the cookie of a browser, passwords and guessers, API tokens,
// tokens of another issuer, and what the operator does to an account.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, beforeEach, test } from "node:test";
import { programs, run, start } from "../harness.mjs";
import { send } from "../lib/http.mjs";

const ISSUER = "https://id.example.org", LISTED = "https://app.example.org";

// An issuer of our own making, whose keys the server is given before it starts.
const folder = mkdtempSync(path.join(tmpdir(), "daybook-issuer."));
const issuerKeys = generateKeyPairSync("rsa", { modulusLength: 2048 });
writeFileSync(path.join(folder, "there.pem"), issuerKeys.publicKey.export({ type: "spki", format: "pem" }));
writeFileSync(path.join(folder, "there.json"), JSON.stringify({
	issuer: ISSUER, audience: "daybook", keys: [{ kid: "k1", alg: "RS256", pem: "there.pem" }],
}));
after(() => rmSync(folder, { recursive: true }));

const stack = await start({ settings: { issuers: folder, origins: LISTED } });
const { as, ctl, sql, url } = stack;

// All tests come from one network; one's failures must not slow the next.
beforeEach(() => sql("DELETE FROM throttle"));

function post(route, body, headers, rest) {
	return send({ url: url + route, method: "POST", body, headers, ...rest });
}

function get(route, token) {
	return send({ url: url + route, headers: { Authorization: `Bearer ${token}` } });
}

function login({ email, password }, more = {}, headers, rest) {
	return post("/api/auth/login", { email, password, ...more }, headers, rest);
}

function refresh(refreshToken, device) {
	return post("/api/auth/refresh", { refreshToken }, device && { "X-Device-Id": device });
}

// The last refresh of this sign-in was so many seconds ago.
async function refreshedBefore({ refreshToken }, seconds) {
	await sql(`UPDATE session SET last_used_at = UTC_TIMESTAMP(3) - INTERVAL ${seconds} SECOND`
		+ ` WHERE id = '${refreshToken.split(".")[0]}'`);
}

function someone(name = "Somebody") {
	return {
		email: `${randomBytes(6).toString("hex")}@example.org`,
		password: randomBytes(9).toString("base64url"), name,
	};
}

async function person(name) {
	return as(name).ready();
}

// daybookctl user with a password on standard input.
function ctlWith(input, ...args) {
	return run(path.join(programs, "daybookctl"), ["--config", stack.config, "user", ...args], { input });
}

async function count(table, where = "1 = 1") {
	const [row] = await sql(`SELECT COUNT(*) AS n FROM ${table} WHERE ${where}`);
	return Number(row.n);
}

// The problem without what differs from request to request.
function words({ body }) {
	const { instance, ...rest } = body;
	return rest;
}

function refused(answer, status, type, field) {
	assert.equal(answer.status, status, answer.text);
	assert.equal(answer.problem.type, `/problems/${type}`, answer.text);
	assert.equal(answer.problem.field, field, answer.text);
}

// --- signing up ---

test("signing up makes a personal space and signs in", async () => {
	const form = someone("Anna Älv");
	const answer = await post("/api/auth/register",
		{ ...form, email: form.email.toUpperCase(), deviceId: "phone-1" });

	assert.equal(answer.status, 201, answer.text);
	assert.equal(answer.headers["cache-control"], "no-store");
	assert.deepEqual(Object.keys(answer.body).sort(),
		["accessToken", "expiresIn", "refreshToken", "space", "user"]);
	assert.equal(answer.body.expiresIn, 900);
	assert.deepEqual(answer.body.user, { id: answer.body.user.id, email: form.email, name: form.name });

	const me = await get("/api/auth/me", answer.body.accessToken);
	assert.equal(me.status, 200, me.text);
	assert.deepEqual(me.body.user, answer.body.user);
	assert.equal(me.body.space, answer.body.space);
	assert.equal(me.body.homeSpace, answer.body.space);
	assert.equal(me.body.spaces.length, 1);
	const { id, kind, name, role, seq } = me.body.spaces[0];
	assert.deepEqual({ id, kind, name, role, seq },
		{ id: answer.body.space, kind: "personal", name: form.name, role: "owner", seq: 0 });
	assert.equal(me.body.session.current, true);
	assert.equal(me.body.session.deviceId, "phone-1");
	assert.equal(await count("space_epoch", `space_id = '${id}' AND epoch = '${me.body.spaces[0].epoch}'`), 1);
});

test("a form with a wrong value is refused, and names the member", async () => {
	const form = someone();
	const cases = [
		[{ ...form, role: "owner" }, "unknown-field", "role"],
		[{ ...form, id: "1" }, "unknown-field", "id"],
		[{ ...form, email: undefined }, "required", "email"],
		[{ ...form, password: undefined }, "required", "password"],
		[{ ...form, name: undefined }, "required", "name"],
		[{ ...form, email: "nobody" }, "invalid", "email"],
		[{ ...form, email: "a@b@c" }, "invalid", "email"],
		[{ ...form, email: "a b@example.org" }, "invalid", "email"],
		[{ ...form, email: `${"a".repeat(250)}@b.example` }, "invalid", "email"],
		[{ ...form, email: 5 }, "invalid", "email"],
		[{ ...form, password: "1234567" }, "invalid", "password"],
		[{ ...form, password: "x".repeat(201) }, "invalid", "password"],
		[{ ...form, password: form.email }, "invalid", "password"],
		[{ ...form, name: "Name Of Mine", password: "name of mine" }, "invalid", "password"],
		[{ ...form, name: " " }, "required", "name"],
		[{ ...form, name: "x".repeat(101) }, "invalid", "name"],
		[{ ...form, name: "a\nb" }, "invalid", "name"],
		[{ ...form, cookie: "yes" }, "invalid", "cookie"],
		[{ ...form, deviceId: "no/slash" }, "invalid", "deviceId"],
		[{ ...form, deviceName: "a\u0007b" }, "invalid", "deviceName"],
	];

	for (const [body, type, field] of cases)
		refused(await post("/api/auth/register", body), 400, type, field);
	assert.equal(await count("user", `email = '${form.email}'`), 0);
});

test("an e-mail that is taken is 409, and nothing is left behind", async () => {
	const anna = await person("anna");
	const before =
		await Promise.all(["user", "space", "member", "space_epoch", "session"].map((table) => count(table)));
	const answer = await post("/api/auth/register", { ...someone(), email: anna.email.toUpperCase() });

	refused(answer, 409, "exists", "email");
	assert.deepEqual(await Promise.all(["user", "space", "member", "space_epoch", "session"].map((table) =>
		count(table))), before);
});

test("of many sign-ups with one e-mail at once, one succeeds", async () => {
	const form = someone();
	const answers = await Promise.all(Array.from({ length: 4 }, () => post("/api/auth/register", form)));
	const statuses = answers.map(({ status }) => status);

	assert.equal(statuses.filter((status) => status === 201).length, 1);
	// 429 says that both turns were taken.
	assert.ok(statuses.every((status) => [201, 409, 429].includes(status)), statuses.join());
	assert.equal(await count("user", `email = '${form.email}'`), 1);
});

// --- signing in ---

test("a sign-in gives the same person other tokens", async () => {
	const anna = await person("anna");
	const answer = await login({ email: anna.email.toUpperCase(), password: anna.password });

	assert.equal(answer.status, 200, answer.text);
	assert.equal(answer.body.user.id, anna.id);
	assert.equal(answer.body.space, anna.home);
	assert.notEqual(answer.body.refreshToken, anna.refreshToken);
	assert.equal(answer.headers["set-cookie"], undefined);
});

test("nobody learns whether an account exists", async () => {
	const anna = await person("anna");
	const off = someone();
	await ctlWith(`${off.password}\n`, "add", off.email);
	await ctl("user", "disable", off.email);
	const answers = [
		await login({ ...anna, email: anna.email, password: "wrong password" }),
		await login({ email: "nobody@example.org", password: "wrong password" }),
		await login({ email: "no e-mail at all", password: "wrong password" }),
		await login(off),
	];

	for (const answer of answers) {
		refused(answer, 401, "unauthorized", undefined);
		assert.deepEqual(words(answer), words(answers[0]));
	}
});

// Ticks (10 ms) of a processor that the workers have used.
async function workOfWorkers() {
	const used = (await stack.workers()).map((pid) => {
		const [user, system] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ")
			.slice(11, 13).map(Number);
		return user + system;
	});
	return used.reduce((sum, ticks) => sum + ticks, 0);
}

test("an unknown e-mail costs the same work as a known one", async () => {
	const anna = await person("anna");
	const cost = async (email) => {
		const before = await workOfWorkers();
		for (let i = 0; i < 8; i++) {
			await sql("DELETE FROM throttle");
			refused(await login({ email, password: "wrong password" }), 401, "unauthorized");
		}
		return await workOfWorkers() - before;
	};
	const known = await cost(anna.email), unknown = await cost("nobody@example.org");

	// Without the password's computation it would be about a twentieth.
	assert.ok(unknown > known / 3 && unknown < known * 3, `known ${known} ticks, unknown ${unknown}`);
});

test("a sign-in refuses unknown members, and names missing ones", async () => {
	const anna = await person("anna");

	refused(await login(anna, { name: "Anna" }), 400, "unknown-field", "name");
	refused(await login({ email: anna.email }), 400, "required", "password");
	refused(await login({ password: "something" }), 400, "required", "email");
	refused(await login({ email: anna.email, password: "x".repeat(801) }), 400, "invalid", "password");
});

test("a sign-in is named after its browser unless it is given a name", async () => {
	const anna = await person("anna");
	const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
	const nameOf = async (answer) => (await get("/api/auth/me", answer.body.accessToken)).body.session.name;

	assert.equal(await nameOf(await login(anna, {}, { "User-Agent": firefox })), "Firefox on Linux");
	assert.equal(await nameOf(await login(anna, { deviceName: "Kitchen" }, { "User-Agent": firefox })), "Kitchen");
	assert.equal(await nameOf(await login(anna, {}, { "User-Agent": "\"<script>" })), "API client");
});

// --- guessers ---

test("after five wrong passwords the account has to wait, in that network only", async () => {
	const anna = await person("anna");
	const elsewhere = new http.Agent({ localAddress: "127.0.0.2" });

	for (let i = 0; i < 5; i++)
		refused(await login({ email: anna.email, password: `wrong ${i}` }), 401, "unauthorized", undefined);
	await sql("UPDATE throttle SET failures = failures + 4 WHERE failures = 5");
	const answer = await login(anna);
	refused(answer, 429, "throttled", undefined);
	assert.ok(Number(answer.headers["retry-after"]) >= 14 && Number(answer.headers["retry-after"]) <= 16,
		answer.headers["retry-after"]);

	assert.equal((await login(anna, {}, {}, { agent: elsewhere })).status, 200);
	const ben = await person("ben");
	assert.equal((await login(ben)).status, 200);

	await sql("UPDATE throttle SET last_at = last_at - INTERVAL 16 SECOND");
	assert.equal((await login(anna)).status, 200);
	assert.equal(await count("throttle", "failures = 9"), 1); // the network's; the account's is forgotten
	elsewhere.destroy();
});

test("waits grow to a quarter of an hour and are forgotten after a day", async () => {
	const anna = await person("anna");

	await login({ email: anna.email, password: "wrong" });
	await sql("UPDATE throttle SET failures = 40, last_at = UTC_TIMESTAMP(3)");
	const answer = await login(anna);
	refused(answer, 429, "throttled", undefined);
	assert.ok(Number(answer.headers["retry-after"]) > 890 && Number(answer.headers["retry-after"]) <= 900);
	await sql("UPDATE throttle SET last_at = UTC_TIMESTAMP(3) - INTERVAL 25 HOUR");
	assert.equal((await login(anna)).status, 200);
});

test("a clock that was set back makes nobody wait for it, and counts on", async () => {
	const anna = await person("anna");
	const [known, wrong] = [() => login(anna), () => login({ email: anna.email, password: "wrong" })];

	await wrong();
	await sql("UPDATE throttle SET failures = 60, last_at = UTC_TIMESTAMP(3) + INTERVAL 2 HOUR");
	assert.equal((await known()).status, 200);
	await wrong();
	const answer = await known();
	refused(answer, 429, "throttled", undefined);
	assert.ok(Number(answer.headers["retry-after"]) <= 900, answer.headers["retry-after"]);
});

test("a network with fifty failures has to wait, whatever the account", async () => {
	const ben = await person("ben");
	const subject = createHash("sha256").update(["network", "", "127.0.0.1", ""].join("\0")).digest("hex");

	await sql(`INSERT INTO throttle VALUES (X'${subject}', 53, UTC_TIMESTAMP(3))`);
	refused(await login(ben), 429, "throttled", undefined);
	refused(await post("/api/auth/register", someone()), 429, "throttled", undefined);
	await sql("UPDATE throttle SET failures = 49");
	assert.equal((await login(ben)).status, 200);
	await login({ email: ben.email, password: "wrong" });
	refused(await login(ben), 429, "throttled", undefined);
});

test("the throttle table knows neither e-mails nor addresses", async () => {
	const form = someone();

	await login(form);
	for (const { subject } of await sql("SELECT HEX(subject) AS subject FROM throttle"))
		assert.match(subject, /^[0-9A-F]{64}$/);
	assert.equal(await count("throttle"), 2);
});

// Another process that holds the machine's first turns of a class, as lib/host/turn.c locks them (F_OFD_SETLK is 37,
// F_WRLCK 1).  It says "held", and ends with its input.
function holdTurns({ settings }, name, count) {
	const place = ["none", "light", "push", "bulk", "heavy", "list", "import", "space", "password"]
		.indexOf(name);
	const program = `open(my $f, "+<", $ARGV[0]) or die;
		fcntl($f, 37, pack("s s x4 q q i x4", 1, 0, $ARGV[1] << 56, $ARGV[2], 0)) or die "not locked: $!";
		$| = 1; print "held\n"; <STDIN>;`;
	return spawn("perl", ["-e", program, path.join(settings.run_dir, "turns"), place, count],
		{ stdio: ["pipe", "pipe", "inherit"] });
}

test("a host hashes at most two passwords at a time; a third request gets 429", async () => {
	const anna = await person("anna");
	const holder = holdTurns(stack, "password", 2);

	await once(holder.stdout, "data");
	const answer = await login(anna);
	holder.stdin.end("\n");
	await once(holder, "exit");
	refused(answer, 429, "busy", undefined);
	assert.equal(answer.headers["retry-after"], "1");
	assert.equal(await count("throttle"), 0);
	assert.equal((await login(anna)).status, 200);
});

// --- refresh tokens ---

test("a refresh names the user and gives the next token", async () => {
	const entry = (await login(await person("anna"))).body;
	const answer = await refresh(entry.refreshToken);

	assert.equal(answer.status, 200, answer.text);
	assert.deepEqual(answer.body.user, entry.user);
	assert.equal(answer.body.space, entry.space);
	assert.notEqual(answer.body.refreshToken, entry.refreshToken);
	assert.equal((await get("/api/auth/me", answer.body.accessToken)).status, 200);
	assert.equal((await refresh(answer.body.refreshToken)).status, 200);
});

test("a refresh whose response was lost gives the same response again", async () => {
	const entry = (await login(await person("anna"))).body;
	const first = (await refresh(entry.refreshToken)).body.refreshToken;

	assert.equal((await refresh(entry.refreshToken)).body.refreshToken, first);
	assert.equal((await refresh(entry.refreshToken)).body.refreshToken, first);
	assert.equal((await refresh(first)).status, 200);
});

test("a device that was away after a lost response still refreshes, and again after a second loss", async () => {
	const entry = (await login(await person("anna"), { deviceId: "phone-1" })).body;
	const again = () => refresh(entry.refreshToken, "phone-1");
	const lost = (await again()).body.refreshToken;

	await refreshedBefore(entry, 12 * 3600);
	const alsoLost = (await again()).body.refreshToken;
	await refreshedBefore(entry, 3600);
	const heard = (await again()).body;
	assert.equal((await again()).body.refreshToken, heard.refreshToken);
	assert.equal(new Set([entry.refreshToken, lost, alsoLost, heard.refreshToken]).size, 4);
	assert.equal((await get("/api/auth/me", heard.accessToken)).status, 200);

	const next = (await refresh(heard.refreshToken, "phone-1")).body;
	assert.equal((await refresh(next.refreshToken, "phone-1")).status, 200);
});

test("a thief with a copied refresh token is found out, whoever comes first", async () => {
	const anna = await person("anna");
	const device = "phone-2";

	for (const [seconds, name] of [[0, "tablet-9"], [0, undefined], [3600, "tablet-9"]]) {
		const entry = (await login(anna, { deviceId: device })).body;
		const owner = (await refresh(entry.refreshToken, device)).body;

		await refreshedBefore(entry, seconds);
		refused(await refresh(entry.refreshToken, name), 401, "unauthorized", undefined);
		refused(await refresh(owner.refreshToken, device), 401, "unauthorized", undefined);
		refused(await get("/api/auth/me", owner.accessToken), 401, "unauthorized", undefined);
	}

	const entry = (await login(anna, { deviceId: device })).body;
	const first = (await refresh(entry.refreshToken, device)).body;
	await refreshedBefore(entry, 61);
	const second = (await refresh(entry.refreshToken, device)).body;
	assert.notEqual(second.refreshToken, first.refreshToken);
	refused(await refresh(first.refreshToken, device), 401, "unauthorized", undefined);
	refused(await refresh(second.refreshToken, device), 401, "unauthorized", undefined);
	refused(await get("/api/auth/me", second.accessToken), 401, "unauthorized", undefined);
});

test("a clock that was set back does not make a lost response look old", async () => {
	const entry = (await login(await person("anna"))).body;
	const first = (await refresh(entry.refreshToken)).body.refreshToken;

	await refreshedBefore(entry, -7200);
	assert.equal((await refresh(entry.refreshToken)).body.refreshToken, first);
});

test("refreshes at the same moment agree on one successor", async () => {
	const entry = (await login(await person("anna"))).body;
	const answers = await Promise.all(Array.from({ length: 12 }, () => refresh(entry.refreshToken)));

	assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
	assert.equal(new Set(answers.map(({ body }) => body.refreshToken)).size, 1);
});

test("a spent refresh token ends its session and no other", async () => {
	const anna = await person("anna");
	const copied = (await login(anna)).body, other = (await login(anna)).body;
	const second = (await refresh(copied.refreshToken)).body;
	const third = (await refresh(second.refreshToken)).body;

	refused(await refresh(copied.refreshToken), 401, "unauthorized", undefined);
	refused(await refresh(third.refreshToken), 401, "unauthorized", undefined);
	refused(await get("/api/auth/me", third.accessToken), 401, "unauthorized", undefined);
	assert.equal((await refresh(other.refreshToken)).status, 200);
	assert.ok((await stack.logLines()).some((line) => line.includes("refresh-reused") && line.includes(anna.id)));
});

test("a made-up refresh token is refused and ends nothing", async () => {
	const entry = (await login(await person("anna"))).body;
	const [session, secret] = entry.refreshToken.split(".");
	const wrong = [
		`${session}.${randomBytes(32).toString("base64url")}`, `${session}.${secret}A`, `${session}.${secret}=`,
		session, `${session}.`,
		"", ".", "null", `01920000-0000-7000-8000-000000000000.${secret}`, "x".repeat(5000),
		`${session}'--.${secret}`, entry.accessToken,
	];

	for (const token of wrong)
		refused(await refresh(token), 401, "unauthorized", undefined);
	refused(await post("/api/auth/refresh"), 401, "unauthorized", undefined);
	refused(await post("/api/auth/refresh", {}), 401, "unauthorized", undefined);
	refused(await post("/api/auth/refresh", { refreshToken: 5 }), 400, "invalid", "refreshToken");
	refused(await post("/api/auth/refresh", { refreshToken: entry.refreshToken, space: "x" }), 400,
		"unknown-field", "space");
	assert.equal((await refresh(entry.refreshToken)).status, 200);
});

test("made-up refresh tokens count as guesses, and whoever has the right one need not wait", async () => {
	const entry = (await login(await person("anna"))).body;
	const [session] = entry.refreshToken.split(".");
	const guess = () => refresh(`${session}.${randomBytes(32).toString("base64url")}`);
	const signOut = (refreshToken) => post("/api/auth/logout", { refreshToken });

	await sql("DELETE FROM throttle");
	refused(await guess(), 401, "unauthorized", undefined);
	assert.equal(await count("throttle", "failures = 1"), 1);
	await sql("UPDATE throttle SET failures = 60, last_at = UTC_TIMESTAMP(3)");
	refused(await guess(), 429, "throttled", undefined);
	refused(await signOut(`${session}.${randomBytes(32).toString("base64url")}`), 429, "throttled", undefined);
	const { refreshToken } = (await refresh(entry.refreshToken)).body;
	assert.equal((await refresh(entry.refreshToken)).body.refreshToken, refreshToken);
	assert.equal((await signOut(refreshToken)).status, 204);
	refused(await refresh(refreshToken), 401, "unauthorized", undefined);
	assert.equal((await login(await person("anna"))).status, 200);
});

test("a sign-in lives on while it is used, and ends when it is not", async () => {
	const entry = (await login(await person("anna"))).body;
	const id = entry.refreshToken.split(".")[0];

	await sql(`UPDATE session SET expires_at = UTC_TIMESTAMP(3) + INTERVAL 1 HOUR WHERE id = '${id}'`);
	const next = (await refresh(entry.refreshToken)).body;
	assert.equal(await count("session", `id = '${id}' AND expires_at > UTC_TIMESTAMP(3) + INTERVAL 59 DAY`), 1);

	await sql(`UPDATE session SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE id = '${id}'`);
	refused(await refresh(next.refreshToken), 401, "unauthorized", undefined);
	refused(await get("/api/auth/me", next.accessToken), 401, "unauthorized", undefined);
});

test("the table of sessions holds nothing that can be used to sign in", async () => {
	const entry = (await login(await person("anna"))).body;
	const [id, secret] = entry.refreshToken.split(".");
	const [row] = await sql(`SELECT HEX(hash) AS hash, HEX(seed) AS seed FROM session WHERE id = '${id}'`);

	for (const column of [row.hash, row.seed])
		refused(await refresh(`${id}.${Buffer.from(column, "hex").toString("base64url")}`), 401,
			"unauthorized", undefined);
	assert.equal(row.hash.toLowerCase(),
		createHash("sha256").update(Buffer.from(secret, "base64url")).digest("hex"));
});

// --- the cookie ---

function cookieOf(answer) {
	const [cookie, more] = answer.headers["set-cookie"] ?? [];

	assert.equal(more, undefined);
	assert.ok(cookie?.startsWith("daybook_refresh="), answer.text);
	return {
		text: cookie, pair: cookie.split(";")[0], value: cookie.split(";")[0].slice("daybook_refresh=".length),
	};
}

test("a browser's refresh token is in a cookie that scripts cannot read", async () => {
	const anna = await person("anna");
	const answer = await login(anna, { cookie: true }, { Origin: url });
	const cookie = cookieOf(answer);

	assert.equal(answer.status, 200, answer.text);
	assert.equal(answer.body.refreshToken, undefined);
	assert.equal(cookie.text, `${cookie.pair}; Path=/api/auth; Max-Age=${60 * 86400}; HttpOnly; SameSite=Strict`);

	const next = await post("/api/auth/refresh", undefined, { Origin: url, Cookie: `a=b; ${cookie.pair}; c=d` });
	assert.equal(next.status, 200, next.text);
	assert.equal(next.body.refreshToken, undefined);
	assert.notEqual(cookieOf(next).value, cookie.value);

	const signUp = await post("/api/auth/register", { ...someone(), cookie: true }, { Origin: url });
	assert.equal(signUp.body.refreshToken, undefined);
	cookieOf(signUp);
});

test("the cookie works for Daybook's own pages only", async () => {
	const anna = await person("anna");
	const cookie = cookieOf(await login(anna, { cookie: true }, { Origin: LISTED })).pair;
	const host = new URL(url).host;
	const strangers = [
		undefined, "null", "", "https://evil.example", `http://${host}.evil.example`,
		`http://evil.example/${host}`, `ftp://${host}`, host, `http://localhost:${stack.port ?? 80}`,
		`${LISTED}.evil.example`, LISTED.toUpperCase(),
	];

	for (const origin of strangers) {
		const headers = origin === undefined ? {} : { Origin: origin };
		refused(await login(anna, { cookie: true }, headers), 403, "forbidden", undefined);
		refused(await post("/api/auth/refresh", undefined, { ...headers, Cookie: cookie }), 403,
			"forbidden", undefined);
		refused(await post("/api/auth/logout", undefined, { ...headers, Cookie: cookie }), 403,
			"forbidden", undefined);
	}
	assert.equal((await post("/api/auth/refresh", undefined, { Origin: LISTED, Cookie: cookie })).status, 200);
});

test("a page that was served over https gets a Secure cookie", async () => {
	const anna = await person("anna");
	const origin = url.replace("http:", "https:"); // as a server in front of ours would pass it on

	assert.match(cookieOf(await login(anna, { cookie: true }, { Origin: origin })).text, /; Secure$/);
});

test("a cookie's refresh token is refused in a body, and the other way round", async () => {
	const anna = await person("anna");
	const cookie = cookieOf(await login(anna, { cookie: true }, { Origin: url }));
	const { refreshToken } = (await login(anna)).body;

	refused(await refresh(cookie.value), 401, "unauthorized", undefined);
	refused(await post("/api/auth/refresh", undefined, { Origin: url, Cookie: `daybook_refresh=${refreshToken}` }),
		401, "unauthorized", undefined);
});

test("the cookie does not sign in to the rest of the API", async () => {
	const cookie = cookieOf(await login(await person("anna"), { cookie: true }, { Origin: url })).pair;

	refused(await send({ url: `${url}/api/auth/me`, headers: { Origin: url, Cookie: cookie } }), 401,
		"unauthorized", undefined);
});

// --- signing out ---

test("signing out ends the session, and can be repeated", async () => {
	const anna = await person("anna");
	const entry = (await login(anna)).body;

	for (let i = 0; i < 2; i++)
		assert.equal((await post("/api/auth/logout", { refreshToken: entry.refreshToken })).status, 204);
	refused(await refresh(entry.refreshToken), 401, "unauthorized", undefined);
	refused(await get("/api/auth/me", entry.accessToken), 401, "unauthorized", undefined);
	assert.equal((await get("/api/auth/me", anna.token)).status, 200);
});

test("signing out works with the access token, and with the cookie, which goes", async () => {
	const anna = await person("anna");
	const one = (await login(anna)).body;
	const two = await login(anna, { cookie: true }, { Origin: url });

	assert.equal((await post("/api/auth/logout", undefined, { Authorization: `Bearer ${one.accessToken}` })).status,
		204);
	refused(await refresh(one.refreshToken), 401, "unauthorized", undefined);

	const out = await post("/api/auth/logout", {}, { Origin: url, Cookie: cookieOf(two).pair });
	assert.equal(out.status, 204);
	assert.match(cookieOf(out).text, /^daybook_refresh=; Path=\/api\/auth; Max-Age=0; HttpOnly; SameSite=Strict$/);
	refused(await get("/api/auth/me", two.body.accessToken), 401, "unauthorized", undefined);
});

test("signing out without a session succeeds", async () => {
	assert.equal((await post("/api/auth/logout")).status, 204);
	assert.equal((await post("/api/auth/logout", { refreshToken: "gone" })).status, 204);
	assert.equal((await post("/api/auth/logout", undefined, { Authorization: "Bearer gone" })).status, 204);
	refused(await post("/api/auth/logout", { token: "gone" }), 400, "unknown-field", "token");
});

// --- where one is signed in ---

test("sign-ins are listed and ended one by one, only by their own user", async () => {
	const carla = await person("carla"), ben = await person("ben");
	const other = (await login(carla, { deviceName: "Tablet", deviceId: "tablet" })).body;
	const { sessions } = (await carla.get("/api/auth/sessions")).body;

	assert.deepEqual(sessions.map(({ name, deviceId, current }) => ({ name, deviceId, current })),
		[
			{ name: "Tablet", deviceId: "tablet", current: false },
			{ name: "API client", deviceId: undefined, current: true },
		]);
	for (const session of sessions)
		for (const key of ["createdAt", "lastUsedAt", "expiresAt"])
			assert.match(session[key], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

	const absent = await ben.delete("/api/auth/sessions/01920000-0000-7000-8000-000000000000");
	const foreign = await ben.delete(`/api/auth/sessions/${sessions[0].id}`);
	refused(foreign, 404, "not-found", undefined);
	assert.deepEqual(words(foreign), words(absent));
	refused(await ben.delete("/api/auth/sessions/nonsense"), 404, "not-found", undefined);

	assert.equal((await carla.delete(`/api/auth/sessions/${sessions[0].id}`)).status, 204);
	refused(await get("/api/auth/me", other.accessToken), 401, "unauthorized", undefined);
	refused(await refresh(other.refreshToken), 401, "unauthorized", undefined);
	refused(await carla.delete(`/api/auth/sessions/${sessions[0].id}`), 404, "not-found", undefined);
	assert.equal((await carla.get("/api/auth/sessions")).body.sessions.length, 1);
});

// --- another password ---

test("a new password ends the other sign-ins and keeps this one and the API tokens", async () => {
	const dora = await person("dora");
	const other = (await login(dora)).body;
	const token = await dora.apiToken("read");
	const changed = await dora.post("/api/auth/password",
		{ current: dora.password, new: "another good one", endTokens: false });

	assert.equal(changed.status, 204, changed.text);
	assert.equal((await dora.get("/api/auth/me")).status, 200);
	refused(await refresh(other.refreshToken), 401, "unauthorized", undefined);
	refused(await get("/api/auth/me", other.accessToken), 401, "unauthorized", undefined);
	refused(await get("/api/auth/me", token.token), 403, "forbidden", undefined); // known, but no sign-in
	refused(await login(dora), 401, "unauthorized", undefined);
	assert.equal((await login({ email: dora.email, password: "another good one" })).status, 200);
});

test("a new password ends the API tokens unless it says otherwise, and nobody else's", async () => {
	const [nora, otto] = [await person("nora"), await person("otto")];
	const [mine, his] = [await nora.apiToken("read"), await otto.apiToken("read")];

	refused(await nora.post("/api/auth/password", {
		current: nora.password, new: "another good one", endTokens: "yes",
	}), 400, "invalid", "endTokens");
	refused(await nora.post("/api/auth/password", { current: "wrong", new: "another good one", endTokens: true }),
		400, "invalid", "current");
	assert.equal((await get("/api/cars", mine.token)).status, 200);
	assert.equal((await nora.post("/api/auth/password", {
		current: nora.password, new: "another good one", endTokens: false,
	})).status, 204);
	assert.equal((await get("/api/cars", mine.token)).status, 200);
	assert.equal((await nora.post("/api/auth/password", {
		current: "another good one", new: "a third good one",
	})).status, 204);
	refused(await get("/api/cars", mine.token), 401, "unauthorized", undefined);
	assert.deepEqual((await nora.get("/api/auth/tokens")).body.tokens, []);
	assert.equal((await get("/api/cars", his.token)).status, 200);
	assert.equal((await nora.get("/api/auth/me")).status, 200);
});

test("without the current password nothing changes, and guessing has to wait", async () => {
	const eve = await person("eve");

	refused(await eve.post("/api/auth/password", { current: "wrong", new: "another good one" }), 400,
		"invalid", "current");
	refused(await eve.post("/api/auth/password", { current: eve.password, new: "short" }), 400, "invalid", "new");
	refused(await eve.post("/api/auth/password", { current: eve.password, new: eve.email }), 400, "invalid", "new");
	refused(await eve.post("/api/auth/password", { new: "another good one" }), 400, "required", "current");
	refused(await eve.post("/api/auth/password", { current: eve.password }), 400, "required", "new");
	refused(await eve.post("/api/auth/password", { current: eve.password, new: "another good one", email: "x@y" }),
		400, "unknown-field", "email");
	refused(await post("/api/auth/password", { current: eve.password, new: "another good one" }), 401,
		"unauthorized", undefined);

	await sql("UPDATE throttle SET failures = 10");
	refused(await eve.post("/api/auth/password", { current: eve.password, new: "another good one" }), 429,
		"throttled", undefined);
	await sql("DELETE FROM throttle");
	assert.equal((await login(eve)).status, 200);
});

// --- API tokens ---

test("an API token is shown once and works both ways until it is ended", async () => {
	const finn = await person("finn");
	const made = await finn.post("/api/auth/tokens",
		{ name: "Spreadsheet", scope: "read", password: finn.password });

	assert.equal(made.status, 201, made.text);
	assert.match(made.body.token, /^dbk_[A-Za-z0-9_-]{43}$/);
	assert.equal(made.headers.location, `/api/auth/tokens/${made.body.id}`);
	assert.equal(made.body.space, finn.home);
	assert.equal(Math.round((Date.parse(made.body.expiresAt) - Date.parse(made.body.createdAt)) / 86400000), 365);

	const { tokens } = (await finn.get("/api/auth/tokens")).body;
	assert.equal(tokens.length, 1);
	assert.deepEqual({
		name: tokens[0].name, scope: tokens[0].scope, space: tokens[0].space, token: tokens[0].token,
	}, { name: "Spreadsheet", scope: "read", space: finn.home, token: undefined });
	assert.equal((await finn.get("/api/auth/sessions")).body.sessions.some(({ id }) => id === made.body.id), false);

	assert.equal(tokens[0].lastUsedAt, tokens[0].createdAt);

	const byKey = () => send({ url: `${url}/api/collections`, headers: { "X-API-Key": made.body.token } });
	assert.equal((await byKey()).status, 200);
	const [used] = (await finn.get("/api/auth/tokens")).body.tokens;
	assert.ok(used.lastUsedAt > used.createdAt, "its first use is told at once");
	assert.equal((await get("/api/collections", made.body.token)).status, 200);
	refused(await as("ben").delete(`/api/auth/tokens/${made.body.id}`), 404, "not-found", undefined);
	refused(await finn.delete(`/api/auth/sessions/${made.body.id}`), 404, "not-found", undefined);
	assert.equal((await finn.delete(`/api/auth/tokens/${made.body.id}`)).status, 204);
	refused(await byKey(), 401, "unauthorized", undefined);
	refused(await finn.delete(`/api/auth/tokens/${made.body.id}`), 404, "not-found", undefined);
	assert.equal((await finn.get("/api/auth/tokens")).body.tokens.length, 0);
});

test("an API token acts in its space, within its scope, and never for the account", async () => {
	const finn = await person("finn");
	const team = await stack.team({ finn: "viewer", ben: "owner" });
	const reads = await finn.apiToken("read"), admin = await finn.apiToken("admin", team.id);
	const asToken = (token, method, route, body) =>
		send({ url: url + route, method, body, headers: { "X-API-Key": token } });

	refused(await asToken(reads.token, "POST", "/api/weights", {}), 403, "forbidden", undefined);
	refused(await asToken(reads.token, "GET", `/api/spaces/${team.id}/weights`), 404, "not-found", undefined);
	// Finn is a viewer there.
	refused(await asToken(admin.token, "POST", "/api/weights", {}), 403, "forbidden", undefined);
	refused(await asToken(admin.token, "GET", `/api/spaces/${finn.home}/weights`), 404, "not-found", undefined);
	for (const [method, route, body] of [
		["GET", "/api/auth/me"],
		["GET", "/api/auth/tokens"],
		["GET", "/api/spaces"],
		["POST", "/api/auth/tokens", { name: "more", scope: "admin" }],
		["POST", "/api/auth/password", { current: finn.password, new: "another good one" }],
	])
		refused(await asToken(admin.token, method, route, body), 403, "forbidden", undefined);

	await sql(`DELETE FROM member WHERE space_id = '${team.id}' AND user_id = '${finn.id}'`);
	refused(await asToken(admin.token, "GET", "/api/weights"), 404, "not-found", undefined);
});

test("an API token needs a name and a scope", async () => {
	const finn = await person("finn"), ben = await person("ben");
	const make = (body) => finn.post("/api/auth/tokens", body);
	const good = { name: "x", scope: "read", password: finn.password };

	refused(await make({ scope: "read" }), 400, "required", "name");
	refused(await make({ name: "x", password: finn.password }), 400, "required", "scope");
	refused(await make({ name: "x", scope: "all" }), 400, "invalid", "scope");
	refused(await make({ name: "x", scope: "none" }), 400, "invalid", "scope");
	refused(await make({ ...good, expiresInDays: 0 }), 400, "invalid", "expiresInDays");
	refused(await make({ ...good, expiresInDays: 1.5 }), 400, "invalid", "expiresInDays");
	refused(await make({ ...good, expiresInDays: 366 }), 400, "invalid", "expiresInDays");
	refused(await make({ ...good, expiresInDays: 3651 }), 400, "invalid", "expiresInDays");
	refused(await make({ name: "x", scope: "read" }), 400, "required", "password");
	refused(await make({ ...good, password: "wrong" }), 400, "invalid", "password");
	refused(await make({ ...good, user: ben.id }), 400, "unknown-field", "user");
	const foreign = await make({ ...good, space: ben.home }), absent = await make({ ...good, space: "nowhere" });
	refused(foreign, 404, "not-found", "space");
	assert.deepEqual(words(foreign), words(absent));
});

test("an API token with an expiry expires", async () => {
	const finn = await person("finn");
	const { body } = await finn.post("/api/auth/tokens",
		{ name: "x", scope: "write", expiresInDays: 30, password: finn.password });

	assert.equal(Math.round((Date.parse(body.expiresAt) - Date.parse(body.createdAt)) / 86400000), 30);
	assert.equal((await get("/api/collections", body.token)).status, 200);
	await sql(`UPDATE session SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE id = '${body.id}'`);
	refused(await get("/api/collections", body.token), 401, "unauthorized", undefined);
});

test("the use of an API token is noted, at most every ten minutes", async () => {
	const token = await (await person("finn")).apiToken("read");
	const used = async () => (await sql(`SELECT last_used_at AS at FROM session WHERE id = '${token.id}'`))[0].at;
	await get("/api/collections", token.token);
	const first = await used();

	await get("/api/collections", token.token);
	assert.equal(await used(), first);
	await sql(`UPDATE session SET last_used_at = last_used_at - INTERVAL 11 MINUTE WHERE id = '${token.id}'`);
	await get("/api/collections", token.token);
	assert.ok(await used() >= first);
});

test("a user can have at most a hundred API tokens", async () => {
	const gus = await person("gus");
	const rows = Array.from({ length: 99 }, () => `(UNHEX(MD5(UUID())), '${gus.id}', 'token',
		UNHEX(SHA2(UUID(), 256)),
		'x', 'read', '${gus.home}', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`);

	await sql(`INSERT INTO session (id, user_id, kind, hash, name, scope, space_id, created_at, last_used_at)
		VALUES ${rows.join(",")}`);
	const make = () => gus.post("/api/auth/tokens", { name: "x", scope: "read", password: gus.password });

	assert.equal((await make()).status, 201);
	refused(await make(), 403, "forbidden", undefined);
});

test("where the setting allows it, an API token may live longer or never end", async () => {
	const finn = await person("finn");
	const make = (expiresInDays) => finn.post("/api/auth/tokens",
		{ name: "x", scope: "read", password: finn.password, expiresInDays });

	refused(await make(0), 400, "invalid", "expiresInDays");
	await stack.configure({ api_token_days: 0 });
	assert.equal((await make(0)).body.expiresAt, undefined);
	assert.equal((await make(3650)).status, 201);
	await stack.configure({ api_token_days: 30 });
	const { body } = await make(undefined);
	assert.equal(Math.round((Date.parse(body.expiresAt) - Date.parse(body.createdAt)) / 86400000), 30);
	await stack.configure({ api_token_days: 365 });
});

// --- what happened to the account ---

test("an owner sees who signed in, from where, with what, and how often somebody failed", async () => {
	const ida = await person("ida");
	const agent = { "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0" };
	const rows = async (query = "") => (await ida.get(`/api/auth/sign-ins${query}`)).body;

	for (let i = 0; i < 3; i++)
		refused(await login({ email: ida.email, password: "wrong" }, {}, agent), 401,
			"unauthorized", undefined);
	assert.equal((await login(ida, { deviceId: "phone-1", deviceName: "Ida's phone" })).status, 200);
	const made = await ida.apiToken("read");

	const { signIns, next } = await rows();
	const network = "127.0.0.0/24";
	assert.equal(next, undefined);
	assert.deepEqual(signIns.map(({ id, at, ...rest }) => rest), [
		{ kind: "token", name: made.name, network, count: 1, current: false },
		{ kind: "sign-in", name: "Ida's phone", deviceId: "phone-1", network, count: 1, current: false },
		{ kind: "failed", name: "Firefox on Linux", network, count: 3, current: false },
		{ kind: "sign-up", name: "API client", network, count: 1, current: true },
	]);

	const first = await rows("?limit=3");
	assert.equal(first.next, signIns[2].id);
	assert.deepEqual((await rows(`?limit=3&after=${first.next}`)).signIns.map(({ kind }) => kind), ["sign-up"]);
	refused(await ida.get("/api/auth/sign-ins?limit=101"), 400, "invalid", "limit");
	const others = (await (await person("ben")).get("/api/auth/sign-ins")).body.signIns;
	assert.equal(others.some(({ id }) => id === signIns[0].id), false);
});

test("a user's list of sign-ins is bounded, and 90 days old rows are deleted", async () => {
	const ida = await person("ida-again");
	const idOf = (i) => `01000000-0000-7000-8000-${String(i).padStart(12, "0")}`;
	const many = Array.from({ length: 320 }, (_, i) =>
		`('${ida.id}', '${idOf(i)}', 'sign-in', UTC_TIMESTAMP(3), 'x', '')`);

	await sql(`INSERT INTO sign_in (user_id, id, kind, at, name, network) VALUES ${many.join(",")}`);
	assert.equal((await login(ida)).status, 200);
	assert.equal(await count("sign_in", `user_id = '${ida.id}'`), 300);
	await stack.tidy(91);
	assert.equal(await count("sign_in"), 0);
});

test("one address has one account, however it is written", async () => {
	const form = { ...someone("Zoë"), email: `zo\u00eb-${randomBytes(4).toString("hex")}@example.org` };
	const decomposed = form.email.normalize("NFD");

	assert.equal((await post("/api/auth/register",
		{ ...form, email: `  ${decomposed.toUpperCase()} ` })).status, 201);
	refused(await post("/api/auth/register", form), 409, "exists", "email");
	for (const email of [form.email, decomposed, `${form.email}   `, ` \t${form.email.toUpperCase()}\n`])
		assert.equal((await login({ ...form, email })).body?.user?.email, form.email);

	for (let i = 0; i < 6; i++)
		await login({ ...form, email: `${form.email}${" ".repeat(i)}`, password: "wrong" });
	refused(await login(form), 429, "throttled", undefined);
});

test("an account from before addresses had a normal form is found as it was typed and as it is now", async () => {
	const form = { ...someone("Jörg"), email: `j\u00f6rg-${randomBytes(4).toString("hex")}@example.org` };
	const old = form.email.normalize("NFD");

	assert.equal((await post("/api/auth/register", form)).status, 201);
	await sql(`UPDATE user SET email = '${old}' WHERE email = '${form.email}'`);
	for (const email of [form.email, old, ` ${old.toUpperCase()}`])
		assert.equal((await login({ ...form, email })).status, 200);
	refused(await post("/api/auth/register", form), 409, "exists", "email");
});

test("a malformed API token is refused", async () => {
	for (const token of ["dbk_", `dbk_${"A".repeat(43)}`, `dbk_${"A".repeat(5000)}`, "dbk_' OR 1=1", "x"])
		refused(await get("/api/auth/me", token), 401, "unauthorized", undefined);
});

// --- spaces ---

test("spaces are listed with the caller's role, the home space first", async () => {
	const hal = await person("hal");
	const team = await stack.team({ hal: "manager", ben: "owner" }, { name: "A warehouse" });
	const answer = await hal.get("/api/spaces");

	assert.equal(answer.status, 200, answer.text);
	assert.deepEqual(answer.body.spaces.map(({ id, kind, name, role }) => ({ id, kind, name, role })), [
		{ id: hal.home, kind: "personal", name: "hal", role: "owner" },
		{ id: team.id, kind: "team", name: "A warehouse", role: "manager" },
	]);
	refused(await hal.get("/api/spaces?x=1"), 400, "unknown-field", "x");
});

// --- an operator's database ---

test("while a loaded dump waits for its operator, requests get 503 and nobody is signed out", async () => {
	const anna = await person("anna");
	const entry = (await login(anna)).body;
	const token = await anna.apiToken("read");

	await sql("UPDATE meta SET value = '0' WHERE name = 'live'");
	try {
		// Not in the dump.
		await sql(`UPDATE session SET id = REPEAT('e', 16) WHERE id = '${entry.refreshToken.split(".")[0]}'`);
		const answers = [
			await login(anna), await refresh(entry.refreshToken),
			await get("/api/auth/me", entry.accessToken), await anna.get("/api/auth/me"),
			await get("/api/collections", token.token),
			await get("/api/collections", `dbk_${"A".repeat(43)}`),
			await post("/api/auth/register", someone()),
		];
		for (const answer of answers) {
			refused(answer, 503, "unavailable", undefined);
			assert.ok(Number(answer.headers["retry-after"]) > 0);
		}
	} finally {
		await sql(
			`DELETE FROM session WHERE id = REPEAT('e', 16);
			UPDATE meta SET value = '1' WHERE name = 'live'`);
	}
	assert.equal((await anna.get("/api/auth/me")).status, 200);
});

// --- the operator's command ---

test("the operator adds people, with or without a password", async () => {
	const form = someone();
	const made = await ctlWith(`${form.password}\n`, "add", form.email, "--name", "Ina Öz");

	assert.equal(made.status, 0, made.stderr);
	const entry = await login(form);
	assert.equal(entry.status, 200, entry.text);
	assert.deepEqual(entry.body.user, { id: made.stdout.trim(), email: form.email, name: "Ina Öz" });

	const again = await ctlWith(`${form.password}\n`, "add", form.email);
	assert.equal(again.status, 1);
	assert.match(again.stderr, /already/);
	assert.equal((await ctlWith("short\n", "add", someone().email)).status, 1);
	assert.equal((await ctlWith("", "add", someone().email)).status, 1);
	assert.equal((await ctlWith("", "add", "nonsense", "--no-password")).status, 1);

	const external = someone();
	assert.equal((await ctl("user", "add", external.email, "--no-password")).status, 0);
	refused(await login({ email: external.email, password: "anything at all" }), 401, "unauthorized", undefined);
	const list = await ctl("user", "list");
	assert.equal(list.status, 0);
	assert.ok(list.stdout.includes(form.email) && list.stdout.includes(external.email));
	assert.ok(!list.stdout.includes("$argon2"));
});

test("a password set by the operator ends every sign-in", async () => {
	const form = someone();
	const file = path.join(folder, "password");
	await ctlWith(`${form.password}\n`, "add", form.email);
	const entry = (await login(form)).body;
	writeFileSync(file, "a newer password\n", { mode: 0o600 });

	assert.equal((await ctl("user", "password", form.email.toUpperCase(), "--password-file", file)).status, 0);
	refused(await refresh(entry.refreshToken), 401, "unauthorized", undefined);
	refused(await get("/api/auth/me", entry.accessToken), 401, "unauthorized", undefined);
	refused(await login(form), 401, "unauthorized", undefined);
	assert.equal((await login({ email: form.email, password: "a newer password" })).status, 200);
	assert.equal((await ctlWith("whatever it is\n", "password", "nobody@example.org")).status, 1);
});

test("a disabled user is out at once, with all tokens, and comes back by signing in", async () => {
	const jan = await person("jan");
	const token = await jan.apiToken("admin");

	assert.equal((await ctl("user", "disable", jan.email)).status, 0);
	refused(await jan.get("/api/auth/me"), 401, "unauthorized", undefined);
	refused(await refresh(jan.refreshToken), 401, "unauthorized", undefined);
	refused(await get("/api/collections", token.token), 401, "unauthorized", undefined);
	refused(await login(jan), 401, "unauthorized", undefined);

	assert.equal((await ctl("user", "enable", jan.email)).status, 0);
	refused(await refresh(jan.refreshToken), 401, "unauthorized", undefined);
	refused(await get("/api/collections", token.token), 401, "unauthorized", undefined);
	assert.equal((await login(jan)).status, 200);
});

test("the command prints its usage", async () => {
	for (const args of [[], ["fly"], ["add"], ["add", "a@b", "c"], ["add", "a@b", "--password", "secret99"],
		["list", "x"], ["link", "a@b"]])
		assert.equal((await ctl("user", ...args)).status, 2, args.join(" "));
	assert.equal((await ctl("user", "help")).status, 0);
	assert.equal((await ctl("user", "disable", "nobody@example.org")).status, 1);
});

// --- another issuer ---

function issue(claims, key = issuerKeys.privateKey) {
	const now = Math.floor(Date.now() / 1000);
	const parts = [
		{ alg: "RS256", kid: "k1", typ: "JWT" },
		{ iss: ISSUER, aud: "daybook", iat: now, exp: now + 300, ...claims },
	];
	const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");

	return `${text}.${sign("sha256", Buffer.from(text), key).toString("base64url")}`;
}

test("a subject of another issuer is linked by the operator, never matched by e-mail", async () => {
	const kim = await person("kim");
	const token = issue({ sub: "kim-there", email: kim.email });

	refused(await get("/api/auth/me", token), 401, "unauthorized", undefined);
	assert.equal((await ctl("user", "link", kim.email, ISSUER, "kim-there")).status, 0);
	assert.equal((await ctl("user", "link", (await person("ben")).email, ISSUER, "kim-there")).status, 1);

	const me = await get("/api/auth/me", token);
	assert.equal(me.status, 200, me.text);
	assert.equal(me.body.user.id, kim.id);
	assert.equal(me.body.space, kim.home);
	assert.equal(me.body.session, null);
	refused(await get("/api/auth/me", issue({ sub: "kim-there " })), 401, "unauthorized", undefined);
	refused(await get("/api/auth/me", issue({ sub: "KIM-THERE" })), 401, "unauthorized", undefined);
	refused(await get("/api/auth/me", issue({ sub: "kim-there", aud: "elsewhere" })), 401,
		"unauthorized", undefined);

	assert.equal((await ctl("user", "unlink", ISSUER, "kim-there")).status, 0);
	refused(await get("/api/auth/me", token), 401, "unauthorized", undefined);
	assert.equal((await ctl("user", "unlink", ISSUER, "kim-there")).status, 1);
});

test("a token of another issuer cannot name our users or sessions", async () => {
	const kim = await person("kim");
	const { session } = (await kim.get("/api/auth/me")).body;

	refused(await get("/api/auth/me", issue({ sub: kim.id, sid: session.id, space: kim.home })), 401,
		"unauthorized", undefined);
	refused(await get("/api/auth/me", issue({ iss: "daybook", sub: kim.id, sid: session.id, space: kim.home })),
		401, "unauthorized", undefined);
});

// --- what is closed, and what stays secret ---

test("where registration is closed nobody signs up, and the operator still adds people", async () => {
	const closed = await start({ settings: { registration: "no" }, own: true });

	try {
		const form = someone();
		refused(await send({ url: `${closed.url}/api/auth/register`, method: "POST", body: form }), 403,
			"forbidden", undefined);
		const made = await run(path.join(programs, "daybookctl"),
			["--config", closed.config, "user", "add", form.email], { input: form.password });
		assert.equal(made.status, 0, made.stderr);
		assert.equal((await send({
			url: `${closed.url}/api/auth/login`, method: "POST",
			body: { email: form.email, password: form.password },
		})).status, 200);
	} finally {
		await closed.stop();
	}
});

test("no secret is in a log", async () => {
	const anna = await person("anna");
	const entry = (await login(anna)).body;
	const token = await anna.apiToken("read");
	const next = (await refresh(entry.refreshToken)).body;
	await login({ email: anna.email, password: "a wrong password in the log" });
	const log = (await stack.logLines()).join("\n");

	assert.ok(log.length > 0);
	for (const secret of [
		anna.password, anna.email, entry.accessToken, entry.refreshToken.split(".")[1],
		next.refreshToken.split(".")[1], token.token, "a wrong password in the log", "$argon2",
	])
		assert.ok(!log.includes(secret));
});
