// The board of a yard on several devices and tabs, while the network, the server and the tab come and go.  Some tests
// show that failures of an earlier tracker cannot happen here: offline edits of which only the first survives, work
// that a closed tab loses, a queue that is sent only when the network changes, tabs that send twice, files whose flags
// are dropped, and clicks after a reset that vanish.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { until } from "../lib/wait.mjs";
import {
	PHONE, assertFits, assertSilent, chipSays, closed, cut, isIn, isInStep, isReadyForOffline, launch, mend,
	openTab, toastSays,
} from "./browser.mjs";
import { carOf, column, isSaved, moveTo, says, tile, toggle, yardsOn } from "./yard.mjs";

const stack = await start();
const browser = await launch();
const { yardOf, deviceOf } = yardsOn(stack, browser);

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
	assert.equal(await toggle(desk, "1", "Arrived").getAttribute("aria-pressed"), "true",
		"an empty car has arrived");
	await moveTo(desk, "2", "300");
	await phone.getByRole("button", { name: /^300/ }).tap();
	await tile(phone, "2").waitFor();
	await isSaved(yard, "2", { location: "300" });
	await assertFits(phone);
	await closed(desk, phone);
});

test("no tile moves under a pointer: the order changes once nobody has touched the board for a while", async () => {
	const yard = await yardOf(...["1", "2", "3"].map((id) => ({ id, location: "Yard" })));
	const page = await deviceOf(yard, "ben");
	const order = () => column(page, "Yard").locator(".tile").evaluateAll((tiles) => tiles.map((one) => [
		one.getBoundingClientRect().top, one.dataset.id ?? one.querySelector(".tile-number").textContent,
	]).sort((a, b) => a[0] - b[0]).map(([, id]) => id));
	await says(page, "1", "Pending");
	const before = await toggle(page, "3", "Arrived").boundingBox();
	await toggle(page, "1", "Empty").click();
	await says(page, "1", "Empty");
	answered(await yard.mia.patch("/api/cars/2", { location: "200" }));
	await until("the other one's move is here", async () => {
		// A hand that is about to press.
		await page.mouse.move(before.x + 20 + Math.random() * 20, before.y + 20);
		return await column(page, "Yard").getByText("Moved to 200").isVisible();
	});
	assert.deepEqual(await toggle(page, "3", "Arrived").boundingBox(), before,
		"what one is about to press stays where it is");
	await until("the order follows", async () => (await order()).join() === "3,1");
	await says(page, "2", "Pending");
	await closed(page);
});

test("add, move by dragging, mark late, note, remove and take back, all in the history of the car, " +
	"from which it can be restored", async () => {
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
	await pane.getByText("You marked it late").waitFor();
	await pane.getByText("You moved it Yard → 200").waitFor();
	await pane.getByText("You noted “Left rear tyre”").waitFor();
	await pane.locator(".event", { hasText: "You moved it" })
		.getByRole("button", { name: "Restore this version" }).click();
	await until("it is again as it was", async () => {
		const car = await carOf(yard, "128489");
		return car.location === "200" && !car.late && car.notes === undefined;
	});
	// And this device has heard of it: what follows is meant of that version.
	await toastSays(page, "Version restored");

	await pane.getByRole("radio", { name: "Details" }).check();
	await pane.getByRole("button", { name: "Remove from the board" }).click();
	await toastSays(page, "removed");
	await until("it is gone", async () => (await yard.anna.get("/api/cars/128489")).status === 404);
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
		document.activeElement.dispatchEvent(new ClipboardEvent("paste", {
			clipboardData: data, bubbles: true, cancelable: true,
		}));
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
	assert.deepEqual(answered(await yard.anna.get("/api/cars")).cars.map((car) => car.id),
		["200", "201", "202", "203", "204"]);
	await closed(page);
});

