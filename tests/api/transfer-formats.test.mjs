// Files of other programs: each file of tests/fixtures/formats, from a dry run to a second import, and what people
// bring in tables of their own (FB1 to FB12).
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { fixtures, start } from "../harness.mjs";
import { CSV, crew } from "../lib/crew.mjs";
import { answered, refused } from "../lib/expect.mjs";

const stack = await start();
const folder = path.join(fixtures, "formats");
const files = await readdir(folder);
const alone = () => crew(stack, { anna: "owner" });

function send(person, collection, file, query = {}, headers = CSV) {
	return person.post(`/api/${collection}/import?${new URLSearchParams(query)}`, file, headers);
}

// A table in words, as CSV of workSessions.
async function sessions(person, csv, query) {
	const report = answered(await send(person, "workSessions", csv, query));
	const { workSessions } = answered(await person.get("/api/workSessions?sort=start&limit=1000"));
	return { ...report, sessions: workSessions };
}

const spans = (list) => list.map((session) => [session.start, session.end, session.duration]);
const at = (day, time) => `2026-${day}T${time}:00.000Z`;
const newYork = { zone: "America/New_York" }, berlin = { zone: "Europe/Berlin" }, utc = { zone: "UTC" };
const apart = "Start date,Start time,End date,End time";

// ---- every known format ----

// What people call a record of another collection, by its id.
async function namesOf(person, collection, field) {
	const answer = answered(await person.get(`/api/${collection}?limit=1000`));
	return new Map(answer[collection].map((record) => [record.id, record[field]]));
}

// Records with the names of what they refer to, and with the members alone that are expected.
async function found(person, collection, expected) {
	const answer = answered(await person.get(`/api/${collection}?limit=1000`));
	const { projects } = answered(await person.get("/api/projects?limit=1000"));
	const [clients, tasks] = [await namesOf(person, "clients", "name"), await namesOf(person, "tasks", "title")];
	const members = new Set(expected.flatMap(Object.keys));
	return answer[collection].map((record) => {
		const project = projects.find(({ id }) => id === record.project);
		const whole = {
			...record, project: project?.name, "project.client": clients.get(project?.client),
			task: collection === "taskLogs" ? tasks.get(record.task) : record.task,
		};
		return Object.fromEntries(Object.entries(whole).filter(([name]) => members.has(name)));
	});
}

const sorted = (list) => list.map((record) => JSON.stringify(record, Object.keys(record).sort())).sort();

// Each expected record with what the found one has besides, which rules derived.
function alike(expected, records) {
	const rest = [...records];
	for (const wanted of expected) {
		const i = rest.findIndex((record) => Object.entries(wanted)
			.every(([name, value]) => JSON.stringify(record[name]) === JSON.stringify(value)));
		assert.notEqual(i, -1, `no record is ${JSON.stringify(wanted)}; there are\n${sorted(rest).join("\n")}`);
		rest.splice(i, 1);
	}
	assert.deepEqual(rest, []);
}

for (const name of files.filter((file) => file.endsWith(".expected.json")).map((file) => file.split(".")[0])) {
	test(`the format of ${name} is recognised, imported, and adds nothing again`, async () => {
		const { anna } = await alone();
		const { collection, format, query, records: read, kept: records = read, notes } =
			JSON.parse(await readFile(path.join(folder, `${name}.expected.json`), "utf8"));
		const isCsv = files.includes(`${name}.csv`);
		const file = (await readFile(path.join(folder, isCsv ? `${name}.csv` : `${name}.json`), "utf8"))
			.replaceAll("ines@example.org", anna.email);
		const ask = (more) => send(anna, collection, file, { ...query, ...more },
			isCsv ? CSV : { "Content-Type": "application/json" });

		const dry = answered(await ask({ dryRun: "1" }), 200, { format, created: records.length, bad: 0 });
		assert.equal(dry.preview.length, Math.min(5, records.length));
		for (const note of notes)
			assert.ok(dry.notes.includes(note), `${note} is not among ${dry.notes}`);
		assert.ok(dry.columns.some(({ fields }) => fields.length > 0));
		alike([], await found(anna, collection, records));
		answered(await ask({}), 200, { format, created: records.length, bad: 0 });
		alike(records, await found(anna, collection, records));
		answered(await ask({}), 200, { created: 0, bad: 0 });
		answered(await send(anna, collection, file, query, {
			...(isCsv ? CSV : { "Content-Type": "application/json" }), "Idempotency-Key": "once-more",
		}), 200, { created: 0, updated: 0, bad: 0 });
		alike(records, await found(anna, collection, records));
	});
}

// ---- tables of people's own ----

