// A server whose history was rewritten: the chip and its sheet say so, on a phone and on a desk, and what this device
// had is kept until the person has decided.
import assert from "node:assert/strict";
import test from "node:test";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { rewrite } from "../lib/past.mjs";
import {
	DESKTOP, PHONE, assertFits, becomes, closed, deviceFor, findingsInBoth, isInStep, launch, toastSays, undo,
} from "./browser.mjs";

const stack = await start();
const browser = await launch();

for (const [size, options] of Object.entries({ phone: PHONE, desk: DESKTOP }))
	test(`history that was changed is said, and copies are kept until the person decides: ${size}`, async () => {
		const name = `Yard ${size}`, team = await stack.team({ [`olga-${size}`]: "owner" }, { name });
		const olga = stack.as(`olga-${size}`).in(team);
		for (const id of ["1001", "1002", "1003"])
			answered(await olga.post("/api/cars", { id, location: "100", notes: `Note of ${id}` }), 201);
		const look = { ...options, colorScheme: "light", reducedMotion: "reduce" };
		const page = await deviceFor(browser, stack, `olga-${size}`,
			{ options: look, space: name, path: "/c/cars" });
		await isInStep(page);
		await rewrite(stack, team.id, "Note of 1002", "Somebody else");
		const chip = page.locator(".chip");
		await becomes(() => chip.getAttribute("aria-label"), "History changed");
		await assertFits(page);
		await chip.click();
		const sheet = page.getByRole("dialog");
		await sheet.getByText("The server’s history isn’t the one this device has seen.").waitFor();
		await sheet.getByText("1 record differs from what this device had.", { exact: false }).waitFor();
		await sheet.getByRole("button", { name: "Save copies to a file" }).waitFor();
		await assertFits(page);
		assert.deepEqual(await findingsInBoth(page), []);
		if (process.env.SHOTS)
			for (const colorScheme of ["light", "dark"]) {
				await page.emulateMedia({ colorScheme });
				await page.screenshot({ path: `${process.env.SHOTS}/past-${size}-${colorScheme}.png` });
			}
		await sheet.getByRole("button", { name: "Use the server’s, drop the copies" }).click();
		await sheet.getByText("The server’s history", { exact: false }).waitFor({ state: "detached" });
		assert.ok(!(await chip.getAttribute("aria-label")).includes("History"));
	});

async function look(page, name) {
	if (process.env.SHOTS)
		for (const colorScheme of ["dark", "light"]) {
			await page.emulateMedia({ colorScheme });
			await page.screenshot({ path: `${process.env.SHOTS}/${name}-${colorScheme}.png` });
		}
}

for (const [size, options] of Object.entries({ phone: PHONE, desk: DESKTOP }))
	test(`a kept copy stands beside what the server has; putting it back can be undone: ${size}`, async () => {
		const name = `Kept ${size}`, who = `kim-${size}`;
		const team = await stack.team({ [who]: "owner" }, { name });
		const kim = stack.as(who).in(team);
		const calm = { ...options, colorScheme: "light", reducedMotion: "reduce" };
		for (const id of ["1001", "1002"])
			answered(await kim.post("/api/cars", { id, location: "100", notes: `Note of ${id}` }), 201);
		const page = await deviceFor(browser, stack, who, { options: calm, space: name, path: "/c/cars" });
		await rewrite(stack, team.id, "Note of 1002", "Somebody else");
		const chip = page.locator(".chip");
		await becomes(() => chip.getAttribute("aria-label"), "History changed");
		await chip.click();
		await page.getByRole("dialog").getByRole("button", { name: "Review copies" }).click();
		const copy = page.getByRole("dialog").locator('[data-id="1002"]');
		await copy.getByText("Note of 1002").waitFor();
		await copy.getByText("Somebody else").waitFor();
		await assertFits(page);
		assert.deepEqual(await findingsInBoth(page), []);
		await look(page, `kept-${size}`);
		const notes = async () => answered(await kim.get("/api/cars/1002")).car.notes;
		await copy.getByRole("button", { name: "Put back" }).click();
		await toastSays(page, "Car 1002 put back.");
		await becomes(notes, "Note of 1002");
		const { history: [last] } = answered(await kim.get("/api/cars/1002/history"));
		assert.equal(last.op !== undefined && last.action, "updated", "it is a write like any other");
		await undo(page, "Car 1002 put back.");
		await becomes(notes, "Somebody else");
		await closed(page);
	});
