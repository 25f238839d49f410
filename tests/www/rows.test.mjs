// Rows, order, groups, sums, search and filters, made from the definitions alone.
import assert from "node:assert/strict";
import test from "node:test";
import { groupsOf, sumOf } from "../../www/generic/groups.js";
import { orderOf, sortRecords } from "../../www/generic/order.js";
import { planOf } from "../../www/generic/plan.js";
import { describeRow, titleOf } from "../../www/generic/rows.js";
import { filtersOf, matches, sieve, textToSearch } from "../../www/generic/search.js";
import { columnsOf } from "../../www/generic/table.js";
import { setLocale } from "../../www/ui/format.js";
import { definitions, fieldIn } from "./definitions.mjs";

setLocale("en-GB");

test("rows say what matters, from the definition alone", () => {
	const trip = describeRow(planOf(definitions.mileage), {
		id: "1", date: "2026-11-20", from: "Yard", to: "Shop", miles: 12.5, startTime: "08:00",
		endTime: "08:30", category: "personal",
	});
	assert.deepEqual([trip.lead.figure, trip.lead.unit, trip.title], ["12.5", "mi", "Yard → Shop"]);
	assert.ok(trip.meta.includes("Personal"));
	const car = describeRow(planOf(definitions.cars), { id: "128489", arrived: true, late: false });
	assert.deepEqual(
		[car.lead.figure, car.title, car.tags],
		["128489", "Yard", [{ words: "Arrived", kind: "good" }]],
	);
	const task = describeRow(planOf(definitions.tasks), { id: "1", title: "Read", active: false });
	assert.deepEqual([task.title, task.tags[0].words], ["Read", "Not active"]);
	const work = describeRow(planOf(definitions.workSessions), {
		id: "1", start: "2026-11-20T08:00:00.000Z", zone: "Europe/Berlin", kind: "work",
	}, { now: Date.parse("2026-11-20T10:05:00.000Z") });
	assert.deepEqual([work.span.running, work.span.text, work.title], [true, "2:05", "09:00"]);
	const person = describeRow(planOf(definitions.employees), { id: "1", firstName: "Ann", lastName: "Arbor" });
	assert.equal(person.title, "Ann Arbor");
});

// Where commas stand differs from one edition of the locale data to the next.
const bare = (row) =>
	({ ...row, title: row.title.replaceAll(",", ""), meta: row.meta.map((words) => words.replaceAll(",", "")) });

test("a row shows what its title does not, once, and nothing that has its default", () => {
	const now = Date.parse("2026-11-21T12:00:00Z");
	const of = (name, record) => bare(describeRow(planOf(definitions[name]), record, { now }));
	const trip = {
		id: "1", date: "2026-11-20", from: "Yard", to: "Shop", miles: 12.5, startTime: "08:00",
		endTime: "08:30", purpose: "Delivery",
	};
	assert.deepEqual(of("mileage", trip).meta, ["Fri 20 Nov", "08:00–08:30", "Delivery"]);
	assert.deepEqual(
		of("mileage", { ...trip, category: "personal", startTime: undefined, endTime: undefined }).meta,
		["Fri 20 Nov", "Delivery", "Personal"],
	);
	const session = {
		id: "1", start: "2026-11-20T08:00:00.000Z", end: "2026-11-20T10:05:00.000Z", duration: 7500,
		day: "2026-11-20", zone: "Europe/Berlin", kind: "lunch", placeIn: { lat: 1, lng: 2 },
	};
	const work = of("workSessions", { ...session, note: "x" }), span = { running: false, text: "2:05" };
	assert.deepEqual(
		[work.title, work.meta, work.span], ["x", ["Fri 20 Nov", "09:00–11:05", "Lunch"], span],
		"FC20: the note first",
	);
	const unnamed = of("workSessions", session);
	assert.deepEqual([unnamed.title, unnamed.meta, unnamed.span], ["09:00–11:05", ["Fri 20 Nov", "Lunch"], span]);
	const weight = of("weights", { id: "1", date: "2026-11-20", kg: 79.4, note: "after lunch" });
	assert.deepEqual(
		[weight.lead, weight.title, weight.meta, weight.span],
		[{ figure: "79.40", unit: "kg" }, "Fri 20 Nov", ["after lunch"], null],
	);
	const car = of("cars", { id: "7", empty: true, arrived: true, late: true, expected: "05:30", location: "200" });
	assert.deepEqual(
		[car.meta, car.tags.map(({ words, kind }) => `${words} ${kind}`)],
		[["Expected 05:30"], ["Arrived good", "Late warn", "Empty plain"]],
	);
	const task = (more) => of("assignments",
		{ id: "1", title: "Lift", due: "2026-11-22", priority: "medium", ...more });
	assert.deepEqual(
		[task({ status: "completed", priority: "high" }).meta, task({ status: "completed" }).tags],
		[["Sun 22 Nov", "High"], [{ words: "Completed", kind: "good" }]],
	);
	assert.deepEqual(
		[task({ status: "in-progress" }).meta, task({ status: "in-progress" }).tags],
		[["Sun 22 Nov"], [{ words: "In progress", kind: "plain" }]],
	);
	const begun = { id: "1", startedAt: "2026-11-20T04:00:00.000Z" };
	const shift = bare(describeRow(planOf(definitions.shifts), begun, { now, zone: "UTC" }));
	assert.deepEqual([shift.title, shift.meta], ["20 Nov 04:00", []]);
});

