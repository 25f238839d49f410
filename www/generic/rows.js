// A record as a row of a list: the leading figure, the title, the rest.  No document.

import { formatDate, formatDuration, formatTime } from "../ui/format.js";
import { isDuration, isPerson, isZoneField, readField } from "./fields.js";
import { isFigure } from "./plan.js";
import { choiceWords, formatValue } from "./values.js";

const DIGIT = 0.8, LETTER = 0.62; // rem of a digit of a leading figure and of a letter of its unit
const LEAD_MOST = 8; // rem of a leading figure

// The word of a choice, with the label of its field if other fields have the same choice.
function labelled(plan, field, words) {
	return plan.alike.has(field) ? `${field.label}: ${words.toLowerCase()}` : words;
}

/** A choice in words that say which field they are of. */
export function choiceIn(plan, field, choice) {
	return labelled(plan, field, choiceWords(choice));
}

function pairText({ first, second, sign }, record, { show, zone }) {
	const values = [first, second].map((field) => readField(field, record));
	if (values.every((value) => value === null))
		return "";
	// A span that has no end yet is shown as running, without a dash.
	const isRunning = first.type === "instant" && values[1] === null;
	const textOf = (field, value) => (field.type === "instant" ? formatTime(value, zone) : show(field, value));
	const texts = values.map((value, at) => (value === null ? "" : textOf([first, second][at], value)));
	return texts.join(isRunning ? "" : sign).trim();
}

// The time between the pair of instants, until now if it has no end.  null if there is no start.
function spanOf({ span }, record, now) {
	const start = span ? readField(span.first, record) : null, end = span ? readField(span.second, record) : null;
	if (start === null)
		return null;
	const seconds = ((end === null ? now : Date.parse(end)) - Date.parse(start)) / 1000;
	return { running: end === null, text: formatDuration(seconds) };
}

function titleTexts(plan, record, words) {
	const fieldText = (field) => words.show(field, readField(field, record));
	const texts = plan.title.map((part) => (part.sign ? pairText(part, record, words) : fieldText(part)));
	return texts.filter(Boolean).join(" ");
}

function titleText(plan, record, words) {
	const { definition } = plan;
	return titleTexts(plan, record, words) || (definition.idLabel ? record.id : definition.label);
}

// The plan by which a record is shown: a title that is empty in it leaves room for another.
function planFor(plan, record, words) {
	return plan.untitled && titleTexts(plan, record, words) === "" ? plan.untitled : plan;
}

// The leading figure, its unit apart so that it can be set smaller.
function leadOf({ definition, figure }, record, show) {
	if (!figure)
		return definition.idLabel ? { figure: record.id, unit: "" } : null;
	const unit = figure.type === "money" ? "" : figure.unit ?? "";
	return { figure: show(unit ? { ...figure, unit: undefined } : figure, readField(figure, record)), unit };
}

// The day a list is ordered by, if the title does not say it.  Two times, in the title or after it, do not.
function dayText(plan, record, around) {
	const { order } = plan, value = order ? readField(order, record) : null;
	const isUnsaid = order?.type === "date" && !plan.inTitle.has(order);
	const isTimeOfDay = order?.type === "instant" && plan.inPair.has(order);
	return value !== null && (isUnsaid || isTimeOfDay) ? formatDate(value, around) : "";
}

// Fields that the row shows in another place, or that have no words.
function isLeftOut(plan, field) {
	if (plan.inTitle.has(field) || plan.inPair.has(field) || field === plan.figure || field === plan.order)
		return true;
	if ((field.type === "date" && field.derived) || (isDuration(field) && plan.span))
		return true;
	return field.type === "place" || field.type === "file" || isZoneField(field);
}

// A bare number or a time needs its label to be understood.
function isMeasure(field) {
	return isFigure(field) || field.type === "time" || field.type === "instant";
}

function usualOf(field) {
	return field.type === "boolean" ? field.default ?? false : field.default;
}

// Fields that are shown as tags: booleans, and choices with tones.
function isState(field) {
	return field.type === "boolean" || (field.type === "choice" && field.tone !== undefined);
}

function tagOf(field, value) {
	if (field.type === "choice")
		return { words: choiceWords(value), kind: field.tone[value] ?? "plain" };
	if (value)
		return { words: field.label, kind: field.tone ?? "plain" };
	return { words: `Not ${field.label.toLowerCase()}`, kind: "plain" };
}

function metaText(plan, field, words) {
	return isMeasure(field) || isPerson(field) ? `${field.label} ${words}` : labelled(plan, field, words);
}

function zoneIn({ zone }, record) {
	return zone ? record[zone.name] : undefined;
}

/** {lead: {figure, unit} or null, title, meta: [text], tags: [{words, kind}], span} of a record. */
export function describeRow(known, record, options = {}) {
	const { now = Date.now(), zone = zoneIn(known, record) } = options;
	const show = (field, value) => formatValue(field, value, { ...options, zone });
	const plan = planFor(known, record, { show, zone });
	const meta = [dayText(plan, record, { now, zone })], tags = [];

	for (const pair of plan.pairs)
		if (!plan.title.includes(pair))
			meta.push(pairText(pair, record, { show, zone }));
	for (const field of plan.fields) {
		// A default is not shown.  "Late" and "Not active" are.
		const value = readField(field, record);
		if (value === null || value === usualOf(field) || isLeftOut(plan, field))
			continue;
		if (isState(field))
			tags.push(tagOf(field, value));
		else
			meta.push(metaText(plan, field, show(field, value)));
	}
	return {
		lead: leadOf(plan, record, show),
		title: titleText(plan, record, { show, zone }),
		meta: meta.filter(Boolean), tags,
		span: spanOf(plan, record, now),
	};
}

/** The name of a record where others refer to it. */
export function titleOf(plan, record, options = {}) {
	const { idLabel } = plan.definition;
	if (idLabel)
		return `${idLabel} ${record.id}`;
	const words = {
		show: (field, value) => formatValue(field, value, options), zone: options.zone ?? zoneIn(plan, record),
	};
	return titleText(planFor(plan, record, words), record, words);
}

/** The width at which the leading figures of all rows end at one edge, in rem. */
export function leadWidth(leads) {
	const widths = leads.filter(Boolean).map(({ figure, unit }) => figure.length * DIGIT + unit.length * LETTER);
	return `${Math.min(Math.max(0, ...widths), LEAD_MOST).toFixed(2)}rem`;
}

/** The state of a record's ops: "conflict", "rejected", "waiting" (to be sent), or null if there are none. */
export function opsState(ops, collection, id) {
	const states = ops.filter((op) => op.collection === collection && op.record === id).map(({ state }) => state);
	if (states.length === 0)
		return null;
	return ["conflict", "rejected"].find((state) => states.includes(state)) ?? "waiting";
}
