// Records of any collection as people use them: filled in by the names of the fields, read, searched, changed on two
// devices at once, brought in from files; ten thousand of them; hostile texts (markup, formulas).
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { settleIn } from "../lib/people.mjs";
import { until } from "../lib/wait.mjs";
import {
	DESKTOP, PHONE, assertSilent, at, becomes, chipSays, closed, cut, deviceFor, field, findings, isInStep,
	isKept, launch, mend, row, toastSays, undo,
} from "./browser.mjs";

settleIn(undefined); // the settings of a space are made here as any record is

const stack = await start({ definitions: true });
const browser = await launch();

// The instants below are read and written by the clock of this zone.
const BERLIN = "Europe/Berlin";

// A team as people make one, with records of its members.
async function teamOf(roles, name = "Depot Nord") {
	const [[founder], ...others] = Object.entries(roles);
	const { space } = answered(await stack.as(founder).post("/api/spaces", { name, zone: BERLIN }), 201);
	for (const [person, role] of others) {
		const { email } = await stack.as(person).ready();
		const { token } = answered(await stack.as(founder).in(space)
			.post("/api/invitations", { email, role }), 201);
		answered(await stack.as(person).post("/api/invitations/accept", { token }));
	}
	return space;
}

const deviceOf = (name, space, path = "/", options = DESKTOP) => deviceFor(browser, stack, name,
	{ options: { timezoneId: BERLIN, ...options }, space: space.name, path });

