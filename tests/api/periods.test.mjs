// Periods as a client of the API has them: handing hours in, deciding about them, and what is locked meanwhile, on
// every path that writes.  tests/fixtures/rules/period.json has the steps one by one.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fixtures, start } from "../harness.mjs";
import { CSV, crew } from "../lib/crew.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";
import { until } from "../lib/wait.mjs";

const stack = await start();
const { as, sql } = stack;

const fresh = () => crew(stack, { olga: "owner", mia: "manager", nils: "manager", ben: "member", mo: "member" });
const october = { from: "2026-10-01", to: "2026-10-31" };
const at = (day, hour = "08") => `2026-${day}T${hour}:00:00.000Z`;

const work = (person, start, end, more = {}) => person.post("/api/workSessions", { start, end, zone: "UTC", ...more });
const morning = (person, day, more) => work(person, at(day), at(day, "12"), more);
const edit = (person, { id }, changes) => person.patch(`/api/workSessions/${id}`, changes);

const session = async (person, day, more) => answered(await morning(person, day, more), 201).workSession;

async function handIn(person, span = october) {
	return answered(await person.post("/api/periods", { ...span, state: "submitted" }), 201).period;
}

async function step(person, { id, version }, changes) {
	return answered(await person.patch(`/api/periods/${id}`, { ...changes, expectedVersion: version })).period;
}

const op = (collection, { id = randomUUID(), base = 0, ...more }) =>
	({ op: randomUUID(), collection, ...(id && { id }), base, ...more });

const { cases } = JSON.parse(readFileSync(path.join(fixtures, "periods", "locks.json"), "utf8"));

const closedBy = ({ id, from, to, state }) => ({
	type: "/problems/period-closed", field: "start", period: { id, from, to, state },
});

