// How much a space holds and may hold: what a full one refuses and what it goes on to take, who is told, and that what
// is counted is what is there.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { Chance } from "../lib/chance.mjs";
import { CSV, crew } from "../lib/crew.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";
import { jpeg, send } from "../lib/files.mjs";
import { match } from "../lib/match.mjs";
import { until } from "../lib/wait.mjs";

const RECORDS = 6;
const stack = await start({ definitions: true, settings: { space_records: RECORDS, space_quota_bytes: "1M" } });
const { ctl, sql } = stack;

const roles = { anna: "owner", mia: "manager", ben: "member", vera: "viewer" };
const fresh = (cars = []) => crew(stack, roles, cars);
const names = (count, from = 1) => Array.from({ length: count }, (_, i) => `${from + i}`);

const full = { type: "/problems/space-full", title: "This space is full" };
const set = (op, id, base, fields) => ({ op, collection: "cars", id, base, set: fields });
const drop = (op, id, base) => ({ op, collection: "cars", id, base, delete: true });

const outside = (person) => stack.as(person.name);
const told = async (person, space) => answered(await outside(person).get(`/api/spaces/${space.id}`)).space;

async function control(...words) {
	const answer = await ctl(...words);
	assert.equal(answer.status, 0, answer.stdout + answer.stderr);
	return answer.stdout;
}

const limit = (space, ...words) => control("space", "limit", space.id, ...words);
// What the row of the space counts is what it holds.
const isWhole = (space) => control("verify", "--space", space.id);

async function results(person, ops, ...statuses) {
	return outcomes(await person.push(ops), ...statuses);
}

function isFull({ problem }) {
	assert.equal(problem.status, 413);
	assert.equal(problem.type, full.type);
}

// The space may hold so many percent of the bytes that it holds now: at 100 it is full.
async function fill(person, space, percent) {
	const { bytes } = await told(person, space);
	await limit(space, "--bytes", `${Math.floor(bytes * 100 / percent)}`);
}

describe("a space with as many records as it may hold", () => {
	test("takes no further one, and as many as are deleted", async () => {
		const { anna, ben, space } = await fresh(names(RECORDS - 1));
		answered(await ben.post("/api/cars", { id: "last" }), 201);
		const problem = refused(await ben.post("/api/cars", { id: "another" }), 413, full);
		assert.match(problem.detail, new RegExp(`${RECORDS} records`));
		refused(await anna.post("/api/tasks", { title: "Wash" }), 413, full);
		answered(await anna.delete("/api/cars/last"));
		answered(await anna.post("/api/tasks", { title: "Wash" }), 201);
		refused(await anna.post("/api/tasks", { title: "Dry" }), 413, full);
		await isWhole(space);
	});

	test("refuses single ops of a push, and each for itself", async () => {
		const { anna, space } = await fresh(names(RECORDS));
		const [, added, , , again] = await results(anna, [
			set("a", "1", 1, { notes: "changed" }), set("b", "n", 0, { notes: "new" }), drop("c", "2", 1),
			set("d", "fits", 0, {}), set("e", "late", 0, {}),
		], "applied", "rejected", "applied", "applied", "rejected");
		isFull(added);
		isFull(again);
		refused(await anna.get("/api/cars/n"), 404);
		const { seq, records } = await told(anna, space);
		assert.deepEqual([seq, records], [RECORDS + 3, RECORDS]);
		await isWhole(space);
	});

	test("takes a refused op under its old id once there is room", async () => {
		const { anna } = await fresh(names(RECORDS));
		const op = set("a", "n", 0, { notes: "kept" });
		await results(anna, [op], "rejected");
		await results(anna, [drop("b", "1", 1), op], "applied", "applied");
		await results(anna, [op], "duplicate");
	});

	test("answers what changes nothing, and what was done before", async () => {
		const { anna, space } = await fresh(names(RECORDS - 1));
		const last = set("a", "last", 0, { notes: "same" });
		await results(anna, [last], "applied");
		await results(anna, [last], "duplicate");
		await results(anna, [set("b", "last", 1, { notes: "same" })], "unchanged");
		await results(anna, [set("c", "last", 0, { notes: "same" })], "unchanged");
		await isWhole(space);
	});

	test("brings no deleted record back, but every version of one that is there", async () => {
		const { anna, space } = await fresh(names(RECORDS));
		answered(await anna.patch("/api/cars/1", { notes: "new" }));
		answered(await anna.delete("/api/cars/2"));
		answered(await anna.post("/api/cars", { id: "instead" }), 201);
		refused(await anna.post("/api/cars/2/restore", { version: 1 }), 413, full);
		await results(anna, [set("a", "2", 2, { notes: "back" })], "rejected");
		answered(await anna.post("/api/cars/1/restore", { version: 1 }));
		await isWhole(space);
	});

	test("holds what it may, however many write at once", async () => {
		const { anna, ben, space } = await fresh();
		const answers = await Promise.all(names(3 * RECORDS)
			.map((id, i) => (i % 2 ? anna : ben).post("/api/cars", { id })));
		const statuses = answers.map(({ status }) => status);
		assert.equal(statuses.filter((status) => status === 201).length, RECORDS, statuses.join());
		assert.equal(statuses.filter((status) => status === 413).length, 2 * RECORDS, statuses.join());
		await isWhole(space);
	});

	test("has room for a tenth more of what Daybook itself adds", async () => {
		const { anna, space } = await fresh();
		await limit(space, "--records", "10");
		for (const id of names(10))
			answered(await anna.post("/api/cars", { id }), 201);
		const { shift } = answered(await anna.post("/api/shifts/start", {}), 201);
		answered(await anna.post(`/api/shifts/${shift.id}/end`, {}));
		refused(await anna.post("/api/shifts/start", {}), 413, full);
		await isWhole(space);
	});
});

