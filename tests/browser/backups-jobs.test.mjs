// Work that outlasts a request, as people see it: how far it is, when they leave and come back, in another tab, while
// the server is away or restarts, and when it fails.  The space is too large for a request.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { until } from "../lib/wait.mjs";
import { PHONE, at, closed, cut, deviceFor, launch, mend, openTab, toastSays } from "./browser.mjs";
import { CALM, IMPORT, give, looksGood, press, rows, yardOf } from "./vault.mjs";

const stack = await start();
const browser = await launch();

const COUNT = 5100; // more than are done within a request
const { team, olga } = await yardOf(stack, "Large", []);

for (let from = 0; from < COUNT; from += 200) {
	const ops = Array.from({ length: Math.min(200, COUNT - from) }, (_, i) => `client-${from + i}`)
		.map((id) => ({ op: `set-${id}`, collection: "clients", id, base: 0, set: { name: `Client ${id}` } }));
	answered(await olga.push(ops));
}

// The process that works at jobs.  Stopped, whatever it is asked for waits.
async function jobsProcess() {
	const { daybook } = await stack.pids();
	const children = await readFile(`/proc/${daybook}/task/${daybook}/children`, "utf8");
	const isOne = (pid) => {
		try {
			return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes("--jobs");
		} catch {
			return false;
		}
	};
	return children.trim().split(/\s+/).filter(Boolean).map(Number).find(isOne);
}

async function held(work) {
	const pid = await until("somebody works at jobs", jobsProcess);
	process.kill(pid, "SIGSTOP");
	try {
		await work(pid);
	} finally {
		process.kill(pid, "SIGCONT");
	}
}

const live = async () => Number((await stack.sql(`SELECT COUNT(*) AS n FROM record
	WHERE space_id = '${team.id}' AND collection = 'clients' AND deleted = 0`))[0].n);

async function forget(id) {
	answered(await olga.delete(`/api/clients/${id}`));
}

const openBackups = (options = {}) => deviceFor(browser, stack, "olga",
	{ options: { ...options, ...CALM }, space: "Large", path: "/team/backups" });

async function startRestore(page) {
	await rows(page).filter({ hasText: "By hand" }).first().click();
	const sheet = page.getByRole("dialog");
	await sheet.getByRole("button", { name: "Restore…" }).click();
	await sheet.getByRole("button", { name: /^Restore \d+ record/ }).click();
	return sheet;
}

const GOING = "You can leave this screen; it goes on by itself.";
const RESTORE = "section[aria-label=Restore]";

test("a large backup is a job: it waits, is found again after leaving, and in another tab", async () => {
	const page = await openBackups(PHONE);
	await held(async () => {
		await press(page, "Back up now");
		await page.getByText("Waiting for its turn…").waitFor();
		await page.getByText(GOING).waitFor();
		await looksGood(page);
		await at(page, "/team/undo");
		await at(page, "/team/backups");
		await page.getByText("Waiting for its turn…").waitFor();
		const tab = await openTab(page, `${stack.url}/team/backups`);
		await tab.getByText("Waiting for its turn…").waitFor();
		await tab.close();
		await page.reload();
		await page.getByText("Waiting for its turn…").waitFor();
	});
	await toastSays(page, "Backed up.");
	await rows(page).first().waitFor();
	await closed(page);
});

test("a tab that is open already shows what another one began", async () => {
	const page = await openBackups(), tab = await openTab(page, `${stack.url}/team/backups`);
	await rows(tab).first().waitFor();
	await forget("client-0");
	await held(async () => {
		await press(page, "Back up now");
		await page.getByText("Waiting for its turn…").waitFor();
		await tab.getByText("Waiting for its turn…").waitFor();
		await tab.locator("button[aria-busy]", { hasText: "Back up now" }).waitFor();
	});
	await toastSays(page, "Backed up.");
	await toastSays(tab, "Backed up.");
	await closed(page);
});

