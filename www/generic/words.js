// Ops in words: "Car 128489: Location → 200".

import { definition, row } from "../base/state.js";
import { isEmpty, zoneOf } from "./fields.js";
import { formatValue } from "./values.js";
import { nameOf, options } from "./context.js";

const SHOWN = 3; // fields named in a sentence
const LONG = 60; // characters of a value in a sentence

function short(text) {
	return text.length > LONG ? `${[...text].slice(0, LONG).join("")}…` : text;
}

function change(collection, name, value, record) {
	const form = definition(collection);
	const field = form?.fields.find((one) => one.name === name) ?? { name, label: name, type: "text" };
	const words = field.type === "boolean" ? (value ? "yes" : "no") : isEmpty(value) ? "empty" : short(formatValue(field, value, { ...options(), zone: form && zoneOf(form, record) }));
	return `${field.label} → ${words}`;
}

/** The record an op is about, as it was meant to be. */
export function recordOf(op) {
	return { ...(row(op.collection, op.record) ?? op.conflict?.current ?? op.was), ...(op.kind === "create" ? op.set : {}), id: op.record };
}

/** The changes of an op: ["Location → 200", …]. */
export function changesInWords(op, most = SHOWN) {
	const record = recordOf(op), names = Object.keys(op.set ?? {}).filter((name) => !definition(op.collection)?.fields.find((one) => one.name === name)?.hidden);
	const said = names.slice(0, most).map((name) => change(op.collection, name, op.set[name], record));
	return names.length > most ? [...said, `${names.length - most} more`] : said;
}

/** An op as a sentence. */
export function opInWords(op) {
	const name = nameOf(op.collection, recordOf(op));
	if (op.kind === "delete")
		return `${name}: delete`;
	if (op.kind === "create")
		return `${name}: add`;
	return `${name}: ${changesInWords(op).join(", ")}`;
}
