// The API of the mileage and expense tracker at /compat/expenses/api/, as a client of that system uses it: it signs in
// with an e-mail and a password, keeps ids of its own, and polls.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { office } from "../lib/office.mjs";

const stack = await start({ settings: { origins: "https://portal.example.org" } });
const fresh = (roles) => office(stack, roles);

describe("signing in", () => {
	test("an e-mail and a password give a token of twelve hours for the only team", async () => {
		const { anna, space } = await fresh();
		const { status, body } = await anna.login();
		assert.equal(status, 200);
		assert.equal(body.success, true);
		assert.equal(body.employee.id, anna.id);
		assert.equal(body.employee.email, anna.native.email);
		assert.equal(body.employee.role, "admin");
		assert.deepEqual(body.employee.permissions, []);
		assert.equal("password" in body.employee, false);
		answered(await anna.post("/vehicles", { id: "v1", name: "Corolla" }));
		assert.equal(answered(await anna.native.get("/api/vehicles/v1")).vehicle.name, "Corolla");
		const tokens = answered(await anna.native.forAccount().get("/api/auth/tokens")).tokens;
		const { createdAt, expiresAt, scope, space: opened } = tokens.at(0);
		assert.deepEqual([Date.parse(expiresAt) - Date.parse(createdAt), scope, opened],
			[12 * 3600 * 1000, "write", space.id]);
	});
});

