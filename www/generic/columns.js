// Which column of a CSV file fills which field.  The first line names the columns.  Names that match are taken, and the
// person chooses the rest.  The server matches names in the same loose way, so the `map` of a query names only what
// differs from that.  No document.

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

/** The names in the first line. */
export function headerOf(text) {
	return (linesOf(text)[0] ?? []).map((name) => name.trim()).filter(Boolean);
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

/** The same as guess(), for numbered columns: the definition says which field each of them fills. */
export function guessByPlace(collection, headers) {
	const places = collection.headerless ?? [];
	return Object.fromEntries(targetsOf(collection).map(({ name }) => [name, headers[places.indexOf(name)] ?? ""]));
}

/**
 * {target: header or ""}: the columns whose names match.  For a required field, a name that contains its own is enough.
 */
export function guess(collection, headers) {
	const targets = targetsOf(collection), choice = {};
	for (const target of targets)
		choice[target.name] = headers.find((header) => isNatural(target, header)) ?? "";
	const taken = new Set(Object.values(choice));
	for (const target of targets.filter(({ name, required }) => required && !choice[name]))
		choice[target.name] = headers.find((header) => !taken.has(header) && isLikely(target, header)) ?? "";
	return choice;
}

export function missingOf(collection, choice) {
	return targetsOf(collection).filter(({ name, required }) => required && !choice[name]);
}

// Columns that an export adds.  The server reads them by itself.
const OWN = new Set(["version", "seq", "owner", "createdat", "createdby", "lastupdatedat", "lastupdatedby"]);

function isKnown(collection, header) {
	const name = loose(header), { idForm = "given", fields } = collection;
	const isRecordId = name === "id" && idForm === "given" && !hasOwnId(collection);
	return isRecordId || OWN.has(name) || fields.some((field) => field.derived && isNatural(field, header));
}

// Ids that are made from the owner are made again when somebody else becomes the owner.
function isOwners(collection, header) {
	return loose(header) === "owner" || (loose(header) === "id" && collection.idForm === "hash");
}

/** Columns of the file that fill nothing. */
export function unusedOf(collection, headers, choice) {
	return headers.filter((header) => !Object.values(choice).includes(header) && !isKnown(collection, header));
}

/** The `map` of a query: "HEADER=field,HEADER=", names %-encoded.  isMine: the owners in the file are ignored. */
export function mapOf(collection, headers, choice, isMine = false) {
	const owners = isMine ? headers.filter((header) => isOwners(collection, header)) : [];
	const parts = owners.map((header) => `${encodeURIComponent(header)}=`);
	for (const header of new Set(headers)) {
		if (owners.includes(header))
			continue;
		const targets = targetsOf(collection).filter(({ name }) => choice[name] === header);
		const name = encodeURIComponent(header);
		if (targets.length === 1 && isNatural(targets[0], header))
			continue;
		if (targets.length === 0 && !isKnown(collection, header))
			parts.push(`${name}=`);
		parts.push(...targets.map((target) => `${name}=${encodeURIComponent(target.name)}`));
	}
	return parts.join(",");
}
