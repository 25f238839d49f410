// What a write does and who sees what, as schema/PROTOCOL.md 1, 2, 3, 4 and 6 say it: a space of the simulated server,
// with all versions of its records in memory.  Written from that page; the vectors of tests/fixtures/protocol say that
// it means the same as the server.
//
// A space is plain data (an operator's dump is a structuredClone of it); what may be done
// with it are functions beside it.
import { canonical, hashId, opHash, sha256, templateId } from "../../lib/hashes.mjs";

export const rank = { viewer: 1, member: 2, manager: 3, owner: 4 };
const idForm = /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$/;
const reserved = new Set(("admin apply audit auth backup backups client-errors collections compat devices end export " +
	"files health heads history import invitations me metrics new presence push reports reset restore sessions " +
	"spaces start sync tokens transfer usage users").split(" "));
const serverWritten = /^(version|seq|id|deleted|created.*|lastUpdated.*)$/;

export const instant = (ms) => new Date(ms).toISOString();

const titles = {
	malformed: [400, "The request cannot be read"], invalid: [400, "A value is not valid"],
	"unknown-field": [400, "There is no such field"],
	"read-only": [400, "This field cannot be changed"], required: [400, "A required field is missing"],
	unauthorized: [401, "Sign in first"],
	forbidden: [403, "Not allowed"], "not-found": [404, "Not found"],
	"method-not-allowed": [405, "This method is not offered here"],
	"stale-version": [409, "Someone else changed this first"], exists: [409, "It exists already"],
	resync: [410, "Load everything again"],
	"precondition-failed": [412, "Another version is current"], "too-large": [413, "Too large"],
	"space-full": [413, "This space is full"],
	range: [416, "These bytes cannot be had"],
	"op-reused": [422, "This key belongs to another request"],
	internal: [500, "Something went wrong on the server"],
	unavailable: [503, "Daybook is not available at the moment"],
};

export class Refusal extends Error {
	constructor(kind, detail, members = {}) {
		super(detail);
		const [status, title] = titles[kind];
		this.kind = kind;
		this.status = status;
		this.problem = { type: `/problems/${kind}`, title, status, detail, ...members };
	}
}

export const refuse = (kind, detail, members) => { throw new Refusal(kind, detail, members); };
const refuseField = (kind, field, detail) => refuse(kind, `${field} ${detail}`, { field });

// ---- definitions ----

export class Collections {
	constructor(definitions) {
		this.all = definitions;
		this.byName = new Map(definitions.map((one) => [one.name, one]));
	}

	find(name) { return this.byName.get(name); }

	// Another one where anything was changed.
	get stamp() { return sha256(canonical(this.all)).toString("hex").slice(0, 16); }

	// The part of a cursor that changes when someone sees something else because of the definitions.
	get visibility() {
		return sha256(canonical(this.all.map((c) => [
			c.name, c.own ?? false, c.may.read ?? null,
			c.fields.filter((f) => f.private).map((f) => f.name),
		])))
			.toString("hex").slice(0, 16);
	}
}

const fieldOf = (c, name) => c.fields.find((f) => f.name === name);
const initialOf = (f) => f.default;
const same = (left, right) => canonical(left ?? null) === canonical(right ?? null);

function readNumber(f, value, scale) {
	if (typeof value !== "number" || !Number.isFinite(value))
		refuseField("invalid", f.name, "must be a number.");
	if (Math.abs(value) >= 2 ** 53 || Number(value.toFixed(scale)) !== value)
		refuseField("invalid", f.name, `has at most ${scale} decimals.`);
	if (value < (f.min ?? -Infinity) || value > (f.max ?? Infinity))
		refuseField("invalid", f.name, "is out of its range.");
	return value;
}

function readText(f, value, fits, what) {
	if (typeof value !== "string" || !fits(value))
		refuseField("invalid", f.name, `must be ${what}.`);
	return value;
}

