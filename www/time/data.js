// What the screens of Time share: signals over the sessions of the space, and the functions that write them.  Every
// write is an op of the engine and works without a network.  The figures are counted on this device by the server's
// rules (hours.js).

import { computed, signal } from "@preact/signals";
import { newId } from "../engine/engine.js";
import { address } from "../base/router.jsx";
import {
	engine, hasRole, narrowPast, ops, past, row, rows, space, status, userId,
} from "../base/state.js";
import { spanWords } from "../base/words.js";
import { write } from "../base/write.js";
import { toast, undoable } from "../ui/index.js";
import { addDays, dayIn } from "../ui/zone.js";
import { dayOf } from "./hours.js";
import { lockOn } from "./periods.js";
import { findPlace } from "./place.js";
import { daysAround } from "./ranges.js";
import {
	bindingOf, byOwner, isOverdue, overlapOf, overlapsIn, runningOf, sessionsOf, startFields, startOfNext,
	stopFields, zoneOf,
} from "./sessions.js";

const SECOND = 1_000;

export const sites = rows("jobSites");
const all = rows("workSessions");
const allSettings = rows("workSettings");

/** This person's row of workSettings in this space, if there is one. */
export const settings = computed(
	() => allSettings.value.find((one) => (one.owner ?? userId.value) === userId.value) ?? null
);
export const spaceSettings = computed(() => rows("spaceSettings").value[0] ?? null);

const workRules = rows("workRules"), allTerms = rows("workTerms");
const termsOf = (person) => allTerms.value.filter((one) => (one.owner ?? userId.value) === person);
const zone = computed(() => zoneOf(settings.value, spaceSettings.value));

/** The rules that apply to this person: {plan, rules, zone}; plan has those of every day, rules are those of today. */
export const binding = computed(() => bindingOf({
	own: settings.value, space: spaceSettings.value, rules: workRules.value, terms: termsOf(userId.value),
	today: today.value,
}));

/** What the space makes of entries that overlap: "allow", "warn" or "refuse". */
export const overlap = computed(() => overlapOf(spaceSettings.value));

/** The rules that apply to somebody else, for people who may see their settings. */
export function bindingFor(person) {
	if (person === userId.value)
		return binding.value;
	return bindingOf({
		own: allSettings.value.find((one) => one.owner === person), space: spaceSettings.value,
		rules: workRules.value, terms: termsOf(person), today: today.value,
	});
}

// The fields of each session that are on their way to the server: id → fields.
const unanswered = computed(() => {
	const sets = new Map();
	for (const op of ops.value)
		if (op.collection === "workSessions" && isShown(op))
			sets.set(op.record, { ...sets.get(op.record), ...op.set });
	return sets;
});

// Whether the record is shown with the fields of this op.
function isShown({ kind, state }) {
	return kind !== "delete" && state !== "conflict" && (kind === "create" || state !== "rejected");
}

const owners = computed(() => byOwner(all.value));
const setOf = (id) => unanswered.value.get(id) ?? null;

/** This person's sessions, the latest first. */
export const sessions = computed(() =>
	sessionsOf(owners.value.get(userId.value) ?? [], userId.value, zone.value, setOf)
);
export const running = computed(() => runningOf(sessions.value));

/** Those whose timer was not forgotten. */
export const underWay = computed(() => running.value.filter((one) => !isOverdue(one, now.value)));

/** Everybody in this space, for managers: [{id, name, role}] by name.  Nobody for others. */
export const people = computed(() => {
	if (!hasRole("manager"))
		return [];
	return rows("members")
		.value.map(({ id, name, role }) => ({ id, name: name ?? id, role }))
		.sort((left, right) => left.name.localeCompare(right.name));
});

/**
 * Where the entries of some days overlap: id → {start, end} in ms.  None, if the space allows it.  list: the sessions
 * of a person, of which those that began from the day before `from` to `to` are looked at.
 */
export function overlapsOn(list, from, to) {
	if (overlap.value === "allow")
		return new Map();
	const first = addDays(from, -1);
	return overlapsIn(list.filter(({ day }) => day >= first && day <= to), now.value);
}

const others = new Map(); // person → signal of that person's sessions

/** The sessions of anybody, the latest first. */
export function sessionsFor(person) {
	if (person === userId.value)
		return sessions.value;
	if (!others.has(person)) {
		const theirs = () => sessionsOf(owners.value.get(person) ?? [], person, bindingFor(person).zone, setOf);
		others.set(person, computed(theirs));
	}
	return others.get(person).value;
}

// --- periods ---

