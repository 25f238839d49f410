// The package-car tracker's own API at /compat/cars/api/: what its clients send and read, row by row, and where it lost
// data that Daybook does not lose the same way.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fixtures, start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { send } from "../lib/http.mjs";
import { match, pick } from "../lib/match.mjs";

const ORIGIN = "https://tracker.example.org";
const stack = await start({ settings: { origins: ORIGIN } });
const { as, team, sql } = stack;

const BASE = "/compat/cars";
const SQL_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/, ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

// A client as that API has them: it knows an address and a key.
function client(key, base = stack.url + BASE) {
	const ask = (method, path, body, headers = {}) => send({
		url: base + path, method, body,
		headers: {
			"Content-Type": "application/json",
			...(key === undefined ? {} : { "X-API-Key": key }), ...headers,
		},
	});

	return {
		ask,
		get: (path) => ask("GET", path),
		post: (path, body) => ask("POST", path, body),
		put: (path, body) => ask("PUT", path, body),
		delete: (path) => ask("DELETE", path),
	};
}

// A space of its own with people in it, each with a client that holds their key, and natively.
async function fresh(roles = { anna: "owner" }, scope = "write") {
	const space = await team(roles);
	const folk = { space };

	for (const name of Object.keys(roles)) {
		const native = as(name).in(space);
		folk[name] = { native, id: (await native.ready()).id, ...client((await native.apiToken(scope)).token) };
	}
	return folk;
}

function refused(answer, status, body) {
	assert.equal(answer.status, status, answer.text);
	assert.match(answer.headers["content-type"], /^application\/json/);
	assert.deepEqual(answer.body, body);
}

function invalid(answer) {
	assert.equal(answer.status, 400, answer.text);
	assert.equal(answer.body.error, "Validation failed");
	assert.ok(answer.body.details.length > 5);
	assert.deepEqual(Object.keys(answer.body), ["error", "details"]);
}

const car = async (who, id) => answered(await who.get(`/api/cars/${id}`)).car;
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

describe("the key", () => {
	test("every route needs it, health too", async () => {
		const { anna } = await fresh();
		answered(await anna.get("/api/health"), 200, { status: "ok", timestamp: { $match: ISO_TIME.source } });
		for (const key of [undefined, "", "wrong", "dbk_wrong"])
			for (const [method, path] of [
				["GET", "/api/health"], ["GET", "/api/cars"], ["POST", "/api/cars"],
				["DELETE", "/api/cars/1"], ["GET", "/api/sync/changes"],
			])
				refused(await client(key)
					.ask(method, path, method === "POST" ? { id: "1" } : undefined), 401,
					{ error: "Authentication required" });
	});

	test("it opens the one space it was made for", async () => {
		const one = await fresh(), other = await fresh();
		answered(await one.anna.post("/api/cars", { id: "1" }), 201);
		assert.deepEqual(answered(await other.anna.get("/api/cars")), { cars: [] });
		refused(await other.anna.get("/api/cars/1"), 404, { error: "Car not found" });
	});

	test("a read-only key cannot write, and roles apply", async () => {
		const { anna } = await fresh({ anna: "owner" }, "read");
		answered(await anna.get("/api/cars"));
		const answer = await anna.post("/api/cars", { id: "1" });
		assert.deepEqual([answer.status, answer.body.error], [403, "Forbidden"]);
		const folk = await fresh({ anna: "owner", vera: "viewer" });
		answered(await folk.anna.post("/api/cars", { id: "1" }), 201);
		answered(await folk.vera.get("/api/cars/1"));
		for (const [method, path, body] of [
			["POST", "/api/cars", { id: "2" }],
			["PUT", "/api/cars/1", { late: true }],
			["PUT", "/api/cars/3", { late: true }],
			["DELETE", "/api/cars/1"],
		])
			assert.equal((await folk.vera.ask(method, path, body)).status, 403, `${method} ${path}`);
		assert.equal((await car(folk.vera, "1")).version, 1);
	});

	test("leaving the space ends access at once", async () => {
		const { anna, ben, space } = await fresh({ anna: "owner", ben: "member" });
		answered(await ben.post("/api/cars", { id: "1" }), 201);
		await sql(`DELETE FROM member WHERE space_id = '${space.id}' AND user_id = '${ben.id}'`);
		assert.equal((await ben.get("/api/cars")).status, 404);
		assert.equal((await ben.put("/api/cars/1", { late: true })).status, 404);
		assert.equal((await car(anna, "1")).late, false);
	});
});

describe("errors have that API's format", () => {
	test("unknown paths and methods", async () => {
		const { anna } = await fresh();
		refused(await anna.get("/api/nothing"), 404, { error: "Not found" });
		refused(await anna.get("/api/cars/a/b"), 404, { error: "Car not found" });
		refused(await anna.get("/api/cars/a%20b"), 404, { error: "Car not found" });
		for (const [method, path] of [
			["PATCH", "/api/cars/1"], ["DELETE", "/api/cars"], ["PUT", "/api/health"],
		]) {
			const answer = await anna.ask(method, path);
			refused(answer, 405, { error: "Method not allowed" });
			assert.match(answer.headers.allow, /OPTIONS/);
		}
	});

	test("malformed bodies", async () => {
		const { anna } = await fresh();
		for (const body of ["", "{", "[]", "7", '{"id":"1","id":"2"}', '{"id":"\ud800"}'])
			invalid(await anna.post("/api/cars", body));
		assert.equal((await anna.post("/api/cars", `{"id":"${"1".repeat(1 << 20)}"}`)).status, 413);
	});

	test("a page of another origin is allowed nothing, a listed one everything", async () => {
		const { anna } = await fresh();
		const before = await client().ask("OPTIONS", "/api/cars/1", undefined, {
			Origin: ORIGIN, "Access-Control-Request-Method": "PUT",
			"Access-Control-Request-Headers": "content-type,x-api-key",
		});
		assert.equal(before.status, 200);
		assert.equal(before.headers["access-control-allow-origin"], ORIGIN);
		assert.equal(before.headers["access-control-allow-headers"], "Content-Type, Authorization, X-API-Key");
		assert.equal(before.headers["access-control-allow-methods"], "GET, POST, PUT, DELETE, OPTIONS");
		assert.equal(before.headers["access-control-allow-credentials"], "true");
		assert.equal(before.headers["access-control-max-age"], "86400");
		assert.equal((await client().ask("OPTIONS", "/api/what/ever")).status, 200);
		assert.equal((await anna.ask("GET", "/api/cars", undefined,
			{ Origin: ORIGIN })).headers["access-control-allow-origin"], ORIGIN);
		assert.equal((await anna.ask("GET", "/api/nothing", undefined,
			{ Origin: ORIGIN })).headers["access-control-allow-origin"], ORIGIN);
		assert.equal((await client().ask("OPTIONS", "/api/cars", undefined, {
			Origin: "https://evil.example.org",
		})).headers["access-control-allow-origin"], undefined);
	});
});

