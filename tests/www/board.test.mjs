// The board of package cars: due times as the server has them, states, toggles, counts, filters
// that combine, order, quick add.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import {
	LOCATIONS, chosen, columnsOf, compareNatural, countsOf, dueAt, entryInWords, heldColumns, inOrder, isInOrder,
	isLate, locationsOf, matchesQuery, minutesToDue, numbersIn, openShift, progressOf, stateOf,
	toggleInWords, toggled,
} from "../../www/fleet/board.js";

const due = JSON.parse(readFileSync(new URL("../fixtures/fleet/due.json", import.meta.url), "utf8"));

test(due.about, () => {
	assert.ok(due.cases.length > 0);
	for (const one of due.cases)
		assert.equal(new Date(dueAt(one.zone, one.startedAt, one.expected)).toISOString(), one.due, one.name);
});

const watch = { zone: "UTC", startedAt: "2026-11-21T04:00:00.000Z", now: Date.parse("2026-11-21T05:31:00Z") };
const cars = [
	{ id: "100", location: "Yard", expected: "05:30" },
	{ id: "20", location: "Yard", arrived: true, late: true },
	{ id: "9", location: "200", arrived: true, empty: true, notes: "left tyre" },
	{ id: "7", location: "200", arrived: true },
	{ id: "30", location: "200", expected: "06:00" },
];

test("a car's state in one word; an overdue car is late even before it is flagged", () => {
	assert.deepEqual(cars.map((car) => stateOf(car, watch)), ["late", "arrived", "empty", "arrived", "pending"]);
	assert.equal(stateOf(cars[0]), "pending");
	assert.equal(isLate(cars[0], { ...watch, now: Date.parse("2026-11-21T05:30:00Z") }), false);
	assert.equal(isLate(cars[1]), true);
	assert.equal(minutesToDue(cars[0], watch), -1);
	assert.equal(minutesToDue(cars[4], watch), 29);
	const due = { id: "1", expected: "06:00" };
	assert.equal(minutesToDue(due, watch), 29);
	for (const [car, by] of [
		[due, null], [{ id: "1" }, watch], [{ ...due, arrived: true }, watch], [{ ...due, empty: true }, watch],
	])
		assert.equal(minutesToDue(car, by), null, JSON.stringify(car));
});

test("toggles set both flags if one implies the other", () => {
	assert.deepEqual(toggled({ id: "1" }, "arrived"), { arrived: true });
	assert.deepEqual(toggled({ id: "1", arrived: true }, "arrived"), { arrived: false });
	assert.deepEqual(toggled({ id: "1", late: true }, "late"), { late: false });
	assert.deepEqual(toggled({ id: "1" }, "empty"), { empty: true, arrived: true });
	assert.deepEqual(toggled({ id: "1", arrived: true }, "empty"), { empty: true });
	assert.deepEqual(toggled({ id: "1", arrived: true, empty: true }, "arrived"), { arrived: false, empty: false });
	assert.deepEqual(toggled({ id: "1", arrived: true, empty: true }, "empty"), { empty: false });
	assert.deepEqual(toggled({ id: "1" }, "late"), { late: true });
	assert.equal(toggleInWords({ id: "128489" }, "arrived"), "Car 128489 → Arrived");
	assert.equal(toggleInWords({ id: "128489", empty: true }, "empty"), "Car 128489 → Not empty");
});

test("counts, and filters that combine: states widen, the others narrow", () => {
	assert.deepEqual(countsOf(cars, watch), { pending: 1, arrived: 2, late: 2, empty: 1, notes: 1 });
	assert.deepEqual(progressOf(cars), { cars: 5, arrived: 3, empty: 1, late: 1 });
	const ids = (choice) => chosen(cars, choice, watch).map((car) => car.id);
	assert.deepEqual(ids({ filters: ["late"] }), ["100", "20"]);
	assert.deepEqual(ids({ filters: ["late", "pending"] }), ["100", "20", "30"]);
	assert.deepEqual(ids({ filters: ["arrived", "empty"], locations: ["200"] }), ["9", "7"]);
	assert.deepEqual(ids({ filters: ["arrived", "empty", "notes"], query: "TYRE left" }), ["9"]);
	assert.deepEqual(ids({ query: "yard 10" }), ["100"]);
	assert.equal(matchesQuery({ id: "1", notes: "Überführung" }, "uberf"), true);
});

