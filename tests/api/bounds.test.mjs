// Each table that people write to has a bound for what one of them can make (schema/README.md lists them).  Rows up to
// the bound are made by SQL, the ones beyond it by requests.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { start } from "../harness.mjs";
import { copies } from "../lib/copies.mjs";
import { crew } from "../lib/crew.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";
import { pdf, send as sendFile, sha256 } from "../lib/files.mjs";
import { send } from "../lib/http.mjs";
import { key } from "../lib/sql.mjs";

const stack = await start({ settings: { space_quota_bytes: "64K" } });
const { as, sql } = stack;

const count = async (table, where) => Number((await sql(`SELECT COUNT(*) AS n FROM ${table} WHERE ${where}`))[0].n);
const team = () => crew(stack, { anna: "owner", ben: "member" });

test("a person has a hundred clients in a space; those that are silent longest go", async () => {
	const { anna, ben, space } = await team();
	const mine = `space_id = '${space.id}' AND user_id = '${anna.id}'`;
	answered(await ben.post("/api/presence"));
	await sql(`INSERT INTO presence (id, space_id, user_id, device_id, started_at, last_at)
		SELECT UNHEX(MD5(CONCAT('${space.id}', seq))), '${space.id}',
		       '${anna.id}', CONCAT('old-', seq), UTC_TIMESTAMP(3),
		       UTC_TIMESTAMP(3) - INTERVAL seq SECOND
		  FROM seq_1_to_100`);
	for (const device of ["one", "two", "three"])
		answered(await anna.with({ "X-Device-Id": device }).post("/api/presence"));
	assert.equal(await count("presence", mine), 100);
	assert.equal(await count("presence", `${mine} AND device_id IN ('old-98', 'old-99', 'old-100')`), 0);
	assert.equal(await count("presence", `${mine} AND device_id IN ('one', 'two', 'three')`), 3);
	assert.equal(await count("presence", `space_id = '${space.id}' AND user_id = '${ben.id}'`), 1);
});

test("a person reports a thousand events of usage a day; a report sent again fits", async () => {
	const { anna, ben, space } = await team();
	const report = { events: [{ type: "exports", count: 1 }, { type: "toggles", count: 2 }] };
	const key = { "Idempotency-Key": "last" };
	await sql(`INSERT INTO usage_event (id, space_id, user_id, type, count, at)
		SELECT UNHEX(MD5(CONCAT('${space.id}', seq))), '${space.id}',
		       '${anna.id}', 'old', 1, UTC_TIMESTAMP(3) - INTERVAL seq MINUTE
		  FROM seq_1_to_998`);
	answered(await anna.post("/api/usage", report, key), 201);
	answered(await anna.post("/api/usage", report, key), 201);
	const refusal = await anna.post("/api/usage", { events: report.events.slice(1) });
	refused(refusal, 429, { type: "/problems/too-many", title: "Rate limit exceeded" });
	assert.equal(refusal.headers["retry-after"], "3600");
	assert.equal(await count("usage_event", `space_id = '${space.id}'`), 1000);
	answered(await ben.post("/api/usage", report), 201);
	await sql(`UPDATE usage_event SET at = at - INTERVAL 1 DAY WHERE space_id = '${space.id}' AND type = 'old'`);
	answered(await anna.post("/api/usage", report), 201);
});

// 150 ended sessions of a person, of each kind.
const ended = (user) => sql(`
	INSERT INTO session (id, user_id, kind, hash, name, scope, created_at, last_used_at, expires_at, revoked_at)
	SELECT UNHEX(MD5(CONCAT('${user}', seq))), '${user}',
	       ELT(1 + seq MOD 3, 'sign-in', 'token', 'pin'), UNHEX(SHA2(CONCAT('${user}', seq), 256)), 'old', 'read',
	       UTC_TIMESTAMP(3) - INTERVAL seq HOUR, UTC_TIMESTAMP(3) - INTERVAL seq HOUR,
	       IF(seq MOD 2, UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE, NULL), IF(seq MOD 2, NULL, UTC_TIMESTAMP(3))
	  FROM seq_1_to_150`);

async function signIn({ email, password }) {
	return answered(await send({
		url: `${stack.url}/api/auth/login`, method: "POST", body: { email, password, deviceName: "New" },
	}));
}

