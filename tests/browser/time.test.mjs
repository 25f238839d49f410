// A working day of one person through the app: the timer on several devices, hours by hand, lunch; while the
// network and the tab come and go.  Some tests show that failures of earlier trackers cannot happen here: a
// stale copy that erases what is new, devices that undo each other, work lost offline, wrong days, cut nights,
// an hour that becomes thirteen.
import assert from "node:assert/strict";
import test from "node:test";
import { addDays, dayIn, instantText } from "../../www/ui/zone.js";
import { start } from "../harness.mjs";
import { until } from "../lib/wait.mjs";
import { ZONE } from "../lib/zone.mjs";
import {
	DESKTOP, PHONE, assertSilent, at, chipSays, closed, cut, field, handOf, isIn, isInStep,
	isReadyForOffline, launch, mend, openTab, toastSays, undo,
} from "./browser.mjs";
import {
	ago, begin, enter, entry, hoursOn, on, running, sheet, startButton, stopButton, today, yesterday,
} from "./hours.mjs";

const HOUR = 3_600_000;
const stack = await start();
const browser = await launch();
const { deviceOf, sessionsOf, hasSessions } = hoursOn(stack, browser);

test("what one device starts, enters and stops, the other shows, and neither undoes it", async () => {
	const phone = await deviceOf("anna", PHONE), desk = await deviceOf("anna");
	await begin(phone, "Roof");
	await running(desk).filter({ hasText: "Roof" }).waitFor();
	assert.match(await running(desk).innerText(), /started on another device/);
	assert.doesNotMatch(await running(phone).innerText(), /another device/);

	await enter(desk, { day: yesterday(), from: "08:00", to: "09:00", note: "Entered at the desk" });
	await at(phone, `/time?day=${yesterday()}`);
	await entry(phone, "Entered at the desk").waitFor();
	await at(phone, "/time");
	await stopButton(phone).click();
	await startButton(desk).waitFor();

	// Both stay open while each looks for news several times: nothing comes back, nothing goes.
	for (let round = 0; round < 2; round++) {
		for (const page of [phone, desk])
			await Promise.all([
				page.waitForResponse((answer) => answer.url().includes("/sync/")), isInStep(page),
			]);
		assert.equal(await running(phone).count() + await running(desk).count(), 0);
	}
	const kept = await sessionsOf("anna");
	assert.deepEqual(kept.map(({ note, version }) => [note, version]).sort(),
		[["Entered at the desk", 1], ["Roof", 2]]);
	await desk.reload();
	await at(desk, `/time?day=${yesterday()}`);
	await entry(desk, "Entered at the desk").waitFor();
	await closed(phone, desk);
});

test("a target set on one device holds on all, and the ring counts the day against it", async () => {
	const first = await deviceOf("bea"), second = await deviceOf("bea", PHONE);
	await enter(first, { day: today(), from: "00:00", length: "2", note: "Early" });
	await at(first, "/time/settings");
	await first.getByRole("radio", { name: "8.5" }).click();
	await toastSays(first, "Target saved");
	await second.locator(".day-main", { hasText: "2:00 of 8:30" }).waitFor();
	await at(second, "/time/settings");
	await second.getByRole("radio", { name: "6", exact: true }).click();
	await at(first, "/");
	await first.locator(".day-main", { hasText: "2:00 of 6:00" }).waitFor();
	assert.match(await first.locator(".day-goal").innerText(), /4:00 to go/);
	await closed(first, second);
});

test("hours entered offline survive a reload and a closed tab, nobody is signed out, " +
	"and they are sent once", async () => {
	const page = await deviceOf("carl"), context = page.context();
	await isReadyForOffline(page);
	await context.setOffline(true);
	await chipSays(page, "Offline");
	await begin(page, "In the tunnel");
	// Closes once both are kept here.
	await enter(page, { day: yesterday(), from: "10:00", to: "12:30", note: "On the train" });
	await toastSays(page, "will send when online");
	await page.goto(`${stack.url}/time?day=${yesterday()}`);
	await isIn(page);
	await entry(page, "On the train").waitFor();
	await running(page).filter({ hasText: "In the tunnel" }).waitFor();
	assert.doesNotMatch(await running(page).innerText(), /another device/);
	await stopButton(page).click();
	await toastSays(page, "stopped");
	await page.close();
	assert.deepEqual(await sessionsOf("carl"), []);

	await context.setOffline(false);
	const again = await openTab({ context: () => context }, `${stack.url}/time?day=${yesterday()}`);
	await entry(again, "On the train").waitFor();
	await until("both are there, the timer ended when it was stopped", async () => {
		const have = await sessionsOf("carl");
		return have.length === 2 && have.every((one) => one.end);
	});
	await isInStep(again);
	const sent = Object.fromEntries((await sessionsOf("carl")).map((one) => [one.note, one]));
	assert.equal(sent["On the train"].duration, 9000);
	assert.equal(sent["On the train"].manual, true);
	assert.equal(sent["In the tunnel"].manual, false);
	assertSilent(again);
	await context.close();
});

