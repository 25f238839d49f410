// The past of a space: which moment an address asks for, and the lists of that moment, read from the server when a
// screen reads them.  Nothing of it is kept on this device, and nothing can be changed.  No document.

import { signal } from "@preact/signals";
import { defaultsOf } from "../engine/values.js";

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?Z$/;
const PAGE = 1_000; // records asked for at a time
const MOST = 20_000; // records that a list of the past shows
const TRIES = 4; // for a page, while the server is busy
const SOON = 1_000; // milliseconds until the next try, where the server does not say

/** The moment that a query asks for, as an instant; null for the present. */
export function asOfIn({ at }) {
	return INSTANT.test(at ?? "") && !Number.isNaN(Date.parse(at)) ? at : null;
}

const pause = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });

// A look back is one of what a busy server puts off.
async function askPatiently(ask, path, isWanted) {
	for (let left = TRIES - 1; ; left--)
		try {
			return await ask(path);
		} catch (error) {
			if (error.status !== 429 || left === 0 || !isWanted())
				throw error;
			await pause((error.retryAfter || 0) * 1000 || SOON);
		}
}

/**
 * All records of a collection as they were: {records, seq, missing, isCut}.  missing: how many are not shown because
 * what they were is no longer known.  ask(path) resolves to an answer's data.  All pages are of the same moment,
 * because the first one says which write it was after.  only: filters as the server takes them, [[name, value]].
 */
export async function readPast(ask, collection, at, isWanted = () => true, only = []) {
	const records = [];
	let moment = at, next = null, missing = 0;
	do {
		const pages = [["at", moment], ["limit", PAGE], ...(next ? [["after", next]] : [])];
		const path = `/${collection}?${new URLSearchParams([...only, ...pages])}`;
		const data = await askPatiently(ask, path, isWanted);
		records.push(...data[collection]);
		moment = data.seq ?? moment;
		missing = data.missing ?? 0;
		next = data.next ?? null;
	} while (next && records.length < MOST && isWanted());
	return { records, seq: moment, missing, isCut: Boolean(next) };
}

const NOTHING = Object.freeze({ records: Object.freeze([]), byId: new Map(), missing: 0, isCut: false });

/**
 * A space at a moment.  ask(path) resolves to an answer's data.  definition(collection): for the values of fields that
 * are empty.  Lists are read one after the other, all after the same write, so that they fit each other.
 */
export function createPast({ at, ask, definition = () => undefined }) {
	const lists = new Map(); // collection → {name, key, only, list: signal of {records, byId, missing, isCut}}
	const waiting = []; // those of them that are to be read
	const isReading = signal(true), error = signal(null), sums = signal({ missing: 0, cut: [] });
	let seq = at, isWanted = true, isBusy = false, settling;

	function put({ name, only, list }, { records, missing, isCut }) {
		const defaults = defaultsOf(definition(name));
		const whole = records.map((record) => Object.freeze({ ...defaults, ...record }));
		list.value = {
			records: Object.freeze(whole), byId: new Map(whole.map((one) => [one.id, one])), missing, isCut,
		};
		const all = [...lists.values()].map((one) => [one.name, one.list.peek()]);
		sums.value = {
			missing: all.reduce((sum, [, one]) => sum + one.missing, 0),
			cut: all.filter(([, one]) => one.isCut).map(([of]) => of),
		};
	}

	// A list that has come can make a screen read another one, so nothing is settled before that.
	function settle() {
		clearTimeout(settling);
		settling = setTimeout(() => { isReading.value = waiting.length > 0; }, 0);
	}

	async function readAll() {
		isBusy = true;
		try {
			while (waiting.length > 0 && isWanted) {
				const [first] = waiting, isFirst = () => isWanted && waiting[0] === first;
				const found = await readPast(ask, first.name, seq, isFirst, first.only);
				seq = found.seq;
				if (!isFirst())
					continue;
				waiting.shift();
				put(first, found);
			}
			settle();
		} catch (problem) {
			if (isWanted)
				[error.value, isReading.value] = [problem, false];
		} finally {
			isBusy = false;
		}
	}

	// Reading begins after the screen has said all that it needs, and never while a signal is computed.
	function begin() {
		if (isBusy || !isWanted || waiting.length === 0 || error.value)
			return;
		clearTimeout(settling);
		isReading.value = true;
		readAll();
	}

	settle();
	return {
		at,
		/** The moment in milliseconds. */
		instant: Date.parse(at),
		/** Whether lists are still to come; why one could not be read; what is not shown. */
		isReading, error, sums,
		/**
		 * The signal of a list: {records, byId, missing, isCut}, without any until it has been read.  Of each
		 * collection one list is kept: that of the latest filters.
		 */
		list(name, only = []) {
			const key = String(new URLSearchParams(only)), before = lists.get(name);
			if (before?.key === key)
				return before.list;
			const next = { name, key, only, list: signal(NOTHING) }, at = waiting.indexOf(before);
			lists.set(name, next);
			if (at >= 0)
				waiting.splice(at, 1);
			waiting.push(next);
			queueMicrotask(begin);
			return next.list;
		},
		/** Asks again for what could not be read. */
		again() {
			error.value = null;
			begin();
		},
		/** Nobody looks any more. */
		end() {
			isWanted = false;
			clearTimeout(settling);
		},
	};
}
