// Teams are made, named, joined, handed on, left and deleted; and what each of these does to the members at that
// moment.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { start } from "../harness.mjs";
import { CSV } from "../lib/crew.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";
import { send, until } from "../lib/http.mjs";
import { mailbox } from "../lib/mailbox.mjs";
import { inTurn } from "../lib/people.mjs";

const mail = mailbox();
const stack = await start({ settings: mail.settings });
const { as, ctl, sql, team } = stack;

beforeEach(() => sql("DELETE FROM throttle"));

async function make(owner, body = { name: "Depot" }) {
	return answered(await as(owner).post("/api/spaces", body), 201).space;
}

// The members as somebody reads them: {anna: "owner"}.
async function roles(person) {
	const { members } = answered(await person.get("/api/members"));
	return Object.fromEntries(members.map((member) => [member.name, member.role]));
}

async function cursorOf(person) {
	return (await person.pull()).cursor;
}

async function isGone(person) {
	refused(await person.get("/api/cars"), 404);
	refused(await person.get("/api/sync/changes"), 404);
	refused(await person.get("/api/members"), 404);
	refused(await person.get("/api/audit"), 404);
	refused(await person.push([{ op: `gone-${Math.random()}`, collection: "cars", id: "900", base: 0, set: {} }]),
		404);
	refused(await person.post("/api/cars", { id: "901" }), 404);
}

// --- the name of a person ---

test("a new name shows in every team, in the older audit, and on devices that sync", async () => {
	const [one, two] = [await make("anna"), await make("anna", { name: "Yard" })];
	const { link, token } = answered(await as("anna").in(one).post("/api/invitations", { role: "member" }), 201);
	answered(await as("ben").post("/api/invitations/accept", { token: token ?? link.split("=")[1] }));
	const [anna, ben] = [as("anna"), as("ben").in(one)];
	const cursor = await cursorOf(ben), head = await ben.headSeq();
	answered(await anna.in(one).post("/api/cars", { id: "7" }), 201);
	answered(await anna.in(one).post("/api/presence"));

	answered(await anna.patch("/api/auth/me", { name: "Anna Ölmüller 🚚" }), 200,
		{ user: { id: anna.id, email: anna.email, name: "Anna Ölmüller 🚚" } });
	const { changes } = await ben.pull(cursor);
	assert.deepEqual(changes.filter(({ collection }) => collection === "members")
		.map(({ id, record }) => [id, record.name, record.role]), [[anna.id, "Anna Ölmüller 🚚", "owner"]]);
	assert.equal(await ben.headSeq(), head + 2);
	for (const space of [one, two])
		assert.equal(answered(await anna.in(space).get(`/api/members/${anna.id}`)).member.name,
			"Anna Ölmüller 🚚");
	assert.ok(answered(await ben.get("/api/presence")).people.some(({ name }) => name === "Anna Ölmüller 🚚"));
	const { auditLogs } = answered(await ben.get("/api/audit?collection=cars"));
	assert.equal(auditLogs[0].changed_by, "Anna Ölmüller 🚚");
	const { auditLogs: [row] } = answered(await ben.get(`/api/audit?collection=members&id=${anna.id}`));
	assert.deepEqual([row.field_changed, row.old_value, row.changed_by], ["name", "anna", "Anna Ölmüller 🚚"]);
	assert.equal(answered(await anna.get("/api/auth/me")).user.name, "Anna Ölmüller 🚚");

	answered(await anna.patch("/api/auth/me", { name: "Anna Ölmüller 🚚" }));
	assert.equal(await ben.headSeq(), head + 2);
	answered(await anna.patch("/api/auth/me", { name: "anna" }));
	assert.equal((await ctl("verify")).status, 0);
});

test("a personal space follows the name, unless it was given another", async () => {
	const nina = await as("nina").ready();
	const nameOf = async () => answered(await nina.get(`/api/spaces/${nina.home}`)).space.name;
	answered(await nina.patch("/api/auth/me", { name: "Nina S." }));
	assert.equal(await nameOf(), "Nina S.");
	answered(await nina.patch(`/api/spaces/${nina.home}`, { name: "My things" }));
	answered(await nina.patch("/api/auth/me", { name: "Nina" }));
	assert.equal(await nameOf(), "My things");
});

test("a name has the same rules as at sign-up, and nothing else of the account changes", async () => {
	const olaf = await as("olaf").ready();
	for (const name of [
		undefined, null, "", "  ", "\u200b", "a\nb", "a\u0000b", "a\u2028b", "x".repeat(101), 7, {}, [],
	])
		refused(await olaf.patch("/api/auth/me", { name }), 400, { field: "name" });
	for (const more of [{ email: "other@example.org" }, { id: olaf.id }, { password: "x" }, { disabled: true }])
		refused(await olaf.patch("/api/auth/me", { name: "Olaf", ...more }), 400,
			{ field: Object.keys(more)[0] });
	refused(await olaf.patch("/api/auth/me?name=x", { name: "Olaf" }), 400);
	answered(await olaf.patch("/api/auth/me", { name: "ä".repeat(100) }));
	const token = await olaf.apiToken("admin");
	refused(await olaf.with({ Authorization: `Bearer ${token.token}` })
		.patch("/api/auth/me", { name: "Olaf" }), 403);
	assert.equal(answered(await olaf.get("/api/auth/me")).user.name, "ä".repeat(100));
});

