// POST /api/undo: what a person, a token, a device or an action did in a span is undone as new writes, with a preview.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { start } from "../harness.mjs";
import { CSV, crew } from "../lib/crew.mjs";
import { answered, refused } from "../lib/expect.mjs";

const stack = await start({ definitions: true });
const { ctl, sql } = stack;

const ROLES = { anna: "owner", ben: "member", cleo: "manager", vera: "viewer" };

const undo = async (person, body, headers) => answered(await person.post("/api/undo", body, headers));
const notes = async (person) => Object.fromEntries(answered(await person.get("/api/cars?limit=1000")).cars
	.map((car) => [car.id, car.notes]));
const history = async (person, id) => answered(await person.get(`/api/cars/${id}/history`)).history;

// Cars 1 to 3 of anna, then ben changes 1, makes 4 and deletes 2; the instant between is `from`.
async function scene() {
	const folk = await crew(stack, ROLES);
	const { anna, ben } = folk;
	for (const id of ["1", "2", "3"])
		answered(await anna.post("/api/cars", { id, notes: `a${id}` }), 201);
	answered(await ben.patch("/api/cars/1", { notes: "b1" }));
	answered(await ben.patch("/api/cars/1", { notes: "b1 again", late: true }));
	answered(await ben.post("/api/cars", { id: "4", notes: "b4" }), 201);
	answered(await ben.delete("/api/cars/2"));
	return folk;
}

const BEFORE = { 1: "a1", 2: "a2", 3: "a3" }, AFTER = { 1: "b1 again", 3: "a3", 4: "b4" };

