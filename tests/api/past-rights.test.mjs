// Who sees what of the past, and that it is true: what was answered live at a moment is answered again with ?at= of
// that moment, to each person, in lists, exports and reports; and nobody sees by it what they could not see then, or
// may not see now.  The oracles are the live answers, and a replay of the audit with the rules of schema/PROTOCOL.md 6.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { start } from "../harness.mjs";
import { Chance } from "../lib/chance.mjs";
import { crew } from "../lib/crew.mjs";
import { answered, refused } from "../lib/expect.mjs";
import { inTurn } from "../lib/people.mjs";

const stack = await start({ definitions: true });
const { as, sql } = stack;

const ROLES = {
	olga: "owner", mia: "manager", ben: "member", sue: "member", fin: "member", mo: "member", vera: "viewer",
};
const RANKS = ["viewer", "member", "manager", "owner"];
const SPAN = "from=2026-10-01&to=2026-10-31";
const OF = ["parcels", "claims", "mileage", "receipts", "messages", "workSessions", "weights", "vehicles", "projects",
	"workRules", "workTerms", "mileageRates", "perDiemRules", "dayNotes", "timesheets"];

// Searches, reports and exports take turns.
const ask = (person, path) => inTurn(`${person.name} gets ${path}`, () => person.get(path));

const atOf = (path, at) => `${path}${path.includes("?") ? "&" : "?"}at=${at}`;

// ---- a team at work ----

const day = (chance) => `2026-10-${String(1 + chance.below(28)).padStart(2, "0")}`;

// What a person may write into a record of each collection.
const VALUES = {
	parcels: (c) => ({ label: `P${c.below(99)}`, sender: c.pick([null, "Ann", "Bob"]), weight: c.below(99) }),
	claims: (c) => ({ date: day(c), title: `C${c.below(99)}`, account: c.pick([null, "DE1", "DE2"]) }),
	mileage: (c) => ({ date: day(c), from: "Depot", to: "Port", miles: 1 + c.below(99), category: "business" }),
	receipts: (c) => ({ date: day(c), vendor: `V${c.below(9)}`, amount: 1 + c.below(9999), category: "fuel" }),
	messages: (c, { people }) => ({ text: `M${c.below(99)}`, toUser: c.pick([null, c.pick(people).id]) }),
	workSessions: (c) => {
		const date = day(c), hour = 10 + c.below(6);
		return { start: `${date}T${hour}:00:00Z`, end: `${date}T${hour + 3}:10:00Z`, zone: "Europe/Berlin" };
	},
	weights: (c) => ({ date: day(c), kg: 60 + c.below(400) / 10 }),
	vehicles: (c) => ({ name: `Car ${c.below(9)}`, kind: "car" }),
	projects: (c) => ({ name: `J${c.below(99)}`, rate: c.below(9999), billable: c.of(0.5) }),
	workRules: (c) => ({
		from: c.pick(["2026-09-01", "2026-10-12"]), hourlyRate: 1000 + c.below(4000), reason: "so",
	}),
	workTerms: (c) => ({ from: "2026-09-01", hourlyRate: 1000 + c.below(4000), reason: "so" }),
	mileageRates: (c) => ({
		from: "2026-01-01", vehicleKind: "car", unit: "mi", rate: 0.2 + c.below(50) / 100, reason: "so",
	}),
	perDiemRules: (c) => ({
		from: "2026-01-01", name: `R${c.below(9)}`, rank: c.below(3), amount: c.below(9999), reason: "so",
	}),
	dayNotes: (c) => ({
		date: day(c), description: `D${c.below(99)}`, hoursAway: c.below(24), milesFromBase: c.below(99),
	}),
	timesheets: (c) => ({ date: day(c), category: "g&a", hours: 1 + c.below(8) }),
};
const BY_MANAGERS = ["projects", "workRules", "workTerms", "mileageRates", "perDiemRules"];
const PARTS_OF_IDS = ["date", "from", "category", "vehicleKind", "unit", "toUser"];

