// Random sessions, computed a second time here and compared with the reports.  People in zones that change their clocks
// by an hour, by half an hour and never write sessions of every kind: over midnight, in nights that are shorter or
// longer, at the same time, with lunches, edited, moved to another zone, deleted, still running.  The computation here
// follows the text of hours.h, with Intl for the zones.  DAYBOOK_SEED=n plays a run again;
// DAYBOOK_HOURS_ROUNDS=n makes it longer.
import { test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { Chance } from "../lib/chance.mjs";
import { answered } from "../lib/expect.mjs";
import { key } from "../lib/sql.mjs";

const seed = Number(process.env.DAYBOOK_SEED ?? Math.floor(Math.random() * 1e9));
const rounds = Number(process.env.DAYBOOK_HOURS_ROUNDS ?? 3);
const { as, team, sql } = await start();

const zones = [
	"UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "America/Santiago", "Australia/Lord_Howe",
	"Australia/Adelaide", "Pacific/Chatham", "Pacific/Kiritimati", "Asia/Kolkata", "Asia/Kathmandu", "Etc/GMT+12",
];
const HOUR = 3600, DAY = 86400;
const chance = new Chance(seed);
const maybe = (name, value) => (chance.of(0.5) ? { [name]: value } : {});

// ---- lives ----

// Around the nights in which the clocks of these zones change, and around now.
const nights = [
	"2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-04-05", "2026-10-04", "2026-09-27", "2026-09-06",
];

function startsAround(day) {
	return Date.parse(`${day}T00:00:00Z`) + (chance.below(12 * 24 * 4) - 6 * 24 * 4) * 900_000 +
		(chance.of(0.3) ? chance.below(900_000) : 0);
}

function lasts() {
	if (chance.of(0.3))
		return chance.pick([5 * HOUR, 5 * HOUR + 1, 1, 40 * 60, 6 * HOUR, DAY, 4 * HOUR]) * 1000 +
			chance.pick([0, 0, 999]) * (chance.of(0.5) ? 1 : 0);
	return 1 + chance.below((chance.of(0.1) ? 24 : 9) * HOUR * 1000 - 1);
}

function life(day, now) {
	const sessions = [];
	const home = chance.pick(zones);
	for (let i = 0; i < 60; i++) {
		const session = {
			start: startsAround(day), zone: chance.of(0.8) ? home : chance.pick(zones),
			kind: chance.of(0.25) ? "lunch" : "work",
		};
		session.end = session.start + Math.min(lasts(), DAY * 1000 + 999);
		sessions.push(session);
		// Lunch within, at the edge of, or over the end of this work.
		if (session.kind === "work" && chance.of(0.2)) {
			const from = session.start + chance.below(session.end - session.start);
			sessions.push({
				start: from, end: from + 1 + chance.below(3 * HOUR * 1000),
				zone: session.zone, kind: "lunch",
			});
		}
	}
	for (let i = 0; i < 3; i++)
		sessions.push({
			start: now - chance.below(40 * HOUR * 1000), zone: home,
			kind: chance.of(0.8) ? "work" : "lunch",
		});
	if (chance.of(0.5)) // its end was typed before it came, which was possible once
		sessions.push({
			start: now - chance.below(10 * HOUR * 1000),
			end: now + 2 * HOUR * 1000 + chance.below(10 * HOUR * 1000),
			zone: home, kind: "work",
		});
	return sessions;
}

const both = (names, ...values) =>
	(chance.of(0.5) ? Object.fromEntries(names.map((name, i) => [name, chance.pick(values[i])])) : {});

function someRules() {
	return {
		...maybe("lunchRule", chance.pick(["session", "day"])),
		...both(["lunchAfterHours", "lunchMinutes"], [0, 4.75, 5, 6], [0, 15, 30, 60]),
		...both(["longLunchAfterHours", "longLunchMinutes"], [7, 9], [20, 45, 75]),
		...maybe("recordedLunchCounts", chance.of(0.7)),
		...maybe("maxHours", chance.pick([8, 10, 24])),
		...both(["dailyOvertimeAfterHours", "dailyOvertimeMultiplier"], [0, 7.25, 8], [1, 1.25]),
		...both(["overtimeAfterHours", "overtimeMultiplier"], [0, 8, 37.25, 40], [1, 1.5, 2]),
		...both(["rounding", "roundingMinutes"], ["none", "up", "down", "nearest"], [1, 7, 15, 60]),
	};
}

// Up to four sets, from different days on: long before, or in the weeks around the day.
function datedRules(day, more) {
	const days = new Set([plus(day, -400), ...Array.from({ length: 3 }, () => plus(day, chance.below(24) - 12))]);
	return [...days].filter(() => chance.of(0.7)).sort().map((from) => ({ from, ...someRules(), ...more() }));
}

const ofSpace = () => ({
	...maybe("weekStart", chance.pick(["monday", "sunday"])),
	...maybe("hourlyRate", chance.pick([0, 1, 1999, 3333])),
});
const ofPerson = () => ({
	...maybe("hourlyRate", chance.pick([1, 1234, 2500, 99_999])),
	...maybe("status", chance.pick(["employed", "left"])),
});

// ---- the second reckoning ----

const formats = new Map();

function dayOf(instant, zone) {
	if (!formats.has(zone))
		formats.set(zone, new Intl.DateTimeFormat("en-US", {
			timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit",
		}));
	// By parts: how a locale puts them together differs from one edition of its data to the next.
	const part = Object.fromEntries(formats.get(zone).formatToParts(new Date(instant))
		.map(({ type, value }) => [type, value]));
	return `${part.year.padStart(4, "0")}-${part.month}-${part.day}`;
}

const plus = (day, days) => new Date(Date.parse(day) + days * DAY * 1000).toISOString().slice(0, 10);

// What holds on a day: the latest rules of the space, and over them the latest terms, field by field.
function holding({ rules, terms, target }, day) {
	const last = (list) => list.filter(({ from }) => from <= day).at(-1) ?? {};
	const over = Object.entries(last(terms)).filter(([, value]) => value !== null && value !== undefined);
	const all = { ...last(rules), ...Object.fromEntries(over) };
	const rate = last(terms).status === "left" ? null : all.hourlyRate ?? null;
	return { ...all, rate, target };
}

// Weeks begin where the rules of a day say that it is their first.
function weekOf(day, plan) {
	const begins = (one) => new Date(one).getUTCDay() === (holding(plan, one).weekStart === "sunday" ? 0 : 1);
	return [...Array(14).keys()].map((back) => plus(day, -back)).find(begins);
}
const sumOf = (list, of) => list.reduce((sum, item) => sum + of(item), 0);
const halfUp = (n, by) => Number((2n * BigInt(n) + BigInt(by)) / (2n * BigInt(by)));
const isForgotten = ({ start, end }, at) => end === undefined && at > start + DAY * 1000;
const endOf = (session, at) => session.end ?? (isForgotten(session, at) ? session.start : at);
const secondsOf = (session, at) => Math.max(0, Math.floor((endOf(session, at) - session.start) / 1000));

// The milliseconds that lie in any of these spans, as spans that do not touch.
function union(spans) {
	const merged = [];
	for (const [from, to] of spans.filter(([from, to]) => to > from).sort((x, y) => x[0] - y[0]))
		if (merged.length > 0 && from <= merged.at(-1)[1])
			merged.at(-1)[1] = Math.max(merged.at(-1)[1], to);
		else
			merged.push([from, to]);
	return merged;
}

const lengthOf = (spans) => sumOf(spans, ([from, to]) => to - from);

const hoursOf = (value) => (value === undefined ? Infinity : Math.round(value * HOUR));

function lunchOf(rules, seconds) {
	const short = seconds > hoursOf(rules.lunchAfterHours) ? rules.lunchMinutes ?? 0 : 0;
	const long = seconds > hoursOf(rules.longLunchAfterHours) ? rules.longLunchMinutes ?? 0 : 0;
	return Math.max(short, long) * 60;
}

function lengthInReports(session, rules, at) {
	const seconds = secondsOf(session, at), step = (rules.roundingMinutes ?? 0) * 60;
	if (session.end === undefined || session.kind !== "work" || step === 0)
		return seconds;
	const whole = { up: Math.ceil, down: Math.floor, nearest: Math.round }[rules.rounding];
	return whole === undefined ? seconds : whole(seconds / step) * step;
}

// Milliseconds of work that the sessions before it have too, of those that begin earlier, or at once on an earlier day.
function overlapOf(session, all, at) {
	if (session.kind !== "work")
		return 0;
	const order = (one) => `${one.day} ${String(all.indexOf(one)).padStart(9, "0")}`;
	const before = all.filter((one) => one !== session && one.kind === "work" && (one.start < session.start ||
		(one.start === session.start && order(one) < order(session))));
	const within = ([from, to]) => [Math.max(from, session.start), Math.min(to, endOf(session, at))];
	const shared = union(before.map((one) => within([one.start, endOf(one, at)])));
	return Math.floor(lengthOf(shared) / 1000);
}

function deductionsOf(work, lunch, rules, at, byRule) {
	if (!rules.recordedLunchCounts)
		return byRule;
	const spans = (list) => union(list.map((session) => [session.start, endOf(session, at)]));
	const [worked, eaten] = [spans(work), spans(lunch)];
	const both = lengthOf(worked) + lengthOf(eaten) - lengthOf(union([...worked, ...eaten]));
	return Math.floor(both / 1000) + Math.max(0, byRule - Math.floor(lengthOf(eaten) / 1000));
}

function figures(sessions, rules, at, all) {
	const work = sessions.filter(({ kind }) => kind === "work");
	const lunch = sessions.filter(({ kind }) => kind === "lunch");
	const lengths = work.map((s) => lengthInReports(s, rules, at));
	const raw = sumOf(lengths, (seconds) => seconds), total = raw + sumOf(lunch, (s) => secondsOf(s, at));
	const lunches = (rules.lunchRule === "day" ? [raw] : lengths).map((seconds) => lunchOf(rules, seconds));
	const byRule = sumOf(lunches, (seconds) => seconds);
	const deductions = deductionsOf(work, lunch, rules, at, byRule);
	const running = sessions.filter(({ end }) => end === undefined), paid = Math.max(0, raw - deductions);
	return {
		raw, total, deductions, paid, overlap: sumOf(sessions, (s) => overlapOf(s, all, at)),
		over: Math.max(0, paid - hoursOf(rules.maxHours)), sessions: work.length,
		breaks: lunch.length + lunches.filter((seconds) => seconds > 0).length,
		running: running.length, forgotten: running.filter((s) => isForgotten(s, at)).length,
		current: sumOf(running, (s) => secondsOf(s, at)),
	};
}

// When a person who goes on working will have had the most hours of a day: the first second that is enough.
function untilMost(list, rules, at, f) {
	const most = hoursOf(rules.maxHours), work = list.filter(({ kind }) => kind === "work");
	const lunch = list.filter(({ kind }) => kind === "lunch");
	const basis = rules.lunchRule === "day" ? f.raw
		: Math.max(0, ...work.filter(({ end }) => end === undefined).map((s) => secondsOf(s, at)));
	const byRule = sumOf((rules.lunchRule === "day" ? [f.raw] : work.map((s) => lengthInReports(s, rules, at))),
		(seconds) => lunchOf(rules, seconds));
	const paidAfter = (seconds) => f.raw + seconds - deductionsOf(work, lunch, rules, at,
		byRule + lunchOf(rules, basis + seconds) - lunchOf(rules, basis));
	if (f.paid >= most)
		return 0;
	let least = most - f.paid;
	while (paidAfter(least) < most)
		least += 60;
	return least;
}

const add = (list) => Object.fromEntries([
	"raw", "total", "deductions", "paid", "overlap", "over", "sessions", "breaks", "running", "forgotten",
	"current",
].map((name) => [name, sumOf(list, (f) => f[name])]));

function grouped(list, by) {
	const groups = new Map();
	for (const item of list)
		groups.set(by(item), [...(groups.get(by(item)) ?? []), item]);
	return [...groups].sort(([x], [y]) => (x < y ? -1 : 1));
}

function reckonWork(sessions, plan, from, to, at) {
	const within = sessions.filter(({ day }) => day >= from && day <= to);
	const days = grouped(within, ({ day }) => day).map(([day, list]) => {
		const rules = holding(plan, day), f = figures(list, rules, at, sessions);
		const target = rules.target * HOUR;
		const shown = { day, ...f };
		if (target > 0)
			Object.assign(shown, {
				target, progress: Math.min(1000, halfUp(f.paid * 1000, target)) / 10,
				remaining: Math.max(0, target - f.paid), reached: f.paid >= target,
			});
		if (f.running > f.forgotten && rules.maxHours !== undefined) {
			shown.untilMost = untilMost(list, rules, at, f);
			shown.latestEnd = new Date(at + shown.untilMost * 1000).toISOString();
		}
		return shown;
	});
	return {
		days,
		weeks: grouped(days, ({ day }) => weekOf(day, plan)).map(([week, list]) => ({ week, ...add(list) })),
		sum: add(days),
	};
}

const payOf = (weeks) => Object.fromEntries([
	"regular", "overtime", "dailyOvertime", "unpaid", "overlap", "regularPay", "overtimePay", "gross",
].map((name) => [name, sumOf(weeks, (week) => week[name])]));

// The days of a line: what is regular, what is overtime, and by what it counts.
function lineOf(week, rate, days, running) {
	const regular = sumOf(days, (one) => one.regular);
	const overtime = sumOf(days, (one) => one.ofDay + one.ofWeek);
	const weight = days.reduce((sum, { ofDay, ofWeek, rules }) => sum +
		BigInt(ofDay) * BigInt(Math.round((rules.dailyOvertimeMultiplier ?? 1) * 100)) +
		BigInt(ofWeek) * BigInt(Math.round((rules.overtimeMultiplier ?? 1) * 100)), 0n);
	const regularPay = rate === null ? 0 : halfUp(BigInt(regular) * BigInt(rate), 3600);
	const overtimePay = rate === null ? 0 : halfUp(weight * BigInt(rate), 360000);
	return {
		week, rate, regular, overtime, dailyOvertime: sumOf(days, (one) => one.ofDay),
		unpaid: rate === null ? regular + overtime : 0, overlap: sumOf(days, (one) => one.overlap),
		regularPay, overtimePay, gross: regularPay + overtimePay, running: running.length,
	};
}

function reckonPay(sessions, plan, from, to, at) {
	const hasEnded = ({ end }) => end !== undefined && end <= at;
	const done = sessions.filter(hasEnded), isShown = ({ day }) => day >= from && day <= to;
	const running = sessions.filter((session) => !hasEnded(session) && isShown(session));
	const shares = grouped(done, ({ day }) => weekOf(day, plan)).flatMap(([week, ofWeek]) => {
		let before = 0;
		return grouped(ofWeek, ({ day }) => day).map(([day, list]) => {
			const rules = holding(plan, day), { paid, overlap } = figures(list, rules, 0, done);
			const ofDay = Math.max(0, paid - hoursOf(rules.dailyOvertimeAfterHours)), rest = paid - ofDay;
			const regular = Math.max(0, Math.min(rest, hoursOf(rules.overtimeAfterHours) - before));
			before += rest;
			return { week, day, rules, overlap, regular, ofDay, ofWeek: rest - regular };
		});
	}).filter(isShown);
	const lines = new Map();
	for (const share of shares) {
		const name = `${share.week} ${share.rules.rate}`;
		lines.set(name, [...(lines.get(name) ?? []), share]);
	}
	const isOf = (week, rate) => ({ day }) => weekOf(day, plan) === week && holding(plan, day).rate === rate;
	const weeks = [...lines.values()].map((days) => {
		const { week, rules: { rate } } = days[0];
		return lineOf(week, rate, days, running.filter(isOf(week, rate)));
	});
	return { weeks, sum: { ...payOf(weeks), running: running.length } };
}

// The weeks of the payroll CSV: also those without pay in which a timer is still running.
function linesOfPay({ weeks }, sessions, plan, from, to, at) {
	const running = sessions.filter(({ end, day }) => !(end !== undefined && end <= at) &&
		day >= from && day <= to);
	const keyOf = ({ day }) => `${weekOf(day, plan)} ${holding(plan, day).rate}`;
	const waiting = grouped(running, keyOf)
		.filter(([name]) => !weeks.some(({ week, rate }) => `${week} ${rate}` === name))
		.map(([, list]) => lineOf(weekOf(list[0].day, plan), holding(plan, list[0].day).rate, [], list));
	return [...weeks, ...waiting].map((week) => [
		week.week, hours(week.regular), hours(week.overtime), week.rate === null ? "" : money(week.rate),
		money(week.gross), String(week.running), hours(week.dailyOvertime), hours(week.unpaid),
		hours(week.overlap),
	]);
}

// The records of a list that hold on a day of the report before today, on which they were written.
function corrected(list, from, to, today) {
	return list.filter((one, i) => {
		const first = one.from > from ? one.from : from, next = list[i + 1]?.from ?? "9999-12-31";
		return first <= to && first < next && first < today;
	}).map((one) => one.from);
}

// ---- writing them ----

const text = (instant) => (instant === undefined ? null : new Date(instant).toISOString());
let serial = 0;

async function live(person, sessions) {
	for (let i = 0; i < sessions.length; i += 200) {
		const batch = sessions.slice(i, i + 200);
		for (const session of batch)
			session.id = `s${++serial}`;
		const now = Date.now(), ended = (end) => (end === undefined ? {} : { end: text(Math.min(end, now)) });
		const { results } = answered(await person.push(batch.map(({ id, start, end, zone, kind }) => ({
			op: id, collection: "workSessions", id, base: 0,
			set: { start: text(start), zone, kind, ...ended(end) },
		}))));
		assert.deepEqual(results.filter(({ status }) => status !== "applied"), []);
		for (const { id, end } of batch.filter((session) => session.end > now))
			await sql(`UPDATE record SET doc = REPLACE(doc, '${text(now)}', '${text(end)}')
				WHERE id = ${key(id)}`);
	}
	const kept = [];
	for (const session of sessions) {
		const path = `/api/workSessions/${session.id}`, fate = chance.number();
		if (fate < 0.05) {
			answered(await person.delete(path));
			continue;
		}
		if (fate < 0.1) {
			const { workSession } = answered(await person.patch(path, { zone: chance.pick(zones) }));
			session.zone = workSession.zone;
		} else if (fate < 0.15 && session.end !== undefined)
			answered(await person.patch(path, {
				end: text(session.end = Math.min(session.start + 1000 + chance.below(20 * HOUR * 1000),
					Math.max(session.start + 1000, Date.now()))),
			}));
		kept.push(session);
	}
	return kept;
}

function fromCsv(answer) {
	const lines = answer.text.replace(/^\uFEFF/, "").split("\r\n").filter((line) => line !== "");
	const [names, ...rows] = lines.map((line) => line.split(","));
	return rows.map((row) => Object.fromEntries(row.map((cell, i) => [names[i], cell])));
}

const hours = (seconds) => (halfUp(seconds * 100, 3600) / 100).toFixed(2);
const money = (cents) => (cents / 100).toFixed(2);

test(`the reports agree with the second computation (DAYBOOK_SEED=${seed})`, async () => {
	for (let round = 0; round < rounds; round++) {
		const space = await team({ olga: "owner", ben: "member", mo: "member" });
		const [olga, ben, mo] = ["olga", "ben", "mo"].map((name) => as(name).in(space));
		const night = chance.pick(nights), rules = datedRules(night, ofSpace), reason = "Of old";
		for (const row of rules)
			answered(await olga.post("/api/workRules", { reason, ...row }), 201);
		for (const person of [ben, mo]) {
			const day = chance.of(0.8) ? night : chance.pick(nights);
			const target = chance.pick([0, 7.5, 8, 0.01]);
			const terms = datedRules(day, ofPerson), plan = { rules, terms, target };
			for (const row of terms)
				answered(await olga.post("/api/workTerms", { owner: person.id, reason, ...row }), 201);
			answered(await olga.post("/api/workSettings", { owner: person.id, targetHours: target }), 201);
			const sessions = (await live(person, life(day, Date.now()))).map((session) => ({
				...session, day: dayOf(session.start, session.zone),
			}));
			for (const { id, day: expected } of answered(
				await person.get("/api/workSessions?limit=1000")).workSessions.map(({ id, day }) => ({
					id, day: [day, sessions.find((s) => s.id === id).day],
				})))
				assert.equal(expected[0], expected[1], `the day of ${id}`);
			const today = new Date().toISOString().slice(0, 10);
			const windows = [
				[plus(day, -10), plus(day, 10)],
				[plus(day, chance.below(8) - 6), plus(day, 3 + chance.below(5))],
				[plus(today, -2), plus(today, 1)],
			];
			for (const [from, to] of windows) {
				const query = `from=${from}&to=${to}&person=${person.id}`;
				const where = `${JSON.stringify(plan)} ${query}`;
				const work = answered(await olga.get(`/api/reports/work?${query}`));
				const pay = answered(await olga.get(`/api/reports/payroll?${query}`));
				const expected = reckonWork(sessions, plan, from, to, Date.parse(work.at));
				const paid = reckonPay(sessions, plan, from, to, Date.parse(pay.at));
				const late = (list) => corrected(list, from, to, today);
				const written = (list) => list.map((one) => one.from);
				for (const report of [work, pay]) {
					assert.deepEqual(written(report.corrections), late(rules), where);
					const [{ corrections, ...figured }] = report.people;
					assert.deepEqual(written(corrections), late(terms), where);
					assert.deepEqual(figured, {
						person: person.id, name: person.name,
						...(report === work ? expected : paid),
					}, where);
				}
				if (!expected.days.some(({ running }) => running > 0))
					assert.deepEqual(fromCsv(
						await olga.get(`/api/reports/work?${query}&format=csv`)).map((row) => [
							row.day, row.raw, row.paid, row.deductions, row.progress,
							row.overlap, row.over,
						]), expected.days.map((d) => [
							d.day, hours(d.raw), hours(d.paid), hours(d.deductions),
							d.progress === undefined ? "" : String(d.progress),
							hours(d.overlap), hours(d.over),
						]));
				assert.deepEqual(fromCsv(await person.get(`/api/reports/payroll?${query}&format=csv`))
					.map((row) => [
						row.week, row.regularHours, row.overtimeHours, row.rate,
						row.gross, row.running, row.dailyOvertimeHours, row.unpaidHours,
						row.overlapHours,
					].join()).sort(), linesOfPay(paid, sessions, plan, from, to, Date.parse(pay.at))
						.map((line) => line.join()).sort(), where);
			}
		}
	}
});
