// The backup files of another time tracker, as its versions wrote them, are taken in with what they really hold; what
// cannot be kept is said; and its own checklist works here: make a backup, test a restore, watch it.
import { test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { crew } from "../lib/crew.mjs";
import { jpeg, sha256 } from "../lib/files.mjs";

const stack = await start();
const { sql } = stack;
const fresh = () => crew(stack, { anna: "owner", ben: "member", max: "manager" });

const photo = jpeg("clocked in", 6000);

// The older export, with a version.
const versioned = {
	users: [
		{ id: "1733050000001", username: "eve", password: "very-plain", email: "eve@example.org",
			firstName: "Eve", lastName: "Li", role: "employee", companyId: "company-1" },
	],
	companies: [{ id: "company-1", name: "Eve Li's Company", industry: "General" }],
	jobSites: [
		{ id: "1733050000005", name: "Harbour", address: "Pier 3", city: "Hoboken", state: "NJ",
			zipCode: "07030", country: "US", latitude: 40.5, longitude: -74.25, radius: 5000,
			status: "active" },
	],
	timeEntries: [
		{ id: "1733050000002", jobSite: "Harbour", clockIn: "2:05:03 PM", clockOut: "3:06:03 PM",
			duration: "13h 1m", date: "11/30/2026", location: "40.500000, -74.250000", address: "Pier 3",
			coordinates: { lat: 40.5, lng: -74.25, accuracy: 12 },
			photo: `data:image/jpeg;base64,${photo.toString("base64")}` },
		{ id: "1733050000003", jobSite: "Unlisted", clockIn: "10:00:00 PM", clockOut: "6:00:00 AM",
			duration: "8h 0m", date: "11/28/2026" },
	],
	exportDate: "2026-12-01T10:00:00.000Z",
	version: "1.0",
};

// The newer one: no version, no companies, lists of one company beside those of the whole browser.
const unversioned = {
	users: [{ id: "1", username: "m", password: "very-plain", email: "m@example.org", firstName: "M" }],
	employees: [{ id: "2", employeeId: "EMP0001", firstName: "Eve", lastName: "Li", hourlyRate: 25 }],
	managers: [{ id: "2", managerId: "MGR0001", firstName: "Mia", lastName: "Ott", status: "active" }],
	jobSites: [], timeEntries: {}, exportDate: "2026-12-01T10:00:00.000Z", evil: "key",
};

const bring = (person, body, query = "") => person.request("POST", `/api/import${query}`,
	{ body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });

const counts = (difference, what) => Object.fromEntries(Object.entries(difference)
	.map(([name, of]) => [name, of[what]]).filter(([, n]) => n > 0));

test("an export with a version: hours after noon and over midnight, places, photos", async () => {
	const { anna, space } = await fresh();
	const look = await bring(anna, versioned, "?zone=America/New_York&dryRun=1");
	assert.equal(look.status, 200, look.text);
	assert.deepEqual(counts(look.body.difference, "new"), { employees: 1, jobSites: 2, workSessions: 2 });
	assert.equal(await stack.head(space), 0);

	const answer = await bring(anna, versioned, "?zone=America/New_York");
	assert.equal(answer.status, 200, answer.text);
	const { result, state } = answer.body.job;
	assert.equal(state, "done");
	assert.equal(result.format, "timetracker-export");
	assert.deepEqual(result.difference, look.body.difference, "what was said is what was done");
	const sessions = (await anna.get("/api/workSessions?sort=start")).body.workSessions;
	assert.deepEqual(sessions.map(({ start, end }) => [start, end]), [
		["2026-11-29T03:00:00.000Z", "2026-11-29T11:00:00.000Z"],
		["2026-11-30T19:05:03.000Z", "2026-11-30T20:06:03.000Z"],
	]);
	assert.ok((await anna.get(`/api/files/${sha256(photo)}`)).bytes.equals(photo));
	assert.equal(sessions[1].photoIn, sha256(photo));
	const says = (list, what, part) => list.some((note) => note.what === what && note.why.includes(part));
	assert.ok(says(result.changed, "timeEntries", "duration"));
	assert.ok(says(result.changed, "jobSites", "radius"));
	assert.ok(says(result.left, "users", "passwords are never kept"));
	assert.ok(says(result.left, "companies", "settings"));

	for (const table of ["record", "audit", "op", "job"]) {
		const columns = (await sql(`SHOW COLUMNS FROM ${table}`)).map(({ Field }) => `COALESCE(${Field}, '')`);
		const [{ n }] = await sql(`SELECT COUNT(*) AS n FROM ${table}
			WHERE CONCAT_WS(' ', ${columns.join(", ")}) LIKE '%very-plain%'`);
		assert.equal(Number(n), 0, `a password stands in ${table}`);
	}
	const again = (await bring(anna, versioned, "?zone=America/New_York")).body.job.result;
	assert.deepEqual(counts(again.difference, "new"), {}, "the same file adds nothing twice");
	assert.deepEqual(counts(again.difference, "changed"), {});
});

test("an export without a version, as its client posts a copy, and as a browser's storage has it", async () => {
	const { anna } = await fresh();
	const first = (await bring(anna, unversioned)).body.job.result;
	assert.deepEqual(counts(first.difference, "new"), { employees: 3 });
	assert.ok(first.left.some(({ what, why }) => what === "timeEntries" && why.includes("{}")));
	assert.ok(first.left.some(({ what }) => what === "evil"));

	const second = await fresh();
	const { exportDate, ...lists } = versioned;
	const posted = { key: "autoBackup", data: { ...lists, timestamp: exportDate }, timestamp: exportDate,
		userId: "current-user-id" };
	assert.deepEqual((await second.anna.post("/api/backup", posted)).body, { success: true });
	const [copy] = (await second.anna.get("/api/backups")).body.backups;
	assert.equal(copy.kind, "client");
	const restored = await second.anna.post(`/api/backups/${copy.id}/restore`, { zone: "America/New_York" });
	assert.equal(restored.status, 200, restored.text);
	assert.deepEqual(counts(restored.body.job.result.difference, "new"),
		{ employees: 1, jobSites: 2, workSessions: 2 });

	const third = await fresh();
	const storage = Object.fromEntries(Object.entries(lists).map(([name, list]) =>
		[`${name}_company-1`, JSON.stringify(list)]));
	const stored = (await bring(third.anna, storage, "?zone=America/New_York")).body.job.result;
	assert.deepEqual(counts(stored.difference, "new"), { employees: 1, jobSites: 2, workSessions: 2 });
});

test("a file that can be read in two ways is asked about; one that would wipe everything wipes nothing", async () => {
	const { anna, space } = await fresh();
	await anna.post("/api/clients", { name: "Stays" });
	const head = await stack.head(space);
	const two = { timeEntries: [{ id: "1", date: "1/2/2026", clockIn: "09:00:00", clockOut: "10:00:00" }] };
	const asked = await bring(anna, two);
	assert.equal(asked.status, 400);
	assert.equal(asked.problem.field, "dates");
	for (const body of [{ users: [] }, { users: {}, jobSites: {} }, { jobSites: "x" }, { users: [1, null, "x"] }])
		assert.equal((await bring(anna, body, "?mode=replace")).status, 200);
	assert.equal(await stack.head(space), head);
	const answer = await bring(anna, two, "?dates=dmy&zone=UTC");
	assert.equal(answer.status, 200, answer.text);
	const [session] = (await anna.get("/api/workSessions")).body.workSessions;
	assert.equal(session.start, "2026-02-01T09:00:00.000Z");
});

test("its checklist: backups by cron, a tested restore, recovery, and something that watches", async () => {
	const { anna, max, space } = await fresh();
	await bring(anna, versioned, "?zone=America/New_York");
	const rows = async () => (await sql(`SELECT collection, HEX(id) AS id, doc, doc_private FROM record
		WHERE space_id = '${space.id}' AND deleted = 0 AND collection NOT IN ('members', 'notifications')
		ORDER BY collection, id`)).map((row) => ({ ...row }));
	const before = await rows();

	// The line of cron posts nothing, with an API token; the same again while nothing changed is the same backup.
	const { token } = await max.apiToken("write");
	const cron = max.with({ Authorization: `Bearer ${token}` });
	const made = await cron.request("POST", "/api/backup", {});
	assert.equal(made.status, 200, made.text);
	assert.equal(made.body.success, true);
	assert.equal((await cron.request("POST", "/api/backup", {})).body.id, made.body.id);

	// It proves itself; a restore is tested without changing anything.
	const checked = await anna.post(`/api/backups/${made.body.id}/verify`);
	assert.equal(checked.body.ok, true, checked.text);
	const [site] = (await anna.get("/api/jobSites")).body.jobSites;
	await anna.delete(`/api/jobSites/${site.id}`);
	const look = await anna.post(`/api/backups/${made.body.id}/restore`, { dryRun: true });
	assert.deepEqual(counts(look.body.difference, "new"), { jobSites: 1 });
	const restored = await anna.post(`/api/backups/${made.body.id}/restore`, { mode: "replace" });
	assert.equal(restored.status, 200, restored.text);
	assert.deepEqual(await rows(), before);

	// Sizes and ages are there to be watched, and a copy elsewhere is the same file.
	const listed = (await anna.get("/api/backups")).body.backups.find(({ id }) => id === made.body.id);
	assert.ok(listed.bytes > 0 && Date.now() - Date.parse(listed.at) < 3600e3);
	const file = await anna.get(`/api/backups/${made.body.id}`);
	assert.equal(sha256(file.bytes), listed.sha256);
});
