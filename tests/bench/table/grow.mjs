// Many records by SQL, equal to what the write path leaves: copies of one record that was written through the API, with
// its audit and its op, under other ids.  Whatever columns the tables have, those not named here are as Daybook wrote
// them.  Digests are not those of the content, so `daybookctl verify` would not accept such a space.

import { key } from "../../lib/sql.mjs";

export const EACH = 200; // records of a space
const AT_ONCE = 50_000;  // records of a statement

const HASH = (seed) => `UNHEX(SHA2(${seed}, 256))`;

// The bytes of an id with a number in it; those of a record's or an op's begin with a zero byte.
const idOf = (prefix, number) => `UNHEX(CONCAT('${prefix}', LPAD(HEX(${number}), 28, '0')))`;
const keyOf = (prefix, number) => `CONCAT(X'00', ${idOf(prefix, number)})`;

async function columnsOf(stack, table) {
	const rows = await stack.sql(`SELECT column_name AS name FROM information_schema.columns
		WHERE table_schema = '${stack.settings.db_name}' AND table_name = '${table}'
		  AND generation_expression IS NULL ORDER BY ordinal_position`);
	return rows.map(({ name }) => name);
}

// INSERT copies of the row of a table that where chooses, one for each n from first to last.  changes: SQL by column,
// n being the number.
async function copies(stack, { table, where, first, last, changes }) {
	const columns = await columnsOf(stack, table);
	const cells = columns.map((name) => changes[name] ?? `t.\`${name}\``);
	await stack.sql(`SET SESSION unique_checks = 0;
		INSERT INTO \`${table}\` (${columns.map((name) => `\`${name}\``).join(", ")})
		SELECT ${cells.join(", ")}
		  FROM (SELECT seq AS n FROM seq_${first}_to_${last}) numbers
		  CROSS JOIN (SELECT * FROM \`${table}\` WHERE ${where} LIMIT 1) t
		 ORDER BY n`);
}

// The records first to last, with audit and op; space and seq are SQL of n.
async function records(stack, { record, first, last, space, seq }) {
	const record_id = keyOf("0a00", "n"), hash = HASH("n");
	const own = { ...(space && { space_id: space }), seq, tx_seq: seq };

	await copies(stack, {
		table: "record", where: `id = ${key(record)}`, first, last, changes: { ...own, id: record_id },
	});
	await copies(stack, {
		table: "audit", where: `record_id = ${key(record)}`, first, last,
		changes: { ...own, record_id, op_id: record_id, cause: record_id, digest: hash, hash },
	});
	await copies(stack, {
		table: "op", where: `record_id = ${key(record)}`, first, last,
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

const spaceOf = idOf("0b00", `(n DIV ${EACH})`);

/**
 * Records in spaces of 200, from `from` (so many there are) to `to`, and a person in as many of the spaces as `visits`
 * says, evenly spread.  record: the id of one that was written through the API.
 */
export async function grow(stack, { record, person, from, to, visits }) {
	const where = `id = (SELECT space_id FROM record WHERE id = ${key(record)})`;

	await hurry(stack);
	await eachBatch(from, to - 1, (first, last) =>
		records(stack, { record, first, last, space: spaceOf, seq: `n % ${EACH} + 1` }));
	await copies(stack, {
		table: "space", where, first: from / EACH, last: to / EACH - 1,
		changes: {
			id: idOf("0b00", "n"), seq: EACH, min_seq: 0, kind: "'team'",
			chain: HASH(`(n + 1) * ${EACH} - 1`),
		},
	});
	await copies(stack, {
		table: "member", where: `user_id = (SELECT owner_id FROM record WHERE id = ${key(record)})`,
		first: from / EACH, last: to / EACH - 1,
		changes: { space_id: idOf("0b00", "n") },
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
		WHERE audit.space_id = (SELECT space_id FROM record WHERE id = ${key(record)})`);
}

/**
 * The space of records that were written through the API as its first, with `count` more of each: all of them are heavy
 * to look through.
 */
export async function fillMore(stack, { records: first, count }) {
	const begin = first.length + 1, head = first.length * (count + 1);

	await hurry(stack);
	for (const [at, record] of first.entries())
		await eachBatch(begin + at * count, begin + (at + 1) * count - 1, (from, to) =>
			records(stack, { record, first: from, last: to, seq: "n" }));
	await stack.sql(`UPDATE space JOIN audit ON audit.space_id = space.id AND audit.seq = ${head}
		SET space.seq = ${head}, space.chain = audit.hash
		WHERE audit.space_id = (SELECT space_id FROM record WHERE id = ${key(first[0])})`);
}
