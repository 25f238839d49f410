// What the fleet shows on the screen Today: the shift, how many cars have arrived, and the cars that are late.

import { useEffect } from "preact/hooks";
import { Icon, isNarrow } from "../ui/index.js";
import { Link } from "../base/router.jsx";
import { inOrder, isLate, progressOf } from "./board.js";
import { cars, shift, watch, watchClock } from "./data.js";
import { When, hrefOf } from "./tile.jsx";

const FEW = 4;

/** part: "now" or "beside". */
export default function FleetToday({ part }) {
	useEffect(watchClock, []);
	if (part !== "now" || cars.value.length === 0)
		return null;
	const isMissing = (car) => !car.arrived && !car.empty && isLate(car, watch.value);
	const late = inOrder(cars.value.filter(isMissing), watch.value, "expected");
	const { arrived, cars: all } = progressOf(cars.value);
	const onBoard = all === 1 ? "1 car" : `${all} cars`;
	return (
		<section class="today-part">
			<header class="line gap-3 ends">
				<h2>Fleet</h2><Link class="today-more way" to="/fleet">Board</Link>
			</header>
			<p class="soft">
				{shift.value
					? `${arrived} of ${all} cars arrived`
					: `No shift is under way; ${onBoard} on the board`}
			</p>
			{late.length > 0 && (
				<ul>
					{late.slice(0, FEW).map((car) => (
						<li key={car.id}>
							<Link to={hrefOf(car)} class="today-item item ruled">
								<Icon name="warn" size={16} />{" "}
								<span class="fixed unbroken">
									Car <bdi>{car.id}</bdi>
								</span>{" "}
								<When car={car} brief={isNarrow.value} />
							</Link>
						</li>
					))}
					{late.length > FEW && (
						<li>
							<Link
								to="/fleet" query={{ f: "late" }}
								class="today-item item ruled"
							>
								{late.length - FEW} more late cars
							</Link>
						</li>
					)}
				</ul>
			)}
		</section>
	);
}
