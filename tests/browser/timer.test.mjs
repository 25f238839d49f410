// The timer as a tool for the hand: named with a tap, started again, by keys and by the palette, from another space;
// and what the forms of hours make of times that are odd.
import assert from "node:assert/strict";
import test from "node:test";
import { addDays, dayIn } from "../../www/ui/zone.js";
import { start } from "../harness.mjs";
import { until } from "../lib/wait.mjs";
import {
	DESKTOP, PHONE, assertFits, at, closed, cut, deviceFor, field, isInStep, launch, mend, openSpace, toastSays,
} from "./browser.mjs";
import {
	begin, enter, entry, hoursOn, on, running, sheet, startButton, stopButton, today, yesterday,
} from "./hours.mjs";

const stack = await start();
const browser = await launch();
const { deviceOf, sessionsOf, hasSessions } = hoursOn(stack, browser);

const what = (page) => page.locator(".timer-what");
const offer = (page, words) => page.getByRole("option", { name: words });
const palette = (page) => page.getByRole("dialog", { name: "Go to, find or do" });

async function command(page, text) {
	await page.keyboard.press("Control+k");
	await palette(page).getByRole("combobox").fill(text);
	await palette(page).getByRole("option").first().waitFor();
	await page.keyboard.press("Enter");
	await palette(page).waitFor({ state: "detached" });
}

test("FC3: a timer is named with a tap, and what was done before is offered, to thumb and keyboard", async () => {
	const phone = await deviceOf("anna", PHONE);
	await enter(phone, { day: yesterday(), from: "08:00", to: "09:00", note: "Stairs, north" });
	await enter(phone, { day: yesterday(), from: "10:00", to: "11:00", note: "Roof" });
	await at(phone, "/time");
	await startButton(phone).tap();
	await running(phone).waitFor();
	await what(phone).tap();
	await offer(phone, "Stairs, north").tap();
	await sheet(phone).getByRole("button", { name: "Done" }).tap();
	await what(phone).filter({ hasText: "Stairs, north" }).waitFor();
	await isInStep(phone);

	const desk = await deviceOf("anna");
	await running(desk).filter({ hasText: "Stairs, north" }).waitFor();
	await desk.keyboard.press("e");
	await field(desk, "Note").fill("ro");
	await desk.keyboard.press("ArrowDown");
	await desk.keyboard.press("Enter");
	await desk.waitForFunction(() => document.activeElement.value === "Roof");
	await desk.keyboard.press("Enter");
	await sheet(desk).waitFor({ state: "detached" });
	await running(phone).filter({ hasText: "Roof" }).waitFor();
	await until("it is one session, named anew", async () => {
		const live = (await sessionsOf("anna")).filter((one) => !one.end);
		return live.length === 1 && live[0].note === "Roof";
	});
	await closed(phone, desk);
});

test("FC3: an entry is started again with its note and project", async () => {
	await stack.as("bea").ready();
	const { project } = (await stack.as("bea").post("/api/projects", { name: "Hall", colour: "teal" })).body;
	await stack.as("bea").post("/api/workSessions", {
		start: on(yesterday(), "08:00"), end: on(yesterday(), "09:00"), note: "Gutters",
		project: project.id, task: "North side", tags: ["wet"],
	});
	const page = await deviceOf("bea");
	await at(page, `/time?day=${yesterday()}`);
	await page.getByRole("button", { name: "Start Gutters again" }).click();
	await running(page).filter({ hasText: "Gutters" }).filter({ hasText: "Hall" }).waitFor();
	await until("the server has it", async () => (await sessionsOf("bea")).some((one) => !one.end &&
		one.note === "Gutters" && one.project === project.id && one.task === "North side" &&
		one.tags.join() === "wet"));
	await at(page, `/time?day=${today()}`);
	await page.getByRole("button", { name: "Stop Gutters", exact: true }).click();
	await startButton(page).waitFor();
	await closed(page);
});

