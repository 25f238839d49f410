// How a collection looks in the web app, as texts: what the screens make of its definition, field by field and value by
// value.  Run by itself it prints how all of them look; tests/fixtures/looks.json holds that, so that a change of what
// is shown is seen.
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { setLocale } from "../../www/ui/format.js";
import {
	canBeEmpty, choicesOf, fieldsOf, isPast, openFields, startValues, widgetOf,
} from "../../www/generic/fields.js";
import { linesOf } from "../../www/generic/forms.js";
import { monthOf } from "../../www/generic/groups.js";
import { orderOf, sortRecords } from "../../www/generic/order.js";
import { planOf } from "../../www/generic/plan.js";
import { describeRow, titleOf } from "../../www/generic/rows.js";
import { filtersOf, textToSearch } from "../../www/generic/search.js";
import { columnsOf } from "../../www/generic/table.js";
import { formatValue } from "../../www/generic/values.js";

const FOLDERS = ["schema/collections", "tests/fixtures/collections"];
const NOW = Date.parse("2026-11-21T12:00:00Z");

const around = {
	now: NOW, currency: "EUR",
	personName: (id) => `person ${id}`,
	refTitle: (collection, id) => `${collection} ${id}`,
};

// Commas and kinds of blanks differ from one edition of the locale data to the next.
const plain = (text) => text.replaceAll(",", "").replaceAll(/\s+/g, " ");

// Values that a field may hold; at tells fields of one type apart.
function valuesOf(field, at) {
	const two = String(at).padStart(2, "0");
	switch (field.type) {
	case "boolean": return [true, false];
	case "choice": return field.choices;
	case "integer": return [4200 + at];
	case "money": return [123400 + at];
	case "decimal": return [12.5 + at];
	case "date": return [`2026-11-${two}`];
	case "instant": return [`2026-11-20T08:${two}:00.000Z`];
	case "time": return [`08:${two}`];
	case "place": return [{ lat: 52.5, lng: 13.4 }];
	case "list": return [["one", "two"]];
	case "json": return [{ some: "thing" }];
	case "file": return ["ab".repeat(32)];
	case "text": return [field.format === "zone" ? "Europe/Berlin" : `${field.name} ${at}`];
	default: return [`${field.name}${at}`];
	}
}

function wordsOf(plan, record) {
	const { lead, title, meta, tags, span } = describeRow(plan, record, around);
	const called = titleOf(plan, record, around);
	const parts = [
		`"${title}"`,
		called !== title && `called "${called}"`,
		lead && `lead ${lead.figure} ${lead.unit}`,
		meta.length > 0 && meta.join(" · "),
		...tags.map(({ words, kind }) => `[${words}: ${kind}]`),
		span && `span ${span.text}${span.running ? " running" : ""}`,
		isPast(plan.definition, record) && "past",
	];
	return plain(parts.filter(Boolean).join(" | "));
}

// A record with nothing in it, with what is needed, with everything, and with each value that a field may hold.
function recordsOf({ fields }) {
	const samples = fields.map((field, at) => [field.name, valuesOf(field, at + 1)]);
	const firsts = Object.fromEntries(samples.map(([name, [first]]) => [name, first]));
	const needs = fields.filter(({ required }) => required).map(({ name }) => [name, firsts[name]]);
	const bare = { id: "r1", version: 1 }, needed = { ...bare, ...Object.fromEntries(needs) };
	const alone = samples.flatMap(([name, values]) =>
		values.map((value) => [`${name} ${JSON.stringify(value)}`, { ...needed, [name]: value }]));
	return { bare, needed, full: { ...bare, ...firsts }, ...Object.fromEntries(alone) };
}

function fieldLook(field, at) {
	const words = formatValue(field, valuesOf(field, at)[0], { ...around, zone: "Europe/Berlin" });
	const parts = [
		widgetOf(field, choicesOf(field)), field.sum && "summed", canBeEmpty(field) && "can be empty",
		words,
	];
	return plain(parts.filter(Boolean).join(", "));
}

function laterThan(value) {
	if (typeof value === "number")
		return value + 1;
	return typeof value === "string" ? value.replace(/\d(?=\D*$)/, "9") : value;
}

// In which order records stand that differ in one field: by it, then by the clock, then by their ids.
function sorted(plan, field, at) {
	const { fields } = plan.definition, [value] = valuesOf(field, at);
	const times = fields.filter(({ type }) => type === "time").map(({ name }, place) => [name, `0${place + 1}:00`]);
	const records = [
		{ id: "a", [field.name]: value, ...Object.fromEntries(times) },
		{ id: "b", [field.name]: value },
		{ id: "c", [field.name]: laterThan(value) },
	];
	const order = sortRecords(plan, records, { key: field.name, down: true }, around);
	return `${field.name} ${order.map(({ id }) => id).join("")}`;
}

/** Everything the lists, forms and tables of a collection do by its definition, as texts. */
export function lookOf(definition) {
	const plan = planOf(definition), records = recordsOf(definition), shown = fieldsOf(definition);
	const { key, down } = orderOf(plan), { fields } = definition;
	const numbered = fields.map((field, at) => [field, at + 1]);
	const seen = numbered.filter(([field]) => shown.includes(field));
	const namesOf = (line) => line.map(({ name }) => name).join(" + ");
	const formOf = (isNew) => linesOf(openFields(definition, isNew)).map(namesOf).join("; ");
	const lookOfField = ([field, at]) => [field.name, shown.includes(field) ? fieldLook(field, at) : "not shown"];
	const described = ([what, record]) => [what, wordsOf(plan, record)];
	const start = startValues(definition, { now: NOW, today: "2026-11-21", zone: "Europe/Berlin" });
	return {
		order: `${down ? "-" : ""}${key}`,
		month: monthOf(plan, records.full),
		columns: columnsOf(plan).map(({ name }) => name).join(" "),
		newForm: formOf(true),
		form: formOf(false),
		start: plain(JSON.stringify(start)),
		filters: filtersOf(plan).map((filter) => `${filter.key} ${filter.label}`).join("; "),
		found: plain(textToSearch(plan, records.full, around)),
		fields: Object.fromEntries(numbered.map(lookOfField)),
		sorted: seen.map(([field, at]) => sorted(plan, field, at)).join("; "),
		records: Object.fromEntries(Object.entries(records).map(described)),
	};
}

function definitionsIn(folder) {
	const files = readdirSync(folder).filter((name) => name.endsWith(".json")).sort();
	return files.map((name) => JSON.parse(readFileSync(new URL(name, folder), "utf8")));
}

/** How all collections look that are shipped or belong to the tests: {name: look}. */
export function looks() {
	process.env.TZ = "UTC";
	setLocale("en-GB");
	const all = FOLDERS.flatMap((folder) => definitionsIn(new URL(`../../${folder}/`, import.meta.url)));
	return Object.fromEntries(all.map((definition) => [definition.name, lookOf(definition)]));
}

if (process.argv[1] === fileURLToPath(import.meta.url))
	process.stdout.write(`${JSON.stringify(looks(), null, "\t")}\n`);
