// Past shifts: the list, and the report of one, to read and to print.  The figures are the server's; without it the list and the board
// at the end of each shift are still here.

import { Button, Empty, List, Row, Tag, Trouble, Waiting, formatDate, formatDuration, formatInstant, formatNumber, formatTime, isWide, toast } from "../ui/index.js";
import { dayIn } from "../ui/zone.js";
import { engine, personName, row, space, spaceInfo, status } from "../base/state.js";
import { useAnswer } from "../base/answer.js";
import { go } from "../base/router.jsx";
import { saveFile } from "../base/save-file.js";
import { compareNatural } from "./board.js";
import { shifts, whyNot, zone } from "./data.js";
import { Figures } from "./shift.jsx";

function spanOf(one) {
	const from = formatTime(one.startedAt, zone.value);
	return one.endedAt ? `${from} to ${formatTime(one.endedAt, zone.value)}` : `since ${from}`;
}

function Line({ one }) {
	const stats = one.stats;
	const folk = one.endedBy && one.endedBy !== one.startedBy ? `begun by ${personName(one.startedBy)}, ended by ${personName(one.endedBy)}` : `${one.endedAt ? "led" : "begun"} by ${personName(one.startedBy)}`;
	return (
		<Row title={`${formatDate(one.startedAt, { zone: zone.value })}, ${spanOf(one)}`} meta={[!isWide.value && stats?.late ? `${formatNumber(stats.late)} late` : null, folk, one.endNotes ?? one.startNotes]}
			trailing={stats ? <span class="row-figures"><b>{formatNumber(stats.arrived)}</b> of {formatNumber(stats.totalCars)}</span> : undefined}
			mark={!one.endedAt ? <Tag kind="accent">under way</Tag> : stats?.late && isWide.value ? <Tag kind="warn" icon="warn">{formatNumber(stats.late)} late</Tag> : undefined}
			onOpen={() => go(`/fleet/shifts/${encodeURIComponent(one.id)}`)} />
	);
}

export function ShiftList() {
	const all = [...shifts.value].sort((left, right) => (left.startedAt < right.startedAt ? 1 : -1));
	if (all.length === 0)
		return status.value?.loaded ? <Empty icon="history" text="No shift has been begun yet. Each one that ends leaves its report here." /> : <Waiting />;
	return <List items={all} keyOf={(one) => one.id} height={68} label="Shifts" row={(one) => <Line one={one} />} />;
}

function cycleText(cycle) {
	return cycle ? formatDuration(cycle.medianSeconds) : "–";
}

function Locations({ rows }) {
	return (
		<table class="plain-table">
			<caption>By location</caption>
			<thead><tr><th scope="col">Location</th><th scope="col">Cars</th><th scope="col">Arrived</th><th scope="col">Late</th><th scope="col">Empty</th><th scope="col">On site</th></tr></thead>
			<tbody>{[...rows].sort((left, right) => compareNatural(left.location, right.location)).map((one) => (
				<tr key={one.location}><th scope="row"><bdi>{one.location}</bdi></th><td>{one.cars}</td><td>{one.arrived}</td><td>{one.late}</td><td>{one.empty}</td><td>{cycleText(one.cycle)}</td></tr>
			))}</tbody>
		</table>
	);
}

function stateWords(car) {
	return [car.empty ? "Empty" : car.arrived ? "On site" : "Not here", car.late && "late"].filter(Boolean).join(", ");
}

// All of them at once, so that paper has them too.
function Cars({ cars }) {
	return (
		<table class="plain-table cars-table">
			<caption>Cars</caption>
			<thead><tr><th scope="col">Car</th><th scope="col">Location</th><th scope="col">State</th><th scope="col">Arrived</th><th scope="col">Emptied</th><th scope="col">Notes</th></tr></thead>
			<tbody>{[...cars].sort((left, right) => compareNatural(left.id, right.id)).map((car) => (
				<tr key={car.id} data-late={car.late ? "true" : undefined}>
					<th scope="row"><bdi>{car.id}</bdi></th><td><bdi>{car.location}</bdi></td><td>{stateWords(car)}</td>
					<td>{car.arrivedAt ? formatTime(car.arrivedAt, zone.value) : ""}</td><td>{car.emptyAt ? formatTime(car.emptyAt, zone.value) : ""}</td><td dir="auto">{car.notes}</td>
				</tr>
			))}</tbody>
		</table>
	);
}

// The report as a file.
async function save(id) {
	try {
		const { data } = await space.value.request("GET", `/reports/shift?id=${encodeURIComponent(id)}&format=csv`, { blob: true });
		saveFile(data, `shift-${dayIn(zone.value, Date.parse(row("shifts", id)?.startedAt ?? new Date(engine.now()).toISOString()))}.csv`);
	} catch (error) {
		toast(`Not saved. ${whyNot(error)}`, { kind: "bad" });
	}
}

// The figures a shift left behind, until the server's come.
function figuresOf({ stats }) {
	return stats && { cars: stats.totalCars, arrived: stats.arrived, empty: stats.empty, late: stats.late };
}

export function ShiftReport({ id }) {
	const one = row("shifts", id);
	const { data, error, again } = useAnswer(`/reports/shift?id=${encodeURIComponent(id)}`, one?.version ?? 0);
	if (!one && !data)
		return error ? <Trouble text={error.status === 404 ? "There is no such shift." : whyNot(error)} onRetry={error.status === 404 ? undefined : again} /> : <Waiting rows={6} />;
	const shift = one ?? data.shift, figures = data?.figures ?? figuresOf(shift);
	const cars = data?.cars ?? one?.snapshot ?? [];
	return (
		<article class="report" aria-label="Report of a shift">
			<header class="report-head">
				<div>
					<h2>{formatDate(shift.startedAt, { zone: zone.value, weekday: "long", day: "numeric", month: "long", year: "numeric" })}, {spanOf(shift)}</h2>
					<p class="lead">Begun by {personName(shift.startedBy)}{shift.endedBy ? `, ended by ${personName(shift.endedBy)}` : ". It is under way."}</p>
				</div>
				<div class="report-actions no-print">
					<Button icon="print" onClick={() => print()}>Print</Button>
					<Button icon="download" disabled={!data} onClick={() => save(id)}>CSV</Button>
				</div>
			</header>
			<p class="only-print">{spaceInfo.value?.name} · printed {formatInstant(engine.now(), { zone: zone.value })}</p>
			{figures && <Figures figures={figures} />}
			{!data && error && <p class="hint no-print">Times on site and what happened by location come from the server. {whyNot(error)} <button type="button" class="link-button" onClick={again}>Ask again</button></p>}
			{data?.figures?.cycle && <p class="lead">Half of the cars were empty within {formatDuration(data.figures.cycle.medianSeconds)} of their arrival, nine of ten within {formatDuration(data.figures.cycle.p90Seconds)}. {data.figures.lateRate} % were late.</p>}
			{(shift.startNotes || shift.endNotes) && (
				<div class="report-notes">
					{shift.startNotes && <section class="note-block"><h3>Notes from the start</h3><p dir="auto">{shift.startNotes}</p></section>}
					{shift.endNotes && <section class="note-block"><h3>Notes for the next shift</h3><p dir="auto">{shift.endNotes}</p></section>}
				</div>
			)}
			{data?.byLocation?.length > 0 && <Locations rows={data.byLocation} />}
			{cars.length > 0 && <Cars cars={cars} />}
		</article>
	);
}
