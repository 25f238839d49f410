// A week as seven bars and a month as a grid of days, with totals.  A press on a day opens it.

import { Button, IconButton, formatDate, isNarrow } from "../ui/index.js";
import { count } from "./hours.js";
import { now } from "./data.js";
import { monthWeeks, weekDates } from "./sessions.js";
import { hoursText } from "./timer.jsx";

const SHORT = { weekday: "short" }, NARROW = { weekday: "narrow" };

/** Buttons to go one back, one forward, and to today if that is not shown.  what: "Day", "Week" or "Month". */
export function Steps({ what, title, onBefore, onAfter, onToday, end }) {
	return (
		<div class="walk-steps line gap-0">
			<IconButton icon="back" label={`Previous ${what.toLowerCase()}`} onClick={onBefore} />
			<h2 class="walk-title amid big" aria-live="polite">{title}</h2>
			<IconButton icon="forward" label={`Next ${what.toLowerCase()}`} onClick={onAfter} />
			{onToday && (isNarrow.value ? (
				<IconButton icon="calendar" label="Today" onClick={onToday} />
			) : (
				<Button small kind="quiet" onClick={onToday}>Today</Button>
			))}
			{end && <span class="push fixed unbroken">{end}</span>}
		</div>
	);
}

/** The figures of the days from..to: those of count, and `of` by day.  plan: what holds on which day. */
export function byDay(sessions, plan, from, to) {
	const figures = count(sessions.filter((one) => one.day >= from && one.day <= to), plan, now.value);
	return { ...figures, of: new Map(figures.days.map((day) => [day.day, day])) };
}

function against(sum, target, days) {
	const over = sum.paid - target * days;
	return `${over >= 0 ? "+" : "−"}${hoursText(Math.abs(over))}`;
}

/** days: how many of them count against the target. */
export function Totals({ sum, target, days }) {
	return (
		<dl class="totals over-2 flow">
			<div><dt>Paid time</dt><dd class="accent">{hoursText(sum.paid)}</dd></div>
			<div><dt>Worked</dt><dd>{hoursText(sum.raw)}</dd></div>
			<div><dt>Lunch off</dt><dd>{hoursText(sum.deductions)}</dd></div>
			{target > 0 && days > 0 && <div><dt>Target</dt><dd>{against(sum, target, days)}</dd></div>}
			{sum.overlap > 0 && (
				<div><dt>Counted twice</dt><dd class="warn">{hoursText(sum.overlap)}</dd></div>
			)}
		</dl>
	);
}

function dayWords(day, figures, target) {
	const worked = figures ? hoursText(figures.paid) : "nothing";
	return `${formatDate(day)}: ${worked}${figures && target > 0 ? ` of ${hoursText(target)}` : ""}`;
}

function WeekBar({ figures, target, most }) {
	const share = (seconds) => `${seconds / most * 100}%`;
	return (
		<span class="week-bar anchor">
			{target > 0 && <span class="week-target" style={{ insetBlockEnd: share(target) }} />}
			{figures && (
				<span
					class="week-fill" data-reached={figures.reached || !target ? "true" : undefined}
					data-running={figures.running > 0 ? "true" : undefined}
					style={{ blockSize: share(figures.paid) }}
				/>
			)}
		</span>
	);
}

function WeekDay({ day, figures, rules, most, today, onDay }) {
	return (
		<li>
			<button
				type="button" class="week-day over-1 axis bare full"
				data-today={day === today ? "true" : undefined}
				aria-label={dayWords(day, figures, rules.target)} onClick={() => onDay(day)}
			>
				<span class="week-figure small bold unbroken">
					{figures ? hoursText(figures.paid) : ""}
				</span>
				<WeekBar figures={figures} target={rules.target} most={most} />
				<span class="week-name above-1 tiny muted">{formatDate(day, SHORT)}</span>
				<span class="week-date centre small">{Number(day.slice(8))}</span>
			</button>
		</li>
	);
}

export function Week({ date, sessions, binds, today, onDay, totals = true }) {
	const { plan, rules } = binds;
	const dates = weekDates(date, rules.sunday);
	const { of, sum } = byDay(sessions, plan, dates[0], dates[6]);
	const most = Math.max(rules.target * 1.15, 8 * 3600, ...[...of.values()].map((day) => day.paid), 1);
	return (
		<section class="week" aria-label={`Week of ${formatDate(dates[0])}`}>
			<ol class="week-bars seven gap-1" role="list">
				{dates.map((day) => (
					<WeekDay
						key={day} day={day} figures={of.get(day)} rules={rules} most={most}
						today={today} onDay={onDay}
					/>
				))}
			</ol>
			{totals && of.size > 0 && <Totals sum={sum} target={rules.target} days={of.size} />}
		</section>
	);
}

function heatOf(figures, full) {
	return figures && figures.paid > 0 ? Math.min(4, Math.ceil(figures.paid / full * 4)) : 0;
}

function MonthDay({ day, figures, isOutside, isToday, heat, target, onDay }) {
	return (
		<td data-outside={isOutside ? "true" : undefined}>
			<button
				type="button" class="month-day bare full" data-today={isToday ? "true" : undefined}
				data-heat={heat}
				aria-label={dayWords(day, figures, target)} onClick={() => onDay(day)}
			>
				<span class="month-date centre tiny soft">{Number(day.slice(8))}</span>
				<span class="month-figure small medium">
					{figures ? hoursText(figures.paid) : ""}
				</span>
			</button>
		</td>
	);
}

function WeekSum({ week, seconds, onWeek }) {
	const words = `Week of ${formatDate(week)}: ${hoursText(seconds)}`;
	return (
		<button
			type="button" class="month-sum bare full small bold unbroken" aria-label={words}
			onClick={() => onWeek(week)}
		>
			{seconds ? hoursText(seconds) : "–"}
		</button>
	);
}

function MonthHead({ week }) {
	return (
		<tr>
			{week.map((day) => (
				<th key={day} scope="col">
					<span class="month-long">{formatDate(day, SHORT)}</span>
					<span class="month-short" aria-hidden="true">{formatDate(day, NARROW)}</span>
				</th>
			))}
			<th scope="col">Sum</th>
		</tr>
	);
}

export function Month({ month, sessions, binds, today, onDay, onWeek }) {
	const { plan, rules } = binds;
	const weeks = monthWeeks(month, rules.sunday);
	const { of } = byDay(sessions, plan, weeks[0][0], weeks.at(-1)[6]);
	const { sum, days } = byDay(sessions, plan, `${month}-01`, `${month}-31`);
	const full = rules.target || 8 * 3600;
	const weekSum = (week) => week.reduce((seconds, day) => seconds + (of.get(day)?.paid ?? 0), 0);
	const cell = (day) => (
		<MonthDay
			key={day} day={day} figures={of.get(day)} isOutside={!day.startsWith(month)}
			isToday={day === today}
			heat={heatOf(of.get(day), full)} target={rules.target} onDay={onDay}
		/>
	);
	return (
		<section class="month-look" aria-label={formatDate(`${month}-01`, { month: "long", year: "numeric" })}>
			<table class="month-grid">
				<thead><MonthHead week={weeks[0]} /></thead>
				<tbody>
					{weeks.map((week) => (
						<tr key={week[0]}>
							{week.map(cell)}
							<td>
								<WeekSum
									week={week[0]} seconds={weekSum(week)}
									onWeek={onWeek}
								/>
							</td>
						</tr>
					))}
				</tbody>
			</table>
			{days.length > 0 && <Totals sum={sum} target={rules.target} days={days.length} />}
		</section>
	);
}