const readers = {
	boolean: (f, value) =>
		(typeof value === "boolean" ? value : refuseField("invalid", f.name, "must be true or false.")),
	integer: (f, value) => readNumber(f, value, 0),
	money: (f, value) => readNumber(f, value, 0),
	decimal: (f, value) => readNumber(f, value, f.scale ?? 0),
	date: (f, value) => readText(f, value, (text) => /^\d{4}-\d\d-\d\d$/.test(text), "a date"),
	time: (f, value) => readText(f, value, (text) => /^\d\d:\d\d$/.test(text), "a time"),
	instant: (f, value) => readText(f, value, (text) => !Number.isNaN(Date.parse(text)), "an instant"),
	choice: (f, value) => readText(f, value, (text) => f.choices.includes(text), "one of its choices"),
	ref: (f, value) => readText(f, value, (text) => idForm.test(text), "an id"),
	file: (f, value) => readText(f, value, (text) => /^[0-9a-f]{64}$/.test(text), "the SHA-256 of a file"),
	text: (f, value) => readText(f, value, (text) => [...text].length <= (f.maxLength ?? 1000),
		"a text that is not too long"),
	list: (f, value) => (Array.isArray(value) && value.every((item) => typeof item === "string") ? value
		: refuseField("invalid", f.name, "must be a list of texts.")),
	place: (f, value) => (typeof value?.lat === "number" && typeof value?.lng === "number" ? value
		: refuseField("invalid", f.name, "must be a place.")),
};

// ---- a space ----

export function createSpace({ id, name, kind = "team", epoch, now }) {
	return {
		id, name, kind, epoch, epochs: [], seq: 0, minSeq: 0, lastAt: now, createdAt: now,
		members: new Map(),  // user → {role, view, joinedAt}
		records: new Map(),  // "collection/id" → {collection, id, versions, purged, createdAt, createdBy}
		// a row for each seq: {hash, seq, tx, collection, id, version, owner,
		// prevOwner, action, user, device, op, at}
		log: [],
		ops: new Map(),      // "user op" → its outcome
		oldOps: new Map(),   // the same, of outcomes that were thrown away: what the audit still knows
		files: new Map(),    // sha256 → {bytes, type, size, createdAt, senders}
		recordsMax: undefined, // how many it may hold that are not deleted; undefined: any number
	};
}

const keyOf = (collection, id) => `${collection}/${id}`;
const latest = (record) => record?.versions.at(-1);

export function setMember(space, user, role, now) {
	const old = space.members.get(user);

	if (role === null)
		space.members.delete(user);
	else
		space.members.set(user,
			{ role, view: Math.max(space.seq, old?.view ?? 0) + 1, joinedAt: old?.joinedAt ?? now });
}

// ---- schema/PROTOCOL.md 6: one function decides ----

const may = (person, c, what) => c.may[what] !== undefined && rank[person.role] >= rank[c.may[what]];
const manages = (person) => rank[person.role] >= rank.manager;
export const limited = (person, c) => (c.own ?? false) && !manages(person);
export const sees = (person, c, owner) => may(person, c, "read") && (!limited(person, c) || owner === person.id);
const seesPrivate = (person, owner) => manages(person) || owner === person.id;

export function recordJson(person, c, record, version = latest(record)) {
	const fields = version.deleted ? [] : Object.entries(version.values)
		.filter(([name, value]) => value !== undefined &&
			(!fieldOf(c, name).private || seesPrivate(person, version.owner)));

	return {
		id: record.id, version: version.version, seq: version.seq, owner: version.owner,
		...(version.deleted ? { deleted: true } : {}),
		createdAt: instant(record.createdAt), createdBy: record.createdBy, lastUpdatedAt: instant(version.at),
		lastUpdatedBy: version.user,
		...Object.fromEntries(fields),
	};
}

// Everything a person sees of a space, as their devices should hold it: "collection/id" → record.
export function viewOf(collections, space, person) {
	const view = new Map();

	for (const [key, record] of space.records) {
		const c = collections.find(record.collection);
		if (c !== undefined && !latest(record).deleted && sees(person, c, latest(record).owner))
			view.set(key, recordJson(person, c, record));
	}
	return view;
}

// ---- files ----

// May this person read the file?  Those who see a record that names it in a field they see; until one does, its sender.
export function fileReadable(collections, space, person, sha) {
	const file = space.files.get(sha);
	let named = false;

	if (file === undefined)
		return false;
	for (const record of space.records.values()) {
		const c = collections.find(record.collection), now = latest(record);
		for (const f of c?.fields ?? [])
			if (f.type === "file" && now.values[f.name] === sha) {
				named = true;
				if (sees(person, c, now.owner) && (!f.private || seesPrivate(person, now.owner)))
					return true;
			}
	}
	return file.senders.has(person.id) && !named;
}

// ---- one op ----