describe("cars", () => {
	test("POST makes one, and ignores flags and a userId", async () => {
		const { anna } = await fresh();
		const made = await anna.post("/api/cars",
			{ id: "CAR1", location: "Yard", arrived: true, late: true, empty: true, userId: "mallory" });
		assert.equal(made.status, 201);
		assert.deepEqual(made.body, {
			car: { id: "CAR1", location: "Yard", arrived: false, late: false, empty: false, version: 1 },
		});
		assert.deepEqual(answered(await anna.post("/api/cars", { id: "CAR2" }), 201).car.location, "Yard");
		assert.equal((await car(anna, "CAR1")).lastUpdatedBy, "anna");
		assert.equal(
			answered(await anna.post("/api/cars", { id: 128489, location: "100" }), 201).car.id, "128489");
	});

	test("POST of an existing id is 409", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/api/cars", { id: "CAR1" }), 201);
		refused(await anna.post("/api/cars", { id: "CAR1", location: "100" }), 409,
			{ error: "Car already exists" });
	});

	test("ids and locations are checked", async () => {
		const { anna } = await fresh();
		for (const body of [{}, { id: "" }, { id: null }])
			refused(await anna.post("/api/cars", body), 400, { error: "Car ID required" });
		for (const id of ["CAR_1", "a b", "ä", "x".repeat(51), "<b>", "a.b", ["1"], { a: 1 }, true])
			invalid(await anna.post("/api/cars", { id }));
		for (const location of ["On Site", "yard", "", null, 700, "100 "])
			invalid(await anna.post("/api/cars", { id: "1", location }));
		for (const id of ["a-1", "x".repeat(50), "7"])
			answered(await anna.post("/api/cars", { id }), 201);
		invalid(await anna.put("/api/cars/CAR_1", { late: true }));
		for (const change of [
			{ location: "On Site" }, { location: null }, { late: "yes" }, { notes: "x".repeat(1001) },
			{ notes: 7 }, { late: 2 }, { arrived: -1 }, { empty: "1" }, { expectedVersion: "1" },
			{ expectedVersion: -1 },
		])
			invalid(await anna.put("/api/cars/7", change));
		assert.equal((await car(anna, "7")).version, 1);
	});

	test("the list is the whole fleet, ordered by id, with every member", async () => {
		const { anna } = await fresh();
		const ids = Array.from({ length: 120 }, (_, i) => String(690000 + i * 7 % 120));
		for (let i = 0; i < ids.length; i += 10)
			await Promise.all(ids.slice(i, i + 10)
				.map(async (id) => answered(await anna.post("/api/cars", { id }), 201)));
		answered(await anna.put("/api/cars/690003", {
			arrived: true, notes: "Door \"stuck\"", expectedVersion: 1,
		}));
		const { cars } = answered(await anna.get("/api/cars"));
		assert.deepEqual(cars.map((one) => one.id), [...ids].sort());
		const [plain, arrived] = [cars[0], cars[3]];
		assert.deepEqual(Object.keys(plain), [
			"id", "location", "arrived", "late", "empty", "notes", "arrivedAt", "emptyAt", "lastUpdatedAt",
			"lastUpdatedBy", "version",
		]);
		assert.deepEqual({ ...plain, lastUpdatedAt: "" }, {
			id: "690000", location: "Yard", arrived: false, late: false, empty: false, notes: null,
			arrivedAt: null, emptyAt: null, lastUpdatedAt: "", lastUpdatedBy: "anna", version: 1,
		});
		assert.match(plain.lastUpdatedAt, SQL_TIME);
		assert.equal(arrived.notes, 'Door "stuck"');
		assert.match(arrived.arrivedAt, SQL_TIME);
		const one = await car(anna, "690003");
		assert.deepEqual(Object.keys(one), [
			"id", "location", "arrived", "late", "empty", "notes", "lastUpdatedAt",
			"lastUpdatedBy", "version",
		]);
		refused(await anna.get("/api/cars/1"), 404, { error: "Car not found" });
	});

	test("PUT changes the members it names, and returns the whole car", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/api/cars", { id: "CAR1" }), 201);
		const arrived = answered(await anna.put("/api/cars/CAR1", {
			arrived: true, expectedVersion: 1, userId: "mallory",
		})).car;
		assert.deepEqual({ ...arrived, arrivedAt: "", lastUpdatedAt: "" }, {
			id: "CAR1", location: "Yard", arrived: true, late: false, empty: false, notes: null,
			arrivedAt: "", emptyAt: null, lastUpdatedAt: "", lastUpdatedBy: "anna", version: 2,
		});
		const empty = answered(await anna.put("/api/cars/CAR1", {
			empty: true, arrived: true, expectedVersion: 2,
		})).car;
		assert.match(empty.emptyAt, SQL_TIME);
		assert.equal(empty.arrivedAt, arrived.arrivedAt);
		const back = answered(await anna.put("/api/cars/CAR1", {
			arrived: false, empty: false, expectedVersion: 3,
		})).car;
		assert.deepEqual([back.arrived, back.empty, back.arrivedAt, back.emptyAt, back.version],
			[false, false, null, null, 4]);
		assert.equal(answered(await anna.put("/api/cars/CAR1", {
			location: "200", notes: "x", expectedVersion: 4,
		})).car.location, "200");
		assert.equal(answered(await anna.put("/api/cars/CAR1", { notes: null })).car.notes, null);
	});

	test("the rules of the board hold here too: an empty car has arrived", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/api/cars", { id: "CAR1" }), 201);
		assert.equal(answered(await anna.put("/api/cars/CAR1", { empty: true })).car.arrived, true);
		invalid(await anna.put("/api/cars/CAR1", { empty: true, arrived: false }));
	});

	test("PUT that changes nothing keeps the version", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/api/cars", { id: "CAR1" }), 201);
		assert.equal(answered(await anna.put("/api/cars/CAR1", {
			late: false, location: "Yard", expectedVersion: 1,
		})).car.version, 1);
		assert.equal(answered(await anna.put("/api/cars/CAR1", {})).car.version, 1);
	});

	test("a stale version is 409, though it could be merged", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/api/cars", { id: "CAR1" }), 201);
		answered(await anna.put("/api/cars/CAR1", { arrived: true, expectedVersion: 1 }));
		refused(await anna.put("/api/cars/CAR1", { location: "200", expectedVersion: 1 }), 409,
			{ error: "Version conflict", currentVersion: 2, expectedVersion: 1 });
		refused(await anna.put("/api/cars/CAR1", { arrived: true, expectedVersion: 1 }), 409,
			{ error: "Version conflict", currentVersion: 2, expectedVersion: 1 });
		refused(await anna.put("/api/cars/CAR1", { late: true, expectedVersion: 9 }), 409,
			{ error: "Version conflict", currentVersion: 2, expectedVersion: 9 });
		refused(await anna.put("/api/cars/CAR1", { late: true, expectedVersion: 0 }), 409,
			{ error: "Version conflict", currentVersion: 2, expectedVersion: 0 });
		assert.equal((await car(anna, "CAR1")).location, "Yard");
	});

	test("PUT of the whole car without a version overwrites, or creates a car with a new id", async () => {
		const { anna } = await fresh();
		const made = answered(await anna.put("/api/cars/CAR1", {
			id: "CAR1", location: "300", arrived: true, late: false, empty: false,
		})).car;
		assert.deepEqual([made.version, made.location, made.arrived], [1, "300", true]);
		answered(await anna.put("/api/cars/CAR1", { late: true, expectedVersion: 1 }));
		const over = answered(await anna.put("/api/cars/CAR1", { ...made, location: "400" })).car;
		assert.deepEqual([over.version, over.location, over.late], [3, "400", false]);
	});

	test("PUT of a car with an unused id creates it, whatever version the client sends", async () => {
		const { anna } = await fresh();
		for (const [id, expectedVersion] of [["CAR2", 1], ["CAR3", 7], ["CAR4", 0]]) {
			const made = answered(await anna.put(`/api/cars/${id}`, {
				arrived: true, expectedVersion,
			})).car;
			assert.deepEqual([made.id, made.location, made.arrived, made.version, made.lastUpdatedBy],
				[id, "Yard", true, 1, "anna"]);
		}
		refused(await anna.put("/api/cars/CAR3", { late: true, expectedVersion: 7 }), 409,
			{ error: "Version conflict", currentVersion: 1, expectedVersion: 7 });
		const both = await Promise.all([true, false].map((late) => anna.put("/api/cars/CAR5", {
			late, notes: `${late}`, expectedVersion: 3,
		})));
		assert.deepEqual(both.map((answer) => answer.status).sort(), [200, 409]);
		const key = { "Idempotency-Key": "made-once" };
		for (let time = 0; time < 2; time++)
			assert.equal(answered(await anna.ask("PUT", "/api/cars/CAR6", {
				late: true, expectedVersion: 2,
			}, key)).car.version, 1);
		answered(await anna.delete("/api/cars/CAR6"));
		refused(await anna.put("/api/cars/CAR6", { late: true, expectedVersion: 2 }), 404,
			{ error: "Car not found" });
	});

	test("DELETE removes one, once", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/api/cars", { id: "CAR1" }), 201);
		assert.deepEqual(answered(await anna.delete("/api/cars/CAR1?userId=alice")), { success: true });
		refused(await anna.delete("/api/cars/CAR1?userId=alice"), 404, { error: "Car not found" });
		refused(await anna.get("/api/cars/CAR1"), 404, { error: "Car not found" });
		const again = answered(await anna.post("/api/cars", { id: "CAR1", location: "Shop" }), 201).car;
		assert.deepEqual([again.location, again.arrived, again.version], ["Shop", false, 3]);
	});

	test("a request sent twice under one Idempotency-Key is done once", async () => {
		const { anna } = await fresh();
		for (const [method, address, body, status] of [
			["POST", "/api/cars", { id: "CAR1" }, 201],
			["PUT", "/api/cars/CAR1", { arrived: true, expectedVersion: 1 }, 200],
			["PUT", "/api/cars/CAR2", { late: true }, 200],
			["DELETE", "/api/cars/CAR1", undefined, 200],
		])
			for (let i = 0; i < 2; i++)
				assert.equal((await anna.ask(method, address, body, {
					"Idempotency-Key": `${method}-${address.length}-${body?.late}`,
				})).status, status, `${method} ${address}, time ${i + 1}`);
		assert.equal(answered(await anna.get("/api/audit?carId=CAR1")).auditLogs.length, 3);
		refused(await anna.ask("PUT", "/api/cars/CAR1", { arrived: true, expectedVersion: 1 }, {
			"Idempotency-Key": "PUT-14-undefined",
		}), 404, { error: "Car not found" });
	});

	test("records written here are native ones, and the other way round", async () => {
		const { anna } = await fresh();
		const { cursor } = await anna.native.pull();
		answered(await anna.post("/api/cars", { id: "CAR1", location: "200" }), 201);
		const { changes } = await anna.native.pull(cursor);
		assert.deepEqual(changes.map((change) => [change.collection, change.id, change.record.location]),
			[["cars", "CAR1", "200"]]);
		answered(await anna.native.patch("/api/cars/CAR1", { arrived: true, expectedVersion: 1 }));
		const seen = await car(anna, "CAR1");
		assert.deepEqual([seen.arrived, seen.version], [true, 2]);
		refused(await anna.put("/api/cars/CAR1", { late: true, expectedVersion: 1 }), 409,
			{ error: "Version conflict", currentVersion: 2, expectedVersion: 1 });
		const { auditLogs } = answered(await anna.native.get("/api/audit?carId=CAR1"));
		assert.deepEqual(new Set(auditLogs.map((row) => row.changed_by)), new Set(["anna"]));
		answered(await anna.native.post("/api/cars", { id: "n_1.x", location: "100" }), 201);
		assert.equal(
			answered(await anna.put("/api/cars/n_1.x", { late: true, expectedVersion: 1 })).car.version, 2);
	});
});

