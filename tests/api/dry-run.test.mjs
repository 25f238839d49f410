// A dry run tells what the import will do: for nasty files into each kind of collection, what it says and what the
// import after it says and does are the same.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { crew } from "../lib/crew.mjs";
import { answered } from "../lib/expect.mjs";
import { jpeg, send as sendFile, sha256 } from "../lib/files.mjs";

const stack = await start({ definitions: true });

const fresh = (roles = { anna: "owner", ben: "member", vera: "viewer" }) => crew(stack, roles);

const send = (person, collection, text, query) => person.post(`/api/${collection}/import?${query}`, text,
	{ "Content-Type": text.startsWith("[") ? "application/json" : "text/csv" });

// How many records were written, apart from those of imports.
async function writes(space) {
	const [{ n }] = await stack.sql(`SELECT COUNT(*) AS n FROM audit
		WHERE space_id = '${space.id}' AND collection <> 'imports'`);
	return Number(n);
}

const made = (report) => Object.values(report.made ?? {}).reduce((sum, count) => sum + count, 0);

// What a dry run can foretell; how much of it is done and how it is called are other matters.
function foretold({
	rows, matched, created, updated, unchanged, deleted, repeats, bad, rounded, errors, notes, made,
}) {
	return { rows, matched, created, updated, unchanged, deleted, repeats, bad, rounded, errors, notes, made };
}

// Dry, whole, and then without its bad rows; each time the import must say what the dry run said, and
// the dry run must write nothing.
async function agree({ person, space, collection, text, query = "", expected, left = 0 }) {
	const more = query && `&${query}`;
	const head = await stack.head(space), before = await writes(space);
	const dry = answered(await send(person, collection, text, `dryRun=1${more}`));

	assert.equal(await stack.head(space), head, "a dry run wrote something");
	if (dry.bad > 0) {
		const refused = await send(person, collection, text, query);
		assert.equal(refused.status, 400, refused.text);
		assert.deepEqual([refused.problem.bad, refused.problem.errors], [dry.bad, dry.errors]);
		assert.equal(await stack.head(space), head, "a file that was refused wrote something");
	}
	assert.deepEqual(
		foretold(answered(await send(person, collection, text, `dryRun=1&skipBad=1${more}`))), foretold(dry));
	const real = answered(await send(person, collection, text, `skipBad=1${more}`));
	assert.deepEqual(foretold(real), foretold(dry));
	assert.equal(await writes(space) - before, real.created + real.updated + made(real),
		"more or fewer writes than were told");
	if (expected !== undefined)
		assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, dry[name]])), expected);
	// And once more: what an earlier run has written is known to both.
	const again = answered(await send(person, collection, text, `dryRun=1&skipBad=1${more}`));
	assert.deepEqual(foretold(answered(await send(person, collection, text, `skipBad=1${more}`))), foretold(again));
	assert.deepEqual([again.created, again.updated], [left, 0]);
	return dry;
}

describe("records without a key", () => {
	test("bad rows, repeated rows, existing rows and deleted rows", async () => {
		const { anna, space } = await fresh();
		answered(await send(anna, "mileage", "date,from,to,miles\n2026-01-01,A,B,1\n2026-01-02,A,B,2\n", ""));
		const [trip] = answered(await anna.get("/api/mileage")).mileage.filter((one) => one.miles === 2);
		answered(await anna.delete(`/api/mileage/${trip.id}`));
		const text =
			"date,from,to,miles\n2026-01-01,A,B,1\n2026-01-02,A,B,2\n2026-01-03,A,B,3\n2026-01-03,A,B,3\n"
			+ "2026-02-30,A,B,3\n2026-01-04,A,B,x\n2026-01-05,A,B,-1\n,A,B,1\n2026-01-06,A,B,1.23456\n";
		await agree({
			person: anna, space, collection: "mileage", text,
			expected: { created: 3, unchanged: 1, deleted: 1, bad: 4 },
		});
		await agree({
			person: anna, space, collection: "mileage", text, query: "again=1",
			expected: { created: 1, unchanged: 4, deleted: 0, bad: 4 },
		});
	});
});

