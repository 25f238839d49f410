// The logbook of one person: what an auditor sees of odometers, late entries and later changes, who sees it, and that
// an exported one can be checked without the database, where a wrong byte is found.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after } from "node:test";
import { programs, run, start } from "../harness.mjs";
import { copies } from "../lib/copies.mjs";
import { crew } from "../lib/crew.mjs";
import { answered, refused } from "../lib/expect.mjs";
import { key } from "../lib/sql.mjs";

const stack = await start();
const SPAN = "from=2026-11-01&to=2026-11-30";
const folder = await mkdtemp(path.join(tmpdir(), "daybook-logbook."));
after(() => rm(folder, { recursive: true, force: true }));

const fresh = () => crew(stack, { olga: "owner", mia: "manager", ben: "member", eve: "member" });
const book = async (who, query = "") => answered(await who.get(`/api/reports/logbook?${SPAN}${query}`));
const trip = async (who, more) => answered(await who.post("/api/mileage",
	{ date: "2026-11-20", from: "Depot", to: "Yard", ...more }), 201).trip;

// daybookctl verify --file, without settings: {status, text}.
async function check(content) {
	const file = path.join(folder, "book.json");
	await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
	const { status, stdout, stderr } = await run(path.join(programs, "daybookctl"),
		["--config", path.join(folder, "none.conf"), "verify", "--file", file]);
	return { status, text: stdout + stderr };
}

describe("what it shows", () => {
	test("each trip with when it was entered, and every later change with its old value and author", async () => {
		const { mia, ben } = await fresh();
		const one = await trip(ben, { miles: 12.5 });
		answered(await ben.patch(`/api/mileage/${one.id}`, { miles: 14, purpose: "Delivery" }));
		answered(await mia.patch(`/api/mileage/${one.id}`, { purpose: "Return" }));
		const { trips: [shown], deleted, person, head } = await book(ben);
		assert.deepEqual([shown.id, shown.fields.miles, shown.distance, shown.unit], [one.id, 14, 14, "mi"]);
		assert.deepEqual(shown.rows.map(({ version, action, byName }) => [version, action, byName]),
			[[1, "created", "ben"], [2, "updated", "ben"], [3, "updated", "mia"]]);
		assert.deepEqual(shown.rows[1].changes, { miles: [12.5, 14], purpose: [null, "Delivery"] });
		assert.deepEqual(shown.rows[2].changes, { purpose: ["Delivery", "Return"] });
		assert.equal(shown.enteredAt, one.createdAt);
		assert.deepEqual([deleted, person.id, person.name], [[], ben.id, "ben"]);
		assert.match(head.hash, /^[0-9a-f]{64}$/);
	});

	test("a late entry, and one of the last day that is in time", async () => {
		const { ben } = await fresh();
		const day = (back) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);
		await trip(ben, { miles: 1, date: day(30) });
		await trip(ben, { miles: 1, date: day(7) });
		const { trips } = answered(await ben.get(`/api/reports/logbook?from=${day(40)}&to=${day(0)}`));
		assert.deepEqual(trips.map(({ lateDays }) => lateDays), [30, undefined]);
	});

	test("a deleted trip stays, with what it was", async () => {
		const { ben } = await fresh();
		const one = await trip(ben, { miles: 12.5 });
		const other = await trip(ben, { miles: 3, date: "2026-10-31" });
		for (const { id } of [one, other])
			answered(await ben.delete(`/api/mileage/${id}`));
		const { trips, deleted } = await book(ben);
		assert.deepEqual([trips, deleted.map(({ id }) => id)], [[], [one.id]]);
		assert.deepEqual(deleted[0].rows.map(({ action }) => action), ["created", "deleted"]);
		assert.deepEqual(deleted[0].rows[1].changes.miles, [12.5, null]);
	});

	test("holes between odometers, vehicle by vehicle; trips without odometers fill them", async () => {
		const { ben } = await fresh();
		const vehicle = async (name, more) =>
			answered(await ben.post("/api/vehicles", { name, ...more }), 201).vehicle.id;
		const van = await vehicle("Van"), bike = await vehicle("Bike", { unit: "km" });
		const at = (date, set) => trip(ben, { date: `2026-11-${date}`, ...set });
		const first = await at("02", { vehicle: van, startOdometer: 100, endOdometer: 110 });
		await at("03", { vehicle: bike, startOdometer: 5000, endOdometer: 5010 });
		const second = await at("04", { vehicle: van, startOdometer: 115.5, endOdometer: 120.5 });
		await at("05", { vehicle: van, miles: 9.6 });
		await at("06", { vehicle: van, startOdometer: 130, endOdometer: 140 });
		const morning = { date: "2026-11-07", vehicle: van, reading: 139 };
		const { odometerReading } = answered(await ben.post("/api/odometerReadings", morning), 201);
		await at("07", { vehicle: van, startOdometer: 139, endOdometer: 150 });
		const { holes } = await book(ben);
		assert.deepEqual(holes.map(({ vehicle: id, kind, gap, expected, ...hole }) =>
			[id, kind, hole.id, gap, expected, hole.after.id]), [
			[van, "trip", second.id, 5.5, 110, first.id],
			[van, "reading", odometerReading.id, -1, 140, holes[1].after.id],
		]);
	});

	test("as a file and as a page, with the head of the chain and nothing that runs", async () => {
		const { ben } = await fresh();
		const one = await trip(ben, { from: "=1+1", to: "<b>B</b>", miles: 12.5 });
		answered(await ben.patch(`/api/mileage/${one.id}`, { purpose: "<i>" }));
		const { head } = await book(ben);
		const csv = (await ben.get(`/api/reports/logbook?${SPAN}&format=csv`)).text;
		assert.ok(csv.includes("2026-11-20,,,'=1+1,<b>B</b>,<i>,business,"), csv);
		assert.ok(csv.includes("purpose: – → <i>"), csv);
		assert.ok(csv.trimEnd().endsWith(`${head.seq},${head.hash}`), csv);
		const page = await ben.get(`/api/reports/logbook?${SPAN}&format=html`);
		assert.match(page.headers["content-security-policy"], /default-src 'none'/);
		assert.ok(page.text.includes(head.hash) && page.text.includes("purpose: – → &lt;i&gt;"), page.text);
		assert.ok(!page.text.includes("<b>") && !page.text.includes("<i>"));
	});
});

