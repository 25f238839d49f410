// The service worker: the app opens without a network, a new version waits until the person accepts it, and
// typed text survives the update.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { start } from "../harness.mjs";
import {
	assertSilent, at, becomes, copyOfTheApp, field, isIn, isInStep, isReadyForOffline, launch, openDevice,
	openTab, signIn,
} from "./browser.mjs";

const www = copyOfTheApp(); // before the stack starts
const stack = await start();
const browser = await launch();

function publish(version) {
	const page = path.join(www, "index.html"), worker = path.join(www, "sw.js");
	writeFileSync(page, readFileSync(page, "utf8")
		.replace(/<meta name="description"[^>]*>/, `<meta name="description" content="version ${version}">`));
	const text = readFileSync(worker, "utf8");
	const hash = createHash("sha256").update(readFileSync(page)).digest("hex").slice(0, 16);
	const fresh = text.replace(/\["\/","[0-9a-f]{16}"\]/, `["/","${hash}"]`);
	assert.notEqual(fresh, text);
	writeFileSync(worker, fresh);
}

function versionOf(page) {
	return page.locator("meta[name=description]").getAttribute("content");
}

function lookForUpdate(page) {
	return page.evaluate(() => navigator.serviceWorker.getRegistration()
		.then((registration) => registration.update()).then(() => undefined));
}

test("a new version waits until somebody accepts it, in all tabs", async () => {
	const page = await openDevice(browser);
	await signIn(page, stack, stack.as("anna"));
	await isReadyForOffline(page);
	const tab = await openTab(page, stack.url + "/settings/look");
	await isIn(tab);
	publish(2);
	await lookForUpdate(page);
	await page.getByText("A new version is ready.").waitFor();
	assert.doesNotMatch(await versionOf(page), /version 2/);
	await page.reload();
	await isIn(page);
	assert.doesNotMatch(await versionOf(page), /version 2/);
	await page.getByText("A new version is ready.").waitFor();
	await at(page, "/c/weights/+");
	await field(page, "Note").fill("half a sen");
	await page.getByRole("button", { name: "Reload" }).click();
	await page.waitForFunction(() => document.querySelector("meta[name=description]").content === "version 2");
	await isIn(page);
	assert.equal(await field(page, "Note").inputValue(), "half a sen");
	await tab.getByText("A new version is ready.").waitFor();
	await tab.getByRole("button", { name: "Reload" }).click();
	await tab.waitForFunction(() => document.querySelector("meta[name=description]").content === "version 2");
	await isIn(tab);
	assert.match(tab.url(), /\/settings\/look$/);
	await becomes(() => page.evaluate(() => caches.keys().then((names) => names.length)), 1);
	assertSilent(page);
	assertSilent(tab);
	await page.context().close();
});

test("one visit is enough to open every screen offline, also those never opened", async () => {
	const page = await openDevice(browser);
	await signIn(page, stack, stack.as("ben"));
	await isReadyForOffline(page);
	await isInStep(page);
	await page.context().setOffline(true);
	for (const place of ["/time", "/fleet", "/c/weights", "/more", "/settings/tokens"]) {
		await page.goto(stack.url + place);
		await isIn(page);
		await page.locator(".waiting").waitFor({ state: "detached" });
		assert.equal(await page.getByText("there is no connection to fetch it").count(), 0, place);
	}
	await page.context().close();
});

test("the service worker caches nothing of the API and never responds for it", async () => {
	const page = await openDevice(browser);
	await signIn(page, stack, stack.as("cleo"));
	await isReadyForOffline(page);
	await page.reload();
	await isIn(page);
	await isInStep(page);
	const kept = await page.evaluate(async () => {
		const paths = [];
		for (const name of await caches.keys())
			for (const request of await (await caches.open(name)).keys())
				paths.push(new URL(request.url).pathname);
		return paths;
	});
	assert.ok(kept.includes("/"));
	assert.deepEqual(kept.filter((one) => /^\/(api|compat|metrics)/.test(one)), []);
	await page.context().setOffline(true);
	assert.equal(
		await page.evaluate(() => fetch("/api/health").then(() => "answered", () => "no answer")), "no answer");
	await page.context().close();
});
