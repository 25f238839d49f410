// The feed: pages, first loads, tombstones and their purge, heads; and pushes by people who may not push.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { crew } from "../lib/crew.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";
import { until } from "../lib/wait.mjs";

const stack = await start({ definitions: true });
const { as, sql } = stack;

const fresh = (roles = { anna: "owner", ben: "member" }) => crew(stack, roles);

// So many cars in pushes of `each`, one transaction a push.
async function fill(person, count, each, make = (i) => ({
	collection: "cars", id: `c${i}`, base: 0, set: { location: "100" },
})) {
	for (let from = 0; from < count; from += each) {
		const ops = Array.from({ length: Math.min(each, count - from) },
			(_, i) => ({ op: `f${from + i}`, ...make(from + i) }));
		outcomes(await person.push(ops), ...ops.map(() => "applied"));
	}
}

async function page(person, since, more = "") {
	return answered(await person.get(`/api/sync/changes?${since === undefined ? "" : `since=${since}`}${more}`));
}

describe("pages", () => {
	test("hold at most a thousand rows and never end inside a transaction", async () => {
		const { anna } = await fresh();
		await fill(anna, 1200, 150);
		const first = await page(anna);
		assert.equal(first.changes.length, 900);
		assert.equal(first.more, true);
		const second = await page(anna, first.cursor);
		assert.equal(second.changes.length, 300);
		assert.equal(second.more, false);
		assert.deepEqual([...first.changes, ...second.changes].map((change) => change.seq),
			Array.from({ length: 1200 }, (_, i) => i + 1));
	});

	test("hold about a megabyte, and whole transactions", async () => {
		const { anna } = await fresh();
		const note = "\u20ac".repeat(19_000);
		await fill(anna, 40, 4, (i) => ({
			collection: "claims", id: `k${i}`, base: 0, set: { date: "2026-11-21", title: `T${i}`, note },
		}));
		let cursor, seen = 0, pages = 0, more = true;
		while (more) {
			const answer = await anna.get(`/api/sync/changes?${cursor ? `since=${cursor}` : ""}`);
			const body = answered(answer);
			assert.ok(answer.bytes.length < 1_400_000, `a page of ${answer.bytes.length} bytes`);
			assert.equal(body.changes.length % 4, 0, "a transaction was cut");
			seen += body.changes.length;
			({ cursor, more } = body);
			pages++;
		}
		assert.equal(seen, 40);
		assert.ok(pages >= 2);
	});

	test("may be empty before the last, for a caller who sees little", async () => {
		const { anna, ben } = await fresh();
		await fill(anna, 4200, 200, (i) => ({
			collection: "claims", id: `k${i}`, base: 0, set: { date: "2026-11-21", title: "x" },
		}));
		answered(await ben.post("/api/claims", { id: "mine", date: "2026-11-21", title: "Ben's" }), 201);
		const first = await page(ben);
		assert.deepEqual(first.changes, []);
		assert.equal(first.more, true);
		const { changes, cursor } = await ben.pull(first.cursor);
		assert.deepEqual(changes.map((change) => change.id), ["mine"]);
		assert.deepEqual((await page(ben, cursor)).changes, []);
	});

	test("lose nothing, and repeat nothing that stayed, while others write", async () => {
		const { anna, ben } = await fresh();
		await fill(anna, 1500, 100);
		const first = await page(anna);
		answered(await ben.patch("/api/cars/c3", { notes: "early row" }));
		answered(await ben.patch("/api/cars/c1400", { notes: "late row" }));
		answered(await ben.delete("/api/cars/c1450"));
		const rest = await anna.pull(first.cursor);
		const held = new Map();
		for (const change of [...first.changes, ...rest.changes])
			held.set(change.id, change);
		assert.equal(held.size, 1500);
		assert.equal(held.get("c3").record.notes, "early row");
		assert.equal(held.get("c1400").record.notes, "late row");
		assert.equal(held.get("c1450").deleted, true);
		const again = await anna.pull();
		assert.equal(again.changes.length, 1499);
	});
});

