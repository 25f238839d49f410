// Trips, vehicles, places and mileage rates: what one takes from another, on every path, and what stays as it was.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { start } from "../harness.mjs";
import { CSV, crew } from "../lib/crew.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";

const stack = await start();
const ROLES = { olga: "owner", mia: "manager", ben: "member", eve: "member" };
const DAY = "2026-11-02";

const fresh = () => crew(stack, ROLES);
const trip = async (who, more) =>
	answered(await who.post("/api/mileage", { date: DAY, from: "A", to: "B", ...more }), 201).trip;
const read = async (who, collection, id) =>
	Object.values(answered(await who.get(`/api/${collection}/${id}`))).find((value) => value?.id === id);
const op = (collection, id, base, set) => ({ op: randomUUID(), collection, id, base, set });
const make = async (who, collection, set) => {
	const [{ record, problem }] = answered(await who.push([op(collection, randomUUID(), 0, set)])).results;
	assert.equal(problem, undefined, JSON.stringify(problem));
	return record;
};

describe("places", () => {
	test("a trip has the names of its places, and keeps them when a place is renamed", async () => {
		const { ben } = await fresh();
		const yard = await make(ben, "places", { name: "Yard" });
		const shop = await make(ben, "places", { name: "Shop" });
		const one = answered(await ben.post("/api/mileage",
			{ date: DAY, fromPlace: yard.id, toPlace: shop.id, miles: 5 }), 201).trip;
		assert.deepEqual([one.from, one.to], ["Yard", "Shop"]);
		answered(await ben.patch(`/api/places/${yard.id}`, { name: "New yard" }));
		assert.equal((await read(ben, "mileage", one.id)).from, "Yard");
		const { trip: later } = answered(await ben.patch(`/api/mileage/${one.id}`, { toPlace: yard.id }));
		assert.deepEqual([later.from, later.to], ["Yard", "New yard"]);
	});

	test("a text that is typed over a place takes it away; the same text does not", async () => {
		const { ben } = await fresh();
		const yard = await make(ben, "places", { name: "Yard" });
		const one = await trip(ben, { from: undefined, fromPlace: yard.id, miles: 5 });
		const { trip: same } = answered(
			await ben.patch(`/api/mileage/${one.id}`, { from: "Yard", notes: "x" }));
		assert.equal(same.fromPlace, yard.id);
		const { trip: other } = answered(await ben.patch(`/api/mileage/${one.id}`, { from: "Depot" }));
		assert.deepEqual([other.from, other.fromPlace ?? null], ["Depot", null]);
		const both = await trip(ben, { from: "Gate 2", fromPlace: yard.id, miles: 5 });
		assert.deepEqual([both.from, both.fromPlace], ["Gate 2", yard.id]);
	});

	test("nobody learns the name of another person's place", async () => {
		const { ben, eve } = await fresh();
		const yard = await make(ben, "places", { name: "Hideout" });
		const answer = await eve.post("/api/mileage", { date: DAY, fromPlace: yard.id, to: "B", miles: 5 });
		assert.ok(!answer.text.includes("Hideout"), answer.text);
		refused(answer, 400, { field: "fromPlace" });
	});
});

