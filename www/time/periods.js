// Periods as the screens of Time need them: the days of one, what it locks, what is still missing before it is handed
// in, and its figures.  Rows in, words for nobody: no document, no engine.  The server decides by the same rules
// (lib/period, lib/time/hours_lock.c).

import { addDays, weekOf } from "../ui/zone.js";
import { count, settle, weekOn } from "./hours.js";
import { addMonths } from "./sessions.js";

const MONTH = 27; // days: what is longer counts as somebody's month

export const isClosed = (period) => period?.state === "submitted" || period?.state === "approved";

// The last day of the week that a day lies in.  A week is longer where another first day of the week begins to hold.
function lastOfWeek(plan, day) {
	let last = day;
	while (weekOn(plan, addDays(last, 1)) !== addDays(last, 1))
		last = addDays(last, 1);
	return last;
}

/**
 * The closed period that locks a day: it has the day, or a later one of the same week.  Null if the day is free.  plan:
 * what holds on which day (hours.js).
 */
export function lockOn(periods, day, plan) {
	const closed = periods.filter((one) => isClosed(one) && one.to >= day);
	if (closed.length === 0)
		return null;
	const last = lastOfWeek(plan, day);
	return closed.find((one) => one.from <= last) ?? null;
}

/** The week or month around a date, as {from, to}. */
export function spanAt(look, date, sunday) {
	if (look === "week")
		return { from: weekOf(date, sunday), to: addDays(weekOf(date, sunday), 6) };
	const month = date.slice(0, 7);
	return { from: `${month}-01`, to: addDays(`${addMonths(month, 1)}-01`, -1) };
}

function daysOf({ from, to }) {
	return (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
}

/**
 * What of a person's periods concerns a span.  exact: the one with these days, or the one that has all of them; others:
 * those that share some days with it; offered: whether it can be handed in by its look.  Whoever hands in months is not
 * offered weeks, nor the other way round.
 */
export function periodsAt(periods, span, look, today) {
	const touching = periods.filter((one) => one.from <= span.to && one.to >= span.from);
	const exact = touching.find((one) => one.from === span.from && one.to === span.to) ??
		touching.find((one) => one.from <= span.from && one.to >= span.to) ?? null;
	const latest = periods.reduce((last, one) => (last === null || one.from > last.from ? one : last), null);
	const isUsual = latest === null || (daysOf(latest) > MONTH) === (look === "month");
	const offered = span.to <= today && isUsual && touching.every((one) => one === exact);
	return { exact, others: touching.filter((one) => one !== exact), offered };
}

// --- what is missing ---

function isWeekday(day) {
	return ![0, 6].includes(new Date(`${day}T12:00:00Z`).getUTCDay());
}

/**
 * What to look at before a span is handed in.  empty: weekdays without hours; running: timers in it, or in the same
 * week before it; overlaps: the days on which hours are counted more than once.
 */
export function missingIn(sessions, span, plan, at) {
	const within = sessions.filter(({ day }) => day >= span.from && day <= span.to);
	const worked = new Set(within.map(({ day }) => day)), empty = [];
	for (let day = span.from; day <= span.to; day = addDays(day, 1))
		if (isWeekday(day) && !worked.has(day))
			empty.push(day);
	const first = weekOn(plan, span.from);
	const running = sessions.filter((one) => one.running && one.day >= first && one.day <= span.to);
	const overlaps = count(within, plan, at).days.filter(({ overlap }) => overlap > 0).map(({ day }) => day);
	return { empty, running, overlaps };
}

/**
 * The figures of a span: paid, overtime and overlap in seconds, the days with hours, and of the entries how many were
 * typed in and how many somebody else changed last.
 */
export function figuresIn(sessions, { from, to }, plan, at) {
	const inside = sessions.filter(({ day }) => day >= from && day <= to), { days, sum } = count(inside, plan, at);
	return {
		days, paid: sum.paid, overlap: sum.overlap, overtime: settle(sessions, plan, from, to, at).sum.overtime,
		typed: inside.filter(({ row }) => row.manual).length,
		corrected: inside.filter(({ row }) => row.lastUpdatedBy && row.lastUpdatedBy !== row.owner).length,
	};
}
