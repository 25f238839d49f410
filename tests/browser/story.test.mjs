// Work on records through the app, on several devices and tabs, while the network, the server and the tab come and go:
// nothing is lost, nothing is written twice.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { start } from "../harness.mjs";
import { until } from "../lib/wait.mjs";
import {
	PHONE, assertSilent, at, chipSays, closed, cut, deviceFor, field, fillDoor, isIn, isInStep,
	isReadyForOffline, launch, mend, openSpace, openTab, row, toastSays,
} from "./browser.mjs";

const stack = await start();
const browser = await launch();

const deviceOf = (name, options) => deviceFor(browser, stack, name, { options });

async function weightsOf(name) {
	return (await stack.as(name).get("/api/weights")).body.weights;
}

function isSaved(name, expected) {
	return until(`the server has ${JSON.stringify(expected)}`, async () => {
		const have = (await weightsOf(name)).map(({ kg, note, version }) => [kg, note ?? null, version]);
		return JSON.stringify(have) === JSON.stringify(expected);
	});
}

async function addWeight(page, kg, note) {
	await at(page, "/c/weights/+");
	await field(page, "Weight (kg)").fill(String(kg));
	if (note)
		await field(page, "Note").fill(note);
	await page.keyboard.press("Enter");
}

async function edit(page, id, label, value) {
	await at(page, `/c/weights/${id}/edit`);
	await field(page, label).fill(value);
	await page.keyboard.press("Control+Enter");
}

test("a record is added, changed, deleted, and the deletion taken back", async () => {
	const page = await deviceOf("ann");
	await at(page, "/c/weights");
	await page.keyboard.press("n");
	await field(page, "Weight (kg)").fill("79,4".replace(",", "."));
	await page.keyboard.press("Enter");
	await toastSays(page, "added");
	await isSaved("ann", [[79.4, null, 1]]);
	const [{ id }] = await weightsOf("ann");

	await at(page, `/c/weights/${id}`);
	await page.keyboard.press("e");
	await field(page, "Note").fill("after the run");
	await page.getByRole("button", { name: "Save" }).click();
	await isSaved("ann", [[79.4, "after the run", 2]]);

	await at(page, `/c/weights/${id}`);
	await page.locator(".pane").getByRole("button", { name: "More" }).click();
	await page.getByRole("menuitem", { name: "Delete" }).click();
	await toastSays(page, "deleted");
	await isSaved("ann", []);
	await page.keyboard.press("z");
	await until("it is back", async () => (await weightsOf("ann")).length === 1);
	await row(page, "79.4").waitFor();
	await closed(page);
});

test("a change on one device is seen on the other within one poll, and says who", async () => {
	const phone = await deviceOf("bea", PHONE), desk = await deviceOf("bea");
	await at(desk, "/c/weights");
	await addWeight(phone, 81.25, "from the phone");
	await row(desk, "81.25").waitFor();
	const [{ id }] = await weightsOf("bea");
	await edit(desk, id, "Note", "from the desk");
	await at(phone, "/c/weights");
	await row(phone, "from the desk").waitFor();
	await closed(phone, desk);
});

test("two tabs of one device show the same at once, and write nothing twice", async () => {
	const page = await deviceOf("cleo");
	const tab = await openTab(page, stack.url + "/c/weights");
	await isIn(tab);
	await addWeight(page, 70.5);
	await row(tab, "70.5").waitFor();
	await isSaved("cleo", [[70.5, null, 1]]);
	const [{ id }] = await weightsOf("cleo");
	await edit(tab, id, "Note", "in the other tab");
	await isSaved("cleo", [[70.5, "in the other tab", 2]]);
	await page.close();
	await edit(tab, id, "Note", "and in the one that is left");
	await isSaved("cleo", [[70.5, "and in the one that is left", 3]]);
	await closed(tab);
});

test("offline: records are added and changed, a reload shows them, and once back they are sent, " +
	"once each", async () => {
	const page = await deviceOf("dora");
	await isReadyForOffline(page);
	await page.context().setOffline(true);
	await chipSays(page, "Offline");
	await addWeight(page, 66.1, "on the train");
	await toastSays(page, "will send when online");
	await chipSays(page, "1 waiting");
	await page.goto(stack.url + "/c/weights");
	await row(page, "66.1").waitFor();
	await chipSays(page, "1 waiting");
	await page.locator(".chip:visible").click();
	await page.getByRole("dialog").getByText(/Weight .*add/).waitFor();
	await page.keyboard.press("Escape");
	await addWeight(page, 66.2, "the same day again");
	await page.context().setOffline(false);
	await isInStep(page);
	const weights = await weightsOf("dora");
	assert.deepEqual(weights.map(({ kg, note }) => [kg, note]), [[66.1, "on the train"]]);
	await closed(page);
});

