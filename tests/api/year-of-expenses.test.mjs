// Two years of expenses of five people (lib/expense-year.mjs) are written through the API and read back: every figure
// of the reports, of their files, of what a report keeps and of the app equals what lib/expense-reckoning.mjs finds the
// slow way.  Months are handed in, returned, corrected and approved; a rate is told late.
import { before, test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { answered, refused } from "../lib/expect.mjs";
import {
	costCenters, expenses, lateRate, months, people, perDiemRules, rates as firstRates, settings,
} from "../lib/expense-year.mjs";
import { monthOf, tripsOf } from "../lib/expense-reckoning.mjs";
import { monthOf as monthInApp, priced } from "../../www/expenses/figures.js";

const { as, team, ctl } = await start();
const rows = expenses(), rates = [...firstRates];
const AGREED = "What was agreed for these years.";
const SPANS = [["2024-04-01", "2025-03-31"], ["2025-04-01", "2026-03-31"], ["2026-04-01", "2026-04-30"]];
let who; // name → the person in the space

async function write(person, collection, list) {
	for (let at = 0; at < list.length; at += 200) {
		const { results } = answered(await person.push(list.slice(at, at + 200).map(({ id, ...set }, i) => ({
			op: `${collection}-${at + i}`, collection, ...(id && { id }), base: 0, set,
		}))));
		assert.deepEqual(results.filter(({ status }) => status !== "applied"), []);
	}
}

before(async () => {
	const space = await team(Object.fromEntries(people.map(({ name, role }) => [name, role])), { name: "Nord" });
	who = Object.fromEntries(people.map(({ name }) => [name, as(name).in(space)]));
	await write(who.ada, "costCenters", costCenters);
	await write(who.ada, "mileageRates", rates.map((rate) => ({ ...rate, reason: AGREED })));
	await write(who.ada, "perDiemRules", perDiemRules.map((rule) => ({ ...rule, reason: AGREED })));
	const employee = (name, more) =>
		({ id: `e-${name}`, firstName: name, lastName: "X", user: who[name].id, ...more });
	await write(who.ada, "employees", [employee("di"), employee("eve", { finance: true }),
		employee("cy", { supervisor: "e-di" }), employee("bo")]);
	for (const { name, vehicles } of people) {
		const { trips, receipts, notes, sheets } = rows[name];
		await write(who[name], "vehicles", vehicles.filter(Boolean)
			.map((kind) => ({ id: `${name}-${kind}`, name: kind, kind })));
		await write(who[name], "mileage", trips.map(({ kind, ...trip }) => trip));
		await write(who[name], "receipts", receipts);
		await write(who[name], "dayNotes", notes);
		await write(who[name], "timesheets", sheets);
	}
	answered(await who.ada.post("/api/spaceSettings", settings), 201);
});

// ---- what is reckoned, as the API writes it ----

const cents = Number, tenths = (value) => Number(value) / 10, hundredths = (value) => Number(value) / 100;
const SUM = { miles: tenths, hours: hundredths };
const sumShown = (sum) => Object.fromEntries(Object.entries(sum)
	.map(([name, value]) => [name, (SUM[name] ?? cents)(value)]));

const reckoned = new Map(); // what is forgotten when something is changed: trips by name, months by name and month

function tripsFor(name) {
	if (!reckoned.has(name))
		reckoned.set(name, tripsOf(rows[name].trips, rates));
	return reckoned.get(name);
}

function monthFor(name, month) {
	const key = `${name} ${month}`;
	if (!reckoned.has(key))
		reckoned.set(key, monthOf(month, rows[name], tripsFor(name),
			{ rules: perDiemRules, centers: costCenters, settings }));
	return reckoned.get(key);
}

const byId = (one, other) => (one.id < other.id ? -1 : 1);
const byName = ([one], [other]) => (one < other ? -1 : 1);
const some = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
const pick = (of, ...names) => some(Object.fromEntries(names.map((name) => [name, of[name]])));

const bucketOf = ({ category, costCenter }) => `${category} ${costCenter ?? ""}`;
const RECEIPT = ["id", "date", "amount", "category", "costCenter", "counts"];
const TRIP = [
	"id", "date", "miles", "amount", "unit", "rate", "distance", "toll", "beyond", "rateBeyond", "parking",
	"costCenter",
];

// The figures of a month in one form, from what is reckoned and from what is shown.
function asReckoned({ sum, lines, receipts, days, hours, centers, missing }) {
	return {
		sum: sumShown(sum), missing,
		trips: lines.map(({ trip, rate, miles, distance, beyond, amount }) => some({
			id: trip.id, date: trip.date, miles: tenths(miles), amount: cents(amount), unit: rate?.unit,
			rate: rate?.rate, distance: rate ? tenths(distance) : undefined, toll: trip.toll || undefined,
			beyond: beyond > 0n ? tenths(beyond) : undefined,
			rateBeyond: beyond > 0n ? rate.rateAfter : undefined, parking: trip.parking || undefined,
			costCenter: trip.costCenter,
		})),
		receipts: receipts.map((one) => pick(one, ...RECEIPT)).sort(byId),
		perDiem: days.map(({ amount, spent, evidence: _, ...day }) =>
			some({ ...day, amount: cents(amount), spent: cents(spent) })),
		hours: hours.map((one) => [bucketOf(one), hundredths(one.hours)]).sort(byName),
		centers: [...centers].map(([id, one]) => [id ?? "", {
			name: costCenters.find((center) => center.id === id)?.name ?? null, ...sumShown(one),
		}]).sort(byName),
	};
}

function asShown({ sum, trips, receipts, perDiem, hours, costCenters: centers, missing }) {
	return {
		sum, missing: missing.map(({ date, kind }) => `${date} ${kind}`).sort(),
		trips: trips.map(({ toll, parking, ...trip }) =>
			pick({ ...trip, toll: toll || undefined, parking: parking || undefined }, ...TRIP)),
		receipts: receipts.map((one) => pick(one, ...RECEIPT)).sort(byId),
		perDiem: perDiem.map((day) => pick(day, "date", "costCenter", "rule", "amount", "spent")),
		hours: hours.map((one) => [bucketOf(one), one.hours]).sort(byName),
		centers: centers.map(({ costCenter, ...one }) => [costCenter ?? "", one]).sort(byName),
	};
}

const total = (sums) => Object.fromEntries(Object.keys(sums[0] ?? {}).map((name) =>
	[name, sums.reduce((sum, one) => sum + one[name], 0n)]));

// Every month of everybody in these spans, held against the rows.
async function monthsAreRight(spans) {
	for (const [from, to] of spans) {
		const report = answered(await who.bo.get(`/api/reports/month?from=${from}&to=${to}`));
		const within = months.filter((month) => month >= from.slice(0, 7) && month <= to.slice(0, 7));
		assert.equal(report.people.length, people.length);
		for (const { name } of people) {
			const shown = report.people.find(({ person }) => person === who[name].id).months;
			assert.deepEqual(shown.map((month) => month.from.slice(0, 7)), within);
			for (const month of shown)
				assert.deepEqual(asShown(month), asReckoned(monthFor(name, month.from.slice(0, 7))),
					`${name}, ${month.from}`);
		}
		assert.deepEqual(report.sum, sumShown(total(people.flatMap(({ name }) =>
			within.map((month) => monthFor(name, month).sum)))));
	}
}

test("what happens in these years is worth a test", () => {
	const all = people.flatMap(({ name }) => months.map((month) => monthFor(name, month)));
	const lines = all.flatMap((month) => month.lines), days = all.flatMap((month) => month.days);
	for (const rate of rates)
		assert.ok(lines.filter((line) => line.rate === rate).length > 2, JSON.stringify(rate));
	for (const rate of rates.filter(({ threshold }) => threshold))
		assert.ok(lines.some((line) => line.rate === rate && line.beyond > 0n), JSON.stringify(rate));
	assert.ok(lines.some(({ beyond, distance }) => beyond > 0n && beyond < distance));
	for (const { id } of perDiemRules)
		assert.ok(days.some(({ rule }) => rule === id), id);
	for (const kind of ["note", "perDiem", "rate", "receipt", "split"])
		assert.ok(all.some(({ missing }) => missing.some((one) => one.endsWith(` ${kind}`))), kind);
	for (const counts of ["paid", "evidence", "notReimbursed"])
		assert.ok(all.some(({ receipts }) => receipts.some((one) => one.counts === counts)), counts);
});

test("every month of everybody is what the rows say, to the cent", () => monthsAreRight(SPANS));

test("the app finds the same from the records alone", async () => {
	const read = async (person, collection, owner) => answered(await person.get(
		`/api/${collection}?limit=1000${owner ? `&owner=${owner}` : ""}`))[collection];
	for (const { name } of people) {
		const of = (collection) => read(who[name], collection, who[name].id);
		const found = {
			trips: await of("mileage"), receipts: await of("receipts"), timesheets: await of("timesheets"),
			dayNotes: await of("dayNotes"), rates: await read(who.ada, "mileageRates"), settings,
			rules: await read(who.ada, "perDiemRules"), costCenters: await read(who.ada, "costCenters"),
		};
		assert.equal(found.trips.length, rows[name].trips.length);
		assert.deepEqual(priced(found.trips, found.rates).map((line) => [line.trip.id, line.accrued / 10]),
			tripsFor(name).map((line) => [line.trip.id, tenths(line.accrued)]));
		for (const month of months)
			assert.deepEqual(asShown(monthInApp(month, found)), asReckoned(monthFor(name, month)),
				`${name}, ${month}`);
	}
});

// The lines of a CSV as objects.
function linesOf(csv) {
	const cells = csv.replace(/^\ufeff/, "").trimEnd().split("\r\n").map((line) =>
		[...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell]) =>
			cell.replace(/^"(.*)"$/s, "$1").replaceAll("\"\"", "\"")));
	const [head, ...lines] = cells;
	return lines.map((line) => Object.fromEntries(head.map((name, at) => [name, line[at]])));
}

