// Pages, first loads, resyncs, an operator's restore, much being deleted, and spaces that come and
// go (schema/PROTOCOL.md 4, 5, 6).
import { test } from "node:test";
import assert from "node:assert/strict";
import { anna, begin, createClock, createDevice, createServer, definitions, finish, reopen } from "./engine-aid.mjs";

const states = (space) => space.ops.map((op) => `${op.state} ${op.kind} ${op.collection}/${op.record}`);
const fill = (count) => (server) => {
	for (let i = 0; i < count; i += 1)
		server.write("s1", "cars", `c${i}`, { notes: `n${i}` });
};
const pulls = (world) => world.server.calls("GET /spaces/s1/sync/changes");
const sentOps = (world) => world.server.calls("POST /spaces/s1/sync/push").flatMap((call) => call.body.ops);

test("a first load comes page by page, is counted, and continues after an interruption", async () => {
	const clock = createClock(), server = createServer({ clock });
	server.space("s1");
	server.user(anna, "s1");
	fill(25)(server);
	server.page = 10;
	server.after = (call, answer) =>
		(call.path.endsWith("/changes") && call.query.get("since")?.endsWith(".20") ? null : answer);
	const device = createDevice({ clock, server });
	await finish(clock, device.engine.start());
	await finish(clock, device.engine.signIn({ email: anna.email, password: "x" }));
	const space = await finish(clock, device.engine.open("s1"));
	await finish(clock, space.sync());
	assert.deepEqual([space.status.loaded, space.all("cars").length, space.status.loading], [false, 20, 20]);
	server.after = (call, answer) => answer;
	await finish(clock, space.sync());
	assert.deepEqual([space.status.loaded, space.all("cars").length, space.status.loading], [true, 25, null]);
	assert.equal(pulls({ server }).filter((call) => !call.query.has("since")).length, 1);
});

test("changes say who made them; a result of our own is nobody else's change", async () => {
	const world = await begin({ prepare: fill(1) });
	const heard = [];
	world.space.subscribe((changes) => heard.push(...changes));
	world.server.write("s1", "cars", "c0", { notes: "x" }, "ben");
	await world.sync();
	assert.deepEqual(heard, [{ collection: "cars", id: "c0", from: "elsewhere", by: "ben" }]);
	heard.length = 0;
	await world.finish(world.space.set("cars", "c0", { notes: "y" }));
	await world.sync();
	assert.deepEqual([...new Set(heard.map((change) => change.from))], ["here"]);
});

test("nothing new is one small request, a 304", async () => {
	const world = await begin({ prepare: fill(3) });
	await world.sync();
	const before = world.server.log.length;
	await world.sync();
	const [call, ...more] = world.server.log.slice(before);
	assert.deepEqual([call.path, call.answer.status, more.length], ["/sync/heads", 304, 0]);
});

test("a page whose storing fails moves no cursor and shows nothing", async () => {
	const world = await begin({ prepare: fill(1) });
	const { prototype } = IDBObjectStore;
	const real = prototype.put;
	world.server.write("s1", "cars", "c0", { notes: "new" });
	prototype.put = function put(...args) {
		if (this.name === "rows")
			throw new DOMException("full", "QuotaExceededError");
		return real.apply(this, args);
	};
	await world.sync();
	assert.deepEqual([world.space.get("cars", "c0").notes, world.space.status.trouble], ["n0", "storage"]);
	assert.match(world.space.status.problem, /no room/);
	prototype.put = real;
	await world.sync();
	assert.deepEqual([world.space.get("cars", "c0").notes, world.space.status.trouble], ["new", null]);
});

