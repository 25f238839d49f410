// What definitions say: widgets, first values, problems in words; and values as people read them.
import assert from "node:assert/strict";
import test from "node:test";
import {
	canBeEmpty, choicesOf, fieldsOf, hasOwnId, isEmpty, isPast, isPerson, isReadOnly, isSingle, openFields,
	orderProblems, settingsRecord, startValues, usedFields, valueProblem, widgetOf, zoneOf,
} from "../../www/generic/fields.js";
import { formatValue } from "../../www/generic/values.js";
import { setLocale } from "../../www/ui/format.js";
import { definitions, fieldIn } from "./definitions.mjs";

setLocale("en-GB");

test("every field of every definition has a widget, and widgets follow the definitions", () => {
	const known = new Set([
		"duration", "number", "money", "toggle", "date", "time", "instant", "segments", "choice", "colours",
		"ref", "person", "zone", "place", "file", "list", "text", "lines", "json",
	]);
	for (const definition of Object.values(definitions))
		for (const field of fieldsOf(definition))
			assert.ok(known.has(widgetOf(field)), `${definition.name}.${field.name}`);
	const kinds = (name) =>
		Object.fromEntries(fieldsOf(definitions[name]).map((field) => [field.name, widgetOf(field)]));
	assert.deepEqual(
		kinds("cars"),
		{
			location: "choice", arrived: "toggle", late: "toggle", empty: "toggle", expected: "time",
			notes: "lines", arrivedAt: "instant", emptyAt: "instant",
		},
	);
	assert.equal(kinds("mileage").category, "segments");
	assert.equal(kinds("taskLogs").task, "ref");
	assert.deepEqual(
		[kinds("workSessions").duration, kinds("workSessions").zone, kinds("workSessions").photoIn],
		["duration", "zone", "file"],
	);
	assert.equal(kinds("messages").toUser, "person");
});

test("fields that make the id, and derived ones, cannot be edited in an existing record", () => {
	assert.equal(isReadOnly(definitions.weights, fieldIn("weights", "date"), true), false);
	assert.equal(isReadOnly(definitions.weights, fieldIn("weights", "date"), false), true);
	assert.equal(isReadOnly(definitions.cars, fieldIn("cars", "arrivedAt"), true), true);
	assert.deepEqual(openFields(definitions.shifts, false), []);
});

test("a few short choices are side by side; a text without a limit has several lines", () => {
	const choice = (...choices) => widgetOf({ name: "f", type: "choice", choices });
	assert.deepEqual(
		[
			choice("a", "b", "c", "d"), choice("a", "b", "c", "d", "e"),
			choice("x".repeat(18), "y".repeat(18)), choice("x".repeat(18), "y".repeat(19)),
		],
		["segments", "choice", "segments", "choice"],
	);
	assert.deepEqual(
		[200, 201, undefined].map((maxLength) => widgetOf({ name: "f", type: "text", maxLength })),
		["text", "lines", "lines"],
	);
});

test("the format of a text or number follows from its definition, not its name", () => {
	const text = (name, format) => widgetOf({ name, type: "text", maxLength: 64, format });
	assert.deepEqual(
		[text("doneBy"), text("x", "user"), text("zone"), text("x", "zone")],
		["text", "person", "text", "zone"],
	);
	const seconds = (format) => ({ name: "f", type: "integer", unit: "s", format });
	assert.deepEqual(
		[undefined, "duration"].map((format) => [
			widgetOf(seconds(format)), formatValue(seconds(format), 5400),
		]),
		[["number", "5,400\u00a0s"], ["duration", "1:30"]],
	);
	assert.deepEqual(
		[isPerson({ type: "text", format: "user" }), isPerson({ name: "user", type: "text" })],
		[true, false],
	);
	const zoned = { fields: [{ name: "where", type: "text", format: "zone" }] };
	assert.deepEqual(
		[
			zoneOf(zoned, { where: "Asia/Tokyo" }), zoneOf(zoned, {}), zoneOf(zoned, null),
			zoneOf({ fields: [] }, { zone: "UTC" }),
		],
		["Asia/Tokyo", undefined, undefined, undefined],
	);
});

test("a record is finished with the value that its definition names", () => {
	const fields = [
		{ name: "open", type: "boolean", default: true, past: false },
		{ name: "state", type: "choice", choices: ["on", "off"], past: "off" },
	];
	assert.deepEqual(
		[{}, { open: true }, { open: false }, { state: "off" }, { state: "on" }].map((record) =>
			isPast({ fields }, record)),
		[false, false, true, true, false],
	);
	assert.equal(
		isPast({ fields: [
			{ name: "active", type: "boolean" },
			{ name: "status", type: "choice", choices: ["inactive"] },
		] }, { active: false, status: "inactive" }),
		false,
	);
	assert.deepEqual(
		[
			isPast(definitions.jobSites, { status: "inactive" }),
			isPast(definitions.tasks, { active: false }), isPast(definitions.tasks, {}),
		],
		[true, true, false],
	);
});

test("an id is typed where the collection has idLabel and given ids", () => {
	assert.deepEqual(
		[{ idLabel: "Car" }, { idForm: "given", idLabel: "Car" }, { idForm: "hash", idLabel: "Car" },
			{ idForm: "given" }].map(hasOwnId),
		[true, true, false, false],
	);
});

test("a collection has a single record where unique names no field", () => {
	assert.deepEqual([{ unique: [] }, { unique: ["date"] }, {}].map(isSingle), [true, false, false]);
});

