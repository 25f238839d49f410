// Every route × everybody: who is shown what of a space in which each thing is somebody's.  Unique words are in own
// records, in private fields, in files and in what people wrote before they were removed.  Everybody reads through
// every route and tries every route that writes; each word may be only in responses to those who may see it.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { start, root } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { jpeg, pdf, send, sha256 } from "../lib/files.mjs";
import { key } from "../lib/sql.mjs";

const stack = await start({ definitions: true });
const { as, sql } = stack;
const table = JSON.parse((await stack.ctl("routes", "--json")).stdout);
const { routes: plain } = JSON.parse(readFileSync(path.join(root, "tests", "api", "matrix.json"), "utf8"));

// --- people ---

// rex, a member with own records, is removed; dora, a manager, becomes a member; otto is a stranger.
const roles = {
	anna: "owner", max: "manager", ben: "member", cara: "member", vera: "viewer", rex: "member", dora: "manager",
};
const { space } = answered(await as("anna").post("/api/spaces", { name: "Isolation" }), 201);
const people = Object.fromEntries([...Object.keys(roles), "otto"].map((name) => [name, as(name).in(space)]));
const { anna, max, ben, rex, dora } = people;
await people.otto.ready();
for (const [name, role] of Object.entries(roles).slice(1)) {
	const { token } = answered(await anna.post("/api/invitations", { role }), 201);
	answered(await as(name).post("/api/invitations/accept", { token }));
}

// --- what there is, and whose it is ---

const words = {};   // word: the people who may see it
const records = []; // {collection, id, hidden: who may not see it, values: {field: value} that only some may see}

const managers = ["anna", "max"], members = ["anna", "max", "ben", "cara", "vera", "dora"];

function word(text, seers) {
	words[text] = seers;
	return text;
}

// seers see the record, insiders its private fields as well.
async function keep(person, collection, { id, seers, insiders = seers, shown = {}, secret = {} }) {
	const { collections } = answered(await anna.get("/api/collections"));
	const { singular, fields } = collections.find((one) => one.name === collection);
	const record = answered(await person.post(`/api/${collection}`, { id, ...shown, ...secret }), 201)[singular];
	const hidden = members.filter((name) => !seers.includes(name));
	const outside = members.filter((name) => !insiders.includes(name));

	records.push({ collection, id: record.id, version: record.version, hidden, outside, shown, secret, fields });
	return record;
}

const files = {
	mine: jpeg("isolation, mine"), shared: jpeg("isolation, shared"), secret: pdf("isolation, secret"),
	gone: jpeg("isolation, gone"),
};

for (const bytes of [files.mine, files.shared, files.secret])
	answered(await send(ben, bytes), 201);
answered(await send(rex, files.gone), 201);

const own = ["ben", ...managers], former = managers;
await keep(ben, "claims", {
	seers: own,
	shown: { date: "2026-11-02", title: word("bens-own-claim", own), amount: 73190001 },
	secret: { account: word("bens-account", own) },
});
await keep(ben, "workSessions", {
	seers: own,
	shown: { start: "2026-11-02T08:00:00Z", end: "2026-11-02T09:07:00Z", note: word("bens-own-session", own) },
});
await keep(ben, "mileage", {
	seers: own,
	shown: { date: "2026-11-02", from: word("bens-own-trip", own), to: "bens-depot", miles: 7319.2 },
});
await keep(ben, "slips", {
	seers: own,
	shown: { day: "2026-11-02", note: word("bens-own-slip", own), photo: word(sha256(files.mine), own) },
});
await keep(max, "assignments", { seers: own, shown: { owner: ben.id, title: word("bens-own-task", own) } });
await keep(rex, "claims", {
	seers: former, shown: { date: "2026-11-02", title: word("rexs-own-claim", former) },
	secret: { account: word("rexs-account", former) },
});
await keep(rex, "slips", { seers: former, shown: { day: "2026-11-02", photo: word(sha256(files.gone), former) } });
await keep(ben, "parcels", {
	seers: members, insiders: own, shown: { label: word("bens-parcel", members) },
	secret: { sender: word("bens-sender", own), value: 73190002 },
});
await keep(ben, "badges", {
	seers: members,
	insiders: own,
	shown: { name: word("bens-badge", members), picture: word(sha256(files.shared), members) },
	secret: { passport: word(sha256(files.secret), own) },
});
await keep(max, "employees", {
	seers: members,
	insiders: own,
	shown: { firstName: word("bens-first-name", members), lastName: "Benson", user: ben.id },
	secret: { phone: word("bens-phone", own), email: word("bens-address", own) },
});
await keep(max, "workTerms", {
	seers: own, shown: { owner: ben.id, from: "2999-01-02", reason: word("bens-terms", own) },
	secret: { hourlyRate: 73190003 },
});
await keep(dora, "employees", { seers: members, insiders: managers, shown: { firstName: "Free", lastName: "Lancer" },
	secret: { phone: word("lancers-phone", managers) } });