test("a large restore says how far it is, goes on without its sheet, and is undone from the screen", async () => {
	const page = await openBackups(PHONE);
	await forget("client-1");
	const before = await live();
	await held(async () => {
		const sheet = await startRestore(page);
		await sheet.getByText("Waiting for its turn…").waitFor();
		const running = { kind: "restore", state: "running", stage: "writing", progress: 1200, total: 5100 };
		await page.route("**/api/**/jobs/*", (route) => {
			const id = route.request().url().split("/").at(-1);
			return route.fulfill({ json: { job: { ...running, id } } });
		});
		await sheet.getByText("Writing records, 1,200 of 5,100").waitFor();
		await looksGood(page);
		await page.keyboard.press("Escape");
		await page.locator(RESTORE).getByText("Writing records, 1,200 of 5,100").waitFor();
		await looksGood(page);
		await page.unroute("**/api/**/jobs/*");
		await at(page, "/");
		await at(page, "/team/backups");
		await page.locator(RESTORE).getByText("Waiting for its turn…").waitFor();
		await rows(page).first().click();
		await page.getByRole("dialog").locator("button[aria-busy]", { hasText: "Restore…" }).waitFor();
		await page.keyboard.press("Escape");
	});
	await page.locator(RESTORE).getByText("Restored: 1 record.", { exact: false }).waitFor();
	assert.equal(await live(), before + 1);
	await looksGood(page);
	await page.locator(RESTORE).getByRole("button", { name: "Undo" }).click();
	await toastSays(page, "Restore undone.");
	assert.equal(await live(), before);
	await closed(page);
});

test("while the server is away that is said; it restarts, and the restore goes on", async () => {
	const page = await openBackups();
	await held(async () => {
		const sheet = await startRestore(page);
		await sheet.getByText("Waiting for its turn…").waitFor();
		await cut(page);
		await sheet.getByText("Can’t reach the server. The work goes on there", { exact: false }).waitFor();
		await looksGood(page);
		await mend(page);
		await sheet.getByText(GOING).waitFor();
	});
	await stack.renewWorkers();
	const sheet = page.getByRole("dialog");
	await sheet.getByText("Restored: 1 record.", { exact: false }).waitFor();
	await sheet.getByRole("button", { name: "Undo" }).click();
	await toastSays(page, "Restore undone.");
	await closed(page);
});

test("a job that nobody takes up is said to be late, and one that fails says why", async () => {
	const page = await openBackups();
	await held(async () => {
		await startRestore(page);
		await page.getByRole("dialog").getByText("Waiting for its turn…").waitFor();
		await page.keyboard.press("Escape");
		await stack.sql(`UPDATE job SET created_at = created_at - INTERVAL 5 MINUTE WHERE state = 'waiting'`);
		await page.locator(RESTORE).getByText("It should have begun by now.", { exact: false }).waitFor();
		await stack.sql(`UPDATE job SET state = 'failed', error = 'The work was cut short 5 times.'
			WHERE state = 'waiting'`);
		await page.locator(RESTORE).getByText("The work was cut short 5 times.").waitFor();
		await looksGood(page);
	});
	await page.locator(RESTORE).getByRole("button", { name: "Close" }).click();
	await page.locator(RESTORE).waitFor({ state: "detached" });
	await page.reload();
	await rows(page).first().waitFor();
	assert.equal(await page.locator(RESTORE).count(), 0, "it is told once");
	await closed(page);
});

test("a large import goes on while the person is elsewhere, and is undone when they are back", async () => {
	const file = answered(await olga.get("/api/export?format=json"));
	await forget("client-2");
	const before = await live(), page = await openBackups(PHONE);
	await at(page, "/team/move");
	await held(async () => {
		await give(page.locator(`${IMPORT} input[type=file]`), Buffer.from(JSON.stringify(file)), "all.json");
		await page.getByRole("button", { name: /^Import \d+ record/ }).click();
		await page.locator(IMPORT).getByText("Waiting for its turn…").waitFor();
		await looksGood(page);
		await at(page, "/team/backups");
		await at(page, "/team/move");
		await page.locator(IMPORT).getByText("Waiting for its turn…").waitFor();
	});
	await page.locator(IMPORT).getByText("Imported: 1 record.").waitFor();
	assert.equal(await live(), before + 1);
	await page.locator(IMPORT).getByRole("button", { name: "Undo" }).click();
	await toastSays(page, "Import undone.");
	assert.equal(await live(), before);
	await closed(page);
});

test("what a restore would change in a larger space is worked out by a job, too", async () => {
	await forget("client-77");
	const more = (n) => stack.sql(`UPDATE space SET records = records + ${n} WHERE id = '${team.id}'`);
	await more(50_000);
	const page = await openBackups(PHONE), sheet = page.getByRole("dialog");
	await held(async () => {
		await rows(page).filter({ hasText: "By hand" }).first().click();
		await sheet.getByRole("button", { name: "Restore…" }).click();
		await sheet.getByText("Working out what would change…").waitFor();
		await until("the job waits", async () => (await stack.sql(`SELECT id FROM job
			WHERE kind = 'restore' AND state = 'waiting' AND payload LIKE '%"look":true%'`)).length === 1);
	});
	await sheet.getByRole("button", { name: /^Restore \d+ record/ }).waitFor();
	await more(-50_000);
	await closed(page);
});
