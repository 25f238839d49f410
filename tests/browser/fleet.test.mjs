// A shift at the yard through the app: the board on several devices and tabs, while the network, the server and the tab come and go;
// shifts, roster, files, reports.  The names P3 to P10 are failures of an earlier tracker that cannot happen here: offline edits of which
// only the first survives, work that a closed tab loses, a queue that waits for a switch of the network, tabs that send twice, files
// whose flags are dropped, and clicks after a reset that vanish without a word.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { until } from "../lib/wait.mjs";
import { ZONE } from "../lib/zone.mjs";
import {
	DESKTOP, PHONE, POLL, assertFits, assertSilent, at, chipSays, closed, cut, deviceFor, findings, isIn,
	isInStep, isReadyForOffline, launch, mend, openDevice, openSpace, openTab, signIn, toastSays,
} from "./browser.mjs";

const stack = await start();
const browser = await launch();
const soon = { timeout: POLL + 10_000 };

let yards = 0;

// A yard of its own with cars, and its people: anna (owner), mia (manager), ben (member), vera (viewer), each name with a number.
async function yardOf(...cars) {
	yards += 1;
	const names = Object.fromEntries(["anna", "mia", "ben", "vera"].map((one) => [one, `${one}${yards}`]));
	const { space } = answered(await stack.as(names.anna).post("/api/spaces", { name: `Yard ${yards}` }), 201);
	const folk = Object.fromEntries(Object.entries(names).map(([key, name]) => [key, stack.as(name).in(space)]));
	for (const [key, role] of [["mia", "manager"], ["ben", "member"], ["vera", "viewer"]]) {
		const { token } = answered(await folk.anna.post("/api/invitations", { role }), 201);
		answered(await stack.as(names[key]).post("/api/invitations/accept", { token }));
	}
	answered(await folk.mia.post("/api/spaceSettings", { zone: ZONE }), 201);
	for (const car of cars)
		answered(await folk.anna.post("/api/cars", typeof car === "string" ? { id: car } : car), 201);
	return { ...folk, names, space, title: `Yard ${yards}` };
}

const deviceOf = (yard, who, options = DESKTOP, path = "/fleet") => deviceFor(browser, stack, yard.names[who], { options, space: yard.title, path });

const carOf = async (yard, id) => answered(await yard.anna.get(`/api/cars/${id}`)).car;
const tile = (page, id) => page.locator(`.tile[data-id="${id}"]`);
const toggle = (page, id, name) => tile(page, id).getByRole("button", { name: new RegExp(`^${name}`) });
const column = (page, location) => page.locator(`.column[data-location="${location}"]`);

// Nothing fades in any more.
function isStill(page) {
	return page.evaluate(() => Promise.allSettled(document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime < Infinity).map((one) => one.finished)));
}

// The server comes to have these values in a car.
function isSaved(yard, id, expected) {
	return until(`car ${id} is ${JSON.stringify(expected)} on the server`, async () => {
		const car = await carOf(yard, id);
		return Object.entries(expected).every(([name, value]) => (car[name] ?? null) === value);
	}, 30);
}

function says(page, id, word, options = soon) {
	return tile(page, id).locator(".car-state", { hasText: word }).waitFor(options);
}

async function moveTo(page, id, location) {
	await tile(page, id).getByRole("button", { name: `More for car ${id}` }).click();
	await page.getByRole("menuitem", { name: `Move to ${location}`, exact: true }).click();
}

// --- the testing steps of the tracker's own page ---

test("two tabs: what one marks is in the other, and is written once", async () => {
	const yard = await yardOf({ id: "128489", location: "100" });
	const page = await deviceOf(yard, "ben");
	const tab = await openTab(page, stack.url + "/fleet");
	await isIn(tab);
	await says(tab, "128489", "Pending");
	await toggle(page, "128489", "Arrived").click();
	await says(page, "128489", "On site");
	await says(tab, "128489", "On site");
	await isSaved(yard, "128489", { arrived: true, version: 2 });
	await closed(page);
});

test("computer and phone: each sees the other's change, with the initials of who made it", async () => {
	const yard = await yardOf({ id: "1", location: "100" }, { id: "2", location: "100" });
	const desk = await deviceOf(yard, "anna"), phone = await deviceOf(yard, "ben", PHONE);
	await toggle(phone, "1", "Empty").tap();
	await says(desk, "1", "Empty");
	assert.match(await tile(desk, "1").locator(".car-who").innerText(), new RegExp(`^${yard.names.ben[0]}`, "i"));
	assert.equal(await toggle(desk, "1", "Arrived").getAttribute("aria-pressed"), "true", "an empty car has arrived");
	await moveTo(desk, "2", "300");
	await phone.getByRole("button", { name: /^300/ }).tap();
	await tile(phone, "2").waitFor(soon);
	await isSaved(yard, "2", { location: "300" });
	await assertFits(phone);
	await closed(desk, phone);
});