// One random write; refusals are part of it.
async function write(folk, chance, { handing }) {
	const collection = chance.pick(OF), ids = folk.ids[collection] ??= [];
	const person = BY_MANAGERS.includes(collection) ? chance.pick([folk.olga, folk.mia]) : chance.pick(folk.people);
	const set = VALUES[collection](chance, folk), path = `/api/${collection}/${chance.pick(ids)}`;
	const what = ids.length < 3 ? 0 : chance.below(10);

	if (what < 3) {
		const answer = await person.post(`/api/${collection}`, set);
		assert.ok(answer.status < 500, answer.text);
		if (answer.status === 201)
			ids.push(Object.values(answer.body)[0].id);
		return answer;
	}
	if (what === 3)
		return person.delete(path);
	if (what === 4)
		return person.post(`${path}/restore`, { version: 1 + chance.below(3) });
	if (what < 7 && handing && collection !== "messages")
		return folk.mia.patch(path, { owner: chance.pick(folk.people).id });
	return person.patch(path,
		Object.fromEntries(Object.entries(set).filter(([name]) => !PARTS_OF_IDS.includes(name))));
}

// sue supervises ben, who supervises mo; fin is of finance.
async function atWork() {
	const folk = await crew(stack, ROLES);
	folk.people = Object.keys(ROLES).map((name) => folk[name]);
	folk.ids = {};
	folk.employees = {};
	answered(await folk.mia.post("/api/spaceSettings", { zone: "Europe/Berlin", currency: "EUR" }), 201);
	for (const [name, set] of [["sue"], ["ben", "sue"], ["mo", "ben"], ["fin"]]) {
		const more = { supervisor: folk.employees[set], finance: name === "fin", phone: `0${name}` };
		const made = await folk.mia.post("/api/employees",
			{ firstName: name, lastName: "Li", user: folk[name].id, ...more });
		folk.employees[name] = answered(made, 201).employee.id;
	}
	return folk;
}

// ---- live, and then ----

const REPORTS = ["work", "payroll", "time", "routine", "month", "perdiem", "mileage", "logbook"].flatMap((name) =>
	["json", "csv"].map((format) =>
		`/api/reports/${name}?${SPAN}&format=${format}${name === "time" ? "&group=person,day" : ""}`));
const PATHS = [
	...OF.map((name) => `/api/${name}?limit=1000`), ...REPORTS, "/api/members", "/api/employees",
	...["parcels", "claims", "mileage", "workTerms"].map((name) => `/api/${name}/export`),
	"/api/parcels?q=an&sort=label", "/api/claims?sort=-account",
];

const SOME = ["mia", "ben", "sue", "vera"];

// What an answer says but for its own moment.
function said(answer) {
	if (!(answer.headers["content-type"] ?? "").includes("json"))
		return answer.text;
	const body = JSON.parse(answer.text);
	for (const name of ["at", "seq", "instance"])
		if (!Array.isArray(body))
			delete body[name];
	return body;
}

test("pay is counted by the rates of then, also for who may not see them", async () => {
	const { olga, ben } = await crew(stack, { olga: "owner", ben: "member" });
	const rules = { from: "2026-01-01", hourlyRate: 2000, reason: "so" };
	const { workRule } = answered(await olga.post("/api/workRules", rules), 201);
	const hours = { start: "2026-10-05T08:00:00Z", end: "2026-10-05T10:00:00Z", zone: "Europe/Berlin" };
	answered(await ben.post("/api/workSessions", hours), 201);
	const seq = await stack.head(ben.space), path = `/api/reports/payroll?${SPAN}`;
	const was = await Promise.all([olga, ben].map(async (person) => said(await person.get(path))));
	answered(await olga.patch(`/api/workRules/${workRule.id}`, { hourlyRate: 3000, reason: "more" }));
	assert.equal(was[1].sum.gross, 4000);
	assert.equal((await ben.get(path)).body.sum.gross, 6000);
	for (const [i, person] of [olga, ben].entries())
		assert.deepEqual(said(await person.get(atOf(path, seq))), was[i]);
	const [rule] = answered(await ben.get(`/api/workRules?at=${seq}`)).workRules;
	assert.equal(rule.hourlyRate, undefined);
});

