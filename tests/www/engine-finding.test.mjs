// Looking into a space that is not open: what is found, with and without IDBKeyRange, and who hears of writes.
import assert from "node:assert/strict";
import test from "node:test";
import { anna, begin, reopen } from "./engine-aid.mjs";

// Anna's space s1 is open; s2 and s3 are hers too, with some cars in s2.
function world() {
	return begin({
		prepare(server) {
			server.space("s2", "member", "team");
			server.space("s3", "member", "team");
			server.user(anna, "s1", "s2", "s3");
			server.write("s2", "cars", "1", { notes: "Left mirror" });
			server.write("s2", "cars", "2", { late: true });
			server.write("s2", "trips", "1", { note: "late" });
			server.write("s3", "cars", "1", { late: true });
		},
	});
}

const idsOf = (rows) => rows.map(({ id }) => id).sort();

test("a space that is not open is asked for the rows of one collection, with their defaults", async () => {
	const { engine, sync, finish } = await world();
	await sync();
	const find = (space, test) => finish(engine.find(space, "cars", test));
	assert.deepEqual(idsOf(await find("s2", () => true)), ["1", "2"]);
	assert.deepEqual(idsOf(await find("s2", (row) => row.late)), ["2"]);
	assert.equal((await find("s2", (row) => row.id === "1"))[0].location, "Yard");
	assert.deepEqual(idsOf(await find("s3", () => true)), ["1"]);
	assert.deepEqual(await find("s4", () => true), []);
});

test("so it is where the database comes without IDBKeyRange", async () => {
	const { engine, sync, finish } = await world(), range = globalThis.IDBKeyRange;
	await sync();
	try {
		globalThis.IDBKeyRange = undefined;
		assert.deepEqual(idsOf(await finish(engine.find("s2", "cars", () => true))), ["1", "2"]);
	} finally {
		globalThis.IDBKeyRange = range;
	}
});

test("what waits to be sent is part of what is found, without a network and after a reload", async () => {
	const before = await world();
	await before.sync();
	const other = await before.finish(before.engine.open("s2"));
	before.server.down = true;
	await before.finish(other.set("cars", "1", { late: true }));
	await before.finish(other.create("cars", { notes: "New" }, { id: "3" }));
	await before.finish(other.remove("cars", "2"));
	const again = await reopen(before);
	const found = await again.finish(again.engine.find("s2", "cars", () => true));
	assert.deepEqual(found.map(({ id, late, notes }) => [id, late, notes ?? null]).sort(),
		[["1", true, "Left mirror"], ["3", false, "New"]]);
});

test("who watches hears which collections of which space were written to, until they stop", async () => {
	const { engine, server, sync, space, finish } = await world(), heard = [];
	await sync();
	const stop = engine.watch((id, collections) => heard.push(`${id} ${collections.join()}`));
	await finish(space.create("cars", {}, { id: "9" }));
	assert.ok(heard.includes("s1 cars"), heard.join("; "));
	server.write("s2", "trips", "2", { note: "x" });
	await sync();
	assert.ok(heard.includes("s2 trips"), heard.join("; "));
	stop();
	heard.length = 0;
	await finish(space.create("cars", {}, { id: "10" }));
	assert.deepEqual(heard, []);
});
