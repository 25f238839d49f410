// What the engine's own tests share: a clock that tests move, and a small server that keeps records, ops and
// sessions and responds as it is told to.  The faults of a whole world are in sim/; here each feature is
// tested alone.
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { webcrypto } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createEngine } from "../../www/engine/engine.js";

globalThis.crypto ??= webcrypto;

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "..");
const read = (file) => JSON.parse(readFileSync(path.join(root, file), "utf8"));

export const vectors = (name) => read(`tests/fixtures/protocol/${name}.json`).vectors;
export const shipped = readdirSync(path.join(root, "schema", "collections")).filter((name) => name.endsWith(".json"))
	.map((name) => read(`schema/collections/${name}`));

export const anna = {
	id: "01939d2a-0000-7000-8000-00000000000a", email: "anna@example.org", name: "Anna", homeSpace: "s1",
};
export const ben = {
	id: "01939d2a-0000-7000-8000-00000000000b", email: "ben@example.org", name: "Ben", homeSpace: "s2",
};

const may = { read: "viewer", create: "member", update: "member", delete: "member" };
const text = (name, more = {}) => ({ name, type: "text", label: name, ...more });
export const definitions = [
	{ name: "cars", singular: "car", label: "Cars", revision: 1, idForm: "given", may, fields: [
		text("notes"), text("location", { required: true, default: "Yard" }),
		{ name: "late", type: "boolean", label: "Late", default: false },
		{ name: "arrivedAt", type: "instant", label: "Arrived", derived: true },
		{ name: "photo", type: "file", label: "Photo" }] },
	{
		name: "weights",
		singular: "weight",
		label: "Weights",
		revision: 1,
		idForm: "hash",
		unique: ["date"],
		own: true,
		may,
		fields: [
			{ name: "date", type: "date", label: "Date", required: true },
			{ name: "kg", type: "decimal", label: "kg", required: true }, text("note"),
		],
	},
	{
		name: "trips",
		singular: "trip",
		label: "Trips",
		revision: 1,
		may,
		fields: [{ name: "car", type: "ref", ref: "cars", label: "Car" }, text("note")],
	},
];

// ---- time ----

export function createClock(begin = Date.parse("2026-11-21T08:00:00.000Z")) {
	let timers = [], made = 0;
	const clock = {
		at: begin,
		skew: 0,
		now: () => clock.at + clock.skew,
		wait(callback, ms) {
			const timer = { callback, at: clock.at + ms, number: (made += 1) };
			timers.push(timer);
			return timer;
		},
		forget(timer) { timers = timers.filter((one) => one !== timer); },
		pending: () => timers.map((one) => one.at - clock.at).sort((a, b) => a - b),
		async run(ms) {
			const end = clock.at + ms;
			for (;;) {
				await rest();
				const next = timers.filter((one) => one.at <= end)
					.sort((a, b) => a.at - b.at || a.number - b.number)[0];
				if (!next)
					break;
				clock.at = Math.max(clock.at, next.at);
				clock.forget(next);
				next.callback();
			}
			clock.at = end;
			await rest();
		},
	};
	return clock;
}

// The fake IndexedDB takes a turn of the event loop a step; after so many without a timer
// of ours nothing moves any more.
export async function rest() {
	for (let i = 0; i < 500; i += 1)
		await new Promise((resolve) => { setImmediate(resolve); });
}

// ---- the server ----

const refusal = (status, more = {}) =>
	({ status, body: { type: "/problems/x", title: "Refused", status, detail: `Refused (${status}).`, ...more } });

