// Addresses: each opens in a new tab, with malformed parts, and for somebody who may not see it; Back closes what lies
// over the page, and half-typed text survives every way out and in.
import assert from "node:assert/strict";
import test from "node:test";
import { start } from "../harness.mjs";
import {
	PHONE, assertSilent, at, deviceFor, field, fillDoor, isDrawn, isIn, isInStep, isShown, launch,
	openDevice,
} from "./browser.mjs";
import { on } from "./hours.mjs";

const stack = await start();
const browser = await launch();

const deviceOf = (name, options, from) => deviceFor(browser, stack, name, { options, from });

const dialog = (page) => page.getByRole("dialog");
const pathOf = (page) => new URL(page.url()).pathname;

const NONSENSE = [
	"/time?day=2026-02-31", "/time?day=9999-12-31&look=month", "/time?day=9999-12-31&look=week",
	"/time?day=0000-01-01", "/time?day=%00&look=nope", "/time/nope", "/time/people", "/time/plan", "/time/messages",
	"/time?entry=nope", "/time?of=nope", "/fleet/nope", "/fleet/cars/nope", "/fleet/shifts/nope",
	"/fleet/roster/nope", "/fleet?f=nope&at=nope&loc=nope&order=nope&as=nope&here=nope", "/c/nope", "/c/cars/nope",
	"/c/cars/nope/edit", "/c/cars/nope/history", "/c/cars/nope/conflict", "/c/cars/7/nope",
	"/c/cars?sort=nope&f=nope:1&view=nope&owner=nope&q=%25", "/c/weights/%E0%A4%A", "/c/members", "/team",
	"/team/nope", "/settings/nope", "/nope", "/a/b/c/d/e", "/?space=nope",
];

test("a malformed address shows a screen that says so, or the nearest valid one; none breaks the app", async () => {
	const page = await deviceOf("ada");
	await stack.as("ada").post("/api/cars", { id: "7" });
	await isInStep(page);
	for (const path of NONSENSE) {
		await page.goto(stack.url + path);
		await isDrawn(page);
		const words = await page.locator("main").innerText();
		assert.doesNotMatch(words, /came to a stop|undefined|NaN|Invalid|\[object/, path);
		assert.deepEqual(page.complaints, [], path);
	}
	await page.context().close();
});

test("on a phone Back closes a sheet, and the page under it stays", async () => {
	const page = await deviceOf("bo", PHONE);
	const go = (name) => page.getByRole("link", { name, exact: true }).tap();
	await go("Fleet");
	await page.getByRole("heading", { name: "Fleet" }).waitFor();
	await go("Time");
	await page.getByRole("button", { name: "Add time" }).first().tap();
	await field(page, "Note").fill("half a sentence");
	await page.goBack();
	await dialog(page).waitFor({ state: "detached" });
	assert.equal(pathOf(page), "/time");
	await page.getByRole("button", { name: "Add time" }).first().tap();
	assert.equal(await field(page, "Note").inputValue(), "half a sentence");
	await page.locator(".sheet-foot").getByRole("button", { name: "Clear" }).tap();
	await page.goBack();
	await dialog(page).waitFor({ state: "detached" });
	await page.locator(".chip:visible").tap();
	await dialog(page).waitFor();
	await page.goBack();
	await dialog(page).waitFor({ state: "detached" });
	assert.equal(pathOf(page), "/time");
	await page.goBack();
	await page.getByRole("heading", { name: "Fleet" }).waitFor();
	assert.equal(pathOf(page), "/fleet");
	await page.goForward();
	await page.getByRole("heading", { name: "Time" }).waitFor();
	await isDrawn(page);
	await isShown(page);
	assert.equal(await dialog(page).count(), 0);
	assertSilent(page);
	await page.context().close();
});

test("on a phone Back closes a form and Forward opens it; its text survives a reload", async () => {
	const page = await deviceOf("cy", PHONE, "/c/weights");
	await page.getByRole("button", { name: "Add weight" }).tap();
	await field(page, "Note").fill("half a sentence");
	await page.goBack();
	await dialog(page).waitFor({ state: "detached" });
	assert.equal(pathOf(page), "/c/weights");
	await page.goForward();
	assert.equal(await field(page, "Note").inputValue(), "half a sentence");
	await page.locator(".form-kept").waitFor();
	await page.reload();
	await isIn(page);
	assert.equal(await field(page, "Note").inputValue(), "half a sentence");
	await page.goBack();
	await dialog(page).waitFor({ state: "detached" });
	await page.getByText("Begun, not saved").waitFor();
	const { body } = await stack.as("cy")
		.post("/api/workSessions", { start: on("2026-11-20", "08:00"), end: on("2026-11-20", "09:00") });
	await at(page, "/time?day=2026-11-20");
	await page.locator(`.entry-row[data-id="${body.workSession.id}"]`).tap();
	await field(page, "Note").waitFor();
	await page.goBack();
	await dialog(page).waitFor({ state: "detached" });
	await page.getByRole("heading", { name: "Time" }).waitFor();
	await page.goForward();
	await field(page, "Note").waitFor();
	assertSilent(page);
	await page.context().close();
});

test("a link to an entry on an empty device waits for it, and does not say that it is gone", async () => {
	const { body } = await stack.as("dee")
		.post("/api/workSessions", { start: on("2026-11-20", "08:00"), end: on("2026-11-20", "09:00") });
	const page = await openDevice(browser);
	let release;
	const held = new Promise((resolve) => { release = resolve; });
	await page.route("**/sync/**", async (route) => {
		await held;
		return route.continue();
	});
	await page.goto(`${stack.url}/time?entry=${body.workSession.id}`);
	await fillDoor(page, stack.as("dee"));
	await dialog(page).waitFor();
	assert.doesNotMatch(await dialog(page).innerText(), /gone/);
	release();
	await field(page, "Note").waitFor();
	assertSilent(page);
	await page.context().close();
});
