// Typed figures to numbers and back, with the signs of the person's locale.  No document.

import { locale } from "./format.js";

const found = new Map();

/** The signs with which a locale writes numbers: {decimal, group}. */
export function signsOf(tongue) {
	let signs = found.get(tongue);
	if (!signs) {
		const parts = new Intl.NumberFormat(tongue, { useGrouping: "always" }).formatToParts(1_234_567.5);
		signs = {
			decimal: parts.find(({ type }) => type === "decimal")?.value ?? ".",
			group: parts.find(({ type }) => type === "group")?.value ?? ",",
		};
		found.set(tongue, signs);
	}
	return signs;
}

// The text with the digits of any script as 0 to 9.
function plainDigits(text) {
	return text.replace(/\p{Nd}/gu, (digit) => {
		const code = digit.codePointAt(0);
		if (code < 128)
			return digit;
		let zero = code;
		while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1)) && code - zero < 9)
			zero -= 1;
		return String(code - zero);
	});
}

// A typed figure in JavaScript's own form, or null.  "1234,5", "1,234.5" and "1 234.50" are all understood.  A single
// sign is the decimal point, unless it is the locale's sign for thousands and three digits follow, more than the field
// has after a point.
function plainFigure(text, scale, { decimal, group }) {
	let figure = plainDigits(text)
		.replace(/[\s\u00a0\u202f\u200e\u200f\u061c'’]/g, "")
		.replace(/^\u2212/, "-")
		.replace(/\u066b/g, ".")
		.replace(/\u066c/g, ",");
	const comma = figure.lastIndexOf(","), point = figure.lastIndexOf(".");
	if (comma >= 0 && point >= 0)
		figure = comma > point ? figure.replace(/\./g, "").replace(",", ".") : figure.replace(/,/g, "");
	else if (scale < 3 && group === "," && /^-?\d{1,3}(,\d{3})+$/.test(figure))
		figure = figure.replace(/,/g, "");
	else if (scale < 3 && group === "." && decimal === "," && /^-?\d{1,3}(\.\d{3})+$/.test(figure))
		figure = figure.replace(/\./g, "");
	else
		figure = figure.replace(",", ".");
	return /^[-+]?(\d+\.?\d*|\.\d+)$/.test(figure) ? figure.replace(/^\+/, "") : null;
}

/** {value} or {problem} in words; an empty text is {value: null}. */
export function readNumber(text, scale = 0, tongue = locale()) {
	if (text.trim() === "")
		return { value: null };
	const figure = plainFigure(text, scale, signsOf(tongue));
	if (figure === null)
		return { problem: "A number, please." };
	const digits = (figure.split(".")[1] ?? "").replace(/0+$/, "").length;
	if (digits > scale && scale === 0)
		return { problem: "A whole number, please." };
	if (digits > scale)
		return { problem: `At most ${scale} ${scale === 1 ? "digit" : "digits"} after the point.` };
	const value = Number(figure);
	// A number of more than 15 digits cannot be stored exactly.
	if (Math.abs(value) * 10 ** scale >= 1e15)
		return { problem: "That number is too large." };
	return { value: value === 0 ? 0 : value };
}

/** A number as an input shows it: without signs for thousands, with the locale's decimal point. */
export function writeNumber(value, scale = 0, tongue = locale(), keepZeros = false) {
	if (value === null || value === undefined)
		return "";
	return new Intl.NumberFormat(tongue, {
		useGrouping: false, minimumFractionDigits: keepZeros ? scale : 0, maximumFractionDigits: scale,
		numberingSystem: "latn",
	}).format(value);
}

/** Cents as an input shows them. */
export function writeMoney(cents, tongue = locale()) {
	return cents === null || cents === undefined ? "" : writeNumber(cents / 100, 2, tongue, true);
}

export function readMoney(text, tongue = locale()) {
	const read = readNumber(text, 2, tongue);
	return typeof read.value === "number" ? { value: Math.round(read.value * 100) } : read;
}

/** Seconds as "7:30", or as "7:30:05" if they are no whole minutes. */
export function writeDuration(seconds) {
	if (seconds === null || seconds === undefined)
		return "";
	const two = (n) => String(n).padStart(2, "0");
	const rest = seconds % 60, end = rest ? ":" + two(rest) : "";
	return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}${end}`;
}

/** "7:30", "7h 30", "7.5 h", "450 min" or "7" as seconds: {value} or {problem}.  Up to 24 a bare number means hours. */
export function readDuration(text, tongue = locale()) {
	const plain = plainDigits(text).trim().toLowerCase();
	if (plain === "")
		return { value: null };
	const problem = { problem: "A duration such as 7:30 or 45 min, please." };
	const clock = plain.match(/^(\d{1,4}):([0-5]\d)(?::([0-5]\d))?$/);
	if (clock)
		return { value: Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3] ?? 0) };
	const words = plain.match(/^(?:([\d.,]+)\s*h(?:ours?|rs?)?)?\s*(?:(\d+)\s*(?:m(?:in(?:utes?)?)?)?)?$/);
	if (words && words[1] !== undefined) {
		const hours = readNumber(words[1], 4, tongue);
		return hours.problem ? problem : { value: Math.round(hours.value * 3600) + Number(words[2] ?? 0) * 60 };
	}
	if (/^\d+\s*m/.test(plain) && words)
		return { value: Number(words[2]) * 60 };
	const bare = readNumber(plain, 4, tongue);
	if (bare.problem || bare.value < 0)
		return problem;
	return { value: Math.round(bare.value <= 24 ? bare.value * 3600 : bare.value * 60) };
}
