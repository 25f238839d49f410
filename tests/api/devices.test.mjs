// A person's devices, how far each has come, and the four endpoints for devices without a cursor (schema/PROTOCOL.md
// 4).
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { answered, refused } from "../lib/expect.mjs";

const stack = await start();
const { as } = stack;

async function needsUpdate(person, device) {
	return answered(await person.get(`/api/sync/check-update?deviceId=${device}`)).needsUpdate;
}

async function synced(person, deviceId) {
	answered(await person.post("/api/sync/mark-synced", { deviceId }), 200, { success: true });
}

let cars = 0;
async function addCar(person) {
	answered(await person.post("/api/cars", { id: `d${++cars}`, location: "100" }), 201);
}

describe("the four endpoints for devices without a cursor", () => {
	test("the first check-update registers the device", async () => {
		const anna = await as("anna").ready();
		assert.deepEqual(answered(await anna.get("/api/sync/check-update?deviceId=device_1_abc")),
			{ needsUpdate: false, lastSync: null });
		assert.ok(answered(await anna.get("/api/devices")).devices.some((device) =>
			device.id === "device_1_abc"));
	});

	test("a change is reported to the other device, and no more once it is synced", async () => {
		const anna = await as("anna").ready();
		await needsUpdate(anna, "phone");
		await addCar(anna);
		assert.equal(await needsUpdate(anna, "phone"), true);
		assert.equal(await needsUpdate(anna, "phone"), true);
		await synced(anna, "phone");
		assert.equal(await needsUpdate(anna, "phone"), false);
		const { lastSync } = answered(await anna.get("/api/sync/check-update?deviceId=phone"));
		assert.match(lastSync, /^\d{4}-.*Z$/);
	});

	test("a new device is behind from the first change on", async () => {
		const anna = await as("anna").ready();
		await addCar(anna);
		assert.equal(await needsUpdate(anna, "late-device"), true);
	});

	test("mark-synced advances to what was offered, and no further", async () => {
		const anna = await as("anna").ready();
		await addCar(anna);
		assert.equal(await needsUpdate(anna, "tablet"), true);
		await addCar(anna);
		await synced(anna, "tablet");
		assert.equal(await needsUpdate(anna, "tablet"), true);
		await synced(anna, "tablet");
		assert.equal(await needsUpdate(anna, "tablet"), false);
	});

	test("mark-update makes one device look again", async () => {
		const anna = await as("anna").ready();
		for (const device of ["m1", "m2"]) {
			await needsUpdate(anna, device);
			await synced(anna, device);
		}
		answered(await anna.post("/api/sync/mark-update", { deviceId: "m1" }), 200, { success: true });
		assert.equal(await needsUpdate(anna, "m1"), true);
		assert.equal(await needsUpdate(anna, "m2"), false);
		await synced(anna, "m1");
		assert.equal(await needsUpdate(anna, "m1"), false);
	});

	test("notify-change makes every other device look again", async () => {
		const anna = await as("anna").ready();
		for (const device of ["n1", "n2", "n3"]) {
			await needsUpdate(anna, device);
			await synced(anna, device);
		}
		answered(await anna.post("/api/sync/notify-change", { sourceDeviceId: "n1", collections: ["tasks"] }),
			200, { success: true });
		assert.equal(await needsUpdate(anna, "n1"), false);
		assert.equal(await needsUpdate(anna, "n2"), true);
		assert.equal(await needsUpdate(anna, "n3"), true);
	});

	test("devices of different people are separate", async () => {
		const anna = await as("anna").ready(), ben = await as("ben").ready();
		await needsUpdate(anna, "shared-name");
		await synced(anna, "shared-name");
		answered(await ben.post("/api/sync/mark-update", { deviceId: "shared-name" }));
		assert.equal(await needsUpdate(anna, "shared-name"), false);
	});

	test("a device must be named, by a valid id", async () => {
		const anna = await as("anna").ready();
		refused(await anna.get("/api/sync/check-update"), 400, { field: "deviceId" });
		refused(await anna.get("/api/sync/check-update?deviceId=.."), 400, { field: "deviceId" });
		refused(await anna.post("/api/sync/mark-synced", {}), 400, { field: "deviceId" });
		refused(await anna.post("/api/sync/mark-update", { deviceId: 7 }), 400, { field: "deviceId" });
		refused(await anna.post("/api/sync/notify-change", { sourceDeviceId: "x".repeat(65) }), 400,
			{ field: "sourceDeviceId" });
		refused(await anna.post("/api/sync/mark-synced", { deviceId: "phone", force: true }), 400,
			{ field: "force" });
	});

	test("X-Device-Id names it too", async () => {
		const anna = (await as("anna").ready()).with({ "X-Device-Id": "header-device" });
		answered(await anna.get("/api/sync/check-update"));
		answered(await anna.post("/api/sync/mark-synced"), 200, { success: true });
	});
});

describe("devices", () => {
	test("are registered by a push and a pull, and show how far they are behind", async () => {
		const carl = (await as("carl").ready()).with({ "X-Device-Id": "carl-phone" });
		await carl.push([{ op: "1", collection: "cars", id: "1", base: 0, set: {} }], { device: "carl-desk" });
		await carl.pull();
		await carl.push([{ op: "2", collection: "cars", id: "2", base: 0, set: {} }], { device: "carl-desk" });
		const { devices } = answered(await carl.get("/api/devices"));
		assert.deepEqual(devices.map((device) => device.id).sort(), ["carl-desk", "carl-phone"]);
		const phone = devices.find((device) => device.id === "carl-phone");
		assert.equal(phone.current, true);
		assert.deepEqual(phone.spaces.map(({ space, seq, behind }) => ({ space, seq, behind })),
			[{ space: carl.home, seq: 1, behind: 1 }]);
	});

	test("can be named", async () => {
		const dora = await as("dora").ready();
		await needsUpdate(dora, "dev");
		assert.equal((await dora.patch("/api/devices/dev", { name: "Dora's Pixel \u{1f4f1}" })).status, 204);
		assert.equal(answered(await dora.get("/api/devices")).devices.find((device) =>
			device.id === "dev").name, "Dora's Pixel \u{1f4f1}");
		refused(await dora.patch("/api/devices/dev", { name: "" }), 400, { field: "name" });
		refused(await dora.patch("/api/devices/dev", { name: 5 }), 400, { field: "name" });
		refused(await dora.patch("/api/devices/nobody", { name: "x" }), 404);
		refused(await as("ben").patch("/api/devices/dev", { name: "Mine" }), 404);
	});

	test("can be forgotten, which signs them out", async () => {
		const eve = await as("eve").ready();
		const login = await eve.post("/api/auth/login",
			{ email: eve.email, password: eve.password, deviceId: "lost" });
		const lost = { Authorization: `Bearer ${answered(login).accessToken}` };
		answered(await eve.get("/api/sync/check-update?deviceId=lost", lost));
		refused(await as("ben").delete("/api/devices/lost"), 404);
		assert.equal((await eve.delete("/api/devices/lost")).status, 204);
		refused(await eve.get("/api/auth/me", lost), 401);
		refused(await eve.post("/api/auth/refresh", { refreshToken: login.body.refreshToken }), 401);
		answered(await eve.get("/api/auth/me"));
		assert.equal(
			answered(await eve.get("/api/devices")).devices.some((device) => device.id === "lost"), false);
		refused(await eve.delete("/api/devices/lost"), 404);
	});
});
