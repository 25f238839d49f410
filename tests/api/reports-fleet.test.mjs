// The reports of the fleet: the figures of a shift, from its snapshot and from the audit, and those of the cars in a
// span of time.
import { test } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { start } from "../harness.mjs";
import { crew } from "../lib/crew.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";
import { key } from "../lib/sql.mjs";

const stack = await start();
const { as, sql } = stack;
const today = () => new Date().toISOString().slice(0, 10);

const yard = (...cars) => crew(stack, { anna: "owner", ben: "member", vera: "viewer" }, cars);

const begin = async (person, body) => answered(await person.post("/api/shifts/start", body), 201).shift;
const finish = async (person, shift, body) => answered(await person.post(`/api/shifts/${shift.id}/end`, body)).shift;

// Another id for a car: it is made anew, and the old one deleted.
async function rename(person, from, to, set) {
	const { version } = answered(await person.get(`/api/cars/${from}`)).car;
	outcomes(await person.push([
		{ op: "new-name", collection: "cars", id: to, base: 0, set, renamedFrom: from },
		{ op: "old-name", collection: "cars", id: from, base: version, delete: true },
	]), "applied", "applied");
}

// Arrive so many seconds ago and be empty so many later, as a device says that was away.
async function visit(person, id, ago, later) {
	const at = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
	const age = () => sql(`UPDATE record SET updated_at = updated_at - INTERVAL 1 DAY
		WHERE collection = 'cars' AND id = '${id}'`);
	await age();
	const { version } = answered(await person.get(`/api/cars/${id}`)).car;
	outcomes(await person.push([{
		op: `in-${id}-${version}`, collection: "cars", id, base: version, set: { arrived: true }, at: at(ago),
	}]), "applied");
	await age();
	if (later !== undefined)
		outcomes(await person.push([{
			op: `out-${id}-${version}`, collection: "cars", id, base: version + 1, set: { empty: true },
			at: at(ago - later),
		}]), "applied");
}

test("the report of a shift: figures, cars, notes, names; the same while it runs and after its end", async () => {
	const { anna, ben, vera } = await yard({ id: "1", location: "100" }, { id: "2", location: "100" },
		{ id: "3", location: "200", late: true }, { id: "4", location: "200" });
	const shift = await begin(anna, { notes: "begun" });
	await visit(ben, "1", 3000, 600);
	await visit(ben, "2", 2900, 1200);
	await visit(ben, "3", 100);
	// A slip that is taken back counts as nothing.
	answered(await ben.patch("/api/cars/4", { arrived: true }));
	answered(await ben.patch("/api/cars/4", { arrived: false }));
	const running = answered(await vera.get("/api/reports/shift"));
	const { figures } = running;
	assert.deepEqual(figures, {
		cars: 4, arrived: 3, notArrived: 1, late: 1, empty: 2, lateRate: 25,
		cycle: { count: 2, medianSeconds: 900, p90Seconds: 1200 },
	});
	assert.equal(running.shift.endedAt, undefined);
	assert.equal(running.arrivalsPerHour.reduce((sum, hour) => sum + hour.arrivals, 0), 3);
	assert.deepEqual(running.byLocation.map((place) => [place.location, place.cars, place.arrived, place.late]),
		[["100", 2, 2, 0], ["200", 2, 1, 1]]);
	await finish(ben, shift, { notes: "ended" });
	const ended = answered(await vera.get(`/api/reports/shift?id=${shift.id}`), 200, {
		shift: {
			id: shift.id, startNotes: "begun", endNotes: "ended", startedBy: anna.id, startedByName: "anna",
			endedByName: "ben",
		},
		zone: "UTC", complete: true,
	});
	assert.deepEqual([ended.figures, ended.byLocation, ended.arrivalsPerHour, ended.cars],
		[running.figures, running.byLocation, running.arrivalsPerHour, running.cars]);
	answered(await anna.get("/api/reports/shift"), 200, { shift: { id: shift.id } });
});

