// Unlucky moments of a story: somebody acts at any step while a request is sent or its response is stored, in this tab
// or in another of the device; forms are opened over what is under way and saved much later.  And what a person must
// see to be up to date: a single user who is up to date can never get a conflict with their own edits.
import { canonical } from "../../lib/hashes.mjs";

const LAG = 150_000; // after a tab was closed or killed, the others have noticed all it wrote by then

// What people see of a row; the server's own stamps do not matter to them.
function look(row) {
	const { version, seq, createdAt, createdBy, lastUpdatedAt, lastUpdatedBy, ...fields } = row ?? {};

	return canonical(row === undefined ? null : fields);
}

export class Moments {
	constructor(story) {
		this.story = story;
		this.forms = [];
		this.writing = new Set(); // seats, one for each write that is not stored yet
		this.lagging = new Map(); // device → when its tabs have seen all
		// Records about which the person decided: the decision may conflict with what they wrote since.
		this.decided = new Set();
		this.known = new Set(); // clashes
		this.clashes = [];
	}

	get chance() { return this.story.chance; }

	// ---- in step ----

	begin(seat, more = {}) {
		const mark = { seat, ...more };

		this.writing.add(mark);
		return () => this.writing.delete(mark);
	}

	// The version that the person sees of a record: with an edit of their own on top, no
	// more than that edit was based on.
	sees({ seat, space }, collection, id) {
		const below = space.opsOf(collection, id).filter((op) => op.state === "waiting" || op.state === "sent")
			.map((op) => op.base);
		const storing = [...this.writing].filter((mark) => mark.seat === seat && mark.space === space.id &&
			mark.collection === collection && mark.id === id).map((mark) => mark.saw);
		return Math.min(space.get(collection, id)?.version ?? 0, ...below, ...storing);
	}

	decides({ seat, space }, { collection, record }) {
		this.decided.add(`${seat.device.name} ${space.id} ${collection}/${record}`);
	}
	hasDecided({ seat, space }, collection, id) {
		return this.decided.has(`${seat.device.name} ${space.id} ${collection}/${id}`);
	}

	// While an undo is being stored, the edit it takes back is still shown.  A tab shows its other writes at once.
	isTakingBack(seat) {
		return [...this.writing].some((mark) => mark.seat === seat && mark.takesBack);
	}

	// A tab is gone: what it wrote last may be unknown to the others for a while.
	gone(seat) {
		for (const mark of this.writing)
			if (mark.seat === seat)
				this.writing.delete(mark);
		this.lagging.set(seat.device, this.story.world.clock.now + LAG);
	}

	// A single user acts on one device at a time, and only if its other tabs show the
	// same.
	mayAct({ seat, space }, collection, id) {
		const { story } = this;

		if (!story.solo)
			return true;
		const others = story.living.filter((one) => one.device === seat.device && one !== seat);
		if (seat.device !== story.active || (this.lagging.get(seat.device) ?? 0) > story.world.clock.now)
			return false;
		if ([...this.writing].some((mark) => mark.seat.device === seat.device &&
			(mark.seat !== seat || mark.takesBack)))
			return false;
		const shown = look(space.get(collection, id));
		return others.every((one) => !one.spaces.has(space.id) ||
			look(one.spaces.get(space.id).get(collection, id)) === shown);
	}

	// ---- acting at every moment ----

	// After a push is sent or answered, somebody acts on one of its records a few steps later.
	meet(call) {
		const { chance, story } = this;

		if (call.push === undefined || !chance.of(0.4))
			return;
		const op = chance.pick(call.push.ops), space = /spaces\/([^/]+)/.exec(call.path)[1];
		const tabs = story.living.filter((one) => one.device === call.device);
		const seat = chance.of(0.7) ? tabs.find((one) => one.tab === call.tab) : chance.pick(tabs);
		story.world.inSteps(1 + chance.below(chance.pick([5, 40, 300])), () => {
			if (seat !== undefined && !seat.tab.dead && seat.spaces.has(space))
				this.act({ seat, space: seat.spaces.get(space), team: story.teamOf(space) }, op);
		});
	}

	act(who, { op, collection, id }) {
		const { chance, story } = this, row = who.space.get(collection, id), found = row && { collection, row };
		const deed = chance.pick(["set", "set", "set", "twice", "open", "save", "remove", "undo"]);

		if (story.isKnown(collection) === false)
			return;
		if (deed === "undo")
			story.takeBack(who, { op, collection, id });
		else if (deed === "open")
			this.open(who, found);
		else if (deed === "save")
			this.save(who);
		else if (deed === "remove")
			story.remove(who, found);
		else if (found !== undefined)
			for (let n = deed === "twice" ? 2 : 1; n > 0; n--)
				story.set(who, found);
	}

	// ---- forms ----

	open(who, found) {
		if (who === undefined || found === undefined)
			return;
		const { row, collection } = found;
		this.forms.push({
			device: who.seat.device, space: who.space.id, collection, id: row.id,
			saw: this.sees(who, collection, row.id), seen: { version: row.version, fields: { ...row } },
		});
	}

	// On another device the person begins anew.
	closeAll() { this.forms = []; }

	save(who) {
		const form = who &&
			this.forms.find((one) => one.device === who.seat.device && one.space === who.space.id);

		if (form === undefined)
			return;
		this.forms = this.forms.filter((one) => one !== form);
		this.story.saveForm(who, form);
	}

	// ---- clashes ----

	// What is shown as a conflict or refused, when it is first seen.
	note({ device, tab }, space) {
		for (const op of space.ops) {
			if ((op.state !== "conflict" && op.state !== "rejected") || this.known.has(op.id))
				continue;
			this.known.add(op.id);
			this.clashes.push({
				device: device.name, space: space.id, op: op.id, collection: op.collection,
				id: op.record, kind: op.kind, set: op.set, state: op.state,
				fields: op.conflict?.fields ?? [], isUnfit: /does not fit/.test(op.problem?.detail),
				at: this.story.world.clock.now,
			});
			if (!this.story.solo)
				continue;
			const which = `${op.state} ${op.kind} ${op.collection}/${op.record} ${op.id} base ${op.base}`;
			const why = `${op.problem?.detail} ${canonical(op.conflict ?? null)}`;
			const what = `set ${canonical(op.set)} was ${canonical(op.was)}`;
			this.story.world.fault(`${tab} has a conflict with its own edit: ${which}: ${why} ${what}`);
		}
	}
}
