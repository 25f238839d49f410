// What is typed and not saved: only touched fields count, others' changes touch none of it, and are said.
import assert from "node:assert/strict";
import test from "node:test";
import {
	changesOf, draftOf, hasChanges, keepMine, meanwhile, problemsOf, seenOf, takeTheirs, typed, valueIn,
} from "../../www/generic/drafts.js";
import { definitions, fieldIn } from "./definitions.mjs";

const trips = definitions.mileage;
const record = { id: "t", version: 3, date: "2026-11-20", from: "Yard", to: "Shop", miles: 10 };
const type = (draft, values, current = record) => Object.entries(values)
	.reduce((before, [name, value]) => typed(before, name, value, undefined, undefined, current), draft);

test("only fields that differ from what the person saw would be written", () => {
	let draft = draftOf(record);
	assert.equal(hasChanges(trips, draft), false);
	draft = type(draft, { miles: 12, notes: "x" });
	assert.deepEqual(changesOf(trips, draft), { miles: 12, notes: "x" });
	draft = type(draft, { miles: 10, notes: "" });
	assert.deepEqual(changesOf(trips, draft), {});
	assert.equal(hasChanges(trips, draft), false);
	assert.deepEqual(changesOf(trips, type(draftOf(record), { to: null })), { to: null });
	assert.equal(hasChanges(trips, type(draftOf(record), { to: "Mill" })), true);
	assert.equal(typed(draftOf(record), "to", "", undefined, undefined, record).values.to, null);
});

test("a new form with proposed values has changes only after somebody types", () => {
	const fresh = draftOf(undefined, { date: "2026-11-20" });
	assert.equal(hasChanges(trips, fresh), false);
	assert.equal(hasChanges(trips, typed(fresh, "from", "Yard")), true);
});

test("an absent field and its default are the same", () => {
	assert.deepEqual(changesOf(trips, type(draftOf(record), { category: "business" })), {});
});

test("unreadable input prevents saving and is kept as typed", () => {
	const draft = typed(draftOf(record), "miles", undefined, "12,,", "A number, please.", record);
	assert.equal(valueIn(draft, fieldIn("mileage", "miles"), record), undefined);
	assert.deepEqual(problemsOf(trips, draft, record), { miles: "A number, please." });
	assert.equal(draft.texts.miles.text, "12,,");
	assert.ok(hasChanges(trips, draft));
});

test("the owner of a new record is shown by the form, and not written as a field", () => {
	const draft = draftOf(undefined, { owner: "bob", date: "2026-11-20" });
	assert.equal(draft.owner, "bob");
	assert.deepEqual(changesOf(trips, draft), { date: "2026-11-20" });
	assert.ok(!("owner" in draftOf(record, { owner: "bob" })) && !("owner" in draftOf(undefined)));
});

test("what a rule makes of other fields need not be typed, whichever of them are given", () => {
	const missing = (values) =>
		Object.keys(problemsOf(trips, draftOf(undefined, { date: "2026-11-20", ...values })));
	assert.deepEqual(missing({ from: "Yard", to: "Shop" }), ["miles"]);
	assert.deepEqual(missing({ from: "Yard", to: "Shop", startOdometer: 1 }), ["miles"]);
	assert.deepEqual(missing({ from: "Yard", to: "Shop", startOdometer: 1, endOdometer: 2 }), []);
	assert.deepEqual(missing({ from: "Yard", to: "Shop", km: 3 }), []);
	assert.deepEqual(missing({ from: "Yard", underway: true }), []);
	assert.deepEqual(missing({ from: "Yard", underway: false }), ["to", "miles"]);
	assert.deepEqual(missing({ fromPlace: "p", toPlace: "q", km: 3 }), []);
});

test("missing, out-of-range and too early values are reported", () => {
	assert.deepEqual(Object.keys(problemsOf(trips, draftOf(undefined, { date: "2026-11-20" }), undefined)),
		["from", "to", "miles"]);
	assert.deepEqual(Object.keys(problemsOf(trips, type(draftOf(record), { to: null, miles: 99_999 }), record)), [
		"to", "miles",
	]);
	assert.deepEqual(Object.keys(problemsOf(trips, type(draftOf(record), { startOdometer: 5, endOdometer: 4 }),
		record)), ["endOdometer"]);
	assert.ok(problemsOf(definitions.cars, draftOf(undefined, {}), undefined).id);
	assert.deepEqual(problemsOf(trips, type(draftOf(record), { category: "personal" }), record), {});
	assert.deepEqual(
		Object.keys(problemsOf(trips, type(draftOf(record), { category: "nonsense" }), record)), ["category"]);
	assert.deepEqual(problemsOf(trips, draftOf({ ...record, to: undefined }), { ...record, to: undefined }), {},
		"what was never touched is no reproach");
});

