// What lists and rows need to know of a definition, worked out once for each definition.  No document.

import { fieldOf, isShown, isZoneField } from "./fields.js";

const FIGURES = new Set(["decimal", "money", "integer"]);

export function isFigure(field) {
	return FIGURES.has(field.type);
}

// What is shown between the fields of a pair: "Yard → Shop" for words, "08:31–17:02" for all others.
const WORDS = new Set(["text", "ref", "choice"]);
const signOf = ({ type }) => (WORDS.has(type) ? " → " : "–");

function pairsIn(fields) {
	const pairs = fields.filter(({ pair }) => pair).map((second) => ({
		first: fields.find(({ name }) => name === second.pair), second, sign: signOf(second),
	}));
	return pairs.filter(({ first }) => first);
}

function isTime(field) {
	return field?.type === "date" || field?.type === "instant";
}

// The title of records whose definition names none.
function likelyTitle(fields, order) {
	const needed = fields.filter(({ required }) => required);
	const name = needed.find(({ type, format }) => type === "ref" || (type === "text" && !format));
	return name ?? (isTime(order) ? order : needed.find(({ type }) => type === "choice"));
}

// The fields of the title.  A field of a pair brings the other with it.
function titleIn(definition, fields, order, pairs) {
	const likely = likelyTitle(fields, order);
	const named = definition.title?.map((name) => fieldOf(definition, name)) ?? [likely];
	const pairOf = (field) => pairs.find(({ first, second }) => first === field || second === field);
	return [...new Set(named.filter(Boolean).map((field) => pairOf(field) ?? field))];
}

// Choice fields that share a choice, such as where somebody was at the start and at the end.  The word alone does not
// say which field it is of.
function alikeIn(fields) {
	const choices = fields.filter((field) => field.type === "choice" && field.choices);
	const share = (field, other) => field !== other && other.choices.some((one) => field.choices.includes(one));
	return new Set(choices.filter((field) => choices.some((other) => share(field, other))));
}

/**
 * fields: those that are shown.  order: the field that lists are ordered by, or null.  figure: the number that leads a
 * row, or null.  pairs: [{first, second, sign}].  title: the fields and pairs of the title.  untitled: the plan for
 * records in which these are empty, or null if the definition names none.  inTitle, inPair: the fields in these.
 * span: the pair of instants, or null.  zone: the field with the time zone, or null.  alike: choice fields whose words
 * need the label.  grouped: whether a list is divided into months.
 */
export function planOf(definition) {
	const fields = definition.fields.filter((field) => isShown(field) && field.type !== "json");
	const order = definition.order ? fieldOf(definition, definition.order.replace(/^-/, "")) ?? null : null;
	const figure = fields.find((field) => isFigure(field) && field.required && field.default === undefined) ?? null;
	const pairs = pairsIn(fields), title = titleIn(definition, fields, order, pairs);
	const fieldsIn = (parts) => new Set(parts.flatMap((part) => (part.sign ? [part.first, part.second] : [part])));
	return {
		definition, fields, order, figure, pairs, title,
		untitled: definition.title ? planOf({ ...definition, title: undefined }) : null,
		alike: alikeIn(fields), inTitle: fieldsIn(title), inPair: fieldsIn(pairs), grouped: isTime(order),
		span: pairs.find(({ first }) => first.type === "instant") ?? null,
		zone: definition.fields.find(isZoneField) ?? null,
	};
}