test("filters combine, counts filter, the search finds notes, and the address keeps all of it", async () => {
	const yard = await yardOf({ id: "1", location: "100" }, { id: "2", location: "200", notes: "Überführung" },
		{ id: "3", location: "200", arrived: true }, { id: "4", location: "200", late: true, notes: "flat" });
	const page = await deviceOf(yard, "ben");
	const shown = () => page.locator(".tile[data-id]")
		.evaluateAll((tiles) => tiles.map((one) => one.dataset.id).sort().join(" "));
	const shows = (ids) => until(`the board shows ${ids}`, async () => (await shown()) === ids);
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

test("three edits of one car made offline all arrive", async () => {
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

test("an edit made offline survives a reload and a closed tab", async () => {
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

test("after an outage of the server, waiting ops are sent without any action of the person", async () => {
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
	await until("the added car is there", async () => (await yard.anna.get("/api/cars/77")).status === 200);
	await isSaved(yard, "1", { arrived: true });
	await isInStep(page);
	await tile(page, "77").waitFor();
	await closed(page);
});

test("two tabs with one queue send it once", async () => {
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
		assert.deepEqual(answered(await yard.anna.get(`/api/cars/${id}/history`)).history.map(({ action }) =>
			action), ["updated", "created"]);
	await closed(page);
});

test("a file keeps its flags, is previewed before anything is written, reports its bad lines, and can be exported " +
	"again", async () => {
	const yard = await yardOf({ id: "300", location: "100", notes: "stays" });
	const page = await deviceOf(yard, "ben");
	await says(page, "300", "Pending");
	await page.getByRole("button", { name: "More for the fleet" }).click();
	await page.getByRole("menuitem", { name: "Import a file…" }).click();
	const sheet = page.getByRole("dialog");
	const text = [
		"Package Car,Bay,Arrived,Empty,Notes", '301,200,true,false,"front, left"', "302,300,true,true,",
		"300,400,false,false,stays", "/bad,100,,,", "",
	].join("\n");
	await sheet.locator("input[type=file]")
		.setInputFiles({ name: "cars.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
	await sheet.getByText("Left out: Bay").waitFor();
	await sheet.getByText("Columns and more", { exact: true }).click();
	await sheet.getByLabel("Bay", { exact: true }).selectOption({ label: "Location" });
	await sheet.getByText("Left out: Bay").waitFor({ state: "detached" });
	await sheet.getByText(/Line 5/).waitFor();
	assert.equal((await yard.anna.get("/api/cars/301")).status, 404);
	await sheet.getByLabel("Leave out the row that can’t be read").check();
	await sheet.getByRole("button", { name: "Import 3, skip 1" }).click();
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

test("a file of cars and locations that does not name its columns is known by its figures, " +
	"and the person can say otherwise", async () => {
	const yard = await yardOf("300");
	const page = await deviceOf(yard, "ben");
	await says(page, "300", "Pending");
	await page.getByRole("button", { name: "More for the fleet" }).click();
	await page.getByRole("menuitem", { name: "Import a file…" }).click();
	const sheet = page.getByRole("dialog");
	await sheet.locator("input[type=file]").setInputFiles({
		name: "cars.csv", mimeType: "text/csv", buffer: Buffer.from("300,400,left\n301,200,right\n"),
	});
	await sheet.getByText("Left out: Column 3").waitFor();
	await sheet.getByText("Columns and more", { exact: true }).click();
	const names = sheet.getByLabel("A line names the columns");
	assert.equal(await names.isChecked(), false);
	await names.check();
	await sheet.getByText("There is no column for the id (Car).").waitFor();
	await sheet.getByText("Columns and more", { exact: true }).click();
	await names.uncheck();
	await sheet.getByText("Left out: Column 3").waitFor();
	await sheet.getByText("Columns and more", { exact: true }).click();
	await sheet.getByLabel("Column 3", { exact: true }).selectOption({ label: "Notes" });
	await sheet.getByRole("button", { name: "Import 2" }).click();
	await sheet.getByText("Imported.").waitFor();
	await isSaved(yard, "300", { location: "400", notes: "left" });
	await isSaved(yard, "301", { location: "200", notes: "right" });
	await closed(page);
});

test("a toggle made offline on the board of a past shift is a conflict that says so, " +
	"and the person decides", async () => {
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
	await pane.getByRole("button", { name: "Apply it now" }).click();
	await isSaved(yard, "1", { arrived: true });
	await tile(page, "2").getByRole("link", { name: "2" }).click();
	await pane.getByRole("heading", { name: "Car 2" }).waitFor();
	await pane.getByRole("button", { name: "Discard my tap" }).click();
	await isInStep(page);
	assert.equal((await carOf(yard, "2")).arrived, false);
	await says(page, "2", "Pending");
	await closed(page);
});

test("after a reset by somebody else the next press counts, on what is there then", async () => {
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
