// Runs test files, the long ones first:
//   node tests/files.mjs AT_ONCE SECONDS FILE...
// At most AT_ONCE at a time, and not more than there are processors.  A file that has not ended after SECONDS counts as failed, and the
// others go on; what it started ends with it.
import { statSync } from "node:fs";
import os from "node:os";
import { run } from "node:test";
import { spec } from "node:test/reporters";

const [atOnce, seconds, ...names] = process.argv.slice(2);
const files = names.map((name) => ({ name, size: statSync(name).size })).sort((a, b) => b.size - a.size).map(({ name }) => name);
const concurrency = Math.min(os.cpus().length, Number(atOnce));
const tests = run({ files, concurrency, timeout: Number(seconds) * 1000 });

tests.on("test:fail", () => process.exitCode = 1);
tests.compose(new spec()).pipe(process.stdout);
