// The figures of working time, from rows alone: no document, no clock, no engine.  The server counts by the same rules
// (lib/time/hours.c), so that a day looks the same without a network; the golden cases in tests/fixtures/hours hold
// both to the same results.  What is paid for the time is the server's alone (GET /api/reports/payroll).
//
// Seconds are elapsed seconds and integers.  A session belongs whole to its day.  Shares are rounded half up.

import { dayIn, weekOf } from "../ui/zone.js";

/**
 * Without any settings: 30 minutes for each session of more than 5 hours, 10 hours a day, overtime after 40 hours ×
 * 1.5.
 */
export const RULES = {
	lunchPerDay: false, lunchAfter: 5 * 3600, lunch: 30 * 60, recordedLunchCounts: false,
	target: 0, most: 10 * 3600, sunday: false, overtimeAfter: 40 * 3600, overtimeTimes: 150,
};

/** The settings that apply to a person: the space's, and their own over them.  Either may be missing. */
export function rulesOf(...settings) {
	const rules = { ...RULES };
	for (const one of settings) {
		if (!one)
			continue;
		addChoice(rules, "lunchPerDay", one.lunchRule, "day");
		addChoice(rules, "sunday", one.weekStart, "sunday");
		addChoice(rules, "recordedLunchCounts", one.recordedLunchCounts, true);
		addNumber(rules, "lunchAfter", one.lunchAfterHours, 3600);
		addNumber(rules, "lunch", one.lunchMinutes, 60);
		addNumber(rules, "target", one.targetHours, 3600);
		addNumber(rules, "most", one.maxHours, 3600);
		addNumber(rules, "overtimeAfter", one.overtimeAfterHours, 3600);
		addNumber(rules, "overtimeTimes", one.overtimeMultiplier, 100);
	}
	return rules;
}

function isGiven(value) {
	return value !== undefined && value !== null;
}

function addChoice(rules, name, value, word) {
	if (isGiven(value))
		rules[name] = value === word;
}

// Numbers have at most two decimals, so counting in hundredths is exact.
function addNumber(rules, name, value, unit) {
	if (isGiven(value))
		rules[name] = Math.trunc(Math.round(value * 100) * unit / 100);
}

/** A row of workSessions as these figures need it.  zone: for rows whose day the server has not derived yet. */
export function sessionOf(row, zone = "UTC") {
	const start = Date.parse(row.start);
	const end = row.end ? Date.parse(row.end) : row.duration ? start + row.duration * 1000 : null;
	return {
		id: row.id,
		day: row.day ?? dayIn(row.zone ?? zone, start),
		start,
		end,
		running: end === null,
		lunch: row.kind === "lunch",
	};
}

/** Whole seconds between two instants; 0 when end is not later. */
export function elapsed(start, end) {
	return end > start ? Math.floor((end - start) / 1000) : 0;
}

// n / by, rounded half up; both are whole, and neither is negative.
function divide(n, by) {
	return Math.floor((n + Math.floor(by / 2)) / by);
}

function byDayAndStart(left, right) {
	return left.day < right.day ? -1 : left.day > right.day ? 1 : left.start - right.start;
}

/** The most seconds that one session can have. */
export const LONGEST = 86_400;

/**
 * Whether a timer has run for longer than a session can be: nobody knows how long the work was, and it counts no time.
 */
export function isForgotten(session, at) {
	return session.running && at - session.start > LONGEST * 1000;
}

function endOf(session, at) {
	return isForgotten(session, at) ? session.start : session.running ? at : session.end;
}

// --- lunch ---

// The times covered by work, or by lunch, as spans that do not touch each other.  The sessions come in the order of
// their starts.
function spansOf(sessions, lunch, at) {
	const spans = [];
	for (const session of sessions) {
		const end = endOf(session, at);
		if (session.lunch !== lunch || end <= session.start)
			continue;
		const last = spans.at(-1);
		if (last && session.start <= last.end)
			last.end = Math.max(last.end, end);
		else
			spans.push({ start: session.start, end });
	}
	return spans;
}

function overlap(left, right) {
	return Math.max(0, Math.min(left.end, right.end) - Math.max(left.start, right.start));
}

