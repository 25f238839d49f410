// The smallest device that follows the protocol: a cursor, the records it holds, one outbox, ops sent under their own
// ids until their results come.  It decides nothing by itself; results go to `onAnswer`.
import { canonical } from "./hashes.mjs";

export class Device {
	constructor(person, { id = `${person.name}-${Math.random().toString(36).slice(2, 10)}`, collections } = {}) {
		this.person = person;
		this.id = id;
		this.collections = collections;
		this.cursor = undefined;
		this.seq = 0;
		this.records = new Map();
		this.made = 0;
	}

	apply(change) {
		const key = `${change.collection}/${change.id}`;

		if (change.deleted || change.removed)
			this.records.delete(key);
		else
			this.records.set(key, change.record);
		this.seq = change.seq;
	}

	// The feed to its end.  A 410 throws all away and begins again.
	async pull() {
		for (;;) {
			try {
				const pulled = await this.person.with({ "X-Device-Id": this.id })
					.pull(this.cursor, { collections: this.collections });
				for (const change of pulled.changes)
					this.apply(change);
				this.cursor = pulled.cursor;
				this.seq = pulled.head;
				return pulled;
			} catch (error) {
				if (error.answer?.status !== 410)
					throw error;
				this.cursor = undefined;
				this.records.clear();
			}
		}
	}

	// An op with an id of its own.
	op(collection, id, base, set, more = {}) {
		return {
			op: `${this.id}.${++this.made}`, collection, id, base,
			...(set === undefined ? { delete: true } : { set }), ...more,
		};
	}

	push(ops, headers) {
		return this.person.push(ops, { device: this.id }, headers);
	}

	version(collection, id) {
		return this.records.get(`${collection}/${id}`)?.version ?? 0;
	}

	// Everything it holds as one text, the same for devices that hold the same.
	snapshot() {
		return [...this.records].sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([key, record]) => `${key} ${canonical(record)}\n`).join("");
	}
}