describe("first loads and purges", () => {
	test("a deletion after the first load began is included, one before it is not", async () => {
		const { anna } = await fresh();
		await fill(anna, 1100, 100);
		answered(await anna.delete("/api/cars/c1050"));
		const first = await page(anna);
		assert.equal(first.more, true);
		answered(await anna.delete("/api/cars/c1060"));
		const { changes } = await anna.pull(first.cursor);
		assert.equal(changes.find((change) => change.id === "c1050"), undefined);
		assert.equal(changes.find((change) => change.id === "c1060").deleted, true);
	});

	test("a first load survives a purge of what was deleted before it", async () => {
		const { anna } = await fresh();
		await fill(anna, 1100, 100);
		answered(await anna.delete("/api/cars/c1050"));
		const first = await page(anna);
		await stack.tidy(400);
		assert.equal((await anna.pull(first.cursor)).changes.some((change) => change.id === "c1050"), false);
	});

	test("a first load has to start again when a later deletion is purged", async () => {
		const { anna } = await fresh();
		await fill(anna, 1100, 100);
		const first = await page(anna);
		answered(await anna.delete("/api/cars/c3"));
		await stack.tidy(400);
		refused(await anna.get(`/api/sync/changes?since=${first.cursor}`), 410, { type: "/problems/resync" });
		assert.equal((await anna.pull()).changes.length, 1099);
	});

	test("tidy keeps what has not expired, and history for ever", async () => {
		const { anna, space } = await fresh();
		await fill(anna, 3, 3);
		const { cursor } = await page(anna);
		answered(await anna.delete("/api/cars/c1"));
		await stack.tidy(100);
		assert.equal((await page(anna, cursor)).changes[0].deleted, true);
		await stack.tidy(400);
		refused(await anna.get(`/api/sync/changes?since=${cursor}`), 410);
		assert.deepEqual(
			await sql(`SELECT COUNT(*) AS n FROM record WHERE space_id = '${space.id}' AND deleted = 1`), [
				{ n: "0" },
			]);
		assert.equal(answered(await anna.get("/api/cars/c1/history")).history.length, 2);
		assert.equal((await stack.ctl("verify")).status, 0);
	});

	test("a cursor ahead of the space is refused", async () => {
		const { anna, space } = await fresh();
		await fill(anna, 3, 3);
		const { cursor } = await page(anna);
		await sql(`DELETE FROM record WHERE space_id = '${space.id}' AND seq = 3;
			DELETE FROM audit WHERE space_id = '${space.id}' AND seq = 3;
			UPDATE space SET seq = 2,
				chain = (SELECT hash FROM audit WHERE space_id = '${space.id}' AND seq = 2)
				WHERE id = '${space.id}'`);
		refused(await anna.get(`/api/sync/changes?since=${cursor}`), 410, { type: "/problems/resync" });
	});

	test("a cursor belongs to a choice of collections, in any order", async () => {
		const { anna } = await fresh();
		await fill(anna, 3, 3);
		const { cursor } = answered(await anna.get("/api/sync/changes?collections=mileage,cars"));
		answered(await anna.get(`/api/sync/changes?collections=cars,mileage&since=${cursor}`), 200,
			{ changes: { $length: 0 } });
		for (const other of ["?", "?collections=cars&", "?collections=cars,mileage,tasks&"])
			refused(await anna.get(`/api/sync/changes${other}since=${cursor}`), 400,
				{ field: "collections" });
	});

	test("a cursor of one space is refused in another", async () => {
		const { anna } = await fresh(), other = await fresh();
		const { cursor } = await page(anna);
		const answer = await other.anna.get(`/api/sync/changes?since=${cursor}`);
		refused(answer, 410, { restored: undefined });
	});

	test("a changed visibility refuses old cursors", async () => {
		const { anna } = await fresh();
		const { cursor } = await page(anna);
		const [epoch, view, visibility, ...rest] = cursor.split(".");
		const other = visibility.replace(/^./, (digit) => (digit === "0" ? "1" : "0"));
		refused(await anna.get(`/api/sync/changes?since=${[epoch, view, other, ...rest].join(".")}`), 410,
			{ type: "/problems/resync" });
	});
});

describe("heads", () => {
	test("name every space of the caller and change when one of them changes", async () => {
		const { anna, space } = await fresh();
		const first = await as("anna").get("/api/sync/heads");
		const of = (answer) => answered(answer).heads.find((head) => head.space === space.id).head;
		const { etag } = first.headers;
		assert.ok(first.body.heads.some((head) => head.space === as("anna").home));
		assert.equal((await as("anna").get("/api/sync/heads", { "If-None-Match": etag })).status, 304);
		answered(await anna.post("/api/cars", { id: "1", location: "100" }), 201);
		const second = await as("anna").get("/api/sync/heads", { "If-None-Match": etag });
		assert.notEqual(of(second), of(first));
	});

	test("an API token sees the head of its own space only", async () => {
		const { space } = await fresh();
		const { token } = await as("anna").apiToken("read", space.id);
		// The team was made by SQL, which the table of the host learns within a second.
		const heads = await until("the team is among the heads", async () => {
			const { body } = await as("anna").get("/api/sync/heads", { Authorization: `Bearer ${token}` });
			return body.heads.length > 0 && body.heads;
		});
		assert.deepEqual(heads.map((head) => head.space), [space.id]);
	});
});

