// What a worker holds once it has answered each kind of request: its proportional set size, as the kernel counts it.
// More than the limit fails: a server has eight of them, and people run Daybook beside other things.
import { readFileSync } from "node:fs";
import path from "node:path";
import { root, start } from "../harness.mjs";
import { rest } from "./table/cost.mjs";

const LIMIT = 4 * 1024; // KiB
const { routes } = JSON.parse(readFileSync(path.join(root, "tests", "api", "matrix.json"), "utf8"));

const stack = await start({ own: true, settings: { workers: 1 } });
const [worker] = await stack.workers();
const pss = () => Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${worker}/smaps_rollup`, "utf8"))[1]);
const mebibytes = (kibibytes) => `${(kibibytes / 1024).toFixed(1)} MiB`;

const before = pss();
const space = await stack.team({ anna: "owner" });
const anna = stack.as("anna").in(space);

// A day's records first, so that lists, feeds, reports and exports have something to hold.
for (let page = 0; page < 5; page++)
	await anna.push(Array.from({ length: 200 }, (_, i) => ({
		op: `m${page}-${i}`, collection: "mileage", id: `t${page}-${i}`, base: 0,
		set: { date: "2026-11-21", from: `Stop ${i}`, to: "Depot", miles: 12.5, purpose: "Delivery" },
	})));
await anna.post("/api/cars", { id: "7", location: "100" });
await anna.pull();
let asked = 0;
for (const [name, { path: at, body }] of Object.entries(routes)) {
	const method = name.split(" ")[0];
	await anna.request(method, at.replace(":space", space.id), { body });
	asked++;
}
await anna.get("/api/mileage?limit=1000");
await anna.get("/api/mileage/export");

const [still] = await stack.workers();
if (still !== worker)
	throw new Error(`the worker ${worker} ended meanwhile`);
await rest();
const after = pss();
console.log(`${"worker, fresh".padEnd(52)} ${mebibytes(before)}`);
console.log(
	`${`worker, after ${asked} kinds of requests`.padEnd(52)} ${mebibytes(after)} (at most ${mebibytes(LIMIT)})`);
await stack.stop();
if (after > LIMIT) {
	console.log("a worker holds too much");
	process.exitCode = 1;
}