describe("changes since an instant", () => {
	test("a client that polls from the last timestamp misses nothing, deletions included", async () => {
		const { anna } = await fresh();
		const first = answered(await anna.get("/api/sync/changes"));
		assert.deepEqual(first.cars, []);
		assert.match(first.timestamp, ISO_TIME);
		answered(await anna.post("/api/cars", { id: "CAR1" }), 201);
		answered(await anna.post("/api/cars", { id: "CAR2" }), 201);
		const second =
			answered(await anna.get(`/api/sync/changes?since=${encodeURIComponent(first.timestamp)}`));
		assert.deepEqual(second.cars.map((one) => one.id), ["CAR1", "CAR2"]);
		assert.deepEqual(Object.keys(second.cars[0]), [
			"id", "location", "arrived", "late", "empty", "notes", "arrivedAt", "emptyAt", "lastUpdatedAt",
			"lastUpdatedBy", "version",
		]);
		await wait(5);
		answered(await anna.delete("/api/cars/CAR1"));
		const third = answered(await anna.get(`/api/sync/changes?since=${second.timestamp}`));
		assert.deepEqual(third.deletedIds, ["CAR1"]);
		assert.ok(!third.cars.some((one) => one.id === "CAR1"));
		const all = answered(await anna.get("/api/sync/changes"));
		assert.deepEqual([all.cars.map((one) => one.id), all.deletedIds], [["CAR2"], []]);
	});

	test("since may be in the rows' format, and is refused if it is no instant", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/api/cars", { id: "CAR1" }), 201);
		const { lastUpdatedAt } = await car(anna, "CAR1");
		assert.equal(answered(
			await anna.get(`/api/sync/changes?since=${encodeURIComponent(lastUpdatedAt)}`)).cars.length, 1);
		assert.equal(answered(await anna.get("/api/sync/changes?since=")).cars.length, 1);
		assert.equal(answered(await anna.get("/api/sync/changes?since=2999-01-01T00:00:00Z")).cars.length, 0);
		for (const since of ["yesterday", "7", "2026-13-01T00:00:00Z"])
			invalid(await anna.get(`/api/sync/changes?since=${since}`));
	});
});

