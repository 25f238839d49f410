// Devices of a simulated world: a browser profile (its IndexedDB, its cookie, its clock, its locks and channels, its
// way to the network) and tabs in it, each with an engine of its own.  A tab can be killed at any step: what it had not
// committed is rolled back, and whatever its engine still does reaches nobody.
import FDBDatabase from "fake-indexeddb/lib/FDBDatabase";
import FDBFactory from "fake-indexeddb/lib/FDBFactory";
import FDBIndex from "fake-indexeddb/lib/FDBIndex";
import FDBObjectStore from "fake-indexeddb/lib/FDBObjectStore";
import FDBTransaction from "fake-indexeddb/lib/FDBTransaction";
import { later, WallClock } from "./clock.mjs";

// ---- the database of a profile, as one tab reaches it ----

const owners = new WeakMap(); // connection → tab

// What a killed tab gets from its database: an object that accepts every call and never returns a result.
const limbo = new Proxy(function limbo() {}, {
	get: (target, name) => (name === "then" || typeof name === "symbol" ? undefined : limbo),
	apply: () => limbo,
	set: () => true,
});

const transactionOf = (one) =>
	(one instanceof FDBTransaction ? one : one instanceof FDBIndex ? one.objectStore.transaction : one.transaction);

// Dead tabs reach nothing, and a full disk takes nothing.
function guard(kind, names) {
	for (const name of names) {
		const real = kind.prototype[name];
		kind.prototype[name] = function guarded(...args) {
			const transaction = this instanceof FDBDatabase ? undefined : transactionOf(this);
			const tab = owners.get(this instanceof FDBDatabase ? this : transaction.db);
			if (tab?.dead)
				return limbo;
			const result = real.apply(this, args);
			if ((name === "put" || name === "add") && tab?.device.isFull())
				later(() => {
					if (transaction._state !== "finished") {
						tab.device.refusals++;
						transaction._abort("QuotaExceededError");
					}
				});
			return result;
		};
	}
}

guard(FDBDatabase, ["transaction"]);
guard(FDBTransaction, ["objectStore", "abort", "commit"]);
guard(FDBObjectStore, [
	"put", "add", "get", "getAll", "getKey", "getAllKeys", "delete", "clear", "count", "openCursor",
	"openKeyCursor", "index",
]);
guard(FDBIndex, ["get", "getAll", "getKey", "getAllKeys", "count", "openCursor", "openKeyCursor"]);

const handlers = [
	"onabort", "onblocked", "onclose", "oncomplete", "onerror", "onsuccess", "onupgradeneeded", "onversionchange",
];

// A transaction's first listeners are its database's own, which lets the next one begin.
function silence(target, keep = 0) {
	target.listeners = target.listeners.slice(0, keep);
	for (const name of handlers)
		if (name in target)
			target[name] = null;
}

function cutOff(connection) {
	silence(connection);
	for (const transaction of [...connection._rawDatabase.transactions]) {
		if (transaction.db !== connection || transaction._state === "finished")
			continue;
		silence(transaction, 3);
		for (const { request } of transaction._requests)
			silence(request);
		if (transaction._openRequest !== null)
			silence(transaction._openRequest);
		transaction._abort("AbortError");
	}
	connection._rawDatabase.processTransactions(); // what other tabs wait for can begin
	connection.close();
}

function databaseOf(tab) {
	const real = tab.device.database;

	function watch(request) {
		const note = () => {
			owners.set(request.result, tab);
			tab.connections.add(request.result);
			if (tab.dead)
				cutOff(request.result);
		};
		request.addEventListener("upgradeneeded", note);
		request.addEventListener("success", note);
		return request;
	}
	return {
		open: (...args) => (tab.dead ? limbo : watch(real.open(...args))),
		deleteDatabase: (name) => (tab.dead ? limbo : real.deleteDatabase(name)),
		databases: () => (tab.dead ? new Promise(() => {}) : real.databases()),
		cmp: (a, b) => real.cmp(a, b),
	};
}

// ---- Web Locks ----

class Locks {
	constructor() {
		this.held = [];
		this.queue = [];
	}

	isFree({ name, mode }, ahead) {
		const others = [...this.held, ...ahead].filter((one) => one.name === name);
		return others.length === 0 || (mode === "shared" && others.every((one) => one.mode === "shared"));
	}

	advance() {
		for (const asked of [...this.queue]) {
			const ahead = this.queue.slice(0, this.queue.indexOf(asked));
			if (this.isFree(asked, ahead)) {
				this.queue.splice(this.queue.indexOf(asked), 1);
				this.grant(asked);
			} else if (asked.ifAvailable) {
				this.queue.splice(this.queue.indexOf(asked), 1);
				later(() => this.run(asked, null));
			}
		}
	}

	grant(asked) {
		this.held.push(asked);
		later(() => this.run(asked, { name: asked.name, mode: asked.mode }));
	}

	run(asked, lock) {
		if (asked.tab.dead)
			return;
		new Promise((resolve) => { resolve(asked.callback(lock)); }).then(asked.resolve, asked.reject)
			.finally(() => this.release(asked));
	}

