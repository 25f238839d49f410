// What must hold of a run, however it went: pure functions over a history, so that broken histories show that each of
// them can fail.
//
// A history has
//	wire      what network.mjs noted: {kind: sent | handled | delivered | failed, at,
//	          call: {number, device, path, push, request}, answer}
//	intents   what people did and the device took: {device, user, space, collection, id, kind, fields, op, at,
//	          wire}; `wire` is how much of the wire was there before; `saw` the version and `seen` what stood in
//	          the fields that were set, as the person saw them; `apart` says that they did it in a form or while
//	          another tab acted; `givenUp` that they undid it, decided otherwise or discarded it
//	clashes   what was shown as a conflict or refused: {device, space, collection, id, op, set, state, fields};
//	          `isUnfit` says that what others changed broke a rule with it, which they may have done in any field
//	spaces    at the end, of the server: Map(id → {log, ops, oldOps, epochs}), by records.mjs
//	devices   at the end: Map(name → {user, spaces: Map(id → {rows: Map(key → row), ops, gone,
//	          view: Map(key → record)})})
//	forgotten op ids that a device knew and then, signed out with everything sent, forgot
// Each function returns a list of sentences, one for each violation.
import { canonical } from "../../lib/hashes.mjs";

const keyOf = (collection, id) => `${collection}/${id}`;
const pushes = (wire, kind) => wire.filter((event) => event.kind === kind && event.call.push !== undefined);
const spaceOf = (call) => /\/spaces\/([^/]+)\//.exec(call.path)?.[1] ?? "home";

function resultsOf({ answer, cut }) {
	if (answer?.status !== 200 || cut !== undefined || !/json/.test(answer.headers["content-type"] ?? ""))
		return [];
	return JSON.parse(answer.body).results ?? [];
}

// ---- the wire ----

const LAST_FAULT = 12; // internal errors over an op, after which it counts as refused (www/engine/push.js)

// No push has an op id or a record twice, and the server refuses none as a whole for its content.
export function checkPushes({ wire }) {
	const found = [];

	for (const { call } of pushes(wire, "sent")) {
		const ids = call.push.ops.map((op) => op.op);
		const records = call.push.ops.map((op) => keyOf(op.collection, op.id));
		if (new Set(ids).size < ids.length)
			found.push(`push ${call.number} of ${call.device} names an op twice`);
		if (new Set(records).size < records.length)
			found.push(`push ${call.number} of ${call.device} has two ops on one record`);
	}
	for (const { call, answer } of pushes(wire, "handled"))
		if ([400, 413, 422].includes(answer.status))
			found.push(`push ${call.number} of ${call.device} was refused whole: ${answer.body}`);
	return found;
}

// Of each record one op is under way at any time: until its answer has come, no other of that device is sent.  A
// restore makes a new beginning: what was acknowledged before comes first again.
export function checkOneInFlight({ wire, intents }) {
	const found = [], open = new Map(), faults = new Map();
	const released = new Set(intents.filter((intent) => intent.givenUp).map((intent) => intent.op));

	// The ops whose end an answer tells.  One over which the server failed again and again is shown as refused.
	const toldOf = (event) => {
		const { kind, answer, call: { tab, push: { ops } } } = event, [first] = ops;
		if (kind !== "delivered")
			return [];
		if (answer.status !== 500)
			return resultsOf(event).map((result) => ops.find((one) => one.op === result.op));
		const key = `${tab} ${first.op}`, times = (faults.get(key) ?? 0) + 1;
		faults.set(key, times);
		return ops.length === 1 && times > LAST_FAULT ? [first] : [];
	};

	for (const event of wire) {
		const { call } = event;
		if (event.kind === "delivered" && event.answer.status === 410)
			for (const key of [...open.keys()])
				if (key.startsWith(`${call.device} ${spaceOf(call)} `))
					open.delete(key);
		if (call.push === undefined)
			continue;
		for (const op of event.kind === "sent" ? call.push.ops : []) {
			const key = `${call.device} ${spaceOf(call)} ${keyOf(op.collection, op.id)}`;
			const before = open.get(key);
			if (before !== undefined && before !== op.op && !released.has(before))
				found.push(`${call.device} sends op ${op.op} on ${keyOf(op.collection, op.id)} ` +
					`while the fate of ${before} is not known`);
			open.set(key, op.op);
		}
		for (const op of toldOf(event)) {
			const key = `${call.device} ${spaceOf(call)} ${keyOf(op.collection, op.id)}`;
			if (open.get(key) === op.op)
				open.delete(key);
		}
	}
	return found;
}

