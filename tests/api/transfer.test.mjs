// Files in and out: import and export of a collection as CSV and JSON.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fixtures, start } from "../harness.mjs";
import { CSV, crew } from "../lib/crew.mjs";
import { answered, refused } from "../lib/expect.mjs";
import { jpeg, send as sendFile, sha256 } from "../lib/files.mjs";
import { until } from "../lib/http.mjs";

const stack = await start({ definitions: true });
const { sql, ctl } = stack;

const trips = await readFile(path.join(fixtures, "trips.csv"));
const weights = await readFile(path.join(fixtures, "weights.csv"));
const tripMap = "map=START_DATE=date,START_DATE=startTime,END_DATE=endTime,START=from,STOP=to";
const weightMap = "map=Id=,Date=date,WeightKg=kg,WeightPounds=,Fat=,BMI=";

const fresh = (roles = { anna: "owner", ben: "member" }) => crew(stack, roles);

function importCsv(person, collection, csv, query = "", headers = {}) {
	return person.post(`/api/${collection}/import${query && `?${query}`}`, csv, { ...CSV, ...headers });
}

function importJson(person, collection, body, query = "") {
	return person.post(`/api/${collection}/import${query && `?${query}`}`, body);
}

// The CSV without the byte order mark that it begins with.
function bare(csv) {
	assert.equal(csv[0], "\uFEFF");
	return csv.slice(1);
}

async function exportCsv(person, collection, query = "") {
	const answer = await person.get(`/api/${collection}/export${query && `?${query}`}`);
	assert.equal(answer.status, 200, answer.text);
	return bare(answer.text);
}

// Rows of a CSV without quotes or breaks in its cells, as objects.
function rowsOf(csv) {
	const [names, ...rows] = csv.trimEnd().split("\r\n").map((line) => line.split(","));
	return rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])));
}

async function count(person, collection) {
	return answered(await person.get(`/api/${collection}?limit=1000`))[collection].length;
}

// What the report says of the rows, without the zeros and empty lists.
function told({ charset, columns, dates, header, preview, zone, format, formatLabel, ...report }) {
	return Object.fromEntries(Object.entries(report)
		.filter(([, value]) => value !== 0 && !(Array.isArray(value) && value.length === 0)));
}

describe("a year of trips", () => {
	test("refuses ambiguous dates unless it is told how to read them", async () => {
		const { anna } = await fresh();
		const typed = "began,from,to,miles\n1/4/2021 8:05,Depot,Mill,3\n1/13/2021 8:05,Depot,Mill,3\n";
		const problem =
			refused(await importCsv(anna, "mileage", typed, "map=began=date"), 400, { field: "dates" });
		assert.match(problem.detail, /Line 2: "1\/4\/2021 8:05" can be read as more than one day/);
	});

	test("tells the order of its dates itself where a program wrote it", async () => {
		const { anna } = await fresh();
		answered(await importCsv(anna, "mileage", trips, "skipBad=1"), 200, { created: 6, bad: 1 });
		const { mileage } = answered(await anna.get("/api/mileage?miles=12.4"));
		assert.deepEqual([mileage[0].date, mileage[0].startTime, mileage[0].from],
			["2021-01-04", "08:05", "Depot"]);
	});

	test("is refused as a whole for one bad row, which it names", async () => {
		const { anna } = await fresh();
		const problem = refused(await importCsv(anna, "mileage", trips, `dates=mdy&${tripMap}`), 400,
			{ rows: 7, matched: 7, bad: 1, done: 0 });
		assert.deepEqual(problem.errors, [{ line: 8, row: 7, field: "miles", detail: "miles is required." }]);
		assert.equal(await count(anna, "mileage"), 0);
	});

	test("is imported without its bad row, repeated rows included, and only once", async () => {
		const { anna } = await fresh();
		const query = `dates=mdy&skipBad=1&${tripMap}`;
		const dry = answered(await importCsv(anna, "mileage", trips, `${query}&dryRun=1`));
		assert.deepEqual({ ...told(dry), errors: 1, notes: 1 },
			{ rows: 7, matched: 7, created: 6, bad: 1, rounded: 2, dryRun: true, errors: 1, notes: 1 });
		assert.equal(await count(anna, "mileage"), 0);
		const report = answered(await importCsv(anna, "mileage", trips, query), 200,
			{ rows: 7, matched: 7, created: 6, bad: 1, rounded: 2, done: 7 });
		assert.deepEqual(report.notes, ["2 values had more digits than are kept and were rounded."]);
		answered(await importCsv(anna, "mileage", trips, query), 200, { created: 0, unchanged: 6, done: 7 });
		answered(await importCsv(anna, "mileage", trips, query, { "Idempotency-Key": "another-run" }), 200,
			{ created: 0, unchanged: 6 });
		const { mileage } = answered(await anna.get("/api/mileage?sort=date"));
		assert.equal(mileage.length, 6);
		const first = mileage.find((trip) => trip.miles === 12.4);
		assert.deepEqual([
			first.date, first.startTime, first.endTime, first.from, first.to, first.miles,
			first.purpose, first.category,
		], ["2021-01-04", "08:05", "08:31", "Depot", "North Gate", 12.4, "Delivery", "business"]);
		assert.ok(mileage.some((trip) => trip.to === "Łódź Street") &&
			mileage.some((trip) => trip.to === "Smith, Sons & Co"));
		assert.equal(mileage.filter((trip) => trip.to === "The \"Old\" Mill" && trip.miles === 7.3).length, 2);
	});

	test("is audited row by row, under one cause", async () => {
		const { anna, space } = await fresh();
		answered(await importCsv(anna, "mileage", trips, `dates=mdy&skipBad=1&${tripMap}`));
		const rows =
			await sql(`SELECT action, cause, op_id FROM audit WHERE space_id = '${space.id}'
				AND collection <> 'imports' ORDER BY seq`);
		assert.equal(rows.length, 6);
		assert.ok(rows.every((row, i) => row.action === "imported" && /^imp-[0-9a-f]{24}$/.test(row.cause) &&
			row.op_id === `${row.cause}-${i + 1}`));
		assert.equal((await ctl("verify")).status, 0);
	});
});

