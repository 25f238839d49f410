// Another past of a database: what an operator, a snapshot or somebody with SQL can do to it.
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { userInfo } from "node:os";
import path from "node:path";
import { auditDigest, auditHash, instantOfSql, noHash } from "./hashes.mjs";
import { within } from "./wait.mjs";

const LONGEST = 120; // seconds

// A client of the database with a file at its end.
function client(stack, program, args, files) {
	const { db_socket: socket, db_name: name } = stack.settings;
	const child = spawn(program, [`--socket=${socket}`, `--user=${userInfo().username}`, ...args, name], {
		stdio: [files.from ?? "ignore", files.to ?? "ignore", "inherit"],
	});
	const ended = new Promise((resolve, reject) => {
		child.on("error", reject);
		child.on("close", (status) =>
			(status === 0 ? resolve() : reject(new Error(`${program} ends with ${status}`))));
	});
	return within(`${program} has ended`, ended, LONGEST).finally(() => child.kill("SIGKILL"));
}

async function withFile(file, way, work) {
	const opened = openSync(file, way);
	try {
		await work(opened);
	} finally {
		closeSync(opened);
	}
}

// A plain dump of the whole database, as anybody makes one: the name of its file.
export async function dumpOf(stack, name = "dump.sql") {
	const file = path.join(stack.dir, name);
	await withFile(file, "w", (to) =>
		client(stack, "mariadb-dump", ["--single-transaction", "--hex-blob"], { to }));
	return file;
}

// Loads it over the database in use, and says nothing to anybody.
export async function loadDump(stack, file) {
	await withFile(file, "r", (from) => client(stack, "mariadb", [], { from }));
	await stack.noticed();
}

const COLUMNS = [
	"seq", "tx_seq", "collection", "record_id", "version", "owner_id", "prev_owner_id", "action", "changes",
	"private_changes", "user_id", "device_id", "op_id", "cause", "at", "claimed_at",
];

// Changes texts in the audit and the records of a space, and computes every hash anew, so that nothing in the database
// itself shows it.
export async function rewrite(stack, space, from, to) {
	const inSpace = `space_id = '${space}'`;
	const set = (column) => `${column} = REPLACE(${column}, '${from}', '${to}')`;
	await stack.sql(`UPDATE audit SET ${set("changes")} WHERE ${inSpace};
		UPDATE record SET ${set("doc")} WHERE ${inSpace}`);
	const rows = await stack.sql(`SELECT ${COLUMNS.join(", ")}, HEX(salt) AS salt_hex FROM audit
		WHERE ${inSpace} ORDER BY seq`);
	let chain = noHash;
	const updates = rows.map(({ salt_hex: salt, ...row }) => {
		const whole = {
			...row, salt, space_id: space, at: instantOfSql(row.at),
			claimed_at: instantOfSql(row.claimed_at),
		};
		const digest = auditDigest(whole);
		chain = auditHash(chain, whole, digest);
		const [ours, all] = [digest, chain].map((bytes) => bytes.toString("hex"));
		return `UPDATE audit SET digest = X'${ours}', hash = X'${all}'
			WHERE ${inSpace} AND seq = ${row.seq}`;
	});
	await stack.sql(`${updates.join(";\n")};
		UPDATE space SET chain = X'${chain.toString("hex")}' WHERE id = '${space}'`);
}
