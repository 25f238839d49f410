// A large change of the server, such as a restore, comes in many pages.  Every tab shows what was before it or what is
// after it, whatever happens between two pages.
import { test } from "node:test";
import assert from "node:assert/strict";
import { anna, begin, createChannels, createDevice, createLocks, finish, reopen } from "./engine-aid.mjs";

const CARS = 30;

const each = (server, notes) => {
	for (let i = 0; i < CARS; i += 1)
		server.write("s1", "cars", `c${i}`, { notes });
};

const notesIn = (space) => [...new Set(space.all("cars").map(({ notes }) => notes))].sort().join();
const pulls = (world) => world.server.calls("/sync/changes");

// All cars say "old" here; at the server all say "new", in six pages.
async function beforeChange(more) {
	const world = await begin({ prepare: (server) => each(server, "old"), ...more });
	world.server.page = 5;
	each(world.server, "new");
	return world;
}

// The link breaks when the page after the first two is asked for.
function breakAfterTwo(world) {
	let asked = 0;
	world.server.after = (call, answer) =>
		(call.path.endsWith("/changes") && (asked += 1) > 2 ? null : answer);
}

const heal = (world) => { world.server.after = (call, answer) => answer; };

test("two tabs show a large change at one moment, and say meanwhile how much has come", async () => {
	const indexedDB = new IDBFactory(), channel = createChannels(), locks = createLocks();
	const world = await beforeChange({ options: { indexedDB, channel, locks } });
	const second = createDevice({ clock: world.clock, server: world.server, indexedDB, channel, locks });
	await world.finish(second.engine.start());
	const other = await world.finish(second.engine.open("s1"));
	const seen = new Set(), counts = new Set();
	for (const space of [world.space, other])
		space.subscribe(() => {
			seen.add(notesIn(space));
			counts.add(space.status.loading);
		});
	await world.sync();
	await world.clock.run(1000);
	assert.deepEqual([...seen].sort(), ["new", "old"], "never both");
	assert.deepEqual([...counts].filter((count) => count !== null), [5, 10, 15, 20, 25]);
	assert.deepEqual([world.space, other].map((space) => [notesIn(space), space.status.loading]),
		[["new", null], ["new", null]]);
});

test("a device that is closed between two pages shows the old state, and goes on where it was", async () => {
	const world = await beforeChange();
	breakAfterTwo(world);
	await world.sync();
	assert.equal(notesIn(world.space), "old");
	const again = await reopen(world), before = pulls(again).length;
	assert.deepEqual([notesIn(again.space), again.space.status.loading], ["old", 10]);
	await again.clock.run(10_000);
	assert.deepEqual([notesIn(again.space), again.space.status.loading], ["old", 10], "the link is still broken");
	heal(again);
	await again.sync();
	assert.equal(notesIn(again.space), "new");
	const asked = pulls(again).slice(before).map((call) => call.query.get("since").split(".").at(-1));
	assert.ok(!asked.includes(String(CARS)), "no page is fetched again");
});

test("what a person writes between two pages is kept, and sent on what they saw", async () => {
	const world = await beforeChange();
	breakAfterTwo(world);
	await world.sync();
	await world.finish(world.space.set("cars", "c0", { location: "9" }));
	await world.finish(world.space.set("cars", "c29", { notes: "mine" }));
	await world.finish(world.space.remove("cars", "c1"));
	await world.finish(world.space.create("cars", { notes: "made" }, { id: "x" }));
	heal(world);
	await world.clock.run(60_000);
	const held = world.server.spaces.get("s1").records;
	assert.deepEqual([held.get("cars/c0").fields.location, world.space.get("cars", "c0").notes], ["9", "new"]);
	assert.equal(held.get("cars/x").fields.notes, "made");
	const clashes = world.space.ops.map(({ record, state }) => `${record} ${state}`).sort();
	assert.deepEqual(clashes, ["c1 conflict", "c29 conflict"]);
	assert.deepEqual(world.space.opsOf("cars", "c29")[0].set, { notes: "mine" });
});

test("what this device deletes while pages wait does not come back with them", async () => {
	const world = await begin({ prepare: (server) => each(server, "old") });
	world.server.page = 5;
	for (let i = 0; i < 20; i += 1)
		world.server.write("s1", "cars", `c${i}`, { notes: "new" });
	breakAfterTwo(world);
	await world.sync();
	await world.finish(world.space.remove("cars", "c25"));
	await world.clock.run(10_000);
	assert.equal(world.server.spaces.get("s1").records.get("cars/c25").deleted, true);
	heal(world);
	await world.sync();
	assert.equal(world.space.get("cars", "c25"), undefined);
	assert.equal(world.space.all("cars").length, CARS - 1);
});

test("deletions are counted over all pages before anything is asked", async () => {
	const world = await begin({ prepare: (server) => each(server, "old") });
	world.server.page = 5;
	for (let i = 0; i < 12; i += 1)
		world.server.write("s1", "cars", `c${i}`, null);
	await world.sync();
	assert.deepEqual(world.space.status.question, { deletes: 12, of: 30 });
	assert.equal(world.space.all("cars").length, 30);
	await world.finish(world.space.allow());
	assert.equal(world.space.all("cars").length, 18);
});

test("a resync takes the place of pages that wait", async () => {
	const world = await beforeChange();
	breakAfterTwo(world);
	await world.sync();
	heal(world);
	const s = world.server.spaces.get("s1");
	s.view = 2;
	s.records.delete("cars/c0");
	await world.sync();
	assert.deepEqual([notesIn(world.space), world.space.all("cars").length, world.space.status.loading],
		["new", CARS - 1, null]);
});

test("while others write more than a page between any two, changes are shown all the same", async () => {
	const world = await beforeChange();
	let i = 0;
	world.server.after = (call, answer) => {
		if (call.path.endsWith("/changes") && pulls(world).length < 60)
			for (let k = 0; k < 7; k += 1)
				world.server.write("s1", "cars", `c${(i += 1) % CARS}`, { notes: "busy" });
		return answer;
	};
	let shown = 0;
	world.space.subscribe((changes) => { shown += changes.length > 0 && pulls(world).length < 60 ? 1 : 0; });
	await world.sync();
	assert.ok(shown > 0, "before the others have paused");
	assert.equal(notesIn(world.space), "busy");
});

test("one page is one transaction, which does not touch the store where pages wait", async () => {
	const world = await begin({ prepare: (server) => each(server, "old") });
	const { prototype } = IDBDatabase, real = prototype.transaction, touched = [];
	prototype.transaction = function transaction(stores, mode, ...more) {
		if (mode === "readwrite" && this.name.includes(anna.id))
			touched.push([...stores].sort().join());
		return real.call(this, stores, mode, ...more);
	};
	each(world.server, "new");
	await finish(world.clock, world.space.sync()).finally(() => { prototype.transaction = real; });
	assert.equal(notesIn(world.space), "new");
	assert.deepEqual(touched.filter((stores) => stores.includes("rows") && !stores.includes("done")),
		["meta,ops,rows"]);
});
