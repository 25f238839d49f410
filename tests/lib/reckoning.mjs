// Hours and pay, reckoned minute by minute: the slowest way there is, and another one than the server's and the app's.
// It takes sessions whose times are whole minutes, and rules that are whole minutes.  Amounts are exact fractions until
// they are rounded.

const MINUTE = 60_000, DAY = 86_400_000;

const dayAfter = (day, days) => new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);

function grouped(list, by) {
	const groups = new Map();
	for (const item of list)
		groups.set(by(item), [...(groups.get(by(item)) ?? []), item]);
	return [...groups].sort(([left], [right]) => (left < right ? -1 : 1));
}

/** What holds for somebody on a day: the latest rules, and over them the latest terms, where these say something. */
export function holding(rules, terms, day) {
	const latest = (list) => list.filter(({ from }) => from <= day)
		.reduce((last, one) => (last === null || one.from > last.from ? one : last), null) ?? {};
	const own = Object.fromEntries(Object.entries(latest(terms)).filter(([, value]) => value !== null));
	const held = { ...latest(rules), ...own };
	return held.status === "left" ? { ...held, hourlyRate: null } : held;
}

function rounded(minutes, { rounding = "none", roundingMinutes: step }) {
	let after = minutes;
	while (rounding !== "none" && step > 0 && after % step !== 0)
		after += rounding === "down" || rounding === "nearest" && minutes % step < step / 2 ? -1 : 1;
	return after;
}

function lunchOf(minutes, held) {
	const over = (hours) => hours !== undefined && minutes > hours * 60;
	return Math.max(over(held.lunchAfterHours) ? held.lunchMinutes ?? 0 : 0,
		over(held.longLunchAfterHours) ? held.longLunchMinutes ?? 0 : 0);
}

// How many sessions cover each minute of them: minute → count.
function covered(sessions) {
	const minutes = new Map();
	for (const { start, end } of sessions)
		for (let at = start; at < end; at += MINUTE)
			minutes.set(at, (minutes.get(at) ?? 0) + 1);
	return minutes;
}

// The figures of one day, in minutes.
function figuresOf(sessions, held) {
	const work = sessions.filter(({ kind }) => kind === "work"),
		lunch = sessions.filter(({ kind }) => kind === "lunch");
	const worked = covered(work), eaten = covered(lunch);
	const lengths = work.map(({ start, end }) => rounded((end - start) / MINUTE, held));
	const raw = lengths.reduce((sum, one) => sum + one, 0);
	const lunches = (held.lunchRule === "day" ? [raw] : lengths).map((minutes) => lunchOf(minutes, held));
	let deductions = lunches.reduce((sum, one) => sum + one, 0);
	if (held.recordedLunchCounts)
		deductions = [...eaten.keys()].filter((at) => worked.has(at)).length + Math.max(0,
			deductions - eaten.size);
	const paid = Math.max(0, raw - deductions);
	return {
		raw, deductions, paid,
		total: raw + lunch.reduce((sum, { start, end }) => sum + (end - start) / MINUTE, 0),
		overlap: [...worked.values()].reduce((sum, count) => sum + count - 1, 0),
		over: held.maxHours === undefined ? 0 : Math.max(0, paid - held.maxHours * 60),
		sessions: work.length,
		breaks: lunch.length + lunches.filter((minutes) => minutes > 0).length,
	};
}

const weekOf = (day) => dayAfter(day, -((new Date(day).getUTCDay() + 6) % 7)); // from Monday
const halfUp = (n, by) => Number((2n * n + by) / (2n * by));

/**
 * The days of one person: [{day, week, held, …figures}] in seconds, each with its time divided minute by minute into
 * regular, overtime of the day and overtime of the week.
 */
export function daysOf(sessions, rules, terms) {
	let week = "", regular = 0;
	return grouped(sessions, ({ day }) => day).map(([day, list]) => {
		const held = holding(rules, terms, day), figures = figuresOf(list, held);
		const share = { regular: 0, ofDay: 0, ofWeek: 0 };
		if (weekOf(day) !== week)
			[week, regular] = [weekOf(day), 0];
		for (let minute = 1; minute <= figures.paid; minute++) {
			if (held.dailyOvertimeAfterHours !== undefined && minute > held.dailyOvertimeAfterHours * 60)
				share.ofDay++;
			else if (++regular > (held.overtimeAfterHours ?? Infinity) * 60)
				share.ofWeek++;
			else
				share.regular++;
		}
		const seconds = (of) => Object.fromEntries(Object.entries(of).map(([name, minutes]) =>
			[name, name === "sessions" || name === "breaks" ? minutes : minutes * 60]));
		return { day, week, held, ...seconds(figures), ...seconds(share) };
	});
}

/** The pay of one person from a day to a day: {weeks, sum}, a line for each week and rate. */
export function payOf(days, from, to) {
	const within = days.filter(({ day }) => day >= from && day <= to);
	const weeks = grouped(within, ({ week }) => week).flatMap(([week, list]) => {
		const rates = [...new Set(list.map(({ held }) => held.hourlyRate ?? null))];
		return rates.map((rate) => lineOf(week, rate,
			list.filter(({ held }) => (held.hourlyRate ?? null) === rate)));
	});
	const total = (name) => weeks.reduce((sum, line) => sum + line[name], 0);
	const names = ["regular", "overtime", "unpaid", "overlap", "regularPay", "overtimePay", "gross"];
	return { weeks, sum: Object.fromEntries(names.map((name) => [name, total(name)])) };
}

function lineOf(week, rate, days) {
	const total = (of) => days.reduce((sum, day) => sum + of(day), 0);
	const hundredths = (times) => BigInt(Math.round((times ?? 1) * 100));
	const regular = total((day) => day.regular), overtime = total((day) => day.ofDay + day.ofWeek);
	const weight = days.reduce((sum, { ofDay, ofWeek, held }) => sum +
		BigInt(ofDay) * hundredths(held.dailyOvertimeMultiplier) +
		BigInt(ofWeek) * hundredths(held.overtimeMultiplier), 0n);
	const regularPay = rate === null ? 0 : halfUp(BigInt(regular) * BigInt(rate), 3600n);
	const overtimePay = rate === null ? 0 : halfUp(weight * BigInt(rate), 360000n);
	return {
		week, rate, regular, overtime, unpaid: rate === null ? regular + overtime : 0,
		overlap: total((day) => day.overlap), regularPay, overtimePay, gross: regularPay + overtimePay,
	};
}
