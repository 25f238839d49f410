// The people of a test.  `as("anna")` is a person who signs up on first use; the methods send JSON and resolve to
// {status, headers, body, problem}.  `as("anna").in(team)` is the same person in that space, `as("anna").with({...})`
// adds headers to all of their requests, `as("anna").over(url)` goes through another address.
import { randomBytes } from "node:crypto";
import http from "node:http";
import { send } from "./http.mjs";
import { until } from "./wait.mjs";

class Person {
	constructor(stack, account, { space, headers = {}, url } = {}) {
		this.stack = stack;
		this.account = account;
		this.space = space;
		this.headers = headers;
		this.url = url;
	}

	get name() {
		return this.account.name;
	}

	// Sign up if that has not happened yet, and become usable: id, home, token, refreshToken, email, password.
	async ready() {
		this.account.signedUp ??= signUp(this.stack, this.account);
		await this.account.signedUp;
		return this;
	}

	get id() { return this.account.id; }
	get home() { return this.account.home; }
	get token() { return this.account.token; }
	get refreshToken() { return this.account.refreshToken; }
	get email() { return this.account.email; }
	get password() { return this.account.password; }

	in(space) {
		return new Person(this.stack, this.account, { ...this, space: space.id ?? space });
	}

	with(headers) {
		return new Person(this.stack, this.account, { ...this, headers: { ...this.headers, ...headers } });
	}

	// The same person over another way to the server: each request with a connection of its own.
	over(url) {
		return new Person(this.stack, this.account, { ...this, url });
	}

	// "/api/cars" in a team is "/api/spaces/TEAM/cars".
	path(path) {
		return this.space === undefined ? path : path.replace(/^\/api\//, `/api/spaces/${this.space}/`);
	}

	// options: headers, body, and what send() takes.
	async request(method, path, { headers = {}, ...rest } = {}) {
		await this.ready();
		return send({
			url: (this.url ?? this.stack.url) + this.path(path),
			method,
			agent: this.url === undefined ? this.account.agent : false,
			headers: { Authorization: `Bearer ${this.account.token}`, ...this.headers, ...headers },
			...rest,
		});
	}

	get(path, headers) { return this.request("GET", path, { headers }); }
	head(path, headers) { return this.request("HEAD", path, { headers }); }
	post(path, body, headers) { return this.request("POST", path, { body, headers }); }
	put(path, body, headers) { return this.request("PUT", path, { body, headers }); }
	patch(path, body, headers) { return this.request("PATCH", path, { body, headers }); }
	delete(path, headers, body) { return this.request("DELETE", path, { body, headers }); }

	// Push ops from a device; gives the answer.
	push(ops, { device = `${this.name}-device`, ...envelope } = {}, headers) {
		return this.post("/api/sync/push", { device, ...envelope, ops }, headers);
	}

	// The feed after a cursor, page by page to its end: {changes, cursor, pages, head}.  A 410 and every other
	// refusal is thrown.
	async pull(cursor, { collections, onPage } = {}) {
		const changes = [];
		let pages = 0;

		for (;;) {
			const query = new URLSearchParams();
			if (cursor !== undefined)
				query.set("since", cursor);
			if (collections !== undefined)
				query.set("collections", collections);
			const answer = await this.get(`/api/sync/changes?${query}`);

			if (answer.status !== 200)
				throw Object.assign(
					new Error(`pull was answered ${answer.status}: ${answer.text}`), { answer });
			changes.push(...answer.body.changes);
			pages++;
			onPage?.(answer.body);
			cursor = answer.body.cursor;
			if (!answer.body.more)
				return { changes, cursor, pages, head: answer.body.head };
		}
	}

	// The head of the space as its seq.
	async headSeq() {
		return (await this.pull()).head;
	}

	// An API token of this person for a space: its text.
	async apiToken(scope, space = this.space ?? this.home) {
		const body = { name: `${this.name}'s ${scope}`, scope, space, password: this.password };
		const answer = await inTurn(`an API token of ${this.name}`,
			() => this.forAccount().post("/api/auth/tokens", body));
		if (answer.status !== 201)
			throw new Error(`no API token: ${answer.status} ${answer.text}`);
		return answer.body;
	}

	forAccount() {
		return new Person(this.stack, this.account, { ...this, space: undefined });
	}
}

// Ask for something that takes turns, such as what hashes a password: whoever gets 429 asks again.
export const inTurn = (what, ask) => until(what, async () => {
	const answer = await ask();
	return answer.status === 429 ? undefined : answer;
});

let zone; // of those who sign up

// From now on people sign up in this time zone, as at the devices of the browser tests.
export function settleIn(name) {
	zone = name;
}

async function signUp(stack, account) {
	const answer = await inTurn(`${account.name} to sign up`, () => send({
		url: `${stack.url}/api/auth/register`,
		method: "POST",
		agent: account.agent,
		body: { email: account.email, password: account.password, name: account.name, zone },
	}));

	if (answer.status !== 201)
		throw new Error(`${account.name} could not sign up: ${answer.status} ${answer.text}`);
	account.id = answer.body.user.id;
	account.home = answer.body.space;
	account.token = answer.body.accessToken;
	account.refreshToken = answer.body.refreshToken;
}

// The people of one stack.
export function people(stack) {
	const accounts = new Map();

	function as(name) {
		if (!accounts.has(name)) {
			accounts.set(name, {
				name,
				email: `${name.toLowerCase()}-${randomBytes(4).toString("hex")}@example.org`,
				password: randomBytes(12).toString("base64url"),
				agent: new http.Agent({ keepAlive: true }),
			});
		}
		return new Person(stack, accounts.get(name));
	}

	function close() {
		for (const account of accounts.values())
			account.agent.destroy();
	}

	return { as, close };
}
