// What stories of sim/story.mjs found, each as the smallest scenario that shows it.
import { test } from "node:test";
import assert from "node:assert/strict";
import { createEngine } from "../../www/engine/engine.js";
import { backupOf, bringBack, undoOps, writeOps } from "./sim/records.mjs";
import { World } from "./sim/world.mjs";

// A world with anna (owner) and ben (member) in one team, each with a device and a tab, all at rest.
async function team({ ben: role = "member", ...options } = {}) {
	const world = new World({ seed: 7, createEngine, ...options });
	const [anna, ben] = ["anna", "ben"].map((name) => world.server.addUser({ name }));
	const { id } = world.server.addSpace({ name: "team", roles: { [anna.id]: "owner", [ben.id]: role } });
	const seats = {};

	for (const user of [anna, ben]) {
		const device = world.device({ name: user.name });
		const tab = await world.enter(device, user);
		seats[user.name] = { device, tab, user, space: await world.finish(tab.engine.open(id)) };
	}
	await world.run(10_000);
	return {
		world, id, anna: seats.anna, ben: seats.ben, server: world.server, space: () => world.server.space(id),
		async write(seat, what, ...args) {
			const op = await world.finish(seat.space[what](...args));
			await world.run(100);
			return op;
		},
		// The same device after its tab was closed or killed.
		async again(seat) {
			seat.tab.kill();
			seat.tab = await world.enter(seat.device, seat.user);
			seat.space = await world.finish(seat.tab.engine.open(id));
		},
		async end() {
			await world.end();
			assert.deepEqual(world.faults, []);
		},
	};
}

test("a member who returns does not see what was deleted meanwhile, though refused work referred to it", async () => {
	const { world, anna, ben, server, write, id, end } = await team();
	await write(anna, "create", "cars", { notes: "a" }, { id: "7" });
	await world.run(10_000);
	ben.device.connect(false);
	await write(ben, "set", "cars", "7", { notes: "b" });
	server.setRole(id, ben.user.id, null);
	ben.device.connect(true);
	await world.run(60_000);
	assert.ok(ben.space.status.gone);
	assert.equal(ben.space.ops.length, 1);
	await write(anna, "remove", "cars", "7");
	await world.run(10_000);
	server.setRole(id, ben.user.id, "member");
	await world.run(60_000);
	assert.equal(ben.space.status.gone, null);
	await world.finish(ben.space.discard(ben.space.ops[0].id));
	assert.equal(ben.space.get("cars", "7"), undefined);
	await end();
});

test("after a restore acknowledged work is there again, though its author had left meanwhile", async () => {
	const { world, ben, server, write, id, space, end } = await team();
	const dump = server.dump();
	await write(ben, "create", "cars", { notes: "kept" }, { id: "7" });
	await world.run(10_000);
	server.setRole(id, ben.user.id, null);
	await world.run(60_000);
	assert.equal(space().records.size, 1);
	server.restore(dump);
	server.setRole(id, ben.user.id, null);
	await world.run(10_000);
	server.setRole(id, ben.user.id, "member");
	assert.equal(space().records.size, 0);
	await world.finish(ben.tab.engine.signIn({ email: ben.user.email, password: ben.user.password }));
	await world.run(60_000);
	assert.deepEqual([...space().records.keys()], ["cars/7"]);
	await end();
});

test("refuse() without a question stops nothing, and allow() without one answers no later question", async () => {
	const { world, anna, ben, write, end } = await team();
	ben.space.refuse();
	await write(anna, "create", "cars", {}, { id: "7" });
	await world.run(10_000);
	assert.ok(ben.space.get("cars", "7"));
	for (let n = 0; n < 30; n++)
		await write(anna, "create", "cars", {}, { id: `c${n}` });
	await world.run(10_000);
	ben.space.allow();
	ben.device.connect(false);
	for (let n = 0; n < 30; n++)
		await write(anna, "remove", "cars", `c${n}`);
	ben.device.connect(true);
	await world.run(60_000);
	assert.deepEqual(ben.space.status.question, { deletes: 30, of: 31 });
	ben.space.refuse();
	await world.run(60_000);
	assert.equal(ben.space.all("cars").length, 31);
	ben.space.sync();
	await world.run(10_000);
	ben.space.allow();
	await world.run(60_000);
	assert.equal(ben.space.all("cars").length, 1);
	await end();
});

