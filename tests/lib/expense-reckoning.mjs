// What expenses come to, reckoned the slow way from what schema/PROTOCOL.md says: every trip looks through all others
// for what counts before it, every day through all rows.  Amounts are BigInt fractions until they are rounded.
// It shares nothing with the server or the app.

const big = (value, digits) => BigInt((value ?? 0).toFixed(digits).replace(".", "")); // no float is multiplied
const halfUp = (n, by) => (2n * n + by) / (2n * by); // of what is not negative
const least = (...all) => all.reduce((one, other) => (other < one ? other : one));
const most = (...all) => all.reduce((one, other) => (other > one ? other : one));
const total = (rows, what) => rows.reduce((sum, row) => sum + what(row), 0n);
const byBytes = (one, other) => (one === other ? 0 : one < other ? -1 : 1);
const MILE = 1609344n; // millimetres

// ---- trips ----

const paid = (trip) => trip.category === "business" && trip.underway !== true;
const milesOf = (trip) => (trip.km === undefined ? big(trip.miles, 1) : halfUp(big(trip.km, 1) * 1000000n, MILE));
const kmOf = (trip) => (trip.km === undefined ? halfUp(big(trip.miles, 1) * MILE, 1000000n) : big(trip.km, 1));

// The newest rate of the kind of the vehicle, else the newest for any; of two of one day the one in the trip's unit.
function rateFor(trip, rates) {
	for (const kind of [trip.kind, "any"]) {
		const begun = rates.filter(({ vehicleKind, from }) => vehicleKind === kind && from <= trip.date);
		const from = begun.map((rate) => rate.from).sort().at(-1);
		const newest = begun.filter((rate) => rate.from === from);
		const unit = trip.km === undefined ? "mi" : "km";
		if (newest.length > 0)
			return newest.find((rate) => rate.unit === unit) ?? newest[0];
	}
	return null;
}

function taxYearOf(date, start = "01-01") {
	let year = Number(date.slice(0, 4));
	while (`${year}-${start}` > date)
		year--;
	return `${year}-${start}`;
}

/** All trips of a person, in the order in which they count: {trip, rate, miles, distance, accrued, beyond, amount}. */
export function tripsOf(trips, rates) {
	const lines = [...trips].sort((one, other) => byBytes(one.date, other.date) ||
		byBytes(one.order, other.order) || byBytes(one.id, other.id))
		.map((trip) => ({ trip, rate: paid(trip) ? rateFor(trip, rates) : null, miles: milesOf(trip) }));
	return lines.map((line, at) => {
		const { trip, rate } = line, { vehicleKind, unit } = rate ?? {};
		if (!rate)
			return { ...line, distance: 0n, accrued: 0n, beyond: 0n, amount: 0n };
		const far = ({ trip: one, miles }) => (unit === "km" ? kmOf(one) : miles);
		const since = taxYearOf(trip.date, rate.yearStart);
		const accrued = total(lines.slice(0, at).filter((one) => one.trip.date >= since &&
			one.rate?.vehicleKind === vehicleKind && one.rate.unit === unit), far);
		const distance = far(line);
		let beyond = 0n;
		if (rate.threshold !== undefined)
			for (let at = accrued + 1n; at <= accrued + distance; at++) // tenth by tenth
				beyond += at > big(rate.threshold, 1) ? 1n : 0n;
		const exact = (distance - beyond) * big(rate.rate, 3) + beyond * big(rate.rateAfter, 3);
		return { ...line, distance, accrued, beyond, amount: halfUp(exact, 100n) };
	});
}

// ---- per diem ----

function rulesFor(rules, center, date) {
	for (const of of [center, undefined]) {
		const begun = rules.filter(({ costCenter, from }) => costCenter === of && from <= date);
		const from = begun.map((rule) => rule.from).sort().at(-1);
		if (begun.length > 0)
			return begun.filter((rule) => rule.from === from);
	}
	return [];
}

function isMet(rule, { hours, miles, distance, overnight }, alone) {
	const night = alone && overnight;
	return hours >= big(rule.minHours, 2) && (night || miles >= big(rule.minMiles, 1)) &&
		(night || distance >= big(rule.minDistance, 1)) && (overnight || rule.overnight !== true);
}

const isDiem = ({ category }) => category === "Per Diem";

function daysOf(month, { trips, receipts, notes }, rules) {
	const days = [];
	let before = 0n;
	for (let number = 1; number <= 31; number++) {
		const date = `${month}-${String(number).padStart(2, "0")}`, on = (row) => row.date === date;
		const note = notes.find(on), held = rulesFor(rules, note?.costCenter, date);
		const evidence = receipts.filter(on).filter(isDiem);
		if (held.length === 0 || !note && evidence.length === 0)
			continue;
		const spent = total(evidence, ({ amount }) => BigInt(amount));
		const facts = {
			hours: big(note?.hoursAway, 2), distance: big(note?.milesFromBase, 1),
			overnight: note?.overnight === true, miles: total(trips.filter(on).filter(paid), milesOf),
		};
		const fits = !note || note.dayOff ? [] : held.filter((rule) => isMet(rule, facts, held.length === 1));
		const [rule] = fits.sort((one, other) =>
			(other.rank ?? 0) - (one.rank ?? 0) || other.amount - one.amount);
		let amount = rule ? BigInt(rule.amount) : 0n;
		if (rule?.useActual)
			amount = least(amount, spent);
		if (rule?.monthlyMax !== undefined)
			amount = least(amount, most(0n, BigInt(rule.monthlyMax) - before));
		before += amount;
		days.push({ date, costCenter: note?.costCenter, rule: rule?.id, amount, spent, evidence });
	}
	return days;
}

