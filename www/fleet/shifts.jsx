// Past shifts: the list, and the report of one, to read and to print.  The server counts the figures; without a network
// the list and the board at the end of each shift are still here.

import {
	Button, Empty, List, Row, Tag, Trouble, Waiting, formatDate, formatDuration, formatInstant, formatNumber,
	formatPercent, formatTime, isWide, toast,
} from "../ui/index.js";
import { dayIn } from "../ui/zone.js";
import { engine, personName, row, space, spaceInfo, status } from "../base/state.js";
import { asShown, useAnswer } from "../base/answer.js";
import { go } from "../base/router.jsx";
import { saveFile } from "../base/save-file.js";
import { shownInName } from "../base/zones.jsx";
import { compareNatural } from "./board.js";
import { shifts, whyNot, zone } from "./data.js";
import { PlainTable } from "./plain-table.jsx";
import { Figures } from "./shift.jsx";

function spanOf(one) {
	const from = formatTime(one.startedAt, zone.value);
	return one.endedAt ? `${from} to ${formatTime(one.endedAt, zone.value)}` : `since ${from}`;
}

function folkOf({ startedBy, endedBy, endedAt }) {
	if (endedBy && endedBy !== startedBy)
		return `begun by ${personName(startedBy)}, ended by ${personName(endedBy)}`;
	return `${endedAt ? "led" : "begun"} by ${personName(startedBy)}`;
}

function markOf({ endedAt, stats }) {
	if (!endedAt)
		return <Tag kind="accent">under way</Tag>;
	return stats?.late && isWide.value
		? <Tag kind="warn" icon="warn">{formatNumber(stats.late)} late</Tag> : undefined;
}

function Line({ one }) {
	const stats = one.stats;
	const late = !isWide.value && stats?.late ? `${formatNumber(stats.late)} late` : null;
	const figures = stats && (
		<span class="soft unbroken">
			<b>{formatNumber(stats.arrived)}</b> of {formatNumber(stats.totalCars)}
		</span>
	);
	return (
		<Row
			title={`${formatDate(one.startedAt, { zone: zone.value })}, ${spanOf(one)}`}
			meta={[late, folkOf(one), one.endNotes ?? one.startNotes]}
			trailing={figures ?? undefined} mark={markOf(one)}
			onOpen={() => go(`/fleet/shifts/${encodeURIComponent(one.id)}`)}
		/>
	);
}

const NONE = "No shift has been begun yet. Each one that ends leaves its report here.";

export function ShiftList() {
	const all = [...shifts.value].sort((left, right) => (left.startedAt < right.startedAt ? 1 : -1));
	if (all.length === 0)
		return status.value?.loaded ? <Empty icon="history" text={NONE} /> : <Waiting />;
	return (
		<List
			items={all} keyOf={(one) => one.id} height={68} label="Shifts" row={(one) => <Line one={one} />}
		/>
	);
}

function cycleText(cycle) {
	return cycle ? formatDuration(cycle.medianSeconds) : "–";
}

function Locations({ rows }) {
	const inOrder = [...rows].sort((left, right) => compareNatural(left.location, right.location));
	return (
		<PlainTable
			caption="By location"
			heads={["Location", "Cars", "Arrived", "Late", "Empty", "On site"]}
			items={inOrder} nameOf={(one) => one.location}
			cells={(one) => (
				<>
					<td>{one.cars}</td>
					<td>{one.arrived}</td>
					<td>{one.late}</td>
					<td>{one.empty}</td>
					<td>{cycleText(one.cycle)}</td>
				</>
			)}
		/>
	);
}

function stateWords({ empty, arrived, late }) {
	const state = empty ? "Empty" : arrived ? "On site" : "Not here";
	return late ? `${state}, late` : state;
}

const timeText = (at) => (at ? formatTime(at, zone.value) : "");

// All cars at once, not only those in sight, so that they are printed too.
function Cars({ cars }) {
	const inOrder = [...cars].sort((left, right) => compareNatural(left.id, right.id));
	return (
		<PlainTable
			caption="Cars" kind="cars-table"
			heads={["Car", "Location", "State", "Arrived", "Emptied", "Notes"]}
			items={inOrder} nameOf={(car) => car.id} isLate={(car) => car.late}
			cells={(car) => (
				<>
					<td><bdi>{car.location}</bdi></td>
					<td>{stateWords(car)}</td>
					<td>{timeText(car.arrivedAt)}</td>
					<td>{timeText(car.emptyAt)}</td>
					<td dir="auto">{car.notes}</td>
				</>
			)}
		/>
	);
}

