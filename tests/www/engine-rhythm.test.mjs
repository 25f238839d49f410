// When the engine polls, sends and waits; a full disk, no storage, a database that is taken away; files and uploads;
// notes; requests of the app.
import { test } from "node:test";
import assert from "node:assert/strict";
import { IDBFactory } from "fake-indexeddb";
import { anna, begin, createClock, createDevice, createServer, finish, reopen } from "./engine-aid.mjs";
import { createDatabase } from "../../www/engine/database.js";
import { chooseBatch } from "../../www/engine/leaving.js";
import { StorageError } from "../../www/engine/storage-error.js";

const asked = (world, from = 0) => world.server.log.slice(from).length;

async function during(world, ms) {
	const before = world.server.log.length;
	await world.clock.run(ms);
	return asked(world, before);
}

test("polls: every 5 s while visible, every 30 s when hidden, fewer after long, one when visible again", async () => {
	const world = await begin();
	assert.equal(await during(world, 60_000), 12);
	world.device.look(false);
	await during(world, 30_000);
	assert.equal(await during(world, 120_000), 4);
	await world.clock.run(900_000);
	assert.equal(await during(world, 240_000), 2);
	world.device.look(true);
	assert.equal(await during(world, 10), 1);
	await world.clock.run(900_000);
	assert.equal(await during(world, 60_000), 4);
	world.device.connect(true);
	assert.equal(await during(world, 10), 1);
});

test("a write is sent at once, and fetches what others wrote", async () => {
	const world = await begin();
	world.server.write("s1", "cars", "7", { notes: "theirs" });
	await world.finish(world.space.create("trips", { note: "mine" }));
	await world.clock.run(20);
	assert.equal(world.space.ops.length, 0);
	assert.equal(world.space.get("cars", "7").notes, "theirs");
});

test("a failing server is asked less often, by each client at another moment; Retry-After is kept", async () => {
	const world = await begin();
	world.server.answer = () => world.server.refusal(500);
	const times = [];
	world.server.after = (call, answer) => {
		times.push(world.clock.at);
		return answer;
	};
	await world.clock.run(600_000);
	const pauses = times.slice(1).map((time, i) => time - times[i]);
	assert.ok(pauses.slice(1, 4).every((pause, i) => pause > pauses[i] * 1.1), JSON.stringify(pauses));
	assert.ok(pauses.every((pause) => pause <= 75_000), JSON.stringify(pauses));
	assert.ok(new Set(pauses.slice(-4)).size > 1, "the pauses are spread");
	assert.deepEqual([world.space.status.trouble, world.space.status.failedAt <= world.clock.at - 590_000],
		["server", true]);
	// The pauses are random: a write that came right after one would wait a moment.
	for (let requests = 1; requests > 0;)
		requests = await during(world, 4_000);
	const writing = world.space.create("trips", { note: "t" });
	assert.equal(await during(world, 100), 1, "a write asks at once");
	await writing;
	for (let n = 0; n < 20; n += 1) {
		world.space.create("trips", { note: `t${n}` });
		await world.clock.run(100);
	}
	assert.equal(await during(world, 500), 0, "but not each of them");
	assert.ok(await during(world, 8_000) >= 1, "while something waits, the server is asked again soon");

	world.server.answer = () => ({ ...world.server.refusal(503), headers: { "retry-after": "120" } });
	for (const before = world.server.log.length; asked(world, before) === 0;)
		await world.clock.run(1000);
	world.device.look(true);
	assert.equal(await during(world, 115_000), 0);
	assert.equal(world.space.status.trouble, "restoring");
	world.server.answer = () => undefined;
	await world.clock.run(200_000);
	assert.deepEqual([
		world.space.status.trouble, world.space.status.failedAt, world.space.ops.length,
	], [null, null, 0]);
});