// ---- the month ----

function hoursOf(sheets, notes) {
	const all = sheets.map((sheet) => ({ ...sheet, hours: big(sheet.hours, 2) }));
	for (const { date, dayOff, costCenter } of notes) {
		const category = dayOff === "PTO" ? "PTO" : dayOff === "holiday" ? "Holiday" : null;
		if (category && !sheets.some((one) => one.date === date && one.category === category && one.hours > 0))
			all.push({ date, category, costCenter, hours: 800n });
	}
	const buckets = [...new Set(all.filter(({ hours }) => hours > 0n)
		.map(({ category, costCenter }) => JSON.stringify([category, costCenter ?? null])))].map(JSON.parse);
	return buckets.map(([category, costCenter]) => ({ category, costCenter, hours: total(all.filter((one) =>
		one.category === category && (one.costCenter ?? null) === costCenter), ({ hours }) => hours) }));
}

function missingOf({ trips, receipts, notes, sheets, lines, days }, centers, { needDescription }) {
	const found = [], add = (kind, date) => found.push(`${date} ${kind}`);
	for (const { trip, rate } of lines)
		if (trip.underway)
			add("trip", trip.date);
		else if (paid(trip) && !rate)
			add("rate", trip.date);
	for (const receipt of receipts)
		if (needDescription.includes(receipt.category) && !receipt.description)
			add("receipt", receipt.date);
	for (const group of new Set(receipts.map(({ splitGroup }) => splitGroup).filter(Boolean))) {
		const parts = receipts.filter(({ splitGroup }) => splitGroup === group);
		if (total(parts, ({ amount }) => BigInt(amount)) !== BigInt(parts[0].splitTotal))
			add("split", parts[0].date);
	}
	const busy = [...trips.filter(paid), ...receipts, ...sheets.filter(({ hours }) => hours > 0)];
	for (const date of new Set(busy.map((row) => row.date)))
		if (!notes.some((note) => note.date === date))
			add("note", date);
	for (const { date, costCenter, amount } of days)
		if (amount > 0n && centers.some(({ id, perDiemFile }) => id === costCenter && perDiemFile))
			add("perDiem", date); // no receipt of these years has a file
	return found.sort();
}

function centersOf({ lines, receipts, days, hours }) {
	const all = [
		...lines.filter(({ trip }) => paid(trip)).map(({ trip, amount }) => ({
			of: trip.costCenter, trips: amount, extras: BigInt((trip.toll ?? 0) + (trip.parking ?? 0)),
		})),
		...receipts.filter(({ counts }) => counts === "paid")
			.map(({ costCenter, amount }) => ({ of: costCenter, receipts: BigInt(amount) })),
		...days.filter(({ amount }) => amount > 0n)
			.map(({ costCenter, amount }) => ({ of: costCenter, perDiem: amount })),
		...hours.map(({ costCenter, hours: time }) => ({ of: costCenter ?? undefined, hours: time })),
	];
	return new Map([...new Set(all.map(({ of }) => of))].map((of) => {
		const sum = (what) => total(all.filter((one) => one.of === of), (one) => one[what] ?? 0n);
		const one = Object.fromEntries(["trips", "extras", "receipts", "perDiem", "hours"]
			.map((what) => [what, sum(what)]));
		return [of ?? null, { ...one, total: one.trips + one.extras + one.receipts + one.perDiem }];
	}));
}

/** The month of a person: {sum, lines, receipts, days, hours, centers, missing}; all numbers are BigInt.  all has all
	their trips as tripsOf gives them. */
export function monthOf(month, rows, all, { rules, centers, settings }) {
	const within = (list) => list.filter(({ date }) => date.slice(0, 7) === month);
	const lines = all.filter(({ trip }) => trip.date.slice(0, 7) === month);
	const own = Object.fromEntries(Object.entries(rows).map(([name, list]) => [name, within(list)]));
	const days = daysOf(month, own, rules), evidence = days.flatMap((day) => day.evidence);
	const receipts = own.receipts.map((receipt) => ({ ...receipt, counts: evidence.includes(receipt) ? "evidence"
		: receipt.category === "EES" ? "notReimbursed" : "paid" }));
	const hours = hoursOf(own.sheets, own.notes);
	const ends = lines.filter(({ trip }) => paid(trip));
	const counted = (counts) =>
		total(receipts.filter((one) => one.counts === counts), ({ amount }) => BigInt(amount));
	const sum = {
		miles: total(ends, ({ miles }) => miles), trips: total(ends, ({ amount }) => amount),
		toll: total(ends, ({ trip }) => BigInt(trip.toll ?? 0)),
		parking: total(ends, ({ trip }) => BigInt(trip.parking ?? 0)),
		receipts: counted("paid"), perDiem: total(days, ({ amount }) => amount),
		notReimbursed: counted("notReimbursed"), hours: total(hours, (one) => one.hours),
	};
	sum.total = sum.trips + sum.toll + sum.parking + sum.receipts + sum.perDiem;
	return {
		sum, lines: ends, receipts, days, hours, centers: centersOf({ lines, receipts, days, hours }),
		missing: missingOf({ ...own, lines, days }, centers, settings),
	};
}