describe("records with natural ids", () => {
	test("new, changed, the same, repeated, contradictory, deleted, an owner who is not a member", async () => {
		const { anna, ben, space } = await fresh();
		answered(await send(anna, "weights", "date,kg\n2026-01-01,80\n2026-01-02,81\n2026-01-03,82\n", ""));
		const [last] = answered(await anna.get("/api/weights")).weights.filter((one) =>
			one.date === "2026-01-03");
		answered(await anna.delete(`/api/weights/${last.id}`));
		await agree({
			person: anna, space, collection: "weights",
			text: "date,kg\n2026-01-01,80\n2026-01-02,99\n2026-01-03,82\n2026-01-04,83\n2026-01-04,83\n"
				+ "2026-01-05,1\n2026-01-05,9999\n",
			expected: { unchanged: 1, updated: 1, deleted: 1, repeats: 1 },
		});
		await agree({
			person: anna, space, collection: "weights",
			text: `date,kg,owner\n2026-01-01,70,${ben.id}\n2026-01-02,70,nobody\n`
				+ "2026-01-03,70,00000000-0000-7000-8000-000000000000\n",
			expected: { created: 1, bad: 2 },
		});
	});
});

describe("records that people name", () => {
	test("contradictory flags, malformed ids, derived fields", async () => {
		const { anna, space } = await fresh();
		answered(await anna.post("/api/cars", { id: "1", location: "100" }), 201);
		answered(await anna.post("/api/cars", { id: "2", location: "100" }), 201);
		answered(await anna.delete("/api/cars/2"));
		const text = "id,location,arrived,empty,late\n1,100,,,\n2,200,,,\n3,Nowhere,,,\n4,100,false,true,\n"
			+ "5,100,,true,\nimport,100,,,\n!,100,,,\n1,200,,,\n6,,maybe,,\n,100,,,\n";
		await agree({
			person: anna, space, collection: "cars", text,
			expected: { unchanged: 1, deleted: 1, created: 1 },
		});
		await agree({
			person: anna, space, collection: "cars", text: "id,location\n2,200\n", query: "again=1",
			expected: { created: 1, deleted: 0 },
		});
	});

	test("people who may change but not create, or the other way round", async () => {
		const { anna, ben, vera, space } = await fresh();
		answered(await anna.post("/api/prices", { id: "a", cents: 1 }), 201);
		for (const person of [ben, vera])
			assert.equal((await send(person, "prices", "id,cents\na,2\nb,3\n", "dryRun=1")).status,
				(await send(person, "prices", "id,cents\na,2\nb,3\n", "")).status);
		await agree({
			person: anna, space, collection: "prices", text: "id,cents\na,2\nb,3\nc,-1\n",
			expected: { updated: 1, created: 1, bad: 1 },
		});
	});
});

describe("references and files", () => {
	test("to records that exist, are missing, were deleted, or are in the same file", async () => {
		const { anna, space } = await fresh();
		answered(await anna.post("/api/cars", { id: "7" }), 201);
		answered(await anna.post("/api/cars", { id: "8" }), 201);
		answered(await anna.delete("/api/cars/8"));
		await agree({ person: anna, space, collection: "parcels", text: "label,car\na,7\nb,8\nc,9\nd,\n" });
		// The second time, late is there.
		await agree({
			person: anna, space, collection: "employees",
			text: "id,firstName,lastName,supervisor\nboss,B,B,\nhand,H,H,boss\nearly,E,E,late\n"
				+ "late,L,L,boss\nself,S,S,self\nlost,L,L,nobody\n",
			expected: { created: 3, bad: 3 }, left: 1,
		});
	});

	test("files that were sent, were not sent, are somebody else's, or are malformed names", async () => {
		const { anna, ben, space } = await fresh();
		const mine = jpeg(1200), his = jpeg(1300);
		const name = sha256(mine), other = sha256(his);
		answered(await sendFile(anna, mine), 201);
		answered(await sendFile(ben, his), 201);
		const names = [name, name, other, "0".repeat(64), "xyz", name.toUpperCase()];
		const text = `label,photo\n${names.map((one, at) => `${"abcdef"[at]},${one}\n`).join("")}`;
		const dry = await agree({ person: anna, space, collection: "parcels", text });
		assert.ok(dry.bad >= 3 && dry.created >= 2, JSON.stringify(dry));
	});
});

