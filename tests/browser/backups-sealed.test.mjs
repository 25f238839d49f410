// Sealed backups: the key is made in the browser and stays there, and so does what opens them.
import assert from "node:assert/strict";
import test from "node:test";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { until } from "../lib/wait.mjs";
import { DESKTOP, PHONE, at, becomes, closed, deviceFor, isInStep, launch, toastSays } from "./browser.mjs";
import { CALM, CHECK, IMPORT, backUp, count, give, ids, looksGood, press, rows, saved, yardOf } from "./vault.mjs";

const stack = await start();
const browser = await launch();

const SIZES = { phone: PHONE, desk: DESKTOP };
const SEALING = "section[aria-labelledby=sealing]";
const JSON_TYPE = "application/json";

// An owner on the screen of the backups of their new team, with a key: its file.
async function sealedYard(name, options = PHONE) {
	const { olga } = await yardOf(stack, name);
	const page = await deviceFor(browser, stack, "olga",
		{ options: { ...options, ...CALM }, space: name, path: "/team/backups" });
	const key = await saved(page, () => press(page, "Create a key"));
	return { olga, page, key };
}

async function useKey(page) {
	await page.getByLabel("I’ve put the key file in a safe place").check({ force: true });
	await press(page, "Seal new backups");
	await toastSays(page, "New backups will be sealed.");
	await isInStep(page);
}

const uploads = async (person) => (await person.get("/api/backups")).body.backups
	.filter(({ kind }) => kind === "uploaded").length;

test("an owner makes a key here, seals backups to it, and opens one with the key file alone", async () => {
	const { page, key } = await sealedYard("Sealed");
	assert.equal(key.name, "Daybook key Sealed.json");
	assert.ok(await page.getByRole("button", { name: "Seal new backups" }).isDisabled());
	await looksGood(page);
	await useKey(page);
	await page.getByText("Check that you have the key").click();
	await give(page.locator(`${SEALING} input[type=file]`), key.bytes, "key.json", JSON_TYPE);
	await page.getByText("This is the key of your backups.").waitFor();

	await backUp(page);
	await rows(page).click();
	const sheet = page.getByRole("dialog");
	await sheet.getByText("Only your key file opens it").waitFor();
	await sheet.getByRole("button", { name: "Verify" }).click();
	await sheet.getByText("It’s whole, as it was written.", { exact: false }).waitFor();
	const { name, bytes } = await saved(page, () => sheet.getByRole("button", { name: "Download" }).click());
	assert.equal(bytes.subarray(0, 16).toString(), "DAYBOOK-SEALED-1");
	assert.ok(!bytes.includes("Note of 1001"));
	await page.keyboard.press("Escape");

	const choose = (buffer) => give(page.locator(`${CHECK} input[type=file]`), buffer, name, JSON_TYPE);
	await choose(bytes);
	await page.locator(CHECK).getByText("It’s the backup of", { exact: false }).waitFor();
	await looksGood(page);
	await choose(Buffer.from("{}"));
	await page.locator(CHECK).getByText("can’t be opened.", { exact: false }).waitFor();
	await choose(key.bytes);
	await page.locator(CHECK).getByText("of Sealed as of", { exact: false }).waitFor();
	const opened = await saved(page, () => press(page, "Save opened"));
	assert.equal(opened.bytes.subarray(0, 12).toString(), "daybook.json");
	await closed(page);
});

for (const [size, options] of Object.entries(SIZES))
	test(`a sealed backup is opened here with its key, restored, and its copy goes: ${size}`, async () => {
		const name = `Sealed ${size}`, { olga, page, key } = await sealedYard(name, options);
		await useKey(page);
		await backUp(page);
		answered(await olga.delete("/api/cars/1002"));
		await rows(page).first().click();
		const sheet = page.getByRole("dialog"), file = sheet.locator("input[type=file]");
		await sheet.getByRole("button", { name: "Restore…" }).click();
		await sheet.getByText("The key stays on this device.").waitFor();
		await looksGood(page);

		const { format, ...other } = JSON.parse(key.bytes);
		await give(file, Buffer.from(JSON.stringify({ ...other, format: "x" })), "no.json", JSON_TYPE);
		await sheet.getByText("This is no key file of Daybook.").waitFor();
		assert.equal(await uploads(olga), 0, "nothing was sent");
		const sent = [];
		page.on("request", (request) => sent.push(request.postData() ?? ""));
		await give(file, key.bytes, "key.json", JSON_TYPE);
		await becomes(() => count(page, "Package cars", "new").innerText(), "1");
		await looksGood(page);
		await sheet.getByRole("button", { name: "Restore 1 record" }).click();
		await sheet.getByText("Restored: 1 record.", { exact: false }).waitFor();
		assert.deepEqual(await ids(olga), ["1001", "1002"]);
		assert.ok(sent.every((text) => !text.includes(other.secretKey)), "the key was sent to nobody");
		await until("the opened copy is gone", async () => await uploads(olga) === 0);
		await sheet.getByRole("button", { name: "Undo" }).click();
		await toastSays(page, "Restore undone.");
		assert.deepEqual(await ids(olga), ["1001"]);
		await closed(page);
	});

test("who leaves before the restore leaves no opened copy behind", async () => {
	const { olga, page, key } = await sealedYard("Left");
	await useKey(page);
	await backUp(page);
	answered(await olga.delete("/api/cars/1002"));
	await rows(page).first().click();
	const sheet = page.getByRole("dialog");
	await sheet.getByRole("button", { name: "Restore…" }).click();
	await give(sheet.locator("input[type=file]"), key.bytes, "key.json", JSON_TYPE);
	await becomes(() => count(page, "Package cars", "new").innerText(), "1");
	assert.equal(await uploads(olga), 1);
	await page.reload();
	await until("the opened copy is gone", async () => await uploads(olga) === 0);
	assert.deepEqual(await ids(olga), ["1001"]);
	await closed(page);
});

test("another key opens nothing, and a sealed file is imported with its own", async () => {
	const first = await sealedYard("First"), second = await sealedYard("Second");
	await useKey(first.page);
	await backUp(first.page);
	await rows(first.page).first().click();
	const sheet = first.page.getByRole("dialog");
	const { bytes } = await saved(first.page, () => sheet.getByRole("button", { name: "Download" }).click());
	answered(await second.olga.delete("/api/cars/1002"));

	const { page } = second, input = page.locator(`${IMPORT} input[type=file]`);
	await at(page, "/team/move");
	await give(input, bytes, "First.sealed");
	await page.locator(IMPORT).getByText("The key stays on this device.").waitFor();
	await looksGood(page);
	await give(input, second.key.bytes, "key.json", JSON_TYPE);
	await page.locator(IMPORT).getByText("The file is sealed to another key", { exact: false }).waitFor();
	await give(input, first.key.bytes, "key.json", JSON_TYPE);
	await becomes(() => count(page, "Package cars", "new").innerText(), "1");
	await page.getByRole("button", { name: /^Import \d record/ }).click();
	await page.locator(IMPORT).getByText("Imported: ", { exact: false }).waitFor();
	assert.deepEqual(await ids(second.olga), ["1001", "1002"]);
	await until("the opened copy is gone", async () => await uploads(second.olga) === 0);
	await closed(first.page, page);
});