test("of a person's ended sessions a hundred are kept, however a new one is opened", async () => {
	const { anna, space } = await team();
	const left = () => count("session", `user_id = '${anna.id}' AND name = 'old'`);
	await ended(anna.id);
	await signIn(anna);
	assert.equal(await left(), 100);
	await sql(`DELETE FROM session WHERE user_id = '${anna.id}' AND name = 'old'`);
	await ended(anna.id);
	await anna.apiToken("read");
	assert.equal(await left(), 100);
	assert.equal((await anna.in(space).get("/api/cars")).status, 200, "the sign-in that is in use stays");
});

test("of a space's revoked handhelds a hundred are kept", async () => {
	const { anna, space } = await team();
	await sql(`INSERT INTO handheld (id, space_id, hash, device_id, name, created_by, created_at, last_used_at,
		       revoked_at)
		SELECT UNHEX(MD5(CONCAT('${space.id}', seq))), '${space.id}',
		       UNHEX(SHA2(CONCAT('${space.id}', seq), 256)), CONCAT('old-', seq), 'old',
		       '${anna.id}', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3),
		       UTC_TIMESTAMP(3) - INTERVAL seq HOUR
		  FROM seq_1_to_150`);
	answered(await anna.post("/api/handhelds", { name: "new" }), 201);
	assert.equal(await count("handheld", `space_id = '${space.id}' AND name = 'old'`), 100);
	assert.equal(await count("handheld", `space_id = '${space.id}' AND name = 'new'`), 1);
});

// So many teams that a person is in, all deleted or none.
const own = (person, from, to, isDeleted, role = "owner") => sql(`
	INSERT INTO space (id, kind, name, epoch, chain, last_at, created_at, deleted_at)
	SELECT UNHEX(MD5(CONCAT('${person.id}', seq))), 'team', 'old', REPEAT('0', 32), REPEAT(CHAR(0), 32),
	       UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), ${isDeleted ? "UTC_TIMESTAMP(3)" : "NULL"}
	  FROM seq_${from}_to_${to};
	INSERT INTO member (space_id, user_id, role, joined_at)
	SELECT UNHEX(MD5(CONCAT('${person.id}', seq))), '${person.id}', '${role}', UTC_TIMESTAMP(3)
	  FROM seq_${from}_to_${to}`);

test("whoever makes and deletes teams in turn has to wait at last", async () => {
	const sam = await as("sam").ready();
	await own(sam, 1, 99, true);
	const { space } = answered(await sam.post("/api/spaces", { name: "Last" }), 201);
	answered(await sam.delete(`/api/spaces/${space.id}`), 204);
	assert.match(refused(await sam.post("/api/spaces", { name: "More" }), 403).detail,
		/^You have deleted 100 teams in the last 30 days; please wait, or bring one back\.$/);
	answered(await sam.post(`/api/spaces/${space.id}/restore`), 200);
});

test("nobody gets more teams from others than they can make", async () => {
	const { anna, ben, space } = await team();
	await own(ben, 1, 50, false);
	const detail = "The new owner owns 50 teams already.";
	refused(await anna.patch(`/api/members/${ben.id}`, { role: "owner" }), 403, { detail });
	refused(await anna.post("/api/transfer", { user: ben.id }), 403, { detail });
	await sql(`UPDATE space SET deleted_at = UTC_TIMESTAMP(3) WHERE id = UNHEX(MD5(CONCAT('${ben.id}', 1)))`);
	answered(await anna.patch(`/api/members/${ben.id}`, { role: "owner" }));
});

