// The fleet: board and list of the package cars with filters that combine, a car beside them, and behind tabs alerts, shifts, roster and
// figures.  What is looked at stands in the address, so that a filtered board can be sent and opened again.

import { useEffect, useState } from "preact/hooks";
import { Button, Empty, FilterBar, Icon, IconButton, Menu, Page, Segments, Select, Sheet, Waiting, formatNumber, isWide, useBeside } from "../ui/index.js";
import { switchPerson } from "../base/handheld.js";
import { useKeys } from "../base/keys.js";
import { go, matchPath, setQuery } from "../base/router.jsx";
import { hasRole, may, rows, session, space, status } from "../base/state.js";
import { Tabs } from "../base/tabs.jsx";
import { ImportSheet, exportRecords } from "../generic/index.js";
import { Alerts } from "./alerts.jsx";
import { Analytics } from "./analytics.jsx";
import { QuickAdd } from "./add.jsx";
import { Board } from "./board.jsx";
import { FILTERS, chosen, columnsOf, countsOf, inOrder } from "./board.js";
import { Car } from "./car.jsx";
import { alerts, cars, locations, toggle, watch, watchClock } from "./data.js";
import { CarList } from "./list.jsx";
import { Presence } from "./presence.jsx";
import { Roster, RosterCar } from "./roster.jsx";
import { EndShift, ResetBoard, ShiftBar, StartShift } from "./shift.jsx";
import { ShiftList, ShiftReport } from "./shifts.jsx";
import { used } from "./usage.js";

const VIEWS = [["cars", "Board"], ["alerts", "Alerts"], ["shifts", "Shifts"], ["roster", "Roster"], ["figures", "Figures"]];
const ORDERS = [["state", "By state"], ["expected", "By time"], ["id", "By number"]];
const STATE_ICONS = { pending: "timer", arrived: "check", late: "warn", empty: "package" };
const ALL = { f: null, at: null, q: null };

const listOf = (text) => (text ? text.split(",") : []);
const pathOf = (view) => (view === "cars" ? "/fleet" : `/fleet/${view}`);
const showAll = () => setQuery(ALL);

/** What of the board is looked at, from the query. */
function choiceOf(query) {
	return { filters: listOf(query.f), locations: listOf(query.at), query: query.q ?? "", order: query.order ?? "state" };
}

function toggleIn(list, one) {
	return (list.includes(one) ? list.filter((other) => other !== one) : [...list, one]).join(",");
}

function toggleFilter(choice, key) {
	used("filterClicks");
	setQuery({ f: toggleIn(choice.filters, key) });
}

/** How many cars are in which state; a press shows those alone. */
function Counts({ choice, counts }) {
	return (
		<div class="counts" role="group" aria-label="Cars by state">
			{FILTERS.filter((filter) => filter.group === "state").map(({ key, label }) => (
				<button key={key} type="button" class="count" data-state={key} data-some={counts[key] > 0 ? key : undefined} aria-pressed={choice.filters.includes(key) ? "true" : "false"} onClick={() => toggleFilter(choice, key)}>
					<span class="count-value">{formatNumber(counts[key])}</span><Icon name={STATE_ICONS[key]} size={20} />
					<span class="count-label">{label}</span>
				</button>
			))}
		</div>
	);
}

// Locations are columns on the board already: they are filters where there is room, and in the list.
function Filters({ choice, counts, asList }) {
	const places = locations.value.filter((location) => asList || isWide.value || choice.locations.includes(location));
	const filters = [
		...FILTERS.filter((filter) => filter.group !== "state").map(({ key, label }) => ({ key, label, count: counts[key], on: choice.filters.includes(key), onToggle: () => toggleFilter(choice, key) })),
		...places.map((location) => ({
			key: `at ${location}`, label: location, on: choice.locations.includes(location),
			onToggle: () => { used("locationClicks"); setQuery({ at: toggleIn(choice.locations, location) }); },
		})),
	];
	const isOn = choice.filters.length + choice.locations.length > 0 || choice.query;
	return <FilterBar filters={filters} query={choice.query} label="Search cars" onQuery={(q) => setQuery({ q })} onClear={isOn ? showAll : undefined} />;
}

