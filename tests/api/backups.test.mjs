// Backups of a space: made, listed, sent, checked, deleted; thinned out, bounded, and nobody else's.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { start } from "../harness.mjs";
import { crew } from "../lib/crew.mjs";
import { answered, refused } from "../lib/expect.mjs";

const stack = await start();
const { as, sql } = stack;

const fresh = (roles = { anna: "owner", max: "manager", ben: "member" }) => crew(stack, roles);
const hash = (bytes) => createHash("sha256").update(bytes).digest("hex");

async function made(person) {
	const { success, id } = answered(await person.post("/api/backup"));
	assert.equal(success, true);
	return id;
}

const listed = async (person) => answered(await person.get("/api/backups")).backups;

describe("a backup", () => {
	test("is made, listed, sent, checked and deleted", async () => {
		const { anna, space } = await fresh();
		answered(await anna.post("/api/cars", { id: "1", location: "100" }), 201);
		const id = await made(anna);
		const [row] = await listed(anna);
		const head = await stack.head(space);
		assert.deepEqual({ ...row, at: 0, checkedAt: 0, bytes: 0, sha256: 0 }, {
			id, at: 0, kind: "manual", seq: head, bytes: 0, sha256: 0, counts: { cars: 1 }, files: 0,
			sealed: false, checkedAt: 0, by: (await as("anna").ready()).id,
		});
		const file = await anna.get(`/api/backups/${id}`);
		assert.equal(file.status, 200, file.text);
		assert.equal(file.bytes.length, row.bytes);
		assert.equal(hash(file.bytes), row.sha256);
		assert.equal(file.headers["content-length"], String(row.bytes));
		answered(await anna.post(`/api/backups/${id}/verify`), 200, { ok: true, checked: "content" });
		answered(await anna.delete(`/api/backups/${id}`), 204);
		assert.deepEqual(await listed(anna), []);
		refused(await anna.get(`/api/backups/${id}`), 404);
	});
});
