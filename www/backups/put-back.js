// A record that this device kept when the server's past became another one, beside what the server has now: how the two
// differ, and what a person writes to have the copy again.  No document.

import { differing, ownFields } from "../engine/values.js";
import { fieldsOf, isReadOnly } from "../generic/fields.js";

/** The fields that people see and that differ: [{field, kept, now}].  now: null for a record that is gone. */
export function differences(form, { record, now }) {
	const differs = ({ name }) => differing(form, { [name]: record[name] ?? null }, now).length > 0;
	return fieldsOf(form).filter(differs)
		.map((field) => ({ field, kept: record[field.name] ?? null, now: now?.[field.name] ?? null }));
}

/**
 * The values that bring the copy back: of a record that is there those that differ, of one that is gone all that are
 * not empty.  Null when a person can write none of them.
 */
export function toPutBack(form, { record, now }) {
	const mayWrite = (name) => {
		const field = form.fields.find((one) => one.name === name);
		return !field.retired && (field.type === "json" ? !field.derived : !isReadOnly(form, field, !now));
	};
	const all = Object.fromEntries(form.fields.map(({ name }) => [name, record[name] ?? null]));
	const names = now ? differing(form, all, now) : Object.keys(ownFields(form, record));
	const values = Object.fromEntries(names.filter(mayWrite).map((name) => [name, all[name]])
		.filter(([, value]) => now || value !== null));
	return now && Object.keys(values).length === 0 ? null : values;
}