describe("vehicles", () => {
	const mains = async (who) => answered(await who.get("/api/vehicles")).vehicles
		.filter(({ main }) => main).map(({ name }) => name);

	test("one vehicle is used unless another is chosen, and a new trip has it", async () => {
		const { ben, eve } = await fresh();
		const van = await make(ben, "vehicles", { name: "Van", kind: "van", main: true });
		await make(eve, "vehicles", { name: "Eve's", main: true });
		assert.deepEqual([(await trip(ben, { miles: 5 })).vehicle, (await trip(ben, { miles: 5 })).vehicleKind],
			[van.id, "van"]);
		const bike = await make(ben, "vehicles", { name: "Bike", kind: "bicycle", main: true });
		assert.deepEqual(await mains(ben), ["Bike"]);
		assert.deepEqual(await mains(eve), ["Eve's"]);
		const one = await trip(ben, { miles: 5 });
		assert.deepEqual([one.vehicle, one.vehicleKind], [bike.id, "bicycle"]);
		const other = await trip(ben, { miles: 5, vehicle: van.id });
		assert.deepEqual([other.vehicle, other.vehicleKind], [van.id, "van"]);
		assert.equal((await trip(ben, { miles: 5, vehicle: null })).vehicle ?? null, null);
		answered(await ben.patch(`/api/vehicles/${bike.id}`, { active: false }));
		assert.equal((await trip(ben, { miles: 5 })).vehicle ?? null, null);
	});

	test("an imported trip has the vehicle that its file says, or none", async () => {
		const { ben } = await fresh();
		await make(ben, "vehicles", { name: "Van", main: true });
		answered(await ben.post("/api/mileage/import", "date,from,to,miles\n2026-11-02,A,B,5\n", CSV),
			200, { created: 1 });
		assert.equal(answered(await ben.get("/api/mileage")).mileage[0].vehicle ?? null, null);
	});

	test("the kind of a trip's vehicle stays, whatever becomes of the vehicle", async () => {
		const { ben } = await fresh();
		const van = await make(ben, "vehicles", { name: "Van", kind: "van", main: true });
		const one = await trip(ben, { miles: 5 });
		answered(await ben.patch(`/api/vehicles/${van.id}`, { kind: "truck" }));
		assert.equal((await read(ben, "mileage", one.id)).vehicleKind, "van");
		const { trip: chosen } = answered(
			await ben.patch(`/api/mileage/${one.id}`, { vehicle: van.id, notes: "x" }));
		assert.equal(chosen.vehicleKind, "truck");
		answered(await ben.delete(`/api/vehicles/${van.id}`));
		const { trip: later } = answered(await ben.patch(`/api/mileage/${one.id}`, { notes: "y" }));
		assert.equal(later.vehicleKind, "truck");
		const { trip: none } = answered(await ben.patch(`/api/mileage/${one.id}`, { vehicle: null }));
		assert.equal(none.vehicleKind ?? null, null);
	});

	test("a file does not make a second main vehicle", async () => {
		const { ben } = await fresh();
		await make(ben, "vehicles", { name: "Van", main: true });
		const rows = "name,main\nBike,true\nTruck,false\n";
		for (const way of ["?dryRun=1&skipBad=1", "?skipBad=1"])
			answered(await ben.post(`/api/vehicles/import${way}`, rows, CSV), 200, { created: 1, bad: 1 });
		const two = "name,main\nFirst,true\nSecond,true\n";
		const { eve } = await fresh();
		for (const way of ["?dryRun=1&skipBad=1", "?skipBad=1"])
			answered(await eve.post(`/api/vehicles/import${way}`, two, CSV), 200, { created: 1, bad: 1 });
		const csv = (await ben.get("/api/vehicles/export?format=csv")).text;
		answered(await ben.post("/api/vehicles/import", csv, CSV), 200, { unchanged: 2, bad: 0 });
	});

	test("odometers count in the unit of the vehicle", async () => {
		const { ben } = await fresh();
		const van = await make(ben, "vehicles", { name: "Van", unit: "km" });
		const one = await trip(ben, { vehicle: van.id, startOdometer: 1000, endOdometer: 1100 });
		assert.deepEqual([one.km, one.miles], [100, 62.1]);
		const wrong = { vehicle: van.id, miles: 100, startOdometer: 1000, endOdometer: 1100 };
		refused(await ben.post("/api/mileage", { date: DAY, from: "A", to: "B", ...wrong }), 400,
			{ field: "miles" });
		// A vehicle that is chosen afterwards: what the odometers had made follows them.
		const late = await trip(ben, { startOdometer: 1000, endOdometer: 1100 });
		assert.deepEqual([late.km ?? null, late.miles], [null, 100]);
		const { trip: put } = answered(await ben.patch(`/api/mileage/${late.id}`, { vehicle: van.id }));
		assert.deepEqual([put.km, put.miles], [100, 62.1]);
	});
});

