// What each route says it takes (daybookctl routes --json), asked of the running server: a member or parameter that is
// not in its table, one of another type, one out of its bounds and one that is missing are refused by name.
import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { start, root } from "../harness.mjs";
import { pinOn } from "../lib/crew.mjs";
import { answered, refused } from "../lib/expect.mjs";
import { send } from "../lib/http.mjs";

const stack = await start();
const table = JSON.parse((await stack.ctl("routes", "--json")).stdout);
const { routes: harmless } = JSON.parse(readFileSync(path.join(root, "tests", "api", "matrix.json"), "utf8"));

const anna = await stack.as("anna").ready();
const own = await stack.team({ anna: "owner" });
answered(await anna.in(own).post("/api/cars", { id: "7", location: "100" }), 201);
const byPin = await pinOn("takes", stack, anna.in(own));
const key = (await anna.apiToken("admin", own.id)).token;

const speaksAnother = (route) => route.pattern.startsWith("/compat/");
const writesByJson = (route) => route.input === "json" || route.input === "optional";

function tokenFor(route) {
	if (route.access === "public")
		return undefined;
	if (route.access === "handheld")
		return byPin.handheld;
	return route.access === "self" ? byPin.token : speaksAnother(route) ? key : anna.token;
}

function addressOf(route) {
	const plain = harmless[`${route.method} ${route.pattern}`].path.split("?")[0];

	if (plain.includes(":space"))
		return plain.replace(":space", own.id);
	if (speaksAnother(route) || !["read", "write", "admin"].includes(route.access))
		return plain;
	return plain.replace(/^\/api\//, `/api/spaces/${own.id}/`);
}

// query: a list of [name, value].
function ask(route, { body, query = [] }) {
	const { body: file, type } = harmless[`${route.method} ${route.pattern}`];
	const token = tokenFor(route), text = new URLSearchParams(query).toString(), raw = route.input === "raw";
	const headers = {};

	if (token !== undefined)
		headers.Authorization = `Bearer ${token}`;
	if (raw && type !== undefined)
		headers["Content-Type"] = type;
	const url = `${stack.url}${addressOf(route)}${text === "" ? "" : `?${text}`}`;
	return send({ url, method: route.method, body: raw ? file : body, headers });
}

// A value that fits.
function sample({ type, min = 1, choices }) {
	return {
		any: "abc", text: "abc", name: "Ann", id: "dev-1", uuid: "01939d2a-0000-7000-8000-000000000001",
		integer: min, boolean: false, instant: "2026-11-21T08:34:00Z", date: "2026-11-21", choice: choices?.[0],
		list: [],
	}[type];
}

// Values of the right type in JSON that do not fit; as texts they do not fit in a query either.
function misfits({ type, min, max }) {
	if (type === "integer")
		return max === undefined ? [] : [min - 1, max + 1].filter(Number.isSafeInteger);
	if (type === "text")
		return max === undefined ? [] : ["x".repeat(max + 1)];
	return {
		id: ["-x", ""], uuid: ["x", ""], choice: ["nothing of these", ""],
		name: [" ", "a\u0001b", "x".repeat(101)],
	}[type] ?? [];
}

function ofAnotherType({ type }) {
	return { integer: ["7", 1.5, true], boolean: ["true", 1], list: [{}, "x"] }[type] ?? [7, true, [], {}];
}

// Texts in a query that are no value of the type.
function asText({ type }) {
	return {
		integer: ["x", "", "1.5"], boolean: ["yes", ""], instant: ["now", "2026-11-21"],
		date: ["2026-13-01", ""],
	}[type] ?? [];
}

function named(route, place) {
	return route.takes.filter((member) => member.in === place && member.name !== "*");
}

function takesOthers(route, place) {
	return speaksAnother(route) || route.takes.some((member) => member.in === place && member.name === "*");
}

// The required ones but this, each with a value that fits.
function others(members, member) {
	return members.filter(({ required, name }) => required && name !== member?.name)
		.map((one) => [one.name, sample(one)]);
}

async function refuses(route, what, kinds, field) {
	const answer = await ask(route, what);
	const told = `${route.method} ${route.pattern} ${JSON.stringify(what)}: ${answer.status} ${answer.text}`;

	assert.equal(answer.status, 400, told);
	if (route.pattern.startsWith("/compat/cars/"))
		return assert.equal(answer.body.error, "Validation failed", told);
	if (speaksAnother(route))
		return assert.match(answer.body.error, /../, told);
	refused(answer, 400, { field });
	assert.ok(kinds.some((kind) => answer.problem.type === `/problems/${kind}`), told);
}

for (const route of table.filter(writesByJson)) {
	const members = named(route, "body");
	const without = (member) => Object.fromEntries(others(members, member));

	test(`${route.method} ${route.pattern}: members`, async () => {
		if (!takesOthers(route, "body"))
			await refuses(route, { body: { ...without(), nobody: 1 } }, ["unknown-field"], "nobody");
		if (!speaksAnother(route))
			await refuses(route, { body: without(), query: [["nobody", 1]] }, ["unknown-field"], "nobody");
		for (const member of members.filter(({ type }) => type !== "any")) {
			const { name } = member;
			for (const value of ofAnotherType(member))
				await refuses(route, { body: { [name]: value } }, ["invalid", "malformed"], name);
			const rest = without(member);
			for (const value of misfits(member))
				await refuses(route, { body: { ...rest, [name]: value } },
					["invalid", "required"], name);
			if (!member.required)
				continue;
			const kinds = ["required", "malformed"];
			await refuses(route, { body: rest }, kinds, name);
			await refuses(route, { body: { ...rest, [name]: null } }, [...kinds, "invalid"], name);
		}
	});
}

for (const route of table.filter((row) => !writesByJson(row))) {
	const parameters = named(route, "query"), all = others(parameters);

	test(`${route.method} ${route.pattern}: parameters`, async () => {
		if (!takesOthers(route, "query"))
			await refuses(route, { query: [...all, ["nobody", 1]] }, ["unknown-field"], "nobody");
		for (const parameter of parameters) {
			const { name } = parameter, one = [name, sample(parameter)];
			const rest = others(parameters, parameter);
			for (const value of [...asText(parameter), ...misfits(parameter)])
				await refuses(route, { query: [...rest, [name, value]] }, ["invalid"], name);
			if (!speaksAnother(route))
				await refuses(route, { query: [...rest, one, one] }, ["malformed"], name);
			if (parameter.required)
				await refuses(route, { query: rest }, ["required"], name);
		}
	});
}

test("nothing was written, and no response was a 5xx", async () => {
	assert.equal((await anna.in(own).get("/api/cars")).body.cars.length, 1);
	assert.deepEqual(await stack.faults(), []);
});
