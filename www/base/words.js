// Words that the shell and the areas share.

import { formatDate, formatMonth, formatNumber } from "../ui/format.js";
import { addDays } from "../ui/zone.js";

/** Two letters for a name: "Ann Arbor" → "AA". */
export function initials(name) {
	const parts = String(name ?? "").trim().split(/\s+/).filter(Boolean);
	const letters = parts.length > 1 ? [parts[0], parts.at(-1)] : parts;
	return letters.map((part) => [...part][0]).join("").toLocaleUpperCase() || "?";
}

export function count(number, one, many = one + "s") {
	return `${formatNumber(number)} ${number === 1 ? one : many}`;
}

const AWAY = "The server cannot be reached. Check the connection and try again.";

/** A sentence for a person about an error of a request. */
export function sentence(error) {
	if (error?.status === 0)
		return navigator.onLine ? AWAY : "You are offline. This needs a connection.";
	if (error?.problem?.type === "/problems/throttled")
		return "Too many tries. Wait a little, then try again.";
	return error?.problem?.detail ?? error?.message ?? "Something went wrong.";
}

/** The words for a role. */
export const ROLES = [["viewer", "Viewer"], ["member", "Member"], ["manager", "Manager"], ["owner", "Owner"]];
export const ROLE_MEANS = {
	viewer: "Looks at everything, changes nothing.",
	member: "Works with the records.",
	manager: "Also sees pay, invites people and changes the settings.",
	owner: "Can also delete the team or transfer ownership.",
};

export function roleWord(role) {
	return ROLES.find(([one]) => one === role)?.[1] ?? role;
}

// --- periods ---

/** The days of a period: "October 2026", "the week of 12 Oct", "12 Oct – 14 Oct". */
export function spanWords({ from, to }) {
	const month = from.slice(0, 7);
	if (from.endsWith("-01") && to.startsWith(month) && !addDays(to, 1).startsWith(month))
		return formatMonth(month);
	if (to === addDays(from, 6))
		return `the week of ${formatDate(from)}`;
	return from === to ? formatDate(from) : `${formatDate(from)} – ${formatDate(to)}`;
}

/**
 * Why hours were refused that lie in a closed period: what it was then, and what became of it.  known: the period as
 * this device has it, if it has it.
 */
export function closedWords(period, known) {
	const words = spanWords(period), state = known?.state ?? period.state;
	const name = words[0].toUpperCase() + words.slice(1);
	if (state === "open" || state === "returned")
		return `${name} was handed in when this arrived. It is open again: try again now.`;
	const when = state === "approved" ? known?.decidedAt : known?.submittedAt;
	return `${name} was ${state}${when ? ` on ${formatDate(when)}` : ""}, so its hours are locked.`;
}
