// Reports over any days: filters, one or two groups, bars, a table with sums, and files and sheets of what is shown.
// All of it is counted on this device, so it works without a network.  What is shown is in the address.

import { useMemo, useState } from "preact/hooks";
import {
	Bars, Button, Empty, Field, Menu, Segments, Select, TextInput, Waiting, formatDate, formatMoney,
	formatMonth, isNarrow, isWide,
} from "../ui/index.js";
import { saveFile } from "../base/save-file.js";
import { setQuery } from "../base/router.jsx";
import { rows, space, status } from "../base/state.js";
import { count } from "../base/words.js";
import { shownInName } from "../base/zones.jsx";
import { binding, sites, today } from "./data.js";
import { RangePick } from "./range-pick.jsx";
import { rangeOf, unitsOf } from "./ranges.js";
import { GROUPS, csvOf, entriesCsv, entriesOf, linesOf, nested, sumOf } from "./report.js";
import { allTags, currency, isOfMany, reportData, reportPeople } from "./report-data.js";
import { Timesheets } from "./timesheet.jsx";
import { hoursText } from "./timer.jsx";

const SHOWN = 200; // lines before "Show all"
const NONE = "-"; // in the address: sessions without any

const idOf = (value) => (value === NONE ? null : value);

// --- what is asked, from the address ---

function usesProjects() {
	return rows("projects").value.length > 0;
}

// The groups that make sense in this space.
function groupNames() {
	const has = {
		person: isOfMany(), client: rows("clients").value.length > 0, project: usesProjects(),
		tag: allTags.value.length > 0, task: usesProjects(), jobSite: sites.value.length > 0,
	};
	return Object.keys(GROUPS).filter((name) => has[name] ?? true);
}

function usualGroup() {
	return isOfMany() ? "person" : usesProjects() ? "project" : "day";
}

function groupOf(by = "") {
	const known = groupNames(), given = [...new Set(by.split(","))].filter((name) => known.includes(name));
	return given.length > 0 ? given.slice(0, 2) : [usualGroup()];
}

function queryOf(query, range) {
	const one = (value) => (value ? [idOf(value)] : undefined);
	return {
		from: range.from, to: range.to, group: groupOf(query.by), person: one(query.person),
		project: one(query.project), client: one(query.client), jobSite: one(query.site),
		tag: query.tag === NONE ? "" : query.tag, q: query.q,
		billable: query.billable ? query.billable === "yes" : undefined,
	};
}

// --- filters ---

function named(list, none) {
	const sorted = [...list].sort((left, right) => left.name.localeCompare(right.name));
	return [...sorted.map(({ id, name }) => [id, name]), ...(none ? [[NONE, none]] : [])];
}

// The filters that this space has a use for: [key, label, the words for no choice, options].
function filtersOf() {
	const people = named(reportPeople()), clients = rows("clients").value;
	return [
		people.length > 1 && ["person", "Person", "Everyone", people],
		clients.length > 0 && ["client", "Client", "All", named(clients, "No client")],
		usesProjects() && ["project", "Project", "All", named(rows("projects").value, "No project")],
		allTags.value.length > 0 &&
			["tag", "Tag", "All", [...allTags.value.map((tag) => [tag, tag]), [NONE, "No tag"]]],
		usesProjects() && ["billable", "Billable", "All", [["yes", "Billable"], ["no", "Not billable"]]],
		sites.value.length > 0 && ["site", "Site", "All", named(sites.value, "No site")],
	].filter(Boolean);
}

function Filters({ query }) {
	const filters = filtersOf(), on = [...filters.map(([key]) => key), "q"].filter((key) => query[key]);
	const [isOpen, setOpen] = useState(!isNarrow.value || on.length > 0);
	const turn = (event) => setOpen(event.currentTarget.open);
	const clear = () => setQuery(Object.fromEntries(on.map((key) => [key, null])));
	return (
		<details class="report-filters no-print" open={isOpen} onToggle={turn}>
			<summary class="small muted">{on.length > 0 ? `Filters (${on.length})` : "Filters"}</summary>
			<div class="report-fields">
				{filters.map(([key, label, empty, options]) => (
					<Field key={key} label={label}>
						<Select
							value={query[key] ?? null} empty={empty} options={options}
							onInput={(value) => setQuery({ [key]: value })}
						/>
					</Field>
				))}
				<Field label="Text">
					<TextInput
						value={query.q ?? ""} onInput={(text) => setQuery({ q: text || null })}
					/>
				</Field>
				{on.length > 0 && <Button kind="quiet" icon="close" onClick={clear}>Clear</Button>}
			</div>
		</details>
	);
}

const PARTS = [["report", "Summary"], ["sheet", "Timesheet"]];