test("FC3: keys start and stop and begin lunch, the help lists them, " +
	"and a key that is held acts once", async () => {
	const page = await deviceOf("carl");
	await startButton(page).waitFor();
	await isInStep(page);
	await page.keyboard.press("s");
	await running(page).waitFor();
	await page.keyboard.press("l");
	await page.locator('.timer-run[data-kind="lunch"]').waitFor();
	await page.keyboard.press("l");
	await page.locator('.timer-run[data-kind="work"]').waitFor();
	await page.keyboard.down("s");
	await startButton(page).waitFor();
	await page.keyboard.down("s"); // the key repeats
	await page.keyboard.up("s");
	await page.keyboard.press("?");
	await sheet(page).getByText("Start the timer, or stop it").waitFor();
	await sheet(page).getByText("Lunch, or back to work").waitFor();
	await page.keyboard.press("Escape");
	await isInStep(page);
	assert.equal((await sessionsOf("carl")).filter((one) => !one.end).length, 0);
	await closed(page);
});

test("FC3: S starts the timer also in the first moment of the page, when it could be taken for G S", async () => {
	const page = await deviceFor(browser, stack, "cleo", { path: "/time" });
	await startButton(page).waitFor();
	await page.evaluate(() => Object.defineProperty(Event.prototype, "timeStamp", { get: () => 100 }));
	await page.keyboard.press("s");
	await running(page).waitFor();
	assert.equal(new URL(page.url()).pathname, "/time");
	await closed(page);
});

test("FC3: the palette starts and stops the timer and finds entries by note and day, from any screen", async () => {
	const page = await deviceOf("dora"), day = addDays(today(), -2);
	await enter(page, { day, from: "08:00", to: "09:00", note: "Gutters, north" });
	await at(page, "/settings");
	await command(page, "start timer gut");
	await running(page).filter({ hasText: "Gutters, north" }).waitFor();
	await at(page, "/settings");
	await command(page, "stop timer");
	await toastSays(page, "stopped");
	await until("it has ended", async () => (await sessionsOf("dora")).every((one) => one.end));
	await command(page, `gutters ${day}`);
	await sheet(page).getByRole("heading", { name: "Entry" }).waitFor();
	assert.equal(await field(page, "Day").inputValue(), day);
	assert.match(page.url(), new RegExp(`day=${day}`));
	await closed(page);
});

test("FC4: a timer of a team is seen in the personal space and stopped from there, offline too", async () => {
	await stack.as("olga").post("/api/spaces", { name: "Depot Nord" });
	await stack.as("emil").ready();
	const { spaces } = (await stack.as("olga").get("/api/spaces")).body;
	const { id } = spaces.find(({ name }) => name === "Depot Nord");
	const { token } = (await stack.as("olga").in(id).post("/api/invitations", { role: "member" })).body;
	await stack.as("emil").post("/api/invitations/accept", { token });
	const there = stack.as("emil").in({ id });
	await there.post("/api/workSessions", { start: new Date(Date.now() - 7 * 60_000).toISOString(), note: "Ramp" });

	const page = await deviceOf("emil", PHONE);
	const line = page.locator(".timer-else", { hasText: "Running in Depot Nord" });
	await line.filter({ hasText: /0:0[78]/ }).waitFor();
	await at(page, "/settings");
	await page.getByRole("link", { name: /^Ramp has run for 0:\d\d in Depot Nord$/ }).waitFor();
	await at(page, "/");
	await cut(page);
	await page.getByRole("button", { name: "Stop Ramp in Depot Nord" }).tap();
	await line.waitFor({ state: "detached" });
	await toastSays(page, "Ramp stopped in Depot Nord");
	await mend(page);
	await until("the server has the end", async () => (await sessionsOf("emil", { id }))[0].end !== undefined);

	// One that begins elsewhere, while the page is open.
	await there.post("/api/workSessions", { start: new Date().toISOString(), note: "Gate" });
	await line.filter({ hasText: "Gate" }).waitFor();
	const desk = await deviceOf("emil");
	await at(desk, "/settings");
	await desk.locator(".running", { hasText: "Gate" }).waitFor();
	await openSpace(page, "Depot Nord");
	await running(page).filter({ hasText: "Gate" }).waitFor();
	assert.equal(await page.locator(".timer-else").count(), 0);
	await closed(page, desk);
});

