// A team whose people use the expenses API as a client of that system does: {space, anna, ben, …}, each with .native,
// .id, .get .post .put .delete (paths behind /compat/expenses/api), .login() and .ask().
import assert from "node:assert/strict";
import { send } from "./http.mjs";

const BASE = "/compat/expenses/api";

class Client {
	constructor(stack, native, space) {
		Object.assign(this, { stack, native, space, id: native.id, token: undefined });
	}

	ask(method, path, body, headers = {}) {
		return send({
			url: this.stack.url + BASE + path, method, body,
			headers: { ...(this.token === undefined ? {} : { Authorization: `Bearer ${this.token}` }),
				...headers },
		});
	}

	get(path) { return this.ask("GET", path); }
	post(path, body, headers) { return this.ask("POST", path, body, headers); }
	put(path, body, headers) { return this.ask("PUT", path, body, headers); }
	delete(path) { return this.ask("DELETE", path); }

	// Sign in, and use the token from now on.
	async login(path = "/auth/login", more = {}) {
		const { email, password } = this.native;
		const answer = await send({
			url: this.stack.url + BASE + path, method: "POST", body: { email, password, ...more },
		});
		this.token = answer.body?.token;
		return answer;
	}

	// A second client of the same person: another device.
	async another() {
		const other = new Client(this.stack, this.native, this.space);
		assert.equal((await other.login("/employee-login", { space: this.space.id })).status, 200);
		return other;
	}
}

export async function office(stack, roles = { anna: "owner" }) {
	const space = await stack.team(roles);
	const people = { space };

	for (const name of Object.keys(roles)) {
		const native = await stack.as(name).in(space).ready();
		people[name] = new Client(stack, native, space);
		assert.equal((await people[name].login("/auth/login", { space: space.id })).status, 200);
	}
	return people;
}
