// Two years of expenses, from one 6 April to the 5 April after the next: five people with cars, vans, a bicycle and
// none, trips in miles and in kilometres over thresholds that begin anew in the tax year, rates that change in the
// middle of a month, receipts and their splits, days away by single rules and by tiers, days off, hours.  All of it
// follows from the seed.
import { Chance } from "./chance.mjs";

const DAY = 86_400_000;
export const FIRST = "2024-04-06", LAST = "2026-04-05";

export const people = [
	{ name: "ada", role: "owner", vehicles: ["car"] },
	{ name: "bo", role: "manager", vehicles: ["van", "car"] },
	{ name: "cy", role: "member", vehicles: ["car", "motorcycle", null] },
	{ name: "di", role: "member", vehicles: ["bicycle", null] },
	{ name: "eve", role: "member", vehicles: ["van", null] },
];

export const costCenters = [
	{ id: "cc-north", name: "North" },
	{ id: "cc-south", name: "south", perDiemFile: true },
	{ id: "cc-east", name: "East" },
	{ id: "cc-west", name: "West" }, // has no per diem of its own
];

const TAX = { yearStart: "04-06" };

export const rates = [
	{ from: "2024-04-24", vehicleKind: "any", unit: "mi", rate: 0.45, threshold: 300, rateAfter: 0.25, ...TAX },
	{ from: "2024-04-01", vehicleKind: "car", unit: "mi", rate: 0.445, threshold: 90.5, rateAfter: 0.245, ...TAX },
	{ from: "2024-04-01", vehicleKind: "car", unit: "km", rate: 0.305, threshold: 110, rateAfter: 0.125, ...TAX },
	{ from: "2024-05-09", vehicleKind: "bicycle", unit: "mi", rate: 0.205 },
	{ from: "2024-09-17", vehicleKind: "car", unit: "mi", rate: 0.467, threshold: 140, rateAfter: 0.251, ...TAX },
	{ from: "2025-03-11", vehicleKind: "van", unit: "km", rate: 0.333, threshold: 250.3, rateAfter: 0.111 },
	{ from: "2025-06-19", vehicleKind: "any", unit: "mi", rate: 0.478 },
	{ from: "2025-11-05", vehicleKind: "car", unit: "km", rate: 0.301, threshold: 60, rateAfter: 0, ...TAX },
	{ from: "2025-11-05", vehicleKind: "car", unit: "mi", rate: 0.47 },
];

/** A rate that is told late, for days whose months are still open. */
export const lateRate = { from: "2026-01-20", vehicleKind: "any", unit: "km", rate: 0.295, threshold: 40.5,
	rateAfter: 0.155, ...TAX };

export const perDiemRules = [
	{ id: "n-1", from: "2024-04-01", costCenter: "cc-north", name: "Full", rank: 3, amount: 3500, minHours: 12,
		minDistance: 40 },
	{ id: "n-2", from: "2024-04-01", costCenter: "cc-north", name: "Night", rank: 2, amount: 3200, overnight: true,
		minMiles: 10 },
	{ id: "n-3", from: "2024-04-01", costCenter: "cc-north", name: "Low", rank: 1, amount: 1700, minHours: 6 },
	{ id: "n-4", from: "2024-04-01", costCenter: "cc-north", name: "Lower", rank: 1, amount: 1750, minHours: 7.25 },
	{ id: "n-5", from: "2025-02-13", costCenter: "cc-north", name: "Spent", amount: 4500, minHours: 5, minMiles: 20,
		useActual: true, monthlyMax: 9001 },
	{ id: "s-1", from: "2025-08-20", costCenter: "cc-south", name: "None", amount: 0, minHours: 1 },
	{ id: "e-1", from: "2024-06-11", costCenter: "cc-east", name: "Far", rank: 1, amount: 5123, minDistance: 75.5,
		monthlyMax: 20000 },
	{ id: "e-2", from: "2024-06-11", costCenter: "cc-east", name: "Near", amount: 2999, useActual: true },
	{ id: "g-1", from: "2024-05-15", name: "Away", amount: 5000, minHours: 8, minMiles: 50, minDistance: 30,
		monthlyMax: 17500 },
	{ id: "g-2", from: "2025-05-22", name: "Long", rank: 5, amount: 2000, minHours: 10, overnight: true },
	{ id: "g-3", from: "2025-05-22", name: "Day", rank: 5, amount: 1950, minHours: 9, monthlyMax: 6000 },
	{ id: "g-4", from: "2025-05-22", name: "Short", rank: 4, amount: 900, minHours: 4, minMiles: 0.1 },
];

