// A car on the board: its number, readable from two metres away; its state as a word and a shape; and two toggles, big
// enough for gloves.

import { computed } from "@preact/signals";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { Icon, Menu, formatTime, isFine } from "../ui/index.js";
import { initials } from "../base/words.js";
import { address, go, isPlainClick } from "../base/router.jsx";
import { may, news, personName } from "../base/state.js";
import { isLate, minutesToDue, stateOf } from "./board.js";
import { isBlind } from "./calm.js";
import { locations, move, newsOf, remove, toggle, unsent, watch, zone } from "./data.js";
import { used } from "./usage.js";

const STATES = {
	pending: { word: "Pending", icon: "timer" },
	arrived: { word: "On site", icon: "check" },
	late: { word: "Late", icon: "warn" },
	empty: { word: "Empty", icon: "package" },
};

export const CAR_TYPE = "application/x-daybook-car"; // the MIME type of a dragged car

export function hrefOf(car) {
	return `/fleet/cars/${encodeURIComponent(car.id)}`;
}

/** Opens a car; the board behind it keeps its filters. */
export function openCar(id) {
	used("carSelections");
	go(hrefOf({ id }), address.peek().query);
}

/** The number of a car, as the link to it. */
export function CarLink({ id, kind }) {
	const follow = (event) => {
		if (!isPlainClick(event))
			return;
		event.preventDefault();
		openCar(id);
	};
	return (
		<a class={`${kind} car-link bold cut ink`} href={hrefOf({ id })} draggable={false} onClick={follow}>
			<bdi>{id}</bdi>
		</a>
	);
}

function hoursMinutes(minutes) {
	if (minutes < 60)
		return `${minutes} min`;
	return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")} h`;
}

// How far off the expected time is, in words; "" if it is more than an hour ahead.
function restWords(minutes) {
	if (minutes === null || minutes >= 60)
		return "";
	return minutes < 0 ? `${hoursMinutes(-minutes)} overdue` : `in ${hoursMinutes(minutes)}`;
}

/**
 * State and times of a car: {state, late, at, isDue, rest}.  at: the time that matters now.  rest: how far off it is.
 */
function clockOf(car, now, place) {
	const state = stateOf(car, now), late = isLate(car, now);
	const since = car.empty ? car.emptyAt : car.arrived ? car.arrivedAt : null;
	if (since)
		return { state, late, at: formatTime(since, place), rest: "" };
	if (car.arrived || car.empty || !car.expected)
		return { state, late, at: "", rest: "" };
	return { state, late, at: car.expected.slice(0, 5), isDue: true, rest: restWords(minutesToDue(car, now)) };
}

// A value computed from signals.  The component is drawn again only when the value changes, not whenever a signal does.
function useWord(thing, compute) {
	return useMemo(() => computed(() => compute(thing)), [thing]).value;
}

function useClock(car) {
	return JSON.parse(useWord(car, () => JSON.stringify(clockOf(car, watch.value, zone.value))));
}

/** The state of a car as word and shape. */
export function State({ car }) {
	const { state, late } = clockOf(car, watch.value, zone.value);
	return <StateMark state={state} late={late} />;
}

function StateMark({ state, late }) {
	return (
		<span class="car-state line gap-1 bold unbroken" data-state={state}>
			<Icon name={STATES[state].icon} size={16} />
			<span>{STATES[state].word}</span>
			{late && state !== "late" && (
				<span class="car-was-late line hair warn">
					<Icon name="warn" size={16} />
					<span>late</span>
				</span>
			)}
		</span>
	);
}

/** When a car was expected, arrived, or was emptied.  brief: only how far off that is. */
export function When({ car, brief = false }) {
	const { state, at, isDue, rest } = clockOf(car, watch.value, zone.value);
	if (!at)
		return null;
	if (brief && rest)
		return <span class="car-when cut" data-state={state}>{rest}</span>;
	return <span class="car-when cut" data-state={state}>{isDue && "due "}{rest ? `${at}, ${rest}` : at}</span>;
}

const UNSENT = {
	waiting: ["sync", "Saved here, not sent yet"],
	conflict: ["swap", "Changed by somebody else too: open it to decide"],
	failed: ["bad", "Not taken by the server: open it to see why"],
};

// A sign that the server has not accepted edits of this device.
function Unsent({ id }) {
	const state = useWord(id, () => unsent.value.get(id));
	if (!state)
		return null;
	const [icon, words] = UNSENT[state];
	return (
		<span class="car-unsent line muted" data-state={state} title={words}>
			<Icon name={icon} size={16} label={words} />
		</span>
	);
}

// The name of who changed a car elsewhere a moment ago; "" if it was the server, null if nobody did.
function useNews(id) {
	return useWord(id, () => {
		const fresh = newsOf(news.value, id);
		if (!fresh)
			return null;
		return fresh.by ? personName(fresh.by) : "";
	});
}

