// Who worked how much and what it pays, for those who may know: the server's figures, week by week, as a table and as CSV.

import { signal } from "@preact/signals";
import { Button, DateInput, Empty, Field, Segments, Trouble, Waiting, formatDate, formatMoney } from "../ui/index.js";
import { saveFile } from "../app/save-file.js";
import { space } from "../app/state.js";
import { useAnswer } from "../app/answer.js";
import { sentence } from "../app/words.js";
import { addDays, weekOf } from "../ui/zone.js";
import { binding, spaceSettings, today } from "./data.js";
import { hoursText } from "./timer.jsx";

const SPANS = [["week", "This week"], ["last", "Last week"], ["month", "This month"]];
const choice = signal({ span: "week", from: null, to: null });

function datesOf({ span, from, to }) {
	const first = weekOf(today.value, binding.value.rules.sunday);
	switch (span) {
	case "week": return { from: first, to: addDays(first, 6) };
	case "last": return { from: addDays(first, -7), to: addDays(first, -1) };
	case "month": return { from: `${today.value.slice(0, 7)}-01`, to: today.value };
	default: return { from, to };
	}
}

async function save(report, { from, to }) {
	const { data } = await space.value.request("GET", `/reports/${report}?from=${from}&to=${to}&format=csv`, { blob: true });
	saveFile(data, `${report} ${from} to ${to}.csv`);
}

function Payroll({ data }) {
	const currency = spaceSettings.value?.currency ?? "USD";
	const lines = data.people.flatMap((person) => person.weeks.map((week) => ({ ...week, name: person.name, id: person.person })));
	if (lines.length === 0)
		return <Empty icon="wallet" text="Nobody has ended a session in this time." />;
	const running = data.people.reduce((count, person) => count + (person.sum?.running ?? 0), 0);
	return (
		<div class="scroll-x">
			<table class="plain-table">
				<caption class="unseen">Pay by person and week</caption>
				<thead><tr><th scope="col">Person</th><th scope="col">Week of</th><th scope="col">Regular</th><th scope="col">Overtime</th><th scope="col">Rate</th><th scope="col">Pay</th></tr></thead>
				<tbody>{lines.map((line) => (
					<tr key={line.id + line.week}>
						<th scope="row" dir="auto">{line.name}</th><td>{formatDate(line.week)}</td><td>{hoursText(line.regular)}</td><td>{line.overtime ? hoursText(line.overtime) : "–"}</td>
						<td>{formatMoney(line.rate, currency)}</td><td>{formatMoney(line.gross, currency)}</td>
					</tr>
				))}</tbody>
				<tfoot><tr><th scope="row">All</th><td /><td>{hoursText(data.sum.regular)}</td><td>{hoursText(data.sum.overtime)}</td><td /><td>{formatMoney(data.sum.gross, currency)}</td></tr></tfoot>
			</table>
			{running > 0 && <p class="hint">{running === 1 ? "One timer still runs" : `${running} timers still run`} and will count when they are stopped.</p>}
		</div>
	);
}

export function Pay() {
	const span = datesOf(choice.value);
	const { data, error, again } = useAnswer(`/reports/payroll?from=${span.from}&to=${span.to}`);
	return (
		<section class="pay">
			<div class="pay-span">
				<Segments label="Time" fit value={choice.value.span} options={SPANS} onInput={(name) => { choice.value = { span: name, from: null, to: null }; }} />
				<Field label="From"><DateInput value={span.from} max={span.to} onInput={(date) => { if (date) choice.value = { span: null, from: date, to: span.to < date ? date : span.to }; }} /></Field>
				<Field label="To"><DateInput value={span.to} min={span.from} onInput={(date) => { if (date) choice.value = { span: null, from: span.from > date ? date : span.from, to: date }; }} /></Field>
				<Button icon="download" disabled={!data} onClick={() => save("payroll", span)}>Pay as CSV</Button>
				<Button icon="download" disabled={!data} onClick={() => save("work", span)}>Hours as CSV</Button>
			</div>
			{data ? <Payroll data={data} /> : error ? <Trouble text={sentence(error)} onRetry={again} /> : <Waiting />}
		</section>
	);
}
