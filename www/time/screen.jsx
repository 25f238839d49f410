// Time: the timer, and below it a day, week or month.  Tabs lead to job sites, plan, messages and rules, and for
// managers to people, what is to be approved, and pay.  The address holds which day is shown, whose, and as day, week
// or month.

import { useEffect, useState } from "preact/hooks";
import {
	Button, DateStrip, Empty, IconButton, Menu, Page, Segments, Waiting, formatDate, formatDay, isNarrow, isWide,
} from "../ui/index.js";
import { useKeys } from "../base/keys.js";
import { Link, go, setQuery } from "../base/router.jsx";
import { hasRole, may, past, personName, space, status, userId } from "../base/state.js";
import { Tabs } from "../base/tabs.jsx";
import { timersElsewhere } from "../base/timers.js";
import { ZoneNotice } from "../base/zones.jsx";
import { PastSheet, asOfItem, chooseMoment, exportRecords } from "../generic/index.js";
import { addDays, isDay } from "../ui/zone.js";
import { Approvals, toApprove } from "./approvals.jsx";
import { bindingFor, lockFor, now, overlapsOn, sessionsFor, sites, today, watchClock } from "./data.js";
import { DayLine } from "./day.jsx";
import { EditEntry, NewEntry } from "./entry.jsx";
import { Entries } from "./entries.jsx";
import { dayOf } from "./hours.js";
import { Messages } from "./messages.jsx";
import { Pay } from "./pay.jsx";
import { People } from "./people.jsx";
import { LockLine, PeriodBar } from "./periods.jsx";
import { Plan } from "./plan.jsx";
import { usesProjects } from "./project-pick.jsx";
import { Projects } from "./projects.jsx";
import { Reports } from "./reports.jsx";
import { WorkRules } from "./rules.jsx";
import { addMonths, weekDates } from "./sessions.js";
import { Sites } from "./sites.jsx";
import { Month, Steps, Totals, byDay } from "./span.jsx";
import { Timer, hoursText } from "./timer.jsx";
import { Calendar, daysShown } from "./week.jsx";
import { spanDates } from "./week.js";

const IMPORT = "/c/workSessions/+/import";
const LOOKS = [["day", "Day"], ["week", "Week"], ["month", "Month"]];

function approveWords() {
	const waiting = toApprove().length;
	return waiting > 0 ? `Approve (${waiting})` : "Approve";
}

function viewsOf() {
	const isTeam = space.value?.info.kind === "team";
	return [
		["hours", "Hours"],
		["reports", "Reports"],
		isTeam && hasRole("manager") && ["people", "People"],
		isTeam && hasRole("manager") && may("read", "periods") && ["approve", approveWords()],
		may("read", "schedules") && isTeam && ["plan", "Plan"],
		may("read", "jobSites") && ["sites", "Sites"],
		isTeam && may("read", "messages") && ["messages", "Messages"],
		hasRole("manager") && ["pay", "Pay"],
		may("read", "projects") && (usesProjects.value || may("create", "projects")) &&
			["projects", "Projects"],
		["settings", "Rules"],
	].filter(Boolean);
}

// On phones these are tabs, and the other parts are in the menu.
const MAIN = ["hours", "reports", "people", "approve", "plan", "messages"];

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
		return formatDate(date, { month: isNarrow.value ? "short" : "long", year: "numeric" });
	const dates = spanDates(date, daysShown(), sunday), last = dates.at(-1);
	if (dates.length === 1)
		return formatDay(date, today.value);
	const isOneMonth = dates[0].slice(5, 7) === last.slice(5, 7);
	const first = formatDate(dates[0], isOneMonth ? { day: "numeric" } : DAY_MONTH);
	return `${first} – ${formatDate(last, DAY_MONTH)}`;
}

const ICONS = { projects: "briefcase", approve: "check", sites: "pin", pay: "wallet", settings: "sliders" };

// The fields of entries that people read, those of projects where there are any.
function exportedFields() {
	return [
		"day", "start", "end", "duration", "kind", ...sites.value.length > 0 ? ["jobSite"] : [],
		...usesProjects.value ? ["project", "task", "tags", "billable"] : [], "note",
	];
}

// Saves the entries of the day, week or month that is shown, and of the person whose they are.
function exportShown(query, style) {
	const person = query.of ?? userId.value, dates = datesShown(query);
	return exportRecords("workSessions", "csv", {
		style, where: { day: [`ge.${dates[0]}`, `le.${dates.at(-1)}`] }, owner: person,
		fields: style === "people" ? exportedFields() : null,
		name: `Hours ${dates[0]}${dates.length > 1 ? ` to ${dates.at(-1)}` : ""}`,
	});
}

