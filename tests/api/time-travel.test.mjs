// Lists, single records and reports as they were at a moment: ?at=.  The oracle is MariaDB's system versioning of a
// copy of `record` that triggers keep, and knows nothing of the audit.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { root, start } from "../harness.mjs";
import { Chance } from "../lib/chance.mjs";
import { crew } from "../lib/crew.mjs";
import { answered, refused } from "../lib/expect.mjs";
import { until } from "../lib/wait.mjs";

const stack = await start({ definitions: true });
const { as, sql, team } = stack;

const OF = ["cars", "parcels", "claims", "weights"];
const DAY = (n) => `2026-03-${String(n % 28 + 1).padStart(2, "0")}`;
const RESERVED = ["id", "version", "seq", "owner", "createdAt", "createdBy", "lastUpdatedAt", "lastUpdatedBy"];

const parts = (record) => ({
	reserved: Object.fromEntries(RESERVED.map((name) => [name, record[name]])),
	fields: Object.fromEntries(Object.entries(record).filter(([name]) => !RESERVED.includes(name))),
});
const byId = (records) => Object.fromEntries(records.map((record) => [record.id, record]));

// All records of a collection at a moment, page by page: {records, seq}.
async function listAt(person, collection, at, limit = 1000) {
	const records = [];
	let next = "", moment = at, body;
	do {
		body = answered(await person.get(`/api/${collection}?at=${moment}&limit=${limit}${next}`));
		records.push(...body[collection]);
		next = `&after=${encodeURIComponent(body.next)}`;
		moment = body.seq;
	} while (body.next !== null);
	return { records, seq: body.seq };
}

// ---- the oracle ----

const instant = (text) => `${text.replace(" ", "T")}Z`;

const COLUMNS = ["space_id", "collection", "id", "version", "seq", "owner_id", "deleted", "doc", "doc_private",
	"created_at", "created_by", "updated_at", "updated_by"];

// From now on MariaDB keeps every row that `record` had: in a table of its own, because a write looks at how many rows
// the table itself says were changed.
const keepHistory = () => sql(`
	CREATE TABLE kept (PRIMARY KEY (space_id, collection, id)) ENGINE=InnoDB WITH SYSTEM VERSIONING
	  AS SELECT ${COLUMNS} FROM record;
	CREATE TRIGGER kept_insert AFTER INSERT ON record FOR EACH ROW
	  INSERT INTO kept (${COLUMNS}) VALUES (${COLUMNS.map((name) => `NEW.${name}`)});
	CREATE TRIGGER kept_update AFTER UPDATE ON record FOR EACH ROW
	  UPDATE kept SET ${COLUMNS.map((name) => `${name} = NEW.${name}`)}
	   WHERE space_id = OLD.space_id AND collection = OLD.collection AND id = OLD.id;
	CREATE TRIGGER kept_delete AFTER DELETE ON record FOR EACH ROW
	  DELETE FROM kept WHERE space_id = OLD.space_id AND collection = OLD.collection AND id = OLD.id`);

const forgetHistory = () => sql(`DROP TRIGGER kept_insert; DROP TRIGGER kept_update; DROP TRIGGER kept_delete;
	DROP TABLE kept`);

// Every row that `record` ever had, by MariaDB: with the times from which and until which it had it.
async function versions(space) {
	const rows = await sql(`SELECT collection, id, version, seq, owner_id, deleted, doc, doc_private, created_at,
		created_by, updated_at, updated_by
		FROM kept FOR SYSTEM_TIME ALL WHERE space_id = '${space.id}'`);
	return rows.map((row) => ({
		...row, seq: Number(row.seq),
		record: {
			id: row.id, version: Number(row.version), seq: Number(row.seq), owner: row.owner_id,
			createdAt: instant(row.created_at), createdBy: row.created_by,
			lastUpdatedAt: instant(row.updated_at), lastUpdatedBy: row.updated_by,
			...JSON.parse(row.doc), ...JSON.parse(row.doc_private ?? "{}"),
		},
	}));
}

// What was there after the write `seq`: of each id the row with the greatest seq up to it.
function oracleAt(rows, collection, seq) {
	const last = new Map();
	for (const row of rows)
		if (row.collection === collection && row.seq <= seq && !(last.get(row.id)?.seq > row.seq))
			last.set(row.id, row);
	return byId([...last.values()].filter((row) => row.deleted === "0").map((row) => row.record));
}

