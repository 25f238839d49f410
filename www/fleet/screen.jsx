// The fleet: board and list of the package cars with filters, the car that is open beside them, and behind tabs alerts,
// shifts, roster and figures.  The address holds what is shown, so that a filtered board can be sent and opened again.

import { useEffect, useState } from "preact/hooks";
import {
	Button, Empty, FilterBar, Icon, IconButton, Menu, Page, Segments, Select, Sheet, Waiting, formatNumber, isWide,
	useBeside,
} from "../ui/index.js";
import { switchPerson } from "../base/handheld.js";
import { useKeys } from "../base/keys.js";
import { go, matchPath, moment, setQuery } from "../base/router.jsx";
import { hasRole, may, past, rows, session, space, status } from "../base/state.js";
import { Tabs } from "../base/tabs.jsx";
import { ZoneNotice } from "../base/zones.jsx";
import { ImportSheet, asOfItem, chooseMoment, exportRecords } from "../generic/index.js";
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

const VIEWS = [
	["cars", "Board"], ["alerts", "Alerts"], ["shifts", "Shifts"], ["roster", "Roster"], ["figures", "Figures"],
];
const LOOKS = [["board", "Board"], ["list", "List"]];
const ORDERS = [["state", "By state"], ["expected", "By time"], ["id", "By number"]];
const STATE_ICONS = { pending: "timer", arrived: "check", late: "warn", empty: "package" };
const ALL = { f: null, loc: null, q: null };

const listOf = (text) => (text ? text.split(",") : []);
const pathOf = (view) => (view === "cars" ? "/fleet" : `/fleet/${view}`);
const showAll = () => setQuery(ALL);

/** The filters, search and order of the board, from the address. */
function choiceOf({ f, loc, q, order }) {
	return { filters: listOf(f), locations: listOf(loc), query: q ?? "", order: order ?? "state" };
}

function toggleIn(list, one) {
	return (list.includes(one) ? list.filter((other) => other !== one) : [...list, one]).join(",");
}

function toggleFilter(choice, key) {
	used("filterClicks");
	setQuery({ f: toggleIn(choice.filters, key) });
}

/** How many cars are in which state; a press shows only those. */
function Counts({ choice, counts }) {
	return (
		<div class="counts four" role="group" aria-label="Cars by state">
			{FILTERS.filter((filter) => filter.group === "state").map(({ key, label }) => (
				<button
					key={key} type="button" class="count card faint-icon" data-state={key}
					data-some={counts[key] > 0 ? key : undefined}
					aria-pressed={choice.filters.includes(key) ? "true" : "false"}
					onClick={() => toggleFilter(choice, key)}
				>
					<span class="count-value figure-value unbroken">
						{formatNumber(counts[key])}
					</span>
					<Icon name={STATE_ICONS[key]} size={20} />
					<span class="count-label small medium soft unbroken">{label}</span>
				</button>
			))}
		</div>
	);
}

function toggleLocation(choice, location) {
	used("locationClicks");
	setQuery({ loc: toggleIn(choice.locations, location) });
}

// The board has a column for each location already: as filters they are shown in the list, and where there is room.
function Filters({ choice, counts, asList }) {
	const isShown = (location) => asList || isWide.value || choice.locations.includes(location);
	const others = FILTERS.filter(({ group }) => group !== "state").map(({ key, label }) => ({
		key, label, count: counts[key], on: choice.filters.includes(key),
		onToggle: () => toggleFilter(choice, key),
	}));
	const places = locations.value.filter(isShown).map((location) => ({
		key: `at ${location}`, label: location, on: choice.locations.includes(location),
		onToggle: () => toggleLocation(choice, location),
	}));
	const isOn = choice.filters.length + choice.locations.length > 0 || choice.query;
	return (
		<FilterBar
			filters={[...others, ...places]} query={choice.query} label="Search cars"
			onQuery={(q) => setQuery({ q })} onClear={isOn ? showAll : undefined}
		/>
	);
}

function Look({ as, order }) {
	const show = (one) => {
		used("viewToggles");
		setQuery({ as: one === "list" ? one : null });
	};
	return (
		<div class="fleet-look line fixed">
			<Segments label="Look" fit value={as} options={LOOKS} onInput={show} />
			<Select
				label="Order" value={order} options={ORDERS}
				onInput={(one) => setQuery({ order: one === "state" ? null : one })}
			/>
		</div>
	);
}