/** Who changed the car elsewhere a moment ago, as initials. */
function Who({ name }) {
	if (!name)
		return null;
	return (
		<span class="car-who disc" title={`Changed by ${name}`}>
			<span aria-hidden="true">{initials(name)}</span>
			<span class="unseen">Changed by {name}</span>
		</span>
	);
}

let followed = null; // the car that was moved by its menu, whose tile gets the focus in its new place

/** The menu of a car: what a tile has no room for. */
export function CarMenu({ car }) {
	const moveTo = (location) => {
		followed = car.id;
		move(car, location);
	};
	const moves = locations.value
		.filter((location) => location !== car.location)
		.map((location) => ({
			label: `Move to ${location}`,
			icon: "forward",
			onSelect: () => moveTo(location),
		}));
	const late = { label: car.late ? "Not late" : "Mark late", icon: "warn", onSelect: () => toggle(car, "late") };
	const items = [
		{ label: "Open", icon: "open", onSelect: () => openCar(car.id) },
		...(may("update", "cars") ? [late, ...moves] : []),
		may("delete", "cars") &&
			{ label: "Remove from the board", icon: "trash", danger: true, onSelect: () => remove(car) },
	];
	return <Menu label={`More for car ${car.id}`} items={items} />;
}

// A toggle is filled and ticked while the flag is set, else an empty shape.
function ToggleKey({ car, flag, words, icon, isOn }) {
	const press = (event) => {
		if (!isBlind(event))
			toggle(car, flag);
	};
	return (
		<button
			type="button" class="car-toggle button faint-icon" data-flag={flag}
			aria-pressed={isOn ? "true" : "false"}
			onClick={press}
		>
			<Icon name={isOn ? "check" : icon} /><span>{words}</span><span class="unseen"> {car.id}</span>
		</button>
	);
}

/** The two toggles; people who may not change cars get none. */
export function Toggles({ car, large = false }) {
	if (!may("update", "cars"))
		return null;
	return (
		<div class={large ? "car-toggles pair gap-2 large" : "car-toggles pair gap-2"}>
			<ToggleKey
				car={car} flag="arrived" words="Arrived" icon="truck"
				isOn={Boolean(car.arrived || car.empty)}
			/>
			<ToggleKey car={car} flag="empty" words="Empty" icon="package" isOn={Boolean(car.empty)} />
		</div>
	);
}

/** What tiles and lines have in common: {clock, name}, and the attributes of their element. */
export function useCarLook(car) {
	const clock = useClock(car), name = useNews(car.id);
	const isNews = name === null ? undefined : "true";
	return { clock, name, look: { "data-id": car.id, "data-state": clock.state, "data-news": isNews } };
}

export function CarSigns({ car, name }) {
	return <span class="car-signs line gap-1 fixed push"><Who name={name} /><Unsent id={car.id} /></span>;
}

export function CarClock({ clock }) {
	return (
		<>
			<StateMark state={clock.state} late={clock.late} />
			{clock.at && (
				<span class="car-when cut" data-state={clock.state}>
					{clock.isDue && <span class="car-due">due </span>}
					{clock.at}
				</span>
			)}
		</>
	);
}

export function Tile({ car }) {
	const { clock, name, look } = useCarLook(car);
	const element = useRef(null);
	useLayoutEffect(() => {
		if (followed === car.id)
			element.current.querySelector(".car-link").focus({ preventScroll: true });
		followed = followed === car.id ? null : followed;
	}, []);
	const start = (event) => {
		event.dataTransfer.setData(CAR_TYPE, car.id);
		event.dataTransfer.setData("text/plain", car.id);
		event.dataTransfer.effectAllowed = "move";
	};
	return (
		<article
			ref={element} class="tile framed anchor" {...look}
			draggable={isFine.value && may("update", "cars")}
			onDragStart={start} aria-label={`Car ${car.id}`}
		>
			<header class="tile-head line gap-0 ends touch">
				<CarLink id={car.id} kind="tile-number tight grow" />
				<CarMenu car={car} />
			</header>
			<p class="tile-meta clip line small soft unbroken">
				<CarClock clock={clock} />
				<CarSigns car={car} name={name} />
			</p>
			<p
				class="tile-notes small soft cut" dir="auto"
				data-rest={!car.notes && clock.rest ? clock.state : undefined}
			>
				{car.notes || clock.rest}
			</p>
			<Toggles car={car} />
		</article>
	);
}

/** The empty place of a car that left, until the board is in order again. */
export function Gone({ id, to }) {
	return (
		<div class="tile framed anchor gone">
			<b class="tile-number tight bold cut"><bdi>{id}</bdi></b>
			{to ? <p>Moved to <bdi>{to}</bdi></p> : <p>Removed</p>}
		</div>
	);
}
