// Time as a client of the API has it: timers and entries, job sites and their fences, schedules,
// assignments, messages, settings.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { start } from "../harness.mjs";
import { CSV, crew } from "../lib/crew.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";
import { jpeg, send, sha256 } from "../lib/files.mjs";
import { key } from "../lib/sql.mjs";

const stack = await start();
const { as, sql } = stack;

const fresh = (roles = { olga: "owner", mia: "manager", ben: "member", mo: "member", vera: "viewer" }) =>
	crew(stack, roles);

// Metres to the north of a place: along a meridian a degree is R * pi / 180.
function north(place, metres, accuracy) {
	const lat = Number((place.lat + metres / (6371000 * Math.PI / 180)).toFixed(6));
	return accuracy === undefined ? { lat, lng: place.lng } : { lat, lng: place.lng, accuracy };
}

const gate = { lat: 40.712776, lng: -74.005974 };
const nine = "2026-11-20T09:00:00.000Z", ten = "2026-11-20T10:00:00.000Z", five = "2026-11-20T17:00:00.000Z";

async function site(manager, members = {}) {
	return answered(await manager.post("/api/jobSites", { name: "Depot", place: gate, ...members }), 201).jobSite;
}

describe("work sessions", () => {
	test("a timer is started, runs, and is stopped", async () => {
		const { ben } = await fresh();
		const { workSession } =
			answered(await ben.post("/api/workSessions", { start: nine, zone: "America/New_York" }), 201);
		assert.equal(workSession.duration, undefined);
		assert.equal(workSession.day, "2026-11-20");
		assert.deepEqual([workSession.kind, workSession.fenceIn], ["work", undefined]);
		answered(await ben.patch(`/api/workSessions/${workSession.id}`, { end: five }), 200,
			{ workSession: { end: five, duration: 28800 } });
	});

	test("several timers run at once, and one push stops them all", async () => {
		const { ben } = await fresh();
		const ids = [randomUUID(), randomUUID(), randomUUID()];
		outcomes(await ben.push(ids.map((id) => ({
			op: randomUUID(), collection: "workSessions", id, base: 0, set: { start: nine },
		}))), "applied", "applied", "applied");
		outcomes(await ben.push(ids.map((id) => ({
			op: randomUUID(), collection: "workSessions", id, base: 1, set: { end: ten },
		}))), "applied", "applied", "applied");
		const { workSessions } = answered(await ben.get("/api/workSessions"));
		assert.deepEqual(workSessions.map(({ duration }) => duration), [3600, 3600, 3600]);
	});

	test("a duration determines the end, and marks the session as manual", async () => {
		const { ben } = await fresh();
		const { workSession } = answered(await ben.post("/api/workSessions", { start: nine, duration: 5400 }),
			201, { workSession: { end: "2026-11-20T10:30:00.000Z", duration: 5400, manual: true } });
		answered(await ben.patch(`/api/workSessions/${workSession.id}`, { duration: 3600 }), 200,
			{ workSession: { end: ten, duration: 3600 } });
		answered(await ben.patch(`/api/workSessions/${workSession.id}`, { start: "2026-11-20T09:30:00Z" }), 200,
			{ workSession: { end: ten, duration: 1800 } });
		answered(await ben.patch(`/api/workSessions/${workSession.id}`, { duration: null }), 200,
			{ workSession: { end: ten, duration: 1800 } });
		const { workSession: running } =
			answered(await ben.patch(`/api/workSessions/${workSession.id}`, { end: null }), 200);
		assert.deepEqual([running.end, running.duration], [undefined, undefined]);
	});

	test("a restored tapped session is not manual; imported sessions always are", async () => {
		const { ben } = await fresh(), id = randomUUID();
		outcomes(await ben.push([
			{ op: randomUUID(), collection: "workSessions", id, base: 0, at: nine, set: { start: nine } },
		]), "applied");
		answered(await ben.patch(`/api/workSessions/${id}`, { start: "2026-11-20T08:00:00Z" }), 200,
			{ workSession: { manual: true } });
		answered(await ben.post(`/api/workSessions/${id}/restore`, { version: 1 }), 200,
			{ workSession: { start: nine, manual: false } });
		answered(await ben.post("/api/workSessions/import", [{ start: new Date().toISOString() }]), 200, {
			done: 1,
		});
		const { workSessions } = answered(await ben.get("/api/workSessions"));
		assert.deepEqual(workSessions.map((one) => [one.id === id, one.manual]).sort(),
			[[false, true], [true, false]]);
	});

	test("a start or end that was typed marks the session as manual, for good", async () => {
		const { ben, mia } = await fresh();
		const ago = (minutes) => new Date(Date.now() - minutes * 60000).toISOString();
		const { workSession } = answered(await ben.post("/api/workSessions", { start: ago(1) }), 201,
			{ workSession: { manual: false } });
		const path = `/api/workSessions/${workSession.id}`;
		answered(await ben.patch(path, { note: "Ramp" }), 200, { workSession: { manual: false } });
		answered(await ben.patch(path, { end: ago(0) }), 200, { workSession: { manual: false } });
		answered(await ben.patch(path, { start: ago(60) }), 200, { workSession: { manual: true } });
		answered(await ben.patch(path, { start: ago(1) }), 200, { workSession: { manual: true } });
		answered(await ben.post(`${path}/restore`, { version: 3 }), 200, { workSession: { manual: false } });
		answered(await mia.patch(path, { start: ago(60), end: ago(30) }), 200,
			{ workSession: { manual: true } });
		answered(await ben.post("/api/workSessions", { start: ago(60), end: ago(0) }), 201,
			{ workSession: { manual: true } });
		refused(await ben.post("/api/workSessions", { start: ago(60), manual: false }), 400,
			{ field: "manual" });
	});

	test("a timer that ran offline is not manual, however late it is sent", async () => {
		const { ben } = await fresh();
		outcomes(await ben.push([{
			op: randomUUID(), collection: "workSessions", id: "off", base: 0,
			set: { start: nine }, at: nine,
		}]), "applied");
		const [{ record }] = outcomes(await ben.push([{
			op: randomUUID(), collection: "workSessions", id: "off", base: 1, set: { end: five }, at: five,
		}]), "applied");
		assert.deepEqual([record.duration, record.manual], [28800, false]);
		const [{ record: typed }] = outcomes(await ben.push([{
			op: randomUUID(), collection: "workSessions", id: "typed", base: 0,
			set: { start: nine, end: ten }, at: five,
		}]), "applied");
		assert.equal(typed.manual, true);
	});

	test("a session without a zone is in its person's, else in the space's", async () => {
		const { olga, mia, ben, mo } = await fresh();
		const late = "2026-11-21T01:00:00Z";
		const day = async (who, more = {}) => answered(
			await who.post("/api/workSessions", { start: late, duration: 60, ...more }), 201).workSession;
		assert.deepEqual(((s) => [s.zone, s.day])(await day(ben)), ["UTC", "2026-11-21"]);
		answered(await olga.post("/api/spaceSettings", { zone: "America/New_York" }), 201);
		const first = await day(ben);
		assert.deepEqual([first.zone, first.day], ["America/New_York", "2026-11-20"]);
		answered(await mo.post("/api/workSettings", { zone: "Asia/Tokyo" }), 201);
		assert.deepEqual(((s) => [s.zone, s.day])(await day(mo)), ["Asia/Tokyo", "2026-11-21"]);
		assert.equal((await day(mia, { owner: mo.id })).zone, "Asia/Tokyo", "whoever writes it");
		assert.equal((await day(mo, { zone: "UTC" })).zone, "UTC");
		answered(await mo.post("/api/workSessions/import", `start,duration\n${late},1:00\n`, CSV),
			200, { created: 1 });
		assert.deepEqual(answered(await mo.get("/api/workSessions?duration=3600")).workSessions.map(
			({ zone }) => zone), ["Asia/Tokyo"]);
		answered(await ben.patch(`/api/workSessions/${first.id}`, { note: "x" }), 200,
			{ workSession: { zone: "America/New_York", day: "2026-11-20" } });
	});

	test("a duration is more than zero and at most a day", async () => {
		const { ben } = await fresh();
		for (const duration of [0, -1, 86401])
			refused(await ben.post("/api/workSessions", { start: nine, duration }), 400,
				{ field: "duration" });
		answered(await ben.post("/api/workSessions", { start: nine, duration: 86400 }), 201,
			{ workSession: { end: "2026-11-21T09:00:00.000Z" } });
		answered(await ben.post("/api/workSessions", { start: nine, duration: 1 }), 201);
		refused(await ben.post("/api/workSessions", { start: nine, end: ten, duration: 60 }), 400,
			{ field: "duration" });
		answered(await ben.post("/api/workSessions", { start: nine, end: ten, duration: 3600 }), 201);
		refused(await ben.post("/api/workSessions", { start: nine, end: "2026-11-21T09:00:01.000Z" }),
			400, { field: "end" });
		refused(await ben.post("/api/workSessions", { start: nine, end: nine }), 400, { field: "end" });
	});

	test("future hours are refused, allowing for clock differences; an old session stays editable", async () => {
		const { ben, space } = await fresh();
		const minute = 60_000, hour = 60 * minute;
		const ahead = (ms) => new Date(Date.now() + ms).toISOString();
		refused(await ben.post("/api/workSessions", { start: ahead(hour), duration: 60 }), 400,
			{ field: "start" });
		const { workSession } =
			answered(await ben.post("/api/workSessions", { start: ahead(3 * minute), duration: 60 }), 201);
		refused(await ben.patch(`/api/workSessions/${workSession.id}`, { start: ahead(48 * hour) }), 400,
			{ field: "start" });
		const { results: [late] } = answered(await ben.push([{
			op: randomUUID(), collection: "workSessions", id: randomUUID(), base: 0,
			set: { start: "2099-01-01T00:00:00Z" }, at: "2098-12-31T00:00:00Z",
		}]));
		assert.deepEqual([late.status, late.problem.field], ["rejected", "start"]);
		// Written before there was this rule.
		await sql(`UPDATE record SET doc = REPLACE(REPLACE(doc, '${workSession.start}',
			'2099-01-01T00:00:00.000Z'), '${workSession.end}', '2099-01-01T00:01:00.000Z')
			WHERE space_id = '${space.id}' AND id = ${key(workSession.id)}`);
		answered(await ben.get(`/api/workSessions/${workSession.id}`), 200,
			{ workSession: { start: "2099-01-01T00:00:00.000Z" } });
		answered(await ben.patch(`/api/workSessions/${workSession.id}`, { note: "a slip" }), 200,
			{ workSession: { note: "a slip" } });
		answered(await ben.patch(`/api/workSessions/${workSession.id}`, { start: nine, end: ten }), 200,
			{ workSession: { duration: 3600 } });
	});

	test("old sessions can be edited and deleted, and restored", async () => {
		const { ben } = await fresh();
		const { workSession } = answered(
			await ben.post("/api/workSessions", { start: "2020-02-29T09:00:00Z", duration: 3600 }), 201);
		const path = `/api/workSessions/${workSession.id}`;
		answered(await ben.patch(path, { start: "2020-02-28T23:00:00Z" }), 200,
			{ workSession: { day: "2020-02-28", duration: 11 * 3600 } });
		answered(await ben.delete(path));
		answered(await ben.post(`${path}/restore`, { version: 1 }), 200,
			{ workSession: { day: "2020-02-29", duration: 3600, end: "2020-02-29T10:00:00.000Z" } });
	});

	test("the day is that of the start in the session's zone, and settings do not move it", async () => {
		const { ben } = await fresh();
		const { workSession } = answered(await ben.post("/api/workSessions", {
			start: "2026-11-20T02:30:00Z", end: "2026-11-20T10:30:00Z", zone: "America/New_York",
		}), 201, { workSession: { day: "2026-11-19" } });
		answered(await ben.post("/api/workSettings", { zone: "Asia/Tokyo" }), 201);
		answered(await ben.get(`/api/workSessions/${workSession.id}`), 200,
			{ workSession: { day: "2026-11-19", duration: 28800 } });
	});

	test("a night in which the clocks change has the hours that passed", async () => {
		const { ben } = await fresh();
		for (const [start, end, zone, duration] of [
			["2026-03-28T23:00:00+01:00", "2026-03-29T07:00:00+02:00", "Europe/Berlin", 7 * 3600],
			["2026-10-24T23:00:00+02:00", "2026-10-25T07:00:00+01:00", "Europe/Berlin", 9 * 3600],
			["2026-03-07T23:00:00-05:00", "2026-03-08T07:00:00-04:00", "America/New_York", 7 * 3600],
			["2026-10-31T23:00:00-04:00", "2026-11-01T07:00:00-05:00", "America/New_York", 9 * 3600],
		])
			answered(await ben.post("/api/workSessions", { start, end, zone }), 201,
				{ workSession: { duration, day: start.slice(0, 10) } });
	});

	test("derived fields cannot be written", async () => {
		const { ben } = await fresh();
		for (const field of ["day", "distanceIn", "distanceOut", "fenceIn", "fenceOut"])
			refused(await ben.post("/api/workSessions", {
				start: nine,
				[field]: field.startsWith("f") ? "inside" : field === "day" ? "2026-11-20" : 1,
			}), 400, { field });
	});

	test("imported hours follow the same rules, as manual ones", async () => {
		const { ben } = await fresh();
		const csv = (text, query = "") => ben.post(`/api/workSessions/import${query}`, text, CSV);
		answered(await csv(`start,duration\n${nine},1:00\n${ten},30 min\n`), 200, { created: 2 });
		const { workSessions } = answered(await ben.get("/api/workSessions"));
		assert.deepEqual(workSessions.map(({ end, manual }) => [end, manual]),
			[["2026-11-20T10:30:00.000Z", true], [ten, true]]);
		const bad = refused(await csv(`start,end,duration\n${nine},${ten},60 s\n${ten},${nine},\n`), 400);
		assert.deepEqual(bad.errors.map(({ line, field }) => [line, field]), [[3, "end"]]);
		const exported = (await ben.get("/api/workSessions/export")).text;
		answered(await csv(exported), 200, { unchanged: 2, created: 0, updated: 0 });
	});

	test("imported hours are in the zone of the import, unless their rows name another", async () => {
		const { ben } = await fresh();
		const csv = (text) => ben.post("/api/workSessions/import?zone=America/New_York", text, CSV);
		const file = "start,duration,zone\n2026-11-20 20:00:00,1:00,\n2026-11-20 22:00:00,1:00,Europe/Berlin\n";
		answered(await csv(file), 200, { created: 2 });
		answered(await csv("start,duration\n2026-11-20 21:00:00,1:00\n"), 200, { created: 1 });
		const { workSessions } = answered(await ben.get("/api/workSessions?sort=start"));
		assert.deepEqual(workSessions.map(({ start, day, zone }) => [start, day, zone]), [
			["2026-11-21T01:00:00.000Z", "2026-11-20", "America/New_York"],
			["2026-11-21T02:00:00.000Z", "2026-11-20", "America/New_York"],
			["2026-11-21T03:00:00.000Z", "2026-11-21", "Europe/Berlin"],
		]);
		answered(await csv(file), 200, { created: 0, unchanged: 2 });
		answered(await csv(`id,note\n${workSessions[2].id},Ramp\n`), 200, { updated: 1 });
		answered(await ben.get(`/api/workSessions/${workSessions[2].id}`), 200,
			{ workSession: { zone: "Europe/Berlin", note: "Ramp" } });
	});

	test("two devices: a note and a stop merge in one session", async () => {
		const { ben } = await fresh();
		const { workSession: { id } } = answered(await ben.post("/api/workSessions", { start: nine }), 201);
		outcomes(await ben.push([
			{ op: randomUUID(), collection: "workSessions", id, base: 1, set: { end: ten } },
		]), "applied");
		outcomes(await ben.push([
			{ op: randomUUID(), collection: "workSessions", id, base: 1, set: { note: "Ramp" } },
		]), "merged");
		outcomes(await ben.push([
			{ op: randomUUID(), collection: "workSessions", id, base: 1, set: { end: five } },
		]), "conflict");
		answered(await ben.get(`/api/workSessions/${id}`), 200,
			{ workSession: { end: ten, note: "Ramp", duration: 3600 } });
	});
});

