// The plan of a week for managers: people and days, who is planned where, who gets into overtime.  A press on
// somebody's day plans a shift for them; a press on a shift or a task opens it.  A phone shows one day at a time.

import { useState } from "preact/hooks";
import {
	Button, Check, DateStrip, Field, Icon, IconButton, Menu, Notice, Segments, Select, Sheet, Tag, TextInput,
	TimeInput, Waiting, formatDate, formatDay, formatNumber, formatTime, isNarrow, isWide, undoable,
} from "../ui/index.js";
import { setQuery } from "../base/router.jsx";
import { hasRole, keyOf, may, news, personName, row, rows, space, status, userId } from "../base/state.js";
import { write } from "../base/write.js";
import { capital } from "../ui/format.js";
import { addDays, secondsOf } from "../ui/zone.js";
import { binding, bindingFor, people, sites, today } from "./data.js";
import { useForm } from "./draft.js";
import { planOf, repeatedIn, shiftOn, usualHours } from "./planner.js";
import { weekDates } from "./sessions.js";
import { Steps } from "./span.jsx";
import { useSubmit } from "./submit.js";
import { hoursText } from "./timer.jsx";

const MOST = 40; // people at first
const GUEST = "somebody else";
const KINDS = [["shift", "Shift"], ["task", "Task"]];

const two = (n) => String(n).padStart(2, "0");
const clockOf = (seconds) => `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}`;

/** Whether there is a plan of the week: managers have one, in spaces that have shifts. */
export function hasPlanner() {
	return hasRole("manager") && may("read", "schedules");
}

// --- what is planned ---

function usePlan(date) {
	const dates = weekDates(date, binding.value.rules.sunday);
	const planned = people.value.filter(({ role }) => role !== "viewer");
	const plan = planOf({
		people: planned, shifts: rows("schedules").value, tasks: rows("assignments").value, dates, bindingFor,
		nameOf: (id) => capital(personName(id)),
	});
	return { dates, ...plan };
}

const STATES = { "in-progress": ["play", "under way"], cancelled: ["close", "cancelled"] };

function ShiftChip({ one, clashes, onOpen }) {
	const zone = one.zone ?? binding.value.zone;
	const [icon, word] = STATES[one.status] ?? [];
	const site = row("jobSites", one.jobSite)?.name ?? one.note;
	return (
		<button
			type="button"
			class="planned anchor bare stack full tiny"
			data-status={one.status}
			data-clash={clashes ? "true" : undefined}
			data-news={news.value.has(keyOf("schedules", one.id)) ? "true" : undefined}
			onClick={() => onOpen("schedules", one.id)}
		>
			<span class="planned-time line gap-1 ends bold">
				{formatTime(one.start, zone)} – {formatTime(one.end, zone)}
				{one.status === "completed" && <Icon name="check" size={14} label="done" />}
			</span>
			{site && <span class="said gap-1 soft"><bdi class="clamp">{site}</bdi></span>}
			{word && (
				<span
					class={`said gap-1 tiny ${one.status === "in-progress" ? "accent" : "muted"}`}
				>
					<Icon name={icon} size={14} />{word}
				</span>
			)}
			{clashes && (
				<span class="said gap-1 tiny medium warn">
					<Icon name="warn" size={14} />
					two at once
				</span>
			)}
		</button>
	);
}

function TaskIcon({ one }) {
	if (one.status === "completed" || one.status === "cancelled")
		return <Icon name="check" size={14} label="Done" />;
	const isUrgent = one.priority === "high";
	return <Icon name={isUrgent ? "flag" : "list-checks"} size={14} label={isUrgent ? "Urgent task" : "Task"} />;
}

function TaskChip({ one, onOpen }) {
	return (
		<button
			type="button" class="planned anchor task bare stack full tiny" data-status={one.status}
			onClick={() => onOpen("assignments", one.id)}
		>
			<span class="said gap-1 soft">
				<TaskIcon one={one} />
				<bdi class="clamp">{one.title}</bdi>
			</span>
		</button>
	);
}

