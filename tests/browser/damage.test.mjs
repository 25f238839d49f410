// Data that is damaged in the browser: the app says so, loads it again, and sends what waited.
import assert from "node:assert/strict";
import test from "node:test";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { until } from "../lib/wait.mjs";
import {
	PHONE, assertSilent, at, closed, cut, deviceFor, isIn, isInStep, launch, mend, openTab, weigh,
} from "./browser.mjs";

const stack = await start();
const browser = await launch();

// A page of the same origin without the app: nothing holds the database open.
const leaveApp = (page) => page.goto(`${stack.url}/icon.svg`);

const onServer = async (name) =>
	answered(await stack.as(name).get("/api/weights")).weights.map(({ kg }) => String(kg)).sort();

// The person's database, changed by work, a function of the page.
const damage = (page, how) => page.evaluate(async (what) => {
	const name = (await indexedDB.databases()).map((one) => one.name).find((one) => one.startsWith("daybook."));
	const version = what === "value" ? undefined : 99;
	await new Promise((resolve, reject) => {
		const request = indexedDB.open(name, version);
		request.onupgradeneeded = () => request.result.deleteObjectStore(what);
		request.onerror = () => reject(request.error);
		request.onblocked = () => reject(new Error("blocked"));
		request.onsuccess = () => {
			const database = request.result;
			if (what !== "value") {
				database.close();
				return resolve();
			}
			const work = database.transaction(["rows"], "readwrite");
			const all = work.objectStore("rows").getAll();
			all.onsuccess = () => all.result.forEach((row) =>
				work.objectStore("rows").put({ ...row, record: "\u0000" }));
			work.oncomplete = () => {
				database.close();
				resolve();
			};
		};
	});
}, how);

for (const [what, how, name, options] of [
	["the store of records is gone", "rows", "mia", undefined],
	["values are no records", "value", "noa", PHONE],
])
	test(`${what}: the app says so, shows everything again, and sends what waited`, async () => {
		const person = await stack.as(name).ready();
		answered(await person.post("/api/weights", { date: "2026-01-05", kg: 70 }), 201);
		const page = await deviceFor(browser, stack, name, { options });
		await isInStep(page);
		await page.route("**/api/**", (route) => route.abort());
		await weigh(page, "71");
		await leaveApp(page);
		await damage(page, how);
		await page.goto(`${stack.url}/c/weights`);
		await isIn(page);
		const notice = page.getByText("Your data on this device was damaged and is loaded again. " +
			"1 change that waited to be sent was kept.");
		await notice.waitFor();
		assert.deepEqual(await onServer(name), ["70"]);
		await page.unroute("**/api/**");
		await until("both are on the server", async () => (await onServer(name)).join() === "70,71");
		await isInStep(page);
		await page.getByText("70.00").first().waitFor();
		await page.getByText("71.00").first().waitFor();
		await page.getByRole("button", { name: "Close", exact: true }).click();
		await notice.waitFor({ state: "detached" });
		await page.reload();
		await isIn(page);
		assert.equal(await notice.count(), 0);
		assertSilent(page);
		await page.context().close();
	});

test("a second tab, open while the first one mends, says so too, loses nothing, and sends what is typed in it",
	async () => {
		const person = await stack.as("ola").ready();
		answered(await person.post("/api/weights", { date: "2026-01-05", kg: 70 }), 201);
		const page = await deviceFor(browser, stack, "ola");
		const other = await openTab(page, `${stack.url}/c/weights`);
		await other.getByText("70.00").first().waitFor();
		await isInStep(other);
		await cut(page);
		await weigh(page, "71");
		await other.getByText("71.00").first().waitFor();
		await damage(page, "value");
		await page.reload();
		await isIn(page);
		for (const tab of [page, other])
			await tab.getByText("Your data on this device was damaged and is loaded again. " +
				"1 change that waited to be sent was kept.").waitFor();
		await other.getByText("71.00").first().waitFor();
		await weigh(other, "72", "2026-01-06");
		await mend(page);
		await until("all are on the server", async () => (await onServer("ola")).join() === "70,71,72");
		await at(page, "/c/weights");
		await at(other, "/c/weights");
		for (const tab of [page, other]) {
			await isInStep(tab);
			for (const kg of ["70.00", "71.00", "72.00"])
				await tab.getByText(kg).first().waitFor();
		}
		await closed(other, page);
	});
