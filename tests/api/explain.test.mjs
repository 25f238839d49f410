// What the database does for each statement, by EXPLAIN, where every table that grows has some thousand rows: none
// reads a whole table, and each key of the schema has a statement that needs it.
import assert from "node:assert/strict";
import path from "node:path";
import { before, test } from "node:test";
import { programs, run, start } from "../harness.mjs";
import { TABLES, accessesOf, fill, planOf, statementsIn } from "../lib/plans.mjs";

const { sql } = await start();

// Statements that read a whole table, by why that harms nobody.
const OPERATOR = "sent by an operator, by hand";
const ERASURE = "sent by the housekeeper once for a team or a person that is erased, a few rows at a time";
const TIDYING = "sent by the housekeeper every tidy_minutes, a few rows at a time";
const WATCHING = "sent by the housekeeper, once for all, at most once a minute";
const WHOLE = {
	BACKUPS_DUE: WATCHING,
	BACKUPS_GONE: TIDYING,
	BACKUPS_OLD: TIDYING,
	BACKUPS_SEALED: TIDYING,
	MEASURE_BACKUPS: WATCHING,
	MEASURE_LATE_BACKUPS: WATCHING,
	MEASURE_SPACES: WATCHING,
	MEASURE_STAMPS: WATCHING,
	MEASURE_USERS: WATCHING,
	STAMPS_SPACES: OPERATOR,
	USERS_LIST: OPERATOR,
	RESTORE_EPOCHS: OPERATOR,
	RESTORE_HANDHELDS: OPERATOR,
	RESTORE_SESSIONS: OPERATOR,
	RESTORE_SPACES: OPERATOR,
	ERASE_DEVICE_SPACES: ERASURE,
	ERASE_TOKENS: ERASURE,
	ERASE_USER_INVITATIONS: ERASURE,
	ERASE_USER_MEMBER_AUDIT: ERASURE,
	ERASE_USER_MEMBER_BYTES: ERASURE,
	ERASE_USER_PINS: ERASURE,
	ERASE_SPACES_DUE: TIDYING,
	ERASE_USERS_DUE: TIDYING,
	TIDY_HANDHELDS: TIDYING,
	TIDY_INVITATIONS: TIDYING,
	TIDY_JOBS: TIDYING,
};

// The keys that no uniqueness needs, each with a statement that needs it.
const KEYS = {
	"attachment.named": "TIDY_FILES",
	"attachment.size": "FILE_SPACE_BYTES",
	"attachment_upload.changed_at": "TIDY_UPLOADS",
	"audit.at": "FLEET_SEQ_FROM",
	"audit.cause": "(undo: of a cause)",
	"audit.device": "(undo: of a device)",
	"audit.left_view": "(feed: what left a view)",
	"audit.op": "OPS_FIND_PURGED",
	"audit.record": "(audit: of a record)",
	"audit.token": "(undo: of a token)",
	"backup.at": "BACKUP_PAGE",
	"backup_part.chunk": "BACKUP_CHUNKS_DROP",
	"handheld.space_id": "HANDHELDS_LIST",
	"identity.user_id": "ERASE_USER_IDENTITIES",
	"invitation.created_by": "INVITATIONS_MAILED",
	"invitation.space_id": "INVITATIONS_LIST",
	"job.space_id": "JOBS_OF_SPACE",
	"job.state": "JOB_NEXT",
	"member.user_id": "HEADS",
	"op.at": "TIDY_OPS",
	"password_reset.expires_at": "TIDY_RESETS",
	"password_reset.user_id": "RESETS_END",
	"presence.person": "PRESENCE_TRIM",
	"presence.space_id": "PRESENCE_LIST",
	"record.list_all": "(list)",
	"record.list_own": "(list: own)",
	"session.expires_at": "TIDY_SESSIONS_EXPIRED",
	"session.handheld_id": "HANDHELD_SESSIONS_END",
	"session.user_id": "SESSIONS_OF_USER",
	"sign_in.at": "TIDY_SIGN_INS",
	"throttle.last_at": "TIDY_THROTTLE",
	"usage_event.person": "USAGE_OF_DAY",
	"usage_event.space_id": "USAGE_TOTALS",
};

const statements = new Map(), plans = new Map();

before(async () => {
	await fill(sql);
	const { stdout } = await run(path.join(programs, "daybookctl"), ["statements"]);
	for (const [name, text] of statementsIn(stdout)) {
		statements.set(name, text);
		plans.set(name, await planOf(sql, text));
	}
});

// They are about a table that stays small and is empty here, and about a lock that nobody holds.
const ABOUT_NOTHING = ["ERASE_ALARMS", "BACKUP_WHOLE"];

// A plain INSERT has a row of this kind too, but reads nothing.
const isWhole = ({ type, rows }) => ["ALL", "index"].includes(type) && rows > 0;

test("no statement reads a whole table that grows, but for those that are named", () => {
	const found = [...plans].filter(([name, plan]) => !(name in WHOLE) && plan.some(isWhole));
	assert.deepEqual(found, []);
});

test("no statement was tried with values by which the database finds nothing at all", () => {
	const found = [...plans].filter(([name, plan]) => plan.some(({ extra }) => extra === "Impossible WHERE") &&
		!name.startsWith("MIGRATION_") && !ABOUT_NOTHING.includes(name));
	assert.deepEqual(found, []);
	assert.ok(plans.size > 250);
});