test("what a person was answered live they are answered with ?at= after everything has changed", async () => {
	const folk = await atWork(), chance = new Chance(1311), moments = [];

	for (let i = 0; i < 260; i++) {
		const answer = await write(folk, chance, { handing: false });
		assert.ok(answer.status < 500, answer.text);
		if (i % 130 !== 100)
			continue;
		const moment = { seq: await stack.head(folk.space), live: [] };
		await Promise.all(SOME.map(async (name) => {
			for (const path of PATHS)
				moment.live.push([folk[name], path, await ask(folk[name], path)]);
		}));
		moments.push(moment);
	}
	const compare = async (name, seq, path, was) => {
		const then = await ask(folk[name], atOf(path, seq)), what = `${name} ${path} at ${seq}`;
		assert.equal(then.status, was.status, `${what}: ${then.text}`);
		assert.deepEqual(said(then), said(was), what);
	};
	await Promise.all(SOME.map(async (name) => {
		for (const { seq, live } of moments)
			for (const [person, path, was] of live)
				if (person.name === name)
					await compare(name, seq, path, was);
	}));
});

// ---- who may see ----

const NOBODY = "00000000-0000-0000-0000-000000000000";
const RESERVED = ["id", "version", "seq", "owner", "createdAt", "createdBy", "lastUpdatedAt", "lastUpdatedBy"];
const fieldsOf = (record) =>
	Object.fromEntries(Object.entries(record).filter(([name]) => !RESERVED.includes(name)));

function apply(doc, changes) {
	for (const [name, [, value]] of Object.entries(JSON.parse(changes ?? "{}")))
		if (value === null)
			delete doc[name];
		else
			doc[name] = value;
}

// Every state that every record of a space ever had: a Map from "collection/id" to a list, oldest first.
async function statesOf(space) {
	const states = new Map();
	const rows = await sql(`SELECT seq, collection, record_id, version, owner_id, action, changes, private_changes,
		reader_id FROM audit WHERE space_id = '${space.id}' ORDER BY seq`);

	for (const row of rows) {
		const key = `${row.collection}/${row.record_id}`, deleted = row.action === "deleted";
		if (!states.has(key))
			states.set(key, []);
		const last = states.get(key).at(-1);
		const state = {
			seq: Number(row.seq), version: Number(row.version), owner: row.owner_id, reader: row.reader_id,
			deleted, doc: { ...last?.doc }, secret: { ...last?.secret },
		};
		if (deleted)
			Object.assign(state, { doc: {}, secret: {} });
		else
			[[state.doc, row.changes], [state.secret, row.private_changes]]
				.forEach(([doc, changes]) => apply(doc, changes));
		states.get(key).push(state);
	}
	return states;
}

const stateAt = (list, seq) => list.findLast((state) => state.seq <= seq);

// Whom each member oversees by the employees of now: {all, of} by id.
function oversightOf(folk, states) {
	const employees = [...states].filter(([key, list]) => key.startsWith("employees/") && !list.at(-1).deleted)
		.map(([key, list]) => ({ id: key.split("/")[1], ...list.at(-1).doc }));
	const sights = new Map(folk.people.map(({ id }) => [id, { all: false, of: new Set() }]));
	const isActive = ({ user, status = "active" }) => sights.has(user) && status === "active";

	for (const one of employees) {
		if (one.finance && isActive(one))
			sights.get(one.user).all = true;
		for (const above of employees.filter(({ id }) => [one.supervisor, one.senior].includes(id)))
			if (isActive(above) && above.user !== one.user)
				sights.get(above.user).of.add(one.user);
	}
	return sights;
}

// schema/PROTOCOL.md 6.
function sees({ id, role, sight }, definition, owner, reader) {
	if (RANKS.indexOf(role) < RANKS.indexOf(definition.may.read))
		return false;
	if (reader !== null)
		return [owner, reader].includes(id);
	const overseen = definition.overseen && (sight.all || sight.of.has(owner));
	return !definition.own || role === "manager" || role === "owner" || owner === id || overseen;
}

// What a person sees of a collection at a moment: what they may see of its owner of then and of its last one.
function wanted(states, person, definition, seq) {
	const records = {};

	for (const [key, list] of states) {
		const [collection, id] = key.split("/"), then = stateAt(list, seq), now = list.at(-1);
		if (collection !== definition.name || then === undefined || then.deleted ||
			![then, now].every(({ owner, reader }) => sees(person, definition, owner, reader)))
			continue;
		const both = ["manager", "owner"].includes(person.role) ||
			[then, now].every(({ owner }) => owner === person.id);
		records[id] = { ...then.doc, ...both && then.secret };
	}
	return records;
}