test("an offline device does not poll unless a person asks; a new network is used at once", async () => {
	const world = await begin();
	world.device.connect(false);
	world.server.down = true;
	await world.clock.run(1000);
	const op = await world.finish(world.space.create("trips", { note: "a" }));
	assert.equal(await during(world, 30_000), 0);
	assert.deepEqual([world.space.status.trouble, op.state, world.space.ops[0].state],
		["offline", "waiting", "waiting"]);
	const before = world.server.log.length;
	await world.sync();
	assert.equal(asked(world, before), 1);
	world.server.down = false;
	world.device.connect(true);
	await world.clock.run(100);
	assert.deepEqual([world.space.status.trouble, world.space.ops.length], [null, 0]);
});

test("when the server comes back, waiting ops are sent without an online event", async () => {
	const world = await begin();
	world.server.down = true;
	await world.finish(world.space.create("trips", { note: "a" }));
	await world.clock.run(300_000);
	assert.equal(world.space.status.trouble, "server");
	world.server.down = false;
	await world.clock.run(80_000);
	assert.equal(world.space.ops.length, 0);
});

test("the order follows the server only: clocks that are set change nothing", async () => {
	const world = await begin({ prepare: (server) => server.write("s1", "cars", "7", { notes: "a" }) });
	world.clock.skew = -7_200_000;
	await world.finish(world.space.set("cars", "7", { notes: "b" }));
	await world.clock.run(10_000);
	world.clock.skew = 7_200_000;
	await world.finish(world.space.set("cars", "7", { notes: "c" }));
	await world.clock.run(20_000);
	assert.equal(world.server.spaces.get("s1").records.get("cars/7").fields.notes, "c");
	assert.ok(Math.abs(world.engine.now() - world.clock.at) < 2000);
	const again = await reopen(world);
	assert.ok(Math.abs(again.engine.now() - world.clock.at) < 2000, "known after a reload, before any answer");
});

// A link that takes so many bytes of a body in a millisecond.
function slowUplink({ server, clock }, pace) {
	const { fetch } = server;
	return (url, init = {}) => new Promise((resolve, reject) => {
		const bytes = init.body?.byteLength ?? init.body?.length ?? 0;
		const timer = clock.wait(() => fetch(url, init).then(resolve, reject), bytes / pace);
		init.signal?.addEventListener("abort", () => {
			clock.forget(timer);
			reject(new TypeError("aborted"));
		});
	});
}

test("over a slow link a photo gets through in smaller pieces, and holds up nothing written before it", async () => {
	const world = await begin();
	await world.finish(world.engine.stop());
	const next = await reopen(world, { fetch: slowUplink(world, 2) });
	const bytes = new Uint8Array(700_000).map((_, i) => i % 251);
	world.server.down = true;
	await next.finish(next.space.create("cars", { notes: "before" }, { id: "1" }));
	const sha = await next.finish(next.space.addFile(new Blob([bytes], { type: "application/pdf" })));
	await next.finish(next.space.create("cars", { photo: sha }, { id: "2" }));
	world.server.down = false;
	await world.clock.run(10_000);
	assert.deepEqual([...world.server.spaces.get("s1").records.keys()], ["cars/1"]);
	await world.clock.run(30 * 60_000);
	assert.deepEqual(next.space.ops, []);
	assert.deepEqual(world.server.files.get(sha).bytes, [...bytes]);
});

test("over a slow link ops that are large by themselves get through", async () => {
	const world = await begin();
	await world.finish(world.engine.stop());
	const next = await reopen(world, { fetch: slowUplink(world, 1) });
	for (let n = 0; n < 4; n++)
		await next.finish(next.space.create("cars", { notes: "n".repeat(60_000) }, { id: `${n}` }));
	await world.clock.run(20 * 60_000);
	assert.deepEqual([next.space.ops, world.server.spaces.get("s1").records.size], [[], 4]);
});

test("what is written while a page takes long to come is sent meanwhile", async () => {
	const world = await begin();
	let page = null;
	world.server.answer = (call) => (call.path.endsWith("/changes") && page === null
		? new Promise((resolve) => { page = resolve; }) : undefined);
	world.server.write("s1", "cars", "7", { notes: "theirs" });
	await world.clock.run(6_000);
	assert.notEqual(page, null);
	await world.finish(world.space.create("trips", { note: "mine" }));
	await world.clock.run(1_000);
	assert.deepEqual(world.space.ops, []);
	page(undefined);
	await world.clock.run(6_000);
	assert.equal(world.space.get("cars", "7").notes, "theirs");
});

