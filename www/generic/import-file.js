// An import as functions of data.  The server reads the file: it knows the formats of other programs, and says of each
// column which fields it fills.  Here is what is asked of it, what it asks back, and what its report says.  No
// document.

import { lacksHeader, likelyFor, linesOf, numbered, targetsOf } from "./columns.js";
import { formatNumber } from "../ui/format.js";

export const TYPES = { csv: "text/csv", json: "application/json" };

/**
 * What the person has chosen of an import.  columns: {name: [fields]}; a column without fields is left out.
 * units: {field: unit}.  header: the line that names the columns, or "absent".
 */
export const NOTHING = {
	columns: {}, units: {}, dates: "", decimals: "", zone: "", charset: "", format: "", header: "", where: "",
	several: "", skipBad: false, again: false, anyway: false, isMine: false,
};

const LOOKED = 5; // rows of the file that are shown
const ERRORS = 30; // bad rows that are listed
const HEAD = 65_536; // bytes read to show the first rows

/** The charsets that a file can have, in the words of the form. */
export const CHARSETS = [
	["windows-1252", "Western European (Windows)"], ["utf-16", "Unicode (UTF-16)"],
	["iso-8859-15", "Western European (ISO 8859-15)"], ["macintosh", "Western European (Mac)"],
	["windows-1250", "Central European (Windows)"], ["windows-1251", "Cyrillic (Windows)"],
];

function decode(bytes, charset) {
	const mark = new Uint8Array(bytes.slice(0, 2)).join();
	const marked = { "255,254": "utf-16le", "254,255": "utf-16be" }[mark];
	return new TextDecoder(marked || charset || "utf-8").decode(bytes.slice(0, HEAD));
}

