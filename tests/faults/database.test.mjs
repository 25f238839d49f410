// MariaDB is stopped and killed under load: meanwhile requests get 503, and afterwards everything that was acknowledged
// is there.  deploy/run starts MariaDB again.
import { test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { answered, refused } from "../lib/expect.mjs";
import { until } from "../lib/http.mjs";
import { under } from "../lib/under.mjs";

const stack = await start({ definitions: true, shipped: true, settings: { workers: 4 } });
const roles = { anna: "owner", ben: "manager" };

// It is gone, and another one is there.
async function replaced(pid) {
	await until("MariaDB is another one", async () => {
		const { mariadb } = await stack.pids();
		return mariadb !== undefined && mariadb !== pid;
	}, 60);
}

for (const [signal, rounds] of [["SIGTERM", 1], ["SIGKILL", 2]])
	test(`${signal} to MariaDB under load: 503 until it is back, then all that was acknowledged`, async () => {
		const load = await under(stack, roles, async (running) => {
			for (let i = 0; i < rounds; i++) {
				await replaced(await stack.signal("mariadb", signal));
				await running.more(15);
			}
		});
		assert.deepEqual(load.others(load.gets, "200", "503"), {});
		assert.deepEqual(load.others(load.posts, "200", "503"), {});
	});

test("while the database is away: 503 with Retry-After on every way in, and nobody is signed out", async () => {
	const anna = await stack.as("anna").ready();
	await stack.signal("mariadb", "SIGKILL");
	const seen = [];
	await until("it is back", async () => {
		const answers = await Promise.all([
			anna.get("/api/cars"), anna.get("/api/health"),
			anna.post("/api/auth/refresh", { refreshToken: "x" }),
			anna.post("/api/auth/login", { email: anna.email, password: anna.password }), anna.push([]),
		]);
		seen.push(...answers);
		return answers[0].status === 200 && answers[3].status === 200;
	}, 60);
	const away = seen.filter((answer) => answer.status === 503);
	assert.ok(away.length > 0, "nobody noticed");
	for (const answer of away) {
		refused(answer, 503, { type: "/problems/unavailable" });
		assert.match(answer.headers["retry-after"], /^\d+$/);
	}
	assert.deepEqual([
		...new Set(seen.filter((answer) => ![200, 503].includes(answer.status)).map((answer) => answer.status)),
	].filter((status) => status !== 401), []);
	answered(await anna.get("/api/auth/me"));
});

test("connections that the server cuts are opened again, and no request fails for it", async () => {
	const connections = async () => (await stack.sql(
		"SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND db IS NOT NULL"))
		.map(({ id }) => id);
	let cut = 0;
	const load = await under(stack, roles, async (running) => {
		for (let i = 0; i < 6; i++) {
			const there = await connections();
			// One may have ended by itself.
			await stack.sql(there.map((id) => `KILL CONNECTION ${id};`).join("\n")).catch(() => {});
			await running.more(8);
			const left = await connections();
			cut += there.filter((id) => !left.includes(id)).length;
		}
	});
	assert.ok(cut >= 6, `${cut} connections were cut`);
	assert.deepEqual(load.others(load.gets, "200", "503"), {});
	assert.deepEqual(load.others(load.posts, "200", "503"), {});
});

test("a space whose lock is held by somebody: its writers wait, readers and other spaces go on", async () => {
	const locked = await stack.team(roles), free = await stack.team(roles);
	const anna = stack.as("anna");
	const holder = "SELECT id FROM information_schema.processlist WHERE info LIKE 'DO SLEEP%'";
	const lock = stack.sql(`START TRANSACTION; SELECT seq FROM space WHERE id = '${locked.id}' FOR UPDATE;
		DO SLEEP(60); ROLLBACK;`).catch(() => {});
	const [{ id }] = await until("the lock is held", async () => {
		const rows = await stack.sql(holder);
		return rows.length === 1 && rows;
	});
	let waits = true;
	const writing = anna.in(locked).over(stack.url).post("/api/cars", { id: "1", location: "100" })
		.finally(() => { waits = false; });
	for (let i = 0; i < 5; i++) {
		answered(await anna.in(locked).get("/api/cars"), 200, { cars: { $length: 0 } });
		answered(await anna.in(free).post("/api/cars", { id: `${i}`, location: "100" }), 201);
	}
	assert.ok(waits, "the writer did not wait");
	await stack.sql(`KILL CONNECTION ${id}`);
	await lock;
	answered(await writing, 201);
	assert.equal((await stack.ctl("verify")).status, 0);
});

test("a connection lost while a team is made leaves nothing of it, and the same request makes it", async () => {
	const fritz = stack.as("fritz");
	await fritz.ready();
	const request = () => fritz.over(stack.url).post("/api/spaces",
		{ name: "Broken off", industry: "transportation" }, { "Idempotency-Key": "broken" });
	const listed = (what) =>
		stack.sql(`SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND ${what}`);
	// The space is inserted then, and its owner is not: the table of records is held.
	const lock = stack.sql("LOCK TABLES record WRITE; DO SLEEP(60);").catch(() => {});
	const [{ id }] = await until("the table is held", async () => {
		const rows = await listed("info LIKE 'DO SLEEP%'");
		return rows.length === 1 && rows;
	});
	const answer = request();
	try {
		const [waiting] = await until("the team is half made", async () => {
			const rows = await listed("state LIKE 'Waiting for table%'");
			return rows.length > 0 && rows;
		});
		await stack.sql(`KILL CONNECTION ${waiting.id}`);
		refused(await answer, 503);
	} finally {
		await stack.sql(`KILL CONNECTION ${id}`);
		await lock;
	}
	assert.deepEqual(await stack.sql("SELECT id FROM space WHERE name = 'Broken off'"), []);
	assert.deepEqual(await stack.sql(
		"SELECT p.id FROM space p LEFT JOIN member m ON m.space_id = p.id WHERE m.space_id IS NULL"), []);
	assert.deepEqual(
		await stack.sql("SELECT space_id FROM space_epoch WHERE space_id NOT IN (SELECT id FROM space)"), []);
	const { space } = answered(await request(), 201);
	assert.equal(answered(await request(), 201).space.id, space.id);
	assert.equal((await stack.sql("SELECT id FROM space WHERE name = 'Broken off'")).length, 1);
});
