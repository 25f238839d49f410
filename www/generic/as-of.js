// Moments of the past to choose from, and why one cannot be shown.  No document.

import { formatInstant } from "../ui/format.js";
import { addDays, clockIn, dayIn, instantIn, instantText, instantsIn } from "../ui/zone.js";

const HOUR = 3_600_000; // milliseconds

const lastSecond = (zone, date) => instantText(instantIn(zone, addDays(date, 1)) - 1000);

/** Moments that people ask for often: [[words, instant]].  Days end in the zone. */
export function usualMoments(now, zone) {
	const today = dayIn(zone, now), { hour } = clockIn(zone, now);
	const month = addDays(today.slice(0, 8) + "01", -1);
	return [
		["An hour ago", instantText(now - HOUR)],
		hour >= 6 && ["This morning, 06:00", instantText(instantIn(zone, today, 6 * 3600))],
		["Yesterday evening", lastSecond(zone, addDays(today, -1))],
		["A week ago", lastSecond(zone, addDays(today, -7))],
		["End of last month", lastSecond(zone, month)],
	].filter(Boolean);
}

// Where the clock shows a time twice, which of the two it is: " (GMT+2)".
function whichOfTwo(at, zone) {
	const { date, hour, minute, second } = clockIn(zone, at);
	if (instantsIn(zone, date, (hour * 60 + minute) * 60 + second).length < 2)
		return "";
	const offsets = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "shortOffset" });
	const parts = offsets.formatToParts(at);
	return ` (${parts.find(({ type }) => type === "timeZoneName").value})`;
}

/** A moment in the zone: today its time, else with its day. */
export function momentWords(instant, zone, now = Date.now()) {
	return formatInstant(instant, { zone, now }) + whichOfTwo(Date.parse(instant), zone);
}

/** "As it was at 08:34", or on another day "As it was on 21 Nov, 08:34". */
export function asItWas(instant, zone, now) {
	const isToday = dayIn(zone, Date.parse(instant)) === dayIn(zone, now);
	return `As it was ${isToday ? "at" : "on"} ${momentWords(instant, zone, now)}`;
}

/** Why a moment cannot be shown, or null. */
export function problemWith(instant, now) {
	if (!instant)
		return "Choose a day and a time.";
	return Date.parse(instant) > now ? "Choose a time in the past." : null;
}

/** A sentence for an error of a request about the past. */
export function pastProblem(error, zone) {
	if (error.status === 0)
		return "The past is on the server. Connect to see it.";
	if (error.problem?.type === "/problems/too-much")
		return "That’s too far back or too much to work out at once. Try a later time.";
	if (error.problem?.since)
		return `Nothing is known from before ${formatInstant(error.problem.since, { zone })}.`;
	return error.problem?.detail ?? error.message;
}