describe("pushes of people who may not", () => {
	test("a signed-out device's push is 401 and records nothing", async () => {
		const { space } = await fresh({ carl: "owner" });
		const { token } = await as("carl").apiToken("write", space.id);
		const push = (op) => as("carl").in(space).push([{ op, collection: "cars", id: op, base: 0, set: {} }],
			{}, { Authorization: `Bearer ${token}` });
		outcomes(await push("a"), "applied");
		await sql(`UPDATE session SET revoked_at = UTC_TIMESTAMP(3)
			WHERE kind = 'token' AND user_id = '${as("carl").id}'`);
		refused(await push("b"), 401);
		assert.equal(await stack.head(space), 1);
	});

	test("a disabled person's push is 401 and records nothing", async () => {
		const { dora, space } = await fresh({ dora: "owner" });
		await sql(`UPDATE user SET disabled = 1 WHERE id = '${dora.id}'`);
		refused(await dora.push([{ op: "a", collection: "cars", id: "a", base: 0, set: {} }]), 401);
		assert.equal(await stack.head(space), 0);
	});

	test("a read-only token cannot push", async () => {
		const { anna, space } = await fresh();
		const { token } = await as("anna").apiToken("read", space.id);
		refused(await anna.push([{ op: "a", collection: "cars", id: "a", base: 0, set: {} }], {}, {
			Authorization: `Bearer ${token}`,
		}), 403);
		assert.equal(await stack.head(space), 0);
	});
});

describe("a push", () => {
	test("above a megabyte is refused whole", async () => {
		const { anna, space } = await fresh();
		const ops = Array.from({ length: 60 }, (_, i) => ({
			op: `o${i}`, collection: "claims", id: `k${i}`, base: 0,
			set: { date: "2026-11-21", title: "x", note: "y".repeat(19_000) },
		}));
		const answer = await anna.push(ops);
		assert.ok([400, 413].includes(answer.status), answer.text);
		refused(answer, answer.status);
		assert.equal(await stack.head(space), 0);
	});

	test("returns the records as the caller may see them", async () => {
		const { anna, ben } = await fresh();
		answered(await anna.post("/api/parcels", { id: "p", label: "Box", value: 5 }), 201);
		const [result] = outcomes(await ben.push([
			{ op: "x", collection: "parcels", id: "p", base: 1, set: { label: "Crate" } },
		]), "applied");
		assert.equal(result.record.label, "Crate");
		assert.equal(result.record.value, undefined);
	});

	test("has the device's own writes in its next pull, with the seqs of the results", async () => {
		const { anna } = await fresh();
		const { cursor } = await anna.pull();
		const [result] = outcomes(
			await anna.push([{ op: "x", collection: "cars", id: "1", base: 0, set: {} }]), "applied");
		const { changes } = await anna.pull(cursor);
		assert.equal(changes[0].seq, result.seq);
		assert.deepEqual(changes[0].record, result.record);
	});

	test("with the op id of an Idempotency-Key is the same op", async () => {
		const { anna } = await fresh();
		answered(
			await anna.post("/api/cars", { id: "1", location: "100" }, { "Idempotency-Key": "same" }), 201);
		outcomes(await anna.push([
			{ op: "same", collection: "cars", id: "1", base: 0, set: { location: "100" } },
		]), "duplicate");
	});

	test("treats its ops separately: one refused in the middle leaves nothing, and the others stay", async () => {
		const { anna, space } = await fresh();
		const ops = Array.from({ length: 9 }, (_, i) => ({
			op: `o${i}`, collection: "parcels", id: `p${i}`, base: 0,
			set: { label: i % 3 === 1 ? null : "Box" },
		}));
		outcomes(await anna.push(ops), ...ops.map((_, i) => (i % 3 === 1 ? "rejected" : "applied")));
		const [counts] = await sql(`SELECT
			(SELECT COUNT(*) FROM record WHERE space_id = '${space.id}') AS records,
			(SELECT COUNT(*) FROM audit WHERE space_id = '${space.id}') AS rows_,
			(SELECT COUNT(*) FROM op WHERE space_id = '${space.id}') AS ops,
			(SELECT seq FROM space WHERE id = '${space.id}') AS seq`);
		assert.deepEqual(counts, { records: "6", rows_: "6", ops: "6", seq: "6" });
	});
});
