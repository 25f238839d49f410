// What the screens share: the engine of this window, and signals over its state.  Screens read the signals and call the
// engine; nothing else holds records.

import { computed, effect, signal } from "@preact/signals";
import { createEngine, isAtLeast } from "../engine/engine.js";
import { address, moment } from "./router.jsx";
import { report } from "./errors.js";
import { createPast } from "./past.js";
import { deviceName } from "./device-name.js";
import { readPoll } from "./preferences.js";

export const engine = createEngine({ name: "daybook", cookie: true, poll: readPoll(), deviceName: deviceName() });

/** The engine's session: {status, user, kind, handheld, notice}. */
export const session = signal(engine.session);
/** The spaces of the person. */
export const spaces = signal(engine.spaces);
/** The space on the screen (an engine Space), or null before one is open. */
export const space = signal(null);
/** The status of that space, its ops that are not done, and its definitions; each is a new object when it changes. */
export const status = signal(null);
export const opsNow = signal([]);
export const definitions = signal([]);

/**
 * Why nothing can be shown: this browser stores nothing, or a space cannot be opened.  Null if all is well.
 */
export const trouble = signal(null);

/** The space as it was at the moment that the address names (past.js), or null for the present. */
export const past = computed(() => {
	const here = space.value;
	return moment.value && here ? createPast({
		at: moment.value, definition: (name) => definitions.peek().find((one) => one.name === name),
		ask: async (path) => (await here.request("GET", path)).data,
	}) : null;
});
effect(() => {
	const shown = past.value;
	return () => shown?.end();
});

/** The ops that the records on the screen can have: of the past there are none. */
export const ops = computed(() => (past.value ? NONE : opsNow.value));

const newsNow = signal(new Map());

/** Changes that came from elsewhere in the last seconds: key → {by, at}.  Their rows are marked. */
export const news = computed(() => (past.value ? NO_NEWS : newsNow.value));

/** Whether another space has something that is not sent or needs a decision. */
export const elsewhere = signal(false);

/** How often this person opened each place before this start: address → times. */
export const visits = signal({});

const GLOW = 8_000; // milliseconds for which a change from elsewhere is marked
const MANY = 20; // more changes at once are not marked

const NONE = Object.freeze([]), NO_NEWS = new Map();
const ALWAYS_NOW = ["members"]; // people and their names are those of now, as on the server

const lists = new Map(); // collection → signal of its rows
const shown = new Map(); // collection → the same, or that of the past while it is on the screen
const narrowed = new Map(); // collection → what of its past is asked for
let closeSpace = () => {};

export function keyOf(collection, id) {
	return `${collection}/${id}`;
}

/** The rows of a collection as they are now, whatever moment is on the screen: for what is not part of a screen. */
export function rowsNow(collection) {
	let list = lists.get(collection);
	if (!list) {
		list = signal(space.value?.all(collection) ?? []);
		lists.set(collection, list);
	}
	return list;
}

/**
 * Says which records of a collection the screens of an area need of the past, where all would be too many: find()
 * gives filters as the server takes them, [[name, value]], and reads signals.
 */
export function narrowPast(collection, find) {
	narrowed.set(collection, find);
}

const listOfPast = (collection) => past.value.list(collection, narrowed.get(collection)?.()).value;
const isOfPast = (collection) => past.value !== null && !ALWAYS_NOW.includes(collection);

/**
 * The rows of a collection in the space on the screen, as a signal: rows("cars").value.  In no particular order.  While
 * the address names a moment of the past, they are those of then.
 */
export function rows(collection) {
	let list = shown.get(collection);
	if (!list) {
		const now = rowsNow(collection);
		list = computed(() => (isOfPast(collection) ? listOfPast(collection).records : now.value));
		shown.set(collection, list);
	}
	return list;
}

/** A signal of those of this person: managers have those of others on their devices, too. */
export function ownRows(collection) {
	return computed(() => rows(collection).value.filter(({ owner }) => (owner ?? userId.value) === userId.value));
}

/** One record, or undefined.  It reads the signal of the collection. */
export function row(collection, id) {
	return isOfPast(collection) ? listOfPast(collection).byId.get(id) : rowNow(collection, id);
}

/** The same as it is now. */
export function rowNow(collection, id) {
	rowsNow(collection).value;
	return space.value?.get(collection, id);
}

export function definition(collection) {
	return definitions.value.find((one) => one.name === collection);
}

/** Whether the person's role in this space allows it: mayNow("update", "cars"). */
export function mayNow(what, collection) {
	const least = definition(collection)?.may?.[what];
	return Boolean(least) && hasRole(least) && (what === "read" || !status.value?.gone);
}

/** Whether the person may do it with what is on the screen: the past is only read. */
export function may(what, collection) {
	return mayNow(what, collection) && (what === "read" || !past.value);
}

