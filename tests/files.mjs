// Runs test files, as many at a time as there are processors, the long ones first:
//   node tests/files.mjs SECONDS FILE...
// A file that has not ended after SECONDS counts as failed, and the others go on; what it started ends with it.
import { statSync } from "node:fs";
import os from "node:os";
import { run } from "node:test";
import { spec } from "node:test/reporters";

const MOST = 4; // each file may run a database, workers and a browser of its own

const [seconds, ...names] = process.argv.slice(2);
const files = names.map((name) => ({ name, size: statSync(name).size })).sort((a, b) => b.size - a.size).map(({ name }) => name);
const concurrency = Math.min(os.cpus().length, MOST);
const tests = run({ files, concurrency, timeout: Number(seconds) * 1000 });

tests.on("test:fail", () => process.exitCode = 1);
tests.compose(new spec()).pipe(process.stdout);