test("a device whose clock is ahead flags a car late no later than it was written", async () => {
	const { anna, ben } = await yard({ id: "1", location: "100" }, { id: "2", location: "200" });
	outcomes(await ben.push([
		{ op: "l-1", collection: "cars", id: "1", base: 1, set: { late: true }, at: "2099-01-01T00:00:00Z" },
	]), "applied");
	answered(await ben.patch("/api/cars/2", { late: true }));
	const { figures } = answered(await anna.get(`/api/reports/fleet?from=${today()}&to=${today()}`));
	assert.deepEqual([figures.cars, figures.late], [2, 2]);
});

test("arrivals before a reset, and of deleted and renamed cars, are in the figures once each", async () => {
	const { anna, ben } = await yard({ id: "1", location: "100" }, { id: "2", location: "200" },
		{ id: "3", location: "300" });
	const shift = await begin(anna);
	await visit(ben, "1", 900, 300);
	answered(await ben.patch("/api/cars/1", { location: "500" }));
	answered(await anna.post("/api/cars/reset"));
	answered(await ben.patch("/api/cars/1", { location: "600" }));
	await visit(ben, "2", 500);
	answered(await anna.delete("/api/cars/2"));
	answered(await ben.patch("/api/cars/3", { arrived: true }));
	await rename(anna, "3", "33", { location: "300", arrived: true });
	await finish(anna, shift);
	const report = answered(await anna.get(`/api/reports/shift?id=${shift.id}`));
	assert.deepEqual(report.figures, {
		cars: 4, arrived: 3, notArrived: 1, late: 0, empty: 1, lateRate: 0,
		cycle: { count: 1, medianSeconds: 300, p90Seconds: 300 },
	});
	assert.deepEqual(report.byLocation.map((place) => [place.location, place.cars, place.arrived]),
		[["200", 1, 1], ["300", 1, 1], ["500", 1, 1], ["600", 1, 0]]);
	assert.deepEqual(report.cars.map((car) => car.id), ["1", "33"]);
});

test("an id that is used again: visits of earlier cars with it stay", async () => {
	for (const newFirst of [true, false]) {
		const { anna, ben } = await yard({ id: "2", location: "100" });
		const shift = await begin(anna);
		const go = async (id, to) => {
			const { version } = answered(await anna.get(`/api/cars/${id}`)).car;
			const ops = [
				{
					op: `make-${to}`, collection: "cars", id: to, base: 0, set: { location: "300" },
					renamedFrom: id,
				},
				{ op: `drop-${to}`, collection: "cars", id, base: version, delete: true },
			];
			outcomes(await anna.push(newFirst ? ops : ops.reverse()), "applied", "applied");
		};
		answered(await ben.patch("/api/cars/2", { arrived: true }));
		answered(await ben.delete("/api/cars/2"));
		answered(await ben.post("/api/cars", { id: "2", location: "200" }), 201);
		await go("2", "22");
		answered(await ben.post("/api/cars", { id: "2", location: "400" }), 201);
		answered(await ben.patch("/api/cars/2", { arrived: true }));
		answered(await ben.delete("/api/cars/2"));
		await finish(anna, shift);
		for (const report of [answered(await anna.get(`/api/reports/shift?id=${shift.id}`)), await fleet(anna)])
			assert.deepEqual(report.byLocation.filter((place) => place.arrived > 0).map((place) => [
				place.location, place.arrived,
			]), [["100", 1], ["400", 1]], `${newFirst}`);
	}
});

