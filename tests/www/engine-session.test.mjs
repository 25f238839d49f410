// Who is signed in, and what it means for what is kept: signing in and out, ends of sign-ins, other
// people, shared handhelds, storage.
import { test } from "node:test";
import assert from "node:assert/strict";
import { IDBFactory } from "fake-indexeddb";
import {
	anna, ben, begin, createChannels, createClock, createDevice, createLocks, createServer, finish, reopen,
} from "./engine-aid.mjs";

const sentOps = (world) => world.server.calls("/sync/push").flatMap((call) => call.body.ops);
const databases = async (factory) => (await factory.databases()).map((one) => one.name).sort();

async function twoPeople(more = {}) {
	const clock = createClock(), server = createServer({ clock });
	server.space("s1");
	server.space("s2");
	server.user(anna, "s1");
	server.user(ben, "s2");
	const device = createDevice({ clock, server, ...more });
	await finish(clock, device.engine.start());
	return {
		clock,
		server,
		device,
		engine: device.engine,
		factory: device.factory,
		finish: (promise) => finish(clock, promise),
		enter: (user) => finish(clock, device.engine.signIn({ email: user.email, password: "x" })),
	};
}

test("a new device is signed out; a wrong password says so and opens nothing", async () => {
	const world = await twoPeople();
	assert.equal(world.engine.session.status, "out");
	await assert.rejects(world.finish(world.engine.signIn({
		email: anna.email, password: "wrong",
	})), { status: 401 });
	assert.equal(world.engine.session.status, "out");
	assert.deepEqual(await databases(world.factory), ["daybook"]);
	await assert.rejects(world.engine.open("s1"), /Nobody is signed in/);
});

test("a sign-in settles once spaces and definitions are there, and notifies its listeners", async () => {
	const world = await twoPeople();
	let heard = 0;
	const stop = world.engine.subscribe(() => { heard += 1; });
	await world.enter(anna);
	assert.deepEqual([world.engine.session.status, world.engine.session.user, world.engine.session.kind],
		["in", anna, "password"]);
	assert.deepEqual(world.engine.spaces, [{ id: "s1", name: "s1", kind: "personal", role: "owner" }]);
	assert.equal((await world.finish(world.engine.open("s1"))).definitions.length, 3);
	assert.ok(heard > 0);
	stop();
	const [login] = world.server.calls("POST /auth/login");
	assert.deepEqual([login.body.cookie, login.body.deviceId], [true, world.engine.device.id]);
});

test("after a reload without a network everything is there, under the same device id", async () => {
	const world = await begin({ prepare: (server) => server.write("s1", "cars", "7", { notes: "a" }) });
	world.server.down = true;
	await world.finish(world.space.set("cars", "7", { notes: "b" }));
	const again = await reopen(world);
	assert.deepEqual([again.engine.session.status, again.engine.session.user.id, again.engine.device.id],
		["in", anna.id, world.engine.device.id]);
	assert.deepEqual([
		again.space.get("cars", "7").notes, again.space.status.loaded, again.space.definitions.length,
	], ["b", true, 3]);
});

test("an expired token is renewed, and the very same request is sent once more", async () => {
	const world = await begin();
	world.server.tokens.clear();
	const op = await world.finish(world.space.create("trips", { note: "t" }));
	await world.sync();
	assert.equal(world.server.calls("POST /auth/refresh").length, 1);
	assert.deepEqual(sentOps(world).map((one) => one.op), [op.id]);
	assert.equal(world.space.ops.length, 0);
});

test("a refresh without a response ends nothing", async () => {
	const world = await begin();
	world.server.tokens.clear();
	world.server.after = (call, answer) => (call.path === "/auth/refresh" ? null : answer);
	await world.sync();
	assert.deepEqual([world.engine.session.status, world.space.status.trouble], ["in", "server"]);
	world.server.after = (call, answer) => answer;
	await world.sync();
	assert.equal(world.space.status.trouble, null);
});

test("after a sign-in has ended, work goes on, waits, and is sent after signing in again", async () => {
	const world = await begin({ prepare: (server) => server.write("s1", "cars", "7", { notes: "a" }) });
	world.server.tokens.clear();
	world.server.refreshTokens.clear();
	await world.sync();
	assert.deepEqual([world.engine.session.status, world.engine.session.user.id, world.space.status.trouble],
		["expired", anna.id, "signed-out"]);
	assert.match(world.engine.session.notice, /sign in/);
	const op = await world.finish(world.space.set("cars", "7", { notes: "b" }));
	const asked = world.server.log.length;
	await world.clock.run(300_000);
	assert.equal(world.server.log.length, asked);
	const again = await reopen(world);
	assert.deepEqual([again.engine.session.status, again.space.ops.length], ["expired", 1]);
	await again.finish(again.engine.signIn({ email: anna.email, password: "x" }));
	await again.clock.run(10_000);
	assert.deepEqual([
		again.engine.session.status, again.engine.session.notice, again.space.ops.length,
	], ["in", null, 0]);
	assert.deepEqual(sentOps(again).map((one) => one.op), [op.id]);
});

