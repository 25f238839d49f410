// Backups, export and import of a space, and undo, as people do them: through the screens, against the real server.
import assert from "node:assert/strict";
import test from "node:test";
import { start } from "../harness.mjs";
import { newId } from "../../www/engine/engine.js";
import { answered } from "../lib/expect.mjs";
import { DESKTOP, PHONE, at, becomes, closed, deviceFor, launch, toastSays } from "./browser.mjs";
import { CALM, CHECK, backUp, count, ids, looksGood, press, rows, saved, yardOf } from "./vault.mjs";

const stack = await start();
const browser = await launch();

const SIZES = { phone: PHONE, desk: DESKTOP };

const yard = (name, cars) => yardOf(stack, name, cars);

const hasCar = ({ collection, id, deleted }) => collection === "cars" && id === "1002" && !deleted;

for (const [size, options] of Object.entries(SIZES))
	test(`an owner exports everything as an archive and as JSON: ${size}`, async () => {
		const name = `Export ${size}`, { olga } = await yard(name);
		const page = await deviceFor(browser, stack, "olga",
			{ options: { ...options, ...CALM }, space: name, path: "/team/move" });
		await looksGood(page);
		const archive = await saved(page, () => press(page, "Export everything"));
		await toastSays(page, "Downloading.");
		assert.match(archive.name, new RegExp(`^${name} \\d{4}-\\d\\d-\\d\\d\\.tar$`));
		assert.equal(archive.bytes.subarray(0, 12).toString(), "daybook.json");

		await page.getByRole("radio", { name: "JSON" }).check({ force: true });
		const { bytes } = await saved(page, () => press(page, "Export everything"));
		const { daybook, records } = JSON.parse(bytes);
		assert.equal(daybook, 1);
		assert.ok(records.some(hasCar));

		await page.getByRole("radio", { name: "An earlier time" }).check({ force: true });
		await page.getByLabel("Day and time").fill("2999-01-01T10:00");
		await page.getByText("Choose a time in the past.").waitFor();
		await looksGood(page);
		const then = (await olga.get("/api/cars/1002")).body.car.createdAt;
		answered(await olga.delete("/api/cars/1002"));
		await at(page, `/team/move?then=${then}`);
		await page.getByRole("radio", { name: "JSON" }).check({ force: true });
		const past = await saved(page, () => press(page, "Export everything"));
		assert.match(past.name, new RegExp(`^${name} as of \\d{4}-\\d\\d-\\d\\d \\d{4}\\.json$`));
		assert.ok(JSON.parse(past.bytes).records.some(hasCar), "as it was then");
		await page.getByRole("radio", { name: "Now" }).check({ force: true });
		const now = await saved(page, () => press(page, "Export everything"));
		assert.ok(!JSON.parse(now.bytes).records.some(hasCar), "as it is now");
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
		await page.locator(".hero", { hasText: "Just now" }).waitFor();
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

for (const [size, options] of Object.entries(SIZES))
	test(`a person undoes what they did in the last hour, and brings it back: ${size}`, async () => {
		const name = `Undo ${size}`, { team, olga } = await yard(name), ben = stack.as("ben").in(team);
		answered(await ben.patch("/api/cars/1001", { location: "200" }));
		answered(await ben.post("/api/cars", { id: "1003", location: "100" }), 201);
		answered(await olga.patch("/api/cars/1002", { location: "200" }));
		const page = await deviceFor(browser, stack, "ben",
			{ options: { ...options, ...CALM }, space: name, path: "/team/undo" });
		await looksGood(page);
		assert.equal(await page.getByLabel("Changes by").count(), 0, "a member undoes their own changes alone");
		await press(page, "Preview");
		await page.getByText("2 changes would be undone").waitFor();
		await looksGood(page);
		await press(page, "Undo 2 changes");
		await page.getByText("2 changes undone.").waitFor();
		assert.deepEqual(await ids(olga), ["1001", "1002"]);
		assert.equal((await olga.get("/api/cars/1001")).body.car.location, "100");
		assert.equal((await olga.get("/api/cars/1002")).body.car.location, "200");
		await looksGood(page);
		await press(page, "Undo");
		await toastSays(page, "The changes are back.");
		assert.deepEqual(await ids(olga), ["1001", "1002", "1003"]);
		await closed(page);
	});

async function undoOfAnother(olga, ben) {
	for (const id of ["1001", "1002"])
		answered(await olga.post("/api/cars", { id, location: "100" }), 201);
	answered(await ben.patch("/api/cars/1001", { location: "200" }));
	answered(await ben.patch("/api/cars/1002", { location: "200" }));
	answered(await olga.patch("/api/cars/1002", { location: "300" }));
	const page = await deviceFor(browser, stack, "mia",
		{ options: { ...DESKTOP, ...CALM }, space: "Others", path: "/team/undo" });
	await press(page, "Preview");
	await page.getByText("Nothing to undo here").waitFor();
	await page.getByLabel("Changes by").selectOption({ label: "ben" });
	await press(page, "Preview");
	await page.getByText("1 change would be undone").waitFor();
	await page.getByText("can’t be undone", { exact: false }).waitFor();
	const sources = page.getByLabel("Made with"), wasTablet = { op: newId(), collection: "cars", id: "1003" };
	assert.deepEqual(await sources.locator("option", { hasText: "API token" }).count(), 0);
	answered(await ben.push([{ ...wasTablet, base: 0, set: { location: "100" } }], { device: "ben-tablet" }));
	await page.getByRole("radio", { name: "Today" }).check({ force: true });
	await sources.locator("option", { hasText: "Device 1: 1 change" }).waitFor({ state: "attached" });
	await sources.selectOption("device/ben-tablet");
	await looksGood(page);
	await press(page, "Preview");
	await page.getByText("1 change would be undone").waitFor();
	await press(page, "Undo 1 change");
	await page.getByText("1 change undone.").waitFor();
	assert.equal((await olga.get("/api/cars/1003")).status, 404);
	await press(page, "Undo something else");
	await page.getByLabel("Changes by").selectOption({ label: "ben" });
	await press(page, "Preview");
	await press(page, "Undo 1 change");
	await page.getByText("1 change undone.").waitFor();
	assert.equal((await olga.get("/api/cars/1001")).body.car.location, "100");
	assert.equal((await olga.get("/api/cars/1002")).body.car.location, "300");
	await closed(page);
}

test("a manager undoes what another did; what was changed since is left, and said", async () => {
	const olga = stack.as("olga"), people = { mia: "manager", ben: "member" };
	const { space } = answered(await olga.post("/api/spaces", { name: "Others" }), 201);
	for (const [person, role] of Object.entries(people)) {
		const { token } = answered(await olga.in(space).post("/api/invitations", { role }), 201);
		answered(await stack.as(person).post("/api/invitations/accept", { token }));
	}
	await undoOfAnother(olga.in(space), stack.as("ben").in(space));
});

async function backedUp(page) {
	await backUp(page);
	await rows(page).first().click();
	await page.getByRole("dialog").getByRole("button", { name: "Restore…" }).click();
}

for (const [size, options] of Object.entries(SIZES))
	test(`a restore shows what it would change, does it, and is undone in one press: ${size}`, async () => {
		const name = `Restore ${size}`, { olga } = await yard(name);
		const page = await deviceFor(browser, stack, "olga",
			{ options: { ...options, ...CALM }, space: name, path: "/team/backups" });
		await backedUp(page);
		await page.getByText("Nothing would change: it’s all here already.").waitFor();
		await page.keyboard.press("Escape");
		answered(await olga.delete("/api/cars/1002"));
		answered(await olga.patch("/api/cars/1001", { location: "200" }));
		answered(await olga.post("/api/cars", { id: "1003", location: "100" }), 201);

		await rows(page).first().click();
		const sheet = page.getByRole("dialog");
		await sheet.getByRole("button", { name: "Restore…" }).click();
		await becomes(() => count(page, "Package cars", "new").innerText(), "1");
		await sheet.getByText("Keeps 1 record changed since then.", { exact: false }).waitFor();
		await looksGood(page);
		await sheet.getByRole("radio", { name: "Go back fully" }).check({ force: true });
		await becomes(() => count(page, "Package cars", "deleted").innerText(), "1");
		await looksGood(page);
		await sheet.getByRole("button", { name: "Restore and delete 1 record" }).click();
		await sheet.getByText("Restored", { exact: false }).waitFor();
		assert.deepEqual(await ids(olga), ["1001", "1002"]);
		assert.equal((await olga.get("/api/cars/1001")).body.car.location, "100");
		await looksGood(page);
		await sheet.getByRole("button", { name: "Undo" }).click();
		await toastSays(page, "Restore undone.");
		assert.deepEqual(await ids(olga), ["1001", "1003"]);
		assert.equal((await olga.get("/api/cars/1001")).body.car.location, "200");
		await rows(page).filter({ hasText: "Before a restore" }).first().waitFor();
		await closed(page);
	});

test("only the lists that are chosen come back", async () => {
	const { olga } = await yard("Chosen");
	answered(await olga.post("/api/tasks", { title: "Stays away" }), 201);
	const page = await deviceFor(browser, stack, "olga", { space: "Chosen", path: "/team/backups" });
	await press(page, "Back up now");
	await toastSays(page, "Backed up.");
	const [{ id }] = (await olga.get("/api/tasks")).body.tasks;
	answered(await olga.delete(`/api/tasks/${id}`));
	answered(await olga.delete("/api/cars/1001"));
	await rows(page).first().click();
	const sheet = page.getByRole("dialog");
	await sheet.getByRole("button", { name: "Restore…" }).click();
	await sheet.getByText("All lists").click();
	await sheet.getByLabel("Tasks").uncheck({ force: true });
	await sheet.getByRole("button", { name: "Restore 1 record" }).click();
	await sheet.getByText("Restored", { exact: false }).waitFor();
	assert.deepEqual(await ids(olga), ["1001", "1002"]);
	assert.deepEqual((await olga.get("/api/tasks")).body.tasks, []);
	await closed(page);
});

for (const [size, options] of Object.entries(SIZES))
	test(`an export comes into another space after a look, and goes again: ${size}`, async () => {
		const from = await yard(`From ${size}`), into = await yard(`Into ${size}`, ["1001"]);
		const file = answered(await from.olga.get("/api/export?format=json"));
		const page = await deviceFor(browser, stack, "olga",
			{ options: { ...options, ...CALM }, space: `Into ${size}`, path: "/team/move" });
		const importing = page.locator("section[aria-labelledby=import-space]");
		await importing.locator("input[type=file]").setInputFiles({
			name: "all.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(file)),
		});
		await becomes(() => count(page, "Package cars", "new").innerText(), "1");
		await looksGood(page);
		await importing.getByRole("button", { name: /^Import 1 record/ }).click();
		await importing.getByText("Imported: 1 record.").waitFor();
		assert.deepEqual(await ids(into.olga), ["1001", "1002"]);
		await importing.getByRole("button", { name: "Undo" }).click();
		await toastSays(page, "Import undone.");
		assert.deepEqual(await ids(into.olga), ["1001"]);
		await closed(page);
	});

test("a file that is none of the known ones is refused in words, and another one can be chosen", async () => {
	await yard("Wrong");
	const page = await deviceFor(browser, stack, "olga", { space: "Wrong", path: "/team/move" });
	const importing = page.locator("section[aria-labelledby=import-space]");
	await importing.locator("input[type=file]").setInputFiles({
		name: "notes.json", mimeType: "application/json", buffer: Buffer.from('{"hello":"world"}'),
	});
	await importing.locator(".notice.bad").waitFor();
	await importing.getByRole("button", { name: "Another file" }).click();
	await importing.getByText("Choose a file").waitFor();
	await closed(page);
});
