// The month of expenses: what its report locks once it is handed in, on every path that writes.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { start } from "../harness.mjs";
import { crew } from "../lib/crew.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";

const stack = await start();

const fresh = () => crew(stack, { olga: "owner", mia: "manager", ben: "member", mo: "member" });
const signed = { certified: true, signedAs: "Ben Bauer" };

async function handIn(person, from = "2026-10-01") {
	const answer = await person.post("/api/expenseReports", { from, state: "submitted", ...signed });
	return answered(answer, 201).expenseReport;
}

async function takeBack(person, { id, version }) {
	const change = { state: "draft", expectedVersion: version };
	return answered(await person.patch(`/api/expenseReports/${id}`, change)).expenseReport;
}

const op = (collection, { id = randomUUID(), base = 0, ...more }) =>
	({ op: randomUUID(), collection, ...(id && { id }), base, ...more });

// What is handed in: each collection, its fields but the date, and two changes.  The date of some is part of their id.
const LOCKED = {
	mileage: {
		singular: "trip", set: { from: "Yard", to: "Shop", miles: 10 }, change: { notes: "By the bridge" },
		more: { notes: "Back" },
	},
	receipts: {
		singular: "receipt", set: { vendor: "Inn", amount: 4200, category: "Meals" }, change: { amount: 4300 },
		more: { amount: 4400 },
	},
	timesheets: {
		singular: "timesheet", set: { category: "Working", hours: 8 }, change: { hours: 7.5 },
		more: { hours: 7 }, fixed: true,
	},
	dayNotes: {
		singular: "dayNote", set: { description: "Visits" }, change: { overnight: true },
		more: { description: "None" }, fixed: true,
	},
	odometerReadings: {
		singular: "odometerReading", set: { reading: 100 }, change: { reading: 101 }, more: { reading: 102 },
		fixed: true,
	},
};

async function needs(ben, collection) {
	if (collection !== "odometerReadings")
		return {};
	return { vehicle: answered(await ben.post("/api/vehicles", { name: "Van" }), 201).vehicle.id };
}

const closedBy = ({ id, state }, more = { from: "2026-10-01", to: "2026-10-31" }) => ({
	type: "/problems/period-closed", field: "date", period: { id, state, ...more },
});

