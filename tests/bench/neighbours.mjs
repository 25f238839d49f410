// What somebody's polls and writes wait for, alone and while one account asks for the worst it can think of and an
// address floods sign-up and sign-in; README.md says how to read it.
//
//	node tests/bench/neighbours.mjs [--seconds 15] [--records 20000] [--accounts 1,8] [--nice 19]
import { parseArgs } from "node:util";
import { start } from "../harness.mjs";
import { Attack } from "../lib/attack.mjs";
import { Neighbour } from "../lib/neighbour.mjs";
import { until } from "../lib/wait.mjs";
import { cpu, idle } from "./table/cost.mjs";
import { fillMore } from "./table/grow.mjs";
import { signUp } from "./table/rows.mjs";

const { values: options } = parseArgs({
	options: {
		seconds: { type: "string", default: "15" }, records: { type: "string", default: "20000" },
		accounts: { type: "string", default: "1,8" }, nice: { type: "string", default: "19" },
	},
});
const SECONDS = Number(options.seconds);
const TARGET = 300; // milliseconds
const COLUMNS = "     p50     p99     max";
const NEIGHBOUR = 8; // per cent of a processor that the neighbour costs MariaDB at most
const PACE = { from: "127.0.0.9", pollMs: 50, writeMs: 100 };

const nap = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

function percentile(times, part) {
	const sorted = [...times].sort((a, b) => a - b);
	return sorted[Math.floor((sorted.length - 1) * part)];
}

const figures = (times) => [percentile(times, 0.5), percentile(times, 0.99), percentile(times, 1)]
	.map((one) => one.toFixed(1).padStart(8)).join("");

function print(name, { polls, writes }, parts) {
	const shares = Object.entries(parts).filter(([kind]) => kind !== "other")
		.map(([kind, time]) => `${kind} ${(time / SECONDS / 10_000).toFixed(0)} %`).join(", ");
	console.log(`${name.padEnd(36)}${figures(polls)}  ${figures(writes)}   ` +
		`${polls.length} and ${writes.length}; ${shares}`);
}

// A team whose people are owners, with records of two collections.
async function attackers(stack, count) {
	const names = Array.from({ length: count }, (_, i) => `mal${i}`);
	await signUp(stack, names);
	const space = await stack.team(Object.fromEntries(names.map((name) => [name, "owner"])));
	const mal = stack.as(names[0]).in(space);
	const { body: { trip } } = await mal.post("/api/mileage",
		{ date: "2026-01-02", from: "Depot", to: "Stop", miles: 1, notes: "n".repeat(100) });
	const { body: { workSession } } = await mal.post("/api/workSessions",
		{ start: "2026-01-02T08:00:00Z", end: "2026-01-02T09:00:00Z", note: "Sorting" });
	await fillMore(stack, { records: [trip.id, workSession.id], count: Number(options.records) / 2 });
	return names.map((name, i) => ({
		kind: "account", url: stack.url, from: `127.0.1.${i + 1}`, token: stack.as(name).token,
		space: space.id, record: trip.id,
	}));
}

// The waits of a neighbour for a while, and what the stack used meanwhile.
async function measure(stack, neighbour) {
	const [polls, writes] = [neighbour.polls.length, neighbour.writes.length], before = cpu(stack.child.pid);
	await nap(SECONDS);
	const after = cpu(stack.child.pid);
	const parts = Object.fromEntries(Object.entries(after).map(([kind, time]) => [kind, time - before[kind]]));
	return [{ polls: neighbour.polls.slice(polls), writes: neighbour.writes.slice(writes) }, parts];
}

async function under(stack, neighbour, name, floods) {
	const attack = new Attack(floods, { nice: options.nice });
	let counts;
	try {
		await until("the flood is there", async () => Object.keys(await attack.counts()).length > 10);
		print(name, ...await measure(stack, neighbour));
	} finally {
		counts = await attack.stop();
	}
	const all = {};
	for (const [status, n] of Object.values(counts).flatMap((one) => Object.entries(one)))
		all[status] = (all[status] ?? 0) + n;
	console.log(`${"".padEnd(38)}the flood was answered ${Object.entries(all)
		.map(([status, n]) => `${status} ${n} times`).join(", ")}`);
	await idle(stack.child.pid, NEIGHBOUR);
}

async function run() {
	const stack = await start({
		own: true, shipped: true, limits: true,
		settings: { requests_at_once: 0, sign_ups: 50, access_minutes: 1440 },
	});
	try {
		const most = options.accounts.split(",").map(Number);
		const all = await attackers(stack, Math.max(...most));
		const neighbour = new Neighbour(stack.as("nora").in(await stack.team({ nora: "owner" })), PACE);
		const strangers = { kind: "address", url: stack.url, from: "127.0.0.3", email: stack.as("mal0").email };
		await idle(stack.child.pid, NEIGHBOUR);
		console.log(`\nA neighbour's waits in ms, ${SECONDS} s each (target: p99 below ${TARGET})`);
		console.log(`${"".padEnd(36)}${COLUMNS}  ${COLUMNS}   polls and writes; processor time`);
		await nap(2); // statements are prepared, pages are in memory
		print("alone", ...await measure(stack, neighbour));
		for (const count of most) {
			const who = count === 1 ? "one account" : `${count} accounts`, atOnce = Math.ceil(64 / count);
			const floods = all.slice(0, count).map((one) => ({ ...one, atOnce }));
			await under(stack, neighbour, `${who} and one address`, [...floods, strangers]);
		}
		neighbour.isGoing = false;
		await neighbour.settle();
	} finally {
		await stack.stop();
	}
}

await run();
