// What the workers of a host remember of the database together: a poll is answered without asking it, and yet whoever
// was sent away is away with the next request, every acknowledged write is seen by the next poll, and nobody gets
// anybody else's answer.  Requests go over connections of their own, so that all workers answer.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { start } from "../harness.mjs";
import { crew, pinOn } from "../lib/crew.mjs";
import { answered, refused } from "../lib/expect.mjs";
import { send } from "../lib/http.mjs";
import { until } from "../lib/wait.mjs";

const stack = await start({ settings: { workers: 8, requests_at_once: 0 } });
const ROLES = { anna: "owner", ben: "member", vera: "viewer" };
const MANY = 24; // requests in a row of waves, so that every worker has its share
const WAVE = 4;  // as many as one person may have under way: half of the workers

// A poll with a token in a space, over a connection of its own.
function poll(token, space, cursor = "") {
	return send({
		url: `${stack.url}/api/spaces/${space.id}/sync/changes?since=${cursor}`,
		headers: { Authorization: `Bearer ${token}`, "If-None-Match": `"${cursor}"` },
	});
}

function invitations(token, space) {
	return send({
		url: `${stack.url}/api/spaces/${space.id}/invitations`, headers: { Authorization: `Bearer ${token}` },
	});
}

function heads(token, tag = "") {
	return send({
		url: `${stack.url}/api/sync/heads`, headers: { Authorization: `Bearer ${token}`, "If-None-Match": tag },
	});
}

async function times(n, ask) {
	const answers = [];
	for (let i = 0; i < n; i += WAVE)
		answers.push(...await Promise.all(Array.from({ length: Math.min(WAVE, n - i) }, (_, k) => ask(i + k))));
	return answers;
}

const statuses = (answers) => [...new Set(answers.map(({ status }) => status))];

// Every worker knows this token: polls are answered without a statement.
async function isKnown(token, space, cursor) {
	await until("polls need no statement", async () => {
		assert.deepEqual(statuses(await times(MANY, () => poll(token, space, cursor))), [304]);
		const lines = (await stack.logLines()).filter((line) => line.includes("/api/sync/changes"));
		return lines.slice(-MANY).every((line) => / status=304 .* sql=0\b/.test(line));
	});
}

async function cursorOf(token, space) {
	return answered(await poll(token, space)).cursor;
}

// A person's token is known everywhere; then `end` ends it, and from the next request on no worker takes it.
async function endsEverywhere(token, space, end, status) {
	const cursor = await cursorOf(token, space);
	await isKnown(token, space, cursor);
	await end();
	const answers = await times(MANY, () => poll(token, space, cursor));
	assert.deepEqual(statuses(answers), [status]);
}

// A further sign-in of a person.
async function signIn(person) {
	return answered(await send({
		url: `${stack.url}/api/auth/login`,
		method: "POST",
		body: { email: person.email, password: person.password },
	}));
}

test("an acknowledged write is in every poll that begins after it", async () => {
	const { anna, ben, space } = await crew(stack, ROLES, ["1"]);
	let cursor = await cursorOf(ben.token, space);
	for (let i = 0; i < 120; i++) {
		await times(2, () => poll(ben.token, space, cursor));
		const { seq } = answered(await anna.patch("/api/cars/1", { empty: i % 2 === 0 }));
		const answers = await times(8, () => poll(ben.token, space, cursor));
		for (const answer of answers)
			assert.ok(answered(answer).head >= seq);
		cursor = answers[0].body.cursor;
	}
});

test("writers of a space at the same time: each finds its own write in its next poll", async () => {
	const { anna, ben, space } = await crew(stack, ROLES, ["1", "2", "3", "4"]);
	await Promise.all(["1", "2", "3", "4"].map(async (car, n) => {
		const writer = n % 2 ? anna : ben;
		let cursor = await cursorOf(writer.token, space);
		for (let i = 0; i < 40; i++) {
			const { seq } = answered(await writer.patch(`/api/cars/${car}`, { empty: i % 2 === 0 }));
			const page = answered(await poll(writer.token, space, cursor));
			assert.ok(page.changes.some((change) => change.seq >= seq) && page.head >= seq);
			cursor = page.cursor;
		}
	}));
});

test("a sign-out ends a token with the next request, on every worker", async () => {
	const space = await stack.team(ROLES);
	for (let round = 0; round < 6; round++) {
		const { accessToken, refreshToken } = await signIn(stack.as("ben"));
		await endsEverywhere(accessToken, space, async () => answered(await send({
			url: `${stack.url}/api/auth/logout`, method: "POST", body: { refreshToken },
			headers: { Authorization: `Bearer ${accessToken}` },
		}), 204), 401);
	}
});

