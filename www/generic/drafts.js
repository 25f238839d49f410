// What is typed into a form and not saved: only the fields that were touched, and the record as the person saw it.
// Pure functions; a draft is {values: {field: value}, texts: {field: {text, problem}}, seen: {version, fields} or null
// for a new record, id, owner}.

import {
	NEEDED, fieldOf, hasOwnId, idProblem, isEmpty, isSame, openFields, orderProblems, readField, valueProblem,
} from "./fields.js";

function seenNow(record) {
	return { version: record.version, fields: { ...record } };
}

/** A new one.  values: what a new record starts with; `owner` among them says whose it is. */
export function draftOf(record, { owner, ...values } = {}) {
	const untouched = { values: {}, texts: {}, seen: null, id: "", touched: false };
	if (record)
		return { ...untouched, seen: seenNow(record) };
	return { ...untouched, values, ...(owner ? { owner } : {}) };
}

/** What stands in the widget of a field: what was typed, else the record as it is now. */
export function valueIn(draft, field, current) {
	if (field.name in draft.texts)
		return undefined;
	if (field.name in draft.values)
		return draft.values[field.name];
	return draft.seen ? readField(field, current ?? draft.seen.fields) : null;
}

/**
 * The draft after a field was typed into.  value undefined: what was typed cannot be read, `text` and `problem` say
 * what it is.
 */
export function typed(draft, name, value, text, problem, current) {
	const values = { ...draft.values }, texts = { ...draft.texts };
	let { seen } = draft;
	delete texts[name];
	// What was not touched until now is seen as it is now.
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
 * The fields that would be written: of a new record all that are filled in, else those that differ from what the person
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
		else if (isEmpty(value) && field.required && (field.default ?? null) === null && isTouched)
			problems[field.name] = NEEDED;
		else if (!isEmpty(value) && isTouched)
			say(field.name, valueProblem(field, value, { choices: choices(field), was }));
	}
	if (isNew && hasOwnId(definition))
		say("id", idProblem(draft.id));
	return problems;
}

/** Fields that the person touched and somebody else changed since, differently: [{field, before, mine, theirs}]. */
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

/** The person has seen what is there now and keeps what was typed. */
export function keepMine(draft, name, current) {
	return { ...draft, seen: { ...draft.seen, fields: { ...draft.seen.fields, [name]: current[name] ?? null } } };
}

/** The person lets go what was typed into a field. */
export function takeTheirs(draft, name) {
	const values = { ...draft.values }, texts = { ...draft.texts };
	delete values[name];
	delete texts[name];
	return { ...draft, values, texts };
}

/** What the person saw, for the engine: the newest version whose changes touch nothing that was typed. */
export function seenOf(definition, draft, current) {
	const isSettled = current && meanwhile(definition, draft, current).length === 0;
	return { version: isSettled ? current.version : draft.seen.version, fields: draft.seen.fields };
}
