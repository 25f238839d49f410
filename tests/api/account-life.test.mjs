// The end of a password and the end of an account: a link by mail, deletion with 30 days to think again, and erasure,
// after which the audit still verifies and nothing of the person is left in the database.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, test } from "node:test";
import { start } from "../harness.mjs";
import { answered, refused } from "../lib/expect.mjs";
import { send } from "../lib/http.mjs";
import { mailbox } from "../lib/mailbox.mjs";
import { until } from "../lib/wait.mjs";

const mail = mailbox();
const stack = await start({ settings: mail.settings });
const { as, ctl, sql, team } = stack;

beforeEach(() => sql("DELETE FROM throttle"));

function post(path, body) {
	return send({ url: stack.url + path, method: "POST", body });
}

function login({ email, password }) {
	return post("/api/auth/login", { email, password });
}

// The message with this subject to this person, once it has come.
function mailTo({ email }, subject, text = "") {
	return until(`there is mail: ${subject}`, () => mail.messages().find((message) =>
		message.includes(`\nTo: ${email}\nSubject: ${subject}\n`) && message.includes(text)), 30);
}

function remove(person, password = person.password) {
	return person.delete("/api/auth/me", {}, { password });
}

async function verify() {
	const verified = await ctl("verify");
	assert.equal(verified.status, 0, verified.stdout + verified.stderr);
}

// Every table's every text column, searched: where this text still stands.
async function whereIs(text) {
	const columns = await sql(`SELECT table_name, column_name FROM information_schema.columns
		WHERE table_schema = DATABASE()
		AND data_type IN ('char', 'varchar', 'text', 'mediumtext', 'longtext')
		AND table_name IN (SELECT table_name FROM information_schema.tables
			WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE')`);
	const found = await sql(columns.map(({ table_name: table, column_name: column }) =>
		`SELECT '${table}.${column}' AS place FROM \`${table}\` WHERE \`${column}\` LIKE '%${text}%'`)
			.join(" UNION "));
	return found.map((row) => row.place);
}

// --- a forgotten password ---

