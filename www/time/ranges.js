// The days of a report: ranges with names, and the units of time in which a chart shows them.  No document.

import { addDays, daysBetween, isDay, weekOf } from "../ui/zone.js";
import { addMonths } from "./sessions.js";

/** Ranges with names: [[name, words]]. */
export const RANGES = [
	["week", "This week"], ["last", "Last week"], ["month", "This month"], ["before", "Last month"],
	["year", "This year"],
];

/** The most days of a report, as the server has it. */
const MOST_DAYS = 366;

const lastOfMonth = (month) => addDays(`${addMonths(month, 1)}-01`, -1);

/** The dates of a range: {from, to}. */
export function datesOf(name, today, sunday) {
	const first = weekOf(today, sunday), month = today.slice(0, 7), before = addMonths(month, -1);
	return {
		week: { from: first, to: addDays(first, 6) },
		last: { from: addDays(first, -7), to: addDays(first, -1) },
		month: { from: `${month}-01`, to: lastOfMonth(month) },
		before: { from: `${before}-01`, to: lastOfMonth(before) },
		year: { from: `${today.slice(0, 4)}-01-01`, to: `${today.slice(0, 4)}-12-31` },
	}[name];
}

function isRange(name) {
	return RANGES.some(([known]) => known === name);
}

/**
 * The range of an address, {range, from, to}: the one it names, the dates it has, or the one that is usual.  range is
 * null for dates without a name.
 */
export function rangeOf({ range, from, to }, { today, sunday, usual = "month" }) {
	if (isRange(range))
		return { range, ...datesOf(range, today, sunday) };
	if (!isDay(from) || !isDay(to) || from > to || daysBetween(from, to) >= MOST_DAYS)
		return { range: usual, ...datesOf(usual, today, sunday) };
	const known = RANGES.find(([name]) => {
		const dates = datesOf(name, today, sunday);
		return dates.from === from && dates.to === to;
	});
	return { range: known?.[0] ?? null, from, to };
}

const AROUND = 16; // days beside those that are shown: a week's overtime and its entries reach over its ends

/**
 * All days that a screen of Time with this query shows, and the weeks around them: the month of its day, and the days
 * of its report.
 */
export function daysAround(query, { today, sunday }) {
	const day = isDay(query.day) ? query.day : today, { from, to } = rangeOf(query, { today, sunday });
	const month = day.slice(0, 7), firsts = [from, `${month}-01`].sort(), lasts = [to, lastOfMonth(month)].sort();
	return { from: addDays(firsts[0], -AROUND), to: addDays(lasts[1], AROUND) };
}

/** Another first or last day; the other one gives way, so that the range is one and not too long. */
export function withDay({ from, to }, name, day) {
	if (name === "from")
		return { from: day, to: [to < day ? day : to, addDays(day, MOST_DAYS - 1)].sort()[0] };
	return { from: [from > day ? day : from, addDays(day, 1 - MOST_DAYS)].sort()[1], to: day };
}

/**
 * The units in which a range is drawn, each with its first and last day: {unit: "day", "week" or "month", parts: [{key,
 * from, to}]}.  At most 31 days or 26 weeks are shown each.
 */
export function unitsOf({ from, to }, sunday) {
	const days = daysBetween(from, to) + 1, unit = days <= 31 ? "day" : days <= 26 * 7 ? "week" : "month";
	const startOf = {
		day: (day) => day, week: (day) => weekOf(day, sunday), month: (day) => `${day.slice(0, 7)}-01`,
	};
	const next = {
		day: (day) => addDays(day, 1), week: (day) => addDays(day, 7),
		month: (day) => `${addMonths(day.slice(0, 7), 1)}-01`,
	};
	const parts = [];
	for (let day = startOf[unit](from); day <= to; day = next[unit](day)) {
		const last = addDays(next[unit](day), -1);
		parts.push({
			key: unit === "month" ? day.slice(0, 7) : day,
			from: day < from ? from : day, to: last > to ? to : last,
		});
	}
	return { unit, parts };
}
