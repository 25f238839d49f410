// How records look in a list, from their definition alone: the leading figure, the title, the rest; in which order, in which groups; what a
// search finds, what filters are offered.  No document.

import { formatDate, formatDuration, formatMonth, formatTime } from "../ui/format.js";
import { count } from "../base/words.js";
import { fieldOf, isPerson, isShown, isZoneField, readField } from "./fields.js";
import { choiceWords, formatValue } from "./values.js";

// Fields that people read as one: "Yard → Shop", "08:31–17:02", "Ann Arbor".
const PAIRS = [["start", "end", "–"], ["startTime", "endTime", "–"], ["from", "to", " → "], ["firstName", "lastName", " "]];
const FIGURES = new Set(["decimal", "money", "integer"]);
const SUMS = new Set(["mi", "km", "h", "min"]); // units that mean something added up
const TITLES = ["name", "title", "text"];

/** What the lists need to know of a definition, found once. */
export function planOf(definition) {
	const fields = definition.fields.filter((field) => isShown(field) && field.type !== "json");
	const order = definition.order ? fieldOf(definition, definition.order.replace(/^-/, "")) ?? null : null;
	const figure = fields.find((field) => FIGURES.has(field.type) && field.required && field.default === undefined) ?? null;
	const pairs = PAIRS.map(([first, second, sign]) => [fieldOf(definition, first), fieldOf(definition, second), sign]).filter(([first, second]) => first && second && isShown(first) && isShown(second));
	const inPair = new Set(pairs.flatMap(([first, second]) => [first, second]));
	const named = fields.filter((field) => field.required && (field.type === "text" || field.type === "ref") && !inPair.has(field) && !isZoneField(field) && field.name !== "kind");
	const names = named.some((field) => TITLES.includes(field.name)) ? named.filter((field) => TITLES.includes(field.name)).slice(0, 1) : named;
	return { definition, fields, order, figure, pairs, inPair, names, alike: alikeIn(fields), grouped: order?.type === "date" || order?.type === "instant" };
}

// Choices with a word in common, such as where somebody was at the start and at the end: that word alone does not say which is meant.
function alikeIn(fields) {
	const choices = fields.filter((field) => field.type === "choice" && field.choices);
	return new Set(choices.filter((field) => choices.some((other) => other !== field && other.choices.some((one) => field.choices.includes(one)))));
}

// A word of a choice, after the label of its field where it needs that to be understood.
function choiceIn(plan, field, words) {
	return plan.alike.has(field) ? `${field.label}: ${words.toLowerCase()}` : words;
}

const two = (n) => String(n).padStart(2, "0");

