// Bad days: a network without https, a device that passes from hand to hand, a server that was replaced
// meanwhile, answers that get lost.  Nothing typed is lost or written twice, and nothing of one person is
// shown to or written as another.
import assert from "node:assert/strict";
import test from "node:test";
import { start } from "../harness.mjs";
import {
	PHONE, assertSilent, at, chipSays, comes, cut, field, fillDoor, isIn, isInStep, launch, mend,
	openDevice, openSpace, openTab, row, signIn,
} from "./browser.mjs";

const stack = await start();
const browser = await launch("--host-resolver-rules=MAP daybook.lan 127.0.0.1");
// To a browser this is no secure context, like any host name of a LAN without https.
const lan = { url: `http://daybook.lan:${stack.port}` };

async function signOut(page, name, button) {
	await page.getByRole("button", { name: `You are ${stack.as(name).name}` }).click();
	await page.getByRole("menuitem", { name: "Sign out" }).click();
	await page.getByRole("dialog").getByRole("button", { name: button, exact: true }).click();
	await page.getByLabel("E-mail").waitFor();
}

async function addWeight(page, kg, date = "2026-11-02") {
	await at(page, "/c/weights/+");
	await field(page, "Date").fill(date);
	await field(page, "Weight (kg)").fill(kg);
	const save = page.getByRole("button", { name: "Save", exact: true });
	await save.click();
	await save.waitFor({ state: "detached" }); // the form has closed: the next one is another
	await page.locator(".toast", { hasText: "Undo" }).first().waitFor();
}

async function weightsOf(name) {
	const { body } = await stack.as(name).get("/api/weights");
	return body.weights.map(({ kg, version }) => [kg, version]).sort((a, b) => a[0] - b[0]);
}

test("plain http in a LAN: a reload stays signed in, two tabs show the same, and an outage loses nothing", async () => {
	const page = await openDevice(browser);
	await signIn(page, lan, stack.as("lan"));
	assert.deepEqual(await page.evaluate(() => [
		isSecureContext, "locks" in navigator, "serviceWorker" in navigator, "subtle" in crypto,
	]), [false, false, false, false]);
	for (let i = 0; i < 2; i++) {
		await page.reload();
		await isIn(page);
	}
	await isInStep(page);
	const tab = await openTab(page, lan.url + "/c/weights");
	await addWeight(page, "71.5");
	await row(tab, "71.5").waitFor();
	await isInStep(page); // the other tab hears of a record before it is sent
	await cut(page);
	await addWeight(page, "72.5", "2026-11-03");
	await chipSays(page, "1 waiting");
	await row(tab, "72.5").waitFor();
	await page.reload();
	await isIn(page);
	await mend(page);
	await isInStep(page);
	assert.deepEqual(await weightsOf("lan"), [[71.5, 1], [72.5, 1]]);
	// What a browser says of a header that only counts with https.
	assert.deepEqual(page.complaints.filter((text) =>
		!text.startsWith("The Cross-Origin-Opener-Policy header has been ignored")), []);
	await page.context().close();
});

test("without a service worker, a part that a new version removed is reported, and the new version opens", async () => {
	const page = await openDevice(browser);
	await signIn(page, lan, stack.as("lan"));
	await isInStep(page);
	await page.route(/\/part\.\w+\.js$/, (route) => route.fulfill({ status: 404, body: "" }));
	await page.route(lan.url + "/", (route) => route.fulfill({
		contentType: "text/html", body: "<script type=module src=/app.NEWER.js></script>",
	}));
	await page.getByRole("link", { name: "Settings", exact: true }).click();
	await page.getByRole("button", { name: "Open the new version" }).waitFor();
	await page.unrouteAll();
	await page.getByRole("button", { name: "Open the new version" }).click();
	await page.getByRole("heading", { name: "Settings" }).waitFor();
	await page.context().close();
});

test("signing out with a half-typed form asks, and keeps it for its author only", async () => {
	const page = await openDevice(browser);
	await signIn(page, stack, stack.as("hal"));
	await isInStep(page);
	await at(page, "/c/cars/+");
	await field(page, "Notes").fill("half a sentence");
	await page.locator(".form-kept").waitFor();
	await addWeight(page, "70.5");
	await isInStep(page);
	await page.locator(".toast", { hasText: "Undo" }).last().hover(); // it stays while somebody points at it
	await signOut(page, "hal", "Sign out and keep");
	assert.equal(await page.locator(".toast").count(), 0);
	await fillDoor(page, await stack.as("ivy").ready());
	await isIn(page);
	await at(page, "/c/cars/+");
	assert.equal(await field(page, "Notes").inputValue(), "");
	await at(page, "/");
	await signOut(page, "ivy", "Sign out");
	await fillDoor(page, stack.as("hal"));
	await isIn(page);
	await at(page, "/c/cars/+");
	assert.equal(await field(page, "Notes").inputValue(), "half a sentence");
	await signOut(page, "hal", "Sign out and delete");
	await comes(page, () => indexedDB.databases().then((all) => all.map(({ name }) => name).join() === "daybook"));
	assertSilent(page);
	await page.context().close();
});

test("a shared handheld that slept or was closed is locked by the first touch", async () => {
	const team = await stack.team({ mia: "manager", pia: "member" }, { name: "Dock" });
	const pia = await stack.as("pia").ready();
	assert.equal((await pia.in(team).put("/api/pin", { pin: "2718", password: pia.password })).status, 204);
	const page = await openDevice(browser, PHONE);
	await page.addInitScript(() => {
		const now = Date.now;
		Date.now = () => now() + Number(sessionStorage.getItem("slept") ?? 0);
	});
	const sleep = () => page.evaluate(() =>
		sessionStorage.setItem("slept", Number(sessionStorage.getItem("slept") ?? 0) + 6 * 60_000));
	const enterPin = async () => {
		await page.getByRole("button", { name: pia.name }).tap();
		await page.locator(".pin-keys").waitFor();
		await page.keyboard.type("2718");
		await page.keyboard.press("Enter");
		await isIn(page);
	};
	await signIn(page, stack, stack.as("mia"));
	await openSpace(page, "Dock");
	await at(page, "/settings/handhelds");
	await page.getByLabel("Name of the handheld").fill("Handheld 3");
	await page.getByRole("button", { name: "Set up as shared handheld" }).tap();
	await page.getByText("It is the shared handheld").waitFor();
	await at(page, "/more");
	await page.getByRole("button", { name: "Switch user" }).tap();
	await enterPin();
	await isInStep(page);
	await at(page, "/c/cars/+");
	await field(page, "Notes").fill("half a sentence");
	await sleep();
	await page.getByRole("button", { name: "Save", exact: true }).tap();
	await page.getByRole("heading", { name: "Who are you?" }).waitFor();
	await enterPin();
	await at(page, "/c/cars/+");
	assert.equal(await field(page, "Notes").inputValue(), "half a sentence");
	await sleep();
	await page.reload();
	await page.getByRole("heading", { name: "Who are you?" }).waitFor();
	assert.deepEqual((await pia.in(team).get("/api/cars")).body.cars, []);
	assertSilent(page);
	await page.context().close();
});
