// Floods from a process of their own, so that sending them does not slow down whoever drives a test.  There are two
// kinds.  `account` sends the worst that one person in a space can ask for, so many requests at once.  `address` is
// without a token: sign-ups, wrong passwords, forgotten ones, and requests that never come to an end.
//
//	const attack = new Attack([{ kind: "account", url, from: "127.0.0.2", token, space, record, atOnce: 64 }]);
//	…
//	const counts = await attack.stop();      // {search: {200: 12, 400: 3, 429: 700}, …}
//
// Whoever runs this file by itself is that process.
import { spawn } from "node:child_process";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { fileURLToPath } from "node:url";
import { within } from "./wait.mjs";

const FILE = fileURLToPath(import.meta.url);
const TRICKLES = 24;         // requests that never end, at once
const TRICKLE_MS = 700;      // between two bytes of them
const DRY_ROWS = 60_000;     // of a file that is looked at alone: about 4 MB
const ROWS = 2_000;          // of a file that is imported
const OPS = 200;             // of a push, the most it may have
const FILE_BYTES = 4 << 20;

export class Attack {
	/** floods: what is to be sent, of whom; nice: the priority of the process that sends. */
	constructor(floods, { nice = 0 } = {}) {
		this.child = spawn("nice", ["-n", nice, process.execPath, FILE],
			{ stdio: ["ignore", "inherit", "inherit", "ipc"] });
		this.child.send(floods);
		this.ended = once(this.child, "exit");
	}

	async ask(what) {
		const said = once(this.child, "message");
		this.child.send(what);
		const [answer] = await within(`the attack answers ${what}`, said, 20);
		return answer;
	}

	/** How many of its requests were answered so far, by name and status. */
	counts() {
		return this.ask("counts");
	}

	/** Break off everything that is under way, and end: {name: {status: number of answers}}. */
	async stop() {
		const counts = await this.ask("stop");
		await within("the attack has ended", this.ended, 20);
		return counts;
	}
}

// --- what an account asks for ---

const query = (pairs) => pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
const many = (count, one) => Array.from({ length: count }, (_, i) => one(i));

// As many conditions as a list takes, none of which spares a look at every record.
const FILTERS = query([
	...["notes", "purpose", "from", "to"].flatMap((field) => many(4, (i) => [field, `ne.${field} ${i}`])),
]);
const VALUES = query([["from", `in.${many(100, (i) => `Nowhere ${i}`).join(",")}`]]);

const csv = (count, row) => Buffer.from(`date,from,to,miles,notes\n${many(count, row).join("")}`);

// record: of the space; the person may change it.
function account({ space, record }) {
	const to = (path) => `/api/spaces/${space}${path}`;
	const read = (path) => () => ({ path: to(path) });
	const dry = csv(DRY_ROWS, (i) => `2026-03-0${i % 9 + 1},Stop ${i},Depot,1.5,row ${i}\n`);
	const files = many(4, () => Buffer.concat([Buffer.from("%PDF-1.7\n"), randomBytes(FILE_BYTES)]))
		.map((body) => ({ body, name: createHash("sha256").update(body).digest("hex") }));
	let number = 0;

	return {
		search: read(`/mileage?q=nosuch&limit=1&${FILTERS}`),
		values: read(`/mileage?q=ZZ&limit=1000&${VALUES}`),
		sort: read("/mileage?sort=-notes&limit=1000"),
		sessions: read("/workSessions?q=nosuch&sort=note&limit=1000"),
		list: read("/mileage?limit=1000"),
		csv: read("/mileage/export"),
		json: read("/workSessions/export?format=json"),
		work: read("/reports/work?from=2026-01-01&to=2026-12-31"),
		payroll: read("/reports/payroll?from=2026-01-01&to=2026-12-31"),
		fleet: read("/reports/fleet?from=2026-01-01T00:00:00Z&to=2026-04-01T00:00:00Z"),
		audit: read("/audit?limit=1000"),
		history: read(`/mileage/${record}/history?limit=1000`),
		feed: read("/sync/changes"),
		heads: () => ({ path: "/api/sync/heads" }),
		password: () => ({
			method: "POST", path: "/api/auth/password",
			body: JSON.stringify({ current: randomUUID(), new: "a long password" }),
		}),
		look: () => ({
			method: "POST", path: to("/mileage/import?dryRun=true"), type: "text/csv", body: dry,
		}),
		import: () => ({
			method: "POST", path: to("/mileage/import"), type: "text/csv",
			body: csv(ROWS, (i) => `2026-04-01,${number++},Depot,1.5,${i}\n`),
		}),
		push: () => ({
			method: "POST", path: to("/sync/push"),
			body: JSON.stringify({ device: "attack", ops: many(OPS, (i) => ({
				op: randomUUID(), collection: "mileage", id: randomUUID(), base: 0,
				set: { date: "2026-05-01", from: "A", to: "B", miles: i, notes: "n".repeat(200) },
			})) }),
		}),
		upload: () => {
			const { body, name } = files[number++ % files.length];
			return { method: "PUT", path: to(`/files/${name}`), type: "application/pdf", body };
		},
		write: () => ({ method: "PATCH", path: to(`/mileage/${record}`), body: `{"notes":"${number++}"}` }),
	};
}