describe("the audit", () => {
	const shown = ({ id, timestamp, changed_at, ...row }) => row;
	const row = (car_id, action, field_changed, old_value, new_value, changed_by = "anna") =>
		({ car_id, action, field_changed, old_value, new_value, changed_by, session_id: null });

	test("has a row per field, newest first, with the person's name", async () => {
		const { anna, ben } = await fresh({ anna: "owner", ben: "member" });
		answered(await anna.post("/api/cars", { id: "CAR1" }), 201);
		answered(await ben.put("/api/cars/CAR1", {
			location: "100", arrived: true, expectedVersion: 1, userId: "anna",
		}));
		answered(await anna.put("/api/cars/CAR1", { notes: "Door" }));
		answered(await anna.delete("/api/cars/CAR1?userId=mallory"));
		answered(await anna.post("/api/cars", { id: "CAR1", location: "Shop" }), 201);
		const { auditLogs } = answered(await anna.get("/api/audit?carId=CAR1&limit=50"));
		const gone = auditLogs[1];
		assert.deepEqual(auditLogs.filter((one) => one !== gone).map(shown), [
			row("CAR1", "created", null, null, '{"location":"Shop"}'),
			row("CAR1", "updated", "notes", "", "Door"),
			row("CAR1", "updated", "location", "Yard", "100", "ben"),
			row("CAR1", "updated", "arrived", "false", "true", "ben"),
			row("CAR1", "created", null, null, '{"location":"Yard"}'),
		]);
		assert.equal(gone.action, "deleted");
		const { id, location, arrived, notes } = JSON.parse(gone.old_value);
		assert.deepEqual({ id, location, arrived, notes },
			{ id: "CAR1", location: "100", arrived: true, notes: "Door" });
		for (const one of auditLogs) {
			assert.ok(Number.isSafeInteger(one.id));
			assert.match(one.timestamp, SQL_TIME);
			assert.equal(one.changed_at, one.timestamp);
		}
		assert.deepEqual(Object.keys(auditLogs[0]), [
			"id", "car_id", "action", "field_changed", "old_value", "new_value", "changed_by", "timestamp",
			"session_id", "changed_at",
		]);
		assert.equal(new Set(auditLogs.map((one) => one.id)).size, auditLogs.length);
	});

	test("shows what was done natively, and only cars", async () => {
		const { anna } = await fresh();
		answered(await anna.native.post("/api/cars", { id: "CAR1", late: true }), 201);
		answered(await anna.native.post("/api/cars", { id: "CAR2" }), 201);
		answered(await anna.native.post("/api/weights", { date: "2026-11-21", kg: 80 }), 201);
		answered(await anna.native.patch("/api/cars/CAR1", { expected: "08:30" }));
		const { auditLogs } = answered(await anna.get("/api/audit"));
		assert.deepEqual(auditLogs.map(shown), [
			row("CAR1", "updated", "expected", "", "08:30"),
			row("CAR2", "created", null, null, '{"location":"Yard"}'),
			row("CAR1", "created", null, null, '{"late":true,"location":"Yard"}'),
		]);
	});

	test("has as many rows as asked for, of one car or of all", async () => {
		const { anna } = await fresh();
		for (const id of ["CAR1", "CAR2"])
			answered(await anna.post("/api/cars", { id }), 201);
		for (let i = 0; i < 60; i++)
			answered(await anna.put("/api/cars/CAR1", { late: i % 2 === 0 }));
		assert.equal(answered(await anna.get("/api/audit")).auditLogs.length, 50);
		assert.equal(answered(await anna.get("/api/audit?limit=1000")).auditLogs.length, 62);
		assert.equal(answered(await anna.get("/api/audit?carId=CAR2")).auditLogs.length, 1);
		assert.equal(answered(await anna.get("/api/audit?carId=CAR1&limit=1")).auditLogs.length, 1);
		for (const id of ["CAR3", "%2F", "a%20b", encodeURIComponent("Ä")])
			assert.deepEqual(answered(await anna.get(`/api/audit?carId=${id}`)), { auditLogs: [] });
		for (const limit of ["0", "1001", "x", "-1"])
			invalid(await anna.get(`/api/audit?limit=${limit}`));
	});

	test("Daybook's own writes are shown as Daybook's", async () => {
		const { anna } = await fresh();
		const minutesAgo = new Date(Date.now() - 180_000).toISOString().slice(11, 16);
		answered(await anna.native.post("/api/cars", { id: "CAR1", expected: minutesAgo }), 201);
		answered(await anna.post("/api/shifts", { action: "start" }), 201);
		assert.equal((await stack.ctl("watch")).status, 0);
		assert.deepEqual([(await car(anna, "CAR1")).late, (await car(anna, "CAR1")).lastUpdatedBy],
			[true, "Daybook"]);
		assert.equal(answered(await anna.get("/api/cars")).cars[0].lastUpdatedBy, "Daybook");
		const native = answered(await anna.native.get("/api/audit?carId=CAR1"));
		const { history } = answered(await anna.native.get("/api/cars/CAR1/history"));
		for (const [log] of [answered(await anna.get("/api/audit?carId=CAR1")).auditLogs, native.auditLogs])
			assert.deepEqual([log.field_changed, log.new_value, log.changed_by],
				["late", "true", "Daybook"]);
		assert.deepEqual([history[0].byName, history.at(-1).byName], ["Daybook", "anna"]);
	});

	test("a person whose name that system would refuse can write too", async () => {
		const { anna } = await fresh();
		await sql(`UPDATE user SET name = "Seán O'Brien; --" WHERE id = '${anna.id}'`);
		answered(await anna.post("/api/cars", { id: "CAR1", userId: "O'Brien" }), 201);
		assert.equal((await car(anna, "CAR1")).lastUpdatedBy, "Seán O'Brien; --");
		assert.equal(answered(await anna.get("/api/audit")).auditLogs[0].changed_by, "Seán O'Brien; --");
		await sql(`UPDATE user SET name = 'anna' WHERE id = '${anna.id}'`);
	});
});