test("410: everything is loaded anew while the old rows stay visible; the outbox stays", async () => {
	const world = await begin({ prepare: fill(12) });
	world.server.answer = (call) => (call.path.endsWith("/push") ? world.server.refusal(429) : undefined);
	await world.finish(world.space.set("cars", "c1", { notes: "mine" }));
	await world.sync();
	world.server.answer = () => undefined;
	const s = world.server.spaces.get("s1");
	s.view = 2;
	world.server.write("s1", "cars", "c2", { notes: "later" });
	s.records.delete("cars/c3");
	world.server.page = 4;
	const seen = [];
	world.server.after = (call, answer) => {
		if (call.path.endsWith("/changes") && answer.status === 200 && seen.length < 3)
			seen.push(world.space.all("cars").length);
		return answer;
	};
	await world.clock.run(120_000);
	assert.deepEqual(seen, [12, 12, 12]);
	assert.equal(world.space.get("cars", "c3"), undefined);
	assert.equal(world.space.get("cars", "c2").notes, "later");
	assert.equal(s.records.get("cars/c1").fields.notes, "mine");
	assert.deepEqual(states(world.space), []);
});

test("an interrupted resync continues after the page was closed", async () => {
	const world = await begin({ prepare: fill(12) });
	world.server.spaces.get("s1").view = 2;
	world.server.write("s1", "cars", "c0", { notes: "anew" });
	world.server.page = 4;
	world.server.after = (call, answer) =>
		(call.path.endsWith("/changes") && call.query.get("since")?.endsWith(".9") ? null : answer);
	await world.sync();
	assert.equal(world.space.get("cars", "c0").notes, "n0");
	world.server.after = (call, answer) => answer;
	const again = await reopen(world);
	assert.equal(again.space.get("cars", "c0").notes, "n0");
	await again.sync();
	assert.equal(again.space.get("cars", "c0").notes, "anew");
	assert.equal(again.space.all("cars").length, 12);
});

test("the definitions are loaded again with a resync", async () => {
	const world = await begin({ prepare: fill(1) });
	world.server.spaces.get("s1").view = 2;
	const more = {
		...definitions[0],
		fields: [...definitions[0].fields, { name: "colour", type: "text", label: "Colour", default: "brown" }],
	};
	world.server.answer = (call) =>
		(call.path.endsWith("/collections") ? { status: 200, body: { collections: [more] } } : undefined);
	world.server.write("s1", "cars", "c0", { notes: "x" });
	await world.sync();
	assert.equal(world.space.definition("cars").fields.length, definitions[0].fields.length + 1);
	assert.equal(world.space.get("cars", "c0").colour, "brown");
});

test("a changed view moves no base: waiting ops are sent with what was seen", async () => {
	const world = await begin({ prepare: fill(2) });
	world.server.answer = (call) => (call.path.endsWith("/push") ? world.server.refusal(429) : undefined);
	const op = await world.finish(world.space.set("cars", "c0", { notes: "mine" }));
	await world.sync();
	world.server.answer = () => undefined;
	world.server.write("s1", "cars", "c0", { location: "200" });
	world.server.spaces.get("s1").view = 2;
	await world.clock.run(120_000);
	assert.deepEqual([...new Set(sentOps(world).map((one) => `${one.op} ${one.base}`))], [`${op.id} 1`]);
	assert.equal(pulls(world).filter((call) => !call.query.has("since")).length, 2, "everything was loaded anew");
	assert.deepEqual([
		world.space.get("cars", "c0").notes, world.space.get("cars", "c0").location, states(world.space),
	], ["mine", "200", []]);
});

// ---- much deleted ----

test("a pull that would delete much asks; no leaves everything, yes deletes", async () => {
	const world = await begin({ prepare: fill(60) });
	for (let i = 0; i < 55; i += 1)
		world.server.write("s1", "cars", `c${i}`, null);
	await world.sync();
	assert.deepEqual(world.space.status.question, { deletes: 55, of: 60 });
	assert.equal(world.space.all("cars").length, 60);
	await world.finish(world.space.refuse());
	assert.deepEqual([world.space.status.question, world.space.status.kept], [null, { deletes: 55, of: 60 }]);
	world.server.write("s1", "cars", "c59", { notes: "later" });
	await world.clock.run(60_000);
	assert.equal(world.space.get("cars", "c59").notes, "later", "what comes later is fetched");
	assert.deepEqual(world.space.status.kept, { deletes: 55, of: 60 }, "it is said until it is decided");
	assert.equal(world.space.all("cars").length, 60);
	assert.equal(JSON.parse(await (await world.finish(world.space.export())).text()).records.cars.length, 60);
	await world.sync();
	assert.equal(world.space.status.question.deletes, 55);
	await world.finish(world.space.allow());
	assert.deepEqual([world.space.all("cars").length, world.space.status.question, world.space.status.kept],
		[5, null, null]);
});