test("one person's outbox is never sent as another; it waits for its owner", async () => {
	const world = await twoPeople();
	await world.enter(anna);
	const space = await world.finish(world.engine.open("s1"));
	await world.finish(space.sync());
	world.server.tokens.clear();
	world.server.refreshTokens.clear();
	await world.finish(space.sync());
	const op = await world.finish(space.create("trips", { note: "Anna's" }));
	await world.enter(ben);
	await assert.rejects(space.create("trips", { note: "nobody's" }), /Nobody is signed in/);
	const other = await world.finish(world.engine.open("s2"));
	await world.finish(other.sync());
	assert.deepEqual([other.all("trips").length, other.ops.length, sentOps(world).length], [0, 0, 0]);
	await assert.rejects(world.engine.open("s1"), /no such space/);
	await world.enter(anna);
	const back = await world.finish(world.engine.open("s1"));
	await world.finish(back.sync());
	const [call] = world.server.calls("/sync/push");
	assert.deepEqual([call.body.ops[0].op, call.body.user, call.headers.authorization.slice(0, 8)],
		[op.id, anna.id, "Bearer t"]);
	assert.equal(world.server.spaces.get("s1").records.size, 1);
});

test("an engine whose refresh returns another user stops", async () => {
	const world = await twoPeople();
	await world.enter(anna);
	const space = await world.finish(world.engine.open("s1"));
	await world.finish(space.sync());
	world.server.down = true;
	await world.finish(space.create("trips", { note: "Anna's" }));
	world.server.down = false;
	// In another tab of an older build, Ben has signed in: the cookie is of Ben.
	world.server.refreshTokens.set(world.server.cookie, ben);
	world.server.tokens.clear();
	await world.finish(space.sync());
	assert.deepEqual([world.engine.session.status, world.engine.session.user], ["out", null]);
	assert.match(world.engine.session.notice, /Somebody else/);
	const asked = world.server.log.length;
	await world.clock.run(120_000);
	assert.deepEqual([world.server.log.length, sentOps(world).length], [asked, 0]);
	assert.ok((await databases(world.factory)).includes(`daybook.${anna.id}`));
});

test("a push that the server says is another user's stops the engine", async () => {
	const world = await begin();
	world.server.answer = (call) =>
		(call.path.endsWith("/push") ? world.server.refusal(403, { field: "user" }) : undefined);
	await world.finish(world.space.create("trips", { note: "t" }));
	await world.sync();
	assert.equal(world.engine.session.status, "out");
});

test("signing out deletes the database if everything is sent; unsent work stays until it is discarded", async () => {
	const world = await twoPeople();
	await world.enter(anna);
	let space = await world.finish(world.engine.open("s1"));
	await world.finish(space.sync());
	await world.finish(world.engine.signOut());
	assert.deepEqual([world.engine.session.status, world.server.cookie], ["out", null]);
	await world.clock.run(100);
	assert.deepEqual(await databases(world.factory), ["daybook"]);

	await world.enter(anna);
	space = await world.finish(world.engine.open("s1"));
	world.server.answer = (call) => (call.path.endsWith("/push") ? world.server.refusal(503) : undefined);
	const op = await world.finish(space.create("trips", { note: "unsent" }));
	assert.equal(await world.finish(world.engine.unsent()), 1);
	await world.finish(world.engine.signOut());
	assert.ok((await databases(world.factory)).includes(`daybook.${anna.id}`));
	world.server.answer = () => undefined;
	await world.enter(anna);
	space = await world.finish(world.engine.open("s1"));
	await world.finish(space.sync());
	assert.equal(world.server.spaces.get("s1").ops.has(op.id), true);

	world.server.answer = (call) => (call.path.endsWith("/push") ? world.server.refusal(503) : undefined);
	await world.finish(space.create("trips", { note: "let go" }));
	await world.finish(world.engine.signOut({ discard: true }));
	await world.clock.run(100);
	assert.deepEqual(await databases(world.factory), ["daybook"]);
});

test("work written during a sign-out is there at the next sign-in, if it was to be kept", async () => {
	const world = await twoPeople();
	await world.enter(anna);
	let space = await world.finish(world.engine.open("s1"));
	await world.finish(space.sync());
	const taken = [], leaving = world.engine.signOut();
	for (let i = 0; i < 20; i += 1)
		taken.push(space.create("trips", { note: `last ${i}` }).then((op) => [op.id], () => []));
	await world.finish(leaving);
	const ids = (await world.finish(Promise.all(taken))).flat();
	assert.ok(ids.length > 0);
	await world.enter(anna);
	space = await world.finish(world.engine.open("s1"));
	await world.finish(space.sync());
	assert.deepEqual(ids.filter((id) => !world.server.spaces.get("s1").ops.has(id)), []);

	world.engine.notes.put("draft", "half a sentence");
	await world.finish(world.engine.signOut({ keep: true }));
	await world.enter(anna);
	assert.equal(world.engine.notes.get("draft"), "half a sentence");
	await world.finish(world.engine.signOut());
	await world.enter(anna);
	assert.equal(world.engine.notes.get("draft"), undefined);
});