function Parts({ part }) {
	return (
		<Segments
			label="Kind of report" fit value={part} options={PARTS}
			onInput={(name) => setQuery({ part: name === "sheet" ? name : null })}
		/>
	);
}

// --- what comes of it ---

const DAY_MONTH = { day: "numeric", month: "short" };

const NOTHING = { tag: "No tags", jobSite: "No site" };

// A key in words: days, weeks and months as dates, the rest by name.
function keyWords(by, key) {
	if (!key)
		return NOTHING[by] ?? `No ${by}`;
	if (by === "day")
		return formatDate(key.id);
	if (by === "week")
		return `Week of ${formatDate(key.id, DAY_MONTH)}`;
	return by === "month" ? formatMonth(key.id) : key.name ?? "Deleted";
}

function rangeWords({ from, to }) {
	return from === to ? formatDate(from) : `${formatDate(from)} – ${formatDate(to)}`;
}

function barName(unit, { from }) {
	if (unit === "month")
		return formatDate(from, { month: "short" });
	return unit === "week" ? formatDate(from, { day: "numeric", month: "numeric" }) : String(Number(from.slice(8)));
}

function Course({ entries, range, data }) {
	const { unit, parts } = unitsOf(range, binding.value.rules.sunday);
	const lines = new Map(linesOf(entries, ["day"], data).map((line) => [line.keys[0].id, line]));
	const items = parts.map((part) => {
		const within = [...lines].filter(([day]) => day >= part.from && day <= part.to).map(([, line]) => line);
		const { seconds, billable } = sumOf(within), isPart = billable > 0 && billable < seconds;
		const words = [
			`${rangeWords(part)}: ${hoursText(seconds)}`, isPart && `${hoursText(billable)} billable`,
		].filter(Boolean).join(", ");
		return {
			key: part.key, name: barName(unit, part), label: hoursText(seconds), value: seconds,
			part: isPart ? billable : 0, words, range: part,
		};
	});
	const zoom = ({ range: { from, to } }) => setQuery({ range: null, from, to }, {});
	return (
		<figure class="stack gap-2">
			<figcaption class="bold small">{`Hours by ${unit}`}</figcaption>
			<Bars title={`Hours by ${unit}`} items={items} onOpen={parts.length > 1 ? zoom : undefined} />
		</figure>
	);
}

function Figures({ sum, withMoney, withBillable }) {
	return (
		<dl class="totals over-2 flow">
			<div><dt>Hours</dt><dd class="accent big">{hoursText(sum.seconds)}</dd></div>
			{withBillable && <div><dt>Billable</dt><dd class="big">{hoursText(sum.billable)}</dd></div>}
			{withMoney && (
				<div><dt>Amount</dt><dd class="big">{formatMoney(sum.amount, currency())}</dd></div>
			)}
			{!(isNarrow.value && withMoney) && (
				<div><dt>Entries</dt><dd class="big">{sum.sessions}</dd></div>
			)}
		</dl>
	);
}

function Line({ name, line, most, has, isHead, isBelow }) {
	const share = `${line.seconds / Math.max(1, most) * 100}%`;
	return (
		<tr data-head={isHead ? "true" : undefined} data-below={isBelow ? "true" : undefined}>
			<th scope="row">
				<bdi>{name}</bdi>
				{!isHead && (
					<span class="report-share" aria-hidden="true">
						<i style={{ inlineSize: share }} />
					</span>
				)}
			</th>
			<td>{hoursText(line.seconds)}</td>
			{has.billable && <td>{line.billable > 0 ? hoursText(line.billable) : "–"}</td>}
			{has.money && <td>{line.amount > 0 ? formatMoney(line.amount, currency()) : "–"}</td>}
			{has.entries && <td>{line.sessions}</td>}
		</tr>
	);
}

function Lines({ report, has }) {
	const { group, lines, sum } = report, [whole, setWhole] = useState(false);
	const shown = whole ? lines : lines.slice(0, SHOWN), most = Math.max(...lines.map(({ seconds }) => seconds));
	const [first, second] = group;
	const lineOf = (line, at) => (
		<Line
			key={line.keys[at]?.id ?? ""} name={keyWords(group[at], line.keys[at])} line={line} most={most}
			has={has} isBelow={at > 0}
		/>
	);
	return (
		<>
			<table class="report-table full">
				<caption class="unseen">
					Hours by {group.map((by) => GROUPS[by].toLowerCase()).join(" and ")}
				</caption>
				<thead>
					<tr>
						<th scope="col">{group.map((by) => GROUPS[by]).join(", ")}</th>
						<th scope="col">Hours</th>
						{has.billable && <th scope="col">Billable</th>}
						{has.money && <th scope="col">Amount</th>}
						{has.entries && <th scope="col">Entries</th>}
					</tr>
				</thead>
				{second ? nested(shown).map((part) => (
					<tbody key={part.key?.id ?? ""}>
						<Line name={keyWords(first, part.key)} line={part} has={has} isHead />
						{part.lines.map((line) => lineOf(line, 1))}
					</tbody>
				)) : (
					<tbody>{shown.map((line) => lineOf(line, 0))}</tbody>
				)}
				<tfoot>
					<Line name="Total" line={sum} has={has} isHead />
				</tfoot>
			</table>
			{shown.length < lines.length && (
				<Button class="no-print" onClick={() => setWhole(true)}>
					Show all {lines.length} lines
				</Button>
			)}
		</>
	);
}

