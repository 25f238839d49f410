// What a conflict is about, field by field, and what a decision writes.  Pure functions over an op as the engine shows
// it.

import { fieldOf, isSame } from "./fields.js";

const LONG = 1000; // characters of a text whose definition says no limit
const ROOM = 80; // characters that a field must have room for before both texts are kept in it

/** [{field, before, mine, theirs}]; theirs is undefined where the record is gone. */
export function linesOf(definition, op) {
	const { fields, base, mine, current } = op.conflict;
	const names = fields.length > 0 ? fields : Object.keys(op.set ?? {});
	return names.map((name) => ({
		field: fieldOf(definition, name) ?? { name, label: name, type: "text" },
		before: base[name] ?? op.was[name] ?? null,
		mine: mine[name] ?? op.set?.[name] ?? null,
		theirs: current ? current[name] ?? null : undefined,
	})).filter(({ field }) => !field.derived);
}

/**
 * The kind of decision: "fields"; "gone", if they deleted what I changed; "delete", if they changed what I deleted.
 */
export function kindOf(op) {
	if (op.kind === "delete")
		return "delete";
	return op.conflict.current ? "fields" : "gone";
}

/** A text that keeps both, mine after theirs; null where the field cannot hold it. */
export function bothOf(field, mine, theirs) {
	const { type, maxLength } = field;
	const areTexts = type === "text" && typeof mine === "string" && typeof theirs === "string";
	if (!areTexts || (maxLength ?? LONG) < ROOM)
		return null;
	const both = `${theirs}\n${mine}`;
	return maxLength && [...both].length > maxLength ? null : both;
}

/**
 * What to write: the person's choices {field: {value}} for the fields in conflict, and the other fields of the op.  A
 * field without a choice stays as they have it.
 */
export function decisionOf(definition, op, choices) {
	const lines = linesOf(definition, op);
	const disputed = new Set(lines.map(({ field }) => field.name));
	const fields = {};
	for (const [name, value] of Object.entries(op.set ?? {}))
		if (!disputed.has(name) && !fieldOf(definition, name)?.derived)
			fields[name] = value;
	for (const { field, theirs } of lines) {
		const choice = choices[field.name];
		if (choice && !isSame(field, choice.value, theirs))
			fields[field.name] = choice.value;
	}
	return fields;
}

export function isDecided(definition, op, choices) {
	return linesOf(definition, op).every(({ field }) => choices[field.name] !== undefined);
}
