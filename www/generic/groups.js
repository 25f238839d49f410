// The months a list is divided into, and the sums of a month and of a table.  No document.

import { formatMonth } from "../ui/format.js";
import { count } from "../base/words.js";
import { readField } from "./fields.js";
import { formatValue, localDay } from "./values.js";

/** The month a record belongs to, as "2026-11"; "" where it has no date. */
export function monthOf(plan, record) {
	const value = plan.grouped ? readField(plan.order, record) : null;
	return value === null ? "" : (plan.order.type === "instant" ? localDay(value) : value).slice(0, 7);
}

/** The sum of a field over records, as a value of that field. */
export function sumOf(field, records) {
	// Whole numbers are added, because sums of decimal fractions are not exact.
	const scale = 10 ** (field.type === "decimal" ? field.scale ?? 0 : 0);
	return records.reduce((sum, record) => sum + Math.round((readField(field, record) ?? 0) * scale), 0) / scale;
}

// The end of a month's head: the sum of the leading figure, else the number of records.
function endOf({ figure }, records, options) {
	if (figure?.sum)
		return formatValue(figure, sumOf(figure, records), options);
	return count(records.length, "entry", "entries");
}

/** month → {key, title, end}: the heads of the months. */
export function groupsOf(plan, records, options) {
	const groups = new Map(), heads = new Map();
	for (const record of records) {
		const month = monthOf(plan, record);
		if (!groups.has(month))
			groups.set(month, []);
		groups.get(month).push(record);
	}
	for (const [month, list] of groups) {
		const title = month ? formatMonth(month) : "No date";
		heads.set(month, { key: month, title, end: endOf(plan, list, options) });
	}
	return heads;
}
