// The board: a column for each location.  All of them on a wide window; on a phone one at a time, with a strip of locations to jump by.
// A car is moved by dragging it or by its menu.

import { useRef, useState } from "preact/hooks";
import { space } from "../app/state.js";
import { Tile } from "./tile.jsx";
import { move } from "./data.js";

const FEW = 40; // tiles a column draws at first; more as one asks for them

function Column({ location, cars, onShown }) {
	const [over, setOver] = useState(false);
	const [shown, setShown] = useState(FEW);
	const isCar = (event) => event.dataTransfer.types.includes("application/x-daybook-car");
	const enter = (event) => {
		if (!isCar(event))
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
		const car = space.value.get("cars", event.dataTransfer.getData("application/x-daybook-car"));
		if (car)
			move(car, location);
	};
	return (
		<section class="column" data-location={location} data-over={over ? "true" : undefined} aria-label={`Location ${location}`}
			onDragEnter={enter} onDragOver={enter} onDragLeave={leave} onDrop={drop} ref={onShown}>
			<h2 class="column-head"><bdi>{location}</bdi> <span class="column-count">{cars.length}</span></h2>
			<div class="column-cars">
				{cars.slice(0, shown).map((car) => <Tile key={car.id} car={car} />)}
				{cars.length > shown && <button type="button" class="button wide" onClick={() => setShown(shown + FEW)}>{cars.length - shown} more</button>}
				{cars.length === 0 && <p class="column-empty">No cars</p>}
			</div>
		</section>
	);
}

export function Board({ columns }) {
	const places = useRef(new Map());
	const jump = (location) => places.current.get(location)?.scrollIntoView({ inline: "start", block: "nearest", behavior: "smooth" });
	return (
		<div class="board">
			<nav class="board-strip" aria-label="Locations">
				{columns.map(({ location, cars }) => (
					<button key={location} type="button" class="strip-place" onClick={() => jump(location)}>
						<bdi>{location}</bdi> <span class="column-count">{cars.length}</span>
					</button>
				))}
			</nav>
			<div class="board-columns" tabIndex={0} role="group" aria-label="Board by location">
				{columns.map(({ location, cars }) => (
					<Column key={location} location={location} cars={cars} onShown={(node) => (node ? places.current.set(location, node) : places.current.delete(location))} />
				))}
			</div>
		</div>
	);
}
