// What requests cost on this machine, what the stack holds and how soon it is ready; README.md says how to read it.
//
//	node tests/bench/table.mjs [--rows poll,write] [--windows 3] [--seconds 1.5] [--records 1200]
//	    [--save FILE] [--compare FILE] [--growth FROM,TO] [--first-load COUNT]
//
// The same words in the variable BENCH reach it through make: make bench BENCH="--save before.json".
import { readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { start } from "../harness.mjs";
import { cpu, idle, memory, pss, rest } from "./table/cost.mjs";
import { EACH, fillOne, grow } from "./table/grow.mjs";
import { floor, load } from "./table/load.mjs";
import { printRows, printSizes } from "./table/print.mjs";
import { PEOPLE, newId, rowsOf, settle, trip } from "./table/rows.mjs";

const { values: options } = parseArgs({
	args: [...process.argv.slice(2), ...(process.env.BENCH ?? "").split(" ").filter(Boolean)],
	options: {
		rows: { type: "string" }, save: { type: "string" }, compare: { type: "string" },
		windows: { type: "string", default: "3" }, seconds: { type: "string", default: "1.5" },
		records: { type: "string", default: "1200" },
		growth: { type: "string" }, "first-load": { type: "string" },
	},
});
const before = options.compare ? JSON.parse(readFileSync(options.compare, "utf8")) : null;

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

// The windows of all rows in turn, so that whatever else the machine does hits all of them.
async function measure(stack, rows) {
	const times = { connections: PEOPLE, milliseconds: Number(options.seconds) * 1000 };
	const windows = rows.map(() => []), floors = rows.map(() => []);

	for (const row of rows) // once before it counts: statements are prepared, pages are in memory
		await load(stack, { ...times, ...row, milliseconds: 300 });
	let memories;
	for (let i = 0; i < Number(options.windows); i++) {
		for (const [at, row] of rows.entries())
			windows[at].push(await load(stack, { ...times, ...row }));
		memories ??= await held(stack); // before the floors, whose connections are none of Daybook's
		for (const [at, row] of rows.entries())
			if (row.floor)
				floors[at].push(await floor(stack, { ...times, ...row }));
	}
	return { memories, rows: withRatios(rows.map((row, at) => summary(row, windows[at], floors[at]))) };
}

// The medians of a row's windows, for each op.
function summary({ key, name, target, ops }, windows, floors) {
	const each = (of, choose) => median(of.map((one) => choose(one) / (one.requests * ops)));
	const parts = Object.fromEntries(Object.keys(windows[0].parts)
		.map((kind) => [kind, each(windows, (one) => one.parts[kind])]));
	return {
		key, name, target, parts, cpu: each(windows, (one) => one.cpu),
		floor: floors.length > 0 ? each(floors, (one) => one.parts.MariaDB) : undefined,
		p50: median(windows.map((one) => one.p50)), p99: median(windows.map((one) => one.p99)),
		requests: windows.reduce((sum, one) => sum + one.requests, 0),
	};
}

// Bytes that the file of a table takes on the disk, holes left out.
async function diskSize(stack, table) {
	await stack.sql(`FLUSH TABLES ${table} FOR EXPORT; UNLOCK TABLES`); // all is written out
	const [{ folder }] = await stack.sql("SELECT @@datadir AS folder");
	return statSync(path.join(folder, stack.settings.db_name, `${table}.ibd`)).blocks * 512;
}

// The same of the table of records with its keys, for each byte of JSON in it.
async function diskRatio(stack) {
	const [json] = await stack.sql("SELECT SUM(LENGTH(doc)) AS bytes FROM record");
	return await diskSize(stack, "record") / Number(json.bytes);
}

async function held(stack) {
	await rest();
	const workers = (await stack.workers()).map(pss), all = memory(stack.child.pid);
	const parts = Object.fromEntries(Object.entries(all).filter(([kind]) => kind !== "all")
		.map(([kind, size]) => [kind, size / 1024]));
	return { worker: Math.max(...workers) / 1024, stack: all.all / 1024, parts };
}

// Stop deploy/run and start it again in the same folder; the seconds until it is ready.
async function startAgain(stack) {
	stack.child.kill("SIGTERM");
	await stack.ended;
	const begun = performance.now();
	await stack.launch();
	return (performance.now() - begun) / 1000;
}

async function warmStart(stack) {
	const times = [];
	for (let i = 0; i < 3; i++)
		times.push(await startAgain(stack));
	return median(times);
}

async function firstRecord(stack, name) {
	const person = await stack.as(name).ready(), record = newId();
	await person.push([{ op: newId(), collection: "mileage", id: record, base: 0, set: trip(0) }]);
	return { person, record };
}

function chosenRows(people) {
	const rows = rowsOf(people), wanted = options.rows?.split(",") ?? rows.map(({ key }) => key);
	const unknown = wanted.filter((key) => !rows.some((row) => row.key === key));
	if (unknown.length > 0)
		throw new Error(`no row is called ${unknown.join(", ")}: ${rows.map(({ key }) => key).join(", ")}`);
	return rows.filter(({ key }, at) => at === 0 || wanted.includes(key));
}

function withRatios(rows) {
	for (const row of rows)
		row.ratio = row.cpu / rows[0].cpu;
	return rows;
}

// Every row at one size of the database and at another, and a record of any of 200 spaces, which no cache holds.
// People are new each time, because those who wrote before have more records by then.
async function growth(stack) {
	const { person, record } = await firstRecord(stack, "traveller");
	let from = 0, before = null;

	for (const to of options.growth.split(",").map(Number)) {
		const begun = performance.now();
		const visits = await grow(stack, { record, person, from, to, visits: 200 });
		const people = await settle(stack, Number(options.records), `of${to}x`);
		await startAgain(stack);
		await idle(stack.child.pid);
		const { rows } = await measure(stack, [...chosenRows(people), {
			key: "any", name: "one record of any of 200 spaces", target: "", status: 200, ops: 1,
			requests: visits,
		}]);
		const about = `With ${to} records more in ${to / EACH} spaces (loaded in ` +
			`${((performance.now() - begun) / 1000).toFixed(0)} s with the windows)`;
		printRows({ rows, about }, before);
		before = { rows };
		from = to;
	}
}

// A device that has nothing yet reads a space page by page.
async function firstLoad(stack, count) {
	const { person, record } = await firstRecord(stack, "newcomer");
	await fillOne(stack, { record, count });
	await startAgain(stack);
	const used = () => Object.values(cpu(stack.child.pid)).reduce((sum, one) => sum + one, 0);
	const largest = async () => Math.max(...(await stack.workers()).map(pss)) / 1024;
	const begun = performance.now(), marks = [used()], held = await largest();
	const { changes, pages } = await person.pull(undefined, { onPage: () => marks.push(used()) });
	const third = Math.floor(pages / 3), cost = (from, to) => (marks[to] - marks[from]) / (to - from) / 1000;
	console.log(`\nA first load of ${changes.length} records: ${pages} pages, ` +
		`${((performance.now() - begun) / 1000).toFixed(1)} s, ${cost(0, pages).toFixed(1)} ms CPU a page ` +
		`(first third ${cost(0, third).toFixed(1)}, last third ${cost(pages - third, pages).toFixed(1)}); ` +
		`the largest worker ${held.toFixed(1)} MiB before, ${(await largest()).toFixed(1)} after`);
}

const stack = await start({ own: true, shipped: true, settings: { access_minutes: 1440 } });
try {
	const people = await settle(stack, Number(options.records));
	const disk = await diskRatio(stack);
	const { rows, memories } = await measure(stack, chosenRows(people));
	const sizes = { disk, ...memories };
	const about = `CPU µs a request (of a push: an op); medians of ${options.windows} windows of ` +
		`${options.seconds} s, ${PEOPLE} connections`;
	const run = { about, rows, sizes };
	printRows(run, before);
	sizes.ready = await warmStart(stack);
	printSizes(run, before);
	if (options.save)
		writeFileSync(options.save, `${JSON.stringify(run, null, "\t")}\n`);
	if (options["first-load"])
		await firstLoad(stack, Number(options["first-load"]));
	if (options.growth)
		await growth(stack);
} finally {
	await stack.stop();
}
