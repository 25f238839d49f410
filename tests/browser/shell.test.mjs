// The shell: coming in and going out, on one device and several, with and without a network.
import assert from "node:assert/strict";
import test from "node:test";
import { start } from "../harness.mjs";
import { mailbox } from "../lib/mailbox.mjs";
import {
	PHONE, assertSilent, at, becomes, chipSays, closed, cut, fillDoor, isIn, isInStep, isReadyForOffline,
	launch, mend, openDevice, openSpace, openTab, row, signIn, toastSays,
} from "./browser.mjs";

const mail = mailbox();
const stack = await start({ settings: mail.settings });
const browser = await launch();

async function deviceOf(name, options) {
	const page = await openDevice(browser, options);
	await signIn(page, stack, stack.as(name));
	return page;
}

test("a person signs up with what the form asks for, and is in", async () => {
	const page = await openDevice(browser, PHONE);
	await page.goto(stack.url + "/");
	await page.getByRole("button", { name: "Create an account" }).tap();
	await page.getByRole("button", { name: "Create account" }).tap();
	await becomes(() => page.locator(".field-problem").count(), 3);
	await page.getByLabel("Your name").fill("Ann Arbor");
	await page.getByLabel("E-mail").fill("ann.arbor@example.org");
	await page.getByLabel("Password", { exact: true }).fill("six times seven");
	await page.getByRole("button", { name: "Create account" }).tap();
	await isIn(page);
	await isInStep(page);
	await closed(page);
});

