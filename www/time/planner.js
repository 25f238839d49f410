// The plan of a week by person and day, from rows alone: what everybody is to work, who gets into overtime, whose day
// is too long, whose shifts overlap, and how many people are there each day.  Planned hours are counted as worked ones
// will be (hours.js): less lunch, and a night shift whole on the day it begins.

import { addDays, clockIn, dayIn, daysBetween, instantIn, instantText, isZone } from "../ui/zone.js";
import { count, rulesOn } from "./hours.js";

const NOT_WORKED = "cancelled";

/** The local date a planned shift begins on, in its own zone. */
export function dayOfShift(shift, zone = "UTC") {
	return dayIn(isZone(shift.zone) ? shift.zone : zone, Date.parse(shift.start));
}

// Who works: a member by their id, somebody without an account by the name that was typed.
function keyOf({ who, owner }) {
	return who?.trim() ? `who ${who.trim()}` : owner;
}

function sessionOf(shift, zone) {
	return {
		id: shift.id, day: dayOfShift(shift, zone), start: Date.parse(shift.start), end: Date.parse(shift.end),
		running: false, lunch: false,
	};
}

// The ids of sessions that overlap another.  One that begins when another ends does not overlap it.
function clashesOf(sessions) {
	const clashing = new Set();
	const inOrder = [...sessions].sort((left, right) => left.start - right.start);
	for (const [at, one] of inOrder.entries())
		for (const other of inOrder.slice(at + 1)) {
			if (other.start >= one.end)
				break;
			clashing.add(one.id).add(other.id);
		}
	return clashing;
}

function byStart(left, right) {
	return left.start < right.start ? -1 : left.start > right.start ? 1 : 0;
}

function byPriority(left, right) {
	const rank = { high: 0, medium: 1, low: 2 };
	return rank[left.priority ?? "medium"] - rank[right.priority ?? "medium"] ||
		(left.title ?? "").localeCompare(right.title ?? "");
}

function cellOf(date, shifts, tasks, day, clashing, most) {
	const seconds = day?.paid ?? 0;
	return {
		date,
		shifts: shifts.sort(byStart),
		tasks: tasks.sort(byPriority),
		seconds,
		isLong: most > 0 && seconds > most,
		clashes: shifts.filter(({ id }) => clashing.has(id)).length > 0,
	};
}

// mine: the person's shifts, also of the day before and after, which may overlap but are not counted.
function lineOf(person, mine, due, dates, { plan, zone }) {
	const planned = mine.filter(({ status }) => status !== NOT_WORKED).map((shift) => sessionOf(shift, zone));
	const { days, sum } = count(planned.filter(({ day }) => dates.includes(day)), plan, 0);
	const figures = new Map(days.map((day) => [day.day, day])), clashing = clashesOf(planned);
	const cells = dates.map((date) => {
		const shifts = mine.filter((shift) => dayOfShift(shift, zone) === date);
		const tasks = due.filter((task) => task.due === date);
		return cellOf(date, shifts, tasks, figures.get(date), clashing, rulesOn(plan, date).most);
	});
	const limit = rulesOn(plan, dates[0]).overtimeAfter;
	return {
		...person,
		cells,
		seconds: sum.paid,
		limit,
		over: Math.max(0, sum.paid - limit),
		shifts: cells.reduce((all, { shifts }) => all + shifts.length, 0),
	};
}

function grouped(list, keyFor) {
	const groups = new Map();
	for (const one of list) {
		const key = keyFor(one);
		groups.set(key, [...groups.get(key) ?? [], one]);
	}
	return groups;
}

// Members first, in the order given; then those without an account, and members who left but are still planned.
function everybody(people, shifts, tasks, nameOf) {
	const known = new Set(people.map(({ id }) => id));
	const others = [...new Set([...shifts.keys(), ...tasks.keys()])].filter((key) => !known.has(key));
	const named = others.map((id) => (id.startsWith("who ")
		? { id, name: id.slice(4), isGuest: true }
		: { id, name: nameOf(id), isGone: true }));
	return [...people, ...named.sort((left, right) => left.name.localeCompare(right.name))];
}

