// A run: people with devices do things at random while everything goes wrong that can, then everything is sent, and
// checker.mjs checks all of it.  The same seed gives the same story.
import { canonical } from "../../lib/hashes.mjs";
import * as checks from "./checker.mjs";
import { Moments } from "./moments.mjs";
import { Returns } from "./returns.mjs";
import { Truth } from "./truth.mjs";
import { World } from "./world.mjs";
import { weathers } from "./network.mjs";
import { writeOps } from "./records.mjs";
import { createHash } from "node:crypto";

const { isTag, tag } = checks;

// Actions and events, with relative weights.
const usual = {
	create: 20, set: 30, burst: 8, remove: 7, handOn: 2, undo: 5, settle: 7, photo: 3, sync: 3, look: 4,
	openForm: 5, closeForm: 5, walk: 3,
	kill: 3, fuse: 5, secondTab: 3, stop: 2, tend: 8,
	offline: 4, online: 7, weather: 4, fullDisk: 1, clock: 2, wait: 3, longWait: 1,
	role: 1, redefine: 0.5, purge: 1, dump: 2, restore: 1, endSessions: 1, serverDown: 1,
	slowdown: 1, allow: 4, deny: 1,
	editParked: 6, undoParked: 2, noPulls: 2, crowd: 1.5, sweep: 2, demote: 1.5, outage: 1, chain: 2,
	backup: 3, bringBack: 2, undoSpan: 2, setBack: 0.5,
};

// What does not happen to a single user: there is no one else, no operator, and nothing
// to decide.
const alone = {
	handOn: 0, settle: 0, role: 0, purge: 0, dump: 0, restore: 0, allow: 0, deny: 0, editParked: 0, undoParked: 0,
	crowd: 0, sweep: 0, demote: 0, chain: 0, backup: 0, bringBack: 0, undoSpan: 0, setBack: 0,
};

// In every third story nobody restores the database, so that all that stood in a record is known.
const unbroken = { dump: 0, restore: 0, setBack: 0, chain: 25 };

// Collections by how their ids come about, with the fields that are written at random.  A field of `tags`
// gets a text of its own each time.  `refused` is what the server takes for a mistake.
const kinds = {
	cars: {
		ids: ["1", "2", "3", "4"],
		tags: ["notes"],
		picks: { arrived: [true, false], empty: [true, false], location: ["100", "200", "Shop"] },
	},
	stock: {
		ids: ["a", "b", "c"], tags: ["name", "shelf"], needs: ["name"], picks: { pieces: [1, 2, 3] },
		refused: { pieces: -1 },
	},
	parcels: {
		tags: ["label"], needs: ["label"], secrets: ["sender"],
		picks: { count: [1, 2], size: ["small", "large"] },
	},
	claims: {
		tags: ["title", "note"], needs: ["title"], fixed: { date: "2026-11-21" }, picks: { amount: [100, 200] },
		refused: { amount: -1 },
	},
	bulletins: { tags: ["text"], keys: { topic: ["news", "sport"], day: ["2026-11-20", "2026-11-21"] }, picks: {} },
	rosters: { tags: ["lead"], keys: { depot: ["north", "south"], day: ["2026-11-20", "2026-11-21"] }, picks: {} },
	weights: {
		tags: ["note"], keys: { date: ["2026-11-19", "2026-11-20", "2026-11-21"] }, fixed: { kg: 80 },
		picks: { kg: [79, 80, 81.5] },
	},
};

const own = new Set(["claims", "weights", "slips"]);

const CROWD = 14; // records that come or go together: so many that a device asks before it deletes them
const SENT = 10_000; // milliseconds after an outage in which everything is sent or named

export class Story {
	// actions: other weights for some of `usual`, to look at one thing more closely.  solo: one person, nobody
	// else, and no restore; every third story by default.
	constructor({ seed, createEngine, steps = 150, actions = {}, doctor, solo = seed % 3 === 0 }) {
		this.world = new World({ seed, createEngine, page: { rows: 5, window: 8 }, tokenSeconds: 240 });
		Object.assign(this,
			{ seed, steps, doctor, serial: 0, intents: [], forgotten: new Set(), dumps: [], log: [] });
		this.solo = solo;
		this.moments = new Moments(this);
		this.truth = new Truth(this);
		this.returns = new Returns(this);
		this.chance = this.world.chance.fork();
		this.actions = { ...usual, ...solo ? alone : seed % 3 === 1 ? unbroken : {}, ...actions };
		this.seats = [];
		this.people = [];
		this.teams = [];
		this.tokens = new Map(); // access token → user, noted when it is given out
		this.cast();
	}

	tell(what) {
		this.log.push(`${((this.world.clock.now - this.begun) / 1000).toFixed(1)} ${what}`);
	}

	// ---- who takes part ----

	cast() {
		const { chance, world } = this, { server } = world;

		this.begun = world.clock.now;
		for (const name of ["anna", "ben", "cleo"].slice(0, this.solo ? 1 : 1 + chance.below(3)))
			this.people.push(server.addUser({ name }));
		for (const name of ["s1", "s2"].slice(0, 1 + chance.below(2))) {
			const roles = Object.fromEntries(this.people.map((user, i) => [
				user.id, i === 0 ? "owner" : chance.pick(["member", "member", "manager", "viewer"]),
			]));
			this.teams.push({ ...server.addSpace({ name, roles }), short: name, managed: new Set() });
		}
		for (const team of this.teams)
			this.noteManagers(team);
		const count = this.solo ? 1 + chance.below(2) : 2 + chance.below(4);
		for (let i = 0; i < count; i++) {
			const locks = chance.of(0.75);
			const device = world.device({
				locks, channel: locks || chance.of(0.5), cookie: chance.of(0.8),
				skew: chance.of(0.5) ? 0 : chance.between(-5, 5) * 3_600_000,
			});
			device.user = this.people[i % this.people.length];
		}
		this.active = world.devices[0];
	}

