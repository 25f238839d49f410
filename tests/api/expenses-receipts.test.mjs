// Receipts and timesheets as several people and devices write them: what their rules judge together holds whatever
// comes first.  tests/fixtures/rules/receipt.json and timesheet.json have the rules write by write.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { start } from "../harness.mjs";
import { crew } from "../lib/crew.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";
import { pdf, send as sendFile, sha256 } from "../lib/files.mjs";

const stack = await start();

const fresh = () => crew(stack, { olga: "owner", mia: "manager", ben: "member", mo: "member" });
const october = { date: "2026-10-14", vendor: "Shop", category: "Meals" };
const op = (collection, { id = randomUUID(), base = 0, ...more }) =>
	({ op: randomUUID(), collection, ...(id && { id }), base, ...more });

const make = async (person, more) => answered(await person.post("/api/receipts", { ...october, ...more }), 201).receipt;
const edit = (person, { id }, change) => person.patch(`/api/receipts/${id}`, change);
const look = async (person, { id }) => answered(await person.get(`/api/receipts/${id}`)).receipt;

async function send(person, name) {
	const bytes = pdf(name);
	answered(await sendFile(person, bytes, { "Content-Type": "application/pdf" }), 201);
	return sha256(bytes);
}

describe("the parts of a split", () => {
	test("eight devices write parts at once: they come to the whole and not to more", async () => {
		const { ben } = await fresh();
		const part = { ...october, amount: 2500, splitGroup: "lunch", splitTotal: 10000 };
		const answers = await Promise.all(Array.from({ length: 8 }, () => ben.post("/api/receipts", part)));
		assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 201, 201, 201, 400, 400, 400, 400]);
		for (const answer of answers.filter(({ status }) => status === 400))
			refused(answer, 400, { field: "amount" });
	});

	test("two devices without a network split one receipt with different totals: one of them is told", async () => {
		const { ben } = await fresh();
		const part = (amount, splitTotal) =>
			op("receipts", { set: { ...october, amount, splitGroup: "lunch", splitTotal } });
		outcomes(await ben.push([part(4000, 10000)]), "applied");
		const [{ problem }] = outcomes(await ben.push([part(4000, 12000)]), "rejected");
		assert.deepEqual([problem.status, problem.field], [400, "splitTotal"]);
	});

	test("in one push each part sees those before it", async () => {
		const { ben } = await fresh();
		const part = (amount) =>
			op("receipts", { set: { ...october, amount, splitGroup: "lunch", splitTotal: 10000 } });
		outcomes(await ben.push([part(6000), part(4001), part(4000), part(1)]),
			"applied", "rejected", "applied", "rejected");
	});

	test("a dry run of a file sees the rows before, as the import does", async () => {
		const { ben } = await fresh();
		const rows = [6000, 4001].map((amount) =>
			({ ...october, amount, splitGroup: "lunch", splitTotal: 10000 }));
		for (const path of ["/api/receipts/import?dryRun=1", "/api/receipts/import"])
			assert.deepEqual((await ben.post(path, rows)).body.errors.map(({ row, field }) => [row, field]),
				[[2, "amount"]]);
	});

	test("where one part gets another total or another day, the others follow", async () => {
		const { ben } = await fresh(), split = { splitGroup: "lunch", splitTotal: 10000 };
		const [one, other, third] = [await make(ben, { ...split, amount: 4000 }),
			await make(ben, { ...split, amount: 5000 }), await make(ben, { ...split, amount: 1000 })];
		answered(await edit(ben, one, { splitTotal: 12000 }));
		for (const part of [one, other, third])
			assert.equal((await look(ben, part)).splitTotal, 12000);
		answered(await edit(ben, other, { date: "2026-11-02", amount: 7000 }));
		for (const part of [one, other, third]) {
			const { date, splitTotal } = await look(ben, part);
			assert.deepEqual([date, splitTotal], ["2026-11-02", 12000]);
		}
		refused(await edit(ben, one, { splitTotal: 11999 }), 400, { field: "amount" });
		refused(await edit(ben, one, { date: "2026-11-03", amount: 4001 }), 400, { field: "amount" });
		for (const part of [one, other, third])
			assert.equal((await look(ben, part)).date, "2026-11-02");
	});

	test("a part that is handed to somebody else leaves the others", async () => {
		const { mia, ben, mo } = await fresh(), split = { splitGroup: "lunch", splitTotal: 10000 };
		const one = await make(ben, { ...split, amount: 9000 });
		answered(await edit(mia, one, { owner: mo.id }));
		await make(ben, { ...split, amount: 10000 });
	});

	test("a part is restored only where it still fits", async () => {
		const { ben } = await fresh(), split = { splitGroup: "lunch", splitTotal: 10000 };
		const one = await make(ben, { ...split, amount: 9000 });
		answered(await edit(ben, one, { amount: 1000 }));
		await make(ben, { ...split, amount: 9000 });
		refused(await ben.post(`/api/receipts/${one.id}/restore`, { version: 1 }), 400, { field: "amount" });
	});
});

