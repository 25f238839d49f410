// Forms from definitions: which widget a field gets, what stands in it, and the typed value that comes out.  What stands in a widget
// is text (a boolean for a toggle); only valueOf() turns it into a value, and says in words what is wrong with it.  No document.

import { capital, isoDay, wordsOf } from "./format.js";

export const ID_FIELD = "id";
export const NEEDED = "Please fill this in.";
const ID_FORM = /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$/;
const LONG = 200; // characters from which a text gets several lines
const FEW = 4; // choices that stand side by side

export function fieldOf(collection, name) {
	return collection.fields.find((field) => field.name === name);
}

// What a record says for a field: empty fields are omitted and mean the default.
export function readField(field, record) {
	return record?.[field.name] ?? field.default ?? null;
}

export function singularOf(collection) {
	return wordsOf(collection.singular);
}

// A natural key of the person's own, such as the number of a car.
export function hasOwnId(collection) {
	return (collection.idForm ?? "given") === "given" && Boolean(collection.idLabel);
}

// Fields that make the id stay as they are once the record exists.
export function isFixed(collection, field) {
	return Boolean(field.immutable) || (collection.unique ?? []).includes(field.name);
}

// At most one record a person: nothing makes its key different.
export function isSingle(collection) {
	return Array.isArray(collection.unique) && collection.unique.length === 0;
}

export function isShown(field) {
	return !field.retired && !field.hidden;
}

export function isReadOnly(collection, field, isNew) {
	return Boolean(field.derived) || field.type === "file" || field.type === "json" || (!isNew && isFixed(collection, field));
}

export function widgetOf(field) {
	switch (field.type) {
	case "integer": return { kind: "number", inputmode: field.min >= 0 ? "numeric" : "text" };
	case "decimal":
	case "money": return { kind: "number", inputmode: field.min >= 0 ? "decimal" : "text" };
	case "boolean": return { kind: "toggle" };
	case "date": return { kind: "date" };
	case "time": return { kind: "time" };
	case "instant": return { kind: "instant" };
	case "choice": return { kind: field.choices.length <= FEW ? "segments" : "choice" };
	case "ref": return { kind: "ref" };
	case "place": return { kind: "place" };
	case "list": return { kind: "list" };
	case "text": return { kind: (field.maxLength ?? LONG + 1) > LONG ? "lines" : "text" };
	default: return { kind: "fixed" };
	}
}

// A choice that is not required can be emptied again.
export function canBeEmpty(field) {
	return !field.required && (field.default === undefined || field.default === null);
}

const two = (n) => String(n).padStart(2, "0");

// An instant as the text of a datetime-local input, on this device's clock.
function localText(text) {
	const date = new Date(text);
	if (Number.isNaN(date.getTime()))
		return "";
	const seconds = date.getSeconds() ? ":" + two(date.getSeconds()) : "";
	return `${isoDay(date)}T${two(date.getHours())}:${two(date.getMinutes())}${seconds}`;
}

