// Handing hours in through the app: a person submits a month, a manager looks, returns, approves and opens it again;
// what was written without a network into a month that was closed meanwhile; and the layout of these screens.
import assert from "node:assert/strict";
import test from "node:test";
import { addDays } from "../../www/ui/zone.js";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { until } from "../lib/wait.mjs";
import { ZONE } from "../lib/zone.mjs";
import {
	DESKTOP, PHONE, assertFits, at, chipSays, closed, cut, field, findingsInBoth, isInStep, launch, mend, row,
	toastSays,
} from "./browser.mjs";
import { entry, hoursOn, on, sheet } from "./hours.mjs";

const stack = await start();
const browser = await launch();
const { deviceOf } = hoursOn(stack, browser);
const OCTOBER = "/time?look=month&day=2026-10-10";

const isWeekday = (day) => ![0, 6].includes(new Date(`${day}T12:00:00Z`).getUTCDay());

const worked = (id, day) => ({
	op: id, collection: "workSessions", id, base: 0,
	set: { start: on(day, "08:00"), end: on(day, "16:00"), zone: ZONE, note: "Wall" },
});

// A team in which these members have worked in October, but not on the 14th; {name: role}.
async function found(name, roles) {
	const olga = stack.as("olga");
	const { id } = answered(await olga.post("/api/spaces", { name }), 201).space;
	for (const [person, role] of Object.entries(roles)) {
		const { token } = answered(await olga.in(id).post("/api/invitations", { role }), 201);
		answered(await stack.as(person).post("/api/invitations/accept", { token }));
	}
	if ((await olga.in(id).patch("/api/spaceSettings/settings", { zone: ZONE })).status !== 200)
		answered(await olga.in(id).patch("/api/spaceSettings/settings", { zone: ZONE }));
	const of = (person) => stack.as(person).in(id);
	for (const person of Object.keys(roles).filter((one) => roles[one] === "member")) {
		const ops = [];
		for (let day = "2026-10-01"; day <= "2026-10-31"; day = addDays(day, 1))
			if (isWeekday(day) && day !== "2026-10-14")
				ops.push(worked(`${person}-${day}`, day));
		answered(await of(person).push(ops));
	}
	return of;
}

const bar = (page, state) => page.locator(state ? `.period-bar[data-state="${state}"]` : ".period-bar");
const press = (page, name, exact = true) => page.getByRole("button", { name, exact }).click();
const pressIn = (page, name) => sheet(page).getByRole("button", { name, exact: true }).click();

const october = async (person) =>
	answered(await person.get("/api/periods")).periods.find(({ from }) => from === "2026-10-01");
const becomes = (person, state) => until(`October is ${state}`, async () => (await october(person))?.state === state);

async function submitHere(page) {
	await bar(page).getByRole("button", { name: /^Submit/ }).click();
	await sheet(page).getByRole("heading", { name: "Submit October 2026" }).waitFor();
	await pressIn(page, "Submit");
	await sheet(page).waitFor({ state: "detached" });
}

test("a month is submitted, withdrawn, returned with a comment, mended, approved and opened again", async () => {
	const of = await found("Depot Nord", { mia: "manager", ben: "member" });
	const [ben, mia] = [await deviceOf("ben", PHONE, "Depot Nord"), await deviceOf("mia", DESKTOP, "Depot Nord")];
	await at(ben, OCTOBER);
	await bar(ben).getByRole("button", { name: /^Submit October 2026/ }).click();
	await sheet(ben).getByText("No hours on 1 weekday: Wed 14").waitFor();
	await field(ben, "Note").fill("I was ill on the 14th.");
	await pressIn(ben, "Submit");
	await toastSays(ben, "October 2026 submitted.");
	await becomes(of("ben"), "submitted");
	await bar(ben, "submitted").getByRole("button", { name: "Withdraw" }).click();
	await becomes(of("ben"), "open");
	await submitHere(ben);
	await becomes(of("ben"), "submitted");

	await at(ben, "/time?day=2026-10-07");
	await ben.getByText("October 2026 is submitted, so its hours are locked.").waitFor();
	await entry(ben, "Wall").click();
	await sheet(ben).getByText("Withdraw it to change them.").waitFor();
	assert.equal(await sheet(ben).getByRole("button", { name: "Save" }).count(), 0);
	await press(ben, "Close");

	await at(mia, "/");
	await mia.getByRole("heading", { name: "1 period to approve" }).waitFor();
	await at(mia, "/time/approve");
	await row(mia, "October 2026").click();
	await sheet(mia).getByText("I was ill on the 14th.").waitFor();
	await pressIn(mia, "Return…");
	await pressIn(mia, "Return");
	await sheet(mia).getByText("Say what to change.").waitFor();
	await field(mia, "What to change").fill("The 7th ended at 15:00.");
	await pressIn(mia, "Return");
	await toastSays(mia, "Ben’s October 2026 returned.");

	await at(ben, OCTOBER);
	await bar(ben, "returned").getByText("The 7th ended at 15:00.").waitFor();
	await at(ben, "/time?day=2026-10-07");
	await entry(ben, "Wall").click();
	await field(ben, "To").fill("15:00");
	await pressIn(ben, "Save");
	await sheet(ben).waitFor({ state: "detached" });
	await at(ben, OCTOBER);
	await submitHere(ben);
	await becomes(of("ben"), "submitted");

	await row(mia, "October 2026").filter({ hasText: "167:00" }).click();
	await pressIn(mia, "Approve");
	await becomes(of("ben"), "approved");
	await bar(ben, "approved").waitFor();
	await press(mia, "Open again…");
	await field(mia, "Reason").fill("A shift was forgotten.");
	await pressIn(mia, "Open again");
	await becomes(of("ben"), "open");
	await bar(ben, "open").getByText("A shift was forgotten.").waitFor();
	const { history } = answered(await of("ben").get(`/api/periods/${(await october(of("ben"))).id}/history`));
	for (const words of ["The 7th ended at 15:00.", "A shift was forgotten."])
		assert.ok(JSON.stringify(history).includes(words), words);
	await closed(ben, mia);
});

