// Who is signed in, and the access token, which lives only here in memory.  The refresh token is in an HttpOnly cookie that no script
// sees; one tab at a time uses it (a Web Lock where there is one).  No document, no records.

const EARLY = 30_000; // milliseconds before its end a token is renewed
const KNOWN = "daybook.session"; // {"user"} while someone is signed in on this browser: there may be a cookie worth trying

// storage: localStorage or the like.  locks: navigator.locks, or nothing.  changed() is called after every change of state.
export function createSession({ api, storage, locks = null, now = Date.now, device, changed = () => {} }) {
	const state = { status: "starting", user: null, problem: null };
	let access = null; // { token, until }
	let renewing = null; // the promise of the renewal under way

	function become(status, user = null, problem = null) {
		state.status = status;
		state.user = user;
		state.problem = problem;
		changed();
	}

	// The answer of a sign-in, a sign-up and a refresh is the same.
	function enter(answer) {
		const user = answer.user;
		access = { token: answer.accessToken, until: now() + (answer.expiresIn ?? 900) * 1000 };
		if (storage.getItem(KNOWN) !== user.id)
			storage.setItem(KNOWN, user.id);
		if (state.status !== "in" || state.user?.id !== user.id)
			become("in", user);
	}

	function leave(problem = null) {
		access = null;
		storage.removeItem(KNOWN);
		become("out", null, problem);
	}

	// The cookie is the browser's: if somebody else signed in in another tab, the new token is theirs, and no request of the one before
	// may go out with it.
	async function ask() {
		const before = state.user?.id;
		const answer = await api.open("POST", "/api/auth/refresh", {});
		enter(answer.data);
		return before && before !== answer.data.user.id ? null : access.token;
	}

	// A new access token, or null when the sign-in has ended.  A network that fails ends nothing: that error goes to the caller.
	function renew(spent) {
		if (access && access.token !== spent)
			return Promise.resolve(access.token);
		renewing ??= (locks ? locks.request("daybook-refresh", ask) : ask())
			.catch((error) => {
				if (error.status !== 401 && error.status !== 403)
					throw error;
				leave(state.status === "in" ? "You were signed out. What you typed is kept." : null);
				return null;
			})
			.finally(() => { renewing = null; });
		return renewing;
	}

	async function token() {
		if (access && now() < access.until - EARLY)
			return access.token;
		if (state.status !== "in" && state.status !== "starting" && state.status !== "away")
			return null;
		try {
			return await renew(access?.token);
		} catch (error) {
			// Good to its last second, should the renewal fail for now.
			if (access && now() < access.until)
				return access.token;
			throw error;
		}
	}

	// Come back to what this browser knows.  "away" means: there may be a sign-in, but nobody could be asked.
	async function start() {
		if (!storage.getItem(KNOWN))
			return leave();
		try {
			await renew(access?.token);
		} catch (error) {
			become("away", null, error.message);
		}
	}

	async function come(where, form) {
		const answer = await api.open("POST", where, { body: { ...form, cookie: true, deviceId: device } });
		enter(answer.data);
	}

	async function signOut() {
		const headers = access ? { Authorization: `Bearer ${access.token}` } : {};
		await api.open("POST", "/api/auth/logout", { headers });
		leave();
	}

	// Another tab signed in or out.
	function noticed(event) {
		if (event.key !== KNOWN)
			return;
		if (!event.newValue && state.status === "in") {
			access = null;
			become("out", null, "You signed out in another tab.");
		} else if (event.newValue && event.newValue !== state.user?.id) {
			access = null;
			start();
		}
	}

	api.useTokens({ token, renew });
	return {
		state, start, signOut, noticed,
		signIn: (form) => come("/api/auth/login", form),
		signUp: (form) => come("/api/auth/register", form),
	};
}