test("a record of a space that was left is deleted with the last unsent work on it", async () => {
	const { world, anna, ben, server, write, id, end } = await team();
	await write(anna, "create", "cars", { notes: "a" }, { id: "7" });
	await write(anna, "create", "cars", { notes: "a" }, { id: "8" });
	await world.run(10_000);
	ben.device.connect(false);
	await write(ben, "set", "cars", "7", { notes: "b" });
	server.setRole(id, ben.user.id, null);
	ben.device.connect(true);
	await world.run(60_000);
	assert.deepEqual(ben.space.all("cars").map((row) => row.id), ["7"]);
	await world.finish(ben.space.discard(ben.space.ops[0].id));
	assert.deepEqual(ben.space.all("cars"), []);
	await end();
});

test("without locks and channels, a leader with another clock shows what the other tab did", async () => {
	const world = new World({ seed: 7, createEngine });
	const user = world.server.addUser({ name: "anna" });
	const device = world.device({ locks: false, channel: false });
	const one = await world.enter(device, user);
	const first = await world.finish(one.engine.open(user.home));
	await world.run(10_000);
	device.wall.skew = -7_200_000;
	const two = await world.enter(device, user);
	const second = await world.finish(two.engine.open(user.home));
	await world.run(60_000);
	await world.finish(second.create("cars", { notes: "n" }, { id: "7" }));
	await world.run(60_000);
	assert.equal(first.get("cars", "7")?.version, 1);
	assert.deepEqual(first.ops, []);
	await world.end();
	assert.deepEqual(world.faults, []);
});

test("without locks and channels, a tab that is not the leader learns of new fields and spaces", async () => {
	const world = new World({ seed: 7, createEngine });
	const user = world.server.addUser({ name: "anna" });
	const device = world.device({ locks: false, channel: false });
	const first = await world.enter(device, user), second = await world.enter(device, user);
	const [one, two] = [
		await world.finish(first.engine.open(user.home)), await world.finish(second.engine.open(user.home)),
	];
	await world.finish(one.create("stock", { name: "n" }, { id: "7" }));
	await world.run(10_000);
	const definitions = structuredClone(world.server.collections.all);
	const stock = definitions.find(({ name }) => name === "stock");
	stock.revision++;
	stock.fields.push({ name: "grade", type: "choice", label: "Grade", choices: ["a", "b"], default: "a" });
	world.server.define(definitions);
	const { id } = world.server.addSpace({ name: "team", roles: { [user.id]: "owner" } });
	await world.run(120_000);
	assert.deepEqual([one.status.leads, two.status.leads], [true, false]);
	assert.deepEqual([one.get("stock", "7").grade, two.get("stock", "7").grade], ["a", "a"]);
	assert.ok(second.engine.spaces.some((space) => space.id === id));
	await world.end();
	assert.deepEqual(world.faults, []);
});

test("after a restore acknowledged work is there again, though the device was loading everything", async () => {
	const { world, ben, server, write, id, space, end } = await team();
	const dump = server.dump();
	await write(ben, "create", "cars", { notes: "kept" }, { id: "7" });
	await world.run(10_000);
	server.setRole(id, ben.user.id, "manager");
	const isTold = () => world.network.wire.some(({ kind, answer }) => kind === "delivered" &&
		answer.status === 410);
	assert.ok(await world.clock.until(isTold, 60_000, 1));
	ben.device.connect(false);
	await world.run(1_000);
	server.restore(dump);
	assert.equal(space().records.size, 0);
	ben.device.connect(true);
	await world.run(5_000);
	await world.finish(ben.tab.engine.signIn({ email: ben.user.email, password: ben.user.password }));
	await world.run(60_000);
	assert.deepEqual([...space().records.keys()], ["cars/7"]);
	assert.equal(ben.space.get("cars", "7").notes, "kept");
	await end();
});

