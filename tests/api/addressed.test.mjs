// What is addressed to one person is seen by its owner and by that person, on every path that reads; everybody else,
// managers too, finds what they would find if it were not there.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";
import { root, start } from "../harness.mjs";
import { CSV, crew } from "../lib/crew.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";
import { jpeg, sha256 } from "../lib/files.mjs";
import { key } from "../lib/sql.mjs";

// The shipped collections, and one whose addressed records have what messages have not: a
// file, a ref, owners that change.
const definitions = mkdtempSync(path.join(tmpdir(), "daybook-definitions."));
after(() => rmSync(definitions, { recursive: true }));
cpSync(path.join(root, "schema", "collections"), definitions, { recursive: true });
writeFileSync(path.join(definitions, "letters.json"), JSON.stringify({
	name: "letters", singular: "letter", label: "Letters", addressee: "to",
	may: { read: "viewer", create: "member", update: "member", delete: "member" },
	fields: [
		{ name: "text", type: "text" },
		{ name: "to", type: "text", immutable: true },
		{ name: "photo", type: "file" },
		{ name: "reply", type: "ref", ref: "letters" },
	],
}));

const stack = await start({ settings: { definitions } });
const { as, ctl, sql } = stack;

const fresh = () => crew(stack, { olga: "owner", mia: "manager", ben: "member", mo: "member", vera: "viewer" });

const plain = ({ instance, ...problem }) => problem;

// ben writes to mo; who else is in the team is a stranger to it.
async function sent(collection = "messages") {
	const folk = await fresh();
	const set = collection === "messages" ? { text: "Your pay slip", toUser: folk.mo.id }
		: { text: "Your pay slip", to: folk.mo.id };
	const body = answered(await folk.ben.post(`/api/${collection}`, set), 201);
	const { id } = body.message ?? body.letter;
	return { ...folk, id, path: `/api/${collection}/${id}`, strangers: [folk.olga, folk.mia, folk.vera] };
}

