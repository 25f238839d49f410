// The same cars as a list: one line each, with location and toggles, windowed so that its length does not matter.

import { List, Select } from "../ui/index.js";
import { Link } from "../app/router.jsx";
import { may, news } from "../app/state.js";
import { CarMenu, State, Toggles, When, hrefOf } from "./tile.jsx";
import { stateOf } from "./board.js";
import { locations, move, newsOf, watch } from "./data.js";

function Line({ car }) {
	return (
		<div class="car-line" data-id={car.id} data-state={stateOf(car, watch.value)} data-news={newsOf(news.value, car) ? "true" : undefined}>
			<Link class="car-number" to={hrefOf(car)}><bdi>{car.id}</bdi></Link>
			<span class="car-facts"><State car={car} /><When car={car} /></span>
			<span class="car-notes" dir="auto">{car.notes}</span>
			<Select label={`Location of car ${car.id}`} value={car.location ?? locations.value[0]} options={locations.value.map((one) => [one, one])}
				disabled={!may("update", "cars")} onInput={(location) => move(car, location)} />
			<Toggles car={car} />
			<CarMenu car={car} />
		</div>
	);
}

export function CarList({ cars }) {
	return <List class="car-list" items={cars} keyOf={(car) => car.id} height={64} row={(car) => <Line car={car} />} />;
}