describe("what a person did", () => {
	test("is undone as a preview says: changed back, deleted, brought back", async () => {
		const { anna, ben } = await scene();
		const preview = await undo(anna, { by: ben.id, dryRun: true });
		assert.deepEqual(await notes(anna), AFTER);
		assert.equal(preview.dryRun, true);
		assert.deepEqual(preview.undo.counts, { cars: { undone: 3, left: 0 } });
		const real = await undo(anna, { by: ben.id });
		assert.deepEqual(real.undo, preview.undo);
		assert.match(real.cause, /^undo:[0-9a-f]{24}$/);
		assert.deepEqual(await notes(anna), BEFORE);
		assert.equal(answered(await anna.get("/api/cars/1")).car.late ?? false, false);
		assert.deepEqual(real.undo.examples.map(({ id, what }) => [id, what]).sort(),
			[["1", "changed"], ["2", "deleted"], ["4", "added"]]);
		const [last] = await history(anna, "1");
		assert.equal(last.by, anna.id);
		assert.equal(last.cause, real.cause);
	});

	test("and its undo is undone, and done again", async () => {
		const { anna, ben } = await scene();
		const first = await undo(anna, { by: ben.id });
		const second = await undo(anna, { cause: first.cause });
		assert.equal(second.undo.undone, 3);
		assert.deepEqual(await notes(anna), AFTER);
		await undo(anna, { cause: second.cause });
		assert.deepEqual(await notes(anna), BEFORE);
		assert.equal((await ctl("verify")).status, 0);
	});

	test("the same request again writes nothing, and says the same", async () => {
		const { anna, ben, space } = await scene();
		const body = { by: ben.id, collections: ["cars"] }, key = { "Idempotency-Key": "undo-1" };
		for (const headers of [undefined, key]) {
			const one = await undo(anna, body, headers), head = await stack.head(space);
			const again = await undo(anna, body, headers);
			assert.equal(await stack.head(space), head);
			assert.equal(again.undo.undone, one.undo.undone);
			assert.equal(again.cause, one.cause);
		}
	});

	test("under a key is done once, also when it was undone meanwhile", async () => {
		const { anna, ben } = await scene();
		const key = { "Idempotency-Key": "undo-2" };
		const { cause } = await undo(anna, { by: ben.id }, key);
		await undo(anna, { cause });
		await undo(anna, { by: ben.id }, key);
		assert.deepEqual(await notes(anna), AFTER);
	});

	test("is undone again when they did it again, and the answer is of that alone", async () => {
		const { anna, ben } = await scene();
		await undo(anna, { by: ben.id });
		assert.equal((await undo(anna, { by: ben.id, dryRun: true })).undo.undone, 0);
		answered(await ben.patch("/api/cars/1", { notes: "b1 once more" }));
		answered(await ben.post("/api/cars", { id: "4", notes: "b4 again" }), 201);
		answered(await ben.delete("/api/cars/2"));
		answered(await ben.patch("/api/cars/3", { notes: "b3" }));
		const preview = await undo(anna, { by: ben.id, dryRun: true }), real = await undo(anna, { by: ben.id });
		assert.deepEqual(preview.undo.counts, { cars: { undone: 4, left: 0 } });
		assert.deepEqual(real.undo, preview.undo);
		assert.deepEqual(await notes(anna), BEFORE);
		answered(await ben.patch("/api/cars/3", { notes: "b3 again" }));
		assert.deepEqual((await undo(anna, { by: ben.id })).undo.examples.map(({ id }) => id), ["3"]);
		assert.deepEqual(await notes(anna), BEFORE);
	});

	test("what others have changed since is left and said", async () => {
		const { anna, ben, cleo } = await scene();
		answered(await cleo.patch("/api/cars/1", { notes: "c1" }));
		answered(await cleo.patch("/api/cars/4", { notes: "c4" }));
		const { undo: report } = await undo(anna, { by: ben.id });
		assert.deepEqual(await notes(anna), { 1: "c1", 2: "a2", 3: "a3", 4: "c4" });
		// this field alone goes back
		assert.equal(answered(await anna.get("/api/cars/1")).car.late ?? false, false);
		assert.deepEqual(report.reasons, { "changed-since": 2 });
		assert.deepEqual(report.kept.map(({ id, reason }) => [id, reason]).sort(),
			[["1", "changed-since"], ["4", "changed-since"]]);
	});

	test("what others have deleted since stays deleted", async () => {
		const { anna, ben, cleo } = await scene();
		answered(await cleo.delete("/api/cars/1"));
		const { undo: report } = await undo(anna, { by: ben.id });
		assert.deepEqual(await notes(anna), { 2: "a2", 3: "a3" });
		assert.deepEqual(report.reasons, { "deleted-since": 1 });
	});

	test("made and deleted within the span is nothing", async () => {
		const { anna, ben } = await crew(stack, ROLES);
		answered(await ben.post("/api/cars", { id: "5" }), 201);
		answered(await ben.delete("/api/cars/5"));
		const { undo: report } = await undo(anna, { by: ben.id });
		assert.deepEqual([report.undone, report.left], [0, 0]);
		assert.deepEqual(await notes(anna), {});
	});

	test("deleted and brought back as it was within the span is nothing", async () => {
		const { anna, ben } = await scene();
		answered(await ben.post("/api/cars/2/restore", { version: 1 }));
		const { undo: said } = await undo(anna, { by: ben.id, dryRun: true });
		assert.deepEqual(said.counts, { cars: { undone: 2, left: 0 } });
		assert.deepEqual(said.examples.map(({ id }) => id).sort(), ["1", "4"]);
	});

	test("in a span alone, and of some collections alone", async () => {
		const { anna, ben } = await scene();
		const rows = await history(anna, "1");
		const span = { by: ben.id, from: rows[0].at, to: rows[0].at };
		assert.ok((await undo(anna, { ...span, collections: ["cars"] })).undo.undone >= 1);
		assert.deepEqual((await undo(anna, { by: ben.id, collections: ["tasks"] })).undo.counts, {});
		assert.equal((await notes(anna))[1], rows[0].at === rows[1].at ? "a1" : "b1");
	});

	test("an owner goes back too", async () => {
		const { anna, ben, cleo } = await crew(stack, ROLES);
		const { claim } = answered(await ben.post("/api/claims", { date: "2026-03-01", title: "A" }), 201);
		answered(await cleo.patch(`/api/claims/${claim.id}`, { owner: cleo.id }));
		await undo(anna, { by: cleo.id });
		assert.equal(answered(await anna.get(`/api/claims/${claim.id}`)).claim.owner, ben.id);
	});
});