test("a resync that would delete much asks too; meanwhile writes go on", async () => {
	const world = await begin({ prepare: fill(60) });
	const s = world.server.spaces.get("s1");
	s.view = 2;
	for (let i = 0; i < 30; i += 1)
		s.records.delete(`cars/c${i}`);
	world.server.write("s1", "cars", "c40", { notes: "x" });
	await world.sync();
	assert.deepEqual(world.space.status.question, { deletes: 30, of: 60 });
	await world.finish(world.space.set("cars", "c41", { notes: "mine" }));
	assert.equal(world.space.get("cars", "c41").notes, "mine");
	await world.clock.run(2000);
	assert.equal(s.records.get("cars/c41").fields.notes, "mine", "a question holds nothing up");
	assert.deepEqual([world.space.ops.length, world.space.status.loading, world.space.get("cars", "c40").notes],
		[0, null, "x"]);
	await world.finish(world.space.allow());
	assert.equal(world.space.all("cars").length, 30);
});

test("a record that was kept and is there again is no longer asked about, and goes with no answer", async () => {
	const world = await begin({ prepare: fill(60) });
	for (let i = 0; i < 55; i += 1)
		world.server.write("s1", "cars", `c${i}`, null);
	await world.sync();
	world.server.write("s1", "cars", "c3", { notes: "back" });
	await world.sync();
	await world.finish(world.space.allow());
	assert.deepEqual([world.space.all("cars").length, world.space.get("cars", "c3").notes], [6, "back"]);
});

test("a few deletions are not asked about", async () => {
	const world = await begin({ prepare: fill(12) });
	for (let i = 0; i < 5; i += 1)
		world.server.write("s1", "cars", `c${i}`, null);
	await world.sync();
	assert.deepEqual([world.space.all("cars").length, world.space.status.question], [7, null]);
});

// ---- an operator's restore ----

// The server as it was when cut stood at `seq`; a new epoch begins.
function restore(server, cut, snapshot) {
	const s = server.spaces.get("s1");
	Object.assign(s, structuredClone(snapshot), { epoch: "e2", cuts: new Map([["e1", cut]]) });
}

const snapshotOf = (server) => {
	const { records, ops, seq } = server.spaces.get("s1");
	return structuredClone({ records, ops, seq });
};

test("after a restore, ops acknowledged above the cut are sent again: old ids and order, new base", async () => {
	const world = await begin({ prepare: fill(2) });
	const kept = await world.finish(world.space.set("cars", "c0", { notes: "kept" }));
	await world.sync();
	const snapshot = snapshotOf(world.server);
	const first = await world.finish(world.space.create("cars", { notes: "lost" }, { id: "9" }));
	await world.sync();
	const second = await world.finish(world.space.set("cars", "9", { notes: "lost too" }));
	await world.sync();
	const third = await world.finish(world.space.set("cars", "c0", { late: true }));
	await world.sync();
	world.server.down = true;
	const fourth = await world.finish(world.space.set("cars", "c1", { notes: "never sent" }));
	world.server.down = false;
	restore(world.server, 3, snapshot);
	const before = sentOps(world).length;
	await world.sync();
	await world.sync();
	const again = sentOps(world).slice(before).map((op) => [op.op, op.base]);
	assert.deepEqual(again.filter(([op]) => op === kept.id), []);
	assert.deepEqual([...new Set(again.map(([op]) => op))].filter((op) => op !== fourth.id),
		[first.id, second.id, third.id]);
	assert.deepEqual(again.find(([op]) => op === first.id)[1], 0);
	assert.deepEqual(again.find(([op]) => op === second.id)[1], 1);
	assert.deepEqual(again.find(([op]) => op === third.id)[1], 2);
	const { records } = world.server.spaces.get("s1");
	assert.deepEqual([
		records.get("cars/9").fields.notes, records.get("cars/c0").fields.late,
		records.get("cars/c1").fields.notes,
	], ["lost too", true, "never sent"]);
	assert.equal(world.space.ops.length, 0);
});

