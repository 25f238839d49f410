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
			costCenters: "[]", version: 1,
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

	test("the parts of a split add up", async () => {
		const { anna } = await fresh();
		const part = (id, amount, more = {}) => anna.post("/receipts",
			{ ...receipt, id, amount, splitGroupId: "s1", splitAllocationIndex: 1,
				splitAllocationCount: 2, ...more });
		answered(await part("p1", 10));
		answered(await part("p2", 5.5));
		answered(await anna.post("/receipts", { ...receipt, id: "p3", amount: 1, splitGroupId: "" }));
		const rows = answered(await anna.get("/receipts"));
		assert.deepEqual(rows.map((row) => [row.id, row.splitTotal, row.splitAllocationIndex,
			row.splitAllocationCount]),
			[["p1", 15.5, 1, 2], ["p2", 15.5, 2, 2], ["p3", null, null, null]]);
		answered(await part("p1", 12));
		assert.equal(answered(await anna.get("/receipts/p2")).splitTotal, 17.5);
		assert.equal((await part("p2", 9, { splitTotal: 17.5 })).status, 400);
		answered(await anna.post("/expense-reports/sync-to-source", {
			month: 11, year: 2026, reportData: { receipts: ["q1", "q2"].map((id) =>
				({ ...receipt, id, amount: 3, splitGroupId: "s2" })) },
		}));
		assert.equal(answered(await anna.get("/receipts/q1")).splitTotal, 6);
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

// A team in which ben's reports go to sam and then to fay; anna administers it.
async function company() {
	const people = await fresh({ anna: "owner", ben: "member", sam: "member", fay: "member", cleo: "member" });
	const { anna, ben, sam, fay } = people;
	const employ = async (user, lastName, more = {}) => answered(await anna.native.post("/api/employees",
		{ firstName: user.native.name, lastName, user: user.id, ...more }), 201).employee.id;
	const supervisor = await employ(sam, "Super");
	await employ(fay, "Finance", { finance: true });
	await employ(ben, "Bolt", { supervisor });
	answered(await anna.native.post("/api/costCenters", { id: "az", name: "AZ" }), 201);
	answered(await anna.native.post("/api/mileageRates",
		{ from: "2020-01-01", vehicleKind: "any", unit: "mi", rate: 0.445 }), 201);
	return people;
}

describe("lists of those who oversee others", () => {
	// So many receipts of that person within October, by SQL.
	const fill = ({ space }, { id }, many) => stack.sql(`INSERT INTO record (space_id, collection, id, version,
			seq, tx_seq, owner_id, deleted, sort_key, doc, created_at, created_by, updated_at, updated_by)
		SELECT '${space.id}', 'receipts', CONCAT('r', seq), 1, 100000 + seq, 100000 + seq, '${id}', 0, day,
			JSON_OBJECT('date', day, 'vendor', 'Shop', 'amount', seq, 'category', 'Meals'),
			NOW(3), '${id}', NOW(3), '${id}'
		FROM (SELECT seq, CONCAT('2026-10-', LPAD(1 + seq MOD 28, 2, '0')) AS day FROM seq_1_to_${many}) d`);

	test("rows of people whom one does not oversee neither show nor count", async () => {
		const people = await company(), { ben, sam, fay, cleo } = people;
		const { id } = answered(await ben.native.post("/api/receipts",
			{ date: "2026-10-20", vendor: "Shell", amount: 500, category: "Meals" }), 201).receipt;
		const { id: own } = answered(await sam.native.post("/api/receipts",
			{ date: "2026-10-21", vendor: "Shell", amount: 600, category: "Meals" }), 201).receipt;
		await fill(people, cleo, 20000);
		for (const of of [`?${month}`, "?startDate=2026-10-01", "", "?date=2026-10-20"])
			assert.deepEqual(answered(await sam.get(`/receipts${of}`)).map((row) => row.id),
				of.includes("10-20") ? [id] : [own, id], of);
		assert.deepEqual(answered(await ben.get(`/receipts?${month}`)).map((row) => row.id), [id]);
		assert.equal((await fay.get(`/receipts?${month}`)).status, 400);
		assert.equal((await sam.get(`/receipts?${month}&employeeId=${cleo.id}`)).status, 403);
	});
});

const ink = `data:image/png;base64,${png.toString("base64")}`;
const month = "month=10&year=2026";

// Ben has a month with a trip, a receipt and hours in it.
async function work({ ben }) {
	answered(await ben.post("/mileage-entries",
		{ ...trip, id: "t1", date: "2026-10-05", miles: 112.5, costCenter: "AZ" }));
	answered(await ben.post("/receipts",
		{ id: "r1", date: "2026-10-05", vendor: "Shell", amount: 5.56, category: "Rental Car Fuel",
			costCenter: "AZ" }));
	answered(await ben.post("/time-tracking", { date: "2026-10-05", hours: 8, category: "", costCenter: "AZ" }));
	answered(await ben.post("/daily-descriptions",
		{ date: "2026-10-05", description: "Visits", costCenter: "AZ" }));
}

const report = async (who, ben) => answered(await who.get(`/expense-reports/${ben.id}/10/2026`));
const submit = (ben, more = {}) => ben.post("/expense-reports", {
	employeeId: ben.id, month: 10, year: 2026, status: "submitted",
	reportData: { employeeSignature: ink, employeeCertificationAcknowledged: true, totalExpenses: 9999 }, ...more,
});

describe("expense reports", () => {
	test("a month is counted from its rows, handed in, approved step by step, and then locked", async () => {
		const people = await company();
		const { ben, sam, fay, anna, cleo } = people;
		await work(people);
		answered(await ben.put(`/expense-reports/${ben.id}/10/2026/summary`,
			{ reportData: { totalMiles: 1 } }));
		assert.equal((await ben.get(`/expense-reports/${ben.id}/10/2026`)).status, 404);
		const { id } = answered(await ben.post("/expense-reports",
			{ employeeId: ben.id, month: 10, year: 2026, reportData: { totalMiles: 7 } }));
		const draft = await report(ben, ben);
		assert.deepEqual([draft.id, draft.status, draft.month, draft.year], [id, "draft", 10, 2026]);
		const { totalMiles, totalMileageAmount, totalReceipts, totalExpenses, totalHours } = draft.reportData;
		assert.deepEqual([totalMiles, totalMileageAmount, totalReceipts, totalExpenses, totalHours],
			[112.5, 50.06, 5.56, 55.62, 8]);
		assert.deepEqual(draft.reportData.receipts.map((row) => row.id), ["r1"]);
		assert.deepEqual(draft.reportData.dailyEntries.length, 31);
		assert.deepEqual(draft.reportData.costCenters, ["AZ"]);
		for (const reportData of [{}, { employeeSignature: ink }, { employeeCertificationAcknowledged: true }])
			assert.equal((await submit(ben, { reportData })).status, 400);
		answered(await submit(ben));
		const handed = await report(sam, ben);
		assert.deepEqual([handed.status, handed.currentApproverId, handed.currentApproverName],
			["pending_supervisor", sam.id, "sam"]);
		assert.equal(handed.reportData.employeeSignature, ink);
		assert.equal((await cleo.get(`/expense-reports/${ben.id}/10/2026`)).status, 403);
		assert.deepEqual(answered(await sam.get(`/monthly-reports?${month}`)).map((one) => [one.id,
			one.totalExpenses]),
			[[id, 55.62]]);
		assert.equal((await sam.put(`/expense-reports/${id}/approval`, { action: "approve" })).status, 400);
		answered(await sam.put(`/expense-reports/${ben.id}/10/2026/summary`,
			{ reportData: { supervisorSignature: ink, supervisorCertificationAcknowledged: true } }));
		answered(await sam.put(`/expense-reports/${id}/approval`, { action: "approve", approverId: fay.id }));
		assert.equal((await report(fay, ben)).status, "pending_finance");
		answered(await fay.put(`/expense-reports/${id}/approval`,
			{ action: "approve", reportData: { financeSignature: "Fay Finance" } }));
		const done = await report(ben, ben);
		assert.deepEqual([done.status, done.approvedBy, done.reportData.financeSignature,
			done.currentApproverId],
			["approved", fay.id, "Fay Finance", null]);
		assert.deepEqual(done.approvalWorkflow.map((step) => [step.role, step.approverId, step.status]),
			[["supervisor", sam.id, "approved"], ["finance", fay.id, "approved"]]);
		assert.equal((await ben.post("/mileage-entries", { ...trip, date: "2026-10-06" })).status, 403);
		assert.equal((await ben.delete("/receipts/r1")).status, 403);
		answered(await anna.put(`/expense-reports/${id}/status`,
			{ status: "draft", comments: "A receipt is missing." }));
		answered(await ben.post("/mileage-entries", { ...trip, date: "2026-10-06" }));
	});

	test("it is returned with a comment, taken back, reminded of and delegated", async () => {
		const people = await company();
		const { ben, sam, anna, fay } = people;
		await work(people);
		const { id } = answered(await submit(ben));
		const act = (who, body) => who.put(`/expense-reports/${id}/approval`, body);
		assert.equal((await act(sam, { action: "reject" })).status, 400);
		answered(await sam.native.patch(`/api/expenseReports/${id}`,
			{ remarks: ["receipts/r1 The amount is blurred."] }));
		answered(await act(sam, { action: "request_revision_to_employee", comments: "See the receipt." }));
		assert.deepEqual([(await report(ben, ben)).status, (await report(ben, ben)).comments],
			["needs_revision", "See the receipt."]);
		answered(await submit(ben));
		answered(await ben.put(`/expense-reports/${id}/status`, { status: "draft" }));
		answered(await submit(ben));
		answered(await act(ben, { action: "remind" }));
		answered(await act(sam, { action: "delegate", delegateId: anna.id }));
		assert.equal((await act(sam, { action: "delegate" })).status, 400);
		answered(await act(sam, { action: "comment", comments: "Later." }));
		assert.equal((await act(sam, { action: "fly" })).status, 400);
		assert.equal((await fay.put(`/expense-reports/${id}/status`, { status: "whatever" })).status, 400);
		assert.equal((await ben.delete(`/expense-reports/${id}`)).status, 403);
	});

	test("a page saves rows, and what it had not seen stays", async () => {
		const people = await company();
		const { ben } = people;
		await work(people);
		const save = (reportData) => ben.post("/expense-reports/sync-to-source",
			{ employeeId: ben.id, month: 10, year: 2026, reportData });
		const [seen] = answered(await ben.get(`/receipts?${month}`));
		const phone = await ben.another();
		answered(await phone.post("/receipts",
			{ id: "phone3", date: "2026-10-07", vendor: "Inn", amount: 90, category: "Hotels/AirBnB" }));
		answered(await phone.post("/daily-descriptions", { date: "2026-10-07", description: "Away" }));
		answered(await phone.put("/receipts/r1", { vendor: "Shell 24" }));
		answered(await save({
			receipts: [{ ...seen, amount: 6 }, { date: "2026-10-08", vendor: "Post", amount: 2,
				category: "Postage/Shipping" }],
			dailyDescriptions: [{ date: "2026-10-05", description: "Visits, and a meeting" }],
				dailyEntries: [{ date: "x" }],
			costCenters: ["AZ"],
		}), 200, { success: true, saved: 3, deletedMeanwhile: 0 });
		const rows = answered(await ben.get(`/receipts?${month}`));
		assert.deepEqual(rows.map(({ vendor, amount }) => [vendor, amount]),
			[["Post", 2], ["Inn", 90], ["Shell 24", 6]]);
		assert.deepEqual(answered(await ben.get(`/daily-descriptions?${month}`)).map((row) => row.description),
			["Away", "Visits, and a meeting"]);
		answered(await phone.delete("/receipts/r1"));
		answered(await save({ receipts: [{ ...seen, version: undefined }] }), 200,
			{ saved: 0, deletedMeanwhile: 1 });
		assert.equal((await save({
			receipts: [{ id: "new", date: "2026-10-09", vendor: "A", amount: 1, category: "Meals" },
				{ id: "bad", date: "2026-10-09", vendor: "B", amount: -1, category: "Meals" }],
		})).status, 400);
		assert.equal((await ben.get("/receipts/new")).status, 404);
		for (const reportData of [undefined, [], { receipts: {} }, { receipts: [7] },
			{ receipts: [{ ...seen, employeeId: "somebody" }] }])
			assert.ok([400, 403].includes((await save(reportData)).status));
		answered(await submit(ben));
		assert.equal((await save({ receipts: [] })).status, 403);
	});

	test("what a month comes to", async () => {
		const people = await company();
		await work(people);
		const { ben, cleo, sam } = people;
		for (const who of [ben, sam])
			answered(await who.get(`/dashboard-statistics?employeeId=${ben.id}&${month}`), 200,
				{ totalMiles: 112.5, totalExpenses: 55.62, receipts: 1, month: 10, year: 2026 });
		assert.equal((await cleo.get(`/dashboard-statistics?employeeId=${ben.id}&${month}`)).status, 403);
		answered(await ben.get("/dashboard-statistics"), 200, { totalMiles: 0 });
	});
});

describe("oneself, and what forms offer", () => {
	test("a person changes what is theirs, and an admin the rest", async () => {
		const { anna, ben, sam } = await company();
		const self = () => ben.get(`/employees/${ben.id}`).then(answered);
		answered(await ben.put(`/employees/${ben.id}`, {
			...await self(), baseAddress: "1 Main St", baseAddress2: "2 Oak Ave", preferredName: "Benny",
			preferences: { theme: "dark" }, hasCompletedOnboarding: 1, signature: ink,
				selectedCostCenters: ["AZ"],
		}));
		const changed = await self();
		assert.deepEqual([changed.baseAddress, changed.baseAddress2, changed.preferredName, changed.preferences,
			changed.hasCompletedOnboarding, changed.signature, changed.selectedCostCenters],
		["1 Main St", "2 Oak Ave", "Benny", { theme: "dark" }, 1, ink, ["AZ"]]);
		answered(await ben.put(`/employees/${ben.id}`, { baseAddress2: "", signature: null }));
		assert.deepEqual([(await self()).baseAddress, (await self()).baseAddress2, (await self()).signature],
			["1 Main St", "", null]);
		for (const wrong of [{ role: "finance" }, { role: "admin" }, { name: "Boss Ben" },
			{ supervisorId: null },
			{ position: "Chief" }, { archived: 1 }])
			assert.equal((await ben.put(`/employees/${ben.id}`, wrong)).status, 403, JSON.stringify(wrong));
		assert.equal((await ben.put(`/employees/${ben.id}`, { password: "Benwelcome1" })).status, 400);
		assert.equal((await ben.put(`/employees/${ben.id}`, { preferences: "x".repeat(17000) })).status, 400);
		assert.equal((await ben.put(`/employees/${sam.id}`, { preferredName: "x" })).status, 403);
		assert.equal((await sam.put(`/employees/${ben.id}`, { position: "x" })).status, 403);
		answered(await anna.put(`/employees/${ben.id}`,
			{ name: "Benjamin van Bolt", position: "Driver", phoneNumber: "4055550100", supervisorId: "",
				role: "finance" }));
		const seen = answered(await anna.get(`/employees/${ben.id}`));
		assert.deepEqual([seen.name, seen.position, seen.phoneNumber, seen.supervisorId, seen.role],
			["Benjamin van Bolt", "Driver", "4055550100", null, "finance"]);
		assert.equal("signature" in seen, false);
		answered(await anna.put(`/employees/${ben.id}`,
			{ supervisorId: sam.id, role: "employee", archived: 1 }));
		for (const wrong of [{ supervisorId: "nobody" }, { name: "Cher" }])
			assert.equal((await anna.put(`/employees/${ben.id}`, wrong)).status, 400,
				JSON.stringify(wrong));
		assert.equal((await anna.put(`/employees/${ben.id}`, { role: "admin" })).status, 403);
		assert.equal((await anna.put(`/employees/${ben.id}`, { signature: ink })).status, 403);
	});

	test("the odometer is suggested", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/vehicles",
			{ id: "v1", name: "Corolla", isDefault: 1, startingOdometer: 900 }));
		answered(await anna.post("/mileage-entries", { ...trip, vehicleId: "v1", date: "2026-11-02" }));
		const suggested = (who, query) => who.get(`/mileage-entries/suggested-starting-odometer?${query}`);
		answered(await suggested(anna, `employeeId=${anna.id}&date=2026-11-05`), 200,
			{ suggestedOdometer: 1012.5, vehicleId: "v1" });
		const { ben } = await fresh({ anna: "owner", ben: "member" });
		answered(await suggested(ben, "date=11/5/26"), 200, { suggestedOdometer: null });
		assert.equal((await suggested(ben, `date=2026-11-05&employeeId=${anna.id}`)).status, 403);
	});

	test("categories, reasons, descriptions, rules and preferences", async () => {
		const { anna, ben } = await company();
		assert.ok(answered(await ben.get("/receipts/categories")).includes("Per Diem"));
		const today = new Date().toISOString().slice(0, 10);
		for (const purpose of ["Visit", "Visit", "Training"])
			answered(await ben.post("/mileage-entries",
				{ ...trip, date: today, purpose, odometerReading: 0 }));
		assert.deepEqual(answered(await ben.get("/travel-reasons")).map(({ reason }) => reason),
			["Visit", "Training"]);
		answered(await ben.post("/daily-descriptions", { date: today, description: "At the office" }));
		assert.deepEqual(answered(await ben.get("/daily-description-options")).map((one) => one.description),
			["At the office"]);
		for (const rule of [
			{ from: "2020-01-01", amount: 3500, minHours: 8, monthlyMax: 35000 },
			{ from: "2020-01-01", costCenter: "az", name: "Overnight", rank: 3, amount: 3500, minHours: 8,
				overnight: true },
			{ from: "2020-01-01", costCenter: "az", name: "Single", rank: 1, amount: 1700, minHours: 8,
				minDistance: 100 },
			{ from: "2019-01-01", costCenter: "az", name: "Old", amount: 100 },
		])
			answered(await anna.native.post("/api/perDiemRules", { ...rule, reason: "As it was." }), 201);
		assert.deepEqual(answered(await ben.get("/per-diem-rules"))
			.map((rule) => [rule.costCenter, rule.name, rule.maxAmount, rule.minHours,
				rule.minDistanceFromBase]).sort(),
		[["", "Per diem", 35, 8, 0], ["AZ", "Overnight", 35, 8, 0], ["AZ", "Single", 17, 8, 100]]);
		assert.deepEqual(answered(await ben.get("/per-diem-monthly-rules")).map((rule) => [rule.costCenter,
			rule.maxAmount]),
			[["", 350]]);
		assert.deepEqual(answered(await ben.get(`/dashboard-preferences/${ben.id}`)), {});
		answered(await ben.put(`/dashboard-preferences/${ben.id}`, { cards: ["miles", "hours"] }));
		assert.deepEqual(answered(await ben.get(`/dashboard-preferences/${ben.id}`)),
			{ cards: ["miles", "hours"] });
		assert.equal((await anna.get(`/dashboard-preferences/${ben.id}`)).status, 403);
	});

	test("who is to decide is told, and the steps of a report are kept", async () => {
		const people = await company();
		const { ben, sam, fay } = people;
		await work(people);
		const { id } = answered(await submit(ben));
		answered(await sam.get(`/notifications/${sam.id}/count?portal=supervisor`), 200, { count: 1 });
		const [notice] = answered(await sam.get(`/notifications/${sam.id}`));
		assert.deepEqual([notice.reportId, notice.isRead, notice.recipientId], [id, 0, sam.id]);
		assert.equal((await sam.get(`/notifications/${ben.id}`)).status, 403);
		assert.equal((await fay.put(`/notifications/${notice.id}/read`)).status, 404);
		for (let again = 0; again < 2; again++)
			answered(await sam.put(`/notifications/${notice.id}/read`));
		answered(await sam.get(`/notifications/${sam.id}/count`), 200, { count: 0 });
		answered(await sam.put(`/expense-reports/${id}/approval`, { action: "reject", comments: "Blurred." }));
		answered(await submit(ben));
		const steps = answered(await ben.get(`/expense-reports/${id}/history`));
		assert.deepEqual(steps.map((step) => [step.action, step.status, step.approverId, step.comments]), [
			["submit", "pending_supervisor", ben.id, null],
			["request_revision_to_employee", "needs_revision", sam.id, "Blurred."],
			["submit", "pending_supervisor", ben.id, null],
		]);
	});
});

