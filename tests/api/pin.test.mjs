// Shared handhelds: a device that belongs to a team, and a PIN for each person who works with it.  What a PIN opens,
// what it does not, and how it ends.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { start } from "../harness.mjs";
import { crew } from "../lib/crew.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";
import { send } from "../lib/http.mjs";

const stack = await start();
const { as, ctl, sql, team } = stack;

beforeEach(() => sql("DELETE FROM throttle"));

// A host hashes at most two passwords at a time; a third request gets 429.
async function patiently(ask) {
	for (let tries = 0; ; tries++) {
		const answer = await ask();
		if (answer.status !== 429 || tries === 20)
			return answer;
	}
}

function call(method, path, token, body, headers = {}) {
	return send({ url: stack.url + path, method, body, headers: { Authorization: `Bearer ${token}`, ...headers } });
}

// A handheld as the person at it knows it.
async function enrol(manager, body = { name: "Lane 3" }) {
	const { token, handheld } = answered(await manager.post("/api/handhelds", body), 201);
	return {
		...handheld, token,
		people: () => call("GET", "/api/auth/pin", token),
		signIn: (user, pin, deviceId = handheld.deviceId) => call("POST", "/api/auth/pin", token,
			{ user: user.id ?? user, pin, deviceId }),
		// What the signed-in person does there: (method, path, body).
		async at(user, pin) {
			const entry = answered(await patiently(() => this.signIn(user, pin)));
			const person = (method, path, body, headers) => call(method, path,
				entry.accessToken, body, headers);
			return Object.assign(person, entry);
		},
	};
}

async function choose(person, pin) {
	answered(await patiently(() => person.put("/api/pin", { pin, password: person.password })), 204);
}

const depot = (roles = { anna: "owner", mia: "manager", ben: "member", vera: "viewer" }) => crew(stack, roles);

// A depot with a handheld, and one of its people signed in there.
async function seated(name = "ben") {
	const folk = await depot(), handheld = await enrol(folk.mia);
	await choose(folk[name], "4711");
	return { ...folk, handheld, there: await handheld.at(folk[name], "4711") };
}

// --- handhelds ---

test("a manager enrols a handheld; its token is shown once, the list says who is signed in on it", async () => {
	const { mia, ben, space } = await depot();
	const handheld = await enrol(mia, { name: "Lane 3", deviceId: "tc57-0012" });
	assert.match(handheld.token, /^dbh_[A-Za-z0-9_-]{43}$/);
	assert.deepEqual([handheld.name, handheld.deviceId, handheld.createdBy], ["Lane 3", "tc57-0012", mia.id]);
	await choose(ben, "4711");
	await handheld.at(ben, "4711");

	const answer = await mia.get("/api/handhelds");
	const [listed] = answered(answer).handhelds;
	assert.deepEqual([listed.id, listed.user], [handheld.id, { id: ben.id, name: "ben" }]);
	assert.ok(!answer.text.includes(handheld.token));
	const [row] = await sql(`SELECT hash = UNHEX(SHA2('${handheld.token}', 256)) AS hashed FROM handheld
		WHERE space_id = '${space.id}'`);
	assert.equal(row.hashed, "1");
});

test("only managers of a team enrol, see and revoke handhelds", async () => {
	const { mia, ben, vera, anna } = await depot();
	const handheld = await enrol(mia);
	for (const person of [ben, vera]) {
		refused(await person.post("/api/handhelds", { name: "x" }), 403);
		refused(await person.get("/api/handhelds"), 403);
		refused(await person.delete(`/api/handhelds/${handheld.id}`), 403);
	}
	refused(await as("mia").post("/api/handhelds", { name: "x" }), 403);
	refused(await mia.post("/api/handhelds", {}), 400, { field: "name" });
	refused(await mia.post("/api/handhelds", { name: " " }), 400, { field: "name" });
	refused(await mia.post("/api/handhelds", { name: "x", deviceId: "a b" }), 400, { field: "deviceId" });
	const other = await depot({ otto: "owner" });
	refused(await other.otto.delete(`/api/handhelds/${handheld.id}`), 404);
	answered(await anna.delete(`/api/handhelds/${handheld.id}`), 204);
	refused(await anna.delete(`/api/handhelds/${handheld.id}`), 404);
	assert.deepEqual(answered(await anna.get("/api/handhelds")).handhelds, []);
});

