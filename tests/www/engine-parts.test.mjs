// Small decisions of the engine: which op may leave, how a file is sent and how long it is kept, what goes with a lost
// space, which tab goes first, and which spaces have news.
import assert from "node:assert/strict";
import test from "node:test";
import { IDBFactory } from "fake-indexeddb";
import { ApiError, createApi } from "../../www/engine/api.js";
import { filesToDrop } from "../../www/engine/files.js";
import { deviceClock } from "../../www/engine/clock.js";
import { createHeads } from "../../www/engine/heads.js";
import { beginAnew, changeOver, gather } from "../../www/engine/gathering.js";
import { createCourtesy } from "../../www/engine/leading.js";
import { createInsisting } from "../../www/engine/insist.js";
import { readyWith } from "../../www/engine/leaving.js";
import { createMemory } from "../../www/engine/memory.js";
import { problemOfLoss, rowsWithoutOps } from "../../www/engine/membership.js";
import { createPush } from "../../www/engine/push.js";
import { takeAnswers } from "../../www/engine/taking.js";
import { filesOf, pieceOf, receivedBy } from "../../www/engine/uploads.js";
import { amend, openUserData, storeStep } from "../../www/engine/userdata.js";
import { until } from "../lib/wait.mjs";
import { createClock } from "./engine-aid.mjs";

const MIB = 1 << 20, DAY = 86_400_000;

test("an op leaves when the server has the files that it names", () => {
	const isReady = readyWith([{ sha256: "aa", sent: false }, { sha256: "bb", sent: true }]);
	assert.ok(!isReady({ set: { photo: "AA" } }));
	assert.ok(isReady({ set: { photo: "bb", late: true } }));
	assert.ok(isReady({ set: null }));
});

test("a small file goes whole, a large one piece by piece from where it stands", () => {
	assert.deepEqual(pieceOf({ size: 10, received: 0 }),
		{ from: 0, to: 10, headers: { "Content-Type": "application/octet-stream" } });
	const size = 2 * MIB + 5, { from, to, headers } = pieceOf({ size, received: 2 * MIB });
	assert.deepEqual([from, to, headers["Content-Range"]], [2 * MIB, size, `bytes ${2 * MIB}-${size - 1}/${size}`]);
	assert.equal(pieceOf({ size, received: 0 }).to, MIB);
	assert.deepEqual(pieceOf({ size: 100, received: 0 }, 64).headers["Content-Range"], "bytes 0-63/100");
	assert.deepEqual(pieceOf({ size: 100, received: 64 }, MIB).headers["Content-Range"], "bytes 64-99/100");
});

test("the files of an op are those that it names and that are not sent", () => {
	const file = { sha256: "aa" }, unsent = new Map([["aa", file]]);
	assert.deepEqual(filesOf({ set: { photo: "AA", other: "bb", late: true } }, unsent), [file]);
	assert.deepEqual(filesOf({ set: null }, unsent), []);
});

test("an upload goes on from the bytes that the server has, if it says so", () => {
	const file = { size: 10 };
	assert.equal(receivedBy(new ApiError(409, { received: 4 }), file), 4);
	assert.equal(receivedBy(new ApiError(409, { received: 10 }), file), null);
	assert.equal(receivedBy(new ApiError(409, {}), file), null);
	assert.equal(receivedBy(new Error("down"), file), null);
});

test("files go when there is no room, the oldest first, or when no op has named them for a week", () => {
	const file = (sha256, sent, at, size = 1) => ({ sha256, sent, at, size }), now = 100 * DAY;
	const files = [
		file("old", true, now - 3 * DAY, 20 * MIB), file("new", true, now, 40 * MIB),
		file("wanted", true, 0, 40 * MIB),
		file("abandoned", false, now - 8 * DAY), file("young", false, now - 6 * DAY),
	];
	const dropped = filesToDrop(files, [{ set: { photo: "WANTED" } }, { set: null }], now);
	assert.deepEqual(dropped.map(({ sha256 }) => sha256), ["old", "abandoned"]);
	assert.deepEqual(filesToDrop(files.slice(0, 1), [], now), []);
});