// ---- storage ----

test("without room, a write is refused with a reason and nothing has changed", async () => {
	const world = await begin({ prepare: (server) => server.write("s1", "cars", "7", { notes: "a" }) });
	const real = IDBObjectStore.prototype.put;
	IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
	try {
		const promise = world.space.set("cars", "7", { notes: "b" });
		promise.catch(() => {});
		await assert.rejects(world.finish(promise),
			{ name: "StorageError", reason: "full", message: /no room/ });
	} finally {
		IDBObjectStore.prototype.put = real;
	}
	assert.deepEqual([
		world.space.get("cars", "7").notes, world.space.ops.length, world.space.status.waiting,
	], ["a", 0, 0]);
	const op = await world.finish(world.space.set("cars", "7", { notes: "c" }));
	await world.sync();
	assert.equal(world.server.spaces.get("s1").records.get("cars/7").fields.notes, "c");
	assert.equal(op.was.notes, "a");
});

test("without room, a half-typed form is kept in memory, and the app says so", async () => {
	const world = await begin();
	const { notes } = world.engine, real = IDBObjectStore.prototype.put;
	IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
	try {
		notes.put("draft", "half a");
		await world.clock.run(10);
		assert.deepEqual([notes.get("draft"), notes.isStored("draft")], ["half a", false]);
	} finally {
		IDBObjectStore.prototype.put = real;
	}
	notes.put("draft", "half a sentence");
	await world.clock.run(10);
	assert.equal(notes.isStored("draft"), true);
	assert.equal((await reopen(world)).engine.notes.get("draft"), "half a sentence");
});

test("without storage, starting fails with a reason, and nobody is signed in", async () => {
	const clock = createClock(), server = createServer({ clock });
	server.space("s1");
	server.user(anna, "s1");
	const broken = { open() { throw new DOMException("denied", "SecurityError"); }, deleteDatabase() {} };
	const device = createDevice({ clock, server, indexedDB: broken });
	await finish(clock, device.engine.start());
	assert.deepEqual([
		device.engine.session.status, /keeps no data/.test(device.engine.session.notice),
	], ["out", true]);
	await assert.rejects(finish(clock, device.engine.signIn({ email: anna.email, password: "x" })),
		{ name: "StorageError", reason: "missing" });
	assert.equal(server.log.length, 0);
});

test("a database of a newer version of the app is not touched, and the app says so", async () => {
	const world = await begin();
	await world.finish(world.engine.stop());
	await new Promise((resolve) => {
		const request = world.factory.open(`daybook.${anna.id}`, 99);
		request.onsuccess = () => {
			request.result.close();
			resolve();
		};
	});
	const device = createDevice({ clock: world.clock, server: world.server, indexedDB: world.factory });
	await world.finish(device.engine.start());
	assert.match(device.engine.session.notice, /newer version/);
});

// The database of a person, put back to what the first version of the app made of it.
async function asOfVersion1(factory, name) {
	const asked = (request) => new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error);
	});
	const now = await asked(factory.open(name)), work = now.transaction([...now.objectStoreNames]);
	const names = [...now.objectStoreNames].filter((one) => one !== "kept"); // which came later
	const stores = await Promise.all(names.map(async (store) => [
		store, await asked(work.objectStore(store).getAllKeys()), await asked(work.objectStore(store).getAll()),
	]));
	const plans = names.map((store) => {
		const { keyPath, autoIncrement, indexNames } = work.objectStore(store);
		return { store, keyPath, autoIncrement, indexes: [...indexNames].map((index) => [
			index, work.objectStore(store).index(index).keyPath,
		]).filter(([index]) => store !== "done" || index !== "record") };
	});
	now.close();
	await asked(factory.deleteDatabase(name));
	const request = factory.open(name, 1);
	request.onupgradeneeded = () => {
		for (const { store, keyPath, autoIncrement, indexes } of plans) {
			const made = request.result.createObjectStore(store,
				{ ...(keyPath ? { keyPath } : {}), autoIncrement });
			indexes.forEach(([index, path]) => made.createIndex(index, path));
			const [, keys, values] = stores.find(([one]) => one === store);
			values.forEach((value, at) => made.put(value, ...(keyPath ? [] : [keys[at]])));
		}
	};
	(await asked(request)).close();
}

