// A calendar week: days side by side (seven, three on a tablet, one on a phone), sessions at true scale.  A drag in
// empty time makes an entry, that of a block moves it, that of an edge stretches it; the keyboard does the same.  Where
// things are is in week.js, the hand in hand.js.

import { useRef, useState } from "preact/hooks";
import { Button, Icon, formatDate, formatDuration, formatTime, isNarrow, isWide } from "../ui/index.js";
import { keyOf, may, news, row, rows, userId } from "../base/state.js";
import { dayIn } from "../ui/zone.js";
import { change, noteOf, now, remove, titleOf, unsentOf } from "./data.js";
import { elapsed } from "./hours.js";
import { blocksOf, formTime } from "./sessions.js";
import { HOUR, useHand } from "./hand.js";
import { byDay } from "./span.jsx";
import { hoursText } from "./timer.jsx";
import { LEAST, changesOf, daysOf, hourMarks, neighbour, ownMarks, rowOf, rowsOf, spanDates } from "./week.js";

const ARROWS = ["ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft"];
const SHORT = { weekday: "short" }, LONG = { weekday: "long", day: "numeric", month: "long" };

/** How many days the calendar shows side by side in this window. */
export function daysShown() {
	return isNarrow.value ? 1 : isWide.value ? 7 : 3;
}

// Planned shifts of a person, as spans.
function plansOf(person) {
	return rows("schedules").value
		.filter((one) => (one.owner ?? userId.value) === person && !one.who && one.status !== "cancelled")
		.map((one) => ({ id: one.id, start: Date.parse(one.start), end: Date.parse(one.end), row: one }));
}

// --- what is drawn ---

function heightOf(row, shown) {
	return { insetBlockStart: `${(row - shown.first) * HOUR}px` };
}

function placeOf({ first, last, lane = 0, lanes = 1 }, shown) {
	const top = (first - shown.first) * HOUR, height = Math.max(LEAST, last - first) * HOUR;
	return {
		insetBlockStart: `${top}px`, blockSize: `${height}px`,
		insetInlineStart: `${lane / lanes * 100}%`, inlineSize: `${100 / lanes}%`,
	};
}

function spanWords({ start, end }, zone) {
	const until = end === null ? "now" : formatTime(end, zone);
	return `${formatTime(start, zone)} – ${until}`;
}

const STATES = {
	failed: ["bad", "Failed"], conflict: ["swap", "Conflict"], waiting: ["sync", "Waiting to send"],
};

function Block({ block, date, shown, zone, isSelected, isHeld, isLocked, over, onOpen, onFocus }) {
	const { session } = block, height = Math.max(LEAST, block.last - block.first) * HOUR;
	const title = titleOf(session.row), note = noteOf(session.row);
	const project = session.row.project ? row("projects", session.row.project) : null;
	const what = project && project.name !== title ? project.name : null;
	const length = elapsed(session.start, session.end ?? now.value);
	const [icon, words] = STATES[unsentOf(session.id)] ?? [];
	const label = [
		title, what, note, spanWords(session, zone), formatDuration(length), session.running && "running",
		over && "overlaps another entry", words, isLocked && "locked",
	].filter(Boolean).join(", ");
	const isNews = news.value.has(keyOf("workSessions", session.id)), set = (is) => (is ? "true" : undefined);
	return (
		<button
			type="button" class="cal-block bare clip" data-id={session.id} data-date={date}
			data-kind={session.lunch ? "lunch" : "work"} data-running={set(session.running)}
			data-held={set(isHeld)} data-locked={set(isLocked)} data-low={set(height < 40)}
			data-colour={project?.colour}
			data-comes-in={set(block.comesIn)} data-goes-on={set(block.goesOn)} data-news={set(isNews)}
			tabIndex={isSelected ? 0 : -1} aria-label={label} style={placeOf(block, shown)}
			onClick={() => onOpen(session.id)} onFocus={onFocus}
		>
			<span class="cal-title cut medium" dir="auto">{title}</span>
			<span class="cal-time cut">{spanWords(session, zone)}</span>
			{height > 66 && what && <span class="cal-note cut" dir="auto">{what}</span>}
			{height > 66 && note && <span class="cal-note clamp" dir="auto">{note}</span>}
			{height > 52 && <b class="cal-length">{formatDuration(length)}</b>}
			{icon && <Icon name={icon} size={14} />}
		</button>
	);
}

