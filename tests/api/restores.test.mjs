// A whole space out as one file and in again, and a backup brought back: what comes back is what was there, to the
// byte.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
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

	test("of a space as it was then brings back what was then", async () => {
		const folk = await fresh(), { anna, ben, space } = folk;
		await furnish(folk);
		const then = await stack.head(space), was = await stored(space);
		const [weight] = (await ben.get("/api/weights")).body.weights;
		await ben.patch(`/api/weights/${weight.id}`, { kg: 99 });
		await anna.post("/api/clients", { name: "Since" });
		const json = await anna.get(`/api/export?format=json&at=${then}`);
		assert.equal(json.status, 200, json.text);
		assert.equal(json.body.seq, then);
		assert.ok(!json.body.records.some(({ doc }) => doc.name === "Since"));
		const archive = await anna.get(`/api/export?at=${then}`);
		const answer = await anna.request("POST", "/api/import?mode=replace", { body: archive.bytes });
		assert.equal(answer.status, 200, answer.text);
		assert.deepEqual(await stored(space), was);
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

// The answer of what ran within the request: its job, done.
function done(answer) {
	assert.equal(answer.status, 200, answer.text.slice(0, 500));
	assert.equal(answer.body.job.state, "done", answer.text.slice(0, 500));
	return answer.body.job.result;
}

// Counts of a difference without its examples, and without collections that stay as they are.
const counted = (difference) => Object.fromEntries(Object.entries(difference)
	.map(([name, { examples, unchanged, ...counts }]) =>
		[name, Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0))])
	.filter(([, counts]) => Object.keys(counts).length > 0));

const FIGURES = "/api/reports/time?from=2026-03-01&to=2026-03-31&group=person,jobSite";
const figures = async (person) => (({ at, ...rest }) => rest)((await person.get(FIGURES)).body);

async function backUp(person) {
	const answer = await person.post("/api/backup");
	assert.equal(answer.status, 200, answer.text);
	assert.equal(answer.body.success, true);
	return answer.body.id;
}

async function wipe(person, space) {
	for (const { collection, id } of await sql(`SELECT collection, id FROM record
		WHERE space_id = '${space.id}' AND deleted = 0 AND collection NOT IN ('members', 'notifications')`))
		assert.ok((await person.delete(`/api/${collection}/${id}`)).status < 300, `${collection}/${id}`);
	assert.deepEqual(await stored(space), []);
}