const text = (name, more = {}) => ({ name, type: "text", label: name, required: true, ...more });
const values = { id: "1", code: "C", name: "N", title: "T", way: "up", day: "2026-11-20", by: "u1" };
const titleWith = (words, ...fields) => bare(describeRow(planOf({ label: "Things", ...words, fields }), values)).title;

test("a title is the fields that the definition names, side by side; one of a pair brings the other", () => {
	assert.equal(titleWith({ title: ["title", "code"] }, text("code"), text("name"), text("title")), "T C");
	const way = [text("from"), text("to", { pair: "from" })];
	const plan = (title) => planOf({ label: "Trips", title, fields: [text("code"), ...way] });
	const trip = (title) => describeRow(plan(title), { id: "1", code: "C", from: "Yard", to: "Shop" });
	for (const title of [["from"], ["to"], ["from", "to"]])
		assert.deepEqual([trip(title).title, trip(title).meta], ["Yard → Shop", ["C"]]);
	assert.deepEqual([trip(["code", "to"]).title, trip(["code"]).meta], ["C Yard → Shop", ["Yard → Shop"]]);
});

test("without title it is the first required text or reference, else the time of the order, else a choice", () => {
	const day = { name: "day", type: "date", label: "Day" };
	const way = { name: "way", type: "choice", label: "Way", required: true, choices: ["up", "down"] };
	assert.equal(titleWith({}, text("code"), text("name"), text("title")), "C", "no name says more than another");
	assert.equal(titleWith({ order: "-day" }, day, text("code", { required: false }), way), "Fri 20 Nov");
	assert.equal(
		titleWith({}, text("by", { format: "user" }), day, way),
		"Up",
		"a person is nothing to be called by",
	);
	assert.equal(titleWith({}, text("code", { required: false })), "Things");
	assert.deepEqual(
		describeRow(planOf({ label: "Things", fields: [way] }), { id: "1", way: "up" }),
		{ lead: null, title: "Up", meta: [], tags: [], span: null },
	);
});

test("fields are read as one where the definition pairs them: an arrow between words, a dash between measures", () => {
	const of = (type, first, second) => describeRow(planOf({ label: "L", title: ["id_"], fields: [
		text("id_"), { name: "a", type, label: "A" }, { name: "b", type, label: "B", pair: "a" },
	] }), { id: "1", id_: "T", a: first, b: second }).meta;
	assert.deepEqual(
		[of("text", "x", "y"), of("time", "08:00", "09:30"), of("integer", 5, 7)],
		[["x → y"], ["08:00–09:30"], ["5–7"]],
	);
	assert.deepEqual(
		[of("text", "x", null), of("time", null, "09:30"), of("integer", null, null)],
		[["x →"], ["–09:30"], []],
	);
});