test("one person's work is not sent as another's, though that one signs in before it could be sent", async () => {
	const { world, anna, ben, server, write, id, space, end } = await team();
	ben.device.connect(false);
	await write(ben, "create", "cars", { notes: "ben's" }, { id: "7" });
	server.endSessions(ben.user.id);
	ben.device.connect(true);
	assert.ok(await world.clock.until(() => ben.tab.engine.session.status === "expired", 60_000));
	await world.finish(ben.tab.engine.signIn({ email: anna.user.email, password: anna.user.password }));
	const hers = await world.finish(ben.tab.engine.open(id));
	assert.equal(ben.tab.engine.session.user.id, anna.user.id);
	assert.equal(hers.get("cars", "7"), undefined);
	await world.finish(hers.create("cars", { notes: "anna's" }, { id: "8" }));
	await world.run(60_000);
	assert.deepEqual([...space().records.keys()], ["cars/8"]);
	await world.finish(ben.tab.engine.signOut());
	await world.finish(ben.tab.engine.signIn({ email: ben.user.email, password: ben.user.password }));
	await world.run(60_000);
	assert.deepEqual(space().log.map(({ id: record, user }) => [record, user === ben.user.id ? "ben" : "anna"]),
		[["8", "anna"], ["7", "ben"]]);
	await end();
});

test("a sign-out with unsent work keeps it on the device, and it is sent after the next sign-in", async () => {
	const { world, ben, space, end } = await team();
	ben.device.connect(false);
	await world.finish(ben.space.create("cars", { notes: "unsent" }, { id: "7" }));
	assert.equal(await world.finish(ben.tab.engine.unsent()), 1);
	await world.finish(ben.tab.engine.signOut());
	assert.equal(ben.tab.engine.session.status, "out");
	ben.device.connect(true);
	await world.run(60_000);
	assert.equal(space().records.size, 0);
	await world.finish(ben.tab.engine.signIn({ email: ben.user.email, password: ben.user.password }));
	await world.run(60_000);
	assert.deepEqual([...space().records.keys()], ["cars/7"]);
	assert.equal(await world.finish(ben.tab.engine.unsent()), 0);
	await end();
});

test("behind a captive portal, shown records stay and writes wait", async () => {
	const { world, anna, ben, write, space, end } = await team();
	await write(anna, "create", "cars", { notes: "a" }, { id: "7" });
	await world.run(10_000);
	world.network.weather = { portal: 1 };
	await world.finish(ben.space.set("cars", "7", { notes: "b" }));
	await world.run(300_000);
	assert.equal(ben.space.get("cars", "7").notes, "b");
	assert.equal(ben.space.status.waiting, 1);
	assert.notEqual(ben.space.status.trouble, null);
	assert.equal(ben.tab.engine.session.status, "in");
	world.network.weather = {};
	await world.run(120_000);
	assert.equal(space().records.get("cars/7").versions.at(-1).values.notes, "b");
	await end();
});

test("a record with a new owner leaves one view and enters the other, also while it changes", async () => {
	const { world, anna, ben, server, write, id, end } = await team();
	const cleo = server.addUser({ name: "cleo" });
	server.setRole(id, cleo.id, "member");
	const claim = await write(ben, "create", "claims", { date: "2026-11-21", title: "Taxi" });
	await world.run(10_000);
	ben.device.connect(false);
	await write(ben, "set", "claims", claim.record, { title: "Bus" });
	await write(anna, "set", "claims", claim.record, { owner: cleo.id });
	await world.run(10_000);
	ben.device.connect(true);
	await world.run(60_000);
	assert.deepEqual(ben.space.ops.map(({ state, problem }) => [state, problem.status]), [["rejected", 404]]);
	await world.finish(ben.space.discard(ben.space.ops[0].id));
	assert.deepEqual(ben.space.all("claims"), []);
	assert.equal(anna.space.get("claims", claim.record).owner, cleo.id);
	await end();
});

