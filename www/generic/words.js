// Ops in words: "Car 128489: Location → 200".

import { definition, rowNow } from "../base/state.js";
import { closedWords } from "../base/words.js";
import { isEmpty, zoneOf } from "./fields.js";
import { formatValue } from "./values.js";
import { nameOf, options } from "./context.js";

const SHOWN = 3; // fields named in a sentence
const LONG = 60; // characters of a value in a sentence

function short(text) {
	return text.length > LONG ? `${[...text].slice(0, LONG).join("")}…` : text;
}

function valueWords(field, value, zone) {
	if (field.type === "boolean")
		return value ? "yes" : "no";
	return isEmpty(value) ? "empty" : short(formatValue(field, value, { ...options(), zone }));
}

function change(collection, name, value, record) {
	const form = definition(collection);
	const field = form?.fields.find((one) => one.name === name) ?? { name, label: name, type: "text" };
	return `${field.label} → ${valueWords(field, value, zoneOf(form, record))}`;
}

/** The record of an op, as the op wants it. */
export function recordOf(op) {
	const known = rowNow(op.collection, op.record) ?? op.conflict?.current ?? op.was;
	return { ...known, ...(op.kind === "create" ? op.set : {}), id: op.record };
}

/** The changes of an op: ["Location → 200", …]. */
export function changesInWords(op, most = SHOWN) {
	const record = recordOf(op), fields = definition(op.collection)?.fields ?? [];
	const isHidden = (name) => fields.some((field) => field.name === name && field.hidden);
	const names = Object.keys(op.set ?? {}).filter((name) => !isHidden(name));
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

/** Why an op was refused. */
export function reasonOf({ problem }) {
	if (problem?.type === "/problems/period-closed" && problem.period)
		return closedWords(problem.period, rowNow("periods", problem.period.id));
	return problem?.detail ?? "The server gave no reason.";
}