test("a renamed car keeps its arrival, and does not become late", async () => {
	for (const newFirst of [true, false]) {
		const expected = new Date(Date.now() - 600_000).toISOString().slice(11, 16);
		const { anna, ben, space } = await yard({ id: "1", location: "100", expected },
			{ id: "2", location: "100", expected });
		const shift = await begin(anna);
		await sql(`UPDATE record SET doc = REPLACE(doc, '${shift.startedAt}',
			'${new Date(Date.now() - 7200_000).toISOString()}')
			WHERE space_id = '${space.id}' AND id = ${key(shift.id)}`);
		await visit(ben, "1", 3000, 600);
		const old = answered(await anna.get("/api/cars/1")).car;
		assert.equal(old.late, false);
		const ops = [
			{
				op: "make", collection: "cars", id: "11", base: 0,
				set: { location: "100", expected, arrived: true, empty: true }, renamedFrom: "1",
			},
			{ op: "drop", collection: "cars", id: "1", base: old.version, delete: true },
		];
		outcomes(await anna.push(newFirst ? ops : ops.reverse()), "applied", "applied");
		const { car } = answered(await anna.get("/api/cars/11"));
		assert.deepEqual([car.arrivedAt, car.emptyAt, car.late],
			[old.arrivedAt, old.emptyAt, false], `${newFirst}`);
		// One that arrives with its new name arrives now, and late.
		answered(await anna.post("/api/cars", { id: "22", expected, arrived: true, renamedFrom: "2" }), 201,
			{ car: { late: true } });
		const { figures } = await fleet(anna, new Date(Date.parse(old.arrivedAt) - 60_000).toISOString(),
			new Date(Date.now() + 60_000).toISOString());
		assert.deepEqual([figures.arrived, figures.late, figures.cycle],
			[2, 1, { count: 1, medianSeconds: 600, p90Seconds: 600 }]);
	}
});

// A shift of chance on a small board: arrivals, slips, moves, resets, cars that go, come
// back, and go on under other names.
async function play(seed, anna, ben) {
	const names = ["1", "2", "3"];
	let state = seed, next = 10;
	const chance = (n) => (state = Math.imul(state, 1664525) + 1013904223 >>> 0) % 65521 % n;
	const rename = async (person, at) => {
		const { car } = (await person.get(`/api/cars/${names[at]}`)).body, to = String(next++);
		if (car === undefined)
			return;
		const flags = Object.fromEntries(["arrived", "late", "empty"].filter((flag) => car[flag])
			.map((flag) => [flag, true]));
		const ops = [
			{
				op: `make-${to}`, collection: "cars", id: to, base: 0,
				set: { location: car.location, ...flags }, renamedFrom: car.id,
			},
			{ op: `drop-${to}`, collection: "cars", id: car.id, base: car.version, delete: true },
		];
		outcomes(await person.push(chance(2) ? ops : ops.reverse()), "applied", "applied");
		names[at] = to;
	};
	const bring = async (person, address) => {
		const { history = [] } = (await person.get(`${address}/history`)).body;
		return history.length > 0 &&
			person.post(`${address}/restore`, { version: history[chance(history.length)].version });
	};

	for (let step = 0; step < 40; step++) {
		const person = chance(2) ? anna : ben;
		const at = chance(names.length);
		const id = names[at];
		const address = `/api/cars/${id}`;
		const set = (fields) => () => person.patch(address, fields);
		await [
			set({ arrived: true }), set({ arrived: true }), set({ arrived: true, late: true }),
			set({ arrived: false }), set({ late: true }), set({ late: false }),
			set({ empty: true }), set({ empty: false }),
			set({ location: ["Yard", "100", "200"][chance(3)] }),
			() => person.delete(address), () => person.post("/api/cars",
				{ id, location: "300", arrived: chance(2) === 0, late: chance(3) === 0 }),
			() => chance(3) === 0 && person.post("/api/cars/reset"), () => rename(person, at),
			() => bring(person, address), () => person.delete(address),
		][chance(15)]();
	}
}

test("the report of a shift and that of its span agree, in JSON and in CSV", async () => {
	const told = ({ figures: { cars, notArrived, lateRate, ...figures }, arrivalsPerHour, byLocation }) => ({
		figures,
		arrivalsPerHour,
		places: byLocation.filter((place) => place.arrived + place.late > 0).map((place) => [
			place.location, place.arrived, place.late, place.empty, place.cycle,
		]),
	});

	for (let seed = 1; seed <= 12; seed++) {
		const { anna, ben } = await yard({ id: "1" }, { id: "2" }, { id: "3" });
		const shift = await begin(anna);
		await play(seed, anna, ben);
		const before = answered(await anna.get(`/api/reports/shift?id=${shift.id}`));
		const { endedAt } = await finish(ben, shift);
		const own = answered(await anna.get(`/api/reports/shift?id=${shift.id}`));
		const query = span(shift.startedAt, new Date(Date.parse(endedAt) + 1).toISOString());
		const whole = answered(await anna.get(query));
		assert.deepEqual([own.figures, whole.shifts.map((one) => one.figures)],
			[before.figures, [own.figures]], `seed ${seed}`);
		assert.deepEqual(told(whole), told(own), `seed ${seed}`);
		const { figures: f } = whole;
		assert.equal((await anna.get(`${query}&format=csv`)).text.trim().split("\r\n").at(-1),
			["Total", f.cars, f.arrived, f.notArrived, f.late, f.lateRate.toFixed(1), f.empty,
				f.cycle?.medianSeconds, f.cycle?.p90Seconds].join(","), `seed ${seed}`);
	}
});

