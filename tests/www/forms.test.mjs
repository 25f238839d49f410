// Typed text to values and back, and rows made from definitions.
import assert from "node:assert/strict";
import test from "node:test";
import { chipOf } from "../../www/first/chip.js";
import { formatCents, formatSpan, formatValue } from "../../www/first/format.js";
import { isReadOnly, isShown, orderProblems, startTexts, textOf, valueOf, widgetOf } from "../../www/first/forms.js";
import { newId } from "../../www/first/ids.js";
import { hrefOf, parseRoute } from "../../www/first/routes.js";
import { describe, groupRecords, matches, planOf, sortRecords, textToSearch } from "../../www/first/rows.js";
import { definitions } from "./aid.mjs";

const kg = definitions.weights.fields.find(({ name }) => name === "kg");

for (const [text, value] of [
	["79.4", 79.4], ["79,4", 79.4], [" 79.40 ", 79.4], ["1", 1], ["007.5", 7.5], [".5e", null], ["1e2", null], ["0x1f", null], ["79.456", null],
	["79.400", 79.4], ["701", null], ["0", null], ["-3", null], ["abc", null], ["", null], ["NaN", null], ["Infinity", null], ["7 9", 79], ["+79", 79],
])
	test(`kg "${text}" is ${value === null ? "refused" : value}`, () => {
		const parsed = valueOf(kg, text);
		assert.equal(parsed.value ?? null, value);
		assert.equal(Boolean(parsed.problem), value === null);
	});

test("thousands and decimal commas mean what their writer meant", () => {
	const miles = { type: "decimal", scale: 1, name: "miles", label: "Miles" };
	for (const [text, value] of [["1,234.5", 1234.5], ["1.234,5", 1234.5], ["1 234,5", 1234.5], ["12,5", 12.5], ["1,234", 1234]])
		assert.equal(valueOf(miles, text).value, value, text);
	assert.equal(valueOf({ ...miles, scale: 3 }, "1,234").value, 1.234);
});

test("money is cents, exactly", () => {
	const amount = { type: "money", name: "amount", label: "Amount", unit: "EUR" };
	for (const [text, cents] of [["12.34", 1234], ["12,3", 1230], ["0.29", 29], ["1.15", 115], ["-0.05", -5], ["8.2", 820], ["1,234.56", 123456]]) {
		assert.equal(valueOf(amount, text).value, cents, text);
		assert.equal(valueOf(amount, textOf(amount, cents)).value, cents);
	}
	assert.ok(valueOf(amount, "1.234").problem);
	assert.match(formatCents(123456, "EUR", "en-GB"), /1,234\.56/);
});

test("numbers too large to be kept exactly are refused", () => {
	assert.ok(valueOf({ type: "integer", name: "n", label: "N" }, "9007199254740993").problem);
	assert.equal(valueOf({ type: "integer", name: "n", label: "N" }, "-0").value, 0);
	assert.ok(!Object.is(valueOf({ type: "integer", name: "n", label: "N" }, "-0").value, -0));
});

test("an instant comes out as it went in", () => {
	const field = { type: "instant", name: "start", label: "Start" };
	for (const instant of ["2026-11-21T08:34:00.000Z", "2026-03-29T01:30:00.000Z", "2026-01-01T00:00:05.000Z"])
		assert.equal(valueOf(field, textOf(field, instant)).value, instant);
});

test("lists, places, times and texts", () => {
	const list = { type: "list", name: "days", label: "Days", maxLength: 3 };
	assert.deepEqual(valueOf(list, "mon, tue,,").value, ["mon", "tue"]);
	assert.equal(valueOf(list, " ").value, null);
	assert.ok(valueOf(list, "monday").problem);
	assert.deepEqual(valueOf(list, textOf(list, ["a,b", "c"])).value, ["a,b", "c"]);
	const place = { type: "place", name: "p", label: "Place" };
	assert.deepEqual(valueOf(place, "52.520008, 13.404954, 12.5").value, { lat: 52.520008, lng: 13.404954, accuracy: 12.5 });
	assert.ok(valueOf(place, "91, 0").problem);
	assert.ok(valueOf(place, "Berlin").problem);
	assert.ok(valueOf({ type: "time", name: "t", label: "T" }, "24:00").problem);
	assert.equal(valueOf({ type: "text", name: "t", label: "T", maxLength: 2 }, "👩‍👩‍👧x").problem?.startsWith("At most 2"), true);
	assert.equal(valueOf({ type: "text", name: "t", label: "T", maxLength: 2 }, "👍👍").value, "👍👍");
	assert.ok(valueOf({ type: "text", name: "t", label: "T", required: true }, "  ").problem);
});

test("widgets follow the definitions", () => {
	const kinds = (name) => Object.fromEntries(definitions[name].fields.filter(isShown).map((field) => [field.name, widgetOf(field).kind]));
	assert.deepEqual(kinds("cars"), { location: "choice", arrived: "toggle", late: "toggle", empty: "toggle", expected: "time", notes: "lines", arrivedAt: "instant", emptyAt: "instant" });
	assert.equal(kinds("mileage").category, "segments");
	assert.equal(kinds("taskLogs").task, "ref");
	const [date] = definitions.weights.fields;
	assert.equal(isReadOnly(definitions.weights, date, true), false);
	assert.equal(isReadOnly(definitions.weights, date, false), true);
	assert.equal(isReadOnly(definitions.cars, definitions.cars.fields.find(({ name }) => name === "arrivedAt"), true), true);
});

