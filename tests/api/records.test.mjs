// Records one by one and in lists: create, read, change, delete, history, restore; filters, order, pages.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { crew } from "../lib/crew.mjs";
import { answered, refused } from "../lib/expect.mjs";
import { match } from "../lib/match.mjs";
import { jpeg, send as sendFile, sha256 } from "../lib/files.mjs";

const stack = await start({ definitions: true });
const { as, sql } = stack;

const fresh = (roles = { anna: "owner", ben: "member" }) => crew(stack, roles);

const photo = jpeg("a parcel");
const everything = {
	label: "Größe 3 \u{1f4e6}", weight: 2.125, count: -7, fragile: true, due: "2026-12-24",
	packedAt: "2026-11-21T08:34:00.123Z",
	slot: "08:34", size: "large", place: { lat: 52.520008, lng: 13.404954, accuracy: 12.5 }, photo: sha256(photo),
	tags: ["a", "b c"], value: 129900, sender: "Aunt", origin: "Rome",
};

describe("one record", () => {
	test("is created, read, changed and deleted", async () => {
		const { anna } = await fresh();
		const created = await anna.post("/api/cars", { id: "P-100", location: "100" });
		const { car } = answered(created, 201, { car: {
			id: "P-100", version: 1, location: "100", arrived: false, owner: anna.id, createdBy: anna.id,
			lastUpdatedBy: anna.id,
		} });
		assert.match(created.headers.location, /\/cars\/P-100$/);
		assert.match(car.createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
		assert.deepEqual(answered(await anna.get("/api/cars/P-100")).car, car);
		const changed = answered(await anna.patch("/api/cars/P-100", { notes: "Door" }), 200,
			{ car: { version: 2, notes: "Door", location: "100" } }).car;
		assert.ok(changed.seq > car.seq);
		assert.equal(changed.createdAt, car.createdAt);
		answered(await anna.delete("/api/cars/P-100"), 200,
			{ car: { id: "P-100", version: 3, deleted: true } });
		refused(await anna.get("/api/cars/P-100"), 404, { type: "/problems/not-found" });
	});

	test("the Location of a create can be fetched", async () => {
		const anna = await as("anna").ready();
		const answer = await anna.post("/api/parcels", { label: "Box" });
		answered(answer, 201);
		answered(await anna.get(answer.headers.location), 200, { parcel: { label: "Box" } });
	});

	test("every type comes back as it was sent", async () => {
		const { anna } = await fresh();
		answered(await sendFile(anna, photo), 201);
		const { parcel } = answered(await anna.post("/api/parcels", everything), 201, { parcel: everything });
		answered(await anna.get(`/api/parcels/${parcel.id}`), 200, { parcel: everything });
		assert.match(parcel.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
	});

	test("values are brought into canonical form", async () => {
		const { anna } = await fresh();
		const place = '{"lng":13.40495449,"lat":52.52000844}';
		const text = '{"label":"\\u0042ox","weight":1.500,"packedAt":"2026-11-21T09:34:00+01:00","place":';
		const { parcel } = answered(await anna.post("/api/parcels", `${text}${place}}`), 201);
		assert.equal(parcel.label, "Box");
		assert.equal(parcel.packedAt, "2026-11-21T08:34:00.000Z");
		assert.deepEqual(parcel.place, { lat: 52.520008, lng: 13.404954 });
		const raw = await anna.get(`/api/parcels/${parcel.id}`);
		assert.match(raw.text, /"weight":1\.5[,}]/);
	});

	test("null empties a field, or restores its default", async () => {
		const { anna } = await fresh();
		answered(await sendFile(anna, photo), 201);
		const { parcel } = answered(await anna.post("/api/parcels", everything), 201);
		const emptied = answered(await anna.patch(`/api/parcels/${parcel.id}`, {
			due: null, size: null, tags: null, fragile: null,
		})).parcel;
		assert.equal(emptied.due, undefined);
		assert.equal(emptied.tags, undefined);
		assert.equal(emptied.size, "small");
		assert.equal(emptied.fragile, false);
		refused(await anna.patch(`/api/parcels/${parcel.id}`, { label: null }), 400,
			{ type: "/problems/required", field: "label" });
	});

	test("PUT changes the named members only, as PATCH does, and nested values as a whole", async () => {
		const { anna } = await fresh();
		answered(await sendFile(anna, photo), 201);
		const { parcel } = answered(await anna.post("/api/parcels", everything), 201);
		const { parcel: put } = answered(await anna.put(`/api/parcels/${parcel.id}`, {
			place: { lat: 1, lng: 2 },
		}));
		assert.deepEqual(put.place, { lat: 1, lng: 2 });
		assert.equal(put.label, everything.label);
	});

	test("immutable fields stay", async () => {
		const { anna } = await fresh();
		const { parcel } = answered(await anna.post("/api/parcels", { label: "Box", origin: "Rome" }), 201);
		refused(await anna.patch(`/api/parcels/${parcel.id}`, { origin: "Oslo" }), 400,
			{ type: "/problems/read-only", field: "origin" });
		answered(await anna.patch(`/api/parcels/${parcel.id}`, { origin: "Rome", label: "Crate" }));
	});

	test("a retired field of an old client is accepted and ignored", async () => {
		const { anna } = await fresh();
		const { parcel } = answered(await anna.post("/api/parcels", { label: "Box", oldCode: "X1" }), 201);
		assert.equal(parcel.oldCode, undefined);
	});

	test("a record of a collection with idLabel needs an id", async () => {
		const { anna } = await fresh();
		refused(await anna.post("/api/cars", { location: "100" }), 400,
			{ type: "/problems/required", field: "id" });
	});

	test("an id with every allowed character works in a path", async () => {
		const { anna } = await fresh();
		const id = "A.b_c:d@e-9";
		answered(await anna.post("/api/cars", { id, location: "100" }), 201);
		answered(await anna.get(`/api/cars/${encodeURIComponent(id)}`), 200, { car: { id } });
		answered(await anna.get(`/api/cars/${id}`), 200, { car: { id } });
	});

	test("ids that differ in case are different records", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/api/cars", { id: "a1", location: "100" }), 201);
		answered(await anna.post("/api/cars", { id: "A1", location: "200" }), 201);
		answered(await anna.get("/api/cars/a1"), 200, { car: { location: "100" } });
	});

	test("a deleted record revived by POST has defaults, and its version goes on", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/api/cars", { id: "7", location: "100", notes: "old" }), 201);
		answered(await anna.delete("/api/cars/7"));
		const { car } = answered(await anna.post("/api/cars", { id: "7", late: true }), 201,
			{ car: { version: 3, location: "Yard", late: true } });
		assert.equal(car.notes, undefined);
	});

	test("HEAD answers as GET without a body", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/api/cars", { id: "7", location: "100" }), 201);
		const get = await anna.get("/api/cars/7"), head = await anna.head("/api/cars/7");
		assert.equal(head.status, 200);
		assert.equal(head.text, "");
		assert.equal(head.headers.etag, get.headers.etag);
	});

	test("an overnight work session belongs to the day of its start in the person's zone", async () => {
		const { anna } = await fresh();
		const { workSession } = answered(await anna.post("/api/workSessions",
			{
				start: "2026-11-22T03:30:00.000Z", end: "2026-11-22T11:00:00.000Z",
				zone: "America/New_York",
			}), 201);
		assert.equal(workSession.day, "2026-11-21");
		refused(await anna.post("/api/workSessions", {
			start: "2026-11-22T03:30:00.000Z", end: "2026-11-22T03:00:00.000Z",
		}), 400, { field: "end" });
		refused(await anna.post("/api/workSessions", { start: "2026-11-22T03:30:00.000Z", zone: "Mars/Base" }),
			400, { field: "zone" });
	});

	test("an empty car has arrived, and clearing arrived clears empty", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/api/cars", { id: "7", location: "100" }), 201);
		const { car } = answered(await anna.patch("/api/cars/7", { empty: true }), 200,
			{ car: { arrived: true, empty: true } });
		assert.equal(car.arrivedAt, car.lastUpdatedAt);
		assert.equal(car.emptyAt, car.lastUpdatedAt);
		const gone = answered(await anna.patch("/api/cars/7", { arrived: false }), 200,
			{ car: { arrived: false, empty: false } }).car;
		assert.equal(gone.arrivedAt, undefined);
		assert.equal(gone.emptyAt, undefined);
	});
});