describe("what a closed period locks", () => {
	test("REST: creating, changing, moving in or away, deleting, reviving, restoring", async () => {
		const { ben } = await fresh();
		const inside = await session(ben, "10-14", { note: "Wall" }), outside = await session(ben, "11-10");
		const gone = await session(ben, "10-15");
		answered(await ben.delete(`/api/workSessions/${gone.id}`));
		answered(await edit(ben, inside, { note: "Roof" }));
		const period = await handIn(ben), closed = closedBy(period);

		refused(await ben.post("/api/workSessions", { start: at("10-20") }), 409, closed);
		refused(await edit(ben, inside, { note: "More" }), 409, closed);
		refused(await edit(ben, inside, { start: at("11-10"), end: at("11-10", "12") }), 409, closed);
		refused(await edit(ben, outside, { start: at("10-20"), end: at("10-20", "12") }), 409, closed);
		refused(await ben.delete(`/api/workSessions/${inside.id}`), 409, closed);
		refused(await ben.post("/api/workSessions", { id: gone.id, start: at("10-15") }), 409, closed);
		refused(await ben.post(`/api/workSessions/${gone.id}/restore`, { version: 1 }), 409, closed);
		refused(await ben.post(`/api/workSessions/${inside.id}/restore`, { version: 1 }), 409, closed);
	});

	test("nobody approves hours that were withdrawn, changed and submitted anew since they looked", async () => {
		const { ben, mia } = await fresh(), one = await session(ben, "10-14"), seen = await handIn(ben);
		const open = await step(ben, seen, { state: "open" });
		answered(await edit(ben, one, { end: at("10-14", "20") }));
		const anew = await step(ben, open, { state: "submitted" });
		for (const state of ["approved", "returned"]) {
			const decision = { state, comment: "Seen" };
			const early = { ...decision, expectedVersion: seen.version };
			refused(await mia.patch(`/api/periods/${seen.id}`, early), 409);
			const [{ status }] = answered(await mia.push([
				op("periods", { id: seen.id, base: seen.version, set: decision }),
			])).results;
			assert.equal(status, "conflict");
		}
		assert.equal((await step(mia, anew, { state: "approved" })).state, "approved");
	});

	test("the refusal does not depend on the base", async () => {
		const { ben } = await fresh();
		const { id } = await session(ben, "10-14");
		answered(await edit(ben, { id }, { note: "Second" }));
		const closed = closedBy(await handIn(ben));
		refused(await edit(ben, { id }, { note: "Third", expectedVersion: 1 }), 409, closed);
		const [{ status, problem }] = answered(await ben.push([{
			op: randomUUID(), collection: "workSessions", id, base: 1, set: { note: "Third" },
		}])).results;
		assert.equal(status, "rejected");
		assert.equal(problem.type, "/problems/period-closed");
	});

	test("a manager does not go round it, nor by handing a session to somebody else", async () => {
		const { mia, ben, mo } = await fresh();
		const one = await session(ben, "10-14"), other = await session(mo, "10-14");
		const closed = closedBy(await handIn(ben));
		refused(await edit(mia, one, { note: "Corrected" }), 409, closed);
		refused(await edit(mia, one, { owner: mo.id }), 409, closed);
		refused(await edit(mia, other, { owner: ben.id }), 409, closed);
		refused(await mia.post("/api/workSessions", { owner: ben.id, start: at("10-20") }), 409, closed);
		answered(await edit(mia, other, { note: "Mo's are his own" }));
	});

	test("a push: the ops of these days are refused, the others are taken", async () => {
		const { ben } = await fresh();
		const { id, version } = await session(ben, "10-14");
		const period = await handIn(ben);
		const results = outcomes(await ben.push([
			op("workSessions", { set: { start: at("10-20") } }),
			op("workSessions", { set: { start: at("11-10") } }),
			op("workSessions", { id, base: version, delete: true }),
		]), "rejected", "applied", "rejected");
		for (const { problem } of [results[0], results[2]])
			assert.deepEqual([problem.status, problem.type, problem.period],
				[409, "/problems/period-closed", closedBy(period).period]);
	});

	test("an import: rows of these days are bad, rows that change nothing are not", async () => {
		const { ben } = await fresh();
		const rows = ["start,end,zone,note", "2026-10-14T08:00:00Z,2026-10-14T12:00:00Z,UTC,Wall"].join("\n");
		answered(await ben.post("/api/workSessions/import", rows, CSV), 200, { done: 1 });
		await handIn(ben);
		answered(await ben.post("/api/workSessions/import", rows, CSV), 200, { done: 1, bad: 0 });
		const more = `${rows}\n2026-10-15T08:00:00Z,2026-10-15T12:00:00Z,UTC,Wall`;
		for (const path of ["/api/workSessions/import?dryRun=1", "/api/workSessions/import"])
			assert.deepEqual(
				(await ben.post(path, more, CSV)).body.errors.map(({ line, field }) => [line, field]),
				[[3, "start"]]);
	});

	test("taking an import back leaves what is handed in", async () => {
		const { ben } = await fresh();
		const rows = ["start,end,zone", "2026-10-14T08:00:00Z,2026-10-14T12:00:00Z,UTC",
			"2026-11-10T08:00:00Z,2026-11-10T12:00:00Z,UTC"].join("\n");
		const { import: id } = answered(await ben.post("/api/workSessions/import", rows, CSV));
		await handIn(ben);
		answered(await ben.post(`/api/imports/${id}/take-back`), 200, { deleted: 1, closed: 1 });
		const { workSessions } = answered(await ben.get("/api/workSessions"));
		assert.deepEqual(workSessions.map(({ day }) => day), ["2026-10-14"]);
	});

	for (const one of cases)
		test(`which days: ${one.name}`, async () => {
			const { olga, ben } = await fresh();
			for (const rules of one.rules)
				answered(await olga.post("/api/workRules", { reason: "As ever", ...rules }), 201);
			const { period } = answered(await ben.post("/api/periods", one.period), 201);
			for (const day of one.locked)
				refused(await work(ben, `${day}T08:00:00Z`, `${day}T12:00:00Z`), 409, closedBy(period));
			for (const day of one.free)
				answered(await work(ben, `${day}T08:00:00Z`, `${day}T12:00:00Z`), 201);
		});

	test("the day is the local one", async () => {
		const { ben } = await fresh();
		await handIn(ben, { from: "2026-10-12", to: "2026-10-18" });
		const night = (start) => work(ben, start, undefined, { duration: 600, zone: "Europe/Berlin" });
		answered(await night("2026-10-11T21:59:00Z"), 201);
		refused(await night("2026-10-11T22:00:00Z"), 409);
		refused(await night("2026-10-18T21:59:00Z"), 409);
		answered(await night("2026-10-18T22:00:00Z"), 201);
	});

	test("a timer from before that arrives later is refused, and taken once the period is open", async () => {
		const { ben } = await fresh();
		const period = await handIn(ben);
		const set = { start: at("10-30"), end: at("10-30", "16") };
		const timer = { id: randomUUID(), set, at: at("10-30") };
		outcomes(await ben.push([op("workSessions", timer)]), "rejected");
		const open = await step(ben, period, { state: "open" });
		outcomes(await ben.push([op("workSessions", timer)]), "applied");
		await step(ben, open, { state: "submitted" });
	});

	test("approved is locked as submitted is; returned and open are not", async () => {
		const { mia, ben } = await fresh();
		const { id } = await session(ben, "10-14");
		const write = (note) => edit(ben, { id }, { note });
		let period = await handIn(ben);
		refused(await write("a"), 409, closedBy(period));
		period = await step(mia, period, { state: "returned", comment: "The 15th?" });
		answered(await write("b"));
		period = await step(ben, period, { state: "submitted" });
		period = await step(mia, period, { state: "approved" });
		refused(await write("c"), 409, closedBy(period));
		period = await step(mia, period, { state: "open", reason: "A shift was forgotten" });
		answered(await write("d"));
	});

	test("within one push an op sees what the one before it has closed", async () => {
		const { ben } = await fresh();
		const { id, version } = await session(ben, "10-14");
		outcomes(await ben.push([
			op("workSessions", { id, base: version, set: { note: "Before" } }),
			op("periods", { id: null, set: { ...october, state: "submitted" } }),
			op("workSessions", { set: { start: at("10-15") } }),
		]), "applied", "applied", "rejected");
		const other = await fresh();
		outcomes(await other.ben.push([
			op("workSessions", { set: { start: at("10-15") } }),
			op("periods", { id: null, set: { ...october, state: "submitted" } }),
		]), "applied", "rejected");
	});
});

