// The plan of a week for managers: people and days, who is planned where, who comes to overtime.  A press on a day of somebody plans a shift
// for him, a press on a shift or a task opens it.  On a phone it is a day at a time.

import { useState } from "preact/hooks";
import { Button, Check, DateStrip, Field, Icon, IconButton, Menu, Notice, Segments, Select, Sheet, Tag, TextInput, TimeInput, Waiting, formatDate, formatDay, formatNumber, formatTime, isNarrow, isWide, undoable } from "../ui/index.js";
import { setQuery } from "../base/router.jsx";
import { hasRole, keyOf, may, news, personName, row, rows, space, status, userId } from "../base/state.js";
import { write } from "../base/write.js";
import { capital } from "../ui/format.js";
import { addDays, secondsOf } from "../ui/zone.js";
import { binding, bindingFor, people, sites, today } from "./data.js";
import { useForm } from "./entry.jsx";
import { planOf, repeatedIn, shiftOn, usualHours } from "./planner.js";
import { weekDates } from "./sessions.js";
import { Steps } from "./span.jsx";
import { useSubmit } from "./submit.js";
import { hoursText } from "./timer.jsx";

const MOST = 40; // people at first
const GUEST = "somebody else";

const clockOf = (seconds) => `${String(Math.floor(seconds / 3600) % 24).padStart(2, "0")}:${String(Math.floor(seconds / 60) % 60).padStart(2, "0")}`;

/** Whether there is a plan of the week to see: managers have one, where there are people to plan for. */
export function hasPlanner() {
	return hasRole("manager") && may("read", "schedules");
}

// --- what is planned ---

function usePlan(date) {
	const dates = weekDates(date, binding.value.rules.sunday);
	const planned = people.value.filter(({ role }) => role !== "viewer");
	return { dates, ...planOf({ people: planned, shifts: rows("schedules").value, tasks: rows("assignments").value, dates, bindingFor, nameOf: (id) => capital(personName(id)) }) };
}

const STATES = { "in-progress": ["play", "under way"], cancelled: ["close", "cancelled"] };

function ShiftChip({ one, clashes, onOpen }) {
	const zone = one.zone ?? binding.value.zone, [icon, word] = STATES[one.status] ?? [], site = row("jobSites", one.jobSite)?.name ?? one.note;
	return (
		<button type="button" class="planned" data-status={one.status} data-clash={clashes ? "true" : undefined} data-news={news.value.has(keyOf("schedules", one.id)) ? "true" : undefined} onClick={() => onOpen("schedules", one.id)}>
			<span class="planned-time">{formatTime(one.start, zone)} – {formatTime(one.end, zone)}{one.status === "completed" && <Icon name="check" size={14} label="done" />}</span>
			{site && <span class="planned-where"><bdi>{site}</bdi></span>}
			{word && <span class="planned-state"><Icon name={icon} size={14} />{word}</span>}
			{clashes && <span class="planned-state" data-tone="warn"><Icon name="warn" size={14} />two at once</span>}
		</button>
	);
}

function TaskChip({ one, onOpen }) {
	const isDone = one.status === "completed" || one.status === "cancelled";
	return (
		<button type="button" class="planned task" data-status={one.status} onClick={() => onOpen("assignments", one.id)}>
			<span class="planned-where"><Icon name={isDone ? "check" : one.priority === "high" ? "flag" : "list-checks"} size={14} label={isDone ? "Done" : one.priority === "high" ? "Urgent task" : "Task"} /><bdi>{one.title}</bdi></span>
		</button>
	);
}

function Chips({ cell, onOpen }) {
	return (
		<>
			{cell.shifts.map((one) => <ShiftChip key={one.id} one={one} clashes={cell.clashes && one.status !== "cancelled"} onOpen={onOpen} />)}
			{cell.tasks.map((one) => <TaskChip key={one.id} one={one} onOpen={onOpen} />)}
			{cell.isLong && <span class="planned-state" data-tone="warn"><Icon name="warn" size={14} />{hoursText(cell.seconds)} in a day</span>}
		</>
	);
}

function Who({ line }) {
	return <span class="plan-who"><bdi>{line.name}</bdi>{line.id === userId.value && <small> you</small>}</span>;
}