/**
 * The plan of the dates of a week: {lines, days}.  people: [{id, name}].  bindingFor(id): {plan, zone} of a person.
 * nameOf(id): the name of somebody who is no longer a member.  A line is {id, name, isGuest, isGone, cells, seconds,
 * limit, over, shifts}; a cell of it is {date, shifts, tasks, seconds, isLong, clashes}; a day is {date, people,
 * seconds}.
 */
export function planOf({ people, shifts, tasks, dates, bindingFor, nameOf = (id) => id }) {
	const between = (from, to) => shifts.filter((shift) => {
		const day = dayOfShift(shift, bindingFor(keyOf(shift)).zone);
		return day >= from && day <= to;
	});
	const [first, last] = [dates[0], dates.at(-1)];
	const tasksOf = grouped(tasks.filter(({ due }) => due >= first && due <= last), ({ owner }) => owner);
	const shiftsOf = grouped(between(addDays(first, -1), addDays(last, 1)), keyOf);
	const lines = everybody(people, grouped(between(first, last), keyOf), tasksOf, nameOf).map((person) => {
		const { id } = person;
		return lineOf(person, shiftsOf.get(id) ?? [], tasksOf.get(id) ?? [], dates, bindingFor(id));
	});
	const isThere = (cell) => cell.shifts.some(({ status }) => status !== NOT_WORKED);
	const days = dates.map((date, at) => ({
		date,
		people: lines.filter(({ cells }) => isThere(cells[at])).length,
		seconds: lines.reduce((all, { cells }) => all + cells[at].seconds, 0),
	}));
	return { lines, days };
}

// Seconds of the day an instant is at, by the clock of a zone.
function secondsIn(zone, instant) {
	const { hour, minute } = clockIn(zone, Date.parse(instant));
	return hour * 3600 + minute * 60;
}

/**
 * When a new shift of a person begins and ends, in seconds of the day: like the last one planned for them, else 8 to
 * 16.
 */
export function usualHours(shifts, id, zone = "UTC") {
	const last = shifts.filter((shift) => keyOf(shift) === id && shift.status !== NOT_WORKED).sort(byStart).at(-1);
	if (!last)
		return { from: 8 * 3600, to: 16 * 3600 };
	const own = isZone(last.zone) ? last.zone : zone;
	return { from: secondsIn(own, last.start), to: secondsIn(own, last.end) };
}

/**
 * The times of a shift on a date.  from and to are seconds of the day; an end that is not later is on the next day.
 */
export function shiftOn(zone, date, from, to) {
	return {
		start: instantText(instantIn(zone, date, from)),
		end: instantText(instantIn(zone, to > from ? date : addDays(date, 1), to)),
		zone,
	};
}

/**
 * The shifts of one week repeated in another: the fields of new ones, at the same local times.  Cancelled shifts are
 * left out, and those that the other week has already.
 */
export function repeatedIn(shifts, from, to, zone = "UTC") {
	const by = daysBetween(from[0], to[0]);
	const move = (shift, instant) => {
		const own = isZone(shift.zone) ? shift.zone : zone;
		const date = addDays(dayIn(own, Date.parse(instant)), by);
		return instantText(instantIn(own, date, secondsIn(own, instant)));
	};
	const known = new Set(shifts.map((shift) => `${keyOf(shift)} ${shift.start}`));
	return shifts
		.filter((shift) => shift.status !== NOT_WORKED && from.includes(dayOfShift(shift, zone)))
		.map((shift) => ({
			owner: shift.owner, start: move(shift, shift.start), end: move(shift, shift.end),
			zone: shift.zone ?? zone, status: "scheduled",
			...(shift.who ? { who: shift.who } : {}),
			...(shift.jobSite ? { jobSite: shift.jobSite } : {}),
			...(shift.note ? { note: shift.note } : {}),
		}))
		.filter((shift) => !known.has(`${keyOf(shift)} ${shift.start}`));
}
