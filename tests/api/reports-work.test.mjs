// The reports of time and pay: the golden cases by way of the API, who sees whose, and the files.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fixtures, start } from "../harness.mjs";
import { crew } from "../lib/crew.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";
import { match } from "../lib/match.mjs";
import { usual } from "../lib/usual.mjs";

const stack = await start();
const { as, sql } = stack;
const week = "from=2015-11-16&to=2015-11-22";

const everybody = { olga: "owner", mia: "manager", ben: "member", mo: "member", vera: "viewer" };

// A team with the usual rules, or with those that are given.
async function fresh({ roles = everybody, rules = usual } = {}) {
	const all = await crew(stack, roles);
	if (rules !== null)
		answered(await all.olga.post("/api/workRules", rules), 201);
	return all;
}

const work = async (who, query = week) => answered(await who.get(`/api/reports/work?${query}`));
const payroll = async (who, query = week) => answered(await who.get(`/api/reports/payroll?${query}`));
const session = (who, start, end, more = {}) => who.post("/api/workSessions", { start, end, ...more });
// The rows of a CSV, which begins with a byte order mark.
const lines = (text) =>
	text.replace(/^\uFEFF/, "").split("\r\n").filter((line) => line !== "").map((line) => line.split(","));
const shift = (date, days) => new Date(Date.parse(date) + days * 86400000).toISOString().slice(0, 10);

// All but those that count up to a moment of their own.
for (const file of readdirSync(path.join(fixtures, "hours")).sort())
	describe(`golden cases: ${file}`, () => {
		const { cases, workRules = [], workTerms = [] } = JSON.parse(
			readFileSync(path.join(fixtures, "hours", file), "utf8"));
		for (const one of cases.filter(({ at }) => at === undefined))
			test(one.name, async () => {
				const { olga } = await fresh({ roles: { olga: "owner" }, rules: null });
				if (one.settings !== undefined)
					answered(await olga.post("/api/workSettings", one.settings), 201);
				for (const row of one.workRules ?? workRules)
					answered(await olga.post("/api/workRules", { reason: "Of old", ...row }), 201);
				for (const row of one.workTerms ?? workTerms)
					answered(await olga.post("/api/workTerms", { reason: "Of old", ...row }), 201);
				for (const row of one.sessions)
					answered(await olga.post("/api/workSessions", {
						zone: one.zone ?? "UTC", ...row,
					}), 201);
				if (one.expected !== undefined) {
					const days = one.sessions.map(({ start }) => start.slice(0, 10)).sort();
					const { people } = await work(olga,
						`from=${shift(days[0], -1)}&to=${shift(days.at(-1), 1)}`);
					match(people[0], one.expected, one.name);
					for (const name of one.lacks ?? [])
						assert.ok(!people[0].days.some((day) => name in day),
							`${name} is there`);
				}
				if (one.payroll !== undefined) {
					const { people } = await payroll(olga,
						`from=${one.payroll.from}&to=${one.payroll.to}`);
					match(people[0], one.payroll.expected, one.name);
				}
			});
	});