test("the report as CSV: its columns; cells that a spreadsheet would run as formulas are quoted", async () => {
	const { anna } = await yard({ id: "1", location: "100", notes: "=cmd|' /C calc'!A0" },
		{ id: "2", empty: true, notes: "a \"b\", c" }, { id: "3", late: true, expected: "05:30" });
	const shift = await begin(anna);
	await finish(anna, shift);
	const answer = await anna.get(`/api/reports/shift?id=${shift.id}&format=csv`);
	assert.equal(answer.status, 200, answer.text);
	assert.match(answer.headers["content-type"], /^text\/csv/);
	assert.equal(answer.headers["content-disposition"], `attachment; filename="shift-${shift.id}.csv"`);
	const [head, one, two, three, rest] = answer.text.split("\r\n");
	assert.equal(head, "\uFEFFCar ID,Location,Status,Arrived,Arrived At,Empty,Emptied At,Late,Expected,Notes");
	assert.equal(one, "1,100,Pending,No,,No,,No,,'=cmd|' /C calc'!A0");
	assert.match(two,
		/^2,Yard,Empty,Yes,\d{4}-\d\d-\d\d \d\d:\d\d,Yes,\d{4}-\d\d-\d\d \d\d:\d\d,No,,"a ""b"", c"$/);
	assert.equal(three, "3,Yard,Late,No,,No,,Yes,05:30,");
	assert.equal(rest, "");
});

test("the report to print: texts of people are escaped, and nothing may be loaded", async () => {
	const { anna } = await yard({ id: "1", notes: "<script>alert(1)</script>" });
	const shift = await begin(anna, { notes: "</p><img src=x onerror=alert(1)>" });
	const answer = await anna.get(`/api/reports/shift?id=${shift.id}&format=html`);
	assert.equal(answer.status, 200);
	assert.match(answer.headers["content-type"], /^text\/html; charset=utf-8/);
	const style = /<style>(.*)<\/style>/s.exec(answer.text)[1];
	assert.ok(answer.headers["content-security-policy"].startsWith(
		`default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}';`));
	assert.ok(!/<script|<img/.test(answer.text));
	assert.ok(answer.text.includes("&lt;script&gt;alert(1)&lt;/script&gt;"));
});

const span = (from, to, more = "") => `/api/reports/fleet?from=${from}&to=${to}${more}`;
const fleet = async (person, from = today(), to = today(), more = "") =>
	answered(await person.get(span(from, to, more)));

// Everything this space has ever had is written and claimed so much earlier: {"2 DAY"}.
const ago = (space, time) => sql(`UPDATE audit
	SET at = at - INTERVAL ${time}, claimed_at = claimed_at - INTERVAL ${time} WHERE space_id = '${space.id}'`);

test("the fleet without any shift: arrivals, times, lateness, by hour, place and day", async () => {
	const { anna, ben, vera } = await yard({ id: "1", location: "100" }, { id: "2", location: "100" },
		{ id: "3", location: "200", late: true }, { id: "4", location: "200" });
	await visit(ben, "1", 3000, 600);
	await visit(ben, "2", 2900, 1200);
	answered(await ben.patch("/api/cars/4", { arrived: true }));
	answered(await ben.patch("/api/cars/4", { arrived: false }));
	const day = (hours) => new Date(Date.now() + hours * 3600000).toISOString().slice(0, 10);
	const report = await fleet(vera, day(-1), day(0));
	assert.deepEqual(report.figures, {
		cars: 3, arrived: 2, notArrived: 1, late: 1, empty: 2, lateRate: 33.3,
		cycle: { count: 2, medianSeconds: 900, p90Seconds: 1200 },
	});
	assert.deepEqual(report.byLocation.map((place) => [place.location, place.cars, place.arrived, place.late]),
		[["100", 2, 2, 0], ["200", 1, 0, 1]]);
	assert.equal(report.arrivalsPerHour.reduce((sum, hour) => sum + hour.arrivals, 0), 2);
	assert.equal(report.days.reduce((sum, one) => sum + one.figures.cars, 0), 3);
	assert.deepEqual([report.shifts, report.complete, report.zone, report.from],
		[[], true, "UTC", `${day(-1)}T00:00:00.000Z`]);
	refused(await anna.get("/api/reports/shift"), 404);
});

