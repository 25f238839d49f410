// Devices with much to send: one that comes back after a year, whose cursor the server no longer knows, and one that
// knows of many acknowledged ops which its server has lost in a restore.  Both are interrupted at random:
// answers are lost, and pages are closed.  Every op arrives, once.
import { test } from "node:test";
import assert from "node:assert/strict";
import { begin, finish, reopen } from "./engine-aid.mjs";
import { Chance } from "../lib/chance.mjs";

const OPS = Number(process.env.DAYBOOK_YEAR_OPS ?? 600); // of the device; by hand, 5,000 take minutes
const CARS = OPS / 10; // records of others
const LOST = 0.2, CLOSED = 0.25; // parts of the answers, and of the rounds

function prepare(server) {
	for (let i = 0; i < CARS; i += 1)
		server.write("s1", "cars", `c${i}`, { notes: "old" });
}

// Most are new records; every tenth changes a field of a car of the others.
function writeMuch(world) {
	const writes = Array.from({ length: OPS }, (_, i) =>
		(i % 10 === 0 ? world.space.set("cars", `c${i / 10}`, { late: true })
			: world.space.create("trips", { note: `trip ${i}` }, { id: `t${i}` })));
	return finish(world.clock, Promise.all(writes), 3_000_000);
}

// A page that is closed without a word: nothing of it goes on.
function closed(world) {
	world.device.freeze();
	return reopen(world);
}

// Until all is sent and the server has it, with answers that are lost and pages that are closed.
async function interrupted(first, seed, hasAll = () => true) {
	const chance = new Chance(seed), { server } = first;
	let world = first, closings = 0, lost = 0;
	server.after = (call, answer) => {
		if (!chance.of(LOST))
			return answer;
		lost += 1;
		return null;
	};
	for (let round = 0; round < 400; round += 1) {
		await world.clock.run(chance.between(100, 8_000));
		const { waiting, loading, loaded } = world.space.status;
		if (waiting === 0 && loading === null && loaded && round > 5 && hasAll())
			break;
		if (chance.of(CLOSED)) {
			closings += 1;
			world = await closed(world);
		}
	}
	server.after = (call, answer) => answer;
	await world.clock.run(120_000);
	return { world, closings, lost };
}

function assertWhole({ world, closings, lost }) {
	const { records } = world.server.spaces.get("s1"), { space } = world;
	assert.ok(closings > 0 && lost > 0, "there were interruptions");
	assert.deepEqual(space.ops.map(({ record, state }) => `${record} ${state}`), []);
	for (let i = 0; i < OPS; i += 1)
		if (i % 10 === 0)
			assert.equal(records.get(`cars/c${i / 10}`).fields.late, true, `op ${i}`);
		else
			assert.deepEqual([records.get(`trips/t${i}`)?.fields.note, records.get(`trips/t${i}`)?.version],
				[`trip ${i}`, 1], `op ${i}`);
	for (const { collection, id, fields } of records.values())
		for (const [name, value] of Object.entries(fields))
			assert.equal(space.get(collection, id)[name], value, `${collection}/${id} here`);
	assert.equal(space.all("cars").length + space.all("trips").length, records.size);
}

for (const seed of [1, 2])
	test(`after a year everything is loaded anew, and all that was typed arrives once, whatever breaks (${seed})`,
		async () => {
			const world = await begin({ prepare }), { server, clock } = world;
			const cursor = server.calls("/sync/changes").at(-1).answer.body.cursor;
			server.down = true;
			await writeMuch(world);
			assert.equal(world.space.status.waiting, OPS);
			clock.at += 365 * 86_400_000;
			// Others have gone on: what they deleted is no longer told of.
			for (let i = 0; i < CARS; i += 1)
				server.write("s1", "cars", `c${i}`, { notes: "a year later" }, "ben");
			server.answer = (call) => (call.path.endsWith("/changes") && call.query.get("since") === cursor
				? server.refusal(410, { type: "/problems/resync", reason: "purged" }) : undefined);
			server.page = 300;
			server.down = false;
			const end = await interrupted(world, seed);
			assertWhole(end);
			assert.equal(end.world.space.get("cars", "c7").notes, "a year later");
		});

for (const seed of [3, 4])
	test(`acknowledged ops that a restore has lost are sent again and arrive once, whatever breaks (${seed})`,
		async () => {
			const world = await begin({ prepare }), { server } = world, s = server.spaces.get("s1");
			const { records, ops, seq } = structuredClone({ records: s.records, ops: s.ops, seq: s.seq });
			await writeMuch(world);
			for (let i = 0; i < 600 && world.space.status.waiting > 0; i += 1)
				await world.clock.run(1000);
			assert.deepEqual([world.space.status.waiting, s.records.size], [0, CARS + OPS * 0.9]);
			// The backup ends before all of it.
			Object.assign(s, { records, ops, seq, epoch: "e2", cuts: new Map([["e1", seq]]) });
			server.page = 300;
			const hasAll = () => s.records.size === CARS + OPS * 0.9;
			assertWhole(await interrupted(world, seed, hasAll));
		});
