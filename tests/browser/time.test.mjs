// A working day through the app: the timer on several devices, hours by hand, clocking in at a site, plans, messages and pay; while the
// network, the server and the tab come and go.  The names A4.x and B4.x are failures of earlier systems that cannot happen here: a stale
// copy that erases what is new, devices that undo each other, work lost offline, wrong days, cut nights, an hour that becomes thirteen.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { addDays, dayIn, instantIn, instantText, secondsOf } from "../../www/ui/zone.js";
import { start } from "../harness.mjs";
import { until } from "../lib/wait.mjs";
import { ZONE } from "../lib/zone.mjs";
import {
	DESKTOP, PHONE, POLL, assertFits, assertSilent, at, chipSays, closed, cut, deviceFor, field, findings,
	handOf, isIn, isInStep, isReadyForOffline, launch, mend, openSpace, openTab, toastSays, undo,
} from "./browser.mjs";

const HOUR = 3_600_000;
const PHOTO = new URL("../../www/static/icon-192.png", import.meta.url);
const SITE = { lat: 52.5003, lng: 13.4002 };
const HERE = { geolocation: { latitude: 52.5005, longitude: 13.4002, accuracy: 12 }, permissions: ["geolocation"] };

const stack = await start();
const browser = await launch();

const today = () => dayIn(ZONE, Date.now());
const yesterday = () => addDays(today(), -1);
const on = (day, clock) => instantText(instantIn(ZONE, day, secondsOf(clock)));
const ago = (hours) => instantText(Date.now() - hours * HOUR);

const deviceOf = (name, options, space) => deviceFor(browser, stack, name, { options, space, path: "/time" });

async function sessionsOf(name, team) {
	const person = team ? stack.as(name).in(team) : stack.as(name);
	return (await person.get("/api/workSessions")).body.workSessions;
}

// The sessions of a person on the server, each as [note, hours or null while it runs], are these.
function hasSessions(name, expected, team) {
	return until(`the server has ${JSON.stringify(expected)}`, async () => {
		const have = (await sessionsOf(name, team)).map(({ note, duration }) => [note ?? null, duration === undefined || duration === null ? null : duration / 3600]);
		return JSON.stringify(have.sort()) === JSON.stringify([...expected].sort());
	}, 30);
}

const soon = { timeout: POLL + 10_000 };

const running = (page) => page.locator(".timer-run[data-id]");
const startButton = (page) => page.locator(".timer-run[data-idle] .timer-button");
const stopButton = (page) => page.getByRole("button", { name: "Stop", exact: true });
const entry = (page, words) => page.locator(".entry-row", { hasText: words });
const sheet = (page) => page.getByRole("dialog");

// Hours by hand through the form: day, from and to (or how long), a note.
async function enter(page, { day, from, to, length, note }) {
	await page.keyboard.press("n");
	await sheet(page).getByText("Enter hours").waitFor();
	await field(page, "Day").fill(day);
	await field(page, "From").fill(from);
	if (to)
		await field(page, "To").fill(to);
	if (length) {
		await sheet(page).getByRole("radio", { name: "How long" }).click();
		await field(page, "How long").fill(length);
	}
	await field(page, "Note").fill(note);
	await page.keyboard.press("Enter");
	await sheet(page).waitFor({ state: "detached" });
}

async function begin(page, note) {
	await page.locator(".timer-next").click();
	await field(page, "Note").fill(note);
	await sheet(page).getByRole("button", { name: "Done" }).click();
	await startButton(page).click();
	await running(page).waitFor();
}