test("the fleet across shifts, resets and renamings: each arrival once, and each shift's own figures", async () => {
	const { anna, ben } = await yard({ id: "1", location: "100" }, { id: "2", location: "200" },
		{ id: "3", location: "300" });
	const first = await begin(anna);
	answered(await ben.patch("/api/cars/1", { arrived: true }));
	await finish(anna, first);
	const second = await begin(anna);
	answered(await ben.patch("/api/cars/1", { arrived: true, empty: true }));
	answered(await anna.post("/api/cars/reset"));
	answered(await ben.patch("/api/cars/2", { late: true }));
	answered(await ben.patch("/api/cars/3", { arrived: true }));
	await rename(anna, "3", "33", { location: "300", arrived: true });
	const report = await fleet(anna);
	assert.deepEqual(report.figures, {
		cars: 4, arrived: 3, notArrived: 1, late: 1, empty: 1, lateRate: 25,
		cycle: { count: 1, medianSeconds: 0, p90Seconds: 0 },
	});
	assert.deepEqual(report.byLocation.map((place) => [place.location, place.cars, place.arrived]),
		[["100", 2, 2], ["200", 1, 0], ["300", 1, 1]]);
	assert.deepEqual(report.shifts.map((shift) => [
		shift.id, shift.figures.cars, shift.figures.arrived, shift.complete, shift.endedAt !== undefined,
	]), [[first.id, 3, 1, true, true], [second.id, 4, 2, true, false]]);
	assert.deepEqual(report.shifts[1].figures, answered(await anna.get("/api/reports/shift")).figures);
});

test("the fleet of one person: their arrivals, and no shifts, which are everybody's", async () => {
	const { anna, ben, vera } = await yard({ id: "1", location: "100" }, { id: "2", location: "100" });
	await begin(anna);
	answered(await anna.patch("/api/cars/1", { arrived: true }));
	answered(await ben.patch("/api/cars/2", { arrived: true }));
	answered(await ben.patch("/api/cars/1", { empty: true }));
	const his = await fleet(vera, today(), today(), `&person=${ben.id}`);
	assert.deepEqual([his.person, his.figures.cars, his.figures.empty, his.shifts], [ben.id, 1, 0, undefined]);
	assert.deepEqual((await fleet(vera, today(), today(), `&person=${anna.id}`)).figures.empty, 1);
	assert.deepEqual((await fleet(vera, today(), today(), `&person=${vera.id}`)).figures.cars, 0);
	refused(await vera.get(span(today(), today(), "&person=x")), 404);
});

test("the fleet between two instants: cars keep their earlier location, and erasures are reported", async () => {
	const { anna, ben, space } = await yard({ id: "1", location: "100" }, { id: "2", location: "200", late: true });
	answered(await ben.patch("/api/cars/1", { notes: "says \"location\":[\"900\"" }));
	await ago(space, "2 DAY");
	await visit(ben, "1", 1800, 600);
	await visit(ben, "2", 600);
	const at = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
	const early = await fleet(anna, at(3600), at(1200));
	assert.deepEqual(early.byLocation, [{
		location: "100", cars: 1, arrived: 1, notArrived: 0, late: 0, empty: 1, lateRate: 0,
		cycle: { count: 1, medianSeconds: 600, p90Seconds: 600 },
	}]);
	const late = await fleet(anna, at(1200), at(0));
	assert.deepEqual(late.byLocation,
		[{ location: "200", cars: 1, arrived: 1, notArrived: 0, late: 1, empty: 0, lateRate: 100 }]);
	assert.deepEqual([early.complete, late.complete], [true, true]);
	await sql(`UPDATE audit SET salt = NULL, changes = NULL
		WHERE space_id = '${space.id}' AND record_id = '2' AND version = 1`);
	const blank = await fleet(anna, at(1200), at(0));
	assert.deepEqual([blank.complete, blank.figures.arrived, blank.byLocation[0].location], [false, 1, ""]);
});

