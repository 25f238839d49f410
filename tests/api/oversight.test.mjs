// Who oversees whom, by the employees of a space, and what that shows: the records of the people one oversees, in the
// collections that say so, on every path that reads; nothing of anybody else; and no right to change them.  Whatever
// changes an employee or a membership changes the sight with it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { before, describe, test } from "node:test";
import { root, start } from "../harness.mjs";
import { CSV, crew } from "../lib/crew.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";
import { jpeg, send as sendFile, sha256 } from "../lib/files.mjs";
import { send } from "../lib/http.mjs";
import { key } from "../lib/sql.mjs";
import { until } from "../lib/wait.mjs";

const stack = await start();
const { as, ctl, sql } = stack;

// sue supervises ben, sam is his senior, fin is of finance; mo is another member, whom vera, a viewer, supervises.
const ROLES = {
	olga: "owner", mia: "manager", ben: "member", sue: "member", sam: "member", fin: "member", mo: "member",
	vera: "viewer",
};
const SEES_BEN = ["olga", "mia", "ben", "sue", "sam", "fin"];

const plain = ({ instance, ...problem }) => problem;
const NONE = "01939d2a-0000-7000-8000-000000000000";

// {employee ids by name} of these people; links: {ben: {supervisor: "sue"}}.
async function employ(folk, names, links = {}) {
	const ids = {};
	for (const name of names)
		ids[name] = answered(await folk.mia.post("/api/employees",
			{ firstName: name, lastName: "Worker", user: folk[name].id }), 201).employee.id;
	for (const [name, set] of Object.entries(links))
		answered(await folk.mia.patch(`/api/employees/${ids[name]}`, Object.fromEntries(
			Object.entries(set).map(([field, value]) => [field, ids[value] ?? value]))));
	return ids;
}

async function team() {
	const folk = await crew(stack, ROLES);
	const ids = await employ(folk, ["ben", "sue", "sam", "fin", "mo", "vera"], {
		ben: { supervisor: "sue", senior: "sam" }, mo: { supervisor: "vera" }, fin: { finance: true },
	});
	return { ...folk, ids };
}

const trip = (more = {}) => ({ date: "2026-11-02", from: "Depot", to: "Harbour", miles: 12.5, ...more });

async function keep(person, collection, set) {
	const body = answered(await person.post(`/api/${collection}`, set), 201);
	return Object.values(body).find((one) => one?.id);
}

const idsIn = (answer, collection) => answered(answer)[collection].map(({ id }) => id);
const isIn = (changes, id) => changes.some((change) => change.id === id);

// --- who sees what ---

