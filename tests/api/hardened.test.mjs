// Daybook under the restrictions of its systemd unit, as far as they can be had here (lib/confinement.mjs): what it may
// not do, and that it does all of its work nevertheless.  Any other file runs so with DAYBOOK_TEST_HARDENED=1.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { isAlive, programs, root, run, start } from "../harness.mjs";
import { UNTRACED, confine } from "../lib/confinement.mjs";
import { CSV } from "../lib/crew.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";
import { jpeg, send as sendFile, sha256 } from "../lib/files.mjs";
import { send } from "../lib/http.mjs";
import { mailbox } from "../lib/mailbox.mjs";
import { until } from "../lib/wait.mjs";

const mail = mailbox();
const stack = await start({ hardened: true, settings: { ...mail.settings } });
const { as, ctl, team } = stack;

// A program under the same restrictions, by itself: it writes where the stack's processes may.
const here = await confine({ programs, root, run }, [path.join(stack.dir, "run")], [stack.dir]);
const alone = (...words) => run(here.words[0], [...here.words.slice(1), ...words], { env: UNTRACED });
const shell = (text) => alone("/bin/bash", "--norc", "-c", text);

// Without root and without user namespaces, files and network stay as they are.
const told = (await alone("/bin/true")).stderr;
const isApart = !/files and network stay/.test(told);
const apart = isApart ? {} : { skip: told.trim() };

const about = (pid, name) => readFileSync(`/proc/${pid}/${name}`, "utf8");

// The parent and all of its children.
async function processes() {
	const { daybook } = await stack.pids();
	return [daybook, ...about(daybook, `task/${daybook}/children`).trim().split(/\s+/).map(Number)];
}

const statusOf = (pid) => Object.fromEntries(about(pid, "status").split("\n").map((line) => line.split(":\t")));

describe("a process of Daybook", () => {
	test("has no capabilities, gains none, and its system calls are filtered", async () => {
		const pids = await processes();
		assert.ok(pids.length >= 4, "parent, workers, housekeeper, watcher");
		for (const pid of pids) {
			const { NoNewPrivs, Seccomp, CapEff, CapPrm, CapBnd, CapAmb, Uid } = statusOf(pid);
			const none = "0".repeat(16);
			assert.deepEqual({ NoNewPrivs, Seccomp, CapEff, CapPrm, CapAmb },
				{ NoNewPrivs: "1", Seccomp: "2", CapEff: none, CapPrm: none, CapAmb: none });
			if (isApart)
				assert.equal(CapBnd, none);
			if (here.user === "nobody")
				assert.doesNotMatch(Uid, /\b0\b/);
		}
	});

	test("can write in its run folder and its mailbox alone", apart, async () => {
		for (const pid of await processes()) {
			const mounts = about(pid, "mountinfo").trim().split("\n").map((line) => line.split(" "));
			const writable = mounts.filter((words) => words[5].split(",").includes("rw"))
				.map((words) => words[4]);
			assert.equal(writable.length, 2, writable.join(" "));
			assert.ok(writable.includes(path.join(stack.dir, "run")));
			assert.ok(writable.every((place) => place.startsWith(path.dirname(stack.dir))));
		}
	});

	test("has no network", apart, async () => {
		for (const pid of await processes())
			assert.deepEqual(about(pid, "net/dev").match(/^ *\S+:/gm).map((name) => name.trim()), ["lo:"]);
	});
});

describe("what is forbidden fails", () => {
	test("files elsewhere, devices and homes", apart, async () => {
		assert.match((await shell(`: > ${stack.dir}/daybook.conf`)).stderr, /Read-only file system/);
		assert.match((await shell(": > /tmp/daybook-anywhere")).stderr, /Read-only file system/);
		const devices = await shell("[ ! -e /dev/tty ] && [ ! -e /dev/kmsg ] && : > /dev/null && echo none");
		assert.equal(devices.stdout, "none\n");
		assert.equal((await shell(`: > ${stack.dir}/run/daybook-may`)).stderr, "");
	});

	test("sockets of the network", async () => {
		assert.match((await shell(": < /dev/tcp/127.0.0.1/1")).stderr, /Address family not supported/);
	});

	test("namespaces, other users, mounts, set-user-id files", async () => {
		for (const words of [
			["unshare", "--user", "true"], ["setpriv", "--reuid=1", "--clear-groups", "true"],
			["mount", "-t", "tmpfs", "none", path.join(stack.dir, "run")], ["chroot", "/", "true"],
			["dmesg"],
		])
			assert.notEqual((await alone(...words)).status, 0, words.join(" "));
		const { stderr } = await shell(`cd ${stack.dir}/run && : > s && chmod 4755 s; rm -f s`);
		assert.match(stderr, /not permitted/);
	});

	test("memory that is writable and executable", async () => {
		const { status } = await alone(process.execPath, "-e", "0");
		assert.notEqual(status, 0, "a compiler of JavaScript needs it");
		assert.equal((await run(process.execPath, ["-e", "0"])).status, 0);
	});
});