describe("shifts", () => {
	const fleet = async (who, ...ids) => {
		for (const id of ids)
			answered(await who.post("/api/cars", { id }), 201);
	};

	test("begin and end; an end returns the figures, and keeps both notes", async () => {
		const { anna, ben } = await fresh({ anna: "owner", ben: "member" });
		await fleet(anna, "CAR1", "CAR2", "CAR3");
		refused(await anna.post("/api/shifts", { action: "end", userId: "alice", notes: "" }), 404,
			{ error: "No active shift found" });
		assert.deepEqual(answered(await anna.post("/api/shifts", {
			action: "start", userId: "O'Brien", notes: "Two late",
		}), 201), { success: true, action: "start" });
		answered(await anna.put("/api/cars/CAR1", { empty: true, arrived: true }));
		answered(await anna.put("/api/cars/CAR2", { arrived: true, late: true, location: "200" }));
		const [running] = answered(await ben.get("/api/shifts")).shifts;
		assert.deepEqual({ ...running, id: "", startedAt: "" }, {
			id: "", startedAt: "", endedAt: null, startedBy: "anna", endedBy: null, notes: "Two late",
			snapshot: null, stats: null,
		});
		assert.match(running.startedAt, SQL_TIME);
		const stats = { totalCars: 3, arrived: 2, late: 1, empty: 1, notArrived: 1 };
		assert.deepEqual(answered(await ben.post("/api/shifts", {
			action: "end", userId: "alice", notes: "Door 3 jams",
		})), { success: true, action: "end", stats });
		const { shifts: [ended] } = answered(await anna.get("/api/shifts?limit=20"));
		assert.deepEqual([ended.id, ended.startedBy, ended.endedBy, ended.notes, ended.stats],
			[running.id, "anna", "ben", "Two late\nDoor 3 jams", stats]);
		assert.match(ended.endedAt, SQL_TIME);
		assert.deepEqual(ended.snapshot.map(({ id, location, arrived, late, empty }) => ({
			id, location, arrived, late, empty,
		})), [
			{ id: "CAR1", location: "Yard", arrived: true, late: false, empty: true },
			{ id: "CAR2", location: "200", arrived: true, late: true, empty: false },
			{ id: "CAR3", location: "Yard", arrived: false, late: false, empty: false },
		]);
		refused(await anna.post("/api/shifts", { action: "end" }), 404, { error: "No active shift found" });
		const { cars } = answered(await anna.get("/api/cars"));
		assert.deepEqual(cars.map((one) => [one.arrived, one.late, one.empty, one.arrivedAt, one.location]), [
			[false, false, false, null, "Yard"], [false, false, false, null, "200"],
			[false, false, false, null, "Yard"]]);
	});

	test("only one is open at a time, however many requests start one", async () => {
		const { anna } = await fresh();
		const answers = await Promise.all(Array.from({ length: 4 },
			() => anna.post("/api/shifts", { action: "start" })));
		assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, 409, 409, 409]);
		refused(answers.find((answer) => answer.status === 409), 409, { error: "A shift is already active" });
		assert.equal(answered(await anna.get("/api/shifts")).shifts.length, 1);
		const ends = await Promise.all(Array.from({ length: 3 },
			() => anna.post("/api/shifts", { action: "end" })));
		assert.deepEqual(ends.map((answer) => answer.status).sort(), [200, 404, 404]);
	});

	test("are listed newest first, up to the limit", async () => {
		const { anna } = await fresh();
		for (let i = 0; i < 12; i++) {
			answered(await anna.post("/api/shifts", { action: "start", notes: String(i) }), 201);
			answered(await anna.post("/api/shifts", { action: "end" }));
		}
		assert.deepEqual(answered(await anna.get("/api/shifts?limit=3")).shifts.map((one) => one.notes),
			["11", "10", "9"]);
		assert.equal(answered(await anna.get("/api/shifts")).shifts.length, 10);
		invalid(await anna.get("/api/shifts?limit=0"));
	});

	test("an unknown action is refused", async () => {
		const { anna } = await fresh();
		for (const body of [{}, { action: "pause" }, { action: null }])
			refused(await anna.post("/api/shifts", body), 400, { error: "Invalid action" });
		invalid(await anna.post("/api/shifts", { action: 7 }));
		invalid(await anna.post("/api/shifts", { action: "start", notes: "x".repeat(5001) }));
		assert.deepEqual(answered(await anna.get("/api/shifts")).shifts, []);
	});

	test("are the native shifts", async () => {
		const { anna } = await fresh();
		answered(await anna.native.post("/api/shifts/start", { notes: "native" }), 201);
		const [{ id }] = answered(await anna.get("/api/shifts")).shifts;
		answered(await anna.post("/api/shifts", { action: "end", notes: "here" }));
		assert.equal(answered(await anna.native.get(`/api/shifts/${id}`)).shift.endNotes, "here");
	});
});

// A client of that system has a reset of its own beside every end, and goes on with the versions that it knows.
describe("what an unmodified client does around a shift", () => {
	const board = async (who, arrived, ...others) => {
		for (const id of [...arrived, ...others])
			answered(await who.post("/api/cars", { id }), 201);
		answered(await who.post("/api/shifts", { action: "start" }), 201);
		for (const id of arrived)
			answered(await who.put(`/api/cars/${id}`, { arrived: true }));
	};
	const kept = async (who) => answered(await who.get("/api/shifts?limit=1")).shifts[0];
	const flags = async (who) => answered(await who.get("/api/cars")).cars.map((one) => one.arrived);

	test("the start of a shift makes no tap of a device fail", async () => {
		const { anna, ben } = await fresh({ anna: "owner", ben: "member" });
		answered(await anna.post("/api/cars", { id: "CAR1" }), 201);
		answered(await anna.post("/api/cars", { id: "CAR2" }), 201);
		answered(await anna.post("/api/shifts", { action: "start" }), 201);
		const tapped = answered(await anna.put("/api/cars/CAR1", { arrived: true, expectedVersion: 1 })).car;
		assert.equal(tapped.arrived, true);
		answered(await anna.put("/api/cars/CAR1", { empty: true, expectedVersion: tapped.version }));
		answered(await ben.put("/api/cars/CAR2", { location: "100", expectedVersion: 1 }));
	});

	test("what somebody did to the car since is still 409, whatever shift began besides", async () => {
		const { anna, ben } = await fresh({ anna: "owner", ben: "member" });
		answered(await anna.post("/api/cars", { id: "CAR1" }), 201);
		answered(await anna.put("/api/cars/CAR1", { location: "100", expectedVersion: 1 }));
		answered(await anna.post("/api/shifts", { action: "start" }), 201);
		refused(await ben.put("/api/cars/CAR1", { location: "200", expectedVersion: 1 }), 409,
			{ error: "Version conflict", currentVersion: 3, expectedVersion: 1 });
		answered(await ben.put("/api/cars/CAR1", { location: "200", expectedVersion: 2 }));
		refused(await anna.put("/api/cars/CAR1", { late: true, expectedVersion: 2 }), 409,
			{ error: "Version conflict", currentVersion: 4, expectedVersion: 2 });
	});

	test("the end of a shift makes no tap of a device fail, with and without a reset beside it", async () => {
		for (const beside of [[], ["before"], ["after"]]) {
			const { anna } = await fresh();
			await board(anna, ["CAR1"], "CAR2");
			const known = (await car(anna, "CAR1")).version;
			if (beside[0] === "before")
				answered(await anna.post("/api/cars/reset"));
			answered(await anna.post("/api/shifts", { action: "end" }));
			if (beside[0] === "after")
				answered(await anna.post("/api/cars/reset"));
			answered(await anna.put("/api/cars/CAR1", { arrived: true, expectedVersion: known }));
			answered(await anna.put("/api/cars/CAR2", { arrived: true, expectedVersion: 2 }));
			assert.deepEqual(await flags(anna), [true, true]);
		}
	});

	test("an end stores the board as it was, also when the reset beside it comes first", async () => {
		const { anna } = await fresh();
		await board(anna, ["CAR1", "CAR3"], "CAR2");
		answered(await anna.put("/api/cars/CAR3", { empty: true, arrived: true, late: true }));
		const { arrivedAt, emptyAt } = (answered(await anna.get("/api/cars")).cars)[2];
		answered(await anna.post("/api/cars/reset"));
		const stats = { totalCars: 3, arrived: 2, late: 1, empty: 1, notArrived: 1 };
		assert.deepEqual(answered(await anna.post("/api/shifts", { action: "end" })).stats, stats);
		const { snapshot } = await kept(anna);
		assert.deepEqual(snapshot.map((one) => [one.id, one.arrived, one.late, one.empty]), [
			["CAR1", true, false, false], ["CAR2", false, false, false], ["CAR3", true, true, true],
		]);
		const shown = (instant) => instant.replace("T", " ").slice(0, 19);
		assert.deepEqual([shown(snapshot[2].arrivedAt), shown(snapshot[2].emptyAt)], [arrivedAt, emptyAt]);
		assert.deepEqual(await flags(anna), [false, false, false]);
	});

	test("a tap between such a reset and its end is in what the end stores", async () => {
		const { anna } = await fresh();
		await board(anna, ["CAR1"], "CAR2", "CAR3");
		answered(await anna.post("/api/cars/reset"));
		answered(await anna.put("/api/cars/CAR2", { arrived: true }));
		answered(await anna.delete("/api/cars/CAR3"));
		answered(await anna.post("/api/shifts", { action: "end" }));
		assert.deepEqual((await kept(anna)).snapshot.map((one) => [one.id, one.arrived]),
			[["CAR1", true], ["CAR2", true]]);
	});

	test("the reset that comes second writes nothing", async () => {
		const { anna, space } = await fresh();
		await board(anna, ["CAR1"], "CAR2");
		answered(await anna.post("/api/shifts", { action: "end" }));
		const head = await stack.head(space);
		assert.deepEqual(answered(await anna.post("/api/cars/reset")), { success: true });
		assert.deepEqual(answered(await anna.post("/api/cars/reset")), { success: true });
		assert.equal(await stack.head(space), head);
		answered(await anna.put("/api/cars/CAR1", { arrived: true }));
		answered(await anna.post("/api/cars/reset"));
		assert.deepEqual(await flags(anna), [true, false], "a tap of the moment between the two stays");
	});

	test("a reset is a reset again once a shift has begun, and where no end was before it", async () => {
		const { anna, ben } = await fresh({ anna: "owner", ben: "member" });
		await board(anna, ["CAR1"]);
		answered(await anna.post("/api/shifts", { action: "end" }));
		answered(await anna.put("/api/cars/CAR1", { arrived: true }));
		answered(await ben.post("/api/cars/reset"));
		assert.deepEqual(await flags(anna), [false], "ben has ended nothing");
		answered(await anna.post("/api/shifts", { action: "start" }), 201);
		answered(await anna.put("/api/cars/CAR1", { arrived: true }));
		answered(await anna.post("/api/cars/reset"));
		assert.deepEqual(await flags(anna), [false]);
	});

	test("a reset of long ago, or of somebody else, is no part of an end", async () => {
		for (const [by, late] of [["ben", false], ["anna", true]]) {
			const folk = await fresh({ anna: "owner", ben: "member" });
			await board(folk.anna, ["CAR1"]);
			answered(await folk[by].post("/api/cars/reset"));
			if (late)
				await sql(`UPDATE audit SET at = at - INTERVAL 1 HOUR
					WHERE space_id = '${folk.space.id}'`);
			answered(await folk.anna.post("/api/shifts", { action: "end" }));
			assert.deepEqual((await kept(folk.anna)).snapshot.map((one) => one.arrived), [false]);
		}
	});

	test("both at once, many times: no board is lost", async () => {
		const { anna } = await fresh();
		for (const id of ["CAR1", "CAR2", "CAR3"])
			answered(await anna.post("/api/cars", { id }), 201);
		for (let round = 0; round < 10; round++) {
			answered(await anna.post("/api/shifts", { action: "start" }), 201);
			for (const id of ["CAR1", "CAR3"])
				answered(await anna.put(`/api/cars/${id}`, { arrived: true }));
			const sent = [
				() => anna.post("/api/shifts", { action: "end" }), () => anna.post("/api/cars/reset"),
			];
			if (round % 2 === 1)
				sent.reverse();
			for (const answer of await Promise.all(sent.map((one) => one())))
				answered(answer);
			assert.equal((await kept(anna)).stats.arrived, 2, `round ${round}`);
			assert.deepEqual(await flags(anna), [false, false, false]);
		}
	});
});

