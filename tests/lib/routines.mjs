// A device of the routine tracker's clients, as far as the server sees it: it signs in, keeps documents, replicates
// them as such a device does, and asks every few seconds whether it has to read anew.  It knows no version and no
// cursor of Daybook's: it sends back what it was sent, with its own changes.
import { send } from "./http.mjs";

export class RoutineDevice {
	constructor(base, name, { token, agent = name } = {}) {
		this.base = base;
		this.name = name;
		this.agent = agent;
		this.token = token;
		this.docs = new Map();        // "collection id" → document
		this.changed = new Set();     // the keys of those that are to be pushed
		this.checkpoints = new Map();
		this.errors = [];
	}

	// An answer of the server.  Without a token the cookie is sent, as a page of the server's own would.
	ask(method, path, body, headers = {}) {
		return send({ url: `${this.base}${path}`, method, body, headers: {
			"User-Agent": this.agent,
			...(this.token === undefined ? {} : { Authorization: `Bearer ${this.token}` }),
			...headers,
		} });
	}

	async must(method, path, body) {
		const answer = await this.ask(method, path, body);
		if (answer.status !== 200)
			throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
		return answer.body;
	}

	async signIn(person, space) {
		const { token } = await this.must("POST", "/api/login",
			{ email: person.email, password: person.password, space });
		this.token = token;
		return this;
	}

	get home() {
		return this.must("GET", "/api/home");
	}

	all(collection) {
		return [...this.docs].filter(([key, doc]) => key.startsWith(`${collection} `) && !doc._deleted)
			.map(([, doc]) => doc);
	}

	get(collection, id) {
		const doc = this.docs.get(`${collection} ${id}`);
		return doc?._deleted ? undefined : doc;
	}

	// What a person does: works without a network.
	put(collection, doc) {
		const key = `${collection} ${doc._id}`;
		this.docs.set(key, { ...this.docs.get(key), ...doc,
			updatedAt: new Date(this.clock ?? Date.now()).toISOString(),
			_deleted: false });
		this.changed.add(key);
	}

	remove(collection, id) {
		const key = `${collection} ${id}`;
		this.docs.set(key, { ...this.docs.get(key), _deleted: true });
		this.changed.add(key);
	}

	async push(collection) {
		const keys = [...this.changed].filter((key) => key.startsWith(`${collection} `)),
			docs = keys.map((key) => this.docs.get(key));
		if (docs.length === 0)
			return undefined;
		const answer = await this.must("POST", "/api/rxdb/push", { collection, modelName: "Any", docs });
		for (const key of keys)
			this.changed.delete(key);
		for (const doc of answer.conflicts)
			this.docs.set(`${collection} ${doc._id}`, doc);
		this.errors.push(...answer.errors);
		return answer;
	}

	async pull(collection, batchSize = 200) {
		const taken = [];
		for (;;) {
			const query = new URLSearchParams({ collection, modelName: "Any",
				batchSize: String(batchSize) });
			const checkpoint = this.checkpoints.get(collection);
			if (checkpoint) {
				query.set("updatedAt", checkpoint.updatedAt);
				query.set("id", checkpoint.id);
			}
			const answer = await this.must("GET", `/api/rxdb/pull?${query}`);
			for (const doc of answer.documents)
				if (!this.changed.has(`${collection} ${doc._id}`))
					this.docs.set(`${collection} ${doc._id}`, doc);
			taken.push(...answer.documents);
			this.checkpoints.set(collection, answer.checkpoint ?? checkpoint);
			if (answer.documents.length < batchSize)
				return taken;
		}
	}

	async sync(collection) {
		await this.push(collection);
		await this.pull(collection);
	}

	// One turn of the polling: true when it has read anew.
	async poll() {
		const { needsUpdate } = await this.must("GET", `/api/sync/check-update?deviceId=${this.name}`);
		if (!needsUpdate)
			return false;
		this.seen = await this.home;
		await this.must("POST", "/api/sync/mark-synced", { deviceId: this.name });
		return true;
	}

	notify() {
		return this.must("POST", "/api/sync/notify-change",
			{ sourceDeviceId: this.name, collections: ["daily_logs"] });
	}
}
