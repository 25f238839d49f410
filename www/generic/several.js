// Changing a field of several records at once.  No document.

import { clockIn, dayIn, instantIn, instantText } from "../ui/zone.js";
import { canBeEmpty, isZoneField, openFields, valueProblem } from "./fields.js";

const APART = new Set(["file", "place", "instant"]); // what each record has its own of

/** The name of a day that moves the pair of instants of a record. */
export const DAY = "(day)";

/** The fields that can be changed on several records at once; plan: of planOf. */
export function fieldsForSeveral(plan) {
	const own = openFields(plan.definition, false).filter((field) => !APART.has(field.type) && !isZoneField(field));
	return plan.span ? [{ name: DAY, type: "date", label: "Day", required: true }, ...own] : own;
}

// The instants of a pair on another day: at the same time of day, and as long.
function moved({ first, second }, record, zone, date) {
	const start = Date.parse(record[first.name]), { hour, minute, second: seconds } = clockIn(zone, start);
	const to = instantIn(zone, date, (hour * 60 + minute) * 60 + seconds) + (start % 1000 + 1000) % 1000;
	const end = record[second.name] ? Date.parse(record[second.name]) + to - start : null;
	return { [first.name]: instantText(to), ...(end === null ? {} : { [second.name]: instantText(end) }) };
}

/** What is written to a record; null if it has the value already.  zone: that of its instants. */
export function setFor(plan, field, value, record, zone) {
	if (field.name !== DAY) {
		const was = record[field.name] ?? null;
		return JSON.stringify(was) === JSON.stringify(value ?? null) ? null : { [field.name]: value ?? null };
	}
	return !record[plan.span.first.name] || dayIn(zone, Date.parse(record[plan.span.first.name])) === value
		? null
		: moved(plan.span, record, zone, value);
}

/** Why a value cannot be written to any of them, in words, or null. */
export function severalProblem(field, value) {
	if ((value ?? null) === null || value === "")
		return canBeEmpty(field) ? null : "Choose a value.";
	return valueProblem(field, value) ?? null;
}
