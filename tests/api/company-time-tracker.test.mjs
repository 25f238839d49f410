// The scenarios of a company's time tracker, as its requirements describe them: a company with its people, clocking in
// at a site with place and photo, the data that has to be protected, and the checks of export, import and recovery on
// another machine.
import { test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { answered, refused } from "../lib/expect.mjs";
import { jpeg, send, sha256 } from "../lib/files.mjs";
import { send as request } from "../lib/http.mjs";
import { match } from "../lib/match.mjs";
import { usual } from "../lib/usual.mjs";

const stack = await start();
const { as } = stack;
const depot = { lat: 40.712776, lng: -74.005974 };
const zone = "America/New_York";

// An owner makes a company, and invites a manager and an employee by their links.
async function company(suffix) {
	const owner = as(`owner${suffix}`), manager = as(`manager${suffix}`), employee = as(`employee${suffix}`);
	const { space } = answered(await owner.post("/api/spaces", {
		name: "Hill & Sons", industry: "construction", zone, hourlyRate: 2500,
	}), 201);
	for (const [person, role] of [[manager, "manager"], [employee, "member"]]) {
		const { token } = answered(await owner.in(space).post("/api/invitations", { role }), 201);
		answered(await person.post("/api/invitations/accept", { token }), 200,
			{ space: { id: space.id, role } });
	}
	return { space, owner: owner.in(space), manager: manager.in(space), employee: employee.in(space) };
}

const week = "from=2026-11-16&to=2026-11-22";

test("a day at the company: site, clock in with place and photo, clock out, message, shift, task, pay", async () => {
	const { owner, manager, employee } = await company("A");
	answered(await owner.post("/api/workRules", usual), 201);
	const { jobSite } = answered(await manager.post("/api/jobSites", {
		name: "Depot", city: "New York", place: depot, requirePhoto: true,
	}), 201);
	answered(await manager.post("/api/schedules", {
		owner: employee.id, start: "2026-11-20T13:00:00Z", end: "2026-11-20T21:00:00Z", zone,
		jobSite: jobSite.id,
	}), 201);
	answered(await manager.post("/api/assignments", {
		owner: employee.id, title: "Sweep the ramp", priority: "high", due: "2026-11-20", jobSite: jobSite.id,
	}), 201);
	answered(await manager.post("/api/messages", { text: "Gate 4 is shut today." }), 201);

	const { messages } = answered(await employee.get("/api/messages"));
	assert.deepEqual(messages.map(({ text }) => text), ["Gate 4 is shut today."]);
	const { schedules: [schedule] } = answered(await employee.get("/api/schedules"));
	const { assignments: [task] } = answered(await employee.get("/api/assignments"));
	answered(await employee.patch(`/api/schedules/${schedule.id}`, { status: "in-progress" }));

	const photo = jpeg("clock in", 4000);
	answered(await send(employee, photo), 201);
	const away = {
		start: "2026-11-20T14:05:03-05:00", zone, jobSite: jobSite.id, photoIn: sha256(photo),
		placeIn: { lat: 40.722776, lng: -74.005974, accuracy: 20 },
	};
	refused(await employee.post("/api/workSessions", away), 400, { field: "placeIn" });
	refused(await employee.post("/api/workSessions", { ...away, placeIn: depot, photoIn: undefined }), 400,
		{ field: "photoIn" });
	const { workSession } = answered(await employee.post("/api/workSessions", {
		...away, placeIn: { ...depot, accuracy: 12 },
	}), 201, { workSession: { owner: employee.id, day: "2026-11-20", fenceIn: "inside", distanceIn: 0 } });
	answered(await employee.patch(`/api/workSessions/${workSession.id}`, {
		end: "2026-11-20T15:06:04-05:00", placeOut: depot,
	}), 200, { workSession: { duration: 3661, fenceOut: "inside" } });
	assert.ok((await manager.get(`/api/files/${sha256(photo)}`)).bytes.equals(photo));
	answered(await employee.patch(`/api/schedules/${schedule.id}`, { status: "completed" }));
	answered(await employee.patch(`/api/assignments/${task.id}`, { status: "completed" }));

	match(answered(await owner.get(`/api/reports/payroll?${week}`)), {
		people: [{
			person: employee.id, weeks: [{ rate: 2500, gross: 2542 }], sum: { regular: 3661, overtime: 0 },
		}],
		sum: { gross: 2542 },
	});
	match(answered(await employee.get(`/api/reports/work?${week}`)),
		{ people: [{ days: [{ day: "2026-11-20", raw: 3661, paid: 3661 }] }] });
});

test("what is protected: accounts and passwords, company, entries with place, sites, settings", async () => {
	const { space, owner, manager, employee } = await company("B");
	const { jobSite } =
		answered(await manager.post("/api/jobSites", { name: "Depot", place: depot, outside: "flag" }), 201);
	answered(await employee.post("/api/workSessions", {
		start: "2026-11-20T13:00:00Z", jobSite: jobSite.id, placeIn: depot,
	}), 201);
	answered(await employee.post("/api/workSettings", { targetHours: 8 }), 201);

	// Another browser, or this one after its data was cleared: sign in, and everything is there.
	const answer = await request({
		url: `${stack.url}/api/auth/login`, method: "POST",
		body: { email: employee.email, password: employee.password },
	});
	const headers = { Authorization: `Bearer ${answered(answer).accessToken}` };
	const { changes } = answered(await request({
		url: `${stack.url}/api/spaces/${space.id}/sync/changes`, headers,
	}));
	const collections = changes.map(({ collection }) => collection).sort();
	for (const name of ["jobSites", "spaceSettings", "workSessions", "workSettings"])
		assert.ok(collections.includes(name), name);
	const everything = JSON.stringify([
		changes, answered(await owner.get("/api/members")), answered(await owner.get("/api/audit")),
	]);
	for (const person of [owner, manager, employee])
		assert.ok(!everything.includes(person.password));
});

test("export and import: whole, back without doubles, and what is wrong is refused before anything is in", async () => {
	const { manager, employee } = await company("C");
	answered(await manager.post("/api/jobSites", { name: "Depot", place: depot }), 201);
	answered(await manager.post("/api/jobSites", { name: "Yard, north", radius: 250 }), 201);
	answered(
		await employee.post("/api/workSessions", { start: "2026-11-20T13:00:00Z", duration: 7200, zone }), 201);

	const sites = await manager.get("/api/jobSites/export?format=json");
	const hours = await manager.get("/api/workSessions/export?format=json");
	assert.equal(sites.body.length, 2);
	assert.equal(hours.body.length, 1);
	const json = { "Content-Type": "application/json" };
	answered(await manager.post("/api/jobSites/import", sites.text, json), 200,
		{ created: 0, updated: 0, unchanged: 2 });

	const other = await company("D");
	const plain = await manager.get("/api/jobSites/export?format=json&fields=name,place,radius");
	const owners = answered(await other.manager.post("/api/jobSites/import?dryRun=1", sites.text, json), 200,
		{ created: 0, bad: 2 });
	assert.deepEqual(owners.errors.map(({ field }) => field), ["owner", "owner"],
		"the owners are no members of the other company");
	refused(await other.manager.post("/api/jobSites/import", sites.text, json), 400);
	answered(await other.manager.post("/api/jobSites/import?dryRun=1", plain.text, json), 200,
		{ created: 2, dryRun: true });
	answered(await other.manager.get("/api/jobSites"), 200, { jobSites: [] });
	answered(await other.manager.post("/api/jobSites/import", plain.text, json), 200, { created: 2 });
	match(answered(await other.employee.get("/api/jobSites")).jobSites,
		[{ name: "Depot", place: depot }, { name: "Yard, north", radius: 250 }]);
	const bad = refused(
		await other.manager.post("/api/jobSites/import", [{ name: "Good" }, { name: "Bad", radius: 5 }]), 400);
	assert.deepEqual(bad.errors.map(({ row, field }) => [row, field]), [[2, "radius"]]);
	assert.equal(answered(await other.manager.get("/api/jobSites")).jobSites.length, 2);
	refused(await other.employee.post("/api/jobSites/import", sites.text, json), 403);
});

test("recovery: a site deleted by mistake and an entry spoilt by mistake come back from their history", async () => {
	const { manager, employee } = await company("E");
	const { jobSite: { id } } = answered(await manager.post("/api/jobSites", { name: "Depot", place: depot }), 201);
	const { workSession } = answered(
		await employee.post("/api/workSessions", { start: "2026-11-20T13:00:00Z", duration: 7200 }), 201);
	answered(await manager.delete(`/api/jobSites/${id}`));
	answered(await manager.post(`/api/jobSites/${id}/restore`, { version: 1 }), 200,
		{ jobSite: { name: "Depot", place: depot, radius: 100 } });
	answered(await employee.patch(`/api/workSessions/${workSession.id}`, { duration: 60 }));
	answered(await employee.post(`/api/workSessions/${workSession.id}/restore`, { version: 1 }), 200,
		{ workSession: { duration: 7200 } });
	assert.equal((await stack.ctl("verify")).status, 0);
});
