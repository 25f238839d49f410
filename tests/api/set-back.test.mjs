// Devices with the shipped engine, and a server whose database becomes another one: an old dump that the operator
// restores, one that is loaded and nobody told, and a past that was rewritten with all its hashes.  Whatever was
// acknowledged comes back, and whoever should hear of it does.
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { webcrypto } from "node:crypto";
import { after, test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { crew } from "../lib/crew.mjs";
import { dumpOf, loadDump, rewrite } from "../lib/past.mjs";
import { until } from "../lib/wait.mjs";
import { createEngine } from "../../www/engine/engine.js";

globalThis.crypto ??= webcrypto;

const stack = await start({ definitions: true });
const { sql, ctl } = stack;
const engines = [];

after(() => Promise.all(engines.map((engine) => engine.stop())));

class Device {
	constructor(person, name) {
		const wire = { isCut: false }, clock = { added: 0 };
		Object.assign(this, { person, name, wire, clock });
		this.engine = createEngine({
			base: stack.url, cookie: false, deviceName: name, indexedDB: new IDBFactory(), locks: null,
			channel: null,
			clock: {
				now: () => Date.now() + clock.added, wait: (done, ms) => setTimeout(done, ms),
				forget: (timer) => clearTimeout(timer),
			},
			fetch: (...args) => (wire.isCut ? Promise.reject(new TypeError("cut")) : fetch(...args)),
		});
		engines.push(this.engine);
	}

	async begin() {
		await this.person.ready();
		await this.engine.start();
		await this.signIn();
		this.space = await this.engine.open(this.person.space);
		await this.rest();
		return this;
	}

	signIn() {
		const { email, password } = this.person;
		return until(`${this.name} is signed in`, () =>
			this.engine.signIn({ email, password }).then(() => true, () => undefined));
	}

	// Everything is sent and fetched.
	rest() {
		return until(`${this.name} is up to date`, async () => {
			await this.space.sync();
			const { waiting, loaded, trouble } = this.space.status;
			return (loaded && waiting === 0 && trouble === null) || undefined;
		});
	}

	notes() {
		return Object.fromEntries(this.space.all("cars").map(({ id, notes }) => [id, notes]).sort());
	}
}

const make = ({ space }, id, notes) => space.create("cars", { notes }, { id });

let teams = 0;

// A team with three devices: two of its owner's, one of a member's.  All hold the cars 1 and 2.
async function team() {
	const owner = `anna${++teams}`, member = `ben${teams}`;
	const folk = await crew(stack, { [owner]: "owner", [member]: "member" }), anna = folk[owner];
	const [phone, desk, other] = await Promise.all([
		new Device(anna, "phone"), new Device(anna, "desk"), new Device(folk[member], "other"),
	].map((device) => device.begin()));
	await make(phone, "1", "first");
	await make(other, "2", "second");
	await rest(phone, other, desk);
	return { space: folk.space.id, anna, phone, desk, other };
}

const rest = async (...devices) => {
	for (const device of devices)
		await device.rest();
};

const alarms = async (space) => (await sql(`SELECT kind, detail FROM alarm
	WHERE subject = CONCAT('${space.slice(0, 1)}', '${space.slice(1)}') AND over_at IS NULL`));

// What a space holds at the end, and that its chain and its records are whole.
async function mustHold(space, devices, wanted) {
	for (const device of devices)
		assert.deepEqual(device.notes(), wanted, device.name);
	const verified = await ctl("verify", "--space", space);
	assert.equal(verified.status, 0, verified.stdout + verified.stderr);
	for (const device of devices)
		assert.deepEqual(device.space.ops.map(({ record, state }) => [record, state]), [], device.name);
}

test("an old dump, restored by the operator: what was acknowledged since comes back", async () => {
	const { space, phone, desk, other } = await team(), devices = [phone, desk, other];
	const dump = await dumpOf(stack);
	await phone.space.set("cars", "1", { notes: "changed by the phone" });
	await rest(phone, desk);
	await make(other, "3", "by the other");
	await make(desk, "4", "by the desk");
	await rest(other, desk, phone);
	desk.wire.isCut = true;
	await make(desk, "5", "not sent yet");
	await loadDump(stack, dump);
	await sql("UPDATE meta SET value = '0' WHERE name = 'live'");
	assert.equal((await ctl("restore")).status, 0);
	desk.wire.isCut = false;
	for (const device of devices)
		await device.signIn();
	await rest(...devices, ...devices);
	await mustHold(space, devices, {
		1: "changed by the phone", 2: "second", 3: "by the other", 4: "by the desk", 5: "not sent yet",
	});
	for (const device of devices)
		assert.equal(device.space.status.past, null, "it was the operator's, and nothing is missing");
	assert.deepEqual(await alarms(space), []);
});

for (const writes of [0, 2])
	test(`a dump loaded and nobody told, ${writes} writes since: nothing acknowledged is lost`, async () => {
		const { space, anna, phone, desk, other } = await team(), devices = [phone, desk, other];
		const dump = await dumpOf(stack);
		await phone.space.set("cars", "1", { notes: "changed by the phone" });
		await make(other, "3", "by the other");
		await make(desk, "4", "by the desk");
		await rest(phone, other, desk, phone);
		for (const device of devices)
			device.wire.isCut = true;
		await make(desk, "5", "not sent yet");
		await loadDump(stack, dump);
		const wanted = {
			1: "changed by the phone", 2: "second", 3: "by the other", 4: "by the desk", 5: "not sent yet",
		};
		for (let i = 0; i < writes; i++) {
			answered(await anna.post("/api/cars", { id: `w${i}`, notes: "since" }), 201);
			wanted[`w${i}`] = "since";
		}
		for (const device of devices)
			device.wire.isCut = false;
		await rest(...devices, ...devices);
		await mustHold(space, devices, wanted);
		for (const device of devices) {
			const { past } = device.space.status;
			assert.ok(past, `${device.name} tells its person`);
			assert.equal(past.kept, 0, "all is there again");
		}
	});

test("a past that was rewritten with all its hashes: the next device raises the alarm", async () => {
	const { space, anna, phone, desk, other } = await team(), devices = [phone, desk, other];
	await make(phone, "3", "third");
	await rest(phone, desk, other);
	other.clock.added += 2 * 60_000;
	await other.rest(); // and remembers the head of now
	await rewrite(stack, space, "second", "forged");
	const verified = await ctl("verify", "--space", space);
	assert.equal(verified.status, 0, `the database alone does not show it: ${verified.stdout}${verified.stderr}`);
	assert.deepEqual(await alarms(space), []);
	await rest(other);
	const { past } = other.space.status;
	assert.equal(past.found, "other-past");
	assert.deepEqual((await other.space.before()).map(({ id, record, now }) => [id, record.notes, now.notes]),
		[["2", "second", "forged"]]);
	const [alarm] = await until("the alarm is raised", async () => {
		await other.space.sync();
		const raised = await alarms(space);
		return raised.length > 0 ? raised : undefined;
	});
	assert.equal(alarm.kind, "past");
	const health = await fetch(`${stack.url}/api/health`).then((answer) => answer.json());
	assert.ok(health.alarms.past > 0, JSON.stringify(health));
	await rest(...devices);
	await mustHold(space, devices, { 1: "first", 2: "forged", 3: "third" });
	assert.equal(phone.space.status.past.found, "other-past");
	await other.space.forgetBefore();
	assert.equal(other.space.status.past, null);
	answered(await anna.get("/api/sync/head"));
});
