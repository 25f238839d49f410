// What a browser keeps is damaged on the disk while it is closed, or deleted to make room: nothing looks deleted,
// everything comes again, and what was not sent is sent, or said to be lost.
import assert from "node:assert/strict";
import {
	mkdtempSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, unlinkSync, writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after } from "node:test";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { until } from "../lib/wait.mjs";
import { at, cut, fillDoor, isIn, isInStep, isKept, openProfile, row, signIn, weigh } from "./browser.mjs";

const stack = await start();
const scratch = mkdtempSync(path.join(tmpdir(), "daybook-profiles."));
after(() => rmSync(scratch, { recursive: true, force: true }));

const onServer = async (person) =>
	answered(await person.get("/api/weights")).weights.map(({ kg }) => String(kg)).sort().join();

const filesIn = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((one) => {
	const name = path.join(folder, one.name);
	return one.isDirectory() ? filesIn(name) : [name];
});

// The files of the database in which a profile keeps its IndexedDB.
const databaseOf = (profile) => filesIn(profile).filter((file) => file.includes(".indexeddb.leveldb"));
const largest = (files) => files.sort((a, b) => statSync(b).size - statSync(a).size)[0];

// Each fourth byte of the middle half becomes another one.
function spoil(file) {
	const bytes = readFileSync(file);
	for (let i = bytes.length >> 2; i < bytes.length - (bytes.length >> 2); i += 4)
		bytes[i] ^= 0x5a;
	writeFileSync(file, bytes);
}

const DAMAGES = {
	"the largest file is half as long": (files) => {
		const file = largest(files);
		truncateSync(file, statSync(file).size >> 1);
	},
	"bytes of the largest file are others": (files) => spoil(largest(files)),
	"bytes of every file are others": (files) => files.forEach(spoil),
	"the largest file is gone": (files) => unlinkSync(largest(files)),
	"the list of the files is gone": (files) =>
		unlinkSync(files.find((file) => path.basename(file).startsWith("MANIFEST"))),
	"the browser has deleted it to make room": (files) => files.forEach((file) => unlinkSync(file)),
};

// What a list says that has no records.
const EMPTY = /there is nothing here yet|the first .* you add will stand here/i;

// Signed in, with one weight on the server and another that waits to be sent; then the browser is closed.
async function withWaiting(profile, person) {
	const page = await openProfile(profile);
	await signIn(page, stack, person);
	await isInStep(page);
	await at(page, "/c/clients");
	assert.match(await page.locator("main").innerText(), EMPTY, "a list without records is known by these words");
	await cut(page);
	await weigh(page, "71");
	await isKept(page);
	await page.waitForFunction(() => Object.entries(localStorage).some(([name, count]) =>
		name.startsWith("daybook.unsent.") && count.startsWith("1 ")));
	await page.context().close();
}

const WAY_OUT = /clear the data of this site in the settings of the browser and sign in again/;

// What the browser does when a person clears the data of a site in its settings.
async function clearSite(page) {
	const tools = await page.context().newCDPSession(page);
	await tools.send("Storage.clearDataForOrigin", { origin: stack.url, storageTypes: "all" });
	await page.reload();
	await page.getByLabel("E-mail").waitFor();
}

let made = 0;
for (const [what, damage] of Object.entries(DAMAGES))
	test(`${what}: what is there comes again, and what waited is sent or said to be lost`, async () => {
		const person = await stack.as(`pia${made += 1}`).ready();
		const profile = path.join(scratch, `profile${made}`);
		answered(await person.post("/api/weights", { date: "2026-01-05", kg: 70 }), 201);
		await withWaiting(profile, person);
		damage(databaseOf(profile));

		const page = await openProfile(profile);
		let letGo, told = "";
		const held = new Promise((resolve) => { letGo = resolve; });
		await page.route("**/sync/changes**", async (route) => {
			await held;
			await route.continue();
		});
		await page.goto(`${stack.url}/c/weights`);
		const isDoor = () => page.getByLabel("E-mail").isVisible();
		await until("the app or its door is there", async () =>
			await isDoor() || page.locator(".frame .page h1").first().isVisible());
		if (await isDoor()) {
			told += await page.locator("main").innerText();
			if (WAY_OUT.test(told))
				await clearSite(page);
			await fillDoor(page, person);
			await isIn(page);
		}
		await at(page, "/c/weights");
		const shown = await page.locator("main").innerText();
		assert.doesNotMatch(shown, EMPTY, "nothing looks deleted while it is loaded");
		letGo();
		await isInStep(page);
		await row(page, "70.00").first().waitFor();
		told += (await page.locator(".notices").allInnerTexts()).join(" ");
		const arrived = await onServer(person);
		if (process.env.SHOW)
			console.error(what, "|", arrived, "|", told.replace(/\s+/g, " "));
		assert.ok(arrived === "70,71" || arrived === "70" && /1 change [^.]*lost/.test(told),
			`on the server: ${arrived}; the person was told: ${told}`);
		await page.context().close();
	});
