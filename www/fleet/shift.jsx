// The current shift: since when it runs, how many cars have arrived, and the sheets that begin and end it, which only
// the server can do.  The end is the handoff: figures, the notes from the start, notes for the next shift, one button.

import { useRef, useState } from "preact/hooks";
import { Button, Field, Notice, Sheet, TextInput, formatNumber, formatTime, toast } from "../ui/index.js";
import { engine, hasRole, may, past, personName, space, status } from "../base/state.js";
import { isReachable, useAction } from "./act.js";
import { progressOf } from "./board.js";
import { begunInWords, cars, endShift, endedInWords, resetBoard, shift, startShift, whenWords, zone } from "./data.js";

const NOTES_MAX = 5000; // characters, as the definition has it

// A text that is kept on this device alone and outlives a reload.
function useKept(key) {
	const [text, setText] = useState(() => engine.notes.get(key) ?? "");
	const keep = (value) => {
		setText(value ?? "");
		if (value)
			engine.notes.put(key, value);
		else
			engine.notes.drop(key);
	};
	return [text, keep];
}

function NeedsServer() {
	if (isReachable())
		return null;
	return (
		<Notice kind="warn" icon="offline">
			Shifts begin and end on the server. There is no connection at the moment; toggles and moves go
			on as ever.
		</Notice>
	);
}

// Somebody else was quicker: the shift is fetched as it is now, so that the words can tell of it.
async function afterConflict(error, words) {
	if (error.status !== 409)
		return null;
	await space.value.sync();
	return words();
}

export function StartShift({ onClose }) {
	const [notes, setNotes] = useKept(`fleet/start/${space.value.id}`);
	const { run, busy, problem } = useAction((key) => startShift(notes, key), {
		onDone: () => {
			setNotes("");
			toast("Shift started.", { kind: "good" });
			onClose();
		},
		explain: (error) => afterConflict(error, begunInWords),
	});
	const already = problem ? null : begunInWords();
	const button = (
		<Button
			kind="primary" wide busy={busy} disabled={!isReachable() || shift.value !== null}
			onClick={() => run(notes)}
		>
			Start shift
		</Button>
	);
	return (
		<Sheet title="Start a shift" onClose={onClose} actions={button}>
			<div class="fleet-sheet stack">
				<NeedsServer />
				{problem && <Notice kind="bad">{problem}</Notice>}
				{already && !busy && <Notice kind="warn">{already}</Notice>}
				<p class="lead">Expected times count from now on. Flags that are set stay set.</p>
				<Field
					label="Notes"
					help="What everybody on this shift should know. They stay with it."
				>
					<TextInput lines value={notes} maxLength={NOTES_MAX} onInput={setNotes} />
				</Field>
			</div>
		</Sheet>
	);
}


function Figure({ value, label, of, tone }) {
	return (
		<div data-tone={tone}>
			<b class="figure-value">{formatNumber(value)}</b>
			<span class="figure-label small soft">
				{of === undefined ? label : `of ${formatNumber(of)} ${label}`}
			</span>
		</div>
	);
}

export function Figures({ figures }) {
	return (
		<div class="figures four">
			<Figure value={figures.arrived} of={figures.cars} label="arrived" />
			<Figure value={figures.empty} label="empty" />
			<Figure value={figures.late} label="late" tone={figures.late > 0 ? "warn" : undefined} />
			<Figure value={figures.cars - figures.arrived} label="not here" />
		</div>
	);
}