	// Who was a manager once may hold what only managers see.
	noteManagers(team) {
		for (const [user, { role }] of world(this).server.space(team.id).members)
			if (["manager", "owner"].includes(role))
				team.managed.add(user);
	}

	teamOf(id) { return this.teams.find((team) => team.id === id); }

	// ---- tabs ----

	sit(device) {
		const tab = device.open(this.world.createEngine);
		const seat = { device, tab, spaces: new Map(), busy: false };

		this.doctor?.(tab, this);
		this.seats.push(seat);
		this.tell(`${tab} opens`);
		this.tend(seat);
		return seat;
	}

	get living() {
		for (const seat of this.seats)
			if (seat.tab.dead)
				this.moments.gone(seat);
		this.seats = this.seats.filter((seat) => !seat.tab.dead);
		return this.seats;
	}

	// Starts, signs in and opens what is not yet.
	async tend(seat) {
		const { engine } = seat.tab;

		if (seat.busy || seat.tab.dead)
			return;
		seat.busy = true;
		try {
			if (!seat.isStarted)
				await engine.start();
			seat.isStarted = true;
			const { email, password, id } = seat.device.user;
			if (engine.session.status === "out" || engine.session.status === "expired")
				await engine.signIn({ email, password });
			if (engine.session.user?.id !== id)
				this.world.fault(
					`${seat.tab} is signed in as ${engine.session.user?.id}, not as ${id}`);
			for (const { id: space } of engine.spaces)
				if (this.teamOf(space) !== undefined && !seat.spaces.has(space))
					this.follow(seat, await engine.open(space));
		} catch (error) {
			this.tell(`${seat.tab} does not get in: ${error.status ?? error.stack}`);
			if (error.status === undefined && seat.device.refusals === 0)
				this.world.fault(`${seat.tab} fails with ${error.stack}`);
		} finally {
			seat.busy = false;
		}
	}

	// Nothing of another space or person is ever shown.
	follow(seat, space) {
		const team = this.teamOf(space.id), { user } = seat.device;

		seat.spaces.set(space.id, space);
		const look = (collection, id) => {
			const row = space.get(collection, id);
			for (const value of Object.values(row ?? {}))
				if (isTag(value) && !value.startsWith(`${team.short}:`))
					this.world.fault(`${seat.tab} shows ${value} in the space ${team.short}`);
			if (row !== undefined && own.has(collection) && row.owner !== undefined &&
				row.owner !== user.id && !team.managed.has(user.id))
				this.world.fault(`${seat.tab} shows ${collection}/${id} of ${row.owner} to ${user.id}`);
		};
		for (const name of Object.keys(kinds))
			for (const row of space.all(name))
				look(name, row.id);
		space.subscribe((changes) => {
			for (const { collection, id } of changes)
				look(collection, id);
			this.moments.note(seat, space);
		});
	}

	// ---- what people do ----

	somebody() {
		const seat = this.living.length > 0 ? this.chance.pick(this.living) : undefined;
		const space = seat && seat.spaces.size > 0 ? this.chance.pick([...seat.spaces.values()]) : undefined;

		return space && { seat, space, team: this.teamOf(space.id) };
	}

	newTag(team, seat) { return tag(team.short, seat.device.user.name, ++this.serial); }

	fieldsFor(kind, { team, seat }, isNew) {
		const { chance } = this, fields = {};

		for (const name of kind.tags)
			if ((isNew && kind.needs?.includes(name)) || chance.of(0.6))
				fields[name] = this.newTag(team, seat);
		for (const [name, domain] of Object.entries(kind.picks))
			if (chance.of(0.25))
				fields[name] = chance.pick(domain);
		// A car that has not arrived cannot be empty: what is refused or derived by that is nobody's doing.  A
		// single user leaves it to the server when a car has arrived: an undo would take that back alone.
		if (this.solo || (fields.arrived === false && fields.empty))
			delete fields.arrived;
		for (const name of isNew ? kind.secrets ?? [] : [])
			if (chance.of(0.5))
				fields[name] = this.newTag(team, seat);
		return fields;
	}

	// A write is shown at once; what the promise settles with is what the device has taken.
	async write({ seat, space }, what, collection, id, fields, doing, form) {
		const before = space.get(collection, id);
		const wire = this.world.network.wire.length;
		const number = this.intents.length;
		const saw = form ? { version: form.saw, fields: form.seen.fields } : {
			version: id === undefined ? 0 : this.moments.sees({ seat, space }, collection, id),
			fields: before,
		};
		const apart = form !== undefined || seat.device.tabs.length > 1 || this.moments.isTakingBack(seat) ||
			this.moments.hasDecided({ seat, space }, collection, id);
		let promise;

		if (!this.moments.mayAct({ seat, space }, collection, id))
			return undefined;
		const stored = this.moments.begin(seat, { space: space.id, collection, id, saw: saw.version });
		try {
			promise = doing();
		} catch (error) {
			this.world.fault(`${seat.tab}: ${what} of ${collection} throws ${error.stack}`);
			return undefined;
		}
		const key = id ?? "new";
		this.tell(`${seat.tab} ${what} ${collection}/${key} ${canonical(fields ?? null)}`);
		try {
			const op = await promise;
			const now = space.get(collection, op.record);
			this.intents.push({
				device: seat.device.name, user: seat.device.user.id, space: space.id, collection,
				id: op.record, kind: what, fields, op: op.id,
				at: this.world.clock.now, wire, number, saw: saw.version, apart,
				...(what === "create" ? {} : { seen: this.seenOf(collection, fields, saw.fields) }),
				// It and what it removes vanished together.
				givenUp: what === "remove" && op.state === "done",
			});
			const taken = `${op.id} (${op.kind}, base ${op.base}, ${op.state})`;
			this.tell(`${seat.tab} took ${what} ${collection}/${op.record} as ${taken}`);
			return { op, before, now };
		} catch (error) {
			this.tell(`${seat.tab} refused ${what} ${collection}/${key}: ${error.name} ${error.message}`);
			// By an undo or another tab, at the same time, or before this tab has noticed.
			const isOvertaken = error.isOurs &&
				(apart || this.isGoneElsewhere(seat, space, collection, id));
			if (seat.device.refusals === 0 && !space.status.gone && !isOvertaken)
				this.world.fault(`${seat.tab} refuses ${what} of ${collection}/${key} for no reason: ` +
					error.stack);
			const row = id === undefined ? undefined : space.get(collection, id);
			for (const [name, value] of Object.entries(fields ?? {}))
				if (isTag(value) && row?.[name] === value)
					this.world.fault(`${seat.tab} refused ${name} = ${value} and shows it`);
			return undefined;
		} finally {
			stored();
		}
	}

