// Ways in which earlier time trackers lost work or paid for it wrongly, and what happens here.  Failures of a browser
// alone (a page that does not open, a field that loses its focus) are not among them.
import { test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { CSV, crew } from "../lib/crew.mjs";
import { Device } from "../lib/device.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";
import { send } from "../lib/http.mjs";
import { match } from "../lib/match.mjs";
import { usual } from "../lib/usual.mjs";

const stack = await start();
const { as } = stack;
let people = 0;

async function two() {
	const person = await as(`worker${++people}`).ready();
	return { person, a: new Device(person, { id: `a-${people}` }), b: new Device(person, { id: `b-${people}` }) };
}

const fresh = (roles = { olga: "owner", mia: "manager", ben: "member", mo: "member" }) => crew(stack, roles);

const sessions = async (person) =>
	answered(await person.get("/api/workSessions")).workSessions.map(({ id }) => id).sort();
const nine = "2026-11-20T09:00:00.000Z", ten = "2026-11-20T10:00:00.000Z", eleven = "2026-11-20T11:00:00.000Z";

test("what a device held before does not affect sessions that it does not know", async () => {
	const { person, a, b } = await two();
	outcomes(await a.push([a.op("workSessions", "s1", 0, { start: nine, duration: 60 })]), "applied");
	await b.pull();
	outcomes(await a.push([a.op("workSessions", "s2", 0, { start: ten, duration: 60 })]), "applied");
	outcomes(await b.push([b.op("workSessions", "s1", 1, { start: nine, duration: 60 })]), "unchanged");
	assert.deepEqual(await sessions(person), ["s1", "s2"]);
});

test("two devices that save in turn keep both sessions, and a stopped one stays stopped", async () => {
	const { person, a, b } = await two();
	outcomes(await a.push([a.op("workSessions", "run", 0, { start: nine })]), "applied");
	await b.pull();
	outcomes(await b.push([b.op("workSessions", "entry", 0, { start: nine, duration: 3600 })]), "applied");
	outcomes(await a.push([a.op("workSessions", "run", 1, { start: nine })]), "unchanged");
	outcomes(await a.push([a.op("workSessions", "run", 1, { end: eleven })]), "applied");
	outcomes(await b.push([b.op("workSessions", "run", 1, { start: nine, end: null })]), "conflict");
	outcomes(await b.push([b.op("workSessions", "run", 0, { start: nine })]), "unchanged");
	assert.deepEqual(await sessions(person), ["entry", "run"]);
	answered(await person.get("/api/workSessions/run"), 200, { workSession: { end: eleven, version: 2 } });
});

test("an entry made offline, sent five times, is there once", async () => {
	const { person, a } = await two();
	const op = a.op("workSessions", "off", 0, { start: nine, duration: 3600 }, { at: nine });
	outcomes(await a.push([op]), "applied");
	for (let i = 0; i < 4; i++)
		outcomes(await a.push([op]), "duplicate");
	const body = { start: ten, duration: 60 }, key = { "Idempotency-Key": `once-${people}` };
	const created = await Promise.all([1, 2, 3, 4, 5].map(() => person.post("/api/workSessions", body, key)));
	assert.equal(new Set(created.map((answer) => answer.body.workSession.id)).size, 1);
	assert.equal((await sessions(person)).length, 2);
});

test("a save whose response was lost is told apart from one that never arrived", async () => {
	const { person, a } = await two();
	const op = a.op("workSessions", "s1", 0, { start: nine });
	await assert.rejects(person.request("POST", "/api/sync/push", {
		body: { device: a.id, ops: [op] }, lose: new Promise((resolve) => setTimeout(resolve, 1)),
	}));
	const [{ status }] = answered(await a.push([op])).results;
	assert.ok(["applied", "duplicate"].includes(status), status);
	outcomes(await a.push([op]), "duplicate");
	assert.deepEqual(await sessions(person), ["s1"]);
});

test("two first sign-ins at once make one settings record", async () => {
	for (let i = 0; i < 10; i++) {
		const { person } = await two();
		const answers = await Promise.all(
			[8, 8, 7.5].map((targetHours) => person.post("/api/workSettings", { targetHours })));
		assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409]);
		assert.equal(answered(await person.get("/api/workSettings")).workSettings.length, 1);
	}
});

test("a day that was deleted on one device is not brought back by another's running timer", async () => {
	const { person, a, b } = await two();
	outcomes(await a.push([a.op("workSessions", "run", 0, { start: nine }), a.op("workSessions", "done", 0, {
		start: nine, duration: 60,
	})]), "applied", "applied");
	await b.pull();
	outcomes(await a.push([a.op("workSessions", "run", 1), a.op("workSessions", "done", 1)]), "applied", "applied");
	outcomes(await b.push([b.op("workSessions", "run", 1, { note: "still here" }), b.op("workSessions", "done", 0, {
		start: nine, duration: 60,
	})]), "conflict", "conflict");
	assert.deepEqual(await sessions(person), []);
	await b.pull();
	assert.equal(b.records.has("workSessions/run"), false);
});

