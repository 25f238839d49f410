// Cases that involve more than one section of schema/PROTOCOL.md: versions from before a change of owner, ids that are
// used again, op ids whose outcome is no longer kept, sorting by long texts, pages full of records that left the view.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { crew } from "../lib/crew.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";

const stack = await start({ definitions: true });
const { sql, ctl } = stack;

const fresh = (roles = { mona: "manager", anna: "member", ben: "member", vic: "viewer" }) => crew(stack, roles);

describe("owners", () => {
	test("an owner's id is compared exactly: a trailing blank is nobody, and the chain verifies", async () => {
		const { mona, anna, space } = await fresh();
		answered(await mona.post("/api/claims", { id: "c", date: "2026-11-21", title: "Taxi" }), 201);
		for (const owner of [`${anna.id} `, anna.id.toUpperCase(), "é", "", "x".repeat(300)])
			refused(await mona.patch("/api/claims/c", { owner }), 400, { field: "owner" });
		answered(await mona.patch("/api/claims/c", { owner: anna.id }), 200, { claim: { owner: anna.id } });
		assert.equal((await ctl("verify", "--space", space.id)).status, 0);
	});

	test("a new owner sees no earlier values, in restores or in conflicts", async () => {
		const { mona, anna } = await fresh();
		answered(await mona.post("/api/claims", {
			id: "c", date: "2026-11-21", title: "before", account: "MONA-1", note: "hers",
		}), 201);
		answered(await mona.patch("/api/claims/c", { title: "given", account: "A-1", note: "n" }));
		answered(await mona.patch("/api/claims/c", { owner: anna.id }));
		refused(await anna.post("/api/claims/c/restore", { version: 1 }), 400, { field: "version" });
		refused(await anna.get("/api/claims/c?version=1"), 404);
		const conflict = await anna.patch("/api/claims/c",
			{ title: "mine", account: "A-2", expectedVersion: 1 });
		refused(conflict, 409, { fields: ["account", "title"], current: { title: "given", account: "A-1" } });
		assert.deepEqual(conflict.problem.base, {});
		assert.doesNotMatch(conflict.text, /before|MONA-1|hers/);
		answered(await anna.post("/api/claims/c/restore", { version: 3 }), 200, { claim: { version: 3 } });
	});

	test("private values of a former owner stay hidden in a shared collection", async () => {
		const { mona, anna, ben } = await fresh();
		answered(await anna.post("/api/parcels", { id: "p", label: "Box", value: 100, sender: "Aunt" }), 201);
		answered(await mona.patch("/api/parcels/p", {
			owner: ben.id, value: 5, sender: "Shop", label: "Crate",
		}));
		answered(await ben.patch("/api/parcels/p", { label: "Case" }));
		answered(await ben.post("/api/parcels/p/restore", { version: 1 }), 200,
			{ parcel: { label: "Box", value: 5, sender: "Shop" } });
		const conflict = await ben.patch("/api/parcels/p", { value: 7, expectedVersion: 1 });
		refused(conflict, 409, { fields: ["value"], current: { value: 5 } });
		assert.deepEqual(conflict.problem.base, {});
	});

	test("a private field does not exist for others, however wrong the value", async () => {
		const { anna, ben } = await fresh();
		answered(await anna.post("/api/parcels", { id: "p", label: "Box", value: 100 }), 201);
		const unknown = refused(await ben.patch("/api/parcels/p", { nothing: 1 }), 400, { field: "nothing" });
		for (const value of [1, "x", -5, null, []])
			refused(await ben.patch("/api/parcels/p", { value }), 400,
				{ field: "value", type: unknown.type });
		refused(await anna.patch("/api/parcels/p", { value: "x" }), 400,
			{ field: "value", type: "/problems/invalid" });
	});

	test("two views of one version have two ETags, and If-Match accepts both", async () => {
		const { anna, ben } = await fresh();
		answered(await anna.post("/api/parcels", { id: "p", label: "Box", value: 100 }), 201);
		const [hers, his] = [
			(await anna.get("/api/parcels/p")).headers.etag, (await ben.get("/api/parcels/p")).headers.etag,
		];
		assert.notEqual(hers, his);
		assert.equal((await ben.get("/api/parcels/p", { "If-None-Match": hers })).status, 200);
		assert.equal((await ben.get("/api/parcels/p", { "If-None-Match": his })).status, 304);
		answered(await ben.patch("/api/parcels/p", { label: "Crate" }, { "If-Match": his }), 200,
			{ parcel: { version: 2 } });
		refused(await anna.patch("/api/parcels/p", { label: "Case" }, { "If-Match": hers }), 412);
	});
});

