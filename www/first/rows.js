// How a record looks in a list, from its definition alone: the leading figure, the title, the rest; in which order, in which groups;
// and what a search finds.  No document.

import { fieldOf, isShown, readField } from "./forms.js";
import { formatClock, formatSpan, formatValue, isoDay } from "./format.js";

// Fields that people read as one: "Yard → Shop", "08:31–17:02".
const PAIRS = [["start", "end", "–"], ["startTime", "endTime", "–"], ["from", "to", " → "]];
const FIGURES = new Set(["decimal", "money", "integer"]);
const SUMS = new Set(["mi", "km", "h", "min"]); // units that mean something added up

export function isPair(a, b) {
	return PAIRS.some(([first, second]) => first === a.name && second === b.name);
}

// What the lists need to know of a definition, found once.
export function planOf(collection) {
	const fields = collection.fields.filter((field) => isShown(field) && field.type !== "json");
	const order = collection.order ? fieldOf(collection, collection.order.replace(/^-/, "")) : null;
	const figure = fields.find((field) => FIGURES.has(field.type) && field.required) ?? null;
	const pairs = PAIRS.map(([first, second, sign]) => [fieldOf(collection, first), fieldOf(collection, second), sign])
		.filter(([first, second]) => first && second);
	const inPair = new Set(pairs.flatMap(([first, second]) => [first, second]));
	const names = fields.filter((field) => field.required && (field.type === "text" || field.type === "ref") && !inPair.has(field) && field.name !== "zone");
	return { collection, fields, order, figure, pairs, inPair, names, grouped: order?.type === "date" || order?.type === "instant" };
}

function pairText([first, second, sign], record, show) {
	const a = readField(first, record), b = readField(second, record);
	if (a === null && b === null)
		return "";
	if (first.type === "instant")
		return formatClock(a) + (b === null ? "" : sign + formatClock(b));
	return [a === null ? "" : show(first, a), b === null ? "" : show(second, b)].join(sign).trim();
}

// Elapsed time of a pair of instants; null while it runs or where there is none.
function spanOf(plan, record, now) {
	const pair = plan.pairs.find(([first]) => first.type === "instant");
	if (!pair)
		return null;
	const start = readField(pair[0], record), end = readField(pair[1], record);
	if (start === null)
		return null;
	return { running: end === null, text: formatSpan((end === null ? now : Date.parse(end)) - Date.parse(start)) };
}

function headOf(plan, record, show) {
	const { collection, order } = plan;
	const placePair = plan.pairs.find(([first]) => first.type === "text");
	const clockPair = plan.pairs.find(([first]) => first.type === "instant");
	const used = new Set();
	let title = "";

	if (plan.names.length > 0) {
		title = plan.names.map((field) => { used.add(field); return show(field, readField(field, record)); }).filter(Boolean).join(" · ");
	} else if (placePair) {
		title = pairText(placePair, record, show);
		placePair.slice(0, 2).forEach((field) => used.add(field));
	} else if (clockPair) {
		title = pairText(clockPair, record, show);
		clockPair.slice(0, 2).forEach((field) => used.add(field));
	} else if (order?.type === "date") {
		title = show(order, readField(order, record));
		used.add(order);
	} else {
		const choice = plan.fields.find((field) => field.type === "choice" && field.required);
		if (choice) {
			title = show(choice, readField(choice, record));
			used.add(choice);
		}
	}
	return { title: title || collection.idLabel && record.id || collection.label, used };
}

// The leading figure, its unit apart so that it can be set smaller.
function leadOf(plan, record, show) {
	if (!plan.figure)
		return plan.collection.idLabel ? { figure: record.id, unit: "" } : null;
	const unit = plan.figure.type === "money" ? "" : plan.figure.unit ?? "";
	return { figure: show(unit ? { ...plan.figure, unit: undefined } : plan.figure, readField(plan.figure, record)), unit };
}