describe("conditions", () => {
	test("a GET with the ETag is 304, also as a weak tag and in a list, until the record changes", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/api/cars", { id: "7", location: "100" }), 201);
		const { etag } = (await anna.get("/api/cars/7")).headers;
		for (const value of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
			const answer = await anna.get("/api/cars/7", { "If-None-Match": value });
			assert.equal(answer.status, 304, value);
			assert.equal(answer.text, "");
			assert.equal(answer.headers.etag, etag);
		}
		answered(await anna.patch("/api/cars/7", { late: true }));
		assert.equal((await anna.get("/api/cars/7", { "If-None-Match": etag })).status, 200);
	});

	test("If-Match is strict and expectedVersion merges", async () => {
		const { anna, ben } = await fresh();
		const first = await anna.post("/api/cars", { id: "7", location: "100" });
		answered(await ben.patch("/api/cars/7", { notes: "Ben" }));
		refused(await anna.patch("/api/cars/7", { late: true }, { "If-Match": first.headers.etag }), 412);
		answered(await anna.patch("/api/cars/7", { late: true, expectedVersion: 1 }), 200,
			{ merged: true, car: { version: 3, notes: "Ben", late: true } });
	});

	test("a conflict shows both sides", async () => {
		const { anna, ben } = await fresh();
		answered(await anna.post("/api/cars", { id: "7", location: "100", notes: "start" }), 201);
		answered(await ben.patch("/api/cars/7", { notes: "Ben", expectedVersion: 1 }));
		const problem = refused(
			await anna.patch("/api/cars/7", { notes: "Anna", late: true, expectedVersion: 1 }), 409, {
				type: "/problems/stale-version", currentVersion: 2, expectedVersion: 1,
				fields: ["notes"], base: { notes: "start" }, mine: { notes: "Anna" },
				current: { id: "7", version: 2, notes: "Ben", lastUpdatedBy: ben.id },
			});
		assert.equal(problem.current.late, false);
	});

	test("an unusable version is refused by name", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/api/cars", { id: "7", location: "100" }), 201);
		for (const expectedVersion of [-1, 1.5, "1", null, true, 2 ** 53])
			refused(await anna.patch("/api/cars/7", { late: true, expectedVersion }), 400,
				{ field: "expectedVersion" });
	});

	test("an Idempotency-Key makes a repeated POST one record", async () => {
		const { anna, space } = await fresh();
		const key = { "Idempotency-Key": "key-1" };
		const first = answered(await anna.post("/api/parcels", { label: "Box" }, key), 201).parcel;
		const again = await anna.post("/api/parcels", { label: "Box" }, key);
		assert.ok([200, 201].includes(again.status), again.text);
		assert.equal(again.body.parcel.id, first.id);
		assert.equal(answered(await anna.get("/api/parcels")).parcels.length, 1);
		refused(await anna.post("/api/parcels", { label: "Crate" }, key), 422, { type: "/problems/op-reused" });
		const rows = await sql(`SELECT op_id FROM audit WHERE space_id = '${space.id}'`);
		assert.deepEqual(rows, [{ op_id: "key-1" }]);
	});

	test("an op with a value of the wrong type is refused for that, also under an id that was used", async () => {
		const { mia } = await fresh({ anna: "owner", mia: "manager" });
		const push = (...ops) => mia.push(ops.map((op) => ({ collection: "parcels", base: 0, ...op })));
		answered(await push({ op: "o1", id: "p1", set: { label: "Box" } }));
		for (const set of [{ label: 5 }, { label: "Box", sender: 5 }]) {
			const op = { op: "o1", id: "p1", base: 1, set };
			const alone = answered(await push(op)).results;
			const among = answered(await push(op, { op: `o${set.label}`, id: "p2", set: {} })).results;
			match(alone[0], { status: "rejected", problem: { type: "/problems/invalid",
				field: set.sender ? "sender" : "label" } });
			assert.deepEqual(among[0], alone[0]);
		}
	});

	test("an Idempotency-Key makes a repeated PATCH and DELETE one change", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/api/cars", { id: "7", location: "100" }), 201);
		for (let i = 0; i < 2; i++)
			answered(await anna.patch("/api/cars/7", { late: true }, { "Idempotency-Key": "k2" }), 200,
				{ car: { version: 2 } });
		for (let i = 0; i < 2; i++)
			answered(await anna.delete("/api/cars/7", { "Idempotency-Key": "k3" }), 200,
				{ car: { version: 3, deleted: true } });
		refused(await anna.delete("/api/cars/7"), 404);
	});

	test("the device of X-Device-Id is in the history", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/api/cars", { id: "7", location: "100" }, { "X-Device-Id": "phone-1" }), 201);
		answered(await anna.get("/api/cars/7/history"), 200, { history: [{ device: "phone-1" }] });
	});
});