// Whose it was at last.
const lastOwner = (rows, collection, id) => rows.filter((row) => row.collection === collection && row.id === id)
	.reduce((last, row) => (row.seq > last.seq ? row : last)).owner_id;

// What a member sees of it: what was theirs then and is theirs now; of what all see, private fields of that alone.
function seenBy(rows, collection, member, records) {
	const isTheirs = ({ id, owner }) => !member || (owner === member && lastOwner(rows, collection, id) === member);
	const all = Object.values(records);
	if (["claims", "weights"].includes(collection))
		return byId(all.filter(isTheirs));
	return byId(all.map((record) => (isTheirs(record) ? record : { ...record, sender: undefined })));
}

// One random write by one of the people; refusals are part of it.
async function write({ anna, ben, cleo }, chance) {
	const collection = chance.pick(OF), id = `${collection}-${chance.below(14)}`;
	const person = chance.pick([anna, ben, cleo]), path = `/api/${collection}/${id}`;
	const change = {
		cars: () => ({ notes: `é ${chance.below(1e6)}` }),
		parcels: () => ({
			label: `P ${chance.below(1e6)}`, weight: chance.below(1e6) / 1000,
			sender: chance.pick([null, "S"]),
		}),
		claims: () => ({ title: `C ${chance.below(1e6)}`, account: chance.pick([null, "DE1", "DE2"]) }),
		weights: () => ({ kg: 60 + chance.below(4000) / 100 }),
	}[collection]();

	if (collection === "weights") {
		const { weights } = answered(await person.get("/api/weights"));
		const one = chance.pick([...weights.filter(({ owner }) => owner === person.id), undefined]);
		if (one === undefined)
			return person.post("/api/weights", { ...change, date: DAY(chance.below(28)) });
		return chance.of(0.3) ? person.delete(`/api/weights/${one.id}`)
			: person.patch(`/api/weights/${one.id}`, change);
	}
	switch (chance.below(8)) {
	case 0: case 1:
		return person.post(`/api/${collection}`,
			{ id, ...change, ...collection === "claims" && { date: DAY(3) } });
	case 2: return person.delete(path);
	case 3: return person.post(`${path}/restore`, { version: 1 + chance.below(4) });
	case 4: return cleo.patch(path, { ...change, owner: chance.pick([anna, ben, cleo]).id });
	default: return person.patch(path, change);
	}
}

test("1,000 moments are what MariaDB's own history of the table says", async () => {
	await keepHistory();
	const people = await crew(stack, { anna: "owner", ben: "member", cleo: "manager" });
	const { anna, ben, space } = people;
	const chance = new Chance(13), quiet = [];

	for (let i = 0; i < 700; i++) {
		const answer = await write(people, chance);
		assert.ok(answer.status < 500, answer.text);
		if (i % 7 === 0) { // an instant that no write shares
			const [{ now }] = await sql("SELECT SYSDATE(6) AS now");
			quiet.push(now);
			await until("the clock shows another millisecond", async () =>
				(await sql("SELECT SYSDATE(3) AS now"))[0].now > now.slice(0, 23) || undefined);
		}
	}
	const head = await stack.head(space), rows = await versions(space);
	assert.ok(head > 350, `only ${head} writes`);
	assert.ok(rows.length > head * 0.9);

	async function compare(at, seq) {
		const collection = chance.pick(OF), person = chance.of(0.25) ? ben : anna;
		const wanted = seenBy(rows, collection, person === ben && ben.id, oracleAt(rows, collection, seq));
		const found = await listAt(person, collection, at);
		assert.equal(found.seq, seq);
		assert.deepEqual(Object.keys(byId(found.records)).sort(), Object.keys(wanted).sort());
		for (const record of found.records)
			assert.deepEqual(parts(record), parts(JSON.parse(JSON.stringify(wanted[record.id]))),
				`${collection} ${record.id} at ${at}`);
	}

	for (const now of quiet) {
		const [{ seq }] = await sql(`SELECT COALESCE(MAX(seq), 0) AS seq
			FROM kept FOR SYSTEM_TIME AS OF TIMESTAMP'${now}' WHERE space_id = '${space.id}'`);
		await compare(instant(now.slice(0, 23)), Number(seq));
	}
	for (let done = quiet.length; done < 1000; done += 2) {
		const pair = [chance.below(head + 1), chance.below(head + 1)];
		await Promise.all(pair.map((seq) => compare(seq, seq)));
	}
	await forgetHistory();
});

