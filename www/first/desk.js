// What a signed-in person works with: the records and their sync, the edits, and what of it is on the screen.  Made anew for each person
// who signs in, so that nothing of one is ever shown or sent as another.  Views call the functions this returns.  No document.

import { path } from "./api.js";
import { chipOf } from "./chip.js";
import { createDrafts } from "./drafts.js";
import { createEdits } from "./edit.js";
import { capital, formatValue } from "./format.js";
import { ID_FIELD, hasOwnId, isSingle, singularOf, textOf, titleOfNew } from "./forms.js";
import { hrefOf } from "./routes.js";
import { describe, groupRecords, matches, planOf, sortRecords, textToSearch, titleOf } from "./rows.js";
import { createStore, keyOf } from "./store.js";
import { createSync } from "./sync.js";

const WINDOW = 100; // rows in the page to begin with
const GLOW = 8_000; // milliseconds a change from elsewhere is marked
const MANY = 20; // changes at once that are too many to mark each
const ROLES = ["none", "viewer", "member", "manager", "owner"];

export function createDesk({ api, session, storage, toasts, ui, changed, go, page, network, soon = setTimeout }) {
	const { user } = session.state;
	const desk = { collections: [], role: "owner", route: { collection: null, id: null, panel: null }, collection: null, form: null, past: null, trouble: null, isReady: false, get edits() { return edits; } };
	const definitions = new Map(), plans = new Map(), searchTexts = new Map(), people = new Map([[user.id, user.name]]);
	const news = new Map();
	let alive = true;
	let ownComing = false; // the next poll brings what this page imported itself

	const store = createStore({ changed: arrived });
	const sync = createSync({ api, store, page, network, changed: synced, startedOver: () => learn().catch(() => {}) });
	const drafts = createDrafts({ storage, user: user.id });
	let edits = null;

	// --- what comes in ---

	function arrived(keys, from) {
		if (from === "elsewhere" && keys.size <= MANY && !ownComing)
			for (const key of keys)
				mark(key);
		changed();
	}

	// A row changed from elsewhere is marked for some seconds.
	function mark(key) {
		const slash = key.indexOf("/");
		const record = store.get(key.slice(0, slash), key.slice(slash + 1));
		if (!record)
			return;
		const who = record.lastUpdatedBy === user.id ? "elsewhere" : `by ${personOf(record.lastUpdatedBy)}`;
		news.set(key, `${record.version === 1 ? "New" : "Changed"} ${who}`);
		soon(() => {
			news.delete(key);
			changed();
		}, GLOW);
	}

	function synced() {
		ownComing = false;
		if (sync.state.failedAt === null && sync.state.lastAt !== null)
			edits?.retryWaiting();
		if (!desk.form)
			openForm();
		changed();
	}

	function personOf(id) {
		if (id === user.id)
			return "you";
		return people.get(id) ?? "someone else";
	}

	// --- definitions ---

	// The definitions, and what this person may do.
	async function learn() {
		const [forms, me] = await Promise.all([api.request("GET", "/api/collections"), api.request("GET", "/api/auth/me")]);
		if (!alive)
			return;
		desk.collections = forms.data.collections;
		desk.role = me.data.spaces?.find((space) => space.id === me.data.space)?.role ?? "viewer";
		definitions.clear();
		plans.clear();
		for (const collection of desk.collections) {
			definitions.set(collection.name, collection);
			plans.set(collection.name, planOf(collection));
		}
		if (desk.collection)
			desk.collection = definitions.get(desk.collection.name) ?? desk.collections[0];
		changed();
	}

	async function load() {
		await learn();
		edits = createEdits({ api, store, drafts, collectionOf: (name) => definitions.get(name), isLoaded: () => sync.state.loaded, changed, done });
		desk.isReady = true;
		desk.trouble = null;
	}

	async function start() {
		try {
			await load();
			if (!alive)
				return;
			route(desk.route);
			sync.start();
		} catch (error) {
			if (!alive || error.status === 401)
				return;
			desk.trouble = error.message;
			soon(() => alive && !desk.isReady && start(), 5_000);
		}
		changed();
	}

	function stop() {
		alive = false;
		sync.stop();
		store.clear();
	}

	function may(what, collection) {
		return Boolean(collection.may?.[what]) && ROLES.indexOf(desk.role) >= ROLES.indexOf(collection.may[what]);
	}

	// --- where one is ---

	function route(next) {
		desk.route = next;
		if (!desk.isReady)
			return;
		desk.collection = definitions.get(next.collection) ?? desk.collections[0];
		if (!definitions.has(next.collection))
			return go(hrefOf(desk.collection.name), { replace: true });
		remember(desk.collection.name);
		openForm();
		changed();
	}

	// The form belongs to the address: "+" a new record, "+ID" a draft of one, else a record.
	function openForm() {
		const { collection, id, panel } = desk.route;
		if (!edits || id === null) {
			desk.form = null;
			return;
		}
		const edit = id === "+" ? edits.beginNew(collection) : edits.find(collection, id) ?? (id.startsWith("+") ? null : edits.begin(collection, id));
		desk.form = edit && { edit, key: edit.key, get record() { return edit.isNew ? null : store.get(collection, edit.id) ?? null; } };
		if (panel === "history" && (desk.past?.id !== id || desk.past?.collection !== collection))
			readPast();
	}

	function closeForm() {
		go(hrefOf(desk.route.collection));
	}

	// The collections a person opens most stand in the bottom bar.
	function remember(name) {
		const used = usage();
		used[name] = (used[name] ?? 0) + 1;
		try {
			storage.setItem("daybook.used." + user.id, JSON.stringify(used));
		} catch {
			// The order of the bottom bar is not worth a word.
		}
	}

	function usage() {
		try {
			return JSON.parse(storage.getItem("daybook.used." + user.id)) ?? {};
		} catch {
			return {};
		}
	}

	// Chosen once a visit: nothing moves under a thumb.
	let tabs = null;
	function tabCollections(count) {
		const used = usage();
		tabs ??= [...desk.collections].sort((a, b) => (used[b.name] ?? 0) - (used[a.name] ?? 0)).slice(0, count).map(({ name }) => name);
		return desk.collections.filter(({ name }) => tabs.includes(name));
	}

	// --- the list ---

	const showing = { refTitle: (collection, id) => refTitle(collection, id) };

	function refTitle(collection, id) {
		const record = store.get(collection, id), plan = plans.get(collection);
		return record && plan ? titleOf(plan, record, showing) : id;
	}

	function refChoices(collection) {
		const plan = plans.get(collection);
		return plan ? sortRecords(plan, store.all(collection)).map((record) => ({ id: record.id, title: titleOf(plan, record, showing) })) : [];
	}

	function query() {
		return ui.queries[desk.collection.name] ?? "";
	}

	function search(text) {
		ui.queries[desk.collection.name] = text;
		ui.limits[desk.collection.name] = WINDOW;
		changed();
	}

	// What a search looks through, made once a version of a record.
	function searchText(plan, record) {
		const key = keyOf(plan.collection.name, record.id);
		let found = searchTexts.get(key);
		if (found?.version !== record.version)
			searchTexts.set(key, found = { version: record.version, text: textToSearch(plan, record, showing) });
		return found.text;
	}

	let last = null;
	function listed() {
		const { name } = desk.collection;
		if (last && last.name === name && last.query === query() && last.revision === store.revision)
			return last;
		const plan = plans.get(name);
		const all = store.all(name);
		const found = query().trim() === "" ? all : all.filter((record) => matches(searchText(plan, record), query()));
		last = { name, query: query(), revision: store.revision, groups: groupRecords(plan, sortRecords(plan, found)), total: found.length, all: all.length };
		return last;
	}

	// Characters of the longest leading figure on the page, so that all of them stand in one column.
	function leadWidth() {
		const list = listed();
		if (list.widthFor !== limit()) {
			const plan = plans.get(list.name);
			const shown = list.groups.flatMap((group) => group.records).slice(0, limit());
			list.width = Math.max(0, ...shown.map((record) => describe(plan, record, showing).lead?.figure.length ?? 0));
			list.widthFor = limit();
		}
		return list.width;
	}

	function limit() {
		return ui.limits[desk.collection.name] ?? WINDOW;
	}

	function showMore() {
		ui.limits[desk.collection.name] = limit() + WINDOW * 2;
		changed();
	}

	// One more of a kind of which there is only one would be refused.
	function canAdd() {
		return !(isSingle(desk.collection) && store.all(desk.collection.name).some((record) => record.owner === user.id));
	}

	// The record after or before the open one, for J and K.
	function neighbour(step) {
		const ids = listed().groups.flatMap((group) => group.records).map(({ id }) => id);
		const at = ids.indexOf(desk.route.id);
		const next = ids[at < 0 ? (step > 0 ? 0 : ids.length - 1) : at + step];
		if (next === undefined)
			return;
		if (ids.indexOf(next) >= limit())
			showMore();
		go(hrefOf(desk.collection.name, next), { replace: desk.route.id !== null });
	}

	// --- edits ---

	function routeIdOf(edit) {
		return edit.key.slice(edit.collection.length + 1);
	}

	function titleOfEdit(edit) {
		const collection = definitions.get(edit.collection), plan = plans.get(edit.collection);
		const record = edit.isNew ? null : store.get(edit.collection, edit.id) ?? edit.was;
		if (record?.id)
			return collection.idLabel ? titleOf(plan, record, showing) : `${capital(singularOf(collection))}: ${titleOf(plan, record, showing)}`;
		const own = hasOwnId(collection) ? edit.texts[ID_FIELD] : "";
		const words = own || plan.fields.filter((field) => field.required && field.type !== "boolean" && typeof edit.texts[field.name] === "string" && edit.texts[field.name].trim())
			.slice(0, 3).map((field) => readable(field, edit.texts[field.name])).join(" · ");
		return words ? `${capital(singularOf(collection))}: ${words}` : titleOfNew(collection);
	}

	function readable(field, text) {
		return ["date", "time", "choice", "ref"].includes(field.type) ? formatValue(field, text, showing) : text.slice(0, 60);
	}

	function type(field, text) {
		edits.type(desk.form.edit, field.name, text);
		changed();
	}

	function typeNow(field) {
		type(field, textOf(field, new Date(Math.floor(Date.now() / 1000) * 1000).toISOString()).slice(0, 16));
	}

	async function save() {
		return await saveWith((edit) => edits.save(edit));
	}

	async function saveWith(how) {
		const { edit } = desk.form;
		const isSaved = await how(edit);
		if (isSaved && edit.state !== "done" && desk.form?.edit === edit)
			closeForm();
		if (!isSaved)
			ui.attend = Object.keys(edit.errors).length > 0 ? "error" : null;
		if (!isSaved && desk.form?.edit === edit && desk.route.id !== routeIdOf(edit) && desk.route.id !== "+")
			go(hrefOf(edit.collection, routeIdOf(edit)), { replace: true });
		sync.now();
		changed();
	}

	// An edit has arrived.
	function done({ what, edit, record, merged, wasNew }) {
		const isHere = desk.form?.edit === edit || (desk.route.collection === edit.collection && desk.route.id === edit.id);
		if (what === "deleted")
			toasts.add(`${capital(singularOf(definitions.get(edit.collection)))} deleted.`, record ? { action: undoOf(edit) } : {});
		else if (merged)
			toasts.add("Saved, together with a change from elsewhere.");
		else
			toasts.add(wasNew ? "Added." : "Saved.");
		if (isHere) {
			ui.attend = { row: what === "deleted" ? null : edit.id };
			closeForm();
		}
		sync.now();
	}

	function undoOf(edit) {
		return { label: "Undo", act: () => bringBack(edit.collection, edit.id, edits.restore(edit.collection, edit.id, edit.base), "Brought back.") };
	}

	// Tried again under its one key for as long as the person asks.
	async function bringBack(collection, id, attempt, words) {
		try {
			await attempt();
			toasts.add(words);
			sync.now();
		} catch (error) {
			toasts.add(`Not restored: ${error.message}`, { kind: "bad", action: error.isPassing ? { label: "Try again", act: () => bringBack(collection, id, attempt, words) } : null });
		}
		changed();
	}

	function remove() {
		const { edit } = desk.form;
		edits.remove(edit.collection, edit.id).then(() => {
			openForm();
			changed();
		});
		openForm();
		changed();
	}

	function discard(edit) {
		const isHere = desk.form?.edit === edit;
		const kept = { ...edit, texts: { ...edit.texts } };
		edits.discard(edit);
		toasts.add("Discarded.", { action: { label: "Undo", act: () => edits.recall(kept) } });
		if (isHere && kept.isNew)
			closeForm();
		else
			openForm();
		changed();
	}

	function chip() {
		return chipOf({ sync: sync.state, counts: edits.counts(), now: ui.now });
	}

	// --- history ---

	async function readPast(after = null) {
		const { collection, id } = desk.route;
		const past = after && desk.past?.id === id ? desk.past : { collection, id, rows: null, next: null, problem: null };
		desk.past = past;
		past.problem = null;
		try {
			const query_ = after ? "?after=" + encodeURIComponent(after) : "";
			const { data } = await api.request("GET", path(collection, id, "history") + query_);
			past.rows = [...(past.rows ?? []), ...data.history];
			past.next = data.next ?? null;
			for (const row of data.history)
				if (row.by && row.byName)
					people.set(row.by, row.byName);
		} catch (error) {
			past.problem = error.message;
		}
		changed();
	}

	async function restoreVersion(version) {
		const { collection, id } = desk.route;
		await bringBack(collection, id, edits.restore(collection, id, version), "Restored.");
		readPast();
	}

	function whoChanged() {
		const by = desk.form?.edit.clash?.by ?? desk.form?.record?.lastUpdatedBy;
		return !by || by === user.id ? "theirs" : `${personOf(by)}’s`;
	}

	return Object.assign(desk, {
		store, sync, drafts, news, showing, start, stop, may, navigate: route, openForm, closeForm, tabCollections, refChoices,
		query, search, listed, leadWidth, limit, showMore, canAdd, neighbour, routeIdOf, titleOfEdit, type, typeNow, save, saveWith, remove, discard, chip,
		readPast, restoreVersion, whoChanged, personOf,
		plan: (name) => plans.get(name),
		collectionOf: (name) => definitions.get(name),
		syncNow() { sync.now(); changed(); },
		imported() { ownComing = true; sync.now(); },
		noticed(event) {
			const key = drafts.keyOfEvent(event);
			if (key && edits) {
				edits.noticed(key);
				openForm();
			}
		},
	});
}
