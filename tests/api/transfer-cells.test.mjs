// How the cells of a file are read, through an import: durations, units, decimal signs, dates, charsets.  Every form of
// a cell is a row of tests/unit/test_cell.c; here is what the parameters ask and answer.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { CSV, crew } from "../lib/crew.mjs";
import { answered, refused } from "../lib/expect.mjs";

const stack = await start({ definitions: true });

const fresh = async () => (await crew(stack, { anna: "owner" })).anna;

function send(person, collection, file, query = "", type = CSV["Content-Type"]) {
	return person.post(`/api/${collection}/import${query && `?${query}`}`, file, { "Content-Type": type });
}

// The file is imported and makes so many records.
async function takes(created, ...args) {
	answered(await send(...args), 200, { created });
}

// The import of the file is refused over this field; gives the problem.
const refuses = async (field, ...args) => refused(await send(...args), 400, { field });

// What field the records of a collection have, in the order of another field.
async function values(person, collection, field, by) {
	const { [collection]: records } = answered(await person.get(`/api/${collection}?limit=100&sort=${by}`));
	return records.map((record) => record[field]);
}

const DAY = "2026-03-07";

describe("durations", () => {
	const cells = ["08:30:00", "8:30", "8h 30m", "8.5 h", "\"8,5 h\"", "PT8H30M", "510 min"];

	test("FB5: are read in each form that people write", async () => {
		const anna = await fresh();
		const rows = cells.map((cell, i) => `2026-03-${10 + i} 08:00,${cell}`).join("\n");
		await takes(8, anna, "workSessions", `start,duration\n${rows}\n2026-03-20 08:00,18:25 min\n`,
			"zone=America/New_York");
		assert.deepEqual(await values(anna, "workSessions", "duration", "start"),
			[...cells.map(() => 30600), 1105]);
	});

	test("FB5: ask for the unit of a bare number, once and before anything is written", async () => {
		const anna = await fresh();
		for (const cell of ["8", "8.5", "\"8,5\""]) {
			const file = `start,duration\n${DAY} 08:00,8:30\n${DAY} 18:00,${cell}\n`;
			const problem = await refuses("units", anna, "workSessions", file, "zone=UTC&skipBad=1");
			assert.match(problem.detail,
				/^Line 3: "8[.,]?5?" can be hours, minutes or seconds\. Say units=duration:hours,/);
		}
		assert.deepEqual(await values(anna, "workSessions", "duration", "start"), []);
	});

	test("FB5: take the unit from the query or from the header", async () => {
		for (const [header, query, cell, seconds] of [
			["duration", "units=duration:hours", "8.5", 30600],
			["duration", "units=duration:minutes", "510", 30600],
			["duration", "units=duration:minutes", "18:25", 1105],
			["duration", "units=duration:clock", "8.30", 30600],
			["duration", "units=duration:seconds", "1805.456", 1805],
			["Hours", "map=Hours=duration", "8.5", 30600],
			["Duration (min)", "map=Duration%20(min)=duration", "510", 30600],
			["Hours", "map=Hours=duration&units=duration:minutes", "510", 30600],
		]) {
			const anna = await fresh();
			await takes(1, anna, "workSessions", `start,${header}\n${DAY} 08:00,${cell}\n`,
				`zone=UTC&${query}`);
			assert.deepEqual(await values(anna, "workSessions", "duration", "start"), [seconds],
				`${header} ${query}`);
		}
	});

	test("of an export are seconds, and numbers of JSON too", async () => {
		const anna = await fresh(), ben = await fresh();
		answered(await anna.post("/api/workSessions", { start: "2026-03-07T08:00:00Z", duration: 8 }), 201);
		const file = (await anna.get("/api/workSessions/export")).text;
		const again = file.replace(/\r\n[^,]+,/, "\r\nanother,").replaceAll(anna.id, ben.id);
		await takes(1, ben, "workSessions", again);
		const session = { start: "2026-03-08T08:00:00Z" };
		answered(await ben.post("/api/workSessions/import", [{ ...session, duration: 9 }]), 200,
			{ created: 1 });
		assert.deepEqual(await values(ben, "workSessions", "duration", "start"), [8, 9]);
		refused(await ben.post("/api/workSessions/import", [{ ...session, duration: "9" }]), 400,
			{ field: "units" });
	});

	test("a unit must be one that the field can have", async () => {
		const anna = await fresh();
		for (const units of ["duration:kg", "duration", "note:hours", "x:hours"])
			await refuses("units", anna, "workSessions", `start,duration\n${DAY} 08:00,8\n`,
				`zone=UTC&units=${units}`);
	});
});

