// The hand over the calendar week: what a mouse, a finger or the keyboard holds, until it is let go or Escape takes it
// back.  A mouse drags at once; a finger holds first, so that it can scroll.  What becomes of it is in week.js.

import { useEffect, useRef, useState } from "preact/hooks";
import { may } from "../base/state.js";
import { now } from "./data.js";
import { FINE, STEP, instantAt, nudgedBy, outcomeOf, swipeOf } from "./week.js";

/** Pixels of an hour. */
export const HOUR = 48;

const FAR = 4, STILL = 10; // pixels until a mouse drags, and within which a finger that holds may move
const HOLD = 380; // ms until a finger has taken hold
const EDGE = 7, FINGER_EDGE = 14; // pixels at the ends of a block by which it is stretched

// Where a pointer is: the day below it, and the instant at its height.
function spotOf(grid, days, shown, event) {
	const columns = [...grid.querySelectorAll(".cal-day")];
	const distance = (column) => {
		const { left, right } = column.getBoundingClientRect();
		return Math.max(left - event.clientX, event.clientX - right, 0);
	};
	const nearest = (best, column, index) => (distance(column) < distance(columns[best]) ? index : best);
	const at = columns.reduce(nearest, 0);
	const row = shown.first + (event.clientY - columns[at].getBoundingClientRect().top) / HOUR;
	return { at, day: days[at], row, instant: instantAt(days[at], row) };
}

// Which part of a block is pressed: "start", "end" or "move".
function gripOf(element, event, block) {
	const { top, bottom, height } = element.getBoundingClientRect();
	const most = event.pointerType === "touch" ? FINGER_EDGE : EDGE, edge = Math.min(most, height / 4);
	if (event.clientY - top < edge && !block.comesIn)
		return "start";
	return bottom - event.clientY < edge && !block.goesOn && block.session.end !== null ? "end" : "move";
}

// What is held, moved on to where the pointer is.
function carried(held, spot, isFine) {
	const step = isFine ? FINE : STEP;
	if (held.kind === "make")
		return { ...held, step, to: instantAt(held.day, spot.row) };
	if (held.kind === "move")
		return { ...held, step, days: spot.at - held.grab.at, hours: spot.row - held.grab.row };
	return { ...held, step, at: held.session[held.kind] + spot.instant - held.grab.instant };
}

/**
 * {held, outcome, events}: what is held, what would become of it, and the listeners of the grid.  days, shown: of
 * week.js; find({id, date}): a block; locked(session): whether it can not be changed; write(session, span),
 * make(span): what is called when it is let go; key(event, block): the other keys; turn(by): a finger turned the page.
 */
export function useHand({ grid, days, shown, find, locked, write, make, key, turn, zone }) {
	const [held, setHeld] = useState(null);
	const latest = useRef(null), press = useRef(null), wasDragged = useRef(false);
	const hold = (what) => {
		latest.current = what;
		setHeld(what);
	};
	const drop = () => {
		clearTimeout(press.current?.timer);
		press.current = null;
		hold(null);
	};
	const outcome = (what) => outcomeOf(what, { zone, until: now.value });
	const settle = () => {
		const what = latest.current, to = what && outcome(what);
		drop();
		if (!to)
			return;
		if (what.kind === "make")
			make(to);
		else
			write(what.session, to);
	};
	// What a press would hold, or null where nothing can be changed.
	const heldBy = (event) => {
		const spot = spotOf(grid.current, days, shown, event);
		const element = event.target.closest(".cal-block"), block = element && find(element.dataset);
		if (element && (!block || locked(block.session)))
			return null;
		if (element) {
			const kind = gripOf(element, event, block);
			return carried({ kind, session: block.session, grab: spot }, spot, false);
		}
		const { day, instant } = spot;
		if (!may("create", "workSessions") || locked({ day: day.date }))
			return null;
		return { kind: "make", day, from: instant, to: instant, step: STEP };
	};
	const take = (pointer) => {
		press.current.isHeld = true;
		grid.current.setPointerCapture(pointer);
		wasDragged.current = true;
		hold(press.current.what);
	};
	useEffect(() => {
		const element = grid.current;
		// Only a listener that may prevent it keeps a finger that holds from scrolling.
		const stay = (event) => press.current?.isHeld && event.preventDefault();
		const pressed = (event) => {
			if (!latest.current || !press.current)
				return;
			if (event.key === "Escape") {
				event.stopPropagation();
				event.preventDefault();
				drop();
			} else if (event.key === "Alt") {
				event.preventDefault();
				hold({ ...latest.current, step: event.type === "keydown" ? FINE : STEP });
			}
		};
		element.addEventListener("touchmove", stay, { passive: false });
		addEventListener("keydown", pressed, true);
		addEventListener("keyup", pressed, true);
		return () => {
			element.removeEventListener("touchmove", stay);
			removeEventListener("keydown", pressed, true);
			removeEventListener("keyup", pressed, true);
			clearTimeout(press.current?.timer);
		};
	}, []);
	const events = {
		onPointerDown(event) {
			wasDragged.current = false;
			if (event.button !== 0 || !event.isPrimary)
				return;
			const { clientX: x, clientY: y, pointerId, pointerType, timeStamp } = event;
			const isFinger = pointerType === "touch", what = heldBy(event);
			press.current = { x, y, at: timeStamp, what, isFinger, isHeld: false };
			if (what && isFinger)
				press.current.timer = setTimeout(() => {
					navigator.vibrate?.(12);
					take(pointerId);
				}, HOLD);
			else if (what?.kind === "make")
				event.preventDefault(); // no text is selected
		},
		onPointerMove(event) {
			const now = press.current;
			if (!now)
				return;
			const far = Math.hypot(event.clientX - now.x, event.clientY - now.y);
			if (!now.isHeld && now.isFinger && far > STILL)
				clearTimeout(now.timer);
			if (!now.isHeld && !now.isFinger && now.what && far > FAR)
				take(event.pointerId);
			if (now.isHeld && (far > FAR || latest.current !== now.what))
				hold(carried(latest.current, spotOf(grid.current, days, shown, event), event.altKey));
		},
		onPointerUp(event) {
			const was = press.current;
			clearTimeout(was?.timer);
			if (was?.isHeld)
				return settle();
			press.current = null;
			const way = { across: event.clientX - was?.x, down: event.clientY - was?.y };
			const page = was?.isFinger && turn ? swipeOf({ ...way, ms: event.timeStamp - was.at }) : 0;
			const made = was?.what?.kind === "make" && !was.isFinger && outcome(was.what);
			if (page)
				turn(page);
			else if (made)
				make(made);
			return undefined;
		},
		onPointerCancel: drop,
		onLostPointerCapture: () => press.current?.isHeld && drop(),
		onContextMenu: (event) => press.current?.isFinger && event.preventDefault(),
		onClickCapture(event) {
			if (wasDragged.current)
				event.stopPropagation();
			wasDragged.current = false;
		},
		onKeyUp(event) {
			if ((event.key === "Alt" || event.key === "Shift") && !press.current && latest.current)
				settle();
		},
		onFocusOut: () => !press.current && latest.current && settle(),
		onKeyDown(event) {
			const block = find(event.target.closest(".cal-block")?.dataset ?? {});
			if (!block || press.current)
				return;
			const { session } = block, next = nudgedBy(latest.current, session, event);
			if (next && !locked(session)) {
				event.preventDefault();
				hold(next);
			} else if (event.key === "Escape" && latest.current) {
				event.preventDefault();
				event.stopPropagation();
				drop();
			} else {
				key(event, block);
			}
		},
	};
	return { held, outcome: held && outcome(held), events };
}
