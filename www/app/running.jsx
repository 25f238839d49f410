// The timers that run, wherever one is: in the rail of a wide window, and as a small sign beside the title of screens
// that do not show the timer.

import { Icon, IconButton, isWide } from "../ui/index.js";
import { Link, address } from "../base/router.jsx";
import { spaces } from "../base/state.js";
import { goToTimer, stopTimer, timerLength, timerTitle, timersElsewhere, timersHere } from "../base/timers.js";

const SHOWN_ON = ["/", "/time"]; // these have the timer itself

function isShown() {
	return SHOWN_ON.includes(address.value.path);
}

function One({ timer, isElsewhere }) {
	const { row, space } = timer, title = timerTitle(row);
	return (
		<li class="running-one line gap-1">
			<button
				type="button" class="running-open bare grow stack gap-0"
				onClick={() => goToTimer(timer)}
			>
				<span class="line snug">
					<Icon name={row.kind === "lunch" ? "lunch" : "timer"} size={16} />
					<b class="unbroken">{timerLength(row)}</b>
					<bdi class="cut">{title}</bdi>
				</span>
				{isElsewhere && <small class="cut muted">Running in {space.name}</small>}
			</button>
			{isElsewhere && (
				<IconButton
					icon="stop" label={`Stop ${title} in ${space.name}`}
					onClick={() => stopTimer(timer)}
				/>
			)}
		</li>
	);
}

/** In the rail: all that run, but those that the screen shows. */
export function RunningList() {
	const here = isShown() ? [] : timersHere.value, others = timersElsewhere.value;
	if (here.length + others.length === 0)
		return null;
	return (
		<ul class="running stack gap-0" role="list" aria-label="Running timers">
			{here.map((timer) => <One key={timer.row.id} timer={timer} />)}
			{others.map((timer) => <One key={timer.row.id} timer={timer} isElsewhere />)}
		</ul>
	);
}

/** Beside the title: how long the latest runs. */
export function RunningSign() {
	const all = [...timersHere.value, ...timersElsewhere.value];
	if (isWide.value || isShown() || all.length === 0)
		return null;
	const { row, space } = all[0], isOther = timersHere.value.length === 0 && spaces.value.length > 1;
	const where = isOther ? ` in ${space.name}` : "";
	return (
		<Link
			to="/" class="running-sign line snug small medium accent unbroken"
			aria-label={`${timerTitle(row)} has run for ${timerLength(row)}${where}`}
		>
			<Icon name="timer" size={16} />
			{timerLength(row)}
		</Link>
	);
}
