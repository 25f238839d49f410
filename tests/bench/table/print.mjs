// The table as text, and against an earlier one.

const LIMITS = [
	["worker", "worker, PSS after load", "MiB", 4],
	["stack", "whole stack, PSS after load", "MiB", 200],
	["ready", "ready, warm", "s", 1],
	["disk", "disk: bytes of record and its keys per byte of JSON", "", 2.5],
];
const NAME = 36, HEAD = "   CPU µs   nginx workers MariaDB  ratio target   floor    p50 ms  p99 ms";

const right = (value, width) => String(value).padStart(width);
const figure = (value, digits = 0) => value === undefined ? "" : value.toFixed(digits);
const milliseconds = (value) => (value / 1000).toFixed(value < 10_000 ? 1 : 0);

// How a figure differs from one before, in percent.
function change(now, before) {
	if (before === undefined)
		return "";
	const percent = Math.round((now / before - 1) * 100);
	return `${percent > 0 ? "+" : ""}${percent} %`;
}

/** The rows that were measured, each as a multiple of the first. before: an earlier run, or null. */
export function printRows({ rows, about }, before) {
	console.log(`\n${about}`);
	console.log(`${"".padEnd(NAME)}${HEAD}${before ? "  before" : ""}`);
	for (const row of rows) {
		const old = before?.rows.find(({ key }) => key === row.key);
		console.log([
			row.name.padEnd(NAME), right(figure(row.cpu), 9),
			...["nginx", "workers", "MariaDB"].map((part) => right(figure(row.parts[part]), 8)),
			right(figure(row.ratio, 2), 7), right(row.target, 7), right(figure(row.floor), 8),
			right(milliseconds(row.p50), 10), right(milliseconds(row.p99), 8),
			old ? `  ${right(figure(old.cpu), 8)} ${change(row.cpu, old.cpu)}` : "",
			old ? `, ratio ${figure(old.ratio, 2)} ${change(row.ratio, old.ratio)}` : "",
		].join("").trimEnd());
	}
}

/** Memory, start and disk. */
export function printSizes({ sizes }, before) {
	console.log("");
	for (const [key, name, unit, most] of LIMITS) {
		if (sizes[key] === undefined)
			continue;
		const old = before?.sizes?.[key];
		console.log(`${name.padEnd(54)} ${right(sizes[key].toFixed(2), 8)} ${unit.padEnd(3)} (target ${most})` +
			(old === undefined ? "" : `  before ${old.toFixed(2)}, ${change(sizes[key], old)}`));
	}
	for (const [name, value] of Object.entries(sizes.parts ?? {}))
		console.log(`${`  of the stack: ${name}`.padEnd(54)} ${right(value.toFixed(2), 8)} MiB`);
}
