// What time was for: the report over any range, with filters and groups, from rows alone.  No document, no engine.  The
// server counts by the same rules (lib/time/report_time.c, GET /api/reports/time);
// tests/fixtures/hours/report-time.json holds both to the same lines.
//
// Seconds are elapsed seconds of work; lunch counts nothing, and nothing is taken off for it.  An amount is billable
// time at the rate of the session; that of a line is rounded half up to a cent, and the sum is that of the lines.

import { clockIn } from "../ui/zone.js";
import { elapsed, isForgotten } from "./hours.js";

/** By what a report can be grouped, and what that is called. */
export const GROUPS = {
	person: "Person", client: "Client", project: "Project", tag: "Tags", task: "Task", note: "Note",
	jobSite: "Job site", day: "Day", week: "Week", month: "Month",
};

const NAMED = ["person", "client", "project", "jobSite"]; // known by an id, beside their name

/** The tags of a session, each once and in order. */
function tagsOf(row) {
	return [...new Set(row.tags ?? [])].sort();
}

// A session as filters and lines need it.  A running one counts up to `at`; who has not sent it yet knows its project's
// defaults.
function entryOf(session, person, { projects, at }) {
	const { row } = session, isRunning = session.running || session.end > at;
	const measured = elapsed(session.start, isRunning ? at : session.end), project = projects.get(row.project);
	const isNew = !row.version;
	return {
		session, person, day: session.day, row, tags: tagsOf(row), running: isRunning,
		client: project?.client ?? null,
		seconds: isRunning ? (isForgotten({ ...session, running: true }, at) ? 0 : measured)
			: person.round(session.day, measured),
		billable: row.billable ?? (isNew && project?.billable) ?? false,
		rate: row.rate ?? (isNew ? project?.rate : 0) ?? 0,
	};
}

// --- filters ---

// In lower case and without accents.
function plain(text) {
	return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
}

// Whether a choice of ids, in which null stands for none, has this one; without a choice, all are taken.
function isChosen(choice, id) {
	return !choice || choice.includes(id ?? null);
}

function hasWords(entry, q, { projects, clients }) {
	const sought = plain(q);
	const texts = [
		entry.row.note, entry.row.task, ...entry.tags, projects.get(entry.row.project)?.name,
		clients.get(entry.client)?.name,
	];
	return texts.some((text) => text && plain(text).includes(sought));
}

function passes(entry, query, data) {
	const { tag, billable, q } = query;
	const isTagged = tag === "" ? entry.tags.length === 0 : tag ? entry.tags.includes(tag) : true;
	return isTagged &&
		isChosen(query.project, entry.row.project) && isChosen(query.client, entry.client) &&
		isChosen(query.jobSite, entry.row.jobSite) &&
		(billable === undefined || billable === null || entry.billable === billable) &&
		(!q || hasWords(entry, q, data));
}

// --- lines ---

function textKey(text) {
	return text === undefined || text === null || text === "" ? null : { id: text, name: text };
}

function thingKey(things, id) {
	return id ? { id, name: things.get(id)?.name ?? null } : null;
}

const KEYS = {
	person: ({ person }) => ({ id: person.id, name: person.name }),
	client: ({ client }, { clients }) => thingKey(clients, client),
	project: ({ row }, { projects }) => thingKey(projects, row.project),
	jobSite: ({ row }, { jobSites }) => thingKey(jobSites, row.jobSite),
	tag: ({ tags }) => textKey(tags.join(", ")),
	task: ({ row }) => textKey(row.task),
	note: ({ row }) => textKey(row.note),
	day: ({ day }) => textKey(day),
	week: ({ person, day }) => textKey(person.week(day)),
	month: ({ day }) => textKey(day.slice(0, 7)),
};

function noFigures() {
	return { seconds: 0, billable: 0, amount: 0, sessions: 0, running: 0 };
}

function addEntry(line, entry) {
	line.seconds += entry.seconds;
	line.sessions += 1;
	line.running += entry.running ? 1 : 0;
	if (!entry.billable)
		return;
	line.billable += entry.seconds;
	if (entry.person.priced)
		line.worth += entry.seconds * entry.rate;
}