// The next version of a record, or its first, and its row of the log.  values: none for a deletion.
function appendVersion(space, { tx, now, person }, { collection: c, id, op, owner, action, values }) {
	const key = keyOf(c.name, id), record = space.records.get(key), last = latest(record);
	const before = last === undefined || last.deleted ? {} : last.values;
	const version = {
		version: (last?.version ?? 0) + 1, seq: ++space.seq, tx, owner,
		deleted: values === undefined,
		values: Object.fromEntries(Object.entries(values ?? {}).filter(([, value]) => value !== undefined)),
		action, at: now, user: person.id,
	};

	if (record === undefined)
		space.records.set(key, {
			collection: c.name, id, versions: [version], purged: false, createdAt: now,
			createdBy: person.id,
		});
	else
		record.versions.push(version);
	if (record?.purged)
		Object.assign(record, { purged: false, createdAt: now, createdBy: person.id });
	const hash = sha256(space.log.at(-1)?.hash ?? "", canonical(version)).toString("hex").slice(0, 16);
	space.log.push({
		hash,
		seq: version.seq, tx, collection: c.name, id, version: version.version, owner,
		prevOwner: last !== undefined && last.owner !== owner ? last.owner : null,
		action, user: person.id, device: person.device, op, at: now,
		changes: Object.fromEntries(c.fields.map((f) => f.name)
			.filter((name) => !same(before[name], version.values[name]))
			.map((name) => [name, [before[name] ?? null, version.values[name] ?? null]])),
	});
	return version;
}

class Step {
	constructor(collections, space, person, op, transaction) {
		Object.assign(this, { collections, space, person, op, transaction });
	}

	// Types of the members, the id, the hash: what needs no look at the space.
	prepare() {
		const { op } = this;

		this.c = op.collection;
		this.values = {};
		this.touched = new Set();
		for (const [name, value] of Object.entries(op.set ?? {}))
			this.readMember(name, value);
		this.makeId();
		if (!idForm.test(op.id))
			refuseField("invalid", "id", "has the wrong form.");
		if (reserved.has(op.id))
			refuseField("invalid", "id", "is a word of the API.");
		if (op.renamedFrom !== undefined &&
			(op.set === undefined || !idForm.test(op.renamedFrom) || op.renamedFrom === op.id))
			refuseField("invalid", "renamedFrom", "must be the id of another record.");
		const set = op.set &&
			Object.fromEntries([...this.touched].map((name) => [name, this.values[name] ?? null]));
		this.hash = opHash(this.c.name, this.madeId ? null : op.id,
			set && (this.newOwner === undefined ? set : { ...set, owner: this.newOwner }));
	}

	readMember(name, value) {
		const f = fieldOf(this.c, name);

		if (name === "owner") {
			this.newOwner = typeof value === "string" ? value
				: refuseField("required", "owner", "is needed.");
			return;
		}
		if (f === undefined && serverWritten.test(name))
			refuseField("read-only", name, "is written by the server only.");
		if (f === undefined)
			refuseField("unknown-field", name, "is no field.");
		if (f.derived)
			refuseField("read-only", name, "is written by the server only.");
		if (f.retired)
			return;
		this.touched.add(name);
		try {
			this.values[name] = value === null ? initialOf(f) : readers[f.type](f, value);
		} catch (error) {
			if (!f.private)
				throw error;
			this.badPrivate = error; // whoever may not know of the field is told so first
		}
	}

	firstValues() {
		return Object.fromEntries(this.c.fields.map((f) => [
			f.name, this.touched.has(f.name) ? this.values[f.name] : initialOf(f),
		]));
	}

	naturalId(owner, values) {
		const { unique, idForm: form, own, name } = this.c;

		if (form === "hash")
			return hashId(name, { own: own ?? false, owner, values: unique.map((field) => values[field]) });
		return form !== undefined && form.includes("{") ? templateId(form, values) : undefined;
	}

	makeId() {
		if (this.op.id !== undefined)
			return;
		const values = this.firstValues();
		for (const name of this.c.unique ?? [])
			if (fieldOf(this.c, name).required && values[name] === undefined)
				refuseField("required", name, "is required.");
		this.op.id = this.naturalId(this.newOwner ?? this.person.id, values);
		if (this.op.id === undefined && this.c.idLabel !== undefined)
			refuseField("required", "id", "is required.");
		this.madeId = this.op.id === undefined;
		this.op.id ??= this.transaction.newId();
	}

	find(id) {
		const record = this.space.records.get(keyOf(this.c.name, id));

		return { record, now: latest(record) };
	}

	hold(id) {
		const { record, now } = this.find(id);

		this.record = record;
		this.now = now;
		this.live = now !== undefined && !now.deleted;
		this.visible = now !== undefined && sees(this.person, this.c, now.owner);
		this.before = this.live ? now.values : {};
	}

	shown() {
		return this.record !== undefined && sees(this.person, this.c, latest(this.record).owner)
			? { record: recordJson(this.person, this.c, this.record) } : {};
	}