// ---- who sees it, and what it leaves behind ----

// Two writes of a car with a moment between them: {person, before, after}.
async function twoMoments(person, id = "7") {
	answered(await person.post("/api/cars", { id, notes: "old" }), 201);
	const { seq } = answered(await person.get(`/api/cars/${id}`)).car;
	answered(await person.patch(`/api/cars/${id}`, { notes: "new" }));
	return seq;
}

const notes = async (person, query = "") =>
	answered(await person.get(`/api/cars${query}`)).cars.map((car) => [car.id, car.notes]);

describe("a list and a record", () => {
	test("begin with the moment, come in pages of one moment, and are filtered as of then", async () => {
		const { anna } = await crew(stack, { anna: "owner" });
		for (const id of ["1", "2", "3", "4"])
			answered(await anna.post("/api/cars", { id, notes: `n${id}` }), 201);
		const { seq } = answered(await anna.get("/api/cars/4")).car;
		answered(await anna.delete("/api/cars/2"));
		answered(await anna.patch("/api/cars/3", { notes: "other" }));
		const first = answered(await anna.get(`/api/cars?at=${seq}&limit=2`));
		assert.deepEqual(Object.keys(first), ["at", "seq", "cars", "next"]);
		assert.equal(first.seq, seq);
		const { records } = await listAt(anna, "cars", seq, 2);
		assert.deepEqual(records.map(({ id }) => id), ["1", "2", "3", "4"]);
		assert.deepEqual(await notes(anna, `?at=${seq}&notes=n3`), [["3", "n3"]]);
		assert.deepEqual(await notes(anna, `?at=${seq}&q=n2&sort=-notes`), [["2", "n2"]]);
		assert.deepEqual(await notes(anna, "?at=0"), []);
		const one = answered(await anna.get(`/api/cars/2?at=${seq}`));
		assert.equal(one.car.notes, "n2");
		assert.equal(one.seq, seq);
		refused(await anna.get(`/api/cars/2?at=${seq + 1}`), 404);
		refused(await anna.get(`/api/cars/4?at=${seq - 1}`), 404);
	});

	test("a record that was purged since is there again, and one that took its id since is not", async () => {
		const { anna, space } = await crew(stack, { anna: "owner" });
		answered(await anna.post("/api/cars", { id: "9", notes: "first" }), 201);
		const made = answered(await anna.get("/api/cars/9")).car;
		answered(await anna.delete("/api/cars/9"));
		await sql(`DELETE FROM record WHERE space_id = '${space.id}' AND collection = 'cars' AND deleted = 1`);
		const list = answered(await anna.get(`/api/cars?at=${made.seq}`)).cars;
		assert.deepEqual(list, [made]);
		assert.deepEqual(answered(await anna.get(`/api/cars/9?at=${made.seq}`)).car, made);
		answered(await anna.post("/api/cars", { id: "9", notes: "second" }), 201);
		assert.deepEqual(answered(await anna.get(`/api/cars?at=${made.seq}`)).cars, [made]);
	});

	for (const [at, why] of [
		["2100-01-01T00:00:00Z", "future"], ["99999999", "last write"], ["yesterday", "instant"],
		["", "instant"], ["2026-11-21", "instant"], ["9".repeat(30), "instant"],
	])
		test(`at=${at} is refused by name`, async () => {
			const { anna } = await crew(stack, { anna: "owner" });
			for (const path of ["/api/cars", "/api/cars/7"])
				assert.match(refused(await anna.get(`${path}?at=${at}`), 400, { field: "at" }).detail,
					new RegExp(why));
		});

	test("at with an operator is a filter by a field of that name", async () => {
		const { anna } = await crew(stack, { anna: "owner" });
		const query = "at=ge.2026-01-01T00:00:00Z&at=lt.2100-01-01T00:00:00Z";
		assert.deepEqual(answered(await anna.get(`/api/notifications?${query}`)),
			{ notifications: [], next: null });
		refused(await anna.get("/api/cars?at=ge.2026-01-01T00:00:00Z"), 400, { field: "at" });
	});
});