// A period whose submission the server did not take is still open.
const handedIn = computed(() => {
	const refused = new Set(ops.value.filter(({ collection, kind, state }) =>
		collection === "periods" && kind === "create" && state !== "waiting" && state !== "sent")
		.map(({ record }) => record));
	const hours = rows("periods").value.filter(({ kind }) => (kind ?? "hours") === "hours");
	return byOwner(hours.map((one) => (refused.has(one.id) ? { ...one, state: "open" } : one)));
});

/** The periods of a person's hours, in no particular order. */
export const periodsOf = (person) => handedIn.value.get(person) ?? [];

/** The closed period that locks a day of a person, or null. */
export function lockFor(person, day) {
	return lockOn(periodsOf(person), day, bindingFor(person).plan);
}

/** Why a day is locked, and who can open it. */
export function lockWords(period) {
	const isOwn = period.owner === userId.value, isTeam = space.value.info.kind === "team";
	const words = spanWords(period);
	const way = !isTeam ? "Open it again to change them."
		: period.state === "approved" ? `${isOwn ? "A manager" : "Whoever may approve it"} can open it again.`
			: isOwn ? "Withdraw it to change them." : "Return it to have them changed.";
	return `${words[0].toUpperCase()}${words.slice(1)} is ${period.state}, so its hours are locked. ${way}`;
}

// Whether these days of a person may be changed; if not, a toast says why.
function areFree(person, ...days) {
	const lock = days.map((day) => lockFor(person, day)).find(Boolean);
	if (lock)
		toast(lockWords(lock), { kind: "bad" });
	return !lock;
}

// --- the clock ---

const clock = signal(engine.now());

/** The time now, which moves every second while the page is visible; or the moment of the past on the screen. */
export const now = computed(() => past.value?.instant ?? clock.value);

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

export const today = computed(() => dayIn(zone.value, now.value));

// Of the past, the entries of the days that a screen shows are read, with the weeks around them.
narrowPast("workSessions", () => {
	const around = { today: today.value, sunday: binding.value.rules.sunday };
	const { from, to } = daysAround(address.value.query, around);
	return address.value.path.startsWith("/time") ? [["day", `ge.${from}`], ["day", `le.${to}`]] : [];
});

/**
 * The figures of the day under way: today, or the day of the session that runs (a night shift belongs to yesterday).
 */
export const currentDay = computed(() => {
	const forgotten = new Set(running.value.filter((one) => isOverdue(one, now.value)).map((one) => one.id));
	const list = forgotten.size > 0 ? sessions.value.filter((one) => !forgotten.has(one.id)) : sessions.value;
	return dayOf(underWay.value.at(-1)?.day ?? today.value, list, binding.value.plan, now.value);
});

// --- what is written ---

// The words of a toast.  An edit is kept while the server cannot be reached; the toast then says that it waits, even if
// the trouble shows only after the toast has opened.
function said(words) {
	return () => (status.value?.trouble ? `${words} Saved here, will send when online.` : words);
}

// The last edit is taken back first.
async function takeBack(edits) {
	const here = space.value;
	for (const op of [...edits].reverse())
		await write(() => here.undo(op.edit));
}

const STARTED = "time/started/";

/** Whether a session that runs was started on this device; others say so. */
export function isOurs(one) {
	return engine.notes.get(STARTED + one.id) !== undefined;
}

// A session that was started here and ended elsewhere needs no note any more.
function tidyNotes() {
	const live = new Set(running.value.map((one) => STARTED + one.id));
	for (const key of engine.notes.keys(STARTED))
		if (!live.has(key))
			engine.notes.drop(key);
}

function siteOf(fields) {
	return fields.jobSite ? row("jobSites", fields.jobSite) : undefined;
}

/** The title of a session: its site, else its note, else its project, else its kind. */
export function titleOf(fields) {
	return siteOf(fields)?.name ??
		(fields.note || projectName(fields.project) || (fields.kind === "lunch" ? "Lunch" : "Work"));
}

/** The name of a project, or undefined. */
export function projectName(id) {
	return id ? row("projects", id)?.name : undefined;
}

/** The note of a session, unless the title shows it. */
export function noteOf(fields) {
	return siteOf(fields) ? fields.note : undefined;
}

/** Starts a timer: {kind, jobSite, note, project, task, tags, billable, place, photo}. */
export async function start(options) {
	if (!areFree(userId.value, today.value))
		return null;
	const now = startOfNext(sessions.value, engine.now());
	const fields = startFields({ now, zone: binding.value.zone, ...options });
	const id = newId();
	tidyNotes();
	engine.notes.put(STARTED + id, 1);
	const label = `${titleOf(fields)} started`;
	const op = await write(() => space.value.create("workSessions", fields, { id, label }));
	if (!op)
		engine.notes.drop(STARTED + id);
	return op;
}

