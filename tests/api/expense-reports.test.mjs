// Expense reports as clients of the API have them: the way of a month from its person through senior, supervisor and
// finance, what nobody can forge on any path, and who is told.  tests/fixtures/rules/expense-report.json has the steps
// one by one.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { start } from "../harness.mjs";
import { CSV, crew } from "../lib/crew.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";

const stack = await start();
const { as, ctl } = stack;

const FOLK = {
	olga: "owner", mia: "manager", sam: "member", sue: "member", fin: "member", ben: "member", eve: "member",
};
const SIGNED = { certified: true, signedAs: "Ben B.", state: "submitted" };
const SUPERVISED = { supervisorCertified: true, supervisorSignedAs: "Sue S.", state: "finance" };
const APPROVED = { financeSignedAs: "Fin F.", state: "approved" };
const DAY = 24 * 60 * 60 * 1000;

const ago = (ms) => new Date(Date.now() - ms).toISOString();

// A team in which sam is ben's senior, sue their supervisor and fin finance, but for those who are not in assigned.
async function fresh(assigned = ["sam", "sue", "fin"]) {
	const folk = await crew(stack, FOLK);
	const ids = Object.fromEntries(["sam", "sue", "fin", "ben", "eve"].map((name) => [name, `e-${name}`]));
	for (const name of ["sam", "sue", "fin", "eve"])
		answered(await folk.olga.post("/api/employees", {
			id: ids[name], firstName: name, lastName: "X", user: folk[name].id,
			...(name === "fin" && assigned.includes("fin") && { finance: true }),
		}), 201);
	answered(await folk.olga.post("/api/employees", {
		id: ids.ben, firstName: "Ben", lastName: "B", user: folk.ben.id,
		...(assigned.includes("sam") && { senior: ids.sam }),
		...(assigned.includes("sue") && { supervisor: ids.sue }),
	}), 201);
	return folk;
}

async function handIn(person, more = {}) {
	return answered(await begin(person, { from: "2026-10-01", ...SIGNED, ...more }), 201).expenseReport;
}

const write = (person, { id }, changes) => person.patch(`/api/expenseReports/${id}`, changes);
const remove = (person, { id }) => person.delete(`/api/expenseReports/${id}`);
const restored = (person, { id }, version) => person.post(`/api/expenseReports/${id}/restore`, { version });
const begin = (person, changes) => person.post("/api/expenseReports", changes);
const bring = (person, file, status, body) =>
	person.post("/api/expenseReports/import", file, CSV).then((answer) => answered(answer, status, body));

async function step(person, { id, version }, changes) {
	return answered(await write(person, { id }, { ...changes, expectedVersion: version })).expenseReport;
}

const read = async (person, id) => answered(await person.get(`/api/expenseReports/${id}`)).expenseReport;
const receipt = (person, date, amount, more) =>
	person.post("/api/receipts", { date, amount, vendor: "Lot", category: "Parking/Tolls", ...more });
const employee = async ({ olga }, name, changes) =>
	answered(await olga.patch(`/api/employees/e-${name}`, changes));
const op = (id, base, set, more) =>
	({ op: randomUUID(), collection: "expenseReports", ...(id && { id }), base, set, ...more });

async function approveAll({ sam, sue, fin }, report) {
	report = await step(sam, report, { state: "supervisor" });
	report = await step(sue, report, SUPERVISED);
	return step(fin, report, APPROVED);
}

// What a person was told, as [kind, title] in the order in which it was.
async function told(person) {
	const { notifications } = answered(await person.get("/api/notifications?limit=200"));
	return notifications.sort((one, other) => one.seq - other.seq).map(({ kind, title }) => [kind, title]);
}

const kinds = async (person) => (await told(person)).map(([kind]) => kind);

async function watch() {
	const { status, stderr } = await ctl("watch");
	assert.equal(status, 0, stderr);
}

