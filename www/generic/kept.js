// Keeps drafts in the notes of the engine, one for each form, so that a reload, another tab or a closed sheet loses
// nothing.

import { signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { engine, rowNow, space } from "../base/state.js";
import { draftOf, typed } from "./drafts.js";

const NEW = "+";
const changed = signal(0);
let follows = false;

function follow() {
	if (!follows)
		engine.subscribe(() => { changed.value += 1; });
	follows = true;
}

function keyFor(collection, id) {
	return `draft:${space.value.id}/${collection}/${id ?? NEW}`;
}

/** The unfinished form of a record (null: of a new one), or undefined. */
export function keptDraft(collection, id) {
	follow();
	changed.value;
	return engine.notes.get(keyFor(collection, id)) ?? undefined;
}

export function keepDraft(collection, id, draft) {
	engine.notes.put(keyFor(collection, id), draft);
	changed.value += 1;
}

export function dropDraft(collection, id) {
	engine.notes.drop(keyFor(collection, id));
	changed.value += 1;
}

/** The ids of records of a collection with unfinished forms. */
export function draftedIds(collection) {
	follow();
	changed.value;
	const start = keyFor(collection, "");
	return engine.notes.keys(start).map((key) => key.slice(start.length)).filter((id) => id !== NEW);
}

/**
 * The draft of a form: {draft, isKept, isStored, current, type(name, value, text, problem), change(draft), drop()}.
 * isStored: it outlives the page.  start: the values of a new record.
 */
export function useDraft(collection, id, start) {
	const current = id === null ? undefined : rowNow(collection, id);
	const kept = keptDraft(collection, id), key = keyFor(collection, id);
	const fresh = useMemo(() => draftOf(current, start), [collection, id, current === undefined]);
	const isOld = fresh.seen && current && fresh.seen.version !== current.version;
	const draft = kept ?? (isOld ? draftOf(current) : fresh);
	return {
		draft, current, isKept: Boolean(kept), isStored: engine.notes.isStored(key),
		// The draft is read again, since a file may arrive while something else is typed.
		type(name, value, text, problem) {
			const before = engine.notes.get(key) ?? draft;
			keepDraft(collection, id, typed(before, name, value, text, problem, current));
		},
		change: (next) => keepDraft(collection, id, next),
		drop: () => dropDraft(collection, id),
	};
}
