// @ts-check Who is signed in on this device, and the tokens.  The access token lives in memory; the refresh token is in
// an HttpOnly cookie that no script sees, or, for programs that are no browser, in the database of the device.  Who
// came in by PIN on a shared handheld has neither: his access token is prolonged while somebody uses the device.  One
// tab at a time refreshes.  Knows no records.
import { ApiError } from "./api.js";
import { EngineError } from "./words.js";

const EARLY = 30_000; // milliseconds before its end a token is renewed
const PROLONG = 0.3; // of its life a PIN's token has had before use of the device prolongs it
const ENDED = "Your sign-in has ended. What you write is kept here; sign in to send it.";
const PIN_ENDED = "Please enter your PIN again. What you write is kept here.";
const CLEARED = "This browser has cleared what Daybook kept on this device. Sign in to load it again.";
const OTHER = "Somebody else has signed in on this device.";

/** @typedef {import("./engine.d.ts").User} User */
/** @typedef {{user: User | null, kind: "password" | "pin", expired?: boolean}} Kept */

/**
 * @param {{api: {send: Function}, device: import("./device.js").Device, clock: import("./clock.js").Clock, cookie:
 *   boolean, alone: (name: string, doing: () => Promise<any>) => Promise<any>, tell: (message: any) => void, entered:
 *   (user: User, kind: "password" | "pin") => Promise<void>, left: () => void, changed: () => void}} parts entered
 *   opens what the device knows of a person; left closes it
 */