test("a wrong password is reported and the form stays filled; a reload stays signed in; signing out ends it in all " +
	"tabs", async () => {
	const page = await openDevice(browser);
	const person = await stack.as("wanda").ready();
	await page.goto(stack.url + "/");
	await fillDoor(page, { email: person.email, password: "not the password" });
	await page.getByRole("alert").waitFor();
	assert.equal(await page.getByLabel("E-mail").inputValue(), person.email);
	await fillDoor(page, person);
	await isIn(page);
	await page.reload();
	await isIn(page);
	assert.deepEqual(await page.evaluate(() =>
		Object.keys(localStorage).filter((key) => /token/i.test(key) || /^ey/.test(localStorage[key]))), []);

	const tab = await openTab(page, stack.url + "/");
	await isIn(tab);
	await page.getByRole("button", { name: `You are ${person.name}` }).click();
	await page.getByRole("menuitem", { name: "Sign out" }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
	await page.getByLabel("E-mail").waitFor();
	await tab.getByLabel("E-mail").waitFor();
	await page.reload();
	await page.getByLabel("E-mail").waitFor();
	assertSilent(tab);
	await closed(page);
});

test("a forgotten password: the mail's link chooses a new one", async () => {
	const person = await stack.as("fay").ready();
	const page = await openDevice(browser, PHONE);
	await page.goto(stack.url + "/");
	await page.getByRole("button", { name: "Forgot password?" }).tap();
	await page.getByLabel("E-mail").fill(person.email);
	await page.getByRole("button", { name: "Send the link" }).tap();
	await page.getByText("a link is on its way").waitFor();
	const { token } = await mail.next();
	await page.goto(`${stack.url}/#reset=${token}`);
	await page.getByLabel("New password").fill("short");
	await page.getByRole("button", { name: "Change password" }).tap();
	await page.locator(".field-problem").waitFor();
	await page.getByLabel("New password").fill("a better password");
	await page.getByRole("button", { name: "Change password" }).tap();
	await toastSays(page, "Your password is changed");
	await fillDoor(page, { email: person.email, password: "a better password" });
	await isIn(page);
	assert.equal(new URL(page.url()).hash, "");
	await closed(page);
});

test("a person changes their name: it shows in their settings and as the name of their personal space, also after a " +
	"reload", async () => {
	const nina = await deviceOf("nina");
	await at(nina, "/settings/account");
	await nina.getByLabel("Name", { exact: true }).fill("Nina Ölmüller");
	await nina.getByRole("button", { name: "Change name" }).click();
	await toastSays(nina, "Your name is changed");
	await nina.locator('.space-button[aria-label="Space: Nina Ölmüller"]').first().waitFor();
	await nina.reload();
	await becomes(() => nina.getByLabel("Name", { exact: true }).inputValue(), "Nina Ölmüller");
	await becomes(() => nina.getByRole("button", { name: "Change name" }).isDisabled(), true);
	await nina.getByLabel("Name", { exact: true }).fill("nina");
	await nina.getByRole("button", { name: "Change name" }).click();
	await toastSays(nina, "Your name is changed");
	await closed(nina);
});

test("a team is made, somebody is invited by link, signs up by it, and gets another role", async () => {
	const anna = await deviceOf("anna");
	await anna.locator(".rail .space-button").click();
	await anna.getByRole("button", { name: "Create a team" }).click();
	await anna.getByLabel("Name").fill("Depot Nord");
	await anna.getByRole("button", { name: "Create team" }).click();
	await anna.locator('.space-button[aria-label="Space: Depot Nord"]').first().waitFor();
	await at(anna, "/team/invite");
	await anna.getByRole("button", { name: "Create link" }).click();
	const link = await anna.getByLabel("Link of the invitation").inputValue();
	await anna.locator("svg.code").waitFor();

	const ben = await openDevice(browser, PHONE);
	await ben.goto(`${stack.url}/${new URL(link).hash}`);
	await ben.getByRole("heading", { name: "Join Depot Nord" }).waitFor();
	await ben.getByLabel("Your name").fill("Ben Berg");
	await ben.getByLabel("E-mail").fill("ben.berg@example.org");
	await ben.getByLabel("Password", { exact: true }).fill("a long password");
	await ben.getByRole("button", { name: "Create account" }).tap();
	await ben.getByRole("button", { name: "Join Depot Nord" }).tap();
	await toastSays(ben, "You are in Depot Nord.");
	await ben.locator('.space-button[aria-label="Space: Depot Nord"]').first().waitFor({ state: "attached" });

	await at(anna, "/team/members");
	await row(anna, "Ben Berg").click();
	await anna.getByRole("radio", { name: "Manager" }).click();
	await toastSays(anna, "Ben Berg is manager now.");
	await at(ben, "/team");
	await ben.getByRole("link", { name: /Invite/ }).waitFor();
	await closed(anna, ben);
});

test("an expired link says so, and the person can continue without it", async () => {
	const page = await openDevice(browser, PHONE);
	await page.goto(`${stack.url}/#invitation=dbi_nothing`);
	await page.getByRole("button", { name: "Continue without it" }).tap();
	await page.getByLabel("E-mail").waitFor();
	await closed(page);
});

test("the sign-in ends elsewhere: everything stays usable, a quiet bar offers to sign in again", async () => {
	const page = await deviceOf("kate");
	const person = await stack.as("kate").ready();
	await isInStep(page);
	await stack.sql(`UPDATE session SET revoked_at = UTC_TIMESTAMP(3) WHERE user_id = '${person.id}'`);
	await page.locator(".notices .notice").waitFor();
	await chipSays(page, "Signed out");
	await at(page, "/settings/look");
	await page.locator(".notices").getByRole("button", { name: "Sign in" }).click();
	await page.getByRole("dialog").getByLabel("Password", { exact: true }).fill(person.password);
	await page.getByRole("dialog").getByRole("button", { name: "Sign in", exact: true }).click();
	await toastSays(page, "You are signed in again.");
	await isInStep(page);
	assert.match(page.url(), /\/settings\/look$/);
	await closed(page);
});

test("offline the app opens at a deep link, says since when, and is in sync when the network is back", async () => {
	const page = await deviceOf("olga");
	await isReadyForOffline(page);
	await isInStep(page);
	await page.context().setOffline(true);
	await chipSays(page, "Offline since");
	await page.goto(stack.url + "/settings/look");
	await page.getByRole("heading", { name: "Look and language" }).waitFor();
	await page.goto(stack.url + "/no/such/place");
	await page.getByText("There is nothing at this address").waitFor();
	await page.context().setOffline(false);
	await isInStep(page);
	await closed(page);
});

test("when the server is down while the browser is online, the chip says so, " +
	"and is in sync later without any action", async () => {
	const page = await deviceOf("nils");
	await isInStep(page);
	await cut(page);
	await chipSays(page, "No server since");
	await page.locator(".chip:visible").click();
	await page.getByText("The server does not answer.").waitFor();
	await page.keyboard.press("Escape");
	await page.reload();
	await isIn(page);
	await mend(page);
	await page.locator(".chip:visible").click();
	await page.getByRole("button", { name: "Sync now" }).click();
	await page.keyboard.press("Escape");
	await isInStep(page);
	await closed(page);
});

test("on a phone the chip never cuts the title: without a server it shows the number of waiting changes, and an icon " +
	"for the reason", async () => {
	const page = await deviceOf("nora", PHONE);
	await isInStep(page);
	await cut(page);
	await chipSays(page, "No server");
	const cutOff = () => page.locator(".page h1")
		.evaluate((title) => title.scrollWidth > title.clientWidth || title.scrollHeight > title.clientHeight);
	assert.equal(await cutOff(), false);
	await page.getByRole("button", { name: "Start", exact: true }).tap();
	await chipSays(page, "1 waiting");
	assert.equal(await cutOff(), false);
	await becomes(() => page.locator(".chip:visible").getAttribute("aria-label"), "No server, 1 waiting");
	const isSeen = (one) => getComputedStyle(one).clipPath === "none";
	assert.deepEqual([
		await page.locator(".chip-first:visible").evaluate(isSeen),
		await page.locator(".chip-more:visible").evaluate(isSeen),
	], [false, true], "how much waits has the room");
	await mend(page);
	await isInStep(page);
	await closed(page);
});

test("without a service worker, as in a network without https, all works while the server answers", async () => {
	const page = await deviceOf("paul", { worker: false });
	await isInStep(page);
	await at(page, "/settings/device");
	await page.getByText("no, it runs in the browser").waitFor();
	await closed(page);
});

test("the keyboard: palette, places, help", async () => {
	const page = await deviceOf("mona");
	await page.keyboard.press("Control+k");
	await page.getByRole("combobox").fill("weig");
	await page.getByRole("option", { name: /^Weight/ }).first().waitFor();
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { name: "Weight" }).waitFor();
	await page.keyboard.press("g");
	await page.keyboard.press("m");
	await page.waitForURL("**/more");
	await becomes(() => page.evaluate(() => document.activeElement.id), "content");
	await page.keyboard.press("g");
	await page.keyboard.press("s");
	await page.waitForURL("**/settings");
	await page.keyboard.press("?");
	await page.getByRole("dialog").getByText("Everywhere").waitFor();
	await page.keyboard.press("Escape");
	await page.getByRole("dialog").waitFor({ state: "detached" });
	await closed(page);
});