	may(what) {
		if (!may(this.person, this.c, what))
			refuse("forbidden", "Your role in this space does not allow this.");
	}

	// ---- an op that was here before ----

	repeated() {
		const name = `${this.person.id} ${this.op.op}`;
		const kept = this.op.op === undefined ? undefined : this.space.ops.get(name) ??
			this.space.oldOps.get(name);

		if (kept === undefined || this.badPrivate !== undefined) // then there is no hash
			return undefined;
		if (kept.hash !== this.hash || kept.collection !== this.c.name ||
			(!this.madeId && kept.id !== this.op.id))
			refuse("op-reused", "This op id was used before, for another request.", { field: "op" });
		this.hold(kept.id);
		return {
			status: "duplicate", ...(kept.status === "merged" ? { merged: true } : {}),
			version: kept.version, seq: kept.seq, ...this.shown(),
		};
	}

	// ---- conflicts ----

	shows(name) { return !fieldOf(this.c, name).private || seesPrivate(this.person, this.now.owner); }

	conflict(kind, detail, { fields, base } = {}) {
		const { op, person, c } = this;
		const members = { currentVersion: this.now.version };
		const shown = fields?.filter((name) => this.shows(name)).sort();

		if (op.base !== "current" && op.intent !== "create")
			members.expectedVersion = op.base;
		if (fields !== undefined) {
			const past = base !== undefined && sees(person, c, base.owner) ? shown.filter((name) =>
				!fieldOf(c, name).private || seesPrivate(person, base.owner)) : [];
			members.fields = shown;
			if (base !== undefined)
				members.base = Object.fromEntries(past.map((name) => [
					name, base.values[name] ?? null,
				]));
			members.mine = Object.fromEntries(shown.map((name) => [
				name, (this.after ?? this.values)[name] ?? null,
			]));
		}
		refuse(kind, detail, { ...members, current: recordJson(person, c, this.record) });
	}

	staleVersion() {
		const { base } = this.op;
		const past = this.op.set !== undefined && base > 0 && base < this.now.version
			? this.record.versions[base - 1] : undefined;

		this.conflict(this.op.strict ? "precondition-failed" : "stale-version",
			"The record has changed since the version you know.",
			{ fields: [...this.touched], base: past });
	}

	// ---- base × state ----

	decide() {
		const { op, now } = this;
		const deletes = op.set === undefined;

		if (!this.visible) {
			if (deletes || op.intent === "change" || op.base > 0)
				refuse("not-found", "There is no such record.");
			this.may("create");
			if (now !== undefined)
				refuse("exists", "This id cannot be used.", { field: "id" });
			this.action = "created";
		} else if (!this.live) {
			if (op.intent === "change")
				refuse("not-found", "There is no such record.");
			if (deletes)
				return;
			this.may("create");
			if (op.intent !== "create" && op.base !== now.version)
				this.conflict("stale-version", "The record was deleted.");
			this.action = "revived";
		} else {
			this.may(deletes ? "delete" : op.intent === "create" || (op.intent === "push" && op.base === 0)
				? "create" : "update");
			this.action = deletes ? "deleted" : "updated";
			if (op.intent === "create")
				this.conflict("exists", "A record with this id is there already.");
			if (op.base === "current" || op.base === now.version)
				return;
			this.stale = true;
			if (op.strict || deletes || op.base > now.version ||
				(op.base > 0 && this.c.conflict === "reject"))
				this.staleVersion();
		}
	}

	settleOwner() {
		this.owner = this.now?.owner ?? this.person.id;
		if (this.newOwner === undefined || this.newOwner === this.owner)
			return;
		if (!manages(this.person))
			refuse("forbidden", "Only managers make someone else the owner.", { field: "owner" });
		if (this.now !== undefined && this.c.own && this.c.unique !== undefined)
			refuseField("read-only", "owner", "is part of this record's id.");
		if (!this.space.members.has(this.newOwner))
			refuseField("invalid", "owner", "must be a member of the space.");
		this.owner = this.newOwner;
	}

