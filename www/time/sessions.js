// Work sessions as the screens of Time need them: whose they are, which run, what a start or an entry by hand becomes,
// where a day has gaps.  No document, no engine: rows in, fields for the engine out.  The figures are in hours.js.

import { distance } from "../ui/ground.js";
import {
	addDays, clockIn, dayIn, instantIn, instantText, instantsIn, isDay, isZone, secondsOf, weekOf, zoneAmong,
} from "../ui/zone.js";
import { LONGEST, elapsed, planFrom, rulesOn, sessionOf } from "./hours.js";

// A forgotten timer cannot be stopped as of now: its end has to be entered.
export { LONGEST, isForgotten as isOverdue } from "./hours.js";

/** The zone a person works in: that of their own settings, else the space's, else UTC. */
export function zoneOf(own, space) {
	return zoneAmong(own?.zone, space?.zone);
}

/**
 * What holds for a person: {plan, rules, zone}.  plan has the rules of every day, `rules` are those of today.  own and
 * space: their row of workSettings, and the space's of spaceSettings; rules and terms: the rows of workRules, and
 * theirs of workTerms.
 */
export function bindingOf({ own = null, space = null, rules = [], terms = [], today }) {
	const zone = zoneOf(own, space), plan = planFrom(rules, terms, own);
	return { plan, rules: rulesOn(plan, today ?? dayIn(zone, Date.now())), zone };
}

/**
 * A row with the fields that the server will derive (day, end, duration), for the time until it answers.  set: the
 * fields of the ops that wait.  A duration without an end makes the end; otherwise the duration follows from start and
 * end.
 */
export function predicted(row, set, zone) {
	const fields = { ...row };
	if (!row.day || "start" in set || "zone" in set)
		fields.day = dayIn(isZone(row.zone) ? row.zone : zone, Date.parse(row.start));
	if (set.duration && !set.end)
		fields.end = instantText(Date.parse(row.start) + set.duration * 1000);
	fields.duration = fields.end ? elapsed(Date.parse(row.start), Date.parse(fields.end)) : null;
	return fields;
}

const NOTHING = {}, known = new WeakMap(); // rows never change, and there are many of them

function readSession(row, zone, set) {
	if (set || !row.day)
		return { ...sessionOf(predicted(row, set ?? NOTHING, zone), zone), row };
	if (!known.has(row))
		known.set(row, { ...sessionOf(row, zone), row });
	return known.get(row);
}

function byLatest(left, right) {
	return right.start - left.start || (left.id < right.id ? 1 : -1);
}

/**
 * The sessions of one person, as hours.js counts them, each with its row, the latest first.  setOf(id): the fields of
 * the ops that wait, or null.
 */
export function sessionsOf(rows, person, zone, setOf = () => null) {
	return rows
		.filter((row) => (row.owner ?? person) === person)
		.map((row) => readSession(row, zone, setOf(row.id)))
		.sort(byLatest);
}

/** The rows of everybody: person → rows. */
export function byOwner(rows) {
	const owners = new Map();
	for (const row of rows) {
		if (!owners.has(row.owner))
			owners.set(row.owner, []);
		owners.get(row.owner).push(row);
	}
	return owners;
}

export function runningOf(sessions) {
	return sessions.filter((session) => session.running);
}

// --- starting and stopping ---

const LOOKED_AT = 500; // sessions among which is looked for what was done before
const OF_PROJECT = ["project", "task", "tags", "billable"];

function isSaid(value) {
	return value !== null && value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0);
}

/** The fields of a timer that starts now: also project, task, tags and billable. */
export function startFields({
	now, zone, kind = "work", jobSite = null, note = "", place = null, photo = null, ...more
}) {
	const fields = { start: instantText(now), zone, kind };
	if (jobSite)
		fields.jobSite = jobSite;
	if (note.trim())
		fields.note = note.trim();
	for (const name of OF_PROJECT)
		if (isSaid(more[name]))
			fields[name] = more[name];
	if (place)
		fields.placeIn = place;
	if (photo)
		fields.photoIn = photo;
	return fields;
}

