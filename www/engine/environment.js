// @ts-check
// What the engine needs from where it runs: the parts that were handed in, and the browser's own for the rest.  A
// browser may lack some of them: a plain http page has no Web Locks.  A program outside of a browser has no page and no
// channel.
import { deviceClock, serverClock } from "./clock.js";
import { createDevice } from "./device.js";
import { newId, randomBytes } from "./ids.js";

/** @typedef {import("./engine.d.ts").EngineOptions} EngineOptions */

const POLL = 5000; // milliseconds between polls while the page is visible

/** @type {NonNullable<EngineOptions["page"]>} */
const browserPage = {
	visible: () => globalThis.document?.visibilityState !== "hidden",
	subscribe(listener) {
		globalThis.document?.addEventListener("visibilitychange", listener);
		globalThis.addEventListener?.("focus", listener);
		return () => {
			globalThis.document?.removeEventListener("visibilitychange", listener);
			globalThis.removeEventListener?.("focus", listener);
		};
	},
};

/** @type {NonNullable<EngineOptions["network"]>} */
const browserNetwork = {
	online: () => globalThis.navigator?.onLine !== false,
	subscribe(listener) {
		globalThis.addEventListener?.("online", listener);
		globalThis.addEventListener?.("offline", listener);
		return () => {
			globalThis.removeEventListener?.("online", listener);
			globalThis.removeEventListener?.("offline", listener);
		};
	},
};

/**
 * Where a browser keeps small texts, outside of IndexedDB.
 * @typedef {{get: (key: string) => string | null, put: (key: string, value: string | null) => void, keys: () =>
 *   string[]}} Outside
 */

/** A browser that keeps nothing for this page throws at any use of it. @returns {Outside | null} */
function browserOutside() {
	/** @template T @param {(store: Storage) => T} use @param {T} otherwise @returns {T} */
	const attempt = (use, otherwise) => {
		try {
			return use(globalThis.localStorage);
		} catch {
			return otherwise;
		}
	};
	return {
		get: (key) => attempt((store) => store.getItem(key), null),
		put: (key, value) => attempt((store) =>
			(value === null ? store.removeItem(key) : store.setItem(key, value)), undefined),
		keys: () => attempt((store) => Object.keys(store), []),
	};
}

/**
 * The channel between tabs.  A browser that keeps nothing for this page may refuse it a channel as well: then null.
 * @param {string} name @returns {any}
 */
function browserChannel(name) {
	try {
		return new BroadcastChannel(name);
	} catch {
		return null;
	}
}

/** @param {EngineOptions} options @param {(error: Error | null) => void} lost */
export function environment(options, lost) {
	const clock = options.clock ?? deviceClock(), random = options.random ?? randomBytes;
	const name = options.name ?? "daybook", factory = options.indexedDB ?? globalThis.indexedDB;
	const makeId = () => newId(clock.now(), random);
	const device = createDevice({ factory, name, makeId, deviceName: options.deviceName ?? "" });
	// Tabs share the browser's own database.  An IndexedDB that was handed in is shared with nobody, unless a
	// channel is handed in as well.
	const shares = options.indexedDB === undefined && typeof globalThis.BroadcastChannel === "function";
	const { navigator } = globalThis;
	return {
		name, clock, random, factory, makeId, device, lost,
		serverTime: serverClock(clock, (offset) => { device.put("offset", offset).catch(() => {}); }),
		chance: () => random(new Uint8Array(1))[0] / 256,
		page: options.page ?? browserPage,
		network: options.network ?? browserNetwork,
		storage: options.storage !== undefined ? options.storage : navigator?.storage ?? null,
		locks: options.locks !== undefined ? options.locks : shares ? navigator?.locks ?? null : null,
		channel: options.channel !== undefined ? options.channel : shares ? browserChannel : null,
		outside: options.outside !== undefined ? options.outside : shares ? browserOutside() : null,
		poll: options.poll ?? POLL,
	};
}

/** @typedef {ReturnType<typeof environment>} Environment */