describe("who sees it", () => {
	test("oneself and managers; nobody else, and nothing of what was another's before", async () => {
		const { mia, ben, eve, space } = await fresh();
		const one = await trip(ben, { miles: 12.5, notes: "Mine" });
		assert.equal((await book(mia, `&person=${ben.id}`)).trips.length, 1);
		refused(await eve.get(`/api/reports/logbook?${SPAN}&person=${ben.id}`), 404);
		for (const person of ["nobody", crypto.randomUUID()])
			refused(await mia.get(`/api/reports/logbook?${SPAN}&person=${person}`), 404);
		refused(await stack.as("zoe").in(space).get(`/api/reports/logbook?${SPAN}`), 404);
		answered(await mia.patch(`/api/mileage/${one.id}`, { owner: eve.id, notes: "Ours" }));
		const [shown] = (await book(eve)).trips;
		assert.deepEqual(shown.rows.map(({ version }) => version), [2]);
		assert.ok(!("changes" in shown.rows[0]) && !JSON.stringify(shown).includes("Mine"));
		assert.equal((await book(mia, `&person=${eve.id}`)).trips[0].rows.length, 2);
	});

	test("days that make no logbook", async () => {
		const { ben } = await fresh();
		for (const [query, field] of [
			["", "from"], ["?from=2026-01-01", "to"], ["?from=2026-01-02&to=2026-01-01", "to"],
			["?from=2026-01-01&to=2027-01-02", "to"],
		])
			refused(await ben.get(`/api/reports/logbook${query}`), 400, { field });
		assert.deepEqual((await book(ben)).trips, []);
		assert.equal((await check(await book(ben))).status, 0);
	});
});

