// Backups, export and import of a space, and undo, as people do them: through the screens, against the real server.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { DESKTOP, PHONE, assertFits, at, closed, deviceFor, findingsInBoth, launch, toastSays } from "./browser.mjs";

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