// { lead: {figure, unit} or null, title, meta: [text], tags: [text], span } of a record.
export function describe(plan, record, options = {}) {
	const { now = Date.now() } = options;
	const show = (field, value) => formatValue(field, value, options);
	const { title, used } = headOf(plan, record, show);
	const meta = [], tags = [];
	const lead = leadOf(plan, record, show);

	if (plan.order?.type === "instant" && used.has(plan.order) || plan.order?.type === "date" && !used.has(plan.order)) {
		const value = readField(plan.order, record);
		if (value !== null)
			meta.push(formatValue({ type: "date" }, plan.order.type === "instant" ? isoDay(value) : value, options));
	}
	for (const pair of plan.pairs)
		if (!used.has(pair[0]) && pairText(pair, record, show))
			meta.push(pairText(pair, record, show));
	for (const field of plan.fields) {
		const value = readField(field, record);
		if (value === null || used.has(field) || field === plan.figure || field === plan.order || plan.inPair.has(field) || field.type === "place" || field.name === "zone")
			continue;
		// What is as usual is not said; "Late" and "Not active" are.
		if (field.type === "boolean") {
			if (value !== (field.default ?? false))
				tags.push(value ? field.label : `Not ${field.label.toLowerCase()}`);
		} else if (!(field.type === "date" && field.derived) && (field.required || value !== field.default)) {
			meta.push(isMeasure(field) ? labelled(field, show(field, value)) : show(field, value));
		}
	}
	return { lead, title, meta, tags, span: spanOf(plan, record, now) };
}

// A bare number or a time needs its label to be understood.
function isMeasure(field) {
	return FIGURES.has(field.type) || field.type === "time" || field.type === "instant";
}

function labelled(field, text) {
	return `${field.label} ${text}`;
}

// The name of a record for others that refer to it.
export function titleOf(plan, record, options) {
	const { title } = headOf(plan, record, (field, value) => formatValue(field, value, options));
	return plan.collection.idLabel ? `${plan.collection.idLabel} ${record.id}` : title;
}

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
function compareIds(a, b) {
	if (/^\d+$/.test(a.id) && /^\d+$/.test(b.id) && a.id.length !== b.id.length)
		return a.id.length - b.id.length;
	return compare(a.id, b.id);
}

export function sortRecords(plan, records) {
	const { order } = plan;
	const turn = plan.collection.order?.startsWith("-") ? -1 : 1;
	if (!order)
		return [...records].sort((a, b) => turn * compareIds(a, b));
	// Within a day by the clock, where there is one.
	const then = order.type === "date" ? plan.pairs.find(([first]) => first.type === "time")?.[0] : null;
	return [...records].sort((a, b) => turn * compare(readField(order, a), readField(order, b))
		|| (then ? turn * compare(readField(then, a), readField(then, b)) : 0) || turn * compareIds(a, b));
}

// Everything a person might type to find it, in lower case.
export function textToSearch(plan, record, options) {
	const parts = plan.collection.idLabel ? [record.id] : [];
	for (const field of plan.fields) {
		const value = readField(field, record);
		if (value === null || field.type === "place" || field.type === "file")
			continue;
		if (field.type === "boolean")
			parts.push(value ? field.label : "");
		else
			parts.push(formatValue(field, value, options), typeof value === "object" ? "" : String(value));
	}
	return parts.join("\n").toLocaleLowerCase();
}

export function matches(text, query) {
	return query.toLocaleLowerCase().split(/\s+/).filter(Boolean).every((word) => text.includes(word));
}

// Records already in order, cut at the months: [{ month: "2026-11" | "", records, sums: [text] }].
export function groupRecords(plan, records) {
	if (!plan.grouped)
		return [{ month: "", records, sums: [] }];
	const groups = [];
	for (const record of records) {
		const value = readField(plan.order, record);
		const month = value === null ? "" : (plan.order.type === "instant" ? isoDay(value) : value).slice(0, 7);
		if (groups.at(-1)?.month !== month)
			groups.push({ month, records: [] });
		groups.at(-1).records.push(record);
	}
	return groups.map((group) => ({ ...group, sums: sumsOf(plan, group.records) }));
}

// Only what is plainly one sum.  Hours are not: lunch is no work, and pay is computed elsewhere.
function sumsOf(plan, records) {
	const sums = [];
	const { figure } = plan;
	if (figure && (figure.type === "money" || SUMS.has(figure.unit))) {
		// Added as whole numbers: tenths of a mile do not add up in binary.
		const scale = 10 ** (figure.type === "decimal" ? figure.scale ?? 0 : 0);
		const total = records.reduce((sum, record) => sum + Math.round((readField(figure, record) ?? 0) * scale), 0);
		sums.push(formatValue(figure, total / scale));
	}
	return sums;
}
