// A shift at the yard: its start, its end and its report, who is late, the roster, figures, who may do what; and the
// layout of all screens of the fleet.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { until } from "../lib/wait.mjs";
import { ZONE } from "../lib/zone.mjs";
import {
	DESKTOP, PHONE, assertFits, at, chipSays, closed, findings, isIn, isInStep, isReadyForOffline, launch,
	openDevice, openSpace, signIn, toastSays,
} from "./browser.mjs";
import { column, isSaved, isStill, moveTo, says, tile, toggle, yardsOn } from "./yard.mjs";

const stack = await start();
const browser = await launch();
const { yardOf, deviceOf } = yardsOn(stack, browser);

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
	await sheet.getByRole("button", { name: "Start shift" }).click();
	await sheet.getByText("The server did not answer").waitFor();
	await page.unroute("**/shifts/start");
	await until("it has begun", async () => answered(await yard.anna.get("/api/shifts")).shifts.length === 1);
	// It may be pressed again until the device has heard of the shift.
	await sheet.getByRole("button", { name: "Start shift" })
		.evaluateAll((buttons) => buttons.forEach((one) => one.click()));
	await page.getByText(/Shift since/).waitFor();
	await until("the sheet has closed", async () => await sheet.count() === 0 || page.keyboard.press("Escape"));
	await phone.getByText("Dock 4 is closed until ten.").waitFor();
	assert.equal(answered(await yard.anna.get("/api/shifts")).shifts.length, 1);

	await toggle(page, "1", "Empty").click();
	await isSaved(yard, "1", { empty: true });
	await page.getByRole("button", { name: "End shift" }).click();
	await phone.getByRole("button", { name: "End shift" }).tap();
	await page.getByRole("dialog").getByLabel("Notes for the next shift").fill("Car 2 never came.");
	await page.getByRole("dialog").getByRole("button", { name: /^End shift and/ }).click();
	await page.getByRole("heading", { name: "Report", exact: true }).waitFor();
	await phone.getByText(/This shift has ended: .* at \d/).waitFor();
	assert.equal(await phone.getByRole("dialog").getByRole("button", { name: /^End shift and/ })
		.isDisabled(), true);

	const report = page.locator(".report");
	await report.getByText("Car 2 never came.").waitFor();
	await report.getByText("By location").waitFor();
	await report.filter({ hasText: /1\s*of 2 arrived/ }).waitFor();
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

test("starting a shift needs the server, and says so; the board works on", async () => {
	const yard = await yardOf("1");
	const page = await deviceOf(yard, "ben");
	await isReadyForOffline(page);
	await page.context().setOffline(true);
	await chipSays(page, "Offline");
	await page.getByRole("button", { name: "Start shift" }).click();
	await page.getByText("There is no connection at the moment").waitFor();
	assert.equal(await page.getByRole("dialog").getByRole("button", { name: "Start shift" }).isDisabled(), true);
	await page.keyboard.press("Escape");
	await toggle(page, "1", "Arrived").click();
	await says(page, "1", "On site");
	await page.context().setOffline(false);
	await isSaved(yard, "1", { arrived: true });
	await closed(page);
});

test("an overdue car shows as late offline; its alert is acknowledged once for everybody", async () => {
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
	const due = new Date(Date.now() - 10 * 60_000).toLocaleTimeString("en-GB",
		{ timeZone: ZONE, hour: "2-digit", minute: "2-digit" });
	await page.locator(".pane").getByLabel("Expected").fill(due);
	await page.locator(".pane").getByRole("button", { name: "Save" }).click();
	await says(page, "500", "Late");
	await tile(page, "500").filter({ hasText: /1\d min overdue/ }).waitFor();
	await page.context().setOffline(false);
	await isSaved(yard, "500", { expected: due });
	await until("Daybook tells it", async () => {
		assert.equal((await stack.ctl("watch")).status, 0); // what the housekeeper does each minute
		return answered(await yard.anna.get("/api/notifications")).notifications.length === 1;
	});
	await other.getByText("Car 500 is late").waitFor();
	await other.getByRole("button", { name: "Mark handled" }).tap();
	await until("it is seen to",
		async () => answered(await yard.anna.get("/api/notifications")).notifications[0].acknowledged === true);
	await at(page, "/fleet/alerts");
	await page.getByText(new RegExp(`Handled by ${yard.names.mia}`)).waitFor();
	await closed(page, other);
});

