// Mending a damaged database while other tabs are open, or while the page is closed in the middle of it; and a database
// that the browser has lost: what was lost is said.
import { test } from "node:test";
import assert from "node:assert/strict";
import { anna, begin, createChannels, createDevice, createLocks, finish, reopen } from "./engine-aid.mjs";

const NAME = `daybook.${anna.id}`;

// What a browser keeps outside of IndexedDB.
function createOutside() {
	const held = new Map();
	return {
		get: (key) => held.get(key) ?? null,
		put: (key, value) => (value === null ? held.delete(key) : held.set(key, value)),
		keys: () => [...held.keys()],
	};
}

// The database as another program would change it.
function changed(factory, work, version) {
	return new Promise((resolve, reject) => {
		const request = factory.open(NAME, version);
		request.onerror = () => reject(request.error);
		request.onupgradeneeded = () => work(request.result, request.transaction);
		request.onsuccess = () => {
			if (version !== undefined) {
				request.result.close();
				return resolve();
			}
			const transaction = request.result.transaction(["rows", "ops"], "readwrite");
			work(request.result, transaction);
			transaction.oncomplete = () => {
				request.result.close();
				resolve();
			};
		};
	});
}

const spoilRow = (factory) => changed(factory, (_, transaction) =>
	transaction.objectStore("rows").put({ space: "s1", collection: "cars", id: "8", version: 1, record: null }));
const dropStore = (factory, name) => changed(factory, (database) => database.deleteObjectStore(name), 99);

const cars = (space) => space.all("cars").map(({ id, notes }) => `${id} ${notes}`).sort().join();

function prepare(server) {
	server.write("s1", "cars", "7", { notes: "a" });
	server.write("s1", "cars", "8", { notes: "b" });
}

// Tabs of one browser: the same IndexedDB, locks and channel.
async function withTabs(shared) {
	const world = await begin({ prepare, options: shared });
	const open = async () => {
		const device = createDevice({ clock: world.clock, server: world.server, ...shared });
		await world.finish(device.engine.start());
		return { device, engine: device.engine, space: await world.finish(device.engine.open("s1")) };
	};
	return { ...world, open };
}

for (const [what, more] of [["with locks and a channel", () => ({ channel: createChannels(), locks: createLocks() })],
	["without either", () => ({ channel: null, locks: null })]])
	test(`open tabs wait while another one mends, keep what is typed, and come back, ${what}`, async () => {
		const shared = { indexedDB: new IDBFactory(), ...more() }, world = await withTabs(shared);
		const { server, clock } = world, other = await world.open();
		server.down = true;
		await world.finish(world.space.set("cars", "7", { notes: "typed" }));
		await spoilRow(shared.indexedDB);
		// What a tab shows is nothing that looks deleted: all, or a space that is not loaded yet.
		const bad = [], tabs = [world.space, other.space];
		for (const [i, space] of tabs.entries())
			space.subscribe(() => {
				if (space.status.loaded && space.all("cars").length < 2)
					bad.push(`tab ${i}: ${cars(space)}`);
			});
		const mending = world.open();
		const writing = (async () => {
			for (let i = 0; i < 20; i += 1)
				await finish(clock, other.space.create("trips", { note: `trip ${i}` }));
		})();
		const third = await mending;
		await writing;
		await clock.run(60_000);
		assert.equal(third.engine.notes.get("mended").kept >= 1, true);
		server.down = false;
		await clock.run(120_000);
		for (const space of [...tabs, third.space])
			assert.deepEqual([cars(space), space.all("trips").length, space.status.waiting],
				["7 typed,8 b", 20, 0]);
		const { records } = server.spaces.get("s1");
		assert.equal(records.get("cars/7").fields.notes, "typed");
		assert.equal([...records.keys()].filter((key) => key.startsWith("trips/")).length, 20);
		assert.deepEqual(bad, []);
		await world.finish(other.space.set("cars", "8", { notes: "later" }));
		await clock.run(60_000);
		for (const space of [...tabs, third.space])
			assert.equal(space.get("cars", "8").notes, "later", "all are open again");
		for (const { engine } of [world, other, third])
			await finish(clock, engine.stop());
	});

test("two tabs that find the damage at once mend it once", async () => {
	const shared = { indexedDB: new IDBFactory(), channel: createChannels(), locks: createLocks() };
	const world = await withTabs(shared), other = await world.open();
	await spoilRow(shared.indexedDB);
	const real = shared.indexedDB.deleteDatabase;
	let deleted = 0;
	shared.indexedDB.deleteDatabase = function deleteDatabase(...args) {
		deleted += 1;
		return real.apply(this, args);
	};
	const [one, two] = await Promise.all([world.open(), world.open()]);
	await world.clock.run(60_000);
	assert.equal(deleted, 1);
	for (const space of [world.space, other.space, one.space, two.space])
		assert.equal(cars(space), "7 a,8 b");
});

