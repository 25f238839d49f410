// A database of an earlier version is migrated, and nothing that people had is another: what the API of that version
// answered is what this one answers.  tests/fixtures/upgrade has the rows and the answers, and make.mjs that made them.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { before, describe, test } from "node:test";
import { fixtures, programs, run, start } from "../harness.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";
import { send } from "../lib/http.mjs";
import { match } from "../lib/match.mjs";
import { clientOf, load } from "../lib/rows.mjs";
import { until, within } from "../lib/wait.mjs";

const stack = await start({ definitions: true });
const { as, ctl, sql } = stack;
const told = JSON.parse(readFileSync(path.join(fixtures, "upgrade", "answers.json"), "utf8"));
const client = clientOf(stack);

// --- databases ---

const loadInto = (database) => load(stack, database, ["0001_core.sql", "0002_teams.sql"], "upgrade");

// A new database of this name, and the settings file that names it.
async function copy(database) {
	const file = path.join(stack.dir, `${database}.conf`);
	await loadInto(database);
	const settings = await readFile(stack.config, "utf8");
	await writeFile(file, settings.replace(/^db_name = .*$/m, `db_name = ${database}`));
	return { database, file };
}

const control = ({ file }, command) => run(path.join(programs, "daybookctl"), ["--config", file, command]);

// What a migrated database is: its tables with their columns and keys, and a sum of the rows of each.
async function stateOf({ database }) {
	const tables = (await sql(`SELECT table_name AS name, create_options AS options FROM information_schema.tables
		WHERE table_schema = '${database}' AND table_type = 'BASE TABLE' ORDER BY table_name`));
	const columns = await sql(`SELECT table_name AS t, column_name AS c, column_type AS type, is_nullable AS n
		FROM information_schema.columns WHERE table_schema = '${database}'
		ORDER BY table_name, ordinal_position`);
	const keys = await sql(`SELECT table_name AS t, index_name AS k, column_name AS c, non_unique AS n
		FROM information_schema.statistics WHERE table_schema = '${database}'
		ORDER BY table_name, index_name, seq_in_index`);
	const counted = tables.filter(({ name }) => name !== "migration").map(({ name }) => `${database}.${name}`);
	const sums = (await sql(`CHECKSUM TABLE ${counted.join(", ")}`))
		.map(({ Table, Checksum }) => [Table.slice(database.length), Checksum]);
	const steps = await sql(`SELECT file, statement, at IS NULL AS isBegun FROM ${database}.migration
		ORDER BY file, statement`);
	return { tables, columns, keys, sums, steps };
}

// --- requests ---

const tokens = new Map();

async function signIn(who) {
	const { email, password } = told.people[who];
	const request = { url: `${stack.url}/api/auth/login`, method: "POST", body: { email, password } };
	const { accessToken } = answered(await until(`${who} signs in`, async () => {
		const answer = await send(request);
		return answer.status === 429 ? undefined : answer;
	}));
	return accessToken;
}

