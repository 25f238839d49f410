// Hours and pay for managers, by person and week, as the server counts them, with download as CSV.

import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import {
	Button, DateInput, Empty, Field, Menu, Segments, Trouble, Waiting, formatDate, formatMoney, isWide, toast,
} from "../ui/index.js";
import { saveFile } from "../base/save-file.js";
import { space } from "../base/state.js";
import { useAnswer } from "../base/answer.js";
import { count, sentence } from "../base/words.js";
import { addDays, weekOf } from "../ui/zone.js";
import { binding, spaceSettings, today } from "./data.js";
import { addMonths } from "./sessions.js";
import { hoursText } from "./timer.jsx";

const SPANS = [["week", "This week"], ["last", "Last week"], ["month", "This month"], ["before", "Last month"]];
const choice = signal({ span: "week", from: null, to: null });

function datesOf({ span, from, to }) {
	const first = weekOf(today.value, binding.value.rules.sunday), month = today.value.slice(0, 7);
	switch (span) {
	case "week": return { from: first, to: addDays(first, 6) };
	case "last": return { from: addDays(first, -7), to: addDays(first, -1) };
	case "month": return { from: `${month}-01`, to: addDays(`${addMonths(month, 1)}-01`, -1) };
	case "before": return { from: `${addMonths(month, -1)}-01`, to: addDays(`${month}-01`, -1) };
	default: return { from, to };
	}
}

function Files({ span, disabled }) {
	const [busy, setBusy] = useState(null);
	const save = (report, style) => async () => {
		setBusy(report);
		try {
			const address = `/reports/${report}?from=${span.from}&to=${span.to}&format=csv&style=${style}`;
			const { data } = await space.value.request("GET", address, { blob: true });
			saveFile(data, `${report} ${span.from} to ${span.to}.csv`);
		} catch (error) {
			toast(`Not saved. ${sentence(error)}`, { kind: "bad" });
		}
		setBusy(null);
	};
	return (
		<div class="pay-files flow gap-3 on-foot">
			<Button
				icon="download" busy={busy === "payroll"} disabled={disabled}
				onClick={save("payroll", "people")}
			>
				Export pay (CSV)
			</Button>
			<Button
				icon="download" busy={busy === "work"} disabled={disabled}
				onClick={save("work", "people")}
			>
				Export hours (CSV)
			</Button>
			<Menu label="More exports" items={[
				{ label: "Pay for programs (CSV)", onSelect: save("payroll", "programs") },
				{ label: "Hours for programs (CSV)", onSelect: save("work", "programs") },
			]} />
		</div>
	);
}

function overtimeText(seconds) {
	return seconds > 0 ? hoursText(seconds) : "–";
}

// The rows of one person: the sum, and the weeks if there are several.
function PersonRows({ person, currency, withOver }) {
	const several = person.weeks.length > 1, { sum } = person;
	const rates = [...new Set(person.weeks.map(({ rate }) => rate))];
	const wordsOf = (one) => (one === null ? "no rate" : `${formatMoney(one, currency)} an hour`);
	const rate = rates.map(wordsOf).join(", ");
	const running = sum.running > 0 ? ` · ${count(sum.running, "entry", "entries")} not ended` : "";
	return (
		<tbody class="pay-person">
			<tr class="pay-sum">
				<th scope="row">
					<bdi>{person.name}</bdi>
					<small>{rate}{running}</small>
				</th>
				<td>{hoursText(sum.regular)}</td>
				{withOver && <td>{overtimeText(sum.overtime)}</td>}
				<td><b>{formatMoney(sum.gross, currency)}</b></td>
			</tr>
			{several &&
				person.weeks.map((week) => (
					<tr key={`${week.week} ${week.rate}`}>
						<th scope="row">
							{isWide.value ? "Week of " : ""}
							{formatDate(week.week)}
						</th>
						<td>{hoursText(week.regular)}</td>
						{withOver && <td>{overtimeText(week.overtime)}</td>}
						<td>{formatMoney(week.gross, currency)}</td>
					</tr>
				))}
		</tbody>
	);
}

function Payroll({ data }) {
	const currency = spaceSettings.value?.currency ?? "USD";
	const paid = data.people.filter((person) => person.weeks.length > 0);
	const running = data.sum.running ?? 0, withOver = data.sum.overtime > 0 || isWide.value;
	const late = running === 1 ? "One entry has not ended yet" : `${running} entries have not ended yet`;
	if (paid.length === 0)
		return <Empty icon="wallet" text="Nobody has ended a session in this time." />;
	return (
		<>
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
				{paid.map((person) => (
					<PersonRows
						key={person.person} person={person} currency={currency}
						withOver={withOver}
					/>
				))}
				<tfoot>
					<tr>
						<th scope="row">All {paid.length}</th>
						<td>{hoursText(data.sum.regular)}</td>
						{withOver && <td>{overtimeText(data.sum.overtime)}</td>}
						<td>{formatMoney(data.sum.gross, currency)}</td>
					</tr>
				</tfoot>
			</table>
			{running > 0 && <p class="hint">{late}; hours count for pay when they have.</p>}
		</>
	);
}

export function Pay() {
	const span = datesOf(choice.value);
	const { data, error, again } = useAnswer(`/reports/payroll?from=${span.from}&to=${span.to}`);
	const pickSpan = (name) => { choice.value = { span: name, from: null, to: null }; };
	const pick = (from, to) => { choice.value = { span: null, from, to }; };
	const pickFrom = (date) => date && pick(date, span.to < date ? date : span.to);
	const pickTo = (date) => date && pick(span.from > date ? date : span.from, date);
	return (
		<section class="pay stack">
			<p class="only-print">
				{space.value.info.name} · {formatDate(span.from)} – {formatDate(span.to)}
			</p>
			<div class="pay-span no-print flow gap-3 on-foot">
				<Segments
					label="Time" fit value={choice.value.span} options={SPANS} onInput={pickSpan}
				/>
				<div class="pair">
					<Field label="From">
						<DateInput value={span.from} max={span.to} onInput={pickFrom} />
					</Field>
					<Field label="To">
						<DateInput value={span.to} min={span.from} onInput={pickTo} />
					</Field>
				</div>
				<Files span={span} disabled={!data} />
			</div>
			{data && <Payroll data={data} />}
			{!data && (error ? <Trouble text={sentence(error)} onRetry={again} /> : <Waiting />)}
		</section>
	);
}