test("the roster is made from the board, edited, and put on the board of a new day", async () => {
	const yard = await yardOf({ id: "1", location: "100", expected: "05:30" }, { id: "2", location: "200" });
	const page = await deviceOf(yard, "mia", DESKTOP, "/fleet/roster");
	const menu = async (name) => {
		await page.getByRole("button", { name: "More for the roster" }).click();
		await page.getByRole("menuitem", { name }).click();
	};
	await menu("Add cars from the board");
	await toastSays(page, "2 cars added to the roster.");
	await until("the roster has them",
		async () => answered(await yard.anna.get("/api/roster")).roster.length === 2);
	await page.locator(".row-open", { hasText: "2" }).last().click();
	await page.locator(".pane").getByLabel("Location").selectOption("400");
	await page.locator(".pane").getByRole("button", { name: "Save" }).click();
	await until("the roster is edited",
		async () => answered(await yard.anna.get("/api/roster/2")).rosterCar.defaultLocation === "400");
	answered(await yard.anna.delete("/api/cars/2"));
	await isInStep(page);
	await at(page, "/fleet/roster");
	await page.getByRole("button", { name: "Fill board" }).click();
	await toastSays(page, "1 car added.");
	await isSaved(yard, "2", { location: "400" });
	await closed(page);
});

test("the figures count what happened to the cars", async () => {
	const yard = await yardOf({ id: "1", location: "100" }, { id: "2", location: "100" });
	answered(await yard.ben.patch("/api/cars/1", { arrived: true }));
	answered(await yard.ben.patch("/api/cars/2", { empty: true }));
	const page = await deviceOf(yard, "vera", DESKTOP, "/fleet/figures");
	await page.locator(".analytics .figures").waitFor();
	const figures = /2\s*of 2 arrived\s*1\s*empty\s*0\s*late/;
	await page.locator(".analytics .figures").filter({ hasText: figures }).waitFor();
	await page.getByRole("row", { name: /^100/ }).waitFor();
	await closed(page);
});

test("beside the board a car and a roster's entry have one margin, " +
	"and nothing lies under the foot of their form", async () => {
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
	assert.deepEqual([
		(await page.locator(".pane-head").boundingBox()).x,
		(await page.locator(".pane-body").boundingBox()).width,
	], [pane.x, pane.width], "a record's own pane is as wide as it");
	await closed(page);
});

test("with eight columns the time is not cut on any tile", async () => {
	const yard = await yardOf();
	const locations = ["Yard", "Dock A", "Dock B", "Lane 1", "Lane 2", "Lane 3", "Wash bay", "Workshop"];
	const [{ id }] = answered(await yard.mia.get("/api/spaceSettings")).spaceSettings;
	answered(await yard.mia.patch(`/api/spaceSettings/${id}`, { locations }));
	for (const [at_, location] of locations.entries())
		answered(await yard.mia.post("/api/cars", { id: String(128400 + at_), location, expected: "20:15" }),
			201);
	const page = await deviceOf(yard, "ben");
	await says(page, "128407", "Pending");
	const times = await page.locator(".tile .car-when").evaluateAll((all) => all.map((one) => [
		one.scrollWidth <= one.clientWidth,
		one.getBoundingClientRect().bottom <= one.parentElement.getBoundingClientRect().bottom,
	]));
	assert.deepEqual(times, Array.from({ length: 8 }, () => [true, true]));
	await closed(page);
});