describe("the way of a month", () => {
	test("REST: through senior, supervisor and finance; from then on the month is closed", async () => {
		const folk = await fresh(), { ben, sam, sue, fin, mia, eve } = folk;
		const { receipt: one } = answered(await receipt(ben, "2026-10-14", 1250), 201);
		let report = await handIn(ben, { note: "All in." });
		assert.deepEqual([report.state, report.next, report.waitsFor], ["senior", "supervisor", [sam.id]]);
		assert.equal(report.submittedBy, ben.id);
		assert.equal(report.total, 1250);
		assert.equal(report.figures.sum.total, 1250);
		for (const [person, changes, status] of [
			[ben, { state: "supervisor" }, 403], [sue, { state: "supervisor" }, 403], [fin, APPROVED, 409],
			[eve, { state: "supervisor" }, 404],
		])
			refused(await write(person, report, changes), status);
		report = await step(sam, report, { state: "supervisor" });
		refused(await write(sam, report, SUPERVISED), 403, { field: "state" });
		report = await step(sue, report, { ...SUPERVISED, comment: "Thank you." });
		assert.deepEqual([report.supervisorBy, report.next, report.waitsFor], [sue.id, "approved", [fin.id]]);
		report = await step(fin, report, APPROVED);
		assert.equal(report.state, "approved");
		assert.deepEqual([report.seniorBy, report.supervisorBy, report.financeBy], [sam.id, sue.id, fin.id]);

		const period = { id: report.id, from: "2026-10-01", to: "2026-10-31" };
		const closed = { type: "/problems/period-closed", period };
		for (const person of [ben, mia])
			refused(await person.patch(`/api/receipts/${one.id}`, { amount: 9900 }), 409, closed);
		refused(await receipt(ben, "2026-10-31", 100), 409, closed);
		refused(await ben.delete(`/api/receipts/${one.id}`), 409, closed);
		answered(await receipt(ben, "2026-11-01", 100), 201);
	});

	test("push: the same way, and each step sent once more changes nothing", async () => {
		const { ben, sam, sue, fin } = await fresh();
		const first = op(null, 0, { from: "2026-10-01", ...SIGNED });
		const [{ record: { id } }] = outcomes(await ben.push([first]), "applied");
		const steps = [[ben, SIGNED], [sam, { state: "supervisor" }], [sue, SUPERVISED], [fin, APPROVED]];
		for (const [i, [person, set]] of steps.entries()) {
			if (i > 0)
				outcomes(await person.push([op(id, i, set)]), "applied");
			for (const [again, what] of steps.slice(0, i + 1))
				outcomes(await again.push([op(id, i + 1, what)]), "unchanged");
		}
		assert.equal((await read(ben, id)).version, 4);
		assert.equal((await read(ben, id)).submissions, 1);
	});

	test("the actor is the token: an API token decides as its person", async () => {
		const { ben, sue, space } = await fresh(["sue"]);
		const report = await handIn(ben);
		const { token } = answered(await as("sue").post("/api/auth/tokens", {
			name: "Script", scope: "write", space: space.id, password: sue.password,
		}), 201);
		const script = as("sue").in(space).with({ Authorization: `Bearer ${token}` });
		const expenseReport = await step(script, report, { ...SUPERVISED, state: "approved" });
		assert.deepEqual([expenseReport.state, expenseReport.supervisorBy], ["approved", sue.id]);
	});

	test("what was handed in keeps its figures, whatever holds later", async () => {
		const { olga, ben } = await fresh();
		answered(await receipt(ben, "2026-10-14", 1250, { category: "Training" }), 201);
		const report = await handIn(ben);
		answered(await olga.post("/api/spaceSettings", { notReimbursed: ["Training"] }), 201);
		assert.equal((await read(ben, report.id)).total, 1250);
	});

	test("a trip under way is ended first", async () => {
		const { ben } = await fresh();
		const { trip } = answered(await ben.post("/api/mileage",
			{ date: "2026-10-14", from: "Yard", to: "Site", miles: 0, underway: true }), 201);
		refused(await begin(ben, { from: "2026-10-01", ...SIGNED }), 400, { field: "state" });
		answered(await ben.patch(`/api/mileage/${trip.id}`, { miles: 12.5, underway: false }));
		assert.equal((await handIn(ben)).state, "senior");
	});

	test("in a personal space its person hands in and takes back; nobody approves", async () => {
		const pia = await as("pia").ready();
		let report = await handIn(pia);
		assert.deepEqual([report.state, report.waitsFor ?? null], ["submitted", null]);
		refused(await write(pia, report, APPROVED), 403, { field: "state" });
		refused(await receipt(pia, "2026-10-14", 100), 409);
		report = await step(pia, report, { state: "draft" });
		answered(await receipt(pia, "2026-10-14", 100), 201);
	});
});