describe("duplicates", () => {
	test("the same file of one person, whatever the day is", async () => {
		const { ben, mo } = await fresh(), file = await send(ben, "lunch");
		const first = await make(ben, { amount: 1, file });
		const second = await make(ben, { amount: 2, date: "2026-11-20", file });
		assert.equal(second.duplicateOf, first.id);
		assert.equal((await look(ben, first)).duplicateOf, undefined);
		await send(mo, "lunch");
		assert.equal((await make(mo, { amount: 1, file })).duplicateOf, undefined);
		const parts = { splitGroup: "s", splitTotal: 10, file };
		const third = await make(mo, { ...parts, amount: 3 }), fourth = await make(mo, { ...parts, amount: 4 });
		assert.notEqual(third.duplicateOf, undefined);
		assert.notEqual(fourth.duplicateOf, third.id);
	});

	test("when the other one is changed or deleted, the receipt no longer says so", async () => {
		const { ben } = await fresh(), file = await send(ben, "dinner");
		const first = await make(ben, { amount: 4200 }), second = await make(ben, { amount: 4200 });
		assert.equal(second.duplicateOf, first.id);
		answered(await edit(ben, first, { amount: 4300 }));
		assert.equal((await look(ben, second)).duplicateOf, undefined);
		answered(await edit(ben, first, { amount: 4200 }));
		assert.equal((await look(ben, first)).duplicateOf, second.id);
		answered(await ben.delete(`/api/receipts/${second.id}`));
		assert.equal((await look(ben, first)).duplicateOf, undefined);
		const named = await make(ben, { amount: 1, date: "2026-10-20", file });
		const again = await make(ben, { amount: 2, date: "2026-10-21", file });
		answered(await ben.delete(`/api/receipts/${named.id}`));
		assert.equal((await look(ben, again)).duplicateOf, undefined);
	});

	test("a note on a receipt is not refused because another one that looks like it is handed in", async () => {
		const { ben } = await fresh(), file = await send(ben, "train");
		const later = await make(ben, { amount: 1, date: "2026-11-03", file });
		const handedIn = await make(ben, { amount: 1, date: "2026-10-03", file });
		assert.equal(handedIn.duplicateOf, later.id);
		answered(await ben.post("/api/expenseReports",
			{ from: "2026-10-01", state: "submitted", certified: true, signedAs: "Ben" }), 201);
		answered(await edit(ben, later, { amount: 2, file: null }));
		assert.equal((await look(ben, handedIn)).duplicateOf, later.id);
	});
});

describe("a day's rows are bounded", () => {
	test("a day of a person has at most 200 receipts; the next day takes more", async () => {
		const { ben } = await fresh();
		const many = (count, date) => Array.from({ length: count }, (_, i) =>
			({ ...october, date, amount: i + 1, notDuplicate: true }));
		answered(await ben.post("/api/receipts/import", many(200, "2026-10-14")), 200, { done: 200 });
		refused(await ben.post("/api/receipts", { ...october, amount: 1 }), 400, { field: "date" });
		answered(await ben.post("/api/receipts", { ...october, date: "2026-10-15", amount: 1 }), 201);
	});
});

describe("the hours of a day", () => {
	test("eight devices write hours of one day at once: it has 24, and no more", async () => {
		const { olga, ben } = await fresh();
		const centers = await Promise.all(Array.from({ length: 8 }, async (_, i) =>
			answered(await olga.post("/api/costCenters", { name: `Center ${i}` }), 201).costCenter.id));
		const answers = await Promise.all(centers.map((costCenter) =>
			ben.post("/api/timesheets", { date: "2026-10-14", costCenter, hours: 6 })));
		assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 201, 201, 201, 400, 400, 400, 400]);
		const { timesheets } = answered(await ben.get("/api/timesheets"));
		assert.equal(timesheets.reduce((sum, { hours }) => sum + hours, 0), 24);
	});

	test("two devices without a network write one day and category: there is one row", async () => {
		const { ben } = await fresh(), set = { date: "2026-10-14", category: "Working", hours: 8 };
		outcomes(await ben.push([op("timesheets", { id: null, set })]), "applied");
		outcomes(await ben.push([op("timesheets", { id: null, set })]), "unchanged");
		outcomes(await ben.push([op("timesheets", { id: null, set: { ...set, hours: 9 } })]), "conflict");
		assert.equal(answered(await ben.get("/api/timesheets")).timesheets.length, 1);
	});

	test("a dry run of a file sees the rows before", async () => {
		const { ben } = await fresh();
		const rows = [{ category: "Working", hours: 14 }, { category: "PTO", hours: 10.5 }]
			.map((row) => ({ date: "2026-10-14", ...row }));
		for (const path of ["/api/timesheets/import?dryRun=1", "/api/timesheets/import"])
			assert.deepEqual((await ben.post(path, rows)).body.errors.map(({ row, field }) => [row, field]),
				[[2, "hours"]]);
	});
});