// What the hand makes, while it holds it.
function Ghost({ block, shown, span, zone }) {
	return (
		<span class="cal-ghost clip" style={placeOf({ ...block, lane: 0, lanes: 1 }, shown)} aria-hidden="true">
			<b>{spanWords(span, zone)}</b>
			{span.end !== null && <span>{formatDuration(elapsed(span.start, span.end))}</span>}
		</span>
	);
}

function DayHead({ day, figures, target, today, isLocked, onDay }) {
	const part = figures && target > 0 ? Math.min(1, figures.paid / target) : 0;
	const words = [
		formatDate(day.date, LONG), figures ? hoursText(figures.paid) : "nothing",
		target > 0 && figures && `of ${hoursText(target)}`, isLocked && "locked",
	].filter(Boolean).join(", ");
	return (
		<button
			type="button" class="cal-head-day bare full" aria-label={words}
			data-today={day.date === today ? "true" : undefined} onClick={() => onDay(day.date)}
		>
			<span class="line gap-1">
				<span class="small muted">{formatDate(day.date, SHORT)}</span>
				<span class="week-date centre small">{Number(day.date.slice(8))}</span>
				{isLocked && <Icon name="lock" size={14} />}
			</span>
			<span class="cal-sum bold unbroken">{figures ? hoursText(figures.paid) : "–"}</span>
			{target > 0 && (
				<span class="cal-goal clip" data-reached={figures?.reached ? "true" : undefined}>
					<i style={{ inlineSize: `${part * 100}%` }} />
				</span>
			)}
		</button>
	);
}

function Hours({ shown }) {
	const words = (hour) => formatTime(`${String(hour).padStart(2, "0")}:00`);
	return (
		<div class="cal-hours anchor" aria-hidden="true">
			{hourMarks(shown).map(({ row, hour }) => (
				<span
					key={row} class="tiny muted unbroken" style={heightOf(row, shown)}
				>
					{row > shown.first && words(hour)}
				</span>
			))}
		</div>
	);
}

// Hours that a day does not have, and its own labels before its clocks change.
function Changed({ day, shown, zone }) {
	const first = rowOf(day, day.from), two = (n) => String(n).padStart(2, "0");
	return (
		<>
			{first > shown.first && (
				<span class="cal-void" style={{ blockSize: `${(first - shown.first) * HOUR}px` }} />
			)}
			{ownMarks(day, zone).filter(({ row }) => row >= shown.first).map(({ row, hour, minute }) => (
				<span
					key={row} class="cal-own tiny muted" aria-hidden="true"
					style={heightOf(row, shown)}
				>
					{formatTime(`${two(hour)}:${two(minute)}`)}
				</span>
			))}
		</>
	);
}

function Plan({ plan, shown }) {
	const name = plan.session.row.note || titleOf({ jobSite: plan.session.row.jobSite, note: "Planned shift" });
	return (
		<span class="cal-plan clip tiny" style={placeOf(plan, shown)}>
			<span class="cut">{name}</span>
		</span>
	);
}

function Day({ day, label, today, shown, zone, hand, selected, lockedOn, onOpen, onSelect }) {
	const { held, outcome } = hand;
	const ghost = outcome && { ...held.session, ...outcome, id: "ghost" };
	const [part] = ghost ? blocksOf([ghost], zone, day.date, now.value) : [];
	const isOver = (one, other) => other !== one && other.session.lunch === one.session.lunch &&
		other.first < one.last && one.first < other.last;
	const over = (one) => day.blocks.some((other) => isOver(one, other));
	const rowsOfPart = part && {
		first: rowOf(day, Math.max(day.from, outcome.start)),
		last: rowOf(day, Math.min(day.to, outcome.end ?? now.value)),
	};
	const nowRow = rowOf(day, now.value);
	return (
		<div
			class="cal-day anchor" role="group" aria-label={label} data-date={day.date}
			data-today={day.date === today ? "true" : undefined}
			data-locked={lockedOn(day.date) ? "true" : undefined}
		>
			<Changed day={day} shown={shown} zone={zone} />
			{day.plans.map((plan) => <Plan key={plan.session.id} plan={plan} shown={shown} />)}
			{now.value >= day.from && now.value < day.to && nowRow < shown.last && (
				<span class="cal-now" style={heightOf(nowRow, shown)} />
			)}
			{day.blocks.map((block) => (
				<Block
					key={block.session.id} block={block} date={day.date} shown={shown} zone={zone}
					isSelected={selected?.id === block.session.id && selected.date === day.date}
					isHeld={held?.session?.id === block.session.id}
					isLocked={lockedOn(block.session.day)} over={over(block)} onOpen={onOpen}
					onFocus={() => onSelect({ id: block.session.id, date: day.date })}
				/>
			))}
			{part && <Ghost block={rowsOfPart} shown={shown} span={outcome} zone={zone} />}
		</div>
	);
}

