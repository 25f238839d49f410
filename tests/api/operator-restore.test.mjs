// deploy/restore: back to an instant, killed at every stage, and a drill that proves, differs, or could not.
import assert from "node:assert/strict";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { jpeg, send as upload, sha256 } from "../lib/files.mjs";
import { send } from "../lib/http.mjs";
import { DIE, Operator, done, failed, killed } from "../lib/operator.mjs";
import { until } from "../lib/wait.mjs";

const stack = await start({ binlog: true });
const { as, ctl, sql } = stack;
const operator = new Operator(stack);
const { store } = operator;

// Signed in again after a restore, which ends all sessions.
async function signIn(person) {
	const { accessToken } = answered(await send({
		url: `${stack.url}/api/auth/login`, method: "POST",
		body: { email: person.email, password: person.password },
	}));
	person.account.token = accessToken;
	return person;
}

const olga = await as("olga").ready();
const add = async (id) => answered(await olga.post("/api/tasks", { id, title: id }), 201);
const ids = async () => (await sql("SELECT id FROM record WHERE collection = 'tasks' AND deleted = 0 ORDER BY id"))
	.map(({ id }) => id);

test("a restore up to an instant has all before it and nothing after, and everybody goes on", async () => {
	await add("kept");
	done(await operator.backup());
	await add("early");
	// Whole seconds: what comes next is of a later one.
	const [{ instant }] = await sql(
		"SELECT DATE_FORMAT(UTC_TIMESTAMP() + INTERVAL 1 SECOND, '%Y-%m-%dT%TZ') AS instant");
	await until("that second has begun", async () =>
		(await sql(`SELECT UTC_TIMESTAMP() > '${instant.slice(0, 19)}' AS isLater`))[0].isLater === "1");
	await add("late");
	const { body: { cursor } } = await olga.get("/api/sync/changes");
	failed(await operator.restore([store, "--until", "2099-01-01T00:00:00Z"]), 1, /reaches to .*, not to 2099/);
	done(await operator.backup(["--log"]));

	done(await operator.restore([store, "--until", instant]));
	assert.deepEqual((await ids()).filter((id) => ["kept", "early", "late"].includes(id)), ["early", "kept"]);
	done(await ctl("verify"));
	await until("people are let in", async () => (await send({ url: `${stack.url}/api/health` })).status === 200);
	assert.equal((await olga.get("/api/tasks")).status, 401);
	await signIn(olga);
	const resync = await olga.get(`/api/sync/changes?since=${encodeURIComponent(cursor)}`);
	assert.equal(resync.status, 410);
	await add("again");
	const [{ Database: before }] = (await sql("SHOW DATABASES LIKE 'daybook\\_before%'")).map((row) =>
		({ Database: Object.values(row)[0] }));
	const [{ n }] = await sql(`SELECT COUNT(*) AS n FROM ${before}.record WHERE id = 'late'`);
	assert.equal(n, "1", "what was in use is kept beside it");
	await sql(`DROP DATABASE ${before}`);
});

// Where a restore dies; the first words of what is sent to the database tell the stages of it apart.
const sqlDies = (pattern, then) => ["mariadb", `IFS= read -r -d '' -n 6000 words
	[[ $words != *"${pattern}"* ]] || { ${then}; ${DIE}; }
	{ printf %s "$words"; cat; } | "$tool" "$@"`];
const LOST = {
	"while it is checked": ["sha256sum", DIE],
	"while it is loaded": ["zstd", `"$tool" "$@" | head -c 100000; ${DIE}`],
	"while it is compared": sqlDies("COUNT(*) FROM", ":"),
	"before the databases change places": sqlDies("RENAME TABLE", ":"),
};
const WON = {
	"when the databases have changed places": [sqlDies("RENAME TABLE", `"$tool" "$@" <<<"$words"`)],
	"before it is in use": [undefined, `[[ " $* " != *" restore " ]] || ${DIE}; exec "$tool" "$@"`],
	"when it is in use": [sqlDies("DELETE FROM meta", ":")],
};

test("a restore that is killed anywhere leaves the old state or the new one, and is gone on with", async () => {
	done(await operator.backup());
	await signIn(olga);
	await add("lost");
	const now = await ids(), folder = await operator.newest();
	for (const [tool, script] of Object.values(LOST)) {
		killed(await operator.restore([folder], await operator.pathWith(tool, script)));
		assert.deepEqual(await ids(), now);
		assert.equal((await send({ url: `${stack.url}/api/health` })).status, 200);
	}
	for (const [where, [tool, script]] of Object.entries(WON)) {
		await signIn(olga);
		await add("lost").catch(() => {});
		killed(await operator.restore([folder], tool === undefined
			? await operator.programsWith(script) : await operator.pathWith(...tool)));
		assert.deepEqual(await ids(), now.filter((id) => id !== "lost"), where);
		const databases = (await sql("SHOW DATABASES")).length;
		done(await operator.restore([folder]));
		assert.equal((await sql("SHOW DATABASES")).length, databases, `${where}: it went on`);
		assert.deepEqual(await ids(), now.filter((id) => id !== "lost"), where);
		done(await ctl("verify"));
	}
	assert.deepEqual(await sql("SHOW DATABASES LIKE 'daybook\\_loading'"), []);
});

