// Workers die and are replaced while people work: reads never fail, and a write that was cut off gets the right result
// when it is sent again.
import { test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { until } from "../lib/http.mjs";
import { under } from "../lib/under.mjs";

const stack = await start({ definitions: true, shipped: true, settings: { workers: 4 } });
const roles = { anna: "owner", ben: "manager" };

// The workers there are, at least one.
function victims() {
	return until("there are workers", async () => {
		const now = await stack.workers();
		return now.length > 0 && now;
	});
}

test("kill -9 of workers under load: no GET fails, and each POST is applied once", async () => {
	const load = await under(stack, roles, async (running) => {
		for (let i = 0; i < 25; i++) {
			const pids = await victims();
			process.kill(pids[i % pids.length], "SIGKILL");
			await running.more(8);
		}
	});
	assert.deepEqual(load.others(load.gets, "200"), {});
	assert.deepEqual(load.others(load.posts, "200", "502"), {});
});

test("kill -9 of a worker between requests: nobody notices", async () => {
	const anna = stack.as("anna");
	for (let i = 0; i < 10; i++) {
		const pids = await victims();
		process.kill(pids[i % pids.length], "SIGKILL");
		await until("it is replaced", async () => {
			const now = await stack.workers();
			return now.length >= pids.length && !now.includes(pids[i % pids.length]);
		});
		answered(await anna.get("/api/cars"));
		answered(await anna.post("/api/cars", { id: `between${i}`, location: "100" }), 201);
	}
});

test("kill -9 of all workers at once: reads and writes go on", async () => {
	const load = await under(stack, roles, async (running) => {
		for (let i = 0; i < 3; i++) {
			for (const pid of await stack.workers())
				process.kill(pid, "SIGKILL");
			await running.more(15);
		}
	});
	assert.deepEqual(load.others(load.gets, "200"), {});
	assert.deepEqual(load.others(load.posts, "200", "502"), {});
});

test("SIGTERM to workers under load: each finishes what it began, no request fails", async () => {
	const load = await under(stack, roles, async (running) => {
		for (let i = 0; i < 12; i++) {
			const pids = await victims();
			process.kill(pids[i % pids.length], "SIGTERM");
			await running.more(8);
		}
	});
	assert.deepEqual(load.others(load.gets, "200"), {});
	assert.deepEqual(load.others(load.posts, "200"), {});
});

test("SIGHUP to the parent under load: new workers, no request fails", async () => {
	const load = await under(stack, roles, async (running) => {
		for (let i = 0; i < 3; i++) {
			await stack.renewWorkers();
			await running.more(10);
		}
	});
	assert.deepEqual(load.others(load.gets, "200"), {});
	assert.deepEqual(load.others(load.posts, "200"), {});
});

test("SIGHUP brings new settings to everybody", async () => {
	await stack.configure({ registration: "no" });
	await assert.rejects(stack.as("latecomer").ready(), /403/);
	await stack.configure({ registration: "yes" });
	await stack.as("erna").ready();
});

test("SIGHUP with settings that are wrong leaves the old workers at work", async () => {
	const before = await stack.workers();
	await stack.spoilSettings("wings = 2\n", async () => {
		await stack.signal("daybook", "SIGHUP");
		await until("the log says that the old ones stay",
			async () => (await stack.logLines()).some((line) => line.includes("the old ones stay")));
		for (let i = 0; i < 8; i++)
			answered(await stack.as("anna").get("/api/cars"));
		assert.deepEqual((await stack.workers()).sort(), before.sort());
	});
	await stack.renewWorkers();
	assert.notDeepEqual(await stack.workers(), before);
});
