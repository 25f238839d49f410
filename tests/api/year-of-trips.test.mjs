// A driver's year of trips, as big and as messy as real ones, comes in by one request; a device that was away has all
// of it after three polls at most.
import { test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { CSV } from "../lib/crew.mjs";
import { answered } from "../lib/expect.mjs";

const { as, ctl } = await start();
const query = "skipBad=1&dates=mdy&map=START_DATE=date,START_DATE=startTime,END_DATE=endTime,START=from,STOP=to";

// 1,156 rows: US dates, empty purposes, a row that stands twice, and a last one without a distance.
function yearOfTrips() {
	const rows = Array.from({ length: 1154 }, (_, i) => {
		const day = new Date(Date.UTC(2021, 0, 1 + Math.floor(i / 3.2)));
		const date = `${day.getUTCMonth() + 1}/${day.getUTCDate()}/2021`;
		const from = `${date} ${6 + (i % 12)}:05`, to = `${date} ${6 + (i % 12)}:3${i % 10}`;
		const places = `Stop ${i % 40},Łódź ${i % 7}`;
		return `${from},${to},Business,${places},${(i % 90) + 0.5},${i % 3 ? "" : "Delivery"}`;
	});
	return ["START_DATE*,END_DATE*,CATEGORY*,START*,STOP*,MILES*,PURPOSE*", ...rows, rows[5],
		"12/31/2021 22:08,,Business,Depot,Home,,"].join("\n");
}

test("an offline device has a year of trips after three polls at most", async () => {
	const anna = as("anna");
	const before = await anna.pull();

	const report = answered(await anna.post(`/api/mileage/import?${query}`, yearOfTrips(), CSV));
	assert.deepEqual([report.rows, report.created, report.bad, report.errors[0].field], [1156, 1155, 1, "miles"]);

	const after = await anna.pull(before.cursor);
	const trips = after.changes.filter(({ collection }) => collection === "mileage");
	assert.equal(trips.length, 1155);
	assert.ok(after.pages <= 3, `${after.pages} polls`);
	assert.equal(new Set(trips.map((change) => change.id)).size, 1155);

	const again = answered(await anna.post(`/api/mileage/import?${query}`, yearOfTrips(), CSV));
	assert.deepEqual([again.created, again.unchanged], [0, 1155]);
	const more = (await anna.pull(after.cursor)).changes.filter(({ collection }) => collection === "mileage");
	assert.equal(more.length, 0);

	const csv = await anna.get("/api/mileage/export?format=csv");
	assert.equal(csv.text.trimEnd().split("\r\n").length, 1156);
	assert.equal(answered(await anna.post("/api/mileage/import", csv.text, CSV)).unchanged, 1155);
	assert.equal((await ctl("verify")).status, 0);
});
