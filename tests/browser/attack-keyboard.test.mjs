// Work without a pointer: the focus is never lost, goes where the work goes and comes back, and letters
// that are typed are no shortcuts.
import assert from "node:assert/strict";
import test from "node:test";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { until } from "../lib/wait.mjs";
import {
	assertSilent, at, becomes, closed, cut, deviceFor, field, isInStep, launch, mend, row, toastSays,
} from "./browser.mjs";
import { on } from "./hours.mjs";

const stack = await start();
const browser = await launch();

const deviceOf = (name, from) => deviceFor(browser, stack, name, { from });

const press = async (page, ...keys) => {
	for (const key of keys)
		await page.keyboard.press(key);
};

// Where the keys go: the name of the element with the focus, or what it is.
async function focusOn(page, selector) {
	try {
		await page.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector);
	} catch {
		const where = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 160));
		assert.fail(`the focus is not on ${selector} but on ${where}`);
	}
}

test("a record by keyboard: found, opened, changed, deleted and brought back; the focus goes into the form and is " +
	"never lost", async () => {
	for (const kg of [70, 71, 72])
		await stack.as("ada").post("/api/weights", { date: `2026-11-0${kg - 69}`, kg });
	const page = await deviceOf("ada", "/c/weights");
	await row(page, "70").waitFor();
	await press(page, "j", "j", "Enter");
	await focusOn(page, ".pane");
	await press(page, "e");
	await focusOn(page, ".pane .form input");
	const { length } = await page.locator(".form input, .form textarea").all();
	const note = page.locator("textarea:focus, [name=note]:focus");
	for (let steps = 0; steps < 12 && length && !await note.count(); steps++)
		await press(page, "Tab");
	await page.keyboard.type("jack? z n");
	await press(page, "Control+Enter");
	await row(page, "jack? z n").waitFor();
	await page.locator(".pane .form").waitFor({ state: "detached" });
	await focusOn(page, ".pane, .pane *");
	await press(page, "Escape");
	await focusOn(page, ".row-open");
	await press(page, "j", "Enter");
	await focusOn(page, ".pane");
	await page.locator(".pane").getByRole("button", { name: "More" }).focus();
	await press(page, "Enter", "End", "Enter");
	await page.locator(".toast", { hasText: "deleted" }).waitFor();
	await focusOn(page, "main");
	await press(page, "z");
	await until("all three are there",
		async () => (await stack.as("ada").get("/api/weights")).body.weights.length === 3);
	await press(page, "n");
	await focusOn(page, ".form input");
	assertSilent(page);
	await page.context().close();
});

test("a key pressed as soon as a pane is shown is not lost", async () => {
	await stack.as("eve").post("/api/weights", { date: "2026-11-01", kg: 70 });
	const page = await deviceOf("eve", "/c/weights");
	await row(page, "70").waitFor();
	await page.evaluate(() => {
		const press = (_, observer) => {
			if (!document.querySelector(".pane"))
				return;
			observer.disconnect();
			document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {
				key: "e", bubbles: true, cancelable: true,
			}));
		};
		new MutationObserver(press).observe(document.body, { childList: true, subtree: true });
		document.querySelector(".row-open").click();
	});
	await focusOn(page, ".pane .form input");
	assertSilent(page);
	await page.context().close();
});

test("an entry of the day by keyboard: opened, left, deleted; the focus returns to where it was, " +
	"or to the page", async () => {
	for (const hour of ["08", "10"])
		await stack.as("bo").post("/api/workSessions",
			{ start: on("2026-11-20", `${hour}:00`), end: on("2026-11-20", `${hour}:45`) });
	const page = await deviceOf("bo", "/time?day=2026-11-20");
	await page.locator(".entry-row").nth(1).waitFor();
	await page.locator(".entry-row").first().focus();
	await press(page, "Enter");
	await focusOn(page, ".sheet");
	await press(page, "Escape");
	await focusOn(page, ".entry-row");
	await press(page, "Enter");
	await page.getByRole("dialog").getByRole("button", { name: "Delete" }).focus();
	await press(page, "Enter");
	await page.locator(".entry-row").nth(1).waitFor({ state: "detached" });
	await focusOn(page, "main");
	await press(page, "n");
	await focusOn(page, ".sheet");
	await press(page, "Escape");
	await focusOn(page, "main");
	assertSilent(page);
	await page.context().close();
});

