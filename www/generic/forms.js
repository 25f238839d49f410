// A form as functions of data: which fields are beside each other, which record it makes, which problem is shown where.
// No document.

import { changesOf, hasChanges, meanwhile, problemsOf, valueIn } from "./drafts.js";
import {
	NEEDED, fieldOf, hasOwnId, isDuration, isEmpty, isZoneField, openFields, singularOf, widgetOf, zoneOf,
} from "./fields.js";
import { capital } from "../ui/format.js";
import { formatValue } from "./values.js";

const SHORT = new Set(["date", "time", "number", "money", "duration"]); // widgets of which two share a line

const isShort = (field) => SHORT.has(widgetOf(field));

/**
 * Fields in lines.  Two short ones share a line, all others have one to themselves.  The first of a pair begins a line,
 * so that a start is beside its end.
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

/** The unit at the end of a field; money is in the currency of the space unless its field says another. */
export function unitOf(field, currency) {
	if (field.type === "money")
		return field.unit ?? currency;
	return isDuration(field) ? undefined : field.unit;
}

/** The zone in which instants are typed: that of the record, as typed or as it is; undefined if it has none. */
export function zoneTyped(form, draft, current) {
	const field = form.fields.find(isZoneField);
	return (field && valueIn(draft, field, current)) || zoneOf(form, current) || undefined;
}

/** The fields of a new record as they are written. */
export function fieldsOfNew(form, draft) {
	return { ...changesOf(form, draft), ...(draft.owner ? { owner: draft.owner } : {}) };
}

/** The id for a new record: its number, or one that is made now; undefined if it follows from the fields. */
export function idOfNew(form, draft, makeId) {
	if (hasOwnId(form))
		return draft.id.trim();
	return (form.idForm ?? "given") === "given" && !Array.isArray(form.unique) ? makeId() : undefined;
}

/** The fields with which the record can be created again. */
export function filledIn(form, draft) {
	const values = openFields(form, true).map((field) => [field.name, valueIn(draft, field, undefined)]);
	return Object.fromEntries(values.filter(([, value]) => !isEmpty(value)));
}

/** Why the server refused the last try, by field: {field: words}. */
export function refusedOf(ops, collection, id) {
	const isRefused = (op) => op.collection === collection && op.record === id && op.state === "rejected";
	const { field, detail } = ops.find(isRefused)?.problem ?? {};
	return field ? { [field]: detail } : {};
}

/** The problem that is shown beside a field.  What is missing is said only after somebody has tried to save. */
export function problemShown(name, { problems, refused, draft, left, tried }) {
	const problem = problems[name];
	if (problem && (tried || (left.has(name) && problem !== NEEDED)))
		return problem;
	return name in draft.values ? undefined : refused[name];
}

/** The problems of fields that this form does not show, as one text; "" where there are none. */
export function problemsElsewhere(form, problems, shown) {
	const isShown = (name) => name === "id" || shown.some((field) => field.name === name);
	const names = Object.keys(problems).filter((name) => !isShown(name));
	return names.map((name) => `${fieldOf(form, name)?.label ?? name}: ${problems[name]}`).join(" ");
}

/** What was typed and not saved, as [[field, words]]. */
export function typedIn(form, draft, options) {
	const { texts, values } = draft;
	const wordsOf = (field) => texts[field.name]?.text ?? formatValue(field, values[field.name], options);
	return form.fields.map((field) => [field, wordsOf(field)]).filter(([, words]) => words);
}

/** What is said after a save.  isDisputed: somebody changed the same field.  isWaiting: it cannot be sent now. */
export function savedWords(form, { isNew, isDisputed, isWaiting }) {
	if (isDisputed)
		return "Saved here. Somebody changed the same; you will be asked which holds.";
	if (isWaiting)
		return "Saved here, will send when online.";
	return isNew ? `${capital(singularOf(form))} added.` : "Saved.";
}

/**
 * What a form shows of its draft.  isNumbered: the person gives the id.  shown: its fields.  problems, refused: by
 * field, why it cannot be saved, and why the server refused it.  elsewhere: the problems of fields that are not shown.
 * changes: what others changed meanwhile.  options: only: the names of the fields to show, else all; choices(field);
 * ops: those of the space that are not done.
 */
export function factsOf(form, id, { draft, current }, { only, choices, ops }) {
	const isNew = id === null;
	const shown = openFields(form, isNew).filter((field) => !only || only.includes(field.name));
	const problems = problemsOf(form, draft, current, choices);
	return {
		isNew, isNumbered: isNew && hasOwnId(form), shown, problems,
		refused: isNew ? {} : refusedOf(ops, form.name, id),
		elsewhere: problemsElsewhere(form, problems, shown),
		changes: meanwhile(form, draft, current),
		isDirty: hasChanges(form, draft),
	};
}