describe("hours", () => {
	test("FB1: a day and a time of each end in four columns are one session", async () => {
		const { anna } = await alone();
		const file = `${apart},Duration\n2026-08-21,22:15:00,2026-08-22,06:45:00,08:30:00\n`;
		const expected = [[at("08-22", "02:15"), at("08-22", "10:45"), 30600]];
		const report = await sessions(anna, file, newYork);
		assert.deepEqual(spans(report.sessions), expected);
		const { anna: other } = await alone();
		const mapped = await sessions(other, file, {
			...newYork, format: "none",
			map: "Start date=start,Start time=start,End date=end,End time=end,Duration=duration",
		});
		assert.deepEqual([mapped.format, spans(mapped.sessions)], [null, expected]);
	});

	test("FB2: where decimal hours differ from the times, the times win and it is said", async () => {
		const { anna } = await alone();
		const file = `${apart},Duration (h),Duration (decimal)\n` +
			"01/07/2026,10:26 PM,01/08/2026,02:43 AM,04:17:00,4.28\n";
		const report = await sessions(anna, file, { ...newYork, dates: "mdy" });
		assert.deepEqual(spans(report.sessions), [[at("01-08", "03:26"), at("01-08", "07:43"), 15420]]);
		assert.ok(report.notes
			.includes("1 row has a duration that differs from its times; the times were taken."));
	});

	test("FB3: one date column is the day of both times", async () => {
		const { anna } = await alone();
		const report = await sessions(anna, "Date,In,Out\n2026-01-05,08:30,17:00\n",
			{ zone: "America/Chicago" });
		assert.deepEqual(spans(report.sessions), [[at("01-05", "14:30"), at("01-05", "23:00"), 30600]]);
	});

	test("FB4: an end before its start is on the next day", async () => {
		const { anna } = await alone();
		const report = await sessions(anna, "Date,In,Out\n2026-01-05,22:00,00:45\n", berlin);
		assert.deepEqual(spans(report.sessions), [[at("01-05", "21:00"), at("01-05", "23:45"), 9900]]);
		assert.ok(report.notes.includes("1 row ends on the day after its date."));
	});

	test("FB4: but not where the end has a date of its own", async () => {
		const { anna } = await alone();
		refused(await send(anna, "workSessions",
			`${apart}\n2026-01-05,22:00,2026-01-05,00:45\n`, berlin),
			400, { bad: 1 });
	});

	test("FB6: titles, numbered lines and sums are passed over, and it is said", async () => {
		const { anna } = await alone();
		const report = await sessions(anna,
			"sep=;\nHours of Ines\nMarch 2026\n;Date;In;Out;Hours;Note\n" +
			"1;20260307;9:00\u202fAM;12:00\u00a0PM;3;\n2;7-Mar-26;13.05;14.05\nTotal;;;;4;\n", utc);
		assert.deepEqual(spans(report.sessions), [
			[at("03-07", "09:00"), at("03-07", "12:00"), 10800],
			[at("03-07", "13:05"), at("03-07", "14:05"), 3600],
		]);
		assert.deepEqual([report.header, report.rows], [4, 2]);
		assert.ok(report.notes.includes("Line 4 names the columns; what is above it was passed over."));
		assert.ok(report.notes.some((note) => /^From line 7 on the file has sums/.test(note)));
	});

	test("FB6: sums in the middle are a mistake, not passed over", async () => {
		const { anna } = await alone();
		const file = "Date,In,Out,Note\n2026-03-07,9:00,12:00,\nTotal,,,3\n2026-03-08,9:00,12:00,\n";
		const problem = refused(await send(anna, "workSessions", file, utc), 400, { bad: 1 });
		assert.equal(problem.errors[0].line, 3);
	});

	test("the line of the columns can be chosen", async () => {
		const { anna } = await alone();
		const file = "Date,In,Out\nDate,In,Out\n2026-03-07,9:00,12:00\n";
		refused(await send(anna, "workSessions", file, utc), 400, { bad: 1 });
		answered(await send(anna, "workSessions", file, { ...utc, header: "2" }), 200,
			{ created: 1, header: 2 });
		refused(await send(anna, "workSessions", file, { ...utc, header: "9" }), 400, { field: "header" });
	});

	test("FB7: whole date-times in two columns are finished sessions", async () => {
		const { anna } = await alone();
		const report = await sessions(anna,
			"Start Time,End Time\n2026-08-21 22:15,2026-08-22 06:45\n2026-08-23T08:00,2026-08-23T09:00\n",
			newYork);
		assert.deepEqual(spans(report.sessions), [
			[at("08-22", "02:15"), at("08-22", "10:45"), 30600],
			[at("08-23", "12:00"), at("08-23", "13:00"), 3600],
		]);
	});

	test("FB8: without a zone the person's own one is taken and said", async () => {
		const { anna } = await alone();
		answered(await anna.post("/api/workSettings", { zone: "America/Chicago" }), 201);
		const file = "start,end\n2026-11-02 20:00,2026-11-02 23:00\n";
		const report = await sessions(anna, file, {});
		assert.equal(report.zone, "America/Chicago");
		assert.deepEqual(spans(report.sessions), [[at("11-03", "02:00"), at("11-03", "05:00"), 10800]]);
		const { anna: other } = await alone();
		const inBerlin = await sessions(other, file, berlin);
		assert.equal(inBerlin.sessions[0].start, at("11-02", "19:00"));
	});

	test("FB11: in the hour that clocks show twice, the reading that fits is taken", async () => {
		const { anna } = await alone();
		const report = await sessions(anna,
			"start,end,duration\n2026-11-01 01:50,2026-11-01 01:10,\n" +
			"2026-11-01 00:30,2026-11-01 01:15,6300\n2026-11-01 01:30,2026-11-01 03:00,5400\n",
			{ ...newYork, units: "duration:seconds" });
		assert.deepEqual(spans(report.sessions), [
			[at("11-01", "04:30"), at("11-01", "06:15"), 6300],
			[at("11-01", "05:50"), at("11-01", "06:10"), 1200],
			[at("11-01", "06:30"), at("11-01", "08:00"), 5400],
		]);
		assert.ok(!report.notes.some((note) => /twice/.test(note)), report.notes.join());
	});

	test("FB11: where both readings fit, the first is taken and it is said", async () => {
		const { anna } = await alone();
		const report = await sessions(anna, "start,end\n2026-11-01 00:30,2026-11-01 01:15\n", newYork);
		assert.deepEqual(spans(report.sessions), [[at("11-01", "04:30"), at("11-01", "05:15"), 2700]]);
		assert.ok(report.notes.some((note) => /twice; the first was taken/.test(note)));
	});

	test("a duration makes what is missing, an end or a start", async () => {
		const { anna } = await alone();
		const report = await sessions(anna,
			"start,end,duration\n2026-03-02 08:00,,1:30\n,2026-03-02 12:00,0:45\n", utc);
		assert.deepEqual(spans(report.sessions), [
			[at("03-02", "08:00"), at("03-02", "09:30"), 5400],
			[at("03-02", "11:15"), at("03-02", "12:00"), 2700],
		]);
	});

	test("texts in several columns are joined", async () => {
		const { anna } = await alone();
		const file = "start,end,what,where\n2026-03-02 08:00,2026-03-02 09:00,Lamps,Quay 4\n";
		const report = await sessions(anna, file, { ...utc, map: "what=note,where=note" });
		assert.equal(report.sessions[0].note, "Lamps Quay 4");
	});
});