test("a person is in 500 spaces, deleted ones included; the poll and the lists have all of them", async () => {
	const { anna, space } = await team();
	const vic = await as("vic").ready();
	await own(vic, 1, 498, false, "member");
	await sql(`UPDATE space SET deleted_at = UTC_TIMESTAMP(3) WHERE id = UNHEX(MD5(CONCAT('${vic.id}', 1)))`);
	const { token } = answered(await anna.post("/api/invitations", { role: "member" }), 201);
	const more = answered(await vic.post("/api/spaces", { name: "The 500th" }), 201).space;

	const accept = () => vic.post("/api/invitations/accept", { token });
	const detail = "You are in 500 spaces already, with those deleted in the last 30 days; please leave one first.";
	refused(await accept(), 403, { detail });
	refused(await vic.post("/api/spaces", { name: "Another" }), 403, { detail });
	assert.equal(await count("member", `user_id = '${vic.id}'`), 500);
	assert.equal(await count("space", "name = 'Another'"), 0);

	const heads = async () => new Map(
		answered(await vic.get("/api/sync/heads")).heads.map((one) => [one.space, one.head]));
	const before = await heads();
	assert.equal(before.size, 499);
	assert.equal(answered(await vic.get("/api/spaces")).spaces.length, 499);
	answered(await vic.in(more).post("/api/cars", { id: "c-1" }), 201);
	const after = await heads();
	assert.deepEqual([...after.keys()].filter((id) => after.get(id) !== before.get(id)), [more.id]);
	answered(await vic.patch("/api/auth/me", { name: "Victoria" }));
	assert.equal(await count("record", "collection = 'members' AND JSON_VALUE(doc, '$.name') = 'Victoria'"), 499);

	const [old] = [...after.keys()].filter((id) => id !== more.id && id !== vic.home);
	answered(await vic.in({ id: old }).delete(`/api/members/${vic.id}`), 204);
	answered(await accept(), 200, { space: { id: space.id } });
});

test("the smallest file takes 4096 bytes of the quota", async () => {
	const { anna } = await team();
	const small = () => sendFile(anna, Buffer.from(`%PDF-1.4 ${randomUUID()}`));
	for (let i = 0; i < 16; i++)
		answered(await small(), 201);
	assert.match(refused(await small(), 413).detail,
		/65536 bytes together; 65536 of them are used, and this one takes 4096\.$/);
});

test("of the records that name a file a thousand are looked at", async () => {
	const { anna, ben, space } = await team();
	const photo = pdf("named often"), path = `/api/files/${sha256(photo)}`;
	answered(await sendFile(anna, photo), 201);
	const { workSession } = answered(await anna.post("/api/workSessions",
		{ start: "2026-01-02T08:00:00Z", end: "2026-01-02T09:00:00Z", photoIn: sha256(photo) }), 201);
	const each = (column) => `seq_1_to_3000 n JOIN ${column.split(".")[0]} t
		ON t.space_id = '${space.id}' AND t.${column.split(".")[1]} = ${key(workSession.id)}`;
	const id = "CONCAT('w-', n.seq)";
	await copies(sql, "record", each("record.id"), { id, seq: "t.seq + n.seq", tx_seq: "t.seq + n.seq" });
	await copies(sql, "attachment_ref", each("attachment_ref.record_id"), { record_id: id });
	refused(await ben.get(path), 404);
	const line = (await stack.logLines()).findLast((one) => one.includes("GET /api/files/:sha256"));
	const [, statements] = / sql=(\d+)/.exec(line);
	assert.ok(Number(statements) < 100, line);
	answered(await anna.get(path));
});

// Trips that were changed so often, by their ids.
async function changedTrips(person, space, count, versions) {
	const ids = Array.from({ length: count }, () => randomUUID());
	const all = (base, set) => person.post("/api/sync/push", { device: "phone", ops: ids.map((id) => (
		{ op: randomUUID(), collection: "mileage", id, base, set })) });
	const applied = ids.map(() => "applied");
	outcomes(await all(0, { date: "2026-01-02", from: "Depot", to: "Yard", miles: 1 }), ...applied);
	outcomes(await all(1, { notes: "Twice" }), ...applied);
	const of = (column) => `space_id = '${space.id}' AND ${column} IN (${ids.map(key).join(", ")})`;
	await copies(sql, "audit", `seq_3_to_${versions} n JOIN audit t ON t.version = 2 AND ${of("t.record_id")}`,
		{ seq: `t.seq + ${count} * (n.seq - 2)`, version: "n.seq", op_id: "NULL" });
	await sql(`
		UPDATE record SET version = ${versions}, seq = seq + ${count * (versions - 2)} WHERE ${of("id")};
		UPDATE space SET seq = seq + ${count * (versions - 2)} WHERE id = '${space.id}'`);
	return ids;
}

