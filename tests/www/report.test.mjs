// The report of what time was for, in the app: the golden cases, which the server answers too
// (tests/api/report-time-golden.test.mjs), running timers, rounding, and the files.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { weekOf } from "../../www/ui/zone.js";
import { sessionsOf } from "../../www/time/sessions.js";
import { datesOf, rangeOf, unitsOf, withDay } from "../../www/time/ranges.js";
import { cell, csvOf, entriesCsv, entriesOf, hoursOf, nested, reportOf, sumOf } from "../../www/time/report.js";

const golden = JSON.parse(readFileSync(new URL("../fixtures/reports/time.json", import.meta.url), "utf8"));
const AT = Date.parse("2026-01-01T00:00:00Z");

const byId = (rows) => new Map(rows.map((row) => [row.id, row]));

// The data of a report.  The server has derived billable and rate of each session.
function dataOf({ people, clients, projects, jobSites, sessions }, { at = AT, round = (_, seconds) => seconds } = {}) {
	const known = byId(projects);
	const rows = sessions.map((row, index) => {
		const project = known.get(row.project), billable = row.billable ?? project?.billable ?? false;
		return { id: `s${index}`, version: 1, billable, rate: project?.rate ?? null, ...row };
	});
	return {
		at, projects: known, clients: byId(clients), jobSites: byId(jobSites),
		people: Object.entries(people).map(([id, name]) => ({
			id, name, zone: "UTC", priced: true, round, week: (day) => weekOf(day),
			sessions: sessionsOf(rows.filter(({ owner }) => owner === id), id, "UTC"),
		})),
	};
}

test("the golden cases", () => {
	assert.ok(golden.cases.length >= 15);
	for (const { name, query, lines, sum } of golden.cases) {
		const report = reportOf(query, dataOf(golden));
		assert.deepEqual(report.lines, lines, name);
		assert.deepEqual(report.sum, sum, name);
	}
});

const work = (start, end, more = {}) => ({ owner: "ann", start, end, zone: "UTC", kind: "work", ...more });
const own = (...sessions) => ({ people: { ann: "Ann" }, clients: [], projects: [], jobSites: [], sessions });
const NOVEMBER = { from: "2025-11-01", to: "2025-11-30", group: ["day"] };

test("a timer counts up to now, one that was forgotten nothing", () => {
	const one = own(work("2025-11-03T08:00:00Z", null), work("2025-11-01T08:00:00Z", null));
	const { lines, sum } = reportOf(NOVEMBER, dataOf(one, { at: Date.parse("2025-11-03T09:30:00Z") }));
	assert.deepEqual(lines.map(({ seconds, running }) => [seconds, running]), [[0, 1], [5400, 1]]);
	assert.equal(sum.running, 2);
});

test("FH8: what has ended is rounded by the rules of its day, each session by itself; a timer is not", () => {
	const one = own(work("2025-11-03T13:00:00Z", "2025-11-03T14:30:00Z"),
		work("2025-11-03T15:00:00Z", "2025-11-03T15:01:00Z"), work("2025-11-04T08:00:00Z", null));
	const round = (day, seconds) => Math.ceil(seconds / 900) * 900;
	const data = dataOf(one, { at: Date.parse("2025-11-04T08:07:00Z"), round });
	assert.deepEqual(reportOf(NOVEMBER, data).lines.map(({ seconds }) => seconds), [5400 + 900, 420]);
});

test("an entry that is not sent yet has its project's defaults; one that the server knows has its own", () => {
	const data = dataOf({ ...own(), projects: [{ id: "p", name: "P", billable: true, rate: 6000 }] });
	data.people[0].sessions = sessionsOf([
		{ id: "a", version: 0, ...work("2025-11-03T08:00:00Z", "2025-11-03T09:00:00Z", { project: "p" }) },
		{ id: "b", version: 1, ...work("2025-11-04T08:00:00Z", "2025-11-04T09:00:00Z", { project: "p" }) },
	], "ann", "UTC");
	assert.deepEqual(reportOf(NOVEMBER, data).lines.map(({ billable, amount }) => [billable, amount]),
		[[3600, 6000], [0, 0]]);
});

