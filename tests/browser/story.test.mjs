// What a person does with the first page, from signing up to undoing, on one device and on two, with a server that is there and one
// that is not.
import assert from "node:assert/strict";
import test from "node:test";
import { start } from "../harness.mjs";
import { DESKTOP, PHONE, POLL, assertSilent, at, chipSays, field, launch, openDevice, row, save, signIn, toastSays } from "./browser.mjs";

const stack = await start();
const browser = await launch();

// A device of a person who is signed in.
async function deviceOf(name, options) {
	const page = await openDevice(browser, options);
	await signIn(page, stack, stack.as(name));
	return page;
}

async function weightOf(name, date) {
	const { body } = await stack.as(name).get("/api/weights");
	return body.weights.filter((weight) => weight.date === date);
}

// The API goes away for this device alone, as a lost network looks.
function cut(page) {
	return page.route("**/api/**", (route) => route.abort());
}

function mend(page) {
	return page.unroute("**/api/**");
}

test("a person signs up, adds, changes, deletes and takes the deletion back", async () => {
	const page = await openDevice(browser);
	await page.goto(stack.url + "/");
	await page.getByRole("button", { name: "Create an account" }).click();
	await page.getByRole("button", { name: "Create account" }).click();
	assert.equal(await page.locator(".door .error").count(), 3);
	await page.getByLabel("Your name").fill("Ann Arbor");
	await page.getByLabel("E-mail").fill("ann.arbor@example.org");
	await page.getByLabel("Password", { exact: true }).fill("six times seven");
	await page.getByRole("button", { name: "Create account" }).click();
	await page.waitForSelector(".frame");
	await chipSays(page, "Up to date");

	await at(page, "weights");
	await page.getByText("The first weight you add").waitFor();
	await page.keyboard.press("n");
	await field(page, "Weight (kg)").fill("79,4");
	await page.keyboard.press("Enter");
	await toastSays(page, "Added.");
	await row(page, "79.40").click();

	await field(page, "Note").fill("after the run");
	await save(page);
	await toastSays(page, "Saved.");
	await row(page, "after the run").click();

	await page.getByRole("button", { name: "Delete" }).click();
	await toastSays(page, "Weight deleted.");
	await page.getByText("The first weight you add").waitFor();
	await page.getByRole("button", { name: "Undo" }).click();
	await row(page, "after the run").waitFor();

	await row(page, "after the run").click();
	await page.getByRole("link", { name: "History" }).click();
	await page.locator(".event").nth(3).waitFor();
	assert.match(await page.locator(".events").innerText(), /You restored[\s\S]*You deleted it[\s\S]*You changed it[\s\S]*You added it/);
	await page.locator(".event").nth(3).getByRole("button", { name: "Restore this version" }).click();
	await toastSays(page, "Restored.");
	await page.getByRole("link", { name: "Details" }).click();
	assert.equal(await field(page, "Note").inputValue(), "");
	assertSilent(page);
	await page.context().close();
});

test("a wrong password is said, a reload stays signed in, signing out ends it in all tabs", async () => {
	const page = await openDevice(browser);
	const person = await stack.as("wanda").ready();
	await page.goto(stack.url + "/");
	await page.getByLabel("E-mail").fill(person.email);
	await page.getByLabel("Password", { exact: true }).fill("not the password");
	await page.keyboard.press("Enter");
	await page.getByRole("alert").waitFor();
	await page.getByLabel("Password", { exact: true }).fill(person.password);
	await page.keyboard.press("Enter");
	await page.waitForSelector(".frame");
	await page.reload();
	await page.waitForSelector(".frame");
	assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).filter((key) => /token/i.test(key) || /^ey/.test(localStorage[key]))), []);

	const tab = await page.context().newPage();
	await tab.goto(stack.url + "/");
	await tab.waitForSelector(".frame");
	await page.getByRole("button", { name: person.name }).click();
	await page.getByRole("button", { name: "Sign out" }).click();
	await page.getByRole("button", { name: "Sign in" }).waitFor();
	await tab.getByText("You signed out in another tab.").waitFor();
	await page.reload();
	await page.getByRole("button", { name: "Sign in" }).waitFor();
	assertSilent(page);
	await page.context().close();
});