/** The space on the screen: {id, name, kind, role}; a new object when one of them changes. */
export const spaceInfo = computed(
	() => spaces.value.find(({ id }) => id === space.value?.id) ?? space.value?.info ?? null
);

// A person who is no longer a member can still read what is left of the space on this device.
function role() {
	return status.value?.gone ? "viewer" : spaceInfo.value?.role;
}

export function hasRole(least) {
	return isAtLeast(role(), least);
}

// The author of what the server writes by itself, such as that a car is late.
const NOBODY = "00000000-0000-0000-0000-000000000000";

/** The name of a member by the id of the user; "you" for oneself. */
export function personName(id) {
	if (id === NOBODY)
		return "Daybook";
	if (id === session.value.user?.id)
		return "you";
	return rowNow("members", id)?.name ?? "someone else";
}

export const userId = computed(() => session.value.user?.id ?? null);

function mark(changes) {
	const fresh = changes.filter((change) => change.from === "elsewhere");
	if (fresh.length === 0 || fresh.length > MANY)
		return;
	const at = Date.now();
	const next = new Map(newsNow.value);
	for (const change of fresh)
		next.set(keyOf(change.collection, change.id), { by: change.by ?? null, at });
	newsNow.value = next;
	setTimeout(() => {
		newsNow.value = new Map([...newsNow.value].filter(([, one]) => one.at > at));
	}, GLOW);
}

async function lookElsewhere({ storing, waiting, conflicts, failed }) {
	elsewhere.value = await engine.unsent() > storing + waiting + conflicts + failed;
}

function followSpace(opened) {
	const read = () => {
		if (status.value !== opened.status)
			lookElsewhere(opened.status).catch(() => {});
		status.value = opened.status;
		opsNow.value = opened.ops;
		definitions.value = opened.definitions;
	};
	const stop = opened.subscribe((changes) => {
		for (const collection of new Set(changes.map((change) => change.collection)))
			if (lists.has(collection))
				lists.get(collection).value = opened.all(collection);
		mark(changes);
		read();
	});
	space.value = opened;
	newsNow.value = new Map();
	for (const [collection, list] of lists)
		list.value = opened.all(collection);
	read();
	return stop;
}

// Stores when the space on the screen was last looked at, to tell later what is new in it.
function markSeen() {
	if (space.value && session.value.user)
		engine.notes.put("seen:" + space.value.id, new Date(engine.now()).toISOString());
}

let opening = null; // the space that is being opened
let person = null; // whose space is on the screen

/** Puts a space on the screen, and stores it for the next visit. */
export async function openSpace(id) {
	opening = id;
	try {
		const opened = await engine.open(id);
		if (opening !== id)
			return;
		markSeen();
		closeSpace();
		closeSpace = followSpace(opened);
		trouble.value = null;
		engine.notes.put("space", id);
	} catch (error) {
		report(error, "opening a space");
		trouble.value = error;
	} finally {
		if (opening === id)
			opening = null;
	}
}

function leaveSpace() {
	closeSpace();
	closeSpace = () => {};
	opening = null;
	space.value = null;
	status.value = null;
	opsNow.value = [];
	definitions.value = [];
	newsNow.value = new Map();
	for (const list of lists.values())
		list.value = [];
}

const isKnown = (id) => engine.spaces.some((one) => one.id === id);

// The space that the address names, else the one of the last visit, else the person's own.
function spaceToOpen() {
	const { user } = session.value;
	return [address.value.query.space, engine.notes.get("space"), user.homeSpace, engine.spaces[0]?.id].find(
		isKnown
	);
}

// The space of a link that has been followed.  On a new device the person's own space is open before the list of spaces
// has come, so the space of a link is opened once it is known.
let followed = null;

function followLink(wasOpen) {
	const named = address.value.query.space;
	if (!named || named === followed || !isKnown(named))
		return;
	followed = named;
	if (named !== wasOpen)
		openSpace(named);
}

function readEngine() {
	const { user } = engine.session;
	const wasOpen = space.value?.id ?? opening;

	if ((user?.id ?? null) !== person) {
		leaveSpace();
		person = user?.id ?? null;
		visits.value = (user && engine.notes.get("visits")) ?? {};
	}
	session.value = engine.session;
	spaces.value = engine.spaces;
	if (user && (!wasOpen || !space.value && !opening) && spaceToOpen())
		openSpace(spaceToOpen());
	if (user)
		followLink(space.value?.id ?? opening);
}

/** Starts the engine and shows what this device knows. */
export async function start() {
	addEventListener("pagehide", markSeen);
	engine.subscribe(readEngine);
	try {
		await engine.start();
		readEngine();
	} catch (error) {
		report(error, "start");
		trouble.value = error;
	}
}