describe("history", () => {
	async function travelled() {
		const people = await fresh();
		answered(await people.anna.post("/api/cars", { id: "7", location: "100", notes: "a" }), 201);
		answered(await people.ben.patch("/api/cars/7", { notes: "b" }));
		answered(await people.anna.patch("/api/cars/7", { notes: "c", late: true }));
		answered(await people.anna.delete("/api/cars/7"));
		return people;
	}

	test("tells who changed what, newest first", async () => {
		const { anna, ben } = await travelled();
		const body = answered(await anna.get("/api/cars/7/history"), 200, {
			history: [
				{ version: 4, action: "deleted", by: anna.id },
				{ version: 3, action: "updated", changes: { notes: ["b", "c"], late: [false, true] } },
				{ version: 2, action: "updated", by: ben.id, changes: { notes: ["a", "b"] } },
				{ version: 1, action: "created", changes: { notes: [null, "a"] } },
			],
			next: null,
		});
		assert.deepEqual(Object.keys(body.history[2].changes), ["notes"]);
		for (const row of body.history)
			assert.match(row.at, /Z$/);
	});

	test("comes page by page", async () => {
		const { anna } = await travelled();
		const versions = [];
		let after = "";
		for (let pages = 0; pages < 5; pages++) {
			const body = answered(await anna.get(`/api/cars/7/history?limit=3${after}`));
			versions.push(...body.history.map((row) => row.version));
			if (body.next === null)
				break;
			after = `&after=${encodeURIComponent(body.next)}`;
		}
		assert.deepEqual(versions, [4, 3, 2, 1]);
	});

	test("an older version can be read, also of a deleted record", async () => {
		const { anna } = await travelled();
		answered(await anna.get("/api/cars/7?version=1"), 200,
			{ car: { version: 1, notes: "a", late: false } });
		answered(await anna.get("/api/cars/7?version=2"), 200, { car: { version: 2, notes: "b" } });
		for (const version of [0, 9])
			assert.ok([400, 404].includes((await anna.get(`/api/cars/7?version=${version}`)).status));
		refused(await anna.get("/api/cars/7?version=x"), 400, { field: "version" });
	});

	test("an older version can be restored, also of a deleted record", async () => {
		const { anna } = await travelled();
		answered(await anna.post("/api/cars/7/restore", { version: 2 }), 200,
			{ car: { version: 5, notes: "b", late: false, location: "100" } });
		answered(await anna.get("/api/cars/7/history"), 200,
			{ history: { 0: { version: 5, action: "restored" }, length: 5 } });
		answered(await anna.post("/api/cars/7/restore", { version: 3 }), 200,
			{ car: { version: 6, notes: "c", late: true } });
		refused(await anna.post("/api/cars/7/restore", { version: 99 }), 400, { field: "version" });
		refused(await anna.post("/api/cars/7/restore", {}), 400, { field: "version" });
		refused(await anna.post("/api/cars/none/restore", { version: 1 }), 404);
	});

	test("a renamed car's history continues under its new id", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/api/cars", { id: "7", location: "100", notes: "n" }), 201);
		answered(await anna.push([{
			op: "n", collection: "cars", id: "8", base: 0, set: { location: "100", notes: "n" },
			renamedFrom: "7",
		}, { op: "o", collection: "cars", id: "7", base: 1, delete: true }]));
		const { history } = answered(await anna.get("/api/cars/8/history"));
		assert.ok(history.some((row) => row.action === "created" && row.id === "7"), JSON.stringify(history));
	});
});

