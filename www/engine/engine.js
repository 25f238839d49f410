// @ts-check createEngine(): puts the parts together and gives the app one thing to hold (engine.d.ts).  Who is signed
// in decides which account is open; everything about a person's data is in account.js.
import { createAccount } from "./account.js";
import { ApiError, createApi, path } from "./api.js";
import { environment } from "./environment.js";
import { idOf, newId as makeNewId } from "./ids.js";
import { createSession } from "./session.js";
import { createTabs } from "./tabs.js";
import { EngineError } from "./words.js";

export { ApiError, idOf };
export { StorageError } from "./database.js";
export { EngineError } from "./words.js";

/** UUIDv7. */
export const newId = () => makeNewId();

/** Nobody's notes: there is nowhere to keep them. @type {import("./engine.d.ts").Engine["notes"]} */
const noNotes = { get: () => undefined, put() {}, drop() {}, keys: () => [], isStored: () => false };

/** @param {import("./engine.d.ts").EngineOptions} [options] @returns {import("./engine.d.ts").Engine} */
export function createEngine(options = {}) {
	/** @type {string | null} */
	let trouble = null;
	const env = environment(options, (error) => {
		if (!error)
			return noticed().catch(() => {});
		trouble = error.message;
		changed();
	});
	const { clock, device, serverTime } = env;
	const tab = env.makeId();
	/** @type {Set<() => void>} */
	const listeners = new Set();
	/** @type {Array<() => void>} */
	const unsubscribe = [];
	/** @type {import("./account.js").Account | null} */
	let account = null;
	/** @type {Promise<void>} the account before is closing */
	let closing = Promise.resolve();
	/**
	 * What makes this device a shared handheld.
	 * @typedef {{token: string, id: string, space: string, spaceName: string, name: string}} Handheld
	 * @type {Handheld | null}
	 */
	let handheld = null;

	function changed() {
		for (const listener of [...listeners])
			try {
				listener();
			} catch (error) {
				(globalThis.reportError ?? console.error)(error);
			}
	}

	const api = createApi({
		fetch: options.fetch ?? ((...request) => globalThis.fetch(...request)), base: options.base ?? "",
		device: () => device.self().id, clock,
		heard: serverTime.heard,
	});

	/** @param {any} message from another tab */
	function heard(message) {
		if (message.session)
			noticed().catch(() => {});
		if (message.access)
			session.takeFromOther(message.access);
		if (account && message.user === account.owner)
			account.hear(message).catch(() => {});
	}

	const tabs = createTabs({
		name: env.name, locks: env.locks, makeChannel: env.channel, device, clock, tab,
		isVisible: env.page.visible, heard,
	});

	/** @type {ReturnType<typeof createSession>} */
	const session = createSession({
		api, device, clock, cookie: options.cookie ?? true, alone: tabs.alone, tell: tabs.tell,
		async entered(user, kind) {
			if (account?.user().id === user.id && account.kind === kind)
				return;
			leave();
			await closing;
			const next = createAccount({
				env,
				user: () => (session.state.user?.id === user.id ? session.state.user : user),
				kind,
				session,
				tabs,
				changed,
			});
			await next.begin();
			account = next;
		},
		left: leave,
		changed() {
			if (session.state.status === "in")
				account?.go();
			account?.announceAll();
			changed();
		},
	});

	function leave() {
		const before = account;
		account = null;
		if (before)
			closing = before.end().catch(() => {});
	}

	/** @returns {import("./account.js").Account} */
	function present() {
		if (!account)
			throw new EngineError("Nobody is signed in.");
		return account;
	}

	function reconnected() {
		if (account)
			account.wake();
		else
			session.payOwed();
	}

	async function openDevice() {
		await device.open();
		trouble = null;
		serverTime.restore(await device.get("offset"));
		handheld = await device.get("handheld") ?? null;
	}

	// Another tab signed somebody in or out, or made the device a handheld.
	async function noticed() {
		handheld = await device.get("handheld") ?? null;
		await session.noticed();
		changed();
	}

	/** @param {() => Promise<void>} entering */
	async function comeIn(entering) {
		// Where nothing can be kept, nobody is signed in.
		if (!device.self().id)
			await openDevice();
		await entering();
		const mine = present(), { name, homeSpace: id } = mine.user();
		await mine.expect(
			mine.kind === "pin"
				? { id, name: handheld?.spaceName ?? "", kind: "team", role: "member" }
				: { id, name, kind: "personal", role: "owner" }
		);
		await mine.refreshSpaces().catch(() => {});
	}

	// --- shared handhelds ---

	/** @param {Handheld | null} made */
	async function keepHandheld(made) {
		await (made ? device.put("handheld", made) : device.drop("handheld"));
		handheld = made;
		tabs.tell({ session: true });
		changed();
	}

	function asHandheld() {
		if (!handheld)
			throw new EngineError("This device is no shared handheld.");
		return handheld;
	}

	/** @param {string} space @param {string} name */
	async function becomeHandheld(space, name) {
		const mine = present(), spaceName = mine.infoOf(space).name;
		const { data } = await mine.request("POST", path("spaces", space, "handhelds"), {
			body: { name, deviceId: device.self().id },
		});
		await keepHandheld({ token: data.token, id: data.handheld.id, space, spaceName, name });
	}

	/** The names as they were last known are shown without a network too. */
	async function handheldPeople() {
		const { token, space } = asHandheld();
		try {
			const { data } = await api.send("GET", "/auth/pin", {}, token);
			await device.put("people", { space, people: data.people }).catch(() => {});
			return data.people;
		} catch (error) {
			// A manager has taken the device out of use.
			if (error instanceof ApiError && error.status === 401 && handheld?.token === token)
				await keepHandheld(null);
			const known = await device.get("people");
			if (!(error instanceof ApiError) || !error.isPassing || known?.space !== space)
				throw error;
			return known.people;
		}
	}

	/** On the server only a manager can end it; here it ends in any case. */
	async function leaveHandheld() {
		const { id, space } = asHandheld();
		if (session.state.status === "in" && session.state.kind === "password")
			await present()
				.request("DELETE", path("spaces", space, "handhelds", id))
				.catch((/** @type {any} */ error) => {
					if (error.status !== 403 && error.status !== 404)
						throw error;
				});
		await device.drop("people");
		await keepHandheld(null);
	}

	return {
		get session() {
			const { status, user, kind, notice } = session.state;
			return {
				status,
				user,
				kind,
				handheld: handheld && {
					space: handheld.space, spaceName: handheld.spaceName, name: handheld.name,
				},
				notice: trouble ?? notice,
			};
		},
		get spaces() { return account?.spaces ?? []; },
		get device() { return device.self(); },

		async start() {
			try {
				if (unsubscribe.length === 0)
					unsubscribe.push(
						env.page.subscribe(() => account?.looked()),
						env.network.subscribe(reconnected)
					);
				await openDevice();
				await session.start();
			} catch (error) {
				trouble = /** @type {Error} */ (error).message;
				session.state.status = "out";
				changed();
			}
		},
		async stop() {
			for (const stop of unsubscribe.splice(0))
				stop();
			leave();
			await closing;
			tabs.close();
			device.close();
		},

		signIn: ({ email, password }) => comeIn(() => session.enter("/auth/login", { email, password })),
		signUp: ({ email, password, name }) =>
			comeIn(() => session.enter("/auth/register", { email, password, name })),
		becomeHandheld, handheldPeople, leaveHandheld,
		signInWithPin: async (form) => comeIn(() => session.enterByPin(form, asHandheld().token)),
		used: session.used,
		unsent: async () => present().unsent(),
		async signOut({ discard = false, keep = false } = {}) {
			const mine = present();
			await session.end();
			await closing;
			if (!keep)
				await mine.remove(discard);
		},
		refreshSpaces: async () => present().refreshSpaces(),
		open: async (space) => present().open(space),
		request: async (method, path, more) => present().request(method, path, more),
		requestOpen: (method, path, more) => api.send(method, path, more),
		get notes() { return account?.notes.face ?? noNotes; },
		now: serverTime.now,
		subscribe(listener) {
			listeners.add(listener);
			return () => { listeners.delete(listener); };
		},
	};
}