test("light and dark are chosen against the system, and kept", async () => {
	const page = await deviceOf("lena", { colorScheme: "light" });
	const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--paper"));
	const light = await paper();
	await at(page, "/settings/look");
	await page.getByRole("radio", { name: "Dark" }).check();
	const dark = await paper();
	assert.notEqual(dark, light);
	await page.reload();
	await isIn(page);
	await becomes(() => paper(), dark);
	await page.emulateMedia({ colorScheme: "dark" });
	await page.getByRole("radio", { name: "Light" }).check();
	await becomes(() => paper(), light);
	await closed(page);
});

test("an API token is shown once; a sign-in elsewhere is ended from here", async () => {
	const page = await deviceOf("tess"), other = await deviceOf("tess", PHONE);
	await at(page, "/settings/tokens");
	await page.getByLabel("Name", { exact: true }).fill("Nightly report");
	await page.getByLabel("Your password").fill(stack.as("tess").password);
	await page.getByRole("button", { name: "Create token" }).click();
	const token = await page.getByLabel("Token", { exact: true }).inputValue();
	assert.match(token, /^dbk_/);
	const selected = () => page.evaluate(() => document.activeElement.value
		?.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd));
	await becomes(selected, token, "it is in view and selected");
	await page.evaluate(() =>
		Object.defineProperty(navigator, "clipboard", { value: undefined, configurable: true }));
	await page.getByRole("button", { name: "Copy", exact: true }).click();
	await becomes(selected, token, "it is selected for who has no clipboard");
	await page.evaluate(() => Object.defineProperty(navigator, "clipboard",
		{ value: { writeText: async (text) => { window.copied = text; } } }));
	await page.getByRole("button", { name: "Copy", exact: true }).click();
	await page.getByRole("button", { name: "Copied", exact: true }).waitFor();
	assert.equal(await page.evaluate(() => window.copied), token);
	await at(page, "/settings/look");
	await at(page, "/settings/tokens");
	await row(page, "Nightly report").or(page.locator(".row", { hasText: "Nightly report" })).first().waitFor();
	assert.equal(await page.getByText(token).count(), 0);

	await at(page, "/settings/sessions");
	await page.getByText("API token “Nightly report” created").waitFor();
	await page.getByText("This sign-in").waitFor();
	await page.getByRole("button", { name: "Sign out", exact: true }).first().click();
	await page.getByRole("button", { name: "Sign out there" }).click();
	await toastSays(page, "is signed out");
	await other.locator(".notices .notice").waitFor();
	await closed(page, other);
});