test("a new record starts with what is likely", () => {
	const noon = new Date(2026, 10, 21, 12, 34, 56).getTime();
	assert.equal(startTexts(definitions.mileage, noon, "Europe/Berlin").date, "2026-11-21");
	assert.deepEqual([startTexts(definitions.workSessions, noon, "Europe/Berlin").start, startTexts(definitions.workSessions, noon, "Europe/Berlin").zone], ["2026-11-21T12:34", "Europe/Berlin"]);
	assert.equal(startTexts(definitions.cars, noon, "UTC").location, "Yard");
});

test("fields that must not be less than others are compared", () => {
	assert.deepEqual(Object.keys(orderProblems(definitions.mileage, { startOdometer: 10, endOdometer: 9 })), ["endOdometer"]);
	assert.deepEqual(orderProblems(definitions.mileage, { startOdometer: 10, endOdometer: null }), {});
});

test("rows say what matters, from the definition alone", () => {
	const trip = describe(planOf(definitions.mileage), { id: "1", date: "2026-11-20", from: "Yard", to: "Shop", miles: 12.5, startTime: "08:00", endTime: "08:30", category: "personal" });
	assert.deepEqual([trip.lead.figure, trip.lead.unit, trip.title], ["12.5", "mi", "Yard → Shop"]);
	assert.ok(trip.meta.includes("Personal"));
	const car = describe(planOf(definitions.cars), { id: "128489", arrived: true, late: false });
	assert.deepEqual([car.lead.figure, car.title, car.tags], ["128489", "Yard", ["Arrived"]]);
	const task = describe(planOf(definitions.tasks), { id: "1", title: "Read", active: false });
	assert.deepEqual([task.title, task.tags], ["Read", ["Not active"]]);
	const work = describe(planOf(definitions.workSessions), { id: "1", start: "2026-11-20T08:00:00.000Z", kind: "work" }, { now: Date.parse("2026-11-20T10:05:00.000Z") });
	assert.deepEqual([work.span.running, work.span.text], [true, "2:05"]);
});

test("order, groups and sums", () => {
	const plan = planOf(definitions.mileage);
	const trips = [["a", "2026-10-01", 0.1], ["b", "2026-11-02", 0.2], ["c", "2026-11-01", 0.7]].map(([id, date, miles]) => ({ id, date, miles, from: "x", to: "y" }));
	const groups = groupRecords(plan, sortRecords(plan, trips));
	assert.deepEqual(groups.map(({ month, records }) => [month, records.map(({ id }) => id).join("")]), [["2026-11", "bc"], ["2026-10", "a"]]);
	assert.match(groups[0].sums[0], /^0\.9/);
	assert.deepEqual(groupRecords(planOf(definitions.weights), [{ id: "1", date: "2026-11-01", kg: 80 }])[0].sums, []);
	assert.deepEqual(sortRecords(planOf(definitions.cars), [{ id: "1200" }, { id: "900" }, { id: "A" }]).map(({ id }) => id), ["900", "1200", "A"]);
});

test("a search finds words in any order, in what is shown and in what is stored", () => {
	const plan = planOf(definitions.mileage);
	const text = textToSearch(plan, { id: "1", date: "2026-11-20", from: "Yard", to: "Shop", miles: 12.5, purpose: "Tyres" });
	for (const query of ["yard", "SHOP tyres", "2026-11", "12.5", ""])
		assert.ok(matches(text, query), query);
	assert.ok(!matches(text, "yard harbour"));
});

test("the chip says the one thing most worth saying, and never more than is true", () => {
	const calm = { loaded: true, lastAt: 1_000_000, failedAt: null, offline: false };
	const none = { all: 0, saving: 0, waiting: 0, refused: 0, clashing: 0 };
	const say = (sync, counts, now = 1_001_000) => chipOf({ sync: { ...calm, ...sync }, counts: { ...none, ...counts }, now });
	assert.deepEqual(say({}, {}), { tone: "good", text: "Up to date", more: "" });
	assert.equal(say({}, {}, 1_000_000 + 180_000).text, "3 min ago");
	assert.equal(say({ loaded: false, lastAt: null }, {}).text, "Loading…");
	assert.match(say({ failedAt: 1_000_000, offline: true }, { all: 2, waiting: 2 }).text, /^Offline since/);
	assert.equal(say({ failedAt: 1_000_000 }, { all: 2, waiting: 2 }).more, "2 unsaved");
	assert.equal(say({}, { all: 1, saving: 1 }).text, "Saving…");
	assert.equal(say({}, { all: 2, clashing: 1, saving: 1 }).text, "1 conflict");
	assert.equal(say({}, { all: 1, refused: 1 }).text, "1 not saved");
});

test("addresses lead back to where they came from", () => {
	for (const route of [{ collection: "weights", id: null, panel: null }, { collection: "cars", id: "a:b@c.d", panel: "history" }, { collection: "cars", id: "+", panel: null }, { collection: "cars", id: "+01a-2", panel: null }])
		assert.deepEqual(parseRoute(hrefOf(route.collection, route.id, route.panel)), route);
	assert.deepEqual(parseRoute("#/%E0%A4%A/x"), { collection: null, id: "x", panel: null });
});

test("ids are UUIDs of version 7, in the order of time", () => {
	const ids = [newId(1), newId(2 ** 40), newId(Date.parse("2026-11-21"))];
	for (const id of ids)
		assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
	assert.deepEqual([...ids].sort(), ids);
});

test("values are read in words", () => {
	assert.equal(formatSpan(31 * 3_600_000 + 40 * 60_000), "31:40");
	assert.equal(formatValue({ type: "boolean" }, true), "Yes");
	assert.equal(formatValue({ type: "text" }, null), "");
	assert.match(formatValue({ type: "decimal", scale: 2, unit: "kg" }, 79.4), /^79\.40\skg$/);
});
