// Nothing typed is lost, nothing is written twice, and no change of somebody else is overwritten unseen.
import assert from "node:assert/strict";
import test from "node:test";
import { ApiError } from "../../www/first/api.js";
import { createPage, createServer, settled } from "./aid.mjs";

const WEIGHT = "weights/weights-2026-11-20";

function withWeight() {
	const server = createServer();
	server.write("POST", "/api/weights", { date: "2026-11-20", kg: 79.4, note: "old" });
	const page = createPage(server);
	page.pull();
	return { ...page, weight: () => server.records.get(WEIGHT), edit: () => page.edits.begin("weights", "weights-2026-11-20") };
}

function addWeight(page, kg = "79,4") {
	const edit = page.edits.beginNew("weights");
	page.edits.type(edit, "date", "2026-11-20");
	page.edits.type(edit, "kg", kg);
	return edit;
}

test("a new record is sent typed, once, under one key, and is no draft any more", async () => {
	const page = createPage(createServer());
	const edit = addWeight(page);
	assert.equal(page.storage.length, 1);
	assert.equal(await page.edits.save(edit), true);
	assert.deepEqual(page.server.log.map(({ method, body }) => [method, body]), [["POST", { date: "2026-11-20", kg: 79.4 }]]);
	assert.equal(page.storage.length, 0);
	assert.equal(page.edits.counts().all, 0);
	assert.equal(page.store.count("weights"), 1);
	assert.equal(page.outcomes[0].wasNew, true);
});

test("looking at a form is no draft; typing and taking it back is none either", () => {
	const { edits, edit, storage } = withWeight();
	const one = edit();
	assert.equal(edits.counts().all, 0);
	edits.type(one, "kg", "80");
	assert.equal(edits.counts().all, 1);
	edits.type(one, "kg", "79.4");
	assert.equal(edits.counts().all, 0);
	assert.equal(storage.length, 0);
});

test("only the fields that were changed are sent, against the version that was seen", async () => {
	const { edits, edit, server } = withWeight();
	const one = edit();
	edits.type(one, "note", "");
	assert.equal(await edits.save(one), true);
	assert.deepEqual(server.log[0].body, { note: null, expectedVersion: 1 });
});

test("a lost answer is asked for again under the same key and with the same words", async () => {
	const page = createPage(createServer());
	page.server.lose = 2;
	const edit = addWeight(page);
	assert.equal(await page.edits.save(edit), false);
	assert.equal(edit.state, "waiting");
	assert.match(edit.problem, /cannot be reached/);
	await page.edits.retryWaiting();
	await page.edits.retryWaiting();
	assert.equal(page.edits.counts().all, 0);
	assert.equal(new Set(page.server.log.map(({ key }) => key)).size, 1);
	assert.equal(new Set(page.server.log.map(({ body }) => JSON.stringify(body))).size, 1);
	assert.equal([...page.server.records.values()][0].version, 1);
});

test("what is typed while nobody knows what became of the write is sent after it, and only when asked for", async () => {
	const page = createPage(createServer());
	page.server.lose = 1;
	const edit = addWeight(page);
	await page.edits.save(edit);
	page.edits.type(edit, "kg", "80.5");
	await page.edits.retryWaiting();
	assert.equal(page.server.records.get(WEIGHT).kg, 79.4);
	assert.equal(edit.state, "typing");
	assert.equal(edit.isNew, false);
	assert.equal(await page.edits.save(edit), true);
	assert.deepEqual(page.server.log.map(({ method }) => method), ["POST", "POST", "PATCH"]);
	assert.notEqual(page.server.log[2].key, page.server.log[0].key);
	assert.equal(page.server.records.get(WEIGHT).kg, 80.5);
});

test("saving again while the old write is unknown sends both, in order", async () => {
	const page = createPage(createServer());
	page.server.lose = 1;
	const edit = addWeight(page);
	await page.edits.save(edit);
	page.edits.type(edit, "kg", "80.5");
	assert.equal(await page.edits.save(edit), true);
	assert.deepEqual([page.server.records.get(WEIGHT).kg, page.server.records.get(WEIGHT).version], [80.5, 2]);
});

test("what is typed while a save is on its way stays a draft on top of it", async () => {
	const { edits, edit, server, weight } = withWeight();
	const one = edit();
	edits.type(one, "kg", "80");
	let release;
	server.hold = new Promise((resolve) => { release = resolve; });
	const saving = edits.save(one);
	await settled();
	assert.equal(edits.counts().saving, 1);
	edits.type(one, "kg", "80.7");
	release();
	assert.equal(await saving, false);
	assert.equal(weight().kg, 80);
	assert.equal(edits.textIn(one, { name: "kg", type: "decimal" }), "80.7");
	assert.equal(await edits.save(one), true);
	assert.equal(weight().kg, 80.7);
});