function Look({ as, order }) {
	return (
		<div class="fleet-look">
			<Segments label="Look" fit value={as} options={[["board", "Board"], ["list", "List"]]} onInput={(one) => { used("viewToggles"); setQuery({ as: one === "list" ? one : null }); }} />
			<Select label="Order" value={order} options={ORDERS} onInput={(one) => setQuery({ order: one === "state" ? null : one })} />
		</div>
	);
}

function NoCars({ onAct }) {
	const hasRoster = rows("roster").value.length > 0;
	const text = hasRoster ? "No cars on the board. The roster can fill it, or add them by number." : "No cars on the board. Add one by its number, or several from a file.";
	if (!may("create", "cars"))
		return <Empty icon="fleet" text="No cars on the board yet." />;
	return (
		<Empty icon="fleet" text={text}>
			<div class="choices">
				{hasRoster && <Button kind="primary" onClick={() => go("/fleet/roster")}>To the roster</Button>}
				{!isWide.value && <Button kind={hasRoster ? "plain" : "primary"} icon="plus" onClick={() => onAct("add")}>Add a car</Button>}
				<Button icon="upload" onClick={() => onAct("import")}>Import a file</Button>
			</div>
		</Empty>
	);
}

function Cars({ query, onAct }) {
	const choice = choiceOf(query), counts = countsOf(cars.value, watch.value);
	const shown = chosen(cars.value, choice, watch.value);
	const asList = query.as === "list", still = !may("update", "cars");
	const about = JSON.stringify([space.value.id, choice, status.value?.loaded]);
	const places = choice.locations.length ? locations.value.filter((one) => choice.locations.includes(one)) : locations.value;
	return (
		<div class="fleet" data-as={cars.value.length === 0 ? "empty" : asList ? "list" : "board"}>
			<div class="fleet-top">
				<ShiftBar onStart={() => onAct("start")} onEnd={() => onAct("end")} />
				{cars.value.length > 0 && <Counts choice={choice} counts={counts} />}
			</div>
			<div class="fleet-tools">
				{isWide.value && may("create", "cars") && <QuickAdd />}
				{cars.value.length > 0 && <Filters choice={choice} counts={counts} asList={asList} />}
				{!isWide.value && cars.value.length > 0 && may("create", "cars") && <IconButton icon="plus" kind="plain" label="Add cars" onClick={() => onAct("add")} />}
			</div>
			{cars.value.length === 0 ? (status.value?.loaded ? <NoCars onAct={onAct} /> : <Waiting rows={6} />)
				: asList ? <CarList cars={inOrder(shown, watch.value, choice.order)} about={about} still={still} onAll={showAll} />
				: <Board wanted={columnsOf(shown, places.length ? places : locations.value, watch.value, choice.order)} about={about} at={query.here} still={still}
					onPick={(here) => { used("locationClicks"); setQuery({ here }); }} onAll={showAll} />}
		</div>
	);
}

function More({ view, onAct }) {
	return <Menu label="More for the fleet" items={[
		session.value.handheld && { label: "Switch person", icon: "users", onSelect: switchPerson },
		!isWide.value && view === "cars" && { label: "Board or list, order…", icon: "columns", onSelect: () => onAct("look") },
		may("create", "cars") && { label: "Import a file…", icon: "upload", onSelect: () => onAct("import") },
		{ label: "Export as CSV", icon: "download", onSelect: () => { used("csvExports"); exportRecords("cars", "csv"); } },
		hasRole("manager") && { label: "Locations, zone, retention…", icon: "sliders", onSelect: () => go("/team/profile") },
		may("update", "cars") && { label: "Reset the board…", icon: "undo", danger: true, onSelect: () => onAct("reset") },
	]} />;
}

