// What a list of ten thousand records costs a browser: until it is there, until it can be scrolled, and each frame
// while it is.  Printed, not judged; the machine and what else runs on it make the figures.
import { chromium } from "playwright-core";
import { start } from "../harness.mjs";
import { CHROMIUM } from "../lib/chromium.mjs";

const RECORDS = 10_000, SCREENS = 60, WHEEL = 700; // wheel: pixels of a turn

const stack = await start({ own: true });
const person = await stack.as("bench").ready();

function lines() {
	const two = (number) => String(number).padStart(2, "0");
	return Array.from({ length: RECORDS }, (_, at) => {
		const date = `2026-${two(1 + at % 12)}-${two(1 + at % 28)}`;
		return `${date},Place ${at},Place ${at + 1},${(at % 500) / 10}`;
	});
}

const file = `date,from,to,miles\n${lines().join("\n")}\n`;
while ((await person.post("/api/mileage/import", file, { "Content-Type": "text/csv" })).body.more)
	continue;

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
page.setDefaultTimeout(120_000);

function say(what, ms) {
	console.log(`${what.padEnd(52)} ${ms.toFixed(ms < 100 ? 1 : 0)} ms`);
}

async function timed(what, doing) {
	const before = performance.now();
	await doing();
	say(what, performance.now() - before);
}

const all = page.getByText("10,000", { exact: true }).first();

await page.goto(stack.url + "/c/mileage");
await page.getByLabel("E-mail").fill(person.email);
await page.getByLabel("Password", { exact: true }).fill(person.password);
await timed("sign in and first load of 10,000 records", async () => {
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
	await all.waitFor();
});
await timed("the page again, from what the device holds", async () => {
	await page.reload();
	await all.waitFor();
});
for (const { name, startTime } of await page.evaluate(() => performance.getEntriesByType("paint")
	.map(({ name, startTime }) => ({ name, startTime }))))
	say(`  ${name}`, startTime);

// The time between frames while the list is scrolled, and how many rows the document holds meanwhile.
const { frames, most } = await page.evaluate(async ({ screens, wheel }) => {
	const body = document.querySelector(".page-body"), frames = [];
	let last = null, most = 0;
	for (let at = 0; at < screens; at += 1) {
		body.scrollTop += wheel;
		const now = await new Promise(requestAnimationFrame);
		if (last !== null)
			frames.push(now - last);
		last = now;
		most = Math.max(most, document.querySelectorAll(".list .row").length);
	}
	return { frames: frames.sort((a, b) => a - b), most };
}, { screens: SCREENS, wheel: WHEEL });
say(`a frame while scrolling, the median of ${frames.length}`, frames[frames.length >> 1]);
say("  19 of 20 are shorter than", frames[Math.floor(frames.length * 0.95)]);
console.log(`${"rows in the document, at most".padEnd(52)} ${most}`);

await timed("a search, until the rows are there", async () => {
	await page.locator("[data-search]").fill("place 4711");
	await page.getByText(/^\d+ of 10,000$/).waitFor();
});
await timed("all rows again", async () => {
	await page.locator("[data-search]").fill("");
	await all.waitFor();
});
await timed("an edit, until the row shows it", async () => {
	await page.locator(".list .row-open").first().click();
	await page.locator(".pane").getByRole("button", { name: "Edit" }).click();
	await page.locator(".form").getByLabel("Purpose", { exact: true }).fill("bench");
	await page.locator(".form button[type=submit]").click();
	await page.locator(".list .row", { hasText: "bench" }).waitFor();
});
await browser.close();
await stack.stop();
