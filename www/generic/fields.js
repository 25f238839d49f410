// What a definition says of its fields: which of them a form shows, with which widget, what a new record starts with,
// and what is wrong with a value, in words.  No document.

import { formatNumber, wordsOf } from "../ui/format.js";
import { writeMoney } from "../ui/numbers.js";
import { isSame } from "../engine/values.js";

export { isSame };
export const NEEDED = "Please fill this in.";
const ID_FORM = /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$/;
const ID_WORDS = "Letters, digits and . _ : @ - only, at most 64, a letter or digit first.";
const LONG = 200; // characters from which a text gets several lines
const FEW = 4; // choices that are shown side by side
const NARROW = 36; // characters of such choices together
const LIST_MOST = 100; // texts in a list
const MINUTE = 60_000; // milliseconds

export function fieldOf(definition, name) {
	return definition.fields.find((field) => field.name === name);
}

/** The value of a field in a record.  A field that is left out has its default. */
export function readField(field, record) {
	return record?.[field.name] ?? field.default ?? null;
}

export function singularOf(definition) {
	return wordsOf(definition.singular);
}

export function titleOfNew(definition) {
	return `New ${singularOf(definition)}`;
}

/** Whether people give the id themselves, such as the number of a car. */
export function hasOwnId(definition) {
	return (definition.idForm ?? "given") === "given" && Boolean(definition.idLabel);
}

/** Whether there is at most one record for each person or space, because the id is made from no field. */
export function isSingle(definition) {
	return Array.isArray(definition.unique) && definition.unique.length === 0;
}

export function isShown(field) {
	return !field.retired && !field.hidden;
}

/** The fields a person sees, in the order of forms and columns. */
export function fieldsOf(definition) {
	return definition.fields.filter(isShown);
}

/** Whether a field cannot be changed once the record exists: it is immutable, or the id is made from it. */
export function isFixed(definition, field) {
	return Boolean(field.immutable) || (definition.unique ?? []).includes(field.name);
}

/**
 * The fields that are of use here: those that go with a reference are left out while it could name nothing, unless the
 * record has a value.  hasAny(collection): whether there is a record.
 */
export function usedFields(definition, record, hasAny) {
	const isUsed = ({ name, with: reference }) => !reference || !isEmpty(record?.[name]) ||
		hasAny(fieldOf(definition, reference).ref);
	return definition.fields.filter(isUsed);
}

export function isReadOnly(definition, field, isNew) {
	return Boolean(field.derived) || field.type === "json" || (!isNew && isFixed(definition, field));
}

/** The fields of a form.  Those that nobody types are shown only in the detail. */
export function openFields(definition, isNew) {
	return fieldsOf(definition).filter((field) => !isReadOnly(definition, field, isNew));
}

/** A text that holds the id of a user. */
export function isPerson(field) {
	return field.format === "user";
}

export function isZoneField(field) {
	return field.format === "zone";
}

/** Seconds, read as hours and minutes. */
export function isDuration(field) {
	return field.format === "duration";
}

/** The zone in which the instants of a record are shown; undefined if the record has none. */
export function zoneOf(definition, record) {
	const field = definition?.fields.find(isZoneField);
	return field && record?.[field.name];
}

function textWidget(field) {
	if (isPerson(field))
		return "person";
	if (isZoneField(field))
		return "zone";
	return (field.maxLength ?? LONG + 1) > LONG ? "lines" : "text";
}

function choiceWidget(field, choices) {
	if (field.format === "colour")
		return "colours";
	return choices.length <= FEW && choices.join("").length <= NARROW ? "segments" : "choice";
}

/** The widget a value is typed with.  choices: what may be chosen here (choicesOf). */
export function widgetOf(field, choices = field.choices ?? []) {
	switch (field.type) {
	case "integer": return isDuration(field) ? "duration" : "number";
	case "decimal": return "number";
	case "boolean": return "toggle";
	case "choice": return choiceWidget(field, choices);
	case "text": return textWidget(field);
	default: return field.type; // money, date, time, instant, ref, place, file, list
	}
}

/**
 * What may be chosen for a field: the space's own choices if it has made any.  settingsOf(collection) is the one record
 * in which it makes them.
 */
