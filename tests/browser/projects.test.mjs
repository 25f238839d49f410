// What work is for, through the app: the first project, projects and clients, tags and what is billed in entries, who
// never sees any of it, filters of the list, and files that hold what is shown.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { until } from "../lib/wait.mjs";
import {
	DESKTOP, PHONE, assertFits, assertSilent, at, deviceFor, field, findingsInBoth, isInStep, launch,
} from "./browser.mjs";
import { entry, hoursOn, on, sheet, yesterday } from "./hours.mjs";

const stack = await start();
const browser = await launch();
const { deviceOf, sessionsOf } = hoursOn(stack, browser);

// A team of olga and ben, as people make it, so that each knows the other's name.
async function studio(name) {
	const { space } = answered(await stack.as("olga").post("/api/spaces", { name }), 201);
	const { token } = answered(await stack.as("olga").in(space).post("/api/invitations", { role: "member" }), 201);
	answered(await stack.as("ben").post("/api/invitations/accept", { token }));
	return { space, olga: stack.as("olga").in(space), ben: stack.as("ben").in(space) };
}

const option = (page, words) => page.getByRole("option", { name: words });
const saved = async (page, words) => {
	const [download] = await Promise.all([
		page.waitForEvent("download"), page.getByRole("menuitem", { name: words }).click(),
	]);
	return { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
};

async function type(page, day, from, to, note) {
	await field(page, "Day").fill(day);
	await field(page, "From").fill(from);
	await field(page, "To").fill(to);
	await field(page, "Note").fill(note);
}

async function add(page) {
	await sheet(page).getByRole("button", { name: "Add time" }).click();
	await sheet(page).waitFor({ state: "detached" });
}

test("who has no project never sees one; the first is made from the menu, the next while time is entered", async () => {
	const page = await deviceOf("ada", DESKTOP), ada = stack.as("ada");
	await page.keyboard.press("n");
	await sheet(page).getByRole("heading", { name: "Add time" }).waitFor();
	for (const label of ["Project", "Task", "Tags"])
		assert.equal(await sheet(page).getByLabel(label, { exact: true }).count(), 0, label);
	assert.equal(await sheet(page).getByRole("switch", { name: "Billable" }).count(), 0);
	await type(page, yesterday(), "08:00", "09:00", "Before projects");
	await add(page);
	assert.equal(await page.getByRole("link", { name: "Projects" }).count(), 0);

	await page.getByRole("button", { name: "More for Time" }).click();
	await page.getByRole("menuitem", { name: "Projects" }).click();
	await page.getByText("Hours can be recorded for a project").waitFor();
	await page.getByRole("textbox", { name: "New project" }).fill("Hall");
	await page.keyboard.press("Enter");
	await page.getByRole("button", { name: /^Hall/ }).waitFor();
	await at(page, "/time");
	await page.getByRole("link", { name: "Projects" }).waitFor();

	await page.keyboard.press("n");
	await type(page, yesterday(), "09:00", "10:30", "With a new one");
	const pick = sheet(page).getByRole("combobox", { name: "Project" });
	await pick.fill("Roof");
	await option(page, "Make project “Roof”").click();
	await sheet(page).getByRole("switch", { name: "Billable" }).click();
	await field(page, "Task").fill("Gutters");
	await field(page, "Tags").fill("wet,");
	await field(page, "Tags").fill("two up");
	await page.keyboard.press("Enter");
	await add(page);
	await isInStep(page);
	const { projects } = answered(await ada.get("/api/projects"));
	assert.deepEqual(projects.map(({ name, colour, billable }) => [name, colour, billable]).sort(),
		[["Hall", "teal", false], ["Roof", "blue", false]]);
	await until("the session names its project", async () => (await sessionsOf("ada")).some((one) =>
		one.project === projects.find(({ name }) => name === "Roof").id && one.billable === true &&
		one.task === "Gutters" && JSON.stringify(one.tags) === '["wet","two up"]'));

	await at(page, `/time?day=${yesterday()}`);
	await entry(page, "With a new one").getByText("Roof").waitFor();
	await page.keyboard.press("n");
	await sheet(page).getByRole("button", { name: "Add tag wet" }).click();
	await sheet(page).getByRole("button", { name: "Remove wet" }).waitFor();
	assertSilent(page);
	await page.context().close();
});

test("offline, too, a project is made and chosen, and both are sent in order", async () => {
	const page = await deviceOf("oda", DESKTOP), oda = stack.as("oda");
	answered(await oda.post("/api/projects", { name: "Yard", billable: true, rate: 6000 }), 201);
	await at(page, "/time");
	await page.getByRole("link", { name: "Projects" }).waitFor();
	await page.context().setOffline(true);
	await page.keyboard.press("n");
	await type(page, yesterday(), "08:00", "09:00", "In the tunnel");
	await sheet(page).getByRole("combobox", { name: "Project" }).fill("Tunnel");
	await option(page, "Make project “Tunnel”").click();
	await add(page);
	await page.keyboard.press("n");
	await type(page, yesterday(), "09:00", "10:00", "In the yard");
	await sheet(page).getByRole("combobox", { name: "Project" }).fill("Ya");
	await option(page, "Yard").click();
	await sheet(page).locator('[role="switch"][aria-checked="true"]').waitFor();
	await add(page);
	await page.context().setOffline(false);
	await until("both are there", async () => (await sessionsOf("oda")).length === 2);
	const { projects } = answered(await oda.get("/api/projects"));
	const names = Object.fromEntries(projects.map(({ id, name }) => [id, name]));
	assert.deepEqual((await sessionsOf("oda")).map(({ note, project, billable, rate }) =>
		[note, names[project], billable, rate]).sort(),
	[["In the tunnel", "Tunnel", false, undefined], ["In the yard", "Yard", true, 6000]]);
	await page.context().close();
});

test("projects stand under their clients with the hours of the month; an archived one is offered no more", async () => {
	const page = await deviceOf("ida", DESKTOP), ida = stack.as("ida");
	for (const [collection, record] of [
		["clients", { id: "n", name: "North" }], ["projects", { id: "hall", name: "Hall", client: "n" }],
		["projects", { id: "own", name: "Own" }],
	])
		answered(await ida.post(`/api/${collection}`, record), 201);
	const now = Date.now();
	answered(await ida.post("/api/workSessions", {
		start: new Date(now - 90 * 60_000).toISOString(), end: new Date(now).toISOString(), project: "hall",
	}), 201);
	await at(page, "/time/projects");
	const north = page.getByRole("region", { name: "North" });
	await north.getByRole("button", { name: /^Hall.*1:30/ }).waitFor();
	await page.getByRole("region", { name: "Without a client" }).getByRole("button", { name: "Own" }).click();
	await sheet(page).getByRole("combobox", { name: "Client" }).fill("North");
	await option(page, "North").click();
	await sheet(page).getByRole("switch", { name: "Archived" }).check();
	await sheet(page).getByRole("button", { name: "Save" }).click();
	await sheet(page).waitFor({ state: "detached" });
	await page.getByText("Archived (1)").click();
	await page.locator(".project-archived").getByRole("button", { name: "Own" }).waitFor();
	await page.getByRole("button", { name: "More for projects" }).click();
	await page.getByRole("menuitem", { name: "New client" }).click();
	await sheet(page).getByRole("textbox", { name: "Name of the client" }).fill("South");
	await page.keyboard.press("Enter");
	await page.getByRole("region", { name: "South" }).getByText("No projects yet").waitFor();
	await page.keyboard.press("n");
	await at(page, "/time");
	await page.keyboard.press("n");
	await sheet(page).getByRole("combobox", { name: "Project" }).click();
	await option(page, "Hall, North").waitFor();
	assert.equal(await option(page, "Own").count(), 0);
	assertSilent(page);
	await page.context().close();
});

test("members choose projects and make none", async () => {
	const team = await studio("Studio One");
	answered(await team.olga.post("/api/projects", { id: "hall", name: "Hall", billable: true, rate: 5500 }), 201);
	const page = await deviceFor(browser, stack, "ben", { options: PHONE, space: "Studio One", path: "/time" });
	await page.getByRole("button", { name: "Add time" }).first().tap();
	const pick = sheet(page).getByRole("combobox", { name: "Project" });
	await pick.fill("Nothing like it");
	await page.getByText("There is no such project.").waitFor();
	assert.equal(await option(page, /Make project/).count(), 0);
	await page.context().close();
});

test("FC5: files hold what is shown, with names, local times and h:mm", async () => {
	const team = await studio("Studio Two");
	for (const [collection, record] of [
		["clients", { id: "n", name: "North" }],
		["projects", { id: "hall", name: "Hall", client: "n", billable: true, rate: 5500 }],
		["projects", { id: "own", name: "Own" }],
	])
		answered(await team.olga.post(`/api/${collection}`, record), 201);
	const day = yesterday(), there = (clock) => on(day, clock, "Europe/Berlin");
	for (const [project, from, to, note, tags] of [
		["hall", "08:00", "09:30", "Roof", ["wet"]], ["own", "10:00", "10:15", "Tidied up", undefined],
	])
		answered(await team.ben.post("/api/workSessions", {
			start: there(from), end: there(to), zone: "Europe/Berlin", project, note,
			...(tags && { tags }),
		}), 201);
	answered(await team.olga.post("/api/workSessions", {
		start: there("08:00"), end: there("09:00"), zone: "Europe/Berlin", note: "Olga’s",
	}), 201);
	const page = await deviceFor(browser, stack, "olga", {
		options: DESKTOP, space: "Studio Two", path: `/time?of=${team.ben.id}&look=day&day=${day}`,
	});
	await entry(page, "Roof").waitFor();
	await page.getByRole("button", { name: "More for Time" }).click();
	const people = await saved(page, "Export for people (spreadsheet)");
	assert.equal(people.name, `Hours ${day}.csv`);
	assert.equal(people.text, "\uFEFF" + [
		"Day,Start,End,Duration,Kind,Project,Task,Tags,Billable,Note",
		`${day},${day} 08:00,${day} 09:30,1:30,Work,Hall,,wet,Yes,Roof`,
		`${day},${day} 10:00,${day} 10:15,0:15,Work,Own,,,No,Tidied up`, "",
	].join("\r\n"));

	await at(page, "/c/workSessions");
	await page.getByRole("button", { name: /^Hall 1/ }).click();
	await page.getByText("1 of 3").waitFor();
	await page.getByRole("button", { name: "Import and export" }).click();
	const one = await saved(page, "Export for people (spreadsheet)");
	assert.match(one.text, /^\uFEFFPerson,Start,End,Duration,/);
	assert.match(one.text, /\r\nben,/);
	assert.equal(one.text.trimEnd().split("\r\n").length, 2);
	await page.getByRole("button", { name: "Import and export" }).click();
	const raw = await saved(page, "Export for programs (CSV)");
	assert.match(raw.text, /^\uFEFFid,start,end,duration,/);
	assert.match(raw.text, /,hall,/);
	assert.equal(raw.text.trimEnd().split("\r\n").length, 2);
	// A search finds names of projects, which the server's does not.
	await at(page, "/c/workSessions?q=own%20tidied");
	await page.getByText("1 of 3").waitFor();
	await page.getByRole("button", { name: "Import and export" }).click();
	const found = await saved(page, "Export for programs (JSON)");
	assert.deepEqual(JSON.parse(found.text).map(({ note }) => note), ["Tidied up"]);
	await at(page, "/c/workSessions?f=tags:wet");
	await page.getByText("1 of 3").waitFor();
	await page.getByRole("button", { name: "Import and export" }).click();
	assert.match((await saved(page, "Export for people (spreadsheet)")).text, /Roof/);
	assertSilent(page);
	await page.context().close();
});

test("projects fit every window, and axe finds nothing", async () => {
	const una = stack.as("una");
	await una.ready();
	answered(await una.post("/api/clients", { id: "n", name: "A client with a rather long name of words" }), 201);
	for (const [id, more] of [
		["a", { client: "n", billable: true, rate: 550000 }], ["b", {}], ["c", { archived: true }],
	])
		answered(await una.post("/api/projects", {
			id, name: `Project ${id} with a name that does not end before the window does`, ...more,
		}), 201);
	for (const options of [PHONE, { viewport: { width: 768, height: 1024 } }, DESKTOP]) {
		const page = await deviceOf("una", { ...options, colorScheme: "light", reducedMotion: "reduce" });
		await at(page, "/time/projects");
		await page.getByRole("button", { name: /^Project a/ }).waitFor();
		await assertFits(page);
		assert.deepEqual(await findingsInBoth(page), []);
		await at(page, "/time/projects?project=a");
		await sheet(page).getByRole("button", { name: "Save" }).waitFor();
		assert.deepEqual(await findingsInBoth(page), []);
		await at(page, "/time");
		await page.keyboard.press("n");
		await sheet(page).getByRole("combobox", { name: "Project" }).click();
		await option(page, /^Project a/).waitFor();
		assert.deepEqual(await findingsInBoth(page), []);
		await page.context().close();
	}
});