test("an idle device polls twelve times a minute, twice when hidden, less after long or on failures", async () => {
	const { world, ben, end } = await team();
	const asked = async (ms) => {
		const before = world.network.wire.length;
		await world.run(ms);
		return world.network.wire.slice(before)
			.filter(({ kind, call }) => kind === "sent" && call.tab === ben.tab).length / (ms / 60_000);
	};
	assert.ok(await asked(300_000) <= 12);
	ben.tab.show(false);
	assert.ok(await asked(300_000) <= 2.5);
	await world.run(900_000);
	assert.ok(await asked(600_000) <= 1);
	ben.tab.show(true);
	world.network.weather = { brokenBefore: 1 };
	await world.run(600_000);
	assert.ok(await asked(600_000) <= 2);
	await end();
});

// The server is set back to an earlier state of its database while ben's device is offline, and anna writes so many
// records before it comes back.  deaf: ben's device has heard of its pushes and has not pulled since.
async function setBack(writes, deaf) {
	const { world, anna, ben, server, write, space, end } = await team();
	await write(anna, "create", "cars", { notes: "before" }, { id: "1" });
	await world.run(10_000);
	const dump = server.dump();
	if (deaf)
		world.network.hear = (call) => {
			if (call.device === ben.device && /changes$/.test(call.path))
				call.fail();
		};
	await write(ben, "create", "cars", { notes: "lost" }, { id: "2" });
	await write(ben, "set", "cars", "1", { notes: "changed" });
	await world.run(10_000);
	assert.equal(ben.space.ops.length, 0, "everything is acknowledged");
	ben.device.connect(false);
	server.setBack(dump);
	world.network.hear = undefined;
	for (let i = 0; i < writes; i++) {
		await write(anna, "create", "cars", { notes: "after" }, { id: `a${i}` });
		await world.run(10_000);
	}
	ben.device.connect(true);
	await world.run(120_000);
	const wanted = { 1: "changed", 2: "lost" };
	for (let i = 0; i < writes; i++)
		wanted[`a${i}`] = "after";
	const notes = (seat) => Object.fromEntries(["1", "2", "a0", "a1", "a2", "a3", "a4"]
		.map((id) => [id, seat.space.get("cars", id)?.notes]).filter(([, text]) => text !== undefined));
	assert.deepEqual(notes(ben), wanted);
	assert.deepEqual(notes(anna), wanted);
	assert.equal(space().records.size, Object.keys(wanted).length);
	await end();
}

for (const [what, writes] of [["not reached", 0], ["reached", 2], ["passed", 5]])
	for (const deaf of [false, true])
		test(`old head of a set-back database ${what}${deaf ? " before a pull" : ""}: acknowledged ops return`,
			() => setBack(writes, deaf));

// ---- an owner makes the space again what it was ----

