// Backups, export and import of a space, and undo, as people do them: through the screens, against the real server.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import {
	DESKTOP, PHONE, assertFits, at, closed, deviceFor, findingsInBoth, launch, toastSays,
} from "./browser.mjs";

const stack = await start();
const browser = await launch();

const SIZES = { phone: PHONE, desk: DESKTOP };
const CALM = { colorScheme: "light", reducedMotion: "reduce" };

// A team with an owner, a manager and a member, and some cars.
async function yard(name, cars = ["1001", "1002"]) {
	const team = await stack.team({ olga: "owner", mia: "manager", ben: "member" }, { name });
	const olga = stack.as("olga").in(team);
	for (const id of cars)
		answered(await olga.post("/api/cars", { id, location: "100", notes: `Note of ${id}` }), 201);
	return { team, olga };
}

// The bytes of the file that the work makes the page save, and its name.
async function saved(page, work) {
	const [download] = await Promise.all([page.waitForEvent("download"), work()]);
	return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

async function looksGood(page) {
	await assertFits(page);
	assert.deepEqual(await findingsInBoth(page), []);
}

for (const [size, options] of Object.entries(SIZES))
	test(`an owner exports everything as an archive or as JSON, also as it was: ${size}`, async () => {
		const name = `Export ${size}`, { olga } = await yard(name);
		const before = (await olga.get("/api/cars/1002")).body.car.lastUpdatedAt;
		const page = await deviceFor(browser, stack, "olga",
			{ options: { ...options, ...CALM }, space: name, path: "/team/move" });
		await looksGood(page);
		const archive = await saved(page, () => press(page, "Export everything"));
		await toastSays(page, "Saved as a file.");
		assert.match(archive.name, new RegExp(`^${name} \\d{4}-\\d\\d-\\d\\d\\.tar$`));
		assert.equal(archive.bytes.subarray(0, 12).toString(), "daybook.json");

		await page.getByRole("radio", { name: "JSON" }).check({ force: true });
		const { bytes } = await saved(page, () => press(page, "Export everything"));
		const { daybook, records } = JSON.parse(bytes);
		assert.equal(daybook, 1);
		assert.ok(records.some(({ collection, id }) => collection === "cars" && id === "1002"));
		assert.ok(before);
		await closed(page);
	});

test("nobody but the owner is offered the export", async () => {
	await yard("Closed");
	const page = await deviceFor(browser, stack, "mia", { space: "Closed", path: "/team" });
	await page.getByRole("link", { name: /Members/ }).waitFor();
	assert.equal(await page.getByRole("link", { name: /Export/ }).count(), 0);
	await closed(page);
});

test("a person takes everything that is theirs with them, without anything secret", async () => {
	await yard("Mine");
	const page = await deviceFor(browser, stack, "ben", { options: { ...PHONE, ...CALM }, path: "/settings/data" });
	await looksGood(page);
	const { name, bytes } = await saved(page, () => press(page, "Export my data"));
	assert.match(name, /^daybook-ben-.*\.json$/);
	const all = JSON.parse(bytes);
	assert.equal(all.daybook, "person");
	assert.ok(all.spaces.some((one) => one.name === "Mine"));
	assert.doesNotMatch(bytes.toString(), /\$argon2|passwordHash/);
	await at(page, "/");
	await closed(page);
});

const ids = async (person) => (await person.get("/api/cars")).body.cars.map(({ id }) => id).sort();
const rows = (page) => page.locator("section[aria-labelledby=all-backups] .row-open");
const CHECK = "section[aria-labelledby=check-file]";

for (const [size, options] of Object.entries(SIZES))
	test(`an owner backs up, verifies, downloads, checks the file, and deletes: ${size}`, async () => {
		const name = `Depot ${size}`;
		await yard(name);
		const page = await deviceFor(browser, stack, "olga",
			{ options: { ...options, ...CALM }, space: name, path: "/team/backups" });
		await page.getByText("There’s no backup of this space yet.").waitFor();
		await looksGood(page);
		await press(page, "Back up now");
		await toastSays(page, "Backed up.");
		await page.locator(".hero", { hasText: "just now" }).waitFor();
		await press(page, "Back up now");
		await toastSays(page, "Nothing has changed since the last backup.");
		assert.equal(await rows(page).count(), 1);
		await looksGood(page);

		await rows(page).click();
		const sheet = page.getByRole("dialog");
		await sheet.getByText("By hand, by you").waitFor();
		await sheet.getByRole("button", { name: "Verify" }).click();
		await sheet.getByText("Every record and file in it was read").waitFor();
		await looksGood(page);
		const { name: file, bytes } = await saved(page, () =>
			sheet.getByRole("button", { name: "Download" }).click());
		assert.match(file, new RegExp(`^${name} .*\\.tar$`));
		await page.keyboard.press("Escape");

		const give = (buffer) => page.locator(`${CHECK} input[type=file]`)
			.setInputFiles({ name: file, mimeType: "application/x-tar", buffer });
		await give(bytes);
		await page.locator(CHECK).getByText("is whole: ", { exact: false }).waitFor();
		await page.locator(CHECK).getByText("It’s the backup of", { exact: false }).waitFor();
		await looksGood(page);
		await page.getByRole("button", { name: "Check another file" }).click();
		const damaged = Buffer.from(bytes);
		damaged[bytes.indexOf("ndjson.zst") + 600] ^= 1;
		await give(damaged);
		await page.locator(CHECK).getByText("can’t be trusted", { exact: false }).waitFor();

		await rows(page).click();
		await sheet.getByRole("button", { name: "More" }).click();
		await page.getByRole("menuitem", { name: "Delete" }).click();
		await page.getByRole("alertdialog").getByRole("button", { name: "Delete backup" }).click();
		await toastSays(page, "Backup deleted.");
		await page.getByText("There’s no backup of this space yet.").waitFor();
		await closed(page);
	});

test("a manager makes backups and sees them, without what is the owner’s; a member has none", async () => {
	await yard("Roles");
	const page = await deviceFor(browser, stack, "mia", { space: "Roles", path: "/team/backups" });
	await page.keyboard.press("b");
	await toastSays(page, "Backed up.");
	await page.getByText("Only the owner can download, restore and delete backups.").waitFor();
	assert.equal(await page.getByText("Schedule", { exact: true }).count(), 0);
	await rows(page).click();
	await page.getByRole("dialog").getByText("By hand, by you").waitFor();
	for (const name of ["Download", "Verify", "Restore…", "More"])
		assert.equal(await page.getByRole("dialog").getByRole("button", { name }).count(), 0, name);
	await closed(page);

	const ben = await deviceFor(browser, stack, "ben", { space: "Roles", path: "/team" });
	await ben.getByRole("link", { name: /Members/ }).waitFor();
	assert.equal(await ben.getByRole("link", { name: /Backups/ }).count(), 0);
	await closed(ben);
});

test("an owner sets the schedule, which is then told in sentences", async () => {
	await yard("Plan");
	const page = await deviceFor(browser, stack, "olga",
		{ options: { ...PHONE, ...CALM }, space: "Plan", path: "/team/backups" });
	await page.getByText("The last 12 are kept.", { exact: false }).waitFor();
	await press(page, "Edit schedule");
	await page.getByLabel("Newest backups kept").fill("20");
	await page.getByLabel("Back up every day").uncheck({ force: true });
	await looksGood(page);
	await page.getByLabel("Newest backups kept").press("Enter");
	await page.getByText("The last 20 are kept.", { exact: false }).waitFor();
	await page.getByText("Not daily.").waitFor();
	await closed(page);
});

test("why a backup could not be made is said in plain words, and the button is there again", async () => {
	await yard("Away");
	const page = await deviceFor(browser, stack, "olga", { space: "Away", path: "/team/backups" });
	await page.route("**/api/**/backup", (route) => route.abort());
	await press(page, "Back up now");
	await page.getByText("Can’t reach the server. Check your connection and try again.").waitFor();
	await page.unroute("**/api/**/backup");
	await press(page, "Back up now");
	await toastSays(page, "Backed up.");
	await closed(page);
});
