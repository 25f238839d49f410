// Search and filters of a list.  No document.

import { formatDate } from "../ui/format.js";
import { readField } from "./fields.js";
import { choiceIn } from "./rows.js";
import { formatValue, localDay } from "./values.js";

const FILTERS = 9; // choices that are offered as filters
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

/** What can be filtered by: [{field, value, key, label}].  choices(field): what may be chosen here. */
export function filtersOf(plan, choices = (field) => field.choices ?? []) {
	const filters = [];
	for (const field of plan.fields) {
		if (field.type === "boolean")
			filters.push({ field, value: true, key: field.name, label: field.label });
		if (field.type === "choice" && choices(field).length <= FILTERS)
			filters.push(...choices(field).map((value) => choiceFilter(plan, field, value)));
	}
	return filters;
}

/** Whether a record passes: of each field with filters, it has one of the wanted values. */
export function sieve(filters) {
	const byField = new Map();
	for (const { field, value } of filters)
		byField.set(field, [...byField.get(field) ?? [], value]);
	const wanted = [...byField];
	return (record) => wanted.every(([field, values]) => values.includes(readField(field, record)));
}
