// What the screens of the fleet share: signals over the rows of the space, and the few things they write.  Toggles and moves are ops of
// the engine and work without a network; shifts are begun and ended by the server alone.

import { computed, signal } from "@preact/signals";
import { engine, keyOf, ops, personName, row, rows, space, userId } from "../base/state.js";
import { write } from "../base/write.js";
import { isZone, ownZone } from "../ui/zone.js";
import { capital, formatTime, undoable } from "../ui/index.js";
import { newId } from "../engine/engine.js";
import { locationsOf, openShift, toggleInWords, toggled } from "./board.js";
import { used } from "./usage.js";

const TICK = 20_000; // milliseconds between two looks at the clock

export const cars = rows("cars");
export const shifts = rows("shifts");
export const settings = computed(() => rows("spaceSettings").value[0] ?? null);
export const shift = computed(() => openShift(shifts.value) ?? null);
export const zone = computed(() => (isZone(settings.value?.zone) ? settings.value.zone : ownZone()));
export const locations = computed(() => locationsOf(settings.value, cars.value));

const clock = signal(engine.now());

/** The clock of the board runs while a screen shows it. */
export function watchClock() {
	const timer = setInterval(() => { clock.value = engine.now(); }, TICK);
	clock.value = engine.now();
	return () => clearInterval(timer);
}

/** What lateness is judged by: {zone, startedAt, now}, or null while no shift is under way. */
export const watch = computed(() => (shift.value ? { zone: zone.value, startedAt: shift.value.startedAt, now: clock.value } : null));

/** The state of what this device wrote and the server has not taken yet, by car: "waiting", "conflict" or "failed". */
export const unsent = computed(() => {
	const states = new Map();
	for (const op of ops.value)
		if (op.collection === "cars" && op.state !== "done")
			states.set(op.record, op.state === "conflict" ? "conflict" : op.state === "rejected" ? "failed" : "waiting");
	return states;
});

export function newsOf(news, id) {
	return news.get(keyOf("cars", id)) ?? null;
}

/** What others have to know at once: cars that are late, and nobody has seen to it. */
export const alerts = computed(() => rows("notifications").value.filter((one) => !one.acknowledged));

/** A toggle is what is seen when it is pressed, also when somebody else was quicker: it writes the other way round of that. */
export function toggle(car, flag) {
	used(`${flag}Toggles`);
	return write(() => space.value.set("cars", car.id, toggled(car, flag), { label: toggleInWords(car, flag) }));
}

export async function move(car, location) {
	if (location === car.location)
		return;
	const op = await write(() => space.value.set("cars", car.id, { location }, { label: `Car ${car.id} → ${location}` }));
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

/** Puts cars on the board; those that are there already are told apart.  {added, there}. */
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

/** The board as it stands becomes the roster: cars that are missing there are added.  How many were. */
export async function takeRoster() {
	let taken = 0;
	for (const car of cars.value) {
		if (space.value.get("roster", car.id))
			continue;
		const fields = { defaultLocation: car.location, ...(car.expected ? { expected: car.expected } : {}) };
		if (!await write(() => space.value.create("roster", fields, { id: car.id, label: `Car ${car.id} into the roster` })))
			break;
		taken += 1;
	}
	return taken;
}

/** Another number for the same car: its history follows.  Undo gives it the old one back. */
export async function rename(car, number) {
	const { location, expected, notes } = car;
	const fields = Object.fromEntries(Object.entries({ location, expected, notes, arrived: car.arrived, empty: car.empty, late: car.late }).filter(([, value]) => value));
	const label = `Car ${car.id} is ${number} now`;
	const made = await write(() => space.value.create("cars", fields, { id: number, renamedFrom: car.id, label }));
	return made && write(() => space.value.remove("cars", car.id, { label }));
}

export function acknowledge(notification) {
	return write(() => space.value.set("notifications", notification.id, { acknowledged: true }, { label: `Seen to: ${notification.title}` }));
}

// --- what only the server does ---

/** Begins a shift.  Throws an ApiError. */
export async function startShift(notes, key) {
	await space.value.request("POST", "/shifts/start", { body: notes.trim() ? { notes: notes.trim() } : {}, key });
	await space.value.sync();
}

/** Ends it.  What this device has not sent yet is sent first, so that it counts. */
export async function endShift(id, notes, key) {
	if (space.value.status.waiting > 0)
		await space.value.sync();
	const answer = await space.value.request("POST", `/shifts/${encodeURIComponent(id)}/end`, { body: notes.trim() ? { notes: notes.trim() } : {}, key });
	await space.value.sync();
	return answer.data.shift;
}

/** Sets the flags of all cars back, on the board that is shown: another one is a conflict. */
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

/** A key for an action that may have to be asked for again; made once for each thing a person wants. */
export function actionKey() {
	return newId();
}

function whoWhen(id, at) {
	return `${id ? capital(personName(id)) : "Somebody"}${at ? ` at ${formatTime(at, zone.value)}` : ""}`;
}

/** In words, that the shift has ended already; null while it runs. */
export function endedInWords(id) {
	const one = row("shifts", id);
	if (!one?.endedAt)
		return null;
	return `This shift has ended: ${whoWhen(one.endedBy, one.endedAt)}. Its report stands under Shifts.`;
}

/** In words, that a shift has been begun already; null when none is under way. */
export function begunInWords() {
	const one = shift.value;
	if (!one)
		return null;
	return one.startedBy === userId.value ? `A shift is under way already: you began it at ${formatTime(one.startedAt, zone.value)}.` : `A shift is under way already: ${whoWhen(one.startedBy, one.startedAt)}.`;
}

/** In words, why an action was refused. */
export function whyNot(error) {
	if (error.status === 0)
		return "The server did not answer. Try again: it is not done twice.";
	return error.problem?.detail ?? error.message;
}