	compose() {
		this.settleOwner();
		if (this.action === "deleted")
			return;
		this.after = this.live ? { ...this.before } : this.firstValues();
		for (const name of this.touched) {
			this.after[name] = this.values[name];
			if (fieldOf(this.c, name).private && !seesPrivate(this.person, this.owner))
				refuseField("unknown-field", name, "is no field.");
		}
		if (this.badPrivate !== undefined)
			throw this.badPrivate;
		for (const name of this.live ? this.touched : []) {
			const fixed = (fieldOf(this.c, name).immutable && this.op.base !== 0) ||
				this.c.unique?.includes(name);
			if (fixed && !same(this.before[name], this.after[name]))
				refuseField("read-only", name, "cannot be changed once it is set.");
		}
		const natural = this.live ? undefined : this.naturalId(this.owner, this.after);
		if (natural !== undefined && natural !== this.op.id)
			refuseField("invalid", "id", "follows from the fields of such a record; leave it out.");
		if (this.op.renamedFrom !== undefined) {
			const { now } = this.find(this.op.renamedFrom);
			if (this.live || now === undefined || !sees(this.person, this.c, now.owner))
				refuseField("invalid", "renamedFrom", "must be the id of another record.");
		}
	}

	// ---- rules ----

	// An op's own instant, between the record's last change and now.
	claimed() {
		const { now } = this.transaction;
		const at = this.op.at === undefined ? now : Date.parse(this.op.at);

		return at > now ? now : Math.max(at, this.now?.at ?? -Infinity);
	}

	deriveFlags() {
		const { after, touched, before } = this;

		if (after.empty && !after.arrived) {
			if (touched.has("empty") && touched.has("arrived"))
				refuseField("invalid", "empty", "cannot be a car that has not arrived.");
			if (touched.has("arrived"))
				after.empty = false;
			else
				after.arrived = true;
		}
		for (const [flag, at] of [["arrived", "arrivedAt"], ["empty", "emptyAt"]])
			if (!after[flag])
				after[at] = undefined;
			else if (!before[flag])
				after[at] = instant(this.claimed());
	}

	runRules() {
		if (this.c.rules?.includes("car-flags"))
			this.deriveFlags();
		for (const f of this.c.fields) {
			if (f.required && (this.after[f.name] ?? undefined) === undefined)
				refuseField("required", f.name, "is required.");
			if (f.atLeast !== undefined && this.after[f.name] < this.after[f.atLeast])
				refuseField("invalid", f.name, `must be at least ${f.atLeast}.`);
		}
	}

	settle() {
		let broken;

		if (this.after === undefined)
			return;
		try {
			this.runRules();
		} catch (error) {
			if (!(error instanceof Refusal) || !this.stale)
				throw error;
			broken = error;
		}
		if (this.stale && this.op.base === 0)
			this.settleUnknownBase();
		else if (this.stale)
			this.settleMerge(broken);
	}

	settleUnknownBase() {
		const clashing = [...this.touched].filter((name) => !same(this.before[name], this.values[name]));

		if (clashing.length > 0 || this.owner !== this.now.owner)
			this.conflict("stale-version", "A record with this id is there already, with other values.",
				{ fields: clashing });
	}

	settleMerge(broken) {
		const versions = this.record.versions.slice(this.op.base - 1);
		const [base, ...since] = versions;
		const changed = new Set(), names = this.c.fields.map((f) => f.name);
		let handedOn = false;

		since.forEach((version, i) => {
			for (const name of names)
				if (!same(versions[i].values[name], version.values[name]))
					changed.add(name);
			handedOn ||= versions[i].owner !== version.owner;
		});
		const clashing = names.filter((name) => changed.has(name) &&
			!same(this.before[name], this.after[name]));
		if (clashing.length > 0 || (handedOn && this.owner !== this.now.owner))
			this.conflict("stale-version",
				"Someone else changed the same fields since the version you know.",
				{ fields: clashing, base });
		if (broken !== undefined)
			this.conflict("stale-version",
				`With what someone else changed this does not fit: ${broken.message}`,
				{ fields: [...this.touched], base });
		this.merged = true;
	}

	checkRefs() {
		for (const f of this.after === undefined ? [] : this.c.fields) {
			const value = this.after[f.name];
			if (value === undefined || same(value, this.before[f.name]))
				continue;
			if (f.type === "ref") {
				const target = this.collections.find(f.ref);
				const now = latest(this.space.records.get(keyOf(f.ref, value)));
				if (now === undefined || target === undefined || !sees(this.person, target, now.owner))
					refuseField("invalid", f.name, "must be the id of a record.");
			}
			if (f.type === "file" && !fileReadable(this.collections, this.space, this.person, value) &&
				!this.namedOnce(value))
				refuseField("invalid", f.name, "must be the SHA-256 of a file that was sent.");
		}
	}

	// A person who sees all of a record may name a file in it again that it has named before.
	namedOnce(sha) {
		return this.visible && seesPrivate(this.person, this.now.owner) && this.space.files.has(sha) &&
			this.record.versions.some((version) => Object.values(version.values).includes(sha));
	}

