// A draft: what is typed into a form and not saved.  Pure functions.  A draft is {values, texts, seen, id, owner}.
// values has the fields that were touched: {field: value}.  texts has what cannot be read: {field: {text, problem}}.
// seen is the record as the person saw it, {version, fields}, or null for a new record.

import {
	NEEDED, fieldOf, hasOwnId, idProblem, isEmpty, isSame, openFields, orderProblems, readField, valueProblem,
} from "./fields.js";

function seenNow(record) {
	return { version: record.version, fields: { ...record } };
}

/** A draft with nothing typed yet.  values: what a new record starts with, `owner` among them. */
export function draftOf(record, { owner, ...values } = {}) {
	const untouched = { values: {}, texts: {}, seen: null, id: "", touched: false };
	if (record)
		return { ...untouched, seen: seenNow(record) };
	return { ...untouched, values, ...(owner ? { owner } : {}) };
}

/** What the widget of a field shows: what was typed, else the value of the record as it is now. */
export function valueIn(draft, field, current) {
	if (field.name in draft.texts)
		return undefined;
	if (field.name in draft.values)
		return draft.values[field.name];
	return draft.seen ? readField(field, current ?? draft.seen.fields) : null;
}

/**
 * The draft after somebody typed into a field.  If value is undefined, the text could not be read: text is what was
 * typed, problem says what is wrong with it.
 */
export function typed(draft, name, value, text, problem, current) {
	const values = { ...draft.values }, texts = { ...draft.texts };
	let { seen } = draft;
	delete texts[name];
	// The person sees a field as it is at the moment they begin to type into it.
	if (seen && current && !(name in draft.values) && !(name in draft.texts)) {
		const isFirst = Object.keys(draft.values).length + Object.keys(draft.texts).length === 0;
		seen = isFirst ? seenNow(current) : keepMine(draft, name, current).seen;
	}
	if (value === undefined) {
		texts[name] = { text, problem };
		delete values[name];
	} else {
		values[name] = typeof value === "string" && isEmpty(value) ? null : value;
	}
	return { ...draft, values, texts, seen, touched: true };
}

/**
 * The fields that a save writes: all that are filled in for a new record, else those that differ from what the person
 * saw.
 */
export function changesOf(definition, draft) {
	const set = {};
	for (const [name, value] of Object.entries(draft.values)) {
		const field = fieldOf(definition, name);
		if (draft.seen ? !field || !isSame(field, value, draft.seen.fields[name]) : !isEmpty(value))
			set[name] = value;
	}
	return set;
}

export function hasChanges(definition, draft) {
	if (!draft.seen)
		return draft.touched;
	return Object.keys(draft.texts).length > 0 || Object.keys(changesOf(definition, draft)).length > 0;
}

// What may be given instead of a field, as lists of names.  A definition with one such list has it flat.
const alternativesOf = ({ instead }) => (instead === undefined ? [] : Array.isArray(instead[0]) ? instead : [instead]);

// The server makes a field of those that may be given instead.  A boolean is given where it is true.
function isNeeded(field, values) {
	const isGiven = (name) => !isEmpty(values[name]) && values[name] !== false;
	const isMade = alternativesOf(field).some((names) => names.every(isGiven));
	return field.required && (field.default ?? null) === null && !isMade;
}

/** What keeps the draft from being saved, by field, in words.  choices(field): what may be chosen here. */
export function problemsOf(definition, draft, current, choices = (field) => field.choices ?? []) {
	const isNew = !draft.seen, problems = {}, whole = {};
	for (const field of definition.fields)
		whole[field.name] = valueIn(draft, field, current) ?? null;
	Object.assign(problems, orderProblems(definition, whole));
	const say = (name, problem) => {
		if (problem)
			problems[name] = problem;
	};
	for (const field of openFields(definition, isNew)) {
		const value = whole[field.name], was = draft.seen?.fields[field.name] ?? null;
		const isTouched = field.name in draft.values || isNew;
		if (field.name in draft.texts)
			problems[field.name] = draft.texts[field.name].problem ?? "This cannot be read.";
		else if (isEmpty(value) && isNeeded(field, whole) && isTouched)
			problems[field.name] = NEEDED;
		else if (!isEmpty(value) && isTouched)
			say(field.name, valueProblem(field, value, { choices: choices(field), was }));
	}
	if (isNew && hasOwnId(definition))
		say("id", idProblem(draft.id));
	return problems;
}

/** Fields that the person touched and somebody else changed to another value: [{field, before, mine, theirs}]. */
export function meanwhile(definition, draft, current) {
	if (!draft.seen || !current || current.version === draft.seen.version)
		return [];
	const touched = definition.fields.filter(({ name }) => name in draft.values || name in draft.texts);
	const changes = touched.map((field) => ({
		field, before: draft.seen.fields[field.name] ?? null,
		mine: draft.values[field.name], theirs: current[field.name] ?? null,
	}));
	return changes.filter(({ field, before, mine, theirs }) =>
		!isSame(field, before, theirs) && (mine === undefined || !isSame(field, mine, theirs)));
}

/** The person has seen the other value and keeps their own. */
export function keepMine(draft, name, current) {
	return { ...draft, seen: { ...draft.seen, fields: { ...draft.seen.fields, [name]: current[name] ?? null } } };
}

/** The person drops what they typed into a field. */
export function takeTheirs(draft, name) {
	const values = { ...draft.values }, texts = { ...draft.texts };
	delete values[name];
	delete texts[name];
	return { ...draft, values, texts };
}

/** What the person saw, for the engine: the newest version that has the same values in the fields they typed into. */
export function seenOf(definition, draft, current) {
	const isSettled = current && meanwhile(definition, draft, current).length === 0;
	return { version: isSettled ? current.version : draft.seen.version, fields: draft.seen.fields };
}