test("work written in another tab during a sign-out is kept, or refused there; it never vanishes", async () => {
	let refused = 0;
	for (let turns = 0; turns < 60; turns += 2) {
		const world = await twoTabs({ locks: null, channel: null }), { server, first, second, two } = world;
		const leaving = first.engine.signOut();
		for (let i = 0; i < turns; i += 1)
			await new Promise((resolve) => { setImmediate(resolve); });
		const id = await world.finish(two.create("trips", { note: "last" }).then((op) => op.id, () => null));
		await world.finish(leaving);
		refused += id === null;
		await world.clock.run(100);
		assert.equal(second.engine.session.status, id === null ? "out" : "in");
		await world.finish(second.engine.signIn({ email: anna.email, password: "x" }));
		const space = await world.finish(second.engine.open("s1"));
		await world.finish(space.sync());
		assert.ok(id === null || server.spaces.get("s1").ops.has(id), `written ${turns} turns after`);
	}
	assert.ok(refused > 0 && refused < 30, `${refused} were refused`);
});

test("signing out offline applies at once, and the server is told at the next contact", async () => {
	const world = await twoPeople({ cookie: false });
	await world.enter(anna);
	world.server.down = true;
	await world.finish(world.engine.signOut());
	assert.equal(world.engine.session.status, "out");
	assert.equal(world.server.refreshTokens.size, 1);
	const again = createDevice({
		clock: world.clock, server: world.server, indexedDB: world.factory, cookie: false,
	});
	await world.finish(again.engine.start());
	await world.clock.run(1000);
	assert.equal(world.server.refreshTokens.size, 1);
	world.server.down = false;
	again.connect(true);
	await world.clock.run(1000);
	assert.deepEqual([again.engine.session.status, world.server.refreshTokens.size], ["out", 0]);
});

test("a program stores its refresh token, and the next one after each refresh", async () => {
	const world = await begin({ options: { cookie: false } });
	world.server.tokens.clear();
	const again = await reopen(world, { cookie: false });
	await again.sync();
	const [refresh] = again.server.calls("POST /auth/refresh");
	assert.equal(refresh.body.refreshToken, "r1");
	again.server.refreshTokens.delete("r1");
	const third = await reopen(again, { cookie: false });
	await third.sync();
	assert.equal(third.engine.session.status, "in");
});

// Answers of the server that match are held until they are let go, one by one in the order of asking.
function holding(server, matches, answered = (answer) => answer) {
	const held = [];
	server.after = (call, answer) =>
		(matches(call) ? new Promise((resolve) => { held.push(() => resolve(answered(answer))); }) : answer);
	return held;
}

test("a late response to a refresh of an earlier sign-in does nothing to the current one", async () => {
	for (const isRefused of [true, false]) {
		const world = await begin({ options: { cookie: false } }), { server, engine, clock } = world;
		await clock.run(869_000);
		const held = holding(server, (call) => call.path === "/auth/refresh",
			(answer) => (isRefused ? server.refusal(401) : answer));
		await clock.run(2_000);
		const asked = engine.request("GET", "/auth/me");
		await clock.run(1_000);
		assert.ok(held.length > 0);
		server.after = (call, answer) => answer;
		await world.finish(engine.signIn({ email: anna.email, password: "x" }));
		const [now] = [...server.refreshTokens.keys()].slice(-1);
		for (const letGo of held)
			letGo();
		assert.equal((await world.finish(asked)).status, 200);
		assert.equal(engine.session.status, "in");
		server.refreshTokens.clear();
		server.refreshTokens.set(now, server.users.get(anna.id));
		await clock.run(901_000);
		await world.finish(engine.request("GET", "/auth/me"));
		assert.equal(engine.session.status, "in", "it is the newer token that was kept");
		const again = await reopen(world, { cookie: false });
		assert.equal(again.engine.session.status, "in");
	}
});

test("a new token that is refused late ends only its own sign-in", async () => {
	const world = await begin({ options: { cookie: false } }), { server, engine, clock } = world;
	server.tokens.clear();
	const held = holding(server, (call) => call.path === "/auth/me" && server.calls("/auth/refresh").length > 0,
		() => server.refusal(401));
	const asked = engine.request("GET", "/auth/me").catch((error) => error.status);
	await clock.run(1_000);
	assert.equal(held.length, 1);
	server.after = (call, answer) => answer;
	await world.finish(engine.signIn({ email: anna.email, password: "x" }));
	held[0]();
	assert.equal(await world.finish(asked), 401);
	assert.equal(engine.session.status, "in");
});