	// ---- writing ----

	changesNothing() {
		return this.live && this.action !== "deleted" && this.owner === this.now.owner &&
			this.c.fields.every((f) => same(this.before[f.name], this.after[f.name]));
	}

	// Deletions and changes are taken by a full space too.
	checkRoom() {
		const { recordsMax, records } = this.space;

		if (recordsMax === undefined || this.live || this.after === undefined)
			return;
		const there = [...records.values()].filter((one) => !one.purged && !latest(one).deleted);
		if (there.length >= recordsMax)
			refuse("space-full", `This space has reached its limit of ${recordsMax} records.`);
	}

	keep(outcome) {
		if (this.op.op !== undefined)
			this.space.ops.set(`${this.person.id} ${this.op.op}`,
				{
					hash: this.hash, collection: this.c.name, id: this.op.id,
					at: this.transaction.now, ...outcome,
				});
		return { ...outcome, ...(outcome.status === "merged" ? { merged: true } : {}), ...this.shown() };
	}

	unchanged() {
		return this.keep({ status: "unchanged", version: this.now.version, seq: this.now.seq });
	}

	write() {
		const { space, person, transaction, op, c, owner, action, after } = this;
		const version = appendVersion(space, { ...transaction, person },
			{ collection: c, id: op.id, op: op.op, owner, action, values: after });

		this.record = space.records.get(keyOf(c.name, op.id));
		return this.keep({
			status: this.merged ? "merged" : "applied", version: version.version, seq: version.seq,
		});
	}

	take() {
		const repeated = this.repeated();

		if (repeated !== undefined)
			return repeated;
		this.hold(this.op.id);
		this.decide();
		if (this.visible && !this.live && this.op.set === undefined)
			return this.unchanged();
		this.compose();
		this.settle();
		this.checkRefs();
		if (this.changesNothing() || (this.stale && this.op.base === 0))
			return this.unchanged();
		this.checkRoom();
		return this.write();
	}
}

const conflicts = new Set(["stale-version", "exists", "precondition-failed"]);

// Ops of one transaction, each with its outcome.  An op: {op, collection, id, base: n or "current", set or none,
// intent, strict, at, renamedFrom}, or {refused: Refusal}.
export function writeOps(collections, space, person, ops, { now, newId }) {
	const transaction = { tx: space.seq + 1, now: Math.max(now, space.lastAt), newId };
	const steps = ops.map((op) => {
		const step = new Step(collections, space, person, op, transaction);
		step.refused = op.refused;
		try {
			if (step.refused === undefined)
				step.prepare();
		} catch (error) {
			step.refused = error;
		}
		return step;
	});
	const seen = new Set();

	for (const step of steps) {
		const { op } = step;
		const key = op.collection !== undefined && op.id !== undefined
			? keyOf(op.collection.name, op.id) : undefined;
		if (key !== undefined && seen.has(key))
			step.refused ??= new Refusal("invalid", "A record takes one op at a time.", { field: "id" });
		seen.add(key);
	}
	const outcomes = steps.map((step) => {
		try {
			if (step.refused !== undefined)
				throw step.refused;
			return step.take();
		} catch (error) {
			if (!(error instanceof Refusal))
				throw error;
			return { status: conflicts.has(error.kind) ? "conflict" : "rejected", problem: error.problem };
		}
	});
	if (space.seq >= transaction.tx)
		space.lastAt = transaction.now;
	return outcomes;
}

// ---- schema/PROTOCOL.md 13: restore; 7: undo ----

// What a backup has of a space: its live records, by key.
export function backupOf(space) {
	return new Map([...space.records].filter(([, record]) => !latest(record).deleted).map(([key, record]) => {
		const { owner, values } = latest(record);
		return [key, { collection: record.collection, id: record.id, owner, values }];
	}));
}

// Brings a backup back, in one transaction and without rules.  mode: merge | replace; changed: keep | restore.
// Answers what was written: [{collection, id, owner, values: none for a deletion}].
export function bringBack(collections, space, person, backup, { mode, changed, now, newId }) {
	const transaction = { tx: space.seq + 1, now: Math.max(now, space.lastAt), person };
	const present = backupOf(space), overwrites = mode === "replace" || changed === "restore";
	const isSame = (one, other) => one.owner === other.owner && canonical(one.values) === canonical(other.values);
	const back = [...backup].filter(([key, one]) =>
		!present.has(key) || (overwrites && !isSame(one, present.get(key)))).map(([, one]) => one);
	const gone = mode !== "replace" ? [] : [...present].filter(([key]) => !backup.has(key))
		.map(([, { values, ...one }]) => one);
	const written = [...back, ...gone].filter(({ collection }) => collections.find(collection) !== undefined);

	for (const one of written)
		appendVersion(space, transaction, {
			...one, collection: collections.find(one.collection), op: newId(),
			owner: space.members.has(one.owner) ? one.owner : person.id,
			action: one.values === undefined ? "deleted" : "restored",
		});
	if (written.length > 0)
		space.lastAt = transaction.now;
	return written;
}