test("FH6: a space that refuses overlaps asks before a second timer, " +
	"and says what is in the way of an entry", async () => {
	await stack.as("fay").ready();
	await stack.as("fay").patch("/api/spaceSettings/settings", { overlap: "refuse" });
	const page = await deviceOf("fay");
	await begin(page, "First");
	await page.getByRole("button", { name: "New timer" }).click();
	await page.getByRole("alertdialog").getByRole("button", { name: "Stop and start" }).click();
	await running(page).filter({ hasText: "Work" }).waitFor();
	await hasSessions("fay", [["First", (await ended("fay", "First")) / 3600], [null, null]]);
	await stopButton(page).click();
	await startButton(page).waitFor();

	await enter(page, { day: yesterday(), from: "08:00", to: "12:00", note: "Morning" });
	await page.keyboard.press("n");
	await field(page, "Day").fill(yesterday());
	await field(page, "From").fill("10:00");
	await field(page, "To").fill("14:00");
	await sheet(page).getByText(/Overlaps .*Morning.*cannot overlap/).waitFor();
	await page.keyboard.press("Enter");
	await field(page, "From").fill("12:00");
	await page.keyboard.press("Enter");
	await sheet(page).waitFor({ state: "detached" });
	await isInStep(page);
	assert.equal((await sessionsOf("fay")).length, 4);
	await closed(page);
});

async function ended(name, note) {
	let found;
	await until(`${note} has ended`, async () => {
		found = (await sessionsOf(name)).find((one) => one.note === note && one.end);
		return Boolean(found);
	});
	return found.duration;
}

test("FH6: where overlaps are shown, the form, the day and its list say which hours lie over each other", async () => {
	const page = await deviceOf("gina", { ...DESKTOP, locale: "en-GB" });
	await enter(page, { day: yesterday(), from: "08:00", to: "12:00", note: "Morning" });
	await page.keyboard.press("n");
	await field(page, "Day").fill(yesterday());
	await field(page, "From").fill("10:00");
	await field(page, "To").fill("14:00");
	await field(page, "Note").fill("Noon");
	await sheet(page).getByText("Overlaps 08:00–12:00, Morning.").waitFor();
	await page.keyboard.press("Enter");
	await sheet(page).waitFor({ state: "detached" });
	await at(page, `/time?day=${yesterday()}`);
	for (const words of ["Morning", "Noon"])
		await entry(page, words).filter({ hasText: "Overlaps 10:00–12:00" }).waitFor();
	await page.locator(".block").getByLabel("Overlaps 10:00–12:00").first().waitFor();
	await closed(page);
});

test("FH1: a length that is typed is that long, to the second", async () => {
	await stack.as("hope").ready();
	await stack.as("hope").post("/api/workSessions", {
		start: on(yesterday(), "07:00:45"), end: on(yesterday(), "08:00:45"), note: "Gate",
	});
	const page = await deviceOf("hope");
	await at(page, `/time?day=${yesterday()}`);
	await entry(page, "Gate").click();
	await sheet(page).getByRole("radio", { name: "How long" }).click();
	await field(page, "How long").fill("2:00");
	await page.keyboard.press("Enter");
	await hasSessions("hope", [["Gate", 2]]);
	await closed(page);
});

test("FH3: where the clocks show an hour twice, the form takes the reading after the start, or asks", async () => {
	await stack.as("ilmari").ready();
	await stack.as("ilmari").post("/api/workSettings", { zone: "Europe/Helsinki" });
	const page = await deviceOf("ilmari", { ...DESKTOP, timezoneId: "Europe/Helsinki", locale: "en-GB" });
	await page.keyboard.press("n");
	await field(page, "Day").fill("2025-10-26");
	await field(page, "From").fill("02:30");
	await field(page, "To").fill("03:50");
	await field(page, "Note").fill("Night");
	await sheet(page).getByText("The clocks show 03:50 twice on this day").waitFor();
	await sheet(page).getByText("1:20").waitFor();
	await sheet(page).getByRole("radio", { name: "Second" }).click();
	await sheet(page).getByText("2:20").waitFor();
	await field(page, "Note").press("Enter");
	await hasSessions("ilmari", [["Night", 8400 / 3600]]);
	await closed(page);
});