describe("weights of several people", () => {
	test("can be imported for one of them", async () => {
		const { anna } = await fresh();
		answered(await importCsv(anna, "weights", weights, `dates=mdy&where=Id=10001&${weightMap}`), 200,
			{ rows: 7, matched: 3, created: 3, rounded: 1 });
		const { weights: list } = answered(await anna.get("/api/weights?sort=date"));
		assert.deepEqual(list.map((row) => [row.date, row.kg]),
			[["2021-04-12", 62.5], ["2021-04-13", 62.1], ["2021-05-02", 61.5]]);
	});

	test("two different values for one day are an error; an equal repeat is not", async () => {
		const { anna } = await fresh();
		const query = `dates=mdy&where=Id=10002&${weightMap}`;
		const problem = refused(await importCsv(anna, "weights", weights, query), 400,
			{ matched: 4, bad: 1, repeats: 1 });
		assert.deepEqual(problem.errors,
			[{ line: 7, row: 6, field: "date", detail: "Line 5 has the same date with other values." }]);
		answered(await importCsv(anna, "weights", weights, `${query}&skipBad=1`), 200,
			{ created: 2, bad: 1, repeats: 1, done: 7 });
	});

	test("update the day they belong to; an empty cell changes nothing", async () => {
		const { anna } = await fresh();
		await anna.post("/api/weights", { date: "2021-05-02", kg: 70, note: "before breakfast" });
		answered(await importCsv(anna, "weights", "date,kg,note\n2021-05-02,71,\n2021-05-03,72,new\n"), 200,
			{ created: 1, updated: 1 });
		const { weights: list } = answered(await anna.get("/api/weights?sort=date"));
		assert.deepEqual(list.map((row) => [row.kg, row.note, row.version]),
			[[71, "before breakfast", 2], [72, "new", 1]]);
		answered(await importCsv(anna, "weights", "date,note\n2021-05-02,after\n"), 200, { updated: 1 });
		assert.equal(refused(await importCsv(anna, "weights", "date,note\n2021-05-02,x\n2021-05-04,y\n"), 400,
			{ bad: 1 }).errors[0].detail, "kg is required.");
		answered(await importCsv(anna, "weights", "date,kg\n2021-05-02,71\n"), 200, { unchanged: 1 });
	});

	test("of a repeated older run do not undo later changes", async () => {
		const { anna } = await fresh();
		const file = "date,kg\n2021-05-02,71\n";
		answered(await importCsv(anna, "weights", file), 200, { created: 1 });
		const { weights: [row] } = answered(await anna.get("/api/weights"));
		answered(await anna.patch(`/api/weights/${row.id}`, { kg: 69 }));
		answered(await importCsv(anna, "weights", file), 200, { unchanged: 1, notes: { $length: 1 } });
		assert.equal(answered(await anna.get("/api/weights")).weights[0].kg, 69);
		answered(await importCsv(anna, "weights", file, "", { "Idempotency-Key": "once-more" }),
			200, { updated: 1 });
	});
});

