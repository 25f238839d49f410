// A push is looked up and written as a whole.  The same random ops, one by one in one team and in pushes of 2 to 200 in
// another, come to the same: results, records, audit, outcomes and seqs, whatever they have to do with each other.
// DAYBOOK_SEED=n plays a run again.
import { test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { Chance } from "../lib/chance.mjs";
import { crew } from "../lib/crew.mjs";
import { answered } from "../lib/expect.mjs";
import { until } from "../lib/wait.mjs";

const seed = Number(process.env.DAYBOOK_SEED ?? Math.floor(Math.random() * 1e9));
const stack = await start({ definitions: true });
const { sql, ctl } = stack;
const roles = { anna: "owner", mia: "manager", ben: "member", vera: "viewer" };
const writers = ["mia", "mia", "ben", "ben", "anna", "vera"];

// ---- random ops ----

const count = { cars: 12, jobSites: 5, tasks: 6, taskLogs: 8, workSessions: 10, parcels: 12, claims: 8, employees: 5,
	messages: 6, weights: 20, spaceSettings: 1 };
const id = (chance, collection) => `${collection}-${chance.below(count[collection])}`;
const day = (chance) => `2026-10-${String(1 + chance.below(28)).padStart(2, "0")}`;

// What a set of a new record or of one that is there might name; some of it is refused.
const sets = {
	cars: (c) => c.pick([
		{ location: c.pick(["100", "200", "nowhere"]) }, { arrived: c.of(0.7) }, { empty: c.of(0.5) },
		{ late: c.of(0.5), notes: `n${c.below(3)}` }, { expected: "08:00", location: "100" },
	]),
	jobSites: (c) => ({ name: `Site ${c.below(4)}`, place: { lat: 50 + c.below(3), lng: 7 }, radius: 100,
		outside: c.pick(["refuse", "flag", "flag"]) }),
	tasks: (c) => ({ name: `Task ${c.below(9)}` }),
	taskLogs: (c) => ({ task: id(c, "tasks"), date: day(c), points: c.below(4) }),
	workSessions: (c) => ({ start: `${day(c)}T08:00:00.000Z`, jobSite: c.of(0.6) ? id(c, "jobSites") : null,
		...c.pick([{}, { end: `${day(c)}T16:00:00.000Z` }, { placeIn: { lat: 50 + c.below(3), lng: 7 } }]) }),
	parcels: (c) => c.pick([
		{ label: c.pick(["a", "b"]), car: id(c, "cars") }, { weight: c.below(9), value: c.below(5) },
		{ label: c.pick(["a", "b"]), sender: c.pick(["Shop", 5]), origin: c.pick(["Rome", "Oslo"]) },
		{ label: null },
	]),
	claims: (c) => ({ date: day(c), title: c.pick(["t", "u"]), account: c.pick(["A", "B"]) }),
	employees: (c) => ({ firstName: `F${c.below(5)}`, lastName: "L",
		...c.of(0.3) && { employeeId: `EMP000${c.below(5)}` } }),
	messages: (c) => ({ text: `m${c.below(9)}` }),
	weights: (c) => ({ date: day(c), weight: 60 + c.below(30) }),
	spaceSettings: (c) => ({ zone: c.pick(["Europe/Berlin", "America/New_York"]) }),
};
const derived = ["taskLogs", "weights", "spaceSettings"]; // their ids follow from fields

let serial = 0;

// known: the last version that was seen of each record, by collection and id; done: ops sent before.
function randomOp(chance, known, done) {
	if (done.length > 0 && chance.of(0.06))
		return chance.of(0.7) ? chance.pick(done) : { ...chance.pick(done), delete: undefined, ...chance.pick([
			{ collection: "cars", id: id(chance, "cars"), set: { location: "200" } },
			{ collection: "parcels", id: id(chance, "parcels"), set: { label: "a", sender: 5 } },
		]) };
	const collection = chance.pick(Object.keys(sets)), name = id(chance, collection);
	const version = known.get(`${collection}/${name}`) ?? 0;
	const op = { op: `op-${++serial}`, collection, id: derived.includes(collection) ? undefined : name,
		base: chance.of(0.75) ? version : chance.below(version + 2), at: "2026-10-30T10:00:00.000Z" };
	if (op.id !== undefined && chance.of(0.12))
		return { ...op, delete: true };
	if (chance.of(0.04))
		return { ...op, set: { nothing: 1 } };
	if (op.id !== undefined && version === 0 && chance.of(0.1))
		op.renamedFrom = id(chance, collection);
	return { ...op, set: sets[collection](chance) };
}

// One op for each op id and record, as a push must have it.
function randomOps(chance, length, known, done) {
	const ops = [], taken = new Set();

	for (let tries = 0; ops.length < length && tries < 4 * length; tries++) {
		const op = randomOp(chance, known, done);
		const key = op.id === undefined
			? `${op.collection} ${op.set.task} ${op.set.date}` : `${op.collection}/${op.id}`;
		if (taken.has(op.op) || taken.has(key))
			continue;
		taken.add(op.op).add(key);
		ops.push(op);
	}
	return ops;
}

// Enough records for a long push.
function manyOps(length, version) {
	return Array.from({ length }, (_, i) => ({
		op: `op-${++serial}`, collection: "cars", id: `many-${i}`, base: version,
		at: "2026-10-30T10:00:00.000Z",
		set: i % 7 === 3 ? { location: "nowhere" }
			: { location: version % 2 === 0 ? "100" : "200", notes: `v${version}` },
	}));
}

// ---- what is compared ----

// Instants of the day of the test stand for "now"; tx_seq and hashes differ by nature, and ids of spaces too.
const still = (text, space) => text?.replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\.\d{3}Z?/g, (instant) =>
	/^2026-10/.test(instant) ? instant : "now").replaceAll(space.id, "space");
