// Files that people bring, in the app: from signing up to the total of last month; what is asked and shown before
// anything is written; a second reading of the same rows is noticed; an import is interrupted, goes on, and is taken
// back as a whole.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { addDays, dayIn } from "../../www/ui/zone.js";
import { fixtures, start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { until } from "../lib/wait.mjs";
import {
	DESKTOP, PHONE, assertSilent, at, becomes, closed, deviceFor, findings, isInStep, launch, openDevice, toastSays,
} from "./browser.mjs";

const stack = await start();
const browser = await launch();
const BERLIN = { ...DESKTOP, timezoneId: "Europe/Berlin" };
const deviceOf = (name, path = "/", options = BERLIN) => deviceFor(browser, stack, name, { options, path });

const give = (page, name, content) => page.locator(".drop input")
	.setInputFiles({ name, mimeType: name.endsWith("json") ? "application/json" : "text/csv",
		buffer: Buffer.from(content) });
const fixture = (name) => readFileSync(path.join(fixtures, "formats", name));
const sheet = (page) => page.getByRole("dialog");
const sessionsOf = async (name) => answered(await stack.as(name).get("/api/workSessions?limit=1000")).workSessions;

// The month before this one where the device is, and a file of three days of it as the program exports them.
function lastMonth() {
	const first = `${dayIn(BERLIN.timezoneId, Date.now()).slice(0, 7)}-01`;
	return addDays(first, -1).slice(0, 7);
}

function hoursOf(month) {
	const head = "User,Email,Client,Project,Task,Description,Billable," +
		"Start date,Start time,End date,End time,Duration,Tags";
	const row = (day, from, to, length, project) => `Ida,ida@example.org,Harbour,${project},,Survey,Yes,` +
		`${month}-${day},${from},${month}-${day},${to},${length},`;
	return [
		head, row("04", "08:00:00", "16:30:00", "08:30:00", "Quay"), row("05", "09:00:00", "12:15:00",
			"03:15:00", "Quay"),
		row("06", "22:00:00", "23:00:00", "01:00:00", "Crane"), "",
	].join("\n");
}

test("who comes with a file has signed up, imported it and sees the total of last month", async () => {
	const page = await openDevice(browser, BERLIN);
	await page.goto(stack.url);
	await page.getByRole("button", { name: "Create an account" }).click();
	await page.getByLabel("Name").fill("Ida");
	await page.getByLabel("E-mail").fill("ida-with-a-file@example.org");
	await page.getByLabel("Password", { exact: true }).fill("a long enough sentence");
	await page.getByRole("button", { name: "Create account" }).click();
	await page.getByRole("link", { name: "Time", exact: true }).first().click();
	await page.getByRole("button", { name: "More for Time" }).click();
	await page.getByRole("menuitem", { name: "Import hours" }).click();
	await give(page, "toggl.csv", hoursOf(lastMonth()));
	await sheet(page).getByText("Toggl Track, detailed report", { exact: true }).waitFor();
	await sheet(page).getByLabel("Times are in the zone").waitFor();
	assert.equal(await sheet(page).getByLabel("Times are in the zone").inputValue(), "Europe/Berlin");
	await sheet(page).getByRole("button", { name: "Import 3" }).click();
	await sheet(page).getByText("Imported.").waitFor();
	await sheet(page).getByRole("button", { name: "Done" }).click();
	await isInStep(page);
	await at(page, "/time/reports");
	await page.getByRole("radio", { name: "Last month" }).click();
	await page.getByText("12:45").first().waitFor();
	assertSilent(page);
	await closed(page);
});

test("FB8, FB9: the zone is shown and can be changed; the same rows read in another way are noticed", async () => {
	const page = await deviceOf("ines", "/c/workSessions/+/import");
	answered(await stack.as("ines").post("/api/workSettings", { zone: "America/Chicago" }), 201);
	const file = [
		"Start,End,Description", "2026-11-02 20:00,2026-11-02 23:00,Night",
		"2026-11-03 20:00,2026-11-03 22:00,Night", "",
	].join("\n");
	await give(page, "hours.csv", file);
	const zone = sheet(page).getByLabel("Times are in the zone");
	await zone.waitFor();
	assert.equal(await zone.inputValue(), "America/Chicago", "the person's, not that of the device");
	await sheet(page).getByRole("button", { name: "Import 2" }).click();
	await sheet(page).getByText("Imported.").waitFor();
	assert.deepEqual((await sessionsOf("ines")).map(({ start }) => start).sort()[0], "2026-11-03T02:00:00.000Z");
	await sheet(page).getByRole("button", { name: "Done" }).click();

	await at(page, "/c/workSessions/+/import");
	await give(page, "hours.csv", file);
	await sheet(page).getByRole("button", { name: "Nothing to import" }).waitFor();
	await zone.fill("Berlin");
	await page.getByRole("option", { name: "Europe/Berlin" }).click();
	await sheet(page).getByText(/2 of these rows were imported before, from hours.csv/).waitFor();
	assert.ok(await sheet(page).getByRole("button", { name: "Import 2" }).isDisabled());
	await sheet(page).getByRole("button", { name: "Close" }).click();
	assert.equal((await sessionsOf("ines")).length, 2);
	assertSilent(page);
	await closed(page);
});

test("several weights of a day: which of them counts is asked, and the preview follows", async () => {
	const page = await deviceOf("wim", "/c/weights/+/import");
	await give(page, "scale.csv", "Date,Time,Weight\n2026-03-01,07:00,80\n2026-03-01,22:00,81\n");
	const several = sheet(page).getByLabel("Of several on one day");
	await several.waitFor();
	assert.equal(await several.inputValue(), "first");
	await several.selectOption("mean");
	await sheet(page).getByText("the mean of the day was taken", { exact: false }).waitFor();
	await sheet(page).getByRole("button", { name: "Import 1" }).click();
	await sheet(page).getByText("Imported.").waitFor();
	const { weights } = answered(await stack.as("wim").get("/api/weights"));
	assert.deepEqual(weights.map(({ kg }) => kg), [80.5]);
	await sheet(page).getByRole("button", { name: "Done" }).click();
	assertSilent(page);
	await closed(page);
});

test("an import is listed, and taken back as a whole, sparing what was changed since", async () => {
	const page = await deviceOf("theo", "/c/workSessions/+/import");
	await give(page, "toggl.csv", fixture("toggl-detailed.csv"));
	await sheet(page).getByRole("button", { name: "Import 3" }).click();
	await sheet(page).getByText("Imported.").waitFor();
	const [kept] = (await sessionsOf("theo")).filter(({ note }) => note === "Mail");
	answered(await stack.as("theo").patch(`/api/workSessions/${kept.id}`, { note: "Mail to the board" }));
	await sheet(page).getByRole("link", { name: "your imports" }).click();
	await page.getByText("toggl.csv").waitFor();
	await page.getByText("3 new").waitFor();
	await page.getByRole("button", { name: "Take back" }).click();
	await page.getByRole("alertdialog").getByText("1 entry stays").waitFor();
	await page.getByRole("alertdialog").getByRole("button", { name: "Take back" }).click();
	await toastSays(page, "Taken back.");
	await becomes(async () => (await sessionsOf("theo")).map(({ note }) => note), ["Mail to the board"]);
	await page.getByText(/Taken back, .*kept/).waitFor();
	assert.equal(await page.getByRole("button", { name: "Take back" }).count(), 0);
	assertSilent(page);
	await closed(page);
});

test("a large import shows how far it is, is stopped by a closed tab, and goes on with the same file", async () => {
	const rows = Array.from({ length: 6_000 }, (_, at) => {
		const day = new Date(Date.UTC(2020, 0, 1 + Math.floor(at / 4))).toISOString().slice(0, 10);
		return `${day} ${8 + (at % 4)}:00,${day} ${8 + (at % 4)}:45,Row ${at}`;
	});
	const file = ["Start,End,Description", ...rows, ""].join("\n");
	const page = await deviceOf("una", "/c/workSessions/+/import");
	await give(page, "long.csv", file);
	await sheet(page).getByRole("button", { name: "Import 6,000" }).click();
	await sheet(page).getByRole("button", { name: "Stop" }).waitFor();
	await until("some rows are in", async () => (await sessionsOf("una")).length > 0);
	await page.context().close();

	const again = await deviceOf("una", "/c/workSessions/+/import");
	await give(again, "long.csv", file);
	const go = sheet(again).getByRole("button", { name: /^(Import [\d,]+|Nothing to import)$/ });
	await go.waitFor();
	if (await go.isEnabled()) {
		await go.click();
		await sheet(again).getByText("Imported.").waitFor();
	}
	const all = answered(await stack.as("una").get("/api/reports/work?from=2020-01-01&to=2020-12-31"));
	assert.equal(all.sum.sessions, 366 * 4);
	await closed(again);
});

test("a phone and a screen reader can import: one column, no overflow, nothing unnamed", async () => {
	const page = await deviceOf("vera", "/c/workSessions/+/import", { ...PHONE, timezoneId: "Europe/Berlin" });
	await give(page, "kimai.json", fixture("kimai-json.json"));
	await sheet(page).getByText("Columns and more", { exact: true }).click();
	assert.deepEqual(await findings(page), []);
	await closed(page);
});