export function createServer({ clock, definitions: some = definitions } = {}) {
	const server = {
		log: [], spaces: new Map(), users: new Map(), tokens: new Map(),
		refreshTokens: new Map(), files: new Map(),
		stamp: "d1", down: false, page: 1000, expiresIn: 900, made: 0, cookie: null, epoch: "e1",
		// Whether it gives out heads; the alarms that it was told.
		tellsHead: false, alarms: [],
		// answer(call): an answer instead of the server's own, or undefined.  after(call, answer): what to
		// do with it before it is given.
		answer: () => undefined, after: (call, answer) => answer,
		// refuse(op, space): the problem with which an op is rejected, or undefined.
		refuse: () => undefined,
		calls: (what) => server.log.filter((call) => `${call.method} ${call.path}`.includes(what)),
	};

	server.space = (id, role = "owner", kind = "personal") => {
		const space = {
			id, name: id, kind, role, epoch: "e1", view: 1, seq: 0, records: new Map(), ops: new Map(),
			gone: false, cuts: new Map(), forks: [{ from: 0, line: "a" }],
		};
		server.spaces.set(id, space);
		return space;
	};
	server.user = (user, ...spaces) => server.users.set(user.id, { ...user, spaces });

	// Somebody else writes; a null set deletes.
	server.write = (space, collection, id, set, by = "somebody") => {
		const s = server.spaces.get(space), key = collection + "/" + id, held = s.records.get(key);
		s.seq += 1;
		const version = (held?.version ?? 0) + 1, at = new Date(clock.at).toISOString();
		const defaults = Object.fromEntries(some.find((one) => one.name === collection).fields.filter((f) =>
			f.default !== undefined).map((f) => [f.name, f.default]));
		const fields = set === null ? {} : { ...(held && !held.deleted ? held.fields : defaults), ...set };
		for (const name of Object.keys(fields))
			if (fields[name] === null || fields[name] === "")
				delete fields[name];
		const touched = {
			...held?.touched,
			...Object.fromEntries(Object.keys(set ?? {}).map((name) => [name, version])),
		};
		s.records.set(key,
			{ collection, id, version, seq: s.seq, deleted: set === null, fields, touched, by, at });
		return s.records.get(key);
	};
	server.json = (row) => ({
		id: row.id, version: row.version, seq: row.seq, owner: anna.id, lastUpdatedAt: row.at,
		lastUpdatedBy: row.by, ...(row.deleted ? { deleted: true } : row.fields),
	});

	function apply(s, op, user) {
		const known = s.ops.get(op.op);
		const row = s.records.get(op.collection + "/" + op.id);
		const isDelete = op.delete === true;
		if (known) {
			return {
				status: "duplicate", version: known.version, seq: known.seq,
				...(row && !row.deleted ? { record: server.json(row) } : {}),
			};
		}
		const conflict = () => ({ status: "conflict", problem: {
			...refusal(409).body, type: "/problems/stale-version", currentVersion: row.version,
			expectedVersion: op.base, fields: Object.keys(op.set ?? {}), current: server.json(row),
		} });
		if ((!row || row.deleted) && isDelete)
			return row ? { status: "unchanged", version: row.version, seq: row.seq }
				: { status: "rejected", problem: refusal(404).body };
		if (!row && op.base > 0)
			return { status: "rejected", problem: refusal(404).body };
		const problem = server.refuse(op, s);
		if (problem)
			return { status: "rejected", problem };
		if (op.set?.notes === "bad")
			return { status: "rejected", problem: refusal(400, { field: "notes" }).body };
		let merged = false;
		if (row && op.base !== row.version) {
			if (row.deleted || isDelete || op.base === 0 || op.base > row.version ||
				Object.keys(op.set).some((name) => row.touched[name] > op.base))
				return conflict();
			merged = true;
		}
		const now = server.write(s.id, op.collection, op.id, isDelete ? null : op.set, user);
		s.ops.set(op.op, { version: now.version, seq: now.seq });
		return {
			status: merged ? "merged" : "applied", ...(merged ? { merged } : {}), version: now.version,
			seq: now.seq, record: server.json(now),
		};
	}

	// The hash of the audit row at a seq.  Each of s.forks, {from, line}, begins another past.
	const chainAt = (s, seq) => (seq === 0 ? "0" : s.forks.findLast(({ from }) => from <= seq).line).repeat(48) +
		seq.toString(16).padStart(16, "0");
	const cursorOf = (s, seq) => `${s.epoch}.${s.view}.${chainAt(s, seq)}.${seq}`;

	function head(s, past) {
		const through = (one) => {
			const [seq, chain] = one.split("-");
			return { seq: Number(seq), through: Number(seq) <= s.seq && chainAt(s, Number(seq)) === chain };
		};
		return { status: 200, body: {
			seq: s.seq, chain: chainAt(s, s.seq), at: new Date(clock.at).toISOString(), epoch: s.epoch,
			seal: `sealed-${s.seq}`, ...(past ? { past: past.split(",").map(through) } : {}),
		} };
	}

	function checkCursor(s, cursor) {
		const [epoch, view, chain, seq] = cursor.split(".");
		if (epoch !== s.epoch)
			return refusal(410, {
				type: "/problems/resync",
				reason: "epoch",
				...(s.cuts.has(epoch) ? { restored: { epoch: s.epoch, seq: s.cuts.get(epoch) } } : {}),
			});
		const reason = Number(seq) > s.seq ? "ahead" : chain !== chainAt(s, Number(seq)) ? "past"
			: Number(view) !== s.view ? "view" : null;
		return reason && refusal(410, { type: "/problems/resync", reason });
	}

	function changes(s, since) {
		const problem = since && checkCursor(s, since);
		if (problem)
			return problem;
		const from = since ? Number(since.split(".")[3]) : 0;
		const rows = [...s.records.values()].filter((row) => row.seq > from && (since || !row.deleted))
			.sort((a, b) => a.seq - b.seq);
		const page = rows.slice(0, server.page), more = rows.length > page.length;
		return { status: 200, body: {
			changes: page.map((row) => ({
				collection: row.collection, id: row.id, version: row.version, seq: row.seq,
				...(row.deleted ? { deleted: true } : { record: server.json(row) }),
			})),
			cursor: cursorOf(s, more ? page.at(-1).seq : s.seq), more, head: s.seq,
			serverTime: new Date(clock.at).toISOString() } };
	}

	function push(s, body, user) {
		if (body.user && body.user !== user.id)
			return refusal(403, { field: "user" });
		const problem = body.cursor && checkCursor(s, body.cursor);
		if (problem)
			return problem;
		if (body.ops.length > 200)
			return refusal(400);
		return { status: 200, body: { results: body.ops.map((op) => ({
			op: op.op, ...apply(s, op, user.id),
		})), epoch: s.epoch, head: s.seq } };
	}

	function enter(user, call, status = 200) {
		const token = `t${(server.made += 1)}`, refreshToken = `r${server.made}`;
		server.tokens.set(token, { user, until: clock.at + server.expiresIn * 1000 });
		server.refreshTokens.set(refreshToken, user);
		if (call.body?.cookie || call.usesCookie)
			server.cookie = refreshToken;
		const { id, email, name, homeSpace } = user;
		return { status, body: {
			user: { id, email, name }, space: homeSpace, accessToken: token,
			...(call.body?.cookie || call.usesCookie ? {} : { refreshToken }), expiresIn: server.expiresIn,
		} };
	}

	function open(call) {
		const { method, path: where, body } = call;
		if (where === "/auth/login") {
			const user = [...server.users.values()].find((one) => one.email === body.email);
			return user && body.password !== "wrong" ? enter(user, call) : refusal(401);
		}
		if (where === "/auth/refresh") {
			call.usesCookie = !body?.refreshToken;
			const user = server.refreshTokens.get(body?.refreshToken ?? server.cookie);
			return user ? enter(user, call) : refusal(401);
		}
		if (where === "/auth/logout") {
			server.refreshTokens.delete(body?.refreshToken ?? server.cookie);
			server.cookie = null;
			return { status: 204 };
		}
		return method === "GET" && where === "/health" ? { status: 200, body: {} } : undefined;
	}

	function handle(call) {
		const { method, path: where } = call, given = open(call);
		if (given)
			return given;
		const holder = server.tokens.get(/^Bearer (.*)$/.exec(call.headers.authorization ?? "")?.[1]);
		if (!holder || holder.until <= clock.at)
			return refusal(401);
		const { user } = holder;
		const mine = user.spaces.map((id) => server.spaces.get(id)).filter((s) => s && !s.gone);
		if (where === "/auth/me")
			return { status: 200, body: { user: {
				id: user.id, email: user.email, name: user.name,
			}, homeSpace: user.homeSpace, spaces: mine.map(({ id, name, kind, role, epoch }) => ({
				id, name, kind, role, epoch,
			})) } };
		if (where === "/sync/heads") {
			const list = mine.map((s) => ({ space: s.id, head: cursorOf(s, s.seq) }));
			const body = { heads: list, definitions: server.stamp };
			const tag = JSON.stringify(JSON.stringify(body));
			return call.headers["if-none-match"] === tag ? { status: 304 }
				: { status: 200, body, headers: { etag: tag } };
		}
		const [, id, rest] = /^\/spaces\/([^/]+)(\/.*)$/.exec(where) ?? [];
		const s = mine.find((one) => one.id === id);
		if (!s)
			return refusal(404);
		if (rest === "/collections") {
			const tag = `"${server.stamp}"`;
			const body = { definitions: server.stamp, limits: server.limits, collections: some };
			return call.headers["if-none-match"] === tag ? { status: 304 }
				: { status: 200, body, headers: { etag: tag } };
		}
		if (rest === "/sync/changes")
			return changes(s, call.query.get("since"));
		if (rest === "/sync/head" && server.tellsHead)
			return head(s, call.query.get("past"));
		if (rest === "/sync/alarm" && server.tellsHead) {
			server.alarms.push(call.body);
			return { status: 200, body: { raised: true } };
		}
		if (rest === "/sync/push")
			return push(s, call.body, user);
		return rest.startsWith("/files/") && method === "PUT" ? putFile(call, rest.slice(7)) : refusal(404);
	}

	function putFile(call, name) {
		const held = server.files.get(name) ?? { bytes: [] };
		const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(call.headers["content-range"] ?? "");
		const at = range ? Number(range[1]) : 0, total = range ? Number(range[3]) : call.raw.byteLength;
		if (range && Number(range[2]) !== at + call.raw.byteLength - 1)
			return refusal(416);
		if (at > held.bytes.length)
			return refusal(409, { received: held.bytes.length });
		server.files.set(name, { bytes: [...held.bytes.slice(0, at), ...new Uint8Array(call.raw)], total });
		const received = at + call.raw.byteLength;
		return received < total ? { status: 202, body: { file: { sha256: name, size: total, received } } }
			: { status: 201, body: { file: { sha256: name, size: total } } };
	}

	server.fetch = async (url, init = {}) => {
		const { pathname, searchParams } = new URL(url, "http://x");
		const headers = Object.fromEntries(
			[...new Headers(init.headers)].map(([name, value]) => [name.toLowerCase(), value]));
		const call = {
			method: init.method ?? "GET",
			path: pathname.replace(/^\/api/, ""),
			query: searchParams,
			headers,
			body: typeof init.body === "string" ? JSON.parse(init.body) : undefined,
			raw: typeof init.body === "string" ? undefined : init.body,
		};
		server.log.push(call);
		if (server.down)
			throw new TypeError("Failed to fetch");
		const answer = await server.after(call, await server.answer(call) ?? handle(call));
		call.answer = answer;
		if (!answer)
			throw new TypeError("Failed to fetch");
		return new Response([204, 304].includes(answer.status) ? null : JSON.stringify(answer.body), {
			status: answer.status,
			headers: {
				date: new Date(Math.floor(clock.at / 1000) * 1000).toUTCString(), ...answer.headers,
			},
		});
	};
	server.refusal = refusal;
	return server;
}

