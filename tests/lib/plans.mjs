// What EXPLAIN says of the statements of Daybook, in a database with some thousand rows in each table that grows.

const N = 2000; // rows of most tables
const MANY = 20_000; // of those with a row for each write
const SPACES = 40; // records lie in so many of the spaces

const uuid = (what, n = "seq") => `UNHEX(MD5(CONCAT('${what}', ${n})))`;
const hash = (what, n = "seq") => `UNHEX(SHA2(CONCAT('${what}', ${n}), 256))`;
const space = uuid("space", `seq MOD ${SPACES}`);
const user = `IF(seq MOD 40 = 0, ${uuid("user", 7)}, ${uuid("user", "seq MOD 50")})`;
const ago = "UTC_TIMESTAMP(3) - INTERVAL seq MINUTE", now = "UTC_TIMESTAMP(3)";

// One space has a fifth of all records, so that what reads a whole space is told from what reads little.
const home = `IF(seq MOD 5 = 0, ${uuid("space", 7)}, ${space})`;
const collection = "ELT(1 + seq MOD 4, 'cars', 'mileage', 'shifts', 'members')";

const ROWS = {
	user: {
		id: uuid("user"), email: "CONCAT('u', seq, '@example.org')", name: "'Sam'", password: "'x'",
		home_space: uuid("space"), created_at: now, deleted_at: `IF(seq MOD 100 = 0, ${ago}, NULL)`,
	},
	identity: { issuer: "'issuer'", subject: "CONCAT('s', seq)", user_id: uuid("user"), created_at: now },
	session: {
		id: uuid("session"), user_id: uuid("user", "seq MOD 500"), hash: hash("session"), name: "'Phone'",
		scope: "'admin'",
		kind: "ELT(1 + seq MOD 3, 'sign-in', 'token', 'pin')", space_id: `IF(seq MOD 3, ${space}, NULL)`,
		device_id: "CONCAT('d', seq)", created_at: ago, last_used_at: ago,
		expires_at: `${now} + INTERVAL seq MINUTE`, revoked_at: `IF(seq MOD 40 = 0, ${ago}, NULL)`,
		handheld_id: `IF(seq MOD 3 = 2, ${uuid("handheld")}, NULL)`,
	},
	throttle: { subject: hash("throttle"), failures: "1", last_at: ago },
	sign_in: {
		user_id: user, id: uuid("sign-in"), kind: "'failed'", at: ago, name: "'Phone'",
		network: "CONCAT('n', seq)", failed_on: "UTC_DATE()",
	},
	space: {
		id: uuid("space"), kind: "'team'", name: "'Sam'", seq: String(MANY), epoch: "MD5(seq)",
		chain: hash("chain"), last_at: now, created_at: now, deleted_at: `IF(seq MOD 100 = 50, ${ago}, NULL)`,
	},
	member: { space_id: uuid("space"), user_id: uuid("user", "seq MOD 500"), role: "'owner'", joined_at: now },
	oversight: {
		space_id: "IF(seq MOD 5 = 0, UNHEX(MD5('space7')), UNHEX(MD5(CONCAT('space', seq MOD 40))))",
		user_id: "UNHEX(MD5(CONCAT('user', IF(seq MOD 3, 7, seq MOD 50))))", owner_id: uuid("user"),
	},
	space_epoch: { space_id: uuid("space"), epoch: "MD5(seq)", at: now },
	device: { user_id: user, id: "CONCAT('d', seq)", name: "'Phone'", created_at: ago, last_seen: ago },
	device_space: { user_id: user, device_id: "CONCAT('d', seq)", space_id: space, epoch: "MD5(1)" },
	record: {
		space_id: home, collection, id: "CONCAT('r', seq)", version: "1", seq: "seq", tx_seq: "seq",
		owner_id: user, deleted: "seq MOD 20 = 3", sort_key: "LPAD(seq, 8, '0')", doc: "'{\"title\":\"x\"}'",
		created_at: ago, created_by: user, updated_at: ago, updated_by: user,
	},
	audit: {
		space_id: home, seq: "seq", tx_seq: "seq", collection, record_id: "CONCAT('r', seq)", version: "1",
		owner_id: user, prev_owner_id: `IF(seq MOD 50 = 0, ${uuid("user", 7)}, NULL)`, action: "'created'",
		changes: "'{}'", digest: hash("digest"), user_id: user, op_id: "CONCAT('o', seq)", at: ago,
		hash: hash("audit"), device_id: "CONCAT('d', seq MOD 500)",
		cause: "IF(seq MOD 40, NULL, CONCAT('c', seq MOD 500))",
		token_id: `IF(seq MOD 40, NULL, ${uuid("session", "seq MOD 500")})`,
	},
	op: {
		space_id: home, user_id: user, op_id: "CONCAT('o', seq)", hash: hash("op"), collection,
		record_id: "CONCAT('r', seq)", status: "'applied'", version: "1", seq: "seq", at: ago,
	},
	invitation: {
		id: uuid("invitation"), space_id: space, hash: hash("invitation"), role: "'member'",
		email: "CONCAT('u', seq, '@example.org')", created_by: user, created_at: ago, expires_at: now,
	},
	password_reset: { hash: hash("reset"), user_id: uuid("user", "seq MOD 500"), created_at: ago, expires_at: ago },
	job: {
		id: uuid("job"), kind: "'mail'", payload: "''", state: "IF(seq MOD 100, 'done', 'waiting')",
		run_after: ago, created_at: ago,
	},
	attachment: {
		space_id: home, sha256: hash("file"), type: "'image/jpeg'", size: "seq", upload_id: uuid("upload"),
		named: "seq MOD 50 > 0", created_at: ago,
	},
	attachment_upload: {
		space_id: home, id: uuid("upload"), sha256: hash("file"), user_id: user, size: "seq", changed_at: ago,
		received: "IF(seq MOD 50, seq, 0)",
	},
	attachment_chunk: { space_id: home, upload_id: uuid("upload"), at: "0", body: "'x'" },
	attachment_ref: { space_id: home, sha256: hash("file"), collection, record_id: "CONCAT('r', seq)" },
	presence: { id: uuid("presence"), space_id: home, user_id: user, started_at: ago, last_at: ago },
	usage_event: { id: uuid("usage"), space_id: home, user_id: user, type: "'exports'", count: "1", at: ago },
	handheld: {
		id: uuid("handheld"), space_id: space, hash: hash("handheld"), device_id: "CONCAT('d', seq)",
		name: "'Scanner'", created_by: user, created_at: ago, last_used_at: ago,
		revoked_at: `IF(seq MOD 20 = 0, ${ago}, NULL)`,
	},
	pin: { space_id: space, user_id: uuid("user"), hash: "'x'", changed_at: now },
	backup: { space_id: home, id: uuid("backup"), kind: "'automatic'", state: "'whole'", at: ago, seq: "seq" },
	backup_part: {
		space_id: home, backup_id: uuid("backup", "seq MOD 500"), number: "seq",
		name: "CONCAT('records/', seq)",
		sha256: hash("file"), bytes: "seq", collection, record_id: "CONCAT('r', seq)",
	},
	backup_chunk: { space_id: home, sha256: hash("file"), body: "'x'" },
	stamp: { space_id: home, seq: "seq", hash: hash("audit"), at: ago, token: "'x'" },
};

