// Projects, clients and tags as the screens of Time need them.  No document, no engine: rows in, fields for the engine
// out.

/** The colours of projects, in the order in which new ones get them; tokens.css has them in light and dark. */
export const COLOURS = ["teal", "blue", "amber", "violet", "green", "pink", "orange", "indigo", "red", "grey"];

const USED = 12; // tags that are offered
const LOOKED = 500; // sessions that are looked at for them

function byName(left, right) {
	return left.name.localeCompare(right.name);
}

/** The colour that the fewest projects have. */
export function nextColour(projects) {
	const times = (colour) => projects.filter((one) => !one.archived && one.colour === colour).length;
	return COLOURS.reduce((best, colour) => (times(colour) < times(best) ? colour : best));
}

/**
 * The projects under their clients, both by name, those without a client first: [{client, projects}].  client is null,
 * or its row.  A client that is gone counts as none.
 */
export function byClient(projects, clients) {
	const groups = [null, ...[...clients].sort(byName)].map((client) => ({ client, projects: [] }));
	for (const project of [...projects].sort(byName)) {
		const group = groups.find(({ client }) => client && client.id === project.client) ?? groups[0];
		group.projects.push(project);
	}
	return groups;
}

/** The projects that may be chosen, by client; chosen: the id of one that stays though it is archived. */
export function openProjects(projects, clients, chosen = null) {
	const open = projects.filter((one) => !one.archived || one.id === chosen);
	return byClient(open, clients).filter((group) => group.projects.length > 0);
}

/**
 * Whether work is billed, also before the server has answered: what the session says, else what its project says.
 */
export function isBillable(fields, project) {
	return fields.billable ?? project?.billable ?? false;
}

/** What choosing a project writes: with it goes whether it is billed.  project: its row, or null. */
export function fieldsOfProject(project) {
	return { project: project?.id ?? null, billable: project ? Boolean(project.billable) : null };
}

/** The tags of these sessions, the latest first, each once: "wet" and "Wet" are one. */
export function tagsUsed(sessions, most = USED) {
	const found = new Map();
	for (const { row } of sessions.slice(0, LOOKED))
		for (const tag of row.tags ?? [])
			if (!found.has(tag.toLocaleLowerCase()))
				found.set(tag.toLocaleLowerCase(), tag);
	return [...found.values()].slice(0, most);
}

/** Tags with others added, each once, in the spelling that is known. */
export function withTags(tags, more, known = []) {
	const all = [...tags ?? []], spelled = (tag) => (one) => one.toLocaleLowerCase() === tag.toLocaleLowerCase();
	for (const text of more) {
		const typed = text.trim(), tag = known.find(spelled(typed)) ?? typed;
		if (tag && !all.some(spelled(tag)))
			all.push(tag);
	}
	return all.length > 0 ? all : null;
}

/** The tasks that were recorded for a project, the latest first. */
export function tasksUsed(sessions, project, most = USED) {
	const tasks = sessions.slice(0, LOOKED)
		.filter(({ row }) => row.task && (row.project ?? null) === (project ?? null))
		.map(({ row }) => row.task);
	return [...new Set(tasks)].slice(0, most);
}

/** Seconds by project in days from..to: id → seconds.  lengthOf(session): its seconds. */
export function secondsByProject(sessions, from, to, lengthOf) {
	const sums = new Map();
	for (const session of sessions)
		if (!session.lunch && session.row.project && session.day >= from && session.day <= to)
			sums.set(session.row.project, (sums.get(session.row.project) ?? 0) + lengthOf(session));
	return sums;
}

/** The sign of a currency, such as € for EUR, or its letters. */
export function currencySign(currency, locale) {
	try {
		const form = { style: "currency", currency, currencyDisplay: "narrowSymbol" };
		const parts = new Intl.NumberFormat(locale, form).formatToParts(0);
		return parts.find(({ type }) => type === "currency")?.value ?? currency;
	} catch {
		return currency ?? "$";
	}
}