test("the requeueing is one transaction before anything is cleared: a crash right after it loses nothing", async () => {
	const world = await begin({ prepare: fill(30) });
	const snapshot = snapshotOf(world.server);
	const op = await world.finish(world.space.create("cars", { notes: "lost" }, { id: "9" }));
	await world.sync();
	restore(world.server, 30, snapshot);
	world.server.after = (call, answer) =>
		(call.path.endsWith("/changes") && !call.query.has("since") ? null : answer);
	await world.sync();
	assert.deepEqual([world.space.ops.map((one) => one.id), world.space.status.trouble !== null], [[op.id], true]);
	assert.equal(world.space.get("cars", "9").notes, "lost");
	world.server.after = (call, answer) => answer;
	const again = await reopen(world);
	assert.deepEqual(again.space.ops.map((one) => one.id), [op.id]);
	await again.sync();
	assert.equal(again.server.spaces.get("s1").records.get("cars/9").fields.notes, "lost");
});

test("a restore asks nothing about what it takes away", async () => {
	const world = await begin({ prepare: fill(1) });
	const snapshot = snapshotOf(world.server);
	for (let i = 0; i < 80; i += 1)
		world.server.write("s1", "cars", `x${i}`, { notes: "x" });
	await world.sync();
	assert.equal(world.space.all("cars").length, 81);
	restore(world.server, 1, snapshot);
	await world.sync();
	await world.sync();
	assert.deepEqual([world.space.all("cars").length, world.space.status.question], [1, null]);
});

test("a resync after a restore does not ask about deletions, even if a change of the view interrupts it", async () => {
	const world = await begin({ prepare: fill(1) });
	const snapshot = snapshotOf(world.server);
	for (let i = 0; i < 80; i += 1)
		world.server.write("s1", "cars", `x${i}`, { notes: "x" });
	await world.sync();
	restore(world.server, 1, snapshot);
	for (let i = 0; i < 3; i += 1)
		world.server.write("s1", "cars", `y${i}`, { notes: "y" });
	world.server.page = 2;
	let once = true;
	world.server.after = (call, answer) => {
		if (once && call.path.endsWith("/changes") && call.query.get("since")?.startsWith("e2.")) {
			once = false;
			world.server.spaces.get("s1").view = 2;
			return world.server.refusal(410, { type: "/problems/resync", reason: "view" });
		}
		return answer;
	};
	await world.sync();
	await world.sync();
	await world.clock.run(30_000);
	assert.deepEqual([once, world.space.all("cars").length, world.space.status.question], [false, 4, null]);
});

test("versions from before a restore have no meaning: waiting ops are based on what is held, or conflict", async () => {
	const world = await begin({ prepare: fill(2) });
	const snapshot = snapshotOf(world.server);
	world.server.write("s1", "cars", "c0", { notes: "second" });
	world.server.write("s1", "cars", "c1", { location: "200" });
	await world.sync();
	world.server.down = true;
	await world.finish(world.space.set("cars", "c0", { notes: "on second" }));
	await world.finish(world.space.set("cars", "c1", { notes: "mine" }));
	world.server.down = false;
	restore(world.server, 2, snapshot);
	world.server.write("s1", "cars", "c0", { notes: "another second" });
	await world.sync();
	await world.sync();
	const { records } = world.server.spaces.get("s1");
	assert.equal(records.get("cars/c0").fields.notes, "another second");
	assert.equal(records.get("cars/c1").fields.notes, "mine");
	assert.deepEqual(states(world.space), ["conflict set cars/c0"]);
});