test("an API token that is revoked is not offered to be copied any more", async () => {
	const page = await deviceOf("toni");
	await at(page, "/settings/tokens");
	await page.getByLabel("Name", { exact: true }).fill("Mistake");
	await page.getByLabel("Your password").fill(stack.as("toni").password);
	await page.getByRole("button", { name: "Create token" }).click();
	await page.getByLabel("Token", { exact: true }).waitFor();
	await page.getByRole("button", { name: "Revoke", exact: true }).click();
	await page.getByRole("button", { name: "Revoke token" }).click();
	await page.getByLabel("Token", { exact: true }).waitFor({ state: "detached" });
	await page.getByText("No tokens yet.").waitFor();
	await closed(page);
});

test("what happened to an account is read to its end, however fast the button is pressed", async () => {
	const page = await deviceOf("uma"), { id } = stack.as("uma");
	await stack.sql(`INSERT INTO sign_in (user_id, id, kind, at, name, network)
		SELECT '${id}', UNHEX(MD5(CONCAT('uma', seq))), 'sign-in', UTC_TIMESTAMP(3) - INTERVAL seq HOUR,
		       CONCAT('Phone ', seq), '192.0.2.0/24' FROM seq_1_to_60`);
	await at(page, "/settings/sessions");
	const lines = page.getByRole("region", { name: "Recent activity" }).getByRole("listitem");
	await page.getByText("Phone 1", { exact: true }).waitFor();
	const more = page.getByRole("button", { name: "Show more" }), first = await lines.count();
	await more.focus();
	await more.dblclick();
	await more.waitFor({ state: "detached" });
	const [{ n }] = await stack.sql(`SELECT COUNT(*) AS n FROM sign_in WHERE user_id = '${id}'`);
	assert.ok(first < Number(n));
	assert.equal(await lines.count(), Number(n));
	assert.equal(await page.getByText("Phone 60", { exact: true }).count(), 1);
	assert.ok(await lines.nth(first).evaluate((line) => line === document.activeElement), "the focus goes on");

	await stack.sql(`INSERT INTO session
		       (id, user_id, kind, hash, name, scope, created_at, last_used_at, expires_at)
		SELECT UNHEX(MD5(CONCAT('uma', seq))), '${id}', 'sign-in', UNHEX(SHA2(CONCAT('uma', seq), 256)),
		       CONCAT('Tablet ', seq), 'admin', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) - INTERVAL seq HOUR,
		       UTC_TIMESTAMP(3) + INTERVAL 1 DAY FROM seq_1_to_20`);
	await at(page, "/settings/look");
	await at(page, "/settings/sessions");
	const ways = page.getByRole("button", { name: "Sign out", exact: true });
	await page.getByRole("button", { name: /^Show all \d+$/ }).waitFor();
	assert.equal(await ways.count(), 9, "ten devices, of which this one is the first");
	await page.getByRole("button", { name: /^Show all \d+$/ }).press("Enter");
	await page.getByText("Tablet 20", { exact: true }).waitFor();
	assert.match(await page.evaluate(() => document.activeElement.innerText), /^Tablet \d/);
	await closed(page);
});

