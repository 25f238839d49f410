// Which column of a file is which field, and how the server is told.
import assert from "node:assert/strict";
import test from "node:test";
import {
	guess, guessByPlace, headerOf, lacksHeader, linesOf, loose, mapOf, missingOf, numbered, targetsOf, unusedOf,
} from "../../www/generic/columns.js";
import { definitions } from "./definitions.mjs";

test("the first line of a file gives the names", () => {
	assert.deepEqual(headerOf("\ufeffDate,Weight (kg),Note\r\n1,2,3"), ["Date", "Weight (kg)", "Note"]);
	assert.deepEqual(headerOf('"a,b";"c ""d""";e\n'), ["a,b", 'c "d"', "e"]);
	assert.deepEqual(headerOf("a\tb,c\td\n"), ["a", "b,c", "d"]);
	assert.deepEqual(headerOf('"two\nlines",x\n'), ["two\nlines", "x"]);
	assert.deepEqual(headerOf(""), []);
	assert.deepEqual(headerOf("a;b\n1,2,3,4"), ["a", "b"], "what stands in the lines below does not count");
	assert.deepEqual(headerOf("a;b\r1,2,3,4"), ["a", "b"]);
	assert.deepEqual(headerOf('"a,b,c,d";"e"\n'), ["a,b,c,d", "e"], "nor what stands in quotes");
	assert.deepEqual(headerOf("alone\n"), ["alone"]);
	assert.deepEqual(headerOf("a;b,c\n"), ["a;b", "c"], "as many of one as of the other: commas");
	assert.deepEqual(headerOf("a;b\tc;d\te;f\n"), ["a", "b\tc", "d\te", "f"]);
});

test("names are compared without case, spaces and punctuation", () => {
	assert.equal(loose("START_DATE*"), "startdate");
	assert.equal(loose("Größe (kg)"), "größekg");
});

test("columns named like a field are matched automatically, and not mentioned", () => {
	const headers = ["id", "date", "kg", "note", "version", "lastUpdatedAt"];
	const choice = guess(definitions.weights, headers);
	assert.deepEqual(choice, { date: "date", kg: "kg", note: "note" });
	assert.deepEqual(missingOf(definitions.weights, choice), []);
	assert.equal(mapOf(definitions.mileage, [
		"id", "date", "From", "To", "miles", "version",
	], guess(definitions.mileage, ["date", "From", "To", "miles"])), "");
});

test("one column may fill several fields; a column that fills none is skipped", () => {
	const headers = ["START_DATE*", "START*", "STOP*", "MILES*", "Mood, today"];
	const choice = {
		...guess(definitions.mileage, headers), date: "START_DATE*", startTime: "START_DATE*",
		from: "START*", to: "STOP*",
	};
	assert.deepEqual(mapOf(definitions.mileage, headers, choice).split(","), [
		"START_DATE*=date", "START_DATE*=startTime", "START*=from", "STOP*=to", "Mood%2C%20today=",
	]);
});

test("filling a field from another column skips the column named like it", () => {
	const map = mapOf(definitions.weights, ["date", "day", "kg"], { date: "day", kg: "kg", note: "" });
	assert.deepEqual(map.split(","), ["date=", "day=date"]);
});

test("an id column is ignored if ids follow from the fields", () => {
	assert.match(mapOf(definitions.weights, ["Id", "Date", "kg"], { date: "Date", kg: "kg", note: "" }), /^Id=$/);
	assert.deepEqual(targetsOf(definitions.cars)[0],
		{ name: "id", label: "Car", also: ["Car number", "Package car"], required: true });
	assert.deepEqual(missingOf(definitions.cars, guess(definitions.cars, ["Location"]))
		.map(({ name }) => name), ["id"]);
});

test("a field can have other column names", () => {
	const headers = ["PackageCar", "dock", "Arrived"], choice = guess(definitions.cars, headers);
	assert.deepEqual([choice.id, choice.location, choice.arrived], headers);
	assert.equal(mapOf(definitions.cars, headers, choice), "", "the server knows them too");
});