export function createSession({ api, device, clock, cookie, alone, tell, entered, left, changed }) {
	/**
	 * @type {{status: import("./engine.d.ts").SessionStatus, user: User | null, kind: "password" | "pin", notice:
	 *   string | null}}
	 */
	const state = { status: "starting", user: null, kind: "password", notice: null };
	/** since: when it was given. @type {{token: string, until: number, since: number} | null} */
	let access = null;
	/** How often somebody came or went: an answer to a question of before is about a sign-in that is no more. */
	let entries = 0;
	/** @type {{entry: number, promise: Promise<string>} | null} */
	let renewing = null;
	/** @type {Promise<any>} coming and going, one after the other */
	let moving = Promise.resolve();
	/**
	 * @type {Promise<void>} a sign-out on its way to the server: its answer takes the cookie away, so nobody may
	 *   sign in meanwhile
	 */
	let leaving = Promise.resolve();

	/** @param {Partial<typeof state>} to */
	function become(to) {
		Object.assign(state, { notice: null }, to);
		changed();
	}

	/** @template T @param {() => Promise<T>} doing @returns {Promise<T>} */
	function inTurn(doing) {
		const mine = moving.then(doing);
		moving = mine.catch(() => {});
		return mine;
	}

	/** @param {any} answer */
	function takeAccess(answer) {
		access = {
			token: answer.accessToken,
			until: clock.now() + (answer.expiresIn ?? 900) * 1000,
			since: clock.now(),
		};
		tell({ access: { ...access, user: answer.user.id } });
	}

	/** @param {any} answer */
	async function keepRefresh(answer) {
		if (!cookie && answer.refreshToken)
			await device.put("refresh", answer.refreshToken);
		// Without it, a reload would ask for the PIN.
		if (!answer.refreshToken && state.kind === "pin" && access)
			await device.put("pinAccess", { ...access, user: answer.user.id });
	}

	/** @param {User | null} user @param {"password" | "pin"} kind @param {boolean} [expired] */
	async function keep(user, kind, expired = false) {
		await device.put("session", { user, kind, expired });
		tell({ session: true });
	}

	// --- the refresh ---

	async function askForAccess() {
		if (state.kind === "pin")
			return api.send(
				"POST",
				"/auth/pin/refresh",
				{ body: { handheld: (await device.get("handheld"))?.token ?? "" } },
				access?.token ?? null
			);
		return api.send(
			"POST",
			"/auth/refresh",
			cookie ? {} : { body: { refreshToken: await device.get("refresh") } }
		);
	}

	/** A token of ours that the server takes for somebody else's: nothing more goes out. */
	async function disown() {
		await stopForOther({ user: { id: "", email: "", name: "" } }).catch(() => {});
	}

	const endedWords = () => (state.kind === "pin" ? PIN_ENDED : ENDED);

	async function expire() {
		access = null;
		if (state.status !== "in")
			return;
		become({ status: "expired", notice: endedWords() });
		await keep(state.user, state.kind, true).catch(() => {});
	}

	// The cookie is the browser's: if somebody else has signed in meanwhile, it is theirs, and nothing of the one
	// before may go out with it.
	/** @param {any} answer */
	async function stopForOther(answer) {
		entries += 1;
		access = null;
		await device
			.put("session", {
				user: answer.user.id ? personOf(answer) : null,
				kind: "password",
				expired: false,
			})
			.catch(() => {});
		left();
		become({ status: "out", user: null, notice: OTHER });
		throw new ApiError(401, { detail: OTHER });
	}

	/** The token of this person, who has signed in again meanwhile. @param {string | undefined} person */
	function ofNewEntry(person) {
		if (!access || state.user?.id !== person)
			throw new ApiError(401);
		return access.token;
	}

	/** @param {string | undefined} spent @param {number} entry @param {string | undefined} person */
	async function refresh(spent, entry, person) {
		if (entry !== entries)
			return ofNewEntry(person);
		// Another tab may have done it while we waited for our turn.
		if (access && access.token !== spent)
			return access.token;
		try {
			const { data } = await askForAccess();
			if (entry !== entries)
				return ofNewEntry(person);
			if (person && data.user.id !== person)
				await stopForOther(data);
			takeAccess(data);
			await keepRefresh(data).catch(() => {});
			if (state.status === "expired") {
				become({ status: "in" });
				await keep(state.user, state.kind).catch(() => {});
			}
			return data.accessToken;
		} catch (error) {
			if (entry !== entries && state.user?.id === person)
				return ofNewEntry(person);
			if (
				error instanceof ApiError &&
				(error.status === 401 || error.status === 403) &&
				entry === entries
			)
				await expire();
			throw error;
		}
	}

	/** @param {string | undefined} spent the token that is no good any more @returns {Promise<string>} */
	function renew(spent) {
		if (access && access.token !== spent)
			return Promise.resolve(access.token);
		if (renewing?.entry !== entries) {
			const entry = entries, person = state.user?.id;
			const one = {
				entry,
				promise: alone("refresh", () => refresh(spent, entry, person)).finally(() => {
					renewing = renewing === one ? null : renewing;
				}),
			};
			renewing = one;
		}
		return renewing.promise;
	}

	async function token() {
		if (state.status !== "in")
			throw new ApiError(401, { detail: state.status === "expired" ? ENDED : "Please sign in." });
		if (access && clock.now() < access.until - (state.kind === "pin" ? 0 : EARLY))
			return access.token;
		try {
			return await renew(access?.token);
		} catch (error) {
			// Good to its last second, should the renewal fail.
			if (access && clock.now() < access.until && error instanceof ApiError && error.isPassing)
				return access.token;
			throw error;
		}
	}

	/**
	 * A request of the person.  A token that ran out is renewed and the very same request is sent once more.
	 * @param {string} method @param {string} path @param {import("./engine.d.ts").RequestOptions} [options]
	 * @param {AbortSignal} [ended]
	 */
	async function request(method, path, options, ended) {
		const person = state.user?.id;
		const first = await token();
		if (state.user?.id !== person)
			throw new ApiError(401);
		try {
			return await api.send(method, path, options, first, ended);
		} catch (error) {
			if (!(error instanceof ApiError) || error.status !== 401 || state.user?.id !== person)
				throw error;
			const second = await renew(first);
			if (state.user?.id !== person)
				throw error;
			return await answerOf(method, path, options, second, ended);
		}
	}

	// A token that was just given and is refused all the same: the sign-in has ended, unless another has come
	// since.
	/**
	 * @param {string} method @param {string} path @param {any} options @param {string} fresh
	 * @param {AbortSignal} [ended]
	 */
	async function answerOf(method, path, options, fresh, ended) {
		try {
			return await api.send(method, path, options, fresh, ended);
		} catch (error) {
			if (error instanceof ApiError && error.status === 401 && access?.token === fresh)
				await expire();
			throw error;
		}
	}

	// --- coming and going ---

	/** @param {any} answer @returns {User} */
	function personOf(answer) {
		const { id, email, name } = answer.user;
		return { id, email, name, homeSpace: answer.space };
	}

	// A sign-out that could not be told to the server is told before anybody else signs in or refreshes.
	/** @param {string | null} [spent] an access token that names the sign-in as well */
	function payOwed(spent = null) {
		leaving = leaving.then(() => withCookie(async () => {
			const owed = await device.get("owed");
			if (!owed)
				return;
			await api.send(
				"POST",
				"/auth/logout",
				owed.refreshToken ? { body: { refreshToken: owed.refreshToken } } : {},
				spent
			);
			await device.drop("owed");
		})).catch(() => {});
		return leaving;
	}

	/**
	 * The cookie is one for all tabs: who gives it back must not meet one that has just been given in another.
	 * @template T @param {() => Promise<T>} doing
	 */
	function withCookie(doing) {
		return cookie ? alone("refresh", doing) : doing();
	}

	/** @param {string} where @param {any} form */
	async function enter(where, form) {
		await (cookie ? leaving : payOwed());
		const { id, name } = device.self();
		const data = await withCookie(async () => {
			const answer = await api.send("POST", where, {
				body: {
					...form, ...(cookie ? { cookie } : {}), deviceId: id,
					...(name ? { deviceName: name } : {}),
				},
			});
			await device.drop("owed");
			return answer.data;
		});
		await inTurn(() => come(data, "password"));
	}

	/** On a shared handheld, by its token. @param {{user: string, pin: string}} form @param {string} handheld */
	async function enterByPin({ user, pin }, handheld) {
		const entry = entries;
		const { data } = await api.send(
			"POST",
			"/auth/pin",
			{ body: { user, pin, deviceId: device.self().id } },
			handheld
		);
		if (entry !== entries)
			throw new EngineError(OTHER);
		await inTurn(() => come(data, "pin"));
	}

	/** @param {any} answer @param {"password" | "pin"} kind */
	async function come(answer, kind) {
		const user = personOf(answer);
		entries += 1;
		await keep(user, kind);
		if (state.user && (state.user.id !== user.id || state.kind !== kind))
			left();
		await entered(user, kind);
		state.kind = kind;
		takeAccess(answer);
		await keepRefresh(answer);
		become({ status: "in", user, kind });
	}

	/** Come back to what this device knows, without asking anybody. */
	async function start() {
		payOwed();
		/** @type {Kept | undefined} */
		const kept = await device.get("session");
		if (!kept?.user)
			return become({ status: "out", user: null });
		await entered(kept.user, kept.kind);
		if (kept.kind === "pin")
			await resumePin(kept.user);
		become({
			status: kept.expired ? "expired" : "in", user: kept.user, kind: kept.kind,
			notice: kept.expired ? ENDED : null,
		});
	}

	/** @param {User} user */
	async function resumePin(user) {
		const saved = await device.get("pinAccess");
		if (saved?.user === user.id)
			access = { token: saved.token, until: saved.until, since: saved.since };
	}

	async function end() {
		const spent = access?.token ?? null;
		await inTurn(go);
		await payOwed(spent);
	}

	async function go() {
		const refreshToken = cookie ? undefined : await device.get("refresh").catch(() => undefined);
		entries += 1;
		// First here: whatever the network does, nobody can go on as this person on this device.
		await device.put("session", { user: null, kind: "password" });
		await device.put("owed", { refreshToken });
		await device.drop("refresh");
		await device.drop("pinAccess");
		access = null;
		left();
		become({ status: "out", user: null, kind: "password" });
		tell({ session: true });
	}

	/**
	 * Another tab signed somebody in or out, or the browser took everything away: a sign-out leaves word that it
	 * was one.
	 */
	async function noticed() {
		/** @type {Kept | undefined} */
		const kept = await device.get("session"), user = kept?.user ?? null;
		if (user?.id === state.user?.id && (!kept || !user || kept.kind === state.kind)) {
			if (state.status === "expired" && user && !kept?.expired) {
				entries += 1;
				become({ status: "in" });
			} else if (state.status === "in" && kept?.expired) {
				become({ status: "expired", notice: endedWords() });
			}
			return;
		}
		entries += 1;
		access = null;
		if (state.user)
			left();
		if (!kept)
			await device.put("id", device.self().id).catch(() => {});
		if (!kept || !user)
			return become({
				status: "out",
				user: null,
				notice: kept ? "You signed out in another tab." : CLEARED,
			});
		await entered(user, kept.kind);
		if (kept.kind === "pin")
			await resumePin(user);
		state.kind = kept.kind;
		become({
			status: kept.expired ? "expired" : "in", user, kind: kept.kind,
			notice: kept.expired ? endedWords() : null,
		});
	}

	/** Somebody uses the device: on a shared handheld that, and nothing else, prolongs the sign-in. */
	function used() {
		if (
			state.status !== "in" ||
			state.kind !== "pin" ||
			!access ||
			clock.now() - access.since < (access.until - access.since) * PROLONG
		)
			return;
		renew(access.token).catch(() => {});
	}

	return {
		state, end, request, enter, enterByPin, payOwed, disown, used,
		start: () => inTurn(start),
		noticed: () => inTurn(noticed),
		/** @param {{token: string, until: number, since: number, user: string}} other from another tab */
		takeFromOther(other) {
			if (state.user?.id === other.user && (!access || other.until > access.until))
				access = { token: other.token, until: other.until, since: other.since };
		},
		/** Learnt from the server. @param {Partial<User>} known */
		async learn(known) {
			if (!state.user || state.user.id !== known.id)
				throw new EngineError("Nobody is signed in.");
			const user = { ...state.user, ...known };
			if (JSON.stringify(user) === JSON.stringify(state.user))
				return;
			become({ user, notice: state.notice });
			await device.put("session", { user, kind: state.kind, expired: state.status === "expired" });
		},
	};
}
