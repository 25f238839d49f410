// A car on the board: its number to be read from two metres, its state in a word with a shape, and two big toggles for gloves.

import { Icon, Menu, formatTime } from "../ui/index.js";
import { Link, go } from "../app/router.jsx";
import { may, news, personName } from "../app/state.js";
import { isLate, minutesToDue, stateOf } from "./board.js";
import { locations, move, newsOf, remove, toggle, unsent, watch, zone } from "./data.js";

const STATES = {
	pending: { word: "Pending", icon: "timer" },
	arrived: { word: "On site", icon: "check" },
	late: { word: "Late", icon: "warn" },
	empty: { word: "Empty", icon: "package" },
};

export function hrefOf(car) {
	return `/fleet/cars/${encodeURIComponent(car.id)}`;
}

/** The state of a car as word and shape. */
export function State({ car }) {
	const state = stateOf(car, watch.value);
	const late = state !== "late" && isLate(car, watch.value);
	return (
		<span class="car-state" data-state={state}>
			<Icon name={STATES[state].icon} size={16} />
			<span>{STATES[state].word}{late ? ", late" : ""}</span>
		</span>
	);
}

// "12 min", from an hour on "5 h 52 min".
function minutesText(minutes) {
	return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** When a car was expected, came, or was emptied: the one time that matters now. */
export function When({ car }) {
	const minutes = minutesToDue(car, watch.value);
	if (car.empty && car.emptyAt)
		return <span class="car-when">{formatTime(car.emptyAt, zone.value)}</span>;
	if (car.arrived && car.arrivedAt)
		return <span class="car-when">{formatTime(car.arrivedAt, zone.value)}</span>;
	if (!car.expected)
		return null;
	if (minutes === null)
		return <span class="car-when">due {car.expected.slice(0, 5)}</span>;
	if (minutes < 0)
		return <span class="car-when overdue">due {car.expected.slice(0, 5)}, {minutesText(-minutes)} ago</span>;
	return <span class="car-when">due {car.expected.slice(0, 5)}{minutes < 60 ? `, in ${minutesText(minutes)}` : ""}</span>;
}

// What this device wrote and the server has not taken.
function Unsent({ car }) {
	const state = unsent.value.get(car.id);
	if (!state)
		return null;
	const said = { waiting: ["sync", "Saved here, not sent yet"], conflict: ["swap", "Changed by somebody else too"], failed: ["bad", "Not taken by the server"] }[state];
	return <span class="car-unsent" data-state={state}><Icon name={said[0]} size={16} label={said[1]} /></span>;
}

/** Who changed the car elsewhere a moment ago, as initials. */
function Who({ car }) {
	const fresh = newsOf(news.value, car);
	if (!fresh)
		return null;
	const name = fresh.by ? personName(fresh.by) : "elsewhere";
	const initials = name.split(/\s+/).map((word) => word[0]).join("").slice(0, 2).toUpperCase();
	return <span class="car-who" title={`Changed by ${name}`}><span aria-hidden="true">{initials}</span><span class="unseen">Changed by {name}</span></span>;
}

/** Menu of a car: what a tile has no room for. */
export function CarMenu({ car }) {
	const changes = may("update", "cars");
	const items = [
		{ label: "Open", icon: "open", onSelect: () => go(hrefOf(car)) },
		...(changes ? [
			{ label: car.late ? "Not late" : "Late", icon: "warn", onSelect: () => toggle(car, "late") },
			...locations.value.filter((location) => location !== car.location).map((location) => ({
				label: `Move to ${location}`, icon: "forward", onSelect: () => move(car, location),
			})),
		] : []),
		...(may("delete", "cars") ? [{ label: "Remove from the board", icon: "trash", danger: true, onSelect: () => remove(car) }] : []),
	];
	return <Menu label={`More for car ${car.id}`} items={items} />;
}

/** The two toggles. */
export function Toggles({ car, large = false }) {
	const locked = !may("update", "cars");
	return (
		<div class={large ? "car-toggles large" : "car-toggles"}>
			<button type="button" class="car-toggle" aria-pressed={Boolean(car.arrived || car.empty)} disabled={locked} onClick={() => toggle(car, "arrived")}>
				<Icon name="check" /><span>Arrived</span>
			</button>
			<button type="button" class="car-toggle" aria-pressed={Boolean(car.empty)} disabled={locked} onClick={() => toggle(car, "empty")}>
				<Icon name="package" /><span>Empty</span>
			</button>
		</div>
	);
}

export function Tile({ car }) {
	const canMove = may("update", "cars");
	const start = (event) => {
		event.dataTransfer.setData("application/x-daybook-car", car.id);
		event.dataTransfer.setData("text/plain", car.id);
		event.dataTransfer.effectAllowed = "move";
	};
	return (
		<article class="tile" data-id={car.id} data-state={stateOf(car, watch.value)} data-news={newsOf(news.value, car) ? "true" : undefined}
			draggable={canMove} onDragStart={start} aria-label={`Car ${car.id}`}>
			<header class="tile-head">
				<Link class="tile-number" to={hrefOf(car)}><bdi>{car.id}</bdi></Link>
				<Who car={car} /><Unsent car={car} />
				<CarMenu car={car} />
			</header>
			<p class="tile-meta"><State car={car} /><When car={car} /></p>
			{car.notes && <p class="tile-notes" dir="auto">{car.notes}</p>}
			<Toggles car={car} />
		</article>
	);
}