	// What stood in the fields that somebody changes; who removes a record has seen all of it.
	seenOf(collection, fields, row) {
		const names = fields === null ? kinds[collection].tags : Object.keys(fields);

		return Object.fromEntries(names.map((name) => [name, row?.[name] ?? null]));
	}

	isGoneElsewhere(seat, space, collection, id) {
		const isHere = (one) => one.device === seat.device.name && one.space === space.id &&
			one.collection === collection && one.id === id;
		return this.intents.some((one) => isHere(one) && one.givenUp &&
			this.world.clock.now - one.at < 60_000) ||
			this.living.some((other) => other !== seat && other.device === seat.device && other.spaces.has(
				space.id) && other.spaces.get(space.id).get(collection, id) === undefined);
	}

	isKnown(collection) { return collection in kinds; }

	create(who = this.somebody()) {
		const { chance } = this;
		if (who === undefined)
			return;
		const collection = chance.pick(Object.keys(kinds)), kind = kinds[collection];
		const id = kind.ids && chance.pick(kind.ids);
		const keys = Object.fromEntries(Object.entries(kind.keys ?? {})
			.map(([name, domain]) => [name, chance.pick(domain)]));
		if (id !== undefined && who.space.get(collection, id) !== undefined)
			return;
		const isThere = kind.keys && who.space.all(collection)
			.some((row) => (!own.has(collection) || row.owner === who.seat.device.user.id) &&
				Object.entries(keys).every(([name, value]) => row[name] === value));
		if (isThere)
			return;
		const fields = { ...kind.fixed, ...keys, ...this.fieldsFor(kind, who, true) };
		const taken = this.write(who, "create", collection, id, fields,
			() => who.space.create(collection, fields, id === undefined ? {} : { id }));
		if (id !== undefined)
			this.mustShow(who, collection, id, fields);
		return taken;
	}

	// A write is shown before its promise settles.
	mustShow({ seat, space }, collection, id, fields) {
		const row = space.get(collection, id);

		if (space.status.gone || !this.moments.mayAct({ seat, space }, collection, id))
			return;
		for (const [name, value] of Object.entries(fields))
			if (isTag(value) && row?.[name] !== value)
				this.world.fault(`${seat.tab} wrote ${name} = ${value} of ${collection}/${id} ` +
					`and does not show it: ${canonical(row ?? null)}`);
	}

	someRow({ space }) {
		const rows = Object.keys(kinds)
			.flatMap((collection) => space.all(collection).map((row) => ({ collection, row })));

		return rows.length > 0 ? this.chance.pick(rows) : undefined;
	}

	set(who = this.somebody(), found = who && this.someRow(who)) {
		if (found === undefined)
			return;
		const { collection, row: { id } } = found;
		const fields = this.fieldsFor(kinds[collection], who, false);
		if (Object.keys(fields).length === 0 || who.space.get(collection, id) === undefined ||
			!this.moments.mayAct(who, collection, id))
			return;
		this.write(who, "set", collection, id, fields, () => who.space.set(collection, id, fields));
		this.mustShow(who, collection, id, fields);
	}

	// A form may have been open for long; a single user sets nothing that they have changed since.
	saveForm(who, form) {
		const { collection, id, seen } = form, row = who.space.get(collection, id);
		const fields = this.fieldsFor(kinds[collection], who, false);
		if (Object.keys(fields).length === 0 || (this.solo && !Object.keys(fields).every((name) =>
			row !== undefined && canonical(row[name] ?? null) === canonical(seen.fields[name] ?? null))))
			return;
		this.write(who, "set", collection, id, fields,
			() => who.space.set(collection, id, fields, { seen }), form);
	}

	openForm() {
		const who = this.somebody();
		this.moments.open(who, who && this.someRow(who));
	}

	closeForm() { this.moments.save(this.somebody()); }

	// Who is alone goes to another device when all is seen there.
	walk() {
		const seats = this.living;
		const isSeen = this.world.devices.every((device) =>
			seats.some((seat) => seat.device === device && seat.spaces.size === this.teams.length));
		if (!this.solo || !isSeen || !this.isAtRest() || this.moments.writing.size > 0 || !this.isInStep())
			return;
		this.moments.closeAll();
		this.active = this.chance.pick(this.world.devices);
		this.tell(`the person goes to ${this.active.name}`);
	}

	isInStep() {
		let apart = 0;
		const history = this.historyOf(this.state(() => { apart += 1; }));
		return apart === 0 && checks.checkSame(history).length === 0;
	}

	burst() {
		const who = this.somebody(), found = who && this.someRow(who);
		for (let n = 2 + this.chance.below(3); n > 0; n--)
			if (found !== undefined && who.space.get(found.collection, found.row.id) !== undefined)
				this.set(who, found);
	}

	// ---- one after the other ----