const money = (value) => `${value / 100n}.${String(value % 100n).padStart(2, "0")}`;

// What the report of trips has of one.
function tripOf({ trip, rate, miles, distance, accrued, beyond, amount }) {
	const extras = trip.category === "business" ? (trip.toll ?? 0) + (trip.parking ?? 0) : 0;
	const limits = rate?.threshold === undefined ? {} : { accrued: tenths(accrued), beyond: tenths(beyond) };
	return {
		id: trip.id, miles: tenths(miles), rate: rate?.rate ?? null,
		...(rate && { distance: tenths(distance) }), ...limits,
		amount: cents(amount), total: cents(amount) + extras,
	};
}

test("the report of trips has every trip, what counted before it, and its months", async () => {
	for (const [from, to] of SPANS) {
		const query = `from=${from}&to=${to}`;
		const report = answered(await who.bo.get(`/api/reports/mileage?${query}`));
		const file = linesOf((await who.bo.get(`/api/reports/mileage?${query}&format=csv`)).text);
		for (const { name } of people) {
			const shown = report.people.find(({ id }) => id === who[name].id) ?? { trips: [], months: [] };
			const lines = tripsFor(name).filter(({ trip }) => trip.date >= from && trip.date <= to);
			assert.deepEqual(shown.trips.map((one) =>
				pick(one, "id", "miles", "rate", "distance", "amount", "total", "accrued", "beyond")),
			lines.map(tripOf), `${name}, ${from}`);
			const driven = months.filter((month) => lines.some(({ trip }) => trip.date.startsWith(month)));
			assert.deepEqual(
				shown.months.map((one) =>
					pick(one, "month", "businessMiles", "amount", "toll", "parking")),
				driven.map((month) => {
					const { miles, trips, toll, parking } = monthFor(name, month).sum;
					return {
						month, businessMiles: tenths(miles), amount: cents(trips),
						toll: cents(toll), parking: cents(parking),
					};
				}));
			assert.deepEqual(
				file.filter(({ person }) => person === who[name].id)
					.map((line) => [line.id, line.amount]),
				lines.map(({ trip, amount }) => [trip.id, money(amount)]));
		}
	}
});

