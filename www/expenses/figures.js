// What a month of expenses comes to, from the rows of one person: trips by rates, receipts and their splits, days away,
// hours, and what is missing.  lib/expenses/ has the same in C (mileage_money.c, per_diem.c, month.c), and
// tests/fixtures/expenses/ holds both to the same answers.  No document, no clock.
//
// Amounts are in cents.  Inside, distances are tenths, rates thousandths and hours hundredths, all whole numbers.

const KM_OF_MILE = 1609344, MILLION = 1000000; // millionths of a kilometre in a mile
const DAY_OFF_HOURS = 8, DAY_HOURS = 24;
const PER_DIEM = "Per Diem";

const isGiven = (value) => value !== undefined && value !== null;
const scaled = (value, times) => (isGiven(value) ? Math.round(value * times) : 0);
const byText = (one, other) => (one < other ? -1 : one > other ? 1 : 0);
const quotient = (n, by) => Math.floor((n + Math.floor(by / 2)) / by); // rounded, of what is not negative
const money = (cents) => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
const sumOf = (rows, what) => rows.reduce((sum, row) => sum + what(row), 0);

// ---- trips ----

const isPaid = (trip) => (trip.category ?? "business") === "business" && !trip.underway;
const kindOf = (rate) => rate.vehicleKind ?? "any";
const isByKm = (rate) => rate.unit === "km";

// The newest rate for this kind of vehicle that has begun; of two of one day the one of the trip's own unit.
function newest(rates, trip, kind) {
	let found = null;
	for (const rate of rates)
		if (rate.from <= trip.date && kindOf(rate) === kind &&
			(found?.from !== rate.from || isByKm(rate) === isGiven(trip.km)))
			found = rate;
	return found;
}

function rateOf(rates, trip) {
	if (!isPaid(trip))
		return null;
	return (trip.vehicleKind && newest(rates, trip, trip.vehicleKind)) || newest(rates, trip, "any");
}

function yearOf(date, start = "01-01") {
	const year = Number(date.slice(0, 4)) - (date.slice(5) < start ? 1 : 0);
	return `${String(year).padStart(4, "0")}-${start}`;
}

function distanceOf(trip, rate) {
	if (!isByKm(rate))
		return scaled(trip.miles, 10);
	return isGiven(trip.km) ? scaled(trip.km, 10) : quotient(scaled(trip.miles, 10) * KM_OF_MILE, MILLION);
}

// What the trips before this one count since the beginning of its tax year.
function before(lines, at, start) {
	const { rate } = lines[at];
	return sumOf(lines.slice(0, at).filter((one) => one.rate && kindOf(one.rate) === kindOf(rate) &&
		isByKm(one.rate) === isByKm(rate) && one.trip.date >= start), ({ distance }) => distance);
}

/**
 * Trips in the order in which they count, each as {trip, rate, distance, accrued, beyond, amount}.  rates are those of
 * the space.  For a threshold, trips has all trips of the tax year.
 */
export function priced(trips, rates) {
	const inOrder = [...rates].sort((one, other) => byText(one.from, other.from) || byText(one.id, other.id));
	const lines = [...trips].sort((one, other) => byText(one.date, other.date) ||
		byText(one.order ?? "", other.order ?? "") || byText(one.id, other.id))
		.map((trip) => ({ trip, rate: rateOf(inOrder, trip), distance: 0, accrued: 0, beyond: 0, amount: 0 }));
	const accruals = new Map(); // distances that count towards the same threshold: {start, distance}
	lines.forEach((line, at) => {
		const { trip, rate } = line;
		if (!rate)
			return;
		const key = `${kindOf(rate)} ${isByKm(rate)}`, start = yearOf(trip.date, rate.yearStart ?? undefined);
		if (accruals.get(key)?.start !== start)
			accruals.set(key, { start, distance: before(lines, at, start) });
		line.distance = distanceOf(trip, rate);
		line.accrued = accruals.get(key).distance;
		accruals.get(key).distance += line.distance;
		if (isGiven(rate.threshold)) {
			const left = Math.max(0, scaled(rate.threshold, 10) - line.accrued);
			line.beyond = Math.max(0, line.distance - left);
		}
		line.amount = quotient((line.distance - line.beyond) * scaled(rate.rate, 1000) +
			line.beyond * scaled(rate.rateAfter, 1000), 100);
	});
	return lines;
}

