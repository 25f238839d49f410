// A file on its way in, without drawing it: what is known of it, what is asked of the server, what it asks back, and
// what
// its report says.
import assert from "node:assert/strict";
import test from "node:test";
import {
	NOTHING, askedBy, asMine, choicesFor, columnName, columnsOf, errorFile, errorsOf, exampleOf, figuresOf, fileOf,
	goWords, leftOf, optionsFor, progressOf, queryOf, questionsOf, rowsOf, settled, stoppedAt, together, typeOf,
} from "../../www/generic/import-file.js";
import { definitions } from "./definitions.mjs";

const trips = definitions.mileage, cars = definitions.cars, work = definitions.workSessions;
const bytesOf = (text) => new TextEncoder().encode(text).buffer;
const fileIn = (form, text, more = {}) => fileOf(form, { name: "a.csv", type: "", ...more }, bytesOf(text));
const queryFor = (file, options, isDry = false) =>
	Object.fromEntries(queryOf(file, { ...NOTHING, ...options }, isDry));

test("a file is JSON by its name, its type or how it begins; else it has columns", () => {
	for (const [text, more] of [["x", { name: "a.JSON" }], ["x", { type: "application/json" }], [" \n[{}]", {}]]) {
		const file = fileIn(trips, text, more);
		assert.deepEqual([file.isJson, typeOf(file, optionsFor(file))], [true, "application/json"]);
	}
	const file = fileIn(trips, "Date,From,Whither,Miles\n2026-11-20,Yard,Shop,12\n2026-11-21,,Mill,3\n");
	const rows = rowsOf(file, NOTHING);
	assert.deepEqual([file.isJson, file.lacksHeader, typeOf(file, NOTHING)], [false, false, "text/csv"]);
	assert.deepEqual([rows.names.length, rows.lines.length], [4, 2]);
	assert.deepEqual([exampleOf(rows, "From"), exampleOf(rows, "Whither"), exampleOf(rows, "Mood")], ["Yard",
		"Shop", ""]);
});

test("the line that names the columns may be another one, or be missing", () => {
	const titled = fileIn(trips, "My trips\n\n2026\nDate,From\n2026-11-20,Yard\n");
	assert.deepEqual(rowsOf(titled, NOTHING, 3), { names: ["Date", "From"], lines: [["2026-11-20", "Yard"]] },
		"empty lines do not count as rows here");
	const bare = fileIn(cars, "128489,Yard\n128490,100\n"), options = optionsFor(bare);
	assert.deepEqual([options.header, typeOf(bare, options)], ["absent", "text/csv; header=absent"]);
	assert.deepEqual(rowsOf(bare, options, "absent").names, ["1", "2"]);
	assert.deepEqual([columnName(options, "2"), columnName(NOTHING, "From")], ["Column 2", "From"]);
	const many = fileIn(cars, Array.from({ length: 9 }, (_, at) => `${at},Yard`).join("\n"));
	assert.equal(rowsOf(many, NOTHING, "absent").lines.length, 5, "the first rows");
});

test("letters are shown in the charset that was chosen, or that the file begins with", () => {
	const latin = fileOf(trips, { name: "a.csv", type: "" }, Uint8Array.from([0x4d, 0xfc, 0x2c, 0x31]).buffer);
	assert.deepEqual(rowsOf(latin, { charset: "windows-1252" }, "absent").lines, [["Mü", "1"]]);
	assert.equal(typeOf(latin, { ...NOTHING, charset: "windows-1252" }), "text/csv; charset=windows-1252");
	const wide = fileOf(trips, { name: "a.csv", type: "" }, Uint8Array.from([0xff, 0xfe, 0x4d, 0, 0xfc, 0]).buffer);
	assert.deepEqual(rowsOf(wide, NOTHING, "absent").lines, [["Mü"]]);
});