describe("nobody sees by ?at= what they could not see then, or may not see now", () => {
	test("whatever was handed over, and whoever has another role or oversees others meanwhile", async () => {
		const folk = await atWork(), chance = new Chance(77), roles = { ...ROLES };

		for (let i = 0; i < 450; i++) {
			if (chance.of(0.04)) {
				const supervisor = chance.pick(Object.values(folk.employees));
				await folk.mia.patch(`/api/employees/${chance.pick(Object.values(folk.employees))}`,
					chance.pick([{ supervisor }, { senior: supervisor }, { phone: `${i}` }]));
			} else if (chance.of(0.04)) {
				const name = chance.pick(["ben", "mo", "vera"]);
				roles[name] = chance.pick(["viewer", "member", "manager"]);
				answered(await folk.olga.patch(`/api/members/${folk[name].id}`, { role: roles[name] }));
			} else {
				const answer = await write(folk, chance, { handing: true });
				assert.ok(answer.status < 500, answer.text);
			}
		}
		for (const [name, role] of Object.entries({ ben: "member", mo: "viewer" }))
			if (roles[name] !== role) {
				answered(await folk.olga.patch(`/api/members/${folk[name].id}`, { role }));
				roles[name] = role;
			}
		await sql(`DELETE FROM record WHERE space_id = '${folk.space.id}' AND deleted = 1 AND seq % 2 = 0`);

		const states = await statesOf(folk.space), sights = oversightOf(folk, states);
		const head = await stack.head(folk.space);
		const { collections } = answered(await folk.olga.get("/api/collections"));
		const reader = folk.ben.with({
			Authorization: `Bearer ${(await folk.ben.apiToken("read", folk.space.id)).token}`,
		});
		for (let i = 0; i < 300; i++) {
			const by = chance.pick([...folk.people, reader]), seq = chance.below(head + 1);
			const name = chance.pick([...OF, "employees"]);
			const definition = collections.find((one) => one.name === name), { singular } = definition;
			const person = { id: by.id, role: roles[by.name], sight: sights.get(by.id) };
			const right = wanted(states, person, definition, seq), who = `${by.name}, ${name} at ${seq}`;
			const list = answered(await ask(by, `/api/${name}?at=${seq}&limit=1000`))[name];
			assert.deepEqual(Object.fromEntries(list.map((one) => [one.id, fieldsOf(one)])), right, who);

			const keys = [...states.keys()].filter((key) => key.startsWith(`${name}/`));
			const id = chance.pick(keys)?.split("/")[1];
			if (id === undefined)
				continue;
			const one = await ask(by, `/api/${name}/${id}?at=${seq}`);
			if (right[id] === undefined)
				refused(one, 404);
			else
				assert.deepEqual(fieldsOf(answered(one)[singular]), right[id], who);
		}
		answered(await folk.olga.delete(`/api/members/${folk.sue.id}`), 204);
		for (const person of [folk.sue, as("otto").in(folk.space)])
			for (const path of ["/api/claims", "/api/parcels/1", REPORTS[0], "/api/claims/export"])
				refused(await ask(person, atOf(path, 1)), 404);
	});

	test("a member is read as they were, and an export of members is one", async () => {
		const { olga } = await crew(stack, { olga: "owner", ben: "member" });
		refused(await olga.get("/api/members/nobody?at=0"), 404);
		const csv = await olga.get("/api/members/export?at=0");
		answered(csv);
		assert.match(csv.text, /^\ufeff?id,name/);
	});
});

// ---- what the file of an owner may do ----