test("a database of the first version keeps its rows, waiting ops and results", async () => {
	const world = await begin();
	await world.finish(world.space.create("cars", { notes: "a" }, { id: "7" }));
	await world.sync();
	world.server.down = true;
	await world.finish(world.space.create("cars", { notes: "waits" }, { id: "8" }));
	await world.finish(world.engine.stop());
	await asOfVersion1(world.factory, `daybook.${anna.id}`);
	world.server.down = false;
	const next = await reopen(world), seen = { version: 0, fields: { notes: "a" } };
	await finish(world.clock, next.space.set("cars", "7", { notes: "b" }, { seen }));
	await finish(world.clock, next.space.sync());
	assert.deepEqual(next.space.all("cars").map(({ id, version, notes }) => [id, version, notes]).sort(),
		[["7", 2, "b"], ["8", 1, "waits"]]);
	assert.equal(next.space.ops.length, 0);
});

test("when a newer version of the app upgrades the database, this one says so and closes it", async () => {
	const world = await begin();
	await new Promise((resolve) => {
		const request = world.factory.open(`daybook.${anna.id}`, 99);
		request.onsuccess = () => {
			request.result.close();
			resolve();
		};
	});
	assert.match(world.engine.session.notice, /newer version/);
	await assert.rejects(world.finish(world.space.create("trips", { note: "t" })), { name: "StorageError" });
	assert.equal(world.space.all("trips").length, 0);
});

// A database that answers an open in one way alone.
const answering = (how) => ({
	open() {
		const request = {};
		queueMicrotask(() => how(request));
		return request;
	},
	deleteDatabase() {},
});

for (const [what, how, words] of [
	[
		"held open by an older version in another tab", (request) => request.onblocked(),
		/another tab with an older version/,
	],
	["that cannot be read", (request) => { request.error = new DOMException("Internal error opening backing store.",
		"UnknownError"); request.onerror(); }, /cannot be read/],
])
	test(`a database ${what} is reported in words`, async () => {
		const clock = createClock(), server = createServer({ clock });
		const device = createDevice({ clock, server, indexedDB: answering(how) });
		await finish(clock, device.engine.start());
		assert.deepEqual([
			device.engine.session.status, words.test(device.engine.session.notice),
		], ["out", true]);
		assert.equal(device.engine.notes.get("x"), undefined);
	});

test("work in a database that the browser closes ends with an error, though no event comes", async () => {
	const factory = new IDBFactory(), opened = [];
	const database = createDatabase({
		name: "d", version: 1, upgrade: (made) => { made.createObjectStore("s"); },
		factory: { open: (...args) => {
			const request = factory.open(...args);
			request.addEventListener("success", () => opened.push(request.result));
			return request;
		} },
	});
	await database.write(["s"], (work) => work.put("s", "a", 1));
	opened[0].transaction = () => ({ db: opened[0], objectStore: () => ({ get: () => ({}) }), abort() {} });
	const silent = database.read(["s"], (work) => work.get("s", 1));
	await new Promise((resolve) => { setImmediate(resolve); });
	opened[0].onclose();
	await assert.rejects(silent, StorageError);
	assert.equal(await database.read(["s"], (work) => work.get("s", 1)), "a");
	assert.equal(opened.length, 2);
	database.close();
});

test("a database that the browser closed is opened again", async () => {
	const world = await begin();
	const real = IDBDatabase.prototype.transaction;
	let left = 1;
	IDBDatabase.prototype.transaction = function transaction(...args) {
		if (this.name.includes(anna.id) && (left -= 1) >= 0)
			throw new DOMException("The database connection is closing.", "InvalidStateError");
		return real.apply(this, args);
	};
	try {
		await world.finish(world.space.create("trips", { note: "t" }));
	} finally {
		IDBDatabase.prototype.transaction = real;
	}
	assert.equal(world.space.all("trips").length, 1);
});