test("the request has what the person chose, and a dry run leaves bad rows out", () => {
	const file = fileIn(trips, "Date,From,To,Miles\n");
	assert.deepEqual(queryFor(file, {}), { name: "a.csv" }, "the zone is the server's to find");
	assert.deepEqual(queryFor(file, {
		dates: "dmy", decimals: "comma", zone: "Europe/Berlin", where: "Id=1", again: true, anyway: true,
			several: "mean",
			header: "3",
		format: "none", units: { duration: "hours", kg: "lb" }, columns: { "Mood, today": [], Date: ["date",
			"startTime"] },
	}, true), {
		name: "a.csv", dates: "dmy", decimals: "comma", zone: "Europe/Berlin", where: "Id=1", again: "1",
			anyway: "1", several: "mean",
		header: "3", format: "none", units: "duration:hours,kg:lb", dryRun: "1", skipBad: "1",
		map: "Mood%2C%20today=,Date=date,Date=startTime",
	});
	assert.equal(queryFor(file, { header: "absent" }).header, undefined, "that is a part of Content-Type");
	assert.equal(queryFor(file, { skipBad: true }).skipBad, "1");
});

test("a problem that a choice can mend asks for it, and no other does", () => {
	for (const field of ["dates", "decimals", "units", "charset", "zone", "header", "format"])
		assert.equal(askedBy({ type: "/problems/invalid", field }), field);
	assert.equal(askedBy({ type: "/problems/doubled" }), "doubles");
	const columns = [{ name: "Mood", fields: [] }];
	for (const kind of ["required", "unknown-field", "invalid"])
		assert.equal(askedBy({ type: `/problems/${kind}`, field: "date", columns }), "columns");
	assert.equal(askedBy({ type: "/problems/required", field: "date" }), null,
		"there are no columns to choose from");
	assert.equal(askedBy({ type: "/problems/too-large" }), null);
	assert.equal(askedBy(), null);
});

test("unknown columns are left out and a required field finds a column like it; then the person is asked", () => {
	const columns = [{ name: "START_DATE*", fields: [] }, { name: "Mood", fields: [] }, { name: "Miles",
		fields: ["miles"] }];
	const unknown = { type: "/problems/unknown-field", field: "START_DATE*", columns };
	const left = settled(trips, unknown, NOTHING);
	assert.deepEqual(left, { "START_DATE*": [], Mood: [] });
	assert.equal(settled(trips, unknown, { ...NOTHING, columns: left }), null, "once");
	assert.deepEqual(leftOf({ columns: left }), ["START_DATE*", "Mood"]);
	const required = { type: "/problems/required", field: "date", columns };
	assert.deepEqual(settled(trips, required, { ...NOTHING, columns: left }), { "START_DATE*": ["date"],
		Mood: [] });
	assert.equal(settled(trips, { ...required, field: "from" }, NOTHING), null);
	assert.equal(settled(trips, { type: "/problems/invalid", field: "dates", columns }, NOTHING), null);
	assert.equal(settled(trips, undefined, NOTHING), null);
});

test("a column may fill a field, two fields of one moment, or none", () => {
	const values = (form, fields) => choicesFor(form, { name: "x", fields },
		(name) => definitions[name]).map(([value]) => value);
	assert.equal(values(work, [])[0], "start+end", "the day of a session that begins and ends on it");
	for (const value of ["start", "end", "duration", "note", "project", "project.client", "tags", "billable"])
		assert.ok(values(work, []).includes(value), value);
	assert.ok(values(trips, []).includes("date+startTime"));
	assert.equal(values(trips, ["from", "to"]).at(-1), "from+to", "what the server found can be seen");
	assert.deepEqual(choicesFor(work, { name: "x", fields: ["owner"] }).at(-1), ["owner", "Whose it is"]);
	const answer = { columns: [{ name: "A", fields: ["from"] }, { name: "B", fields: [] }] };
	assert.deepEqual(columnsOf(answer, { ...NOTHING, columns: { B: ["to"] } }), [
		{ name: "A", fields: ["from"], isOpen: false }, { name: "B", fields: ["to"], isOpen: false },
	]);
	assert.deepEqual(columnsOf({}, NOTHING), []);
});

test("records become the person's own without the owner, and without ids that are made of it", () => {
	const columns = [{ name: "id", fields: ["id"] }, { name: "Owner", fields: ["owner"] }, { name: "kg",
		fields: ["kg"] }];
	assert.deepEqual(asMine(definitions.weights, { columns }, NOTHING), { id: [], Owner: [] });
	assert.deepEqual(asMine(trips, { columns }, NOTHING), { Owner: [] });
});