// ---- devices ----

// Channels of one browser.
export function createChannels() {
	const all = new Set();
	return (name) => {
		const channel = {
			onmessage: null,
			postMessage(message) {
				const data = structuredClone(message);
				for (const other of all)
					if (other !== channel && other.name === name)
						queueMicrotask(() => {
							if (all.has(other)) other.onmessage?.({ data });
						});
			},
			close: () => all.delete(channel),
			name,
		};
		all.add(channel);
		return channel;
	};
}

// Web Locks of one browser: exclusive ones, in the order asked for.
export function createLocks() {
	const tails = new Map();
	return { request(name, doing) {
		const before = tails.get(name) ?? Promise.resolve();
		const mine = before.then(doing);
		tails.set(name, mine.catch(() => {}));
		return mine;
	} };
}

// In a page that the browser has frozen no timer fires and no message arrives.
const freezing = (clock, device) => ({
	now: clock.now,
	forget: clock.forget,
	wait: (callback, ms) => clock.wait(() => { if (!device.frozen) callback(); }, ms),
});

const frozenChannel = (make, device) => make && ((name) => {
	const real = make(name), held = { onmessage: null, postMessage: real.postMessage, close: real.close };
	real.onmessage = (event) => { if (!device.frozen) held.onmessage?.(event); };
	return held;
});