// The days that the address shows.
function datesShown(query) {
	const date = dateOf(query), { sunday } = bindingFor(query.of ?? userId.value).rules;
	if (query.look === "week")
		return spanDates(date, daysShown(), sunday);
	if (query.look !== "month")
		return [date];
	const first = `${date.slice(0, 7)}-01`;
	return [first, addDays(`${addMonths(date.slice(0, 7), 1)}-01`, -1)];
}

// The menu of what is seldom needed.  views: the parts that are no tabs here.
function More({ views, query }) {
	const parts = views.map(([name, title]) => ({
		label: title, icon: ICONS[name] ?? "list", onSelect: () => go(addressOf(name)),
	}));
	return (
		<Menu label="More for Time" items={[
			...parts,
			asOfItem(),
			{ label: "All entries", icon: "list", onSelect: () => go("/c/workSessions") },
			may("create", "workSessions") && {
				label: "Import hours", icon: "upload", onSelect: () => go(IMPORT),
			},
			{
				label: "Export for people (spreadsheet)", icon: "download",
				onSelect: () => exportShown(query, "people"),
			},
			{
				label: "Export for programs (CSV)", icon: "download",
				onSelect: () => exportShown(query, "programs"),
			},
		].filter(Boolean)} />
	);
}

// Whoever has no hours yet may have some in another program.
function Bring() {
	return (
		<p class="hint">
			Your hours are in another program or a spreadsheet?{" "}
			<Link to={IMPORT} class="link">Import its file</Link>
		</p>
	);
}

// Shows another day, in place of this one.
function toDay(day) {
	setQuery({ day: day === today.value ? null : day });
}

function showLook(name) {
	setQuery({ look: name === "day" ? null : name });
}

// Day, week or month: on phones in the line of the arrows, so that there is one level of tabs.
function Look({ look }) {
	return isNarrow.value ? (
		<Menu
			label="Look" words={LOOKS.find(([name]) => name === look)[1]} icon="down" small
			items={LOOKS.map(([name, label]) => ({ label, onSelect: () => showLook(name) }))}
		/>
	) : (
		<Segments label="Look" fit value={look} options={LOOKS} onInput={showLook} />
	);
}