test("A4.1, A4.2: what one device starts, enters and stops, the other shows, and neither undoes it", async () => {
	const phone = await deviceOf("anna", PHONE), desk = await deviceOf("anna");
	await begin(phone, "Roof");
	await running(desk).filter({ hasText: "Roof" }).waitFor(soon);
	assert.match(await running(desk).innerText(), /started on another device/);
	assert.doesNotMatch(await running(phone).innerText(), /another device/);

	await enter(desk, { day: yesterday(), from: "08:00", to: "09:00", note: "Entered at the desk" });
	await at(phone, `/time?day=${yesterday()}`);
	await entry(phone, "Entered at the desk").waitFor(soon);
	await at(phone, "/time");
	await stopButton(phone).click();
	await startButton(desk).waitFor(soon);

	// Both stay open while each looks for news several times: nothing comes back, nothing goes.
	for (let round = 0; round < 2; round++) {
		for (const page of [phone, desk])
			await Promise.all([page.waitForResponse((answer) => answer.url().includes("/sync/"), { timeout: POLL + 10_000 }), isInStep(page)]);
		assert.equal(await running(phone).count() + await running(desk).count(), 0);
	}
	const kept = await sessionsOf("anna");
	assert.deepEqual(kept.map(({ note, version }) => [note, version]).sort(), [["Entered at the desk", 1], ["Roof", 2]]);
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
	await second.locator(".day-main", { hasText: "2:00 of 8:30" }).waitFor(soon);
	await at(second, "/time/settings");
	await second.getByRole("radio", { name: "6", exact: true }).click();
	await at(first, "/");
	await first.locator(".day-main", { hasText: "2:00 of 6:00" }).waitFor(soon);
	assert.match(await first.locator(".day-goal").innerText(), /4:00 to go/);
	await closed(first, second);
});

test("A4.3, A4.4: hours entered offline survive a reload and a closed tab, nobody is signed out, and they are sent once", async () => {
	const page = await deviceOf("carl"), context = page.context();
	await isReadyForOffline(page);
	await context.setOffline(true);
	await chipSays(page, "Offline");
	await begin(page, "In the tunnel");
	await enter(page, { day: yesterday(), from: "10:00", to: "12:30", note: "On the train" }); // closes once both are kept here
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
	}, 30);
	await isInStep(again);
	const sent = Object.fromEntries((await sessionsOf("carl")).map((one) => [one.note, one]));
	assert.equal(sent["On the train"].duration, 9000);
	assert.equal(sent["On the train"].manual, true);
	assert.equal(sent["In the tunnel"].manual, false);
	assertSilent(again);
	await context.close();
});