test("a tile never goes away from under a finger: the order follows when nobody has touched the board for a while", async () => {
	const yard = await yardOf(...["1", "2", "3"].map((id) => ({ id, location: "Yard" })));
	const page = await deviceOf(yard, "ben");
	const order = () => column(page, "Yard").locator(".tile").evaluateAll((tiles) => tiles.map((one) => [one.getBoundingClientRect().top, one.dataset.id ?? one.querySelector(".tile-number").textContent]).sort((a, b) => a[0] - b[0]).map(([, id]) => id));
	await says(page, "1", "Pending");
	const before = await toggle(page, "3", "Arrived").boundingBox();
	await toggle(page, "1", "Empty").click();
	await says(page, "1", "Empty");
	answered(await yard.mia.patch("/api/cars/2", { location: "200" }));
	await until("the other one's move is here", async () => {
		await page.mouse.move(before.x + 20 + Math.random() * 20, before.y + 20); // a hand that is about to press
		return await column(page, "Yard").getByText("Moved to 200").isVisible();
	}, 30);
	assert.deepEqual(await toggle(page, "3", "Arrived").boundingBox(), before, "what one is about to press stays where it is");
	await until("the order follows", async () => (await order()).join() === "3,1", 20);
	await says(page, "2", "Pending");
	await closed(page);
});

test("add, move by dragging, mark late, note, remove and take back, all in the history of the car, from which it can be restored", async () => {
	const yard = await yardOf({ id: "9", location: "Yard" });
	const page = await deviceOf(yard, "ben");
	await says(page, "9", "Pending");
	await page.keyboard.press("n");
	await page.keyboard.type("128489");
	await page.keyboard.press("Enter");
	await tile(page, "128489").waitFor();
	await isSaved(yard, "128489", { location: "Yard" });
	await tile(page, "128489").locator(".tile-meta").dragTo(column(page, "200"));
	await isSaved(yard, "128489", { location: "200" });
	await says(page, "128489", "Pending");

	await tile(page, "128489").getByRole("link", { name: "128489" }).click();
	const pane = page.locator(".pane");
	await pane.getByRole("button", { name: "Mark late" }).click();
	// Two changes that wait together would be one, and one sentence.
	await isSaved(yard, "128489", { late: true });
	await pane.getByLabel("Notes").fill("Left rear tyre");
	await pane.getByRole("button", { name: "Save" }).click();
	await isSaved(yard, "128489", { late: true, notes: "Left rear tyre" });
	await isInStep(page);
	await pane.getByRole("radio", { name: "History" }).check();
	await pane.getByText("You marked it late").waitFor(soon);
	await pane.getByText("You moved it Yard → 200").waitFor();
	await pane.getByText("You noted “Left rear tyre”").waitFor();
	await pane.locator(".event", { hasText: "You moved it" }).getByRole("button", { name: "Go back to this" }).click();
	await until("it is again as it was", async () => {
		const car = await carOf(yard, "128489");
		return car.location === "200" && !car.late && car.notes === undefined;
	}, 20);
	await toastSays(page, "again as it was"); // and this device has heard of it: what follows is meant of that version

	await pane.getByRole("radio", { name: "Details" }).check();
	await pane.getByRole("button", { name: "Remove from the board" }).click();
	await toastSays(page, "removed");
	await until("it is gone", async () => (await yard.anna.get("/api/cars/128489")).status === 404, 20);
	await page.keyboard.press("z");
	await isSaved(yard, "128489", { location: "200" });
	await closed(page);
});

test("quick add keeps the focus, takes several pasted numbers, and says what is there already", async () => {
	const yard = await yardOf({ id: "200", location: "100" });
	answered(await yard.mia.post("/api/roster", { id: "203", defaultLocation: "400", expected: "05:30" }), 201);
	const page = await deviceOf(yard, "ben");
	await says(page, "200", "Pending");
	await page.keyboard.press("n");
	await page.evaluate(() => {
		const data = new DataTransfer();
		data.setData("text/plain", "201\n202\r\n203\t200");
		document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
	});
	await page.keyboard.press("Enter");
	await page.getByText("Car 200 is on the board already.").waitFor();
	await page.keyboard.type("204");
	await page.keyboard.press("Enter");
	await isSaved(yard, "204", { location: "Yard" });
	await isSaved(yard, "203", { location: "400", expected: "05:30" });
	await page.keyboard.type("no/slash");
	await page.keyboard.press("Enter");
	await page.getByText("no/slash cannot be a number").waitFor();
	assert.deepEqual(answered(await yard.anna.get("/api/cars")).cars.map((car) => car.id), ["200", "201", "202", "203", "204"]);
	await closed(page);
});

