// @ts-check
// Who is signed in on this device: at the start, by what is stored, and after what other tabs do.  Signing in and out
// is coming.js, requests and tokens are tokens.js.  The access token is in memory.  The refresh token is in an HttpOnly
// cookie that no script can read, or, for a program outside of a browser, in the database of the device.  A person who
// came in by PIN has no refresh token: their access token is renewed while somebody uses the device.
import { createComing } from "./coming.js";
import { createStanding, endedWords } from "./standing.js";
import { unsentWords } from "./tally.js";
import { createTokens } from "./tokens.js";
import { EngineError, NOBODY } from "./words.js";

const CLEARED = "This browser has cleared what Daybook kept on this device. Sign in to load it again.";
const LEFT = "You signed out in another tab.";

/** @param {number} lost ops that were not sent */
function clearedWords(lost) {
	return lost === 0 ? CLEARED : `${CLEARED} ${unsentWords(lost)} lost.`;
}

/** @typedef {import("./engine.d.ts").User} User */
/** @typedef {import("./standing.js").Kept} Kept */

/**
 * alone: runs one thing of a name at a time, in all tabs.  tell: to the other tabs.  noted: how many ops this device
 * should hold, null if it is new.  entered: opens what the device holds of a person.  left: closes it.
 * @param {{api: {send: Function}, device: import("./device.js").Device, clock: import("./clock.js").Clock,
 *   cookie: boolean, alone: (name: string, doing: () => Promise<any>) => Promise<any>, tell: (message: any) => void,
 *   noted: () => number | null, entered: (user: User, kind: "password" | "pin") => Promise<void>, left: () => void,
 *   changed: () => void}} parts
 */
export function createSession({ api, device, clock, cookie, alone, tell, noted, entered, left, changed }) {
	const standing = createStanding({ device, clock, cookie, tell, changed });
	const { state } = standing;
	/** @type {Promise<any>} the last sign-in or sign-out under way */
	let moving = Promise.resolve();

	/** @template T @param {() => Promise<T>} doing @returns {Promise<T>} */
	function inTurn(doing) {
		const mine = moving.then(doing);
		moving = mine.catch(() => {});
		return mine;
	}

	const tokens = createTokens({ api, device, clock, cookie, alone, standing, left });
	const coming = createComing({ api, device, cookie, alone, standing, inTurn, tell, entered, left });

	/**
	 * Opens what the device stores of a person.
	 * @param {User} user @param {Kept} kept @param {string} notice shown if the sign-in has ended
	 */
	async function resume(user, { kind, expired }, notice) {
		await entered(user, kind);
		if (kind === "pin")
			await standing.resumePin(user);
		state.kind = kind;
		standing.become({ status: expired ? "expired" : "in", user, kind, notice: expired ? notice : null });
	}

	/** Starts with what this device stores, without the network. */
	async function start() {
		coming.payOwed();
		/** @type {Kept | undefined} */
		const kept = await device.get("session");
		const lost = kept ? null : noted();
		if (!kept?.user)
			return standing.become({
				status: "out", user: null, notice: lost === null ? null : clearedWords(lost),
			});
		await resume(kept.user, kept, endedWords("password"));
	}

	/**
	 * Another tab has stored a sign-in of the same person: it has ended, or is good again.
	 * @param {Kept | undefined} kept
	 */
	function noticedSame(kept) {
		if (state.status === "expired" && kept?.user && !kept.expired) {
			standing.entries += 1;
			standing.become({ status: "in" });
		} else if (state.status === "in" && kept?.expired) {
			standing.become({ status: "expired", notice: endedWords(state.kind) });
		}
	}

	/**
	 * Looks again at who is signed in: another tab signed somebody in or out, or the browser has deleted
	 * everything.
	 */
	async function noticed() {
		/** @type {Kept | undefined} */
		const kept = await device.get("session"), user = kept?.user ?? null;
		if (user?.id === state.user?.id && (!kept || !user || kept.kind === state.kind))
			return noticedSame(kept);
		standing.entries += 1;
		standing.access = null;
		if (state.user)
			left();
		if (!kept)
			await device.put("id", device.self().id).catch(() => {});
		if (!kept || !user)
			return standing.become({
				status: "out", user: null, notice: kept ? LEFT : clearedWords(noted() ?? 0),
			});
		await resume(user, kept, endedWords(kept.kind));
	}

	return {
		state, ...tokens, ...coming,
		start: () => inTurn(start),
		noticed: () => inTurn(noticed),
		/** @param {{token: string, until: number, since: number, user: string}} other from another tab */
		takeFromOther({ token, until, since, user }) {
			if (state.user?.id === user && (!standing.access || until > standing.access.until))
				standing.access = { token, until, since };
		},
		/** What the server has sent about the person. @param {Partial<User>} known */
		async learn(known) {
			if (!state.user || state.user.id !== known.id)
				throw new EngineError(NOBODY);
			const user = { ...state.user, ...known };
			if (JSON.stringify(user) === JSON.stringify(state.user))
				return;
			standing.become({ user, notice: state.notice });
			await device.put("session", { user, kind: state.kind, expired: state.status === "expired" });
		},
	};
}

/** @typedef {ReturnType<typeof createSession>} Session */
