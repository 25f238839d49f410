// Files that a browser fetches by a plain link: the ticket that goes along is good for one path, one sign-in, and a
// minute.
import assert from "node:assert/strict";
import { test } from "node:test";
import { start } from "../harness.mjs";
import { crew } from "../lib/crew.mjs";
import { answered } from "../lib/expect.mjs";
import { send } from "../lib/http.mjs";

const stack = await start();
const { url, sql } = stack;
const { anna, ben, space } = await crew(stack, { anna: "owner", ben: "member" }, ["128489"]);
const HERE = { Origin: url };
const place = `/api/spaces/${space.id}`;

const { id: backup } = answered(await anna.post("/api/backup"));
const file = `${place}/backups/${backup}`;
const whole = (await anna.get(`/api/backups/${backup}`)).bytes;

const ask = (person, path, headers = HERE) =>
	send({ url: `${url}/api/auth/ticket`, method: "POST", body: { path },
		headers: { Authorization: `Bearer ${person.account.token}`, ...headers } });

async function ticketFor(path, person = anna) {
	const answer = await ask(person, path);
	assert.equal(answer.status, 204, answer.text);
	return answer.headers["set-cookie"][0];
}

const pairOf = (cookie) => cookie.split(";")[0];
const fetched = (path, cookie, headers = {}, method = "GET") =>
	send({ url: url + path, method, headers: { Cookie: cookie, ...headers } });

test("a file is fetched with a ticket alone, whole, under the name that the page gives it", async () => {
	const cookie = await ticketFor(file);
	assert.match(cookie, new RegExp(`; Path=${file}; Max-Age=60; HttpOnly; SameSite=Strict$`));
	const answer = await fetched(file, pairOf(cookie), { "Sec-Fetch-Site": "same-origin" });
	assert.equal(answer.status, 200, answer.text);
	assert.ok(answer.bytes.equals(whole));
	assert.equal(answer.headers["content-disposition"], "attachment");
	assert.match((await anna.get(`/api/backups/${backup}`)).headers["content-disposition"], /filename="daybook-/);

	const everything = pairOf(await ticketFor(`${place}/export`));
	const exported = await fetched(`${place}/export?format=json`, everything);
	assert.equal(JSON.parse(exported.text).daybook, 1);
	const mine = pairOf(await ticketFor("/api/auth/export"));
	assert.equal(JSON.parse((await fetched("/api/auth/export", mine)).text).daybook, "person");
});

test("it is good for nothing else: no other path, method or site, and nothing changed in it", async () => {
	const pair = pairOf(await ticketFor(file)), refused = async (answer) =>
		assert.equal((await answer).status, 401, (await answer).text);
	await refused(fetched(`${place}/export`, pair));
	await refused(fetched(`${place}/backups`, pair));
	await refused(fetched(`${place}/cars`, pair));
	await refused(fetched(`/api/backups/${backup}`, pair));
	await refused(fetched(file, pair, HERE, "DELETE"));
	await refused(fetched(file, pair, { "Sec-Fetch-Site": "cross-site" }));
	await refused(fetched(file, pair, { Origin: "https://elsewhere.example" }));
	const [name, text] = pair.split("="), [user, session, seconds, seal] = text.split(".");
	for (const parts of [[user, session, Number(seconds) + 60, seal], [ben.id, session, seconds, seal],
		[user, session, seconds, `${seal.slice(1)}A`], [user, session, seconds], [""]])
		await refused(fetched(file, `${name}=${parts.join(".")}`));
	assert.equal((await fetched(file, pair)).status, 200);
	const lines = (await stack.logLines()).join("\n");
	assert.ok(!lines.includes(seal), "no log has it");
});

test("who may not read the file does not with a ticket, and the end of the sign-in ends it", async () => {
	const bens = pairOf(await ticketFor(file, ben));
	assert.equal((await fetched(file, bens)).status, 403);
	const { accessToken } = answered(await send({ url: `${url}/api/auth/login`, method: "POST",
		body: { email: anna.email, password: anna.password } }));
	const other = { account: { token: accessToken } }, pair = pairOf(await ticketFor(file, other));
	assert.equal((await fetched(file, pair)).status, 200);
	await sql(`UPDATE session SET revoked_at = UTC_TIMESTAMP(3) WHERE user_id = '${anna.id}'`);
	assert.equal((await fetched(file, pair)).status, 401);
});

test("tickets are for pages of this site, and for paths that are plain", async () => {
	const { token } = answered(await stack.as("ben").post("/api/auth/tokens",
		{ name: "script", scope: "read", password: ben.password }), 201);
	assert.equal((await ask({ account: { token } }, file)).status, 403);
	assert.equal((await ask(ben, file, {})).status, 403);
	assert.equal((await ask(ben, file, { Origin: "https://elsewhere.example" })).status, 403);
	const odd = ["/", "/apixyz", `${file}; Domain=example`, "/api/a\r\nb", "/api/%41", `/api/${"x".repeat(300)}`];
	for (const path of odd)
		assert.equal((await ask(ben, path)).status, 400, path);
});