describe("the order in a day", () => {
	const order = async (who) => answered(await who.get(`/api/mileage?date=${DAY}`)).mileage
		.sort((left, right) => (left.order < right.order ? -1 : 1)).map(({ from }) => from);

	test("a new trip goes last, and a key between two others moves one", async () => {
		const { ben } = await fresh();
		for (const from of ["A", "B", "C"])
			await trip(ben, { from, miles: 1 });
		assert.deepEqual(await order(ben), ["A", "B", "C"]);
		const all = answered(await ben.get("/api/mileage")).mileage;
		const c = all.find(({ from }) => from === "C");
		answered(await ben.patch(`/api/mileage/${c.id}`, { order: "bbb" }));
		assert.deepEqual(await order(ben), ["C", "A", "B"]);
	});

	test("trips that were written offline stand as they were written, whenever they are sent", async () => {
		const { ben, space } = await fresh();
		await stack.sql(
			`UPDATE space SET created_at = created_at - INTERVAL 1 DAY WHERE id = '${space.id}'`);
		const ops = [["late", 50], ["early", 10], ["between", 30]].map(([from, minute]) => ({
			...op("mileage", randomUUID(), 0, { date: DAY, from, to: "B", miles: 1 }),
			at: new Date(Date.now() - (60 - minute) * 60_000).toISOString(),
		}));
		outcomes(await ben.push(ops), "applied", "applied", "applied");
		assert.deepEqual(await order(ben), ["early", "between", "late"]);
	});

	test("a trip that moves to another day goes last there, and a restored one to where it was", async () => {
		const { ben } = await fresh();
		const one = await trip(ben, { from: "moved", date: "2026-11-01", miles: 1 });
		await trip(ben, { from: "there", miles: 1 });
		answered(await ben.patch(`/api/mileage/${one.id}`, { date: DAY }));
		assert.deepEqual(await order(ben), ["there", "moved"]);
		answered(await ben.post(`/api/mileage/${one.id}/restore`, { version: 1 }));
		assert.equal((await read(ben, "mileage", one.id)).order, one.order);
	});

	test("two devices that move different trips keep both moves", async () => {
		const { ben } = await fresh();
		const all = [];
		for (const from of ["A", "B", "C", "D"])
			all.push(await trip(ben, { from, miles: 1, order: `m${from.toLowerCase()}n` }));
		const [a, , , d] = all;
		outcomes(await ben.push([op("mileage", d.id, 1, { order: "b" })]), "applied");
		outcomes(await ben.push([op("mileage", a.id, 1, { order: "z" })]), "applied");
		assert.deepEqual(await order(ben), ["D", "B", "C", "A"]);
	});

	test("trips of a file stand by their times", async () => {
		const { ben } = await fresh();
		const rows = `${DAY},17:00,evening,B,1\n${DAY},08:30,morning,B,1\n`;
		answered(await ben.post("/api/mileage/import", `date,startTime,from,to,miles\n${rows}`, CSV),
			200, { created: 2 });
		assert.deepEqual(await order(ben), ["morning", "evening"]);
	});
});

describe("a trip that goes on at another device", () => {
	test("begins on one and ends on the other", async () => {
		const { ben } = await fresh();
		const id = randomUUID();
		const begun = { date: DAY, from: "Yard", underway: true, startOdometer: 10.5 };
		outcomes(await ben.push([op("mileage", id, 0, begun)]), "applied");
		const seen = (await ben.pull()).changes.find((change) => change.id === id).record;
		assert.deepEqual([seen.underway, seen.miles, seen.to], [true, 0, "–"]);
		const [{ problem }] = outcomes(
			await ben.push([op("mileage", id, 1, { underway: false, to: "Shop" })]), "rejected");
		assert.equal(problem.field, "miles");
		const ended = { underway: false, to: "Shop", endOdometer: 22.8 };
		const [{ record }] = outcomes(await ben.push([op("mileage", id, 1, ended)]), "applied");
		assert.deepEqual([record.underway, record.miles, record.to], [false, 12.3, "Shop"]);
	});
});

describe("rates", () => {
	const rate = (more) => ({ from: "2020-01-01", rate: 0.445, ...more });

	test("belong to the space: whoever made them may leave", async () => {
		const { mia, ben } = await fresh();
		const { mileageRate } = answered(await mia.post("/api/mileageRates", rate()), 201);
		assert.equal(answered(await ben.get("/api/mileageRates")).mileageRates[0].rate, 0.445);
		assert.notEqual(mileageRate.owner, mia.id);
		refused(await ben.patch(`/api/mileageRates/${mileageRate.id}`, { rate: 9, reason: "Mine" }), 403);
	});

	test("what holds is not taken away, and what is to come is", async () => {
		const { mia } = await fresh();
		const { mileageRate: now } = answered(await mia.post("/api/mileageRates", rate()), 201);
		const { mileageRate: coming } = answered(
			await mia.post("/api/mileageRates", rate({ from: "2999-01-01" })), 201);
		refused(await mia.delete(`/api/mileageRates/${now.id}`), 403, { field: "from" });
		answered(await mia.delete(`/api/mileageRates/${coming.id}`));
	});

	test("an older version does not come back without a reason", async () => {
		const { mia } = await fresh();
		const { mileageRate } = answered(await mia.post("/api/mileageRates", rate()), 201);
		answered(await mia.patch(`/api/mileageRates/${mileageRate.id}`, { rate: 0.5, reason: "A slip" }));
		refused(await mia.post(`/api/mileageRates/${mileageRate.id}/restore`, { version: 1 }), 400,
			{ field: "reason" });
	});
});

