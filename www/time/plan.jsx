// Planned shifts and tasks.  Managers write them; the person they are for sets their state.

import { useState } from "preact/hooks";
import {
	Button, Empty, Icon, IconButton, List, Segments, Sheet, Tag, Waiting, formatDay, formatDuration, formatTime,
	isWide,
} from "../ui/index.js";
import { minute } from "../base/clock.js";
import { useKeys } from "../base/keys.js";
import { hasRole, keyOf, may, news, ops, past, personName, row, rows, status, userId } from "../base/state.js";
import { writeUndoably } from "../base/write.js";
import { PastSheet, RecordForm } from "../generic/index.js";
import { capital } from "../ui/format.js";
import { addDays, dayIn } from "../ui/zone.js";
import { binding, today } from "./data.js";
import { elapsed } from "./hours.js";
import { NewShift, Planner, hasPlanner } from "./planner.jsx";

const NEXT = {
	scheduled: ["in-progress", "Start"], pending: ["in-progress", "Start"], "in-progress": ["completed", "Done"],
};
const WORDS = { "in-progress": "under way", completed: "done", cancelled: "cancelled" };
const KINDS = { completed: "good", "in-progress": "accent" };
const OPEN = ["pending", "in-progress"];
const AHEAD = 12 * 3_600_000; // ms before its start from which a shift can be begun

/** The state of a shift or task; no state is shown while it is only planned. */
function Status({ value }) {
	if (!WORDS[value])
		return null;
	const icon = value === "completed" ? "check" : undefined;
	return <Tag kind={KINDS[value] ?? "plain"} icon={icon}>{WORDS[value]}</Tag>;
}

function say(collection, one, next, words) {
	const label = `${one.title ?? "Shift"}: ${WORDS[next] ?? "open again"}`;
	return writeUndoably(words, (here) => here.set(collection, one.id, { status: next }, { label }));
}

function isMine(one) {
	return one.owner === userId.value && !one.who;
}

function whoOf(one) {
	return one.who ?? (isMine(one) ? "You" : capital(personName(one.owner)));
}

function waits(collection, one) {
	const isOfThis = (op) => op.collection === collection && op.record === one.id;
	return Boolean(status.value?.trouble) && ops.value.some(isOfThis);
}

// A row of the plan.  lead: the time or the box to tick before it.  mark: its state.  action: what can be done with it.
function PlanRow({ collection, one, lead, title, meta, mark, action, onOpen }) {
	const texts = [...meta, waits(collection, one) && "saved here"].filter(Boolean);
	return (
		<div class={news.value.has(keyOf(collection, one.id)) ? "row anchor ruled glow" : "row anchor ruled"}>
			{lead}
			<button type="button" class="row-open bare line gap-3 grow plan-open" onClick={onOpen}>
				<span class="row-words stack grow">
					<span class="row-title cut medium" dir="auto">{title}</span>
					<span class="row-meta cut small muted dotted">
						{texts.map((text, at) => <bdi key={at}>{text}</bdi>)}
					</span>
				</span>
				<span class="row-trail clip line snug fixed to-end medium if-any">{mark}</span>
			</button>
			{action && <div class="row-actions line fixed">{action}</div>}
		</div>
	);
}

function Shift({ one, onOpen }) {
	const zone = one.zone ?? binding.value.zone, value = one.status ?? "scheduled";
	const next = Date.parse(one.start) - minute.value < AHEAD ? NEXT[value] : undefined;
	const mayGoOn = next && isMine(one) && may("update", "schedules");
	const isLast = next?.[0] === "completed";
	const length = formatDuration(elapsed(Date.parse(one.start), Date.parse(one.end)));
	const lead = (
		<span class="plan-time stack gap-0 fixed unbroken">
			<b>{formatTime(one.start, zone)}</b>
			<span class="small muted">{formatTime(one.end, zone)}</span>
		</span>
	);
	const action = mayGoOn && (
		<Button
			small icon={isLast ? "check" : "play"}
			onClick={() => say("schedules", one, next[0], isLast ? "Done." : "Started.")}
		>
			{next[1]}
		</Button>
	);
	return (
		<PlanRow
			collection="schedules" one={one} lead={lead} title={whoOf(one)}
			meta={[row("jobSites", one.jobSite)?.name, one.note, length]}
			mark={<Status value={value} />} onOpen={onOpen} action={action}
		/>
	);
}

function Nothing({ icon, forManagers, forOthers }) {
	return status.value?.loaded ? (
		<Empty icon={icon} text={hasRole("manager") ? forManagers : forOthers} />
	) : (
		<Waiting />
	);
}