// Recorded lunch within work is taken off.  The rule takes off only what is missing: recorded lunch counts for it,
// whether within work or beside it.
function deduct(sessions, rules, at, byRule) {
	if (!rules.recordedLunchCounts)
		return byRule;
	const work = spansOf(sessions, false, at);
	let recorded = 0, within = 0;
	for (const lunch of spansOf(sessions, true, at)) {
		recorded += lunch.end - lunch.start;
		for (const span of work)
			within += overlap(lunch, span);
	}
	return Math.floor(within / 1000) + Math.max(0, byRule - Math.floor(recorded / 1000));
}

// --- days ---

function noFigures() {
	return {
		raw: 0, total: 0, deductions: 0, billable: 0, efficiency: 100, sessions: 0, breaks: 0, running: 0,
		forgotten: 0, current: 0,
	};
}

function efficiencyOf(figures) {
	return figures.total === 0 ? 100 : divide(figures.billable * 100, figures.total);
}

function figuresOf(sessions, rules, at) {
	const figures = noFigures();
	let byRule = 0;
	for (const session of sessions) {
		const seconds = elapsed(session.start, endOf(session, at));
		figures.total += seconds;
		figures.running += session.running ? 1 : 0;
		figures.forgotten += isForgotten(session, at) ? 1 : 0;
		figures.current += session.running ? seconds : 0;
		if (session.lunch) {
			figures.breaks += 1;
			continue;
		}
		figures.sessions += 1;
		figures.raw += seconds;
		if (!rules.lunchPerDay && seconds > rules.lunchAfter && rules.lunch > 0) {
			figures.breaks += 1;
			byRule += rules.lunch;
		}
	}
	if (rules.lunchPerDay && figures.raw > rules.lunchAfter && rules.lunch > 0) {
		figures.breaks += 1;
		byRule = rules.lunch;
	}
	figures.deductions = deduct(sessions, rules, at, byRule);
	figures.billable = Math.max(0, figures.raw - figures.deductions);
	figures.efficiency = efficiencyOf(figures);
	return figures;
}

// progress is per cent with one digit.
function againstTarget(day, rules) {
	if (rules.target <= 0)
		return;
	day.target = rules.target;
	day.progress = Math.min(1000, divide(day.billable * 1000, rules.target)) / 10;
	day.remaining = Math.max(0, rules.target - day.billable);
	day.reached = day.billable >= rules.target;
}

// Before the most hours are reached, the rule will also take off lunch that it has not taken off yet.
function againstMost(day, rules, at) {
	if (day.running === day.forgotten)
		return;
	day.untilMost = Math.max(0, rules.most - day.billable);
	if (day.untilMost > 0 && day.raw < rules.lunchAfter)
		day.untilMost += rules.lunch;
	day.latestEnd = new Date(at + day.untilMost * 1000).toISOString();
}

/** The figures of one day from its sessions, in the order of their starts. */
function countDay(name, sessions, rules, at) {
	const day = { day: name, ...figuresOf(sessions, rules, at) };
	againstTarget(day, rules);
	againstMost(day, rules, at);
	return day;
}

function add(sum, figures) {
	for (const name of [
		"raw", "total", "deductions", "billable", "sessions", "breaks", "running", "forgotten", "current",
	])
		sum[name] += figures[name];
	sum.efficiency = efficiencyOf(sum);
}

/**
 * The figures of one person's sessions: {days, weeks, sum}, as GET /api/reports/work has them.  `days` are those that
 * have sessions, in order.  A running session counts up to `at` (ms), unless it was forgotten.
 */
export function count(sessions, rules, at) {
	const days = new Map(), weeks = new Map();
	const sum = noFigures();
	for (const session of [...sessions].sort(byDayAndStart)) {
		if (!days.has(session.day))
			days.set(session.day, []);
		days.get(session.day).push(session);
	}
	const counted = [...days].map(([name, ofDay]) => countDay(name, ofDay, rules, at));
	for (const day of counted) {
		const first = weekOf(day.day, rules.sunday);
		if (!weeks.has(first))
			weeks.set(first, { week: first, ...noFigures() });
		add(weeks.get(first), day);
		add(sum, day);
	}
	return { days: counted, weeks: [...weeks.values()], sum };
}

/** The figures of one day that may have no sessions. */
export function dayOf(name, sessions, rules, at) {
	return countDay(name, sessions.filter((session) => session.day === name).sort(byDayAndStart), rules, at);
}