describe("nobody sees by it", () => {
	test("what is another space's", async () => {
		const { anna } = await crew(stack, { anna: "owner" }), other = await crew(stack, { ben: "owner" });
		const seq = await twoMoments(anna);
		await twoMoments(other.ben, "8");
		assert.deepEqual(await notes(anna, `?at=${seq}`), [["7", "old"]]);
		assert.deepEqual(await notes(other.ben, `?at=${seq}`), [["8", "old"]]);
		refused(await other.ben.get(`/api/cars/7?at=${seq}`), 404);
		refused(await as("ben").in(anna.space).get(`/api/cars?at=${seq}`), 404);
	});

	test("what was handed to somebody else since, or what was somebody else's then", async () => {
		const { anna, ben, cleo } = await crew(stack, { anna: "owner", ben: "member", cleo: "member" });
		const made = await ben.post("/api/claims", { date: DAY(1), title: "A", account: "B1" });
		const { claim } = answered(made, 201);
		answered(await anna.patch(`/api/claims/${claim.id}`, { owner: cleo.id }));
		for (const [person, seen] of [[anna, 1], [ben, 0], [cleo, 0]]) {
			const { claims } = answered(await person.get(`/api/claims?at=${claim.seq}`));
			assert.equal(claims.length, seen, person.name);
			answered(await person.get(`/api/claims/${claim.id}?at=${claim.seq}`), seen ? 200 : 404);
		}
	});

	test("private fields of what is not theirs", async () => {
		const { anna, ben } = await crew(stack, { anna: "owner", ben: "member" });
		const { parcel } = answered(await ben.post("/api/parcels", { label: "A", sender: "Ben" }), 201);
		answered(await anna.patch(`/api/parcels/${parcel.id}`, { owner: anna.id }));
		const at = `?at=${parcel.seq}`;
		assert.equal(answered(await anna.get(`/api/parcels/${parcel.id}${at}`)).parcel.sender, "Ben");
		assert.equal(answered(await ben.get(`/api/parcels/${parcel.id}${at}`)).parcel.sender, undefined);
		assert.equal(answered(await ben.get(`/api/parcels${at}`)).parcels[0].sender, undefined);
	});

	test("what a viewer's role hides, or a message to others", async () => {
		const { anna, ben, vera } = await crew(stack, { anna: "owner", ben: "member", vera: "viewer" });
		const sent = await ben.post("/api/messages", { toUser: anna.id, text: "for Anna" });
		const { message } = answered(sent, 201);
		answered(await anna.post("/api/cars", { id: "1" }), 201);
		const at = `?at=${message.seq}`;
		assert.equal(answered(await anna.get(`/api/messages${at}`)).messages.length, 1);
		assert.equal(answered(await vera.get(`/api/messages${at}`)).messages.length, 0);
		refused(await vera.get(`/api/messages/${message.id}${at}`), 404);
	});
});

