// What a device keeps, on bad days: a browser that keeps nothing or never answers, a disk that is full, a database that
// is taken away, a new version that comes in pieces.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { start } from "../harness.mjs";
import { until } from "../lib/wait.mjs";
import {
	DESKTOP, assertSilent, at, becomes, copyOfTheApp, deviceFor, field, fillDoor, isIn, isInStep,
	isReadyForOffline, launch, openDevice, row, signIn, toastSays,
} from "./browser.mjs";

const www = copyOfTheApp(); // before the stack starts
const stack = await start();
const browser = await launch();

const deviceOf = (name, from) => deviceFor(browser, stack, name, { from });

const hashOf = (text) => createHash("sha256").update(text).digest("hex").slice(0, 16);
const fileOf = (file) => path.join(www, file);

// The page and the worker of another version; the worker's list of files says what they should be.
function nextVersion(name) {
	const page = readFileSync(fileOf("index.html"), "utf8")
		.replace(/<meta name="description"[^>]*>/, `<meta name="description" content="${name}">`);
	return { page, worker: readFileSync(fileOf("sw.js"), "utf8").replace(/\["\/","[0-9a-f]{16}"\]/,
		`["/","${hashOf(page)}"]`) };
}

function look(page) {
	return page.evaluate(async () => {
		const registration = await navigator.serviceWorker.getRegistration();
		await registration.update();
		const { installing } = registration;
		if (installing)
			await new Promise((resolve) =>
				installing.addEventListener("statechange", resolve, { once: true }));
		return Boolean(registration.waiting);
	});
}

const versionOf = (page) => page.locator("meta[name=description]").getAttribute("content");

async function opensOffline(page) {
	await page.context().setOffline(true);
	await page.reload();
	await isIn(page);
	await page.getByRole("link", { name: "Settings", exact: true }).click();
	await page.getByRole("heading", { name: "Settings" }).waitFor();
	await page.context().setOffline(false);
}

test("an incomplete new version is not used: the old one stays whole, " +
	"and the new one comes once it is complete", async () => {
	const page = await deviceOf("ada");
	await isReadyForOffline(page);
	const next = nextVersion("the next");
	// The worker is there before the page is.
	writeFileSync(fileOf("sw.js"), next.worker);
	assert.equal(await look(page), false);
	await opensOffline(page);
	// The page is there, and a file is not.
	writeFileSync(fileOf("index.html"), next.page);
	renameSync(fileOf("icon.svg"), fileOf("icon.away"));
	assert.equal(await look(page), false);
	await opensOffline(page);
	assert.notEqual(await versionOf(page), "the next");
	renameSync(fileOf("icon.away"), fileOf("icon.svg"));
	await until("it is taken when it is whole", () => look(page));
	await page.getByRole("button", { name: "Reload" }).click();
	await page.waitForFunction(() => document.querySelector("meta[name=description]").content === "the next");
	await isIn(page);
	await opensOffline(page);
	await page.context().close();
});

test("a proxy's answer in place of a file is not kept as part of the app", async () => {
	const page = await openDevice(browser);
	const good = readFileSync(fileOf("manifest.webmanifest"));
	writeFileSync(fileOf("manifest.webmanifest"), "<h1>Please accept our terms</h1>");
	await page.addInitScript(() => {
		const { register } = ServiceWorkerContainer.prototype;
		ServiceWorkerContainer.prototype.register = async function watched(...args) {
			const registration = await register.apply(this, args), { installing } = registration;
			installing?.addEventListener("statechange", () => { window.fate ??= installing.state; });
			return registration;
		};
	});
	await signIn(page, stack, stack.as("bo"));
	await page.waitForFunction(() => window.fate !== undefined);
	assert.equal(await page.evaluate(() => window.fate), "redundant");
	writeFileSync(fileOf("manifest.webmanifest"), good);
	await page.reload();
	await isIn(page);
	await isReadyForOffline(page);
	assert.equal(await page.evaluate(() => caches.match("/manifest.webmanifest").then((kept) => kept.text())),
		String(good));
	await opensOffline(page);
	await page.context().close();
});

