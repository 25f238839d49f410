// The timer: elapsed time large, one tap to start with what was done last, one tap to stop.  One that runs on another device says so.

import { useEffect, useState } from "preact/hooks";
import { Button, Field, Icon, Notice, Ring, Select, Sheet, TextInput, formatDuration, formatTime } from "../ui/index.js";
import { engine, may, space } from "../app/state.js";
import { ClockIn } from "./clock.jsx";
import { elapsed } from "./hours.js";
import { binding, currentDay, isOurs, now, running, sessions, sites, start, stop, titleOf, unsentOf, watchClock } from "./data.js";
import { isOverdue, lastOf, lunchPart } from "./sessions.js";

const two = (n) => String(n).padStart(2, "0");

/** Seconds as a clock shows them: 5:12:44. */
export function clockText(seconds) {
	return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** Hours and minutes: 5:12. */
export function hoursText(seconds) {
	return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}`;
}

function draftKey() {
	return `time/start/${space.value.id}`;
}

// What the next timer is for: what was done last, until the person says otherwise.
function useNext() {
	const [typed, setTyped] = useState(engine.notes.get(draftKey()) ?? null);
	const next = typed ?? lastOf(sessions.value, sites.value);
	const type = (change) => {
		const fresh = { ...next, ...change };
		engine.notes.put(draftKey(), fresh);
		setTyped(fresh);
	};
	const done = () => {
		engine.notes.drop(draftKey());
		setTyped(null);
	};
	return { next, type, done };
}

function Running({ one }) {
	const seconds = elapsed(one.start, now.value);
	const state = unsentOf(one.id);
	const title = titleOf(one.row);
	return (
		<div class="timer-run" data-id={one.id} data-kind={one.lunch ? "lunch" : "work"}>
			<p class="timer-clock" role="timer" aria-label={`${title}, ${formatDuration(seconds)}`}>{clockText(seconds)}</p>
			<p class="timer-what"><Icon name={one.lunch ? "lunch" : "time"} size={16} /> <span dir="auto">{title}</span>
				<span class="timer-since"> · since {formatTime(one.start, binding.value.zone)}{isOurs(one) ? "" : ", on another device"}</span>
				{state === "waiting" && <span class="timer-unsent"> · saved here</span>}
			</p>
			{isOverdue(one, now.value)
				? <Notice kind="warn">This has run for more than a day. Open it and say when it really ended.</Notice>
				: <Button kind="primary" icon="stop" class="timer-button" disabled={!may("update", "workSessions")} onClick={() => stop([one])}>Stop</Button>}
		</div>
	);
}

function Idle({ next, type, done, onClockIn }) {
	const [open, setOpen] = useState(false);
	const site = sites.value.find((one) => one.id === next.jobSite);
	const asks = site && ((site.outside ?? "refuse") === "refuse" && site.place || site.requirePhoto);
	const begin = async (kind) => {
		if (kind === "work" && asks)
			return onClockIn(site);
		await start({ kind, ...(kind === "work" ? next : {}) });
		done();
	};
	return (
		<div class="timer-idle">
			<Button kind="primary" icon="play" class="timer-button" disabled={!may("create", "workSessions")} onClick={() => begin("work")}>
				{asks ? `Clock in at ${site.name}` : "Start"}
			</Button>
			<button type="button" class="timer-next" onClick={() => setOpen(true)}>
				<span class="timer-next-words" dir="auto">{site?.name ?? (next.note || "No note yet")}</span><Icon name="pencil" size={16} label="Change what it is for" />
			</button>
			<div class="timer-others">
				<Button kind="quiet" icon="lunch" onClick={() => begin("lunch")}>Lunch</Button>
				{sites.value.length > 0 && <Button kind="quiet" icon="pin" onClick={() => onClockIn(null)}>At a job site…</Button>}
			</div>
			{open && (
				<Sheet title="What is it for?" onClose={() => setOpen(false)} actions={<Button kind="primary" wide onClick={() => setOpen(false)}>Done</Button>}>
					{sites.value.length > 0 && <Field label="Job site"><Select value={next.jobSite} empty="None" options={sites.value.filter((one) => (one.status ?? "active") === "active").map((one) => [one.id, one.name])} onInput={(jobSite) => type({ jobSite })} /></Field>}
					<Field label="Note"><TextInput value={next.note} maxLength={500} onInput={(note) => type({ note: note ?? "" })} /></Field>
				</Sheet>
			)}
		</div>
	);
}

/** Target ring and lunch bar in words: "5:12 of 8:00 · lunch −0:30 · out by 17:48". */
export function DayFigures() {
	const day = currentDay.value, { rules, zone } = binding.value;
	const lunch = lunchPart(day, running.value, rules, now.value);
	const words = [
		day.target ? `${hoursText(day.billable)} of ${hoursText(day.target)}` : `${hoursText(day.billable)} today`,
		day.deductions > 0 && `lunch −${hoursText(day.deductions)}`,
		day.running > 0 && `out by ${formatTime(day.latestEnd, zone)}`,
		day.reached && "target reached",
	].filter(Boolean);
	const tone = day.running > 0 && day.untilMost <= 3600 ? "bad" : day.running > 0 && day.untilMost <= 7200 ? "warn" : undefined;
	return (
		<div class="day-figures" data-tone={tone}>
			{day.target ? <Ring part={day.progress / 100} label={`${day.progress} % of the target`} /> : <Icon name="timer" />}
			<p class="day-words">{words.map((word, at) => <span key={at}>{word}</span>)}</p>
			{lunch !== null && (
				<div class="lunch-bar" role="img" aria-label={`Lunch is taken off after ${hoursText(rules.lunchAfter)} of work`}>
					<span style={{ inlineSize: `${lunch * 100}%` }} /><small>lunch after {hoursText(rules.lunchAfter)}</small>
				</div>
			)}
		</div>
	);
}

export function Timer({ short = false }) {
	const { next, type, done } = useNext();
	const [clocking, setClocking] = useState(undefined);
	useEffect(watchClock, []);
	const list = running.value;
	return (
		<section class="timer" aria-label="Timer">
			{list.map((one) => <Running key={one.id} one={one} />)}
			{list.length > 1 && <Button icon="stop" onClick={() => stop(list)}>Stop all {list.length}</Button>}
			{(list.length === 0 || !short) && (list.length === 0
				? <Idle next={next} type={type} done={done} onClockIn={setClocking} />
				: <div class="timer-others">
					<Button kind="quiet" icon="lunch" disabled={list.some((one) => one.lunch)} onClick={() => start({ kind: "lunch" })}>Lunch</Button>
					<Button kind="quiet" icon="plus" onClick={() => start({ kind: "work" })}>Another timer</Button>
				</div>)}
			<DayFigures />
			{clocking !== undefined && <ClockIn site={clocking} note={next.note} onClose={() => setClocking(undefined)} onDone={done} />}
		</section>
	);
}
