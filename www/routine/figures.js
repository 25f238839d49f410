// The figures of routines, from rows alone: no document, no clock.  include/routine/figures.h says what they are, and
// the golden cases in tests/fixtures/routine hold for it and for this file.  Where both compute with floating point,
// they do the same in the same order.
//
// Inside, a day is a number: days since 1970-01-01.  Outside it is a date, "2026-11-21".

import { clockIn } from "../ui/zone.js";

const DAY = 86_400_000;
const HOUR = 3600;
const STREAK_TASKS = 5;
const EXERCISE_POINTS = 25, BOOK_POINTS = 20, BETTER_POINTS = 150;
const STRENGTH_DAYS = 1826, TREND_DAYS = 730, SLOPE_DAYS = 28, SLOPE_LEAST = 7, GOAL_DAYS = 1826, DELTA_DAYS = 30;
const WEEK = 7;
const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** The milestones of a run: [days, points]. */
export const MILESTONES = [
	[1, 5], [3, 15], [5, 25], [7, 50], [10, 75], [15, 100], [20, 150], [30, 250], [50, 400], [75, 600], [100, 1000],
	[150, 1500], [200, 2000], [250, 2500], [300, 3000], [365, 5000],
];

const isDate = (text) =>
	/^[1-9]\d{3}-\d\d-\d\d$/.test(text ?? "") && !Number.isNaN(Date.parse(text)) && dateOf(dayOf(text)) === text;
const dayOf = (date) => Math.round(Date.parse(date) / DAY);
const dateOf = (day) => new Date(day * DAY).toISOString().slice(0, 10);
const dayOrNull = (date) => (isDate(date) ? dayOf(date) : null);
const hundredths = (number) => Math.round(number * 100);

// --- rows ---

/** The date that it is for a person: before the hour at which their day begins, it is still the day before. */
export function todayIn(settings, zone, instant) {
	return dateOf(dayIn(settings, zone, instant));
}

function dayIn(settings, zone, instant) {
	const { date, hour, minute, second } = clockIn(zone, instant);
	const early = (hour * 60 + minute) * 60 + second < (settings?.dayBegins ?? 0) * HOUR;
	return dayOf(date) - (early ? 1 : 0);
}

// "2026-07-01/2026-07-14", or one day.
function pauseOf(text) {
	const [first, last = first, ...more] = text.split("/");
	if (more.length > 0 || !isDate(first) || !isDate(last) || first > last)
		return null;
	return { first: dayOf(first), last: dayOf(last) };
}

function settingsOf(row) {
	return {
		streakTasks: row?.streakTasks ?? STREAK_TASKS, streakExercise: row?.streakExercise ?? true,
		pauses: (row?.pauses ?? []).map(pauseOf).filter(Boolean),
		height: row?.height ? Math.round(row.height * 10) : null,
		goalWeight: row?.goalWeight ? hundredths(row.goalWeight) : null, weightUnit: row?.weightUnit ?? "kg",
	};
}

function scheduleOf(row) {
	return {
		until: Infinity, recurrence: row.recurrence ?? "daily", days: new Set(row.days ?? []),
		times: Math.max(1, row.times ?? 1), inDays: Math.max(1, row.inDays ?? 1),
		everyDays: Math.max(1, row.everyDays ?? 1), first: dayOrNull(row.from), last: dayOrNull(row.until),
		pausedFrom: dayOrNull(row.pausedFrom), pausedUntil: dayOrNull(row.pausedUntil),
		target: row.target ?? null, atMost: row.targetKind === "atMost", active: row.active ?? true,
	};
}

// A former schedule.  It has no last day of its own: where the task had one, the schedule after it says that it was not
// active.  One that says nothing of pauses has those of the record, so that a pause can be told later.
function formerOf(row, now) {
	const { pausedFrom, pausedUntil } = "pausedFrom" in row ? scheduleOf(row) : now;
	return { ...scheduleOf(row), until: dayOf(row.until), last: null, pausedFrom, pausedUntil };
}

function schedulesOf(row) {
	const now = scheduleOf(row);
	const former = (row.schedules ?? []).map((one) => formerOf(one, now));
	return [...former, now].sort((one, other) => one.until - other.until);
}

const before = (one, other) => (one < other ? -1 : one > other ? 1 : 0);

function taskOf(row, created, logs) {
	const first = logs.length > 0 ? Math.min(...[logs[0].day, created]) : created;
	return { id: row.id, row, created, begun: first, schedules: schedulesOf(row), logs };
}