describe("what the lock costs", () => {
	// Statements of the push, by the log.
	async function pushed(person, days) {
		const ops = days.map((day) => op("workSessions", { set: { start: `${day}T08:00:00Z`, duration: 60 } }));
		const { headers } = await person.push(ops);
		const line = await until("the log has the push", async () =>
			(await stack.logLines()).find((one) => one.includes(headers["x-request-id"])));
		return Number(/ sql=(\d+)/.exec(line)[1]);
	}

	test("a push asks once for the periods of a year, however many days it has", async () => {
		const { ben } = await fresh();
		const days = Array.from({ length: 50 }, (_, i) =>
			new Date(Date.UTC(2026, 1, 1 + i)).toISOString().slice(0, 10));
		await handIn(ben);
		await pushed(ben, days.slice(0, 2)); // the host remembers the token
		assert.equal(await pushed(ben, days), await pushed(ben, days.map(() => days[0])));
		assert.equal(await pushed(ben, [...days.slice(1), "2025-11-20"]), await pushed(ben, days) + 1);
	});

	test("a refused push asks once for the rules that say when weeks begin", async () => {
		const { ben } = await fresh();
		await handIn(ben);
		const inside = Array.from({ length: 31 }, (_, i) => `2026-10-${String(i + 1).padStart(2, "0")}`);
		await pushed(ben, inside.slice(0, 2));
		assert.equal(await pushed(ben, inside), await pushed(ben, inside.map(() => inside[0])));
	});
});

