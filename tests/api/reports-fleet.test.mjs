// The reports of the fleet: what a shift came to, read from its snapshot and from the audit, and the days' shifts together.
import { test } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { start } from "../harness.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";

const stack = await start();
const { as, team, sql } = stack;
const today = () => new Date().toISOString().slice(0, 10);

async function yard(...cars) {
	const space = await team({ anna: "owner", ben: "member", vera: "viewer" });
	const folk = { anna: as("anna").in(space), ben: as("ben").in(space), vera: as("vera").in(space), space };
	for (const car of cars)
		answered(await folk.anna.post("/api/cars", car), 201);
	return folk;
}

const begin = async (person, body) => answered(await person.post("/api/shifts/start", body), 201).shift;
const finish = async (person, shift, body) => answered(await person.post(`/api/shifts/${shift.id}/end`, body)).shift;

// Arrive so many seconds ago and be empty so many later, as a device says that was away.
async function visit(person, id, ago, later) {
	const at = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
	await sql(`UPDATE record SET updated_at = updated_at - INTERVAL 1 DAY WHERE collection = 'cars' AND id = '${id}'`);
	const { version } = answered(await person.get(`/api/cars/${id}`)).car;
	outcomes(await person.push([{ op: `in-${id}-${version}`, collection: "cars", id, base: version, set: { arrived: true }, at: at(ago) }]), "applied");
	await sql(`UPDATE record SET updated_at = updated_at - INTERVAL 1 DAY WHERE collection = 'cars' AND id = '${id}'`);
	if (later !== undefined)
		outcomes(await person.push([{ op: `out-${id}-${version}`, collection: "cars", id, base: version + 1, set: { empty: true }, at: at(ago - later) }]), "applied");
}

test("the report of a shift: figures, cars, notes, names; the same while it is under way and after its end", async () => {
	const { anna, ben, vera } = await yard({ id: "1", location: "100" }, { id: "2", location: "100" }, { id: "3", location: "200", late: true }, { id: "4", location: "200" });
	const shift = await begin(anna, { notes: "begun" });
	await visit(ben, "1", 3000, 600);
	await visit(ben, "2", 2900, 1200);
	await visit(ben, "3", 100);
	// A slip that is taken back counts as nothing.
	answered(await ben.patch("/api/cars/4", { arrived: true }));
	answered(await ben.patch("/api/cars/4", { arrived: false }));
	const running = answered(await vera.get("/api/reports/shift"));
	const { figures } = running;
	assert.deepEqual(figures, { cars: 4, arrived: 3, notArrived: 1, late: 1, empty: 2, lateRate: 25, cycle: { count: 2, medianSeconds: 900, p90Seconds: 1200 } });
	assert.equal(running.shift.endedAt, undefined);
	assert.equal(running.arrivalsPerHour.reduce((sum, hour) => sum + hour.arrivals, 0), 3);
	assert.deepEqual(running.byLocation.map((place) => [place.location, place.cars, place.arrived, place.late]), [["100", 2, 2, 0], ["200", 2, 1, 1]]);
	await finish(ben, shift, { notes: "ended" });
	const ended = answered(await vera.get(`/api/reports/shift?id=${shift.id}`), 200, {
		shift: { id: shift.id, startNotes: "begun", endNotes: "ended", startedBy: anna.id, startedByName: "anna", endedByName: "ben" },
		zone: "UTC", complete: true,
	});
	assert.deepEqual([ended.figures, ended.byLocation, ended.arrivalsPerHour, ended.cars], [running.figures, running.byLocation, running.arrivalsPerHour, running.cars]);
	answered(await anna.get("/api/reports/shift"), 200, { shift: { id: shift.id } });
});

test("arrivals before a reset, of cars taken away and of cars renamed are in the figures, each once", async () => {
	const { anna, ben } = await yard({ id: "1", location: "100" }, { id: "2", location: "200" }, { id: "3", location: "300" });
	const shift = await begin(anna);
	await visit(ben, "1", 900, 300);
	answered(await ben.patch("/api/cars/1", { location: "500" }));
	answered(await anna.post("/api/cars/reset"));
	answered(await ben.patch("/api/cars/1", { location: "600" }));
	await visit(ben, "2", 500);
	answered(await anna.delete("/api/cars/2"));
	answered(await ben.patch("/api/cars/3", { arrived: true }));
	outcomes(await anna.push([
		{ op: "new-name", collection: "cars", id: "33", base: 0, set: { location: "300", arrived: true }, renamedFrom: "3" },
		{ op: "old-name", collection: "cars", id: "3", base: answered(await anna.get("/api/cars/3")).car.version, delete: true },
	]), "applied", "applied");
	await finish(anna, shift);
	const report = answered(await anna.get(`/api/reports/shift?id=${shift.id}`));
	assert.deepEqual(report.figures, { cars: 4, arrived: 3, notArrived: 1, late: 0, empty: 1, lateRate: 0, cycle: { count: 1, medianSeconds: 300, p90Seconds: 300 } });
	assert.deepEqual(report.byLocation.map((place) => [place.location, place.cars, place.arrived]), [["200", 1, 1], ["300", 1, 1], ["500", 1, 1], ["600", 1, 0]]);
	assert.deepEqual(report.cars.map((car) => car.id), ["1", "33"]);
});

