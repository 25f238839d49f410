// @ts-check One person on this device: the database, the spaces, the outbox and the conversation with the server about
// them, from opening to closing.  Nothing here outlives the person: a sign-in of another makes another account.
import { ApiError } from "./api.js";
import { createFiles } from "./files.js";
import { createNotes } from "./notes.js";
import { createPull } from "./pull.js";
import { createPush } from "./push.js";
import { createSpace } from "./space.js";
import { createSpaces } from "./spaces.js";
import { createSync } from "./sync.js";
import { amend, freshState, openUserData, opsOfSpace, readState } from "./userdata.js";
import { EngineError } from "./words.js";

const KEPT = 30 * 86_400_000; // milliseconds for which acknowledged ops are kept
// Milliseconds between two times that the browser is asked to keep the database: it may ask the person.
const ASK_AGAIN = 7 * 86_400_000;

/** @typedef {import("./userdata.js").SpaceState} SpaceState */
/**
 * What is known of a space while the page is open.
 * @typedef {{state: SpaceState, loading: number | null, question: {deletes: number, of: number} | null, paused:
 *   boolean, allowed: boolean, problem: any}} Live
 */

/**
 * @param {{env: import("./environment.js").Environment, user: () => import("./engine.d.ts").User, kind: "password" |
 *   "pin", session: any, tabs: import("./tabs.js").Tabs, changed: () => void}} parts
 */