test("the browser is asked for persistent storage, and the result is reported", async () => {
	let times = 0;
	const world = await begin({ options: {
		storage: { persisted: async () => false, persist: async () => { times += 1; return true; } },
	} });
	await world.clock.run(100);
	assert.deepEqual([times, world.space.status.persisted], [1, true]);
});

test("a browser that would ask the person is not asked at every start, nor once storage is persistent", async () => {
	let times = 0, keeps = false;
	const storage = { persisted: async () => keeps, persist: async () => { times += 1; return false; } };
	let world = await begin({ options: { storage } });
	const startAgain = async (days) => {
		await world.engine.stop();
		await world.clock.run(days * 86_400_000);
		world = await reopen(world, { storage });
		await world.clock.run(100);
	};
	await startAgain(1);
	assert.equal(times, 1);
	await startAgain(7);
	assert.equal(times, 2);
	keeps = true;
	await startAgain(8);
	assert.equal(times, 2);
});

// ---- files ----

test("a file is sent before the op that names it, under its hash, and can be shown meanwhile", async () => {
	const world = await begin();
	world.server.down = true;
	const sha = await world.finish(world.space.addFile(new Blob(["photo"], { type: "image/png" })));
	await world.finish(world.space.create("cars", { photo: sha }, { id: "7" }));
	assert.equal(await (await world.finish(world.space.file(sha))).text(), "photo");
	world.server.down = false;
	const again = await reopen(world);
	await again.sync();
	const order = again.server.log.filter((call) => call.answer &&
		(call.method === "PUT" || call.path.endsWith("/push"))).map((call) => call.method + " " + call.path);
	assert.deepEqual(order, [`PUT /spaces/s1/files/${sha}`, "POST /spaces/s1/sync/push"]);
	assert.equal(Buffer.from(again.server.files.get(sha).bytes).toString(), "photo");
	assert.deepEqual([again.space.ops.length, (await again.finish(again.space.file(sha))).type], [0, "image/png"]);
});

test("a large file is sent in pieces, and continues after an interruption or a closed page", async () => {
	const world = await begin();
	const bytes = new Uint8Array(2_500_000).map((_, i) => i % 251);
	const sha = await world.finish(world.space.addFile(new Blob([bytes])));
	let pieces = 0;
	world.server.after = (call, answer) => (call.method === "PUT" && (pieces += 1) === 2 ? null : answer);
	await world.finish(world.space.create("cars", { photo: sha }, { id: "7" }));
	await world.sync();
	assert.equal(world.space.ops.length, 1);
	world.server.after = (call, answer) => answer;
	const again = await reopen(world);
	await again.sync();
	const ranges = again.server.calls("PUT ").map((call) => call.headers["content-range"]);
	assert.equal(ranges.filter((range) => range.startsWith("bytes 0-")).length, 1);
	assert.deepEqual(Buffer.from(again.server.files.get(sha).bytes), Buffer.from(bytes));
	assert.equal(again.space.ops.length, 0);
});

test("an upload that the server has deleted starts again", async () => {
	const world = await begin();
	const sha = await world.finish(world.space.addFile(new Blob([new Uint8Array(2_500_000)])));
	let pieces = 0;
	world.server.after = (call, answer) => (call.method === "PUT" && (pieces += 1) === 2 ? null : answer);
	await world.finish(world.space.create("cars", { photo: sha }, { id: "7" }));
	await world.sync();
	world.server.files.clear();
	world.server.after = (call, answer) => answer;
	await world.sync();
	assert.deepEqual([world.server.files.get(sha).bytes.length, world.space.ops.length], [2_500_000, 0]);
});

