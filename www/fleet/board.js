// The board of package cars, from rows alone: the state of a car, when it is due, counts, filters, order, and what a
// toggle writes.  No document, no engine.  A car is late by the same rule as on the server (lib/fleet/late.c);
// tests/fixtures/fleet/due.json holds both to the same answers.

import { addDays, dayIn, instantIn, secondsOf } from "../ui/zone.js";

/** The locations of a space that has named none. */
export const LOCATIONS = ["Yard", "100", "200", "300", "400", "500", "600", "Shop"];
const BEFORE = 6 * 3_600_000; // ms before a shift's start from which expected times belong to that shift

/** The locations of the board in the space's order.  Last come those that are no longer listed but still have cars. */
export function locationsOf(settings, cars = []) {
	const listed = settings?.locations?.length ? [...new Set(settings.locations)] : LOCATIONS;
	const others = new Set(cars.map((car) => car.location ?? listed[0]).filter((one) => !listed.includes(one)));
	return [...listed, ...[...others].sort(compareNatural)];
}

const natural = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** Compares names, with the numbers in them as numbers: 9 before 10. */
export function compareNatural(left, right) {
	return natural.compare(left, right) || (left < right ? -1 : Number(left > right));
}

/**
 * When a car is due in a shift, in ms: the first moment at which the local clock shows the expected time, counted from
 * 6 hours before the shift's start.
 */
export function dueAt(zone, startedAt, expected) {
	const earliest = Date.parse(startedAt) - BEFORE;
	const date = dayIn(zone, earliest);
	const due = instantIn(zone, date, secondsOf(expected));
	return due >= earliest ? due : instantIn(zone, addDays(date, 1), secondsOf(expected));
}

/** The current shift, or undefined. */
export function openShift(shifts) {
	return shifts.find((shift) => !shift.endedAt);
}

/**
 * The state of a car: "empty", "arrived", "late" (marked late, or overdue by the clock) or "pending".  A late car that
 * has arrived is "arrived"; isLate says that it was late.
 */
export function stateOf(car, watch = null) {
	if (car.empty)
		return "empty";
	if (car.arrived)
		return "arrived";
	return isLate(car, watch) ? "late" : "pending";
}

/** watch: {zone, startedAt, now} of the current shift, or null. */
export function isLate(car, watch = null) {
	if (car.late)
		return true;
	if (!watch || !car.expected || car.arrived || car.empty)
		return false;
	return watch.now > dueAt(watch.zone, watch.startedAt, car.expected);
}

/** Minutes until a car is due (negative: overdue), or null. */
export function minutesToDue(car, watch) {
	if (!watch || !car.expected || car.arrived || car.empty)
		return null;
	return Math.round((dueAt(watch.zone, watch.startedAt, car.expected) - watch.now) / 60_000);
}

// --- what a toggle writes ---

/**
 * The fields that a toggle writes.  An empty car has arrived, and a car that has not arrived is not empty.  Both fields
 * are written, so that the board shows at once what the server will derive.
 */
export function toggled(car, flag) {
	switch (flag) {
	case "arrived":
		if (!car.arrived)
			return { arrived: true };
		return car.empty ? { arrived: false, empty: false } : { arrived: false };
	case "empty":
		if (car.empty)
			return { empty: false };
		return car.arrived ? { empty: true } : { empty: true, arrived: true };
	case "late":
		return { late: !car.late };
	default:
		throw new TypeError(`no flag ${flag}`);
	}
}

const SAID = { // the flag is set, the flag is cleared
	arrived: ["Arrived", "Not arrived"], empty: ["Empty", "Not empty"], late: ["Late", "Not late"],
};

/** A toggle in words: "Car 128489 → Arrived". */
export function toggleInWords(car, flag) {
	return `Car ${car.id} → ${SAID[flag][car[flag] ? 1 : 0]}`;
}

const MARKS = {
	arrived: ["marked it arrived", "marked it not arrived"],
	empty: ["marked it empty", "marked it not empty"],
	late: ["marked it late", "marked it not late"],
};
const CAUSES = [
	["start-", "began a shift"],
	["end-", "ended the shift: the flags start anew"],
	["reset-", "reset the board: the flags start anew"],
	["late-cars", "saw that it is late"],
];

// The change of one field in words; null for a field that follows from others.
function changeInWords(name, [before, after]) {
	if (MARKS[name])
		return MARKS[name][after ? 0 : 1];
	if (name === "location")
		return before ? `moved it ${before} → ${after}` : `put it at ${after}`;
	if (name === "expected")
		return after ? `expects it at ${String(after).slice(0, 5)}` : "expects it at no time";
	if (name === "notes")
		return after ? `noted “${after}”` : "took the notes away";
	return null;
}

/**
 * An entry of a car's history in words that follow a person's name: "moved it Yard → 200".  null if there are none; the
 * fields are then shown.
 */
export function entryInWords({ action, cause, changes }) {
	const known = CAUSES.find(([start]) => cause?.startsWith(start));
	if (known && action !== "created" && action !== "imported")
		return known[1];
	if (action !== "updated" || !changes)
		return null;
	const isEmptied = changes.empty?.[1] && changes.arrived;
	const said = Object.entries(changes)
		.filter(([name]) => !(isEmptied && name === "arrived"))
		.map(([name, pair]) => changeInWords(name, pair))
		.filter(Boolean);
	return said.length > 0 ? said.join(", ") : null;
}