const AT_ONCE = 5_000; // milliseconds that a few quick presses can be ahead

/**
 * When a timer starts that is started now: not before the end of what was just stopped.  Whatever had only begun ends a
 * second later, so after a few quick presses that is some seconds ahead.
 */
export function startOfNext(sessions, now) {
	const ends = sessions.slice(0, LOOKED_AT).map(({ end }) => end ?? 0);
	return Math.max(now, ...ends.filter((end) => end <= now + AT_ONCE));
}

/** The fields that stop a timer.  The end is later than the start, even if it is stopped at once. */
export function stopFields(session, { now, place = null, photo = null }) {
	const fields = { end: instantText(Math.max(now, session.start + 1000)) };
	if (place)
		fields.placeOut = place;
	if (photo)
		fields.photoOut = photo;
	return fields;
}

/** Why the server would refuse a start and an end, in words, or null. */
export function refusalOf({ start, end }) {
	const seconds = end ? elapsed(Date.parse(start), Date.parse(end)) : 1;
	if (end && Date.parse(end) <= Date.parse(start))
		return "The end must be later than the start.";
	return seconds > LONGEST ? "A session lasts at most 24 hours." : null;
}

/** What an entry is for, as a form has it. */
export function whatOf({ note, jobSite, project, task, tags, billable }) {
	return {
		note: note ?? "", jobSite: jobSite ?? null, project: project ?? null, task: task ?? null,
		tags: tags ?? null, billable: billable ?? null,
	};
}

/** The fields in which one form of what an entry is for differs from another, as they are written. */
export function whatChanged(form, before) {
	const set = {};
	for (const name of ["note", "jobSite", ...OF_PROJECT]) {
		const value = name === "note" ? form.note.trim() || null : form[name] ?? null;
		const was = name === "note" ? before.note || null : before[name] ?? null;
		if (JSON.stringify(value) !== JSON.stringify(was))
			set[name] = value;
	}
	return set;
}

/** Job site, note and project of the latest work, proposed for the next, without what is closed. */
export function lastOf(sessions, sites = [], projects = []) {
	const last = sessions.find((session) => !session.lunch)?.row;
	const site = sites.find((one) => one.id === last?.jobSite && (one.status ?? "active") === "active");
	const project = projects.find((one) => one.id === last?.project && !one.archived);
	const of = project ? { project: project.id, task: last.task ?? null, tags: last.tags ?? null } : {};
	return { jobSite: site?.id ?? null, note: last?.note ?? "", ...of };
}

// Whether each word that is typed begins a word of the text.
function begins(text, typed) {
	const words = text.toLocaleLowerCase().split(/[^\p{L}\p{N}]+/u);
	return typed.toLocaleLowerCase().split(/\s+/).filter(Boolean)
		.every((part) => words.some((word) => word.startsWith(part)));
}

/**
 * What a person did before, each once, the latest first: {note, jobSite, project, task, tags}.  typed: what they have
 * typed of it.  wordsOf(one): more by which it is found.  isOpen(one): whether it can be chosen.
 */
export function recentOf(sessions, typed = "", { wordsOf = () => "", isOpen = () => true } = {}) {
	const found = new Map();
	for (const { lunch, row } of sessions.slice(0, LOOKED_AT)) {
		const { billable, ...one } = whatOf(row), key = JSON.stringify(one);
		if (lunch || found.has(key) || !one.note && !one.jobSite && !one.project)
			continue;
		if (isOpen(one) && begins(`${one.note} ${wordsOf(one)}`, typed))
			found.set(key, one);
	}
	return [...found.values()];
}

// --- entries by hand ---
//
// A form of an entry has a date, a start and an end ("HH:MM"), or a start and a length.  Where the clocks show a time
// twice, fromAgain and toAgain say that the second is meant.  The form of a record remembers it as `was`: what the form
// still says as it did means the record's own instants, to the second.