// Adds to sessions at a site where they ended.  They are stopped before the place is known; a stop that was taken back
// meanwhile is left alone.
async function sayWhere(stopped, edits) {
	const place = await findPlace().catch(() => null);
	for (const one of place ? stopped : []) {
		const found = row("workSessions", one.id);
		if (!found?.end || found.placeOut)
			continue;
		const label = `${titleOf(found)}: where it ended`;
		const op = await write(() => space.value.set("workSessions", one.id, { placeOut: place }, { label }));
		if (op)
			edits.push(op);
	}
}

async function end(list) {
	const edits = [];
	for (const one of list) {
		const fields = stopFields(one, { now: engine.now() }), label = `${titleOf(one.row)} stopped`;
		const op = await write(() => space.value.set("workSessions", one.id, fields, { label }));
		if (!op)
			break;
		engine.notes.drop(STARTED + one.id);
		edits.push(op);
	}
	const sited = list.slice(0, edits.length).filter((one) => siteOf(one.row)?.place);
	if (sited.length > 0)
		sayWhere(sited, edits);
	return edits;
}

/** Stops timers.  Those at a site get the place where they ended as soon as this device knows it. */
export async function stop(list) {
	const edits = await end(list);
	const words = edits.length === 1 ? `${titleOf(list[0].row)} stopped.` : `${edits.length} timers stopped.`;
	if (edits.length > 0)
		undoable(said(words), () => takeBack(edits));
	return edits.length === list.length;
}

/** Lunch begins.  Work stops meanwhile, unless the rules take recorded lunch off the work that runs. */
export async function startLunch() {
	const resting = binding.value.rules.recordedLunchCounts ? [] : underWay.value.filter((one) => !one.lunch);
	const edits = await end(resting);
	const op = await start({ kind: "lunch" });
	if (op && resting.length > 0)
		undoable(said("Lunch began, work rests."), () => takeBack([...edits, op]));
}

/** Lunch ends and work goes on.  next: what start() takes, or null if the person is asked first. */
export async function endLunch(next) {
	const lunch = underWay.value.filter((one) => one.lunch), edits = await end(lunch);
	if (edits.length < lunch.length)
		return false;
	const op = next && await start(next);
	const all = op ? [...edits, op] : edits;
	undoable(said(op ? "Lunch ended, work goes on." : "Lunch stopped."), () => takeBack(all));
	return next === null || op !== null;
}

/** An entry by hand; owner: for somebody else (managers). */
export async function enter(fields, owner = null) {
	const whole = owner && owner !== userId.value ? { ...fields, owner } : fields;
	if (!areFree(owner ?? userId.value, dayIn(fields.zone ?? binding.value.zone, Date.parse(fields.start))))
		return null;
	const label = `${titleOf(fields)} entered`;
	const op = await write(() => space.value.create("workSessions", whole, { label }));
	if (op)
		undoable(said("Entered."), () => takeBack([op]));
	return op;
}

export async function change(id, fields, seen) {
	const record = row("workSessions", id), person = record?.owner ?? userId.value;
	const dayOfStart = ({ start: at, zone = bindingFor(person).zone }) => dayIn(zone, Date.parse(at));
	if (record && !areFree(person, dayOfStart(record), dayOfStart({ ...record, ...fields })))
		return null;
	const label = `${titleOf({ ...record, ...fields })} changed`;
	const op = await write(() => space.value.set("workSessions", id, fields, { seen, label }));
	if (op)
		undoable(said("Saved."), () => takeBack([op]));
	return op;
}

export async function remove(one) {
	if (!areFree(one.row.owner ?? userId.value, one.day))
		return null;
	const label = `${titleOf(one.row)} deleted`;
	const op = await write(() => space.value.remove("workSessions", one.id, { label }));
	if (op)
		undoable(said(`${titleOf(one.row)} deleted.`), () => takeBack([op]));
	return op;
}

/**
 * What has become of this device's edits of a session: "waiting", "conflict" or "failed"; null if all are taken.
 */
export function unsentOf(id) {
	const mine = ops.value.filter((op) => op.collection === "workSessions" && op.record === id);
	if (mine.some((op) => op.state === "rejected"))
		return "failed";
	return mine.some((op) => op.state === "conflict") ? "conflict" : mine.length > 0 ? "waiting" : null;
}