describe("what is overseen", () => {
	const bytes = jpeg("a receipt that ben has"), photo = sha256(bytes);
	let folk, tokens, kept, mine;

	// Everybody, and some of them by other ways in: {name, sees, get, …}.
	const readers = () => [
		...Object.keys(ROLES).map((name) => ({ name, by: folk[name], sees: SEES_BEN.includes(name) })),
		...tokens,
	];

	// Requests with another token of a person.
	const withToken = (name, token, sees) => ({
		name, sees, token, by: {
			id: folk[name.split(" ")[0]].id,
			request: (method, path, { headers = {}, ...rest } = {}) => send({
				url: stack.url + path.replace("/api/", `/api/spaces/${folk.space.id}/`), method,
				headers: { Authorization: `Bearer ${token}`, ...headers }, ...rest,
			}),
			get(path) {
				return this.request("GET", path);
			},
			post(path, body, headers) {
				return this.request("POST", path, { body, headers });
			},
		},
	});

	// The token of a person who signs in by PIN on a handheld of the team.
	async function pinOf(person) {
		const enrolled = answered(await folk.mia.post("/api/handhelds", { name: "Scanner" }), 201);
		answered(await person.put("/api/pin", { pin: "4711", password: person.password }), 204);
		return answered(await send({
			url: `${stack.url}/api/auth/pin`, method: "POST",
			headers: { Authorization: `Bearer ${enrolled.token}` },
			body: { user: person.id, pin: "4711", deviceId: enrolled.handheld.deviceId },
		})).accessToken;
	}

	before(async () => {
		folk = await team();
		answered(await sendFile(folk.ben, bytes), 201);
		const vehicle = await keep(folk.ben, "vehicles", { name: "Bens van" });
		kept = {
			vehicles: vehicle,
			mileage: await keep(folk.ben, "mileage",
				trip({ purpose: "bens-purpose", vehicle: vehicle.id })),
			receipts: await keep(folk.ben, "receipts",
				{ date: "2026-11-02", vendor: "Bens shop", amount: 4200, category: "Meals",
					file: photo }),
			timesheets: await keep(folk.ben, "timesheets", { date: "2026-11-02", hours: 8 }),
			dayNotes: await keep(folk.ben, "dayNotes", { date: "2026-11-02", description: "Bens day" }),
			odometerReadings: await keep(folk.ben, "odometerReadings",
				{ date: "2026-11-02", vehicle: vehicle.id, reading: 1000 }),
			expenseReports: await keep(folk.ben, "expenseReports", { from: "2026-11-01" }),
		};
		mine = {
			places: await keep(folk.ben, "places", { name: "Bens home", address: "Lane 1" }),
			tasks: await keep(folk.ben, "tasks", { title: "Bens habit" }),
			weights: await keep(folk.ben, "weights", { date: "2026-11-02", kg: 80.5 }),
		};
		tokens = [
			withToken("sue by token", (await folk.sue.apiToken("read")).token, true),
			withToken("sue by PIN", await pinOf(folk.sue), true),
			withToken("fin by token", (await folk.fin.apiToken("read")).token, true),
			withToken("mo by token", (await folk.mo.apiToken("read")).token, false),
		];
	});

	test("is every collection of expenses but places, and none of routines", async () => {
		const { collections } = answered(await folk.ben.get("/api/collections"));
		assert.deepEqual(collections.filter((one) => one.overseen).map(({ name }) => name).sort(),
			Object.keys(kept).sort());
		assert.ok(collections.filter((one) => one.overseen).every(({ own, fields }) =>
			own && !fields.some((field) => field.private)));
	});

	test("is read one by one by those who oversee its owner, and absent for all others", async () => {
		for (const { name, by, sees } of readers())
			for (const [collection, { id }] of Object.entries(kept))
				for (const tail of ["", "?version=1", "/history"]) {
					const real = await by.get(`/api/${collection}/${id}${tail}`);
					const absent = await by.get(`/api/${collection}/${NONE}${tail}`);
					assert.equal(real.status, sees ? 200 : 404, `${name} ${collection}${tail}`);
					if (!sees)
						assert.deepEqual(plain(real.problem), plain(absent.problem), name);
				}
	});

	test("is in the lists of those, however they are filtered, searched and sorted", async () => {
		for (const { name, by, sees } of readers()) {
			for (const [collection, { id }] of Object.entries(kept))
				for (const query of ["", `?owner=${folk.ben.id}`, "?sort=id", "?sort=-lastUpdatedAt"])
					assert.equal(idsIn(await by.get(`/api/${collection}${query}`), collection)
						.includes(id), sees, `${name} ${collection}${query}`);
			for (const query of [
				"?q=bens-purpose", "?purpose=bens-purpose", "?sort=purpose", "?sort=-miles",
				"?miles=ge.12.5",
				`?owner=in.${folk.mo.id},${folk.ben.id}`, `?owner=ne.${folk.mo.id}`, "?fields=from",
				`?owner=${folk.ben.id}&sort=miles`,
			])
				assert.equal(idsIn(await by.get(`/api/mileage${query}`), "mileage")
					.includes(kept.mileage.id), sees, `${name} ${query}`);
		}
	});

	test("comes page by page without a gap", async () => {
		const all = [];
		for (let day = 1; day <= 9; day++)
			for (const who of ["ben", "mo"])
				all.push([who, (await keep(folk[who], "mileage",
					trip({ date: `2026-10-0${day}` }))).id]);
		const bens = all.filter(([who]) => who === "ben").map(([, id]) => id);
		for (const person of [folk.sue, folk.fin])
			for (const sort of ["", "&sort=id", "&sort=-date"]) {
				const found = [];
				for (let after = ""; after !== undefined;) {
					const page = answered(await person.get(`/api/mileage?limit=2${sort}${after}`));
					found.push(...page.mileage.map(({ id }) => id));
					after = page.next ? `&after=${page.next}` : undefined;
				}
				assert.equal(new Set(found).size, found.length);
				assert.deepEqual(found.filter((id) => bens.includes(id)).sort(), [...bens].sort());
				assert.equal(all.filter(([who, id]) => who === "mo" && found.includes(id)).length,
					person === folk.fin ? 9 : 0);
			}
		for (const [who, id] of all)
			answered(await folk[who].delete(`/api/mileage/${id}`));
	});

	test("is in their feed, from the first load and from a cursor", async () => {
		const cursors = new Map();
		for (const name of Object.keys(ROLES)) {
			const { changes, cursor } = await folk[name].pull();
			for (const [collection, { id }] of Object.entries(kept))
				assert.equal(isIn(changes, id), SEES_BEN.includes(name), `${name} ${collection}`);
			cursors.set(name, cursor);
		}
		answered(await folk.ben.patch(`/api/mileage/${kept.mileage.id}`, { notes: "later" }));
		const { id } = await keep(folk.ben, "mileage", trip());
		answered(await folk.ben.delete(`/api/mileage/${id}`));
		for (const [name, cursor] of cursors) {
			const { changes } = await folk[name].pull(cursor);
			const told = changes.filter((change) => change.collection === "mileage");
			assert.deepEqual(told.map((change) => [change.id, change.record?.notes, change.deleted]),
				SEES_BEN.includes(name)
					? [[kept.mileage.id, "later", undefined], [id, undefined, true]] : [], name);
		}
		for (const [name, sees] of [["sue", true], ["fin", true], ["mo", false], ["vera", false]])
			assert.equal(isIn((await folk[name].pull(undefined, { collections: "mileage" })).changes,
				kept.mileage.id), sees, name);
	});

	test("is in their audit and exports, with whose it is", async () => {
		for (const { name, by, sees } of readers()) {
			const rowsOf = async (query) => answered(await by.get(`/api/audit${query}`)).auditLogs;
			for (const [collection, { id }] of Object.entries(kept))
				for (const query of [`?collection=${collection}`, `?collection=${collection}&id=${id}`])
					assert.equal((await rowsOf(query)).some((row) => row.record_id === id), sees,
						`${name} ${query}`);
			for (const query of ["", `&owner=${folk.ben.id}`, "&q=bens-purpose", "&style=people"])
				for (const format of ["csv", "json"].slice(0, query === "&style=people" ? 1 : 2)) {
					const answer = await by.get(`/api/mileage/export?format=${format}${query}`);
					assert.equal(answer.status, 200, answer.text);
					assert.equal(answer.text.includes("bens-purpose"), sees,
						`${name} ${format}${query}`);
				}
		}
		for (const name of ["sue", "fin", "mia"])
			assert.ok((await folk[name].get("/api/mileage/export")).text.includes(folk.ben.id), name);
		assert.ok(!(await folk.mo.get("/api/mileage/export")).text.split("\r\n")[0].includes("owner"));
	});

	test("gives them the file of a receipt", async () => {
		for (const { name, by, sees } of readers())
			assert.equal((await by.get(`/api/files/${photo}`)).status, sees ? 200 : 404, name);
	});

	test("may be referred to by those who see it only", async () => {
		for (const [name, status] of [["sue", 201], ["fin", 201], ["mo", 400], ["vera", 403]]) {
			const answer = await folk[name].post("/api/mileage", trip({ vehicle: kept.vehicles.id }));
			assert.equal(answer.status, status, `${name} ${answer.text}`);
			if (status === 400)
				assert.deepEqual(plain(answer.problem), plain((await folk[name].post("/api/mileage",
					trip({ vehicle: NONE }))).problem));
		}
	});

	test("is counted in the reports of those who see it only, as JSON, CSV and a page", async () => {
		const days = "from=2026-11-01&to=2026-11-30", whose = `person=${folk.ben.id}`;
		const start = `/api/mileage/suggested-start?date=2026-11-04&vehicle=${kept.vehicles.id}`;
		for (const { name, by, sees } of readers()) {
			for (const [report, format] of ["mileage", "logbook"].flatMap((one) =>
				["", "&format=csv", "&format=html"].map((format) => [one, format]))) {
				const says = async (query, status) => {
					const { text, ...answer } =
						await by.get(`/api/reports/${report}?${days}${query}${format}`);
					assert.equal(answer.status, status, `${name} ${report}${format} ${text}`);
					return text.includes("bens-purpose");
				};
				assert.equal(await says(`&${whose}`, sees ? 200 : 404), sees,
					`${name} ${report}${format}`);
				// without a person a logbook is the reader's own
				assert.equal(await says("", 200), report === "logbook" ? name === "ben" : sees,
					`${name} ${report}${format}`);
			}
			for (const report of [`month?${days}`, `perdiem?${days}`])
				assert.equal((await by.get(`/api/reports/${report}&${whose}`)).status, sees ? 200 : 404,
					`${name} ${report}`);
			const asked = await by.get(`${start}&${whose}`);
			assert.equal(asked.status === 200, sees, `${name} ${asked.status} ${asked.text}`);
		}
	});

	test("shows nothing of collections that are not overseen", async () => {
		for (const { name, by } of readers().filter(({ name }) => !["olga", "mia", "ben"].includes(name)))
			for (const [collection, { id }] of Object.entries(mine)) {
				refused(await by.get(`/api/${collection}/${id}`), 404);
				refused(await by.get(`/api/${collection}/${id}/history`), 404);
				assert.ok(!idsIn(await by.get(`/api/${collection}`), collection).includes(id), name);
				const query = `?owner=${folk.ben.id}`;
				assert.deepEqual(idsIn(await by.get(`/api/${collection}${query}`), collection), []);
				assert.ok(!(await by.get(`/api/audit?collection=${collection}`)).text.includes(id));
			}
	});

	test("reaches no further: not to the people of one's people, not to another space", async () => {
		const bens = await keep(folk.ben, "dayNotes", { date: "2026-11-03", description: "chain" });
		answered(await folk.mia.patch(`/api/employees/${folk.ids.sue}`, { supervisor: folk.ids.mo }));
		const sues = await keep(folk.sue, "dayNotes", { date: "2026-11-03", description: "of sue" });
		answered(await folk.mo.get(`/api/dayNotes/${sues.id}`));
		refused(await folk.mo.get(`/api/dayNotes/${bens.id}`), 404);
		refused(await folk.ben.get(`/api/dayNotes/${sues.id}`), 404);
		answered(await folk.mia.patch(`/api/employees/${folk.ids.sue}`, { supervisor: null }));
		refused(await folk.mo.get(`/api/dayNotes/${sues.id}`), 404);

		const other = await crew(stack, { olga: "owner", ben: "member", sue: "member", fin: "member" });
		const there = await keep(other.ben, "mileage", trip());
		refused(await other.sue.get(`/api/mileage/${there.id}`), 404);
		refused(await other.fin.get(`/api/mileage/${there.id}`), 404);
		refused(await folk.sue.get(`/api/mileage/${there.id}`), 404);
	});

	test("is not changed by those who see it: 403 on every path that writes, and nothing happened", async () => {
		const { id } = kept.mileage, there = `/api/mileage/${id}`;
		const gone = await keep(folk.ben, "mileage", trip({ purpose: "gone" }));
		answered(await folk.ben.delete(`/api/mileage/${gone.id}`));
		const { mileage: { version } } = { mileage: answered(await folk.ben.get(there)).trip };
		for (const name of ["sue", "sam", "fin"]) {
			const by = folk[name];
			for (const [method, path, body] of [
				["PATCH", there, { notes: "x" }], ["PUT", there, trip()], ["DELETE", there],
				["POST", `${there}/restore`, { version: 1 }],
				["PATCH", there, { owner: by.id }],
				["POST", `/api/mileage/${gone.id}/restore`, { version: 1 }],
				["POST", "/api/mileage", trip({ id: gone.id })],
			])
				refused(await by.request(method, path, { body }), 403);
			for (const [n, op] of [
				{ id, base: version, set: { notes: "x" } }, { id, base: 1, set: { purpose: "x" } },
				{ id, base: 0, set: trip() }, { id, base: version, delete: true },
				{ id: gone.id, base: 2, set: trip() },
			].entries()) {
				const [{ problem }] = outcomes(await by.push([
					{ op: `${name}-${n}`, collection: "mileage", ...op },
				]), "rejected");
				assert.equal(problem.status, 403, JSON.stringify(problem));
			}
			answered(await by.post("/api/mileage/import?dryRun=1&skipBad=1",
				`id,date,from,to,miles\n${id},2026-11-02,A,B,1\n`, CSV), 200,
				{ bad: 1, created: 0, updated: 0 });
			const taken = await by.post("/api/mileage", trip({ owner: folk.ben.id }));
			refused(taken, 403, { field: "owner" });
		}
		answered(await folk.ben.get(there), 200, { trip: { version, owner: folk.ben.id } });
		refused(await folk.ben.get(`/api/mileage/${gone.id}`), 404);
	});

	test("for others an id that is in use is a bare conflict, as for any record they do not see", async () => {
		const [hidden] = outcomes(await folk.mo.push([
			{ op: "mo-id", collection: "mileage", id: kept.mileage.id, base: 0, set: trip() },
		]), "conflict");
		assert.deepEqual([hidden.problem.status, hidden.problem.current, hidden.record],
			[409, undefined, undefined]);
	});
});

