// One car: its toggles large, where it stands, when it is expected, notes, what waits to be decided, and its history in sentences.

import { useEffect, useState } from "preact/hooks";
import { Button, Empty, Field, Icon, Notice, Segments, Select, TextInput, TimeInput, formatDate, formatTime, toast } from "../ui/index.js";
import { dayIn } from "../ui/zone.js";
import { engine, may, ops, personName, row, space, status } from "../base/state.js";
import { write } from "../base/write.js";
import { ConflictView, FailedOp, RecordHistory } from "../generic/index.js";
import { entryInWords } from "./board.js";
import { locations, move, remove, rename, toggle, zone } from "./data.js";
import { State, Toggles, When } from "./tile.jsx";

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

// "07:14", of another day with its date.
function whenWords(at) {
	const time = formatTime(at, zone.value);
	return dayIn(zone.value, Date.parse(at)) === dayIn(zone.value, engine.now()) ? time : `${formatDate(at, { zone: zone.value })}, ${time}`;
}

function Times({ car }) {
	const said = [
		car.arrivedAt && ["Arrived", whenWords(car.arrivedAt)],
		car.emptyAt && ["Emptied", whenWords(car.emptyAt)],
		car.lastUpdatedBy && ["Last change", `${personName(car.lastUpdatedBy)}, ${whenWords(car.lastUpdatedAt)}`],
	].filter(Boolean);
	return said.length > 0 && <dl class="facts">{said.map(([label, value]) => <div key={label}><dt>{label}</dt><dd dir="auto">{value}</dd></div>)}</dl>;
}

// A flag that was set on the board of another shift: nobody disputes it, it is only too late.
function isOfOldBoard(op) {
	return op.problem?.fields?.includes("shift") === true;
}

function OldBoard({ op }) {
	const act = (work, said) => async () => {
		await work();
		toast(said);
	};
	return (
		<Notice kind="warn" icon="history">
			<p dir="auto"><strong>{op.label}</strong></p>
			<p>You pressed this at {whenWords(op.at)}. Before it could be sent, a shift began or ended, or the board was reset: the flags have started anew.</p>
			<div class="notice-acts">
				<Button small onClick={act(() => space.value.discard(op.id), "The board of today stays as it is.")}>Leave today's board</Button>
				<Button small icon="check" onClick={act(() => space.value.retry(op.id), "Marked on the board of today.")}>It holds today too</Button>
			</div>
		</Notice>
	);
}

/** What of this device the server has not taken: on its way, in dispute, refused. */
function Unsent({ id }) {
	const own = ops.value.filter((op) => op.collection === "cars" && op.record === id);
	return (
		<>
			{own.filter((op) => op.state === "conflict").map((op) => (isOfOldBoard(op) ? <OldBoard key={op.id} op={op} /> : <ConflictView key={op.id} op={op} />))}
			{own.filter((op) => op.state === "rejected").map((op) => <FailedOp key={op.id} op={op} />)}
			{own.some((op) => op.state === "waiting" || op.state === "sent") && status.value?.trouble && <Notice icon="offline">Saved here, will send when online.</Notice>}
		</>
	);
}