function Chips({ cell, onOpen }) {
	return (
		<>
			{cell.shifts.map((one) => (
				<ShiftChip
					key={one.id} one={one} clashes={cell.clashes && one.status !== "cancelled"}
					onOpen={onOpen}
				/>
			))}
			{cell.tasks.map((one) => <TaskChip key={one.id} one={one} onOpen={onOpen} />)}
			{cell.isLong && (
				<span class="said gap-1 tiny medium warn">
					<Icon name="warn" size={14} />
					{hoursText(cell.seconds)} in a day
				</span>
			)}
		</>
	);
}

function Who({ line }) {
	return (
		<span class="plan-who clamp medium">
			<bdi>{line.name}</bdi>{line.id === userId.value && <small> you</small>}
		</span>
	);
}

// The hours of a person in the week, against the hours from which overtime counts.
function WeekHours({ line }) {
	if (line.over > 0)
		return (
			<span class="plan-hours tiny bold warn">
				<Icon name="warn" size={14} />
				<b>{hoursText(line.seconds)}</b>, {hoursText(line.over)} over
			</span>
		);
	if (line.seconds > 0)
		return (
			<span class="plan-hours tiny muted">
				<b class="medium soft">{hoursText(line.seconds)}</b>
				{line.limit < Infinity && ` of ${hoursText(line.limit)}`}
			</span>
		);
	return <span class="plan-hours tiny muted">{line.isGone ? "has left" : "nothing planned"}</span>;
}

function wordsOfAdd(line, date) {
	return `Plan ${line.name}, ${formatDay(date, today.value)}`;
}

// --- on a wide window: the grid ---

function Cell({ line, cell, mayAdd, onOpen, onAdd }) {
	return (
		<td
			data-today={cell.date === today.value ? "true" : undefined}
			data-past={cell.date < today.value ? "true" : undefined}
		>
			<div class="plan-cell">
				<Chips cell={cell} onOpen={onOpen} />
				{mayAdd && !line.isGone && (
					<button
						type="button" class="plan-add no-print bare centre"
						aria-label={wordsOfAdd(line, cell.date)}
						onClick={() => onAdd({ person: line.id, date: cell.date })}
					>
						<Icon name="plus" size={16} />
					</button>
				)}
			</div>
		</td>
	);
}

function DayHead({ day }) {
	const isBusy = day.people > 0;
	const sum = isBusy ? `${formatNumber(day.people)} · ${hoursText(day.seconds)}` : "nobody";
	return (
		<th scope="col" data-today={day.date === today.value ? "true" : undefined}>
			<span class="plan-day soft">
				{formatDate(day.date, { weekday: "short" })}{" "}
				<b class="ink">{Number(day.date.slice(8))}</b>
			</span>
			<span class="plan-sum tiny muted">
				{sum}
				<span class="unseen"> {isBusy ? "people and hours" : ""}</span>
			</span>
		</th>
	);
}

function Line({ line, ...rest }) {
	return (
		<tr>
			<th scope="row"><Who line={line} /><WeekHours line={line} /></th>
			{line.cells.map((cell) => <Cell key={cell.date} line={line} cell={cell} {...rest} />)}
		</tr>
	);
}

function Grid({ lines, days, ...rest }) {
	return (
		<div class="plan-scroll">
			<table class="plan-grid">
				<thead>
					<tr>
						<th scope="col"><span class="unseen">Person</span></th>
						{days.map((day) => <DayHead key={day.date} day={day} />)}
					</tr>
				</thead>
				<tbody>{lines.map((line) => <Line key={line.id} line={line} {...rest} />)}</tbody>
			</table>
		</div>
	);
}

// --- on a phone: a day ---

