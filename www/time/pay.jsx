// Pay for managers: by person, week and rate, with overtime, and what is not paid or counted twice.  It is counted on
// this device by the rules of each day, as the server does; the files come from the server.

import { useMemo, useState } from "preact/hooks";
import {
	Button, Empty, Icon, Menu, Notice, Waiting, formatDate, formatMoney, isWide, toast,
} from "../ui/index.js";
import { asShown } from "../base/answer.js";
import { saveFile } from "../base/save-file.js";
import { personName, rows, space, status, userId } from "../base/state.js";
import { count, sentence } from "../base/words.js";
import { shownInName } from "../base/zones.jsx";
import { addDays } from "../ui/zone.js";
import { binding, bindingFor, now, sessionsFor, spaceSettings, today } from "./data.js";
import { settle } from "./hours.js";
import { RangePick } from "./range-pick.jsx";
import { rangeOf } from "./ranges.js";
import { currency, reportPeople } from "./report-data.js";
import { correctionsOf } from "./rules.js";
import { zoneOf } from "./sessions.js";
import { hoursText } from "./timer.jsx";

const WEEKS = 15; // days before a range that may be of its first week, or reach into it

const money = (cents) => formatMoney(cents, currency());

function Files({ range }) {
	const [busy, setBusy] = useState(false);
	const save = (report, style) => async () => {
		setBusy(true);
		try {
			const query = new URLSearchParams({ from: range.from, to: range.to, format: "csv", style });
			const address = asShown(`/reports/${report}?${query}`);
			const { data } = await space.value.request("GET", address, { blob: true });
			const name = `${report === "work" ? "hours" : "pay"} ${range.from} to ${range.to}`;
			saveFile(data, `${name}${shownInName()}.csv`);
		} catch (error) {
			toast(`Not saved. ${sentence(error)}`, { kind: "bad" });
		}
		setBusy(false);
	};
	return (
		<div class="pay-files flow gap-3 on-foot">
			<Button icon="download" busy={busy} onClick={save("payroll", "people")}>
				Export pay (CSV)
			</Button>
			<Menu label="More files" words="More" icon="download" items={[
				{ label: "Hours (CSV)", icon: "time", onSelect: save("work", "people") },
				{
					label: "Pay for programs (CSV)", icon: "file",
					onSelect: save("payroll", "programs"),
				},
				{
					label: "Hours for programs (CSV)", icon: "file",
					onSelect: save("work", "programs"),
				},
				{ label: "Print or save as PDF", icon: "print", onSelect: () => print() },
			]} />
		</div>
	);
}

function overtimeText(seconds) {
	return seconds > 0 ? hoursText(seconds) : "–";
}

function rateWords(rate) {
	return rate === null ? "No rate" : `${money(rate)} an hour`;
}

// What a person or a line is to be looked at for.
function notesOf({ unpaid, overlap, running }) {
	return [
		unpaid > 0 && `${hoursText(unpaid)} without pay`, overlap > 0 && `${hoursText(overlap)} counted twice`,
		running > 0 && `${count(running, "entry", "entries")} not ended`,
	].filter(Boolean);
}

function Notes({ sum }) {
	const notes = notesOf(sum);
	return notes.length > 0 && (
		<small class="pay-notes warn"><Icon name="warn" size={14} /> {notes.join(" · ")}</small>
	);
}

// The rows of one person: the sum, and the weeks and rates if there are several.
function PersonRows({ person, withOver }) {
	const { sum, lines } = person, rates = [...new Set(lines.map(({ rate }) => rate))];
	return (
		<tbody class="pay-person">
			<tr class="pay-sum">
				<th scope="row">
					<bdi>{person.name}</bdi>
					<small>{rates.map(rateWords).join(", ")}</small>
					<Notes sum={sum} />
				</th>
				<td>{hoursText(sum.regular)}</td>
				{withOver && <td>{overtimeText(sum.overtime)}</td>}
				<td><b>{money(sum.gross)}</b></td>
			</tr>
			{lines.length > 1 && lines.map((line) => (
				<tr key={`${line.week} ${line.rate}`}>
					<th scope="row">
						{isWide.value ? "Week of " : ""}
						{formatDate(line.week)}
						{rates.length > 1 && ` · ${rateWords(line.rate)}`}
					</th>
					<td>{hoursText(line.regular)}</td>
					{withOver && <td>{overtimeText(line.overtime)}</td>}
					<td>{money(line.gross)}</td>
				</tr>
			))}
		</tbody>
	);
}