const PICTURE = Buffer.from(
	"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

// What is filled in, by type; some fields have to fit each other or a rule.
const SAMPLES = {
	integer: 7, decimal: 12.5, money: 1250, date: "2026-11-20", time: "08:30", instant: "2026-11-20T07:30:00.000Z",
	boolean: true, list: ["one", "two"], place: { lat: 52.52001, lng: 13.40495 },
};
const SPECIAL = {
	"workSessions.end": "2026-11-20T15:30:00.000Z", "workSessions.duration": null, "workSessions.jobSite": null,
	"schedules.end": "2026-11-20T15:30:00.000Z", "mileage.endOdometer": 25, "mileage.km": 20.1,
	"mileage.underway": null,
	"tasks.days": ["mon", "tue"], "spaceSettings.currency": "EUR", "jobSites.radius": 250,
	"workRules.dailyOvertimeMultiplier": 1.25, "workRules.overtimeMultiplier": 2,
	"workTerms.dailyOvertimeMultiplier": 1.25, "workTerms.overtimeMultiplier": 2,
	"periods.state": "open", "periods.comment": null, "periods.reason": null,
	"mileageRates.yearStart": "04-06", "expenseReports.from": "2026-11-01",
	"expenseReports.state": "draft",
	"expenseReports.comment": null, "expenseReports.reason": null, "expenseReports.delegate": null,
	"expenseReports.remindedAt": null, "taskLogs.points": 0, "books.rating": 4,
	"exerciseLogs.seconds": null,
	"routineSettings.dayBegins": 4, "routineSettings.height": 181.5, "routineSettings.goalWeight": 68.5,
	"routineSettings.pauses": ["2026-07-01/2026-07-14"],
	"spaceSettings.backupKey": null, "employees.user": null, "employees.employeeId": null, "messages.toUser": null,
};

function sampleOf(collection, one, ids) {
	const key = `${collection}.${one.name}`;
	if (key in SPECIAL)
		return SPECIAL[key];
	if (one.name === "zone")
		return BERLIN;
	switch (one.type) {
	case "text": return `${one.label} 1`.slice(0, one.maxLength ?? 1000);
	case "choice": return one.choices.at(-1);
	case "ref": return ids[one.ref] ?? null;
	case "file": return "file";
	case "decimal": return Number(SAMPLES.decimal.toFixed(one.scale ?? 0));
	default: return SAMPLES[one.type] ?? null;
	}
}

async function pick(page, label, words) {
	const box = page.getByLabel(label, { exact: true });
	await box.click();
	await box.fill(words);
	await page.locator(".picker-list [role=option]").first().click();
}

// Into the control that bears the field's name.
async function fill(page, one, value) {
	const control = page.locator(".form").getByLabel(one.label, { exact: true }).first();
	if (one.type === "boolean")
		return control.check({ force: true });
	if (one.type === "choice") {
		const words = value.charAt(0).toUpperCase() + value.slice(1).replace(/^([a-z]+)-([a-z]+)$/i, "$1 $2");
		return await control.evaluate((element) => element.tagName) === "SELECT" ? control.selectOption(value)
			: control.getByRole("radio", { name: words, exact: true }).check();
	}
	if (one.type === "ref" || one.name === "zone")
		return pick(page, one.label, one.type === "ref" ? "Sample" : value);
	if (one.type === "file")
		return control.locator("input").last()
			.setInputFiles({ name: "photo.png", mimeType: "image/png", buffer: PICTURE });
	const text = {
		list: () => value.join(", ") + ",",
		place: () => `${value.lat}, ${value.lng}`,
		money: () => (value / 100).toFixed(2),
		instant: () => value.replace("T07:", "T08:").replace("T15:", "T16:").slice(0, 16),
	}[one.type];
	await control.fill(String(text ? text() : value));
}

test("every collection is filled in by the names of its fields, and the server has what was typed", async () => {
	const space = await teamOf({ olga: "owner" });
	const olga = stack.as("olga").in(space);
	const { collections } = (await olga.get("/api/collections")).body;
	const made = async (collection, body) => (await olga.post(`/api/${collection}`,
		body)).body[collections.find(({ name }) => name === collection).singular].id;
	const ids = {
		jobSites: await made("jobSites", { name: "Sample site" }),
		tasks: await made("tasks", { title: "Sample task" }),
		employees: await made("employees", { firstName: "Sample", lastName: "Person" }),
		costCenters: await made("costCenters", { name: "Sample center" }),
		vehicles: await made("vehicles", { name: "Sample car" }),
		places: await made("places", { name: "Sample place" }),
		receipts: await made("receipts",
			{ date: "2026-11-19", vendor: "Sample shop", amount: 990, category: "Meals" }),
		exercises: await made("exercises", { title: "Sample exercise" }),
		books: await made("books", { title: "Sample book" }),
	};
	const page = await deviceOf("olga", space);
	await isInStep(page);
	for (const { name, singular, may, fields, idForm, idLabel, unique } of collections) {
		if (!may.create)
			continue;
		const open = fields.filter((one) => !one.derived && !one.retired && !one.hidden && one.type !== "json");
		const samples = open.map((one) => [one, sampleOf(name, one, ids)])
			.filter(([, value]) => value !== null);
		const [there] = unique?.length === 0 ? (await olga.get(`/api/${name}`)).body[name] : [];
		await at(page, there ? `/c/${name}/${there.id}/edit` : `/c/${name}/+`);
		await page.locator(`.form[data-collection=${name}]`).waitFor();
		if ((idForm ?? "given") === "given" && idLabel)
			await page.getByLabel(idLabel, { exact: true }).fill("4711");
		for (const [one, value] of samples)
			await fill(page, one, value);
		await page.locator(".form button[type=submit]").click();
		await page.locator(`.form[data-collection=${name}]`).waitFor({ state: "detached" });
		await isInStep(page)
			.catch(async () => assert.fail(`${name}: ${await page.locator(".content").innerText()}`));
		const list = (await olga.get(`/api/${name}`)).body[name];
		const record = list.find((one) => !Object.values(ids).includes(one.id) && one.createdBy);
		assert.ok(record, `${name}: nothing came (${singular}, ${unique})`);
		for (const [one, value] of samples)
			if (one.type === "file")
				assert.match(record[one.name], /^[0-9a-f]{64}$/, `${name}.${one.name}`);
			else
				assert.deepEqual(record[one.name] ?? one.default, value, `${name}.${one.name}`);
	}
	assertSilent(page);
	await page.context().close();
});

test("a picture that takes its time loses nothing that is typed meanwhile, and Save waits for it", async () => {
	const space = await teamOf({ pat: "owner" });
	const page = await deviceOf("pat", space, "/c/badges/+");
	await page.evaluate(() => {
		const { arrayBuffer } = Blob.prototype;
		window.lateFiles = [];
		window.readFiles = 0;
		Blob.prototype.arrayBuffer = async function () {
			await new Promise((resolve) => { window.lateFiles.push(resolve); });
			const bytes = await arrayBuffer.call(this);
			window.readFiles += 1;
			return bytes;
		};
	});
	const { fields } = (await stack.as("pat").in(space)
		.get("/api/collections")).body.collections.find(({ name }) => name === "badges");
	const picture = fields.find(({ type }) => type === "file"), words = fields.find(({ type }) => type === "text");
	await fill(page, picture, null);
	await page.waitForFunction(() => window.lateFiles.length === 1);
	await fill(page, words, "Typed meanwhile");
	const save = page.locator(".form button[type=submit]");
	await save.click();
	await page.locator('.form button[type=submit][aria-busy="true"]').waitFor();
	await page.evaluate(() => window.lateFiles.forEach((resolve) => resolve()));
	await page.locator(".form").waitFor({ state: "detached" });
	await isInStep(page);
	const [badge] = (await stack.as("pat").in(space).get("/api/badges")).body.badges;
	assert.equal(badge[words.name], "Typed meanwhile");
	assert.match(badge[picture.name], /^[0-9a-f]{64}$/);

	// In a form that is let go it is wanted no more.
	await at(page, "/c/badges/+");
	await fill(page, picture, null);
	await page.waitForFunction(() => window.lateFiles.length === 2);
	await fill(page, words, "Never mind");
	await page.getByRole("button", { name: "Discard draft" }).click();
	await page.locator(".form").waitFor({ state: "detached" });
	await page.evaluate(() => window.lateFiles.at(-1)());
	await page.waitForFunction(() => window.readFiles === 2);
	await isKept(page);
	await at(page, "/c/badges/+");
	await page.locator(".form").waitFor();
	assert.deepEqual([
		await field(page, words.label).inputValue(),
		await page.locator(".form-kept, .file-photo, .file-space, .file-problem").count(),
	], ["", 0]);
	await closed(page);
});

test("problems are shown beside their fields before anything is sent, and those of the server after", async () => {
	const space = await teamOf({ omar: "owner" });
	const page = await deviceOf("omar", space, "/c/mileage/+");
	await page.locator(".form button[type=submit]").click();
	assert.deepEqual(await page.locator(".field-problem").allInnerTexts(),
		["Please fill this in.", "Please fill this in.", "Please fill this in."]);
	await field(page, "Miles").fill("12,,");
	await field(page, "Odometer at start").fill("10");
	await field(page, "Odometer at end").fill("9");
	await page.getByText("A number, please.").waitFor();
	await page.getByText("Not less than Odometer at start, please.").waitFor();

	await at(page, "/c/schedules/+");
	await field(page, "Start").fill("2026-11-20T08:30");
	await field(page, "End").fill("2026-11-20T07:30");
	await page.locator(".form button[type=submit]").click();
	await chipSays(page, "1 failed");
	await row(page, "Refused").click();
	await page.locator(".ops-of").getByRole("button", { name: "Edit" }).click();
	await page.locator('[data-field="end"] .field-problem').waitFor();
	await field(page, "End").fill("2026-11-20T16:30");
	await page.locator(".form button[type=submit]").click();
	await isInStep(page);
	const { schedules } = (await stack.as("omar").in(space).get("/api/schedules")).body;
	assert.deepEqual(schedules.map(({ end }) => end), ["2026-11-20T15:30:00.000Z"]);
	assertSilent(page);
	await page.context().close();
});

test("two people change the same fields: a form says so at once, each field is decided, and both devices show the " +
	"result", async () => {
	const space = await teamOf({ anna: "owner", ben: "member" });
	await stack.as("anna").in(space).post("/api/cars", { id: "128489", location: "100", notes: "old" });
	const anna = await deviceOf("anna", space, "/c/cars/128489/edit");
	const ben = await deviceOf("ben", space, "/c/cars/128489/edit", PHONE);
	await field(anna, "Location").selectOption("200");
	await field(anna, "Notes").fill("Tyre");
	await field(ben, "Location").selectOption("300");
	await field(ben, "Notes").fill("Door");
	await field(ben, "Expected").fill("06:30");
	await ben.locator(".form button[type=submit]").click();
	await anna.locator('[data-field="location"] .meanwhile').waitFor();
	assert.match(await anna.locator('[data-field="location"] .meanwhile').innerText(),
		/ben.*changed this meanwhile.*300/is);
	assert.equal(await field(anna, "Notes").inputValue(), "Tyre");
	assert.equal(await field(anna, "Expected").inputValue(), "06:30", "what was not touched follows");
	await anna.locator(".form button[type=submit]").click();
	await toastSays(anna, "you will be asked");
	await chipSays(anna, "1 conflict");
	await anna.getByRole("button", { name: "Resolve", exact: true }).click();
	await anna.locator(".dispute").first().waitFor();
	const words = await anna.locator(".conflict").innerText();
	assert.match(words,
		/Before: 100[\s\S]*Yours[\s\S]*200[\s\S]*Theirs[\s\S]*300[\s\S]*Before: old[\s\S]*Tyre[\s\S]*Door/);
	assert.deepEqual(await findings(anna), []);
	await anna.locator(".dispute", { hasText: "Location" }).getByRole("button", { name: /^Yours/ }).click();
	await anna.locator(".dispute", { hasText: "Notes" }).getByRole("button", { name: "Keep both" }).click();
	await anna.getByRole("button", { name: "Save", exact: true }).click();
	await toastSays(anna, "Conflict resolved.");
	await isInStep(anna);
	const { car } = (await stack.as("ben").in(space).get("/api/cars/128489")).body;
	assert.deepEqual([car.location, car.notes, car.expected], ["200", "Door\nTyre", "06:30"]);
	await ben.locator(".detail-text", { hasText: "Tyre" }).waitFor();
	assertSilent(anna);
	assertSilent(ben);
	await anna.context().close();
	await ben.context().close();
});

test("somebody deletes what is being edited offline: it can be brought back with what was typed", async () => {
	const space = await teamOf({ adam: "owner", bea: "member" });
	const adam = stack.as("adam").in(space);
	const drive = { date: "2026-11-20", from: "Yard", to: "Shop", miles: 3 };
	const { id: tripId } = (await adam.post("/api/mileage", drive)).body.trip;
	const page = await deviceOf("adam", space, `/c/mileage/${tripId}/edit`);
	await field(page, "Purpose").fill("Parts");
	await cut(page);
	await page.locator(".form button[type=submit]").click();
	await adam.delete(`/api/mileage/${tripId}`);
	await mend(page);
	await chipSays(page, "1 conflict");
	await at(page, `/c/mileage/${tripId}/conflict`);
	await page.getByRole("button", { name: "Restore it" }).click();
	await until("the trip is there again",
		async () => (await adam.get(`/api/mileage/${tripId}`)).body.trip?.purpose === "Parts");
	assertSilent(page);
	await page.context().close();
});

test("history in sentences, back to an older version, delete and undo", async () => {
	const space = await teamOf({ hana: "owner", ivo: "member" });
	await stack.as("hana").in(space).post("/api/cars", { id: "7", location: "100" });
	await stack.as("ivo").in(space).patch("/api/cars/7", { location: "200" });
	const page = await deviceOf("hana", space, "/c/cars/7/history");
	await page.locator(".event").nth(1).waitFor();
	assert.match(await page.locator(".events").innerText(),
		/ivo changed Location[\s\S]*100 → 200[\s\S]*You added it/i);
	await page.getByRole("button", { name: "Restore this version" }).click();
	await toastSays(page, "Version restored.");
	await row(page, "7").filter({ hasText: "100" }).waitFor();
	await at(page, "/c/cars/7");
	await page.locator(".pane-head").getByRole("button", { name: "More" }).click();
	await page.getByRole("menuitem", { name: "Delete" }).click();
	await toastSays(page, "Car 7 deleted.");
	await page.getByText("The first car you add").waitFor();
	await page.getByRole("button", { name: "Undo" }).click();
	await row(page, "100").waitFor();
	await isInStep(page);
	assert.equal((await stack.as("ivo").in(space).get("/api/cars/7")).status, 200);
	await cut(page);
	await at(page, "/c/cars/7/history");
	await page.getByText("kept by the server").waitFor();
	assertSilent(page);
	await page.context().close();
});

// Makes a record in the form; it is with the server before anybody can think better of it.
async function add(page, collection, values, said) {
	await at(page, `/c/${collection}/+`);
	await page.locator(`.form[data-collection=${collection}]`).waitFor();
	for (const [one, value] of values)
		await fill(page, one, value);
	await page.locator(".form button[type=submit]").click();
	const toast = page.locator(".toast", { hasText: said }).last();
	await toast.dispatchEvent("mouseenter");
	await isInStep(page);
	return toast;
}

test("the Undo of a new record does what its rules allow, or is not offered; nothing fails", async () => {
	const space = await teamOf({ nele: "owner", jona: "member" });
	const [nele, jona] = ["nele", "jona"].map((name) => stack.as(name).in(space));
	const { collections } = (await nele.get("/api/collections")).body;
	const values = (collection, wanted) => Object.entries(wanted).map(([name, value]) =>
		[collections.find((one) => one.name === collection).fields.find((one) => one.name === name), value]);
	answered(await jona.post("/api/tasks", { title: "Sample task", points: 20 }), 201);
	const listed = async (who, name) => answered(await who.get(`/api/${name}`))[name];

	const page = await deviceOf("jona", space);
	await isInStep(page);
	await add(page, "taskLogs", values("taskLogs", { task: "", date: "2026-11-20", status: "completed" }),
		"Task log added.");
	assert.deepEqual((await listed(jona, "taskLogs")).map(({ status, points }) => [status, points]),
		[["completed", 20]]);
	await undo(page, "Task log added.");
	await becomes(async () => (await listed(jona, "taskLogs")).map(({ status, points }) => [status, points]),
		[["pending", 0]]);
	await isInStep(page);

	// Only managers delete work settings, so a member's first ones are emptied.
	await add(page, "workSettings", values("workSettings", { targetHours: 8 }), "added.");
	assert.deepEqual((await listed(jona, "workSettings")).map(({ targetHours }) => targetHours), [8]);
	await undo(page, "added.");
	await becomes(async () => (await listed(jona, "workSettings")).map(({ targetHours }) => targetHours), [0]);
	await isInStep(page);

	// What holds is not deleted, and nothing else says what held before.
	const boss = await deviceOf("nele", space);
	await isInStep(boss);
	const perDiem = (from) => values("perDiemRules", { from, amount: 1200 });
	const held = await add(boss, "perDiemRules", perDiem("2026-11-20"), "added.");
	assert.equal(await held.getByRole("button").count(), 0);
	await held.dispatchEvent("mouseleave");
	await held.waitFor({ state: "detached" });
	const ahead = await add(boss, "perDiemRules", perDiem("2099-01-01"), "added.");
	await ahead.getByRole("button", { name: "Undo" }).click();
	await becomes(async () => (await listed(nele, "perDiemRules")).map(({ from }) => from), ["2026-11-20"]);
	await isInStep(boss);
	assertSilent(page);
	assertSilent(boss);
	await closed(page, boss);
});

// What the databases of the page hold as notes.
async function notesText() {
	let text = "";
	for (const { name } of await indexedDB.databases()) {
		const db = await new Promise((resolve) => {
			indexedDB.open(name).onsuccess = (event) => resolve(event.target.result);
		});
		if (db.objectStoreNames.contains("notes"))
			text += JSON.stringify(await new Promise((resolve) => {
				const asked = db.transaction("notes").objectStore("notes").getAll();
				asked.onsuccess = () => resolve(asked.result);
			}));
		db.close();
	}
	return text;
}

test("a half-typed form survives a reload, and is discarded only by its author", async () => {
	const space = await teamOf({ rita: "owner" });
	const page = await deviceOf("rita", space, "/c/mileage/+");
	await field(page, "From").fill("Yard <b>");
	await field(page, "Miles").fill("12,,");
	await until("it is stored", () => page.evaluate(notesText).then((text) => text.includes("12,,")));
	await page.reload();
	await page.waitForFunction(() => document.querySelector('[data-field="from"] input')?.value === "Yard <b>");
	assert.equal(await field(page, "Miles").inputValue(), "12,,");
	await page.keyboard.press("Escape");
	await at(page, "/c/mileage");
	await page.locator(".unfinished .row-open").click();
	assert.equal(await field(page, "From").inputValue(), "Yard <b>");
	await page.getByRole("button", { name: "Discard draft" }).click();
	await toastSays(page, "Draft discarded.");
	assert.equal(await page.locator(".unfinished .row-open").count(), 0);
	assertSilent(page);
	await page.context().close();
});

test("viewers are offered nothing they may not do; read-only lists offer nothing to anybody", async () => {
	const space = await teamOf({ vito: "owner", vera: "viewer" });
	await stack.as("vito").in(space).post("/api/cars", { id: "7", location: "100" });
	const page = await deviceOf("vera", space, "/c/cars/7");
	await page.locator(".detail").waitFor();
	assert.equal(await page.getByRole("button", { name: /^(Add|Edit|Delete)/ }).count(), 0);
	assert.equal(await page.getByRole("button", { name: "Select", exact: true }).count(), 0);
	await at(page, "/c/cars/7/edit");
	assert.equal(await page.locator(".form").count(), 0);
	await at(page, "/c/cars/+");
	await page.getByText("not add to it").waitFor();
	const owner = await deviceOf("vito", space, "/c/members");
	await row(owner, "vera").waitFor();
	assert.equal(await owner.getByRole("button", { name: /^Add/ }).count(), 0);
	assertSilent(page);
	await page.context().close();
	await owner.context().close();
});

test("a message can be edited by its sender, and deleted by its sender and by managers", async () => {
	const space = await teamOf({ otto: "owner", bela: "member" });
	const [otto, ben] = ["otto", "bela"].map((name) => stack.as(name).in(space));
	const [his, mine] = [
		await otto.post("/api/messages", { text: "Gate 4 is open" }),
		await ben.post("/api/messages", { text: "Gate 5 is open" }),
	]
		.map((answer) => answered(answer, 201).message.id);
	const offered = async (page, id) => {
		await at(page, `/c/messages/${id}`);
		await page.locator(".detail").waitFor();
		await page.getByRole("button", { name: "More", exact: true }).last().click();
		await page.getByRole("menuitem", { name: "History" }).waitFor();
		const found = [
			await page.getByRole("button", { name: "Edit" }).count(),
			await page.getByRole("menuitem", { name: "Delete" }).count(),
		];
		await page.keyboard.press("Escape");
		return found;
	};
	const page = await deviceOf("bela", space, `/c/messages/${his}`);
	const boss = await deviceOf("otto", space, `/c/messages/${mine}`);
	assert.deepEqual([await offered(page, his), await offered(page, mine)], [[0, 0], [1, 1]]);
	assert.deepEqual([await offered(boss, his), await offered(boss, mine)], [[1, 1], [0, 1]]);
	await at(page, "/time/messages");
	await page.getByRole("button", { name: "Delete your message" }).waitFor();
	assert.equal(await page.getByRole("button", { name: /^Delete the message of/ }).count(), 0);
	await page.getByRole("button", { name: "Delete your message" }).click();
	await toastSays(page, "Message deleted");
	await until("it is taken back", async () => (await otto.get(`/api/messages/${mine}`)).status === 404);
	assertSilent(page);
	await page.context().close();
	await boss.context().close();
});

const EVIL = '<img src=x onerror="window.hacked=1">\u202eevil\u2066 👩‍👩‍👧 ';
const LONG = EVIL + "W".repeat(10_000 - [...EVIL].length);

async function assertHarmless(page, where) {
	assert.equal(await page.evaluate(() => window.hacked), undefined, where);
	assert.equal(await page.locator("img[src=x]").count(), 0, where);
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth &&
		document.querySelector(".page").scrollWidth <= innerWidth),
		`${where}: nothing is wider than the window`);
}

