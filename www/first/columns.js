// Which column of a CSV file fills which field: read from its first line, guessed by name, chosen by the person, and said to the server
// as its `map`.  The server matches names by itself in the same loose way, so only what differs from that is said.  No document.

import { hasOwnId, isShown } from "./forms.js";

// The names in the first line.  Comma, semicolon or tab, whichever stands there most often outside of quotes.
export function headerOf(text) {
	const counts = { ",": 0, ";": 0, "\t": 0 };
	const line = firstLine(text.replace(/^\ufeff/, ""), (sign) => { if (sign in counts) counts[sign] += 1; });
	const delimiter = Object.keys(counts).reduce((best, sign) => (counts[sign] > counts[best] ? sign : best), ",");
	const names = [""];
	firstLine(line, (sign, isQuoted) => {
		if (sign === delimiter && !isQuoted)
			names.push("");
		else
			names[names.length - 1] += sign;
	}, true);
	return names.map((name) => name.trim()).filter(Boolean);
}

// Walks over the first line, calling each(sign, isQuoted); quotes themselves are left out.  Returns the line as it stands.
function firstLine(text, each, withQuoted = false) {
	let isQuoted = false, i = 0;
	for (; i < text.length; i += 1) {
		const sign = text[i];
		if (!isQuoted && (sign === "\n" || sign === "\r"))
			break;
		if (sign === '"' && isQuoted && text[i + 1] === '"') {
			i += 1;
			if (withQuoted)
				each('"', true);
		} else if (sign === '"') {
			isQuoted = !isQuoted;
		} else if (withQuoted || !isQuoted) {
			each(sign, isQuoted);
		}
	}
	return text.slice(0, i);
}

// As the server compares names: letters and digits alone, small.
export function loose(name) {
	return name.replace(/[\x00-\x7f]/g, (sign) => (/[A-Za-z0-9]/.test(sign) ? sign.toLowerCase() : ""));
}

// What a file can fill: [{ name, label, required }].
export function targetsOf(collection) {
	const fields = collection.fields.filter((field) => isShown(field) && !field.derived && field.type !== "json");
	const id = hasOwnId(collection) ? [{ name: "id", label: collection.idLabel, required: true }] : [];
	return [...id, ...fields.map(({ name, label, required, default: initial }) => ({ name, label, required: Boolean(required) && initial === undefined }))];
}

function isNatural(target, header) {
	return loose(header) === loose(target.name) || loose(header) === loose(target.label);
}

// { target: header or "" }: the columns that are called like a field.
export function guess(collection, headers) {
	return Object.fromEntries(targetsOf(collection).map((target) => [target.name, headers.find((header) => isNatural(target, header)) ?? ""]));
}

export function missingOf(collection, choice) {
	return targetsOf(collection).filter(({ name, required }) => required && !choice[name]);
}

// An export's own columns; the server knows what to do with them.
const OWN = new Set(["version", "seq", "owner", "createdat", "createdby", "lastupdatedat", "lastupdatedby"]);

function isKnown(collection, header) {
	const isRecordId = loose(header) === "id" && (collection.idForm ?? "given") === "given" && !hasOwnId(collection);
	return isRecordId || OWN.has(loose(header)) || collection.fields.some((field) => field.derived && isNatural(field, header));
}

// The `map` of a query: "HEADER=field,HEADER=", names %-encoded.
export function mapOf(collection, headers, choice) {
	const parts = [];
	for (const header of new Set(headers)) {
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