test("a revoked session, a revoked API token", async () => {
	const space = await stack.team(ROLES), ben = stack.as("ben");
	const { accessToken } = await signIn(ben);
	const { sessions } = answered(await ben.get("/api/auth/sessions"));
	await endsEverywhere(accessToken, space, async () =>
		answered(await ben.delete(`/api/auth/sessions/${sessions[0].id}`), 204), 401);
	const { token, id } = await ben.in(space).apiToken("read");
	await endsEverywhere(token, space, async () => answered(await ben.delete(`/api/auth/tokens/${id}`), 204), 401);
});

test("a password change ends the other sign-ins", async () => {
	const space = await stack.team({ ...ROLES, paul: "member" }), paul = stack.as("paul");
	const { accessToken } = await signIn(paul);
	const passwords = { current: paul.password, new: "another password of paul" };
	await endsEverywhere(accessToken, space, async () =>
		answered(await paul.post("/api/auth/password", passwords), 204), 401);
});

test("whom somebody oversees, and no longer oversees, with the next request on every worker", async () => {
	const { anna, ben, vera, space } = await crew(stack, ROLES);
	const ids = {};
	for (const [name, { id }] of Object.entries({ ben, vera }))
		ids[name] = answered(await anna.post("/api/employees",
			{ firstName: name, lastName: "Worker", user: id }), 201).employee.id;
	const { place, trip } = {
		...answered(await ben.post("/api/places", { name: "Depot" }), 201),
		...answered(await ben.post("/api/mileage",
			{ date: "2026-11-02", from: "Depot", to: "Lot 7", miles: 12 }), 201),
	};
	const look = (path) => send({
		url: `${stack.url}/api/spaces/${space.id}/${path}`, headers: { Authorization: `Bearer ${vera.token}` },
	});
	for (const [supervisor, status] of [[ids.vera, 200], [null, 404], [ids.vera, 200]]) {
		const cursor = await cursorOf(vera.token, space);
		await isKnown(vera.token, space, cursor);
		answered(await anna.patch(`/api/employees/${ids.ben}`, { supervisor }));
		assert.deepEqual(statuses(await times(MANY, () => poll(vera.token, space, cursor))), [410]);
		assert.deepEqual(statuses(await times(MANY, () => look(`mileage/${trip.id}`))), [status]);
		assert.deepEqual(statuses(await times(MANY, () => look(`places/${place.id}`))), [404]);
	}
});

test("a removal from a team, a role that is lowered", async () => {
	for (let round = 0; round < 4; round++) {
		const { anna, ben, vera, space } = await crew(stack, ROLES, ["1"]);
		await endsEverywhere(ben.token, space, async () =>
			answered(await anna.delete(`/api/members/${ben.id}`), 204), 404);
		await endsEverywhere(vera.token, space, async () =>
			answered(await anna.patch(`/api/members/${vera.id}`, { role: "manager" })), 410);
		assert.deepEqual(statuses(await times(MANY, () => invitations(vera.token, space))), [200]);
		answered(await anna.patch(`/api/members/${vera.id}`, { role: "viewer" }));
		assert.deepEqual(statuses(await times(MANY, () => invitations(vera.token, space))), [403]);
	}
});

test("a deleted team, a removed handheld", async () => {
	const { anna, ben, space } = await crew(stack, ROLES, ["1"]);
	const { token } = await pinOn("Lane 3", stack, anna);
	const { handhelds } = answered(await anna.get("/api/handhelds"));
	await endsEverywhere(token, space, async () =>
		answered(await anna.delete(`/api/handhelds/${handhelds[0].id}`), 204), 401);
	await endsEverywhere(ben.token, space, async () =>
		answered(await anna.forAccount().delete(`/api/spaces/${space.id}`), 204), 404);
});

test("what an operator changes by SQL or daybookctl is in force within a second", async () => {
	const { ben, vera, space } = await crew(stack, { ...ROLES, dora: "member" }, ["1"]);
	const dora = await stack.as("dora").ready();
	const cursor = await cursorOf(ben.token, space);
	await isKnown(ben.token, space, cursor);
	await stack.sql(`UPDATE member SET role = 'viewer', view_epoch = view_epoch + 1
		WHERE space_id = '${space.id}' AND user_id = '${ben.id}'`);
	assert.deepEqual(statuses(await times(MANY, () => poll(ben.token, space, cursor))), [410]);
	await endsEverywhere(vera.token, space, () => stack.sql(
		`DELETE FROM member WHERE space_id = '${space.id}' AND user_id = '${vera.id}'`), 404);
	await endsEverywhere(dora.token, space, async () => {
		const { status, stderr } = await stack.ctl("user", "disable", dora.email);
		assert.equal(status, 0, stderr);
	}, 401);
});