describe("a known format", () => {
	const sheet = "Date,In,Out,Who\n2026-01-05,08:30,17:00,Ines\n";

	test("can be switched off, demanded, and told about single columns", async () => {
		const { anna } = await alone();
		const problem = refused(await send(anna, "workSessions", sheet, { format: "none", zone: "UTC" }), 400,
			{ type: "/problems/unknown-field", format: null, zone: "UTC", header: 1 });
		assert.deepEqual(problem.columns.map(({ name }) => name), ["Date", "In", "Out", "Who"]);
		for (const format of ["toggl-detailed", "mileiq", "kimai-json"])
			refused(await send(anna, "workSessions", sheet, { format }), 400, { field: "format" });
		const plain = await sessions(anna, sheet, utc);
		assert.deepEqual([plain.format, plain.columns.at(-1)], ["timesheet", { name: "Who", fields: [] }]);
		assert.equal(plain.formatLabel, "A timesheet: date, start, end, break");
		assert.ok(plain.notes.includes("Nothing was made of the column \"Who\"."));
		const { anna: other } = await alone();
		const told = await sessions(other, sheet, { zone: "UTC", map: "Who=note" });
		assert.deepEqual([told.format, told.sessions[0].note], ["timesheet", "Ines"]);
	});

	test("a break is read in the unit that it can be in, and one that cannot be read is a bad row", async () => {
		const { anna } = await alone();
		const breaks = async (header, ...cells) => {
			const rows = cells.map((cell, i) => `2026-04-0${i + 1},09:00,17:00,"${cell}"\n`).join("");
			const report = answered(await send(anna, "workSessions", `Date,Start,End,${header}\n${rows}`,
				{ dryRun: 1, zone: "UTC" }));
			assert.equal(report.format, "timesheet");
			return [report.bad, ...report.preview.filter((row) => row.kind === "lunch")
				.map((row) => (Date.parse(row.end) - Date.parse(row.start)) / 60000)];
		};
		assert.deepEqual(await breaks("Break", "0.5", "0,75"), [0, 30, 45]);
		assert.deepEqual(await breaks("Break", "1", "5"), [0, 60, 5]);
		assert.deepEqual(await breaks("Break", "30", "0:45"), [0, 30, 45]);
		assert.deepEqual(await breaks("Break (min)", "3", "2 min"), [0, 3, 2]);
		assert.deepEqual(await breaks("Break", "12:00-12:30", "-"), [1]);
	});

	test("a null among texts of JSON says nothing", async () => {
		const { anna } = await alone();
		const file = JSON.stringify([{
			start: "2026-04-01T08:00:00Z", end: "2026-04-01T09:00:00Z", note: [null, "a", null, "b"],
		}]);
		answered(await send(anna, "workSessions", file, {}, { "Content-Type": "application/json" }), 200);
		const { workSessions } = answered(await anna.get("/api/workSessions"));
		assert.deepEqual(workSessions.map((one) => one.note), ["a, b"]);
	});

	test("is not seen in a file whose columns are the collection's own", async () => {
		const { anna } = await alone();
		const file = "start,end,note\n2026-03-02 08:00,2026-03-02 09:00,x\n";
		const report = await sessions(anna, file, utc);
		assert.equal(report.format, null);
		const exported = await anna.get("/api/workSessions/export");
		answered(await send(anna, "workSessions", exported.text), 200, { format: null, unchanged: 1, bad: 0 });
		const json = await anna.get("/api/workSessions/export?format=json");
		answered(await send(anna, "workSessions", json.text, {}, { "Content-Type": "application/json" }), 200,
			{ format: null, unchanged: 1, bad: 0 });
	});

	test("whose dates can all be read in two ways asks", async () => {
		const { anna } = await alone();
		const file = "Date,In,Out\n01/05/2026,08:30,17:00\n";
		refused(await send(anna, "workSessions", file, utc), 400, { field: "dates", format: "timesheet" });
		assert.deepEqual(spans((await sessions(anna, file, { zone: "UTC", dates: "dmy" })).sessions),
			[[at("05-01", "08:30"), at("05-01", "17:00"), 30600]]);
	});

	test("says when a file of several people would make all hours those of one", async () => {
		const { anna, ben } = await crew(stack, { anna: "owner", ben: "member" });
		const file = "Date,Client,Project,Task,Hours,First Name,Last Name\n"
			+ "2026-03-02,A,B,C,2,Ines,Roth\n2026-03-02,A,B,C,3,Omar,Roth\n";
		const told = (report) => report.notes.filter((note) => note.includes("names several people"));
		const dry = { ...utc, dryRun: 1 };
		const ask = async (text) => told(answered(await send(anna, "workSessions", text, dry)));
		assert.match((await ask(file))[0], /^The column "First Name"/);
		assert.deepEqual(await ask(file.replace("Omar", "Ines")), []);
		const named = file.replace("Ines,", `${ben.email},`).replace("Omar,", `${anna.email},`);
		const mapped = answered(await send(anna, "workSessions", named, { ...dry, map: "First Name=owner" }));
		assert.deepEqual([mapped.bad, told(mapped)], [0, []]);
	});

	test("names the person of a row where a manager imports for a team", async () => {
		const { anna, ben } = await crew(stack, { anna: "owner", ben: "member" });
		const file = (await readFile(path.join(folder, "toggl-detailed.csv"), "utf8"))
			.replaceAll("ines@example.org", ben.email);
		answered(await send(anna, "workSessions", file, utc), 200, { created: 3, bad: 0 });
		const { workSessions } = answered(await anna.get("/api/workSessions?limit=10"));
		assert.ok(workSessions.every(({ owner }) => owner === ben.id));
	});
});