test("a merge looks back over a thousand writes, and a push over ten thousand", async () => {
	const { anna, space } = await team();
	const trips = await changedTrips(anna, space, 12, 900);
	const merge = (ids) => anna.post("/api/sync/push", { device: "phone", ops: ids.map((id) => (
		{ op: randomUUID(), collection: "mileage", id, base: 1, set: { purpose: "Parts" } })) });
	outcomes(await merge(trips), ...trips.slice(1).map(() => "merged"), "conflict");
	outcomes(await merge(trips.slice(11)), "merged");
	const [often] = await changedTrips(anna, space, 1, 1010);
	outcomes(await merge([often]), "conflict");
	answered(await anna.get(`/api/mileage/${often}?version=1`));
});

test("the list of a whole fleet has at most 20000 cars", async () => {
	const { anna, space } = await team();
	answered(await anna.post("/api/cars", { id: "c-0", location: "100" }), 201);
	await copies(sql, "record", `seq_1_to_20000 n JOIN record t ON t.space_id = '${space.id}' AND t.id = 'c-0'`,
		{ id: "CONCAT('c-', n.seq)", seq: "t.seq + n.seq", tx_seq: "t.seq + n.seq" });
	const { token } = await anna.apiToken("read");
	const list = () => send({
		url: `${stack.url}/compat/cars/api/cars`, headers: { Authorization: `Bearer ${token}` },
	});
	assert.equal((await list()).status, 400);
	await sql(`DELETE FROM record WHERE space_id = '${space.id}' AND id = 'c-20000'`);
	assert.equal(answered(await list()).cars.length, 20_000);
});

// What `get` answers, page by page: how many bytes each has, and the rows of all of them.
async function pagesOf(get, rows, next) {
	const sizes = [], all = [];
	for (let from = ""; from !== null;) {
		const answer = await get(from);
		const body = answered(answer);
		sizes.push(answer.bytes.length);
		all.push(...rows(body));
		from = next(body);
	}
	return { sizes, all };
}

test("a page of lists, histories and audits has a million bytes and what exceeds them, an export has all", async () => {
	const { anna } = await team();
	const VERSIONS = 100, RECORDS = 160, MOST = 1_300_000, id = randomUUID();
	const set = (n) => ({ title: `T${n}`, description: String.fromCharCode(0x4e00 + n).repeat(2000) });
	const create = (id, n) => ({ op: randomUUID(), collection: "assignments", id, base: 0, set: set(n) });
	const ids = [id, ...Array.from({ length: RECORDS - 1 }, () => randomUUID())];
	for (let at = 0; at < RECORDS; at += 80)
		outcomes(await anna.push(ids.slice(at, at + 80).map(create)), ...Array(80).fill("applied"));
	for (let n = 2; n <= VERSIONS; n++)
		answered(await anna.patch(`/api/assignments/${id}`, set(n)));

	const pages = {
		list: await pagesOf((after) => anna.get(`/api/assignments?limit=1000${after}`),
			({ assignments }) => assignments,
			({ next }) => next && `&after=${encodeURIComponent(next)}`),
		history: await pagesOf((after) => anna.get(`/api/assignments/${id}/history?limit=1000${after}`),
			({ history }) => history, ({ next }) => next && `&after=${encodeURIComponent(next)}`),
		audit: await pagesOf((before) => anna.get(`/api/audit?collection=assignments&limit=1000${before}`),
			({ auditLogs }) => auditLogs.filter((row) => row.field_changed === "title"),
			({ next }) => next && `&before=${next}`),
	};
	const sizes = JSON.stringify(Object.fromEntries(Object.entries(pages).map(([name, one]) => [name, one.sizes])));
	for (const one of Object.values(pages))
		assert.ok(one.sizes.length > 1 && one.sizes.every((size) => size < MOST), sizes);
	assert.equal(new Set(pages.list.all.map((one) => one.id)).size, RECORDS);
	assert.deepEqual(pages.history.all.map(({ version }) => version),
		Array.from({ length: VERSIONS }, (_, n) => VERSIONS - n));
	assert.equal(pages.audit.all.length, RECORDS + VERSIONS - 1);
	assert.equal(answered(await anna.get("/api/assignments/export?format=json")).length, RECORDS);
});
