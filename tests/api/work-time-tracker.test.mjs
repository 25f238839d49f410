// The scenarios of a work time tracker that is the same on all devices, as its requirements describe them: three
// scenarios, five testing steps, and its list of improvements.  What each device shows is what it pulled.
import { test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { Device } from "../lib/device.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";
import { match } from "../lib/match.mjs";
import { usual } from "../lib/usual.mjs";

const { as } = await start();
const zone = "Europe/Berlin";
let people = 0;

// A new person with so many devices, all signed in and up to date.
async function onDevices(...names) {
	const person = await as(`worker${++people}`).ready();
	const devices = names.map((name) => new Device(person, { id: `${name}-${people}` }));
	await Promise.all(devices.map((device) => device.pull()));
	return { person, devices };
}

const shows = (device, id) => device.records.get(`workSessions/${id}`);
const report = async (person, from, to = from) =>
	answered(await person.get(`/api/reports/work?from=${from}&to=${to}`)).people[0];

test("scenario 1, mobile to desktop: a session started here runs there, and an entry made there is here", async () => {
	const { person, devices: [mobile, desktop] } = await onDevices("mobile", "desktop");
	const start = new Date(Date.now() - 90 * 60000).toISOString();
	outcomes(await mobile.push([mobile.op("workSessions", "s1", 0, { start, zone })]), "applied");
	await desktop.pull();
	match(shows(desktop, "s1"), { start, kind: "work", owner: person.id });
	assert.equal(shows(desktop, "s1").end, undefined, "it runs");
	outcomes(await desktop.push([desktop.op("workSessions", "s2", 0, {
		start: "2026-11-19T08:00:00Z", duration: 4 * 3600, zone, note: "Yesterday",
	})]), "applied");
	await Promise.all([mobile.pull(), desktop.pull()]);
	match(shows(mobile, "s2"),
		{ day: "2026-11-19", duration: 14400, end: "2026-11-19T12:00:00.000Z", manual: true });
	assert.equal(mobile.snapshot(), desktop.snapshot());
});

test("scenario 2, several devices: a target set on one is that of all, and so are completed sessions", async () => {
	const { person, devices: [a, b, c] } = await onDevices("a", "b", "c");
	answered(await person.post("/api/workRules", usual), 201);
	const { workSetting } = answered(await person.post("/api/workSettings", { targetHours: 8 }), 201);
	outcomes(await a.push([a.op("workSessions", "s1", 0, { start: "2026-11-20T07:00:00Z", zone })]), "applied");
	await Promise.all([b.pull(), c.pull()]);
	for (const device of [b, c])
		assert.equal(device.records.get(`workSettings/${workSetting.id}`).targetHours, 8);
	outcomes(await c.push([c.op("workSessions", "s1", 1, { end: "2026-11-20T14:30:00Z" })]), "applied");
	await Promise.all([a.pull(), b.pull(), c.pull()]);
	assert.deepEqual([a, b, c].map((device) => shows(device, "s1").duration), [27000, 27000, 27000]);
	match((await report(person, "2026-11-20")).days[0], {
		raw: 27000, deductions: 1800, paid: 25200, target: 28800, progress: 87.5,
		remaining: 3600, reached: false,
	});
	outcomes(await b.push([b.op("workSettings", workSetting.id, 1, { targetHours: 7 })]), "applied");
	match((await report(person, "2026-11-20")).days[0], { target: 25200, progress: 100, reached: true });
});

test("scenario 3, offline and online: what was queued arrives in order, once, and the others get it", async () => {
	const { person, devices: [phone, desktop] } = await onDevices("phone", "desktop");
	const queue = [phone.op("workSessions", "off1", 0, { start: "2026-11-20T08:00:00Z", zone }, {
		at: "2026-11-20T08:00:00Z",
	})];
	const later = [phone.op("workSessions", "off1", 1, { end: "2026-11-20T10:00:00Z" }), phone.op("workSessions",
		"off2", 0, { start: "2026-11-20T10:00:00Z", duration: 1800, kind: "lunch", zone })];
	outcomes(await desktop.push([
		desktop.op("workSessions", "on1", 0, { start: "2026-11-20T12:00:00Z", duration: 3600, zone }),
	]), "applied");
	outcomes(await phone.push(queue), "applied");
	outcomes(await phone.push(queue), "duplicate");
	outcomes(await phone.push(later), "applied", "applied");
	outcomes(await phone.push(later), "duplicate", "duplicate");
	await Promise.all([phone.pull(), desktop.pull()]);
	assert.deepEqual([...desktop.records.keys()].sort(),
		["workSessions/off1", "workSessions/off2", "workSessions/on1"]);
	assert.equal(phone.snapshot(), desktop.snapshot());
	match(await report(person, "2026-11-20"),
		{ sum: { raw: 10800, total: 12600, paid: 10800, sessions: 2, breaks: 1 } });
});

test("the testing steps: open on several devices, sign in, create, check the others, complete or modify", async () => {
	const { person, devices } = await onDevices("phone", "tablet", "desktop");
	const [phone, tablet, desktop] = devices;
	answered(await person.post("/api/workRules", usual), 201);
	await Promise.all(devices.map((device) => device.pull()));
	outcomes(await phone.push([phone.op("workSessions", "s1", 0, { start: "2026-11-20T07:00:00Z", zone })]),
		"applied");
	for (const other of [tablet, desktop]) {
		const { changes } = await other.pull();
		assert.deepEqual(changes.map(({ id }) => id), ["s1"], "one poll brings it");
		assert.deepEqual((await other.pull()).changes, [], "and no poll brings it again");
	}
	outcomes(await tablet.push([tablet.op("workSessions", "s1", 1, { note: "Line 3" })]), "applied");
	outcomes(await desktop.push([desktop.op("workSessions", "s1", 1, { end: "2026-11-20T12:00:01Z" })]), "merged");
	await Promise.all(devices.map((device) => device.pull()));
	for (const device of devices)
		match(shows(device, "s1"), { note: "Line 3", end: "2026-11-20T12:00:01.000Z", version: 3 });
	match(await report(person, "2026-11-20"), { days: [{ raw: 18001, deductions: 1800 }] });
});

test("simultaneous edits of one value are a conflict that shows both, and nothing is lost silently", async () => {
	const { person, devices: [a, b] } = await onDevices("a", "b");
	outcomes(await a.push([a.op("workSessions", "s1", 0, { start: "2026-11-20T07:00:00Z", zone })]), "applied");
	await b.pull();
	outcomes(await a.push([a.op("workSessions", "s1", 1, { end: "2026-11-20T15:00:00Z" })]), "applied");
	const [lost] =
		outcomes(await b.push([b.op("workSessions", "s1", 1, { end: "2026-11-20T16:00:00Z" })]), "conflict");
	match(lost.problem, {
		mine: { end: "2026-11-20T16:00:00.000Z" }, current: { end: "2026-11-20T15:00:00.000Z", version: 2 },
		currentVersion: 2,
	});
	outcomes(await b.push([b.op("workSessions", "s1", 2, { end: "2026-11-20T16:00:00Z" })]), "applied");
	const { history } = answered(await person.get("/api/workSessions/s1/history"));
	assert.deepEqual(history.filter(({ changes }) => changes.end).map(({ changes }) => changes.end), [
		["2026-11-20T15:00:00.000Z", "2026-11-20T16:00:00.000Z"], [null, "2026-11-20T15:00:00.000Z"],
	]);
});

test("one person's hours are nobody else's", async () => {
	const { person } = await onDevices("a"), { person: other } = await onDevices("b");
	const { workSession } = answered(
		await person.post("/api/workSessions", { start: "2026-11-20T07:00:00Z", duration: 3600 }), 201);
	refused(await other.get(`/api/workSessions/${workSession.id}`), 404);
	refused(await other.in(person.home).get("/api/workSessions"), 404);
	refused(await other.patch(`/api/workSessions/${workSession.id}`, { note: "mine" }), 404);
	assert.deepEqual(answered(await other.get("/api/reports/work?from=2026-11-20&to=2026-11-20")).people, []);
});

test("nothing is written while a timer merely runs: a poll of an unchanged space is answered 304", async () => {
	const { person, devices: [a] } = await onDevices("a");
	outcomes(await a.push([a.op("workSessions", "s1", 0, { start: "2026-11-20T07:00:00Z", zone })]), "applied");
	await a.pull();
	const first = await person.get(`/api/sync/changes?since=${encodeURIComponent(a.cursor)}`);
	answered(first);
	for (let i = 0; i < 3; i++)
		assert.equal((await person.get(`/api/sync/changes?since=${encodeURIComponent(a.cursor)}`, {
			"If-None-Match": first.headers.etag,
		})).status, 304);
	answered(await person.get("/api/workSessions/s1"), 200, { workSession: { version: 1 } });
});