describe("versions", () => {
	test("a version that was a deletion brings nothing back", async () => {
		const { mona: anna } = await fresh();
		const { workSetting } = answered(await anna.post("/api/workSettings", { targetHours: 3 }), 201);
		answered(await anna.delete(`/api/workSettings/${workSetting.id}`));
		refused(await anna.post(`/api/workSettings/${workSetting.id}/restore`, { version: 2 }), 400,
			{ field: "version" });
		answered(await anna.post("/api/workSettings", { targetHours: 4 }), 201);
		refused(await anna.post(`/api/workSettings/${workSetting.id}/restore`, { version: 2 }), 400,
			{ field: "version" });
		answered(await anna.post(`/api/workSettings/${workSetting.id}/restore`, { version: 1 }), 200,
			{ workSetting: { targetHours: 3 } });
	});

	test("If-Match on the restore of a deleted record is checked", async () => {
		const { anna } = await fresh();
		const first = await anna.post("/api/cars", { id: "7", location: "100" });
		answered(await anna.delete("/api/cars/7"));
		refused(await anna.post("/api/cars/7/restore", { version: 1 }, { "If-Match": first.headers.etag }),
			412);
		refused(await anna.post("/api/cars/7/restore", { version: 1, expectedVersion: 1 }), 409);
		answered(await anna.post("/api/cars/7/restore", { version: 1, expectedVersion: 2 }), 200,
			{ car: { version: 3, location: "100" } });
	});

	test("a long history is walked back page by page", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/api/cars", { id: "7", notes: "0", location: "100" }), 201);
		for (let i = 1; i <= 120; i++)
			answered(await anna.patch("/api/cars/7", { notes: `${i}` }));
		answered(await anna.get("/api/cars/7?version=1"), 200, { car: { notes: "0" } });
		answered(await anna.get("/api/cars/7?version=71"), 200, { car: { notes: "70" } });
		answered(await anna.patch("/api/cars/7", { late: true, expectedVersion: 1 }), 200, { merged: true });
		refused(await anna.patch("/api/cars/7", { notes: "x", expectedVersion: 20 }), 409,
			{ base: { notes: "19" }, current: { notes: "120" } });
		answered(await anna.post("/api/cars/7/restore", { version: 1 }), 200,
			{ car: { notes: "0", late: false } });
	});

	test("the conflict of the policy reject shows the base too", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/api/stock", { id: "s", name: "Tape", pieces: 1 }), 201);
		answered(await anna.patch("/api/stock/s", { pieces: 2 }));
		refused(await anna.patch("/api/stock/s", { shelf: "A", pieces: 9, expectedVersion: 1 }), 409,
			{
				fields: ["pieces", "shelf"], base: { pieces: 1, shelf: null },
				mine: { pieces: 9, shelf: "A" }, current: { pieces: 2 },
			});
	});

	test("base 0 on an existing record is a conflict for immutable fields too", async () => {
		const { anna, ben } = await fresh();
		answered(await anna.post("/api/parcels", { id: "p", label: "Box", origin: "Rome" }), 201);
		outcomes(await ben.push([
			{ op: "1", collection: "parcels", id: "p", base: 0, set: { label: "Box", origin: "Oslo" } },
		]), "conflict");
		outcomes(await ben.push([
			{ op: "2", collection: "parcels", id: "p", base: 0, set: { label: "Box", origin: "Rome" } },
		]), "unchanged");
		refused(await ben.patch("/api/parcels/p", { origin: "Oslo" }), 400, { field: "origin" });
	});
});