	// Several edits of one record wait one after the other: none can be sent, and the device hears of what others
	// change meanwhile.  The server refuses some.
	async chain() {
		const { chance, world } = this, able = this.living.flatMap((seat) => this.chainable(seat));

		if (able.length === 0)
			return;
		const { who, ...found } = chance.pick(able), { tags } = kinds[found.collection];
		const resume = this.calm(), first = chance.below(2);
		this.tell(`edits of ${found.collection}/${found.row.id} wait one after the other`);
		who.seat.device.connect(true);
		world.server.live = true;
		world.network.fails = /\/sync\/push$/;
		for (let n = 3 + chance.below(3); n > 0; n--) {
			const name = chance.of(0.8) ? tags[(first + n) % 2] : chance.pick(tags);
			this.link(who, found, name);
			await world.run(chance.between(100, 1_000));
			await this.meddle(who, found, name);
		}
		world.network.fails = undefined;
		await world.run(SENT);
		resume();
	}

	// Records with two texts that the person of a tab may change.
	chainable(seat) {
		const { device: { user }, tab, spaces } = seat;
		const roleIn = (space) => world(this).server.space(space.id)?.members.get(user.id)?.role ?? "viewer";
		const rowsOf = (space, collection) => space.all(collection)
			.map((row) => ({ who: { seat, space, team: this.teamOf(space.id) }, collection, row }));

		return tab.engine.session.status !== "in" ? [] : [...spaces.values()]
			.filter((space) => roleIn(space) !== "viewer")
			.flatMap((space) => ["claims", "stock"].flatMap((collection) => rowsOf(space, collection)));
	}

	link(who, found, name) {
		const { chance } = this, { collection, row: { id } } = found, kind = kinds[collection];

		if (who.seat.tab.dead || who.space.get(collection, id) === undefined)
			return;
		if (chance.of(0.1)) {
			this.remove(who, found);
			return;
		}
		const fields = { [name]: this.newTag(who.team, who.seat), ...chance.of(0.35) ? kind.refused : {} };
		this.write(who, "set", collection, id, fields, () => who.space.set(collection, id, fields));
	}

	// Somewhere else somebody changes the same record, now and then the same field, and the device hears of it.
	async meddle({ space, team }, { collection, row: { id } }, name) {
		const { chance, world } = this, [[other, values]] = Object.entries(kinds[collection].picks);
		const versions = world.server.space(team.id)?.records.get(`${collection}/${id}`)?.versions;

		if (versions === undefined || versions.at(-1).deleted)
			return;
		const fields = chance.of(0.6) ? { [other]: chance.pick(values) }
			: { [name]: tag(team.short, "elsewhere", ++this.serial) };
		this.tell(`${collection}/${id} is changed elsewhere: ${canonical(fields)}`);
		this.writeThere(team, [{ collection, id, base: versions.length, set: fields, intent: "push" }]);
		this.intents.push({
			device: "elsewhere", user: this.people[0].id, space: team.id, collection, id, kind: "set",
			fields, op: "elsewhere", givenUp: true,
		});
		await world.clock.until(() => space.get(collection, id)?.version === versions.length, SENT);
	}

	// A manager makes somebody else the owner: the record leaves one view and enters another.
	handOn() {
		const who = this.somebody();
		const role = who && world(this).server.space(who.space.id)?.members.get(who.seat.device.user.id)?.role;
		const rows = role === "owner" || role === "manager"
			? [...who.space.all("claims"), ...who.space.all("cars")] : [];
		if (rows.length === 0)
			return;
		const { id } = this.chance.pick(rows);
		const collection = who.space.get("claims", id) === undefined ? "cars" : "claims";
		const fields = { owner: this.chance.pick(this.people).id };
		this.write(who, "set", collection, id, fields, () => who.space.set(collection, id, fields));
	}

	// Somebody writes to a record at the very moment at which a change of it is on its way to them.
	race({ tab, path }, answer) {
		if (!/\/sync\/changes$/.test(path) || answer.status !== 200 || !this.chance.of(0.15))
			return;
		const seat = this.living.find((one) => one.tab === tab);
		const space = seat?.spaces.get(/spaces\/([^/]+)/.exec(path)[1]);
		const changes = JSON.parse(answer.body).changes.filter(({ collection, id }) => collection in kinds &&
			space?.get(collection, id) !== undefined);
		if (changes.length === 0)
			return;
		const { collection, id } = this.chance.pick(changes);
		this.world.clock.wait(() => {
			if (!tab.dead && space.get(collection, id) !== undefined)
				this.set({ seat, space, team: this.teamOf(space.id) }, { collection, row: { id } });
		}, this.chance.between(1, 60));
	}

	remove(who = this.somebody(), found = who && this.someRow(who)) {
		if (found === undefined || who.space.get(found.collection, found.row.id) === undefined ||
			!this.moments.mayAct(who, found.collection, found.row.id))
			return;
		const { collection, row: { id } } = found;
		this.write(who, "remove", collection, id, null, () => who.space.remove(collection, id));
		if (who.space.get(collection, id) !== undefined && !who.space.status.gone)
			this.world.fault(`${who.seat.tab} removed ${collection}/${id} and shows it`);
	}

	// Everything that went into an op is let go with it.
	letGo(op) {
		for (const intent of this.intents)
			if (intent.op === op)
				intent.givenUp = true;
	}

	// What once stood in a record may be put there once more.
	mayComeBack({ seat, space }, collection, id) {
		const record = world(this).server.space(space.id)?.records.get(`${collection}/${id}`), back = new Map();
		const once = [...(record?.versions ?? []).map((version) => version.values), ...this.intents.filter(
			(one) => one.id === id && one.collection === collection).map((one) => one.fields ?? {})];

		for (const fields of once)
			for (const [name, value] of Object.entries(fields))
				back.set(canonical([name, value]), { [name]: value });
		for (const fields of back.values())
			this.intents.push({
				device: seat.device.name, user: seat.device.user.id, space: space.id, collection, id,
				kind: "undo", fields, op: "undo", givenUp: true,
			});
	}