test("a viewer sees no actions", async () => {
	const yard = await yardOf({ id: "1", location: "100", notes: "flat tyre" });
	const page = await deviceOf(yard, "vera");
	await says(page, "1", "Pending");
	for (const name of [/^Arrived/, /^Empty [0-9]/, "Start shift", "Add"])
		assert.equal(await page.getByRole("button", { name, exact: true }).count(), 0, String(name));
	await tile(page, "1").getByRole("button", { name: "More for car 1" }).click();
	assert.deepEqual(await page.getByRole("menuitem").allInnerTexts(), ["Open"]);
	await page.getByRole("menuitem", { name: "Open" }).click();
	await page.locator(".pane").getByText("flat tyre").waitFor();
	const actions = page.locator(".pane").getByRole("button", { name: /Mark late|Remove|Change number/ });
	assert.equal(await actions.count(), 0);
	await at(page, "/fleet/roster");
	assert.equal(await page.getByRole("button", { name: /^(Add|Fill)/ }).count(), 0);
	await closed(page);
});

test("the number of a car is corrected, and its history is kept", async () => {
	const yard = await yardOf({ id: "12849", location: "100", notes: "typo" });
	const page = await deviceOf(yard, "ben", DESKTOP, "/fleet/cars/12849");
	await page.getByRole("button", { name: "Change number" }).click();
	await page.getByLabel("New number").fill("128490");
	await page.getByRole("button", { name: "Rename" }).click();
	await page.locator(".pane").getByRole("heading", { name: "Car 128490" }).waitFor();
	await isSaved(yard, "128490", { location: "100", notes: "typo" });
	await until("the old number is gone", async () => (await yard.anna.get("/api/cars/12849")).status === 404);
	await isInStep(page);
	assert.ok(answered(await yard.anna.get("/api/cars/128490/history")).history.length >= 2);
	await closed(page);
});

test("notes being typed are kept while others change the car, " +
	"and two changes of one note are decided by a person", async () => {
	const yard = await yardOf({ id: "1", location: "100", notes: "before" });
	const page = await deviceOf(yard, "ben", DESKTOP, "/fleet/cars/1");
	const notes = page.locator(".pane").getByLabel("Notes");
	await notes.fill("mine");
	answered(await yard.anna.patch("/api/cars/1", { notes: "theirs", location: "200" }));
	await page.locator(".pane").getByText(/changed this while you were typing/).waitFor();
	assert.equal(await notes.inputValue(), "mine");
	await page.reload();
	await isIn(page);
	assert.equal(await notes.inputValue(), "mine", "it outlives a reload");
	await page.locator(".pane").getByRole("button", { name: "Save" }).click();
	await chipSays(page, "1 conflict");
	await page.locator(".pane").getByRole("button", { name: "Keep both" }).click();
	await page.locator(".pane").getByRole("button", { name: "Save", exact: true }).click();
	await isSaved(yard, "1", { notes: "theirs\nmine", location: "200" });
	await closed(page);
});

test("on a shared handheld the next person is two touches from the board", async () => {
	const yard = await yardOf({ id: "1", location: "100" });
	const person = await stack.as(yard.names.ben).ready();
	assert.equal((await yard.ben.put("/api/pin", { pin: "2718", password: person.password })).status, 204);
	const page = await deviceOf(yard, "mia", PHONE, "/settings/handhelds");
	await page.getByLabel("Name of the handheld").fill("Handheld 3");
	await page.getByRole("button", { name: "Set up as shared handheld" }).tap();
	await page.getByText("It is the shared handheld").waitFor();
	await at(page, "/fleet");
	await page.getByRole("button", { name: "More for the fleet" }).tap();
	await page.getByRole("menuitem", { name: "Switch user" }).tap();
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
	const told = async () => answered(await yard.anna.get("/api/usage/stats")).stats.filter((one) =>
		one.type === "arrivedToggles").map((one) => one.total);
	await until("it is told", async () => {
		await page.clock.fastForward(61_000);
		return (await told()).length > 0;
	});
	assert.deepEqual(await told(), [1]);
	await closed(page);
});