describe("all work is done nevertheless", () => {
	test("people sign up, forget their password and get mail", async () => {
		const ask = (what, body) => send({ url: `${stack.url}/api/auth/${what}`, method: "POST", body });
		const { email } = await as("anna").ready(), password = "a password of spring";
		answered(await ask("password/reset", { email }), 202);
		const { token } = await mail.next();
		answered(await ask("password/reset/confirm", { token, new: password }), 204);
		answered(await ask("login", { email, password }));
	});

	test("records, pushes, history, files, import and export", async () => {
		const space = await team({ ben: "owner", mia: "member" });
		const ben = as("ben").in(space), mia = as("mia").in(space);
		answered(await ben.post("/api/cars", { id: "7", location: "100" }), 201);
		answered(await mia.patch("/api/cars/7", { location: "200", expectedVersion: 1 }));
		outcomes(await mia.push([{ op: "a", collection: "cars", id: "8", base: 0, set: { location: "100" } }]),
			"applied");
		assert.equal(answered(await ben.get("/api/cars/7/history")).history.length, 2);
		const photo = jpeg(5000);
		answered(await sendFile(ben, photo), 201);
		const start = "2026-01-05T08:00:00Z";
		answered(await ben.post("/api/workSessions", { start, photoIn: sha256(photo) }), 201);
		assert.deepEqual((await ben.get(`/api/files/${sha256(photo)}`)).bytes, photo);
		answered(await ben.post("/api/cars/import", "id,location\n9,300\n", CSV), 200, { created: 1 });
		assert.match((await mia.get("/api/cars/export")).bytes.toString(), /^"?9"?,/m);
		refused(await as("otto").in(space).get("/api/cars"), 404);
	});

	test("the tracker's own API, and a request of a CGI host", async () => {
		const dora = as("dora"), { token } = await dora.apiToken("write");
		answered(await send({
			url: `${stack.url}/compat/cars/api/cars`, method: "POST",
			headers: { "X-API-Key": token }, body: { id: "11", location: "100" },
		}), 201);
		const { stdout } = await run("env", [
			"-i", "GATEWAY_INTERFACE=CGI/1.1", "REQUEST_METHOD=GET", "REQUEST_URI=/api/cars/11",
			`HTTP_AUTHORIZATION=Bearer ${token}`, `DAYBOOK_CONFIG=${stack.config}`,
			`ASAN_OPTIONS=${UNTRACED.ASAN_OPTIONS}`,
			...here.words, path.join(programs, "daybook"),
		]);
		assert.match(stdout, /^Status: 200\b[^]*"id":"11"/);
	});

	test("a worker that is killed is replaced, and all are at a SIGHUP", async () => {
		const before = await stack.workers();
		process.kill(before[0], "SIGKILL");
		await until("there are as many workers again", async () => {
			const now = await stack.workers();
			return !isAlive(before[0]) && now.length === before.length;
		});
		await stack.renewWorkers();
		answered(await as("ben").get("/api/cars"));
		for (const pid of await processes())
			assert.equal(statusOf(pid).Seccomp, "2");
	});

	test("the operator's commands, and the doctor finds no fault", async () => {
		for (const words of [["tidy"], ["watch"], ["verify"], ["doctor"]]) {
			const { status, stdout, stderr } = await ctl(...words);
			assert.equal(status, 0, stdout + stderr);
		}
		assert.deepEqual(await stack.faults(), []);
	});
});