export function createAccount({ env, user, kind, session, tabs, changed }) {
	const { clock, serverTime, page, network } = env;
	const id = user().id;
	const ended = new AbortController();
	/** @type {Map<string, Live>} */
	const lives = new Map();
	/** @type {Map<string, import("./space.js").OpenSpace>} */
	const open = new Map();
	/** @type {Map<string, Promise<any>>} */
	const opening = new Map();
	/**
	 * How the conversation goes, for all spaces.
	 * @type {{lastAt: number | null, failedAt: number | null, trouble: import("./engine.d.ts").Status["trouble"],
	 *   problem: string | null}}
	 */
	const talk = { lastAt: null, failedAt: null, trouble: null, problem: null };
	/** @type {boolean | null} */
	let persisted = null;
	let closed = false, going = false;

	// By PIN one sees one space, on a device that is shared: that is kept apart from what the person keeps by
	// password.
	const owner = kind === "pin" ? `${id}.pin` : id;
	const database = openUserData(env.factory, env.name, owner, (error) => account.lost(error));
	const notes = createNotes({ database, changed, tell: (message) => tabs.tell({ user: owner, ...message }) });

	/** @param {string} method @param {string} path @param {any} [options] */
	function request(method, path, options) {
		return session.request(method, path, options, ended.signal);
	}

	/** @param {string} space @returns {Live} */
	function live(space) {
		let one = lives.get(space);
		if (!one)
			lives.set(
				space,
				(one = {
					state: freshState(), loading: null, question: null, paused: false,
					allowed: false, problem: null,
				})
			);
		return one;
	}

	/** @param {() => void} call a listener must not break the engine */
	function guard(call) {
		try {
			call();
		} catch (error) {
			(globalThis.reportError ?? console.error)(error);
		}
	}

	/** Status of all opened spaces has changed. */
	function announceAll() {
		for (const space of open.values())
			space.announce([]);
	}

	/**
	 * What a transaction did reaches memory and the other tabs.
	 * @param {string} space @param {import("./userdata.js").Outcome} outcome
	 */
	function publish(space, outcome) {
		if (closed)
			return;
		live(space).state = outcome.state;
		open.get(space)?.take(outcome);
		const keys = [
			...new Set(
				[...outcome.rows, ...outcome.ops].map((one) => JSON.stringify([one.collection, one.id]))
			),
		].map((text) => JSON.parse(text));
		tabs.tell({ user: owner, space, wrote: { rev: outcome.state.rev, keys, changes: outcome.changes } });
	}

	/**
	 * @param {string} space @param {string} collection @returns {import("./engine.d.ts").Definition | undefined}
	 */
	const definition = (space, collection) => spaces.definition(space, collection);

	const push = createPush({
		database,
		user: id,
		device: () => env.device.self().id,
		now: clock.now,
		request,
		definition,
		publish,
		// What an answer says that came after the account was closed is about nobody who is here.
		disown: async () => {
			if (!closed)
				await session.disown();
		},
	});
	const pull = createPull({
		database, request, definition, publish, now: clock.now, told: serverTime.told,
		loading(space, count) {
			live(space).loading = count;
			open.get(space)?.announce([]);
		},
	});
	const files = createFiles({ database, clock, request, refuse: push.giveUp });
	const spaces = createSpaces({
		user: id, database, clock, request, pull, live, publish, learn: session.learn,
		tell: (message) => tabs.tell({ user: owner, ...message }),
		changed() {
			changed();
			announceAll();
		},
		defined: (space, list) => open.get(space)?.define(list),
	});

	// --- state ---

	/** @param {string} space @returns {Promise<SpaceState>} */
	function stateOf(space) {
		return database.read(["meta"], (work) => readState(work, space));
	}

	/** @param {string} space */
	function isGone(space) {
		return live(space).state.gone !== null;
	}

	/**
	 * @param {string} space @param {{storing: number, waiting: number, conflicts: number, failed: number}} counts
	 * @returns {import("./engine.d.ts").Status}
	 */
	function statusOf(space, counts) {
		const { state, loading, question, problem } = live(space), out = session.state.status !== "in";
		return {
			loaded: state.loaded, loading, ...counts, lastAt: talk.lastAt, failedAt: talk.failedAt,
			trouble: out ? "signed-out" : talk.trouble ?? (state.resync?.restored ? "restoring" : null),
			problem: talk.problem ?? problem?.message ?? null, question,
			gone: state.gone && {
				reason: state.gone.reason,
				unsent: counts.storing + counts.waiting + counts.conflicts + counts.failed,
			},
			leads: tabs.leads, persisted,
		};
	}

	/** @param {any} error @param {boolean} online @returns {import("./engine.d.ts").Status["trouble"]} */
	function troubleOf(error, online) {
		if (!(error instanceof ApiError))
			return "storage";
		if (error.status === 401)
			return session.state.status === "in" ? "server" : "signed-out";
		if (error.status === 0)
			return online ? "server" : "offline";
		return error.status === 503 && error.retryAfter >= 30 ? "restoring" : "server";
	}

	async function forgetOld() {
		const before = clock.now() - KEPT;
		await database.write(["done"], async (work) => {
			for (const op of await work.all("done"))
				if (op.doneAt < before)
					await work.delete("done", op.id);
		});
		await files.tidy();
	}

	async function askToPersist() {
		if (!env.storage)
			return;
		persisted = await env.storage.persisted();
		announceAll();
		if (persisted || Math.abs(clock.now() - (await env.device.get("askedToPersist") ?? 0)) < ASK_AGAIN)
			return;
		await env.device.put("askedToPersist", clock.now());
		persisted = await env.storage.persist();
		announceAll();
	}

	/** @param {string} space */
	async function openSpace(space) {
		if (!spaces.ids().includes(space))
			throw new EngineError("There is no such space, or you are no longer a member of it.");
		await spaces.need(space);
		const one = createSpace({ id: space, account });
		open.set(space, one);
		try {
			await one.load();
		} catch (error) {
			open.delete(space);
			throw error;
		}
		sync.nudge();
		return one.face;
	}

	const account = {
		owner,
		database, user, kind, files, notes, request, guard, publish, stateOf, isGone, statusOf,
		refreshSpaces: spaces.refresh,
		makeId: env.makeId,
		now: serverTime.now,
		/**
		 * @param {Error | null} error the database was taken away by a newer version of the app; null: by a
		 *   sign-out in another tab
		 */
		lost: (error) => { env.lost(error); },

		async begin() {
			await database.connect();
			await spaces.load();
			await notes.load();
			askToPersist().catch(() => {});
			forgetOld().catch(() => {});
		},
		/** Signed in: the conversation begins, or begins again. */
		go() {
			if (going)
				return sync.wake();
			going = true;
			sync.follow();
			tabs.lead(owner, {
				begins: () => {
					sync.lead();
					announceAll();
				},
				ends: async () => {
					await sync.follow();
					announceAll();
				},
			});
		},
		async end() {
			closed = true;
			ended.abort();
			await Promise.all([sync.stop(), tabs.resign()]);
			database.close();
		},
		expect: spaces.expect,

		// What a space needs.
		infoOf: spaces.infoOf,
		/** @param {string} space @param {SpaceState} state */
		learn(space, state) { live(space).state = state; },
		/** Nothing is kept here any more: who is signed in is looked at again. */
		emptied() { session.noticed().catch(() => {}); },
		/** @param {string} space */
		mayWrite(space) {
			if (closed)
				throw new EngineError("Nobody is signed in.");
			if (isGone(space))
				throw new EngineError("You are no longer a member of this space.");
		},
		nudge() {
			session.used();
			sync.nudge();
		},
		/** @param {string} space */
		async syncNow(space) {
			live(space).paused = false;
			await sync.whole();
		},
		/** @param {string} space @param {boolean} yes */
		answerQuestion(space, yes) {
			if (live(space).question === null)
				return;
			Object.assign(live(space), { allowed: yes, paused: !yes, question: null });
			open.get(space)?.announce([]);
			if (yes) {
				sync.forgetHeads();
				sync.now();
			}
		},
		/** @param {string} space */
		async exportSpace(space) {
			const content = await database.read(["rows", "ops", "files"], async (work) => ({
				rows: await work.all("rows", "space", space), ops: await opsOfSpace(work, space),
				files: await work.all("files", "space", space) }));
			/** @type {Record<string, any[]>} */
			const records = {};
			for (const row of content.rows)
				(records[row.collection] ??= []).push(row.record);
			const unsent = content.ops.map(({ n, parts, ...op }) => op);
			const all = { space: spaces.infoOf(space), exportedAt: new Date(serverTime.now()).toISOString(), records, unsent, files: content.files.map(({ sha256, type, size, sent }) => ({ sha256, type, size, sent })) };
			return new Blob([JSON.stringify(all, null, "\t")], { type: "application/json" });
		},

		// What the rounds need.
		spaceIds: spaces.ids,
		lacksDefinitions: spaces.areOld,
		letGo: spaces.letGo,
		/** @param {string} space */
		isPaused: (space) => live(space).paused || live(space).question !== null,
		/** @param {string} space */
		isAllowed: (space) => live(space).allowed,
		/** @param {string} space @param {string | null} head */
		async caughtUp(space, head) {
			const state = await database.write(["meta"], (work) => amend(work, space, { head }));
			Object.assign(live(space), { state, allowed: false, question: null, loading: null });
		},
		/** @param {string} space @param {import("./pull.js").Question} question */
		ask(space, question) {
			live(space).question = { deletes: question.deletes, of: question.of };
			open.get(space)?.announce([]);
		},
		/** @param {string} space @param {any} error */
		spaceFailed(space, error) { live(space).problem = error; },
		succeeded() {
			Object.assign(talk, { lastAt: clock.now(), failedAt: null, trouble: null, problem: null });
			told();
		},
		/** @param {any} error @param {boolean} online */
		failed(error, online) {
			Object.assign(talk, {
				failedAt: talk.failedAt ?? clock.now(), trouble: troubleOf(error, online),
				problem: error.message,
			});
			told();
		},

		// What the engine needs.
		get spaces() { return spaces.list(); },
		/** @param {string} space */
		open(space) {
			const known = open.get(space);
			if (known && !opening.has(space))
				return Promise.resolve(known.face);
			let promise = opening.get(space);
			if (!promise)
				opening.set(space, promise = openSpace(space).finally(() => opening.delete(space)));
			return promise;
		},
		/** What is just being stored counts: it is asked after it. */
		unsent: () => database.read(["ops"], async (work) => (await work.keys("ops")).length),
		/**
		 * Takes all of it off this device, once the account has ended: what was written to the last moment, in
		 * any tab, counts.
		 * @param {boolean} discard also what is unsent
		 */
		remove: (discard) =>
			openUserData(env.factory, env.name, owner, () => {}).destroy(
				async (work) => discard || (await work.keys("ops")).length === 0
			),
		announceAll,
		wake: () => sync.wake(),
		looked() {
			tabs.looked();
			if (page.visible())
				sync.wake();
		},
		/** From another tab of the same person. @param {any} message */
		async hear(message) {
			if (message.wrote)
				await open.get(message.space)?.hear(message.wrote);
			if (message.wrote && tabs.leads)
				sync.nudge();
			if (message.note !== undefined)
				await notes.hear(message.note);
			if (message.spaces || message.defined)
				await spaces.load().then(changed);
			if (message.talk) {
				sync.heard();
				Object.assign(talk, message.talk);
				for (const [space, told] of Object.entries(message.lives ?? {}))
					Object.assign(live(space), told);
				announceAll();
			}
		},
	};

	// Followers show what the leader has heard.
	function told() {
		const some = Object.fromEntries(
			[...lives].map(([space, { loading, question }]) => [space, { loading, question }])
		);
		tabs.tell({ user: owner, talk: { ...talk }, lives: some });
		announceAll();
	}

	async function looks() {
		// Who is not told looks at this as well.
		if (!tabs.hears && await spaces.loadAgain())
			changed();
		for (const space of open.values())
			await space.look();
	}

	const sync = createSync({
		account, push, pull, files, clock, poll: env.poll, chance: env.chance, page, network, looks,
		hears: tabs.hears,
	});
	return account;
}

/** @typedef {ReturnType<typeof createAccount>} Account */
