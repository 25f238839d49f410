// Dates and local times of time zones, from the browser's own zone data.  A date is "2026-11-21", an instant is
// milliseconds since 1970.  When the clocks go forward, a time in the gap means the moment as far after the gap; when
// they go back, a time that comes twice means the first of the two.

const DAY = 86_400_000;
const formats = new Map();

function formatOf(zone) {
	let format = formats.get(zone);
	if (!format) {
		format = new Intl.DateTimeFormat("en-US", {
			timeZone: zone, hourCycle: "h23", era: "short", year: "numeric", month: "2-digit",
			day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
		});
		formats.set(zone, format);
	}
	return format;
}

/** Whether this browser knows the zone. */
export function isZone(zone) {
	try {
		return Boolean(zone) && Boolean(formatOf(zone));
	} catch {
		return false;
	}
}

/** The first of these that is a zone, as on the server: a person's own, the space's; else UTC. */
export function zoneAmong(...zones) {
	return zones.find(isZone) ?? "UTC";
}

/** The names of all zones that this browser knows. */
export function zoneNames() {
	return ["UTC", ...(Intl.supportedValuesOf?.("timeZone") ?? []).filter((name) => name !== "UTC")];
}

/** The zone of this device.  Records are never in it unless somebody chose it. */
export function ownZone() {
	return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

/** The local time of an instant: {date, hour, minute, second}. */
export function clockIn(zone, instant) {
	const parts = {};
	for (const { type, value } of formatOf(zone).formatToParts(instant))
		parts[type] = value;
	return {
		date: `${parts.year.padStart(4, "0")}-${parts.month}-${parts.day}`,
		hour: Number(parts.hour), minute: Number(parts.minute), second: Number(parts.second),
	};
}

/** The local date of an instant. */
export function dayIn(zone, instant) {
	return clockIn(zone, instant).date;
}

// How many milliseconds the local time is ahead of UTC at an instant.
function offsetAt(zone, instant) {
	const { date, hour, minute, second } = clockIn(zone, instant);
	const local = Date.parse(`${date}T00:00:00Z`) + ((hour * 60 + minute) * 60 + second) * 1000;
	return local - Math.floor(instant / 1000) * 1000;
}

// What a local time means with the offset from before a change of the clocks, and with the one after it, where that
// holds: [early, late], or one of them, or none.
function fitting(zone, date, seconds) {
	const wall = Date.parse(`${date}T00:00:00Z`) + seconds * 1000;
	const before = offsetAt(zone, wall - DAY), after = offsetAt(zone, wall + DAY);
	const early = wall - before, late = wall - after;
	const fits = [offsetAt(zone, early) === before && early, offsetAt(zone, late) === after && late];
	return { early, fits: fits.filter((instant) => instant !== false) };
}

/** The instant of a local time, given as seconds after the midnight of a date; 86,400 and more are the next day's. */
export function instantIn(zone, date, seconds = 0) {
	const { early, fits } = fitting(zone, date, seconds);
	return fits.length > 0 ? fits[0] : early;
}

/** The instants of a local time, in order: none where the clocks skip it, two where they show it twice. */
export function instantsIn(zone, date, seconds = 0) {
	return [...new Set(fitting(zone, date, seconds).fits)];
}

/** "HH:MM" or "HH:MM:SS" as seconds after midnight. */
export function secondsOf(time) {
	const [hours, minutes, seconds = "0"] = time.split(":");
	return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** Whether a text is an existing date of the years 1900 to 2199. */
export function isDay(text) {
	return (
		/^(?:19|20|21)\d\d-\d\d-\d\d$/.test(text) &&
		!Number.isNaN(Date.parse(text)) &&
		addDays(text, 0) === text
	);
}

/** A date some days later. */
export function addDays(date, days) {
	return new Date(Date.parse(date + "T00:00:00Z") + days * DAY).toISOString().slice(0, 10);
}

/** The number of days from one date to another. */
export function daysBetween(from, to) {
	return Math.round((Date.parse(to + "T00:00:00Z") - Date.parse(from + "T00:00:00Z")) / DAY);
}

/** The first day of the week of a date.  Weeks begin on Monday, or on Sunday. */
export function weekOf(date, sunday = false) {
	const weekday = new Date(date + "T00:00:00Z").getUTCDay();
	return addDays(date, -(sunday ? weekday : (weekday + 6) % 7));
}

/** An instant in milliseconds as the API writes it. */
export function instantText(instant) {
	return new Date(instant).toISOString();
}