function Payroll({ people }) {
	const sum = (name) => people.reduce((all, person) => all + person.sum[name], 0);
	const withOver = sum("overtime") > 0 || isWide.value;
	return (
		<table class="pay-table">
			<caption class="unseen">Pay by person and week</caption>
			<thead>
				<tr>
					<th scope="col">Person</th>
					<th scope="col">Regular</th>
					{withOver && <th scope="col">Overtime</th>}
					<th scope="col">Pay</th>
				</tr>
			</thead>
			{people.map((person) => <PersonRows key={person.id} person={person} withOver={withOver} />)}
			<tfoot>
				<tr>
					<th scope="row">{count(people.length, "person", "people")}</th>
					<td>{hoursText(sum("regular"))}</td>
					{withOver && <td>{overtimeText(sum("overtime"))}</td>}
					<td>{money(sum("gross"))}</td>
				</tr>
			</tfoot>
		</table>
	);
}

// Rules and terms that were written after days of the range for which they hold.
function Corrections({ range }) {
	const termsOf = (id) => rows("workTerms").value.filter((one) => (one.owner ?? userId.value) === id);
	const zone = zoneOf(null, spaceSettings.value);
	const found = [
		...correctionsOf(rows("workRules").value, range, zone).map((one) => ["Rules", one]),
		...reportPeople().flatMap(({ id, name }) =>
			correctionsOf(termsOf(id), range, zone).map((one) => [`Terms of ${name}`, one])),
	];
	const words = (one) => [
		`from ${formatDate(one.from)}`,
		one.lastUpdatedAt && `changed ${formatDate(one.lastUpdatedAt)} by ${personName(one.lastUpdatedBy)}`,
	].filter(Boolean).join(", ");
	return found.length > 0 && (
		<section class="stack gap-2" aria-label="Corrections">
			<h2>Corrected afterwards</h2>
			<ul class="stack gap-1 small" role="list">
				{found.map(([what, one]) => (
					<li key={one.id} class="said">
						<Icon name="history" size={16} />
						<span>
							<b><bdi>{what}</bdi></b> {words(one)}
							{one.reason && <>: <bdi>{one.reason}</bdi></>}
						</span>
					</li>
				))}
			</ul>
		</section>
	);
}

function payOf({ id, name }, { from, to }, at) {
	const near = addDays(from, -WEEKS), sessions = sessionsFor(id).filter(({ day }) => day >= near && day <= to);
	const { weeks, waiting, sum } = settle(sessions, bindingFor(id).plan, from, to, at);
	const lines = [...weeks, ...waiting].sort((left, right) => (left.week < right.week ? -1 : 1));
	return { id, name, lines, sum };
}

export function Pay({ query }) {
	const range = rangeOf(query, { today: today.value, sunday: binding.value.rules.sunday, usual: "week" });
	// To the end of this minute: what was stopped a moment ago has ended.
	const minute = Math.ceil(now.value / 60_000) * 60_000, whose = reportPeople();
	const all = [rows("workSessions").value, rows("workRules").value, rows("workTerms").value];
	const people = useMemo(
		() => whose.map((one) => payOf(one, range, minute)).filter(({ lines }) => lines.length > 0),
		[range.from, range.to, minute, ...all]
	);
	const isFree = people.length > 0 && people.every(({ lines }) => lines.every(({ rate }) => rate === null));
	if (!status.value?.loaded)
		return <Waiting />;
	return (
		<section class="pay stack">
			<p class="only-print">
				{space.value.info.name} · {formatDate(range.from)} – {formatDate(range.to)}
			</p>
			<RangePick range={range} query={query} end={<Files range={range} />} />
			{isFree && <Notice>Nothing is paid yet: no rate is set in Rules.</Notice>}
			{people.length > 0 ? <Payroll people={people} /> : (
				<Empty icon="wallet" text="No time in these days." />
			)}
			<Corrections range={range} />
		</section>
	);
}
