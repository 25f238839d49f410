// The scenarios of a mileage tracker, as its description of live updates tells them: a phone and a portal of one person
// beside each other, the four kinds of update, a form that is saved, an interface that was away for a while, and its
// manual testing steps.  Its clients write by the expenses API; who listens is a device of Daybook, which polls.
import { test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { Device } from "../lib/device.mjs";
import { answered } from "../lib/expect.mjs";
import { office } from "../lib/office.mjs";

const stack = await start();
const trip = {
	date: "2026-11-05", startLocation: "Office", endLocation: "Clinic", purpose: "Visit", miles: 12.5,
		odometerReading: 1000,
};
let devices = 0;

// An interface that shows somebody's data: it knows what it has seen, and what came since.
async function interfaceOf(client) {
	const device = new Device(client.native, { id: `tab-${++devices}` });
	await device.pull();
	return device;
}

// What is new to it: [collection, id, deleted].
const news = async (device) => (await device.pull()).changes.map(({ collection, id, deleted }) =>
	[collection, id, deleted === true]);

async function people() {
	const folk = await office(stack, { anna: "owner", ben: "member", sam: "member", cleo: "member" });
	const employ = async (user, more = {}) => answered(await folk.anna.native.post("/api/employees",
		{ firstName: user.native.name, lastName: "X", user: user.id, ...more }), 201).employee.id;
	const supervisor = await employ(folk.sam);
	await employ(folk.ben, { supervisor });
	return folk;
}

test("the server answers, and a sign-in opens the interfaces", async () => {
	const { ben } = await people();
	ben.token = undefined;
	answered(await ben.get("/health"), 200, { status: "ok" });
	assert.equal((await ben.get("/mileage-entries")).status, 401);
	answered(await ben.login("/auth/login", { space: ben.space.id }), 200, { success: true });
	assert.deepEqual(answered(await ben.get("/mileage-entries")), []);
});

test("each kind of update comes to the other interface of a person, once, and to nobody who may not see it", async () =>
	{
	const { ben, sam, cleo, anna } = await people();
	const phone = await ben.another();
	const [portal, team, stranger] = [await interfaceOf(ben), await interfaceOf(sam), await interfaceOf(cleo)];
	const updates = [
		["mileage", "t1", () => phone.post("/mileage-entries", { ...trip, id: "t1" }),
			() => phone.put("/mileage-entries/t1", { miles: 14 }), () =>
				phone.delete("/mileage-entries/t1")],
		["receipts", "r1", () => phone.post("/receipts",
			{ id: "r1", date: "2026-11-05", vendor: "Shell", amount: 10, category: "Meals" }),
		() => phone.put("/receipts/r1", { amount: 11 }), () => phone.delete("/receipts/r1")],
		["timesheets", undefined, () => phone.post("/time-tracking",
			{ id: "h1", date: "2026-11-05", category: "PTO", hours: 8 }),
		() => phone.put("/time-tracking/h1", { hours: 7 }), () => phone.delete("/time-tracking/h1")],
	];
	for (const [collection, id, create, update, remove] of updates)
		for (const [what, deleted] of [[create, false], [update, false], [remove, true]]) {
			answered(await what());
			const told = await news(portal);
			assert.deepEqual(told.map(([name, , gone]) => [name, gone]), [[collection, deleted]]);
			assert.ok(id === undefined || told[0][1] === id);
			assert.deepEqual(await news(portal), [], "it is told once");
			assert.deepEqual((await news(team)).map(([name]) => name), [collection]);
			assert.deepEqual(await news(stranger), []);
		}
	const { id } = answered(await anna.native.get("/api/employees")).employees.find((one) => one.user === ben.id);
	answered(await anna.put(`/employees/${ben.id}`, { position: "Driver" }));
	for (const device of [portal, team, stranger])
		assert.deepEqual(await news(device), [["employees", id, false]]);
});

test("two tabs, a change in one: the other has it at its next poll, in both of its forms", async () => {
	const { ben } = await people();
	const one = await ben.another(), two = await ben.another();
	answered(await one.post("/mileage-entries", { ...trip, id: "t1" }));
	const [seen] = answered(await two.get("/mileage-entries?month=11&year=2026"));
	assert.equal(seen.miles, 12.5);
	answered(await two.put("/mileage-entries/t1", { ...seen, miles: 20 }));
	assert.equal(answered(await one.get("/mileage-entries/t1")).miles, 20);
	assert.equal(answered(await ben.native.get("/api/mileage/t1")).trip.miles, 20);
});

test("a form is saved, and everybody's next list has it", async () => {
	const { anna, ben, cleo } = await people();
	const form = answered(await anna.get(`/employees/${ben.id}`));
	answered(await anna.put(`/employees/${ben.id}`, { ...form, name: "Ben Bolt", phoneNumber: "4055550100" }));
	assert.ok(answered(await cleo.get("/employees")).some(({ id, name }) => id === ben.id && name === "Ben Bolt"));
	assert.equal(answered(await ben.get(`/employees/${ben.id}`)).phoneNumber, "4055550100");
});

test("an interface that was away gets all it has missed, in order, and sends what it has kept", async () => {
	const { ben } = await people();
	const portal = await interfaceOf(ben), phone = await ben.another();
	for (const id of ["a", "b", "c"])
		answered(await phone.post("/mileage-entries", { ...trip, id }));
	answered(await phone.delete("/mileage-entries/b"));
	const kept = portal.op("mileage", "d", 0,
		{ date: "2026-11-06", from: "Home", to: "Clinic", miles: 3, purpose: "Kept while away" });
	assert.deepEqual((await news(portal)).map(([, id, gone]) => [id, gone]), [["a", false], ["c", false], ["b",
		true]]);
	assert.equal((await portal.push([kept])).status, 200);
	assert.deepEqual(answered(await phone.get("/mileage-entries")).map(({ id }) => id).sort(), ["a", "c", "d"]);
});

test("while nothing changes a poll costs next to nothing, and asks nobody else to do anything", async () => {
	const { ben, anna } = await people();
	const first = await ben.native.get("/api/sync/heads");
	const again = () => ben.native.with({ "If-None-Match": first.headers.etag }).get("/api/sync/heads");
	assert.equal((await again()).status, 304);
	answered(await anna.get("/employees"));
	assert.equal((await again()).status, 304);
	answered(await ben.post("/vehicles", { name: "Corolla" }));
	assert.equal((await again()).status, 200);
});

test("no response was a 5xx", async () => {
	assert.deepEqual(await stack.faults(), []);
});