/** The tables that grow with people and what they do. */
export const TABLES = Object.keys(ROWS);

const WRITES = ["record", "audit", "op"];

/** Fill the database. */
export async function fill(sql) {
	for (const [table, row] of Object.entries(ROWS)) {
		await sql(`INSERT INTO ${table} (${Object.keys(row).join(", ")})
			SELECT ${Object.values(row).join(", ")} FROM seq_1_to_${WRITES.includes(table) ? MANY : N}`);
		await sql(`ANALYZE TABLE ${table} PERSISTENT FOR ALL`);
	}
}

// What stands for a question mark, by the column that it is compared with.
const OF_COLUMN = {
	space_id: uuid("space", 7), user_id: uuid("user", 7), owner_id: uuid("user", 7), prev_owner_id: uuid("user", 7),
	created_by: uuid("user", 7), updated_by: uuid("user", 7), handheld_id: uuid("handheld", 47),
	session_id: uuid("session", 507), upload_id: uuid("upload", 40), backup_id: uuid("backup", 40),
	state: "'whole'", home_space: uuid("space", 7),
	cause: "'c40'", token_id: uuid("session", 40),
	collection: "'cars'", record_id: "'r40'", op_id: "'o40'", device_id: "'d40'", email: "'u7@example.org'",
	issuer: "'issuer'", subject: hash("throttle", 7), sha256: hash("file", 40), epoch: "MD5(7)", role: "'owner'",
	network: "'n40'", name: "'x'", kind: "'mail'", sort_key: "'00019900'", type: "'exports'", password: "'x'",
};
const INSTANTS = /^(at|last_at|created_at|updated_at|expires_at|changed_at|last_seen|run_after)$/;
const NUMBERS = /^(seq|tx_seq|version|min_seq|received|size|tries|disabled|deleted|days)$/;

// The table that an alias stands for.
function tableOf(statement, alias) {
	const named = new RegExp(`\\b(?:FROM|JOIN|UPDATE|INTO|STRAIGHT_JOIN|\\()\\s*(\\w+)\\s+(?:AS\\s+)?${alias}\\b`);
	return statement.match(named)?.[1];
}