test("FH4: what is ended now in its first minute has lasted some seconds", async () => {
	const page = await deviceOf("jana");
	await begin(page, "Short");
	await at(page, `/time?day=${dayIn(await page.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone),
		Date.now())}`);
	await entry(page, "Short").click();
	await sheet(page).getByRole("button", { name: "End now" }).click();
	await sheet(page).getByRole("button", { name: "Save" }).click();
	const seconds = await ended("jana", "Short");
	assert.ok(seconds > 0 && seconds < 3600, String(seconds));
	await closed(page);
});

test("FC8: on a phone the idle timer is one line, the plus is under the thumb, " +
	"and there is one level of tabs", async () => {
	const page = await deviceOf("kim", PHONE);
	const idle = await page.locator(".timer-run[data-idle]").boundingBox();
	assert.ok(idle.height < 80, `the idle timer is ${idle.height} px high`);
	const plus = await page.locator(".page-primary").getByRole("button", { name: "Add time" }).boundingBox();
	assert.ok(plus.y > 600 && plus.y + plus.height <= 780, JSON.stringify(plus));
	assert.deepEqual(await page.locator(".tab").allInnerTexts(), ["Hours", "Reports"]);
	await page.getByRole("button", { name: "More for Time" }).tap();
	for (const name of ["Sites", "Pay", "Rules"])
		await page.getByRole("menuitem", { name }).waitFor();
	await page.getByRole("menuitem", { name: "Rules" }).tap();
	await page.getByRole("heading", { name: "Rules", level: 1 }).waitFor();
	await page.getByRole("button", { name: "Back" }).tap();
	await page.getByRole("button", { name: "Look" }).tap();
	await page.getByRole("menuitem", { name: "Month" }).tap();
	await page.locator(".month-day").first().waitFor();
	await assertFits(page);
	await closed(page);
});

test("FC17, FC1: Today says in a sentence what one did last, and one toast is shown at a time", async () => {
	const page = await deviceOf("lea");
	await begin(page, "Roof");
	await hasSessions("lea", [["Roof", null]]);
	await isInStep(page);
	await stopButton(page).click();
	await toastSays(page, "Roof stopped");
	await enter(page, { day: yesterday(), from: "08:00", to: "09:00", note: "Stairs" });
	await page.locator(".toast", { hasText: "Entered" }).waitFor();
	assert.equal(await page.locator(".toast").count(), 1);
	await at(page, "/");
	await page.locator(".today-beside .row", { hasText: "You stopped Roof" }).waitFor();
	await page.locator(".today-beside .row", { hasText: "You added Stairs" }).waitFor();
	await closed(page);
});

test("FC20: several entries get a note or another day at once, and that is taken back as one", async () => {
	const page = await deviceOf("max"), day = addDays(today(), -3);
	await enter(page, { day: yesterday(), from: "08:00", to: "09:00", note: "One" });
	await enter(page, { day: yesterday(), from: "10:00", to: "12:00", note: "Two" });
	await isInStep(page);
	await at(page, "/c/workSessions");
	const change = async (name, value) => {
		await page.getByRole("button", { name: "Select", exact: true }).click();
		await page.getByRole("button", { name: "All 2" }).click();
		await page.getByRole("button", { name: "Change", exact: true }).click();
		await field(page, "What to change").selectOption({ label: name });
		await field(page, name).fill(value);
		await sheet(page).getByRole("button", { name: "Change 2" }).click();
		await sheet(page).waitFor({ state: "detached" });
	};
	await change("Note", "Roof");
	await hasSessions("max", [["Roof", 1], ["Roof", 2]]);
	await page.keyboard.press("z");
	await hasSessions("max", [["One", 1], ["Two", 2]]);
	await change("Day", day);
	await until("both are on the other day, as long as before", async () => (await sessionsOf("max"))
		.map((one) => `${one.day} ${one.duration}`).sort().join() === `${day} 3600,${day} 7200`);
	await closed(page);
});
