// The server as a device meets it, in memory and by the simulated clock: accounts and tokens, spaces, push,
// changes, heads, files, and single records over REST.  handle() takes a request and answers it at once; what the
// network does to both is network.mjs.
//
// What no request can do is a method: roles, members, purges, an operator's dump and its restore,
// ended sessions, new definitions.
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createHash } from "node:crypto";
import { canonical, sha256 } from "../../lib/hashes.mjs";
import {
	Collections, Refusal, checkPlace, createSpace, fileReadable, instant, markOf, rank, readFeed, recordJson,
	refuse, sees, setMember, tidySpace, viewOf, writeOps,
} from "./records.mjs";

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "..", "..");

function readDefinitions(folder) {
	return readdirSync(path.join(root, folder)).filter((name) => name.endsWith(".json")).sort()
		.map((name) => JSON.parse(readFileSync(path.join(root, folder, name), "utf8")));
}

// The collections of the vectors, and one of each kind: natural and hashed ids, own, merge and
// reject, private, file, derived.
const played = ["cars", "mileage", "weights", "tasks", "taskLogs"];

export function usualDefinitions() {
	return [
		...readDefinitions("schema/collections").filter((one) => played.includes(one.name)),
		...readDefinitions("tests/fixtures/collections"),
	];
}

const pushMost = 200, bytesMost = 1 << 20;
const idForm = /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$/;

