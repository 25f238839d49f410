// A year of a team, 2025: twelve people in three zones, day and night shifts over both changes of the clocks, recorded
// lunches, work that overlaps, a raise in the middle of a week, rules that change in the middle of a week, and somebody
// who leaves.  All of it follows from the seed, and all times are whole minutes.  The clocks of a zone are read from
// Intl, so that neither the server's zones nor the app's are used.
import { Chance } from "./chance.mjs";

const MINUTE = 60_000, DAY = 86_400_000;
const LAST = "2025-12-31";

export const people = [
	{ name: "anna", zone: "Europe/Berlin", role: "owner", shift: "office", rate: 3150 },
	{ name: "ben", zone: "Europe/Berlin", role: "manager", shift: "office", rate: 2875 },
	{ name: "cleo", zone: "Europe/Berlin", role: "member", shift: "night", rate: 2399 },
	{ name: "dana", zone: "Europe/Berlin", role: "member", shift: "split", rate: 1999 },
	{ name: "emil", zone: "Europe/Berlin", role: "member", shift: "long", rate: 2417 },
	{ name: "fay", zone: "America/New_York", role: "member", shift: "night", rate: 2650 },
	{ name: "gus", zone: "America/New_York", role: "member", shift: "office", rate: 2250 },
	{ name: "hope", zone: "America/New_York", role: "member", shift: "long", rate: 2733 },
	{ name: "ivo", zone: "America/New_York", role: "manager", shift: "office", rate: 3333 },
	{ name: "june", zone: "Asia/Kathmandu", role: "member", shift: "six", rate: 1250 },
	{ name: "kim", zone: "Asia/Kathmandu", role: "member", shift: "six", rate: null },
	{ name: "leo", zone: "Asia/Kathmandu", role: "member", shift: "split", rate: 1111 },
];

/** What holds for the team, from day to day.  Each entry holds whole. */
export const rules = [
	{
		from: "2025-01-01", hourlyRate: 1500, lunchRule: "day",
		lunchAfterHours: 6, lunchMinutes: 30, longLunchAfterHours: 9, longLunchMinutes: 45,
		recordedLunchCounts: true, maxHours: 10,
		overtimeAfterHours: 40, overtimeMultiplier: 1.5,
	},
	{
		from: "2025-07-02", hourlyRate: 1600, lunchRule: "session", // a Wednesday
		lunchAfterHours: 5.5, lunchMinutes: 30, longLunchAfterHours: 9, longLunchMinutes: 45,
		recordedLunchCounts: false, maxHours: 9.5,
		dailyOvertimeAfterHours: 8, dailyOvertimeMultiplier: 1.25, overtimeAfterHours: 38.5,
			overtimeMultiplier: 1.75,
		rounding: "nearest", roundingMinutes: 15,
	},
	{
		from: "2025-11-01", hourlyRate: 1600, // a Saturday; lunch is no longer taken off
		dailyOvertimeAfterHours: 9, dailyOvertimeMultiplier: 1.5, rounding: "up", roundingMinutes: 6,
	},
];

/** What holds for one person over the rules: [{name, from, …}]. */
export const terms = [
	...people.filter(({ rate }) => rate !== null)
		.map(({ name, rate }) => ({ name, from: "2025-01-01", hourlyRate: rate })),
	{ name: "ben", from: "2025-04-16", hourlyRate: 3005 },                   // a raise on a Wednesday
	{ name: "fay", from: "2025-09-01", hourlyRate: 2650, lunchMinutes: 20 }, // a shorter lunch, by agreement
	{ name: "leo", from: "2025-10-01", status: "left" },
];

/** People for whose sake the clocks of 2025 matter: the nights in which they change. */
export const changes = ["2025-03-08", "2025-03-29", "2025-10-25", "2025-11-01"];

const formats = new Map();

/** The local date and minute of the day of an instant: {day, minute}. */
export function localOf(zone, instant) {
	if (!formats.has(zone))
		formats.set(zone, new Intl.DateTimeFormat("en-US", {
			timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit",
			hour: "2-digit", minute: "2-digit",
		}));
	const part = Object.fromEntries(formats.get(zone).formatToParts(new Date(instant))
		.map(({ type, value }) => [type, value]));
	return { day: `${part.year}-${part.month}-${part.day}`, minute: Number(part.hour) * 60 + Number(part.minute) };
}

/** The instant at which the clocks of a zone show a day and a minute; of two, the first; of none,
	that after the gap. */
export function instantAt(zone, day, minute) {
	const wanted = Date.parse(day) + minute * MINUTE;
	const shows = (instant) => {
		const local = localOf(zone, instant);
		return Date.parse(local.day) + local.minute * MINUTE;
	};
	const offsets = [-DAY, DAY].map((away) => shows(wanted + away) - (wanted + away));
	const fits = offsets.map((offset) => wanted - offset).filter((instant) => shows(instant) === wanted);
	return fits.length > 0 ? Math.min(...fits) : wanted - Math.min(...offsets);
}

export const plus = (day, days) => new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);
const weekdayOf = (day) => new Date(day).getUTCDay(); // 0: Sunday

// The spans of a day as [kind, from, to] in minutes of the local clock; to may lie in the next day.
const shifts = {
	office(chance, weekday) {
		if (weekday === 0 || weekday === 6)
			return [];
		const from = 7 * 60 + 30 + chance.below(60), lunch = 12 * 60 + chance.below(45);
		const spans = [["work", from, 16 * 60 + chance.below(120)]];
		return chance.of(0.4) ? [...spans, ["lunch", lunch, lunch + 20 + chance.below(30)]] : spans;
	},
	night(chance, weekday) {
		return weekday === 5 || weekday === 4 && chance.of(0.3)
			? [] : [["work", 22 * 60 + chance.below(20), 30 * 60 + chance.below(20)]];
	},
	split(chance, weekday) {
		if (weekday === 0)
			return [];
		const noon = 12 * 60 + chance.below(30);
		const spans = [["work", 8 * 60 + chance.below(30), noon], ["work", noon + 45,
			17 * 60 + chance.below(60)]];
		return chance.of(0.05) ? [...spans, ["work", noon - 60, noon + 120]] : spans; // counted twice, in part
	},
	long(chance, weekday) {
		return weekday === 0 || weekday > 4 ? [] : [["work", 7 * 60, 16 * 60 + chance.below(150)]];
	},
	six(chance, weekday) {
		return weekday === 6 ? [] : [["work", 9 * 60 + chance.below(15), 15 * 60 + chance.below(90)]];
	},
};

function dayOf(person, day, chance) {
	if (chance.of(0.08)) // a day off
		return [];
	return shifts[person.shift](chance, weekdayOf(day)).map(([kind, from, to]) => {
		const [start, end] = [from, to].map((minute) =>
			instantAt(person.zone, plus(day, Math.floor(minute / 1440)), minute % 1440));
		return { person: person.name, zone: person.zone, day, kind, start, end };
	});
}

/** All sessions of the year, by person and day. */
export function sessions(seed = 2025) {
	const chance = new Chance(seed);
	return people.flatMap((person) => {
		const drawn = chance.fork(), list = [];
		for (let day = "2025-01-01"; day <= LAST; day = plus(day, 1))
			list.push(...dayOf(person, day, drawn));
		return list;
	});
}
