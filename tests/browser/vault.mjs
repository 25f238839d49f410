// What tests of backups in the browser share: a team with cars, files that are saved, and the screens' parts.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { answered } from "../lib/expect.mjs";
import { assertFits, findingsInBoth, toastSays } from "./browser.mjs";

export const CALM = { colorScheme: "light", reducedMotion: "reduce" };

/** The section in which a file is checked, and the one in which a whole space is imported. */
export const CHECK = "section[aria-labelledby=check-file]";
export const IMPORT = "section[aria-labelledby=import-space]";

/** A team with an owner, a manager and a member, and some cars. */
export async function yardOf(stack, name, cars = ["1001", "1002"]) {
	const team = await stack.team({ olga: "owner", mia: "manager", ben: "member" }, { name });
	const olga = stack.as("olga").in(team);
	for (const id of cars)
		answered(await olga.post("/api/cars", { id, location: "100", notes: `Note of ${id}` }), 201);
	return { team, olga };
}

/** The bytes of the file that the work makes the page save, and its name. */
export async function saved(page, work) {
	const [download] = await Promise.all([page.waitForEvent("download"), work()]);
	return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

export const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

export async function looksGood(page) {
	await assertFits(page);
	assert.deepEqual(await findingsInBoth(page), []);
}

/** The ids of a person's cars. */
export const ids = async (person) => (await person.get("/api/cars")).body.cars.map(({ id }) => id).sort();

/** The rows of the list of backups. */
export const rows = (page) => page.locator("section[aria-labelledby=all-backups] .row-open");

export async function backUp(page) {
	await press(page, "Back up now");
	await toastSays(page, "Backed up.");
}

/** What a difference counts for a list: count(page, "Package cars", "new"). */
export const count = (page, list, what) => page.locator(".difference tbody tr", { hasText: list })
	.locator("td").nth(["new", "changed", "deleted"].indexOf(what));

/** Gives a file to an input for files. */
export const give = (input, buffer, name = "file", mimeType = "application/octet-stream") =>
	input.setInputFiles({ name, mimeType, buffer });
