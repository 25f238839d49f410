// Random people against a model.  Four roles push, restore, delete, hand on and repeat ops over records that are
// shared, own and partly private, while a small model of schema/PROTOCOL.md 2, 4 and 6 (written from the page, not from
// the code) says what each of them must be answered and what each may see.  Devices follow the feed with pauses; in the
// end every view of everybody is compared.  DAYBOOK_SEED=n plays a run again; DAYBOOK_MODEL_ROUNDS=n makes it longer.
import { test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { Chance } from "../lib/chance.mjs";
import { answered } from "../lib/expect.mjs";

const seed = Number(process.env.DAYBOOK_SEED ?? Math.floor(Math.random() * 1e9));
const rounds = Number(process.env.DAYBOOK_MODEL_ROUNDS ?? 600);
const stack = await start({ definitions: true });
const { as, team, ctl } = stack;
const chance = new Chance(seed);

// ---- what the definitions say, in the words of the page ----

const rank = { viewer: 1, member: 2, manager: 3, nobody: 9 };
const kinds = {
	parcels: {
		own: false, merges: true, may: { create: "member", update: "member", delete: "manager" },
		fields: {
			label: ["a", "b", "c"], weight: [1, 2.5], count: [-1, 0, 7], size: ["small", "large"],
			fragile: [true, false], value: [1, 2], sender: ["Aunt", "Shop"], origin: ["Rome", "Oslo"],
		},
		required: ["label"], initial: { size: "small", fragile: false }, hidden: ["value", "sender"],
		fixed: ["origin"],
	},
	claims: {
		own: true, merges: true, may: { create: "member", update: "member", delete: "member" },
		fields: {
			date: ["2026-11-20", "2026-11-21"], title: ["t", "u", "v"], amount: [0, 5], account: ["A", "B"],
			note: ["x", "y"],
		},
		required: ["date", "title"], initial: {}, hidden: ["account"], fixed: [],
	},
	stock: {
		own: false, merges: false, may: { create: "member", update: "member", delete: "member" },
		fields: { name: ["n", "m"], shelf: ["s", "t"], pieces: [0, 3] },
		required: ["name"], initial: { pieces: 0 }, hidden: [], fixed: [],
	},
};
const names = Object.keys(kinds);

// ---- the model: records by collection and id, each with all its versions ----

const records = new Map();
const roles = { mona: "manager", anna: "member", ben: "member", vic: "viewer" };
const everybody = Object.keys(roles);
const people = {};
const user = {};
const ops = [];
let serial = 0;

const key = (collection, id) => `${collection}/${id}`;
const may = (who, kind, what) => rank[roles[who]] >= rank[kind.may[what]];
const manages = (who) => roles[who] === "manager";
const sees = (who, kind, owner) => !kind.own || manages(who) || owner === user[who];
const seesPrivate = (who, owner) => manages(who) || owner === user[who];
const same = (left, right) => (left ?? null) === (right ?? null);
const last = (versions) => versions.at(-1);

function refuse(status) {
	return { status: "rejected", problem: status };
}

const clash = { status: "conflict", problem: 409 };

// What the values become, or why not.  Defaults stand in for null.
function compose(who, kind, op, now) {
	const live = now !== undefined && !now.deleted;
	const owner = op.set.owner ?? now?.owner ?? user[who];
	const values = live ? { ...now.values } : { ...kind.initial };
	const touched = Object.keys(op.set).filter((field) => field !== "owner");

	if (owner !== (now?.owner ?? user[who]) && !manages(who))
		return { refused: refuse(403) };
	if (touched.some((field) => kind.hidden.includes(field)) && !seesPrivate(who, owner))
		return { refused: refuse(400) };
	for (const field of touched)
		values[field] = op.set[field] ?? kind.initial[field] ?? null;
	if (live && op.base !== 0 &&
		touched.some((field) => kind.fixed.includes(field) && !same(now.values[field], values[field])))
		return { refused: refuse(400) };
	return { owner, values, touched, broken: kind.required.some((field) => same(values[field], null)) };
}

function differs(kind, left, right) {
	return Object.keys(kind.fields).filter((field) => !same(left[field], right[field]));
}

// schema/PROTOCOL.md 2: base × state.
function decide(who, op) {
	const kind = kinds[op.collection];
	const versions = records.get(key(op.collection, op.id));
	const now = versions && last(versions);
	const write = (status, next) =>
		({ status, next: { version: (now?.version ?? 0) + 1, deleted: false, ...next } });

	if (now === undefined || !sees(who, kind, now.owner)) {
		if (op.delete || op.base > 0)
			return refuse(404);
		if (!may(who, kind, "create"))
			return refuse(403);
		if (now !== undefined)
			return { ...clash, bare: true };
		const made = compose(who, kind, op, undefined);
		return made.refused ??
			(made.broken ? refuse(400) : write("applied", { owner: made.owner, values: made.values }));
	}
	if (now.deleted) {
		if (op.delete)
			return { status: "unchanged" };
		if (!may(who, kind, "create"))
			return refuse(403);
		if (op.base !== now.version)
			return clash;
		const made = compose(who, kind, op, now);
		return made.refused ??
			(made.broken ? refuse(400) : write("applied", { owner: made.owner, values: made.values }));
	}
	if (!may(who, kind, op.delete ? "delete" : op.base === 0 ? "create" : "update"))
		return refuse(403);
	if (op.delete)
		return op.base === now.version
			? write("applied", { owner: now.owner, values: {}, deleted: true }) : clash;
	if (op.base > now.version || (op.base > 0 && op.base < now.version && !kind.merges))
		return clash;
	const made = compose(who, kind, op, now);
	if (made.refused)
		return made.refused;
	const news = differs(kind, now.values, made.values);
	if (op.base === 0)
		return news.length > 0 || made.owner !== now.owner ? clash : { status: "unchanged" };
	if (op.base < now.version) {
		const since = versions.slice(op.base - 1);
		const touchedSince = new Set(since.slice(1)
			.flatMap((version, i) => differs(kind, since[i].values, version.values)));
		const handedOn = since.slice(1).some((version, i) => version.owner !== since[i].owner);
		if (news.some((field) => touchedSince.has(field)) ||
			(handedOn && made.owner !== now.owner) || made.broken)
			return clash;
	} else if (made.broken) {
		return refuse(400);
	}
	if (news.length === 0 && made.owner === now.owner)
		return { status: "unchanged" };
	return write(op.base < now.version ? "merged" : "applied", { owner: made.owner, values: made.values });
}

function accept(op, next) {
	const at = key(op.collection, op.id);

	if (!records.has(at))
		records.set(at, []);
	records.get(at).push(next);
}

// A record's own fields as a person sees them.
function view(who, kind, version) {
	const shown = Object.entries(version.values).filter(([field, value]) => !same(value, null) &&
		(!kind.hidden.includes(field) || seesPrivate(who, version.owner)));
	return { version: version.version, owner: version.owner, ...Object.fromEntries(shown) };
}

function strip(kind, record) {
	const kept = ["version", "owner", ...Object.keys(kind.fields)];
	return Object.fromEntries(Object.entries(record).filter(([field]) => kept.includes(field)));
}

// ---- random ops ----

function makeOp(who, taken) {
	const collection = chance.pick(names), kind = kinds[collection];
	const id = `${collection[0]}${chance.below(12)}`;
	const versions = records.get(key(collection, id));
	const version = versions === undefined ? 0 : last(versions).version;
	const base = chance.pick([
		0, version, version, version, Math.max(0, version - 1),
		Math.max(0, version - 1 - chance.below(4)), version + 1,
	]);
	const op = { op: `op-${++serial}`, collection, id, base };

	if (taken.has(key(collection, id)))
		return undefined;
	taken.add(key(collection, id));
	if (chance.of(0.12))
		return { ...op, delete: true };
	op.set = {};
	const news = base === 0 || (versions !== undefined && last(versions).deleted);
	for (const [field, domain] of Object.entries(kind.fields))
		if (chance.of(news && kind.required.includes(field) ? 0.95
			: kind.hidden.includes(field) || kind.fixed.includes(field) ? 0.12 : 0.35))
			op.set[field] = chance.of(0.1) ? null : chance.pick(domain);
	if (chance.of(manages(who) ? 0.3 : 0.03))
		op.set.owner = user[chance.pick(everybody)];
	return op;
}

async function pushSome(who) {
	const taken = new Set(), pushed = [], expected = [];

	for (let i = 1 + chance.below(6); i > 0; i--) {
		const old = ops.length > 0 && chance.of(0.12) ? chance.pick(ops) : undefined;
		if (
			old !== undefined && old.who === who && !pushed.includes(old.op) &&
			!taken.has(key(old.op.collection, old.op.id))
		) {
			taken.add(key(old.op.collection, old.op.id));
			pushed.push(old.op);
			continue;
		}
		const op = makeOp(who, taken);
		if (op !== undefined)
			pushed.push(op);
	}
	for (const op of pushed) {
		const before = ops.find((other) => other.op === op && other.kept);
		const decision = before ? { status: "duplicate", merged: before.merged } : decide(who, op);
		if (decision.next !== undefined)
			accept(op, decision.next);
		if (!before)
			ops.push({
				who, op, kept: decision.problem === undefined, merged: decision.status === "merged",
			});
		expected.push(decision);
	}
	const { results } = answered(await people[who].push(pushed));
	results.forEach((result, i) => compareResult(who, pushed[i], expected[i], result));
}

function compareResult(who, op, expected, result) {
	const kind = kinds[op.collection];
	const told =
		`${who} ${JSON.stringify(op)}: ${JSON.stringify(result)}, the model says ${JSON.stringify(expected)}`;
	const versions = records.get(key(op.collection, op.id));
	const now = versions && last(versions);
	const visible = now !== undefined && sees(who, kind, now.owner);

	assert.equal(result.status, expected.status, told);
	assert.equal(result.problem?.status, expected.problem, told);
	assert.equal(result.merged ?? false, expected.merged ?? expected.status === "merged", told);
	if (expected.bare)
		assert.deepEqual(Object.keys(result.problem)
			.filter((name) => /current|base|mine|fields|version/i.test(name)), [], told);
	if (expected.problem !== undefined && expected.status === "conflict" && !expected.bare)
		assert.deepEqual(strip(kind, result.problem.current),
			now.deleted ? { version: now.version, owner: now.owner } : view(who, kind, now), told);
	if (expected.problem === undefined) {
		assert.equal(result.record !== undefined, visible, told);
		if (visible && !now.deleted)
			assert.deepEqual(strip(kind, result.record), view(who, kind, now), told);
	}
	if (expected.next !== undefined)
		assert.equal(result.version, expected.next.version, told);
}

// POST …/restore of some version: with the fields one may see now and could see then.
async function restoreOne(who) {
	const [at, versions] = chance.pick([...records]);
	const [collection, id] = at.split("/"), kind = kinds[collection], now = last(versions);
	const version = 1 + chance.below(now.version + 1), then = versions[version - 1];
	const answer = await people[who].post(`/api/${collection}/${id}/restore`, { version });
	const told = `${who} restores ${at} ${version}: ${answer.text}`;

	if (roles[who] === "viewer")
		return assert.equal(answer.status, 403, told);
	if (!sees(who, kind, now.owner))
		return assert.equal(answer.status, 404, told);
	if (!may(who, kind, now.deleted ? "create" : "update"))
		return assert.equal(answer.status, 403, told);
	if (then === undefined || !sees(who, kind, then.owner) || then.deleted)
		return assert.equal(answer.status, 400, told);
	const values = { ...now.values };
	for (const field of Object.keys(kind.fields)) {
		const hidden = kind.hidden.includes(field) &&
			!(seesPrivate(who, now.owner) && seesPrivate(who, then.owner));
		const fixed = kind.fixed.includes(field) && !same(now.values[field], null);
		if (!hidden && !fixed)
			values[field] = then.values[field] ?? null;
	}
	assert.equal(answer.status, 200, told);
	if (now.deleted || differs(kind, now.values, values).length > 0)
		accept({ collection, id }, { version: now.version + 1, owner: now.owner, deleted: false, values });
	assert.deepEqual(strip(kind, Object.values(answer.body)[0]), view(who, kind, last(versions)), told);
}

// ---- everybody's views ----

class Follower {
	constructor(who, collections) {
		this.who = who;
		this.collections = collections;
		this.held = new Map();
	}

	async pull() {
		const { changes, cursor } = await people[this.who].pull(this.cursor, { collections: this.collections });
		for (const change of changes) {
			const at = key(change.collection, change.id);
			if (change.record === undefined)
				this.held.delete(at);
			else
				this.held.set(at, strip(kinds[change.collection], change.record));
		}
		this.cursor = cursor;
	}
}

function expectedView(who, wanted = names) {
	const shown = new Map();

	for (const [at, versions] of records) {
		const collection = at.split("/")[0], kind = kinds[collection], now = last(versions);
		if (wanted.includes(collection) && !now.deleted && sees(who, kind, now.owner))
			shown.set(at, view(who, kind, now));
	}
	return shown;
}

const sorted = (map) => [...map].sort(([left], [right]) => (left < right ? -1 : 1));

async function pages(person, path, member, cursor = "after") {
	const all = [];

	for (let next; next !== null;) {
		const body = answered(await person.get(
			`${path}${next === undefined ? "" : `&${cursor}=${encodeURIComponent(next)}`}`));
		all.push(...body[member]);
		next = body.next;
	}
	return all;
}

async function compareLists(who) {
	const listed = new Map();

	for (const collection of names)
		for (const record of await pages(people[who], `/api/${collection}?limit=7`, collection))
			listed.set(key(collection, record.id), strip(kinds[collection], record));
	assert.deepEqual(sorted(listed), sorted(expectedView(who)), `the lists of ${who}`);
}

// Every write of every record, as the log and the history of each show it.
async function compareAudit(who) {
	const shown = new Map(), expected = new Map();

	for (const row of await pages(people[who], "/api/audit?limit=40", "auditLogs", "before")) {
		const at = `${key(row.collection, row.record_id)}.${row.version}`;
		shown.set(at, [...(shown.get(at) ?? []), row.field_changed].filter((field) => field !== null));
	}
	for (const [at, versions] of records) {
		const collection = at.split("/")[0], kind = kinds[collection];
		versions.forEach((version, i) => {
			if (!sees(who, kind, version.owner))
				return;
			const fields = differs(kind, versions[i - 1]?.values ?? {}, version.values)
				.filter((field) => !kind.hidden.includes(field) || seesPrivate(who, version.owner));
			expected.set(`${at}.${version.version}`,
				i > 0 && versions[i - 1].owner !== version.owner ? [...fields, "owner"] : fields);
		});
	}
	const tidy = (map) => sorted(new Map([...map].map(([at, fields]) => [at, [...fields].sort()])));
	assert.deepEqual(tidy(shown), tidy(expected), `the log of ${who}`);
}

async function compareVersions(who) {
	for (const [at, versions] of records) {
		const [collection, id] = at.split("/"), kind = kinds[collection], now = last(versions);
		const then = chance.pick(versions);
		const answer = await people[who].get(`/api/${collection}/${id}?version=${then.version}`);
		const history = await people[who].get(`/api/${collection}/${id}/history?limit=1000`);
		const rows = versions.filter((version) => sees(who, kind, version.owner))
			.map((version) => version.version).reverse();

		if (!sees(who, kind, now.owner) || !sees(who, kind, then.owner))
			assert.equal(answer.status, 404, `${who} ${at} ${then.version}: ${answer.text}`);
		else
			assert.deepEqual(strip(kind, Object.values(answered(answer))[0]),
				then.deleted ? { version: then.version, owner: then.owner } : view(who, kind, then));
		if (rows.length === 0)
			assert.equal(history.status, 404, history.text);
		else
			assert.deepEqual(answered(history).history.map((row) => row.version), rows,
				`the history of ${at} for ${who}`);
	}
}

test(`random people get what the model says (DAYBOOK_SEED=${seed})`, { timeout: 300_000 }, async () => {
	const space = await team(roles);
	for (const who of everybody) {
		people[who] = as(who).in(space);
		user[who] = people[who].id;
	}
	const followers = everybody.flatMap((who) => [new Follower(who), new Follower(who, "claims,parcels")]);

	for (let round = 0; round < rounds; round++) {
		await pushSome(chance.pick(everybody));
		if (records.size > 0 && chance.of(0.2))
			await restoreOne(chance.pick(everybody));
		for (const follower of followers)
			if (chance.of(0.1))
				await follower.pull();
		if (round % 50 === 49)
			for (const who of everybody)
				await compareLists(who);
	}
	for (const who of everybody) {
		followers.push(new Follower(who));
		await compareLists(who);
		await compareAudit(who);
		await compareVersions(who);
	}
	for (const follower of followers) {
		await follower.pull();
		assert.deepEqual(sorted(follower.held),
			sorted(expectedView(follower.who, follower.collections?.split(","))),
			`a device of ${follower.who}`);
	}
	const verified = await ctl("verify", "--space", space.id);
	assert.equal(verified.status, 0, verified.stdout + verified.stderr);
	assert.deepEqual(await stack.faults(), []);
});
