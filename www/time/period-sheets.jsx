// What is opened about a period: to submit it, to look into it and approve or return it, to open it again.

import { useState } from "preact/hooks";
import {
	Button, Field, Icon, Notice, Row, Rows, Sheet, Tag, TextInput, formatDate, formatInstant, isWide,
} from "../ui/index.js";
import { Link, go } from "../base/router.jsx";
import { personName, userId } from "../base/state.js";
import { count, spanWords } from "../base/words.js";
import { capital } from "../ui/format.js";
import { addDays } from "../ui/zone.js";
import { bindingFor, now, sessionsFor, titleOf, today } from "./data.js";
import { decide, isTeam, stateOf, submit } from "./handing.js";
import { figuresIn, isClosed, missingIn } from "./periods.js";
import { useSubmit } from "./submit.js";
import { hoursText } from "./timer.jsx";

const FEW = 4; // days named in a sentence
const LONGEST_WEEK = 14; // days (hours.js)

const LOOKS = {
	open: { icon: "pencil", words: "Open" },
	submitted: { kind: "accent", icon: "lock", words: "Submitted" },
	approved: { kind: "good", icon: "good", words: "Approved" },
	returned: { kind: "warn", icon: "undo", words: "Returned" },
};

/** The state of a period as a tag. */
export function PeriodTag({ period }) {
	const { words, ...look } = LOOKS[stateOf(period)];
	return <Tag {...look}>{words}</Tag>;
}

/** What happened to a period last, in words. */
export function happened(period) {
	const at = (instant) => (instant ? `, ${formatInstant(instant)}` : "");
	if (period.state === "submitted")
		return `Submitted${at(period.submittedAt)}`;
	if (period.state === "approved" || period.state === "returned")
		return `${capital(period.state)} by ${personName(period.decidedBy)}${at(period.decidedAt)}`;
	return period.decidedAt ? `Opened again by ${personName(period.decidedBy)}${at(period.decidedAt)}` : null;
}

// Words of another person, or of one's own.
function Said({ who, children }) {
	return children ? <p class="small" dir="auto"><b>{who}:</b> {children}</p> : null;
}

/** The state of a period, what happened last, and what its people said. */
export function PeriodWords({ period }) {
	const words = happened(period), isDecided = isClosed(period) || period.state === "returned";
	const decider = capital(personName(period.decidedBy)), owner = period.owner ?? userId.value;
	return (
		<div class="period-words stack gap-0">
			<span class="flow snug">
				<b>{capital(spanWords(period))}</b>
				<PeriodTag period={period} />
			</span>
			{words && <small class="muted">{words}</small>}
			<Said who={capital(personName(owner))}>{period.note}</Said>
			<Said who={decider}>{isDecided ? period.comment : period.decidedAt && period.reason}</Said>
		</div>
	);
}

// --- figures ---

// The sessions of a span and of the weeks before it that concern it, and the time at which they are counted: it moves
// only for timers that run.
function near(person, { from, to }) {
	const first = addDays(from, -LONGEST_WEEK);
	const list = sessionsFor(person).filter(({ day }) => day >= first && day <= to);
	return { list, at: list.some(({ running }) => running) ? now.value : now.peek() };
}

/** The figures of a person's hours in a span. */
export function figuresOf(person, span) {
	const { list, at } = near(person, span);
	return figuresIn(list, span, bindingFor(person).plan, at);
}

function missingOf(person, span) {
	const { list, at } = near(person, span);
	return missingIn(list, span, bindingFor(person).plan, at);
}

function Figures({ figures }) {
	const { paid, overtime, overlap, days, corrected, typed } = figures;
	return (
		<dl class="totals over-2 flow">
			<div><dt>Hours</dt><dd class="accent">{hoursText(paid)}</dd></div>
			<div><dt>Overtime</dt><dd>{hoursText(overtime)}</dd></div>
			<div><dt>Days</dt><dd>{days.length}</dd></div>
			{overlap > 0 && <div><dt>Counted twice</dt><dd class="warn">{hoursText(overlap)}</dd></div>}
			{corrected > 0 && <div><dt>Corrected by others</dt><dd>{corrected}</dd></div>}
			{typed > 0 && <div><dt>Typed in</dt><dd>{typed}</dd></div>}
		</dl>
	);
}

function daysInWords(days) {
	const shown = days.slice(0, FEW).map((day) => formatDate(day, { weekday: "short", day: "numeric" }));
	const more = days.length > FEW ? ` and ${days.length - FEW} more` : "";
	return shown.join(", ") + more;
}

// A line about something that is missing, which leads to its day.
function Lack({ icon, kind = "soft", day, person, children }) {
	const query = { ...(day === today.value ? {} : { day }), ...(person === userId.value ? {} : { of: person }) };
	return (
		<li>
			<Link to="/time" query={query} class={`item ruled line snug ${kind}`}>
				<Icon name={icon} size={16} /><span class="grow">{children}</span>
				<Icon name="forward" size={16} />
			</Link>
		</li>
	);
}

// What to look at before hours are handed in, or approved.
function Missing({ person, span }) {
	const { empty, running, overlaps } = missingOf(person, span);
	if (empty.length + running.length + overlaps.length === 0)
		return (
			<p class="line snug good small">
				<Icon name="good" size={16} />Every weekday has hours. No timer runs, nothing overlaps.
			</p>
		);
	return (
		<ul role="list">
			{running.map((one) => (
				<Lack key={one.id} icon="timer" kind="bad" day={one.day} person={person}>
					A timer has been running since{" "}
					{formatInstant(one.start, { zone: one.row.zone })}:{" "}
					<bdi>{titleOf(one.row)}</bdi>
				</Lack>
			))}
			{overlaps.length > 0 && (
				<Lack icon="warn" kind="warn" day={overlaps[0]} person={person}>
					Hours overlap on {daysInWords(overlaps)}
				</Lack>
			)}
			{empty.length > 0 && (
				<Lack icon="calendar" day={empty[0]} person={person}>
					No hours on {count(empty.length, "weekday")}: {daysInWords(empty)}
				</Lack>
			)}
		</ul>
	);
}