	async undo() {
		const who = this.somebody();
		const mine = who && this.intents.filter((intent) => intent.device === who.seat.device.name &&
			intent.space === who.space.id && !intent.givenUp).slice(-6);
		if (!mine || mine.length === 0)
			return;
		await this.takeBack(who, this.chance.pick(mine));
	}

	async takeBack(who, { op, collection, id }) {
		if (!this.moments.mayAct(who, collection, id))
			return;
		const stored = this.moments.begin(who.seat, { takesBack: true });
		this.tell(`${who.seat.tab} undoes ${op} of ${collection}/${id}`);
		this.mayComeBack(who, collection, id);
		this.letGo(op);
		const made = this.intents.some((intent) => intent.op === op && intent.kind === "create");
		try {
			await who.space.undo(op);
			// With the record goes what was just being written to it.
			if (made || who.space.get(collection, id) === undefined)
				this.intents.push({
					device: who.seat.device.name, user: who.seat.device.user.id,
					space: who.space.id, collection, id, kind: "remove", fields: null,
					op: "undo", givenUp: true,
				});
		} catch (error) {
			this.tell(`${who.seat.tab} cannot undo: ${error.message}`);
			if (who.seat.device.refusals === 0 && error.name !== "EngineError" && !(error.problem))
				this.world.fault(`${who.seat.tab}: undo fails with ${error.stack}`);
		} finally {
			stored();
		}
	}

	// A person decides about what clashed or was refused.
	async settle() {
		const who = this.somebody();
		const open = who?.space.ops.filter((op) => op.state === "conflict" || op.state === "rejected") ?? [];
		if (open.length === 0)
			return;
		await this.decide(who, this.chance.pick(open),
			this.chance.pick(["retry", "retry", "resolve", "discard"]));
	}

	// Records that the server did not take and that are shown all the same.
	parkedRow(who) {
		const parked = who?.space.ops.filter((op) => op.kind === "create" &&
			(op.state === "conflict" || op.state === "rejected") && op.collection in kinds &&
			who.space.get(op.collection, op.record) !== undefined) ?? [];
		return parked.length > 0 ? this.chance.pick(parked) : undefined;
	}

	editParked() {
		const who = this.somebody(), op = this.parkedRow(who);
		if (op === undefined)
			return;
		const found = { collection: op.collection, row: who.space.get(op.collection, op.record) };
		if (this.chance.of(0.85))
			this.set(who, found);
		else
			this.remove(who, found);
	}

	async undoParked() {
		const who = this.somebody();
		const parked = who?.space.ops.filter((op) => op.state === "conflict" || op.state === "rejected") ?? [];
		if (parked.length === 0)
			return;
		const { id, collection, record } = this.chance.pick(parked);
		await this.takeBack(who, { op: id, collection, id: record });
	}

	async decide(who, op, how) {
		const { chance } = this, { seat, space } = who;

		const why = `${op.state} ${op.problem?.status} ${op.problem?.detail}`;
		this.tell(`${seat.tab} ${how} ${op.id} on ${op.collection}/${op.record} (${why})`);
		const fields = {};
		if (how === "resolve" && op.state === "conflict" && op.kind !== "delete" && op.conflict?.current)
			for (const name of op.conflict.fields)
				fields[name] = chance.pick([
					op.conflict.mine[name] ?? null, op.conflict.current[name] ?? null,
				]);
		else if (how === "resolve")
			how = "discard";
		const wanted = { ...op.set, ...fields };
		const intent = {
			device: seat.device.name, user: seat.device.user.id, space: space.id, collection: op.collection,
			id: op.record, kind: how, fields: wanted, op: `${how} of ${op.id}`, givenUp: true,
		};
		const before = new Set(space.ops.map((one) => one.id));
		this.moments.decides(who, op);
		try {
			await (how === "resolve" ? space.resolve(op.id, fields) : space[how](op.id));
			// The same wish, now in another op; on a record that was deleted it brings that back.
			if (how === "retry") {
				this.mayComeBack(who, op.collection, op.record);
				const made = space.ops.find((one) => !before.has(one.id) &&
					one.collection === op.collection && one.record === op.record);
				for (const one of this.intents)
					if (one.op === op.id && made !== undefined && !one.givenUp)
						// The person has seen what there is now.
						Object.assign(one, { op: made.id, seen: undefined, saw: undefined });
			} else {
				this.letGo(op.id);
				this.intents.push(intent);
			}
		} catch (error) {
			this.tell(`${seat.tab} cannot ${how}: ${error.message}`);
			if (seat.device.refusals === 0 && error.name !== "EngineError" && !error.problem)
				this.world.fault(`${seat.tab}: ${how} fails with ${error.stack}`);
			this.letGo(op.id);
			this.intents.push(intent);
		}
	}

	async photo() {
		const who = this.somebody();
		if (who === undefined)
			return;
		const text = this.newTag(who.team, who.seat), bytes = Buffer.from(`%PDF-1.4 ${text}`);
		try {
			const sha = await who.space.addFile(new Blob([bytes], { type: "application/pdf" }));
			if (sha !== createHash("sha256").update(bytes).digest("hex"))
				this.world.fault(`${who.seat.tab} gives a file another name: ${sha}`);
			const fields = { name: text, picture: sha };
			this.write(who, "create", "badges", undefined, fields,
				() => who.space.create("badges", fields));
		} catch (error) {
			if (who.seat.device.refusals === 0)
				this.world.fault(`${who.seat.tab}: a photo fails with ${error.stack}`);
		}
	}