function Acting({ act, query, onClose }) {
	switch (act) {
	case "add": return <Sheet title="Add cars" onClose={onClose}><div class="fleet-sheet"><QuickAdd focus /><p class="hint">Enter adds it and waits for the next. Several numbers can be pasted at once.</p></div></Sheet>;
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
	if (view === "roster")
		return { title: id === "new" ? "New in the roster" : `Car ${id} in the roster`, body: <RosterCar key={id} id={id} onClose={close} /> };
	return { title: `Car ${id}`, body: <Car key={id} id={id} onClose={close} onOpen={(other) => go(`/fleet/cars/${encodeURIComponent(other)}`)} /> };
}

function Pane({ detail, onClose }) {
	useKeys({ Escape: ["Close what is open beside the board", onClose] });
	return (
		<section class="pane car-pane" aria-label={detail.title} {...useBeside()}>
			<header class="pane-head"><h2 dir="auto">{detail.title}</h2><IconButton icon="close" label="Close" onClick={onClose} /></header>
			{detail.body}
		</section>
	);
}

// --- the keyboard ---

const CARS = ".fleet .car-link";

// The car whose tile or page has the focus.
function focusedCar() {
	const { activeElement } = document;
	return activeElement?.closest(".pane") ? matchPath("/fleet/cars/:id", location.pathname)?.id : activeElement?.closest(".fleet [data-id]")?.dataset.id;
}

function focusCar(by) {
	const links = [...document.querySelectorAll(CARS)], here = focusedCar();
	const at = links.findIndex((link) => link.closest("[data-id]").dataset.id === here);
	links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by]?.focus();
}

// The toggle of the car that has the focus.
function toggleFocused(flag) {
	const id = focusedCar();
	const car = id && may("update", "cars") ? space.value.get("cars", id) : null;
	if (car)
		toggle(car, flag);
}

function useBoardKeys(onAct) {
	useKeys({
		n: ["Add cars", () => may("create", "cars") && (document.querySelector("[data-quick-add]")?.focus() ?? (isWide.value || onAct("add")))],
		"/": ["Search cars", () => document.querySelector(".fleet [data-search]")?.focus()],
		j: ["Next car", () => focusCar(1)],
		k: ["Car before", () => focusCar(-1)],
		a: ["The chosen car: arrived, or not", () => toggleFocused("arrived")],
		e: ["The chosen car: empty, or not", () => toggleFocused("empty")],
		l: ["The chosen car: late, or not", () => toggleFocused("late")],
	});
}

function BoardKeys({ onAct }) {
	useBoardKeys(onAct);
	return null;
}

function views() {
	const count = alerts.value.length;
	return VIEWS.map(([name, label]) => [name, name === "alerts" && count > 0 ? `${label} ${formatNumber(count)}` : label]);
}

export default function Fleet({ params, query }) {
	const view = VIEWS.some(([name]) => name === params.view) ? params.view : "cars";
	const [act, setAct] = useState(null);
	useEffect(watchClock, []);
	const close = () => go(pathOf(view), query);
	if (view === "shifts" && params.id)
		return <Page title="Report" onBack={() => go("/fleet/shifts")}><ShiftReport key={params.id} id={params.id} /></Page>;
	const detail = detailOf(view, params.id, close);
	const body = {
		cars: () => <Cars query={query} onAct={setAct} />,
		alerts: () => <Alerts />,
		shifts: () => <ShiftList />,
		roster: () => <Roster selected={params.id} onOpen={(id) => go(`/fleet/roster/${encodeURIComponent(id)}`)} />,
		figures: () => <Analytics />,
	}[view];
	const isBoard = view === "cars" && query.as !== "list";
	return (
		<Page title="Fleet"
			actions={[
				<Presence key="presence" />,
				<More key="more" view={view} onAct={setAct} />,
			]}
			below={(
				<div class="fleet-below">
					<Tabs label="Parts of Fleet" views={views()} view={view} addressOf={pathOf} />
					{isWide.value && view === "cars" && <Look as={isBoard ? "board" : "list"} order={choiceOf(query).order} />}
				</div>
			)}
			aside={detail && isWide.value ? <Pane detail={detail} onClose={close} /> : undefined}>
			{view === "cars" && <BoardKeys onAct={setAct} />}
			{body()}
			{detail && !isWide.value && <Sheet title={detail.title} placed onClose={close}>{detail.body}</Sheet>}
			<Acting act={act} query={query} onClose={() => setAct(null)} />
		</Page>
	);
}