test("a lost space loses the rows without ops of the person; the ops are refused with the reason", () => {
	const rows = [{ collection: "cars", id: "1" }, { collection: "cars", id: "2" }];
	assert.deepEqual(rowsWithoutOps(rows, [{ collection: "cars", record: "1" }]), [rows[1]]);
	assert.match(problemOfLoss(false).detail, /no longer a member/);
	assert.match(problemOfLoss(true).detail, /restored from a backup/);
});

test("a hidden tab lets a visible one go first, but not for ever", () => {
	let visible = false;
	const { note, taken, givesWay } = createCourtesy(() => visible);
	assert.equal(givesWay(), false);
	note("other", true);
	assert.deepEqual([givesWay(), givesWay(), givesWay(), givesWay(), givesWay()], [true, true, true, false, true]);
	note("other", false);
	assert.equal(givesWay(), false);
	note("other", true);
	visible = true;
	assert.equal(givesWay(), false);
	taken("mine");
	visible = false;
	assert.equal(givesWay(), false);
});

test("heads that are never answered are asked for again beside the request under way", async () => {
	const due = [], asked = [];
	const clock = { now: () => 0, wait: (callback) => due.push(callback), forget: () => { due.length = 0; } };
	const heads = createHeads({
		request: () => new Promise((resolve, reject) => { asked.push({ resolve, reject }); }), hearStamp() {},
	}, clock);
	const answer = { status: 200, data: { heads: [{ space: "a", head: "7" }] }, headers: new Headers() };

	const late = heads.ask();
	assert.equal(asked.length, 1);
	due.shift()();
	assert.equal(asked.length, 2);
	asked[1].resolve(answer);
	await late;
	assert.equal(heads.of("a"), "7");
	assert.deepEqual(due, []);

	const refused = heads.ask();
	asked[2].reject(new TypeError("refused"));
	await assert.rejects(refused, /refused/);
	assert.deepEqual(due, []);
});

// An answer of so many pieces, one every so many milliseconds of a clock that the test moves.
function slowAnswer({ clock, signal, pieces, every, text }) {
	const bytes = new TextEncoder().encode(text), size = Math.ceil(bytes.length / pieces);
	let at = 0;
	return new Response(new ReadableStream({
		start(stream) {
			signal.addEventListener("abort", () => stream.error(new Error("aborted")));
			const next = () => {
				if (signal.aborted)
					return;
				stream.enqueue(bytes.slice(at, at += size));
				if (at < bytes.length)
					clock.wait(next, every);
				else
					stream.close();
			};
			clock.wait(next, every);
		},
	}), { status: 200 });
}

for (const [every, comes] of [[25_000, true], [31_000, false]])
	test(`a slow answer ${comes ? "comes while" : "fails unless"} something of it comes all the time`, async () => {
		const clock = createClock(), text = JSON.stringify({ notes: "é".repeat(500) });
		let arrived = 0;
		const api = createApi({
			base: "", device: () => "", clock,
			fetch: async (url, { signal }) => slowAnswer({ clock, signal, pieces: 41, every, text }),
		});
		const outcome = api.send("GET", "/x", { arrived: () => { arrived += 1; } })
			.then(({ data }) => data, (error) => error.status);
		await clock.run(42 * every);
		assert.deepEqual(await outcome, comes ? JSON.parse(text) : 0);
		assert.equal(arrived, comes ? 42 : 1);
		assert.deepEqual(clock.pending(), []);
	});

test("an answer of which something comes is not asked for again, however long it takes", async () => {
	const one = insisting();
	for (let n = 0; n < 40; n++) {
		one.pushes[0].arrived();
		await one.run(3_000);
	}
	assert.deepEqual([one.pushes.length, one.trials.length], [1, 0]);
	await one.run(4_000);
	one.trials[0].reject(new ApiError(0));
	await one.run(4_000);
	one.trials.at(-1).resolve({});
	await one.run(1_000);
	assert.equal(one.pushes.length, 2);
	one.pushes[1].resolve("all");
	assert.deepEqual(await one.outcome, { value: "all" });
	one.pushes[0].arrived();
	assert.equal(one.timers.size, 0);
});

