// What the screens share: the one engine of this window, and signals over what it says.  Screens read signals and call the engine;
// nothing else holds records.

import { computed, signal } from "@preact/signals";
import { createEngine } from "../engine/engine.js";

export const engine = createEngine({ name: "daybook", cookie: true });

/** The engine's session: {status, user, kind, handheld, notice}. */
export const session = signal(engine.session);
/** The spaces of the person. */
export const spaces = signal(engine.spaces);
/** The space on the screen (an engine Space), or null before one is open. */
export const space = signal(null);
/** Its status, ops that are not done, and definitions; each a new object when it changed. */
export const status = signal(null);
export const ops = signal([]);
export const definitions = signal([]);

/** What came from elsewhere in the last seconds: key → {by, at}, for rows that glow. */
export const news = signal(new Map());

const GLOW = 8_000; // milliseconds a change from elsewhere is marked
const MANY = 20; // changes at once that are too many to mark each

const lists = new Map(); // collection → signal of its rows
let closeSpace = () => {};

export function keyOf(collection, id) {
	return `${collection}/${id}`;
}

/** The rows of a collection in the space on the screen, as a signal: rows("cars").value.  In no particular order. */
export function rows(collection) {
	let list = lists.get(collection);
	if (!list) {
		list = signal(space.value?.all(collection) ?? []);
		lists.set(collection, list);
	}
	return list;
}

/** One record; undefined when there is none.  Reads the signal of its collection. */
export function row(collection, id) {
	rows(collection).value;
	return space.value?.get(collection, id);
}

export function definition(collection) {
	return definitions.value.find((one) => one.name === collection);
}

const RANKS = ["viewer", "member", "manager", "owner"];

/** Whether the person's role in this space allows it: may("update", "cars"). */
export function may(what, collection) {
	const least = definition(collection)?.may?.[what];
	return Boolean(least) && hasRole(least);
}

export function hasRole(least) {
	return RANKS.indexOf(space.value?.info.role) >= RANKS.indexOf(least);
}

/** The name of a member by the id of the user; "you" for oneself. */
export function personName(id) {
	if (id === session.value.user?.id)
		return "you";
	return row("members", id)?.name ?? "someone else";
}

export const userId = computed(() => session.value.user?.id ?? null);

function mark(changes) {
	const fresh = changes.filter((change) => change.from === "elsewhere");
	if (fresh.length === 0 || fresh.length > MANY)
		return;
	const at = Date.now();
	const next = new Map(news.value);
	for (const change of fresh)
		next.set(keyOf(change.collection, change.id), { by: change.by ?? null, at });
	news.value = next;
	setTimeout(() => {
		news.value = new Map([...news.value].filter(([, one]) => one.at > at));
	}, GLOW);
}

function followSpace(opened) {
	const read = () => {
		status.value = opened.status;
		ops.value = opened.ops;
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
	news.value = new Map();
	for (const [collection, list] of lists)
		list.value = opened.all(collection);
	read();
	return stop;
}

/** Put a space on the screen; remembered for the next visit. */
export async function openSpace(id) {
	const opened = await engine.open(id);
	closeSpace();
	closeSpace = followSpace(opened);
	engine.notes.put("space", id);
}

export function leaveSpace() {
	closeSpace();
	closeSpace = () => {};
	space.value = null;
	status.value = null;
	ops.value = [];
	definitions.value = [];
	for (const list of lists.values())
		list.value = [];
}

function readEngine() {
	session.value = engine.session;
	spaces.value = engine.spaces;
}

/** Opens what this device knows. */
export async function start() {
	engine.subscribe(readEngine);
	await engine.start();
	readEngine();
}
