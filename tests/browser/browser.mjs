// A browser for the tests: Debian's Chromium, and devices in it.  A device is a context of its own (its own
// cookies, storage and service worker) with one page; it remembers everything the page complained about, so
// that a test can ask for silence.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, beforeEach } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { chromium } from "playwright-core";
import { root } from "../harness.mjs";
import { CHROMIUM } from "../lib/chromium.mjs";
import { settleIn } from "../lib/people.mjs";
import { PATIENCE, until, within } from "../lib/wait.mjs";
import { ZONE } from "../lib/zone.mjs";

settleIn(ZONE);

export { handOf } from "./hand.mjs";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
	"--disable-component-update", "--disable-sync"];
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const DESKTOP = { viewport: { width: 1440, height: 900 } };
export const PHONE = { viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true };

const LONGEST = 15 * 60; // seconds of one test

// A page that has stopped answers none of Playwright's questions: then its test ends with it, and the others go on.
function watchTests(browser) {
	let timer;

	beforeEach(({ name }) => {
		timer = setTimeout(() => {
			console.error(`waited ${LONGEST} s in vain: the end of "${name}"`);
			for (const context of browser.contexts())
				context.close().catch(() => {});
		}, LONGEST * 1000);
	});
	afterEach(() => clearTimeout(timer));
}

export async function launch(...more) {
	const options = { executablePath: CHROMIUM, args: [...FLAGS, ...more], timeout: PATIENCE * 2000 };
	const browser = await chromium.launch(options);

	after(() => within("the browser has closed", browser.close()));
	watchTests(browser);
	return browser;
}

// What a browser says by itself about an answer that is no 2xx, or about none; the app has said it in its own words.
function isNetworkNote(text) {
	return text.startsWith("Failed to load resource:") || /net::ERR_/.test(text);
}

// A question to the page in words, for the error when its answer does not come.
function aboutOf(look) {
	return `the page answers ${String(look).replace(/\s+/g, " ").slice(0, 80)}`;
}

function listen(page) {
	const complaints = [], ask = page.evaluate.bind(page);

	page.setDefaultTimeout(PATIENCE * 1000);
	page.on("console", (message) => {
		if (["error", "warning"].includes(message.type()) && !isNetworkNote(message.text()))
			complaints.push(message.text());
	});
	page.on("pageerror", (error) => complaints.push(error.stack));
	return Object.assign(page, { complaints, evaluate: (look, given) => within(aboutOf(look), ask(look, given)) });
}

// Toasts go by themselves, on a slow machine before a test has looked: the page remembers all that they said.
function noteToasts() {
	const told = new Map();

	window.toasts = [];
	new MutationObserver(() => {
		for (const toast of document.querySelectorAll(".toast")) {
			if (!told.has(toast))
				window.toasts.push(told.set(toast, { said: [], isHeard: false }).get(toast));
			const { said } = told.get(toast), words = toast.innerText;
			if (said.at(-1) !== words)
				said.push(words);
		}
	}).observe(document, { subtree: true, childList: true, characterData: true });
}

// worker: false for a device without service worker, as in a network without https.
export async function openDevice(browser, { worker = true, ...options } = DESKTOP) {
	const context = await browser.newContext({ locale: "en-GB", timezoneId: ZONE, ...options });

	await context.addInitScript(noteToasts);
	if (!worker)
		await context.addInitScript(() =>
			Object.defineProperty(Navigator.prototype, "serviceWorker", { value: undefined }));
	return listen(await context.newPage());
}

/** A device whose browser keeps everything in this folder, also when it is closed; its context closes the browser. */
export async function openProfile(folder, options = DESKTOP) {
	const context = await chromium.launchPersistentContext(folder, {
		executablePath: CHROMIUM, args: FLAGS, timeout: PATIENCE * 2000, locale: "en-GB", timezoneId: ZONE,
		...options,
	});

	await context.addInitScript(noteToasts);
	return listen(context.pages()[0] ?? await context.newPage());
}

// Another tab of the same device.
export async function openTab(page, url) {
	const tab = listen(await page.context().newPage());

	await tab.goto(url);
	return tab;
}

// Nothing on the console, no exception, and no breach of the content security policy (Chromium
// reports those on the console).
export function assertSilent(page) {
	assert.deepEqual(page.complaints, []);
}

// Resolves when somebody is signed in, a space is open and the frame is drawn.
export function isIn(page) {
	return page.locator(".frame .page h1").first().waitFor();
}

export async function signIn(page, stack, person, path = "/") {
	await person.ready();
	await page.goto(stack.url + path);
	await fillDoor(page, person);
	await isIn(page);
}

/**
 * A device at which the person of that name is in, with everything sent.  from: the address that is opened first;
 * space: the name of the one to be in; path: where to go then; prepare: what is done with the page before anything is
 * opened.
 */
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