describe("what nobody forges", () => {
	test("a decision about what was handed in again since is a conflict", async () => {
		const { ben, sue } = await fresh(["sue"]);
		answered(await receipt(ben, "2026-10-14", 100), 201);
		const seen = await handIn(ben), open = await step(ben, seen, { state: "draft" });
		answered(await receipt(ben, "2026-10-15", 99900), 201);
		await step(ben, open, { state: "submitted" });
		for (const set of [{ ...SUPERVISED, state: "approved" }, { state: "returned", comment: "?" }]) {
			refused(await write(sue, seen, { ...set, expectedVersion: seen.version }), 409);
			outcomes(await sue.push([op(seen.id, seen.version, set)]), "conflict");
		}
	});

	test("a restore takes no step and brings back no approval", async () => {
		const folk = await fresh(), { ben, fin, mia } = folk;
		let report = await approveAll(folk, await handIn(ben));                         // 1 to 4
		report = await step(fin, report, { state: "draft", reason: "A late receipt" }); // 5
		const restore = (person, version) => restored(person, report, version);
		for (const version of [1, 2, 3, 4])
			for (const person of [ben, mia])
				refused(await restore(person, version), 400, { field: "state" });
		refused(await restore(fin, 4), 400, { field: "state" });
		report = await approveAll(folk, await step(ben, report, SIGNED));               // 6 to 9
		for (const person of [ben, mia, fin])
			refused(await restore(person, 5), 400, { field: "state" });
		assert.equal((await read(ben, report.id)).state, "approved");
	});

	test("a restore within a state brings back words of its person, and nobody else's", async () => {
		const { ben, mia } = await fresh();
		const { expenseReport: first } = answered(
			await begin(ben, { from: "2026-10-01", note: "One" }), 201);
		await step(ben, first, { note: "Two" });
		refused(await restored(mia, first, 1), 403, { field: "note" });
		const { expenseReport } = answered(await restored(ben, first, 1));
		assert.deepEqual([expenseReport.note, expenseReport.state], ["One", "draft"]);
	});

	test("only a draft that was never handed in is deleted, and revived as one", async () => {
		const folk = await fresh(), { ben, mia, sue } = folk;
		const { expenseReport: draft } = answered(await begin(ben, { from: "2026-09-01" }), 201);
		for (const person of [sue, mia])
			refused(await remove(person, draft), 403);
		answered(await remove(ben, draft));
		refused(await begin(ben, { from: "2026-09-01", ...SIGNED, state: "approved" }), 400);
		refused(await restored(mia, draft, 1), 403);
		const { expenseReport: again } = answered(await begin(ben, { from: "2026-09-01" }), 201);
		assert.deepEqual([again.id, again.state], [draft.id, "draft"]);
		let report = await handIn(ben);
		for (const person of [ben, mia, sue])
			refused(await remove(person, report), 403, { field: "state" });
		outcomes(await ben.push([op(report.id, report.version, undefined, { delete: true })]), "rejected");
		report = await step(ben, report, { state: "draft" });
		refused(await remove(ben, report), 403, { field: "state" });
	});

	test("it stays its person's", async () => {
		const { ben, mia, eve, olga } = await fresh();
		const report = await handIn(ben);
		for (const person of [mia, olga])
			refused(await write(person, report, { owner: eve.id }), 400, { field: "owner" });
		refused(await begin(mia, { from: "2026-08-01", owner: eve.id }), 403, { field: "owner" });
	});

	test("a file: what was decided in it is ignored or refused, whoever brings it", async () => {
		const { ben, mia, sue } = await fresh();
		const trail = ["from,state,certified,signedAs,submittedBy,financeBy,financeAt,total",
			`2026-10-01,submitted,true,Ben,${mia.id},${mia.id},2026-10-31T08:00:00Z,99.99`].join("\n");
		await bring(ben, trail, 200, { done: 1 });
		const [report] = answered(await ben.get("/api/expenseReports")).expenseReports;
		assert.deepEqual([report.state, report.submittedBy, report.financeBy ?? null, report.total],
			["senior", ben.id, null, 0]);
		const approved = `from,owner,state,financeSignedAs\n2026-10-01,${ben.id},approved,Mia`;
		for (const person of [mia, sue])
			await bring(person, approved, 400);
		await bring(ben, "from,state\n2026-10-01,approved", 400);
		await bring(ben, "from,state\n2026-09-01,approved", 400);
		assert.equal((await read(ben, report.id)).state, "senior");
	});

	test("who oversees whom counts as it is at each op of a push", async () => {
		const { ben, mia, sue, eve } = await fresh(["sue"]);
		const of = (name, set) =>
			({ op: randomUUID(), collection: "employees", id: `e-${name}`, base: 1, set });
		const ids = [];
		for (const month of ["10", "09", "08"])
			ids.push((await handIn(ben, { from: `2026-${month}-01` })).id);
		outcomes(await mia.push([
			op(ids[0], 1, { delegate: eve.id }),
			of("eve", { finance: true }),
			op(ids[1], 1, { delegate: eve.id }),
			of("sue", { status: "inactive" }),
			op(ids[2], 1, { delegate: sue.id }),
		]), "rejected", "applied", "applied", "applied", "rejected");
		refused(await write(sue, { id: ids[1] }, SUPERVISED), 404);
		assert.equal((await step(eve, { id: ids[1], version: 2 }, SUPERVISED)).supervisorBy, eve.id);
	});

	test("nobody becomes their own overseer: employees are for managers, and a manager's own report is for others",
		async () => {
			const folk = await fresh(), { ben, mia, olga } = folk;
			refused(await ben.patch("/api/employees/e-ben", { finance: true }), 403);
			const herself = { firstName: "Mia", lastName: "M", user: mia.id, finance: true };
			answered(await mia.post("/api/employees", herself), 201);
			const report = await handIn(mia);
			assert.equal(report.state, "finance");
			refused(await write(mia, report, APPROVED), 403, { field: "state" });
			refused(await write(mia, report, { delegate: mia.id }), 403);
			assert.equal((await step(olga, report, APPROVED)).financeBy, olga.id);
		});
});