// --- what changes it ---

// Whether a person sees ben's trip now, by one look, their list and a load from the beginning.
async function sees(person, id) {
	const one = await person.get(`/api/mileage/${id}`);
	if (one.status === 404 && /space/.test(one.problem.detail))
		return false;
	const list = idsIn(await person.get("/api/mileage"), "mileage").includes(id);
	const feed = isIn((await person.pull()).changes, id);
	assert.deepEqual([one.status === 200, feed], [list, list], person.name);
	return list;
}

describe("whatever changes an employee changes the sight with it", () => {
	let folk, id;
	const there = (name) => `/api/employees/${folk.ids[name]}`;

	before(async () => {
		folk = await team();
		({ id } = await keep(folk.ben, "mileage", trip()));
	});

	// change makes these people see the trip or not: {sue: false, mo: true}.  Their devices are told to load anew,
	// and nobody else's.
	async function turns(change, wanted) {
		const names = ["sue", "sam", "fin", "mo", "ben", "mia"], cursors = new Map(), was = new Map();
		for (const name of names) {
			was.set(name, await sees(folk[name], id));
			cursors.set(name, (await folk[name].pull()).cursor);
		}
		await change();
		for (const name of names) {
			const now = wanted[name] ?? was.get(name);
			assert.equal(await sees(folk[name], id), now, name);
			const poll = await folk[name].get(`/api/sync/changes?since=${cursors.get(name)}`);
			if (now === was.get(name))
				answered(poll);
			else
				refused(poll, 410, { reason: "view" });
		}
	}

	test("another supervisor", async () => {
		const to = (name) => async () =>
			answered(await folk.mia.patch(there("ben"), { supervisor: folk.ids[name] ?? null }));
		await turns(to("mo"), { sue: false, mo: true });
		await turns(to(undefined), { mo: false });
		await turns(to("sue"), { sue: true });
	});

	test("another senior, finance and its end", async () => {
		const put = (name, set) => async () => answered(await folk.mia.patch(there(name), set));
		await turns(put("ben", { senior: null }), { sam: false });
		await turns(put("ben", { senior: folk.ids.sam }), { sam: true });
		await turns(put("fin", { finance: false }), { fin: false });
		await turns(put("fin", { finance: true }), { fin: true });
	});

	test("two reasons to see are one sight, until both end", async () => {
		const put = (name, set) => async () => answered(await folk.mia.patch(there(name), set));
		await turns(put("ben", { senior: folk.ids.sue }), { sam: false });
		await turns(put("ben", { supervisor: null }), {});
		await turns(put("ben", { supervisor: folk.ids.sue, senior: folk.ids.sam }), { sam: true });
	});

	test("an overseer who is inactive, and the people of one who is still see theirs", async () => {
		const status = (name, value) => async () =>
			answered(await folk.mia.patch(there(name), { status: value }));
		await turns(status("sue", "inactive"), { sue: false });
		await turns(status("sue", "active"), { sue: true });
		await turns(status("fin", "inactive"), { fin: false });
		await turns(status("fin", "active"), { fin: true });
		await turns(status("ben", "inactive"), {}); // what ben did is still to be approved
		await turns(status("ben", "active"), {});
	});

	test("an employee who is no longer this member, deleted, brought back, and set back", async () => {
		const unlink = (name, user) => async () => answered(await folk.mia.patch(there(name), { user }));
		await turns(unlink("sue", null), { sue: false });
		await turns(unlink("sue", folk.sue.id), { sue: true });
		await turns(unlink("ben", null), { sue: false, sam: false });
		await turns(unlink("ben", folk.ben.id), { sue: true, sam: true });
		await turns(async () => answered(await folk.mia.delete(there("sue"))), { sue: false });
		const { history: [{ version }] } = answered(await folk.mia.get(`${there("sue")}/history`));
		const restore = { version: version - 1 };
		await turns(async () => answered(await folk.mia.post(`${there("sue")}/restore`, restore)),
			{ sue: true });
		const at = answered(await folk.mia.get(there("ben"))).employee.version;
		await turns(async () => answered(await folk.mia.patch(there("ben"), { supervisor: folk.ids.mo })),
			{ sue: false, mo: true });
		await turns(async () => answered(await folk.mia.post(`${there("ben")}/restore`, { version: at })),
			{ sue: true, mo: false });
	});

	test("a push of many at once, which moves each view once", async () => {
		const version = async (name) => answered(await folk.mia.get(there(name))).employee.version;
		const epoch = async (name) => Number((await sql(`SELECT view_epoch AS n FROM member
			WHERE space_id = '${folk.space.id}' AND user_id = '${folk[name].id}'`))[0].n);
		const ops = [
			{ op: "a", id: folk.ids.ben, set: { supervisor: folk.ids.mo } },
			{ op: "b", id: folk.ids.sue, set: { supervisor: folk.ids.mo } },
			{ op: "c", id: folk.ids.sam, set: { supervisor: folk.ids.mo } },
		];
		for (const [i, name] of ["ben", "sue", "sam"].entries())
			Object.assign(ops[i], { collection: "employees", base: await version(name) });
		await turns(async () => outcomes(await folk.mia.push(ops), "applied", "applied", "applied"),
			{ sue: false, mo: true });
		const [{ seq }] = await sql(`SELECT seq FROM space WHERE id = '${folk.space.id}'`);
		assert.equal(await epoch("mo"), Number(seq));
		assert.equal(Number((await sql(`SELECT COUNT(*) AS n FROM oversight
			WHERE space_id = '${folk.space.id}' AND user_id = '${folk.mo.id}'`))[0].n), 4); // mo too
		const back = ops.map(({ op, ...rest }) => ({
			...rest, op: `${op}-back`, base: rest.base + 1, set: { supervisor: null },
		}));
		await turns(async () => outcomes(await folk.mia.push(back), "applied", "applied", "applied"),
			{ mo: false });
		await turns(async () => answered(await folk.mia.patch(there("ben"), { supervisor: folk.ids.sue })),
			{ sue: true });
	});

	test("an import", async () => {
		const { ids, ben } = folk, columns = "id,firstName,lastName,user,supervisor";
		const file = `${columns}\n${ids.ben},ben,Worker,${ben.id},${ids.mo}\n`;
		await turns(async () => answered(await folk.mia.post("/api/employees/import", file, CSV)),
			{ sue: false, mo: true });
		await turns(async () => answered(await folk.mia.patch(there("ben"), { supervisor: folk.ids.sue })),
			{ sue: true, mo: false });
	});

	test("managers see as much as before, and need not load anew", async () => {
		const { cursor } = await folk.olga.pull();
		const [olga] = [await employ(folk, ["olga"])];
		answered(await folk.mia.patch(there("ben"), { supervisor: olga.olga }));
		answered(await folk.olga.get(`/api/sync/changes?since=${cursor}`));
		answered(await folk.mia.patch(there("ben"), { supervisor: folk.ids.sue }));
		// a manager who becomes a member oversees whom they oversaw
		answered(await folk.olga.patch(`/api/members/${folk.sue.id}`, { role: "manager" }));
		answered(await folk.olga.patch(`/api/members/${folk.sue.id}`, { role: "member" }));
		assert.ok(await sees(folk.sue, id));
		const { id: other } = await keep(folk.mo, "mileage", trip());
		assert.ok(!await sees(folk.sue, other));
	});

	test("a change that changes nobody's sight moves nobody's view", async () => {
		await turns(async () => answered(await folk.mia.patch(there("ben"), { position: "Driver" })), {});
	});

	test("the end of a membership ends the sight at once; who comes back has it again", async () => {
		const { token } = await folk.sue.apiToken("read");
		const bearer = { Authorization: `Bearer ${token}` };
		const url = `${stack.url}/api/spaces/${folk.space.id}/mileage/${id}`;
		assert.equal((await send({ url, headers: bearer })).status, 200);
		answered(await folk.mia.delete(`/api/members/${folk.sue.id}`), 204);
		assert.equal((await send({ url, headers: bearer })).status, 401);
		refused(await folk.sue.get(`/api/mileage/${id}`), 404);
		assert.deepEqual(await sql(`SELECT owner_id FROM oversight
			WHERE space_id = '${folk.space.id}' AND user_id = '${folk.sue.id}'`), []);
		const { token: invitation } =
			answered(await folk.mia.post("/api/invitations", { role: "member" }), 201);
		answered(await as("sue").post("/api/invitations/accept", { token: invitation }));
		assert.ok(await sees(folk.sue, id));
		const { id: other } = await keep(folk.mo, "mileage", trip());
		assert.ok(!await sees(folk.sue, other));
	});

	test("what a former member did is seen by those who oversaw them", async () => {
		answered(await folk.mia.delete(`/api/members/${folk.ben.id}`), 204);
		for (const name of ["sue", "sam", "fin", "mia"])
			assert.ok(await sees(folk[name], id), name);
		assert.ok(!await sees(folk.mo, id));
	});
});