describe("what a month that is handed in locks", () => {
	for (const [collection, { singular, set, change, more: again, fixed }] of Object.entries(LOCKED)) {
		const url = `/api/${collection}`;

		test(`${collection}: REST`, async () => {
			const { ben } = await fresh(), more = { ...set, ...await needs(ben, collection) };
			const make = async (date) => answered(await ben.post(url, { date, ...more }), 201)[singular];
			const inside = await make("2026-10-01"), outside = await make("2026-11-01");
			const gone = await make("2026-10-31");
			answered(await ben.delete(`${url}/${gone.id}`));
			answered(await ben.patch(`${url}/${inside.id}`, change));
			const closed = closedBy(await handIn(ben));

			refused(await ben.post(url, { date: "2026-10-14", ...more }), 409, closed);
			refused(await ben.post(url, { id: gone.id, date: "2026-10-31", ...more }), 409, closed);
			refused(await ben.patch(`${url}/${inside.id}`, again), 409, closed);
			refused(await ben.delete(`${url}/${inside.id}`), 409, closed);
			refused(await ben.post(`${url}/${gone.id}/restore`, { version: 1 }), 409, closed);
			refused(await ben.post(`${url}/${inside.id}/restore`, { version: 1 }), 409, closed);
			answered(await ben.patch(`${url}/${outside.id}`, change));
			answered(await ben.patch(`${url}/${inside.id}`, change));
			if (!fixed) {
				refused(await ben.patch(`${url}/${inside.id}`, { date: "2026-11-02" }), 409, closed);
				refused(await ben.patch(`${url}/${outside.id}`, { date: "2026-10-02" }), 409, closed);
			}
		});

		test(`${collection}: push, whatever the base is`, async () => {
			const { ben } = await fresh(), more = { ...set, ...await needs(ben, collection) };
			const record = answered(await ben.post(url, { date: "2026-10-14", ...more }), 201)[singular];
			answered(await ben.patch(`${url}/${record.id}`, change));
			const report = await handIn(ben), id = fixed ? null : undefined;
			const results = outcomes(await ben.push([
				op(collection, { id, set: { date: "2026-10-20", ...more } }),
				op(collection, { id, set: { date: "2026-11-20", ...more } }),
				op(collection, { id: record.id, base: record.version + 1, delete: true }),
			]), "rejected", "applied", "rejected");
			const late = op(collection, { id: record.id, base: record.version, set: again });
			results.push(...outcomes(await ben.push([late]), "rejected"));
			for (const { problem } of [results[0], results[2], results[3]])
				assert.deepEqual([problem.status, problem.type, problem.period],
					[409, "/problems/period-closed", closedBy(report).period]);
		});

		test(`${collection}: import, also dry; and its take-back`, async () => {
			const { ben } = await fresh(), more = { ...set, ...await needs(ben, collection) };
			const rows = (...dates) => dates.map((date) => ({ date, ...more }));
			const taken = answered(await ben.post(`${url}/import`, rows("2026-10-14", "2026-11-14")),
				200, { done: 2 });
			await handIn(ben);
			for (const query of ["?dryRun=1", ""])
				assert.deepEqual(
					(await ben.post(`${url}/import${query}`, rows("2026-10-15", "2026-11-15")))
						.body.errors.map(({ field }) => field), ["date"]);
			const back = `/api/imports/${taken.import}/take-back`;
			answered(await ben.post(back), 200, { deleted: 1, closed: 1 });
			const left = answered(await ben.get(url))[collection];
			assert.deepEqual(left.map(({ date }) => date), ["2026-10-14"]);
		});

		test(`${collection}: a manager neither changes it nor hands it to somebody else`, async () => {
			const { mia, ben, mo } = await fresh(), more = { ...set, ...await needs(ben, collection) };
			const make = async (person) =>
				answered(await person.post(url, { date: "2026-10-14", ...more }), 201)[singular];
			const own = await make(ben);
			const other = collection === "odometerReadings" ? undefined : await make(mo);
			const closed = closedBy(await handIn(ben));
			refused(await mia.patch(`${url}/${own.id}`, change), 409, closed);
			refused(await mia.post(url, { owner: ben.id, date: "2026-10-20", ...more }), 409, closed);
			if (!fixed) {
				refused(await mia.patch(`${url}/${own.id}`, { owner: mo.id }), 409, closed);
				refused(await mia.patch(`${url}/${other.id}`, { owner: ben.id }), 409, closed);
			}
			if (other !== undefined)
				answered(await mia.patch(`${url}/${other.id}`, change));
		});
	}

	test("what is taken back is open again, and locked anew when it is handed in", async () => {
		const { ben } = await fresh(), { set } = LOCKED.receipts;
		const { id } = answered(await ben.post("/api/receipts", { date: "2026-10-14", ...set }), 201).receipt;
		const write = (amount) => ben.patch(`/api/receipts/${id}`, { amount });
		let report = await handIn(ben);
		refused(await write(1), 409, closedBy(report));
		report = await takeBack(ben, report);
		answered(await write(2));
		const change = { state: "submitted", ...signed, expectedVersion: report.version };
		report = answered(await ben.patch(`/api/expenseReports/${report.id}`, change)).expenseReport;
		refused(await write(3), 409, closedBy(report));
	});

	test("a leap February ends with its 29th", async () => {
		const { ben } = await fresh(), { set } = LOCKED.receipts;
		const report = await handIn(ben, "2024-02-01");
		const make = (date) => ben.post("/api/receipts", { date, ...set });
		refused(await make("2024-02-29"), 409, closedBy(report, { from: "2024-02-01", to: "2024-02-29" }));
		answered(await make("2024-03-01"), 201);
		answered(await make("2024-01-31"), 201);
	});

	test("within one push an op sees what the one before it has handed in", async () => {
		const { ben } = await fresh(), { set } = LOCKED.receipts;
		outcomes(await ben.push([
			op("receipts", { set: { date: "2026-10-14", ...set } }),
			op("expenseReports", { id: null, set: { from: "2026-10-01", state: "submitted", ...signed } }),
			op("receipts", { set: { date: "2026-10-15", ...set } }),
		]), "applied", "applied", "rejected");
	});

	test("hours that are handed in lock no expenses, and expenses no hours", async () => {
		const { ben } = await fresh(), { set } = LOCKED.receipts;
		const september = { from: "2026-09-01", to: "2026-09-30", state: "submitted" };
		answered(await ben.post("/api/periods", september), 201);
		answered(await ben.post("/api/receipts", { date: "2026-09-14", ...set }), 201);
		await handIn(ben);
		const work = { start: "2026-10-14T08:00:00Z", end: "2026-10-14T12:00:00Z", zone: "UTC" };
		answered(await ben.post("/api/workSessions", work), 201);
	});
});
