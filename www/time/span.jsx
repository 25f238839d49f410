// A week as seven bars and a month as a grid of days, each day a way to itself; with totals.

import { formatDate } from "../ui/index.js";
import { count } from "./hours.js";
import { now } from "./data.js";
import { monthWeeks, weekDates } from "./sessions.js";
import { hoursText } from "./timer.jsx";

const SHORT = { weekday: "short" };

function byDay(sessions, rules, from, to) {
	const figures = count(sessions.filter((one) => one.day >= from && one.day <= to), rules, now.value);
	return { ...figures, of: new Map(figures.days.map((day) => [day.day, day])) };
}

export function Totals({ sum, target, days }) {
	return (
		<dl class="totals">
			<div><dt>Billable</dt><dd>{hoursText(sum.billable)}</dd></div>
			<div><dt>Worked</dt><dd>{hoursText(sum.raw)}</dd></div>
			<div><dt>Lunch taken off</dt><dd>{hoursText(sum.deductions)}</dd></div>
			<div><dt>Efficiency</dt><dd>{sum.efficiency} %</dd></div>
			{target > 0 && days > 0 && <div><dt>Against target</dt><dd>{sum.billable >= target * days ? "+" : "−"}{hoursText(Math.abs(sum.billable - target * days))}</dd></div>}
		</dl>
	);
}

export function Week({ date, sessions, rules, today, onDay }) {
	const dates = weekDates(date, rules.sunday);
	const { of, sum } = byDay(sessions, rules, dates[0], dates[6]);
	const most = Math.max(rules.target, rules.most, ...[...of.values()].map((day) => day.raw), 1);
	return (
		<section class="week" aria-label={`Week of ${formatDate(dates[0])}`}>
			<ol class="week-bars">
				{dates.map((day) => {
					const figures = of.get(day);
					return (
						<li key={day}><button type="button" class="week-day" data-today={day === today ? "true" : undefined} aria-label={`${formatDate(day)}: ${figures ? hoursText(figures.billable) : "nothing"}`} onClick={() => onDay(day)}>
							<span class="week-figure">{figures ? hoursText(figures.billable) : ""}</span>
							<span class="week-bar">
								{rules.target > 0 && <span class="week-target" style={{ insetBlockEnd: `${rules.target / most * 100}%` }} />}
								{figures && <span class="week-fill" data-reached={figures.reached ? "true" : undefined} style={{ blockSize: `${figures.billable / most * 100}%` }} />}
							</span>
							<span class="week-name">{formatDate(day, SHORT)}</span><span class="week-date">{Number(day.slice(8))}</span>
						</button></li>
					);
				})}
			</ol>
			<Totals sum={sum} target={rules.target} days={of.size} />
		</section>
	);
}

export function Month({ month, sessions, rules, today, onDay, onWeek }) {
	const weeks = monthWeeks(month, rules.sunday);
	const { of } = byDay(sessions, rules, weeks[0][0], weeks.at(-1)[6]);
	const inside = [...of.values()].filter((day) => day.day.startsWith(month));
	const { sum } = byDay(sessions, rules, `${month}-01`, `${month}-31`);
	const full = rules.target || 8 * 3600;
	const weekSum = (week) => week.reduce((seconds, day) => seconds + (of.get(day)?.billable ?? 0), 0);
	return (
		<section class="month" aria-label={formatDate(`${month}-01`, { month: "long", year: "numeric" })}>
			<table class="month-grid">
				<thead><tr>{weeks[0].map((day) => <th key={day} scope="col">{formatDate(day, SHORT)}</th>)}<th scope="col">Week</th></tr></thead>
				<tbody>{weeks.map((week) => (
					<tr key={week[0]}>
						{week.map((day) => {
							const figures = of.get(day);
							return (
								<td key={day} data-outside={day.startsWith(month) ? undefined : "true"}><button type="button" class="month-day" data-today={day === today ? "true" : undefined} data-heat={figures ? Math.min(4, Math.ceil(figures.billable / full * 4)) : 0}
									aria-label={`${formatDate(day)}: ${figures ? hoursText(figures.billable) : "nothing"}`} onClick={() => onDay(day)}>
									<span class="month-date">{Number(day.slice(8))}</span>{figures && <span class="month-figure">{hoursText(figures.billable)}</span>}
								</button></td>
							);
						})}
						<td class="month-week"><button type="button" class="month-sum" onClick={() => onWeek(week[0])}>{weekSum(week) ? hoursText(weekSum(week)) : "–"}</button></td>
					</tr>
				))}</tbody>
			</table>
			<Totals sum={sum} target={rules.target} days={inside.length} />
		</section>
	);
}
