// A year of a team (lib/year.mjs) is written through the API and read back: every figure of the reports, of payroll, of
// the exports and of the app equals what lib/reckoning.mjs finds minute by minute.  March is approved and stays what it
// was; May of one person is opened again and corrected.
import { before, test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { answered, refused } from "../lib/expect.mjs";
import { daysOf, payOf } from "../lib/reckoning.mjs";
import { people, plus, rules, sessions, terms } from "../lib/year.mjs";
import { count, planFrom, sessionOf, settle } from "../../www/time/hours.js";

const { as, team, ctl } = await start();
const written = sessions();
const MONTHS = Array.from({ length: 12 }, (_, at) => {
	const first = `2025-${String(at + 1).padStart(2, "0")}-01`;
	return { first, last: plus(new Date(Date.UTC(2025, at + 1, 1)).toISOString().slice(0, 10), -1) };
});
const AGREED = "What was agreed for this year.";
let space, who; // name → the person in the space

const text = (instant) => new Date(instant).toISOString();
const sessionsOf = (name) => written.filter(({ person }) => person === name);
const termsOf = (name) => terms.filter((one) => one.name === name);
const reckoned = new Map(); // name → days; forgotten when something is changed

function daysFor(name) {
	if (!reckoned.has(name))
		reckoned.set(name, daysOf(sessionsOf(name), rules, termsOf(name)));
	return reckoned.get(name);
}

async function writeSessions(name) {
	const own = sessionsOf(name);
	own.forEach((session, at) => (session.id = `${name}-${at}`));
	for (let at = 0; at < own.length; at += 200) {
		const { results } = answered(await who[name].push(own.slice(at, at + 200).map((session) => ({
			op: `make-${session.id}`, collection: "workSessions", id: session.id, base: 0,
			set: {
				start: text(session.start), end: text(session.end), zone: session.zone,
					kind: session.kind,
				note: `${name} ${session.kind}`,
			},
		}))));
		assert.deepEqual(results.filter(({ status }) => status !== "applied"), []);
	}
}

before(async () => {
	space = await team(Object.fromEntries(people.map(({ name, role }) => [name, role])), { name: "Nord" });
	who = Object.fromEntries(people.map(({ name }) => [name, as(name).in(space)]));
	for (const rule of rules)
		answered(await who.anna.post("/api/workRules", { ...rule, reason: AGREED }), 201);
	for (const { name, ...term } of terms) {
		const writer = name === "anna" ? who.ben : who.anna;
		answered(await writer.post("/api/workTerms", { ...term, owner: who[name].id, reason: AGREED }), 201);
	}
	for (const { name } of people)
		await writeSessions(name);
});

const FIGURES = ["raw", "total", "deductions", "paid", "overlap", "over", "sessions", "breaks"];
const pick = (of, names) => Object.fromEntries(names.map((name) => [name, of[name]]));
const sumOf = (days) => Object.fromEntries(FIGURES.map((name) =>
	[name, days.reduce((sum, day) => sum + day[name], 0)]));

test("every day, week and month of the year is what the minutes say", async () => {
	for (const { first, last } of MONTHS) {
		const report = answered(await who.ben.get(`/api/reports/work?from=${first}&to=${last}`));
		assert.equal(report.people.length, people.length);
		for (const { name } of people) {
			const shown = report.people.find(({ person }) => person === who[name].id);
			const days = daysFor(name).filter(({ day }) => day >= first && day <= last);
			assert.deepEqual(shown.days.map((day) => ({ day: day.day, ...pick(day, FIGURES) })),
				days.map((day) => ({ day: day.day, ...pick(day, FIGURES) })), `${name}, ${first}`);
			assert.deepEqual(pick(shown.sum, FIGURES), sumOf(days));
		}
		const all = people.flatMap(({ name }) => daysFor(name));
		assert.deepEqual(pick(report.sum, FIGURES),
			sumOf(all.filter(({ day }) => day >= first && day <= last)));
	}
});

const PAID = ["regular", "overtime", "unpaid", "overlap", "regularPay", "overtimePay", "gross"];

// Payroll of everybody for a span, held against the minutes.
async function payIsRight(first, last) {
	const report = answered(await who.ben.get(`/api/reports/payroll?from=${first}&to=${last}`));
	const gross = [];
	for (const { name } of people) {
		const shown = report.people.find(({ person }) => person === who[name].id);
		const pay = payOf(daysFor(name), first, last);
		assert.deepEqual(shown.weeks.map((line) => pick(line, ["week", "rate", ...PAID])), pay.weeks,
			`${name}, ${first}`);
		assert.deepEqual(pick(shown.sum, PAID), pay.sum);
		gross.push(pay.sum.gross);
	}
	assert.equal(report.sum.gross, gross.reduce((sum, one) => sum + one, 0));
	return report;
}

test("payroll of every month, and of the year, is what the minutes say", async () => {
	for (const { first, last } of MONTHS)
		await payIsRight(first, last);
	await payIsRight("2025-01-01", "2025-12-31");
});

test("the app finds the same figures and the same pay from the records alone", () => {
	for (const { name } of people) {
		const plan = planFrom(rules, termsOf(name));
		const own = sessionsOf(name).map(({ start, end, ...row }) => sessionOf({ ...row, start: text(start),
			end: text(end) }));
		const days = daysFor(name);
		assert.deepEqual(count(own, plan, 0).days.map((day) => ({ day: day.day, ...pick(day, FIGURES) })),
			days.map((day) => ({ day: day.day, ...pick(day, FIGURES) })), name);
		for (const { first, last } of MONTHS) {
			const found = settle(own, plan, first, last, Date.now()), pay = payOf(days, first, last);
			assert.deepEqual(found.weeks.map((line) => pick(line, ["week", "rate", ...PAID])), pay.weeks);
			assert.deepEqual(pick(found.sum, PAID), pay.sum);
		}
	}
});

// The lines of a CSV without quotes, as objects.
function linesOf(csv) {
	const [head, ...lines] = csv.replace(/^\ufeff/, "").trimEnd().split("\r\n").map((line) => line.split(","));
	return lines.map((cells) => Object.fromEntries(cells.map((cell, at) => [head[at], cell])));
}

const hours = (seconds) => (Math.floor((seconds * 100 + 1800) / 3600) / 100).toFixed(2);
const money = (cents) => (cents / 100).toFixed(2);

test("the files of hours and of pay have the same figures, line by line", async () => {
	const [first, last] = ["2025-06-01", "2025-08-31"];
	const days = linesOf((await who.ben.get(`/api/reports/work?from=${first}&to=${last}&format=csv`)).text);
	const pay = linesOf((await who.ben.get(`/api/reports/payroll?from=${first}&to=${last}&format=csv`)).text);
	for (const { name } of people) {
		const own = ({ person }) => person === who[name].id;
		const within = daysFor(name).filter(({ day }) => day >= first && day <= last);
		assert.deepEqual(
			days.filter(own).map((line) => pick(line, ["day", "raw", "deductions", "paid"])),
			within.map(({ day, raw, deductions, paid }) => ({
				day, raw: hours(raw), deductions: hours(deductions), paid: hours(paid),
			})), name);
		assert.deepEqual(
			pay.filter(own).map((line) => pick(line, ["week", "rate", "regularHours", "overtimeHours",
				"gross"])),
			payOf(daysFor(name), first, last).weeks.map(({ week, rate, regular, overtime, gross }) => ({
				week, rate: rate === null ? "" : money(rate), regularHours: hours(regular),
				overtimeHours: hours(overtime), gross: money(gross),
			})), name);
	}
});

// ---- periods ----

const isIn = ({ day }, { first, last }) => day >= first && day <= last;

async function submit(name, { first, last }) {
	const { period } = answered(await who[name].post("/api/periods", { from: first, to: last,
		state: "submitted" }), 201);
	return period;
}

async function handIn(name, period, state, members = {}) {
	const path = `/api/periods/${period.id}`;
	return answered(await who[name].patch(path, { state, ...members })).period;
}

test("an approved March stays what it was, whatever is changed", async () => {
	const march = MONTHS[2];
	for (const { name } of people)
		await handIn(name === "anna" ? "ben" : "anna", await submit(name, march), "approved");
	const before = await payIsRight(march.first, march.last);

	const session = sessionsOf("gus").find((one) => isIn(one, march));
	const closed = { type: "/problems/period-closed", period: { from: march.first, to: march.last,
		state: "approved" } };
	refused(await who.gus.patch(`/api/workSessions/${session.id}`, { end: text(session.end + 60_000) }), 409,
		closed);
	refused(await who.anna.delete(`/api/workSessions/${session.id}`), 409, closed);
	const { results } = answered(await who.gus.push([{
		op: "late", collection: "workSessions", id: "late", base: 0,
		set: { start: "2025-03-05T20:00:00Z", end: "2025-03-05T21:00:00Z", zone: "America/New_York" },
	}]));
	assert.deepEqual([results[0].status, results[0].problem?.type], ["rejected", closed.type]);
	refused(await who.anna.post("/api/workRules",
		{ from: "2025-03-10", hourlyRate: 1, reason: "A mistake of last year." }), 409, { type: closed.type });
	refused(await who.anna.post("/api/workTerms",
		{ owner: who.gus.id, from: "2025-02-10", hourlyRate: 9999, reason: "A raise that was forgotten." }),
			409,
	{ type: closed.type });

	const after = await payIsRight(march.first, march.last);
	assert.deepEqual(after.people.map(({ weeks, sum }) => ({ weeks, sum })),
		before.people.map(({ weeks, sum }) => ({ weeks, sum })));
});

test("May of one person is approved, opened again with a reason, corrected and approved again", async () => {
	const may = MONTHS[4];
	const period = await submit("gus", may);
	await handIn("anna", period, "approved");
	const session = sessionsOf("gus").find((one) => isIn(one, may) && one.kind === "work");
	const longer = { end: text(session.end + 95 * 60_000) };
	refused(await who.gus.patch(`/api/workSessions/${session.id}`, longer), 409,
		{ type: "/problems/period-closed" });

	refused(await who.ben.patch(`/api/periods/${period.id}`, { state: "open" }), 400, { field: "reason" });
	await handIn("ben", period, "open", { reason: "The meeting on the first day was forgotten." });
	answered(await who.gus.patch(`/api/workSessions/${session.id}`, longer));
	session.end += 95 * 60_000;
	reckoned.delete("gus");
	await handIn("gus", period, "submitted");
	await handIn("ben", period, "approved");

	await payIsRight(may.first, may.last);
	const { history } = answered(await who.gus.get(`/api/periods/${period.id}/history`));
	assert.ok(JSON.stringify(history).includes("The meeting on the first day was forgotten."));
	assert.equal((await ctl("verify")).status, 0);
});