// The ops that undo what one person (or anybody) did after the seq `from`: a record they made is deleted, one they
// deleted comes back, and each field they changed gets its value from before unless somebody else changed it since.
export function undoOps(collections, space, { from, by }) {
	const isMeant = (row) => row.seq > from && (by === undefined || row.user === by);
	const ops = [];

	for (const record of space.records.values()) {
		const rows = space.log.filter((row) => row.collection === record.collection && row.id === record.id);
		const meant = rows.filter(isMeant), [first] = meant, now = latest(record);
		const c = collections.find(record.collection);
		if (first === undefined || c === undefined || record.purged)
			continue;
		const op = { collection: record.collection, id: record.id };
		const others = rows.filter((row) => row.version > first.version && !isMeant(row));
		const prior = record.versions[first.version - 2];
		const isMine = (name) => !others.some((row) => name in row.changes);
		const names = c.fields.filter((f) => !f.derived && !f.retired).map((f) => f.name).filter(isMine);
		if (prior === undefined || prior.deleted) {
			if (!now.deleted && others.length === 0)
				ops.push({ ...op, intent: "change", base: "current" });
		} else if (now.deleted) {
			if (isMeant(rows.at(-1)))
				ops.push({ ...op, intent: "push", base: now.version, set: { ...prior.values } });
		} else {
			const changed = names.filter((name) => !same(prior.values[name], now.values[name]));
			if (changed.length > 0)
				ops.push({ ...op, intent: "change", base: "current", set: Object.fromEntries(
					changed.map((name) => [name, prior.values[name] ?? null])) });
		}
	}
	return ops;
}

// ---- schema/PROTOCOL.md 4: the feed ----

const resync = (reason, more = {}) => refuse("resync", "Load the space again.", { reason, ...more });

// A place in the past of a space, as text: its seq, and the hash there.
export const markOf = (space, seq) => (seq === 0 ? "0" : `${seq}-${space.log[seq - 1].hash}`);
const mark = "\\d+(?:-[0-9a-f]{16})?";
const cursorForm =
	new RegExp(`^([0-9a-f]{32})\\.(\\d+)\\.([0-9a-f]+)\\.([0-9a-z]+)\\.(${mark})(?:\\.(${mark}))?$`);

function parseCursor(text, field) {
	const found = cursorForm.exec(text);

	if (found === null)
		refuseField("invalid", field, "must be a cursor as an answer gave it.");
	const [, epoch, view, visibility, choice, seq, first] = found;
	return {
		epoch, view: Number(view), visibility, choice, seq: parseInt(seq, 10),
		first: first === undefined ? undefined : parseInt(first, 10), marks: [seq, first],
	};
}

const cursorText = (space, c) => [
	c.epoch, c.view, c.visibility, c.choice, markOf(space, c.seq),
	...(c.first === undefined ? [] : [markOf(space, c.first)]),
].join(".");

// Marks of another past than that of the space.
function checkPast(space, marks, past) {
	if (past !== undefined && !new RegExp(`^${mark}$`).test(past))
		refuseField("invalid", "past", "must be as an answer gave it.");
	for (const one of [...marks, past].filter((text) => text !== undefined)) {
		const [seq, hash] = one.split("-");
		if (Number(seq) > space.seq)
			resync("ahead");
		if (hash !== undefined && one !== markOf(space, Number(seq)))
			resync("past");
	}
}

function otherEpoch(space, from) {
	const steps = new Map(space.epochs.map((one) => [one.epoch, one]));
	let lowest = Infinity;

	for (let at = steps.get(space.epoch); at !== undefined; at = steps.get(at.parent)) {
		lowest = Math.min(lowest, at.cut);
		if (at.parent === from)
			resync("epoch", { restored: { epoch: space.epoch, seq: lowest } });
	}
	resync("epoch");
}

// The cursor of a push, and what the push before it was answered.
export function checkPlace(space, cursor, past) {
	const { epoch, marks } = cursor === undefined ? { epoch: space.epoch, marks: [] }
		: parseCursor(cursor, "cursor");

	if (epoch !== space.epoch)
		otherEpoch(space, epoch);
	checkPast(space, marks, past);
}