function Walk({ look, date, sunday }) {
	return (
		<div class="walk flow ends">
			<Steps
				what={`${look[0].toUpperCase()}${look.slice(1)}`} title={spanWords(look, date, sunday)}
				end={isNarrow.value && <Look look={look} />}
				onBefore={() => toDay(stepOf(look, date, -1))}
				onAfter={() => toDay(stepOf(look, date, 1))}
				onToday={date === today.value ? undefined : () => toDay(today.value)}
			/>
			{!isNarrow.value && <Look look={look} />}
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

// The entries of a day: below its line, and in a wide window beside it, below the timer.
function DayEntries({ date, list, zone, person, open }) {
	const ofDay = list.filter((one) => one.day === date);
	return ofDay.length === 0 ? null : (
		<Entries
			list={ofDay} over={overlapsOn(list, date, date)} zone={zone} mayRepeat={open.mayRepeat}
			isLocked={lockFor(person, date) !== null} onOpen={open.entry}
		/>
	);
}

function Day({ date, list, binds, person, open }) {
	const { plan, rules, zone } = binds;
	const dates = weekDates(date, rules.sunday), { of } = byDay(list, plan, dates[0], dates[6]);
	const ofDay = list.filter((one) => one.day === date), isToday = date === today.value;
	const fresh = (from, to) => open.fresh({ date: from.date, from: from.time, to: to.time });
	const lock = lockFor(person, date);
	const enter = may("create", "workSessions") && !lock && (
		<Button icon="plus" onClick={() => open.fresh({ date })}>Add time</Button>
	);
	const nothing = date > today.value ? "This day is yet to come." : "Nothing on this day.";
	return (
		<>
			<Strip date={date} of={of} rules={rules} />
			{lock && <LockLine lock={lock} />}
			{ofDay.length > 0 && (
				<Totals sum={dayOf(date, list, plan, now.value)} target={rules.target} days={1} />
			)}
			{ofDay.length === 0 && !isToday && <Empty icon="time" text={nothing} action={enter} />}
			<div class="day-panes stack gap-5 on-top">
				{(ofDay.length > 0 || isToday) && (
					<DayLine
						date={date} sessions={list} zone={zone} isToday={isToday}
						isLocked={Boolean(lock)} onOpen={open.entry} onGap={fresh}
					/>
				)}
				{!isWide.value && (
					<DayEntries date={date} list={list} zone={zone} person={person} open={open} />
				)}
			</div>
		</>
	);
}

function WeekLook({ date, list, binds, person, open, onDay }) {
	const { plan, rules, zone } = binds, dates = weekDates(date, rules.sunday);
	const { of, sum } = byDay(list, plan, dates[0], dates[6]), over = overlapsOn(list, dates[0], dates[6]);
	const days = dates
		.map((day) => [day, list.filter((one) => one.day === day)])
		.filter(([, some]) => some.length > 0);
	return (
		<>
			{daysShown() === 1 && <Strip date={date} of={of} rules={rules} />}
			<Calendar
				person={person} date={date} sessions={list} binds={binds} today={today.value}
				lockedOn={(day) => lockFor(person, day) !== null}
				onOpen={open.entry} onMake={open.fresh} onDay={onDay}
				onTurn={(by) => toDay(stepOf("week", date, by))}
			/>
			{of.size > 0 && <Totals sum={sum} target={rules.target} days={of.size} />}
			<PeriodBar person={person} look="week" date={date} />
			{days.length > 0 && (
				<details class="week-list">
					<summary class="small muted">As a list</summary>
					<div class="week-entries columns">
						{days.map(([day, some]) => (
							<Entries
								key={day} title={formatDay(day, today.value)}
								list={some} over={over} zone={zone}
								mayRepeat={open.mayRepeat} onOpen={open.entry}
								isLocked={lockFor(person, day) !== null}
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
	const hasTimer = isMine && !past.value &&
		(may("create", "workSessions") || timersElsewhere.value.length > 0);
	const hasSide = isWide.value && look === "day";
	if (!status.value?.loaded)
		return <Waiting />;
	return (
		<div class="hours stack gap-5 on-top" data-look={look}>
			{(hasTimer || hasSide) && (
				<div class="hours-timer stack gap-5">
					{hasTimer && (
						<Timer
							more
							figures={look === "day" || isWide.value && look === "month"}
						/>
					)}
					{isMine && list.length === 0 && may("create", "workSessions") && <Bring />}
					{hasSide && (
						<DayEntries
							date={date} list={list} zone={binds.zone} person={person}
							open={open}
						/>
					)}
				</div>
			)}
			<div class="stack gap-3">
				<Walk look={look} date={date} sunday={binds.rules.sunday} />
				{look === "day" && (
					<Day date={date} list={list} binds={binds} person={person} open={open} />
				)}
				{look === "week" && (
					<WeekLook
						date={date} list={list} binds={binds} person={person} open={open}
						onDay={openDay}
					/>
				)}
				{look === "month" && <PeriodBar person={person} look="month" date={date} />}
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

// To the terms by which somebody else's hours are counted and paid.
function TermsOf({ person }) {
	return (
		<IconButton
			icon="sliders" label={`Terms of ${personName(person)}`}
			onClick={() => go("/time/settings", { of: person })}
		/>
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
	const enterButton = enter && (
		<Button icon="plus" wide={!isWide.value} onClick={enter}>Add time</Button>
	);
	const isTab = ([name]) => name !== "projects" || usesProjects.value;
	const tabs = views.filter(isNarrow.value ? ([name]) => MAIN.includes(name) : isTab);
	const others = views.filter((one) => !tabs.includes(one)), hidden = others.find(([name]) => name === view);
	const back = !isMine ? "/time/people" : hidden ? "/time" : null;
	const open = {
		entry: (id) => setQuery({ entry: id }, {}), fresh: setFresh, enter, mayRepeat: isMine && mayEnter,
	};
	useKeys(enter && ["hours", "people"].includes(view) ? { n: ["Add time", enter] } : {});
	const body = {
		hours: () => <Hours query={query} person={person} isMine={isMine} open={open} />,
		people: () => <People onOpen={(id) => go("/time", id === userId.value ? {} : { of: id })} />,
		approve: () => <Approvals />,
		plan: () => <Plan part={query.part} date={dateOf(query)} onPart={(part) => setQuery({ part })} />,
		sites: () => <Sites />,
		messages: () => <Messages />,
		reports: () => <Reports query={query} />,
		pay: () => <Pay query={query} />,
		projects: () => <Projects query={query} />,
		settings: () => <WorkRules query={query} />,
	}[view];
	return (
		<Page
			title={isMine ? hidden?.[1] ?? "Time" : personName(person)}
			onBack={back ? () => go(back) : undefined}
			actions={view === "hours" ? (
				<>
					{!isMine && <TermsOf person={person} />}
					<More views={others} query={query} />
				</>
			) : <IconButton icon="history" label="As of…" onClick={() => chooseMoment()} />}
			primary={view === "hours" && enterButton}
			below={isMine && !hidden && tabs.length > 1 && (
				<Tabs label="Parts of Time" views={tabs} view={view} addressOf={addressOf} />
			)}
		>
			{view === "hours" && isMine && <ZoneNotice />}
			{body()}
			{fresh && <NewEntry {...fresh} person={person} onClose={() => setFresh(null)} />}
			{query.entry && past.value && (
				<PastSheet
					key={query.entry} collection="workSessions" id={query.entry}
					onClose={() => setQuery({ entry: null })}
				/>
			)}
			{query.entry && !past.value && (
				<EditEntry
					key={query.entry} id={query.entry} onClose={() => setQuery({ entry: null })}
				/>
			)}
		</Page>
	);
}