	sync() { this.somebody()?.space.sync(); }
	allow() {
		const who = this.somebody();
		if (who !== undefined && who.space.status.question !== null)
			this.answer(who.seat, who.space, "allow");
	}

	// A person says no to the question.  They ask for a sync later, in answerAll.
	deny() {
		const who = this.somebody();
		if (who === undefined || who.space.status.question === null)
			return;
		this.answer(who.seat, who.space, "refuse");
	}

	answer(seat, space, how) {
		space[how]().catch((error) => {
			if (seat.device.refusals === 0)
				this.world.fault(`${seat.tab}: ${how} fails with ${error.stack}`);
		});
	}

	look() {
		const seat = this.somebody()?.seat;
		seat?.tab.show(!seat.tab.isVisible);
	}

	// ---- what happens to devices ----

	kill() {
		const seat = this.somebody()?.seat;
		if (seat !== undefined) {
			this.tell(`${seat.tab} is killed`);
			seat.tab.kill();
		}
	}

	fuse() {
		const seat = this.somebody()?.seat;
		if (seat !== undefined) {
			seat.tab.fuse = 1 + this.chance.below(this.chance.pick([20, 200, 2000]));
			this.tell(`${seat.tab} will be killed in ${seat.tab.fuse} steps`);
		}
	}

	async stop() {
		const seat = this.somebody()?.seat;
		if (seat === undefined)
			return;
		this.tell(`${seat.tab} is closed`);
		seat.spaces.clear();
		seat.busy = true;
		await seat.tab.engine.stop();
		seat.tab.kill();
	}

	secondTab() {
		const device = this.chance.pick(this.world.devices);
		if (device.tabs.length < 3)
			this.sit(device);
	}

	tendAll() {
		for (const device of this.world.devices)
			if (device.tabs.length === 0)
				this.sit(device);
		for (const seat of this.living)
			this.tend(seat);
	}

	offline() {
		const device = this.chance.pick(this.world.devices);
		this.tell(`${device.name} is offline`);
		device.connect(false, this.chance.of(0.3));
	}

	online() {
		for (const device of this.world.devices)
			if (!device.wired && this.chance.of(0.7))
				device.connect(true);
	}

	weather() { this.world.network.weather = this.chance.pick(Object.values(weathers)); }

	fullDisk() {
		const device = this.chance.pick(this.world.devices);
		this.tell(`${device.name} has no room`);
		device.full = this.chance.pick([0.05, 1]);
		device.refusals++; // a write begun now may be refused
		this.world.clock.wait(() => { device.full = 0; }, this.chance.between(100, 20_000));
	}

	clock() {
		const device = this.chance.pick(this.world.devices);
		device.wall.skew += this.chance.between(-3, 3) * 3_600_000;
		this.tell(`the clock of ${device.name} is set`);
	}

	wait() { return this.world.run(this.chance.between(10_000, 90_000)); }
	longWait() { return this.world.run(this.chance.between(5, 12) * 60_000); }

	// ---- what happens at the server ----

	role() {
		const team = this.chance.pick(this.teams), user = this.chance.pick(this.people.slice(1));
		if (user === undefined)
			return;
		const role = this.chance.pick(["viewer", "member", "member", "manager", null]);
		this.setRole(team, user, role);
	}

	// ---- much at once ----

	// The owner writes many records somewhere else.
	crowd() {
		const team = this.chance.pick(this.teams);
		const ops = Array.from({ length: CROWD }, () => ({
			collection: "claims", base: 0, intent: "push",
			set: { title: "one of many", date: "2026-11-21", amount: 100 },
		}));
		this.tell(`${CROWD} claims are written in ${team.short}`);
		this.writeThere(team, ops);
	}

	sweep() {
		const team = this.chance.pick(this.teams);
		const ops = [...this.world.server.space(team.id).records.values()]
			.filter(({ collection, versions }) => collection === "claims" && !versions.at(-1).deleted &&
				versions.at(-1).values.title === "one of many")
			.map(({ id, versions }) => ({
				collection: "claims", id, base: versions.length, intent: "push",
			}));
		this.tell(`${ops.length} claims are deleted in ${team.short}`);
		this.writeThere(team, ops);
	}

	writeThere(team, ops) {
		const { server, clock } = this.world, space = server.space(team.id), [{ id }] = this.people;
		if (space === undefined || !space.members.has(id))
			return;
		const newId = () => server.newId();
		writeOps(server.collections, space, { ...server.personIn(space, id), device: "elsewhere" },
			ops.map((op) => ({
				...op, op: newId(), collection: server.collections.find(op.collection),
			})),
			{ now: clock.now, newId });
	}

	// A manager becomes a member, who sees much less.
	demote() {
		const team = this.chance.pick(this.teams), { server } = this.world;
		const managers = [...server.space(team.id)?.members ?? []].filter(([, { role }]) => role === "manager");
		if (managers.length === 0) {
			const user = this.chance.pick(this.people.slice(1));
			return user && this.setRole(team, user, "manager");
		}
		return this.setRole(team, this.people.find(({ id }) => id === managers[0][0]), "member");
	}

	setRole(team, user, role) {
		this.tell(`${user.name} becomes ${role} in ${team.short}`);
		this.world.server.setRole(team.id, user.id, role);
		this.truth.shake();
		this.noteManagers(team);
	}

	// For a while nothing can be fetched, though writes are taken.
	noPulls() {
		const { network, clock } = this.world;
		network.blocks = /\/sync\/changes$/;
		clock.wait(() => { network.blocks = undefined; }, this.chance.between(5_000, 60_000));
	}

	// ---- an outage ----