describe("visibility", () => {
	async function two() {
		const all = await fresh();
		answered(await session(all.ben, "2015-11-20T09:00:00Z", "2015-11-20T11:00:00Z"), 201);
		answered(await session(all.mo, "2015-11-20T09:00:00Z", "2015-11-20T12:00:00Z"), 201);
		return all;
	}

	test("managers see everybody, by name; members and viewers themselves", async () => {
		const { olga, mia, ben, mo, vera } = await two();
		for (const report of [work, payroll]) {
			assert.deepEqual((await report(olga)).people.map(({ name }) => name), ["ben", "mo"]);
			assert.deepEqual((await report(mia)).people.map(({ person }) => person), [ben.id, mo.id]);
			assert.deepEqual((await report(ben)).people.map(({ person }) => person), [ben.id]);
			assert.deepEqual((await report(vera)).people.map(({ person, weeks }) => [person, weeks]), [
				[vera.id, []],
			]);
		}
		match(await work(mia), {
			people: [{ sum: { raw: 7200 } }, { sum: { raw: 10800 } }],
			sum: { raw: 18000, sessions: 2, paid: 18000 },
		});
		match(await payroll(mia), {
			people: [{ weeks: [{ rate: 2500 }], sum: { gross: 5000 } }, { sum: { gross: 7500 } }],
			sum: { regular: 18000, gross: 12500 },
		});
	});

	test("the report can be limited to a person; one the caller may not see is not found", async () => {
		const { mia, ben, mo, vera } = await two(), stranger = await as("stranger").ready();
		for (const report of ["work", "payroll"]) {
			match(answered(await mia.get(`/api/reports/${report}?${week}&person=${mo.id}`)),
				{ people: [{ person: mo.id }] });
			match(answered(await mo.get(`/api/reports/${report}?${week}&person=${mo.id}`)),
				{ people: [{ person: mo.id }] });
			const absent = refused(await ben.get(`/api/reports/${report}?${week}&person=${mo.id}`), 404);
			for (const [who, person] of [[ben, "01939d2a-0000-7000-8000-000000000000"], [vera, ben.id],
				[mia, stranger.id], [mia, "nobody"], [mia, "ä"], [mia, ""]])
				assert.equal(refused(await who.get(
					`/api/reports/${report}?${week}&person=${encodeURIComponent(person)}`),
					404).detail, absent.detail);
		}
		refused(await stranger.in((await two()).space).get(`/api/reports/work?${week}`), 404);
	});

	test("a person who has left is still in the pay; a removed one sees nothing", async () => {
		const { mia, ben, space } = await two();
		await sql(`DELETE FROM member WHERE space_id = '${space.id}' AND user_id = '${ben.id}'`);
		match(await payroll(mia), { people: [{ person: ben.id, sum: { gross: 5000 } }, {}] });
		match(await payroll(mia, `${week}&person=${ben.id}`), { people: [{ person: ben.id }] });
		refused(await ben.get(`/api/reports/payroll?${week}`), 404);
	});

	test("deleted sessions and those of other days do not count", async () => {
		const { mia, ben } = await two();
		const { workSession } =
			answered(await session(ben, "2015-11-21T09:00:00Z", "2015-11-21T10:00:00Z"), 201);
		answered(await session(ben, "2015-11-23T00:00:00Z", "2015-11-23T10:00:00Z"), 201);
		answered(await session(ben, "2015-11-15T23:00:00Z", "2015-11-16T10:00:00Z"), 201);
		assert.deepEqual((await work(ben)).people[0].days.map(({ day }) => day), ["2015-11-20", "2015-11-21"]);
		answered(await ben.delete(`/api/workSessions/${workSession.id}`));
		assert.deepEqual((await work(mia)).people[0].days.map(({ day }) => day), ["2015-11-20"]);
	});
});