test("an op that is large by itself gets the time that it needs over the slowest link", async () => {
	const one = insisting({ body: { notes: "n".repeat(60_000) }, pace: 0.5 });
	await one.run(4_000);
	one.trials[0].reject(new ApiError(0));
	await one.run(4_000);
	one.trials.at(-1).resolve({});
	await one.run(1_000);
	assert.equal(one.pushes.length, 2);
	await one.run(100_000);
	for (const trial of one.trials)
		trial.resolve({});
	await one.run(1_000);
	assert.equal(one.pushes.length, 2);
});

// A request of a round under a clock that the test moves: [what is asked, how it settles, its signal].
function insisting(options = {}) {
	const asked = [], timers = new Set(), ended = new AbortController(), back = new Set();
	let now = 0;
	const clock = {
		now: () => now,
		wait(callback, ms) {
			const timer = { callback, at: now + ms };
			timers.add(timer);
			return timer;
		},
		forget: (timer) => timers.delete(timer),
	};
	const send = (method, path, more, signal) => new Promise((resolve, reject) => {
		asked.push({ path, resolve, reject, signal, arrived: more.arrived });
		signal.addEventListener("abort", () => reject(new ApiError(0)));
	});
	const insist = createInsisting({
		send, clock, ended: ended.signal,
		whenBack(listener) {
			back.add(listener);
			return () => back.delete(listener);
		},
	});
	const outcome = insist("POST", "/push", options).then((value) => ({ value }), (error) => ({ error }));
	const of = (path) => asked.filter((one) => one.path === path);

	return {
		outcome, ended, back, timers,
		get pushes() { return of("/push"); },
		get trials() { return of("/sync/heads"); },
		async run(ms) {
			const end = now + ms;
			for (now += 1_000; now <= end; now += 1_000) {
				for (const timer of [...timers])
					if (timer.at <= now && timers.delete(timer))
						timer.callback();
				await new Promise((resolve) => { setImmediate(resolve); });
			}
			now = end;
		},
	};
}

test("a request without an answer is sent once more beside, when the server answers others", async () => {
	const one = insisting();
	await one.run(4_000);
	assert.deepEqual([one.pushes.length, one.trials.length], [1, 1]);
	await one.run(1_000);
	one.trials[0].resolve({});
	await one.run(60_000);
	for (const trial of one.trials)
		trial.resolve({});
	await one.run(20_000);
	assert.equal(one.pushes.length, 2);
	assert.equal(one.pushes[0].signal.aborted, false);
	one.pushes[0].resolve("late");
	assert.deepEqual(await one.outcome, { value: "late" });
	assert.equal(one.pushes[1].signal.aborted, true);
	assert.deepEqual([one.timers.size, one.back.size], [0, 0]);
});

test("a request whose answer has begun, or with a large body, is sent again only after a broken link", async () => {
	for (const isLarge of [false, true]) {
		const one = insisting(isLarge ? { body: { notes: "n".repeat(400_000) } } : {});
		if (!isLarge)
			one.pushes[0].arrived();
		// A slow link: each trial is answered late, and in its order.
		await one.run(4_000);
		for (let n = 0; n < 6; n++) {
			await one.run(5_000);
			one.trials[n].resolve({});
		}
		await one.run(1_000);
		assert.equal(one.pushes.length, 1);
		// A later one is answered before an earlier one.
		await one.run(8_000);
		one.trials.at(-1).resolve({});
		await one.run(1_000);
		assert.equal(one.pushes.length, 2);
	}
});

test("at most two sendings of a request are under way, and each needs another break of the link", async () => {
	const one = insisting();
	for (let n = 2; n < 6; n++) {
		await one.run(4_000);
		one.trials.at(-1).reject(new ApiError(0));
		await one.run(4_000);
		one.trials.at(-1).resolve({});
		await one.run(1_000);
		assert.equal(one.pushes.length, n);
		assert.equal(one.pushes.filter(({ signal }) => !signal.aborted).length, 2);
	}
	// A failure counts when nothing else is under way; an answer that is no failure of the way counts at once.
	one.pushes.at(-1).reject(new ApiError(503));
	await one.run(1_000);
	one.pushes.at(-2).reject(new ApiError(422));
	assert.equal((await one.outcome).error.status, 422);
});

