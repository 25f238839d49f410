// Reads and writes under load, while a test kills or stops something.  Each request has a connection of its own, and
// each op is sent again until its result comes.  Results and errors are counted.  Acknowledged ops can be looked for
// afterwards.
import assert from "node:assert/strict";
import { check, readServer } from "./checker.mjs";
import { until } from "./http.mjs";

export class Load {
	// names: who; each reads and writes in `space`.
	constructor(stack, space, names, { readers = 3, writers = 3, every = 0 } = {}) {
		this.stack = stack;
		this.space = space;
		this.history = { sent: [], answers: [], pages: {}, reads: [], devices: {}, views: {}, server: {} };
		this.gets = {};
		this.posts = {};
		this.every = every;
		this.working = true;
		const person = (i) => stack.as(names[i % names.length]).in(space).over(stack.url);
		this.all = [
			...Array.from({ length: readers }, (_, i) => this.read(person(i))),
			...Array.from({ length: writers }, (_, i) => this.write(person(i), i)),
		];
	}

	get acknowledged() {
		return this.history.answers.length;
	}

	count(what, answer) {
		what[answer] = (what[answer] ?? 0) + 1;
	}

	// The status, or the code of what went wrong on the way.
	async ask(counts, request) {
		try {
			const answer = await request();
			this.count(counts, answer.status);
			return answer;
		} catch (error) {
			this.count(counts, error.code ?? error.message);
			return undefined;
		}
	}

	async read(person) {
		const paths = ["/api/cars?limit=5", "/api/sync/changes?collections=stock", "/api/sync/heads"];

		for (let i = 0; this.working; i++)
			await this.ask(this.gets, () => person.get(paths[i % paths.length]));
	}

	async write(person, number) {
		for (let i = 0; this.working; i++) {
			const op = {
				op: `w${number}-${i}`, collection: "cars", id: `w${number}-${i % 20}`,
				base: this.bases?.[`w${number}-${i % 20}`] ?? 0,
				set: { notes: `${i}`, location: "100" },
			};
			this.history.sent.push({ user: person.id, op: op.op });
			await this.deliver(person, op);
		}
	}

	async deliver(person, op) {
		while (this.working) {
			const answer = await this.ask(this.posts, () => person.push([op], { device: "load" }));
			if (answer === undefined || answer.status >= 500)
				continue;
			assert.equal(answer.status, 200, answer.text);
			const [{ status, version, seq }] = answer.body.results;
			this.history.answers.push({
				user: person.id, op: op.op, collection: op.collection, id: op.id, status, version, seq,
			});
			(this.bases ??= {})[op.id] = version;
			return;
		}
	}

	// Go on until so many more writes were acknowledged.
	async more(count = 60, seconds = 60) {
		const goal = this.acknowledged + count;
		await until(`${count} more writes are acknowledged`, () => this.acknowledged >= goal, seconds);
	}

	async stop() {
		this.working = false;
		await Promise.all(this.all);
	}

	// Every acknowledged write is there exactly once, and all invariants of the database hold.
	async settle() {
		await this.stop();
		const answered = new Set(this.history.answers.map((answer) => answer.status));
		assert.deepEqual([...answered].filter((status) => !["applied", "duplicate"].includes(status)), []);
		assert.deepEqual(check({ ...this.history, ...await readServer(this.stack, this.space) }), []);
		const { status, stdout } = await this.stack.ctl("verify");
		assert.equal(status, 0, stdout);
	}

	// What was met besides these; for a message that says something.
	others(counts, ...allowed) {
		return Object.fromEntries(Object.entries(counts).filter(([what]) => !allowed.includes(what)));
	}
}
