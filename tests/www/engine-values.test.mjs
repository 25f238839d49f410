// What the engine computes without anybody: ids, values as the server keeps them, the server's time.
import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { vectors } from "./engine-aid.mjs";
import { idOf, newId } from "../../www/engine/engine.js";
import { canonical, isSame } from "../../www/engine/values.js";
import { fileName } from "../../www/engine/ids.js";
import { serverClock } from "../../www/engine/clock.js";

const wares = JSON.parse(readFileSync(new URL("../fixtures/protocol/ids.json", import.meta.url), "utf8"));
const forms = {
	bulletins: { name: "bulletins", idForm: "hash", unique: ["topic", "day", "number"], fields: [{
		name: "topic", type: "text",
	}, { name: "day", type: "date" }, { name: "number", type: "decimal", default: 1 }] },
	weights: {
		name: "weights", idForm: "hash", own: true, unique: ["date"], fields: [{ name: "date", type: "date" }],
	},
	taskLogs: {
		name: "taskLogs",
		idForm: "hash",
		own: true,
		unique: ["task", "date"],
		fields: [{ name: "task", type: "ref" }, { name: "date", type: "date" }],
	},
	workSettings: { name: "workSettings", idForm: "hash", own: true, unique: [], fields: [] },
	houseRules: { name: "houseRules", idForm: "hash", unique: [], fields: [] },
	rosters: {
		name: "rosters",
		idForm: "{depot}:{day}",
		unique: ["depot", "day"],
		fields: [{ name: "depot", type: "text" }, { name: "day", type: "date" }],
	},
};

for (const { name, collection, owner, set, id } of wares.vectors)
	test(`ids: ${name}`, () => assert.equal(idOf(forms[collection], owner ?? "x", set), id));

test("ids: with idForm given, none follows from the fields", () => {
	assert.equal(idOf({ name: "trips", fields: [] }, "x", {}), null);
});

test("ids: a new id is a UUIDv7, and later ones sort after it", async () => {
	const first = newId();
	assert.match(first, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
	await new Promise((resolve) => { setTimeout(resolve, 3); });
	assert.ok(newId() > first);
});

// The server's hash of an op tells which ways of writing a value are one value; the engine must see them as one, too.
test("values: the engine and the server agree which values are equal", () => {
	const field = (type, more) => ({ name: "f", type, label: "f", ...more });
	for (const [one, other, of] of [
		["", null, field("text")], [undefined, null, field("text")],
		[null, "Yard", field("text", { default: "Yard" })],
		[undefined, false, field("boolean", { default: false })],
		["2026-11-21T09:34:00+01:00", "2026-11-21T08:34:00.000Z", field("instant")], [[], null, field("list")],
		[
			{ lng: 13.4049541, lat: 52.520008, accuracy: 12.52 },
			{ accuracy: 12.5, lat: 52.520008, lng: 13.404954 }, field("place"),
		],
	])
		assert.ok(isSame(of, one, other), JSON.stringify([one, other]));
	for (const [one, other, of] of [
		["a", "b", field("text")],
		[0, null, field("integer")],
		[false, null, field("boolean")],
		[["a", "b"], ["b", "a"], field("list")],
		["2026-11-21T09:34:00Z", "2026-11-21T09:34:00+01:00", field("instant")],
	])
		assert.ok(!isSame(of, one, other), JSON.stringify([one, other]));
	for (const { op, array } of vectors("hashes").filter((one) => one.op.set?.packedAt))
		assert.equal(canonical(field("instant"), op.set.packedAt), JSON.parse(array)[2].packedAt);
});

test("values: a file is named by the SHA-256 of its bytes", () => {
	assert.equal(fileName(new TextEncoder().encode("abc")),
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("time: the offset is learnt from responses, and kept while they agree with it", () => {
	let now = 1_000_000;
	const moved = [], clock = serverClock({ now: () => now }, (offset) => moved.push(offset));
	const sentAt = now;
	now += 200;
	clock.told(new Date(7_200_000 + now).toISOString(), sentAt);
	assert.ok(Math.abs(clock.now() - (7_200_000 + now)) <= 200);
	const before = clock.now();
	now += 30_000;
	clock.heard(
		new Headers({ Date: new Date(Math.floor((7_200_000 + now) / 1000) * 1000).toUTCString() }), now - 100);
	assert.equal(clock.now(), before + 30_000);
	assert.equal(moved.length, 1);
});

test("time: after a device's clock is set, the next response corrects the offset", () => {
	let now = 5_000_000;
	const clock = serverClock({ now: () => now });
	clock.told(new Date(now).toISOString(), now);
	now -= 3_600_000;
	clock.told(new Date(5_000_000).toISOString(), now);
	assert.equal(clock.now(), 5_000_000);
});
