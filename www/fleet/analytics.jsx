// What really happened, from the history of the cars: arrivals by hour, how long cars stand, lateness, by location.  The server counts;
// this only asks and draws.

import { signal } from "@preact/signals";
import { Chart, DateInput, Empty, Field, Segments, Trouble, Waiting, formatDate, formatDuration } from "../ui/index.js";
import { addDays, dayIn } from "../ui/zone.js";
import { useAnswer } from "../base/answer.js";
import { engine } from "../base/state.js";
import { compareNatural } from "./board.js";
import { whyNot, zone } from "./data.js";
import { Figures } from "./shift.jsx";

const SPANS = [["1", "Today"], ["7", "7 days"], ["30", "30 days"]];

const choice = signal({ span: "7", from: null, to: null });

function datesOf({ span, from, to }) {
	const today = dayIn(zone.value, engine.now());
	return span ? { from: addDays(today, 1 - Number(span)), to: today } : { from: from ?? today, to: to ?? today };
}

// Hours of the day, over all days: when the yard is busy.
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
	return (
		<table class="plain-table">
			<caption>By location</caption>
			<thead><tr><th scope="col">Location</th><th scope="col">Arrived</th><th scope="col"><span class="unseen">Share</span></th><th scope="col">Late</th><th scope="col">Half empty within</th></tr></thead>
			<tbody>{[...rows].sort((left, right) => compareNatural(left.location, right.location)).map((one) => (
				<tr key={one.location}>
					<th scope="row"><bdi>{one.location}</bdi></th><td>{one.arrived}</td>
					<td class="share"><span style={{ inlineSize: `${one.arrived / most * 100}%` }} /></td>
					<td>{one.lateRate} %</td><td>{one.cycle ? formatDuration(one.cycle.medianSeconds) : "–"}</td>
				</tr>
			))}</tbody>
		</table>
	);
}

function Report({ data }) {
	const hours = byHour(data.arrivalsPerHour);
	const { figures } = data;
	if (figures.cars === 0)
		return <Empty icon="chart" text="Nothing happened on the board in this time." />;
	return (
		<>
			<Figures figures={figures} />
			<dl class="facts wide">
				<div><dt>Late</dt><dd>{figures.lateRate} %</dd></div>
				{figures.cycle && <div><dt>Half of the cars empty within</dt><dd>{formatDuration(figures.cycle.medianSeconds)}</dd></div>}
				{figures.cycle && <div><dt>Nine of ten within</dt><dd>{formatDuration(figures.cycle.p90Seconds)}</dd></div>}
			</dl>
			{hours.length > 0 && <Chart kind="bars" title="Arrivals by the hour of the day" labels={hours.map((one) => `${String(one.hour).padStart(2, "0")}:00`)}
				series={[{ label: "Arrived", values: hours.map((one) => one.arrivals) }, { label: "of them late", values: hours.map((one) => one.late), tone: "warn" }]} />}
			{data.days.length > 1 && <Chart kind="bars" title="Arrivals by day" labels={data.days.map((one) => formatDate(one.day))}
				series={[{ label: "Arrived", values: data.days.map((one) => one.figures.arrived) }, { label: "of them late", values: data.days.map((one) => one.figures.late), tone: "warn" }]} />}
			<Locations rows={data.byLocation} />
			{data.complete === false && <p class="hint">Part of the history of this time has been erased; the figures count what is left.</p>}
		</>
	);
}

export function Analytics() {
	const { from, to } = datesOf(choice.value);
	const { data, error, again } = useAnswer(`/reports/fleet?from=${from}&to=${to}`);
	return (
		<section class="analytics">
			<div class="analytics-span">
				<Segments label="Time" fit value={choice.value.span} options={SPANS} onInput={(span) => { choice.value = { span, from: null, to: null }; }} />
				<Field label="From"><DateInput value={from} max={to} onInput={(date) => date && (choice.value = { span: null, from: date, to: to < date ? date : to })} /></Field>
				<Field label="To"><DateInput value={to} min={from} onInput={(date) => date && (choice.value = { span: null, from: from > date ? date : from, to: date })} /></Field>
			</div>
			{data ? <Report data={data} /> : error ? <Trouble text={whyNot(error)} onRetry={again} /> : <Waiting />}
		</section>
	);
}