await keep(dora, "workTerms", {
	seers: managers, shown: { owner: max.id, from: "2999-01-02", reason: word("terms-of-max", managers) },
	secret: { hourlyRate: 73190004 },
});
await keep(dora, "spaceSettings", {
	seers: members, shown: { address: word("address-of-the-team", members) },
});
await keep(dora, "workRules", {
	seers: members, insiders: managers, shown: { from: "2999-01-02", reason: word("rules-of-the-team", members) },
	secret: { hourlyRate: 73190005 },
});
for (const [text, seers] of [
	["73190001", own], ["7319.2", own], ["73190002", own], ["73190003", own], ["73190004", managers],
	["73190005", managers], [ben.email, own],
])
	word(text, seers);

// what was before is nobody else's either
for (const record of records.filter(({ secret }) => Object.keys(secret).length > 0)) {
	const [field, value] = Object.entries(record.secret)[0];
	const other = typeof value === "number" ? value + 100 : /^[0-9a-f]{64}$/.test(value) ? null
		: word(`${value}-later`, words[value]);
	answered(await anna.patch(`/api/${record.collection}/${record.id}`, { [field]: other }));
	answered(await anna.patch(`/api/${record.collection}/${record.id}`, { [field]: value }));
	record.version += 2;
}
answered(await anna.delete(`/api/members/${rex.id}`), 204);
answered(await anna.patch(`/api/members/${dora.id}`, { role: "member" }));

// --- what is asked ---

// The addresses of a route that reads: those of the matrix, and of every record, collection, file and person there is.
function addresses({ pattern }) {
	if (pattern.startsWith("/api/:collection")) {
		const asked = pattern.includes("/:id")
			? records.map(({ collection, id }) => pattern.replace(":collection", collection)
				.replace(":id", id))
			: [...new Set(records.map(({ collection }) => collection))].map((collection) =>
				pattern.replace(":collection", collection));
		const ways = {
			"/api/:collection": [
				"", "?limit=1000", "?sort=-lastUpdatedAt", "?q=bens", "?q=account", "?q=phone",
			],
			"/api/:collection/export": ["?format=csv", "?format=json"],
			"/api/:collection/:id": ["", "?version=1", "?version=2", "?version=3"],
		}[pattern] ?? [""];
		return asked.flatMap((address) => ways.map((way) => address + way));
	}
	if (pattern === "/api/files/:sha256")
		return Object.values(files).map((bytes) => `/api/files/${sha256(bytes)}`);
	if (pattern === "/api/members/:id")
		return Object.values(people).map((person) => `/api/members/${person.id}`);
	if (pattern.startsWith("/api/reports/"))
		return ["", `&person=${ben.id}`, `&person=${rex.id}`, "&format=csv"].map((more) =>
			`${plain[`GET ${pattern}`].path}${more}`);
	if (pattern === "/api/audit")
		return [
			pattern, ...records.map(({ collection, id }) => `${pattern}?collection=${collection}&id=${id}`),
			`${pattern}?userId=${ben.id}`,
		];
	return [plain[`GET ${pattern}`].path];
}