test("a draft survives the page, with its key", async () => {
	const server = createServer();
	const first = createPage(server);
	server.lose = 1;
	await first.edits.save(addWeight(first));
	const second = createPage(server, first.storage);
	assert.equal(second.edits.counts().waiting, 1);
	await second.edits.retryWaiting();
	assert.equal(server.log[0].key, server.log[1].key);
	assert.equal(server.records.get(WEIGHT).version, 1);
	assert.equal(second.storage.length, 0);
});

test("a change elsewhere to another field is merged, and said", async () => {
	const { edits, edit, server, weight, outcomes } = withWeight();
	const one = edit();
	edits.type(one, "note", "mine");
	server.write("PATCH", "/api/weights/weights-2026-11-20", { kg: 80.1, expectedVersion: 1 });
	assert.equal(await edits.save(one), true);
	assert.deepEqual([weight().kg, weight().note], [80.1, "mine"]);
	assert.equal(outcomes[0].merged, true);
});

test("a clash with the same field stops the save until it is decided; keeping mine", async () => {
	const { edits, edit, server, weight, pull } = withWeight();
	const one = edit();
	edits.type(one, "kg", "79.2");
	server.write("PATCH", "/api/weights/weights-2026-11-20", { kg: 80.1, note: "theirs", expectedVersion: 1 });
	pull();
	assert.deepEqual(edits.clashes(one).map(({ field, before, mine, theirs }) => [field.name, before, mine, theirs]), [["kg", 79.4, 79.2, 80.1]]);
	assert.equal(await edits.save(one), false);
	assert.equal(weight().kg, 80.1);
	assert.equal(edits.counts().clashing, 1);
	edits.keepMine(one, edits.clashes(one)[0].field);
	assert.equal(await edits.save(one), true);
	assert.deepEqual([weight().kg, weight().note], [79.2, "theirs"]);
});

test("a clash the server finds is learned from its answer; taking theirs ends the edit", async () => {
	const { edits, edit, server, weight } = withWeight();
	const one = edit();
	edits.type(one, "kg", "79.2");
	server.write("PATCH", "/api/weights/weights-2026-11-20", { kg: 80.1, expectedVersion: 1 });
	assert.equal(await edits.save(one), false);
	assert.equal(one.state, "clashing");
	edits.takeTheirs(one, edits.clashes(one)[0].field);
	assert.equal(edits.counts().all, 0);
	assert.equal(weight().version, 2);
});

test("somebody else writing the very same is no clash", async () => {
	const { edits, edit, server, pull } = withWeight();
	const one = edit();
	edits.type(one, "kg", "80.1");
	server.write("PATCH", "/api/weights/weights-2026-11-20", { kg: 80.1, expectedVersion: 1 });
	pull();
	assert.deepEqual(edits.clashes(one), []);
	assert.equal(await edits.save(one), true);
});

test("a new record whose day is taken becomes a choice, not a second record and not an overwrite", async () => {
	const { edits, server, weight } = withWeight();
	const edit = addWeight({ edits }, "78.1");
	assert.equal(await edits.save(edit), false);
	assert.equal(weight().kg, 79.4);
	assert.deepEqual(edits.clashes(edit).map(({ mine, theirs }) => [mine, theirs]), [[78.1, 79.4]]);
	edits.keepMine(edit, edits.clashes(edit)[0].field);
	assert.equal(await edits.save(edit), true);
	assert.deepEqual([weight().kg, weight().note, weight().version], [78.1, "old", 2]);
	assert.equal(server.records.size, 1);
});

test("an id of the person's own that is taken is said at the id", async () => {
	const server = createServer();
	server.write("POST", "/api/cars", { id: "7", location: "Yard" });
	const { edits } = createPage(server);
	const edit = edits.beginNew("cars");
	edits.type(edit, "id", "7");
	assert.equal(await edits.save(edit), false);
	assert.match(edit.errors.id, /Car 7 is there already/);
	edits.type(edit, "id", "8");
	assert.equal(await edits.save(edit), true);
	assert.notEqual(server.log.at(-1).key, server.log[0].key);
});

test("a refusal is said beside its field, keeps the draft, and the next try is a new write", async () => {
	const { edits, edit, server } = withWeight();
	const one = edit();
	edits.type(one, "kg", "80");
	server.refuse = new ApiError(400, { field: "kg", detail: "kg is too round." });
	assert.equal(await edits.save(one), false);
	assert.equal(one.errors.kg, "kg is too round.");
	assert.equal(edits.counts().refused, 1);
	server.refuse = null;
	assert.equal(await edits.save(one), true);
	assert.notEqual(server.log[0].key, server.log[1].key);
});