describe("a restore", () => {
	test("says first what it would change, changes exactly that, and is taken back exactly", async () => {
		const folk = await fresh(), { site } = await furnish(folk), { anna, ben, space } = folk;
		const before = await stored(space), was = await figures(anna), id = await backUp(anna);

		await anna.patch(`/api/jobSites/${site.id}`, { radius: 50 });
		const [weight] = (await ben.get("/api/weights")).body.weights;
		await ben.delete(`/api/weights/${weight.id}`);
		await anna.post("/api/clients", { name: "New since" });
		const between = await stored(space);

		const look = async (body) => {
			const answer = await anna.post(`/api/backups/${id}/restore`, { ...body, dryRun: true });
			assert.equal(answer.status, 200, answer.text);
			return answer.body;
		};
		assert.deepEqual(counted((await look({})).difference), { weights: { new: 1 }, jobSites: { kept: 1 } });
		assert.deepEqual(counted((await look({ changed: "restore" })).difference),
			{ weights: { new: 1 }, jobSites: { changed: 1 } });
		assert.deepEqual(counted((await look({ mode: "replace", collections: ["clients"] })).difference),
			{ clients: { deleted: 1 } });
		const all = (await look({ mode: "replace" })).difference;
		assert.deepEqual(counted(all),
			{ weights: { new: 1 }, jobSites: { changed: 1 }, clients: { deleted: 1 } });
		assert.equal(all.clients.examples[0].title, "New since");
		assert.deepEqual(await stored(space), between, "a look changes nothing");

		const result = done(await anna.post(`/api/backups/${id}/restore`, { mode: "replace" }));
		assert.deepEqual(result.difference, all, "what was said is what was done");
		assert.deepEqual(await stored(space), before);
		assert.deepEqual(await figures(anna), was);
		const rows = await sql(`SELECT action, COUNT(*) AS n FROM audit
			WHERE space_id = '${space.id}' AND cause = '${result.cause}' GROUP BY action ORDER BY action`);
		assert.deepEqual(rows.map(({ action, n }) => [action, Number(n)]), [["deleted", 1], ["restored", 2]]);

		done(await anna.post(`/api/backups/${result.before}/restore`, { mode: "replace" }));
		assert.deepEqual(await stored(space), between);
	});

	test("brings back everything after everything was deleted, also files that are gone", async () => {
		const folk = await fresh(), { photo } = await furnish(folk), { anna, ben, space } = folk;
		const before = await stored(space), was = await figures(anna);
		const archive = (await anna.get("/api/export")).bytes;

		await wipe(anna, space);
		await sql(`DELETE FROM attachment WHERE space_id = '${space.id}'; DELETE FROM attachment_chunk
			WHERE space_id = '${space.id}'; DELETE FROM attachment_upload WHERE space_id = '${space.id}'`);
		assert.equal((await ben.get(`/api/files/${sha256(photo)}`)).status, 404);

		const result = done(await anna.request("POST", "/api/import?mode=replace", { body: archive }));
		assert.equal(result.files.missing, 1);
		assert.deepEqual(await stored(space), before);
		assert.deepEqual(await figures(anna), was);
		assert.ok((await ben.get(`/api/files/${sha256(photo)}`)).bytes.equals(photo));
	});

	test("goes back by its cause, exactly, and so does that", async () => {
		const folk = await fresh(), { site } = await furnish(folk), { anna, ben, max, space } = folk;
		const before = await stored(space), id = await backUp(anna);
		await anna.patch(`/api/jobSites/${site.id}`, { radius: 50 });
		const [weight] = (await ben.get("/api/weights")).body.weights;
		await ben.delete(`/api/weights/${weight.id}`);
		await anna.post("/api/clients", { name: "New since" });
		const between = await stored(space);
		const { cause } = done(await anna.post(`/api/backups/${id}/restore`, { mode: "replace" }));
		assert.deepEqual(await stored(space), before);

		const undo = (person, body) => person.post("/api/undo", body);
		assert.equal((await undo(max, { cause })).status, 403);
		const look = await undo(anna, { cause, dryRun: true });
		assert.equal(look.status, 200, look.text);
		assert.deepEqual([look.body.undo.undone, look.body.undo.left], [3, 0]);
		assert.deepEqual(await stored(space), before, "a look changes nothing");
		const answer = await undo(anna, { cause });
		assert.equal(answer.status, 200, answer.text);
		assert.deepEqual([answer.body.undo.undone, answer.body.undo.left], [3, 0]);
		assert.deepEqual(await stored(space), between);

		const again = await undo(anna, { cause: answer.body.cause });
		assert.equal(again.status, 200, again.text);
		assert.deepEqual(await stored(space), before);
	});

	test("is for owners alone", async () => {
		const folk = await fresh(), { anna, ben, max } = folk;
		await furnish(folk);
		const id = await backUp(max);
		for (const person of [ben, max]) {
			assert.equal((await person.post(`/api/backups/${id}/restore`, {})).status, 403);
			const body = Buffer.from("x"), to = `/api/backups/${sha256(body)}`;
			assert.equal((await person.request("POST", "/api/import", { body })).status, 403);
			assert.equal((await person.request("PUT", to, { body })).status, 403);
		}
		const other = await crew(stack, { anna: "owner" });
		assert.equal((await other.anna.post(`/api/backups/${id}/restore`, {})).status, 404);
		assert.equal((await anna.post(`/api/backups/${id}/restore`, { mode: "some" })).status, 400);
		assert.equal((await anna.post(`/api/backups/${id}/restore`, { collections: ["nothing"] })).status, 400);
	});
});

// The same without what depends on the space.
const canonical = async (space) => (await stored(space)).filter(({ collection }) => collection !== "imports");

