// What MariaDB's binary log costs: two stacks with the settings that ship, one with it and one without, which take
// turns at the same writes.  And what it takes on the disk, with what deploy/backup makes of it.
//
//	node tests/bench/binlog.mjs [--windows 5] [--seconds 1.5]
import { statSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { start } from "../harness.mjs";
import { Operator } from "../lib/operator.mjs";
import { load } from "./table/load.mjs";
import { PEOPLE, rowsOf, settle } from "./table/rows.mjs";

const { values: options } = parseArgs({
	options: { windows: { type: "string", default: "5" }, seconds: { type: "string", default: "1.5" } },
});
const RECORDS = 200; // of each person

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function logBytes(stack) {
	return (await stack.sql("SHOW BINARY LOGS")).reduce((sum, { File_size: size }) => sum + Number(size), 0);
}

// One window of a row: CPU µs, µs to wait, and writes each second; bytes of the log for each write.
async function look(stack, row) {
	const before = stack.binlog ? await logBytes(stack) : 0;
	const milliseconds = Number(options.seconds) * 1000;
	const answer = await load(stack, { connections: PEOPLE, milliseconds, ...row });
	const writes = answer.requests * row.ops;
	const bytes = stack.binlog ? (await logBytes(stack) - before) / writes : 0;
	return { cpu: answer.cpu / writes, p50: answer.p50, rate: writes / Number(options.seconds), bytes };
}

function print(name, without, with_) {
	const of = (windows, key) => median(windows.map((one) => one[key]));
	const figures = ["cpu", "p50", "rate"].map((key) => {
		const [from, to] = [of(without, key), of(with_, key)];
		return `${from.toFixed(0)} -> ${to.toFixed(0)} (${(to / from).toFixed(2)})`;
	});
	console.log([name.padEnd(34), ...figures.map((text) => text.padStart(22)),
		of(with_, "bytes").toFixed(0).padStart(12)].join(" "));
}

const stacks = [];
try {
	for (const binlog of [false, true])
		stacks.push(await start({ own: true, shipped: true, binlog, settings: { access_minutes: 1440 } }));
	const rows = [];
	for (const stack of stacks)
		rows.push(rowsOf(await settle(stack, RECORDS)).filter(({ key }) => ["write", "push"].includes(key)));
	const windows = rows[0].map(() => [[], []]);
	for (let i = 0; i <= Number(options.windows); i++)
		for (const at of windows.keys())
			for (const [which, stack] of stacks.entries()) {
				const seen = await look(stack, rows[which][at]);
				if (i > 0) // once before it counts
					windows[at][which].push(seen);
			}
	console.log(["The binary log: without -> with".padEnd(34), ...["CPU µs a write", "p50 µs", "writes a second"]
		.map((text) => text.padStart(22)), "bytes".padStart(12)].join(" "));
	for (const [at, { name }] of rows[0].entries())
		print(name, ...windows[at]);

	const operator = new Operator(stacks[1]), raw = await logBytes(stacks[1]);
	const begun = performance.now();
	const { status, stderr } = await operator.backup();
	if (status !== 0)
		throw new Error(stderr);
	const size = statSync(path.join(await operator.newest(), "dump.00000.zst")).size;
	const seconds = (performance.now() - begun) / 1000, megabytes = (bytes) => (bytes / 1e6).toFixed(1);
	console.log(`deploy/backup of all this took ${seconds.toFixed(1)} s; the dump's first piece has ` +
		`${megabytes(size)} MB, the log ${megabytes(raw)} MB unpacked`);
} finally {
	for (const stack of stacks)
		await stack.stop();
}
