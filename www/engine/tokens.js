// @ts-check
// Requests with the access token of the person who is signed in.
import { ApiError } from "./api.js";
import { createRenewal } from "./renewal.js";
import { endedWords } from "./standing.js";

const EARLY = 30_000; // milliseconds before its end at which a token is renewed
const PROLONG = 0.3; // the part of its life after which use of the device renews the token of a PIN

/** @param {unknown} error */
const isRefused = (error) => error instanceof ApiError && error.status === 401;

/**
 * @param {{api: {send: Function}, clock: import("./clock.js").Clock, standing: import("./standing.js").Standing}
 *   & Parameters<typeof createRenewal>[0]} parts
 */
export function createTokens(parts) {
	const { api, clock, standing } = parts, { state } = standing;
	const { renew, stopForOther } = createRenewal(parts);

	/** @param {number} early milliseconds before its end */
	const isGood = (early = 0) => standing.access !== null && clock.now() < standing.access.until - early;

	async function token() {
		if (state.status === "expired")
			throw new ApiError(401, { detail: endedWords("password") });
		if (state.status !== "in")
			throw new ApiError(401, { detail: "Please sign in." });
		if (standing.access && isGood(state.kind === "pin" ? 0 : EARLY))
			return standing.access.token;
		try {
			return await renew(standing.access?.token);
		} catch (error) {
			// If the renewal fails, the token is used until it ends.
			if (standing.access && isGood() && error instanceof ApiError && error.isPassing)
				return standing.access.token;
			throw error;
		}
	}

	/**
	 * Sends with a token that was just issued.  If even that is refused, the sign-in has ended, unless another one
	 * has taken its place.
	 * @param {string} method @param {string} path @param {any} options @param {string} fresh
	 * @param {AbortSignal} [ended]
	 */
	async function sendAgain(method, path, options, fresh, ended) {
		try {
			return await api.send(method, path, options, fresh, ended);
		} catch (error) {
			if (isRefused(error) && standing.access?.token === fresh)
				await standing.expire();
			throw error;
		}
	}

	return {
		/**
		 * A request of the person.  If the token has run out it is renewed, and the very same request is sent
		 * once more.
		 * @param {string} method @param {string} path @param {import("./engine.d.ts").RequestOptions} [options]
		 * @param {AbortSignal} [ended]
		 */
		async request(method, path, options, ended) {
			const person = state.user?.id;
			const first = await token();
			if (state.user?.id !== person)
				throw new ApiError(401);
			try {
				return await api.send(method, path, options, first, ended);
			} catch (error) {
				if (!isRefused(error) || state.user?.id !== person)
					throw error;
				const second = await renew(first);
				if (state.user?.id !== person)
					throw error;
				return await sendAgain(method, path, options, second, ended);
			}
		},
		/** The server takes the token for somebody else's: nothing more is sent. */
		async disown() {
			await stopForOther({ user: { id: "", email: "", name: "" } }).catch(() => {});
		},
		/** Somebody uses the device.  On a shared handheld nothing else renews the sign-in. */
		used() {
			const { access } = standing;
			if (state.status !== "in" || state.kind !== "pin" || !access)
				return;
			if (clock.now() - access.since >= (access.until - access.since) * PROLONG)
				renew(access.token).catch(() => {});
		},
	};
}
