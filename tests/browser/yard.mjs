// What the tests of the fleet share: yards with their people and cars, the parts of the board, and steps on it.
import { answered } from "../lib/expect.mjs";
import { until } from "../lib/wait.mjs";
import { DESKTOP, deviceFor } from "./browser.mjs";

const PEOPLE = ["anna", "mia", "ben", "vera"];
const INVITED = [["mia", "manager"], ["ben", "member"], ["vera", "viewer"]];

/** The yards of this stack, and the devices of their people. */
export function yardsOn(stack, browser) {
	let yards = 0;

	// A yard of its own with cars, and its people: anna (owner), mia (manager), ben (member), vera
	// (viewer), each name with a number.
	async function yardOf(...cars) {
		yards += 1;
		const names = Object.fromEntries(PEOPLE.map((one) => [one, `${one}${yards}`])), title = `Yard ${yards}`;
		const { space } = answered(await stack.as(names.anna).post("/api/spaces", { name: title }), 201);
		const folk = Object.fromEntries(Object.entries(names)
			.map(([key, name]) => [key, stack.as(name).in(space)]));
		for (const [key, role] of INVITED) {
			const { token } = answered(await folk.anna.post("/api/invitations", { role }), 201);
			answered(await stack.as(names[key]).post("/api/invitations/accept", { token }));
		}
		for (const car of cars)
			answered(await folk.anna.post("/api/cars", typeof car === "string" ? { id: car } : car), 201);
		return { ...folk, names, space, title };
	}

	function deviceOf(yard, who, options = DESKTOP, path = "/fleet") {
		return deviceFor(browser, stack, yard.names[who], { options, space: yard.title, path });
	}

	return { yardOf, deviceOf };
}

export async function carOf(yard, id) {
	return answered(await yard.anna.get(`/api/cars/${id}`)).car;
}

/** The server comes to have these values in a car. */
export function isSaved(yard, id, expected) {
	return until(`car ${id} is ${JSON.stringify(expected)} on the server`, async () => {
		const car = await carOf(yard, id);
		return Object.entries(expected).every(([name, value]) => (car[name] ?? null) === value);
	});
}

export const tile = (page, id) => page.locator(`.tile[data-id="${id}"]`);
export const toggle = (page, id, name) => tile(page, id).getByRole("button", { name: new RegExp(`^${name}`) });
export const column = (page, location) => page.locator(`.column[data-location="${location}"]`);

/** Nothing fades in any more. */
export function isStill(page) {
	return page.evaluate(() => {
		const ending = document.getAnimations()
			.filter((one) => one.effect.getComputedTiming().endTime < Infinity);
		return Promise.allSettled(ending.map((one) => one.finished));
	});
}

export function says(page, id, word) {
	return tile(page, id).locator(".car-state", { hasText: word }).waitFor();
}

export async function moveTo(page, id, location) {
	await tile(page, id).getByRole("button", { name: `More for car ${id}` }).click();
	await page.getByRole("menuitem", { name: `Move to ${location}`, exact: true }).click();
}
