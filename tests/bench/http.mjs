// What this machine reaches: requests a second of the things devices do all day, each as a ratio to the plainest answer
// a worker gives, measured in turns in one run.  Single figures depend on the machine; quote the ratios.
import http from "node:http";
import { start } from "../harness.mjs";

const CONNECTIONS = 16, TURN = 700, TURNS = 5; // requests at once, milliseconds, turns of each kind

// Send request() from all connections until the time is over; the requests a second.
async function turn(request) {
	const end = performance.now() + TURN, begun = performance.now();
	let count = 0;

	await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
		while (performance.now() < end) {
			await request();
			count++;
		}
	}));
	return count / ((performance.now() - begun) / 1000);
}

function median(numbers) {
	return numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

const stack = await start({ own: true });
const anna = await stack.as("anna").ready();
const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const ask = async (wanted, method, path, options = {}) => {
	const answer = await anna.request(method, path, { agent, ...options });
	if (!wanted.includes(answer.status))
		throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
	return answer;
};

const trip = (i) => ({ date: "2026-11-21", from: `Stop ${i}`, to: "Depot", miles: 12.5, purpose: "Delivery" });
for (let page = 0; page < 10; page++)
	await anna.push(Array.from({ length: 200 }, (_, i) => ({
		op: `b${page}-${i}`, collection: "mileage", id: `t${page}-${i}`, base: 0, set: trip(i),
	})));
const all = await anna.pull();
const nearly = all.cursor.replace(/\d+$/, (seq) => String(Number(seq) - 10));
let writes = 0;

// The kinds that write come last: a poll for nothing new must find nothing new.
const kinds = [
	["health (a worker and one statement)", () => ask([200], "GET", "/api/health")],
	["poll, nothing new: 304", () => ask([304], "GET", `/api/sync/changes?since=${all.cursor}`, {
		headers: { "If-None-Match": `"${all.cursor}"` },
	})],
	["poll, 10 changes", () => ask([200], "GET", `/api/sync/changes?since=${nearly}`)],
	["one record", () => ask([200], "GET", "/api/mileage/t0-0")],
	["a list of 100", () => ask([200], "GET", "/api/mileage?limit=100")],
	["create", () => ask([201], "POST", "/api/mileage", { body: trip(writes++) })],
	["update", () => ask([200], "PATCH", "/api/mileage/t1-1", { body: { purpose: `p${writes++}` } })],
	["push of 50", () => ask([200], "POST", "/api/sync/push", { body: { device: "bench", ops: Array.from({
		length: 50,
	}, () => ({ op: `w${++writes}`, collection: "mileage", id: `w${writes}`, base: 0, set: trip(writes) })) } })],
];

const results = kinds.map(() => []);
for (const group of [kinds.slice(0, 5), kinds.slice(5)])
	for (let i = 0; i < TURNS; i++)
		for (const kind of group)
			results[kinds.indexOf(kind)].push(await turn(kind[1]));

const base = median(results[0]);
console.log(`${CONNECTIONS} connections, ${TURNS} turns of ${TURN} ms each; one client process on the same machine`);
kinds.forEach(([name], i) => {
	const rate = median(results[i]);
	console.log(`${name.padEnd(38)} ${rate.toFixed(0).padStart(7)}/s  ${(rate / base).toFixed(2).padStart(5)}`);
});
agent.destroy();
await stack.stop();