test("a write of another host is seen within a second, while the watcher keeps everything else fresh", async () => {
	const { ben, space } = await crew(stack, ROLES, ["1"]);
	const cursor = await cursorOf(ben.token, space);
	await isKnown(ben.token, space, cursor);
	await stack.sql(`UPDATE space SET min_seq = 1, epoch = REPEAT('a', 32) WHERE id = '${space.id}'`);
	assert.deepEqual(statuses(await times(MANY, () => poll(ben.token, space, cursor))), [410]);
});

test("nobody gets anybody else's answer", async () => {
	const { anna, ben, vera, space } = await crew(stack, ROLES, ["1"]);
	const people = [anna, ben, vera].map((person) => person.forAccount());
	await Promise.all(people.map((person) => person.ready()));
	const answers = await times(200, async (i) => {
		const person = people[i % 3];
		// One character of the signature is another one.
		const { token } = person;
		const forged = token.slice(0, -2) + (token.at(-2) === "A" ? "B" : "A") + token.at(-1);
		const own = await send({
			url: `${stack.url}/api/auth/me`, headers: { Authorization: `Bearer ${token}` },
		});
		refused(await poll(forged, space), 401);
		return answered(own).user.id === person.id;
	});
	assert.ok(answers.every(Boolean));
});

test("the heads of all spaces: a write, a new team and a lost one are in the next answer", async () => {
	const { anna, ben, space } = await crew(stack, ROLES, ["1"]);
	for (let round = 0; round < 20; round++) {
		const before = await heads(ben.token), tag = before.headers.etag;
		assert.deepEqual(statuses(await times(8, () => heads(ben.token, tag))), [304]);
		answered(await anna.patch("/api/cars/1", { empty: round % 2 === 0 }));
		assert.deepEqual(statuses(await times(8, () => heads(ben.token, tag))), [200]);
	}
	const tag = (await heads(ben.token)).headers.etag;
	const made = answered(await ben.forAccount().post("/api/spaces", { name: "Ben's" }), 201).space;
	const withNew = await times(8, () => heads(ben.token, tag));
	assert.ok(withNew.every((answer) => answered(answer).heads.some((head) => head.space === made.id)));
	answered(await anna.delete(`/api/members/${ben.id}`), 204);
	const without = await times(8, () => heads(ben.token, withNew[0].headers.etag));
	assert.ok(without.every((answer) => !answered(answer).heads.some((head) => head.space === space.id)));
});

// A write with a token in a space, over a connection of its own.
function patch(token, space, headers = {}) {
	return send({
		url: `${stack.url}/api/spaces/${space.id}/cars/1`, method: "PATCH", body: { empty: true },
		headers: { Authorization: `Bearer ${token}`, ...headers },
	});
}

test("a write goes by who asks as the database has them, whatever is remembered of them", async () => {
	const { ben, space } = await crew(stack, ROLES, ["1"]);
	const cursor = await cursorOf(ben.token, space);
	const member = `WHERE space_id = '${space.id}' AND user_id = '${ben.id}'`;
	const session = `WHERE user_id = '${ben.id}'`;
	for (const [status, change, back] of [
		[403, `UPDATE member SET role = 'viewer' ${member}`,
			`UPDATE member SET role = 'member' ${member}`],
		[404, `DELETE FROM member ${member}`,
			`INSERT INTO member (space_id, user_id, role, view_epoch, joined_at)
			VALUES ('${space.id}', '${ben.id}', 'member', 0, UTC_TIMESTAMP(3))`],
		[404, `UPDATE space SET deleted_at = UTC_TIMESTAMP(3) WHERE id = '${space.id}'`,
			`UPDATE space SET deleted_at = NULL WHERE id = '${space.id}'`],
		[401, `UPDATE session SET revoked_at = UTC_TIMESTAMP(3) ${session}`,
			`UPDATE session SET revoked_at = NULL ${session}`],
		[401, `UPDATE user SET disabled = 1 WHERE id = '${ben.id}'`,
			`UPDATE user SET disabled = 0 WHERE id = '${ben.id}'`],
		[503, "UPDATE meta SET value = '0' WHERE name = 'live'",
			"UPDATE meta SET value = '1' WHERE name = 'live'"],
	]) {
		await isKnown(ben.token, space, cursor);
		await stack.sqlUnnoticed(change);
		try {
			assert.deepEqual(statuses(await times(WAVE, () => patch(ben.token, space))), [status], change);
		} finally {
			await stack.sqlUnnoticed(back);
		}
		await stack.noticed();
	}
});