describe("names", () => {
	const create = (op, id, base, from) =>
		({ op, collection: "cars", id, base, set: { location: "100" }, renamedFrom: from });
	const remove = (op, id, base) => ({ op, collection: "cars", id, base, delete: true });
	const rows = (answer) => answered(answer).history.map((row) => `${row.id}.${row.version} ${row.action}`);

	test("a car gets its old id back, and its history spans both ids and ends", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/api/cars", { id: "7", location: "100" }), 201);
		outcomes(await anna.push([create("1", "8", 0, "7"), remove("2", "7", 1)]), "applied", "applied");
		outcomes(await anna.push([create("3", "7", 2, "8"), remove("4", "8", 1)]), "applied", "applied");
		const story = ["7.3 revived", "8.2 deleted", "8.1 created", "7.2 deleted", "7.1 created"];
		assert.deepEqual(rows(await anna.get("/api/cars/7/history")), story);
		const paged = [];
		for (let after = "", pages = 0; after !== null && pages < 9; pages++) {
			const page = await anna.get(`/api/cars/7/history?limit=1${after && `&after=${after}`}`);
			paged.push(...rows(page));
			after = page.body.next;
		}
		assert.deepEqual(paged, story);
	});

	test("two cars swap their ids, and no history loops", async () => {
		const { anna } = await fresh();
		outcomes(await anna.push([create("1", "7", 0), create("2", "8", 0)]), "applied", "applied");
		outcomes(await anna.push([remove("3", "7", 1), remove("4", "8", 1)]), "applied", "applied");
		outcomes(await anna.push([create("5", "7", 2, "8"), create("6", "8", 2, "7")]), "applied", "applied");
		assert.deepEqual(rows(await anna.get("/api/cars/7/history")),
			["7.3 revived", "8.2 deleted", "8.1 created"]);
		assert.deepEqual(rows(await anna.get("/api/cars/8/history")),
			["8.3 revived", "7.3 revived", "8.2 deleted", "8.1 created"]);
	});

	test("only a new record can continue another one, and never itself", async () => {
		const { anna } = await fresh();
		outcomes(await anna.push([create("1", "7", 0), create("2", "8", 0)]), "applied", "applied");
		outcomes(await anna.push([{ ...remove("3", "7", 1), renamedFrom: "8" }]), "rejected");
		outcomes(await anna.push([create("4", "7", 1, "8")]), "rejected");
		outcomes(await anna.push([remove("5", "7", 1)]), "applied");
		outcomes(await anna.push([create("6", "7", 2, "7")]), "rejected");
	});

	test("an id that follows from the fields may be left out of a push", async () => {
		const { anna } = await fresh();
		const weighed = (op, kg, date = "2026-11-21") =>
			({ op, collection: "weights", base: 0, set: { date, kg } });
		const answer = outcomes(await anna.push([weighed("1", 80)]), "applied");
		outcomes(await anna.push([weighed("2", 80)]), "unchanged");
		outcomes(await anna.push([weighed("1", 80)]), "duplicate");
		const twice = [weighed("3", 81, "2026-11-22"), weighed("4", 82, "2026-11-22")];
		outcomes(await anna.push(twice), "applied", "rejected");
		outcomes(await anna.push([{ op: "5", collection: "cars", base: 0, set: {} }]), "rejected");
		assert.match(JSON.stringify(answer), /"date":"2026-11-21"/);
	});

	test("an op id whose outcome was purged still belongs to what it did", async () => {
		const { anna, space } = await fresh();
		const reused = async (op) => {
			const answer = await anna.push([op]);
			outcomes(answer, "rejected");
			assert.equal(answer.body.results[0].problem.status, 422);
		};
		outcomes(await anna.push([create("1", "7", 0)]), "applied");
		await sql(`DELETE FROM op WHERE space_id = '${space.id}'`);
		assert.equal((await ctl("space", "recount", space.id)).status, 0);
		outcomes(await anna.push([create("1", "7", 0)]), "duplicate");
		await reused(create("1", "8", 0));
		await reused({ op: "1", collection: "cars", id: "7", base: 1, set: { location: "999" } });
		await reused({ op: "1", collection: "cars", id: "7", base: 1, delete: true });
		answered(await anna.get("/api/cars/7"), 200, { car: { version: 1 } });

		// A row of before says the id and not what it did.
		await sql(`UPDATE audit SET op_hash = NULL WHERE space_id = '${space.id}'`);
		await reused(create("1", "7", 0));
	});
});

