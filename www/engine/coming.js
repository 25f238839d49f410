// @ts-check
// Signing in and out.  All tabs share one refresh cookie, so a sign-in and a sign-out never run at the same time.  A
// sign-out that did not reach the server is owed: it is sent before anybody else signs in.
import { OTHER } from "./renewal.js";
import { personOf } from "./standing.js";
import { EngineError } from "./words.js";

/**
 * @param {{api: {send: Function}, device: import("./device.js").Device, cookie: boolean,
 *   alone: (name: string, doing: () => Promise<any>) => Promise<any>, standing: import("./standing.js").Standing,
 *   inTurn: (doing: () => Promise<any>) => Promise<any>, tell: (message: any) => void,
 *   entered: (user: import("./engine.d.ts").User, kind: "password" | "pin") => Promise<void>, left: () => void}} parts
 *   inTurn: runs sign-ins and sign-outs one after the other
 */
export function createComing({ api, device, cookie, alone, standing, inTurn, tell, entered, left }) {
	const { state } = standing;
	/**
	 * A sign-out on its way to the server.  The answer deletes the cookie, so nobody may sign in before it has
	 * come.
	 * @type {Promise<void>}
	 */
	let leaving = Promise.resolve();

	/** @template T @param {() => Promise<T>} doing */
	function withCookie(doing) {
		return cookie ? alone("refresh", doing) : doing();
	}

	/** @param {string | null} spent */
	async function tellOwed(spent) {
		const owed = await device.get("owed");
		if (!owed)
			return;
		const options = owed.refreshToken ? { body: { refreshToken: owed.refreshToken } } : {};
		await api.send("POST", "/auth/logout", options, spent);
		await device.drop("owed");
	}

	/**
	 * Sends a sign-out that did not reach the server before.
	 * @param {string | null} [spent] an access token of that sign-in
	 */
	function payOwed(spent = null) {
		leaving = leaving.then(() => withCookie(() => tellOwed(spent))).catch(() => {});
		return leaving;
	}

	/** @param {any} answer @param {"password" | "pin"} kind */
	async function come(answer, kind) {
		const user = personOf(answer);
		standing.entries += 1;
		await standing.keep(user, kind);
		if (state.user && (state.user.id !== user.id || state.kind !== kind))
			left();
		await entered(user, kind);
		state.kind = kind;
		standing.takeAccess(answer);
		await standing.keepRefresh(answer);
		standing.become({ status: "in", user, kind });
	}

	async function go() {
		const refreshToken = cookie ? undefined : await device.get("refresh").catch(() => undefined);
		standing.entries += 1;
		// The device comes first: whatever the network does, nobody can go on as this person here.
		await device.put("session", { user: null, kind: "password" });
		await device.put("owed", { refreshToken });
		await device.drop("refresh");
		await device.drop("pinAccess");
		standing.access = null;
		left();
		standing.become({ status: "out", user: null, kind: "password" });
		tell({ session: true });
	}

	return {
		payOwed,
		/** @param {string} where the path of a sign-in @param {any} form */
		async enter(where, form) {
			await (cookie ? leaving : payOwed());
			const { id, name } = device.self();
			const named = name ? { deviceName: name } : {};
			const body = { ...form, ...(cookie ? { cookie } : {}), deviceId: id, ...named };
			const data = await withCookie(async () => {
				const answer = await api.send("POST", where, { body });
				await device.drop("owed");
				return answer.data;
			});
			await inTurn(() => come(data, "password"));
		},
		/**
		 * On a shared handheld.
		 * @param {{user: string, pin: string}} form @param {string} handheld its token
		 */
		async enterByPin({ user, pin }, handheld) {
			const entry = standing.entries, body = { user, pin, deviceId: device.self().id };
			const { data } = await api.send("POST", "/auth/pin", { body }, handheld);
			if (entry !== standing.entries)
				throw new EngineError(OTHER);
			await inTurn(() => come(data, "pin"));
		},
		async end() {
			const spent = standing.access?.token ?? null;
			await inTurn(go);
			await payOwed(spent);
		},
	};
}