// The smallest valid picture of its kind.
const png = Buffer.from(
	"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
const pdf = Buffer.from("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n");

function form(parts, boundary = "----form7") {
	const bytes = parts.flatMap(({ name, filename, type = "image/png", content }) => [
		`--${boundary}\r\nContent-Disposition: form-data; name="${name}"`,
		filename === undefined ? "" : `; filename="${filename}"\r\nContent-Type: ${type}`,
		"\r\n\r\n", content, "\r\n",
	]);
	return Buffer.concat([...bytes, `--${boundary}--\r\n`].map((part) => Buffer.from(part)));
}

const upload = (who, parts) => who.post("/receipts/upload-image", form(parts),
	{ "Content-Type": "multipart/form-data; boundary=----form7" });

const trip = {
	date: "2026-11-05", startLocation: "Office", endLocation: "Clinic", purpose: "Visit", miles: 12.5,
	odometerReading: 1000, notes: "", isGpsTracked: 0,
};

describe("employees", () => {
	test("others by name, oneself whole, and nobody's secrets", async () => {
		const { anna, ben, cleo } = await fresh({ anna: "owner", ben: "member", cleo: "member" });
		const { employee: boss } = answered(await anna.native.post("/api/employees",
			{ firstName: "Anna", lastName: "Ahl", user: anna.id, email: "a@example.org" }), 201);
		answered(await anna.native.post("/api/employees", {
			firstName: "Ben", lastName: "Bolt", user: ben.id, supervisor: boss.id, position: "Driver",
			phone: "4055550100", email: "b@example.org",
		}), 201);
		const { employee: gone } = answered(await anna.native.post("/api/employees",
			{ firstName: "Olga", lastName: "Out", status: "inactive" }), 201);
		const list = answered(await ben.get("/employees"));
		const of = (id) => list.find((one) => one.id === id);
		assert.equal(of(ben.id).email, ben.native.email);
		assert.equal(of(ben.id).phoneNumber, "4055550100");
		assert.deepEqual(of(ben.id).supervisorId, anna.id);
		assert.deepEqual(Object.keys(of(anna.id)).sort(),
			["archived", "id", "name", "position", "role", "seniorStaffId", "supervisorId"]);
		assert.equal(of(gone.id), undefined);
		const all = answered(await anna.get("/employees?includeArchived=true"));
		assert.equal(all.find(({ id }) => id === gone.id).archived, 1);
		assert.equal(all.find(({ id }) => id === ben.id).phoneNumber, "4055550100");
		assert.deepEqual(answered(await cleo.get(`/employees?supervisorId=${anna.id}`)).map(({ id }) => id),
			[ben.id]);
		assert.deepEqual(answered(await cleo.get("/employees?search=bol")).map(({ id }) => id), [ben.id]);
		assert.equal(answered(await anna.get(`/employees/${ben.id}`)).name, "Ben Bolt");
		assert.equal((await cleo.get(`/employees/${ben.id}`)).status, 403);
		assert.equal((await cleo.get("/employees/nobody")).status, 404);
	});
});

describe("rows", () => {
	test("a trip is created, shown, changed, and deleted once", async () => {
		const { anna } = await fresh();
		answered(await anna.native.post("/api/costCenters", { name: "OK-SUBG" }), 201);
		answered(await anna.post("/vehicles", { id: "v1", name: "Corolla", isDefault: 1,
			startingOdometer: 900 }));
		const made = answered(await anna.post("/mileage-entries", {
			...trip, id: "m1", employeeId: anna.id, costCenter: "ok subg", vehicleId: "v1",
			startLocationLat: 35.4676, startLocationLng: -97.51641234,
		}));
		assert.deepEqual(made, { id: "m1", message: "Mileage entry created successfully", isUpdate: false });
		const [row, ...rest] = answered(await anna.get(
			`/mileage-entries?employeeId=${anna.id}&month=11&year=2026`));
		assert.deepEqual(rest, []);
		const { createdAt, updatedAt, ...plain } = row;
		assert.ok(Date.parse(createdAt) <= Date.parse(updatedAt));
		assert.deepEqual(plain, {
			id: "m1", employeeId: anna.id, date: "2026-11-05", vehicleId: "v1", startLocation: "Office",
			endLocation: "Clinic", purpose: "Visit", miles: 12.5, notes: "", isGpsTracked: 0,
				costCenter: "OK-SUBG",
			employeeName: "anna", odometerReading: 1000, hoursWorked: 0, sortOrder: 0,
				startLocationLat: 35.4676,
			startLocationLng: -97.516412, endLocationLat: null, endLocationLng: null, oxfordHouseId: "",
			costCenters: "[]",
		});
		assert.equal(answered(await anna.post("/mileage-entries", { id: "m1", miles: 14 })).isUpdate, true);
		answered(await anna.put("/mileage-entries/m1", { ...trip, miles: "14.26", employeeId: anna.id }));
		assert.equal(answered(await anna.get("/mileage-entries/m1")).miles, 14.3);
		assert.deepEqual(answered(await anna.get("/mileage-entries?month=10&year=2026")), []);
		for (let again = 0; again < 2; again++)
			answered(await anna.delete("/mileage-entries/m1"), 200,
				{ message: "Mileage entry deleted successfully" });
		assert.equal((await anna.delete("/mileage-entries/never")).status, 404);
		assert.equal((await anna.put("/mileage-entries/m1", trip)).status, 404);
	});

	test("dates and numbers are read as that API's clients send them", async () => {
		const { anna } = await fresh();
		for (const [sent, kept] of [
			["2026-11-05T23:30:00.000Z", "2026-11-05"], ["11/5/26", "2026-11-05"], ["11/05/2026",
				"2026-11-05"],
		])
			assert.equal(answered(await anna.get(
				`/mileage-entries/${answered(await anna.post("/mileage-entries",
				{ ...trip, odometerReading: undefined, date: sent })).id}`)).date, kept);
		for (const wrong of [
			{ date: "yesterday" }, { date: "13/01/26" }, { date: null }, { date: 7 }, { miles: "far" },
				{ miles: -1 },
			{ miles: {} }, { startLocation: "" }, { startLocation: ["x"] }, { costCenter: "Nowhere" },
			{ vehicleId: "none" }, { id: "a b" }, { id: "x".repeat(65) }, { id: "import" },
			{ startLocationLat: "north", startLocationLng: 1 }, { startLocationLat: 91,
				startLocationLng: 1 },
		]) {
			const answer = await anna.post("/mileage-entries", { ...trip, ...wrong });
			assert.equal(answer.status, 400, `${JSON.stringify(wrong)}: ${answer.text}`);
			assert.match(answer.body.error, /\.$/);
		}
		for (const body of ["", "{", "[]", "7", '{"id":"1","id":"2"}'])
			assert.equal((await anna.post("/mileage-entries", body)).status, 400);
		for (const query of ["month=13&year=2026", "month=1&year=26", "date=never"])
			assert.equal((await anna.get(`/mileage-entries?${query}`)).status, 400, query);
	});

	test("the order of a day is given, and what the page had not seen stays", async () => {
		const { anna } = await fresh();
		for (const id of ["a", "b", "c", "d"])
			answered(await anna.post("/mileage-entries", { ...trip, id, odometerReading: 0 }));
		answered(await anna.post("/mileage-entries/reorder", { employeeId: anna.id, orderedIds: ["c", "a",
			"b"] }));
		const rows = answered(await anna.get("/mileage-entries?month=11&year=2026"));
		assert.deepEqual(rows.map(({ id }) => id).filter((id) => id !== "d"), ["c", "a", "b"]);
		assert.deepEqual(rows.map(({ sortOrder }) => sortOrder), [0, 1, 2, 3]);
		for (const orderedIds of [undefined, "a", [7.5, {}], ["a b"], Array(501).fill("a")])
			assert.equal((await anna.post("/mileage-entries/reorder", { orderedIds })).status, 400);
		assert.equal((await anna.post("/mileage-entries/reorder", { orderedIds: ["nothing"] })).status, 404);
	});

	test("hours, descriptions and odometers are one row for each day, by whatever id", async () => {
		const { anna } = await fresh();
		answered(await anna.native.post("/api/costCenters", { name: "OK-SUBG" }), 201);
		answered(await anna.post("/vehicles", { id: "v1", name: "Corolla", isDefault: 1 }));
		const hours = { employeeId: anna.id, date: "2026-11-05", hours: 8 };
		const first = answered(await anna.post("/time-tracking", { ...hours, id: "phone-1",
			category: "PTO Hours" }));
		const second = answered(await anna.post("/time-tracking", { ...hours, id: "web-1", category: "PTO" }));
		assert.deepEqual([second.id, second.isUpdate], [first.id, true]);
		answered(await anna.post("/time-tracking", { ...hours, category: "", costCenter: "OK-SUBG",
			hours: 2.25 }));
		answered(await anna.post("/time-tracking", { ...hours, category: "Working Hours", hours: 1 }));
		assert.deepEqual(answered(await anna.get("/time-tracking?month=11&year=2026"))
			.map(({ category, costCenter, hours: n }) => [category, costCenter, n]).sort(),
		[["", "OK-SUBG", 2.25], ["PTO", "", 8], ["Working Hours", "", 1]]);
		answered(await anna.put("/time-tracking/phone-1", { ...hours, category: "PTO", hours: 7 }));
		assert.equal(answered(await anna.get("/time-tracking/web-1")).hours, 7);
		answered(await anna.put("/time-tracking/web-1", { ...hours, category: "Holiday", hours: 7 }));
		const moved = answered(await anna.get("/time-tracking?date=2026-11-05"));
		assert.deepEqual(moved.map(({ category }) => category).sort(), ["", "Holiday", "Working Hours"]);
		assert.equal((await anna.put(
			`/time-tracking/${moved.find(({ category }) => category === "Holiday").id}`,
			{ ...hours, category: "Working" })).status, 400);
		for (let again = 0; again < 2; again++)
			answered(await anna.delete("/time-tracking/phone-1"));
		assert.equal(answered(await anna.get("/time-tracking")).length, 2);
		answered(await anna.delete("/time-tracking?month=11&year=2026"), 200, { deleted: 2 });
		assert.deepEqual(answered(await anna.get("/time-tracking")), []);

		const note = { employeeId: anna.id, date: "11/06/26", description: "Visits", stayedOvernight: 1,
			hoursWorked: 9 };
		answered(await anna.post("/daily-descriptions", { ...note, id: `desc-${anna.id}-2026-11-06` }));
		answered(await anna.post("/daily-descriptions", { ...note, dayOff: true, dayOffType: "Sick Day" }));
		const [day, ...more] = answered(await anna.get("/daily-descriptions?month=11&year=2026"));
		assert.deepEqual([more, day.dayOff, day.dayOffType, day.stayedOvernight, day.hoursWorked,
			day.description],
			[[], 1, "Sick Day", 1, 9, "Visits"]);
		answered(await anna.put(`/daily-descriptions/${day.id}`, { dayOff: 0 }));
		assert.deepEqual(answered(await anna.get(`/daily-descriptions/desc-${anna.id}-2026-11-06`)).dayOffType,
			null);
		assert.equal((await anna.post("/daily-descriptions", { ...note, dayOff: 1, dayOffType: "Nap" })).status,
			400);

		answered(await anna.post("/daily-odometer-readings", { date: "2026-11-06", odometerReading: 1234.56 }));
		const [reading] = answered(await anna.get("/daily-odometer-readings"));
		assert.deepEqual([reading.vehicleId, reading.odometerReading], ["v1", 1234.6]);
	});

	test("addresses and cost centers", async () => {
		const { anna } = await fresh();
		answered(await anna.native.post("/api/costCenters", { name: "AZ", code: "4711", perDiemFile: true }),
			201);
		const [center] = answered(await anna.get("/cost-centers"));
		assert.deepEqual([center.name, center.code, center.isActive, center.perDiemReceiptImageRequired,
			"employeeId" in center],
			["AZ", "4711", 1, 1, false]);
		const { id } = answered(await anna.post("/saved-addresses",
			{ name: "Clinic", address: "1 Main St", latitude: 35.5, longitude: -97.5 }));
		const [place] = answered(await anna.get("/saved-addresses"));
		assert.deepEqual([place.id, place.name, place.address, place.latitude, place.longitude],
			[id, "Clinic", "1 Main St", 35.5, -97.5]);
	});
});

describe("receipts and their images", () => {
	const receipt = { date: "2026-11-05", vendor: "Shell", amount: 45.5, category: "Rental Car Fuel" };

	test("an image comes as a form or as base64, is named by the receipt, and is sent", async () => {
		const { anna } = await fresh();
		const one = answered(await upload(anna, [{ name: "date", content: "x" },
			{ name: "image", filename: "r.png", content: png }]));
		assert.deepEqual([one.size, one.message, one.imageUri, one.filename.endsWith(".png")],
			[png.length, "Image uploaded successfully", one.imagePath, true]);
		const two = answered(await anna.post("/receipts/upload-image",
			{ image: `data:application/pdf;base64,${pdf.toString("base64")}` }));
		answered(await anna.post("/receipts", { ...receipt, id: "r1", imageUri: one.imageUri }));
		answered(await anna.post("/receipts", { ...receipt, id: "r2", amount: "12.345",
			imageUri: two.imageUri }));
		answered(await anna.post("/receipts", { ...receipt, id: "r3", amount: 1,
			imageUri: `data:image/png;base64,${png.toString("base64")}` }));
		const rows = Object.fromEntries(answered(await anna.get("/receipts?month=11&year=2026"))
			.map((row) => [row.id, row]));
		assert.deepEqual([rows.r1.amount, rows.r1.fileType, rows.r1.imageUri, rows.r1.needsRevision,
			rows.r1.revisionReason],
			[45.5, "image", one.imageUri, 0, null]);
		assert.deepEqual([rows.r2.amount, rows.r2.fileType, rows.r3.imageUri], [12.35, "pdf", one.imageUri]);
		const image = await anna.get("/receipts/r1/file");
		assert.deepEqual([image.status, image.headers["content-type"], image.bytes.equals(png)], [200,
			"image/png", true]);
		assert.match(image.headers["content-security-policy"], /sandbox/);
		assert.equal((await anna.get("/receipts/r2/file")).headers["content-disposition"].split(";")[0],
			"attachment");
		answered(await anna.put("/receipts/r1", { ...receipt, imageUri: "" }));
		assert.equal((await anna.get("/receipts/r1/file")).status, 404);
	});

	test("what is no image is refused", async () => {
		const { anna } = await fresh();
		const html = Buffer.from("<html><script>alert(1)</script>");
		assert.equal((await upload(anna, [{ name: "image", filename: "r.png", content: html }])).status, 415);
		assert.equal((await upload(anna, [{ name: "image", filename: "r.png", content: "" }])).status, 400);
		assert.equal((await upload(anna, [{ name: "date", content: "x" }])).status, 400);
		assert.equal((await anna.post("/receipts/upload-image", form([]).subarray(0, 9),
			{ "Content-Type": "multipart/form-data; boundary=----form7" })).status, 400);
		assert.equal((await anna.post("/receipts/upload-image", "--x--",
			{ "Content-Type": "multipart/form-data" })).status,
			400);
		for (const image of ["", "$$$", 7.5, null, "data:image/png,xyz", [png.toString("base64")]])
			assert.equal((await anna.post("/receipts/upload-image", { image })).status, 400);
		for (const imageUri of ["file:///data/1.jpg", "data:image/png;base64,*", `/uploads/${"a".repeat(63)}`])
			assert.equal((await anna.post("/receipts", { ...receipt, imageUri })).status, 400, imageUri);
		assert.equal((await anna.post("/receipts", { ...receipt,
			imageUri: `/uploads/${"a".repeat(64)}.png` })).status, 400);
	});

	test("a large one is taken, and one that is too large is not", async () => {
		const { anna } = await fresh();
		const large = Buffer.concat([png, Buffer.alloc(9 << 20)]);
		answered(await anna.post("/receipts/upload-image", { image: large.toString("base64") }));
		const huge = Buffer.concat([png, Buffer.alloc(25 << 20)]);
		assert.equal((await upload(anna, [{ name: "image", filename: "r.png", content: huge }])).status, 413);
	});
});

test("no response was a 5xx", async () => {
	assert.deepEqual(await stack.faults(), []);
});