// The week's hours of a person against what is overtime.
function WeekHours({ line }) {
	return (
		<span class="plan-hours" data-over={line.over > 0 ? "true" : undefined}>
			{line.over > 0 ? <><Icon name="warn" size={14} /><b>{hoursText(line.seconds)}</b>, {hoursText(line.over)} over</> : line.seconds > 0 ? <><b>{hoursText(line.seconds)}</b> of {hoursText(line.limit)}</> : line.isGone ? "has left" : "nothing planned"}
		</span>
	);
}

function wordsOfAdd(line, date) {
	return `Plan ${line.name}, ${formatDay(date, today.value)}`;
}

// --- on a wide window: the grid ---

function Cell({ line, cell, mayAdd, onOpen, onAdd }) {
	return (
		<td data-today={cell.date === today.value ? "true" : undefined} data-past={cell.date < today.value ? "true" : undefined}>
			<div class="plan-cell">
				<Chips cell={cell} onOpen={onOpen} />
				{mayAdd && !line.isGone && <button type="button" class="plan-add" aria-label={wordsOfAdd(line, cell.date)} onClick={() => onAdd({ person: line.id, date: cell.date })}><Icon name="plus" size={16} /></button>}
			</div>
		</td>
	);
}

function Grid({ lines, days, mayAdd, onOpen, onAdd }) {
	return (
		<div class="plan-scroll">
			<table class="plan-grid">
				<thead><tr>
					<th scope="col"><span class="unseen">Person</span></th>
					{days.map((day) => (
						<th key={day.date} scope="col" data-today={day.date === today.value ? "true" : undefined}>
							<span class="plan-day">{formatDate(day.date, { weekday: "short" })} <b>{Number(day.date.slice(8))}</b></span>
							<span class="plan-sum">{day.people > 0 ? `${formatNumber(day.people)} · ${hoursText(day.seconds)}` : "nobody"}<span class="unseen"> {day.people > 0 ? "people and hours" : ""}</span></span>
						</th>
					))}
				</tr></thead>
				<tbody>{lines.map((line) => (
					<tr key={line.id}>
						<th scope="row"><Who line={line} /><WeekHours line={line} /></th>
						{line.cells.map((cell) => <Cell key={cell.date} line={line} cell={cell} mayAdd={mayAdd} onOpen={onOpen} onAdd={onAdd} />)}
					</tr>
				))}</tbody>
			</table>
		</div>
	);
}

// --- on a phone: a day ---

function DayLine({ line, cell, mayAdd, onOpen, onAdd }) {
	return (
		<li class="plan-one">
			<div class="plan-one-head">
				<Who line={line} /><WeekHours line={line} />
				{mayAdd && !line.isGone && <IconButton icon="plus" label={wordsOfAdd(line, cell.date)} onClick={() => onAdd({ person: line.id, date: cell.date })} />}
			</div>
			<div class="plan-one-chips"><Chips cell={cell} onOpen={onOpen} /></div>
		</li>
	);
}

// The week to choose a day of, each with a bar of how many are there.
function Strip({ date, dates, days, onDay }) {
	const busiest = Math.max(1, ...days.map((day) => day.people));
	return (
		<DateStrip value={date} today={today.value} weekStart={binding.value.rules.sunday ? "sunday" : "monday"} marks={Object.fromEntries(days.map((one) => [one.date, one.people / busiest]))}
			wordsOf={(one) => `${days[dates.indexOf(one)]?.people ?? 0} people`} onInput={onDay} />
	);
}

function DaySum({ day }) {
	return <p class="plan-day-sum"><b>{formatDay(day.date, today.value)}</b> {day.people > 0 ? `${formatNumber(day.people)} ${day.people === 1 ? "person" : "people"}, ${hoursText(day.seconds)}` : "Nobody is planned."}</p>;
}

function Day({ date, dates, lines, most, ...rest }) {
	const at = dates.indexOf(date);
	const isPlanned = ({ cells }) => cells[at].shifts.length + cells[at].tasks.length > 0;
	const here = lines.filter(isPlanned), free = lines.filter((line) => !isPlanned(line));
	const shown = here.slice(0, most);
	return (
		<div class="plan-phone">
			{shown.length > 0 && <ul role="list">{shown.map((line) => <DayLine key={line.id} line={line} cell={line.cells[at]} {...rest} />)}</ul>}
			{free.length > 0 && (
				<section>
					<h2 class="plan-free-head">Not planned</h2>
					<ul role="list">{free.slice(0, most).map((line) => <DayLine key={line.id} line={line} cell={line.cells[at]} {...rest} />)}</ul>
				</section>
			)}
		</div>
	);
}