describe("months that are handed in", () => {
	const rate = (more) => ({ from: "2020-01-01", rate: 0.445, reason: "The letter of January", ...more });

	async function closed() {
		const all = await fresh();
		const { ben, mia } = all;
		const { mileageRate } = answered(await mia.post("/api/mileageRates", rate()), 201);
		const one = await trip(ben, { date: "2026-10-20", miles: 10 });
		const handed = { from: "2026-10-01", certified: true, signedAs: "Ben B.", state: "submitted" };
		answered(await ben.post("/api/expenseReports", handed), 201);
		return { ...all, mileageRate, one };
	}

	const LOCKED = { type: "/problems/period-closed" };

	test("no trip of it changes, comes or goes", async () => {
		const { ben, mia, one } = await closed();
		const other = await trip(ben, { miles: 3 });
		for (const who of [ben, mia]) {
			refused(await who.patch(`/api/mileage/${one.id}`, { miles: 11 }), 409, LOCKED);
			refused(await who.patch(`/api/mileage/${one.id}`, { date: DAY }), 409, LOCKED);
			refused(await who.patch(`/api/mileage/${other.id}`, { date: "2026-10-31" }), 409, LOCKED);
			refused(await who.delete(`/api/mileage/${one.id}`), 409, LOCKED);
		}
		const late = { date: "2026-10-31", from: "A", to: "B", miles: 1 };
		refused(await ben.post("/api/mileage", late), 409, LOCKED);
		answered(await ben.patch(`/api/mileage/${other.id}`, { miles: 4 }));
	});

	test("no rate that it was counted by changes, not even with a reason", async () => {
		const { mia, mileageRate } = await closed();
		const slip = { rate: 0.5, reason: "A slip" };
		refused(await mia.patch(`/api/mileageRates/${mileageRate.id}`, slip), 409, LOCKED);
		refused(await mia.post("/api/mileageRates", rate({ from: "2026-10-31" })), 409, LOCKED);
		answered(await mia.post("/api/mileageRates", rate({ from: "2026-11-01" })), 201);
		refused(await mia.post("/api/mileageRates", rate({ from: "2026-01-01", unit: "km" })), 409, LOCKED);
	});

	test("nor one of the same tax year, where a threshold counts on through it", async () => {
		const { mia } = await closed();
		answered(await mia.post("/api/mileageRates", rate({ from: "2026-11-01" })), 201);
		const limit = { threshold: 100, rateAfter: 0.2, yearStart: "11-15" };
		answered(await mia.post("/api/mileageRates", rate({ from: "2026-11-15", ...limit })), 201);
		const van = rate({ from: "2026-09-01", vehicleKind: "van" });
		refused(await mia.post("/api/mileageRates", van), 409, LOCKED);
	});
});

describe("who oversees a person", () => {
	test("reads their trips in reports and logbook, and nobody else's", async () => {
		const { mia, ben, eve } = await fresh();
		const employee = async (who, more) => answered(await mia.post("/api/employees",
			{ firstName: "A", lastName: "B", user: who.id, ...more }), 201).employee.id;
		const boss = await employee(eve);
		await trip(ben, { miles: 5 });
		const asked = (path, who) => eve.get(`/api/${path}&person=${who.id}`);
		const span = "from=2026-11-01&to=2026-11-30";
		const paths = [
			`reports/mileage?${span}`, `reports/logbook?${span}`, `mileage/suggested-start?date=${DAY}`,
		];
		for (const path of paths)
			refused(await asked(path, ben), 404);
		await employee(ben, { supervisor: boss });
		for (const path of paths) {
			answered(await asked(path, ben));
			refused(await asked(path, mia), 404);
		}
		assert.deepEqual(answered(await eve.get(`/api/${paths[0]}`)).people.map(({ id }) => id), [ben.id]);
	});
});