test("a tag has the tone of its definition, whatever its field is called; a choice without tones is no tag", () => {
	const fields = [
		{ name: "late", type: "boolean", label: "Late" },
		{ name: "done", type: "boolean", label: "Done", tone: "good" },
		{ name: "status", type: "choice", label: "Status", choices: ["open", "cancelled"] },
		{ name: "phase", type: "choice", label: "Phase", choices: ["first", "last"], tone: { last: "bad" } },
	];
	const of = (record) => describeRow(planOf({ label: "Things", fields }), { id: "1", ...record });
	assert.deepEqual(
		of({ late: true, done: true, phase: "last" }).tags,
		[{ words: "Late", kind: "plain" }, { words: "Done", kind: "good" }, { words: "Last", kind: "bad" }],
	);
	assert.deepEqual(
		[of({ status: "cancelled", phase: "first" }).meta, of({ phase: "first" }).tags],
		[["Cancelled"], [{ words: "First", kind: "plain" }]],
	);
});

test("lists in the order of time have groups", () => {
	assert.deepEqual(
		["mileage", "workSessions", "shifts", "cars", "employees"].map((name) =>
			planOf(definitions[name]).grouped),
		[true, true, true, false, false],
	);
	const at = (day) => new Date(2026, day > 30 ? 9 : 10, day, 12).toISOString();
	const heads = groupsOf(planOf(definitions.workSessions),
		[{ id: "a", start: at(2) }, { id: "b", start: at(1) }, { id: "c", start: at(31) }, { id: "d" }]);
	assert.deepEqual(
		[...heads.values()].map(({ key, title }) => [key, title]),
		[["2026-11", "November 2026"], ["2026-10", "October 2026"], ["", "No date"]],
	);
});

test("every definition gives a row a title, whatever is missing from the record", () => {
	for (const definition of Object.values(definitions)) {
		const row = describeRow(planOf(definition), { id: "x1", version: 1 });
		assert.equal(typeof row.title, "string", definition.name);
		assert.ok(row.title.length > 0, definition.name);
		assert.ok(titleOf(planOf(definition), { id: "x1" }).length > 0, definition.name);
	}
});

test("hostile texts stay texts", () => {
	const evil = "<img src=x onerror=alert(1)>\u202e" + "A".repeat(10_000);
	const row = describeRow(planOf(definitions.tasks), { id: "1", title: evil });
	assert.equal(row.title, evil);
});

test("order: of the definition, of a column, ids of digits as numbers, refs by their names", () => {
	const trips = planOf(definitions.mileage);
	assert.deepEqual(orderOf(trips), { key: "date", down: true });
	assert.deepEqual(orderOf(trips, "-miles"), { key: "miles", down: true });
	assert.deepEqual(orderOf(trips, "nonsense"), { key: "id", down: false });
	const days = [
		{ id: "a", date: "2026-11-19" },
		{ id: "b", date: "2026-11-21" },
		{ id: "c", date: "2026-11-20", startTime: "08:00" },
		{ id: "d", date: "2026-11-20", startTime: "09:00" },
	];
	assert.deepEqual(sortRecords(trips, days).map(({ id }) => id), ["b", "d", "c", "a"]);
	assert.deepEqual(
		sortRecords(planOf(definitions.cars), [{ id: "1200" }, { id: "900" }, { id: "A1" }])
			.map(({ id }) => id),
		["900", "1200", "A1"],
	);
	const worth = (key, down, ...records) => sortRecords(trips, records, { key, down })
		.map(({ id }) => id).join("");
	assert.equal(
		worth("lastUpdatedAt", true, { id: "a", lastUpdatedAt: "2026-11-19" }, { id: "b" },
			{ id: "c", lastUpdatedAt: "2026-11-21" }),
		"cab",
	);
	assert.equal(
		worth("purpose", false, { id: "a", purpose: "zinc" }, { id: "b", purpose: "Ape" }, { id: "c" },
			{ id: "d", purpose: "ape" }),
		"cbda",
	);
	assert.equal(
		worth("miles", false, { id: "a", miles: 10 }, { id: "b", miles: 9 }, { id: "c", miles: 9 }),
		"bca",
	);
	const lists = planOf({ label: "L", fields: [{ name: "days", type: "list", label: "Days" }] });
	assert.deepEqual(
		sortRecords(lists, [{ id: "a", days: ["tue"] }, { id: "b", days: ["mon", "wed"] }, { id: "c" }],
			{ key: "days", down: false }).map(({ id }) => id),
		["c", "b", "a"],
	);
	const logs = [{ id: "1", task: "x" }, { id: "2", task: "y" }];
	assert.deepEqual(
		sortRecords(planOf(definitions.taskLogs), logs, { key: "task", down: false },
			{ refTitle: (_, id) => ({ x: "Zoo", y: "Ape" })[id] }).map(({ id }) => id),
		["2", "1"],
	);
});

