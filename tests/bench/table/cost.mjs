// What a stack uses: the processor time of all its processes, as /proc counts it, and their memory.
import { readFileSync, readdirSync } from "node:fs";
import { until } from "../../lib/wait.mjs";

const TICK = 10_000; // microseconds of one unit of /proc/PID/stat: 100 a second on every Linux that Daybook runs on
const KINDS = { nginx: "nginx", daybook: "workers", mariadbd: "MariaDB", mariadb: "other" };

function text(file) {
	try {
		return readFileSync(file, "utf8");
	} catch {
		return ""; // it has ended meanwhile
	}
}

/** A process and all that came from it. @param {number} pid @returns {number[]} */
export function tree(pid) {
	const found = [pid];
	for (let at = 0; at < found.length; at++) {
		let threads = [];
		try {
			threads = readdirSync(`/proc/${found[at]}/task`);
		} catch {
			continue;
		}
		for (const thread of threads)
			found.push(...text(`/proc/${found[at]}/task/${thread}/children`)
				.split(" ").filter(Boolean).map(Number));
	}
	return found;
}

// utime, stime and those of children that have ended.
function used(pid) {
	const line = text(`/proc/${pid}/stat`);
	const [, name, rest] = /^\d+ \((.*)\) (.*)$/s.exec(line) ?? [];
	if (name === undefined)
		return null;
	const words = rest.split(" ");
	const time = words.slice(11, 15).reduce((sum, one) => sum + Number(one), 0) * TICK;
	return { kind: KINDS[name] ?? "other", time };
}

/**
 * Microseconds of processor time that a stack has used, by kind of process.
 * @param {number} root @returns {{nginx: number, workers: number, MariaDB: number, other: number}}
 */
export function cpu(root) {
	const sums = { nginx: 0, workers: 0, MariaDB: 0, other: 0 };
	for (const one of tree(root).map(used).filter(Boolean))
		sums[one.kind] += one.time;
	return sums;
}

/** The proportional set size of a process, in KiB. @param {number} pid */
export function pss(pid) {
	return Number(/^Pss:\s+(\d+) kB/m.exec(text(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
}

/** Until workers have given back what large requests took: they do when nothing came for a second. */
export function rest() {
	return new Promise((resolve) => setTimeout(resolve, 2000));
}

/**
 * Until MariaDB has written what a load left behind.
 * @param {number} root
 * @param {number} percent of a processor, below which it counts as done: more than what goes on all the time
 */
export function idle(root, percent = 2) {
	return until("MariaDB uses almost no processor time", async () => {
		const before = cpu(root).MariaDB;
		await new Promise((resolve) => setTimeout(resolve, 1000));
		return cpu(root).MariaDB - before < percent * TICK;
	}, 300);
}

/** KiB of a stack by kind of process, and of all. @param {number} root */
export function memory(root) {
	const sums = { nginx: 0, workers: 0, MariaDB: 0, other: 0, all: 0 };
	for (const pid of tree(root)) {
		const kind = used(pid)?.kind ?? "other", size = pss(pid);
		sums[kind] += size;
		sums.all += size;
	}
	return sums;
}
