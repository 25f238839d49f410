// A day as a line of time: blocks at true scale, side by side where they overlap, lunch hatched, gaps to be filled with
// a tap, edges to be dragged.  On the days when the clocks change it has 23 or 25 hours.

import { useRef, useState } from "preact/hooks";
import { Icon, formatDuration, formatTime, isFine } from "../ui/index.js";
import { may, news, keyOf } from "../base/state.js";
import { clockIn, instantText } from "../ui/zone.js";
import { elapsed } from "./hours.js";
import { change, noteOf, now, overlapsOn, titleOf, unsentOf } from "./data.js";
import { blocksOf, formTime, gapsOf, inLanes, lineOf } from "./sessions.js";

const HOUR = 48; // pixels
const STEP = 5 * 60_000; // ms an edge moves by
const KEY_STEPS = { ArrowUp: -STEP, ArrowDown: STEP, PageUp: -12 * STEP, PageDown: 12 * STEP };
const LEAST = 24; // pixels of any block
const TALL = 48, TALL_FOR_FINGERS = 72; // pixels of one whose edges can be moved, with room between them to open it
const GAP = 30 * 60_000; // ms: the shortest gap that is offered to be filled
const SLACK = 3_600_000; // ms of empty time shown before the first and after the last block

// The part of the day that is drawn: an hour before the first block to an hour after the last, eight hours at least.
function spanOf(blocks, { from, to }, isToday, at) {
	const edges = blocks.flatMap(({ session }) => [Math.max(from, session.start), Math.min(to, session.end ?? at)]);
	if (isToday)
		edges.push(at);
	if (edges.length === 0)
		edges.push(from + 8 * 3_600_000, from + 17 * 3_600_000);
	const hour = (ms) => from + Math.floor((ms - from) / 3_600_000) * 3_600_000;
	const first = Math.max(from, hour(Math.min(...edges) - SLACK));
	const last = Math.min(to, hour(Math.max(...edges) + SLACK) + 3_600_000);
	return { first, last: Math.max(last, Math.min(to, first + 8 * 3_600_000)) };
}

function hoursOf({ first, last }, zone) {
	const marks = [];
	for (let at = first; at <= last; at += 3_600_000)
		marks.push({ at, hour: clockIn(zone, at).hour });
	return marks;
}

// Moves the edge of a block, by dragging or with the arrow keys.  The block follows in steps; the session is written
// when the edge is released or loses the focus.
function useEdges(toMs, list) {
	const [moved, setMoved] = useState(null);
	const held = useRef(null), latest = useRef(null);
	const move = (what) => {
		latest.current = what;
		setMoved(what);
	};
	const limit = (session, edge, at) =>
		edge === "start"
			? Math.min(at, (session.end ?? now.value) - STEP)
			: Math.max(Math.min(at, now.value), session.start + STEP);
	const write = () => {
		const what = latest.current, session = what && list.find((one) => one.id === what.id);
		move(null);
		if (session && session[what.edge] !== what.at)
			change(session.id, { [what.edge]: instantText(what.at) });
	};
	const moveTo = (session, edge, ms) =>
		move({ id: session.id, edge, at: limit(session, edge, Math.round(ms / STEP) * STEP) });
	const of = (session, edge) => ({
		onPointerDown(event) {
			event.preventDefault();
			event.stopPropagation();
			held.current = event.clientY;
			event.currentTarget.setPointerCapture(event.pointerId);
			event.currentTarget.focus();
		},
		onPointerMove(event) {
			if (held.current !== null)
				moveTo(session, edge, session[edge] + toMs(event.clientY - held.current));
		},
		onPointerUp() {
			held.current = null;
			write();
		},
		onPointerCancel() {
			held.current = null;
			move(null);
		},
		onKeyDown(event) {
			const by = KEY_STEPS[event.key], { current } = latest;
			if (by) {
				event.preventDefault();
				const isHeld = current?.id === session.id && current.edge === edge;
				moveTo(session, edge, (isHeld ? current.at : session[edge]) + by);
			} else if (event.key === "Enter") {
				write();
			} else if (event.key === "Escape" && latest.current) {
				event.stopPropagation();
				move(null);
			}
		},
		onBlur: write,
	});
	return { moved, of };
}

function Edge({ edges, session, edge, at, zone }) {
	return (
		<span
			class={`block-edge ${edge}`}
			role="slider"
			tabIndex={0}
			aria-label={`${edge === "start" ? "Start" : "End"} of ${titleOf(session.row)}`}
			aria-orientation="vertical"
			aria-valuenow={Math.round(at / 60_000)}
			aria-valuemin={Math.round(session.start / 60_000) - 1440}
			aria-valuemax={Math.round((session.end ?? at) / 60_000) + 1440}
			aria-valuetext={formatTime(at, zone)}
			{...edges.of(session, edge)}
		/>
	);
}

const STATES = {
	failed: ["bad", "Not accepted by the server"],
	conflict: ["swap", "Changed by somebody else too"],
	waiting: ["sync", "Saved here, not sent yet"],
};

function overlapWords({ start, end }, zone) {
	return `Overlaps ${formatTime(start, zone)}–${formatTime(end, zone)}`;
}