test("a conflict from before a restore is updated to what is there after it", async () => {
	const world = await begin({ prepare: fill(1) });
	const snapshot = snapshotOf(world.server);
	world.server.down = true;
	await world.finish(world.space.set("cars", "c0", { notes: "mine" }));
	world.server.down = false;
	world.server.write("s1", "cars", "c0", { notes: "theirs" });
	await world.sync();
	assert.deepEqual(states(world.space), ["conflict set cars/c0"]);
	restore(world.server, 1, snapshot);
	world.server.write("s1", "cars", "c0", { notes: "unseen" });
	await world.sync();
	await world.sync();
	const [op] = world.space.ops;
	assert.deepEqual([op.conflict.current.notes, op.conflict.currentVersion, op.conflict.mine.notes],
		["unseen", 2, "mine"]);
});

test("an op after one that conflicts after a restore is not sent with an old version", async () => {
	const world = await begin({ prepare: fill(1) });
	const snapshot = snapshotOf(world.server);
	await world.finish(world.space.set("cars", "c0", { notes: "lost" }));
	await world.sync();
	world.server.down = true;
	await world.finish(world.space.set("cars", "c0", { location: "mine" }));
	world.server.down = false;
	restore(world.server, 1, snapshot);
	world.server.write("s1", "cars", "c0", { notes: "theirs", location: "unseen" });
	world.server.answer = (call) => (call.path.endsWith("/push") && call.body.ops[0].set.notes
		? { status: 200, body: { results: call.body.ops.map(({ op }) => ({
			op, status: "rejected", problem: world.server.refusal(400).body,
		})), epoch: "e2", head: 2 } } : undefined);
	await world.sync();
	await world.sync();
	assert.deepEqual(states(world.space), ["rejected set cars/c0", "conflict set cars/c0"]);
	assert.deepEqual(world.space.ops[1].conflict.fields, ["location"]);
	assert.equal(world.server.spaces.get("s1").records.get("cars/c0").fields.location, "unseen");
});

test("an op that waited for its record after a restore is sent as it was; later edits are other ops", async () => {
	const world = await begin({ prepare: fill(1) });
	const snapshot = snapshotOf(world.server);
	world.server.write("s1", "cars", "9", { notes: "theirs" });
	await world.sync();
	const op = await world.finish(world.space.set("cars", "9", { notes: "mine" }));
	await world.sync();
	restore(world.server, 1, snapshot);
	await world.sync();
	await world.sync();
	assert.deepEqual(states(world.space), ["rejected set cars/9"]);
	world.server.write("s1", "cars", "9", { notes: "theirs" });
	world.server.answer = (call) => (call.path.endsWith("/push") ? world.server.refusal(500) : undefined);
	await world.sync();
	assert.deepEqual(states(world.space), ["waiting set cars/9"]);
	await world.finish(world.space.set("cars", "9", { notes: "later" }));
	world.server.answer = () => undefined;
	await world.sync();
	await world.sync();
	assert.deepEqual([
		...new Set(sentOps(world).filter((one) => one.op === op.id).map((one) => one.set.notes)),
	], ["mine"]);
	assert.deepEqual([world.space.ops.length, world.space.get("cars", "9").notes], [0, "later"]);
});

// ---- spaces ----

test("all spaces are kept in sync, opened or not", async () => {
	const clock = createClock(), server = createServer({ clock });
	server.space("s1");
	server.space("team", "member", "team");
	server.user(anna, "s1", "team");
	const device = createDevice({ clock, server });
	await finish(clock, device.engine.start());
	await finish(clock, device.engine.signIn({ email: anna.email, password: "x" }));
	server.write("team", "cars", "7", { notes: "there" });
	await clock.run(10_000);
	server.down = true;
	const space = await finish(clock, device.engine.open("team"));
	assert.deepEqual([space.get("cars", "7").notes, space.status.loaded, space.info.kind], ["there", true, "team"]);
	assert.deepEqual(device.engine.spaces.map((one) => one.id), ["s1", "team"]);
});