// Ben's device is offline with edits of a record that was there, of one that was made since, and with a new one.
async function offline() {
	const made = await team(), { world, anna, ben, server, write, space } = made;
	await write(anna, "create", "cars", { notes: "before", location: "100" }, { id: "1" });
	await world.run(10_000);
	const backup = backupOf(space()), from = space().seq;
	await write(anna, "set", "cars", "1", { location: "200" });
	await write(anna, "create", "cars", { notes: "since" }, { id: "2" });
	await world.run(10_000);
	ben.device.connect(false);
	await write(ben, "set", "cars", "1", { notes: "ben's" });
	await write(ben, "set", "cars", "2", { notes: "ben's" });
	await write(ben, "create", "cars", { notes: "ben's" }, { id: "3" });
	return {
		...made,
		owner: { ...server.personIn(space(), anna.user.id), device: "elsewhere" },
		backup, from, times: { now: world.clock.now, newId: () => server.newId() },
		async meet() {
			ben.device.connect(true);
			await world.run(60_000);
			const named = ben.space.ops.map((op) => `${op.state} ${op.record} ${op.set.notes}`);
			const shown = (seat) => seat.space.all("cars")
				.map((row) => `${row.id} ${row.notes} ${row.location}`).sort();
			return { named, anna: shown(anna), ben: shown(ben) };
		},
	};
}

test("a restored backup meets edits that waited: those that fit are applied, the others are named", async () => {
	for (const [how, anna, named] of [
		[{ mode: "merge", changed: "keep" }, ["1 ben's 200", "2 ben's Yard", "3 ben's Yard"], []],
		[{ mode: "merge", changed: "restore" }, ["1 ben's 100", "2 ben's Yard", "3 ben's Yard"], []],
		[{ mode: "replace" }, ["1 ben's 100", "3 ben's Yard"], ["conflict 2 ben's"]],
	]) {
		const { server, space, owner, backup, times, meet, end } = await offline();
		bringBack(server.collections, space(), owner, backup, { ...how, ...times });
		const met = await meet();
		assert.deepEqual([met.anna, met.ben, met.named], [anna, anna, named], how.mode + how.changed);
		await end();
	}
});

test("an undone span meets edits that waited: those that fit are applied, the others are named", async () => {
	const { server, space, owner, from, times, meet, end } = await offline();
	const ops = undoOps(server.collections, space(), { from })
		.map((op) => ({ ...op, op: server.newId(), collection: server.collections.find(op.collection) }));
	writeOps(server.collections, space(), owner, ops, times);
	const met = await meet();
	const wanted = ["1 ben's 100", "3 ben's Yard"];
	assert.deepEqual([met.anna, met.ben], [wanted, wanted]);
	assert.deepEqual(met.named, ["conflict 2 ben's"]);
	await end();
});

test("while a backup is being restored edits wait, and are sent after it", async () => {
	const { world, id, ben, server, write, space, end } = await team();
	server.restoring.add(id);
	await write(ben, "create", "cars", { notes: "a" }, { id: "1" });
	await world.run(60_000);
	assert.deepEqual(ben.space.ops.map((op) => op.state), ["sent"], "and unanswered");
	assert.equal(space().seq, 0);
	server.restoring.delete(id);
	await world.run(15_000);
	assert.deepEqual([ben.space.ops, ben.space.get("cars", "1").version], [[], 1]);
	await end();
});

// ---- what waits is shown, sent or named ----

// Ben makes a record offline whose id anna has taken, and no pull comes through.
async function clash() {
	const made = await team();
	const { world, anna, ben, write } = made;
	ben.device.connect(false);
	await write(anna, "create", "cars", { notes: "anna's", location: "100" }, { id: "7" });
	const op = await write(ben, "create", "cars", { notes: "ben's" }, { id: "7" });
	world.network.blocks = /\/sync\/changes$/;
	ben.device.connect(true);
	await world.run(10_000);
	assert.equal(ben.space.ops[0].state, "conflict");
	return { ...made, op };
}

for (const how of ["discard", "undo", "resolve", "retry"])
	test(`an edit of a record whose create is in conflict stays in sight after ${how}`, async () => {
		const { world, ben, op, write, end } = await clash();
		assert.equal(ben.space.get("cars", "7").notes, "anna's", "the conflict has brought the other record");
		await write(ben, "set", "cars", "7", { late: true });
		assert.equal(ben.space.get("cars", "7").late, true);
		await world.finish(how === "resolve"
			? ben.space.resolve(op.id, { notes: "both" }) : ben.space[how](op.id));
		assert.equal(ben.space.get("cars", "7").late, true);
		await write(ben, "set", "cars", "7", { location: "200" });
		world.network.blocks = undefined;
		await world.run(60_000);
		const { late, location } = ben.space.get("cars", "7");
		assert.deepEqual([late, location], [true, "200"]);
		assert.ok(ben.space.ops.every(({ state }) => state === "conflict"));
		await end();
	});

