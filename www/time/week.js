// The geometry of a calendar week: days side by side, hours down the side, sessions at true scale.  No document: data
// in, places out.
//
// A row is one hour.  A day is laid out from its end: midnight is row 24, and the height of an hour is the same in
// every day.  So an hour of the afternoon is at one height in all days, and a day of 23 or 25 hours is shorter or
// longer above its change of the clocks: it begins at row 1 or -1, and has labels of its own up to the change.

import { addDays, clockIn, dayIn, instantIn } from "../ui/zone.js";
import { LONGEST } from "./hours.js";
import { blocksOf, inLanes, lineOf, weekDates } from "./sessions.js";

const MINUTE = 60_000, HOUR = 60 * MINUTE;

/** Milliseconds in which times are dragged, and in which they are dragged while Alt is held. */
export const STEP = 5 * MINUTE, FINE = MINUTE;

/** Hours that a block is high at least, so that its first line can be read and it can be pressed. */
export const LEAST = 0.45;

const USUAL = { first: 7, last: 19 }; // rows that are shown at least
const PRESSED = 30 * MINUTE; // what a press without dragging proposes

/** The dates that are shown around a date: its week, the days beside it, or itself. */
export function spanDates(date, count, sunday) {
	if (count === 7)
		return weekDates(date, sunday);
	const before = Math.floor(count / 2);
	return Array.from({ length: count }, (_, at) => addDays(date, at - before));
}

/** The row at which an instant is in a day, {from, to} in ms. */
export function rowOf(day, instant) {
	return 24 - (day.to - instant) / HOUR;
}

/** The instant at a row of a day. */
export function instantAt(day, row) {
	return day.to - (24 - row) * HOUR;
}

// Blocks get their rows, and lanes in which none covers another, the least height included.
function placed(blocks, day) {
	const parts = (day.to - day.from) / HOUR;
	const seen = blocks.map((block) => ({
		...block, first: rowOf(day, Math.max(block.session.start, day.from)),
		last: rowOf(day, day.from + block.bottom * (day.to - day.from)),
		bottom: Math.max(block.bottom, block.top + LEAST / parts),
	}));
	return inLanes(seen);
}

/**
 * The days of a calendar: [{date, from, to, blocks, plans}].  A block is {session, first, last, lane, lanes, comesIn,
 * goesOn}; first and last are rows.  plans: spans {id, start, end} of what was planned, laid out in the same way.
 */
export function daysOf({ zone, dates, sessions, plans = [], now }) {
	return dates.map((date) => {
		const day = { date, ...lineOf(zone, date) };
		const within = (list) => placed(blocksOf(list, zone, date, now), day);
		return { ...day, blocks: within(sessions), plans: within(plans) };
	});
}

/**
 * The rows that are drawn: {first, last, isWhole}.  Empty hours at both ends are left out, unless whole; at: an instant
 * that is in view if it is in one of the days.
 */
export function rowsOf(days, { at = null, whole = false } = {}) {
	const first = Math.floor(Math.min(0, ...days.map((day) => rowOf(day, day.from)))), last = 24;
	if (whole)
		return { first, last, isWhole: true };
	const spans = days.flatMap(({ blocks, plans }) => [...blocks, ...plans]);
	const edges = spans.flatMap((one) => [one.first, one.last]);
	for (const day of days)
		if (at !== null && at >= day.from && at < day.to)
			edges.push(rowOf(day, at));
	const low = Math.max(first, Math.min(USUAL.first, Math.floor(Math.min(24, ...edges) - 0.5)));
	const high = Math.min(last, Math.max(USUAL.last, Math.ceil(Math.max(0, ...edges) + 0.5)));
	return { first: low, last: high, isWhole: low === first && high === last };
}

/** The labels down the side: [{row, hour}], for the days without a change of the clocks. */
export function hourMarks({ first, last }) {
	const marks = [];
	for (let row = Math.max(0, first); row < last; row += 1)
		marks.push({ row, hour: row });
	return marks;
}

/** The labels that a day needs of its own, where its hours differ from those down the side. */
export function ownMarks(day, zone) {
	const marks = [];
	for (let at = day.from; at < day.to; at += HOUR) {
		const { hour, minute } = clockIn(zone, at), row = rowOf(day, at);
		if (hour + minute / 60 !== row)
			marks.push({ row, hour, minute });
	}
	return marks;
}

// --- what a hand does ---

function snapped(instant, step) {
	return Math.round(instant / step) * step;
}

/**
 * The span between two instants of a day, for a new session: {start, end}, or null if it has not come yet.  A press
 * without dragging gives half an hour.  until: now; nothing ends later.
 */
export function spanBetween(day, from, to, { step, until }) {
	const low = Math.max(day.from, Math.floor(Math.min(from, to) / step) * step);
	const high = from === to ? low + PRESSED : Math.max(low + step, Math.ceil(Math.max(from, to) / step) * step);
	const end = Math.min(high, day.to, until);
	return end - low >= FINE ? { start: low, end } : null;
}