// ---- per diem ----

// The rules that hold on a day, the one that goes first in front.
function groupOf(rules, costCenter, date) {
	const of = (center) => rules.filter((rule) => (rule.costCenter ?? null) === center && rule.from <= date);
	const own = of(costCenter ?? null), group = own.length > 0 ? own : of(null);
	const from = group.reduce((last, rule) => (rule.from > last ? rule.from : last), "");
	return group.filter((rule) => rule.from === from).sort((one, other) =>
		(other.rank ?? 0) - (one.rank ?? 0) || other.amount - one.amount || byText(one.id, other.id));
}

// {miss}: the first condition that is not met; or {met}: by what the rule is met.
function judge(rule, facts, alone) {
	const conditions = [
		[facts.hours, scaled(rule.minHours, 100), 100, "h away", false],
		[facts.miles, scaled(rule.minMiles, 10), 10, "mi driven", true],
		[facts.distance, scaled(rule.minDistance, 10), 10, "mi from base", true],
	];
	const met = [];
	let night = Boolean(rule.overnight);
	for (const [has, needs, scale, of, byNight] of conditions) {
		const words = `${has / scale} of ${needs / scale} ${of}`;
		if (needs === 0)
			continue;
		if (alone && byNight && facts.overnight)
			night = true;
		else if (has < needs)
			return { miss: words };
		else
			met.push(words);
	}
	if (rule.overnight && !facts.overnight)
		return { miss: "no night away" };
	return { met: night ? [...met, "a night away"] : met };
}

function pay(rule, facts, met, paid) {
	const name = rule.name ?? "Per diem", { amount: most, monthlyMax } = rule;
	let reason = `${name}${met.length > 0 ? ": " : ""}${met.join(", ")}.`, amount = most;
	if (most === 0)
		reason += " It pays nothing.";
	if (most > 0 && rule.useActual) {
		reason += ` ${money(facts.spent)} was spent, at most ${money(most)} is paid.`;
		amount = Math.min(amount, facts.spent);
	}
	if (isGiven(monthlyMax) && amount > monthlyMax - paid) {
		reason += ` At most ${money(monthlyMax)} is paid a month.`;
		amount = Math.max(0, monthlyMax - paid);
	}
	return { rule: rule.id, tier: name, amount, reason };
}

function worthOf(group, facts, paid) {
	if (!facts.note)
		return { amount: 0, reason: "None: the day has no note." };
	if (facts.note.dayOff)
		return { amount: 0, reason: `None: it was off (${facts.note.dayOff}).` };
	const misses = [];
	for (const rule of group) {
		const { met, miss } = judge(rule, facts, group.length === 1);
		if (met)
			return pay(rule, facts, met, paid);
		misses.push(`${rule.name ?? "Per diem"}: ${miss}`);
	}
	return { amount: 0, reason: `None. ${misses.join("; ")}.` };
}

// ---- the month ----

function endOf(month) {
	const [year, number] = month.split("-").map(Number);
	return `${month}-${String(new Date(Date.UTC(2000 + year % 400, number, 0)).getUTCDate()).padStart(2, "0")}`;
}

const chosen = (list, usual) => (list?.length > 0 ? list : usual);

// The days of the month that have anything, by date.
function daysOf({ trips, receipts, sheets, notes }, rules) {
	const days = new Map();
	const dayOf = (date) => {
		if (!days.has(date))
			days.set(date, { date, note: null, miles: 0, spent: 0, hours: 0, has: false, evidence: [] });
		return days.get(date);
	};
	for (const note of notes)
		dayOf(note.date).note = note;
	for (const { trip } of trips) {
		dayOf(trip.date).has = true;
		dayOf(trip.date).miles += scaled(trip.miles, 10);
	}
	for (const { date, hours } of sheets) {
		dayOf(date).hours += scaled(hours, 100);
		dayOf(date).has ||= hours > 0;
	}
	for (const receipt of receipts) {
		const day = dayOf(receipt.date);
		day.has = true;
		if (receipt.category === PER_DIEM && groupOf(rules, day.note?.costCenter, day.date).length > 0) {
			day.evidence.push(receipt);
			day.spent += receipt.amount;
		}
	}
	return [...days.values()].sort((one, other) => byText(one.date, other.date));
}

