// @ts-check
// One person on this device: the database, the spaces, the outbox and the conversation with the server about them, from opening to
// closing.  Nothing here outlives the person: a sign-in of another makes another account.
import { ApiError } from "./api.js";
import { createFiles } from "./files.js";
import { createNotes } from "./notes.js";
import { createPull } from "./pull.js";
import { createPush } from "./push.js";
import { createSpace } from "./space.js";
import { createSync } from "./sync.js";
import { freshState, openUserData, opsOfSpace, readState, advance, amend, opsOfRecord } from "./userdata.js";
import { isActive } from "./outbox.js";
import { EngineError } from "./words.js";

const DAY = 86_400_000, KEPT = 30 * DAY; // milliseconds for which acknowledged ops are kept
const NO_MEMBER = "You are no longer a member of this space.", NOT_KNOWN = "The server was restored from a backup that does not know you in this space.";

/** @typedef {import("./engine.d.ts").SpaceInfo} SpaceInfo */
/** @typedef {import("./userdata.js").SpaceState} SpaceState */
/** What is known of a space while the page is open. @typedef {{state: SpaceState, loading: number | null, question: {deletes: number, of: number} | null, paused: boolean, allowed: boolean, problem: any}} Live */

/**
 * @param {{env: import("./environment.js").Environment, user: () => import("./engine.d.ts").User, kind: "password" | "pin", session: any, tabs: import("./tabs.js").Tabs, changed: () => void}} parts
 */