test("after leaving a space clean records are deleted; unsent work stays as failed and can be saved", async () => {
	const clock = createClock(), server = createServer({ clock });
	server.space("s1");
	const team = server.space("team", "member", "team");
	server.user(anna, "s1", "team");
	server.write("team", "cars", "7", { notes: "a" });
	server.write("team", "cars", "8", { notes: "b" });
	const device = createDevice({ clock, server });
	await finish(clock, device.engine.start());
	await finish(clock, device.engine.signIn({ email: anna.email, password: "x" }));
	const space = await finish(clock, device.engine.open("team"));
	await finish(clock, space.sync());
	server.down = true;
	const op = await finish(clock, space.set("cars", "7", { notes: "mine" }));
	server.down = false;
	team.gone = true;
	await finish(clock, space.sync());
	assert.deepEqual(space.status.gone, { reason: "You are no longer a member of this space.", unsent: 1 });
	assert.deepEqual([space.all("cars").map((row) => row.id), states(space)], [["7"], ["rejected set cars/7"]]);
	await assert.rejects(space.create("cars", {}, { id: "9" }), /no longer a member/);
	const file = JSON.parse(await (await finish(clock, space.export())).text());
	assert.deepEqual([file.unsent[0].id, file.unsent[0].set, file.records.cars.length],
		[op.id, { notes: "mine" }, 1]);
	assert.equal(await finish(clock, device.engine.unsent()), 1);
	assert.equal(server.calls("POST /spaces/team/sync/push").length, 0);
});

test("a space that the server lost in a restore is kept whole", async () => {
	const clock = createClock(), server = createServer({ clock });
	server.space("s1");
	const team = server.space("team", "member", "team");
	server.user(anna, "s1", "team");
	server.write("team", "cars", "7", { notes: "a" });
	const device = createDevice({ clock, server });
	await finish(clock, device.engine.start());
	await finish(clock, device.engine.signIn({ email: anna.email, password: "x" }));
	const space = await finish(clock, device.engine.open("team"));
	await finish(clock, space.sync());
	team.gone = true;
	Object.assign(server.spaces.get("s1"), { epoch: "e2", cuts: new Map([["e1", 0]]) });
	await finish(clock, space.sync());
	assert.match(space.status.gone.reason, /restored/);
	assert.equal(space.get("cars", "7").notes, "a");
});

// ---- whole pushes refused ----

test("a push refused for one op is halved until that op is found; the others are applied", async () => {
	const world = await begin();
	world.server.down = true;
	for (let i = 0; i < 9; i += 1)
		await world.finish(world.space.create("trips", { note: i === 4 ? "poison" : "fine" }));
	world.server.down = false;
	world.server.answer = (call) => (call.path.endsWith("/push") && call.body.ops.some((op) =>
		op.set.note === "poison") ? world.server.refusal(400) : undefined);
	await world.sync();
	assert.deepEqual(world.space.ops.map((op) => [op.state, op.set.note, op.problem.status]),
		[["rejected", "poison", 400]]);
	assert.equal([...world.server.spaces.get("s1").records.values()].length, 8);
});

test("at most 200 ops and a mebibyte are one push", async () => {
	const world = await begin();
	world.server.down = true;
	for (let i = 0; i < 205; i += 1)
		await world.space.create("trips", { note: `t${i}` });
	for (let i = 0; i < 40; i += 1)
		await world.space.create("trips", { note: "x".repeat(60_000) });
	world.server.down = false;
	await world.sync();
	const sizes = world.server.calls("POST /spaces/s1/sync/push").filter((call) => call.answer)
		.map((call) => [call.body.ops.length, JSON.stringify(call.body).length]);
	assert.ok(sizes.every(([ops, bytes]) => ops <= 200 && bytes <= 1 << 20), JSON.stringify(sizes));
	assert.equal(world.server.spaces.get("s1").records.size, 245);
	assert.equal(world.space.ops.length, 0);
});

test("a push larger than the server takes is halved, and an op that is too large refused with a reason", async () => {
	const world = await begin();
	world.server.down = true;
	for (let i = 0; i < 12; i += 1)
		await world.space.create("trips", { note: "\u{1f697}".repeat(i === 5 ? 900 : 100) });
	world.server.down = false;
	world.server.answer = (call) => (call.path.endsWith("/push") &&
		Buffer.byteLength(JSON.stringify(call.body)) > 3_000 ? world.server.refusal(413) : undefined);
	await world.sync();
	assert.deepEqual(world.space.ops.map(({ state, problem }) => [state, problem.status]), [["rejected", 413]]);
	assert.equal(world.server.spaces.get("s1").records.size, 11);
});