	release(asked) {
		this.held = this.held.filter((one) => one !== asked);
		this.advance();
	}

	// With its tab a lock is free.
	drop(tab) {
		this.held = this.held.filter((one) => one.tab !== tab);
		this.queue = this.queue.filter((one) => one.tab !== tab);
		this.advance();
	}

	of(tab) {
		return {
			request: (name, options, callback = options) => new Promise((resolve, reject) => {
				const { mode = "exclusive", ifAvailable = false, steal = false, signal } =
					typeof options === "function" ? {} : options;
				const asked = { name, mode, ifAvailable, callback, tab, resolve, reject };
				if (tab.dead)
					return;
				if (signal?.aborted) {
					reject(signal.reason);
					return;
				}
				signal?.addEventListener("abort", () => {
					if (!this.queue.includes(asked))
						return;
					this.queue.splice(this.queue.indexOf(asked), 1);
					reject(signal.reason);
				});
				if (steal)
					for (const one of this.held.filter((one) => one.name === name)) {
						this.held.splice(this.held.indexOf(one), 1);
						one.reject(new DOMException("The lock was stolen.", "AbortError"));
					}
				this.queue.push(asked);
				this.advance();
			}),
			query: async () => ({
				held: this.held.map(({ name, mode }) => ({ name, mode })),
				pending: this.queue.map(({ name, mode }) => ({ name, mode })),
			}),
		};
	}
}

// ---- a profile ----

function listeners() {
	const all = new Set();
	return {
		subscribe: (one) => { all.add(one); return () => all.delete(one); },
		tell: () => { for (const one of [...all]) one(); },
	};
}

export class Device {
	// locks: whether the browser has Web Locks and BroadcastChannel; cookie: whether the refresh token is one.
	constructor(world, { name, locks = true, channel = true, cookie = true, skew = 0 }) {
		Object.assign(this, { world, name, hasLocks: locks, hasChannel: channel, usesCookie: cookie });
		this.database = new FDBFactory();
		this.wall = new WallClock(world.clock, skew);
		this.locks = new Locks();
		this.channels = new Set();
		this.cookie = undefined;
		this.tabs = [];
		this.wired = true;   // whether packets go through
		this.online = true;  // what the browser says about it
		this.full = 0;       // how often a write is refused for want of room
		this.refusals = 0;
		this.network = listeners();
	}

	toString() { return this.name; }

	isFull() { return this.full > 0 && this.world.chance.of(this.full); }

	connect(wired, online = wired) {
		this.wired = wired;
		this.online = online;
		this.network.tell();
	}

	open(createEngine, options) {
		const tab = new Tab(this, createEngine, options);
		this.tabs.push(tab);
		return tab;
	}

	channelOf(tab, name) {
		const channel = {
			onmessage: null,
			postMessage: (message) => {
				for (const other of this.channels)
					if (other !== channel && other.channelName === name && !tab.dead) {
						const data = structuredClone(message);
						later(() => {
							if (this.channels.has(other))
								other.onmessage?.({ data });
						});
					}
			},
			close: () => this.channels.delete(channel),
		};
		Object.assign(channel, { channelName: name, tab });
		this.channels.add(channel);
		return channel;
	}
}

// ---- a tab ----

export class Tab {
	constructor(device, createEngine, options = {}) {
		const { world } = device;

		this.device = device;
		this.number = ++world.tabsMade;
		this.dead = false;
		this.isVisible = true;
		this.view = listeners();
		this.connections = new Set();
		this.fuse = 0; // steps of the world until it is killed; 0 for never
		const wall = device.wall.options();
		this.engine = createEngine({
			base: "", name: "daybook", deviceName: device.name, cookie: device.usesCookie,
			fetch: world.network.fetchOf(this),
			indexedDB: databaseOf(this),
			locks: device.hasLocks ? device.locks.of(this) : null,
			channel: device.hasChannel ? (name) => device.channelOf(this, name) : null,
			clock: {
				now: wall.now,
				wait: (callback, ms) => {
					if (!(ms >= 0))
						world.fault(`${this} waits for ${ms} ms`);
					return this.dead ? undefined
						: wall.wait(() => { if (!this.dead) callback(); }, ms);
				},
				forget: wall.forget,
			},
			random: (bytes) => world.ids.bytes(bytes),
			page: { visible: () => this.isVisible, subscribe: this.view.subscribe },
			network: { online: () => device.online, subscribe: device.network.subscribe },
			storage: { persisted: async () => true, persist: async () => true },
			...options,
		});
	}

	toString() { return `${this.device.name}#${this.number}`; }

	show(visible) {
		this.isVisible = visible;
		this.view.tell();
	}

	// The process is gone from one step to the next.
	kill() {
		if (this.dead)
			return;
		this.dead = true;
		this.device.tabs = this.device.tabs.filter((one) => one !== this);
		for (const channel of [...this.device.channels])
			if (channel.tab === this)
				this.device.channels.delete(channel);
		for (const connection of this.connections)
			cutOff(connection);
		this.device.locks.drop(this);
	}
}
