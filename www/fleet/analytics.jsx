// What happened, from the history of the cars: arrivals by hour, how long cars stand, how many are late, by location.
// The server counts; this asks and draws.

import { signal } from "@preact/signals";
import {
	Chart, DateInput, Empty, Field, Segments, Trouble, Waiting, formatDate, formatDuration, formatPercent,
} from "../ui/index.js";
import { addDays, dayIn } from "../ui/zone.js";
import { useAnswer } from "../base/answer.js";
import { compareNatural } from "./board.js";
import { now, whyNot, zone } from "./data.js";
import { PlainTable } from "./plain-table.jsx";
import { Figures } from "./shift.jsx";

const SPANS = [["1", "Today"], ["7", "7 days"], ["30", "30 days"]];

const choice = signal({ span: "7", from: null, to: null });

function datesOf({ span, from, to }) {
	const today = dayIn(zone.value, now.value);
	return span ? { from: addDays(today, 1 - Number(span)), to: today } : { from: from ?? today, to: to ?? today };
}

// The arrivals of all days by hour of the day: when the yard is busy.
function byHour(arrivals) {
	const hours = Array.from({ length: 24 }, (_, hour) => ({ hour, arrivals: 0, late: 0 }));
	for (const one of arrivals) {
		const at = hours[Number(one.clock.slice(11, 13))];
		at.arrivals += one.arrivals;
		at.late += one.late;
	}
	const first = hours.findIndex((one) => one.arrivals), last = hours.findLastIndex((one) => one.arrivals);
	return first < 0 ? [] : hours.slice(Math.max(0, first - 1), last + 2);
}

function Locations({ rows }) {
	const most = Math.max(1, ...rows.map((one) => one.arrived));
	const inOrder = [...rows].sort((left, right) => compareNatural(left.location, right.location));
	return (
		<PlainTable
			caption="By location"
			heads={["Location", "Arrived", <span class="unseen">Share</span>, "Late", "Half empty within"]}
			items={inOrder} nameOf={(one) => one.location}
			cells={(one) => (
				<>
					<td>{one.arrived}</td>
					<td class="share">
						<span style={{ inlineSize: `${one.arrived / most * 100}%` }} />
					</td>
					<td>{formatPercent(one.lateRate / 100)}</td>
					<td>{one.cycle ? formatDuration(one.cycle.medianSeconds) : "–"}</td>
				</>
			)}
		/>
	);
}

function Rates({ figures: { lateRate, cycle } }) {
	return (
		<dl class="facts wide">
			<div><dt>Late</dt><dd>{formatPercent(lateRate / 100)}</dd></div>
			{cycle && (
				<div>
					<dt>Half of the cars empty within</dt>
					<dd>{formatDuration(cycle.medianSeconds)}</dd>
				</div>
			)}
			{cycle && <div><dt>Nine of ten within</dt><dd>{formatDuration(cycle.p90Seconds)}</dd></div>}
		</dl>
	);
}

function Arrivals({ title, labels, arrived, late }) {
	const series = [{ label: "Arrived", values: arrived }, { label: "of them late", values: late, tone: "warn" }];
	return <Chart kind="bars" title={title} labels={labels} series={series} />;
}

function Report({ data }) {
	const hours = byHour(data.arrivalsPerHour);
	const { figures, days } = data;
	if (figures.cars === 0)
		return <Empty icon="chart" text="Nothing happened on the board in this time." />;
	return (
		<>
			<Figures figures={figures} />
			<Rates figures={figures} />
			{hours.length > 0 && (
				<Arrivals
					title="Arrivals by the hour of the day"
					labels={hours.map((one) => `${String(one.hour).padStart(2, "0")}:00`)}
					arrived={hours.map((one) => one.arrivals)} late={hours.map((one) => one.late)}
				/>
			)}
			{days.length > 1 && (
				<Arrivals
					title="Arrivals by day" labels={days.map((one) => formatDate(one.day))}
					arrived={days.map((one) => one.figures.arrived)}
					late={days.map((one) => one.figures.late)}
				/>
			)}
			<Locations rows={data.byLocation} />
			{data.complete === false && (
				<p class="hint">
					Part of the history of this time has been erased; the figures count what is
					left.
				</p>
			)}
		</>
	);
}

export function Analytics() {
	const { from, to } = datesOf(choice.value);
	const { data, error, again } = useAnswer(`/reports/fleet?from=${from}&to=${to}`);
	const pick = (first, last) => { choice.value = { span: null, from: first, to: last }; };
	const pickSpan = (span) => { choice.value = { span, from: null, to: null }; };
	const pickFrom = (date) => date && pick(date, to < date ? date : to);
	const pickTo = (date) => date && pick(from > date ? date : from, date);
	return (
		<section class="analytics stack">
			<div class="analytics-span flow on-foot gap-3">
				<Segments
					label="Time" fit value={choice.value.span} options={SPANS} onInput={pickSpan}
				/>
				<Field label="From"><DateInput value={from} max={to} onInput={pickFrom} /></Field>
				<Field label="To"><DateInput value={to} min={from} onInput={pickTo} /></Field>
			</div>
			{data && <Report data={data} />}
			{!data && error && <Trouble text={whyNot(error)} onRetry={again} />}
			{!data && !error && <Waiting />}
		</section>
	);
}
