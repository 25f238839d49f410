// What the screens of backups say when something is not as it should be: damage, no room, no server, the wrong file,
// and many backups.
import assert from "node:assert/strict";
import test from "node:test";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { until } from "../lib/wait.mjs";
import { DESKTOP, PHONE, at, becomes, closed, cut, deviceFor, isInStep, launch, mend } from "./browser.mjs";
import { CALM, CHECK, IMPORT, backUp, count, give, looksGood, press, rows, saved, yardOf } from "./vault.mjs";

const stack = await start();
const browser = await launch();

const SIZES = { phone: PHONE, desk: DESKTOP };
const { sql } = stack;

const openOn = (name, path = "/team/backups", options = PHONE, person = "olga") =>
	deviceFor(browser, stack, person, { options: { ...options, ...CALM }, space: name, path });

// The first part of the latest backup is another one than it was.
function damageFirstPart({ id }) {
	return sql(`UPDATE backup_chunk SET body = INSERT(body, 3, 1, CHAR(ORD(SUBSTR(body, 3, 1)) ^ 1))
		WHERE space_id = '${id}' AND sha256 = (SELECT sha256 FROM backup_part
			WHERE space_id = '${id}' ORDER BY backup_id DESC, number LIMIT 1)`);
}

for (const [size, options] of Object.entries(SIZES))
	test(`a backup that is found damaged by a download is marked so, and what to do is said: ${size}`, async () => {
		const name = `Damaged ${size}`, { team, olga } = await yardOf(stack, name);
		const page = await openOn(name, undefined, options);
		await backUp(page);
		await damageFirstPart(team);
		await rows(page).first().click();
		const sheet = page.getByRole("dialog");
		await sheet.getByRole("button", { name: "Download" }).click();
		await until("the server has marked it", async () =>
			(await olga.get("/api/backups")).body.backups[0].damaged !== undefined);
		await page.keyboard.press("Escape");
		await rows(page).first().getByText("Damaged").waitFor();
		await page.getByText("The latest backup is damaged. Back up again.").waitFor();
		await looksGood(page);
		await rows(page).first().click();
		await sheet.getByText("This backup is damaged and can’t be restored.", { exact: false }).waitFor();
		for (const button of ["Download", "Restore…"])
			assert.equal(await sheet.getByRole("button", { name: button }).count(), 0, button);
		await looksGood(page);
		await page.keyboard.press("Escape");

		// As it says: another backup repairs it.
		answered(await olga.post("/api/cars", { id: "1003", location: "100" }), 201);
		await backUp(page);
		await rows(page).filter({ hasText: "Damaged" }).click();
		await sheet.getByRole("button", { name: "Verify" }).click();
		await sheet.locator(".notice").last().waitFor();
		await closed(page);
	});

test("no room: what to do is said, and the button is there again", async () => {
	await yardOf(stack, "Full");
	const page = await openOn("Full");
	const json = { type: "/problems/space-full", title: "This space is full", status: 413, detail: "2147 bytes" };
	await page.route("**/api/**/backup", (route) => route.fulfill({
		status: 413, contentType: "application/problem+json", json,
	}));
	await press(page, "Back up now");
	await page.getByText("There’s no room for this. Delete backups", { exact: false }).waitFor();
	await looksGood(page);
	await page.unroute("**/api/**/backup");
	await backUp(page);
	await closed(page);
});

test("without the server the list says so, a downloaded file is checked all the same, and it comes back", async () => {
	await yardOf(stack, "Offline");
	const page = await openOn("Offline");
	await backUp(page);
	await rows(page).first().click();
	const { bytes } = await saved(page, () =>
		page.getByRole("dialog").getByRole("button", { name: "Download" }).click());
	await page.keyboard.press("Escape");
	await at(page, "/team/undo");
	await cut(page);
	await at(page, "/team/backups");
	await page.getByText("Can’t reach the server. Check your connection and try again.").waitFor();
	await looksGood(page);
	await give(page.locator(`${CHECK} input[type=file]`), bytes, "mine.tar");
	await page.locator(CHECK).getByText("is whole: ", { exact: false }).waitFor();
	await mend(page);
	await press(page, "Try again");
	await rows(page).first().waitFor();
	await closed(page);
});

test("a manager looks at one, a member is not offered them and gets no list by the address", async () => {
	await yardOf(stack, "Watched");
	const mia = await openOn("Watched", "/team/backups", PHONE, "mia");
	await backUp(mia);
	await looksGood(mia);
	const ben = await openOn("Watched", "/team/backups", PHONE, "ben");
	assert.equal(await rows(ben).count(), 0);
	assert.equal(await ben.getByRole("button", { name: "Back up now" }).count(), 0);
	await closed(mia, ben);
});