test("a day is the local one, west and east of Greenwich, for every device that asks", async () => {
	const { person } = await two();
	answered(await person.post("/api/workSessions", {
		id: "west", start: "2026-11-21T01:00:00Z", duration: 60, zone: "America/Los_Angeles",
	}), 201, { workSession: { day: "2026-11-20" } });
	answered(await person.post("/api/workSessions", {
		id: "east", start: "2026-11-20T20:00:00Z", duration: 60, zone: "Asia/Tokyo",
	}), 201, { workSession: { day: "2026-11-21" } });
	const day = async (date) =>
		answered(await person.get(`/api/workSessions?day=${date}`)).workSessions.map(({ id }) => id);
	assert.deepEqual([await day("2026-11-20"), await day("2026-11-21")], [["west"], ["east"]]);
	match(answered(await person.get("/api/reports/work?from=2026-11-20&to=2026-11-20")),
		{ people: [{ days: [{ day: "2026-11-20", raw: 60 }] }] });
});

test("a shift over midnight is not closed at midnight, and keeps all its hours", async () => {
	const { person } = await two();
	const start = new Date(Date.now() - 20 * 3600000);
	const { workSession } = answered(await person.post("/api/workSessions", { start: start.toISOString() }), 201);
	answered(await person.get("/api/workSessions"));
	const running = answered(await person.get(`/api/workSessions/${workSession.id}`)).workSession;
	assert.equal(running.end, undefined);
	const end = new Date(start.getTime() + 19 * 3600000).toISOString();
	answered(await person.patch(`/api/workSessions/${workSession.id}`, { end }), 200,
		{ workSession: { duration: 19 * 3600, day: start.toISOString().slice(0, 10) } });
});

test("two devices that choose the same id do not overwrite each other, and ids made here differ", async () => {
	const { person, a, b } = await two();
	outcomes(await a.push([a.op("workSessions", "1763625600000", 0, { start: nine, duration: 60 })]), "applied");
	outcomes(await b.push([b.op("workSessions", "1763625600000", 0, { start: ten, duration: 60 })]), "conflict");
	answered(await person.get("/api/workSessions/1763625600000"), 200, { workSession: { start: nine } });
	const made = await Promise.all(Array.from({ length: 20 },
		() => person.post("/api/workSessions", { start: nine, duration: 60 })));
	assert.equal(new Set(made.map((answer) => answer.body.workSession.id)).size, 20);
});

test("an export holds what the company has, all of it, and no other company's", async () => {
	const { olga, mia, ben } = await fresh(), other = await fresh();
	const { jobSite } = answered(await mia.post("/api/jobSites", { name: "Depot" }), 201);
	answered(await ben.post("/api/workSessions", { start: nine, duration: 60, jobSite: jobSite.id }), 201);
	answered(await mia.post("/api/schedules", { start: nine, end: ten, owner: ben.id }), 201);
	answered(await mia.post("/api/assignments", { title: "Ramp", owner: ben.id }), 201);
	answered(await ben.post("/api/messages", { text: "Hello" }), 201);
	answered(await olga.post("/api/spaceSettings", { industry: "cleaning" }), 201);
	for (const collection of [
		"jobSites", "workSessions", "schedules", "assignments", "messages", "spaceSettings",
	]) {
		const file = await olga.get(`/api/${collection}/export?format=json`);
		assert.equal(answered(file).length, 1, collection);
		assert.ok(!file.text.includes(ben.password) && !file.text.includes("password"), collection);
		assert.deepEqual(
			answered(await other.olga.get(`/api/${collection}/export?format=json`)), [], collection);
	}
});

test("a file with unknown columns, or an empty one, changes and deletes nothing", async () => {
	const { mia } = await fresh();
	answered(await mia.post("/api/jobSites", { name: "Depot" }), 201);
	refused(await mia.post("/api/jobSites/import", [{ name: "Yard", evil: "x" }]), 400);
	refused(await mia.post("/api/jobSites/import", { users: [], jobSites: [] }), 400);
	const empty = await mia.post("/api/jobSites/import", []);
	assert.ok([200, 400].includes(empty.status), empty.text);
	assert.deepEqual(answered(await mia.get("/api/jobSites")).jobSites.map(({ name }) => name), ["Depot"]);
});

test("a photo is not stored as text in a record, so that records stay small", async () => {
	const { ben } = await fresh();
	refused(await ben.post("/api/workSessions", {
		start: nine, photoIn: `data:image/jpeg;base64,${"A".repeat(5000)}`,
	}), 400, { field: "photoIn" });
});

