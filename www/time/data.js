// What the screens of Time share: signals over the sessions of the space, and the few things they write.  Everything here is an op of
// the engine and works without a network; the figures are counted on this device by the server's rules (hours.js).

import { computed, signal } from "@preact/signals";
import { engine, hasRole, ops, row, rows, space, userId } from "../app/state.js";
import { toast, undoable } from "../ui/index.js";
import { dayIn } from "../ui/zone.js";
import { count, dayOf } from "./hours.js";
import { bindingOf, runningOf, sessionsOf, startFields, stopFields } from "./sessions.js";

const SECOND = 1_000;

export const sites = rows("jobSites");
const all = rows("workSessions");

/** My row of workSettings in this space, if there is one. */
export const settings = computed(() => rows("workSettings").value.find((one) => (one.owner ?? userId.value) === userId.value) ?? null);
export const spaceSettings = computed(() => rows("spaceSettings").value[0] ?? null);

/** What binds me: {rules, zone}. */
export const binding = computed(() => bindingOf(settings.value, spaceSettings.value));

/** What binds somebody else, for those who may see his settings. */
export function bindingFor(person) {
	return bindingOf(rows("workSettings").value.find((one) => one.owner === person), spaceSettings.value);
}

/** My sessions, the latest first. */
export const sessions = computed(() => sessionsOf(all.value, userId.value, binding.value.zone));
export const running = computed(() => runningOf(sessions.value));

/** Whose sessions can be seen here besides mine, for managers: [{id, name}]. */
export const people = computed(() => {
	if (!hasRole("manager"))
		return [];
	return [...rows("members").value].map(({ id, name }) => ({ id, name })).sort((left, right) => left.name.localeCompare(right.name));
});

export function sessionsFor(person) {
	return person === userId.value ? sessions.value : sessionsOf(all.value, person, bindingFor(person).zone);
}

// --- the clock ---

const clock = signal(engine.now());

/** Moves every second while something runs and somebody looks. */
export const now = computed(() => clock.value);

export function watchClock() {
	const tick = () => {
		if (document.visibilityState === "visible")
			clock.value = engine.now();
	};
	tick();
	const timer = setInterval(tick, SECOND);
	document.addEventListener("visibilitychange", tick);
	return () => {
		clearInterval(timer);
		document.removeEventListener("visibilitychange", tick);
	};
}

export const today = computed(() => dayIn(binding.value.zone, clock.value));

/**
 * The day that is under way: today's, or the day a session that runs belongs to (a night's work is still yesterday's).
 */
export const currentDay = computed(() => {
	const oldest = running.value.at(-1);
	return dayOf(oldest?.day ?? today.value, sessions.value, binding.value.rules, clock.value);
});

/** The figures of the days from..to. */
export function figuresOf(list, { rules }, from, to) {
	return count(list.filter((one) => one.day >= from && one.day <= to), rules, clock.value);
}

// --- what is written ---

async function write(work) {
	try {
		return await work();
	} catch (error) {
		toast(`This device could not keep the change: ${error.message}`, { kind: "bad" });
		return null;
	}
}

const startedKey = (id) => `time/started/${id}`;

/** Whether a session that runs was started on this device; others say so. */
export function isOurs(one) {
	return engine.notes.get(startedKey(one.id)) !== undefined;
}

function siteName(id) {
	return id ? row("jobSites", id)?.name ?? null : null;
}

/** The words for a session: its site, else its note, else its kind. */
export function titleOf(fields) {
	return siteName(fields.jobSite) ?? (fields.note || (fields.kind === "lunch" ? "Lunch" : "Work"));
}

/** Starts a timer: {kind, jobSite, note, place, photo}. */
export async function start(options) {
	const fields = startFields({ now: engine.now(), zone: binding.value.zone, ...options });
	const op = await write(() => space.value.create("workSessions", fields, { label: `${titleOf(fields)} started` }));
	if (op)
		engine.notes.put(startedKey(op.record), 1);
	return op;
}

/** Stops timers: {place, photo} go to each. */
export async function stop(list, options = {}) {
	const done = [];
	for (const one of list) {
		const op = await write(() => space.value.set("workSessions", one.id, stopFields(one, { now: engine.now(), ...options }), { label: `${titleOf(one.row)} stopped` }));
		if (!op)
			return;
		engine.notes.drop(startedKey(one.id));
		done.push(op);
	}
	if (done.length > 0)
		undoable(done.length === 1 ? `${titleOf(list[0].row)} stopped.` : `${done.length} timers stopped.`, async () => {
			for (const op of done)
				await space.value.undo(op.edit);
		});
}

/** An entry by hand; owner: for somebody else (managers). */
export async function enter(fields, owner = null) {
	const whole = owner && owner !== userId.value ? { ...fields, owner } : fields;
	const op = await write(() => space.value.create("workSessions", whole, { label: `${titleOf(fields)} entered` }));
	if (op)
		undoable("Entered.", () => space.value.undo(op.edit));
	return op;
}

export async function change(id, fields, seen) {
	const op = await write(() => space.value.set("workSessions", id, fields, { seen, label: `${titleOf({ ...row("workSessions", id), ...fields })} changed` }));
	if (op)
		undoable("Saved.", () => space.value.undo(op.edit));
	return op;
}

export async function remove(one) {
	const op = await write(() => space.value.remove("workSessions", one.id, { label: `${titleOf(one.row)} deleted` }));
	if (op)
		undoable(`${titleOf(one.row)} deleted.`, () => space.value.undo(op.edit));
	return op;
}

/** What this device wrote about a session and the server has not taken: "waiting", "conflict", "failed" or null. */
export function unsentOf(id) {
	const mine = ops.value.filter((op) => op.collection === "workSessions" && op.record === id && op.state !== "done");
	if (mine.some((op) => op.state === "rejected"))
		return "failed";
	return mine.some((op) => op.state === "conflict") ? "conflict" : mine.length > 0 ? "waiting" : null;
}

