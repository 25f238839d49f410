// What the screens of the fleet share: signals over the rows of the space, and the functions that write them.  Toggles
// and moves are ops of the engine and work without a network; only the server begins and ends shifts.

import { computed, signal } from "@preact/signals";
import { engine, keyOf, ops, past, personName, row, rows, space, userId } from "../base/state.js";
import { write } from "../base/write.js";
import { dayIn, zoneAmong } from "../ui/zone.js";
import { capital, formatDate, formatTime, undoable } from "../ui/index.js";
import { newId } from "../engine/engine.js";
import { locationsOf, openShift, toggleInWords, toggled } from "./board.js";
import { used } from "./usage.js";

const TICK = 20_000; // milliseconds between two looks at the clock

export const cars = rows("cars");
export const shifts = rows("shifts");
export const settings = computed(() => rows("spaceSettings").value[0] ?? null);
export const shift = computed(() => openShift(shifts.value) ?? null);
export const zone = computed(() => zoneAmong(settings.value?.zone));
export const locations = computed(() => locationsOf(settings.value, cars.value));

const clock = signal(engine.now());

/** The time now, which moves while a screen shows the board; or the moment of the past on the screen. */
export const now = computed(() => past.value?.instant ?? clock.value);

/** The time of an instant, "07:14", with its date if it is not today. */
export function whenWords(at) {
	const time = formatTime(at, zone.value);
	const isToday = dayIn(zone.value, Date.parse(at)) === dayIn(zone.value, now.value);
	return isToday ? time : `${formatDate(at, { zone: zone.value })}, ${time}`;
}

/** Runs the clock of the board while a screen shows it.  Returns how to stop it. */
export function watchClock() {
	const timer = setInterval(() => { clock.value = engine.now(); }, TICK);
	clock.value = engine.now();
	return () => clearInterval(timer);
}

/** What decides whether a car is late: {zone, startedAt, now}, or null if there is no current shift. */
export const watch = computed(() => (shift.value
	? { zone: zone.value, startedAt: shift.value.startedAt, now: now.value } : null));

const OP_STATES = { conflict: "conflict", rejected: "failed" };

/** What has become of this device's edits, by car: "waiting", "conflict" or "failed". */
export const unsent = computed(() => {
	const states = new Map();
	for (const op of ops.value)
		if (op.collection === "cars" && op.state !== "done")
			states.set(op.record, OP_STATES[op.state] ?? "waiting");
	return states;
});

export function newsOf(news, id) {
	return news.get(keyOf("cars", id)) ?? null;
}

/** The notifications for everybody; those for one person are on Today. */
export const allAlerts = computed(() => rows("notifications").value.filter((one) => !one.toUser));

/** The alerts that nobody has acknowledged. */
export const alerts = computed(() => allAlerts.value.filter((one) => !one.acknowledged));

/** Turns a flag of a car from what the pressed toggle showed, even if somebody else has just changed it. */
export function toggle(car, flag) {
	used(`${flag}Toggles`);
	return write(() => space.value.set("cars", car.id, toggled(car, flag), { label: toggleInWords(car, flag) }));
}

export async function move(car, location) {
	if (location === car.location)
		return;
	const label = `Car ${car.id} → ${location}`;
	const op = await write(() => space.value.set("cars", car.id, { location }, { label }));
	used("carLocationChanges");
	if (op)
		undoable(`Car ${car.id} moved to ${location}.`, () => space.value.undo(op.edit));
}

export async function remove(car) {
	const op = await write(() => space.value.remove("cars", car.id, { label: `Car ${car.id} removed` }));
	used("carsRemoved");
	if (op)
		undoable(`Car ${car.id} removed from the board.`, () => space.value.undo(op.edit));
	return op;
}