// An op goes out as it went out before: the same id never carries other values.
export function checkSameOp({ wire }) {
	const found = [], first = new Map();

	for (const { call } of pushes(wire, "sent"))
		for (const op of call.push.ops) {
			const text = canonical([op.collection, op.id, op.set ?? null]);
			const key = `${spaceOf(call)} ${op.op}`;
			if ((first.get(key) ?? text) !== text)
				found.push(`op ${op.op} of ${call.device} goes out with other values than before: ` +
					`${text}, before ${first.get(key)}`);
			first.set(key, first.get(key) ?? text);
		}
	return found;
}

// What one person wrote is sent with nobody else's token.  users: token → user.
export function checkSenders({ wire, intents, users }) {
	const found = [], authors = new Map(intents.map((intent) => [intent.op, intent.user]));

	for (const { call } of pushes(wire, "sent")) {
		const sender = users(call.request.headers.authorization);
		for (const op of call.push.ops)
			if (authors.has(op.op) && sender !== undefined && authors.get(op.op) !== sender)
				found.push(
					`op ${op.op} of ${authors.get(op.op)} goes out under the token of ${sender}`);
	}
	return found;
}

// A device asks from a cursor that it was given.
export function checkCursors({ wire }) {
	const found = [], given = new Map();

	for (const event of wire) {
		const { call } = event;
		if (!/\/sync\/changes$/.test(call.path))
			continue;
		const key = `${call.device} ${spaceOf(call)}`;
		if (!given.has(key))
			given.set(key, new Set());
		const since = new URL(call.request.url, "http://x").searchParams.get("since");
		if (event.kind === "sent" && since && !given.get(key).has(since))
			found.push(`${call.device} asks from the cursor ${since}, which it was never given`);
		if (event.kind === "delivered" && event.answer.status === 200 && event.cut === undefined &&
			/json/.test(event.answer.headers["content-type"]))
			given.get(key).add(JSON.parse(event.answer.body).cursor);
	}
	return found;
}

// No device polls in a loop: requests of one device in one minute.
export function checkRate({ wire, most }) {
	const counts = new Map();

	for (const { kind, at, call } of wire)
		if (kind === "sent") {
			const key = `${call.device} in minute ${Math.floor(at / 60_000)}`;
			counts.set(key, (counts.get(key) ?? 0) + 1);
		}
	return [...counts].filter(([, n]) => n > most).map(([key, n]) => `${key}: ${n} requests`);
}

// ---- exactly once ----

// How often a value may be written to a field: as often as somebody wanted it there.
export function checkOnce({ spaces, intents }) {
	const found = [], wanted = new Map();

	for (const { space, collection, id, fields } of intents)
		for (const [name, value] of Object.entries(fields ?? {}))
			wanted.set(canonical([space, collection, id, name, value]),
				(wanted.get(canonical([space, collection, id, name, value])) ?? 0) + 1);
	for (const [space, { log }] of spaces) {
		const rows = new Map(), written = new Map();
		for (const row of log) {
			const op = `${row.user} ${row.op}`;
			rows.set(op, (rows.get(op) ?? 0) + 1);
			for (const [name, [, value]] of Object.entries(row.changes))
				if (isTag(value))
					written.set(canonical([space, row.collection, row.id, name, value]),
						(written.get(canonical([
							space, row.collection, row.id, name, value,
						])) ?? 0) + 1);
		}
		for (const [op, n] of rows)
			if (n > 1)
				found.push(`op ${op} was applied ${n} times`);
		for (const [key, n] of written)
			if (n > (wanted.get(key) ?? 0))
				found.push(`${key} was written ${n} times and wanted ${wanted.get(key) ?? 0} times`);
	}
	return found;
}

// Texts of a run are all different: "space:person:number".
export const tag = (space, person, n) => `${space}:${person}:${n}`;
export const isTag = (value) => typeof value === "string" && /^\w+:\w+:\d+$/.test(value);

// ---- nothing is lost ----

// What the device was last told of each op.
function lastStatus(wire) {
	const last = new Map();

	for (const event of pushes(wire, "delivered"))
		for (const { op, status } of resultsOf(event))
			last.set(op, status);
	return last;
}

const isRefused = (status) => status === "conflict" || status === "rejected";

