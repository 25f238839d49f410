// A file on its way in, without drawing it: what is known of it, what is asked of the server, what its report says.
import assert from "node:assert/strict";
import test from "node:test";
import {
	NOTHING, byHand, columnName, errorsOf, exampleOf, figuresOf, fileOf, isKnown, leftOf, neededOf, queryOf,
	questionsOf, readAs, recognised, stoppedAt, together, topOf, typeOf,
} from "../../www/generic/import-file.js";
import { definitions } from "./definitions.mjs";

const trips = definitions.mileage, cars = definitions.cars;
const bytesOf = (text) => new TextEncoder().encode(text).buffer;
const fileIn = (form, text, more = {}) => fileOf(form, { name: "a.csv", type: "", ...more }, bytesOf(text));
const queryFor = (form, file, options) =>
	Object.fromEntries(queryOf(form, file, { ...NOTHING, ...options }));

test("a file is JSON by its name, its type or how it begins; else it has columns", () => {
	for (const [text, more] of [["x", { name: "a.JSON" }], ["x", { type: "application/json" }], [" \n[{}]", {}]])
		assert.deepEqual(
			[fileIn(trips, text, more).isJson, typeOf(fileIn(trips, text, more))],
			[true, "application/json"],
		);
	const file = fileIn(trips, "Date,From,Whither,Miles\n2026-11-20,Yard,Shop,12\n2026-11-21,,Mill,3\n");
	assert.deepEqual(
		[file.isJson, file.isHeaderless, file.headers.length, file.lines.length, typeOf(file)],
		[false, false, 4, 2, "text/csv"],
	);
	assert.deepEqual(
		[file.choice.date, neededOf(trips, file).map(({ name }) => name), leftOf(trips, file)],
		["Date", ["to"], ["Whither"]],
	);
	assert.deepEqual(
		[exampleOf(file, "From"), exampleOf(file, "Whither"), columnName(file, "From")],
		["Yard", "Shop", "From"],
	);
	const list = fileIn(trips, "[]");
	assert.deepEqual([neededOf(trips, list), leftOf(trips, list)], [[], []]);
});

test("columns without names are numbered, and can be matched to fields", () => {
	const file = fileIn(cars, "128489,Yard\n128490,100\n");
	assert.deepEqual(
		[file.isHeaderless, file.headers, file.lines.length, typeOf(file)],
		[true, ["1", "2"], 2, "text/csv; header=absent"],
	);
	assert.deepEqual([columnName(file, "2"), file.choice.id, file.choice.location], ["Column 2", "1", "2"]);
	const named = readAs(cars, file, false);
	assert.deepEqual([named.headers, named.lines], [["128489", "Yard"], [["128490", "100"]]]);
	assert.equal(
		fileIn(cars, Array.from({ length: 9 }, (_, at) => `${at},Yard`).join("\n")).lines.length,
		5,
		"the first rows",
	);
});

test("the request has what the person chose, and a dry run leaves bad rows out", () => {
	const file = fileIn(trips, "Date,From,To,Miles\n");
	assert.deepEqual(queryFor(trips, file, { isDry: false }), {});
	assert.deepEqual(queryFor(trips, file, {
		isDry: true, dates: "dmy", where: "Id=1", again: true, zone: "Europe/Berlin",
	}), {
		zone: "Europe/Berlin", dates: "dmy", where: "Id=1", dryRun: "1", again: "1", skipBad: "1",
	});
	assert.equal(queryFor(trips, fileIn(trips, "[]"), { isMine: true }).map, "owner=");
});

test("a report in figures: new rows always, others if there are some", () => {
	const report = { created: 0, updated: 2, unchanged: 0, bad: 1, rows: 5, matched: 3, errors: [], deleted: 0 };
	assert.deepEqual(
		figuresOf(report).map(({ count, words }) => `${count} ${words}`),
		["0 new", "2 changed", "1 cannot be taken", "2 passed over"],
	);
	assert.deepEqual(figuresOf(report).filter(({ isBad }) => isBad).length, 1);
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
	assert.deepEqual(questionsOf(report, NOTHING), { skipBad: false, isMine: false, again: false });
	assert.deepEqual(
		questionsOf({ bad: 1, deleted: 2, errors: [{ field: "owner" }] }, NOTHING),
		{ skipBad: true, isMine: true, again: true },
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

test("of a file that the server recognises nobody says what its columns are, unless they want to", () => {
	const file = fileIn(trips, "START_DATE*,STOP*\n1/13/2026,Yard\n1/14/2026,Sh");
	assert.equal(topOf(file), "START_DATE*,STOP*\n1/13/2026,Yard\n");
	assert.equal(topOf(fileIn(trips, "one line")), "one line");
	assert.deepEqual([recognised(file, { format: null }), recognised(file, undefined)], [null, null]);
	assert.equal(isKnown(file), false);
	assert.ok(neededOf(trips, file).length > 0);

	const known = recognised(file, { format: "mileiq", formatLabel: "MileIQ, mileage log" });
	assert.deepEqual([isKnown(known), neededOf(trips, known), leftOf(trips, known)], [true, [], []]);
	assert.deepEqual(queryFor(trips, known, { dates: "mdy" }), { dates: "mdy" });

	const typed = byHand(known);
	assert.ok(!isKnown(typed) && neededOf(trips, typed).length > 0);
	assert.equal(queryFor(trips, typed, {}).format, "none");
	assert.equal(byHand(file), file);
});