const result = (space, { op, status, merged, version, seq, record, problem }) =>
	JSON.parse(still(JSON.stringify({ op, status, merged, version, seq, record, problem }), space));

async function stored(space) {
	const of = async (text) => (await sql(text)).map((row) => JSON.parse(still(JSON.stringify(row), space)));
	const plain = (hex) => still(Buffer.from(hex ?? "", "hex").toString("latin1"), space);
	const here = `space_id = (SELECT id FROM space WHERE epoch = '${space.epoch}')`;

	return {
		audit: await of(`SELECT seq, collection, record_id, version, action, changes, private_changes, op_id,
			cause, device_id, claimed_at FROM audit WHERE ${here} ORDER BY seq`),
		records: (await of(`SELECT collection, id, version, seq, deleted, doc, doc_private,
			HEX(sort_key) AS sort_key FROM record WHERE ${here} ORDER BY collection, id`))
			.map((row) => ({ ...row, sort_key: plain(row.sort_key) })),
		ops: await of(`SELECT op_id, HEX(hash) AS hash, collection, record_id, status, version, seq
			FROM op WHERE ${here} ORDER BY op_id, seq`),
	};
}

async function chained() {
	const { status, stdout, stderr } = await ctl("verify");

	assert.equal(status, 0, stdout + stderr);
}

// ---- the tests ----

test(`one by one and in pushes: the same results, audit and records (DAYBOOK_SEED=${seed})`, async () => {
	const chance = new Chance(seed);
	const single = await crew(stack, roles), whole = await crew(stack, roles);
	const known = new Map(), done = [], seen = new Set();

	const send = async (who, ops) => {
		const together = answered(await whole[who].push(ops)).results.map((one) => result(whole.space, one));
		const apart = [];
		for (const op of ops)
			apart.push(...answered(await single[who].push([op])).results);
		assert.deepEqual(together, apart.map((one) => result(single.space, one)));
		apart.forEach(({ status, version, record }, i) => {
			seen.add(status);
			if (["applied", "merged"].includes(status) && ops[i].id !== undefined)
				known.set(`${ops[i].collection}/${ops[i].id}`, version);
			if (record !== undefined && ops[i].id !== undefined)
				known.set(`${ops[i].collection}/${ops[i].id}`, record.version);
		});
		done.push(...ops);
	};
	for (let round = 0; round < 14; round++)
		await send(chance.pick(writers), randomOps(chance, 2 + chance.below(40), known, done));
	// What chance may leave out: ops again, others on top, equal values, other values of who knew of none.
	const first = manyOps(200, 0);
	await send("ben", first);
	await send("ben", first.slice(0, 20));
	await send("mia", manyOps(200, 1));
	await send("mia", manyOps(20, 1).map((op) => ({ ...op, base: 0 })));
	await send("mia", manyOps(20, 0));
	for (const status of ["applied", "unchanged", "duplicate", "conflict", "rejected"])
		assert.ok(seen.has(status), `no op was ${status}`);
	assert.deepEqual(await stored(whole.space), await stored(single.space));
	await chained();
});

