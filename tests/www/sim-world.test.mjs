// The simulated world itself: a killed tab leaves nothing half done, locks go with their tab, a full disk takes
// nothing, each fault of the network is what it says, and the same seed gives the same run.
import { test } from "node:test";
import assert from "node:assert/strict";
import { backupOf, bringBack, undoOps, writeOps } from "./sim/records.mjs";
import { World } from "./sim/world.mjs";

// In place of an engine: what a tab was handed.
const bare = (options) => options;

function world(options) {
	const made = new World({ seed: 5, createEngine: bare, ...options });
	return { world: made, device: made.device({}) };
}

async function openStore(world, tab) {
	const request = tab.engine.indexedDB.open("d", 1);
	return world.finish(new Promise((resolve, reject) => {
		request.onupgradeneeded = () => request.result.createObjectStore("s");
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error);
	}));
}

function put(db, values) {
	const transaction = db.transaction("s", "readwrite");
	for (const [key, value] of Object.entries(values))
		transaction.objectStore("s").put(value, key);
	return new Promise((resolve, reject) => {
		transaction.oncomplete = () => resolve("done");
		transaction.onabort = () => reject(transaction.error);
	});
}

function read(world, db, key) {
	const request = db.transaction("s").objectStore("s").get(key);
	return world.finish(new Promise((resolve) => { request.onsuccess = () => resolve(request.result); }));
}

test("a tab killed at any step has written all of a transaction or nothing, and hears nothing more", async () => {
	const ends = new Set();
	for (let steps = 1; steps < 25; steps++) {
		const { world: w, device } = world();
		const tab = device.open(bare), db = await openStore(w, tab);
		let heard;
		tab.fuse = steps;
		put(db, { a: 1, b: 2 }).then((what) => { heard = what; }, (what) => { heard = what; });
		await w.run(10);
		tab.kill();
		const next = await openStore(w, device.open(bare));
		const [a, b] = [await read(w, next, "a"), await read(w, next, "b")];
		assert.ok((a === 1 && b === 2) || (a === undefined && b === undefined),
			`${a} and ${b} after ${steps} steps`);
		assert.ok(heard === undefined || a === 1, "what was said to be done is there");
		ends.add(a);
		db.transaction("s", "readwrite").objectStore("s")
			.put(9, "a").onsuccess = () => assert.fail("a dead tab writes");
		await w.run(10);
		assert.equal(await read(w, next, "a"), a);
	}
	assert.equal(ends.size, 2, "some were killed before and some after");
});

test("on a full disk a write fails as in a browser", async () => {
	const { world: w, device } = world();
	const db = await openStore(w, device.open(bare));
	device.full = 1;
	await assert.rejects(w.finish(put(db, { a: 1 })), { name: "QuotaExceededError" });
	device.full = 0;
	assert.equal(await read(w, db, "a"), undefined);
	await w.finish(put(db, { a: 1 }));
	assert.equal(await read(w, db, "a"), 1);
});

test("a lock belongs to one tab, and is free when that tab is gone", async () => {
	const { world: w, device } = world();
	const [one, two] = [device.open(bare), device.open(bare)], order = [];
	one.engine.locks.request("l", () => { order.push("one"); return new Promise(() => {}); });
	two.engine.locks.request("l", { ifAvailable: true },
		(lock) => { order.push(lock === null ? "not two" : "two"); });
	two.engine.locks.request("l", () => { order.push("two"); });
	await w.settle();
	assert.deepEqual(order, ["one", "not two"]);
	one.kill();
	await w.settle();
	assert.deepEqual(order, ["one", "not two", "two"]);
});

test("a message reaches the other tabs of its device", async () => {
	const { world: w, device } = world();
	const heard = [], other = w.device({});
	const [a, b, c] = [device.open(bare), device.open(bare), other.open(bare)].map((tab) => {
		const channel = tab.engine.channel("c");
		channel.onmessage = ({ data }) => heard.push(`${tab} ${data.n}`);
		return { tab, channel };
	});
	a.channel.postMessage({ n: 1 });
	await w.settle();
	assert.deepEqual(heard, [`${b.tab} 1`]);
	b.tab.kill();
	a.channel.postMessage({ n: 2 });
	c.channel.postMessage({ n: 3 });
	await w.settle();
	assert.deepEqual(heard.length, 1);
});

test("each fault of the network does what it says", async () => {
	const expected = {
		lost: ["TypeError", 0], unanswered: ["TypeError", 1], twice: [200, 2], truncated: ["cut", 1],
		brokenBefore: ["5xx", 0], brokenAfter: ["5xx", 1],
		busy: [429, 0], portal: ["html", 0], late: [200, 1], hung: ["nothing", 1], well: [200, 1],
	};
	for (const [fate, [outcome, handled]] of Object.entries(expected)) {
		const { world: w, device } = world();
		const tab = device.open(bare);
		w.network.weather = { [fate]: 1 };
		let seen = "nothing";
		tab.engine.fetch("/api/health").then(async (reply) => {
			const isHtml = /html/.test(reply.headers.get("content-type"));
			seen = reply.status >= 500 ? "5xx" : reply.status !== 200 ? reply.status
				: await reply.json().then(() => 200, () => (isHtml ? "html" : "cut"));
		}, (error) => { seen = error.name; });
		await w.run(60_000);
		assert.deepEqual([seen, w.server.requests], [outcome, handled], fate);
	}
});

