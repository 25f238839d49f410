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

function rulesOf(kind) {
	return {
		...maybe("lunchRule", chance.pick(["session", "day"])),
		...maybe("lunchAfterHours", chance.pick([0, 4.75, 5, 6])),
		...maybe("lunchMinutes", chance.pick([0, 15, 30, 60])),
		...maybe("recordedLunchCounts", chance.of(0.7)),
		...maybe("weekStart", chance.pick(["monday", "sunday"])),
		...maybe("overtimeAfterHours", chance.pick([0, 8, 37.25, 40])),
		...maybe("overtimeMultiplier", chance.pick([1, 1.25, 1.5, 2])),
		...(kind === "person" ? {
			...maybe("targetHours", chance.pick([0, 7.5, 8, 0.01])),
			...maybe("maxHours", chance.pick([8, 10, 24])),
		} : maybe("hourlyRate", chance.pick([0, 1, 1999, 3333]))),
	};
}

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
const weekOf = (day, first) => plus(day, -((new Date(day).getUTCDay() - (first === "sunday" ? 0 : 1) + 7) % 7));
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

function figures(sessions, rules, at) {
	const work = sessions.filter(({ kind }) => kind === "work");
	const lunch = sessions.filter(({ kind }) => kind === "lunch");
	const raw = sumOf(work, (s) => secondsOf(s, at)), total = raw + sumOf(lunch, (s) => secondsOf(s, at));
	const after = rules.lunchAfterHours * HOUR, minutes = rules.lunchMinutes * 60;
	const taken = minutes === 0 ? 0 : rules.lunchRule === "day" ? Number(raw > after)
		: work.filter((s) => secondsOf(s, at) > after).length;
	let deductions = taken * minutes;
	if (rules.recordedLunchCounts) {
		const spans = (list) => union(list.map((session) => [session.start, endOf(session, at)]));
		const [worked, eaten] = [spans(work), spans(lunch)];
		const both = lengthOf(worked) + lengthOf(eaten) - lengthOf(union([...worked, ...eaten]));
		deductions = Math.floor(both / 1000) + Math.max(0, deductions - Math.floor(lengthOf(eaten) / 1000));
	}
	const running = sessions.filter(({ end }) => end === undefined);
	return {
		raw, total, deductions, billable: Math.max(0, raw - deductions), sessions: work.length,
		breaks: lunch.length + taken,
		running: running.length, forgotten: running.filter((s) => isForgotten(s, at)).length,
		current: sumOf(running, (s) => secondsOf(s, at)),
	};
}

const withEfficiency = (f) => ({
	...f,
	efficiency: f.total === 0 ? 100 : Math.min(Number.MAX_SAFE_INTEGER, halfUp(f.billable * 100, f.total)),
});
const add = (list) => withEfficiency(Object.fromEntries([
	"raw", "total", "deductions", "billable", "sessions", "breaks", "running", "forgotten", "current",
].map((name) => [name, sumOf(list, (f) => f[name])])));

function grouped(list, by) {
	const groups = new Map();
	for (const item of list)
		groups.set(by(item), [...(groups.get(by(item)) ?? []), item]);
	return [...groups].sort(([x], [y]) => (x < y ? -1 : 1));
}

function reckonWork(sessions, rules, from, to, at) {
	const within = sessions.filter(({ day }) => day >= from && day <= to);
	const days = grouped(within, ({ day }) => day).map(([day, list]) => {
		const f = withEfficiency(figures(list, rules, at));
		const target = rules.targetHours * HOUR;
		const shown = { day, ...f };
		if (target > 0)
			Object.assign(shown, {
				target, progress: Math.min(1000, halfUp(f.billable * 1000, target)) / 10,
				remaining: Math.max(0, target - f.billable), reached: f.billable >= target,
			});
		if (f.running > f.forgotten) {
			const left = Math.max(0, rules.maxHours * HOUR - f.billable);
			shown.untilMost = left +
				(left > 0 && f.raw < rules.lunchAfterHours * HOUR ? rules.lunchMinutes * 60 : 0);
			shown.latestEnd = new Date(at + shown.untilMost * 1000).toISOString();
		}
		return shown;
	});
	return {
		days, weeks: grouped(days, ({ day }) => weekOf(day, rules.weekStart))
			.map(([week, list]) => ({ week, ...add(list) })), sum: add(days),
	};
}