test("of two names set at once one is everywhere; a team that is brought back has it too", async () => {
	const spaces = [await make("pia"), await make("pia", { name: "Second" }), await make("pia", { name: "Third" })];
	const pia = as("pia");
	answered(await pia.delete(`/api/spaces/${spaces[2].id}`), 204);
	const names = Array.from({ length: 8 }, (_, i) => `Pia ${i}`);
	const rename = (name) => inTurn(`the name ${name}`, () => pia.patch("/api/auth/me", { name }));
	for (const answer of await Promise.all(names.map(rename)))
		answered(answer);
	answered(await pia.post(`/api/spaces/${spaces[2].id}/restore`));
	const { user } = answered(await pia.get("/api/auth/me"));
	assert.ok(names.includes(user.name));
	for (const space of spaces)
		assert.equal(answered(await pia.in(space).get(`/api/members/${pia.id}`)).member.name, user.name);
});

// --- making, naming ---

test("a new team has its owner, its profile, and nothing else", async () => {
	const space = await make("anna", {
		name: "Hill & Sons", industry: "transportation", zone: "Europe/Berlin", currency: "EUR",
	});
	const anna = as("anna").in(space);

	assert.deepEqual([space.kind, space.name, space.role], ["team", "Hill & Sons", "owner"]);
	assert.deepEqual(await roles(anna), { anna: "owner" });
	answered(await anna.get("/api/spaceSettings/settings"), 200, {
		spaceSetting: {
			industry: "transportation", zone: "Europe/Berlin", currency: "EUR",
		},
	});
	const { changes } = await anna.pull();
	assert.deepEqual(changes.map((change) => change.collection).sort(), ["members", "spaceSettings"]);
	answered(await as("anna").get("/api/spaces"), 200);
	answered(await as("anna").get(`/api/spaces/${space.id}`), 200,
		{ space: { name: "Hill & Sons", role: "owner" } });
});

test("a team without a profile has no settings yet", async () => {
	const space = await make("anna");
	refused(await as("anna").in(space).get("/api/spaceSettings/settings"), 404);
});

test("an invalid team is not made, and nothing of it stays", async () => {
	const [{ count }] = await sql("SELECT COUNT(*) AS count FROM space");
	refused(await as("anna").post("/api/spaces", {}), 400, { field: "name" });
	refused(await as("anna").post("/api/spaces", { name: " " }), 400, { field: "name" });
	refused(await as("anna").post("/api/spaces", { name: "x".repeat(101) }), 400, { field: "name" });
	refused(await as("anna").post("/api/spaces", { name: "A", industry: "mining" }), 400, { field: "industry" });
	refused(await as("anna").post("/api/spaces", { name: "A", zone: "Mars/Olympus" }), 400, { field: "zone" });
	refused(await as("anna").post("/api/spaces", { name: "A", currency: "eur" }), 400, { field: "currency" });
	refused(await as("anna").post("/api/spaces", { name: "A", role: "owner" }), 400, { field: "role" });
	assert.equal((await sql("SELECT COUNT(*) AS count FROM space"))[0].count, count);
	assert.deepEqual(await sql(
		"SELECT e.space_id FROM space_epoch e LEFT JOIN space p ON p.id = e.space_id WHERE p.id IS NULL"), []);
});

test("a team is made once for each key, by however many requests at once", async () => {
	const keyed = (body, key) => as("dora").post("/api/spaces", body, { "Idempotency-Key": key });
	const answers = await Promise.all([1, 2, 3, 4].map(() => keyed({
		name: "Once", industry: "transportation",
	}, "k1")));
	const [first, ...others] = answers.map((answer) => answered(answer, 201).space);
	for (const other of others)
		assert.equal(other.id, first.id);
	assert.equal((await sql("SELECT id FROM space WHERE name = 'Once'")).length, 1);
	const dora = as("dora").in(first.id);
	assert.equal((await roles(dora)).dora, "owner");
	assert.equal(await stack.head(first), 2, "an owner and a profile, each once");
	refused(await keyed({ name: "Twice", industry: "transportation" }, "k1"), 422);
	refused(await keyed({ name: "Once" }, "k1"), 422);
	const another = answered(await keyed({ name: "Once", industry: "transportation" }, "k2"), 201).space;
	assert.notEqual(another.id, first.id);
	assert.notEqual(answered(await as("emil").post("/api/spaces", {
		name: "Once", industry: "transportation",
	}, { "Idempotency-Key": "k1" }), 201).space.id, first.id);
});

test("managers rename a team, members cannot", async () => {
	const space = await team({ anna: "owner", mia: "manager", ben: "member" });
	answered(await as("mia").patch(`/api/spaces/${space.id}`, { name: "North" }), 200,
		{ space: { name: "North", role: "manager" } });
	refused(await as("ben").patch(`/api/spaces/${space.id}`, { name: "South" }), 403);
	refused(await as("otto").patch(`/api/spaces/${space.id}`, { name: "South" }), 404);
	refused(await as("mia").patch(`/api/spaces/${space.id}`, { name: "" }), 400, { field: "name" });
	refused(await as("mia").patch(`/api/spaces/${space.id}`, { name: "x", kind: "personal" }),
		400, { field: "kind" });
});