// Rows that a statement may find: a sign-in that lasts, what belongs to the space and the person of OF_COLUMN.
const SAMPLES = { session: 507, handheld: 47, invitation: 47, presence: 40, usage_event: 40 };

function idIn(statement, alias) {
	const first = statement.match(/\b(?:FROM|UPDATE|INTO)\s+(\w+)/)?.[1];
	const table = (alias && (tableOf(statement, alias) ?? alias)) || first;
	return table === "record" ? "'r40'" : table === "device" ? "'d40'"
		: table === "attachment_upload" ? uuid("upload", 40) : uuid(table, SAMPLES[table] ?? 7);
}

function valueFor(statement, before) {
	const word = /(?:(\w+)\.)?(\w+)\s*(=|<>|<=|>=|<|>|\bIN\s*\(|\bBETWEEN|\bLIKE)\s*(?:\?\s*,\s*|\?\s*AND\s*)*$/;
	const [, alias, column, sign] = before.match(word) ?? [];
	const isLow = sign?.startsWith(">");
	if (/(LIMIT|OFFSET)\s*$/.test(before))
		return "100";
	if (/INTERVAL\s*$/.test(before))
		return /\+ INTERVAL\s*$/.test(before) ? "-1" : "5";
	if (/JSON_TABLE\(\s*$/.test(before))
		return "'[\"7232\"]'";
	if (column === "hash")
		return hash(statement.match(/\b(?:FROM|UPDATE)\s+(?:password_)?(\w+)/)?.[1] ?? "op", 7);
	if (column === "subject" && /identity/.test(statement))
		return "'s7'";
	if (column === "cause" && sign === "<>")
		return "'undo:c41'";
	if (column === "op_id" && /<\s*$/.test(before))
		return "'o41'";
	if (column === "sort_key" && /<=?\s*$/.test(before))
		return "'00019950'";
	if (column === "id")
		return idIn(statement, alias);
	if (INSTANTS.test(column ?? ""))
		return `${now} - INTERVAL ${isLow ? 60 : 30} MINUTE`;
	if (NUMBERS.test(column ?? ""))
		return isLow ? "19000" : "19900";
	return OF_COLUMN[column] ?? "'7'";
}

// What stands before a question mark, where the values before it are question marks again.
const asked = (text) => text.replace(/UNHEX\(\w+\(CONCAT\([^)]*\)(?:, 256)?\)\)/g, "?")
	.replace(/'[^']*'(?=\s*(?:,|AND)\s*$)/, "?");

/** The statement with a value for each question mark, of the type that the program sends. */
export function withValues(statement) {
	const [first, ...parts] = statement.split("?");
	return parts.reduce((text, part) => text + valueFor(statement, asked(text)) + part, first);
}

/** The statements in the print of daybookctl: [name, text]. */
export function statementsIn(print) {
	return print.trim().split(/\n\n+(?=\S)/).map((block) => {
		const [name, ...lines] = block.split("\n");
		return [name, lines.map((line) => line.trim()).join(" ")];
	}).filter(([, text]) => /^(SELECT|INSERT|REPLACE|UPDATE|DELETE)\b/.test(text));
}

/** What the database does for a statement: [{table, type, key, rows, extra}], for the tables that grow. */
export async function planOf(sql, statement) {
	const rows = await sql(`EXPLAIN ${withValues(statement)}`);
	const named = (table) => (TABLES.includes(table) ? table : tableOf(statement, table) ?? table);
	return rows.map(({ table, type, key, rows: read, Extra: extra }) => (
		{ table: named(table), type, key, rows: Number(read), extra }
	)).filter(({ table }) => table === null || TABLES.includes(table));
}

/**
 * By which columns of which key a statement finds the rows of a table: [{type, key, parts}].  The print is no JSON that
 * can be parsed where a condition has binary values.
 */
export async function accessesOf(sql, statement, table) {
	const lines = await sql(`EXPLAIN FORMAT=JSON ${withValues(statement)}`);
	const [, ...accesses] = lines.map((line) => Object.values(line).join("")).join(" ").split('"table_name": ');
	const of = (text, name) => text.match(new RegExp(`"${name}": "(\\w+)"`))?.[1];
	return accesses.map((text) => ({
		table: text.match(/^"([^"]+)"/)[1], type: of(text, "access_type"), key: of(text, "key"),
		parts: text.match(/"used_key_parts": \[([^\]]*)\]/)?.[1].match(/\w+/g) ?? [],
	})).filter((one) => one.table === table || tableOf(statement, one.table) === table);
}