function NoCars({ onAct }) {
	const hasRoster = rows("roster").value.length > 0;
	const text = hasRoster
		? "No cars on the board. The roster can fill it, or add them by number."
		: "No cars on the board. Add one by its number, or several from a file.";
	if (!may("create", "cars"))
		return <Empty icon="fleet" text="No cars on the board yet." />;
	return (
		<Empty icon="fleet" text={text}>
			<div class="flow to-middle">
				{hasRoster && (
					<Button kind="primary" onClick={() => go("/fleet/roster")}>
						Open roster
					</Button>
				)}
				{!isWide.value && (
					<Button
						kind={hasRoster ? "plain" : "primary"} icon="plus"
						onClick={() => onAct("add")}
					>
						Add a car
					</Button>
				)}
				<Button icon="upload" onClick={() => onAct("import")}>Import a file</Button>
			</div>
		</Empty>
	);
}

// The board keeps its order, so it is made anew when the cars of a moment of the past have come.
const isWaiting = () => past.value?.isReading.value;

// The board, or the list of its cars.
function Shown({ query, choice }) {
	const shown = chosen(cars.value, choice, watch.value), still = !may("update", "cars");
	const about = JSON.stringify([space.value.id, choice, status.value?.loaded, moment.value, isWaiting()]);
	if (query.as === "list") {
		const list = inOrder(shown, watch.value, choice.order);
		return <CarList cars={list} about={about} still={still} onAll={showAll} />;
	}
	const named = locations.value.filter((one) => choice.locations.includes(one));
	const columns = columnsOf(shown, named.length ? named : locations.value, watch.value, choice.order);
	const pick = (here) => {
		used("locationClicks");
		setQuery({ here });
	};
	return <Board wanted={columns} about={about} at={query.here} still={still} onPick={pick} onAll={showAll} />;
}

function Cars({ query, onAct }) {
	const choice = choiceOf(query), counts = countsOf(cars.value, watch.value);
	const hasCars = cars.value.length > 0, mayAdd = may("create", "cars");
	const as = query.as === "list" ? "list" : "board";
	return (
		<div class="fleet stack gap-3" data-as={hasCars ? as : "empty"}>
			<div class="fleet-top stack">
				<ShiftBar onStart={() => onAct("start")} onEnd={() => onAct("end")} />
				{hasCars && <Counts choice={choice} counts={counts} />}
			</div>
			<div class="fleet-tools flow">
				{isWide.value && mayAdd && <QuickAdd />}
				{hasCars && <Filters choice={choice} counts={counts} asList={as === "list"} />}
				{!isWide.value && hasCars && mayAdd && (
					<IconButton
						icon="plus" kind="plain" label="Add cars" onClick={() => onAct("add")}
					/>
				)}
			</div>
			{hasCars && <Shown query={query} choice={choice} />}
			{!hasCars && (status.value?.loaded ? <NoCars onAct={onAct} /> : <Waiting rows={6} />)}
		</div>
	);
}

function exportCars() {
	used("csvExports");
	exportRecords("cars", "csv");
}

function More({ view, onAct }) {
	const act = (name) => () => onAct(name);
	return <Menu label="More for the fleet" items={[
		session.value.handheld && { label: "Switch user", icon: "users", onSelect: switchPerson },
		!isWide.value && view === "cars" &&
			{ label: "View options…", icon: "columns", onSelect: act("look") },
		may("create", "cars") && { label: "Import a file…", icon: "upload", onSelect: act("import") },
		asOfItem(),
		{ label: "Export as CSV", icon: "download", onSelect: exportCars },
		hasRole("manager") && !past.value &&
			{ label: "Fleet settings…", icon: "sliders", onSelect: () => go("/team/profile") },
		may("update", "cars") &&
			{ label: "Reset board…", icon: "undo", danger: true, onSelect: act("reset") },
	]} />;
}

function AddSheet({ onClose }) {
	return (
		<Sheet title="Add cars" onClose={onClose}>
			<div class="fleet-sheet stack">
				<QuickAdd focus />
				<p class="hint">
					Enter adds it and waits for the next. Several numbers can be pasted at once.
				</p>
			</div>
		</Sheet>
	);
}

function LookSheet({ query, onClose }) {
	return (
		<Sheet title="Board or list" onClose={onClose}>
			<Look as={query.as === "list" ? "list" : "board"} order={choiceOf(query).order} />
		</Sheet>
	);
}

function Acting({ act, query, onClose }) {
	const showReport = (ended) => {
		onClose();
		go(`/fleet/shifts/${encodeURIComponent(ended.id)}`);
	};
	switch (act) {
	case "add": return <AddSheet onClose={onClose} />;
	case "look": return <LookSheet query={query} onClose={onClose} />;
	case "start": return <StartShift onClose={onClose} />;
	case "end": return <EndShift onClose={onClose} onEnded={showReport} />;
	case "reset": return <ResetBoard onClose={onClose} />;
	case "import": return <ImportSheet collection="cars" onClose={onClose} />;
	default: return null;
	}
}

