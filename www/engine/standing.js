// @ts-check
// Who is signed in on this device, as this tab knows it: the person, how they came in, the access token.

/** @typedef {import("./engine.d.ts").User} User */
/** @typedef {"password" | "pin"} Kind how somebody came in */
/** @typedef {{token: string, until: number, since: number}} Access since: when it was issued */
/** @typedef {{user: User | null, kind: Kind, expired?: boolean}} Kept what the device stores of it */

const ENDED = "Your sign-in has ended. What you write is kept here; sign in to send it.";
const PIN_ENDED = "Please enter your PIN again. What you write is kept here.";

/** @param {Kind} kind */
export const endedWords = (kind) => (kind === "pin" ? PIN_ENDED : ENDED);

/** @param {any} answer of a sign-in or refresh @returns {User} */
export function personOf(answer) {
	const { id, email, name } = answer.user;
	return { id, email, name, homeSpace: answer.space };
}

/** @param {any} answer of a sign-in or refresh @param {number} now @returns {Access} */
function accessOf(answer, now) {
	return { token: answer.accessToken, until: now + (answer.expiresIn ?? 900) * 1000, since: now };
}

/**
 * @param {{device: import("./device.js").Device, clock: import("./clock.js").Clock, cookie: boolean,
 *   tell: (message: any) => void, changed: () => void}} parts cookie: the refresh token is in a cookie, not in the
 *   database; tell: to the other tabs
 */
export function createStanding({ device, clock, cookie, tell, changed }) {
	/**
	 * @type {{status: import("./engine.d.ts").SessionStatus, user: User | null, kind: Kind, notice: string | null}}
	 */
	const state = { status: "starting", user: null, kind: "password", notice: null };
	return {
		state,
		/** @type {Access | null} */
		access: null,
		/**
		 * Counts sign-ins and sign-outs.  An answer to a request from before the last one is about another
		 * sign-in.
		 */
		entries: 0,

		/** @param {Partial<typeof state>} to */
		become(to) {
			Object.assign(state, { notice: null }, to);
			changed();
		},
		/** Stores who is signed in. @param {User | null} user @param {Kind} kind @param {boolean} [expired] */
		async keep(user, kind, expired = false) {
			await device.put("session", { user, kind, expired });
			tell({ session: true });
		},
		/** @param {any} answer of a sign-in or refresh */
		takeAccess(answer) {
			this.access = accessOf(answer, clock.now());
			tell({ access: { ...this.access, user: answer.user.id } });
		},
		/** Stores the refresh token, where this device has one. @param {any} answer of a sign-in or refresh */
		async keepRefresh(answer) {
			if (!cookie && answer.refreshToken)
				await device.put("refresh", answer.refreshToken);
			// Without a refresh token, a reload would ask for the PIN again.
			if (!answer.refreshToken && state.kind === "pin" && this.access)
				await device.put("pinAccess", { ...this.access, user: answer.user.id });
		},
		/** Takes the stored access token of somebody who came in by PIN. @param {User} user */
		async resumePin(user) {
			const saved = await device.get("pinAccess");
			if (saved?.user === user.id)
				this.access = { token: saved.token, until: saved.until, since: saved.since };
		},
		/** The sign-in has ended; the person stays, and what they write waits. */
		async expire() {
			this.access = null;
			if (state.status !== "in")
				return;
			this.become({ status: "expired", notice: endedWords(state.kind) });
			await this.keep(state.user, state.kind, true).catch(() => {});
		},
	};
}

/** @typedef {ReturnType<typeof createStanding>} Standing */