/** What is known of a file before the server reads it: {name, bytes, isJson, text, lacksHeader}. */
export function fileOf(form, { name, type }, bytes) {
	const text = decode(bytes, "");
	const isJson = /\.json$/i.test(name) || type === TYPES.json || /^\ufeff?\s*[[{]/.test(text);
	return { name, bytes, isJson, text, lacksHeader: !isJson && lacksHeader(form, linesOf(text)[0] ?? []) };
}

/** The options to begin with. */
export function optionsFor(file) {
	return { ...NOTHING, header: file.lacksHeader ? "absent" : "" };
}

/**
 * The first rows of a file as they stand in it: {names, lines}.  header: the line that names the columns, as the server
 * found it, or "absent".
 */
export function rowsOf(file, { charset }, header) {
	const first = header === "absent" ? 0 : Math.max(1, Number(header) || 1);
	const lines = linesOf(decode(file.bytes, charset), first + LOOKED);
	const names = first === 0 ? numbered(lines[0] ?? []) : (lines[first - 1] ?? []).map((name) => name.trim());
	return { names, lines: lines.slice(first) };
}

/** The first value in a column, or "". */
export function exampleOf({ names, lines }, name) {
	const at = names.indexOf(name);
	return at < 0 ? "" : lines.map((line) => line[at]).find(Boolean) ?? "";
}

export function columnName({ header }, name) {
	return header === "absent" ? `Column ${name}` : name;
}

// --- what is asked of the server ---

export function typeOf(file, { header, charset }) {
	if (file.isJson)
		return TYPES.json;
	const parts = [TYPES.csv, header === "absent" && "header=absent", charset && `charset=${charset}`];
	return parts.filter(Boolean).join("; ");
}

// "HEADER=field,HEADER=", names %-encoded.
function mapOf(columns) {
	const part = (name, field) => `${encodeURIComponent(name)}=${encodeURIComponent(field)}`;
	const parts = ([name, fields]) => (fields.length > 0 ? fields : [""]).map((field) => part(name, field));
	return Object.entries(columns).flatMap(parts).join(",");
}

/** The query of an import.  isDry: nothing is written. */
export function queryOf(file, options, isDry) {
	const { columns, units, dates, decimals, zone, format, header, where, several } = options;
	const { skipBad, again, anyway } = options;
	const flags = { dryRun: isDry, skipBad: isDry || skipBad, again, anyway };
	const said = {
		name: file.name.slice(-60), map: mapOf(columns), dates, decimals, zone, format,
		header: header === "absent" ? "" : header, where, several,
		units: Object.entries(units).map((pair) => pair.join(":")).join(","),
		...Object.fromEntries(Object.entries(flags).map(([name, is]) => [name, is ? "1" : ""])),
	};
	return new URLSearchParams(Object.entries(said).filter(([, value]) => value));
}

// --- what the server asks back ---

const ASKED = ["dates", "decimals", "units", "charset", "zone", "header", "format"];
const OF_COLUMNS = ["/problems/unknown-field", "/problems/required", "/problems/invalid"];

/**
 * What a problem asks: "dates", "decimals", "units", "charset", "zone", "header", "format", "doubles", "columns", or
 * null where nothing can be chosen that would mend it.
 */
export function askedBy({ type = "", field = "", columns } = {}) {
	if (type === "/problems/doubled")
		return "doubles";
	if (ASKED.includes(field))
		return field;
	return columns?.length > 0 && OF_COLUMNS.includes(type) ? "columns" : null;
}

/**
 * The columns that can be settled without asking, as new choices, or null.  A column that says nothing to the server is
 * left out, and a required field that no column names takes the one whose name contains its own.
 */
export function settled(form, problem, options) {
	const { type, columns = [], field } = problem ?? {};
	const open = columns.filter(({ name, fields }) => fields.length === 0 && !(name in options.columns));
	if (type === "/problems/required" && columns.length > 0) {
		const free = columns.filter(({ fields }) => fields.length === 0).map(({ name }) => name);
		const likely = likelyFor(form, field, free);
		return likely ? { ...options.columns, [likely]: [field] } : null;
	}
	if (type !== "/problems/unknown-field" || open.length === 0)
		return null;
	return { ...options.columns, ...Object.fromEntries(open.map(({ name }) => [name, []])) };
}

// A column may have a day and a time of day that are two fields.
function momentsOf(targets, form) {
	const typeOfField = (name) => form.fields.find((one) => one.name === name)?.type;
	const ofType = (wanted) => targets.filter(({ name }) => typeOfField(name) === wanted);
	return ofType("date").flatMap((day) => ofType("time").map((time) =>
		[`${day.name}+${time.name}`, `${day.label} and ${time.label.toLowerCase()}`]));
}

const OTHERS = { owner: "Whose it is", id: "Id" };

// What a file may say of a record that it names: the client of a project.
function partsOf(form, formOf) {
	return form.fields.filter(({ ref }) => ref && formOf(ref)?.importBy).flatMap(({ name, ref }) =>
		formOf(ref).fields.filter((part) => part.ref && formOf(part.ref)?.importBy)
			.map((part) => [`${name}.${part.name}`, part.label]));
}

/** The choices for what one column fills: [[fields joined by a plus,
	words]].  formOf: the definition of a collection. */
export function choicesFor(form, { fields }, formOf = () => undefined) {
	const targets = targetsOf(form), labels = new Map(targets.map(({ name, label }) => [name, label]));
	const instants = form.fields.filter(({ name, type }) => type === "instant" && labels.has(name));
	const choices = targets.map(({ name, label }) => [name, label]);
	if (instants.length === 2) {
		const [first, last] = instants;
		const words = `Day of ${first.label.toLowerCase()} and ${last.label.toLowerCase()}`;
		choices.unshift([`${first.name}+${last.name}`, words]);
	}
	choices.push(...momentsOf(targets, form));
	choices.push(...partsOf(form, formOf));
	const now = fields.join("+");
	if (now && !choices.some(([value]) => value === now))
		choices.push([now, fields.map((name) => labels.get(name) ?? OTHERS[name] ?? name).join(" and ")]);
	return choices;
}

/** The columns of an answer with what the person chose instead: [{name, fields, isOpen}], open ones filling nothing. */
export function columnsOf({ columns = [] }, options) {
	return columns.map(({ name, fields }) => {
		const chosen = options.columns[name] ?? fields;
		return { name, fields: chosen, isOpen: chosen.length === 0 };
	});
}

/** The columns that were left out because the server knows nothing of them. */
export function leftOf({ columns }) {
	return Object.keys(columns).filter((name) => columns[name].length === 0);
}

/** The choices under which records become the person's own: what names an owner is left out. */
export function asMine(form, { columns = [] }, options) {
	const isMade = (name) => form.idForm === "hash" && /^id$/i.test(name.trim()); // an id made from the owner
	const isOwners = ({ name, fields }) => fields.includes("owner") || isMade(name);
	const left = columns.filter(isOwners).map(({ name }) => [name, []]);
	return { ...options.columns, ...Object.fromEntries(left) };
}

// --- what a report says ---

/**
 * One report of two: that of an import that goes on, and what was imported before it in the same go (null: nothing).
 * What the one imported is found there by the other.
 */
export function together(before, report) {
	if (!before)
		return report;
	const { created, updated } = before;
	return {
		...report,
		created: created + report.created,
		updated: updated + report.updated,
		unchanged: Math.max(0, report.unchanged - created - updated),
	};
}

/**
 * What is in when an import stops before its end, in words; "" for nothing.  before: the report of its requests until
 * then, or null; problem: of the last one, which tells what it wrote before it stopped.
 */
export function stoppedAt(before, problem) {
	const wrote = (report) => (report?.created ?? 0) + (report?.updated ?? 0);
	const count = wrote(before) + wrote(problem);
	if (count === 0)
		return "";
	const rows = count === 1 ? "One row is" : `${formatNumber(count)} rows are`;
	return `${rows} imported. Import the file again to go on; nothing is added twice.`;
}

/** The figures of a report: [{count, words, isBad}].  namesOf: what one and several records are called. */
export function figuresOf(report, namesOf = (name) => [name, name]) {
	const made = Object.entries(report.made ?? {}).map(([name, count]) =>
		({ count, words: `new ${namesOf(name)[count === 1 ? 0 : 1]}` }));
	const figures = [
		{ count: report.created, words: "new", isAlways: true },
		{ count: report.updated, words: "changed" },
		{ count: report.unchanged, words: "already here" },
		...made,
		{ count: report.bad, words: "can’t be read", isBad: true },
		{ count: report.rows - report.matched, words: "left out" },
	];
	return figures.filter(({ count, isAlways }) => count > 0 || isAlways);
}

/** The bad rows of a report: {listed, more}, more of which are not listed. */
export function errorsOf({ errors, bad }) {
	const listed = errors.slice(0, ERRORS);
	return { listed, more: Math.max(0, bad - listed.length) };
}

function cell(value) {
	const text = String(value ?? "");
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The bad rows as a file to mend: line, field, what is wrong, and the value. */
export function errorFile({ errors }) {
	const lines = errors.map(({ line, row, field, detail, value }) => [line ?? row, field, detail, value]);
	const all = [["Line", "Field", "Problem", "Value"], ...lines];
	return all.map((cells) => cells.map(cell).join(",") + "\r\n").join("");
}

/**
 * What to ask about a report: whether bad rows are left out, who owns them, whether deleted records come back, which of
 * several rows of a day counts.
 */
export function questionsOf(report, { isMine }) {
	return {
		skipBad: report.bad > 0,
		isMine: isMine || report.errors.some(({ field }) => field === "owner"),
		again: report.deleted > 0,
		several: report.joined > 0,
	};
}

/** The words of the button that imports. */
export function goWords({ created, updated, bad }, { skipBad }) {
	const coming = created + updated;
	if (coming === 0)
		return "Nothing to import";
	const skipped = bad > 0 && skipBad ? `, skip ${formatNumber(bad)}` : "";
	return `Import ${formatNumber(coming)}${skipped}`;
}

/** How far an import is, from 0 to 1, or null where the report does not tell. */
export function progressOf(report) {
	return report?.rows > 0 ? Math.min(1, report.done / report.rows) : null;
}