describe("job sites", () => {
	test("managers write them within their bounds, members read them", async () => {
		const { mia, ben, vera } = await fresh();
		const { id } = await site(mia);
		answered(await ben.get(`/api/jobSites/${id}`), 200,
			{ jobSite: { radius: 100, outside: "refuse", requirePhoto: false, status: "active" } });
		answered(await vera.get("/api/jobSites"), 200, { jobSites: [{ name: "Depot" }] });
		refused(await ben.post("/api/jobSites", { name: "Mine" }), 403);
		refused(await ben.patch(`/api/jobSites/${id}`, { radius: 1000 }), 403);
		refused(await ben.delete(`/api/jobSites/${id}`), 403);
		for (const bad of [
			{ radius: 9 }, { radius: 1001 }, { name: "x".repeat(101) }, { address: "x".repeat(101) },
			{ city: "x".repeat(51) }, { country: "x".repeat(51) }, { zip: "x".repeat(21) },
			{ place: { lat: 91, lng: 0 } }, { place: { lat: 0, lng: 181 } },
		])
			refused(await mia.patch(`/api/jobSites/${id}`, bad), 400, { field: Object.keys(bad)[0] });
		answered(await mia.patch(`/api/jobSites/${id}`, { radius: 10 }), 200);
		answered(await mia.patch(`/api/jobSites/${id}`, { radius: 1000 }), 200);
	});

	test("the server measures the distance", async () => {
		const { mia, ben } = await fresh();
		const { id } = await site(mia);
		for (const [metres, distance] of [[0, 0], [50, 50], [99, 99]])
			answered(await ben.post("/api/workSessions", {
				start: nine, jobSite: id, placeIn: north(gate, metres),
			}), 201, { workSession: { distanceIn: distance, fenceIn: "inside" } });
		const { distance, radius } = refused(await ben.post("/api/workSessions", {
			start: nine, jobSite: id, placeIn: north(gate, 102),
		}), 400, { field: "placeIn" });
		assert.deepEqual([distance, radius], [102, 100]);
	});

	test("accuracy counts, but at most up to the radius", async () => {
		const { mia, ben } = await fresh();
		const { id } = await site(mia);
		answered(await ben.post("/api/workSessions", {
			start: nine, jobSite: id, placeIn: north(gate, 130, 35),
		}), 201, { workSession: { distanceIn: 130, fenceIn: "inside" } });
		refused(await ben.post("/api/workSessions", {
			start: nine, jobSite: id, placeIn: north(gate, 140, 35),
		}), 400, { distance: 140 });
		answered(await ben.post("/api/workSessions", {
			start: nine, jobSite: id, placeIn: north(gate, 199, 5000),
		}), 201);
		refused(await ben.post("/api/workSessions", {
			start: nine, jobSite: id, placeIn: north(gate, 203, 5000),
		}), 400);
	});

	test("a site that flags accepts everybody and marks the session", async () => {
		const { mia, ben } = await fresh();
		const { id } = await site(mia, { outside: "flag" });
		answered(await ben.post("/api/workSessions", { start: nine, jobSite: id, placeIn: north(gate, 5000) }),
			201, { workSession: { distanceIn: 5000, fenceIn: "outside" } });
		const { workSession } = answered(await ben.post("/api/workSessions", { start: nine, jobSite: id }), 201,
			{ workSession: { fenceIn: "unverified" } });
		assert.equal(workSession.distanceIn, undefined);
	});

	test("a site that refuses needs a place; a site without a place can refuse nobody", async () => {
		const { mia, ben } = await fresh();
		const { id } = await site(mia), { id: nowhere } = await site(mia, { place: null });
		refused(await ben.post("/api/workSessions", { start: nine, jobSite: id }), 400, { field: "placeIn" });
		answered(await ben.post("/api/workSessions", { start: nine, jobSite: nowhere, placeIn: gate }), 201,
			{ workSession: { fenceIn: "unverified" } });
		answered(await ben.post("/api/workSessions", { start: nine, jobSite: nowhere }), 201,
			{ workSession: { fenceIn: "unverified" } });
	});

	test("clocking out is never refused, and is checked by itself", async () => {
		const { mia, ben } = await fresh();
		const { id } = await site(mia);
		const { workSession } =
			answered(await ben.post("/api/workSessions", { start: nine, jobSite: id, placeIn: gate }), 201);
		assert.equal(workSession.fenceOut, undefined);
		answered(await ben.patch(`/api/workSessions/${workSession.id}`, {
			end: ten, placeOut: north(gate, 900),
		}), 200, { workSession: { fenceIn: "inside", fenceOut: "outside", distanceOut: 900 } });
		const { workSession: other } =
			answered(await ben.post("/api/workSessions", { start: nine, jobSite: id, placeIn: gate }), 201);
		answered(await ben.patch(`/api/workSessions/${other.id}`, { end: ten }), 200,
			{ workSession: { fenceOut: "unverified" } });
	});

	test("a session is checked again when it moves to another site, not when its site moves", async () => {
		const { mia, ben } = await fresh();
		const { id } = await site(mia);
		const far = await site(mia, { name: "Far", place: north(gate, 3000) });
		const { workSession } =
			answered(await ben.post("/api/workSessions", { start: nine, jobSite: id, placeIn: gate }), 201);
		answered(await mia.patch(`/api/jobSites/${id}`, { place: north(gate, 700) }), 200);
		answered(await ben.patch(`/api/workSessions/${workSession.id}`, { note: "still me" }), 200,
			{ workSession: { fenceIn: "inside", distanceIn: 0 } });
		refused(await ben.patch(`/api/workSessions/${workSession.id}`, { jobSite: far.id }), 400,
			{ field: "placeIn", distance: 3000 });
		refused(await ben.patch(`/api/workSessions/${workSession.id}`, { placeIn: null }), 400,
			{ field: "placeIn" });
		const { workSession: without } =
			answered(await ben.patch(`/api/workSessions/${workSession.id}`, { jobSite: null }), 200);
		assert.deepEqual([without.fenceIn, without.distanceIn], [undefined, undefined]);
	});

	test("a corrected end or a new photo does not cause another check", async () => {
		const { mia, ben } = await fresh();
		const { id } = await site(mia), photo = sha256(jpeg("ben"));
		answered(await send(ben, jpeg("ben")), 201);
		const { workSession } =
			answered(await ben.post("/api/workSessions", { start: nine, jobSite: id, placeIn: gate }), 201);
		const path = `/api/workSessions/${workSession.id}`;
		answered(await ben.patch(path, { end: ten, placeOut: gate }), 200,
			{ workSession: { fenceOut: "inside" } });
		answered(await mia.patch(`/api/jobSites/${id}`, { place: north(gate, 700) }), 200);
		answered(await mia.patch(path, { end: five }), 200,
			{ workSession: { fenceOut: "inside", distanceOut: 0 } });
		answered(await ben.patch(path, { photoIn: photo }), 200,
			{ workSession: { fenceIn: "inside", distanceIn: 0, fenceOut: "inside" } });
		answered(await mia.patch(`/api/jobSites/${id}`, { requirePhoto: true }), 200);
		refused(await ben.patch(path, { photoIn: null }), 400, { field: "photoIn" });
		answered(await ben.patch(path, { note: "as it was" }), 200);
		answered(await ben.patch(path, { end: null }), 200,
			{ workSession: { fenceOut: "outside", distanceOut: 700 } });
	});

	test("a session corrected by a manager is marked and not refused", async () => {
		const { mia, ben } = await fresh();
		const { id } = await site(mia, { requirePhoto: true });
		answered(await mia.post("/api/workSessions", {
			start: nine, end: ten, jobSite: id, placeIn: north(gate, 400), owner: ben.id,
		}), 201, { workSession: { fenceIn: "outside", owner: ben.id } });
		refused(await mia.post("/api/workSessions", { start: nine, end: ten, jobSite: id, placeIn: gate }), 400,
			{ field: "photoIn" });
	});

	test("a photo added to a manager's entry, or a restored version, causes no new check", async () => {
		const { mia, ben } = await fresh();
		const { id } = await site(mia), photo = sha256(jpeg("late"));
		answered(await send(ben, jpeg("late")), 201);
		const { workSession } = answered(await mia.post("/api/workSessions", {
			start: nine, end: ten, jobSite: id, placeIn: north(gate, 400), owner: ben.id,
		}), 201);
		const path = `/api/workSessions/${workSession.id}`;
		answered(await ben.patch(path, { photoIn: photo }), 200,
			{ workSession: { photoIn: photo, fenceIn: "outside", distanceIn: 400 } });
		answered(await mia.patch(path, { placeIn: gate }), 200, { workSession: { fenceIn: "inside" } });
		answered(await ben.post(`${path}/restore`, { version: 2 }), 200,
			{ workSession: { fenceIn: "outside", distanceIn: 400 } });
	});

	test("a deleted site checks no place", async () => {
		const { mia, ben } = await fresh();
		const { id } = await site(mia);
		const { workSession } =
			answered(await ben.post("/api/workSessions", { start: nine, jobSite: id, placeIn: gate }), 201);
		answered(await mia.delete(`/api/jobSites/${id}`));
		const { workSession: ended } = answered(await ben.patch(`/api/workSessions/${workSession.id}`, {
			end: ten, placeOut: gate,
		}));
		assert.deepEqual([ended.fenceIn, ended.fenceOut, ended.distanceOut],
			["inside", "unverified", undefined]);
	});

	test("push and import are checked in the same way", async () => {
		const { mia, ben } = await fresh();
		const { id } = await site(mia);
		const [result] = outcomes(await ben.push([{
			op: randomUUID(), collection: "workSessions", id: randomUUID(), base: 0,
			set: { start: nine, jobSite: id, placeIn: north(gate, 500) },
		}]), "rejected");
		assert.deepEqual([result.problem.field, result.problem.distance], ["placeIn", 500]);
		const rows = [{ start: nine, jobSite: id }, { start: ten, jobSite: id, placeIn: gate }];
		const bad = refused(await ben.post("/api/workSessions/import", rows), 400);
		assert.deepEqual(bad.errors.map(({ row, field }) => [row, field]), [[1, "placeIn"]]);
		answered(await ben.post("/api/workSessions/import?skipBad=1", rows), 200, { created: 1, bad: 1 });
	});

	test("a session can name a site of its own space only", async () => {
		const { mia } = await fresh(), { ben } = await fresh();
		const { id } = await site(mia);
		refused(await ben.post("/api/workSessions", { start: nine, jobSite: id }), 400, { field: "jobSite" });
	});
});

