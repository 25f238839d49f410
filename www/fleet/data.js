// What the screens of the fleet share: signals over the rows of the space, and the few things they write.  Toggles and moves are ops of
// the engine and work without a network; shifts are begun and ended by the server alone.

import { computed, signal } from "@preact/signals";
import { engine, keyOf, ops, rows, space } from "../app/state.js";
import { isZone, ownZone } from "../ui/zone.js";
import { toast, undoable } from "../ui/index.js";
import { locationsOf, openShift, toggleInWords, toggled } from "./board.js";

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

export function newsOf(news, car) {
	return news.get(keyOf("cars", car.id)) ?? null;
}

// A write of the engine fails only when the device cannot store it, and then nothing has changed.
async function write(work) {
	try {
		return await work();
	} catch (error) {
		toast(`This device could not keep the change: ${error.message}`, { kind: "bad" });
		return null;
	}
}

export function toggle(car, flag) {
	return write(() => space.value.set("cars", car.id, toggled(car, flag), { label: toggleInWords(car, flag) }));
}

export async function move(car, location) {
	if (location === car.location)
		return;
	const op = await write(() => space.value.set("cars", car.id, { location }, { label: `Car ${car.id} → ${location}` }));
	if (op)
		undoable(`Car ${car.id} moved to ${location}.`, () => space.value.undo(op.edit));
}

export async function remove(car) {
	const op = await write(() => space.value.remove("cars", car.id, { label: `Car ${car.id} removed` }));
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
	return { added, there };
}

// --- what only the server does ---

/** A key for an action that may have to be asked for again; made once for each thing a person wants. */
export function actionKey() {
	return crypto.getRandomValues(new Uint32Array(4)).join("-");
}

/** Begins a shift.  Throws an ApiError; a shift that somebody else began meanwhile comes with the next poll. */
export async function startShift(notes, key) {
	await space.value.request("POST", "/shifts/start", { body: notes.trim() ? { notes: notes.trim() } : {}, key });
	await space.value.sync();
}

export async function endShift(id, notes, key) {
	const answer = await space.value.request("POST", `/shifts/${encodeURIComponent(id)}/end`, { body: notes.trim() ? { notes: notes.trim() } : {}, key });
	await space.value.sync();
	return answer.data.shift;
}

/** Sets the flags of all cars back, on the board that is shown: another one is a conflict. */
export async function resetBoard(key) {
	await space.value.request("POST", "/cars/reset", { body: { expectedShift: shift.value?.id ?? null }, key });
	await space.value.sync();
}

/** Puts the active cars of the roster on the board. */
export async function applyRoster(update, key) {
	const answer = await space.value.request("POST", "/roster/apply", { body: { update }, key });
	await space.value.sync();
	return answer.data;
}

/** In words, why an action was refused. */
export function whyNot(error) {
	if (error.status === 0)
		return "The server cannot be reached. Nothing has changed; try again when there is a connection.";
	return error.problem?.detail ?? error.message;
}
