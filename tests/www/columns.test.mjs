// The first lines of a file as cells, and which fields a file can fill.
import assert from "node:assert/strict";
import test from "node:test";
import { lacksHeader, likelyFor, linesOf, loose, numbered, targetsOf } from "../../www/generic/columns.js";
import { definitions } from "./definitions.mjs";

const headerOf = (text) => (linesOf(text)[0] ?? []).filter(Boolean);

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

test("a field finds the column whose name contains its own, if that is no word of two letters", () => {
	const headers = ["Mood", "START_DATE*", "the day", "stop"];
	assert.equal(likelyFor(definitions.mileage, "date", headers), "START_DATE*");
	assert.equal(likelyFor(definitions.mileage, "to", headers), undefined);
	assert.equal(likelyFor(definitions.mileage, "nosuch", headers), undefined);
	assert.deepEqual(numbered(["102", "Yard"]), ["1", "2"]);
	assert.deepEqual(targetsOf(definitions.cars)[0],
		{ name: "id", label: "Car", also: ["Car number", "Package car"], required: true });
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
});