const AHEAD = 300_000; // milliseconds that a start or an end may be ahead, because clocks differ
const AHEAD_DAY = "This day is in the future. Planned hours go into Plan.";
const MINUTE = 60_000;

function isKept(form, names) {
	return Boolean(form.was) && names.every((name) => (form[name] ?? null) === (form.was[name] ?? null));
}

function skipped(field, time) {
	return { field, problem: `The clocks skip ${time} on this day.` };
}

// The one of the instants that the form means: the second if it says so, else the first.
function chosen(instants, again) {
	return again ? instants.at(-1) : instants[0];
}

// The start that the form means: {at}, or {field, problem}.
function startOf(form) {
	const { zone, date, from, fromAgain, today } = form;
	if (!isDay(date))
		return { field: "date", problem: "Which day was it?" };
	if (!from)
		return { field: "from", problem: "When did it begin?" };
	if (isKept(form, ["date", "from", "fromAgain"]))
		return { at: Date.parse(form.was.start) };
	const at = chosen(instantsIn(zone, date, secondsOf(from)), fromAgain);
	if (at === undefined)
		return skipped("from", from);
	if (at > today + AHEAD)
		return date > dayIn(zone, today)
			? { field: "date", problem: AHEAD_DAY }
			: { field: "from", problem: "This time is in the future." };
	return { at };
}

// The instants after the start that a form's end can mean, the earliest first.  Only if it is not later than the start
// on the same day, it is on the next.
function endsOf({ zone, date, from, to }, start) {
	const later = (day) => instantsIn(zone, day, secondsOf(to)).filter((at) => at > start);
	const today = later(date);
	if (today.length > 0 || instantsIn(zone, date, secondsOf(to)).length === 0 && secondsOf(to) > secondsOf(from))
		return today;
	return later(addDays(date, 1));
}

// The end in the minute of the start, if the form means that: what has just begun is stopped.
function endAtOnce({ zone, date, to, today }, start) {
	const minute = instantsIn(zone, date, secondsOf(to)).find((at) => at <= start && start < at + MINUTE);
	const isAhead = instantIn(zone, addDays(date, 1), secondsOf(to)) > today + AHEAD;
	return minute !== undefined && start % MINUTE > 0 && isAhead
		? Math.max(start + 1000, Math.min(today, minute + MINUTE - 1000))
		: null;
}

// The end that the form means: {at}, or {field, problem}.
function endOf(form, start) {
	const { to, toAgain, ended, zone, was } = form;
	if (ended && formTime(zone, Date.parse(ended)).time === to)
		return { at: Math.max(Date.parse(ended), start + 1000) };
	if (was?.end && isKept(form, ["date", "from", "fromAgain", "to", "toAgain"]))
		return { at: Date.parse(was.end) };
	const at = endAtOnce(form, start) ?? chosen(endsOf(form, start), toAgain);
	if (at === undefined)
		return skipped("to", to);
	if (!was?.end || !isKept(form, ["date", "to", "toAgain"]))
		return { at };
	// Only the start has been moved.  An end that stays in its minute keeps its second, also where the start is
	// moved into that minute.
	const end = Date.parse(was.end);
	if (at > end && end <= start && dayIn(zone, end) === form.date)
		return { field: "from", problem: `The start is later than the end, ${to}. Change the end too.` };
	const stays = Math.abs(at - end) < MINUTE || end - start < MINUTE;
	return { at: stays && end > start ? end : at };
}

// The whole entry from a start and an end, unless the server would refuse it.
function entryOf(form, start, end, field) {
	const { today, date, zone, kind, note, jobSite, project, task, tags, billable, was } = form;
	const fields = startFields({ now: start, zone, kind, jobSite, note, project, task, tags, billable });
	if (end === null)
		return { fields, overnight: false };
	const whole = { ...fields, end: instantText(end) };
	if (end > today + AHEAD && (!was?.end || end > Date.parse(was.end)))
		return { field, problem: "The end is in the future." };
	const problem = refusalOf(whole);
	return problem ? { field, problem } : { fields: whole, overnight: dayIn(zone, end) > date };
}