test("hostile texts are shown as text, everywhere, and break no layout", async () => {
	const space = await teamOf({ eva: "owner", emil: "member" });
	const eva = stack.as("eva").in(space);
	const { claim } = (await eva.post("/api/claims", { date: "2026-11-20", title: EVIL, note: LONG })).body;
	for (const options of [PHONE, DESKTOP]) {
		const page = await deviceOf("eva", space, "/c/claims", options);
		await row(page, "evil").waitFor();
		await assertHarmless(page, "list");
		await at(page, `/c/claims/${claim.id}`);
		await page.locator(".detail-text", { hasText: "WWWW" }).waitFor();
		assert.ok((await page.locator('.detail [data-field="note"] dd').innerText()).startsWith("<img"));
		await assertHarmless(page, "detail");
		await at(page, `/c/claims/${claim.id}/edit`);
		assert.ok((await field(page, "Note").inputValue()).startsWith(LONG));
		await assertHarmless(page, "form");
		await field(page, "Title").fill(EVIL + options.viewport.width);
		await field(page, "Note").fill(EVIL);
		await eva.patch(`/api/claims/${claim.id}`,
			{ note: LONG + options.viewport.width, title: EVIL + "theirs" + options.viewport.width });
		await page.locator('[data-field="note"] .meanwhile').waitFor();
		await assertHarmless(page, "meanwhile");
		await page.locator(".form button[type=submit]").click();
		await chipSays(page, "1 conflict");
		await at(page, `/c/claims/${claim.id}/conflict`);
		await page.locator(".side").first().waitFor();
		await assertHarmless(page, "conflict");
		await page.getByRole("button", { name: "Use all theirs" }).click();
		await page.getByRole("button", { name: "Save", exact: true }).click();
		await isInStep(page);
		await at(page, `/c/claims/${claim.id}/history`);
		await page.locator(".event").first().waitFor();
		await assertHarmless(page, "history");
		await at(page, `/c/claims/${claim.id}`);
		await page.getByRole("button", { name: "More" }).last().click();
		await page.getByRole("menuitem", { name: "Delete" }).click();
		await toastSays(page, "deleted.");
		await assertHarmless(page, "toast");
		await page.getByRole("button", { name: "Undo" }).last().click();
		await row(page, "evil").waitFor();
		await at(page, "/c/claims?view=table");
		await assertHarmless(page, "table");
		await isInStep(page);
		assertSilent(page);
		await page.context().close();
	}
});

