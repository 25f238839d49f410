// Time: the timer, and below it a day, week or month.  Tabs lead to job sites, plan, messages and rules, and for
// managers to people and pay.  The address holds which day is shown, whose, and as day, week or month.

import { useEffect, useState } from "preact/hooks";
import {
	Button, DateStrip, Empty, Icon, Menu, Page, Segments, Waiting, formatDate, formatDay, formatDuration,
	formatTime, isWide,
} from "../ui/index.js";
import { useKeys } from "../base/keys.js";
import { go, setQuery } from "../base/router.jsx";
import { hasRole, may, personName, space, status, userId } from "../base/state.js";
import { Tabs } from "../base/tabs.jsx";
import { exportRecords } from "../generic/index.js";
import { addDays, isDay } from "../ui/zone.js";
import { bindingFor, noteOf, now, sessionsFor, titleOf, today, unsentOf, watchClock } from "./data.js";
import { DayLine } from "./day.jsx";
import { EditEntry, NewEntry } from "./entry.jsx";
import { dayOf, elapsed } from "./hours.js";
import { Messages } from "./messages.jsx";
import { Pay } from "./pay.jsx";
import { People } from "./people.jsx";
import { Plan } from "./plan.jsx";
import { Reports } from "./reports.jsx";
import { addMonths, weekDates } from "./sessions.js";
import { WorkSettings } from "./settings.jsx";
import { Sites } from "./sites.jsx";
import { Month, Steps, Totals, byDay } from "./span.jsx";
import { Timer, hoursText } from "./timer.jsx";
import { Calendar, daysShown } from "./week.jsx";
import { spanDates } from "./week.js";

const LOOKS = [["day", "Day"], ["week", "Week"], ["month", "Month"]];

function viewsOf() {
	const isTeam = space.value?.info.kind === "team";
	return [
		["hours", "Hours"],
		["reports", "Reports"],
		isTeam && hasRole("manager") && ["people", "People"],
		may("read", "schedules") && isTeam && ["plan", "Plan"],
		may("read", "jobSites") && ["sites", "Sites"],
		isTeam && may("read", "messages") && ["messages", "Messages"],
		hasRole("manager") && ["pay", "Pay"],
		["settings", "Rules"],
	].filter(Boolean);
}

function addressOf(name) {
	return name === "hours" ? "/time" : `/time/${name}`;
}

// The day, week or month before and after what is shown.
function stepOf(look, date, by) {
	if (look === "month") {
		const month = addMonths(date.slice(0, 7), by);
		return month === today.value.slice(0, 7) ? today.value : `${month}-01`;
	}
	return addDays(date, by * (look === "week" ? daysShown() : 1));
}

const DAY_MONTH = { day: "numeric", month: "short" };

function spanWords(look, date, sunday) {
	if (look === "day")
		return formatDay(date, today.value);
	if (look === "month")
		return formatDate(date, { month: "long", year: "numeric" });
	const dates = spanDates(date, daysShown(), sunday), last = dates.at(-1);
	if (dates.length === 1)
		return formatDay(date, today.value);
	const isOneMonth = dates[0].slice(5, 7) === last.slice(5, 7);
	const first = formatDate(dates[0], isOneMonth ? { day: "numeric" } : DAY_MONTH);
	return `${first} – ${formatDate(last, DAY_MONTH)}`;
}

// The menu of what is seldom needed.
function More({ enter }) {
	return (
		<Menu label="More for Time" items={[
			enter && { label: "Add time…", icon: "plus", onSelect: enter },
			{ label: "All entries", icon: "list", onSelect: () => go("/c/workSessions") },
			{
				label: "Export as CSV",
				icon: "download",
				onSelect: () => exportRecords("workSessions", "csv"),
			},
		]} />
	);
}

// Shows another day, in place of this one.
function toDay(day) {
	setQuery({ day: day === today.value ? null : day });
}

function Walk({ look, date, sunday, end }) {
	return (
		<div class="walk flow ends">
			<Steps
				what={`${look[0].toUpperCase()}${look.slice(1)}`} title={spanWords(look, date, sunday)}
				end={end}
				onBefore={() => toDay(stepOf(look, date, -1))}
				onAfter={() => toDay(stepOf(look, date, 1))}
				onToday={date === today.value ? undefined : () => toDay(today.value)}
			/>
			<Segments
				label="Look" fit value={look} options={LOOKS}
				onInput={(name) => setQuery({ look: name === "day" ? null : name })}
			/>
		</div>
	);
}