test("a file without a header has numbered columns, with the meaning given by the collection", () => {
	const headers = numbered(["102", "Yard", "left"]), choice = guessByPlace(definitions.cars, headers);
	assert.deepEqual([choice.id, choice.location, choice.notes], ["1", "2", ""]);
	assert.equal(mapOf(definitions.cars, headers, choice), "1=id,2=location,3=");
	assert.deepEqual(unusedOf(definitions.cars, headers, choice), ["3"]);
	assert.deepEqual(Object.values(guessByPlace(definitions.weights, numbered(["1", "2"]))), ["", "", ""],
		"nobody said what they are there");
});

test("a first line with figures, or with no known name, is taken for a row", () => {
	assert.equal(lacksHeader(definitions.cars, ["102", "Yard"]), true);
	assert.equal(lacksHeader(definitions.roster, ["P-7", "100"]), true);
	assert.equal(lacksHeader(definitions.cars, ["Car 2026", "Yard 1", "id"]), false);
	assert.equal(lacksHeader(definitions.cars, ["Packagecar", "100"]), false);
	assert.equal(lacksHeader(definitions.cars, ["Wagen", "Spur"]), false,
		"words of another language are names rather than cars");
	assert.equal(lacksHeader(definitions.weights, ["2026-01-05", "80.5"]), false);
	assert.equal(lacksHeader(definitions.cars, []), false);
});

test("the first rows of a file can be previewed, with quotes and line ends", () => {
	assert.deepEqual(linesOf('a;b\r\n"1;2";"x\ny"\r\n\r\n3;4', 3), [["a", "b"], ["1;2", "x\ny"], ["3", "4"]]);
	assert.deepEqual(linesOf("a,b\n1,2\n3,4", 2), [["a", "b"], ["1", "2"]]);
	assert.deepEqual(linesOf("a,b\n1,2", 2), [["a", "b"], ["1", "2"]]);
	assert.deepEqual(linesOf("a,b\n1,2\n", 9), [["a", "b"], ["1", "2"]]);
});

test("a required field is guessed from a column name that contains its name, and no column twice", () => {
	const choice = guess(definitions.mileage, ["START_DATE*", "END_DATE*", "START*", "STOP*", "MILES*"]);
	assert.deepEqual([choice.date, choice.miles, choice.from, choice.startTime], ["START_DATE*", "MILES*", "", ""]);
});

test("unmatched columns are reported; an export's own columns and derived fields are not", () => {
	const headers = ["id", "version", "lastUpdatedAt", "date", "kg", "Mood", "note"];
	assert.deepEqual(unusedOf(definitions.weights, headers, { date: "date", kg: "kg", note: "" }),
		["id", "Mood", "note"]);
	assert.deepEqual(unusedOf(definitions.mileage, ["id", "Mood", "owner"], {}), ["Mood"]);
	assert.deepEqual(unusedOf(definitions.workSessions, ["start", "day", "Mood"], { start: "start" }), ["Mood"],
		"the day follows from the start");
});

test("hidden, retired, derived and server fields are not offered", () => {
	const collection = { fields: [
		{ name: "a", label: "A" },
		{ name: "b", label: "B", hidden: true },
		{ name: "c", label: "C", retired: true },
		{ name: "d", label: "D", derived: true },
		{ name: "e", label: "E", type: "json" },
		{ name: "f", label: "F", required: true },
		{ name: "g", label: "G", required: true, default: 1 },
	] };
	assert.deepEqual(targetsOf(collection), [
		{ name: "a", label: "A", also: [], required: false },
		{ name: "f", label: "F", also: [], required: true },
		{ name: "g", label: "G", also: [], required: false },
	]);
	assert.equal(guess({ fields: [{ name: "to", label: "To", required: true }] }, ["stop"]).to, "",
		"two letters are in many words");
	assert.equal(guess({ fields: [{ name: "day", label: "Day", required: true }] }, ["the day"]).day, "the day");
});

test("the owner column can be left out, with ids that are made of it", () => {
	assert.equal(mapOf(definitions.weights, ["id", "date", "kg", "owner"], {
		date: "date", kg: "kg", note: "",
	}, true), "id=,owner=");
	assert.equal(mapOf(definitions.mileage, ["id", "owner"], {}, true), "owner=");
});
