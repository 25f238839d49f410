// What an import is afterwards: its record, the records that it names, rows that were imported before.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { CSV, crew } from "../lib/crew.mjs";
import { answered, refused } from "../lib/expect.mjs";
import { until } from "../lib/http.mjs";

const stack = await start();

const fresh = (roles = { anna: "owner", max: "manager", ben: "member", vera: "viewer" }) => crew(stack, roles);

const take = (person, collection, text, query = "", headers = {}) =>
	person.post(`/api/${collection}/import?${query}`, text, { ...CSV, ...headers });

const list = async (person, collection) => answered(await person.get(`/api/${collection}?limit=1000`))[collection];

const two = (n) => String(n).padStart(2, "0");

const trips = (from, to) => "date,from,to,miles\n" + Array.from({ length: to - from + 1 }, (_, i) =>
	`2026-${two((from + i) % 12 + 1)}-${two((from + i) % 28 + 1)},A,B${from + i},1\n`)
	.join("");

describe("the record of an import", () => {
	test("says who imported which file when, and what became of it; devices get it like any other", async () => {
		const { ben, anna } = await fresh();
		const report = answered(await take(ben, "mileage", trips(1, 3) + "soon,A,B,1\n",
			"skipBad=1&name=trips.csv"),
			200, { created: 3, bad: 1 });
		const [record] = await list(ben, "imports");
		assert.equal(record.id, report.import);
		assert.equal(record.owner, ben.id);
		assert.deepEqual([
			record.collection, record.file, record.state, record.rows, record.created, record.updated,
			record.unchanged, record.bad, record.zone, record.sample.length,
		], ["mileage", "trips.csv", "done", 4, 3, 0, 0, 1, "UTC", 3]);
		assert.equal((await list(anna, "imports")).length, 1);
		const { changes } = answered(await ben.get("/api/sync/changes"));
		assert.ok(changes.some((one) => one.collection === "imports" && one.record.state === "done"));
	});

	test("stays one record when the same file comes again, and is not for people to write", async () => {
		const { anna, ben, space } = await fresh();
		answered(await take(ben, "mileage", trips(1, 3)), 200, { created: 3 });
		const head = await stack.head(space);
		answered(await take(ben, "mileage", trips(1, 3)), 200, { created: 0, unchanged: 3 });
		assert.equal(await stack.head(space), head);
		const [record] = await list(ben, "imports");
		for (const person of [anna, ben]) {
			refused(await person.post("/api/imports", { collection: "cars" }), 400,
				{ type: "/problems/read-only" });
			refused(await person.post("/api/imports", {}), 403);
			refused(await person.patch(`/api/imports/${record.id}`, { state: "running" }), 400,
				{ type: "/problems/read-only" });
			refused(await take(person, "imports", "collection\ncars\n"), 403);
			const { results: [result] } = answered(await person.push([
				{ op: "p1", collection: "imports", id: record.id, base: record.version,
					set: { file: "x" } },
			]));
			assert.equal(result.status, "rejected");
		}
		refused(await ben.delete(`/api/imports/${record.id}`), 403);
	});

	test("others below manager see nothing of it", async () => {
		const { anna, ben, vera } = await fresh();
		answered(await take(anna, "mileage", trips(1, 1)), 200, { created: 1 });
		assert.deepEqual([(await list(ben, "imports")).length, (await list(vera, "imports")).length], [0, 0]);
	});

	test("a file with nothing to write leaves none", async () => {
		const { anna, space } = await fresh();
		const head = await stack.head(space);
		refused(await take(anna, "mileage", "date,from,to,miles\nsoon,A,B,1\n"), 400);
		answered(await take(anna, "mileage", trips(1, 3), "dryRun=1"), 200, { created: 3,
			import: { $absent: true } });
		assert.equal(await stack.head(space), head);
	});
});