test("an op waits for a file that was added while others are being sent", async () => {
	const world = await begin();
	let making = null;
	await world.finish(world.space.create("trips", { note: "first" }));
	world.server.after = (call, answer) => {
		if (call.path.endsWith("/push") && !making)
			making = world.space.addFile(new Blob(["late"]))
				.then((photo) => world.space.create("cars", { photo }, { id: "7" }));
		return answer;
	};
	await world.sync();
	await world.finish(making);
	await world.sync();
	const order = world.server.log.filter((call) => call.method === "PUT" ||
		call.body?.ops?.some((op) => op.id === "7")).map((call) => call.method);
	assert.deepEqual(order, ["PUT", "POST"]);
});

test("after a restore, files are sent again with the ops that name them", async () => {
	const world = await begin({ prepare: (server) => server.write("s1", "trips", "t", { note: "a" }) });
	const s = world.server.spaces.get("s1");
	const snapshot = structuredClone({ records: s.records, ops: s.ops, seq: s.seq });
	const photo = await world.finish(world.space.addFile(new Blob(["photo"])));
	await world.finish(world.space.create("cars", { photo }, { id: "7" }));
	await world.sync();
	world.server.files.clear();
	Object.assign(s, snapshot, { epoch: "e2", cuts: new Map([["e1", 1]]) });
	await world.sync();
	await world.sync();
	assert.deepEqual([s.records.get("cars/7").fields.photo, world.server.files.has(photo)], [photo, true]);
});

const filesOn = (world) => new Promise((resolve, reject) => {
	const request = world.factory.open(`daybook.${anna.id}`);
	request.onerror = () => reject(request.error);
	request.onsuccess = () => {
		const work = request.result.transaction(["files", "bytes"]);
		const files = work.objectStore("files").getAll();
		const bytes = work.objectStore("bytes").getAllKeys();
		work.oncomplete = () => {
			request.result.close();
			resolve([
				files.result.map(({ sha256 }) => sha256).sort(),
				bytes.result.map(([, sha256]) => sha256).sort(),
			]);
		};
	};
});

test("a photo without an op is deleted after a week; a waiting one never, a sent one if room is needed", async () => {
	const world = await begin();
	const sent = await world.finish(world.space.addFile(new Blob(["sent"])));
	await world.finish(world.space.create("cars", { photo: sent }, { id: "7" }));
	await world.sync();
	world.server.down = true;
	const waits = await world.finish(world.space.addFile(new Blob(["waits"])));
	const left = await world.finish(world.space.addFile(new Blob(["left"])));
	await world.finish(world.space.create("cars", { photo: waits }, { id: "8" }));
	await world.finish(world.engine.stop());
	world.clock.at += 7 * 86_400_000 - 60_000;
	const sooner = await reopen(world);
	await sooner.clock.run(100);
	assert.deepEqual((await filesOn(world))[0], [sent, waits, left].sort());
	await finish(world.clock, sooner.engine.stop());
	world.clock.at += 120_000;
	const later = await reopen(world);
	await later.clock.run(100);
	assert.deepEqual(await filesOn(world), [[sent, waits].sort(), [sent, waits].sort()]);
});

test("a photo is fetched once when it is shown, and is there offline then", async () => {
	const world = await begin();
	world.server.answer = (call) => (call.method === "GET" && call.path.endsWith("/files/abc")
		? { status: 200, body: "photo" } : undefined);
	assert.equal(await (await world.finish(world.space.file("abc"))).text(), '"photo"');
	world.server.down = true;
	assert.equal(await (await world.finish(world.space.file("abc"))).text(), '"photo"');
	assert.equal(world.server.calls("GET /spaces/s1/files/abc").length, 1);
});

test("a file that is refused fails the op that names it and no other", async () => {
	const world = await begin();
	const sha = await world.finish(world.space.addFile(new Blob(["virus"])));
	world.server.answer = (call) => (call.method === "PUT" ? world.server.refusal(415) : undefined);
	await world.finish(world.space.create("cars", { photo: sha }, { id: "7" }));
	await world.finish(world.space.create("trips", { note: "t" }));
	await world.sync();
	assert.deepEqual(world.space.ops.map((op) => [op.state, op.collection, op.problem.status]),
		[["rejected", "cars", 415]]);
	assert.equal(world.server.spaces.get("s1").records.size, 1);
});

