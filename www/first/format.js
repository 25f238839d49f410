// Values as people read them: dates, instants, numbers, amounts, in the locale of the browser.  No document.

const locale = globalThis.navigator?.language || undefined;
const made = new Map();

// Making an Intl formatter costs more than using one a thousand times.
function formatter(kind, options, tongue) {
	const name = kind.name + tongue + JSON.stringify(options);
	let found = made.get(name);
	if (!found)
		made.set(name, found = new kind(tongue, options));
	return found;
}

function dates(options, tongue = locale) {
	return formatter(Intl.DateTimeFormat, options, tongue);
}

// "2026-11-21" as that day at noon here: no zone moves it to another day.
export function dayOf(text) {
	const [year, month, day] = text.split("-").map(Number);
	return new Date(year, month - 1, day, 12);
}

// The local day of an instant or Date as "2026-11-21".
export function isoDay(moment) {
	const date = new Date(moment);
	const two = (n) => String(n).padStart(2, "0");
	return `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function isSameYear(date, now) {
	return date.getFullYear() === new Date(now).getFullYear();
}

// "Sat, 21 Nov", with the year when it is not this one.
export function formatDate(text, now = Date.now()) {
	const date = dayOf(text);
	if (Number.isNaN(date.getTime()))
		return text;
	return dates({ weekday: "short", day: "numeric", month: "short", ...(isSameYear(date, now) ? {} : { year: "numeric" }) }).format(date);
}

// "November 2026", for the head of a group.
export function formatMonth(text) {
	const date = dayOf(text + "-01");
	return Number.isNaN(date.getTime()) ? text : dates({ month: "long", year: "numeric" }).format(date);
}

export function formatClock(moment) {
	return dates({ hour: "2-digit", minute: "2-digit" }).format(new Date(moment));
}

// The clock today, day and clock otherwise.
export function formatInstant(text, now = Date.now()) {
	const date = new Date(text);
	if (Number.isNaN(date.getTime()))
		return text;
	if (isoDay(date) === isoDay(now))
		return formatClock(date);
	return dates({
		day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
		...(isSameYear(date, now) ? {} : { year: "numeric" }),
	}).format(date);
}

// "now", "2 min ago" under an hour, the clock today, the day otherwise.
export function formatSince(moment, now = Date.now()) {
	const seconds = Math.round((now - new Date(moment).getTime()) / 1000);
	if (seconds < 45)
		return "just now";
	if (seconds < 3600)
		return `${Math.max(1, Math.round(seconds / 60))} min ago`;
	return formatInstant(moment, now);
}

// "08:34" or "08:34:05", as the locale writes it.
export function formatTime(text) {
	const [hour, minute, second] = text.split(":").map(Number);
	const date = new Date(2000, 0, 1, hour, minute, second || 0);
	if (Number.isNaN(date.getTime()))
		return text;
	return dates({ hour: "2-digit", minute: "2-digit", ...(second ? { second: "2-digit" } : {}) }).format(date);
}

// Elapsed time as h:mm.
export function formatSpan(ms) {
	const minutes = Math.max(0, Math.floor(ms / 60_000));
	return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}

export function formatNumber(number, digits = 0, tongue = locale) {
	return formatter(Intl.NumberFormat, { minimumFractionDigits: digits, maximumFractionDigits: digits }, tongue).format(number);
}

export function formatCents(cents, currency, tongue = locale) {
	if (/^[A-Z]{3}$/.test(currency ?? ""))
		return formatter(Intl.NumberFormat, { style: "currency", currency }, tongue).format(cents / 100);
	return formatNumber(cents / 100, 2, tongue) + (currency ? " " + currency : "");
}

export function formatCount(number) {
	return formatNumber(number);
}

// "mustDo" → "must do": words from a name of ours.
export function wordsOf(name) {
	return name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
}

export function capital(text) {
	return text.charAt(0).toUpperCase() + text.slice(1);
}

// A field's value as text, or "" when it is empty.  refTitle(collection, id) names the record a ref points to.
export function formatValue(field, value, { refTitle = (_, id) => id, now = Date.now() } = {}) {
	if (value === undefined || value === null || value === "")
		return "";
	switch (field.type) {
	case "integer": return withUnit(formatNumber(value), field.unit);
	case "decimal": return withUnit(formatNumber(value, field.scale ?? 0), field.unit);
	case "money": return formatCents(value, field.unit);
	case "boolean": return value ? "Yes" : "No";
	case "date": return formatDate(value, now);
	case "instant": return formatInstant(value, now);
	case "time": return formatTime(value);
	case "choice": return capital(value);
	case "ref": return refTitle(field.ref, value);
	case "place": return formatPlace(value);
	case "list": return value.map(String).join(", ");
	case "file": return "File " + value.slice(0, 8);
	case "json": return JSON.stringify(value);
	default: return String(value);
	}
}

function withUnit(figure, unit) {
	return unit ? `${figure}\u00a0${unit}` : figure;
}

function formatPlace({ lat, lng, accuracy }) {
	const near = accuracy === undefined ? "" : ` (±${formatNumber(accuracy)}\u00a0m)`;
	return `${lat.toFixed(5)}, ${lng.toFixed(5)}${near}`;
}
