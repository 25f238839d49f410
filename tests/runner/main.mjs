// Runs parts of the tests, several jobs at a time: node main.mjs PART...
// Browser tests and others run side by side, because each kind leaves the processor idle while it waits.  The
// last line has the counts; DAYBOOK_COUNTS names a file that gets "PASSED FAILED" as well.
import { appendFileSync, chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { begin, endStrays } from "./job.mjs";
import { isPart, jobsOf, lastMoment, root } from "./parts.mjs";
import { sayFailures, sayJob, sayTimes, sumOf } from "./report.mjs";

const parts = process.argv.slice(2);
if (parts.length === 0 || !parts.every(isPart)) {
	console.error(`tests/run: there is no part ${parts.find((one) => !isPart(one)) ?? "named"}`);
	process.exit(1);
}

// The temporary files of all jobs; deleted at the end, even if a job could not clean up.  Apache, which does not serve
// as root, needs access.
const kept = os.tmpdir(), folder = mkdtempSync(path.join(kept, "daybook-test."));
chmodSync(folder, 0o711);
process.on("exit", () => {
	endStrays(folder);
	rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
});

const env = {
	TMPDIR: folder, DAYBOOK_TEST_DATABASE: path.join(folder, "database"),
	DAYBOOK_TEST_UNIT_DATABASE: path.join(folder, "unit-database"),
};
const www = path.join(root, "build", "www");
if (process.env.DAYBOOK_WWW === undefined && existsSync(www))
	env.DAYBOOK_WWW = www; // put together once, not for each stack

function textOf(file) {
	try {
		return readFileSync(file, "utf8");
	} catch {
		return "";
	}
}

function processorsHere() {
	const [quota, period] = textOf("/sys/fs/cgroup/cpu.max").split(" ").map(Number);
	return Math.min(os.cpus().length, quota > 0 && period > 0 ? Math.ceil(quota / period) : Infinity);
}

const processors = processorsHere();

// One more than there are processors, fewer where memory is short: a test that gets too little of a processor runs into
// its own limits.
function slots() {
	return Number(process.env.DAYBOOK_TEST_AT_ONCE) ||
		Math.max(1, Math.min(processors + 1, Math.floor(os.freemem() / 600e6), 8));
}

const atOnce = parts.includes("bench") ? 1 : slots(), from = Date.now();
const jobs = parts.flatMap((part) => jobsOf(part, { folder, kept }));
const stacks = jobs.filter(({ stack }) => stack);
if (stacks.length > 1) {
	const database = {
		part: "run", name: "database", size: Infinity, limit: 300,
		command: [process.execPath, "tests/runner/database.mjs", env.DAYBOOK_TEST_DATABASE],
		count: ({ status }) => ({ passed: 0, failed: status === 0 ? 0 : 1 }),
	};
	jobs.unshift(database);
	for (const job of stacks)
		job.after = database;
}
const waiting = [...jobs].sort((a, b) => b.size - a.size), running = new Set(), results = [], done = new Set();

// Pick the kind of which fewer are running; never more browsers than processors, since each of them can fill one.
function next() {
	const waits = [...running].filter(({ job }) => job.waits).length;
	const ready = waiting.filter(({ after, waits: isBrowser }) => (after === undefined || done.has(after)) &&
		!(isBrowser && waits >= processors));
	const isWanted = waits <= running.size - waits;
	return ready.find((job) => Boolean(job.waits) === isWanted) ?? ready[0];
}

function note(result) {
	results.push(result);
	sayJob(result);
	const { part } = result.job, ofPart = results.filter(({ job }) => job.part === part);
	if (ofPart.length === jobs.filter((job) => job.part === part).length && part !== "run")
		sayTimes(part, ofPart, from);
}

async function follow(one) {
	const end = await one.ended;
	const counted = one.job.count(end);
	running.delete(one);
	done.add(one.job);
	note({
		job: one.job,
		...end,
		...counted,
		failed: end.why === null ? counted.failed : Math.max(1, counted.failed),
	});
	fill();
}

function fill() {
	while (running.size < atOnce && Date.now() < lastMoment) {
		const job = next();
		if (job === undefined)
			break;
		waiting.splice(waiting.indexOf(job), 1);
		const one = begin(job, { folder, env, until: lastMoment });
		running.add(one);
		follow(one);
	}
	if (running.size === 0)
		finish();
}

// What was never begun counts as failed: the run had to end before.
function finish() {
	for (const job of waiting.splice(0))
		note({
			job, passed: 0, failed: 1, seconds: 0, output: "",
			why: "it was not begun before the run had to end",
		});
	const { passed, failed } = sumOf(results), took = Math.round((Date.now() - from) / 1000);
	const load = `load ${os.loadavg()[2].toFixed(1)} on ${os.cpus().length} processors`;
	console.log(`--- ${parts.join(", ")}: ${took} s, ${atOnce} at once, ${load}`);
	sayFailures(results);
	if (process.env.DAYBOOK_COUNTS)
		appendFileSync(process.env.DAYBOOK_COUNTS, `${passed} ${failed}\n`);
	console.log(`${parts.length === 1 ? `${parts[0]}: ` : ""}${passed} passed, ${failed} failed`);
	process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

// Whoever ends the run ends all of it.
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"])
	process.on(name, () => {
		waiting.length = 0;
		for (const one of running)
			one.end("the run was ended");
	});

fill();
