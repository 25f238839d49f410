// The rules of work as a form shows them: a record of workRules or workTerms becomes a draft of a few choices, and a
// draft a record; what holds in words; what a change makes of the past.  No document, no engine.

import { addDays, dayIn } from "../ui/zone.js";
import { count, planFrom, settle } from "./hours.js";

/** In the draft of a person's terms: as the rules of the team have it. */
export const TEAM = "team";

const GROUPS = { // the fields of each group of a draft
	rate: ["hourlyRate"],
	lunch: [
		"lunchRule", "lunchAfterHours", "lunchMinutes", "longLunchAfterHours", "longLunchMinutes",
		"recordedLunchCounts",
	],
	week: ["overtimeAfterHours", "overtimeMultiplier"],
	day: ["dailyOvertimeAfterHours", "dailyOvertimeMultiplier"],
	most: ["maxHours"],
	rounding: ["rounding", "roundingMinutes"],
};
/** The day from which rules hold that were converted from settings without days. */
export const BEGINNING = "1970-01-01";
const DAYBOOK = "00000000-0000-0000-0000-000000000000"; // who wrote what nobody wrote

const HOURS_OF_DAY = 24, HOURS_OF_WEEK = 168;

function isGiven(value) {
	return value !== undefined && value !== null;
}

function byFrom(left, right) {
	return left.from < right.from ? -1 : left.from > right.from ? 1 : 0;
}

/** The record that holds on a day, or null. */
export function holdingOn(records, day) {
	return [...records].sort(byFrom).findLast((one) => one.from <= day) ?? null;
}

// Whether a person's terms say nothing of a group.
function saysNothing(record, group) {
	return GROUPS[group].every((name) => !isGiven(record[name]));
}

function overtimeMode(after, most) {
	return !isGiven(after) || after >= most ? "none" : "own";
}

// What is empty in rules that hold is said as it holds; the usual is proposed only where there are none.
function timesOf(after, times) {
	return times ?? (isGiven(after) ? 1 : 1.5);
}

/**
 * The draft of a record, or of nothing: {from, rate, lunch, lunchAfter, lunchMinutes, hasLong, longAfter, longMinutes,
 * recorded, week, weekAfter, weekTimes, day, dayAfter, dayTimes, most, mostHours, rounding, roundingMinutes, sunday,
 * left}.  lunch: "none", "day" or "session"; week, day, most: "none" or "own"; rounding as in the record.  isTerms:
 * each of these, and rateMode, may be TEAM; team: the record of the team, whose values are proposed.
 */
export function draftOf(record, { isTerms = false, team = null } = {}) {
	const said = Object.fromEntries(Object.entries(record ?? {}).filter(([, value]) => isGiven(value)));
	const one = { ...team, ...said }, group = (name, mode) => (isTerms && saysNothing(said, name) ? TEAM : mode);
	const hasLunch = one.lunchMinutes > 0 || one.longLunchMinutes > 0;
	return {
		rateMode: group("rate", isGiven(one.hourlyRate) ? "own" : "none"), rate: one.hourlyRate ?? null,
		lunch: group("lunch", hasLunch ? one.lunchRule ?? "session" : "none"),
		lunchAfter: one.lunchAfterHours ?? 6, lunchMinutes: hasLunch ? one.lunchMinutes ?? 0 : 30,
		hasLong: one.longLunchMinutes > 0, longAfter: one.longLunchAfterHours ?? 9,
		longMinutes: one.longLunchMinutes || 45, recorded: one.recordedLunchCounts ?? !hasLunch,
		week: group("week", overtimeMode(one.overtimeAfterHours, HOURS_OF_WEEK)),
		weekAfter: one.overtimeAfterHours ?? 40,
		weekTimes: timesOf(one.overtimeAfterHours, one.overtimeMultiplier),
		day: group("day", overtimeMode(one.dailyOvertimeAfterHours, HOURS_OF_DAY)),
		dayAfter: one.dailyOvertimeAfterHours ?? 8,
		dayTimes: timesOf(one.dailyOvertimeAfterHours, one.dailyOvertimeMultiplier),
		most: group("most", overtimeMode(one.maxHours, HOURS_OF_DAY)), mostHours: one.maxHours ?? 10,
		rounding: group("rounding", one.rounding ?? "none"), roundingMinutes: one.roundingMinutes ?? 15,
		sunday: one.weekStart === "sunday", left: one.status === "left",
	};
}

const NOTHING = Object.fromEntries(Object.values(GROUPS).flat().map((name) => [name, null]));