function openCursor(collections, space, person, { since, past }, choice) {
	const { view } = space.members.get(person.id), { visibility } = collections;

	if (since === undefined)
		return { epoch: space.epoch, view, visibility, choice, seq: 0, first: space.seq };
	const c = parseCursor(since, "since");
	if (c.epoch !== space.epoch)
		otherEpoch(space, c.epoch);
	if (c.choice !== choice)
		refuse("invalid", "The cursor belongs to another choice of collections.", { field: "collections" });
	checkPast(space, c.marks, past);
	if (c.view !== view)
		resync("view");
	if (c.visibility !== visibility)
		resync("visibility");
	if ((c.first ?? c.seq) < space.minSeq)
		resync("purged");
	return c;
}

// What a person gets of (since, end], by seq: records as they are now, tombstones, and what left their view.
function changesIn(collections, space, person, only, { since, end, first }) {
	const changes = [];

	for (const record of space.records.values()) {
		const c = collections.find(record.collection), now = latest(record);
		if (c === undefined || record.purged || !(only ?? [c]).includes(c) || now.seq <= since ||
			now.seq > end || !sees(person, c, now.owner))
			continue;
		const head = { collection: c.name, id: record.id, version: now.version, seq: now.seq };
		if (!now.deleted)
			changes.push({ tx: now.tx, change: { ...head, record: recordJson(person, c, record) } });
		else if (now.seq > first)
			changes.push({ tx: now.tx, change: { ...head, deleted: true } });
	}
	for (const row of space.log) {
		const c = collections.find(row.collection);
		if (c === undefined || !(only ?? [c]).includes(c) || row.prevOwner !== person.id ||
			row.seq <= Math.max(since, first) || row.seq > end || !may(person, c, "read") ||
			!limited(person, c) ||
			latest(space.records.get(keyOf(row.collection, row.id)))?.owner === person.id)
			continue;
		changes.push({ tx: row.tx, change: {
			collection: row.collection, id: row.id, version: row.version, seq: row.seq, removed: true,
		} });
	}
	return changes.sort((a, b) => a.change.seq - b.change.seq);
}

// `page` bounds a page: rows, and records looked at (so that a page can be empty and not the last).
export function readFeed(collections, space, person, { since, past, names, page }) {
	const only = names?.map((name) => collections.find(name) ??
		refuseField("invalid", "collections", "must be names of collections."));
	const choice = only === undefined ? "all" : sha256(names.slice().sort().join(",")).toString("hex").slice(0, 16);
	const c = openCursor(collections, space, person, { since, past }, choice);
	const first = c.first ?? 0;
	const nothingNew = since !== undefined && c.seq === space.seq;
	let end = space.seq;

	const edge = [...space.records.values()].filter((record) => !record.purged).map(latest)
		.filter((now) => now.seq > c.seq)
		.sort((a, b) => a.seq - b.seq)[page.window];
	if (edge !== undefined && edge.tx - 1 > c.seq)
		end = edge.tx - 1;
	let found = changesIn(collections, space, person, only, { since: c.seq, end, first });
	// The first transaction is taken whole.
	const over = found.find(({ tx }, i) => i >= page.rows && tx !== found[0].tx);
	if (over !== undefined) {
		end = over.tx - 1;
		found = found.filter(({ change }) => change.seq <= end);
	}
	const more = end < space.seq;
	const cursor = cursorText(space, { ...c, seq: end, first: more ? c.first : undefined });
	return { nothingNew, answer: { changes: found.map(({ change }) => change), cursor, more, head: space.seq } };
}

// ---- what an operator does ----

// Throws away tombstones, in the order of their seqs, that are older than so many days, and outcomes of ops.
export function tidySpace(space, now, days, opDays = 90) {
	const limit = now - days * 86_400_000;
	const tombstones = [...space.records.values()].filter((record) => latest(record).deleted && !record.purged)
		.sort((a, b) => latest(a).seq - latest(b).seq);

	for (const record of tombstones) {
		if (latest(record).at > limit)
			break;
		record.purged = true;
		space.minSeq = Math.max(space.minSeq, latest(record).seq);
	}
	const written = new Set(space.log.map((row) => `${row.user} ${row.op}`));
	for (const [name, outcome] of space.ops) {
		if (outcome.at > now - opDays * 86_400_000)
			continue;
		space.ops.delete(name);
		if (written.has(name))
			space.oldOps.set(name, outcome); // the audit keeps the op's id and hash
	}
}
