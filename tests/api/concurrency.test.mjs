// Many at once on one record: exactly one wins, everybody is told the truth, and nothing is lost.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { answered, outcomes } from "../lib/expect.mjs";

const stack = await start({ definitions: true });
const { as, team, sql } = stack;
const writers = ["anna", "ben", "carl"];
const space = await team({ anna: "owner", ben: "member", carl: "member" });
const people = writers.map((name) => as(name).in(space));

function statuses(answers) {
	return answers.map((answer) => answer.status).sort();
}

test("three writers, one version, one field: exactly one wins, in every one of forty rounds", async () => {
	answered(await people[0].post("/api/cars", { id: "race", location: "100" }), 201);
	let version = 1;
	for (let round = 0; round < 40; round++) {
		const answers = await Promise.all(people.map((person, i) => person.put("/api/cars/race", {
			notes: `${round} ${i}`, expectedVersion: version,
		})));
		assert.deepEqual(statuses(answers), [200, 409, 409], `round ${round}`);
		const winner = answers.find((answer) => answer.status === 200).body.car;
		assert.equal(winner.version, ++version);
		for (const { problem } of answers.filter((answer) => answer.status === 409)) {
			assert.equal(problem.currentVersion, version);
			assert.equal(problem.current.notes, winner.notes);
		}
		answered(await people[0].get("/api/cars/race"), 200, { car: { notes: winner.notes, version } });
	}
});

test("three writers with If-Match: one 200, two 412", async () => {
	const { headers } = await people[0].post("/api/cars", { id: "match", location: "100" });
	const answers = await Promise.all(people.map((person, i) => person.patch("/api/cars/match", {
		[["late", "arrived", "notes"][i]]: i === 2 ? "x" : true,
	}, { "If-Match": headers.etag })));
	assert.deepEqual(statuses(answers), [200, 412, 412]);
});

test("twelve creates of one id: one 201, eleven 409, in every one of ten rounds", async () => {
	for (let round = 0; round < 10; round++) {
		const answers = await Promise.all(Array.from({ length: 12 },
			(_, i) => people[i % 3].post("/api/cars", { id: `new${round}`, notes: String(i) })));
		assert.deepEqual(statuses(answers), [201, ...Array(11).fill(409)], `round ${round}`);
		const { notes } = answers.find((answer) => answer.status === 201).body.car;
		answered(await people[0].get(`/api/cars/new${round}`), 200, { car: { version: 1, notes } });
	}
});

test("writes to different fields all merge, however many at once", async () => {
	for (let round = 0; round < 15; round++) {
		const id = `merge${round}`;
		answered(await people[0].post("/api/cars", { id, location: "100" }), 201);
		const changes = [
			{ location: "200" }, { late: true }, { notes: "n" }, { expected: "08:00" }, { empty: true },
		];
		const answers = await Promise.all(changes.map((change, i) => people[i % 3].patch(`/api/cars/${id}`, {
			...change, expectedVersion: 1,
		})));
		assert.deepEqual(statuses(answers), [200, 200, 200, 200, 200],
			answers.map((answer) => answer.text).join("\n"));
		answered(await people[0].get(`/api/cars/${id}`), 200, { car: {
			version: 6, location: "200", late: true, notes: "n", expected: "08:00",
			empty: true, arrived: true,
		} });
		assert.equal(answers.filter((answer) => answer.body.merged).length, 4);
	}
});

test("one op sent six times at once is applied once", async () => {
	for (let round = 0; round < 15; round++) {
		const op = {
			op: `same${round}`, collection: "parcels", id: `s${round}`, base: 0, set: { label: "Box" },
		};
		const answers = await Promise.all(Array.from({ length: 6 },
			(_, i) => people[0].push([op], { device: `d${i}` })));
		const results = answers.map((answer) => answered(answer).results[0]);
		assert.deepEqual(results.map((result) => result.status).sort(),
			["applied", ...Array(5).fill("duplicate")]);
		assert.equal(new Set(results.map((result) => `${result.version} ${result.seq}`)).size, 1);
	}
});

test("one Idempotency-Key sent six times at once makes one record", async () => {
	const answers = await Promise.all(Array.from({ length: 6 },
		() => people[0].post("/api/parcels", { label: "Once" }, { "Idempotency-Key": "once" })));
	assert.equal(new Set(answers.map((answer) => answered(answer, 201).parcel.id)).size, 1);
});

test("two devices complete one task offline: one log, and both know it", async () => {
	const anna = as("anna").in(space);
	answered(await anna.post("/api/tasks", { id: "t", title: "Stretch" }), 201);
	const answers = await Promise.all([1, 2].map(() => anna.post("/api/taskLogs", {
		task: "t", date: "2026-11-21", status: "completed",
	})));
	assert.deepEqual(statuses(answers), [201, 409]);
	const { id } = answers.find((answer) => answer.status === 201).body.taskLog;
	const results = await Promise.all([1, 2].map((i) => anna.push([{
		op: `tl${i}`, collection: "taskLogs", id, base: 0,
		set: { task: "t", date: "2026-11-21", status: "completed" },
	}])));
	for (const answer of results)
		outcomes(answer, "unchanged");
	assert.equal(answered(await anna.get("/api/taskLogs")).taskLogs.length, 1);
});

test("of a delete and a change at once, one is first and the other is a conflict", async () => {
	for (let round = 0; round < 15; round++) {
		const id = `gone${round}`;
		answered(await people[0].post("/api/cars", { id, location: "100" }), 201);
		const [deleted, changed] = await Promise.all([
			people[0].push([{ op: `d${round}`, collection: "cars", id, base: 1, delete: true }]),
			people[1].push([{ op: `c${round}`, collection: "cars", id, base: 1, set: { late: true } }]),
		]);
		const both = [deleted, changed].map((answer) => answered(answer).results[0].status);
		assert.ok(["applied conflict", "conflict applied"].includes(both.join(" ")), both.join(" "));
	}
});

describe("in the end", () => {
	test("seqs have no gap, versions no duplicate, and the records are what the audit says", async () => {
		const { status, stdout } = await stack.ctl("verify");
		assert.equal(status, 0, stdout);
		const [{ n, lowest, highest }] = await sql(`SELECT
			COUNT(*) AS n, MIN(seq) AS lowest, MAX(seq) AS highest
			FROM audit WHERE space_id = '${space.id}'`);
		assert.equal(lowest, "1");
		assert.equal(highest, n);
		assert.equal(await stack.head(space), Number(n));
	});

	test("no response was a 5xx", async () => {
		assert.deepEqual(await stack.faults(), []);
	});
});
