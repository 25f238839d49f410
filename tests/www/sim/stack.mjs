// The simulated server behind the calls that tests/lib/vectors.mjs makes of a stack: people by name, teams, and the
// `do` steps of vectors.
import { Chance } from "../../lib/chance.mjs";
import { Clock } from "./clock.mjs";
import { Server } from "./server.mjs";

class SimPerson {
	constructor(stack, user, space) {
		Object.assign(this, { stack, user, space });
	}

	get id() { return this.user.id; }
	get name() { return this.user.name; }
	get home() { return this.user.home; }

	async ready() { return this; }

	in(space) { return new SimPerson(this.stack, this.user, space.id ?? space); }

	token() {
		const { server } = this.stack;
		const { body } = server.handle({
			method: "POST",
			url: "/api/auth/login",
			headers: {},
			body: JSON.stringify({ email: this.user.email, password: this.user.password }),
		});
		return JSON.parse(body).accessToken;
	}

	async request(method, path, { headers = {}, body } = {}) {
		const lower = Object.fromEntries(Object.entries(headers)
			.map(([name, value]) => [name.toLowerCase(), value]));
		const answer = this.stack.server.handle({
			method,
			url: this.space === undefined ? path : path.replace(/^\/api\//, `/api/spaces/${this.space}/`),
			headers: { authorization: `Bearer ${this.token()}`, ...lower },
			body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
		});
		const type = answer.headers["content-type"] ?? "";
		const read = /json/.test(type) ? JSON.parse(answer.body) : undefined;
		return {
			status: answer.status, headers: answer.headers, body: read,
			problem: /problem/.test(type) ? read : undefined, text: String(answer.body),
		};
	}

	get(path, headers) { return this.request("GET", path, { headers }); }
	post(path, body, headers) { return this.request("POST", path, { body, headers }); }
	push(ops, { device = `${this.name}-device`, ...envelope } = {}, headers) {
		return this.post("/api/sync/push", { device, ...envelope, ops }, headers);
	}
}

export class SimStack {
	constructor(options = {}) {
		this.clock = new Clock();
		this.server = new Server({ clock: this.clock, chance: new Chance(1), ...options });
		this.folk = new Map();
		this.deeds = {
			tidy: (stack, space, { days }) => {
				this.clock.now += days * 86_400_000;
				this.server.tidy(days - 1);
				this.clock.now -= days * 86_400_000;
			},
			role: (stack, space, { who, role }) => this.server.setRole(space.id, this.as(who).id, role),
			leave: (stack, space, { who }) => this.server.setRole(space.id, this.as(who).id, null),
			epoch: (stack, space, { epoch, cut }) =>
				this.server.cut(this.server.space(space.id), epoch, cut),
		};
	}

	as(name) {
		if (!this.folk.has(name))
			this.folk.set(name, this.server.addUser({ name }));
		return new SimPerson(this, this.folk.get(name));
	}

	async team(roles) {
		const { id, epoch } = this.server.addSpace({ name: "A team", roles: Object.fromEntries(
			Object.entries(roles).map(([name, role]) => [this.as(name).id, role])) });
		return { id, epoch };
	}

	async head(space) { return this.server.space(space.id).seq; }
}