test("the report as CSV: the seed's columns, formulas defused", async () => {
	const { anna } = await yard({ id: "1", location: "100", notes: "=cmd|' /C calc'!A0" }, { id: "2", empty: true, notes: "a \"b\", c" }, { id: "3", late: true, expected: "05:30" });
	const shift = await begin(anna);
	await finish(anna, shift);
	const answer = await anna.get(`/api/reports/shift?id=${shift.id}&format=csv`);
	assert.equal(answer.status, 200, answer.text);
	assert.match(answer.headers["content-type"], /^text\/csv/);
	assert.equal(answer.headers["content-disposition"], `attachment; filename="shift-${shift.id}.csv"`);
	const [head, one, two, three, rest] = answer.text.split("\r\n");
	assert.equal(head, "Car ID,Location,Status,Arrived,Arrived At,Empty,Emptied At,Late,Expected,Notes");
	assert.equal(one, "1,100,Pending,No,,No,,No,,'=cmd|' /C calc'!A0");
	assert.match(two, /^2,Yard,Empty,Yes,\d{4}-\d\d-\d\d \d\d:\d\d,Yes,\d{4}-\d\d-\d\d \d\d:\d\d,No,,"a ""b"", c"$/);
	assert.equal(three, "3,Yard,Late,No,,No,,Yes,05:30,");
	assert.equal(rest, "");
});

test("the report to print: nothing of what people wrote is markup, and nothing may be loaded", async () => {
	const { anna } = await yard({ id: "1", notes: "<script>alert(1)</script>" });
	const shift = await begin(anna, { notes: "</p><img src=x onerror=alert(1)>" });
	const answer = await anna.get(`/api/reports/shift?id=${shift.id}&format=html`);
	assert.equal(answer.status, 200);
	assert.match(answer.headers["content-type"], /^text\/html; charset=utf-8/);
	const style = /<style>(.*)<\/style>/s.exec(answer.text)[1];
	assert.ok(answer.headers["content-security-policy"].startsWith(`default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}';`));
	assert.ok(!/<script|<img/.test(answer.text));
	assert.ok(answer.text.includes("&lt;script&gt;alert(1)&lt;/script&gt;"));
});

test("the fleet by day, as JSON and CSV", async () => {
	const { anna, ben, vera } = await yard({ id: "1", location: "100" }, { id: "2", location: "200", late: true });
	const empty = answered(await vera.get(`/api/reports/fleet?from=${today()}&to=${today()}`));
	assert.deepEqual([empty.shifts, empty.days, empty.figures.cars], [0, [], 0]);
	const first = await begin(anna);
	await visit(ben, "1", 60, 30);
	await finish(anna, first);
	const second = await begin(anna);
	await visit(ben, "1", 60, 40);
	await finish(anna, second);
	const third = await begin(anna);
	await sql(`UPDATE record SET doc = JSON_REPLACE(doc, '$.startedAt', '2026-01-05T23:59:59.999Z'), sort_key = '2026-01-05T23:59:59.999Z' WHERE id = '${third.id}'`);
	const report = answered(await vera.get(`/api/reports/fleet?from=${today()}&to=${today()}`));
	assert.equal(report.shifts, 2);
	assert.deepEqual(report.days.map((day) => [day.day, day.shifts, day.figures.cars, day.figures.arrived, day.figures.late]), [[today(), 2, 4, 2, 1]]);
	assert.deepEqual(report.figures.cycle, { count: 2, medianSeconds: 35, p90Seconds: 40 });
	answered(await vera.get("/api/reports/fleet?from=2026-01-05&to=2026-01-05"), 200, { shifts: 1 });
	answered(await vera.get("/api/reports/fleet?from=2026-01-06&to=2026-01-06"), 200, { shifts: 0 });
	const csv = await vera.get(`/api/reports/fleet?from=${today()}&to=${today()}&format=csv`);
	assert.equal(csv.text, `Day,Shifts,Cars,Arrived,Not Arrived,Late,Late %,Emptied,Median Seconds,P90 Seconds\r\n${today()},2,4,2,2,1,25.0,2,35,40\r\nTotal,2,4,2,2,1,25.0,2,35,40\r\n`);
});

for (const [what, query] of [["no days", ""], ["half of them", "?from=2026-01-01"], ["a bad date", "?from=2026-02-30&to=2026-03-01"], ["the wrong order", "?from=2026-02-02&to=2026-02-01"],
	["too many days", "?from=2026-01-01&to=2026-04-03"], ["another format", "?from=2026-01-01&to=2026-01-02&format=html"], ["another parameter", "?from=2026-01-01&to=2026-01-02&person=x"]])
	test(`a fleet report with ${what} is refused`, async () => {
		const { anna } = await yard();
		refused(await anna.get(`/api/reports/fleet${query}`), 400);
	});

test("of a shift that is not there, or elsewhere, there is no report", async () => {
	const { anna } = await yard();
	refused(await anna.get("/api/reports/shift"), 404);
	refused(await anna.get("/api/reports/shift?id=nothing"), 404);
	refused(await anna.get("/api/reports/shift?format=pdf"), 400);
	const shift = await begin(anna);
	const other = await yard();
	refused(await other.anna.get(`/api/reports/shift?id=${shift.id}`), 404);
	refused(await as("otto").in(other.space).get(`/api/reports/shift?id=${shift.id}`), 404);
});