test("a handheld's token shows who has a PIN and opens nothing else", async () => {
	const { mia, ben, vera, space } = await depot();
	const handheld = await enrol(mia);
	await sql(`UPDATE user SET name = 'Vera von Élan' WHERE id = '${vera.id}'`);
	await choose(vera, "8302");
	await choose(ben, "4711");
	const shown = answered(await handheld.people());
	assert.deepEqual(shown.people,
		[{ id: vera.id, name: "Vera von Élan", initials: "VÉ" }, { id: ben.id, name: "ben", initials: "b" }]);
	assert.deepEqual([shown.space, shown.handheld],
		[{ id: space.id, name: "A team" }, { id: handheld.id, deviceId: handheld.deviceId, name: "Lane 3" }]);

	for (const path of [
		"/api/cars", "/api/members", `/api/spaces/${space.id}/cars`, `/api/spaces/${space.id}`,
		"/api/sync/changes", "/api/sync/heads", "/api/collections", "/api/auth/me", "/api/audit",
	])
		refused(await call("GET", path, handheld.token), 401);
	for (const token of [mia.token, (await mia.apiToken("admin")).token, "dbh_", `dbh_${"A".repeat(43)}`])
		refused(await call("GET", "/api/auth/pin", token), 401);
	assert.equal((await send({ url: `${stack.url}/api/auth/pin`, method: "GET" })).status, 401);
});

// --- PINs ---

test("a PIN is set with the password, seen by nobody, changed and removed", async () => {
	const { mia, ben } = await depot();
	assert.deepEqual(answered(await ben.get("/api/pin")), { pin: null });
	refused(await ben.put("/api/pin", { pin: "4711" }), 400, { field: "password" });
	refused(await patiently(() => ben.put("/api/pin", { pin: "4711", password: "not his own" })), 400,
		{ field: "password" });
	assert.deepEqual(answered(await ben.get("/api/pin")), { pin: null });
	await choose(ben, "4711");
	assert.ok(answered(await ben.get("/api/pin")).pin.changedAt);
	const pins = await mia.get("/api/pins");
	assert.deepEqual(answered(pins).pins.map((pin) => [pin.user, pin.name]), [[ben.id, "ben"]]);
	refused(await ben.get("/api/pins"), 403);
	const [{ hash }] = await sql(`SELECT hash FROM pin WHERE user_id = '${ben.id}'`);
	assert.match(hash, /^\$argon2id\$/);
	answered(await ben.delete("/api/pin"), 204);
	refused(await ben.delete("/api/pin"), 404);
	assert.deepEqual(answered(await mia.get("/api/pins")).pins, []);
});

test("an API token cannot set a PIN, and a personal space has no PINs", async () => {
	const { ben } = await depot();
	const { token } = await ben.apiToken("admin");
	refused(await call("PUT", "/api/pin", token, { pin: "4711", password: ben.password }), 403);
	refused(await as("ben").put("/api/pin", { pin: "4711", password: ben.password }), 403);
});

test("weak and malformed PINs are refused for everybody", async () => {
	const { ben } = await depot();
	for (const pin of [
		"0000", "1234", "4321", "8901", "2109", "1212", "123123", "98989898", "7777777", "2580", "123",
		"123456789", "47a1", "", "４７１１", 4711,
	])
		refused(await ben.put("/api/pin", { pin, password: ben.password }), 400, { field: "pin" });
	refused(await ben.put("/api/pin", { password: ben.password }), 400, { field: "pin" });
	for (const pin of ["4711", "1235", "50608070"])
		await choose(ben, pin);
});

test("removing a PIN as manager ends the sign-ins made with it", async () => {
	const { mia, ben, handheld, there } = await seated();
	answered(await there("GET", "/api/cars"));
	refused(await ben.delete(`/api/pins/${mia.id}`), 403);
	answered(await mia.delete(`/api/pins/${ben.id}`), 204);
	refused(await mia.delete(`/api/pins/${ben.id}`), 404);
	refused(await mia.delete("/api/pins/nobody"), 404);
	refused(await there("GET", "/api/cars"), 401);
	refused(await patiently(() => handheld.signIn(ben, "4711")), 401);
});

test("a new PIN ends the sign-ins made with the old one", async () => {
	const { ben, handheld, there } = await seated();
	await choose(ben, "9306");
	refused(await there("GET", "/api/cars"), 401);
	refused(await patiently(() => handheld.signIn(ben, "4711")), 401);
	await handheld.at(ben, "9306");
});

