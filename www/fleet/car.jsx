// One car: large toggles, location, expected time, notes, changes that wait for a decision, and its history in
// sentences.

import { useEffect, useState } from "preact/hooks";
import { Button, Empty, Field, Icon, Notice, Segments, Select, TextInput, TimeInput, toast } from "../ui/index.js";
import { OnceLoaded } from "../base/once-loaded.jsx";
import { setQuery } from "../base/router.jsx";
import { engine, may, ops, past, personName, row, space, status } from "../base/state.js";
import { write } from "../base/write.js";
import { ConflictView, FailedOp, PastDetail, RecordHistory } from "../generic/index.js";
import { entryInWords } from "./board.js";
import { locations, move, remove, rename, toggle, whenWords } from "./data.js";
import { State, Toggles, When } from "./tile.jsx";

const ID = /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$/;

// What is typed is kept on this device until it is saved.  A change from elsewhere is shown and does not overwrite it.
function useDraft(car) {
	const key = `fleet/car/${space.value.id}/${car.id}`;
	const [draft, setDraft] = useState(() => engine.notes.get(key));
	useEffect(() => setDraft(engine.notes.get(key)), [key]);
	const type = (name, value) => {
		const fields = { notes: car.notes ?? null, expected: car.expected ?? null };
		const seen = draft?.seen ?? { version: car.version, fields };
		const next = { seen, set: { ...draft?.set, [name]: value ?? null } };
		engine.notes.put(key, next);
		setDraft(next);
	};
	const drop = () => {
		engine.notes.drop(key);
		setDraft(undefined);
	};
	return { draft, type, drop };
}

// The facts that have a text, as [label, text].
function Facts({ list }) {
	return (
		<dl class="facts gap-1">
			{list.filter(([, text]) => text).map(([label, text]) => (
				<div key={label}>
					<dt>{label}</dt>
					<dd dir="auto">{text}</dd>
				</div>
			))}
		</dl>
	);
}

function Times({ car }) {
	if (!car.arrivedAt && !car.emptyAt && !car.lastUpdatedBy)
		return null;
	const last = car.lastUpdatedBy && `${personName(car.lastUpdatedBy)}, ${whenWords(car.lastUpdatedAt)}`;
	return (
		<Facts list={[
			["Arrived", car.arrivedAt && whenWords(car.arrivedAt)],
			["Emptied", car.emptyAt && whenWords(car.emptyAt)],
			["Last change", last],
		]} />
	);
}

// Whether an op set a flag on the board of another shift.  That is no conflict to decide: the op only came too late.
function isOfOldBoard(op) {
	return op.problem?.fields?.includes("shift") === true;
}

function OldBoard({ op }) {
	const leave = async () => {
		await space.value.discard(op.id);
		toast("Discarded.");
	};
	const repeat = async () => {
		await space.value.retry(op.id);
		toast("Applied.");
	};
	return (
		<Notice kind="warn" icon="history">
			<p dir="auto"><strong>{op.label}</strong></p>
			<p>
				You pressed this at {whenWords(op.at)}. Before it could be sent, a shift began or ended,
				or the board was reset: the flags have started anew.
			</p>
			<div class="flow apart">
				<Button small onClick={leave}>Discard my tap</Button>
				<Button small icon="check" onClick={repeat}>Apply it now</Button>
			</div>
		</Notice>
	);
}

/** This device's edits of a car that the server has not accepted: waiting, in conflict, refused. */
function Unsent({ id }) {
	const own = ops.value.filter((op) => op.collection === "cars" && op.record === id);
	const conflicts = own.filter((op) => op.state === "conflict");
	const failed = own.filter((op) => op.state === "rejected");
	const waits = own.length > conflicts.length + failed.length;
	return (
		<>
			{conflicts.map((op) => {
				const View = isOfOldBoard(op) ? OldBoard : ConflictView;
				return <View key={op.id} op={op} />;
			})}
			{failed.map((op) => <FailedOp key={op.id} op={op} />)}
			{waits && status.value?.trouble && (
				<Notice icon="offline">Saved here, will send when online.</Notice>
			)}
		</>
	);
}

function CarFacts({ car, draft }) {
	return (
		<Facts list={[
			["Location", car.location],
			["Expected", car.expected?.slice(0, 5)],
			["Notes", car.notes],
			["You typed", Object.values(draft?.set ?? {}).filter(Boolean).join(", ")],
		]} />
	);
}