describe("a period and its history", () => {
	test("every comment and reason stays in the history", async () => {
		const { mia, ben } = await fresh();
		let period = await handIn(ben);
		period = await step(mia, period, { state: "returned", comment: "The 15th?" });
		period = await step(ben, period, { state: "submitted", note: "I was ill." });
		period = await step(mia, period, { state: "approved", comment: "Thank you." });
		period = await step(mia, period, { state: "open", reason: "A shift was forgotten." });
		period = await step(ben, period, { state: "submitted" });
		period = await step(mia, period, { state: "approved" });
		period = await step(mia, period, { state: "open", reason: "Again." });
		const { history } = answered(await ben.get(`/api/periods/${period.id}/history`));
		const texts = JSON.stringify(history);
		for (const text of ["The 15th?", "I was ill.", "Thank you.", "A shift was forgotten.", "Again."])
			assert.ok(texts.includes(text), text);
	});

	test("opening an approved period again needs a reason, each time", async () => {
		const { mia, ben } = await fresh();
		let period = await step(mia, await handIn(ben), { state: "approved" });
		refused(await mia.patch(`/api/periods/${period.id}`, { state: "open" }), 400, { field: "reason" });
		refused(await ben.patch(`/api/periods/${period.id}`, { state: "open", reason: "Please" }), 403);
		period = await step(mia, period, { state: "open", reason: "Once" });
		period = await step(mia, await step(ben, period, { state: "submitted" }), { state: "approved" });
		refused(await mia.patch(`/api/periods/${period.id}`, { state: "open" }), 400, { field: "reason" });
	});

	test("an approved period is neither returned nor submitted", async () => {
		const { mia, ben } = await fresh();
		const period = await step(mia, await handIn(ben), { state: "approved" });
		const closed = { ...closedBy(period), field: "state" };
		refused(await mia.patch(`/api/periods/${period.id}`, { state: "returned", comment: "No" }), 409,
			closed);
		refused(await ben.patch(`/api/periods/${period.id}`, { state: "submitted" }), 409, closed);
	});

	test("a manager's own period is decided by another manager", async () => {
		const { mia, nils } = await fresh();
		let period = await handIn(mia);
		refused(await mia.patch(`/api/periods/${period.id}`, { state: "approved" }), 403, { field: "state" });
		period = await step(nils, period, { state: "approved" });
		refused(await mia.patch(`/api/periods/${period.id}`, { state: "open", reason: "Mine" }), 403);
	});

	test("it is deleted while it is open or returned, and not while it is closed", async () => {
		const { mia, ben } = await fresh();
		let period = await handIn(ben);
		refused(await ben.delete(`/api/periods/${period.id}`), 409, { ...closedBy(period), field: "state" });
		period = await step(mia, period, { state: "approved" });
		refused(await mia.delete(`/api/periods/${period.id}`), 409, { type: "/problems/period-closed" });
		period = await step(mia, period, { state: "open", reason: "Made in error" });
		answered(await ben.delete(`/api/periods/${period.id}`));
		period = await handIn(ben);
		period = await step(mia, period, { state: "returned", comment: "?" });
		answered(await ben.delete(`/api/periods/${period.id}`));
	});

	test("a restore goes no other way: neither round a decision nor into a decision", async () => {
		const { mia, ben } = await fresh();
		let period = await handIn(ben);                                                     // 1 submitted
		period = await step(mia, period, { state: "approved" });                            // 2 approved
		period = await step(mia, period, { state: "open", reason: "A lost shift" });        // 3 open
		const restore = (person, version) => person.post(`/api/periods/${period.id}/restore`, { version });
		refused(await restore(ben, 2), 400, { field: "state" });
		refused(await restore(mia, 2), 400, { field: "state" });
		refused(await restore(mia, 1), 403, { field: "state" });
		period = await step(ben, period, { state: "submitted" });                           // 4
		period = await step(mia, period, { state: "approved" });                            // 5
		refused(await restore(ben, 3), 403, { field: "state" });
		refused(await restore(ben, 1), 409, { type: "/problems/period-closed" });
		period = await step(mia, period, { state: "open", reason: "Once more" });           // 6
		answered(await ben.delete(`/api/periods/${period.id}`));                            // 7
		refused(await restore(ben, 2), 400, { field: "state" });
		refused(await restore(mia, 1), 403, { field: "state" });
	});

	test("what a restore brings back does not carry the stamps of that time", async () => {
		const { ben } = await fresh();
		const submitted = await handIn(ben), open = await step(ben, submitted, { state: "open" });
		const { period } = answered(await ben.post(`/api/periods/${open.id}/restore`, { version: 1 }));
		assert.equal(period.state, "submitted");
		assert.notEqual(period.submittedAt, submitted.submittedAt);
	});

	test("a member sees their own periods, a manager all", async () => {
		const { mia, ben, mo } = await fresh();
		const period = await handIn(ben);
		refused(await mo.get(`/api/periods/${period.id}`), 404);
		answered(await mia.get(`/api/periods/${period.id}`));
		refused(await mo.patch(`/api/periods/${period.id}`, { state: "approved" }), 404);
	});

	test("in a personal space its person submits, and opens it again with a reason; nobody approves", async () => {
		const pia = await as("pia").ready();
		const one = await session(pia, "10-14");
		let period = await handIn(pia);
		refused(await edit(pia, one, { note: "x" }), 409, closedBy(period));
		refused(await pia.patch(`/api/periods/${period.id}`, { state: "approved" }), 403, { field: "state" });
		refused(await pia.patch(`/api/periods/${period.id}`, { state: "returned", comment: "x" }), 403);
		refused(await pia.patch(`/api/periods/${period.id}`, { state: "open" }), 400, { field: "reason" });
		period = await step(pia, period, { state: "open", reason: "The invoice was wrong" });
		answered(await edit(pia, one, { note: "x" }));
	});
});