test("ten thousand records: few rows in the document; " +
	"news from elsewhere takes neither what is typed nor the place", async () => {
	const space = await teamOf({ mia: "owner", max: "member" });
	const mia = stack.as("mia").in(space);
	const lines = Array.from({ length: 10_000 },
		(_, at) => `${100_000 + at},${["Yard", "100", "200"][at % 3]},Number ${at}`);
	while (answered(await mia.post("/api/cars/import", `id,location,notes\n${lines.join("\n")}\n`, {
		"Content-Type": "text/csv",
	})).more)
		continue;
	const page = await deviceOf("mia", space, "/c/cars");
	await page.getByText("10,000", { exact: true }).waitFor();
	const rowsNow = () => page.locator(".list .row").count();
	assert.ok(await rowsNow() < 60, `${await rowsNow()} rows`);
	await page.locator(".page-body").evaluate((body) => { body.scrollTop = 300_000; });
	await page.waitForFunction(() => document.querySelector(".list [data-key]") && Math.min(
		...[...document.querySelectorAll(".list [data-key]")].map((one) => Number(one.dataset.key))) > 103_000);
	assert.ok(await rowsNow() < 60, `${await rowsNow()} rows`);

	const first = await page.evaluate(() => {
		const edge = document.querySelector(".page-body").getBoundingClientRect().top;
		const one = [...document.querySelectorAll(".list .list-item")].filter((item) =>
			item.getBoundingClientRect().top >= edge)
			.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)[1];
		return one.dataset.key;
	});
	await page.locator(`.list [data-key="${first}"] .row-open`).click();
	await page.locator(".pane").getByRole("button", { name: "Edit" }).click();
	await field(page, "Notes").fill("half ty");
	const topOf = () => page.locator(`.list [data-key="${first}"]`)
		.evaluate((element) => Math.round(element.getBoundingClientRect().top));
	const before = await topOf();
	await mia.push([
		{ op: "above-1", collection: "cars", id: "99998", base: 0, set: {} },
		{ op: "above-2", collection: "cars", id: "99999", base: 0, set: {} },
	]);
	await stack.as("max").in(space).patch(`/api/cars/${first}`, { late: true });
	await page.getByText("10,002", { exact: true }).waitFor();
	await page.locator(`.list [data-key="${first}"] .tag`, { hasText: "Late" }).waitFor();
	assert.match(await page.locator(`.list [data-key="${first}"]`).innerText(), /max/i, "the row says who");
	assert.equal(await topOf(), before);
	assert.equal(await field(page, "Notes").inputValue(), "half ty");
	assert.equal(await page.evaluate(() => document.activeElement.name), "notes");
	assert.ok(await page.locator('.form [role="switch"][name="late"]').isChecked(), "what was not touched follows");

	await page.locator("[data-search]").fill("number 42");
	await page.getByText(/^\d+ of 10,002$/).waitFor();
	await page.getByRole("button", { name: /^Late/ }).waitFor();
	assert.equal(await field(page, "Notes").inputValue(), "half ty");
	assertSilent(page);
	await page.context().close();
});