test("a page that is closed between reading and writing loses nothing", async () => {
	const world = await begin({ prepare });
	world.server.down = true;
	await world.finish(world.space.set("cars", "7", { notes: "typed" }));
	await world.finish(world.engine.stop());
	await dropStore(world.factory, "rows");
	const { deleteDatabase } = world.factory;
	world.factory.deleteDatabase = (name) => {
		const request = deleteDatabase.call(world.factory, name);
		request.onsuccess = () => {};
		world.factory.open = () => ({}); // the page is closed: nothing comes back any more
		return request;
	};
	const { open } = world.factory;
	const dead = createDevice({ clock: world.clock, server: world.server, indexedDB: world.factory });
	await finish(world.clock, dead.engine.start(), 2000).catch(() => {});
	Object.assign(world.factory, { deleteDatabase, open });
	const again = await reopen(world);
	assert.deepEqual(again.space.ops.map(({ set }) => set), [{ notes: "typed" }]);
	assert.equal(again.engine.notes.get("mended").kept, 1);
	again.server.down = false;
	await again.clock.run(60_000);
	assert.deepEqual([cars(again.space), again.space.status.waiting], ["7 typed,8 b", 0]);
	await again.finish(again.engine.stop());
	const after = await reopen(again);
	assert.deepEqual([cars(after.space), after.space.ops.length], ["7 typed,8 b", 0]);
	await after.finish(after.engine.stop());
});

test("an outbox that cannot be read is said to be lost, with how much was in it", async () => {
	const outside = createOutside(), world = await begin({ prepare, options: { outside } });
	world.server.down = true;
	await world.finish(world.space.set("cars", "7", { notes: "typed" }));
	await world.finish(world.space.create("trips", { note: "x" }));
	await world.finish(world.engine.stop());
	await dropStore(world.factory, "ops");
	const again = await reopen(world, { outside });
	const { kept, lost } = again.engine.notes.get("mended");
	assert.deepEqual([kept, lost], [0, 2]);
	again.server.down = false;
	await again.sync();
	assert.equal(cars(again.space), "7 a,8 b");
	await again.finish(again.engine.stop());
});

test("the browser has deleted everything: the door says so with what was lost, and after signing in it is there again",
	async () => {
		const outside = createOutside(), world = await begin({ prepare, options: { outside } });
		world.server.down = true;
		await world.finish(world.space.set("cars", "7", { notes: "typed" }));
		await world.finish(world.engine.stop());
		world.server.down = false;
		const { engine } = createDevice({ clock: world.clock, server: world.server, outside });
		await world.finish(engine.start());
		assert.equal(engine.session.status, "out");
		assert.match(engine.session.notice, /cleared .* 1 change that was not sent yet is lost\.$/);
		await world.finish(engine.signIn({ email: anna.email, password: "x" }));
		const space = await world.finish(engine.open("s1"));
		await world.finish(space.sync());
		assert.equal(cars(space), "7 a,8 b");
		const { lost, cleared } = engine.notes.get("mended");
		assert.deepEqual([lost, cleared], [1, true]);
		await world.finish(engine.signOut());
		assert.deepEqual(outside.keys(), []);
		await world.finish(engine.stop());
	});

test("what is sent is not counted as lost, and a new device is not told of anything", async () => {
	const outside = createOutside(), world = await begin({ prepare, options: { outside } });
	await world.finish(world.space.set("cars", "7", { notes: "typed" }));
	await world.sync();
	await world.finish(world.engine.stop());
	const { engine } = createDevice({ clock: world.clock, server: world.server, outside });
	await world.finish(engine.start());
	assert.match(engine.session.notice, /load it again\.$/);
	const fresh = createDevice({ clock: world.clock, server: world.server, outside: createOutside() });
	await world.finish(fresh.engine.start());
	assert.equal(fresh.engine.session.notice, null);
});

test("a database that the browser has set back is noticed by the ops that it lacks", async () => {
	const outside = createOutside(), world = await begin({ prepare, options: { outside } });
	world.server.down = true;
	await world.finish(world.space.set("cars", "7", { notes: "typed" }));
	await world.finish(world.engine.stop());
	await changed(world.factory, (_, transaction) => transaction.objectStore("ops").clear());
	const again = await reopen(world, { outside });
	const { lost, shortened } = again.engine.notes.get("mended");
	assert.deepEqual([lost, shortened], [1, true]);
	await again.finish(again.engine.stop());
});

test("storage that cannot be opened any more: the door says the last way out and what it costs, then it is as new",
	async () => {
		const outside = createOutside(), world = await begin({ prepare, options: { outside } });
		world.server.down = true;
		await world.finish(world.space.set("cars", "7", { notes: "typed" }));
		await world.finish(world.engine.stop());
		world.server.down = false;
		const refused = new DOMException("Internal error opening backing store.", "UnknownError");
		const broken = {
			open() {
				const request = { error: refused };
				queueMicrotask(() => request.onerror());
				return request;
			},
		};
		const { engine } = createDevice({
			clock: world.clock, server: world.server, outside, indexedDB: broken,
		});
		await world.finish(engine.start());
		assert.equal(engine.session.status, "out");
		assert.match(engine.session.notice,
			/open it again\. If that .* clear the data .* 1 change that was not sent yet is lost then\.$/);
		await assert.rejects(world.finish(engine.signIn({ email: anna.email, password: "x" })),
			{ name: "StorageError", reason: "broken" });
		await world.finish(engine.stop());
		const after = createDevice({ clock: world.clock, server: world.server, outside: createOutside() });
		await world.finish(after.engine.start());
		assert.equal(after.engine.session.notice, null);
		await world.finish(after.engine.stop());
	});