// ---- the rest ----

test("notes survive a reload, are copies, and never leave the device", async () => {
	const world = await begin();
	const draft = { text: "half" };
	world.engine.notes.put("form/cars/7", draft);
	draft.text = "changed by its owner";
	world.engine.notes.put("form/trips", 1);
	world.engine.notes.put("sort", "name");
	world.engine.notes.drop("form/trips");
	assert.deepEqual([world.engine.notes.get("form/cars/7"), world.engine.notes.keys("form/")],
		[{ text: "half" }, ["form/cars/7"]]);
	await world.clock.run(100);
	const again = await reopen(world);
	assert.deepEqual([
		again.engine.notes.get("form/cars/7"), again.engine.notes.get("sort"),
		again.engine.notes.get("form/trips"),
	], [{ text: "half" }, "name", undefined]);
	assert.ok(!JSON.stringify(world.server.log.map((call) => call.body)).includes("half"));
});

test("a failing listener breaks nothing, and is reported", async () => {
	const world = await begin();
	const errors = [], real = globalThis.reportError;
	globalThis.reportError = (error) => errors.push(error.message);
	world.space.subscribe(() => { throw new Error("a view fails"); });
	await world.finish(world.space.create("trips", { note: "t" }));
	await world.sync();
	globalThis.reportError = real;
	assert.equal(world.space.ops.length, 0);
	assert.ok(errors.includes("a view fails"));
});

test("requests of the space and of the person carry the token, the device and a key", async () => {
	const world = await begin();
	world.server.answer = (call) =>
		(call.path.endsWith("/shifts/start") ? { status: 201, body: { shift: { id: "x" } } } : undefined);
	const { status, data } = await world.finish(world.space.request("POST", "/shifts/start", {
		body: { note: "n" }, key: "k1",
	}));
	assert.deepEqual([status, data.shift.id], [201, "x"]);
	const call = world.server.log.at(-1);
	assert.deepEqual([
		call.path, call.headers["idempotency-key"], call.headers["x-device-id"],
		call.headers.authorization.startsWith("Bearer "),
	], ["/spaces/s1/shifts/start", "k1", world.engine.device.id, true]);
	await assert.rejects(world.finish(world.space.request("GET", "/nothing")), { name: "ApiError", status: 404 });
	assert.deepEqual([world.server.calls("/nothing").length, world.server.calls("/auth/refresh").length], [1, 0],
		"it is no reason for another token, nor to ask again");
	world.server.down = true;
	await assert.rejects(world.finish(world.engine.requestOpen("GET", "/health")), { status: 0, isPassing: true });
});

test("a response of a captive portal counts as a network failure", async () => {
	const world = await begin();
	const fetch = async () => new Response("<!doctype html>",
		{ status: 200, headers: { "Content-Type": "text/html" } });
	const device = createDevice({ clock: world.clock, server: { fetch }, indexedDB: new IDBFactory() });
	await world.finish(device.engine.start());
	await assert.rejects(world.finish(device.engine.signIn({ email: "a", password: "b" })), { status: 0 });
	assert.equal(device.engine.session.status, "out");
});

test("a batch is the beginning of the queue, in order: it ends before a record occurs a second time", () => {
	const op = (n, record, state = "waiting") => ({
		n, id: `o${n}`, collection: "cars", record, kind: "set", set: { notes: "x" }, was: {}, base: 1, state,
		at: "", parts: [],
	});
	const ids = (ops, ready = () => true) => chooseBatch(ops, ready).map((one) => one.n);
	assert.deepEqual(ids([op(1, "a"), op(2, "b"), op(3, "a"), op(4, "c")]), [1, 2]);
	assert.deepEqual(ids([op(1, "a", "conflict"), op(2, "b", "sent"), op(3, "a"), op(4, "c")]), [2, 3, 4]);
	assert.deepEqual(ids([op(1, "a"), op(2, "b"), op(3, "c")], (one) => one.n !== 2), [1]);
});