function lunchFields(draft, isTerms) {
	if (draft.lunch === "none")
		return isTerms ? { lunchMinutes: 0, longLunchMinutes: 0 } : {};
	const long = draft.hasLong ? { longLunchAfterHours: draft.longAfter, longLunchMinutes: draft.longMinutes }
		: isTerms ? { longLunchMinutes: 0 } : {};
	return {
		lunchRule: draft.lunch, lunchAfterHours: draft.lunchAfter, lunchMinutes: draft.lunchMinutes,
		recordedLunchCounts: draft.recorded, ...long,
	};
}

// Terms that say "none" of a limit name one that is never passed: what is empty is as the team has it.
function limitFields(draft, isTerms) {
	const part = (mode, own, never) => (mode === "own" ? own : mode === "none" && isTerms ? never : {});
	const week = { overtimeAfterHours: draft.weekAfter, overtimeMultiplier: draft.weekTimes };
	const day = { dailyOvertimeAfterHours: draft.dayAfter, dailyOvertimeMultiplier: draft.dayTimes };
	return {
		...part(draft.week, week, { overtimeAfterHours: HOURS_OF_WEEK }),
		...part(draft.day, day, { dailyOvertimeAfterHours: HOURS_OF_DAY }),
		...part(draft.most, { maxHours: draft.mostHours }, { maxHours: HOURS_OF_DAY }),
	};
}

/** All fields of the record of a draft, but `from` and `reason`; null: empty. */
export function fieldsOf(draft, { isTerms = false } = {}) {
	const rounds = !["none", TEAM].includes(draft.rounding);
	return {
		...NOTHING,
		...(draft.rateMode === "own" ? { hourlyRate: draft.rate } : {}),
		...(draft.lunch === TEAM ? {} : lunchFields(draft, isTerms)),
		...limitFields(draft, isTerms),
		...(rounds ? { rounding: draft.rounding, roundingMinutes: draft.roundingMinutes } : {}),
		...(draft.rounding === "none" && isTerms ? { rounding: "none" } : {}),
		...(isTerms ? { status: draft.left ? "left" : "employed" }
			: { weekStart: draft.sunday ? "sunday" : "monday" }),
	};
}

/** What is missing in a draft: {field, problem}, or null. */
export function problemOf({ from, reason, ...draft }, { needsReason }) {
	const empty = (field, is) => is && !isGiven(draft[field]);
	if (!from)
		return { field: "from", problem: "From which day?" };
	if (empty("rate", draft.rateMode === "own"))
		return { field: "rate", problem: "How much is paid for an hour?" };
	const hasLunch = !["none", TEAM].includes(draft.lunch);
	for (const [field, is] of [
		["lunchAfter", hasLunch], ["lunchMinutes", hasLunch], ["longAfter", hasLunch && draft.hasLong],
		["longMinutes", hasLunch && draft.hasLong], ["weekAfter", draft.week === "own"],
		["weekTimes", draft.week === "own"], ["dayAfter", draft.day === "own"],
		["dayTimes", draft.day === "own"], ["mostHours", draft.most === "own"],
	])
		if (empty(field, is))
			return { field, problem: "Enter a number." };
	if (needsReason && !reason?.trim())
		return { field: "reason", problem: "Say why the past is changed." };
	return null;
}

/** The fields in which a record differs from what is wanted; of a new record, those that are not empty. */
export function changed(record, fields) {
	return Object.fromEntries(Object.entries(fields)
		.filter(([name, value]) => (record?.[name] ?? null) !== (value ?? null)));
}

// --- in words ---

/** Hours as people say them: "6 h", "6 h 30 min"; "30 min". */
export function hoursWords(hours) {
	const minutes = Math.round(hours * 60), whole = Math.floor(minutes / 60), rest = minutes % 60;
	return [whole > 0 && `${whole}\u00a0h`, rest > 0 && `${rest}\u00a0min`].filter(Boolean).join(" ") || "0\u00a0h";
}

function lunchWords(draft) {
	if (draft.lunch === "none")
		return "No lunch is taken off";
	const long = draft.hasLong ? `, ${draft.longMinutes}\u00a0min over ${hoursWords(draft.longAfter)}` : "";
	const often = draft.lunch === "day" ? "a day" : "an entry";
	return `${draft.lunchMinutes}\u00a0min over ${hoursWords(draft.lunchAfter)}${long}, once ${often}`;
}

function overtimeWords(mode, after, times, what, number) {
	return mode === "none" ? "None" : `After ${hoursWords(after)} a ${what}, × ${number(times)}`;
}

const ROUNDED = { up: "Up to", down: "Down to", nearest: "To the nearest" };