describe("a file that anybody can have made", () => {
	// The export of a team as JSON with some records instead of its own.
	async function exported({ olga }, records) {
		const answer = await olga.get("/api/export?format=json");
		answered(answer);
		const file = JSON.parse(answer.text);
		return { ...file, records: records(file.records) };
	}

	const take = async ({ olga }, file) => answered(await olga.request("POST", "/api/import?changed=restore",
		{ body: JSON.stringify(file), headers: { "Content-Type": "application/json" } }));

	test("changes no message of somebody else, nor whom it is for; it brings back a deleted one", async () => {
		const folk = await crew(stack, ROLES), { olga, ben, mo, vera } = folk;
		const text = { toUser: mo.id, text: "for Mo" };
		const { message } = answered(await ben.post("/api/messages", text), 201);
		const seen = async (person) => answered(await person.get("/api/messages")).messages
			.map(({ owner, text, toUser }) => ({ owner, text, toUser }));
		const was = [{ owner: ben.id, ...text }];
		for (const forge of [
			(one) => { one.doc.text = "I quit"; },
			(one) => { one.owner = olga.id; one.doc.toUser = one.reader = olga.id; },
			(one) => { delete one.reader; delete one.doc.toUser; },
		]) {
			const file = await exported(folk, (records) => {
				const [one] = records.filter(({ collection }) => collection === "messages");
				forge(one);
				return [one];
			});
			await take(folk, file);
			assert.deepEqual(await Promise.all([ben, mo, olga, vera].map(seen)), [was, was, [], []]);
		}
		const file = await exported(folk, (all) => all.map((one) => ({ ...one, owner: olga.id })));
		const { cursor } = await mo.pull();
		answered(await ben.delete(`/api/messages/${message.id}`));
		await sql(`DELETE FROM record WHERE space_id = '${folk.space.id}' AND deleted = 1`);
		await take(folk, file);
		assert.deepEqual(await Promise.all([ben, mo, olga, vera].map(seen)), [was, was, [], []]);
		const { changes } = await mo.pull(cursor);
		assert.equal(changes.find(({ id }) => id === message.id).record.text, "for Mo");
	});

	test("makes nobody a member, writes as nobody else, and leaves nothing of people to nobody", async () => {
		const folk = await crew(stack, ROLES), { olga, ben } = folk;
		answered(await ben.post("/api/claims", { date: "2026-03-01", title: "A" }), 201);
		const stranger = await as("otto").ready();
		await take(folk, await exported(folk, ([one]) => [
			{ ...one, id: "nobodys", owner: NOBODY },
			{ ...one, id: "bens", createdBy: ben.id, updatedBy: ben.id },
			...[ben, stranger].map(({ id, name }) =>
				({ ...one, collection: "members", id, owner: id, doc: { name, role: "owner" } })),
		]));
		const { claim } = answered(await olga.get("/api/claims/bens"));
		assert.deepEqual([claim.owner, claim.createdBy, claim.lastUpdatedBy], [ben.id, olga.id, olga.id]);
		assert.equal(answered(await olga.get("/api/claims/nobodys")).claim.owner, olga.id);
		refused(await stranger.in(folk.space).get("/api/claims"), 404);
		refused(await ben.get("/api/export"), 403);
	});

	test("and what it brought back for two people alone goes with its undo", async () => {
		const folk = await crew(stack, ROLES), { olga, ben, mo } = folk;
		const { message } = answered(await ben.post("/api/messages", { toUser: mo.id, text: "for Mo" }), 201);
		const { id } = answered(await olga.post("/api/backup"));
		answered(await ben.delete(`/api/messages/${message.id}`));
		const { job: { result: { cause } } } = answered(await olga.post(`/api/backups/${id}/restore`, {}));
		answered(await mo.get(`/api/messages/${message.id}`));
		const { undo } = answered(await olga.post("/api/undo", { cause }));
		assert.deepEqual([undo.counts, undo.examples], [{ messages: { undone: 1, left: 0 } }, []]);
		refused(await mo.get(`/api/messages/${message.id}`), 404);
	});

	test("is undone whole, also where days were closed since", async () => {
		const folk = await crew(stack, ROLES), { olga, mia, ben } = folk;
		const day = { start: "2026-10-05T08:00:00Z", end: "2026-10-05T10:00:00Z", zone: "Europe/Berlin" };
		const { workSession: { id } } = answered(await ben.post("/api/workSessions", day), 201);
		const file = await exported(folk, (records) => records);
		answered(await ben.patch(`/api/workSessions/${id}`, { end: "2026-10-05T12:00:00Z" }));
		const period = { kind: "hours", from: "2026-10-05", to: "2026-10-11", state: "submitted" };
		const { period: { id: handedIn } } = answered(await ben.post("/api/periods", period), 201);
		answered(await mia.patch(`/api/periods/${handedIn}`, { state: "approved" }));
		const { job: { result: { cause } } } = await take(folk, file);
		const hours = async () =>
			answered(await ben.get(`/api/workSessions/${id}`)).workSession.duration / 3600;
		assert.equal(await hours(), 2);
		refused(await mia.post("/api/undo", { cause }), 403);
		const { undo } = answered(await olga.post("/api/undo", { cause }));
		assert.deepEqual([undo.undone, undo.left], [1, 0]);
		assert.equal(await hours(), 4);
	});
});