// --- signing in ---

test("a sign-in by PIN acts as the person, and the audit names person and handheld", async () => {
	const { mia, ben, space } = await depot();
	const handheld = await enrol(mia, { name: "Lane 3", deviceId: "tc57-0012" });
	await choose(ben, "4711");
	const there = await handheld.at(ben, "4711");
	assert.deepEqual([there.user.id, there.space, there.refreshToken, there.idleSeconds],
		[ben.id, space.id, undefined, 900]);
	answered(await there("POST", "/api/cars", { id: "128489", location: "100" }), 201);
	answered(await there("PATCH", "/api/cars/128489", { arrived: true }, { "X-Device-Id": "somebody-elses" }));
	outcomes(await there("POST", "/api/sync/push", {
		device: "a-third",
		ops: [{ op: "pin-1", collection: "cars", id: "128489", base: 2, set: { empty: true } }],
	}), "applied");
	const { history } = answered(await mia.get("/api/cars/128489/history"));
	assert.deepEqual(history.map((row) => [row.by, row.device]), Array(3).fill([ben.id, "tc57-0012"]));
	assert.ok(answered(await there("GET", "/api/sync/changes")).changes.length > 0);

	const { sessions } = answered(await as("ben").get("/api/auth/sessions"));
	assert.deepEqual(sessions.map((session) => [
		session.kind, session.name, session.space, session.deviceId,
	]).filter(([kind,, id]) => kind === "pin" && id === space.id), [["pin", "Lane 3", space.id, "tc57-0012"]]);
	const me = answered(await there("GET", "/api/auth/me"));
	assert.deepEqual([me.session.kind, me.space, me.spaces.map((one) => one.id)], ["pin", space.id, [space.id]]);
});

test("a wrong PIN, a member without a PIN, a stranger and an unknown id get one response", async () => {
	const { mia, ben } = await depot();
	const handheld = await enrol(mia);
	await as("otto").ready();
	await choose(ben, "4711");
	const plain = ({ instance, ...problem }) => problem;
	const answers = [];
	for (const user of [ben, mia, as("otto"), "01939d2a-0000-7000-8000-000000000000"])
		answers.push(plain(refused(await patiently(() => handheld.signIn(user, "5823")), 401)));
	for (const answer of answers)
		assert.deepEqual(answer, answers[0]);
	refused(await handheld.signIn("nobody", "4711"), 400, { field: "user" });
	refused(await handheld.signIn(ben, "471147114"), 400, { field: "pin" });
	refused(await call("POST", "/api/auth/pin", handheld.token, { user: ben.id, pin: "4711" }), 400,
		{ field: "deviceId" });
	refused(await handheld.signIn(ben, "4711", "another-device"), 403, { field: "deviceId" });
});

test("a PIN is valid in its own team only", async () => {
	const one = await depot(), other = await depot({ mia: "manager", ben: "member", anna: "owner" });
	await choose(one.ben, "4711");
	const there = await enrol(other.mia);
	assert.deepEqual(answered(await there.people()).people, []);
	refused(await patiently(() => there.signIn(one.ben, "4711")), 401);
	const here = await (await enrol(one.mia)).at(one.ben, "4711");
	for (const space of [other.space.id, as("ben").home])
		for (const path of [
			`/api/spaces/${space}/cars`, `/api/spaces/${space}/sync/changes`, `/api/spaces/${space}`,
		])
			refused(await here("GET", path), 404);
	assert.deepEqual(
		answered(await here("GET", "/api/sync/heads")).heads.map((head) => head.space), [one.space.id]);
});

test("a PIN is for the work: account, people and the space itself stay closed, for an owner too", async () => {
	const { ben, anna, space, handheld, there } = await seated("anna");
	const password = anna.password;
	for (const [method, path, body] of [
		["POST", "/api/auth/password", { current: password, new: "a new one, 12345" }],
		["DELETE", "/api/auth/me", { password }],
		["GET", "/api/auth/tokens"],
		["POST", "/api/auth/tokens", { name: "x", scope: "read", space: space.id }],
		["GET", "/api/auth/sessions"], ["GET", "/api/spaces"], ["POST", "/api/spaces", { name: "x" }],
		["GET", "/api/devices"],
		["GET", "/api/pin"], ["PUT", "/api/pin", { pin: "9306", password }], ["DELETE", "/api/pin"],
		["GET", "/api/pins"], ["DELETE", `/api/pins/${ben.id}`],
		["GET", "/api/handhelds"], ["POST", "/api/handhelds", { name: "x" }],
		["DELETE", `/api/handhelds/${handheld.id}`],
		["GET", "/api/invitations"], ["POST", "/api/invitations", { role: "member" }],
		["POST", "/api/invitations/accept", { token: "x" }],
		["PATCH", `/api/members/${ben.id}`, { role: "viewer" }], ["DELETE", `/api/members/${ben.id}`],
		["POST", "/api/transfer", { user: ben.id }],
		["PATCH", `/api/spaces/${space.id}`, { name: "x" }], ["DELETE", `/api/spaces/${space.id}`],
	])
		refused(await there(method, path, body), 403);
	answered(await there("POST", "/api/cars", { id: "1" }), 201);
});

