// Past shifts: the list, and the report of one, to read and to print.  The figures are the server's; without it the list and the board
// at the end of each shift are still here.

import { Button, Empty, List, Row, Table, Tag, Trouble, Waiting, formatDate, formatDuration, formatTime } from "../ui/index.js";
import { definition, personName, row, space, status } from "../app/state.js";
import { useAnswer } from "../app/answer.js";
import { go } from "../app/router.jsx";
import { saveFile } from "../app/save-file.js";
import { compareNatural } from "./board.js";
import { shifts, whyNot, zone } from "./data.js";
import { Figures } from "./shift.jsx";

function spanOf(one) {
	return `${formatTime(one.startedAt, zone.value)} to ${one.endedAt ? formatTime(one.endedAt, zone.value) : "now"}`;
}

function Line({ one, selected }) {
	const stats = one.stats;
	return (
		<Row title={`${formatDate(one.startedAt, { zone: zone.value })}, ${spanOf(one)}`}
			meta={[`begun by ${personName(one.startedBy)}`, one.endedBy && `ended by ${personName(one.endedBy)}`, one.endNotes]}
			trailing={stats ? <span class="row-figures">{stats.arrived}/{stats.totalCars}</span> : undefined}
			mark={!one.endedAt ? <Tag kind="accent">under way</Tag> : stats?.late ? <Tag kind="warn" icon="warn">{stats.late} late</Tag> : undefined}
			selected={selected} onOpen={() => go(`/fleet/shifts/${encodeURIComponent(one.id)}`)} />
	);
}

export function ShiftList({ selected }) {
	const all = [...shifts.value].sort((left, right) => (left.startedAt < right.startedAt ? 1 : -1));
	if (all.length === 0)
		return status.value?.loaded ? <Empty icon="history" text="No shift has been begun yet. Each one that ends leaves its report here." /> : <Waiting />;
	return <List items={all} keyOf={(one) => one.id} height={72} row={(one) => <Line one={one} selected={one.id === selected} />} />;
}

function cycleText(cycle) {
	return cycle ? formatDuration(cycle.medianSeconds) : "";
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

function Cars({ cars }) {
	const columns = [
		{ key: "id", title: "Car", cell: (car) => <bdi>{car.id}</bdi> },
		{ key: "location", title: "Location", cell: (car) => <bdi>{car.location}</bdi> },
		{ key: "state", title: "State", cell: (car) => [car.empty ? "Empty" : car.arrived ? "On site" : "Not here", car.late && "late"].filter(Boolean).join(", ") },
		{ key: "arrivedAt", title: "Arrived", align: "end", cell: (car) => car.arrivedAt && formatTime(car.arrivedAt, zone.value) },
		{ key: "emptyAt", title: "Emptied", align: "end", cell: (car) => car.emptyAt && formatTime(car.emptyAt, zone.value) },
		{ key: "notes", title: "Notes", cell: (car) => <span dir="auto">{car.notes}</span> },
	];
	return <Table columns={columns} items={[...cars].sort((left, right) => compareNatural(left.id, right.id))} keyOf={(car) => car.id} />;
}

// The report as a file.
async function save(id, format) {
	const { data } = await space.value.request("GET", `/reports/shift?id=${encodeURIComponent(id)}&format=${format}`, { blob: true });
	saveFile(data, `shift.${format}`);
}

export function ShiftReport({ id }) {
	const one = row("shifts", id);
	const { data, error, again } = useAnswer(`/reports/shift?id=${encodeURIComponent(id)}`, one?.version ?? 0);
	if (!one && !data)
		return error ? <Trouble text={whyNot(error)} onRetry={again} /> : <Waiting />;
	const shift = one ?? data.shift;
	const cars = data?.cars ?? one?.snapshot ?? [];
	return (
		<article class="report">
			<header class="report-head">
				<h2>{formatDate(shift.startedAt, { zone: zone.value })}</h2>
				<p>{spanOf(shift)} · begun by {personName(shift.startedBy)}{shift.endedBy && `, ended by ${personName(shift.endedBy)}`}</p>
				<div class="report-actions no-print">
					<Button small icon="print" onClick={() => print()}>Print</Button>
					<Button small icon="download" disabled={!data} onClick={() => save(id, "csv")}>CSV</Button>
				</div>
			</header>
			{data?.figures && <Figures figures={data.figures} />}
			{!data && error && <Trouble text={`The figures come from the server. ${whyNot(error)}`} onRetry={again} />}
			{data?.figures?.cycle && <p class="lead">Half of the cars were empty within {formatDuration(data.figures.cycle.medianSeconds)} of their arrival, nine of ten within {formatDuration(data.figures.cycle.p90Seconds)}. {data.figures.lateRate} % were late.</p>}
			{shift.startNotes && <section class="note-block"><h3>Notes from the start</h3><p dir="auto">{shift.startNotes}</p></section>}
			{shift.endNotes && <section class="note-block"><h3>Notes for the next shift</h3><p dir="auto">{shift.endNotes}</p></section>}
			{data?.byLocation?.length > 0 && <Locations rows={data.byLocation} />}
			{cars.length > 0 && <section><h3>{definition("cars")?.label ?? "Cars"}</h3><Cars cars={cars} /></section>}
		</article>
	);
}
