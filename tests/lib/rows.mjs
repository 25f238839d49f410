// Databases of earlier versions: their rows as INSERTs, and how they are loaded.  What makes such a fixture is copied
// into the tree of that version, together with this file.
import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import path from "node:path";
import { fixtures, root, run } from "../harness.mjs";

const BINARY = /binary|blob/;

async function rowsOf(stack, table) {
	const columns = await stack.sql(`SELECT column_name AS name, data_type AS type
		FROM information_schema.columns
		WHERE table_schema = '${stack.settings.db_name}' AND table_name = '${table}'
		ORDER BY ordinal_position`);
	const cells = columns.map(({ name, type }) => (BINARY.test(type)
		? `IFNULL(CONCAT('X''', HEX(${name}), ''''), 'NULL')`
		: `CONVERT(QUOTE(${name}) USING utf8mb4)`));
	const rows = await stack.sql(`SELECT HEX(CONCAT_WS(',', ${cells.join(", ")})) AS line FROM ${table}`);
	return rows.map(({ line }) => `INSERT INTO ${table} VALUES (${Buffer.from(line, "hex")});`);
}

/** A line for each row of the stack's database. */
export async function dump(stack) {
	const tables = await stack.sql(`SELECT table_name AS name FROM information_schema.tables
		WHERE table_schema = '${stack.settings.db_name}' AND table_type = 'BASE TABLE'
		ORDER BY table_name`);
	const lines = [
		"CREATE TABLE migration (file INT NOT NULL, statement INT NOT NULL, hash BINARY(32) NOT NULL, " +
			"at DATETIME(3) NULL, PRIMARY KEY (file, statement)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 " +
			"COLLATE=utf8mb4_bin;",
	];
	for (const { name } of tables)
		lines.push(...await rowsOf(stack, name));
	return lines;
}

/** The arguments of a client of the stack's database, as its administrator. */
export function clientOf(stack) {
	return ["--no-defaults", "--default-character-set=utf8mb4", `--socket=${stack.settings.db_socket}`,
		`--user=${userInfo().username}`];
}

/** Makes a database as a version left it: from the files of its schema, and the rows in a folder of the fixtures. */
export async function load(stack, database, schema, folder) {
	const [first, ...others] = schema.map((name) => readFileSync(path.join(root, "schema", name), "utf8"));
	const rows = readFileSync(path.join(fixtures, folder, "data.sql"), "utf8");
	const input = `DROP DATABASE IF EXISTS ${database};
		CREATE DATABASE ${database} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
		GRANT ALL ON ${database}.* TO ${stack.settings.db_admin_user}@localhost;
		USE ${database};\n`;
	// 0001 writes a row of its own, which the data have too.
	const answer = await run("mariadb", clientOf(stack),
		{ input: [input, first, ...others, "DELETE FROM meta;\n", rows].join("\n") });
	if (answer.status !== 0)
		throw new Error(answer.stderr);
}