// --- devices that were away ---

describe("a device that is offline meanwhile", () => {
	test("loads anew, loses what it may not see, and has its unsent ops refused", async () => {
		const folk = await team();
		const { id } = await keep(folk.ben, "mileage", trip());
		const { cursor } = await folk.sue.pull(), { cursor: mos } = await folk.mo.pull();
		const heads = async (person) => answered(await person.forAccount().get("/api/sync/heads")).heads
			.find(({ space }) => space === folk.space.id).head;
		const [sues, other] = [await heads(folk.sue), await heads(folk.sam)];
		answered(await folk.mia.patch(`/api/employees/${folk.ids.ben}`, { supervisor: folk.ids.mo }));
		assert.notEqual(sues.split(".")[1], (await heads(folk.sue)).split(".")[1]);
		assert.equal(other.split(".")[1], (await heads(folk.sam)).split(".")[1]);
		for (const [person, since] of [[folk.sue, cursor], [folk.mo, mos]])
			refused(await person.get(`/api/sync/changes?since=${since}`), 410, { reason: "view" });
		const [late] = outcomes(await folk.sue.push([
			{ op: "late", collection: "mileage", id, base: 1, set: { notes: "late" } },
		]), "rejected");
		assert.equal(late.problem.status, 404);
		const [early] = outcomes(await folk.mo.push([
			{ op: "early", collection: "mileage", id, base: 1, set: { notes: "early" } },
		]), "rejected");
		assert.equal(early.problem.status, 403);
		assert.ok(!isIn((await folk.sue.pull()).changes, id));
		assert.ok(isIn((await folk.mo.pull()).changes, id));
	});

	test("is told of what left its view by another owner, and only of that", async () => {
		const folk = await team();
		const links = await employ(folk, ["olga"]);
		answered(await folk.mia.patch(`/api/employees/${folk.ids.mo}`, { supervisor: links.olga }));
		answered(await folk.mia.patch(`/api/employees/${folk.ids.sam}`, { supervisor: folk.ids.sue }));
		// sue oversees ben and sam, and nobody whom she sees oversees mo
		const trips = {};
		for (const [name, owner] of [
			["away", "ben"], ["within", "ben"], ["back", "ben"], ["own", "sue"], ["given", "sue"],
			["gone", "ben"],
		])
			trips[name] = (await keep(folk[owner], "mileage", trip())).id;
		const place = (await keep(folk.sue, "places", { name: "Home", address: "Lane 2" })).id;
		const pulled = async (person, since) => (await person.pull(since)).changes.map((change) => [
			change.id, change.removed ? "removed" : change.deleted ? "deleted" : change.record.owner,
		]);
		const cursors = new Map();
		for (const name of ["sue", "fin", "mo", "ben"])
			cursors.set(name, (await folk[name].pull()).cursor);
		const hand = async (name, owner) => answered(await folk.mia.patch(`/api/mileage/${trips[name]}`,
			{ owner: folk[owner].id }));
		await hand("away", "mo");
		await hand("within", "sam");
		await hand("back", "mo");
		await hand("back", "ben");
		await hand("own", "sam");
		await hand("given", "mo");
		await hand("gone", "mo");
		answered(await folk.mo.delete(`/api/mileage/${trips.gone}`));
		answered(await folk.mia.patch(`/api/places/${place}`, { owner: folk.ben.id }));
		const { ben, mo, sam } = folk;
		assert.deepEqual(new Map(await pulled(folk.sue, cursors.get("sue"))), new Map([
			[trips.away, "removed"], [trips.within, sam.id], [trips.back, ben.id], [trips.own, sam.id],
			[trips.given, "removed"], [trips.gone, "removed"], [place, "removed"],
		]));
		assert.deepEqual(new Map(await pulled(folk.fin, cursors.get("fin"))), new Map([
			[trips.away, mo.id], [trips.within, sam.id], [trips.back, ben.id], [trips.own, sam.id],
			[trips.given, mo.id], [trips.gone, "deleted"],
		]));
		assert.deepEqual(new Map(await pulled(folk.ben, cursors.get("ben"))), new Map([
			[trips.away, "removed"], [trips.within, "removed"], [trips.back, ben.id],
			[trips.gone, "removed"],
			[place, ben.id],
		]));
		assert.deepEqual(new Map(await pulled(folk.mo, cursors.get("mo"))), new Map([
			[trips.away, mo.id], [trips.back, "removed"], [trips.given, mo.id], [trips.gone, "deleted"],
		]));
	});

	test("the past belongs to who owned the record then", async () => {
		const folk = await team();
		const { id } = await keep(folk.mo, "mileage", trip({ notes: "as mo had it" }));
		answered(await folk.mia.patch(`/api/mileage/${id}`, { notes: "as ben has it", owner: folk.ben.id }));
		answered(await folk.ben.patch(`/api/mileage/${id}`, { notes: "later" }));
		const history = answered(await folk.sue.get(`/api/mileage/${id}/history`)).history;
		assert.deepEqual(history.map(({ version, changes: { notes } }) => [version, notes]),
			[[3, ["as ben has it", "later"]], [2, [null, "as ben has it"]]]);
		refused(await folk.sue.get(`/api/mileage/${id}?version=1`), 404);
		const { text } = await folk.sue.get(`/api/audit?collection=mileage&id=${id}`);
		assert.ok(!text.includes("as mo had it"));
		assert.ok((await folk.fin.get(`/api/audit?collection=mileage&id=${id}`)).text.includes("as mo had it"));
	});
});