test("untouched fields follow the record; touched ones stay", () => {
	const draft = type(draftOf(record), { miles: 12 });
	const now = { ...record, version: 4, miles: 11, to: "Harbour" };
	assert.equal(valueIn(draft, fieldIn("mileage", "miles"), now), 12);
	assert.equal(valueIn(draft, fieldIn("mileage", "to"), now), "Harbour");
	assert.deepEqual(meanwhile(trips, draft, now)
		.map(({ field, before, mine, theirs }) => [field.name, before, mine, theirs]), [["miles", 10, 12, 11]]);
	assert.deepEqual(seenOf(trips, draft, now), { version: 3, fields: record });
});

test("a removed choice may stay, but no other removed choice can be selected", () => {
	const car = { id: "7", version: 2, location: "Old yard" };
	const problems = (location) =>
		Object.keys(problemsOf(definitions.cars, type(draftOf(car), { location }, car), car, () => ["Hall"]));
	assert.deepEqual([problems("Old yard"), problems("Hall"), problems("Older yard")], [[], [], ["location"]]);
});

test("typing into a field again does not change its base: the dispute stays", () => {
	const now = { ...record, version: 4, miles: 11 };
	const draft = type(type(draftOf(record), { miles: 12 }), { miles: 13 }, now);
	assert.deepEqual(meanwhile(trips, draft, now)
		.map(({ field, before, mine, theirs }) => [field.name, before, mine, theirs]), [["miles", 10, 13, 11]]);
	assert.equal(seenOf(trips, draft, now).version, 3);
	const unread = typed(draftOf(record), "miles", undefined, "1x", "A number, please.", record);
	assert.deepEqual(meanwhile(trips, typed(unread, "miles", 13, undefined, undefined, now), now)
		.map(({ before }) => before), [10]);
});

test("the base of a draft is the record at the first keystroke", () => {
	const now = { ...record, version: 4, miles: 11 };
	assert.deepEqual(type(draftOf(record), { to: "Mill" }, now).seen, { version: 4, fields: now });
	const two = typed(type(draftOf(record), { to: "Mill" }), "startOdometer", undefined, "1x",
		"A number, please.", record);
	const third = type(two, { notes: "x" }, now);
	assert.deepEqual([third.seen.version, third.seen.fields.miles], [3, 10]);
});

test("a new record and a deleted one have nothing to dispute", () => {
	assert.deepEqual(meanwhile(trips, draftOf(undefined, { miles: 1 }), record), []);
	assert.deepEqual(meanwhile(trips, type(draftOf(record), { miles: 12 }), undefined), []);
});

test("changes of other fields cause no dispute, and the newest version counts as seen", () => {
	const draft = type(draftOf(record), { miles: 12 });
	const now = { ...record, version: 4, to: "Harbour" };
	assert.deepEqual(meanwhile(trips, draft, now), []);
	assert.equal(seenOf(trips, draft, now).version, 4);
	assert.equal(seenOf(trips, draft, now).fields.miles, 10);
});

test("both set the same value: nothing to decide", () => {
	assert.deepEqual(meanwhile(trips, type(draftOf(record), { miles: 12 }), {
		...record, version: 4, miles: 12,
	}), []);
});

test("the person keeps mine or theirs, field by field", () => {
	const draft = type(draftOf(record), { miles: 12 });
	const now = { ...record, version: 4, miles: 11 };
	const mine = keepMine(draft, "miles", now);
	assert.deepEqual(meanwhile(trips, mine, now), []);
	assert.deepEqual([seenOf(trips, mine, now).version, changesOf(trips, mine)], [4, { miles: 12 }]);
	assert.equal(hasChanges(trips, takeTheirs(draft, "miles")), false);
});

test("the base of a field is its value when it is first touched", () => {
	let draft = type(draftOf(record), { miles: 12 });
	const now = { ...record, version: 4, to: "Harbour" };
	draft = type(draft, { to: "Mill" }, now);
	assert.deepEqual(meanwhile(trips, draft, now), []);
	assert.deepEqual([seenOf(trips, draft, now).version, seenOf(trips, draft, now).fields.to], [4, "Harbour"]);
});

test("FB12: a trip by its odometers needs no miles; one odometer is not enough", () => {
	const fresh = { date: "2026-11-20", from: "Yard", to: "Shop" };
	const missing = (values) => Object.keys(problemsOf(trips, draftOf(undefined, { ...fresh, ...values }), null));
	assert.deepEqual(missing({}), ["miles"]);
	assert.deepEqual(missing({ startOdometer: 48213 }), ["miles"]);
	assert.deepEqual(missing({ startOdometer: 48213, endOdometer: 48238 }), []);
});