// The lines of a month in its file, but for hours: [kind, id or day, cents].
function cellsOf({ lines, receipts, days }) {
	const paid = { paid: "receipt", evidence: "evidence", notReimbursed: "not reimbursed" };
	return [
		...lines.flatMap(({ trip, amount }) =>
			[["trip", amount], ["toll", trip.toll ?? 0], ["parking", trip.parking ?? 0]]
				.filter(([kind, value]) => kind === "trip" || value > 0)
				.map(([kind, value]) => [kind, trip.id, value])),
		...receipts.map(({ id, counts, amount }) => [paid[counts], id, counts === "paid" ? amount : 0]),
		...days.map(({ date, amount }) => ["per diem", date, amount]),
	];
}

test("the report of days away, and the files, have the same figures line by line", async () => {
	const [from, to] = ["2025-01-10", "2025-09-20"]; // the most of a month counts from its first day all the same
	const ask = async (report, more = "") =>
		(await who.bo.get(`/api/reports/${report}?from=${from}&to=${to}${more}`));
	const report = answered(await ask("perdiem"));
	const away = linesOf((await ask("perdiem", "&format=csv")).text);
	const file = linesOf((await ask("month", "&format=csv")).text);
	const within = months.filter((month) => month >= "2025-01" && month <= "2025-09");
	for (const { name } of people) {
		const own = ({ person }) => person === who[name].id;
		const all = within.map((month) => monthFor(name, month));
		const inSpan = all.flatMap((month) => month.days).filter(({ date }) => date >= from && date <= to);
		const shown = report.people.find(own);
		assert.deepEqual(shown.days.map((day) => [day.date, day.rule ?? null, day.amount, day.spent]),
			inSpan.map((day) => [day.date, day.rule ?? null, cents(day.amount), cents(day.spent)]), name);
		assert.equal(shown.sum, inSpan.reduce((sum, { amount }) => sum + cents(amount), 0));
		assert.deepEqual(away.filter(own).map((line) => [line.date, line.id, line.amount]),
			inSpan.map((day) => [day.date, day.rule ?? "", String(day.amount)]));

		const [hours, others] = [true, false].map((are) =>
			file.filter((line) => own(line) && (line.kind === "hours") === are));
		assert.deepEqual(others.map((line) =>
			String([line.kind, line.kind === "per diem" ? line.date : line.id, line.amount])).sort(),
		all.flatMap(cellsOf).map(String).sort());
		assert.deepEqual(
			hours.map(({ date, category, costCenter, quantity }) =>
				String([date.slice(0, 7), category, costCenter, Number(quantity)])).sort(),
			all.flatMap((month, at) => month.hours.map(({ category, costCenter, hours: time }) =>
				String([within[at], category, costCenter ?? "", hundredths(time)]))).sort());
	}
});