describe("rules that look at other records", () => {
	test("numbers of employees: given twice, given and drawn, drawn after the file's; members twice", async () => {
		const { anna, ben, vera, space } = await fresh();
		answered(await anna.post("/api/employees", {
			firstName: "First", lastName: "One", employeeId: "EMP0003",
		}), 201);
		const text = "id,employeeId,firstName,lastName,user,owner\n"
			+ "a,EMP0003,A,A,,\n"               // somebody's already
			+ "b,EMP0010,B,B,,\n"
			+ "c,EMP0010,C,C,,\n"               // an earlier row's
			+ "d,,D,D,,\n"                      // draws EMP0011
			+ "e,EMP0011,E,E,,\n"               // which is taken then
			+ "f,,,F,,\n"                       // bad: takes no number
			+ "g,,G,G,,\n"
			+ "h,EMP 1,H,H,,\n"
			+ `i,,I,I,${ben.id},${ben.id}\n`
			+ `j,,J,J,${ben.id},${ben.id}\n`    // an earlier row's member
			+ `k,,K,K,${vera.id},\n`            // becomes hers
			+ "l,EMP0020,,L,,\n"                // bad: its number stays free
			+ "m,EMP0020,M,M,,\n";
		await agree({ person: anna, space, collection: "employees", text, expected: { created: 6, bad: 7 } });
		const numbers = answered(await anna.get("/api/employees")).employees.map((one) =>
			[one.id, one.employeeId]).filter(([id]) => id.length === 1).sort();
		assert.deepEqual(numbers, [
			["b", "EMP0010"], ["d", "EMP0011"], ["g", "EMP0012"], ["i", "EMP0013"], ["k", "EMP0014"],
			["m", "EMP0020"],
		]);
	});

	test("working time: ends before starts, unknown zones and sites", async () => {
		const { anna, space } = await fresh();
		const text = "start,end,zone,kind,jobSite\n"
			+ "2026-01-05T09:00:00Z,2026-01-05T17:00:00Z,UTC,shift,\n"
			+ "2026-01-06T09:00:00Z,2026-01-06T08:00:00Z,UTC,shift,\n"
			+ "2026-01-07T09:00:00Z,2026-01-07T17:00:00Z,Mars/Base,shift,\n"
			+ "2026-01-08T09:00:00Z,,UTC,,\n"
			+ "2026-01-09T09:00:00Z,2026-01-09T17:00:00Z,UTC,work,nowhere\n"
			+ "2026-01-10T09:00:00Z,2026-01-10T17:00:00Z,UTC,work,\n";
		await agree({ person: anna, space, collection: "workSessions", text });
	});
});

describe("an own collection", () => {
	test("with private fields, by a member, and fields that they cannot see", async () => {
		const { anna, ben, space } = await fresh();
		answered(await anna.post("/api/claims", { id: "hers", date: "2026-01-01", title: "hers" }), 201);
		answered(await ben.post("/api/claims", { id: "his", date: "2026-01-01", title: "his", account: "1" }),
			201);
		const text = "id,date,title,amount,account\nhers,2026-01-01,mine now,1,2\nhis,2026-01-01,his,5,2\n"
			+ "other,2026-01-02,other,1,3\nbad,2026-01-02,bad,-1,3\n"
			+ "long,2026-01-02,long,1," + "9".repeat(41) + "\n";
		await agree({
			person: ben, space, collection: "claims", text, expected: { updated: 1, created: 1, bad: 3 },
		});
		assert.equal(answered(await anna.get("/api/claims/hers")).claim.title, "hers");
	});

	test("as JSON, where null empties and an immutable field stays", async () => {
		const { anna, space } = await fresh();
		answered(await anna.post("/api/parcels", { id: "p", label: "p", origin: "here", weight: 1 }), 201);
		const text = JSON.stringify([
			{ id: "p", label: "p", weight: null },
			{ id: "q", label: "q", origin: "there" },
			{ id: "r", label: null },
			{ id: "s", label: "s", size: "vast" },
		]);
		await agree({
			person: anna, space, collection: "parcels", text, expected: { updated: 1, created: 1, bad: 2 },
		});
		await agree({
			person: anna,
			space,
			collection: "parcels",
			text: JSON.stringify([{ id: "p", origin: "elsewhere" }, { id: "q", origin: "there" }]),
			expected: { bad: 1, unchanged: 1 },
		});
	});
});