describe("who may", () => {
	test("members undo their own, managers anybody's, viewers nothing", async () => {
		const { anna, ben, cleo, vera } = await scene();
		refused(await ben.post("/api/undo", { by: anna.id }), 403, { field: "by" });
		refused(await vera.post("/api/undo", { by: vera.id }), 403);
		const { undo: own } = await undo(ben, { from: "2020-01-01T00:00:00Z" });
		assert.equal(own.undone, 3);
		assert.deepEqual(await notes(anna), BEFORE);
		assert.ok((await undo(cleo, { by: anna.id, dryRun: true })).undo.undone >= 1);
	});

	test("a restore goes back by its owner alone", async () => {
		const { cleo } = await scene();
		refused(await cleo.post("/api/undo", { cause: "restore:x" }), 403);
	});

	test("nothing tells of what one does not see", async () => {
		const { anna, ben, cleo } = await crew(stack, ROLES);
		answered(await ben.post("/api/messages", { toUser: cleo.id, text: "for Cleo" }), 201);
		assert.deepEqual((await undo(anna, { by: ben.id, dryRun: true })).undo.counts, {});
		assert.deepEqual((await undo(anna, { from: "2020-01-01T00:00:00Z", dryRun: true })).undo.counts, {});
		assert.deepEqual((await undo(ben, { by: ben.id, dryRun: true })).undo.counts,
			{ messages: { undone: 1, left: 0 } });
	});

	test("nothing of another space", async () => {
		const { ben } = await scene(), other = await scene();
		await undo(other.anna, { by: ben.id });
		assert.deepEqual(await notes(ben), AFTER);
		assert.deepEqual(await notes(other.anna), BEFORE);
	});

	for (const [body, field] of [
		[{}, "by"], [{ to: "2026-01-01T00:00:00Z" }, "by"], [{ by: "me" }, "by"], [{ token: "x" }, "token"],
		[{ from: "yesterday" }, "from"],
		[{ from: "2026-01-02T00:00:00Z", to: "2026-01-01T00:00:00Z" }, "to"],
		[{ cause: "c", collections: ["nope"] }, "collections"],
		[{ cause: "c", collections: [] }, "collections"],
		[{ cause: "c", collections: [7] }, "collections"], [{ cause: "x".repeat(65) }, "cause"],
		[{ cause: "c", more: 1 }, "more"],
	])
		test(`${JSON.stringify(body).slice(0, 60)} is refused at ${field}`, async () => {
			const { anna } = await crew(stack, ROLES);
			refused(await anna.post("/api/undo", body), 400, { field });
		});
});

describe("by what it was done with", () => {
	test("a device", async () => {
		const { anna } = await crew(stack, ROLES);
		answered(await anna.post("/api/cars", { id: "1", notes: "desk" }, { "X-Device-Id": "desk" }), 201);
		answered(await anna.patch("/api/cars/1", { notes: "phone" }, { "X-Device-Id": "phone" }));
		await undo(anna, { device: "phone" });
		assert.deepEqual(await notes(anna), { 1: "desk" });
	});

	test("an API token", async () => {
		const { anna, space } = await crew(stack, ROLES);
		answered(await anna.post("/api/cars", { id: "1", notes: "by hand" }), 201);
		const { token, id } = await anna.apiToken("write", space.id);
		const program = anna.with({ Authorization: `Bearer ${token}` });
		answered(await program.patch("/api/cars/1", { notes: "by a program" }));
		answered(await program.post("/api/cars", { id: "2" }), 201);
		await undo(anna, { token: id });
		assert.deepEqual(await notes(anna), { 1: "by hand" });
	});

	test("an import, and an import that changed records", async () => {
		const { anna } = await crew(stack, ROLES);
		answered(await anna.post("/api/cars", { id: "1", notes: "mine" }), 201);
		const body = "id,notes\n1,file\n2,file\n";
		answered(await anna.request("POST", "/api/cars/import", { headers: CSV, body }));
		const [{ cause }] = await history(anna, "2");
		assert.ok(cause);
		const preview = await undo(anna, { cause, collections: ["cars"], dryRun: true });
		assert.equal(preview.undo.undone, 2);
		await undo(anna, { cause, collections: ["cars"] });
		assert.deepEqual(await notes(anna), { 1: "mine" });
	});
});

