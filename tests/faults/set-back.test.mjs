// The folder of the database is copied while it is stopped, written on, and put back, as a snapshot of a machine is,
// and nobody tells Daybook.  Whoever has seen the time that is lost is told so, and what was acknowledged then can be
// sent again.
import { test } from "node:test";
import assert from "node:assert/strict";
import { cp, rename, rm } from "node:fs/promises";
import path from "node:path";
import { start } from "../harness.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";
import { until, within } from "../lib/wait.mjs";

const stack = await start({ definitions: true, settings: { workers: 2 } });
const folder = path.join(stack.dir, "db"), snapshot = path.join(stack.dir, "snapshot");

async function whileStopped(work) {
	stack.database?.close();
	stack.database = undefined;
	const pids = Object.values(await stack.pids());
	stack.child.kill("SIGTERM");
	await within("deploy/run has ended", stack.ended);
	await until("everything has ended", async () => Object.keys(await stack.pids()).length === 0, 20);
	assert.ok(pids.length > 0);
	await work();
	await stack.launch();
}

const create = (id) => ({ op: `op-${id}`, collection: "cars", id, base: 0, set: { notes: id } });
const all = (...ids) => ids.map(create);
const ids = (changes) => changes.map(({ id }) => id);
// As cursors were before they knew their past.
const bare = (cursor) => cursor.replace(/-[0-9a-f]{16}/g, "");

test("a set-back database is found by whoever saw the time that is lost, and by nobody else", async () => {
	const space = await stack.team({ anna: "owner", ben: "manager" });
	const anna = (await stack.as("anna").ready()).in(space), ben = (await stack.as("ben").ready()).in(space);
	const changes = (since, more = "", headers = {}) =>
		anna.get(`/api/sync/changes?since=${encodeURIComponent(since)}${more}`, headers);
	const lost = (answer, reason) =>
		refused(answer, 410, { type: "/problems/resync", reason, restored: undefined });

	outcomes(await anna.push(all("a1", "a2", "a3")), "applied", "applied", "applied");
	const before = answered(await anna.get("/api/sync/changes")).cursor;
	await whileStopped(() => cp(folder, snapshot, { recursive: true }));

	const { past } = answered(await anna.push(all("a4", "a5", "a6")));
	const seen = answered(await changes(before)), after = seen.cursor;
	assert.deepEqual(ids(seen.changes), ["a4", "a5", "a6"]);
	const headOf = async () => answered(await stack.as("anna").get("/api/sync/heads")).heads
		.find((one) => one.space === space.id).head;
	const head = await headOf(), list = (await anna.get("/api/cars")).headers.etag;
	await whileStopped(async () => {
		await rm(folder, { recursive: true });
		await rename(snapshot, folder);
	});

	// Nobody has written since: the old head is ahead.
	answered(await changes(before), 200, { changes: { $length: 0 } });
	lost(await changes(after), "ahead");
	lost(await changes(before, `&past=${past}`), "ahead");
	lost(await anna.push(all("a7"), { cursor: after }), "ahead");
	lost(await anna.push(all("a7"), { cursor: before, past }), "ahead");

	// Others write, exactly up to the old head and then beyond it.
	for (const written of [["b4", "b5", "b6"], ["b7"]]) {
		answered(await ben.push(all(...written)));
		lost(await changes(after), "past");
		lost(await changes(after, "", { "If-None-Match": `"${after}"` }), "past");
		lost(await changes(before, `&past=${past}`), "past");
		lost(await anna.push(all("a7"), { cursor: after }), "past");
		lost(await anna.push(all("a7"), { past }), "past");
		assert.notEqual(await headOf(), head);
		assert.notEqual((await anna.get("/api/cars", { "If-None-Match": list })).status, 304);
		const unaware = answered(await changes(bare(after)));
		assert.deepEqual(ids(unaware.changes), written.includes("b7") ? ["b7"] : []);
	}
	const met = answered(await changes(before));
	assert.deepEqual(ids(met.changes), ["b4", "b5", "b6", "b7"], "a cursor from before misses nothing");
	assert.deepEqual(ids(answered(await changes(bare(before))).changes), ["b4", "b5", "b6", "b7"]);

	// What was acknowledged is sent again: all of it, because nobody can tell what was lost.
	outcomes(await anna.push(all("a1", "a2", "a3", "a4", "a5", "a6"), { cursor: met.cursor }),
		"duplicate", "duplicate", "duplicate", "applied", "applied", "applied");
	assert.deepEqual(ids(answered(await changes(met.cursor)).changes), ["a4", "a5", "a6"]);
	assert.equal((await stack.ctl("verify")).status, 0);
});