test("a write of one record is eight statements, once its token is known: one reads all that decides", async () => {
	const { ben } = await crew(stack, ROLES);
	const { place } = answered(await ben.post("/api/places", { name: "Depot", address: "Lane 7" }), 201);
	await until("a write needs eight statements", async () => {
		const key = randomUUID();
		answered(await ben.patch(`/api/places/${place.id}`, { note: key }, { "Idempotency-Key": key }));
		const written = (await stack.logLines()).filter((line) => /"PATCH [^"]*" status=200 /.test(line));
		return / sql=8\b/.test(written.at(-1));
	});
});

test("a version of another epoch is none of this one, also when the new epoch is not yet noticed", async () => {
	const { ben, space } = await crew(stack, ROLES, ["1"]);
	const { headers: { etag } } = await patch(ben.token, space);
	await isKnown(ben.token, space, await cursorOf(ben.token, space));
	await stack.sqlUnnoticed(`UPDATE space SET epoch = REPEAT('b', 32) WHERE id = '${space.id}'`);
	assert.deepEqual(statuses(await times(WAVE, () => patch(ben.token, space, { "If-Match": etag }))), [412]);
	answered(await patch(ben.token, space, { "If-Match": `"${"b".repeat(32)}.2"` }));
});

// The parent's child that watches.
async function watcher() {
	const { daybook } = await stack.pids();
	const children = (await readFile(`/proc/${daybook}/task/${daybook}/children`, "utf8")).trim().split(/\s+/);
	for (const pid of children.map(Number))
		if ((await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0").includes("--watcher"))
			return pid;
	return undefined;
}

test("the watcher is killed or stopped: everything is right, and another one comes", async () => {
	const { anna, ben, vera, space } = await crew(stack, ROLES, ["1"]);
	const cursor = await cursorOf(ben.token, space);
	const first = await watcher();
	process.kill(first, "SIGKILL");
	assert.deepEqual(statuses(await times(MANY, () => poll(ben.token, space, cursor))), [304]);
	answered(await anna.patch("/api/cars/1", { empty: true }));
	assert.deepEqual(statuses(await times(MANY, () => poll(ben.token, space, cursor))), [200]);
	const second = await until("another watcher is there", async () => {
		const pid = await watcher();
		return pid !== first && pid;
	});
	process.kill(second, "SIGSTOP");
	await endsEverywhere(vera.token, space, () => stack.sql(
		`DELETE FROM member WHERE space_id = '${space.id}' AND user_id = '${vera.id}'`), 404);
	process.kill(second, "SIGCONT");
});

test("whether the watcher keeps up is told by health in a word, and by the doctor in full", async () => {
	const told = async () => (await send({ url: `${stack.url}/api/health` })).body.sharedTable;
	await until("the watcher keeps up", async () => await told() === "usable");
	const { stdout: good } = await stack.ctl("doctor");
	assert.match(good, /ok +shared table +usable; of 4096 places each, callers take \d+, heads \d+, /);
	const pid = await watcher();
	process.kill(pid, "SIGSTOP");
	await until("it is late", async () => await told() === "late");
	const { status, stdout } = await stack.ctl("doctor");
	assert.match(stdout, /warn +shared table +late; the watcher last ended a round \d+ s ago\n +-> .*event=watch/);
	assert.equal(status, 0, stdout);
	process.kill(pid, "SIGCONT");
	await until("it keeps up again", async () => await told() === "usable");
});

test("with the database down a poll is 503 and never \"nothing new\"", async () => {
	const { ben, space } = await crew(stack, ROLES, ["1"]);
	const cursor = await cursorOf(ben.token, space);
	await isKnown(ben.token, space, cursor);
	const isAway = async () => (await send({ url: `${stack.url}/api/health` })).status === 503;
	await stack.signal("mariadb", "SIGKILL");
	const seen = new Set();
	await until("it is back", async () => {
		const before = await isAway(), answers = await times(8, () => poll(ben.token, space, cursor));
		if (before && await isAway())
			statuses(answers).forEach((status) => seen.add(status));
		return answers.every(({ status }) => status === 304) && seen.size > 0;
	});
	assert.deepEqual([...seen], [503]);
});
