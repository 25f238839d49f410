// The vectors of tests/fixtures/protocol through the whole stack: what schema/PROTOCOL.md says, cell by cell.
import { test, describe } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { answered, outcomes } from "../lib/expect.mjs";
import { play, readVectors } from "../lib/vectors.mjs";
import { auditDigest, auditHash, canonical, hashId, opHash, sha256, templateId } from "../lib/hashes.mjs";

const stack = await start({ definitions: true, without: ["trip"] });
const { as, team, sql, ctl } = stack;

for (const name of ["write-table", "push", "pull", "visibility"]) {
	const { about, vectors } = await readVectors(name);
	describe(about, () => {
		for (const vector of vectors)
			test(vector.name, () => play(stack, vector));
	});
}

const hashes = await readVectors("hashes");
describe(hashes.about, () => {
	for (const { name, op, array, hash } of hashes.vectors)
		test(name, async () => {
			assert.equal(sha256(array).toString("hex"), hash);
			const space = await team({ anna: "owner" });
			const anna = as("anna").in(space);
			const late = op.delete === true || Object.keys(op.set).length === 0;
			if (late)
				answered(await anna.post(`/api/${op.collection}`, { id: op.id, location: "100" }), 201);
			if (op.id !== undefined)
				outcomes(await anna.push([{ op: "hashed", base: late ? 1 : 0, ...op }]),
					late && !op.delete ? "unchanged" : "applied");
			else
				answered(await anna.post(`/api/${op.collection}`, op.set, {
					"Idempotency-Key": "hashed",
				}), 201);
			const [row] = await sql(`SELECT LOWER(HEX(hash)) AS hash FROM op
				WHERE space_id = '${space.id}' AND op_id = 'hashed'`);
			assert.equal(row.hash, hash);
		});
	test("an op's hash can be computed from what a client knows", () => {
		const [{ op, hash }] = hashes.vectors;
		assert.equal(opHash(op.collection, op.id, op.set), hash);
	});
});

const ids = await readVectors("ids");
describe(ids.about, () => {
	for (const { name, collection, own, owner, set, tuple, template, id } of ids.vectors) {
		test(name, async () => {
			const anna = await as("anna").ready();
			if (tuple !== undefined)
				assert.equal(sha256(tuple).toString("hex").slice(0, 32), id);
			if (template !== undefined)
				assert.equal(templateId(template, set), id);
			const space = await team({ anna: "owner" });
			if (set.task !== undefined)
				await anna.in(space).post("/api/tasks", { id: set.task, title: "Stretch" });
			// The owner of a vector is nobody here: the same tuple with anna in her place.
			const expected = own ? sha256(
				canonical(JSON.parse(tuple).map((value) => (value === owner ? anna.id : value))))
				.toString("hex").slice(0, 32) : id;
			const { singular } = answered(await anna.get("/api/collections")).collections.find((one) =>
				one.name === collection);
			answered(await anna.in(space).post(`/api/${collection}`, set), 201,
				{ [singular]: { id: expected } });
			outcomes(await anna.in(await team({ anna: "owner" })).push([
				{ op: "natural", collection, id: expected, base: 0, set: { ...set, task: undefined } },
			]), set.task === undefined ? "applied" : "rejected");
		});
	}
	test("an id that follows from fields is accepted if the client computed it right", async () => {
		const { id: owner } = await as("anna").ready();
		const right = hashId("weights", { own: true, owner, values: ["2026-11-21"] });
		const space = await team({ anna: "owner" });
		const wrong = await as("anna").in(space).post("/api/weights", {
			id: right.replace(/^./, (digit) => (digit === "0" ? "1" : "0")), date: "2026-11-21", kg: 80,
		});
		assert.equal(wrong.status, 400);
		assert.equal(wrong.problem.field, "id");
		const good = await as("anna").in(space).post("/api/weights", { id: right, date: "2026-11-21", kg: 80 });
		assert.equal(good.status, 201);
	});
});