const STATES = { waiting: "saved here", conflict: "decide", failed: "not accepted" };

function iconOf(one) {
	if (one.lunch)
		return "lunch";
	return one.row.jobSite ? "pin" : "time";
}

function EntryRow({ one, zone, onOpen }) {
	const state = unsentOf(one.id), end = one.running ? "now" : formatTime(one.end, zone);
	return (
		<li>
			<button
				type="button" data-id={one.id}
				class={`entry-row row-open bare full touch ruled ${one.lunch ? "soft" : ""}`}
				data-kind={one.lunch ? "lunch" : "work"} onClick={() => onOpen(one.id)}
			>
				<span class="entry-time small soft unbroken">
					{formatTime(one.start, zone)} – {end}
				</span>
				<span class="stack gap-0">
					<span class="line snug faint-icon">
						<Icon name={iconOf(one)} size={16} />
						<bdi class="clamp">{titleOf(one.row)}</bdi>
					</span>
					{noteOf(one.row) && <small class="clamp" dir="auto">{noteOf(one.row)}</small>}
				</span>
				<span class="entry-length far bold">
					{formatDuration(elapsed(one.start, one.end ?? now.value))}
					{state && (state !== "waiting" || status.value?.trouble) && (
						<small>{STATES[state]}</small>
					)}
				</span>
			</button>
		</li>
	);
}

// The entries of a day as a list beside its line: a screen reader reads them in order, and the keyboard opens them.
function Entries({ list, zone, onOpen, title }) {
	const inOrder = [...list].reverse();
	return (
		<div class="entries">
			{title && <h3 class="entries-day soft">{title}</h3>}
			<ul role="list">
				{inOrder.map((one) => <EntryRow key={one.id} one={one} zone={zone} onOpen={onOpen} />)}
			</ul>
		</div>
	);
}

function dayMarks(of, target) {
	const full = target || 8 * 3600;
	return Object.fromEntries([...of].map(([day, { paid }]) => [day, Math.min(1, paid / full)]));
}

// The days of the week to choose from, with the figures of each.
function Strip({ date, of, rules }) {
	const wordsOf = (day) => (of.get(day) ? hoursText(of.get(day).paid) : "nothing");
	return (
		<DateStrip
			value={date} today={today.value} weekStart={rules.sunday ? "sunday" : "monday"}
			marks={dayMarks(of, rules.target)} wordsOf={wordsOf} onInput={toDay}
		/>
	);
}

function Day({ date, list, binds, open }) {
	const { plan, rules, zone } = binds;
	const dates = weekDates(date, rules.sunday), { of } = byDay(list, plan, dates[0], dates[6]);
	const ofDay = list.filter((one) => one.day === date), isToday = date === today.value;
	const fresh = (from, to) => open.fresh({ date: from.date, from: from.time, to: to.time });
	const enter = may("create", "workSessions") && (
		<Button icon="plus" onClick={() => open.fresh({ date })}>Add time</Button>
	);
	const nothing = date > today.value ? "This day is yet to come." : "Nothing on this day.";
	return (
		<>
			<Strip date={date} of={of} rules={rules} />
			{ofDay.length > 0 && (
				<Totals sum={dayOf(date, list, plan, now.value)} target={rules.target} days={1} />
			)}
			{ofDay.length === 0 && !isToday && <Empty icon="time" text={nothing} action={enter} />}
			<div class="day-panes stack gap-5 on-top">
				{(ofDay.length > 0 || isToday) && (
					<DayLine
						date={date} sessions={list} zone={zone} isToday={isToday}
						onOpen={open.entry} onGap={fresh}
					/>
				)}
				{ofDay.length > 0 && <Entries list={ofDay} zone={zone} onOpen={open.entry} />}
			</div>
		</>
	);
}

