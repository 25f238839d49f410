// What lies between a device and the server: a fetch that takes its time, loses requests and answers, delivers
// some twice or in another order, cuts bodies off, has broken and busy proxies and captive portals.  What
// really happened is in `wire`, in the order in which it happened: {sent}, {handled},
// {delivered}, {failed}, each with its call.

// How often what goes wrong, of one request.
export const weathers = {
	calm: {},
	breezy: { lost: 0.03, unanswered: 0.03, late: 0.05, twice: 0.02, brokenBefore: 0.02 },
	stormy: {
		lost: 0.1, unanswered: 0.12, hung: 0.03, late: 0.12, twice: 0.06, truncated: 0.05, brokenBefore: 0.06,
		brokenAfter: 0.05, busy: 0.04, portal: 0.03,
	},
};

class Reply {
	constructor(url, { status, headers, body }, cut) {
		this.url = url;
		this.status = status;
		this.ok = status >= 200 && status < 300;
		this.statusText = "";
		this.type = "basic";
		this.redirected = false;
		this.headers = new Headers(headers);
		this.body = null;
		this.bodyUsed = false;
		Object.defineProperty(this, "held", { value: { body, cut } });
	}

	async bytes() {
		const { body, cut } = this.held;

		if (this.bodyUsed)
			throw new TypeError("the body was read before");
		this.bodyUsed = true;
		if (cut === "error")
			throw new TypeError("terminated");
		const bytes = typeof body === "string" ? new TextEncoder().encode(body) : new Uint8Array(body);
		return cut === "short" ? bytes.slice(0, Math.floor(bytes.length / 2)) : bytes;
	}

	async text() { return new TextDecoder().decode(await this.bytes()); }
	async json() { return JSON.parse(await this.text()); }
	async arrayBuffer() { return (await this.bytes()).buffer; }
	async blob() { return new Blob([await this.bytes()], { type: this.headers.get("content-type") ?? "" }); }
	clone() { return new Reply(this.url, {
		status: this.status, headers: this.headers, body: this.held.body,
	}, this.held.cut); }
}

const portal = () => ({
	status: 200, headers: { "content-type": "text/html; charset=utf-8" },
	body: "<!doctype html><title>Welcome to our guests' network</title>",
});

const broken = (chance) => {
	const status = chance.pick([500, 502, 503, 504]);
	return {
		status,
		headers: {
			"content-type": chance.of(0.5) ? "text/html" : "application/problem+json",
			...(status === 503 && chance.of(0.5) ? { "retry-after": String(1 + chance.below(8)) } : {}),
		},
		body: JSON.stringify({
			type: "/problems/unavailable", title: "Not available", status,
			detail: "A server on the way is out of order.",
		}),
	};
};

// However often it comes, no device gives an op up for it, and changes are fetched all the same.
const noRoom = () => ({
	status: 507, headers: { "content-type": "application/problem+json" },
	body: JSON.stringify({ type: "/problems/no-room", title: "No room", status: 507, detail: "The disk is full." }),
});

const busy = (chance) => ({
	status: 429,
	headers: { "content-type": "application/problem+json", "retry-after": String(1 + chance.below(20)) },
	body: JSON.stringify({
		type: "/problems/busy", title: "Too much at once", status: 429, detail: "Please wait.",
	}),
});

async function readBody(body) {
	if (body === undefined || body === null || typeof body === "string")
		return body ?? undefined;
	if (body instanceof Blob)
		return new Uint8Array(await body.arrayBuffer());
	return ArrayBuffer.isView(body) ? new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
		: new Uint8Array(body);
}

const failure = () => new TypeError("Failed to fetch");

export class Network {
	constructor({ clock, server, chance }) {
		Object.assign(this, { clock, server, chance });
		this.weather = weathers.calm;
		this.blocks = undefined; // paths to which nothing gets through
		this.fails = undefined; // paths for which the server has no room
		this.isAway = false; // whether nothing gets through at all
		this.isHole = false; // whether requests and answers vanish, and nobody is told
		this.watch = undefined; // is told of each answer while it is on its way
		this.hear = undefined; // is told of each request that leaves a tab, and of its answer when that arrives
		this.wire = [];
		this.calls = 0;
		this.flying = 0;
	}

	note(kind, call, more = {}) {
		this.wire.push({ kind, at: this.clock.now, call, ...more });
	}

