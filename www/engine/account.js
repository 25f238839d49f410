// @ts-check
// One person on this device, from opening to closing: their database, their spaces, their outbox and the conversation
// with the server.  Nothing here outlives the sign-in: the next person gets another account.
import { createConversation } from "./conversation.js";
import { answer, askAgain } from "./deletions.js";
import { createFiles } from "./files.js";
import { findIn } from "./finding.js";
import { createInsisting } from "./insist.js";
import { forgetKept, readKept, settleKept } from "./kept.js";
import { createLookBack } from "./lookback.js";
import { isActive } from "./outbox.js";
import { askToPersist, forgetOld } from "./keeping.js";
import { TOLD, createMending } from "./mending.js";
import { createNotes } from "./notes.js";
import { collectionsOf, createOpened } from "./opened.js";
import { createPull } from "./pull.js";
import { createPush } from "./push.js";
import { createSpace } from "./space.js";
import { createSpaces } from "./spaces.js";
import { fileOf, statusOf } from "./status.js";
import { createSync } from "./sync.js";
import { createTally, tallyKey } from "./tally.js";
import { openUserData, opById, opsOfSpace, readState } from "./userdata.js";
import { EngineError, NOBODY } from "./words.js";

/** @typedef {import("./userdata.js").SpaceState} SpaceState */

const NO_SPACE = "There is no such space, or you are no longer a member of it.";
const NO_MEMBER = "You are no longer a member of this space.";

/**
 * @typedef {{env: import("./environment.js").Environment, user: () => import("./engine.d.ts").User,
 *   kind: "password" | "pin", session: any, tabs: import("./tabs.js").Tabs, changed: () => void, wrote: (space: string,
 *   collections: string[]) => void}} Parts wrote: hears which collections a transaction of any tab has touched
 */

/**
 * How many of these ops the database has neither in the outbox nor among those acknowledged.
 * @param {import("./database.js").Database} database @param {string[]} ids
 */
function countMissing(database, ids) {
	return database.read(["ops", "done"], async (work) => {
		const known = await Promise.all(ids.map(async (id) =>
			await opById(work, id) ?? await work.get("done", id)));
		return known.filter((op) => op === undefined).length;
	});
}

/** A listener must not break the engine. @param {() => void} call */
export function guard(call) {
	try {
		call();
	} catch (error) {
		(globalThis.reportError ?? console.error)(error);
	}
}

/**
 * The parts of an account.
 * @param {Parts} parts @param {() => Account} account for spaces that are opened later
 * @param {() => void} nudge a space has been opened
 */
function createCore({ env, user, kind, session, tabs, changed, wrote }, account, nudge) {
	const { clock, serverTime, name, factory, network } = env, id = user().id;
	// By PIN a person sees one space, on a shared device.  That is kept apart from what they see by password.
	const owner = kind === "pin" ? `${id}.pin` : id;
	const ended = new AbortController();
	const database = openUserData(factory, name, owner, (error) => (error ? env.lost(error) : letGo()));
	const tell = (/** @type {any} */ message) => tabs.tell({ user: owner, ...message });
	const count = () => database.read(["ops"], async (work) => (await work.keys("ops")).length);
	const names = () => database.read(["ops"], async (work) =>
		(await work.all("ops")).map((/** @type {any} */ op) => op.id));
	const tally = createTally({ store: env.outside, key: tallyKey(name, owner), names });
	const mending = createMending({
		database, factory, device: env.device, alone: tabs.alone, now: clock.now, expected: tally.noted,
		mended: () => tell({ mended: true }),
	});
	const isIn = () => session.state.status === "in";

	// Another tab deletes the database, because somebody signs out there, or mends it.
	async function letGo() {
		const kept = await env.device.get("session").catch(() => null);
		if (!opened.isClosed && kept?.user?.id === id) {
			await mending.over();
			account().renew().catch(() => {});
		} else {
			database.close();
			env.lost(null);
		}
	}

	/** @param {string} method @param {string} path @param {any} [options] */
	function request(method, path, options) {
		return session.request(method, path, options, ended.signal);
	}

	/** A request of a round. */
	const insist = createInsisting({
		send: session.request, clock, ended: ended.signal,
		whenBack: (listener) => network.subscribe(() => network.online() && listener()),
	});

	/** @param {string} space */
	async function make(space) {
		if (!spaces.ids().includes(space))
			throw new EngineError(NO_SPACE);
		await spaces.need(space);
		return createSpace({ id: space, account: account() });
	}

	// An answer that comes after the account was closed must not end the sign-in of whoever is signed in now.
	async function disown() {
		if (!opened.isClosed)
			await session.disown();
	}

	/**
	 * @param {string} space @param {string} collection @returns {import("./engine.d.ts").Definition | undefined}
	 */
	const definition = (space, collection) => spaces.definition(space, collection);
	const notes = createNotes({ database, changed, tell });
	const opened = createOpened({ make, opened: nudge, tell, wrote, queued: tally.note });
	const { live, publish } = opened;
	const conversation = createConversation({ database, clock, opened, isIn, tell });
	const push = createPush({
		database, user: id, device: () => env.device.self().id, now: clock.now, request: insist, definition,
		publish, disown, suspect: () => spaces.suspect(), limits: (space) => spaces.limits(space),
	});
	const lookBack = createLookBack({ database, now: clock.now, request: insist });
	const pull = createPull({
		database, now: clock.now, request: insist, definition, publish, told: serverTime.told,
		loading: conversation.loading, lookBack,
	});
	const files = createFiles({ database, clock, request: insist, refuse: push.giveUp });
	const spaces = createSpaces({
		user: id, database, clock, chance: env.chance, request: insist, pull, live, publish,
		learn: session.learn, tell,
		changed() {
			changed();
			opened.announceAll();
		},
		defined: (space, list) => opened.get(space)?.define(list),
	});
	return {
		owner, ended, database, mending, tally, count, isIn, request, notes, opened, conversation, push, pull,
		lookBack, files, spaces,
	};
}