function Details({ car }) {
	const { draft, type, drop } = useDraft(car);
	const [problem, setProblem] = useState(null);
	const value = (name) => (draft && name in draft.set ? draft.set[name] : car[name]);
	const changedMeanwhile = draft && Object.keys(draft.set).some((name) => (draft.seen.fields[name] ?? null) !== (car[name] ?? null));
	const save = async (event) => {
		event.preventDefault();
		if (problem || !draft)
			return;
		const op = await write(() => space.value.set("cars", car.id, draft.set, { seen: draft.seen, label: `Car ${car.id}: ${Object.keys(draft.set).join(", ")}` }));
		if (!op)
			return;
		drop();
		toast("Saved.", { kind: "good" });
	};
	if (!may("update", "cars"))
		return (
			<dl class="facts">
				{[["Location", car.location], ["Expected", car.expected?.slice(0, 5)], ["Notes", car.notes], ["You typed", Object.values(draft?.set ?? {}).filter(Boolean).join(", ")]].filter(([, text]) => text).map(([label, text]) => <div key={label}><dt>{label}</dt><dd dir="auto">{text}</dd></div>)}
			</dl>
		);
	return (
		<form class="car-form" onSubmit={save}>
			<div class="car-pair">
				<Field label="Location"><Select value={car.location ?? locations.value[0]} options={locations.value.map((one) => [one, one])} onInput={(location) => move(car, location)} /></Field>
				<Field label="Expected" problem={problem}>
					<TimeInput value={value("expected") ?? null} onInput={(time, text) => {
						setProblem(time === undefined && text ? "A time such as 05:30." : null);
						if (time !== undefined)
							type("expected", time);
					}} />
				</Field>
			</div>
			<Field label="Notes"><TextInput lines value={value("notes") ?? ""} maxLength={1000} onInput={(text) => type("notes", text || null)} /></Field>
			{changedMeanwhile && <Notice kind="warn" icon="swap">{personName(car.lastUpdatedBy) === "you" ? "You" : personName(car.lastUpdatedBy)} changed this while you were typing. Yours is kept; saving shows both.</Notice>}
			{draft && <div class="car-form-actions"><Button type="submit" kind="primary">Save</Button><Button kind="quiet" onClick={drop}>Discard</Button></div>}
		</form>
	);
}

/** Another number for the same car: its history follows. */
function Rename({ car, onRenamed }) {
	const [open, setOpen] = useState(false), [number, setNumber] = useState(""), [problem, setProblem] = useState(null);
	const submit = async (event) => {
		event.preventDefault();
		const wanted = number.trim();
		if (!ID.test(wanted))
			return setProblem("Letters, digits and . _ : @ - only, beginning with a letter or digit.");
		if (space.value.get("cars", wanted))
			return setProblem("There is a car of this number.");
		if (await rename(car, wanted)) {
			toast(`Car ${car.id} is ${wanted} now.`, { kind: "good" });
			onRenamed(wanted);
		}
	};
	if (!open)
		return <Button icon="pencil" onClick={() => setOpen(true)}>Correct the number</Button>;
	return (
		<form class="car-rename" onSubmit={submit}>
			<Field label="New number" problem={problem}><TextInput value={number} autofocus maxLength={64} onInput={(text) => { setNumber(text ?? ""); setProblem(null); }} /></Field>
			<Button type="submit" kind="primary">Rename</Button>
			<Button kind="quiet" onClick={() => setOpen(false)}>Leave it</Button>
		</form>
	);
}

export function Car({ id, onClose, onOpen }) {
	const car = row("cars", id);
	const [panel, setPanel] = useState("car");
	if (!car)
		return (
			<div class="car">
				<Unsent id={id} />
				<Empty icon="fleet" text={`Car ${id} is not on the board.`} action={<Button onClick={onClose}>Back to the board</Button>} />
			</div>
		);
	const canUpdate = may("update", "cars");
	const take = () => {
		onClose();
		remove(car);
	};
	return (
		<div class="car">
			<p class="car-head"><State car={car} /><When car={car} /></p>
			<Unsent id={car.id} />
			<Toggles car={car} large />
			{canUpdate && <button type="button" class="car-late" aria-pressed={car.late ? "true" : "false"} onClick={() => toggle(car, "late")}><Icon name={car.late ? "check" : "warn"} /> {car.late ? "Marked late" : "Mark late"}</button>}
			<Segments label="What to show" value={panel} options={[["car", "Details"], ["history", "History"]]} onInput={setPanel} />
			{panel === "history" ? <RecordHistory collection="cars" id={car.id} words={entryInWords} /> : (
				<>
					<Details car={car} key={car.id} />
					<Times car={car} />
					<div class="car-more">
						{may("create", "cars") && may("delete", "cars") && <Rename car={car} onRenamed={onOpen} />}
						{may("delete", "cars") && <Button kind="quiet" icon="trash" onClick={take}>Remove from the board</Button>}
					</div>
				</>
			)}
		</div>
	);
}
