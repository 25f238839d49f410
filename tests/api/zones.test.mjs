// Whose clock it is: that of a person's work settings, else the space's, else UTC.  An account and a team begin with
// the zone of their maker.
import { test } from "node:test";
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { start } from "../harness.mjs";
import { answered, refused } from "../lib/expect.mjs";
import { send } from "../lib/http.mjs";
import { inTurn } from "../lib/people.mjs";

const stack = await start();
const { sql, ctl } = stack;

const register = (body) => inTurn("a sign-up", () => send({
	url: `${stack.url}/api/auth/register`, method: "POST",
	body: { email: `${randomUUID()}@example.org`, password: "a long password", name: "Nora", ...body },
}));

// Somebody new: call(method, path, body) asks as them.
async function somebody(body) {
	const { accessToken, space } = answered(await register(body), 201);
	const call = (method, path, sent) => send({
		url: `${stack.url}${path}`, method, body: sent, headers: { Authorization: `Bearer ${accessToken}` },
	});
	return { call, space };
}

async function team({ call }, body = {}) {
	const { space } = answered(await call("POST", "/api/spaces", { name: "Depot", ...body }), 201);
	return { call: (method, path, sent) => call(method, `/api/spaces/${space.id}${path}`, sent) };
}

const zoneOf = async (call, path) => {
	const answer = await call("GET", path);
	return answer.status === 404 ? undefined : answered(answer).spaceSetting.zone;
};

test("FH7: a new account's own space has the zone that it signed up with", async () => {
	const nora = await somebody({ zone: "Europe/Berlin" }), otto = await somebody();
	assert.equal(await zoneOf(nora.call, "/api/spaceSettings/settings"), "Europe/Berlin");
	assert.equal(await zoneOf(otto.call, "/api/spaceSettings/settings"), undefined);
	const start = "2026-11-20T23:30:00Z";
	answered(await nora.call("POST", "/api/workSessions", { start }), 201,
		{ workSession: { zone: "Europe/Berlin", day: "2026-11-21" } });
	answered(await otto.call("POST", "/api/workSessions", { start }), 201,
		{ workSession: { zone: "UTC", day: "2026-11-20" } });
});

test("a zone that nobody knows is refused, and no account is made", async () => {
	const email = `${randomUUID()}@example.org`;
	for (const zone of ["Mars/Olympus", "", "../../etc/passwd", 7])
		refused(await register({ email, zone }), 400, { field: "zone" });
	assert.deepEqual(await sql(`SELECT id FROM user WHERE email = '${email}'`), []);
	answered(await register({ email, zone: null }), 201);
});

test("FH7: a team takes the zone of its maker, unless it is made with another", async () => {
	const nora = await somebody({ zone: "Europe/Berlin" });
	const settings = "/spaceSettings/settings";
	assert.equal(await zoneOf((await team(nora)).call, settings), "Europe/Berlin");
	assert.equal(await zoneOf((await team(nora, { zone: "Asia/Kathmandu" })).call, settings), "Asia/Kathmandu");
	assert.equal(await zoneOf((await team(nora, { industry: "retail" })).call, settings), "Europe/Berlin");
	answered(await nora.call("POST", "/api/workSettings", { zone: "America/Chicago" }), 201);
	assert.equal(await zoneOf((await team(nora)).call, settings), "America/Chicago");
	assert.equal(await zoneOf((await team(await somebody())).call, settings), undefined);
});

test("a session is in the zone of its person's settings, else of the space", async () => {
	const { call } = await team(await somebody({ zone: "Europe/Berlin" }));
	const work = async () => answered(await call("POST", "/workSessions",
		{ start: "2026-11-20T08:00:00Z", end: "2026-11-20T09:00:00Z" }), 201).workSession.zone;
	assert.equal(await work(), "Europe/Berlin");
	answered(await call("POST", "/workSettings", { zone: "America/Chicago" }), 201);
	assert.equal(await work(), "America/Chicago");
});

test("FH7: a car of a new team is late by its maker's clock, for the board, the alerts and the reports", async () => {
	const { call } = await team(await somebody({ zone: "Europe/Berlin" }));
	const clock = new Intl.DateTimeFormat("en-GB",
		{ timeZone: "Europe/Berlin", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
	const at = (minutes) => clock.format(Date.now() + minutes * 60_000);
	answered(await call("POST", "/cars", { id: "1", expected: at(-5) }), 201);
	answered(await call("POST", "/cars", { id: "2", expected: at(+5) }), 201);
	answered(await call("POST", "/shifts/start", {}), 201);
	assert.equal((await ctl("watch")).status, 0);
	assert.deepEqual(answered(await call("GET", "/cars")).cars.map((one) => one.late), [true, false]);
	const { notifications } = answered(await call("GET", "/notifications"));
	assert.deepEqual(notifications.map((one) => one.about), ["cars/1"]);
	const report = answered(await call("GET", "/reports/shift"), 200, { zone: "Europe/Berlin" });
	assert.equal(report.figures.late, 1);
});
