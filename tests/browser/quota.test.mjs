// A space that is nearly full, or full, as its people see it: who is warned and where, and what becomes of a change for
// which there is no room.
import assert from "node:assert/strict";
import test from "node:test";
import { start } from "../harness.mjs";
import { until } from "../lib/wait.mjs";
import {
	DESKTOP, PHONE, assertFits, at, chipSays, closed, deviceFor, findingsInBoth, launch,
} from "./browser.mjs";

const stack = await start({ settings: { space_records: 10 } });
const browser = await launch();

// The page has taken in the next answer about a space, which comes after `begin`.
async function isTaken(page, { id }, begin) {
	const answer = page.waitForResponse(`**/api/spaces/${id}`);
	await begin();
	await answer;
	await page.evaluate(async () => { // what is asked now is answered after it
		await (await fetch("/api/health")).text();
		await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
	});
}

// A team with so many tasks, of which its owner's name is given.
async function teamOf(owner, member, count, name) {
	const team = await stack.team({ [owner]: "owner", [member]: "member" }, { name });
	for (let i = 0; i < count; i++)
		assert.equal((await stack.as(owner).in(team).post("/api/tasks", { title: `Task ${i}` })).status, 201);
	return team;
}

const control = async (...words) => assert.equal((await stack.ctl("space", ...words)).status, 0);
const notice = (page, words) => page.locator(".notices .notice", { hasText: words });

test("from 80 % on the owners are warned on every screen, and led to where it is told", async () => {
	await teamOf("ann", "moe", 8, "Depot");
	for (const size of [DESKTOP, PHONE]) {
		const options = { ...size, colorScheme: "light", reducedMotion: "reduce" };
		const page = await deviceFor(browser, stack, "ann", { options, space: "Depot" });
		await at(page, "/");
		await notice(page, "Depot has used 80% of its limit for records.").waitFor();
		assert.deepEqual(await findingsInBoth(page), []);
		await notice(page, "80%").getByRole("link").click();
		await page.getByText("8 of 10", { exact: true }).waitFor();
		await page.getByText("of 4 GB", { exact: false }).waitFor();
		assert.deepEqual(await findingsInBoth(page), []);
		await assertFits(page);
		assert.equal(await page.getByText("80%").count(), 1, "the screen says it once");
		await at(page, "/c/tasks");
		await notice(page, "80%").getByRole("button", { name: "Later" }).click();
		await notice(page, "80%").waitFor({ state: "detached" });
		await at(page, "/");
		assert.equal(await notice(page, "80%").count(), 0);
		await closed(page);
	}
	const page = await deviceFor(browser, stack, "moe", { space: "Depot" });
	await at(page, "/c/tasks");
	assert.equal(await page.locator(".notices .notice").count(), 0);
	await at(page, "/team");
	assert.equal(await page.getByText("Storage", { exact: true }).count(), 0);
	await closed(page);
});

test("a record for which there is no room waits with the reason, holds up nothing, and is sent when there is room",
	async () => {
		const team = await teamOf("bea", "nan", 10, "Yard"), bea = stack.as("bea").in(team);
		const [{ id }] = (await bea.get("/api/tasks?title=Task 0")).body.tasks;
		const page = await deviceFor(browser, stack, "bea", { options: PHONE, space: "Yard" });
		await at(page, "/c/tasks/+");
		await page.getByLabel("Title").first().fill("One too many");
		await page.keyboard.press("Enter");
		await chipSays(page, "1 failed");
		await notice(page, "Yard has reached its limit for records.").waitFor();
		await at(page, `/c/tasks/${id}/edit`);
		await page.getByLabel("Title").first().fill("Task 0, changed");
		await page.keyboard.press("Control+Enter");
		const version = async () => (await bea.get(`/api/tasks/${id}`)).body.task.version;
		await until("the change is sent", async () => await version() === 2);

		await at(page, "/");
		await page.getByRole("button", { name: /1 failed/ }).click();
		await page.getByRole("dialog").getByText("This space has reached its limit of 10 records.").waitFor();
		await control("limit", team.id, "--records", "20");
		await page.getByRole("button", { name: /What to do with/ }).click();
		await page.getByRole("menuitem", { name: "Try again" }).click();
		const arrived = async () => (await bea.get("/api/tasks?title=One too many")).body.tasks;
		await until("it is sent", async () => (await arrived()).length === 1);
		await notice(page, "has reached").waitFor({ state: "detached" });
		await closed(page);
	});

test("a person sees in the settings how much their own space holds", async () => {
	const page = await deviceFor(browser, stack, "cid");
	await stack.as("cid").post("/api/tasks", { title: "Alone" });
	await at(page, "/settings/storage");
	await page.getByText("2 of 10", { exact: true }).waitFor(); // the task, and the settings with their zone
	await control("limit", stack.as("cid").home, "--records", "0");
	await at(page, "/settings");
	await at(page, "/settings/storage");
	await page.getByText("2, no limit", { exact: true }).waitFor();
	await closed(page);
});

test("an answer of how much there is that comes late does not undo the one to a later question", async () => {
	const team = await teamOf("dan", "pat", 10, "Dock");
	const page = await deviceFor(browser, stack, "dan", { space: "Dock" });
	await at(page, "/c/tasks/+");
	await notice(page, "Dock has reached its limit for records.").waitFor();
	let letGo, asked = 0;
	const held = new Promise((resolve) => { letGo = resolve; });
	await page.route(`**/api/spaces/${team.id}`, async (route) => {
		asked++;
		const answer = await route.fetch();
		if (asked === 1)
			await held;
		await route.fulfill({ response: answer });
	});
	await page.getByLabel("Title").first().fill("One too many");
	await page.keyboard.press("Enter");
	await chipSays(page, "1 failed");
	await until("it is asked", () => asked === 1);
	await control("limit", team.id, "--records", "20");
	await page.getByRole("button", { name: /1 failed/ }).click();
	await page.getByRole("button", { name: /What to do with/ }).click();
	await page.getByRole("menuitem", { name: "Try again" }).click();
	await notice(page, "has reached").waitFor({ state: "detached" });
	await isTaken(page, team, letGo);
	assert.equal(await notice(page, "has reached").count(), 0);
	await closed(page);
});

test("a server that does not tell how much a space holds, as one of before, alarms nobody", async () => {
	const team = await teamOf("eva", "kim", 1, "Gate");
	const page = await deviceFor(browser, stack, "eva", { space: "Gate" });
	await page.route(`**/api/spaces/${team.id}`, async (route) => {
		const response = await route.fetch(), { space } = await response.json();
		const { id, name, role } = space;
		await route.fulfill({ response, json: { space: { id, name, role } } });
	});
	await isTaken(page, team, () => page.reload());
	assert.equal(await page.locator(".notices .notice").count(), 0);
	await closed(page);
});