test("search, filters and order combine and are part of the address; " +
	"the columns of a table can be chosen", async () => {
	const space = await teamOf({ fritz: "owner" });
	const fritz = stack.as("fritz").in(space);
	for (const [id, location, late] of [
		["1", "Yard", true], ["2", "100", true], ["3", "100", false], ["4", "200", true],
	])
		await fritz.post("/api/cars", { id, location, late, notes: id === "3" ? "Door" : "Tyre" });
	const page = await deviceOf("fritz", space, "/c/cars");
	await row(page, "Door").waitFor();
	await page.getByRole("button", { name: /^100/ }).click();
	await page.getByRole("button", { name: /^Yard/ }).click();
	await page.getByRole("button", { name: /^Late/ }).click();
	await page.getByText("2 of 4").waitFor();
	await page.locator("[data-search]").fill("tyre");
	await page.reload();
	await page.getByText("2 of 4").waitFor();
	await page.getByRole("button", { name: "Clear" }).click();
	await page.getByRole("button", { name: "Show as a table" }).click();
	await page.getByRole("columnheader", { name: "Notes" }).getByRole("button").click();
	await until("the table is sorted",
		async () => (await page.locator("tbody tr[tabindex]").first().innerText()).includes("Door"));
	await page.getByRole("button", { name: "Choose columns" }).click();
	await page.getByLabel("Expected").uncheck();
	await page.getByRole("button", { name: "Done" }).click();
	assert.equal(await page.getByRole("columnheader", { name: "Expected" }).count(), 0);
	assert.deepEqual(await findings(page), []);
	assertSilent(page);
	await page.context().close();
});