// A backup whose files have the right checksums, but not what the server said of itself.
async function forged(pattern, change) {
	const folder = path.join(stack.dir, "forged"), file = path.join(folder, "manifest");
	await rm(folder, { recursive: true, force: true });
	await cp(await operator.newest(), folder, { recursive: true });
	const lines = (await readFile(file, "utf8")).replace(/^end .*\n/m, "").replace(pattern, change);
	await writeFile(file, `${lines}end ${sha256(lines)}\n`);
	return folder;
}

test("a drill says proven only of a backup that has all that the server had", async () => {
	done(await operator.backup());
	const cases = [
		[/^table record (\d+)$/m, (all, n) => `table record ${Number(n) + 1}`, /rows differ .*record/],
		[/^head (\S+) \d+ /m, (all, id) => `head ${id} 9999 `, /the head of a space differs/],
		[/^live (\S+) (\d+) (..)/m, (all, id, seq) => `live ${id} ${seq} ab`, /does not go through/],
		[/^live (\S+) .*$/m, () => `live ${"ab".repeat(16)} 1 ${"ab".repeat(32)}`, /does not go through/],
	];
	for (const [pattern, change, words] of cases)
		failed(await operator.restore([await forged(pattern, change), "--into", "look"]), 2, words);
	assert.deepEqual(await sql("SHOW DATABASES LIKE 'look'"), []);
	const [[pattern, change, words]] = cases;
	failed(await operator.restore([await forged(pattern, change), "--drill"]), 2, words);
	assert.match((await ctl("alarm", "list")).stdout, /drill-failed/);
	done(await operator.restore([store, "--drill"]));
	assert.doesNotMatch((await ctl("alarm", "list")).stdout, /drill-failed/);
});

test("a drill finds a photo whose content is damaged or gone; a restore says so and brings back the rest", async () => {
	const photo = jpeg("receipt", 3 << 20), kept = jpeg("kept", 5000), hash = sha256(photo);
	await signIn(olga);
	for (const bytes of [photo, kept])
		answered(await upload(olga, bytes), 201);
	answered(await olga.post("/api/workSessions", { start: "2026-11-21T08:00:00Z", photoIn: hash }), 201);
	answered(await olga.post("/api/workSessions", { start: "2026-11-20T08:00:00Z", photoIn: sha256(kept) }), 201);
	done(await operator.backup());
	done(await operator.restore([store, "--drill"]));
	const chunks = `attachment_chunk c JOIN attachment a USING (space_id, upload_id)`;
	for (const spoil of [
		`UPDATE ${chunks} SET c.body = INSERT(c.body, 100, 1, CHAR(ORD(SUBSTR(c.body, 100, 1)) ^ 1))
			WHERE a.sha256 = X'${hash}'`,
		`DELETE c FROM ${chunks} WHERE a.sha256 = X'${hash}'`,
	]) {
		await sql(spoil);
		done(await operator.backup());
		failed(await operator.restore([store, "--drill"]), 2, new RegExp(`content of the file ${hash} of`));
	}
	const restored = await operator.restore([store, "--into", "look"]);
	done(restored);
	assert.match(restored.stderr, new RegExp(`content of the file ${hash} of .* is not whole; all else is`));
	await sql(`DROP DATABASE look; DELETE FROM attachment WHERE sha256 = X'${hash}'`);
});

test("a drill of a database that was changed behind Daybook's back differs", async () => {
	await sql("UPDATE record SET version = version + 1 WHERE id = 'kept'");
	const { status: code } = await operator.backup();
	await sql("UPDATE record SET version = version - 1 WHERE id = 'kept'");
	assert.equal(code, 0);
	failed(await operator.restore([store, "--drill"]), 2, /kept/);
	await rm(await operator.newest(), { recursive: true });
});

test("with any tool missing or failing a drill could not, and never proves", async () => {
	for (const tool of ["zstd", "mariadb", "mariadb-install-db", "sha256sum", "awk", "diff", "setpriv", "flock"])
		failed(await operator.restore([store, "--drill"], await operator.pathWithout(tool)), 1,
			new RegExp(`not installed:.* ${tool} \\(package `));
	failed(await operator.restore([store, "--drill", "--until", "latest"],
		await operator.pathWithout("mariadb-binlog")), 1, /not installed: mariadb-binlog/);
	const broken = { zstd: "exit 1", mariadb: "exit 1", "mariadb-install-db": "exit 1", sha256sum: "exit 1" };
	for (const [tool, script] of Object.entries(broken)) {
		const { status } = await operator.restore([store, "--drill"], await operator.pathWith(tool, script));
		assert.ok(status === 1 || status === 2, `${tool}: ${status}`);
	}
	failed(await operator.restore([store, "--drill"], await operator.programsWith("exit 1")), 1, /daybookctl/);
	const silent = await operator.programsWith("[[ $* == *verify ]] || exec \"$tool\" \"$@\"");
	failed(await operator.restore([store, "--drill"], silent), 1, /could not be verified/);
});