describe("schedules and assignments", () => {
	test("managers write them; assignees see their own and change the status", async () => {
		const { mia, ben, mo } = await fresh();
		const { schedule } = answered(await mia.post("/api/schedules", {
			start: nine, end: five, owner: ben.id,
		}), 201, { schedule: { status: "scheduled" } });
		const { assignment } = answered(await mia.post("/api/assignments", { title: "Ramp", owner: ben.id }),
			201, { assignment: { status: "pending", priority: "medium" } });
		for (const [path, one] of [
			[`/api/schedules/${schedule.id}`, "schedule"],
			[`/api/assignments/${assignment.id}`, "assignment"],
		]) {
			answered(await ben.get(path), 200, { [one]: { owner: ben.id } });
			refused(await mo.get(path), 404);
			refused(await mo.patch(path, { status: "completed" }), 404);
			answered(await ben.patch(path, { status: "in-progress" }), 200);
			answered(await ben.patch(path, { status: "completed" }), 200,
				{ [one]: { status: "completed" } });
			refused(await ben.delete(path), 403);
		}
		refused(await ben.patch(`/api/schedules/${schedule.id}`, { end: ten }), 403, { field: "end" });
		refused(await ben.patch(`/api/assignments/${assignment.id}`, { title: "Rest" }), 403,
			{ field: "title" });
		refused(await ben.post("/api/schedules", { start: nine, end: five }), 403);
		refused(await ben.post("/api/assignments", { title: "Mine" }), 403);
		refused(await mia.post("/api/schedules", { start: five, end: nine }), 400, { field: "end" });
		refused(await mia.post("/api/schedules", { start: nine, end: five, zone: "Mars/Base" }),
			400, { field: "zone" });
	});

	test("a restore changes no more than its person may write", async () => {
		const { mia, ben } = await fresh();
		const { assignment: { id } } =
			answered(await mia.post("/api/assignments", { title: "Ramp", owner: ben.id }), 201);
		answered(await mia.patch(`/api/assignments/${id}`, { title: "Dock" }), 200);
		refused(await ben.post(`/api/assignments/${id}/restore`, { version: 1 }), 403, { field: "title" });
		answered(await mia.post(`/api/assignments/${id}/restore`, { version: 1 }), 200,
			{ assignment: { title: "Ramp" } });
	});

	test("a reassigned one leaves the view of the former assignee", async () => {
		const { mia, ben, mo } = await fresh();
		const { schedule: { id } } =
			answered(await mia.post("/api/schedules", { start: nine, end: five, owner: ben.id }), 201);
		const { cursor } = await ben.pull();
		answered(await mia.patch(`/api/schedules/${id}`, { owner: mo.id }), 200);
		assert.deepEqual((await ben.pull(cursor)).changes.map(({ id: which, removed }) => [which, removed]), [
			[id, true],
		]);
		answered(await mo.get(`/api/schedules/${id}`));
	});
});

