// The parts of the tests, and the jobs that each is made of.  A part is a folder of tests/; one more is a line in
// PARTS, and a target in the Makefile by which it runs alone.
import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { countExit, countFuzz, countTap, countUnit } from "./counts.mjs";

export const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const mode = process.env.DAYBOOK_MODE ?? "release";
const built = path.resolve(root, process.env.DAYBOOK_BUILD ?? path.join("build", mode));
const seconds = (name, usual) => Number(process.env[name] ?? usual);

/** Seconds that a job may take, and minutes that all of them may; sanitizers slow everything down. */
const [LIMIT, MINUTES] = mode === "release" ? [1800, 75] : [3600, 240];

/** When the whole run ends, in milliseconds since 1970; deploy/test sets it in seconds when it starts. */
export const lastMoment = seconds("DAYBOOK_TEST_END",
	Date.now() / 1000 + seconds("DAYBOOK_TEST_MINUTES", MINUTES) * 60) * 1000;

// first: what begins earlier, because it takes long for its size; stack: its files start Daybooks; waits: its files
// wait more than they compute.
const PARTS = {
	unit: { jobs: programs },
	www: { jobs: files },
	api: { jobs: files, stack: true },
	faults: { jobs: files, stack: true, first: 4 },
	browser: { jobs: files, stack: true, waits: true },
	soak: { jobs: files, stack: true, first: 9, more: seconds("DAYBOOK_SOAK_SECONDS", 60) },
	fuzz: { jobs: fuzzers, more: seconds("FUZZ_SECONDS", 10) },
	bench: { jobs: benches, stack: true },
};

// How many times as long as others of their size these files take.
const LONGER = { "browser/access": 8, "browser/time-team": 2, "api/matrix": 6, "faults/workers": 2 };

function namesOf(part, pattern) {
	const folder = path.join(root, "tests", part);
	return existsSync(folder) ? readdirSync(folder).filter((name) => pattern.test(name)).sort() : [];
}

function files(part, { folder }) {
	return namesOf(part, /\.test\.mjs$/).map((file) => {
		const name = file.replace(".test.mjs", "");
		const tap = path.join(folder, `${part}-${name}.tap`);
		const whole = path.join("tests", part, file);
		const reporters = [
			"--test-reporter=spec", "--test-reporter-destination=stdout", "--test-reporter=tap",
			`--test-reporter-destination=${tap}`,
		];
		return {
			name, size: statSync(path.join(root, whole)).size * (LONGER[`${part}/${name}`] ?? 1),
			command: [process.execPath, ...reporters, whole], count: (end) => countTap(tap, end),
		};
	});
}

function programs(part) {
	return namesOf(part, /^test_.*\.c$/).map((file) => {
		const name = path.basename(file, ".c");
		return {
			name, size: 0, command: [path.join(built, "tests", part, name)],
			env: { CMOCKA_MESSAGE_OUTPUT: "TAP" }, count: countUnit,
		};
	});
}

// Fuzzers need their own build, which runs first.
function fuzzers(part, { kept, more }) {
	const build = {
		name: "build",
		size: Infinity,
		command: ["make", "--no-print-directory", "-s", "MODE=fuzz", "fuzz-programs"],
		count: (end) => countExit(end, 0),
	};
	const ones = namesOf(part, /^fuzz_.*\.c$/).map((file) => {
		const name = path.basename(file, ".c");
		const corpus = path.join("tests", part, "corpus", name.replace("fuzz_", ""));
		// What the fuzzer met is kept when it fails.
		const met = path.join(kept, `daybook-${name}.${process.pid}`);
		return {
			name, size: 0, after: build.name, scratch: met, count: countFuzz,
			command: [
				path.join(root, "build", "fuzz", "tests", part, name), `-max_total_time=${more}`,
				"-timeout=5", "-rss_limit_mb=2048", "-print_final_stats=0", `-artifact_prefix=${met}/`,
				met, ...(existsSync(path.join(root, corpus)) ? [corpus] : []),
			],
		};
	});
	return [build, ...ones];
}

function benches(part) {
	return namesOf(part, /\.mjs$/).map((file) => ({
		name: path.basename(file, ".mjs"), size: 0, isShown: true,
		command: [process.execPath, path.join("tests", part, file)], count: countExit,
	}));
}

export const isPart = (name) => Object.hasOwn(PARTS, name);

/**
 * The jobs of a part: {part, name, command, env, limit, count, after, …}, after being the job that comes before.
 * folder: for what they make; kept: for what outlives them.
 */
export function jobsOf(part, { folder, kept }) {
	const { jobs, first = 1, more = 0, stack = false, waits = false } = PARTS[part];
	const all = jobs(part, { folder, kept, more })
		.map((job) => ({ ...job, part, stack, waits, size: job.size * first, limit: LIMIT + more }));
	for (const job of all)
		job.after = all.find(({ name }) => name === job.after);
	return all;
}
