// The order of records in a list.  No document.

import { isPerson, readField } from "./fields.js";
import { formatValue } from "./values.js";

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
	if (/^\d+$/.test(a) && /^\d+$/.test(b) && a.length !== b.length)
		return a.length - b.length;
	return compare(a, b);
}

/** {key, down}.  wanted: "-date", "id", or nothing for the order of the definition. */
export function orderOf(plan, wanted) {
	const text = wanted || plan.definition.order || "id";
	const key = text.replace(/^-/, "");
	const isKnown = key === "id" || key === "lastUpdatedAt" || plan.fields.some((field) => field.name === key);
	return isKnown ? { key, down: text.startsWith("-") } : orderOf({ ...plan, definition: {} });
}

// The value a record is sorted by.  Refs and people are sorted by the words that are shown, texts without regard to
// case.
function keyOf(field, record, options) {
	const value = field ? readField(field, record) : record.lastUpdatedAt ?? null;
	if (field?.type === "list")
		return String(value ?? "");
	if (value === null || field === undefined)
		return value;
	if (field.type === "ref" || isPerson(field))
		return formatValue(field, value, options).toLocaleLowerCase();
	return field.type === "text" ? value.toLocaleLowerCase() : value;
}

/** options: those of formatValue, for the words of refs and people. */
export function sortRecords(plan, records, { key, down } = orderOf(plan), options = {}) {
	const turn = down ? -1 : 1;
	const field = plan.fields.find((one) => one.name === key);
	if (!field && key !== "lastUpdatedAt")
		return [...records].sort((a, b) => turn * compareIds(a.id, b.id));
	// Records of one day are sorted by their time, if they have one.
	const then = field?.type === "date" ? plan.pairs.find(({ first }) => first.type === "time")?.first : null;
	const clock = (record) => (then ? readField(then, record) : null);
	const keyed = records.map((record) => [keyOf(field, record, options), clock(record), record]);
	keyed.sort((a, b) => turn * (compare(a[0], b[0]) || compare(a[1], b[1]) || compareIds(a[2].id, b[2].id)));
	return keyed.map(([, , record]) => record);
}