test("a removal of what its author may no longer see is over when the edit below it is answered", async () => {
	const { world, anna, ben, server, write, id, space, end } = await team({ ben: "manager" });
	await write(anna, "create", "claims", { date: "2026-11-21", title: "a" });
	await world.run(10_000);
	const [{ id: claim }] = ben.space.all("claims");
	world.network.watch = ({ push }) => push && ben.device.connect(false);
	await write(ben, "set", "claims", claim, { note: "b" });
	await write(ben, "remove", "claims", claim);
	world.network.watch = undefined;
	assert.deepEqual(ben.space.ops.map(({ kind, state }) => `${kind} ${state}`), ["set sent", "delete waiting"]);
	server.setRole(id, ben.user.id, "member");
	ben.device.connect(true);
	await world.run(60_000);
	assert.deepEqual([ben.space.ops, ben.space.all("claims")], [[], []]);
	assert.deepEqual(space().log.map(({ action }) => action), ["created", "updated"], "it stays for the others");
	await end();
});

test("an edit of a record that was deleted elsewhere is shown until it is answered", async () => {
	const { world, anna, ben, write, end } = await team();
	await write(anna, "create", "cars", { notes: "a", location: "100" }, { id: "7" });
	await world.run(10_000);
	ben.device.connect(false);
	await write(ben, "set", "cars", "7", { notes: "b" });
	await write(anna, "remove", "cars", "7");
	world.network.blocks = /\/sync\/push$/;
	ben.device.connect(true);
	await world.run(20_000);
	assert.equal(ben.space.get("cars", "7").notes, "b");
	world.network.blocks = undefined;
	await world.run(10_000);
	assert.deepEqual(ben.space.ops.map(({ state }) => state), ["conflict"]);
	await end();
});

test("somebody who may see much less is asked, and what they wrote is sent meanwhile", async () => {
	const { world, anna, ben, server, write, id, space, end } = await team({ ben: "manager" });
	for (let n = 0; n < 14; n++)
		await write(anna, "create", "claims", { title: "t", date: "2026-11-21" });
	await world.run(10_000);
	assert.equal(ben.space.all("claims").length, 14);
	server.setRole(id, ben.user.id, "member");
	await world.run(10_000);
	assert.deepEqual(ben.space.status.question, { deletes: 14, of: 14 });
	await write(ben, "create", "cars", { notes: "b" }, { id: "7" });
	await world.run(5_000);
	assert.ok(space().records.has("cars/7"));
	assert.equal(ben.space.status.loading, null);
	await world.finish(ben.space.refuse());
	await write(anna, "set", "cars", "7", { notes: "later" }).catch(() => {});
	await world.run(10_000);
	assert.deepEqual([ben.space.status.kept, ben.space.ops.length], [{ deletes: 14, of: 14 }, 0]);
	await world.finish(ben.space.allow());
	assert.deepEqual([ben.space.all("claims").length, ben.space.status.kept], [0, null]);
	await end();
});

test("a tab that is opened while the server fails says so at once", async () => {
	const { world, ben, end } = await team();
	world.network.isAway = true;
	await world.run(300_000);
	const second = await world.enter(ben.device, ben.user);
	const space = await world.finish(second.engine.open(ben.space.id));
	await world.run(100);
	assert.deepEqual([space.status.trouble, ben.space.status.trouble], ["server", "server"]);
	await end();
});

