// What a form is, as functions of data: which fields stand beside each other.  No document.

import { widgetOf } from "./fields.js";

const SHORT = new Set(["date", "time", "number", "money", "duration"]); // widgets that stand side by side

const isShort = (field) => SHORT.has(widgetOf(field));

/**
 * Fields in rows: two short ones beside each other (a start with its end, not with what stands before it), everything
 * else by itself.
 */
export function linesOf(fields) {
	const lines = [], firsts = new Set(fields.map(({ pair }) => pair));
	for (const field of fields) {
		const last = lines.at(-1);
		if (isShort(field) && !firsts.has(field.name) && last?.length === 1 && isShort(last[0]))
			last.push(field);
		else
			lines.push([field]);
	}
	return lines;
}