describe("at the same moment", () => {
	test("two managers decide: one wins, the other gets a conflict", async () => {
		const { mia, nils, ben } = await fresh();
		for (let round = 0; round < 20; round++) {
			const day = `2026-10-${String(round + 1).padStart(2, "0")}`;
			const { id, version } = await handIn(ben, { from: day, to: day });
			const answers = await Promise.all([
				mia.patch(`/api/periods/${id}`, { state: "approved", expectedVersion: version }),
				nils.patch(`/api/periods/${id}`,
					{ state: "returned", comment: "?", expectedVersion: version }),
			]);
			assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409], `round ${round}`);
			const lost = answers.find(({ status }) => status === 409);
			assert.equal(lost.problem.type, "/problems/stale-version");
			const { period } = answered(await ben.get(`/api/periods/${id}`));
			assert.equal(period.version, version + 1);
			assert.equal(period.decidedBy, answers[0].status === 200 ? mia.id : nils.id);
		}
	});

	test("a session changes and its period is submitted, fifty times: no change after it", async () => {
		const { ben } = await fresh();
		const seen = { 200: 0, 409: 0 };
		for (let round = 0; round < 50; round++) {
			// Each in a week of its own: a period locks the days before it in its week.
			const date = new Date(Date.UTC(2025, 0, 4) + round * 7 * 86400000).toISOString().slice(0, 10);
			const { workSession: { id } } =
				answered(await work(ben, `${date}T08:00:00Z`, `${date}T12:00:00Z`), 201);
			const both = [
				() => edit(ben, { id }, { end: `${date}T13:00:00Z` }),
				() => ben.post("/api/periods", { from: date, to: date, state: "submitted" }),
			];
			if (round % 2 === 1)
				both.reverse();
			const answers = await Promise.all(both.map((ask) => ask()));
			const [changed, submit] = round % 2 === 1 ? answers.toReversed() : answers;
			answered(submit, 201);
			seen[changed.status]++;
			if (changed.status === 200)
				assert.ok(changed.body.seq < submit.body.seq, `round ${round}`);
			else
				refused(changed, 409, { type: "/problems/period-closed" });
			const { workSession } = answered(await ben.get(`/api/workSessions/${id}`));
			assert.equal(workSession.duration, changed.status === 200 ? 18000 : 14400);
		}
		assert.ok(seen[200] > 0 && seen[409] > 0, JSON.stringify(seen));
	});

	test("two devices hand in overlapping days: one is refused", async () => {
		const { ben } = await fresh();
		for (let round = 0; round < 10; round++) {
			const month = String(round + 1).padStart(2, "0");
			const hand = (from, to) => ben.post("/api/periods",
				{ from: `2025-${month}-${from}`, to: `2025-${month}-${to}`, state: "submitted" });
			const answers = await Promise.all([
				hand("01", "20"), hand("15", "28"),
			]);
			assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 400], `round ${round}`);
		}
	});
});
