// The scenarios of a tracker of package cars, as its requirements describe them: how it works, the operations that
// sync, three tests with several devices, usage examples.  They use Daybook's own API.
import { test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { CSV } from "../lib/crew.mjs";
import { Device } from "../lib/device.mjs";
import { answered, refused } from "../lib/expect.mjs";

const stack = await start();
const { as, team } = stack;

async function warehouse(...ids) {
	const space = await team({ anna: "owner", ben: "member", cleo: "member", dan: "viewer" });
	const folk = Object.fromEntries(["anna", "ben", "cleo", "dan"].map((name) => [name, as(name).in(space)]));
	for (const id of ids)
		answered(await folk.anna.post("/api/cars", { id, location: "100" }), 201);
	return { ...folk, space };
}

test("API health check: ok, with a time", async () => {
	const answer = await fetch(`${stack.url}/api/health`);
	assert.equal(answer.status, 200);
	assert.equal((await answer.json()).status, "ok");
});

test("current fleet status: all cars with location, flags, version, when and by whom", async () => {
	const { anna, dan } = await warehouse("128489");
	answered(await anna.put("/api/cars/128489", { arrived: true, expectedVersion: 1 }));
	answered(await dan.get("/api/cars"), 200, {
		cars: [{
			id: "128489", location: "100", arrived: true, late: false, empty: false, version: 2,
			lastUpdatedBy: anna.id, lastUpdatedAt: { $match: "Z$" },
		}],
	});
});

test("audit trail: what was changed, from what to what, by whom and when", async () => {
	const { anna, ben } = await warehouse();
	answered(await anna.post("/api/cars", { id: "128489" }), 201);
	answered(await ben.patch("/api/cars/128489", { location: "100" }));
	answered(await ben.patch("/api/cars/128489", { arrived: true }));
	const { auditLogs } = answered(await anna.get("/api/audit?carId=128489&limit=3"));
	const of = (field) => auditLogs.find((row) => row.field_changed === field && row.action === "updated");
	assert.deepEqual([of("location").old_value, of("location").new_value, of("location").changed_by],
		["Yard", "100", "ben"]);
	assert.equal(String(of("arrived").new_value), "true");
	assert.match(of("arrived").changed_at, /Z$/);
});

test("quick test, two tabs: what one marks, the other one's next poll brings", async () => {
	const { anna } = await warehouse("128489");
	const one = new Device(anna), two = new Device(anna);
	await one.pull();
	await two.pull();
	answered(await anna.patch("/api/cars/128489", { arrived: true }));
	await two.pull();
	assert.equal(two.records.get("cars/128489").arrived, true);
	const { changes } = await two.pull();
	assert.deepEqual(changes, []);
});

test("several devices: computer and phone of different people show the same", async () => {
	const { anna, ben, dan } = await warehouse("1", "2");
	const devices = [anna, ben, dan].map((person) => new Device(person));
	answered(await ben.patch("/api/cars/1", { location: "300", late: true }));
	answered(await anna.patch("/api/cars/2", { empty: true }));
	for (const device of devices)
		await device.pull();
	const [first, ...others] = devices.map((device) => [...device.records.values()]);
	for (const other of others)
		assert.deepEqual(other, first);
});

test("warehouse: many workers at once, each car as the last of them left it, nothing lost", async () => {
	const ids = Array.from({ length: 12 }, (_, i) => `C${i}`);
	const { anna, ben, cleo, dan } = await warehouse(...ids);
	await Promise.all(ids.flatMap((id) => [
		anna.patch(`/api/cars/${id}`, { location: "200" }), ben.patch(`/api/cars/${id}`, { arrived: true }),
		cleo.patch(`/api/cars/${id}`, { notes: `by cleo ${id}` }),
	]).map(async (answer) => answered(await answer)));
	for (const car of answered(await dan.get("/api/cars")).cars)
		assert.deepEqual([car.location, car.arrived, car.notes, car.version],
			["200", true, `by cleo ${car.id}`, 4]);
});

test("operations that sync: arrived, late, empty, location, add, remove, reset, CSV import", async () => {
	const { anna, ben } = await warehouse("1", "2");
	const device = new Device(ben);
	const seen = async (id) => {
		await device.pull();
		return device.records.get(`cars/${id}`);
	};
	await device.pull();
	answered(await anna.patch("/api/cars/1", { arrived: true }));
	assert.equal((await seen("1")).arrived, true);
	answered(await anna.patch("/api/cars/1", { late: true }));
	assert.equal((await seen("1")).late, true);
	answered(await anna.patch("/api/cars/1", { empty: true }));
	assert.equal((await seen("1")).empty, true);
	answered(await anna.patch("/api/cars/1", { location: "Shop" }));
	assert.equal((await seen("1")).location, "Shop");
	answered(await anna.post("/api/cars", { id: "3" }), 201);
	assert.equal((await seen("3")).location, "Yard");
	answered(await anna.delete("/api/cars/2"));
	assert.equal(await seen("2"), undefined);
	answered(await anna.post("/api/cars/reset"));
	assert.deepEqual([
		(await seen("1")).arrived, (await seen("1")).late, (await seen("1")).empty, (await seen("1")).location,
	], [false, false, false, "Shop"]);
	answered(await anna.post("/api/cars/import", "Car ID,Location,Arrived\n7,400,yes\n1,500,no\n", CSV));
	assert.deepEqual([(await seen("7")).arrived, (await seen("7")).location, (await seen("1")).location],
		[true, "400", "500"]);
	for (const [id, car, place] of [
		["11", "packagecar", "lane"], ["12", "CarNumber", "dock"], ["13", "car_id", "Location"],
		["14", "Car", "LANE"],
	]) {
		const body = `${car},${place}\n${id},600\n`;
		answered(await anna.post("/api/cars/import", body, CSV));
		assert.equal((await seen(id)).location, "600", body);
	}
	answered(await anna.request("POST", "/api/cars/import", {
		body: "15,300\n1,Yard\n", headers: { "Content-Type": "text/csv; header=absent" },
	}), 200, { created: 1, updated: 1 });
	assert.deepEqual([(await seen("15")).location, (await seen("1")).location], ["300", "Yard"]);
});

test("Start New Shift makes a shift that all devices see, and its end is in the history", async () => {
	const { anna, ben } = await warehouse("1");
	const device = new Device(ben);
	const { shift } = answered(await anna.post("/api/shifts/start", { notes: "hello" }), 201);
	await device.pull();
	assert.equal(device.records.get(`shifts/${shift.id}`).startNotes, "hello");
	answered(await ben.post(`/api/shifts/${shift.id}/end`, { notes: "bye" }));
	const [ended] = answered(await anna.get("/api/shifts?limit=10")).shifts;
	assert.deepEqual([ended.id, ended.startNotes, ended.endNotes, ended.stats.totalCars],
		[shift.id, "hello", "bye", 1]);
});

test("conflict resolution: a stale version is told what is there, and nothing is lost", async () => {
	const { anna, ben } = await warehouse("1");
	answered(await anna.put("/api/cars/1", { location: "200", expectedVersion: 1 }));
	refused(await ben.put("/api/cars/1", { location: "300", expectedVersion: 1 }), 409,
		{ currentVersion: 2, expectedVersion: 1, current: { location: "200" } });
	answered(await ben.put("/api/cars/1", { arrived: true, expectedVersion: 1 }), 200,
		{ merged: true, car: { location: "200", arrived: true } });
});