// What everybody tries against each record with a route that writes; none of it is allowed to a
// person without rights.
function attempts({ method, pattern }) {
	return records.flatMap((record) => {
		const { collection, id, secret, shown } = record;
		const address = pattern.replace(":collection", collection).replace(":id", id);
		const [field, value] = Object.entries({ ...shown, ...secret }).at(-1);
		const bodies = {
			"POST /api/:collection": [{ id, ...shown }, { id, ...shown, ...secret }],
			"PUT /api/:collection/:id": [
				{ [field]: value, expectedVersion: 1 },
				{ [field]: value, expectedVersion: 99 },
			],
			"PATCH /api/:collection/:id": [
				{ [field]: value, expectedVersion: 1 },
				{ [field]: 1, expectedVersion: 1 },
			],
			"DELETE /api/:collection/:id": [{ expectedVersion: 1 }, { expectedVersion: 99 }],
			"POST /api/:collection/:id/restore": [{ version: 1 }, { version: 2 }],
			"POST /api/sync/push": [{ device: "m", ops: [{
				op: `p-${collection}`, collection, id, base: 0, set: { [field]: value },
			}] }, {
				device: "m",
				ops: [{ op: `q-${collection}`, collection, id, base: 1, set: { [field]: null } }],
			}, { device: "m", ops: [{ op: `r-${collection}`, collection, id, base: 1, delete: true }] }],
		}[`${method} ${pattern}`] ?? [];
		return bodies.map((body) => ({ address, body, record }));
	});
}

// Where people are shown what they cannot read elsewhere.
const told = {
	"/api/reports/payroll": ["73190005"], // the rate of a person who has none of their own
};

// The words of an answer that this person should not have been shown.  What was sent is no secret.
function leaks(name, answer, sent = "", allowed = []) {
	return Object.keys(words).filter((text) => !words[text].includes(name) && answer.text.includes(text) &&
		!sent.includes(text) && !allowed.includes(text));
}

const reads = table.filter((route) => route.method === "GET" && ["read", "any", "admin"].includes(route.access) &&
	!route.pattern.startsWith("/compat/"));
const writes = [
	"POST /api/:collection", "PUT /api/:collection/:id", "PATCH /api/:collection/:id",
	"DELETE /api/:collection/:id", "POST /api/:collection/:id/restore", "POST /api/sync/push",
];

describe("reading", () => {
	const found = {};

	for (const route of reads)
		test(`GET ${route.pattern}`, async () => {
			const wrong = [];
			for (const address of addresses(route))
				for (const [name, person] of Object.entries(people)) {
					const answer = await person.get(address);
					wrong.push(...leaks(name, answer, "",
						members.includes(name) ? told[route.pattern] : [])
						.map((text) => `${name} is shown ${text} by ${address}`));
					if (answer.status >= 500)
						wrong.push(`${address}: ${answer.status}`);
					if (["rex", "otto"].includes(name) && route.access !== "any" &&
						answer.status !== 404)
						wrong.push(`${name} gets ${answer.status} for ${address}`);
					for (const text of Object.keys(words)
						.filter((one) => answer.text.includes(one)))
						(found[text] ??= new Set()).add(name);
				}
			assert.deepEqual(wrong, []);
		});

	test("each word was shown to everybody who may see it", () => {
		const missed = Object.entries(words).flatMap(([text, seers]) =>
			seers.filter((name) => !found[text]?.has(name)).map((name) => `${name} was not shown ${text}`));
		assert.deepEqual(missed, []);
	});

	test("a file is readable by those who see a record that names it, whole, in part and by HEAD", async () => {
		const seers = {
			mine: ["anna", "max", "ben"], shared: members, secret: ["anna", "max", "ben"], gone: managers,
		};
		for (const [file, bytes] of Object.entries(files))
			for (const [name, person] of Object.entries(people)) {
				const address = `/api/files/${sha256(bytes)}`, may = seers[file].includes(name);
				const statuses = [(await person.get(address)).status, (await person.get(address,
					{ Range: "bytes=0-9" })).status, (await person.head(address)).status];
				assert.deepEqual(statuses, may ? [200, 206, 200] : [404, 404, 404], `${name}, ${file}`);
			}
	});
});