/** Told when all receipts were written already: those of journeys lack something since. */
export const settings = { needDescription: ["Other", "Travel"] };

export const plus = (day, days) => new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);

/** The months of the two years, "2024-04" … */
export const months = Array.from({ length: 25 }, (_, at) =>
	new Date(Date.UTC(2024, 3 + at, 1)).toISOString().slice(0, 7));

const some = (chance, share, value) => (chance.of(share) ? value : undefined);
const center = (chance) => chance.pick([undefined, ...costCenters.map(({ id }) => id)]);
const tenths = (chance, most) => (1 + chance.below(most * 10)) / 10;

function tripsOf({ name, vehicles }, date, chance, id) {
	return Array.from({ length: chance.pick([0, 0, 1, 1, 2, 3]) }, () => {
		const kind = chance.pick(vehicles), km = chance.of(0.4);
		return {
			id: id("t"), date, from: "Yard", to: "Site", kind, vehicle: kind ? `${name}-${kind}` : null,
			...(km ? { km: tenths(chance, 60) } : { miles: tenths(chance, 40) }),
			category: chance.pick(["business", "business", "business", "business", "personal", "commute"]),
			order: chance.pick(["b", "bb", "h", "hz", "t"]), costCenter: center(chance),
			toll: some(chance, 0.2, chance.below(1500)), parking: some(chance, 0.2, chance.below(2500)),
		};
	});
}

const CATEGORIES = ["Meals", "Other", "EES", "Hotels/AirBnB", "Per Diem", "Per Diem", "Travel"];

function receiptsOf(date, chance, id) {
	const one = (more) => {
		const category = chance.pick(CATEGORIES), words = some(chance, 0.5, "What it was"), of = center(chance);
		return {
			id: id("r"), date, vendor: "Inn", category, amount: 1 + chance.below(9000), notDuplicate: true,
			costCenter: category === "Per Diem" && of === "cc-south" ? undefined : of, // needs a file
			description: category === "Other" ? "What else" : words, ...more,
		};
	};
	if (chance.of(0.12)) {
		const splitTotal = 900 + chance.below(5000), first = 1 + chance.below(800), splitGroup = id("g");
		const rest = splitTotal - first - (chance.of(0.3) ? 100 : 0); // some do not add up
		return [first, rest].map((amount) => one({ amount, splitGroup, splitTotal }));
	}
	return Array.from({ length: chance.pick([0, 0, 1, 1, 2]) }, () => one());
}

function noteOf(date, chance) {
	if (chance.of(0.3))
		return [];
	return [{
		date, costCenter: center(chance), hoursAway: some(chance, 0.8, chance.below(2400) / 100),
		milesFromBase: some(chance, 0.7, chance.below(1200) / 10), overnight: some(chance, 0.25, true),
		dayOff: some(chance, 0.15, chance.pick(["day off", "PTO", "sick day", "holiday", "unpaid leave"])),
	}];
}

function sheetsOf(date, chance) {
	const kinds = ["Working", "PTO", "Holiday", "G&A"].filter(() => chance.of(0.35));
	return kinds.flatMap((category) => {
		const hours = () => chance.pick([0, chance.below(300) / 100, chance.below(300) / 100]);
		return chance.of(0.3)
			? [undefined, "cc-north"].map((of) => ({ date, category, costCenter: of, hours: hours() }))
			: [{ date, category, costCenter: center(chance), hours: hours() }];
	});
}

/** The rows of each person: name → {trips, receipts, notes, sheets}, without members that are undefined. */
export function expenses(seed = 406) {
	const chance = new Chance(seed), taken = new Set();
	const id = (letter) => {
		for (;;) {
			const drawn = `${letter}${Math.floor(chance.number() * 1e9).toString(36)}`;
			if (!taken.has(drawn)) {
				taken.add(drawn);
				return drawn;
			}
		}
	};
	const tidy = (rows) => rows.map((row) => Object.fromEntries(Object.entries(row)
		.filter(([, value]) => value !== undefined)));
	return Object.fromEntries(people.map((person) => {
		const all = { trips: [], receipts: [], notes: [], sheets: [] }, drawn = chance.fork();
		for (let date = FIRST; date <= LAST; date = plus(date, 1)) {
			if (!drawn.of(0.2) && date !== FIRST && date !== LAST)
				continue;
			all.trips.push(...tidy(tripsOf(person, date, drawn, id)));
			all.receipts.push(...tidy(receiptsOf(date, drawn, id)));
			all.notes.push(...tidy(noteOf(date, drawn)));
			all.sheets.push(...tidy(sheetsOf(date, drawn)));
		}
		return [person.name, all];
	}));
}