// What is open beside the list: {title, body}.
function detailOf(view, id, close) {
	if (!id)
		return null;
	if (view === "roster")
		return {
			title: id === "new" ? "Add to roster" : `Car ${id} in the roster`,
			body: <RosterCar key={id} id={id} onClose={close} />,
		};
	const open = (other) => go(`/fleet/cars/${encodeURIComponent(other)}`);
	return { title: `Car ${id}`, body: <Car key={id} id={id} onClose={close} onOpen={open} /> };
}

function Pane({ detail, onClose }) {
	useKeys({ Escape: ["Close what is open beside the board", onClose] });
	return (
		<section class="pane car-pane stack gap-0" aria-label={detail.title} {...useBeside()}>
			<header class="pane-head line gap-1">
				<h2 class="cut grow" dir="auto">{detail.title}</h2>
				<IconButton icon="close" label="Close" onClick={onClose} />
			</header>
			{detail.body}
		</section>
	);
}

// --- the keyboard ---

const CARS = ".fleet .car-link";

// The id of the car whose tile or page has the focus.
function focusedCar() {
	const { activeElement } = document;
	if (activeElement?.closest(".pane"))
		return matchPath("/fleet/cars/:id", location.pathname)?.id;
	return activeElement?.closest(".fleet [data-id]")?.dataset.id;
}

function focusCar(by) {
	const links = [...document.querySelectorAll(CARS)], here = focusedCar();
	const at = links.findIndex((link) => link.closest("[data-id]").dataset.id === here);
	links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by]?.focus();
}

// Presses a toggle of the car that has the focus.
function toggleFocused(flag) {
	const id = focusedCar();
	const car = id && may("update", "cars") ? space.value.get("cars", id) : null;
	if (car)
		toggle(car, flag);
}

function startAdding(onAct) {
	if (!may("create", "cars"))
		return;
	document.querySelector("[data-quick-add]")?.focus();
	if (!isWide.value)
		onAct("add");
}

function useBoardKeys(onAct) {
	useKeys({
		n: ["Add cars", () => startAdding(onAct)],
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
	const count = alerts.value.length > 0 ? ` ${formatNumber(alerts.value.length)}` : "";
	return VIEWS.map(([name, label]) => [name, name === "alerts" ? label + count : label]);
}

export default function Fleet({ params, query }) {
	const view = VIEWS.some(([name]) => name === params.view) ? params.view : "cars";
	const [act, setAct] = useState(null);
	useEffect(watchClock, []);
	const close = () => go(pathOf(view), query);
	if (view === "shifts" && params.id)
		return (
			<Page
				title="Report" onBack={() => go("/fleet/shifts")}
				actions={<IconButton icon="history" label="As of…" onClick={() => chooseMoment()} />}
			>
				<ShiftReport key={params.id} id={params.id} />
			</Page>
		);
	const detail = detailOf(view, params.id, close);
	const openOfRoster = (id) => go(`/fleet/roster/${encodeURIComponent(id)}`);
	const body = {
		cars: () => <Cars query={query} onAct={setAct} />,
		alerts: () => <Alerts />,
		shifts: () => <ShiftList />,
		roster: () => <Roster selected={params.id} onOpen={openOfRoster} />,
		figures: () => <Analytics />,
	}[view];
	const isBoard = view === "cars" && query.as !== "list";
	const below = (
		<div class="fleet-below ends on-foot">
			<Tabs label="Parts of Fleet" views={views()} view={view} addressOf={pathOf} />
			{isWide.value && view === "cars" && (
				<Look as={isBoard ? "board" : "list"} order={choiceOf(query).order} />
			)}
		</div>
	);
	return (
		<Page
			title="Fleet" below={below}
			actions={[<Presence key="presence" />, <More key="more" view={view} onAct={setAct} />]}
			aside={detail && isWide.value ? <Pane detail={detail} onClose={close} /> : undefined}
		>
			{view === "cars" && !past.value && <BoardKeys onAct={setAct} />}
			{view === "cars" && <ZoneNotice wholeSpace />}
			{body()}
			{detail && !isWide.value && (
				<Sheet title={detail.title} placed onClose={close}>{detail.body}</Sheet>
			)}
			<Acting act={act} query={query} onClose={() => setAct(null)} />
		</Page>
	);
}