// RFC 8259 lets a parser take the last of two equal keys; the server takes neither.
function parseStrict(text) {
	let at = 0;
	const fail = () => refuse("malformed", "The body is no JSON.");
	const space = () => { while (" \t\n\r".includes(text[at] ?? "x")) at++; };

	function members() {
		const keys = new Set(), found = {};
		for (at++, space(); text[at] !== "}";) {
			const key = value();
			if (typeof key !== "string" || keys.has(key))
				fail();
			keys.add(key);
			space();
			if (text[at++] !== ":")
				fail();
			Object.defineProperty(found, key,
				{ value: value(), enumerable: true, configurable: true, writable: true });
			space();
			if (text[at] === ",") {
				at++;
				space();
			} else if (text[at] !== "}") {
				fail();
			}
		}
		at++;
		return found;
	}

	function items() {
		const found = [];
		for (at++, space(); text[at] !== "]";) {
			found.push(value());
			space();
			if (text[at] === ",")
				at++;
			else if (text[at] !== "]")
				fail();
		}
		at++;
		return found;
	}

	function value() {
		space();
		if (text[at] === "{")
			return members();
		if (text[at] === "[")
			return items();
		const found =
			/^(?:"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/s.exec(text.slice(at));
		if (found === null)
			fail();
		at += found[0].length;
		try {
			return JSON.parse(found[0]);
		} catch {
			return fail();
		}
	}

	const all = value();
	space();
	if (at !== text.length)
		fail();
	return all;
}

export class Server {
	// page: how much a page of the feed holds; tokenSeconds: how long an access token lives.
	constructor({
		clock, chance, definitions = usualDefinitions(), page = { rows: 1000, window: 4000 },
		tokenSeconds = 900,
		origin = "https://daybook.test",
	}) {
		Object.assign(this, { clock, chance, page, tokenSeconds, origin });
		this.collections = new Collections(definitions);
		this.db = { users: new Map(), sessions: new Map(), spaces: new Map() };
		this.alarms = []; // what devices said of a past that is not theirs
		this.access = new Map(); // signed, so that no dump brings one back: token → {session, user, expires}
		this.live = true;
		this.restoring = new Set(); // spaces in which a restore is under way: nobody else writes in them
		this.requests = 0;
	}

	hex(n) { return Buffer.from(this.chance.bytes(new Uint8Array(n))).toString("hex"); }

	newId() {
		const h = this.hex(16);
		return `${h.slice(0, 8)}-${h.slice(8, 12)}-7${h.slice(13, 16)}-a${h.slice(17, 20)}-${h.slice(20)}`;
	}

	// ---- what no request does ----

	addUser({ name, email = `${name}@example.org`, password = `password of ${name}` }) {
		const user = { id: this.newId(), name, email, password };

		user.home = this.addSpace({ name, kind: "personal", roles: { [user.id]: "owner" } }).id;
		this.db.users.set(user.id, user);
		return user;
	}

	addSpace({ name, kind = "team", roles }) {
		const space = createSpace({ id: this.newId(), name, kind, epoch: this.hex(16), now: this.clock.now });

		for (const [user, role] of Object.entries(roles))
			setMember(space, user, role, this.clock.now);
		this.db.spaces.set(space.id, space);
		return space;
	}

	space(id) { return this.db.spaces.get(id); }

	setRole(space, user, role) { setMember(this.space(space), user, role, this.clock.now); }

	dump() { return structuredClone(this.db); }

	// Another database takes the place of this one: every space gets an epoch, cut where the dump had
	// it, and all sessions are revoked.
	restore(dump) {
		const db = structuredClone(dump);

		for (const space of db.spaces.values())
			this.cut(space, this.hex(16), space.seq);
		for (const session of db.sessions.values())
			session.revoked = true;
		this.db = db;
	}

	// The same without anybody noticing: nothing tells of it but what is missing.
	setBack(dump) { this.db = structuredClone(dump); }

	cut(space, epoch, seq) {
		space.epochs.push({ epoch, parent: space.epoch, cut: seq });
		space.epoch = epoch;
	}

	endSessions(user) {
		for (const session of this.db.sessions.values())
			if (session.user === user)
				session.revoked = true;
	}

	tidy(days) {
		for (const space of this.db.spaces.values())
			tidySpace(space, this.clock.now, days);
	}

	define(definitions) { this.collections = new Collections(definitions); }

	personIn(space, user) {
		const member = space.members.get(user);
		return member && { id: user, role: member.role };
	}

	view(spaceId, user) {
		const space = this.space(spaceId), person = space && this.personIn(space, user);
		return person ? viewOf(this.collections, space, person) : new Map();
	}

	// ---- HTTP ----

	// request: {method, url, headers: {lower case}, body: text or bytes}.  Answers {status,
	// headers, body: text or bytes}.
	handle(request) {
		this.requests++;
		try {
			if (!this.live)
				refuse("unavailable", "The database was loaded and is not in use yet.");
			return this.answer(request);
		} catch (error) {
			if (!(error instanceof Refusal))
				throw error;
			return this.problem(error);
		}
	}

	problem({ status, problem, detail }) {
		const headers = { "content-type": "application/problem+json" };

		if (status === 401)
			headers["www-authenticate"] = "Bearer";
		if (status === 503)
			headers["retry-after"] = "2";
		return { status, headers, body: JSON.stringify({
			...problem, error: problem.title, detail: problem.detail ?? detail,
		}) };
	}

	json(status, body, headers = {}) {
		return {
			status,
			headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
			body: JSON.stringify(body),
		};
	}

	answer({ method, url, headers = {}, body }) {
		const { pathname, searchParams } = new URL(url, this.origin);
		const r = { method, path: pathname, query: searchParams, headers, raw: body, params: [] };
		const routes = [
			["POST", /^\/api\/auth\/register$/, "public", this.register],
			["POST", /^\/api\/auth\/login$/, "public", this.login],
			["POST", /^\/api\/auth\/refresh$/, "public", this.refresh],
			["POST", /^\/api\/auth\/logout$/, "public", this.logout],
			["GET", /^\/api\/auth\/me$/, "user", this.me],
			["GET", /^\/api\/spaces$/, "user", this.listSpaces],
			["GET", /^\/api\/health$/, "public", () => this.json(200, { status: "ok" })],
			["GET", /^\/api\/spaces\/([^/]+)$/, "space", this.showSpace],
			["GET", /^\/api(?:\/spaces\/([^/]+))?\/collections$/, "user", this.listCollections],
			["GET", /^\/api\/sync\/heads$/, "user", this.heads],
			["GET", /^\/api(?:\/spaces\/([^/]+))?\/sync\/changes$/, "space", this.changes],
			["GET", /^\/api(?:\/spaces\/([^/]+))?\/sync\/head$/, "space", this.head],
			["POST", /^\/api(?:\/spaces\/([^/]+))?\/sync\/alarm$/, "space", this.alarm],
			["POST", /^\/api(?:\/spaces\/([^/]+))?\/sync\/push$/, "space", this.push],
			["(?:PUT|GET|HEAD)", /^\/api(?:\/spaces\/([^/]+))?\/files\/([^/]+)$/, "space", this.file],
			["POST", /^\/api(?:\/spaces\/([^/]+))?\/([A-Za-z]+)$/, "space", this.createRecord],
			[
				"(?:GET|PUT|PATCH|DELETE)", /^\/api(?:\/spaces\/([^/]+))?\/([A-Za-z]+)\/([^/]+)$/,
				"space", this.oneRecord,
			],
		];
		const route = routes.find(([methods, pattern]) => new RegExp(`^${methods}$`).test(method) &&
			pattern.test(pathname));

		if (route === undefined)
			refuse("not-found", "There is nothing here.");
		const [, pattern, access, run] = route;
		const params = pattern.exec(pathname).slice(1)
			.map((part) => (part === undefined ? undefined : decodeURIComponent(part)));
		r.params = params;
		if (access !== "public")
			this.authenticate(r);
		if (access === "space" || params[0] !== undefined)
			this.authorize(r, params[0] ?? r.user.home);
		return run.call(this, r);
	}

	authenticate(r) {
		const found = /^Bearer (.+)$/i.exec(r.headers.authorization ?? "");
		const access = this.access.get(found?.[1]);
		const session = access && this.db.sessions.get(access.session);

		r.user = session && this.db.users.get(access.user);
		if (r.user === undefined || access.expires <= this.clock.now || session.revoked)
			refuse("unauthorized", "Sign in first.");
		r.session = session;
		r.device = r.headers["x-device-id"] ?? session.device;
	}

	authorize(r, id) {
		r.space = this.space(id);
		const person = r.space && this.personIn(r.space, r.user.id);
		if (person === undefined)
			refuse("not-found", "There is nothing here.");
		r.person = { ...person, device: r.device };
	}

	readJson(r, allowed, { optional = false } = {}) {
		const text = r.raw === undefined ? "" : typeof r.raw === "string" ? r.raw
			: Buffer.from(r.raw).toString("utf8");

		if (text === "" && optional)
			return {};
		const input = parseStrict(text);
		if (input === null || typeof input !== "object" || Array.isArray(input))
			refuse("malformed", "The body is no object.");
		for (const name of Object.keys(input))
			if (allowed !== undefined && !allowed.includes(name))
				refuse("unknown-field", `${name} is no member of this.`, { field: name });
		return input;
	}

	only(r, parameters) {
		for (const name of r.query.keys())
			if (!parameters.includes(name))
				refuse("unknown-field", `${name} is no parameter of this.`, { field: name });
	}

	// ---- accounts ----

	enter(status, user, { cookie, device }) {
		const session = {
			id: this.newId(), user: user.id, device, secret: this.hex(16), step: 0, cookie, revoked: false,
		};

		this.db.sessions.set(session.id, session);
		return this.entry(status, user, session);
	}

	refreshToken(session, step) {
		return `${session.id}.${sha256(session.secret, String(step)).toString("hex")}.${step}`;
	}

	entry(status, user, session) {
		const token = this.hex(24);
		const refreshToken = this.refreshToken(session, session.step);
		const body = {
			user: { id: user.id, email: user.email, name: user.name }, space: user.home, accessToken: token,
		};

		this.access.set(token,
			{ session: session.id, user: user.id, expires: this.clock.now + this.tokenSeconds * 1000 });
		if (!session.cookie)
			return this.json(status, { ...body, refreshToken, expiresIn: this.tokenSeconds });
		const kept = "Path=/api/auth; Max-Age=7776000; HttpOnly; SameSite=Strict";
		return this.json(status, { ...body, expiresIn: this.tokenSeconds },
			{ "set-cookie": `daybook_refresh=${refreshToken}; ${kept}` });
	}

	checkOrigin(r) {
		if (r.headers.origin !== this.origin)
			refuse("forbidden", "The cookie is for pages of this site.");
	}

	register(r) {
		const { email, password, name, cookie, deviceId } = this.readJson(r,
			["email", "password", "name", "cookie", "deviceId", "deviceName"]);

		if (cookie)
			this.checkOrigin(r);
		if ([...this.db.users.values()].some((user) => user.email === email))
			refuse("exists", "There is an account with this address.", { field: "email" });
		return this.enter(201, this.addUser({ name, email, password }),
			{ cookie, device: deviceId ?? r.headers["x-device-id"] });
	}

	login(r) {
		const { email, password, cookie, deviceId } = this.readJson(r,
			["email", "password", "cookie", "deviceId", "deviceName"]);
		const user = [...this.db.users.values()].find((one) => one.email === email &&
			one.password === password);

		if (cookie)
			this.checkOrigin(r);
		if (user === undefined)
			refuse("unauthorized", "Address or password is wrong.");
		return this.enter(200, user, { cookie, device: deviceId ?? r.headers["x-device-id"] });
	}

	readRefresh(r) {
		const { refreshToken } = this.readJson(r, ["refreshToken", "deviceId"], { optional: true });

		if (refreshToken !== undefined)
			return refreshToken;
		const found = /(?:^|;\s*)daybook_refresh=([^;\s]+)/.exec(r.headers.cookie ?? "");
		if (found !== null)
			this.checkOrigin(r);
		return found?.[1];
	}

	// A token may be sent again until its successor was used: within a minute for the same answer, later for
	// another one that replaces it.  One that was replaced, or is older, ends the chain.
	refresh(r) {
		const token = this.readRefresh(r);
		const device = r.headers["x-device-id"];
		const [id, , step] = (token ?? "").split(".");
		const session = this.db.sessions.get(id);
		const user = session && this.db.users.get(session.user);

		if (user === undefined || session.revoked || token !== this.refreshToken(session, Number(step)))
			refuse("unauthorized", "Please sign in.");
		const behind = session.step - Number(step);
		const sameDevice = session.device === undefined || session.device === device;
		if (behind !== 0 && (behind !== session.ahead || !sameDevice)) {
			session.revoked = true;
			refuse("unauthorized", "Please sign in.");
		}
		if (behind === 0 || this.clock.now - session.advancedAt >= 60_000)
			Object.assign(session,
				{ step: session.step + 1, ahead: behind + 1, advancedAt: this.clock.now });
		return this.entry(200, user, session);
	}

	logout(r) {
		const token = this.readRefresh(r);
		const found = /^Bearer (.+)$/i.exec(r.headers.authorization ?? "");

		for (const id of [token?.split(".")[0], this.access.get(found?.[1])?.session])
			if (this.db.sessions.has(id))
				this.db.sessions.get(id).revoked = true;
		return {
			status: 204,
			headers: { "set-cookie": "daybook_refresh=; Path=/api/auth; Max-Age=0" },
			body: "",
		};
	}

	spacesOf(user) {
		return [...this.db.spaces.values()].filter((space) => space.members.has(user.id))
			.map((space) => this.spaceJson(space, user));
	}

	spaceJson(space, user) {
		const { role, joinedAt } = space.members.get(user.id);
		return {
			id: space.id, kind: space.kind, name: space.name, role, seq: space.seq, epoch: space.epoch,
			joinedAt: instant(joinedAt),
		};
	}

	me(r) {
		const { id, email, name, home } = r.user;
		return this.json(200, {
			user: { id, email, name }, space: home, homeSpace: home, spaces: this.spacesOf(r.user),
			session: {
				id: r.session.id,
				name: "Simulated",
				current: true,
				...(r.session.device === undefined ? {} : { deviceId: r.session.device }),
			},
		});
	}

	listSpaces(r) { return this.json(200, { spaces: this.spacesOf(r.user), deleted: [] }); }

	showSpace(r) { return this.json(200, { space: this.spaceJson(r.space, r.user) }); }

	// Private fields are shown to those who may know of them somewhere in the space.
	listCollections(r) {
		const space = r.space ?? this.space(r.user.home), role = space.members.get(r.user.id)?.role;
		const shown = this.collections.all.filter((c) => rank[role] >= rank[c.may.read])
			.map((c) => (c.own || rank[role] >= rank.manager ? c
				: { ...c, fields: c.fields.filter((f) => !f.private) }));
		const { stamp } = this.collections;
		const limits = { pushOps: pushMost, pushBytes: bytesMost };
		return this.tagged(r, { definitions: stamp, limits, collections: shown }, `"${stamp}.${role}"`, true);
	}

	// ---- sync ----

	tagged(r, body, tag, same) {
		return same && r.headers["if-none-match"] === tag ? { status: 304, headers: { etag: tag }, body: "" }
			: this.json(200, body, { etag: tag });
	}

	heads(r) {
		const heads = [...this.db.spaces.values()].filter((space) => space.members.has(r.user.id))
			.sort((a, b) => (a.id < b.id ? -1 : 1))
			.map((space) => ({
				space: space.id,
				head: `${space.epoch}.${space.members.get(r.user.id).view}.${markOf(space, space.seq)}`,
			}));
		const body = { definitions: this.collections.stamp, heads };
		return this.tagged(r, body, `"${sha256(canonical(body)).toString("hex").slice(0, 32)}"`, true);
	}

	changes(r) {
		this.only(r, ["since", "past", "collections"]);
		const names = r.query.get("collections") || undefined, since = r.query.get("since") || undefined;
		const past = r.query.get("past") ?? undefined;
		const { nothingNew, answer } = readFeed(this.collections, r.space, r.person,
			{ since, past, names: names?.split(","), page: this.page });
		const { stamp } = this.collections;
		return this.tagged(r, { ...answer, definitions: stamp, serverTime: instant(this.clock.now) },
			`"${answer.cursor}"`, nothingNew);
	}

	chainAt(space, seq) {
		return seq > space.seq ? "none" : (seq === 0 ? "" : space.log[seq - 1].hash).padEnd(64, "0");
	}

	head({ space, query }) {
		const past = query.get("past")?.split(",").map((one) => {
			const [seq, chain] = one.split("-");
			return { seq: Number(seq), through: this.chainAt(space, Number(seq)) === chain };
		});
		return this.json(200, {
			seq: space.seq, chain: this.chainAt(space, space.seq), at: instant(this.clock.now),
			epoch: space.epoch, seal: "sealed", ...(past ? { past } : {}),
		});
	}

	alarm(r) {
		const { seq, chain } = JSON.parse(r.raw), through = this.chainAt(r.space, seq) === chain;
		if (!through)
			this.alarms.push({ space: r.space.id, seq });
		return this.json(200, { through, raised: !through });
	}

	readOp(raw, i) {
		if (raw === null || typeof raw !== "object" || Array.isArray(raw))
			refuse("malformed", "An op must be an object.", { field: `ops.${i}` });
		if (typeof raw.op !== "string")
			refuse("malformed", "op is required.", { field: `ops.${i}.op` });
		const op = { op: raw.op, intent: "push" };
		try {
			if (!idForm.test(raw.op))
				refuse("invalid", "op must be an id.", { field: "op" });
			this.readOpMembers(raw, op);
		} catch (error) {
			if (!(error instanceof Refusal))
				throw error;
			op.refused = error;
		}
		return op;
	}

	readOpMembers(raw, op) {
		const bad = (field, what) => refuse("invalid", `${field} ${what}.`, { field });

		for (const name of Object.keys(raw))
			if (!["op", "collection", "id", "base", "set", "delete", "at", "renamedFrom"].includes(name))
				refuse("unknown-field", `${name} is no member of an op.`, { field: name });
		op.id = raw.id;
		op.renamedFrom = raw.renamedFrom;
		op.collection = this.collections.find(raw.collection) ??
			bad("collection", "must be the name of a collection");
		op.base = Number.isSafeInteger(raw.base) && raw.base >= 0 ? raw.base
			: bad("base", "is required: the version seen, or 0");
		if (raw.at !== undefined && (typeof raw.at !== "string" || Number.isNaN(Date.parse(raw.at))))
			bad("at", "must be an instant");
		op.at = raw.at;
		if ((raw.delete === true) === (raw.set !== undefined))
			bad("set", "or delete must be given, and not both");
		if (raw.set !== undefined &&
			(raw.set === null || typeof raw.set !== "object" || Array.isArray(raw.set)))
			bad("set", "must be an object");
		op.set = raw.set;
		if (op.id === undefined && (op.set === undefined || op.collection.idForm === "given"))
			bad("id", "is required");
	}

	push(r) {
		const input = this.readJson(r, ["device", "cursor", "past", "user", "ops"]);

		if (input.device === undefined)
			refuse("required", "device is required.", { field: "device" });
		if (typeof input.device !== "string" || !idForm.test(input.device))
			refuse("invalid", "device has the wrong form.", { field: "device" });
		if (input.user !== undefined && input.user !== r.user.id)
			refuse("forbidden", "This token belongs to another user.", { field: "user" });
		if (this.restoring.has(r.space.id))
			refuse("unavailable", "A backup is being restored in this space.");
		checkPlace(r.space, input.cursor, input.past);
		if (!Array.isArray(input.ops) || input.ops.length > pushMost)
			refuse("malformed", `ops must be a list of at most ${pushMost}.`,
				{ field: "ops", limit: pushMost });
		if (Buffer.byteLength(r.raw) > bytesMost)
			refuse("too-large", "A push has at most 1 MiB.");
		const ops = input.ops.map((raw, i) => this.readOp(raw, i));
		for (const [i, op] of ops.entries())
			if (ops.findIndex((other) => other.op === op.op) < i)
				op.refused = new Refusal("invalid", "It stands twice in this push.", { field: "op" });
		const outcomes = writeOps(this.collections, r.space, { ...r.person, device: input.device }, ops,
			{ now: this.clock.now, newId: () => this.newId() });
		return this.json(200, {
			results: outcomes.map((outcome, i) => ({ op: ops[i].op, ...outcome })), epoch: r.space.epoch,
			head: r.space.seq, past: markOf(r.space, r.space.seq),
		});
	}

	// ---- files ----

	file(r) {
		const [, sha] = r.params;

		if (!/^[0-9a-f]{64}$/.test(sha))
			refuse("invalid", "The name of a file is its SHA-256.", { field: "sha256" });
		if (r.method === "PUT")
			return this.putFile(r, sha);
		if (!fileReadable(this.collections, r.space, r.person, sha))
			refuse("not-found", "There is no such file.");
		const { bytes, type, size } = r.space.files.get(sha);
		const headers = { "content-type": type, "content-length": String(size), etag: `"${sha}"` };
		return { status: 200, headers, body: r.method === "HEAD" ? "" : bytes };
	}

	sniff(bytes) {
		const head = Buffer.from(bytes.subarray(0, 12)).toString("latin1");
		const types = [
			["\x89PNG\r\n\x1a\n", "image/png"], ["\xff\xd8\xff", "image/jpeg"],
			["%PDF-", "application/pdf"], ["RIFF", "image/webp"],
		];
		return types.find(([magic]) => head.startsWith(magic))?.[1] ??
			refuse("invalid", "Only photos and PDF files are taken.", { field: "file" });
	}

	putFile(r, sha) {
		const body = typeof r.raw === "string" ? Buffer.from(r.raw) : new Uint8Array(r.raw ?? 0);
		const range = r.headers["content-range"] === undefined ? undefined
			: /^bytes (\d+)-(\d+)\/(\d+)$/.exec(r.headers["content-range"]);
		const key = `${sha} ${r.user.id}`;

		if (rank[r.person.role] < rank.member)
			refuse("forbidden", "Your role in this space does not allow this.");
		if (range === null || (range && Number(range[2]) - Number(range[1]) + 1 !== body.length))
			refuse("malformed", "A piece is named as bytes 0-9/10.", { field: "Content-Range" });
		const [at, total] = range ? [Number(range[1]), Number(range[3])] : [0, body.length];
		const old = r.space.files.get(sha);
		if (old !== undefined) {
			old.senders.add(r.user.id);
			return this.fileJson(200, sha, old);
		}
		r.space.uploads ??= new Map();
		const had = at === 0 ? new Uint8Array(0) : r.space.uploads.get(key) ?? new Uint8Array(0);
		if (at !== had.length)
			refuse("range", "This piece does not follow what is there.");
		const bytes = Uint8Array.from([...had, ...body]);
		if (bytes.length < total) {
			r.space.uploads.set(key, bytes);
			return this.json(202, { file: { sha256: sha, size: total, received: bytes.length } },
				{ range: `bytes=0-${bytes.length - 1}` });
		}
		r.space.uploads.delete(key);
		if (createHash("sha256").update(bytes).digest("hex") !== sha)
			refuse("invalid", "The content is not what its name says.", { field: "sha256" });
		const file = {
			bytes, size: bytes.length, type: this.sniff(bytes), createdAt: this.clock.now,
			senders: new Set([r.user.id]),
		};
		r.space.files.set(sha, file);
		return this.fileJson(201, sha, file);
	}

	fileJson(status, sha256, { size, type, createdAt }) {
		return this.json(status, { file: { sha256, size, type, createdAt: instant(createdAt) } });
	}

	// ---- single records ----

	collectionOf(r) {
		const c = this.collections.find(r.params[1]) ?? refuse("not-found", "There is nothing here.");
		if (rank[r.person.role] < rank[c.may.read])
			refuse("not-found", "There is nothing here.");
		return c;
	}

	tagOf(r, c, record) {
		const whole = !c.fields.some((f) => f.private) || rank[r.person.role] >= rank.manager ||
			record.owner === r.person.id;
		return `"${r.space.epoch}.${record.version}${whole ? "" : "-"}"`;
	}

	writeOne(r, c, op, status) {
		if (rank[r.person.role] < rank.member)
			refuse("forbidden", "Your role in this space does not allow this.");
		const [outcome] = writeOps(this.collections, r.space, r.person, [
			{ op: r.headers["idempotency-key"], collection: c, ...op },
		], { now: this.clock.now, newId: () => this.newId() });
		if (outcome.problem !== undefined)
			return this.problem({ status: outcome.problem.status, problem: outcome.problem });
		const headers = { ...(outcome.record === undefined ? {} : { etag: this.tagOf(r, c, outcome.record) }) };
		if (status === 201)
			headers.location = `/api/spaces/${r.space.id}/${c.name}/${outcome.record.id}`;
		return this.json(status, {
			[c.singular]: outcome.record, ...(outcome.merged ? { merged: true } : {}),
			version: outcome.version, seq: outcome.seq,
		}, headers);
	}

	createRecord(r) {
		const c = this.collectionOf(r);
		const { id, ...set } = this.readJson(r);
		return this.writeOne(r, c, { intent: "create", id, base: 0, set }, 201);
	}

	// If-Match is strict: any other version is 412.
	baseOf(r, expectedVersion) {
		const tag = r.headers["if-match"];

		if (tag === undefined)
			return { base: expectedVersion ?? "current" };
		const found = /^(?:W\/)?"([0-9a-f]{32})\.(\d+)-?"$/.exec(tag);
		if (found === null || found[1] !== r.space.epoch)
			refuse("precondition-failed", "Another version is current.");
		return { base: Number(found[2]), strict: true };
	}

	oneRecord(r) {
		const c = this.collectionOf(r), id = r.params[2];

		if (r.method === "GET") {
			const record = r.space.records.get(`${c.name}/${id}`), now = record?.versions.at(-1);
			if (now === undefined || now.deleted || !sees(r.person, c, now.owner))
				refuse("not-found", "There is no such record.");
			const shown = recordJson(r.person, c, record);
			return this.json(200, { [c.singular]: shown }, { etag: this.tagOf(r, c, shown) });
		}
		const { expectedVersion, ...set } = this.readJson(r,
			r.method === "DELETE" ? ["expectedVersion"] : undefined, { optional: r.method === "DELETE" });
		return this.writeOne(r, c, {
			intent: "change", id, ...this.baseOf(r, expectedVersion),
			...(r.method === "DELETE" ? {} : { set }),
		}, 200);
	}
}