test("a change on one device is seen on the other within one poll", async () => {
	const phone = await deviceOf("anna", PHONE), desktop = await deviceOf("anna", DESKTOP);
	for (const page of [phone, desktop]) {
		await page.goto(stack.url + "/#/weights");
		await chipSays(page, "Up to date");
	}
	await phone.getByRole("link", { name: "Add weight" }).tap();
	await field(phone, "Weight (kg)").fill("81.25");
	await save(phone);
	await toastSays(phone, "Added.");
	await row(desktop, "81.25").waitFor({ timeout: POLL + 2_000 });
	assert.match(await row(desktop, "81.25").innerText(), /New elsewhere/);

	await row(desktop, "81.25").click();
	await field(desktop, "Note").fill("from the desktop");
	await save(desktop);
	await toastSays(desktop, "Saved.");
	await row(phone, "from the desktop").waitFor({ timeout: POLL + 2_000 });

	await row(phone, "from the desktop").tap();
	await phone.getByRole("button", { name: "Delete" }).tap();
	await toastSays(phone, "Weight deleted.");
	await row(desktop, "81.25").waitFor({ state: "detached", timeout: POLL + 2_000 });
	assertSilent(phone);
	assertSilent(desktop);
	await phone.context().close();
	await desktop.context().close();
});

test("what is half typed stays when the record changes elsewhere, and a clash is chosen field by field", async () => {
	const created = await stack.as("bea").post("/api/weights", { date: "2026-11-20", kg: 79.4, note: "before" });
	const page = await deviceOf("bea");
	const { id } = created.body.weight;
	await at(page, "weights", id);
	await field(page, "Weight (kg)").fill("79.2");
	await field(page, "Weight (kg)").press("End");
	await stack.as("bea").patch(`/api/weights/${id}`, { kg: 80.1, note: "theirs" });

	await page.locator(".clash").waitFor({ timeout: POLL + 2_000 });
	assert.equal(await field(page, "Weight (kg)").inputValue(), "79.2");
	assert.equal(await field(page, "Note").inputValue(), "theirs");
	assert.match(await page.locator(".clash").innerText(), /Before: 79\.40\skg[\s\S]*79\.20\skg[\s\S]*80\.10\skg/);
	await chipSays(page, "1 conflict");

	await save(page);
	assert.equal((await weightOf("bea", "2026-11-20"))[0].kg, 80.1);
	await page.getByRole("button", { name: /Keep yours/ }).click();
	await save(page);
	await toastSays(page, "Saved.");
	const [weight] = await weightOf("bea", "2026-11-20");
	assert.deepEqual([weight.kg, weight.note, weight.version], [79.2, "theirs", 3]);
	assertSilent(page);
	await page.context().close();
});

test("a clash that only the server knows of is shown when saving; theirs can be taken", async () => {
	const created = await stack.as("cleo").post("/api/weights", { date: "2026-11-20", kg: 79.4 });
	const page = await deviceOf("cleo");
	const { id } = created.body.weight;
	await at(page, "weights", id);
	await field(page, "Weight (kg)").waitFor();
	await page.route("**/api/sync/**", (route) => route.abort());
	await stack.as("cleo").patch(`/api/weights/${id}`, { kg: 80.1 });
	await field(page, "Weight (kg)").fill("79.2");
	await save(page);
	await page.locator(".clash").waitFor();
	await page.getByRole("button", { name: /Take theirs/ }).click();
	assert.equal(await field(page, "Weight (kg)").inputValue(), "80.1");
	assert.equal((await weightOf("cleo", "2026-11-20"))[0].version, 2);
	assertSilent(page);
	await page.context().close();
});

test("two people in different fields of one record: both are kept", async () => {
	const created = await stack.as("dora").post("/api/weights", { date: "2026-11-20", kg: 79.4 });
	const page = await deviceOf("dora");
	const { id } = created.body.weight;
	await at(page, "weights", id);
	await field(page, "Note").waitFor();
	await page.route("**/api/sync/**", (route) => route.abort());
	await stack.as("dora").patch(`/api/weights/${id}`, { kg: 80.1 });
	await field(page, "Note").fill("mine");
	await save(page);
	await toastSays(page, "together with a change from elsewhere");
	const [weight] = await weightOf("dora", "2026-11-20");
	assert.deepEqual([weight.kg, weight.note], [80.1, "mine"]);
	await page.context().close();
});

test("a record deleted elsewhere under a draft can be brought back with the draft", async () => {
	const created = await stack.as("elsa").post("/api/weights", { date: "2026-11-20", kg: 79.4, note: "old" });
	const page = await deviceOf("elsa");
	const { id } = created.body.weight;
	await at(page, "weights", id);
	await field(page, "Weight (kg)").fill("79.9");
	await stack.as("elsa").delete(`/api/weights/${id}`);
	await page.getByText("This was deleted elsewhere.").waitFor({ timeout: POLL + 2_000 });
	await page.getByRole("button", { name: "Save it again" }).click();
	await row(page, "79.90").waitFor();
	const [weight] = await weightOf("elsa", "2026-11-20");
	assert.deepEqual([weight.id, weight.kg, weight.note], [id, 79.9, "old"]);
	assertSilent(page);
	await page.context().close();
});

