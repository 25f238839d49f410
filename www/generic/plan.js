// What lists, rows and forms need to know of a definition, found once.  No document.

import { fieldOf, isShown, isZoneField } from "./fields.js";

// Fields that people read as one: "Yard → Shop", "08:31–17:02", "Ann Arbor".
const PAIRS = [
	["start", "end", "–"], ["startTime", "endTime", "–"], ["from", "to", " → "], ["firstName", "lastName", " "],
];
const TITLES = ["name", "title", "text"];
const FIGURES = new Set(["decimal", "money", "integer"]);

export function isFigure(field) {
	return FIGURES.has(field.type);
}

function pairsIn(definition) {
	const field = (name) => fieldOf(definition, name);
	const pairs = PAIRS.map(([first, second, sign]) => ({ first: field(first), second: field(second), sign }));
	return pairs.filter(({ first, second }) => first && second && isShown(first) && isShown(second));
}

// The fields a record is called by, those of a pair as that pair.
function titleIn(fields, order, pairs) {
	const inPair = new Set(pairs.flatMap(({ first, second }) => [first, second]));
	const isName = ({ type, required }) => required && (type === "text" || type === "ref");
	const names = fields.filter((field) =>
		isName(field) && !inPair.has(field) && !isZoneField(field) && field.name !== "kind");
	const titles = names.filter((field) => TITLES.includes(field.name)).slice(0, 1);
	if (names.length > 0)
		return titles.length > 0 ? titles : names;
	const pairOf = (type) => pairs.find(({ first }) => first.type === type);
	const pair = pairOf("text") ?? pairOf("instant");
	if (pair)
		return [pair];
	if (order?.type === "date" || order?.type === "instant")
		return [order];
	return fields.filter((field) => field.type === "choice" && field.required).slice(0, 1);
}

// Choices with a word in common, such as where somebody was at the start and at the end: that word alone does not say
// which is meant.
function alikeIn(fields) {
	const choices = fields.filter((field) => field.type === "choice" && field.choices);
	const share = (field, other) => field !== other && other.choices.some((one) => field.choices.includes(one));
	return new Set(choices.filter((field) => choices.some((other) => share(field, other))));
}

/**
 * {definition, fields, order, figure, pairs, title, alike, grouped}.  fields: those that are shown.  figure: the number
 * that leads a row. pairs: [{first, second, sign}].  title: fields and pairs, what a record is called by.  inTitle,
 * inPair: the fields in them.  alike: choices that need their label to be understood.  grouped: whether lists stand in
 * months.
 */
export function planOf(definition) {
	const fields = definition.fields.filter((field) => isShown(field) && field.type !== "json");
	const order = definition.order ? fieldOf(definition, definition.order.replace(/^-/, "")) ?? null : null;
	const figure = fields.find((field) => isFigure(field) && field.required && field.default === undefined) ?? null;
	const pairs = pairsIn(definition), title = titleIn(fields, order, pairs);
	const fieldsIn = (parts) => new Set(parts.flatMap((part) => (part.sign ? [part.first, part.second] : [part])));
	return {
		definition, fields, order, figure, pairs, title,
		alike: alikeIn(fields), inTitle: fieldsIn(title), inPair: fieldsIn(pairs),
		grouped: order?.type === "date" || order?.type === "instant",
	};
}