test("what another tab has had an answer to is not sent again, and its request fails", async () => {
	let isWanted = true;
	const one = insisting({ still: async () => isWanted });
	await one.run(4_000);
	one.trials[0].resolve({});
	await one.run(1_000);
	assert.equal(one.pushes.length, 2);
	isWanted = false;
	await one.run(4_000);
	one.trials.at(-1).reject(new ApiError(0));
	await one.run(4_000);
	one.trials.at(-1).resolve({});
	assert.equal((await one.outcome).error.status, 0);
	assert.equal(one.pushes.length, 2);
	assert.deepEqual([one.timers.size, one.back.size], [0, 0]);
});

// A push that waits for its answer, the way to ask whether it may be sent again, and its database.
async function pushing(...ops) {
	const database = openUserData(new IDBFactory(), "daybook", "anna", () => {}), asked = [];
	const { pushBatch } = createPush({
		database, user: "anna", device: () => "d", now: () => 0,
		definition: () => undefined, limits: () => null, publish() {}, suspect() {}, async disown() {},
		request: (method, path, options) => new Promise(() => { asked.push(options); }),
	});
	const change = (doing) => database.write(["meta", "ops"], doing);
	await change((work) => storeStep(work, { drop: [], put: ops }));
	pushBatch("s");
	await until("the push", () => asked[0]);
	assert.deepEqual(asked[0].body.ops.map(({ op }) => op), ops.map(({ id }) => id));
	return { change, still: asked[0].still };
}

test("a push is sent again only while its ops are the first of their records, and nothing is loaded anew", async () => {
	const op = (n, record, more) => ({
		n, id: `o${n}`, space: "s", collection: "cars", record, kind: "set", base: 1, state: "waiting",
		set: { notes: "n" }, was: {}, parts: [], ...more,
	});
	for (const [what, isWanted, doing] of [
		["nothing has happened", true, () => {}],
		["an edit waits behind one of them", true, (work) => work.put("ops", op(9, "7"))],
		["what is before one of them is in conflict", true,
			(work) => work.put("ops", op(2, "7", { state: "conflict" }))],
		["another tab has had an answer", false, (work) => work.delete("ops", 5)],
		["another tab has had a refusal", false, (work) => work.put("ops", op(5, "8", { state: "rejected" }))],
		["another tab loads everything anew", false, (work) => amend(work, "s", { resync: { cursor: null } })],
		["what was acknowledged before one of them is to be sent again", false,
			(work) => work.put("ops", op(2, "7", { again: true }))],
	]) {
		const { change, still } = await pushing(op(4, "7"), op(5, "8"));
		await change(doing);
		assert.equal(await still(), isWanted, what);
	}
});

test("a trial that fails or is throttled sends nothing again; the network that is back is tried at once", async () => {
	const one = insisting();
	await one.run(4_000);
	one.trials[0].reject(new ApiError(429));
	await one.run(3_000);
	assert.equal(one.pushes.length, 1);
	for (const listener of one.back)
		listener();
	assert.deepEqual([one.pushes.length, one.trials.length], [1, 2]);
	one.trials[1].resolve({});
	await one.run(1_000);
	assert.equal(one.pushes.length, 2);
	one.ended.abort();
	assert.equal((await one.outcome).error.status, 0);
	assert.deepEqual([one.timers.size, one.back.size], [0, 0]);
});

test("the list of spaces is fetched again when the heads name other spaces", async () => {
	const known = ["a"], gone = new Set(), asked = [];
	let answer = { status: 200, data: { heads: [{ space: "a", head: "1" }] }, headers: new Headers({ ETag: "x" }) };
	let refreshed = 0;
	const heads = createHeads({
		request: async (method, path, { headers = {} }) => {
			asked.push(headers["If-None-Match"]);
			return answer;
		},
		spaceIds: () => known, isGone: (space) => gone.has(space), lacksDefinitions: () => false,
		hearStamp() {}, async meetDefinitions() {},
		refreshSpaces: async () => { refreshed += 1; },
	}, deviceClock());
	await heads.ask();
	await heads.meetSpaces();
	assert.deepEqual([heads.of("a"), heads.of("b"), refreshed], ["1", null, 0]);

	answer = { status: 304 };
	await heads.ask();
	gone.add("a");
	await heads.meetSpaces();
	assert.deepEqual([asked, heads.of("a"), refreshed], [[undefined, "x"], "1", 1]);

	heads.forget();
	answer = { status: 200, data: "a hotel's sign-in page" };
	await assert.rejects(heads.ask(), { status: 0 });
	await heads.meetSpaces();
	assert.deepEqual([heads.of("a"), asked.at(-1), refreshed], [null, undefined, 1]);
});