/**
 * An entry from a date, a start and an end ("HH:MM"): {fields, overnight} or {problem, field}.  An end that is not
 * later than the start is on the next day.  ended: the instant at which the person said "now".  today: this moment.
 */
export function entryFromTimes(given) {
	const form = { today: Date.now(), ...given }, start = startOf(form);
	if (start.problem)
		return start;
	const end = form.to ? endOf(form, start.at) : { at: null };
	return end.problem ? end : entryOf(form, start.at, end.at, "to");
}

/** An entry from a date, a start and how long it was, in seconds. */
export function entryFromDuration(given) {
	const form = { today: Date.now(), ...given }, start = startOf(form);
	if (start.problem)
		return start;
	if (!form.duration || form.duration <= 0)
		return { field: "duration", problem: "How long was it?" };
	const length = form.was?.end && isKept(form, ["duration"])
		? Date.parse(form.was.end) - Date.parse(form.was.start)
		: form.duration * 1000;
	return entryOf(form, start.at, start.at + length, "duration");
}

/** Which times of a form the clocks show twice, so that the person is asked which is meant: {from, to}. */
export function twiceOf(form) {
	const isReady = isDay(form.date) && Boolean(form.from);
	const start = isReady ? startOf({ today: Infinity, ...form }) : { problem: true };
	return {
		from: isReady && instantsIn(form.zone, form.date, secondsOf(form.from)).length > 1,
		to: !start.problem && form.by === "times" && Boolean(form.to) && endsOf(form, start.at).length > 1,
	};
}

// Whether the clocks showed the time of an instant once before.
function isSecond(zone, instant) {
	const { date, hour, minute } = clockIn(zone, instant);
	const [first] = instantsIn(zone, date, (hour * 60 + minute) * 60);
	return first !== undefined && instant - first >= MINUTE;
}

/**
 * The form of a session: {zone, by, date, from, fromAgain, to, toAgain, duration, kind, was}, and what it is for.
 */
export function formOf({ start, end, kind, ...more }, zone) {
	const begins = formTime(zone, Date.parse(start)), ends = end ? formTime(zone, Date.parse(end)) : null;
	const times = {
		date: begins.date, from: begins.time, fromAgain: isSecond(zone, Date.parse(start)),
		to: ends?.time ?? null, toAgain: Boolean(end) && isSecond(zone, Date.parse(end)),
		duration: end ? elapsed(Date.parse(start), Date.parse(end)) : null,
	};
	return {
		zone, by: "times", ...times, kind: kind ?? "work", ...whatOf(more),
		was: { ...times, start, end: end ?? null },
	};
}

/** The fields in which a form differs from the record it began with.  read: the start and end that the form means. */
export function editOf(record, form, before, read) {
	const set = {};
	if (Date.parse(read.start) !== Date.parse(record.start))
		set.start = read.start;
	if (read.end && (!record.end || Date.parse(read.end) !== Date.parse(record.end)))
		set.end = read.end;
	if (form.kind !== before.kind)
		set.kind = form.kind;
	return { ...set, ...whatChanged(form, before) };
}

// --- overlaps ---

/** What the space makes of entries that overlap: "allow", "warn" or "refuse". */
export function overlapOf(space) {
	return space?.overlap ?? "warn";
}

// One that runs is open-ended, until it counts as forgotten.
function reachOf({ start, end }) {
	return end ?? start + LONGEST * 1000;
}

/** The sessions of the same kind that an entry would overlap, without itself (id). */
export function overlapping(sessions, { start, end, kind, id = null }) {
	const from = Date.parse(start), to = reachOf({ start: from, end: end ? Date.parse(end) : null });
	return sessions.filter((session) => session.id !== id && session.lunch === (kind === "lunch") &&
		session.start < to && reachOf(session) > from);
}

/**
 * The sessions for which a space that refuses overlaps would refuse an entry.  held: the entry as it is stored.  A
 * change that only shortens it is taken, and so is one that leaves its times alone.
 */
