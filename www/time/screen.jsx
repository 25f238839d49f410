// Time: the timer, and a day, week or month below it; behind tabs job sites, plan, messages, and for managers people and pay.  Which day,
// whose, and how it is looked at stands in the address.

import { useEffect, useState } from "preact/hooks";
import { Button, Empty, IconButton, Menu, Page, Segments, Select, formatDate, formatDuration, formatTime, isWide } from "../ui/index.js";
import { go, setQuery } from "../app/router.jsx";
import { hasRole, may, personName, space, status, userId } from "../app/state.js";
import { exportRecords } from "../generic/index.js";
import { addDays } from "../ui/zone.js";
import { binding, bindingFor, now, sessionsFor, titleOf, today, unsentOf, watchClock } from "./data.js";
import { DayLine } from "./day.jsx";
import { EditEntry, NewEntry } from "./entry.jsx";
import { dayOf, elapsed } from "./hours.js";
import { Pay } from "./pay.jsx";
import { People } from "./people.jsx";
import { Messages, Plan } from "./plan.jsx";
import { addMonths } from "./sessions.js";
import { WorkSettings } from "./settings.jsx";
import { Sites } from "./sites.jsx";
import { Month, Totals, Week } from "./span.jsx";
import { Timer } from "./timer.jsx";

function viewsOf() {
	const isTeam = space.value?.info.kind === "team";
	return [
		["hours", "Hours"],
		isTeam && hasRole("manager") && ["people", "People"],
		may("read", "schedules") && isTeam && ["plan", "Plan"],
		may("read", "jobSites") && ["sites", "Sites"],
		isTeam && may("read", "messages") && ["messages", "Messages"],
		hasRole("manager") && ["pay", "Pay"],
		["settings", "Rules"],
	].filter(Boolean);
}

// The day, week or month before and after what is shown.
function stepOf(look, date, by) {
	if (look === "month") {
		const month = addMonths(date.slice(0, 7), by);
		return month === today.value.slice(0, 7) ? today.value : `${month}-01`;
	}
	return addDays(date, by * (look === "week" ? 7 : 1));
}

const TITLES = { day: (date) => formatDate(date, { weekday: "long", day: "numeric", month: "long" }), week: (date) => `Week of ${formatDate(date)}`, month: (date) => formatDate(date, { month: "long", year: "numeric" }) };

function Walk({ look, date }) {
	const to = (day) => setQuery({ day: day === today.value ? null : day });
	return (
		<div class="walk">
			<IconButton icon="back" label={`${look[0].toUpperCase()}${look.slice(1)} before`} onClick={() => to(stepOf(look, date, -1))} />
			<h2 class="walk-title">{look === "day" && date === today.value ? "Today" : TITLES[look](date)}</h2>
			<IconButton icon="forward" label={`${look[0].toUpperCase()}${look.slice(1)} after`} onClick={() => to(stepOf(look, date, 1))} />
			{date !== today.value && <Button small kind="quiet" onClick={() => to(today.value)}>Today</Button>}
			<span class="walk-look"><Segments label="Look" fit value={look} options={[["day", "Day"], ["week", "Week"], ["month", "Month"]]} onInput={(name) => setQuery({ look: name === "day" ? null : name })} /></span>
		</div>
	);
}

// The entries of a day as a list beside its line: read out in order, and opened by keyboard.
function Entries({ list, zone, onOpen }) {
	return (
		<ul class="entries">
			{[...list].reverse().map((one) => (
				<li key={one.id}><button type="button" class="entry-row" data-id={one.id} onClick={() => onOpen(one.id)}>
					<span class="entry-time">{formatTime(one.start, zone)} – {one.running ? "now" : formatTime(one.end, zone)}</span>
					<span class="entry-title" dir="auto">{titleOf(one.row)}{one.lunch && one.row.note ? " (lunch)" : ""}</span>
					<span class="entry-length">{formatDuration(elapsed(one.start, one.end ?? now.value))}</span>
					{unsentOf(one.id) && <span class="entry-unsent">saved here</span>}
				</button></li>
			))}
		</ul>
	);
}