export function createDevice({ clock, server, channel = null, ...more }) {
	const factory = more.indexedDB ?? new IDBFactory(), watchers = new Set(), wires = new Set();
	const device = {
		factory,
		visible: true,
		online: true,
		frozen: false,
		freeze: () => { device.frozen = true; },
		look: (visible) => { device.visible = visible; for (const one of watchers) one(); },
		connect: (online) => { device.online = online; for (const one of wires) one(); },
	};
	device.engine = createEngine({
		fetch: server.fetch, indexedDB: factory, clock: freezing(clock, device), locks: createLocks(),
		channel: frozenChannel(channel, device),
		storage: { persisted: async () => true, persist: async () => true },
		page: {
			visible: () => device.visible,
			subscribe: (one) => { watchers.add(one); return () => watchers.delete(one); },
		},
		network: {
			online: () => device.online,
			subscribe: (one) => { wires.add(one); return () => wires.delete(one); },
		},
		...more, indexedDB: factory,
	});
	return device;
}

// A promise of the engine, while time goes on.
export async function finish(clock, promise, ms = 60_000) {
	let over = false;
	const settled = promise.finally(() => { over = true; });
	settled.catch(() => {});
	for (let i = 0; i < ms / 50 && !over; i += 1)
		await (i === 0 ? rest() : clock.run(50));
	if (!over)
		throw new Error("the engine's promise does not settle");
	return settled;
}

// A server with Anna's space, a device with her signed in, and the space opened and loaded.
export async function begin(more = {}) {
	const clock = createClock(), server = createServer({ clock, definitions: more.definitions });
	server.space("s1");
	server.user(anna, "s1");
	more.prepare?.(server);
	const device = createDevice({ clock, server, ...more.options });
	await finish(clock, device.engine.start());
	await finish(clock, device.engine.signIn({ email: anna.email, password: "x" }));
	const space = await finish(clock, device.engine.open("s1"));
	await finish(clock, space.sync());
	return {
		clock, server, device, engine: device.engine, space, sync: () => finish(clock, space.sync()),
		finish: (promise) => finish(clock, promise), factory: device.factory,
	};
}

// The same device after its page was closed without a word and opened again.
export async function reopen(world, more = {}) {
	const device = createDevice({ clock: world.clock, server: world.server, indexedDB: world.factory, ...more });
	await finish(world.clock, device.engine.start());
	const space = device.engine.session.user ? await finish(world.clock, device.engine.open("s1")) : null;
	return { ...world, device, engine: device.engine, space, sync: () => finish(world.clock, space.sync()) };
}
