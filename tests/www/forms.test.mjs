// What a form is, without drawing it: its lines, the record it makes, which problem stands where, what is said after a
// save.
import assert from "node:assert/strict";
import test from "node:test";
import { draftOf, problemsOf, typed } from "../../www/generic/drafts.js";
import { NEEDED } from "../../www/generic/fields.js";
import {
	factsOf, fieldsOfNew, filledIn, idOfNew, linesOf, problemShown, problemsElsewhere, refusedOf, savedWords,
	typedIn, unitOf, zoneTyped,
} from "../../www/generic/forms.js";
import { setLocale } from "../../www/ui/format.js";
import { definitions, fieldIn } from "./definitions.mjs";

setLocale("en-GB");

const trips = definitions.mileage, cars = definitions.cars, work = definitions.workSessions;
const namesOf = (lines) => lines.map((line) => line.map(({ name }) => name).join("+"));

test("short fields are in two columns, and the first of a pair begins a line", () => {
	const field = (name, type, pair) => ({ name, type, pair });
	const times = [
		field("day", "date"), field("a", "time"), field("b", "time", "a"), field("c", "money"),
		field("d", "text"),
	];
	assert.deepEqual(namesOf(linesOf(times)), ["day", "a+b", "c", "d"]);
	assert.deepEqual(namesOf(linesOf(times.map(({ name, type }) => ({ name, type })))), ["day+a", "b+c", "d"]);
	assert.deepEqual(linesOf([]), []);
});

test("money is in the currency of the space unless its field says another; seconds have no unit", () => {
	const rate = fieldIn("workTerms", "hourlyRate");
	assert.deepEqual([unitOf(rate, "EUR"), unitOf({ ...rate, unit: "CHF" }, "EUR")], ["EUR", "CHF"]);
	assert.deepEqual(
		[unitOf(fieldIn("workSessions", "duration")), unitOf(fieldIn("weights", "kg"))],
		[undefined, "kg"],
	);
});

test("instants are typed in the zone field of the form, else the record's", () => {
	const record = { id: "1", version: 1, zone: "Europe/Berlin" };
	assert.equal(zoneTyped(work, draftOf(record), record), "Europe/Berlin");
	assert.equal(zoneTyped(work, typed(draftOf(record), "zone", "Asia/Tokyo"), record), "Asia/Tokyo");
	assert.equal(zoneTyped(work, typed(draftOf(record), "zone", null), record), "Europe/Berlin");
	assert.equal(zoneTyped(trips, draftOf(record), record), undefined);
});

test("a new record gets the id that was typed, a random one, or one that follows from its fields", () => {
	const draft = { ...draftOf(undefined), id: " 128489 " };
	assert.deepEqual(
		[cars, trips, definitions.weights].map((form) => idOfNew(form, draft, () => "made")),
		["128489", "made", undefined],
	);
	const owned = draftOf(undefined, { owner: "u1", date: "2026-11-20", purpose: "" });
	assert.deepEqual(fieldsOfNew(trips, owned), { date: "2026-11-20", owner: "u1" });
	const record = { id: "t", version: 3, date: "2026-11-20", from: "Yard", to: "Shop", miles: 10 };
	assert.deepEqual(
		filledIn(trips, typed(draftOf(record), "to", "Mill")),
		{ date: "2026-11-20", from: "Yard", to: "Mill", miles: 10, category: "business", underway: false },
	);
});

test("a problem is shown after a visit to the field, or after a try to save; a refusal until it is edited", () => {
	const draft = typed(typed(draftOf(undefined), "miles", -1), "date", null);
	const problems = problemsOf(trips, draft), refused = { purpose: "No." };
	const state = { problems, refused, draft, left: new Set(), tried: false };
	const shown = (more) => ["miles", "from", "purpose"].map((name) => problemShown(name, { ...state, ...more }));
	assert.deepEqual(shown({}), [undefined, undefined, "No."]);
	assert.deepEqual(shown({ left: new Set(["miles", "from"]) }), ["From 0 to 20,000 mi.", undefined, "No."]);
	assert.deepEqual(shown({ tried: true }), ["From 0 to 20,000 mi.", NEEDED, "No."]);
	assert.equal(problemShown("purpose", { ...state, draft: typed(draft, "purpose", "x") }), undefined);
	assert.equal(
		problemsElsewhere(trips, { id: "x", from: NEEDED, gone: "y" }, [fieldIn("mileage", "date")]),
		`From: ${NEEDED} gone: y`,
	);
	assert.equal(problemsElsewhere(trips, { from: NEEDED }, trips.fields), "");
});

test("a refusal by the server is shown at its field, for this record only", () => {
	const problem = { field: "notes", detail: "Too long." };
	const op = { collection: "cars", record: "1", state: "rejected", problem };
	assert.deepEqual(refusedOf([op], "cars", "1"), { notes: "Too long." });
	const others = [{ record: "2" }, { collection: "roster" }, { state: "waiting" }, { problem: { detail: "x" } }];
	for (const other of others)
		assert.deepEqual(refusedOf([{ ...op, ...other }], "cars", "1"), {});
});

test("typed values can still be read when they can no longer be saved", () => {
	const draft = typed(typed(draftOf(undefined), "from", "Yard"), "miles", undefined, "12,,", "A number, please.");
	assert.deepEqual(
		typedIn(trips, draft, {}).map(([{ name }, words]) => [name, words]),
		[["from", "Yard"], ["miles", "12,,"]],
	);
});

test("after a save the toast says what happened", () => {
	const said = (more) => savedWords(trips, { isNew: true, isDisputed: false, isWaiting: false, ...more });
	assert.deepEqual([said({}), said({ isNew: false })], ["Trip added.", "Saved."]);
	assert.match(said({ isWaiting: true }), /will send when online/);
	assert.match(said({ isDisputed: true, isWaiting: true }), /Somebody changed the same/);
});

test("a form shows the fields it is asked for, and says what keeps it from being saved elsewhere", () => {
	const choices = (field) => field.choices ?? [], ops = [];
	const fresh = factsOf(trips, null, { draft: draftOf(undefined) }, { only: ["to", "miles"], choices, ops });
	assert.deepEqual([fresh.isNew, fresh.isNumbered, fresh.isDirty], [true, false, false]);
	assert.deepEqual(fresh.shown.map(({ name }) => name), ["to", "miles"]);
	assert.equal(fresh.problems.to, NEEDED);
	assert.match(fresh.elsewhere, /Date: /);
	assert.doesNotMatch(fresh.elsewhere, /Miles/);
	assert.ok(factsOf(cars, null, { draft: draftOf(undefined) }, { choices, ops }).isNumbered);
});

test("a form of a record knows why the server refused it, and what others changed meanwhile", () => {
	const fields = { date: "2026-11-20", from: "Yard", to: "Shop", miles: 10, category: "business" };
	const record = { id: "t", version: 1, ...fields };
	const draft = typed(draftOf(record), "to", "Mill", undefined, undefined, record);
	const current = { ...record, version: 2, to: "Gate" };
	const problem = { field: "to", detail: "No." };
	const ops = [{ collection: trips.name, record: "t", state: "rejected", problem }];
	const facts = factsOf(trips, "t", { draft, current }, { choices: (field) => field.choices ?? [], ops });
	assert.deepEqual([facts.isNew, facts.isDirty, facts.elsewhere], [false, true, ""]);
	assert.deepEqual(facts.refused, { to: "No." });
	assert.deepEqual(facts.changes.map(({ field, theirs }) => [field.name, theirs]), [["to", "Gate"]]);
});
