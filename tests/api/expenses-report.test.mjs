// The reports of expenses by month and of per diem, as a client of the API has them.  tests/fixtures/expenses has the
// figures case by case.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { CSV, crew } from "../lib/crew.mjs";
import { answered, refused } from "../lib/expect.mjs";
import { match } from "../lib/match.mjs";

const stack = await start();

const fresh = () => crew(stack,
	{ olga: "owner", mia: "manager", ben: "member", mo: "member", sue: "member", vera: "viewer" });
const october = "from=2026-10-01&to=2026-10-31";
const signed = { certified: true, signedAs: "Ben Bauer" };

async function post(person, collection, ...rows) {
	const made = [];
	for (const row of rows)
		made.push(Object.values(answered(await person.post(`/api/${collection}`, row), 201))[0]);
	return made;
}

// A month of ben's: two trips, a receipt, one that is not reimbursed, a day away, hours.
async function october2026() {
	const folk = await fresh(), { olga, ben } = folk;
	await post(olga, "mileageRates", { from: "2026-01-01", rate: 0.445 });
	const [north] = await post(olga, "costCenters", { name: "North" });
	await post(olga, "perDiemRules",
		{ from: "2026-01-01", costCenter: north.id, name: "Day", amount: 3500, minHours: 8 });
	await post(ben, "mileage",
		{ date: "2026-10-14", from: "Yard", to: "Shop", miles: 112.5, costCenter: north.id, toll: 250 },
		{ date: "2026-10-15", from: "Shop", to: "Yard", miles: 0.5 });
	await post(ben, "receipts", { date: "2026-10-14", vendor: "Inn", amount: 9999, category: "Meals" },
		{ date: "2026-10-14", vendor: "School", amount: 500, category: "EES" });
	await post(ben, "dayNotes", { date: "2026-10-14", costCenter: north.id, hoursAway: 9.5 });
	await post(ben, "timesheets", { date: "2026-10-14", costCenter: north.id, hours: 8 });
	return { ...folk, north };
}

const sum = {
	miles: 113, trips: 5028, toll: 250, parking: 0, receipts: 9999, perDiem: 3500, total: 18777, notReimbursed: 500,
	hours: 8,
};
const month = async (person, query = october) => answered(await person.get(`/api/reports/month?${query}`));
const perDiem = async (person, query = october) => answered(await person.get(`/api/reports/perdiem?${query}`));

