// Entries as a list: a screen reader reads them in order, the keyboard opens them, and a press starts one again.

import { Icon, IconButton, formatDuration, formatTime } from "../ui/index.js";
import { status } from "../base/state.js";
import { begin, wishOf } from "./begin.js";
import { noteOf, now, stop, titleOf, unsentOf } from "./data.js";
import { elapsed } from "./hours.js";
import { ProjectName } from "./project-pick.jsx";
import { isOverdue } from "./sessions.js";

const STATES = { waiting: "Waiting", conflict: "Conflict", failed: "Failed" };

function iconOf(one) {
	if (one.lunch)
		return "lunch";
	return one.row.jobSite ? "pin" : "time";
}

// Starts the same again, or stops it.
function Again({ one, title }) {
	if (one.lunch || one.running && isOverdue(one, now.value))
		return null;
	return one.running ? (
		<IconButton icon="stop" label={`Stop ${title}`} class="entry-again" onClick={() => stop([one])} />
	) : (
		<IconButton
			icon="play" label={`Start ${title} again`} class="entry-again"
			onClick={() => begin(wishOf(one.row))}
		/>
	);
}

function State({ state }) {
	return state && (state !== "waiting" || status.value?.trouble) ? <small>{STATES[state]}</small> : null;
}

function Over({ over, zone }) {
	return (
		<small class="warn">
			Overlaps {formatTime(over.start, zone)}–{formatTime(over.end, zone)}
		</small>
	);
}

function EntryRow({ one, over, zone, mayRepeat, isLocked, onOpen }) {
	const end = one.running ? "now" : formatTime(one.end, zone), title = titleOf(one.row), note = noteOf(one.row);
	return (
		<li class="entry-item line gap-0 ruled">
			<button
				type="button" data-id={one.id}
				class={`entry-row row-open bare full touch ${one.lunch ? "soft" : ""}`}
				data-kind={one.lunch ? "lunch" : "work"} onClick={() => onOpen(one.id)}
			>
				<span class="entry-time small soft unbroken">
					{formatTime(one.start, zone)} – {end}
				</span>
				<span class="stack gap-0">
					<span class="line snug faint-icon">
						<Icon name={iconOf(one)} size={16} />
						<bdi class="clamp">{title}</bdi>
						{isLocked && <Icon name="lock" size={14} label="Locked" />}
					</span>
					{note && <small class="clamp" dir="auto">{note}</small>}
					{one.row.project && <small><ProjectName fields={one.row} /></small>}
					{over && <Over over={over} zone={zone} />}
				</span>
				<span class="entry-length far bold">
					{formatDuration(elapsed(one.start, one.end ?? now.value))}
					<State state={unsentOf(one.id)} />
				</span>
			</button>
			{mayRepeat && <Again one={one} title={title} />}
		</li>
	);
}

/**
 * list: the latest first; they are shown in the order of the day.  over: where they overlap (overlapsOn).  mayRepeat:
 * they are the person's own, and may be started again.  isLocked: they are handed in.
 */
export function Entries({ list, over, zone, title, mayRepeat = false, isLocked = false, onOpen }) {
	const inOrder = [...list].reverse();
	return (
		<div class="entries">
			{title && <h3 class="entries-day soft">{title}</h3>}
			<ul role="list">
				{inOrder.map((one) => (
					<EntryRow
						key={one.id} one={one} over={over?.get(one.id)} zone={zone}
						mayRepeat={mayRepeat} isLocked={isLocked} onOpen={onOpen}
					/>
				))}
			</ul>
		</div>
	);
}
