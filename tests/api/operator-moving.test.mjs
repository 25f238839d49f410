// A machine is moved: nothing was written after the backup, so nothing is told to be old, and nobody is signed out.
import assert from "node:assert/strict";
import { rename, stat } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { send } from "../lib/http.mjs";
import { Operator, done, failed } from "../lib/operator.mjs";
import { until } from "../lib/wait.mjs";

const stack = await start();
const { as, ctl, sql } = stack;
const operator = new Operator(stack);
const { store } = operator;
const ofWitness = path.join(stack.dir, "state", "witness-daybook");

const setBack = () => sql("SELECT kind FROM alarm WHERE over_at IS NULL AND kind = 'set-back'");

test("what was moved is in use as it was: devices go on, and the machine takes it as its own", async () => {
	const olga = await as("olga").ready();
	answered(await olga.post("/api/tasks", { id: "kept", title: "Moved" }), 201);
	const { body: { cursor } } = await olga.get("/api/sync/changes");
	await until("the housekeeper has written its mark", () => stat(ofWitness).then(() => true, () => undefined));
	// The backup comes from another machine, which has no mark of this one.
	await sql("DELETE FROM meta WHERE name LIKE 'witness:%'");
	await rename(ofWitness, `${ofWitness}.away`);
	done(await operator.backup());
	await rename(`${ofWitness}.away`, ofWitness);

	done(await operator.restore([store, "--moved"]));
	await until("people are let in", async () => (await send({ url: `${stack.url}/api/health` })).status === 200);
	assert.deepEqual(answered(await olga.get(`/api/sync/changes?since=${encodeURIComponent(cursor)}`)).changes, []);
	for (let minute = 0; minute < 2; minute++)
		assert.equal((await ctl("watch")).stderr, "");
	assert.deepEqual(await setBack(), []);
	assert.match((await ctl("doctor")).stdout, /live +in use, and the one that this machine last wrote to/);
	failed(await ctl("restore", "--moved"), 1, /this database is in use/);
});

test("a dump that says of itself that it is one is no news to the machine", async () => {
	await sql("UPDATE meta SET value = '0' WHERE name = 'live'; DELETE FROM meta WHERE name LIKE 'witness:%'");
	assert.equal((await ctl("watch")).stderr, "");
	assert.deepEqual(await setBack(), []);
	done(await ctl("restore"));
	assert.equal((await ctl("watch")).stderr, "");
});