function Block({ block, over, span, zone, edges, locked, onOpen }) {
	const { session } = block, { moved } = edges;
	const own = moved?.id === session.id ? { ...session, [moved.edge]: moved.at } : session;
	const end = own.end ?? now.value;
	const top = (Math.max(own.start, span.first) - span.first) / 3_600_000 * HOUR;
	const height = Math.max(LEAST, (Math.min(end, span.last) - Math.max(own.start, span.first)) / 3_600_000 * HOUR);
	const [icon, words] = STATES[unsentOf(session.id)] ?? [];
	const isTall = height >= (isFine.value ? TALL : TALL_FOR_FINGERS);
	const title = titleOf(session.row), note = noteOf(session.row);
	return (
		<div
			class="block"
			data-id={session.id}
			data-kind={session.lunch ? "lunch" : "work"}
			data-running={session.running ? "true" : undefined}
			data-news={news.value.has(keyOf("workSessions", session.id)) ? "true" : undefined}
			data-small={height < 40 ? "true" : undefined}
			style={{
				insetBlockStart: `${top}px`,
				blockSize: `${height}px`,
				insetInlineStart: `${(block.lane / block.lanes) * 100}%`,
				inlineSize: `${100 / block.lanes}%`,
			}}
		>
			<button
				type="button" class="block-open clip bare full small" onClick={() => onOpen(session.id)}
			>
				<span class="bold cut" dir="auto">{title}</span>
				<span class="block-time clip line soft unbroken">
					{formatTime(own.start, zone)} –{" "}
					{session.running ? "now" : formatTime(end, zone)}
					<b class="ink">{formatDuration(elapsed(own.start, end))}</b>
				</span>
				{note && height > 62 && <span class="block-note soft cut" dir="auto">{note}</span>}
				<span class="block-marks line gap-1 warn">
					{session.row.fenceIn === "outside" && (
						<Icon name="warn" size={14} label="Clocked in outside the job site" />
					)}
					{over && <Icon name="copy" size={14} label={overlapWords(over, zone)} />}
					{icon && <Icon name={icon} size={14} label={words} />}
				</span>
			</button>
			{!locked && !block.comesIn && isTall && (
				<Edge edges={edges} session={session} edge="start" at={own.start} zone={zone} />
			)}
			{!locked && !block.goesOn && !session.running && isTall && (
				<Edge edges={edges} session={session} edge="end" at={end} zone={zone} />
			)}
		</div>
	);
}

function Gap({ gap, zone, top, bottom, onGap }) {
	return (
		<button
			type="button"
			class="day-gap clip bare line gap-1 small muted"
			style={{ insetBlockStart: `${top}px`, blockSize: `${bottom - top}px` }}
			onClick={() => onGap(formTime(zone, gap.start), formTime(zone, gap.end))}
			aria-label={
				`Nothing from ${formatTime(gap.start, zone)} to ${formatTime(gap.end, zone)}: ` +
				"add time"
			}
		>
			<Icon name="plus" size={16} />
			<span>{formatDuration(elapsed(gap.start, gap.end))} open</span>
		</button>
	);
}

/** isLocked: the day is handed in, and nothing in it changes. */
export function DayLine({ date, sessions, zone, isToday, isLocked = false, onOpen, onGap }) {
	const line = lineOf(zone, date);
	const blocks = inLanes(blocksOf(sessions, zone, date, now.value));
	const span = spanOf(blocks, line, isToday, now.value), over = overlapsOn(sessions, date, date);
	const edges = useEdges((pixels) => pixels / HOUR * 3_600_000, sessions);
	const locked = isLocked || !may("update", "workSessions");
	const mayEnter = !isLocked && may("create", "workSessions");
	const y = (ms) => (ms - span.first) / 3_600_000 * HOUR;
	const empty = blocks.length === 0 && mayEnter;
	const gaps = mayEnter ? gapsOf(sessions, zone, date, now.value, GAP) : [];
	return (
		<div class="day-line anchor" style={{ blockSize: `${y(span.last)}px` }}>
			{hoursOf(span, zone).map(({ at, hour }) => (
				<div key={at} class="day-hour topped" style={{ insetBlockStart: `${y(at)}px` }}>
					<span class="tiny muted">{String(hour).padStart(2, "0")}</span>
				</div>
			))}
			{isToday && now.value >= span.first && now.value <= span.last && (
				<div
					class="day-now" style={{ insetBlockStart: `${y(now.value)}px` }}
					aria-hidden="true"
				/>
			)}
			<div class="day-blocks">
				{gaps.map((gap) => (
					<Gap
						key={gap.start} gap={gap} zone={zone} onGap={onGap}
						top={y(Math.max(gap.start, span.first))}
						bottom={y(Math.min(gap.end, span.last))}
					/>
				))}
				{empty && (
					<button
						type="button"
						class="day-gap clip whole bare line gap-1 small muted"
						onClick={() => onGap({ date, time: null }, { date, time: null })}
					>
						<Icon name="plus" size={16} />
						<span>Add time</span>
					</button>
				)}
				{blocks.map((block) => (
					<Block
						key={block.session.id} block={block} over={over.get(block.session.id)}
						span={span} zone={zone} edges={edges} locked={locked} onOpen={onOpen}
					/>
				))}
			</div>
		</div>
	);
}
