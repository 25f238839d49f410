// A server whose history was rewritten: the chip and its sheet say so, on a phone and on a desk, and what this device
// had is kept until the person has decided.
import assert from "node:assert/strict";
import test from "node:test";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { rewrite } from "../lib/past.mjs";
import { DESKTOP, PHONE, assertFits, becomes, deviceFor, findingsInBoth, isInStep, launch } from "./browser.mjs";

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
