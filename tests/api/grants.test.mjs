// The database's users: requests are answered by one that can neither change the schema nor what the audit says; the
// housekeeper and daybookctl use another.  An installation with one user works as well.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { run, start } from "../harness.mjs";
import { answered, refused } from "../lib/expect.mjs";
import { until } from "../lib/wait.mjs";

const stack = await start();
const { as, ctl, sql, team } = stack;
const { db_socket, db_user, db_admin_user, db_password_file } = stack.settings;

// A statement as the user of the workers: what the server says.
async function asWorker(text) {
	const password = readFileSync(db_password_file, "utf8").trim();
	return run("mariadb", ["--no-defaults", `--socket=${db_socket}`, `--user=${db_user}`, "daybook"],
		{ input: text, env: { MYSQL_PWD: password } });
}

// The grants of the workers' user are changed for a moment: whatever statement does it, and the one that undoes it.
async function withGrant(change, undo, work) {
	await sql(change);
	try {
		return await work();
	} finally {
		await sql(undo);
	}
}

describe("with two users", () => {
	test("requests are answered by db_user, and the housekeeper works as db_admin_user", async () => {
		answered(await as("anna").post("/api/cars", { id: "1" }), 201);
		const users = await until("all have asked the database", async () => {
			const rows = await sql(`SELECT DISTINCT user FROM information_schema.processlist
				WHERE db = 'daybook'`);
			const names = rows.map(({ user }) => user).filter((name) => name.startsWith("daybook")).sort();
			return names.length === 2 ? names : undefined;
		});
		assert.deepEqual(users, [db_user, db_admin_user]);
	});

	test("a worker's user can read the audit and add to it, and cannot change it or the schema", async () => {
		assert.equal((await asWorker("SELECT COUNT(*) FROM audit")).status, 0);
		for (const text of [
			"UPDATE audit SET changes = NULL", "DELETE FROM audit", "TRUNCATE TABLE audit",
			"ALTER TABLE audit DROP COLUMN digest", "DROP TABLE audit", "CREATE TABLE other (id INT)",
			"DELETE FROM record", "DELETE FROM space", "DELETE FROM user", "UPDATE meta SET value = '1'",
		]) {
			const { status, stderr } = await asWorker(text);
			assert.equal(status, 1, text);
			assert.match(stderr, /denied/, text);
		}
	});

	test("the housekeeper erases a deleted team, which no request could", async () => {
		const space = await team({ anna: "owner" }), anna = as("anna").in(space);
		answered(await anna.post("/api/cars", { id: "7", notes: "private" }), 201);
		await sql(`UPDATE space SET deleted_at = UTC_TIMESTAMP(3) - INTERVAL 31 DAY WHERE id = '${space.id}'`);
		await stack.renewWorkers();

		await until("the team is erased", async () =>
			(await sql(`SELECT erased_at FROM space WHERE id = '${space.id}'`))[0].erased_at !== null);
		assert.deepEqual(await sql(`SELECT changes, salt FROM audit WHERE space_id = '${space.id}'`),
			[{ changes: null, salt: null }]);
		assert.equal((await ctl("verify")).status, 0);
	});

	test("the doctor finds the rights to be what they should be", async () => {
		const { status, stdout } = await ctl("doctor");
		assert.equal(status, 0, stdout);
		assert.match(stdout, /ok +rights +daybook can neither change the schema nor what the audit says/);
		assert.match(stdout, /ok +admin's rights +daybook_admin /);
		assert.match(stdout, /ok +shared table +usable; .* \d+ KiB are in use/);
	});

	test("the doctor names a right that is missing and how it is given", async () => {
		const { status, stdout } = await withGrant("REVOKE INSERT ON daybook.audit FROM daybook@localhost",
			"GRANT INSERT ON daybook.audit TO daybook@localhost", () => ctl("doctor"));
		assert.equal(status, 1);
		assert.match(stdout, /BAD +rights +daybook lacks INSERT on audit\n +-> .*daybookctl grants \| mariadb/);
	});

	test("the doctor names a right that is too much and how it is taken away", async () => {
		const wide = await withGrant("GRANT ALL ON daybook.* TO daybook@localhost",
			`REVOKE ALL ON daybook.* FROM daybook@localhost;
			GRANT CREATE TEMPORARY TABLES ON daybook.* TO daybook@localhost`, () => ctl("doctor"));
		assert.equal(wide.status, 1);
		assert.match(wide.stdout,
			/BAD +rights .*: ALL PRIVILEGES on `daybook`\.\*\n +-> .*: REVOKE ALL PRIVILEGES ON/);

		const { stdout } = await withGrant("GRANT DELETE ON daybook.audit TO daybook@localhost",
			"REVOKE DELETE ON daybook.audit FROM daybook@localhost", () => ctl("doctor"));
		assert.match(stdout,
			/BAD +rights .*: DELETE on audit\n +-> .*REVOKE DELETE ON `daybook`\.`audit` FROM/);
	});

	test("without temporary tables nobody looks back, the doctor says so, and all else works", async () => {
		const anna = as("anna");
		answered(await anna.get("/api/cars?at=0"));
		await withGrant("REVOKE CREATE TEMPORARY TABLES ON daybook.* FROM daybook@localhost",
			"GRANT CREATE TEMPORARY TABLES ON daybook.* TO daybook@localhost", async () => {
				await stack.renewWorkers();
				const { detail } = refused(await anna.get("/api/cars?at=0"), 503);
				assert.match(detail, /temporary tables/);
				answered(await anna.get("/api/cars"));
				const { status, stdout } = await ctl("doctor");
				assert.equal(status, 1);
				assert.match(stdout, /BAD +rights +daybook lacks CREATE TEMPORARY TABLES\n/);
			});
		await stack.renewWorkers();
		answered(await anna.get("/api/cars?at=0"));
	});

	test("the doctor names what the admin lacks", async () => {
		const { status, stdout } = await withGrant("REVOKE ALTER ON daybook.* FROM daybook_admin@localhost",
			"GRANT ALTER ON daybook.* TO daybook_admin@localhost", () => ctl("doctor"));
		assert.equal(status, 1);
		assert.match(stdout,
			/BAD +admin's rights +daybook_admin lacks ALTER\n +-> .*daybookctl grants --admin/);
	});

	test("what daybookctl grants prints gives a new user just these rights", async () => {
		const { stdout } = await ctl("grants", "second@localhost");
		assert.match(stdout, /^GRANT SELECT, INSERT ON `daybook`\.`audit` TO 'second'@'localhost';$/m);
		await sql(`CREATE OR REPLACE USER second@localhost; ${stdout}`);
		const granted = await sql(`SELECT table_name AS t, privilege_type AS p
			FROM information_schema.table_privileges WHERE grantee = '\\'second\\'@\\'localhost\\''`);
		const ofAudit = granted.filter(({ t }) => t === "audit").map(({ p }) => p);
		assert.deepEqual(ofAudit.sort(), ["INSERT", "SELECT"]);
		const tables = await sql(`SELECT table_name AS t FROM information_schema.tables
			WHERE table_schema = 'daybook' AND table_type = 'BASE TABLE'`);
		assert.deepEqual([...new Set(granted.map(({ t }) => t))].sort(), tables.map(({ t }) => t).sort());
		await sql("DROP USER second@localhost");
	});

	test("migrate says when the workers' user lacks rights", async () => {
		assert.doesNotMatch((await ctl("migrate")).stdout, /lacks/);
		const told = await withGrant("REVOKE SELECT ON daybook.op FROM daybook@localhost",
			"GRANT SELECT ON daybook.op TO daybook@localhost", () => ctl("migrate"));
		assert.equal(told.status, 0);
		assert.match(told.stdout, /daybook lacks SELECT on op\..*\n.*daybookctl grants \| mariadb/);
	});
});

test("with one user it does all, and the doctor says so", async () => {
	const settings = { db_user: "daybook_admin", db_password_file: "admin-password", db_admin_user: "",
		db_admin_password_file: "" };
	const one = await start({ settings });

	answered(await one.as("anna").post("/api/cars", { id: "1" }), 201);
	const tidied = await one.ctl("tidy");
	assert.equal(tidied.status, 0, tidied.stderr);
	const { status, stdout } = await one.ctl("doctor");
	assert.equal(status, 0, stdout);
	assert.match(stdout, /warn +database users +requests use daybook_admin, .*\n +-> .*daybookctl grants/);
	assert.match((await one.ctl("doctor", "--cgi")).stdout, /ok +database users +daybook_admin does all/);
});
