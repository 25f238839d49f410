// The head of a space with its hash, and whether the chain of the audit still goes through what was the head before.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { crew } from "../lib/crew.mjs";
import { answered, refused } from "../lib/expect.mjs";

const stack = await start({ definitions: true });
const { sql } = stack;
const NOTHING = "0".repeat(64);

const fresh = () => crew(stack, { anna: "owner", ben: "member", vic: "viewer" });
const headOf = async (person, query = "") => answered(await person.get(`/api/sync/head${query}`));
// Ids in quotes stand for their bytes; this one is compared as a text.
const text = (id) => `CONCAT('${id.slice(0, 1)}', '${id.slice(1)}')`;
const named = ({ seq, chain }) => `${seq}-${chain}`;

// The answers to the question whether the chain goes through these heads.
async function through(person, ...heads) {
	const { past } = await headOf(person, `?past=${heads.join(",")}`);
	return past.map((one) => one.through);
}

describe("the head", () => {
	test("is the seq, the hash and the instant of the last write, as the audit has them", async () => {
		const { space, anna, vic } = await fresh();
		answered(await anna.post("/api/cars", { id: "100" }), 201);
		const head = await headOf(anna);
		assert.equal(head.past, undefined);
		assert.equal(Object.keys(head).sort().join(), "at,chain,epoch,seal,seq");
		const [{ seq, hash, at, epoch }] = await sql(
			`SELECT a.seq, LOWER(HEX(a.hash)) AS hash, a.at, p.epoch
			   FROM audit a JOIN space p ON p.id = a.space_id
			  WHERE a.space_id = '${space.id}' ORDER BY a.seq DESC LIMIT 1`);
		assert.deepEqual([head.seq, head.chain, head.epoch], [Number(seq), hash, epoch]);
		assert.equal(head.at, `${at.replace(" ", "T")}Z`);
		assert.deepEqual(await headOf(vic), head);
	});

	test("goes through every head that was there before, and through no other", async () => {
		const { anna } = await fresh();
		const before = [];
		for (const id of ["1", "2", "3"]) {
			answered(await anna.post("/api/cars", { id }), 201);
			before.push(await headOf(anna));
		}
		assert.deepEqual(await through(anna, `0-${NOTHING}`, ...before.map(named)), [true, true, true, true]);
		const [first, second] = before;
		const ahead = { ...second, seq: before[2].seq + 1 };
		assert.deepEqual(
			await through(anna, named({ ...first, chain: second.chain }), named(ahead), `0-${first.chain}`),
			[false, false, false]);
	});

	test("takes 64 heads at once, and refuses more and what is no head", async () => {
		const { anna } = await fresh();
		const head = named(await headOf(anna));
		assert.equal((await through(anna, ...Array(64).fill(head))).length, 64);
		const wrong = [
			Array(65).fill(head).join(), "", ",", `${head},`, `,${head}`, "7", "7-",
			...["-", "-1-", "1234567890123456789-"].map((seq) => seq + NOTHING),
			...[`${NOTHING}0`, NOTHING.slice(1), `${NOTHING.slice(1)}g`].map((chain) => `7-${chain}`),
		];
		for (const past of wrong)
			refused(await anna.get(`/api/sync/head?past=${past}`), 400, { field: "past" });
	});

	test("is for members alone", async () => {
		const { space } = await fresh();
		const other = stack.as("carl").in(space);
		refused(await other.get("/api/sync/head"), 404);
	});

	test("does not go through a head when a row before it was written anew", async () => {
		const { space, anna } = await fresh();
		const heads = [];
		for (const id of ["1", "2", "3"]) {
			answered(await anna.post("/api/cars", { id }), 201);
			heads.push(await headOf(anna));
		}
		// As who computes all hashes anew would leave them.
		await sql(`UPDATE audit SET hash = UNHEX(SHA2(CONCAT(HEX(hash), 'anew'), 256))
			WHERE space_id = '${space.id}' AND seq >= ${heads[1].seq}`);
		await sql(`UPDATE space p JOIN audit a ON a.space_id = p.id AND a.seq = p.seq SET p.chain = a.hash
			WHERE p.id = '${space.id}'`);
		assert.deepEqual(await through(anna, ...heads.map(named)), [true, false, false]);
		assert.notEqual((await headOf(anna)).chain, heads[2].chain);
	});
});

describe("an alarm", () => {
	const alarmsOf = ({ id }) => sql(`SELECT kind, detail, count FROM alarm
		WHERE subject = ${text(id)} AND over_at IS NULL`);
	const said = async (person, head) => answered(await person.post("/api/sync/alarm", head));
	const claimOf = ({ seq, chain, seal }) => ({ seq, chain, seal });

	test("is raised by a head that was given out and is not in the chain, and by nothing else", async () => {
		const { space, anna, vic } = await fresh();
		answered(await anna.post("/api/cars", { id: "1" }), 201);
		const claim = claimOf(await headOf(anna));
		assert.deepEqual(await said(vic, claim), { through: true, raised: false });
		const madeUp = { ...claim, chain: NOTHING.replaceAll("0", "a") };
		assert.deepEqual(await said(vic, madeUp), { through: false, raised: false });
		const { seal, ...unsealed } = madeUp;
		assert.deepEqual(await said(vic, unsealed), { through: false, raised: false });
		const other = await fresh();
		assert.deepEqual(await said(other.anna, claim), { through: false, raised: false }, "another space’s");
		assert.deepEqual(await alarmsOf(space), []);
		await sql(`UPDATE audit SET hash = UNHEX(SHA2('anew', 256))
			WHERE space_id = '${space.id}' AND seq = ${claim.seq}`);
		assert.deepEqual(await said(vic, claim), { through: false, raised: true });
		await said(anna, claim);
		const [alarm, ...more] = await alarmsOf(space);
		assert.deepEqual([alarm.kind, alarm.count, more.length], ["past", "2", 0]);
		assert.match(alarm.detail, new RegExp(`${claim.seq}-${claim.chain.slice(0, 16)}`));
		assert.ok(seal);
	});

	test("refuses what is no head", async () => {
		const { space, anna } = await fresh();
		const good = claimOf(await headOf(anna));
		for (const [field, value] of [
			["seq", -1], ["seq", null], ["seq", "7"], ["chain", "7"], ["chain", null], ["seal", "no seal"],
			["seal", "AAAA"], ["found", "x"],
		])
			refused(await anna.post("/api/sync/alarm", { ...good, [field]: value }), 400, { field });
		refused(await stack.as("carl").in(space).post("/api/sync/alarm", good), 404);
	});
});