describe("rules and rates", () => {
	test("the person's terms override the rules of the space", async () => {
		const { olga, ben, mo } = await fresh();
		for (const who of [ben, mo])
			answered(await session(who, "2015-11-20T06:00:00Z", "2015-11-20T12:00:00Z"), 201);
		assert.deepEqual((await work(olga)).people.map(({ sum }) => sum.deductions), [1800, 1800]);
		answered(await olga.post("/api/workRules", {
			...usual, from: "2015-01-01", lunchMinutes: 15, weekStart: "sunday", hourlyRate: 3000,
			overtimeAfterHours: 2, overtimeMultiplier: 2, reason: "As it was",
		}), 201);
		answered(await olga.post("/api/workTerms", {
			owner: mo.id, from: "2015-01-01", lunchMinutes: 60, overtimeAfterHours: 40,
		}), 201);
		match(await work(olga), { people: [
			{ sum: { deductions: 900 }, weeks: [{ week: "2015-11-15" }] },
			{ sum: { deductions: 3600 }, weeks: [{ week: "2015-11-15" }] },
		] });
		match(await payroll(olga), { people: [
			{
				weeks: [{
					rate: 3000, regular: 7200, overtime: 13500, regularPay: 6000,
					overtimePay: 22500,
				}],
			},
			{ weeks: [{ rate: 3000, regular: 18000, overtime: 0, gross: 15000 }] },
		] });
	});

	test("a person's own rate overrides the space's", async () => {
		const { olga, mia, ben, mo } = await fresh({ rules: { ...usual, hourlyRate: 2000 } });
		for (const who of [ben, mo, mia])
			answered(await session(who, "2015-11-20T09:00:00Z", "2015-11-20T10:00:00Z"), 201);
		answered(await mia.post("/api/workTerms", {
			owner: ben.id, from: "2015-01-01", hourlyRate: 3150,
		}), 201);
		answered(await mia.post("/api/workTerms", { owner: mo.id, from: "2015-01-01", maxHours: 8 }), 201);
		const rates = async (who) => Object.fromEntries(
			(await payroll(who)).people.map(({ name, weeks, sum }) => [name, [weeks[0].rate, sum.gross]]));
		assert.deepEqual(await rates(olga), { ben: [3150, 3150], mia: [2000, 2000], mo: [2000, 2000] });
		assert.deepEqual(await rates(ben), { ben: [3150, 3150] });
	});

	test("FC7: without rules nothing is taken off, nothing is paid, and that is said", async () => {
		const { olga, ben } = await fresh({ rules: null });
		answered(await session(ben, "2015-11-20T06:00:00Z", "2015-11-20T20:00:00Z"), 201);
		match(await work(olga), { people: [{ days: [{ raw: 50400, paid: 50400, deductions: 0, over: 0 }] }] });
		match(await payroll(olga), { people: [{ weeks: [{ rate: null, unpaid: 50400, gross: 0 }] }],
			sum: { unpaid: 50400, gross: 0 } });
		const [, line] = lines((await olga.get(`/api/reports/payroll?${week}&format=csv`)).text);
		assert.deepEqual(line.slice(2), [
			"2015-11-16", "14.00", "0.00", "", "0.00", "0.00", "0.00", "0", "USD", "0.00", "14.00", "0.00",
		]);
	});

	// What is paid for 12 hours on October 5 at 20.00, while everything about them is changed.
	const ways = {
		rest: async (who, collection, row) => answered(await who.post(`/api/${collection}`, row), 201),
		push: async (who, collection, set) => outcomes(await who.push([{
			op: randomUUID(), collection, base: 0, set,
			...(collection === "workSessions" && { id: randomUUID() }),
		}]), "applied"),
		import: async (who, collection, row) =>
			answered(await who.post(`/api/${collection}/import`, [row]), 200, { created: 1 }),
	};
	for (const [name, write] of Object.entries(ways))
		test(`FH5: October stays what it was, by ${name}`, async () => {
			const { olga, mia, ben } = await fresh({ rules: null });
			const october = async () => (await payroll(olga, "from=2026-10-01&to=2026-10-31")).sum.gross;
			const day = shift(new Date().toISOString().slice(0, 10), 2);
			const { employee } = answered(await mia.post("/api/employees", {
				firstName: "Ben", lastName: "B", user: ben.id,
			}), 201);
			await write(mia, "workTerms", { owner: ben.id, from: "2026-01-01", hourlyRate: 2000 });
			await write(ben, "workSessions", {
				start: "2026-10-05T07:00:00Z", end: "2026-10-05T19:00:00Z", zone: "UTC",
			});
			assert.equal(await october(), 24000);

			await write(mia, "workTerms", {
				owner: ben.id, from: "2026-11-01", hourlyRate: 3000, reason: "Agreed on in October",
			});
			assert.equal(await october(), 24000, "a raise");
			await write(mia, "workRules", { from: day, lunchAfterHours: 5, lunchMinutes: 30, maxHours: 8 });
			assert.equal(await october(), 24000, "lunch rules");
			await write(mia, "workTerms", { owner: ben.id, from: day, status: "left" });
			answered(await mia.delete(`/api/employees/${employee.id}`));
			assert.equal(await october(), 24000, "the employee is deleted");

			answered(await session(ben, "2026-11-02T07:00:00Z", "2026-11-02T08:00:00Z"), 201);
			assert.equal((await payroll(olga, "from=2026-11-02&to=2026-11-02")).sum.gross, 3000);
		});

	test("FH5: what holds is not deleted, and a correction of the past is said", async () => {
		const { olga, mia, ben } = await fresh({ rules: null }), october = "from=2026-10-01&to=2026-10-31";
		const { workTerm } = answered(await mia.post("/api/workTerms", {
			owner: ben.id, from: "2026-10-10", hourlyRate: 2000,
		}), 201);
		answered(await session(ben, "2026-10-12T07:00:00Z", "2026-10-12T19:00:00Z"), 201);
		const path = `/api/workTerms/${workTerm.id}`;
		refused(await mia.delete(path), 403, { field: "from" });
		refused(await mia.patch(path, { hourlyRate: 3000 }), 400, { field: "reason" });
		answered(await mia.patch(path, { hourlyRate: 3000, reason: "The contract says 30.00" }));
		refused(await mia.post(`${path}/restore`, { version: 1 }), 400, { field: "reason" });
		for (const report of [work, payroll]) {
			match(await report(olga, october), { corrections: [], people: [{ corrections: [{
				collection: "workTerms", id: workTerm.id, from: "2026-10-10",
				reason: "The contract says 30.00",
			}] }] });
			match(await report(olga, "from=2026-10-01&to=2026-10-09&person=" + ben.id),
				{ people: [{ corrections: [] }] });
		}
		assert.equal((await payroll(olga, october)).sum.gross, 36000);
		const { workRule } = answered(await mia.post("/api/workRules", {
			from: "2999-01-01", maxHours: 8,
		}), 201);
		answered(await mia.delete(`/api/workRules/${workRule.id}`));
	});

	test("FH6: a file and a report say how much of a time is counted twice", async () => {
		const { olga, ben } = await fresh({ rules: { from: "1970-01-01", hourlyRate: 2000 } });
		answered(await session(ben, "2015-11-20T08:00:00Z", "2015-11-20T12:00:00Z"), 201);
		answered(await session(ben, "2015-11-20T10:00:00Z", "2015-11-20T14:00:00Z"), 201);
		const sum = { overlap: 7200 };
		match(await work(olga), { people: [{ days: [{ raw: 28800, overlap: 7200 }] }], sum });
		match(await payroll(olga), { people: [{ weeks: [{ regular: 28800, overlap: 7200 }] }], sum });
		for (const report of ["work", "payroll"]) {
			const [names, line] = lines((await olga.get(`/api/reports/${report}?${week}&format=csv`)).text);
			assert.equal(line[names.findIndex((one) => one.startsWith("overlap"))], "2.00");
		}
		// The night before the report is read for it.
		answered(await session(ben, "2015-11-15T22:00:00Z", "2015-11-16T06:00:00Z"), 201);
		answered(await session(ben, "2015-11-16T05:00:00Z", "2015-11-16T07:00:00Z"), 201);
		assert.deepEqual((await work(olga)).people[0].days.map(({ overlap }) => overlap), [3600, 7200]);
		assert.deepEqual((await payroll(olga)).people[0].weeks.map(({ overlap }) => overlap), [10800]);
	});

	test("a space has 200 rules and a person 200 terms, also when a file brings them", async () => {
		const { mia, ben } = await fresh({ rules: null });
		const from = (n) => shift("2999-01-01", n);
		for (const [collection, more] of [["workRules", {}], ["workTerms", { owner: ben.id }]]) {
			const rows = Array.from({ length: 201 }, (_, n) => ({ ...more, from: from(n), maxHours: 8 }));
			const asked = await mia.post(`/api/${collection}/import?dryRun=1&skipBad=1`, rows);
			answered(asked, 200, { created: 200, bad: 1 });
			answered(await mia.post(`/api/${collection}/import`, rows.slice(0, 200)), 200,
				{ created: 200 });
			refused(await mia.post(`/api/${collection}`, rows[200]), 400);
		}
	});

	test("rules and terms of days that are handed in do not change", async () => {
		const { olga, mia, ben, mo } = await fresh({ rules: null });
		const { workRule } = answered(await mia.post("/api/workRules", {
			from: "2026-01-01", maxHours: 10,
		}), 201);
		const { workTerm } = answered(await mia.post("/api/workTerms", {
			owner: ben.id, from: "2026-01-01", hourlyRate: 2000,
		}), 201);
		const { workTerm: others } = answered(await mia.post("/api/workTerms", {
			owner: mo.id, from: "2026-01-01", hourlyRate: 2000,
		}), 201);
		const { period } = answered(await ben.post("/api/periods", {
			kind: "hours", from: "2026-10-05", to: "2026-10-11", state: "submitted",
		}), 201);
		const closed = { type: "/problems/period-closed", field: "from", period: { id: period.id } };
		const reason = "A slip";
		refused(await mia.patch(`/api/workTerms/${workTerm.id}`, { hourlyRate: 2100, reason }), 409, closed);
		refused(await mia.patch(`/api/workRules/${workRule.id}`, { maxHours: 9, reason }), 409, closed);
		refused(await mia.post("/api/workTerms", { owner: ben.id, from: "2026-10-01", reason }), 409, closed);
		refused(await mia.post("/api/workRules", { from: "2026-10-11", reason }), 409, closed);
		answered(await mia.patch(`/api/workTerms/${others.id}`, { hourlyRate: 2100, reason }));
		answered(await mia.post("/api/workRules", { from: "2026-10-12", reason }), 201);
		answered(await mia.post("/api/workTerms", {
			owner: ben.id, from: "2026-10-12", hourlyRate: 2200, reason,
		}), 201);
		refused(await mia.post("/api/workTerms", { owner: ben.id, from: "2026-09-01", reason }), 409, closed);
		answered(await olga.patch(`/api/periods/${period.id}`, { state: "returned", comment: "Look again" }));
		answered(await mia.patch(`/api/workTerms/${workTerm.id}`, { hourlyRate: 2100, reason }));
	});

	test("members do not see what the usual rate is, and see their own pay", async () => {
		const { ben, mia } = await fresh();
		answered(await session(ben, "2015-11-20T09:00:00Z", "2015-11-20T10:00:00Z"), 201);
		answered(await mia.post("/api/workTerms", {
			owner: ben.id, from: "2015-01-01", hourlyRate: 3150,
		}), 201);
		const [rule] = answered(await ben.get("/api/workRules")).workRules;
		assert.equal("hourlyRate" in rule, false);
		assert.equal(rule.lunchMinutes, 30);
		match(answered(await ben.get("/api/workTerms")).workTerms, [{ hourlyRate: 3150 }]);
		match(await payroll(ben), { people: [{ weeks: [{ rate: 3150 }] }] });
	});

	test("a running session counts up to now in the figures and not in the pay", async () => {
		const { ben } = await fresh();
		const now = Date.now(), start = new Date(now - 3 * 3600000).toISOString();
		answered(await ben.post("/api/workSessions", { start }), 201);
		const range = `from=${shift(start.slice(0, 10), -1)}&to=${shift(start.slice(0, 10), 1)}`;
		const { at, people: [{ days: [day] }] } = await work(ben, range);
		assert.ok(day.raw >= 3 * 3600 && day.raw <= 3 * 3600 + 600, `${day.raw}`);
		assert.equal(day.raw, Math.floor((Date.parse(at) - Date.parse(start)) / 1000));
		assert.equal(Date.parse(day.latestEnd), Date.parse(at) + day.untilMost * 1000);
		match(await payroll(ben, range), { people: [{ weeks: [], sum: { gross: 0, running: 1 } }] });
	});

	test("the payroll CSV shows running sessions by week, even in weeks without pay", async () => {
		const { olga, ben, mo } = await fresh();
		for (const [day, end] of [
			["09", undefined], ["16", "17:00"], ["17", undefined], ["23", undefined], ["24", undefined],
		])
			answered(await session(ben, `2015-11-${day}T09:00:00Z`, end && `2015-11-${day}T${end}:00Z`),
				201);
		answered(await session(mo, "2015-11-16T09:00:00Z"), 201);
		const range = "from=2015-11-09&to=2015-11-29", { people, sum } = await payroll(olga, range);
		const [, ...rows] = lines((await olga.get(`/api/reports/payroll?${range}&format=csv`)).text);
		assert.deepEqual(rows.map(([, name, monday, regular, , , , , gross, running]) => [
			name, monday, regular, gross, running,
		]), [
			["ben", "2015-11-09", "0.00", "0.00", "1"],
			["ben", "2015-11-16", "7.50", "187.50", "1"],
			["ben", "2015-11-23", "0.00", "0.00", "2"],
			["mo", "2015-11-16", "0.00", "0.00", "1"],
		]);
		const count = (name) => rows.reduce((all, row) =>
			all + (name === undefined || row[1] === name ? Number(row[9]) : 0), 0);
		assert.deepEqual(people.map((person) => [person.name, person.sum.running]),
			[["ben", count("ben")], ["mo", count("mo")]]);
		assert.equal(sum.running, count());
	});

	test("CSV and JSON round each line by itself and have the same totals", async () => {
		const { olga, ben } = await fresh({ rules: { ...usual, lunchMinutes: 0, hourlyRate: 1799 } });
		for (const [day, minutes] of [["16", 7], ["17", 11], ["18", 13]])
			answered(await session(ben, `2015-11-${day}T09:00:00Z`,
				`2015-11-${day}T09:${String(minutes).padStart(2, "0")}:01Z`), 201);
		const { people: [{ weeks, sum }] } = await payroll(olga);
		const [, line] = lines((await olga.get(`/api/reports/payroll?${week}&format=csv`)).text);
		assert.equal(weeks[0].regular, 31 * 60 + 3);
		assert.equal(weeks[0].gross, Math.round((31 * 60 + 3) * 1799 / 3600));
		assert.equal(sum.gross, weeks[0].gross);
		assert.deepEqual(line, [
			ben.id, "ben", "2015-11-16", "0.52", "0.00", "17.99", (weeks[0].regularPay / 100).toFixed(2),
			"0.00", (weeks[0].gross / 100).toFixed(2), "0", "USD", "0.00", "0.00", "0.00",
		]);
	});
});