export function inTheWay(sessions, entry, held = null) {
	const spanOf = ({ start, end }) => ({ start: Date.parse(start), end: end ? Date.parse(end) : null });
	if (held && (held.kind ?? "work") === entry.kind) {
		const [before, after] = [spanOf(held), spanOf(entry)];
		if (after.start >= before.start && reachOf(after) <= reachOf(before))
			return [];
	}
	return overlapping(sessions, entry);
}

/**
 * Where sessions of one person and kind overlap: id → the part that lies over others, {start, end} in ms, from the
 * first to the last moment.  sessions: the latest first, as sessionsOf gives them.  Those that run reach to now.
 */
export function overlapsIn(sessions, now) {
	const found = new Map(), open = { work: [], lunch: [] };
	const add = (id, start, end) => {
		const had = found.get(id) ?? { start, end };
		found.set(id, { start: Math.min(had.start, start), end: Math.max(had.end, end) });
	};
	const isCounted = ({ running, start }) => !running || now - start <= LONGEST * 1000;
	for (const one of sessions.filter(isCounted).reverse()) {
		const kind = one.lunch ? "lunch" : "work", end = one.end ?? Math.max(now, one.start);
		open[kind] = open[kind].filter((other) => other.end > one.start);
		for (const other of open[kind]) {
			add(one.id, one.start, Math.min(end, other.end));
			add(other.id, one.start, Math.min(end, other.end));
		}
		open[kind].push({ id: one.id, end });
	}
	return found;
}

// --- a day, a week, a month ---

/** A day of the zone as a line of time: {from, to} in ms; 23 or 25 hours where the clocks change. */
export function lineOf(zone, date) {
	return { from: instantIn(zone, date), to: instantIn(zone, addDays(date, 1)) };
}

/**
 * The blocks of a day: where each session begins and ends on the day's line, as parts 0..1 of it.  comesIn and goesOn:
 * it began on the day before, it ends on the next.
 */
export function blocksOf(sessions, zone, date, now) {
	const { from, to } = lineOf(zone, date);
	return sessions
		.map((session) => ({ session, start: session.start, end: session.end ?? Math.max(now, session.start) }))
		.filter(({ start, end }) => start < to && end > from)
		.sort((left, right) => left.start - right.start)
		.map(({ session, start, end }) => ({
			session, top: Math.max(0, (start - from) / (to - from)),
			bottom: Math.min(1, (end - from) / (to - from)),
			comesIn: start < from, goesOn: end > to,
		}));
}

/** Blocks side by side where they overlap: each gets {lane, lanes}. */
export function inLanes(blocks) {
	const placed = [];
	let group = [], until = -1;
	const close = () => {
		const lanes = Math.max(0, ...group.map((block) => block.lane)) + 1;
		for (const block of group)
			block.lanes = lanes;
		group = [];
	};
	for (const block of blocks.map((one) => ({ ...one }))) {
		if (block.top >= until)
			close();
		const taken = new Set(group.filter((other) => other.bottom > block.top).map((other) => other.lane));
		block.lane = 0;
		while (taken.has(block.lane))
			block.lane += 1;
		group.push(block);
		placed.push(block);
		until = Math.max(until, block.bottom);
	}
	close();
	return placed;
}

/**
 * The gaps between the blocks of a day, where an entry may be missing: {start, end} in ms, each `least` ms at least.
 */
export function gapsOf(sessions, zone, date, now, least = 15 * 60_000) {
	const spans = blocksOf(sessions, zone, date, now)
		.map(({ session }) => [session.start, session.end ?? now])
		.sort((a, b) => a[0] - b[0]);
	const gaps = [];
	let until = null;
	for (const [start, end] of spans) {
		if (until !== null && start - until >= least)
			gaps.push({ start: until, end: start });
		until = Math.max(until ?? end, end);
	}
	return gaps;
}

/** The seven dates of the week of a date. */
export function weekDates(date, sunday) {
	const first = weekOf(date, sunday);
	return Array.from({ length: 7 }, (_, at) => addDays(first, at));
}

