// The figures of a routine, reckoned the slow way from what schema/PROTOCOL.md says: each day by itself, from tasks
// whose states are told with the day from which they held.  It shares nothing with the server or the app.

const DAY = 86_400_000;
const WEEK = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const MILESTONES = {
	1: 5, 3: 15, 5: 25, 7: 50, 10: 75, 15: 100, 20: 150, 30: 250, 50: 400, 75: 600, 100: 1000, 150: 1500, 200: 2000,
	250: 2500, 300: 3000, 365: 5000,
};
const plus = (day, days) => new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);
const weekday = (day) => WEEK[new Date(day).getUTCDay()];
const isWeekend = (day) => ["sat", "sun"].includes(weekday(day));
const stateOn = ({ states }, day) => states.findLast(({ since }) => since === null || since <= day);
const isIn = (pauses, day) => pauses.some(({ first, last }) => day >= first && day <= last);
const times = (task, from, to) => [...task.logs].filter(([day, { status }]) =>
	day >= from && day <= to && status === "completed").length;

function runs({ pausedFrom, pausedUntil }, day) {
	return !(pausedFrom !== undefined && day >= pausedFrom && (pausedUntil === undefined || day <= pausedUntil));
}

function isTurn(task, day) {
	const state = stateOn(task, day), { recurrence = "daily" } = state;
	return {
		daily: () => true, weekdays: () => !isWeekend(day), weekends: () => isWeekend(day),
		custom: () => state.days.includes(weekday(day)),
		interval: () => (Date.parse(day) - Date.parse(state.from)) / DAY % state.everyDays === 0,
		times: () => times(task, plus(day, 1 - state.inDays), plus(day, -1)) < state.times,
	}[recurrence]();
}

function isUnderWay(task, day) {
	const state = stateOn(task, day);
	return (state.from === undefined || day >= state.from) && runs(state, day) && state.active !== false;
}

const isDue = (task, day) => isUnderWay(task, day) && isTurn(task, day);

/** A day: {due, completed, skipped, rate}. */
export function dueOn(tasks, day) {
	const due = tasks.filter((task) => isDue(task, day));
	const count = (status) => due.filter(({ logs }) => logs.get(day)?.status === status).length;
	const skipped = count("skipped"), completed = count("completed");
	const left = due.length - skipped;
	return { due: left, completed, skipped, rate: left === 0 ? 0 : Math.round(100 * completed / left) };
}

/** Whether a day counts: {valid, exercise, rest, paused}. */
export function validOn({ tasks, exercise, settings: { streakTasks, pauses } }, day) {
	const done = tasks.filter(({ logs }) => logs.get(day)?.status === "completed").length;
	const moved = exercise.has(day), rest = !moved && exercise.has(plus(day, -1)), paused = isIn(pauses, day);
	return { valid: !paused && done >= streakTasks && (moved || rest), exercise: moved, rest, paused };
}

/** The runs from one day to another: [{first, last, days}]. */
export function runsOf(person, from, to) {
	const found = [];
	let open = null;
	for (let day = from; day <= to; day = plus(day, 1)) {
		const { valid, paused } = validOn(person, day);
		if (valid && open)
			Object.assign(open, { last: day, days: open.days + 1 });
		else if (valid)
			found.push(open = { first: day, last: day, days: 1 });
		else if (!paused)
			open = null;
	}
	return found;
}

/** All points of these days. */
export function pointsOf(person, from, to) {
	const { tasks, exercise, books } = person, within = (day) => day >= from && day <= to;
	const of = tasks.flatMap(({ logs }) => [...logs])
		.filter(([day, { status }]) => within(day) && status === "completed")
		.reduce((sum, [, { points }]) => sum + points, 0);
	const milestones = runsOf(person, from, to).reduce((sum, { days }) => sum + Object.entries(MILESTONES)
		.reduce((points, [least, more]) => points + (days >= Number(least) ? more : 0), 0), 0);
	const moved = 25 * [...exercise].filter(within).length, read = 20 * books.filter(within).length;
	const total = of + milestones + moved + read;
	return { tasks: of, milestones, exercise: moved, books: read, total, better: Math.trunc(total / 150) * 100 };
}

const often = {
	daily: () => 1, weekdays: () => 5 / 7, weekends: () => 2 / 7, custom: ({ days }) => days.length / 7,
	interval: ({ everyDays }) => 1 / everyDays, times: (state) => state.times / state.inDays,
};

/** The strength of a task after a day, in per cent. */
export function strengthOn(task, { pauses }, to) {
	let score = 0;
	for (let day = [...task.logs.keys()].sort()[0]; day !== undefined && day <= to; day = plus(day, 1)) {
		const state = stateOn(task, day), log = task.logs.get(day), { recurrence = "daily" } = state;
		let v = log?.status === "completed" ? 1 : 0;
		if (!v && state.target !== undefined && log?.value !== undefined)
			v = Math.min(1, log.value / state.target);
		if (recurrence === "times")
			v = times(task, plus(day, 1 - state.inDays), day) >= state.times ? 1 : 0;
		const neither = v === 0 && !isTurn(task, day);
		if (log?.status === "skipped" || isIn(pauses, day) || !isUnderWay(task, day) ||
			recurrence !== "times" && neither)
			continue;
		const m = 0.5 ** (Math.sqrt(often[recurrence](state)) / 13);
		score = score * m + v * (1 - m);
	}
	return score * 100;
}