test("managers write a space's settings and rules, and members read them; the rate is for managers only", async () => {
	const space = await team({ anna: "owner", mia: "manager", ben: "member" });
	answered(await as("mia").in(space)
		.post("/api/spaceSettings", { address: "Here" }), 201);
	answered(await as("mia").in(space).post("/api/workRules", {
		from: "2020-01-01", hourlyRate: 2800, overtimeAfterHours: 40, overtimeMultiplier: 2,
	}), 201);
	refused(await as("ben").in(space).patch("/api/spaceSettings/settings", { address: "Elsewhere" }), 403);
	answered(await as("ben").in(space).get("/api/spaceSettings/settings"), 200,
		{ spaceSetting: { address: "Here" } });
	const [seen] = answered(await as("ben").in(space).get("/api/workRules")).workRules;
	assert.deepEqual([seen.overtimeMultiplier, seen.hourlyRate], [2, undefined]);
	refused(await as("mia").in(space).delete("/api/spaceSettings/settings"), 403);
});

// --- roles ---

test("a new role applies at once, and that member's devices load everything again", async () => {
	const space = await team({ anna: "owner", ben: "member", mo: "member" });
	const [anna, ben, mo] = ["anna", "ben", "mo"].map((name) => as(name).in(space));
	const [bens, mos] = [await cursorOf(ben), await cursorOf(mo)];

	answered(await anna.patch(`/api/members/${ben.id}`, { role: "viewer" }), 200,
		{ member: { role: "viewer", name: "ben" } });
	refused(await ben.get(`/api/sync/changes?since=${bens}`), 410, { reason: "view" });
	const { changes } = await mo.pull(mos);
	assert.deepEqual(changes.map((change) => [change.collection, change.id, change.record.role]),
		[["members", ben.id, "viewer"]]);
	refused(await ben.post("/api/cars", { id: "1" }), 403);
	outcomes(await ben.push([{ op: "v1", collection: "cars", id: "1", base: 0, set: {} }]), "rejected");
	assert.equal((await roles(anna)).ben, "viewer");
});

test("setting the same role changes nothing", async () => {
	const space = await make("anna"), anna = as("anna").in(space);
	const cursor = await cursorOf(anna), head = await stack.head(space);
	answered(await anna.patch(`/api/members/${anna.id}`, { role: "owner" }));
	assert.equal(await stack.head(space), head);
	assert.deepEqual((await anna.pull(cursor)).changes, []);
});

test("managers change and remove members below them, and nobody else", async () => {
	const space = await team({
		anna: "owner", mia: "manager", max: "manager", ben: "member", mo: "member", vera: "viewer",
	});
	const [mia, ben] = [as("mia").in(space), as("ben").in(space)];

	answered(await mia.patch(`/api/members/${ben.id}`, { role: "viewer" }));
	refused(await mia.patch(`/api/members/${ben.id}`, { role: "manager" }), 403);
	refused(await mia.patch(`/api/members/${as("max").id}`, { role: "member" }), 403);
	refused(await mia.patch(`/api/members/${as("anna").id}`, { role: "member" }), 403);
	refused(await mia.patch(`/api/members/${mia.id}`, { role: "owner" }), 403);
	refused(await mia.delete(`/api/members/${as("max").id}`), 403);
	refused(await mia.delete(`/api/members/${as("anna").id}`), 403);
	refused(await ben.patch(`/api/members/${ben.id}`, { role: "member" }), 403);
	refused(await ben.delete(`/api/members/${mia.id}`), 403);
	refused(await as("vera").in(space).delete(`/api/members/${ben.id}`), 403);
	refused(await as("mo").in(space).delete(`/api/members/${as("vera").id}`), 403);
	answered(await mia.delete(`/api/members/${ben.id}`), 204);
	answered(await mia.patch(`/api/members/${mia.id}`, { role: "member" }));
	refused(await as("anna").in(space).patch(`/api/members/${as("max").id}`, { role: "none" }),
		400, { field: "role" });
	refused(await as("anna").in(space).patch(`/api/members/${as("max").id}`, { role: 3 }), 400, { field: "role" });
});

test("only Daybook writes members", async () => {
	const space = await make("anna"), anna = as("anna").in(space);
	refused(await anna.post("/api/members", { name: "Eve", role: "owner" }), 403);
	refused(await anna.put(`/api/members/${anna.id}`, { role: "viewer" }), 405);
	refused(await anna.post(`/api/members/${anna.id}/restore`, { version: 1 }), 403);
	const [result] = outcomes(await anna.push([
		{ op: "m1", collection: "members", id: anna.id, base: 1, set: { role: "viewer" } },
	]), "rejected");
	assert.equal(result.problem.status, 403);
	assert.equal((await roles(anna)).anna, "owner");
});

test("a member's e-mail is visible to that member and to managers", async () => {
	const space = await make("anna"), anna = as("anna").in(space);
	await as("ben").ready();
	await sql(`INSERT INTO member (space_id, user_id, role, joined_at)
		VALUES ('${space.id}', '${as("ben").id}', 'viewer', UTC_TIMESTAMP(3))`);
	answered(await anna.patch(`/api/members/${as("ben").id}`, { role: "member" }), 200,
		{ member: { email: as("ben").email } });
	const { members } = answered(await as("ben").in(space).get("/api/members"));
	assert.deepEqual(Object.fromEntries(members.map((m) => [m.name, m.email])),
		{ anna: undefined, ben: as("ben").email });
});

// --- leaving ---

