// The roster: all cars there are, apart from today's board.  It is edited like any collection; here it is put on the board.

import { useState } from "preact/hooks";
import { Button, Empty, List, Notice, Row, Tag, toast } from "../ui/index.js";
import { Link } from "../app/router.jsx";
import { hasRole, may, rows, space, status } from "../app/state.js";
import { RecordForm } from "../generic/index.js";
import { compareNatural } from "./board.js";
import { actionKey, applyRoster, cars, whyNot } from "./data.js";
import { isReachable } from "./shift.jsx";

function said({ added, updated }) {
	const parts = [added && `${added} ${added === 1 ? "car" : "cars"} added`, updated && `${updated} changed`].filter(Boolean);
	return parts.length ? `${parts.join(", ")}.` : "The board has all of them already.";
}

export function Roster({ selected, onOpen, onClose }) {
	const [busy, setBusy] = useState(null), [problem, setProblem] = useState(null);
	const all = [...rows("roster").value].sort((left, right) => compareNatural(left.id, right.id));
	const onBoard = new Set(cars.value.map((car) => car.id));
	const apply = async (update) => {
		setBusy(update ? "update" : "add");
		setProblem(null);
		try {
			toast(said(await applyRoster(update, actionKey())), { kind: "good" });
		} catch (error) {
			setProblem(whyNot(error));
		}
		setBusy(null);
	};
	// The board as it stands becomes the roster: those that are missing there are added.
	const take = async () => {
		const missing = cars.value.filter((car) => !space.value.get("roster", car.id));
		for (const car of missing)
			await space.value.create("roster", { defaultLocation: car.location, ...(car.expected ? { expected: car.expected } : {}) }, { id: car.id, label: `Car ${car.id} into the roster` });
		toast(missing.length ? `${missing.length} cars taken into the roster.` : "All cars of the board are in the roster.", { kind: "good" });
	};
	const mayEdit = may("create", "roster");
	return (
		<section class="roster">
			<div class="roster-actions">
				{hasRole("member") && all.length > 0 && <Button kind="primary" busy={busy === "add"} disabled={!isReachable()} onClick={() => apply(false)}>Put on the board</Button>}
				{hasRole("member") && all.length > 0 && <Button busy={busy === "update"} disabled={!isReachable()} onClick={() => apply(true)}>And bring locations and times up to date</Button>}
				{mayEdit && <Button icon="plus" onClick={() => onOpen("new")}>New in the roster</Button>}
				{mayEdit && cars.value.length > 0 && <Button kind="quiet" onClick={take}>Take over today's board</Button>}
				<Link class="button quiet" to="/c/roster">Import, export, history</Link>
			</div>
			{problem && <Notice kind="bad">{problem}</Notice>}
			{all.length === 0 && status.value?.loaded && <Empty icon="list" text="The roster holds every car you have, with its usual place and time; each morning it fills the board." />}
			<List items={all} keyOf={(one) => one.id} height={64} row={(one) => (
				<Row title={one.id} meta={[one.defaultLocation, one.expected && `due ${one.expected.slice(0, 5)}`, one.notes]} selected={one.id === selected}
					mark={one.active === false ? <Tag>not active</Tag> : onBoard.has(one.id) ? <Tag kind="good" icon="check">on the board</Tag> : undefined}
					onOpen={() => onOpen(one.id)} />
			)} />
		</section>
	);
}

export function RosterCar({ id, onClose }) {
	return <RecordForm collection="roster" id={id === "new" ? null : id} onClose={onClose} />;
}
