// What a backup of a large space and its restore take: time, and the most memory that the process for jobs has had.
import { readFile, readdir } from "node:fs/promises";
import { start } from "../harness.mjs";
import { jpeg, send, sha256 } from "../lib/files.mjs";
import { until } from "../lib/wait.mjs";

const RECORDS = Number(process.env.DAYBOOK_BENCH_RECORDS ?? 100_000);
const FILE = 5 << 20, FILES = Number(process.env.DAYBOOK_BENCH_FILES ?? 100);
const PAGE = 200, PATIENCE = 1800; // seconds of a job

const stack = await start({
	own: true, shipped: true, settings: { space_quota_bytes: "4G", backup_bytes_max: "8G", access_minutes: 1440 },
});
const space = await stack.team({ anna: "owner" });
const anna = stack.as("anna").in(space);
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
const line = (what, figure) => console.log(`${what.padEnd(60)} ${figure}`);

function expect(answer, status) {
	if (answer.status !== status)
		throw new Error(`${answer.status} ${answer.text.slice(0, 500)}`);
	return answer.body;
}

for (let from = 0; from < RECORDS; from += PAGE)
	expect(await anna.push(Array.from({ length: PAGE }, (_, i) => ({
		op: `b${from + i}`, collection: "mileage", id: `t${from + i}`, base: 0,
		set: { date: "2026-11-21", from: `Stop ${from + i}`, to: "Depot", miles: 12.5, purpose: "Delivery" },
	}))), 200);
for (let i = 0; i < FILES; i++) {
	const bytes = jpeg(`bench ${i}`, FILE);
	for (const piece of [0, 1]) { // nginx takes 16 MiB, and a piece has 4 MiB at most
		const from = piece * (4 << 20), to = Math.min(FILE, from + (4 << 20));
		await anna.request("PUT", `/api/files/${sha256(bytes)}`, {
			body: bytes.subarray(from, to),
			headers: { "Content-Range": `bytes ${from}-${to - 1}/${FILE}`, "Content-Type": "image/jpeg" },
		});
	}
	expect(await anna.post("/api/workSessions", {
		start: new Date(Date.UTC(2026, 8, 1) + i * 3600e3).toISOString(), photoIn: sha256(bytes),
	}), 201);
}

// The most memory that the process for jobs has had, in MiB.
async function peak() {
	for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
		const words = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
		if (words.split("\0").includes("--jobs") && words.includes(stack.dir))
			return Number(/VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
	}
	return NaN;
}

// A job to its end: what it resulted in.
async function ended(job) {
	const { state, result, error } = await until("the job has ended", async () => {
		const { job: now } = expect(await anna.get(`/api/jobs/${job}`), 200);
		return ["done", "failed"].includes(now.state) ? now : undefined;
	}, PATIENCE);
	if (state !== "done")
		throw new Error(`the job failed: ${error.detail}`);
	return result;
}

// Ask for something that a job does, or that is done at once, and print how long it takes.
async function measured(what, ask) {
	const from = Date.now(), answer = await ask();
	const job = answer.job?.id ?? answer.job;
	if (job !== undefined && answer.job?.state !== "done")
		await ended(job);
	line(what, `${seconds(Date.now() - from)}, ${(await peak()).toFixed(0)} MiB at most`);
	return answer;
}

line(`${RECORDS} records, ${(FILES * FILE) >> 20} MiB of photos; the process for jobs, fresh`,
	`${(await peak()).toFixed(0)} MiB`);
const first = await measured("a backup", async () => expect(await anna.post("/api/backup"), 200));
expect(await anna.patch("/api/mileage/t100", { to: "Elsewhere" }), 200);
const held = async () => expect(await anna.get("/api/backups"), 200).quota.bytes;
const before = await held();
await measured("the next one, after one change", async () => expect(await anna.post("/api/backup"), 200));
line("bytes that it added", String(await held() - before));
await measured("checking the first one", async () => {
	const answer = await anna.post(`/api/backups/${first.id}/verify`);
	return expect(answer, answer.status === 202 ? 202 : 200);
});
await measured("looking what restoring it would change", async () => {
	const answer = await anna.post(`/api/backups/${first.id}/restore`, { mode: "replace", dryRun: true });
	return expect(answer, answer.status === 202 ? 202 : 200);
});
await measured("restoring it in place of what is there", async () => {
	const answer = await anna.post(`/api/backups/${first.id}/restore`, { mode: "replace" });
	return expect(answer, answer.status === 202 ? 202 : 200);
});
const { record, mileage } = expect(await anna.get("/api/mileage/t100"), 200);
line("the change is gone", String((mileage ?? record)?.to !== "Elsewhere"));
await stack.stop();
