// A browser for the tests: Debian's Chromium, and devices in it.  A device is a context of its own (its own cookies and storage) with
// one page; it remembers everything the page complained about, so that a test can ask for silence.
import assert from "node:assert/strict";
import { after } from "node:test";
import { chromium } from "playwright-core";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
	"--disable-component-update", "--disable-sync"];

export const DESKTOP = { viewport: { width: 1440, height: 900 } };
export const PHONE = { viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true };
export const POLL = 5_000; // milliseconds between two polls of a page somebody looks at

export async function launch() {
	const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });

	after(() => browser.close());
	return browser;
}

// What a browser says by itself about an answer that is no 2xx; the app has said it in its own words.
function isNetworkNote(text) {
	return text.startsWith("Failed to load resource:");
}

export async function openDevice(browser, options = DESKTOP) {
	const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/Berlin", ...options });
	const page = await context.newPage();
	const complaints = [];

	page.setDefaultTimeout(15_000);
	page.on("console", (message) => {
		if (["error", "warning"].includes(message.type()) && !isNetworkNote(message.text()))
			complaints.push(message.text());
	});
	page.on("pageerror", (error) => complaints.push(error.stack));
	return Object.assign(page, { complaints });
}

// Nothing on the console, no exception, and no breach of the content security policy (Chromium reports those on the console).
export function assertSilent(page) {
	assert.deepEqual(page.complaints, []);
}

export async function signIn(page, stack, person) {
	await person.ready();
	await page.goto(stack.url + "/");
	await page.getByLabel("E-mail").fill(person.email);
	await page.getByLabel("Password", { exact: true }).fill(person.password);
	await page.getByRole("button", { name: "Sign in" }).click();
	await page.waitForSelector(".frame");
}

// A place of the app: at(page, "weights", "+").
export async function at(page, ...parts) {
	await page.evaluate((hash) => { location.hash = hash; }, "#/" + parts.join("/"));
	await page.waitForFunction((name) => document.querySelector(".rail .place[aria-current]")?.getAttribute("href") === "#/" + name, parts[0]);
}

export function field(page, label) {
	return page.locator(".pane .field").filter({ has: page.locator(`.label :text-is(${JSON.stringify(label)})`) }).locator("input, select, textarea").first();
}

export async function save(page) {
	await page.locator(".pane button[type=submit]").click();
}

export async function chipSays(page, text) {
	await page.locator(".chip", { hasText: text }).waitFor();
}

export async function toastSays(page, text) {
	await page.locator(".toast", { hasText: text }).waitFor();
}

export function row(page, text) {
	return page.locator(".rows .row", { hasText: text });
}
