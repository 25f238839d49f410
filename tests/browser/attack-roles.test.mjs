// A role that changes, a membership that ends and a team that is deleted while a device has unsent work and half-typed
// forms: what was written is kept and can be taken along, what cannot be done is not offered, and the screens say why.
import assert from "node:assert/strict";
import test from "node:test";
import { start } from "../harness.mjs";
import {
	assertSilent, at, chipSays, cut, field, isInStep, launch, mend, openDevice, openSpace, signIn,
} from "./browser.mjs";

const stack = await start();
const browser = await launch();

// A member of a fresh team, whose device has a timer it could not send and two half-typed forms.
async function busyMember(name, team, space) {
	const page = await openDevice(browser);
	await signIn(page, stack, stack.as(name));
	await openSpace(page, space);
	await isInStep(page);
	await stack.as("owner").in(team).post("/api/cars", { id: "7" });
	await offers(page, OFFERS);
	await at(page, "/fleet/cars/7");
	await field(page, "Notes").fill("left mirror");
	await at(page, "/c/weights/+");
	await field(page, "Note").fill("half way to Gera");
	await page.locator(".form-kept").waitFor();
	await cut(page);
	await at(page, "/time");
	await page.getByRole("button", { name: "Start", exact: true }).click();
	await chipSays(page, "1 waiting");
	await offers(page, [RUNNING]);
	return page;
}

// What a member can press.  Each test first finds these on a member's screens; otherwise their absence would prove
// nothing.
const OFFERS = [["/time", "Start", "Add time"], ["/fleet", "Start shift", "Add"], ["/c/weights", "Add weight"]];
const RUNNING = ["/time", "Stop", "Lunch"];

const button = (page, name) => page.locator(".content").getByRole("button", { name, exact: true });

async function offers(page, list) {
	for (const [place, ...names] of list) {
		await at(page, place);
		for (const name of names)
			await button(page, name).first().waitFor();
	}
}

async function offersNothing(page) {
	for (const [place, ...names] of [...OFFERS, RUNNING]) {
		await at(page, place);
		for (const name of names)
			await button(page, name).waitFor({ state: "detached" })
				.catch(() => assert.fail(`${place} offers ${name}`));
	}
}

test("a member who becomes a viewer: unsent work is refused with its reason, drafts can still be read", async () => {
	const team = await stack.team({ owner: "owner", mem: "member" }, { name: "Crew" });
	const page = await busyMember("mem", team, "Crew");
	assert.equal((await stack.as("owner").in(team)
		.patch(`/api/members/${stack.as("mem").id}`, { role: "viewer" })).status, 200);
	await mend(page);
	await chipSays(page, "1 failed");
	await offersNothing(page);
	await at(page, "/fleet/cars/7");
	await page.locator(".facts dd", { hasText: "left mirror" }).waitFor();
	await at(page, "/c/weights/+");
	await page.getByText("half way to Gera").waitFor();
	await page.locator(".chip:visible").click();
	await page.getByRole("dialog").getByText("Your role in this space does not allow this.").waitFor();
	await page.keyboard.press("Escape");
	await page.getByRole("button", { name: "Discard draft" }).click();
	await page.getByText("half way to Gera").waitFor({ state: "detached" });
	assertSilent(page);
	await page.context().close();
});

test("a removed member keeps unsent work, is offered no actions in that team, " +
	"and can work in other spaces", async () => {
	const team = await stack.team({ owner: "owner", rem: "member" }, { name: "Band" });
	const page = await busyMember("rem", team, "Band");
	assert.equal((await stack.as("owner").in(team).delete(`/api/members/${stack.as("rem").id}`)).status, 204);
	await mend(page);
	await page.locator(".notices", { hasText: "You are no longer a member of this space." }).waitFor();
	await offersNothing(page);
	await page.reload();
	await chipSays(page, "No longer yours");
	await offersNothing(page);
	await at(page, "/c/weights/+");
	await page.getByText("half way to Gera").waitFor();
	await page.locator(".chip:visible").click();
	await page.getByRole("dialog").getByText("1 change of yours was not sent and is still here.").waitFor();
	const [file] = await Promise.all([
		page.waitForEvent("download"),
		page.getByRole("dialog").getByRole("button", { name: "Save as a file" }).click(),
	]);
	assert.match(file.suggestedFilename(), /Band/);
	await page.keyboard.press("Escape");
	await openSpace(page, "rem");
	await at(page, "/time");
	await page.getByRole("button", { name: "Start", exact: true }).click();
	await page.getByRole("button", { name: "Stop", exact: true }).waitFor();
	assert.equal((await stack.as("rem").get("/api/workSessions")).status, 200);
	assertSilent(page);
	await page.context().close();
});
