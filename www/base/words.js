// Words that the shell and the areas share.

import { formatNumber } from "../ui/format.js";

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