test("a sign-in while another tab tells the server of a sign-out is kept", async () => {
	const clock = createClock();
	const server = createServer({ clock });
	const factory = new IDBFactory();
	const locks = createLocks();
	const channel = createChannels();
	server.space("s1");
	server.user(anna, "s1");
	const first = createDevice({ clock, server, indexedDB: factory, locks, channel });
	const second = createDevice({ clock, server, indexedDB: factory, locks, channel });
	await finish(clock, first.engine.start());
	await finish(clock, second.engine.start());
	await finish(clock, first.engine.signIn({ email: anna.email, password: "x" }));
	server.down = true;
	await finish(clock, first.engine.signOut());
	server.down = false;
	const held = holding(server, (call) => call.path === "/auth/login");
	const entering = second.engine.signIn({ email: anna.email, password: "x" });
	await clock.run(1_000);
	first.connect(true);
	await clock.run(1_000);
	held[0]();
	server.after = (call, answer) => answer;
	await finish(clock, entering);
	await clock.run(901_000);
	assert.equal((await finish(clock, second.engine.request("GET", "/auth/me"))).status, 200);
	assert.equal(second.engine.session.status, "in");
});

test("two tabs that sign in at once leave one account open in each", async () => {
	const world = await twoPeople({ locks: createLocks() });
	const channel = createChannels(), clock = world.clock;
	const first = createDevice({ clock, server: world.server, indexedDB: world.factory, channel });
	const second = createDevice({ clock, server: world.server, indexedDB: world.factory, channel });
	await finish(clock, first.engine.start());
	await finish(clock, second.engine.start());
	const both = Promise.all([first.engine.signIn({ email: anna.email, password: "x" }), second.engine.signIn({
		email: ben.email, password: "x",
	}).catch(() => {})]);
	await finish(clock, both.catch(() => {}));
	await clock.run(10_000);
	assert.deepEqual(first.engine.session.user.id, second.engine.session.user.id);
	for (const tab of [first, second]) {
		assert.deepEqual([tab.engine.session.status, tab.engine.spaces.length], ["in", 1]);
		await finish(clock, tab.engine.open(tab.engine.spaces[0].id));
	}
	await finish(clock, first.engine.signOut());
	await clock.run(1_000);
	assert.equal(second.engine.session.status, "out");
});

test("a late response to the previous person's request is ignored", async () => {
	const world = await twoPeople({ cookie: false }), { server, engine, clock } = world;
	await world.enter(anna);
	const space = await world.finish(engine.open("s1"));
	const held = holding(server, (call) => call.path.endsWith("/push"),
		() => server.refusal(403, { field: "user" }));
	await world.finish(space.create("trips", { note: "anna's" }));
	await clock.run(100);
	const entering = engine.signIn({ email: ben.email, password: "x" });
	await clock.run(100);
	held[0]();
	server.after = (call, answer) => answer;
	await world.finish(entering);
	await clock.run(1_000);
	assert.deepEqual([engine.session.status, engine.session.user.id], ["in", ben.id]);
	const again = createDevice({ clock, server, indexedDB: world.factory, cookie: false });
	await world.finish(again.engine.start());
	assert.equal(again.engine.session.user?.id, ben.id);
});

test("one refresh at a time, whatever asks", async () => {
	const world = await begin();
	world.server.tokens.clear();
	await world.finish(Promise.all([
		world.engine.request("GET", "/auth/me"), world.engine.request("GET", "/auth/me"), world.space.sync(),
	]));
	assert.equal(world.server.calls("POST /auth/refresh").length, 1);
});

// ---- tabs ----

async function twoTabs(more = {}) {
	const clock = createClock();
	const server = createServer({ clock });
	const factory = new IDBFactory();
	const channel = more.channel === null ? null : createChannels();
	const locks = more.locks === null ? null : createLocks();
	server.space("s1");
	server.user(anna, "s1");
	server.write("s1", "cars", "7", { notes: "a" });
	const first = createDevice({ clock, server, indexedDB: factory, channel, locks });
	await finish(clock, first.engine.start());
	await finish(clock, first.engine.signIn({ email: anna.email, password: "x" }));
	const one = await finish(clock, first.engine.open("s1"));
	await finish(clock, one.sync());
	const second = createDevice({ clock, server, indexedDB: factory, channel, locks });
	await finish(clock, second.engine.start());
	const two = await finish(clock, second.engine.open("s1"));
	return { clock, server, factory, first, second, one, two, finish: (promise) => finish(clock, promise) };
}

for (const [name, more] of [
	["Web Locks and a channel", {}],
	["a channel alone", { locks: null }],
	["neither Web Locks nor a channel", { locks: null, channel: null }],
])
	test(`two tabs with ${name}: one syncs, both show the same`, async () => {
		const world = await twoTabs(more);
		const { clock, server, one, two } = world;
		await clock.run(10_000);
		assert.deepEqual([one.status.leads, two.status.leads], [true, false]);
		const asked = server.log.length;
		await clock.run(60_000);
		assert.ok(server.log.length - asked <= 13, `${server.log.length - asked} requests in a minute`);
		await world.finish(two.set("cars", "7", { notes: "from two" }));
		await clock.run(12_000);
		assert.deepEqual([
			one.get("cars", "7").notes, one.get("cars", "7").version, two.get("cars", "7").version,
			one.ops.length, two.ops.length,
		], ["from two", 2, 2, 0, 0]);
		assert.equal(sentOps(world).length, 1);
		server.write("s1", "cars", "7", { notes: "from elsewhere" });
		await clock.run(12_000);
		assert.deepEqual([one.get("cars", "7").notes, two.get("cars", "7").notes],
			["from elsewhere", "from elsewhere"]);
	});

