// Quick hands and held keys: a double press counts once, and deliberate presses are never lost.
import assert from "node:assert/strict";
import test from "node:test";
import { start } from "../harness.mjs";
import {
	DESKTOP, PHONE, at, becomes, closed, deviceFor, field, handOf, isIn, isInStep, isShown, launch,
	openDevice, toastSays, undo,
} from "./browser.mjs";

const stack = await start();
const browser = await launch();

const deviceOf = (name, options, path) => deviceFor(browser, stack, name, { options, path });

const button = (page, name) => page.getByRole("button", { name, exact: true });

// What the server has, once everything is sent: "work ended, lunch runs", the first first.
async function dayOf(page, name) {
	await isInStep(page);
	const { body } = await stack.as(name).get("/api/workSessions");
	return body.workSessions.sort((a, b) => (a.start < b.start ? -1 : 1))
		.map(({ kind, end }) => `${kind} ${end ? "ended" : "runs"}`).join(", ");
}

for (const [device, name, options] of [["desktop", "ada", DESKTOP], ["phone", "bo", PHONE]])
	test(`the timer's buttons pressed twice count once (${device}), and Undo takes it back`, async () => {
		const page = await deviceOf(name, options, "/time"), hand = await handOf(page);
		const isSo = (expected) => becomes(() => dayOf(page, name), expected, "the day is as it was worked");
		await hand.pressTwice(button(page, "Start"));
		await isSo("work runs");
		await hand.pressTwice(button(page, "Lunch"));
		await isSo("work ended, lunch runs");
		await hand.pressTwice(button(page, "Back to work"));
		await isSo("work ended, lunch ended, work runs");
		await undo(page, "Lunch ended, work goes on.");
		await isSo("work ended, lunch runs");
		await hand.press(button(page, "Back to work"));
		await page.locator('.timer-run[data-kind="work"]').waitFor();
		await hand.pressTwice(button(page, "Stop"));
		await isSo("work ended, lunch ended, work ended");
		await closed(page);
	});

test("the timer by keyboard: the focus stays on its button, and holding a key presses it once", async () => {
	const page = await deviceOf("cy", DESKTOP, "/time"), hand = await handOf(page);
	await button(page, "Start").focus();
	await hand.down();
	await page.locator(".timer-button:focus", { hasText: "Stop" }).waitFor();
	for (let repeat = 0; repeat < 3; repeat++)
		await hand.down();
	await hand.up();
	await becomes(() => dayOf(page, "cy"), "work runs", "it runs, once");
	await hand.down();
	await hand.up();
	await page.locator(".timer-button:focus", { hasText: "Start" }).waitFor();
	await becomes(() => dayOf(page, "cy"), "work ended", "it has ended");
	await closed(page);
});

test("a scanner that sends two Enters after each number adds each car once, without an error", async () => {
	const page = await deviceOf("dee", DESKTOP, "/fleet");
	const input = page.locator("[data-quick-add]");
	await input.focus();
	await page.keyboard.type("100\n\n101\n\n102\n\n");
	await toastSays(page, "Car 102 added.");
	await isInStep(page);
	assert.deepEqual((await stack.as("dee").get("/api/cars")).body.cars.map(({ id, version }) => [id, version]),
		[["100", 1], ["101", 1], ["102", 1]]);
	assert.deepEqual([await input.inputValue(), await page.locator("#quick-problem").count()], ["", 0]);
	await closed(page);
});

test("a sheet opened by a double press stays open; one Undo of several takes back one thing", async () => {
	const page = await deviceOf("eli", PHONE, "/fleet"), hand = await handOf(page);
	await hand.pressTwice(button(page, "Start shift"));
	await page.getByRole("heading", { name: "Start a shift" }).waitFor();
	await isShown(page);
	assert.equal(await page.getByRole("heading", { name: "Start a shift" }).count(), 1);
	await page.keyboard.press("Escape");
	for (const id of ["7", "8"])
		await stack.as("eli").post("/api/cars", { id });
	for (const id of ["7", "8"]) {
		await at(page, `/fleet/cars/${id}`);
		await page.getByRole("button", { name: "Remove from the board" }).tap();
		await toastSays(page, `Car ${id} removed`);
	}
	await hand.pressTwice(page.locator(".toast").last().getByRole("button", { name: "Undo" }));
	const cars = async () => (await stack.as("eli").get("/api/cars")).body.cars.map(({ id }) => id).join();
	await becomes(cars, "8", "car 8 is back");
	await isInStep(page); // and nothing more is to be sent
	assert.equal(await cars(), "8");
	await closed(page);
});

// The server takes it, and its answer never arrives.
async function loseAnswer(page, glob) {
	let isLost = false;
	await page.route(glob, async (route) => {
		if (isLost || route.request().method() !== "POST")
			return route.continue();
		isLost = true;
		await route.fetch();
		return route.abort();
	});
}

test("a lost response and a second press make one team and one account, and its owner is signed in", async () => {
	const page = await openDevice(browser);
	await page.goto(stack.url);
	await page.getByRole("button", { name: "Create an account" }).click();
	await field(page, "Your name").fill("Fay");
	await field(page, "E-mail").fill("fay@example.org");
	await field(page, "Password").fill("six warm words");
	await loseAnswer(page, "**/api/auth/register");
	await page.getByRole("button", { name: "Create account" }).click();
	await page.getByText("The server cannot be reached").waitFor();
	await page.getByRole("button", { name: "Create account" }).click();
	await isIn(page);
	await page.locator(".space-button:visible").click();
	await page.getByRole("button", { name: "Create a team" }).click();
	await field(page, "Name").fill("Twins");
	await loseAnswer(page, "**/api/spaces");
	await page.getByRole("button", { name: "Create team" }).click();
	await page.getByText("The server cannot be reached").waitFor();
	await (await handOf(page)).pressTwice(button(page, "Create team"));
	await page.getByRole("heading", { name: "Twins", exact: true }).waitFor();
	await page.locator(".space-button:visible").click();
	await page.getByRole("dialog").locator(".row-open").nth(1).waitFor();
	assert.equal(await page.getByRole("dialog").locator(".row-open", { hasText: "Twins" }).count(), 1);
	await closed(page);
});