// --- what an address asks for ---

function address({ email }) {
	const post = (path, body) => ({ method: "POST", path, body: JSON.stringify(body) });
	const password = "a long password", somebody = () => `${randomUUID()}@example.org`;

	return {
		signUp: () => post("/api/auth/register", { email: somebody(), password, name: "Sam" }),
		signIn: () => post("/api/auth/login", { email, password: randomUUID(), deviceName: "Phone" }),
		stranger: () => post("/api/auth/login", { email: somebody(), password, deviceName: "Phone" }),
		forgotten: () => post("/api/auth/password/reset", { email }),
		guess: () => post("/api/auth/password/reset/confirm",
			{ token: randomBytes(32).toString("base64url"), new: password }),
	};
}

// --- the process that sends ---

class Flood {
	constructor({ kind, url, from, token, atOnce = 64, only, ...rest }, counts) {
		this.url = url;
		this.from = from;
		this.headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
		this.agent = new http.Agent({ keepAlive: true, maxSockets: atOnce });
		this.counts = counts;
		this.sockets = new Set();
		this.isGoing = true;
		const all = Object.entries({ account, address }[kind](rest));
		const chosen = all.filter(([name]) => only === undefined || only.includes(name));
		for (let i = 0; i < atOnce; i++)
			this.lane(chosen, i);
		if (kind === "address")
			for (let i = 0; i < TRICKLES; i++)
				this.trickle(i);
	}

	// One request after the other, each lane from another place of the list.
	async lane(requests, at) {
		for (; this.isGoing; at++) {
			const [name, make] = requests[at % requests.length];
			const status = await this.send(make()).catch((error) => error.code ?? error.message);
			if (this.isGoing)
				this.count(name, status);
		}
	}

	count(name, status) {
		const counts = this.counts[name] ??= {};
		counts[status] = (counts[status] ?? 0) + 1;
	}

	// The status; "429 without Retry-After" where one is due.
	send({ method = "GET", path, type = "application/json", body }) {
		const headers = { ...this.headers };

		if (body !== undefined)
			Object.assign(headers, { "Content-Type": type, "Content-Length": Buffer.byteLength(body) });
		return new Promise((resolve, reject) => {
			const request = http.request(this.url + path,
				{ method, headers, agent: this.agent, localAddress: this.from });
			request.on("response", (answer) => {
				const { statusCode: status, headers: { "retry-after": after } } = answer;
				const lacks = [429, 503].includes(status) && !/^[1-9]\d*$/.test(after ?? "");
				answer.on("error", reject).resume();
				answer.on("end", () => resolve(lacks ? `${status} without Retry-After` : status));
			});
			request.on("error", reject).end(body);
		});
	}

	// Half of them are slow with their headers and half with their body; who is thrown out comes again.
	trickle(number) {
		if (!this.isGoing)
			return;
		const { hostname, port } = new URL(this.url);
		const socket = net.connect({ host: hostname, port, localAddress: this.from });
		const head = `POST /api/auth/login HTTP/1.1\r\nHost: ${hostname}\r\n`;
		const timer = setInterval(() => socket.write(number % 2 === 0 ? "X-Slow: 1\r\n" : " "), TRICKLE_MS);
		socket.write(number % 2 === 0 ? head : `${head}Content-Length: 100000\r\n\r\n`);
		socket.on("error", () => {}).resume();
		socket.on("close", () => {
			clearInterval(timer);
			this.sockets.delete(socket);
			this.count("trickle", "closed");
			setTimeout(() => this.trickle(number), TRICKLE_MS);
		});
		this.sockets.add(socket);
	}

	stop() {
		this.isGoing = false;
		this.agent.destroy();
		for (const socket of this.sockets)
			socket.destroy();
	}
}

if (process.argv[1] === FILE && process.send !== undefined) {
	const counts = {};
	let floods = [];
	process.on("disconnect", () => process.exit(0));
	process.on("message", (said) => {
		if (Array.isArray(said))
			floods = said.map((one) => new Flood(one, counts));
		if (said === "stop")
			for (const flood of floods)
				flood.stop();
		if (typeof said === "string")
			process.send(counts, () => said === "stop" && process.exit(0));
	});
}
