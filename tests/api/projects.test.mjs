// Projects: who sees what they bill, what stays with old work, and two people who change a session at the same time.
import test from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { crew } from "../lib/crew.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";

const stack = await start();
const START = "2025-11-20T09:00:00.000Z", END = "2025-11-20T10:00:00.000Z";

async function studio() {
	const all = await crew(stack, { olga: "owner", mia: "manager", ben: "member", vera: "viewer" });
	for (const [collection, record] of [
		["clients", { id: "n", name: "North" }],
		["projects", { id: "hall", name: "Hall", client: "n", billable: true, rate: 6000 }],
		["projects", { id: "roof", name: "Roof", billable: true, rate: 7000 }],
	])
		answered(await all.mia.post(`/api/${collection}`, record), 201);
	return all;
}

async function session(who, more = {}) {
	return answered(await who.post("/api/workSessions", { start: START, end: END, ...more }), 201).workSession;
}

const read = async (who, { id }) => answered(await who.get(`/api/workSessions/${id}`)).workSession;
const op = ({ id }, base, set) => ({ op: crypto.randomUUID(), collection: "workSessions", id, base, set });

test("only managers see a project's rate and make projects; members see that of their own hours", async () => {
	const { olga, mia, ben, vera } = await studio();
	const one = await session(ben, { project: "hall" });
	assert.equal(one.rate, 6000);
	for (const who of [olga, mia])
		assert.equal(answered(await who.get("/api/projects/hall")).project.rate, 6000);
	for (const who of [ben, vera]) {
		const { project } = answered(await who.get("/api/projects/hall"));
		assert.deepEqual([project.name, "rate" in project], ["Hall", false]);
		for (const [collection, name] of [["projects", "Mine"], ["clients", "Mine"]])
			refused(await who.post(`/api/${collection}`, { name }), 403);
		refused(await who.get("/api/projects?rate=gt.1"), 400, { field: "rate" });
	}
	assert.equal((await read(mia, one)).rate, 6000);
});

test("a later rate, another billable default and an archive leave old work as it is", async () => {
	const { mia, ben } = await studio();
	const one = await session(ben, { project: "hall" });
	answered(await mia.patch("/api/projects/hall", { rate: 9000, billable: false, archived: true }));
	answered(await ben.patch(`/api/workSessions/${one.id}`, { note: "Later", end: "2025-11-20T11:00:00Z" }));
	const kept = await read(ben, one);
	assert.deepEqual([kept.project, kept.billable, kept.rate], ["hall", true, 6000]);
	refused(await ben.post("/api/workSessions", { start: START, end: END, project: "hall" }), 400,
		{ field: "project" });
	// Its version of before comes back, though the project takes no new work.
	answered(await ben.patch(`/api/workSessions/${one.id}`, { project: "roof" }));
	answered(await ben.post(`/api/workSessions/${one.id}/restore`, { version: kept.version }));
	const back = await read(ben, one);
	assert.deepEqual([back.project, back.billable, back.rate], ["hall", true, 6000]);
});

test("a member takes back no rate that a manager has set since", async () => {
	const { mia, ben } = await studio();
	const one = await session(ben, { project: "hall", note: "First" });
	answered(await mia.patch(`/api/workSessions/${one.id}`, { rate: 9900 }));
	answered(await ben.post(`/api/workSessions/${one.id}/restore`, { version: 1 }));
	assert.equal((await read(ben, one)).rate, 9900);
	answered(await mia.post(`/api/workSessions/${one.id}/restore`, { version: 1 }));
	assert.equal((await read(ben, one)).rate, 6000);
});

test("two people change the project and what is billed: both are kept, and the rate follows from both", async () => {
	const { mia, ben } = await studio();
	const one = await session(ben, { project: "hall" });
	outcomes(await mia.push([op(one, 1, { project: "roof" })]), "applied");
	const [{ status, record }] = answered(await ben.push([op(one, 1, { billable: false })])).results;
	assert.equal(status, "merged");
	assert.deepEqual([record.project, record.billable, record.rate], ["roof", false, undefined]);
});

test("a rate that a manager set meanwhile is not overwritten unseen, nor is what somebody said is billed", async () => {
	const { mia, ben } = await studio();
	const one = await session(ben, { project: "hall" });
	outcomes(await mia.push([op(one, 1, { rate: 9900 })]), "applied");
	outcomes(await ben.push([op(one, 1, { project: "roof" })]), "conflict");
	const other = await session(ben, { project: "hall", note: "Other" });
	outcomes(await mia.push([op(other, 1, { billable: false })]), "applied");
	outcomes(await ben.push([op(other, 1, { project: "roof" })]), "conflict");
	assert.deepEqual([(await read(ben, one)).rate, (await read(ben, other)).billable], [9900, false]);
});

test("in a personal space its person manages projects and rates", async () => {
	const own = await stack.as("solo").ready();
	answered(await own.post("/api/projects", { id: "mine", name: "Mine", billable: true, rate: 4000 }), 201);
	assert.equal((await session(own, { project: "mine" })).rate, 4000);
	assert.equal((await session(own, { project: "mine", rate: 100, note: "Cheap" })).rate, 100);
});

test("an export of one's sessions is imported again with their rates, elsewhere by a manager", async () => {
	const { mia, ben } = await studio(), other = await studio();
	await session(ben, { project: "hall", tags: ["wet", "two, up"], task: "Roof" });
	const csv = (await ben.get("/api/workSessions/export")).text, type = { "Content-Type": "text/csv" };
	answered(await ben.post("/api/workSessions/import", csv, type), 200, { rows: 1, unchanged: 1, bad: 0 });
	const all = (await mia.get("/api/workSessions/export")).text;
	answered(await other.mia.post("/api/workSessions/import?map=owner=", all, type), 200, { created: 1, bad: 0 });
	const [one] = answered(await other.mia.get("/api/workSessions")).workSessions;
	assert.deepEqual([one.project, one.billable, one.rate, one.tags, one.task],
		["hall", true, 6000, ["wet", "two, up"], "Roof"]);
});