describe("a worker that looked back", () => {
	const asked = 12;

	test("answers the next request from the records of now, whatever happened", async () => {
		const { anna, ben } = await crew(stack, { anna: "owner", ben: "manager" });
		const seq = await twoMoments(anna);
		await Promise.all([anna, ben].map(async (person) => {
			for (let i = 0; i < asked; i++) {
				assert.deepEqual(await notes(person, `?at=${seq}`), [["7", "old"]]);
				assert.deepEqual(await notes(person), [["7", "new"]]);
				refused(await person.get(`/api/cars?at=${seq}&nothing=1`), 400);
				assert.deepEqual(await notes(person, "?q=new"), [["7", "new"]]);
			}
		}));
		answered(await anna.patch("/api/cars/7", { notes: "newer" }));
		assert.deepEqual(await notes(anna), [["7", "newer"]]);
		assert.deepEqual(await notes(anna, `?at=${seq + 1}`), [["7", "new"]]);
	});

	test("whose connection is killed meanwhile answers as of then, as of now, or that it cannot", async () => {
		const { anna } = await crew(stack, { anna: "owner" });
		const seq = await twoMoments(anna);
		let ended = false, killed = 0;
		const killer = (async () => {
			while (!ended) {
				const rows = await sql(`SELECT id FROM information_schema.processlist
					WHERE user = '${stack.settings.db_user}'`);
				for (const { id } of rows) {
					await sql(`KILL ${killed % 2 ? "QUERY" : "CONNECTION"} ${id}`).catch(() => {});
					killed++;
				}
			}
		})();
		try {
			for (let i = 0; i < 60; i++)
				for (const [query, wanted] of [[`?at=${seq}`, "old"], ["", "new"]]) {
					const answer = await anna.get(`/api/cars${query}`);
					if (answer.status === 200)
						assert.deepEqual(answer.body.cars.map((car) => car.notes), [wanted]);
					else
						refused(answer, 503);
				}
		} finally {
			ended = true;
			await killer;
		}
		assert.ok(killed > 10, `${killed} were killed`);
		assert.deepEqual(await notes(anna, `?at=${seq}`), [["7", "old"]]);
		assert.deepEqual(await notes(anna), [["7", "new"]]);
	});

	test("has a table with the columns and keys of record, but that of the feed", async () => {
		const text = readFileSync(path.join(root, "lib", "store", "then_table.c"), "utf8");
		const [, made] = text.match(/\[THEN_MAKE\] =([^;]*?),\n\t\[/);
		const types = (table) => sql(`SELECT column_name AS name, column_type AS type, is_nullable AS empty,
			collation_name AS collation FROM information_schema.columns
			WHERE table_schema = 'daybook' AND table_name = '${table}' ORDER BY ordinal_position`);
		const keys = (table) => sql(`SELECT index_name AS name, column_name AS of
			FROM information_schema.statistics
			WHERE table_schema = 'daybook' AND table_name = '${table}' AND index_name <> 'feed'
			ORDER BY index_name, seq_in_index`);
		const statement = made.replaceAll(/NAME_TYPE/g,
			'"VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL"')
			.replace("TABLE_END", '") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin"')
			.split('"').filter((part, i) => i % 2 === 1).join("");
		await sql(statement.replace("TEMPORARY TABLE then_record", "TABLE like_then"));
		assert.deepEqual(await types("like_then"), await types("record"));
		assert.deepEqual(await keys("like_then"), await keys("record"));
		await sql("DROP TABLE like_then");
	});
});

test("what would look through too much is refused, and the limit is said to be one", async () => {
	const { anna, space } = await crew(stack, { anna: "owner" });
	await twoMoments(anna);
	const { user_id: user } = (await sql(`SELECT user_id FROM audit WHERE space_id = '${space.id}' LIMIT 1`))[0];
	await sql(`INSERT INTO audit (space_id, seq, tx_seq, collection, record_id, version, owner_id, action, changes,
		digest, user_id, at, hash)
		SELECT '${space.id}', 1000 + seq, 1000 + seq, 'cars', CONCAT('c', seq), 2, '${user}', 'updated',
		'{}', REPEAT('d', 32), '${user}', SYSDATE(3), REPEAT('h', 32) FROM seq_1_to_20001`);
	refused(await anna.get("/api/cars?at=1"), 400, { type: "/problems/too-much" });
	assert.deepEqual(await notes(anna), [["7", "new"]]);
	assert.deepEqual(answered(await anna.get("/api/clients?at=1")).clients, []);
});

describe("while others write", () => {
	test("a moment stays what it was, and nobody waits for who looks back", async () => {
		const { anna, ben, cleo } = await crew(stack, { anna: "owner", ben: "member", cleo: "member" });
		for (let i = 0; i < 30; i++)
			answered(await anna.post("/api/cars", { id: `c${i}`, notes: "0" }), 201);
		let ended = false;
		const writers = [ben, cleo].map(async (person, n) => {
			for (let i = 1; !ended; i++)
				answered(await person.patch(`/api/cars/c${(2 * i + n) % 30}`, { notes: `${i}` }));
		});
		try {
			for (let i = 0; i < 25; i++) {
				const head = answered(await anna.get("/api/cars?limit=1000")).cars
					.reduce((most, car) => Math.max(most, car.seq), 0);
				const one = await listAt(anna, "cars", head);
				assert.deepEqual(await listAt(anna, "cars", head), one);
				assert.equal(one.records.length, 30);
				assert.equal(Math.max(...one.records.map(({ seq }) => seq)), head);
			}
		} finally {
			ended = true;
			await Promise.all(writers);
		}
		// the same again when all is quiet
		const { records } = await listAt(anna, "cars", 30);
		assert.deepEqual(records.map((car) => car.notes), Array(30).fill("0"));
	});

	test("whoever looks back waits for no lock of a writer", async () => {
		const { anna, ben, space } = await crew(stack, { anna: "owner", ben: "member" });
		const seq = await twoMoments(anna);
		const holder = async () => (await sql(`SELECT id FROM information_schema.processlist
			WHERE info LIKE '%SLEEP(60)%' AND info NOT LIKE '%processlist%'`))[0]?.id;
		const held = sql(`START TRANSACTION; SELECT seq FROM space WHERE id = '${space.id}' FOR UPDATE;
			UPDATE record SET updated_at = updated_at WHERE space_id = '${space.id}';
			SELECT SLEEP(60) AS slept`).catch(() => undefined);
		const id = await until("the writer has its locks", holder);
		assert.deepEqual(await notes(ben, `?at=${seq}`), [["7", "old"]]);
		assert.equal(await holder(), id);
		await sql(`KILL ${id}`);
		await held;
	});
});

// ---- reports ----

describe("reports as they were", () => {
	test("are what they were when they were asked for", async () => {
		const { anna } = await crew(stack, { anna: "owner" });
		const entry = (start, end) => ({ start: `2026-03-02T${start}:00Z`, end: `2026-03-02T${end}:00Z` });
		const { workSession } = answered(await anna.post("/api/workSessions", entry("08:00", "10:00")), 201);
		const span = "from=2026-03-01&to=2026-03-31";
		const paths = ["work?", "payroll?", "time?group=day&"].map((name) => `/api/reports/${name}${span}`);
		async function all(query = "") {
			const reports = [];
			for (const path of paths) {
				const { at, seq, ...figures } = answered(await anna.get(path + query));
				reports.push(figures);
			}
			return reports;
		}
		const before = await all();
		answered(await anna.patch(`/api/workSessions/${workSession.id}`, entry("08:00", "16:00")));
		answered(await anna.post("/api/workSessions", entry("18:00", "19:00")), 201);
		assert.notDeepEqual(await all(), before);
		assert.deepEqual(await all(`&at=${workSession.seq}`), before);
		const answer = await anna.get(`${paths[0]}&at=${workSession.seq}`);
		assert.equal(answer.headers["x-daybook-seq"], `${workSession.seq}`);
		const csv = await anna.get(`/api/workSessions/export?at=${workSession.seq}`);
		answered(csv);
		assert.equal(csv.text.trim().split("\n").length, 2);
	});

	const DAYS = ["month", "perdiem", "routine", "mileage", "logbook", "work", "payroll", "time"];
	for (const name of DAYS)
		test(`${name} is empty before the first write, and begins with the moment that it is of`, async () => {
			const { anna } = await crew(stack, { anna: "owner" });
			await twoMoments(anna);
			const query = `from=2026-03-01&to=2026-03-31${name === "time" ? "&group=day" : ""}&at=0`;
			const report = answered(await anna.get(`/api/reports/${name}?${query}`));
			assert.deepEqual(Object.keys(report).slice(0, 2), ["at", "seq"]);
			assert.equal(report.seq, 0);
		});

	test("the export of a space is the one that was made then", async () => {
		const { anna } = await crew(stack, { anna: "owner" });
		const seq = await twoMoments(anna);
		answered(await anna.delete("/api/cars/7"));
		const { seq: now } = JSON.parse((await anna.get("/api/export?format=json")).text);
		answered(await anna.post("/api/cars", { id: "8" }), 201);
		const exported = async (at) => {
			const answer = await anna.get(`/api/export?format=json&at=${at}`);
			answered(answer);
			return JSON.parse(answer.text);
		};
		assert.deepEqual((await exported(seq)).records.filter(({ collection }) => collection === "cars")
			.map((record) => [record.id, record.seq]), [["7", seq]]);
		assert.equal((await exported(now)).records.some(({ collection }) => collection === "cars"), false);
		const archive = await anna.get(`/api/export?at=${seq}`);
		answered(archive);
		assert.equal(archive.headers["x-daybook-seq"], `${seq}`);
	});

	test("a shift, the fleet and a day of routines", async () => {
		const { anna } = await crew(stack, { anna: "owner" });
		const first = await twoMoments(anna);
		const { shift } = answered(await anna.post("/api/shifts/start", {}), 201);
		answered(await anna.patch("/api/cars/7", { arrived: true }));
		const span = "from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z";
		refused(await anna.get(`/api/reports/shift?id=${shift.id}&at=${first}`), 404);
		answered(await anna.get(`/api/reports/shift?id=${shift.id}&at=${await stack.head(anna.space)}`));
		answered(await anna.get(`/api/reports/fleet?${span}&at=${first}`));
		answered(await anna.get(`/api/reports/routine/today?at=${first}`));
	});
});