/** @typedef {ReturnType<typeof createCore>} Core */
/** @typedef {ReturnType<typeof createSync>} Sync */

/**
 * What an opened space needs (space.js).
 * @param {Core} core @param {Parts} parts
 * @param {{sync: () => Sync, persisted: () => boolean | null, renew: (except: string) => Promise<void>}} account
 */
function forSpaces(
	{ database, mending, opened, conversation, spaces, files, request, isIn },
	{ env, user, session, tabs },
	{ sync, persisted, renew }
) {
	const { live } = opened;

	/** @param {string} space */
	const isGone = (space) => live(space).state.gone !== null;

	return {
		database, user, files, request, guard, isGone,
		publish: opened.publish,
		infoOf: spaces.infoOf,
		letGo: spaces.letGo,
		makeId: env.makeId,
		now: env.serverTime.now,
		/** @param {string} space @param {import("./status.js").Counts} counts */
		statusOf: (space, counts) => statusOf({
			live: live(space), talk: conversation.talk, counts, isIn: isIn(), leads: tabs.leads,
			persisted: persisted(),
		}),
		/** @param {string} space @param {SpaceState} state */
		learn(space, state) { live(space).state = state; },
		/** The database is empty: somebody may have signed out elsewhere. */
		emptied() { session.noticed().catch(() => {}); },
		/** @param {string} space */
		mayWrite(space) {
			if (opened.isClosed)
				throw new EngineError(NOBODY);
			if (isGone(space))
				throw new EngineError(NO_MEMBER);
		},
		nudge() {
			session.used();
			sync().nudge();
		},
		/**
		 * A space could not be read.
		 * @param {string} space @param {unknown} error @param {() => Promise<any>} trial reads it again
		 */
		async mend(space, error, trial) {
			await mending.again(error, trial);
			await renew(space);
		},
		/** @param {string} space */
		async syncNow(space) {
			const outcome = await askAgain(database, space).catch(() => null);
			if (outcome)
				opened.publish(space, outcome);
			await sync().whole();
		},
		/** @param {string} space @param {boolean} yes */
		async answerQuestion(space, yes) {
			const outcome = await answer({ database, definition: spaces.definition }, space, yes);
			if (outcome)
				opened.publish(space, outcome);
		},
		/** @param {string} space */
		async exportSpace(space) {
			const stores = ["rows", "ops", "files", "kept"];
			const [rows, ops, sent, kept] = await database.read(stores, (work) => Promise.all([
				work.all("rows", "space", space), opsOfSpace(work, space),
				work.all("files", "space", space), work.all("kept", "space", space),
			]));
			const info = spaces.infoOf(space), at = env.serverTime.now();
			return fileOf({ info, at, rows, kept, ops, files: sent });
		},
		/** @param {string} space */
		before: (space) => readKept(database, space),
		/** @param {string} space */
		async forgetBefore(space) {
			const outcome = await forgetKept(database, space);
			if (outcome)
				opened.publish(space, outcome);
		},
	};
}

/** What rounds need (round.js). @param {Core} core */
function forRounds({ database, opened, conversation, spaces }) {
	const isWaiting = () => database.read(["ops"], async (work) =>
		(await work.all("ops")).some(isActive)).catch(() => true);

	return {
		...conversation,
		/** @param {string} space @returns {Promise<SpaceState>} */
		stateOf: (space) => database.read(["meta"], (work) => readState(work, space)),
		/** What the server has again is no longer kept. @param {string} space */
		async settleKept(space) {
			const outcome = await settleKept(database, space);
			if (outcome)
				opened.publish(space, outcome);
		},
		refreshSpaces: spaces.refresh,
		spaceIds: spaces.ids,
		lacksDefinitions: spaces.areOld,
		/** Whether anything is still to be sent.  Where it cannot be read, it may be. */
		isWaiting,
		hearStamp: spaces.hearStamp,
		meetDefinitions: () => spaces.meetDefinitions(isWaiting),
	};
}