describe("an import", () => {
	const csv = (ids) => `car\n${ids.join("\n")}\n`;
	const load = (person, ids, query = "") => person.post(`/api/cars/import${query}`, csv(ids), CSV);

	test("that does not fit is refused as a whole, with its report", async () => {
		const { anna, space } = await fresh(names(2));
		const problem = refused(await load(anna, names(RECORDS + 2)), 413, full);
		assert.equal(problem.bad, 3); // the record of the import has a place too
		assert.match(problem.errors[0].detail, /6 records/);
		assert.equal((await told(anna, space)).records, 2);
		const dry = answered(await load(anna, names(RECORDS + 2), "?dryRun=1"));
		assert.deepEqual([dry.created, dry.unchanged, dry.bad], [RECORDS - 3, 2, 3]);
	});

	test("takes the rows that fit if it may leave others out", async () => {
		const { anna, space } = await fresh(names(2));
		answered(await load(anna, names(RECORDS + 2), "?skipBad=1"), 200, { created: RECORDS - 3, bad: 3 });
		assert.equal((await told(anna, space)).records, RECORDS);
		answered(await load(anna, names(RECORDS - 1)), 200, { unchanged: RECORDS - 1, bad: 0 });
		await isWhole(space);
	});
});

describe("a space that has used its bytes", () => {
	test("adds nothing, and changes until a tenth more is used", async () => {
		const { anna, space } = await fresh(["1"]);
		for (let i = 0; i < 20; i++)
			answered(await anna.patch("/api/cars/1", { notes: `${i}`.repeat(100) }));
		await fill(anna, space, 100);
		assert.match(refused(await anna.post("/api/cars", { id: "2" }), 413, full).detail, /history/);
		answered(await anna.patch("/api/cars/1", { notes: "still" }));
		await fill(anna, space, 111);
		refused(await anna.patch("/api/cars/1", { notes: "no more" }), 413, full);
		await results(anna, [set("a", "1", 22, { notes: "no more" })], "rejected");
		answered(await anna.get("/api/cars/1"), 200, { car: { notes: "still" } });
		answered(await anna.patch("/api/cars/1", { notes: "still" }), 200, { car: { notes: "still" } });
		await isWhole(space);
	});

	test("can be emptied, however full it is", async () => {
		const { anna, space } = await fresh(names(3));
		await fill(anna, space, 1000);
		answered(await anna.delete("/api/cars/1"));
		await results(anna, [drop("a", "2", 1), drop("b", "3", 1)], "applied", "applied");
		assert.equal((await told(anna, space)).records, 0);
		await isWhole(space);
	});

	test("lets people end the work they began", async () => {
		const { ben, anna, space } = await fresh();
		const { workSession } = answered(await ben.post("/api/workSessions",
			{ start: "2026-11-20T09:00:00.000Z" }), 201);
		await fill(anna, space, 100);
		refused(await ben.post("/api/workSessions", { start: "2026-11-21T09:00:00.000Z" }), 413, full);
		const end = "2026-11-20T17:00:00.000Z";
		answered(await ben.patch(`/api/workSessions/${workSession.id}`, { end }), 200,
			{ workSession: { duration: 28800 } });
	});

	test("lets a manager take away a role and a member", async () => {
		const { anna, space } = await stack.as("anna").post("/api/spaces", { name: "Crowded" })
			.then(async (answer) => {
				const { space: made } = answered(answer, 201);
				return { space: made, anna: stack.as("anna").in(made) };
			});
		const ben = stack.as("ben");
		const { token } = answered(await anna.post("/api/invitations", { role: "manager" }), 201);
		answered(await ben.post("/api/invitations/accept", { token }));
		await fill(anna, space, 500);
		answered(await anna.patch(`/api/members/${ben.id}`, { role: "member" }));
		refused(await anna.patch(`/api/members/${ben.id}`, { role: "manager" }), 413, full);
		answered(await anna.patch(`/api/members/${ben.id}`, { role: "viewer" }));
		answered(await anna.delete(`/api/members/${ben.id}`), 204);
		await isWhole(space);
	});
});