describe("values as that API takes them", () => {
	test("1 and 0 are flags", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/api/cars", { id: "CAR1" }), 201);
		const set = answered(await anna.put("/api/cars/CAR1", { late: 1, arrived: 1, empty: 0 })).car;
		assert.deepEqual([set.late, set.arrived, set.empty], [true, true, false]);
		assert.equal(answered(await anna.put("/api/cars/CAR1", { late: 0 })).car.late, false);
	});

	test("an empty text of notes stays one, and null is null", async () => {
		const { anna, space } = await fresh();
		answered(await anna.post("/api/cars", { id: "CAR1" }), 201);
		assert.equal((await car(anna, "CAR1")).notes, null);
		assert.equal(answered(await anna.put("/api/cars/CAR1", { notes: "" })).car.notes, "");
		assert.equal((await car(anna, "CAR1")).notes, "");
		assert.equal(answered(await anna.get("/api/cars")).cars[0].notes, "");
		answered(await anna.put("/api/cars/CAR1", { notes: "Door" }));
		assert.equal(answered(await anna.put("/api/cars/CAR1", { notes: "" })).car.notes, "");
		assert.equal(answered(await anna.put("/api/cars/CAR1", { notes: null })).car.notes, null);
		assert.equal(answered(await anna.put("/api/cars/NEW1", { notes: "" })).car.notes, "");
		answered(await anna.native.patch("/api/cars/NEW1", { notes: null }));
		assert.equal((await car(anna, "NEW1")).notes, null);
		const verified = await stack.ctl("verify", "--space", space.id);
		assert.equal(verified.status, 0, verified.stdout);
	});

	test("expectedVersion null is a version that no car has", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/api/cars", { id: "CAR1" }), 201);
		refused(await anna.put("/api/cars/CAR1", { late: true, expectedVersion: null }), 409,
			{ error: "Version conflict", currentVersion: 1, expectedVersion: null });
		assert.equal((await car(anna, "CAR1")).late, false);
		assert.equal(answered(await anna.put("/api/cars/NEW1", {
			late: true, expectedVersion: null,
		})).car.version, 1);
	});

	test("the log of changes shows no word of Daybook's own in what was deleted", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/api/cars", { id: "CAR1", location: "300" }), 201);
		answered(await anna.post("/api/shifts", { action: "start" }), 201);
		answered(await anna.put("/api/cars/CAR1", { arrived: true, notes: "x" }));
		answered(await anna.delete("/api/cars/CAR1"));
		const { auditLogs: [gone] } = answered(await anna.get("/api/audit?carId=CAR1"));
		assert.deepEqual(Object.keys(JSON.parse(gone.old_value)).sort(),
			["arrived", "arrivedAt", "empty", "id", "late", "location", "notes"]);
	});

	test("the rows of one write stand in the order that was sent", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/api/cars", { id: "CAR1" }), 201);
		for (const [set, fields] of [
			[{ notes: "x", location: "200", arrived: true }, ["notes", "location", "arrived"]],
			[{ late: true, expectedVersion: 2, arrived: false, location: "100" },
				["late", "arrived", "location"]],
			[{ empty: true }, ["arrived", "empty"]],
			[{ location: "Yard", empty: false, notes: "" }, ["location", "empty", "notes"]],
		]) {
			answered(await anna.put("/api/cars/CAR1", set));
			const { auditLogs } = answered(await anna.get(`/api/audit?carId=CAR1&limit=${fields.length}`));
			assert.deepEqual(auditLogs.map((one) => one.field_changed), fields);
		}
	});
});

