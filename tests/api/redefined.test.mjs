// An op that was applied, and whose answer was lost, is sent again after the definition of its collection has changed:
// it is a duplicate, even if the new definition would refuse it.
import { test } from "node:test";
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { start } from "../harness.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";

const stack = await start({ definitions: true });
const { as, team, settings } = stack;

// Define parcels otherwise: change is given the fields by name.
async function redefine(change) {
	const file = path.join(settings.definitions, "parcels.json");
	const definition = JSON.parse(await readFile(file, "utf8"));

	change(Object.fromEntries(definition.fields.map((field) => [field.name, field])));
	await writeFile(file, JSON.stringify(definition));
	await stack.renewWorkers();
}

const CASES = [
	["a shorter text", { label: "a long label" }, ({ label }) => { label.maxLength = 5; }],
	["a smaller number", { weight: 99.5 }, ({ weight }) => { weight.max = 50; }],
	["a larger number", { weight: 1.5 }, ({ weight }) => { weight.min = 2; }],
	["a choice that is gone", { size: "large" }, ({ size }) => { size.choices = ["small", "medium"]; }],
	["a list with shorter entries", { tags: ["something long"] }, ({ tags }) => { tags.maxLength = 5; }],
	["a private field that takes less", { value: 500 }, ({ value }) => { value.max = 100; }],
	["a retired field", { count: 7 }, ({ count }) => { count.retired = true; }],
	["a field that became required", { due: null, fragile: true }, ({ due }) => { due.required = true; }],
];

for (const [what, set, change] of CASES)
	test(`an op sent again after ${what} is a duplicate; another op under its id is not`, async () => {
		const original = await readFile(path.join(settings.definitions, "parcels.json"), "utf8");
		const space = await team({ anna: "owner" });
		const anna = as("anna").in(space);
		const op = { op: "once", collection: "parcels", id: "one", base: 0, set: { label: "a box", ...set } };
		const [first] = outcomes(await anna.push([op]), "applied");
		const created = answered(
			await anna.post("/api/parcels", { label: "b", ...set }, { "Idempotency-Key": "made" }), 201);
		try {
			await redefine(change);
			const [again] = outcomes(await anna.push([op]), "duplicate");
			assert.deepEqual([again.version, again.seq], [first.version, first.seq]);
			const twice = await anna.post("/api/parcels", { label: "b", ...set },
				{ "Idempotency-Key": "made" });
			assert.equal(twice.status, 201, twice.text);
			assert.equal(twice.body.parcel.id, created.parcel.id);
			outcomes(await anna.push([{ ...op, set: { ...op.set, fragile: true, origin: "elsewhere" } }]),
				"rejected");
			assert.equal(answered(await anna.get("/api/parcels")).parcels.length, 2);
		} finally {
			await writeFile(path.join(settings.definitions, "parcels.json"), original);
			await stack.renewWorkers();
		}
	});

test("a refused op is refused again, or accepted if the definition now allows it", async () => {
	const space = await team({ anna: "owner" });
	const anna = as("anna").in(space);
	const op = { op: "once", collection: "parcels", id: "one", base: 0, set: { label: "a box", size: "huge" } };
	outcomes(await anna.push([op]), "rejected");
	outcomes(await anna.push([op]), "rejected");
	await redefine(({ size }) => size.choices.push("huge"));
	outcomes(await anna.push([op]), "applied");
	refused(await anna.post("/api/parcels", { label: "c", size: "vast" }), 400);
});
