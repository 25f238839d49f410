// The web app's engine on a device that comes and goes, against the real server: what happens to a report that is
// handed in, taken back, mended and handed in again without a network.
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { test } from "node:test";
import assert from "node:assert/strict";
import { createEngine } from "../../www/engine/engine.js";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";

const stack = await start();
const SIGNED = { certified: true, signedAs: "Ben B.", state: "submitted" };
const month = "2026-10-01";

// A device of this person in this space, which has everything; offline() and online() cut and mend its network.
async function device({ email, password }, spaceId) {
	let down = false;
	const engine = createEngine({
		base: stack.url, cookie: false, deviceName: "Phone", indexedDB: new IDBFactory(),
		fetch: (...words) => (down ? Promise.reject(new TypeError("no network")) : fetch(...words)),
	});
	await engine.start();
	await engine.signIn({ email, password });
	const space = await engine.open(spaceId);
	await space.sync();
	return {
		space, engine,
		offline: () => { down = true; },
		async online() {
			down = false;
			for (let i = 0; i < 6; i++)
				await space.sync();
		},
	};
}

test("one report, all of its rows, and one submission", async (t) => {
	const ben = await stack.as("ben").ready(), { space, engine, offline, online } = await device(ben, ben.home);
	t.after(() => engine.stop());
	const receipt = (amount) => space.create("receipts",
		{ date: "2026-10-14", amount, vendor: "Lot", category: "Parking/Tolls" });
	offline();
	await receipt(100);
	const { record } = await space.create("expenseReports", { from: month, ...SIGNED });
	await space.set("expenseReports", record, { state: "draft" });
	await receipt(250);
	await space.set("expenseReports", record, { state: "submitted" });
	await online();
	assert.deepEqual(space.ops, []);
	const { expenseReports: [report, ...more] } = answered(await ben.get("/api/expenseReports"));
	assert.deepEqual([more, report.id, report.state, report.submissions, report.total, report.signedAs],
		[[], record, "submitted", 1, 350, "Ben B."]);
	assert.equal(space.get("expenseReports", record).total, 350);

	offline();
	await space.set("expenseReports", record, { state: "draft" });
	await receipt(400);
	await space.set("expenseReports", record, { state: "submitted" });
	await space.set("expenseReports", record, { state: "draft" });
	await receipt(500);
	await space.set("expenseReports", record, { state: "submitted" });
	await online();
	assert.deepEqual(space.ops, []);
	const now = answered(await ben.get(`/api/expenseReports/${record}`)).expenseReport;
	assert.deepEqual([now.state, now.total], ["submitted", 1250]);
	assert.equal(answered(await ben.get("/api/receipts")).receipts.length, 4);
});

test("approved elsewhere meanwhile: taking it back is a conflict, and the receipt keeps its words", async (t) => {
	const team = await stack.team({ mia: "manager", ben: "member" });
	const ben = await stack.as("ben").ready(), mia = stack.as("mia").in(team);
	const { space, engine, offline, online } = await device(ben, team.id);
	t.after(() => engine.stop());
	const { record } = await space.create("expenseReports", { from: month, ...SIGNED });
	await online();
	offline();
	await space.set("expenseReports", record, { state: "draft" });
	await space.create("receipts", { date: "2026-10-14", amount: 700, vendor: "Lot", category: "Parking/Tolls" });
	answered(await mia.patch(`/api/expenseReports/${record}`, { state: "approved", financeSignedAs: "Mia" }));
	await online();
	assert.deepEqual(space.ops.map(({ collection, state, problem }) => [collection, state, problem?.status]),
		[["expenseReports", "conflict", 409], ["receipts", "rejected", 409]]);
	assert.equal(space.get("expenseReports", record).state, "approved");
	assert.deepEqual(space.all("receipts").map(({ amount }) => amount), [700]);
});
