// What the screens of records need to know of the space: the names of people and of records that are referred to, the
// currency, what may be chosen.

import { computed } from "@preact/signals";
import { definition, definitions, engine, hasRole, may, personName, row, rows, space, userId } from "../base/state.js";
import { choicesOf, settingsRecord, singularOf } from "./fields.js";
import { capital } from "../ui/format.js";
import { dayIn, ownZone } from "../ui/zone.js";
import { planOf } from "./plan.js";
import { describeRow, titleOf } from "./rows.js";

const READABLE = 30; // characters of an id that somebody chose; longer ids mean nothing to people

const plans = computed(() => new Map(definitions.value.map((one) => [one.name, planOf(one)])));

/** What lists need to know of a collection; undefined when there is none of this name. */
export function plan(collection) {
	return plans.value.get(collection);
}

function settingsOf(collection) {
	return settingsRecord(rows(collection).value);
}

/** What may be chosen for a field in this space. */
export function choices(field) {
	return choicesOf(field, settingsOf);
}

export const currency = computed(() => {
	if (!definition("spaceSettings"))
		return undefined;
	return settingsOf("spaceSettings")?.currency ?? "USD";
});

function refTitle(collection, id) {
	const found = row(collection, id), known = plan(collection);
	if (found && known)
		return titleOf(known, found, options());
	return id.length > READABLE ? "one that is no longer here" : id;
}

/** The options of formatValue and describeRow here. */
export function options() {
	return { refTitle, personName: (id) => capital(personName(id)), currency: currency.value };
}

export function today() {
	return dayIn(ownZone(), engine.now());
}

/** A record in words: {lead, title, meta, tags, span}, and `text`: title and leading figure in one line. */
export function describe(collection, record) {
	const known = plan(collection);
	if (!known)
		return { lead: null, title: record.id, meta: [], tags: [], span: null, text: record.id };
	const words = describeRow(known, record, { ...options(), now: engine.now() });
	// A given id leads the row, but the title says it already.
	const { figure, unit } = (known.definition.idLabel ? null : words.lead) ?? {};
	const lead = [figure, unit].filter(Boolean).join(" ");
	return { ...words, text: [titleIn(known, record), lead].filter(Boolean).join(", ") };
}

function titleIn(known, record) {
	return titleOf(known, record, options());
}

/** The title of a record after the word for its kind: "Car 128489", "Trip Yard → Shop", "Weight Sat, 21 Nov". */
export function nameOf(collection, record) {
	const known = plan(collection);
	if (!known)
		return record.id;
	if (known.definition.idLabel)
		return titleIn(known, record);
	const title = titleIn(known, record), kind = capital(singularOf(known.definition));
	return title === known.definition.label ? kind : `${kind} ${title}`;
}

/**
 * Whether the person may do it with this record.  In an `own` collection, and with messages, only managers may change
 * what belongs to others.  Only the sender may change the text of a message.  allows: may or mayNow of base/state.js.
 */
export function mayDo(what, collection, record = null, allows = may) {
	if (!allows(what, collection))
		return false;
	const { own, rules = [] } = definition(collection), isMessage = rules.includes("message");
	if (!(own || isMessage) || !record?.owner || record.owner === userId.value)
		return true;
	return hasRole("manager") && !(isMessage && what === "update");
}

/** Whether the person may say here whose a new record is. */
export function mayAssign(collection) {
	return Boolean(definition(collection)?.own) && space.value?.info.kind === "team" && hasRole("manager");
}

/** Whether the person sees several owners' records here: as a manager, or as somebody who oversees others. */
export function hasOwners(collection) {
	return mayAssign(collection) || (Boolean(definition(collection)?.overseen) &&
		rows(collection).value.some(({ owner }) => owner && owner !== userId.value));
}

/** The members as [id, name, role] for choosing. */
export const members = computed(() => {
	if (!definition("members"))
		return [];
	const all = rows("members").value.map(({ id, name, role }) => [id, name ?? id, role]);
	return all.sort((a, b) => a[1].localeCompare(b[1]));
});