test("without Web Locks a reloaded page is the leader again at once: its old lease is free", async () => {
	const clock = createClock();
	const server = createServer({ clock });
	const factory = new IDBFactory();
	const channels = createChannels();
	const ofFirst = [];
	server.space("s1");
	server.user(anna, "s1");
	const first = createDevice({ clock, server, indexedDB: factory, locks: null, channel: (name) => {
		ofFirst.push(channels(name));
		return ofFirst.at(-1);
	} });
	await finish(clock, first.engine.start());
	await finish(clock, first.engine.signIn({ email: anna.email, password: "x" }));
	await finish(clock, (await finish(clock, first.engine.open("s1"))).sync());
	first.freeze();
	for (const channel of ofFirst)
		channel.close();
	const second = createDevice({ clock, server, indexedDB: factory, locks: null, channel: channels });
	await finish(clock, second.engine.start());
	const space = await finish(clock, second.engine.open("s1"));
	await finish(clock, space.create("cars", {}, { id: "8" }));
	await clock.run(3_000);
	assert.deepEqual([space.status.leads, space.status.waiting], [true, 0]);
});

test("edits of one record in two tabs are one op", async () => {
	const world = await twoTabs();
	world.server.answer = (call) => (call.path.endsWith("/push") ? world.server.refusal(503) : undefined);
	world.server.down = true;
	await world.finish(world.one.set("cars", "7", { notes: "one" }));
	await world.finish(world.two.set("cars", "7", { late: true }));
	await world.clock.run(100);
	assert.deepEqual(world.one.ops.map((op) => op.set), world.two.ops.map((op) => op.set));
	assert.ok(world.one.ops.length <= 2);
	world.server.down = false;
	world.server.answer = () => undefined;
	await world.clock.run(120_000);
	assert.deepEqual(world.server.spaces.get("s1").records.get("cars/7").fields,
		{ notes: "one", late: true, location: "Yard" });
	assert.equal(world.one.ops.length + world.two.ops.length, 0);
});

test("an edit is undone in a tab that has not heard of a later one of another tab: that one stays", async () => {
	const world = await twoTabs({ channel: null }), { one, two, server, clock } = world;
	const first = await world.finish(one.set("cars", "7", { notes: "one", location: "200" }));
	await clock.run(30_000);
	assert.deepEqual([one.ops.length, two.get("cars", "7").notes], [0, "one"]);
	server.down = true;
	await world.finish(two.set("cars", "7", { notes: "two" }));
	assert.equal(one.get("cars", "7").notes, "one");
	await world.finish(one.undo(first.id));
	server.down = false;
	await clock.run(120_000);
	const { notes, location } = server.spaces.get("s1").records.get("cars/7").fields;
	assert.deepEqual([notes, location], ["two", "Yard"]);
	assert.equal(one.ops.length + two.ops.length, 0);
});

test("an edit of a record that other tabs have made and deleted meanwhile is shown", async () => {
	const world = await twoTabs({ channel: null }), { one, two, server, clock } = world;
	server.down = true;
	await world.finish(one.create("cars", { notes: "one" }, { id: "9" }));
	await clock.run(12_000);
	assert.equal(two.get("cars", "9").version, 0);
	server.down = false;
	await world.finish(one.sync());
	await world.finish(one.remove("cars", "9"));
	await world.finish(one.sync());
	assert.deepEqual([one.ops.length, two.get("cars", "9")?.version], [0, 0]);
	server.down = true;
	await world.finish(two.set("cars", "9", { notes: "two" }));
	await clock.run(12_000);
	for (const space of [one, two])
		assert.deepEqual([space.ops.length, space.get("cars", "9")?.notes], [1, "two"]);
	server.down = false;
	await clock.run(120_000);
	assert.deepEqual(two.ops.map(({ state }) => state), ["conflict"]);
});

test("a tab whose page another tab stored first does not take that for the end of the pull", async () => {
	const world = await twoTabs(), { server, clock, one, two } = world;
	server.page = 1;
	for (const id of ["1", "2", "3"])
		server.write("s1", "cars", id, {});
	let letGo;
	const held = new Promise((resolve) => { letGo = resolve; });
	server.after = (call, answer) => (call.path.endsWith("/changes") ? held.then(() => answer) : answer);
	const pulling = one.sync();
	await clock.run(100);
	server.after = (call, answer) => answer;
	let pages = 0;
	server.answer = (call) =>
		(call.path.endsWith("/changes") && (pages += 1) > 1 ? server.refusal(503) : undefined);
	await world.finish(two.sync());
	assert.equal(two.status.loading, 1, "one page is stored, and waits for the others");
	server.answer = () => undefined;
	letGo();
	await world.finish(pulling);
	await world.finish(one.sync());
	assert.equal(one.all("cars").length, 4);
});