test("each op of a push finds what those before it have written", async () => {
	const { space, mia, ben } = await crew(stack, roles);
	const op = (name, collection, id, rest) => ({ op: name, collection, id, base: 0, ...rest });
	const sent = async (who, ops) => answered(await who.push(ops)).results
		.map(({ status, problem }) => problem?.field ?? problem?.status ?? status);

	assert.deepEqual(await sent(mia, [
		op("1", "parcels", "early", { set: { label: "x", car: "7" } }),
		op("2", "cars", "7", { set: { location: "100" } }),
		op("3", "parcels", "late", { set: { label: "x", car: "7" } }),
		op("4", "jobSites", "s", { set: { name: "S", place: { lat: 50, lng: 7 }, radius: 10 } }),
		op("5", "workSessions", "w", { set: {
			start: "2026-11-20T08:00:00Z", jobSite: "s", placeIn: { lat: 50, lng: 7 },
		} }),
		op("6", "spaceSettings", undefined, { set: { zone: "Europe/Berlin", locations: ["Dock"] } }),
		op("7", "cars", "8", { set: { location: "Dock" } }),
		op("8", "cars", "9", { set: { location: "100" } }),
		op("9", "workSessions", "z", { set: { start: "2026-11-20T23:30:00Z" } }),
		op("10", "employees", "e1", { set: { firstName: "A", lastName: "B" } }),
		op("11", "employees", "e2", { set: { firstName: "A", lastName: "B" } }),
		op("12", "employees", "e3", { set: { firstName: "A", lastName: "B", employeeId: "EMP0002" } }),
	]), ["car", "applied", "applied", "applied", "applied", "applied", "applied", "location", "applied", "applied",
		"applied", "employeeId"]);
	const { workSessions } = answered(await mia.get("/api/workSessions"));
	assert.deepEqual(workSessions.map(({ id, day, fenceIn }) => [id, day, fenceIn]).sort(),
		[["w", "2026-11-20", "inside"], ["z", "2026-11-21", undefined]]);

	assert.deepEqual(await sent(mia, [
		op("20", "cars", "70", { set: { location: "Dock" }, renamedFrom: "7" }),
		{ op: "21", collection: "cars", id: "7", base: 1, delete: true },
		op("22", "parcels", "p", { set: { label: "x", car: "70" } }),
		op("23", "parcels", "q", { set: { label: "x", car: "7" } }), // a tombstone can be referred to
		{ op: "24", collection: "cars", id: "8", base: 1, set: { arrived: true, empty: true } },
		{ op: "25", collection: "nothing", id: "8", base: 1, set: {} },
	]), ["applied", "applied", "applied", "applied", "applied", "collection"]);
	assert.deepEqual(await sent(ben, [op("1", "cars", "7", { set: { location: "Dock" } })]), [409]);
	assert.equal(await stack.head(space), 14);
	await chained();
});

test("a database that is killed in the middle of pushes: each is there as a whole or not at all", async () => {
	const { space, ben } = await crew(stack, roles);
	const ops = (n) => Array.from({ length: 60 }, (_, i) =>
		({ op: `k${n}-${i}`, collection: "cars", id: `k${n}-${i}`, base: 0, set: { location: "100" } }));
	const before = (await stack.pids()).mariadb;
	const pushes = Array.from({ length: 6 }, (_, n) => (async () => {
		for (let i = 0; i < 12; i++)
			await ben.over(stack.url).push(ops(n * 100 + i)).catch(() => {});
	})());

	await until("some are written", async () => await stack.head(space) > 60);
	await stack.signal("mariadb", "SIGKILL");
	await Promise.all(pushes);
	await until("another database answers", async () => {
		const { mariadb } = await stack.pids();
		return mariadb !== undefined && mariadb !== before &&
			(await ben.get("/api/cars?limit=1")).status === 200;
	});
	for (const table of ["record", "op", "audit"]) {
		const name = { record: "id", op: "record_id", audit: "record_id" }[table];
		const groups = await sql(`SELECT SUBSTRING_INDEX(${name}, '-', 1) AS push, COUNT(*) AS rows_of
			FROM ${table} WHERE space_id = (SELECT id FROM space WHERE epoch = '${space.epoch}')
			GROUP BY 1`);
		assert.deepEqual([...new Set(groups.map(({ rows_of: rows }) => rows))], ["60"], table);
	}
	await chained();
	const again = answered(await ben.push(ops(0))).results.map(({ status }) => status);
	assert.equal(new Set(again).size, 1, again.join());
});