describe("a reset", () => {
	test("clears the flags; locations and notes stay; the audit has one row for it", async () => {
		const { anna } = await fresh();
		for (const id of ["CAR1", "CAR2"]) {
			answered(await anna.post("/api/cars", { id, location: "300" }), 201);
			answered(await anna.put(`/api/cars/${id}`, {
				arrived: true, late: true, empty: true, notes: "x",
			}));
		}
		assert.deepEqual(answered(await anna.post("/api/cars/reset")), { success: true });
		const { cars } = answered(await anna.get("/api/cars"));
		assert.deepEqual(cars.map((one) => [
			one.arrived, one.late, one.empty, one.arrivedAt, one.emptyAt, one.location,
			one.notes, one.version,
		]), [
			[false, false, false, null, null, "300", "x", 3],
			[false, false, false, null, null, "300", "x", 3],
		]);
		const { auditLogs } = answered(await anna.get("/api/audit"));
		assert.deepEqual(auditLogs.filter((one) => one.action === "reset")
			.map((one) => [one.car_id, one.field_changed, one.new_value]), [["ALL", null, "Shift Reset"]]);
		assert.deepEqual([
			auditLogs[0].action, answered(await anna.get("/api/audit?carId=CAR2")).auditLogs[0].action,
		], ["reset", "reset"]);
	});

	test("with hard=true deletes the cars, for managers only, and keeps the audit", async () => {
		const { anna, ben } = await fresh({ anna: "manager", ben: "member" });
		for (const id of ["CAR1", "CAR2"])
			answered(await ben.post("/api/cars", { id }), 201);
		assert.equal((await ben.post("/api/cars/reset?hard=true")).status, 403);
		invalid(await anna.post("/api/cars/reset?hard=1"));
		assert.equal(answered(await anna.get("/api/cars")).cars.length, 2);
		const { timestamp } = answered(await anna.get("/api/sync/changes"));
		assert.deepEqual(answered(await anna.post("/api/cars/reset?hard=true&userId=mallory")),
			{ success: true, message: "Database wiped" });
		assert.deepEqual(answered(await anna.get("/api/cars")), { cars: [] });
		assert.deepEqual(answered(await anna.get(`/api/sync/changes?since=${timestamp}`)).deletedIds,
			["CAR1", "CAR2"]);
		assert.deepEqual(answered(await anna.get("/api/audit?carId=CAR1")).auditLogs.map((one) => [
			one.action, one.changed_by,
		]), [["deleted", "anna"], ["created", "ben"]]);
	});

	test("of an empty board succeeds", async () => {
		const { anna } = await fresh();
		assert.deepEqual(answered(await anna.post("/api/cars/reset")), { success: true });
		assert.deepEqual(answered(await anna.post("/api/cars/reset?hard=true")),
			{ success: true, message: "Database wiped" });
	});
});