describe("messages", () => {
	test("only the sender, or a manager who sees it, can delete one", async () => {
		const { ben, mo, mia, vera } = await fresh();
		for (const toUser of [undefined, mo.id]) {
			const { message } = answered(await ben.post("/api/messages", { text: "gate 4", toUser }), 201);
			const path = `/api/messages/${message.id}`;
			answered(await ben.patch(path, { text: "gate 5" }), 200, { message: { text: "gate 5" } });
			refused(await mo.patch(path, { text: "gate 6" }), 403);
			refused(await mo.delete(path), 403);
			refused(await vera.delete(path), 403);
			const { results } = answered(await mo.push([
				{ op: randomUUID(), collection: "messages", id: message.id, base: 2, delete: true },
			]));
			assert.deepEqual([results[0].status, results[0].problem.status], ["rejected", 403]);
			answered(await ben.delete(path));
			refused(await mo.get(path), 404);
			answered(await ben.post(`${path}/restore`, { version: 1 }), 200,
				{ message: { text: "gate 4", sentAt: message.sentAt } });
			outcomes(await ben.push([
				{ op: randomUUID(), collection: "messages", id: message.id, base: 4, delete: true },
			]), "applied");
		}
		const { message: open } = answered(await ben.post("/api/messages", { text: "for all" }), 201);
		const { message: secret } =
			answered(await ben.post("/api/messages", { text: "for mo", toUser: mo.id }), 201);
		const { message: own } =
			answered(await ben.post("/api/messages", { text: "for mia", toUser: mia.id }), 201);
		answered(await mia.delete(`/api/messages/${open.id}`));
		refused(await mia.delete(`/api/messages/${secret.id}`), 404);
		answered(await mia.delete(`/api/messages/${own.id}`));
	});

	test("a former member who is now a viewer can delete none", async () => {
		const { ben, olga } = await fresh();
		const { message } = answered(await ben.post("/api/messages", { text: "once a member" }), 201);
		answered(await olga.patch(`/api/members/${ben.id}`, { role: "viewer" }));
		refused(await ben.delete(`/api/messages/${message.id}`), 403);
	});

	test("everybody reads them, nobody edits another's, not even a manager", async () => {
		const { olga, mia, ben, mo, vera } = await fresh();
		const { message } = answered(await ben.post("/api/messages", {
			text: "Gate 4 is open", toRole: "managers",
		}), 201, { message: { owner: ben.id } });
		const path = `/api/messages/${message.id}`;
		assert.equal(message.sentAt, message.createdAt);
		for (const reader of [olga, mia, mo, vera])
			answered(await reader.get(path), 200, { message: { text: "Gate 4 is open" } });
		for (const other of [olga, mia, mo])
			refused(await other.patch(path, { text: "Gate 4 is shut" }), 403);
		refused(await mia.patch(path, { owner: mia.id, text: "mine" }), 403);
		refused(await mia.post("/api/messages", { text: "I quit", owner: ben.id }), 403);
		const { message: own } = answered(await mia.post("/api/messages", { text: "I quit" }), 201);
		refused(await mia.patch(`/api/messages/${own.id}`, { owner: ben.id }), 403);
		answered(await mia.delete(`/api/messages/${own.id}`));
		refused(await vera.post("/api/messages", { text: "hello" }), 403);
		answered(await ben.patch(path, { text: "Gate 5 is open" }), 200,
			{ message: { sentAt: message.sentAt } });
		refused(await mo.delete(path), 403);
		answered(await mia.delete(path));
		refused(await mo.post("/api/messages", { id: message.id, text: "in your name" }), 403);
		answered(await mia.post(`${path}/restore`, { version: 2 }), 200,
			{ message: { owner: ben.id, text: "Gate 5 is open" } });
		refused(await mo.post(`${path}/restore`, { version: 1 }), 403);
	});

	test("a text has at most 2000 characters", async () => {
		const { ben } = await fresh();
		answered(await ben.post("/api/messages", { text: "ä".repeat(2000) }), 201);
		refused(await ben.post("/api/messages", { text: "ä".repeat(2001) }), 400, { field: "text" });
		refused(await ben.post("/api/messages", {}), 400, { field: "text" });
	});
});

