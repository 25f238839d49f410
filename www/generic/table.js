// The columns of a table, and what a list can be ordered by.  No document.

import { isZoneField } from "./fields.js";

const LONG = 200; // characters of a text that is too long for a table
const UNORDERED = ["place", "file", "list", "boolean"];

/** Columns shown before the person has chosen. */
export const COLUMNS = 6;

function weightOf(plan, field) {
	if (field === plan.order)
		return 0;
	if (field.required)
		return 1;
	if (field.derived)
		return 4;
	return field.type === "text" && (field.maxLength ?? 1000) > LONG ? 3 : 2;
}

/** The columns of a table: what lists are ordered by, required fields, short fields, long texts, derived fields. */
export function columnsOf(plan) {
	const fields = plan.fields.filter((field) => !isZoneField(field));
	return fields.sort((a, b) => weightOf(plan, a) - weightOf(plan, b));
}

/** What a list can be ordered by: [[key, words]]. */
export function ordersOf(plan) {
	const { idLabel } = plan.definition;
	const fields = columnsOf(plan).filter(({ type }) => !UNORDERED.includes(type));
	const byField = fields.map(({ name, label }) => [name, label]);
	return [...(idLabel ? [["id", idLabel]] : []), ...byField, ["lastUpdatedAt", "Last change"]];
}