describe("a message to one person", () => {
	test("is in the lists of sender and addressee only; others cannot find it by search or filter", async () => {
		const { ben, mo, id, strangers } = await sent();
		for (const query of [
			"", "?q=slip", `?toUser=${mo.id}`, `?owner=${ben.id}`, "?sort=text", "?fields=text",
		]) {
			for (const person of [ben, mo])
				assert.deepEqual(answered(await person.get(`/api/messages${query}`)).messages.map(
					(one) => one.id), [id], query);
			for (const person of strangers)
				assert.deepEqual(answered(await person.get(`/api/messages${query}`)),
					{ messages: [], next: null }, query);
		}
	});

	test("is absent for others: read, history, an older version, restore, change, delete", async () => {
		const { ben, mo, path: there, strangers } = await sent();
		answered(await ben.patch(there, { text: "Your pay slip is here" }));
		for (const person of [ben, mo]) {
			answered(await person.get(there), 200, { message: { text: "Your pay slip is here" } });
			answered(await person.get(`${there}?version=1`), 200, { message: { text: "Your pay slip" } });
			assert.equal(answered(await person.get(`${there}/history`)).history.length, 2);
		}
		const none = "/api/messages/01939d2a-0000-7000-8000-000000000000";
		for (const person of strangers)
			for (const [method, tail, body] of [
				["GET", ""], ["GET", "?version=1"], ["GET", "/history"],
				["POST", "/restore", { version: 1 }], ["PATCH", "", { text: "x" }], ["DELETE", ""],
			]) {
				const [real, absent] = [
					await person.request(method, there + tail, { body }),
					await person.request(method, none + tail, { body }),
				];
				assert.ok(real.status === 404 || real.status === 403,
					`${person.name} ${method} ${tail}: ${real.status}`);
				assert.deepEqual(plain(real.problem), plain(absent.problem),
					`${person.name} ${method} ${tail}`);
			}
		refused(await mo.patch(there, { text: "mine" }), 403);
	});

	test("comes in the feed of these two, as do its changes and its deletion", async () => {
		const { ben, mo, mia, olga, vera, id } = await sent();
		const mine = (changes) => changes.filter((change) => change.id === id);
		const cursors = new Map();
		for (const person of [ben, mo, mia, olga, vera]) {
			const { changes, cursor } = await person.pull();
			assert.equal(mine(changes).length, person === ben || person === mo ? 1 : 0, person.name);
			cursors.set(person, cursor);
		}
		answered(await ben.patch(`/api/messages/${id}`, { text: "later" }));
		const { message } =
			answered(await mia.post("/api/messages", { text: "to mia herself", toUser: mia.id }), 201);
		answered(await mia.delete(`/api/messages/${message.id}`));
		for (const [person, cursor] of cursors) {
			const { changes } = await person.pull(cursor);
			assert.deepEqual(mine(changes).map((change) => change.record.text),
				person === ben || person === mo ? ["later"] : [], person.name);
			assert.deepEqual(changes.filter((change) => change.id === message.id)
				.map((change) => change.deleted), person === mia ? [true] : [], person.name);
			assert.ok(!changes.some((change) => change.removed));
		}
		assert.deepEqual((await mo.pull(undefined, { collections: "messages" })).changes.map((change) =>
			change.id), [id]);
		assert.deepEqual((await mia.pull(undefined, { collections: "messages" })).changes, []);
	});

	test("is in the audit and the exports of these two only", async () => {
		const { ben, mo, id, strangers, mia } = await sent();
		answered(await mia.post("/api/messages", { text: "to everybody" }), 201);
		for (const person of [ben, mo, ...strangers]) {
			const knows = person === ben || person === mo;
			for (const query of ["", `?collection=messages&id=${id}`, `?user=${ben.id}`])
				assert.equal(answered(await person.get(`/api/audit${query}`)).auditLogs.some((row) =>
					row.record_id === id), knows, `${person.name} ${query}`);
			for (const format of ["csv", "json"]) {
				const answer = await person.get(`/api/messages/export?format=${format}`);
				assert.equal(answer.status, 200, answer.text);
				assert.equal(answer.text.includes("pay slip"), knows, `${person.name} ${format}`);
				assert.ok(answer.text.includes("to everybody"));
			}
		}
	});

	test("gives others a bare conflict for its id, and no record for its op", async () => {
		const { mia, ben, mo, id } = await sent();
		const [known] = outcomes(await mo.push([
			{ op: "mo-1", collection: "messages", id, base: 0, set: { text: "taken?" } },
		]), "conflict");
		assert.equal(known.problem.current?.text, "Your pay slip");
		const [hidden] = outcomes(await mia.push([
			{ op: "mia-1", collection: "messages", id, base: 0, set: { text: "taken?" } },
		]), "conflict");
		assert.deepEqual([hidden.problem.status, hidden.problem.current, hidden.record],
			[409, undefined, undefined]);
		const [change] = outcomes(await mia.push([
			{ op: "mia-2", collection: "messages", id, base: 1, set: { text: "x" } },
		]), "rejected");
		assert.equal(change.problem.status, 404);
		outcomes(await mia.push([{ op: "mia-3", collection: "messages", id, base: 1, delete: true }]),
			"rejected");
		refused(await mia.post("/api/messages", { id, text: "x" }), 409);
		assert.equal(answered(await ben.get(`/api/messages/${id}`)).message.version, 1);
	});

	test("keeps its addressee when the id is used again", async () => {
		const { mia, mo, ben } = await fresh();
		const { message: { id } } =
			answered(await mia.post("/api/messages", { text: "to mo", toUser: mo.id }), 201);
		const there = `/api/messages/${id}`;
		for (const toUser of [ben.id, null, ""])
			refused(await mia.patch(there, { toUser }), 400, { field: "toUser" });
		const { message: { id: all } } = answered(await mia.post("/api/messages", { text: "to all" }), 201);
		refused(await mia.patch(`/api/messages/${all}`, { toUser: mo.id }), 400, { field: "toUser" });

		answered(await mia.delete(there));
		refused(await ben.post(`${there}/restore`, { version: 1 }), 404);
		refused(await mia.post("/api/messages", { id, text: "to ben now", toUser: ben.id }), 400,
			{ field: "toUser" });
		refused(await mia.post("/api/messages", { id, text: "to all now" }), 400, { field: "toUser" });
		answered(await mia.post(`${there}/restore`, { version: 1 }), 200,
			{ message: { text: "to mo", toUser: mo.id } });
		refused(await ben.get(there), 404);
		answered(await mo.get(there));
		answered(await mia.delete(there));
		await stack.tidy(200);
		refused(await mia.post("/api/messages", { id, text: "to ben now", toUser: ben.id }), 400,
			{ field: "toUser" });
		refused(await ben.post("/api/messages", { id, text: "mine" }), 409);
		answered(await mia.post("/api/messages", { id, text: "to mo again", toUser: mo.id }), 201);
	});

	test("can be sent to a member; one who joins later or comes back reads theirs", async () => {
		const { ben, mo, mia, space } = await fresh();
		const xenia = await as("xenia").ready();
		for (const toUser of [xenia.id, "mo", "01939d2a-0000-7000-8000-000000000000"])
			refused(await ben.post("/api/messages", { text: "x", toUser }), 400, { field: "toUser" });
		const { message: { id } } =
			answered(await ben.post("/api/messages", { text: "to mo", toUser: mo.id }), 201);
		answered(await mia.delete(`/api/members/${mo.id}`), 204);
		answered(await ben.patch(`/api/messages/${id}`, { text: "still here" }));
		await sql(`INSERT INTO member (space_id, user_id, role, view_epoch, joined_at)
			SELECT '${space.id}', '${mo.id}', 'member', seq, UTC_TIMESTAMP(3) FROM space
			WHERE id = '${space.id}'`);
		answered(await mo.get(`/api/messages/${id}`), 200, { message: { text: "still here" } });
	});

	test("a message to everybody is everybody's", async () => {
		const { ben, mo, mia, vera } = await fresh();
		const { message: { id } } = answered(await ben.post("/api/messages", { text: "Gate 4" }), 201);
		for (const person of [ben, mo, mia, vera]) {
			answered(await person.get(`/api/messages/${id}`));
			assert.deepEqual((await person.pull(undefined,
				{ collections: "messages" })).changes.map((change) => change.id), [id]);
		}
	});
});

