// Many rows of a table, quickly: as copies of some that are there.

// Adds copies of rows t, one for each number n.seq: from "seq_1_to_9 n JOIN record t ON …".  others: SQL by column.
export async function copies(sql, table, from, others) {
	const columns = (await sql(`SELECT column_name AS name FROM information_schema.columns
		WHERE table_schema = DATABASE() AND table_name = '${table}'`)).map(({ name }) => name);
	await sql(`INSERT INTO ${table} (${columns.map((name) => `\`${name}\``).join(", ")})
		SELECT ${columns.map((name) => others[name] ?? `t.\`${name}\``).join(", ")} FROM ${from}`);
}