describe("when the employees change", () => {
	test("a report waits for who is assigned now, and for managers where nobody is", async () => {
		const folk = await fresh(["sue"]), { ben, sue, eve, mia, olga } = folk;
		const report = await handIn(ben);
		await employee(folk, "ben", { supervisor: "e-eve" });
		await watch();
		assert.deepEqual((await read(ben, report.id)).waitsFor, [eve.id]);
		assert.deepEqual(await told(eve), [["report-waits", "Expenses of ben, October 2026: to be approved"]]);
		refused(await write(sue, report, { ...SUPERVISED, state: "approved" }), 404);
		await employee(folk, "eve", { status: "inactive" });
		await watch();
		assert.deepEqual((await read(ben, report.id)).waitsFor.sort(), [mia.id, olga.id].sort());
		assert.equal((await told(mia)).length, 1);
		const approved = await step(mia, await read(mia, report.id), { ...SUPERVISED, state: "approved" });
		assert.equal(approved.supervisorBy, mia.id);
	});

	test("what waited for managers goes to the first who is assigned", async () => {
		const folk = await fresh([]), { ben, sue } = folk;
		const report = await handIn(ben);
		assert.equal(report.state, "submitted");
		await employee(folk, "ben", { supervisor: "e-sue" });
		await watch();
		const now = await read(sue, report.id);
		assert.deepEqual([now.state, now.next, now.waitsFor], ["supervisor", "approved", [sue.id]]);
		await watch();
		assert.equal((await read(sue, report.id)).version, now.version);
	});
});

