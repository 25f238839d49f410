// The simulated server of the web engine's tests (tests/www/sim) against the real one: the same random pushes
// and pulls of the same people go to both, and the answers differ in nothing but ids and instants.
// DAYBOOK_SEED=n plays a run again.
import { test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { Chance } from "../lib/chance.mjs";
import { SimStack } from "../www/sim/stack.mjs";
import { hashId } from "../lib/hashes.mjs";

const seed = Number(process.env.DAYBOOK_SEED ?? Math.floor(Math.random() * 1e9));
const rounds = Number(process.env.DAYBOOK_MODEL_ROUNDS ?? 400);
const ROOM = 12;
const stack = await start({ definitions: true, without: ["trip", "trip-context"] });
const roles = { mona: "manager", anna: "member", ben: "member", vic: "viewer" };
const everybody = Object.keys(roles);

const dates = ["2026-11-20", "2026-11-21"];
const kinds = {
	cars: { ids: ["1", "2"], fields: {
		location: ["100", "200", 7], notes: ["a", "b"], arrived: [true, false], empty: [true, false],
		late: [true, false],
	} },
	stock: { ids: ["1", "2"], fields: { name: ["n", "m"], shelf: ["s", "t"], pieces: [0, 3, 1.5] } },
	parcels: { ids: ["1", "2"], fields: {
		label: ["a", "b"], value: [1, 2], sender: ["x", 5], origin: ["Rome", "Oslo"], car: ["1", "9"],
		tags: [["a"], "a"],
	} },
	claims: {
		ids: ["1", "2", "3"],
		fields: { date: dates, title: ["t", "u"], amount: [0, 5, -1], account: ["A", "B"] },
	},
	mileage: { ids: ["1", "2"], fields: {
		date: dates, from: ["A"], to: ["B"], miles: [1, 2.5], startOdometer: [10, 30], endOdometer: [20, 40],
	} },
	weights: { unique: ["date"], own: true, fields: { date: dates, kg: [80, 81.25, 0], note: ["x"] } },
	bulletins: {
		unique: ["topic", "day", "number"],
		fields: { topic: ["news"], day: dates, number: [1, 2.5], text: ["x", "y"] },
	},
};
const keyValue = (set, name) => set[name] ?? (name === "number" ? 1 : null); // its default
const required = new Set(["name", "label", "date", "title", "from", "to", "miles", "kg", "topic", "day"]);

test(`random requests get the same responses (DAYBOOK_SEED=${seed})`, { timeout: 300_000 }, async () => {
	const chance = new Chance(seed), sim = new SimStack();
	const sides = [];

	for (const one of [stack, sim]) {
		const space = await one.team(roles);
		// Few enough that creates are refused for want of room now and then.
		if (one === sim)
			sim.server.space(space.id).recordsMax = ROOM;
		else
			assert.equal((await stack.ctl("space", "limit", space.id, "--records", `${ROOM}`)).status, 0);
		const people = Object.fromEntries(await Promise.all(everybody.map(async (name) => [
			name, (await one.as(name).ready()).in(space),
		])));
		sides.push({
			people, names: new Map(everybody.map((name) => [people[name].id, name])), cursors: {},
			versions: new Map(),
		});
	}
	const [real, simulated] = sides;

	// Ids of people by their names; values that depend on them or on the time are left out.
	function plain(side, value) {
		if (Array.isArray(value))
			return value.map((item) => plain(side, item));
		if (value === null || typeof value !== "object")
			return side.names.get(value) ?? side.ids?.get(value) ?? value;
		return Object.fromEntries(Object.entries(value)
			.filter(([name]) =>
				!/At$|^(detail|title|error|epoch|cursor|past|serverTime|instance|requestId)$/
					.test(name))
			.map(([name, item]) => [name, plain(side, item)]));
	}

	function naturalId(side, who, collection, set) {
		const { unique, own } = kinds[collection];
		const values = unique.map((name) => keyValue(set, name));
		const id = hashId(collection, { own: own ?? false, owner: side.people[who].id, values });
		side.ids ??= new Map();
		side.ids.set(id, `${own ? who : "all"} ${JSON.stringify(values)}`);
		return id;
	}

	const used = [];
	function makeOps(who) {
		const taken = new Set(), ops = [];
		for (let n = 1 + chance.below(5); n > 0; n--) {
			const collection = chance.pick(Object.keys(kinds)), kind = kinds[collection];
			const set = {};
			for (const [name, domain] of Object.entries(kind.fields))
				if (chance.of(required.has(name) ? 0.6 : 0.25))
					set[name] = chance.of(0.08) ? null : chance.pick(domain);
			if (chance.of(0.05))
				set.owner = chance.pick(everybody);
			const id = kind.unique === undefined ? chance.pick(kind.ids) : undefined;
			const told = id ?? kind.unique.map((name) => keyValue(set, name));
			const key = `${collection}/${told}/${kind.own ? who : ""}`;
			if (taken.has(key) || (id === undefined && kind.unique.some((name) => set[name] === null ||
				(set[name] === undefined && name !== "number"))))
				continue;
			taken.add(key);
			const again = used.length > 0 && chance.of(0.06) ? chance.pick(used) : undefined;
			ops.push({
				op: again ?? `o${used.length}`, collection, id, set: chance.of(0.12) ? undefined : set,
				keys: set, key, back: chance.pick([0, 0, 0, 0, 1, 2, -1, "none"]),
			});
			if (again === undefined)
				used.push(ops.at(-1).op);
		}
		return ops.filter((op, i) => ops.findIndex((other) => other.op === op.op) === i);
	}

	async function push(side, who, ops) {
		const told = ops.map(({ op, collection, id, set, keys, key, back }) => {
			const version = side.versions.get(key) ?? 0;
			return {
				op, collection, id: id ?? naturalId(side, who, collection, keys),
				base: back === "none" ? 0 : Math.max(0, version - back),
				...(set === undefined ? { delete: true } : { set: {
					...set,
					...(set.owner === undefined ? {} : { owner: side.people[set.owner].id }),
				} }),
			};
		});
		const { status, body } = await side.people[who].push(told);
		assert.equal(status, 200, JSON.stringify(body));
		body.results.forEach((result, i) => {
			const version = result.record?.version ?? result.problem?.currentVersion ?? result.version;
			if (version !== undefined)
				side.versions.set(ops[i].key, version);
		});
		return plain(side, body);
	}

	async function pull(side, who) {
		const since = side.cursors[who];
		const { status, body } =
			await side.people[who].get(`/api/sync/changes${since === undefined ? "" : `?since=${since}`}`);
		assert.equal(status, 200, JSON.stringify(body));
		side.cursors[who] = body.cursor;
		const { head, changes, more } = plain(side, body);
		return { head, changes: changes.filter(({ collection }) => collection in kinds), more };
	}

	// The real server also writes records in `members`, which take seqs.
	const offset = await (async () => (await pull(real, "mona")).head - (await pull(simulated, "mona")).head)();
	assert.equal(offset, 0, "a fresh team has no records");
	for (let round = 0; round < rounds; round++) {
		const who = chance.pick(everybody), ops = makeOps(who);
		assert.deepEqual(await push(simulated, who, ops), await push(real, who, ops),
			`${who} pushes ${JSON.stringify(ops)}`);
		for (const name of everybody)
			if (chance.of(0.15))
				assert.deepEqual(await pull(simulated, name), await pull(real, name), `${name} pulls`);
	}
	for (const name of everybody)
		assert.deepEqual(await pull(simulated, name), await pull(real, name), `${name} pulls at the end`);
});
