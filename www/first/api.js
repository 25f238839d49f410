// @ts-check
// Speaks HTTP with the server: every request of the app goes through request().  A problem (RFC 9457) or a failure of the network becomes
// an ApiError.  Knows nothing of records; the access token comes from session.js.

const PATIENCE = 20_000; // milliseconds until a request that is not answered counts as failed

/** What went wrong with a request.  status 0: there was no answer, so whether a write took place is not known. */
export class ApiError extends Error {
	/**
	 * @param {number} status
	 * @param {{type?: string, title?: string, detail?: string, field?: string, [member: string]: any}} [problem]
	 * @param {number} [retryAfter] seconds
	 */
	constructor(status, problem = {}, retryAfter = 0) {
		super(problem.detail || problem.title || problem.error || plainWords(status));
		this.name = "ApiError";
		this.status = status;
		this.type = problem.type ?? "";
		this.detail = this.message;
		this.field = problem.field ?? null;
		this.problem = problem;
		this.retryAfter = retryAfter;
	}

	/** Asking again, with the same key, can help. */
	get isPassing() {
		return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
	}
}

/** @param {number} status */
function plainWords(status) {
	if (status === 0)
		return "The server cannot be reached.";
	if (status === 429)
		return "The server asks to wait a moment.";
	if (status >= 500)
		return "The server has a problem at the moment.";
	return `The server refused this (${status}).`;
}

/**
 * @param {{fetch?: typeof fetch, base?: string, device?: string, patience?: number}} [options]
 */
export function createApi({ fetch = globalThis.fetch.bind(globalThis), base = "", device = "", patience = PATIENCE } = {}) {
	/** @type {{token: () => Promise<string|null>, renew: (spent: string) => Promise<string|null>}} */
	let keeper = { token: async () => null, renew: async () => null };

	/**
	 * One try, without tokens.  The answer's body is read within the same patience: a connection that dies in the middle is no answer.
	 * @param {string} method @param {string} path @param {{headers?: Record<string, string>, body?: any, raw?: BodyInit, blob?: boolean}} options
	 */
	async function send(method, path, { headers = {}, body, raw, blob = false }) {
		const away = new AbortController();
		const timer = setTimeout(() => away.abort(), patience);
		const all = { Accept: "application/json", ...headers };
		if (body !== undefined)
			all["Content-Type"] = "application/json";
		if (device)
			all["X-Device-Id"] = device;
		try {
			const reply = await fetch(base + path, {
				method, headers: all, body: raw ?? (body === undefined ? undefined : JSON.stringify(body)),
				credentials: "same-origin", cache: "no-store", redirect: "error", signal: away.signal,
			});
			if (!reply.ok && reply.status !== 304)
				throw await problemOf(reply);
			const data = reply.status === 204 || reply.status === 304 ? null : await (blob ? reply.blob() : reply.json());
			return { status: reply.status, etag: reply.headers.get("ETag"), data };
		} catch (error) {
			throw error instanceof ApiError ? error : new ApiError(0);
		} finally {
			clearTimeout(timer);
		}
	}

	/**
	 * A request of someone who signed in.  A token that ran out is renewed and the very same request is sent once more.
	 * @param {string} method @param {string} path
	 * @param {{headers?: Record<string, string>, body?: any, raw?: BodyInit, blob?: boolean}} [options]
	 */
	async function request(method, path, options = {}) {
		const token = await keeper.token();
		try {
			return await send(method, path, withToken(options, token));
		} catch (error) {
			if (!(error instanceof ApiError) || error.status !== 401 || !token)
				throw error;
			const fresh = await keeper.renew(token);
			if (!fresh)
				throw error;
			return await send(method, path, withToken(options, fresh));
		}
	}

	return {
		request,
		/** Without a token: signing in, refreshing. */
		open: send,
		/** @param {typeof keeper} keeps who has the token */
		useTokens(keeps) { keeper = keeps; },
	};
}

/** @param {{headers?: Record<string, string>}} options @param {string|null} token */
function withToken(options, token) {
	return token ? { ...options, headers: { ...options.headers, Authorization: `Bearer ${token}` } } : options;
}

/** @param {Response} reply */
async function problemOf(reply) {
	const after = Number(reply.headers.get("Retry-After"));
	let problem = {};
	try {
		if (/json/.test(reply.headers.get("Content-Type") ?? ""))
			problem = await reply.json();
	} catch {
		// A proxy's error page, or an answer cut short: the status says enough.
	}
	return new ApiError(reply.status, problem && typeof problem === "object" ? problem : {}, Number.isFinite(after) ? after : 0);
}

/** A path from its parts, each encoded: path("cars", id, "history"). @param {...string} parts */
export function path(...parts) {
	return "/api/" + parts.map(encodeURIComponent).join("/");
}