function ascii(text) {
	return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function compare(left, right) {
	return left < right ? -1 : left > right ? 1 : 0;
}

// By name, ignoring the case of ASCII; what has no name after the others, and nothing last.
function compareKeys(left, right) {
	if (!left || !right)
		return Number(!left) - Number(!right);
	if (left.name === null || right.name === null)
		return Number(left.name === null) - Number(right.name === null) || compare(left.id, right.id);
	return compare(ascii(left.name), ascii(right.name)) || compare(left.id, right.id);
}

function byKeys(left, right) {
	return compareKeys(left.keys[0], right.keys[0]) || compareKeys(left.keys[1], right.keys[1]);
}

/** The sum of lines, or of a part of them. */
export function sumOf(lines) {
	const sum = noFigures();
	for (const line of lines)
		for (const name of Object.keys(sum))
			sum[name] += line[name];
	return sum;
}

/**
 * The sessions of a report as entries, in the order of people and days: [{session, row, person, client, day, tags,
 * seconds, billable, rate, running}].  query and data as in reportOf.
 */
export function entriesOf(query, data) {
	return data.people
		.filter(({ id }) => isChosen(query.person, id))
		.flatMap((person) => person.sessions
			.filter(({ lunch, day }) => !lunch && day >= query.from && day <= query.to)
			.map((session) => entryOf(session, person, data)))
		.filter((entry) => passes(entry, query, data));
}

/** The lines of entries by one or two groups. */
export function linesOf(entries, group, data) {
	const lines = new Map();
	for (const entry of entries) {
		const keys = group.map((by) => KEYS[by](entry, data));
		const name = JSON.stringify(keys.map((key) => key?.id ?? null));
		if (!lines.has(name))
			lines.set(name, { keys, ...noFigures(), worth: 0 });
		addEntry(lines.get(name), entry);
	}
	return [...lines.values()]
		.map(({ worth, ...line }) => ({ ...line, amount: Math.floor((worth + 1800) / 3600) }))
		.sort(byKeys);
}

/**
 * A report, as GET /api/reports/time has it: {from, to, group, lines: [{keys: [{id, name} or null], seconds, billable,
 * amount, sessions, running}], sum}.
 *
 * query: {from, to, group: one or two of GROUPS; person, project, client, jobSite: ids, null for none; tag: a tag, ""
 * for none; billable; q}.  data: {at; projects, clients, jobSites: id → row; people: [{id, name, sessions of
 * sessions.js, priced: whether their amounts may be seen, round(day, seconds), week(day)}]}.
 */
export function reportOf(query, data) {
	const lines = linesOf(entriesOf(query, data), query.group, data);
	return { from: query.from, to: query.to, group: query.group, lines, sum: sumOf(lines) };
}

/** The lines below each first key: [{key, lines, ...sum}]. */
export function nested(lines) {
	const parts = new Map();
	for (const line of lines) {
		const name = line.keys[0]?.id ?? null;
		if (!parts.has(name))
			parts.set(name, { key: line.keys[0], lines: [] });
		parts.get(name).lines.push(line);
	}
	return [...parts.values()].map((part) => ({ ...part, ...sumOf(part.lines) }));
}

// --- files ---

const MARK = "\uFEFF"; // by which spreadsheets know UTF-8

/** A cell of a CSV file.  A ' is put before what a spreadsheet would run as a formula. */
export function cell(value) {
	const text = String(value ?? "");
	const safe = /^'*[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
	return /[",;\t\r\n]|^ /.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const lineOf = (cells) => cells.map(cell).join(",") + "\r\n";

/** Seconds as hours and minutes, "7:30". */
export function hoursOf(seconds) {
	const minutes = Math.floor(Math.max(0, seconds) / 60);
	return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}

function money(cents) {
	return (cents / 100).toFixed(2);
}

/** A report as CSV, as the server writes it; style: "people" or "programs". */
export function csvOf({ group, lines, sum }, style, currency) {
	const isForPeople = style === "people";
	const time = isForPeople ? hoursOf : (seconds) => seconds;
	const figures = (line) => [
		time(line.seconds), time(line.billable), money(line.amount), currency, line.sessions, line.running,
	];
	const names = group.flatMap((by) =>
		isForPeople ? [GROUPS[by]] : NAMED.includes(by) ? [by, `${by}Name`] : [by]);
	const keys = (line) => group.flatMap((by, at) => {
		const key = line.keys[at];
		return isForPeople ? [key?.name ?? key?.id] : NAMED.includes(by) ? [key?.id, key?.name] : [key?.name];
	});
	const head = isForPeople ? ["Hours", "Billable", "Amount", "Currency", "Entries", "Running"]
		: ["seconds", "billable", "amount", "currency", "sessions", "running"];
	const last = isForPeople ? [["Total", ...group.slice(1).map(() => ""), ...figures(sum)]] : [];
	const rows = lines.map((line) => [...keys(line), ...figures(line)]);
	return MARK + [[...names, ...head], ...rows, ...last].map(lineOf).join("");
}

const two = (n) => String(n).padStart(2, "0");

function clockOf(zone, instant) {
	const { hour, minute } = clockIn(zone, instant);
	return `${two(hour)}:${two(minute)}`;
}

/** The entries of a report as CSV for people: names, local times of each person, hours and minutes. */
export function entriesCsv(entries, { projects, clients, jobSites }, currency) {
	const head = [
		"Person", "Day", "From", "To", "Hours", "Client", "Project", "Task", "Tags", "Note", "Job site",
		"Billable", "Rate", "Currency",
	];
	const rows = entries.map((entry) => {
		const { session, row, person } = entry, zone = row.zone ?? person.zone;
		return [
			person.name, entry.day, clockOf(zone, session.start),
			entry.running ? "" : clockOf(zone, session.end), hoursOf(entry.seconds),
			clients.get(entry.client)?.name, projects.get(row.project)?.name, row.task,
			entry.tags.join(", "), row.note, jobSites.get(row.jobSite)?.name, entry.billable ? "Yes" : "No",
			person.priced && entry.rate ? money(entry.rate) : "", currency,
		];
	});
	return MARK + [head, ...rows].map(lineOf).join("");
}