const pushesOf = (world) => world.server.calls("/sync/push")
	.map(({ body }) => [body.ops.length, Buffer.byteLength(JSON.stringify(body))]);

test("a push holds what the server says that it may hold, also after a reload", async () => {
	const world = await begin();
	world.server.limits = { pushOps: 7, pushBytes: 5_000 };
	world.server.stamp = "d2";
	await world.clock.run(20_000);
	for (const note of ["n", "n".repeat(900)]) {
		world.server.down = true;
		for (let i = 0; i < 30; i += 1)
			await world.space.create("trips", { note });
		world.server.down = false;
		await finish(world.clock, world.engine.stop());
		world.server.log.length = 0;
		const again = await reopen(world);
		await again.sync();
		assert.equal(again.space.ops.length, 0);
		const sizes = pushesOf(world);
		assert.ok(sizes.every(([ops, bytes]) => ops <= 7 && bytes <= 5_000), JSON.stringify(sizes));
		assert.ok(sizes.length <= 15, JSON.stringify(sizes));
		Object.assign(world, again);
	}
});

test("limits that make no sense count as none", async () => {
	const world = await begin();
	world.server.limits = { pushOps: 0, pushBytes: "much" };
	world.server.stamp = "d2";
	await world.clock.run(20_000);
	world.server.down = true;
	for (let i = 0; i < 201; i += 1)
		await world.space.create("trips", { note: "n" });
	world.server.down = false;
	world.server.log.length = 0;
	await world.sync();
	assert.deepEqual(pushesOf(world).map(([ops]) => ops), [200, 1]);
});

test("after a push that was too large on its way, or that broke off, the next ones are smaller", async () => {
	// What breaks off once may get through later, so larger ones are tried again.
	for (const [isRefused, most] of [[true, 3], [false, 4]]) {
		const world = await begin();
		world.server.down = true;
		for (let i = 0; i < 60; i += 1)
			await world.space.create("trips", { note: "n".repeat(900) });
		world.server.down = false;
		world.server.log.length = 0;
		const isLarge = (call) =>
			call.path.endsWith("/push") && Buffer.byteLength(JSON.stringify(call.body)) > 30_000;
		world.server.answer = (call) => (isRefused && isLarge(call) ? world.server.refusal(413) : undefined);
		world.server.after = (call, answer) => (!isRefused && isLarge(call) ? null : answer);
		for (let i = 0; i < 8 && world.space.ops.length > 0; i += 1)
			await world.sync();
		assert.equal(world.space.ops.length, 0);
		const tooLarge = pushesOf(world).filter(([, bytes]) => bytes > 30_000).length;
		assert.ok(tooLarge > 0 && tooLarge <= most, JSON.stringify(pushesOf(world)));
	}
});

test("a write waits as long as the server asks, and no longer", async () => {
	const world = await begin();
	world.server.answer = (call) => (call.path.endsWith("/push")
		? { ...world.server.refusal(429), headers: { "retry-after": "20" } } : undefined);
	await world.finish(world.space.create("trips", { note: "a" }));
	await world.clock.run(1_000);
	const before = world.server.log.length;
	for (let n = 0; n < 18; n += 1) {
		await world.finish(world.space.create("trips", { note: `b${n}` }));
		await world.clock.run(1_000);
	}
	assert.equal(world.server.log.length, before);
	world.server.answer = () => undefined;
	await world.clock.run(15_000);
	assert.equal(world.space.ops.length, 0);
});

test("an op for which its space has no room is refused with words and kept", async () => {
	const world = await begin();
	world.server.after = (call, answer) => (!call.path.endsWith("/push") ? answer : {
		status: 200, body: { epoch: "e1", head: 0, results: call.body.ops.map(({ op }) => ({
			op, status: "rejected",
			problem: { type: "/problems/space-full", status: 413, detail: "It is full." },
		})) },
	});
	await world.finish(world.space.create("cars", { notes: "n" }, { id: "7" }));
	await world.sync();
	assert.deepEqual(world.space.ops.map(({ state, problem }) => [state, problem.detail]),
		[["rejected", "It is full."]]);
	assert.equal(world.space.get("cars", "7").notes, "n");
});