test("west of Greenwich today is today, and a session of the evening is found again", async () => {
	const zone = "America/Los_Angeles";
	await stack.as("dora").post("/api/workSettings", { zone });
	const page = await deviceOf("dora", { ...DESKTOP, timezoneId: zone, locale: "en-US" });
	const here = dayIn(zone, Date.now());
	await page.keyboard.press("n");
	assert.equal(await field(page, "Day").inputValue(), here);
	await page.keyboard.press("Escape");
	await enter(page, { day: addDays(here, -1), from: "22:15", to: "23:45", note: "Late in the evening" });
	await hasSessions("dora", [["Late in the evening", 1.5]]);
	const [one] = await sessionsOf("dora");
	assert.deepEqual([one.day, one.zone, dayIn("UTC", Date.parse(one.start))], [addDays(here, -1), zone, here]);
	await at(page, `/time?day=${addDays(here, -1)}`);
	await entry(page, "Late in the evening").click();
	assert.equal(await field(page, "From").inputValue(), "22:15");
	assert.equal(await field(page, "Day").inputValue(), addDays(here, -1));
	await closed(page);
});

test("a night is one session with all its hours, on the day it began", async () => {
	const page = await deviceOf("emil");
	await enter(page, { day: addDays(yesterday(), -1), from: "22:00", to: "06:00", note: "Gate 2" });
	await hasSessions("emil", [["Gate 2", 8]]);
	await at(page, `/time?day=${addDays(yesterday(), -1)}`);
	await page.locator(".totals", { hasText: "8:00" }).waitFor();
	await at(page, `/time?look=week&day=${addDays(yesterday(), -1)}`);
	await page.locator(".cal-block", { hasText: "Gate 2" }).first().waitFor();
	await page.getByText("As a list").click();
	await entry(page, "Gate 2").filter({ hasText: "8:00" }).waitFor();
	await closed(page);
});

test("a timer forgotten for two days is not cut: it says so, and gets the end it really had", async () => {
	const begun = on(addDays(today(), -3), "13:00");
	await stack.as("fay").ready();
	await stack.as("fay").post("/api/workSessions", { start: begun, zone: ZONE, note: "Forgotten" });
	const page = await deviceOf("fay", PHONE);
	await page.getByText("more than a day").waitFor();
	await startButton(page).waitFor();
	assert.match(await page.locator(".day-main").innerText(), /0:00/);
	await page.getByRole("button", { name: "Set end time" }).tap();
	await field(page, "To").fill("18:30");
	await sheet(page).getByRole("button", { name: "Save" }).tap();
	await hasSessions("fay", [["Forgotten", 5.5]]);
	await page.getByText("more than a day").waitFor({ state: "detached" });
	await closed(page);
});

test("an hour after noon is an hour, where the clock has twelve hours too", async () => {
	await stack.as("gina").post("/api/workSettings", { zone: "America/New_York" });
	const page = await deviceOf("gina", { ...DESKTOP, locale: "en-US", timezoneId: "America/New_York" });
	await enter(page, {
		day: addDays(dayIn("America/New_York", Date.now()), -1), from: "14:05", to: "15:05",
		note: "After lunch",
	});
	await hasSessions("gina", [["After lunch", 1]]);
	await at(page, `/time?day=${addDays(dayIn("America/New_York", Date.now()), -1)}`);
	await entry(page, "After lunch").filter({ hasText: "1:00" }).waitFor();
	assert.match(await entry(page, "After lunch").innerText(), /2:05\sPM/);
	await closed(page);
});

test("a reload signs nobody out and loses no shift that runs", async () => {
	const page = await deviceOf("hope", PHONE);
	await begin(page, "All day");
	await hasSessions("hope", [["All day", null]]);
	await page.reload();
	await isIn(page);
	await running(page).filter({ hasText: "All day" }).waitFor();
	await page.goto("about:blank");
	await page.goto(stack.url + "/");
	await running(page).filter({ hasText: "All day" }).waitFor();
	await closed(page);
});