test("columns in the space's order; cars that need attention first, then by id", () => {
	const columns = columnsOf(cars, locationsOf({ locations: ["200", "Yard"] }), watch);
	assert.deepEqual(columns.map((one) => [one.location, one.cars.map((car) => car.id)]),
		[["200", ["30", "7", "9"]], ["Yard", ["100", "20"]]]);
	assert.deepEqual(inOrder(cars, watch, "id").map((car) => car.id), ["7", "9", "20", "30", "100"]);
	assert.deepEqual(inOrder(cars, watch, "expected").map((car) => car.id), ["100", "30", "7", "9", "20"]);
	assert.deepEqual(inOrder([
		{ id: "1", empty: true }, { id: "2", arrived: true }, { id: "3" }, { id: "4", late: true },
	], null).map((car) => car.id), ["4", "3", "2", "1"]);
	assert.deepEqual([locationsOf(null), locationsOf({}), locationsOf({ locations: [] })],
		[LOCATIONS, LOCATIONS, LOCATIONS]);
	assert.deepEqual(locationsOf({ locations: ["A"] },
		[{ location: "B10" }, { location: "B9" }, { location: "A" }]), ["A", "B9", "B10"]);
	assert.deepEqual(locationsOf({ locations: ["B", "A", "B"] }), ["B", "A"], "one named twice is one");
	assert.deepEqual(columnsOf([{ id: "1" }], ["A"]).map((one) => one.cars.length), [1]);
	assert.deepEqual(columnsOf([{ id: "1", location: "B" }], ["A"]).map((one) => one.cars.length), [0],
		"a car of no column is in none");
	assert.ok(compareNatural("9", "10") < 0);
	assert.deepEqual([["7", "7"], ["07", "7"], ["7", "07"]].map(([left, right]) =>
		Math.sign(compareNatural(left, right))), [0, -1, 1]);
});

test("the shift under way, and car ids typed all at once", () => {
	assert.equal(openShift([{ id: "a", endedAt: "x" }, { id: "b" }]).id, "b");
	assert.equal(openShift([{ id: "a", endedAt: "x" }]), undefined);
	assert.deepEqual(numbersIn(" 128489, 128490;200\n128489 -x "),
		{ ids: ["128489", "128490", "200"], bad: ["-x"] });
});

test("while a pointer is near, no car moves: new ones come last, and a removed one leaves a gap", () => {
	const board = [{ id: "1", location: "A" }, { id: "2", location: "A" }, { id: "3", location: "B" }];
	const shown = columnsOf(board, ["A", "B"])
		.map(({ location, cars: ofIt }) => ({ location, ids: ofIt.map((car) => car.id) }));
	const held = (now, choice = {}) => {
		const wanted = columnsOf(chosen(now, choice), ["A", "B"]);
		const columns = heldColumns(shown, wanted, (id) => now.find((car) => car.id === id));
		return [columns.map(({ entries }) => entries.map(({ id, car, to }) => (car ? id : `${id}>${to}`))
			.join(" ")), isInOrder(columns, wanted)];
	};
	assert.deepEqual(held(board), [["1 2", "3"], true]);
	assert.deepEqual(held([{ ...board[0], empty: true }, board[1], board[2]]), [["1 2", "3"], false],
		"an empty car would be last");
	assert.deepEqual(held([{ ...board[0], location: "B" }, board[1], board[2]]), [["1>B 2", "3 1"], false]);
	assert.deepEqual(held([board[1], board[2]]), [["1>null 2", "3"], false]);
	assert.deepEqual(held([...board, { id: "0", location: "A" }]), [["1 2 0", "3"], false]);
	assert.deepEqual(held([{ ...board[0], arrived: true }, board[1], board[2]], { filters: ["pending"] }),
		[["1 2", "3"], false], "what no longer fits the filter stays for now");
	const three = ["1", "2", "3"].map((id) => ({ id, car: { id } }));
	const inTurn = (...order) => [{ location: "A", cars: order.map((id) => ({ id })) }];
	assert.deepEqual([inTurn("1", "2", "3"), inTurn("1", "3", "2"), inTurn("1", "2")].map((order) =>
		isInOrder([{ location: "A", entries: three }], order)), [true, false, false]);
	const list = heldColumns([{ location: null, ids: ["2", "1"] }], [{ location: null, cars: board }],
		(id) => board.find((car) => car.id === id));
	assert.deepEqual(list[0].entries.map(({ id }) => id), ["2", "1", "3"]);
});

test("the history of a car in sentences", () => {
	const updated = (changes, cause) => entryInWords({ action: "updated", changes, cause });
	assert.equal(updated({ location: ["Yard", "200"] }), "moved it Yard → 200");
	assert.equal(updated({ arrived: [false, true], arrivedAt: [null, "2026-11-21T05:31:00.000Z"] }),
		"marked it arrived");
	assert.equal(updated({ arrived: [false, true], empty: [false, true], emptyAt: [null, "x"] }),
		"marked it empty");
	assert.equal(updated({ empty: [true, false], notes: [null, "<b>flat</b>"] }),
		"marked it not empty, noted “<b>flat</b>”");
	assert.equal(updated({ expected: [null, "05:30:00"] }), "expects it at 05:30");
	assert.equal(updated({ late: [false, true] }, "late-cars"), "saw that it is late");
	assert.equal(updated({ shift: [null, "s"] }, "start-s"), "began a shift");
	assert.equal(entryInWords({ action: "reset", changes: {}, cause: "end-s" }),
		"ended the shift: the flags start anew");
	assert.equal(entryInWords({ action: "created", changes: { location: [null, "Yard"] } }), null);
	assert.equal(updated({ shift: ["s", null] }), null);
	assert.equal(updated(null), null);
});