// After a restore that no longer knows a space, its devices keep all they have and send nothing.  Nor does a member who
// was removed since.
const isKept = (device, space, epochs = []) => device?.spaces.get(space)?.gone?.kept ||
	(Boolean(device?.spaces.get(space)?.gone) && epochs.length > 0);
const opens = (device, space) => device?.spaces.get(space)?.ops ?? [];

// Every op that a device was told is done is on the server, also after a restore, unless the person still sees it or
// has discarded it.  An op that was refused when it was sent again after a restore, and one that joined it, are for
// checkTaken.
export function checkAcknowledged({ wire, intents, spaces, devices, forgotten = new Set() }) {
	const found = [];
	const seen = new Set();
	const released = new Set(intents.filter((intent) => intent.givenUp).map((intent) => intent.op));
	const last = lastStatus(wire), refused = new Set(), recordOf = (call, op) => {
		const { collection, id } = call.push.ops.find((one) => one.op === op);
		return `${call.device} ${spaceOf(call)} ${keyOf(collection, id)}`;
	};
	// They changed nothing that a restore could lose, whatever was answered when they were sent again.
	const unchanged = unchangedOps(wire);

	for (const { call } of pushes(wire, "delivered"))
		for (const { op } of call.push.ops)
			if (isRefused(last.get(op)))
				refused.add(recordOf(call, op));
	for (const event of pushes(wire, "delivered"))
		for (const { op, status } of resultsOf(event)) {
			const space = spaces.get(spaceOf(event.call)), { device } = event.call;
			if (seen.has(op) || refused.has(recordOf(event.call, op)) ||
				!["applied", "merged", "duplicate"].includes(status) || unchanged.has(op) ||
				released.has(op) || forgotten.has(op))
				continue;
			seen.add(op);
			const isThere = isKept(devices.get(device.name), spaceOf(event.call), space?.epochs) ||
				space !== undefined &&
				[...space.ops.keys(), ...space.oldOps.keys()].some((key) => key.endsWith(` ${op}`));
			const shown = opens(devices.get(device.name), spaceOf(event.call));
			if (!isThere && !shown.some((one) => one.id === op))
				found.push(`op ${op} of ${device} was acknowledged (${status}), ` +
					"and is neither there nor shown");
		}
	return found;
}

// The ops of which the server said that they changed nothing, whether a device heard of it or not.
const unchangedOps = (wire) => new Set(pushes(wire, "handled").flatMap((event) => resultsOf(event))
	.filter(({ status }) => status === "unchanged").map(({ op }) => op));

// Whether somebody else has deleted the record after all that its remover saw of it or wrote to it.  What they saw
// before a restore counts for nothing: its versions may have been given to something else since.
function isDeletedSince({ saw = 0 }, earlier, { epochs }, log) {
	const own = new Set(earlier.map(({ op }) => op));
	const written = log.filter((row) => own.has(row.op)).map((row) => row.version);
	const known = Math.max(epochs.length > 0 ? 0 : saw, ...written);

	return log.some((row) => row.action === "deleted" && row.version > known);
}

// Whether the device was told, after a removal was made, that an edit below it is taken, and not the record: its person
// may not see that any more.  The removal is done then, as after a 404, which is what the server would say to it.
function isHiddenSince({ wire: from = 0 }, earlier, told) {
	const own = new Set(earlier.map(({ op }) => op));

	return told.some(({ at, op, record }) => at >= from && own.has(op) && record === undefined);
}

// The results by which ops were taken, each with its place on the wire.
const takenResults = (wire) => wire.flatMap((event, at) =>
	(event.kind === "delivered" && event.call.push !== undefined ? resultsOf(event) : [])
		.filter(({ status }) => ["applied", "merged", "unchanged", "duplicate"].includes(status))
		.map((result) => ({ ...result, at })));

