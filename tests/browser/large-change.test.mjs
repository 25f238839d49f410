// A large change, as a restore makes one, comes in several pages: a screen shows what was before it, then what is after
// it, and says meanwhile that it is coming.
import assert from "node:assert/strict";
import test from "node:test";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { until } from "../lib/wait.mjs";
import {
	DESKTOP, PHONE, assertFits, assertSilent, chipSays, cut, deviceFor, findingsInBoth, isIn, isInStep, launch,
	mend, openTab, row,
} from "./browser.mjs";

const stack = await start();
const browser = await launch();

const MANY = 1_300; // more than a page

// So many writes, the first and the last of which are of the two cars on the screen.
async function writeMany(person) {
	const set = (id, base, notes) =>
		({ op: `${person.name}-${id}-${base}`, collection: "cars", id, base, set: { notes } });
	const others = Array.from({ length: MANY }, (_, i) => set(`9${i}`, 0, "new"));
	const ops = [set("1", 1, "new"), ...others, set("2", 1, "new")];
	for (let i = 0; i < ops.length; i += 200)
		answered(await person.push(ops.slice(i, i + 200), { device: "other" }));
}

for (const [size, options] of Object.entries({ phone: PHONE, desk: DESKTOP }))
	test(`a large change is shown at one moment, also after the page was closed in between: ${size}`, async () => {
		const name = `olga-${size}`, team = await stack.team({ [name]: "owner" }, { name: `Yard ${size}` });
		const person = stack.as(name).in(team);
		for (const id of ["1", "2"])
			answered(await person.post("/api/cars", { id, notes: "old" }), 201);
		const look = { ...options, colorScheme: "light", reducedMotion: "reduce" };
		const page = await deviceFor(browser, stack, name,
			{ options: look, space: `Yard ${size}`, path: "/c/cars" });
		const news = async (tab) => [await row(tab, "old").count(), await row(tab, "new").count() > 0];
		await cut(page);
		await writeMany(person);
		let asked = 0, letGo;
		const held = new Promise((resolve) => { letGo = resolve; });
		await mend(page);
		await page.context().route("**/sync/changes**", async (route) => {
			if ((asked += 1) > 1)
				await held;
			await route.continue().catch(() => {}); // its page may be closed by now
		});
		await until("a second page is asked for", () => asked > 1);
		assert.deepEqual(await news(page), [2, false]);
		await page.reload();
		await isIn(page);
		await row(page, "old").first().waitFor();
		const tab = await openTab(page, `${stack.url}/c/cars`);
		await row(tab, "old").first().waitFor();
		assert.deepEqual([await news(page), await news(tab)], [[2, false], [2, false]]);
		await page.bringToFront();
		await chipSays(page, "Loading");
		await page.locator(".chip:visible").click();
		await page.getByRole("dialog").getByText("A large change is coming in.", { exact: false }).waitFor();
		await assertFits(page);
		assert.deepEqual(await findingsInBoth(page), []);
		await page.keyboard.press("Escape");
		letGo();
		for (const one of [page, tab]) {
			await isInStep(one);
			await row(one, "new").first().waitFor();
			assert.equal(await row(one, "old").count(), 0);
			assertSilent(one);
		}
		await page.context().close();
	});