describe("an import", () => {
	test("into a new space with the same people is the same to the byte, also from JSON", async () => {
		const folk = await fresh(), { photo } = await furnish(folk), was = await figures(folk.anna);
		for (const format of ["archive", "json"]) {
			const file = (await folk.anna.get(`/api/export?format=${format}`)).bytes;
			const { anna, ben, space } = await fresh();
			const look = await anna.request("POST", "/api/import?mode=replace&dryRun=1", { body: file });
			assert.equal(look.status, 200, look.text);
			assert.deepEqual(await stored(space), []);
			const result = done(await anna.request("POST", "/api/import?mode=replace", { body: file }));
			assert.deepEqual(result.difference, look.body.difference);
			assert.deepEqual(result.left, []);
			assert.equal(result.owners, 0);
			assert.deepEqual(await canonical(space), await canonical(folk.space));
			assert.deepEqual(await figures(anna), was);
			if (format === "archive")
				assert.ok((await ben.get(`/api/files/${sha256(photo)}`)).bytes.equals(photo));
			const again = done(await anna.request("POST", "/api/import?mode=replace", { body: file }));
			assert.deepEqual(counted(again.difference), {});
		}
	});

	test("into a new account belongs to it, under the ids that its own records get", async () => {
		const folk = await fresh();
		await furnish(folk);
		const file = (await folk.anna.get("/api/export")).bytes, name = `nina${Date.now()}`;
		const { nina, space } = await crew({ as: () => as(name), team: (roles) =>
			stack.team({ [name]: Object.values(roles)[0] }) }, { nina: "owner" });
		const result = done(await nina.request("POST", "/api/import", { body: file }));
		assert.equal(result.owners, 13);
		const owners = await sql(`SELECT DISTINCT HEX(owner_id) AS owner FROM record
			WHERE space_id = '${space.id}' AND collection = 'weights'`);
		assert.deepEqual(owners.map(({ owner }) => owner), [nina.id.replaceAll("-", "").toUpperCase()]);
		const answer = await nina.post("/api/weights", { date: "2026-03-01", kg: 1 });
		assert.equal(answer.status, 409, "the record of that day is found under the new owner's id");
		assert.deepEqual(counted(done(await nina.request("POST", "/api/import?mode=replace",
			{ body: file })).difference), {});
	});

	test("knows people by the e-mail that the file has for them", async () => {
		const folk = await fresh(), { anna, ben } = folk;
		await furnish(folk);
		const file = JSON.parse((await anna.get("/api/export?format=json")).text), stranger =
			"0191f3a0-0000-7000-8000-0000000000aa";
		file.records.push({ collection: "members", id: stranger, owner: stranger,
			doc: { name: "Ben", role: "member" }, private: { email: ben.email } });
		for (const record of file.records) {
			if (record.owner === ben.id)
				record.owner = stranger;
			if (record.doc.user === ben.id)
				record.doc.user = stranger;
		}
		const other = await fresh();
		const result = done(await other.anna.request("POST", "/api/import", { body: JSON.stringify(file) }));
		assert.equal(result.owners, 0);
		assert.deepEqual(await canonical(other.space), await canonical(folk.space));
	});

	test("from another space leaves alone what decides about backups; one of the same space does not", async () => {
		const key = () => randomBytes(32).toString("base64url");
		const says = async (status, answer) => assert.equal((await answer).status, status, (await answer).text);
		const begin = ({ anna }, values) => says(201, anna.post("/api/spaceSettings", values));
		const settings = async ({ space }) => JSON.parse((await stored(space)).find(({ collection }) =>
			collection === "spaceSettings")?.doc ?? "{}");
		const backups = (doc) => Object.fromEntries(Object.entries(doc).filter(([name]) =>
			name.startsWith("backup")));
		const importing = async ({ anna }, body, query) => {
			const look = await anna.request("POST", `/api/import?dryRun=1&${query}`, { body });
			const result = done(await anna.request("POST", `/api/import?${query}`, { body }));
			assert.deepEqual(result.difference, look.body.difference);
			assert.deepEqual(result.left, look.body.left);
			return result;
		};
		const stays = [{ what: "spaceSettings", why: "what decides about backups stays as it is in this space",
			count: 1 }];
		const [theirs, none, empty] = [await fresh(), await fresh(), await fresh()];
		await begin(theirs, { zone: "Europe/Berlin", backupKey: key(), backupKeep: 1, backupAutomatic: false });
		for (const [format, mode] of [["archive", "mode=replace"], ["json", "changed=restore"]]) {
			const file = async ({ anna }) => (await anna.get(`/api/export?format=${format}`)).bytes;
			const here = await fresh(), replaced = mode === "mode=replace";
			await begin(here, { zone: "America/Chicago", backupKey: key(), backupDays: 5 });
			const was = backups(await settings(here));
			assert.deepEqual((await importing(here, await file(theirs), mode)).left, stays);
			const { zone, ...rest } = await settings(here);
			assert.equal(zone, "Europe/Berlin");
			assert.deepEqual(backups(rest), was);
			assert.deepEqual((await importing(here, await file(none), mode)).left, replaced ? stays : []);
			assert.deepEqual(await settings(here), replaced ? was : { ...rest, zone });
			await importing(empty, await file(theirs), mode);
			assert.deepEqual(backups(await settings(empty)), {});
		}
		const own = (await theirs.anna.get("/api/export")).bytes, was = await settings(theirs);
		await says(200, theirs.anna.patch("/api/spaceSettings/settings", { backupKey: key(), backupKeep: 7 }));
		assert.deepEqual((await importing(theirs, own, "changed=restore")).left, []);
		assert.deepEqual(await settings(theirs), was);
	});

	test("leaves out what this server does not know or allow, and says what and why", async () => {
		const { anna, space } = await fresh();
		const record = (collection, id, doc, rest) => ({ collection, id, owner: anna.id, doc, ...rest });
		const file = { daybook: 1, records: [
			record("clients", "ok", { name: "Good" }),
			record("clients", "bad", { name: 7 }),
			record("clients", "more", { name: "More", colour: "red" }),
			record("unicorns", "u", { name: "x" }),
			record("weights", "made-up", { date: "2026-01-01", kg: 70 }),
			record("members", "m", { name: "Evil", role: "owner" }),
		] };
		const result = done(await anna.request("POST", "/api/import", { body: JSON.stringify(file) }));
		assert.deepEqual(counted(result.difference), { clients: { new: 2 }, weights: { new: 1 } });
		assert.deepEqual(result.left.map(({ what, why }) => `${what}: ${why}`).sort(), [
			"clients: colour is not known", "clients: name has a value that it cannot have",
			"clients: name is required.", "unicorns: this server has no such collection",
		]);
		const there = await stored(space);
		assert.deepEqual(there.map(({ doc }) => doc).sort(), [
			"{\"date\":\"2026-01-01\",\"kg\":70}", "{\"name\":\"Good\"}", "{\"name\":\"More\"}",
		]);
		assert.equal((await anna.post("/api/weights", { date: "2026-01-01", kg: 71 })).status, 409);
	});

	test("of anything damaged, cut off, newer or else is refused, and nothing is changed", async () => {
		const folk = await fresh();
		await furnish(folk);
		const { anna, space } = await fresh(), archive = (await folk.anna.get("/api/export")).bytes;
		const flipped = (at) => {
			const bytes = Buffer.from(archive);
			bytes[at] ^= 1;
			return bytes;
		};
		const bodies = [
			Buffer.alloc(0), jpeg("no archive", 3000), Buffer.alloc(4096), ...[
				"x", "{}", "[1]", '{"daybook":2,"records":[]}', '{"daybook":1}', '{"daybook":1,',
				'{"daybook":1,"records":[{"collection":"clients","id":"../x","doc":{}}]}',
			].map((text) => Buffer.from(text)),
			archive.subarray(0, archive.length - 1), archive.subarray(0, 700),
			Buffer.concat([archive, Buffer.alloc(512)]), Buffer.concat([archive, archive]),
			...Array.from({ length: 25 }, (_, i) => flipped(Math.floor(archive.length * i / 25))),
		];
		const head = await stack.head(space);
		for (const body of bodies)
			for (const query of ["?dryRun=1", "?mode=replace"]) {
				const answer = await anna.request("POST", `/api/import${query}`, { body });
				assert.ok([400, 413].includes(answer.status),
					`${body.length}: ${answer.status} ${answer.text}`);
				assert.ok(answer.problem.detail.length > 10);
			}
		assert.equal(await stack.head(space), head);
		assert.deepEqual(await stored(space), []);
	});

	test("of a large file is sent in pieces, in any order of failure, and then restored from", async () => {
		const folk = await fresh();
		await furnish(folk);
		const { anna, space } = await fresh(), file = (await folk.anna.get("/api/export")).bytes;
		const total = file.length;
		const put = (from, to, name = sha256(file)) => anna.request("PUT", `/api/backups/${name}`, {
			body: file.subarray(from, to),
			headers: { "Content-Range": `bytes ${from}-${to - 1}/${total}` },
		});
		const KiB = 1024, middle = 64 * KiB;
		const early = await put(middle, total);
		assert.equal(early.status, 416);
		assert.equal(early.problem.received, 0);
		assert.equal((await put(0, 1000)).status, 400, "a piece that is too small");
		const first = await put(0, middle);
		assert.equal(first.status, 202, first.text);
		assert.equal(first.body.backup.received, middle);
		assert.equal((await put(0, middle)).body.backup.received, middle, "sent again");
		const last = await put(middle, total);
		assert.equal(last.status, 201, last.text);
		const { id } = last.body.backup;
		assert.equal((await put(middle, total)).body.backup.id, id);
		const look = await anna.post(`/api/backups/${id}/restore`, { dryRun: true });
		assert.equal(look.status, 200, look.text);
		const result = done(await anna.post(`/api/backups/${id}/restore`, {}));
		assert.deepEqual(result.difference, look.body.difference);
		assert.match(result.cause, /^import:/);
		assert.deepEqual(await canonical(space), await canonical(folk.space));

		const wrong = await put(0, total, "0".repeat(64));
		assert.equal(wrong.status, 400);
		const { backups } = (await anna.get("/api/backups")).body;
		assert.equal(backups.filter(({ kind }) => kind === "uploaded").length, 1);
	});
});