// Every edit that a device stored is applied or shown as a conflict or refusal.  There are two exceptions: an edit that
// a later one on the device replaced before it was sent (or after it was refused), and one that the person discarded.
export function checkTaken({ wire, intents, spaces, devices, forgotten = new Set() }) {
	const found = [], carriers = new Map(), sentOps = new Set(), applied = new Set(), absent = new Set();
	const last = lastStatus(wire), unchanged = unchangedOps(wire), told = takenResults(wire);
	// Told at last, perhaps as a duplicate, because the first answer was lost.
	const isMoot = (op) => ["unchanged", "duplicate"].includes(last.get(op)) && unchanged.has(op);
	const isOut = (op) => sentOps.has(op) && !isRefused(last.get(op));

	for (const event of wire) {
		for (const op of event.kind === "sent" ? event.call.push?.ops ?? [] : []) {
			sentOps.add(op.op);
			for (const [name, value] of Object.entries(op.set ?? {})) {
				const key = canonical([spaceOf(event.call), op.collection, op.id, name, value]);
				carriers.set(key, (carriers.get(key) ?? new Set()).add(op.op));
			}
		}
		for (const result of event.kind === "delivered" && event.call.push ? resultsOf(event) : [])
			if (result.problem?.status === 404)
				absent.add(result.op);
	}
	for (const [space, { log }] of spaces)
		for (const row of log)
			for (const [name, [, value]] of Object.entries(row.changes))
				applied.add(canonical([space, row.collection, row.id, name, value]));

	intents.forEach((intent, i) => {
		const { device, space, collection, id, fields, op, kind } = intent;
		if (intent.givenUp || forgotten.has(op) ||
			isKept(devices.get(device), space, spaces.get(space)?.epochs))
			return;
		const isSame = (other) => other.device === device && other.space === space &&
			other.collection === collection && other.id === id;
		const mine = opens(devices.get(device), space)
			.filter((one) => one.collection === collection && one.record === id);
		const later = intents.slice(i + 1).filter(isSame);
		if (kind === "remove") {
			const there = spaces.get(space) ?? { log: [], epochs: [], ops: new Map(), oldOps: new Map() };
			const { ops, oldOps } = there;
			const known = [...ops.keys(), ...oldOps.keys()].some((key) => key.endsWith(` ${op}`));
			const earlier = intents.slice(0, i).filter(isSame);
			const isGone = isDeletedSince(intent, earlier, there,
				there.log.filter((row) => row.collection === collection && row.id === id));
			const vanished = earlier.some((one) => one.kind === "create" && !isOut(one.op));
			const isHidden = !sentOps.has(op) && isHiddenSince(intent, earlier, told);
			if (!known && !isGone && !isHidden && !isMoot(op) &&
				!mine.some((one) => one.kind === "delete") && !absent.has(op) &&
				(isOut(op) || (later.length === 0 && !vanished)))
				found.push(`${device} removed ${keyOf(collection, id)} (op ${op}), ` +
					"and it is neither done nor shown");
			return;
		}
		for (const [name, value] of Object.entries(fields)) {
			const key = canonical([space, collection, id, name, value]);
			if (!isTag(value) || applied.has(key) || mine.some((one) => one.set?.[name] === value))
				continue;
			if (![...carriers.get(key) ?? []].some(isOut) &&
				later.some((other) => other.kind === "remove" || name in other.fields))
				continue;
			found.push(`${device} took ${name} = ${value} of ${keyOf(collection, id)} (op ${op}), ` +
				"and it is neither applied nor shown");
		}
	});
	return found;
}

// ---- nobody is overwritten unseen ----

// A person who changes a field, or removes a record, has seen what another device had put there: `seen` of their intent
// is what they saw.  Of several intents in one op the first counts.  After a restore, what was acknowledged once is not
// asked again, so spaces that were restored are left out.
export function checkSeen({ intents, spaces }) {
	const found = [], seen = new Map(), own = new Set();
	const below = new Map(); // what the person saw below an edit of their own that was not applied

	for (const { op, device, fields, ...intent } of intents) {
		for (const [name, value] of Object.entries(fields ?? {}))
			below.set(canonical([device, name, value]), intent.seen?.[name] ?? null);
		for (const [name, value] of Object.entries(intent.seen ?? {}))
			if (!seen.has(`${op} ${name}`))
				seen.set(`${op} ${name}`, { value, device });
		for (const [name, value] of Object.entries(fields ?? {}))
			own.add(`${device} ${name} ${value}`);
	}
	const isBelow = (device, name, value, before) => {
		for (let at = value, steps = 0; steps <= below.size; steps++) {
			if (canonical(at) === canonical(before))
				return true;
			const key = canonical([device, name, at]);
			if (!isTag(at) || !below.has(key))
				return false;
			at = below.get(key);
		}
		return false;
	};

	for (const { log, epochs } of spaces.values())
		for (const row of epochs.length > 0 ? [] : log.filter(({ action }) => /updated|deleted/.test(action)))
			for (const [name, [before, value]] of Object.entries(row.changes)) {
				const was = seen.get(`${row.op} ${name}`);
				if ((isTag(value) || row.action === "deleted") && was !== undefined &&
					!isBelow(was.device, name, was.value, before) &&
					!own.has(`${was.device} ${name} ${before}`))
					found.push(`op ${row.op} made ${name} of ${keyOf(row.collection, row.id)} ` +
						`${value}: its writer saw ${was.value}, and there was ${before}`);
			}
	return found;
}

