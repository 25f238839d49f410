// @ts-check
// createEngine(): puts the parts together and gives the app one object to hold (engine.d.ts).  Who is signed in decides
// which account is open; everything about a person's data is in account.js.
import { createAccount, guard } from "./account.js";
import { ApiError, createApi } from "./api.js";
import { environment } from "./environment.js";
import { createHandheld } from "./handheld.js";
import { idOf, newId as makeNewId } from "./ids.js";
import { createSession } from "./session.js";
import { createTabs } from "./tabs.js";
import { notedOfAll, unsentWords } from "./tally.js";
import { EngineError, NOBODY } from "./words.js";

export { ApiError, idOf };
export { canTakeBack } from "./edits.js";
export { isAtLeast } from "./roles.js";
export { StorageError } from "./storage-error.js";
export { EngineError } from "./words.js";

/** @typedef {import("./account.js").Account} Account */
/** @typedef {import("./engine.d.ts").Engine} Engine */

/** A new id: a UUIDv7. */
export const newId = () => makeNewId();

/** The notes while nobody is signed in: nothing can be kept. @type {Engine["notes"]} */
const noNotes = { get: () => undefined, put() {}, drop() {}, keys: () => [], isStored: () => false };

/**
 * What the app has subscribed to be called when something changes.
 * @template {any[]} T
 */
function createListeners() {
	/** @type {Set<(...what: T) => void>} */
	const listeners = new Set();
	return {
		/** @param {T} what */
		changed(...what) {
			for (const listener of [...listeners])
				guard(() => listener(...what));
		},
		/** @param {(...what: T) => void} listener */
		subscribe(listener) {
			listeners.add(listener);
			return () => { listeners.delete(listener); };
		},
	};
}

/**
 * The space that a sign-in names.  It is shown until the list of all spaces has come.
 * @param {Account} account @param {string} spaceName of the handheld @returns {import("./engine.d.ts").SpaceInfo}
 */
function firstSpace(account, spaceName) {
	const { name, homeSpace: id } = account.user();
	if (account.kind === "pin")
		return { id, name: spaceName, kind: "team", role: "member" };
	return { id, name, kind: "personal", role: "owner" };
}

/**
 * Which account is open: that of the person who is signed in.
 * @param {(user: import("./engine.d.ts").User, kind: "password" | "pin") => Account} make
 */
function createHolder(make) {
	/** @type {Account | null} */
	let account = null;
	/** The account before is closing. @type {Promise<void>} */
	let closing = Promise.resolve();

	function leave() {
		const before = account;
		account = null;
		if (before)
			closing = before.end().catch(() => {});
	}

	return {
		leave,
		get account() { return account; },
		/** Settles when the account before has closed. */
		closed: () => closing,
		/** @param {import("./engine.d.ts").User} user @param {"password" | "pin"} kind */
		async enter(user, kind) {
			if (account?.user().id === user.id && account.kind === kind)
				return;
			leave();
			await closing;
			const next = make(user, kind);
			await next.begin();
			account = next;
		},
		/** @returns {Account} */
		present() {
			if (!account)
				throw new EngineError(NOBODY);
			return account;
		},
	};
}

const CLEAR = "If that does not help, clear the data of this site in the settings of the browser and sign in again.";

/**
 * Why the app cannot start.  Some damage no browser repairs, so the last way out is said as well, with what it costs.
 * @param {any} error @param {number} unsent ops that this device should hold
 */
function startWords({ message, reason }, unsent) {
	if (reason !== "broken")
		return message;
	return `${message} ${CLEAR}${unsent > 0 ? ` ${unsentWords(unsent)} lost then.` : ""}`;
}