export function EndShift({ onClose, onEnded }) {
	const [notes, setNotes] = useKept(`fleet/end/${space.value.id}`);
	const { current: one } = useRef(shift.value);
	const waiting = status.value?.waiting ?? 0;
	const { run, busy, problem } = useAction((key) => endShift(one.id, notes, key), {
		onDone: (ended) => {
			setNotes("");
			toast("Shift ended. Board reset.", { kind: "good" });
			onEnded(ended);
		},
		explain: (error) => afterConflict(error, () => endedInWords(one.id)),
	});
	const already = problem || busy ? null : endedInWords(one.id);
	const button = (
		<Button
			kind="primary" wide busy={busy} disabled={!isReachable() || already !== null}
			onClick={() => run(notes)}
		>
			End shift and reset board
		</Button>
	);
	const unsent = waiting === 1 ? "One change of this device is not sent yet. It is"
		: `${waiting} changes of this device are not sent yet. They are`;
	return (
		<Sheet title="End the shift" wide onClose={onClose} actions={button}>
			<div class="fleet-sheet stack">
				<NeedsServer />
				{problem && <Notice kind="bad">{problem}</Notice>}
				{already && <Notice kind="warn">{already}</Notice>}
				{waiting > 0 && (
					<Notice kind="warn" icon="sync">{unsent} sent before the shift ends.</Notice>
				)}
				<p class="lead">
					Since {formatTime(one.startedAt, zone.value)}, begun by{" "}
					{personName(one.startedBy)}.
				</p>
				<Figures figures={progressOf(cars.value)} />
				{one.startNotes && (
					<section class="note-block plate">
						<h3 class="small medium soft">Notes from the start</h3>
						<p class="as-typed" dir="auto">{one.startNotes}</p>
					</section>
				)}
				<Field label="Notes for the next shift">
					<TextInput lines value={notes} maxLength={NOTES_MAX} onInput={setNotes} />
				</Field>
				<p class="hint">
					All cars are kept as they are now in the report of this shift. Then every flag
					starts anew; locations and notes of cars stay.
				</p>
			</div>
		</Sheet>
	);
}

const OTHER_SHIFT = "A shift began or ended meanwhile. Look at the board, then decide again.";

export function ResetBoard({ onClose }) {
	const { run, busy, problem } = useAction((key) => resetBoard(key), {
		onDone: () => {
			toast("Board reset.", { kind: "good" });
			onClose();
		},
		explain: (error) => afterConflict(error, () => OTHER_SHIFT),
	});
	const count = formatNumber(cars.value.length);
	const button = (
		<Button kind="danger" wide busy={busy} disabled={!isReachable()} onClick={() => run()}>
			Reset board
		</Button>
	);
	return (
		<Sheet title="Reset board" onClose={onClose} actions={button}>
			<div class="fleet-sheet stack">
				<NeedsServer />
				{problem && <Notice kind="bad">{problem}</Notice>}
				<p class="lead">
					Arrived, late and empty are set back on all {count} cars, for everybody.
					Locations and notes stay, and each car's history keeps what was.
				</p>
			</div>
		</Sheet>
	);
}

function metaOf(isOpen, { arrived, cars: all }) {
	if (isOpen)
		return `${formatNumber(arrived)} of ${formatNumber(all)} arrived`;
	return all === 1 ? "1 car on the board" : `${formatNumber(all)} cars on the board`;
}

/** Above the board: the current shift, and the button that begins or ends one. */
export function ShiftBar({ onStart, onEnd }) {
	const one = shift.value, progress = progressOf(cars.value);
	const { arrived, cars: all } = progress;
	const start = <Button class="fixed" kind="primary" onClick={onStart}>Start shift</Button>;
	const mayAct = hasRole("member") && !past.value;
	if (!may("read", "shifts"))
		return null;
	return (
		<section
			class="shift-bar clip anchor card line gap-3" data-open={one ? "true" : "false"}
			aria-label="Shift"
		>
			<div class="shift-words stack gap-0 grow">
				<span class="bold">
					{one ? `Shift since ${whenWords(one.startedAt)}` : "No shift is under way"}
				</span>
				<span class="shift-meta soft">{metaOf(Boolean(one), progress)}</span>
				{one?.startNotes && (
					<span class="shift-notes small soft cut" dir="auto" title={one.startNotes}>
						{one.startNotes}
					</span>
				)}
			</div>
			{mayAct && (one ? <Button class="fixed" onClick={onEnd}>End shift</Button> : start)}
			{one && (
				<div
					class="shift-progress meter" role="progressbar"
					aria-label="Cars that have arrived"
					aria-valuemin={0} aria-valuemax={Math.max(1, all)} aria-valuenow={arrived}
				>
					<span style={{ inlineSize: `${all ? arrived / all * 100 : 0}%` }} />
				</div>
			)}
		</section>
	);
}