export function createAccount({ env, user, kind, session, tabs, changed }) {
	const { clock, serverTime, page, network } = env;
	const id = user().id;
	const ended = new AbortController();
	/** @type {SpaceInfo[]} */
	let spaces = [];
	/** @type {Map<string, import("./engine.d.ts").Definition[]>} */
	const definitions = new Map();
	/** @type {Map<string, Live>} */
	const lives = new Map();
	/** @type {Map<string, import("./space.js").OpenSpace>} */
	const open = new Map();
	/** @type {Map<string, Promise<any>>} */
	const opening = new Map();
	/** How the conversation goes, for all spaces. @type {{lastAt: number | null, failedAt: number | null, trouble: import("./engine.d.ts").Status["trouble"], problem: string | null}} */
	const talk = { lastAt: null, failedAt: null, trouble: null, problem: null };
	/** @type {boolean | null} */
	let persisted = null;
	let closed = false, going = false, definedAt = 0;

	// By PIN one sees one space, on a device that is shared: that is kept apart from what the person keeps by password.
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
			lives.set(space, one = { state: freshState(), loading: null, question: null, paused: false, allowed: false, problem: null });
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

	/** What a transaction did reaches memory and the other tabs. @param {string} space @param {import("./userdata.js").Outcome} outcome */
	function publish(space, outcome) {
		if (closed)
			return;
		live(space).state = outcome.state;
		open.get(space)?.take(outcome);
		const keys = [...new Set([...outcome.rows, ...outcome.ops].map((one) => JSON.stringify([one.collection, one.id])))].map((text) => JSON.parse(text));
		tabs.tell({ user: owner, space, wrote: { rev: outcome.state.rev, keys, changes: outcome.changes } });
	}

	/** @param {string} space @param {string} collection */
	function definition(space, collection) {
		return definitions.get(space)?.find((one) => one.name === collection);
	}

	const push = createPush({ database, user: id, device: () => env.device.self().id, now: clock.now, request, definition, publish, disown: session.disown });
	const pull = createPull({
		database, request, definition, publish, now: clock.now, told: serverTime.told,
		loading(space, count) {
			live(space).loading = count;
			open.get(space)?.announce([]);
		},
	});
	const files = createFiles({ database, clock, request, refuse: push.giveUp });

	// --- spaces and definitions ---

	/** @param {string} space */
	async function fetchDefinitions(space) {
		const { data } = await request("GET", `/spaces/${encodeURIComponent(space)}/collections`);
		if (!Array.isArray(data?.collections))
			throw new ApiError(0);
		const before = JSON.stringify(definitions.get(space));
		if (before === JSON.stringify(data.collections))
			return;
		await database.write(["meta"], (work) => work.put("meta", data.collections, "definitions:" + space));
		definitions.set(space, data.collections);
		open.get(space)?.define(data.collections);
		tabs.tell({ user: owner, defined: space });
	}

	/** @param {SpaceInfo[]} list */
	async function keepSpaces(list) {
		if (JSON.stringify(list) === JSON.stringify(spaces))
			return;
		await database.write(["meta"], (work) => work.put("meta", list, "spaces"));
		spaces = list;
		tabs.tell({ user: owner, spaces: true });
		changed();
		announceAll();
	}

	/** Takes away what is not this person's own work. @param {import("./userdata.js").Transaction} work @param {string} space @param {import("./outbox.js").StoredOp[]} ops */
	async function wipe(work, space, ops) {
		const own = new Set(ops.map((op) => op.collection + "/" + op.record));
		const wiped = (await work.all("rows", "space", space)).filter((row) => !own.has(row.collection + "/" + row.id));
		for (const row of wiped)
			await work.delete("rows", [space, row.collection, row.id]);
		return wiped.map((row) => ({ collection: row.collection, id: row.id, record: null }));
	}

	/** @param {any[]} rows */
	const changesOf = (rows) => rows.map((row) => ({ collection: row.collection, id: row.id, from: /** @type {const} */ ("elsewhere") }));

	/** The space is no longer ours.  After an operator's restore everything is kept; otherwise what is not our own work is wiped. @param {string} space @param {boolean} restored */
	async function lose(space, restored) {
		const outcome = await database.write(["meta", "rows", "fresh", "ops"], async (work) => {
			const ops = await opsOfSpace(work, space), rows = restored ? [] : await wipe(work, space, ops);
			const reason = restored ? NOT_KNOWN : NO_MEMBER;
			const problem = { type: "/problems/not-a-member", title: "Not a member", status: 404, detail: `${reason} You can save this as a file.` };
			for (const op of ops.filter(isActive))
				await work.put("ops", { ...op, state: "rejected", problem });
			await work.deleteAll("fresh", "space", space);
			const state = await advance(work, space, { head: null, resync: null, gone: { reason, kept: restored } });
			const touched = [];
			for (const op of ops)
				touched.push({ collection: op.collection, id: op.record, ops: await opsOfRecord(work, space, op.collection, op.record) });
			return { outcome: { state, rows, ops: touched, changes: changesOf(rows) }, left: ops.length };
		});
		publish(space, outcome.outcome);
		return restored || outcome.left > 0;
	}

	/** With the last of one's own work on it, a record of a space that is no longer ours goes too. @param {string} space */
	async function letGo(space) {
		const outcome = await database.write(["meta", "rows", "ops"], async (work) => {
			const { gone } = await readState(work, space);
			const rows = gone && !gone.kept ? await wipe(work, space, await opsOfSpace(work, space)) : [];
			return { state: await advance(work, space), rows, ops: [], changes: changesOf(rows) };
		});
		publish(space, outcome);
	}

	/** Whether the server has been restored since we last talked about any space that is still there. @param {any[]} listed */
	async function wasRestored(listed) {
		for (const one of listed) {
			const { epoch } = await stateOf(one.id);
			if (epoch && one.epoch && epoch !== one.epoch)
				return true;
		}
		return false;
	}

	/** @param {any[]} listed as /auth/me lists them */
	async function meetListed(listed) {
		const restored = await wasRestored(listed);
		const list = listed.map(({ id: one, name, kind, role }) => ({ id: one, name, kind, role }));
		for (const known of spaces) {
			if (list.some((one) => one.id === known.id))
				continue;
			if (isGone(known.id) ? await hasLeft(known.id) : await lose(known.id, restored))
				list.push(known);
		}
		for (const one of listed)
			if (isGone(one.id))
				await comeBack(one.id);
		await keepSpaces(list);
		for (const one of listed)
			await noteEpoch(one.id, one.epoch);
	}

	/** The epoch is only taken where none is known: a change of it is told by the feed. @param {string} space @param {string | undefined} epoch */
	async function noteEpoch(space, epoch) {
		const state = await stateOf(space);
		if (!epoch || state.epoch || state.resync)
			return;
		await database.write(["meta"], (work) => amend(work, space, { epoch }));
	}

	/** @param {string} space */
	async function hasLeft(space) {
		const left = await database.read(["ops", "rows"], async (work) => await work.count("ops", "space", space) + await work.count("rows", "space", space));
		return left > 0;
	}

	/** A member again: what was kept beside unsent work may be long out of date, so everything is loaded anew. @param {string} space */
	async function comeBack(space) {
		await pull.beginResync(space, { reason: "view" });
		const state = await database.write(["meta"], (work) => advance(work, space, { gone: null, loaded: false }));
		publish(space, { state, rows: [], ops: [], changes: [] });
	}

	async function refreshSpaces() {
		const { data } = await request("GET", "/auth/me");
		if (!Array.isArray(data?.spaces) || data.user?.id !== id)
			throw new ApiError(0);
		await session.learn({ ...data.user, homeSpace: data.homeSpace });
		await meetListed(data.spaces);
		for (const one of data.spaces)
			await fetchDefinitions(one.id).catch((error) => {
				if (!(error instanceof ApiError) || error.isPassing || error.status === 401)
					throw error;
			});
		definedAt = clock.now();
	}

	// --- state ---

	/** @param {string} space @returns {Promise<SpaceState>} */
	function stateOf(space) {
		return database.read(["meta"], (work) => readState(work, space));
	}

	/** @param {string} space */
	function isGone(space) {
		return live(space).state.gone !== null;
	}

	/** @param {string} space @param {{waiting: number, conflicts: number, failed: number}} counts @returns {import("./engine.d.ts").Status} */
	function statusOf(space, counts) {
		const { state, loading, question, problem } = live(space), out = session.state.status !== "in";
		return {
			loaded: state.loaded, loading, ...counts, lastAt: talk.lastAt, failedAt: talk.failedAt,
			trouble: out ? "signed-out" : talk.trouble ?? (state.resync?.restored ? "restoring" : null),
			problem: talk.problem ?? problem?.message ?? null, question,
			gone: state.gone && { reason: state.gone.reason, unsent: counts.waiting + counts.conflicts + counts.failed },
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
		persisted = await env.storage.persist();
		announceAll();
	}

	/** @param {string} space */
	async function openSpace(space) {
		if (!spaces.some((one) => one.id === space))
			throw new EngineError("There is no such space, or you are no longer a member of it.");
		if (!definitions.has(space))
			await fetchDefinitions(space).catch(() => {});
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
		database, user, kind, files, notes, request, guard, publish, stateOf, isGone, refreshSpaces, statusOf,
		makeId: env.makeId,
		now: serverTime.now,
		/** @param {Error} error the database was taken away by a newer version of the app */
		lost: (error) => { env.lost(error); },

		async begin() {
			await database.connect();
			const stored = await database.read(["meta"], async (work) => {
				const list = await work.get("meta", "spaces") ?? [];
				const of = await Promise.all(list.map(async (/** @type {SpaceInfo} */ one) => ({ id: one.id, state: await readState(work, one.id), definitions: await work.get("meta", "definitions:" + one.id) })));
				return { list, of };
			});
			spaces = stored.list;
			for (const one of stored.of) {
				live(one.id).state = one.state;
				if (one.definitions)
					definitions.set(one.id, one.definitions);
			}
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
			tabs.lead(owner, { begins: () => { sync.lead(); announceAll(); }, ends: async () => { await sync.follow(); announceAll(); } });
		},
		async end() {
			closed = true;
			ended.abort();
			await Promise.all([sync.stop(), tabs.resign()]);
			database.close();
		},
		/** The first space, as the sign-in names it, until the server has told of all. @param {SpaceInfo} first */
		async expect(first) {
			if (!spaces.some((one) => one.id === first.id))
				await keepSpaces([...spaces, first]);
		},

		// What a space needs.
		/** @param {string} space @returns {SpaceInfo} */
		infoOf: (space) => spaces.find((one) => one.id === space) ?? { id: space, name: "", kind: "team", role: "viewer" },
		/** @param {string} space @param {SpaceState} state */
		learn(space, state) { live(space).state = state; },
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
				rows: await work.all("rows", "space", space), ops: await opsOfSpace(work, space), files: await work.all("files", "space", space) }));
			/** @type {Record<string, any[]>} */
			const records = {};
			for (const row of content.rows)
				(records[row.collection] ??= []).push(row.record);
			const unsent = content.ops.map(({ n, parts, ...op }) => op);
			const all = { space: account.infoOf(space), exportedAt: new Date(serverTime.now()).toISOString(), records, unsent, files: content.files.map(({ sha256, type, size, sent }) => ({ sha256, type, size, sent })) };
			return new Blob([JSON.stringify(all, null, "\t")], { type: "application/json" });
		},

		// What the rounds need.
		spaceIds: () => spaces.map((one) => one.id),
		lacksDefinitions: () => definedAt === 0 || clock.now() - definedAt > DAY || spaces.some((one) => !isGone(one.id) && !definitions.has(one.id)),
		letGo,
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
			const answered = error instanceof ApiError && error.status > 0;
			Object.assign(talk, { failedAt: talk.failedAt ?? clock.now(), trouble: troubleOf(error, online), problem: error.message, ...(answered ? { lastAt: talk.lastAt } : {}) });
			told();
		},

		// What the engine needs.
		get spaces() { return spaces; },
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
		unsent: () => database.read(["ops"], async (work) => (await work.keys("ops")).length),
		destroy: () => openUserData(env.factory, env.name, owner, () => {}).destroy(),
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
				await relist();
			if (message.talk) {
				Object.assign(talk, message.talk);
				for (const [space, told] of Object.entries(message.lives ?? {}))
					Object.assign(live(space), told);
				announceAll();
			}
		},
	};

	// Followers show what the leader has heard.
	function told() {
		const some = Object.fromEntries([...lives].map(([space, { loading, question }]) => [space, { loading, question }]));
		tabs.tell({ user: owner, talk: { ...talk }, lives: some });
		announceAll();
	}

	async function relist() {
		const { list, defined } = await database.read(["meta"], async (work) => {
			const all = await work.get("meta", "spaces") ?? [];
			return { list: all, defined: await Promise.all(all.map(async (/** @type {SpaceInfo} */ one) => ({
				id: one.id, state: await readState(work, one.id), some: await work.get("meta", "definitions:" + one.id) }))) };
		});
		spaces = list;
		for (const { id: space, state, some } of defined) {
			live(space).state = state;
			if (some) {
				definitions.set(space, some);
				open.get(space)?.define(some);
			}
		}
		changed();
	}

	async function looks() {
		for (const space of open.values())
			await space.look();
	}

	const sync = createSync({ account, push, pull, files, clock, poll: env.poll, chance: env.chance, page, network, looks });
	return account;
}

/** @typedef {ReturnType<typeof createAccount>} Account */