describe("references by name", () => {
	const hours = (rows) => `start,end,project,client\n${rows.map((row, i) =>
		`2026-03-${two(i + 1)}T08:00:00Z,2026-03-${two(i + 1)}T09:00:00Z,${row}\n`)
		.join("")}`;
	const map = "map=client=project.client";

	test("make what is missing, once, and find it again loosely", async () => {
		const { anna } = await fresh();
		const file = hours(["Website,ACME", "web site,acme", "Website,Beta", "Website,", ","]);
		answered(await take(anna, "workSessions", file, `${map}&dryRun=1`), 200,
			{ created: 5, made: { $exact: { projects: 3, clients: 2 } } });
		assert.equal((await list(anna, "projects")).length, 0);
		answered(await take(anna, "workSessions", file, map), 200,
			{ created: 5, made: { $exact: { projects: 3, clients: 2 } } });
		const projects = await list(anna, "projects"), clients = await list(anna, "clients");
		const nameOf = (id) => clients.find((one) => one.id === id)?.name ?? "";
		assert.deepEqual(projects.map((one) => `${one.name}/${nameOf(one.client)}`).sort(),
			["Website/", "Website/ACME", "Website/Beta"]);
		const sessions = (await list(anna, "workSessions")).reverse();
		const of = (session) => {
			const project = projects.find((one) => one.id === session.project);
			return project === undefined ? "" : `${project.name}/${nameOf(project.client)}`;
		};
		assert.deepEqual(sessions.map(of), ["Website/ACME", "Website/ACME", "Website/Beta", "Website/", ""]);
		answered(await take(anna, "workSessions", file, map), 200, { created: 0, unchanged: 5 });
		answered(await take(anna, "workSessions", file, map, { "Idempotency-Key": "again" }), 200,
			{ created: 0, unchanged: 5, made: { $absent: true } });
		assert.equal((await list(anna, "projects")).length, 3);
	});

	test("two people make the same record, and one that people made is found", async () => {
		const { anna, max } = await fresh();
		const { project } = answered(await anna.post("/api/projects", { name: "Garden" }), 201);
		answered(await take(anna, "workSessions", hours(["garden,", "Roof,"])), 400);
		answered(await take(anna, "workSessions", hours(["garden,", "Roof,"]), map), 200,
			{ made: { projects: 1 } });
		answered(await take(max, "workSessions", hours(["GARDEN,", "roof,", "Garden,ACME"]), map), 200,
			{ created: 3, made: { $absent: true } });
		assert.equal((await list(max, "clients")).length, 0);
		assert.deepEqual((await list(max, "projects")).map((one) => one.name).sort(), ["Garden", "Roof"]);
		assert.equal((await list(max, "workSessions")).filter((one) => one.project === project.id).length, 3);
	});

	test("who may not make one is told who may", async () => {
		const { anna, ben } = await fresh();
		const file = "start,end,jobSite\n2026-03-02T08:00:00Z,2026-03-02T09:00:00Z,North Gate\n";
		const [error] = refused(await take(ben, "workSessions", file), 400).errors;
		assert.deepEqual([error.field, error.value], ["jobSite", "North Gate"]);
		assert.match(error.detail, /only managers/);
		answered(await take(anna, "workSessions", file), 200, { created: 1, made: { jobSites: 1 } });
		answered(await take(ben, "workSessions", file), 200, { created: 1, made: { $absent: true } });
	});

	test("bad rows make nothing, and a name that is too long is a bad row", async () => {
		const { anna } = await fresh();
		const file = "start,end,jobSite\nsoon,,North Gate\n"
			+ `2026-03-02T08:00:00Z,2026-03-02T09:00:00Z,${"x".repeat(101)}\n`
			+ "2026-03-03T08:00:00Z,2026-03-03T09:00:00Z,South Gate\n";
		const dry = answered(await take(anna, "workSessions", file, "dryRun=1"), 200, { bad: 2,
			made: { jobSites: 1 } });
		assert.deepEqual(dry.errors.map((one) => [one.line, one.field]), [[2, "start"], [3, "jobSite"]]);
		answered(await take(anna, "workSessions", file, "skipBad=1"), 200, { created: 1,
			made: { jobSites: 1 } });
		assert.deepEqual((await list(anna, "jobSites")).map((one) => one.name), ["South Gate"]);
	});

	test("two records of one name are not guessed between", async () => {
		const { anna } = await fresh();
		for (const address of ["1 Main St", "2 Main St"])
			answered(await anna.post("/api/jobSites", { name: "Depot", address }), 201);
		const file = "start,end,jobSite\n2026-03-02T08:00:00Z,2026-03-02T09:00:00Z,depot\n";
		assert.match(refused(await take(anna, "workSessions", file), 400).errors[0].detail, /Several records/);
		const [{ id }] = await list(anna, "jobSites");
		answered(await take(anna, "workSessions", file.replace("depot", id)), 200, { created: 1 });
	});

	test("a file that names too many is none of names", async () => {
		const { anna } = await fresh();
		const file = "start,end,jobSite\n" + Array.from({ length: 1001 }, (_, i) =>
			`2026-03-02T08:00:00Z,2026-03-02T09:00:00Z,site ${i}\n`).join("");
		assert.match(refused(await take(anna, "workSessions", file), 400).detail, /more than 1000/);
		assert.equal((await list(anna, "jobSites")).length, 0);
	});

	test("tasks are each person's own, and a log is found by the name of its task", async () => {
		const { anna, ben } = await fresh();
		const file = "task,date,status\nStretch,2026-01-05,completed\nstretch,2026-01-06,skipped\n";
		for (const person of [anna, ben]) {
			answered(await take(person, "taskLogs", file), 200, { created: 2,
				made: { $exact: { tasks: 1 } } });
			answered(await take(person, "taskLogs", file, "", { "Idempotency-Key": "k" }), 200,
				{ created: 0, unchanged: 2 });
		}
		const tasks = await list(anna, "tasks");
		assert.deepEqual([tasks.length, new Set(tasks.map((one) => one.id)).size], [2, 2]);
		assert.equal((await list(ben, "taskLogs")).length, 2);
	});

	test("owners are named by managers, by e-mail address or name", async () => {
		const { anna, ben } = await fresh();
		const file = (owner) => `date,kg,owner\n2026-01-05,80,${owner}\n`;
		answered(await take(anna, "weights", file(ben.email)), 200, { created: 1 });
		answered(await take(anna, "weights", file(ben.name).replace("01-05", "01-06")), 200, { created: 1 });
		assert.equal((await list(ben, "weights")).length, 2);
		const [error] = refused(await take(anna, "weights", file("Nobody Here")), 400).errors;
		assert.deepEqual([error.field, error.value], ["owner", "Nobody Here"]);
		refused(await take(ben, "weights", file(anna.email)), 400, { bad: 1 });
		answered(await take(ben, "weights", file(ben.email)), 200, { unchanged: 1 });
	});
});