function perDiemOf(days, rules) {
	const lines = [];
	let paid = 0;
	for (const day of days) {
		const { note } = day, group = groupOf(rules, note?.costCenter, day.date);
		if ((!note && day.evidence.length === 0) || group.length === 0)
			continue;
		const facts = {
			...day, hours: scaled(note?.hoursAway, 100), distance: scaled(note?.milesFromBase, 10),
			overnight: Boolean(note?.overnight),
		};
		const worth = worthOf(group, facts, paid);
		const line = { date: day.date, costCenter: note?.costCenter, spent: day.spent, ...worth };
		paid += line.amount;
		lines.push(line);
	}
	return lines;
}

function hoursOf(days, sheets) {
	const all = new Map();
	const add = (category, costCenter, hours) => {
		const key = JSON.stringify([category, costCenter ?? null]);
		const bucket = all.get(key) ?? { category, ...(costCenter && { costCenter }), hours: 0 };
		if (hours > 0)
			all.set(key, { ...bucket, hours: bucket.hours + scaled(hours, 100) });
	};
	for (const { category = "Working", costCenter, hours } of sheets)
		add(category, costCenter, hours);
	for (const { date, note } of days) {
		const category = { PTO: "PTO", holiday: "Holiday" }[note?.dayOff];
		if (category && !sheets.some((one) => one.date === date && one.category === category && one.hours > 0))
			add(category, note.costCenter, DAY_OFF_HOURS);
	}
	return [...all.values()].map((bucket) => ({ ...bucket, hours: bucket.hours / 100 }))
		.sort((one, other) => byText(one.category, other.category) ||
			!one.costCenter - !other.costCenter || byText(one.costCenter, other.costCenter));
}

function splitGap(receipt, receipts) {
	const parts = receipts.filter(({ date, splitGroup }) =>
		date === receipt.date && splitGroup === receipt.splitGroup);
	const sum = sumOf(parts, ({ amount }) => amount), whole = receipt.splitTotal ?? 0;
	if (parts[0] !== receipt || sum === whole)
		return null;
	return `The parts of this receipt come to ${money(sum)}, the whole to ${money(whole)}.`;
}

function receiptGaps(receipts, settings) {
	const gaps = [], words = chosen(settings?.needDescription, ["Other"]), files = settings?.needFile ?? [];
	for (const receipt of receipts) {
		const { category, date, id } = receipt;
		const add = (kind, detail) => gaps.push({ kind, date, collection: "receipts", id, detail });
		if (!receipt.description && words.includes(category))
			add("receipt", `A receipt of the category ${category} needs a description.`);
		if (!receipt.file && files.includes(category))
			add("receipt", `A receipt of the category ${category} needs an image or a PDF.`);
		if (receipt.duplicateOf)
			add("duplicate", "It looks like another receipt.");
		const detail = receipt.splitGroup && splitGap(receipt, receipts);
		if (detail)
			add("split", detail);
	}
	return gaps;
}

function tripGaps(trips) {
	const gap = (kind, { date, id }, detail) => ({ kind, date, collection: "mileage", id, detail });
	return trips.flatMap(({ trip, rate }) => {
		if (trip.underway)
			return [gap("trip", trip, "This trip has no end yet.")];
		return isPaid(trip) && !rate
			? [gap("rate", trip, "There is no rate for this trip; it is worth nothing.")] : [];
	});
}

function dayGaps(days, perDiem, centers) {
	const gaps = [];
	for (const day of days) {
		const { date, note } = day, paid = perDiem.find((line) => line.date === date)?.amount > 0;
		const add = (kind, collection, detail) => gaps.push({ kind, date, collection, detail });
		if (day.hours > DAY_HOURS * 100)
			add("hours", "timesheets", "More than 24 hours are written down.");
		if (day.has && !note)
			add("note", "dayNotes", "The day has trips, receipts or hours, but no note.");
		const asks = centers.find(({ id }) => id === note?.costCenter)?.perDiemFile;
		if (paid && asks && !day.evidence.some(({ file }) => file))
			add("perDiem", "dayNotes", "The cost center asks for a receipt of this per diem.");
	}
	return gaps;
}