test("two tabs and several timers: each tab shows them at once, all are stopped with one press, " +
	"and that is taken back", async () => {
	const page = await deviceOf("iris");
	const tab = await openTab(page, stack.url + "/time");
	await isIn(tab);
	await begin(page, "First");
	await running(tab).filter({ hasText: "First" }).waitFor();
	await tab.getByRole("button", { name: "New timer" }).click();
	await running(page).nth(1).waitFor();
	await page.getByRole("button", { name: "Stop 2 timers" }).click();
	await toastSays(page, "2 timers stopped");
	await startButton(tab).waitFor();
	await undo(page, "2 timers");
	await running(tab).nth(1).waitFor();
	await hasSessions("iris", [["First", null], [null, null]]);
	await isInStep(page);
	await running(page).filter({ hasText: "First" }).getByRole("button", { name: /^Stop/ }).click();
	await until("one has ended", async () => (await sessionsOf("iris")).filter((one) => one.end).length === 1);
	assertSilent(tab);
	await closed(page);
});

test("a past entry is changed, deleted and taken back; " +
	"two people's changes of different fields both hold", async () => {
	const page = await deviceOf("jon"), other = await deviceOf("jon", PHONE);
	await enter(page, { day: yesterday(), from: "09:00", to: "10:00", note: "Draft" });
	await hasSessions("jon", [["Draft", 1]]);
	await at(other, `/time?day=${yesterday()}`);
	await entry(other, "Draft").tap();

	await at(page, `/time?day=${yesterday()}`);
	await entry(page, "Draft").click();
	await field(page, "To").fill("11:30");
	await sheet(page).getByRole("button", { name: "Save" }).click();
	await hasSessions("jon", [["Draft", 2.5]]);

	// The phone has had its form open all the while, and changes something else.
	await field(other, "Note").fill("Final");
	await sheet(other).getByRole("button", { name: "Save" }).tap();
	await hasSessions("jon", [["Final", 2.5]]);
	await entry(page, "Final").waitFor();

	await entry(page, "Final").click();
	await sheet(page).getByRole("button", { name: "Delete" }).click();
	await toastSays(page, "deleted");
	await hasSessions("jon", []);
	await page.keyboard.press("z");
	await hasSessions("jon", [["Final", 2.5]]);
	await entry(page, "Final").waitFor();
	await closed(page, other);
});

test("a half-typed change that is saved later writes only the touched fields, " +
	"not the others as they were then", async () => {
	const page = await deviceOf("ida");
	await enter(page, { day: yesterday(), from: "09:00", to: "10:00", note: "Before" });
	await hasSessions("ida", [["Before", 1]]);
	const [{ id, start: begun }] = await sessionsOf("ida");
	await at(page, `/time?day=${yesterday()}`);
	await entry(page, "Before").click();
	await field(page, "Note").fill("Typed on Monday");
	await page.keyboard.press("Escape");
	await stack.as("ida").patch(`/api/workSessions/${id}`, { end: instantText(Date.parse(begun) + 2 * HOUR) });
	await entry(page, "Before").filter({ hasText: "2:00" }).waitFor();
	await entry(page, "Before").click();
	assert.equal(await field(page, "Note").inputValue(), "Typed on Monday");
	await page.getByText("while it stood open").waitFor();
	await sheet(page).getByRole("button", { name: "Save" }).click();
	await hasSessions("ida", [["Typed on Monday", 2]]);
	await closed(page);
});

test("an open form keeps what is typed while the timer ticks and others write; Escape keeps it for later", async () => {
	const page = await deviceOf("kim");
	await begin(page, "Meanwhile");
	await page.keyboard.press("n");
	await field(page, "Note").pressSequentially("half of a sent");
	const before = await page.locator(".timer-clock").first().innerText();
	await stack.as("kim")
		.post("/api/workSessions", { start: ago(30), end: ago(29), zone: ZONE, note: "From elsewhere" });
	await page.waitForFunction((was) => document.querySelector(".timer-clock").innerText !== was, before);
	await isInStep(page);
	await field(page, "Note").pressSequentially("ence");
	assert.equal(await field(page, "Note").inputValue(), "half of a sentence");
	assert.ok(await field(page, "Note").evaluate((input) => input === document.activeElement));
	await page.keyboard.press("Escape");
	await page.reload();
	await running(page).waitFor();
	await page.keyboard.press("n");
	assert.equal(await field(page, "Note").inputValue(), "half of a sentence");
	await sheet(page).getByRole("button", { name: "Clear" }).click();
	assert.equal(await field(page, "Note").inputValue(), "");
	await closed(page);
});

