// What Time shows on the screen Today: the timer, the target, tasks, and in a wide window the week.

import { useEffect } from "preact/hooks";
import { Link, go } from "../base/router.jsx";
import { row, rows, userId } from "../base/state.js";
import { Icon, formatTime } from "../ui/index.js";
import { dayIn } from "../ui/zone.js";
import { PeriodsToday } from "./approvals.jsx";
import { binding, sessions, today, watchClock } from "./data.js";
import { Due, TaskMark } from "./plan.jsx";
import { Week } from "./span.jsx";
import { Timer } from "./timer.jsx";

const OPEN = ["pending", "in-progress"];

function PlannedShift({ one }) {
	const zone = one.zone ?? binding.value.zone;
	return (
		<li>
			<Link to="/time/plan" class="today-item item ruled">
				<Icon name="calendar" />
				<span><b>{formatTime(one.start, zone)} – {formatTime(one.end, zone)}</b></span>
				<bdi class="cut">{row("jobSites", one.jobSite)?.name ?? one.note}</bdi>
			</Link>
		</li>
	);
}

function PlannedTask({ one }) {
	return (
		<li class="today-task line gap-3 ruled">
			<TaskMark one={one} />
			<Link to="/time/plan" query={{ part: "assignments" }} class="today-item item grow">
				<bdi class="cut grow">{one.title}</bdi>
				<Due one={one} />
			</Link>
		</li>
	);
}

function isMyShiftToday({ owner, who, zone, start, status }) {
	return owner === userId.value && !who && !["cancelled", "completed"].includes(status) &&
		dayIn(zone ?? binding.value.zone, Date.parse(start)) === today.value;
}

function isMyTaskNow({ owner, status, due }) {
	return owner === userId.value && OPEN.includes(status ?? "pending") && (!due || due <= today.value);
}

function Planned() {
	const mine = rows("schedules").value.filter(isMyShiftToday)
		.sort((left, right) => (left.start < right.start ? -1 : 1));
	const tasks = rows("assignments").value.filter(isMyTaskNow)
		.sort((left, right) => (left.due ?? "9").localeCompare(right.due ?? "9"));
	if (mine.length + tasks.length === 0)
		return null;
	return (
		<section class="today-part">
			<header class="line gap-3 ends">
				<h2>Must do</h2><Link class="today-more way" to="/time/plan">Plan</Link>
			</header>
			<ul role="list">
				{mine.map((one) => <PlannedShift key={one.id} one={one} />)}
				{tasks.map((one) => <PlannedTask key={one.id} one={one} />)}
			</ul>
		</section>
	);
}

// The week, for the second column of a wide window.
function ThisWeek() {
	return (
		<section class="today-part">
			<header class="line gap-3 ends">
				<h2>This week</h2>
				<Link class="today-more way" to="/time" query={{ look: "week" }}>Hours</Link>
			</header>
			<Week
				date={today.value} sessions={sessions.value} binds={binding.value}
				today={today.value} onDay={(day) => go("/time", { day })}
			/>
		</section>
	);
}

/** part: "now" or "beside". */
export default function TimeToday({ part }) {
	useEffect(watchClock, []);
	if (part === "beside")
		return sessions.value.length > 0 ? <ThisWeek /> : null;
	return (
		<>
			<Timer />
			<PeriodsToday />
			<Planned />
		</>
	);
}
