// Which records a list shows, and how.  Search, filters, order and view are in the address.  The columns, and whether
// it is a list or a table, are stored on this device as the person chose them.

import { signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { capital } from "../ui/format.js";
import { setQuery } from "../base/router.jsx";
import { engine, personName, rows } from "../base/state.js";
import { choices, options } from "./context.js";
import { groupsOf, monthOf, sumOf } from "./groups.js";
import { orderOf, sortRecords } from "./order.js";
import { filtersOf, matches, sieve, textToSearch } from "./search.js";
import { COLUMNS, columnsOf } from "./table.js";
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

function withOrWithout(keys, key) {
	return keys.includes(key) ? keys.filter((one) => one !== key) : [...keys, key];
}

// The bar over a list: the search, the owner, and the filters that some record passes.
function barOf(query, counted, chosen) {
	const keys = chosen.map(({ key }) => key);
	const turn = (key) => setQuery({ f: withOrWithout(keys, key).join(",") });
	const letOwnerGo = () => setQuery({ owner: "" });
	const ownerLabel = query.owner && capital(personName(query.owner));
	const owner = ownerLabel && { key: "owner", label: ownerLabel, on: true, onToggle: letOwnerGo };
	const filters = counted.filter(({ count }) => count > 0).map(({ key, label, count }) => ({
		key, label, count, on: keys.includes(key), onToggle: () => turn(key),
	}));
	return {
		query: query.q ?? "", filters: owner ? [owner, ...filters] : filters,
		onQuery: (q) => setQuery({ q }), onClear: () => setQuery({ q: "", f: "", owner: "" }),
	};
}

/**
 * Everything a list needs.  records: what is shown, in order.  all: every record.  groupOf(record): its month, if the
 * list has months.  bar: the properties of the FilterBar.  isNarrowed: whether a search or filter is on.  filters:
 * those that are on.  The records are those of now, unless others are given.
 */
export function useLook(known, query, all = rows(known.definition.name).value) {
	const { name } = known.definition;
	const around = options();
	const offered = useMemo(() => {
		const wanted = (query.f ?? "").split(",");
		return filtersOf(known, choices, { records: all, refTitle: around.refTitle, wanted });
	}, [known, all, query.f]);
	const chosen = chosenFilters(offered, query.f);
	const order = orderOf(known, query.sort);
	const key = [query.q, query.f, query.sort, query.owner].join("\n");
	const { owner, q } = query;
	const owned = useMemo(() => (owner ? all.filter((record) => record.owner === owner) : all), [all, owner]);
	const records = useMemo(() => {
		const passes = sieve(chosen), isFound = (record) => !q || matches(textOf(known, record, around), q);
		return sortRecords(known, owned.filter((record) => passes(record) && isFound(record)), order, around);
	}, [known, owned, key]);
	const isGrouped = known.grouped && order.key === known.order?.name;
	const heads = useMemo(() => (isGrouped ? groupsOf(known, records, around) : null), [known, records, isGrouped]);
	const groupOf = useMemo(() => (heads ? (record) => heads.get(monthOf(known, record)) : undefined), [heads]);
	const counted = useMemo(() => {
		const countOf = (filter) => owned.filter(sieve([filter])).length;
		return offered.map((filter) => ({ ...filter, count: countOf(filter) }));
	}, [offered, owned]);
	return {
		records, all, order, groupOf, bar: barOf(query, counted, chosen),
		isNarrowed: Boolean(q || chosen.length || owner), filters: chosen,
		setOrder: ({ key: by, down }) => setQuery({ sort: (down ? "-" : "") + by }),
	};
}

/** "list" or "table": of the address, else what was chosen last. */
export function viewOf(name, query) {
	return query.view ?? engine.notes.get(`view:${name}`) ?? "list";
}

export function setView(name, view) {
	engine.notes.put(`view:${name}`, view);
	setQuery({ view });
}

const chosenAnew = signal(0); // changes when somebody chooses columns

/** The names of the columns of the table: as chosen, else the first ones. */
export function columnNames(known) {
	chosenAnew.value;
	const own = engine.notes.get(`columns:${known.definition.name}`);
	return own ?? columnsOf(known).slice(0, COLUMNS).map(({ name }) => name);
}

export function setColumns(known, names) {
	engine.notes.put(`columns:${known.definition.name}`, names);
	chosenAnew.value += 1;
}

/** The sum under a column of a table; undefined where there is none. */
export function sumText(field, records, around) {
	const isSummed = field.sum && records.length > 0;
	return isSummed ? formatValue(field, sumOf(field, records), around) : undefined;
}