for (const [isMore, words] of [[true, ", what is written after it too"], [false, ""]])
	test(`ten seconds after an outage everything is sent${words}`, async () => {
		for (const length of [20_000, 90_000, 600_000]) {
			const { world, ben, write, space, end } = await team();
			world.network.isAway = true;
			await write(ben, "create", "cars", { notes: "before" }, { id: "1" });
			await world.run(length);
			world.network.isAway = false;
			if (isMore)
				await write(ben, "create", "cars", { notes: "after" }, { id: "2" });
			await world.run(10_000);
			assert.deepEqual([space().records.size, ben.space.ops.length], [isMore ? 2 : 1, 0]);
			await end();
		}
	});

test("an edit that joins another is in conflict too, if its author has not seen what it overwrites", async () => {
	const { world, anna, ben, write, space, end } = await team();
	await write(anna, "create", "stock", { name: "a" }, { id: "7" });
	await world.run(10_000);
	await write(anna, "set", "stock", "7", { name: "b" });
	// The pull that brings it finds an edit below which it goes.
	world.network.blocks = /\/sync\/push$/;
	world.network.watch = ({ device, path }) => {
		if (device !== ben.device || !/changes$/.test(path))
			return;
		world.network.watch = undefined;
		ben.space.set("stock", "7", { name: "mine" });
	};
	await world.run(20_000);
	const { version, ...fields } = ben.space.get("stock", "7");
	assert.deepEqual([version, fields.name], [2, "mine"]);
	world.network.blocks = undefined;
	await world.run(20_000);
	assert.deepEqual(ben.space.ops.map(({ state }) => state), ["conflict"]);
	ben.device.connect(false);
	await write(ben, "set", "stock", "7", { shelf: "s" });
	const op = await write(ben, "set", "stock", "7", { name: "more" }, { seen: { version, fields } });
	assert.deepEqual([op.state, op.conflict.fields], ["conflict", ["name"]]);
	ben.device.connect(true);
	await world.run(20_000);
	assert.equal(space().records.get("stock/7").versions.at(-1).values.name, "b");
	await end();
});

for (const [how, seen] of [["as it was", false], ["in a form", true]])
	test(`an edit of what another tab has just deleted is shown until it is answered (${how})`, async () => {
		const world = new World({ seed: 7, createEngine });
		const user = world.server.addUser({ name: "anna" });
		const device = world.device({ locks: false, channel: false });
		const first = await world.enter(device, user), second = await world.enter(device, user);
		const [one, two] = [
			await world.finish(first.engine.open(user.home)),
			await world.finish(second.engine.open(user.home)),
		];
		await world.finish(one.create("cars", { notes: "n" }, { id: "7" }));
		await world.run(10_000);
		const { version, ...fields } = two.get("cars", "7");
		await world.finish(one.remove("cars", "7"));
		await world.run(1_000);
		assert.deepEqual([one.get("cars", "7"), one.ops], [undefined, []]);
		device.connect(false);
		const wish = two.set("cars", "7", { notes: "more" }, seen ? { seen: { version, fields } } : {});
		await world.finish(wish);
		await world.run(40_000);
		for (const space of [one, two])
			assert.equal(space.get("cars", "7")?.notes, "more");
		device.connect(true);
		await world.run(40_000);
		assert.deepEqual(two.ops.map(({ state }) => state), ["conflict"]);
		await world.end();
		assert.deepEqual(world.faults, []);
	});