describe("trips", () => {
	test("FB12: odometers with tenths, miles with their unit, a commute, and odometers alone", async () => {
		const { anna } = await alone();
		answered(await send(anna, "mileage",
			"Date,From,To,Odometer at start,Odometer at end,Miles,Category\n" +
			"2026-03-02,Home,Depot,\"48,213.4\",\"48,238.4\",25.0 mi,Commute\n" +
			"2026-03-03,Home,Depot,48238,48250,,\n"),
			200, { created: 2, bad: 0, rounded: 0 });
		const { mileage } = answered(await anna.get("/api/mileage?sort=date"));
		const seen = mileage.map((trip) => [trip.startOdometer, trip.endOdometer, trip.miles, trip.category]);
		assert.deepEqual(seen, [[48213.4, 48238.4, 25, "commute"], [48238, 48250, 12, "business"]]);
	});

	test("FB12: miles that contradict the odometers are refused", async () => {
		const { anna } = await alone();
		const file = "date,from,to,miles,startOdometer,endOdometer\n2026-03-02,A,B,5,48213,49213\n";
		const problem = refused(await send(anna, "mileage", file), 400, { bad: 1 });
		assert.deepEqual([problem.errors[0].field, problem.errors[0].detail],
			["miles", "miles is 5, but between the odometers there are 1000; correct one of them."]);
	});
});