// --- counts, filters, order ---

/** The filters of the board.  Filters of one group are joined with "or" (late or pending), groups with "and". */
export const FILTERS = [
	{ key: "pending", label: "Pending", group: "state", test: (car, watch) => stateOf(car, watch) === "pending" },
	{ key: "arrived", label: "On site", group: "state", test: (car, watch) => stateOf(car, watch) === "arrived" },
	{ key: "late", label: "Late", group: "state", test: (car, watch) => isLate(car, watch) },
	{ key: "empty", label: "Empty", group: "state", test: (car, watch) => stateOf(car, watch) === "empty" },
	{ key: "notes", label: "Has notes", group: "notes", test: (car) => Boolean(car.notes) },
];

/** How many cars each filter would show. */
export function countsOf(cars, watch) {
	const count = (filter) => cars.filter((car) => filter.test(car, watch)).length;
	return Object.fromEntries(FILTERS.map((filter) => [filter.key, count(filter)]));
}

/** How many cars there are, and how many of them have arrived, are empty, are late. */
export function progressOf(cars) {
	const arrived = cars.filter((car) => car.arrived || car.empty).length;
	return {
		cars: cars.length,
		arrived,
		empty: cars.filter((car) => car.empty).length,
		late: cars.filter((car) => car.late).length,
	};
}

function plain(text) {
	return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Whether all words of a search are in the car's number, location, expected time or notes. */
export function matchesQuery(car, query) {
	const text = plain([car.id, car.location, car.notes, car.expected].filter(Boolean).join(" "));
	return plain(query).split(/\s+/).filter(Boolean).every((word) => text.includes(word));
}

/** choice: {filters: [key…], locations: […], query}. */
export function chosen(cars, choice, watch) {
	const filters = FILTERS.filter((filter) => choice.filters?.includes(filter.key));
	const groups = new Map();
	for (const filter of filters)
		groups.set(filter.group, [...groups.get(filter.group) ?? [], filter]);
	return cars.filter((car) =>
		(!choice.locations?.length || choice.locations.includes(car.location)) &&
		(!choice.query || matchesQuery(car, choice.query)) &&
		[...groups.values()].every((group) => group.some((filter) => filter.test(car, watch))));
}

const WEIGHTS = { late: 0, pending: 1, arrived: 2, empty: 3 };

// Cars without an expected time come last.
function compareExpected(left, right) {
	return Number(!left.expected) - Number(!right.expected) ||
		compareNatural(left.expected ?? "", right.expected ?? "");
}

/** The order of a column.  by: "state" (cars that still need work first), "expected" or "id"; then by number. */
export function inOrder(cars, watch, by = "state") {
	const weight = new Map(cars.map((car) => [car, WEIGHTS[stateOf(car, watch)]]));
	return [...cars].sort((left, right) =>
		(by === "state" ? weight.get(left) - weight.get(right) : 0) ||
		(by === "expected" ? compareExpected(left, right) : 0) ||
		compareNatural(left.id, right.id));
}

/** The columns of the board: [{location, cars}], each in order. */
export function columnsOf(cars, locations, watch, by) {
	const columns = new Map(locations.map((location) => [location, []]));
	for (const car of cars)
		columns.get(car.location ?? locations[0])?.push(car);
	return [...columns].map(([location, ofIt]) => ({ location, cars: inOrder(ofIt, watch, by) }));
}

// --- the order while somebody works on the board ---

/**
 * The columns as they stay while somebody works on the board: a car keeps its place, new cars come last, and a car that
 * left leaves an empty place.  shown: [{location, ids}] as drawn last.  wanted: columnsOf(…).  carOf(id): the car as it
 * is now, or undefined.  Returns [{location, entries: [{id, car, to}]}]; in an empty place car is null, and to is the
 * location that the car went to, or null.
 */
export function heldColumns(shown, wanted, carOf) {
	const idsOf = new Map(shown.map(({ location, ids }) => [location, ids]));
	return wanted.map(({ location, cars }) => {
		const ids = idsOf.get(location) ?? [], known = new Set(ids);
		const places = ids.map((id) => {
			const car = carOf(id);
			const stays = car && (location === null || (car.location ?? wanted[0].location) === location);
			return stays ? { id, car } : { id, car: null, to: car?.location ?? null };
		});
		const others = cars.filter((car) => !known.has(car.id)).map((car) => ({ id: car.id, car }));
		return { location, entries: [...places, ...others] };
	});
}

/** Whether the columns are in their order: no car is missing, and none is in the place of another. */
export function isInOrder(held, wanted) {
	return held.every(({ entries }, at) => {
		const { cars } = wanted[at];
		return entries.length === cars.length &&
			entries.every(({ id, car }, place) => car && id === cars[place].id);
	});
}

/** Numbers typed or pasted together, "128489, 128490 200" as three: {ids, bad}.  bad: words that cannot be a number. */
export function numbersIn(text) {
	const words = [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
	const isId = (word) => /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$/.test(word);
	return { ids: words.filter(isId), bad: words.filter((word) => !isId(word)) };
}