test("a tab that is closed with unsent work sends it when the app is opened again", async () => {
	const page = await deviceOf("elsa");
	const context = page.context();
	await isReadyForOffline(page);
	await context.setOffline(true);
	await chipSays(page, "Offline");
	await addWeight(page, 58.3, "before the battery died");
	await chipSays(page, "1 waiting");
	await page.close({ runBeforeUnload: false });
	assert.deepEqual(await weightsOf("elsa"), []);
	await context.setOffline(false);
	const again = await openTab({ context: () => context }, stack.url + "/c/weights");
	await row(again, "58.3").waitFor();
	await isSaved("elsa", [[58.3, "before the battery died", 1]]);
	assertSilent(again);
	await context.close();
});

test("the server is down while the browser is online: work goes on, and is sent when it answers", async () => {
	const page = await deviceOf("fay", PHONE);
	await cut(page);
	await addWeight(page, 61.7);
	await chipSays(page, "1 waiting");
	await mend(page);
	await page.locator(".chip:visible").tap();
	await page.getByRole("button", { name: "Sync now" }).tap();
	await isSaved("fay", [[61.7, null, 1]]);
	await page.keyboard.press("Escape");
	await isInStep(page);
	await closed(page);
});

test("an answer that is lost is asked for again: nothing is written twice", async () => {
	const page = await deviceOf("gina");
	let lost = 0;
	await page.context().route("**/api/**/sync/push", async (route) => {
		await route.fetch();
		return lost++ < 2 ? route.abort() : route.continue();
	});
	await addWeight(page, 64.4);
	await until("two answers were lost", () => lost >= 2);
	await page.locator(".chip:visible").click();
	await page.getByRole("button", { name: "Sync now" }).click();
	await isSaved("gina", [[64.4, null, 1]]);
	await page.keyboard.press("Escape");
	await isInStep(page);
	await closed(page);
});

test("two people change one field: nothing is lost, a badge waits, and the choice is made field by field", async () => {
	const created = await stack.as("hope").post("/api/weights", { date: "2026-11-20", kg: 79.4, note: "before" });
	const { id } = created.body.weight;
	const page = await deviceOf("hope");
	await cut(page);
	await edit(page, id, "Weight (kg)", "79.2");
	await chipSays(page, "1 waiting");
	await stack.as("hope").patch(`/api/weights/${id}`, { kg: 80.1, note: "theirs" });
	await mend(page);
	await page.locator(".chip:visible").click();
	await page.getByRole("button", { name: "Sync now" }).click();
	await chipSays(page, "1 conflict");
	await page.getByRole("dialog").locator(".row-open").first().click();
	await page.getByRole("heading", { name: "Two changes at once" }).waitFor();
	await page.getByRole("button", { name: /^Yours/ }).click();
	await page.getByRole("button", { name: "Save", exact: true }).click();
	await isSaved("hope", [[79.2, "theirs", 3]]);
	await isInStep(page);
	await closed(page);
});

test("an edit that the server refuses stays visible with its reason, and can be corrected", async () => {
	const page = await deviceOf("iris");
	await isReadyForOffline(page);
	await page.context().setOffline(true);
	await chipSays(page, "Offline");
	// Of the device's zone, as year-month-day.
	const today = await page.evaluate(() => new Date().toLocaleDateString("sv-SE"));
	await stack.as("iris").post("/api/weights", { date: today, kg: 50 });
	await addWeight(page, 51.5);
	await page.context().setOffline(false);
	await chipSays(page, "1 conflict");
	assert.equal((await weightsOf("iris")).length, 1);
	await page.locator(".chip:visible").click();
	await page.getByRole("dialog").locator(".row-open").first().click();
	await page.getByRole("heading", { name: "Two changes at once" }).waitFor();
	await page.getByRole("button", { name: /^Yours/ }).click();
	await page.getByRole("button", { name: "Save", exact: true }).click();
	await isSaved("iris", [[51.5, null, 2]]);
	await isInStep(page);
	await closed(page);
});

test("the sign-in ends while work is unsent: it is kept, and sent after signing in again", async () => {
	const page = await deviceOf("kim");
	const person = await stack.as("kim").ready();
	await stack.sql(`UPDATE session SET revoked_at = UTC_TIMESTAMP(3) WHERE user_id = '${person.id}'`);
	await page.locator(".notices .notice").waitFor();
	await addWeight(page, 73.3);
	await chipSays(page, "1 waiting");
	// It is said when it is on the disk of the device; a page that is closed before that has taken nothing.
	await toastSays(page, "Saved here");
	await page.reload();
	await isIn(page);
	await page.locator(".notices").getByRole("button", { name: "Sign in" }).click();
	await page.getByRole("dialog").getByLabel("Password", { exact: true }).fill(person.password);
	await page.getByRole("dialog").getByRole("button", { name: "Sign in", exact: true }).click();
	await until("it is sent", async () => {
		const rows = await stack.sql(`SELECT COUNT(*) AS n FROM record
			WHERE collection = 'weights' AND space_id = '${person.home}'`);
		return rows[0].n === "1";
	});
	await isInStep(page);
	await closed(page);
});