describe("who is told", () => {
	test("each step once: who is to act, and its person", async () => {
		const folk = await fresh(), { ben, sam, sue, fin, mia, eve } = folk;
		answered(await receipt(ben, "2026-10-14", 700), 201);
		let report = await handIn(ben);
		const waits = (what) => ["report-waits", `Expenses of ben, October 2026: ${what}`];
		assert.deepEqual(await told(sam), [waits("to be looked at")]);
		const { notifications: [note] } = answered(await sam.get("/api/notifications"));
		assert.deepEqual([note.about, note.body, note.toUser],
			[`expenseReports/${report.id}`, "The total is 7.00 USD.", sam.id]);
		refused(await ben.get(`/api/notifications/${note.id}`), 404);
		report = await step(sam, report, { state: "supervisor" });
		report = await step(sue, report, { state: "returned", comment: "The 14th?" });
		report = await step(ben, report, SIGNED);
		report = await approveAll(folk, report);
		await step(fin, report, { state: "draft", reason: "A late receipt." });
		for (let i = 0; i < 3; i++)
			await watch();
		assert.deepEqual(await told(sam), [waits("to be looked at"), waits("to be looked at")]);
		assert.deepEqual(await told(sue), [waits("to be approved"), waits("to be approved")]);
		assert.deepEqual(await told(fin), [waits("to be approved")]);
		assert.deepEqual(await told(ben), [
			["report-step", "Your expenses of October 2026 were seen by the senior"],
			["report-returned", "Your expenses of October 2026 were returned"],
			["report-step", "Your expenses of October 2026 were seen by the senior"],
			["report-step", "Your expenses of October 2026 were approved by the supervisor"],
			["report-approved", "Your expenses of October 2026 are approved"],
			["report-opened", "Your expenses of October 2026 are open again"],
		]);
		assert.deepEqual([await told(mia), await told(eve)], [[], []]);
	});

	test("a step sent twice, and at the same time, is told once", async () => {
		const { ben, sue } = await fresh(["sue"]);
		const report = await handIn(ben), changes = { state: "returned", comment: "Which client?" };
		await Promise.all([1, 2, 3, 4].map(() => write(sue, report, changes)));
		assert.equal((await told(ben)).length, 1);
	});

	test("what a file hands in is told by the next round, once", async () => {
		const { ben, sue } = await fresh(["sue"]);
		answered(await ben.post("/api/expenseReports/import",
			"from,state,certified,signedAs\n2026-10-01,submitted,true,Ben", CSV), 200, { done: 1 });
		assert.deepEqual(await told(sue), []);
		await Promise.all([watch(), watch()]);
		await watch();
		assert.equal((await told(sue)).length, 1);
	});

	test("a comment, and whom it is left to", async () => {
		const { ben, sue, mia } = await fresh(["sue"]);
		let report = await handIn(ben);
		report = await step(sue, report, { comment: "Which client?" });
		assert.deepEqual(await told(ben), [["report-comment", "A comment on your expenses of October 2026"]]);
		await step(sue, report, { delegate: mia.id });
		assert.equal((await told(mia)).length, 1);
		assert.equal((await told(sue)).length, 1);
	});

	test("its person reminds once a day", async () => {
		const { ben, sue } = await fresh(["sue"]);
		let report = await handIn(ben);
		report = await step(ben, report, { remindedAt: "2001-01-01T00:00:00.000Z" });
		assert.ok(report.remindedAt > ago(DAY));
		const again = await step(ben, report, { remindedAt: ago(0) });
		assert.equal(again.version, report.version);
		assert.deepEqual(await kinds(sue), ["report-waits", "report-reminder"]);
	});

	test("what waits is told again once: to a supervisor after two days, to finance after three", async () => {
		for (const [who, days] of [["sue", 2], ["fin", 3]]) {
			const folk = await fresh([who]), other = await fresh([who]);
			const late = (ms) => op(null, 0, { from: "2026-10-01", ...SIGNED }, { at: ago(ms) });
			outcomes(await folk.ben.push([late(days * DAY + 60_000)]), "applied");
			outcomes(await other.ben.push([late(days * DAY - 3_600_000)]), "applied");
			await Promise.all([watch(), watch(), watch()]);
			await watch();
			assert.deepEqual(await kinds(folk[who]), ["report-waits", "report-late"], who);
			assert.deepEqual(await kinds(other[who]), ["report-waits"], who);
		}
	});

	test("an approved report is told of no more", async () => {
		const { ben, sue } = await fresh(["sue"]);
		const set = { from: "2026-10-01", ...SIGNED };
		const [{ record }] = outcomes(await ben.push([op(null, 0, set, { at: ago(9 * DAY) })]), "applied");
		await step(sue, record, { ...SUPERVISED, state: "approved" });
		await watch();
		assert.deepEqual(await kinds(sue), ["report-waits"]);
	});
});

