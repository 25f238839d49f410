// @ts-check
// One opened space, as the app holds it: its memory (memory.js), writing in it (writing.js) and deciding about its ops
// (deciding.js), put together.
import { createDeciding } from "./deciding.js";
import { createMemory } from "./memory.js";
import { shownOp } from "./outbox.js";
import { createWriting } from "./writing.js";

/** @param {{id: string, account: import("./account.js").Account}} parts account: of the person whose space it is */
export function createSpace({ id, account }) {
	/** @type {Set<(changes: import("./engine.d.ts").Change[]) => void>} */
	const listeners = new Set();

	/** @param {import("./engine.d.ts").Change[]} changes */
	function announce(changes) {
		for (const listener of [...listeners])
			account.guard(() => listener(changes));
	}

	const memory = createMemory({ id, account, announce });
	const { shelf, definition } = memory;
	const writing = createWriting({ id, account, memory, announce });
	const { create, set, remove } = writing;

	/** What the app holds. @type {import("./engine.d.ts").Space} */
	const face = {
		id,
		get info() { return account.infoOf(id); },
		get status() { return account.statusOf(id, shelf.counts()); },
		get definitions() { return memory.definitions; },
		definition,
		get: shelf.get,
		all: shelf.all,
		create, set, remove,
		...createDeciding({ id, account, memory, writing }),
		get ops() { return shelf.ops; },
		opsOf: (collection, record) => shelf.opsOf(collection, record).map(shownOp),
		addFile: (blob) => account.files.add(id, blob),
		file: (sha256) => account.files.read(id, sha256),
		sync: () => account.syncNow(id),
		allow: () => account.answerQuestion(id, true),
		refuse: () => account.answerQuestion(id, false),
		before: () => account.before(id),
		forgetBefore: () => account.forgetBefore(id),
		export: () => account.exportSpace(id),
		request: (method, path, options) =>
			account.request(method, `/spaces/${encodeURIComponent(id)}${path}`, options),
		subscribe(listener) {
			listeners.add(listener);
			return () => { listeners.delete(listener); };
		},
	};
	const { load, take, hear, look, renew, define } = memory;
	return { id, face, announce, load, take, hear, look, renew, define };
}

/** @typedef {ReturnType<typeof createSpace>} OpenSpace */