// ---- months that are handed in ----

const step = async (name, { id, version }, change) => answered(await who[name].patch(`/api/expenseReports/${id}`,
	{ ...change, expectedVersion: version })).expenseReport;
const signed = (name) => ({ state: "submitted", certified: true, signedAs: name });
const handIn = async (name, month) => answered(await who[name].post("/api/expenseReports",
	{ from: `${month}-01`, ...signed(name) }), 201).expenseReport;
const SUPERVISED = { state: "finance", supervisorCertified: true, supervisorSignedAs: "di" };
const PAID = { state: "approved", financeSignedAs: "Who pays" };

const kept = async (name, id) => answered(await who[name].get(`/api/expenseReports/${id}`)).expenseReport;

function isKept(report, expected) {
	assert.equal(report.total, cents(expected.sum.total));
	assert.deepEqual(asShown(report.figures), asReckoned(expected));
}

test("a report keeps what was handed in, and a month that was returned is corrected", async () => {
	const may = new Map();
	for (const { name } of people) {
		let report = await handIn(name, "2024-05");
		isKept(report, monthFor(name, "2024-05"));
		if (report.state === "supervisor")
			report = await step("di", report, SUPERVISED);
		assert.equal(report.state, "finance");
		report = await step(name === "eve" ? "ada" : "eve", report, PAID);
		assert.equal(report.state, "approved");
		may.set(name, report);
	}
	let june = await handIn("cy", "2024-06");
	const july = await handIn("cy", "2024-07"), julyThen = monthFor("cy", "2024-07");
	june = await step("di", june, { state: "returned", comment: "One trip was longer." });
	const trip = rows.cy.trips.find(({ date, category, km, kind }) =>
		date.startsWith("2024-06") && category === "business" && km !== undefined && kind === "car");
	const lastOfJuly = rows.cy.trips.find(({ date }) => date.startsWith("2024-07"));
	refused(await who.cy.patch(`/api/mileage/${lastOfJuly.id}`, { miles: 1.5 }), 409,
		{ type: "/problems/period-closed" });
	answered(await who.cy.patch(`/api/mileage/${trip.id}`, { km: 139.9 }));
	trip.km = 139.9;
	reckoned.clear();
	june = await step("cy", june, signed("cy"));
	isKept(june, monthFor("cy", "2024-06"));
	assert.equal(june.state, "supervisor");
	assert.equal((await step("eve", await step("di", june, SUPERVISED), PAID)).state, "approved");
	// July stays what was handed in, and what the trips of its tax year come to now is in the report of the month.
	isKept(await kept("cy", july.id), julyThen);
	assert.notEqual(monthFor("cy", "2024-07").sum.trips, julyThen.sum.trips);
	for (const [name, { id }] of may)
		isKept(await kept(name, id), monthFor(name, "2024-05"));
	await monthsAreRight(SPANS.slice(0, 1));
});

test("a rate that is told late moves the months that are open, and none that is closed", async () => {
	refused(await who.ada.post("/api/mileageRates", { ...lateRate, from: "2024-05-10", reason: AGREED }), 409,
		{ type: "/problems/period-closed" });
	refused(await who.ada.post("/api/mileageRates", lateRate), 400, { field: "reason" });
	answered(await who.ada.post("/api/mileageRates", { ...lateRate, reason: AGREED }), 201);
	rates.push(lateRate);
	reckoned.clear();
	await monthsAreRight(SPANS);
	assert.equal((await ctl("verify")).status, 0);
});
