// What of Time belongs on the screen of today: the timer, the target, tasks, and for a wide window the week.

import { useEffect } from "preact/hooks";
import { Link, go } from "../app/router.jsx";
import { row, rows, userId } from "../app/state.js";
import { Icon, formatTime } from "../ui/index.js";
import { dayIn } from "../ui/zone.js";
import { binding, sessions, today, watchClock } from "./data.js";
import { Week } from "./span.jsx";
import { Timer } from "./timer.jsx";

const OPEN = ["pending", "in-progress"];

function Planned() {
	const { zone } = binding.value;
	const mine = rows("schedules").value.filter((one) => one.owner === userId.value && dayIn(one.zone ?? zone, Date.parse(one.start)) === today.value && one.status !== "cancelled");
	const tasks = rows("assignments").value.filter((one) => one.owner === userId.value && OPEN.includes(one.status ?? "pending") && (!one.due || one.due <= today.value));
	if (mine.length + tasks.length === 0)
		return null;
	return (
		<section class="today-part">
			<h2><Link to="/time/plan">Must do</Link></h2>
			<ul class="today-list">
				{mine.map((one) => <li key={one.id}><Link to="/time/plan"><Icon name="calendar" size={16} /> <span>{formatTime(one.start, one.zone ?? zone)} – {formatTime(one.end, one.zone ?? zone)}</span> <span dir="auto">{row("jobSites", one.jobSite)?.name}</span></Link></li>)}
				{tasks.map((one) => <li key={one.id}><Link to="/time/plan" query={{ part: "assignments" }}><Icon name="list-checks" size={16} /> <span dir="auto">{one.title}</span></Link></li>)}
			</ul>
		</section>
	);
}

// The week, in the second column of a wide window.
function ThisWeek() {
	return (
		<section class="today-part">
			<h2><Link to="/time" query={{ look: "week" }}>This week</Link></h2>
			<Week date={today.value} sessions={sessions.value} rules={binding.value.rules} today={today.value} onDay={(day) => go("/time", { day })} />
		</section>
	);
}

/** part: "now" or "beside". */
export default function TimeToday({ part }) {
	useEffect(watchClock, []);
	if (part === "beside")
		return <ThisWeek />;
	return (
		<>
			<Timer short />
			<Planned />
		</>
	);
}