// --- notifications ---

describe("a notification", () => {
	test("nobody makes, addresses or turns one over by hand", async () => {
		const folk = await crew(stack, { olga: "owner", mia: "manager", mo: "member" });
		for (const person of [folk.olga, folk.mia, folk.mo]) {
			refused(await person.post("/api/notifications", { toUser: folk.mo.id }), 403);
			const [made] = outcomes(await person.push([
				{ op: `n-${person.name}`, collection: "notifications", id: "n1", base: 0,
					set: { acknowledged: true } },
			]), "rejected");
			assert.equal(made.problem.status, 403);
		}
	});

	test("for one person is theirs alone, on every path, managers and owners included", async () => {
		const folk = await team(), { ben, sam, mia } = folk;
		const report = await keep(ben, "expenseReports", { from: "2026-10-01" });
		answered(await ben.patch(`/api/expenseReports/${report.id}`,
			{ certified: true, signedAs: "Ben B.", state: "submitted" }));
		const [told, ...more] = answered(await sam.get("/api/notifications")).notifications;
		assert.deepEqual([told.toUser, told.about, told.owner, more.length],
			[sam.id, `expenseReports/${report.id}`, "00000000-0000-0000-0000-000000000000", 0]);
		const there = `/api/notifications/${told.id}`;
		for (const name of Object.keys(ROLES).filter((one) => one !== "sam")) {
			const by = folk[name];
			for (const path of [there, `${there}?version=1`, `${there}/history`])
				refused(await by.get(path), 404);
			for (const path of [
				"", `?toUser=${sam.id}`, `?q=${report.id}`, `?about=${told.about}`, "?sort=kind",
				"/export?format=json", "/export?format=csv",
			])
				assert.ok(!(await by.get(`/api/notifications${path}`)).text.includes(told.id), path);
			const audit = await by.get("/api/audit?collection=notifications");
			assert.ok(!audit.text.includes(told.id), name);
			assert.ok(!isIn((await by.pull()).changes, told.id), name);
			const change = await by.patch(there, { acknowledged: true });
			refused(change, name === "vera" ? 403 : 404);
		}
		refused(await mia.delete(there), 404);
		const { cursor } = await sam.pull();
		answered(await sam.patch(there, { acknowledged: true }), 200,
			{ notification: { acknowledgedBy: sam.id, toUser: sam.id } });
		assert.ok(isIn((await sam.pull(cursor)).changes, told.id));
		assert.equal(answered(await sam.get(`${there}/history`)).history.length, 2);
		refused(await sam.patch(there, { toUser: ben.id }), 400, { field: "toUser" });
		refused(await sam.delete(there), 403);
	});

	test("for everybody is everybody's, and stays so", async () => {
		const folk = await crew(stack, { olga: "owner", mo: "member", vera: "viewer" });
		const { token } = await folk.olga.apiToken("write");
		answered(await send({
			url: `${stack.url}/compat/cars/api/notifications/send`, method: "POST",
			headers: { "X-API-Key": token }, body: { title: "Gate", body: "Closed" },
		}));
		const [{ id, toUser }] = answered(await folk.mo.get("/api/notifications")).notifications;
		assert.equal(toUser, undefined);
		for (const person of [folk.olga, folk.mo, folk.vera]) {
			answered(await person.get(`/api/notifications/${id}`), 200,
				{ notification: { title: "Gate" } });
			assert.ok(isIn((await person.pull()).changes, id));
		}
		refused(await folk.mo.patch(`/api/notifications/${id}`, { toUser: folk.mo.id }), 400,
			{ field: "toUser" });
		answered(await folk.mo.patch(`/api/notifications/${id}`, { acknowledged: true }), 200,
			{ notification: { acknowledgedBy: folk.mo.id } });
	});
});