describe("lists", () => {
	const days = ["2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21"];

	async function stocked() {
		const people = await fresh();
		await people.anna.push([
			{ op: "1", collection: "parcels", id: "a", base: 0, set: {
				label: "Alpha", weight: 10, count: 2, fragile: true, due: days[0],
				size: "large", tags: ["red"],
			} },
			{
				op: "2",
				collection: "parcels",
				id: "b",
				base: 0,
				set: { label: "Beta", weight: 9.5, count: -3, due: days[1], size: "medium" },
			},
			{
				op: "3", collection: "parcels", id: "c", base: 0,
				set: { label: "gamma", weight: 100, due: days[2] },
			},
			{
				op: "4", collection: "parcels", id: "d", base: 0,
				set: { label: "100%_d\\", count: 0, due: days[3], fragile: true },
			},
		]);
		return people;
	}

	async function ids(person, query) {
		return answered(await person.get(`/api/parcels?${query}`)).parcels.map((parcel) => parcel.id);
	}

	for (const [what, query, expected] of [
		["equal text", "label=Beta", ["b"]],
		["equal text is exact", "label=beta", []],
		["equal number, however written", "weight=9.50", ["b"]],
		["numbers are compared as numbers", "weight=gt.9.5&sort=id", ["a", "c"]],
		["at least", "weight=ge.9.5&sort=id", ["a", "b", "c"]],
		["below", "count=lt.0", ["b"]],
		["at most", "count=le.0&sort=id", ["b", "d"]],
		["not equal", "size=ne.small&sort=id", ["a", "b"]],
		["equal to the default where it was never set", "size=small&sort=id", ["c", "d"]],
		["booleans", "fragile=true&sort=id", ["a", "d"]],
		["booleans by default", "fragile=false&sort=id", ["b", "c"]],
		["one of several", "size=in.large,medium&sort=id", ["a", "b"]],
		["a range of days: one field, two filters", `due=ge.${days[1]}&due=lt.${days[3]}&sort=id`, ["b", "c"]],
		["two fields", "fragile=true&size=large", ["a"]],
		["empty", "weight=&sort=id", ["d"]],
		["not empty", "weight=ne.&sort=id", ["a", "b", "c"]],
		["search without regard to case", "q=GAM", ["c"]],
		["search takes signs as they are", "q=%25_d", ["d"]],
		["search finds a backslash", "q=%5C", ["d"]],
		["sort by number, descending", "sort=-weight&weight=ne.", ["c", "a", "b"]],
		["the order of the definition", "weight=ne.", ["b", "a", "c"]],
		["sort by day", "sort=-due", ["d", "c", "b", "a"]],
		["sort by id, descending", "sort=-id", ["d", "c", "b", "a"]],
	])
		test(`filter and order: ${what}`, async () => {
			const { anna } = await stocked();
			assert.deepEqual(await ids(anna, query), expected);
		});

	test("sort by last change", async () => {
		const { anna } = await stocked();
		answered(await anna.patch("/api/parcels/b", { label: "Beta 2" }));
		assert.equal((await ids(anna, "sort=-lastUpdatedAt"))[0], "b");
	});

	test("filter by owner", async () => {
		const { anna, ben } = await stocked();
		answered(await ben.post("/api/parcels", { id: "z", label: "Ben's" }), 201);
		assert.deepEqual(await ids(anna, `owner=${ben.id}`), ["z"]);
	});

	test("fields= selects members; id and version are always included", async () => {
		const { anna } = await stocked();
		const { parcels } = answered(await anna.get("/api/parcels?fields=label&sort=id&limit=1"));
		assert.deepEqual(parcels, [{ id: "a", version: 1, label: "Alpha" }]);
		const { parcel } = answered(await anna.get("/api/parcels/a?fields=weight,owner"));
		assert.deepEqual(parcel, { id: "a", version: 1, owner: anna.id, weight: 10 });
	});

	test("deleted records are in no list", async () => {
		const { anna } = await stocked();
		answered(await anna.delete("/api/parcels/a"));
		assert.deepEqual(await ids(anna, "sort=id"), ["b", "c", "d"]);
	});

	for (const [what, query, field] of [
		["a filter by a field nobody declared", "wings=2", "wings"],
		["a value that cannot be of that type", "weight=heavy", "weight"],
		["a choice there is not", "size=huge", "size"],
		["a malformed date", "due=2026-02-30", "due"],
		["a limit of zero", "limit=0", "limit"],
		["a limit above a thousand", "limit=1001", "limit"],
		["a limit that is no number", "limit=ten", "limit"],
		["an order by a field nobody declared", "sort=wings", "sort"],
		["an order that is empty", "sort=", "sort"],
		["fields nobody declared", "fields=label,wings", "fields"],
		["a page after nothing", "after=!!", "after"],
		["a page after a forged key", `after=${Buffer.from("x").toString("base64url")}`, "after"],
		["a comparison of a place", "place=1", "place"],
		["a comparison with an operator and no value", "weight=gt.", "weight"],
		["limit given twice", "limit=1&limit=2", "limit"],
		["sort given twice", "sort=id&sort=id", "sort"],
	])
		test(`refused: ${what}`, async () => {
			const { anna } = await fresh();
			refused(await anna.get(`/api/parcels?${query}`), 400, { field });
		});

	test("the next of one order is refused for another", async () => {
		const { anna } = await stocked();
		const { next } = answered(await anna.get("/api/parcels?limit=2&sort=id"));
		refused(await anna.get(`/api/parcels?limit=2&sort=-id&after=${encodeURIComponent(next)}`), 400,
			{ field: "after" });
	});

	test("an empty list is one page", async () => {
		const { anna } = await fresh();
		answered(await anna.get("/api/parcels"), 200, { parcels: { $exact: [] }, next: null });
	});

	for (const sort of ["id", "-id", "label", "-weight", "weight", "-lastUpdatedAt", ""])
		test(`pages hold every record that stayed, whatever changes meanwhile: sort=${sort}`, async () => {
			const { anna } = await fresh();
			const many = Array.from({ length: 60 }, (_, i) => ({
				op: `m${i}`, collection: "parcels", id: `p${i}`, base: 0,
				set: { label: `L${i % 7}`, ...(i % 5 ? { weight: i % 4 } : {}) },
			}));
			answered(await anna.push(many));
			const seen = [];
			let after = "", round = 0;
			for (;;) {
				const body = answered(
					await anna.get(`/api/parcels?limit=7${sort && `&sort=${sort}`}${after}`));
				seen.push(...body.parcels.map((parcel) => parcel.id));
				if (body.next === null)
					break;
				after = `&after=${encodeURIComponent(body.next)}`;
				// Records come and go and move while somebody turns the
				// pages; p50 to p59 stay as they are.
				answered(await anna.patch(`/api/parcels/p${round}`, {
					label: `M${round}`, weight: 50 + round,
				}));
				answered(await anna.delete(`/api/parcels/p${20 + round}`));
				answered(await anna.post("/api/parcels", { id: `n${round}`, label: `L${round}` }), 201);
				round++;
			}
			assert.ok(round >= 5);
			for (let i = 50; i < 60; i++)
				assert.equal(seen.filter((id) => id === `p${i}`).length, 1, `p${i} in ${seen}`);
		});

	test("a list has an ETag, and 304 while nothing of it changes", async () => {
		const { anna } = await stocked();
		const { etag } = (await anna.get("/api/parcels")).headers;
		assert.ok(etag);
		assert.equal((await anna.get("/api/parcels", { "If-None-Match": etag })).status, 304);
		answered(await anna.patch("/api/parcels/a", { label: "A" }));
		assert.equal((await anna.get("/api/parcels", { "If-None-Match": etag })).status, 200);
	});

	test("the ETag of one list is not that of another, nor one person's that of another", async () => {
		const { anna, ben } = await stocked();
		const { etag } = (await anna.get("/api/parcels")).headers;
		assert.equal((await anna.get("/api/parcels?size=large", { "If-None-Match": etag })).status, 200);
		assert.equal((await ben.get("/api/parcels", { "If-None-Match": etag })).status, 200);
		assert.equal((await anna.get("/api/cars", { "If-None-Match": etag })).status, 200);
	});
});

describe("the definitions", () => {
	test("are public to any client", async () => {
		const body = answered(await as("anna").get("/api/collections"));
		const cars = body.collections.find((collection) => collection.name === "cars");
		assert.equal(cars.singular, "car");
		assert.ok(cars.fields.some((field) => field.name === "location" && field.choices.includes("Yard")));
	});

	test("a private field of a shared collection is shown to managers only", async () => {
		const { anna, ben } = await fresh();
		const fields = (body) => body.collections.find((collection) =>
			collection.name === "parcels").fields.map((field) => field.name);
		assert.ok(fields(answered(await anna.get("/api/collections"))).includes("sender"));
		assert.ok(!fields(answered(await ben.get("/api/collections"))).includes("sender"));
	});
});
