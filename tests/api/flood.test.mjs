// Others are served while somebody asks for the worst they can think of, 64 at a time, and an address without an
// account floods what needs none.  Nothing here asserts how fast: tests/bench/neighbours.mjs measures that.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fillMore } from "../bench/table/grow.mjs";
import { start } from "../harness.mjs";
import { Attack } from "../lib/attack.mjs";
import { answered, refused } from "../lib/expect.mjs";
import { Neighbour } from "../lib/neighbour.mjs";
import { until } from "../lib/wait.mjs";

const EACH = 10_000;   // records of each of two collections in the space of the attackers
const ANSWERS = 200;   // of the flood before it counts as there
const POLLS = 20;      // that the neighbour makes meanwhile, at least
const WRITES = 8;
const IDLE = 9;        // seconds in which the database has ended what nobody waits for: it stops a statement after 8

// As they ship: half of the workers for one person.
const stack = await start({ limits: true, settings: { requests_at_once: 0, sign_ups: 50 } });
const accounts = Array.from({ length: 8 }, (_, i) => `mal${i}`);
const space = await stack.team(Object.fromEntries(accounts.map((name) => [name, "owner"])));
const mal = stack.as(accounts[0]).in(space);
const { trip } = answered(await mal.post("/api/mileage",
	{ date: "2026-01-02", from: "Depot", to: "Stop", miles: 1, notes: "n".repeat(100) }), 201);
const { workSession } = answered(await mal.post("/api/workSessions",
	{ start: "2026-01-02T08:00:00Z", end: "2026-01-02T09:00:00Z", note: "Sorting" }), 201);
await fillMore(stack, { records: [trip.id, workSession.id], count: EACH });

const flood = (name, from, more) => ({
	kind: "account", url: stack.url, from, token: stack.as(name).token, space: space.id, record: trip.id, ...more,
});
const strangers = { kind: "address", url: stack.url, from: "127.0.0.3", email: mal.email };

const sum = (counts, wanted) => Object.values(counts)
	.flatMap((one) => Object.entries(one))
	.reduce((all, [status, n]) => all + (wanted(status) ? n : 0), 0);

// The flood of `floods` beside somebody of another team.
async function beside(name, floods) {
	const team = await stack.team({ [name]: "owner" });
	const neighbour = new Neighbour(stack.as(name).in(team), { from: "127.0.0.9" });
	const attack = new Attack(floods);
	const before = [neighbour.polls.length, neighbour.writes.length];
	let counts;

	try {
		await until("the flood is there", async () => sum(await attack.counts(), () => true) > ANSWERS);
		before.splice(0, 2, neighbour.polls.length, neighbour.writes.length);
		await until("the neighbour is served", () => neighbour.wrong.length > 0 ||
			(neighbour.polls.length > before[0] + POLLS && neighbour.writes.length > before[1] + WRITES));
	} finally {
		counts = await attack.stop();
		neighbour.isGoing = false;
	}
	await neighbour.settle();
	return counts;
}

// What somebody who asks for too much is told, with Retry-After where that is due (lib/attack.mjs looks).
function isDocumented(counts) {
	const known = ["200", "201", "202", "304", "400", "401", "409", "413", "429", "503", "closed"];

	for (const [name, statuses] of Object.entries(counts))
		for (const status of Object.keys(statuses))
			assert.ok(known.includes(status), `${name}: ${status} in ${JSON.stringify(counts)}`);
	assert.ok(sum(counts, (status) => status === "200") > 0, JSON.stringify(counts));
	assert.ok(sum(counts, (status) => status === "429") > 0, JSON.stringify(counts));
}

// The attack broke off what was under way, so nobody waits for it any more.
async function isIdle() {
	await until("no statement runs in the database", async () => {
		const [{ n }] = await stack.sql(`SELECT COUNT(*) AS n FROM information_schema.processlist
			WHERE command <> 'Sleep' AND user = '${stack.settings.db_user}' AND id <> CONNECTION_ID()
			  AND info LIKE '%record%'`);
		return Number(n) === 0;
	}, IDLE);
}

test("one account's worst and a flood of one address leave the others served", async () => {
	isDocumented(await beside("nora", [flood("mal0", "127.0.0.2"), strangers]));
	await isIdle();
});

test("eight accounts with searches, imports and passwords leave the others served", async () => {
	const only = ["search", "sessions", "work", "look", "import", "password", "upload"];
	isDocumented(await beside("olga", accounts.map((name, i) =>
		flood(name, `127.0.1.${i + 1}`, { atOnce: 8, only }))));
	await isIdle();
});

// Another host, or whatever is slow, has the lock of a space for as long as the work takes.
async function whileLocked(space, work) {
	const held = stack.sql(`START TRANSACTION;
		SELECT seq FROM space WHERE id = '${space.id}' FOR UPDATE; SELECT SLEEP(60) AS held`)
		.catch(() => {}); // it is interrupted in the end
	const holder = async () => (await stack.sql(`SELECT id FROM information_schema.processlist
		WHERE info = 'SELECT SLEEP(60) AS held'`))[0]?.id;
	const id = await until("the space is locked", holder);
	try {
		return await work();
	} finally {
		await stack.sql(`KILL QUERY ${id}`);
		await held;
	}
}

test("of those who wait for a space one occupies a worker for long", async () => {
	const otto = stack.as("otto").in(await stack.team({ otto: "owner" }));
	await otto.get("/api/sync/heads");
	const busy = await stack.team({ olaf: "owner", mal0: "member", mal1: "member" });
	answered(await stack.as("olaf").in(busy).post("/api/cars", { id: "1" }), 201);
	let open = 8;
	const seen = [];
	const writes = await whileLocked(busy, async () => {
		const all = ["mal0", "mal1"].flatMap((name) => Array.from({ length: 4 }, async () => {
			const answer = await stack.as(name).in(busy).patch("/api/cars/1", { notes: name });
			open--;
			seen.push(`${answer.status} ${answer.text.slice(0, 200)}`);
			return answer;
		}));
		await until("the others are refused", () => open <= 1);
		answered(await otto.get("/api/sync/heads"));
		assert.equal(open, 1, `the space is still locked: ${seen.join("; ")}`);
		return all;
	});
	const answers = await Promise.all(writes);
	assert.equal(answers.filter(({ status }) => status === 200).length, 1);
	for (const answer of answers.filter(({ status }) => status !== 200)) {
		refused(answer, 429, { type: "/problems/busy" });
		assert.equal(answer.headers["retry-after"], "1");
	}
});