function Shifts({ onOpen }) {
	const dayOf = (one) => dayIn(one.zone ?? binding.value.zone, Date.parse(one.start));
	const all = [...rows("schedules").value].sort((left, right) => (left.start < right.start ? -1 : 1));
	const isComing = (one) => dayIn(one.zone ?? binding.value.zone, Date.parse(one.end)) >= today.value;
	const list = [...all.filter(isComing), ...all.filter((one) => !isComing(one)).reverse()];
	if (all.length === 0)
		return (
			<Nothing
				icon="calendar"
				forManagers="Nothing is planned. A planned shift says who works when and where."
				forOthers="Nothing is planned for you."
			/>
		);
	const groupOf = (one) => {
		const day = dayOf(one);
		return { key: day, title: formatDay(day, today.value), end: isComing(one) ? undefined : "over" };
	};
	return (
		<List
			items={list} keyOf={(one) => one.id} height={68} label="Planned shifts" groupOf={groupOf}
			row={(one) => <Shift one={one} onOpen={() => onOpen("schedules", one.id)} />}
		/>
	);
}

const PRIORITY = { high: 0, medium: 1, low: 2 };

function statusOf(task) {
	return task.status ?? "pending";
}

function byUrgency(left, right) {
	return Number(!OPEN.includes(statusOf(left))) - Number(!OPEN.includes(statusOf(right))) ||
		(left.due ?? "9999").localeCompare(right.due ?? "9999") ||
		PRIORITY[left.priority ?? "medium"] - PRIORITY[right.priority ?? "medium"] ||
		(left.title ?? "").localeCompare(right.title ?? "");
}

/** A box to tick: it marks the task as done, or opens it again. */
export function TaskMark({ one }) {
	const isDone = statusOf(one) === "completed";
	const may_ = may("update", "assignments") && (isMine(one) || hasRole("manager"));
	const next = isDone ? "pending" : "completed", words = isDone ? "Open again." : `Done: ${one.title}`;
	return (
		<button
			type="button" class="task-mark bare centre fixed touch" role="checkbox"
			aria-checked={isDone ? "true" : "false"}
			aria-label={`Done: ${one.title}`} disabled={!may_ || statusOf(one) === "cancelled"}
			onClick={() => say("assignments", one, next, words)}
		>
			<span class="box centre">{isDone && <Icon name="check" size={16} />}</span>
		</button>
	);
}

/** When a task is due, in words, with what is late marked. */
export function Due({ one }) {
	if (!one.due || !OPEN.includes(statusOf(one)))
		return null;
	if (one.due < today.value)
		return <Tag kind="bad" icon="calendar">{`since ${formatDay(one.due, today.value)}`}</Tag>;
	return one.due === today.value ? <Tag kind="warn" icon="calendar">today</Tag> : null;
}

function Task({ one, onOpen }) {
	const isOpen = OPEN.includes(statusOf(one));
	const due = one.due && one.due > today.value && `due ${formatDay(one.due, today.value)}`;
	const mark = (
		<>
			{one.priority === "high" && isOpen && <Tag kind="warn" icon="flag">high</Tag>}
			<Due one={one} />
			{statusOf(one) !== "completed" && <Status value={statusOf(one)} />}
		</>
	);
	return (
		<PlanRow
			collection="assignments" one={one} lead={<TaskMark one={one} />} title={one.title}
			meta={[whoOf(one), due, row("jobSites", one.jobSite)?.name, isOpen && one.description]}
			mark={mark} onOpen={onOpen}
		/>
	);
}

function Tasks({ onOpen }) {
	const all = [...rows("assignments").value].sort(byUrgency);
	if (all.length === 0)
		return (
			<Nothing
				icon="list-checks"
				forManagers="No tasks. A task says what is to be done, by whom and until when."
				forOthers="No tasks for you."
			/>
		);
	const groupOf = (one) => (OPEN.includes(statusOf(one)) ? "To do" : "Done and cancelled");
	return (
		<List
			items={all} keyOf={(one) => one.id} height={68} label="Tasks" groupOf={groupOf}
			row={(one) => <Task one={one} onOpen={() => onOpen("assignments", one.id)} />}
		/>
	);
}

const PARTS = [["schedules", "Shifts"], ["assignments", "Tasks"]];
const WEEK = ["week", "Week"];
const TITLES = { schedules: ["New shift", "Planned shift"], assignments: ["New task", "Task"] };

function whenWords(one) {
	const zone = one.zone ?? binding.value.zone, day = dayIn(zone, Date.parse(one.start));
	return `${formatTime(one.start, zone)} – ${formatTime(one.end, zone)}, ${formatDay(day, today.value)}`;
}