/** Until the screen of this address stands there: its code is loaded, and nothing of it waits for records. */
export async function isDrawn(page) {
	await page.waitForFunction(() => document.querySelector(".page h1") && !document.querySelector(".waiting"));
}

/** Until what has come in is drawn: two frames later. */
export function isShown(page) {
	return page.evaluate(() =>
		new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))));
}

/** Until what the page stores is stored: a transaction over everything comes after those that have begun. */
export function isKept(page) {
	return page.evaluate(async () => {
		for (const { name } of await indexedDB.databases())
			await new Promise((resolve, reject) => {
				const opening = indexedDB.open(name);
				opening.onerror = () => reject(opening.error);
				opening.onsuccess = () => {
					const database = opening.result;
					const work = database.transaction(database.objectStoreNames, "readwrite");
					work.oncomplete = () => resolve(database.close());
					work.onabort = () => reject(work.error);
				};
			});
	});
}

/** A place of the app, without loading the page again: at(page, "/c/weights"). */
export async function at(page, path) {
	await page.evaluate((to) => {
		history.pushState(null, "", to);
		dispatchEvent(new PopStateEvent("popstate"));
	}, path);
	await isDrawn(page);
}

export async function openSpace(page, name) {
	await page.locator(".space-button:visible").click();
	await page.getByRole("dialog").locator(".row-open")
		.filter({ has: page.getByText(name, { exact: true }) }).click();
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
	await page.locator('.chip:visible[data-kind="well"]').waitFor();
}

/** Waits for a toast that says one of these and that no call before has matched; it may have closed by now. */
export function toastSays(page, ...texts) {
	return until(`a toast says "${texts.join('" or "')}"`, () => page.evaluate((wanted) => {
		const toast = window.toasts.find(({ said, isHeard }) => !isHeard &&
			said.some((one) => wanted.some((words) => one.includes(words))));
		if (toast)
			toast.isHeard = true;
		return Boolean(toast);
	}, texts));
}

/**
 * Adds a weight, of today or of that day: there is one a day.  Where the server is away, the app may know that by then
 * or not, and says so or not.
 */
export async function weigh(page, kg, date) {
	await at(page, "/c/weights/+");
	if (date)
		await field(page, "Date").fill(date);
	await field(page, "Weight (kg)").fill(kg);
	await page.getByRole("button", { name: "Save", exact: true }).click();
	await toastSays(page, "Weight added", "Saved here, will send when online.");
}

/** Press the Undo of the toast that says so.  While the pointer is over it, it stays. */
export async function undo(page, text) {
	const toast = page.locator(".toast", { hasText: text }).last();
	await toast.dispatchEvent("mouseenter");
	await toast.getByRole("button", { name: "Undo" }).click();
}

export function row(page, text) {
	return page.locator(".content .row-open", { hasText: text });
}

export function field(page, label) {
	return page.locator(".field").filter({ has: page.locator(`.field-label:text-is(${JSON.stringify(label)})`) })
		.locator("input, select, textarea").first();
}

// Until the worker has all files and serves this page.
export async function isReadyForOffline(page) {
	await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
}

const WORTH = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const ALL = { runOnly: WORTH, rules: { region: { enabled: false } }, resultTypes: ["violations"] };
const COLOURS = {
	runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] },
	resultTypes: ["violations"],
};

// What axe-core finds serious, as words: rule, where, why.
export async function findings(page, options = ALL) {
	if (!await page.evaluate(() => "axe" in window))
		await page.evaluate(AXE);
	const { violations } = await page.evaluate((given) => axe.run(document, given), options);
	const words = ({ target, failureSummary }) => `${target.join(" ")}: ${failureSummary.replace(/\s+/g, " ")}`;

	return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${words(node)}`));
}

/**
 * The same in light and in dark.  The two differ in the values of colours alone: in the dark only what
 * is about colours is looked for.
 */
export async function findingsInBoth(page) {
	const found = (await findings(page)).map((one) => `light: ${one}`);

	await page.emulateMedia({ colorScheme: "dark" });
	found.push(...(await findings(page, COLOURS)).map((one) => `dark: ${one}`));
	await page.emulateMedia({ colorScheme: "light" });
	return found;
}

// No part wider than the window: nobody scrolls sideways.
export async function assertFits(page) {
	const [has, wants] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
	assert.ok(wants <= has, `the page is ${wants} wide in a window of ${has}`);
}

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

/** Until ask() answers what is expected; otherwise the two are shown side by side. */
export async function becomes(ask, expected, what = "it is as expected") {
	let answer;
	const isSo = async () => {
		answer = await ask();
		return isDeepStrictEqual(answer, expected);
	};
	await until(what, isSo).catch((error) => {
		assert.deepEqual(answer, expected, what);
		throw error;
	});
}

/**
 * Until look(wanted), which may be a promise of the page, answers with something true: page.waitForFunction
 * would take any promise for that.
 */
export function comes(page, look, wanted) {
	return until(aboutOf(look), () => page.evaluate(look, wanted));
}
