// Eight devices of several people write into one space over a network that breaks: responses are lost, workers are
// killed, ops are sent again and again, and an owner restores backups and undoes what others did.  In the end every
// acknowledged write is there exactly once, and all devices hold the same.  DAYBOOK_SOAK_SECONDS (60) is how long;
// DAYBOOK_SEED repeats a run's choices.
import { test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { Chance } from "../lib/chance.mjs";
import { check, readServer } from "../lib/checker.mjs";
import { Device } from "../lib/device.mjs";
import { until } from "../lib/http.mjs";
import { cuts, startProxy } from "../lib/proxy.mjs";
import { canonical } from "../lib/hashes.mjs";

const seconds = Number(process.env.DAYBOOK_SOAK_SECONDS ?? 60);
const seed = Number(process.env.DAYBOOK_SEED ?? Date.now() % 1_000_000);

const collections = {
	cars: (roll, n) => roll.pick([
		{ location: roll.pick(["100", "200", "300"]) },
		{ late: roll.of(0.5) },
		{ notes: `n${n}` },
		{ empty: roll.of(0.5) },
		{ expected: "08:00", notes: null },
	]),
	mileage: (roll, n) => ({
		date: "2026-11-20", from: "Depot", to: `T${roll.below(5)}`, miles: n % 200 / 10,
		...(roll.of(0.3) ? { notes: `n${n}` } : {}),
	}),
	parcels: (roll, n) =>
		({ label: `L${roll.below(9)}`, ...(roll.of(0.5) ? { value: n } : { sender: `S${n}` }) }),
};
const lost = new Set(["ECONNRESET", "ECONNREFUSED", "EPIPE", "HPE_INVALID_CONSTANT", "HPE_INVALID_EOF_STATE"]);

// A device that writes what it likes and never lets go of an op before it is answered.
class Writer extends Device {
	constructor(person, roll, history, owners = []) {
		super(person);
		this.owners = owners;
		this.roll = roll;
		this.history = history;
		this.history.pages[this.id] = [];
		this.done = [];
		this.gone = new Map();
		this.counts = { repeats: 0, lost: 0 };
	}

	async pull() {
		const { headers } = this.person.with({ "X-Device-Id": this.id });
		for (let more = true; more;) {
			const answer = await this.insist(() => this.person.get(
				`/api/sync/changes${this.cursor ? `?since=${this.cursor}` : ""}`, headers));
			assert.equal(answer.status, 200, answer.text);
			const { changes, cursor, head } = answer.body;
			this.history.pages[this.id].push({ since: this.cursor ?? "", until: cursor, head, changes });
			changes.forEach((change) => this.apply(change));
			[this.cursor, this.head, more] = [cursor, head, answer.body.more];
		}
	}

	// Ask until there is an answer: nothing came, something in between answered that the server is away, or others
	// have to wait for a restore.
	async insist(ask) {
		const tooLong = Date.now() + 60_000;
		let last;

		for (;;) {
			assert.ok(Date.now() < tooLong, `${this.id} has asked for a minute: ${last}`);
			try {
				const answer = await ask();
				if (answer.status < 500 && answer.status !== 429)
					return answer;
				last = answer.text;
			} catch (error) {
				if (!lost.has(error.code) && !/JSON|aborted|socket hang up|answer/.test(error.message))
					throw error;
			}
			this.counts.lost++;
		}
	}

	// Tombstones are not held, but whoever knows a tombstone's version can bring the record back.
	apply(change) {
		super.apply(change);
		if (change.deleted)
			this.gone.set(`${change.collection}/${change.id}`, change.version);
	}

	// One push, sent again as it is until it is answered; every answer is written down.
	async deliver(ops) {
		for (const op of ops)
			this.history.sent.push({ user: this.person.id, op: op.op });
		const answer = await this.insist(() => this.push(ops, undefined));
		assert.equal(answer.status, 200, answer.text);
		const results = answer.body.results.map((result, i) => ({
			user: this.person.id, op: result.op, collection: ops[i].collection, id: ops[i].id,
			status: result.status, version: result.version, seq: result.seq,
		}));
		this.history.answers.push(...results);
		return results;
	}

	makeOp(keys) {
		const key = this.roll.pick(keys);
		keys.splice(keys.indexOf(key), 1);
		const [collection, id] = key.split("/");
		const held = this.version(collection, id), n = ++this.made;
		const known = held === 0 ? this.gone.get(key) ?? 0 : held;
		// Most bases are the version it holds; some are stale, 0, or too high.
		const base = this.roll.of(0.85) ? known : this.roll.below(known + 2);
		const set = held > 0 && this.roll.of(0.12) ? undefined : collections[collection](this.roll, n);
		// A manager hands trips on, out of one member's view and into another's.
		if (collection === "mileage" && set !== undefined && this.owners.length > 0 && this.roll.of(0.4))
			set.owner = this.roll.pick(this.owners);
		return this.op(collection, id, base, set);
	}

	async turn(keys) {
		if (this.roll.of(0.25))
			return this.pull();
		if (this.done.length > 0 && this.roll.of(0.2)) {
			this.counts.repeats++;
			const [again] = await this.deliver([this.roll.pick(this.done)]);
			return assert.equal(again.status, "duplicate", `a late repeat of ${again.op}`);
		}
		// A member can write a record that they cannot see only by chance: now and then one tries.
		const left = keys.filter((key) => !key.startsWith("mileage/") || this.owners.length > 0 ||
			this.records.has(key) || this.roll.of(0.05));
		const ops = Array.from({ length: 1 + this.roll.below(4) }, () => this.makeOp(left));
		const results = await this.deliver(ops);
		const kept = results.filter((result) =>
			["applied", "merged", "duplicate", "unchanged"].includes(result.status));
		this.done.push(...ops.filter((op) => kept.some((result) => result.op === op.op)));
		if (kept.length < results.length || this.roll.of(0.5))
			await this.readBack(kept);
		return undefined;
	}

	async readBack(kept) {
		await this.pull();
		for (const { collection, id, version, seq } of kept)
			this.history.reads.push({
				device: this.id, user: this.person.id, key: `${collection}/${id}`, version, seq,
				held: this.version(collection, id), head: this.head,
			});
	}
}

// An owner who makes the space again what it was: a backup is made, others go on, and it is restored, or what one of
// them did since is undone.  `more` waits until so many more answers have come, and resolves to whether any will come.
class Returner {
	constructor(owner, members, roll) {
		Object.assign(this, { owner, members, roll });
		this.counts = { restores: 0, undos: 0 };
	}

	async turn(more) {
		const made = await this.owner.post("/api/backup");
		const from = new Date().toISOString();

		if (!await more(60) || made.status !== 200)
			return;
		if (this.roll.of(0.3)) {
			const undone = await this.owner.post("/api/undo", { by: this.roll.pick(this.members), from });
			this.counts.undos += undone.status === 200 ? 1 : 0;
			return;
		}
		const restored = await this.owner.post(`/api/backups/${made.body.id}/restore`, this.roll.pick([
			{ mode: "merge" }, { mode: "merge", changed: "restore" }, { mode: "replace" },
		]));
		this.counts.restores += restored.status === 200 ? 1 : 0;
	}
}

// What a person's lists hold, as a device would.
async function listAll(person) {
	const held = [];

	for (const collection of Object.keys(collections)) {
		let after = "";
		for (;;) {
			const { body } = await person.get(`/api/${collection}?limit=50&sort=id${after}`);
			held.push(...body[collection].map((record) => [`${collection}/${record.id}`, record]));
			if (body.next === null)
				break;
			after = `&after=${encodeURIComponent(body.next)}`;
		}
	}
	return held.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([key, record]) => `${key} ${canonical(record)}\n`).join("");
}