test("without its cache the app still opens, and fills it again", async () => {
	const page = await deviceOf("cy");
	await isReadyForOffline(page);
	await page.evaluate(() => caches.keys().then((names) => Promise.all(names.map((name) => caches.delete(name)))));
	await page.reload();
	await isIn(page);
	await isInStep(page);
	assertSilent(page);
	await until("all files are there again", () => page.evaluate(async () => {
		const [name] = await caches.keys(), worker = await (await fetch("/sw.js")).text();
		return name !== undefined && (await (await caches.open(name)).keys()).length === worker.match(
			/\["\/[^"]*","[0-9a-f]{16}"\]/g).length;
	}), 20);
	await opensOffline(page);
	await page.context().close();
});

const BROKEN = {
	"that keeps no data": [
		() => Object.defineProperty(window, "indexedDB", { value: undefined }),
		"This browser keeps no data for the app",
	],
	"that may not keep data": [
		() => { IDBFactory.prototype.open = () => { throw new DOMException("no", "SecurityError"); }; },
		"This browser keeps no data for the app",
	],
	"that never opens what it keeps": [
		() => { IDBFactory.prototype.open = () => new EventTarget(); },
		"The browser has not opened what this device keeps",
	],
};

for (const [name, [spoil, words]] of Object.entries(BROKEN))
	test(`a browser ${name} is told apart from an empty app`, async () => {
		const page = await openDevice(browser, DESKTOP);
		await page.addInitScript(spoil);
		await page.goto(stack.url + "/c/weights");
		await page.getByText(words).waitFor();
		assertSilent(page);
		await page.context().close();
	});

test("a browser without storage for small things shows all screens, and lists of any length", async () => {
	const page = await openDevice(browser);
	await page.addInitScript(() => {
		for (const name of ["localStorage", "sessionStorage"])
			Object.defineProperty(window, name,
				{ get() { throw new DOMException("no", "SecurityError"); } });
	});
	await stack.as("dee").post("/api/weights", { date: "2026-11-01", kg: 70 });
	await signIn(page, stack, stack.as("dee"), "/c/weights");
	await row(page, "70").waitFor();
	for (const place of ["/", "/time", "/fleet", "/settings/look", "/settings/device", "/c/weights"]) {
		await at(page, place);
		assert.doesNotMatch(await page.locator("main").innerText(), /came to a stop/, place);
	}
	assertSilent(page);
	await page.context().close();
});

test("a full disk is reported at each try, no partial write is left, " +
	"and what was typed is saved once there is room", async () => {
	const page = await deviceOf("eli");
	await page.evaluate(() => {
		const { put } = IDBObjectStore.prototype;
		window.makeRoom = () => { IDBObjectStore.prototype.put = put; };
		IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
	});
	await at(page, "/time");
	await page.getByRole("button", { name: "Start", exact: true }).click();
	await toastSays(page, "no room left");
	await page.getByRole("button", { name: "Start", exact: true }).waitFor();
	await at(page, "/fleet");
	await page.locator("[data-quick-add]").fill("100 200");
	await page.keyboard.press("Enter");
	await toastSays(page, "no room left");
	await becomes(() => page.locator("[data-quick-add]").inputValue(), "100 200");
	await at(page, "/c/weights/+");
	await field(page, "Weight (kg)").fill("70");
	await page.locator(".form-kept[data-lost]").waitFor();
	// What the cars before it may have said once more is not meant.
	await page.evaluate(() => window.toasts.forEach((toast) => { toast.isHeard = true; }));
	await page.getByRole("button", { name: "Save", exact: true }).click();
	await toastSays(page, "no room left");
	await page.locator(".form-kept[data-lost]").waitFor();
	await page.evaluate(() => window.makeRoom());
	await page.getByRole("button", { name: "Save", exact: true }).click();
	await toastSays(page, "Weight added");
	await at(page, "/time");
	await page.getByRole("button", { name: "Start", exact: true }).click();
	await page.getByRole("button", { name: "Stop", exact: true }).waitFor();
	await isInStep(page);
	const of = async (name) => (await stack.as("eli").get(`/api/${name}`)).body[name].length;
	assert.deepEqual([await of("weights"), await of("workSessions"), await of("cars")], [1, 1, 0]);
	assertSilent(page);
	await page.context().close();
});

test("if the browser deletes the database while the app is open, a save leads to the door, which says so; after " +
	"signing in again it is written once", async () => {
	const page = await deviceOf("fay");
	const wire = await page.context().newCDPSession(page);
	await wire.send("Storage.clearDataForOrigin", { origin: stack.url, storageTypes: "indexeddb" });
	await at(page, "/c/weights/+");
	await field(page, "Weight (kg)").fill("71");
	await page.getByRole("button", { name: "Save", exact: true }).click();
	await page.getByText("This browser has cleared what Daybook kept on this device.").waitFor();
	await fillDoor(page, stack.as("fay"));
	await isIn(page);
	await field(page, "Weight (kg)").fill("71");
	await page.getByRole("button", { name: "Save", exact: true }).click();
	await until("it is on the server", async () =>
		(await stack.as("fay").get("/api/weights")).body.weights.map(({ kg }) => kg).join() === "71");
	assertSilent(page);
	await page.context().close();
});
