// @ts-check
// Renews the access token of the person who is signed in.  One tab does it at a time, and the others take its token.
import { ApiError } from "./api.js";
import { firstOf } from "./first.js";
import { personOf } from "./standing.js";

export const OTHER = "Somebody else has signed in on this device.";

/**
 * @param {{api: {send: Function}, device: import("./device.js").Device, clock: import("./clock.js").Clock,
 *   cookie: boolean, alone: (name: string, doing: () => Promise<any>) => Promise<any>,
 *   standing: import("./standing.js").Standing, left: () => void}} parts alone: runs one thing of a name at a time,
 *   in all tabs
 */
export function createRenewal({ api, device, clock, cookie, alone, standing, left }) {
	const { state } = standing;
	/** @type {{entry: number, promise: Promise<string>} | null} */
	let renewing = null;

	async function askForAccess() {
		if (state.kind === "pin") {
			const body = { handheld: (await device.get("handheld"))?.token ?? "" };
			return api.send("POST", "/auth/pin/refresh", { body }, standing.access?.token ?? null);
		}
		const options = cookie ? {} : { body: { refreshToken: await device.get("refresh") } };
		return api.send("POST", "/auth/refresh", options);
	}

	/**
	 * The refresh answered for another user: somebody else has signed in in this browser, and the shared cookie is
	 * theirs.  Stops, so that nothing of this person is sent with it.
	 * @param {any} answer
	 */
	async function stopForOther(answer) {
		standing.entries += 1;
		standing.access = null;
		const user = answer.user.id ? personOf(answer) : null;
		await device.put("session", { user, kind: "password", expired: false }).catch(() => {});
		left();
		standing.become({ status: "out", user: null, notice: OTHER });
		throw new ApiError(401, { detail: OTHER });
	}

	/** The token of this person if they have signed in again meanwhile. @param {string | undefined} person */
	function ofNewEntry(person) {
		if (!standing.access || state.user?.id !== person)
			throw new ApiError(401);
		return standing.access.token;
	}

	/** @param {any} data of the refresh */
	async function takeRefreshed(data) {
		standing.takeAccess(data);
		await standing.keepRefresh(data).catch(() => {});
		if (state.status === "expired") {
			standing.become({ status: "in" });
			await standing.keep(state.user, state.kind).catch(() => {});
		}
		return data.accessToken;
	}

	/** @param {string | undefined} spent @param {number} entry @param {string | undefined} person */
	async function refresh(spent, entry, person) {
		if (entry !== standing.entries)
			return ofNewEntry(person);
		// Another tab may have renewed it while this one waited for its turn.
		if (standing.access && standing.access.token !== spent)
			return standing.access.token;
		try {
			const { data } = await firstOf(askForAccess, clock);
			if (entry !== standing.entries)
				return ofNewEntry(person);
			if (person && data.user.id !== person)
				await stopForOther(data);
			return await takeRefreshed(data);
		} catch (error) {
			if (entry !== standing.entries && state.user?.id === person)
				return ofNewEntry(person);
			const isRefused = error instanceof ApiError && (error.status === 401 || error.status === 403);
			if (isRefused && entry === standing.entries)
				await standing.expire();
			throw error;
		}
	}

	/** @param {string | undefined} spent the token that is no longer good @returns {Promise<string>} */
	function renew(spent) {
		if (standing.access && standing.access.token !== spent)
			return Promise.resolve(standing.access.token);
		if (renewing?.entry !== standing.entries) {
			const entry = standing.entries, person = state.user?.id;
			const promise = alone("refresh", () => refresh(spent, entry, person))
				.finally(() => { renewing = renewing === one ? null : renewing; });
			const one = { entry, promise };
			renewing = one;
		}
		return renewing.promise;
	}

	return { renew, stopForOther };
}