describe("lists", () => {
	test("q in a collection without texts looks at ids", async () => {
		const { mona, vic } = await fresh();
		answered(await mona.post("/api/prices", { id: "box", cents: 5 }), 201);
		answered(await vic.get("/api/prices?q=BO"), 200, { prices: { 0: { id: "box" }, length: 1 } });
		answered(await vic.get("/api/prices?q=5"), 200, { prices: { length: 0 } });
		answered(await vic.get("/api/houseRules?q=x"), 200, { houseRules: { length: 0 } });
	});

	test("pages in the order of a long text fit into a URL", async () => {
		const { anna } = await fresh();
		for (let i = 0; i < 4; i++)
			answered(await anna.post("/api/claims", {
				id: `c${i}`, date: "2026-11-21", title: "t", note: `${i % 2}${"ü".repeat(15000)}`,
			}), 201);
		const ids = [];
		for (let after; after !== null;) {
			const page = answered(await anna.get(
				`/api/claims?sort=-note&limit=1${after === undefined ? "" : `&after=${after}`}`));
			ids.push(...page.claims.map((claim) => claim.id));
			after = page.next;
		}
		assert.deepEqual(ids, ["c3", "c1", "c2", "c0"]);
	});
});

describe("the feed", () => {
	test("a page counts what left the view, and ends where a transaction does", async () => {
		const { mona, anna, space } = await fresh();
		const ids = Array.from({ length: 1300 }, (_, i) => `c${i}`);
		const inTwoHundreds = (make) => Array.from({ length: 7 },
			(_, k) => ids.slice(k * 200, (k + 1) * 200).map(make));
		for (const ops of inTwoHundreds((id) => ({
			op: `m-${id}`, collection: "claims", id, base: 0,
			set: { date: "2026-11-21", title: id, owner: anna.id },
		})))
			answered(await mona.push(ops));
		const { cursor, changes } = await anna.pull();
		assert.equal(changes.length, 1300);
		for (const ops of inTwoHundreds((id) => ({
			op: `o-${id}`, collection: "claims", id, base: 1, set: { owner: mona.id },
		})))
			answered(await mona.push(ops));
		const pages = [];
		const away = await anna.pull(cursor, { onPage: (page) => pages.push(page.changes) });
		assert.deepEqual(away.changes.map((change) => change.id), ids);
		assert.ok(away.changes.every((change) => change.removed));
		assert.deepEqual(pages.map((page) => page.length), [1000, 300]);
		assert.equal(pages[0].at(-1).seq % 200, 1300 % 200);
		assert.equal((await ctl("verify", "--space", space.id)).status, 0);
	});

	test("a first load of an old space pages by records, not by seqs", async () => {
		const { anna, space } = await fresh();
		answered(await anna.post("/api/cars", { id: "7", location: "100" }), 201);
		await sql(`UPDATE space SET seq = 100000 WHERE id = '${space.id}'`);
		assert.equal((await anna.pull()).pages, 1);
		await sql(`UPDATE space SET seq = 1 WHERE id = '${space.id}'`);
	});
});

test("in the end every chain and record is whole, and no response was a 5xx", async () => {
	const { status, stdout, stderr } = await ctl("verify");
	assert.equal(status, 0, stdout + stderr);
	assert.deepEqual(await stack.faults(), []);
});