// --- what it costs ---

test("a poll asks the database nothing, whether somebody is overseen or not; a write asks no more", async () => {
	const folk = await team();
	for (const name of ["mo", "sue", "fin"]) {
		const { cursor } = await folk[name].pull();
		await until(`polls of ${name} need no statement`, async () => {
			for (let i = 0; i < 8; i++)
				await folk[name].get(`/api/sync/changes?since=${cursor}`,
					{ "If-None-Match": `"${cursor}"` });
			const lines = (await stack.logLines()).filter((line) => line.includes("/sync/changes"));
			return lines.slice(-4).every((line) => /\bsql=0\b/.test(line));
		});
	}
});

test("who oversees more people than the host remembers is asked for, and sees them all", async () => {
	const folk = await crew(stack, { olga: "owner", mia: "manager", sue: "member", ben: "member" });
	const [sue, ben] = [`'${folk.sue.id}'`, `'${folk.ben.id}'`];
	const ids = await employ(folk, ["ben", "sue"], { ben: { supervisor: "sue" } });
	// as if 100 more people had sue as their supervisor
	await sql(`INSERT INTO record (space_id, collection, id, version, seq, tx_seq, owner_id, deleted, sort_key, doc,
			doc_private, created_at, created_by, updated_at, updated_by)
		SELECT r.space_id, r.collection, CONCAT('many-', n.seq), 1, 100000 + n.seq, 100000 + n.seq,
			UNHEX(MD5(CONCAT('many', n.seq))), 0, CONCAT('many', n.seq),
			REPLACE(r.doc, CONCAT('${folk.ben.id.slice(0, 8)}', '${folk.ben.id.slice(8)}'),
				LOWER(CONCAT_WS('-', SUBSTR(MD5(CONCAT('many', n.seq)), 1, 8),
					SUBSTR(MD5(CONCAT('many', n.seq)), 9, 4),
					SUBSTR(MD5(CONCAT('many', n.seq)), 13, 4),
					SUBSTR(MD5(CONCAT('many', n.seq)), 17, 4),
					SUBSTR(MD5(CONCAT('many', n.seq)), 21, 12)))),
			r.doc_private, r.created_at, r.created_by, r.updated_at, r.updated_by
		FROM record r JOIN seq_1_to_100 n
		WHERE r.space_id = '${folk.space.id}' AND r.collection = 'employees' AND r.id = ${key(ids.ben)}`);
	answered(await folk.mia.patch(`/api/employees/${ids.sue}`, { position: "Head" }));
	assert.equal(Number((await sql(`SELECT LENGTH(oversees) AS n FROM member
		WHERE space_id = '${folk.space.id}' AND user_id = ${sue}`))[0].n), 101 * 16);
	assert.equal(Number((await sql(`SELECT COUNT(*) AS n FROM oversight
		WHERE space_id = '${folk.space.id}' AND user_id = ${sue}`))[0].n), 102);
	const { id } = await keep(folk.ben, "mileage", trip());
	for (let i = 0; i < 12; i++)
		answered(await folk.sue.get(`/api/mileage/${id}`), 200, { trip: { owner: folk.ben.id } });
	assert.deepEqual(idsIn(await folk.sue.get("/api/mileage"), "mileage"), [id]);
	await sql(`DELETE FROM record WHERE space_id = '${folk.space.id}' AND owner_id <> ${ben} AND id LIKE 'many-%'`);
});