/** Puts cars on the board: {added, there}.  there: those that were on it already. */
export async function add(ids, location) {
	const added = [], there = [];
	for (const id of ids) {
		if (space.value.get("cars", id)) {
			there.push(id);
			continue;
		}
		const known = space.value.get("roster", id);
		const fields = { location: location ?? known?.defaultLocation ?? locations.value[0] };
		if (known?.expected)
			fields.expected = known.expected;
		if (await write(() => space.value.create("cars", fields, { id, label: `Car ${id} added` })))
			added.push(id);
	}
	used("carsAdded", added.length);
	return { added, there };
}

/** Adds to the roster the cars of the board that it lacks.  Resolves to how many. */
export async function takeRoster() {
	let taken = 0;
	for (const car of cars.value) {
		if (space.value.get("roster", car.id))
			continue;
		const fields = { defaultLocation: car.location, ...(car.expected ? { expected: car.expected } : {}) };
		const options = { id: car.id, label: `Car ${car.id} into the roster` };
		if (!await write(() => space.value.create("roster", fields, options)))
			break;
		taken += 1;
	}
	return taken;
}

/** Gives a car another number.  Its history stays with it. */
export async function rename(car, number) {
	const { location, expected, notes, arrived, empty, late } = car;
	const all = Object.entries({ location, expected, notes, arrived, empty, late });
	const fields = Object.fromEntries(all.filter(([, value]) => value));
	const label = `Car ${car.id} is ${number} now`;
	const made = await write(() => space.value.create("cars", fields, { id: number, renamedFrom: car.id, label }));
	return made && write(() => space.value.remove("cars", car.id, { label }));
}

export function acknowledge(notification) {
	const { id, title } = notification, label = `Handled: ${title}`;
	return write(() => space.value.set("notifications", id, { acknowledged: true }, { label }));
}

// --- what only the server does ---

const notesBody = (notes) => (notes.trim() ? { notes: notes.trim() } : {});

/** Begins a shift.  Throws an ApiError. */
export async function startShift(notes, key) {
	await space.value.request("POST", "/shifts/start", { body: notesBody(notes), key });
	await space.value.sync();
}

/** Ends a shift.  The changes of this device are sent first, so that they count. */
export async function endShift(id, notes, key) {
	if (space.value.status.waiting > 0)
		await space.value.sync();
	const address = `/shifts/${encodeURIComponent(id)}/end`;
	const answer = await space.value.request("POST", address, { body: notesBody(notes), key });
	await space.value.sync();
	return answer.data.shift;
}

/** Clears the flags of all cars.  If another shift has begun meanwhile, it is a conflict. */
export async function resetBoard(key) {
	await space.value.request("POST", "/cars/reset", { body: { expectedShift: shift.value?.id ?? null }, key });
	used("shiftsReset");
	await space.value.sync();
}

/** Puts the active cars of the roster on the board. */
export async function applyRoster(update, key) {
	const answer = await space.value.request("POST", "/roster/apply", { body: { update }, key });
	await space.value.sync();
	return answer.data;
}

/** An idempotency key for an action that may have to be sent again: one for each thing that a person wants. */
export function actionKey() {
	return newId();
}

function whoWhen(id, at) {
	return `${id ? capital(personName(id)) : "Somebody"}${at ? ` at ${formatTime(at, zone.value)}` : ""}`;
}

/** That a shift has ended already, in words; null while it runs. */
export function endedInWords(id) {
	const one = row("shifts", id);
	if (!one?.endedAt)
		return null;
	return `This shift has ended: ${whoWhen(one.endedBy, one.endedAt)}. Its report stands under Shifts.`;
}

/** That a shift has begun already, in words; null if there is no current shift. */
export function begunInWords() {
	const one = shift.value;
	if (!one)
		return null;
	return one.startedBy === userId.value
		? `A shift is under way already: you began it at ${formatTime(one.startedAt, zone.value)}.`
		: `A shift is under way already: ${whoWhen(one.startedBy, one.startedAt)}.`;
}

/** Why an action was refused, in words. */
export function whyNot(error) {
	if (error.status === 0)
		return "The server did not answer. Try again: it is not done twice.";
	return error.problem?.detail ?? error.message;
}