// A push of the first tab whose answer comes when a pull of the second has been further.
async function overtaken(world, write, meanwhile) {
	const { server, clock, one, two } = world;
	let letPull, letPush;
	const pull = new Promise((resolve) => { letPull = resolve; });
	const push = new Promise((resolve) => { letPush = resolve; });
	server.answer = (call) => (call.path.endsWith("/changes") ? pull.then(() => undefined) : undefined);
	server.write("s1", "cars", "news", {});
	const pulled = two.sync(), asked = server.calls("/changes").length;
	await clock.run(100);
	assert.equal(server.calls("/changes").length, asked + 1);
	server.after = (call, answer) => (call.path.endsWith("/push") ? push.then(() => answer) : answer);
	await world.finish(write());
	await clock.run(100);
	await meanwhile();
	letPull();
	await world.finish(pulled);
	letPush();
	await clock.run(100);
	assert.deepEqual([one.ops.length, two.ops.length], [0, 0]);
}

test("a result that comes after a later pull does not undo it", async () => {
	const world = await twoTabs(), { server, one, two } = world;
	server.write("s1", "cars", "7", { notes: "a" });
	await world.finish(one.sync());
	await overtaken(world, () => one.remove("cars", "7"), () => server.write("s1", "cars", "7", { notes: "back" }));
	assert.deepEqual([one.get("cars", "7")?.notes, two.get("cars", "7")?.notes], ["back", "back"]);
});

test("a result that comes after a full load does not undo it", async () => {
	const world = await twoTabs(), { server, clock, one, two } = world, space = server.spaces.get("s1");
	server.page = 1;
	server.write("s1", "cars", "7", { notes: "a" });
	server.write("s1", "cars", "8", { notes: "a" });
	await world.finish(one.sync());
	await overtaken(world, () => one.set("cars", "7", { late: true }), async () => {
		server.write("s1", "cars", "7", { notes: "newer" });
		server.write("s1", "cars", "8", { notes: "newer" });
		space.view += 1;
		// The page with the newer record is there; the one after it comes later than the answer.
		const { seq } = space.records.get("cars/7");
		const isNext = (call) => call.path.endsWith("/changes") && call.query.get("since")?.endsWith(`.${seq}`);
		server.answer = (call) => (isNext(call) ? server.refusal(503) : undefined);
	});
	server.answer = () => undefined;
	await clock.run(60_000);
	assert.deepEqual([one.get("cars", "7").notes, two.get("cars", "7").notes, one.get("cars", "7").version],
		["newer", "newer", space.records.get("cars/7").version]);
});

test("the visible tab is the leader", async () => {
	const world = await twoTabs();
	await world.clock.run(1000);
	world.first.look(false);
	world.second.look(true);
	await world.clock.run(10_000);
	assert.deepEqual([world.one.status.leads, world.two.status.leads], [false, true]);
	world.second.look(false);
	world.first.look(true);
	await world.clock.run(10_000);
	assert.deepEqual([world.one.status.leads, world.two.status.leads], [true, false]);
});

test("when the leader is closed, the other tab takes over", async () => {
	const world = await twoTabs();
	await world.finish(world.first.engine.stop());
	await world.clock.run(1000);
	assert.equal(world.two.status.leads, true);
	await world.finish(world.two.set("cars", "7", { notes: "b" }));
	await world.clock.run(1000);
	assert.equal(world.two.ops.length, 0);
});

test("a visible tab polls by itself when the leader is frozen", async () => {
	const world = await twoTabs();
	await world.clock.run(1000);
	world.first.freeze();
	world.server.write("s1", "cars", "7", { notes: "news" });
	await world.clock.run(60_000);
	assert.equal(world.two.get("cars", "7").notes, "a");
	await world.clock.run(60_000);
	assert.deepEqual([world.two.get("cars", "7").notes, world.two.status.leads], ["news", false]);
});

for (const visible of [true, false])
	test(`a ${visible ? "visible" : "hidden"} tab sends by itself when the leader is frozen`, async () => {
		const world = await twoTabs();
		world.second.look(visible);
		await world.clock.run(1000);
		world.first.freeze();
		await world.finish(world.two.set("cars", "7", { notes: "mine" }));
		await world.clock.run(10_000);
		assert.deepEqual([world.two.ops, world.two.status.leads], [[], false]);
		assert.equal(world.server.spaces.get("s1").records.get("cars/7").fields.notes, "mine");
	});

test("while the leader lives, another tab asks the server for nothing, whatever waits", async () => {
	const world = await twoTabs();
	world.second.look(false);
	await world.clock.run(1000);
	world.server.down = true;
	await world.finish(world.two.set("cars", "7", { notes: "mine" }));
	const before = world.server.log.length;
	await world.clock.run(60_000);
	const alone = world.server.log.length - before;
	assert.ok(alone <= 60 / 4.5 + 1, `${alone} requests of both`);
	assert.equal(world.two.ops.length, 1);
	world.server.down = false;
	await world.clock.run(10_000);
	assert.deepEqual([world.one.ops, world.two.ops], [[], []]);
});