// ---- nobody gets a conflict with their own edits ----

// Whether a row of the log changed this field.  A row that makes or deletes the record or changes its owner counts as
// changing every field.
function touches(row, name) {
	return row.action !== "updated" || row.prevOwner !== null && row.prevOwner !== undefined || name in row.changes;
}

// A conflict is about what another device, or a rule, did after what its author saw, or is on top of an edit in
// conflict. With another tab, in a form, or after a decision it may also be about what the author's own device did.
// policy: collection → merge | reject, which names all fields of the op.
export function checkConflicts({ wire, intents, spaces, clashes, policy }) {
	const found = [], carriers = new Map();

	for (const { call } of pushes(wire, "sent"))
		for (const op of call.push.ops)
			carriers.set(op.op, { device: call.device.name, set: op.set ?? {} });
	for (const clash of clashes) {
		const { log, epochs } = spaces.get(clash.space) ?? { log: [], epochs: [] };
		const mine = intents.filter((intent) => intent.op === clash.op && intent.space === clash.space);
		if (clash.state !== "conflict" || epochs.length > 0 || mine.length === 0 ||
			mine.some((intent) => intent.saw === undefined))
			continue;
		const saw = Math.min(...mine.map((intent) => intent.saw));
		const isApart = mine.some((intent) => intent.apart);
		const news = log.filter((row) => row.collection === clash.collection && row.id === clash.id &&
			row.version > saw);
		const isUnseen = (row, name) => isApart || carriers.get(row.op)?.device !== clash.device ||
			(name !== undefined && !(name in carriers.get(row.op).set));
		const below = clashes.filter((other) => other !== clash && other.device === clash.device &&
			other.space === clash.space && other.collection === clash.collection && other.id === clash.id);
		const isWhole = ({ state, fields }) => state === "conflict" && fields.length === 0;
		const isOver = (other, name) => other.state === "conflict" && mine.some(({ seen }) =>
			other.set && seen && name in other.set && other.set[name] === seen[name]);
		const buildsOn = (name) => below.some((other) => (name !== undefined ? isOver(other, name)
			: isWhole(other) || Object.keys(other.set ?? {}).some((one) => isOver(other, one))));
		const isWholly = policy(clash.collection) === "reject" || clash.fields.length === 0 || clash.isUnfit;
		const names = isWholly ? [undefined] : clash.fields;
		for (const name of names)
			if (!buildsOn(name) &&
				!news.some((row) => isUnseen(row, name) && (name === undefined || touches(row, name))))
				found.push(`op ${clash.op} of ${clash.device} is in conflict ` +
					`about ${name ?? "something"} of ${keyOf(clash.collection, clash.id)}, ` +
					`which nobody else has changed since version ${saw}`);
	}
	return found;
}

// ---- everybody sees the same ----

// Fields that the definition gives a default may be left out by either side.
function plain(record) {
	const { seq, ...rest } = record;

	return canonical(rest);
}

// All rows of a device are the server's, to the byte; only records with open ops of its own it shows otherwise.
export function checkSame({ devices, fill }) {
	const found = [];

	for (const [name, device] of devices)
		for (const [space, { rows, ops, view, gone }] of device.spaces) {
			const open = new Set(ops.map((op) => keyOf(op.collection, op.record)));
			if (gone?.kept)
				continue;
			for (const key of new Set([...rows.keys(), ...(gone ? [] : view.keys())])) {
				if (open.has(key))
					continue;
				const here = rows.get(key), there = gone ? undefined : view.get(key);
				const what = `${key} of ${space}`;
				if (here === undefined)
					found.push(`${name} lacks ${what}: ${plain(there)}`);
				else if (there === undefined)
					found.push(`${name} shows ${what}, which is not there for it: ${plain(here)}`);
				else if (plain(fill(key, here)) !== plain(fill(key, there)))
					found.push(`${name} shows ${what} as ${plain(here)}, it is ${plain(there)}`);
			}
		}
	return found;
}