describe("who runs Daybook", () => {
	test("gives one space another limit, none, or the usual one", async () => {
		const { anna, space } = await fresh(names(RECORDS));
		const more = (id, status) => anna.post("/api/cars", { id }).then((answer) =>
			assert.equal(answer.status, status, answer.text));
		await more("a", 413);
		await limit(space, "--records", `${RECORDS + 1}`);
		await more("a", 201);
		await more("b", 413);
		await limit(space, "--records", "0", "--bytes", "1G");
		await more("b", 201);
		let { recordsMax, bytesMax } = await told(anna, space);
		assert.deepEqual([recordsMax, bytesMax], [null, 2 ** 30]);
		await limit(space, "--bytes", "0");
		await limit(space, "--records", "usual");
		await more("c", 413);
		({ recordsMax, bytesMax } = await told(anna, space));
		assert.deepEqual([recordsMax, bytesMax], [RECORDS, null]);
	});

	test("sees how full the spaces are", async () => {
		const { space } = await fresh(names(RECORDS));
		const half = await fresh(names(RECORDS / 2));
		const all = await control("space", "list"), near = await control("space", "list", "--above", "90");
		for (const { id } of [space, half.space])
			assert.ok(all.includes(id));
		assert.match(near, new RegExp(`${space.id} +100% +${RECORDS} +${RECORDS} .*anna-`));
		assert.ok(!near.includes(half.space.id));
		assert.match(await control("doctor"), /spaces +[0-9]+ .*90 %/);
		assert.match(await control("tidy"), /Nearly full: [0-9]+ spaces/);
		await stack.renewWorkers();
		const line = new RegExp(`event=quota space=${space.id} percent=100 records=${RECORDS} `);
		await until("the log says so", async () => (await stack.logLines()).some((one) => line.test(one)));
	});

	test("is told what was understood wrongly", async () => {
		const { space } = await fresh();
		for (const words of [["limit", space.id], ["limit", space.id, "--records", "many"], ["limit"],
			["limit", space.id, "--bytes", "1X"], ["list", "--above"], ["recount", "a", "b"], ["grow"], []])
			assert.equal((await ctl("space", ...words)).status, 2, words.join(" "));
		for (const id of ["nothing", "01939d2a-0000-7000-8000-000000000001"]) {
			assert.equal((await ctl("space", "limit", id, "--records", "1")).status, 1);
			assert.equal((await ctl("space", "recount", id)).status, 1);
		}
	});

	test("finds what was counted wrongly, and has it counted again", async () => {
		const { anna, space } = await fresh(["1"]);
		const right = await told(anna, space);
		await sql(`UPDATE space SET records = 40, bytes = bytes - 1 WHERE id = '${space.id}'`);
		const answer = await ctl("verify", "--space", space.id);
		assert.equal(answer.status, 1);
		assert.match(answer.stdout, /40 records .* holds 1 .*daybookctl space recount/);
		assert.match(await control("space", "recount"), new RegExp(`${space.id} was counted wrongly`));
		assert.deepEqual(await told(anna, space), right);
		await isWhole(space);
	});
});

