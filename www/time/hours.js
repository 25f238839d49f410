// The figures of working time and pay, from rows alone: no document, no clock, no engine.  The server counts by the
// same rules (lib/time/hours.c), so that a day looks the same without a network; the golden cases in
// tests/fixtures/hours hold both to the same results.
//
// Seconds are elapsed seconds and integers.  A session belongs whole to its day, and each day is counted by the rules
// that hold on it.  Shares are rounded half up.

import { addDays, dayIn, weekOf } from "../ui/zone.js";

const NEVER = Infinity; // a limit that is not reached

/** Where nobody has chosen any rules: no lunch, no limit, no overtime, no rounding, no rate; weeks begin on Monday. */
const RULES = {
	lunchPerDay: false, lunchAfter: NEVER, lunch: 0, longAfter: NEVER, longLunch: 0, recordedLunchCounts: false,
	target: 0, most: NEVER, sunday: false, dayOvertimeAfter: NEVER, dayOvertimeTimes: 100, overtimeAfter: NEVER,
	overtimeTimes: 100, rounding: "none", roundedTo: 0, rate: null,
};

// What is set in a row of workRules, workTerms or workSettings; what is empty in it changes nothing.
function addRules(rules, row) {
	addChoice(rules, "lunchPerDay", row.lunchRule, "day");
	addChoice(rules, "sunday", row.weekStart, "sunday");
	addChoice(rules, "recordedLunchCounts", row.recordedLunchCounts, true);
	addNumber(rules, "lunchAfter", row.lunchAfterHours, 3600);
	addNumber(rules, "lunch", row.lunchMinutes, 60);
	addNumber(rules, "longAfter", row.longLunchAfterHours, 3600);
	addNumber(rules, "longLunch", row.longLunchMinutes, 60);
	addNumber(rules, "most", row.maxHours, 3600);
	addNumber(rules, "dayOvertimeAfter", row.dailyOvertimeAfterHours, 3600);
	addNumber(rules, "dayOvertimeTimes", row.dailyOvertimeMultiplier, 100);
	addNumber(rules, "overtimeAfter", row.overtimeAfterHours, 3600);
	addNumber(rules, "overtimeTimes", row.overtimeMultiplier, 100);
	addNumber(rules, "roundedTo", row.roundingMinutes, 60);
	addNumber(rules, "rate", row.hourlyRate, 1);
	if (isGiven(row.rounding))
		rules.rounding = row.rounding;
	if (row.status === "left")
		rules.rate = null;
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

function latest(rows, day) {
	return rows.findLast((row) => row.from <= day);
}

/**
 * What holds for a person on which day: {before, dated: [{from, rules}]}.  rules: the rows of workRules; terms: the
 * person's rows of workTerms; settings: their row of workSettings, or nothing.  On a day the latest rules hold whole,
 * and over them the latest terms where they are not empty.
 */
export function planFrom(rules = [], terms = [], settings = null) {
	const ofSpace = [...rules].sort(byFrom), ofPerson = [...terms].sort(byFrom);
	const before = { ...RULES };
	addNumber(before, "target", settings?.targetHours, 3600);
	const days = [...new Set([...ofSpace, ...ofPerson].map((row) => row.from))].sort();
	const dated = days.map((from) => {
		const all = { ...before };
		for (const row of [latest(ofSpace, from), latest(ofPerson, from)])
			if (row)
				addRules(all, row);
		return { from, rules: all };
	});
	return { before, dated };
}

function byFrom(left, right) {
	return left.from < right.from ? -1 : left.from > right.from ? 1 : 0;
}

/** The rules that hold on a day. */
export function rulesOn(plan, day) {
	return latest(plan.dated, day)?.rules ?? plan.before;
}

/** How long an ended session of work counts: seconds, rounded as the rules say.  Rounding twice is as once. */
export function rounded(rules, seconds) {
	const step = rules.roundedTo;
	if (step <= 0 || rules.rounding === "none")
		return seconds;
	const more = { up: step - 1, down: 0, nearest: Math.floor(step / 2) }[rules.rounding];
	return Math.floor((seconds + more) / step) * step;
}

const WEEK_MOST = 14; // days that a week can have where another first day of the week begins to hold

/**
 * The first day of the week that a day lies in: the last one, the day included, that is the first day of a week by the
 * rules that hold on it.
 */
export function weekOn(plan, day) {
	for (let back = 0, date = day; back < WEEK_MOST; back++, date = addDays(date, -1))
		if (weekOf(date, rulesOn(plan, date).sunday) === date)
			return date;
	return weekOf(day, rulesOn(plan, day).sunday);
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

function byDay(left, right) {
	return left.day < right.day ? -1 : left.day > right.day ? 1 : 0;
}

function byDayAndStart(left, right) {
	return byDay(left, right) || left.start - right.start;
}

function byStart(left, right) {
	return left.start - right.start || byDay(left, right);
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

// --- overlaps ---

/**
 * How many seconds of each session of work the earlier ones have already: session → seconds, for those with any.  The
 * earlier ones cover everything between its start and the latest of their ends.
 */
function overlapsOf(sessions, at) {
	const overlaps = new Map();
	let covered = -Infinity;
	for (const session of [...sessions].sort(byStart)) {
		const end = endOf(session, at);
		if (session.lunch || end <= session.start)
			continue;
		if (covered > session.start)
			overlaps.set(session, elapsed(session.start, Math.min(end, covered)));
		covered = Math.max(covered, end);
	}
	return overlaps;
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

function shared(left, right) {
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
			within += shared(lunch, span);
	}
	return Math.floor(within / 1000) + Math.max(0, byRule - Math.floor(recorded / 1000));
}

// --- days ---

function noFigures() {
	return {
		raw: 0, total: 0, deductions: 0, paid: 0, overlap: 0, over: 0, sessions: 0, breaks: 0, running: 0,
		forgotten: 0, current: 0,
	};
}

// The lunch that is taken off so many seconds of work.
function lunchOf(rules, seconds) {
	const lunch = seconds > rules.lunchAfter ? rules.lunch : 0;
	return seconds > rules.longAfter ? Math.max(lunch, rules.longLunch) : lunch;
}

// The figures of a day, and the lunch that the rules ask for so far.
function figuresOf(sessions, rules, at, overlaps) {
	const figures = noFigures();
	let byRule = 0;
	const addLunch = (seconds) => {
		const lunch = lunchOf(rules, seconds);
		figures.breaks += lunch > 0 ? 1 : 0;
		byRule += lunch;
	};
	for (const session of sessions) {
		const measured = elapsed(session.start, endOf(session, at));
		const seconds = session.lunch || session.running ? measured : rounded(rules, measured);
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
		figures.overlap += overlaps.get(session) ?? 0;
		if (!rules.lunchPerDay)
			addLunch(seconds);
	}
	if (rules.lunchPerDay)
		addLunch(figures.raw);
	figures.deductions = deduct(sessions, rules, at, byRule);
	figures.paid = Math.max(0, figures.raw - figures.deductions);
	figures.over = Math.max(0, figures.paid - rules.most);
	return { figures, byRule };
}

// progress is per cent with one digit.
function againstTarget(day, rules) {
	if (rules.target <= 0)
		return;
	day.target = rules.target;
	day.progress = Math.min(1000, divide(day.paid * 1000, rules.target)) / 10;
	day.remaining = Math.max(0, rules.target - day.paid);
	day.reached = day.paid >= rules.target;
}

// The work so far from which the rules take lunch off: that of the day, or of the timer that runs longest.
function workSoFar(day, sessions, rules, at) {
	if (rules.lunchPerDay)
		return day.raw;
	const working = sessions.filter((session) => session.running && !session.lunch);
	return Math.max(0, ...working.map((session) => elapsed(session.start, endOf(session, at))));
}

// Before the most hours are reached, the rule will also take off lunch that it has not taken off yet.
function againstMost(day, sessions, rules, at, byRule) {
	if (day.running === day.forgotten || rules.most === NEVER)
		return;
	const isLess = day.paid < rules.most, more = rules.most - day.raw + day.deductions;
	const worked = workSoFar(day, sessions, rules, at);
	day.untilMost = isLess ? more : 0;
	for (let steps = 0; isLess && steps < 2; steps++) {
		const lunch = lunchOf(rules, worked + day.untilMost) - lunchOf(rules, worked);
		day.untilMost = more - day.deductions + deduct(sessions, rules, at, byRule + lunch);
	}
	day.latestEnd = new Date(at + day.untilMost * 1000).toISOString();
}

/** The figures of one day from its sessions, in the order of their starts. */
function countDay(name, sessions, rules, at, overlaps) {
	const { figures, byRule } = figuresOf(sessions, rules, at, overlaps);
	const day = { day: name, ...figures };
	againstTarget(day, rules);
	againstMost(day, sessions, rules, at, byRule);
	return day;
}

function add(sum, figures) {
	for (const name of Object.keys(noFigures()))
		sum[name] += figures[name];
}

/**
 * The figures of one person's sessions: {days, weeks, sum}, as GET /api/reports/work has them.  `days` are those that
 * have sessions, in order.  A running session counts up to `at` (ms), unless it was forgotten.  plan: what holds on
 * which day (planFrom).
 */
export function count(sessions, plan, at) {
	const days = new Map(), weeks = new Map();
	const sum = noFigures(), overlaps = overlapsOf(sessions, at);
	for (const session of [...sessions].sort(byDayAndStart)) {
		if (!days.has(session.day))
			days.set(session.day, []);
		days.get(session.day).push(session);
	}
	const counted = [...days].map(([name, ofDay]) => countDay(name, ofDay, rulesOn(plan, name), at, overlaps));
	for (const day of counted) {
		const first = weekOn(plan, day.day);
		if (!weeks.has(first))
			weeks.set(first, { week: first, ...noFigures() });
		add(weeks.get(first), day);
		add(sum, day);
	}
	return { days: counted, weeks: [...weeks.values()], sum };
}

/** The figures of one day that may have no sessions.  sessions: those of the days beside it, too, which may overlap. */
export function dayOf(name, sessions, plan, at) {
	const ofDay = sessions.filter((session) => session.day === name).sort(byDayAndStart);
	const near = ofDay.length === 0 ? [] : sessions.filter((session) => session.start < endOf(ofDay.at(-1), at) &&
		endOf(session, at) > ofDay[0].start || session.day === name);
	return countDay(name, ofDay, rulesOn(plan, name), at, overlapsOf(near, at));
}

// --- pay ---

function noPay() {
	return {
		regular: 0, overtime: 0, dailyOvertime: 0, unpaid: 0, overlap: 0, regularPay: 0, overtimePay: 0,
		gross: 0, running: 0,
	};
}

// The seconds of a day, divided.  before: the seconds of its week so far, without overtime of days.
function shareOf(day, rules, before) {
	const ofDay = Math.max(0, day.paid - rules.dayOvertimeAfter), rest = day.paid - ofDay;
	const regular = Math.max(0, Math.min(rest, rules.overtimeAfter - before));
	return { regular, ofDay, ofWeek: rest - regular };
}

// Hundredths of seconds by cents an hour may be more than a number holds exactly.
function cents(weight, rate, by) {
	return Number((weight * BigInt(rate) + BigInt(by / 2)) / BigInt(by));
}

function price(line, weight) {
	if (line.rate === null) {
		line.unpaid = line.regular + line.overtime;
		return;
	}
	line.regularPay = cents(BigInt(line.regular), line.rate, 3600);
	line.overtimePay = cents(weight, line.rate, 360_000);
	line.gross = line.regularPay + line.overtimePay;
}

function keyOf(week, rate) {
	return `${week} ${rate}`;
}

function lineOf(lines, week, rate) {
	const key = keyOf(week, rate);
	if (!lines.has(key))
		lines.set(key, { week, rate, ...noPay() });
	return lines.get(key);
}

/**
 * What is paid to one person for the days from..to: {weeks, waiting, sum}, as GET /api/reports/payroll has it.  weeks
 * has a line for each week and rate; rate is null where there is none.  waiting: weeks with running sessions and no
 * line.  sessions: those of the whole first week, too, and of the days beside, which may overlap.
 */
export function settle(sessions, plan, from, to, at) {
	const hasEnded = (session) => !session.running && session.end <= at;
	const first = weekOn(plan, from), within = (day) => day >= from && day <= to;
	const near = sessions.filter(({ day }) => day >= addDays(first, -2) && day <= addDays(to, 2));
	const lines = paidLines(count(near.filter(hasEnded), plan, 0).days, plan, first, within);
	const waiting = new Map(), sum = noPay();
	for (const session of near.filter((one) => !hasEnded(one) && within(one.day))) {
		const place = [weekOn(plan, session.day), rulesOn(plan, session.day).rate];
		lineOf(lines.has(keyOf(...place)) ? lines : waiting, ...place).running += 1;
	}
	for (const line of [...lines.values(), ...waiting.values()])
		for (const name of Object.keys(sum))
			sum[name] += line[name];
	const byWeek = (left, right) => (left.week < right.week ? -1 : left.week > right.week ? 1 : 0);
	return { weeks: [...lines.values()], waiting: [...waiting.values()].sort(byWeek), sum };
}

// The lines of the days that are within, priced.  Days outside only use up regular time.
function paidLines(days, plan, first, within) {
	const lines = new Map(), weights = new Map();
	let week = "", before = 0;
	for (const day of days.filter((one) => one.day >= first)) {
		const rules = rulesOn(plan, day.day);
		before = weekOn(plan, day.day) === week ? before : 0;
		week = weekOn(plan, day.day);
		const share = shareOf(day, rules, before);
		before += share.regular + share.ofWeek;
		if (!within(day.day))
			continue;
		const line = lineOf(lines, week, rules.rate);
		line.regular += share.regular;
		line.overtime += share.ofDay + share.ofWeek;
		line.dailyOvertime += share.ofDay;
		line.overlap += day.overlap;
		weights.set(line, (weights.get(line) ?? 0n) + BigInt(share.ofDay * rules.dayOvertimeTimes) +
			BigInt(share.ofWeek * rules.overtimeTimes));
	}
	for (const [line, weight] of weights)
		price(line, weight);
	return lines;
}