test("while the server's disk is full, writes wait as long as it asks and changes still come", async () => {
	const world = await begin();
	const ids = [], times = [];
	world.server.answer = (call) => {
		if (!call.path.endsWith("/push"))
			return undefined;
		times.push(world.clock.now());
		return { ...world.server.refusal(507), headers: { "retry-after": "60" } };
	};
	for (const id of ["7", "8"])
		ids.push((await world.finish(world.space.create("cars", { notes: id }, { id }))).id);
	world.server.write("s1", "cars", "9", { notes: "news" });
	await world.clock.run(3_600_000);
	assert.equal(world.space.get("cars", "9").notes, "news");
	assert.deepEqual(world.space.ops.map(({ id, problem }) => [id, problem]), ids.map((id) => [id, null]));
	assert.ok(times.length > 5 && times.slice(1).every((at, i) => at - times[i] >= 60_000), String(times));
	world.server.answer = () => undefined;
	await world.clock.run(300_000);
	assert.equal(world.space.ops.length, 0);
	assert.equal(world.server.spaces.get("s1").records.has("cars/8"), true);
});

test("a temporary failure of the server loses nothing, and the request is repeated with the same id", async () => {
	for (const status of [500, 502, 503, 507, 429, 408]) {
		const world = await begin();
		let left = 2;
		world.server.answer = (call) =>
			(call.path.endsWith("/push") && (left -= 1) >= 0 ? world.server.refusal(status) : undefined);
		const op = await world.finish(world.space.create("trips", { note: "t" }));
		await world.clock.run(300_000);
		assert.deepEqual([...new Set(sentOps(world).map((one) => one.op))], [op.id]);
		assert.equal(world.space.ops.length, 0, String(status));
		assert.equal(world.space.status.trouble, null);
	}
});

test("an op that always fails on the server does not hold up others, and ends as rejected", async () => {
	const world = await begin();
	world.server.answer = (call) => (call.path.endsWith("/push") && call.body.ops.some((op) =>
		op.set.note === "poison") ? world.server.refusal(500) : undefined);
	await world.finish(world.space.create("trips", { note: "poison" }, { id: "bad" }));
	await world.finish(world.space.create("trips", { note: "fine" }, { id: "good" }));
	world.server.write("s1", "cars", "7", { notes: "news" });
	await world.clock.run(30_000);
	assert.equal(world.space.get("cars", "7").notes, "news");
	assert.equal(world.server.spaces.get("s1").records.has("trips/good"), false);
	await world.clock.run(1_200_000);
	assert.deepEqual(world.space.ops.map((op) => [op.state, op.record, op.problem.status]),
		[["rejected", "bad", 500]]);
	assert.equal(world.server.spaces.get("s1").records.has("trips/good"), true);
	world.server.answer = () => undefined;
	await world.finish(world.space.retry(world.space.ops[0].id));
	await world.sync();
	assert.equal(world.server.spaces.get("s1").records.has("trips/bad"), true);
});

test("a refusal in one space is shown there, and does not hold up others", async () => {
	const clock = createClock(), server = createServer({ clock });
	server.space("s1");
	server.space("team", "member", "team");
	server.user(anna, "s1", "team");
	const device = createDevice({ clock, server });
	await finish(clock, device.engine.start());
	await finish(clock, device.engine.signIn({ email: anna.email, password: "x" }));
	const one = await finish(clock, device.engine.open("s1"));
	const team = await finish(clock, device.engine.open("team"));
	await finish(clock, team.sync());
	server.answer = (call) => (call.path === "/spaces/s1/sync/push" ? server.refusal(403) : undefined);
	await finish(clock, one.create("trips", { note: "a" }));
	await finish(clock, team.create("trips", { note: "b" }));
	await finish(clock, team.sync());
	assert.deepEqual([
		one.status.waiting, one.status.problem, team.status.waiting, team.status.problem, team.status.trouble,
	], [1, "Refused (403).", 0, null, null]);
});