	// What goes wrong with the next request, if anything.
	fate() {
		let at = this.chance.number();

		for (const [name, p] of Object.entries(this.weather)) {
			at -= p;
			if (at < 0)
				return name;
		}
		return "well";
	}

	// The browser's own part: the refresh cookie, which scripts never see, and the origin of the page.
	headersOf(tab, url, init) {
		const headers = Object.fromEntries(
			[...new Headers(init.headers)].map(([name, value]) => [name.toLowerCase(), value]));
		const { cookie } = tab.device;

		if ((init.method ?? "GET") !== "GET")
			headers.origin = this.server.origin;
		if (cookie !== undefined && new URL(url, this.server.origin).pathname.startsWith("/api/auth/"))
			headers.cookie = `daybook_refresh=${cookie}`;
		return headers;
	}

	keepCookie(tab, headers) {
		const found = /^daybook_refresh=([^;]*);.*Max-Age=(\d+)/.exec(headers["set-cookie"] ?? "");

		if (found !== null)
			tab.device.cookie = found[2] === "0" ? undefined : found[1];
	}

	fetchOf(tab) {
		return (url, init = {}) => new Promise((resolve, reject) => {
			if (!tab.dead)
				this.begin(tab, String(url?.url ?? url), init, resolve, reject);
		});
	}

	async begin(tab, url, init, resolve, reject) {
		const body = await readBody(init.body);
		const request = { method: init.method ?? "GET", url, headers: this.headersOf(tab, url, init), body };
		const call = {
			number: ++this.calls, device: tab.device, tab, request,
			path: new URL(url, this.server.origin).pathname, over: false,
		};
		const end = (settle, value) => {
			if (call.over || tab.dead)
				return;
			call.over = true;
			settle(value);
		};

		if (tab.dead)
			return;
		if (typeof body === "string" && /\/sync\/push$/.test(call.path))
			call.push = JSON.parse(body);
		call.fail = () => {
			if (!call.over && !tab.dead)
				this.note("failed", call);
			end(reject, failure());
		};
		call.give = (answer, cut) => {
			if (call.over || tab.dead)
				return;
			this.keepCookie(tab, answer.headers);
			this.note("delivered", call, { answer, cut });
			end(resolve, new Reply(url, answer, cut));
			this.hear?.(call);
		};
		const abort = () => {
			if (!call.over && !tab.dead)
				this.note("failed", call, { aborted: true });
			end(reject, init.signal.reason ?? new DOMException("The operation was aborted.", "AbortError"));
		};
		this.note("sent", call);
		if (init.signal?.aborted)
			return abort();
		init.signal?.addEventListener("abort", abort);
		this.hear?.(call);
		this.send(call);
	}

	send(call) {
		const { chance, clock } = this, { device } = call.tab;
		const fate = this.fate();
		const up = chance.between(5, 60);
		const down = chance.between(5, 60) + (fate === "late" ? chance.between(3_000, 45_000) : 0);
		const deliver = (answer, cut) => clock.wait(() => {
			if (device.wired && !this.isHole)
				call.give(answer, cut);
			else if (!device.wired)
				call.fail();
		}, down);

		call.fate = fate;
		if (!device.wired)
			return clock.wait(call.fail, chance.between(1, 50));
		if (fate === "lost" || this.isAway || this.blocks?.test(call.path))
			return clock.wait(call.fail, up);
		if (this.fails?.test(call.path))
			return deliver(noRoom());
		if (fate === "portal")
			return deliver(portal());
		if (fate === "brokenBefore")
			return deliver(broken(chance));
		if (fate === "busy")
			return deliver(busy(chance));
		clock.wait(() => {
			if (!device.wired)
				return call.fail();
			if (this.isHole && chance.of(0.5))
				return undefined;
			const answer = this.handle(call);
			if (fate === "twice")
				// The same bytes once more, whose answer nobody hears.
				clock.wait(() => this.handle(call), chance.between(1, 8_000));
			if (fate === "unanswered")
				return clock.wait(call.fail, down);
			if (fate === "hung")
				return undefined; // for ever, or until the engine gives up
			if (fate === "brokenAfter")
				return deliver(broken(chance));
			return deliver(answer, fate === "truncated" ? chance.pick(["error", "short"]) : undefined);
		}, up);
	}

	handle(call) {
		const answer = this.server.handle(call.request);

		this.note("handled", call, { answer });
		this.watch?.(call, answer);
		return answer;
	}
}