test("sixty backups: the newest fifty, and the older ones when they are asked for", async () => {
	const { team } = await yardOf(stack, "Many"), page = await openOn("Many");
	await backUp(page);
	const told = await sql(`SELECT column_name AS name FROM information_schema.columns
		WHERE table_schema = DATABASE() AND table_name = 'backup' ORDER BY ordinal_position`);
	const columns = told.map(({ name }) => name);
	const other = { id: "UNHEX(REPLACE(UUID(), '-', ''))", at: "at - INTERVAL n.seq DAY" };
	await sql(`INSERT INTO backup (${columns.join(", ")})
		SELECT ${columns.map((name) => other[name] ?? `b.${name}`).join(", ")}
		FROM backup b JOIN seq_1_to_59 n WHERE b.space_id = '${team.id}'`);
	await page.reload();
	await isInStep(page);
	await until("fifty are listed", async () => await rows(page).count() === 50);
	await looksGood(page);
	await press(page, "Show older backups");
	await until("all are listed", async () => await rows(page).count() === 60);
	assert.equal(await page.getByRole("button", { name: "Show older backups" }).count(), 0);
	await closed(page);
});

test("the wrong file is told by its first bytes, and nothing is sent", async () => {
	await yardOf(stack, "Files");
	const page = await openOn("Files", "/team/move"), input = page.locator(`${IMPORT} input[type=file]`);
	const sent = [];
	page.on("request", (request) => {
		if (/\/import|\/backups\//.test(request.url()))
			sent.push(request.url());
	});
	const newer = Buffer.alloc(1024), head = '{"format":2}';
	newer.write("daybook.json");
	newer.write(head.length.toString(8).padStart(11, "0"), 124);
	newer.write(head, 512);
	const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(300_000, 7)]);
	const wrong = [["IMG_2031.jpg", jpeg, "Daybook can’t import this."], ["later.tar", newer, "by a newer Daybook"],
		["nothing.json", Buffer.alloc(0), "There’s nothing in this file."]];
	for (const [name, bytes, words] of wrong) {
		await give(input, bytes, name);
		await page.locator(IMPORT).getByText(words, { exact: false }).waitFor();
		await looksGood(page);
		await press(page, "Another file");
	}
	assert.deepEqual(sent, []);
	await give(input, Buffer.from(JSON.stringify({ daybook: 2, records: [] })), "later.json");
	await page.locator(IMPORT).getByText("by a newer Daybook", { exact: false }).waitFor();
	assert.equal(await page.locator(IMPORT).getByRole("button", { name: "Try again" }).count(), 0);
	await closed(page);
});

test("the export of another time tracker is recognized, and its dates are asked for", async () => {
	const { olga } = await yardOf(stack, "Moved");
	const page = await openOn("Moved", "/team/move"), input = page.locator(`${IMPORT} input[type=file]`);
	const file = {
		exportDate: "2026-01-05T10:00:00.000Z",
		jobSites: [{ id: "1", name: "Harbor", latitude: 53.5, longitude: 9.9, radius: 100 }],
	};
	await give(input, Buffer.from(JSON.stringify(file)), "timetracker.json");
	await page.locator(`${IMPORT} table.difference, ${IMPORT} .notice`).first().waitFor();
	await looksGood(page);
	assert.equal(await count(page, "Job sites", "new").innerText(), "1");
	await press(page, "Another file");

	// The second of January or the first of February: where nothing in the file says which, the person does.
	file.timeEntries = [{ id: "1", date: "1/2/2026", clockIn: "09:00:00", clockOut: "10:00:00", userId: "1" }];
	file.users = [{ id: "1", name: "Kim", email: "kim@harbor.example" }];
	await give(input, Buffer.from(JSON.stringify(file)), "timetracker.json");
	await page.locator(IMPORT).getByText("can be read in two ways", { exact: false }).waitFor();
	assert.equal(await page.locator(IMPORT).getByRole("button", { name: /^Import/ }).count(), 0);
	await looksGood(page);
	await page.getByLabel("Dates in the file").selectOption({ label: "Day first, 31/12/2026" });
	await becomes(() => count(page, "Work", "new").innerText(), "1");
	await looksGood(page);
	await page.getByRole("button", { name: /^Import \d records/ }).click();
	await page.locator(IMPORT).getByText("Imported: ", { exact: false }).waitFor();
	const [entry] = (await olga.get("/api/workSessions")).body.workSessions;
	assert.equal(entry.start.slice(0, 10), "2026-02-01");
	await closed(page);
});

test("a moment from which nothing can be exported is said before anything is downloaded", async () => {
	await yardOf(stack, "Too far");
	const page = await openOn("Too far", "/team/move?then=2026-01-05T10:00:00Z");
	await page.route("**/api/**/export?*", (route) => route.fulfill({ status: 400 }));
	await press(page, "Export everything");
	await page.getByText("That’s too far back. Choose a later time.").waitFor();
	await looksGood(page);
	await closed(page);
});