test("a sign-in by PIN has the person's role", async () => {
	const { mia, vera, there } = await seated("vera");
	answered(await there("GET", "/api/cars"));
	refused(await there("POST", "/api/cars", { id: "1" }), 403);
	answered(await mia.patch(`/api/members/${vera.id}`, { role: "member" }));
	answered(await there("POST", "/api/cars", { id: "1" }), 201);
});

// --- how it ends ---

test("a revoked handheld stops working at once, and nobody is signed in on it", async () => {
	const { mia, ben, handheld, there } = await seated();
	answered(await mia.delete(`/api/handhelds/${handheld.id}`), 204);
	refused(await there("GET", "/api/cars"), 401);
	refused(await there("POST", "/api/auth/pin/refresh", { handheld: handheld.token }), 401);
	refused(await handheld.people(), 401);
	refused(await handheld.signIn(ben, "4711"), 401);
});

test("signing out, or the next person's PIN, ends a sign-in there; other devices stay signed in", async () => {
	const { mia, ben, anna } = await depot();
	const handheld = await enrol(mia), second = await enrol(mia, { name: "Lane 4" });
	await choose(ben, "4711");
	await choose(anna, "9306");
	const first = await handheld.at(ben, "4711"), elsewhere = await second.at(ben, "4711");
	refused(await patiently(() => handheld.signIn(anna, "9307")), 401);
	answered(await first("GET", "/api/cars"));
	const next = await handheld.at(anna, "9306");
	refused(await first("GET", "/api/cars"), 401);
	answered(await elsewhere("GET", "/api/cars"));
	answered(await next("POST", "/api/auth/logout"), 204);
	refused(await next("GET", "/api/cars"), 401);
	const { sessions } = answered(await as("ben").get("/api/auth/sessions"));
	const [session] = sessions.filter((one) => one.kind === "pin");
	answered(await as("ben").delete(`/api/auth/sessions/${session.id}`), 204);
	refused(await elsewhere("GET", "/api/cars"), 401);
});

test("a sign-in by PIN lasts while its own handheld renews it, ends when idle and after a long day", async () => {
	const { mia, ben, space } = await depot();
	const handheld = await enrol(mia), second = await enrol(mia, { name: "Lane 4" });
	await choose(ben, "4711");
	const there = await handheld.at(ben, "4711");
	const mine = `space_id = '${space.id}' AND kind = 'pin' AND revoked_at IS NULL`;
	const minutes = async () => {
		const left = "TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(3), expires_at)";
		const [row] = await sql(`SELECT ROUND(${left} / 60) AS minutes FROM session WHERE ${mine}`);
		return Number(row.minutes);
	};
	await sql(`UPDATE session SET expires_at = expires_at - INTERVAL 10 MINUTE WHERE ${mine}`);
	answered(await there("GET", "/api/sync/changes"));
	assert.equal(await minutes(), 5, "polling is no work");
	refused(await there("POST", "/api/auth/pin/refresh", {}), 400, { field: "handheld" });
	refused(await there("POST", "/api/auth/pin/refresh", { handheld: second.token }), 401);
	refused(await ben.forAccount().post("/api/auth/pin/refresh", { handheld: handheld.token }), 403);
	const renewed = answered(await there("POST", "/api/auth/pin/refresh", { handheld: handheld.token }));
	assert.deepEqual([renewed.user.id, renewed.space], [ben.id, space.id]);
	assert.equal(await minutes(), 15);
	answered(await call("GET", "/api/cars", renewed.accessToken));

	await sql(`UPDATE session SET created_at = created_at - INTERVAL 955 MINUTE WHERE ${mine}`);
	answered(await there("POST", "/api/auth/pin/refresh", { handheld: handheld.token }));
	assert.equal(await minutes(), 5, "sixteen hours in all");
	await sql(`UPDATE session SET expires_at = UTC_TIMESTAMP(3) WHERE ${mine}`);
	refused(await there("GET", "/api/cars"), 401);
	refused(await there("POST", "/api/auth/pin/refresh", { handheld: handheld.token }), 401);
});