describe("numbers", () => {
	const miles = (cells, by = ";") => `date${by}miles${by}from${by}to\n${cells.map((cell, i) =>
		`2026-03-${10 + i}${by}${cell}${by}A${by}B\n`).join("")}`;

	test("FB10: a comma before three digits is asked, with semicolons and without", async () => {
		const anna = await fresh();
		for (const file of [miles(["1,015"]), miles(["1.015"]), miles(["\"1,015\""], ",")]) {
			const problem = await refuses("decimals", anna, "mileage", file);
			assert.match(problem.detail,
				/^Line 2: "1[.,]015" can be read with thousands or with decimals\. Say decimals=comma/);
		}
		await takes(1, anna, "mileage", miles(["1,015"]), "decimals=point");
		assert.deepEqual(await values(anna, "mileage", "miles", "date"), [1015]);
		await refuses("decimals", anna, "mileage", miles(["1,015"]), "decimals=dot");
	});

	test("FB10: or its neighbours tell", async () => {
		const anna = await fresh();
		await takes(2, anna, "mileage", miles(["1,015", "2,5"]));
		assert.deepEqual(await values(anna, "mileage", "miles", "date"), [1, 2.5]);
		const ben = await fresh();
		await takes(3, ben, "mileage", miles(["1.015", "12,5", "1.234,5"]));
		assert.deepEqual(await values(ben, "mileage", "miles", "date"), [1015, 12.5, 1234.5]);
	});

	test("FB12: odometers with thousands and distances with their unit are taken", async () => {
		const anna = await fresh();
		await takes(2, anna, "mileage",
			"date,startOdometer,endOdometer,miles,from,to\n" +
			`${DAY},"48,213.4","48,238.4",25.0 mi,A,B\n2026-03-08,,,40 km,A,B\n`);
		assert.deepEqual(await values(anna, "mileage", "miles", "date"), [25, 24.9]);
		const odometers = await values(anna, "mileage", "startOdometer", "date");
		assert.deepEqual(odometers.map((n) => n && Math.floor(n)), [48213, undefined]);
	});

	test("weights are taken in pounds and stones", async () => {
		const anna = await fresh();
		await takes(3, anna, "weights", `date,kg\n${DAY},182 lb\n2026-03-08,13 st 4 lb\n2026-03-09,80\n`);
		await takes(1, anna, "weights", "date,kg\n2026-03-10,182\n", "units=kg:lb");
		assert.deepEqual(await values(anna, "weights", "kg", "date"), [82.55, 84.37, 80, 82.55]);
	});

	test("FB15: decimals of JSON may be text", async () => {
		const anna = await fresh();
		const trip = { date: DAY, miles: "5.2", from: "A", to: "B" };
		answered(await anna.post("/api/mileage/import", [trip]), 200, { created: 1 });
		assert.deepEqual(await values(anna, "mileage", "miles", "date"), [5.2]);
	});

	test("FB12: money may have a currency and parentheses", async () => {
		const anna = await fresh();
		answered(await send(anna, "claims",
			`date,title,amount\n${DAY},a,"$1,234.56"\n2026-03-08,b,"12,50 €"\n2026-03-09,c,12.50-\n`,
			"skipBad=1"));
		assert.deepEqual((await values(anna, "claims", "amount", "date")).slice(0, 2), [123456, 1250]);
	});
});

describe("days and times", () => {
	test("FB6: are read in each form that people write", async () => {
		const anna = await fresh();
		const cells = [
			["20260307", "9:00\u202fAM", "09:00"], ["8-Mar-26", "7 AM", "07:00"],
			["9. März 2026", "07.05", "07:05"],
			["10 mars 2026", "0:15 AM", "00:15"],
			["mié 11 de marzo de 2026", "9:00\u00a0p. m.", "21:00"],
			["2026-03-12", "24:00", "00:00"],
		];
		const rows = cells.map(([day, time]) => `${day};${time};5;A;B\n`);
		await takes(6, anna, "mileage", `date;startTime;miles;from;to\n${rows.join("")}`);
		assert.deepEqual(await values(anna, "mileage", "date", "date"),
			["07", "08", "09", "10", "11", "12"].map((day) => `2026-03-${day}`));
		assert.deepEqual(await values(anna, "mileage", "startTime", "date"), cells.map(([, , time]) => time));
	});

	test("FB6: 7. 3. 2026 is asked, as 7/3/2026 is", async () => {
		const anna = await fresh();
		const file = "date;miles;from;to\n7. 3. 2026;5;A;B\n";
		await refuses("dates", anna, "mileage", file);
		await takes(1, anna, "mileage", file, "dates=dmy");
		assert.deepEqual(await values(anna, "mileage", "date", "date"), [DAY]);
	});

	test("FB6: compact instants, and 24:00 is the next midnight", async () => {
		const anna = await fresh();
		await takes(2, anna, "workSessions",
			"start,end\n20261105T083000Z,20261105T093000Z\n2026-11-06 22:00,2026-11-06 24:00\n",
			"zone=Europe/Berlin");
		assert.deepEqual(await values(anna, "workSessions", "end", "start"),
			["2026-11-05T09:30:00.000Z", "2026-11-06T23:00:00.000Z"]);
	});
});

