// The past of a list: which moment the address asks for, moments to choose from, and reading it from the server.  No
// document.

import { formatInstant } from "../ui/format.js";
import { addDays, clockIn, dayIn, instantIn, instantText } from "../ui/zone.js";

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?Z$/;
const HOUR = 3_600_000; // milliseconds
const PAGE = 1_000; // records asked for at a time
const MOST = 20_000; // records that a list of the past shows

/** The moment that a query asks for, as an instant; null for the present. */
export function asOfIn({ at }) {
	return INSTANT.test(at ?? "") && !Number.isNaN(Date.parse(at)) ? at : null;
}

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

/**
 * All records of a collection as they were: {records, seq, missing, isCut}.  missing: how many are not shown because
 * what they were is no longer known.  ask(path) resolves to an answer's data.  All pages
 * are of the same moment, because the first one says which write it was after.
 */
export async function readPast(ask, collection, at, isWanted = () => true) {
	const records = [];
	let moment = at, next = null, missing = 0;
	do {
		const query = new URLSearchParams({ at: moment, limit: PAGE, ...(next ? { after: next } : {}) });
		const data = await ask(`/${collection}?${query}`);
		records.push(...data[collection]);
		moment = data.seq ?? moment;
		missing = data.missing ?? 0;
		next = data.next ?? null;
	} while (next && records.length < MOST && isWanted());
	return { records, seq: moment, missing, isCut: Boolean(next) };
}