describe("FB9: rows that were imported before", () => {
	const file = "Description,start,end\nDesk,2026-02-02 09:00,2026-02-02 10:00\n"
		+ "Desk,2026-02-03 09:00,2026-02-03 10:00\n";
	const first = "zone=Europe/Berlin&map=Description=&name=march.csv";

	test("read in another way stop the import, until it is said that both are wanted", async () => {
		const { anna } = await fresh();
		const { import: id } = answered(await take(anna, "workSessions", file, first), 200, { created: 2 });
		for (const query of ["zone=Europe/Berlin&map=Description=note",
			"zone=Europe/London&map=Description="]) {
			const doubles = { import: id, file: "march.csv", at: { $text: true }, rows: 2 };
			answered(await take(anna, "workSessions", file, `${query}&dryRun=1`), 200, { created: 2,
				doubles });
			refused(await take(anna, "workSessions", file, query), 409,
				{ type: "/problems/doubled", doubles, rows: 2, columns: { $length: 3 } });
		}
		assert.equal((await list(anna, "workSessions")).length, 2);
		answered(await take(anna, "workSessions", file, first), 200, { created: 0, unchanged: 2 });
		answered(await take(anna, "workSessions", file, "zone=Europe/London&map=Description=&anyway=1"), 200,
			{ created: 2 });
		assert.equal((await list(anna, "workSessions")).length, 4);
	});

	test("read in the same way add what is new alone: January to October, then to November", async () => {
		const { anna } = await fresh();
		answered(await take(anna, "mileage", trips(1, 10)), 200, { created: 10 });
		answered(await take(anna, "mileage", trips(1, 11)), 200, { created: 1, unchanged: 10,
			doubles: { $absent: true } });
		answered(await take(anna, "mileage", trips(1, 11), "dates=ymd"), 200, { created: 0, unchanged: 11 });
	});

	test("are known among many by a sample, and only those of the same person and collection", async () => {
		const { anna, ben } = await fresh();
		const header = (text, name) => text.replace("date,from,to,miles", `date,from,to,${name}`);
		answered(await take(anna, "mileage", trips(1, 3000)), 200, { created: 3000 });
		const other = "map=miles=miles,miles=notes";
		const problem = refused(await take(anna, "mileage", trips(2000, 4000), other), 409);
		assert.ok(problem.doubles.rows > 500 && problem.doubles.rows < 1800, JSON.stringify(problem.doubles));
		answered(await take(ben, "mileage", trips(2000, 2100), other), 200, { created: 101 });
		answered(await take(anna, "mileage", header(trips(5000, 5100), "Miles"),
			other.replaceAll("miles=", "Miles=")),
			200, { created: 101 });
	});
});