describe("sessions", () => {
	test("begin, send heartbeats and end; active people are counted", async () => {
		const { anna, ben } = await fresh({ anna: "owner", ben: "member" });
		assert.deepEqual(answered(await anna.get("/api/sessions/active")), { activeUsers: 0 });
		const begun =
			answered(await anna.post("/api/sessions/start", { userId: null, deviceInfo: "TC57" }), 201);
		assert.deepEqual(Object.keys(begun), ["sessionId", "userId", "startedAt"]);
		assert.match(begun.sessionId, /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
		assert.equal(begun.userId, "anna");
		assert.match(begun.startedAt, ISO_TIME);
		const other = answered(await ben.post("/api/sessions/start", { userId: "O'Brien" }), 201);
		assert.equal(other.userId, "ben");
		assert.deepEqual(answered(await anna.get("/api/sessions/active")), { activeUsers: 2 });
		assert.deepEqual(answered(await anna.ask("PUT", `/api/sessions/${begun.sessionId}/heartbeat`)), {
			success: true,
		});
		assert.deepEqual(answered(await ben.post(`/api/sessions/${other.sessionId}/end`, { userId: "ben" })), {
			success: true,
		});
		assert.deepEqual(answered(await anna.get("/api/sessions/active")), { activeUsers: 1 });
		assert.deepEqual(
			answered(await anna.ask("POST", `/api/sessions/${begun.sessionId}/end`)), { success: true });
		assert.deepEqual(answered(await anna.get("/api/sessions/active")), { activeUsers: 0 });
	});

	test("belong to a person and a space", async () => {
		const one = await fresh(), other = await fresh({ ben: "owner" });
		const { sessionId } = answered(await one.anna.post("/api/sessions/start", {}), 201);
		await other.ben.post(`/api/sessions/${sessionId}/end`, {});
		assert.deepEqual(answered(await one.anna.get("/api/sessions/active")), { activeUsers: 1 });
		assert.deepEqual(answered(await other.ben.get("/api/sessions/active")), { activeUsers: 0 });
	});
});

describe("usage", () => {
	test("events are counted by kind, by day and by hour", async () => {
		const { anna, ben } = await fresh({ anna: "owner", ben: "member" });
		assert.deepEqual(answered(await anna.post("/api/usage", { userId: "alice", events: [
			{ type: "carsAdded", count: 3 },
			{ type: "csvImports", count: 1, metadata: { rows: 7 } },
		] }), 201), { success: true, eventsRecorded: 2 });
		assert.deepEqual(answered(await ben.post("/api/usage", { events: [{ type: "carsAdded" }] }), 201),
			{ success: true, eventsRecorded: 1 });
		assert.deepEqual(answered(await anna.get("/api/usage/stats?period=7d")), { stats: [
			{ event_type: "carsAdded", total_count: 4 },
			{ event_type: "csvImports", total_count: 1 },
		] });
		const byDay = answered(await anna.get("/api/usage/stats?groupBy=day&period=30d")).stats;
		assert.deepEqual(byDay.map(({ event_type, total_count }) => [event_type, total_count]),
			[["carsAdded", 4], ["csvImports", 1]]);
		assert.match(byDay[0].date, /^\d{4}-\d\d-\d\d$/);
		assert.match(answered(await anna.get("/api/usage/stats?groupBy=hour")).stats[0].hour,
			/^\d{4}-\d\d-\d\d \d\d:00$/);
		// All counters of a client, the most of them 0, and members that nobody keeps.
		const counters = [
			{ type: "filterClicks", count: 0, at: 1 },
			{ type: "csvImports", count: 2, label: "x" },
			{ type: "viewToggles", count: 0 },
		];
		assert.deepEqual(answered(await anna.post("/api/usage", { events: counters }), 201),
			{ success: true, eventsRecorded: 3 });
		assert.deepEqual(answered(await anna.post("/api/usage", {
			events: [{ type: "viewToggles", count: 0 }],
		}), 201), { success: true, eventsRecorded: 1 });
		assert.deepEqual(answered(await anna.post("/api/usage", { events: [] }), 201),
			{ success: true, eventsRecorded: 0 });
		assert.deepEqual(answered(await anna.get("/api/usage/stats?period=7d")), { stats: [
			{ event_type: "carsAdded", total_count: 4 },
			{ event_type: "csvImports", total_count: 3 },
		] });
		for (const event of [
			null, 7, { count: 1 }, { type: "a b", count: 1 }, { type: "x", count: -1 },
			{ type: "x", count: 0.5 }, { type: "x", count: "0" },
		])
			invalid(await anna.post("/api/usage", { events: [{ type: "carsAdded", count: 1 }, event] }));
		refused(await anna.post("/api/usage", {}), 400, { error: "Events array required" });
		refused(await anna.post("/api/usage", { events: 7 }), 400, { error: "Events array required" });
	});
});

describe("notifications", () => {
	test("sending creates a notification that everybody in the space sees, once for each key", async () => {
		const { anna, ben, vera } = await fresh({ anna: "owner", ben: "member", vera: "viewer" });
		const sent = { success: true, message: "Would send notification to 3 subscribers", count: 3 };
		for (let time = 0; time < 2; time++)
			assert.deepEqual(answered(await ben.ask("POST", "/api/notifications/send", {
				title: "Late", body: "2 cars",
			}, { "Idempotency-Key": "once" })), sent);
		assert.deepEqual(
			answered(await anna.post("/api/notifications/send", { title: "Late", body: "2 cars" })), sent);
		const { notifications } = answered(await vera.native.get("/api/notifications"));
		assert.deepEqual(notifications.map((one) => [
			one.kind, one.title, one.body, one.acknowledged, one.createdBy,
		]), [["message", "Late", "2 cars", false, anna.id], ["message", "Late", "2 cars", false, ben.id]]);
		refused(await vera.post("/api/notifications/send", { title: "Late", body: "2 cars" }), 403,
			{ error: "Forbidden", details: "This needs the role member in the space, yours is viewer." });
		invalid(await anna.post("/api/notifications/send", { title: "x".repeat(201), body: "2 cars" }));
		invalid(await anna.post("/api/notifications/send", { title: ["x"], body: "2 cars" }));
	});

	test("one that is meant for one person is not created", async () => {
		const { anna } = await fresh();
		assert.equal(answered(await anna.post("/api/notifications/send", {
			title: "Late", body: "2 cars", userId: "alice",
		})).count, 0);
		assert.equal(answered(await anna.native.get("/api/notifications")).notifications.length, 0);
	});

	test("are answered in that API's form, and nothing is sent", async () => {
		const { anna } = await fresh();
		const subscription = { endpoint: "https://push.example.org/1", keys: { p256dh: "a", auth: "b" } };
		answered(await anna.post("/api/notifications/subscribe", { userId: "O'Brien", subscription }),
			200, { success: true });
		answered(await anna.post("/api/notifications/unsubscribe", { userId: "alice" }),
			200, { success: true });
		refused(await anna.post("/api/notifications/subscribe", { userId: "alice" }), 400,
			{ error: "Missing userId or subscription" });
		refused(await anna.post("/api/notifications/unsubscribe", {}), 400, { error: "Missing userId" });
		refused(await anna.post("/api/notifications/send", { title: "Late", body: "" }), 400,
			{ error: "Missing title or body" });
	});
});

describe("cases in which the tracker itself lost data", () => {
	test("of three writes with the same version one wins", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/api/cars", { id: "CAR1" }), 201);
		for (let version = 1; version <= 20; version++) {
			const answers = await Promise.all(["a", "b", "c"].map((note) => anna.put("/api/cars/CAR1", {
				notes: `${version}${note}`, expectedVersion: version,
			})));
			assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 409, 409]);
		}
		assert.equal((await car(anna, "CAR1")).version, 21);
	});

	test("of three creates of one id one wins, the others are 409", async () => {
		const { anna } = await fresh();
		for (let i = 0; i < 20; i++) {
			const answers = await Promise.all(["100", "200", "300"].map((location) =>
				anna.post("/api/cars", { id: `CAR${i}`, location })));
			assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, 409, 409]);
		}
	});

	test("no change is missed by its instant, and deletes are told", async () => {
		const { anna } = await fresh();
		const fleet = new Map();
		let since = answered(await anna.get("/api/sync/changes")).timestamp, writing = true;
		const writers = ["a", "b", "c"].map(async (name) => {
			for (let i = 0; i < 40; i++) {
				answered(await anna.post("/api/cars", { id: `${name}-${i}` }), 201);
				answered(await anna.put(`/api/cars/${name}-${i}`, { location: "300" }));
				if (i % 4 === 0)
					answered(await anna.delete(`/api/cars/${name}-${i}`));
			}
		});
		const poll = async () => {
			const { cars, deletedIds, timestamp } =
				answered(await anna.get(`/api/sync/changes?since=${since}`));
			for (const one of cars)
				fleet.set(one.id, one);
			for (const id of deletedIds)
				fleet.delete(id);
			since = timestamp;
		};
		const done = Promise.all(writers).finally(() => (writing = false));
		while (writing)
			await poll();
		await done;
		await poll();
		const { cars } = answered(await anna.get("/api/cars"));
		assert.equal(cars.length, 90);
		assert.deepEqual([...fleet.values()].sort((x, y) => (x.id < y.id ? -1 : 1)), cars);
	});

	test("a stale toggle does not bring back a car that was removed", async () => {
		const { anna, ben } = await fresh({ anna: "owner", ben: "member" });
		answered(await anna.post("/api/cars", { id: "CAR1", location: "200" }), 201);
		answered(await anna.delete("/api/cars/CAR1"));
		for (const change of [
			{ arrived: true, expectedVersion: 1 },
			{ arrived: true, expectedVersion: 2 },
			{ arrived: true },
		])
			refused(await ben.put("/api/cars/CAR1", change), 404, { error: "Car not found" });
		assert.deepEqual(answered(await anna.get("/api/cars")).cars, []);
	});

	test("an edit across a reset gets the current version, and overwrites nothing", async () => {
		const { anna, ben } = await fresh({ anna: "owner", ben: "member" });
		answered(await anna.post("/api/cars", { id: "CAR1" }), 201);
		answered(await anna.put("/api/cars/CAR1", { arrived: true, expectedVersion: 1 }));
		answered(await anna.post("/api/cars/reset"));
		refused(await ben.put("/api/cars/CAR1", { empty: true, arrived: true, expectedVersion: 2 }), 409,
			{ error: "Version conflict", currentVersion: 3, expectedVersion: 2 });
		assert.deepEqual([(await car(ben, "CAR1")).arrived, (await car(ben, "CAR1")).version], [false, 3]);
		answered(await ben.put("/api/cars/CAR1", { location: "200", expectedVersion: 3 }), 200,
			{ car: { location: "200", version: 4 } });
	});

	test("nine devices behind one address poll as often as they like", async () => {
		const { anna } = await fresh();
		for (let i = 0; i < 12; i++)
			for (const answer of await Promise.all(Array.from({ length: 10 }, () => anna.get("/api/cars"))))
				assert.equal(answer.status, 200);
	});
});

// Transcripts: who sends what, and how the answer looks.  {name} stands for what an earlier answer was kept under;
// alone in a body it keeps its type.
describe("a client of that API, with its base URL and key changed", () => {
	const folder = path.join(fixtures, "compat-cars");

	function fill(value, kept) {
		const whole = typeof value === "string" && /^\{(\w+)\}$/.exec(value);

		if (whole)
			return kept[whole[1]];
		if (typeof value === "string")
			return value.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(kept[name]));
		if (value === null || typeof value !== "object")
			return value;
		return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, fill(one, kept)]));
	}

	for (const file of readdirSync(folder)) {
		const { about, people, steps } = JSON.parse(readFileSync(path.join(folder, file), "utf8"));

		test(`${file}: ${about}`, async () => {
			const folk = await fresh(people), kept = {};

			for (const [i, step] of steps.entries()) {
				const [method, address] = step.send.split(" ");
				const body = Array.isArray(step.body) ? step.body : step.body && fill(step.body, kept);
				const answer = await folk[step.as].ask(method, fill(address, kept), body);
				assert.equal(answer.status, step.status, `step ${i + 1}, ${step.send}: ${answer.text}`);
				match(answer.body, step.answer ?? {}, `step ${i + 1}, ${step.send}`);
				for (const [name, where] of Object.entries(step.keep ?? {}))
					kept[name] = pick(answer.body, where);
			}
		});
	}
});

test("no response was a 5xx", async () => {
	assert.deepEqual(await stack.faults(), []);
});