for (const locks of [undefined, null])
	test(`hidden tabs without a channel send in ten seconds (locks: ${locks !== null})`, async () => {
		const world = await twoTabs({ locks, channel: null });
		world.first.look(false);
		world.second.look(false);
		await world.clock.run(20 * 60_000);
		for (const [at, space] of [world.one, world.two].entries()) {
			await world.finish(space.set("cars", "7", { notes: `${at}` }));
			await world.clock.run(10_000);
			assert.deepEqual(space.ops, []);
			assert.equal(world.server.spaces.get("s1").records.get("cars/7").fields.notes, `${at}`);
			await world.clock.run(20_000);
			assert.deepEqual([world.one.ops, world.two.ops], [[], []]);
		}
	});

test("without a channel, a hidden tab shows soon that another one has sent what it was trying to send", async () => {
	const world = await twoTabs({ channel: null });
	world.second.look(false);
	await world.clock.run(60_000);
	world.server.down = true;
	await world.finish(world.two.set("cars", "7", { notes: "mine" }));
	await world.clock.run(60_000);
	world.server.down = false;
	await world.finish(world.one.sync());
	await world.finish(world.one.sync());
	await world.finish(world.two.sync());
	assert.deepEqual([world.one.ops.length, world.two.ops.length], [0, 1]);
	await world.clock.run(5_500);
	assert.deepEqual(world.two.ops, []);
});

test("without a channel, the leader sends what a tab wrote that was closed at once", async () => {
	const world = await twoTabs({ channel: null });
	world.first.look(false);
	await world.clock.run(20 * 60_000 + 15_000);
	await world.finish(world.two.set("cars", "7", { notes: "mine" }));
	world.second.freeze();
	await world.clock.run(12_000);
	assert.deepEqual(world.one.ops, []);
	assert.equal(world.server.spaces.get("s1").records.get("cars/7").fields.notes, "mine");
});

test("notes of one tab, and the spaces it learns of, are the other tab's too", async () => {
	const world = await twoTabs();
	const notes = world.second.engine.notes;
	world.first.engine.notes.put("draft", "half");
	await world.clock.run(100);
	assert.equal(notes.get("draft"), "half");
	world.first.engine.notes.put("draft", "half a sentence");
	await world.clock.run(100);
	assert.equal(notes.get("draft"), "half a sentence");
	world.first.engine.notes.drop("draft");
	await world.clock.run(100);
	assert.deepEqual([notes.get("draft"), notes.keys("")], [undefined, []]);
	let told = 0;
	world.second.engine.subscribe(() => { told += 1; });
	world.server.space("team", "member", "team");
	world.server.users.get(anna.id).spaces.push("team");
	await world.finish(world.first.engine.refreshSpaces());
	await world.clock.run(100);
	assert.deepEqual([world.second.engine.spaces.map(({ id }) => id), told > 0], [["s1", "team"], true]);
});

test("a sign-out in one tab signs out all of them; so does a sign-in sign in", async () => {
	const world = await twoTabs();
	await world.finish(world.first.engine.signOut());
	await world.clock.run(1000);
	assert.deepEqual([world.second.engine.session.status, world.second.engine.session.notice],
		["out", "You signed out in another tab."]);
	await world.finish(world.second.engine.signIn({ email: anna.email, password: "x" }));
	await world.clock.run(1000);
	assert.deepEqual([world.first.engine.session.status, world.first.engine.session.user?.id], ["in", anna.id]);
});

test("if the browser deletes the database, the person is signed out and told why", async () => {
	const world = await begin();
	await world.finish(world.space.create("cars", { notes: "a" }, { id: "7" }));
	await world.sync();
	const id = world.engine.device.id;
	for (const { name } of await world.factory.databases()) {
		const { result } = await new Promise((resolve) => {
			world.factory.open(name).onsuccess = ({ target }) => resolve(target);
		});
		for (const store of result.objectStoreNames)
			result.transaction(store, "readwrite").objectStore(store).clear();
		result.close();
	}
	await assert.rejects(world.finish(world.space.set("cars", "7", { notes: "b" })), /Nobody is signed in/);
	await world.clock.run(1000);
	assert.equal(world.engine.session.status, "out");
	assert.match(world.engine.session.notice, /browser has cleared/);
	await world.finish(world.engine.signIn({ email: anna.email, password: "x" }));
	const space = await world.finish(world.engine.open("s1"));
	await world.finish(space.sync());
	assert.equal(space.get("cars", "7").notes, "a");
	await world.finish(world.engine.stop());
	assert.equal((await reopen(world)).engine.device.id, id);
});

// ---- handhelds ----

function handhelds(server) {
	let made = 0;
	server.answer = (call) => {
		const bearer = call.headers.authorization;
		if (call.method === "POST" && call.path === "/spaces/s1/handhelds")
			return { status: 201, body: { token: `dbh_${made += 1}`, handheld: {
				id: "h1", name: call.body.name, deviceId: call.body.deviceId,
			} } };
		if (call.method === "DELETE" && call.path === "/spaces/s1/handhelds/h1")
			return { status: 204 };
		if (call.path === "/auth/pin" && bearer !== `Bearer dbh_${made}`)
			return server.refusal(401);
		if (call.method === "GET" && call.path === "/auth/pin")
			return { status: 200, body: { space: { id: "s1", name: "s1" }, handheld: { id: "h1" }, people: [
				{ id: ben.id, name: "Ben", initials: "B" },
			] } };
		if (call.path === "/auth/pin" || call.path === "/auth/pin/refresh") {
			if (call.path === "/auth/pin" ? call.body.pin !== "4711"
				: call.body.handheld !== `dbh_${made}` ||
				!(server.tokens.get(bearer.slice(7))?.until > server.clockOf()))
				return server.refusal(401);
			const token = `pin${server.made += 1}`;
			server.tokens.set(token,
				{ user: { ...ben, spaces: ["s1"] }, until: server.clockOf() + 900_000 });
			return { status: 200, body: { user: {
				id: ben.id, email: ben.email, name: ben.name,
			}, space: "s1", accessToken: token, idleSeconds: 900, expiresIn: 900 } };
		}
		return undefined;
	};
}