describe("an import is taken back", () => {
	const back = (person, id, query = "") => person.post(`/api/imports/${id}/take-back${query && `?${query}`}`);
	const days = (rows) => `date,kg\n${rows.map(([day, kg]) => `2026-04-${String(day).padStart(2,
		"0")},${kg}\n`).join("")}`;

	test("as new writes: what it made is deleted, what it changed is as before", async () => {
		const { anna, space } = await fresh();
		answered(await take(anna, "weights", days([[1, 80], [2, 81]])), 200, { created: 2 });
		const { import: id } = answered(await take(anna, "weights", days([[2, 90], [3, 91], [4, 92]])), 200,
			{ created: 2, updated: 1 });
		const head = await stack.head(space);
		answered(await back(anna, id, "dryRun=1"), 200, { deleted: 2, restored: 1, kept: 0,
			dryRun: true, left: [] });
		assert.equal(await stack.head(space), head);
		answered(await back(anna, id), 200, { deleted: 2, restored: 1, kept: 0, more: { $absent: true } });
		assert.deepEqual((await list(anna, "weights")).map((one) => [one.date, one.kg]).sort(),
			[["2026-04-01", 80], ["2026-04-02", 81]]);
		const record = (await list(anna, "imports")).find((one) => one.id === id);
		assert.deepEqual([record.state, record.takenBackBy, record.takenBackDeleted, record.takenBackRestored],
			["takenBack", anna.id, 2, 1]);
		const { auditLogs } = answered(await anna.get("/api/audit"));
		assert.ok(auditLogs.some((row) =>
			row.collection === "weights" && row.cause === id.replace("imp", "back")),
			JSON.stringify(auditLogs.slice(0, 3)));
		const after = await stack.head(space);
		answered(await back(anna, id), 200, { deleted: 2, restored: 1 });
		assert.equal(await stack.head(space), after);
		assert.equal((await stack.ctl("verify")).status, 0);
	});

	test("what anybody changed since stays, and is counted", async () => {
		const { anna, ben } = await fresh();
		answered(await take(ben, "weights", days([[1, 80]])), 200);
		const { import: id } = answered(await take(ben, "weights", days([[1, 90], [2, 91], [3, 92], [4,
			93]])), 200,
			{ created: 3, updated: 1 });
		const of = async (day) => (await list(ben, "weights")).find((one) => one.date === `2026-04-0${day}`);
		answered(await anna.patch(`/api/weights/${(await of(1)).id}`, { kg: 70 }));
		answered(await ben.patch(`/api/weights/${(await of(2)).id}`, { note: "mine" }));
		answered(await ben.delete(`/api/weights/${(await of(3)).id}`));
		const report = answered(await back(ben, id), 200, { deleted: 1, restored: 0, kept: 2, gone: 1 });
		assert.equal(report.left.length, 2);
		assert.deepEqual((await list(ben, "weights")).map((one) => [one.date, one.kg]).sort(),
			[["2026-04-01", 70], ["2026-04-02", 91]]);
	});

	test("a session goes back as a whole, or stays: no old start before an end that somebody mended", async () => {
		const { anna } = await fresh();
		const made = async (day) => answered(await anna.post("/api/workSessions", {
			start: `2026-03-0${day}T08:00:00Z`, end: `2026-03-0${day}T12:00:00Z`, note: "before",
		}), 201).workSession.id;
		const [mended, left] = [await made(2), await made(3)];
		const { import: id } = answered(await take(anna, "workSessions", "id,start,end,note\n"
			+ `${mended},2026-03-02T13:00:00Z,2026-03-02T17:00:00Z,after\n`
			+ `${left},2026-03-03T13:00:00Z,2026-03-03T17:00:00Z,after\n`), 200, { updated: 2 });
		answered(await anna.patch(`/api/workSessions/${mended}`, { end: "2026-03-02T17:30:00Z" }));
		answered(await back(anna, id), 200, { restored: 2, kept: 1 });
		const sessions = await list(anna, "workSessions");
		assert.deepEqual([mended, left].map((one) => sessions.find((session) => session.id === one))
			.map((one) => [one.start.slice(11, 16), one.end.slice(11, 16), one.duration, one.note]), [
			["13:00", "17:30", 16200, "before"], ["08:00", "12:00", 14400, "before"],
		]);
	});

	test("is for its person and for managers; nobody else finds it", async () => {
		const { anna, max, ben, vera } = await fresh();
		const { import: hers } = answered(await take(anna, "weights", days([[1, 80]])), 200);
		const { import: his } = answered(await take(ben, "weights", days([[1, 80]])), 200);
		refused(await back(ben, hers), 404);
		refused(await back(vera, his), 403);
		refused(await back(ben, "nothing"), 404);
		answered(await back(max, his), 200, { deleted: 1 });
		answered(await back(anna, hers), 200, { deleted: 1 });
		assert.equal((await list(anna, "weights")).length, 0);
	});

	test("afterwards the same file is another import: again=1 brings its records, any number of times",
		async () => {
		const { anna } = await fresh();
		const file = days([[1, 80], [2, 81]]);
		const { import: first } = answered(await take(anna, "weights", file), 200, { created: 2 });
		answered(await back(anna, first), 200, { deleted: 2 });
		answered(await take(anna, "weights", file), 200, { created: 0, deleted: 2 });
		const seen = new Set([first]);
		for (let i = 0; i < 3; i++) {
			const { import: id } = answered(await take(anna, "weights", file, "again=1"), 200,
				{ created: 2 });
			assert.ok(!seen.has(id));
			seen.add(id);
			answered(await take(anna, "weights", file, "again=1"), 200, { created: 0, unchanged: 2,
				import: id });
			answered(await back(anna, id), 200, { deleted: 2 });
		}
		assert.equal((await list(anna, "weights")).length, 0);
	});

	test("projects and clients that it made go with it, if nothing else names them", async () => {
		const { anna } = await fresh();
		const file = "start,end,project,client\n"
			+ "2026-03-02T08:00:00Z,2026-03-02T09:00:00Z,Website,ACME\n"
			+ "2026-03-03T08:00:00Z,2026-03-03T09:00:00Z,Garden,Beta\n";
		const { import: id } = answered(await take(anna, "workSessions", file,
			"map=client=project.client"), 200,
			{ made: { projects: 2, clients: 2 } });
		const garden = (await list(anna, "projects")).find((one) => one.name === "Garden");
		answered(await anna.post("/api/workSessions", {
			start: "2026-03-09T08:00:00Z", end: "2026-03-09T09:00:00Z", project: garden.id,
		}), 201);
		const told = { deleted: 2, inUse: 2, made: { $exact: { projects: 1, clients: 1 } } };
		answered(await back(anna, id, "dryRun=1"), 200, told);
		assert.equal((await list(anna, "projects")).length, 2);
		answered(await back(anna, id), 200, told);
		assert.deepEqual((await list(anna, "projects")).map((one) => one.name), ["Garden"]);
		assert.deepEqual((await list(anna, "clients")).map((one) => one.name), ["Beta"]);
		answered(await back(anna, id), 200, told);
		assert.equal((await list(anna, "workSessions")).length, 1);
	});

	test("an import of it read in another way is no double then", async () => {
		const { anna } = await fresh();
		const file = "start,end\n2026-02-02 09:00,2026-02-02 10:00\n";
		const { import: id } = answered(await take(anna, "workSessions", file, "zone=Europe/Berlin"),
			200, { created: 1 });
		refused(await take(anna, "workSessions", file, "zone=Europe/London"), 409,
			{ type: "/problems/doubled" });
		answered(await back(anna, id), 200, { deleted: 1 });
		answered(await take(anna, "workSessions", file, "zone=Europe/London"), 200, { created: 1 });
	});

	test("days that are handed in stay as they are", async () => {
		const { anna, ben } = await fresh();
		const file = "start,end\n2026-02-02T09:00:00Z,2026-02-02T10:00:00Z\n"
			+ "2026-02-12T09:00:00Z,2026-02-12T10:00:00Z\n";
		const { import: id } = answered(await take(ben, "workSessions", file), 200, { created: 2 });
		answered(await ben.post("/api/periods", { kind: "hours", from: "2026-02-02", to: "2026-02-08",
			state: "submitted" }), 201);
		for (const person of [ben, anna])
			answered(await back(person, id, "dryRun=1"), 200, { deleted: 1, closed: 1 });
		const report = answered(await back(ben, id), 200, { deleted: 1, closed: 1 });
		assert.equal(report.left[0].collection, "workSessions");
		assert.deepEqual((await list(ben, "workSessions")).map((one) => one.day), ["2026-02-02"]);
	});

	test("what one import changed after another goes back in any order", async () => {
		const { anna } = await fresh();
		const { import: first } = answered(await take(anna, "weights", days([[1, 80]])), 200, { created: 1 });
		const { import: second } = answered(await take(anna, "weights", days([[1, 90]])), 200, { updated: 1 });
		answered(await back(anna, first, "dryRun=1"), 200, { deleted: 0, kept: 1 });
		answered(await back(anna, second), 200, { restored: 1 });
		answered(await back(anna, first), 200, { deleted: 1 });
		assert.equal((await list(anna, "weights")).length, 0);
	});
});

