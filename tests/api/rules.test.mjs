// The golden cases of the rules on every path that values come in by: REST, push, import.  What a case says holds for
// all of them, or the rule would be in one path only.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { randomUUID } from "node:crypto";
import path from "node:path";
import { fixtures, start } from "../harness.mjs";
import { answered, refused } from "../lib/expect.mjs";
import { match } from "../lib/match.mjs";

const { as, team } = await start();
const definitions = Object.fromEntries(
	answered(await as("olga").get("/api/collections")).collections.map((one) => [one.name, one]));

// "$ben" is ben's id, wherever it stands.
function named(value, ids) {
	return JSON.parse(JSON.stringify(value),
		(key, text) => (typeof text === "string" && text.startsWith("$") ? ids[text.slice(1)] : text));
}

// A field that is expected to be null is empty: it is not there, or it is its default.
function holds(record, expected, where) {
	for (const [name, value] of Object.entries(expected))
		if (value === null)
			assert.equal(record[name] ?? null, null, `${where}: ${name} of ${JSON.stringify(record)}`);
		else
			match(record[name], value, `${where}: ${name}`);
}

// One of the writes between the first one and the one that a case is about: gives the version.
async function take(person, collection, { id, base }, set) {
	const [{ status, version, problem }] = answered(await person.push([
		{ op: randomUUID(), collection, id, base, set },
	])).results;
	assert.equal(status, "applied", JSON.stringify(problem));
	return version;
}

async function stage(file, one) {
	const roles = { olga: "owner", mia: "manager", ben: "member", ...file.members };
	const space = await team(roles);
	const folk = Object.fromEntries(Object.keys(roles).map((name) => [name, as(name).in(space)]));
	const ids = Object.fromEntries(Object.entries(folk).map(([name, person]) => [name, person.id]));
	for (const [collection, rows] of Object.entries({ ...file.given, ...one.given }))
		for (const row of rows)
			answered(await folk.olga.post(`/api/${collection}`, named(row, ids)), 201);
	const by = folk[one.by ?? file.by ?? "ben"], definition = definitions[file.collection];
	const of = {
		definition, by, set: named(one.set, ids), expected: one.expected && named(one.expected, ids),
		refused: one.refused, at: one.at,
	};
	of.id = definition.unique === undefined ? randomUUID() : undefined;
	if (one.before !== undefined) {
		const before = named(one.before, ids), writer = folk[one.writer ?? file.writer] ?? by;
		const op = {
			op: randomUUID(), collection: file.collection, base: 0, set: before,
			...(of.id && { id: of.id }), ...(one.beforeAt && { at: one.beforeAt }),
		};
		const [{ status, record, problem }] = answered(await writer.push([op])).results;
		assert.equal(status, "applied", JSON.stringify(problem));
		if (!one.fresh) {
			of.id = record.id;
			of.base = record.version;
			for (const step of one.steps ?? [])
				of.base = await take(folk[step.by], file.collection, of, named(step.set, ids));
			of.key = definition.unique === undefined ? {} : Object.fromEntries(
				[...definition.unique, ...(record.owner === by.id ? [] : ["owner"])]
					.map((field) => [field, record[field]]));
		}
	}
	return of;
}

// Each way to write: gives the record, or the problem.
const ways = {
	async rest({ definition, by, id, base, set }) {
		const answer = base === undefined ? await by.post(`/api/${definition.name}`,
			{ ...(id && { id }), ...set }) : await by.patch(`/api/${definition.name}/${id}`, set);
		return answer.status >= 400 ? { problem: refused(answer, answer.status) }
			: { record: answer.body[definition.singular] };
	},

	async push({ definition, by, id, base = 0, set, at }) {
		const [{ record, problem }] = answered(await by.push([{
			op: randomUUID(), collection: definition.name, base, set, ...(id && { id }), ...(at && { at }),
		}])).results;
		return problem === undefined ? { record } : { problem };
	},

	async import({ definition, by, id, key, set }) {
		const answer = await by.post(`/api/${definition.name}/import`, [{ ...(id && { id }), ...key, ...set }]);
		if (answer.status === 403)
			return { problem: refused(answer, 403) };
		if (answer.status === 400)
			return { problem: refused(answer, 400).errors[0], row: true };
		answered(answer, 200, { done: 1, bad: 0 });
		const list = answered(await by.get(`/api/${definition.name}`))[definition.name];
		return {
			record: id === undefined ? list.sort((one, other) => one.seq - other.seq).at(-1)
				: list.find((record) => record.id === id),
		};
	},
};

function waysOf(one) {
	return one.at !== undefined ? ["push"] : one.paths ?? Object.keys(ways);
}

for (const name of readdirSync(path.join(fixtures, "rules")).sort()) {
	const file = JSON.parse(readFileSync(path.join(fixtures, "rules", name), "utf8"));

	describe(`${name}: ${file.about}`, () => {
		for (const one of file.cases)
			for (const way of waysOf(one))
				test(`${one.name}, by ${way}`, async () => {
					const of = await stage(file, one);
					const { record, problem, row } = await ways[way](of);
					if (of.refused === undefined) {
						assert.equal(problem, undefined, JSON.stringify(problem));
						holds(record, of.expected, one.name);
						return;
					}
					assert.notEqual(problem, undefined, `it was taken: ${JSON.stringify(record)}`);
					const { status, field, ...more } = of.refused;
					match(problem, row ? { ...(field && { field }) }
						: { status, ...(field && { field }), ...more }, one.name);
				});
	});
}