/** The weeks of a month, each of seven dates; the first and last week reach into the months beside. */
export function monthWeeks(month, sunday) {
	const first = `${month}-01`;
	const weeks = [];
	for (let start = weekOf(first, sunday); start.slice(0, 7) <= month; start = addDays(start, 7))
		weeks.push(Array.from({ length: 7 }, (_, at) => addDays(start, at)));
	return weeks;
}

/** The month that is `count` months later: "2026-11" and 2 give "2027-01". */
export function addMonths(month, count) {
	const at = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + count;
	return `${String(Math.floor(at / 12)).padStart(4, "0")}-${String(at % 12 + 1).padStart(2, "0")}`;
}

/** Date and "HH:MM" in the zone of an instant, for a form. */
export function formTime(zone, instant) {
	const clock = clockIn(zone, instant);
	return {
		date: clock.date,
		time: `${String(clock.hour).padStart(2, "0")}:${String(clock.minute).padStart(2, "0")}`,
	};
}

// --- where one is ---

/**
 * How the server would judge somebody who clocks in at a site from a place: {distance, radius, inside, refused}.
 * distance is null if either place is not known.  The accuracy of the position is in the person's favour, up to the
 * radius of the fence (lib/time/geofence.c).
 */
export function atSite(site, place) {
	const radius = site.radius ?? 100;
	const refuses = (site.outside ?? "refuse") === "refuse" && Boolean(site.place);
	if (!site.place)
		return { distance: null, radius, inside: null, refused: false };
	if (!place)
		return { distance: null, radius, inside: null, refused: refuses };
	const metres = distance(place, site.place);
	const inside = metres - Math.min(place.accuracy ?? 0, radius) <= radius;
	return { distance: Math.round(metres), radius, inside, refused: refuses && !inside };
}

/** Whether hours at a site can be entered afterwards.  Not if people have to be there, or have to give a photo. */
export function takesTyped(site) {
	return !atSite(site, null).refused && !site.requirePhoto;
}

/** Open sites, the nearest first; those without a place last, by name. */
export function nearestSites(sites, place) {
	const open = sites.filter((site) => (site.status ?? "active") === "active"); // a list of its own
	const away = (site) => (place && site.place ? distance(place, site.place) : Infinity);
	return open.sort((left, right) => away(left) - away(right) || left.name.localeCompare(right.name));
}

/**
 * How near the day's work, or the session that runs, is to the length from which lunch is taken off, 0..1.  Null if
 * lunch has been taken off, if nothing runs, or if there is no such rule.
 */
export function lunchPart(day, list, rules, now) {
	const isRule = rules.lunchAfter > 0 && rules.lunchAfter < Infinity && rules.lunch > 0;
	if (!isRule || day.running === 0 || day.deductions > 0)
		return null;
	const working = list.filter((one) => one.running && !one.lunch);
	const longest = Math.max(0, ...working.map((one) => elapsed(one.start, now)));
	const seconds = rules.lunchPerDay ? day.raw : longest;
	return seconds > 0 ? Math.min(1, seconds / rules.lunchAfter) : null;
}

/**
 * How near the most hours of a day are: "bad" within one hour, "warn" within two, else "plain".  Null if nothing runs,
 * or if there is no such rule.
 */
export function mostTone(day) {
	if (day.running === 0 || day.untilMost === undefined)
		return null;
	return day.untilMost <= 3600 ? "bad" : day.untilMost <= 7200 ? "warn" : "plain";
}

/** The direction from one place to another, in degrees clockwise from north. */
export function bearing(from, to) {
	const radian = Math.PI / 180, across = (to.lng - from.lng) * radian;
	const east = Math.sin(across) * Math.cos(to.lat * radian);
	const north = Math.cos(from.lat * radian) * Math.sin(to.lat * radian) -
		Math.sin(from.lat * radian) * Math.cos(to.lat * radian) * Math.cos(across);
	return (Math.atan2(east, north) / radian + 360) % 360;
}