test("two levels are nested, and their parts add up", () => {
	const { lines, sum } = reportOf({ from: "2025-10-01", to: "2025-11-30", group: ["client", "project"] },
		dataOf(golden));
	const parts = nested(lines);
	assert.deepEqual(parts.map(({ key, lines: below }) => [key?.name ?? null, below.length]),
		[["North", 2], ["Söuth", 1], [null, 2]]);
	const { seconds, amount } = sumOf(parts);
	assert.deepEqual([seconds, amount], [sum.seconds, sum.amount]);
});

test("FB14, FC5: CSV for people has a BOM, names and h:mm; that for programs ids and seconds", () => {
	const data = dataOf(golden);
	const query = { from: "2025-11-03", to: "2025-11-30", group: ["project"], person: ["ann"] };
	const report = reportOf(query, data);
	assert.equal(csvOf(report, "people", "EUR"),
		"\uFEFFProject,Hours,Billable,Amount,Currency,Entries,Running\r\n" +
		"Hall,0:21,0:14,12.83,EUR,3,0\r\nOwn,1:30,0:00,0.00,EUR,1,0\r\nTotal,1:51,0:14,12.83,EUR,4,0\r\n");
	assert.equal(csvOf(report, "programs", "EUR"),
		"\uFEFFproject,projectName,seconds,billable,amount,currency,sessions,running\r\n" +
		"hall,Hall,1260,840,12.83,EUR,3,0\r\nown,Own,5400,0,0.00,EUR,1,0\r\n");
	const entries = entriesCsv(entriesOf({ ...query, project: ["own"] }, data), data, "EUR").split("\r\n");
	assert.equal(entries[0],
		"\uFEFFPerson,Day,From,To,Hours,Client,Project,Task,Tags,Note,Job site,Billable,Rate,Currency");
	assert.equal(entries[1], "Ann,2025-11-03,00:30,02:00,1:30,,Own,,,'=1+1,,No,,EUR");
	assert.equal(hoursOf(59), "0:00");
	assert.equal(cell('a "b"; c'), '"a ""b""; c"');
});

test("ranges have names, free dates are kept whole and at most a year long", () => {
	const how = { today: "2026-03-01", sunday: false };
	assert.deepEqual(datesOf("week", "2026-03-01", false), { from: "2026-02-23", to: "2026-03-01" });
	assert.deepEqual(datesOf("week", "2026-03-01", true), { from: "2026-03-01", to: "2026-03-07" });
	assert.deepEqual(rangeOf({ range: "before" }, how), { range: "before", from: "2026-02-01", to: "2026-02-28" });
	assert.equal(rangeOf({ from: "2026-03-01", to: "2026-03-31" }, how).range, "month");
	assert.deepEqual(rangeOf({ from: "2026-03-02", to: "2026-03-04" }, how),
		{ range: null, from: "2026-03-02", to: "2026-03-04" });
	for (const odd of [{}, { from: "2026-02-30", to: "2026-03-01" }, { from: "2026-03-02", to: "2026-03-01" },
		{ from: "2024-03-02", to: "2026-03-01" }, { range: "constructor" }])
		assert.equal(rangeOf(odd, how).range, "month", JSON.stringify(odd));
	assert.deepEqual(withDay({ from: "2026-03-02", to: "2026-03-04" }, "from", "2026-03-05"),
		{ from: "2026-03-05", to: "2026-03-05" });
	assert.deepEqual(withDay({ from: "2026-03-02", to: "2026-03-04" }, "to", "2028-03-05"),
		{ from: "2027-03-06", to: "2028-03-05" });
});

test("a chart shows days, weeks or months, and its first and last part end with the range", () => {
	const parts = (from, to) => unitsOf({ from, to }, false);
	assert.equal(parts("2026-03-01", "2026-03-31").parts.length, 31);
	const weeks = parts("2026-03-01", "2026-04-03");
	assert.equal(weeks.unit, "week");
	assert.deepEqual(weeks.parts[0], { key: "2026-02-23", from: "2026-03-01", to: "2026-03-01" });
	assert.deepEqual(weeks.parts.at(-1), { key: "2026-03-30", from: "2026-03-30", to: "2026-04-03" });
	const year = parts("2026-01-01", "2026-12-31");
	assert.deepEqual([year.unit, year.parts.length, year.parts[1]],
		["month", 12, { key: "2026-02", from: "2026-02-01", to: "2026-02-28" }]);
});
