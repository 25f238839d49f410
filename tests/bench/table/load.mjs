// The two load generators, load.c and floor.c, with what the stack used meanwhile.
import { userInfo } from "node:os";
import path from "node:path";
import { programs, run } from "../../harness.mjs";
import { cpu } from "./cost.mjs";

const program = (name) => path.join(programs, "tests", "bench", name);
let numbers = Date.now() * 1000; // %n: no run has a number of another

// The text of a request for load.c.
function requestText({ method = "GET", path: target, headers = {}, body }) {
	const lines = [`${method} ${target} HTTP/1.1`, "Host: localhost"];
	if (body !== undefined)
		lines.push("Content-Type: application/json");
	for (const [name, value] of Object.entries(headers))
		lines.push(`${name}: ${value}`);
	const head = `${lines.join("\r\n")}\r\n`, rest = body ?? "";
	return `${Buffer.byteLength(head)} ${Buffer.byteLength(rest)}\n${head}${rest}`;
}

async function measured(stack, name, words, input) {
	const before = cpu(stack.child.pid);
	const { status, stdout, stderr } = await run(program(name), words.map(String), { input });
	const after = cpu(stack.child.pid);
	if (status !== 0)
		throw new Error(`${name}: ${stderr}`);
	const answer = JSON.parse(stdout);
	const parts = Object.fromEntries(Object.keys(after).map((kind) => [kind, after[kind] - before[kind]]));
	return { ...answer, parts, cpu: Object.values(parts).reduce((sum, part) => sum + part, 0) };
}

/**
 * Send requests for a while: {requests, p50, p99, cpu, parts}, times in microseconds.
 * @param {{requests: object[], status: number, connections: number, milliseconds: number}} load
 */
export async function load(stack, { requests, status, connections, milliseconds }) {
	const answer = await measured(stack, "load", [stack.port, connections, milliseconds, status, numbers],
		requests.map(requestText).join(""));
	numbers = answer.next;
	if (answer.failed > 0)
		throw new Error(`${requests[0].method ?? "GET"} ${requests[0].path}: ${answer.failed} of ` +
			`${answer.requests} failed, the first with ${answer.firstFailure}`);
	return answer;
}

/** The statements of a write of so many ops, or the one of a read, straight to the database. */
export async function floor(stack, { ops, floor: statement, connections, milliseconds }) {
	numbers += 1_000_000;
	const { db_socket: socket, db_name: name } = stack.settings;
	return measured(stack, "floor",
		[socket, userInfo().username, name, connections, milliseconds, ops, numbers % 1e12,
			...(typeof statement === "string" ? [statement] : [])]);
}
