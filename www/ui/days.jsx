// Days to choose from: a strip of a week, and a month.  marks: date → 0..1, shown as a bar or a tint, with the same in
// words in the label of the day.

import { useLayoutEffect, useRef } from "preact/hooks";
import { IconButton } from "./button.jsx";
import { formatDate, formatMonth } from "./format.js";
import { addDays, dayIn, ownZone, weekOf } from "./zone.js";

const isSunday = (weekStart) => weekStart === "sunday";

function moveBy(event) {
	const sign = getComputedStyle(event.currentTarget).direction === "rtl" ? -1 : 1;
	return { ArrowLeft: -sign, ArrowRight: sign, ArrowUp: -7, ArrowDown: 7 }[event.key];
}

function Day({ date, value, today, mark = 0, words, isOther, onInput, children }) {
	const name = formatDate(date, { weekday: "long", day: "numeric", month: "long" });
	return (
		<button
			type="button" class="day tight axis anchor bare" aria-label={words ? `${name}, ${words}` : name}
			aria-pressed={date === value ? "true" : "false"}
			aria-current={date === today ? "date" : undefined}
			tabIndex={date === value ? 0 : -1} style={{ "--mark": mark }}
			data-other={isOther ? "true" : undefined} data-marked={mark > 0 ? "true" : undefined}
			onClick={() => onInput(date)}
		>
			{children}
		</button>
	);
}

// The arrow keys move the chosen day, and the focus with it.
function useArrows(value, onInput) {
	const ref = useRef(null), moved = useRef(false);
	useLayoutEffect(() => {
		if (moved.current)
			ref.current?.querySelector("[aria-pressed=true]")?.focus({ preventScroll: true });
		moved.current = false;
	}, [value]);
	const onKeyDown = (event) => {
		const by = moveBy(event);
		if (!by || !event.target.closest(".day"))
			return;
		event.preventDefault();
		moved.current = true;
		onInput(addDays(value, by));
	};
	return { ref, onKeyDown };
}

/** The week of a day.  today: the date of today in the place that counts.  wordsOf(date): what a screen reader adds. */
export function DateStrip({
	value, onInput, marks = {}, weekStart = "monday", today = dayIn(ownZone(), Date.now()), wordsOf = () => "",
}) {
	const first = weekOf(value, isSunday(weekStart));
	return (
		<div
			class="strip line gap-0" role="group" aria-label={`Week of ${formatDate(first)}`}
			{...useArrows(value, onInput)}
		>
			<IconButton icon="back" label="Previous week" onClick={() => onInput(addDays(value, -7))} />
			<div class="strip-days seven grow">
				{Array.from({ length: 7 }, (_, at) => addDays(first, at)).map((date) => (
					<Day
						key={date} date={date} value={value} today={today} mark={marks[date]}
						words={wordsOf(date)} onInput={onInput}
					>
						<small>{formatDate(date, { weekday: "short" })}</small>
						<b class="medium">{formatDate(date, { day: "numeric" })}</b>
						<i aria-hidden="true" />
					</Day>
				))}
			</div>
			<IconButton icon="forward" label="Next week" onClick={() => onInput(addDays(value, 7))} />
		</div>
	);
}

function monthBefore(date, by) {
	const [year, month] = date.split("-").map(Number);
	return new Date(Date.UTC(year, month - 1 + by, 1)).toISOString().slice(0, 10);
}

// The days of a month in whole weeks.
function daysOf(month, weekStart) {
	const first = weekOf(month + "-01", isSunday(weekStart));
	const days = Array.from({ length: 42 }, (_, at) => addDays(first, at));
	const last = days.findLastIndex((date) => date.startsWith(month));
	return days.slice(0, Math.ceil((last + 1) / 7) * 7);
}

export function MonthPicker({
	value, onInput, marks = {}, weekStart = "monday", today = dayIn(ownZone(), Date.now()), wordsOf = () => "",
}) {
	const month = value.slice(0, 7);
	const days = daysOf(month, weekStart);
	const move = (by) => onInput(monthBefore(value, by));
	return (
		<div
			class="month stack gap-2" role="group" aria-label={formatMonth(month)}
			{...useArrows(value, onInput)}
		>
			<div class="line ends">
				<IconButton icon="back" label="Previous month" onClick={() => move(-1)} />
				<strong>{formatMonth(month)}</strong>
				<IconButton icon="forward" label="Next month" onClick={() => move(1)} />
			</div>
			<div class="month-days amid seven">
				{days
					.slice(0, 7)
					.map((date) => (
						<small key={date} aria-hidden="true">
							{formatDate(date, { weekday: "short" })}
						</small>
					))}
				{days.map((date) => (
					<Day
						key={date} date={date} value={value} today={today} mark={marks[date]}
						words={wordsOf(date)} isOther={!date.startsWith(month)}
						onInput={onInput}
					>
						<b class="medium">{formatDate(date, { day: "numeric" })}</b>
						<i aria-hidden="true" />
					</Day>
				))}
			</div>
		</div>
	);
}
