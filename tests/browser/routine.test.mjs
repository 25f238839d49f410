// What Today shows of a person's routine: figures, and what is left, which a tap does; also without a network.
import assert from "node:assert/strict";
import test from "node:test";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { until } from "../lib/wait.mjs";
import {
	DESKTOP, PHONE, assertFits, assertSilent, closed, cut, deviceFor, findings, isInStep, isReadyForOffline,
	launch, mend, toastSays, undo,
} from "./browser.mjs";

const stack = await start();
const browser = await launch();
const part = (page) => page.locator(".today-part", { has: page.getByRole("heading", { name: "Routine" }) });
const box = (page, title) => part(page).getByRole("checkbox", { name: `Done: ${title}` });

async function says(page, ...texts) {
	for (const text of texts)
		await part(page).getByText(text, { exact: true }).first().waitFor();
}

// The figure above a label.
const figure = (page, label) =>
	part(page).locator(".figures > div", { hasText: label }).locator(".figure-value").innerText();

async function personWith(name, titles) {
	const who = stack.as(name);
	for (const title of titles)
		answered(await who.post("/api/tasks", { title, points: 50, mustDo: title === "Pills" }), 201);
	return who;
}

test("figures and what is left; a tap does it, Undo takes it back, and a network is not needed", async () => {
	const who = await personWith("rosa", ["Water", "Read", "Walk", "Stretch", "Plan", "Sing", "Pills"]);
	const page = await deviceFor(browser, stack, "rosa", { options: PHONE });
	await says(page, "of 7 due today", "2 more tasks");
	assert.match(await part(page).locator("li").first().innerText(), /Pills/, "what must be done is first");
	await assertFits(page);
	await box(page, "Pills").tap();
	await toastSays(page, "Done: Pills.");
	await until("one is done", async () => await figure(page, "due today") === "1");
	assert.equal(await figure(page, "points"), "50");
	await undo(page, "Done: Pills.");
	await until("none is done", async () => await figure(page, "due today") === "0");
	await isInStep(page);
	await isReadyForOffline(page);
	await cut(page);
	for (const title of ["Pills", "Water", "Read"])
		await box(page, title).tap();
	await until("three are done", async () => await figure(page, "due today") === "3");
	assert.deepEqual([await figure(page, "points"), await figure(page, "better")], ["150", "100%"]);
	await mend(page);
	await until("the server has them", async () => {
		const { points, completion } = answered(await who.get("/api/reports/routine/today"));
		return points.total === 150 && completion.completed === 3;
	});
	await assertFits(page);
	assertSilent(page);
	await closed(page);
});

test("without tasks there is nothing of it", async () => {
	const page = await deviceFor(browser, stack, "theo", { options: DESKTOP });
	await page.getByRole("heading", { name: "Your latest" }).waitFor();
	assert.equal(await part(page).count(), 0);
	await closed(page);
});

for (const colorScheme of ["light", "dark"])
	for (const [name, size] of [["phone", PHONE], ["desk", DESKTOP]])
		test(`it can be read by everybody: ${name}, ${colorScheme}`, async () => {
			const person = `${name}-${colorScheme}`;
			await personWith(person, ["Water", "Pills"]);
			const page = await deviceFor(browser, stack, person, { options: { ...size, colorScheme } });
			await says(page, "of 2 due today");
			assert.deepEqual(await findings(page), []);
			await assertFits(page);
			if (process.env.SHOTS)
				await page.screenshot({ path: `${process.env.SHOTS}/routine-${person}.png` });
			await closed(page);
		});