test("a field can be emptied if it is not required and has no default", () => {
	assert.deepEqual(
		[{}, { default: null }, { default: "a" }, { required: true }, { default: false }].map(canBeEmpty),
		[true, true, false, false, false],
	);
});

test("absent values, blank texts and empty lists are empty; zero and false are not", () => {
	assert.deepEqual([null, undefined, "", " \n", []].map(isEmpty), [true, true, true, true, true]);
	assert.deepEqual([0, false, "a", [""], {}].map(isEmpty), [false, false, false, false, false]);
});

test("problems are shown in words", () => {
	const number = (more) => ({ type: "integer", name: "f", ...more });
	assert.deepEqual(
		[1, 2, 3, 4].map((value) => valueProblem(number({ min: 2, max: 3 }), value)),
		["From 2 to 3.", null, null, "From 2 to 3."],
	);
	assert.equal(valueProblem(number({ min: 2, unit: "km" }), 1), "At least 2 km.");
	assert.equal(valueProblem(number({ max: 3 }), 4), "At most 3.");
	assert.deepEqual(
		[100, 101].map((count) => valueProblem({ type: "list", maxLength: 3 }, Array(count).fill("abc"))),
		[null, "At most 100 of them."],
	);
	assert.equal(valueProblem(fieldIn("weights", "kg"), 701), "From 1 to 700 kg.");
	assert.equal(valueProblem(fieldIn("weights", "kg"), 79.4), null);
	assert.match(valueProblem(fieldIn("workTerms", "hourlyRate"), -1), /0\.00/);
	assert.match(
		valueProblem(fieldIn("weights", "note"), "x".repeat(201)),
		/At most 200 characters; these are 201/,
	);
	assert.equal(valueProblem({ type: "text", maxLength: 2 }, "👍👍"), null);
	assert.match(valueProblem(fieldIn("tasks", "days"), ["monday"]), /3 characters/);
	assert.deepEqual(
		Object.keys(orderProblems(definitions.mileage, { startOdometer: 10, endOdometer: 9 })),
		["endOdometer"],
	);
	assert.deepEqual(orderProblems(definitions.mileage, { startOdometer: 10, endOdometer: null }), {});
});

test("a space has its own choices; a removed value may stay", () => {
	const location = fieldIn("cars", "location");
	assert.equal(choicesOf(location, () => null), location.choices);
	assert.equal(choicesOf(location, () => ({ locations: [] })), location.choices);
	const own = choicesOf(location, (name) => (name === "spaceSettings" ? { locations: ["Hall", "Ramp"] } : null));
	assert.deepEqual(own, ["Hall", "Ramp"]);
	assert.match(valueProblem(location, "Yard", { choices: own }), /choices/);
	assert.equal(valueProblem(location, "Yard", { choices: own, was: "Yard" }), null);
	assert.equal(settingsRecord([{ id: "x" }, { id: "settings", a: 1 }]).a, 1);
});

test("a new record starts with what is likely", () => {
	const now = Date.parse("2026-11-21T12:34:56Z"), around = { now, today: "2026-11-21", zone: "Europe/Berlin" };
	assert.equal(startValues(definitions.mileage, around).date, "2026-11-21");
	const work = startValues(definitions.workSessions, around);
	assert.deepEqual([work.start, work.zone, work.end], ["2026-11-21T12:34:00.000Z", "Europe/Berlin", undefined]);
	assert.equal(startValues(definitions.cars, around).location, "Yard");
	assert.equal(startValues(definitions.cars, { ...around, choices: () => ["Hall"] }).location, "Hall");
	assert.equal(startValues(definitions.workSettings, around).zone, undefined);
	const zone = { name: "zone", type: "text", format: "zone", default: "UTC" };
	const places = { fields: [zone, { name: "open", type: "date" }, { name: "at", type: "instant" }] };
	assert.deepEqual(startValues(places, around), { zone: "Europe/Berlin" });
	assert.deepEqual(startValues(places, { ...around, zone: undefined }), { zone: "UTC" });
});

test("values read as people write them", () => {
	assert.equal(formatValue(fieldIn("mileage", "miles"), 12.5), "12.5\u00a0mi");
	assert.equal(formatValue(fieldIn("workTerms", "hourlyRate"), 2850, { currency: "EUR" }), "€28.50");
	assert.equal(formatValue(fieldIn("workSessions", "duration"), 27_000), "7:30");
	assert.equal(formatValue(fieldIn("assignments", "status"), "in-progress"), "In progress");
	assert.equal(
		formatValue(fieldIn("taskLogs", "task"), "t1", { refTitle: (collection, id) => `${collection} ${id}` }),
		"tasks t1",
	);
	assert.equal(formatValue(fieldIn("messages", "toUser"), "u1", { personName: () => "Ann" }), "Ann");
	for (const field of [fieldIn("mileage", "miles"), fieldIn("tasks", "days"), fieldIn("workSessions", "placeIn")])
		assert.equal(formatValue(field, null), "");
});

test("who has no project sees no field of projects, unless the record has a value", () => {
	const form = definitions.workSessions, ofProjects = ["project", "task", "tags", "billable", "rate"];
	const hidden = (record, hasAny) => {
		const used = usedFields(form, record, hasAny).map(({ name }) => name);
		return form.fields.map(({ name }) => name).filter((name) => !used.includes(name));
	};
	assert.deepEqual(hidden(undefined, () => false), ofProjects);
	assert.deepEqual(hidden({ billable: false, tags: ["wet"] }, () => false), ["project", "task", "rate"]);
	assert.deepEqual(hidden(undefined, (collection) => collection === "projects"), []);
});
