// The rows on this device as the data of a report (report.js), for the people whose hours the person may see.

import { computed } from "@preact/signals";
import { hasRole, personName, rows, session, space, userId } from "../base/state.js";
import { capital } from "../ui/format.js";
import { bindingFor, now, people, sessionsFor, sites, spaceSettings } from "./data.js";
import { rounded, rulesOn, weekOn } from "./hours.js";

const MINUTE = 60_000;

// A report is counted anew each minute and whenever something is written, not each second.
const minute = computed(() => Math.floor(now.value / MINUTE) * MINUTE);

const byId = (list) => new Map(list.map((row) => [row.id, row]));

const projects = computed(() => byId(rows("projects").value));
const clients = computed(() => byId(rows("clients").value));
const jobSites = computed(() => byId(sites.value));

/** Whether the reports can be of several people. */
export function isOfMany() {
	return space.value?.info.kind === "team" && hasRole("manager");
}

// Everybody in the space, and who has left it and has hours in it.
const owners = computed(() => {
	const members = people.value.map(({ id, name }) => ({ id, name }));
	const known = new Set(members.map(({ id }) => id));
	const left = new Set(rows("workSessions").value.map((row) => row.owner).filter((id) => id && !known.has(id)));
	return [...members, ...[...left].map((id) => ({ id, name: capital(personName(id)) }))];
});

/** The people of a report: [{id, name}]. */
export function reportPeople() {
	return isOfMany() ? owners.value : [{ id: userId.value, name: session.value.user?.name ?? "You" }];
}

function personOf({ id, name }) {
	const { plan, zone } = bindingFor(id);
	return {
		id, name, zone, sessions: sessionsFor(id), priced: id === userId.value || hasRole("manager"),
		round: (day, seconds) => rounded(rulesOn(plan, day), seconds), week: (day) => weekOn(plan, day),
	};
}

/** The data of a report of everybody that the person may see; its query chooses from it. */
export const reportData = computed(() => ({
	at: Math.max(minute.value, now.peek()), projects: projects.value, clients: clients.value,
		jobSites: jobSites.value,
	people: reportPeople().map(personOf),
}));

/** The currency of the space. */
export function currency() {
	return spaceSettings.value?.currency ?? "USD";
}

/** The tags that sessions have, in order. */
export const allTags = computed(() =>
	[...new Set(rows("workSessions").value.flatMap((row) => row.tags ?? []))].sort()
);
