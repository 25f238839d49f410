// Lists and records as they were: choosing a moment, the banner, reading only, the way back, and what is said where the
// past cannot be shown.
import assert from "node:assert/strict";
import test from "node:test";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import {
	DESKTOP, PHONE, assertFits, at, becomes, closed, cut, deviceFor, findingsInBoth, isInStep, launch, mend, row,
	toastSays,
} from "./browser.mjs";

const stack = await start();
const browser = await launch();

const DAYS_AGO = (n) => new Date(Date.now() - n * 86_400_000).toISOString();

// What is in the space by now was written so many days ago.
async function longAgo({ id }, days) {
	await stack.sql(`UPDATE audit SET at = TIMESTAMPADD(DAY, -${days}, at) WHERE space_id = '${id}'
		AND at > TIMESTAMPADD(DAY, -1, UTC_TIMESTAMP())`);
}

// Three cars of 12 days ago; since 3 days ago one of them is elsewhere, and one is gone; one was added now.
async function yard(name) {
	const team = await stack.team({ olga: "owner", vera: "viewer" }, { name });
	const olga = stack.as("olga").in(team);
	for (const id of ["1001", "1002", "1003"])
		answered(await olga.post("/api/cars", { id, location: "100", notes: `Note of ${id}` }), 201);
	await longAgo(team, 12);
	answered(await olga.patch("/api/cars/1001", { location: "200" }));
	answered(await olga.delete("/api/cars/1003"));
	await longAgo(team, 3);
	answered(await olga.post("/api/cars", { id: "1004", location: "100" }), 201);
	return { team, olga };
}

const cars = (page) => () => page.locator(".records .row-open")
	.evaluateAll((rows) => rows.map((one) => one.dataset.id).sort());
const banner = (page) => page.locator(".notices .notice");
const address = (page) => new URL(page.url()).searchParams.get("at");

for (const [size, options] of Object.entries({ phone: PHONE, desk: DESKTOP }))
	test(`a list is shown as it was a week ago, read only, and left in one tap: ${size}`, async () => {
		const name = `Yard ${size}`;
		await yard(name);
		const look = { ...options, colorScheme: "light", reducedMotion: "reduce" };
		const page = await deviceFor(browser, stack, "olga", { options: look, space: name, path: "/c/cars" });
		await becomes(cars(page), ["1001", "1002", "1004"]);
		await page.getByRole("button", { name: "Past, import and export" }).click();
		await page.getByRole("menuitem", { name: "As of…" }).click();
		await page.getByRole("dialog").getByText("Nothing is changed.", { exact: false }).waitFor();
		assert.deepEqual(await findingsInBoth(page), []);
		await page.getByRole("button", { name: /^A week ago/ }).click();
		await banner(page).getByText(/As it was on .*/).waitFor();
		await becomes(cars(page), ["1001", "1002", "1003"]);
		assert.equal(await page.getByRole("button", { name: /Add car/ }).count(), 0, "nothing can be added");
		assert.equal(await page.getByRole("button", { name: "Select" }).count(), 0, "nothing can be selected");
		await assertFits(page);
		assert.deepEqual(await findingsInBoth(page), []);

		await row(page, "1001").click();
		const panel = page.locator(".pane:visible, .sheet:visible");
		await panel.getByText("Changed since then", { exact: false }).waitFor();
		await panel.locator(".detail-title", { hasText: "100" }).waitFor();
		assert.equal(await panel.getByRole("button", { name: "Edit" }).count(), 0);
		assert.deepEqual(await findingsInBoth(page), []);
		await page.keyboard.press("Escape");
		await banner(page).getByRole("button", { name: "Back to now" }).click();
		assert.equal(address(page), null);
		await becomes(cars(page), ["1001", "1002", "1004"]);
		await closed(page);
	});

test("a moment is typed with the keyboard; one that has not been yet is refused in words", async () => {
	await yard("Keys");
	const page = await deviceFor(browser, stack, "vera", { space: "Keys", path: "/c/cars" });
	await page.keyboard.press("a");
	const field = page.getByLabel("Day and time");
	await field.fill("2999-01-01T10:00");
	await page.keyboard.press("Enter");
	await page.getByText("Choose a time in the past.").waitFor();
	await field.fill(DAYS_AGO(2).slice(0, 16));
	await page.keyboard.press("Enter");
	await becomes(cars(page), ["1001", "1002"]);
	assert.match(address(page), /^\d{4}-\d\d-\d\dT\d\d:\d\d/);
	await page.keyboard.press("Escape");
	await becomes(cars(page), ["1001", "1002", "1004"]);
	await page.goBack();
	await becomes(cars(page), ["1001", "1002"]);
	await at(page, `/c/cars?at=${DAYS_AGO(30)}`);
	await page.getByText("There was nothing in this list then.").waitFor();
	await at(page, `/c/cars/1004?at=${DAYS_AGO(2)}`);
	await page.getByText("There was no such car then.").waitFor();
	await closed(page);
});

test("a version of the past is restored from there, also of a record that was deleted since", async () => {
	const { olga } = await yard("Back");
	const page = await deviceFor(browser, stack, "olga", { space: "Back", path: `/c/cars/1001?at=${DAYS_AGO(7)}` });
	await page.getByRole("button", { name: "Restore this version" }).click();
	await toastSays(page, "Version restored.");
	await isInStep(page);
	assert.equal((await olga.get("/api/cars/1001")).body.car.location, "100");
	assert.equal(address(page), null);
	await at(page, `/c/cars/1002?at=${DAYS_AGO(7)}`);
	await page.getByText("Not changed since then.").waitFor();
	assert.equal(await page.getByRole("button", { name: "Restore this version" }).count(), 0);
	await at(page, `/c/cars/1003?at=${DAYS_AGO(7)}`);
	await page.getByText("Deleted since then.").waitFor();
	await page.getByRole("button", { name: "Restore this version" }).click();
	await toastSays(page, "Version restored.");
	assert.equal((await olga.get("/api/cars/1003")).body.car.notes, "Note of 1003");
	await closed(page);
});

test("without a connection the past is not shown, which is said with a way on", async () => {
	await yard("Away");
	const page = await deviceFor(browser, stack, "vera", { space: "Away", path: "/c/cars" });
	await cut(page);
	await at(page, `/c/cars?at=${DAYS_AGO(2)}`);
	await page.getByText("The past is on the server. Connect to see it.").waitFor();
	await mend(page);
	await page.getByRole("button", { name: "Try again" }).click();
	await becomes(cars(page), ["1001", "1002"]);
	await page.getByRole("button", { name: "Back to now" }).click();
	await closed(page);
});