// The local day of an instant on this device; quicker than asking the zone data, for thousands of rows.
function isoDay(value) {
	const date = new Date(value);
	return `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function pairText([first, second, sign], record, show, zone) {
	const a = readField(first, record), b = readField(second, record);
	if (a === null && b === null)
		return "";
	if (first.type === "instant")
		return (a === null ? "" : formatTime(a, zone)) + (b === null ? "" : sign + formatTime(b, zone));
	return [a === null ? "" : show(first, a), b === null ? "" : show(second, b)].join(sign).trim();
}

// Elapsed time of a pair of instants, running while it has no end; null where there is none.
function spanOf(plan, record, now) {
	const pair = plan.pairs.find(([first]) => first.type === "instant");
	if (!pair)
		return null;
	const start = readField(pair[0], record), end = readField(pair[1], record);
	if (start === null)
		return null;
	const seconds = ((end === null ? now : Date.parse(end)) - Date.parse(start)) / 1000;
	return { running: end === null, text: formatDuration(seconds) };
}

function headOf(plan, record, show, zone) {
	const { definition, order, pairs } = plan;
	const pairOf = (type) => pairs.find(([first]) => first.type === type);
	const used = new Set();
	const use = (pair) => {
		used.add(pair[0]).add(pair[1]);
		return pairText(pair, record, show, zone);
	};
	const first = plan.fields.find((field) => field.type === "choice" && field.required);
	let title = "";

	if (plan.names.length > 0) {
		title = plan.names.map((field) => { used.add(field); return show(field, readField(field, record)); }).filter(Boolean).join(" · ");
	} else if (pairOf("text")) {
		title = use(pairOf("text"));
	} else if (pairOf("instant")) {
		title = use(pairOf("instant"));
	} else if (order?.type === "date" || order?.type === "instant") {
		used.add(order);
		title = show(order, readField(order, record));
	} else if (first) {
		used.add(first);
		title = show(first, readField(first, record));
	}
	return { title: title || (definition.idLabel ? record.id : definition.label), used };
}

// The leading figure, its unit apart so that it can be set smaller.
function leadOf(plan, record, show) {
	if (!plan.figure)
		return plan.definition.idLabel ? { figure: record.id, unit: "" } : null;
	const unit = plan.figure.type === "money" ? "" : plan.figure.unit ?? "";
	return { figure: show(unit ? { ...plan.figure, unit: undefined } : plan.figure, readField(plan.figure, record)), unit };
}

// A bare number or a time needs its label to be understood.
function isMeasure(field) {
	return FIGURES.has(field.type) || field.type === "time" || field.type === "instant";
}

const KINDS = { late: "warn", rejected: "bad", cancelled: "bad", completed: "good", arrived: "good", acknowledged: "good", mustDo: "accent" };

/** {lead: {figure, unit} or null, title, meta: [text], tags: [{words, kind}], span} of a record. */
export function describeRow(plan, record, options = {}) {
	const { now = Date.now(), zone = record.zone } = options;
	const show = (field, value) => formatValue(field, value, { ...options, zone });
	const { title, used } = headOf(plan, record, show, zone);
	const meta = [], tags = [];

	if (plan.order?.type === "instant" && used.has(plan.order) || plan.order?.type === "date" && !used.has(plan.order)) {
		const value = readField(plan.order, record);
		if (value !== null && plan.pairs.some(([first]) => used.has(first)))
			meta.push(formatDate(value, { now, zone }));
		else if (value !== null && !used.has(plan.order))
			meta.push(show(plan.order, value));
	}
	for (const pair of plan.pairs)
		if (!used.has(pair[0]) && pairText(pair, record, show, zone))
			meta.push(pairText(pair, record, show, zone));
	for (const field of plan.fields) {
		const value = readField(field, record);
		if (value === null || used.has(field) || field === plan.figure || field === plan.order || plan.inPair.has(field) || field.type === "place" || field.type === "file" || isZoneField(field))
			continue;
		// What is as usual is not said; "Late" and "Not active" are.
		if (field.type === "boolean") {
			if (value !== (field.default ?? false))
				tags.push({ words: value ? field.label : `Not ${field.label.toLowerCase()}`, kind: value ? KINDS[field.name] ?? "plain" : "plain" });
		} else if (!(field.type === "date" && field.derived) && !(field.unit === "s" && plan.pairs.length > 0) && value !== field.default) {
			const words = show(field, value);
			if (field.name === "status" && field.type === "choice")
				tags.push({ words, kind: KINDS[value] ?? "plain" });
			else
				meta.push(isMeasure(field) || isPerson(field) ? `${field.label} ${words}` : choiceIn(plan, field, words));
		}
	}
	return { lead: leadOf(plan, record, show), title, meta, tags, span: spanOf(plan, record, now) };
}

/** What tells a record from others, for those that refer to it. */
export function titleOf(plan, record, options = {}) {
	if (plan.definition.idLabel)
		return `${plan.definition.idLabel} ${record.id}`;
	return headOf(plan, record, (field, value) => formatValue(field, value, options), options.zone ?? record.zone).title;
}

// --- order ---

function compare(a, b) {
	if (a === b)
		return 0;
	if (a === null)
		return -1;
	if (b === null)
		return 1;
	return a < b ? -1 : 1;
}

// Ids of digits in the order of numbers: car 900 before car 1200.
export function compareIds(a, b) {
	if (/^\d+$/.test(a) && /^\d+$/.test(b) && a.length !== b.length)
		return a.length - b.length;
	return compare(a, b);
}

/** "-date", "id", or nothing: the definition's own order.  order.key, order.down. */
export function orderOf(plan, wanted) {
	const text = wanted || plan.definition.order || "id";
	const key = text.replace(/^-/, "");
	const known = key === "id" || key === "lastUpdatedAt" || plan.fields.some((field) => field.name === key);
	return known ? { key, down: text.startsWith("-") } : orderOf({ ...plan, definition: {} });
}

/** options: for refs, which are sorted by what people read. */
export function sortRecords(plan, records, { key, down } = orderOf(plan), options = {}) {
	const turn = down ? -1 : 1;
	const field = plan.fields.find((one) => one.name === key);
	if (!field && key !== "lastUpdatedAt")
		return [...records].sort((a, b) => turn * compareIds(a.id, b.id));
	const isWords = field?.type === "ref" || (field && isPerson(field));
	const read = (record) => {
		const value = field ? readField(field, record) : record.lastUpdatedAt ?? null;
		if (isWords)
			return value === null ? null : formatValue(field, value, options).toLocaleLowerCase();
		return field?.type === "text" && value !== null ? value.toLocaleLowerCase() : field?.type === "list" ? String(value ?? "") : value;
	};
	// Within a day by the clock, where there is one.
	const then = field?.type === "date" ? plan.pairs.find(([first]) => first.type === "time")?.[0] : null;
	const keyed = records.map((record) => [read(record), then ? readField(then, record) : null, record]);
	keyed.sort((a, b) => turn * (compare(a[0], b[0]) || compare(a[1], b[1]) || compareIds(a[2].id, b[2].id)));
	return keyed.map(([, , record]) => record);
}

// --- finding ---

const days = new Map(); // date → its words; thousands of records share some hundred days

function dayWords(date) {
	let words = days.get(date);
	if (words === undefined)
		days.set(date, words = formatDate(date, { weekday: "short", day: "numeric", month: "long", year: "numeric" }));
	return words;
}

function wordsToFind(field, value, options) {
	switch (field.type) {
	case "boolean": return value ? field.label : "";
	case "date": return `${dayWords(value)} ${value}`;
	case "instant": {
		const day = isoDay(value), at = new Date(value);
		return `${dayWords(day)} ${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
	}
	case "place":
	case "file": return "";
	default: return typeof value === "object" ? formatValue(field, value, options) : `${formatValue(field, value, options)} ${value}`;
	}
}

