// What the tests of Time share: days and instants of their zone, the parts of the screen, and the steps of
// a person who keeps their hours.
import { addDays, dayIn, instantIn, instantText, secondsOf } from "../../www/ui/zone.js";
import { until } from "../lib/wait.mjs";
import { ZONE } from "../lib/zone.mjs";
import { deviceFor, field } from "./browser.mjs";

const HOUR = 3_600_000;

export const today = () => dayIn(ZONE, Date.now());
export const yesterday = () => addDays(today(), -1);
export const on = (day, clock, zone = ZONE) => instantText(instantIn(zone, day, secondsOf(clock)));
export const ago = (hours) => instantText(Date.now() - hours * HOUR);

/** The devices and the sessions of people of this stack. */
export function hoursOn(stack, browser) {
	const deviceOf = (name, options, space) => deviceFor(browser, stack, name, { options, space, path: "/time" });

	async function sessionsOf(name, team) {
		const person = team ? stack.as(name).in(team) : stack.as(name);
		return (await person.get("/api/workSessions")).body.workSessions;
	}

	// The sessions of a person on the server, each as [note, hours or null while it runs], are these.
	function hasSessions(name, expected, team) {
		return until(`the server has ${JSON.stringify(expected)}`, async () => {
			const sessions = await sessionsOf(name, team);
			const have = sessions.map(({ note, duration }) => [
				note ?? null, Number.isFinite(duration) ? duration / 3600 : null,
			]);
			return JSON.stringify(have.sort()) === JSON.stringify([...expected].sort());
		});
	}

	return { deviceOf, sessionsOf, hasSessions };
}

export const running = (page) => page.locator(".timer-run[data-id]");
export const startButton = (page) => page.locator(".timer-run[data-idle] .timer-button");
export const stopButton = (page) => page.getByRole("button", { name: "Stop", exact: true });
export const entry = (page, words) => page.locator(".entry-row", { hasText: words });
export const sheet = (page) => page.getByRole("dialog");

// Hours by hand through the form: day, from and to (or how long), a note.
export async function enter(page, { day, from, to, length, note }) {
	await page.keyboard.press("n");
	await sheet(page).getByRole("heading", { name: "Add time" }).waitFor();
	await field(page, "Day").fill(day);
	await field(page, "From").fill(from);
	if (to)
		await field(page, "To").fill(to);
	if (length) {
		await sheet(page).getByRole("radio", { name: "How long" }).click();
		await field(page, "How long").fill(length);
	}
	await field(page, "Note").fill(note);
	await page.keyboard.press("Enter");
	await sheet(page).waitFor({ state: "detached" });
}

export async function begin(page, note) {
	await page.locator(".timer-next").click();
	await field(page, "Note").fill(note);
	await sheet(page).getByRole("button", { name: "Done" }).click();
	await startButton(page).click();
	await running(page).waitFor();
}