// The memory of a space over a database of which each reading ends when the test says so, with the given state.
function memoryOverSlowReads() {
	const reads = [], account = { user: () => ({ id: "anna" }), learn() {}, database: {
		read: () => new Promise((resolve) => { reads.push(resolve); }),
	} };
	const memory = createMemory({ id: "s1", account, announce() {} });
	const row = (id) => ({ collection: "cars", id, record: { id, version: 1 } });
	async function answer(rev, ids) {
		await until("it reads", () => reads.length > 0);
		reads.shift()({ state: { rev }, rows: ids.map(row), ops: [], definitions: [] });
		await new Promise(setImmediate);
	}
	return { memory, answer, row, ids: () => memory.shelf.all("cars").map(({ id }) => id) };
}

test("what another tab writes while the space is read again is in memory afterwards", async () => {
	const { memory, answer, ids } = memoryOverSlowReads();
	const loaded = memory.load();
	const heard = memory.hear({ rev: 2, keys: [["cars", "2"]], changes: [] });
	await answer(1, ["1"]);
	await answer(2, ["1", "2"]);
	await Promise.all([loaded, heard]);
	assert.deepEqual(ids(), ["1", "2"]);
});

test("what this tab writes while the space is read again stays in memory", async () => {
	const { memory, answer, row, ids } = memoryOverSlowReads();
	const loaded = memory.load();
	memory.take({ state: { rev: 2 }, rows: [row("2")], ops: [], changes: [] });
	await answer(1, ["1"]);
	await answer(2, ["1", "2"]);
	await loaded;
	assert.deepEqual(ids(), ["1", "2"]);
});

const CAR = { id: "7", version: 1, notes: "n" };

// What is shown of one car after a load anew, whose only page came when the space ended at 8.  told: when a push that
// was answered when it ended at head told of the car.
async function afterLoad({ head, told, page = [] }) {
	const database = openUserData(new IDBFactory(), "daybook", "anna", () => {});
	const parts = { database, user: "anna", now: () => 0, definition: () => undefined };
	const op = {
		n: 1, id: "o1", space: "s", collection: "cars", record: "7", kind: "create", base: 0, state: "sent",
		set: { notes: "n" }, was: {}, parts: [],
	};
	const result = { op: "o1", status: "applied", version: 1, seq: 6, record: CAR };
	const answer = { epoch: "e", head, results: [result] };
	await database.write(["meta", "ops"], (work) => storeStep(work, { drop: [], put: [op] }));
	await beginAnew(database, "s", { reason: "visibility" }, null, 0);
	const steps = [
		() => takeAnswers(parts, "s", answer, false),
		() => gather(database, "s", null, { changes: page, cursor: "c", head: 8 }),
	];
	for (const step of told === "before" ? steps : steps.reverse())
		await step();
	await changeOver(parts, "s", "c");
	return database.read(["rows"], async (work) => (await work.all("rows", "space", "s")).map(({ id }) => id));
}

test("what a push told is not kept by a load anew that came later and knows nothing of it", async () => {
	const page = [{ collection: "cars", id: "7", version: 1, record: CAR }];
	for (const told of ["before", "after"]) {
		assert.deepEqual(await afterLoad({ head: 6, told }), [], `deleted since, told ${told} the page`);
		assert.deepEqual(await afterLoad({ head: 6, told, page }), ["7"], `still there, told ${told} the page`);
		assert.deepEqual(await afterLoad({ head: 9, told }), ["7"], `made since, told ${told} the page`);
	}
});