describe("package cars", () => {
	test("keep the flags of the file, are created and updated, and match columns by any known name", async () => {
		const { ben } = await fresh();
		await ben.post("/api/cars", { id: "V1", location: "100", notes: "Door" });
		answered(await importCsv(ben, "cars",
			"Car ID,Location,Arrived,Late,Empty\nV1,200,yes,,\nV2,yard,,x,\nV3,Shop,1,no,Empty\n"),
			200, { created: 2, updated: 1 });
		const { cars } = answered(await ben.get("/api/cars?sort=id"));
		assert.deepEqual(cars.map((car) => [
			car.id, car.location, car.arrived, car.late, car.empty, car.notes, car.version,
		]), [
			["V1", "200", true, false, false, "Door", 2],
			["V2", "Yard", false, true, false, undefined, 1],
			["V3", "Shop", true, false, true, undefined, 1],
		]);
		assert.ok(cars[2].arrivedAt && cars[2].emptyAt);
	});

	test("that a rule refuses stop the import before anything is written", async () => {
		const { ben } = await fresh();
		const problem = refused(await importCsv(ben, "cars",
			"car,location,arrived,empty\nV1,100,,\nV2,100,no,yes\nV3,Moon,,\n"), 400, { bad: 2 });
		assert.deepEqual(problem.errors.map((error) => [error.line, error.field]),
			[[3, "empty"], [4, "location"]]);
		assert.equal(problem.errors[1].value, "Moon");
		assert.equal(await count(ben, "cars"), 0);
	});

	test("that were deleted stay deleted, unless again=1", async () => {
		const { ben } = await fresh();
		await ben.post("/api/cars", { id: "V1", location: "100" });
		await ben.delete("/api/cars/V1");
		answered(await importCsv(ben, "cars", "id,location\nV1,200\n", "dryRun=1"), 200,
			{ deleted: 1, created: 0 });
		answered(await importCsv(ben, "cars", "id,location\nV1,200\n"), 200,
			{ deleted: 1, created: 0, bad: 0 });
		assert.equal(await count(ben, "cars"), 0);
		answered(await importCsv(ben, "cars", "id,location\nV1,200\n", "again=1"), 200,
			{ created: 1, deleted: 0 });
		answered(await ben.get("/api/cars/V1"), 200, { car: { location: "200", version: 3 } });
	});
});

