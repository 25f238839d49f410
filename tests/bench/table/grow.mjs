// Many records by SQL, equal to what the write path leaves: copies of one record that was written through the API, with
// its audit and its op, under other ids.  Whatever columns the tables have, those not named here are as Daybook wrote
// them.  Digests are not those of the content, so `daybookctl verify` would not accept such a space.

export const EACH = 200; // records of a space
const AT_ONCE = 50_000;  // records of a statement

const HASH = (seed) => `UNHEX(SHA2(${seed}, 256))`;

// The text of an id with a number in it, for a column of 16 bytes or of 36 signs.
function idText(prefix, number, isBinary) {
	const hex = `CONCAT('${prefix}', LPAD(HEX(${number}), 28, '0'))`;
	const parts = [[1, 8], [9, 4], [13, 4], [17, 4], [21, 12]]
		.map(([at, length]) => `SUBSTR(${hex}, ${at}, ${length})`);
	return isBinary ? `UNHEX(${hex})` : `LOWER(CONCAT_WS('-', ${parts.join(", ")}))`;
}

async function columnsOf(stack, table) {
	const rows = await stack.sql(`SELECT column_name AS name, data_type AS type FROM information_schema.columns
		WHERE table_schema = '${stack.settings.db_name}' AND table_name = '${table}'
		  AND generation_expression IS NULL ORDER BY ordinal_position`);
	return rows.map(({ name, type }) => ({ name, isBinary: type === "binary" }));
}

// INSERT copies of the row of a table that where chooses, one for each n from first to last.  changes: SQL by column,
// n being the number, or a function that takes whether the column is binary.
async function copies(stack, { table, where, first, last, changes }) {
	const columns = await columnsOf(stack, table);
	const cells = columns.map(({ name, isBinary }) => {
		const change = changes[name];
		return typeof change === "function" ? change(isBinary) : change ?? `t.\`${name}\``;
	});
	await stack.sql(`SET SESSION unique_checks = 0;
		INSERT INTO \`${table}\` (${columns.map(({ name }) => `\`${name}\``).join(", ")})
		SELECT ${cells.join(", ")}
		  FROM (SELECT seq AS n FROM seq_${first}_to_${last}) numbers
		  CROSS JOIN (SELECT * FROM \`${table}\` WHERE ${where} LIMIT 1) t
		 ORDER BY n`);
}

// The records first to last, with audit and op; space and seq are SQL of n.
async function records(stack, { record, first, last, space, seq }) {
	const record_id = idText("0a00", "n", false), hash = HASH("n");
	const own = { ...(space && { space_id: space }), seq, tx_seq: seq };

	await copies(stack, {
		table: "record", where: `id = '${record}'`, first, last, changes: { ...own, id: record_id },
	});
	await copies(stack, {
		table: "audit", where: `record_id = '${record}'`, first, last,
		changes: { ...own, record_id, op_id: record_id, cause: record_id, digest: hash, hash },
	});
	await copies(stack, {
		table: "op", where: `record_id = '${record}'`, first, last,
		changes: { ...own, record_id, op_id: record_id, hash },
	});
}

async function eachBatch(first, last, work) {
	for (let from = first; from <= last; from += AT_ONCE)
		await work(from, Math.min(from + AT_ONCE - 1, last));
}

// Faster while it loads; what deploy/run says holds again from its next start on.
const hurry = (stack) => stack.sql(`SET GLOBAL innodb_flush_log_at_trx_commit = 0;
	SET GLOBAL innodb_log_file_size = ${512 << 20}; SET GLOBAL innodb_buffer_pool_size = ${1 << 30}`);

const spaceOf = (isBinary) => idText("0b00", `(n DIV ${EACH})`, isBinary);

/**
 * Records in spaces of 200, from `from` (so many there are) to `to`, and a person in as many of the spaces as `visits`
 * says, evenly spread.  record: the id of one that was written through the API.
 */
export async function grow(stack, { record, person, from, to, visits }) {
	const where = `id = (SELECT space_id FROM record WHERE id = '${record}')`;

	await hurry(stack);
	await eachBatch(from, to - 1, (first, last) =>
		records(stack, { record, first, last, space: spaceOf, seq: `n % ${EACH} + 1` }));
	await copies(stack, {
		table: "space", where, first: from / EACH, last: to / EACH - 1,
		changes: {
			id: (isBinary) => idText("0b00", "n", isBinary), seq: EACH, min_seq: 0, kind: "'team'",
			chain: HASH(`(n + 1) * ${EACH} - 1`),
		},
	});
	await copies(stack, {
		table: "member", where: `user_id = (SELECT owner_id FROM record WHERE id = '${record}')`,
		first: from / EACH, last: to / EACH - 1,
		changes: { space_id: (isBinary) => idText("0b00", "n", isBinary) },
	});
	return visit(stack, { person, spaces: to / EACH, visits });
}

// The addresses of a record in each of the spaces that a person visits.
async function visit(stack, { person, spaces, visits }) {
	const chosen = Array.from({ length: visits }, (_, i) => Math.floor((i + 0.5) * spaces / visits));
	const text = (prefix, n) => {
		const hex = prefix + n.toString(16).padStart(28, "0");
		return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]].map(([a, b]) => hex.slice(a, b)).join("-");
	};
	return chosen.map((space) => ({
		headers: { Authorization: `Bearer ${person.token}` },
		path: `/api/spaces/${text("0b00", space)}/mileage/${text("0a00", space * EACH + 77)}`,
	}));
}

/** So many records in the space of one that was written as its first. */
export async function fillOne(stack, { record, count }) {
	await hurry(stack);
	await eachBatch(2, count, (first, last) => records(stack, { record, first, last, seq: "n" }));
	await stack.sql(`UPDATE space JOIN audit ON audit.space_id = space.id AND audit.seq = ${count}
		SET space.seq = ${count}, space.chain = audit.hash
		WHERE audit.space_id = (SELECT space_id FROM record WHERE id = '${record}')`);
}
