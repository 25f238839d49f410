// Plays the vectors of tests/fixtures/protocol over HTTP: each in a team space of its own, with the same few people.
// tests/README.md says what a vector holds; the web engine's tests read the same files.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fixtures } from "../harness.mjs";
import { match, pick } from "./match.mjs";

const usualRoles = { anna: "owner", mia: "manager", ben: "member", mo: "member", vera: "viewer" };
const methods = ["get", "post", "put", "patch", "delete"];

export async function readVectors(name) {
	return JSON.parse(await readFile(path.join(fixtures, "protocol", `${name}.json`), "utf8"));
}

// "${name}" alone stands for the value itself, within a text for the value as text.
function fill(value, names) {
	if (Array.isArray(value))
		return value.map((item) => fill(item, names));
	if (value !== null && typeof value === "object")
		return Object.fromEntries(Object.entries(value)
			.map(([key, item]) => [fill(key, names), fill(item, names)]));
	if (typeof value !== "string")
		return value;
	const lookUp = (name) => {
		assert.ok(name in names, `the vector names \${${name}}, which nothing kept`);
		return names[name];
	};
	const whole = /^\$\{(\w+)\}$/.exec(value);
	return whole ? lookUp(whole[1]) : value.replace(/\$\{(\w+)\}/g, (_, name) => lookUp(name));
}

// What no request can bring about, done to a database.  A stack without one brings its own.
const sqlDeeds = {
	tidy: (stack, space, { days }) => stack.tidy(days),
	role: async (stack, space, { who, role }) => {
		const { id } = await stack.as(who).ready();
		await stack.sql(`UPDATE member, space SET role = '${role}', view_epoch = seq + 1
			WHERE space_id = '${space.id}' AND user_id = '${id}' AND space.id = space_id`);
	},
	leave: async (stack, space, { who }) => {
		const { id } = await stack.as(who).ready();
		await stack.sql(`DELETE FROM member WHERE space_id = '${space.id}' AND user_id = '${id}'`);
	},
	// An operator's restore, as far as a space shows it: a new epoch, cut from the one before.
	epoch: async (stack, space, { epoch, cut }) => {
		await stack.sql(`START TRANSACTION;
			INSERT INTO space_epoch (space_id, epoch, parent, cut_seq, at)
			  SELECT id, '${epoch}', epoch, ${cut}, UTC_TIMESTAMP(3) FROM space WHERE id = '${space.id}';
			UPDATE space SET epoch = '${epoch}' WHERE id = '${space.id}';
			COMMIT;`);
	},
};

const deedOf = (stack, step) => (stack.deeds ?? sqlDeeds)[step.do];

async function ask(stack, space, step) {
	const person = stack.as(step.as).in(space);

	if (step.push !== undefined)
		return person.post("/api/sync/push",
			{ device: `${step.as}-device`, ...step.envelope, ops: step.push }, step.headers);
	if (step.pull !== undefined)
		return person.get(`/api/sync/changes?${new URLSearchParams(step.pull)}`, step.headers);
	for (const method of methods)
		if (step[method] !== undefined)
			return person.request(method.toUpperCase(), step[method],
				{ headers: step.headers, body: step.raw ?? step.body });
	throw new Error(`the vector asks nothing: ${JSON.stringify(step)}`);
}

function keep(step, answer, names) {
	for (const [name, from] of Object.entries(step.keep ?? {})) {
		const value = from.startsWith("header:") ? answer.headers[from.slice(7)] : pick(answer.body, from);
		assert.ok(value !== undefined, `nothing to keep at ${from}: ${answer.text}`);
		names[name] = value;
	}
}

function check(answer, expected) {
	match(answer.status, expected.status ?? 200, `the status of ${answer.text}, which`);
	if (expected.problem !== undefined) {
		assert.ok(answer.problem, `a problem was expected, not ${answer.text}`);
		match(answer.problem, expected.problem, "the problem");
	}
	if (expected.body !== undefined)
		match(answer.body, expected.body, "the body");
	for (const where of expected.lacks ?? [])
		assert.equal(pick(answer.body, where), undefined, `${where} stands in ${answer.text}`);
	for (const [name, value] of Object.entries(expected.headers ?? {}))
		match(answer.headers[name], value, `the header ${name}`);
}

// One step of `given`: it has to work.
async function prepare(stack, space, step, names) {
	if (step.do !== undefined)
		return deedOf(stack, step)(stack, space, step);
	const answer = await ask(stack, space, step);
	assert.ok(answer.status < 300, `given ${JSON.stringify(step)}: ${answer.status} ${answer.text}`);
	for (const result of step.push !== undefined ? answer.body.results : [])
		assert.ok(result.problem === undefined, `given ${JSON.stringify(step)}: ${JSON.stringify(result)}`);
	keep(step, answer, names);
}

async function askAndCheck(stack, space, { request, expected }, names) {
	const before = await stack.head(space);
	const step = fill(request, names);
	const answer = await ask(stack, space, step);

	check(answer, fill(expected, names));
	if (expected.writes !== undefined)
		assert.equal(await stack.head(space) - before, expected.writes, `the seqs it took: ${answer.text}`);
	keep(step, answer, names);
}

export async function play(stack, vector) {
	const roles = vector.people ?? usualRoles;
	const space = await stack.team(roles);
	const names = { space: space.id, epoch: space.epoch };

	for (const name of [...Object.keys(roles), "otto"]) {
		names[name] = (await stack.as(name).ready()).id;
	}
	for (const step of vector.given ?? [])
		await prepare(stack, space, fill(step, names), names);
	await askAndCheck(stack, space, vector, names);
	for (const more of vector.then ?? []) {
		if (more.do !== undefined)
			await deedOf(stack, more)(stack, space, fill(more, names));
		else
			await askAndCheck(stack, space, more, names);
	}
}