describe("work settings", () => {
	test("everybody sets their own target; in a team managers set what pay depends on", async () => {
		const { mia, ben } = await fresh();
		const { workSetting } = answered(await ben.post("/api/workSettings", {
			targetHours: 7.5, zone: "Europe/Berlin",
		}), 201);
		const path = `/api/workSettings/${workSetting.id}`;
		for (const pay of [{ lunchMinutes: 0 }, { maxHours: 24 }, { overtimeMultiplier: 2 }])
			refused(await ben.post("/api/workTerms", { from: "2999-01-01", ...pay }), 403);
		const terms = { owner: ben.id, from: "2020-01-01", lunchMinutes: 45 };
		answered(await mia.post("/api/workTerms", terms), 201);
		answered(await ben.patch(path, { targetHours: 8 }), 200, { workSetting: { targetHours: 8 } });
		refused(await ben.delete(path), 403);
		refused(await ben.patch(path, { targetHours: 16.01 }), 400, { field: "targetHours" });
	});

	test("in a personal space its owner sets everything", async () => {
		const ben = await as("ben").ready();
		for (const collection of ["workRules", "workTerms"])
			answered(await ben.post(`/api/${collection}`, {
				from: "2020-01-01", recordedLunchCounts: true, overtimeAfterHours: 38.5,
				hourlyRate: 2000,
			}), 201);
	});
});