test("a removed member loses the space at once, and the edits their devices had not sent", async () => {
	const space = await team({ anna: "owner", ben: "member", mo: "viewer" });
	const [anna, ben, mo] = ["anna", "ben", "mo"].map((name) => as(name).in(space));
	answered(await ben.post("/api/cars", { id: "7" }), 201);
	answered(await anna.patch(`/api/members/${ben.id}`, { role: "manager" }));
	const token = await ben.apiToken("write", space.id), since = await cursorOf(mo);

	answered(await anna.delete(`/api/members/${ben.id}`), 204);
	await isGone(ben);
	refused(await stack.as("otto").with({ Authorization: `Bearer ${token.token}` }).get("/api/cars"), 401);
	assert.deepEqual((await mo.pull(since)).changes.map((change) => [change.collection, change.id, change.deleted]),
		[["members", ben.id, true]]);
	answered(await anna.get("/api/cars/7"), 200, { car: { createdBy: ben.id } });
	assert.ok(!answered(await as("ben").get("/api/spaces")).spaces.some((one) => one.id === space.id));
	answered(await as("ben").get("/api/cars"));
});

test("somebody can leave, but the last owner cannot", async () => {
	const space = await team({ anna: "owner", ben: "member" });
	const [anna, ben] = [as("anna").in(space), as("ben").in(space)];
	refused(await anna.delete(`/api/members/${anna.id}`), 409, { type: "/problems/last-owner" });
	refused(await anna.patch(`/api/members/${anna.id}`, { role: "manager" }), 409,
		{ type: "/problems/last-owner" });
	answered(await ben.delete(`/api/members/${ben.id}`), 204);
	await isGone(ben);
	refused(await ben.delete(`/api/members/${ben.id}`), 404);
});

test("an owner who cannot sign in does not count as the last owner", async () => {
	const space = await team({ anna: "owner", otto: "owner" });
	await sql(`UPDATE user SET disabled = 1 WHERE id = '${as("otto").id}'`);
	refused(await as("anna").in(space).delete(`/api/members/${as("anna").id}`), 409);
	await sql(`UPDATE user SET disabled = 0 WHERE id = '${as("otto").id}'`);
	answered(await as("anna").in(space).delete(`/api/members/${as("anna").id}`), 204);
});

test("two owners who leave at the same moment leave one behind", async () => {
	const space = await team({ anna: "owner", otto: "owner" });
	const answers = await Promise.all(
		["anna", "otto"].map((name) => as(name).in(space).delete(`/api/members/${as(name).id}`)));
	assert.deepEqual(answers.map((answer) => answer.status).sort(), [204, 409]);
});

test("ownership of a team is handed to a member, and the former owner becomes a manager", async () => {
	const space = await team({ anna: "owner", ben: "member" });
	const [anna, ben] = [as("anna").in(space), as("ben").in(space)];
	const cursor = await cursorOf(anna);

	refused(await anna.post("/api/transfer", { user: as("otto").id ?? "nobody" }), 400, { field: "user" });
	refused(await anna.post("/api/transfer", { user: anna.id }), 400, { field: "user" });
	refused(await ben.post("/api/transfer", { user: ben.id }), 403);
	answered(await anna.post("/api/transfer", { user: ben.id }), 200, { member: { role: "owner", name: "ben" } });
	assert.deepEqual(await roles(ben), { anna: "manager", ben: "owner" });
	refused(await anna.get(`/api/sync/changes?since=${cursor}`), 410, { reason: "view" });
	refused(await anna.post("/api/transfer", { user: anna.id }), 403);
});

// --- deleting ---

test("a deleted team is gone for everybody, and its owner brings it back", async () => {
	const space = await make("anna", { name: "Short" });
	await sql(`INSERT INTO member (space_id, user_id, role, joined_at)
		VALUES ('${space.id}', '${(await as("mia").ready()).id}', 'manager', UTC_TIMESTAMP(3))`);
	const [anna, mia] = [as("anna").in(space), as("mia").in(space)];
	const token = await mia.apiToken("read", space.id), cursor = await cursorOf(mia);

	refused(await mia.delete(`/api/spaces/${space.id}`), 404); /* behind the prefix there is no such address */
	refused(await as("mia").delete(`/api/spaces/${space.id}`), 403);
	answered(await as("anna").delete(`/api/spaces/${space.id}`), 204);
	await isGone(anna);
	await isGone(mia);
	refused(await as("anna").get(`/api/spaces/${space.id}`), 404);
	refused(await as("anna").delete(`/api/spaces/${space.id}`), 404);
	refused(await as("otto").with({ Authorization: `Bearer ${token.token}` }).get("/api/cars"), 404);
	refused(await as("mia").post("/api/auth/tokens", {
		name: "x", scope: "read", space: space.id, password: as("mia").password,
	}), 404);
	assert.ok(!answered(await as("anna").get("/api/sync/heads")).heads.some((head) => head.space === space.id));
	assert.ok(!answered(await as("anna").get("/api/auth/me")).spaces.some((one) => one.id === space.id));
	assert.deepEqual(answered(await as("anna").get("/api/spaces")).deleted.map((one) => one.name), ["Short"]);
	assert.deepEqual(answered(await as("mia").get("/api/spaces")).deleted, []);

	refused(await as("mia").post(`/api/spaces/${space.id}/restore`), 404);
	refused(await as("otto").post(`/api/spaces/${space.id}/restore`), 404);
	answered(await as("anna").post(`/api/spaces/${space.id}/restore`), 200,
		{ space: { name: "Short", role: "owner" } });
	refused(await as("anna").post(`/api/spaces/${space.id}/restore`), 404);
	assert.deepEqual((await mia.pull(cursor)).changes, []);
});

test("after 30 days a deleted team cannot be brought back", async () => {
	const space = await make("anna", { name: "Late" });
	answered(await as("anna").delete(`/api/spaces/${space.id}`), 204);
	await sql(`UPDATE space SET deleted_at = deleted_at - INTERVAL 30 DAY WHERE id = '${space.id}'`);
	refused(await as("anna").post(`/api/spaces/${space.id}/restore`), 404);
	assert.ok(!answered(await as("anna").get("/api/spaces")).deleted.some((one) => one.id === space.id));
});