function Facts({ collection, one }) {
	const facts = [
		["For", whoOf(one)],
		one.start && ["When", whenWords(one)],
		one.due && ["Due", formatDay(one.due, today.value)],
		one.jobSite && ["Where", row("jobSites", one.jobSite)?.name],
		(one.description || one.note) && [
			collection === "schedules" ? "Note" : "What", one.description ?? one.note,
		],
	].filter(Boolean);
	return (
		<dl class="facts gap-1">
			{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd dir="auto">{value}</dd></div>)}
		</dl>
	);
}

// The fields of a form.  A shift has the zone of its place, so the form does not ask for it; the field `who` is only
// for people without an account.
function fieldsOf(collection, one) {
	if (collection !== "schedules")
		return undefined;
	return ["start", "end", "jobSite", ...(one?.who ? ["who"] : []), "status", "note"];
}

// Managers change all of a shift or task; others read it and set the state of their own.
function Opened({ collection, id, start, onClose }) {
	const one = id === null ? null : row(collection, id);
	const title = id === null ? TITLES[collection][0] : one?.title ?? TITLES[collection][1];
	if (past.value)
		return <PastSheet collection={collection} id={id} onClose={onClose} />;
	if (id !== null && !one)
		return (
			<Sheet side={isWide.value} title={title} onClose={onClose}>
				<p class="lead">It is gone: it was deleted, here or elsewhere.</p>
			</Sheet>
		);
	if (hasRole("manager"))
		return (
			<Sheet side={isWide.value} title={title} onClose={onClose}>
				<RecordForm
					collection={collection} id={id} start={start} fields={fieldsOf(collection, one)}
					onClose={onClose} autofocus={id === null}
				/>
			</Sheet>
		);
	return (
		<Sheet side={isWide.value} title={title} onClose={onClose}>
			<div class="entry stack">
				<Facts collection={collection} one={one} />
				{isMine(one) && may("update", collection) && (
					<State collection={collection} one={one} />
				)}
			</div>
		</Sheet>
	);
}

const STEPS = {
	schedules: [["scheduled", "Planned"], ["in-progress", "Under way"], ["completed", "Done"]],
	assignments: [["pending", "To do"], ["in-progress", "Under way"], ["completed", "Done"]],
};

function State({ collection, one }) {
	return (
		<Segments
			label="How it goes" value={one.status ?? STEPS[collection][0][0]} options={STEPS[collection]}
			onInput={(value) => say(collection, one, value, "Saved.")}
		/>
	);
}

/** date: the day, or the day of the week, that the address names. */
export function Plan({ part, date, onPart }) {
	const [opened, setOpened] = useState(null), [adding, setAdding] = useState(null);
	const parts = hasPlanner() ? [WEEK, ...PARTS] : PARTS;
	const shown = (parts.find(([name]) => name === part) ?? parts[0])[0];
	const collection = shown === "assignments" ? shown : "schedules";
	const open = (name, id) => setOpened({ collection: name, id });
	const fresh = () => {
		if (!may("create", collection))
			return;
		if (collection === "schedules")
			setAdding({ date: shown === "week" ? date : addDays(today.value, 1) });
		else
			open(collection, null);
	};
	const task = () => {
		const owner = adding.person && !adding.person.startsWith("who ") ? { owner: adding.person } : {};
		setOpened({ collection: "assignments", id: null, start: { due: adding.date, ...owner } });
		setAdding(null);
	};
	const words = collection === "schedules" ? "New shift" : "New task";
	useKeys({ n: [words, fresh] });
	return (
		<section class="plan stack" data-part={shown}>
			<div class="plan-head no-print flow gap-3 ends on-foot">
				<Segments label="What is planned" fit value={shown} options={parts} onInput={onPart} />
				{may("create", collection) && isWide.value && (
					<Button icon="plus" onClick={fresh}>{words}</Button>
				)}
				{may("create", collection) && !isWide.value && (
					<IconButton icon="plus" kind="plain" label={words} onClick={fresh} />
				)}
			</div>
			{shown === "week" && <Planner date={date} onOpen={open} onAdd={setAdding} />}
			{shown === "schedules" && <Shifts onOpen={open} />}
			{shown === "assignments" && <Tasks onOpen={open} />}
			{adding && (
				<NewShift
					{...adding} onTask={may("create", "assignments") ? task : undefined}
					onClose={() => setAdding(null)}
				/>
			)}
			{opened && <Opened key={opened.id} {...opened} onClose={() => setOpened(null)} />}
		</section>
	);
}
