// Time and chance of a simulated world.  Nothing here waits for real time: a test moves the clock, and between two
// instants everything that can run does run.  The same seed gives the same run, to the last promise: what would
// come from the event loop (the steps of the fake IndexedDB, messages between tabs, what else asks for a turn) stands
// in one queue of ours, in the order it came.
import { createHash, webcrypto } from "node:crypto";

// Browsers have it; Node from 20 on.
globalThis.crypto ??= webcrypto;

const realImmediate = globalThis.setImmediate;
const tasks = [];

// The fake IndexedDB looks up globalThis.setImmediate anew at each step, so it gets this one.
globalThis.setImmediate = (task, ...args) => {
	tasks.push(() => task(...args));
	return tasks.length;
};

// A task of the world itself, in line with all others.
export function later(task) {
	tasks.push(task);
}

// Runs when all promises that can go on have gone on.
const turn = () => new Promise((resolve) => { realImmediate(resolve); });

// What Node does on threads of its own comes back at no fixed turn: it is counted, and waited for before time goes on.
let away = 0;

function count(owner, name) {
	const real = owner[name];

	owner[name] = function counted(...args) {
		away++;
		return real.apply(this, args).finally(() => { away--; });
	};
}

for (const name of ["arrayBuffer", "text"])
	count(Blob.prototype, name);
// The real digest is computed on a thread and would be done at no fixed turn.
globalThis.crypto.subtle.digest = async (algorithm, bytes) => {
	const name = (algorithm.name ?? algorithm).replace("-", "").toLowerCase();
	const digest = createHash(name).update(ArrayBuffer.isView(bytes)
		? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes)).digest();

	return digest.buffer.slice(digest.byteOffset, digest.byteOffset + digest.byteLength);
};

// More than this at one instant is a loop, and not one of ours.
const TASKS_MAX = 200_000;

// Runs everything that can run.  `each` is called after every step: a point at which a tab can be killed.
export async function settle(each) {
	for (let steps = 0; ; steps++) {
		if (steps > TASKS_MAX)
			throw new Error("the world does not come to rest: something asks for turns for ever");
		await turn();
		each?.();
		if (tasks.length > 0)
			tasks.shift()();
		else if (away === 0)
			return;
	}
}

// The world's time in milliseconds since 1970, and what waits for it.
export class Clock {
	constructor(now = Date.parse("2026-11-21T08:00:00.000Z")) {
		this.now = now;
		this.waiting = [];
		this.made = 0;
		this.each = undefined;
	}

	wait(callback, ms) {
		const timer = { callback, at: this.now + Math.max(0, ms), order: this.made++ };

		this.waiting.push(timer);
		return timer;
	}

	forget(timer) {
		const i = this.waiting.indexOf(timer);

		if (i >= 0)
			this.waiting.splice(i, 1);
	}

	sleep(ms) {
		return new Promise((resolve) => { this.wait(resolve, ms); });
	}

	next() {
		let first;

		for (const timer of this.waiting)
			if (first === undefined || timer.at < first.at ||
				(timer.at === first.at && timer.order < first.order))
				first = timer;
		return first;
	}

	// Let so much time go by; everything due in it happens in its order.
	async run(ms) {
		const end = this.now + ms;

		await settle(this.each);
		for (let timer = this.next(); timer !== undefined && timer.at <= end; timer = this.next()) {
			this.forget(timer);
			this.now = Math.max(this.now, timer.at);
			timer.callback();
			await settle(this.each);
		}
		this.now = end;
	}

	// Until it is so, at most `ms`; answers whether it is.
	async until(ready, ms, step = 250) {
		for (const end = this.now + ms; !ready(); ) {
			if (this.now >= end)
				return false;
			await this.run(step);
		}
		return true;
	}
}

// The clock on one device's wall: off by `skew`, and people set it.  A program's own clock never goes back
// (EngineOptions.clock): what it is set back by while the program runs is added again.
export class WallClock {
	constructor(clock, skew = 0) {
		this.clock = clock;
		this.skew = skew;
	}

	options() {
		let added = 0, last = this.skew;

		return {
			now: () => {
				added += Math.max(0, last - this.skew);
				last = this.skew;
				return this.clock.now + this.skew + added;
			},
			wait: (callback, ms) => this.clock.wait(callback, ms),
			forget: (timer) => this.clock.forget(timer),
		};
	}
}
