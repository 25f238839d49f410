// What an edit means: which values the person changed, what is wrong with them, and where somebody else changed the same.  Pure
// functions of a definition, an edit and the record as it is now.
//
// An edit: texts {field: what stands in the widget}, was (the record as the person saw it), base (its version), isNew, touched.

import { ID_FIELD, NEEDED, hasOwnId, idProblem, isReadOnly, isSame, isShown, orderProblems, readField, textOf, valueOf } from "./forms.js";

// Emptying a field that has a default sets it back to the default.
function meaning(field, value) {
	return value ?? field.default ?? null;
}

function openFields(definition, edit) {
	return definition.fields.filter((field) => isShown(field) && !isReadOnly(definition, field, edit.isNew));
}

// { set, errors }: the typed values that differ from what the person began with, and the texts that are no values.
export function changesOf(definition, edit) {
	const set = {}, errors = {};
	for (const field of openFields(definition, edit)) {
		if (!(field.name in edit.texts))
			continue;
		const text = edit.texts[field.name];
		const was = edit.isNew ? null : readField(field, edit.was);
		if (!edit.isNew && text === textOf(field, was))
			continue;
		const { value, problem } = valueOf(field, text);
		if (problem)
			errors[field.name] = problem;
		else if (edit.isNew ? value !== null : !isSame(meaning(field, value), was))
			set[field.name] = value;
	}
	return { set, errors };
}

export function hasChanges(definition, edit) {
	const { set, errors } = changesOf(definition, edit);
	return Object.keys(set).length + Object.keys(errors).length > 0;
}

// What keeps the edit from being saved, by field, in words.
export function errorsOf(definition, edit, current) {
	const { set, errors } = changesOf(definition, edit);
	const now = edit.isNew ? {} : current ?? edit.was;
	const problems = { ...orderProblems(definition, { ...now, ...set }), ...errors };
	if (!edit.isNew)
		return problems;
	for (const field of openFields(definition, edit))
		if (field.required && !(field.name in set) && meaning(field, null) === null)
			problems[field.name] ??= NEEDED;
	const problem = hasOwnId(definition) ? idProblem(definition, edit.texts[ID_FIELD] ?? "") : null;
	return problem ? { ...problems, [ID_FIELD]: problem } : problems;
}

// Fields that the person changed and somebody else too, differently: [{ field, before, mine, theirs }].
export function clashesOf(definition, edit, current) {
	if (edit.isNew || !edit.touched || edit.removing || !current || current.version === edit.base)
		return [];
	const { set, errors } = changesOf(definition, edit);
	return definition.fields
		.filter((field) => field.name in set || field.name in errors)
		.map((field) => ({
			field, broken: field.name in errors, before: readField(field, edit.was),
			mine: meaning(field, set[field.name]), theirs: readField(field, current),
		}))
		.filter(({ before, mine, theirs, broken }) => !isSame(before, theirs) && (broken || !isSame(mine, theirs)));
}

// Forget the texts that a request brought to the server: they are the record now, however the server writes them.
export function withoutSent(definition, edit, record) {
	const body = edit.sent.body;
	const texts = { ...edit.texts };
	delete texts[ID_FIELD];
	for (const field of definition.fields) {
		if (!(field.name in texts))
			continue;
		const { value = null, problem } = valueOf(field, texts[field.name]);
		const sent = field.name in body ? body[field.name] : edit.isNew ? null : undefined;
		const arrived = sent !== undefined && isSame(value, sent);
		if (!problem && (arrived || isSame(meaning(field, value), readField(field, record))))
			delete texts[field.name];
	}
	return texts;
}

// The record as the person saw it, after an answer: all of it, but for what they typed that the request did not say.
export function seenAfter(edit, record) {
	const was = { ...record };
	for (const name of Object.keys(edit.texts))
		if (!edit.isNew && !(name in edit.sent.body))
			was[name] = edit.was[name];
	return was;
}