describe("files as people write them", () => {
	test("unknown columns are named", async () => {
		const { anna } = await fresh();
		const problem = refused(await importCsv(anna, "weights", "Date,kg,BMI\n2021-01-05,80,22\n"), 400,
			{ type: "/problems/unknown-field", field: "BMI" });
		assert.match(problem.detail, /map=HEADER=field.*map=HEADER=/);
	});

	test("broken files are refused, naming the line", async () => {
		const { anna } = await fresh();
		assert.match(refused(await importCsv(anna, "weights",
			Buffer.from("date,kg,note\n2021-01-05,80,caf\xe9\n", "latin1")), 400).detail, /Line 2/);
		assert.match(refused(await importCsv(anna, "weights", "date,kg,note\n2021-01-05,80,\"open\n"),
			400).detail, /line 2 is never closed/);
		assert.match(refused(await importCsv(anna, "weights", Buffer.from("date,kg\n2021-01-05,8\0\n")),
			400).detail, /Line 2/);
		refused(await importCsv(anna, "weights", ""), 400);
	});

	test("files of a European Excel are read", async () => {
		const { anna } = await fresh();
		answered(await importCsv(anna, "weights",
			"\ufeffDate;Weight (kg);Note\r\n25.12.2021;80,55;\"a;b\"\r\n;;\r\n"),
			200, { rows: 1, created: 1 });
		assert.deepEqual(answered(await anna.get("/api/weights")).weights.map((row) => [
			row.date, row.kg, row.note,
		]), [["2021-12-25", 80.55, "a;b"]]);
	});

	test("FB8: local times are in the zone that is named, else the person's, else the space's", async () => {
		const { anna } = await fresh();
		const file = (day) => `start,end\n2026-${day} 20:00,2026-${day} 23:00\n`;
		const take = async (day, query, zone, start) => {
			answered(await importCsv(anna, "workSessions", file(day), query), 200, { created: 1, zone });
			const { workSessions } = answered(await anna.get("/api/workSessions"));
			assert.ok(workSessions.some((one) => one.start === start && one.zone === zone),
				JSON.stringify(workSessions));
		};
		answered(await importCsv(anna, "workSessions", file("11-01"), "dryRun=1"), 200, { zone: "UTC" });
		await anna.post("/api/spaceSettings", { zone: "Europe/Helsinki" });
		await take("11-01", "", "Europe/Helsinki", "2026-11-01T18:00:00.000Z");
		answered(await anna.post("/api/workSettings", { zone: "America/Chicago" }), 201);
		await take("11-02", "", "America/Chicago", "2026-11-03T02:00:00.000Z");
		await take("11-03", "zone=Europe/Berlin", "Europe/Berlin", "2026-11-03T19:00:00.000Z");
		refused(await importCsv(anna, "workSessions", file("11-04"), "zone=Nowhere/Town"), 400,
			{ field: "zone" });
	});

	test("references must exist", async () => {
		const { anna } = await fresh();
		const { task } = answered(await anna.post("/api/tasks", { title: "Stretch" }), 201);
		const good = `task,date,status\n${task.id},2021-01-05,Completed\n${task.id},2021-01-06,skipped\n`;
		const lost = `${good}0191f3a0-0000-7000-8000-00000000000f,2021-01-07,pending\n`;
		assert.deepEqual(refused(await importCsv(anna, "taskLogs", lost), 400)
			.errors.map((e) => [e.line, e.field]), [[4, "task"]]);
		answered(await importCsv(anna, "taskLogs", good), 200, { created: 2 });
	});

	test("JSON is an array, or a list as the API returns it", async () => {
		const { anna } = await fresh();
		answered(await importJson(anna, "weights", [{ date: "2021-01-05", kg: 80.555 }]), 200,
			{ created: 1, rounded: 1 });
		answered(await importJson(anna, "weights", {
			weights: [{ date: "2021-01-05", kg: 81, note: null }, { date: "2021-01-06", kg: 82 }],
		}), 200, { created: 1, updated: 1 });
		refused(await importJson(anna, "weights", [{ date: "2021-01-05", stones: 12 }]), 400,
			{ field: "stones" });
		refused(await importJson(anna, "weights", { cars: [] }), 400);
		assert.equal(refused(await importJson(anna, "weights", [
			{ date: "2021-01-05", kg: 1 }, { date: "soon", kg: 1 },
		]), 400).errors[0].row, 2);
	});
});