test("A4.7: west of Greenwich today is today, and a session of the evening is found again", async () => {
	const zone = "America/Los_Angeles";
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

test("A4.8: a night is one session with all its hours, on the day it began", async () => {
	const page = await deviceOf("emil");
	await enter(page, { day: addDays(yesterday(), -1), from: "22:00", to: "06:00", note: "Gate 2" });
	await hasSessions("emil", [["Gate 2", 8]]);
	await at(page, `/time?day=${addDays(yesterday(), -1)}`);
	await page.locator(".totals", { hasText: "7:30" }).waitFor();
	await at(page, `/time?look=week&day=${addDays(yesterday(), -1)}`);
	await entry(page, "Gate 2").filter({ hasText: "8:00" }).waitFor();
	await closed(page);
});

test("A4.8: a timer forgotten for two days is not cut: it says so, and gets the end it really had", async () => {
	const begun = on(addDays(today(), -3), "13:00");
	await stack.as("fay").ready();
	await stack.as("fay").post("/api/workSessions", { start: begun, zone: ZONE, note: "Forgotten" });
	const page = await deviceOf("fay", PHONE);
	await page.getByText("more than a day").waitFor();
	await startButton(page).waitFor();
	assert.match(await page.locator(".day-main").innerText(), /0:00/);
	await page.getByRole("button", { name: "Set its end" }).tap();
	await field(page, "To").fill("18:30");
	await sheet(page).getByRole("button", { name: "Save" }).tap();
	await hasSessions("fay", [["Forgotten", 5.5]]);
	await page.getByText("more than a day").waitFor({ state: "detached" });
	await closed(page);
});

test("B4.5: an hour after noon is an hour, where the clock has twelve hours too", async () => {
	const page = await deviceOf("gina", { ...DESKTOP, locale: "en-US", timezoneId: "America/New_York" });
	await enter(page, { day: addDays(dayIn("America/New_York", Date.now()), -1), from: "14:05", to: "15:05", note: "After lunch" });
	await hasSessions("gina", [["After lunch", 1]]);
	await at(page, `/time?day=${addDays(dayIn("America/New_York", Date.now()), -1)}`);
	await entry(page, "After lunch").filter({ hasText: "1:00" }).waitFor();
	assert.match(await entry(page, "After lunch").innerText(), /02:05\sPM/);
	await closed(page);
});

test("B4.6: a reload signs nobody out and loses no shift that runs", async () => {
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

test("two tabs and several timers: each tab shows them at once, all are stopped with one press, and that is taken back", async () => {
	const page = await deviceOf("iris");
	const tab = await openTab(page, stack.url + "/time");
	await isIn(tab);
	await begin(page, "First");
	await running(tab).filter({ hasText: "First" }).waitFor();
	await tab.getByRole("button", { name: "Another timer" }).click();
	await running(page).nth(1).waitFor();
	await page.getByRole("button", { name: "Stop all 2" }).click();
	await toastSays(page, "2 timers stopped");
	await startButton(tab).waitFor();
	await undo(page, "2 timers");
	await running(tab).nth(1).waitFor();
	await hasSessions("iris", [["First", null], [null, null]]);
	await isInStep(page);
	await running(page).filter({ hasText: "First" }).getByRole("button", { name: /^Stop/ }).click();
	await until("one has ended", async () => (await sessionsOf("iris")).filter((one) => one.end).length === 1, 20);
	assertSilent(tab);
	await closed(page);
});

test("a past entry is changed, deleted and taken back; two people's changes of different fields both hold", async () => {
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
	await entry(page, "Final").waitFor(soon);

	await entry(page, "Final").click();
	await sheet(page).getByRole("button", { name: "Delete" }).click();
	await toastSays(page, "deleted");
	await hasSessions("jon", []);
	await page.keyboard.press("z");
	await hasSessions("jon", [["Final", 2.5]]);
	await entry(page, "Final").waitFor();
	await closed(page, other);
});

test("a change that was begun and left for later writes only what was touched, not what the record was then", async () => {
	const page = await deviceOf("ida");
	await enter(page, { day: yesterday(), from: "09:00", to: "10:00", note: "Before" });
	await hasSessions("ida", [["Before", 1]]);
	const [{ id, start: begun }] = await sessionsOf("ida");
	await at(page, `/time?day=${yesterday()}`);
	await entry(page, "Before").click();
	await field(page, "Note").fill("Typed on Monday");
	await page.keyboard.press("Escape");
	await stack.as("ida").patch(`/api/workSessions/${id}`, { end: instantText(Date.parse(begun) + 2 * HOUR) });
	await entry(page, "Before").filter({ hasText: "2:00" }).waitFor(soon);
	await entry(page, "Before").click();
	assert.equal(await field(page, "Note").inputValue(), "Typed on Monday");
	await page.getByText("while it stood open").waitFor();
	await sheet(page).getByRole("button", { name: "Save" }).click();
	await hasSessions("ida", [["Typed on Monday", 2]]);
	await closed(page);
});

test("a form that stands open keeps what is typed while the timer ticks and others write; Escape keeps it for later", async () => {
	const page = await deviceOf("kim");
	await begin(page, "Meanwhile");
	await page.keyboard.press("n");
	await field(page, "Note").pressSequentially("half of a sent");
	const before = await page.locator(".timer-clock").first().innerText();
	await stack.as("kim").post("/api/workSessions", { start: ago(30), end: ago(29), zone: ZONE, note: "From elsewhere" });
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

test("the line of a day: an edge is dragged and moved by keys, a gap is filled with a press", async () => {
	const day = yesterday();
	await stack.as("lea").ready();
	for (const [from, to, note] of [["08:00", "10:00", "Morning"], ["11:00", "13:00", "Noon"]])
		await stack.as("lea").post("/api/workSessions", { start: on(day, from), end: on(day, to), zone: ZONE, note });
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
	assert.deepEqual([await field(page, "From").inputValue(), await field(page, "To").inputValue()], ["10:00", "11:00"]);
	await sheet(page).getByText("1:00").waitFor();
	await field(page, "Note").fill("The gap");
	await page.keyboard.press("Enter");
	await hasSessions("lea", [["Morning", 2], ["Noon", 2.5], ["The gap", 1]]);
	await closed(page);
});

test("an entry that ends before it starts, is too long or lies over another is said in words beside its field", async () => {
	const page = await deviceOf("max");
	await enter(page, { day: yesterday(), from: "08:00", to: "12:00", note: "First" });
	await page.keyboard.press("n");
	await field(page, "Day").fill(yesterday());
	await page.keyboard.press("Enter");
	await page.getByText("When did it begin?").waitFor();
	await field(page, "From").fill("11:00");
	await field(page, "To").fill("13:00");
	await page.getByText("It lies over").waitFor();
	await sheet(page).getByRole("radio", { name: "How long" }).click();
	await field(page, "How long").fill("24:01");
	await page.keyboard.press("Enter");
	await page.getByText("at most 24 hours").waitFor();
	await isInStep(page);
	assert.equal((await sessionsOf("max")).length, 1);
	await closed(page);
});

test("lunch: work rests meanwhile, goes on afterwards with what it was for, and one press takes it back", async () => {
	const page = await deviceOf("nora", PHONE);
	await begin(page, "Plaster");
	await page.getByRole("button", { name: "Lunch" }).tap();
	await page.locator('.timer-run[data-kind="lunch"]').waitFor();
	await until("work rests and lunch runs", async () => (await sessionsOf("nora")).map(({ kind, end }) => `${kind} ${end ? "ended" : "runs"}`).sort().join() === "lunch runs,work ended", 30);
	await page.getByRole("button", { name: "Back to work" }).tap();
	await running(page).filter({ hasText: "Plaster" }).waitFor();
	await until("work runs again", async () => (await sessionsOf("nora")).filter(({ kind, note, end }) => kind === "work" && note === "Plaster" && !end).length === 1, 30);
	await closed(page);
});

// A team as people make it, with its list of members on every device: {mia: "manager"}.
async function found(name, owner, roles) {
	await stack.as(owner).post("/api/spaces", { name });
	const { id } = (await stack.as(owner).get("/api/spaces")).body.spaces.find((space) => space.name === name);
	for (const [person, role] of Object.entries(roles)) {
		const { token } = (await stack.as(owner).in(id).post("/api/invitations", { role })).body;
		assert.equal((await stack.as(person).post("/api/invitations/accept", { token })).status, 200);
	}
	return { id };
}

// A team with sites for the stories below.
const team = await found("Depot Nord", "olga", { mia: "manager", ben: "member", vera: "viewer" });
const olga = stack.as("olga").in(team);
await olga.post("/api/spaceSettings", { zone: ZONE, currency: "EUR", hourlyRate: 2000 });
const strict = (await olga.post("/api/jobSites", { name: "Site Nord", place: SITE, radius: 100, outside: "refuse", requirePhoto: true })).body.jobSite;
const mild = (await olga.post("/api/jobSites", { name: "Harbour", place: { lat: 52.52, lng: 13.45 }, radius: 100, outside: "flag" })).body.jobSite;

async function takePhoto(page) {
	await page.locator(".file-pick", { hasText: "Take a photo" }).locator("input").setInputFiles(fileURLToPath(PHOTO));
	await page.locator(".file-photo img").waitFor();
}

test("clocking in at a site offline: distance in words, a photo that waits with its session, and where it ended", async () => {
	const page = await deviceOf("ben", { ...PHONE, ...HERE }, "Depot Nord"), context = page.context();
	await isReadyForOffline(page);
	await context.setOffline(true);
	await page.getByRole("button", { name: "At a site…" }).tap();
	await page.locator(".site-one", { hasText: "Site Nord" }).tap();
	await page.locator('.where[data-inside="true"]', { hasText: /22 m\s*from Site Nord, inside 100 m/ }).waitFor();
	const go = sheet(page).getByRole("button", { name: "Clock in" });
	assert.equal(await go.isDisabled(), true);
	await takePhoto(page);
	await go.tap();
	await running(page).filter({ hasText: "Site Nord" }).waitFor();
	await sheet(page).waitFor({ state: "detached" }); // closes once it is kept here
	await page.reload();
	await running(page).filter({ hasText: "Site Nord" }).waitFor();
	await context.setOffline(false);
	await until("the session is there with its photo", async () => (await sessionsOf("ben", team)).some((one) => one.photoIn && one.fenceIn === "inside" && one.distanceIn === 22), 30);
	const [{ photoIn }] = await sessionsOf("ben", team);
	const photo = await fetch(`${stack.url}/api/spaces/${team.id}/files/${photoIn}`, { headers: { Authorization: `Bearer ${(await stack.as("ben").in(team).apiToken("read")).token}` } });
	assert.deepEqual(Buffer.from(await photo.arrayBuffer()), await readFile(PHOTO));

	await context.setGeolocation({ latitude: 52.5103, longitude: 13.4002, accuracy: 10 });
	await stopButton(page).tap();
	await toastSays(page, "Site Nord stopped");
	await until("it ended outside, and that is marked", async () => (await sessionsOf("ben", team)).some((one) => one.end && one.fenceOut === "outside" && one.distanceOut === 1112), 40);
	assert.deepEqual((await sessionsOf("ben", team)).map((one) => one.manual), [false]);
	await closed(page);
});

test("too far away: a strict site refuses in words, a mild one takes it and marks it; nobody knows where: the same", async () => {
	const page = await deviceOf("mia", { ...DESKTOP, geolocation: { latitude: 52.51, longitude: 13.4002, accuracy: 5 }, permissions: ["geolocation"] }, "Depot Nord");
	await at(page, "/time/sites");
	await page.getByRole("button", { name: "How far am I?" }).click();
	await page.locator(".around").waitFor();
	await page.getByRole("button", { name: "Clock in at Site Nord" }).click();
	await page.getByText("You are too far away to clock in here.").waitFor();
	assert.equal(await sheet(page).getByRole("button", { name: "Clock in" }).isDisabled(), true);
	await page.keyboard.press("Escape");
	await page.getByRole("button", { name: "Clock in at Harbour" }).click();
	await page.getByText("it will be marked").waitFor();
	await sheet(page).getByRole("button", { name: "Clock in" }).click();
	await until("it is marked", async () => (await sessionsOf("mia", team)).some(({ jobSite, fenceIn }) => jobSite === mild.id && fenceIn === "outside"), 20);
	await page.context().clearPermissions();
	await page.getByRole("button", { name: "Clock in at Site Nord" }).click();
	await page.getByText("have not allowed").waitFor();
	await page.getByText("wants to know where you are").waitFor();
	assert.equal(await sheet(page).getByRole("button", { name: "Clock in" }).isDisabled(), true);
	await closed(page);
});

test("what the server refuses afterwards stays on the screen with its reason, and can be let go", async () => {
	const gate = (await olga.post("/api/jobSites", { name: "Gate 7", place: SITE, radius: 100 })).body.jobSite;
	const page = await deviceOf("ben", { ...DESKTOP, ...HERE }, "Depot Nord");
	await at(page, "/time/sites");
	await page.getByRole("button", { name: "Clock in at Gate 7" }).waitFor(soon);
	await cut(page);
	await page.getByRole("button", { name: "Clock in at Gate 7" }).click();
	await sheet(page).getByRole("button", { name: "Clock in" }).click();
	await chipSays(page, "1 waiting");
	await olga.patch(`/api/jobSites/${gate.id}`, { place: { lat: 48, lng: 11 } });
	await mend(page);
	await page.locator(".chip:visible").click();
	await page.getByRole("button", { name: "Sync now" }).click();
	await chipSays(page, "1 failed");
	await page.keyboard.press("Escape");
	await at(page, "/time");
	await running(page).getByText("Not accepted: You are too far").waitFor();
	await running(page).getByRole("button", { name: "Let it go" }).click();
	await page.getByRole("alertdialog").getByRole("button", { name: "Let it go" }).click();
	await startButton(page).waitFor();
	await isInStep(page);
	await closed(page);
});

test("the server is down while the browser is online: start and stop go on here and are sent once it answers", async () => {
	const page = await deviceOf("pia", PHONE);
	await cut(page);
	await begin(page, "Through the outage");
	await (await handOf(page)).press(stopButton(page));
	await chipSays(page, "waiting");
	await toastSays(page, "will send when online");
	await mend(page);
	await page.locator(".chip:visible").tap();
	await page.getByRole("button", { name: "Sync now" }).tap();
	await until("it is there once, and ended", async () => (await sessionsOf("pia")).map(({ note, end }) => `${note} ${Boolean(end)}`).join() === "Through the outage true", 30);
	await page.keyboard.press("Escape");
	await isInStep(page);
	await closed(page);
});

test("managers see who is at work, enter hours for others and correct them; the pay follows, on the screen and as CSV", async () => {
	const ben = stack.as("ben").in(team), { id: benId } = await stack.as("ben").ready();
	await ben.post("/api/workSessions", { start: ago(0.5), zone: ZONE, note: "Paint" });
	const page = await deviceOf("mia", DESKTOP, "Depot Nord");
	const { workSession: left } = (await olga.post("/api/workSessions", { start: ago(50), zone: ZONE })).body;
	await at(page, "/time/people");
	await page.locator(".worker", { hasText: "ben" }).filter({ hasText: "at work" }).waitFor();
	await page.locator(".worker", { hasText: "olga" }).filter({ hasText: "Forgot a timer" }).waitFor();
	assert.equal(await page.locator(".worker", { hasText: "olga" }).filter({ hasText: "at work" }).count(), 0);
	await olga.delete(`/api/workSessions/${left.id}`);
	await page.locator(".worker", { hasText: "ben" }).click();
	await page.getByRole("heading", { name: "ben" }).waitFor();
	await enter(page, { day: yesterday(), from: "08:00", to: "12:00", note: "Ben's morning" });
	await until("it is ben's", async () => (await sessionsOf("ben", team)).some(({ note, owner, duration }) => note === "Ben's morning" && owner === benId && duration === 4 * 3600), 20);
	await at(page, `/time?of=${benId}&day=${yesterday()}`);
	await entry(page, "Ben's morning").click();
	await field(page, "To").fill("12:30");
	await sheet(page).getByRole("button", { name: "Save" }).click();
	await until("it is longer", async () => (await sessionsOf("ben", team)).some(({ note, duration }) => note === "Ben's morning" && duration === 4.5 * 3600), 20);

	await at(page, "/time/pay");
	await field(page, "From").fill(yesterday());
	await field(page, "To").fill(today());
	const line = page.locator(".pay-sum", { hasText: "ben" });
	await line.waitFor();
	assert.match(await line.innerText(), /€20\.00 an hour · 1 entry not ended[\s\S]*4:3\d[\s\S]*€90\.\d\d/);
	const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Pay as CSV" }).click()]);
	assert.match(await readFile(await file.path(), "utf8"), /ben/);
	await page.context().setOffline(true);
	await page.getByRole("button", { name: "Hours as CSV" }).click();
	await toastSays(page, "You are offline");
	await field(page, "From").fill(addDays(today(), -40));
	await page.getByText("You are offline. This needs a connection.").first().waitFor();
	await closed(page);
});

test("plans, tasks and messages: managers write them, whoever they are for says how they went, and a message for one is for one", async () => {
	const { id: benId } = await stack.as("ben").ready();
	await olga.post("/api/assignments", { title: "Order primer", owner: benId, due: today(), priority: "high" });
	await olga.post("/api/schedules", { start: instantText(Date.now() + HOUR / 60), end: instantText(Date.now() + HOUR / 30), zone: ZONE, owner: benId, jobSite: strict.id });
	const ben = await deviceOf("ben", PHONE, "Depot Nord"), boss = await deviceOf("mia", DESKTOP, "Depot Nord");
	await at(ben, "/");
	await ben.getByRole("checkbox", { name: "Done: Order primer" }).tap();
	await toastSays(ben, "Done: Order primer");
	await at(boss, "/time/plan?part=assignments");
	await boss.getByRole("checkbox", { name: "Done: Order primer", checked: true }).waitFor(soon);
	await at(ben, "/time/plan");
	await ben.getByRole("button", { name: "Begin" }).tap();
	await at(boss, "/time/plan");
	await boss.getByText("under way").waitFor(soon);
	assert.equal(await ben.getByRole("button", { name: "New shift" }).count(), 0);

	await at(boss, "/time/messages");
	await boss.getByLabel("To whom").selectOption({ label: "Only ben" });
	await boss.getByLabel("Message", { exact: true }).fill("The key is in my car.");
	await boss.getByRole("button", { name: "Send" }).click();
	await at(ben, "/time/messages");
	await ben.locator(".message", { hasText: "The key is in my car." }).filter({ hasText: "only you" }).waitFor(soon);
	const others = (await olga.get("/api/messages")).body.messages;
	assert.deepEqual(others.map(({ text: words }) => words), []);
	await ben.getByLabel("Message", { exact: true }).fill("half a message");
	await ben.reload();
	await ben.waitForFunction(() => document.querySelector("textarea")?.value === "half a message");
	await closed(ben, boss);
});

// Whether no two of these stand on each other, or closer than so many pixels where they share a line.
function areApart(boxes, gap) {
	return boxes.every((one, at) => boxes.slice(at + 1).every((other) => one.y + one.height <= other.y + 1 || other.y + other.height <= one.y + 1 || one.x + one.width + gap <= other.x || other.x + other.width + gap <= one.x));
}

// Where the words of these elements are, not their boxes.
function wordsOf(locator) {
	return locator.evaluateAll((all) => all.map((one) => {
		const range = document.createRange();
		range.selectNodeContents(one);
		return range.getBoundingClientRect().toJSON();
	}));
}

test("on a phone no two figures of the pay touch, however long; week and month begin right below the timer", async () => {
	const space = await found("Long pay", "nell", { otto: "member" });
	const nell = stack.as("nell").in(space), { id: ottoId } = await stack.as("otto").ready();
	await nell.post("/api/spaceSettings", { zone: ZONE, currency: "USD", hourlyRate: 250_000 });
	const monday = addDays(today(), -7 - (new Date(today()).getUTCDay() + 6) % 7);
	for (let day = 0; day < 5; day++)
		await nell.post("/api/workSessions", { owner: ottoId, start: on(addDays(monday, day), "06:00"), end: on(addDays(monday, day), "17:00"), zone: ZONE });
	const page = await deviceOf("nell", PHONE, "Long pay");
	await at(page, "/time/pay");
	await page.getByRole("radio", { name: "Last week" }).check();
	await page.locator(".pay-table tfoot", { hasText: "146,875.00" }).waitFor();
	for (const line of ["thead tr", ".pay-sum", "tfoot tr"])
		assert.ok(areApart(await wordsOf(page.locator(`.pay-table ${line} > :not(:first-child)`)), 8), `the figures of ${line} stand apart`);
	await at(page, "/time");
	await page.locator(".timer .day-figures").waitFor();
	for (const look of ["week", "month"]) {
		await at(page, `/time?look=${look}`);
		await page.locator(look === "week" ? ".week-bars" : ".month-grid").waitFor();
		assert.equal(await page.locator(".timer .day-figures").count(), 0, `${look}: the figures of today leave the room to it`);
	}
	await closed(page);
});

test("a planned shift can be begun from half a day before, not days ahead; a manager's rules ask once whose they are", async () => {
	const space = await found("Plans", "pia", { rolf: "member" });
	const pia = stack.as("pia").in(space), { id: rolfId } = await stack.as("rolf").ready();
	for (const [hours, note] of [[-3, "soon"], [-20, "tomorrow"], [-70, "later"]])
		await pia.post("/api/schedules", { owner: rolfId, start: ago(hours), end: ago(hours - 4), zone: ZONE, note });
	const rolf = await deviceOf("rolf", PHONE, "Plans"), boss = await deviceOf("pia", DESKTOP, "Plans");
	await at(rolf, "/time/plan");
	const shift = (note) => rolf.locator(".plan .row", { hasText: note });
	await shift("soon").getByRole("button", { name: "Begin" }).waitFor();
	for (const note of ["tomorrow", "later"]) {
		await shift(note).waitFor();
		assert.equal(await shift(note).getByRole("button", { name: "Begin" }).count(), 0, note);
	}
	await at(boss, "/");
	const latest = boss.locator(".today-beside .row", { hasText: "Schedule" });
	await latest.first().waitFor();
	const said = await latest.allInnerTexts();
	assert.equal(said.filter((words) => /rolf/i.test(words)).length, 3, `each says whose it is: ${said.join(" | ")}`);
	assert.equal(new Set(said).size, 3, `no two say the same: ${said.join(" | ")}`);
	await at(boss, "/time/settings");
	await boss.locator(".work-settings .form").waitFor();
	assert.equal(await boss.getByText("Whose it is.").count(), 0);
	await boss.getByLabel("Whose").selectOption({ label: "rolf" });
	await field(boss, "Most hours a day").fill("9");
	await boss.getByRole("button", { name: "Save" }).click();
	await until("they are the other's", async () => (await pia.get("/api/workSettings")).body.workSettings.some((one) => one.owner === rolfId && one.maxHours === 9), 30);
	await closed(rolf, boss);
});

test("who only looks on is offered nothing to do; a personal space has its timer, pay and rules and nobody to manage", async () => {
	const page = await deviceOf("vera", DESKTOP, "Depot Nord");
	for (const path of ["/time", "/time/plan", "/time/sites", "/time/messages", "/"]) {
		await at(page, path);
		await page.locator(".late").first().waitFor({ state: "detached" });
		for (const name of ["Start", "Stop", "Enter hours", "Clock in", "New shift", "New site", "Send", "Begin"])
			assert.equal(await page.locator(".content").getByRole("button", { name }).count(), 0, `${path}: ${name}`);
	}
	await at(page, "/time");
	await page.keyboard.press("n");
	assert.equal(await page.getByRole("dialog").count(), 0);
	assert.deepEqual(await page.locator(".tab").allInnerTexts(), ["Hours", "Plan", "Sites", "Messages", "Rules"]);
	await openSpace(page, "vera");
	await at(page, "/time");
	await startButton(page).waitFor();
	assert.deepEqual(await page.locator(".tab").allInnerTexts(), ["Hours", "Sites", "Pay", "Rules"]);
	await closed(page);
});

// --- looks ---

const HOSTILE = [`<img src=x onerror="document.title='owned'">`, "\u202Egnp.exe \u0645\u0631\u062D\u0628\u0627", "x".repeat(480), "👩🏽‍🚒".repeat(40)];
const PATHS = ["/", "/time", "/time?look=week", "/time?look=month", "/time/people", "/time/plan", "/time/plan?part=assignments", "/time/sites", "/time/messages", "/time/pay", "/time/settings"];
const MANY = 5_000;

test("with hostile words everywhere and five thousand sessions every screen of Time shows texts, fits, is bounded, and axe finds nothing", async () => {
	const big = await found("Big", "quin", { rob: "member" });
	const quin = stack.as("quin").in(big), { id: robId } = await stack.as("rob").ready();
	await quin.post("/api/spaceSettings", { zone: ZONE, currency: "EUR" });
	await quin.post("/api/workSettings", { targetHours: 8 });
	for (const words of HOSTILE) {
		await quin.post("/api/jobSites", { name: words.slice(0, 100), place: SITE });
		await quin.post("/api/assignments", { title: words.slice(0, 200), description: words, due: today() });
		await quin.post("/api/schedules", { start: ago(-1), end: ago(-9), zone: ZONE, note: words });
		await quin.post("/api/messages", { text: words.repeat(Math.max(1, Math.floor(1900 / words.length))) });
		await quin.post("/api/workSessions", { start: ago(3), end: ago(2), zone: ZONE, note: words });
	}
	await quin.post("/api/workSessions", { start: ago(1), zone: ZONE, note: HOSTILE[0] });
	const ops = Array.from({ length: MANY }, (_, n) => ({
		op: crypto.randomUUID(), collection: "workSessions", id: crypto.randomUUID(), base: 0,
		set: { start: ago(26 + n * 9), end: ago(24 + n * 9), zone: ZONE, note: `Session ${n}`, ...(n % 2 ? { owner: robId } : {}) },
	}));
	for (let from = 0; from < MANY; from += 100)
		assert.ok((await quin.push(ops.slice(from, from + 100))).body.results.every(({ status }) => status === "applied"));
	const wrong = [];
	for (const [size, shape] of Object.entries({ phone: PHONE, desk: DESKTOP }))
		for (const colorScheme of ["light", "dark"]) {
			const page = await deviceOf("quin", { ...shape, ...HERE, colorScheme, reducedMotion: "reduce" }, "Big");
			for (const path of PATHS) {
				await at(page, path);
				await page.locator(".late").first().waitFor({ state: "detached" });
				await assertFits(page);
				wrong.push(...(await findings(page)).map((finding) => `${size} ${colorScheme} ${path}: ${finding}`));
				assert.equal(await page.locator(".content img[src=x]").count(), 0);
				assert.ok(await page.locator(".content *").count() < 2_500, `${path} is bounded`);
			}
			await at(page, "/time");
			await page.keyboard.press("n");
			await sheet(page).waitFor();
			wrong.push(...(await findings(page)).map((finding) => `${size} ${colorScheme} the form: ${finding}`));
			await page.keyboard.press("Escape");
			assert.doesNotMatch(await page.title(), /owned/);
			assert.equal((await page.locator(".timer-what bdi").first().innerText()).trim(), HOSTILE[0]);
			await closed(page);
		}
	assert.deepEqual([...new Set(wrong)], []);
});