async function handheld() {
	const world = await begin();
	world.server.clockOf = () => world.clock.at;
	handhelds(world.server);
	await world.finish(world.engine.becomeHandheld("s1", "Lane 3"));
	await world.finish(world.engine.signOut());
	return world;
}

test("a shared handheld: its people, a PIN, work in the person's own name, and ceasing to be one", async () => {
	const world = await handheld();
	const { engine, server } = world;
	assert.deepEqual(engine.session.handheld, { space: "s1", spaceName: "s1", name: "Lane 3" });
	assert.deepEqual(await world.finish(engine.handheldPeople()), [{ id: ben.id, name: "Ben", initials: "B" }]);
	await assert.rejects(world.finish(engine.signInWithPin({ user: ben.id, pin: "1" })), { status: 401 });
	await world.finish(engine.signInWithPin({ user: ben.id, pin: "4711" }));
	assert.deepEqual([engine.session.status, engine.session.kind, engine.session.user.id], ["in", "pin", ben.id]);
	const space = await world.finish(engine.open("s1"));
	await world.finish(space.create("trips", { note: "Ben's" }));
	await world.finish(space.sync());
	assert.equal(server.calls("/sync/push").at(-1).body.user, ben.id);
	assert.ok((await databases(world.factory)).includes(`daybook.${ben.id}.pin`));
	const again = await reopen(world);
	assert.deepEqual([again.engine.session.status, again.engine.session.kind, again.engine.session.handheld.name],
		["in", "pin", "Lane 3"]);
	await again.sync();
	assert.equal(again.space.status.trouble, null);
	await world.finish(again.engine.signOut());
	server.down = true;
	assert.equal((await world.finish(again.engine.handheldPeople())).length, 1);
	await world.finish(again.engine.leaveHandheld());
	assert.equal(again.engine.session.handheld, null);
	await assert.rejects(again.engine.handheldPeople(), /no shared handheld/);
});

test("a sign-in by PIN lasts while somebody uses the device; syncing alone renews nothing", async () => {
	const world = await handheld();
	const { engine, server, clock } = world;
	await world.finish(engine.signInWithPin({ user: ben.id, pin: "4711" }));
	for (let minute = 0; minute < 40; minute += 5) {
		await clock.run(300_000);
		engine.used();
	}
	await clock.run(1000);
	assert.equal(engine.session.status, "in");
	assert.ok(server.calls("POST /auth/pin/refresh").length >= 4);
	await clock.run(1_000_000);
	assert.equal(engine.session.status, "expired");
	assert.match(engine.session.notice, /PIN/);
	const space = await world.finish(engine.open("s1"));
	await world.finish(space.create("trips", { note: "kept" }));
	await world.finish(engine.signInWithPin({ user: ben.id, pin: "4711" }));
	await world.finish(space.sync());
	assert.deepEqual([space.ops.length, engine.session.status], [0, "in"]);
});

test("a late response about a former handheld, or to an overtaken PIN, changes nothing", async () => {
	const { clock, server, engine, finish: wait } = await handheld();
	const held = holding(server, (call) => call.path === "/auth/pin" && call.method === "GET",
		() => server.refusal(401));
	const people = engine.handheldPeople().catch((error) => error.status);
	await clock.run(100);
	await wait(engine.leaveHandheld());
	await wait(engine.signIn({ email: anna.email, password: "x" }));
	await wait(engine.becomeHandheld("s1", "Lane 4"));
	held[0]();
	assert.equal(await wait(people), 401);
	assert.equal(engine.session.handheld.name, "Lane 4");
	await wait(engine.signOut());
	const late = holding(server, (call) => call.path === "/auth/pin" && call.method === "POST");
	const entering = engine.signInWithPin({ user: anna.id, pin: "4711" });
	entering.catch(() => {});
	await clock.run(100);
	await wait(engine.signIn({ email: anna.email, password: "x" }));
	late[0]();
	await assert.rejects(wait(entering), { name: "EngineError" });
	assert.deepEqual([engine.session.status, engine.session.kind], ["in", "password"]);
});

test("a revoked handheld stops being one", async () => {
	const world = await handheld();
	world.server.answer = () => world.server.refusal(401);
	await assert.rejects(world.finish(world.engine.handheldPeople()), { status: 401 });
	assert.equal(world.engine.session.handheld, null);
});