describe("guessing", () => {
	// Another value of the same kind.
	function wrongGuess(value) {
		return typeof value === "number" ? value + 1 : value.replace(/.(Z?)$/, (last, end) =>
			(last[0] === "1" ? "0" : /[0-9]/.test(last) ? "1" : last === "a" ? "b" : "a") + end);
	}

	// What is answered to somebody who asks in this way, V being what they guess of the field F.
	async function answerTo({ name, collection, way, field }, guess) {
		const asked = way.replaceAll("F", field).replaceAll("V", encodeURIComponent(guess));
		const { status, text } = await people[name].get(`/api/${collection}${asked}`);
		return `${status} ${text.replace(/"instance":"\w+"/, "").replaceAll(String(guess), "?")}`;
	}

	test("guessing a hidden value correctly gets the same response as guessing wrong", async () => {
		const wrong = [];
		let guesses = 0;
		for (const { collection, hidden, outside, shown, secret } of records)
			for (const [values, unseen] of [[shown, hidden], [secret, outside]])
				for (const [field, value] of Object.entries(values))
					// ben has records like these.
					for (const name of [...unseen, "rex", "otto"].filter((one) => one !== "ben"))
						for (const way of [
							"?F=V", "?F=ge.V", "?F=in.V,V", "?q=V",
							"/export?format=json&fields=id,F", "?sort=F&F=ne.V",
						]) {
							const asked = { name, collection, way, field };
							guesses++;
							const right = await answerTo(asked, value);
							const other = await answerTo(asked, wrongGuess(value));
							if (right !== other)
								wrong.push({ ...asked, right, other });
						}
		assert.deepEqual(wrong, []);
		assert.ok(guesses > 500, `${guesses} guesses`);
	});
});

describe("trying to write", () => {
	// Who may not see all of a record.
	function without({ hidden, outside, secret }) {
		const isPartly = secret && Object.keys(secret).length > 0;
		return new Set([...hidden, ...(isPartly ? outside : []), "rex", "otto"]);
	}

	async function stored({ collection, id }) {
		const [row] = await sql(`SELECT version, doc, doc_private, deleted FROM record
			WHERE space_id = '${space.id}' AND collection = '${collection}' AND id = ${key(id)}`);
		return row;
	}

	for (const name of writes)
		test(name, async () => {
			const [method, pattern] = name.split(" "), wrong = [];
			assert.ok(attempts({ method, pattern }).length >= 2 * records.length);
			for (const { address, body, record } of attempts({ method, pattern }))
				for (const who of without(record)) {
					const before = await stored(record);
					const answer = await people[who].request(method, address, { body });
					const now = await stored(record);
					wrong.push(...leaks(who, answer, JSON.stringify(body)).map((text) =>
						`${who} is shown ${text} by ${address} ${JSON.stringify(body)}`));
					const isSame = before.doc_private === now.doc_private &&
						before.deleted === now.deleted;
					const how = `${address} ${JSON.stringify(body)}`;
					if (!isSame && !(record.collection === "badges" && now.deleted === "1"))
						wrong.push(`${who} changed what is hidden from them by ${how}`);
					if (record.hidden.includes(who) && now.version !== before.version)
						wrong.push(`${who} changed a hidden record by ${how}`);
					if (["rex", "otto"].includes(who) && answer.status !== 404)
						wrong.push(`${who} gets ${answer.status} for ${method} ${address}`);
				}
			assert.deepEqual(wrong, []);
		});

	test("no response was a 5xx, and the audit verifies", async () => {
		assert.deepEqual(await stack.faults(), []);
		assert.equal((await stack.ctl("verify")).status, 0);
	});
});