function More({ words, icon, onClick }) {
	return <Button small kind="quiet" icon={icon} class="cal-more" onClick={onClick}>{words}</Button>;
}

// The block that the keyboard is on: the chosen one, else the first.
function selectedOf(days, chosen) {
	const blocks = days.flatMap((day) => day.blocks.map(({ session }) => ({ id: session.id, date: day.date })));
	return blocks.find((one) => one.id === chosen?.id && one.date === chosen.date) ?? blocks[0] ?? null;
}

/**
 * The calendar around a date.  binds: what holds for the person.  lockedOn(date): whether a day of theirs can not be
 * changed.  onMake({date, from, to}): an entry is to be made; onTurn(by): to the days before (-1) or after (1).
 */
export function Calendar({
	person, date, sessions, binds, today, lockedOn = () => false, onOpen, onMake, onDay, onTurn,
}) {
	const { plan, rules, zone } = binds, grid = useRef(null);
	const [whole, setWhole] = useState(false), [chosen, setChosen] = useState(null);
	const dates = spanDates(date, daysShown(), rules.sunday);
	const days = daysOf({ zone, dates, sessions, plans: plansOf(person), now: now.value });
	const shown = rowsOf(days, { at: now.value, whole });
	const { of } = byDay(sessions, plan, dates[0], dates.at(-1));
	const selected = selectedOf(days, chosen), height = (shown.last - shown.first) * HOUR;
	const find = ({ id, date: of }) =>
		days.find((day) => day.date === of)?.blocks.find((block) => block.session.id === id) ?? null;
	const focusOn = (next) => {
		setChosen(next);
		grid.current.querySelector(`[data-id="${next.id}"][data-date="${next.date}"]`)?.focus();
	};
	const isLocked = (session) => !may("update", "workSessions") || lockedOn(session.day);
	const hand = useHand({
		grid, days, shown, find, zone, locked: isLocked, turn: dates.length < 7 ? onTurn : null,
		write(session, to) {
			const set = changesOf(session, to);
			if (set && !lockedOn(dayIn(zone, to.start)))
				change(session.id, set);
		},
		make({ start, end }) {
			const from = formTime(zone, start), to = formTime(zone, end);
			onMake({ date: from.date, from: from.time, to: to.time });
		},
		key(event, { session }) {
			const at = { id: session.id, date: event.target.closest(".cal-block").dataset.date };
			const next = neighbour(days, at, event.key);
			const beside = ARROWS.map((arrow) => neighbour(days, at, arrow)).find(Boolean);
			if (ARROWS.includes(event.key)) {
				event.preventDefault();
				if (next)
					focusOn(next);
			} else if (event.key === "Delete" || event.key === "Backspace") {
				event.preventDefault();
				if (may("delete", "workSessions") && !lockedOn(session.day))
					remove(session).then((op) => op && beside && focusOn(beside));
			}
		},
	});
	const sumOf = (day) => (of.get(day.date) ? hoursText(of.get(day.date).paid) : "nothing");
	const label = (day) => `${formatDate(day.date, LONG)}: ${sumOf(day)}`;
	return (
		<section
			class="calendar" aria-label={`Week of ${formatDate(dates[0])}`} data-days={dates.length}
			style={{ "--days": dates.length, "--hour": `${HOUR}px` }}
		>
			{days.length > 1 && (
				<div class="cal-head paper">
					<span />
					{days.map((day) => (
						<DayHead
							key={day.date} day={day} figures={of.get(day.date)}
							target={rules.target} today={today}
							isLocked={lockedOn(day.date)} onDay={onDay}
						/>
					))}
				</div>
			)}
			{!shown.isWhole && (
				<More words="All 24 hours" icon="up" onClick={() => setWhole(true)} />
			)}
			{whole && <More words="Only working hours" icon="down" onClick={() => setWhole(false)} />}
			<div
				class="cal-grid" ref={grid} style={{ blockSize: `${height}px` }}
				data-held={hand.held?.kind} {...hand.events}
			>
				<Hours shown={shown} />
				{days.map((day) => (
					<Day
						key={day.date} day={day} label={label(day)} today={today} shown={shown}
						zone={zone} hand={hand} selected={selected} lockedOn={lockedOn}
						onOpen={onOpen} onSelect={setChosen}
					/>
				))}
			</div>
			<p class="unseen" role="status">
				{hand.held && (hand.outcome ? spanWords(hand.outcome, zone) : "Not possible")}
			</p>
		</section>
	);
}
