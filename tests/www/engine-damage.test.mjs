// A damaged IndexedDB: it is noticed, mended and loaded again; what waits is sent, and nothing is shown as deleted.
import { test } from "node:test";
import assert from "node:assert/strict";
import { begin, reopen } from "./engine-aid.mjs";

const NAME = (world) => `daybook.${world.engine.session.user.id}`;

// The database as another program would open it, in a new version if work changes its stores.
function upgraded(factory, name, version, work) {
	return new Promise((resolve, reject) => {
		const request = factory.open(name, version);
		request.onupgradeneeded = () => work(request.result, request.transaction);
		request.onerror = () => reject(request.error);
		request.onblocked = () => reject(new Error("blocked"));
		request.onsuccess = () => {
			request.result.close();
			resolve();
		};
	});
}

function changed(factory, name, store, work) {
	return new Promise((resolve, reject) => {
		const request = factory.open(name);
		request.onerror = () => reject(request.error);
		request.onsuccess = () => {
			const transaction = request.result.transaction([store], "readwrite");
			work(transaction.objectStore(store));
			transaction.oncomplete = () => {
				request.result.close();
				resolve();
			};
			transaction.onabort = () => reject(transaction.error);
		};
	});
}

// One car on the server and this device, and an edit of it that is not sent.
async function withWaiting() {
	const world = await begin({ prepare: (server) => {
		server.write("s1", "cars", "7", { notes: "a" });
		server.write("s1", "cars", "8", { notes: "b" });
	} });
	world.server.down = true;
	await world.finish(world.space.set("cars", "7", { notes: "typed" }));
	return world;
}

async function broken(world, damage) {
	const name = NAME(world);
	await world.finish(world.engine.stop());
	await damage(world.factory, name);
	return reopen(world);
}

async function arrives(world) {
	world.server.down = false;
	await world.sync();
	assert.equal(world.space.get("cars", "7").notes, "typed");
	assert.equal(world.space.get("cars", "8").notes, "b");
	assert.equal(world.server.spaces.get("s1").records.get("cars/7").fields.notes, "typed");
	assert.equal(world.space.status.waiting, 0);
	assert.equal(world.space.status.conflicts, 0);
}

for (const [what, damage] of [
	["the store of records is gone, in a higher version", (factory, name) =>
		upgraded(factory, name, 99, (database) => database.deleteObjectStore("rows"))],
	["an index of the outbox is gone", (factory, name) =>
		upgraded(factory, name, 99, (database, transaction) =>
			transaction.objectStore("ops").deleteIndex("space"))],
	["a record is no record", (factory, name) =>
		changed(factory, name, "rows", (store) => {
			store.put({ space: "s1", collection: "cars", id: "8", version: 1, record: null });
		})],
])
	test(`${what}: what waits is sent, and the records come again`, async () => {
		const world = await withWaiting();
		const again = await broken(world, damage);
		assert.equal(again.space.status.waiting, 1, "the edit is kept");
		const told = again.engine.notes.get("mended");
		assert.equal(told.kept, 1);
		assert.deepEqual(again.space.ops.map(({ set }) => set), [{ notes: "typed" }]);
		await arrives(again);
		await again.finish(again.engine.stop());
		const after = await reopen(again);
		assert.equal(after.space.get("cars", "8").notes, "b");
		await after.finish(after.engine.stop());
	});

test("an op that is none is kept for the person, and the others are sent", async () => {
	const world = await withWaiting();
	const again = await broken(world, async (factory, name) => {
		await changed(factory, name, "ops", (store) => { store.put({ n: 99, set: { notes: "half" } }); });
		await upgraded(factory, name, 50, (database) => database.deleteObjectStore("rows"));
	});
	const told = again.engine.notes.get("mended");
	assert.deepEqual([told.kept, told.left], [1, [{ n: 99, set: { notes: "half" } }]]);
	assert.ok(told.unreadable >= 1);
	await arrives(again);
	await again.finish(again.engine.stop());
});

test("the database of a newer version of the app is left alone", async () => {
	const world = await withWaiting();
	const name = NAME(world);
	await world.finish(world.engine.stop());
	await upgraded(world.factory, name, 9, (database) => database.createObjectStore("more"));
	const again = await reopen(world).catch((error) => error);
	const version = await new Promise((resolve) => {
		const request = world.factory.open(name);
		request.onsuccess = () => {
			resolve([request.result.version, request.result.objectStoreNames.contains("more")]);
			request.result.close();
		};
	});
	assert.deepEqual(version, [9, true]);
	if (!(again instanceof Error))
		await again.finish(again.engine.stop());
});