export function choicesOf(field, settingsOf = () => null) {
	const [collection, name] = (field.choicesFrom ?? "").split(".");
	const own = name ? settingsOf(collection)?.[name] : null;
	return own?.length > 0 ? own : field.choices ?? [];
}

/** Whether a record is over.  Records that refer to it keep it, but it is not offered to others. */
export function isPast(definition, record) {
	return definition.fields.some((field) => field.past !== undefined && readField(field, record) === field.past);
}

/** Whether a choice can be emptied again: it is not required. */
export function canBeEmpty(field) {
	return !field.required && (field.default === undefined || field.default === null);
}

function numberIn(field, number) {
	return formatNumber(number, Number.isInteger(number) ? 0 : field.scale ?? 0);
}

function range(field, show = (number) => numberIn(field, number)) {
	const { min, max } = field;
	const unit = field.unit ? " " + field.unit : "";
	if (min !== undefined && max !== undefined)
		return `From ${show(min)} to ${show(max)}${unit}.`;
	return min !== undefined ? `At least ${show(min)}${unit}.` : `At most ${show(max)}${unit}.`;
}

function isOutside(field, value) {
	return (field.min !== undefined && value < field.min) || (field.max !== undefined && value > field.max);
}

function lengthOf(text) {
	return [...text].length;
}

function listProblem(field, items) {
	const { maxLength } = field;
	if (items.length > LIST_MOST)
		return `At most ${LIST_MOST} of them.`;
	const isLong = maxLength && items.some((item) => lengthOf(item) > maxLength);
	return isLong ? `At most ${maxLength} characters each.` : null;
}

function textProblem({ maxLength }, text) {
	const length = lengthOf(text);
	return maxLength && length > maxLength ? `At most ${maxLength} characters; these are ${length}.` : null;
}

/**
 * What is wrong with a value, in words; null when nothing is.  was: the value from before, which may stay though it can
 * no longer be chosen.
 */
export function valueProblem(field, value, { choices = field.choices ?? [], was = null } = {}) {
	switch (field.type) {
	case "integer":
	case "decimal": return isOutside(field, value) ? range(field) : null;
	case "money": return isOutside(field, value) ? range(field, (cents) => writeMoney(cents)) : null;
	case "choice": return choices.includes(value) || value === was ? null : "One of the choices, please.";
	case "list": return listProblem(field, value);
	case "text": return textProblem(field, value);
	default: return null;
	}
}

export function isEmpty(value) {
	if (value === null || value === undefined)
		return true;
	return (typeof value === "string" && value.trim() === "") || (Array.isArray(value) && value.length === 0);
}

export function idProblem(text) {
	if (isEmpty(text))
		return NEEDED;
	return ID_FORM.test(text.trim()) ? null : ID_WORDS;
}

/** Problems of two fields together, such as an end before its start. */
export function orderProblems(definition, values) {
	const problems = {};
	for (const field of definition.fields) {
		const other = field.atLeast && fieldOf(definition, field.atLeast);
		if (!other)
			continue;
		const low = values[other.name], high = values[field.name];
		if (!isEmpty(low) && !isEmpty(high) && high < low)
			problems[field.name] = `Not less than ${other.label}, please.`;
	}
	return problems;
}

function startValue(field, { now, today, zone, choices }) {
	const value = field.default ?? null;
	if (field.type === "choice" && value !== null && !choices(field).includes(value))
		return choices(field)[0] ?? null;
	if (isZoneField(field) && (field.required || value !== null))
		return zone ?? value;
	if (field.type === "date" && field.required)
		return value ?? today;
	if (field.type === "instant" && field.required)
		return value ?? new Date(Math.floor(now / MINUTE) * MINUTE).toISOString();
	return value;
}

/** What a new record starts with: its defaults, and a likely value for required dates, instants and zones. */
export function startValues(definition, { now = Date.now(), today, zone, choices = choicesOf } = {}) {
	const around = { now, today, zone, choices };
	const values = openFields(definition, true).map((field) => [field.name, startValue(field, around)]);
	return Object.fromEntries(values.filter(([, value]) => value !== null));
}

/** The record of a collection that has one for the space: its settings. */
export function settingsRecord(list) {
	return list.find(({ id }) => id === "settings") ?? list[0] ?? null;
}