describe("rights", () => {
	test("viewers and read-only tokens cannot import", async () => {
		const { vera, anna } = await fresh({ anna: "owner", vera: "viewer" });
		refused(await importCsv(vera, "weights", "date,kg\n2021-01-05,80\n"), 403);
		const { token } = await anna.apiToken("read");
		refused(await importCsv(anna, "weights", "date,kg\n2021-01-05,80\n", "", {
			Authorization: `Bearer ${token}`,
		}), 403);
		const writing = await anna.apiToken("write");
		answered(await importCsv(anna, "weights", "date,kg\n2021-01-05,80\n", "", {
			Authorization: `Bearer ${writing.token}`,
		}), 200, { created: 1 });
	});

	test("another space's records are neither changed nor shown", async () => {
		const { ben } = await fresh();
		const other = await fresh({ carl: "owner" });
		await ben.post("/api/cars", { id: "V1", location: "100" });
		answered(await importCsv(other.carl, "cars", "id,location\nV1,200\n"), 200, { created: 1 });
		answered(await ben.get("/api/cars/V1"), 200, { car: { location: "100", version: 1 } });
		assert.equal(rowsOf(await exportCsv(other.carl, "cars")).length, 1);
		refused(await other.carl.forAccount().in(ben.space).get("/api/cars/export"), 404);
	});

	test("members see and change their own claims only, managers everybody's", async () => {
		const { anna, ben } = await fresh();
		const { claim } = answered(
			await anna.post("/api/claims", { date: "2021-01-05", title: "Taxi", amount: 1250 }), 201);
		answered(await importCsv(ben, "claims", "date,title,amount\n2021-01-06,Tram,2.5\n"),
			200, { created: 1 });
		assert.deepEqual(rowsOf(await exportCsv(ben, "claims"))
			.map((row) => [row.title, row.amount, row.owner]), [["Tram", "2.50", undefined]]);
		assert.deepEqual(rowsOf(await exportCsv(anna, "claims")).map((row) => [row.title, row.owner]),
			[["Taxi", anna.id], ["Tram", ben.id]]);
		const problem = refused(await importCsv(ben, "claims", `id,date,title\n${claim.id},2021-01-05,Mine\n`),
			400, { bad: 1 });
		assert.deepEqual(problem.errors, [{ line: 2, row: 1, field: "id", detail: "This id cannot be used." }]);
		answered(await importCsv(anna, "claims", `date,title,owner\n2021-01-07,Ferry,${ben.id}\n`),
			200, { created: 1 });
		assert.equal(rowsOf(await exportCsv(ben, "claims")).length, 2);
		assert.equal(refused(await importCsv(ben, "claims", `date,title,owner\n2021-01-07,Ferry,${anna.id}\n`),
			400).errors[0].field, "owner");
	});

	test("private fields do not exist for people who cannot see them", async () => {
		const { anna, ben } = await fresh();
		answered(await importCsv(anna, "parcels", "label,value,sender\nBox,12.34,Aunt\n"), 200, { created: 1 });
		refused(await importCsv(ben, "parcels", "label,value\nBag,1\n"), 400,
			{ type: "/problems/unknown-field", field: "value" });
		assert.match(await exportCsv(anna, "parcels"), /12\.34,Aunt/);
		assert.doesNotMatch(await exportCsv(ben, "parcels"), /value|sender|Aunt/);
		assert.doesNotMatch((await ben.get("/api/parcels/export?format=json")).text, /value|sender|Aunt/);
		refused(await ben.get("/api/parcels/export?fields=label,value"), 400, { field: "fields" });
	});

	test("the request must have a known type and parameters", async () => {
		const { anna } = await fresh();
		refused(await importCsv(anna, "weights", "date,kg\n", "", {
			"Content-Type": "application/x-www-form-urlencoded",
		}), 415);
		refused(await importCsv(anna, "weights", "date,kg\n", "", {
			"Content-Type": "text/csv; charset=utf-7",
		}), 400, { field: "charset" });
		refused(await importCsv(anna, "weights", "date,kg\n", "", {
			"Content-Type": "text/csv; header=absent; charset=klingon",
		}), 400, { field: "charset" });
		refused(await importCsv(anna, "weights", "date,kg\n", "", { "Content-Type": "text/csv; header=maybe" }),
			415);
		refused(await importCsv(anna, "weights", "[]", "", {
			"Content-Type": "application/json; header=absent",
		}), 415);
		refused(await importCsv(anna, "weights", "date,kg\n", "colour=red"), 400, { field: "colour" });
		refused(await importCsv(anna, "weights", "date,kg\n", "dates=american"), 400, { field: "dates" });
		refused(await importCsv(anna, "weights", "date,kg\n", "dryRun=maybe"), 400, { field: "dryRun" });
		refused(await importCsv(anna, "weights", `date,kg\n${"2021-01-05,80\n".repeat(1_300_000)}`), 413);
		refused(await importCsv(anna, "weights", `date,kg\n${"2021-01-05,80\n".repeat(100_001)}`), 413);
		refused(await anna.get("/api/weights/export?format=xml"), 400, { field: "format" });
	});
});

