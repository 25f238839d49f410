// Rows, order, groups, sums, search and filters, made from the definitions alone.
import assert from "node:assert/strict";
import test from "node:test";
import { columnsOf, describeRow, filtersOf, groupsOf, matches, orderOf, planOf, sieve, sortRecords, sumOf, textToSearch, titleOf } from "../../www/generic/rows.js";
import { setLocale } from "../../www/ui/format.js";
import { definitions, fieldIn } from "./definitions.mjs";

setLocale("en-GB");

test("rows say what matters, from the definition alone", () => {
	const trip = describeRow(planOf(definitions.mileage), { id: "1", date: "2026-11-20", from: "Yard", to: "Shop", miles: 12.5, startTime: "08:00", endTime: "08:30", category: "personal" });
	assert.deepEqual([trip.lead.figure, trip.lead.unit, trip.title], ["12.5", "mi", "Yard → Shop"]);
	assert.ok(trip.meta.includes("Personal"));
	const car = describeRow(planOf(definitions.cars), { id: "128489", arrived: true, late: false });
	assert.deepEqual([car.lead.figure, car.title, car.tags], ["128489", "Yard", [{ words: "Arrived", kind: "good" }]]);
	const task = describeRow(planOf(definitions.tasks), { id: "1", title: "Read", active: false });
	assert.deepEqual([task.title, task.tags[0].words], ["Read", "Not active"]);
	const work = describeRow(planOf(definitions.workSessions), { id: "1", start: "2026-11-20T08:00:00.000Z", zone: "Europe/Berlin", kind: "work" }, { now: Date.parse("2026-11-20T10:05:00.000Z") });
	assert.deepEqual([work.span.running, work.span.text, work.title], [true, "2:05", "09:00"]);
	const person = describeRow(planOf(definitions.employees), { id: "1", firstName: "Ann", lastName: "Arbor" });
	assert.equal(person.title, "Ann Arbor");
});

test("every definition gives a row a title, whatever is missing from the record", () => {
	for (const definition of Object.values(definitions)) {
		const row = describeRow(planOf(definition), { id: "x1", version: 1 });
		assert.equal(typeof row.title, "string", definition.name);
		assert.ok(row.title.length > 0, definition.name);
		assert.ok(titleOf(planOf(definition), { id: "x1" }).length > 0, definition.name);
	}
});

test("hostile texts are only ever texts", () => {
	const evil = "<img src=x onerror=alert(1)>\u202e" + "A".repeat(10_000);
	const row = describeRow(planOf(definitions.tasks), { id: "1", title: evil });
	assert.equal(row.title, evil);
});

test("order: of the definition, of a column, ids of digits as numbers, refs by their names", () => {
	const trips = planOf(definitions.mileage);
	assert.deepEqual(orderOf(trips), { key: "date", down: true });
	assert.deepEqual(orderOf(trips, "-miles"), { key: "miles", down: true });
	assert.deepEqual(orderOf(trips, "nonsense"), { key: "id", down: false });
	const days = [{ id: "a", date: "2026-11-19" }, { id: "b", date: "2026-11-21" }, { id: "c", date: "2026-11-20", startTime: "08:00" }, { id: "d", date: "2026-11-20", startTime: "09:00" }];
	assert.deepEqual(sortRecords(trips, days).map(({ id }) => id), ["b", "d", "c", "a"]);
	assert.deepEqual(sortRecords(planOf(definitions.cars), [{ id: "1200" }, { id: "900" }, { id: "A1" }]).map(({ id }) => id), ["900", "1200", "A1"]);
	const logs = [{ id: "1", task: "x" }, { id: "2", task: "y" }];
	assert.deepEqual(sortRecords(planOf(definitions.taskLogs), logs, { key: "task", down: false }, { refTitle: (_, id) => ({ x: "Zoo", y: "Ape" })[id] }).map(({ id }) => id), ["2", "1"]);
});

test("groups by month with what plainly adds up", () => {
	const trips = planOf(definitions.mileage);
	const heads = groupsOf(trips, [{ id: "a", date: "2026-11-20", miles: 0.1 }, { id: "b", date: "2026-11-02", miles: 0.2 }, { id: "c", date: "2026-10-31", miles: 5 }]);
	assert.deepEqual([...heads.values()].map(({ key, title, end }) => [key, title, end]), [["2026-11", "November 2026", "0.3\u00a0mi"], ["2026-10", "October 2026", "5.0\u00a0mi"]]);
	assert.equal(sumOf(fieldIn("mileage", "miles"), Array.from({ length: 10 }, () => ({ miles: 0.1 }))), 1);
});

test("filters of one field widen, those of several narrow; a search finds all words", () => {
	const cars = planOf(definitions.cars), all = filtersOf(cars);
	const of = (...keys) => all.filter(({ key }) => keys.includes(key));
	assert.ok(sieve(of("location:100", "location:200", "late"))({ id: "1", location: "100", late: true }));
	assert.ok(!sieve(of("location:100", "late"))({ id: "1", location: "100" }));
	assert.ok(sieve(of("location:Yard"))({ id: "1" }), "the default counts");
	const text = textToSearch(planOf(definitions.mileage), { id: "1", from: "Yard", to: "Shop", miles: 12.5, purpose: "Delivery" });
	const work = textToSearch(planOf(definitions.workSessions), { id: "1", start: new Date(2026, 10, 20, 8, 5).toISOString() });
	assert.ok(matches(work, "november 08:05") && matches(work, "2026-11-20"));
	assert.ok(matches(text, "shop deli") && matches(text, "12.5") && !matches(text, "shop lunch"));
});

test("columns begin with what lists are ordered by and with what must be filled in", () => {
	assert.deepEqual(columnsOf(planOf(definitions.mileage)).slice(0, 4).map(({ name }) => name), ["date", "from", "to", "miles"]);
});
