// Lists, single records and reports as they were at a moment: ?at=.  The oracle is MariaDB's system versioning of a
// copy of `record` that triggers keep, and knows nothing of the audit.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { start } from "../harness.mjs";
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