describe("an export", () => {
	const photo = jpeg("a parcel");
	const everything = {
		label: "=SUM(A1)", weight: 2.125, count: -7, fragile: true, due: "2026-12-24",
		packedAt: "2026-11-21T08:34:00.123Z",
		slot: "08:34", size: "large", place: { lat: 52.520008, lng: 13.404954, accuracy: 12.5 },
		photo: sha256(photo),
		tags: ["a,b", "c \"d\""], value: 129900, sender: "two\r\nlines", origin: "'=x",
	};

	test("of every type can be imported unchanged, and makes the same records elsewhere", async () => {
		const { anna } = await fresh();
		answered(await sendFile(anna, photo), 201);
		const { parcel } = answered(await anna.post("/api/parcels", everything), 201);
		answered(await anna.post("/api/parcels", { label: "'quoted'", sender: " -5 ", origin: "+49" }), 201);
		const csv = await exportCsv(anna, "parcels");
		assert.match(csv, /,'=SUM\(A1\),/);
		assert.match(csv, /,1299\.00,/);
		answered(await importCsv(anna, "parcels", csv), 200, { rows: 2, unchanged: 2, updated: 0 });
		const elsewhere = await fresh(), third = await fresh();
		answered(await sendFile(elsewhere.anna, photo), 201);
		answered(await sendFile(third.anna, photo), 201);
		answered(await importCsv(elsewhere.anna, "parcels", csv, `map=owner=`), 200, { created: 2 });
		answered(await elsewhere.anna.get(`/api/parcels/${parcel.id}`), 200, { parcel: everything });
		const json = await anna.get("/api/parcels/export?format=json");
		assert.equal(json.body.length, 2);
		assert.deepEqual(json.body.find((row) => row.id === parcel.id),
			answered(await anna.get(`/api/parcels/${parcel.id}`)).parcel);
		answered(await importJson(anna, "parcels", json.text), 200, { unchanged: 2 });
		answered(await importJson(third.anna, "parcels", json.text), 200, { created: 2 });
	});

	test("is a named file with a header line, without deleted records", async () => {
		const { anna } = await fresh();
		await anna.post("/api/cars", { id: "V1", location: "100" });
		await anna.post("/api/cars", { id: "V2", location: "200" });
		await anna.delete("/api/cars/V2");
		const answer = await anna.get("/api/cars/export");
		assert.match(answer.headers["content-disposition"],
			/^attachment; filename="cars-\d{4}-\d\d-\d\d\.csv"$/);
		assert.match(answer.headers["content-type"], /^text\/csv; charset=utf-8/);
		assert.deepEqual(bare(answer.text).split("\r\n")[0].split(","), [
			"id", "location", "arrived", "late", "empty", "expected", "notes", "arrivedAt",
			"emptyAt", "shift",
			"owner", "version", "lastUpdatedAt",
		]);
		assert.deepEqual(rowsOf(bare(answer.text)).map((row) => row.id), ["V1"]);
		assert.equal(await exportCsv(anna, "cars", "fields=location,id,lastUpdatedBy"),
			`location,id,lastUpdatedBy\r\n100,V1,${anna.id}\r\n`);
		refused(await anna.get("/api/cars/export?fields=colour"), 400, { field: "fields" });
		const head = await anna.head("/api/cars/export");
		assert.deepEqual([head.status, head.text], [200, ""]);
		assert.equal((await anna.get("/api/shops/export")).status, 404);
	});

	test("FB14: a CSV begins with a byte order mark, in each style, and is imported with it", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/api/cars", { id: "V1", location: "100", notes: "Türe klemmt" }), 201);
		for (const style of ["", "?style=programs", "?style=people"])
			assert.equal((await anna.get(`/api/cars/export${style}`)).text.slice(0, 1), "\uFEFF");
		const csv = (await anna.get("/api/cars/export")).text;
		answered(await importCsv(anna, "cars", csv), 200, { rows: 1, unchanged: 1 });
	});

	test("for people has labels, names, local times, h:mm, words and money", async () => {
		const { anna, ben } = await fresh();
		for (const [collection, record] of [
			["clients", { id: "n", name: "=North" }], ["jobSites", { id: "gate", name: "Gate" }],
			["projects", { id: "hall", name: "Hall, big", client: "n", billable: true, rate: 5500 }],
		])
			answered(await anna.post(`/api/${collection}`, record), 201);
		answered(await ben.post("/api/workSettings", { zone: "America/New_York" }), 201);
		const session = {
			start: "2025-11-20T09:00:30Z", end: "2025-11-20T17:31:29Z", zone: "Europe/Berlin",
			project: "hall", jobSite: "gate", tags: ["wet", "two up"], task: "Roof", note: "=1",
		};
		answered(await ben.post("/api/workSessions", session), 201);
		const fields = "owner,start,end,duration,kind,project,jobSite,tags,task,note,billable,rate,createdBy";
		assert.equal(await exportCsv(anna, "workSessions", `style=people&fields=${fields}`),
			"Person,Start,End,Duration,Kind,Project,Job site,Tags,Task,Note,Billable,Billed an hour," +
			"Created by\r\nben,2025-11-20 10:00,2025-11-20 18:31,8:30,Work,\"Hall, big\",Gate," +
			"\"wet, two up\",Roof,'=1,Yes,55.00,ben\r\n");
		assert.equal(await exportCsv(anna, "projects", "style=people"),
			"Name,Client,Colour,Billable,Hourly rate,Archived,Note\r\n" +
			"\"Hall, big\",'=North,,Yes,55.00,No,\r\n");
		// Whose columns a viewer does not see, and what is gone.
		answered(await anna.delete("/api/clients/n"));
		assert.equal(await exportCsv(ben, "projects", "style=people&fields=name,client"),
			"Name,Client\r\n\"Hall, big\",n\r\n");
		refused(await ben.get("/api/projects/export?style=people&fields=rate"), 400, { field: "fields" });
		assert.match(await exportCsv(ben, "workSessions", "style=people"), /^Start,End,Duration,/);
		// A record without a zone of its own: by the clock of who reads it.
		const { createdAt } = answered(await ben.get("/api/projects/hall")).project;
		const [date, time] = new Intl.DateTimeFormat("sv-SE", {
			timeZone: "America/New_York", dateStyle: "short", timeStyle: "short",
		}).format(new Date(createdAt)).split(" ");
		assert.equal(await exportCsv(ben, "projects", "style=people&fields=createdAt"),
			`Created\r\n${date} ${time}\r\n`);
		// Cars have an id that people give, and it comes first.
		answered(await anna.post("/api/cars", { id: "V1", location: "100" }), 201);
		assert.match(await exportCsv(anna, "cars", "style=people"), /^Car,Location,.*\r\nV1,100,/);
		answered(await ben.post("/api/parcels", { ...everything, photo: undefined }), 201);
		assert.match(await exportCsv(ben, "parcels", "style=people&fields=place,tags"),
			/\r\n"52\.520008, 13\.404954","a,b, c ""d"""\r\n$/);
	});

	test("FC5: has what the filters of a list leave, in both styles and forms", async () => {
		const { anna, ben } = await fresh();
		for (const [id, title, amount, owner] of [
			["a", "Taxi", 350, ben.id], ["b", "Taxi", 1250, anna.id], ["c", "Bus", 2000, ben.id],
			["d", "Büro", 700, anna.id],
		])
			answered(await anna.post("/api/claims", { id, date: "2025-01-01", title, amount, owner }), 201);
		const ids = async (who, query) =>
			rowsOf(await exportCsv(who, "claims", query)).map((row) => row.id).sort().join("");
		for (const [query, wanted] of [
			["title=Taxi", "ab"], ["amount=gt.500&amount=lt.1500", "bd"], [`owner=${ben.id}`, "ac"],
			["q=buro", "d"],
			["title=in.Taxi,Bus&q=bus", "c"], ["title=none", ""], ["title=ne.Taxi", "cd"], ["q=", "abcd"],
		]) {
			assert.equal(await ids(anna, query), wanted, query);
			const listed = answered(await anna.get(`/api/claims?${query}`)).claims.map(({ id }) => id);
			assert.equal(listed.sort().join(""), wanted, `the list with ${query}`);
			const { body } = await anna.get(`/api/claims/export?format=json&${query}`);
			assert.equal(body.map(({ id }) => id).sort().join(""), wanted, `as JSON with ${query}`);
		}
		assert.equal(await ids(ben, "title=Taxi"), "a");
		assert.equal(await exportCsv(anna, "claims", "title=Bus&style=people&fields=title"),
			"Title\r\nBus\r\n");
		refused(await anna.get("/api/claims/export?colour=red"), 400, { field: "colour" });
		refused(await anna.get("/api/claims/export?amount=gt.much"), 400, { field: "amount" });
		refused(await anna.get("/api/claims/export?style=plain"), 400, { field: "style" });
	});

	test("with filters, too, has every record once while others change theirs", async () => {
		const { anna } = await fresh();
		const lines = Array.from({ length: 1800 }, (_, i) =>
			`2021-01-${String(i % 28 + 1).padStart(2, "0")},${i % 2 ? "odd" : "even"},${i}.25`);
		answered(await importCsv(anna, "claims", `date,title,amount\n${lines.join("\n")}\n`),
			200, { created: 1800 });
		const quiet = rowsOf(await exportCsv(anna, "claims", "title=odd"));
		assert.equal(quiet.length, 900);
		assert.deepEqual(quiet.map((row) => row.date), quiet.map((row) => row.date).sort());
		let busy = true;
		const moves = (async () => {
			for (let i = 0; busy; i++)
				await anna.patch(`/api/claims/${quiet[i * 37 % 900].id}`,
					{ date: i % 2 ? "2020-01-01" : "2022-12-31" });
		})();
		for (let i = 0; i < 5; i++) {
			const ids = rowsOf(await exportCsv(anna, "claims", "title=odd")).map((row) => row.id);
			assert.equal(ids.length, 900);
			assert.equal(new Set(ids).size, 900);
		}
		busy = false;
		await moves;
	});

	test("of an empty collection is a header or an empty array", async () => {
		const { anna } = await fresh();
		assert.match(await exportCsv(anna, "weights"), /^id,date,kg,unit,note,[^\r\n]*\r\n$/);
		assert.deepEqual((await anna.get("/api/weights/export?format=json")).body, []);
	});

	test("has every record once, in order, while others change theirs", async () => {
		const { anna } = await fresh();
		const lines = Array.from({ length: 2600 },
			(_, i) => `2021-01-${String(i % 28 + 1).padStart(2, "0")},t${i},${i}.25`);
		answered(await importCsv(anna, "claims", `date,title,amount\n${lines.join("\n")}\n`),
			200, { created: 2600 });
		const quiet = rowsOf(await exportCsv(anna, "claims"));
		assert.equal(quiet.length, 2600);
		assert.deepEqual(quiet.map((row) => row.date), quiet.map((row) => row.date).sort());
		let busy = true;
		const moves = (async () => {
			for (let i = 0; busy; i++)
				await anna.patch(`/api/claims/${quiet[i * 37 % 2600].id}`,
					{ date: i % 2 ? "2020-01-01" : "2022-12-31" });
		})();
		for (let i = 0; i < 5; i++) {
			const ids = rowsOf(await exportCsv(anna, "claims")).map((row) => row.id);
			assert.equal(ids.length, 2600);
			assert.equal(new Set(ids).size, 2600);
		}
		busy = false;
		await moves;
	});
});