test("a personal space cannot be shared or deleted", async () => {
	const anna = await as("anna").ready();
	refused(await anna.delete(`/api/spaces/${anna.home}`), 403);
	refused(await anna.delete(`/api/members/${anna.id}`), 403);
	refused(await anna.patch(`/api/members/${anna.id}`, { role: "viewer" }), 403);
	refused(await anna.post("/api/transfer", { user: anna.id }), 403);
});

// --- invitations ---

function look(token) {
	return send({ url: `${stack.url}/api/invitations/look`, method: "POST", body: { token } });
}

test("an invitation names its team, and lets one person in", async () => {
	const space = await make("anna", { name: "Yard" }), anna = as("anna").in(space);
	const { token, link, invitation, mailed } =
		answered(await anna.post("/api/invitations", { role: "member" }), 201);

	assert.deepEqual([link, mailed], [`https://daybook.example.org/#invitation=${token}`, false]);
	answered(await look(token), 200, {
		$exact: { space: { name: "Yard" }, role: "member", invitedBy: "anna", expiresAt: invitation.expiresAt },
	});
	await as("mo").ready();
	const cursor = await cursorOf(anna);
	answered(await as("mo").post("/api/invitations/accept", { token }), 200,
		{ space: { id: space.id, role: "member", name: "Yard" } });
	assert.deepEqual(await roles(as("mo").in(space)), { anna: "owner", mo: "member" });
	assert.deepEqual((await anna.pull(cursor)).changes.map((change) => [
		change.collection, change.record.name, change.record.role,
	]), [["members", "mo", "member"]]);
	answered(await as("mo").post("/api/invitations/accept", { token }), 200, { space: { id: space.id } });
	refused(await as("ben").post("/api/invitations/accept", { token }), 404);
	refused(await look(token), 404);
	assert.deepEqual(answered(await anna.get("/api/invitations")).invitations, []);
	const [row] = await sql(
		`SELECT COUNT(*) AS count FROM invitation WHERE hash = '${token}' OR email LIKE '%${token}%'`);
	assert.equal(row.count, "0");
});

test("of two people with one link one gets in", async () => {
	const space = await make("anna");
	const { token } = answered(await as("anna").in(space).post("/api/invitations", { role: "viewer" }), 201);
	await Promise.all([as("ben").ready(), as("mo").ready()]);
	const answers =
		await Promise.all(["ben", "mo"].map((name) => as(name).post("/api/invitations/accept", { token })));
	assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 404]);
	assert.equal(Object.keys(await roles(as("anna").in(space))).length, 2);
});

test("an existing member keeps their role, and does not use up the link", async () => {
	const space = await team({ anna: "owner", mia: "manager" });
	const { token } = answered(await as("anna").in(space).post("/api/invitations", { role: "viewer" }), 201);
	answered(await as("mia").post("/api/invitations/accept", { token }), 200, { space: { role: "manager" } });
	answered(await as("mo").post("/api/invitations/accept", { token }), 200, { space: { role: "viewer" } });
});

test("a revoked or expired invitation, or one to a deleted team, lets nobody in", async () => {
	const space = await make("anna"), anna = as("anna").in(space);
	const open = async (more) => answered(await anna.post("/api/invitations", { role: "member", ...more }), 201);
	const [revoked, old, lost] = [
		await open(), await open({ expiresInDays: 1 }), await open({ expiresInDays: 30 }),
	];

	assert.deepEqual(answered(await anna.get("/api/invitations")).invitations.map((one) => one.id).sort(),
		[revoked, old, lost].map((one) => one.invitation.id).sort());
	answered(await anna.delete(`/api/invitations/${revoked.invitation.id}`), 204);
	refused(await anna.delete(`/api/invitations/${revoked.invitation.id}`), 404);
	await sql(`UPDATE invitation SET expires_at = expires_at - INTERVAL 1 DAY WHERE id = '${old.invitation.id}'`);
	for (const { token } of [revoked, old]) {
		refused(await look(token), 404);
		refused(await as("ben").post("/api/invitations/accept", { token }), 404);
	}
	answered(await as("anna").delete(`/api/spaces/${space.id}`), 204);
	refused(await look(lost.token), 404);
	refused(await as("ben").post("/api/invitations/accept", { token: lost.token }), 404);
	answered(await as("anna").post(`/api/spaces/${space.id}/restore`));
	answered(await as("ben").post("/api/invitations/accept", { token: lost.token }));
});

test("malformed tokens are 404", async () => {
	const { token } = answered(await as("anna").in(await make("anna"))
		.post("/api/invitations", { role: "member" }), 201);
	for (const wrong of [
		"", "x", `${token}x`, token.slice(0, -1), token.toUpperCase(), "dbi_".padEnd(47, "A"),
		`dbk_${token.slice(4)}`, "dbi_'; DROP TABLE user; --",
	]) {
		refused(await look(wrong), 404);
		refused(await as("ben").post("/api/invitations/accept", { token: wrong }), 404);
	}
	refused(await look(7), 400, { field: "token" });
	refused(await as("ben").post("/api/invitations/accept", {}), 400, { field: "token" });
});