// What was sent in a hole is never answered, whether the server has taken it or not.
for (const [what, handles] of [["before", false], ["after", true]])
	for (const of of [/\/sync\/push$/, /\/sync\/changes$/])
		test(`ten seconds after a hole all is there (${of.source}, ${what} the server)`, async () => {
			for (const length of [100, 3_900, 25_000, 90_000]) {
				const { world, anna, ben, write, space, end } = await team();
				const { handle } = world.network;
				if (!handles)
					world.network.handle = (call) =>
						(world.network.isHole ? {} : handle.call(world.network, call));
				world.network.hear = (call) => {
					world.network.isHole ||= of.test(call.path) && !call.over;
				};
				await write(anna, "create", "cars", { notes: "theirs" }, { id: "1" });
				await write(ben, "create", "cars", { notes: "mine" }, { id: "2" });
				await world.clock.until(() => world.network.isHole, 20_000);
				await world.run(length);
				Object.assign(world.network, { isHole: false, hear: undefined });
				await world.run(10_000);
				assert.deepEqual([space().records.size, anna.space.ops, ben.space.ops], [2, [], []]);
				for (const seat of [anna, ben])
					assert.deepEqual(seat.space.all("cars").map(({ version }) => version), [1, 1]);
				assert.equal(space().log.length, 2);
				await end();
			}
		});

test("a large push over a slow link is sent once, unless the link was broken", async () => {
	for (const isBroken of [false, true]) {
		const { world, ben, space, end } = await team();
		const { network, clock } = world, begin = network.send;
		// An upload of 130 kB, beside which small requests get through.
		network.send = (call) => (call.push ? clock.wait(() => begin.call(network, call), 25_000)
			: begin.call(network, call));
		const notes = "n".repeat(500);
		ben.device.connect(false);
		for (let n = 0; n < 200; n++)
			await world.finish(ben.space.create("cars", { notes }, { id: `c${n}` }));
		ben.device.connect(true);
		await world.run(12_000);
		network.isHole = isBroken;
		await world.run(10_000);
		network.isHole = false;
		await world.run(60_000);
		assert.deepEqual([space().records.size, ben.space.ops], [200, []]);
		const sent = network.wire.filter(({ kind, call }) => kind === "sent" && call.push);
		assert.equal(sent.length, isBroken ? 2 : 1);
		await end();
	}
});
test("a record for which a space has no room waits with the reason and holds up nothing", async () => {
	const { world, anna, ben, space, write, end } = await team();
	await write(anna, "create", "cars", { notes: "first" }, { id: "1" });
	await world.run(10_000);
	space().recordsMax = [...space().records.values()].length;
	await write(ben, "create", "cars", { notes: "no room" }, { id: "2" });
	await write(ben, "set", "cars", "1", { notes: "changed" });
	await world.run(10_000);
	assert.deepEqual(ben.space.ops.map(({ record, state, problem }) => [record, state, problem.type]),
		[["2", "rejected", "/problems/space-full"]]);
	assert.match(ben.space.ops[0].problem.detail, /its limit of \d+ records/);
	assert.equal(ben.space.get("cars", "2").notes, "no room");
	assert.equal(anna.space.get("cars", "1").notes, "changed");

	await write(anna, "remove", "cars", "1");
	await world.run(10_000);
	await world.finish(ben.space.retry(ben.space.ops[0].id));
	await world.run(10_000);
	assert.deepEqual(ben.space.ops, []);
	assert.equal(anna.space.get("cars", "2").notes, "no room");
	await end();
});

test("without a channel, a tab learns that the sign-in has ended as soon as it is seen", async () => {
	const world = new World({ seed: 7, createEngine });
	const user = world.server.addUser({ name: "anna" });
	const device = world.device({ locks: false, channel: false });
	const first = await world.enter(device, user), second = await world.enter(device, user);
	await world.run(10_000);
	second.show(false);
	await world.run(31_000);
	world.server.endSessions(user.id);
	for (const token of world.server.access.values())
		token.expires = 0;
	await world.run(8_000);
	assert.deepEqual([first, second].map(({ engine }) => engine.session.status), ["expired", "in"]);
	second.show(true);
	await world.run(100);
	assert.equal(second.engine.session.status, "expired");
	await world.finish(first.engine.signIn({ email: user.email, password: user.password }));
	await world.run(6_000);
	assert.equal(second.engine.session.status, "in");
	await world.end();
	assert.deepEqual(world.faults, []);
});
