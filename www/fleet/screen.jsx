// The fleet: board and list of the package cars with filters that combine, a car beside them, and behind tabs shifts, roster, figures.
// What is looked at stands in the address, so that a filtered board can be sent and opened again.

import { useEffect, useState } from "preact/hooks";
import { Button, Empty, FilterBar, Menu, Page, Segments, Sheet, Waiting, isWide } from "../ui/index.js";
import { go, setQuery } from "../app/router.jsx";
import { may, status } from "../app/state.js";
import { ImportSheet, exportRecords } from "../generic/index.js";
import { Analytics } from "./analytics.jsx";
import { QuickAdd } from "./add.jsx";
import { Board } from "./board.jsx";
import { FILTERS, chosen, columnsOf, countsOf, inOrder } from "./board.js";
import { Car } from "./car.jsx";
import { cars, locations, watch, watchClock } from "./data.js";
import { CarList } from "./list.jsx";
import { Presence } from "./presence.jsx";
import { Roster, RosterCar } from "./roster.jsx";
import { EndShift, ResetBoard, ShiftBar, StartShift } from "./shift.jsx";
import { ShiftList, ShiftReport } from "./shifts.jsx";

const VIEWS = [["cars", "Board"], ["shifts", "Shifts"], ["roster", "Roster"], ["figures", "Figures"]];

const listOf = (text) => (text ? text.split(",") : []);

/** What of the board is looked at, from the query. */
function choiceOf(query) {
	return { filters: listOf(query.f), locations: listOf(query.at), query: query.q ?? "", order: query.order ?? "state" };
}

function toggleIn(list, one) {
	return (list.includes(one) ? list.filter((other) => other !== one) : [...list, one]).join(",");
}

function Filters({ choice }) {
	const counts = countsOf(cars.value, watch.value);
	const filters = [
		...FILTERS.map(({ key, label }) => ({ key, label, count: counts[key], on: choice.filters.includes(key), onToggle: () => setQuery({ f: toggleIn(choice.filters, key) }) })),
		...locations.value.map((location) => ({ key: `at ${location}`, label: location, on: choice.locations.includes(location), onToggle: () => setQuery({ at: toggleIn(choice.locations, location) }) })),
	];
	return <FilterBar filters={filters} query={choice.query} placeholder="Number, note" onQuery={(q) => setQuery({ q })} onClear={() => setQuery({ f: null, at: null, q: null })} />;
}

function Look({ as, order }) {
	return (
		<div class="fleet-look">
			<Segments label="Look" fit value={as} options={[["board", "Board"], ["list", "List"]]} onInput={(one) => setQuery({ as: one === "list" ? one : null })} />
			<Segments label="Order" fit value={order} options={[["state", "By state"], ["expected", "By time"], ["id", "By number"]]} onInput={(one) => setQuery({ order: one === "state" ? null : one })} />
		</div>
	);
}

function Cars({ query, onAct }) {
	const choice = choiceOf(query);
	const shown = chosen(cars.value, choice, watch.value);
	const asList = query.as === "list";
	const columns = columnsOf(shown, choice.locations.length ? locations.value.filter((one) => choice.locations.includes(one)) : locations.value, watch.value, choice.order);
	return (
		<div class="fleet">
			<ShiftBar onStart={() => onAct("start")} onEnd={() => onAct("end")} />
			<div class="fleet-tools">
				<Filters choice={choice} />
				{isWide.value && <Look as={asList ? "list" : "board"} order={choice.order} />}
			</div>
			{isWide.value && may("create", "cars") && <QuickAdd />}
			{cars.value.length === 0 && (status.value?.loaded ? <Empty icon="fleet" text="No cars on the board. Add one by its number, or fill the board from the roster or a file." /> : <Waiting />)}
			{cars.value.length > 0 && shown.length === 0 && <Empty icon="filter" text="No car is like that." action={<Button onClick={() => setQuery({ f: null, at: null, q: null })}>Show all</Button>} />}
			{shown.length > 0 && (asList ? <CarList cars={inOrder(shown, watch.value, choice.order)} /> : <Board columns={columns} />)}
		</div>
	);
}

function More({ view, onAct }) {
	return <Menu label="More for the fleet" items={[
		!isWide.value && view === "cars" && { label: "Board or list, order…", icon: "columns", onSelect: () => onAct("look") },
		may("create", "cars") && { label: "Import a file…", icon: "upload", onSelect: () => onAct("import") },
		{ label: "Export as CSV", icon: "download", onSelect: () => exportRecords("cars", "csv") },
		may("update", "cars") && { label: "Reset the board…", icon: "undo", danger: true, onSelect: () => onAct("reset") },
	]} />;
}

function Acting({ act, query, onClose }) {
	switch (act) {
	case "add": return <Sheet title="Add cars" onClose={onClose}><QuickAdd focus /></Sheet>;
	case "look": return <Sheet title="Board or list" onClose={onClose}><Look as={query.as === "list" ? "list" : "board"} order={choiceOf(query).order} /></Sheet>;
	case "start": return <StartShift onClose={onClose} />;
	case "end": return <EndShift onClose={onClose} onEnded={(ended) => { onClose(); go(`/fleet/shifts/${encodeURIComponent(ended.id)}`); }} />;
	case "reset": return <ResetBoard onClose={onClose} />;
	case "import": return <ImportSheet collection="cars" onClose={onClose} />;
	default: return null;
	}
}

// What stands beside the list: {title, body}.
function detailOf(view, id, close) {
	if (!id)
		return null;
	if (view === "shifts")
		return { title: "Report of the shift", body: <ShiftReport id={id} /> };
	if (view === "roster")
		return { title: id === "new" ? "New in the roster" : `Car ${id} in the roster`, body: <RosterCar key={id} id={id} onClose={close} /> };
	return { title: `Car ${id}`, body: <Car id={id} onClose={close} onOpen={(other) => go(`/fleet/cars/${encodeURIComponent(other)}`)} /> };
}

export default function Fleet({ params, query }) {
	const view = VIEWS.some(([name]) => name === params.view) ? params.view : "cars";
	const [act, setAct] = useState(null);
	useEffect(watchClock, []);
	const close = () => go(view === "cars" ? "/fleet" : `/fleet/${view}`, query);
	const detail = detailOf(view, params.id, close);
	const body = {
		cars: () => <Cars query={query} onAct={setAct} />,
		shifts: () => <ShiftList selected={params.id} />,
		roster: () => <Roster selected={params.id} onOpen={(id) => go(`/fleet/roster/${encodeURIComponent(id)}`)} onClose={close} />,
		figures: () => <Analytics />,
	}[view];
	return (
		<Page title="Fleet" primary={!isWide.value && view === "cars" && may("create", "cars") ? <Button icon="plus" kind="primary" onClick={() => setAct("add")}>Add a car</Button> : undefined}
			actions={[<Presence key="presence" />, <More key="more" view={view} onAct={setAct} />]}
			below={<Segments label="Part of the fleet" fit value={view} options={VIEWS} onInput={(name) => go(name === "cars" ? "/fleet" : `/fleet/${name}`)} />}
			aside={detail && isWide.value ? <div class="pane"><header class="pane-head"><h2 dir="auto">{detail.title}</h2><Button kind="quiet" icon="close" small onClick={close}>Close</Button></header>{detail.body}</div> : undefined}>
			{body()}
			{detail && !isWide.value && <Sheet title={detail.title} onClose={close}>{detail.body}</Sheet>}
			<Acting act={act} query={query} onClose={() => setAct(null)} />
		</Page>
	);
}
