// Where cars can stand is each space's own list.  One rule on every path; a car stays
// where it stands until it is moved.
import assert from "node:assert/strict";
import { test } from "node:test";
import { start } from "../harness.mjs";
import { CSV } from "../lib/crew.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";

const stack = await start();
const { as, team } = stack;

const usual = ["Yard", "100", "200", "300", "400", "500", "600", "Shop"];

// A team whose cars stand at these places; none given: it never said.
async function depot(locations) {
	const space = await team({ anna: "owner", ben: "member" });
	const anna = as("anna").in(space), ben = as("ben").in(space);
	const settle = async (list) => answered(await anna.patch("/api/spaceSettings/settings", { locations: list }));

	if (locations !== undefined)
		answered(await anna.post("/api/spaceSettings", { locations }), 201);
	return { anna, ben, settle, space };
}

const place = async (person, id) => answered(await person.get(`/api/cars/${id}`)).car.location;

function unlisted(answer, field = "location", choices = ["Dock A", "Dock B"]) {
	return refused(answer, 400, { field, choices, detail: `${field} must be one of: ${choices.join(", ")}.` });
}

test("a definition says where its choices come from, and what they are until a space says otherwise", async () => {
	const { collections } = answered(await as("anna").get("/api/collections"));
	for (const [name, field] of [["cars", "location"], ["roster", "defaultLocation"]]) {
		const { choices, choicesFrom, default: first } = collections.find((one) =>
			one.name === name).fields.find((one) => one.name === field);
		assert.deepEqual([choices, choicesFrom, first], [usual, "spaceSettings.locations", "Yard"]);
	}
	const { ben } = await depot(["Dock A", "Dock B"]);
	assert.deepEqual(answered(await ben.get("/api/spaceSettings/settings")).spaceSetting.locations,
		["Dock A", "Dock B"]);
});

test("a space without a list, or with an empty one, has the choices of the definition", async () => {
	const { anna, settle } = await depot();
	answered(await anna.post("/api/cars", { id: "1", location: "Shop" }), 201);
	unlisted(await anna.post("/api/cars", { id: "2", location: "Dock A" }), "location", usual);
	answered(await anna.post("/api/spaceSettings", { locations: ["Dock A"] }), 201);
	answered(await anna.post("/api/cars", { id: "2", location: "Dock A" }), 201);
	for (const list of [[], null, [" "]]) {
		await settle(list);
		answered(await anna.patch("/api/cars/2", { location: "Yard" }));
		unlisted(await anna.patch("/api/cars/2", { location: "Dock A" }), "location", usual);
	}
});

test("the lists of two spaces are independent", async () => {
	const one = await depot(["Dock A"]), other = await depot(["Bay 7"]);
	unlisted(await one.anna.post("/api/cars", { id: "1", location: "Bay 7" }), "location", ["Dock A"]);
	answered(await other.anna.post("/api/cars", { id: "1", location: "Bay 7" }), 201);
});

test("a new car starts at the default location if it is in the list, else at the first", async () => {
	const { anna, settle } = await depot(["Dock A", "Yard"]);
	answered(await anna.post("/api/cars", { id: "1" }), 201, { car: { location: "Yard" } });
	await settle(["Dock A", "Dock B"]);
	answered(await anna.post("/api/cars", { id: "2" }), 201, { car: { location: "Dock A" } });
	outcomes(await anna.push([{ op: "new-3", collection: "cars", id: "3", base: 0, set: { notes: "new" } }]),
		"applied");
	assert.equal(await place(anna, "3"), "Dock A");
	unlisted(await anna.post("/api/cars", { id: "4", location: "Yard" }));
});