function centsText(cents, sign = cents < 0 ? "-" : "") {
	const digits = String(Math.abs(cents)).padStart(3, "0");
	return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

// What stands in the widget for a value.
export function textOf(field, value) {
	if (field.type === "boolean")
		return value === true;
	if (value === null || value === undefined)
		return "";
	switch (field.type) {
	case "instant": return localText(value);
	case "money": return centsText(value);
	case "place": return `${value.lat}, ${value.lng}`;
	case "list": return value.join(value.some((item) => item.includes(",")) ? "\n" : ", ");
	default: return String(value);
	}
}

function good(value) {
	return { value };
}

function bad(problem) {
	return { problem };
}

function range(field, show = String) {
	const { min, max } = field;
	const unit = field.unit ? " " + field.unit : "";
	if (min !== undefined && max !== undefined)
		return `From ${show(min)} to ${show(max)}${unit}.`;
	return min !== undefined ? `At least ${show(min)}${unit}.` : `At most ${show(max)}${unit}.`;
}

function isOutside(field, value) {
	return (field.min !== undefined && value < field.min) || (field.max !== undefined && value > field.max);
}

// "1234,5", "1,234.5" and "1 234.50" all mean what their writer meant; "1,234" alone is a decimal comma, unless no decimals are
// possible or they would be too many.
function plainNumber(text, scale) {
	let figure = text.replace(/[\s\u00a0\u202f'’]/g, "").replace(/^\u2212/, "-");
	const comma = figure.lastIndexOf(","), point = figure.lastIndexOf(".");
	if (comma >= 0 && point >= 0)
		figure = comma > point ? figure.replace(/\./g, "").replace(",", ".") : figure.replace(/,/g, "");
	else if (comma >= 0 && /^-?\d{1,3}(,\d{3})+$/.test(figure) && scale < 3)
		figure = figure.replace(/,/g, "");
	else
		figure = figure.replace(",", ".");
	return /^[-+]?(\d+\.?\d*|\.\d+)$/.test(figure) ? figure.replace(/^\+/, "") : null;
}

function numberOf(field, text, scale) {
	const figure = plainNumber(text, scale);
	if (figure === null)
		return bad("A number, please.");
	const digits = (figure.split(".")[1] ?? "").replace(/0+$/, "").length;
	if (digits > scale)
		return bad(scale === 0 ? "A whole number, please." : `At most ${scale} ${scale === 1 ? "digit" : "digits"} after the point.`);
	const value = Number(figure);
	// Beyond 15 digits a number would not come out as it was typed.
	if (Math.abs(value) * 10 ** scale >= 1e15)
		return bad("That number is too large.");
	return good(value === 0 ? 0 : value);
}

function inRange(field, parsed, show) {
	return parsed.problem || !isOutside(field, parsed.value) ? parsed : bad(range(field, show));
}

function moneyOf(field, text) {
	const parsed = numberOf(field, text, 2);
	return parsed.problem ? parsed : inRange(field, good(Math.round(parsed.value * 100)), centsText);
}

function dateOf(text) {
	return /^\d{4}-\d\d-\d\d$/.test(text) ? good(text) : bad("A date, please.");
}

function instantOf(text) {
	const date = new Date(text);
	return Number.isNaN(date.getTime()) ? bad("A date and a time, please.") : good(date.toISOString());
}

function timeOf(text) {
	return /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(text) ? good(text) : bad("A time, please.");
}

function placeOf(text) {
	const parts = text.split(/[;,]\s+|[;\s]+|,(?=\s*-?\d+\.)/).map((part) => part.trim()).filter(Boolean);
	const [lat, lng, accuracy] = parts.map(Number);
	if (parts.length < 2 || parts.length > 3 || [lat, lng].some(Number.isNaN) || Math.abs(lat) > 90 || Math.abs(lng) > 180)
		return bad("Latitude and longitude, such as 52.52001, 13.40495.");
	return good({ lat, lng, ...(accuracy >= 0 ? { accuracy } : {}) });
}

function listOf(field, text) {
	const items = text.split(text.includes("\n") ? "\n" : ",").map((item) => item.trim()).filter(Boolean);
	if (items.length > 100)
		return bad("At most 100 of them.");
	if (field.maxLength && items.some((item) => [...item].length > field.maxLength))
		return bad(`At most ${field.maxLength} characters each.`);
	return items.length === 0 ? good(null) : good(items);
}

function textValue(field, text) {
	const length = [...text].length;
	return field.maxLength && length > field.maxLength ? bad(`At most ${field.maxLength} characters; these are ${length}.`) : good(text);
}

function parse(field, text) {
	switch (field.type) {
	case "integer": return inRange(field, numberOf(field, text, 0));
	case "decimal": return inRange(field, numberOf(field, text, field.scale ?? 0));
	case "money": return moneyOf(field, text);
	case "date": return dateOf(text);
	case "instant": return instantOf(text);
	case "time": return timeOf(text);
	case "place": return placeOf(text);
	case "list": return listOf(field, text);
	case "choice": return field.choices.includes(text) ? good(text) : bad("One of the choices, please.");
	default: return textValue(field, text);
	}
}

// { value }, null for empty, or { problem } in words.
export function valueOf(field, text) {
	if (field.type === "boolean")
		return good(text === true);
	const trimmed = field.type === "text" ? text : text.trim();
	if (trimmed.trim() === "")
		return field.required ? bad(NEEDED) : good(null);
	return parse(field, trimmed);
}

export function idProblem(collection, text) {
	if (text.trim() === "")
		return NEEDED;
	return ID_FORM.test(text.trim()) ? null : "Letters, digits and . _ : @ - only, at most 64, a letter or digit first.";
}

// Whether two values are the same to a person and to the server.
export function isSame(a, b) {
	return JSON.stringify(sorted(a ?? null)) === JSON.stringify(sorted(b ?? null));
}

function sorted(value) {
	if (value === null || typeof value !== "object" || Array.isArray(value))
		return value;
	return Object.fromEntries(Object.keys(value).sort().map((key) => [key, value[key]]));
}

// What compares two fields: { start: …, end: … } → "End is before Start".
export function orderProblems(collection, values) {
	const problems = {};
	for (const field of collection.fields) {
		const other = field.atLeast && fieldOf(collection, field.atLeast);
		if (!other)
			continue;
		const low = values[other.name], high = values[field.name];
		if (low !== null && low !== undefined && high !== null && high !== undefined && high < low)
			problems[field.name] = `Not less than ${other.label}, please.`;
	}
	return problems;
}

// What a new record starts with: the definition's defaults, and for what must be given anyway the likely answer.
export function startTexts(collection, now = Date.now(), zone = Intl.DateTimeFormat().resolvedOptions().timeZone) {
	const texts = {};
	for (const field of collection.fields.filter((one) => isShown(one) && !one.derived)) {
		texts[field.name] = textOf(field, field.default ?? null);
		if (field.type === "date" && field.required)
			texts[field.name] = isoDay(now);
		if (field.type === "instant" && field.required)
			texts[field.name] = localText(new Date(Math.floor(now / 60_000) * 60_000).toISOString());
		if (field.type === "text" && field.name === "zone" && zone)
			texts[field.name] = zone;
	}
	return texts;
}

export function titleOfNew(collection) {
	return `New ${singularOf(collection)}`;
}

export function choiceLabel(choice) {
	return capital(choice);
}