test("a new password ends sign-ins by PIN", async () => {
	const { mia, paul } = await depot({ mia: "manager", anna: "owner", paul: "member" });
	const handheld = await enrol(mia);
	await choose(paul, "4711");
	const there = await handheld.at(paul, "4711");
	answered(await patiently(() => as("paul").post("/api/auth/password", {
		current: paul.password, new: "something longer",
	})), 204);
	refused(await there("GET", "/api/cars"), 401);
});

test("a removed member has no PIN any more, not even after rejoining", async () => {
	const { mia, ben, space, handheld, there } = await seated();
	answered(await mia.delete(`/api/members/${ben.id}`), 204);
	refused(await there("GET", "/api/cars"), 401);
	assert.deepEqual(answered(await handheld.people()).people, []);
	refused(await patiently(() => handheld.signIn(ben, "4711")), 401);
	refused(await ben.put("/api/pin", { pin: "4711", password: ben.password }), 404);
	await sql(`INSERT INTO member (space_id, user_id, role, view_epoch, joined_at)
		VALUES ('${space.id}', '${ben.id}', 'member', 0, UTC_TIMESTAMP(3))`);
	refused(await patiently(() => handheld.signIn(ben, "4711")), 401);
});

test("deleting a team ends its handhelds; erasing a team or a person deletes handhelds and PINs", async () => {
	const { mia, ben, anna, space } = await depot();
	const zoe = (await as("zoe").ready()), other = await team({ anna: "owner", zoe: "member" });
	await choose(zoe.in(other), "9306");
	const handheld = await enrol(mia);
	await choose(ben, "4711");
	answered(await anna.forAccount().delete(`/api/spaces/${space.id}`), 204);
	refused(await handheld.people(), 401);
	answered(await patiently(() => zoe.delete("/api/auth/me", undefined, { password: zoe.password })), 204);
	assert.equal((await ctl("tidy", "--shift-days", "31")).status, 0);
	const [left] = await sql(`SELECT (SELECT COUNT(*) FROM handheld WHERE space_id = '${space.id}') AS handhelds,
		(SELECT COUNT(*) FROM pin WHERE space_id = '${space.id}' OR user_id = '${zoe.id}') AS pins`);
	assert.deepEqual([left.handhelds, left.pins], ["0", "0"]);
});

// --- guessing ---

test("guessing makes that person wait on that handheld, and nobody else", async () => {
	const { mia, ben, anna } = await depot();
	const handheld = await enrol(mia), second = await enrol(mia, { name: "Lane 4" });
	await choose(ben, "4711");
	await choose(anna, "9306");
	for (let i = 0; i < 5; i++)
		refused(await patiently(() => handheld.signIn(ben, `${5823 + i}`)), 401);
	await sql("UPDATE throttle SET failures = failures + 10");
	const problem = await handheld.signIn(ben, "4711");
	refused(problem, 429);
	assert.ok(Number(problem.headers["retry-after"]) > 60);
	await handheld.at(anna, "9306");
	await second.at(ben, "4711");
	refused(await handheld.signIn(ben, "4711"), 429);
	await sql("DELETE FROM throttle");
	await handheld.at(ben, "4711");
	assert.deepEqual(await sql("SELECT failures FROM throttle"), [], "success counts nothing");
});

test("a handheld with very many guesses makes everybody wait", async () => {
	const { mia, ben, anna } = await depot();
	const handheld = await enrol(mia);
	await choose(anna, "9306");
	refused(await patiently(() => handheld.signIn(ben, "5823")), 401);
	await sql("UPDATE throttle SET failures = failures + 60");
	refused(await handheld.signIn(anna, "9306"), 429);
});

test("after an operator's restore handhelds have to be enrolled again", async () => {
	const { mia } = await depot();
	const handheld = await enrol(mia);
	answered(await handheld.people());
	assert.equal((await ctl("restore", "--again")).status, 0);
	refused(await handheld.people(), 401);
});

test("no response was a 5xx", async () => {
	assert.deepEqual(await stack.faults(), []);
});
