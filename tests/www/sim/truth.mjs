// What must be true of every tab after every step of a story, whatever is out of order: a write that waits is shown,
// what is shown can be edited, the tabs of a device say the same about the server, and none of them looks up to date
// when it is not.
import { canonical } from "../../lib/hashes.mjs";
import * as checks from "./checker.mjs";

const SILENT = 60_000; // milliseconds after which a tab that nobody tells has looked by itself
const NOTICED = 2_000; // milliseconds after which a tab shows how its request ended
const inRounds = /\/(?:sync\/(?:push|changes|head|alarm)|files\/\w+|collections|auth\/me)$/;

const isActive = (op) => op.state === "waiting" || op.state === "sent";
const isParked = (op) => op.state === "conflict" || op.state === "rejected";

// Whether the app says "up to date" (www/app/chip.jsx): nothing else comes before it.
export function looksWell(status, session) {
	return session.status === "in" && !status.gone && !status.question && !status.kept && status.conflicts === 0 &&
		status.failed === 0 && !status.trouble && status.loading === null && status.waiting === 0 &&
		status.storing === 0 && status.lastAt !== null;
}

// Whether an answer came that says what was asked for.
const isGood = ({ kind, answer, cut }) => kind === "delivered" && (answer.status === 304 || (answer.status === 200 &&
	cut === undefined && /json/.test(answer.headers["content-type"])));

// What one device heard from the server.  asked: when the server answered the last heads whose round is over.
// open: requests for heads under way, with their tabs.
const fresh = () => ({ handled: new Map(), good: new Map(), open: new Map(), asked: -Infinity, last: undefined });

export class Truth {
	constructor(story) {
		this.story = story;
		this.read = 0; // how much of the wire has been taken in
		this.heard = new Map(); // device → as above
		this.open = new Map(); // tab → numbers of its other requests of rounds that are under way
		this.tagged = new Set(); // tabs that know heads
		this.trials = new Set(); // numbers of requests for heads that only try whether the server answers
		this.shaken = -Infinity; // when an operator or a manager last changed what somebody sees
	}

	get now() { return this.story.world.clock.now; }

	shake() { this.shaken = this.now; }

	heardBy(device) {
		if (!this.heard.has(device))
			this.heard.set(device, fresh());
		return this.heard.get(device);
	}

	// ---- the wire ----

	listen() {
		const { wire } = this.story.world.network;

		for (; this.read < wire.length; this.read++)
			this.take(wire[this.read]);
	}

	take(event) {
		const { path } = event.call;

		if (inRounds.test(path))
			this.count(event);
		else if (/\/sync\/heads$/.test(path) && !this.isTrial(event))
			this.hear(event);
	}

	count({ kind, at, cut, aborted, answer, call: { device, tab, number } }) {
		const open = this.open.get(tab) ?? new Set(), known = this.heardBy(device);

		this.open.set(tab, open);
		if (kind === "sent")
			open.add(number);
		// One tab's round may end well after another's heads have failed: then both are well again.
		else if (kind !== "handled" && open.delete(number) && known.last?.tab !== tab &&
			isGood({ kind, answer, cut }))
			known.last = { tab, at, isGood: true, status: answer.status };
		// A round that failed has brought nobody up to date.
		if ((kind === "failed" && !aborted) || (kind === "delivered" && answer.status >= 400))
			known.good.delete(tab);
	}

	// Heads that are asked for while the round waits for something else say nothing of the round.  They come
	// without the tag of those that the round knows.
	isTrial({ kind, answer, call: { tab, number, request } }) {
		if (kind === "sent" && this.tagged.has(tab) && !("if-none-match" in request.headers) &&
			this.open.get(tab)?.size > 0)
			this.trials.add(number);
		if (kind === "delivered" && answer.status === 200)
			this.tagged.add(tab);
		return this.trials.has(number);
	}

	hear({ kind, at, call, answer, cut, aborted }) {
		const known = this.heardBy(call.device), { tab, number } = call;

		if (kind === "sent" && known.good.has(tab)) {
			// The next round of this tab begins, so the one before is over.
			known.asked = Math.max(known.asked, known.good.get(tab));
			known.good.delete(tab);
		}
		if (kind === "sent")
			known.open.set(number, tab);
		if (kind === "handled" && !known.handled.has(number))
			known.handled.set(number, at);
		if (kind !== "delivered" && kind !== "failed")
			return;
		const wasGood = isGood({ kind, answer, cut });
		if (wasGood)
			known.good.set(tab, known.handled.get(number));
		// After a 401 the token is renewed, and the same is asked again.  Of heads that were asked for several
		// times at once, the first answer counts.
		const isMoot = !known.open.delete(number);
		if (aborted || isMoot || answer?.status === 401)
			return;
		for (const [other, its] of known.open)
			if (its === tab)
				known.open.delete(other);
		known.last = { tab, at, isGood: wasGood, status: answer?.status };
	}