/** @param {Parts} parts */
export function createAccount(parts) {
	const { env, kind, session, tabs, changed, wrote } = parts, { clock, page, network, poll, chance } = env;
	const core = createCore(parts, () => account, () => sync.nudge());
	const {
		owner, ended, database, mending, tally, notes, opened, conversation, push, pull, lookBack, files,
		spaces,
	} = core;
	/** @type {boolean | null} */
	let persisted = null;
	let going = false;

	// Looks for what other tabs have stored, in case their messages did not arrive.
	async function looks() {
		if (!tabs.hears)
			await session.noticed();
		if (!tabs.hears && !opened.isClosed && await spaces.loadAgain())
			changed();
		for (const space of opened.all())
			await space.look();
	}

	const hasUnsent = () =>
		opened.all().some(({ id, face }) => !opened.live(id).state.gone && face.status.waiting > 0);
	const begins = () => { sync.lead(); opened.announceAll(); };
	const ends = async () => { await sync.follow(); opened.announceAll(); };

	/**
	 * A new database has taken the place of the old one: everything is read anew.
	 * @param {string} [except] a space that is being read
	 */
	async function renew(except) {
		await notes.load();
		await spaces.load();
		for (const space of opened.all())
			if (space.id !== except)
				await space.renew();
		changed();
		opened.announceAll();
		sync.nudge();
	}

	/** Says what the browser has lost, if there was anything that only this device had. */
	async function tellLost() {
		const cleared = spaces.list().length === 0;
		const lost = cleared ? tally.noted() : await countMissing(database, tally.names());
		if (lost && notes.face.get(TOLD) === undefined)
			notes.face.put(TOLD, {
				at: clock.now(), cleared, shortened: !cleared, opened: true, kept: 0, lost,
				unreadable: 0, left: [],
			});
		tally.note();
	}

	const account = {
		...forSpaces(core, parts, { sync: () => sync, persisted: () => persisted, renew }),
		...forRounds(core),
		owner, kind, notes,
		announceAll: opened.announceAll,
		expect: spaces.expect,
		open: opened.open,
		/**
		 * The rows of a collection of which something is true, in a space that need not be open.
		 * @param {string} space @param {string} collection @param {(row: any) => boolean} test
		 */
		find: (space, collection, test) => findIn({
			database, space, collection, user: parts.user().id,
			definition: spaces.definition(space, collection),
		}, test),
		get spaces() { return spaces.list(); },

		async begin() {
			await mending.begin();
			await spaces.load();
			await notes.load();
			await tellLost();
			askToPersist(env, (known) => { persisted = known; opened.announceAll(); }).catch(() => {});
			forgetOld(database, clock.now()).then(files.tidy).catch(() => {});
		},
		/** The person is signed in: the conversation with the server begins, or begins again. */
		go() {
			if (going)
				return sync.wake();
			going = true;
			sync.follow();
			tabs.lead(owner, { begins, ends });
			tabs.tell({ user: owner, asks: true });
		},
		async end() {
			opened.close();
			ended.abort();
			await Promise.all([sync.stop(), tabs.resign()]);
			database.close();
		},
		/** How many ops are not acknowledged, including those that are just being stored. */
		unsent: core.count,
		renew,
		/**
		 * Deletes everything of the account from this device, after it has ended.  Nothing is deleted if any
		 * tab has written something that is not sent.
		 * @param {boolean} discard also delete what is not sent
		 */
		async remove(discard) {
			const closed = openUserData(env.factory, env.name, owner, () => {});
			if (await closed.destroy(async (work) => discard || (await work.keys("ops")).length === 0))
				tally.forget();
		},
		wake: () => sync.wake(),
		looked() {
			tabs.looked();
			if (page.visible())
				sync.wake();
		},
		/** From another tab of the same person. @param {any} message */
		async hear(message) {
			if (message.wrote) {
				await opened.get(message.space)?.hear(message.wrote);
				wrote(message.space, collectionsOf(message.wrote.keys));
			}
			if (message.wrote && tabs.leads)
				sync.nudge();
			if (message.note !== undefined)
				await notes.hear(message.note);
			if (message.mended)
				await renew();
			if (message.spaces || message.defined)
				await spaces.load().then(changed);
			if (message.asks && tabs.leads)
				conversation.repeat();
			if (message.talk) {
				sync.heard();
				conversation.hear(message);
			}
		},
	};

	const sync = createSync({
		account, push, pull, lookBack, files, clock, poll, chance, page, network, looks, tabs, hasUnsent,
	});
	return account;
}

/** @typedef {ReturnType<typeof createAccount>} Account */