const audits = await readVectors("audit");
describe(audits.about, () => {
	for (const { name, before, row, digest, hash } of audits.vectors)
		test(name, () => {
			assert.equal(auditDigest(row).toString("hex"), digest);
			assert.equal(auditHash(Buffer.from(before, "hex"), row).toString("hex"), hash);
		});

	// The rows of the vectors as a space of the database, with the records they lead to.
	async function insertChain() {
		const space = await team({ anna: "owner" });
		const uuid = (value) => (value === null ? "NULL" : `'${value}'`);
		const text = (value) => (value === null ? "NULL"
			: `CONVERT(x'${Buffer.from(String(value)).toString("hex")}' USING utf8mb4)`);
		const instant = (value) => (value === null ? "NULL" : `'${value.replace("T", " ").replace("Z", "")}'`);
		const records = new Map();
		let chain = Buffer.alloc(32), statements = "SET NAMES utf8mb4;\n", last;
		for (const { row: fixed } of audits.vectors) {
			const row = { ...fixed, space_id: space.id };
			const digest = auditDigest(row), key = `${row.collection}/${row.record_id}`;
			chain = auditHash(chain, row, digest);
			const values = [
				`'${space.id}'`, row.seq, row.tx_seq, text(row.collection),
				text(row.record_id), row.version,
				uuid(row.owner_id), uuid(row.prev_owner_id), text(row.action), text(row.changes),
				text(row.private_changes), `x'${row.salt}'`, `x'${digest.toString("hex")}'`,
				uuid(row.user_id), text(row.device_id), text(row.op_id), text(row.cause),
				instant(row.at), instant(row.claimed_at), `x'${chain.toString("hex")}'`,
				"NULL", "NULL", "NULL",
			];
			statements += `INSERT INTO audit VALUES (${values.join(", ")});\n`;
			const record = records.get(key) ?? { created: row, doc: {}, hidden: {} };
			for (const [field, [, now]] of Object.entries(JSON.parse(row.changes)))
				record.doc[field] = now ?? undefined;
			for (const [field, [, now]] of Object.entries(JSON.parse(row.private_changes ?? "{}")))
				record.hidden[field] = now ?? undefined;
			records.set(key, { ...record, now: row });
			last = row;
		}
		for (const { created, now, doc, hidden } of records.values()) {
			const values = [
				`'${space.id}'`, text(now.collection), text(now.record_id), now.version,
				now.seq, now.tx_seq,
				uuid(now.owner_id), now.action === "deleted" ? 1 : 0, "''", text(canonical(doc)),
				now.collection === "parcels" ? text(canonical(hidden)) : "NULL",
				instant(created.at), uuid(created.user_id), instant(now.at), uuid(now.user_id), "NULL",
			];
			statements += `INSERT INTO record VALUES (${values.join(", ")});\n`;
		}
		const head = `chain = x'${chain.toString("hex")}', last_at = ${instant(last.at)}`;
		await sql(`${statements}UPDATE space SET seq = ${last.seq}, ${head} WHERE id = '${space.id}';\n`);
		return space;
	}

	test("the server computes the same: daybookctl verify accepts a chain made of these rows", async () => {
		const space = await insertChain();
		assert.equal((await ctl("space", "recount", space.id)).status, 0);
		const good = await ctl("verify", "--space", space.id);
		assert.equal(good.status, 0, good.stdout + good.stderr);
		await sql(`UPDATE audit SET claimed_at = NULL WHERE space_id = '${space.id}' AND seq = 2`);
		const bad = await ctl("verify", "--space", space.id);
		assert.equal(bad.status, 1);
		assert.match(bad.stdout, /seq 2\b/);
	});

	test("the server's own rows have the hashes computed here", async () => {
		const space = await team({ anna: "owner", ben: "member" });
		const anna = as("anna").in(space).with({ "X-Device-Id": "phone-1" });
		await anna.push([{
			op: "a", collection: "cars", id: "7", base: 0, set: { location: "100", notes: "Tür ✓" },
			at: "2026-11-21T08:00:00.000Z",
		}, { op: "b", collection: "parcels", id: "p", base: 0, set: { label: "Box", value: 9900 } }]);
		await anna.patch("/api/cars/7", { late: true, owner: (await as("ben").ready()).id });
		await anna.delete("/api/cars/7");
		const rows = await sql(`SELECT seq, tx_seq, collection, record_id, version, owner_id, prev_owner_id,
			action, changes, private_changes, LOWER(HEX(salt)) AS salt, LOWER(HEX(digest)) AS digest,
			user_id, device_id, op_id, cause, at, claimed_at, LOWER(HEX(hash)) AS hash
			FROM audit WHERE space_id = '${space.id}' ORDER BY seq`);
		assert.equal(rows.length, 4);
		let chain = Buffer.alloc(32);
		const instant = (value) => (value === null ? null : `${value.replace(" ", "T")}Z`);
		for (const row of rows) {
			const told = {
				...row, space_id: space.id, at: instant(row.at), claimed_at: instant(row.claimed_at),
			};
			assert.equal(auditDigest(told).toString("hex"), row.digest, row.seq);
			chain = auditHash(chain, told);
			assert.equal(chain.toString("hex"), row.hash, row.seq);
		}
		const [head] = await sql(`SELECT LOWER(HEX(chain)) AS chain FROM space WHERE id = '${space.id}'`);
		assert.equal(head.chain, chain.toString("hex"));
	});
});