describe("as it was", () => {
	const first = async (who, seq, query = "") => {
		const { at, seq: of, ...shown } = await book(who, `${query}&at=${seq}`);
		assert.deepEqual([of, typeof at], [seq, "string"]);
		return shown;
	};

	test("a trip that was changed, one that was deleted and one that came since", async () => {
		const { ben, space } = await fresh();
		const one = await trip(ben, { miles: 12.5 }), other = await trip(ben, { miles: 3 });
		const seq = await stack.head(space), before = await book(ben);
		answered(await ben.patch(`/api/mileage/${one.id}`, { miles: 14 }));
		answered(await ben.delete(`/api/mileage/${other.id}`));
		await trip(ben, { miles: 5 });
		assert.notDeepEqual(await book(ben), before);
		assert.deepEqual(await first(ben, seq), before);
		assert.equal(before.trips.length, 2);
	});

	test("deleted trips: one still deleted, one brought back since, one deleted again since", async () => {
		const { ben, space } = await fresh();
		const trips = [];
		for (const miles of [1, 2, 3])
			trips.push(await trip(ben, { miles }));
		for (const { id } of trips)
			answered(await ben.delete(`/api/mileage/${id}`));
		const seq = await stack.head(space), before = await book(ben);
		const bringBack = ({ id }) => ben.post(`/api/mileage/${id}/restore`, { version: 1 });
		answered(await bringBack(trips[1]));
		answered(await bringBack(trips[2]));
		answered(await ben.delete(`/api/mileage/${trips[2].id}`));
		assert.equal(before.deleted.length, 3);
		assert.deepEqual(await first(ben, seq), before);
		assert.deepEqual((await book(ben)).deleted.map(({ rows }) => rows.length).sort(), [2, 4]);
	});

	test("the chain up to then is whole, and checked without the database", async () => {
		const { olga, space } = await fresh();
		await trip(olga, { miles: 1 });
		const seq = await stack.head(space), then = (await book(olga)).head.hash;
		answered(await olga.post("/api/cars", { id: "1" }), 201);
		const whole = await book(olga, `&at=${seq}`);
		assert.deepEqual([whole.linked, whole.head.seq, whole.head.hash], [true, seq, then]);
		const { status, text } = await check(whole);
		assert.equal(status, 0, text);
		assert.match(text, new RegExp(`up to write ${seq}, hash ${then}`));
		const nothing = await book(olga, "&at=0");
		assert.deepEqual([nothing.trips, nothing.head.seq, nothing.head.hash], [[], 0, "0".repeat(64)]);
		assert.equal((await check(nothing)).status, 0);
		assert.ok((await olga.get(`/api/reports/logbook?${SPAN}&format=csv&at=${seq}`)).text
			.trimEnd().endsWith(`${seq},${then}`));
	});

	test("who may see what is decided as of now", async () => {
		const { mia, ben, eve, space } = await fresh();
		const one = await trip(ben, { miles: 12.5, notes: "Mine" });
		const seq = await stack.head(space);
		answered(await mia.patch(`/api/mileage/${one.id}`, { owner: eve.id }));
		assert.deepEqual((await book(ben, `&at=${seq}`)).trips, []);
		assert.deepEqual((await book(eve, `&at=${seq}`)).trips, []);
		assert.equal((await book(mia, `&person=${ben.id}&at=${seq}`)).trips.length, 1);
		refused(await eve.get(`/api/reports/logbook?${SPAN}&person=${ben.id}&at=${seq}`), 404);
		refused(await ben.get(`/api/reports/logbook?${SPAN}&at=99999`), 400, { field: "at" });
	});
});