test("a clock-in after noon and a shift over midnight have the hours that passed", async () => {
	const { ben } = await fresh(), zone = "America/New_York";
	for (const [start, end, duration] of [
		["2026-11-20T14:05:03-05:00", "2026-11-20T15:06:03-05:00", 3660],
		["2026-11-20T11:59:59-05:00", "2026-11-20T12:00:01-05:00", 2],
		["2026-11-20T22:00:00-05:00", "2026-11-21T06:30:00-05:00", 30600],
	])
		answered(await ben.post("/api/workSessions", { start, end, zone }), 201,
			{ workSession: { duration, day: "2026-11-20" } });
	const file = "start,end,zone\n11/20/2026 4:05:03 PM,11/20/2026 5:06:03 PM,America/New_York\n";
	answered(await ben.post("/api/workSessions/import?dates=mdy&zone=America/New_York", file, CSV),
		200, { created: 1 });
	match(answered(await ben.get("/api/workSessions?start=2026-11-20T21:05:03.000Z")).workSessions,
		[{ day: "2026-11-20", duration: 3660, manual: true }]);
});

test("a running shift is stored as soon as it begins: after a new sign-in it still runs", async () => {
	const { person } = await two();
	const { workSession } = answered(await person.post("/api/workSessions", { start: nine }), 201);
	const login = await send({
		url: `${stack.url}/api/auth/login`, method: "POST",
		body: { email: person.email, password: person.password },
	});
	const headers = { Authorization: `Bearer ${answered(login).accessToken}` };
	const { workSessions } = answered(await send({ url: `${stack.url}/api/workSessions?end=`, headers }));
	assert.deepEqual(workSessions.map(({ id }) => id), [workSession.id]);
});

test("every entry has one owner, and is paid to that person only, once", async () => {
	const { olga, ben, mo } = await fresh();
	answered(await olga.post("/api/workRules", usual), 201);
	answered(await ben.post("/api/workSessions", { start: nine, end: eleven }), 201,
		{ workSession: { owner: ben.id } });
	const { people: paid, sum } = answered(await olga.get("/api/reports/payroll?from=2026-11-16&to=2026-11-22"));
	assert.deepEqual(paid.map(({ person, sum: { gross } }) => [person, gross]), [[ben.id, 5000]]);
	assert.equal(sum.gross, 5000);
	match(answered(await mo.get("/api/reports/payroll?from=2026-11-16&to=2026-11-22")),
		{ people: [{ person: mo.id, sum: { gross: 0 } }] });
	assert.deepEqual(await sessions(mo), []);
});

test("registering makes a place for hours at once; a second try says that the address is taken", async () => {
	const body = { email: `new-${Date.now()}@example.org`, password: "a long enough one", name: "New" };
	const url = `${stack.url}/api/auth/register`;
	const { accessToken } = answered(await send({ url, method: "POST", body }), 201);
	const headers = { Authorization: `Bearer ${accessToken}` };
	answered(await send({ url: `${stack.url}/api/workSessions`, method: "POST", headers, body: { start: nine } }),
		201);
	answered(
		await send({ url: `${stack.url}/api/jobSites`, method: "POST", headers, body: { name: "Shop" } }), 201);
	const { space } = answered(
		await send({ url: `${stack.url}/api/spaces`, method: "POST", headers, body: { name: "New's" } }), 201);
	answered(await send({
		url: `${stack.url}/api/spaces/${space.id}/reports/payroll?from=2026-11-16&to=2026-11-22`,
		headers,
	}), 200, { people: [] });
	refused(await send({ url, method: "POST", body }), 409);
});

test("no number is given twice, at once or after a removal; a message sent is there for others", async () => {
	const { olga, mia, ben, mo } = await fresh();
	const hire = async (who) =>
		answered(await who.post("/api/employees", { firstName: "A", lastName: "B" }), 201).employee;
	const hired = await Promise.all([olga, mia, olga, mia].map(hire));
	answered(await mia.delete(`/api/employees/${hired[3].id}`));
	const numbers = [...hired, await hire(mia)].map(({ employeeId }) => employeeId);
	assert.deepEqual(numbers.sort(), ["EMP0001", "EMP0002", "EMP0003", "EMP0004", "EMP0005"]);
	const { cursor } = await mo.pull();
	answered(await ben.post("/api/messages", { text: "Gate 4", toUser: mo.id }), 201);
	assert.deepEqual((await mo.pull(cursor)).changes.map(({ record }) => record.text), ["Gate 4"]);
});

test("importing an old file keeps newer entries; overwritten values are in the history", async () => {
	const { mia } = await fresh();
	const { jobSite: { id } } = answered(await mia.post("/api/jobSites", { name: "Depot", radius: 50 }), 201);
	const old = await mia.get("/api/jobSites/export?format=json");
	answered(await mia.patch(`/api/jobSites/${id}`, { radius: 200 }));
	answered(await mia.post("/api/jobSites", { name: "Newest" }), 201);
	answered(await mia.post("/api/jobSites/import", old.text, { "Content-Type": "application/json" }),
		200, { updated: 1 });
	assert.deepEqual(answered(await mia.get("/api/jobSites")).jobSites.map(({ name, radius }) => [name, radius]),
		[["Depot", 50], ["Newest", 100]]);
	answered(await mia.post(`/api/jobSites/${id}/restore`, { version: 2 }), 200, { jobSite: { radius: 200 } });
});