describe("what is interrupted goes on, and its figures are those of one request", () => {
	const rows = 4000;
	const file = `date,from,to,miles,notes\n${Array.from({ length: rows }, (_, i) =>
		`2026-01-${two(i % 28 + 1)},A${i},B,1,row ${i}\n`).join("")}`;

	const live = async (space) => Number((await stack.sql(`SELECT COUNT(*) AS n FROM record
		WHERE space_id = '${space.id}' AND collection = 'mileage' AND deleted = 0`))[0].n);

	const kill = async () => {
		for (const pid of await stack.workers())
			process.kill(pid, "SIGKILL");
	};

	// Sent until it comes to its end.
	async function whole(send) {
		let last;
		await until("it is finished", async () => {
			last = await send();
			return last.status === 200 && !last.body.more;
		}, 120);
		return last;
	}

	test("an import and its taking back, whose workers are killed", async () => {
		const { anna, space } = await fresh();
		const imports = () => take(anna, "mileage", file, "name=long.csv");
		let sent = imports();
		await until("a first part is in", async () => await live(space) >= 1000, 120);
		await kill();
		await sent.catch(() => {});
		await whole(imports);
		assert.equal(await live(space), rows);
		const [record] = await list(anna, "imports");
		const { state, created, updated, unchanged, bad } = record;
		assert.deepEqual([state, record.rows, created, updated, unchanged, bad], ["done", rows, rows, 0, 0, 0]);
		const back = () => anna.post(`/api/imports/${record.id}/take-back`);
		sent = back();
		await until("a first part is gone", async () => await live(space) <= rows - 500, 120);
		await kill();
		await sent.catch(() => {});
		answered(await whole(back), 200, { deleted: rows, kept: 0, refused: 0 });
		assert.equal(await live(space), 0);
		const [after] = await list(anna, "imports");
		assert.deepEqual([after.state, after.takenBackDeleted, after.takenBackKept], ["takenBack", rows, 0]);
		assert.equal((await stack.ctl("verify")).status, 0);
	});
});