describe("how large it may be", () => {
	const { sql } = stack;
	const of = ({ space }, column, id) => `t.space_id = '${space.id}' AND t.${column} = ${key(id)}`;
	const refusedFor = async (who, words) =>
		assert.match(refused(await who.get(`/api/reports/logbook?${SPAN}`), 400,
			{ type: "/problems/too-much", field: "from" }).detail, words);

	// As if a record had been written again under the ids `x-first` to `x-last`, with all writes of it.
	async function repeat(all, id, first, last, more = {}) {
		const numbers = `seq_${first}_to_${last} n JOIN`, seq = { seq: "t.seq + 10 * n.seq" };
		await copies(sql, "record", `${numbers} record t ON ${of(all, "id", id)}`,
			{ ...seq, id: "CONCAT('x-', n.seq)", ...more });
		await copies(sql, "audit", `${numbers} audit t ON ${of(all, "record_id", id)}`,
			{ ...seq, record_id: "CONCAT('x-', n.seq)", op_id: "NULL" });
		await sql(`UPDATE space SET seq = GREATEST(seq, ${10 * last + 9}) WHERE id = '${all.space.id}'`);
	}

	// As if a trip had been changed, from one version up to another.
	async function change(all, id, first, last) {
		await copies(sql, "audit",
			`seq_${first}_to_${last} n JOIN audit t ON ${of(all, "record_id", id)} AND t.version = 1`,
			{ seq: "100000 * t.seq + n.seq", version: "n.seq", action: "'updated'", op_id: "NULL" });
		await sql(`UPDATE space SET seq = (SELECT MAX(seq) FROM audit WHERE space_id = '${all.space.id}')
			WHERE id = '${all.space.id}'`);
		await versionIs(all, id, last);
	}

	const versionIs = (all, id, version) =>
		sql(`UPDATE record t SET version = ${version} WHERE ${of(all, "id", id)}`);

	test("a whole year, and one day", async () => {
		const { ben } = await fresh();
		await trip(ben, { miles: 1, date: "2027-01-01" });
		const span = (to) => ben.get(`/api/reports/logbook?from=2026-01-01&to=${to}`);
		assert.equal(answered(await span("2027-01-01")).trips.length, 1);
		assert.match(refused(await span("2027-01-02"), 400, { field: "to" }).detail, /at most 366 days/);
	});

	test("5000 trips, each with its own writes, of which one statement reads many", async () => {
		const all = await fresh();
		const { ben } = all;
		const { id } = await trip(ben, { miles: 1 });
		await repeat(all, id, 1, 4999);
		const { trips } = await book(ben);
		assert.equal(new Set(trips.map((one) => one.id)).size, 5000);
		assert.deepEqual(trips.filter((one) =>
			one.rows.map(({ recordId, version }) => [recordId, version]).join() !== `${one.id},1`), []);
		const line = (await stack.logLines()).findLast((one) => one.includes("GET /api/reports/logbook"));
		const [, statements] = / sql=(\d+)/.exec(line);
		assert.ok(Number(statements) < 120, line);
		await repeat(all, id, 5000, 5000);
		await refusedFor(ben, /at most 5000 trips;/);
	});

	test("all writes of a trip that was written often, beside trips that were not", async () => {
		const all = await fresh();
		const { ben } = all;
		const few = await trip(ben, { miles: 1, date: "2026-11-18" });
		const many = await trip(ben, { miles: 1, date: "2026-11-19" });
		const once = await trip(ben, { miles: 1 });
		const shown = async () => (await book(ben)).trips.map(({ id, rows }) =>
			[id, rows.map(({ recordId, version }) => [recordId, version])]);
		const upTo = ({ id }, last) => [id, Array.from({ length: last }, (_, i) => [id, i + 1])];
		await change(all, few.id, 2, 3);
		await change(all, many.id, 2, 4);
		await versionIs(all, few.id, 2); // as if the third write came after the trips were read
		assert.deepEqual(await shown(), [upTo(few, 2), upTo(many, 4), upTo(once, 1)]);
		await change(all, many.id, 5, 1203);
		assert.deepEqual(await shown(), [upTo(few, 2), upTo(many, 1203), upTo(once, 1)]);
	});

	test("50000 writes, those of deleted trips among them", async () => {
		const all = await fresh();
		const { ben } = all;
		const { id } = await trip(ben, { miles: 1 }), gone = await trip(ben, { miles: 1 });
		answered(await ben.delete(`/api/mileage/${gone.id}`));
		await versionIs(all, id, 49_998);
		assert.equal((await book(ben)).trips.length, 1);
		await versionIs(all, id, 49_999);
		await refusedFor(ben, /written more than 50000 times;/);
	});

	test("1000 deleted trips", async () => {
		const all = await fresh();
		const { ben } = all;
		const { id } = await trip(ben, { miles: 1 });
		answered(await ben.delete(`/api/mileage/${id}`));
		await repeat(all, id, 1, 999);
		const { deleted } = await book(ben);
		assert.equal(new Set(deleted.map((one) => one.id)).size, 1000);
		assert.deepEqual(deleted.filter(({ rows }) => rows.length !== 2), []);
		await repeat(all, id, 1000, 1000);
		await refusedFor(ben, /at most 1000 deleted trips;/);
	});

	test("100 vehicles", async () => {
		const all = await fresh();
		const { ben } = all;
		answered(await ben.post("/api/vehicles", { id: "v-0", name: "Van" }), 201);
		const { id } = await trip(ben, { miles: 1, vehicle: "v-0" });
		const doc = `REPLACE(t.doc, '"v-0"', CONCAT('"v-', n.seq, '"'))`;
		await repeat(all, id, 1, 99, { doc });
		assert.equal((await book(ben)).vehicles.length, 100);
		await repeat(all, id, 100, 100, { doc });
		await refusedFor(ben, /at most 100 vehicles;/);
	});

	test("5000 readings of odometers", async () => {
		const all = await fresh();
		const { ben } = all;
		const { vehicle } = answered(await ben.post("/api/vehicles", { name: "Van" }), 201);
		const { odometerReading: { id } } = answered(await ben.post("/api/odometerReadings",
			{ date: "2026-11-07", vehicle: vehicle.id, reading: 139 }), 201);
		await repeat(all, id, 1, 4999);
		assert.deepEqual((await book(ben)).holes, []);
		await repeat(all, id, 5000, 5000);
		await refusedFor(ben, /at most 5000 readings;/);
	});

	test("a chain of 50000 writes is followed, a longer one is not", async () => {
		const all = await fresh();
		const { olga } = all;
		const { rows: [{ seq }] } = (await trip(olga, { miles: 1 }), (await book(olga)).trips[0]);
		const head = (n) => sql(`UPDATE space SET seq = ${seq + n} WHERE id = '${all.space.id}'`);
		await head(49_999);
		assert.ok("links" in await book(olga));
		await head(50_000);
		const { linked, ...others } = await book(olga);
		assert.ok(!linked && !("links" in others));
	});
});