test("what goes wrong in the page reaches the server's log without what people wrote", async () => {
	const page = await deviceOf("rita");
	await page.evaluate(() =>
		setTimeout(() => { throw new TypeError("cannot read \"Anna's secret 4711\" of anna@example.org"); }));
	const deadline = Date.now() + 10_000;
	let line;
	while (!line && Date.now() < deadline)
		line = (await stack.logLines()).find((one) => one.includes("event=client-error"));
	assert.match(line, /window on today: TypeError/);
	assert.doesNotMatch(line, /secret|4711|anna@/);
	await page.context().close();
});

test("two teams: the one on the screen is remembered, and a link may name another", async () => {
	const first = await stack.team({ sven: "owner" }, { name: "North" });
	await stack.team({ sven: "member" }, { name: "South" });
	const page = await deviceOf("sven");
	await openSpace(page, "South");
	await page.reload();
	await page.locator('.space-button[aria-label="Space: South"]').first().waitFor();
	await page.goto(`${stack.url}/?space=${first.id}`);
	await page.locator('.space-button[aria-label="Space: North"]').first().waitFor();
	const other = await openDevice(browser);
	await other.goto(`${stack.url}/?space=${first.id}`);
	await fillDoor(other, stack.as("sven"));
	await other.locator('.space-button[aria-label="Space: North"]').first().waitFor();
	await closed(page, other);
});

test("a shared handheld: names at the door, a PIN each, and the next person in two touches", async () => {
	const team = await stack.team({ hanna: "manager", ines: "member", jo: "member" }, { name: "Yard" });
	for (const [name, pin] of [["ines", "2718"], ["jo", "3141"]]) {
		const person = await stack.as(name).ready();
		assert.equal((await person.in(team).put("/api/pin", { pin, password: person.password })).status, 204);
	}
	const page = await deviceOf("hanna", PHONE);
	await openSpace(page, "Yard");
	await at(page, "/settings/handhelds");
	await page.getByLabel("Name of the handheld").fill("Handheld 3");
	await page.getByRole("button", { name: "Set up as shared handheld" }).tap();
	await page.getByText("It is the shared handheld").waitFor();
	await at(page, "/more");
	await page.getByRole("button", { name: "Switch user" }).tap();
	await page.getByRole("heading", { name: "Who are you?" }).waitFor();

	await page.getByRole("button", { name: stack.as("ines").name }).tap();
	for (const digit of "9999")
		await page.getByRole("button", { name: digit, exact: true }).tap();
	await page.getByRole("button", { name: "Sign in", exact: true }).tap();
	await page.locator(".pin-problem:not(:empty)").waitFor();
	for (const digit of "2718")
		await page.getByRole("button", { name: digit, exact: true }).tap();
	await page.getByRole("button", { name: "Sign in", exact: true }).tap();
	await isIn(page);
	await isInStep(page);
	await page.reload();
	await isIn(page);
	await at(page, "/settings");
	assert.equal(await page.getByRole("link", { name: /API tokens/ }).count(), 0);
	await at(page, "/more");
	await page.getByRole("button", { name: "Switch user" }).tap();

	await page.getByRole("button", { name: stack.as("jo").name }).tap();
	await page.locator(".pin-keys").waitFor();
	await page.keyboard.type("3141");
	await page.keyboard.press("Enter");
	await isIn(page);
	await closed(page);
});