test("the yard by keyboard: to a car, its page, its toggles, back to its tile; " +
	"the focus follows a car that moves", async () => {
	for (const id of ["100", "200", "300"])
		await stack.as("cy").post("/api/cars", { id });
	const page = await deviceOf("cy", "/fleet");
	await page.locator('.tile[data-id="300"]').waitFor();
	await press(page, "j", "j", "Enter");
	await focusOn(page, ".pane");
	await press(page, "a");
	await page.locator('.tile[data-id="200"][data-state="arrived"]').waitFor();
	await press(page, "Escape");
	await focusOn(page, '.tile[data-id="200"] .car-link');
	await press(page, "j");
	await focusOn(page, '.tile[data-id="300"] .car-link');
	await press(page, "Tab", "Enter");
	await focusOn(page, "[role=menuitem]");
	await page.getByRole("menuitem", { name: "Move to 400" }).focus();
	await press(page, "Enter");
	await focusOn(page, '.tile[data-id="300"] .car-link');
	await press(page, "Enter");
	await focusOn(page, ".pane");
	await page.getByRole("button", { name: "Remove from the board" }).focus();
	await press(page, "Enter");
	await page.locator(".toast", { hasText: "removed" }).waitFor();
	await focusOn(page, "main");
	assertSilent(page);
	await page.context().close();
});

// The words of the element with the focus, and what a screen reader says it is about.
const focused = (page) => page.evaluate(() => {
	const { activeElement: element } = document, about = element.getAttribute("aria-describedby");
	return [element.innerText, about && document.getElementById(about).innerText];
});

// Presses what has the focus and says yes; the row of that title goes, and a toast says so.
async function takeAway(page, title, yes, said) {
	await press(page, "Enter");
	await page.getByRole("alertdialog").getByRole("button", { name: yes }).focus();
	await press(page, "Enter");
	await page.locator(".rows .row-title").getByText(title, { exact: true }).waitFor({ state: "detached" });
	await toastSays(page, said);
}

test("a token that is revoked hands the focus to the next one, else to the one before, and the last to the words " +
	"that there are none", async () => {
	const flo = await stack.as("flo").ready();
	for (const name of ["One", "Two", "Three"])
		answered(await flo.post("/api/auth/tokens",
			{ name, scope: "read", space: flo.home, expiresInDays: 30, password: flo.password }), 201);
	const page = await deviceOf("flo", "/settings/tokens"), titles = page.locator(".rows .row-title");
	await titles.nth(2).waitFor();
	const [first, middle, last] = await titles.allInnerTexts();
	await page.getByRole("button", { name: "Revoke" }).nth(1).focus();
	assert.deepEqual(await focused(page), ["Revoke", middle]);
	await takeAway(page, middle, "Revoke token", `“${middle}” is revoked.`);
	await becomes(() => focused(page), ["Revoke", last]);
	await takeAway(page, last, "Revoke token", `“${last}” is revoked.`);
	await becomes(() => focused(page), ["Revoke", first]);
	await takeAway(page, first, "Revoke token", `“${first}” is revoked.`);
	await becomes(() => focused(page), ["No tokens yet.", null]);
	await closed(page);
});

