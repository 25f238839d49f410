// The timers of this person that run, in the space on the screen and in their others.  All spaces are kept on this
// device, opened or not, so only the device is asked: once for each space, one after the other, and again when
// something was written to its hours.

import { computed, effect, signal } from "@preact/signals";
import { undoable } from "../ui/index.js";
import { engine, openSpace, rowsNow, space, spaces, status, userId } from "./state.js";
import { minute } from "./clock.js";
import { go } from "./router.jsx";
import { write } from "./write.js";

const DAY = 86_400_000; // a timer that runs longer was forgotten
const found = signal(new Map()); // space → rows that run
const waiting = new Set(); // spaces to be looked at
let isLooking = false;

// minute moves, so a timer leaves the list when it has become a forgotten one.
function isRunning({ owner, start, end }) {
	return (owner ?? userId.value) === userId.value && !end && minute.value - Date.parse(start) <= DAY;
}

/** Those of the other spaces, the latest first: [{space, row}]. */
export const timersElsewhere = computed(() =>
	spaces.value
		.filter(({ id }) => id !== space.value?.id)
		.flatMap((one) => (found.value.get(one.id) ?? []).filter(isRunning).map((row) => ({ space: one, row })))
		.sort((left, right) => (left.row.start < right.row.start ? 1 : -1)));

/** Those of the space on the screen. */
export const timersHere = computed(() =>
	rowsNow("workSessions").value.filter(isRunning).map((row) => ({ space: space.value?.info, row })));

/** The name of a timer of another space, whose job sites are not in memory. */
export function timerTitle({ note, kind }) {
	return note || (kind === "lunch" ? "Lunch" : "Work");
}

/** How long a timer has run: "0:07". */
export function timerLength({ start }) {
	const minutes = Math.max(0, Math.floor((minute.value - Date.parse(start)) / 60_000));
	return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}

async function look(id) {
	const some = await engine.find(id, "workSessions", isRunning).catch(() => []);
	if ((found.value.get(id) ?? []).length + some.length > 0)
		found.value = new Map(found.value).set(id, some);
}

async function lookInTurn() {
	if (isLooking)
		return;
	isLooking = true;
	for (const id of waiting) {
		waiting.delete(id);
		if (id !== space.peek()?.id && spaces.peek().some((one) => one.id === id))
			await look(id);
	}
	isLooking = false;
}

function wonder(ids) {
	for (const id of ids)
		waiting.add(id);
	lookInTurn();
}

/** Begins to look, once the space on the screen is there.  Returns how to stop. */
export function watchTimers() {
	let before = null, known = new Set();
	const stopPerson = effect(() => {
		userId.value;
		found.value = new Map();
		[before, known] = [null, new Set()];
	});
	const stopWatch = engine.watch((id, collections) => {
		if (collections.includes("workSessions") && id !== space.peek()?.id)
			wonder([id]);
	});
	const stopFollow = effect(() => {
		const here = space.value?.id, all = spaces.value.map(({ id }) => id);
		if (!status.value?.loaded)
			return;
		const fresh = all.filter((id) => !known.has(id));
		if (before && before !== here)
			fresh.push(before);
		[before, known] = [here, new Set(all)];
		wonder(fresh);
	});
	return () => [stopWatch, stopFollow, stopPerson].forEach((stop) => stop());
}

/** Stops a timer of another space, which is opened for that. */
export async function stopTimer({ space: { id, name }, row }) {
	const there = await write(() => engine.open(id));
	if (!there)
		return null;
	const label = `${timerTitle(row)} stopped`;
	const end = new Date(Math.max(engine.now(), Date.parse(row.start) + 1000)).toISOString();
	const op = await write(() => there.set("workSessions", row.id, { end }, { label }));
	if (op)
		undoable(`${timerTitle(row)} stopped in ${name}.`, () => write(() => there.undo(op.edit)));
	return op;
}

/** Puts the space of a timer on the screen. */
export async function goToTimer({ space: { id } }) {
	if (id !== space.value?.id)
		await openSpace(id);
	go("/time", { at: null }); // it runs now
}