function reckonPay(sessions, rules, from, to, at) {
	const hasEnded = ({ end }) => end !== undefined && end <= at;
	const ended = grouped(sessions.filter(hasEnded), ({ day }) => day)
		.map(([day, list]) => ({ day, billable: figures(list, rules, 0).billable }));
	const after = Math.round(rules.overtimeAfterHours * HOUR), times = Math.round(rules.overtimeMultiplier * 100);
	const running = sessions.filter((session) => !hasEnded(session) && session.day >= from && session.day <= to);
	const weeks = [];
	for (const [week, days] of grouped(ended, ({ day }) => weekOf(day, rules.weekStart))) {
		let before = 0, regular = 0, overtime = 0;
		for (const { day, billable } of days) {
			const usual = Math.max(0, Math.min(billable, after - before));
			before += billable;
			if (day >= from && day <= to) {
				regular += usual;
				overtime += billable - usual;
			}
		}
		if (!days.some(({ day }) => day >= from && day <= to))
			continue;
		const regularPay = halfUp(BigInt(regular) * BigInt(rules.rate), 3600);
		const overtimePay = halfUp(BigInt(overtime) * BigInt(rules.rate) * BigInt(times), 360000);
		weeks.push({
			week,
			regular,
			overtime,
			regularPay,
			overtimePay,
			gross: regularPay + overtimePay,
			running: running.filter(({ day }) => weekOf(day, rules.weekStart) === week).length,
		});
	}
	const sum = Object.fromEntries(["regular", "overtime", "regularPay", "overtimePay", "gross"].map((name) => [
		name, sumOf(weeks, (week) => week[name]),
	]));
	return { rate: rules.rate, weeks, sum: { ...sum, running: running.length } };
}

// The weeks of the payroll CSV: also those without pay in which a timer is still running.
function linesOfPay({ weeks, rate }, sessions, rules, from, to, at) {
	const running = sessions.filter(({ end, day }) => !(end !== undefined && end <= at) &&
		day >= from && day <= to);
	const waiting = grouped(running, ({ day }) => weekOf(day, rules.weekStart))
		.filter(([week]) => !weeks.some((one) => one.week === week))
		.map(([week, list]) => ({ week, regular: 0, overtime: 0, gross: 0, running: list.length }));
	return [...weeks, ...waiting].sort((a, b) => (a.week < b.week ? -1 : 1))
		.map((week) => [
			week.week, hours(week.regular), hours(week.overtime), money(rate), money(week.gross),
			String(week.running),
		]);
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
	const [names, ...rows] = answer.text.split("\r\n").filter((line) => line !== "").map((line) => line.split(","));
	return rows.map((row) => Object.fromEntries(row.map((cell, i) => [names[i], cell])));
}

const hours = (seconds) => (halfUp(seconds * 100, 3600) / 100).toFixed(2);
const money = (cents) => (cents / 100).toFixed(2);

test(`the reports agree with the second computation (DAYBOOK_SEED=${seed})`, async () => {
	for (let round = 0; round < rounds; round++) {
		const space = await team({ olga: "owner", ben: "member", mo: "member" });
		const [olga, ben, mo] = ["olga", "ben", "mo"].map((name) => as(name).in(space));
		const ofSpace = rulesOf("space"), rates = { ben: chance.pick([1, 1234, 2500, 99_999]) };
		answered(await olga.post("/api/spaceSettings", ofSpace), 201);
		answered(await olga.post("/api/employees", {
			firstName: "B", lastName: "B", user: ben.id, hourlyRate: rates.ben,
		}), 201);
		for (const person of [ben, mo]) {
			const own = rulesOf("person"), day = chance.pick(nights);
			answered(await olga.post("/api/workSettings", { owner: person.id, ...own }), 201);
			const rules = {
				lunchRule: "session", lunchAfterHours: 5, lunchMinutes: 30, recordedLunchCounts: false,
				weekStart: "monday", overtimeAfterHours: 40, overtimeMultiplier: 1.5, targetHours: 0,
				maxHours: 10, hourlyRate: 2500, ...ofSpace, ...own,
			};
			rules.rate = rates[person.name] ?? rules.hourlyRate;
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
				const where = `${JSON.stringify(rules)} ${query}`;
				const work = answered(await olga.get(`/api/reports/work?${query}`));
				const pay = answered(await olga.get(`/api/reports/payroll?${query}`));
				const expected = reckonWork(sessions, rules, from, to, Date.parse(work.at));
				const paid = reckonPay(sessions, rules, from, to, Date.parse(pay.at));
				assert.deepEqual(work.people,
					[{ person: person.id, name: person.name, ...expected }], where);
				assert.deepEqual(pay.people,
					[{ person: person.id, name: person.name, ...paid }], where);
				if (!expected.days.some(({ running }) => running > 0))
					assert.deepEqual(fromCsv(
						await olga.get(`/api/reports/work?${query}&format=csv`)).map((row) => [
							row.day, row.raw, row.billable, row.deductions, row.progress,
						]), expected.days.map((d) => [
							d.day, hours(d.raw), hours(d.billable), hours(d.deductions),
							d.progress === undefined ? "" : String(d.progress),
						]));
				assert.deepEqual(fromCsv(await person.get(`/api/reports/payroll?${query}&format=csv`))
					.map((row) => [
						row.week, row.regularHours, row.overtimeHours, row.rate,
						row.gross, row.running,
					]), linesOfPay(paid, sessions, rules, from, to, Date.parse(pay.at)), where);
			}
		}
	}
});