function Hours({ query, isMine, person, open }) {
	const date = /^\d{4}-\d{2}-\d{2}$/.test(query.day ?? "") ? query.day : today.value;
	const look = ["week", "month"].includes(query.look) ? query.look : "day";
	const list = sessionsFor(person), { rules, zone } = isMine ? binding.value : bindingFor(person);
	const toDay = (day) => setQuery({ look: null, day: day === today.value ? null : day }, {});
	const ofDay = list.filter((one) => one.day === date);
	const figures = dayOf(date, list, rules, now.value);
	return (
		<div class="hours">
			{isMine && <Timer />}
			<div class="hours-look">
				<Walk look={look} date={date} />
				{look === "week" && <Week date={date} sessions={list} rules={rules} today={today.value} onDay={toDay} />}
				{look === "month" && <Month month={date.slice(0, 7)} sessions={list} rules={rules} today={today.value} onDay={toDay} onWeek={(day) => setQuery({ look: "week", day }, {})} />}
				{look === "day" && (
					<>
						{ofDay.length === 0 && status.value?.loaded && <Empty icon="time" text={date === today.value ? "Nothing yet today. Start the timer, or enter hours." : "Nothing on this day."} />}
						{ofDay.length > 0 && <Totals sum={figures} target={rules.target} days={1} />}
						<div class="day-panes">
							{(ofDay.length > 0 || date === today.value) && <DayLine date={date} sessions={list} zone={zone} isToday={date === today.value} onOpen={open.entry} onGap={(from, to) => open.fresh({ date: from.date, from: from.time, to: to.time })} />}
							{ofDay.length > 0 && <Entries list={ofDay} zone={zone} onOpen={open.entry} />}
						</div>
					</>
				)}
			</div>
			{may("create", "workSessions") && <Button class="hours-enter" icon="plus" onClick={() => open.fresh({ date })}>Enter hours</Button>}
		</div>
	);
}

export default function Time({ params, query }) {
	const views = viewsOf();
	const view = views.some(([name]) => name === params.view) ? params.view : "hours";
	const person = query.of ?? userId.value, isMine = person === userId.value;
	const [fresh, setFresh] = useState(null);
	useEffect(watchClock, []);
	const open = { entry: (id) => setQuery({ entry: id }, {}), fresh: setFresh };
	const show = (name) => go(name === "hours" ? "/time" : `/time/${name}`);
	const body = {
		hours: () => <Hours query={query} person={person} isMine={isMine} open={open} />,
		people: () => <People onOpen={(id) => go("/time", { of: id })} />,
		plan: () => <Plan part={query.part} onPart={(part) => setQuery({ part })} />,
		sites: () => <Sites />,
		messages: () => <Messages />,
		pay: () => <Pay />,
		settings: () => <WorkSettings />,
	}[view];
	return (
		<Page title={isMine ? "Time" : personName(person)} onBack={isMine ? undefined : () => go("/time/people")}
			actions={<Menu label="More for Time" items={[
				may("create", "workSessions") && { label: "Enter hours…", icon: "plus", onSelect: () => setFresh({ date: today.value }) },
				{ label: "Export as CSV", icon: "download", onSelect: () => exportRecords("workSessions", "csv") },
				{ label: "All entries", icon: "list", onSelect: () => go("/c/workSessions") },
			]} />}
			below={isWide.value || views.length <= 4
				? <Segments label="Part of Time" fit value={view} options={views} onInput={show} />
				: <Select label="Part of Time" value={view} options={views} onInput={show} />}>
			{body()}
			{fresh && <NewEntry {...fresh} person={person} onClose={() => setFresh(null)} />}
			{query.entry && <EditEntry key={query.entry} id={query.entry} onClose={() => setQuery({ entry: null })} />}
		</Page>
	);
}

