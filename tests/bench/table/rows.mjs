// The rows of the table: what is asked, and what each may cost as a multiple of the plainest answer.
import { randomBytes } from "node:crypto";

export const PEOPLE = 8; // who read, and as many others who write: each has a connection
const DOCUMENT = 200;    // bytes of a record's JSON
const PUSH = 200, OPS = 100;

/** An id as the web app makes it: the time, then chance. */
export function newId() {
	const chance = randomBytes(10).toString("hex");
	const text = `${Date.now().toString(16).padStart(12, "0")}7${chance.slice(0, 3)}a${chance.slice(3, 18)}`;
	return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]].map(([from, to]) => text.slice(from, to)).join("-");
}

const WORDS = `after at back bay blue box broken call car changed client closed cold corner customer damage dock door
	driver early east empty engine evening exit extra first floor friday fuel gate green heavy hill home key
	late left light lights load loading lunch main market missing monday morning night north office oil old
	order other paper parts pick pier plate pump rain ramp rear red repair return river road route school second
	seven shop side signed slow small snow south spare station stop store street sunday tank third three ticket
	tire tools tower town traffic truck tuesday two van wait warehouse washed water west white window
	with yard`.split(/\s+/);

// Words as people write them, other ones for each number: a page of them compresses as theirs would.
function note(number, length) {
	let text = "";
	for (let chance = number + 1; text.length < length; text += `${WORDS[(chance >>> 8) % WORDS.length]} `)
		chance = (Math.imul(chance, 1103515245) + 12345) >>> 0;
	return text.slice(0, length);
}

/** A trip whose JSON has 200 bytes. */
export function trip(number) {
	const [month, day] = [number % 12, number % 28].map((at) => String(at + 1).padStart(2, "0"));
	const fields = {
		category: "business", date: `2026-${month}-${day}`, from: `Stop ${number}`, miles: 12.5, notes: "",
		purpose: "Delivery", to: "Depot",
	};
	return { ...fields, notes: note(number, DOCUMENT - JSON.stringify(fields).length) };
}

async function fill(person, count) {
	for (let done = 0; done < count; done += PUSH) {
		const answer = await person.push(Array.from({ length: PUSH }, (_, i) => ({
			op: newId(), collection: "mileage", id: newId(), base: 0, set: trip(done + i),
		})));
		const bad = answer.body.results?.find(({ status }) => status !== "applied");
		if (answer.status !== 200 || bad)
			throw new Error(`a push was answered ${answer.status}: ${JSON.stringify(bad ?? answer.body)}`);
	}
}

// Two people at a time: that many passwords a host hashes at once.
export async function signUp(stack, names) {
	const all = names.map((name) => stack.as(name));
	for (let at = 0; at < all.length; at += 2)
		await Promise.all(all.slice(at, at + 2).map((one) => one.ready()));
	return all;
}

/** People with records: readers, whose spaces stay as they are, and writers.  round is part of their names. */
export async function settle(stack, records, round = "") {
	const numbers = [...Array(PEOPLE).keys()];
	const readers = await signUp(stack, numbers.map((i) => `reader${round}${i}`));
	const writers = await signUp(stack, numbers.map((i) => `writer${round}${i}`));

	for (let done = 0; done < records; done += PUSH) // all of them in turn, as it is in life
		for (let at = 0; at < PEOPLE; at += 2)
			await Promise.all([readers, writers].flatMap((all) => all.slice(at, at + 2))
				.map((one) => fill(one, PUSH)));
	return { readers: await Promise.all(readers.map(readerOf)), writers: await Promise.all(writers.map(writerOf)) };
}

const bearer = (person) => ({ Authorization: `Bearer ${person.token}` });
const tagged = (answer) => ({ "If-None-Match": answer.headers.etag });

