// The board: a column for each location.  A wide window shows them side by side; a car is moved by dragging it or by
// its menu.  A phone shows one at a time, with a strip of locations to press, or a swipe to the next.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button, Empty, List, isFine, isNarrow } from "../ui/index.js";
import { space } from "../base/state.js";
import { CAR_TYPE, Gone, Tile } from "./tile.jsx";
import { useCalm } from "./calm.js";
import { move } from "./data.js";

const HEIGHT = { fine: 156, coarse: 184 }; // pixels of a tile with the space below it: for a mouse, for fingers
const STILL = { fine: 108, coarse: 122 }; // the same for people who may not change cars
const SWIPE = 64; // pixels

const keyOf = ({ id, car }) => (car ? id : `gone ${id}`);
const drawn = (entry) => (entry.car ? <Tile car={entry.car} /> : <Gone id={entry.id} to={entry.to} />);

// The attributes of an element on which a car can be dropped.
function useDrop(location) {
	const [isOver, setOver] = useState(false);
	const over = (event) => {
		if (!event.dataTransfer.types.includes(CAR_TYPE))
			return;
		event.preventDefault();
		event.dataTransfer.dropEffect = "move";
		setOver(true);
	};
	const leave = (event) => {
		if (!event.currentTarget.contains(event.relatedTarget))
			setOver(false);
	};
	const drop = (event) => {
		event.preventDefault();
		setOver(false);
		const car = space.value.get("cars", event.dataTransfer.getData(CAR_TYPE));
		if (car)
			move(car, location);
	};
	return {
		"data-over": isOver ? "true" : undefined,
		onDragEnter: over, onDragOver: over, onDragLeave: leave, onDrop: drop,
	};
}

function countOf(entries) {
	return entries.filter(({ car }) => car).length;
}

function Column({ location, entries, slim, height }) {
	const dropping = useDrop(location);
	const isSlim = slim && !isNarrow.value, count = countOf(entries);
	return (
		<section
			class="column" data-location={location} data-slim={isSlim ? "true" : undefined}
			aria-label={`Location ${location}`} {...dropping}
		>
			<h2 class="column-head over-2 in-3 line ends baseline">
				<bdi class="cut">{location}</bdi>{" "}
				<span class="column-count small soft">{count}</span>
			</h2>
			<div class="column-cars">
				{entries.length > 0 && !isSlim ? (
					<List
						items={entries} keyOf={keyOf} height={height} row={drawn}
						label={`Cars at ${location}`}
					/>
				) : (
					<p class="column-empty over-3 in-2 amid hint">
						{count > 0 ? "Just moved here" : "No cars"}
					</p>
				)}
			</div>
		</section>
	);
}

function Strip({ columns, location, onPick }) {
	return (
		<nav class="board-strip paper slide line" aria-label="Locations">
			{columns.map((one) => (
				<button
					key={one.location} type="button" class="strip-place framed fixed medium soft"
					aria-current={one.location === location ? "true" : undefined}
					onClick={() => onPick(one.location)}
				>
					<bdi>{one.location}</bdi>{" "}
					<span class="column-count small soft">{countOf(one.entries)}</span>
				</button>
			))}
		</nav>
	);
}

// A swipe to the side goes to the next column.
function useSwipe(onSwipe) {
	const from = useRef(null);
	return {
		onTouchStart: ({ touches: [one] }) => { from.current = [one.clientX, one.clientY]; },
		onTouchEnd: ({ changedTouches: [one] }) => {
			const [x, y] = from.current ?? [one.clientX, one.clientY];
			const across = one.clientX - x;
			if (Math.abs(across) > SWIPE && Math.abs(across) > 2 * Math.abs(one.clientY - y))
				onSwipe(across < 0 ? 1 : -1);
		},
	};
}

// Another location is shown from its first car, but the page does not scroll back to its own top.
function useTop(ref, location) {
	const first = useRef(true);
	useLayoutEffect(() => {
		const topOf = (element) => element.getBoundingClientRect().top;
		const scroller = ref.current.closest(".page-body");
		if (!first.current && scroller && topOf(ref.current) < topOf(scroller))
			ref.current.scrollIntoView({ block: "start" });
		first.current = false;
	}, [location]);
}

/**
 * wanted: columnsOf(…).  about: see useCalm.  at, onPick: the location that a phone shows.  still: the tiles
 * have no toggles.  onAll: shows all cars again.
 */
export function Board({ wanted, about, at, onPick, still, onAll }) {
	const { columns, ref } = useCalm(wanted, about);
	const wish = columns.findIndex(({ location }) => location === at);
	const here = wish >= 0 ? wish : Math.max(0, columns.findIndex(({ entries }) => entries.length > 0));
	useTop(ref, columns[here].location);
	const swipe = useSwipe((by) => columns[here + by] && onPick(columns[here + by].location));
	const height = (still ? STILL : HEIGHT)[isFine.value ? "fine" : "coarse"];
	const { location } = columns[here], all = <Button onClick={onAll}>Show all</Button>;
	return (
		<div class="board" ref={ref} data-narrow={isNarrow.value ? "true" : undefined}>
			{columns.every(({ entries }) => entries.length === 0) && (
				<Empty icon="filter" text="No car is like that." action={all} />
			)}
			{isNarrow.value && <Strip columns={columns} location={location} onPick={onPick} />}
			{isNarrow.value ? (
				<div class="board-one" {...swipe}>
					<Column key={location} {...columns[here]} height={height} />
				</div>
			) : (
				<div class="board-columns" role="group" aria-label="Board by location">
					{columns.map((one) => <Column key={one.location} {...one} height={height} />)}
				</div>
			)}
		</div>
	);
}
