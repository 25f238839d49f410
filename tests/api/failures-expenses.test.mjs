// Ways in which an earlier mileage tracker lost expenses, counted them twice, or let somebody approve their own, and
// what happens here when its clients do the same.  The numbers are those of the list of them.
import { test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { answered, outcomes } from "../lib/expect.mjs";
import { Device } from "../lib/device.mjs";
import { send } from "../lib/http.mjs";
import { office } from "../lib/office.mjs";

const stack = await start();
const month = "month=10&year=2026";
const day = "2026-10-05";
const receipt = { date: day, vendor: "Shell", amount: 10, category: "Rental Car Fuel" };
const trip = { date: day, startLocation: "Office", endLocation: "Clinic", purpose: "Visit", miles: 50 };
const ids = (rows) => rows.map(({ id }) => id).sort();

// ben reports to sam, and then to fay; anna administers the space; cleo is somebody else in it.
async function company() {
	const people = await office(stack, { anna: "owner", ben: "member", sam: "member", fay: "member",
		cleo: "member" });
	const { anna, ben, sam, fay } = people;
	const employ = async (user, more) => answered(await anna.native.post("/api/employees",
		{ firstName: user.native.name, lastName: "X", user: user.id, ...more }), 201).employee.id;
	const supervisor = await employ(sam, { phone: "4055550101", email: "sam@example.org" });
	await employ(fay, { finance: true });
	await employ(ben, { supervisor, phone: "4055550100" });
	return people;
}

const submit = (who, more = {}) => who.post("/expense-reports", {
	employeeId: who.id, month: 10, year: 2026, status: "submitted",
	reportData: { employeeSignature: "Ben Bolt", employeeCertificationAcknowledged: true }, ...more,
});
const save = (who, reportData) => who.post("/expense-reports/sync-to-source",
	{ employeeId: who.id, month: 10, year: 2026, reportData });
const reportOf = async (who, ben) => answered(await who.get(`/expense-reports/${ben.id}/10/2026`));

test("O1: saving a page deletes nothing that the page had not seen", async () => {
	const { ben } = await company();
	const phone = await ben.another();
	for (const id of ["p1", "p2"])
		answered(await ben.post("/receipts", { ...receipt, id, amount: id === "p1" ? 1 : 2 }));
	const seen = answered(await ben.get(`/receipts?${month}`));
	answered(await phone.post("/receipts", { ...receipt, id: "phone3" }));
	answered(await phone.post("/daily-descriptions", { date: day, description: "By phone" }));
	answered(await save(ben, { receipts: seen, dailyDescriptions: [] }));
	assert.deepEqual(ids(answered(await ben.get(`/receipts?${month}`))), ["p1", "p2", "phone3"]);
	assert.equal(answered(await ben.get(`/daily-descriptions?${month}`)).length, 1);
});

test("O2: a save is written whole or not at all, and says what is wrong", async () => {
	const { ben } = await company();
	const refused = await save(ben, {
		receipts: [{ ...receipt, id: "a" }, { ...receipt, id: "b", category: "Nothing" }],
		dailyDescriptions: [{ date: day, description: "x" }],
	});
	assert.equal(refused.status, 400);
	assert.match(refused.body.error, /category|Category/);
	assert.deepEqual(answered(await ben.get(`/receipts?${month}`)), []);
	assert.deepEqual(answered(await ben.get(`/daily-descriptions?${month}`)), []);
});

test("O3: the id of somebody else's row takes nothing over", async () => {
	const { anna, ben, cleo } = await company();
	answered(await ben.post("/mileage-entries", { ...trip, id: "t1" }));
	answered(await ben.post("/receipts", { ...receipt, id: "r1" }));
	for (const who of [cleo, anna]) {
		assert.equal((await who.post("/mileage-entries", { ...trip, id: "t1", employeeId: who.id,
			miles: 1 })).status, 403);
		assert.equal((await who.post("/receipts", { ...receipt, id: "r1", employeeId: who.id,
			amount: 1 })).status, 403);
		assert.equal((await save(who, { receipts: [{ ...receipt, id: "r1", amount: 1 }] })).status, 403);
	}
	for (const [method, path, body] of [
		["PUT", "/mileage-entries/t1", trip], ["DELETE", "/mileage-entries/t1"], ["PUT", "/receipts/r1",
			receipt],
		["DELETE", "/receipts/r1"], ["GET", "/receipts/r1"], ["GET", "/mileage-entries/t1"],
		["POST", "/mileage-entries/reorder", { orderedIds: ["t1"] }],
	])
		assert.ok([403, 404].includes((await cleo.ask(method, path, body)).status), `${method} ${path}`);
	assert.equal((await anna.put("/receipts/r1", { ...receipt, employeeId: anna.id })).status, 403);
	assert.equal((await cleo.post("/receipts", { ...receipt, employeeId: ben.id })).status, 403);
	assert.deepEqual([answered(await ben.get(`/mileage-entries?${month}`))[0].miles,
		answered(await ben.get(`/receipts?${month}`))[0].amount], [50, 10]);
});

test("O4: a list without employeeId has what one may see", async () => {
	const { anna, ben, sam, fay, cleo } = await company();
	for (const who of [ben, cleo, sam])
		answered(await who.post("/mileage-entries", { ...trip, id: who.native.name }));
	for (const [who, seen] of [
		[ben, ["ben"]], [cleo, ["cleo"]], [sam, ["ben", "sam"]], [fay, ["ben", "cleo", "sam"]],
		[anna, ["ben", "cleo", "sam"]],
	])
		assert.deepEqual(ids(answered(await who.get(`/mileage-entries?${month}`))), seen, who.native.name);
	for (const path of ["mileage-entries", "receipts", "time-tracking", "daily-descriptions", "vehicles",
		"daily-odometer-readings", "saved-addresses", "expense-reports"]) {
		assert.equal((await cleo.get(`/${path}?employeeId=${ben.id}&${month}`)).status, 403, path);
		assert.equal((await cleo.get(`/${path}?employeeId=nobody`)).status, 403, path);
		assert.equal((await ben.get(`/${path}?employeeId=${ben.id}&${month}`)).status, 200, path);
	}
	assert.equal((await sam.get(`/receipts?employeeId=${ben.id}&${month}`)).status, 200);
	assert.equal((await sam.get(`/saved-addresses?employeeId=${ben.id}`)).status, 403);
});

test("O5: hours of one day and category are there once, whatever ids devices give them", async () => {
	const { ben } = await company();
	const phone = await ben.another();
	const hours = { employeeId: ben.id, date: day, category: "G&A Hours", hours: 8 };
	await Promise.all([ben, phone, ben, phone].map((who, n) =>
		who.post("/time-tracking", { ...hours, id: `device-${n}` }).then(answered)));
	assert.deepEqual(answered(await ben.get(`/time-tracking?${month}`)).map((row) => row.hours), [8]);
	answered(await phone.delete("/time-tracking/device-1"));
	assert.deepEqual(answered(await ben.get(`/time-tracking?${month}`)), []);
});

test("O6: one row that cannot be saved holds up no other, and what was saved is in the list", async () => {
	const { ben } = await company();
	const sent = [{ ...receipt, id: "a", amount: 1 }, { ...receipt, id: "b", amount: -1 }, { ...receipt, id: "c",
		amount: 3 }];
	const statuses = [];
	for (const row of sent)
		statuses.push((await ben.post("/receipts", row)).status);
	assert.deepEqual(statuses, [200, 400, 200]);
	assert.deepEqual(ids(answered(await ben.get(`/receipts?${month}`))), ["a", "c"]);
});

test("O7: an edit that is made while another is on its way is not lost", async () => {
	const { ben } = await company();
	answered(await ben.post("/receipts", { ...receipt, id: "r1" }));
	const [row] = answered(await ben.get(`/receipts?${month}`));
	const [one, two] = await Promise.all([
		ben.put("/receipts/r1", { ...row, vendor: "Shell 24" }), ben.put("/receipts/r1", { ...row,
			amount: 12 }),
	]);
	assert.deepEqual([one.status, two.status], [200, 200]);
	const now = answered(await ben.get("/receipts/r1"));
	assert.deepEqual([now.vendor, now.amount], ["Shell 24", 12]);
	assert.equal((await ben.put("/receipts/r1", { ...row, amount: 13 })).status, 409);
	answered(await ben.put("/receipts/r1", { ...row, version: undefined, amount: 13 }));
});

test("O8: a deletion that is sent again is done, and no pending edit brings the row back", async () => {
	const { ben } = await company();
	const phone = await ben.another();
	answered(await ben.post("/receipts", { ...receipt, id: "r1" }));
	for (const who of [ben, phone, ben])
		answered(await who.delete("/receipts/r1"));
	assert.equal((await phone.post("/receipts", { ...receipt, id: "r1", amount: 99 })).status, 404);
	assert.equal((await phone.put("/receipts/r1", { ...receipt, amount: 99 })).status, 404);
	answered(await save(phone, { receipts: [{ ...receipt, id: "r1" }] }), 200, { deletedMeanwhile: 1 });
	assert.deepEqual(answered(await ben.get(`/receipts?${month}`)), []);
});

test("O9: the order of writes is that of the server, whatever a phone's clock says", async () => {
	const { ben } = await company();
	answered(await ben.post("/receipts", { ...receipt, id: "r1", updatedAt: "2099-01-01T00:00:00.000Z" }));
	answered(await ben.put("/receipts/r1", { ...receipt, amount: 11, updatedAt: "2001-01-01T00:00:00.000Z" }));
	const { amount, updatedAt } = answered(await ben.get("/receipts/r1"));
	assert.equal(amount, 11);
	assert.ok(Math.abs(Date.parse(updatedAt) - Date.now()) < 600_000);
});

test("O10, O11, O18: nobody without a sign-in is told of anything, or tells anything", async () => {
	for (const path of ["/ws", "/ws?token=x", "/compat/expenses/ws", "/compat/expenses/api/ws"]) {
		const answer = await send({
			url: stack.url + path, headers: {
				Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13",
				"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
			},
		});
		assert.ok(![101].includes(answer.status), `${path}: ${answer.status}`);
	}
	const { ben } = await company();
	ben.token = undefined;
	for (const path of ["mileage-entries", "receipts", "employees", "auth/verify", `notifications/${ben.id}`])
		assert.equal((await ben.get(`/${path}`)).status, 401, path);
});

test("O12: a row that is sent again keeps what the sender does not know", async () => {
	const { ben, sam } = await company();
	answered(await ben.post("/receipts", { ...receipt, id: "r1", description: "Fuel for the week" }));
	const { id } = answered(await submit(ben));
	answered(await sam.native.patch(`/api/expenseReports/${id}`,
		{ remarks: ["receipts/r1 The date is unreadable."] }));
	answered(await sam.put(`/expense-reports/${id}/approval`, { action: "reject", comments: "See the receipt." }));
	answered(await ben.post("/receipts", { id: "r1", amount: 12 }));
	const { amount, description, needsRevision, revisionReason } = answered(await ben.get("/receipts/r1"));
	assert.deepEqual([amount, description, needsRevision, revisionReason],
		[12, "Fuel for the week", 1, "The date is unreadable."]);
});

test("O13: no body makes somebody an approver, and no signature in it is somebody else's", async () => {
	const { ben, sam, fay, cleo } = await company();
	assert.equal((await ben.put(`/employees/${ben.id}`, { role: "finance" })).status, 403);
	assert.equal((await ben.put(`/employees/${ben.id}`, { role: "admin", permissions: ["all"] })).status, 403);
	answered(await ben.put(`/employees/${ben.id}`, { permissions: ["all"] }));
	const { id } = answered(await submit(ben));
	const forged = {
		approverId: sam.id, approverName: "sam", comments: "Fine.",
		reportData: { supervisorSignature: "sam", supervisorCertificationAcknowledged: true,
			financeSignature: "fay" },
	};
	for (const who of [ben, cleo])
		for (const [path, body] of [
			["approval", { ...forged, action: "approve" }], ["status", { ...forged, status: "approved" }],
			["approval", { ...forged, action: "reject" }], ["status", { ...forged,
				status: "needs_revision" }],
			["approval", { ...forged, action: "delegate", delegateId: who.id }],
		])
			assert.ok([403, 404].includes((await who.put(`/expense-reports/${id}/${path}`, body)).status),
				`${who.native.name} ${path} ${JSON.stringify(body)}`);
	answered(await ben.put(`/expense-reports/${ben.id}/10/2026/summary`, forged));
	assert.deepEqual([(await reportOf(ben, ben)).status, (await reportOf(ben, ben)).reportData.supervisorSignature],
		["pending_supervisor", null]);
	assert.equal((await fay.put(`/expense-reports/${id}/approval`, { action: "approve", ...forged })).status, 403);
	answered(await sam.put(`/expense-reports/${id}/approval`, { action: "approve", ...forged }));
	answered(await fay.put(`/expense-reports/${id}/approval`, { action: "approve", ...forged }));
	assert.equal((await reportOf(ben, ben)).approvedBy, fay.id);
});

test("O14: an approved month is locked on every path, and its person does not open it", async () => {
	const { anna, ben, sam, fay } = await company();
	answered(await ben.post("/mileage-entries", { ...trip, id: "t1" }));
	answered(await ben.post("/receipts", { ...receipt, id: "r1" }));
	answered(await ben.post("/time-tracking", { date: day, category: "PTO", hours: 8 }));
	answered(await ben.post("/daily-descriptions", { date: day, description: "x" }));
	const { id } = answered(await submit(ben));
	answered(await sam.put(`/expense-reports/${id}/approval`, {
		action: "approve", supervisorSignature: "Sam", supervisorCertificationAcknowledged: true,
	}));
	answered(await fay.put(`/expense-reports/${id}/status`, { status: "approved", financeSignature: "Fay" }));
	const total = (await reportOf(ben, ben)).reportData.totalExpenses;
	const [hours] = answered(await ben.get(`/time-tracking?${month}`));
	for (const [method, path, body] of [
		["POST", "/mileage-entries", { ...trip, miles: 500 }], ["PUT", "/mileage-entries/t1", { ...trip,
			miles: 500 }],
		["PUT", "/mileage-entries/t1", { ...trip, date: "2026-11-01" }], ["DELETE", "/mileage-entries/t1"],
		["POST", "/mileage-entries/reorder", { orderedIds: ["t1", "t1"] }],
		["POST", "/receipts", receipt], ["PUT", "/receipts/r1", { amount: 99 }], ["DELETE", "/receipts/r1"],
		["POST", "/time-tracking", { date: day, category: "G&A", hours: 1 }],
		["PUT", `/time-tracking/${hours.id}`, { date: "2026-11-01", category: "PTO", hours: 8 }],
		["DELETE", `/time-tracking/${hours.id}`], ["DELETE", `/time-tracking?${month}`],
		["POST", "/daily-descriptions", { date: day, description: "y" }],
		["POST", "/expense-reports/sync-to-source", { month: 10, year: 2026,
			reportData: { receipts: [receipt] } }],
		["PUT", `/expense-reports/${id}/status`, { status: "draft" }],
		["PUT", `/expense-reports/${id}/status`, { status: "draft", comments: "Mine." }],
		["PUT", `/expense-reports/${id}/status`, { status: "needs_revision", comments: "Mine." }],
		["PUT", `/expense-reports/${id}/status`, { status: "whatever" }],
		["DELETE", `/expense-reports/${id}`],
	])
		assert.ok([400, 403].includes((await ben.ask(method, path, body)).status), `${method} ${path}`);
	assert.deepEqual([(await reportOf(ben, ben)).status, (await reportOf(ben, ben)).reportData.totalExpenses],
		["approved", total]);
	answered(await fay.put(`/expense-reports/${id}/status`, { status: "draft",
		comments: "A receipt is missing." }));
	answered(await ben.post("/receipts", { ...receipt, id: "r2", amount: 3 }));
	assert.ok((await reportOf(anna, ben)).reportData.totalReceipts > 10);
});

test("O14: a month that is handed in meanwhile takes no further row, and loses none", async () => {
	const { ben } = await company();
	const writers = await Promise.all(Array.from({ length: 4 }, () => ben.another()));
	const sent = writers.map(async (who, n) => {
		const statuses = [];
		for (let i = 0; i < 6; i++) {
			const { status } = await who.post("/receipts", { ...receipt, id: `w${n}.${i}`,
				amount: 1 + n + i / 10 });
			statuses.push([`w${n}.${i}`, status]);
		}
		return statuses;
	});
	const handed = submit(ben);
	const all = (await Promise.all(sent)).flat();
	answered(await handed);
	assert.ok(all.every(([, status]) => [200, 403, 429].includes(status)), JSON.stringify(all));
	const { reportData } = await reportOf(ben, ben);
	assert.deepEqual(ids(reportData.receipts), all.filter(([, status]) => status === 200).map(([id]) => id).sort());
	const sum = reportData.receipts.reduce((cents, { amount }) => cents + Math.round(amount * 100), 0);
	assert.equal(Math.round(reportData.totalReceipts * 100), sum);
});

test("O15: employees are shown without addresses, phones, signatures and tokens of others", async () => {
	const { ben, cleo, sam } = await company();
	const ink = `data:image/png;base64,${[
		"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk", "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
	].join("")}`;
	answered(await sam.put(`/employees/${sam.id}`, { baseAddress: "12 Secret Lane", signature: ink }));
	for (const who of [ben, cleo]) {
		const { text } = await who.get("/employees");
		for (const secret of ["12 Secret Lane", "4055550101", "sam@example.org", ink.slice(30), "dbk_",
			"$argon2", sam.native.email])
			assert.ok(!text.includes(secret), `${who.native.name} is shown ${secret}`);
		assert.equal((await who.get(`/employees/${sam.id}`)).status, 403);
	}
	assert.ok((await sam.get(`/employees/${sam.id}`)).text.includes("12 Secret Lane"));
});

test("O16, O17: a date stays the day that was written, in each of its three forms", async () => {
	const { ben } = await company();
	for (const [n, date] of ["2026-10-31", "10/31/26", "2026-10-31T23:59:59-05:00",
		"2026-10-31T19:30:00.000Z"].entries())
		answered(await ben.post("/mileage-entries", { ...trip, id: `d${n}`, date }));
	assert.deepEqual(answered(await ben.get(`/mileage-entries?${month}`)).map(({ date }) => date),
		Array(4).fill("2026-10-31"));
	assert.deepEqual(answered(await ben.get("/mileage-entries?month=11&year=2026")), []);
});

test("O19: signing out revokes the token, and no token is made from a secret that is known", async () => {
	const { ben } = await company();
	answered(await ben.get("/auth/verify"), 200, { valid: true, employee: { id: ben.id } });
	const other = await ben.another();
	for (let again = 0; again < 2; again++)
		answered(await ben.post("/auth/logout", {}));
	assert.equal((await ben.get("/auth/verify")).status, 401);
	answered(await other.get("/auth/verify"));
	const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
	other.token = `${part({ alg: "none", typ: "JWT" })}.${part({
		iss: "oxford-mileage-tracker", aud: "oxford-mileage-users", sub: ben.id, role: "admin", typ: "access",
		exp: 4_000_000_000,
	})}.`;
	assert.equal((await other.get("/auth/verify")).status, 401);
});

test("a client that signs in again and again, and never out, locks nobody out: its oldest tokens end", async () => {
	const { ben } = await company();
	const own = answered(await stack.as("ben").post("/api/auth/tokens", {
		name: "Expenses API", scope: "write", space: ben.space.id, password: ben.native.password,
		expiresInDays: 30,
	}), 201);
	const first = ben.token, tokens = [];
	const routines = answered(await send({ url: `${stack.url}/compat/routines/api/login`, method: "POST",
		body: { email: ben.native.email, password: ben.native.password, space: ben.space.id } }));
	const valid = async (token) => (await Object.assign(await ben.another(), { token }).get("/auth/verify")).status;
	for (let again = 0; again < 20; again++) {
		answered(await ben.login("/auth/login", { space: ben.space.id }));
		tokens.push(ben.token);
	}
	ben.token = first;
	assert.equal((await ben.get("/auth/verify")).status, 401);
	for (const token of [tokens[5], tokens.at(-1), own.token, routines.token])
		assert.equal(await valid(token), 200);
	const { tokens: listed } = answered(await stack.as("ben").get("/api/auth/tokens"));
	assert.equal(listed.filter(({ name }) => name === "Expenses API").length, 20 + 1);
});

test("what other clients of Daybook write is in that API at its next poll, and the other way round", async () => {
	const { ben } = await company();
	const device = new Device(ben.native, { id: "app" });
	outcomes(await device.push([device.op("receipts", "n1", 0,
		{ date: day, vendor: "Inn", amount: 9000, category: "Hotels/AirBnB" })]), "applied");
	assert.deepEqual(answered(await ben.get(`/receipts?${month}`)).map((row) => [row.id, row.amount]), [["n1",
		90]]);
	answered(await ben.put("/receipts/n1", { amount: 95.5 }));
	assert.equal(answered(await ben.native.get("/api/receipts/n1")).receipt.amount, 9550);
});

test("a guess at a password waits, and tells nothing", async () => {
	const { ben } = await company();
	const login = (email, password) => send({
		url: `${stack.url}/compat/expenses/api/auth/login`, method: "POST", body: { email, password },
	});
	const wrong = await login(ben.native.email, "not that one"), nobody = await login("nobody@example.org",
		"not that one");
	assert.deepEqual([wrong.status, wrong.body], [401, { error: "Invalid credentials" }]);
	assert.deepEqual([nobody.status, nobody.body], [401, { error: "Invalid credentials" }]);
	for (const body of [{}, { email: "a" }, { email: 7, password: [] }, { email: "x".repeat(300), password: "y" }])
		assert.ok([400, 401].includes((await login(body.email, body.password)).status));
	const statuses = [];
	for (let i = 0; i < 8; i++)
		statuses.push((await login(ben.native.email, "not that one")).status);
	assert.equal(statuses.at(-1), 429);
});

test("no response was a 5xx", async () => {
	assert.deepEqual(await stack.faults(), []);
});