function DayLine({ line, cell, mayAdd, onOpen, onAdd }) {
	return (
		<li class="plan-one ruled">
			<div class="plan-one-head touch">
				<Who line={line} /><WeekHours line={line} />
				{mayAdd && !line.isGone && (
					<IconButton
						icon="plus" label={wordsOfAdd(line, cell.date)}
						onClick={() => onAdd({ person: line.id, date: cell.date })}
					/>
				)}
			</div>
			<div class="plan-one-chips stack gap-1"><Chips cell={cell} onOpen={onOpen} /></div>
		</li>
	);
}

// The days of the week to choose from, each with a bar that shows how many people are there.
function Strip({ date, dates, days, onDay }) {
	const busiest = Math.max(1, ...days.map((day) => day.people));
	return (
		<DateStrip
			value={date}
			today={today.value}
			weekStart={binding.value.rules.sunday ? "sunday" : "monday"}
			marks={Object.fromEntries(days.map((one) => [one.date, one.people / busiest]))}
			wordsOf={(one) => `${days[dates.indexOf(one)]?.people ?? 0} people`}
			onInput={onDay}
		/>
	);
}

function DaySum({ day }) {
	const who = `${formatNumber(day.people)} ${day.people === 1 ? "person" : "people"}`;
	const sum = day.people > 0 ? `${who}, ${hoursText(day.seconds)}` : "Nobody is planned.";
	return <p class="soft"><b class="ink">{formatDay(day.date, today.value)}</b> {sum}</p>;
}

function Day({ date, dates, lines, most, ...rest }) {
	const at = dates.indexOf(date);
	const isPlanned = ({ cells }) => cells[at].shifts.length + cells[at].tasks.length > 0;
	const here = lines.filter(isPlanned).slice(0, most);
	const free = lines.filter((line) => !isPlanned(line)).slice(0, most);
	const dayLine = (line) => <DayLine key={line.id} line={line} cell={line.cells[at]} {...rest} />;
	return (
		<div class="stack gap-3">
			{here.length > 0 && <ul role="list">{here.map(dayLine)}</ul>}
			{free.length > 0 && (
				<section>
					<h2 class="apart small medium muted">Not planned</h2>
					<ul role="list">{free.map(dayLine)}</ul>
				</section>
			)}
		</div>
	);
}

// --- a new shift ---

function namesOf() {
	return people.value
		.filter(({ role }) => role !== "viewer")
		.map(({ id, name }) => [id, id === userId.value ? `${name} (you)` : name]);
}