test(`exactly once, for ${seconds} s (seed ${seed})`, { timeout: (seconds + 240) * 1000 }, async (t) => {
	const stack = await start({ definitions: true, own: true });
	t.after(() => stack.stop());
	// A generator of its own for each actor: one's choices do not hang on another's speed.
	const roll = new Chance(seed);
	const proxy = await startProxy(stack.port, () => (roll.of(0.2) ? roll.pick(cuts) : undefined));
	t.after(() => proxy.close());
	const space = await stack.team({ anna: "owner", mia: "manager", ben: "member", mo: "member" });
	const history = { sent: [], answers: [], pages: {}, reads: [], devices: {}, views: {}, server: {} };
	const names = ["anna", "anna", "mia", "mia", "ben", "ben", "mo", "mo"];
	const members = [stack.as("ben").id, stack.as("mo").id];
	const writers = names.map((name, i) =>
		new Writer(stack.as(name).in(space).over(`http://127.0.0.1:${proxy.port}`), new Chance(seed + i + 1),
			history, ["anna", "mia"].includes(name) ? members : []));
	const keys = Object.keys(collections)
		.flatMap((collection) => Array.from({ length: 12 }, (_, i) => `${collection}/r${i}`));
	const end = Date.now() + seconds * 1000;
	let kills = 0;

	const more = async (n) => {
		const next = history.answers.length + n;
		await until("more answers", () => history.answers.length >= next || Date.now() >= end, seconds + 60);
		return Date.now() < end;
	};
	const returner = new Returner(stack.as("anna").in(space), members, new Chance(seed + names.length + 1));
	const returning = (async () => {
		while (await more(40))
			await returner.turn(more);
	})();

	// Somebody kills a worker whenever so many answers have come.
	const killer = (async () => {
		while (await more(200)) {
			const workers = await stack.workers().catch(() => []);
			if (workers.length > 1 && Date.now() < end) {
				process.kill(roll.pick(workers), "SIGKILL");
				kills++;
			}
		}
	})();
	await Promise.all(writers.map(async (writer) => {
		while (Date.now() < end)
			await writer.turn(keys);
	}));
	await Promise.all([killer, returning]);

	// Quiet: everybody pulls once more, and each person takes a new device in hand.
	for (const writer of writers) {
		await writer.pull();
		history.devices[writer.id] = writer.snapshot();
	}
	for (const name of new Set(names)) {
		const fresh = new Writer(stack.as(name).in(space), new Chance(1), history);
		await fresh.pull();
		history.devices[fresh.id] = fresh.snapshot();
		history.server[fresh.id] = await listAll(fresh.person);
		for (const writer of writers.filter((one) => one.person.name === name))
			history.views[writer.id] = fresh.id;
	}
	Object.assign(history, await readServer(stack, space));
	// A restore is an op of its owner; its answer may be lost with its worker.
	history.sent.push(...history.audit.filter(({ user, op }) => user === returner.owner.id && /^restore:/.test(op))
		.map(({ user, op }) => ({ user, op })));

	const sum = (what) => writers.reduce((total, writer) => total + writer.counts[what], 0);
	const statuses = history.answers.reduce((all, { status }) => ({
		...all, [status]: (all[status] ?? 0) + 1,
	}), {});
	t.diagnostic(`${history.sent.length} ops sent, ${history.head} writes, answers ${JSON.stringify(statuses)}`);
	t.diagnostic(`${sum("lost")} requests without an answer, ${sum("repeats")} late repeats, ` +
		`${kills} workers killed, wire ${JSON.stringify(proxy.counts)}, ` +
		`${returner.counts.restores} restores, ${returner.counts.undos} undone spans`);
	assert.deepEqual(check(history), []);
	const verified = await stack.ctl("verify");
	assert.equal(verified.status, 0, verified.stdout + verified.stderr);
	assert.deepEqual(await stack.faults(), []);
	assert.ok(statuses.applied > 20 && sum("lost") > 0 && sum("repeats") > 0, "the soak did not soak");
	assert.ok(returner.counts.restores > 0 || history.answers.length < 400, "nothing was restored");
	assert.ok(kills > 0 || history.answers.length < 400, "no worker was killed");
});