test("invitations: managers below their role, owners all but owners, members nobody", async () => {
	const space = await team({ anna: "owner", mia: "manager", ben: "member" });
	const [anna, mia, ben] = ["anna", "mia", "ben"].map((name) => as(name).in(space));
	for (const role of ["viewer", "member"])
		answered(await mia.post("/api/invitations", { role }), 201);
	refused(await mia.post("/api/invitations", { role: "manager" }), 403);
	answered(await anna.post("/api/invitations", { role: "manager" }), 201);
	refused(await anna.post("/api/invitations", { role: "owner" }), 400, { field: "role" });
	refused(await ben.post("/api/invitations", { role: "viewer" }), 403);
	refused(await ben.get("/api/invitations"), 403);
	refused(await anna.post("/api/invitations", { role: "member", expiresInDays: 31 }), 400,
		{ field: "expiresInDays" });
	refused(await anna.post("/api/invitations", { role: "member", expiresInDays: 0 }), 400,
		{ field: "expiresInDays" });
	refused(await anna.post("/api/invitations", { role: "member", email: "nobody" }), 400, { field: "email" });
	refused(await anna.post("/api/invitations", { role: "member", email: "a,b@example.org" }), 400,
		{ field: "email" });
	refused(await as("anna").post("/api/invitations", { role: "member" }), 403); /* into her own space */
});

test("invitations of one team are invalid in another", async () => {
	const [one, two] = [await make("anna"), await make("otto")];
	const { invitation } = answered(await as("anna").in(one).post("/api/invitations", { role: "member" }), 201);
	refused(await as("otto").in(two).delete(`/api/invitations/${invitation.id}`), 404);
	assert.deepEqual(answered(await as("otto").in(two).get("/api/invitations")).invitations, []);
	refused(await as("otto").in(one).get("/api/invitations"), 404);
});

test("removing or demoting a person revokes invitations that they could no longer make", async () => {
	const space = await team({ anna: "owner", mia: "manager", max: "manager" });
	const tokens = [];
	for (const name of ["mia", "max"])
		tokens.push(answered(await as(name).in(space).post("/api/invitations", { role: "member" }), 201).token);
	answered(await as("anna").in(space).delete(`/api/members/${as("mia").id}`), 204);
	answered(await as("anna").in(space).patch(`/api/members/${as("max").id}`, { role: "member" }));
	for (const token of tokens)
		refused(await as("mia").post("/api/invitations/accept", { token }), 404);
});

test("a former owner leaves no invitation that they could no longer make", async () => {
	for (const step of ["transfer", "demote", "disable"]) {
		const space = await team({ anna: "owner", [`ole-${step}`]: "owner", ben: "member" });
		const ole = as(`ole-${step}`).in(space), tokens = {};
		for (const role of ["manager", "member"])
			tokens[role] = answered(await ole.post("/api/invitations", { role }), 201).token;
		if (step === "transfer")
			answered(await ole.post("/api/transfer", { user: as("ben").id }));
		else if (step === "demote")
			answered(await as("anna").in(space).patch(`/api/members/${ole.id}`, { role: "manager" }));
		else
			assert.equal((await ctl("user", "disable", ole.email)).status, 0);
		refused(await as("otto").post("/api/invitations/accept", { token: tokens.manager }), 404);
		const member = await as("otto").post("/api/invitations/accept", { token: tokens.member });
		assert.equal(member.status, step === "disable" ? 404 : 200);
	}
});

test("the limit of mail is per person, not per team", async () => {
	const sam = await as("sam").ready();
	let sent = 0;
	mail.breakIt();
	for (let i = 0; i < 3; i++) {
		const space = await make("sam");
		for (let n = 0; n < 45; n++)
			sent += (await sam.in(space).post("/api/invitations", {
				role: "viewer", email: `somebody${n}@example.org`,
			})).status === 201;
		answered(await sam.delete(`/api/spaces/${space.id}`), 204);
	}
	assert.equal(sent, 100);
	// A link to hand on is no mail.
	answered(await sam.in(await make("sam")).post("/api/invitations", { role: "viewer" }), 201);
	await sql("DELETE FROM job");
	mail.mendIt();
});

test("a member who comes back has a new view epoch, and none of their old tokens", async () => {
	const space = await team({ anna: "owner", ben: "member" });
	const [anna, ben] = [as("anna").in(space), as("ben").in(space)];
	const old = await cursorOf(ben), { token: api } = await ben.apiToken("read", space.id);
	answered(await anna.delete(`/api/members/${ben.id}`), 204);
	answered(await anna.post("/api/cars", { id: "8" }), 201);
	const { token } = answered(await anna.post("/api/invitations", { role: "member" }), 201);
	answered(await as("ben").post("/api/invitations/accept", { token }));
	refused(await ben.get(`/api/sync/changes?since=${old}`), 410, { reason: "view" });
	refused(await as("otto").with({ Authorization: `Bearer ${api}` }).get("/api/cars"), 401);
	assert.ok((await ben.pull()).changes.some((change) => change.id === "8"));
	assert.equal((await roles(ben)).ben, "member");
});

