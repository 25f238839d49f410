// Receipts and timesheets as several people and devices write them: what their rules judge together holds whatever
// comes first.  tests/fixtures/rules/receipt.json and timesheet.json have the rules write by write.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { start } from "../harness.mjs";
import { Chance } from "../lib/chance.mjs";
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

	test("of several it names the one whose id is the least, UUIDs before others, in a push as alone", async () => {
		const uuid = "f1939d2a-0000-7000-8000-000000000000", set = { ...october, amount: 4200 };
		for (const all of [true, false]) {
			const { ben } = await fresh();
			const ops = ["b", uuid, "a", "c"].map((id) => op("receipts", { id, set }));
			for (const push of all ? [ops] : ops.map((one) => [one]))
				outcomes(await ben.push(push), ...push.map(() => "applied"));
			const said = await Promise.all(["b", uuid, "a", "c"].map((id) => look(ben, { id })));
			assert.deepEqual(said.map(({ duplicateOf }) => duplicateOf), [undefined, "b", uuid, uuid]);
		}
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

describe("many ops in one push", () => {
	const plain = ({ status, problem }) => [status, problem?.type, problem?.field, problem?.detail];
	const shown = ({ owner, seq, createdAt, createdBy, lastUpdatedAt, lastUpdatedBy, ...rest }) => rest;
	const all = async (person, collection) =>
		answered(await person.get(`/api/${collection}?sort=id&limit=1000`))[collection];

	// One op as a device may have it, on one of these records or a new one.
	function draw(chance, records, fields, { mia, ben }) {
		const record = chance.pick(records);
		if (record === undefined || chance.of(0.5))
			return { set: fields(true) };
		const { id, version: base } = record;
		if (chance.of(0.2))
			return { id, base, delete: true };
		const change = Object.fromEntries(Object.entries(fields(false)).filter(() => chance.of(0.4)));
		return { id, base, set: { ...change, ...(chance.of(0.15) && { owner: chance.pick([mia, ben]) }) } };
	}

	// The ops are drawn and sent one by one in one team, and round by round in another: a push has one op of
	// a record.
	async function compare(chance, collection, fields, { idOf, prepare }) {
		const one = await fresh(), other = await fresh(), alone = [];
		for (const folk of [one, other])
			await prepare?.(folk);
		for (let round = 0; round < 5; round++) {
			const ops = [], answers = [], touched = new Set();
			for (let i = 0; i < 30; i++) {
				const untouched = (await all(one.mia, collection))
					.filter(({ id }) => !touched.has(id));
				const next = draw(chance, untouched, fields, { mia: "mia", ben: "ben" });
				ops.push({ collection, id: next.id ?? idOf(round * 30 + i), base: 0, ...next });
				const [result] = answered(await one.mia.push(sent(ops.slice(-1), one))).results;
				answers.push(result);
				touched.add(next.id ?? result.record?.id);
			}
			const together = answered(await other.mia.push(sent(ops, other))).results;
			assert.deepEqual(together.map(plain), answers.map(plain));
			assert.deepEqual((await all(other.mia, collection)).map(shown),
				(await all(one.mia, collection)).map(shown));
			alone.push(...answers);
		}
		return { alone, left: await all(one.mia, collection) };
	}

	// The same ops, with the ids of the people of a team.
	const sent = (ops, folk) => ops.map(({ id, ...rest }) => ({
		op: randomUUID(), ...(id && { id }), ...rest,
		...(rest.set?.owner && { set: { ...rest.set, owner: folk[rest.set.owner].id } }),
	}));

	test("receipts come to the same as one by one", async () => {
		const chance = new Chance(20261014), files = [];
		const idOf = (i) => (chance.of(0.5) ? `r${i}` : randomUUID());
		const prepare = async ({ mia }) => {
			files.splice(0);
			for (const name of ["a", "b"])
				files.push(await send(mia, name));
		};
		const fields = () => ({
			date: `2026-10-${chance.pick([14, 15, 16])}`, vendor: "Shop", category: "Meals",
			amount: chance.pick([100, 200, 300]),
			...(chance.of(0.3) && { file: chance.pick(files) }),
			...(chance.of(0.3) && { splitGroup: chance.pick(["s", "t"]), splitTotal: 500 }),
		});
		const { alone, left } = await compare(chance, "receipts", fields, { idOf, prepare });
		assert.ok(alone.filter(({ status }) => status === "rejected").length > 5);
		assert.ok(left.filter(({ duplicateOf }) => duplicateOf).length > 5);
	});

	test("timesheets come to the same as one by one", async () => {
		const chance = new Chance(7);
		const categories = ["Working", "PTO", "Holiday", "Training", "Travel", "Other"];
		let made = 0;
		const fields = (isNew) => ({
			...(isNew && {
				date: `2026-10-${10 + Math.floor(made / 6)}`, category: categories[made++ % 6],
			}),
			hours: chance.pick([2, 5, 9]),
		});
		const { alone } = await compare(chance, "timesheets", fields, { idOf: () => null });
		assert.ok(alone.filter(({ problem }) => problem?.field === "hours").length > 5);
	});

	test("a day's rows are asked for once, and written together", async () => {
		const { olga, ben } = await fresh(), executed = async () =>
			Number((await stack.sql("SHOW GLOBAL STATUS LIKE 'Com_stmt_execute'"))[0].Value);
		const days = Array.from({ length: 200 }, (_, i) => `2026-10-${14 + i % 2}`);
		const centers = days.slice(100).map((_, i) => ({ name: `Center ${i}` }));
		answered(await olga.post("/api/costCenters/import", centers), 200, { done: 100 });
		const ids = answered(await olga.get("/api/costCenters?limit=100")).costCenters.map(({ id }) => id);
		const pushes = {
			receipts: days.map((date, i) => op("receipts", { set: { ...october, date, amount: i } })),
			timesheets: days.map((date, i) => op("timesheets",
				{ id: null, set: { date, hours: 0.1, costCenter: ids[i >> 1] } })),
		};
		for (const [collection, ops] of Object.entries(pushes)) {
			const before = await executed();
			assert.ok(answered(await ben.push(ops)).results.every(({ status }) => status === "applied"));
			const many = await executed() - before;
			assert.ok(many < 150, `${many} statements for 200 ${collection}`);
		}
	});
});
