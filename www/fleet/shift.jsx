// The shift: since when, how far, and the two moments that only the server can do, its start and its end.  The end is the handoff:
// figures, the notes from the start, notes for the next, one button.

import { useRef, useState } from "preact/hooks";
import { Button, Field, Icon, Notice, Sheet, TextInput, formatTime, toast } from "../ui/index.js";
import { engine, hasRole, may, personName, status } from "../app/state.js";
import { progressOf } from "./board.js";
import { actionKey, cars, endShift, resetBoard, shift, startShift, whyNot, zone } from "./data.js";

const NOTES_MAX = 5000; // characters, as the definition has it

// A text that outlives a reload, kept on this device alone.
function useKept(key) {
	const [text, setText] = useState(engine.notes.get(key) ?? "");
	const keep = (value) => {
		setText(value ?? "");
		if (value)
			engine.notes.put(key, value);
		else
			engine.notes.drop(key);
	};
	return [text, keep];
}

// Asks the server for an action: one key for the whole wish, so that a second press after a lost answer does nothing twice.
function useAction(work, onDone) {
	const key = useRef(actionKey());
	const [busy, setBusy] = useState(false), [problem, setProblem] = useState(null);
	const run = async () => {
		setBusy(true);
		setProblem(null);
		try {
			onDone(await work(key.current));
		} catch (error) {
			if (!error.isPassing)
				key.current = actionKey();
			setProblem(whyNot(error));
		}
		setBusy(false);
	};
	return { run, busy, problem };
}

export function isReachable() {
	return status.value !== null && status.value.trouble === null;
}

function NeedsServer() {
	if (isReachable())
		return null;
	return <Notice kind="warn" icon="offline">Shifts begin and end on the server. There is no connection at the moment; toggles and moves go on as ever.</Notice>;
}

export function StartShift({ onClose }) {
	const [notes, setNotes] = useKept("fleet/start");
	const { run, busy, problem } = useAction((key) => startShift(notes, key), () => {
		setNotes("");
		toast("The shift has begun.", { kind: "good" });
		onClose();
	});
	return (
		<Sheet title="Start a shift" onClose={onClose} actions={<Button kind="primary" wide busy={busy} disabled={!isReachable()} onClick={run}>Start the shift</Button>}>
			<NeedsServer />
			{problem && <Notice kind="bad">{problem}</Notice>}
			<p class="lead">Expected times count from now on. Flags that are set stay set.</p>
			<Field label="Notes" help="What everybody on this shift should know. They stay with it."><TextInput lines value={notes} maxLength={NOTES_MAX} onInput={setNotes} /></Field>
		</Sheet>
	);
}

function Figure({ value, label, of, tone }) {
	return (
		<div class="figure" data-tone={tone}>
			<b class="figure-value">{value}{of !== undefined && <small> of {of}</small>}</b>
			<span class="figure-label">{label}</span>
		</div>
	);
}

export function Figures({ figures }) {
	return (
		<div class="figures">
			<Figure value={figures.arrived} of={figures.cars} label="arrived" />
			<Figure value={figures.empty} label="empty" />
			<Figure value={figures.late} label="late" tone={figures.late > 0 ? "warn" : undefined} />
			<Figure value={figures.cars - figures.arrived} label="not here" />
		</div>
	);
}

export function EndShift({ onClose, onEnded }) {
	const [notes, setNotes] = useKept("fleet/end");
	const ending = useRef(shift.value);
	const one = ending.current;
	const waiting = status.value?.waiting ?? 0;
	const { run, busy, problem } = useAction((key) => endShift(one.id, notes, key), (ended) => {
		setNotes("");
		toast("The shift has ended. The board starts anew.", { kind: "good" });
		onEnded(ended);
	});
	return (
		<Sheet title="End the shift" wide onClose={onClose}
			actions={<Button kind="primary" wide busy={busy} disabled={!isReachable()} onClick={run}>End the shift and reset the board</Button>}>
			<NeedsServer />
			{problem && <Notice kind="bad">{problem}</Notice>}
			{waiting > 0 && <Notice kind="warn" icon="sync">{waiting === 1 ? "One change" : `${waiting} changes`} of this device {waiting === 1 ? "is" : "are"} not sent yet and would miss this shift.</Notice>}
			<p class="lead">Since {formatTime(one.startedAt, zone.value)}, begun by {personName(one.startedBy)}.</p>
			<Figures figures={progressOf(cars.value)} />
			{one.startNotes && <section class="note-block"><h3>Notes from the start</h3><p dir="auto">{one.startNotes}</p></section>}
			<Field label="Notes for the next shift"><TextInput lines value={notes} maxLength={NOTES_MAX} onInput={setNotes} /></Field>
			<p class="hint">All cars are kept as they are now in the report of this shift. Then every flag starts anew; locations and notes of cars stay.</p>
		</Sheet>
	);
}

export function ResetBoard({ onClose }) {
	const { run, busy, problem } = useAction((key) => resetBoard(key), () => {
		toast("All flags start anew.", { kind: "good" });
		onClose();
	});
	return (
		<Sheet title="Reset the board" onClose={onClose} actions={<Button kind="danger" wide busy={busy} disabled={!isReachable()} onClick={run}>Reset all flags</Button>}>
			<NeedsServer />
			{problem && <Notice kind="bad">{problem}</Notice>}
			<p class="lead">Arrived, late and empty are set back on all {cars.value.length} cars. Locations and notes stay, and each car's history keeps what was.</p>
		</Sheet>
	);
}

/** Above the board: the shift under way and what can be done with it. */
export function ShiftBar({ onStart, onEnd }) {
	const one = shift.value;
	const { arrived, cars: all } = progressOf(cars.value);
	const mayAct = hasRole("member");
	if (!may("read", "shifts"))
		return null;
	return (
		<div class="shift-bar" data-open={one ? "true" : "false"}>
			<Icon name="time" />
			<div class="shift-words">
				<span class="shift-title">{one ? `Shift since ${formatTime(one.startedAt, zone.value)}` : "No shift is under way"}</span>
				<span class="shift-meta">{one ? `${arrived} of ${all} arrived` : `${all} cars on the board`}</span>
				{one?.startNotes && <span class="shift-notes" dir="auto">{one.startNotes}</span>}
			</div>
			{one && <div class="shift-progress" role="progressbar" aria-label="Cars that have arrived" aria-valuemin={0} aria-valuemax={all} aria-valuenow={arrived}><span style={{ inlineSize: `${all ? arrived / all * 100 : 0}%` }} /></div>}
			{mayAct && (one ? <Button onClick={onEnd}>End shift</Button> : <Button kind="primary" onClick={onStart}>Start shift</Button>)}
		</div>
	);
}