	// For some time nobody reaches the server, or requests and answers vanish on the way.  Somebody writes
	// meanwhile or at its end, and soon after it all is sent or named.
	async outage() {
		const { world, chance } = this, what = chance.pick(["server", "network", "hole"]);

		this.tell(`an outage: ${what}`);
		const resume = this.calm();
		this.writeSome();
		this.reach(what, false);
		await world.run(chance.between(0, chance.pick([5_000, 60_000, 600_000])));
		this.writeSome();
		await world.run(chance.between(0, 3_000));
		this.reach(what, true);
		this.tell("everything can be reached again");
		this.writeSome();
		await world.run(SENT);
		this.mustBeSent();
		resume();
	}

	// Nothing else goes wrong until the returned function is called.
	calm() {
		const { world } = this, { network } = world, before = network.weather;

		Object.assign(network, {
			weather: weathers.calm, watch: undefined, hear: undefined, blocks: undefined,
		});
		world.moments = [];
		this.returns.becomeQuiet();
		world.server.tokenSeconds = 900;
		for (const device of world.devices) {
			device.full = 0;
			for (const tab of device.tabs)
				tab.fuse = 0;
		}
		return () => Object.assign(network, {
			weather: before,
			watch: (call, answer) => this.race(call, answer),
			hear: (call) => this.moments.meet(call),
		});
	}

	// The browser may notice that the network is away, and that it is back.
	reach(what, isThere) {
		const { server, network, devices } = this.world;
		server.live = true;
		network.isAway = !isThere && what === "server";
		network.isHole = !isThere && what === "hole";
		for (const device of isThere || what !== "server" ? devices : [])
			if (what !== "hole" || isThere || this.chance.of(0.3))
				device.connect(isThere || what === "hole", isThere || this.chance.of(0.5));
	}

	writeSome() {
		for (let n = this.chance.below(4); n > 0; n--)
			this.chance.of(0.5) ? this.create() : this.set();
	}

	// Whom the server has told to wait, and how long, waits.
	isToldToWait(device) {
		const { network: { wire }, clock } = this.world;
		return wire.some(({ kind, at, answer, call }) => kind === "delivered" && call.device === device &&
			at + 1000 * (answer.headers["retry-after"] ?? 0) > clock.now);
	}

	// Only who is signed in sends.  That a sign-in has ended the device knows as soon as one of its tabs does.
	mustBeSent() {
		const isSignedIn = ({ device }) => this.living.every(({ tab }) =>
			tab.device !== device || tab.engine.session.status === "in");
		for (const { tab, spaces } of this.living)
			for (const space of isSignedIn(tab) && !this.isToldToWait(tab.device) ? spaces.values() : [])
				for (const op of space.status.gone ? [] : space.ops)
					if (op.state === "waiting" || op.state === "sent")
						this.world.fault(`${tab} has not sent ${op.kind} ` +
							`${op.collection}/${op.record} ${op.id} soon after ` +
							`an outage: ${op.state}, trouble ${space.status.trouble}, ` +
							`${space.status.problem}`);
	}

	// A newer server knows more fields, one of which only some may see.
	redefine() {
		const definitions = structuredClone(this.definitions());
		const stock = definitions.find((one) => one.name === "stock");
		if (stock.revision > 1)
			return;
		this.tell("the definition of stock is revised");
		stock.revision++;
		stock.fields.push({ name: "code", type: "text", label: "Code", private: true },
			{ name: "grade", type: "choice", label: "Grade", choices: ["a", "b"], default: "a" });
		this.world.server.define(definitions);
		this.truth.shake();
	}

	purge() {
		this.tell("tombstones are purged");
		this.world.server.tidy(0);
		this.truth.shake();
	}

	dump() { this.dumps.push(this.world.server.dump()); }

	restore() {
		const dump = this.dumps.pop();
		if (dump === undefined)
			return;
		this.dumps = []; // an older dump would know nothing of the epoch that begins now
		const heads = [...dump.spaces.values()].map((space) => `${space.name} to ${space.seq}`);
		this.tell(`the database is restored: ${heads.join(", ")}`);
		this.world.server.restore(dump);
		this.truth.shake();
		for (const team of this.teams)
			this.noteManagers(team);
	}

	setBack() {
		const dump = this.dumps.pop();
		if (dump === undefined)
			return;
		this.dumps = [];
		this.returns.putBack(dump);
	}

	backup() { this.returns.backup(); }
	bringBack() { this.returns.bringBack(); }
	undoSpan() { this.returns.undoSpan(); }

	endSessions() {
		const user = this.chance.pick(this.people);
		this.tell(`the sessions of ${user.name} end`);
		this.world.server.endSessions(user.id);
	}

	serverDown() {
		this.world.server.live = false;
		this.world.clock.wait(() => { this.world.server.live = true; }, this.chance.between(1_000, 60_000));
	}

	slowdown() {
		const { server } = this.world;
		server.tokenSeconds = this.chance.pick([60, 240, 900]);
	}

	tendSome() { this.tendAll(); }

	// ---- the run ----

	pickAction() {
		const all = Object.entries(this.actions);
		let at = this.chance.number() * all.reduce((sum, [, weight]) => sum + weight, 0);

		return all.find(([, weight]) => (at -= weight) < 0)[0];
	}

	async play() {
		const { world, chance } = this;

		for (const device of world.devices)
			this.sit(device);
		world.network.watch = (call, answer) => this.race(call, answer);
		world.network.hear = (call) => this.moments.meet(call);
		await world.run(5_000);
		this.tendAll();
		await world.run(2_000);
		for (let step = 0; step < this.steps && world.faults.length === 0; step++) {
			const action = this.pickAction();
			const doing = { tend: () => this.tendAll() }[action] ?? (() => this[action]());
			const done = doing();
			if (["wait", "longWait", "outage", "chain"].includes(action))
				await done;
			else
				done?.catch((error) => world.fault(`${action} fails with ${error.stack}`));
			await world.run(chance.of(0.6) ? chance.between(0, 400) : chance.of(0.8)
				? chance.between(500, 8_000) : chance.between(8_000, 60_000));
			this.truth.look();
		}
	}

