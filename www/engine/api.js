// @ts-check
// Speaks HTTP with the server.  A problem (RFC 9457), a failure of the network, and an answer that is not from Daybook
// become an ApiError.  This knows nothing of records, and gets its tokens from session.js.

const PATIENCE = 30_000; // milliseconds without a byte of the answer, after which a request counts as failed
const PACE = 8; // bytes per millisecond: a request gets more time for its body, as on a link of 64 kbit/s

/** What went wrong with a request.  status 0: there was no answer, so nobody knows whether a write took place. */
export class ApiError extends Error {
	/**
	 * @param {number} status
	 * @param {{type?: string, title?: string, detail?: string, error?: string, field?: string, [member: string]:
	 *   any}} [problem] @param {number} [retryAfter] seconds
	 */
	constructor(status, problem = {}, retryAfter = 0) {
		super(problem.detail || problem.title || problem.error || plainWords(status));
		this.name = "ApiError";
		this.status = status;
		this.type = problem.type ?? "";
		this.field = problem.field ?? null;
		this.problem = { ...problem, type: this.type, status, detail: this.message };
		this.retryAfter = retryAfter;
	}

	/** Whether asking again, with the same key, can help. */
	get isPassing() {
		return (
			this.status === 0 ||
			this.status === 408 ||
			this.status === 425 ||
			this.status === 429 ||
			this.status >= 500
		);
	}
}

/** @param {number} status */
function plainWords(status) {
	if (status === 0)
		return "The server cannot be reached.";
	if (status === 401)
		return "Please sign in.";
	if (status === 429)
		return "The server asks to wait a moment.";
	if (status >= 500)
		return "The server has a problem at the moment.";
	return `The server refused this (${status}).`;
}

/** Retry-After in seconds; it is either a number or a date. @param {Headers} headers @param {number} now */
function retryAfter(headers, now) {
	const text = headers.get("Retry-After");
	if (!text)
		return 0;
	const seconds = Number(text);
	return Number.isFinite(seconds) ? Math.max(0, seconds) : Math.max(0, (Date.parse(text) - now) / 1000 || 0);
}

/** @param {Response} reply @param {number} now */
async function problemOf(reply, now) {
	let problem = {};
	try {
		problem = JSON.parse(await reply.text());
	} catch {
		// A proxy's error page, or an answer cut short: the status says enough.
	}
	return new ApiError(
		reply.status,
		problem && typeof problem === "object" ? problem : {},
		retryAfter(reply.headers, now)
	);
}

/** @param {any} raw */
function bytesOf(raw) {
	return raw == null ? 0 : raw.byteLength ?? raw.size ?? raw.length ?? 0;
}

/**
 * The body of an answer, of which arrived hears piece by piece: a large one over a slow link takes long, but something
 * comes all the time.
 * @param {ReadableStreamDefaultReader<Uint8Array>} reader @param {() => void} arrived
 */
async function piecesOf(reader, arrived) {
	const pieces = [];
	for (;;) {
		const { done, value } = await reader.read();
		if (done)
			return pieces;
		pieces.push(value);
		arrived();
	}
}

/**
 * The same for whoever takes the pieces at their own pace: only what does not come is waited for no longer than
 * PATIENCE.
 * @param {ReadableStreamDefaultReader<Uint8Array>} reader @param {import("./clock.js").Clock} clock
 * @param {() => void} stop
 */
async function* takenFrom(reader, clock, stop) {
	try {
		for (;;) {
			const timer = clock.wait(stop, PATIENCE);
			const { done, value } = await reader.read().finally(() => clock.forget(timer));
			if (done)
				return;
			yield value;
		}
	} catch {
		throw new ApiError(0);
	} finally {
		stop();
	}
}

/** @param {Uint8Array[]} pieces */
function textOf(pieces) {
	const decoder = new TextDecoder();
	return pieces.map((piece) => decoder.decode(piece, { stream: true })).join("") + decoder.decode();
}

/**
 * @param {{fetch: typeof globalThis.fetch, base: string, device: () => string, clock: import("./clock.js").Clock,
 *   heard?: (headers: Headers, sentAt: number) => void}} parts heard is told of each answer, for the clock
 */
export function createApi({ fetch, base, device, clock, heard = () => {} }) {
	/**
	 * @param {import("./engine.d.ts").RequestOptions} options @param {string | null} token
	 * @returns {Record<string, string>}
	 */
	function headersOf({ headers = {}, body, key }, token) {
		return {
			Accept: "application/json",
			...(body === undefined ? {} : { "Content-Type": "application/json" }),
			...(device() ? { "X-Device-Id": device() } : {}),
			...(key ? { "Idempotency-Key": key } : {}),
			...(token ? { Authorization: `Bearer ${token}` } : {}),
			...headers,
		};
	}

	/**
	 * @param {Response} reply @param {import("./engine.d.ts").RequestOptions} options @param {() => void} arrived
	 * @param {() => void} stop
	 */
	async function contentOf(reply, { blob = false, stream = false }, arrived, stop) {
		if (reply.status === 204 || reply.status === 304)
			return null;
		const reader = reply.body?.getReader();
		if (stream && reader)
			return takenFrom(reader, clock, stop);
		if (!reader)
			return blob ? reply.blob() : JSON.parse(await reply.text());
		const pieces = await piecesOf(reader, arrived);
		return blob ? new Blob(pieces, { type: reply.headers.get("Content-Type") ?? "" })
			: JSON.parse(textOf(pieces));
	}

	/**
	 * Sends a request once.  If the connection dies in the middle of the answer, there was no answer.
	 * @param {string} method @param {string} path below /api
	 * @param {import("./engine.d.ts").RequestOptions & {arrived?: () => void, pace?: number}} [options] arrived:
	 *   called when the answer begins and for each piece of it; pace: PACE, of a link that may be slower
	 * @param {string | null} [token] @param {AbortSignal} [ended] whoever asked is gone
	 */
	async function send(method, path, options = {}, token = null, ended = undefined) {
		const away = new AbortController();
		const content = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
		const stop = () => away.abort(), sentAt = clock.now();
		let timer = clock.wait(stop, PATIENCE + bytesOf(content) / (options.pace ?? PACE));
		const arrived = () => {
			clock.forget(timer);
			timer = clock.wait(stop, PATIENCE);
			options.arrived?.();
		};

		ended?.addEventListener("abort", stop);
		try {
			if (ended?.aborted)
				throw new ApiError(0);
			const reply = await fetch(base + "/api" + path, {
				method, headers: headersOf(options, token), body: content, credentials: "same-origin",
				cache: "no-store", redirect: "error",
				signal: away.signal,
			});
			heard(reply.headers, sentAt);
			arrived();
			if (!reply.ok && reply.status !== 304)
				throw await problemOf(reply, clock.now());
			return {
				status: reply.status,
				data: await contentOf(reply, options, arrived, stop),
				headers: reply.headers,
			};
		} catch (error) {
			throw error instanceof ApiError ? error : new ApiError(0);
		} finally {
			clock.forget(timer);
			ended?.removeEventListener("abort", stop);
		}
	}

	return { send };
}

/** A path from its parts, each encoded. @param {...string} parts */
export function path(...parts) {
	return "/" + parts.map(encodeURIComponent).join("/");
}