test("filters combine, counts filter, the search finds notes, and the address keeps all of it", async () => {
	const yard = await yardOf({ id: "1", location: "100" }, { id: "2", location: "200", notes: "Überführung" }, { id: "3", location: "200", arrived: true }, { id: "4", location: "200", late: true, notes: "flat" });
	const page = await deviceOf(yard, "ben");
	const shown = () => page.locator(".tile[data-id]").evaluateAll((tiles) => tiles.map((one) => one.dataset.id).sort().join(" "));
	const shows = (ids) => until(`the board shows ${ids}`, async () => (await shown()) === ids, 10);
	await shows("1 2 3 4");
	assert.deepEqual(await page.locator(".count-value").allInnerTexts(), ["2", "1", "1", "0"]);
	await page.getByRole("button", { name: /Pending/ }).click();
	await shows("1 2");
	await page.getByRole("button", { name: /1\s*Late/ }).click();
	await shows("1 2 4");
	await page.getByRole("button", { name: "200", exact: true }).click();
	await shows("2 4");
	await page.keyboard.press("/");
	await page.keyboard.type("uberf");
	await shows("2");
	assert.equal(new URL(page.url()).searchParams.get("q"), "uberf");
	await page.reload();
	await shows("2");
	await page.getByRole("button", { name: "Clear" }).click();
	await shows("1 2 3 4");
	await page.getByRole("radio", { name: "List" }).check();
	await page.locator('.car-line[data-id="3"]').getByLabel("Location of car 3").selectOption("Shop");
	await isSaved(yard, "3", { location: "Shop" });
	await closed(page);
});

test("by keyboard alone: to a car, its toggles, its page", async () => {
	const yard = await yardOf("1", "2");
	const page = await deviceOf(yard, "ben");
	await says(page, "1", "Pending");
	await page.keyboard.press("j");
	await page.keyboard.press("j");
	await page.keyboard.press("k");
	await page.keyboard.press("a");
	await isSaved(yard, "1", { arrived: true });
	await page.keyboard.press("j");
	await page.keyboard.press("e");
	await isSaved(yard, "2", { arrived: true, empty: true });
	await page.keyboard.press("Enter");
	await page.locator(".pane").getByRole("heading", { name: "Car 2" }).waitFor();
	await closed(page);
});

// --- what got lost elsewhere ---

test("P3: three edits of one car made offline all arrive", async () => {
	const yard = await yardOf({ id: "1", location: "Yard" });
	const page = await deviceOf(yard, "ben");
	await isReadyForOffline(page);
	await page.context().setOffline(true);
	await chipSays(page, "Offline");
	await toggle(page, "1", "Arrived").click();
	await toggle(page, "1", "Empty").click();
	await moveTo(page, "1", "200");
	await says(page, "1", "Empty");
	await tile(page, "1").locator(".car-unsent").waitFor();
	assert.deepEqual([(await carOf(yard, "1")).version], [1]);
	await page.context().setOffline(false);
	await isInStep(page);
	await isSaved(yard, "1", { arrived: true, empty: true, location: "200" });
	await closed(page);
});

test("P4: an edit made without a network outlives a reload and a closed tab", async () => {
	const yard = await yardOf("1", "2");
	const page = await deviceOf(yard, "ben");
	const context = page.context();
	await isReadyForOffline(page);
	await context.setOffline(true);
	await chipSays(page, "Offline");
	await toggle(page, "1", "Arrived").click();
	await chipSays(page, "1 waiting"); // this device holds it
	await page.goto(stack.url + "/fleet");
	await says(page, "1", "On site");
	await toggle(page, "2", "Empty").click();
	await chipSays(page, "2 waiting");
	assertSilent(page);
	await page.close({ runBeforeUnload: false });
	assert.equal((await carOf(yard, "1")).version, 1);
	await context.setOffline(false);
	const again = await openTab({ context: () => context }, stack.url + "/fleet");
	await says(again, "2", "Empty");
	await isSaved(yard, "1", { arrived: true });
	await isSaved(yard, "2", { arrived: true, empty: true });
	await closed(again);
});

test("P5: a server that was down while the browser was online gets everything when it is back, without a word from anybody", async () => {
	const yard = await yardOf("1");
	const page = await deviceOf(yard, "ben");
	await says(page, "1", "Pending");
	await cut(page);
	await toggle(page, "1", "Arrived").click();
	await page.keyboard.press("n");
	await page.keyboard.type("77");
	await page.keyboard.press("Enter");
	await chipSays(page, "2 waiting");
	await says(page, "1", "On site");
	await tile(page, "77").waitFor();
	await mend(page);
	await until("the added car is there", async () => (await yard.anna.get("/api/cars/77")).status === 200, 60);
	await isSaved(yard, "1", { arrived: true });
	await isInStep(page);
	await tile(page, "77").waitFor();
	await closed(page);
});

test("P6: two tabs with one queue send it once", async () => {
	const yard = await yardOf("1", "2");
	const page = await deviceOf(yard, "ben");
	const tab = await openTab(page, stack.url + "/fleet");
	await isIn(tab);
	await says(tab, "1", "Pending");
	await cut(page);
	await toggle(page, "1", "Arrived").click();
	await toggle(tab, "2", "Arrived").click();
	await says(tab, "1", "On site");
	await says(page, "2", "On site");
	await mend(page);
	await isSaved(yard, "1", { arrived: true, version: 2 });
	await isSaved(yard, "2", { arrived: true, version: 2 });
	await isInStep(page);
	for (const id of ["1", "2"])
		assert.deepEqual(answered(await yard.anna.get(`/api/cars/${id}/history`)).history.map(({ action }) => action), ["updated", "created"]);
	await closed(page);
});