test("signing out with unsent work keeps it on the device, unseen, until the same person is back", async () => {
	const page = await deviceOf("lou");
	const [lou, max] = [await stack.as("lou").ready(), await stack.as("max").ready()];
	await cut(page);
	await addWeight(page, 68.8);
	await chipSays(page, "1 waiting");
	await page.getByRole("button", { name: `You are ${lou.name}` }).click();
	await page.getByRole("menuitem", { name: "Sign out" }).click();
	await page.getByRole("button", { name: "Sign out and keep" }).click();
	await page.getByLabel("E-mail").waitFor();
	await mend(page);
	await fillDoor(page, max);
	await isIn(page);
	await isInStep(page);
	await at(page, "/c/weights");
	await page.getByText("The first weight you add").waitFor();
	assert.equal(await row(page, "68.8").count(), 0);
	assert.deepEqual(await weightsOf("max"), []);
	await page.getByRole("button", { name: `You are ${max.name}` }).click();
	await page.getByRole("menuitem", { name: "Sign out" }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
	await fillDoor(page, lou);
	await isIn(page);
	await isSaved("lou", [[68.8, null, 1]]);
	assert.deepEqual(await weightsOf("max"), []);
	await closed(page);
});

test("a half-typed form survives a reload and a change from elsewhere", async () => {
	const created = await stack.as("nora").post("/api/weights", { date: "2026-11-20", kg: 79.4, note: "before" });
	const { id } = created.body.weight;
	const page = await deviceOf("nora");
	await at(page, `/c/weights/${id}/edit`);
	await field(page, "Note").fill("half a sen");
	await page.getByText("Draft saved on this device").waitFor();
	await page.reload();
	await isIn(page);
	assert.equal(await field(page, "Note").inputValue(), "half a sen");
	await stack.as("nora").patch(`/api/weights/${id}`, { note: "theirs" });
	await page.locator(".meanwhile").waitFor();
	assert.equal(await field(page, "Note").inputValue(), "half a sen");
	await page.getByRole("button", { name: "Use theirs" }).click();
	assert.equal(await field(page, "Note").inputValue(), "theirs");
	await closed(page);
});

test("when much is deleted elsewhere the device asks first; " +
	"after a no everything stays here and is saved as a file", async () => {
	const pia = stack.as("pia");
	for (let day = 1; day <= 28; day++)
		await pia.post("/api/weights", { date: `2026-02-${String(day).padStart(2, "0")}`, kg: 70 });
	const page = await deviceOf("pia");
	await cut(page);
	for (const { id } of await weightsOf("pia"))
		await pia.delete(`/api/weights/${id}`);
	await mend(page);
	await page.locator(".chip:visible").click();
	await page.getByRole("button", { name: "Sync now" }).click();
	const [file] = await Promise.all([
		page.waitForEvent("download"), page.getByRole("button", { name: "Keep and save a file" }).click(),
	]);
	assert.match(file.suggestedFilename(), /^daybook-.*\.json$/);
	await page.keyboard.press("Escape");
	await at(page, "/c/weights");
	await row(page, "70").first().waitFor();

	await page.reload();
	await isIn(page);
	await page.locator(".chip:visible").click();
	await page.getByRole("button", { name: "Sync now" }).click();
	await page.getByRole("button", { name: "Delete from this device" }).click();
	await isInStep(page);
	await page.keyboard.press("Escape");
	await page.getByText("70.00").first().waitFor({ state: "detached" });
	await closed(page);
});

test("a person removed from a team is told, can save unsent work as a file, and can work in other spaces", async () => {
	const team = await stack.team({ rosa: "owner", sid: "member" }, { name: "Harbour" });
	const page = await deviceOf("sid");
	await openSpace(page, "Harbour");
	await isInStep(page);
	await cut(page);
	await addWeight(page, 82.2);
	await chipSays(page, "1 waiting");
	const { id } = await stack.as("sid").ready();
	assert.equal((await stack.as("rosa").in(team).delete(`/api/members/${id}`)).status, 204);
	await mend(page);
	await page.locator(".chip:visible").click();
	await page.getByRole("button", { name: "Sync now" }).click();
	await page.keyboard.press("Escape");
	await chipSays(page, "No longer yours");
	await page.locator(".notices").getByRole("button", { name: "Review" }).click();
	const [file] = await Promise.all([
		page.waitForEvent("download"),
		page.getByRole("dialog").getByRole("button", { name: "Save as a file" }).click(),
	]);
	assert.match(await readFile(await file.path(), "utf8"), /82\.2/);
	await page.keyboard.press("Escape");
	await openSpace(page, (await stack.as("sid").ready()).name);
	await isInStep(page);
	await closed(page);
});