describe("the report of trips", () => {
	const SPAN = "from=2026-01-01&to=2026-12-31";
	const report = async (who, query = "") => answered(await who.get(`/api/reports/mileage?${SPAN}${query}`));
	const rate = (who, more) => who.post("/api/mileageRates", { from: "2026-01-01", rate: 0.445, ...more });

	test("trips, months and sums: a line is rounded once, and a sum is that of its lines", async () => {
		const { mia, ben } = await fresh();
		answered(await rate(mia), 201);
		await trip(ben, { miles: 12.4, toll: 250, parking: 100 });
		await trip(ben, { miles: 0.1 });
		await trip(ben, { miles: 30, category: "personal", toll: 900 });
		await trip(ben, { date: "2026-12-01", miles: 100 });
		await trip(ben, { date: "2025-12-31", miles: 100 });
		const { people: [one, ...others], sum } = await report(ben);
		assert.deepEqual(others, []);
		assert.deepEqual(one.trips.map(({ amount, toll, parking, total }) => [amount, toll, parking, total]),
			[[552, 250, 100, 902], [4, 0, 0, 4], [0, 0, 0, 0], [4450, 0, 0, 4450]]);
		assert.deepEqual(one.months.map(({ month, trips, miles, businessMiles, amount, total }) =>
			[month, trips, miles, businessMiles, amount, total]),
		[["2026-11", 3, 42.5, 12.5, 556, 906], ["2026-12", 1, 100, 100, 4450, 4450]]);
		assert.deepEqual([one.sum, sum.amount, sum.total], [sum, 5006, 5356]);
		const { trips: _, ...months } = one;
		assert.deepEqual((await report(ben, "&by=month")).people[0], months);
	});

	test("a trip without a rate is said to have none, and one under way is worth nothing yet", async () => {
		const { mia, ben } = await fresh();
		answered(await rate(mia, { from: "2026-11-15" }), 201);
		await trip(ben, { miles: 10 });
		await trip(ben, { date: "2026-11-20", miles: 10, underway: true });
		const { people: [{ trips: [first, second], sum }] } = await report(ben);
		assert.deepEqual([first.rate, first.amount, second.rate, second.amount], [null, 0, null, 0]);
		assert.deepEqual([sum.withoutRate, sum.underway], [1, 1]);
	});

	test("20 miles at 9,990 of a threshold of 10,000 in a tax year from April 6 are 7.00", async () => {
		const { mia, ben } = await fresh();
		const limit = { threshold: 10000, rateAfter: 0.25, yearStart: "04-06" };
		answered(await rate(mia, { from: "2020-04-06", rate: 0.45, ...limit }), 201);
		await trip(ben, { date: "2026-04-05", miles: 9000 });
		await trip(ben, { date: "2026-04-06", miles: 9990 });
		await trip(ben, { date: "2027-04-05", miles: 20 });
		await trip(ben, { date: "2027-04-06", miles: 20 });
		const { people: [{ trips }] } = answered(
			await ben.get("/api/reports/mileage?from=2027-04-01&to=2027-04-30"));
		assert.deepEqual(trips.map(({ accrued, beyond, amount }) => [accrued, beyond, amount]),
			[[9990, 10, 700], [0, 0, 900]]);
	});

	test("each sees their own trips, managers all, and nobody learns of others", async () => {
		const { olga, mia, ben, eve, space } = await fresh();
		await trip(ben, { miles: 1 });
		await trip(eve, { miles: 2 });
		const whose = async (who) => (await report(who)).people.map(({ name }) => name).sort();
		assert.deepEqual([await whose(ben), await whose(mia), await whose(olga)],
			[["ben"], ["ben", "eve"], ["ben", "eve"]]);
		assert.deepEqual((await report(mia, `&person=${eve.id}`)).people.map(({ id }) => id), [eve.id]);
		for (const path of [`/api/reports/mileage?${SPAN}`, `/api/mileage/suggested-start?date=${DAY}`])
			for (const person of [eve.id, randomUUID(), "nobody"])
				refused(await ben.get(`${path}&person=${person}`), 404);
		const stranger = await stack.as("zoe").ready();
		refused(await mia.get(`/api/reports/mileage?${SPAN}&person=${stranger.id}`), 404);
		refused(await stranger.in(space).get(`/api/reports/mileage?${SPAN}`), 404);
	});

	test("days that make no report", async () => {
		const { ben } = await fresh();
		for (const [query, field] of [
			["", "from"], ["?from=2026-01-01", "to"], ["?from=2026-01-02&to=2026-01-01", "to"],
			["?from=2026-01-01&to=2027-01-02", "to"], ["?from=2026-02-30&to=2026-03-01", "from"],
			["?from=2026-01-01&to=2026-01-02&by=year", "by"],
		])
			refused(await ben.get(`/api/reports/mileage${query}`), 400, { field });
		answered(await ben.get("/api/reports/mileage?from=2026-01-01&to=2027-01-01"));
		answered(await ben.get("/api/reports/mileage?from=1000-01-01&to=1000-01-01"));
		answered(await ben.get("/api/reports/mileage?from=9999-12-31&to=9999-12-31"));
	});

	test("as a file and as a page, with nothing that runs in either", async () => {
		const { mia, ben } = await fresh();
		answered(await rate(mia), 201);
		const nasty = { from: "=1+1", to: "<b>B</b>", purpose: "\"Quoted\", & so on" };
		await trip(ben, { ...nasty, miles: 12.4, toll: 250 });
		const csv = await ben.get(`/api/reports/mileage?${SPAN}&format=csv`);
		const [head, line] = csv.text.replace("\ufeff", "").split("\r\n");
		assert.match(head, /^person,name,date,from,to,/);
		assert.ok(line.includes(`,2026-11-02,'=1+1,<b>B</b>,"""Quoted"", & so on",business,12.4,,mi,`), line);
		assert.ok(line.includes(",5.52,2.50,0.00,8.02,"), line);
		const months = (await ben.get(`/api/reports/mileage?${SPAN}&format=csv&by=month`)).text;
		assert.match(months, /,2026-11,1,12.4,1,12.4,5.52,2.50,0.00,8.02,/);
		const page = await ben.get(`/api/reports/mileage?${SPAN}&format=html`);
		assert.match(page.headers["content-security-policy"], /default-src 'none'; style-src 'sha256-/);
		assert.ok(page.text.includes("&lt;b&gt;B&lt;/b&gt;") && page.text.includes("8.02"), page.text);
		assert.ok(!page.text.includes("<b>"));
	});
});

describe("the suggested start", () => {
	const start = async (who, query = "") =>
		answered(await who.get(`/api/mileage/suggested-start?date=${DAY}${query}`));

	test("follows the odometer from trip to trip", async () => {
		const { ben } = await fresh();
		assert.deepEqual(await start(ben), { unit: "mi", odometer: null });
		const van = await make(ben, "vehicles", { name: "Van", main: true, startingOdometer: 1000.5 });
		assert.deepEqual(await start(ben), {
			vehicle: van.id, unit: "mi", odometer: 1000.5, counted: 0,
			since: { kind: "vehicle", id: van.id },
		});
		await trip(ben, { date: "2026-10-30", miles: 10 });
		assert.deepEqual([(await start(ben)).odometer, (await start(ben)).counted], [1010.5, 10]);
		const read = await trip(ben, { date: "2026-10-31", startOdometer: 1020, endOdometer: 1030.2 });
		assert.deepEqual((await start(ben)).since, { kind: "trip", id: read.id, date: "2026-10-31" });
		await trip(ben, { date: "2026-11-03", miles: 77 });
		await trip(ben, { miles: 5, vehicle: null });
		assert.equal((await start(ben)).odometer, 1030.2);
		const { odometerReading: morning } = answered(
			await ben.post("/api/odometerReadings", { date: DAY, vehicle: van.id, reading: 1050 }), 201);
		assert.deepEqual((await start(ben)).since, { kind: "reading", id: morning.id, date: DAY });
		await trip(ben, { miles: 7 });
		assert.equal((await start(ben)).odometer, 1057);
		assert.equal(answered(await ben.get("/api/mileage/suggested-start?date=2026-11-03")).odometer, 1134);
	});

	test("is in the unit of the vehicle", async () => {
		const { ben } = await fresh();
		const van = await make(ben, "vehicles", { name: "Van", unit: "km", startingOdometer: 1000 });
		await trip(ben, { vehicle: van.id, miles: 10 });
		await trip(ben, { vehicle: van.id, km: 10 });
		assert.equal((await start(ben, `&vehicle=${van.id}`)).odometer, 1026.1);
		assert.equal((await start(ben)).odometer, null);
	});

	test("says nothing of a vehicle that the asking person does not see", async () => {
		const { ben, eve } = await fresh();
		const van = await make(eve, "vehicles", { name: "Van", unit: "km", startingOdometer: 1000 });
		const said = await start(ben, `&vehicle=${van.id}`);
		assert.deepEqual(said, { vehicle: van.id, unit: "mi", odometer: null });
		refused(await ben.get("/api/mileage/suggested-start"), 400, { field: "date" });
	});
});