test("REST, push, import, restore and the package-car tracker's own API check the same list", async () => {
	const { anna, ben, settle } = await depot(["Yard", "Dock A"]);
	answered(await anna.post("/api/cars", { id: "1", location: "Yard" }), 201);
	answered(await ben.patch("/api/cars/1", { location: "Dock A" }));
	await settle(["Dock A", "Dock B"]);

	unlisted(await ben.patch("/api/cars/1", { location: "Yard" }));
	unlisted(await ben.put("/api/cars/1", { location: "100" }));
	const [result] = outcomes(await ben.push([
		{ op: "p-1", collection: "cars", id: "1", base: 2, set: { location: "100" } },
	]), "rejected");
	assert.deepEqual([result.problem.status, result.problem.field, result.problem.choices],
		[400, "location", ["Dock A", "Dock B"]]);
	unlisted(await anna.post("/api/cars/1/restore", { version: 1 }));
	answered(await anna.post("/api/cars", { id: "8" }), 201, { car: { location: "Dock A" } });
	answered(await anna.delete("/api/cars/8"));
	await settle(["Dock B"]);
	// And not at another place than it was.
	unlisted(await anna.post("/api/cars/8/restore", { version: 1 }), "location", ["Dock B"]);
	await settle(["Dock A", "Dock B"]);
	answered(await anna.post("/api/cars/8/restore", { version: 1 }), 200, { car: { location: "Dock A" } });

	const csv = "id,location\n1,dock b\n2,DOCK-A\n3,100\n";
	const looked = await anna.post("/api/cars/import?dryRun=1&skipBad=1", csv, CSV);
	answered(looked, 200, { rows: 3, created: 1, updated: 1, bad: 1, errors: [{ row: 3, field: "location" }] });
	refused(await anna.post("/api/cars/import", csv, CSV), 400);
	answered(await anna.post("/api/cars/import?skipBad=1", csv, CSV), 200,
		{ created: 1, updated: 1, bad: 1 });
	assert.deepEqual([await place(anna, "1"), await place(anna, "2")], ["Dock B", "Dock A"]);

	const { token } = await anna.apiToken("write");
	const compat = (method, path, body) => anna.forAccount()
		.request(method, `/compat/cars/api${path}`, { body, headers: { Authorization: `Bearer ${token}` } });
	const refusal = await compat("PUT", "/cars/1", { location: "100" });
	assert.equal(refusal.status, 400, refusal.text);
	assert.equal((await compat("POST", "/cars", { id: "9", location: "100" })).status, 400);
	assert.equal((await compat("PUT", "/cars/1", { location: "Dock A" })).status, 200);
	assert.equal(await place(anna, "1"), "Dock A");
});

test("a car at a location removed from the list stays, and its flags can change, also offline", async () => {
	const { anna, ben, settle } = await depot(["Dock A", "Dock B"]);
	answered(await anna.post("/api/cars", { id: "1", location: "Dock A" }), 201);
	await settle(["Dock B"]);
	answered(await ben.patch("/api/cars/1", { arrived: true }), 200,
		{ car: { arrived: true, location: "Dock A" } });
	answered(await ben.patch("/api/cars/1", { notes: "here", location: "Dock A" }), 200,
		{ car: { notes: "here", location: "Dock A" } });
	outcomes(await ben.push([{ op: "old-toggle", collection: "cars", id: "1", base: 1, set: { empty: true } }]),
		"merged");
	answered(await anna.post("/api/cars/1/restore", { version: 1 }), 200, { car: { location: "Dock A" } });
	answered(await ben.patch("/api/cars/1", { location: "Dock B" }));
	unlisted(await ben.patch("/api/cars/1", { location: "Dock A" }), "location", ["Dock B"]);
});

test("the roster uses the same list; a removed location that it still names blocks no car", async () => {
	const { anna, settle } = await depot(["Dock A", "Dock B"]);
	unlisted(await anna.post("/api/roster", { id: "1", defaultLocation: "Yard" }), "defaultLocation");
	for (const [id, defaultLocation] of [["1", "Dock A"], ["2", "Dock B"]])
		answered(await anna.post("/api/roster", { id, defaultLocation }), 201);
	answered(await anna.post("/api/roster", { id: "3" }), 201, { rosterCar: { defaultLocation: "Dock A" } });
	answered(await anna.post("/api/cars", { id: "3", location: "Dock A" }), 201);
	await settle(["Dock B", "Dock C"]);
	answered(await anna.patch("/api/roster/1", { notes: "still listed" }));
	answered(await anna.post("/api/roster/apply", { update: true }));
	assert.deepEqual([await place(anna, "1"), await place(anna, "2"), await place(anna, "3")],
		["Dock B", "Dock B", "Dock A"]);
});

test("a list of cars can be filtered by any location, also a removed one", async () => {
	const { anna, settle } = await depot(["Dock A", "Dock B"]);
	answered(await anna.post("/api/cars", { id: "1", location: "Dock A" }), 201);
	await settle(["Dock B"]);
	assert.deepEqual(answered(await anna.get("/api/cars?location=Dock%20A")).cars.map((one) => one.id), ["1"]);
	assert.deepEqual(answered(await anna.get("/api/cars?location=Nowhere")).cars, []);
});

test("no response was a 5xx", async () => {
	assert.deepEqual(await stack.faults(), []);
});