test("a device without a network reaches nobody, and requests under way are lost", async () => {
	const { world: w, device } = world();
	const tab = device.open(bare), seen = [];
	const ask = () => tab.engine.fetch("/api/health").then(() => seen.push("answer"), () => seen.push("failure"));
	ask();
	await w.run(40);
	device.connect(false);
	await w.run(1_000);
	ask();
	await w.run(1_000);
	device.connect(true);
	ask();
	await w.run(1_000);
	assert.deepEqual(seen, ["failure", "failure", "answer"]);
});

test("a program's clock is off, and goes forward whatever is done to it", async () => {
	const { world: w, device } = world();
	const tab = device.open(bare), seen = [];
	for (const skew of [0, 7_200_000, -3_600_000, 0]) {
		device.wall.skew = skew;
		seen.push(tab.engine.clock.now());
		await w.run(1_000);
	}
	assert.deepEqual(seen.map((at, i) => i === 0 || at > seen[i - 1]), [true, true, true, true]);
	device.wall.skew = -3_600_000;
	assert.equal(device.open(bare).engine.clock.now(), w.clock.now - 3_600_000);
});

test("the same seed gives the same run", async () => {
	const runs = [];
	for (let i = 0; i < 2; i++) {
		const { world: w, device } = world();
		w.network.weather = { lost: 0.2, unanswered: 0.2, late: 0.2 };
		const tab = device.open(bare), seen = [];
		for (let n = 0; n < 30; n++)
			tab.engine.fetch(`/api/health?${n}`)
				.then(() => seen.push(`${n} ${w.clock.now}`), () => seen.push(`${n} lost`));
		crypto.getRandomValues(new Uint8Array(4)).forEach((byte) => seen.push(byte));
		await w.run(60_000);
		runs.push(seen);
	}
	assert.deepEqual(runs[0], runs[1]);
});

// A team of anna (owner) and ben with two cars: `write` makes versions, `notes` says what stands in the live cars.
function garage() {
	const { world: { server, clock } } = world();
	const [anna, ben] = ["anna", "ben"].map((name) => server.addUser({ name }));
	const roles = { [anna.id]: "owner", [ben.id]: "member" };
	const space = server.space(server.addSpace({ name: "s", roles }).id);
	const { collections } = server, more = { now: clock.now, newId: () => server.newId() };
	const opOf = (op) => ({ intent: "push", ...op, op: server.newId(), collection: collections.find("cars") });
	const write = ({ id }, ...ops) =>
		writeOps(collections, space, server.personIn(space, id), ops.map(opOf), more);
	const notes = () => [...backupOf(space).values()].map(({ id, values }) => `${id} ${values.notes}`).sort();

	write(anna, { id: "1", base: 0, set: { notes: "a" } }, { id: "2", base: 0, set: { notes: "b" } });
	return {
		anna, ben, space, write, notes,
		bring: (backup, how) => bringBack(collections, space, server.personIn(space, anna.id), backup,
			{ ...how, ...more }),
		undo: (span) => write(anna, ...undoOps(collections, space, span)),
	};
}

test("a restored backup brings back what is missing, and overwrites or deletes only where it is asked to", () => {
	for (const [how, wanted] of [
		[{ mode: "merge", changed: "keep" }, ["1 later", "2 b", "3 new"]],
		[{ mode: "merge", changed: "restore" }, ["1 a", "2 b", "3 new"]],
		[{ mode: "replace" }, ["1 a", "2 b"]],
	]) {
		const { anna, ben, space, write, notes, bring } = garage(), backup = backupOf(space);
		write(ben, { id: "1", base: 1, set: { notes: "later" } }, { id: "3", base: 0, set: { notes: "new" } });
		write(anna, { id: "2", base: 1 });
		bring(backup, how);
		assert.deepEqual(notes(), wanted, how.mode);
		assert.deepEqual(bring(backup, how), [], "once more it writes nothing");
	}
});

test("an undone span leaves what others did since, and brings back what it deleted", () => {
	const { anna, ben, space, write, notes, undo } = garage(), from = space.seq;
	write(ben, { id: "1", base: 1, set: { notes: "ben", location: "100" } },
		{ id: "3", base: 0, set: { notes: "c" } });
	write(anna, { id: "2", base: 1 });
	write(anna, { id: "1", base: 2, set: { notes: "anna" } });
	undo({ from, by: ben.id });
	assert.deepEqual(notes(), ["1 anna"]);
	assert.equal(space.records.get("cars/1").versions.at(-1).values.location, "Yard");
	undo({ from, by: undefined });
	assert.deepEqual(notes(), ["1 a", "2 b"]);
});
