// A browser for the tests: Debian's Chromium, and devices in it.  A device is a context of its own (its own cookies, storage and service
// worker) with one page; it remembers everything the page complained about, so that a test can ask for silence.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { after } from "node:test";
import { chromium } from "playwright-core";
import { root } from "../harness.mjs";
import { until } from "../lib/http.mjs";
import { ZONE } from "../lib/zone.mjs";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
	"--disable-component-update", "--disable-sync"];
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const DESKTOP = { viewport: { width: 1440, height: 900 } };
export const PHONE = { viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true };
export const POLL = 5_000; // milliseconds between two polls of a page somebody looks at

export async function launch(...more) {
	const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: [...FLAGS, ...more] });

	after(() => browser.close());
	return browser;
}

// What a browser says by itself about an answer that is no 2xx, or about none; the app has said it in its own words.
function isNetworkNote(text) {
	return text.startsWith("Failed to load resource:") || /net::ERR_/.test(text);
}

function listen(page) {
	const complaints = [];

	page.setDefaultTimeout(30_000);
	page.on("console", (message) => {
		if (["error", "warning"].includes(message.type()) && !isNetworkNote(message.text()))
			complaints.push(message.text());
	});
	page.on("pageerror", (error) => complaints.push(error.stack));
	return Object.assign(page, { complaints });
}

// worker: false for a device without service worker, as in a network without https.
export async function openDevice(browser, { worker = true, ...options } = DESKTOP) {
	const context = await browser.newContext({ locale: "en-GB", timezoneId: ZONE, ...options });

	if (!worker)
		await context.addInitScript(() => Object.defineProperty(Navigator.prototype, "serviceWorker", { value: undefined }));
	return listen(await context.newPage());
}

// Another tab of the same device.
export async function openTab(page, url) {
	const tab = listen(await page.context().newPage());

	await tab.goto(url);
	return tab;
}

// Nothing on the console, no exception, and no breach of the content security policy (Chromium reports those on the console).
export function assertSilent(page) {
	assert.deepEqual(page.complaints, []);
}

// Once the frame stands, somebody is in and a space is open.
export function isIn(page) {
	return page.locator(".frame .page h1").first().waitFor();
}

export async function signIn(page, stack, person, path = "/") {
	await person.ready();
	await page.goto(stack.url + path);
	await fillDoor(page, person);
	await isIn(page);
}

/** A device at which the person of that name is in, with everything sent.  from: the address that is opened first; space: the name of the
 * one to be in; path: where to go then; prepare: what is done with the page before anything is opened. */
export async function deviceFor(browser, stack, name, { options, from, space, path, prepare } = {}) {
	const page = await openDevice(browser, options);
	await prepare?.(page);
	await signIn(page, stack, stack.as(name), from);
	await isInStep(page);
	if (space) {
		await openSpace(page, space);
		await isInStep(page);
	}
	if (path)
		await at(page, path);
	return page;
}

// The form at the door, and its button.
export async function fillDoor(page, { email, password }) {
	await page.getByLabel("E-mail").fill(email);
	await page.getByLabel("Password", { exact: true }).fill(password);
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

// A place of the app, without loading the page again: at(page, "/c/weights").
export async function at(page, path) {
	await page.evaluate((to) => {
		history.pushState(null, "", to);
		dispatchEvent(new PopStateEvent("popstate"));
	}, path);
	await page.locator(".page").first().waitFor();
}

export async function openSpace(page, name) {
	await page.locator(".space-button:visible").click();
	await page.getByRole("dialog").locator(".row-open").filter({ has: page.getByText(name, { exact: true }) }).click();
	await page.locator(`.space-button[aria-label^="Space: ${name}"]`).first().waitFor({ state: "attached" });
}

// The API goes away for this device alone, as a server that is down looks; and comes back.
export function cut(page) {
	return page.context().route("**/api/**", (route) => route.abort());
}

export function mend(page) {
	return page.context().unroute("**/api/**");
}

export async function chipSays(page, text) {
	await page.locator(".chip:visible", { hasText: text }).waitFor();
}

// Everything is sent, and the server answers.
export async function isInStep(page) {
	await page.locator('.chip:visible[data-kind="well"]').waitFor({ timeout: 60_000 }); // of ten thousand records too
}

export async function toastSays(page, text) {
	await page.locator(".toast", { hasText: text }).waitFor();
}

export function row(page, text) {
	return page.locator(".content .row-open", { hasText: text });
}

export function field(page, label) {
	return page.locator(".field").filter({ has: page.locator(`.field-label:text-is(${JSON.stringify(label)})`) }).locator("input, select, textarea").first();
}

// Until the worker has all files and serves this page.
export async function isReadyForOffline(page) {
	await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
}

// What axe-core finds serious, as words: rule, where, why.
export async function findings(page) {
	if (!await page.evaluate(() => "axe" in window))
		await page.evaluate(AXE);
	const { violations } = await page.evaluate(() => axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], rules: { region: { enabled: false } } }));

	return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary.replace(/\s+/g, " ")}`));
}

// No part wider than the window: nobody scrolls sideways.
export async function assertFits(page) {
	const [has, wants] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
	assert.ok(wants <= has, `the page is ${wants} wide in a window of ${has}`);
}

/** Longer than a blink of the app: what comes now at the same place of the screen is meant, and no second half of a double press. */
export const rest = (page) => page.waitForTimeout(600);

/** The end of a story on these devices, none of which had an error. */
export async function closed(...pages) {
	for (const page of pages) {
		assertSilent(page);
		await page.context().close();
	}
}

/** A copy of the built app for the stacks of this file, of which other versions can be made: its folder. */
export function copyOfTheApp() {
	const scratch = mkdtempSync(path.join(tmpdir(), "daybook-www.")), www = path.join(scratch, "www");
	after(() => rmSync(scratch, { recursive: true }));
	cpSync(process.env.DAYBOOK_WWW ?? path.join(root, "build", "www"), www, { recursive: true });
	process.env.DAYBOOK_WWW = www;
	return www;
}

/** Until look(wanted), which may be a promise of the page, answers with something true: page.waitForFunction would take any promise for that. */
export function comes(page, look, wanted) {
	return until("the page answers yes", () => page.evaluate(look, wanted));
}