test("P9: a file keeps its flags, is looked at before anything is written, says its bad lines, and comes back out", async () => {
	const yard = await yardOf({ id: "300", location: "100", notes: "stays" });
	const page = await deviceOf(yard, "ben");
	await says(page, "300", "Pending");
	await page.getByRole("button", { name: "More for the fleet" }).click();
	await page.getByRole("menuitem", { name: "Import a file…" }).click();
	const sheet = page.getByRole("dialog");
	const text = 'Package Car,Bay,Arrived,Empty,Notes\n301,200,true,false,"front, left"\n302,300,true,true,\n300,400,false,false,stays\n/bad,100,,,\n';
	await sheet.locator("input[type=file]").setInputFiles({ name: "cars.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
	await sheet.getByText("Not taken: the column Bay").waitFor();
	await sheet.getByRole("button", { name: "Other columns" }).click();
	await sheet.getByLabel("Location", { exact: true }).selectOption("Bay");
	await sheet.getByRole("button", { name: "Look at the file" }).click();
	await sheet.getByText("Looked at; nothing is written yet.").waitFor();
	await sheet.getByText(/Line 5/).waitFor();
	assert.equal((await yard.anna.get("/api/cars/301")).status, 404);
	await sheet.getByLabel("Leave out the row that cannot be taken").check();
	await sheet.getByRole("button", { name: "Import 3" }).click();
	await sheet.getByText("Imported.").waitFor();
	await sheet.getByRole("button", { name: "Done" }).click();
	await says(page, "302", "Empty");
	await isSaved(yard, "301", { arrived: true, empty: false, location: "200", notes: "front, left" });
	await isSaved(yard, "300", { location: "400", notes: "stays" });

	await page.getByRole("button", { name: "More for the fleet" }).click();
	const download = page.waitForEvent("download");
	await page.getByRole("menuitem", { name: "Export as CSV" }).click();
	const csv = await readFile(await (await download).path(), "utf8");
	assert.match(csv, /301,200.*"front, left"/);
	await closed(page);
});

test("a file of cars and locations that does not name its columns is known by its figures, and the person can say otherwise", async () => {
	const yard = await yardOf("300");
	const page = await deviceOf(yard, "ben");
	await says(page, "300", "Pending");
	await page.getByRole("button", { name: "More for the fleet" }).click();
	await page.getByRole("menuitem", { name: "Import a file…" }).click();
	const sheet = page.getByRole("dialog");
	await sheet.locator("input[type=file]").setInputFiles({ name: "cars.csv", mimeType: "text/csv", buffer: Buffer.from("300,400,left\n301,200,right\n") });
	await sheet.getByText("Not taken: Column 3").waitFor();
	await sheet.getByRole("button", { name: "Other columns" }).click();
	const names = sheet.getByLabel("The first line names the columns");
	assert.equal(await names.isChecked(), false);
	await names.check();
	await sheet.getByText("Car needs a column.").waitFor();
	await names.uncheck();
	await sheet.getByLabel("Notes", { exact: true }).selectOption("Column 3");
	await sheet.getByRole("button", { name: "Look at the file" }).click();
	await sheet.getByRole("button", { name: "Import 2" }).click();
	await sheet.getByText("Imported.").waitFor();
	await isSaved(yard, "300", { location: "400", notes: "left" });
	await isSaved(yard, "301", { location: "200", notes: "right" });
	await closed(page);
});

test("P10: a toggle made offline on the board of a past shift is a conflict that says so, and the person decides", async () => {
	const yard = await yardOf("1", "2");
	const { shift } = answered(await yard.anna.post("/api/shifts/start", {}), 201);
	const page = await deviceOf(yard, "ben");
	await isReadyForOffline(page);
	await page.context().setOffline(true);
	await chipSays(page, "Offline");
	await toggle(page, "1", "Arrived").click();
	await toggle(page, "2", "Arrived").click();
	await moveTo(page, "2", "300");
	answered(await yard.anna.post(`/api/shifts/${shift.id}/end`, {}));
	await page.context().setOffline(false);
	await chipSays(page, "2 conflicts");
	assert.equal((await carOf(yard, "1")).arrived, false, "the new board is untouched");
	await tile(page, "1").getByRole("link", { name: "1" }).click();
	const pane = page.locator(".pane");
	await pane.getByText(/a shift began or ended, or the board was reset/).waitFor();
	await pane.getByRole("button", { name: "It holds today too" }).click();
	await isSaved(yard, "1", { arrived: true });
	await tile(page, "2").getByRole("link", { name: "2" }).click();
	await pane.getByRole("heading", { name: "Car 2" }).waitFor();
	await pane.getByRole("button", { name: "Leave today's board" }).click();
	await isInStep(page);
	assert.equal((await carOf(yard, "2")).arrived, false);
	await says(page, "2", "Pending");
	await closed(page);
});

test("P10: after a reset by somebody else the next press counts, on what is there then", async () => {
	const yard = await yardOf({ id: "1", arrived: true });
	const page = await deviceOf(yard, "ben");
	await says(page, "1", "On site");
	answered(await yard.anna.post("/api/cars/reset", {}));
	await says(page, "1", "Pending");
	await toggle(page, "1", "Arrived").click();
	await isSaved(yard, "1", { arrived: true });
	await isInStep(page);
	await closed(page);
});

// --- shifts ---

test("a shift from its start to its printed report: handoff notes, a lost answer, one shift only", async () => {
	const yard = await yardOf({ id: "1", location: "100" }, { id: "2", location: "200" });
	const page = await deviceOf(yard, "ben"), phone = await deviceOf(yard, "mia", PHONE);
	await page.getByRole("button", { name: "Start shift" }).click();
	const sheet = page.getByRole("dialog");
	await sheet.getByLabel("Notes").fill("Dock 4 is closed until ten.");
	let lost = 0;
	await page.route("**/shifts/start", async (route) => {
		if (lost > 0)
			return route.continue();
		lost += 1;
		await route.fetch();
		return route.abort();
	});
	await sheet.getByRole("button", { name: "Start the shift" }).click();
	await sheet.getByText("The server did not answer").waitFor();
	await page.unroute("**/shifts/start");
	await until("it has begun", async () => answered(await yard.anna.get("/api/shifts")).shifts.length === 1, 20);
	// It may be pressed again until the device has heard of the shift.
	await sheet.getByRole("button", { name: "Start the shift" }).click({ timeout: 3_000 }).catch(() => page.keyboard.press("Escape"));
	await page.getByText(/Shift since/).waitFor(soon);
	await phone.getByText("Dock 4 is closed until ten.").waitFor(soon);
	assert.equal(answered(await yard.anna.get("/api/shifts")).shifts.length, 1);

	await toggle(page, "1", "Empty").click();
	await isSaved(yard, "1", { empty: true });
	await page.getByRole("button", { name: "End shift" }).click();
	await phone.getByRole("button", { name: "End shift" }).tap();
	await page.getByRole("dialog").getByLabel("Notes for the next shift").fill("Car 2 never came.");
	await page.getByRole("dialog").getByRole("button", { name: /^End the shift/ }).click();
	await page.getByRole("heading", { name: "Report", exact: true }).waitFor();
	await phone.getByText(/This shift has ended: .* at \d/).waitFor(soon);
	assert.equal(await phone.getByRole("dialog").getByRole("button", { name: /^End the shift/ }).isDisabled(), true);

	const report = page.locator(".report");
	await report.getByText("Car 2 never came.").waitFor();
	await report.getByText("By location").waitFor(soon);
	assert.match(await report.innerText(), /1\s*of 2 arrived/);
	const download = page.waitForEvent("download");
	await report.getByRole("button", { name: "CSV" }).click();
	assert.match(await readFile(await (await download).path(), "utf8"), /\b1,100,/);
	await page.emulateMedia({ media: "print" });
	assert.equal(await page.locator(".rail").isVisible(), false);
	assert.equal(await report.getByRole("button", { name: "Print" }).isVisible(), false);
	assert.equal(await report.getByText("Car 2 never came.").isVisible(), true);
	assert.ok((await page.pdf()).length > 4_000);
	await page.emulateMedia({ media: "screen" });
	assert.deepEqual(await findings(page), []);
	await at(page, "/fleet");
	await says(page, "1", "Pending");
	await closed(page, phone);
});

test("a shift needs the server, and says so; the board goes on", async () => {
	const yard = await yardOf("1");
	const page = await deviceOf(yard, "ben");
	await isReadyForOffline(page);
	await page.context().setOffline(true);
	await chipSays(page, "Offline");
	await page.getByRole("button", { name: "Start shift" }).click();
	await page.getByText("There is no connection at the moment").waitFor();
	assert.equal(await page.getByRole("button", { name: "Start the shift" }).isDisabled(), true);
	await page.keyboard.press("Escape");
	await toggle(page, "1", "Arrived").click();
	await says(page, "1", "On site");
	await page.context().setOffline(false);
	await isSaved(yard, "1", { arrived: true });
	await closed(page);
});

test("late by the clock without a network; the alert that follows is seen to once for all", async () => {
	const yard = await yardOf();
	answered(await yard.anna.post("/api/shifts/start", {}), 201);
	const page = await deviceOf(yard, "ben"), other = await deviceOf(yard, "mia", PHONE, "/fleet/alerts");
	await isReadyForOffline(page);
	await page.context().setOffline(true);
	await chipSays(page, "Offline");
	await page.keyboard.press("n");
	await page.keyboard.type("500");
	await page.keyboard.press("Enter");
	await tile(page, "500").getByRole("link", { name: "500" }).click();
	const due = new Date(Date.now() - 10 * 60_000).toLocaleTimeString("en-GB", { timeZone: ZONE, hour: "2-digit", minute: "2-digit" });
	await page.locator(".pane").getByLabel("Expected").fill(due);
	await page.locator(".pane").getByRole("button", { name: "Save" }).click();
	await says(page, "500", "Late");
	assert.match(await tile(page, "500").innerText(), /1[01] min overdue/);
	await page.context().setOffline(false);
	await isSaved(yard, "500", { expected: due });
	await until("Daybook tells it", async () => answered(await yard.anna.get("/api/notifications")).notifications.length === 1, 120);
	await other.getByText("Car 500 is late").waitFor(soon);
	await other.getByRole("button", { name: "Seen to" }).tap();
	await until("it is seen to", async () => answered(await yard.anna.get("/api/notifications")).notifications[0].acknowledged === true, 20);
	await at(page, "/fleet/alerts");
	await page.getByText(new RegExp(`seen to by ${yard.names.mia}`)).waitFor(soon);
	await closed(page, other);
});

test("the roster: taken over from the board, edited, put on the board of a new day", async () => {
	const yard = await yardOf({ id: "1", location: "100", expected: "05:30" }, { id: "2", location: "200" });
	const page = await deviceOf(yard, "mia", DESKTOP, "/fleet/roster");
	const menu = async (name) => {
		await page.getByRole("button", { name: "More for the roster" }).click();
		await page.getByRole("menuitem", { name }).click();
	};
	await menu("Take over the cars of the board");
	await toastSays(page, "2 cars taken into the roster.");
	await until("the roster has them", async () => answered(await yard.anna.get("/api/roster")).roster.length === 2, 20);
	await page.locator(".row-open", { hasText: "2" }).last().click();
	await page.locator(".pane").getByLabel("Location").selectOption("400");
	await page.locator(".pane").getByRole("button", { name: "Save" }).click();
	await until("the roster is edited", async () => answered(await yard.anna.get("/api/roster/2")).rosterCar.defaultLocation === "400", 20);
	answered(await yard.anna.delete("/api/cars/2"));
	await isInStep(page);
	await at(page, "/fleet/roster");
	await page.getByRole("button", { name: "Put on the board" }).click();
	await toastSays(page, "1 car added.");
	await isSaved(yard, "2", { location: "400" });
	await closed(page);
});

test("figures come from what really happened", async () => {
	const yard = await yardOf({ id: "1", location: "100" }, { id: "2", location: "100" });
	answered(await yard.ben.patch("/api/cars/1", { arrived: true }));
	answered(await yard.ben.patch("/api/cars/2", { empty: true }));
	const page = await deviceOf(yard, "vera", DESKTOP, "/fleet/figures");
	await page.locator(".analytics .figures").waitFor();
	assert.match(await page.locator(".analytics .figures").innerText(), /2\s*of 2 arrived\s*1\s*empty\s*0\s*late/);
	await page.getByRole("row", { name: /^100/ }).waitFor();
	await closed(page);
});

test("beside the board a car and a roster's entry have one margin, and nothing lies under the foot of their form", async () => {
	const yard = await yardOf({ id: "7", location: "100" });
	answered(await yard.mia.post("/api/roster", { id: "7", defaultLocation: "100" }), 201);
	const page = await deviceOf(yard, "mia", DESKTOP, "/fleet/cars/7");
	const left = async (locator) => (await locator.boundingBox()).x;
	await page.locator(".pane .car-toggles").waitFor();
	assert.equal(await left(page.locator(".pane h2")), await left(page.locator(".pane .car-toggles")));
	await at(page, "/fleet/roster/7");
	const history = page.locator(".pane").getByRole("heading", { name: "History" });
	await history.waitFor();
	const foot = await page.locator(".pane .form-foot").boundingBox();
	assert.ok((await history.boundingBox()).y >= foot.y + foot.height, "the heading stands below it");
	await at(page, "/c/cars/7");
	await page.locator(".pane-body").waitFor();
	const pane = await page.locator(".pane").boundingBox();
	assert.deepEqual([(await page.locator(".pane-head").boundingBox()).x, (await page.locator(".pane-body").boundingBox()).width], [pane.x, pane.width], "a record's own pane is as wide as it");
	await closed(page);
});

test("eight places beside each other: a time is whole on every tile", async () => {
	const yard = await yardOf();
	const locations = ["Yard", "Dock A", "Dock B", "Lane 1", "Lane 2", "Lane 3", "Wash bay", "Workshop"];
	const [{ id }] = answered(await yard.mia.get("/api/spaceSettings")).spaceSettings;
	answered(await yard.mia.patch(`/api/spaceSettings/${id}`, { locations }));
	for (const [at_, location] of locations.entries())
		answered(await yard.mia.post("/api/cars", { id: String(128400 + at_), location, expected: "20:15" }), 201);
	const page = await deviceOf(yard, "ben");
	await says(page, "128407", "Pending");
	const times = await page.locator(".tile .car-when").evaluateAll((all) => all.map((one) => [one.scrollWidth <= one.clientWidth, one.getBoundingClientRect().bottom <= one.parentElement.getBoundingClientRect().bottom]));
	assert.deepEqual(times, Array.from({ length: 8 }, () => [true, true]));
	await closed(page);
});

test("who may only look sees no actions", async () => {
	const yard = await yardOf({ id: "1", location: "100", notes: "flat tyre" });
	const page = await deviceOf(yard, "vera");
	await says(page, "1", "Pending");
	for (const name of [/^Arrived/, /^Empty [0-9]/, "Start shift", "Add"])
		assert.equal(await page.getByRole("button", { name, exact: true }).count(), 0, String(name));
	await tile(page, "1").getByRole("button", { name: "More for car 1" }).click();
	assert.deepEqual(await page.getByRole("menuitem").allInnerTexts(), ["Open"]);
	await page.getByRole("menuitem", { name: "Open" }).click();
	await page.locator(".pane").getByText("flat tyre").waitFor();
	assert.equal(await page.locator(".pane").getByRole("button", { name: /Mark late|Remove|Correct/ }).count(), 0);
	await at(page, "/fleet/roster");
	assert.equal(await page.getByRole("button", { name: /New|Put on/ }).count(), 0);
	await closed(page);
});

test("a car gets its right number, and its history goes with it", async () => {
	const yard = await yardOf({ id: "12849", location: "100", notes: "typo" });
	const page = await deviceOf(yard, "ben", DESKTOP, "/fleet/cars/12849");
	await page.getByRole("button", { name: "Correct the number" }).click();
	await page.getByLabel("New number").fill("128490");
	await page.getByRole("button", { name: "Rename" }).click();
	await page.locator(".pane").getByRole("heading", { name: "Car 128490" }).waitFor();
	await isSaved(yard, "128490", { location: "100", notes: "typo" });
	await until("the old number is gone", async () => (await yard.anna.get("/api/cars/12849")).status === 404, 20);
	await isInStep(page);
	assert.ok(answered(await yard.anna.get("/api/cars/128490/history")).history.length >= 2);
	await closed(page);
});

test("notes being typed are kept while others change the car, and two changes of one note are decided by a person", async () => {
	const yard = await yardOf({ id: "1", location: "100", notes: "before" });
	const page = await deviceOf(yard, "ben", DESKTOP, "/fleet/cars/1");
	const notes = page.locator(".pane").getByLabel("Notes");
	await notes.fill("mine");
	answered(await yard.anna.patch("/api/cars/1", { notes: "theirs", location: "200" }));
	await page.locator(".pane").getByText(/changed this while you were typing/).waitFor(soon);
	assert.equal(await notes.inputValue(), "mine");
	await page.reload();
	await isIn(page);
	assert.equal(await notes.inputValue(), "mine", "it outlives a reload");
	await page.locator(".pane").getByRole("button", { name: "Save" }).click();
	await chipSays(page, "1 conflict");
	await page.locator(".pane").getByRole("button", { name: "Keep both" }).click();
	await page.locator(".pane").getByRole("button", { name: "Use this" }).click();
	await isSaved(yard, "1", { notes: "theirs\nmine", location: "200" });
	await closed(page);
});

test("on a shared handheld the next person is two touches from the board", async () => {
	const yard = await yardOf({ id: "1", location: "100" });
	const person = await stack.as(yard.names.ben).ready();
	assert.equal((await yard.ben.put("/api/pin", { pin: "2718", password: person.password })).status, 204);
	const page = await deviceOf(yard, "mia", PHONE, "/settings/handhelds");
	await page.getByLabel("Name of the handheld").fill("Handheld 3");
	await page.getByRole("button", { name: "Make this device a shared handheld" }).tap();
	await page.getByText("It is the shared handheld").waitFor();
	await at(page, "/fleet");
	await page.getByRole("button", { name: "More for the fleet" }).tap();
	await page.getByRole("menuitem", { name: "Switch person" }).tap();
	await page.getByRole("button", { name: yard.names.ben }).tap();
	await page.locator(".pin-keys").waitFor();
	await page.keyboard.type("2718");
	await page.keyboard.press("Enter");
	await isIn(page);
	await at(page, "/fleet");
	await toggle(page, "1", "Arrived").tap();
	await isSaved(yard, "1", { arrived: true, lastUpdatedBy: yard.ben.id });
	await closed(page);
});

test("what is used is counted, and told when there is a network", async () => {
	const yard = await yardOf("1");
	const page = await openDevice(browser, DESKTOP);
	await page.clock.install();
	await signIn(page, stack, stack.as(yard.names.ben));
	await openSpace(page, yard.title);
	await isInStep(page);
	await at(page, "/fleet");
	await toggle(page, "1", "Arrived").click();
	await isSaved(yard, "1", { arrived: true });
	const told = async () => answered(await yard.anna.get("/api/usage/stats")).stats.filter((one) => one.type === "arrivedToggles").map((one) => one.total);
	await until("it is told", async () => {
		await page.clock.fastForward(61_000);
		return (await told()).length > 0;
	}, 60);
	assert.deepEqual(await told(), [1]);
	await closed(page);
});

test("the board has the space's own locations, and a car whose place left the list keeps its column", async () => {
	const yard = await yardOf({ id: "1", location: "Shop" });
	const page = await deviceOf(yard, "mia");
	await says(page, "1", "Pending");
	await page.getByRole("button", { name: "More for the fleet" }).click();
	await page.getByRole("menuitem", { name: /^Locations/ }).click();
	await page.getByRole("button", { name: "Change the settings" }).click();
	await page.getByLabel("Presence and usage are kept for").waitFor();
	const [settings] = answered(await yard.mia.get("/api/spaceSettings")).spaceSettings;
	answered(await yard.mia.patch(`/api/spaceSettings/${settings.id}`, { locations: ["North gate", "Hall 2"] }));
	await at(page, "/fleet");
	await column(page, "Hall 2").waitFor(soon);
	assert.deepEqual(await page.locator(".column").evaluateAll((all) => all.map((one) => one.dataset.location)), ["North gate", "Hall 2", "Shop"]);
	await moveTo(page, "1", "Hall 2");
	await isSaved(yard, "1", { location: "Hall 2" });
	await isInStep(page);
	await closed(page);
});

// --- how it stands ---

test("hostile values are text on every screen of the fleet", async () => {
	const evil = '<img src=x onerror="document.title=\'owned\'">\u202Egnp.exe 🚚 ' + "long ".repeat(150);
	const yard = await yardOf({ id: "a.b:c@d_e-f", location: "100", notes: evil });
	answered(await yard.mia.post("/api/roster", { id: "a.b:c@d_e-f", defaultLocation: "100", notes: evil }), 201);
	const { shift } = answered(await yard.anna.post("/api/shifts/start", { notes: evil }), 201);
	const page = await deviceOf(yard, "mia");
	await says(page, "a.b:c@d_e-f", "Pending");
	for (const path of ["/fleet", "/fleet?as=list", "/fleet/cars/a.b%3Ac%40d_e-f", "/fleet/roster", "/fleet/shifts", `/fleet/shifts/${shift.id}`, "/"]) {
		await at(page, path);
		await page.locator(".content").getByText("a.b:c@d_e-f").or(page.locator(".content").getByText("<img")).first().waitFor();
		assert.equal(await page.locator(".content img").count(), 0, path);
		assert.match(await page.title(), /Daybook/, path);
		await assertFits(page);
	}
	await closed(page);
});

test("with 900 cars only some stand in the document, and a change from elsewhere keeps the place", async () => {
	const yard = await yardOf();
	for (let from = 0; from < 900; from += 150) {
		const ops = Array.from({ length: 150 }, (_, i) => ({ op: `car${from + i}`, collection: "cars", id: String(10_000 + from + i), base: 0, set: { location: "Yard" } }));
		answered(await yard.anna.push(ops));
	}
	const page = await deviceOf(yard, "ben", PHONE);
	await says(page, "10000", "Pending");
	const tiles = () => page.locator(".tile").count();
	assert.ok(await tiles() < 30, `${await tiles()} tiles`);
	await page.locator(".page-body").evaluate((body) => { body.scrollTop = 60_000; });
	const seen = async () => page.locator(".tile[data-id]").evaluateAll((all) => {
		const one = all.filter((each) => each.getBoundingClientRect().top > 200).sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)[0];
		return [one.dataset.id, Math.round(one.getBoundingClientRect().top)];
	});
	await until("it is drawn there", async () => await page.locator(".tile").count() > 0 && Number((await seen())[0]) > 10_200, 10);
	const place = await seen();
	answered(await yard.anna.delete("/api/cars/10001"));
	await until("it came", async () => (await page.locator(".shift-meta").innerText()).includes("899"), 30);
	await until("the board is in order again", async () => await page.locator(".strip-place").first().innerText().then((text) => text.includes("899")), 20);
	assert.deepEqual(await seen(), place);
	assert.ok(await tiles() < 30, `${await tiles()} tiles`);
	await closed(page);
});

test("axe-core finds nothing serious, on desktop and phone, light and dark", async () => {
	const yard = await yardOf({ id: "1", location: "100", late: true, notes: "flat" }, { id: "2", location: "200", arrived: true }, { id: "3", location: "200", empty: true }, { id: "4", location: "Shop" });
	answered(await yard.mia.post("/api/roster", { id: "1", defaultLocation: "100" }), 201);
	const { shift } = answered(await yard.anna.post("/api/shifts/start", { notes: "n" }), 201);
	for (const [shape, colorScheme] of [[DESKTOP, "light"], [PHONE, "dark"]]) {
		const page = await deviceOf(yard, "mia", { ...shape, colorScheme });
		await page.locator(".tile").first().waitFor();
		for (const path of ["/fleet", "/fleet?as=list", "/fleet/cars/1", "/fleet/alerts", "/fleet/shifts", `/fleet/shifts/${shift.id}`, "/fleet/roster", "/fleet/figures"]) {
			await at(page, path);
			await page.locator(".page-body").locator("*").first().waitFor();
			await isInStep(page);
			await isStill(page);
			assert.deepEqual(await findings(page), [], `${path}, ${colorScheme}`);
			await assertFits(page);
		}
		await closed(page);
	}
});