/**
 * Each group of a draft in words: {rate, lunch, week, day, most, rounding}; null where it is as the team has it.
 * money(cents) and number(value): in the person's locale.
 */
export function wordsOf(draft, { money, number }) {
	const own = (mode, words) => (mode === TEAM ? null : words());
	const { week, weekAfter, weekTimes, day, dayAfter, dayTimes } = draft;
	return {
		rate: own(draft.rateMode, () => (draft.rateMode === "none" ? "Nothing is paid"
			: `${money(draft.rate)} an hour`)),
		lunch: own(draft.lunch, () => lunchWords(draft)),
		week: own(week, () => overtimeWords(week, weekAfter, weekTimes, "week", number)),
		day: own(day, () => overtimeWords(day, dayAfter, dayTimes, "day", number)),
		most: own(draft.most, () => (draft.most === "none" ? "No maximum" : hoursWords(draft.mostHours))),
		rounding: own(draft.rounding, () => (draft.rounding === "none" ? "None"
			: `${ROUNDED[draft.rounding]} ${draft.roundingMinutes}\u00a0min`)),
	};
}

/** The same in a word or two, for "As the team has it (30 min)". */
export function briefOf(draft, { money }) {
	const after = (mode, hours) => (mode === "none" ? "none" : `after ${hoursWords(hours)}`);
	return {
		rate: draft.rateMode === "none" ? "nothing is paid" : money(draft.rate),
		lunch: draft.lunch === "none" ? "none" : `${draft.lunchMinutes}\u00a0min`,
		week: after(draft.week, draft.weekAfter), day: after(draft.day, draft.dayAfter),
		most: draft.most === "none" ? "none" : hoursWords(draft.mostHours),
		rounding: draft.rounding === "none" ? "none" : `${draft.rounding} ${draft.roundingMinutes}\u00a0min`,
	};
}

// --- what a change does ---

/**
 * What a day of work comes to by rules and terms: {paid, overtime, gross (null: no rate)}.  seconds: one entry of that
 * length.
 */
export function exampleOf(rules, terms, seconds) {
	const day = "2026-01-05", start = Date.parse(`${day}T00:00:00Z`);
	const all = (record) => (record ? [{ ...record, from: "2000-01-01" }] : []);
	const plan = planFrom(all(rules), all(terms));
	const session = { id: "", day, start, end: start + seconds * 1000, running: false, lunch: false };
	const { sum } = settle([session], plan, day, day, session.end);
	const figures = count([session], plan, session.end).sum;
	return { paid: figures.paid, overtime: sum.overtime, gross: sum.unpaid > 0 ? null : sum.gross };
}

/**
 * The days before today that a record decides about: {from, to}, or null.  others: the records beside it; before: the
 * day from which it held until now, or null.
 */
export function pastOf({ from, before = null }, others, today) {
	const first = before && before < from ? before : from;
	const next = [...others].sort(byFrom).find((one) => one.from > from)?.from ?? today;
	const end = next < today ? next : today;
	return first < end ? { from: first, to: addDays(end, -1) } : null;
}

/**
 * What becomes of past days: {people, entries, before, after}, the last two {paid, gross}.  people: [{sessions, plan,
 * next}] with the plans that hold now and would hold.
 */
export function effectOf(people, { from, to }, at) {
	const effect = { people: 0, entries: 0, before: { paid: 0, gross: 0 }, after: { paid: 0, gross: 0 } };
	for (const { sessions, plan, next } of people) {
		const within = sessions.filter(({ day, lunch }) => !lunch && day >= from && day <= to).length;
		effect.people += within > 0 ? 1 : 0;
		effect.entries += within;
		for (const [sum, rules] of [[effect.before, plan], [effect.after, next]]) {
			const ofDays = sessions.filter(({ day }) => day >= from && day <= to);
			sum.paid += count(ofDays, rules, at).sum.paid;
			sum.gross += settle(sessions, rules, from, to, at).sum.gross;
		}
	}
	return effect;
}

/**
 * The records that were last written after days of from..to for which they hold, as the server's reports list them.
 * What Daybook itself wrote is none: it was made when rules got their days.  zone: of the space, whose days count.
 */
export function correctionsOf(records, { from, to }, zone) {
	const sorted = [...records].sort(byFrom);
	return sorted.filter((one, at) => {
		const first = one.from > from ? one.from : from, next = sorted[at + 1]?.from;
		return one.lastUpdatedBy !== DAYBOOK && first <= to && (!next || first < next) &&
			Boolean(one.lastUpdatedAt) && first < dayIn(zone, Date.parse(one.lastUpdatedAt));
	});
}