test("a forgotten password is replaced through a mail, once, and everybody is signed out", async () => {
	const anna = await as("anna").ready();
	answered(await post("/api/auth/password/reset", { email: anna.email.toUpperCase() }), 202);
	const letter = await mail.next();

	assert.match(letter.head, new RegExp(`\\nTo: ${anna.email}\\nSubject: A new password for Daybook\\n`));
	assert.match(letter.link, /^https:\/\/daybook\.example\.org\/#reset=/);
	assert.deepEqual(await whereIs(letter.token), []);
	refused(await post("/api/auth/password/reset/confirm", { token: letter.token, new: "short" }),
		400, { field: "new" });
	refused(await post("/api/auth/password/reset/confirm", { token: letter.token, new: anna.email }),
		400, { field: "new" });
	answered(await post("/api/auth/password/reset/confirm", { token: letter.token, new: "a password of spring" }),
		204);
	refused(await anna.get("/api/cars"), 401);
	refused(await login(anna), 401);
	answered(await login({ email: anna.email, password: "a password of spring" }));
	refused(await post("/api/auth/password/reset/confirm", { token: letter.token, new: "another password" }), 400,
		{ field: "token" });
});

test("a reset by mail or by the operator ends API tokens, unless it says otherwise", async () => {
	const file = path.join(stack.dir, "password");
	writeFileSync(file, "a password of winter\n", { mode: 0o600 });
	const byMail = async (person, more) => {
		answered(await post("/api/auth/password/reset", { email: person.email }), 202);
		const { token } = await mail.next();
		answered(await post("/api/auth/password/reset/confirm",
			{ token, new: "a password of winter", ...more }), 204);
	};
	const byOperator = async ({ email }, ...more) => {
		const { status, stderr } = await ctl("user", "password", email, "--password-file", file, ...more);
		assert.equal(status, 0, stderr);
	};
	for (const [i, [status, reset]] of [
		[401, (person) => byMail(person)],
		[200, (person) => byMail(person, { endTokens: false })],
		[401, (person) => byOperator(person)],
		[200, (person) => byOperator(person, "--keep-tokens")],
	].entries()) {
		const person = await as(`rita${i}`).ready(), { token } = await person.apiToken("read");
		const cars = () => send({ url: `${stack.url}/api/cars`, headers: { "X-API-Key": token } });
		answered(await cars());
		await reset(person);
		assert.equal((await cars()).status, status, reset.toString());
		refused(await person.get("/api/cars"), 401);
	}
});

test("a reset link works once; using one link invalidates the other", async () => {
	const ben = await as("ben").ready(), letters = [];
	for (let i = 0; i < 2; i++) {
		answered(await post("/api/auth/password/reset", { email: ben.email }), 202);
		letters.push(await mail.next());
	}
	const tries = await Promise.all(["one password", "two password"].map((word) =>
		post("/api/auth/password/reset/confirm", { token: letters[0].token, new: word })));
	assert.deepEqual(tries.map((answer) => answer.status).sort(), [204, 400]);
	refused(await post("/api/auth/password/reset/confirm", { token: letters[1].token, new: "three password" }), 400,
		{ field: "token" });
});

test("an expired link and a made-up one change nothing", async () => {
	const mia = await as("mia").ready();
	answered(await post("/api/auth/password/reset", { email: mia.email }), 202);
	const { token } = await mail.next();
	await sql("UPDATE password_reset SET expires_at = expires_at - INTERVAL 1 HOUR");
	for (const wrong of [token, "", "x", `${token}x`])
		refused(await post("/api/auth/password/reset/confirm", { token: wrong, new: "a new password" }), 400,
			{ field: "token" });
	answered(await login(mia));
});

test("setting another password invalidates an unused link", async () => {
	const file = path.join(stack.dir, "password");
	writeFileSync(file, "a password of autumn\n", { mode: 0o600 });
	const changes = [
		async (person) => answered(await person.post("/api/auth/password", {
			current: person.password, new: "a password of autumn",
		}), 204),
		async (person) =>
			assert.equal((await ctl("user", "password", person.email, "--password-file", file)).status, 0),
	];
	for (const [i, change] of changes.entries()) {
		const person = await as(`pat${i}`).ready();
		answered(await post("/api/auth/password/reset", { email: person.email }), 202);
		const { token } = await mail.next();
		await change(person);
		refused(await post("/api/auth/password/reset/confirm", { token, new: "a password of thieves" }), 400,
			{ field: "token" });
		answered(await login({ email: person.email, password: "a password of autumn" }));
	}
});

test("asking for an unknown address gets the same response, and nothing is sent", async () => {
	const otto = await as("otto").ready(), before = mail.messages().length;
	const [known, unknown] = [
		await post("/api/auth/password/reset", { email: otto.email }),
		await post("/api/auth/password/reset", { email: "nobody@example.org" }),
	];
	assert.deepEqual([known.status, known.text], [unknown.status, unknown.text]);
	await mail.next();
	await until("every job is done", async () =>
		(await sql("SELECT id FROM job WHERE state <> 'done'")).length === 0);
	assert.equal(mail.messages().length, before + 1);
	refused(await post("/api/auth/password/reset", {}), 400, { field: "email" });
	refused(await post("/api/auth/password/reset", { email: "nobody" }), 400, { field: "email" });
});

test("repeated requests have to wait, whoever they are for", async () => {
	for (const email of [as("otto").email, "nobody@example.org"]) {
		await sql("DELETE FROM throttle");
		const answers = [];
		for (let i = 0; i < 8; i++)
			answers.push((await post("/api/auth/password/reset", { email })).status);
		assert.deepEqual([answers[0], answers.at(-1)], [202, 429]);
	}
});

// --- deleting an account ---

test("an account is deleted with its password, and nobody signs in with it any more", async () => {
	const dora = await as("dora").ready(), { token } = await dora.apiToken("read");
	assert.match(await mailTo(dora, "New API token for Daybook"), /^Name: "dora's read"$/m);
	refused(await remove(dora, "wrong password"), 400, { field: "password" });
	refused(await dora.delete("/api/auth/me", {}, {}), 400, { field: "password" });
	answered(await remove(dora), 204);
	refused(await dora.get("/api/cars"), 401);
	refused(await send({ url: `${stack.url}/api/cars`, headers: { Authorization: `Bearer ${token}` } }), 401);
	refused(await login(dora), 401);
	refused(await post("/api/auth/refresh", { refreshToken: dora.refreshToken }), 401);
});

test("within 30 days the operator brings an account back", async () => {
	const eve = await as("eve").ready();
	answered(await eve.post("/api/cars", { id: "7" }), 201);
	answered(await remove(eve), 204);
	assert.equal((await ctl("tidy", "--shift-days", "29")).status, 0);
	assert.equal((await ctl("user", "enable", eve.email)).status, 0);
	const { accessToken } = answered(await login(eve));
	answered(await send({ url: `${stack.url}/api/cars/7`, headers: { Authorization: `Bearer ${accessToken}` } }));
	await stack.tidy(40);
	answered(await login(eve));
});

test("the last owner of a team cannot delete their account, and is told which team it is", async () => {
	const owner = await as("rita").ready();
	const mine = await team({ rita: "owner", ben: "member" }, { name: "North" });
	const shared = await team({ rita: "owner", otto: "owner" }, { name: "South" });
	const problem = refused(await remove(owner), 409, { type: "/problems/last-owner" });
	assert.deepEqual(problem.teams, [{ id: mine.id, name: "North" }]);
	answered(await owner.get("/api/cars"));
	assert.notEqual((await ctl("user", "erase", owner.email, "--now")).status, 0);
	answered(await owner.in(mine).post("/api/transfer", { user: as("ben").id }));
	answered(await remove(owner), 204);
	const [{ count }] =
		await sql(`SELECT COUNT(*) AS count FROM member WHERE space_id = '${shared.id}' AND role = 'owner'`);
	assert.equal(count, "2"); /* until the erasure */
});

test("two last owners who delete their accounts at the same moment leave one behind", async () => {
	const people = await Promise.all(["paula", "paul"].map((name) => as(name).ready()));
	await team({ paula: "owner", paul: "owner" });
	const answers = await Promise.all(people.map((person) => remove(person)));
	assert.deepEqual(answers.map((answer) => answer.status).sort(), [204, 409]);
});

// --- erasing ---

test("after 30 days nothing of a person is left but what a team needs, and the chain still verifies", async () => {
	const zoe = await as("zoe-unmistakable").ready();
	const space = await team({ anna: "owner", "zoe-unmistakable": "member" });
	await sql(`UPDATE member SET role = 'viewer' WHERE space_id = '${space.id}' AND user_id = '${zoe.id}'`);
	const { accessToken } = answered(await login({ email: as("anna").email, password: "a password of spring" }));
	const anna = { get: (path) => send({
		url: `${stack.url}/api/spaces/${space.id}${path}`, headers: { Authorization: `Bearer ${accessToken}` },
	}) };
	answered(await send({
		url: `${stack.url}/api/spaces/${space.id}/members/${zoe.id}`, method: "PATCH", body: { role: "member" },
		headers: { Authorization: `Bearer ${accessToken}` },
	}));
	answered(await zoe.in(space).post("/api/cars", { id: "77", notes: "left for the team" }), 201);
	for (let i = 0; i < 3; i++)
		answered(await zoe.post("/api/mileage", {
			date: "2026-01-02", from: "unmistakable home", to: "work", miles: 3,
		}, { "Idempotency-Key": `z${i}` }), 201);
	const trip = answered(await zoe.get("/api/mileage")).mileage[0];
	answered(await zoe.delete(`/api/mileage/${trip.id}`));
	answered(await zoe.with({ "X-Device-Id": "zoes-unmistakable-phone" }).get("/api/sync/changes"));
	answered(await remove(zoe), 204);
	assert.ok((await whereIs("unmistakable")).length > 0);

	await stack.tidy(31);
	assert.deepEqual(await whereIs("unmistakable"), []);
	const { car } = answered(await anna.get("/cars/77"));
	assert.deepEqual([car.notes, car.createdBy], ["left for the team", zoe.id]);
	assert.match((await anna.get("/audit?collection=cars&id=77")).text, /"former member"/);
	assert.ok(!answered(await anna.get("/members")).members.some((member) => member.id === zoe.id));
	refused(await login(zoe), 401);
	await verify();
	answered(await post("/api/auth/register", { email: zoe.email, password: "somebody else's", name: "Zoe" }), 201);
	await stack.tidy(400);
	await verify();
});

test("the operator erases an account at once, with --now", async () => {
	const ida = await as("ida-matchless").ready();
	answered(await ida.post("/api/tasks", { title: "a matchless task" }), 201);
	assert.equal((await ctl("user", "erase", ida.email)).status, 2);
	answered(await ida.get("/api/tasks"));
	const erased = await ctl("user", "erase", ida.email.toUpperCase(), "--now");
	assert.equal(erased.status, 0, erased.stderr);
	assert.deepEqual(await whereIs("matchless"), []);
	refused(await ida.get("/api/tasks"), 401);
	assert.equal((await ctl("user", "erase", ida.email, "--now")).status, 1);
	await verify();
});

test("a deleted team is erased after 30 days, for good", async () => {
	const carl = await as("carl").ready();
	const { space } =
		answered(await carl.post("/api/spaces", { name: "Peerless Ltd", address: "peerless street" }), 201);
	answered(await carl.in(space)
		.post("/api/employees", { firstName: "Peerless", lastName: "Person", hourlyRate: 2000 }), 201);
	answered(await carl.in(space).post("/api/invitations", { role: "member", email: "peerless@example.org" }), 201);
	await mail.next();
	answered(await carl.delete(`/api/spaces/${space.id}`), 204);
	await stack.tidy(29);
	assert.ok((await whereIs("eerless street")).length > 0);
	await stack.tidy(31);
	assert.deepEqual(await whereIs("eerless"), []);
	refused(await carl.post(`/api/spaces/${space.id}/restore`), 404);
	assert.deepEqual(answered(await carl.get("/api/spaces")).deleted, []);
	await verify();
});

test("a deleted team is erased in its time, even if its owner was erased before", async () => {
	const hugo = await as("hugo").ready();
	const { space } =
		answered(await hugo.post("/api/spaces", { name: "Nonpareil Ltd", address: "nonpareil street" }), 201);
	answered(await hugo.delete(`/api/spaces/${space.id}`), 204);
	assert.equal((await ctl("user", "erase", hugo.email, "--now")).status, 0);
	await stack.tidy(31);
	assert.deepEqual(await whereIs("onpareil"), []);
	await verify();
});

test("mail to an erased person is not sent any more", async () => {
	const space = await team({ hanna: "owner" }), odo = await as("odo-incomparable").ready();
	mail.breakIt();
	answered(await as("hanna").in(space).post("/api/invitations", { role: "member", email: odo.email }), 201);
	answered(await post("/api/auth/password/reset", { email: odo.email }), 202);
	assert.ok((await whereIs("incomparable")).includes("job.payload"));
	assert.equal((await ctl("user", "erase", odo.email, "--now")).status, 0);
	mail.mendIt();
	assert.deepEqual(await whereIs("incomparable"), []);
});

test("mail that cannot be sent is not kept for ever", async () => {
	await sql(`INSERT INTO job (id, kind, payload, state, run_after, created_at)
		VALUES ('01939d2a-0000-7000-8000-000000000001', 'mail', '{"to":"matched@example.org"}',
		'waiting', UTC_TIMESTAMP(3) + INTERVAL 1 YEAR, UTC_TIMESTAMP(3))`);
	await stack.tidy(29);
	assert.deepEqual(await whereIs("matched@"), ["job.payload"]);
	await stack.tidy(31);
	assert.deepEqual(await whereIs("matched@"), []);
});

test("a sign-in on a device that was not used before is told by mail, at most ten times a day", async () => {
	const uma = await as("uma").ready();
	const on = (deviceId) => post("/api/auth/login",
		{ email: uma.email, password: uma.password, deviceId, deviceName: `Uma's ${deviceId}` });
	const mails = async () => Number((await sql(
		`SELECT SUM(mailed) AS n FROM sign_in WHERE user_id = '${uma.id}'`))[0].n);

	answered(await on("phone"));
	const letter = await mailTo(uma, "New sign-in to Daybook");
	assert.match(letter, /\nWhen: \d+ \w+ \d{4}, \d\d:\d\d UTC\n/);
	assert.match(letter, /\nDevice: "Uma's phone"\nNetwork: 127\.0\.0\.0\/24\n/);
	assert.match(letter, /https:\/\/daybook\.example\.org\/settings\/account\n/);

	answered(await on("phone"));
	assert.equal(await mails(), 1);
	for (let i = 1; i < 13; i++)
		answered(await on(`tablet-${i}`));
	assert.equal(await mails(), 10);
	for (let i = 1; i < 10; i++)
		await mailTo(uma, "New sign-in to Daybook", `"Uma's tablet-${i}"`);
});

test("no link and no address is ever in a log", async () => {
	const lines = await stack.logLines();
	const secrets = mail.messages().flatMap((message) => /#\w+=(\S+)/.exec(message)?.[1] ?? [])
		.concat("@example.org");
	assert.ok(secrets.length > 5 && lines.length > 50);
	assert.deepEqual(lines.filter((line) => secrets.some((secret) => line.includes(secret))), []);
});

test("no response was a 5xx", async () => {
	assert.deepEqual(await stack.faults(), []);
});