describe("the report of a month", () => {
	test("lines, sums, cost centers, hours, what is missing", async () => {
		const { ben, north } = await october2026(), report = await month(ben);
		match(report, { from: "2026-10-01", to: "2026-10-31", currency: "USD", sum });
		assert.equal(report.people.length, 1);
		const [{ person, name, months }] = report.people;
		assert.deepEqual([person, name, months.length], [ben.id, ben.name ?? name, 1]);
		match(months[0], {
			from: "2026-10-01", to: "2026-10-31", sum,
			costCenters: [
				{
					costCenter: north.id, name: "North", trips: 5006, extras: 250, perDiem: 3500,
					total: 8756, hours: 8,
				},
				{ costCenter: null, trips: 22, receipts: 9999, total: 10021 },
			],
			hours: [{ category: "Working", costCenter: north.id, hours: 8 }],
			trips: [
				{ date: "2026-10-14", amount: 5006, rate: 0.445, toll: 250, from: "Yard" },
				{ amount: 22 },
			],
			perDiem: [
				{ date: "2026-10-14", amount: 3500, tier: "Day", reason: "Day: 9.5 of 8 h away." },
			],
			missingCount: 1,
			missing: [{ kind: "note", date: "2026-10-15" }],
		});
		assert.deepEqual(months[0].receipts.map(({ counts }) => counts).sort(), ["notReimbursed", "paid"]);
		assert.equal(months[0].report, undefined);
	});

	test("a report is of whole months, whatever days are named", async () => {
		const { ben } = await october2026();
		match((await month(ben, "from=2026-10-20&to=2026-11-02")).people[0].months,
			[{ from: "2026-10-01", sum }, { from: "2026-11-01", to: "2026-11-30", sum: { total: 0 } }]);
	});

	test("what was handed in is kept with the report, and the report says its state", async () => {
		const { ben } = await october2026();
		const submitted = { from: "2026-10-01", state: "submitted", ...signed };
		const [report] = await post(ben, "expenseReports", submitted);
		assert.equal(report.total, sum.total);
		match(report.figures, { from: "2026-10-01", to: "2026-10-31", sum });
		match((await month(ben)).people[0].months[0].report,
			{ id: report.id, state: "submitted", total: sum.total });
	});

	test("a year in one report; more is refused", async () => {
		const { ben } = await october2026();
		assert.equal((await month(ben, "from=2026-01-31&to=2026-12-01")).people[0].months.length, 12);
		match(await month(ben, "from=2026-01-31&to=2026-12-01"), { sum });
		for (const report of ["month", "perdiem"]) {
			const ask = (query) => ben.get(`/api/reports/${report}?${query}`);
			refused(await ask("from=2026-01-31&to=2027-01-01"), 400, { field: "to" });
			refused(await ask("from=2026-10-02&to=2026-10-01"), 400, { field: "to" });
			refused(await ask("from=2026-10-02"), 400, { field: "to" });
			refused(await ask("from=2026-13-01&to=2026-12-31"), 400, { field: "from" });
			refused(await ask(`${october}&format=pdf`), 400, { field: "format" });
			refused(await ask(`${october}&group=day`), 400);
			for (const edge of ["from=9999-12-01&to=9999-12-31", "from=1000-01-01&to=1000-01-31"])
				answered(await ask(edge));
		}
	});
});

describe("who sees whose expenses", () => {
	test("self, those who oversee, managers; nobody else", async () => {
		const { olga, mia, ben, mo, sue, vera, space } = await october2026();
		const employee = (person, more) => post(olga, "employees",
			{ firstName: person.name ?? "A", lastName: "B", user: person.id, ...more });
		const [supervisor] = await employee(sue);
		await employee(ben, { supervisor: supervisor.id });
		await post(mo, "receipts", { date: "2026-10-02", vendor: "Inn", amount: 7, category: "Meals" });
		const names = async (person, ask) => (await ask(person)).people.map(({ person: id }) => id).sort();
		const all = [ben.id, mo.id].sort();
		for (const boss of [olga, mia])
			assert.deepEqual(await names(boss, month), all);
		assert.deepEqual(await names(sue, month), [ben.id]);
		assert.deepEqual(await names(sue, perDiem), [ben.id]);
		assert.deepEqual(await names(mo, month), [mo.id]);
		assert.deepEqual(await names(vera, month), [vera.id]);
		match(await month(sue), { sum: { total: sum.total } });
		match(await month(mo), { sum: { total: 7 } });
		for (const report of ["month", "perdiem"]) {
			const path = `/api/reports/${report}?${october}&person=${ben.id}`;
			for (const person of [olga, mia, ben, sue])
				assert.equal(answered(await person.get(path)).people.length, 1);
			for (const person of [mo, vera])
				for (const format of ["json", "csv", "html"])
					refused(await person.get(`${path}&format=${format}`), 404);
			refused(await stack.as("stranger").in(space).get(path), 404);
			refused(await olga.get(`/api/reports/${report}?${october}&person=nobody`), 404);
		}
	});

	test("people who have nothing in these months are no line of a report of everybody", async () => {
		const { olga, ben } = await october2026();
		assert.deepEqual((await month(olga, "from=2025-01-01&to=2025-03-31")).people, []);
		assert.equal((await month(olga, `from=2025-01-01&to=2025-03-31&person=${ben.id}`)).people.length, 1);
	});
});

