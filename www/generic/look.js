// How a list is looked at: what stands in the address (search, filters, order, view) and what this person chose on this device (columns,
// list or table); and the records that come of it.

import { signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { capital } from "../ui/format.js";
import { setQuery } from "../base/router.jsx";
import { engine, personName, rows } from "../base/state.js";
import { choices, options } from "./context.js";
import { COLUMNS, canBeSummed, columnsOf, filtersOf, groupsOf, matches, monthOf, orderOf, sieve, sortRecords, sumOf, textToSearch } from "./rows.js";
import { formatValue } from "./values.js";

const texts = new WeakMap(); // record → what a search finds in it

function textOf(known, record, around) {
	let text = texts.get(record);
	if (text === undefined)
		texts.set(record, text = textToSearch(known, record, around));
	return text;
}

function chosenFilters(all, text) {
	const keys = new Set((text ?? "").split(",").filter(Boolean));
	return all.filter(({ key }) => keys.has(key));
}

/** Everything a list needs: {records, all, owned, filters, query, order, groupOf, …}. */
export function useLook(known, query) {
	const { name } = known.definition;
	const all = rows(name).value;
	const around = options();
	const offered = useMemo(() => filtersOf(known, choices), [known, all]);
	const chosen = chosenFilters(offered, query.f);
	const order = orderOf(known, query.sort);
	const key = [query.q, query.f, query.sort, query.owner].join("\n");
	const owned = useMemo(() => (query.owner ? all.filter((record) => record.owner === query.owner) : all), [all, query.owner]);
	const records = useMemo(() => {
		const passes = sieve(chosen);
		const found = owned.filter((record) => passes(record) && (!query.q || matches(textOf(known, record, around), query.q)));
		return sortRecords(known, found, order, around);
	}, [known, owned, key]);
	const isOwnOrder = order.key === known.order?.name;
	const heads = useMemo(() => (known.grouped && isOwnOrder ? groupsOf(known, records, around) : null), [known, records, isOwnOrder]);
	const groupOf = useMemo(() => (heads ? (record) => heads.get(monthOf(known, record)) : undefined), [heads]);
	const filters = useMemo(() => offered.map((filter) => ({ ...filter, count: owned.filter(sieve([filter])).length })), [offered, owned])
		.filter((filter) => filter.count > 0 || chosen.includes(filter));
	const toggle = (filter) => {
		const keys = chosen.map((one) => one.key);
		setQuery({ f: (keys.includes(filter.key) ? keys.filter((one) => one !== filter.key) : [...keys, filter.key]).join(",") });
	};
	return {
		records, all, owned, order, groupOf, isNarrowed: Boolean(query.q || chosen.length || query.owner),
		bar: {
			query: query.q ?? "", onQuery: (q) => setQuery({ q }), onClear: () => setQuery({ q: "", f: "", owner: "" }),
			filters: [...(query.owner ? [{ key: "owner", label: capital(personName(query.owner)), on: true, onToggle: () => setQuery({ owner: "" }) }] : []), ...filters.map((filter) => ({ key: filter.key, label: filter.label, count: filter.count, on: chosen.some(({ key: one }) => one === filter.key), onToggle: () => toggle(filter) }))],
		},
		setOrder: ({ key: by, down }) => setQuery({ sort: (down ? "-" : "") + by }),
	};
}

/** "list" or "table", remembered. */
export function viewOf(name, query) {
	return query.view ?? engine.notes.get(`view:${name}`) ?? "list";
}

export function setView(name, view) {
	engine.notes.put(`view:${name}`, view);
	setQuery({ view });
}

const chosenAnew = signal(0); // moves when somebody chooses columns

/** The names of the columns of the table, as chosen or as is likely. */
export function columnNames(known) {
	chosenAnew.value;
	return engine.notes.get(`columns:${known.definition.name}`) ?? columnsOf(known).slice(0, COLUMNS).map(({ name }) => name);
}

export function setColumns(known, names) {
	engine.notes.put(`columns:${known.definition.name}`, names);
	chosenAnew.value += 1;
}

/** The sums under a table. */
export function sumText(field, records, around) {
	return canBeSummed(field) && records.length > 0 ? formatValue(field, sumOf(field, records), around) : undefined;
}
