// Search and filters of a list.  No document.

import { formatDate } from "../ui/format.js";
import { readField } from "./fields.js";
import { choiceIn } from "./rows.js";
import { formatValue, localDay } from "./values.js";

const FILTERS = 9; // choices that are offered as filters
const NAMED = 6; // records and texts of lists that are offered, the most frequent ones
const LONG_DATE = { weekday: "short", day: "numeric", month: "long", year: "numeric" };

const days = new Map(); // date → its words: thousands of records share a few hundred days

function dayWords(date) {
	let words = days.get(date);
	if (words === undefined)
		days.set(date, words = formatDate(date, LONG_DATE));
	return words;
}

function localTime(instant) {
	const at = new Date(instant);
	return [at.getHours(), at.getMinutes()].map((n) => String(n).padStart(2, "0")).join(":");
}

function wordsToFind(field, value, options) {
	switch (field.type) {
	case "boolean": return value ? field.label : "";
	case "date": return `${dayWords(value)} ${value}`;
	case "instant": return `${dayWords(localDay(value))} ${localDay(value)} ${localTime(value)}`;
	case "place":
	case "file": return "";
	case "list":
	case "json": return formatValue(field, value, options);
	default: return `${formatValue(field, value, options)} ${value}`;
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

function choiceFilter(plan, field, value) {
	return { field, value, key: `${field.name}:${value}`, label: choiceIn(plan, field, value) };
}

// The values of a reference or a list that most records have, and those that are wanted.
function valuesIn(field, records, wanted) {
	const times = new Map();
	for (const record of records)
		for (const value of [record[field.name] ?? []].flat())
			times.set(value, (times.get(value) ?? 0) + 1);
	const often = [...times].sort((left, right) => right[1] - left[1]).slice(0, NAMED).map(([value]) => value);
	const asked = wanted.filter((key) => key.startsWith(field.name + ":"))
		.map((key) => decodeURIComponent(key.slice(field.name.length + 1)));
	return [...new Set([...often, ...asked])];
}

/**
 * What can be filtered by: [{field, value, key, label}].  choices(field): what may be chosen here.  around: records of
 * the list, from which references and texts of lists are offered; refTitle(collection, id), what a record is called;
 * wanted, keys that are offered in any case.
 */
export function filtersOf(plan, choices = (field) => field.choices ?? [], around = {}) {
	const { records = [], refTitle, wanted = [] } = around, filters = [];
	for (const field of plan.fields) {
		if (field.type === "boolean")
			filters.push({ field, value: true, key: field.name, label: field.label });
		if (field.type === "choice" && choices(field).length <= FILTERS)
			filters.push(...choices(field).map((value) => choiceFilter(plan, field, value)));
		if (field.type === "ref" || field.type === "list")
			for (const value of valuesIn(field, records, wanted)) {
				const label = field.type === "ref" ? refTitle(field.ref, value) : value;
				const key = `${field.name}:${encodeURIComponent(value)}`;
				filters.push({ field, value, key, label });
			}
	}
	return filters;
}

/** Whether a record passes: of each field with filters, it has one of the wanted values. */
export function sieve(filters) {
	const byField = new Map();
	for (const { field, value } of filters)
		byField.set(field, [...byField.get(field) ?? [], value]);
	const wanted = [...byField];
	const has = (field, values, record) => {
		const value = readField(field, record);
		return Array.isArray(value) ? value.some((one) => values.includes(one)) : values.includes(value);
	};
	return (record) => wanted.every(([field, values]) => has(field, values, record));
}
