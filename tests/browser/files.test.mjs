// A collection out to a file and in again, as a person does it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { start } from "../harness.mjs";
import { assertSilent, at, launch, openDevice, row, signIn } from "./browser.mjs";

const stack = await start();
const browser = await launch();

async function openMenu(page) {
	await page.getByRole("button", { name: "Import and export" }).click();
	await page.locator(".sheet").waitFor();
}

async function give(page, text, name = "trips.csv") {
	await page.locator(".sheet input[type=file]").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
}

test("a strange file: columns are chosen, dates asked for, bad rows left out, and twice adds nothing", async () => {
	const file = "START*,STOP*,WHEN*,MILES*,MOOD*\nYard,Shop,1/2/2026 8:30,12.5,good\nShop,Yard,1/3/2026 9:00,n/a,bad\nYard,\"North, Gate 2\",1/4/2026 10:15,3,good\n";
	const page = await openDevice(browser);
	await signIn(page, stack, stack.as("anna"));
	await at(page, "mileage");
	for (const isFirst of [true, false]) {
		await openMenu(page);
		await give(page, file);
		await page.getByText("Date needs a column").waitFor();
		for (const [field, column] of [["date", "WHEN*"], ["startTime", "WHEN*"], ["from", "START*"], ["to", "STOP*"]])
			await page.locator(`#column-${field}`).selectOption(column);
		await page.getByRole("button", { name: "Look at the file" }).click();
		await page.getByText("Which comes first?").waitFor();
		await page.getByRole("button", { name: /^Month/ }).click();
		await page.getByText("Line 3").waitFor();
		assert.equal((await stack.as("anna").get("/api/mileage")).body.mileage.length, isFirst ? 0 : 2);
		if (isFirst) {
			await page.getByLabel(/Leave out/).check();
			await page.getByRole("button", { name: "Import 2" }).click();
			await page.getByText("Imported.").waitFor();
			await page.getByRole("button", { name: "Done" }).click();
			await row(page, "Yard → North, Gate 2").waitFor();
		} else {
			await page.getByRole("button", { name: "Nothing to import" }).waitFor();
		}
	}
	const { body } = await stack.as("anna").get("/api/mileage?sort=id");
	assert.deepEqual(body.mileage.map(({ date, startTime, miles }) => [date, startTime, miles]).sort(), [["2026-01-02", "08:30", 12.5], ["2026-01-04", "10:15", 3]]);
	assertSilent(page);
	await page.context().close();
});

test("an export comes back into another account as it was", async () => {
	const ben = stack.as("ben");
	await ben.post("/api/weights", { date: "2026-11-20", kg: 79.4, note: "=1+1 \"quoted\", two\nlines" });
	await ben.post("/api/weights", { date: "2026-11-21", kg: 79.25 });
	const page = await openDevice(browser);
	await signIn(page, stack, ben);
	await at(page, "weights");
	await openMenu(page);
	const [csv] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "as CSV" }).click()]);
	assert.match(csv.suggestedFilename(), /^weights-\d{4}-\d\d-\d\d\.csv$/);
	const text = await readFile(await csv.path(), "utf8");
	const [json] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "as JSON" }).click()]);
	JSON.parse(await readFile(await json.path(), "utf8"));
	await page.context().close();

	const other = await openDevice(browser);
	await signIn(other, stack, stack.as("cleo"));
	await at(other, "weights");
	await openMenu(other);
	await give(other, text, "weights.csv");
	await other.getByRole("button", { name: "Import 2" }).click();
	await other.getByRole("button", { name: "Done" }).click();
	await row(other, "79.25").waitFor();
	const { body } = await stack.as("cleo").get("/api/weights");
	assert.deepEqual(body.weights.map(({ date, kg, note }) => [date, kg, note]), [["2026-11-21", 79.25, undefined], ["2026-11-20", 79.4, "=1+1 \"quoted\", two\nlines"]]);
	assertSilent(other);
	await other.context().close();
});