test("the board has the space's own locations, and a car whose place left the list keeps its column", async () => {
	const yard = await yardOf({ id: "1", location: "Shop" });
	const page = await deviceOf(yard, "mia");
	await says(page, "1", "Pending");
	await page.getByRole("button", { name: "More for the fleet" }).click();
	await page.getByRole("menuitem", { name: "Fleet settings…" }).click();
	await page.getByRole("button", { name: "Edit settings" }).click();
	await page.getByLabel("Presence and usage are kept for").waitFor();
	const [settings] = answered(await yard.mia.get("/api/spaceSettings")).spaceSettings;
	answered(await yard.mia.patch(`/api/spaceSettings/${settings.id}`, { locations: ["North gate", "Hall 2"] }));
	await at(page, "/fleet");
	await column(page, "Hall 2").waitFor();
	assert.deepEqual(await page.locator(".column").evaluateAll((all) => all.map((one) => one.dataset.location)),
		["North gate", "Hall 2", "Shop"]);
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
	for (const path of [
		"/fleet", "/fleet?as=list", "/fleet/cars/a.b%3Ac%40d_e-f", "/fleet/roster", "/fleet/shifts",
		`/fleet/shifts/${shift.id}`, "/",
	]) {
		await at(page, path);
		await page.locator(".content").getByText("a.b:c@d_e-f").or(page.locator(".content").getByText("<img"))
			.first().waitFor();
		assert.equal(await page.locator(".content img").count(), 0, path);
		assert.match(await page.title(), /Daybook/, path);
		await assertFits(page);
	}
	await closed(page);
});

test("with 900 cars only some are in the document, and a change from elsewhere keeps the scroll position", async () => {
	const yard = await yardOf();
	for (let from = 0; from < 900; from += 150) {
		const ops = Array.from({ length: 150 }, (_, i) => ({
			op: `car${from + i}`, collection: "cars", id: String(10_000 + from + i), base: 0,
			set: { location: "Yard" },
		}));
		answered(await yard.anna.push(ops));
	}
	const page = await deviceOf(yard, "ben", PHONE);
	await says(page, "10000", "Pending");
	const tiles = () => page.locator(".tile").count();
	assert.ok(await tiles() < 30, `${await tiles()} tiles`);
	await page.locator(".page-body").evaluate((body) => { body.scrollTop = 60_000; });
	const seen = async () => page.locator(".tile[data-id]").evaluateAll((all) => {
		const one = all.filter((each) => each.getBoundingClientRect().top > 200)
			.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)[0];
		return [one.dataset.id, Math.round(one.getBoundingClientRect().top)];
	});
	await until("it is drawn there",
		async () => await page.locator(".tile").count() > 0 && Number((await seen())[0]) > 10_200);
	const place = await seen();
	answered(await yard.anna.delete("/api/cars/10001"));
	await until("it came", async () => (await page.locator(".shift-meta").innerText()).includes("899"));
	await until("the board is in order again", async () => await page.locator(".strip-place").first().innerText()
		.then((text) => text.includes("899")));
	assert.deepEqual(await seen(), place);
	assert.ok(await tiles() < 30, `${await tiles()} tiles`);
	await closed(page);
});

test("axe-core finds nothing serious, on desktop and phone, light and dark", async () => {
	const yard = await yardOf(
		{ id: "1", location: "100", late: true, notes: "flat" }, { id: "2", location: "200", arrived: true },
		{ id: "3", location: "200", empty: true }, { id: "4", location: "Shop" },
	);
	answered(await yard.mia.post("/api/roster", { id: "1", defaultLocation: "100" }), 201);
	const { shift } = answered(await yard.anna.post("/api/shifts/start", { notes: "n" }), 201);
	for (const [shape, colorScheme] of [[DESKTOP, "light"], [PHONE, "dark"]]) {
		const page = await deviceOf(yard, "mia", { ...shape, colorScheme });
		await page.locator(".tile").first().waitFor();
		for (const path of [
			"/fleet", "/fleet?as=list", "/fleet/cars/1", "/fleet/alerts", "/fleet/shifts",
			`/fleet/shifts/${shift.id}`, "/fleet/roster", "/fleet/figures",
		]) {
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