function WeekLook({ date, list, binds, person, open, onDay }) {
	const { plan, rules, zone } = binds, dates = weekDates(date, rules.sunday);
	const { of, sum } = byDay(list, plan, dates[0], dates[6]);
	const days = dates
		.map((day) => [day, list.filter((one) => one.day === day)])
		.filter(([, some]) => some.length > 0);
	return (
		<>
			{daysShown() === 1 && <Strip date={date} of={of} rules={rules} />}
			<Calendar
				person={person} date={date} sessions={list} binds={binds} today={today.value}
				onOpen={open.entry} onMake={open.fresh} onDay={onDay}
				onTurn={(by) => toDay(stepOf("week", date, by))}
			/>
			{of.size > 0 && <Totals sum={sum} target={rules.target} days={of.size} />}
			{days.length > 0 && (
				<details class="week-list">
					<summary class="small muted">As a list</summary>
					<div class="week-entries columns">
						{days.map(([day, some]) => (
							<Entries
								key={day} title={formatDay(day, today.value)}
								list={some} zone={zone} onOpen={open.entry}
							/>
						))}
					</div>
				</details>
			)}
		</>
	);
}

// The day in the address, else today.
function dateOf({ day = "" }) {
	return isDay(day) ? day : today.value;
}

function Hours({ query, isMine, person, open }) {
	const date = dateOf(query);
	const look = ["week", "month"].includes(query.look) ? query.look : "day";
	const list = sessionsFor(person), binds = bindingFor(person);
	const openDay = (day) => setQuery({ look: null, day: day === today.value ? null : day }, {});
	if (!status.value?.loaded)
		return <Waiting />;
	return (
		<div class="hours stack gap-5 on-top" data-look={look}>
			{isMine && may("create", "workSessions") && (
				<div class="hours-timer">
					<Timer more figures={look === "day" || isWide.value && look === "month"} />
				</div>
			)}
			<div class="stack gap-3">
				<Walk
					look={look} date={date} sunday={binds.rules.sunday}
					end={!isWide.value && <More enter={open.enter} />}
				/>
				{look === "day" && <Day date={date} list={list} binds={binds} open={open} />}
				{look === "week" && (
					<WeekLook
						date={date} list={list} binds={binds} person={person} open={open}
						onDay={openDay}
					/>
				)}
				{look === "month" && (
					<Month
						month={date.slice(0, 7)} sessions={list} binds={binds}
						today={today.value} onDay={openDay}
						onWeek={(day) => setQuery({ look: "week", day }, {})}
					/>
				)}
			</div>
		</div>
	);
}

export default function Time({ params, query }) {
	const views = viewsOf();
	const view = views.some(([name]) => name === params.view) ? params.view : "hours";
	const person = query.of ?? userId.value;
	const isMine = person === userId.value;
	const mayEnter = may("create", "workSessions");
	const [fresh, setFresh] = useState(null);
	useEffect(watchClock, []);
	const enter = mayEnter ? () => setFresh({ date: view === "hours" && query.day || today.value }) : null;
	const enterButton = enter && <Button icon="plus" onClick={enter}>Add time</Button>;
	const tabs = <Tabs label="Parts of Time" views={views} view={view} addressOf={addressOf} />;
	const open = { entry: (id) => setQuery({ entry: id }, {}), fresh: setFresh, enter };
	useKeys(enter && ["hours", "people"].includes(view) ? { n: ["Add time", enter] } : {});
	const body = {
		hours: () => <Hours query={query} person={person} isMine={isMine} open={open} />,
		people: () => <People onOpen={(id) => go("/time", id === userId.value ? {} : { of: id })} />,
		plan: () => <Plan part={query.part} date={dateOf(query)} onPart={(part) => setQuery({ part })} />,
		sites: () => <Sites />,
		messages: () => <Messages />,
		reports: () => <Reports query={query} />,
		pay: () => <Pay />,
		settings: () => <WorkSettings />,
	}[view];
	return (
		<Page
			title={isMine ? "Time" : personName(person)}
			onBack={isMine ? undefined : () => go("/time/people")}
			actions={view === "hours" && isWide.value && <>{enterButton}<More /></>}
			below={isMine ? tabs : undefined}
		>
			{body()}
			{view === "hours" && enter && !isWide.value && (
				<Button class="hours-enter above-4" wide icon="plus" onClick={enter}>
					Add time
				</Button>
			)}
			{fresh && <NewEntry {...fresh} person={person} onClose={() => setFresh(null)} />}
			{query.entry && (
				<EditEntry
					key={query.entry} id={query.entry} onClose={() => setQuery({ entry: null })}
				/>
			)}
		</Page>
	);
}
