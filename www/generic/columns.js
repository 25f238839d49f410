// The first lines of a CSV file as cells, and which fields a file can fill.  Which column fills which field is what the
// server says.  No document.

import { hasOwnId, isShown } from "./fields.js";

// Comma, semicolon or tab, whichever is most frequent in the first line outside of quotes.
function delimiterOf(text) {
	const counts = { ",": 0, ";": 0, "\t": 0 };
	let isQuoted = false;
	for (const sign of text) {
		if (sign === '"')
			isQuoted = !isQuoted;
		else if (!isQuoted && (sign === "\n" || sign === "\r"))
			break;
		else if (!isQuoted && sign in counts)
			counts[sign] += 1;
	}
	return Object.keys(counts).reduce((best, sign) => (counts[sign] > counts[best] ? sign : best), ",");
}

/** The first lines of a CSV file as cells, for a preview.  The server reads the file itself. */
export function linesOf(file, most = 1) {
	const text = file.replace(/^\ufeff/, ""), delimiter = delimiterOf(text);
	const lines = [];
	let line = [""], isQuoted = false;
	const add = (sign) => { line[line.length - 1] += sign; };
	const end = () => {
		if (line.length > 1 || line[0] !== "")
			lines.push(line);
		line = [""];
	};

	for (let i = 0; i < text.length && lines.length < most; i += 1) {
		const sign = text[i];
		if (isQuoted && sign === '"' && text[i + 1] === '"') {
			add('"');
			i += 1;
		} else if (sign === '"' && (isQuoted || line.at(-1) === "")) {
			isQuoted = !isQuoted;
		} else if (!isQuoted && sign === delimiter) {
			line.push("");
		} else if (!isQuoted && (sign === "\n" || sign === "\r")) {
			end();
		} else {
			add(sign);
		}
	}
	if (lines.length < most)
		end();
	return lines;
}

// A name as the server compares it: its letters and digits, in lower case.
export function loose(name) {
	return name.replace(/[\x00-\x7f]/g, (sign) => (/[A-Za-z0-9]/.test(sign) ? sign.toLowerCase() : ""));
}

// What a file can fill: [{ name, label, also, required }].
export function targetsOf(collection) {
	const { idLabel, idAlso = [] } = collection;
	const fields = collection.fields.filter((field) => isShown(field) && !field.derived && field.type !== "json");
	const targets = fields.map(({ name, label, also = [], required, default: initial }) => ({
		name, label, also, required: Boolean(required) && initial === undefined,
	}));
	if (hasOwnId(collection))
		targets.unshift({ name: "id", label: idLabel, also: idAlso, required: true });
	return targets;
}

function isNatural({ name, label, also = [] }, header) {
	return [name, label, ...also].some((one) => loose(header) === loose(one));
}

// A column whose name contains the name or the label of the field, as START_DATE contains date.
function isLikely(target, header) {
	const name = loose(header);
	return [loose(target.name), loose(target.label)].some((one) => one.length > 2 && name.includes(one));
}

/**
 * Whether the first line is a row rather than names: it holds figures and nothing that matches a name.  This is asked
 * only of collections whose files are known to come without names.
 */
export function lacksHeader(collection, headers) {
	if (collection.headerless === undefined || !headers.some((header) => /\d/.test(header)))
		return false;
	const targets = targetsOf(collection);
	const isName = (header) => targets.some((target) => isNatural(target, header) || isLikely(target, header));
	return !headers.some((header) => isKnown(collection, header) || isName(header));
}

/** The names of columns in a file that does not name them, here and on the server: 1, 2, … */
export function numbered(line) {
	return line.map((_, at) => String(at + 1));
}

/** The column whose name contains that of a field, among those that fill nothing; or undefined. */
export function likelyFor(collection, name, headers) {
	const target = targetsOf(collection).find((one) => one.name === name);
	return target && headers.find((header) => isLikely(target, header));
}

// Columns that an export adds.  The server reads them by itself.
const OWN = new Set(["version", "seq", "owner", "createdat", "createdby", "lastupdatedat", "lastupdatedby"]);

function isKnown(collection, header) {
	const name = loose(header), { idForm = "given", fields } = collection;
	const isRecordId = name === "id" && idForm === "given" && !hasOwnId(collection);
	return isRecordId || OWN.has(name) || fields.some((field) => field.derived && isNatural(field, header));
}
