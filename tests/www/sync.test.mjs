// The poll: how often, what it does with pages, 304, 410 and failures; and the store it fills.
import assert from "node:assert/strict";
import test from "node:test";
import { ApiError } from "../../www/first/api.js";
import { createStore } from "../../www/first/store.js";
import { createSync } from "../../www/first/sync.js";
import { settled } from "./aid.mjs";

function change(id, version, more = {}) {
	return { collection: "cars", id, version, seq: version, record: { id, version }, ...more };
}

function page(changes, cursor, more = false) {
	return { status: 200, etag: `"${cursor}"`, data: { changes, cursor, more } };
}

// A poll over scripted answers; time passes when the test says so.
function rig(answers, { visibility = "visible", onLine = true } = {}) {
	const asked = [], waits = [];
	let next = null;
	const store = createStore();
	const document = { visibilityState: visibility };
	const api = {
		request: async (method, path, { headers }) => {
			asked.push({ path, tag: headers["If-None-Match"] });
			const answer = answers.shift() ?? { status: 304 };
			if (answer instanceof Error)
				throw answer;
			return answer;
		},
	};
	const sync = createSync({
		api, store, page: document, network: { onLine }, chance: () => 0.5, forget: () => { next = null; },
		wait: (again, ms) => { waits.push(ms); next = again; return 1; },
	});
	async function pass() {
		const again = next;
		next = null;
		await again();
		await settled();
	}
	return { asked, waits, store, sync, pass, document };
}

test("the first load takes all pages, then asks after its cursor with its tag", async () => {
	const { asked, store, sync, pass } = rig([page([change("a", 1)], "c1", true), page([change("b", 1)], "c2"), { status: 304 }, page([change("a", 2)], "c3")]);
	await sync.start();
	assert.equal(sync.state.loaded, true);
	assert.equal(store.count("cars"), 2);
	await pass();
	await pass();
	assert.equal(store.get("cars", "a").version, 2);
	assert.deepEqual(asked.map(({ path, tag }) => [path, tag]), [
		["/api/sync/changes", undefined], ["/api/sync/changes?since=c1", undefined], ["/api/sync/changes?since=c2", '"c2"'], ["/api/sync/changes?since=c2", '"c2"'],
	]);
});

test("five seconds while looked at, thirty when hidden", async () => {
	const seen = rig([page([], "c")]);
	await seen.sync.start();
	assert.deepEqual(seen.waits, [5000]);
	const hidden = rig([page([], "c")], { visibility: "hidden" });
	await hidden.sync.start();
	assert.deepEqual(hidden.waits, [30_000]);
});

test("a failing server is asked less and less often, and the state says since when", async () => {
	const { waits, sync, pass } = rig([page([], "c"), ...Array.from({ length: 6 }, () => new ApiError(503))]);
	await sync.start();
	for (let i = 0; i < 6; i++)
		await pass();
	assert.deepEqual(waits, [5000, 5000, 10_000, 20_000, 40_000, 60_000, 60_000]);
	assert.notEqual(sync.state.failedAt, null);
	assert.equal(sync.state.offline, false);
	await pass();
	assert.equal(sync.state.failedAt, null);
	assert.equal(waits.at(-1), 5000);
});

test("Retry-After is kept, and offline is told from a server that is away", async () => {
	const busy = rig([new ApiError(429, {}, 42)]);
	await busy.sync.start();
	assert.equal(busy.waits[0], 42_000);
	const offline = rig([new ApiError(0)], { onLine: false });
	await offline.sync.start();
	assert.equal(offline.sync.state.offline, true);
	assert.equal(offline.sync.state.loaded, false);
});

test("asking during a round joins it, and another one follows at once", async () => {
	const { asked, waits, sync } = rig([page([], "c")]);
	const first = sync.start(), second = sync.now();
	assert.equal(first, second);
	await first;
	assert.equal(asked.length, 1);
	assert.deepEqual(waits, [0]);
});

test("410 loads everything again beside what is shown, and what did not come is gone", async () => {
	const { asked, store, sync, pass } = rig([
		page([change("a", 5), change("b", 3)], "c1"), new ApiError(410, { type: "/problems/resync" }),
		page([change("a", 1)], "d1", true), page([], "d2"),
	]);
	await sync.start();
	await pass();
	assert.deepEqual(asked.map(({ path }) => path), ["/api/sync/changes", "/api/sync/changes?since=c1", "/api/sync/changes", "/api/sync/changes?since=d1"]);
	assert.equal(store.get("cars", "a").version, 1);
	assert.equal(store.get("cars", "b"), undefined);
});

test("a resync that breaks off shows what was there and goes on with the next poll", async () => {
	const { store, sync, pass } = rig([
		page([change("a", 5)], "c1"), new ApiError(410), page([change("b", 1)], "d1", true), new ApiError(0), page([change("c", 1)], "d2"),
	]);
	await sync.start();
	await pass();
	assert.equal(store.get("cars", "a").version, 5);
	assert.equal(store.count("cars"), 1);
	await pass();
	assert.deepEqual(store.all("cars").map(({ id }) => id).sort(), ["b", "c"]);
});

test("a cursor the server cannot read any more is given up, and what was shown stays until all is loaded", async () => {
	const { store, sync, pass } = rig([page([change("a", 5)], "c1"), new ApiError(400, { field: "since" }), page([change("a", 5)], "d1")]);
	await sync.start();
	await pass();
	assert.equal(store.get("cars", "a").version, 5);
	assert.equal(sync.state.failedAt, null);
});

test("an answer that comes after the sign-out changes nothing", async () => {
	const { store, sync } = rig([page([change("a", 1)], "c")]);
	const turn = sync.start();
	sync.stop();
	await turn;
	assert.equal(store.count("cars"), 0);
});

test("the store keeps only higher versions, and deletions too", () => {
	const store = createStore();
	store.apply([change("a", 2)], "own");
	assert.equal(store.apply([change("a", 1), change("a", 2)], "elsewhere").size, 0);
	assert.equal(store.get("cars", "a").version, 2);
	store.apply([change("a", 3, { record: undefined, deleted: true })], "elsewhere");
	assert.equal(store.apply([change("a", 2)], "elsewhere").size, 0);
	assert.equal(store.get("cars", "a"), undefined);
	store.apply([change("a", 4)], "elsewhere");
	assert.equal(store.get("cars", "a").version, 4);
	store.apply([change("a", 4, { record: undefined, removed: true })], "elsewhere");
	assert.equal(store.count("cars"), 0);
});

test("what is written during a resync is not lost by it", () => {
	const store = createStore();
	store.beginResync();
	store.gather([change("a", 1)]);
	store.apply([change("b", 1)], "own");
	store.endResync();
	assert.deepEqual(store.all("cars").map(({ id }) => id).sort(), ["a", "b"]);
});