// --- to hand in ---

const LOCKED_IN_TEAM = "From then on these hours are locked. You can withdraw them until they are approved.";
const LOCKED = "From then on these hours are locked, until you open them again and say why.";

export function SubmitSheet({ span, known, onClose }) {
	const [note, setNote] = useState(known?.note ?? "");
	const { running } = missingOf(userId.value, span);
	const problem = running.length > 0 ? "running" : null;
	const { busy, submit: send } = useSubmit(problem, () => submit(span, known, note.trim()), onClose);
	return (
		<Sheet title={`Submit ${spanWords(span)}`} side={isWide.value} onClose={onClose} actions={
			<Button
				kind="primary" icon="send" wide={!isWide.value} type="submit" form="submit-hours"
				busy={busy} disabled={Boolean(problem)}
			>
				Submit
			</Button>
		}>
			<form id="submit-hours" class="stack gap-5" onSubmit={send} noValidate>
				<Figures figures={figuresOf(userId.value, span)} />
				<Missing person={userId.value} span={span} />
				{problem && (
					<Notice kind="bad">
						Stop the timer first. It can’t be stopped once these hours are locked.
					</Notice>
				)}
				<Field label="Note" help={isTeam() ? "For whoever approves it." : undefined}>
					<TextInput
						value={note} maxLength={500} onInput={(text) => setNote(text ?? "")}
					/>
				</Field>
				<p class="hint">{isTeam() ? LOCKED_IN_TEAM : LOCKED}</p>
			</form>
		</Sheet>
	);
}

// Asks for words, such as a reason, and does what they are for.
function WordsSheet({ title, label, help, action, icon, work, onClose }) {
	const [words, setWords] = useState("");
	const problem = words.trim() === "" ? help : null;
	const { tried, busy, submit: send } = useSubmit(problem, () => work(words.trim()), onClose);
	return (
		<Sheet title={title} side={isWide.value} onClose={onClose} actions={
			<Button
				kind="primary" icon={icon} wide={!isWide.value} type="submit" form="say-why"
				busy={busy}
			>
				{action}
			</Button>
		}>
			<form id="say-why" class="stack" onSubmit={send} noValidate>
				<Field label={label} problem={tried ? problem : undefined} required>
					<TextInput
						value={words} maxLength={500} lines
						onInput={(text) => setWords(text ?? "")}
					/>
				</Field>
			</form>
		</Sheet>
	);
}

export function ReopenSheet({ period, onClose }) {
	return (
		<WordsSheet
			title={`Open ${spanWords(period)} again`} label="Reason"
			help="Say why; it stays in the history." action="Open again" icon="undo" onClose={onClose}
			work={(reason) => decide([period], { state: "open", reason }, "opened again")}
		/>
	);
}

function ReturnSheet({ period, onClose }) {
	return (
		<WordsSheet
			title={`Return ${spanWords(period)} to ${personName(period.owner)}`}
			label="What to change" help="Say what to change." action="Return" icon="undo"
			onClose={onClose}
			work={(comment) => decide([period], { state: "returned", comment }, "returned")}
		/>
	);
}

// --- to look into ---

function DayRow({ day, person, sessions }) {
	const typed = sessions.filter(({ row: one }) => one.manual).length;
	const marks = [
		day.overlap > 0 && `${hoursText(day.overlap)} counted twice`,
		typed > 0 && `${typed} typed in`,
		sessions.some(({ row: one }) => one.fenceIn === "outside" || one.fenceOut === "outside") &&
			"away from the site",
	];
	return (
		<Row
			title={formatDate(day.day, { weekday: "short", day: "numeric", month: "short" })}
			meta={[count(sessions.length, "entry", "entries"), ...marks]} trailing={hoursText(day.paid)}
			onOpen={() => go("/time", { of: person, day: day.day })}
		/>
	);
}

/** A period as whoever decides about it sees it. */
export function ReviewSheet({ period, onClose }) {
	const [returning, setReturning] = useState(false), [busy, setBusy] = useState(false);
	const { owner } = period, figures = figuresOf(owner, period), list = sessionsFor(owner);
	const approve = async () => {
		setBusy(true);
		const isDone = await decide([period], { state: "approved" }, "approved");
		setBusy(false);
		if (isDone)
			onClose();
	};
	if (returning)
		return <ReturnSheet period={period} onClose={onClose} />;
	return (
		<Sheet
			title={`${personName(owner)} · ${spanWords(period)}`} side={isWide.value} onClose={onClose}
			actions={[
				<Button key="return" icon="undo" onClick={() => setReturning(true)}>Return…</Button>,
				<Button key="approve" kind="primary" icon="check" busy={busy} onClick={approve}>
					Approve
				</Button>,
			]}
		>
			<div class="stack gap-5">
				<PeriodWords period={period} />
				<Figures figures={figures} />
				<Missing person={owner} span={period} />
				<Rows
					items={figures.days} keyOf={({ day }) => day} empty="No hours in this time."
					row={(day) => (
						<DayRow
							day={day} person={owner}
							sessions={list.filter((one) => one.day === day.day)}
						/>
					)}
				/>
			</div>
		</Sheet>
	);
}