async function planAll(shifts, words) {
	const here = space.value, edits = [];
	for (const one of shifts) {
		const label = `Shift of ${one.who ?? personName(one.owner)} planned`;
		const op = await write(() => here.create("schedules", one, { label }));
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

function plannedWords(count) {
	return count === 1 ? "Shift planned." : `${count} shifts planned.`;
}

const secondsOr = (text, other) => (text ? secondsOf(text) : other);

// What the form means: {shifts} or {field, problem}.
function readForm(form, zone) {
	if (!form.from)
		return { field: "from", problem: "When does it begin?" };
	if (!form.to)
		return { field: "to", problem: "When does it end?" };
	if (form.dates.length === 0)
		return { field: "dates", problem: "Choose at least one day." };
	if (form.person === GUEST && !form.who.trim())
		return { field: "who", problem: "Who is it?" };
	const more = {
		...(form.person === GUEST ? { who: form.who.trim() } : { owner: form.person }),
		...(form.jobSite ? { jobSite: form.jobSite } : {}),
		...(form.note.trim() ? { note: form.note.trim() } : {}),
	};
	const [from, to] = [secondsOf(form.from), secondsOf(form.to)];
	return { shifts: form.dates.map((date) => ({ ...shiftOn(zone, date, from, to), ...more })) };
}

function Days({ value, dates, onInput }) {
	const turn = (date, isOn) => onInput(dates.filter((one) => (one === date ? isOn : value.includes(one))));
	return (
		<div class="plan-days seven gap-1" role="group" aria-label="Days">
			{dates.map((date) => (
				<Check
					key={date} covered value={value.includes(date)}
					onInput={(isOn) => turn(date, isOn)}
				>
					<span class="unseen">
						{formatDate(date, { weekday: "long", day: "numeric", month: "long" })}
					</span>
					<span aria-hidden="true">
						<small>{formatDate(date, { weekday: "short" })}</small>
						<b>{Number(date.slice(8))}</b>
					</span>
				</Check>
			))}
		</div>
	);
}

// A form for a shift of a person, at the hours they usually work.
function firstForm(person, date) {
	const guest = person?.startsWith("who ") ? person.slice(4) : null;
	const usual = usualHours(rows("schedules").value, person ?? userId.value, binding.value.zone);
	return {
		person: guest ? GUEST : person ?? userId.value, who: guest ?? "", dates: [date],
		from: clockOf(usual.from), to: clockOf(usual.to), jobSite: null, note: "",
	};
}

/**
 * A new shift, on one or several days of the week.  person: an id, or the id of a line of somebody without an account.
 */
export function NewShift({ person, date, onTask, onClose }) {
	const { sunday } = binding.value.rules, dates = weekDates(date, sunday);
	const first = firstForm(person, date), key = `time/shift/${space.value.id}`;
	const { form, type, drop, isKept } = useForm(key, () => first, null, person ? first : {});
	const zone = form.person === GUEST ? binding.value.zone : bindingFor(form.person).zone;
	const isThisWeek = dates.some((one) => form.dates.includes(one));
	const shown = isThisWeek ? dates : weekDates(form.dates[0] ?? date, sunday);
	const read = readForm(form, zone);
	const save = () => planAll(read.shifts, plannedWords(read.shifts.length));
	const finish = () => { drop(); onClose(); };
	const { tried, busy, submit } = useSubmit(read.problem, save, finish);
	const said = (name) => (tried && read.field === name ? read.problem : undefined);
	const length = (secondsOr(form.to, 0) - secondsOr(form.from, 0) + 86_400) % 86_400 || 86_400;
	const isOvernight = secondsOf(form.to) <= secondsOf(form.from);
	const isOpen = (site) => (site.status ?? "active") === "active";
	const open = sites.value.filter(isOpen).map(({ id, name }) => [id, name]);
	return (
		<Sheet title="Plan a shift" side={isWide.value} onClose={onClose} actions={[
			isKept && <Button key="clear" kind="quiet" onClick={finish}>Discard draft</Button>,
			<Button key="plan" kind="primary" wide={!isWide.value} type="submit" form="shift" busy={busy}>
				{form.dates.length > 1 ? `Add ${form.dates.length} shifts` : "Add shift"}
			</Button>,
		]}>
			<form id="shift" class="entry stack" onSubmit={submit} noValidate>
				{onTask && (
					<Segments
						label="What" value="shift" options={KINDS}
						onInput={(what) => what === "task" && onTask()}
					/>
				)}
				<Field label="Who">
					<Select
						value={form.person}
						options={[...namesOf(), [GUEST, "Somebody without an account"]]}
						onInput={(one) => type({ person: one })}
					/>
				</Field>
				{form.person === GUEST && (
					<Field label="Name" problem={said("who")}>
						<TextInput
							value={form.who} maxLength={100}
							onInput={(who) => type({ who: who ?? "" })}
						/>
					</Field>
				)}
				<Field label="Days" problem={said("dates")}>
					<Days
						value={form.dates} dates={shown}
						onInput={(chosen) => type({ dates: chosen })}
					/>
				</Field>
				<div class="pair">
					<Field label="From" problem={said("from")}>
						<TimeInput
							value={form.from}
							onInput={(from) => type({ from: from ?? null })}
						/>
					</Field>
					<Field label="To" problem={said("to")}>
						<TimeInput value={form.to} onInput={(to) => type({ to: to ?? null })} />
					</Field>
				</div>
				{!read.problem && (
					<p class="line baseline soft">
						<b class="figure-value ink">{hoursText(length)}</b>
						{isOvernight && <span>ends the next day</span>}
					</p>
				)}
				{open.length > 0 && (
					<Field label="Job site">
						<Select
							value={form.jobSite} empty="None" options={open}
							onInput={(jobSite) => type({ jobSite })}
						/>
					</Field>
				)}
				<Field label="Note">
					<TextInput
						value={form.note} maxLength={500}
						onInput={(note) => type({ note: note ?? "" })}
					/>
				</Field>
			</form>
		</Sheet>
	);
}

// --- the whole ---

function weekWords(dates) {
	const short = { day: "numeric", month: "short" };
	const isOneMonth = dates[0].slice(5, 7) === dates[6].slice(5, 7);
	return `${formatDate(dates[0], isOneMonth ? { day: "numeric" } : short)} – ${formatDate(dates[6], short)}`;
}

function More({ copies, onRepeat }) {
	const count = copies.length > 0 ? ` (${formatNumber(copies.length)})` : "";
	return (
		<Menu label="More for the week" items={[
			onRepeat && {
				label: `Copy previous week${count}`, icon: "copy", disabled: copies.length === 0,
				onSelect: onRepeat,
			},
			{ label: "Print the week", icon: "print", onSelect: () => print() },
		]} />
	);
}

/** date: a date of the week, or the day on a phone.  onOpen(collection, id); onAdd({person, date}). */
export function Planner({ date, onOpen, onAdd }) {
	const [most, setMost] = useState(MOST);
	const { dates, lines, days } = usePlan(date);
	const mayAdd = may("create", "schedules");
	const over = lines.filter((line) => line.over > 0).length;
	const to = (day) => setQuery({ day: day === today.value ? null : day });
	const before = dates.map((one) => addDays(one, -7));
	const copies = mayAdd ? repeatedIn(rows("schedules").value, before, dates, binding.value.zone) : [];
	const repeatedWords = copies.length === 1 ? "1 shift" : `${formatNumber(copies.length)} shifts`;
	const repeat = () => planAll(copies, `${repeatedWords} copied from the previous week.`);
	const overWords = over === 1 ? "1 person comes to overtime" : `${formatNumber(over)} people come to overtime`;
	const isEmpty = days.every((day) => day.people === 0);
	if (!status.value?.loaded)
		return <Waiting />;
	const title = isNarrow.value ? formatDay(date, today.value) : "Plan of the week";
	return (
		<div class="planner stack gap-3">
			<p class="only-print">{space.value.info.name} · {title}</p>
			{isNarrow.value && <Strip date={date} dates={dates} days={days} onDay={to} />}
			<div class="planner-head gap-3 flow">
				{isNarrow.value ? (
					<DaySum day={days[dates.indexOf(date)]} />
				) : (
					<Steps
						what="Week"
						title={weekWords(dates)}
						onBefore={() => to(addDays(date, -7))}
						onAfter={() => to(addDays(date, 7))}
						onToday={
							dates.includes(today.value) ? undefined : () => to(today.value)
						}
					/>
				)}
				{over > 0 && <Tag kind="warn" icon="warn">{overWords}</Tag>}
				<More copies={copies} onRepeat={mayAdd ? repeat : null} />
			</div>
			{isEmpty && copies.length > 0 && (
				<Notice
					icon="calendar"
					action={
						<Button small icon="copy" onClick={repeat}>
							Copy previous week
						</Button>
					}
				>
					Nobody is planned in this week yet.
				</Notice>
			)}
			{isNarrow.value ? (
				<Day
					date={date} dates={dates} lines={lines} most={most}
					mayAdd={mayAdd} onOpen={onOpen} onAdd={onAdd}
				/>
			) : (
				<Grid
					lines={lines.slice(0, most)} days={days}
					mayAdd={mayAdd} onOpen={onOpen} onAdd={onAdd}
				/>
			)}
			{lines.length > most && (
				<Button class="planner-more" onClick={() => setMost(most + MOST)}>
					Show all {formatNumber(lines.length)} people
				</Button>
			)}
		</div>
	);
}
