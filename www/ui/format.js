// Values as people read them, in the person's locale: dates, times, durations, numbers, amounts.  If no zone is given,
// times are those of this device.  No document.

import { addDays, dayIn, isZone, ownZone } from "./zone.js";

const made = new Map();
let tongue = browsersOwn();

let clock = Date.now;

/** Sets the clock that tells what time it is now; the device's own may be wrong. */
export function setClock(now) {
	clock = now;
}

// A browser may name a language that Intl does not know: on a system without a language it may be "C".
function browsersOwn() {
	try {
		return Intl.getCanonicalLocales(globalThis.navigator?.language || [])[0];
	} catch {
		return undefined;
	}
}

/** Sets a locale; undefined: that of the browser. */
export function setLocale(name) {
	tongue = name ?? browsersOwn();
	made.clear();
}

export function locale() {
	return tongue;
}

// Making an Intl formatter costs more than using one a thousand times.
function formatter(kind, options) {
	const name = kind.name + JSON.stringify(options);
	let found = made.get(name);
	if (!found)
		made.set(name, found = new kind(tongue, options));
	return found;
}

// Dates are always those of the Gregorian calendar, as in the grids and pickers of days.
function dates(options) {
	return formatter(Intl.DateTimeFormat, { calendar: "gregory", ...options });
}

function zoneOr(zone) {
	return isZone(zone) ? zone : ownZone();
}

const DATE = /^\d{4}-\d{2}-\d{2}$/, TIME = /^\d{2}:\d{2}(?::\d{2})?$/;

/**
 * "2026-11-21" or an instant (text or ms) → "Sat, 21 Nov", with the year if it is not this year.  Options of Intl give
 * other forms.
 */
export function formatDate(value, { zone, now = clock(), ...options } = {}) {
	const isDate = DATE.test(value);
	const moment = isDate ? new Date(value + "T12:00:00Z") : new Date(value);
	if (Number.isNaN(moment.getTime()))
		return String(value);
	const timeZone = isDate ? "UTC" : zoneOr(zone);
	const day = isDate ? value : dayIn(timeZone, moment);
	const isThisYear = day.slice(0, 4) === dayIn(zoneOr(zone), now).slice(0, 4);
	const usual = { weekday: "short", day: "numeric", month: "short", ...(isThisYear ? {} : { year: "numeric" }) };
	return dates({ timeZone, ...(Object.keys(options).length > 0 ? options : usual) }).format(moment);
}

/** "today", "yesterday", "tomorrow", else the date. */
export function formatDay(date, today) {
	if (date === today)
		return "Today";
	if (date === addDays(today, -1))
		return "Yesterday";
	return date === addDays(today, 1) ? "Tomorrow" : formatDate(date);
}

/** "2026-11" → "November 2026". */
export function formatMonth(month) {
	return formatDate(month + "-01", { month: "long", year: "numeric" });
}

const FOUR = Date.UTC(2000, 0, 1, 4, 1);

// Hour and minute as the locale writes them: with a leading zero, "04:01", or without, "4:01 AM".
function hourAndMinute() {
	let found = made.get("clock");
	if (!found) {
		const parts = dates({ timeZone: "UTC", timeStyle: "short" }).formatToParts(FOUR);
		const { length } = parts.find(({ type }) => type === "hour").value;
		made.set("clock", found = { hour: length > 1 ? "2-digit" : "numeric", minute: "2-digit" });
	}
	return found;
}

/** An instant as a time, "08:34", "8:34 AM"; or a time of day, "08:34:05", as the locale writes it. */
export function formatTime(value, zone) {
	if (TIME.test(value)) {
		const seconds = value.length > 5 && !value.endsWith(":00") ? { second: "2-digit" } : {};
		const moment = new Date(`2000-01-01T${value}Z`);
		return dates({ timeZone: "UTC", ...hourAndMinute(), ...seconds }).format(moment);
	}
	const moment = new Date(value);
	if (Number.isNaN(moment.getTime()))
		return String(value);
	return dates({ timeZone: zoneOr(zone), ...hourAndMinute() }).format(moment);
}

/** An instant: today the time, else day and time. */
export function formatInstant(value, { zone, now = clock() } = {}) {
	const moment = new Date(value);
	if (Number.isNaN(moment.getTime()))
		return String(value);
	const timeZone = zoneOr(zone), [day, today] = [dayIn(timeZone, moment), dayIn(timeZone, now)];
	if (day === today)
		return formatTime(value, zone);
	const year = day.slice(0, 4) === today.slice(0, 4) ? {} : { year: "numeric" };
	return dates({ timeZone, day: "numeric", month: "short", ...hourAndMinute(), ...year }).format(moment);
}

/** "just now", within an hour "2 min ago", today the time, else day and time. */
export function formatAgo(value, { zone, now = clock() } = {}) {
	const seconds = Math.round((now - new Date(value).getTime()) / 1000), minutes = Math.round(seconds / 60);
	if (seconds < 45)
		return "just now";
	if (minutes < 60)
		return `${minutes} min ago`;
	return formatInstant(value, { zone, now });
}

/** Seconds → "7:30"; under a minute "0:00:12". */
export function formatDuration(seconds) {
	const whole = Math.max(0, Math.floor(seconds)), two = (n) => String(n).padStart(2, "0");
	if (whole > 0 && whole < 60)
		return `0:00:${two(whole)}`;
	return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}`;
}

export function formatNumber(number, digits = 0) {
	const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
	return formatter(Intl.NumberFormat, options).format(number);
}

/** A part, 0..1: "80%", "12.5%". */
export function formatPercent(part) {
	return formatter(Intl.NumberFormat, { style: "percent", maximumFractionDigits: 1 }).format(part);
}

/** Cents with their currency. */
export function formatMoney(cents, currency) {
	if (/^[A-Z]{3}$/.test(currency ?? ""))
		return formatter(Intl.NumberFormat, { style: "currency", currency }).format(cents / 100);
	return formatNumber(cents / 100, 2) + (currency ? " " + currency : "");
}

/** Metres: "42 m", "1.2 km". */
export function formatDistance(metres) {
	const whole = Math.round(metres), tenths = Math.round(metres / 100) / 10;
	if (whole < 1000)
		return `${formatNumber(whole)} m`;
	return `${formatNumber(tenths, tenths < 10 ? 1 : 0)} km`;
}

const UNITS = ["KB", "MB", "GB"];

/**
 * Bytes: "12 KB", "1.5 MB", "4 GB".  What rounds to 1,024 of a unit is one of the next, and what is not empty is at
 * least 1 KB.
 */
export function formatSize(bytes) {
	const round = (size, at) => (at === 0 || size >= 100 ? Math.round(size) : Math.round(size * 10) / 10);
	let at = 0, size = bytes > 0 ? Math.max(1, round(bytes / 1024, 0)) : 0;
	while (size >= 1024 && at < UNITS.length - 1) {
		at += 1;
		size = round(bytes / 1024 ** (at + 1), at);
	}
	return `${formatNumber(size, Number.isInteger(size) ? 0 : 1)} ${UNITS[at]}`;
}

export function formatPlace({ lat, lng, accuracy }) {
	const within = accuracy === undefined ? "" : ` (±${formatNumber(accuracy)} m)`;
	return `${lat.toFixed(5)}, ${lng.toFixed(5)}${within}`;
}

/** The words of a name in camel case: "mustDo" → "must do". */
export function wordsOf(name) {
	return name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
}

export function capital(text) {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
