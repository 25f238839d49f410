// Somebody who uses Daybook at a device's pace while others do what they do: they ask whether there is anything new,
// and they write.  Every answer is looked at and timed.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

const GIVES_UP = 30_000; // milliseconds after which the web app takes a request for lost (www/engine/api.js)

const trip = (text) => ({ date: "2026-06-01", from: text, to: "Depot", miles: 1, notes: text });

export class Neighbour {
	/** person: in a space, used by nobody else; pollMs, writeMs: the pauses between two polls or writes. */
	constructor(person, { from, pollMs = 100, writeMs = 200 }) {
		this.person = person;
		this.from = from;
		this.polls = [];   // milliseconds, one for each
		this.writes = [];
		this.wrong = [];   // what was not answered as it should have been
		this.texts = {};   // by record, what it says
		this.seen = {};    // the same, as the polls have brought it
		this.isGoing = true;
		this.loops = [this.loop(pollMs, () => this.poll()), this.loop(writeMs, () => this.write())];
	}

	async loop(pause, work) {
		while (this.isGoing) {
			await work().catch((error) => this.wrong.push(error.message));
			await new Promise((resolve) => setTimeout(resolve, pause));
		}
	}

	// The answer, with its time kept; one of another status is wrong.
	async ask(times, statuses, method, path, options = {}) {
		const begun = performance.now();
		const answer = await this.person.request(method, path,
			{ ...options, from: this.from, timeout: GIVES_UP });
		times.push(performance.now() - begun);
		if (!statuses.includes(answer.status))
			this.wrong.push(`${method} ${path}: ${answer.status} ${answer.text.slice(0, 200)}`);
		return answer;
	}

	// As a device does: the heads by their tag, and the feed when they are others.
	async poll() {
		const tag = this.tag === undefined ? {} : { "If-None-Match": this.tag };
		const heads = await this.ask(this.polls, [200, 304], "GET", "/api/sync/heads", { headers: tag });
		if (heads.status !== 200)
			return;
		const since = this.cursor === undefined ? "" : `?since=${this.cursor}`;
		const { body } = await this.ask(this.polls, [200], "GET", `/api/sync/changes${since}`);
		for (const change of body?.changes ?? [])
			this.seen[change.id] = change.record?.notes;
		this.cursor = body?.cursor ?? this.cursor;
		this.tag = heads.headers.etag;
	}

	// A new record by a push, a new one by REST, then a change of the latter.
	async write() {
		const turn = this.writes.length % 3, text = `write ${this.writes.length}`, id = randomUUID();

		if (turn === 0) {
			const op = { op: randomUUID(), collection: "mileage", id, base: 0, set: trip(text) };
			const { body } = await this.ask(this.writes, [200], "POST", "/api/sync/push",
				{ body: { device: "neighbour", ops: [op] } });
			if (body?.results?.[0].status !== "applied")
				this.wrong.push(`a push: ${JSON.stringify(body)}`);
			this.texts[id] = text;
			return;
		}
		if (turn === 1)
			this.latest = id;
		const [method, path, statuses, body] = turn === 1
			? ["POST", "/api/mileage", [201], { ...trip(text), id }]
			: ["PATCH", `/api/mileage/${this.latest}`, [200], { notes: text }];
		await this.ask(this.writes, statuses, method, path, { body });
		this.texts[this.latest] = text;
	}

	/** Stop, look once more, and see that everything was answered and everything written is there. */
	async settle() {
		this.isGoing = false;
		await Promise.all(this.loops);
		await this.poll();
		assert.deepEqual(this.wrong, []);
		assert.deepEqual(this.seen, this.texts);
		assert.deepEqual(await this.listed(), this.texts);
	}

	// What the lists say, page by page.
	async listed() {
		const texts = {};
		let after = "";
		do {
			const { body } = await this.person.get(`/api/mileage?limit=1000${after}`);
			for (const { id, notes } of body.mileage)
				texts[id] = notes;
			after = body.next === null ? null : `&after=${encodeURIComponent(body.next)}`;
		} while (after !== null);
		return texts;
	}
}
