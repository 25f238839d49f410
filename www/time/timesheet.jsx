// A timesheet of a person: every entry of some days with the figures of each day, and lines to sign.  On paper each
// person has a page of their own.

import { Button, Empty, Field, Select, formatDate, formatDuration, formatMonth, formatTime } from "../ui/index.js";
import { setQuery } from "../base/router.jsx";
import { row, space } from "../base/state.js";
import { count } from "../base/words.js";
import { addDays } from "../ui/zone.js";
import { bindingFor, now, sessionsFor, titleOf } from "./data.js";
import { elapsed } from "./hours.js";
import { reportPeople } from "./report-data.js";
import { byDay } from "./span.jsx";
import { hoursText } from "./timer.jsx";

function isWholeMonth({ from, to }) {
	return from.endsWith("-01") && from.slice(0, 7) === to.slice(0, 7) && addDays(to, 1).endsWith("-01");
}

function spanTitle(range) {
	return isWholeMonth(range) ? formatMonth(range.from.slice(0, 7))
		: `${formatDate(range.from)} – ${formatDate(range.to)}`;
}

function whatOf({ lunch, row: one }) {
	const project = row("projects", one.project)?.name, title = titleOf(one);
	return [project, title !== project && (title !== "Work" || !project) && title, !lunch && one.task]
		.filter(Boolean).join(" · ");
}

const DAY = { weekday: "short", day: "numeric", month: "short" };

function DayRows({ day, entries, figures, zone }) {
	const lunch = figures.deductions > 0 ? hoursText(figures.deductions) : "–";
	return entries.map((one, at) => (
		<tr key={one.id} data-first={at === 0 ? "true" : undefined} data-lunch={one.lunch ? "true" : undefined}>
			{at === 0 && (
				<th scope="rowgroup" rowSpan={entries.length} class="unbroken">
					{formatDate(day, DAY)}
				</th>
			)}
			<td class="unbroken">
				{formatTime(one.start, one.row.zone ?? zone)} –{" "}
				{one.running ? "running" : formatTime(one.end, one.row.zone ?? zone)}
			</td>
			<td class="sheet-what"><bdi>{whatOf(one)}</bdi></td>
			<td>{formatDuration(elapsed(one.start, one.end ?? now.value))}</td>
			{at === 0 && <td rowSpan={entries.length}>{lunch}</td>}
			{at === 0 && <td rowSpan={entries.length}><b>{hoursText(figures.paid)}</b></td>}
		</tr>
	));
}

function Sign({ name }) {
	return (
		<div class="sheet-sign">
			{[[name, "Employee"], [null, "Manager"]].map(([who, role]) => (
				<div key={role} class="stack gap-1">
					<span class="sheet-line" />
					<span class="small">{who ? `${role}: ${who}` : role}</span>
				</div>
			))}
			{["Date", "Date "].map((words) => (
				<div key={words} class="stack gap-1">
					<span class="sheet-line" />
					<span class="small">Date</span>
				</div>
			))}
		</div>
	);
}

const HEADS = ["Day", "From – to", "What", "Time", "Lunch off", "Paid time"];

function Timesheet({ person, range }) {
	const { plan, zone } = bindingFor(person.id);
	const list = sessionsFor(person.id).filter(({ day }) => day >= range.from && day <= range.to).reverse();
	const { of, sum } = byDay(list, plan, range.from, range.to);
	const days = [...of.keys()].map((day) => [day, list.filter((one) => one.day === day)]);
	return (
		<article class="timesheet stack" tabIndex={0} aria-label={`Timesheet of ${person.name}`}>
			<header class="flow ends baseline">
				<h2><bdi>{person.name}</bdi></h2>
				<span class="soft"><bdi>{space.value.info.name}</bdi> · {spanTitle(range)}</span>
			</header>
			<table class="sheet-table full small">
				<thead>
					<tr>
						{HEADS.map((head) => <th key={head} scope="col">{head}</th>)}
					</tr>
				</thead>
				{days.map(([day, entries]) => (
					<tbody key={day}>
						<DayRows
							day={day} entries={entries} figures={of.get(day)} zone={zone}
						/>
					</tbody>
				))}
				<tfoot>
					<tr>
						<th scope="row" colSpan={3}>{count(days.length, "day", "days")}</th>
						<td>{hoursText(sum.raw)}</td>
						<td>{sum.deductions > 0 ? hoursText(sum.deductions) : "–"}</td>
						<td><b>{hoursText(sum.paid)}</b></td>
					</tr>
				</tfoot>
			</table>
			<p class="tiny muted">Times are local times of {zone.replaceAll("_", " ")}.</p>
			<Sign name={person.name} />
		</article>
	);
}

/** The timesheets of a range of days, of one person or of everybody with hours in it. */
export function Timesheets({ range, person }) {
	const people = reportPeople(), has = ({ id }) =>
		sessionsFor(id).some(({ day }) => day >= range.from && day <= range.to);
	const shown = people.filter((one) => (person ? one.id === person : true)).filter(has);
	return (
		<>
			<div class="flow gap-3 ends on-foot no-print">
				{people.length > 1 && (
					<Field label="Person">
						<Select
							value={person ?? null} empty="Everyone"
							options={people.map(({ id, name }) => [id, name])}
							onInput={(id) => setQuery({ person: id })}
						/>
					</Field>
				)}
				{shown.length > 0 && (
					<Button icon="print" onClick={() => print()}>
						{`Print ${count(shown.length, "timesheet", "timesheets")}`}
					</Button>
				)}
			</div>
			{shown.length === 0 && <Empty icon="time" text="No time in these days." />}
			{shown.map((one) => <Timesheet key={one.id} person={one} range={range} />)}
		</>
	);
}