describe("checking an exported one", () => {
	// A book with everything in it, of one who sees the whole chain, and of one who does not.
	async function busy() {
		const all = await fresh();
		const { mia, ben, eve } = all;
		const odd = { startTime: "08:30", notes: "Grüße „ä\" \\ 1.50" };
		const one = await trip(ben, { miles: 12.5, toll: 250, ...odd });
		await trip(eve, { miles: 1 });
		answered(await ben.patch(`/api/mileage/${one.id}`, { miles: 14 }));
		answered(await mia.patch(`/api/mileage/${one.id}`, { purpose: "Return", notes: null }));
		const gone = await trip(ben, { miles: 3 });
		answered(await ben.delete(`/api/mileage/${gone.id}`));
		await trip(ben, { km: 100 });
		return all;
	}

	test("whole up to the head for who sees all of the space, each write by itself for others", async () => {
		const { mia, ben } = await busy();
		const whole = await book(mia, `&person=${ben.id}`);
		assert.equal(whole.linked, true);
		const good = await check(whole);
		assert.equal(good.status, 0, good.text);
		assert.equal(good.text, "ok: 3 trips, 6 writes; the chain is whole up to write " +
			`${whole.head.seq}, hash ${whole.head.hash}\n`);
		const own = await book(ben);
		assert.equal(own.linked, false);
		const each = await check(own);
		assert.equal(each.status, 0, each.text);
		assert.match(each.text, /^ok: 3 trips, 6 writes; each write by itself/);
		assert.equal((await check(JSON.stringify(whole, null, "\t"))).status, 0);
	});

	test("in a space of one's own the chain is whole", async () => {
		const solo = await stack.as("solo").ready();
		await trip(solo, { miles: 5 });
		const mine = await book(solo);
		assert.equal(mine.linked, true);
		assert.match((await check(mine)).text, /the chain is whole/);
	});

	test("a write without its content is counted, and the rest is checked", async () => {
		const { mia, eve, ben } = await busy();
		const { trips: [one] } = await book(ben);
		answered(await mia.patch(`/api/mileage/${one.id}`, { owner: eve.id }));
		const { status, text } = await check(await book(eve));
		assert.equal(status, 0, text);
		assert.match(text, /1 of them without their content/);
	});

	test("a wrong byte is found, and said where", async () => {
		const { mia, ben } = await busy();
		const good = await book(mia, `&person=${ben.id}`);
		const [first] = good.trips, row = first.rows[1];
		const wrongs = {
			"its content is not what was sealed": [
				(b) => { b.trips[0].rows[1].changes.miles = [12.5, 15]; },
				(b) => { b.trips[0].rows[1].changes.miles = [12.4, 14]; },
				(b) => { b.trips[0].rows[1].salt = b.trips[0].rows[0].salt; },
				(b) => { b.deleted[0].rows[1].changes.miles = [4, null]; },
			],
			"its hash does not follow": [
				(b) => { b.trips[0].rows[1].at = "2026-11-20T08:00:00.000Z"; },
				(b) => { b.trips[0].rows[1].userId = b.trips[0].rows[2].userId; },
				(b) => { b.trips[0].rows[1].action = "created"; },
				(b) => { b.trips[0].rows[1].before = b.trips[0].rows[0].before; },
				(b) => { b.trips[0].rows[1].hash = b.trips[0].rows[0].hash; },
				(b) => { b.trips[0].rows[1].cause = "x"; },
				(b) => { delete b.trips[0].rows[1].opId; b.trips[0].rows[1].deviceId = "another"; },
				(b) => { b.links[1].userId = b.person.id.replace(/.$/, "0"); },
			],
			"its fields are not what its writes say": [
				(b) => { b.trips[0].fields.miles = 15; },
				(b) => { b.trips[0].fields.notes = "x"; },
				(b) => { delete b.trips[0].fields.toll; },
			],
			"is not the one in the chain": [(b) => { b.links[0].hash = b.links[1].hash; }],
			"is missing or cannot be read": [
				(b) => { b.links.splice(2, 1); b.trips = []; b.deleted = []; },
				(b) => { b.trips[0].rows[1].digest = "00"; },
				(b) => { delete b.trips[0].rows[1].before; },
			],
			"was not entered when": [(b) => { b.trips[0].enteredAt = "2026-11-20T08:00:00.000Z"; }],
			"does not end at the head": [
				(b) => { b.head.hash = b.head.hash.replace(/^./, (c) => (c === "0" ? "1" : "0")); },
				(b) => { b.links.pop(); b.trips.pop(); },
				(b) => { b.head.seq += 1; },
			],
			"has no deleted": [(b) => { delete b.deleted; }],
			"is followed by": [(b) => { b.trips[0].rows.reverse(); }],
			"is shown with trip": [(b) => { b.trips[0].id = "another"; }],
			"is no logbook": [(b) => { b.format = "x"; }, (b) => { delete b.space; }],
		};
		for (const [words, all] of Object.entries(wrongs))
			for (const spoil of all) {
				const bad = structuredClone(good);
				spoil(bad);
				const { status, text } = await check(bad);
				assert.equal(status, 1, `${spoil}: ${text}`);
				assert.ok(text.includes(words), `${spoil}: ${text}`);
			}
		const named = structuredClone(good);
		named.trips[0].rows[1].changes.miles = [12.5, 15];
		assert.ok((await check(named)).text.startsWith(`write ${row.seq} of trip ${first.id}`));
	});

	test("a space that was exchanged for another is found", async () => {
		const { ben } = await busy();
		const bad = await book(ben);
		bad.space = crypto.randomUUID();
		assert.match((await check(bad)).text, /its hash does not follow/);
	});

	test("what is no logbook", async () => {
		const bare = { format: "daybook-logbook", formatVersion: 1 };
		for (const text of ["", "{}", "[]", "x", JSON.stringify(bare)])
			assert.equal((await check(text)).status, 1, text);
		const ctl = path.join(programs, "daybookctl");
		assert.equal((await run(ctl, ["verify", "--file", path.join(folder, "none")])).status, 1);
		assert.equal((await run(ctl, ["verify", "--file"])).status, 2);
		const hostile = ["trips", "deleted", "links"].map((list) => ({
			...bare, space: "s", head: { seq: 1, hash: "x" }, linked: true,
			trips: [], deleted: [], links: [],
			[list]: [7, null, {}, { id: "a", rows: [null, 1, {}] }],
		}));
		for (const one of hostile)
			assert.equal((await check(one)).status, 1);
	});
});