test("no two filters have the same label, and a choice in a row names its field if two fields share it", async () => {
	const space = await teamOf({ wanda: "owner" }, "Two ends");
	const wanda = stack.as("wanda").in(space);
	const { id: jobSite } = (await wanda.post("/api/jobSites", { name: "Office" })).body.jobSite;
	await wanda.post("/api/workSessions",
		{ start: "2026-11-20T07:00:00Z", end: "2026-11-20T09:00:00Z", zone: BERLIN, jobSite });
	const page = await deviceOf("wanda", space, "/c/workSessions");
	await row(page, "Office").waitFor();
	const words = await page.locator(".filter-chip bdi").allInnerTexts();
	assert.deepEqual(words.filter((one, at_) => words.indexOf(one) !== at_), []);
	assert.ok(words.includes("At the site at end: unverified"), words.join());
	assert.match(await row(page, "Office").innerText(), /At the site at start: unverified/);
	await page.locator(".group-end", { hasText: "1 entry" }).waitFor();
	await closed(page);
});

test("several records are selected and deleted at once, and restored", async () => {
	const space = await teamOf({ selma: "owner" });
	for (const id of ["1", "2", "3"])
		await stack.as("selma").in(space).post("/api/cars", { id });
	const page = await deviceOf("selma", space, "/c/cars", PHONE);
	await row(page, "1").waitFor();
	await page.getByRole("button", { name: "Select", exact: true }).click();
	await row(page, "1").click();
	await row(page, "3").click();
	await page.getByText("2 selected").waitFor();
	await page.getByRole("button", { name: "Delete" }).click();
	await toastSays(page, "2 deleted.");
	await becomes(() => page.locator(".list .row").count(), 1);
	await page.getByRole("button", { name: "Undo" }).click();
	await until("all are back", async () => await page.locator(".list .row").count() === 3);
	await isInStep(page);
	assertSilent(page);
	await page.context().close();
});