/** Everything a person might type to find it, in lower case. */
export function textToSearch(plan, record, options) {
	const parts = plan.definition.idLabel ? [record.id] : [];
	for (const field of plan.fields) {
		const value = readField(field, record);
		if (value !== null)
			parts.push(wordsToFind(field, value, options));
	}
	return parts.join("\n").toLocaleLowerCase();
}

export function matches(text, query) {
	return query.toLocaleLowerCase().split(/\s+/).filter(Boolean).every((word) => text.includes(word));
}

const FILTERS = 9; // choices that are offered as filters

/** What can be filtered by: [{field, value, key, label}].  choices(field): what may be chosen here. */
export function filtersOf(plan, choices = (field) => field.choices ?? []) {
	const filters = [];
	for (const field of plan.fields) {
		if (field.type === "boolean")
			filters.push({ field, value: true, key: field.name, label: field.label });
		if (field.type === "choice" && choices(field).length <= FILTERS)
			for (const value of choices(field))
				filters.push({ field, value, key: `${field.name}:${value}`, label: choiceIn(plan, field, choiceWords(value)) });
	}
	return filters;
}

/** Whether a record passes: filters of one field widen, those of several narrow. */
export function sieve(filters) {
	const byField = new Map();
	for (const { field, value } of filters)
		byField.set(field, [...byField.get(field) ?? [], value]);
	const wanted = [...byField];
	return (record) => wanted.every(([field, values]) => values.includes(readField(field, record)));
}

// --- groups and sums ---

/** The month a record belongs to, as "2026-11"; "" where it has no date. */
export function monthOf(plan, record) {
	const value = plan.grouped ? readField(plan.order, record) : null;
	return value === null ? "" : (plan.order.type === "instant" ? isoDay(value) : value).slice(0, 7);
}

/** Only what is plainly one sum.  Hours of work are not: lunch is no work, and pay is computed elsewhere. */
export function canBeSummed(field) {
	return field.type === "money" || (FIGURES.has(field.type) && SUMS.has(field.unit) && !/odometer|after/i.test(field.name));
}

/** The sum of a field over records, as a value of that field. */
export function sumOf(field, records) {
	// Added as whole numbers: tenths of a mile do not add up in binary.
	const scale = 10 ** (field.type === "decimal" ? field.scale ?? 0 : 0);
	return records.reduce((sum, record) => sum + Math.round((readField(field, record) ?? 0) * scale), 0) / scale;
}

/** month → {key, title, end}: the heads of the groups, with what adds up in each. */
export function groupsOf(plan, records, options) {
	const groups = new Map();
	for (const record of records) {
		const month = monthOf(plan, record);
		if (!groups.has(month))
			groups.set(month, []);
		groups.get(month).push(record);
	}
	const heads = new Map();
	for (const [month, list] of groups) {
		const sum = plan.figure && canBeSummed(plan.figure) ? formatValue(plan.figure, sumOf(plan.figure, list), options) : null;
		heads.set(month, { key: month, title: month ? formatMonth(month) : "No date", end: sum ?? count(list.length, "entry", "entries") });
	}
	return heads;
}

/** The columns of a table, the most telling first: those a person must fill in, then what is usually there. */
export function columnsOf(plan) {
	const weight = (field) => (field === plan.order ? 0 : field.required ? 1 : field.derived ? 4 : field.type === "text" && (field.maxLength ?? 1000) > 200 ? 3 : 2);
	return plan.fields.filter((field) => !isZoneField(field)).map((field, at) => ({ field, at, weight: weight(field) })).sort((a, b) => a.weight - b.weight || a.at - b.at).map(({ field }) => field);
}

/** Columns shown before the person has chosen. */
export const COLUMNS = 6;

export function isFigure(field) {
	return FIGURES.has(field.type);
}

export function titleOfNew(definition) {
	return `New ${definition.singular.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase()}`;
}