// --- a new one ---

function namesOf() {
	return people.value.filter(({ role }) => role !== "viewer").map(({ id, name }) => [id, id === userId.value ? `${name} (you)` : name]);
}

async function planAll(shifts, words) {
	const here = space.value, edits = [];
	for (const one of shifts) {
		const op = await write(() => here.create("schedules", one, { label: `Shift of ${one.who ?? personName(one.owner)} planned` }));
		if (!op)
			return false;
		edits.push(op);
	}
	undoable(words, async () => {
		for (const op of [...edits].reverse())
			await here.undo(op.edit);
	});
	return true;
}

const secondsOr = (text, other) => (text ? secondsOf(text) : other);

// What the form means: {shifts} or {field, problem}.
function readForm(form, zone) {
	if (!form.from || !form.to)
		return form.from ? { field: "to", problem: "When does it end?" } : { field: "from", problem: "When does it begin?" };
	if (form.dates.length === 0)
		return { field: "dates", problem: "Choose at least one day." };
	if (form.person === GUEST && !form.who.trim())
		return { field: "who", problem: "Who is it?" };
	const more = { ...(form.person === GUEST ? { who: form.who.trim() } : { owner: form.person }), ...(form.jobSite ? { jobSite: form.jobSite } : {}), ...(form.note.trim() ? { note: form.note.trim() } : {}) };
	return { shifts: form.dates.map((date) => ({ ...shiftOn(zone, date, secondsOf(form.from), secondsOf(form.to)), ...more })) };
}

function Days({ value, dates, onInput }) {
	return (
		<div class="plan-days" role="group" aria-label="Days">
			{dates.map((date) => (
				<Check key={date} value={value.includes(date)} onInput={(isOn) => onInput(dates.filter((one) => (one === date ? isOn : value.includes(one))))}>
					<span class="unseen">{formatDate(date, { weekday: "long", day: "numeric", month: "long" })}</span>
					<span aria-hidden="true"><small>{formatDate(date, { weekday: "short" })}</small><b>{Number(date.slice(8))}</b></span>
				</Check>
			))}
		</div>
	);
}

/** A new shift, on one day or several of the week.  person: an id, or that of a line of somebody without an account. */
export function NewShift({ person, date, onTask, onClose }) {
	const guest = person?.startsWith("who ") ? person.slice(4) : null;
	const dates = weekDates(date, binding.value.rules.sunday);
	const usual = usualHours(rows("schedules").value, person ?? userId.value, binding.value.zone);
	const first = { person: guest ? GUEST : person ?? userId.value, who: guest ?? "", dates: [date], from: clockOf(usual.from), to: clockOf(usual.to), jobSite: null, note: "" };
	const { form, type, drop, isKept } = useForm(`time/shift/${space.value.id}`, () => first, null, person ? first : {});
	const zone = form.person === GUEST ? binding.value.zone : bindingFor(form.person).zone;
	const shown = dates.some((one) => form.dates.includes(one)) ? dates : weekDates(form.dates[0] ?? date, binding.value.rules.sunday);
	const read = readForm(form, zone);
	const finish = () => { drop(); onClose(); };
	const { tried, busy, submit } = useSubmit(read.problem, () => planAll(read.shifts, read.shifts.length === 1 ? "Shift planned." : `${read.shifts.length} shifts planned.`), finish);
	const said = (name) => (tried && read.field === name ? read.problem : undefined);
	const length = (secondsOr(form.to, 0) - secondsOr(form.from, 0) + 86_400) % 86_400 || 86_400;
	const open = sites.value.filter((site) => (site.status ?? "active") === "active").map(({ id, name }) => [id, name]);
	return (
		<Sheet title="Plan a shift" side={isWide.value} onClose={onClose} actions={[
			isKept && <Button key="clear" kind="quiet" onClick={finish}>Let go</Button>,
			<Button key="plan" kind="primary" wide={!isWide.value} type="submit" form="shift" busy={busy}>{form.dates.length > 1 ? `Plan ${form.dates.length} shifts` : "Plan it"}</Button>,
		]}>
			<form id="shift" class="entry" onSubmit={submit} noValidate>
				{onTask && <Segments label="What" value="shift" options={[["shift", "Shift"], ["task", "Task"]]} onInput={(what) => what === "task" && onTask()} />}
				<Field label="Who"><Select value={form.person} options={[...namesOf(), [GUEST, "Somebody without an account"]]} onInput={(one) => type({ person: one })} /></Field>
				{form.person === GUEST && <Field label="Name" problem={said("who")}><TextInput value={form.who} maxLength={100} onInput={(who) => type({ who: who ?? "" })} /></Field>}
				<Field label="Days" problem={said("dates")}><Days value={form.dates} dates={shown} onInput={(chosen) => type({ dates: chosen })} /></Field>
				<div class="entry-times">
					<Field label="From" problem={said("from")}><TimeInput value={form.from} onInput={(from) => type({ from: from ?? null })} /></Field>
					<Field label="To" problem={said("to")}><TimeInput value={form.to} onInput={(to) => type({ to: to ?? null })} /></Field>
				</div>
				{!read.problem && <p class="entry-sum"><b>{hoursText(length)}</b>{secondsOf(form.to) <= secondsOf(form.from) && <span>ends the next day</span>}</p>}
				{open.length > 0 && <Field label="Job site"><Select value={form.jobSite} empty="None" options={open} onInput={(jobSite) => type({ jobSite })} /></Field>}
				<Field label="Note"><TextInput value={form.note} maxLength={500} onInput={(note) => type({ note: note ?? "" })} /></Field>
			</form>
		</Sheet>
	);
}