describe("any collection with an addressee", () => {
	test("only sender and addressee can read its file, refer to it, and see it imported", async () => {
		const { ben, mo, mia, olga, path: there, id } = await sent("letters");
		const bytes = jpeg("letter"), photo = sha256(bytes);
		answered(await ben.request("PUT", `/api/files/${photo}`, { body: bytes }), 201);
		answered(await ben.patch(there, { photo }));
		for (const person of [ben, mo])
			assert.equal((await person.get(`/api/files/${photo}`)).status, 200, person.name);
		for (const person of [mia, olga]) {
			refused(await person.get(`/api/files/${photo}`), 404);
			refused(await person.post("/api/letters", { text: "x", photo }), 400, { field: "photo" });
			refused(await person.post("/api/letters", { text: "x", reply: id }), 400, { field: "reply" });
			const row = await person.post("/api/letters/import?dryRun=1&skipBad=1",
				`id,text\n${id},mine\n`, CSV);
			answered(row, 200, { bad: 1, created: 0, updated: 0, errors: [{ field: "id" }] });
		}
		answered(await mo.post("/api/letters", { text: "thanks", reply: id }), 201);
	});

	test("a record for one person keeps its owner; one for everybody can change owner", async () => {
		const { ben, mo, mia, vera } = await fresh();
		const write = async (body) => answered(await mia.post("/api/letters", body), 201).letter.id;
		const [one, all] = [await write({ text: "a", to: mo.id }), await write({ text: "b" })];
		const cursor = (await mia.pull()).cursor, before = (await vera.pull()).cursor;
		refused(await mia.patch(`/api/letters/${one}`, { owner: ben.id }), 400, { field: "owner" });
		refused(await mia.post("/api/letters", { text: "c", to: mo.id, owner: ben.id }), 400,
			{ field: "owner" });
		answered(await mia.patch(`/api/letters/${all}`, { owner: ben.id }), 200, { letter: { owner: ben.id } });
		for (const [person, since] of [[mia, cursor], [vera, before]])
			assert.deepEqual((await person.pull(since)).changes.map((change) => [
				change.id, change.record?.owner,
			]), [[all, ben.id]]);
		answered(await mia.get(`/api/letters/${one}`), 200, { letter: { owner: mia.id, version: 1 } });
	});
});

test("the audit and the records agree, and a reader who was changed by hand is found", async () => {
	const { id, mia } = await sent();
	assert.equal((await ctl("verify")).status, 0);
	await sql(`UPDATE record SET reader_id = '${mia.id}' WHERE id = ${key(id)}`);
	const answer = await ctl("verify");
	assert.notEqual(answer.status, 0);
	assert.match(answer.stdout + answer.stderr, /addressee/);
});

test("no response was a 5xx", async () => {
	assert.deepEqual(await stack.faults(), []);
});
