// Who changed what in a space, and the proof that nobody changed it afterwards: GET /api/audit and `daybookctl verify`.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { crew } from "../lib/crew.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";

const stack = await start({ definitions: true });
const { as, sql, ctl } = stack;

const fresh = (roles = { anna: "owner", ben: "member", vera: "viewer" }) => crew(stack, roles);

async function log(person, query = "") {
	return answered(await person.get(`/api/audit?${query}`)).auditLogs;
}

describe("the log", () => {
	async function busy() {
		const people = await fresh();
		const { anna, ben } = people;
		answered(await anna.post("/api/cars", { id: "7", location: "100" }), 201);
		answered(await ben.patch("/api/cars/7", { late: true, notes: "Door" }, {
			"X-Device-Id": "bens-phone", "Idempotency-Key": "op-7",
		}));
		answered(await anna.post("/api/cars", { id: "8", location: "200" }), 201);
		answered(await anna.delete("/api/cars/7"));
		return people;
	}

	test("has a row for each changed field, newest write first", async () => {
		const { anna, ben } = await busy();
		const rows = await log(anna, "carId=7");
		const late = rows.find((row) => row.field_changed === "late" && row.action === "updated");
		assert.match(late.id, /^2-\d+$/);
		assert.deepEqual({ ...late, id: undefined, changed_at: undefined, timestamp: undefined }, {
			id: undefined, changed_at: undefined, timestamp: undefined, car_id: "7", collection: "cars",
			record_id: "7", version: 2, action: "updated",
			field_changed: "late", old_value: "false", new_value: "true", changed_by: "ben",
			user_id: ben.id, device_id: "bens-phone", op_id: "op-7",
		});
		assert.equal(late.changed_at, late.timestamp);
		assert.match(late.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
		const seqs = rows.map((row) => Number(row.id.split("-")[0]));
		assert.deepEqual(seqs, [...seqs].sort((a, b) => b - a));
		assert.deepEqual([...new Set(rows.map((row) => row.action))], ["deleted", "updated", "created"]);
	});

	test("is filtered by record, user and time", async () => {
		const { anna, ben } = await busy();
		assert.deepEqual(
			new Set((await log(anna, "collection=cars&id=8")).map((row) => row.record_id)), new Set(["8"]));
		assert.deepEqual(new Set((await log(anna, `user=${ben.id}`)).map((row) => row.changed_by)),
			new Set(["ben"]));
		assert.deepEqual(await log(anna, "collection=stock"), []);
		const rows = await log(anna);
		assert.deepEqual(await log(anna, `from=${rows.at(-1).timestamp}&to=2100-01-01T00:00:00Z`), rows);
		assert.deepEqual(await log(anna, "to=2000-01-01T00:00:00.000Z"), []);
		assert.deepEqual(await log(anna, "from=2100-01-01T00:00:00.000Z"), []);
	});

	test("comes in pages that cut no write in two, with nothing twice and nothing missing", async () => {
		const { anna } = await busy();
		const all = (await log(anna, "limit=1000")).map((row) => row.id);
		const pages = [];
		let before = "";
		for (;;) {
			const body = answered(await anna.get(`/api/audit?limit=2${before}`));
			pages.push(body.auditLogs.map((row) => row.id));
			if (body.next === null)
				break;
			before = `&before=${body.next}`;
		}
		assert.deepEqual(pages.flat(), all);
		const seqs = pages.map((page) => new Set(page.map((id) => id.split("-")[0])));
		for (let i = 1; i < seqs.length; i++)
			assert.deepEqual([...seqs[i]].filter((seq) => seqs[i - 1].has(seq)), []);
		assert.ok(pages.length >= 3);
	});

	for (const [query, field] of [
		["before=x", "before"], ["before=7", "before"], ["limit=0", "limit"], ["from=yesterday", "from"],
		["id=7", "collection"], ["collection=wings", "collection"], ["carId=7&collection=cars", "carId"],
		["colour=red", "colour"], ["user=J%C3%BCrgen", "user"], ["user=", "user"], ["carId=%C3%84", "carId"],
		["collection=cars&id=a%20b", "id"],
	])
		test(`refuses ${query}`, async () => {
			refused(await (await fresh()).anna.get(`/api/audit?${query}`), 400, { field });
		});

	test("shows each person what they may see of the records", async () => {
		const { anna, ben, vera } = await fresh();
		answered(await anna.post("/api/parcels", { id: "p", label: "Box", value: 9900 }), 201);
		answered(await ben.post("/api/claims", { id: "k", date: "2026-11-21", title: "Taxi", account: "B-1" }),
			201);
		const fields = async (person) =>
			new Set((await log(person)).map((row) => `${row.collection}.${row.field_changed}`));
		const annas = await fields(anna), bens = await fields(ben), veras = await fields(vera);
		assert.ok(annas.has("parcels.value") && annas.has("claims.account"));
		assert.ok(!bens.has("parcels.value") && bens.has("parcels.label") && bens.has("claims.account"));
		assert.ok(!veras.has("parcels.value") && ![...veras].some((name) => name.startsWith("claims.")));
	});

	test("shows a change of owner", async () => {
		const { anna, ben } = await fresh();
		answered(await anna.post("/api/cars", { id: "7", location: "100" }), 201);
		answered(await anna.patch("/api/cars/7", { owner: ben.id }));
		const [row] = await log(anna, "carId=7");
		assert.deepEqual([row.field_changed, row.old_value, row.new_value], ["owner", anna.id, ben.id]);
	});

	test("of a record with a new owner, shows that owner nothing from before", async () => {
		const { anna, ben, cara } = await fresh({ anna: "owner", ben: "member", cara: "member" });
		const { claim } = answered(await ben.post("/api/claims", {
			date: "2026-01-01", title: "of ben", account: "secret of ben",
		}), 201);
		answered(await anna.patch(`/api/claims/${claim.id}`, {
			owner: cara.id, title: "of cara", account: "secret of cara",
		}));
		const { parcel } =
			answered(await ben.post("/api/parcels", { label: "of ben", sender: "secret of ben" }), 201);
		answered(await anna.patch(`/api/parcels/${parcel.id}`, {
			owner: cara.id, label: "of cara", sender: "secret of cara",
		}));

		for (const path of [`/api/claims/${claim.id}/history`, "/api/audit?collection=claims"]) {
			const { text } = await cara.get(path);
			assert.ok(text.includes("secret of cara") && !text.includes("of ben"), text);
			assert.match((await anna.get(path)).text, /secret of ben/);
		}
		for (const path of [`/api/parcels/${parcel.id}/history`, "/api/audit?collection=parcels"]) {
			const { text } = await cara.get(path);
			assert.ok(text.includes("secret of cara") && text.includes('"of ben"') &&
				!text.includes("secret of ben"), text);
		}
		const [write] = answered(await cara.get(`/api/claims/${claim.id}/history`)).history;
		assert.deepEqual([write.changes, write.owner],
			[{ title: [null, "of cara"], account: [null, "secret of cara"] }, [ben.id, cara.id]]);
	});

	test("keeps the device's instant beside the server's", async () => {
		const { anna } = await fresh();
		outcomes(await anna.push([{
			op: "x", collection: "cars", id: "7", base: 0, set: { location: "100" },
			at: "2026-11-20T22:00:00.000Z",
		}]), "applied");
		const [row] = await log(anna);
		assert.equal(row.claimed_at, "2026-11-20T22:00:00.000Z");
		assert.notEqual(row.timestamp, row.claimed_at);
	});

	test("stays when a person changes their name, and shows the current name", async () => {
		const { anna } = await fresh();
		answered(await anna.post("/api/cars", { id: "7", location: "100" }), 201);
		await sql(`UPDATE user SET name = 'Anna <b>"B"</b>' WHERE id = '${anna.id}'`);
		assert.equal((await log(anna))[0].changed_by, 'Anna <b>"B"</b>');
		await sql(`UPDATE user SET name = 'anna' WHERE id = '${anna.id}'`);
	});
});

describe("verify", () => {
	// A space with a bit of everything: two owners, private fields, an unchanged op, a deletion,
	// a revival, a restore, a rename.
	async function lively() {
		const { anna, ben, space } = await fresh();
		outcomes(await anna.push([
			{
				op: "a", collection: "cars", id: "7", base: 0, set: { location: "100", notes: "Tür ✓" },
				at: "2026-11-20T22:00:00.000Z",
			},
			{
				op: "b",
				collection: "parcels",
				id: "p",
				base: 0,
				set: { label: "Box", value: 9900, tags: ["x"], place: { lat: 1.5, lng: -2 } },
			},
			{
				op: "c", collection: "claims", id: "k", base: 0,
				set: { date: "2026-11-21", title: "Taxi", account: "A-1" },
			},
		]), "applied", "applied", "applied");
		answered(await ben.patch("/api/cars/7", { empty: true }));
		answered(await ben.patch("/api/cars/7", { empty: true }));
		answered(await anna.patch("/api/claims/k", { owner: ben.id }));
		answered(await anna.delete("/api/cars/7"));
		answered(await anna.post("/api/cars", { id: "7", location: "300" }), 201);
		answered(await anna.post("/api/cars/7/restore", { version: 2 }));
		outcomes(await anna.push([
			{ op: "r", collection: "cars", id: "8", base: 0, set: { location: "100" }, renamedFrom: "7" },
			{ op: "d", collection: "cars", id: "7", base: 5, delete: true },
		]), "applied", "applied");
		return space;
	}

	test("verifies a space with many writes", async () => {
		const space = await lively();
		const answer = await ctl("verify", "--space", space.id);
		assert.equal(answer.status, 0, answer.stdout + answer.stderr);
		assert.match(answer.stdout, /^ok: 1 spaces?, 10 writes?, 4 records?/);
	});

	const smuggled = (seq) => `INSERT INTO record SELECT space_id, collection, 'smuggled', version, ${seq}, tx_seq,
		owner_id, deleted, sort_key, doc, doc_private, created_at, created_by, updated_at, updated_by, reader_id
		FROM record WHERE collection = 'claims' AND`;
	for (const [what, change, named] of [
		[
			"a changed value in the history",
			"UPDATE audit SET changes = REPLACE(changes, '\"100\"', '\"200\"') WHERE seq = 1 AND",
			/seq 1\b/,
		],
		[
			"a changed private value in the history",
			"UPDATE audit SET private_changes = '{\"value\":[null,1]}' WHERE seq = 2 AND", /seq 2\b/,
		],
		["another author", "UPDATE audit SET user_id = 'somebody' WHERE seq = 4 AND", /seq 4\b/],
		["another time", "UPDATE audit SET at = at + INTERVAL 1 SECOND WHERE seq = 9 AND", /seq 9\b/],
		["another device", "UPDATE audit SET device_id = 'forged' WHERE seq = 3 AND", /seq 3\b/],
		["a row that is gone", "DELETE FROM audit WHERE seq = 5 AND", /seq 4 is followed by 6|seq 5/],
		["a last row that is gone", "DELETE FROM audit WHERE seq = 10 AND", /seq 9, the space is at 10|10/],
		[
			"a digest that was computed anew",
			`UPDATE audit SET changes = '{}',
				digest = UNHEX(SHA2(CONCAT(salt, x'00000002', '{}', x'00000000'), 256))
				WHERE seq = 6 AND`, /seq 6\b/,
		],
		[
			"a changed record",
			"UPDATE record SET doc = REPLACE(doc, '\"100\"', '\"200\"')" +
			" WHERE collection = 'cars' AND id = '8' AND", /cars 8\b/,
		],
		[
			"a changed private field of a record",
			"UPDATE record SET doc_private = '{\"value\":1}' WHERE collection = 'parcels' AND",
			/parcels p\b/,
		],
		[
			"another owner of a record",
			"UPDATE record SET owner_id = 'somebody' WHERE collection = 'claims' AND", /claims k\b/,
		],
		["a record that is gone", "DELETE FROM record WHERE collection = 'parcels' AND", /parcels p\b/],
		[
			"another version of a record",
			"UPDATE record SET version = version + 1 WHERE collection = 'parcels' AND", /parcels p\b/,
		],
		[
			"a deletion undone",
			"UPDATE record SET deleted = 0 WHERE collection = 'cars' AND id = '7' AND", /cars 7\b/,
		],
		["a record that was put there", smuggled(1), /./],
		["a record that was put there ahead of the head", smuggled(99), /./],
		[
			"another chain head",
			"UPDATE space SET chain = REPEAT(CHAR(1), 32) WHERE id = space_id_here AND 1 =", /chain/,
		],
	])
		test(`finds ${what}, and names the first bad row`, async () => {
			const space = await lively();
			if (change.includes("space_id_here"))
				await sql(`${change.replace("space_id_here", `'${space.id}'`)} 1`);
			else
				await sql(`${change} space_id = '${space.id}'`);
			const answer = await ctl("verify", "--space", space.id);
			assert.equal(answer.status, 1, answer.stdout + answer.stderr);
			assert.match(answer.stdout, named);
			assert.equal(answer.stdout.trim().split("\n").length, 1);
			assert.ok(answer.stdout.includes(space.id));
			const whole = await ctl("verify");
			assert.equal(whole.status, 1);
			for (const table of ["audit", "record", "member", "space_epoch"])
				await sql(`DELETE FROM ${table} WHERE space_id = '${space.id}'`);
			await sql(`DELETE FROM space WHERE id = '${space.id}'`);
		});

	test("accepts rows whose content was erased, and says so", async () => {
		const space = await lively();
		await sql(`UPDATE audit SET salt = NULL, changes = NULL, private_changes = NULL
			WHERE seq IN (2, 3) AND space_id = '${space.id}'`);
		assert.equal((await ctl("space", "recount", space.id)).status, 0);
		const answer = await ctl("verify", "--space", space.id);
		assert.equal(answer.status, 0, answer.stdout);
		assert.match(answer.stdout, /2 writes? erased/);
		const row = (await log(as("anna").in(space), "collection=parcels"))[0];
		assert.equal(row.erased, true);
		answered(await as("anna").in(space).get("/api/parcels/p/history"), 200,
			{ history: [{ erased: true, changes: null }] });
		outcomes(await as("anna").in(space).push([
			{ op: "after", collection: "parcels", id: "p", base: 1, set: { label: "Crate" } },
		]), "applied");
	});

	test("reports an unknown space", async () => {
		const answer = await ctl("verify", "--space", "nothing");
		assert.notEqual(answer.status, 0);
	});
});