test("an entry for a day that has one already becomes a choice between the two", async () => {
	await stack.as("fay").post("/api/weights", { date: "2026-11-20", kg: 79.4 });
	const page = await deviceOf("fay");
	await at(page, "weights", "+");
	await field(page, "Date").fill("2026-11-20");
	await field(page, "Weight (kg)").fill("78.1");
	await save(page);
	await page.getByText("There is one already.").waitFor();
	await page.getByRole("button", { name: /Keep yours/ }).click();
	await save(page);
	await toastSays(page, "Saved.");
	const weights = await weightOf("fay", "2026-11-20");
	assert.deepEqual(weights.map(({ kg, version }) => [kg, version]), [[78.1, 2]]);
	await page.context().close();
});

test("the server is away: the chip tells, the draft survives a reload, and it saves itself", async () => {
	const page = await deviceOf("gina");
	await at(page, "weights", "+");
	await cut(page);
	await field(page, "Date").fill("2026-11-20");
	await field(page, "Weight (kg)").fill("77.7");
	await save(page);
	await page.getByText("Not saved yet: The server cannot be reached.").waitFor();
	await chipSays(page, "No server since");
	await chipSays(page, "1 unsaved");
	assert.equal(await field(page, "Weight (kg)").inputValue(), "77.7");

	await page.reload();
	await page.getByText("The server cannot be reached").first().waitFor();
	await mend(page);
	await page.getByRole("button", { name: "Try now" }).click();
	await row(page, "77.70").waitFor();
	await chipSays(page, "Up to date");
	assert.deepEqual((await weightOf("gina", "2026-11-20")).map(({ kg, version }) => [kg, version]), [[77.7, 1]]);
	assertSilent(page);
	await page.context().close();
});

test("an answer that is lost is asked for again under the same key: nothing is written twice", async () => {
	const page = await deviceOf("hope");
	const keys = [];
	let lost = 0;
	await page.route("**/api/mileage", async (route) => {
		keys.push(route.request().headers()["idempotency-key"]);
		await route.fetch();
		if (lost++ < 2)
			return route.abort();
		return route.continue();
	});
	await at(page, "mileage", "+");
	await field(page, "From").fill("Yard");
	await field(page, "To").fill("Shop");
	await field(page, "Miles").fill("12.3");
	await save(page);
	await page.getByText("Not saved yet").first().waitFor();
	await toastSays(page, "Added.");
	const { body } = await stack.as("hope").get("/api/mileage");
	assert.deepEqual(body.mileage.map(({ miles, version }) => [miles, version]), [[12.3, 1]]);
	assert.ok(keys.length >= 3);
	assert.equal(new Set(keys).size, 1);
	await page.context().close();
});

test("offline is called offline, and the moment the network is back all is well", async () => {
	const page = await deviceOf("iris");
	await at(page, "tasks");
	await chipSays(page, "Up to date");
	await page.context().setOffline(true);
	await chipSays(page, "Offline since");
	await at(page, "tasks", "+");
	await field(page, "Title").fill("Check tyres");
	await save(page);
	await chipSays(page, "1 unsaved");
	await page.context().setOffline(false);
	await row(page, "Check tyres").waitFor();
	await chipSays(page, "Up to date");
	assertSilent(page);
	await page.context().close();
});

test("what the server refuses is said beside the field, and stays typed", async () => {
	const page = await deviceOf("jane");
	await at(page, "cars", "+");
	await field(page, "Car").fill("128 489");
	await save(page);
	await page.locator(".pane .error", { hasText: "Letters, digits" }).waitFor();
	await field(page, "Car").fill("128489");
	await save(page);
	await toastSays(page, "Added.");
	await at(page, "cars", "+");
	await field(page, "Car").fill("128489");
	await save(page);
	await page.locator(".pane .error", { hasText: "is there already" }).waitFor();
	await at(page, "workSessions", "+");
	await field(page, "Time zone").fill("Europe/Nowhere");
	await save(page);
	await page.locator(".pane .field", { has: page.getByText("Time zone") }).locator(".error").waitFor();
	assert.equal(await field(page, "Time zone").inputValue(), "Europe/Nowhere");
	await chipSays(page, "not saved");
	assertSilent(page);
	await page.context().close();
});

test("the session ends elsewhere: the page says so, and the draft is there after signing in again", async () => {
	const page = await deviceOf("kate");
	await at(page, "tasks", "+");
	await field(page, "Title").fill("Half a thou");
	const person = await stack.as("kate").ready();
	await stack.sql(`UPDATE session SET revoked_at = UTC_TIMESTAMP(3) WHERE user_id = '${person.id}'`);
	await page.getByText("What you typed is kept.").waitFor({ timeout: POLL + 4_000 });
	await page.getByLabel("E-mail").fill(person.email);
	await page.getByLabel("Password", { exact: true }).fill(person.password);
	await page.keyboard.press("Enter");
	await page.waitForSelector(".frame");
	assert.equal(await field(page, "Title").inputValue(), "Half a thou");
	await page.context().close();
});