describe("long weeks", () => {
	const iso = (days) => new Date(days * DAY).toISOString().slice(0, 10);
	const today = Math.floor(Date.now() / DAY), sunday = today - (today + 4) % 7;
	const sheet = async (person, day, hours, more) =>
		answered(await person.post("/api/timesheets", { date: iso(day), hours, ...more }), 201);

	test("a week of so many hours is told to the supervisor, once a person and week", async () => {
		const folk = await fresh(), { olga, ben, sue, sam, fin, eve } = folk;
		answered(await olga.post("/api/spaceSettings", { hoursAlert: 20 }), 201);
		await sheet(ben, sunday - 7, 10);
		await sheet(ben, sunday - 1, 9.99);
		await sheet(eve, sunday - 3, 24);
		await watch();
		assert.deepEqual(await told(sue), []);
		await sheet(ben, sunday - 1, 0.01, { category: "Training" });
		await Promise.all([watch(), watch()]);
		assert.deepEqual(await told(sue), [["hours-alert", "ben has 20.00 hours in a week"]]);
		await sheet(ben, sunday - 2, 8);
		await watch();
		assert.equal((await told(sue)).length, 1);
		await employee(folk, "ben", { supervisor: "e-eve" });
		await watch();
		assert.deepEqual(await told(eve), []);
		await sheet(ben, sunday, 20);
		await watch();
		assert.deepEqual(await told(eve), [["hours-alert", "ben has 20.00 hours in a week"]]);
		assert.deepEqual([await told(ben), await told(sam), await told(fin)], [[], [], []]);
	});

	test("the week ends on Saturday", async () => {
		const { olga, ben, sue } = await fresh();
		answered(await olga.post("/api/spaceSettings", { hoursAlert: 20 }), 201);
		await sheet(ben, sunday - 1, 12);
		await sheet(ben, sunday, 12);
		await watch();
		assert.deepEqual(await told(sue), []);
	});
});

describe("many at once on one month", () => {
	// Writes receipts or trips, refused once the month is closed, and notes the cents of each that was taken.
	async function keepWriting({ ben }, n, race) {
		for (let i = 0; i < 12; i++) {
			const late = race.approved, date = `2026-10-${10 + i}`;
			const answer = n % 2 === 0 ? await receipt(ben, date, 100 + n)
				: await ben.post("/api/mileage", { date, from: "A", to: "B", miles: 1, toll: 10 + n });
			if (answer.status === 201)
				race.taken.push(n % 2 === 0 ? 100 + n : 10 + n);
			else
				refused(answer, 409, { type: "/problems/period-closed" });
			assert.ok(!late || answer.status === 409, "a row came in after the approval");
		}
	}

	// Hands the month in after so many receipts of its own, and approves it.
	async function handInAndApprove({ ben, sue }, receipts, race) {
		const cents = Array.from({ length: receipts }, (_, i) => 1000 + i);
		for (const answer of await Promise.all(cents.map((amount) => receipt(ben, "2026-10-01", amount))))
			race.taken.push(answered(answer, 201).receipt.amount);
		const report = await step(sue, await handIn(ben), { ...SUPERVISED, state: "approved" });
		race.approved = true;
		return report;
	}

	test("eight write, one hands in, one approves: nothing comes after, nothing is lost before", async () => {
		for (let round = 0; round < 5; round++) {
			const folk = await fresh(["sue"]), race = { taken: [], approved: false };
			const [report] = await Promise.all([
				handInAndApprove(folk, round + 1, race),
				...[0, 1, 2, 3, 4, 5, 6, 7].map((n) => keepWriting(folk, n, race)),
			]);
			const sum = race.taken.reduce((one, other) => one + other, 0);
			assert.equal(report.total, sum, `round ${round}`);
			const { receipts } = answered(await folk.ben.get("/api/receipts?limit=500"));
			const { mileage } = answered(await folk.ben.get("/api/mileage?limit=500"));
			assert.equal(receipts.length + mileage.length, race.taken.length);
			assert.equal((await read(folk.sue, report.id)).total, sum);
		}
	});
});
