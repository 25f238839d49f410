// @ts-check
// A shared handheld: this device becomes one and stops being one, and the names of the people who use it.
import { ApiError, path } from "./api.js";
import { EngineError } from "./words.js";

/**
 * What the device stores when it is a shared handheld.
 * @typedef {{token: string, id: string, space: string, spaceName: string, name: string}} Stored
 */

/**
 * @param {{api: {send: Function}, device: import("./device.js").Device, session: import("./session.js").Session,
 *   present: () => import("./account.js").Account, tell: (message: any) => void, changed: () => void}} parts present:
 *   the account of the person who is signed in
 */
export function createHandheld({ api, device, session, present, tell, changed }) {
	/** @type {Stored | null} */
	let handheld = null;

	/** @param {Stored | null} made */
	async function keep(made) {
		await (made ? device.put("handheld", made) : device.drop("handheld"));
		handheld = made;
		tell({ session: true });
		changed();
	}

	function current() {
		if (!handheld)
			throw new EngineError("This device is no shared handheld.");
		return handheld;
	}

	return {
		/** Reads what the device stores. */
		async load() { handheld = await device.get("handheld") ?? null; },
		get spaceName() { return handheld?.spaceName ?? ""; },
		token: () => current().token,
		/** What the app is told, or null. */
		shown: () => handheld && { space: handheld.space, spaceName: handheld.spaceName, name: handheld.name },

		/** @param {string} space @param {string} name */
		async becomeHandheld(space, name) {
			const mine = present(), spaceName = mine.infoOf(space).name;
			const body = { name, deviceId: device.self().id };
			const { data } = await mine.request("POST", path("spaces", space, "handhelds"), { body });
			await keep({ token: data.token, id: data.handheld.id, space, spaceName, name });
		},
		/** The people who may use it; without a network, as they were last known. */
		async handheldPeople() {
			const { token, space } = current();
			try {
				const { data } = await api.send("GET", "/auth/pin", {}, token);
				await device.put("people", { space, people: data.people }).catch(() => {});
				return data.people;
			} catch (error) {
				// A manager has taken the device out of use.
				if (error instanceof ApiError && error.status === 401 && handheld?.token === token)
					await keep(null);
				const known = await device.get("people");
				if (!(error instanceof ApiError) || !error.isPassing || known?.space !== space)
					throw error;
				return known.people;
			}
		},
		/** On the server only a manager can end it.  On the device it ends in any case. */
		async leaveHandheld() {
			const { id, space } = current(), { status, kind } = session.state;
			const ignore = (/** @type {any} */ error) => {
				if (error.status !== 403 && error.status !== 404)
					throw error;
			};
			if (status === "in" && kind === "password")
				await present().request("DELETE", path("spaces", space, "handhelds", id)).catch(ignore);
			await device.drop("people");
			await keep(null);
		},
	};
}