async function readerOf(person) {
	const before = await person.pull();
	await person.push(Array.from({ length: 10 }, (_, i) => (
		{ op: newId(), collection: "mileage", id: newId(), base: 0, set: trip(i) })));
	const { cursor } = await person.pull(before.cursor);
	const list = await person.get("/api/mileage?limit=100");
	return {
		headers: bearer(person), before: before.cursor, cursor, record: list.body.mileage[50].id,
		heads: tagged(await person.get("/api/sync/heads")),
		changes: tagged(await person.get(`/api/sync/changes?since=${cursor}`)),
	};
}

async function writerOf(person) {
	const list = await person.get("/api/mileage?limit=1");
	const record = list.body.mileage[0].id;
	await person.patch(`/api/mileage/${record}`, { purpose: "Return" });
	return { headers: bearer(person), record };
}

// What the database is asked for a list and for a few changes (lib/store/statement.c, store/statements/sync.h).
const SHOWN = ["id", "version", "seq", "owner_id", "reader_id", "doc", "doc_private", "created_at", "created_by",
	"updated_at", "updated_by"];
const FLOORS = {
	list: `SELECT ${SHOWN.join(", ")}, sort_key FROM record
		WHERE space_id = @SPACE AND collection = 'mileage' AND deleted = 0
		ORDER BY sort_key DESC, id DESC LIMIT 101`,
	changes: `SELECT ${[...SHOWN, "collection", "tx_seq", "deleted"].map((name) => `r.${name}`).join(", ")},
		p.seq, p.chain, p.min_seq, a.hash
		FROM space p JOIN audit a JOIN record r FORCE INDEX (feed)
		WHERE p.id = @SPACE AND a.space_id = @SPACE AND a.seq = @BEFORE
		  AND r.space_id = @SPACE AND r.seq > @BEFORE
		ORDER BY r.seq LIMIT 15`,
};

function pushBody() {
	const ops = Array.from({ length: OPS }, (_, i) =>
		`{"op":"b%n","collection":"mileage","id":"r%n","base":0,"set":${JSON.stringify(trip(i))}}`);
	return `{"device":"bench","ops":[${ops.join(",")}]}`;
}

/**
 * The rows: {name, key, status, requests, target, ops, floor, connections}.  target is a multiple of the first row;
 * ops, of how many writes a request is; floor, that floor.c knows the same, or the statement for it; connections, if
 * not the usual number.
 */
export function rowsOf({ readers, writers }) {
	const read = (key, name, target, status, request) => ({
		key, name, target, status, ops: 1, floor: FLOORS[key],
		requests: readers.map((one) => ({ headers: one.headers, ...request(one) })),
	});
	const body = pushBody();
	return [
		read("401", "the plainest answer: 401", 1, 401, () => ({ path: "/api/mileage", headers: {} })),
		read("poll", "empty poll: 304 of changes", 1.4, 304, (one) => ({
			path: `/api/sync/changes?since=${one.cursor}`, headers: { ...one.headers, ...one.changes },
		})),
		read("heads", "empty poll: 304 of heads", 1.4, 304, (one) => (
			{ path: "/api/sync/heads", headers: { ...one.headers, ...one.heads } })),
		read("changes", "poll with 10 changes", 3.5, 200, (one) => (
			{ path: `/api/sync/changes?since=${one.before}` })),
		read("list", "list of 100 records of 200 bytes", 5, 200, () => (
			{ path: "/api/mileage?limit=100" })),
		read("record", "one record", 2.5, 200, (one) => ({ path: `/api/mileage/${one.record}` })),
		{
			key: "write", name: "one versioned write, durable", target: 8, status: 200, ops: 1, floor: true,
			requests: writers.map((one) => ({
				method: "PATCH", path: `/api/mileage/${one.record}`, body: '{"purpose":"p%n"}',
				headers: { ...one.headers, "Idempotency-Key": "k%n" },
			})),
		},
		{
			key: "push", name: `an op in a push of ${OPS}, durable`, target: 2, status: 200, ops: OPS,
			floor: true, connections: PEOPLE / 2, // so many large writes are answered at once
			requests: writers.map((one) => (
				{ method: "POST", path: "/api/sync/push", headers: one.headers, body })),
		},
	];
}