describe("an import that is interrupted", () => {
	const line = (_, i) => `2021-03-${String(i % 31 + 1).padStart(2, "0")},row ${i},${i % 90}.50`;
	const file = `date,title,amount\n${Array.from({ length: 6000 }, line).join("\n")}\n`;

	async function written(space) {
		const [{ n }] = await sql(`SELECT COUNT(*) AS n FROM record
			WHERE space_id = '${space.id}' AND collection = 'claims'`);
		return Number(n);
	}

	// One request has 20 seconds; a busy machine needs several.
	async function importWhole(person) {
		for (;;) {
			const answer = await importCsv(person, "claims", file);
			if (answer.status !== 200 || !answer.body.more)
				return answer;
		}
	}

	test("because the database goes away says how far it got, and continues when it is sent again", async () => {
		const { anna, space } = await fresh();
		const sent = importCsv(anna, "claims", file);
		// Others see a part a moment before its worker hears that it is in; with the second
		// one it has heard of the first.
		await until("a second part is in", async () => await written(space) >= 2000, 120);
		let open = true;
		sent.finally(() => (open = false));
		while (open) {
			const rows = await sql(`SELECT id FROM information_schema.processlist
				WHERE db IS NOT NULL AND id <> CONNECTION_ID()`);
			await sql(rows.map((row) => `KILL CONNECTION ${row.id};`).join("\n")).catch(() => {});
		}
		const answer = await sent;
		if (answer.status !== 200) {
			const problem = refused(answer, 503, { done: { $above: 999 } });
			assert.ok(problem.done <= await written(space) && problem.created > 0);
		}
		const again = answered(await importWhole(anna), 200, { rows: 6000, done: 6000, bad: 0 });
		assert.equal(again.created + again.unchanged, 6000);
		assert.equal(await written(space), 6000);
		assert.equal((await ctl("verify")).status, 0);
	});

	test("because a worker is killed is complete when it is sent again", async () => {
		const { anna, space } = await fresh();
		const sent = importCsv(anna, "claims", file);
		await until("a first part is in", async () => await written(space) >= 1000, 120);
		for (const pid of await stack.workers())
			process.kill(pid, "SIGKILL");
		assert.ok([200, 502, 503, 504].includes((await sent).status));
		await until("workers are back", async () => (await importWhole(anna)).status === 200, 60);
		assert.equal(await written(space), 6000);
		assert.equal(rowsOf(await exportCsv(anna, "claims")).length, 6000);
	});

	test("cannot continue with another file under the same key", async () => {
		const { anna } = await fresh();
		const key = { "Idempotency-Key": "march" };
		answered(await importCsv(anna, "weights", "date,kg\n2021-03-01,80\n", "", key), 200, { created: 1 });
		refused(await importCsv(anna, "weights", "date,kg\n2021-03-01,81\n", "", key), 422,
			{ type: "/problems/op-reused", field: "Idempotency-Key" });
		assert.equal(answered(await anna.get("/api/weights")).weights[0].kg, 80);
	});
});