describe("what rules refuse", () => {
	test("is left, record by record, and the rest is undone", async () => {
		const { anna, ben } = await crew(stack, ROLES);
		answered(await anna.post("/api/parcels", { id: "p1", label: "one" }), 201);
		answered(await ben.post("/api/parcels", { id: "p2", label: "two" }), 201);
		answered(await ben.patch("/api/parcels/p1", { label: "uno" }));
		// members may not delete parcels: what ben made stays
		const { undo: report } = await undo(ben, { by: ben.id });
		assert.deepEqual(report.counts, { parcels: { undone: 1, left: 1 } });
		assert.deepEqual(report.reasons, { rights: 1 });
		assert.equal(report.kept[0].id, "p2");
		assert.ok(report.kept[0].detail);
		assert.equal(answered(await anna.get("/api/parcels/p1")).parcel.label, "one");
	});
});

test("a restore goes back to exactly what was stored before, derived values and owners too", async () => {
	const { anna, ben, cleo, space } = await crew(stack, ROLES);
	answered(await anna.post("/api/shifts/start", {}), 201);
	for (const id of ["1", "2"])
		answered(await anna.post("/api/cars", { id, arrived: true }), 201);
	const made = await ben.post("/api/claims", { date: "2026-03-01", title: "A", account: "B" });
	const { claim } = answered(made, 201);
	const fields = async (name) => answered(await anna.get(`/api/${name}`))[name].map((record) => ({
		...record, version: 0, seq: 0, lastUpdatedAt: 0, lastUpdatedBy: 0,
	}));
	const before = [await fields("cars"), await fields("claims")], head = await stack.head(space);
	answered(await anna.patch("/api/cars/1", { arrived: false, notes: "x" }));
	answered(await anna.delete("/api/cars/2"));
	answered(await anna.post("/api/cars", { id: "3" }), 201);
	answered(await anna.patch(`/api/claims/${claim.id}`, { owner: cleo.id, account: null }));
	await sql(`UPDATE audit SET cause = 'restore:test' WHERE space_id = '${space.id}' AND seq > ${head}`);
	const preview = await undo(anna, { cause: "restore:test", dryRun: true });
	const { undo: report } = await undo(anna, { cause: "restore:test" });
	assert.deepEqual(report.counts, { cars: { undone: 3, left: 0 }, claims: { undone: 1, left: 0 } });
	assert.deepEqual(preview.undo.counts, report.counts);
	assert.deepEqual([await fields("cars"), await fields("claims")], before);
});

test("a thousand records go back in one request, in bounded transactions", async () => {
	const { anna, space } = await crew(stack, ROLES);
	const rows = Array.from({ length: 1500 }, (_, i) => `c${i},n`).join("\n");
	answered(await anna.request("POST", "/api/cars/import", { headers: CSV, body: `id,notes\n${rows}\n` }));
	const { undo: report } = await undo(anna, { by: anna.id, collections: ["cars"] });
	assert.equal(report.undone, 1500);
	assert.equal(report.examples.length, 20);
	assert.deepEqual(await notes(anna), {});
	assert.ok(await stack.head(space) >= 3000);
});