function centersOf({ trips, receipts, perDiem, hours }, centers) {
	const all = new Map();
	const add = (id, what, amount) => {
		const key = id ?? null, name = centers.find((one) => one.id === key)?.name ?? null;
		if (!all.has(key))
			all.set(key, {
				costCenter: key, name, trips: 0, extras: 0, receipts: 0, perDiem: 0, total: 0, hours: 0,
			});
		all.get(key)[what] += amount;
	};
	for (const { trip, amount } of trips) {
		add(trip.costCenter, "trips", amount);
		add(trip.costCenter, "extras", (trip.toll ?? 0) + (trip.parking ?? 0));
	}
	for (const { costCenter, amount, counts } of receipts)
		if (counts === "paid")
			add(costCenter, "receipts", amount);
	for (const { costCenter, amount } of perDiem)
		if (amount > 0)
			add(costCenter, "perDiem", amount);
	for (const bucket of hours)
		add(bucket.costCenter, "hours", scaled(bucket.hours, 100));
	const lower = ({ name }) => name.toLowerCase();
	return [...all.values()]
		.map((one) => ({
			...one, hours: one.hours / 100, total: one.trips + one.extras + one.receipts + one.perDiem,
		}))
		.sort((one, other) => (one.costCenter === null) - (other.costCenter === null) ||
			(one.name === null) - (other.name === null) ||
			(one.name === null ? byText(one.costCenter, other.costCenter)
				: byText(lower(one), lower(other)) || byText(one.costCenter, other.costCenter)));
}

function lineOf({ trip, rate, distance, beyond, amount }) {
	const paid = rate && { rate: rate.rate, unit: isByKm(rate) ? "km" : "mi", distance: distance / 10 };
	return {
		...trip, amount, ...paid,
		...(beyond > 0 && { beyond: beyond / 10, rateBeyond: rate.rateAfter }),
	};
}

/**
 * The figures of a month ("2026-10") as GET /api/reports/month gives them.  rows: {trips, receipts, timesheets,
 * dayNotes, rates, rules, costCenters, settings}: those of one person, and those of the space.
 */
export function monthOf(month, rows) {
	const from = `${month}-01`, to = endOf(month), inMonth = ({ date }) => date >= from && date <= to;
	const of = (name) => (rows[name] ?? []).filter(inMonth)
		.sort((one, other) => byText(one.date, other.date) || byText(one.id, other.id));
	const rules = rows.rules ?? [], centers = rows.costCenters ?? [], settings = rows.settings;
	const every = priced(rows.trips ?? [], rows.rates ?? []).filter(({ trip }) => inMonth(trip));
	const trips = every.filter(({ trip }) => isPaid(trip));
	const sheets = of("timesheets"), all = of("receipts");
	const days = daysOf({ trips, receipts: all, sheets, notes: of("dayNotes") }, rules);
	const perDiem = perDiemOf(days, rules), evidence = new Set(days.flatMap((day) => day.evidence));
	const unpaid = chosen(settings?.notReimbursed, ["EES"]);
	const countsOf = (receipt) => (evidence.has(receipt) ? "evidence"
		: unpaid.includes(receipt.category) ? "notReimbursed" : "paid");
	const receipts = all.map((receipt) => ({ ...receipt, counts: countsOf(receipt) }));
	const hours = hoursOf(days, sheets);
	const counted = (what) => sumOf(receipts.filter(({ counts }) => counts === what), ({ amount }) => amount);
	const sum = {
		miles: sumOf(trips, ({ trip }) => scaled(trip.miles, 10)) / 10,
		trips: sumOf(trips, ({ amount }) => amount),
		toll: sumOf(trips, ({ trip }) => trip.toll ?? 0),
		parking: sumOf(trips, ({ trip }) => trip.parking ?? 0),
		receipts: counted("paid"),
		perDiem: sumOf(perDiem, ({ amount }) => amount),
		notReimbursed: counted("notReimbursed"),
		hours: sumOf(hours, (bucket) => scaled(bucket.hours, 100)) / 100,
	};
	sum.total = sum.trips + sum.toll + sum.parking + sum.receipts + sum.perDiem;
	const missing = [...tripGaps(every), ...receiptGaps(all, settings), ...dayGaps(days, perDiem, centers)]
		.sort((one, other) => byText(one.date, other.date) || byText(one.kind, other.kind) ||
			byText(one.id ?? "", other.id ?? ""));
	return {
		from, to, sum, hours, missing, missingCount: missing.length, perDiem, receipts,
		trips: trips.map(lineOf),
		costCenters: centersOf({ trips, receipts, perDiem, hours }, centers),
	};
}
