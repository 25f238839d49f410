// Definitions change while devices poll: what is new reaches them with their next poll, and nobody loads everything
// again for a collection that was added.
import { test } from "node:test";
import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { start } from "../harness.mjs";
import { answered, refused } from "../lib/expect.mjs";
import { until } from "../lib/wait.mjs";

const stack = await start({ definitions: true, settings: { workers: 4 } });
const folder = path.join(stack.dir, "definitions");
const boats = {
	name: "boats", singular: "boat", label: "Boats", order: "name", revision: 1,
	may: { read: "viewer", create: "member", update: "member", delete: "manager" },
	fields: [{ name: "name", type: "text", label: "Name", required: true, maxLength: 80 }],
};
const define = (one) => writeFile(path.join(folder, `${one.name}.json`), JSON.stringify(one));

// Polls without a pause until it is told to end.
function poller(person) {
	const seen = { statuses: new Set(), stamps: [], ids: [], polls: 0 };
	let ended = false;
	const running = (async () => {
		let cursor = "";
		while (!ended) {
			const answer = await person.get(`/api/sync/changes?since=${cursor}`,
				cursor ? { "If-None-Match": `"${cursor}"` } : {});
			seen.statuses.add(answer.status);
			seen.polls++;
			if (answer.status !== 200)
				continue;
			cursor = answer.body.cursor;
			seen.ids.push(...answer.body.changes.map(({ id }) => id));
			if (seen.stamps.at(-1) !== answer.body.definitions)
				seen.stamps.push(answer.body.definitions);
		}
		return seen;
	})();
	return { seen, end: () => { ended = true; return running; } };
}

test("a collection that is added reaches everybody who polls, once, and nobody loads again", async () => {
	const space = await stack.team({ anna: "owner", ben: "member" });
	const people = [];
	for (const name of ["anna", "ben"])
		people.push((await stack.as(name).ready()).in(space));
	answered(await people[0].post("/api/cars", { id: "1", location: "100" }), 201);
	const before = await people[1].get("/api/collections");
	const pollers = [...people, ...people].map(poller);
	const all = (what, holds) => until(what, () => pollers.every(({ seen }) => holds(seen)));

	await all("everybody polls", (seen) => seen.polls > 20);
	await define(boats);
	await stack.renewWorkers();
	await all("everybody knows of it", (seen) => seen.stamps.length === 2);
	answered(await people[1].post("/api/boats", { id: "b1", name: "Anna" }), 201);
	await all("everybody has its record", (seen) => seen.ids.includes("b1"));
	const after = await people[1].get("/api/collections", { "If-None-Match": before.headers.etag });
	const known = answered(after);
	for (const one of pollers) {
		const seen = await one.end();
		assert.deepEqual([...seen.statuses].sort(), [200, 304]);
		assert.deepEqual(seen.stamps, [before.body.definitions, known.definitions]);
		assert.deepEqual(seen.ids, ["1", "b1"]);
	}
	assert.ok(known.collections.some(({ name }) => name === "boats"));
	assert.equal((await people[1].get("/api/collections", { "If-None-Match": after.headers.etag })).status, 304);
	const heads = answered(await stack.as("anna").get("/api/sync/heads"));
	assert.equal(heads.definitions, known.definitions);
});

test("what shows less than before, or hides records behind a cursor, makes that cursor load again", async () => {
	const space = await stack.team({ anna: "owner" });
	const anna = (await stack.as("anna").ready()).in(space);
	const changes = (cursor) => anna.get(`/api/sync/changes?since=${cursor}`);
	const cursorNow = async () => answered(await changes("")).cursor;
	const again = async (cursor) => refused(await changes(cursor), 410, { reason: "visibility" });
	await define(boats);
	await stack.renewWorkers();
	answered(await anna.post("/api/boats", { id: "b1", name: "Anna" }), 201);

	const shown = await cursorNow();
	const managers = { read: "manager", create: "manager", update: "manager", delete: "manager" };
	await define({ ...boats, revision: 2, may: managers });
	await stack.renewWorkers();
	await again(shown);

	const before = await cursorNow();
	await rm(path.join(folder, "boats.json"));
	await stack.renewWorkers();
	await again(before);

	// It comes back with the record that it had.
	const without = await cursorNow();
	await define(boats);
	await stack.renewWorkers();
	await again(without);
	answered(await changes(await cursorNow()), 200, { changes: { $length: 0 } });
});