test("an invitation to an address is mailed, and accepted by that account only", async () => {
	const space = await make("anna", { name: "Größe & Söhne" });
	const anna = as("anna").in(space);
	const { email } = await as("ben").ready();
	const { token, mailed } =
		answered(await anna.post("/api/invitations", { role: "viewer", email: email.toUpperCase() }), 201);
	const letter = await mail.next();

	assert.equal(mailed, true);
	assert.match(letter.head, new RegExp(`^From: daybook@example\\.org\nTo: ${email}\nSubject: =\\?utf-8\\?B\\?`));
	assert.match(letter.text, /anna invites you to work in "Größe & Söhne" with Daybook, as viewer/);
	assert.equal(letter.token, token);
	refused(await as("otto").post("/api/invitations/accept", { token }), 403);
	answered(await look(token), 200, { email });
	answered(await as("ben").post("/api/invitations/accept", { token }), 200, { space: { role: "viewer" } });
	// The letter is here a moment before its job is done.
	await until("the job is done, and the text of the letter is deleted", async () => {
		const jobs = await sql("SELECT state, payload FROM job");
		return jobs.length > 0 && jobs.every(({ state, payload }) => state === "done" && payload === "");
	});
});

test("mail that cannot be sent is tried again", async () => {
	mail.breakIt();
	const space = await make("anna");
	const { token } = answered(await as("anna").in(space)
		.post("/api/invitations", { role: "viewer", email: "late@example.org" }), 201);
	const [row] = await until("it was tried", async () =>
		(await sql("SELECT state, tries, error FROM job WHERE tries > 0 AND state = 'waiting'")).length > 0 &&
		sql("SELECT state, tries, error FROM job WHERE state = 'waiting'"), 30);
	assert.deepEqual([row.tries, row.error], ["1", "mail_command ended with status 75"]);
	mail.mendIt();
	await sql("UPDATE job SET run_after = UTC_TIMESTAMP(3) WHERE state = 'waiting'");
	assert.equal((await mail.next()).token, token);
});

test("mail that is always refused is given up, and its text is deleted", async () => {
	mail.breakIt();
	answered(await as("anna").in(await make("anna"))
		.post("/api/invitations", { role: "viewer", email: "never@example.org" }), 201);
	await until("it was tried", async () =>
		(await sql("SELECT id FROM job WHERE tries > 0 AND state = 'waiting'")).length > 0, 30);
	await sql("UPDATE job SET tries = 7, run_after = UTC_TIMESTAMP(3) WHERE state = 'waiting'");
	await until("it was given up",
		async () => (await sql("SELECT id FROM job WHERE state = 'failed' AND payload = ''")).length === 1, 30);
	mail.mendIt();
});

// --- employees ---

async function company() {
	const space = await team({ anna: "owner", mia: "manager", ben: "member", mo: "member" });
	return Object.fromEntries(["anna", "mia", "ben", "mo"].map((name) => [name, as(name).in(space)]));
}

const nobody = "00000000-0000-0000-0000-000000000000";

function hire(person, more = {}) {
	return person.post("/api/employees", { firstName: "Ada", lastName: "Lane", ...more });
}

test("employees have unique numbers, the next one if none is given", async () => {
	const { mia } = await company();
	const number = async (more) => answered(await hire(mia, more), 201).employee.employeeId;
	assert.deepEqual([
		await number(), await number(), await number({ employeeId: "EMP0040" }), await number(),
		await number({ employeeId: "N-7" }),
	], ["EMP0001", "EMP0002", "EMP0040", "EMP0041", "N-7"]);
	refused(await hire(mia, { employeeId: "EMP0040" }), 400, { field: "employeeId" });
	refused(await hire(mia, { employeeId: "a b" }), 400, { field: "employeeId" });
	const last = answered(await hire(mia), 201).employee;
	answered(await mia.delete(`/api/employees/${last.id}`));
	assert.deepEqual([last.employeeId, await number()], ["EMP0042", "EMP0043"]);
});

test("employees created at the same moment get different numbers", async () => {
	const { anna, mia } = await company();
	const answers = await Promise.all([anna, mia, anna, mia, anna, mia].map((person) =>
		inTurn("an employee", () => hire(person))));
	assert.equal(new Set(answers.map((answer) => answered(answer, 201).employee.employeeId)).size, 6);
});

test("several employees in one push or file get different numbers", async () => {
	const { mia } = await company();
	const set = { firstName: "A", lastName: "B" };
	const results = outcomes(await mia.push([1, 2, 3].map((n) => ({
		op: `h${n}`, collection: "employees", id: `e${n}`, base: 0, set,
	}))), "applied", "applied", "applied");
	assert.deepEqual(results.map((result) => result.record.employeeId), ["EMP0001", "EMP0002", "EMP0003"]);
	answered(await mia.post("/api/employees/import", "firstName,lastName\nC,D\nE,F\n", CSV), 200, { created: 2 });
	const { employees } = answered(await mia.get("/api/employees"));
	assert.equal(new Set(employees.map((one) => one.employeeId)).size, 5);
});

test("pay and addresses are visible to managers and to the linked member", async () => {
	const { mia, ben, mo } = await company();
	const { employee } = answered(await hire(mia, {
		user: ben.id, email: "ada@example.org", phone: "2750", department: "Dock",
	}), 201);
	const seen = async (person) => answered(await person.get(`/api/employees/${employee.id}`)).employee;

	assert.equal((await seen(mia)).owner, ben.id);
	assert.equal((await seen(ben)).phone, "2750");
	const others = await seen(mo);
	assert.deepEqual([others.department, others.email, others.phone],
		["Dock", undefined, undefined]);
	const pulled = (await mo.pull()).changes.filter((change) => change.id === employee.id)
		.map(({ record }) => [record.department, record.phone, record.email]);
	assert.deepEqual(pulled, [["Dock", undefined, undefined]]);
	assert.ok(!(await mo.get(`/api/employees/${employee.id}/history`)).text.includes("2750"));
	assert.ok(!(await mo.get("/api/audit?collection=employees")).text.includes("2750"));
	refused(await mo.get("/api/employees?phone=2750"), 400);
	refused(await ben.patch(`/api/employees/${employee.id}`, { phone: "9900" }), 403);
	refused(await hire(ben), 403);
});