// Saves the report as a CSV file.
async function save(id) {
	try {
		const address = asShown(`/reports/shift?id=${encodeURIComponent(id)}&format=csv`);
		const { data } = await space.value.request("GET", address, { blob: true });
		const startedAt = row("shifts", id)?.startedAt;
		const day = dayIn(zone.value, startedAt ? Date.parse(startedAt) : engine.now());
		saveFile(data, `shift-${day}${shownInName()}.csv`);
	} catch (error) {
		toast(`Not saved. ${whyNot(error)}`, { kind: "bad" });
	}
}

// The figures that are stored in a shift, until those of the server arrive.
function figuresOf({ stats }) {
	return stats && { cars: stats.totalCars, arrived: stats.arrived, empty: stats.empty, late: stats.late };
}

const LONG = { weekday: "long", day: "numeric", month: "long", year: "numeric" };

function Head({ shift, onSave }) {
	const ended = shift.endedBy ? `, ended by ${personName(shift.endedBy)}` : ". It is under way.";
	return (
		<header class="flow ends on-top gap-3">
			<div>
				<h2>{formatDate(shift.startedAt, { zone: zone.value, ...LONG })}, {spanOf(shift)}</h2>
				<p class="lead">Begun by {personName(shift.startedBy)}{ended}</p>
			</div>
			<div class="flow no-print">
				<Button icon="print" onClick={() => print()}>Print</Button>
				<Button icon="download" disabled={!onSave} onClick={onSave}>CSV</Button>
			</div>
		</header>
	);
}

function Rates({ figures: { cycle, lateRate } }) {
	const median = formatDuration(cycle.medianSeconds), p90 = formatDuration(cycle.p90Seconds);
	return (
		<p class="lead">
			Half of the cars were empty within {median} of their arrival, nine of ten within {p90}.{" "}
			{formatPercent(lateRate / 100)} were late.
		</p>
	);
}

function Notes({ title, text }) {
	if (!text)
		return null;
	return (
		<section class="note-block plate">
			<h3 class="small medium soft">{title}</h3>
			<p class="as-typed" dir="auto">{text}</p>
		</section>
	);
}

function NoReport({ error, onRetry }) {
	if (!error)
		return <Waiting rows={6} />;
	return error.status === 404 ? <Trouble text="There is no such shift." />
		: <Trouble text={whyNot(error)} onRetry={onRetry} />;
}

export function ShiftReport({ id }) {
	const one = row("shifts", id);
	const { data, error, again } = useAnswer(`/reports/shift?id=${encodeURIComponent(id)}`, one?.version ?? 0);
	if (!one && !data)
		return <NoReport error={error} onRetry={again} />;
	const shift = one ?? data.shift, figures = data?.figures ?? figuresOf(shift);
	const cars = data?.cars ?? one?.snapshot ?? [];
	return (
		<article class="report stack" aria-label="Report of a shift">
			<Head shift={shift} onSave={data ? () => save(id) : undefined} />
			<p class="only-print">
				{spaceInfo.value?.name} · printed {formatInstant(engine.now(), { zone: zone.value })}
			</p>
			{figures && <Figures figures={figures} />}
			{!data && error && (
				<p class="hint no-print">
					Times on site and what happened by location come from the server.{" "}
					{whyNot(error)}{" "}
					<button type="button" class="bare link" onClick={again}>Try again</button>
				</p>
			)}
			{data?.figures?.cycle && <Rates figures={data.figures} />}
			{(shift.startNotes || shift.endNotes) && (
				<div class="report-notes columns">
					<Notes title="Notes from the start" text={shift.startNotes} />
					<Notes title="Notes for the next shift" text={shift.endNotes} />
				</div>
			)}
			{data?.byLocation?.length > 0 && <Locations rows={data.byLocation} />}
			{cars.length > 0 && <Cars cars={cars} />}
		</article>
	);
}
