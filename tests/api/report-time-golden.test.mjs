// The golden cases of what time was for (tests/fixtures/reports/time.json), which the app answers too
// (tests/www/report.test.mjs): GET /api/reports/time has the same lines, with the ids of this run's people.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";

const stack = await start();
const { people, clients, projects, jobSites, sessions, cases } =
	JSON.parse(readFileSync(new URL("../fixtures/reports/time.json", import.meta.url), "utf8"));
const NAMES = ["person", "project", "client", "jobSite"];

function addressOf({ from, to, group, tag, billable, q, ...choices }, idOf) {
	const query = new URLSearchParams({ from, to, group: group.join(",") });
	for (const name of NAMES.filter((one) => choices[one]))
		query.set(name, choices[name].map((id) => (name === "person" ? idOf(id) : id ?? "")).join(","));
	for (const [name, value] of Object.entries({ tag, billable, q }))
		if (value !== undefined)
			query.set(name, String(value));
	return `/api/reports/time?${query}`;
}

test("the server answers the golden cases of the app", async () => {
	const roles = Object.fromEntries(Object.keys(people).map((id) => [id, "member"]));
	const space = await stack.team({ mia: "manager", ...roles });
	const mia = stack.as("mia").in(space), ids = new Map();
	for (const id of Object.keys(people))
		ids.set(id, (await stack.as(id).ready()).id);
	answered(await mia.post("/api/spaceSettings", { currency: "EUR" }), 201);
	for (const [collection, rows] of Object.entries({ clients, projects, jobSites }))
		for (const row of rows)
			answered(await mia.post(`/api/${collection}`, row), 201);
	for (const { owner, ...session } of sessions)
		answered(await stack.as(owner).in(space).post("/api/workSessions", session), 201);
	const named = (by, key) => key && by === "person" ? { id: ids.get(key.id), name: key.id } : key;
	for (const { name, query, lines, sum } of cases) {
		const report = answered(await mia.get(addressOf(query, (id) => ids.get(id))));
		const expected = lines.map((line) => ({
			...line, keys: line.keys.map((key, at) => named(query.group[at], key)),
		}));
		assert.deepEqual(report.lines, expected, name);
		assert.deepEqual(report.sum, sum, name);
	}
});