test("the focus stays in the lists of sign-ins, invitations, PINs and handhelds when a row of them goes", async () => {
	const team = await stack.team({ gil: "owner", hal: "member", ida: "member" }, { name: "Mill" });
	const gil = stack.as("gil").in(team);
	for (const name of ["gil", "hal", "ida"]) {
		const { password } = stack.as(name);
		answered(await stack.as(name).in(team).put("/api/pin", { pin: "471193", password }), 204);
	}
	for (const role of ["viewer", "member"])
		answered(await gil.post("/api/invitations", { role }), 201);
	answered(await gil.post("/api/handhelds", { name: "Lane 3" }), 201);
	const other = await deviceOf("gil"), page = await deviceFor(browser, stack, "gil", { space: "Mill" });

	await at(page, "/settings/sessions");
	const ways = page.getByRole("button", { name: "Sign out", exact: true });
	await ways.first().waitFor();
	for (let left = await ways.count(); left > 0; left--) {
		await becomes(() => ways.count(), left);
		await ways.first().focus();
		await press(page, "Enter");
		await page.getByRole("button", { name: "Sign out there" }).focus();
		await press(page, "Enter");
		await toastSays(page, "is signed out.");
	}
	await ways.waitFor({ state: "detached" });
	await focusOn(page, "ul.rows");

	await at(page, "/team/invite");
	const back = page.getByRole("button", { name: "Cancel invitation" });
	await back.nth(1).waitFor();
	await back.first().focus();
	for (const left of [1, 0]) {
		await press(page, "Enter");
		await page.getByRole("alertdialog").getByRole("button", { name: "Cancel invitation" }).focus();
		await press(page, "Enter");
		await toastSays(page, "Invitation canceled.");
		await becomes(() => back.count(), left);
		await becomes(async () => (await focused(page))[0],
			left ? "Cancel invitation" : "No open invitations.");
	}

	await at(page, "/settings/handhelds");
	await page.getByRole("button", { name: "Remove" }).first().focus();
	for (const left of [1, 0]) {
		const [, whose] = await focused(page);
		await takeAway(page, whose, "Remove PIN", `${whose}’s PIN is removed.`);
		await becomes(() => page.getByRole("button", { name: "Remove" }).count(), left);
		await focusOn(page, left ? ".row .button" : "ul.rows");
	}

	await page.getByRole("button", { name: "Turn off" }).focus();
	await takeAway(page, "Lane 3", "Turn off", "“Lane 3” is turned off.");
	await becomes(() => focused(page), ["No shared handhelds.", null]);
	await closed(page, other);
});

test("a password manager is told whose password a form asks for, and which field is none of its business",
	async () => {
		await stack.team({ jon: "owner" }, { name: "Quay" });
		const { email } = stack.as("jon");
		const page = await deviceFor(browser, stack, "jon", { space: "Quay" });
		for (const [path, forms] of [["tokens", 1], ["account", 2], ["pin", 1]]) {
			await at(page, `/settings/${path}`);
			await page.locator("[type=password]").first().waitFor();
			const told = await page.locator("form:has([type=password])").evaluateAll((all) => all.map(
				(form) => [...form.querySelectorAll("input:not([type=radio], [type=checkbox])")]
					.map(({ autocomplete, value }) => [autocomplete, value])
			));
			assert.equal(told.length, forms);
			for (const [user, ...rest] of told) {
				assert.deepEqual(user, ["username", email]);
				assert.ok(rest.some(([kind]) => kind === "current-password"));
				const kinds = ["off", "current-password", "new-password"];
				assert.ok(rest.every(([kind]) => kinds.includes(kind)));
			}
		}
		await closed(page);
	});

test("a screen reader announces when something is wrong, and when it is over", async () => {
	const page = await deviceOf("dee", "/c/weights");
	const said = page.locator(".page-corner [role=status]");
	assert.equal(await said.textContent(), "");
	await cut(page);
	await until("it is said", async () => /^No server/.test(await said.textContent()));
	await mend(page);
	await until("it is over", async () => await said.textContent() === "Up to date");
	await at(page, "/c/weights/+");
	await field(page, "Weight (kg)").fill("70");
	await press(page, "Enter");
	await isInStep(page);
	assert.equal(await said.textContent(), "Up to date");
	await page.context().close();
});