test("groups by month, with the sums", () => {
	const trips = planOf(definitions.mileage);
	const heads = groupsOf(trips, [
		{ id: "a", date: "2026-11-20", miles: 0.1 },
		{ id: "b", date: "2026-11-02", miles: 0.2 },
		{ id: "c", date: "2026-10-31", miles: 5 },
	]);
	assert.deepEqual(
		[...heads.values()].map(({ key, title, end }) => [key, title, end]),
		[["2026-11", "November 2026", "0.3\u00a0mi"], ["2026-10", "October 2026", "5.0\u00a0mi"]],
	);
	assert.equal(sumOf(fieldIn("mileage", "miles"), [{ miles: 1.5 }, {}, { miles: null }]), 1.5);
	const price = { name: "price", type: "money", label: "Price", required: true };
	const day = { name: "day", type: "date", label: "Day" };
	const sold = [{ id: "a", day: "2026-11-20", price: 150 }, { id: "b", day: "2026-11-21", price: 250 }];
	const plan = (field) => planOf({ label: "L", order: "day", fields: [day, field] });
	const endOf = (field) => groupsOf(plan(field), sold, { currency: "EUR" }).get("2026-11").end;
	assert.deepEqual(
		[endOf({ ...price, sum: true }), endOf(price)],
		["€4.00", "2 entries"],
		"the definition says what adds up",
	);
	assert.equal(sumOf(fieldIn("mileage", "miles"), Array.from({ length: 10 }, () => ({ miles: 0.1 }))), 1);
});

test("filters of one field widen, those of several narrow; a search has to find all words", () => {
	const cars = planOf(definitions.cars), all = filtersOf(cars);
	const of = (...keys) => all.filter(({ key }) => keys.includes(key));
	assert.ok(sieve(of("location:100", "location:200", "late"))({ id: "1", location: "100", late: true }));
	assert.ok(!sieve(of("location:100", "late"))({ id: "1", location: "100" }));
	assert.ok(sieve(of("location:Yard"))({ id: "1" }), "the default counts");
	const choice = (count) => filtersOf(planOf({ label: "L", fields: [{
		name: "c", type: "choice", label: "C", choices: Array.from({ length: count }, (_, at) => `c${at}`),
	}, { name: "t", type: "text", label: "T" }] }));
	assert.deepEqual(
		[choice(9).map(({ key }) => key).slice(-1), choice(9).length, choice(10).length],
		[["c:c8"], 9, 0],
	);
	const text = textToSearch(planOf(definitions.mileage),
		{ id: "1", from: "Yard", to: "Shop", miles: 12.5, purpose: "Delivery" });
	const work = textToSearch(planOf(definitions.workSessions),
		{ id: "1", start: new Date(2026, 10, 20, 8, 5).toISOString() });
	assert.ok(matches(work, "november 08:05") && matches(work, "2026-11-20"));
	assert.ok(matches(text, "shop deli") && matches(text, "12.5") && !matches(text, "shop lunch"));
});

test("columns begin with the order field and the required fields", () => {
	assert.deepEqual(
		columnsOf(planOf(definitions.mileage)).map(({ name }) => name),
		[
			"date", "from", "to", "miles", "startTime", "endTime", "purpose", "category", "startOdometer",
			"endOdometer", "km", "fromPlace", "toPlace", "vehicle", "costCenter", "receipt", "toll",
			"parking", "underway", "notes",
		],
	);
	const work = columnsOf(planOf(definitions.workSessions)).map(({ name }) => name);
	assert.deepEqual(
		[
			work.includes("zone"), work.slice(0, 3), work.indexOf("note") > work.indexOf("photoOut"),
			work.indexOf("note") < work.indexOf("day"),
		],
		[false, ["start", "kind", "end"], true, true],
	);
});
