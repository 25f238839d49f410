// Everybody in the team, for managers: who is at work now and since when, and the day of each person as a line.

import { useEffect } from "preact/hooks";
import { Empty, Icon, List, Tag, Waiting, formatDate, formatTime } from "../ui/index.js";
import { may, status, userId } from "../base/state.js";
import { clockIn, weekOf } from "../ui/zone.js";
import { bindingFor, now, people, sessionsFor, titleOf, today, watchClock } from "./data.js";
import { count, dayOf, isForgotten } from "./hours.js";
import { blocksOf, lineOf } from "./sessions.js";
import { hoursText } from "./timer.jsx";

const NEVER = { from: 6, to: 18 }; // hours shown where nobody has worked

// The day of a person, as a row shows it.
function lineOfPerson(person) {
	const sessions = sessionsFor(person.id), { plan, rules, zone } = bindingFor(person.id), date = today.value;
	const first = weekOf(date, rules.sunday);
	const ofWeek = sessions.filter((one) => one.day >= first && one.day <= date);
	return {
		person, zone, running: sessions.find((one) => one.running && !isForgotten(one, now.value)),
		forgotten: sessions.find((one) => isForgotten(one, now.value)),
		day: dayOf(date, sessions, plan, now.value),
		week: count(ofWeek, plan, now.value).sum.paid,
		blocks: blocksOf(sessions, zone, date, now.value), at: lineOf(zone, date),
	};
}

// The hours of the day that the lines cover.  They are the same for everybody, so that the days can be compared.
function frameOf(lines) {
	const parts = lines.flatMap(({ blocks }) => blocks.flatMap(({ top, bottom }) => [top, bottom]));
	if (parts.length === 0)
		return { from: NEVER.from / 24, to: NEVER.to / 24 };
	return {
		from: Math.max(0, Math.floor(Math.min(...parts) * 24) / 24),
		to: Math.min(1, Math.ceil(Math.max(...parts) * 24 + 1) / 24),
	};
}

function DayStrip({ line, frame }) {
	const width = frame.to - frame.from, share = (part) => `${(part - frame.from) / width * 100}%`;
	const at = (now.value - line.at.from) / (line.at.to - line.at.from);
	return (
		<span class="worker-day anchor" aria-hidden="true">
			{line.blocks.map(({ session, top, bottom }) => (
				<i
					key={session.id}
					data-kind={session.lunch ? "lunch" : "work"}
					data-running={session.running ? "true" : undefined}
					style={{
						insetInlineStart: share(top),
						inlineSize: `${Math.max(0.4, ((bottom - top) / width) * 100)}%`,
					}}
				/>
			))}
			{at > frame.from && at < frame.to && <b style={{ insetInlineStart: share(at) }} />}
		</span>
	);
}

// The line about a person who is not at work.
function idleWords({ person, forgotten, day }) {
	if (forgotten)
		return `Forgot a timer on ${formatDate(forgotten.day)}: it counts once its end is known`;
	if (person.role === "viewer")
		return "Only looks on";
	return day.sessions > 0 ? "Has finished" : "Not at work";
}

function Doing({ running, zone }) {
	return (
		<>
			<bdi>
				<span class="worker-mark" data-kind={running.lunch ? "lunch" : "work"}>
					<Icon name={running.lunch ? "lunch" : "play"} size={14} />
				</span>
				since {formatTime(running.start, zone)}
			</bdi>
			<bdi>{titleOf(running.row)}</bdi>
		</>
	);
}

function Person({ line, frame, onOpen }) {
	const { person, zone, running, day, week } = line;
	return (
		<div class="row anchor ruled">
			<button
				type="button" class="row-open bare grow worker faint-icon"
				onClick={() => onOpen(person.id)}
			>
				<span class="stack gap-0">
					<span class="row-title cut medium">
						<bdi>{person.name}</bdi>
						{person.id === userId.value && <small> you</small>}
					</span>
					<span class="row-meta cut small muted dotted">
						{running ? (
							<Doing running={running} zone={zone} />
						) : (
							<bdi>{idleWords(line)}</bdi>
						)}
					</span>
				</span>
				<span class="worker-state">
					{running?.lunch && <Tag kind="warn" icon="lunch">at lunch</Tag>}
					{running && !running.lunch && <Tag kind="good" icon="play">at work</Tag>}
				</span>
				<DayStrip line={line} frame={frame} />
				<span class="far">
					<b>{hoursText(day.paid)}</b>
					<small class="unbroken">week {hoursText(week)}</small>
				</span>
				<Icon name="forward" size={16} />
			</button>
		</div>
	);
}

function Hours({ frame, zone, from }) {
	const first = Math.round(frame.from * 24), last = Math.round(frame.to * 24), step = last - first > 12 ? 3 : 2;
	const marks = [];
	for (let hour = first; hour < last; hour += step)
		marks.push(hour);
	const share = (hour) => `${(hour / 24 - frame.from) / (frame.to - frame.from) * 100}%`;
	return (
		<div class="worker worker-head wide-only" aria-hidden="true">
			<span /><span class="worker-state" />
			<span class="worker-hours anchor">
				{marks.map((hour) => (
					<span key={hour} class="tiny muted" style={{ insetInlineStart: share(hour) }}>
						{String(clockIn(zone, from + hour * 3_600_000).hour).padStart(2, "0")}
					</span>
				))}
			</span>
			<span /><span />
		</div>
	);
}

// Those at work first, then by name.
function byWork(left, right) {
	return Number(Boolean(right.running)) - Number(Boolean(left.running)) ||
		left.person.name.localeCompare(right.person.name);
}

export function People({ onOpen }) {
	useEffect(watchClock, []);
	if (people.value.length === 0)
		return status.value?.loaded ? (
			<Empty icon="team" text="Nobody else is in this space yet." />
		) : (
			<Waiting />
		);
	const lines = people.value.map(lineOfPerson).sort(byWork);
	const frame = frameOf(lines);
	const atWork = lines.filter(({ running }) => running && !running.lunch).length;
	const atLunch = lines.filter(({ running }) => running?.lunch).length;
	return (
		<section class="people stack gap-2">
			<dl class="totals over-2 flow">
				<div><dt>At work</dt><dd class="accent">{atWork}</dd></div>
				<div><dt>At lunch</dt><dd>{atLunch}</dd></div>
				<div><dt>Not here</dt><dd>{lines.length - atWork - atLunch}</dd></div>
				<div>
					<dt>Today</dt>
					<dd>{hoursText(lines.reduce((sum, { day }) => sum + day.paid, 0))}</dd>
				</div>
			</dl>
			<Hours frame={frame} zone={lines[0].zone} from={lines[0].at.from} />
			<List
				items={lines} keyOf={(one) => one.person.id} height={76} label="People"
				row={(line) => <Person line={line} frame={frame} onOpen={onOpen} />}
			/>
			{may("create", "workSessions") && <p class="hint">Open a person to enter or correct hours.</p>}
		</section>
	);
}
