// The timer: the elapsed time in large figures, one tap to start what was done last, one tap to stop.  A timer that was
// started on another device says so.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import {
	Bar, Button, Icon, IconButton, Notice, Ring, createPresses, formatDate, formatDuration, formatTime, isNarrow,
} from "../ui/index.js";
import { engine, may, rows, space, status } from "../base/state.js";
import { useKeys } from "../base/keys.js";
import { Link, go } from "../base/router.jsx";
import { goToTimer, stopTimer, timerLength, timerTitle, timersElsewhere } from "../base/timers.js";
import { OpsOf } from "../generic/index.js";
import { dayIn } from "../ui/zone.js";
import { asksWhere, begin, clocking, makeWay, switchLunch, wishOf } from "./begin.js";
import { ClockIn } from "./clock.jsx";
import { elapsed } from "./hours.js";
import {
	binding, currentDay, isOurs, noteOf, now, projectName, running, sessions, sites, start, stop, titleOf,
	today, underWay, unsentOf, watchClock,
} from "./data.js";
import { isOverdue, lastOf, lunchPart, mostTone } from "./sessions.js";
import { RunningWhat, WhatSheet } from "./what.jsx";

const two = (n) => String(n).padStart(2, "0");

/** Seconds as a clock shows them: 5:12:44. */
function clockText(seconds) {
	return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** Hours and minutes: 5:12. */
export function hoursText(seconds) {
	return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}`;
}

// What the next timer is for: what was done last, unless the person chooses something else.
function useNext() {
	const key = `time/start/${space.value.id}`;
	const [typed, setTyped] = useState(engine.notes.get(key) ?? null);
	const next = typed ?? lastOf(sessions.value, sites.value, rows("projects").value);
	const type = (change) => {
		const fresh = { ...next, ...change };
		engine.notes.put(key, fresh);
		setTyped(fresh);
	};
	const done = () => {
		engine.notes.drop(key);
		setTyped(null);
	};
	return { next, type, done };
}

/** "since 08:31", with the day where it was another. */
function sinceWords(one, zone) {
	const day = dayIn(zone, one.start);
	return `since ${day === today.value ? "" : `${formatDate(day)}, `}${formatTime(one.start, zone)}`;
}

function iconOf(one) {
	if (one.lunch)
		return "lunch";
	return one.row.jobSite ? "pin" : "time";
}

// Stops a timer.  One that was forgotten is not stopped: its end has to be entered.
function StopButton({ one, title, isFirst, isForgotten }) {
	if (isForgotten)
		return (
			<Button
				kind="primary" icon="pencil" class="timer-button"
				onClick={() => go("/time", { entry: one.id })}
			>
				Set end time
			</Button>
		);
	return (
		<Button
			kind="primary" icon="stop" class="timer-button" aria-label={isFirst ? "Stop" : `Stop ${title}`}
			onClick={() => stop([one])}
		>
			Stop
		</Button>
	);
}

// The name of a timer: a press says what it is for.
function What({ one, title, note, onOpen }) {
	const words = [projectName(one.row.project), note].filter((part) => part && part !== title).join(", ");
	const isUnnamed = !one.row.note && !one.lunch;
	return (
		<button
			type="button" class="timer-what bare stack hair touch" disabled={!may("update", "workSessions")}
			aria-label={`${title}. Change what it is for`} onClick={onOpen}
		>
			<span class="line snug medium">
				<Icon name={iconOf(one)} size={16} />
				<bdi class="clamp">{title}</bdi>
				{isUnnamed && <span class="timer-name small accent">Add a note</span>}
			</span>
			{words && <small class="clamp soft" dir="auto">{words}</small>}
		</button>
	);
}

function Running({ one, isFirst, isNaming, onName }) {
	const seconds = elapsed(one.start, now.value), title = titleOf(one.row), note = noteOf(one.row);
	const state = unsentOf(one.id), isForgotten = isOverdue(one, now.value);
	const since = [
		sinceWords(one, binding.value.zone),
		!isOurs(one) && "started on another device",
		state === "waiting" && status.value?.trouble && "saved here",
	].filter(Boolean);
	return (
		<div
			class="timer-run pad-4 stack gap-3" data-id={one.id} data-kind={one.lunch ? "lunch" : "work"}
			data-first={isFirst ? "true" : undefined}
		>
			<div class="flow ends">
				<div class="timer-words stack hair">
					<p
						class={`timer-clock hero unbroken ${one.lunch ? "soft" : ""}`}
						role="timer"
						aria-label={`${title}, ${formatDuration(seconds)}`}
					>
						{clockText(seconds)}
					</p>
					<What one={one} title={title} note={note} onOpen={() => onName(one.id)} />
				</div>
				{may("update", "workSessions") && (
					<StopButton
						one={one} title={title} isFirst={isFirst} isForgotten={isForgotten}
					/>
				)}
			</div>
			<p class="timer-since dotted flow gap-0 small muted">
				{since.map((words) => <span key={words}>{words}</span>)}
			</p>
			{isForgotten && (
				<Notice kind="warn">
					This has run for more than a day. Say when it really ended; until then it counts
					for no day.
				</Notice>
			)}
			{state !== "waiting" && <OpsOf collection="workSessions" id={one.id} brief />}
			{isNaming && <RunningWhat key={one.id} one={one} onClose={() => onName(null)} />}
		</div>
	);
}

// No timer runs.  One line: what the next one is for, and how to start it.
function Idle({ next, type, onStart, isNaming, onName }) {
	const site = sites.value.find((one) => one.id === next.jobSite);
	const parts = [site?.name, projectName(next.project), next.note].filter(Boolean);
	const what = parts[0] ?? "no note yet", words = asksWhere(site) ? "Clock in" : "Start";
	const close = () => onName(null);
	return (
		<div class="timer-run stack gap-3" data-idle="true">
			<div class="timer-line line gap-2">
				<button
					type="button" class="timer-next bare line snug touch grow medium accent"
					aria-label={`Next: ${what}. Change what it is for`}
					onClick={() => onName("next")}
				>
					<Icon name={site ? "pin" : "pencil"} size={16} />
					<bdi class="clamp">{parts.join(", ") || "What is it for?"}</bdi>
				</button>
				{isNarrow.value && sites.value.length > 0 && (
					<IconButton icon="pin" label="Clock in at a site…" onClick={clockAnywhere} />
				)}
				<Button kind="primary" icon="play" class="timer-button" onClick={onStart}>
					{words}
				</Button>
			</div>
			{isNaming && <WhatSheet form={next} type={type} onDone={close} onClose={close} />}
		</div>
	);
}

function clockAnywhere() {
	clocking.value = { site: null, wish: {}, done: () => {} };
}

// Tells that lunch is taken off, or how soon it will be.
function LunchLine({ day, rules }) {
	const part = lunchPart(day, underWay.value, rules, now.value);
	if (day.deductions > 0)
		return (
			<p class="said">
				<Icon name="lunch" size={16} />
				<span>Lunch <b class="ink">−{hoursText(day.deductions)}</b> is taken off</span>
			</p>
		);
	if (part === null)
		return null;
	const left = Math.round(rules.lunchAfter * (1 - part));
	return (
		<div class="stack snug">
			<p class="said">
				<Icon name="lunch" size={16} />
				<span>Lunch −{hoursText(rules.lunch)} in <b class="ink">{hoursText(left)}</b></span>
			</p>
			<Bar part={part} label={`Lunch is taken off after ${hoursText(rules.lunchAfter)} of work`} />
		</div>
	);
}

// The latest time to clock out; coloured as it comes near.
function MostLine({ day, rules, zone }) {
	const tone = mostTone(day);
	if (!tone)
		return null;
	const endsOn = dayIn(zone, Date.parse(day.latestEnd));
	const weekday = endsOn === today.value ? "" : ` ${formatDate(endsOn, { weekday: "short" })}`;
	return (
		<p class="said" data-tone={tone}>
			<Icon name={tone === "plain" ? "sign-out" : "warn"} size={16} />
			{day.untilMost > 0 ? (
				<span>
					Out by <b class="ink">{formatTime(day.latestEnd, zone)}</b>{weekday}, in{" "}
					{hoursText(day.untilMost)} (most {hoursText(rules.most)})
				</span>
			) : (
				<span>The most of {hoursText(rules.most)} is reached</span>
			)}
		</p>
	);
}

function goalWords(day) {
	if (!day.target)
		return day.day === today.value ? "worked today" : `worked on ${formatDate(day.day)}`;
	return day.reached ? "Target reached" : `${hoursText(day.remaining)} to go`;
}

/** Target ring, latest clock-out and lunch: "5:12 of 8:00", "Out by 17:48", "Lunch −0:30 in 0:47". */
function DayFigures() {
	const day = currentDay.value, { rules, zone } = binding.value, words = `${day.progress} % of the target`;
	return (
		<div class="day-figures pad-4">
			{day.target ? <Ring part={day.progress / 100} size={56} label={words} /> : null}
			<div class="day-sum">
				<p class="day-main tight soft">
					<b class="big ink">{hoursText(day.paid)}</b>
					{day.target ? <span> of {hoursText(day.target)}</span> : null}
				</p>
				<p
					class={`day-goal line gap-1 small ${day.reached ? "medium good" : "muted"}`}
				>
					{day.reached && <Icon name="check" size={16} />}
					{goalWords(day)}
				</p>
				{!day.target && may("create", "workSettings") && (
					<Link class="way" to="/time/settings">Set a target</Link>
				)}
			</div>
			<div class="day-lines stack gap-2 small soft if-any">
				<MostLine day={day} rules={rules} zone={zone} />
				<LunchLine day={day} rules={rules} />
			</div>
		</div>
	);
}

const presses = createPresses();

// A press changes what the buttons of the timer mean: start becomes stop, lunch becomes back to work.  A second press
// right after the first, or a key held down, must not take it back; and the focus stays on the timer.
function useSteady(meaning) {
	const element = useRef(null), before = useRef(meaning), isPressed = useRef(false);
	useLayoutEffect(() => {
		if (before.current === meaning)
			return;
		before.current = meaning;
		if (isPressed.current && document.activeElement === document.body)
			element.current?.querySelector(".timer-button")?.focus({ preventScroll: true });
		isPressed.current = false;
	}, [meaning]);
	const press = (event) => {
		if (!event.target.closest(".timer-button, .timer-others button"))
			return;
		isPressed.current = !presses.isSecond(event);
		if (!isPressed.current)
			event.stopPropagation();
	};
	const key = (event) => {
		if (event.repeat && event.key === "Enter")
			event.preventDefault();
	};
	return { ref: element, onClickCapture: press, onKeyDown: key };
}

// Buttons that are not always needed.
function Others({ live, more, onLunch }) {
	const isLunch = live.some((one) => one.lunch), isWork = live.some((one) => !one.lunch);
	const isIdle = live.length === 0, isSmall = isNarrow.value;
	return (
		<div class="timer-others flow gap-1 if-any">
			{live.length > 1 && (
				<Button icon="stop" onClick={() => stop(live)}>Stop {live.length} timers</Button>
			)}
			{isLunch && !isWork && <Button icon="play" onClick={onLunch}>Back to work</Button>}
			{!isLunch && !(isIdle && isSmall) && (
				<Button small kind="quiet" icon="lunch" onClick={onLunch}>Lunch</Button>
			)}
			{sites.value.length > 0 && !isLunch && (isIdle ? !isSmall : more) && (
				<Button small kind="quiet" icon="pin" onClick={clockAnywhere}>
					Clock in at a site…
				</Button>
			)}
			{more && !isIdle && (
				<Button small kind="quiet" icon="plus" onClick={() => begin({ kind: "work" })}>
					New timer
				</Button>
			)}
		</div>
	);
}

// The person clocks in at a site, which they choose here unless it is known.
function Clocking() {
	const { site, wish, done } = clocking.value;
	return (
		<ClockIn
			site={site} wish={wish} may={makeWay} onDone={done}
			onClose={() => { clocking.value = null; }}
		/>
	);
}

// The timers that run in other spaces, to be looked at and stopped.
function Elsewhere() {
	return timersElsewhere.value.map((timer) => {
		const { row, space: there } = timer, title = timerTitle(row);
		return (
			<div key={row.id} class="timer-else line gap-2" data-space={there.id}>
				<button type="button" class="bare grow item touch" onClick={() => goToTimer(timer)}>
					<Icon name={row.kind === "lunch" ? "lunch" : "timer"} size={16} />
					<span class="cut">Running in <bdi>{there.name}</bdi></span>{" "}
					<b class="unbroken fixed">{timerLength(row)}</b>
					{row.note && <small class="soft cut"><bdi>{row.note}</bdi></small>}
				</button>
				<Button
					small icon="stop" aria-label={`Stop ${title} in ${there.name}`}
					onClick={() => stopTimer(timer)}
				>
					Stop
				</Button>
			</div>
		);
	});
}

// The keys of the timer.
function useTimerKeys({ live, onStart, onLunch, onName }) {
	const name = () => onName(live[0]?.id ?? "next");
	useKeys(may("create", "workSessions") ? {
		s: ["Start the timer, or stop it", () => (live.length > 0 ? stop(live) : onStart())],
		l: ["Lunch, or back to work", onLunch],
		e: ["Say what the timer is for", name],
	} : {});
}

/** more: with buttons that are seldom needed.  figures: with target, lunch and the latest clock-out. */
export function Timer({ more = false, figures = true }) {
	const { next, type, done } = useNext();
	const [naming, setNaming] = useState(null); // the id of a timer, or "next"
	useEffect(watchClock, []);
	const list = running.value, live = underWay.value, wish = wishOf(next);
	const onStart = () => begin(wish, done), onLunch = () => switchLunch(wish, done);
	const steady = useSteady(live.map((one) => one.id).join());
	useTimerKeys({ live, onStart, onLunch, onName: setNaming });
	if (!may("create", "workSessions"))
		return timersElsewhere.value.length === 0 ? null : (
			<section class="timer card stack gap-0" aria-label="Timer"><Elsewhere /></section>
		);
	return (
		<section class="timer card stack gap-0" aria-label="Timer" {...steady}>
			{live.length === 0 && (
				<Idle
					next={next} type={type} onStart={onStart} isNaming={naming === "next"}
					onName={setNaming}
				/>
			)}
			{list.map((one, at) => (
				<Running
					key={one.id} one={one} isFirst={at === 0} isNaming={naming === one.id}
					onName={setNaming}
				/>
			))}
			<Others live={live} more={more} onLunch={onLunch} />
			<Elsewhere />
			{figures && <DayFigures />}
			{clocking.value && <Clocking />}
		</section>
	);
}