describe("how much a space holds", () => {
	test("is told to managers alone", async () => {
		const { anna, mia, ben, vera, space } = await fresh(["1"]);
		answered(await send(anna, jpeg("one", 5000)), 201);
		for (const person of [anna, mia]) {
			const holds = await told(person, space);
			match(holds, {
				records: 1, recordsMax: RECORDS, bytesMax: 4 * 2 ** 30,
				fileBytes: 5000, fileBytesMax: 2 ** 20,
			});
			assert.ok(holds.bytes > 400 && holds.bytes < 2000, `${holds.bytes}`);
		}
		for (const person of [ben, vera])
			for (const name of Object.keys(await told(person, space)))
				assert.doesNotMatch(name, /records|bytes/i);
	});

	test("grows with outcomes that changed nothing, and shrinks when they are forgotten", async () => {
		const { anna, space } = await fresh(["1"]);
		const before = (await told(anna, space)).bytes;
		await results(anna, [set("a", "1", 1, { notes: null })], "unchanged");
		assert.ok((await told(anna, space)).bytes > before);
		await stack.tidy(100);
		assert.equal((await told(anna, space)).bytes, before);
		await isWhole(space);
	});

	test("shrinks when tombstones are purged", async () => {
		const { anna, space } = await fresh(names(3));
		for (const id of names(2))
			answered(await anna.delete(`/api/cars/${id}`));
		const before = (await told(anna, space)).bytes;
		await stack.tidy(200);
		assert.ok((await told(anna, space)).bytes < before);
		await isWhole(space);
	});

	test("stays with a team that is deleted and brought back, and goes with one that is erased", async () => {
		const { anna, space } = await fresh(names(3));
		const before = await told(anna, space);
		answered(await outside(anna).delete(`/api/spaces/${space.id}`), 204);
		answered(await outside(anna).post(`/api/spaces/${space.id}/restore`));
		assert.deepEqual(await told(anna, space), before);
		answered(await outside(anna).delete(`/api/spaces/${space.id}`), 204);
		await stack.tidy(31);
		await isWhole(space);
		assert.deepEqual(await sql(`SELECT records, bytes FROM space WHERE id = '${space.id}'`),
			[{ records: "0", bytes: `${200 * before.seq}` }]);
	});

	test("is what is there after random pushes, restores and purges", async () => {
		const { anna, ben, mia, space } = await fresh();
		await limit(space, "--records", "25");
		const chance = new Chance(26), seen = new Map(), met = new Set();
		const ids = names(30);
		for (let push = 0; push < 60; push++) {
			const ops = Array.from({ length: 1 + chance.below(12) }, (_, i) => {
				const id = chance.pick(ids), version = seen.get(id) ?? 0;
				const base = chance.of(0.3) ? Math.max(0, version - 1) : version;
				return chance.of(0.25) ? drop(`${push}-${i}`, id, base) : set(`${push}-${i}`, id, base,
					{ [chance.pick(["notes", "location"])]: chance.of(0.5) ? "100" : "200" });
			});
			const answer = answered(await chance.pick([anna, ben]).push(ops));
			answer.results.forEach(({ status, version, problem }, i) => {
				met.add(problem?.type ?? status);
				seen.set(ops[i].id, version ?? problem.currentVersion ?? seen.get(ops[i].id) ?? 0);
			});
			if (chance.of(0.2))
				await mia.post(`/api/cars/${chance.pick(ids)}/restore`, { version: 1 });
			if (push % 20 === 19)
				await isWhole(space);
		}
		for (const one of ["applied", "merged", "unchanged", "/problems/stale-version", full.type])
			assert.ok(met.has(one), `${one}: ${[...met]}`);
		const { records } = await told(anna, space);
		assert.equal(records, answered(await anna.get("/api/cars?limit=1000")).cars.length);
		assert.ok(records > 0 && records <= 25, `${records}`);
		await stack.tidy(200);
		await isWhole(space);
	});
});

test("the files of a space have their own limit, and the same problem", async () => {
	const { anna } = await fresh();
	answered(await send(anna, jpeg("most of it", 900_000)), 201);
	refused(await send(anna, jpeg("too much", 200_000)), 413, full);
});

test("in the end every space holds what is counted, and no response was a 5xx", async () => {
	await control("verify");
	assert.deepEqual(await stack.faults(), []);
});