describe("files and questions", () => {
	test("CSV has a header, a line for each day or week, and CRLF", async () => {
		const { mia, ben } = await fresh();
		answered(await mia.post("/api/workSettings", { owner: ben.id, targetHours: 8 }), 201);
		answered(await session(ben, "2015-11-19T09:00:00Z", "2015-11-19T14:00:01Z"), 201);
		answered(await session(ben, "2015-11-20T09:00:00Z", "2015-11-20T10:00:00Z", { kind: "lunch" }), 201);
		const answer = await mia.get(`/api/reports/work?${week}&format=csv`);
		assert.match(answer.headers["content-type"], /^text\/csv; charset=utf-8/);
		assert.match(answer.headers["content-disposition"],
			/^attachment; filename="work-2015-11-16-2015-11-22\.csv"$/);
		assert.ok(answer.text.startsWith("\uFEFF"), "FB14");
		assert.ok(answer.text.endsWith("\r\n"));
		assert.deepEqual(lines(answer.text), [
			[
				"person", "name", "day", "raw", "total", "deductions", "paid",
				"sessions", "breaks", "running", "progress", "forgotten", "overlap", "over",
			],
			[
				ben.id, "ben", "2015-11-19", "5.00", "5.00", "0.50", "4.50", "1", "1", "0", "56.3", "0",
				"0.00", "0.00",
			],
			[
				ben.id, "ben", "2015-11-20", "0.00", "1.00", "0.00", "0.00", "0", "1", "0", "0", "0",
				"0.00", "0.00",
			],
		]);
		assert.deepEqual(lines((await mia.get(`/api/reports/payroll?${week}&format=csv`)).text), [
			[
				"person", "name", "week", "regularHours", "overtimeHours", "rate", "regularPay",
				"overtimePay", "gross", "running", "currency", "dailyOvertimeHours", "unpaidHours",
				"overlapHours",
			],
			[ben.id, "ben", "2015-11-16", "4.50", "0.00", "25.00", "112.51", "0.00", "112.51", "0", "USD",
				"0.00", "0.00", "0.00"],
		]);
	});

	test("FB14, FC5: a CSV for people has labels, h:mm and the sum in its last line", async () => {
		const { mia, ben, mo } = await fresh();
		answered(await session(ben, "2015-11-19T09:00:00Z", "2015-11-19T14:00:01Z"), 201);
		answered(await session(mo, "2015-11-20T09:00:00Z", "2015-11-20T10:30:00Z"), 201);
		const hoursOf = "people&format=csv";
		assert.equal((await mia.get(`/api/reports/work?${week}&style=${hoursOf}`)).text, [
			"\uFEFFPerson,Day,Work,Work and lunch,Lunch off,Paid,Target %,Counted twice,Over the limit," +
				"Entries,Breaks,Running,Forgotten",
			"ben,2015-11-19,5:00,5:00,0:30,4:30,,0:00,0:00,1,1,0,0",
			"mo,2015-11-20,1:30,1:30,0:00,1:30,,0:00,0:00,1,0,0,0",
			"Total,,6:30,6:30,0:30,6:00,,0:00,0:00,2,1,0,0", "",
		].join("\r\n"));
		assert.equal((await mia.get(`/api/reports/payroll?${week}&style=${hoursOf}`)).text, [
			"\uFEFFPerson,Week,Regular,Overtime,Rate,Regular pay,Overtime pay,Gross,Currency," +
				"Overtime of days,Unpaid,Counted twice,Running",
			"ben,2015-11-16,4:30,0:00,25.00,112.51,0.00,112.51,USD,0:00,0:00,0:00,0",
			"mo,2015-11-16,1:30,0:00,25.00,37.50,0.00,37.50,USD,0:00,0:00,0:00,0",
			"Total,,6:00,0:00,,150.01,0.00,150.01,USD,0:00,0:00,0:00,0", "",
		].join("\r\n"));
		refused(await mia.get(`/api/reports/work?${week}&format=csv&style=plain`), 400, { field: "style" });
	});

	test("pay is in the currency of the space, which the report and its file name", async () => {
		const { mia, ben, vera } = await fresh();
		answered(await session(ben, "2015-11-19T09:00:00Z", "2015-11-19T10:00:00Z"), 201);
		const named = async (who) => [(await payroll(who)).currency, ...lines((await who.get(
			`/api/reports/payroll?${week}&format=csv`)).text).slice(1).map((line) => line[10])];
		assert.deepEqual(await named(mia), ["USD", "USD"]);
		const { spaceSetting } = answered(await mia.post("/api/spaceSettings", { currency: "EUR" }), 201);
		assert.deepEqual([await named(mia), await named(ben), await named(vera)],
			[["EUR", "EUR"], ["EUR", "EUR"], ["EUR"]]);
		answered(await mia.patch(`/api/spaceSettings/${spaceSetting.id}`, { currency: null }));
		assert.deepEqual(await named(ben), ["USD", "USD"]);
		assert.equal("currency" in await work(mia), false);
	});

	test("a name is never a formula", async () => {
		const { olga, ben } = await fresh();
		answered(await session(ben, "2015-11-19T09:00:00Z", "2015-11-19T10:00:00Z"), 201);
		await sql(`UPDATE user SET name = '=HYPERLINK("http://x","y"),z' WHERE id = '${ben.id}'`);
		const { text } = await olga.get(`/api/reports/work?${week}&format=csv`);
		assert.ok(text.includes(`${ben.id},"'=HYPERLINK(""http://x"",""y""),z",2015-11-19`), text);
		await sql(`UPDATE user SET name = 'ben' WHERE id = '${ben.id}'`);
	});

	test("the first and the last possible days can be asked for and written", async () => {
		const { olga, ben } = await fresh({ rules: { ...usual, from: "1000-01-01" } });
		refused(await session(ben, "1000-01-01T00:00:00Z", "1000-01-01T01:00:00Z", {
			zone: "America/New_York",
		}), 400, { field: "start" });
		answered(await session(ben, "1000-01-01T00:00:00Z", "1000-01-01T01:00:00Z", { zone: "UTC" }), 201,
			{ workSession: { day: "1000-01-01" } });
		for (const [from, to] of [["1000-01-01", "1000-01-01"], ["1000-01-01", "1000-12-31"]]) {
			match(await work(olga, `from=${from}&to=${to}`), { people: [{ sum: { raw: 3600 } }] });
			match(await payroll(olga, `from=${from}&to=${to}`), { people: [{ sum: { gross: 2500 } }] });
		}
		for (const report of [work, payroll])
			match(await report(olga, "from=9999-12-31&to=9999-12-31"), { people: [] });
		match(await payroll(olga, "from=1000-01-03&to=1000-01-09"), { people: [] });
	});

	test("a forgotten timer is shown as such and not paid; nor is a session that has not ended", async () => {
		const { olga, ben, mo } = await fresh();
		const hour = 3600_000;
		const from = (ms) => new Date(Date.now() - ms).toISOString();
		const days = `from=${from(72 * hour).slice(0, 10)}&to=${from(-48 * hour).slice(0, 10)}`;
		const { workSession } = answered(await session(ben, from(30 * hour)), 201);
		const { workSession: { end } } = answered(await session(mo, from(2 * hour), from(hour)), 201);
		// Written before an end in the future was refused.
		await stack.sql(`UPDATE record SET doc = REPLACE(doc, '${end}', '${from(-hour)}')
			WHERE doc LIKE '%${end}%'`);
		const { people: [bens, mos] } = await work(olga, days);
		match(bens.sum, { raw: 0, paid: 0, current: 0, running: 1, forgotten: 1 });
		assert.equal("latestEnd" in bens.days[0], false);
		match(mos.sum, { raw: 3 * 3600, running: 0, forgotten: 0 });
		match(await payroll(olga, days), { people: [
			{ weeks: [], sum: { gross: 0, running: 1 } },
			{ weeks: [], sum: { gross: 0, running: 1 } },
		], sum: { gross: 0, running: 2 } });
		const [names, line] =
			lines((await olga.get(`/api/reports/work?${days}&person=${ben.id}&format=csv`)).text);
		assert.deepEqual([
			line[names.indexOf("raw")], line[names.indexOf("running")], line[names.indexOf("forgotten")],
		], ["0.00", "1", "1"]);
		answered(await ben.patch(`/api/workSessions/${workSession.id}`, { end: from(26 * hour) }));
		match((await work(olga, days)).people[0].sum, { raw: 4 * 3600, running: 0, forgotten: 0 });
		match((await payroll(olga, `${days}&person=${ben.id}`)).sum, { gross: 4 * 2500, running: 0 });
	});

	test("a report without sessions is still a report", async () => {
		const { olga } = await fresh();
		match(await work(olga),
			{ from: "2015-11-16", to: "2015-11-22", people: [], sum: { raw: 0, overlap: 0 } });
		match(await payroll(olga), { people: [], sum: { gross: 0 } });
		assert.equal(lines((await olga.get(`/api/reports/payroll?${week}&format=csv`)).text).length, 1);
	});

	test("refused parameters", async () => {
		const { olga } = await fresh();
		for (const [query, field] of [
			["", "from"],
			["from=2015-11-16", "to"],
			["from=2026-02-30&to=2026-03-01", "from"],
			["from=2015-11-16&to=tomorrow", "to"],
			["from=2015-11-16&to=2015-11-15", "to"],
			["from=2014-11-16&to=2015-11-17", "to"],
			[`${week}&format=xml`, "format"],
			[`${week}&who=me`, "who"],
			[`${week}&from=2015-11-17`, "from"],
		])
			for (const report of ["work", "payroll"])
				refused(await olga.get(`/api/reports/${report}?${query}`), 400, { field });
		answered(await olga.get("/api/reports/work?from=2014-11-16&to=2015-11-16"));
		refused(await olga.post("/api/reports/work", {}), 405);
		assert.equal((await olga.head(`/api/reports/work?${week}`)).status, 200);
	});
});
