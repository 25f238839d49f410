// What a write is called, for those lists where people see what is on its way.

import { formatDate, formatInstant } from "../ui/format.js";
import { definition, space } from "./state.js";

const TITLES = ["name", "title", "number", "label", "employeeId", "date", "start", "day"]; // fields that tell one record from another

function valueWords(value) {
	if (/^\d{4}-\d\d-\d\dT/.test(value))
		return formatInstant(value);
	return /^\d{4}-\d\d-\d\d$/.test(value) ? formatDate(value) : value;
}

/** What tells a record from others, in words; its id where nothing else does. */
export function recordTitle(collection, id, fields = {}) {
	const known = { ...space.value?.get(collection, id), ...fields };
	if (known.firstName || known.lastName)
		return [known.firstName, known.lastName].filter(Boolean).join(" ");
	const from = known.from && known.to ? `${known.from} → ${known.to}` : null;
	const field = TITLES.find((name) => typeof known[name] === "string" && known[name]);
	return from ?? (field ? valueWords(known[field]) : /^[0-9a-f]{8}-|^[0-9a-f]{32}$/.test(id) ? "" : id);
}

function fieldWords(collection, set) {
	const fields = definition(collection)?.fields ?? [];
	return Object.keys(set ?? {}).map((name) => fields.find((field) => field.name === name)?.label ?? name).join(", ");
}

/** {title, meta}: "Weight 2026-11-20", "Change: Note". */
export function opWords(op) {
	const singular = definition(op.collection)?.singular ?? op.collection;
	const name = singular.replace(/([A-Z])/g, " $1").toLowerCase();
	const title = `${name[0].toUpperCase()}${name.slice(1)} ${recordTitle(op.collection, op.record, { ...op.was, ...op.set })}`.trim();
	const meta = { create: "Added", delete: "Deleted", set: `Changed: ${fieldWords(op.collection, op.set)}` }[op.kind];
	return op.label ? { title: op.label, meta: null } : { title, meta };
}

/** Where one looks at the record of a write. */
export function opAddress(op) {
	return `/c/${op.collection}/${op.record}`;
}