test("an edit without a network into a month that was submitted meanwhile is refused with its words, and is taken " +
	"when the month is open again", async () => {
	const of = await found("Depot Süd", { mia: "manager", cara: "member" });
	const cara = await deviceOf("cara", PHONE, "Depot Süd");
	await at(cara, "/time?day=2026-10-07");
	await cut(cara);
	await entry(cara, "Wall").click();
	await field(cara, "Note").fill("Typed in the cellar");
	await pressIn(cara, "Save");
	await toastSays(cara, "Saved here, will send when online.");
	const { period } = answered(await of("cara").post("/api/periods",
		{ from: "2026-10-01", to: "2026-10-31", state: "submitted" }), 201);
	await mend(cara);
	await chipSays(cara, "1 failed");
	await cara.locator(".chip:visible").click();
	const told = sheet(cara).locator(".row", { hasText: "Typed in the cellar" });
	await told.getByText(/October 2026 was submitted on .* so its hours are locked/).waitFor();
	await press(cara, "Close");

	answered(await of("mia").patch(`/api/periods/${period.id}`,
		{ state: "returned", comment: "Look at the 7th." }));
	await at(cara, "/");
	await cara.getByText("October 2026 was returned").waitFor();
	await at(cara, "/time?day=2026-10-07");
	await entry(cara, "Wall").click();
	await sheet(cara).getByText("It is open again: try again now.").waitFor();
	await pressIn(cara, "Try again");
	await isInStep(cara);
	const { workSession } = answered(await of("cara").get("/api/workSessions/cara-2026-10-07"));
	assert.equal(workSession.note, "Typed in the cellar");
	await closed(cara);
});

test("submitting without a network waits like anything else, after the edits before it", async () => {
	const of = await found("Depot West", { mia: "manager", dora: "member" });
	const dora = await deviceOf("dora", DESKTOP, "Depot West");
	await at(dora, "/time?day=2026-10-07");
	await cut(dora);
	await entry(dora, "Wall").click();
	await field(dora, "Note").fill("Before");
	await pressIn(dora, "Save");
	await at(dora, OCTOBER);
	await submitHere(dora);
	await toastSays(dora, "October 2026 submitted. Saved here, will send when online.");
	await bar(dora, "submitted").waitFor();
	await chipSays(dora, "2 waiting");
	await mend(dora);
	await isInStep(dora);
	assert.equal((await october(of("dora"))).state, "submitted");
	const { workSession } = answered(await of("dora").get("/api/workSessions/dora-2026-10-07"));
	assert.equal(workSession.note, "Before");
	await closed(dora);
});

test("a timer that runs in the month is named, and nothing is submitted", async () => {
	const of = await found("Depot Ost", { emil: "member" });
	const forgotten = { start: on("2026-10-14", "08:00"), zone: ZONE, note: "Forgotten" };
	answered(await of("emil").post("/api/workSessions", forgotten), 201);
	const emil = await deviceOf("emil", DESKTOP, "Depot Ost");
	await at(emil, OCTOBER);
	await bar(emil).getByRole("button", { name: /^Submit/ }).click();
	await sheet(emil).getByText("Stop the timer first.").waitFor();
	assert.equal(await sheet(emil).getByRole("button", { name: "Submit", exact: true }).isDisabled(), true);
	await sheet(emil).getByRole("link", { name: /A timer has been running since/ }).click();
	await entry(emil, "Forgotten").waitFor();
	await closed(emil);
});

test("several periods are approved at once; the screens fit, light and dark, on a phone too", async () => {
	const of = await found("Depot", { mia: "manager", fay: "member", gus: "member" });
	for (const name of ["fay", "gus"])
		answered(await of(name).post("/api/periods",
			{ from: "2026-10-01", to: "2026-10-31", state: "submitted", note: "Done" }), 201);
	// Tall enough that no bar at the foot covers a part of the page.
	for (const shape of [{ ...PHONE, viewport: { width: 360, height: 1500 } }, DESKTOP]) {
		const options = { ...shape, colorScheme: "light", reducedMotion: "reduce" };
		const [mia, fay] = [await deviceOf("mia", options, "Depot"), await deviceOf("fay", options, "Depot")];
		await at(mia, "/time/approve");
		await row(mia, "Fay").waitFor();
		await assertFits(mia);
		assert.deepEqual(await findingsInBoth(mia), []);
		await row(mia, "Fay").click();
		await sheet(mia).waitFor();
		assert.deepEqual(await findingsInBoth(mia), []);
		await press(mia, "Close");
		for (const path of [OCTOBER, "/time?look=week&day=2026-10-07", "/time?day=2026-10-07"]) {
			await at(fay, path);
			await assertFits(fay);
			assert.deepEqual(await findingsInBoth(fay), [], path);
		}
		if (shape === DESKTOP) {
			await press(mia, "Choose all");
			await press(mia, "Approve 2");
			await toastSays(mia, "2 periods approved.");
			await becomes(of("fay"), "approved");
			await becomes(of("gus"), "approved");
			await mia.getByText("Nothing to approve.").waitFor();
		}
		await closed(mia, fay);
	}
});