	answerAll() {
		for (const seat of this.living)
			for (const space of seat.spaces.values()) {
				if (space.status.kept)
					space.sync();
				if (space.status.question !== null)
					this.answer(seat, space, "allow");
			}
	}

	// Everything works again; people look in from time to time and say yes when asked.
	async becomeQuiet() {
		const { world } = this;

		this.tell("it becomes quiet");
		world.network.weather = weathers.calm;
		world.network.watch = world.network.hear = world.network.blocks = undefined;
		world.moments = [];
		world.server.live = true;
		this.returns.becomeQuiet();
		for (const device of world.devices) {
			device.full = 0;
			device.connect(true);
			for (const tab of device.tabs)
				tab.fuse = 0;
		}
		// Nobody answers a question yet: everything is sent all the same.
		for (let round = 0; round < 40 && !(round > 4 && this.isAtRest()); round++) {
			this.tendAll();
			await world.run(15_000);
			this.truth.look();
		}
		this.mustRest();
		for (let round = 0; round < 40; round++) {
			this.tendAll();
			this.answerAll();
			await world.run(15_000);
			if (round > 8 && this.isAtRest())
				break;
		}
		for (const { tab, spaces } of this.living)
			for (const space of spaces.values())
				for (const { id, collection, record, problem } of space.ops)
					if (problem?.field === "picture")
						world.fault(`${tab} sent op ${id} on ${collection}/${record} ` +
							"without its file");
		this.mustRest();
	}

	mustRest() {
		const { world } = this;
		for (const { tab, spaces } of this.living)
			for (const space of spaces.values())
				for (const op of space.ops)
					if (!space.status.gone && (op.state === "waiting" || op.state === "sent"))
						world.fault(`${tab} does not come to rest: ${op.state} ${op.kind} ` +
							`${op.collection}/${op.record} ${op.id}, ` +
							`trouble ${space.status.trouble}, ${space.status.problem}`);
	}

	isAtRest() {
		return this.living.every(({ spaces, tab }) => tab.engine.session.status === "in" &&
			[...spaces.values()].every(({ ops, status }) => status.gone ||
				ops.every((op) => op.state === "conflict" || op.state === "rejected")));
	}

	// What each device holds at the end, as one of its tabs shows it; differs hears of tabs of one
	// device that do not show the same.
	state(differs = (words) => this.world.fault(words)) {
		const { server } = this.world, devices = new Map();

		for (const { device, tab, spaces } of this.living) {
			for (const [id, space] of spaces) {
				const rows = new Map(this.definitions().flatMap(({ name }) =>
					space.all(name).map((row) => [`${name}/${row.id}`, row])));
				const known = devices.get(device.name) ?? { user: device.user, spaces: new Map() };
				const held = { rows, ops: [...space.ops], gone: space.status.gone && {
					...space.status.gone, kept: /restored/.test(space.status.gone.reason),
				}, view: server.view(id, device.user.id) };
				const before = known.spaces.get(id);
				const what = `other records of ${this.teamOf(id).short}`;
				if (before && canonical([...before.rows].sort()) !== canonical([...rows].sort()))
					differs(`${tab} shows ${what} than another tab of ${device.name}`);
				known.spaces.set(id, held);
				devices.set(device.name, known);
			}
		}
		return devices;
	}

	definitions() { return this.world.server.collections.all; }

	// Both sides may leave out what is the default.
	fill(key, record) {
		const c = this.definitions().find((one) => one.name === key.split("/")[0]);
		const initial = Object.fromEntries(c.fields.filter((f) => f.default !== undefined)
			.map((f) => [f.name, f.default]));

		return { ...initial, ...record };
	}

	historyOf(devices) {
		const { network, server } = this.world;

		return {
			wire: network.wire, intents: this.intents, spaces: this.returns.spaces(), devices,
			forgotten: this.forgotten, clashes: this.moments.clashes,
			users: (authorization) =>
				server.access.get(/^Bearer (.+)$/.exec(authorization ?? "")?.[1])?.user,
			fill: (key, record) => this.fill(key, record), most: 160,
		};
	}

	// Plays the whole story and returns the violations.
	async tellWhole() {
		await this.play();
		await this.becomeQuiet();
		const history = this.historyOf(this.state());
		const found = [
			...this.world.faults,
			...checks.checkPushes(history), ...checks.checkOneInFlight(history),
			...checks.checkSameOp(history), ...checks.checkSenders(history),
			...checks.checkCursors(history), ...checks.checkRate(history), ...checks.checkOnce(history),
			...checks.checkAcknowledged(history),
			...checks.checkTaken(history), ...checks.checkSeen(history), ...checks.checkConflicts({
				...history,
				policy: (name) => this.definitions().find((one) => one.name === name).conflict,
			}),
			...checks.checkSame(history),
		];
		if (found.length > 0)
			return found;
		await this.settleAll();
		const after = this.historyOf(this.state());
		return [...this.world.faults, ...this.checkSettled(), ...checks.checkSame(after)];
	}

	checkSettled() {
		return this.living.flatMap(({ tab, spaces }) => [
			...spaces.values(),
		].filter((space) => !space.status.gone && space.ops.length > 0).map((space) =>
			`${tab} has ops after all were decided: ${space.ops.map((op) => `${op.id} ${op.state}`)}`));
	}

	async settleAll() {
		for (const { tab, device, spaces } of this.living)
			for (const space of spaces.values())
				for (const op of [...space.ops])
					if (!space.status.gone)
						await this.world.finish(this.decide({
							seat: { tab, device }, space,
						}, op, "discard"));
		for (let round = 0; round < 4; round++) {
			this.answerAll();
			await this.world.run(30_000);
		}
	}
}

const world = (story) => story.world;
