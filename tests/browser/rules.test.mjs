// The rules of work through the app: a new account has none, the form shows what holds, the past is changed with a
// reason and says what that changes, a person's terms are as the team has them until somebody says otherwise.
import assert from "node:assert/strict";
import test from "node:test";
import { addDays } from "../../www/ui/zone.js";
import { start } from "../harness.mjs";
import { until } from "../lib/wait.mjs";
import { ZONE } from "../lib/zone.mjs";
import {
	DESKTOP, PHONE, assertFits, at, chipSays, closed, deviceFor, field, findingsInBoth, isInStep, isReadyForOffline,
	isShown, launch,
} from "./browser.mjs";
import { on, sheet, today } from "./hours.mjs";

const stack = await start();
const browser = await launch();

const save = (page) => sheet(page).getByRole("button", { name: "Save" }).click();
const fact = (page, name) =>
	page.locator(".rules-facts div", { has: page.locator(`dt:text-is("${name}")`) }).locator("dd");

async function becomes(person, collection, look) {
	const listed = async () => (await person.get(`/api/${collection}`)).body[collection];
	await until(`the server has these ${collection}`, async () => look(await listed()));
}

test("FC7: a new account has no lunch, no wage and no limit until somebody says so, " +
	"also without a network", async () => {
	const ann = stack.as("ann"), page = await deviceFor(browser, stack, "ann", { path: "/time/settings" });
	for (const [name, words] of [["Lunch", "No lunch is taken off"], ["Pay", "Nothing is paid"],
		["Most hours a day", "No maximum"], ["Overtime of a week", "None"], ["Rounding in reports", "None"]])
		assert.equal(await fact(page, name).innerText(), words, name);
	await isReadyForOffline(page);
	await page.context().setOffline(true);
	await chipSays(page, "Offline");
	await page.getByRole("button", { name: "Set rules" }).click();
	assert.equal(await field(page, "From which day").inputValue(), today());
	await sheet(page).getByText("A day of 9:10 h gives 9:10 paid. No pay.").waitFor();
	await field(page, "Lunch").selectOption({ label: "Taken off once a day" });
	await sheet(page).getByRole("checkbox", { name: "Longer lunch" }).check();
	await sheet(page).getByText("gives 8:25 paid").waitFor();
	await field(page, "Pay").selectOption({ label: "By the hour" });
	await save(page);
	await sheet(page).getByText("How much is paid for an hour?").waitFor();
	await field(page, "An hour").fill("21");
	await sheet(page).getByText(/gives 8:25 paid: \S*176.75/).waitFor();
	await save(page);
	await page.locator(".rules .row", { hasText: "Now" }).waitFor();
	assert.match(await fact(page, "Lunch").innerText(), /^30\smin over 6\sh, 45\smin over 9\sh, once a day$/);
	await page.context().setOffline(false);
	await becomes(ann, "workRules", ([one]) => one?.from === today() && one.longLunchMinutes === 45 &&
		one.hourlyRate === 2100 && one.maxHours === undefined);
	await isInStep(page);
	await closed(page);
});

// A team with rules since January, and a day of work three weeks ago.
const mia = stack.as("mia"), ben = stack.as("ben"), day = addDays(today(), -21);
const { space: { id } } = (await mia.post("/api/spaces", { name: "Depot" })).body;
const { token } = (await mia.in({ id }).post("/api/invitations", { role: "member" })).body;
await ben.post("/api/invitations/accept", { token });
const [boss, worker] = [mia.in({ id }), ben.in({ id })];
await boss.patch("/api/spaceSettings/settings", { zone: ZONE, currency: "EUR" });
await boss.post("/api/workRules",
	{ from: "2025-01-01", hourlyRate: 2000, lunchRule: "day", lunchAfterHours: 6, lunchMinutes: 30, maxHours: 10 });
await worker.post("/api/workSessions", { start: on(day, "08:00"), end: on(day, "16:30"), zone: ZONE });

test("FC6, FH5: the form shows what holds; changing the past needs a reason and says what it changes", async () => {
	const page = await deviceFor(browser, stack, "mia", { space: "Depot", path: "/time/settings" });
	await page.getByRole("button", { name: "Change from a day" }).click();
	assert.equal(await field(page, "Maximum").inputValue(), "10");
	assert.equal(await sheet(page).getByText("This changes the past").count(), 0);
	await field(page, "From which day").fill(addDays(day, -1));
	await field(page, "An hour").fill("30");
	await sheet(page).getByText("1 entry of 1 person").waitFor();
	await sheet(page).getByText("Paid time 8:00 becomes 8:00, pay €160.00 becomes €240.00.").waitFor();
	await save(page);
	await sheet(page).getByText("Say why the past is changed.").waitFor();
	await field(page, "Reason").fill("Agreed in October");
	await save(page);
	await page.locator(".rules .row", { hasText: "Agreed in October" }).waitFor();
	await becomes(boss, "workRules", (all) => all.some((one) => one.from === addDays(day, -1) &&
		one.hourlyRate === 3000 && one.maxHours === 10 && one.reason === "Agreed in October"));
	await closed(page);
});

test("FC6: a person's terms are as the team has them, said with its value; and what is chosen is theirs", async () => {
	const path = `/time?of=${(await ben.ready()).id}`;
	const page = await deviceFor(browser, stack, "mia", { space: "Depot", path });
	await page.getByRole("button", { name: "Terms of ben" }).click();
	await page.getByRole("button", { name: "Set terms" }).click();
	const shown = (label) => field(page, label).evaluate((select) => select.selectedOptions[0].innerText);
	assert.match(await shown("Lunch"), /^As the team has it \(30\smin\)$/);
	assert.match(await shown("Most hours a day"), /^As the team has it \(10\sh\)$/);
	await field(page, "Lunch").selectOption({ label: "No lunch is taken off" });
	await sheet(page).getByText("gives 9:10 paid").waitFor();
	await save(page);
	await page.locator(".rules-facts", { hasText: "No lunch is taken off · own" }).waitFor();
	await becomes(boss, "workTerms", ([one]) => one?.lunchMinutes === 0 && one.maxHours === undefined);
	await closed(page);

	const own = await deviceFor(browser, stack, "ben", { space: "Depot", path: "/time/settings" });
	await own.locator(".rules-facts", { hasText: "No lunch is taken off · own" }).waitFor();
	assert.equal(await own.getByRole("button", { name: /^(Change|Set)/ }).count(), 0, "a member changes no terms");
	await closed(own);
});

test("the rules and their form have no serious findings, and fit", async () => {
	for (const shape of [DESKTOP, PHONE]) {
		const options = { ...shape, colorScheme: "light", reducedMotion: "reduce" };
		const page = await deviceFor(browser, stack, "mia",
			{ options, space: "Depot", path: "/time/settings" });
		await isShown(page);
		assert.deepEqual(await findingsInBoth(page), []);
		await page.getByRole("button", { name: "Change from a day" }).click();
		await isShown(page);
		assert.deepEqual(await findingsInBoth(page), []);
		await assertFits(page);
		await closed(page);
	}
});