// What no client of that system sends: each member as everything but what it should be, at every route.
describe("hostile input", () => {
	const members = ["id", "employeeId", "date", "miles", "hours", "amount", "category", "costCenter", "vehicleId",
		"startLocation", "endLocation", "odometerReading", "startLocationLat", "startLocationLng", "imageUri",
			"image",
		"splitGroupId", "splitTotal", "description", "dayOff", "dayOffType", "hoursWorked", "name", "address",
			"latitude",
		"longitude", "isDefault", "orderedIds", "month", "year", "status", "action", "delegateId", "comments",
			"reportData",
		"employeeSignature", "email", "password", "space", "supervisorId", "role", "preferences", "signature",
		"baseAddress", "archived", "version"];
	const values = [null, [], {}, [[]], { a: {} }, "", " ", "x".repeat(3000), -1, 0, 1e300, 9007199254740991,
		"1e400",
		"NaN", "-0", true, "\u202e", "'; DROP TABLE record; --", "../../etc/passwd", "%00", "2026-02-30",
			"99/99/99",
		"2026-10-05", { receipts: [{}], dailyDescriptions: [null], mileageEntries: {} },
			{ receipts: [{ id: {} }] },
		"data:image/png;base64,AAAA", `/uploads/${"0".repeat(64)}.png`];

	test("no body breaks anything", async () => {
		const { anna, ben } = await company();
		const { id } = answered(await ben.post("/expense-reports", { month: 10, year: 2026 }));
		const table = JSON.parse((await stack.ctl("routes", "--json")).stdout);
		const routes = table.filter(({ method, pattern }) => pattern.startsWith("/compat/expenses/") &&
			["POST", "PUT"].includes(method) && !/login|logout/.test(pattern));
		assert.ok(routes.length > 20);
		const full = { date: "2026-10-05", miles: 1, hours: 1, amount: 1, vendor: "V", name: "N",
			startLocation: "A",
			endLocation: "B", category: "Meals", odometerReading: 5, month: 10, year: 2026, status: "draft",
				action: "comment",
			comments: "c", orderedIds: [], image: png.toString("base64"), reportData: {} };
		for (const [n, { method, pattern }] of routes.entries()) {
			const path = pattern.replace("/compat/expenses/api", "")
				.replace(/:employee\b|:userId|\/employees\/:id/g, (part) => part.replace(/:\w+/,
					ben.id))
				.replace(":month", "10").replace(":year", "2026").replace(":id", id);
			const bodies = members.flatMap((member) => values.map((value) => ({ ...full,
				[member]: value })));
			for (let at = n; at < bodies.length; at += 29) {
				const who = at % 2 === 0 ? ben : anna;
				const answer = await who.ask(method, path, bodies[at]);
				assert.ok(answer.status < 500,
					`${method} ${path} ${JSON.stringify(bodies[at])}: ${answer.text}`);
				if (answer.status >= 400)
					assert.ok(typeof answer.body.error === "string",
						`${method} ${path}: ${answer.text}`);
			}
		}
	});

	test("no query and no id breaks anything", async () => {
		const { ben } = await company();
		const table = JSON.parse((await stack.ctl("routes", "--json")).stdout);
		const gets = table.filter(({ method, pattern }) => pattern.startsWith("/compat/expenses/") &&
			["GET", "DELETE"].includes(method));
		const odd = ["", "x", "-1", "99999999999999999999", "2026-13-45", "%27%3B--", "%E2%80%AE",
			"a".repeat(500), ben.id];
		for (const { method, pattern, takes } of gets) {
			const path = (value) => pattern.replace("/compat/expenses/api", "").replace(/:\w+/g, value);
			for (const value of ["x", "0", "-", "a".repeat(64), ben.id, "2026"])
				assert.ok((await ben.ask(method, path(value))).status < 500,
					`${method} ${path(value)}`);
			for (const { name } of takes.filter((one) => one.in === "query"))
				for (const value of odd) {
					const at = `${path(ben.id)}?month=10&year=2026&${name}=${value}`;
					assert.ok((await ben.ask(method, at)).status < 500, `${method} ${at}`);
				}
		}
	});

	test("what only viewers and readers may do", async () => {
		const { vera, anna } = await fresh({ anna: "owner", vera: "viewer" });
		answered(await anna.post("/vehicles", { id: "v1", name: "Corolla" }));
		for (const path of ["mileage-entries", "receipts", "time-tracking", "vehicles", "expense-reports"])
			assert.equal((await vera.post(`/${path}`, trip)).status, 403, path);
		assert.deepEqual(answered(await vera.get("/vehicles")), []);
		anna.token = (await anna.native.apiToken("read")).token;
		assert.equal(answered(await anna.get("/vehicles")).length, 1);
		assert.equal((await anna.post("/vehicles", { name: "Second" })).status, 403);
		assert.equal((await anna.delete("/vehicles/v1")).status, 403);
	});

	test("another space is not there", async () => {
		const one = await fresh(), other = await fresh({ anna: "owner" });
		answered(await one.anna.post("/vehicles", { id: "v1", name: "Corolla" }));
		assert.equal((await other.anna.get("/vehicles/v1")).status, 404);
		assert.deepEqual(answered(await other.anna.get("/vehicles")), []);
		const stranger = await stack.as("zoe").ready();
		const login = await other.anna.ask("POST", "/auth/login",
			{ email: stranger.email, password: stranger.password, space: other.space.id });
		assert.ok([403, 404].includes(login.status), login.text);
		assert.equal(login.body.token, undefined);
	});
});

test("no response was a 5xx", async () => {
	assert.deepEqual(await stack.faults(), []);
});
