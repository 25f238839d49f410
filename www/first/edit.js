// Everything that changes a record: what is typed, and its way to the server.  An edit lives from the first keystroke until the server
// has answered; until then it is in drafts.js too, and the chip counts it.  No document.
//
// A write carries an Idempotency-Key that is made once.  While it is not known what became of it (no answer, a 5xx), the very same request
// is asked again before anything newer is sent, so nothing is written twice and nothing typed is lost.  A pull never moves the base of
// an edit: where somebody changed the same field, only the person decides.

import { ApiError, path } from "./api.js";
import { changesOf, clashesOf, errorsOf, hasChanges, seenAfter, withoutSent } from "./compare.js";
import { ID_FIELD, fieldOf, hasOwnId, isReadOnly, isShown, readField, startTexts, textOf } from "./forms.js";
import { newId } from "./ids.js";
import { keyOf } from "./store.js";

const TRIES = 5; // requests in one save: merging with what others write meanwhile
const LONGEST = 120_000; // milliseconds between two tries of a write that the server answers badly

// edit.state: "typing", "saving", "waiting" (will be sent again by itself), "refused" and "clashing" (the person must act), "done".
// collectionOf(name): the definition.  isLoaded(): whether a record that is not in the store is gone.  done(outcome): an edit is saved.
export function createEdits({ api, store, drafts, collectionOf, isLoaded = () => true, now = Date.now, changed = () => {}, done = () => {} }) {
	const edits = new Map();

	function adopt(draft) {
		const known = edits.get(draft.key);
		const edit = Object.assign(known ?? { errors: {}, running: null }, draft);
		// What was under way when the page closed may or may not have arrived.
		if (edit.state === "saving")
			edit.state = "waiting";
		edits.set(edit.key, edit);
	}

	function keep(edit) {
		const { errors, running, ...draft } = edit;
		edits.set(edit.key, edit);
		drafts.put(edit.key, draft);
		changed();
	}

	function drop(edit) {
		if (edits.get(edit.key) === edit)
			edits.delete(edit.key);
		drafts.drop(edit.key);
		changed();
	}

	const definition = (edit) => collectionOf(edit.collection);
	const current = (edit) => (edit.id === null || edit.isNew ? undefined : store.get(edit.collection, edit.id));
	const clashes = (edit) => clashesOf(definition(edit), edit, current(edit));

	// The record was deleted elsewhere, or is no longer shown to this person.
	const isGone = (edit) => !edit.isNew && isLoaded() && !current(edit);

	// --- beginning ---

	function make(collection, id, isNew, more) {
		return {
			key: isNew ? keyOf(collection, "+" + newId(now())) : keyOf(collection, id), collection, id, isNew, base: 0, was: {}, texts: {},
			touched: false, removing: false, sent: null, later: false, tries: 0, notBefore: 0, state: "typing", problem: null, clash: null, startedAt: now(),
			errors: {}, running: null, ...more,
		};
	}

	// A new record: the one whose form was left unfinished, or a fresh one.
	function beginNew(collection) {
		const unfinished = [...edits.values()].find((edit) => edit.collection === collection && edit.isNew && edit.state !== "waiting" && edit.state !== "saving");
		if (unfinished)
			return unfinished;
		const form = collectionOf(collection);
		const givenByUs = (form.idForm ?? "given") === "given" && !hasOwnId(form);
		return make(collection, givenByUs ? newId(now()) : null, true, { texts: startTexts(form, now()) });
	}

	// Looking at a form is no draft yet: it becomes one with the first keystroke.
	function begin(collection, id) {
		const known = edits.get(keyOf(collection, id));
		if (known)
			return known;
		const record = store.get(collection, id);
		return record ? make(collection, id, false, { base: record.version, was: { ...record } }) : null;
	}

	// --- typing ---

	function type(edit, name, text) {
		const record = current(edit);
		if (!edit.touched && record)
			Object.assign(edit, { base: record.version, was: { ...record } });
		edit.texts[name] = text;
		edit.touched = true;
		edit.later = Boolean(edit.sent);
		delete edit.errors[name];
		if (edit.state === "refused") {
			edit.state = "typing";
			edit.problem = null;
		}
		forgetOrKeep(edit);
	}

	// An edit that says nothing any more is no edit.
	function forgetOrKeep(edit) {
		if (edit.isNew || edit.sent || edit.removing || isGone(edit) || hasChanges(definition(edit), edit))
			return keep(edit);
		Object.assign(edit, { texts: {}, touched: false, state: "typing", problem: null, clash: null, errors: {} });
		drop(edit);
	}

	// What stands in the widget of a field.  Fields that were not touched follow the record.
	function textIn(edit, field) {
		if (field.name in edit.texts)
			return edit.texts[field.name];
		return textOf(field, edit.isNew ? null : readField(field, current(edit) ?? edit.was));
	}

	// --- a clash is decided field by field ---

	function settle(edit) {
		const record = current(edit);
		if (record && clashes(edit).length === 0)
			Object.assign(edit, { base: record.version, was: { ...record }, state: "typing", clash: null, problem: null });
		forgetOrKeep(edit);
	}

	function takeTheirs(edit, field) {
		delete edit.texts[field.name];
		delete edit.errors[field.name];
		settle(edit);
	}

	function keepMine(edit, field) {
		edit.was = { ...edit.was, [field.name]: current(edit)?.[field.name] };
		settle(edit);
	}

	// --- the way to the server ---

	function requestOf(edit) {
		if (edit.removing)
			return { method: "DELETE", path: path(edit.collection, edit.id), body: { expectedVersion: edit.base } };
		const { set } = changesOf(definition(edit), edit);
		if (edit.isNew) {
			const id = hasOwnId(definition(edit)) ? edit.texts[ID_FIELD].trim() : edit.id;
			return { method: "POST", path: path(edit.collection), body: { ...(id === null ? {} : { id }), ...set } };
		}
		if (Object.keys(set).length === 0)
			return null;
		return { method: "PATCH", path: path(edit.collection, edit.id), body: { ...set, expectedVersion: edit.base } };
	}

	async function send(edit) {
		const { key, method, path: where, body } = edit.sent;
		const { data } = await api.request(method, where, { body, headers: { "Idempotency-Key": key } });
		const record = data[definition(edit).singular];
		const deleted = method === "DELETE" || record.deleted === true;
		store.apply([{ collection: edit.collection, id: record.id, version: record.version, ...(deleted ? { deleted } : { record }) }], "own");
		return { record, merged: data.merged === true };
	}

	// The server has it.  What was typed while it was on its way stays, as an edit of the record as answered.
	function rebase(edit, record) {
		const texts = withoutSent(definition(edit), edit, record), was = seenAfter(edit, record);
		drop(edit);
		Object.assign(edit, {
			key: keyOf(edit.collection, record.id), id: record.id, isNew: false, base: record.version, was, texts,
			sent: null, problem: null, clash: null, tries: 0,
		});
	}

	async function read(edit, id) {
		try {
			const { data } = await api.request("GET", path(edit.collection, id));
			return data[definition(edit).singular];
		} catch {
			return null;
		}
	}

	// 409 and 412 bring the record as it is now; where they do not, it is read.
	async function learnCurrent(edit, problem) {
		const id = problem.current?.id ?? edit.id;
		const record = problem.current?.version ? problem.current : id && await read(edit, id);
		if (record)
			store.apply([{ collection: edit.collection, id: record.id, version: record.version, ...(record.deleted ? { deleted: true } : { record }) }], "elsewhere");
		return record && !record.deleted ? record : null;
	}

	// Somebody was first.  True when both changes go together and the edit can be sent again.
	async function meet(edit, error) {
		edit.sent = null;
		const record = await learnCurrent(edit, error.problem);
		if (edit.isNew)
			return meetExisting(edit, record, error);
		edit.clash = { at: record?.lastUpdatedAt ?? null, by: record?.lastUpdatedBy ?? null };
		if (edit.removing || !record || clashes(edit).length > 0) {
			Object.assign(edit, { state: "clashing", problem: null });
			keep(edit);
			return false;
		}
		edit.base = record.version;
		return true;
	}

	// A new record that is there already becomes an edit of that one; each field that differs is the person's to choose.
	function meetExisting(edit, record, error) {
		const form = definition(edit);
		if (hasOwnId(form))
			return refuse(edit, new ApiError(error.status, { detail: `${form.idLabel} ${edit.texts[ID_FIELD].trim()} is there already.`, field: ID_FIELD }));
		if (!record)
			return refuse(edit, error);
		drop(edit);
		const texts = {}, was = {};
		for (const field of form.fields) {
			if (isReadOnly(form, field, false)) {
				was[field.name] = record[field.name];
			} else if (field.name in edit.texts && edit.texts[field.name] !== textOf(field, field.default ?? null)) {
				texts[field.name] = edit.texts[field.name];
			}
		}
		Object.assign(edit, {
			key: keyOf(edit.collection, record.id), id: record.id, isNew: false, base: 0, was, texts, state: "clashing", problem: null,
			clash: { at: record.lastUpdatedAt, by: record.lastUpdatedBy, existed: true },
		});
		keep(edit);
		return false;
	}

	// Where there was no answer at all the next good poll is the moment to ask again; a server that answers badly is given time.
	function wait(edit, error) {
		const pause = error.status === 0 || error.status === 401 ? 0 : Math.max(error.retryAfter * 1000, Math.min(2000 * 2 ** edit.tries, LONGEST));
		Object.assign(edit, { state: "waiting", problem: error.message, tries: edit.tries + 1, notBefore: now() + pause });
		keep(edit);
		return false;
	}

	function refuse(edit, error) {
		const name = error.field;
		const isOurs = name === ID_FIELD ? hasOwnId(definition(edit)) : Boolean(name && fieldOf(definition(edit), name));
		Object.assign(edit, { sent: null, state: "refused", problem: isOurs ? null : error.message });
		if (isOurs)
			edit.errors = { ...edit.errors, [name]: error.message };
		keep(edit);
		return false;
	}

	function lose(edit) {
		const version = current(edit)?.version ?? edit.base;
		store.apply([{ collection: edit.collection, id: edit.id, version, removed: true }], "elsewhere");
		Object.assign(edit, { sent: null, state: "clashing", clash: { at: null, by: null } });
		keep(edit);
		return false;
	}

	// After an error: true to send again at once.
	async function recover(edit, error) {
		if (error.isPassing || error.status === 401)
			return wait(edit, error);
		if (error.status === 409 || error.status === 412)
			return await meet(edit, error);
		if (error.status === 404 && !edit.isNew)
			return lose(edit);
		return refuse(edit, error);
	}

	// One request.  True when it was answered well, or should be made again.
	async function step(edit, outcome) {
		edit.sent ??= { key: newId(now()), ...requestOf(edit) };
		Object.assign(edit, { state: "saving", problem: null });
		keep(edit);
		try {
			const { record, merged } = await send(edit);
			outcome.record = record;
			outcome.merged ||= merged;
			if (edit.removing)
				edit.state = "done";
			else
				rebase(edit, record);
			return true;
		} catch (error) {
			if (!(error instanceof ApiError))
				throw error;
			if (error.status === 404 && edit.removing) {
				edit.state = "done";
				return true;
			}
			return await recover(edit, error);
		}
	}

	// Send until nothing is left of what stood there when the person pressed Save.
	async function run(edit) {
		const outcome = { what: edit.removing ? "deleted" : "saved", edit, record: null, merged: false, wasNew: edit.isNew };
		for (let tries = 0; tries < TRIES && edit.state !== "done"; tries += 1) {
			if (!(await step(edit, outcome)))
				return false;
			if (edit.state === "done" || (!edit.sent && edit.later) || clashes(edit).length > 0 || !requestOf(edit))
				break;
		}
		if (edit.state !== "done" && hasChanges(definition(edit), edit)) {
			edit.state = clashes(edit).length > 0 ? "clashing" : "typing";
			keep(edit);
			return false;
		}
		drop(edit);
		edit.state = "done";
		done(outcome);
		return true;
	}

	function runOnce(edit) {
		edit.running ??= run(edit).finally(() => {
			edit.running = null;
			changed();
		});
		return edit.running;
	}

	// --- what people do ---

	// Resolves to true when the server has all of it; otherwise the edit says why not.
	function save(edit) {
		if (edit.running)
			return edit.running;
		edit.later = false;
		if (edit.sent || edit.removing)
			return runOnce(edit);
		edit.errors = errorsOf(definition(edit), edit, current(edit));
		if (clashes(edit).length > 0 || isGone(edit))
			edit.state = "clashing";
		else if (Object.keys(edit.errors).length === 0)
			return requestOf(edit) ? start(edit) : Promise.resolve(true);
		if (edit.touched)
			keep(edit);
		changed();
		return Promise.resolve(false);
	}

	function start(edit) {
		edit.touched = true;
		return runOnce(edit);
	}

	function remove(collection, id) {
		const record = store.get(collection, id);
		const draft = edits.get(keyOf(collection, id));
		if (!record)
			return Promise.resolve(false);
		if (draft?.running)
			return draft.running.then(() => remove(collection, id));
		// A draft steps aside and comes back if the record stays.
		const edit = make(collection, id, false, { base: record.version, was: { ...record }, texts: draft?.texts ?? {}, removing: true, touched: true });
		return runOnce(edit);
	}

	// Delete it although it changed meanwhile.
	function removeAnyway(edit) {
		const record = current(edit);
		if (record)
			Object.assign(edit, { base: record.version, was: { ...record }, clash: null });
		return runOnce(edit);
	}

	function keepRecord(edit) {
		Object.assign(edit, { removing: false, sent: null, state: "typing", problem: null, clash: null });
		forgetOrKeep(edit);
	}

	// Bring back a version of a record: returns a function to call, and to call again if it fails, under one key.
	function restore(collection, id, version) {
		const key = newId(now());
		return async () => {
			const { data } = await api.request("POST", path(collection, id, "restore"), { body: { version }, headers: { "Idempotency-Key": key } });
			const record = data[collectionOf(collection).singular];
			store.apply([{ collection, id, version: record.version, record }], "own");
			return record;
		};
	}

	// The record went away under a draft: written anew under the same id it comes back, with the draft in it.
	function bringBack(edit) {
		const form = definition(edit);
		const texts = { ...edit.texts };
		for (const field of form.fields)
			if (!(field.name in texts) && isShown(field) && !isReadOnly(form, field, true))
				texts[field.name] = textOf(field, readField(field, edit.was));
		if (hasOwnId(form))
			texts[ID_FIELD] = edit.id;
		drop(edit);
		Object.assign(edit, { key: keyOf(edit.collection, "+" + newId(now())), isNew: true, base: 0, was: {}, texts, sent: null, clash: null, state: "typing" });
		keep(edit);
		return save(edit);
	}

	function discard(edit) {
		Object.assign(edit, { texts: {}, touched: false, removing: false, errors: {}, sent: null, problem: null, clash: null, state: edit.isNew ? "done" : "typing" });
		drop(edit);
	}

	// Take a discard back: the edit as it was, with its key if it may have been sent.
	function recall(edit) {
		adopt({ ...edit, errors: {}, running: null });
		keep(edits.get(edit.key));
	}

	// Everything that only waits for the server, in the order it was begun.
	async function retryWaiting() {
		const waiting = [...edits.values()].filter((edit) => edit.state === "waiting" && edit.sent && edit.notBefore <= now()).sort((a, b) => a.startedAt - b.startedAt);
		for (const edit of waiting) {
			await runOnce(edit);
			if (edit.state === "waiting")
				return;
		}
	}

	// Another tab changed the draft of this key.
	function noticed(key) {
		const mine = edits.get(key), draft = drafts.get(key);
		if (mine?.running)
			return;
		if (draft && collectionOf(draft.collection))
			adopt(draft);
		if (!draft && mine) {
			edits.delete(key);
			Object.assign(mine, { texts: {}, touched: false, sent: null, state: mine.isNew ? "done" : "typing", problem: null, clash: null });
		}
		changed();
	}

	function counts() {
		const all = [...edits.values()];
		const of = (state) => all.filter((edit) => edit.state === state).length;
		const clashing = all.filter((edit) => edit.state === "clashing" || clashes(edit).length > 0).length;
		return { all: all.length, saving: of("saving"), waiting: of("waiting"), refused: of("refused"), clashing };
	}

	for (const draft of drafts.all())
		if (draft.key && collectionOf(draft.collection))
			adopt(draft);

	return {
		begin, beginNew, type, textIn, clashes, isGone, takeTheirs, keepMine, save, remove, removeAnyway, keepRecord, restore, bringBack,
		discard, recall, retryWaiting, noticed, counts,
		find: (collection, id) => edits.get(keyOf(collection, id)),
		of: (collection) => [...edits.values()].filter((edit) => edit.collection === collection),
		all: () => [...edits.values()],
	};
}