describe("files", () => {
	const text = "date,miles,from,to\n2026-03-07,5,Straße,B\n";

	test("FB6: sep=; in the first line, FB15: blanks before a quote", async () => {
		const anna = await fresh();
		await takes(1, anna, "mileage", `sep=;\ndate;miles;from;to\n${DAY};5,5; "Depot A";B\n`);
		assert.deepEqual(await values(anna, "mileage", "from", "date"), ["Depot A"]);
		assert.deepEqual(await values(anna, "mileage", "miles", "date"), [5.5]);
	});

	test("FB15: Latin-1 is asked for its charset, and read in it", async () => {
		const anna = await fresh();
		const bytes = Buffer.from(text, "latin1");
		const problem = await refuses("charset", anna, "mileage", bytes);
		assert.match(problem.detail, /^Line 2 holds bytes that are not UTF-8 text\./);
		await refuses("charset", anna, "mileage", bytes, "", "text/csv; charset=utf-16");
		for (const charset of ["latin1", "iso-8859-15", "\"Windows-1252\""])
			await takes(1, anna, "mileage", bytes, "dryRun=1", `text/csv; charset=${charset}`);
		await takes(1, anna, "mileage", bytes, "", "text/csv; charset=windows-1252");
		assert.deepEqual(await values(anna, "mileage", "from", "date"), ["Straße"]);
	});

	test("FB15: UTF-16 is read with its mark, and without it when it is said", async () => {
		const bytes = Buffer.from(text, "utf16le"), turned = Buffer.from(bytes).swap16();
		for (const [file, type] of [
			[Buffer.concat([Buffer.from([0xff, 0xfe]), bytes]), "text/csv"],
			[Buffer.concat([Buffer.from([0xfe, 0xff]), turned]), "text/csv; charset=utf-16"],
			[bytes, "text/csv; charset=utf-16"], [turned, "text/csv; charset=utf-16be"],
		]) {
			const anna = await fresh();
			await takes(1, anna, "mileage", file, "", type);
			assert.deepEqual(await values(anna, "mileage", "from", "date"), ["Straße"], type);
		}
	});

	test("a file of 16 MiB in UTF-16 has an answer", async () => {
		const anna = await fresh();
		const rows = `date,miles,from\n${`2026-03-07,5,${"ß".repeat(4000)}\n`.repeat(2000)}`;
		const bytes = Buffer.from(rows, "utf16le");
		assert.ok(bytes.length < 16 << 20 && bytes.length > 15 << 20);
		refused(await send(anna, "weights", bytes, "map=miles=kg,from=note", "text/csv; charset=utf-16le"), 400,
			{ bad: 2000 });
	});
});

describe("ids", () => {
	const carsOf = async (person) => answered(await person.get("/api/cars")).cars.map((car) => car.id);

	test("FB13: a spreadsheet's 128489.0 and 25a255 beside 25A255 are no second cars, and it is said", async () => {
		const anna = await fresh();
		for (const id of ["128489", "25A255", "7a", "7A"])
			answered(await anna.post("/api/cars", { id }), 201);
		const file = "Car,Location\n128489.0,200\n25a255,300\n7a,400\n9b.0,500\n";
		const dry = answered(await send(anna, "cars", file, "dryRun=1"), 200, { created: 1, updated: 3 });
		assert.match(dry.notes.join(), /2 rows write their ids in another way/);
		answered(await send(anna, "cars", file), 200, { created: 1, updated: 3 });
		assert.deepEqual(await carsOf(anna), ["128489", "25A255", "7A", "7a", "9b.0"]);
		answered(await anna.get("/api/cars/25A255"), 200, { car: { location: "300" } });
		answered(await anna.get("/api/cars/7a"), 200, { car: { location: "400" } });
	});

	test("FB13: two rows that differ only in case are one car", async () => {
		const anna = await fresh();
		const file = "Car,Location\n25A255,200\n25a255,200\n";
		answered(await send(anna, "cars", file), 200, { created: 1, repeats: 1 });
		answered(await send(anna, "cars", file), 200, { created: 0, unchanged: 1 });
		assert.deepEqual(await carsOf(anna), ["25A255"]);
		answered(await send(anna, "cars", "Car,Location\n25A255,200\n25a255,300\n"), 400, { bad: 1 });
	});

	test("values in other units are counted among the notes", async () => {
		const anna = await fresh();
		const file = "date,kg\n2026-03-07,182 lb\n2026-03-08,80\n";
		const { notes } = answered(await send(anna, "weights", file, "dryRun=1"));
		assert.deepEqual(notes, ["1 value was in another unit and was converted."]);
	});
});