test("a report in figures: new rows always, others if there are some", () => {
	const report = {
		created: 0, updated: 2, unchanged: 0, bad: 1, rows: 5, matched: 3, errors: [], deleted: 0,
		made: { clients: 1, projects: 2 },
	};
	const namesOf = (name) => [name.slice(0, -1), name];
	assert.deepEqual(
		figuresOf(report, namesOf).map(({ count, words }) => `${count} ${words}`),
		["0 new", "2 changed", "1 new client", "2 new projects", "1 can’t be read", "2 left out"],
	);
	assert.deepEqual(figuresOf(report).filter(({ isBad }) => isBad).length, 1);
});

test("the button says what it does, and the bar how far it is", () => {
	assert.equal(goWords({ created: 3, updated: 1, bad: 0 }, NOTHING), "Import 4");
	assert.equal(goWords({ created: 3, updated: 0, bad: 4 }, { skipBad: true }), "Import 3, skip 4");
	assert.equal(goWords({ created: 3, updated: 0, bad: 4 }, NOTHING), "Import 3");
	assert.equal(goWords({ created: 0, updated: 0, bad: 4 }, { skipBad: true }), "Nothing to import");
	assert.deepEqual([progressOf({ rows: 200, done: 50 }), progressOf({ rows: 0, done: 0 }), progressOf(null)],
		[0.25, null, null]);
});

test("the bad rows are a file to mend, line by line", () => {
	const errors = [{ line: 5, field: "miles", detail: 'miles must be a number, not "x".', value: "x,y" },
		{ row: 7, detail: "no" }];
	assert.equal(errorFile({ errors }),
		'Line,Field,Problem,Value\r\n5,miles,"miles must be a number, not ""x"".","x,y"\r\n7,,no,\r\n');
});

test("of many bad rows the first are listed, with the number of the rest", () => {
	const errors = Array.from({ length: 40 }, (_, row) => ({ row, detail: "no" }));
	assert.deepEqual([errorsOf({ errors, bad: 50 }).listed.length, errorsOf({ errors, bad: 50 }).more], [30, 20]);
	assert.deepEqual(
		[errorsOf({ errors: errors.slice(0, 2), bad: 2 }).more, errorsOf({ errors: [], bad: 0 }).listed],
		[0, []],
	);
});

test("a report asks about what is undecided", () => {
	const report = { bad: 0, deleted: 0, errors: [] };
	assert.deepEqual(questionsOf(report, NOTHING), { skipBad: false, isMine: false, again: false, several: false });
	assert.deepEqual(
		questionsOf({ bad: 1, deleted: 2, joined: 3, errors: [{ field: "owner" }] }, NOTHING),
		{ skipBad: true, isMine: true, again: true, several: true },
	);
	assert.equal(
		questionsOf(report, { ...NOTHING, isMine: true }).isMine,
		true,
		"what was asked can be taken back",
	);
});

test("the reports of an import that takes several requests are one report of all of it", () => {
	const first = { rows: 3000, created: 900, updated: 100, unchanged: 5, done: 1005, more: true };
	const second = { rows: 3000, created: 1500, updated: 0, unchanged: 1005, done: 2505, more: true };
	const third = { rows: 3000, created: 400, updated: 90, unchanged: 2510, bad: 0, done: 3000 };
	assert.equal(together(null, first), first);
	assert.deepEqual(
		[first, second, third].reduce(together, null),
		{ rows: 3000, created: 2800, updated: 190, unchanged: 10, bad: 0, done: 3000 },
	);
});

test("an import that stops in the middle says what is in, and a refusal before anything was written does not", () => {
	const report = { created: 2000, updated: 1 };
	assert.equal(stoppedAt(null, { detail: "no" }), "");
	assert.equal(stoppedAt(null, { created: 0, updated: 0 }), "");
	assert.match(stoppedAt(null, { created: 1, updated: 0 }), /^One row is imported\. .*nothing is added twice\.$/);
	assert.match(stoppedAt(report, undefined), /^2,001 rows are imported\./);
	assert.match(stoppedAt(report, { created: 999, updated: 0 }), /^3,000 rows are imported\./);
});