async function call(who, space, method, place, body) {
	if (!tokens.has(who))
		tokens.set(who, await signIn(who));
	const url = stack.url + (space === undefined ? place : place.replace(/^\/api\//, `/api/spaces/${space}/`));
	return send({ url, method, body, headers: { Authorization: `Bearer ${tokens.get(who)}` } });
}

function withToken(method, place, token, body) {
	return send({ url: stack.url + place, method, body, headers: { Authorization: `Bearer ${token}` } });
}

// Lists by id had another order: ids that are UUIDs were not the first.
function byId({ cars, ...rest }) {
	return cars === undefined ? rest : { ...rest, cars: [...cars].sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

const changesPath = (since) => `/api/sync/changes${since === undefined ? "" : `?since=${encodeURIComponent(since)}`}`;

async function changesAfter(who, since) {
	const place = changesPath(since);
	const body = answered(await call(who, told.space, "GET", place));
	assert.equal(body.more, false);
	return body;
}

describe("a database of an earlier version", () => {
	before(async () => {
		await loadInto(stack.settings.db_name);
		const migrated = await ctl("migrate");
		assert.equal(migrated.status, 0, migrated.stderr);
		stack.child.kill("SIGTERM");
		await stack.ended;
		await stack.launch();
	});

	test("is sound after the migration", async () => {
		const { status, stdout, stderr } = await ctl("verify");
		assert.equal(status, 0, stdout + stderr);
	});

	test("answers as before: records, older versions, histories, audit, accounts", async () => {
		assert.ok(told.asked.length > 80, `${told.asked.length} requests`);
		for (const { who, space, path: place, body } of told.asked)
			match(byId(answered(await call(who, space, "GET", place))), byId(body), `${place} for ${who}`);
	});

	test("counts what each space holds", async () => {
		const [counted] = await sql(`SELECT records, bytes,
			(SELECT COUNT(*) FROM record WHERE space_id = p.id AND deleted = 0) AS live,
			(SELECT SUM(200 + LENGTH(doc) + COALESCE(LENGTH(doc_private), 0)) FROM record
			  WHERE space_id = p.id) +
			(SELECT SUM(200 + LENGTH(COALESCE(changes, '')) + LENGTH(COALESCE(private_changes, '')))
			   FROM audit WHERE space_id = p.id) +
			(SELECT 200 * COUNT(*) FROM op WHERE space_id = p.id) AS size
			FROM space p WHERE id = '${told.space}'`);
		assert.ok(Number(counted.records) > 5, counted.records);
		assert.deepEqual([counted.records, counted.bytes], [counted.live, counted.size]);
	});

	test("keeps who was present and what was counted", async () => {
		const { cara, ben } = told.people;
		assert.deepEqual(await sql("SELECT space_id, user_id, device_id, device_info FROM presence"),
			[{ space_id: told.space, user_id: cara.id, device_id: "phone", device_info: "A phone" }]);
		assert.deepEqual(await sql("SELECT user_id, type, count FROM usage_event ORDER BY type"), [
			{ user_id: cara.id, type: "arrivedToggles", count: "2" },
			{ user_id: ben.id, type: "search", count: "1" },
		]);
	});

	test("keeps the identity, the forgotten password, the job and where a device stands", async () => {
		const { anna, cara } = told.people;
		assert.deepEqual(await sql("SELECT subject, user_id FROM identity"),
			[{ subject: "anna-1", user_id: anna.id }]);
		assert.deepEqual(await sql("SELECT user_id FROM password_reset"), [{ user_id: anna.id }]);
		assert.deepEqual(await sql("SELECT id FROM job"), [{ id: "0193e0f6-5a00-7000-8000-000000000009" }]);
		const stands = `user_id = '${cara.id}' AND device_id = 'cara-device' AND space_id = '${told.space}'`;
		assert.equal((await sql(`SELECT seq FROM device_space WHERE ${stands} AND seq > 0`)).length, 1);
	});

	// A field of work sessions is private since, so what somebody may see has changed.
	test("lets each device load once more and go on from there", async () => {
		for (const [who, { since, changes, head }] of Object.entries(told.later)) {
			refused(await call(who, told.space, "GET", changesPath(since)), 410, { reason: "visibility" });
			const body = await changesAfter(who), loaded = new Set(body.changes.map(({ seq }) => seq));
			assert.equal(body.head, head);
			const live = changes.filter(({ record }) => record !== undefined && record !== null);
			assert.ok(live.length > 0 && live.every(({ seq }) => loaded.has(seq)), JSON.stringify(live));
			const later = new Set(live.map(({ seq }) => seq));
			match(body.changes.filter(({ seq }) => later.has(seq)), live, `the changes for ${who}`);
			assert.deepEqual((await changesAfter(who, body.cursor)).changes, []);
		}
	});

	test("knows every op that is sent again", async () => {
		for (const { who, space, device, decided } of told.pushed.filter((one) => one.decided.length > 0)) {
			const answer = await call(who, space, "POST", "/api/sync/push",
				{ device, ops: decided.map(({ op }) => op) });
			const results = outcomes(answer, ...decided.map(() => "duplicate"));
			assert.deepEqual(results.map(({ op, version, seq }) => ({ op, version, seq })),
				decided.map(({ op, version, seq }) => ({ op: op.op, version, seq })));
		}
		assert.equal((await changesAfter("anna")).head, told.later.anna.head);
	});

	test("serves the file", async () => {
		const { bytes, status } = await call("cara", told.space, "GET", `/api/files/${told.file.sha256}`);
		assert.equal(status, 200);
		assert.equal(bytes.length, told.file.size);
		assert.equal(createHash("sha256").update(bytes).digest("hex"), told.file.sha256);
	});

	test("knows sign-ins, the API token, the handheld with the PIN, and the invitation", async () => {
		const { token, handheld, pin, invitation } = told.secrets, { ben } = told.people;
		const { refreshToken, id } = told.people.cara;
		const renewed = answered(await send({
			url: `${stack.url}/api/auth/refresh`, method: "POST", body: { refreshToken },
		}));
		answered(await withToken("GET", "/api/auth/me", renewed.accessToken), 200, { user: { id } });

		answered(await withToken("PATCH", "/api/cars/7", token, { notes: "By the token" }));
		const { changes } = await changesAfter("anna");
		match(changes.at(-1),
			{ collection: "cars", id: "7", record: { notes: "By the token", lastUpdatedBy: ben.id } });

		const [device] = answered(await call("anna", told.space, "GET", "/api/handhelds")).handhelds;
		answered(await withToken("POST", "/api/auth/pin", handheld,
			{ user: ben.id, pin, deviceId: device.deviceId }));

		const otto = as("otto");
		answered(await otto.post("/api/invitations/accept", { token: invitation }), 200,
			{ space: { id: told.space } });
		answered(await otto.in(told.space).get("/api/cars/7"), 200, { car: { notes: "By the token" } });
	});

	test("is sound after it was written to", async () => {
		assert.equal((await ctl("verify")).status, 0);
		assert.deepEqual(await stack.faults(), []);
	});
});

// --- a migration that is killed ---

// A client that keeps a table locked until it is let go.
async function lock({ database }, table, how) {
	const holder = spawn("mariadb", [...client, "--batch", "--unbuffered", database],
		{ stdio: ["pipe", "pipe", "inherit"] });
	const said = new Promise((resolve) => holder.stdout.once("data", resolve));
	holder.stdin.write(`LOCK TABLES ${table} ${how};\nSELECT 1;\n`);
	await within(`${table} is locked`, said);
	return async () => {
		const ended = new Promise((resolve) => holder.once("exit", resolve));
		holder.stdin.end();
		await within(`${table} is unlocked`, ended);
	};
}

// Kill daybookctl migrate while its statement waits for a table.
async function killAt(copied, table, how) {
	const unlock = await lock(copied, table, how);
	const migration = spawn(path.join(programs, "daybookctl"), ["--config", copied.file, "migrate"],
		{ stdio: "ignore" });
	const ended = new Promise((resolve) => migration.once("exit", (code, signal) => resolve(signal)));
	await until(`the migration waits for ${table}`, async () => {
		const [{ n }] = await sql(`SELECT COUNT(*) AS n FROM information_schema.processlist
			WHERE db = '${copied.database}' AND state LIKE 'Waiting for table%'
			  AND info LIKE '%${table}%'`);
		return n === "1";
	});
	migration.kill("SIGKILL");
	assert.equal(await within("the migration is gone", ended), "SIGKILL");
	await unlock();
}

test("a migration that was killed at any step goes on there and ends the same", async () => {
	const whole = await copy("upgrade_whole");
	assert.equal((await control(whole, "migrate")).status, 0);
	const expected = await stateOf(whole);
	assert.ok(expected.steps.every(({ isBegun }) => isBegun === "0"));

	const cut = await copy("upgrade_cut");
	for (const [table, how] of [["user", "READ"], ["audit", "WRITE"], ["pin", "READ"]])
		await killAt(cut, table, how);
	const { status, stderr } = await control(cut, "migrate");
	assert.equal(status, 0, stderr);
	assert.deepEqual(await stateOf(cut), expected);
	assert.equal((await control(cut, "verify")).status, 0);
});