test("every table that a migration makes is among those that are filled, but for small ones", async () => {
	const tables = await sql(`SELECT table_name AS name FROM information_schema.tables
		WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'`);
	const small = ["alarm", "measure", "meta", "migration"];
	const large = tables.map(({ name }) => name).filter((name) => !small.includes(name));
	assert.deepEqual(large.sort(), [...TABLES].sort());
});

test("each key of the schema has a statement that needs it, or keeps rows unique", async () => {
	const keys = await sql(`SELECT DISTINCT CONCAT(table_name, '.', index_name) AS name
		FROM information_schema.statistics
		WHERE table_schema = DATABASE() AND non_unique = 1 AND table_name NOT IN ('meta', 'migration')`);
	assert.deepEqual(keys.map(({ name }) => name).sort(), Object.keys(KEYS).sort());
	for (const [key, statement] of Object.entries(KEYS)) {
		const used = plans.get(statement).flatMap(({ table, key }) => String(key).split("|")
			.map((one) => `${table}.${one}`)); // two with a filter
		assert.ok(used.includes(key), `${statement} uses ${used}, not ${key}`);
	}
});

test("the feed is read along its key", () => {
	for (const name of ["(feed: sizes)", "(feed: records)"]) {
		const [{ table, type, key }, ...more] = plans.get(name);
		assert.deepEqual([table, type, key, more], ["record", "range", "feed", []]);
	}
});

test("the writes of many trips are read along their key, and not sorted", async () => {
	const plan = await planOf(sql, statements.get("LOGBOOK_ROWS").replace("(?)", "(?, ?, ?, ?)"));
	assert.deepEqual(plan.map(({ table, type, key }) => [table, type, key]),
		[["audit", "range", "record"], ["user", "eq_ref", "PRIMARY"], ["audit", "eq_ref", "PRIMARY"]]);
	assert.doesNotMatch(plan.map(({ extra }) => extra).join(), /filesort|temporary/);
});

test("an undo reads what was done, by the key of what is asked for, and not all of a space", () => {
	const keys = { "of a cause": "cause", "of a token": "token", "of a device": "device", "of a person": "op",
		"of a span": "at" };
	for (const [of, key] of Object.entries(keys))
		assert.deepEqual(plans.get(`(undo: ${of})`).map((one) => [one.table, one.key]), [["audit", key]], of);
	const [all, ...more] = plans.get("(undo)");
	assert.deepEqual([all.table, more], ["audit", []]);
	assert.notEqual(all.key, "PRIMARY");
});

test("what waits for a backup is found by one look into the audit and the backups of each space", () => {
	const found = plans.get("MEASURE_LATE_BACKUPS").filter(({ table }) => table !== "space");
	assert.deepEqual(found.map(({ table }) => table), ["audit", "backup"]);
	assert.deepEqual(found.filter(({ type, key }) => type === "ALL" || key === null), []);
});

test("what waits for a stamp is found by one look into the audit of each space", () => {
	for (const name of ["MEASURE_STAMPS", "STAMPS_SPACES"])
		assert.deepEqual(plans.get(name).filter(({ table }) => table === "audit")
			.map(({ type, key }) => [type, key]), [["eq_ref", "PRIMARY"]], name);
});

test("who oversees others reads along the same keys, and looks each owner up", () => {
	const found = (name) => plans.get(name).map(({ table, key }) => `${table}.${key}`);
	const looked = "oversight.PRIMARY";
	assert.deepEqual(found("(feed: of who oversees others)"), ["record.feed", looked]);
	assert.deepEqual(found("(list: overseen)"), ["record.list_all", looked]);
	assert.deepEqual(found("EXPORT_PAGE_OVERSEEN"), ["record.list_all", looked]);
	assert.deepEqual(found("RECORDS_BETWEEN_OF_OVERSEEN"), [looked, "record.list_own"]);
	assert.deepEqual(found("(feed: what left the view of who oversees others)"),
		[looked, "audit.left_view", "record.PRIMARY", looked]);
});

// A collection may have far more tombstones than records, for as long as they are kept.  These may pass over them: they
// are sent by the housekeeper and operators, or take a turn at what may be slow.
const OVER_TOMBSTONES = [
	"SPACE_COUNT", "EXPORT_CHANGED", "(list: overseen size)", "(list: by id)", "(list: last changed)",
	"(list: filtered, searched, sorted)",
];

test("no other statement passes over tombstones to find records", async () => {
	const found = [], passes = ({ type, key, parts }) =>
		type !== "eq_ref" && key !== "feed" && !parts.includes("deleted");

	await sql("UPDATE record SET collection = 'employees', deleted = seq MOD 100 > 0 WHERE collection = 'members'");
	await sql("ANALYZE TABLE record PERSISTENT FOR ALL");
	for (const [name, text] of statements)
		if (/\bdeleted = 0/.test(text) && (await accessesOf(sql, text, "record")).some(passes))
			found.push(name);
	assert.deepEqual(found.filter((name) => !OVER_TOMBSTONES.includes(name)), []);
});

test("a statement without its key reads the whole table", async () => {
	await sql("ALTER TABLE presence DROP KEY person");
	const plan = await planOf(sql, "DELETE FROM presence WHERE user_id = ?");
	assert.ok(plan.some(isWhole));
});