test("a database of before this is migrated to the same oversight", async () => {
	const folk = await crew(stack, ROLES);
	await employ(folk, ["ben", "sue", "sam", "fin", "mo", "vera"], {
		ben: { supervisor: "sue" }, sam: { supervisor: "sue" }, mo: { supervisor: "vera" },
		vera: { supervisor: "fin" }, fin: { status: "inactive" },
	});
	const state = () => Promise.all(["oversight", "member"].map((table) => sql(`SELECT HEX(user_id) AS user,
		HEX(${table === "member" ? "oversees" : "owner_id"}) AS sees FROM ${table}
		WHERE space_id = '${folk.space.id}' ORDER BY user_id, sees`)));
	const [rows, members] = await state();
	assert.deepEqual([rows.length, members.filter(({ sees }) => sees !== null).length], [5, 2]);
	await sql(`DELETE FROM oversight WHERE space_id = '${folk.space.id}'`);
	await sql(`UPDATE member SET oversees = NULL WHERE space_id = '${folk.space.id}'`);
	const file = readFileSync(path.join(root, "schema", "0010_oversight.sql"), "utf8").replace(/^--.*$/gm, "");
	for (const statement of file.split(";").map((text) => text.trim()))
		if (/^(INSERT|UPDATE)/.test(statement))
			await sql(statement);
	assert.deepEqual(await state(), [rows, members]);
});

test("the space is erased with who oversaw whom in it", async () => {
	const folk = await team();
	answered(await as("olga").delete(`/api/spaces/${folk.space.id}`), 204);
	await stack.tidy(40);
	assert.deepEqual(await sql(`SELECT user_id FROM oversight WHERE space_id = '${folk.space.id}'`), []);
});

test("the audit and the records agree", async () => {
	assert.equal((await ctl("verify")).status, 0);
});

test("no response was a 5xx", async () => {
	assert.deepEqual(await stack.faults(), []);
});