// --- the whole ---

function weekWords(dates) {
	const short = { day: "numeric", month: "short" };
	return `${formatDate(dates[0], dates[0].slice(5, 7) === dates[6].slice(5, 7) ? { day: "numeric" } : short)} – ${formatDate(dates[6], short)}`;
}

/** date: of the week, or the day on a phone.  onOpen(collection, id); onAdd({person, date}). */
export function Planner({ date, onOpen, onAdd }) {
	const [most, setMost] = useState(MOST);
	const { dates, lines, days } = usePlan(date);
	const mayAdd = may("create", "schedules");
	const over = lines.filter((line) => line.over > 0).length;
	const to = (day) => setQuery({ day: day === today.value ? null : day });
	const before = dates.map((one) => addDays(one, -7));
	const copies = mayAdd ? repeatedIn(rows("schedules").value, before, dates, binding.value.zone) : [];
	const repeat = () => planAll(copies, `${copies.length === 1 ? "1 shift" : `${formatNumber(copies.length)} shifts`} planned as the week before.`);
	if (!status.value?.loaded)
		return <Waiting />;
	return (
		<div class="planner">
			<p class="only-print">{space.value.info.name} · {isNarrow.value ? formatDay(date, today.value) : "Plan of the week"}</p>
			{isNarrow.value && <Strip date={date} dates={dates} days={days} onDay={to} />}
			<div class="planner-head">
				{!isNarrow.value
					? <Steps what="Week" title={weekWords(dates)} onBefore={() => to(addDays(date, -7))} onAfter={() => to(addDays(date, 7))} onToday={dates.includes(today.value) ? undefined : () => to(today.value)} />
					: <DaySum day={days[dates.indexOf(date)]} />}
				{over > 0 && <Tag kind="warn" icon="warn">{over === 1 ? "1 person comes to overtime" : `${formatNumber(over)} people come to overtime`}</Tag>}
				<Menu label="More for the week" items={[
					mayAdd && { label: copies.length > 0 ? `Repeat the week before (${formatNumber(copies.length)})` : "Repeat the week before", icon: "copy", disabled: copies.length === 0, onSelect: repeat },
					{ label: "Print the week", icon: "print", onSelect: () => print() },
				]} />
			</div>
			{days.every((day) => day.people === 0) && copies.length > 0 && <Notice icon="calendar" action={<Button small icon="copy" onClick={repeat}>Repeat the week before</Button>}>Nobody is planned in this week yet.</Notice>}
			{!isNarrow.value
				? <Grid lines={lines.slice(0, most)} days={days} mayAdd={mayAdd} onOpen={onOpen} onAdd={onAdd} />
				: <Day date={date} dates={dates} lines={lines} most={most} mayAdd={mayAdd} onOpen={onOpen} onAdd={onAdd} />}
			{lines.length > most && <Button class="planner-more" onClick={() => setMost(most + MOST)}>Show all {formatNumber(lines.length)} people</Button>}
		</div>
	);
}