test("the fleet's days are those of the space's clock, both included", async () => {
	const { anna, ben, space } = await yard({ id: "1", location: "100" });
	const [settings] = answered(await anna.get("/api/spaceSettings")).spaceSettings;
	if (settings === undefined)
		answered(await anna.post("/api/spaceSettings", { zone: "America/Chicago" }), 201);
	else
		answered(await anna.patch(`/api/spaceSettings/${settings.id}`, { zone: "America/Chicago" }));
	answered(await ben.patch("/api/cars/1", { arrived: true }));
	await sql(`UPDATE audit SET at = '2026-03-01 00:00:00' WHERE space_id = '${space.id}'`);
	await sql(`UPDATE audit SET at = '2026-03-03 05:30:00', claimed_at = NULL,
		changes = '{"arrived":[false,true],"arrivedAt":[null,"2026-03-03T05:30:00.000Z"]}'
		WHERE space_id = '${space.id}' AND record_id = '1' AND version = 2`);
	const counted = async (from, to) =>
		(await fleet(anna, from, to)).days.map((day) => [day.day, day.figures.arrived]);
	assert.deepEqual(await counted("2026-03-02", "2026-03-02"), [["2026-03-02", 1]]);
	assert.deepEqual(await counted("2026-03-03", "2026-03-03"), []);
	assert.equal((await fleet(anna, "2026-03-02", "2026-03-02")).to, "2026-03-03T06:00:00.000Z");
	assert.deepEqual(await counted("2026-03-02T23:00:00-06:00", "2026-03-03T05:30:00Z"), []);
	assert.deepEqual(await counted("2026-03-02T23:00:00-06:00", "2026-03-03T05:30:00.001Z"), [["2026-03-02", 1]]);
	const csv = await anna.get(span("2026-03-01", "2026-03-31", "&format=csv"));
	assert.deepEqual(csv.text.split("\r\n"), [
		"\uFEFFDay,Visits,Arrived,Not Arrived,Late,Late %,Emptied,Median Seconds,P90 Seconds",
		"2026-03-02,1,1,0,0,0.0,0,,", "Total,1,1,0,0,0.0,0,,", "",
	]);
	assert.equal(csv.headers["content-disposition"], "attachment; filename=\"fleet-2026-03-01-2026-03-31.csv\"");
});

for (const [what, query] of [
	["no days", ""],
	["half of them", "?from=2026-01-01"],
	["a bad date", "?from=2026-02-30&to=2026-03-01"],
	["the wrong order", "?from=2026-02-02&to=2026-02-01"],
	["a malformed instant", "?from=2026-02-02T25:00:00Z&to=2026-02-03"],
	["no time in between", "?from=2026-02-02T05:00:00Z&to=2026-02-02T05:00:00Z"],
	["too many days", "?from=2026-01-01&to=2026-04-03"],
	["another format", "?from=2026-01-01&to=2026-01-02&format=html"],
	["another parameter", "?from=2026-01-01&to=2026-01-02&people=x"],
])
	test(`a fleet report with ${what} is refused`, async () => {
		const { anna } = await yard();
		refused(await anna.get(`/api/reports/fleet${query}`), 400);
	});

test("an unknown shift, or one of another space, has no report", async () => {
	const { anna } = await yard();
	refused(await anna.get("/api/reports/shift"), 404);
	for (const id of ["nothing", "%C3%84", "a%20b", "x".repeat(99), ""])
		refused(await anna.get(`/api/reports/shift?id=${id}`), 404);
	refused(await anna.get("/api/reports/shift?format=pdf"), 400);
	const shift = await begin(anna);
	const other = await yard();
	refused(await other.anna.get(`/api/reports/shift?id=${shift.id}`), 404);
	refused(await as("otto").in(other.space).get(`/api/reports/shift?id=${shift.id}`), 404);
});