test("the line of a day: an edge is dragged and moved by keyboard, a gap is filled with a press", async () => {
	const day = yesterday();
	await stack.as("lea").ready();
	for (const [from, to, note] of [["08:00", "10:00", "Morning"], ["11:00", "13:00", "Noon"]])
		await stack.as("lea")
			.post("/api/workSessions", { start: on(day, from), end: on(day, to), zone: ZONE, note });
	const page = await deviceOf("lea");
	await at(page, `/time?day=${day}`);

	const edge = page.getByRole("slider", { name: "End of Noon" }), box = await edge.boundingBox();
	await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
	await page.mouse.down();
	await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2 + 24, { steps: 4 });
	await page.mouse.up();
	await hasSessions("lea", [["Morning", 2], ["Noon", 2.5]]);

	await page.getByRole("slider", { name: "Start of Morning" }).focus();
	await page.keyboard.press("ArrowUp");
	await page.keyboard.press("ArrowUp");
	await page.keyboard.press("ArrowUp");
	await page.keyboard.press("Enter");
	await hasSessions("lea", [["Morning", 2.25], ["Noon", 2.5]]);
	await page.keyboard.press("z");
	await hasSessions("lea", [["Morning", 2], ["Noon", 2.5]]);

	await page.getByRole("button", { name: /Nothing from 10:00 to 11:00/ }).click();
	assert.deepEqual([await field(page, "From").inputValue(), await field(page, "To").inputValue()],
		["10:00", "11:00"]);
	await sheet(page).getByText("1:00").waitFor();
	await field(page, "Note").fill("The gap");
	await page.keyboard.press("Enter");
	await hasSessions("lea", [["Morning", 2], ["Noon", 2.5], ["The gap", 1]]);
	await closed(page);
});

test("an entry that ends before it starts, " +
	"is too long or overlaps another gets a message beside its field", async () => {
	const page = await deviceOf("max");
	await enter(page, { day: yesterday(), from: "08:00", to: "12:00", note: "First" });
	await page.keyboard.press("n");
	await field(page, "Day").fill(yesterday());
	await page.keyboard.press("Enter");
	await page.getByText("When did it begin?").waitFor();
	await field(page, "From").fill("11:00");
	await field(page, "To").fill("13:00");
	await page.getByText(/^Overlaps /).waitFor();
	await sheet(page).getByRole("radio", { name: "How long" }).click();
	await field(page, "How long").fill("24:01");
	await page.keyboard.press("Enter");
	await page.getByText("at most 24 hours").waitFor();
	await isInStep(page);
	assert.equal((await sessionsOf("max")).length, 1);
	await closed(page);
});

test("lunch interrupts work, and one press continues it with the same note", async () => {
	const page = await deviceOf("nora", PHONE);
	await begin(page, "Plaster");
	await page.getByRole("button", { name: "Lunch" }).tap();
	await page.locator('.timer-run[data-kind="lunch"]').waitFor();
	await until("work rests and lunch runs", async () => (await sessionsOf("nora")).map(({ kind, end }) =>
		`${kind} ${end ? "ended" : "runs"}`).sort().join() === "lunch runs,work ended");
	await page.getByRole("button", { name: "Back to work" }).tap();
	await running(page).filter({ hasText: "Plaster" }).waitFor();
	await until("work runs again", async () => (await sessionsOf("nora")).filter(({ kind, note, end }) =>
		kind === "work" && note === "Plaster" && !end).length === 1);
	await closed(page);
});

test("the server is down while the browser is online: " +
	"start and stop go on here and are sent once it answers", async () => {
	const page = await deviceOf("pia", PHONE);
	await cut(page);
	await begin(page, "Through the outage");
	await (await handOf(page)).press(stopButton(page));
	await chipSays(page, "waiting");
	await toastSays(page, "will send when online");
	await mend(page);
	await page.locator(".chip:visible").tap();
	await page.getByRole("button", { name: "Sync now" }).tap();
	await until("it is there once, and ended", async () => (await sessionsOf("pia")).map(({ note, end }) =>
		`${note} ${Boolean(end)}`).join() === "Through the outage true");
	await page.keyboard.press("Escape");
	await isInStep(page);
	await closed(page);
});