function Groups({ group }) {
	const names = groupNames(), [first, second = null] = group;
	const set = (one, other) => setQuery({ by: [one, other].filter(Boolean).join(",") });
	const words = (list) => list.map((name) => [name, GROUPS[name]]);
	const others = words(names.filter((name) => name !== first));
	return (
		<div class="report-groups pair no-print">
			<Field label="Group by">
				<Select
					value={first} options={words(names)}
					onInput={(name) => set(name, name === second ? null : second)}
				/>
			</Field>
			<Field label="Then by">
				<Select
					value={second} empty="Nothing" options={others}
					onInput={(name) => set(first, name)}
				/>
			</Field>
		</div>
	);
}

function Export({ report, entries, data }) {
	const save = (text, name) => {
		const file = `${name} ${report.from} to ${report.to}${shownInName()}.csv`;
		saveFile(new Blob([text], { type: "text/csv;charset=utf-8" }), file);
	};
	const lines = (style, name) => () => save(csvOf(report, style, currency()), name);
	const each = () => save(entriesCsv(entries, data, currency()), "Entries");
	return (
		<Menu label="Export" words="Export" icon="download" items={[
			{ label: "Report (CSV)", icon: "file", onSelect: lines("people", "Report") },
			{ label: "Entries (CSV)", icon: "list", onSelect: each },
			{ label: "Report for programs (CSV)", icon: "download", onSelect: lines("programs", "report") },
			{ label: "Print or save as PDF", icon: "print", onSelect: () => print() },
		]} />
	);
}

// The title on paper: whose hours, when, and what was chosen.
function Heading({ range, query }) {
	const chosen = filtersOf().filter(([key]) => query[key]).map(([key, label, , options]) =>
		`${label}: ${options.find(([value]) => value === query[key])?.[1] ?? query[key]}`);
	return (
		<header class="only-print">
			<h1>{space.value.info.name}</h1>
			<p>{[rangeWords(range), ...chosen, query.q && `“${query.q}”`].filter(Boolean).join(" · ")}</p>
		</header>
	);
}

function Summary({ query, range }) {
	const asked = queryOf(query, range), data = reportData.value, name = JSON.stringify(asked);
	const entries = useMemo(() => entriesOf(asked, data), [name, data]);
	const lines = useMemo(() => linesOf(entries, asked.group, data), [entries, name]);
	const report = { ...asked, lines, sum: sumOf(lines) };
	const has = {
		billable: usesProjects() && report.sum.billable > 0, money: report.sum.amount > 0,
		entries: isWide.value || !usesProjects(),
	};
	const { running } = report.sum;
	return (
		<>
			<Heading range={range} query={query} />
			<div class="flow gap-3 ends on-foot">
				<Figures sum={report.sum} withMoney={has.money} withBillable={has.billable} />
				<div class="report-how flow gap-3 on-foot no-print">
					<Groups group={asked.group} />
					{lines.length > 0 && <Export report={report} entries={entries} data={data} />}
				</div>
			</div>
			{lines.length === 0 && <Empty icon="time" text="No time in these days." />}
			{lines.length > 0 && <Course entries={entries} range={range} data={data} />}
			{lines.length > 0 && <Lines report={report} has={has} />}
			{running > 0 && (
				<p class="hint">
					{count(running, "timer is", "timers are")} running and counted until now.
				</p>
			)}
		</>
	);
}

export function Reports({ query }) {
	const range = rangeOf(query, { today: today.value, sunday: binding.value.rules.sunday });
	const part = query.part === "sheet" ? "sheet" : "report";
	if (!status.value?.loaded)
		return <Waiting />;
	return (
		<section class="report-page stack">
			<RangePick range={range} query={query} end={<Parts part={part} />} />
			{part === "report" && <Filters query={query} />}
			{part === "report" ? (
				<Summary query={query} range={range} />
			) : (
				<Timesheets range={range} person={query.person} />
			)}
		</section>
	);
}