test("linking an employee to another member changes the owner; without a link nobody owns it", async () => {
	const { anna, mia, ben, mo } = await company();
	const { employee } = answered(await hire(mia, { user: ben.id, phone: "2750" }), 201);
	const path = `/api/employees/${employee.id}`;
	const phone = async (person) => answered(await person.get(path)).employee.phone;

	answered(await mia.patch(path, { user: mo.id }));
	assert.deepEqual([await phone(ben), await phone(mo)], [undefined, "2750"]);
	assert.equal(answered(await mia.post(`${path}/restore`, { version: 1 })).employee.owner, ben.id);
	assert.deepEqual([await phone(ben), await phone(mo)], ["2750", undefined]);
	assert.equal(answered(await mia.patch(path, { user: null, owner: mo.id })).employee.owner, nobody);
	assert.deepEqual([await phone(ben), await phone(mo), await phone(mia)], [undefined, undefined, "2750"]);
	answered(await mia.patch(path, { user: mo.id }));
	refused(await hire(mia, { user: mo.id }), 400, { field: "user" });
	refused(await hire(mia, { user: as("otto").id }), 400, { field: "user" });
	refused(await hire(mia, { user: "nobody" }), 400, { field: "user" });
	refused(await mia.patch(path, { supervisor: employee.id }), 400,
		{ field: "supervisor", detail: "An employee cannot be their own supervisor." });
	refused(await mia.patch(path, { senior: employee.id }), 400,
		{ field: "senior", detail: "An employee cannot be their own senior." });
	const two = `id,firstName,lastName,user\nown,A,B,${ben.id}\nfree,C,D,\n`;
	answered(await mia.post("/api/employees/import", two, CSV), 200, { created: 2 });
	assert.deepEqual(await Promise.all(["own", "free"]
		.map(async (id) => answered(await anna.get(`/api/employees/${id}`)).employee.owner)), [ben.id, nobody]);
});

test("employees without a member can be exported from one team and imported into another", async () => {
	const { mia } = await company(), max = as("max").in(await team({ max: "owner" }));
	for (const lastName of ["Lane", "Love"])
		answered(await hire(mia, { lastName }), 201);
	const { text } = await mia.get("/api/employees/export");
	assert.ok(text.includes(nobody));
	answered(await max.post("/api/employees/import", text, CSV), 200, { created: 2 });
	assert.deepEqual(answered(await max.get("/api/employees")).employees.map(({ lastName, owner }) =>
		[lastName, owner]), [["Lane", nobody], ["Love", nobody]]);
});

test("a former manager no longer sees pay and rates, not even those they wrote", async () => {
	const { anna, mia, ben } = await company();
	const { employee } = answered(await hire(mia, { phone: "424200" }), 201);
	answered(await mia.patch(`/api/employees/${employee.id}`, { phone: "424201" }));
	answered(await mia.post("/api/workRules", { from: "2020-01-01", hourlyRate: 424202 }), 201);
	const { workTerm } = answered(await mia.post("/api/workTerms", {
		owner: ben.id, from: "2020-01-01", hourlyRate: 424203,
	}), 201);
	assert.match((await mia.get("/api/sync/changes")).text, /"hourlyRate":424203/);
	answered(await anna.patch(`/api/members/${mia.id}`, { role: "member" }));
	for (const path of [
		`/api/employees/${employee.id}`, `/api/employees/${employee.id}/history`,
		`/api/employees/${employee.id}?version=1`, "/api/employees", "/api/employees/export",
		"/api/workRules", "/api/workRules/export", "/api/workTerms", "/api/workTerms/export", "/api/audit",
		"/api/sync/changes",
	]) {
		const answer = await mia.get(path);
		assert.equal(answer.status, 200, path);
		assert.ok(!answer.text.includes("42420"), path);
	}
	refused(await mia.get(`/api/workTerms/${workTerm.id}`), 404);
});

// --- two spaces ---

test("roles in one team mean nothing in another", async () => {
	const [one, two] = [await team({ anna: "owner", ben: "viewer" }), await team({ anna: "viewer", ben: "owner" })];
	const [anna, ben] = [as("anna"), as("ben")];
	refused(await anna.in(two).patch(`/api/members/${ben.id}`, { role: "viewer" }), 403);
	refused(await anna.in(two).delete(`/api/members/${ben.id}`), 403);
	refused(await anna.delete(`/api/spaces/${two.id}`), 403);
	answered(await ben.in(two).patch(`/api/members/${anna.id}`, { role: "member" }));
	refused(await ben.in(one).post("/api/cars", { id: "5" }), 403);
	const token = (await anna.apiToken("admin", one.id)).token;
	const bound = as("otto").with({ Authorization: `Bearer ${token}` });
	refused(await bound.in(two).patch(`/api/members/${ben.id}`, { role: "viewer" }), 404);
	refused(await bound.get(`/api/spaces/${two.id}`), 404);
	refused(await bound.delete(`/api/spaces/${two.id}`), 404);
	answered(await bound.in(one).patch(`/api/members/${ben.id}`, { role: "member" }));
});

test("the audit verifies after all of this, and no response was a 5xx", async () => {
	const verified = await ctl("verify");
	assert.equal(verified.status, 0, verified.stdout + verified.stderr);
	assert.deepEqual(await stack.faults(), []);
});