describe("the report of per diem", () => {
	test("days with their reasons; the most of a month is counted from its beginning", async () => {
		const { olga, ben } = await fresh();
		await post(olga, "perDiemRules", { from: "2026-01-01", name: "Day", amount: 3000, monthlyMax: 4000 });
		await post(ben, "dayNotes", { date: "2026-10-14" }, { date: "2026-10-15" });
		const report = await perDiem(ben, "from=2026-10-15&to=2026-10-31");
		match(report, {
			sum: 1000,
			people: [{
				person: ben.id, sum: 1000,
				days: [{
					date: "2026-10-15", amount: 1000, reason: "Day. At most 40.00 is paid a month.",
				}],
			}],
		});
	});
});

describe("as CSV and as a page", () => {
	test("CSV for programs has cents and ids, for people labels and a total", async () => {
		const { ben, north } = await october2026();
		const csv = async (more) => {
			const answer = await ben.get(`/api/reports/month?${october}&format=csv${more}`);
			assert.match(answer.headers["content-disposition"], /month-2026-10-01-2026-10-31\.csv/);
			return answer.text.replace(/^\uFEFF/, "").trimEnd().split("\r\n");
		};
		const [head, ...lines] = await csv("");
		assert.equal(head, "person,name,date,kind,id,costCenter,costCenterName,category,what,quantity,unit," +
			"recorded,amount,currency");
		assert.equal(lines.length, 7);
		const cells = lines.map((line) => line.split(","));
		assert.equal(cells.reduce((total, row) => total + Number(row.at(-2)), 0), sum.total);
		assert.ok(lines.some((line) => line.includes(",per diem,")));
		assert.ok(lines[0].includes(`,trip,`) && lines[0].includes(`,${north.id},North,,`));
		const sheet = await csv("&style=people");
		assert.match(sheet[0], /^Person,Date,Kind,Cost center/);
		assert.equal(sheet.at(-1), "Total,,,,,,,,,187.77,USD");
	});

	test("a text of a record is no formula of a spreadsheet and no script of the page", async () => {
		const { olga, ben } = await fresh();
		await post(ben, "receipts", {
			date: "2026-10-14", vendor: "=1+1", amount: 1, category: "Meals",
			description: "<script>x</script>",
		});
		await post(olga, "costCenters", { name: "<b>" });
		const text = (await ben.get(`/api/reports/month?${october}&format=csv`)).text;
		assert.ok(text.includes(",\"'=1+1, <script>"), text);
		const page = await ben.get(`/api/reports/month?${october}&format=html`);
		assert.equal(page.status, 200);
		assert.match(page.headers["content-type"], /^text\/html/);
		assert.match(page.headers["content-security-policy"], /^default-src 'none'/);
		assert.ok(!page.text.includes("<script>"));
		assert.ok(page.text.includes("=1+1, &lt;script&gt;x&lt;/script&gt;"));
		assert.ok(page.text.trimEnd().endsWith("</html>"));
		answered(await ben.get(`/api/reports/perdiem?${october}&format=csv`), 200);
		assert.equal((await ben.get(`/api/reports/perdiem?${october}&format=html`)).status, 200);
	});

	test("a file of trips that is imported is what the report adds up", async () => {
		const { olga, ben } = await fresh();
		await post(olga, "mileageRates", { from: "2026-01-01", rate: 0.7 });
		const rows = ["date,from,to,miles", "2026-10-01,A,B,10.4", "2026-10-02,B,C,0.1",
			"2026-11-01,C,D,100"];
		answered(await ben.post("/api/mileage/import", rows.join("\n"), CSV), 200, { done: 3 });
		match((await month(ben, "from=2026-10-01&to=2026-11-30")).people[0].months,
			[{ sum: { miles: 10.5, trips: 735 } }, { sum: { miles: 100, trips: 7000 } }]);
	});
});