function logsByTask(rows) {
	const logs = new Map();
	for (const row of rows) {
		const day = dayOrNull(row.date);
		if (day === null)
			continue;
		if (!logs.has(row.task))
			logs.set(row.task, []);
		logs.get(row.task).push({
			day, status: row.status ?? "pending", value: row.value ?? null, points: row.points ?? 0,
		});
	}
	for (const list of logs.values())
		list.sort((one, other) => one.day - other.day);
	return logs;
}

// What was completed on each day, of all tasks.
function sumsOf(logs) {
	const sums = new Map();
	for (const list of logs.values())
		for (const { day, status, points } of list)
			if (status === "completed") {
				const sum = sums.get(day) ?? { day, completed: 0, points: 0 };
				sums.set(day, { day, completed: sum.completed + 1, points: sum.points + points });
			}
	return [...sums.values()].sort((one, other) => one.day - other.day);
}

const daysOf = (rows) => rows.map(({ date }) => dayOrNull(date)).filter((day) => day !== null)
	.sort((one, other) => one - other);

function weightsOf(rows) {
	return rows.filter(({ date, kg }) => isDate(date) && typeof kg === "number")
		.map(({ id, date, kg }) => ({ id, day: dayOf(date), hundredths: hundredths(kg) }))
		.sort((one, other) => one.day - other.day);
}

/**
 * The rows of one person, in order, as the functions below take them.  tasks, taskLogs, exerciseLogs, bookLogs and
 * weights are records; settings is their record of routineSettings, or null; zone is theirs.
 */
export function gather({
	tasks = [], taskLogs = [], exerciseLogs = [], bookLogs = [], weights = [], settings = null, zone = "UTC",
}) {
	const logs = logsByTask(taskLogs);
	const created = (row) => (row.createdAt ? dayIn(settings, zone, Date.parse(row.createdAt)) : 0);
	const exercise = daysOf(exerciseLogs), days = sumsOf(logs);
	return {
		settings: settingsOf(settings),
		tasks: tasks.map((row) => taskOf(row, created(row), logs.get(row.id) ?? []))
			.sort((one, other) =>
				before(one.row.order ?? "", other.row.order ?? "") || before(one.id, other.id)),
		days, dayOf: new Map(days.map((one) => [one.day, one])),
		exercise: new Set(exercise), books: daysOf(bookLogs), weights: weightsOf(weights),
	};
}

// --- what is due ---

const weekdayOf = (day) => WEEKDAYS[((day % 7) + 7 + 3) % 7]; // 1970-01-01 was a Thursday
const scheduleOn = ({ schedules }, day) => schedules.find(({ until }) => day <= until) ?? schedules.at(-1);
const isPaused = ({ pausedFrom, pausedUntil }, day) =>
	pausedFrom !== null && day >= pausedFrom && (pausedUntil === null || day <= pausedUntil);
const inPauses = ({ pauses }, day) => pauses.some(({ first, last }) => day >= first && day <= last);