// The same local time of another day, to the second.
function onDay(zone, instant, days) {
	if (days === 0)
		return instant;
	const { date, hour, minute, second } = clockIn(zone, instant);
	const seconds = (hour * 60 + minute) * 60 + second;
	return instantIn(zone, addDays(date, days), seconds) + instant % 1000;
}

/**
 * A session moved by days and by hours: {start, end}, as long as it was; null if it would end in the future.  One that
 * is moved to another day only keeps its time of day.
 */
export function movedBy({ start, end }, { zone, days, hours, step, until }) {
	const target = onDay(zone, start, days);
	const begin = hours === 0 ? target : snapped(target + hours * HOUR, step);
	const length = end === null ? 0 : end - start;
	const latest = Math.max(start, Math.floor((until - length) / FINE) * FINE);
	const isLate = begin > latest;
	if (isLate && (latest === start || dayIn(zone, latest) !== dayIn(zone, target)))
		return null;
	const allowed = isLate ? latest : begin;
	return { start: allowed, end: end === null ? null : allowed + length };
}

/** A session with its start or end dragged to an instant: {start, end}. */
export function stretchedTo({ start, end }, edge, instant, { step, until }) {
	const at = snapped(instant, step);
	if (edge === "start") {
		const least = end === null ? until - LONGEST * 1000 : end - LONGEST * 1000;
		return { start: Math.min(Math.max(at, least), (end ?? until) - FINE), end };
	}
	const latest = Math.min(start + LONGEST * 1000, Math.max(until, end));
	return { start, end: Math.max(Math.min(at, latest), start + FINE) };
}

/**
 * What a hand that holds something would make of it now: {start, end}, or null.  held: {kind: "make", day, from, to},
 * {kind: "move", session, days, hours}, or {kind: "start" or "end", session, at}; each with its step.
 */
export function outcomeOf(held, { zone, until }) {
	const { kind, session, step } = held;
	if (kind === "make")
		return spanBetween(held.day, held.from, held.to, { step, until });
	if (kind === "move")
		return movedBy(session, { zone, days: held.days, hours: held.hours, step, until });
	return stretchedTo(session, kind, held.at, { step, until });
}

/** The start and end that differ from those of the session, as the engine stores them; null if none does. */
export function changesOf(session, { start, end }) {
	const set = {};
	if (start !== session.start)
		set.start = new Date(start).toISOString();
	if (end !== session.end)
		set.end = new Date(end).toISOString();
	return Object.keys(set).length > 0 ? set : null;
}

// --- what the arrows do ---

/**
 * What is held after a key, or null if the key holds nothing: Alt with an arrow moves a session, Shift with one
 * stretches its end.  held: what was held before, or null.
 */
export function nudgedBy(held, session, { key, altKey, shiftKey }) {
	const up = { ArrowUp: -1, ArrowDown: 1 }[key] ?? 0, across = { ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0;
	const isSame = (kind) => held?.session?.id === session.id && held.kind === kind;
	if (altKey && !shiftKey && (up || across)) {
		const from = isSame("move") ? held : { kind: "move", session, step: STEP, days: 0, hours: 0 };
		return { ...from, days: from.days + across, hours: from.hours + up * STEP / HOUR };
	}
	if (shiftKey && !altKey && up && session.end !== null) {
		const from = isSame("end") ? held : { kind: "end", session, step: STEP, at: session.end };
		return { ...from, at: from.at + up * STEP };
	}
	return null;
}

function middleOf({ first, last }) {
	return (first + last) / 2;
}

/**
 * The block that an arrow selects, from one {id, date}: {id, date}, or null.  Up and down stay within the day; left and
 * right go to the nearest height in the next day that has blocks.
 */
export function neighbour(days, { id, date }, key) {
	const at = days.findIndex((day) => day.date === date), day = days[at];
	const index = day ? day.blocks.findIndex((block) => block.session.id === id) : -1;
	if (index < 0)
		return null;
	if (key === "ArrowUp" || key === "ArrowDown") {
		const next = day.blocks[index + (key === "ArrowUp" ? -1 : 1)];
		return next ? { id: next.session.id, date } : null;
	}
	const step = key === "ArrowLeft" ? -1 : 1, middle = middleOf(day.blocks[index]);
	for (let other = at + step; days[other]; other += step) {
		const [nearest] = [...days[other].blocks].sort((left, right) =>
			Math.abs(middleOf(left) - middle) - Math.abs(middleOf(right) - middle));
		if (nearest)
			return { id: nearest.session.id, date: days[other].date };
	}
	return null;
}

/** Whether a movement of a finger turns the page: 1 to the next days, -1 to those before, 0 not at all. */
export function swipeOf({ across, down, ms }) {
	const isSwipe = Math.abs(across) >= 48 && Math.abs(across) > 2 * Math.abs(down) && ms < 800;
	return isSwipe ? (across < 0 ? 1 : -1) : 0;
}
