// A month of expenses that is handed in, taken back, mended and handed in again on a device without a network: one
// report, in its place among what it locks, and nothing of it is lost.  The definitions are those that ship.
import { test } from "node:test";
import assert from "node:assert/strict";
import { begin, reopen, shipped } from "./engine-aid.mjs";

const month = "2026-10-01";
const signed = { certified: true, signedAs: "Anna A.", state: "submitted" };

// A server that steps in as the rules do: receipts of a month that is handed in do not change, and a report that is
// not signed is not taken.
function refuse({ collection, set }, { records }) {
	const report = [...records.values()].find((one) => one.collection === "expenseReports");
	if (collection === "receipts" && report?.fields.state === "submitted")
		return {
			type: "/problems/period-closed", title: "This period is closed", status: 409, field: "date",
			detail: "These days are handed in.",
			period: { id: report.id, from: month, to: "2026-10-31", state: "submitted" },
		};
	const { state, certified, signedAs } = { ...report?.fields, ...set };
	if (collection === "expenseReports" && state === "submitted" && !(certified && signedAs))
		return { type: "/problems/required", title: "Missing", status: 400, field: "certified", detail: "No." };
	return undefined;
}

async function beginWith() {
	const names = ["expenseReports", "receipts", "costCenters"];
	const world = await begin({ definitions: shipped.filter(({ name }) => names.includes(name)) });
	world.server.refuse = refuse;
	const { space, finish } = world;
	return {
		...world,
		handIn: () => finish(space.create("expenseReports", { from: month, ...signed })),
		step: ({ record }, changes) => finish(space.set("expenseReports", record, changes)),
		receipt: (amount) => finish(space.create("receipts",
			{ date: "2026-10-14", amount, vendor: "Lot", category: "Parking/Tolls" })),
		sent: () => world.server.calls("/sync/push").flatMap(({ body }) => body.ops)
			.map(({ collection, set }) => `${collection} ${set.amount ?? set.state}`),
		held: (name) => [...world.server.spaces.get("s1").records.values()]
			.filter((one) => one.collection === name),
		offline: () => { world.server.down = true; },
		online: async () => {
			world.server.down = false;
			await world.sync();
			await world.sync();
		},
	};
}

test("handed in, taken back, mended and handed in again offline: one report, and the mended rows are before it",
	async () => {
		const world = await beginWith();
		world.offline();
		await world.receipt(100);
		const made = await world.handIn();
		await world.step(made, { state: "draft" });
		await world.receipt(200);
		await world.step(made, { state: "submitted" });
		const shown = world.space.all("expenseReports");
		assert.deepEqual(shown.map(({ state, signedAs }) => [state, signedAs]), [["submitted", "Anna A."]]);
		await world.online();
		assert.deepEqual(world.sent(),
			["receipts 100", "expenseReports draft", "receipts 200", "expenseReports submitted"]);
		assert.deepEqual(world.space.ops.map(({ state }) => state), []);
		assert.deepEqual(world.held("expenseReports").map(({ fields }) => [fields.state, fields.signedAs]),
			[["submitted", "Anna A."]]);
		assert.deepEqual(world.held("receipts").map(({ fields }) => fields.amount), [100, 200]);
	});

test("a page that is closed in between sends the same", async () => {
	const world = await beginWith();
	world.offline();
	const made = await world.handIn();
	await world.step(made, { state: "draft" });
	await world.receipt(200);
	await world.step(made, { state: "submitted" });
	const again = await reopen(world);
	world.server.down = false;
	await again.sync();
	await again.sync();
	assert.deepEqual(world.sent(), ["expenseReports draft", "receipts 200", "expenseReports submitted"]);
	assert.deepEqual(again.space.ops, []);
	assert.equal(world.held("expenseReports").length, 1);
});

test("a receipt that was added after the month was handed in is refused with its words, and kept", async () => {
	const world = await beginWith();
	world.offline();
	await world.handIn();
	await world.receipt(300);
	await world.online();
	const [op, ...more] = world.space.ops;
	assert.deepEqual([op.state, op.problem.type, op.set.amount, more],
		["rejected", "/problems/period-closed", 300, []]);
	assert.deepEqual(world.space.all("receipts").map(({ amount }) => amount), [300]);
	assert.equal(world.held("receipts").length, 0);
});

test("two devices of one person hand the same month in offline: one report", async () => {
	const world = await beginWith(), other = await beginWith();
	const ids = await Promise.all([world, other].map(async (one) => {
		one.offline();
		return (await one.handIn()).record;
	}));
	assert.equal(ids[0], ids[1]);
});