async function give(page, text, name) {
	await page.locator(".drop input").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
}

test("a strange file: columns are chosen, dates asked for, bad rows left out, and twice adds nothing", async () => {
	const space = await teamOf({ imke: "owner" });
	const imke = stack.as("imke").in(space);
	const file = [
		"START*,STOP*,WHEN*,MILES*,MOOD*", "Yard,Shop,1/2/2026 8:30,12.5,good",
		"Shop,Yard,1/3/2026 9:00,n/a,bad", 'Yard,"North, Gate 2",1/4/2026 10:15,3,good', "",
	].join("\n");
	const page = await deviceOf("imke", space, "/c/mileage");
	for (const isFirst of [true, false]) {
		await at(page, "/c/mileage/+/import");
		await give(page, file, "trips.csv");
		await page.getByText("There is no column for date").waitFor();
		for (const [column, label] of [
			["WHEN*", "Date and left at"], ["START*", "From"], ["STOP*", "To"],
		])
			await page.locator(".mapping").getByLabel(column, { exact: true }).selectOption({ label });
		await page.getByText("can be read as more than one day").waitFor();
		await page.getByLabel("Dates in the file").selectOption("mdy");
		await page.locator(".errors").getByText("Line 3").waitFor();
		assert.equal((await imke.get("/api/mileage")).body.mileage.length, isFirst ? 0 : 2);
		if (isFirst) {
			assert.ok(await page.getByRole("button", { name: "Import 2" }).isDisabled());
			await page.getByLabel(/Leave out the row/).check();
			await page.getByRole("button", { name: "Import 2" }).click();
			await page.getByText("Imported.").waitFor();
			await page.getByRole("button", { name: "Done" }).click();
			await row(page, "Yard → North, Gate 2").waitFor();
		} else {
			await page.getByRole("button", { name: "Nothing to import" }).waitFor();
		}
	}
	const { mileage } = (await imke.get("/api/mileage?sort=id")).body;
	assert.deepEqual(mileage.map(({ date, startTime, miles }) => [date, startTime, miles]).sort(),
		[["2026-01-02", "08:30", 12.5], ["2026-01-04", "10:15", 3]]);
	assertSilent(page);
	await page.context().close();
});

