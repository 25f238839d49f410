// One car: its toggles large, where it stands, when it is expected, notes, and its history in sentences.

import { useEffect, useState } from "preact/hooks";
import { Button, Empty, Field, Icon, Notice, Select, TextInput, TimeInput, confirm, formatTime, toast } from "../ui/index.js";
import { engine, may, personName, row, space } from "../app/state.js";
import { RecordHistory } from "../generic/index.js";
import { locations, move, remove, toggle, zone } from "./data.js";
import { State, Toggles } from "./tile.jsx";

const ID = /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$/;

// What is typed is kept on this device until it is saved; a change from elsewhere never touches it, but is said.
function useDraft(car) {
	const key = `fleet/car/${space.value.id}/${car.id}`;
	const [draft, setDraft] = useState(() => engine.notes.get(key));
	useEffect(() => setDraft(engine.notes.get(key)), [key]);
	const type = (name, value) => {
		const next = { seen: draft?.seen ?? { version: car.version, fields: { notes: car.notes ?? null, expected: car.expected ?? null } }, set: { ...draft?.set, [name]: value ?? null } };
		engine.notes.put(key, next);
		setDraft(next);
	};
	const drop = () => {
		engine.notes.drop(key);
		setDraft(undefined);
	};
	return { draft, type, drop };
}

function Times({ car }) {
	const said = [
		car.arrivedAt && ["Arrived", formatTime(car.arrivedAt, zone.value)],
		car.emptyAt && ["Emptied", formatTime(car.emptyAt, zone.value)],
		car.lastUpdatedBy && ["Last change", `${personName(car.lastUpdatedBy)}, ${formatTime(car.lastUpdatedAt, zone.value)}`],
	].filter(Boolean);
	return <dl class="facts">{said.map(([label, value]) => <div key={label}><dt>{label}</dt><dd dir="auto">{value}</dd></div>)}</dl>;
}

function Details({ car }) {
	const { draft, type, drop } = useDraft(car);
	const [problem, setProblem] = useState(null);
	const value = (name) => (draft && name in draft.set ? draft.set[name] : car[name]);
	const changedMeanwhile = draft && Object.keys(draft.set).some((name) => (draft.seen.fields[name] ?? null) !== (car[name] ?? null));
	const save = async (event) => {
		event.preventDefault();
		if (problem)
			return;
		try {
			await space.value.set("cars", car.id, draft.set, { seen: draft.seen, label: `Car ${car.id}: ${Object.keys(draft.set).join(", ")}` });
			drop();
			toast("Saved.", { kind: "good" });
		} catch (error) {
			toast(`This device could not keep the change: ${error.message}`, { kind: "bad" });
		}
	};
	const locked = !may("update", "cars");
	return (
		<form class="car-form" onSubmit={save}>
			<Field label="Location"><Select value={car.location ?? locations.value[0]} options={locations.value.map((one) => [one, one])} disabled={locked} onInput={(location) => move(car, location)} /></Field>
			<Field label="Expected" help="Every day at this time, by the clock of the place." problem={problem}>
				<TimeInput value={value("expected") ?? null} disabled={locked} onInput={(time, text) => {
					setProblem(time === undefined && text ? "A time such as 05:30." : null);
					if (time !== undefined)
						type("expected", time);
				}} />
			</Field>
			<Field label="Notes"><TextInput lines value={value("notes") ?? ""} maxLength={1000} disabled={locked} onInput={(text) => type("notes", text || null)} /></Field>
			{changedMeanwhile && <Notice kind="warn" icon="swap">Changed by {personName(car.lastUpdatedBy)} while you were typing. Yours is kept; saving shows both.</Notice>}
			{draft && <div class="car-form-actions"><Button type="submit" kind="primary">Save</Button><Button kind="quiet" onClick={drop}>Discard</Button></div>}
		</form>
	);
}

/** Another number for the same car: its history follows. */
function Rename({ car, onRenamed }) {
	const [open, setOpen] = useState(false), [number, setNumber] = useState(""), [problem, setProblem] = useState(null);
	const rename = async (event) => {
		event.preventDefault();
		if (!ID.test(number))
			return setProblem("Letters, digits and . _ : @ - only, beginning with a letter or digit.");
		if (space.value.get("cars", number))
			return setProblem("There is a car of this number.");
		const { location, expected, notes } = car;
		const fields = Object.fromEntries(Object.entries({ location, expected, notes, arrived: car.arrived, empty: car.empty, late: car.late }).filter(([, value]) => value));
		await space.value.create("cars", fields, { id: number, renamedFrom: car.id, label: `Car ${car.id} is ${number} now` });
		await space.value.remove("cars", car.id, { label: `Car ${car.id} is ${number} now` });
		onRenamed(number);
	};
	if (!open)
		return <Button small icon="pencil" onClick={() => setOpen(true)}>Correct the number</Button>;
	return (
		<form class="car-rename" onSubmit={rename}>
			<Field label="New number" problem={problem}><TextInput value={number} autofocus maxLength={64} onInput={(text) => { setNumber(text ?? ""); setProblem(null); }} /></Field>
			<Button type="submit" kind="primary">Rename</Button>
		</form>
	);
}

export function Car({ id, onClose, onOpen }) {
	const car = row("cars", id);
	const [panel, setPanel] = useState("car");
	if (!car)
		return <Empty icon="fleet" text={`Car ${id} is not on the board.`} action={<Button onClick={onClose}>Back to the board</Button>} />;
	const take = async () => {
		if (await confirm({ title: `Remove car ${car.id}?`, text: "It leaves the board of everybody. Its history stays, and Undo brings it back.", action: "Remove", danger: true })) {
			onClose();
			remove(car);
		}
	};
	return (
		<div class="car">
			<p class="car-head"><State car={car} /></p>
			<Toggles car={car} large />
			<button type="button" class="car-late" aria-pressed={Boolean(car.late)} disabled={!may("update", "cars")} onClick={() => toggle(car, "late")}><Icon name="warn" /> {car.late ? "Marked late" : "Mark late"}</button>
			<div class="segments" role="group" aria-label="What to show">
				{[["car", "Details"], ["history", "History"]].map(([name, label]) => <button key={name} type="button" class="segment" aria-pressed={panel === name} data-on={panel === name ? "true" : undefined} onClick={() => setPanel(name)}><span>{label}</span></button>)}
			</div>
			{panel === "history" ? <RecordHistory collection="cars" id={car.id} /> : (
				<>
					<Times car={car} />
					<Details car={car} key={car.id} />
					<div class="car-more">
						{may("create", "cars") && may("delete", "cars") && <Rename car={car} onRenamed={onOpen} />}
						{may("delete", "cars") && <Button small kind="quiet" icon="trash" onClick={take}>Remove from the board</Button>}
					</div>
				</>
			)}
		</div>
	);
}