	// ---- after each step ----

	look() {
		const { story } = this;

		this.listen();
		for (const seat of story.living)
			for (const space of seat.spaces.values())
				if (!space.status.gone) {
					this.lookAtOps(seat, space);
					this.lookAtChip(seat, space);
				}
		this.compareTabs();
	}

	fault(what) { this.story.world.fault(what); }

	// Every op that waits is shown: its record with the last word on each field, or no record after a deletion.
	lookAtOps(seat, space) {
		const records = new Map();

		for (const op of space.ops) {
			const key = `${op.collection}/${op.record}`;
			records.set(key, [...records.get(key) ?? [], op]);
			if (isParked(op) && !op.problem?.detail)
				this.fault(`${seat.tab} names no reason for ${op.state} ${op.id} of ${key}`);
		}
		for (const [key, ops] of records)
			if (!this.isBeingWritten(seat, space, ops[0]) && ops.some(isActive))
				this.lookAtRecord(seat, space, key, ops.filter(isActive));
	}

	isBeingWritten(seat, space, { collection, record }) {
		return [...this.story.moments.writing].some((mark) => mark.seat === seat && (mark.takesBack ||
			(mark.space === space.id && mark.collection === collection &&
				(mark.id === undefined || mark.id === record))));
	}

	lookAtRecord(seat, space, key, ops) {
		const { collection, record } = ops[0], row = space.get(collection, record), wanted = new Map();
		const words = () => ops.map((op) => `${op.state} ${op.kind} ${op.id} base ${op.base} ` +
			canonical(op.set ?? null)).join("; ");

		if (ops.at(-1).kind === "delete") {
			if (row !== undefined)
				this.fault(`${seat.tab} shows ${key}, whose deletion waits: ${words()}`);
			return;
		}
		// A record of which this device knows no more than what the person wants to change cannot be shown.
		// Nor can one that a restore has brought back, while everything is loaded anew.
		const isBack = space.status.loading !== null &&
			this.story.returns.hasLostPast(space.id);
		const isUnknown = ops.every((op) => op.kind === "set" && op.base > 0) &&
			(isBack || this.story.moments.hasDecided({ seat, space }, collection, record));
		if (row === undefined && isUnknown)
			return;
		if (row === undefined) {
			this.fault(`${seat.tab} does not show ${key}, for which an op waits: ${words()}`);
			return;
		}
		for (const op of ops) {
			if (op.kind !== "set")
				wanted.clear();
			for (const [name, value] of Object.entries(op.set ?? {}))
				wanted.set(name, value);
		}
		for (const [name, value] of wanted)
			if (checks.isTag(value) && row[name] !== value)
				this.fault(`${seat.tab} shows ${name} of ${key} as ${row[name]}, ` +
					`though ${value} waits: ${words()}`);
	}

	// A tab that looks up to date is: the last answer was good, and its records are those of the server.
	lookAtChip(seat, space) {
		const { device, tab } = seat, known = this.heardBy(device), { status } = space;

		if (!looksWell(status, tab.engine.session))
			return;
		const { last } = known;
		const isHeard = last !== undefined && (last.tab === tab || device.hasChannel) && !last.tab.dead;
		if (isHeard && !last.isGood && this.now - last.at > NOTICED)
			this.fault(`${tab} looks up to date, though the server did not answer ` +
				`${(this.now - last.at) / 1000} s ago (${last.status ?? "no answer"})`);
		const changed = Math.max(this.shaken, this.story.world.server.space(space.id)?.lastAt ?? Infinity);
		const isTold = device.hasChannel && (this.story.moments.lagging.get(device) ?? 0) < this.now;
		if (changed >= known.asked || (!isTold && this.now - known.asked < SILENT))
			return;
		const here = new Map(this.story.definitions().flatMap(({ name }) =>
			space.all(name).map((row) => [`${name}/${row.id}`, row])));
		const there = this.story.world.server.view(space.id, device.user.id);
		const [wrong] = checks.checkSame({
			devices: new Map([[`${tab}`, { spaces: new Map([[space.id, {
				rows: here, ops: space.ops, view: there, gone: null,
			}]]) }]]),
			fill: (key, record) => this.story.fill(key, record),
		});
		if (wrong !== undefined)
			this.fault(`${tab} looks up to date: ${wrong}`);
	}

	// Tabs that can tell each other say the same about the server.
	compareTabs() {
		for (const device of this.story.world.devices.filter(({ hasChannel }) => hasChannel)) {
			const seats = this.story.living.filter((seat) => seat.device === device &&
				seat.isStarted && !seat.busy && seat.tab.engine.session.status === "in");
			const troubles = seats.flatMap(({ spaces }) => [...spaces.values()].slice(0, 1))
				.map(({ status }) => status.trouble);
			if (new Set(troubles).size > 1)
				this.fault(`the tabs of ${device} do not agree on what is wrong: ${troubles}`);
		}
	}
}
