// deploy/run keeps its servers running, ends them in order, and starts again after it was killed itself.
import { test } from "node:test";
import assert from "node:assert/strict";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { isAlive, start } from "../harness.mjs";
import { answered, outcomes } from "../lib/expect.mjs";
import { send, until } from "../lib/http.mjs";
import { Load } from "../lib/load.mjs";

const roles = { anna: "owner", ben: "manager" };

async function one(t) {
	const stack = await start({ definitions: true, own: true, shipped: true, settings: { workers: 4 } });
	t.after(() => stack.stop());
	return stack;
}

test("each server that is killed is started again", async (t) => {
	const stack = await one(t);
	const anna = stack.as("anna");
	answered(await anna.post("/api/cars", { id: "0", location: "100" }), 201);
	for (const name of ["daybook", "nginx", "mariadb"]) {
		const pid = await stack.signal(name, "SIGKILL");
		await until(`${name} is another one`, async () => {
			const now = (await stack.pids())[name];
			return now !== undefined && now !== pid;
		}, 60);
		await until("it answers",
			async () => (await send({ url: `${stack.url}/api/health` })).status === 200, 60);
		answered(await anna.over(stack.url).post("/api/cars", { id: name, location: "100" }), 201);
	}
	assert.equal(answered(await anna.over(stack.url).get("/api/cars")).cars.length, 4);
});

test("SIGTERM under load: what was accepted is answered, servers are gone, and a start brings all back", async (t) => {
	const stack = await one(t);
	const load = new Load(stack, await stack.team(roles), Object.keys(roles));
	t.after(() => load.stop());
	await load.more(40);
	const pids = await stack.pids();
	const workers = await stack.workers();
	stack.child.kill("SIGTERM");
	await stack.ended;
	assert.equal(stack.exit.code, 0);
	for (const pid of [...Object.values(pids), ...workers])
		assert.equal(isAlive(pid), false);
	// Requests during the stop may be refused a connection, or lose it, but none gets an error status.
	const turnedAway = ["200", "ECONNREFUSED", "ECONNRESET", "EPIPE", "socket hang up"];
	assert.deepEqual(load.others(load.gets, ...turnedAway), {});
	assert.deepEqual(load.others(load.posts, ...turnedAway), {});
	await stack.launch();
	await load.more(20);
	await load.settle();
});

test("when deploy/run is killed, its servers end too, and it starts again in the same folder", async (t) => {
	const stack = await one(t);
	const anna = stack.as("anna");
	outcomes(await anna.push([{ op: "kept", collection: "cars", id: "7", base: 0, set: { location: "100" } }]),
		"applied");
	const before = Object.values(await stack.pids());
	stack.child.kill("SIGKILL");
	await stack.ended;
	await stack.launch();
	for (const pid of before)
		assert.equal(isAlive(pid), false, `process ${pid} of the run before is still there`);
	answered(await anna.over(stack.url).get("/api/cars/7"), 200, { car: { location: "100" } });
	outcomes(await anna.over(stack.url)
		.push([{ op: "kept", collection: "cars", id: "7", base: 0, set: { location: "100" } }]), "duplicate");
});

test("a second deploy/run in the folder of a running one refuses, and harms nothing", async (t) => {
	const stack = await one(t);
	const second = await stack.runBeside();
	assert.notEqual(second.status, 0);
	assert.match(second.stderr, /in use/);
	answered(await stack.as("anna").get("/api/cars"));
});

test("a start that a wrong setting stops names it, and changes nothing for the start after it", async (t) => {
	const stack = await one(t), settings = path.join(stack.dir, "local.conf");
	answered(await stack.as("anna").post("/api/cars", { id: "7", location: "100" }), 201);
	stack.child.kill("SIGTERM");
	await stack.ended;
	const good = await readFile(settings, "utf8");
	await appendFile(settings, "access_minutes = many\n");
	const { status, stderr } = await stack.runBeside();
	assert.equal(status, 1);
	assert.match(stderr, /^daybook: .*access_minutes/m);
	await writeFile(settings, good);
	await stack.launch();
	answered(await stack.as("anna").over(stack.url).get("/api/cars/7"), 200, { car: { location: "100" } });
});