// Where the first log of this day or a later one is.
function firstLog({ logs }, day) {
	let low = 0, high = logs.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (logs[middle].day < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

function logOn(task, day) {
	const log = task.logs[firstLog(task, day)];
	return log?.day === day ? log : null;
}

// How often a task was completed from one day to another, both included.
function completions(task, from, to) {
	let count = 0;
	for (let at = firstLog(task, from); at < task.logs.length && task.logs[at].day <= to; at++)
		count += task.logs[at].status === "completed" ? 1 : 0;
	return count;
}

// Whether a task is under way on a day: active, begun, not over, not paused.
function isUnderWay(task, schedule, day) {
	const { first, last, active } = schedule;
	return active && day >= (first ?? task.begun) && (last === null || day <= last) && !isPaused(schedule, day);
}

// Whether it repeats on this day, which may be before its first one.
function isTurn(task, schedule, day) {
	switch (schedule.recurrence) {
	case "weekdays":
		return WEEKDAYS.indexOf(weekdayOf(day)) < 5;
	case "weekends":
		return WEEKDAYS.indexOf(weekdayOf(day)) >= 5;
	case "custom":
		return schedule.days.has(weekdayOf(day));
	case "times":
		return completions(task, day - schedule.inDays + 1, day - 1) < schedule.times;
	case "interval":
		return (day - (schedule.first ?? task.created)) % schedule.everyDays === 0;
	default:
		return true;
	}
}

function isDue(task, day) {
	const schedule = scheduleOn(task, day);
	return isUnderWay(task, schedule, day) && isTurn(task, schedule, day);
}

/** The tasks that are due on a date, whether they are done or not, in their order: their records. */
export function dueOn(rows, date) {
	return rows.tasks.filter((task) => isDue(task, dayOf(date))).map(({ row }) => row);
}

/** What is logged of a task on a date: "pending", "completed" or "skipped". */
export function statusOn(rows, id, date) {
	const task = rows.tasks.find((one) => one.id === id);
	return (task && logOn(task, dayOf(date))?.status) ?? "pending";
}

/** completed of due in per cent; 0 where nothing was due. */
export function rateOf(completed, due) {
	return due === 0 ? 0 : Math.floor((200 * completed + due) / (2 * due));
}

function completionOf(tasks, day) {
	const sum = { date: dateOf(day), due: 0, completed: 0, skipped: 0 };
	for (const task of tasks) {
		if (!isDue(task, day))
			continue;
		const status = logOn(task, day)?.status;
		if (status === "skipped") {
			sum.skipped++;
			continue;
		}
		sum.due++;
		sum.completed += status === "completed" ? 1 : 0;
	}
	return { ...sum, rate: rateOf(sum.completed, sum.due) };
}

/** What was done of what was due on a date: {date, due, completed, skipped, rate}.  What is skipped is not due. */
export function completionOn(rows, date) {
	return completionOf(rows.tasks, dayOf(date));
}

/** The same for the seven days up to a date, the oldest first. */
export function weekTo(rows, date) {
	return Array.from({ length: WEEK }, (_, at) => completionOf(rows.tasks, dayOf(date) - WEEK + 1 + at));
}

// --- strength ---

const FREQUENCIES = {
	weekdays: () => 5 / 7,
	weekends: () => 2 / 7,
	custom: ({ days }) => days.size / 7,
	times: ({ times, inDays }) => times / inDays,
	interval: ({ everyDays }) => 1 / everyDays,
};

const frequencyOf = (schedule) => FREQUENCIES[schedule.recurrence]?.(schedule) ?? 1;

// How much of a task was done on a day, 0 to 1.
function partDone({ target, atMost }, log) {
	if (!log || log.status === "completed")
		return log ? 1 : 0;
	if (target === null || target <= 0 || atMost || log.value === null)
		return 0;
	return log.value >= target ? 1 : hundredths(log.value) / hundredths(target);
}

// The same for the strength; null for a day that leaves it as it is.
function countsOf(task, schedule, day) {
	const log = logOn(task, day);
	if (log?.status === "skipped" || !isUnderWay(task, schedule, day))
		return null;
	if (schedule.recurrence === "times")
		return completions(task, day - schedule.inDays + 1, day) >= schedule.times ? 1 : 0;
	const part = partDone(schedule, log);
	return part <= 0 && !isTurn(task, schedule, day) ? null : part;
}

/** How strong the habit of a task is after a date, in thousandths. */
export function strengthOn(rows, id, date) {
	const day = dayOf(date), task = rows.tasks.find((one) => one.id === id);
	const first = task?.logs[firstLog(task, day - STRENGTH_DAYS + 1)];
	let score = 0;
	if (!first)
		return 0;
	for (let at = first.day; at <= day; at++) {
		const schedule = scheduleOn(task, at);
		const v = inPauses(rows.settings, at) ? null : countsOf(task, schedule, at);
		if (v === null)
			continue;
		const m = Math.pow(0.5, Math.sqrt(frequencyOf(schedule)) / 13);
		score = score * m + v * (1 - m);
	}
	return Math.floor(score * 1000 + 0.5);
}

// --- streaks and points ---

// Whether all days of from..to are in pauses; there may be none.
function allPaused(settings, from, to) {
	for (let day = from; day <= to;) {
		const last = Math.max(...settings.pauses.filter((pause) => day >= pause.first && day <= pause.last)
			.map((pause) => pause.last), day - 1);
		if (last < day)
			return false;
		day = last + 1;
	}
	return true;
}

function judge({ settings, exercise, dayOf: sums }, day) {
	const tasks = sums.get(day)?.completed ?? 0, paused = inPauses(settings, day);
	const exercised = exercise.has(day), rest = !exercised && exercise.has(day - 1);
	const moved = !settings.streakExercise || exercised || rest;
	return { tasks, valid: !paused && tasks >= settings.streakTasks && moved, exercise: exercised, rest, paused };
}

/** Whether a date counts for the streak: {tasks, valid, exercise, rest, paused}. */
export function streakDayOn(rows, date) {
	return judge(rows, dayOf(date));
}

// The chains of days that count, up to a day.
function runsTo(rows, day) {
	const runs = [];
	for (const one of rows.days) {
		if (one.day > day || !judge(rows, one.day).valid)
			continue;
		const last = runs.at(-1);
		if (last && allPaused(rows.settings, last.last + 1, one.day - 1))
			Object.assign(last, { last: one.day, days: last.days + 1 });
		else
			runs.push({ first: one.day, last: one.day, days: 1 });
	}
	return runs;
}

/** The points of the milestones of a run of so many days. */
export function milestonePoints(days) {
	return MILESTONES.filter(([least]) => least <= days).reduce((sum, [, points]) => sum + points, 0);
}

function nextAfter(days) {
	const next = MILESTONES.find(([least]) => least > days);
	return next ? { days: next[0], points: next[1] } : null;
}

/** The streaks up to and including a date, as /api/reports/routine/today has them. */
export function streakOn(rows, date) {
	const day = dayOf(date), runs = runsTo(rows, day), last = runs.at(-1);
	const current = last && allPaused(rows.settings, last.last + 1, day - 1) ? last.days : 0;
	return {
		current, longest: Math.max(0, ...runs.map(({ days }) => days)), ...judge(rows, day),
		points: runs.reduce((sum, { days }) => sum + milestonePoints(days), 0), next: nextAfter(current),
		runs: runs.map(({ first, last: end, days }) => ({ first: dateOf(first), last: dateOf(end), days })),
	};
}

/** All points up to and including a date: {tasks, milestones, exercise, books, total, better}. */
export function pointsOn(rows, date, { points: milestones } = streakOn(rows, date)) {
	const day = dayOf(date), upTo = (days) => [...days].filter((one) => one <= day).length;
	const tasks = rows.days.filter((one) => one.day <= day).reduce((sum, { points }) => sum + points, 0);
	const exercise = EXERCISE_POINTS * upTo(rows.exercise), books = BOOK_POINTS * upTo(rows.books);
	const total = tasks + milestones + exercise + books;
	return { tasks, milestones, exercise, books, total, better: Math.floor(total / BETTER_POINTS) * 100 };
}

// --- weight ---

// The smoothed weight of each day from the first of the weights, the last of which is that of the last.
function smoothed(weights) {
	const trend = [weights[0].hundredths];
	for (let at = 1; at < weights.length; at++) {
		const from = weights[at - 1], to = weights[at], days = to.day - from.day;
		for (let day = 1; day <= days; day++) {
			const weight = from.hundredths + (to.hundredths - from.hundredths) * day / days;
			trend.push(trend.at(-1) + 0.1 * (weight - trend.at(-1)));
		}
	}
	return trend;
}

function goalDay(trend, lastDay, goal, day) {
	const days = Math.min(trend.length - 1, SLOPE_DAYS);
	if (goal === null || days < SLOPE_LEAST || lastDay < day - SLOPE_DAYS)
		return null;
	const now = trend.at(-1), slope = (now - trend.at(-1 - days)) / days, left = goal - now;
	if (slope === 0 || left / slope < 0 || left / slope > GOAL_DAYS)
		return null;
	return lastDay + Math.ceil(left / slope - 1e-6);
}

const POUND = 45_359_237, FOURTEEN = 14;

const roundHalfUp = (number, divisor) =>
	Math.sign(number) * Math.floor((2 * Math.abs(number) + divisor) / (2 * divisor));

/** A weight in a unit: kilograms as they are, pounds with one digit after the point, stones with two. */
export function weightIn(unit, kg) {
	const small = hundredths(kg);
	if (unit === "lb")
		return roundHalfUp(small * 10_000_000, POUND) / 10;
	if (unit === "st")
		return roundHalfUp(small * 100_000_000, POUND * FOURTEEN) / 100;
	return small / 100;
}

/**
 * The figures of the weight on a date: {date, kg, delta, deltaDays, trend, goalDate, bmi, unit, shown, shownDelta},
 * with null for what there is not; null where there is no weight.
 */
export function weightOn(rows, date) {
	const day = dayOf(date), { height, goalWeight, weightUnit: unit } = rows.settings;
	const known = rows.weights.filter((one) => one.day <= day), latest = known.at(-1);
	if (!latest)
		return null;
	const oldest = known.find((one) => one.day >= day - DELTA_DAYS);
	const delta = oldest && oldest !== latest ? (latest.hundredths - oldest.hundredths) / 100 : null;
	const trend = smoothed(known.filter((one) => one.day >= latest.day - TREND_DAYS));
	const goal = goalDay(trend, latest.day, goalWeight, day);
	return {
		id: latest.id, date: dateOf(latest.day), kg: latest.hundredths / 100, delta,
		deltaDays: delta === null ? null : latest.day - oldest.day,
		trend: Math.floor(trend.at(-1) + 0.5) / 100, goalDate: goal === null ? null : dateOf(goal),
		bmi: height ? roundHalfUp(100_000 * latest.hundredths, height * height) / 10 : null,
		unit, shown: weightIn(unit, latest.hundredths / 100),
		shownDelta: delta === null ? null : weightIn(unit, delta),
	};
}