/** The parts of an engine, put together. @param {import("./engine.d.ts").EngineOptions} options */
function createCore(options) {
	/** @type {ReturnType<typeof createListeners<[]>>} */
	const { changed, subscribe } = createListeners();
	/** @type {ReturnType<typeof createListeners<[string, string[]]>>} */
	const writes = createListeners();
	/** @type {string | null} */
	let trouble = null;
	const env = environment(options, (error) => {
		if (!error)
			return noticed().catch(() => {});
		trouble = error.message;
		changed();
	});
	const { clock, device, serverTime } = env, tab = env.makeId();

	/**
	 * The account of a person.  Its user is the person as the session knows them now, or as they were when they
	 * signed in.
	 * @type {Parameters<typeof createHolder>[0]}
	 */
	const makeAccount = (user, kind) => createAccount({
		env, kind, session, tabs, changed, wrote: writes.changed,
		user: () => (session.state.user?.id === user.id ? session.state.user : user),
	});
	const holder = createHolder(makeAccount), { present } = holder;

	const api = createApi({
		fetch: options.fetch ?? ((...request) => globalThis.fetch(...request)), base: options.base ?? "",
		device: () => device.self().id, clock, heard: serverTime.heard,
	});
	const tabs = createTabs({
		name: env.name, locks: env.locks, makeChannel: env.channel, device, clock, tab,
		isVisible: env.page.visible, heard,
	});
	/** @type {import("./session.js").Session} */
	const session = createSession({
		api, device, clock, cookie: options.cookie ?? true, alone: tabs.alone, tell: tabs.tell,
		noted: () => notedOfAll(env.outside, env.name),
		entered: holder.enter, left: holder.leave,
		changed() {
			if (session.state.status === "in")
				holder.account?.go();
			holder.account?.announceAll();
			changed();
		},
	});
	const handheld = createHandheld({ api, device, session, present, tell: tabs.tell, changed });

	/** @param {any} message from another tab */
	function heard(message) {
		const { account } = holder;
		if (message.session)
			noticed().catch(() => {});
		if (message.access)
			session.takeFromOther(message.access);
		if (account && message.user === account.owner)
			account.hear(message).catch(() => {});
	}

	function reconnected() {
		if (holder.account)
			holder.account.wake();
		else
			session.payOwed();
	}

	async function openDevice() {
		await device.open();
		trouble = null;
		serverTime.restore(await device.get("offset"));
		await handheld.load();
	}

	// Another tab signed somebody in or out, or made the device a shared handheld.
	async function noticed() {
		await handheld.load();
		await session.noticed();
		changed();
	}

	/** @param {() => Promise<void>} entering */
	async function comeIn(entering) {
		// Where nothing can be stored, nobody is signed in.
		if (!device.self().id)
			await openDevice();
		await entering();
		const mine = present();
		await mine.expect(firstSpace(mine, handheld.spaceName));
		await mine.refreshSpaces().catch(() => {});
	}

	return {
		env, api, tabs, session, handheld, holder, subscribe, openDevice, comeIn, reconnected,
		watch: writes.subscribe,
		/** Why nothing can be stored or shown, in words, or null. */
		get trouble() { return trouble; },
		/** The engine could not start. @param {unknown} error */
		fail(error) {
			trouble = startWords(error, notedOfAll(env.outside, env.name) ?? 0);
			session.state.status = "out";
			changed();
		},
	};
}

/** @param {import("./engine.d.ts").EngineOptions} [options] @returns {Engine} */
export function createEngine(options = {}) {
	const core = createCore(options);
	const { env, api, tabs, session, handheld, holder, subscribe, comeIn } = core;
	const { device, page, network } = env, { present } = holder;
	const { becomeHandheld, handheldPeople, leaveHandheld } = handheld;
	/** @type {Array<() => void>} */
	const unsubscribe = [];

	return {
		get session() {
			const { status, user, kind, notice } = session.state;
			return { status, user, kind, handheld: handheld.shown(), notice: core.trouble ?? notice };
		},
		get spaces() { return holder.account?.spaces ?? []; },
		get device() { return device.self(); },
		get notes() { return holder.account?.notes.face ?? noNotes; },

		async start() {
			try {
				if (unsubscribe.length === 0) {
					unsubscribe.push(page.subscribe(() => holder.account?.looked()));
					unsubscribe.push(network.subscribe(core.reconnected));
				}
				await core.openDevice();
				await session.start();
			} catch (error) {
				core.fail(error);
			}
		},
		async stop() {
			for (const stop of unsubscribe.splice(0))
				stop();
			holder.leave();
			await holder.closed();
			tabs.close();
			device.close();
		},

		signIn: ({ email, password }) => comeIn(() => session.enter("/auth/login", { email, password })),
		signUp: ({ email, password, name, zone }) =>
			comeIn(() => session.enter("/auth/register", { email, password, name, zone })),
		signInWithPin: async (form) => comeIn(() => session.enterByPin(form, handheld.token())),
		async signOut({ discard = false, keep = false } = {}) {
			const mine = present();
			await session.end();
			await holder.closed();
			if (!keep)
				await mine.remove(discard);
		},
		becomeHandheld, handheldPeople, leaveHandheld, subscribe,
		used: session.used,
		unsent: async () => present().unsent(),
		refreshSpaces: async () => present().refreshSpaces(),
		open: async (space) => present().open(space),
		find: async (space, collection, test) => present().find(space, collection, test),
		watch: core.watch,
		request: async (method, path, more) => present().request(method, path, more),
		requestOpen: (method, path, more) => api.send(method, path, more),
		now: env.serverTime.now,
	};
}