test("a file of another program is recognised: nobody says what its columns are, unless they want to", async () => {
	const space = await teamOf({ nils: "owner" });
	const log = await readFile(new URL("../fixtures/formats/mileiq.csv", import.meta.url), "utf8");
	const page = await deviceOf("nils", space, "/c/mileage");
	await at(page, "/c/mileage/+/import");
	await give(page, log, "log.csv");
	await page.getByText("MileIQ, mileage log", { exact: true }).waitFor();
	await page.getByText("Line 6 names the columns").waitFor();
	await page.getByText("Columns and more", { exact: true }).click();
	await page.locator(".mapping").waitFor();
	await page.getByText("Another file").locator("input")
		.setInputFiles({ name: "log.csv", mimeType: "text/csv", buffer: Buffer.from(log) });
	await page.getByRole("button", { name: "Import 2" }).click();
	await page.getByText("Imported.").waitFor();
	await page.getByRole("button", { name: "Done" }).click();
	await row(page, "Depot → North Gate").waitFor();
	const { mileage } = (await stack.as("nils").in(space).get("/api/mileage?sort=date")).body;
	assert.deepEqual(mileage.map(({ miles, category }) => [miles, category]), [[12.4, "business"], [9, "commute"]]);
	assertSilent(page);
	await page.context().close();
});

test("an export is imported into another space unchanged, as CSV and as JSON", async () => {
	const [here, there] = [await teamOf({ xenia: "owner" }), await teamOf({ yuri: "owner" })];
	const xenia = stack.as("xenia").in(here);
	await xenia.post("/api/weights", { date: "2026-11-20", kg: 79.4, note: "=1+1 \"quoted\", two\nlines" });
	await xenia.post("/api/weights", { date: "2026-11-21", kg: 79.25 });
	const page = await deviceOf("xenia", here, "/c/weights");
	await row(page, "79.25").waitFor();
	const saved = [];
	for (const kind of ["CSV", "JSON"]) {
		await page.getByRole("button", { name: "Import and export" }).click();
		const item = page.getByRole("menuitem", { name: `Export for programs (${kind})` });
		const [download] = await Promise.all([page.waitForEvent("download"), item.click()]);
		assert.match(download.suggestedFilename(), /^weights-\d{4}-\d\d-\d\d\.(csv|json)$/);
		saved.push(await readFile(await download.path(), "utf8"));
	}
	await page.context().close();

	const other = await deviceOf("yuri", there, "/c/weights");
	await at(other, "/c/weights/+/import");
	await give(other, saved[0], "weights.csv");
	await other.getByLabel("They were somebody else’s; make them mine").check();
	await other.getByRole("button", { name: "Import 2" }).click();
	await other.getByRole("button", { name: "Done" }).click();
	await row(other, "79.25").waitFor();
	await at(other, "/c/weights/+/import");
	await give(other, saved[1], "weights.json");
	await other.getByLabel("They were somebody else’s; make them mine").check();
	await other.getByRole("button", { name: "Nothing to import" }).waitFor();
	const { weights } = (await stack.as("yuri").in(there).get("/api/weights")).body;
	assert.deepEqual(weights.map(({ date, kg, note }) => [date, kg, note]),
		[["2026-11-21", 79.25, undefined], ["2026-11-20", 79.4, "=1+1 \"quoted\", two\nlines"]]);
	assertSilent(other);
	await other.context().close();
});
