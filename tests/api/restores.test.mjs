// A whole space out as one file and in again, and a backup brought back: what comes back is what was there, to the
// byte.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { crew } from "../lib/crew.mjs";
import { jpeg, send, sha256 } from "../lib/files.mjs";

const stack = await start();
const { as, sql } = stack;

const fresh = (roles = { anna: "owner", ben: "member", max: "manager" }) => crew(stack, roles);

// The members of a tar of plain files: [{name, bytes}].
function members(tar) {
	const found = [];
	for (let at = 0; tar[at] !== 0 && at < tar.length;) {
		const text = (from, size) => tar.toString("latin1", at + from, at + from + size).replace(/\0.*$/s, "");
		const size = parseInt(text(124, 12), 8);
		found.push({ name: text(0, 100), bytes: tar.subarray(at + 512, at + 512 + size) });
		at += 512 + Math.ceil(size / 512) * 512;
	}
	return found;
}

// Something of many kinds: records of the space and of people, private fields, a photo, one that is deleted.
async function furnish({ anna, ben, max }) {
	const photo = jpeg("a receipt", 90000);
	const made = async (answer) => {
		assert.equal(answer.status, 201, answer.text);
		return Object.values(answer.body)[0];
	};
	await send(ben, photo);
	const site = await made(await anna.post("/api/jobSites", { name: "Yard", place: { lat: 40.5, lng: -74.25 } }));
	await made(await ben.post("/api/workSessions", {
		start: "2026-03-02T08:00:00Z", end: "2026-03-02T16:30:00Z", zone: "Europe/Berlin", jobSite: site.id,
		photoIn: sha256(photo), placeIn: { lat: 40.5, lng: -74.25, accuracy: 10 },
	}));
	await made(await max.post("/api/employees", {
		firstName: "Ben", lastName: "Li", user: ben.id, email: "ben@example.org", phone: "1",
	}));
	const gone = await made(await anna.post("/api/clients", { name: "Gone" }));
	assert.ok((await anna.delete(`/api/clients/${gone.id}`)).status < 300);
	await made(await anna.post("/api/clients", { name: "Nord & Söhne, \"Hafen\"" }));
	for (let day = 1; day <= 9; day++)
		await made(await ben.post("/api/weights", { date: `2026-03-0${day}`, kg: 70 + day / 10 }));
	return { photo, site };
}

// What a space has, exactly as it is stored.
const stored = async (space) => (await sql(`SELECT collection, HEX(id) AS id, HEX(owner_id) AS owner, doc, doc_private
	FROM record WHERE space_id = '${space.id}' AND deleted = 0 AND collection NOT IN ('members', 'notifications')
	ORDER BY collection, id`)).map((row) => ({ ...row }));

describe("an export", () => {
	test("of a space as an archive has every record once, in order, and every file", async () => {
		const folk = await fresh(), { photo } = await furnish(folk);
		const answer = await folk.anna.get("/api/export");
		assert.equal(answer.status, 200, answer.text.slice(0, 300));
		assert.equal(answer.headers["content-type"], "application/x-tar");
		assert.match(answer.headers["content-disposition"],
			/^attachment; filename="daybook-\d{4}-\d\d-\d\d\.tar"$/);
		const all = members(answer.bytes), names = all.map(({ name }) => name);
		assert.equal(names[0], "daybook.json");
		assert.equal(names.at(-1), "manifest.json");
		assert.ok(names.includes(`files/${sha256(photo)}`));
		assert.ok(all.find(({ name }) => name === `files/${sha256(photo)}`).bytes.equals(photo));
		const manifest = JSON.parse(all.at(-1).bytes.toString());
		assert.equal(manifest.files, 1);
		assert.equal(manifest.counts.weights, 9);
		assert.equal(manifest.counts.clients, 1);
	});

	test("of a space as JSON says the same in a form that people can read", async () => {
		const folk = await fresh();
		await furnish(folk);
		const answer = await folk.anna.get("/api/export?format=json");
		assert.equal(answer.status, 200);
		assert.equal(answer.body.daybook, 1);
		assert.equal(answer.body.space.id, folk.space.id);
		const mine = answer.body.records.filter(({ collection }) =>
			!["members", "notifications"].includes(collection));
		const there = await stored(folk.space);
		assert.deepEqual(mine.map(({ collection }) => collection), there.map(({ collection }) => collection));
		const keys = mine.map(({ collection, id }) => `${collection}\0${id}`);
		assert.deepEqual(keys, [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
		for (const record of mine.filter(({ collection }) => collection === "employees"))
			assert.equal(record.private.email, "ben@example.org");
		assert.equal(answer.body.files.length, 1);
	});

	test("of a space is for its owners; a HEAD ends after its headers", async () => {
		const { anna, ben, max } = await fresh();
		assert.equal((await max.get("/api/export")).status, 403);
		assert.equal((await ben.get("/api/export?format=json")).status, 403);
		assert.equal((await anna.head("/api/export")).status, 200);
		assert.equal((await anna.get("/api/export?format=xml")).status, 400);
	});

	test("of a person has all that is theirs in every space, and nothing of others and no secret", async () => {
		const folk = await fresh();
		await furnish(folk);
		await as("ben").post("/api/books", { title: "At home" });
		const token = await as("ben").apiToken("read");
		const answer = await folk.ben.forAccount().get("/api/auth/export");
		assert.equal(answer.status, 200, answer.text);
		const { account, spaces, tokens } = answer.body;
		assert.equal(account.id, folk.ben.id);
		assert.ok(tokens.some(({ name }) => name === "ben's read"));
		const team = spaces.find(({ id }) => id === folk.space.id);
		const names = team.records.map(({ collection }) => collection);
		assert.equal(names.filter((name) => name === "weights").length, 9);
		assert.ok(names.includes("workSessions") && names.includes("employees"));
		assert.ok(!names.includes("clients") && !names.includes("jobSites"));
		assert.equal(team.files.length, 1);
		const home = spaces.find(({ id }) => id === folk.ben.home);
		assert.ok(home.records.some(({ doc }) => doc.title === "At home"));
		for (const secret of [token.token, token.key, folk.ben.token, folk.ben.refreshToken, "argon2"])
			assert.ok(secret === undefined || !answer.text.includes(secret));
		assert.equal((await folk.ben.forAccount().with({ Authorization: `Bearer ${token.token ?? token.key}` })
			.get("/api/auth/export")).status, 403);
	});
});