function Details({ car }) {
	const { draft, type, drop } = useDraft(car);
	const [problem, setProblem] = useState(null);
	const value = (name) => (draft && name in draft.set ? draft.set[name] : car[name]);
	const differs = (name) => (draft.seen.fields[name] ?? null) !== (car[name] ?? null);
	const changedMeanwhile = draft && Object.keys(draft.set).some(differs);
	const save = async (event) => {
		event.preventDefault();
		if (problem || !draft)
			return;
		const { seen, set } = draft, label = `Car ${car.id}: ${Object.keys(set).join(", ")}`;
		if (!await write(() => space.value.set("cars", car.id, set, { seen, label })))
			return;
		drop();
		toast("Saved.", { kind: "good" });
	};
	const typeTime = (time, text) => {
		setProblem(time === undefined && text ? "A time such as 05:30." : null);
		if (time !== undefined)
			type("expected", time);
	};
	if (!may("update", "cars"))
		return <CarFacts car={car} draft={draft} />;
	const changer = personName(car.lastUpdatedBy);
	return (
		<form class="stack" onSubmit={save}>
			<div class="pair">
				<Field label="Location">
					<Select
						value={car.location ?? locations.value[0]}
						options={locations.value.map((one) => [one, one])}
						onInput={(location) => move(car, location)}
					/>
				</Field>
				<Field label="Expected" problem={problem}>
					<TimeInput value={value("expected") ?? null} onInput={typeTime} />
				</Field>
			</div>
			<Field label="Notes">
				<TextInput
					lines value={value("notes") ?? ""} maxLength={1000}
					onInput={(text) => type("notes", text || null)}
				/>
			</Field>
			{changedMeanwhile && (
				<Notice kind="warn" icon="swap">
					{changer === "you" ? "You" : changer} changed this while you were typing. Yours
					is kept; saving shows both.
				</Notice>
			)}
			{draft && (
				<div class="flow">
					<Button type="submit" kind="primary">Save</Button>
					<Button kind="quiet" onClick={drop}>Discard</Button>
				</div>
			)}
		</form>
	);
}

/** Gives a car another number.  Its history stays with it. */
function Rename({ car, onRenamed }) {
	const [open, setOpen] = useState(false);
	const [number, setNumber] = useState("");
	const [problem, setProblem] = useState(null);
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
	const type = (text) => {
		setNumber(text ?? "");
		setProblem(null);
	};
	if (!open)
		return <Button icon="pencil" onClick={() => setOpen(true)}>Change number</Button>;
	return (
		<form class="flow on-foot full" onSubmit={submit}>
			<Field label="New number" problem={problem}>
				<TextInput value={number} autofocus maxLength={64} onInput={type} />
			</Field>
			<Button type="submit" kind="primary">Rename</Button>
			<Button kind="quiet" onClick={() => setOpen(false)}>Cancel</Button>
		</form>
	);
}

function CarGone({ id, onClose }) {
	const back = <Button onClick={onClose}>Back to the board</Button>;
	return (
		<div class="stack">
			<Unsent id={id} />
			<OnceLoaded>
				<Empty icon="fleet" text={`Car ${id} is not on the board.`} action={back} />
			</OnceLoaded>
		</div>
	);
}

const PANELS = [["car", "Details"], ["history", "History"]];

export function Car({ id, onClose, onOpen }) {
	const car = row("cars", id);
	const [panel, setPanel] = useState("car");
	if (past.value)
		return <PastDetail collection="cars" id={id} onRestored={() => setQuery({ at: null })} />;
	if (!car)
		return <CarGone id={id} onClose={onClose} />;
	const take = () => {
		onClose();
		remove(car);
	};
	const lateIcon = car.late ? "check" : "warn", lateWords = car.late ? "Marked late" : "Mark late";
	return (
		<div class="stack">
			<p class="car-head flow baseline"><State car={car} /><When car={car} /></p>
			<Unsent id={car.id} />
			<Toggles car={car} large />
			{may("update", "cars") && (
				<button
					type="button" class="car-late button" aria-pressed={car.late ? "true" : "false"}
					onClick={() => toggle(car, "late")}
				>
					<Icon name={lateIcon} /> {lateWords}
				</button>
			)}
			<Segments label="What to show" value={panel} options={PANELS} onInput={setPanel} />
			{panel === "history" ? <RecordHistory collection="cars" id={car.id} words={entryInWords} /> : (
				<>
					<Details car={car} key={car.id} />
					<Times car={car} />
					<div class="flow">
						{may("create", "cars") && may("delete", "cars") && (
							<Rename car={car} onRenamed={onOpen} />
						)}
						{may("delete", "cars") && (
							<Button kind="quiet" icon="trash" onClick={take}>
								Remove from the board
							</Button>
						)}
					</div>
				</>
			)}
		</div>
	);
}