test("a server that answers badly is given more and more time; a person may ask at once", async () => {
	const { edits, edit, server, clock } = withWeight();
	const one = edit();
	edits.type(one, "kg", "80");
	server.refuse = new ApiError(503, {}, 2);
	await edits.save(one);
	for (const wait of [2000, 4000, 8000]) {
		assert.equal(one.notBefore - clock.now, wait);
		await edits.retryWaiting();
		clock.now = one.notBefore;
		await edits.retryWaiting();
	}
	assert.equal(server.log.length, 4);
	server.refuse = null;
	assert.equal(await edits.save(one), true);
});

test("a deletion is made against the version that was seen; a change elsewhere stops it", async () => {
	const { edits, server, weight, outcomes } = withWeight();
	server.write("PATCH", "/api/weights/weights-2026-11-20", { kg: 80.1, expectedVersion: 1 });
	assert.equal(await edits.remove("weights", "weights-2026-11-20"), false);
	const edit = edits.find("weights", "weights-2026-11-20");
	assert.equal(edit.state, "clashing");
	assert.equal(weight().kg, 80.1);
	assert.equal(await edits.removeAnyway(edit), true);
	assert.equal(weight().deleted, true);
	assert.equal(outcomes[0].what, "deleted");
});

test("a deletion that waits can be called off, and the draft under it is back", async () => {
	const { edits, edit, server, weight } = withWeight();
	edits.type(edit(), "kg", "80");
	server.down = true;
	await edits.remove("weights", "weights-2026-11-20");
	const waiting = edits.find("weights", "weights-2026-11-20");
	assert.equal(waiting.removing, true);
	edits.keepRecord(waiting);
	server.down = false;
	await edits.retryWaiting();
	assert.equal(weight().deleted, undefined);
	assert.equal(edits.textIn(waiting, { name: "kg", type: "decimal" }), "80");
});

test("deleting what is gone already is done", async () => {
	const { edits, server } = withWeight();
	server.write("DELETE", "/api/weights/weights-2026-11-20", { expectedVersion: 1 });
	assert.equal(await edits.remove("weights", "weights-2026-11-20"), true);
	assert.equal(edits.counts().all, 0);
});

test("a record deleted under a draft can be written again, with the draft in it", async () => {
	const { edits, edit, server, weight, pull } = withWeight();
	const one = edit();
	edits.type(one, "kg", "80");
	server.write("DELETE", "/api/weights/weights-2026-11-20", { expectedVersion: 1 });
	pull();
	assert.equal(edits.isGone(one), true);
	assert.equal(await edits.save(one), false);
	assert.equal(await edits.bringBack(one), true);
	assert.deepEqual([weight().kg, weight().note, weight().version], [80, "old", 3]);
});

test("a discard can be taken back", async () => {
	const { edits, edit } = withWeight();
	const one = edit();
	edits.type(one, "kg", "80");
	const kept = { ...one, texts: { ...one.texts } };
	edits.discard(one);
	assert.equal(edits.counts().all, 0);
	edits.recall(kept);
	assert.equal(edits.textIn(edit(), { name: "kg", type: "decimal" }), "80");
});

test("a restore asked twice is one restore", async () => {
	const server = createServer();
	const keys = [];
	server.request = async (method, where, { headers }) => {
		keys.push(headers["Idempotency-Key"]);
		if (keys.length === 1)
			throw new ApiError(0);
		return { data: { weight: { id: "x", version: 3, kg: 79, date: "2026-11-20" } } };
	};
	const { edits, store } = createPage(server);
	const restore = edits.restore("weights", "x", 1);
	await assert.rejects(restore);
	await restore();
	assert.equal(keys[0], keys[1]);
	assert.equal(store.get("weights", "x").version, 3);
});

test("a draft of one person is never seen by another in the same browser", async () => {
	const { createDrafts } = await import("../../www/first/drafts.js");
	const page = createPage(createServer());
	addWeight(page);
	assert.equal(createDrafts({ storage: page.storage, user: "me" }).all().length, 1);
	assert.deepEqual(createDrafts({ storage: page.storage, user: "somebody" }).all(), []);
});

test("another tab that saved a draft takes it away here too", async () => {
	const server = createServer();
	const first = createPage(server);
	const edit = addWeight(first);
	const second = createPage(server, first.storage);
	assert.equal(second.edits.counts().all, 1);
	await first.edits.save(edit);
	second.edits.noticed([...second.edits.all()][0].key);
	assert.equal(second.edits.counts().all, 0);
});
