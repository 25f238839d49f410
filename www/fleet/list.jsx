// The cars of the board as a list: one line each, with location and toggles.  Only the lines in sight are drawn.

import { Button, Empty, List, Select, isNarrow } from "../ui/index.js";
import { may } from "../base/state.js";
import { CarClock, CarLink, CarMenu, CarSigns, Gone, Toggles, useCarLook } from "./tile.jsx";
import { useCalm } from "./calm.js";
import { locations, move } from "./data.js";

function Place({ car }) {
	if (!may("update", "cars") || isNarrow.value)
		return <span class="car-place small soft cut"><bdi>{car.location}</bdi></span>;
	return (
		<Select
			label={`Location of car ${car.id}`} value={car.location ?? locations.value[0]}
			options={locations.value.map((one) => [one, one])} onInput={(location) => move(car, location)}
		/>
	);
}

function Line({ car }) {
	const { clock, name, look } = useCarLook(car);
	return (
		<div class="car-line" {...look}>
			<CarLink id={car.id} kind="car-number big" />
			<span class="car-facts flow small soft"><CarClock clock={clock} /></span>
			<CarSigns car={car} name={name} />
			<span
				class="car-notes small soft cut" dir="auto"
				data-rest={!car.notes && clock.rest ? clock.state : undefined}
			>
				{car.notes || clock.rest}
			</span>
			<Place car={car} />
			<Toggles car={car} />
			<CarMenu car={car} />
		</div>
	);
}

const keyOf = ({ id, car }) => (car ? id : `gone ${id}`);

const drawn = ({ id, car, to }) => (car ? <Line car={car} /> : <Gone id={id} to={to} />);

/** cars: in their order. */
export function CarList({ cars, about, still, onAll }) {
	const { columns: [{ entries }], ref } = useCalm([{ location: null, cars }], about);
	const height = isNarrow.value ? (still ? 84 : 140) : 60;
	const all = <Button onClick={onAll}>Show all</Button>;
	return (
		<div class="car-list" ref={ref}>
			{entries.length === 0 && <Empty icon="filter" text="No car is like that." action={all} />}
			<List items={entries} keyOf={keyOf} height={height} label="Cars" row={drawn} />
		</div>
	);
}
