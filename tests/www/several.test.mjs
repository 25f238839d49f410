// FC20: a field of several records at once, and the day of hours.
import assert from "node:assert/strict";
import test from "node:test";
import { planOf } from "../../www/generic/plan.js";
import { DAY, fieldsForSeveral, setFor, severalProblem } from "../../www/generic/several.js";
import { shipped } from "./engine-aid.mjs";

const plan = (name) => planOf(shipped.find((one) => one.name === name));
const work = plan("workSessions"), cars = plan("cars");
const BERLIN = "Europe/Berlin", NEW_YORK = "America/New_York";
const field = (of, name) => fieldsForSeveral(of).find((one) => one.name === name);

test("FC20: of hours, note, site, project and day can be changed at once; not what each has its own of", () => {
	const names = fieldsForSeveral(work).map(({ name }) => name);
	for (const name of [DAY, "note", "jobSite", "project", "tags", "kind"])
		assert.ok(names.includes(name), name);
	for (const name of ["start", "end", "zone", "photoIn", "placeIn", "manual", "day"])
		assert.ok(!names.includes(name), name);
	assert.ok(fieldsForSeveral(cars).some(({ name }) => name === "location"));
	assert.ok(!fieldsForSeveral(cars).some(({ name }) => name === DAY));
});

test("FC20: only what differs is written", () => {
	assert.deepEqual(setFor(work, field(work, "note"), "Roof", { note: "Stairs" }, BERLIN), { note: "Roof" });
	assert.equal(setFor(work, field(work, "note"), "Roof", { note: "Roof" }, BERLIN), null);
	assert.equal(setFor(work, field(work, "note"), null, {}, BERLIN), null);
	assert.deepEqual(setFor(work, field(work, "tags"), ["wet"], { tags: ["dry"] }, BERLIN), { tags: ["wet"] });
	assert.deepEqual(setFor(work, field(work, "project"), null, { project: "p" }, BERLIN), { project: null });
});

test("FC20: on another day hours begin at the same time and are as long, over nights and both clock changes", () => {
	const move = (record, date, zone = BERLIN) => setFor(work, field(work, DAY), date, record, zone);
	const night = { start: "2026-11-20T21:00:30.250Z", end: "2026-11-21T05:00:30.250Z" };
	assert.deepEqual(move(night, "2026-11-18"),
		{ start: "2026-11-18T21:00:30.250Z", end: "2026-11-19T05:00:30.250Z" });
	assert.equal(move(night, "2026-11-20"), null);
	assert.deepEqual(move({ start: "2026-11-20T21:00:00.000Z" }, "2026-11-18"),
		{ start: "2026-11-18T21:00:00.000Z" });
	assert.deepEqual(move(night, "2026-10-24"), {
		start: "2026-10-24T20:00:30.250Z", end: "2026-10-25T04:00:30.250Z",
	}, "eight hours, where the night has nine");
	const day = { start: "2026-11-20T14:00:00.000Z", end: "2026-11-20T15:00:00.000Z" };
	assert.deepEqual(move(day, "2026-03-08", NEW_YORK),
		{ start: "2026-03-08T13:00:00.000Z", end: "2026-03-08T14:00:00.000Z" });
});

test("FC20: what must have a value is not emptied", () => {
	assert.equal(severalProblem(field(work, "note"), null), null);
	assert.equal(severalProblem(field(work, "kind"), null), "Choose a value.");
	assert.equal(severalProblem(field(work, DAY), null), "Choose a value.");
	assert.equal(severalProblem(field(work, DAY), "2026-11-20"), null);
	assert.match(severalProblem(field(work, "note"), "x".repeat(501)), /At most 500/);
});
