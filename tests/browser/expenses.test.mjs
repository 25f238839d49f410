// What Today shows of a person's expenses: what the month comes to, what is missing, where its report stands; also
// without a network.
import test from "node:test";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { ZONE } from "../lib/zone.mjs";
import {
	PHONE, assertFits, assertSilent, closed, cut, deviceFor, isReadyForOffline, launch,
} from "./browser.mjs";

const stack = await start();
const browser = await launch();
const part = (page) => page.locator(".today-part", { has: page.getByRole("heading", { name: "Expenses this month" }) });
const today = new Intl.DateTimeFormat("sv", { timeZone: ZONE }).format(Date.now());

async function says(page, ...texts) {
	for (const text of texts)
		await part(page).getByText(text).first().waitFor();
}

test("the month so far, as the server counts it, also without a network", async () => {
	const who = stack.as("rosa");
	for (const [collection, row] of [
		["mileageRates", { from: "2020-01-01", rate: 0.5 }],
		["mileage", { date: today, from: "Yard", to: "Shop", miles: 20.5, toll: 250 }],
		["receipts", { date: today, vendor: "Inn", amount: 4200, category: "Meals" }],
	])
		answered(await who.post(`/api/${collection}`, row), 201);
	const page = await deviceFor(browser, stack, "rosa", { options: PHONE });
	await says(page, "$54.75", "20.5 miles", "1 thing missing", "There is no report of this month yet.");
	await assertFits(page);
	await isReadyForOffline(page);
	await cut(page);
	await page.reload();
	await says(page, "$54.75", "1 thing missing");
	assertSilent(page);
	await closed(page);
});
